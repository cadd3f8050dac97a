"""The curve through six points, and its two limits."""

import numpy as np

from fbkit.explorers import registry

EXPLORER = registry()["linear_frequency_principle"]


def test_curves_pass_through_the_points_and_reach_both_limits():
    low, high = (EXPLORER.arrays(EXPLORER.check({"ratio": r})) for r in (0.01, 1e6))
    for arrays in (low, high):
        for curve in (
            arrays["end"],
            arrays["cubic"],
            arrays["lines"],
            arrays["network"][-1],
        ):
            at_points = np.interp(arrays["points"], arrays["x"], curve)
            assert (
                np.abs(at_points - arrays["heights"]).max() < 0.03
            )  # of a grid of 241 points
    assert low["now_far"][1] < 0.1 < low["now_far"][0]
    assert high["now_far"][0] < 0.1 < high["now_far"][1]


def test_training_starts_near_the_best_straight_line():
    arrays = EXPLORER.arrays(EXPLORER.check({"ratio": 0.22}))
    best = np.polyval(np.polyfit(arrays["points"], arrays["heights"], 1), arrays["x"])
    gap = np.abs(arrays["network"] - best).max(axis=1)
    assert gap[0] < 0.1 * gap[-1]
