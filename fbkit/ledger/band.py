"""Where the numbers of a row stand on its picture: the tolerance's band, a dot for each
seed, a mark for each wrong theory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

WIDE = 160  # of the picture, in pixels
EDGE = 7  # room for half a mark
FAR = 8  # widths of the band: what lies farther off stands at the edge
DECADE = 10  # a row that spans that factor has a logarithmic axis


@dataclass(frozen=True)
class Mark:
    """A wrong theory's place, and where it lies beyond the edge: "<", ">" or ""."""

    which: int
    x: int
    beyond: str


@dataclass(frozen=True)
class Band:
    """A row's picture: places in pixels from the left."""

    low: int
    high: int
    dots: list[int]
    marks: list[Mark]
    log: bool


def band(
    expected: float, tolerance: float, seen: Sequence[float], rivals: Sequence[float]
) -> Band | None:
    """The picture of a row; None where it expects "never", which has no place.

    Numbers that are not finite are left out.

    >>> seen = band(10, 1, [10, 11], [12])
    >>> seen.low, seen.high, seen.dots, seen.marks
    (7, 104, [56, 104], [Mark(which=0, x=153, beyond='')])
    """
    ends = np.array([expected - tolerance, expected + tolerance])
    if not np.isfinite(ends).all():
        return None
    found = np.array([*ends, *seen, *rivals], dtype=float)
    found = found[np.isfinite(found)]
    log = bool(found.min() > 0 and found.max() >= DECADE * found.min())
    scale = np.log10 if log else np.asarray
    low, high = scale(ends)
    reach = FAR * (high - low)
    left = max(scale(found.min()), low - reach)
    right = min(scale(found.max()), high + reach)

    def place(value: float) -> int:
        share = (scale(value) - left) / ((right - left) or 1.0)
        return round(EDGE + (WIDE - 2 * EDGE) * float(np.clip(share, 0, 1)))

    def mark(which: int, value: float) -> Mark:
        beyond = "<" if scale(value) < left else ">" if scale(value) > right else ""
        return Mark(which, place(value), beyond)

    return Band(
        low=place(ends[0]),
        high=place(ends[1]),
        dots=[place(value) for value in seen if np.isfinite(value)],
        marks=[mark(i, value) for i, value in enumerate(rivals) if np.isfinite(value)],
        log=log,
    )
