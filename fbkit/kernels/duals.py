r"""Dual activations: what one layer of units does to the covariance of two inputs.

For (z, z') normal with variances q, q' and covariance c, a layer maps c to E[sigma(z)
sigma(z')], and by Price's theorem E[sigma'(z) sigma'(z')] is the derivative of that map
in c. Each activation brings coordinates in which the map is cheap: with x = c / (s s'),

    E[sigma(z) sigma(z')] = u u' f(x),    its derivative in c = (u u' / s s') df/dx,

where s and u depend on one input alone. Tangent kernels then need f and df/dx only, at
every pair of inputs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Dual:
    """One activation's map.

    Attributes
    ----------
    squares : q -> (s^2, u^2), for variances q (n,).
    pair : (C, T, A, B, left, right): in place C <- f(C) and T <- T f'(C); A and B are
        scratch of the same shape, left and right what `points` gives for the two
        inputs, to broadcast against C.
    points : q -> (n,) or (n, K), what `pair` needs of each input besides C.
    leak : for units that are linear on both sides of 0, the slope below it (0 for
        ReLU); None for all others.
    """

    squares: Callable
    pair: Callable
    points: Callable = np.zeros_like
    leak: float | None = None

    def products(
        self, q: np.ndarray, c: np.ndarray, data: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """E[sigma(z) sigma(z')] and its derivative in c, (n,) each.

        Parameters
        ----------
        q : (n,) both variances.
        c : (n,) covariances.
        data : what `points` gives for q.
        """
        s2, u2 = self.squares(q)
        C = c / s2  # exactly 1 for ReLU and equal inputs
        T, A, B = np.ones_like(C), np.empty_like(C), np.empty_like(C)
        self.pair(C, T, A, B, data, data)
        return u2 * C, u2 / s2 * T


class SlowSeries(ValueError):
    """A Hermite series that does not converge within its terms."""


# Closed forms.


def _variance(q):
    return np.where(q > 0, q, 1)


def relu_part(C: Array, A: Array, B: Array) -> None:
    """C <- x h + sqrt(1 - x^2) and A <- h = pi - arccos x, in place, B scratch."""
    if not np.iscomplexobj(C):
        np.clip(C, -1, 1, out=C)
    np.arccos(C, out=A)
    np.subtract(np.pi, A, out=A)
    np.multiply(C, C, out=B)
    np.subtract(1, B, out=B)
    np.sqrt(B, out=B)
    C *= A
    C += B


def _relu(C, T, A, B, left, right):
    """f = x h + sqrt(1 - x^2) and f' = h."""
    relu_part(C, A, B)
    T *= A


def leaky(slope: float) -> Dual:
    """The map of units z above 0 and slope * z below: (1 - slope) ReLU plus a linear
    part.

    f = (1 - slope)^2 f_ReLU + 2 pi slope x.
    """
    share = (1 - slope) ** 2

    def pair(C: Array, T: Array, A: Array, B: Array, left: Array, right: Array):
        linear = 2 * np.pi * slope * C
        relu_part(C, A, B)
        C *= share
        C += linear
        T *= share * A + 2 * np.pi * slope

    return Dual(
        lambda q: (_variance(q), q / (2 * np.pi)), pair, leak=slope if share else None
    )


def _step(C, T, A, B, left, right):
    """f = pi - arccos x; no gradient passes a step, so T <- 0."""
    if not np.iscomplexobj(C):
        np.clip(C, -1, 1, out=C)
    np.arccos(C, out=A)
    np.subtract(np.pi, A, out=C)
    T[...] = 0


def _erf(C, T, A, B, left, right):
    """f = arcsin x."""
    np.multiply(C, C, out=A)
    np.subtract(1, A, out=A)
    np.sqrt(A, out=A)
    T /= A
    np.arcsin(C, out=C)


def _gaussian(C, T, A, B, left, right):
    """f = 1 / sqrt(1 - x^2) and f' = x / sqrt(1 - x^2)^3."""
    root = np.sqrt(1 - C * C)
    T *= C / root**3
    C[...] = 1 / root


def _linear(C, T, A, B, left, right):
    """f = x."""


def wave(sign: int, shift: float = 1.0) -> Dual:
    """The map of cosines (sign 1) or sines (sign -1), with coordinates x = c.

    2 f = exp(c) + sign shift exp(-c), damped by both variances' halves, which stay
    inside so that nothing overflows. `shift` is E cos 2b for a bias b that is not part
    of the variances.
    """

    def pair(C: Array, T: Array, A: Array, B: Array, left: Array, right: Array):
        np.add(left, right, out=A)
        np.exp(-C - A, out=B)
        np.exp(C - A, out=A)
        if shift != 1:
            B *= shift
        C[...] = A + sign * B
        T *= A - sign * B

    return Dual(
        lambda q: (np.ones_like(q), np.full_like(q, 0.5)), pair, lambda q: q / 2
    )


def gelu_part(x: Array, p: Array, p_: Array) -> tuple[Array, Array]:
    r"""f and f' of z Phi(z), by Price's theorem and Stein's lemma.

    With p = 1 / (1 + q) and w = sqrt(1 - x^2):
    f = x (pi/2 + arcsin x) + w (1 - p - p') + p p' / w,
    f' = pi/2 + arcsin x + (x / w) (p + p' + p p' / w^2).
    """
    h = np.pi / 2 + np.arcsin(x)
    w = np.sqrt(1 - x * x)
    f = x * h + w * (1 - (p + p_)) + p * p_ / w
    slope = h + x / w * (p + p_ + p * p_ / w**2)
    return f, slope


def _gelu(C, T, A, B, left, right):
    f, slope = gelu_part(C, left, right)
    C[...] = f
    T *= slope


CLOSED = {
    "relu": Dual(lambda q: (_variance(q), q / (2 * np.pi)), _relu, leak=0.0),
    "leaky_relu": leaky(0.01),
    "step": Dual(lambda q: (_variance(q), np.full_like(q, 1 / (2 * np.pi))), _step),
    "erf": Dual(lambda q: (q + 0.5, np.full_like(q, 2 / np.pi)), _erf),
    "gaussian": Dual(lambda q: (1 + q, 1 / (1 + q)), _gaussian),
    "sine": wave(-1),
    "cosine": wave(1),
    "linear": Dual(lambda q: (np.ones_like(q), np.ones_like(q)), _linear),
    "gelu": Dual(
        lambda q: (1 + q, (1 + q) / (2 * np.pi)), _gelu, lambda q: 1 / (1 + q)
    ),
}


# Hermite series.

TERMS = 1024  # of a Hermite series at most


@cache
def _hermite_functions():
    """Nodes g (G,), 1/32 apart, and he_k(g) times the root of the normal density
    (TERMS, G), which is bounded.
    """
    g = np.arange(-416, 417) / 32
    psi = np.zeros((TERMS, len(g)))
    psi[0] = np.exp(-(g**2) / 4) * (2 * np.pi) ** -0.25
    psi[1] = g * psi[0]
    for k in range(1, TERMS - 1):
        psi[k + 1] = (g * psi[k] - np.sqrt(k) * psi[k - 1]) / np.sqrt(k + 1)
    return g, psi


def _values(sigma, name, z):
    """sigma(z), or one sentence if it is not a function of an array."""
    try:
        values = np.asarray(sigma(z), dtype=float)
    except (TypeError, ValueError):
        values = np.array(np.nan)
    if values.shape != z.shape or not np.isfinite(values).all():
        raise ValueError(
            f"{name} does not give a finite number for each number; pass a function"
            " of an array."
        )
    return values


def _beyond(a, positive):
    """(K,) the share of E[sigma'^2] in the terms from k on, at the worst variance."""
    power = a[positive] ** 2 * np.arange(a.shape[1])  # a_k's part of q E[sigma'^2]
    tails = power[:, ::-1].cumsum(axis=1)[:, ::-1]
    shares = tails / (power.sum(axis=1, keepdims=True) + 1e-300)
    return shares.max(axis=0, initial=0)


def series(sigma: Callable, name: str) -> Dual:
    r"""Any smooth activation by its Hermite series (Mehler's formula).

    With a_k(q) = E[sigma(sqrt(q) g) he_k(g)] for orthonormal he_k, E[sigma(z)
    sigma(z')] = sum_k a_k(q) a_k(q') x^k. The trapezoid rule gives a_k; it converges
    exponentially for analytic sigma. The slope of sigma is not needed: f' is the
    derivative of the series.

    Parameters
    ----------
    sigma : a function of an array.
    name : what an error calls it.
    """

    def points(q: Array) -> Array:
        g, psi = _hermite_functions()
        few, back = np.unique(q, return_inverse=True)
        values = _values(sigma, name, np.sqrt(few)[:, None] * g) * psi[0]  # (n, G)
        square = np.square(values).sum(axis=1) / 32  # E[sigma^2]
        for terms in (64, 128, 256, 512, TERMS):
            a = values @ psi[:terms].T / 32  # (n, K)
            beyond = _beyond(a, few > 0)
            short = square - np.square(a).sum(axis=1)
            missing = short.max() / (square.max() + 1e-300)
            tail = max(beyond[-terms // 8], missing - 1e-13)
            if tail < 1e-16:
                break
        if tail > 1e-8:
            raise SlowSeries(
                f"{name} needs more than {TERMS} Hermite terms at variance"
                f" {q.max():.3g} (a share of {tail:.0e} is left out); take a smooth"
                " function or smaller variances."
            )
        return a[back, : 2 + (beyond > 1e-16).sum()]

    def pair(C: Array, T: Array, A: Array, B: Array, left: Array, right: Array):
        """Horner's rule for f (in A) and f' (in B)."""
        A[...] = 0
        B[...] = 0
        outer = np.empty_like(A)
        for k in range(min(left.shape[-1], right.shape[-1]))[::-1]:
            B *= C
            B += A
            A *= C
            if np.abs(left[..., k]).max() > 1e-18:
                A += np.multiply(left[..., k], right[..., k], out=outer)
        C[...] = A
        T *= B

    return Dual(lambda q: (_variance(q), np.ones_like(q)), pair, points)
