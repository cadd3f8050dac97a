r"""Two-layer ReLU kernels and product networks as functions of the angle, with closed
spectra.

Everything is made of A0 = E[s' s'] = (pi - theta)/2pi and A1 = E[s s] = (sin theta +
(pi - theta) cos theta)/2pi for ReLU s of two standard normal numbers with correlation
cos(theta) (called kappa1 and kappa2 in arXiv 1912.01198).
"""

from dataclasses import dataclass

import numpy as np

from fbkit._errors import one_of, positive_int, real_array

# name: coefficients of A1, cos(theta) A0 and A0
_KERNELS = {
    "ntk": (4, 4, 0),
    "bm": (2, 2, 0),
    "cao": (2, 1, 0),
    "A0": (0, 0, 1),
    "A1": (1, 0, 0),
}
_KERNELS |= {"first layer": (0, 1, 0), "first layer with bias": (0, 0.5, 0.5)}


@dataclass(frozen=True)
class ReluProfile:
    """K(theta) = outer A1 + inner cos(theta) A0 + offset A0: call it with angles, or
    ask for its exact eigenvalues.
    """

    outer: float
    inner: float
    offset: float

    def __call__(self, theta):
        theta = _angles(theta)
        a0, a1 = arcs(theta)
        return self.outer * a1 + (self.inner * np.cos(theta) + self.offset) * a0

    def eigenvalues(self, dim, kmax):
        """mu_k (kmax + 1,) on the sphere in R^dim, to about 1e-14 relative; parity
        zeros are exact.

        With lambda_k(a) the eigenvalues of max(t, 0)^a: mu_k(A0) = lambda_k(0)^2 and
        mu_k(A1) = dim lambda_k(1)^2.
        """
        a0, a1 = (
            _half_line(0, dim, kmax + 1) ** 2,
            dim * _half_line(1, dim, kmax + 1) ** 2,
        )
        k = np.arange(1, kmax + 1)
        turned = np.empty(
            kmax + 1
        )  # eigenvalues of cos(theta) A0, from t P_k in terms of P_{k-1} and P_{k+1}
        turned[0], turned[1:] = (
            a0[1],
            (k * a0[k - 1] + (k + dim - 2) * a0[k + 1]) / (2 * k + dim - 2),
        )
        return self.outer * a1[:-1] + self.inner * turned + self.offset * a0[:-1]


def relu_profile(kernel="ntk"):
    """A two-layer ReLU kernel by name, whose spectrum on any sphere is a closed form.

        "ntk"                    4 cos A0 + 4 A1    `ntk_profile` at depth 2: weight variance 2, no bias
        "bm"                     2 cos A0 + 2 A1    K(0) = 2 (Bietti and Mairal, arXiv 1905.12173)
        "cao"                    cos A0 + 2 A1      K(0) = 3/2 (Cao et al., arXiv 1912.01198); no multiple of "bm"
        "first layer"            cos A0             only the inner weights trained, no bias
        "first layer with bias"  (1 + cos) A0 / 2   the same for inputs (x, 1)/sqrt 2
        "A0", "A1"               A0, A1             the parts: slopes, values

    >>> K = relu_profile("cao")
    >>> float(K(0.0)), K.eigenvalues(dim=10, kmax=3).round(5).tolist()
    (1.5, [0.35133, 0.075, 0.00567, 0.0])
    """
    return ReluProfile(*map(float, _KERNELS[one_of("kernel", kernel, _KERNELS)]))


def circle_ntk_eigs(kmax, bias=True):
    """Eigenvalues (kmax + 1,) on the circle of the kernel of the inner layer alone,
    with or without bias.

    Without bias K = cos(theta)(pi - theta)/2pi: 1/pi^2, 1/8, then (k^2+1)/(pi^2
    (k^2-1)^2) for even k and 0 for odd k. With bias (inputs (x, 1)/sqrt 2) K = (1 + cos
    theta)(pi - theta)/4pi: half of that, plus 1/8 at k = 0 and 1/(2 pi^2 k^2) at odd k.
    A network f = m^{-1/2} sum a relu(w.x + b) with b = 0 at the start has twice the
    second kernel. Derived here, checked numerically; the constants of arXiv 1906.00425
    may differ by a factor 2.

    >>> (np.pi**2 * circle_ntk_eigs(3)[2:]).round(12).tolist()      # 5/18 and 1/18
    [0.277777777778, 0.055555555556]
    """
    profile = relu_profile("first layer with bias" if bias else "first layer")
    return profile.eigenvalues(2, positive_int("kmax", kmax, least=0))


