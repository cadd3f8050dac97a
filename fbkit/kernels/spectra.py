r"""Eigenvalues of kernels on circle, sphere and cube, and the rates of a basis's modes.

On the unit sphere in R^dim with the uniform probability measure, the kernel K(theta)
has on the harmonics of degree k the eigenvalue mu_k = c int_0^pi K(theta) P_k(cos
theta) sin(theta)^(dim - 2) d theta, with P_k(1) = 1 and c such that K = 1 has mu_0 = 1
(Funk and Hecke). The sum of multiplicity times mu_k is K(0).
"""

from __future__ import annotations

import copyreg
import math
import warnings
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from fbkit._bounds import values_of
from fbkit._errors import _describe, positive_int, real_array
from fbkit.basis import Basis
from fbkit.kernels.closed import ReluProfile, gamma_ratio
from fbkit.kernels.network import Kernel

EPS = np.finfo(float).eps
# Of kernels without a closed form: beyond these the integrals take minutes or overflow.
MOST_SPHERE, MOST_DEGREE, MOST_BITS = 1000, 3000, 4000


class Rates(np.ndarray):
    """Rates (K,) with the `modes` they belong to, for the legends of a `History`.

    Whatever is calculated or cut from them is a plain array with no modes.
    """

    modes: np.ndarray | None = None

    @classmethod
    def of(cls, values: np.ndarray, modes: np.ndarray) -> Rates:
        """The rates with their modes.

        >>> found = Rates.of(np.array([2.0, 1.0]), np.array([0.0, 1.0]))
        >>> found.modes.tolist(), 2 * found
        ([0.0, 1.0], array([4., 2.]))
        """
        found = np.asarray(values).view(cls)
        found.modes = modes
        return found

    def __array_wrap__(self, array, context=None, return_scalar=False):
        plain = np.asarray(array)
        return plain[()] if return_scalar else plain

    def __getitem__(self, key):
        return np.asarray(self)[key]

    def __repr__(self) -> str:
        return repr(np.asarray(self))


def _with_modes(one: Rates) -> tuple:
    """How pickle keeps rates: an array by itself would come back without modes."""
    return Rates.of, (np.asarray(one), one.modes)


copyreg.pickle(Rates, _with_modes)


def rates(
    kernel: Kernel | Callable[[np.ndarray], np.ndarray] | ArrayLike, basis: Basis
) -> Rates:
    r"""Decay rate lambda_k of each mode of a basis under a kernel.

    In gradient-flow time for the loss 1/2 sum w_i r_i^2 mode k decays as exp(-lambda_k
    t). On n equispaced points of the circle

        lambda_k = (1/n) sum_j K(theta_j) cos(k theta_j),

    an eigenvalue of the Gram matrix over n, hence aliased: the sum of the kernel's
    eigenvalues at k, n - k, n + k, ... (`circle_spectrum` gives those). On sphere and
    cube it is the eigenvalue of the degree. Elsewhere (intervals, uneven points, Gram
    matrices) it is the Rayleigh quotient phi_k . W K W phi_k, the rate at which the
    mode starts to decay if it is alone.

    Parameters
    ----------
    kernel : a `Kernel` (from `ntk_of` or `ntk`); a function of the angle in [0, pi]; or
        the Gram matrix (n, n) at the basis's points.
    basis : on the cube a function of the angle is one of cos(theta) = x.y/bits; a
        `Kernel` is given the corners as they are.

    Returns
    -------
    (K,) in the order of `basis.modes`, which the array carries as its `modes`. What is
    nothing but rounding is returned as 0.

    >>> from fbkit.basis import circle
    >>> rates(lambda theta: 1 + np.cos(theta), circle(16, 2)).round(12).tolist()
    [1.0, 0.5, 0.5, 0.0, 0.0]
    """
    if not isinstance(basis, Basis):
        raise ValueError(
            f"basis is {_describe(basis)}; pass a Basis, as fb.circle(64)."
        )
    angular = _profile_on(kernel, basis)
    if angular is not None and basis.name == "circle" and _is_even_circle(basis):
        found = _on_even_circle(angular, len(basis.points))
    elif angular is not None and basis.name in ("sphere", "zonal"):
        highest = int(basis.modes.max())
        found = _known(*sphere_spectrum(angular, basis.inputs.shape[1], highest))
    elif basis.name == "cube" and (angular is not None or isinstance(kernel, Kernel)):
        K = _by_distance(kernel, basis.inputs.shape[1])
        found = _known(*_krawtchouk(K))
    else:
        return Rates.of(_quotients(kernel, basis), basis.modes)
    return Rates.of(found[basis.modes.astype(int)], basis.modes)


