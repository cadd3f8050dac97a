"""Spectra on circle, sphere and cube: against mpmath, closed forms, traces, slopes and
each other.
"""

import functools
from functools import partial

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mpf
from mpmath.calculus.quadrature import GaussLegendre

import fbkit as fb
from fbkit.basis import sphere_multiplicity
from fbkit.kernels import (
    Dense,
    Kernel,
    circle_spectrum,
    cube_spectrum,
    ntk,
    pnn_linear_factor_ntk,
    pnn_ntk,
    rates,
    relu_profile,
    spectra,
    sphere_spectrum,
)

DIMS = (2, 3, 7, 10, 50)


def ntk_profile(theta, *, depth=2, activation="relu", b2=0.0):
    """Every layer alike, with weights of variance 2 and biases of variance b2."""
    layer = Dense(2**0.5, b2**0.5, 2**0.5, b2**0.5)
    return Kernel((layer,) * depth, activation).profile(theta)


@pytest.fixture
def no_closed_form(monkeypatch):
    """The numerical way, for kernels that have a closed form as well."""
    monkeypatch.setattr(spectra, "_as_relu", lambda profile: None)


def assert_within(mu, exact, error):
    bound = np.where(np.isinf(error), np.inf, error) * np.where(mu == 0, 1, np.abs(mu))
    late = np.flatnonzero(~(np.abs(mu - exact) <= bound))
    assert not late.size, (late, (mu - exact)[late], bound[late])


def slope(mu, degrees):
    degrees = np.asarray(degrees)
    return np.polyfit(np.log(degrees), np.log(mu[degrees]), 1)[0]


# Two layers, closed form.


@functools.cache
def half_line_by_mpmath(alpha, k, dim):
    """Eigenvalue of max(t, 0)^alpha in the factorial form of notes 2 A (d = dim - 1),
    another than the code's.
    """
    d = dim - 1
    c = mpmath.gamma(mpf(d + 1) / 2) / (
        mpmath.sqrt(mpmath.pi) * mpmath.gamma(mpf(d) / 2)
    )
    if alpha == 0 and k % 2 == 0:
        return mpf(1) / 2 if k == 0 else mpf(0)
    if alpha == 1 and k in (0, 1):
        return c / d if k == 0 else mpf(1) / (2 * (d + 1))
    if alpha == 1 and k % 2:
        return mpf(0)
    q = k - alpha - 1
    j, a = q // 2, k + mpf(d - 2) / 2
    size = c * mpf(2) ** -k * mpmath.gamma(mpf(d) / 2) / mpmath.gamma(k + mpf(d) / 2)
    return (
        size
        * mpmath.factorial(q)
        / mpmath.factorial(j)
        * mpmath.gamma(a + 1)
        / mpmath.gamma(a - j + 1)
    )


def two_layers_by_mpmath(k, dim):
    """mu_k of A0, A1 and cos A0."""
    a0 = [half_line_by_mpmath(0, i, dim) ** 2 for i in (max(k - 1, 0), k, k + 1)]
    turned = (
        a0[2] if k == 0 else (k * a0[0] + (k + dim - 2) * a0[2]) / (2 * k + dim - 2)
    )
    return a0[1], dim * half_line_by_mpmath(1, k, dim) ** 2, turned


@pytest.mark.parametrize("dim", DIMS)
def test_two_layer_relu_against_50_digits(dim):
    with mpmath.workdps(50):
        a0, a1, turned = (
            np.array(v)
            for v in zip(*(two_layers_by_mpmath(k, dim) for k in range(201)))
        )
        cases = {
            "A0": a0,
            "A1": a1,
            "first layer": turned,
            "cao": turned + 2 * a1,
            "bm": 2 * (turned + a1),
        }
        cases |= {"first layer with bias": (turned + a0) / 2, "ntk": turned + a1}
        for name, exact in cases.items():
            mu, error = sphere_spectrum(relu_profile(name), dim, 200)
            for k in range(201):
                assert (
                    abs(mpf(mu[k]) - exact[k]) <= mpf(min(1e-12, error[k])) * exact[k]
                ), (name, k)


