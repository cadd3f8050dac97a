"""What the Radon picture of four units must say about the network."""

import numpy as np
import pytest

from fbkit.breaklines import radon_parameters
from fbkit.explorers import registry

EXPLORER = registry()["radon_spline"]


@pytest.mark.parametrize("scale", [0.4, 1, 3])
def test_the_dots_are_those_of_the_stored_weights_and_give_the_function(scale):
    arrays = EXPLORER.arrays(EXPLORER.check({"scale": scale, "x": -0.3}))
    turn = np.radians(arrays["angle"])
    weights = arrays["w"][:, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    units = radon_parameters(arrays["a"], weights, arrays["b"])
    np.testing.assert_allclose(units.offset, arrays["offset"], atol=1e-12)
    np.testing.assert_allclose(units.mass, arrays["magnitude"], atol=1e-12)
    for value, wave, reach in zip(arrays["walk"], arrays["wave"], arrays["reach"]):
        heights = np.interp(arrays["angle"], arrays["turn"], wave) - arrays["offset"]
        found = units.mass @ np.maximum(heights, 0)
        assert found == pytest.approx(value, abs=5e-3)  # of a drawn wave
        drawn = reach - arrays["offset"]
        np.testing.assert_allclose(drawn, np.maximum(heights, 0), atol=5e-3)


def test_the_function_bends_where_the_wave_passes_a_dot():
    arrays = EXPLORER.arrays(EXPLORER.check({}))
    bent = np.abs(np.diff(arrays["walk"], 2)) > 1e-9
    above = np.sign(arrays["wave"][:, [70, 105, 27, 53]] - arrays["offset"])
    assert np.count_nonzero(np.diff(above, axis=0)) == arrays["bends"][0] == 3
    runs = np.count_nonzero(np.diff(bent.astype(int)) == 1)
    assert runs == 3


def test_only_tanh_sees_the_scale():
    def heights(sigma, scale):
        return EXPLORER.arrays(EXPLORER.check({"sigma": sigma, "scale": scale}))[
            "height"
        ]

    assert np.abs(heights("relu", 3) - heights("relu", 1)).max() < 1e-12
    assert np.abs(heights("tanh", 3) - heights("tanh", 1)).max() > 0.3