def _profile_on(kernel, basis):
    """The kernel as a function of the angle between the basis's unit inputs, or None
    where it is none.
    """
    if not isinstance(kernel, Kernel):
        return kernel if callable(kernel) else None
    inputs = basis.inputs.shape[1]
    if kernel.inputs not in (None, inputs):
        raise ValueError(
            f"the kernel's network has {kernel.inputs} inputs and the basis's points"
            f" have {inputs}; build the network with inputs={inputs}."
        )
    unit = np.abs(np.square(basis.inputs).sum(axis=1) - 1).max() < 1e-12
    return kernel.profile if unit and kernel.depends_on_angle else None


def _is_even_circle(basis):
    x = basis.points
    steps = np.diff(x)
    around = np.stack([np.cos(x), np.sin(x)], axis=1)
    even = np.ptp(np.append(steps, x[0] + 2 * np.pi - x[-1])) < 1e-9
    plain = np.ptp(basis.weights) < 1e-12 and np.allclose(basis.inputs, around)
    return bool(even and plain)


def _on_even_circle(profile, n):
    """(n/2 + 1,) rates of frequencies 0..n/2 on n equispaced points."""
    j = np.arange(n)
    # An even function, so that one known on [0, pi] only will do.
    theta = 2 * np.pi * np.minimum(j, n - j) / n
    K = _sample(profile, theta)
    found = np.fft.rfft(K).real / n
    # A zero that came out as rounding is one: a negative rate would never stop growing.
    return np.where(np.abs(found) > 4 * EPS * np.abs(K).max(), found, 0.0)


def _known(mu, error):
    """Eigenvalues, with 0 in place of those that are noise."""
    return np.where(error < 1, mu, 0.0)


def _by_distance(kernel, bits):
    """(bits + 1,) the kernel of two corners of the cube that differ in j places."""
    if isinstance(kernel, Kernel):
        corners = np.where(np.arange(bits) < np.arange(bits + 1)[:, None], -1.0, 1.0)
        return kernel.gram(corners, np.ones((1, bits)))[:, 0]
    return _sample(kernel, 2 * np.arcsin(np.sqrt(np.arange(bits + 1) / bits)))


def _quotients(kernel, basis):
    n = len(basis.points)
    if isinstance(kernel, Kernel):
        gram = kernel.gram(basis.inputs)
    elif callable(kernel):
        raise ValueError(
            f"kernel is a function of the angle, which {basis!r} does not have between"
            " its points; pass a Kernel or a Gram matrix."
        )
    else:
        gram = real_array("kernel", kernel, shape=(n, n))
    weighted = basis.weights[:, None] * basis.matrix  # (n, K)
    found = np.einsum("ik,ik->k", weighted, gram @ weighted)
    return np.where(np.abs(found) > 4 * EPS * np.abs(gram).max(), found, 0.0)


def circle_spectrum(
    profile: Callable[[np.ndarray], np.ndarray], highest: int
) -> tuple[np.ndarray, np.ndarray]:
    """Fourier coefficients mu_k = (1/pi) int_0^pi K(theta) cos(k theta) d theta of a
    kernel on the circle.

    These are the eigenvalues for infinitely many points. On n points the Gram matrix
    over n has instead mu_k + mu_{n-k} + mu_{n+k} + ..., larger by several per cent
    already at k = n/10: `rates` gives those.

    Parameters
    ----------
    profile, highest : as for `sphere_spectrum`, with dim = 2.

    Returns
    -------
    (mu, error), (highest + 1,) each.

    >>> mu, error = circle_spectrum(lambda theta: 1 + np.cos(theta), 2)
    >>> np.abs(mu).round(12).tolist(), bool(error[1] < 1e-12)
    ([1.0, 0.5, 0.0], True)
    """
    return sphere_spectrum(profile, 2, highest)