def test_table_of_the_cao_kernel():
    """Theory notes 2 A: mu_0, mu_1, mu_2, mu_4, mu_6, and mu_1 = 3/(4 dim)."""
    table = {
        2: [0.50661, 0.375, 0.10132, 0.00946, 0.00339],
        3: [0.4375, 0.25, 0.05078, 0.00293, 0.00075],
        10: [0.35133, 0.0750, 5.669e-3, 5.645e-5, 3.436e-6],
    }
    for dim, expected in table.items():
        mu, _ = sphere_spectrum(relu_profile("cao"), dim, 6)
        np.testing.assert_allclose(
            mu[[0, 1, 2, 4, 6]], expected, rtol=4e-3 if dim < 10 else 2e-4
        )
        assert mu[1] == pytest.approx(3 / (4 * dim), rel=1e-14)
        assert mu[3] == mu[5] == 0
    mass = 1.5 - sum(
        sphere_multiplicity(10, k) * sphere_spectrum(relu_profile("cao"), 10, 4)[0][k]
        for k in range(5)
    )
    assert mass == pytest.approx(0.05529, abs=1e-5)


def test_slopes_in_degree_and_dimension():
    """k^-dim on the sphere in R^dim, and dim^-k at fixed k: both with the finite-size
    slopes of notes 2 A.
    """
    for dim, expected in {2: -2.000, 3: -2.995, 4: -3.986, 6: -5.96, 10: -9.86}.items():
        mu, _ = sphere_spectrum(relu_profile("cao"), dim, 400)
        assert slope(mu, range(200, 401, 2)) == pytest.approx(expected, abs=0.01)
    dims = np.array([200, 400, 800])
    mu = np.array(
        [sphere_spectrum(relu_profile("cao"), d, 6)[0] for d in dims]
    )  # (D, 7)
    for k, limit in {1: 0.75, 2: 0.318, 4: 0.0398, 6: 0.0159}.items():
        assert np.polyfit(np.log(dims), np.log(mu[:, k]), 1)[0] == pytest.approx(
            -k, abs=0.05
        )
        counted = [sphere_multiplicity(int(d), k) * m for d, m in zip(dims, mu[:, k])]
        assert counted[-1] == pytest.approx(limit, rel=0.02)


# Traces, on every spectrum.


@pytest.mark.parametrize("dim", [2, 3, 5])
@pytest.mark.parametrize(
    "profile",
    [
        relu_profile("cao"),
        partial(ntk_profile, depth=3),
        partial(ntk_profile, depth=4, b2=0.2),
        partial(pnn_ntk, factors=3),
        lambda theta: ntk(bias_std=0.5).profile(np.abs(np.real_if_close(theta, 0))),
    ],
    ids=["closed", "depth 3", "depth 4 with bias", "product", "real angles only"],
)
def test_trace(profile, dim):
    """The sum up to degree k falls short of K(0) by C/k + O(1/k^2): twice the sum to 2k
    less the sum to k.
    """
    mu, _ = sphere_spectrum(profile, dim, 400)
    sums = np.cumsum([sphere_multiplicity(dim, k) * m for k, m in enumerate(mu)])
    top = float(profile(np.array([0.0]))[0])
    assert sums[400] < top
    assert 2 * sums[400] - sums[200] == pytest.approx(top, rel=2e-4)


def test_trace_of_a_smooth_kernel():
    for dim in (2, 3, 10):
        mu, _ = sphere_spectrum(
            partial(ntk_profile, activation="gelu", depth=3), dim, 150
        )
        total = sum(sphere_multiplicity(dim, k) * m for k, m in enumerate(mu))
        assert total == pytest.approx(
            ntk_profile(0.0, activation="gelu", depth=3), rel=5e-12
        )


# Deeper kernels, by mpmath quadrature before the error estimate is believed.


@functools.cache
def nodes():
    """Angles and weights of two 192-point Gauss-Legendre rules, at 50 digits."""
    with mpmath.workdps(50):
        half = mpmath.pi / 4
        one = GaussLegendre(mpmath.mp).calc_nodes(7, mpmath.mp.prec)
        return [
            (half * (x + 1) + shift, half * w)
            for shift in (0, 2 * half)
            for x, w in one
        ]


def relu_by_mpmath(angle, depth, b2):
    q, K = 2 + b2, 2 * mpmath.cos(angle) + b2
    T = K
    for _ in range(depth - 1):
        c = K / q
        h = mpmath.pi - mpmath.acos(c)
        K, T = q * (c * h + mpmath.sqrt(1 - c * c)) / mpmath.pi + b2, T * h / mpmath.pi
        T, q = T + K, q + b2
    return T


