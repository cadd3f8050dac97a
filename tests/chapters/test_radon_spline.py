"""The engine of the four units and its Python twin, and what the Radon picture must say
about a network.
"""

import numpy as np
import pytest

from fbkit.breaklines import radon_parameters
from fbkit.explorers import registry
from tests.chapters.test_watch_a_network_learn import worst
from tests.explorers.pages import engine_page

EXPLORER = registry()["radon_spline"]
RUN = """params => {
  const engine = fbkit.engines.radon_spline(fbkit.tools()), arrays = engine.frame(engine.init(params));
  const lists = Object.fromEntries(Object.entries(arrays).map(([k, v]) => [k, Array.from(v)]));
  return [lists, engine.report({ params }, arrays)];
}"""
FAR = [
    {"sigma": "tanh", "scale": 0.4, "x": -1.4, "y": 0.9},
    {"magnitudes": [0, 0, 0, 0]},
    {
        "scale": 2.7,
        "angles": [180, -180, 0, 90],
        "offsets": [1.2, -1.2, 0.55, 0],
        "magnitudes": [-2, 2, 0.1, -0.1],
    },
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
