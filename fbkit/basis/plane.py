"""Whole waves over a square or a row: how much of each is in samples on a grid."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from fbkit._errors import real_array


def grid_spectrum(values: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    r"""Power of each whole wave in samples on a grid, frequency 0 in the middle::

        S(k) = |1/N sum_x y(x) exp(-i k.x)|^2,    k = -K .. K in each direction,

    with x of `fbkit.photograph`, N samples in all, n in a direction, and K the largest
    whole number below the Nyquist frequency n/2. The powers add up to the mean square
    of y but for the waves of frequency exactly n/2, which have no mirror image.

    Parameters
    ----------
    values : y, (n, n), or (n,) along a line.

    Returns
    -------
    k, S : the whole frequencies of a direction (2K+1,), and the powers, (2K+1, 2K+1) or
        (2K+1,).

    >>> x = 2 * np.pi * np.arange(8) / 8
    >>> k, S = grid_spectrum(np.cos(2 * x[:, None] + x))
    >>> at = np.argwhere(S > 0.1)
    >>> k[at].tolist(), S.max().round(3).item()
    ([[-2, -1], [2, 1]], 0.25)
    """
    y = real_array("values", values)
    n = y.shape[0] if y.ndim else 0
    if y.ndim not in (1, 2) or set(y.shape) != {n} or n < 3:
        raise ValueError(
            f"values has shape {y.shape}; expected (n,) or (n, n) with n of 3 or more."
        )
    highest = (n - 1) // 2
    coefficients = np.fft.fftn(y) / y.size
    k = np.arange(-highest, highest + 1)
    return k, np.abs(coefficients[np.ix_(*[k % n] * y.ndim)]) ** 2


def ring_means(power: ArrayLike) -> np.ndarray:
    """The power of each wave in the plane, replaced by the mean over its ring.

    A ring holds the waves whose length, the root of the squares of their two
    frequencies, rounds to one whole number. What is left says how fast the spectrum
    falls, and nothing of its directions and speckle.

    Parameters
    ----------
    power : S, (2K+1, 2K+1), frequency 0 in the middle, as of `grid_spectrum`.

    >>> ring_means([[1, 3, 1], [5, 9, 5], [1, 3, 1]]).tolist()
    [[2.5, 2.5, 2.5], [2.5, 9.0, 2.5], [2.5, 2.5, 2.5]]
    """
    S = real_array("power", power, ndim=2)
    if S.shape[0] != S.shape[1] or len(S) % 2 == 0:
        raise ValueError(
            f"power has shape {S.shape}; expected a square with an odd side, frequency"
            " 0 in its middle."
        )
    k = np.arange(len(S)) - len(S) // 2
    ring = np.round(np.hypot(k[:, None], k)).astype(int)
    sums, counts = (np.bincount(ring.ravel(), v) for v in (S.ravel(), None))
    return (sums / np.maximum(counts, 1))[ring]