def erf_by_mpmath(angle, depth, b2):
    q, K = 2 + b2, 2 * mpmath.cos(angle) + b2
    T = K
    for _ in range(depth - 1):
        s = 1 + 2 * q
        T *= 8 / mpmath.pi / mpmath.sqrt(s * s - 4 * K * K)
        K, q = (4 / mpmath.pi * mpmath.asin(2 * v / s) + b2 for v in (K, q))
        T += K
    return T


@functools.cache
def values_by_mpmath(function, depth, b2):
    with mpmath.workdps(50):
        return [function(angle, depth, mpf(b2)) for angle, _ in nodes()]


def spectrum_by_mpmath(values, dim, degrees):
    with mpmath.workdps(50):
        c = [mpmath.cos(angle) for angle, _ in nodes()]
        w = [
            v * weight * mpmath.sin(angle) ** (dim - 2)
            for v, (angle, weight) in zip(values, nodes())
        ]
        norm = mpmath.gamma(mpf(dim) / 2) / (
            mpmath.sqrt(mpmath.pi) * mpmath.gamma(mpf(dim - 1) / 2)
        )
        P, Q, found = [mpf(1)] * len(c), list(c), {}
        for k in range(max(degrees) + 1):
            if k in degrees:
                found[k] = norm * mpmath.fdot(w, P)
            P, Q = (
                Q,
                [
                    ((2 * k + dim) * x * b - (k + 1) * a) / (k + dim - 1)
                    for x, a, b in zip(c, P, Q)
                ],
            )
        return found


@pytest.mark.parametrize("dim", [2, 3, 7, 10, 30])
@pytest.mark.parametrize(
    "name, function, depth, bias",
    [
        ("relu", relu_by_mpmath, 3, 0.0),
        ("relu", relu_by_mpmath, 5, 0.1),
        ("erf", erf_by_mpmath, 3, 0.1),
    ],
)
def test_error_estimates_of_deep_kernels_hold(name, function, depth, bias, dim):
    degrees = (0, 1, 2, 3, 4, 9, 10, 25, 40)
    exact = spectrum_by_mpmath(values_by_mpmath(function, depth, bias), dim, degrees)
    mu, error = sphere_spectrum(
        partial(ntk_profile, depth=depth, activation=name, b2=bias), dim, 60
    )
    for k in degrees:
        assert abs(mpf(mu[k]) - exact[k]) <= mpf(error[k]) * abs(mpf(mu[k])), k
        assert error[k] < (3e-11 if name == "relu" else 0.1), (
            k
        )  # and they are not empty
    assert error[:5].max() < 1e-12


@pytest.mark.slow
@pytest.mark.parametrize("dim", [2, 3, 7, 10, 30])
def test_error_estimates_at_high_degrees(dim):
    degrees = (90, 150, 151)
    for depth, bias in ((3, 0.0), (3, 0.1), (5, 0.0)):
        exact = spectrum_by_mpmath(
            values_by_mpmath(relu_by_mpmath, depth, bias), dim, degrees
        )
        mu, error = sphere_spectrum(
            partial(ntk_profile, depth=depth, b2=bias), dim, 300
        )
        for k in degrees:
            assert (
                abs(mpf(mu[k]) - exact[k])
                <= mpf(error[k]) * abs(mpf(mu[k]))
                < mpf(1e-9) * mpf(mu[k])
            ), k


@pytest.mark.parametrize("dim", [*DIMS, 784])
def test_error_estimates_where_the_closed_form_is_known(dim, no_closed_form):
    """The numerical spectrum of kernels that have a closed form, zeros and all."""
    for name in ("cao", "A0", "first layer with bias"):
        exact = relu_profile(name).eigenvalues(dim, 200)
        mu, error = sphere_spectrum(relu_profile(name), dim, 200)
        assert_within(mu, exact, error)
        kept = exact > 1e-250
        assert error[kept].max() < 1e-9


def test_a_formula_gets_the_closed_form_if_it_is_one():
    """kappa as written in notes 2 A, of the angle alone; a part in 10^10 of anything
    else is seen.
    """
    cao = lambda theta: (
        (3 * np.cos(theta) * (np.pi - theta) + 2 * np.sin(theta)) / (2 * np.pi)
    )
    for dim in DIMS:
        mu, error = sphere_spectrum(cao, dim, 200)
        np.testing.assert_allclose(
            mu, relu_profile("cao").eigenvalues(dim, 200), rtol=1e-13, atol=0
        )
        assert (error < 3e-13).all()
    mu, error = sphere_spectrum(
        lambda theta: cao(theta) + 1e-10 * np.cos(3 * theta), 2, 5
    )
    assert mu[3] == pytest.approx(0.5e-10, rel=1e-4) and 0 < error[3] < 1e-4


