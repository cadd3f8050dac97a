"""The engine of the six points and its Python twin, and its two limits."""

import numpy as np
import pytest

from fbkit.explorers import registry
from tests.chapters.test_watch_a_network_learn import worst
from tests.explorers.pages import engine_page

EXPLORER = registry()["linear_frequency_principle"]
RUN = """params => {
  const engine = fbkit.engines.linear_frequency_principle(fbkit.tools()), arrays = engine.frame(engine.init(params));
  const lists = Object.fromEntries(Object.entries(arrays).map(([k, v]) => [k, Array.from(v)]));
  return [lists, engine.report({ params }, arrays)];
}"""
FAR = [
    {"ratio": 1e6, "heights": [1, -1, 1, -1, 1, -1]},
    {"ratio": 0.01, "heights": [0.5] * 6},
    {"ratio": 3.3, "heights": [0.0] * 6},
    {"ratio": 9000, "heights": [-1, 1, 0.05, 0.3, 0.95, -0.4]},
]


@pytest.mark.parametrize("params", [*EXPLORER.presets.values(), *FAR], ids=str)
def test_engine_equals_its_twin(browser, params):
    page, params = engine_page(browser), EXPLORER.check(params)
    arrays, report = page.evaluate(RUN, params)
    page.close()
    ours = EXPLORER.arrays(params)
    assert worst(ours, arrays) < 1e-10
    assert report["summary"] == EXPLORER.summary(ours, params)


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
