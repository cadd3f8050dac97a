r"""Eigenvalues of angle kernels on circle, sphere and Boolean cube, each with an
estimate of its error.

On the unit sphere in R^dim with the uniform probability measure, the kernel K(theta)
has on the harmonics of degree k the eigenvalue mu_k = c int_0^pi K(theta) P_k(cos
theta) sin(theta)^(dim - 2) d theta, with P_k(1) = 1 and c such that K = 1 has mu_0 = 1
(Funk and Hecke). The sum of multiplicity times mu_k is K(0).
"""

import math
import warnings

import numpy as np

from fbkit._errors import positive_int, real_array
from fbkit.kernels.closed import ReluProfile, gamma_ratio

EPS = np.finfo(float).eps


def circle_spectrum(profile, kmax):
    """Fourier coefficients mu_k = (1/pi) int_0^pi K(theta) cos(k theta) d theta of a
    kernel on the circle, k = 0..kmax.

    These are the eigenvalues for infinitely many points. On n points the Gram matrix
    over n has instead mu_k + mu_{n-k} + mu_{n+k} + ..., larger by several per cent
    already at k = n/10: `circle_rates` gives those.

    Parameters and results as for `sphere_spectrum` with dim = 2.

    >>> mu, error = circle_spectrum(lambda theta: 1 + np.cos(theta), 2)
    >>> np.abs(mu).round(12).tolist(), bool(error[1] < 1e-12)
    ([1.0, 0.5, 0.0], True)
    """
    return sphere_spectrum(profile, 2, kmax)


def sphere_spectrum(profile, dim, kmax):
    r"""Eigenvalues mu_k, k = 0..kmax, of K(theta) on the unit sphere in R^dim, and the
    relative error of each.

    Two-layer ReLU kernels (`relu_profile`, or a function that is a combination of its
    parts A0, A1 and cos A0 to rounding) have a closed form. Any other function is
    integrated by Fejer's rule in theta, on two grids; its absolute error stays near
    machine epsilon times K(0), so that small mu_k are lost. If the function takes
    complex angles (as `ntk_profile` does), the power series K = sum_j b_j cos(theta)^j
    is found by an FFT too:

        mu_k = sum_j b_j j! Gamma(dim/2) / (2^j ((j-k)/2)! Gamma((j+k+dim)/2)),   j = k, k+2, ...

    For a kernel on all spheres every b_j >= 0 (Schoenberg), the sum has positive terms,
    and small mu_k keep their digits. Terms beyond some thousand are extrapolated in
    powers 1/j^(i + 3/2), which is their form for ReLU kernels. Of the two results each
    degree takes the one with the smaller error. Derived here, checked against 50-digit
    arithmetic: for ReLU at depths 3 and 5 relative errors stay below 1e-9 up to k = 300
    in any dimension.

    Parameters
    ----------
    profile : function of angles in [0, pi], from an array to an array.
    dim : ambient dimension >= 2.
    kmax : highest degree.

    Returns (mu, error), (kmax + 1,) each. Where the error is not small against 1 the
    value is noise (a parity zero, for instance); it is 0 for an exact zero.

    >>> from functools import partial
    >>> from fbkit.kernels import ntk_profile, relu_profile
    >>> mu, error = sphere_spectrum(relu_profile("cao"), dim=10, kmax=4)
    >>> mu.round(6).tolist(), float(error[3])
    ([0.351333, 0.075, 0.005669, 0.0, 5.6e-05], 0.0)
    >>> mu, error = sphere_spectrum(partial(ntk_profile, depth=3), dim=10, kmax=40)
    >>> bool(mu[40] < 1e-11), bool(error[40] < 1e-12)
    (True, True)
    """
    dim, kmax = positive_int("dim", dim, least=2), positive_int("kmax", kmax, least=0)
    if not callable(profile):
        raise ValueError(
            "profile is not a function; pass a function of the angle, such as"
            " relu_profile('cao')."
        )
    if relu := _as_relu(profile):
        mu = relu.eigenvalues(dim, kmax)
        return mu, np.where(mu != 0, EPS * (2 * np.arange(kmax + 1) + 500), 0)
    mu, error = _by_quadrature(profile, dim, kmax)
    mu_, error_ = _by_power_series(profile, dim, kmax)
    mu, error = np.where(error_ < error, mu_, mu), np.minimum(error_, error)
    return mu, _relative(error, mu)