@pytest.mark.parametrize("dim", [2, 3, 10, 30])
@pytest.mark.parametrize("r", [0.3, 0.9, 0.98])
def test_poisson_kernel(dim, r):
    """(1 - r^2) / |x - r y|^dim has mu_k = r^k in every dimension."""
    kernel = lambda theta: (
        (1 - r**2) / ((1 - r) ** 2 + 4 * r * np.sin(theta / 2) ** 2) ** (dim / 2)
    )
    mu, error = sphere_spectrum(kernel, dim, 150)
    exact = r ** np.arange(151.0)
    assert_within(mu, exact, error)
    assert error[exact > 1e-6].max() < 1e-7


@pytest.mark.parametrize("dim", [2, 3, 10, 30])
@pytest.mark.parametrize("b", [2.0, 50.0])
def test_kernel_of_von_mises_and_fisher(dim, b):
    """exp(b (cos theta - 1)) has mu_k = Gamma(dim/2) (2/b)^(dim/2 - 1) I_{k + dim/2 -
    1}(b) exp(-b).
    """
    from scipy.special import gammaln, ive

    mu, error = sphere_spectrum(lambda theta: np.exp(b * (np.cos(theta) - 1)), dim, 60)
    order = dim / 2 - 1
    exact = np.exp(gammaln(dim / 2) + order * np.log(2 / b)) * ive(
        np.arange(61) + order, b
    )
    assert_within(mu, exact, error + 1e-13)
    assert error[:6].max() < 1e-9


def test_eigenfunctions_on_the_sphere():
    """Funk and Hecke: in the basis of harmonics the operator of a smooth kernel is
    diagonal, mu_k in each degree.
    """
    basis = fb.sphere(12)
    angles = np.arccos(np.clip(basis.inputs @ basis.inputs.T, -1, 1))
    profile = partial(ntk_profile, activation="gelu", depth=2)
    weighted = basis.weights[:, None] * basis.matrix
    operator = weighted.T @ profile(angles) @ weighted
    mu, _ = sphere_spectrum(profile, 3, 12)
    np.testing.assert_allclose(
        operator, np.diag(mu[basis.modes.astype(int)]), atol=1e-6
    )


def test_error_estimates_where_only_real_angles_work(no_closed_form):
    """Quadrature alone: small eigenvalues are lost in high dimension, and the estimate
    says so.
    """
    for dim in (2, 3, 10, 50):
        exact = relu_profile("cao").eigenvalues(dim, 100)
        mu, error = sphere_spectrum(
            lambda theta: relu_profile("cao")(np.abs(theta.real)), dim, 100
        )
        assert_within(mu, exact, error)
    assert error[50] > 1 and error[2] < 1e-12


def test_error_estimate_of_a_kernel_with_a_kink_inside():
    """K = max(cos theta - 1/2, 0) on the circle, integrated by hand: the rule converges
    slowly and says so.
    """
    mu, error = circle_spectrum(
        lambda theta: np.maximum(np.cos(theta.real) - 0.5, 0), 6
    )
    k, end = np.arange(2, 7), np.pi / 3
    waves = (
        np.sin((k + 1) * end) / (k + 1) + np.sin((k - 1) * end) / (k - 1)
    ) / 2 - np.sin(k * end) / (2 * k)
    exact = (
        np.r_[
            np.sin(end) - end / 2,
            end / 2 + np.sin(2 * end) / 4 - np.sin(end) / 2,
            waves,
        ]
        / np.pi
    )
    assert_within(mu, exact, error)
    assert error[0] > 1e-8


def test_depth_two_is_twice_bietti_and_mairals_kernel():
    """Notes 3: (w2^2/2) kappa_BM with w2 = 2; the kernel of Cao et al. is no multiple
    of it.
    """
    mu, error = sphere_spectrum(ntk_profile, 3, 20)
    bm, cao = (sphere_spectrum(relu_profile(name), 3, 20)[0] for name in ("bm", "cao"))
    np.testing.assert_allclose(mu, 2 * bm, rtol=1e-13)
    assert (mu[3::2] == 0).all() and (error[3::2] == 0).all()
    assert np.ptp(mu[:3] / cao[:3]) > 0.1