def sphere_spectrum(
    profile: Callable[[np.ndarray], np.ndarray], dim: int, highest: int
) -> tuple[np.ndarray, np.ndarray]:
    r"""Eigenvalues mu_k of K(theta) on the unit sphere in R^dim, and the relative error
    of each.

    Two-layer ReLU kernels (`relu_profile`, or a function that is a combination of its
    parts A0, A1 and cos A0 to rounding) have a closed form. Any other function is
    integrated by Fejer's rule in theta, on two grids; its absolute error stays near
    machine epsilon times K(0), so that small mu_k are lost. If the function takes
    complex angles (as a `Kernel`'s profile does), the power series K = sum_j b_j
    cos(theta)^j is found by an FFT too:

        mu_k = sum_j b_j j! Gamma(dim/2) / (2^j ((j-k)/2)! Gamma((j+k+dim)/2))

    over j = k, k+2, ...

    For a kernel on all spheres every b_j >= 0 (Schoenberg), the sum has positive terms,
    and small mu_k keep their digits. Terms beyond some thousand are extrapolated in
    powers 1/j^(i + 3/2), which is their form for ReLU kernels. Of the two results each
    degree takes the one with the smaller error. Derived here, checked against 50-digit
    arithmetic: for ReLU at depths 3 and 5 relative errors stay below 1e-9 up to k = 300
    in any dimension.

    Parameters
    ----------
    profile : function of angles in [0, pi], from an array to an array. What it gives
        at other angles does not count: the kernel of an angle is that of its size.
    dim : ambient dimension, at least 2; up to 1000 where there is no closed form.
    highest : highest degree; up to 3000 where there is no closed form.

    Returns
    -------
    (mu, error), (highest + 1,) each, for degrees 0..highest. Where the error is not
    small against 1 the value is noise (a parity zero, for instance); it is 0 for an
    exact zero.

    >>> from fbkit.kernels import ntk, relu_profile
    >>> mu, error = sphere_spectrum(relu_profile("cao"), dim=10, highest=4)
    >>> mu.round(6).tolist(), float(error[3])
    ([0.351333, 0.075, 0.005669, 0.0, 5.6e-05], 0.0)
    >>> K = ntk(depth=3, bias_std=0).profile
    >>> mu, error = sphere_spectrum(K, dim=10, highest=40)
    >>> bool(mu[40] < 1e-11), bool(error[40] < 1e-12)
    (True, True)
    """
    dim = positive_int("dim", dim, least=2)
    highest = positive_int("highest", highest, least=0)
    if not callable(profile):
        raise ValueError(
            "profile is not a function; pass a function of the angle, such as"
            " relu_profile('cao')."
        )
    relu = _as_relu(profile)
    if relu is not None:
        mu = relu.eigenvalues(dim, highest)
        return mu, np.where(mu != 0, EPS * (2 * np.arange(highest + 1) + 500), 0)
    positive_int("dim", dim, least=2, most=MOST_SPHERE)
    positive_int("highest", highest, least=0, most=MOST_DEGREE)
    mu, error = _by_quadrature(profile, dim, highest)
    mu_, error_ = _by_power_series(profile, dim, highest)
    mu = np.where(error_ < error, mu_, mu)
    error = np.minimum(error_, error)
    return mu, _relative(error, mu)


