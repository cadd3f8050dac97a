"""The engine of the learning curves and its Python twin, and the budget that the
samples pay from.
"""

import numpy as np
import pytest

from fbkit.explorers import registry
from tests.chapters.test_watch_a_network_learn import worst
from tests.explorers.pages import engine_page

EXPLORER = registry()["samples_as_time"]
RUN = """params => {
  const engine = fbkit.engines.samples_as_time(fbkit.tools()), arrays = engine.frame(engine.init(params));
  const lists = Object.fromEntries(Object.entries(arrays).map(([k, v]) => [k, Array.from(v)]));
  return [lists, engine.report({ params }, arrays)];
}"""
FAR = [
    {"dim": 2, "noise": 1, "kernel": "first layer with bias"},
    {"dim": 20, "ridge": 10, "power": [0, 1.5, 0.05, 0]},
    {"dim": 3, "ridge": 0.001, "noise": 0.5, "power": [0, 0, 0, 0]},
    {"dim": 15, "kernel": "first layer with bias", "power": [0.3, 0, 1, 0.7]},
]


@pytest.mark.parametrize("params", [*EXPLORER.presets.values(), *FAR], ids=str)
def test_engine_equals_its_twin(browser, params):
    page, params = engine_page(browser), EXPLORER.check(params)
    arrays, report = page.evaluate(RUN, params)
    page.close()
    ours = EXPLORER.arrays(params)
    assert worst(ours, arrays) < 1e-10
    assert report["summary"] == EXPLORER.summary(ours, params)


def test_every_sample_pays_for_one_mode():
    """Without a ridge the modes paid for add up to the samples, but for what the tail
    of high degrees takes.
    """
    arrays = EXPLORER.arrays(EXPLORER.check({"dim": 10}))
    paid, few = arrays["paid"].sum(axis=1), arrays["samples"] < 100
    assert np.all(paid <= arrays["samples"] * 1.05)
    assert np.all(paid[few] > 0.5 * arrays["samples"][few])


def test_degree_3_needs_a_bias():
    half = {
        k: EXPLORER.arrays(EXPLORER.check({"power": [1] * 4, "kernel": k}))["half"]
        for k in EXPLORER.params["kernel"].options
    }
    assert half["cao"][2] == 0 < half["first layer with bias"][2]
