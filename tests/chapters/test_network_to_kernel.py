"""The spread of one unit's kernel against drawn units, and the explorer's verdict."""

import numpy as np
import pytest

from fbkit.chapters.network_to_kernel.claims import CIRCLE, one_unit_off
from fbkit.explorers import registry

EXPLORER = registry()["network_to_kernel"]


def test_the_spread_of_one_unit_is_that_of_drawn_units():
    U, rng = CIRCLE.inputs, np.random.default_rng(0)
    dot, squares, total = U @ U.T + 1, np.zeros((64, 64)), np.zeros((64, 64))
    for w, b, a in zip(rng.normal(size=(20_000, 2)), *rng.normal(size=(2, 20_000))):
        z = U @ w + b
        out, on = np.maximum(z, 0), (z > 0) * a
        one = np.outer(out, out) + np.outer(on, on) * dot
        squares += one**2 / 20_000
        total += one / 20_000
    off = np.sqrt((squares - total**2).sum() / (total**2).sum())
    assert one_unit_off() == pytest.approx(off, rel=0.05)


@pytest.mark.parametrize("height, words", [(0.1, "So it is"), (3.0, "It is not")])
def test_the_verdict_compares_the_gap_with_what_was_said(height, words):
    params = EXPLORER.check({"height": height})
    assert words in EXPLORER.verdicts(EXPLORER.arrays(params), params)["little"]
