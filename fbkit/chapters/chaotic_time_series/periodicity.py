"""How periodic the activations of a network are, layer by layer, in three forms.

Activations are maps (count, channels, length), one row of `length` numbers for each
series and channel. A row that hardly moves is dead, and left out of the means.
"""

from __future__ import annotations

import numpy as np

FORMS = ("repeats", "one line", "autocorrelation")
DEAD = 1e-6  # range of a row
CLOSE = 0.01  # of the range: a row repeats where it comes back so close


def repeats(rows: np.ndarray) -> np.ndarray:
    """1 where a row (n, length) has a period of at most half its length, else 0."""
    size = np.ptp(rows, axis=1)
    found = np.zeros(len(rows))
    for lag in range(1, rows.shape[1] // 2 + 1):
        off = np.abs(rows[:, lag:] - rows[:, :-lag]).max(axis=1)
        found = np.maximum(found, off <= CLOSE * size)
    return found


def one_line(rows: np.ndarray) -> np.ndarray:
    """Largest share of a row's power, its mean left out, that one frequency holds."""
    centred = rows - rows.mean(axis=1, keepdims=True)
    power = np.abs(np.fft.rfft(centred)[:, 1:]) ** 2
    return power.max(axis=1) / power.sum(axis=1)


def autocorrelation(rows: np.ndarray) -> np.ndarray:
    """Largest correlation of a row with itself, moved by 1 to half its length."""
    found = np.full(len(rows), -1.0)
    for lag in range(1, rows.shape[1] // 2 + 1):
        a, b = rows[:, lag:], rows[:, :-lag]
        a = a - a.mean(axis=1, keepdims=True)
        b = b - b.mean(axis=1, keepdims=True)
        size = np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
        one = (a * b).sum(axis=1) / np.maximum(size, 1e-12)
        found = np.maximum(found, one)
    return found


def measures(maps: np.ndarray) -> np.ndarray:
    """The three FORMS (3,) of one layer's maps (count, channels, length)."""
    rows = maps.reshape(-1, maps.shape[-1])
    rows = rows[np.ptp(rows, axis=1) > DEAD]
    if not len(rows):
        return np.ones(3)  # all dead: constant, so periodic in every form
    return np.array(
        [form(rows).mean() for form in (repeats, one_line, autocorrelation)]
    )


def common_period(maps: np.ndarray, tolerance: float = 1e-9) -> int:
    """The smallest period that all channels (channels, length) share; 0 if none."""
    for period in range(1, maps.shape[1] // 2 + 1):
        if np.abs(maps[:, period:] - maps[:, :-period]).max() <= tolerance:
            return period
    return 0
