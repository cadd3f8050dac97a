r"""Two-layer ReLU kernels and product networks as functions of the angle, with closed
spectra.

Everything is made of A0 = E[s' s'] = (pi - theta)/2pi and A1 = E[s s] = (sin theta +
(pi - theta) cos theta)/2pi for ReLU s of two standard normal numbers with correlation
cos(theta) (called kappa1 and kappa2 in arXiv 1912.01198).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fbkit._bounds import MOST_DIM, number, real_or_complex
from fbkit._errors import one_of, positive_int, within_memory

MOST_FACTORS = 10**6
# name: coefficients of A1, cos(theta) A0 and A0
_KERNELS = {
    "ntk": (1, 1, 0),
    "cao": (2, 1, 0),
    "bm": (2, 2, 0),
    "first layer": (0, 1, 0),
    "first layer with bias": (0, 0.5, 0.5),
    "A0": (0, 0, 1),
    "A1": (1, 0, 0),
}


@dataclass(frozen=True)
class ReluProfile:
    """K(theta) = outer A1 + inner cos(theta) A0 + offset A0: call it with angles, or
    ask for its exact eigenvalues.
    """

    outer: float
    inner: float
    offset: float

    def __post_init__(self) -> None:
        for name in ("outer", "inner", "offset"):
            # A frozen dataclass lets nobody assign, its own checks included.
            object.__setattr__(self, name, number(name, getattr(self, name)))

    def __call__(self, theta: ArrayLike) -> np.ndarray:
        theta = real_or_complex("theta", theta)
        a0, a1 = arcs(theta)
        return self.outer * a1 + (self.inner * np.cos(theta) + self.offset) * a0

    def eigenvalues(self, dim: int, highest: int) -> np.ndarray:
        """mu_k on the sphere in R^dim, to about 1e-14 relative; parity zeros are exact.

        With lambda_k(a) the eigenvalues of max(t, 0)^a: mu_k(A0) = lambda_k(0)^2 and
        mu_k(A1) = dim lambda_k(1)^2.

        Parameters
        ----------
        dim : ambient dimension, at least 2.
        highest : highest degree.

        Returns
        -------
        (highest + 1,) for degrees 0..highest.

        >>> mu = relu_profile("first layer").eigenvalues(dim=2, highest=3)
        >>> np.abs(mu - [1 / np.pi**2, 1 / 8, 5 / (9 * np.pi**2), 0]).max() < 1e-15
        np.True_
        """
        dim = positive_int("dim", dim, least=2, most=MOST_DIM)
        highest = positive_int("highest", highest, least=0)
        within_memory("highest", 8, highest + 1)
        a0 = _half_line(0, dim, highest + 1) ** 2
        a1 = dim * _half_line(1, dim, highest + 1) ** 2
        k = np.arange(1, highest + 1)
        # Of cos(theta) A0: t P_k in terms of P_{k-1} and P_{k+1}.
        turned = np.empty(highest + 1)
        turned[0] = a0[1]
        turned[1:] = (k * a0[k - 1] + (k + dim - 2) * a0[k + 1]) / (2 * k + dim - 2)
        return self.outer * a1[:-1] + self.inner * turned + self.offset * a0[:-1]


def relu_profile(name: str = "ntk") -> ReluProfile:
    r"""A two-layer ReLU kernel by name, whose spectrum on any sphere is a closed form.

        "ntk"                    cos A0 + A1
        "cao"                    cos A0 + 2 A1
        "bm"                     2 cos A0 + 2 A1
        "first layer"            cos A0
        "first layer with bias"  (1 + cos) A0 / 2
        "A0", "A1"               A0, A1

    "ntk" has both layers trained and no bias, as `ntk(bias_std=0)`. "cao" is the kernel
    of Cao et al. (arXiv 1912.01198), no multiple of it, and "bm" that of Bietti and
    Mairal (arXiv 1905.12173), twice it. "first layer" has only the inner weights
    trained; "with bias" is the same for inputs (x, 1)/sqrt 2 and biases that start at
    0. A0 and A1 are the parts: slopes and values.

    On the circle the first layer alone has 1/pi^2, 1/8, then (k^2+1)/(pi^2 (k^2-1)^2)
    for even k and 0 for odd k; with bias half of that, plus 1/8 at k = 0 and 1/(2 pi^2
    k^2) at odd k. Derived here, checked numerically; the constants of arXiv 1906.00425
    may differ by a factor 2.

    Parameters
    ----------
    name : one of these.

    >>> K = relu_profile("cao")
    >>> float(K(0.0)), K.eigenvalues(dim=10, highest=3).round(5).tolist()
    (1.5, [0.35133, 0.075, 0.00567, 0.0])
    """
    outer, inner, offset = _KERNELS[one_of("name", name, _KERNELS)]
    return ReluProfile(float(outer), float(inner), float(offset))


def pnn_ntk(theta: ArrayLike, factors: int = 1) -> np.ndarray:
    r"""Kernel of a product network f = m^{-1/2} sum_r a_r prod_j sqrt2 relu(w_rj.x),
    all parameters trained.

    With q0 = 2 A0, q1 = 2 A1 and N factors, K = q1^N + N cos(theta) q0 q1^(N-1), so
    K(0) = N + 1 and N = 1 is the plain network. Derived here, checked numerically;
    arXiv 2202.13473 studies networks of this kind.

    Parameters
    ----------
    theta : angles in radians, any shape; complex ones too.
    factors : N.

    >>> K = pnn_ntk([0.0, np.pi / 2], factors=2)
    >>> bool(np.allclose(K, [3, 1 / np.pi**2]))
    True
    """
    theta = real_or_complex("theta", theta)
    N = positive_int("factors", factors, most=MOST_FACTORS)
    a0, a1 = arcs(theta)
    q0, q1 = 2 * a0, 2 * a1
    return q1**N + N * np.cos(theta) * q0 * q1 ** (N - 1)


def pnn_linear_factor_ntk(theta: ArrayLike) -> np.ndarray:
    """Kernel of a product network with one linear and one ReLU factor: K = 2 cos(theta)
    q1 + cos(theta)^2 q0, in the letters of `pnn_ntk`.

    Parameters
    ----------
    theta : angles in radians, any shape; complex ones too.

    >>> pnn_linear_factor_ntk([0.0, np.pi / 2]).round(12).tolist()
    [3.0, 0.0]
    """
    theta = real_or_complex("theta", theta)
    a0, a1 = arcs(theta)
    cos = np.cos(theta)
    return 2 * cos * (2 * a1) + cos**2 * (2 * a0)


def gamma_ratio(dim: int) -> float:
    """Gamma(dim/2) / Gamma((dim + 1)/2), by the recurrence dim -> dim + 2, which keeps
    every digit.

    >>> round(float(gamma_ratio(4) * np.sqrt(np.pi)), 12)      # 1 / (3/4)
    1.333333333333
    """
    steps = np.arange(dim - 2, 0, -2.0)
    first = 2 / np.sqrt(np.pi) if dim % 2 == 0 else np.sqrt(np.pi)
    return first * np.prod(steps / (steps + 1))


def sine_less_cosine(x: np.ndarray) -> np.ndarray:
    """sin x - x cos x = x^3/3 - x^5/30 + ..., without cancellation near 0.

    2 pi A1 is this of pi - theta.

    >>> float(sine_less_cosine(1e-4) * 3e12).__round__(15)
    0.999999999
    """
    series, term = 0.0, x**3 / 3
    for k in range(1, 10):
        series = series + term
        term = -term * x**2 / (2 * k * (2 * k + 3))
    return np.where(np.abs(x) < 1, series, np.sin(x) - x * np.cos(x))


def arcs(theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A0 and A1.

    A real angle goes through pi - theta = rest in [0, pi], so that both are accurate
    near theta = pi; they are even, of period 2 pi.

    >>> [round(float(a), 6) for a in arcs(0.0)]
    [0.5, 0.5]
    """
    if np.iscomplexobj(theta):
        rest = np.pi - theta
    else:
        rest = 2 * np.arctan2(np.abs(np.cos(theta / 2)), np.abs(np.sin(theta / 2)))
    return rest / (2 * np.pi), sine_less_cosine(rest) / (2 * np.pi)


def _half_line(a, dim, highest):
    """Eigenvalues (highest + 1,) of max(t, 0)^a, a = 0 or 1, up to sign.

    lambda_{k+2} = lambda_k (k - a)/(k + a + dim).
    """
    first = gamma_ratio(dim) / (2 * np.sqrt(np.pi))
    lam = np.zeros(max(highest, 2) + 1)
    if a == 0:
        lam[:3] = (0.5, first, 0)
    else:
        lam[:3] = (first, 0.5 / dim, first / (dim + 1))
    k = np.arange(a + 1.0, highest - 1, 2)
    lam[a + 3 : highest + 1 : 2] = lam[a + 1] * np.cumprod((k - a) / (k + a + dim))
    return lam[: highest + 1]