def product_profile(theta, factors=1):
    r"""Kernel of a product network f = m^{-1/2} sum_r a_r prod_j sqrt2 relu(w_rj.x),
    all parameters trained.

    With q0 = 2 A0, q1 = 2 A1 and N factors, K = q1^N + N cos(theta) q0 q1^(N-1), so
    K(0) = N + 1 and N = 1 is the plain network. Derived here, checked numerically;
    arXiv 2202.13473 studies networks of this kind.

    Parameters: `theta`, angles in radians; `factors`, N.

    >>> product_profile(np.array([0.0, np.pi / 2]), factors=2).round(6).tolist()      # 3 and 1/pi^2
    [3.0, 0.101321]
    """
    theta, N = _angles(theta), positive_int("factors", factors)
    q0, q1 = (2 * a for a in arcs(theta))
    return q1**N + N * np.cos(theta) * q0 * q1 ** (N - 1)


def pnn_ntk(t, N):
    """`product_profile` as a function of the cosine t.

    >>> pnn_ntk([1.0, 0.0], 3).round(6).tolist()      # 4 and 1/pi^3
    [4.0, 0.032252]
    """
    return product_profile(np.arccos(_cosines(t)), N)


def pnn_linear_factor_ntk(t):
    """Kernel of a product network with one linear and one ReLU factor, of the cosine t:
    K = 2 t q1 + t^2 q0.

    >>> pnn_linear_factor_ntk([1.0, 0.0]).round(12).tolist()
    [3.0, 0.0]
    """
    t = _cosines(t)
    q0, q1 = (2 * a for a in arcs(np.arccos(t)))
    return 2 * t * q1 + t**2 * q0


def gamma_ratio(dim):
    """Gamma(dim/2) / Gamma((dim + 1)/2), by the recurrence dim -> dim + 2, which keeps
    every digit.

    >>> round(float(gamma_ratio(4) * np.sqrt(np.pi)), 12)      # 1 / (3/4 sqrt(pi)), times sqrt(pi)
    1.333333333333
    """
    steps = np.arange(dim - 2, 0, -2.0)
    return (2 / np.sqrt(np.pi) if dim % 2 == 0 else np.sqrt(np.pi)) * np.prod(
        steps / (steps + 1)
    )


def sine_less_cosine(x):
    """sin x - x cos x = x^3/3 - x^5/30 + ..., without cancellation near 0; 2 pi A1 is
    this of pi - theta.

    >>> float(sine_less_cosine(1e-4) * 3e12).__round__(15)
    0.999999999
    """
    series, term = 0.0, x**3 / 3
    for k in range(1, 10):
        series = series + term
        term = -term * x**2 / (2 * k * (2 * k + 3))
    return np.where(np.abs(x) < 1, series, np.sin(x) - x * np.cos(x))


def _half_line(a, dim, kmax):
    """Eigenvalues (kmax + 1,) of max(t, 0)^a, a = 0 or 1, up to sign: lambda_{k+2} =
    lambda_k (k - a)/(k + a + dim).
    """
    first = gamma_ratio(dim) / (2 * np.sqrt(np.pi))
    lam = np.zeros(max(kmax, 2) + 1)
    lam[:3] = (0.5, first, 0) if a == 0 else (first, 0.5 / dim, first / (dim + 1))
    k = np.arange(a + 1.0, kmax - 1, 2)
    lam[a + 3 : kmax + 1 : 2] = lam[a + 1] * np.cumprod((k - a) / (k + a + dim))
    return lam[: kmax + 1]


def arcs(theta):
    """A0 and A1; a real angle through pi - theta = rest in [0, pi], so that both are
    accurate near theta = pi.

    >>> [round(float(a), 6) for a in arcs(0.0)]
    [0.5, 0.5]
    """
    if np.iscomplexobj(theta):
        rest = np.pi - theta
    else:
        rest = 2 * np.arctan2(np.abs(np.cos(theta / 2)), np.abs(np.sin(theta / 2)))
    return rest / (2 * np.pi), sine_less_cosine(rest) / (2 * np.pi)


def _angles(theta):
    return np.asarray(theta) if np.iscomplexobj(theta) else real_array("theta", theta)


def _cosines(t):
    t = real_array("t", t)
    if np.abs(t).max() > 1:
        raise ValueError(
            f"t reaches {np.abs(t).max():g} in absolute value; pass cosines, between -1"
            " and 1."
        )
    return t