def cube_spectrum(
    profile: Callable[[np.ndarray], np.ndarray], bits: int
) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues mu_k of the kernel K(theta), cos(theta) = x.y/bits, on the corners x
    of the cube {-1, 1}^bits.

    Every parity chi_S with k coordinates is an eigenfunction, with eigenvalue (uniform
    measure; arXiv 1907.10599) mu_k = sum_j C(n, j) 2^-n p_k(j) K(theta_j), where
    cos(theta_j) = 1 - 2 j/n and p_k are the Krawtchouk polynomials with p_k(0) = 1.

    Parameters
    ----------
    profile : function of angles in [0, pi].
    bits : n, the dimension, up to 4000.

    Returns
    -------
    (mu, relative error), (bits + 1,) each; degree k has C(n, k) parities and the sum of
    C(n, k) mu_k is K(0).

    >>> mu, error = cube_spectrum(lambda theta: np.cos(theta) ** 2, 4)
    >>> np.abs(mu).round(12).tolist()
    [0.25, 0.0, 0.125, 0.0, 0.0]
    """
    bits = positive_int("bits", bits, most=MOST_BITS)
    if isinstance(profile, Kernel) or not callable(profile):
        raise ValueError("profile is not a function; pass a function of the angle.")
    return _krawtchouk(_by_distance(profile, bits))


def _krawtchouk(K):
    """(mu, relative error) on the cube from the kernel at 0..n different places."""
    n = len(K) - 1
    j = np.arange(n + 1)
    p = np.ones((n + 1, n + 1))
    # Upward to the middle; beyond it p_{n-k}(j) = (-1)^j p_k(j).
    for k in range(n // 2):
        p[k + 1] = ((n - 2 * j) * p[k] - k * p[k - 1] * (k > 0)) / (n - k)
    p[n - j[: n // 2 + 1]] = (-1.0) ** j * p[: n // 2 + 1]
    shares = [math.comb(n, i) / 2**n for i in range(n + 1)]
    terms = p * K * shares
    mu = terms.sum(axis=1)
    error = EPS * (n + 4) * np.abs(terms).sum(axis=1)
    return mu, _relative(error, mu)


def _relative(error, mu):
    unknown = np.where(error > 0, np.inf, 0.0)
    return np.divide(error, np.abs(mu), out=unknown, where=mu != 0)


def _as_relu(profile):
    """The two-layer ReLU kernel that a function is, to rounding, or None."""
    if isinstance(profile, ReluProfile):
        return profile
    theta = np.linspace(0, np.pi, 64)
    K = _sample(profile, theta)
    parts = np.stack([ReluProfile(*row)(theta) for row in np.eye(3)], axis=1)
    fit = np.linalg.lstsq(parts, K)[0]
    fit[np.abs(fit) < 1e-13 * np.abs(fit).max()] = 0
    if np.abs(parts @ fit - K).max() < 1e-14 * np.abs(K).max():
        return ReluProfile(*map(float, fit))
    return None


def _gap(one, two):
    """Difference of two results, the largest within two degrees: single ones may agree
    by chance.
    """
    gap = np.pad(np.abs(one - two), 2)
    return np.max([gap[i : len(gap) - 4 + i] for i in range(5)], axis=0)


def _sample(profile, theta):
    return values_of("the kernel", profile, theta)


# Quadrature.


def _by_quadrature(profile, dim, highest):
    """(mu, absolute error) by a rule with many panels and one with twice as many."""
    panels = 4 + highest // 8
    coarse, _ = _rule(profile, dim, highest, panels)
    fine, size = _rule(profile, dim, highest, 2 * panels)
    rounding = EPS * (16 + dim / 2 + np.arange(highest + 1) / 10) * size
    return fine, _gap(fine, coarse) + rounding


def _fejer():
    """Nodes on [0, 1] and weights of Fejer's rule with 64 points.

    Its weights are right to the last digit, which those of NumPy's Gauss-Legendre rules
    are not.
    """
    phi, m = np.pi * (np.arange(64) + 0.5) / 64, np.arange(1, 33)
    w = (1 - 2 * np.cos(2 * np.outer(phi, m)) @ (1 / (4 * m**2 - 1))) / 32
    return (np.cos(phi) + 1) / 2, w


def _rule(profile, dim, highest, panels):
    """mu_0 .. mu_highest, and the same integrals of absolute values, by Fejer's rule on
    each panel in theta.
    """
    nodes, w = _fejer()
    theta = (np.pi / panels * (np.arange(panels)[:, None] + nodes)).ravel()
    f = _sample(profile, theta) * np.tile(w, panels) * np.sin(theta) ** (dim - 2)
    f *= np.sqrt(np.pi) / (2 * panels * gamma_ratio(dim - 1))
    # P_k(pi - theta) = (-1)^k P_k(theta), so that half of the angles do.
    half = len(f) // 2
    near, far = f[:half], f[: half - 1 : -1]
    size = np.abs(near) + np.abs(far)
    fall = 2 * np.sin(theta[:half] / 2) ** 2  # 1 - cos(theta)
    P, step = np.ones(half), 0.0
    mu, sizes = np.empty(highest + 1), np.empty(highest + 1)
    for k in range(highest + 1):
        mu[k] = P @ near + (-1) ** k * (P @ far)
        sizes[k] = np.abs(P) @ size
        # The recurrence for differences P_{k+1} - P_k, accurate near theta = 0.
        if k == 0:
            step = -fall
        else:
            step = (k * step - (2 * k + dim - 2) * fall * P) / (k + dim - 2)
        P = P + step
    return mu, sizes


# Power series in cos(theta).


def _by_power_series(profile, dim, highest):
    """(mu, absolute error) from the power series in cos(theta); the error is infinite
    where there is no such series.
    """
    N = max(2**15, 64 * 2 ** int(np.ceil(np.log2(highest + 1))))
    J = N // 8
    found = []
    for shrink, order in ((24, 4), (30, 5)):
        b = _power_series(profile, N, np.exp(-shrink / N))
        if b is None:
            return 0.0, np.inf
        found.append(_sum_series(b[:J], dim, highest, order))
    (one, _), (two, noise) = found
    rounding = EPS * (30 + 8 * np.arange(highest + 1)) * np.abs(two)
    error = 4 * _gap(one, two) + noise + rounding
    return two, np.where(two > 1e-280, error, np.inf)


def _power_series(profile, N, radius):
    """Coefficients b_j of K(arccos t) = sum_j b_j t^j from a circle |t| = radius < 1,
    or None.
    """
    t = radius * np.exp(2j * np.pi * np.arange(N // 2 + 1) / N)
    try:
        with warnings.catch_warnings():
            # A real-valued function warns that it drops the imaginary part.
            warnings.simplefilter("error")
            K = profile(np.arccos(t)) + 0 * t
            b = np.fft.irfft(np.conj(K)) / radius ** np.arange(N)
    except (TypeError, ValueError, ArithmeticError, Warning):
        return None
    test = np.array([-0.9, -0.3, 0.5, 0.95])
    again = np.polynomial.polynomial.polyval(test, b[: N // 8])
    K = _sample(profile, np.arccos(np.r_[test, 1]))
    right = np.abs(again - K[:-1]).max() < 1e-11 * np.abs(K).max()
    return b if right else None


def _sum_series(b, dim, highest, order):
    """mu_0 .. mu_highest from b_0 .. b_{J-1}, the further b_j extrapolated by a
    polynomial of an order, and what rounding does to each.
    """
    J = len(b)
    tails = [_tail(b, last, order) for last in (J - 2, J - 1)]
    # Rounding in b_j, as seen where b_j is 0: smooth errors at low j, and the FFT's at
    # all.
    rounding = EPS * np.abs(b).sum() * (3 / (1 + np.arange(J)) + 6 / np.sqrt(8 * J))
    mu, noise = np.empty(highest + 1), np.empty(highest + 1)
    first = 1.0  # the moment of t^k
    for k in range(highest + 1):
        j = np.arange(k, J - 2, 2.0)
        factors = (j + 1) * (j + 2) / ((j + 2 - k) * (j + k + dim))
        moment = first * np.cumprod(np.r_[1, factors])  # mu_k of t^j
        at, weight = tails[k % 2]
        mu[k] = b[k::2] @ moment + weight @ _moment(at, dim, k)
        noise[k] = rounding[k::2] @ moment
        first *= (k + 1) / (2 * k + dim)
    return mu, noise


def _tail(b, last, order):
    """Nodes j and weights of the sum over b_j at last + 2, last + 4, ...

    Half the integral from a (in u = (a/j)^(1/2)), and its end correction.
    """
    J = len(b)
    u, w = np.polynomial.legendre.leggauss(100)
    u = (u + 1) / 2
    j, a = np.arange(last, J // 8, -2), last + 1.0
    fit = np.polynomial.Polynomial.fit(J / j, b[j] * (j / J) ** 1.5, order)
    at = np.r_[a / u**2, a + 1, a - 1]
    weight = np.r_[w * a / (2 * u**3), 1 / 24, -1 / 24]
    return at, weight * fit(J / at) * (J / at) ** 1.5


def _moment(j, dim, k):
    """mu_k of t^j for real j >> k, by Stirling's series less what cancels between the
    four Gamma functions.
    """
    x = j / 2

    def log_gamma(a: float) -> float:  # of x + a, less x log x - x + (a - 1/2) log x
        series = 1 / (12 * (x + a)) - 1 / (360 * (x + a) ** 3)
        return (x + a - 0.5) * np.log1p(a / x) - a + series

    log = (
        log_gamma(0.5) + log_gamma(1) - log_gamma(1 - k / 2) - log_gamma((k + dim) / 2)
    )
    # Gamma(dim/2) = product of these, times Gamma(1/2) or 1
    half = np.arange(dim - 2, 0, -2.0)[:, None] / 2
    odd = 1 if dim % 2 else 1 / np.sqrt(np.pi * x)
    return np.prod(half / x, axis=0) * odd * np.exp(log)
