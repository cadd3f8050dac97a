"""One conformance test for all bases, and the laws of analysis and synthesis."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fbkit as fb
from fbkit import basis as basis_module

BASES = {
    "circle, even number of points": lambda: fb.circle(32),
    "circle, odd number of points": lambda: fb.circle(31),
    "circle, some modes": lambda: fb.circle(64, 5),
    "interval, periodic": lambda: fb.interval(40, 0, 3),
    "interval, even": lambda: fb.interval(40, -1, 2, extension="even"),
    "interval, even, some modes": lambda: fb.interval(40, extension="even", modes=7),
    "sphere": lambda: fb.sphere(6),
    "one zonal function": lambda: one_zonal(),
    "cube": lambda: fb.cube(6),
}
WAVES = [name for name in BASES if "circle" in name or "interval" in name]


def one_zonal():
    """Sampled zonal functions are orthonormal by Monte Carlo only; here on a grid that
    integrates them.
    """
    axes = basis_module.sphere_points(3, 3, seed=5)
    grid = fb.sphere(6)
    return replace(fb.zonal(grid.points, axes, [0, 2, 3]), weights=grid.weights)


def amplitudes(basis, values):
    """Frequencies and the size of the values in each, cosine and sine joined."""
    frequencies, amplitude = fb.History(
        [0], basis.modes, basis.analyse(values)[None], [0]
    ).amplitude()
    return frequencies, amplitude[0]


@pytest.fixture(params=BASES, ids=str)
def basis(request):
    return BASES[request.param]()


def test_shapes_agree(basis):
    n, k = basis.matrix.shape
    assert len(basis.points) == n and basis.weights.shape == (n,)
    assert basis.modes.shape == (k,)
    assert basis.inputs.shape[0] == n


def test_weights_are_a_probability(basis):
    assert basis.weights.min() > 0
    assert basis.weights.sum() == pytest.approx(1, abs=1e-14)


def test_orthonormal(basis):
    gram = basis.matrix.T @ np.diag(basis.weights) @ basis.matrix
    np.testing.assert_allclose(gram, np.eye(len(gram)), atol=1e-12)


def test_synthesis_inverts_analysis_on_the_span(basis):
    c = np.random.default_rng(0).normal(size=(3, len(basis.modes)))
    np.testing.assert_allclose(basis.analyse(basis.synthesise(c)), c, atol=1e-12)


def test_parseval(basis):
    c = np.random.default_rng(1).normal(size=len(basis.modes))
    v = basis.synthesise(c)
    assert basis.weights @ v**2 == pytest.approx(c @ c, rel=1e-12)


def test_complete_bases_lose_nothing(basis):
    if len(basis.modes) < len(basis.points):
        pytest.skip("not complete by choice")
    v = np.random.default_rng(2).normal(size=len(basis.points))
    np.testing.assert_allclose(basis.synthesise(basis.analyse(v)), v, atol=1e-12)
    assert basis.weights @ v**2 == pytest.approx(
        np.sum(basis.analyse(v) ** 2), rel=1e-12
    )


def test_modes_evaluate_anywhere_as_at_the_points(basis):
    np.testing.assert_allclose(basis.evaluate(basis.points), basis.matrix, atol=1e-12)


@pytest.mark.parametrize("name", WAVES)
def test_each_mode_has_its_angular_frequency(name):
    """phi'' = -k^2 phi, by differences."""
    basis = BASES[name]()
    x, h = np.linspace(basis.points[1], basis.points[-2], 7), 1e-4
    second = (
        basis.evaluate(x + h) - 2 * basis.evaluate(x) + basis.evaluate(x - h)
    ) / h**2
    np.testing.assert_allclose(
        second,
        -(basis.modes**2) * basis.evaluate(x),
        atol=2e-3 * (1 + basis.modes.max() ** 2),
    )


def test_shift_on_the_circle_keeps_amplitudes():
    basis = fb.circle(64)
    v = np.exp(np.cos(basis.points))
    np.testing.assert_allclose(
        amplitudes(basis, np.roll(v, 5))[1], amplitudes(basis, v)[1], atol=1e-12
    )


def test_uneven_points_recover_a_band_limited_function():
    angles = np.random.default_rng(3).uniform(-np.pi, np.pi, 60)
    basis = fb.circle(angles, 6)
    assert basis.orthonormality_error > 1e-3  # so this is the least-squares branch
    v = 1 + np.sqrt(2) * np.sin(4 * basis.points)
    expected = np.where(np.arange(13) == 8, 1.0, 0.0) + np.where(
        np.arange(13) == 0, 1.0, 0.0
    )
    np.testing.assert_allclose(basis.analyse(v), expected, atol=1e-10)


def test_aliasing_is_what_the_docstring_says():
    basis = fb.circle(16)
    np.testing.assert_allclose(
        np.cos(3 * basis.points), np.cos(13 * basis.points), atol=1e-12
    )
    with pytest.raises(ValueError, match="apart only up to 8"):
        fb.circle(16, 9)


def test_taper_keeps_the_height_and_narrows_the_leak():
    basis = fb.interval(256, 0, 2 * np.pi)
    fits, between = np.sin(10 * basis.points), np.sin(10.5 * basis.points)
    assert np.abs(basis.analyse(fb.taper(fits, basis))).max() == pytest.approx(
        1 / np.sqrt(2), rel=1e-6
    )
    far = basis.modes > 60

    def leak(v):
        return np.abs(basis.analyse(v)[far]).max()

    assert leak(fb.taper(between, basis)) < leak(between) / 300


def test_leak_decays_with_the_promised_slopes():
    """The residual x on [-pi, pi) leaks as 1/k when repeated, as 1/k^2 when mirrored."""
    slopes = {}
    for extension in ("periodic", "even"):
        basis = fb.interval(2048, extension=extension)
        k, amplitude = amplitudes(basis, basis.points)
        band = (k > 8) & (k < 80) & (amplitude > 1e-9)
        slopes[extension] = np.polyfit(np.log(k[band]), np.log(amplitude[band]), 1)[0]
    assert slopes["periodic"] == pytest.approx(-1, abs=0.05)
    assert slopes["even"] == pytest.approx(-2, abs=0.05)


@given(
    st.one_of(
        st.integers(-3, 1),
        st.floats(allow_nan=True),
        st.text(max_size=3),
        st.none(),
        st.booleans(),
    )
)
def test_bad_number_of_points_is_one_sentence(points):
    if isinstance(points, float) and points.is_integer() and points >= 2:
        return
    for door in (fb.circle, fb.interval):
        with pytest.raises(ValueError) as caught:
            door(points)
        assert "\n" not in str(caught.value) and "points" in str(caught.value)


@given(st.lists(st.floats(), max_size=12))
def test_bad_values_are_one_sentence(values):
    basis = fb.circle(8)
    if len(values) == 8 and np.isfinite(values).all():
        assert np.isfinite(basis.analyse(values)).all() or np.abs(values).max() > 1e300
        return
    with pytest.raises(ValueError) as caught:
        basis.analyse(values)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("dim", [2, 3, 5, 10])
def test_legendre_polynomials_are_orthogonal_with_norm_one_over_multiplicity(dim):
    """Integral of P_j P_k against the density of the first coordinate of a uniform
    point, in the angle.
    """
    angle, share = np.polynomial.legendre.leggauss(200)
    angle, share = (
        np.pi * (angle + 1) / 2,
        share * np.sin(np.pi * (angle + 1) / 2) ** (dim - 2),
    )
    P = np.stack(
        [basis_module.legendre_sphere(k, dim, np.cos(angle)) for k in range(9)]
    )
    gram = (P * share) @ P.T / share.sum()
    expected = np.diag(1 / basis_module.sphere_multiplicity(dim, range(9)))
    np.testing.assert_allclose(gram, expected, atol=1e-13)


def test_legendre_polynomials_are_the_known_ones():
    t = np.linspace(-1, 1, 41)
    np.testing.assert_allclose(
        basis_module.legendre_sphere(7, 2, t), np.cos(7 * np.arccos(t)), atol=1e-13
    )
    np.testing.assert_allclose(
        basis_module.legendre_sphere(7, 3, t),
        np.polynomial.legendre.Legendre.basis(7)(t),
        atol=1e-13,
    )


def test_multiplicities_count_polynomials():
    """Harmonics of degree at most k and k - 1 together span the polynomials of degree k
    on the sphere.
    """
    from math import comb

    for dim in (2, 3, 7):
        for k in range(1, 12):
            both = sum(basis_module.sphere_multiplicity(dim, j) for j in range(k + 1))
            assert both == comb(k + dim - 1, dim - 1) + comb(k + dim - 2, dim - 1)


def test_addition_theorem_on_the_sphere():
    """The sum of products of all harmonics of a degree is N_k P_k of the cosine:
    degrees are what rotations keep.
    """
    basis = fb.sphere(5)
    x, y = (
        basis_module.sphere_points(20, 3, seed=1),
        basis_module.sphere_points(20, 3, seed=2),
    )
    one, two = basis.evaluate(x), basis.evaluate(y)
    for k in range(6):
        expected = (2 * k + 1) * basis_module.legendre_sphere(
            k, 3, np.clip(np.sum(x * y, axis=1), -1, 1)
        )
        columns = basis.modes == k
        np.testing.assert_allclose(
            np.sum(one[:, columns] * two[:, columns], axis=1), expected, atol=1e-12
        )


@pytest.mark.parametrize("seed", range(3))
def test_degree_energy_finds_the_degree_and_is_unbiased(seed):
    x = basis_module.sphere_points(1500, 5, seed=seed)
    f = 2 * basis_module.random_harmonic(5, 2, seed=seed)(x)
    noise = np.random.default_rng(seed).normal(size=len(x))
    assert basis_module.degree_energy(f, x, 2) == pytest.approx(4, rel=0.15)
    for k in (0, 1, 3):
        assert abs(basis_module.degree_energy(f, x, k)) < 0.25
        # With the diagonal, noise would read N_k / n: .02 to .03 here for degree 3.
        assert abs(basis_module.degree_energy(noise, x, k)) < 0.02


def test_random_harmonics_have_norm_one():
    x = basis_module.sphere_points(40_000, 10, seed=3)
    for k in (1, 2, 4):
        norms = [
            np.mean(basis_module.random_harmonic(10, k, seed=s)(x) ** 2)
            for s in range(3)
        ]
        np.testing.assert_allclose(norms, 1, atol=0.06)


def test_walsh_transform_is_its_own_inverse_and_keeps_energy():
    v = np.random.default_rng(0).normal(size=(3, 64))
    c = basis_module.fwht(v)
    np.testing.assert_allclose(basis_module.fwht(c) / 64, v, atol=1e-13)
    np.testing.assert_allclose(
        np.sum(c**2, axis=-1) / 64, np.sum(v**2, axis=-1), rtol=1e-13
    )
    np.testing.assert_allclose(
        basis_module.degree_spectrum(v).sum(axis=-1), np.mean(v**2, axis=-1), rtol=1e-13
    )


def test_hashing_the_cube_adds_up_aliased_coefficients():
    """On the points z sigma mod 2, Walsh coefficient c sums those of all subsets f with
    sigma f = c mod 2.
    """
    n, b, rng = 8, 4, np.random.default_rng(4)
    values = rng.normal(size=2**n)
    sigma = rng.integers(0, 2, size=(b, n))
    z = np.arange(2**b)[:, None] >> np.arange(b) & 1
    chosen = (z @ sigma % 2) @ (
        1 << np.arange(n)
    )  # index of each point on the large cube
    buckets = basis_module.fwht(values[chosen]) / 2**b
    f = np.arange(2**n)[:, None] >> np.arange(n) & 1
    place = (f @ sigma.T % 2) @ (1 << np.arange(b))
    expected = np.bincount(place, basis_module.fwht(values) / 2**n, minlength=2**b)
    np.testing.assert_allclose(buckets, expected, atol=1e-12)


def quantiles(count, lean=0.6):
    """Deterministic points of the density 1 + lean cos theta on the circle: its
    distribution function inverted.
    """
    grid = np.linspace(-np.pi, np.pi, 20_001)
    below = (grid + np.pi + lean * np.sin(grid)) / (2 * np.pi)
    return np.interp((np.arange(count) + 0.5) / count, below, grid)


def test_quadrature_weights_undo_an_uneven_density():
    theta = quantiles(160)
    c = basis_module.circle_quadrature_weights(theta, 20)
    assert c.min() > 0 and c.sum() == pytest.approx(1, abs=1e-13)
    # The weights go like 1/density: at theta = 0 and pi that is 1/1.6 and 1/.4 over n.
    assert c[np.argmin(np.abs(theta))] * 160 == pytest.approx(1 / 1.6, rel=0.05)
    basis = fb.circle(theta, 10)
    gram = (
        basis.matrix.T * basis_module.circle_quadrature_weights(basis.points, 20)
    ) @ basis.matrix
    np.testing.assert_allclose(gram, np.eye(21), atol=1e-10)


def test_quadrature_weights_refuse_too_wide_a_gap():
    with pytest.raises(ValueError, match="widest gap"):
        basis_module.circle_quadrature_weights(quantiles(160, lean=0.9), 32)


def kernel_with_bias(theta):
    return (1 + np.cos(theta)) * (np.pi - np.abs(theta)) / (4 * np.pi)


def circle_rates_with_bias(frequencies):
    """Eigenvalues of that kernel for the uniform density (notation table: K_b)."""
    l = np.asarray(frequencies, dtype=float)  # noqa: E741
    return np.where(
        l % 2 == 0,
        (l**2 + 1) / (2 * np.pi**2 * (l**2 - 1) ** 2),
        1 / (2 * np.pi**2 * l**2),
    )


def test_quadrature_and_sobolev_losses_set_the_rates():
    """With exact weights frequency l decays at (1 + l)^{2s} lambda_l: s = 1 flattens
    the order, s = 2 reverses it.
    """
    theta = quantiles(160)
    c = basis_module.circle_quadrature_weights(theta, 20)
    K = kernel_with_bias(np.abs((theta[:, None] - theta + np.pi) % (2 * np.pi) - np.pi))
    l = np.array([2, 3, 4, 6, 8, 10])  # noqa: E741
    waves = np.sqrt(2) * np.cos(np.outer(l, theta))
    rates = {}
    for s in (0, 1, 2):
        P = basis_module.sobolev_matrix(theta, c, s, 10)
        rates[s] = np.array([(w * c) @ K @ P @ w for w in waves])
        np.testing.assert_allclose(
            rates[s], circle_rates_with_bias(l) * (1.0 + l) ** (2 * s), rtol=0.03
        )
        values = np.linalg.eigvals(K @ P)
        assert np.abs(values.imag).max() < 1e-9 * np.abs(values).max()
        assert values.real.min() > -1e-9 * np.abs(values).max()
    assert rates[1][1:].max() / rates[1][1:].min() < 2
    assert np.all(np.diff(rates[0]) < 0) and rates[2][-1] > 3 * rates[2][0]


def test_quadrature_loss_has_the_half_times_of_even_data():
    """ln 2 / -ln(1 - lr lambda_l) within 3 % for l >= 4; the plain mean over uneven
    points misses by more.
    """
    theta = quantiles(160)
    K = kernel_with_bias(np.abs((theta[:, None] - theta + np.pi) % (2 * np.pi) - np.pi))
    c, lr = basis_module.circle_quadrature_weights(theta, 20), 5.69
    miss = {}
    for name, P in {
        "quadrature": basis_module.sobolev_matrix(theta, c, 0, 10),
        "plain": np.eye(160) / 160,
    }.items():
        step = np.eye(160) - lr * K @ P
        found = []
        for l in (4, 6, 8):  # noqa: E741
            wave, r, size = np.cos(l * theta), 0.03 * np.cos(l * theta), [1.0]
            while size[-1] > 0.5:
                r = step @ r
                size.append(2 * (c * wave) @ r / 0.03)
            high, low = np.log(size[-2:])
            found.append(
                len(size) - 2 + (high - np.log(0.5)) / (high - low)
            )  # between two steps
        expected = np.log(2) / -np.log1p(-lr * circle_rates_with_bias([4, 6, 8]))
        miss[name] = np.abs(np.array(found) / expected - 1)
    assert miss["quadrature"].max() < 0.03
    assert miss["plain"].min() > 0.05


POINTS = st.lists(st.floats(-4, 4), min_size=0, max_size=6)


@settings(deadline=None)
@given(POINTS, st.integers(-2, 9))
def test_bad_directions_and_degrees_are_one_sentence(row, degree):
    doors = [
        lambda: basis_module.zonal([row], [row], [degree]),
        lambda: basis_module.degree_energy([1.0], [row], degree),
        lambda: basis_module.fwht(row),
        lambda: basis_module.circle_quadrature_weights(row, degree),
        lambda: basis_module.cube(degree if degree < 8 else 40),
        lambda: basis_module.sphere_multiplicity(degree, degree),
    ]
    for door in doors:
        try:
            door()
        except ValueError as error:
            assert "\n" not in str(error) and len(str(error)) > 20
