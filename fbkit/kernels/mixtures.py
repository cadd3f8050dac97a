r"""Activations as mixtures of closed forms, where a series is too slow.

A logistic number is a normal one whose standard deviation is random, 2 K with the law
of Kolmogorov and Smirnov's statistic. So, in the mean over K,

    tanh(z) = E erf(z / sqrt2 K),           sigmoid(z) = E Phi(z / 2K),
    softplus(z) = E relu(z + 2K N),         silu(z) = E z Phi(z / 2K),

with N standard normal; and arctan(z) = pi/2 E erf(abs(N) z / sqrt2), as Cauchy's law is
a ratio of normal numbers, while sin(z)/z is the mean of cos(w z) over w from 0 to 1.
Of each right-hand side the dual is known in closed form, at any variance and however
close the two inputs are: the dual of the mixture is a double sum over the nodes of a
quadrature rule. Derived here, checked numerically.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fbkit.kernels.duals import Array, Dual, gelu_part, relu_part


def _kolmogorov() -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights of Kolmogorov and Smirnov's law: the trapezoid rule in log K.

    The density and everything averaged over it are analytic in log K and vanish at both
    ends, so that the rule converges exponentially.
    """
    step = 0.15
    x = np.exp(np.arange(np.log(0.17), np.log(4.4), step))[:, None]
    k = np.arange(1, 13)
    large = 8 * x * (-1.0) ** (k + 1) * k**2 * np.exp(-2 * k**2 * x**2)
    a = (2 * k - 1) ** 2 * np.pi**2 / 8
    small = np.sqrt(2 * np.pi) * (2 * a / x**4 - 1 / x**2) * np.exp(-a / x**2)
    # One series converges fast for large x, the other for small x.
    density = np.where(x[:, 0] > 0.8, large.sum(axis=1), small.sum(axis=1))
    weights = step * x[:, 0] * density
    return x[:, 0], weights / weights.sum()


def _cauchy() -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights of 1 / abs(N), by the trapezoid rule in log abs(N)."""
    step = 0.2
    v = np.exp(np.arange(-13, 2.3, step))
    return 1 / v, step * v * np.sqrt(2 / np.pi) * np.exp(-(v**2) / 2)


def _arcsin(x, p, p_):
    return np.arcsin(x), 1 / np.sqrt(1 - x * x)


def _relu(x, p, p_):
    f, slope, scratch = x.copy(), np.empty_like(x), np.empty_like(x)
    relu_part(f, slope, scratch)
    return f, slope


def _mixture(
    scales: np.ndarray,
    weights: np.ndarray,
    part: Callable,
    factor: float,
    offset: float = 0.0,
    sized: bool = False,
) -> Dual:
    """The dual of a mixture over scales tau with the given weights.

    With R = sqrt(q + tau^2) a pair of nodes gives part(c / R R'), times R R' where
    `sized`. Coordinates: s^2 = q, u = 1, so that c / R R' = x (s/R)(s'/R').
    """
    count = len(scales)

    def points(q: Array) -> Array:
        """(n, 3 count): s/R, weight (times R), and tau^2 / R^2."""
        s = np.sqrt(np.where(q > 0, q, 1))[:, None]
        R = np.sqrt(q[:, None] + scales**2)
        size = weights * R if sized else np.broadcast_to(weights, R.shape)
        return np.concatenate([s / R, size, scales**2 / R**2], axis=1)

    def bound(data: Array) -> Array:
        """(count,) how much a node can add at most, up to a common factor."""
        turn, size = data[..., :count], data[..., count : 2 * count]
        nodes = size if sized else size * turn  # arcsin is as small as its argument
        return nodes.reshape(-1, count).max(axis=0)

    def pair(C: Array, T: Array, A: Array, B: Array, left: Array, right: Array):
        cosine = C.copy()
        C[...] = offset
        slope = np.zeros_like(C)
        bounds = np.multiply.outer(bound(left), bound(right))
        for i, j in np.argwhere(bounds > 1e-14 * bounds.max()):
            turn = left[..., i] * right[..., j]
            size = factor * left[..., count + i] * right[..., count + j]
            p, p_ = left[..., 2 * count + i], right[..., 2 * count + j]
            f, df = part(cosine * turn, p, p_)
            C += size * f
            slope += size * turn * df
        T *= slope

    return Dual(lambda q: (np.where(q > 0, q, 1), np.ones_like(q)), pair, points)


def _waves() -> Dual:
    """sin(z)/z = mean of cos(w z) over w in [0, 1], by a Gauss-Legendre rule."""
    w, weights = np.polynomial.legendre.leggauss(80)
    w, weights = (w + 1) / 2, weights / 2

    def points(q: Array) -> Array:
        if q.max() > 2500:
            raise ValueError(
                f"sinc has no kernel here at variance {q.max():.3g}; take variances up"
                " to 2500."
            )
        s = np.sqrt(np.where(q > 0, q, 1))[:, None]
        return np.concatenate([w * s, w**2 * q[:, None] / 2], axis=1)

    def pair(C: Array, T: Array, A: Array, B: Array, left: Array, right: Array):
        cosine = C.copy()
        C[...] = 0
        slope = np.zeros_like(C)
        for i in range(len(w)):
            for j in range(len(w)):
                turn = left[..., i] * right[..., j]
                damping = left[..., len(w) + i] + right[..., len(w) + j]
                size = weights[i] * weights[j] / 2
                near = np.exp(cosine * turn - damping)
                far = np.exp(-cosine * turn - damping)
                C += size * (near + far)
                slope += size * turn * (near - far)
        T *= slope

    return Dual(lambda q: (np.where(q > 0, q, 1), np.ones_like(q)), pair, points)


def _mixtures() -> dict[str, Dual]:
    K, share = _kolmogorov()
    wide, wide_share = _cauchy()
    return {
        "tanh": _mixture(K, share, _arcsin, 2 / np.pi),
        "sigmoid": _mixture(2 * K, share, _arcsin, 1 / (2 * np.pi), offset=0.25),
        "softplus": _mixture(2 * K, share, _relu, 1 / (2 * np.pi), sized=True),
        "silu": _mixture(2 * K, share, gelu_part, 1 / (2 * np.pi), sized=True),
        "arctan": _mixture(wide, wide_share, _arcsin, np.pi / 2),
        "sinc": _waves(),
    }


MIXTURES = _mixtures()
