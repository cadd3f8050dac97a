r"""Dual activations: what one layer of units does to the covariance of two inputs.

For (z, z') normal with variances q, q' and covariance c, a layer maps c to E[sigma(z) sigma(z')], and by Price's theorem
E[sigma'(z) sigma'(z')] is the derivative of that map in c. Each activation brings coordinates in which the map is cheap:
with x = c / (s s'),

    E[sigma sigma'] = u u' f(x),    d/dc = (u u' / s s') f'(x),

where s and u depend on one input alone. Tangent kernels then need f and f' only, at every pair of inputs.
"""

import warnings
from dataclasses import dataclass

import numpy as np

from fbkit._errors import one_of
from fbkit.activations import ACTIVATIONS, Activation


@dataclass(frozen=True, eq=False)
class Dual:
    """One activation's map.

    scales : (q, data) -> (s, u), for variances q (n,).
    diagonal : (q, data) -> (E[sigma^2], E[sigma'^2]), (n,) each, exact where f' at x = 1 is not.
    pair : (C, T, A, B, left, right): in place C <- f(C) and, unless T is None, T <- T f'(C) on a tile; A and B are scratch.
    points : q -> data (n, ...), what `pair` needs of each input besides C.
    """

    name: str
    scales: object
    diagonal: object
    pair: object
    points: object = lambda q: np.zeros(len(q))


def find(activation):
    """The map of an activation: a name, a function, a pair (function, slope) or an entry of the activation table."""
    if isinstance(activation, str):
        known = CLOSED.get(one_of("activation", activation, sorted({*CLOSED, *ACTIVATIONS})))
        return known or _series(activation, ACTIVATIONS[activation].value, ACTIVATIONS[activation].slope)
    if isinstance(activation, Activation):
        return CLOSED.get(activation.name) or _series(activation.name, activation.value, activation.slope)
    value, slope = activation if isinstance(activation, tuple) and len(activation) == 2 else (activation, None)
    if not callable(value) or not (slope is None or callable(slope)):
        raise ValueError(
            "activation is neither a name, a function of an array, nor a pair (function, slope); pass one of these."
        )
    return _series(getattr(value, "__name__", "the activation"), value, slope)


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
    if T is not None:
        T *= A


def _erf(C, T, A, B, left, right):
    """f(x) = arcsin x."""
    if T is not None:
        np.multiply(C, C, out=A)
        np.subtract(1, A, out=A)
        np.sqrt(A, out=A)
        T /= A
    np.arcsin(C, out=C)


def _wave(sign):
    """Sine: 2 E = exp(c - a - b) - exp(-c - a - b) with a, b half the variances (they stay inside: no overflow)."""

    def pair(C, T, A, B, left, right):
        np.add(left[:, None], right, out=A)
        np.add(C, A, out=B)
        np.negative(B, out=B)
        np.exp(B, out=B)  # exp(-c - a - b)
        np.subtract(C, A, out=A)
        np.exp(A, out=A)
        (np.subtract if sign < 0 else np.add)(A, B, out=C)
        if T is not None:
            (np.add if sign < 0 else np.subtract)(A, B, out=A)
            T *= A

    def diagonal(q, data):
        less, more = -np.expm1(-2 * q) / 2, (1 + np.exp(-2 * q)) / 2
        return (less, more) if sign < 0 else (more, less)

    return Dual(
        "sine" if sign < 0 else "cosine",
        lambda q, data: (np.ones_like(q), np.full_like(q, np.sqrt(0.5))),
        diagonal,
        pair,
        lambda q: q / 2,
    )


def _gelu(C, T, A, B, left, right):
    r"""z Phi(z), by Price's theorem and Stein's lemma; p = 1 / (1 + q), w = sqrt(1 - x^2):

    f = x (pi/2 + arcsin x) + w (1 - p - p') + p p' / w,  f' = pi/2 + arcsin x + (x / w) (p + p' + p p' / w^2).
    """
    both, product = left[:, None] + right, left[:, None] * right
    np.arcsin(C, out=A)
    A += np.pi / 2
    np.multiply(C, C, out=B)
    np.subtract(1, B, out=B)
    np.sqrt(B, out=B)  # w
    if T is not None:
        T *= A + C / B * (both + product / B**2)
    C *= A
    C += B * (1 - both) + product / B


def _gelu_diagonal(q, data):
    p, w = 1 / (1 + q), np.sqrt(1 + 2 * q) / (1 + q)
    x = q * p
    angle = np.pi / 2 + np.arctan2(x, w)
    value = (1 + q) * (x * angle + w * (1 - 2 * p) + p**2 / w) / (2 * np.pi)
    return value, (angle + x / w * (2 * p + p**2 / w**2)) / (2 * np.pi)


