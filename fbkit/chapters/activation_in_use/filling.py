"""Missing samples, filled in: signals cut into pieces, and fillings as matrices.

A filling is linear in the samples that are kept, hidden = M kept. So its mean square
error depends on nothing but the mean product of the signal at two places, which is the
power spectrum in another form.
"""

from __future__ import annotations

import functools

import numpy as np

import fbkit as fb
from fbkit.activations import Activation

SIGNALS = ("photograph", "bell", "electrocardiogram")
SIZE = 64  # samples of a piece


@functools.cache
def pieces(name: str) -> np.ndarray:
    """Pieces of a signal, (n, 64), each of mean 0 and variance 1.

    `name` is "photograph" (rows of scikit-learn's china), "bell" (a microphone's
    recording) or "electrocardiogram" (PyWavelets').
    """
    if name == "photograph":
        square = fb.photograph(384, row=20, column=128).values.reshape(384, 384)
        whole = square[16::32]
    elif name == "bell":
        whole = fb.bell(5760).values
    else:
        whole = fb.electrocardiogram(1024).values
    cut = whole.reshape(-1, SIZE)
    centred = cut - cut.mean(axis=1, keepdims=True)
    return centred / cut.std(axis=1, keepdims=True)


def half(seed: int | list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of the half that is kept, both ends among them, and of the other."""
    inner = np.random.default_rng(seed).permutation(np.arange(1, SIZE - 1))
    kept = np.sort(np.append([0, SIZE - 1], inner[: SIZE // 2 - 2]))
    return kept, np.setdiff1d(np.arange(SIZE), kept)


def filling(
    activation: Activation, kept: np.ndarray, at: np.ndarray, noise: float = 0.0
) -> np.ndarray:
    """Matrix M (a, k): the curve of least cost through samples at `kept`, read off at
    `at`, is M @ samples.

    With noise > 0 it is the curve of least (squared misses) + noise * (cost): the
    kernel gets `noise` on its diagonal.
    """
    q = activation.null_degree

    def kernel(x: np.ndarray) -> np.ndarray:
        return activation.kernel(np.abs(np.subtract.outer(x, kept)) * 1.0)

    def free(x: np.ndarray) -> np.ndarray:
        return np.vander(x / SIZE, q + 1, increasing=True)

    none = np.zeros((q + 1, q + 1))
    K = kernel(kept) + noise * np.eye(len(kept))
    bordered = np.block([[K, free(kept)], [free(kept).T, none]])
    read_off = np.hstack([kernel(at), free(at)])
    return np.linalg.solve(bordered.T, read_off.T).T[:, : len(kept)]


def stopped(
    gram: np.ndarray, kept: np.ndarray, at: np.ndarray, steps: list[int]
) -> np.ndarray:
    """Matrices (T, a, k) of a network's output weights after training from 0.

    Heavy ball with momentum 0.99, learning rate 1 over the largest rate. In each
    eigenvector of the kernel at the kept samples the share 1 - left has been learned:
    M = K(at, kept) V diag((1 - left) / rates) V^T.

    Parameters
    ----------
    gram : (64, 64), the units' kernel at all samples.
    steps : (T,) after how many.
    """
    rates, modes = np.linalg.eigh(gram[np.ix_(kept, kept)])
    lr = 1 / rates[-1]
    left = fb.heavy_ball(rates, np.ones(len(kept)), steps, lr, 0.99).error
    weights = (modes * ((1 - left) / rates)[:, None]) @ modes.T
    return gram[np.ix_(at, kept)] @ weights


def covariance(signal: np.ndarray) -> np.ndarray:
    """Mean product of two samples, (64, 64), as a function of their distance only.

    It comes from half the mean square difference at that distance, which a piece's
    mean does not change; the variance is 1.
    """
    mean = [
        np.mean(np.square(signal[:, lag:] - signal[:, : SIZE - lag])) / 2
        for lag in range(SIZE)
    ]
    n = np.arange(SIZE)
    return 1 - np.array(mean)[np.abs(np.subtract.outer(n, n))]


def foretold(
    matrix: np.ndarray, kept: np.ndarray, at: np.ndarray, products: np.ndarray
) -> float:
    """Mean square error at `at` of a filling, from the mean products of samples."""
    error = np.zeros((len(at), len(products)))
    error[:, kept] = matrix
    error[np.arange(len(at)), at] -= 1
    return np.einsum("ij,jk,ik->", error, products, error) / len(at)


def measured(
    matrix: np.ndarray, kept: np.ndarray, at: np.ndarray, signal: np.ndarray
) -> float:
    """The same for pieces that are there."""
    return np.mean(np.square(signal[:, kept] @ matrix.T - signal[:, at]))