def test_deeper_kernels_keep_the_exponent_and_fill_the_parity_zeros():
    """The cusp at angle 0 is that of two layers: slope -dim at any depth (arXiv
    2009.14397); odd degrees appear.
    """
    for dim in (3, 4):
        mu, _ = sphere_spectrum(partial(ntk_profile, depth=4), dim, 300)
        assert mu[3:].min() > 0
        assert slope((mu[:-1] + mu[1:]) / 2, range(150, 299)) == pytest.approx(
            -dim, abs=0.05
        )


# Circle.


@pytest.mark.parametrize(
    "bias, name", [(False, "first layer"), (True, "first layer with bias")]
)
def test_first_layer_on_the_circle(bias, name, no_closed_form):
    k = np.arange(401.0)
    even = k % 2 == 0
    mu = np.where(even, (k**2 + 1) / (np.pi * (k**2 - 1 + (k == 1))) ** 2, 0)
    mu[1] = 1 / 8
    if bias:
        mu = (
            mu / 2
            + np.where(even, 0, 1 / (2 * np.pi**2 * np.maximum(k, 1) ** 2))
            + (k == 0) / 8
        )
    np.testing.assert_allclose(relu_profile(name).eigenvalues(2, 400), mu, rtol=1e-13)
    np.testing.assert_allclose(
        circle_spectrum(relu_profile(name), 400)[0], mu, atol=3e-15
    )
    assert slope(mu, range(200, 401, 2)) == pytest.approx(-2, abs=1e-3)
    if bias:
        assert slope(mu, range(201, 400, 2)) == pytest.approx(-2, abs=1e-12)
        raw = circle_spectrum(ntk(output_std=1.0).profile, 9)[0]
        outer = circle_spectrum(ntk(output_std=0.0).profile, 9)[0]
        np.testing.assert_allclose(raw - outer, inner_with_random_bias(9), atol=1e-14)


def inner_with_random_bias(highest):
    """The raw network's inner kernel with standard normal biases: c (pi - psi)/2pi, cos
    psi = c/2, c = 1 + cos.
    """
    kernel = lambda theta: (
        (1 + np.cos(theta)) * (np.pi - np.arccos((1 + np.cos(theta)) / 2)) / (2 * np.pi)
    )
    theta = (np.arange(2**15) + 0.5) * np.pi / 2**15
    return np.array(
        [np.mean(kernel(theta) * np.cos(k * theta)) for k in range(highest + 1)]
    )