def _positive(q):
    """Square root, with 1 for 0: an input of variance 0 has covariance 0 with every other, whatever it is divided by."""
    return np.sqrt(np.where(q > 0, q, 1))


TERMS = 384  # of a Hermite series at most


def _series(name, value, slope):
    r"""Any smooth activation by its Hermite series (Mehler's formula).

    With a_k(q) = E[sigma(sqrt(q) g) he_k(g)] for orthonormal he_k, E[sigma sigma'] = sum_k a_k(q) a_k(q') x^k. The
    trapezoid rule gives a_k; it converges exponentially for analytic sigma.
    """
    g = np.arange(-416, 417) / 32
    root = np.exp(-(g**2) / 4) * (2 * np.pi) ** -0.25  # square root of the normal density
    psi = np.zeros((len(g), TERMS))  # Hermite functions he_k * root: bounded, so nothing overflows
    psi[:, 0], psi[:, 1] = root, g * root
    for k in range(1, TERMS - 1):
        psi[:, k + 1] = (g * psi[:, k] - np.sqrt(k) * psi[:, k - 1]) / np.sqrt(k + 1)

    def sample(function, q):
        out = np.asarray(function(np.sqrt(q)[:, None] * g), dtype=float)  # (n, G)
        if out.shape != (len(q), len(g)) or not np.isfinite(out).all():
            raise ValueError(f"{name} does not give a finite number for each number; pass a function of an array.")
        return out

    def points(q):
        few, back = np.unique(q, return_inverse=True)
        a = sample(value, few) * root @ psi / 32  # (few, K)
        power = a**2 * np.arange(TERMS)
        left_out = np.cumsum(power[:, ::-1], axis=1)[:, ::-1] / (power.sum(axis=1, keepdims=True) + 1e-300)
        worst = left_out[few > 0].max(axis=0, initial=0)  # share of E[sigma'^2] in the terms from k on
        tail = worst[-TERMS // 5]
        message = (
            f"{name} has Hermite terms beyond the {TERMS} that are summed: the last fifth holds {tail:.0e} of "
            "E[sigma'^2], and nearly equal inputs get errors of that size; take a smooth function or smaller variances."
        )
        if tail > 1e-4:
            raise ValueError(message)
        if tail > 1e-10:
            warnings.warn(message, RuntimeWarning, stacklevel=2)
        return a[:, : max(2, int((worst > 1e-17).sum()) + 1)][back]

    def diagonal(q, data):
        square = lambda function: (sample(function, q) * root) ** 2 @ np.ones(len(g)) / 32
        ours = data**2 @ np.arange(data.shape[1]) / np.where(q > 0, q, 1)
        return square(value), ours if slope is None else square(slope)

    def pair(C, T, A, B, left, right):
        """Horner's rule for f (in A) and f' (in B)."""
        A[...], B[...], outer = 0, 0, np.empty_like(A)
        for k in range(min(left.shape[1], right.shape[1]))[::-1]:
            if T is not None:
                B *= C
                B += A
            A *= C
            if np.abs(left[:, k]).max() > 1e-18:
                A += np.multiply(left[:, k, None], right[:, k], out=outer)
        C[...] = A
        if T is not None:
            T *= B

    return Dual(name, lambda q, data: (_positive(q), np.ones_like(q)), diagonal, pair, points)


CLOSED = {
    "relu": Dual("relu", lambda q, data: (_positive(q), np.sqrt(q / (2 * np.pi))), lambda q, data: (q / 2, 0.5 + 0 * q), _relu),
    "erf": Dual(
        "erf",
        lambda q, data: (np.sqrt(q + 0.5), np.full_like(q, np.sqrt(2 / np.pi))),
        lambda q, data: (2 / np.pi * np.arctan2(2 * q, np.sqrt(1 + 4 * q)), 4 / np.pi / np.sqrt(1 + 4 * q)),
        _erf,
    ),
    "sine": _wave(-1),
    "cosine": _wave(1),
    "gelu": Dual(
        "gelu",
        lambda q, data: (np.sqrt(1 + q), np.sqrt((1 + q) / (2 * np.pi))),
        _gelu_diagonal,
        _gelu,
        lambda q: 1 / (1 + q),
    ),
}
CLOSED |= {"sin": CLOSED["sine"], "cos": CLOSED["cosine"]}
