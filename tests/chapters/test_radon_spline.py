"""What the Radon picture of four units must say about the network."""

import numpy as np
import pytest

from fbkit.breaklines import radon_parameters
from fbkit.explorers import registry

EXPLORER = registry()["radon_spline"]


@pytest.mark.parametrize("scale", [0.4, 1, 3])
def test_the_dots_are_those_of_the_stored_weights_and_give_the_function(scale):
    arrays = EXPLORER.arrays(EXPLORER.check({"scale": scale, "x": -0.3, "y": 0.6}))
    turn = np.radians(arrays["angle"])
    weights = arrays["w"][:, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    units = radon_parameters(arrays["a"], weights, arrays["b"])
    np.testing.assert_allclose(units.offset, arrays["offset"], atol=1e-12)
    np.testing.assert_allclose(units.mass, arrays["magnitude"], atol=1e-12)
    heights = (
        np.interp(arrays["angle"], arrays["theta"], arrays["wave"]) - arrays["offset"]
    )
    assert units.mass @ np.maximum(heights, 0) == pytest.approx(
        arrays["value"][0], abs=5e-3
    )  # of a drawn wave


def test_only_tanh_sees_the_scale():
    def heights(sigma, scale):
        return EXPLORER.arrays(EXPLORER.check({"sigma": sigma, "scale": scale}))[
            "height"
        ]

    assert np.abs(heights("relu", 3) - heights("relu", 1)).max() < 1e-12
    assert np.abs(heights("tanh", 3) - heights("tanh", 1)).max() > 0.3
