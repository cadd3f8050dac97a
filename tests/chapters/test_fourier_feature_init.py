"""The drawn frequencies against a trained network, and the best shares."""

import numpy as np
import pytest

import fbkit as fb
from fbkit.chapters.fourier_feature_init.twin import MODES, TARGETS, TIMES, best_shares
from fbkit.explorers import registry

EXPLORER = registry()["fourier_feature_init"]


def test_the_panel_is_a_trained_network():
    counts = [12, 3, 0, 5, 8, 1, 1, 2, 9, 4, 6, 7]
    arrays = EXPLORER.arrays(EXPLORER.check({"target": "edge", "counts": counts}))
    basis = fb.interval(64)
    target = fb.on_basis(basis, np.sin(np.outer(basis.points, MODES)) @ TARGETS["edge"])
    run = fb.train(
        fb.FourierFeatures(np.repeat(1.0 * MODES, counts)),
        target,
        lr=0.05,
        steps=2000,
        progress=False,
    )
    power = np.square(run.select(MODES)[-1])
    late = (
        np.exp(-np.array(counts) / sum(counts) * run.t[-1]) * TARGETS["edge"] ** 2 / 2
    )
    np.testing.assert_allclose(power, late, atol=1e-3)
    np.testing.assert_allclose(
        arrays["left"][40],
        arrays["power"] * np.exp(-np.array(counts) / 58 * TIMES[40]),
        atol=1e-6,
    )


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("budget", [2, 20])
def test_the_best_shares_are_the_best(target, budget):
    share, least = best_shares(TARGETS[target], budget)
    power = TARGETS[target] ** 2 / 2
    assert share.sum() == pytest.approx(1) and share.min() >= 0
    np.testing.assert_allclose(power * np.exp(-share * budget), least, atol=1e-12)
    # The library's, on a line with both sides: half of each share lies on either.
    both = np.concatenate([[0], power[::-1], [0], power, [0]])
    line = np.arange(-len(power) - 1, len(power) + 2)
    density, level = fb.waterfill(both, line, budget / (2 * np.pi))
    np.testing.assert_allclose(2 * density[-13:-1], share, atol=1e-12)
    assert level == pytest.approx(least.max(), rel=1e-9)
    draw = np.random.default_rng(0)
    for _ in range(50):
        other = draw.dirichlet(5 * share + 0.1)
        assert power @ np.exp(-other * budget) >= least.sum() - 1e-12
