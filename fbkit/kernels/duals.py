r"""Dual activations: what one layer of units does to the covariance of two inputs.

For (z, z') normal with variances q, q' and covariance c, a layer maps c to E[sigma(z)
sigma(z')], and by Price's theorem E[sigma'(z) sigma'(z')] is the derivative of that map
in c. Each activation brings coordinates in which the map is cheap: with x = c / (s s'),

    E[sigma(z) sigma(z')] = u u' f(x),    its derivative in c = (u u' / s s') df/dx,

where s and u depend on one input alone. Tangent kernels then need f and df/dx only, at
every pair of inputs.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from fbkit._errors import one_of
from fbkit.activations import ACTIVATIONS, Activation


@dataclass(frozen=True, eq=False)
class Dual:
    """One activation's map.

    squares : q -> (s^2, u^2), for variances q (n,).
    pair : (C, T, A, B, left, right): in place C <- f(C) and T <- T f'(C); A and B are
        scratch of the same shape, left and right what `points` gives for the two
        inputs, to broadcast against C.
    points : q -> (n,) or (n, K), what `pair` needs of each input besides C.
    """

    squares: object
    pair: object
    points: object = np.zeros_like

    def products(self, q, c, data):
        """E[sigma(z) sigma(z')] and its derivative in c, (n,), at covariances c (n,)
        and both variances q.

        `data` is points(q).
        """
        s2, u2 = self.squares(q)
        C = c / s2  # exactly 1 for ReLU and equal inputs
        T, A, B = np.ones_like(C), np.empty_like(C), np.empty_like(C)
        self.pair(C, T, A, B, data, data)
        return u2 * C, u2 / s2 * T


def find(activation):
    """The map of an activation: a name, an entry of the activation table, or a function
    of an array.
    """
    if isinstance(activation, str):
        names = ACTIVATIONS | {"sin": ACTIVATIONS["sine"], "cos": ACTIVATIONS["cosine"]}
        activation = names[one_of("activation", activation, names)]
    if isinstance(activation, Activation):
        return CLOSED.get(activation.name) or _series(activation.value, activation.name)
    if not callable(activation):
        raise ValueError(
            "activation is neither a name nor a function of an array; pass one of"
            " these."
        )
    return _series(activation, getattr(activation, "__name__", "the activation"))


def _relu(C, T, A, B, left, right):
    """f(x) = x h + sqrt(1 - x^2) and f' = h = pi - arccos x."""
    if not np.iscomplexobj(C):
        np.clip(C, -1, 1, out=C)
    np.arccos(C, out=A)
    np.subtract(np.pi, A, out=A)
    np.multiply(C, C, out=B)
    np.subtract(1, B, out=B)
    np.sqrt(B, out=B)
    C *= A
    C += B
    T *= A


def _erf(C, T, A, B, left, right):
    """f(x) = arcsin x."""
    np.multiply(C, C, out=A)
    np.subtract(1, A, out=A)
    np.sqrt(A, out=A)
    T /= A
    np.arcsin(C, out=C)


def _wave(sign):
    """2 f = exp(c) -+ exp(-c), damped by both variances' halves, which stay inside so
    that nothing overflows.
    """

    def pair(C, T, A, B, left, right):
        np.add(left, right, out=A)
        np.exp(-C - A, out=B)
        np.exp(C - A, out=A)
        C[...] = A + sign * B
        T *= A - sign * B

    return Dual(
        lambda q: (np.ones_like(q), np.full_like(q, 0.5)), pair, lambda q: q / 2
    )


def _gelu(C, T, A, B, left, right):
    r"""z Phi(z), by Price's theorem and Stein's lemma; p = 1 / (1 + q), w = sqrt(1 -
    x^2):

    f = x (pi/2 + arcsin x) + w (1 - p - p') + p p' / w,  f' = pi/2 + arcsin x + (x / w) (p + p' + p p' / w^2).
    """
    np.add(np.pi / 2, np.arcsin(C), out=A)
    np.sqrt(1 - C * C, out=B)
    T *= A + C / B * (left + right + left * right / B**2)
    C *= A
    C += B * (1 - (left + right)) + left * right / B


CLOSED = {
    "relu": Dual(lambda q: (np.where(q > 0, q, 1), q / (2 * np.pi)), _relu),
    "erf": Dual(lambda q: (q + 0.5, np.full_like(q, 2 / np.pi)), _erf),
    "sine": _wave(-1),
    "cosine": _wave(1),
    "gelu": Dual(
        lambda q: (1 + q, (1 + q) / (2 * np.pi)), _gelu, lambda q: 1 / (1 + q)
    ),
}

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


def _series(sigma, name):
    r"""Any smooth activation by its Hermite series (Mehler's formula).

    With a_k(q) = E[sigma(sqrt(q) g) he_k(g)] for orthonormal he_k, E[sigma(z)
    sigma(z')] = sum_k a_k(q) a_k(q') x^k. The trapezoid rule gives a_k; it converges
    exponentially for analytic sigma. The slope of sigma is not needed: f' is the
    derivative of the series.
    """

    def points(q):
        g, psi = _hermite_functions()
        few, back = np.unique(q, return_inverse=True)
        try:
            values = np.asarray(sigma(np.sqrt(few)[:, None] * g), dtype=float)  # (n, G)
        except (TypeError, ValueError):
            values = np.array(np.nan)
        if values.shape != (len(few), len(g)) or not np.isfinite(values).all():
            raise ValueError(
                f"{name} does not give a finite number for each number; pass a function"
                " of an array."
            )
        values, few = values * psi[0], few > 0
        square = np.square(values).sum(axis=1) / 32  # E[sigma^2]
        for terms in (64, 128, 256, 512, TERMS):
            a = values @ psi[:terms].T / 32  # (n, K)
            power = a[few] ** 2 * np.arange(terms)  # a_k's part of q E[sigma'^2]
            beyond = power[:, ::-1].cumsum(axis=1)[:, ::-1] / (
                power.sum(axis=1, keepdims=True) + 1e-300
            )
            beyond = beyond.max(
                axis=0, initial=0
            )  # share of the terms from k on, at the worst variance
            missing = (square - np.square(a).sum(axis=1)).max() / (
                square.max() + 1e-300
            )
            tail = max(beyond[-terms // 8], missing - 1e-13)
            if tail < 1e-16:
                break
        if tail > 1e-8:
            raise ValueError(
                f"{name} needs more than {TERMS} Hermite terms at variance"
                f" {q.max():.3g} (a share of {tail:.0e} is left out); take a smooth"
                " function or smaller variances."
            )
        return a[back, : 2 + (beyond > 1e-16).sum()]

    def pair(C, T, A, B, left, right):
        """Horner's rule for f (in A) and f' (in B)."""
        A[...], B[...], outer = 0, 0, np.empty_like(A)
        for k in range(min(left.shape[-1], right.shape[-1]))[::-1]:
            B *= C
            B += A
            A *= C
            if np.abs(left[..., k]).max() > 1e-18:
                A += np.multiply(left[..., k], right[..., k], out=outer)
        C[...] = A
        T *= B

    return Dual(lambda q: (np.where(q > 0, q, 1), np.ones_like(q)), pair, points)
