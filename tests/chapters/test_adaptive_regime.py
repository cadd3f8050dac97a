"""Small starts: the walk on the landscape, the steps of the loss, the verdict."""

import numpy as np
import pytest

from fbkit.chapters.adaptive_regime import claims
from fbkit.explorers import registry

EXPLORER = registry()["adaptive_regime"]


def test_the_walk_on_the_landscape_is_what_small_units_do():
    before = claims.start(1e-6, seed=0, width=20_000)
    after = claims.flow(before, [4.0], 0.05).inner[-1]
    turn = claims.angle(after) - claims.angle(before[1])
    turned = np.degrees(np.abs(np.angle(np.exp(1j * turn)))).mean()
    assert claims.walk(4.0) == pytest.approx(turned, abs=0.5)
    assert claims.walk(4.0, step=0.005) == pytest.approx(claims.walk(4.0), abs=0.05)


def test_the_steps_of_the_loss_are_the_best_of_one_fold_and_of_two():
    one, two = claims.least(claims.LEFT), claims.least(claims.LEFT, claims.RIGHT)
    assert two < one < 1
    for shift in (-0.02, 0.02):
        moved = [(at + shift, side) for at, side in (claims.LEFT, claims.RIGHT)]
        assert claims.least(moved[0]) > one
        assert claims.least(claims.LEFT, moved[1]) > two


def test_a_scale_leaves_function_and_masses():
    plain, scaled = claims.start(0.5, 3), claims.start(0.5, 3, scale=8.0)
    np.testing.assert_allclose(claims.mass(*plain), claims.mass(*scaled))
    np.testing.assert_allclose(claims.fold(plain[1]), claims.fold(scaled[1]))
    assert np.abs(claims.mass(*plain)).sum() == pytest.approx(0.25)


@pytest.mark.parametrize("alpha, few", [(0.01, True), (10, False)])
def test_the_verdict_counts_units_where_the_loss_begins_to_fall(alpha, few):
    params = EXPLORER.check({"alpha": alpha})
    arrays = EXPLORER.arrays(params)
    said = EXPLORER.verdicts(arrays, params)["gather"]
    assert said.startswith("You said: they gather in few places.")
    falls = np.argmax(arrays["loss"] < 0.9 * arrays["loss"][0])
    assert f" {arrays['neurons'][falls]:.3g} different" in said
    assert (arrays["neurons"][falls] < 2) == few
