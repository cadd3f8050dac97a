"""Linear networks of waves on a square of a photograph, in closed form.

The waves' frequencies have a density and stay; their weights are trained, from 0. There
are infinitely many waves, so that only the density counts: the kernel between two
pixels is its mean of cos w.(x - x').
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

import fbkit as fb

SIZE = 48  # pixels a side
Kernel = Callable[[np.ndarray, np.ndarray], np.ndarray]  # of differences, down, across


class Square(NamedTuple):
    """Pixels of a photograph, some of them trained on."""

    values: np.ndarray  # (n,) without the mean of the trained ones
    train: np.ndarray  # (n,) which are trained on

    @property
    def seen(self) -> np.ndarray:
        """The trained values, as a picture where they are on a grid."""
        return self.values[self.train].reshape(SIZE // 2, -1)


def square(image: str, row: int, column: int, scattered: int | None = None) -> Square:
    """48 by 48 pixels, every second trained on in each direction.

    With a seed for `scattered`, as many pixels at random places.
    """
    values = fb.photograph(SIZE, row, column, image).values
    train = (np.indices((SIZE, SIZE)) % 2 == 0).all(axis=0).ravel()
    if scattered is not None:
        train = np.random.default_rng(scattered).permutation(train)
    return Square(values - values[train].mean(), train)


def some_squares(seed: int, count: int) -> list[Square]:
    """Squares at random places of both photographs, in turn."""
    rng = np.random.default_rng(seed)
    places = [
        (rng.integers(427 - SIZE), rng.integers(640 - SIZE)) for _ in range(count)
    ]
    images = ("flower", "china") * count
    return [square(image, *place) for image, place in zip(images, places)]


# ---- kernels ----


def normal(width: float) -> Kernel:
    """Of frequencies with a normal density."""
    return lambda down, across: np.exp(-((width * np.hypot(down, across)) ** 2) / 2)


def matern(width: float) -> Kernel:
    """Of frequencies with heavy tails, a t density: Matérn's kernel of order 3/2."""

    def kernel(down: np.ndarray, across: np.ndarray) -> np.ndarray:
        r = 3**0.5 * width * np.hypot(down, across)
        return (1 + r) * np.exp(-r)

    return kernel


def shares(power: np.ndarray, T: float) -> np.ndarray:
    """The design: shares of the whole waves, by water-filling for the time T.

    In the mean over pixels the data have the density (2 pi)^-2.
    """
    k = np.arange(len(power)) - len(power) // 2
    p, _ = fb.waterfill(power, (k, k), T / (2 * np.pi) ** 2, dim=2)
    return p / p.sum()


def designed(P: np.ndarray) -> Kernel:
    """Of frequencies around whole waves, evenly within half a step of each.

    (2K+1, 2K+1) shares. Whole waves alone would have to go round the square's border.
    """
    k = np.arange(len(P)) - len(P) // 2

    def kernel(down: np.ndarray, across: np.ndarray) -> np.ndarray:
        along = [np.exp(1j * np.outer(z.ravel(), k)) for z in (down, across)]
        smear = np.sinc(down / (2 * np.pi)) * np.sinc(across / (2 * np.pi))
        return (along[0] @ P @ along[1].T).real * smear

    return kernel


def gram(kernel: Kernel, train: np.ndarray) -> np.ndarray:
    """Between all pixels and those trained on, (n, trained)."""
    difference = np.arange(1 - SIZE, SIZE) * 2 * np.pi / SIZE
    table = kernel(difference[:, None], difference[None])
    i, j = np.indices((SIZE, SIZE)).reshape(2, -1)
    last = SIZE - 1
    return table[i[:, None] - i[train] + last, j[:, None] - j[train] + last]


# ---- training ----


def outputs(K: np.ndarray, where: Square, times: ArrayLike) -> np.ndarray:
    """The network's pictures (T, n) after gradient flow, times may be infinite."""
    train = where.train
    eigenvalues, V = np.linalg.eigh(K[train])
    eigenvalues = np.maximum(eigenvalues, 1e-12 * eigenvalues[-1])
    rates = eigenvalues / len(eigenvalues)
    learned = -np.expm1(-np.outer(times, rates)) / eigenvalues
    return (learned * (V.T @ where.values[train])) @ (K @ V).T


def decibels(output: np.ndarray, where: Square) -> np.ndarray:
    """-10 log10 of the mean square error, on trained and on hidden pixels, (..., 2)."""
    square_error = (output - where.values) ** 2
    parts = [square_error[..., m].mean(axis=-1) for m in (where.train, ~where.train)]
    return -10 * np.log10(np.stack(parts, axis=-1))


# ---- leave-one-out ----

WIDTHS = 2.0 ** np.arange(4)
RIDGES = 10.0 ** np.arange(-4, 1)


def judged(where: Square) -> np.ndarray:
    """Decibels (widths, ridges, 3) of Matérn's waves with a ridge, trained to the end.

    On trained pixels, on hidden ones, and by leave-one-out.
    """
    y = where.values[where.train]
    found = []
    for width in WIDTHS:
        K = gram(matern(width), where.train)
        eigenvalues, V = np.linalg.eigh(K[where.train])
        weights = V.T @ y / (eigenvalues + RIDGES[:, None])
        seen = decibels(weights @ (K @ V).T, where)  # (ridges, 2)
        missed = fb.leave_one_out(K[where.train], y, RIDGES)
        found.append(np.column_stack([seen, -10 * np.log10(np.mean(missed**2, 1))]))
    return np.array(found)


def chosen(table: np.ndarray, judge: int) -> np.ndarray:
    """The row (3,) of `judged` that one of its columns likes best."""
    rows = table.reshape(-1, table.shape[-1])
    return rows[rows[:, judge].argmax()]


class OnGrid(NamedTuple):
    """A fit of all samples of a grid from every second, and what chose it."""

    fit: np.ndarray  # (n, n), or (n,) along a line
    missed: np.ndarray  # by leave-one-out, as the trained samples
    width: float
    ridge: float


def on_grid(values: np.ndarray) -> OnGrid:
    """The linear network on every second sample; leave-one-out chooses."""
    return min(on_grids(values), key=lambda one: np.mean(one.missed**2))


def on_grids(values: np.ndarray) -> list[OnGrid]:
    """The fits of all widths and ridges.

    In the plane the two frequencies of a wave are drawn separately, so that the kernel
    is a product and 16,384 samples are two problems of 128.
    """
    seen = values[(slice(None, None, 2),) * values.ndim]
    y, times = seen - seen.mean(), values.ndim
    x = 2 * np.pi * np.arange(len(values)) / len(values)
    found = []
    for width in 2.0 ** np.arange(7):
        K = matern(width)(x[:, None] - x[::2], 0.0)
        eigenvalues, V = np.linalg.eigh(K[::2])
        products = np.maximum(outer([eigenvalues] * times), 0)
        for ridge in RIDGES:
            inverse = 1 / (products + ridge)
            weights = through(V, inverse * through(V.T, y))
            missed = weights / through(V**2, inverse)
            fit = through(K, weights) + seen.mean()
            found.append(OnGrid(fit, missed, width, ridge))
    return found


def outer(vectors: list[np.ndarray]) -> np.ndarray:
    """Products of one entry of each: (n,), or (n, n)."""
    return vectors[0] if len(vectors) == 1 else np.outer(*vectors)


def through(matrix: np.ndarray, values: np.ndarray) -> np.ndarray:
    """A matrix applied along each axis of (n,) or (n, n)."""
    once = matrix @ values
    return once if values.ndim == 1 else once @ matrix.T
