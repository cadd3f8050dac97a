"""Functions on a grid in the plane: a Fourier basis, and how much of each whole wave is
in samples on a square.
"""

from __future__ import annotations

import math
from functools import cached_property, partial

import numpy as np
from numpy.typing import ArrayLike

from fbkit._errors import real_array, within_memory
from fbkit.basis.fourier import Basis, interval


class Plane(Basis):
    """Products of functions of one number each; see `plane`.

    A `Basis` that analyses and synthesises axis by axis. Its `matrix` is made when it
    is first asked for: for 64 x 64 points it takes 134 MB.
    """

    def __init__(self, sides: list[Basis]) -> None:
        self._sides = sides
        points = _all_pairs([side.points for side in sides])
        fields = {
            "name": "plane",
            "points": points,
            "weights": np.full(len(points), 1 / len(points)),
            "modes": _all_pairs([side.modes for side in sides]),
            "inputs": points,
            "evaluate": partial(_products, parts=[side.evaluate for side in sides]),
        }
        vars(self).update(fields)  # the dataclass is frozen

    @cached_property
    def matrix(self) -> np.ndarray:
        within_memory("the matrix of a plane", len(self.points), len(self.modes))
        return self.evaluate(self.points)

    def analyse(self, values: ArrayLike) -> np.ndarray:
        """Coefficients (..., K) of values (..., n), as of any `Basis`."""
        values = real_array("values", values, shape=(..., len(self.points)))
        weighted = [side.weights[:, None] * side.matrix for side in self._sides]
        return _along_each_axis(values, weighted)

    def synthesise(
        self, coefficients: ArrayLike, at: ArrayLike | None = None
    ) -> np.ndarray:
        """Values (..., n) of coefficients (..., K), as of any `Basis`."""
        c = real_array("coefficients", coefficients, shape=(..., len(self.modes)))
        if at is not None:
            return super().synthesise(c, at)
        return _along_each_axis(c, [side.matrix.T for side in self._sides])


def plane(
    *points: int,
    low: float = -np.pi,
    high: float = np.pi,
    extension: str = "periodic",
    count: int | None = None,
) -> Plane:
    """Fourier basis on a grid in a square, or in a cube of any dimension.

    Its functions are products of those of `interval`, one factor an axis:

        phi_k(x) = phi_{k_1}(x_1) ... phi_{k_d}(x_d),    k = (k_1, ..., k_d).

    A whole wave sin(k.x) of either direction is a sum of products with the same
    |k_1|, ..., |k_d|, so that the error in a mode, all its products joined, stays the
    same when data are shifted; `grid_spectrum` tells directions apart. `History.bands`
    and `fbkit.plot` take a mode by its length |k|.

    Parameters
    ----------
    points : how many along each axis, as in plane(64, 64); in reading order, the last
        axis runs fastest. With the other defaults they are the inputs of `photograph`.
    low, high : the ends of every axis.
    extension : as in `interval`: "even" mirrors at the borders, and nothing jumps.
    count : how many frequencies above zero to keep along each axis; default all, and
        Parseval holds exactly.

    >>> basis = plane(16, 16)
    >>> basis
    Basis(plane, 256 points, 256 modes up to 11.3137)
    >>> wave = np.sin(basis.points @ [3, -2])
    >>> c = basis.analyse(wave)
    >>> basis.modes[np.abs(c) > 1e-9].tolist(), (c @ c).round(9).item()
    ([[3.0, 2.0], [3.0, 2.0]], 0.5)
    """
    if not points:
        raise ValueError(
            "points is missing; pass plane(64, 64), a number for each axis."
        )
    sides = [interval(n, low, high, extension, count) for n in points]
    within_memory("points", math.prod(len(s.points) for s in sides), len(sides))
    return Plane(sides)


def _all_pairs(axes):
    """(n_1 ... n_d, d): each choice of one number an axis, the last running fastest."""
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(axes))


def _products(points, parts):
    """(m, K) the products of the functions of each axis at points (m, d)."""
    points = real_array("points", points, shape=(None, len(parts)))
    together = np.ones((len(points), 1))
    for x, part in zip(points.T, parts):
        factor = part(x)  # (m, K_j)
        together = together[:, :, None] * factor[:, None, :]
        together = together.reshape(len(points), -1)
    return together


def _along_each_axis(values, matrices):
    """(..., n_1 ... n_d) times a matrix (n_j, K_j) along each axis of the grid."""
    shape = values.shape[:-1]
    values = values.reshape(-1, *(len(matrix) for matrix in matrices))
    for matrix in matrices:  # the first axis goes, and comes back as the last
        values = np.tensordot(values, matrix, axes=(1, 0))
    return values.reshape(*shape, -1)


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
