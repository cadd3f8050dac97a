"""The curve through eight points against the interpolants of `fbkit.interpolate`."""

import numpy as np
import pytest

from fbkit.activations import activation, relu_power
from fbkit.chapters.spectral_seminorm.explorer import FLOOR, NAMES, PLACES, POWERS
from fbkit.explorers import registry
from fbkit.interpolate import min_seminorm_interpolant

EXPLORER = registry()["spectral_seminorm"]


@pytest.mark.parametrize("places", PLACES)
@pytest.mark.parametrize("name", NAMES)
def test_the_curve_is_the_interpolant_of_the_package(name, places):
    arrays = EXPLORER.arrays(
        EXPLORER.check({"name": name, "scale": 5, "places": places})
    )
    r, sigma = (
        (1 if name in POWERS else 5),
        relu_power(2) if name == "square" else activation(name),
    )
    X, y, x = r * arrays["points"], arrays["heights"], r * arrays["x"]
    np.testing.assert_allclose(
        arrays["curve"], min_seminorm_interpolant(X, y, x, sigma), atol=1e-7
    )


@pytest.mark.parametrize("name", NAMES)
def test_what_is_paid_adds_up_to_the_seminorm(name):
    arrays = EXPLORER.arrays(EXPLORER.check({"name": name, "scale": 4}))
    w = 1 if name in POWERS else 4
    sigma = relu_power(2) if name == "square" else activation(name)
    xi, power = arrays["frequency"], arrays["power"]
    drawn = power > FLOOR
    offer = np.where(drawn, sigma.spectrum(xi / w) / w**2, 1)
    paid = np.where(drawn, power / offer, 0) / np.pi
    whole = paid[0] * xi[0] + np.sum((paid[1:] + paid[:-1]) / 2 * np.diff(xi))
    # A step's tail above frequency 80 goes as 1/80.
    assert whole == pytest.approx(arrays["seminorm"][0], rel=0.06)
