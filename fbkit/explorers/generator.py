"""One random generator in two languages, which draw the same floats.

The engines hold the same lines in JavaScript (`static/tools.js`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np


def uniforms(seed: int) -> Iterator[float]:
    """Endless uniform numbers (k + 1/2)/2^32 in (0, 1) from mulberry32.

    mulberry32 is a hash of a 32-bit counter.
    """
    state = seed & 0xFFFFFFFF
    while True:
        state = (state + 0x6D2B79F5) & 0xFFFFFFFF
        t = ((state ^ state >> 15) * (state | 1)) & 0xFFFFFFFF
        t ^= (t + (t ^ t >> 7) * (t | 61)) & 0xFFFFFFFF
        yield ((t ^ t >> 14) + 0.5) / 4294967296


def normals(seed: int, count: int) -> np.ndarray:
    """`count` standard normal numbers by the ratio of uniforms.

    x = v/u with u uniform in (0, 1) and v in +-sqrt(2/e), kept when x^2 <= -4 ln u
    (Kinderman and Monahan, 1977). The logarithm only decides; x itself is one division,
    so both languages hold the same bits.

    >>> normals(0, 3).round(6).tolist()
    [0.165372, 0.415421, 0.305551]
    """
    draw = uniforms(seed)
    found = []
    while len(found) < count:
        u = next(draw)
        v = (2 * next(draw) - 1) * 0.8577638849607068
        x = v / u
        if x**2 <= -4 * math.log(u):
            found.append(x)
    return np.array(found)
