"""Digits as points in 20 dimensions, and functions of least cost through them."""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np

import fbkit as fb
from fbkit.activations import ACTIVATIONS
from fbkit.interpolate import averaged_kernel

DIM = 20
Function = Callable[[np.ndarray], np.ndarray]


def digits(
    seed: int, count: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Points and values of `count` digits for training, then of the rest.

    Points (n, 20) are principal components of the former, of root mean square length
    1; values (n, 10) are 1 for the digit's class and 0 for the others.
    """
    data = fb.digits()
    order = np.random.default_rng(seed).permutation(len(data.inputs))
    train, test = order[:count], order[count:]
    centred = data.inputs - data.inputs[train].mean(axis=0)
    components = np.linalg.svd(centred[train], full_matrices=False)[2][:DIM]
    Z = centred @ components.T
    Z = Z / np.sqrt(np.square(Z[train]).sum(axis=1).mean())
    return Z[train], data.values[train], Z[test], data.values[test]


def distances(X: np.ndarray, Y: np.ndarray) -> np.ndarray:
    """Between points (n, d) and (m, d): (n, m)."""
    of_x, of_y = (np.square(Z).sum(axis=1) for Z in (X, Y))
    square = of_x[:, None] + of_y - 2 * X @ Y.T
    return np.sqrt(np.maximum(square, 0))  # rounding makes some negative


@functools.cache
def kernel(name: str, scale: float = 1.0) -> Function:
    """Of units sigma(scale (u.x - c)), directions u all round, in 20 dimensions."""
    return averaged_kernel(lambda z: ACTIVATIONS[name].kernel(scale * z), DIM)


def cheapest(X: np.ndarray, Y: np.ndarray, at: np.ndarray, k: Function) -> np.ndarray:
    """Values at (m, d) of the functions of least cost through Y (n, p) at X (n, d).

    Constants and linear functions are free.
    """
    K = k(distances(X, X) * (1 - np.eye(len(X))))
    free, free_at = (np.column_stack([np.ones(len(Z)), Z]) for Z in (X, at))
    none = np.zeros((free.shape[1], free.shape[1]))
    bordered = np.block([[K, free], [free.T, none]])
    wanted = np.vstack([Y, np.zeros((len(none), Y.shape[1]))])
    c = np.linalg.solve(bordered, wanted)
    return np.hstack([k(distances(at, X)), free_at]) @ c


def square_error(fit: np.ndarray, wanted: np.ndarray) -> float:
    """Square of the distance of two lists of vectors, mean over the list."""
    return np.square(fit - wanted).sum(axis=1).mean()


def wrong(fit: np.ndarray, wanted: np.ndarray) -> float:
    """Share of digits whose largest value is not their class."""
    return np.mean(fit.argmax(axis=1) != wanted.argmax(axis=1))