def cube_spectrum(profile, n):
    """Eigenvalues mu_k, k = 0..n, of the kernel K(theta), cos(theta) = x.y/n, on the
    corners x of the cube {-1, 1}^n.

    Every parity chi_S with k coordinates is an eigenfunction, with eigenvalue (uniform
    measure; arXiv 1907.10599) mu_k = sum_j C(n, j) 2^-n p_k(j) K(theta_j), where
    cos(theta_j) = 1 - 2 j/n and p_k are the Krawtchouk polynomials with p_k(0) = 1.

    Parameters: `profile`, a function of angles in [0, pi]; `n`, the dimension. Returns
    (mu, relative error), (n + 1,) each; degree k has C(n, k) parities and the sum of
    C(n, k) mu_k is K(0).

    >>> mu, error = cube_spectrum(lambda theta: np.cos(theta) ** 2, 4)      # (x.y/4)^2 = 1/4 + ...
    >>> np.abs(mu).round(12).tolist()
    [0.25, 0.0, 0.125, 0.0, 0.0]
    """
    n, j = positive_int("n", n), np.arange(positive_int("n", n) + 1)
    K = _sample(profile, 2 * np.arcsin(np.sqrt(j / n)))
    p = np.ones((n + 1, n + 1))
    for k in range(
        n // 2
    ):  # upward to the middle; beyond it p_{n-k}(j) = (-1)^j p_k(j)
        p[k + 1] = ((n - 2 * j) * p[k] - k * p[k - 1] * (k > 0)) / (n - k)
    p[n - j[: n // 2 + 1]] = (-1.0) ** j * p[: n // 2 + 1]
    terms = p * K * [math.comb(n, i) / 2**n for i in range(n + 1)]
    return terms.sum(axis=1), _relative(
        EPS * (n + 4) * np.abs(terms).sum(axis=1), terms.sum(axis=1)
    )


def _relative(error, mu):
    return np.divide(
        error, np.abs(mu), out=np.where(error > 0, np.inf, 0.0), where=mu != 0
    )


def _as_relu(profile):
    """The two-layer ReLU kernel that a function is, to rounding, or None."""
    if isinstance(profile, ReluProfile):
        return profile
    theta = np.linspace(0, np.pi, 64)
    K, parts = (
        _sample(profile, theta),
        np.stack([ReluProfile(*row)(theta) for row in np.eye(3)], axis=1),
    )
    fit = np.linalg.lstsq(parts, K)[0]
    fit[np.abs(fit) < 1e-13 * np.abs(fit).max()] = 0
    return (
        ReluProfile(*map(float, fit))
        if np.abs(parts @ fit - K).max() < 1e-14 * np.abs(K).max()
        else None
    )


def _gap(one, two):
    """Difference of two results, the largest within two degrees: single ones may agree
    by chance.
    """
    gap = np.pad(np.abs(one - two), 2)
    return np.max([gap[i : len(gap) - 4 + i] for i in range(5)], axis=0)


def _sample(profile, theta):
    return real_array("the kernel", profile(theta), shape=theta.shape)


def _by_quadrature(profile, dim, kmax):
    """(mu, absolute error) by a rule with many panels and one with twice as many."""
    (coarse, _), (fine, size) = (
        _rule(profile, dim, kmax, many * (4 + kmax // 8)) for many in (1, 2)
    )
    return (
        fine,
        _gap(fine, coarse) + EPS * (16 + dim / 2 + np.arange(kmax + 1) / 10) * size,
    )


def _rule(profile, dim, kmax, panels):
    """mu_0 .. mu_kmax, and the same integrals of absolute values, by Fejer's rule (64
    points) on each panel in theta.

    Its weights are right to the last digit, which those of NumPy's Gauss-Legendre rules
    are not.
    """
    phi, m = np.pi * (np.arange(64) + 0.5) / 64, np.arange(1, 33)
    w = (1 - 2 * np.cos(2 * np.outer(phi, m)) @ (1 / (4 * m**2 - 1))) / 32
    theta = (
        np.pi / panels * (np.arange(panels)[:, None] + (np.cos(phi) + 1) / 2)
    ).ravel()
    f = _sample(profile, theta) * np.tile(w, panels) * np.sin(theta) ** (dim - 2)
    f *= np.sqrt(np.pi) / (2 * panels * gamma_ratio(dim - 1))
    half = (
        len(f) // 2
    )  # P_k(pi - theta) = (-1)^k P_k(theta), so that half of the angles do
    near, far, fall = (
        f[:half],
        f[: half - 1 : -1],
        2 * np.sin(theta[:half] / 2) ** 2,
    )  # fall: 1 - cos(theta)
    P, step, out = np.ones(half), 0.0, []
    for k in range(kmax + 1):
        out.append(
            (P @ near + (-1) ** k * (P @ far), np.abs(P) @ (np.abs(near) + np.abs(far)))
        )
        # The recurrence for differences P_{k+1} - P_k, accurate near theta = 0.
        step = (k * step - (2 * k + dim - 2) * fall * P) / (k + dim - 2) if k else -fall
        P = P + step
    return np.array(out).T


def _by_power_series(profile, dim, kmax):
    """(mu, absolute error) from the power series in cos(theta); the error is infinite
    where there is no such series.
    """
    N = max(2**15, 64 * 2 ** int(np.ceil(np.log2(kmax + 1))))
    J = N // 8
    found = []
    for shrink, degree in ((24, 4), (30, 5)):
        b = _power_series(profile, N, np.exp(-shrink / N))
        if b is None:
            return 0.0, np.inf
        found.append(_sum_series(b[:J], dim, kmax, degree))
    (one, _), (two, noise) = found
    error = (
        4 * _gap(one, two) + noise + EPS * (30 + 8 * np.arange(kmax + 1)) * np.abs(two)
    )
    return two, np.where(two > 1e-280, error, np.inf)


def _power_series(profile, N, radius):
    """Coefficients b_j of K(arccos t) = sum_j b_j t^j from a circle |t| = radius < 1,
    or None.
    """
    t = radius * np.exp(2j * np.pi * np.arange(N // 2 + 1) / N)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "error"
            )  # a real-valued function warns that it drops the imaginary part
            b = np.fft.irfft(
                np.conj(profile(np.arccos(t)) + 0 * t)
            ) / radius ** np.arange(N)
    except (TypeError, ValueError, ArithmeticError, Warning):
        return None
    test = np.array([-0.9, -0.3, 0.5, 0.95])
    again = np.polynomial.polynomial.polyval(test, b[: N // 8])
    K = _sample(profile, np.arccos(np.r_[test, 1]))
    return b if np.abs(again - K[:-1]).max() < 1e-11 * np.abs(K).max() else None


def _sum_series(b, dim, kmax, degree):
    """mu_0 .. mu_kmax from b_0 .. b_{J-1}, the further b_j extrapolated, and what
    rounding does to each.
    """
    J, (u, w), tails = len(b), np.polynomial.legendre.leggauss(100), []
    u = (u + 1) / 2
    for last in (J - 2, J - 1):
        j, a = np.arange(last, J // 8, -2), last + 1.0
        fit = np.polynomial.Polynomial.fit(J / j, b[j] * (j / J) ** 1.5, degree)
        # b_j at last + 2, last + 4, ...: half the integral from a (in u = (a/j)^(1/2)),
        # and its end correction.
        at, weight = (
            np.r_[a / u**2, a + 1, a - 1],
            np.r_[w * a / (2 * u**3), 1 / 24, -1 / 24],
        )
        tails.append((at, weight * fit(J / at) * (J / at) ** 1.5))
    mu, noise, first = (
        np.empty(kmax + 1),
        np.empty(kmax + 1),
        1.0,
    )  # first: the moment of t^k
    # Rounding in b_j, as seen where b_j is 0: smooth errors at low j, and the FFT's at
    # all.
    rounding = EPS * np.abs(b).sum() * (3 / (1 + np.arange(J)) + 6 / np.sqrt(8 * J))
    for k in range(kmax + 1):
        j = np.arange(k, J - 2, 2.0)
        moment = first * np.cumprod(
            np.r_[1, (j + 1) * (j + 2) / ((j + 2 - k) * (j + k + dim))]
        )  # mu_k of t^j
        at, weight = tails[k % 2]
        mu[k] = b[k::2] @ moment + weight @ _moment(at, dim, k)
        noise[k] = rounding[k::2] @ moment
        first *= (k + 1) / (2 * k + dim)
    return mu, noise


def _moment(j, dim, k):
    """mu_k of t^j for real j >> k, by Stirling's series less what cancels between the
    four Gamma functions.
    """
    x = j / 2

    def log_gamma(a):  # of x + a, less x log x - x + (a - 1/2) log x
        return (
            (x + a - 0.5) * np.log1p(a / x)
            - a
            + 1 / (12 * (x + a))
            - 1 / (360 * (x + a) ** 3)
        )

    log = (
        log_gamma(0.5) + log_gamma(1) - log_gamma(1 - k / 2) - log_gamma((k + dim) / 2)
    )
    half = (
        np.arange(dim - 2, 0, -2.0)[:, None] / 2
    )  # Gamma(dim/2) = product of these, times Gamma(1/2) or 1
    return (
        np.prod(half / x, axis=0)
        * (1 if dim % 2 else 1 / np.sqrt(np.pi * x))
        * np.exp(log)
    )
