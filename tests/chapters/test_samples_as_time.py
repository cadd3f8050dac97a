"""Learning curves on the sphere: the budget that the samples pay from."""

import numpy as np

from fbkit.explorers import registry

EXPLORER = registry()["samples_as_time"]


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
