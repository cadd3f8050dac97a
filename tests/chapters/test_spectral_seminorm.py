"""The engine of the eight points and its Python twin, and both against the interpolants
of `fbkit.interpolate`.
"""

import numpy as np
import pytest

from fbkit.activations import activation, relu_power
from fbkit.chapters.spectral_seminorm.explorer import NAMES, PLACES, POWERS
from fbkit.explorers import registry
from fbkit.interpolate import min_seminorm_interpolant
from tests.chapters.test_watch_a_network_learn import worst
from tests.explorers.pages import engine_page

EXPLORER = registry()["spectral_seminorm"]
RUN = """params => {
  const engine = fbkit.engines.spectral_seminorm(fbkit.tools()), arrays = engine.frame(engine.init(params));
  const lists = Object.fromEntries(Object.entries(arrays).map(([k, v]) => [k, Array.from(v)]));
  return [lists, engine.report({ params }, arrays)];
}"""
FAR = [
    *({"name": n, "scale": 3, "places": "gap"} for n in NAMES if n not in POWERS),
    *({"name": n, "scale": 20, "places": "uneven"} for n in NAMES if n not in POWERS),
    {"name": "square", "places": "gap", "heights": [1, -1, 1, -1, 1, -1, 1, -1]},
    {"name": "tanh", "heights": [0.5] * 8},
    {"name": "gelu", "scale": 8.3, "heights": [0.0] * 8},
]


@pytest.fixture(scope="module")
def engine(browser):
    page = engine_page(browser)
    yield lambda params: page.evaluate(RUN, params)
    page.close()


@pytest.mark.parametrize("params", [*EXPLORER.presets.values(), *FAR], ids=str)
def test_engine_equals_its_twin(engine, params):
    params = EXPLORER.check(params)
    arrays, report = engine(params)
    ours = EXPLORER.arrays(params)
    assert worst(ours, arrays) < 1e-10
    assert report["summary"] == EXPLORER.summary(ours, params)


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
    w, share = (
        arrays["frequency"],
        arrays["octave"] / 100 / np.log(2) / arrays["frequency"],
    )
    paid = share[0] * w[0] + np.sum((share[1:] + share[:-1]) / 2 * np.diff(w))
    assert paid == pytest.approx(
        1, abs=0.06
    )  # a step's tail above frequency 80 goes as 1/80