def test_points_alias_the_circle():
    """The n-point rate is the sum of the eigenvalues at k + m n; +3 % at k = 50 of 512,
    more than double at 250.
    """
    n, kernel = 512, relu_profile("first layer with bias")
    mu = kernel.eigenvalues(2, 1_000_000)
    basis = fb.circle(n)
    found = rates(kernel, basis)
    cosine = np.searchsorted(basis.modes, range(n // 2))
    for k in (0, 1, 50, 101, 250):
        aliases = mu[k] + mu[n - k :: n].sum() + mu[n + k :: n].sum()
        assert found[cosine[k]] == pytest.approx(aliases, rel=2e-4)
    assert found[cosine[50]] / mu[50] == pytest.approx(1.03, abs=0.01)
    assert found[cosine[250]] / mu[250] > 2


# Product networks.


def test_product_networks():
    """Notes 2 E: the exponent stays, the prefactor grows towards 2N/(N+1), parity zeros
    fill, the mid band flattens.
    """
    spectra = {
        (dim, N): sphere_spectrum(partial(pnn_ntk, factors=N), dim, 80)[0]
        for dim in (2, 3, 4)
        for N in (1, 2, 3, 4)
    }
    smooth = lambda mu: (
        mu[1:-1] / 2 + (mu[:-2] + mu[2:]) / 4
    )  # over parities; entry k - 1
    for (dim, N), mu in spectra.items():
        expected = {2: -2.01, 3: -2.98, 4: -3.94}[dim]
        assert np.polyfit(np.log(np.arange(40, 79)), np.log(smooth(mu)[39:78]), 1)[
            0
        ] == pytest.approx(expected, abs=0.1)
        assert (mu[3] > 1e-4) == (N > 1)
    gains = [
        smooth(spectra[2, N])[19] / (N + 1) * 2 / smooth(spectra[2, 1])[19]
        for N in (2, 3, 4)
    ]
    np.testing.assert_allclose(gains, [1.35, 1.54, 1.66], rtol=0.01)
    for dim, expected in {2: [77.5, 79.4, 49.9, 30.5], 4: [577, 444, 212, 98]}.items():
        ratios = [spectra[dim, N][1] / spectra[dim, N][6] for N in (1, 2, 3, 4)]
        np.testing.assert_allclose(ratios, expected, rtol=0.01)


def test_a_linear_factor_leaves_odd_degrees_and_0_and_2():
    mu, error = sphere_spectrum(pnn_linear_factor_ntk, 3, 9)
    assert (np.abs(mu[[4, 6, 8]]) < 1e-14).all() and (error[[4, 6, 8]] > 0.1).all()
    assert mu[[0, 1, 2, 3, 5, 7, 9]].min() > 1e-5


@pytest.mark.parametrize("N", [1, 2, 3])
def test_product_kernel_against_random_networks(N):
    """<gradients> of f = m^{-1/2} sum_r a_r prod_j sqrt2 relu(w_rj.x) at two inputs,
    200,000 units, three seeds.
    """
    x, y = np.array([1.0, 0, 0]), np.array([0.8, 0.6, 0])
    exact = float(pnn_ntk(np.arccos(0.8), N))
    for seed in range(3):
        rng = np.random.default_rng(seed)
        a, w = rng.normal(size=200_000), rng.normal(size=(200_000, N, 3))
        h, g = (np.sqrt(2) * np.maximum(w @ z, 0) for z in (x, y))  # (m, N)
        slopes = 2 * (h > 0) * (g > 0)
        draws = np.prod(h * g, axis=1)
        for j in range(N):
            draws = draws + a**2 * (x @ y) * slopes[:, j] * np.prod(
                np.delete(h * g, j, axis=1), axis=1
            )
        assert draws.mean() == pytest.approx(
            exact, abs=4 * draws.std() / np.sqrt(len(draws))
        )


# Boolean cube.


def test_cube_against_an_eigendecomposition():
    n = 10
    X = 1 - 2 * ((np.arange(2**n)[:, None] >> np.arange(n)) & 1)  # (1024, n)
    angles = np.arccos(np.clip(X @ X[0] / n, -1, 1))
    degrees = (X < 0).sum(axis=1)  # of the parity over the coordinates where x is -1
    for profile in (
        relu_profile("cao"),
        partial(ntk_profile, depth=3, b2=0.1),
    ):
        row = profile(angles)
        H = np.array([[1.0]])
        for _ in range(n):
            H = np.block([[H, H], [H, -H]])  # Walsh functions: H[S, x] = chi_S(x)
        transformed = H @ row / 2**n
        mu, error = cube_spectrum(profile, n)
        assert np.abs(mu[degrees] - transformed).max() < 1e-12
        gram = row[np.arange(2**n)[:, None] ^ np.arange(2**n)] / 2**n
        np.testing.assert_allclose(
            np.linalg.eigvalsh(gram), np.sort(mu[degrees]), atol=1e-12
        )
        assert np.bincount(degrees) @ mu == pytest.approx(
            float(profile(0.0)), rel=1e-13
        )  # the trace


def test_cube_table():
    """Notes 2 D: without bias odd degrees above 1 vanish; with it (kappa at (1 +
    cos)/2, times 2) all fall.
    """
    mu, error = cube_spectrum(relu_profile("cao"), 10)
    np.testing.assert_allclose(
        mu[[0, 1, 2, 4, 6, 8, 10]],
        [0.3516, 0.075, 7.03e-3, 2.59e-4, 1.13e-4, 8.6e-5, 7.6e-5],
        rtol=6e-3,
    )
    assert np.abs(mu[[3, 5, 7, 9]]).max() < 1e-15 and error[[3, 5, 7, 9]].min() > 0.1
    biased = lambda theta: 2 * relu_profile("cao")(np.arccos((1 + np.cos(theta)) / 2))
    mu, _ = cube_spectrum(biased, 10)
    np.testing.assert_allclose(
        mu[:5], [1.572, 0.1105, 4.35e-3, 3.77e-4, 1.54e-4], rtol=4e-3
    )
    assert (np.diff(mu) < 0).all()


@pytest.mark.parametrize("n", [1, 2, 7, 40, 41, 300])
def test_cube_of_a_monomial_is_exact(n):
    """(x.y/n)^2 has mu_0 = 1/n and mu_2 = 2/n^2, whatever the dimension; the trace is
    1.
    """
    mu, error = cube_spectrum(lambda theta: np.cos(theta) ** 2, n)
    exact = np.zeros(n + 1)
    exact[0] = 1 / n
    exact[2:3] = 2 / n**2
    np.testing.assert_allclose(mu, exact, atol=1e-13)
    assert_within(mu, exact, error)


# Rates of the modes of a basis.


def test_rates_are_the_eigenvalues_of_the_gram_matrix():
    """On an even circle, aliases and all; the modes are the eigenvectors."""
    for points in (15, 16):
        basis, kernel = fb.circle(points), ntk(depth=3, activation="tanh")
        gram = kernel.gram(basis.inputs)
        weighted = basis.weights[:, None] * basis.matrix
        operator = weighted.T @ gram @ weighted
        np.testing.assert_allclose(
            operator, np.diag(rates(kernel, basis)), atol=1e-14 * gram.max()
        )
        np.testing.assert_allclose(
            rates(gram, basis), rates(kernel.profile, basis), atol=1e-14
        )


def test_a_profile_on_half_the_circle_is_enough():
    """It is even: cos(theta)(pi - theta)/2pi gives 1/8, 5/(9 pi^2), 0, not a jump."""
    half = lambda theta: np.cos(theta) * (np.pi - theta) / (2 * np.pi)
    basis = fb.circle(4096, 3)
    expected = [1 / np.pi**2, 1 / 8, 5 / (9 * np.pi**2), 0]
    np.testing.assert_allclose(
        rates(half, basis), np.array(expected)[[0, 1, 1, 2, 2, 3, 3]], rtol=2e-6
    )


def test_rates_on_the_sphere_are_those_of_the_degree():
    kernel, basis = ntk(depth=3, activation="gelu", inputs=3), fb.sphere(8)
    gram = kernel.gram(basis.inputs)
    found = rates(kernel, basis)
    mu, _ = sphere_spectrum(kernel.profile, 3, 8)
    np.testing.assert_allclose(found, mu[basis.modes.astype(int)], rtol=1e-12)
    np.testing.assert_allclose(found, rates(gram, basis), atol=1e-6)
    zonal = fb.zonal(basis.inputs, [[0, 0, 1.0]] * 3, [1, 2, 4])
    np.testing.assert_allclose(rates(kernel, zonal), mu[[1, 2, 4]], rtol=1e-12)
    plain = rates(relu_profile("first layer"), basis)
    assert (plain[np.isin(basis.modes, [3, 5, 7])] == 0).all()


def test_rates_on_the_cube_are_those_of_the_network_on_its_corners():
    """The corners have length sqrt(bits): biases count less than on the sphere."""
    kernel, basis = ntk(depth=3, weight_std=0.4, bias_std=0.3, inputs=6), fb.cube(6)
    gram = kernel.gram(basis.inputs)
    np.testing.assert_allclose(rates(kernel, basis), rates(gram, basis), rtol=1e-9)
    cao = relu_profile("cao")
    mu, _ = cube_spectrum(cao, 6)
    degrees = basis.modes.astype(int)
    np.testing.assert_allclose(rates(cao, basis), mu[degrees], atol=1e-15)


def test_rates_elsewhere_are_rayleigh_quotients():
    uneven = fb.circle(np.linspace(-3, 3, 9) ** 3 / 9, 2)
    for basis in (uneven, fb.interval(16), fb.interval(16, extension="even")):
        kernel = ntk(inputs=basis.inputs.shape[1])
        gram = kernel.gram(basis.inputs)
        weighted = basis.weights[:, None] * basis.matrix
        expected = np.diag(weighted.T @ gram @ weighted)
        np.testing.assert_allclose(rates(kernel, basis), expected, atol=1e-14)


@pytest.mark.parametrize(
    "kernel, basis, says",
    [
        (ntk(inputs=3), fb.circle(8), "build the network with inputs=2"),
        (np.cos, fb.interval(8), "function of the angle"),
        (np.ones((3, 3)), fb.circle(8), "kernel has shape"),
        ("relu", fb.circle(8), "kernel is 'relu'"),
    ],
)
def test_kernels_that_do_not_fit_a_basis(kernel, basis, says):
    with pytest.raises(ValueError, match=says):
        rates(kernel, basis)


# Doors.

NOT_WHOLE = st.one_of(
    st.integers(-3, -1),
    st.floats(0.1, 0.9),
    st.none(),
    st.text(max_size=2),
    st.booleans(),
)


@settings(deadline=None, max_examples=40)
@given(NOT_WHOLE, st.sampled_from(["dim", "highest", "bits", "factors", "profile"]))
def test_bad_input_is_one_sentence(bad, where):
    calls = {
        "dim": lambda: sphere_spectrum(np.cos, bad, 3),
        "highest": lambda: circle_spectrum(np.cos, bad),
        "bits": lambda: cube_spectrum(np.cos, bad),
        "factors": lambda: pnn_ntk(0.1, bad),
        "profile": lambda: sphere_spectrum(bad, 3, 4),
    }
    with pytest.raises(ValueError) as caught:
        calls[where]()
    assert "\n" not in str(caught.value) and where in str(caught.value)


@pytest.mark.parametrize(
    "call, says",
    [
        (
            lambda: sphere_spectrum(lambda theta: theta[:2], 3, 4),
            "the kernel gives shape",
        ),
        (lambda: circle_spectrum(lambda theta: theta * np.nan, 4), "NaN"),
        (lambda: relu_profile("coa"), "did you mean 'cao'"),
        (lambda: pnn_ntk([0.5, np.nan], 2), "NaN"),
        (lambda: relu_profile("cao")([np.inf]), "theta"),
    ],
)
def test_bad_kernels(call, says):
    with pytest.raises(ValueError, match=says):
        call()


@pytest.mark.parametrize(
    "profile",
    [
        lambda theta: np.cos(theta) * (np.pi - theta) / (2 * np.pi),
        np.sin,
        lambda theta: np.cos(theta - 0.5),
    ],
)
def test_a_profile_counts_between_0_and_pi_alone(profile):
    """A kernel is even in the angle: a function that is not is continued so."""
    asked = []

    def watched(theta):
        asked.append(theta)
        return profile(theta)

    k = np.arange(6)
    theta = np.pi * (np.arange(4000) + 0.5) / 4000
    expected = np.cos(np.outer(k, theta)) @ profile(theta) / 4000
    mu, _ = circle_spectrum(watched, 5)
    basis = fb.circle(512, 5)
    found = rates(watched, basis)[np.searchsorted(basis.modes, k)]
    real = [angles for angles in asked if not np.iscomplexobj(angles)]
    assert min(a.min() for a in real) >= 0 and max(a.max() for a in real) <= np.pi
    np.testing.assert_allclose(mu, expected, atol=1e-6)
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_the_first_layer_known_on_half_the_circle():
    """.101, .125, .056 and 0, whichever door."""
    expected = [1 / np.pi**2, 1 / 8, 5 / (9 * np.pi**2), 0]
    half = lambda theta: np.cos(theta) * (np.pi - theta) / (2 * np.pi)
    np.testing.assert_allclose(circle_spectrum(half, 3)[0], expected, atol=1e-14)
    basis = fb.circle(4096, 3)
    found = rates(half, basis)[np.searchsorted(basis.modes, range(4))]
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_closed_eigenvalues_are_a_door():
    """Whole numbers of any kind, without overflow; all others are one sentence."""
    profile = relu_profile("cao")
    expected = profile.eigenvalues(5, 60)
    for dim, highest in ((np.uint8(5), np.uint8(60)), (5.0, 60.0), (np.int8(5), 60)):
        np.testing.assert_array_equal(profile.eigenvalues(dim, highest), expected)
    for dim, highest, word in (
        (2.5, 3, "dim"),
        (1, 3, "dim"),
        (-1, 3, "dim"),
        (2**64, 3, "dim"),
        (5, -1, "highest"),
        (5, 2**62, "highest"),
        (5, 10**400, "highest"),
        (5, 1e300, "highest"),
    ):
        with pytest.raises(ValueError, match=f"^{word} ") as caught:
            profile.eigenvalues(dim, highest)
        assert "\n" not in str(caught.value)


def test_integrals_that_would_take_minutes_are_refused():
    for call, word in (
        (lambda: sphere_spectrum(np.exp, 1001, 3), "dim"),
        (lambda: sphere_spectrum(np.exp, 3, 3001), "highest"),
        (lambda: cube_spectrum(np.exp, 4001), "bits"),
    ):
        with pytest.raises(ValueError, match=f"^{word} is .*expected") as caught:
            call()
        assert "\n" not in str(caught.value)
