"""The frequency equation against kernels, finite networks and its own laws;
water-filling against its conditions.
"""

import functools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fbkit import pde

norm = np.linalg.norm


def normal(s):
    return lambda w: np.exp(-(w**2) / (2 * s * s)) / np.sqrt(2 * np.pi * s * s)


# The problem of notes 1A: p = N(0, 3^2), target on [-8, 8].
X = np.linspace(-8, 8, 257)
H = X[1] - X[0]
F = np.exp(-(X**2) / 4.5) * (np.cos(X) + np.sin(4 * X) + np.cos(7 * X))
XI = np.linspace(-24, 24, 1601)
FORWARD = (
    np.exp(-1j * np.outer(XI, X)) * H
)  # (frequencies, points): transform of values on X
BACK = np.exp(1j * np.outer(XI, X)) * (XI[1] - XI[0]) / (2 * np.pi)
STEPS = [0, 40, 80, 160, 320, 480, 640, 800]
TIMES = 0.025 * np.array(STEPS)


def phi(z):
    return np.exp(-4.5 * z**2)


@functools.cache
def solution(s2):
    return pde.ntk_pde_1d(normal(3), s2, -FORWARD @ F, XI, TIMES)


def values(field):
    return (field @ BACK).real


def train(x, f, w, a, b, lr, cell, records):
    """Gradient descent on a, b and w of m^{-1/2} sum a cos(w.x) + b sin(w.x), output
    centred; residuals (records, n).

    In single precision: the deviations looked for are above 1e-2.
    """
    x, f, w, a, b = (np.array(v, np.float32) for v in (x, f, w, a, b))
    scale = np.float32(len(a) ** -0.5)
    gain, seen = np.float32(lr * cell) * scale, []
    for step in range(max(records) + 1):
        phase = x @ w.T
        c, s = np.cos(phase), np.sin(phase)
        output = scale * (c @ a + s @ b)
        if step == 0:
            zero = output
        e = output - zero - f
        if step in records:
            seen.append(e.astype(float))
        xe = x * e[:, None]
        dw = b[:, None] * (c.T @ xe) - a[:, None] * (s.T @ xe)
        a, b, w = a - gain * (e @ c), b - gain * (e @ s), w - gain * dw
    return np.array(seen)


def deviation(m, seed, mode="iid", records=STEPS):
    """sup_t |network - equation| / |e_0|, everything trained, sigma_a = 1/2."""
    if mode == "iid":
        draw = np.random.default_rng(seed)
        w, a, b = draw.normal(0, 3, m), draw.normal(0, 0.5, m), draw.normal(0, 0.5, m)
    else:
        w, a, b = pde.sample_features(
            normal(3), np.linspace(-15, 15, 3001), m, 0.5, mode, seed
        )
    e = train(X[:, None], F, w[:, None], a, b, 0.025, H, records)
    return (
        norm(e - values(solution(0.25).meta["field"])[: len(e)], axis=1) / norm(F)
    ).max()


# The equation


@pytest.mark.parametrize("s2", [0.0, 0.25])
def test_equation_is_the_kernel_operator(s2):
    """Finite elements against the eigen-solution of the kernel on the points: below
    1e-4 of |e_0| (seen 3e-5).
    """
    field = solution(s2).meta["field"]
    exact = pde.exact_operator(phi, s2, -F, X, TIMES, np.full(257, H)).meta["residual"]
    assert (norm(field - exact @ FORWARD.T, axis=1) / norm(field[0])).max() < 1e-4
    np.testing.assert_allclose(
        solution(s2).loss, H * np.square(exact).sum(axis=1) / 2, rtol=2e-3
    )


def test_dropping_the_diffusion_is_a_large_error():
    full, damped = (solution(s2).meta["field"][-1] for s2 in (0.25, 0.0))
    assert norm(damped - full) / norm(full) == pytest.approx(0.37, abs=0.02)
    at_seven = np.argmin(np.abs(XI - 7))
    assert abs(full[at_seven]) == pytest.approx(0.395, abs=0.005)
    assert abs(damped[at_seven]) == pytest.approx(0.627, abs=0.01)


def test_second_order_in_the_spacing():
    errors, exact = (
        [],
        pde.exact_operator(phi, 0.25, -F, X, [5.0], np.full(257, H)).meta["residual"],
    )
    for n in (201, 401, 801):
        xi = np.linspace(-24, 24, n)
        forward = np.exp(-1j * np.outer(xi, X)) * H
        field = pde.ntk_pde_1d(normal(3), 0.25, -forward @ F, xi, [5.0]).meta["field"]
        errors.append(norm(field - exact @ forward.T) / norm(forward @ F))
    slope = np.polyfit(np.log([201, 401, 801]), np.log(errors), 1)[0]
    assert slope == pytest.approx(-2, abs=0.15)


def test_start_end_energy_and_semigroup():
    run = solution(0.25)
    np.testing.assert_allclose(run.meta["field"][0], -FORWARD @ F, atol=1e-15)
    assert (np.diff(run.loss) < 0).all()
    assert run.loss[0] == pytest.approx(H * F @ F / 2, rel=1e-6)  # Parseval
    again = pde.ntk_pde_1d(
        normal(3), 0.25, run.meta["field"][3], XI, TIMES[4:] - TIMES[3]
    )
    np.testing.assert_allclose(again.meta["field"], run.meta["field"][4:], atol=1e-8)
    # Energy law: d/dt 1/2 |ehat|^2 = -ehat.A ehat, by a difference.
    mass, operator = pde.frequency_operator(normal(3), 0.25, XI)
    e = pde.evolve(mass, operator, run.meta["field"][3], [0, 0.01, 0.02])
    energy = [np.vdot(v, mass @ v).real / 2 for v in e]
    assert (energy[2] - energy[0]) / 0.02 == pytest.approx(
        -np.vdot(e[1], operator @ e[1]).real, rel=1e-4
    )


def test_record_joins_a_frequency_with_its_negative():
    frequencies, amplitude = solution(0.25).amplitude()
    assert len(frequencies) == 801 and frequencies[0] == 0
    np.testing.assert_allclose(
        np.square(amplitude).sum(axis=1) / 2, solution(0.25).loss, rtol=1e-12
    )
    pairs, _ = solution_2d()[0].amplitude()
    assert len(pairs) == (97**2 + 1) // 2


def test_everything_is_learned_in_the_end_where_p_is_positive():
    xi = np.linspace(-6, 6, 241)
    run = pde.ntk_pde_1d(
        lambda w: 0 * w + 1 / 12, 0.3, np.exp(-(xi**2) + 1j * xi), xi, [0, 200.0]
    )
    assert run.loss[1] < 1e-12 * run.loss[0]


def test_far_data_are_learned_faster_and_only_if_frequencies_are_trained():
    """In x the local rate is (1 + s2 x^2) times the damping."""
    xi = np.linspace(-12, 12, 801)
    left = {}
    for s2 in (0.0, 1.0):
        for centre in (0, 4):
            bump = np.exp(-(xi**2) / 8 - 1j * xi * centre)
            left[s2, centre] = pde.ntk_pde_1d(normal(3), s2, bump, xi, [0, 0.5]).loss[1]
    assert left[0.0, 0] == pytest.approx(left[0.0, 4], rel=1e-9)
    assert left[1.0, 4] < 1e-2 * left[1.0, 0]


def test_p_is_symmetrised():
    xi = np.linspace(-8, 8, 321)
    e0 = np.exp(-(xi**2) / 4)
    lopsided = lambda w: 2 * normal(2)(w) * (w > 0) + normal(2)(w) * (w == 0)
    for s2 in (0.0, 0.4):
        one, other = (
            pde.ntk_pde_1d(p, s2, e0, xi, [1.0]).meta["field"]
            for p in (lopsided, normal(2))
        )
        np.testing.assert_allclose(one, other, atol=1e-12)
    given_values = pde.ntk_pde_1d(normal(2)(xi), 0.4, e0, xi, [1.0]).meta["field"]
    np.testing.assert_allclose(given_values, other, atol=2e-4)
    with pytest.raises(ValueError, match="symmetric"):
        pde.ntk_pde_1d(np.ones(320), 0.4, e0[1:], xi[1:], [1.0])


@pytest.mark.parametrize("s2", [0.0, 0.25])
def test_data_density_mixes_frequencies(s2):
    """Points of density N(0, 3^2) instead of everywhere: the convolution against the
    kernel on weighted points.
    """
    x = np.linspace(-12, 12, 301)
    f, rho = np.exp(-(x**2) / 4.5) * (np.cos(x) + np.sin(4 * x)), normal(3)(x)
    errors = []
    for n in (201, 401):
        xi = np.linspace(-20, 20, n)
        forward = np.exp(-1j * np.outer(xi, x)) * 0.08
        args = normal(3), s2, -forward @ f, xi, [0, 1, 20]
        field = pde.ntk_pde_1d(*args, lambda q: np.exp(-4.5 * q**2)).meta["field"]
        exact = (
            pde.exact_operator(phi, s2, -f, x, [0, 1, 20], 0.08 * rho).meta["residual"]
            @ forward.T
        )
        errors.append((norm(field - exact, axis=1) / norm(exact[0])).max())
    assert errors[1] < 2e-3 and errors[0] / errors[1] > 3  # second order
    ignoring = pde.ntk_pde_1d(*args).meta["field"]
    assert norm(ignoring[-1] - exact[-1]) > 0.5 * norm(exact[-1])


# Time integration


@functools.cache
def operator_1d():
    mass, operator = pde.frequency_operator(normal(3), 1.0, np.linspace(-20, 20, 301))
    vectors = np.random.default_rng(0).normal(size=(2, 301))
    start = vectors[0] + 1j * vectors[1]  # rough: every eigenvector takes part
    from scipy.linalg import eigh

    lam, v = eigh(operator.toarray(), mass.toarray())
    t = np.array([0, 0.01, 0.3, 2.0])
    exact = (np.exp(-np.outer(t, np.maximum(lam, 0))) * (v.T @ (mass @ start))) @ v.T
    return mass, operator, start, t, exact


@pytest.mark.parametrize("method, bound", [("contour", 3e-9), ("krylov", 3e-9)])
def test_integrators_against_dense_eigenvectors(method, bound):
    mass, operator, start, t, exact = operator_1d()
    u = pde.evolve(mass, operator, start, t, method)
    assert (norm(u - exact, axis=1) / norm(start)).max() < bound
    np.testing.assert_allclose(u[0], start, atol=1e-13)
    real = pde.evolve(mass, operator, start.real, t, method)
    assert real.dtype == float
    np.testing.assert_allclose(real, u.real, atol=1e-7)


def test_contour_error_falls_geometrically():
    mass, operator, start, t, exact = operator_1d()
    errors = [
        norm(pde.evolve(mass, operator, start, 2.0, nodes=n) - exact[-1])
        for n in (8, 12, 16)
    ]
    assert errors[0] / errors[1] > 100 and errors[1] / errors[2] > 100  # 3.9^4 = 231


def test_tridiagonal_and_general_solvers_agree():
    mass, operator, start, t, _ = operator_1d()
    order = np.random.default_rng(1).permutation(301)
    shuffled = pde.evolve(
        mass[order][:, order].tocsc(),
        operator[order][:, order].tocsc(),
        start[order],
        t,
    )
    np.testing.assert_allclose(
        shuffled, pde.evolve(mass, operator, start, t)[:, order], atol=1e-11
    )


def test_contour_beats_crank_nicolson_in_error_at_a_twelfth_of_the_solves():
    """Eight solves against a hundred, on the benchmark's problem: bumps far from the
    origin are stiff.
    """
    from scipy.sparse.linalg import splu

    xi = np.linspace(-24, 24, 2001)
    mass, operator = pde.frequency_operator(normal(3), 1.0, xi)
    e0 = -sum(np.exp(-((0.15 * xi) ** 2) / 2 - 1j * c * xi) for c in (-6, 0, 5))
    exact = pde.evolve(mass, operator, e0, 20.0, nodes=24)[0]
    contour = pde.evolve(mass, operator, e0, 20.0)[0]
    lu = splu((mass + 0.1 * operator).tocsc(), permc_spec="MMD_AT_PLUS_A")
    u = np.stack([e0.real, e0.imag], axis=1)
    for _ in range(100):
        u = lu.solve((mass - 0.1 * operator) @ u)
    stepped = u[:, 0] + 1j * u[:, 1]
    assert norm(contour - exact) < 1e-9 * norm(e0)
    assert norm(contour - exact) < 1e-3 * norm(stepped - exact)


# Networks


def test_finite_network_is_the_torus_equation():
    """Gradient descent on 2000 features with whole frequencies, uneven data: an
    identity, to 1e-10.
    """
    draw = np.random.default_rng(0)
    n, m, K, lr = 64, 2000, 8, 0.1
    x = np.sort(draw.uniform(-np.pi, np.pi, n))
    weights = draw.dirichlet(np.ones(n))
    w = draw.integers(-K, K + 1, m)
    k = np.arange(-K, K + 1)
    wave = np.exp(1j * np.outer(x, k))  # (n, 2K + 1)
    coefficients = draw.normal(size=2 * K + 1) + 1j * draw.normal(size=2 * K + 1)
    coefficients = coefficients + coefficients[::-1].conj()  # a real target
    a, b, c, s = (
        np.zeros(m),
        np.zeros(m),
        np.cos(np.outer(x, w)),
        np.sin(np.outer(x, w)),
    )
    recorded = {0: -(wave @ coefficients).real}
    for step in range(1, 201):
        e = (c @ a + s @ b) / m**0.5 - (wave @ coefficients).real
        a, b = a - lr * (weights * e) @ c / m**0.5, b - lr * (weights * e) @ s / m**0.5
        recorded[step] = (c @ a + s @ b) / m**0.5 - (wave @ coefficients).real
    share = np.bincount(w + K, minlength=2 * K + 1) / m
    mixing = weights @ np.exp(-1j * np.outer(x, np.arange(-2 * K, 2 * K + 1)))
    at = np.array([0, 1, 20, 200])
    run = pde.torus_modes(
        (share + share[::-1]) / 2, mixing, -coefficients, lr * at, gd_eta=lr
    )
    for i, step in enumerate(at):
        np.testing.assert_allclose(
            (wave @ run.meta["field"][i]).real, recorded[step], atol=1e-10
        )
    flow = pde.torus_modes(
        (share + share[::-1]) / 2, mixing, -coefficients, lr * at
    ).meta["field"]
    assert 0 < norm(flow - run.meta["field"]) < 0.02 * norm(coefficients)
    alone = pde.torus_modes(
        (share + share[::-1]) / 2, None, -coefficients, lr * at
    ).meta["field"]
    assert norm(alone[-1] - flow[-1]) > 0.3 * norm(
        flow[-1]
    )  # ignoring the density of the data
    # The same with the matrix of a pair of frequencies in place of the vector of their
    # differences.
    matrix = pde.torus_modes(
        (share + share[::-1]) / 2,
        wave.conj().T @ (weights[:, None] * wave),
        -coefficients,
        [2.0],
    )
    vector = pde.torus_modes((share + share[::-1]) / 2, mixing, -coefficients, [2.0])
    np.testing.assert_allclose(matrix.meta["field"], vector.meta["field"], atol=1e-12)


def mean_cosine(x, w):
    """phi of a finite network, mean_j cos(w_j (x - x')), as a matrix over points."""
    phase = np.outer(x, w)
    return (np.cos(phase) @ np.cos(phase).T + np.sin(phase) @ np.sin(phase).T) / len(w)


def outer_deviation(m, seed):
    """Outer weights trained: the network is linear, and its residual has a closed form."""
    own = mean_cosine(X, np.random.default_rng(seed).normal(0, 3, m))
    exact = pde.exact_operator(lambda z: own, 0.0, -F, X, TIMES, np.full(257, H)).meta[
        "residual"
    ]
    return (norm(exact - values(solution(0.0).meta["field"]), axis=1) / norm(F)).max()


def test_wider_networks_are_closer_outer_weights():
    """Means over 12 seeds (notes: .170 and .079); the slope is printed, -1/2 expected."""
    error = {
        m: np.mean([outer_deviation(m, seed) for seed in range(12)])
        for m in (256, 1024)
    }
    print("outer weights", error, "slope", np.log(error[1024] / error[256]) / np.log(4))
    assert error[1024] < 0.13 and error[256] / error[1024] >= 1.4


def test_wider_networks_are_closer_all_trained():
    error = {m: np.mean([deviation(m, seed) for seed in range(3)]) for m in (256, 1024)}
    print("all trained", error, "slope", np.log(error[1024] / error[256]) / np.log(4))
    assert error[1024] < 0.08 and error[256] / error[1024] >= 1.4


@pytest.mark.parametrize("seed", [0, 1])
def test_sobol_start_does_as_well_with_half_the_width(seed):
    assert (
        deviation(512, seed, "sobol", STEPS[:6]) < 0.08
    )  # seen .033 to .055 over 8 scrambles


def test_quantile_start_is_zero_and_close():
    w, a, b = pde.sample_features(normal(3), np.linspace(-15, 15, 3001), 1024, 0.5)
    phase = np.outer(X, w)
    assert np.abs(np.cos(phase) @ a + np.sin(phase) @ b).max() < 1e-9
    assert deviation(1024, 0, "quantile") < 0.06


# Two dimensions


def plane(points=33, reach=4.0):
    g = np.linspace(-reach, reach, points)
    x = np.stack(np.meshgrid(g, g, indexing="ij"), axis=-1).reshape(-1, 2)
    f = np.exp(-(x**2).sum(axis=1) / 2)
    f = f * (np.cos(x[:, 0]) + np.sin(2 * x[:, 1]) + np.cos(2 * x[:, 0] - 2 * x[:, 1]))
    return g, x, f


def normal_2d(w):
    return np.exp(-(w**2).sum(axis=-1) / 4.5) / (4.5 * np.pi)


@functools.cache
def solution_2d(nodes=97, reach=9.0):
    g, _, f = plane()
    axis = np.linspace(-reach, reach, nodes)
    forward = np.exp(-1j * np.outer(axis, g)) * (g[1] - g[0])
    e0 = -forward @ f.reshape(33, 33) @ forward.T
    run = pde.ntk_pde_2d(normal_2d, 0.16, e0, (axis, axis), [0, 1, 3, 6.0])
    back = np.exp(1j * np.outer(g, axis)) * (axis[1] - axis[0]) / (2 * np.pi)
    return run, np.array(
        [(back @ field @ back.T).real.ravel() for field in run.meta["field"]]
    )


def test_plane_equation_is_the_kernel_operator():
    """Within what the window [-4, 4]^2 cuts off: about 2e-3 of |e_0|."""
    g, x, f = plane()
    run, e = solution_2d()
    cell = (g[1] - g[0]) ** 2
    exact = pde.exact_operator(
        lambda z: np.exp(-2.25 * (z**2).sum(axis=-1) / 2),
        0.16,
        -f,
        x,
        [0, 1, 3, 6.0],
        np.full(len(x), cell),
    )
    error = norm(e - exact.meta["residual"], axis=1) / norm(f)
    assert error[0] < 1e-4 and error.max() < 4e-3
    axis = np.linspace(-9, 9, 97)
    damped = pde.ntk_pde_2d(
        normal_2d, 0.0, run.meta["field"][0], (axis, axis), [6.0]
    ).meta["field"][0]
    assert norm(damped - run.meta["field"][-1]) / norm(run.meta["field"][-1]) > 0.05
    assert (np.diff(run.loss) < 0).all() and run.loss[0] == pytest.approx(
        cell * f @ f / 2, rel=1e-4
    )


def test_plane_integrators_agree_and_order_is_two():
    fine, coarse, coarser = (solution_2d(n)[1][-1] for n in (145, 73, 37))
    assert 3 < norm(coarser - fine) / norm(coarse - fine) < 6.5
    axis = np.linspace(-9, 9, 37)
    mass, operator = pde.frequency_operator(normal_2d, 0.16, (axis, axis))
    e0 = solution_2d(37)[0].meta["field"][0].ravel()
    contour, krylov = (
        pde.evolve(mass, operator, e0, [0.5, 6.0], method)
        for method in ("contour", "krylov")
    )
    np.testing.assert_allclose(krylov, contour, atol=1e-7 * norm(e0))


def test_plane_grid_is_in_order():
    """x1 and x2 are not mixed up: a start and a density that tell them apart, on axes
    of different lengths.
    """
    a, b = np.linspace(-6, 6, 61), np.linspace(-5, 5, 41)
    p = lambda w: np.exp(-(w[..., 0] ** 2) - 4 * w[..., 1] ** 2)
    e0 = np.exp(-np.add.outer(a**2 / 4, b**2))
    weak = pde.ntk_pde_2d(p, 1e-9, e0, (a, b), [0.3]).meta["field"][0]
    reaction = pde.ntk_pde_2d(p, 0.0, e0, (a, b), [0.3]).meta["field"][0]
    sampled = p(np.stack(np.meshgrid(a, b, indexing="ij"), axis=-1))
    np.testing.assert_allclose(
        reaction, e0 * np.exp(-((2 * np.pi) ** 2) * 0.3 * sampled), atol=1e-12
    )
    assert norm(weak - reaction) < 0.05 * norm(reaction)
    swapped = pde.ntk_pde_2d(lambda w: p(w[..., ::-1]), 0.3, e0.T, (b, a), [0.3]).meta[
        "field"
    ][0]
    np.testing.assert_allclose(
        swapped.T, pde.ntk_pde_2d(p, 0.3, e0, (a, b), [0.3]).meta["field"][0], atol=1e-8
    )
    from_values = pde.ntk_pde_2d(sampled, 0.3, e0, (a, b), [0.3]).meta["field"][0]
    assert norm(from_values - swapped.T) < 0.05 * norm(
        e0
    )  # corners averaged in place of the middle of a cell


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_plane_network(seed):
    """Width 1024, everything trained, at T = 6: seen .033 to .038 of |e_0|."""
    g, x, f = plane()
    draw = np.random.default_rng(seed)
    start = (
        draw.normal(0, 1.5, (1024, 2)),
        draw.normal(0, 0.4, 1024),
        draw.normal(0, 0.4, 1024),
    )
    e = train(x, f, *start, 0.04, (g[1] - g[0]) ** 2, [150])[0]
    assert norm(e - solution_2d()[1][-1]) / norm(f) < 0.05


# Design


def designed_spectrum():
    xi = np.linspace(-20, 20, 4001)
    x = np.linspace(-12, 12, 601)
    f = np.exp(-(x**2) / 8) * (
        np.cos(2 * x) + 0.5 * np.cos(8 * x) + 0.15 * np.cos(12 * x)
    )
    S = np.abs((np.exp(-1j * np.outer(xi, x)) @ f) * 0.04) ** 2
    return xi, x, f, S


def energy_left(S, xi, p, T):
    return np.trapezoid(S * np.exp(-4 * np.pi * T * p), xi) / np.trapezoid(S, xi)


@pytest.mark.parametrize("T", [2.0, 10.0])
def test_waterfilling_meets_its_conditions(T):
    """Karush-Kuhn-Tucker: the residual spectrum equals nu where p > 0, is below where p
    = 0, above at the cap.
    """
    xi, _, _, S = designed_spectrum()
    for cap in (None, 0.06):
        p, nu = pde.waterfill(S, xi, T, p_max=cap)
        residual = S * np.exp(-4 * np.pi * T * p)
        full = np.zeros(len(p), bool) if cap is None else p >= cap
        inside = (p > 0) & ~full
        assert np.trapezoid(p, xi) == pytest.approx(1, abs=1e-12) and p.min() >= 0
        np.testing.assert_allclose(residual[inside], nu, rtol=1e-9)
        assert (S[p == 0] <= nu * (1 + 1e-9)).all() and (
            residual[full] >= nu * (1 - 1e-9)
        ).all()
        np.testing.assert_allclose(p, p[::-1], atol=1e-12)
        if cap is not None:
            assert full.any() and p.max() <= cap
        # No small transfer of mass between two places helps.
        best, draw = energy_left(S, xi, p, T), np.random.default_rng(0)
        for _ in range(20):
            shift = draw.normal(size=len(p)) * np.minimum(p, (cap or 1.0) - p).clip(0)
            shift -= p * np.trapezoid(shift, xi) if cap is None else 0
            moved = p + 1e-2 * shift
            if cap is None:
                assert energy_left(S, xi, moved, T) >= best


def test_waterfilling_beats_every_uniform_and_gaussian_density():
    xi, _, _, S = designed_spectrum()
    best = energy_left(S, xi, pde.waterfill(S, xi, 2.0)[0], 2.0)
    assert best == pytest.approx(0.0382, abs=5e-4)  # notes 1A: .03821
    uniform = min(
        energy_left(S, xi, (np.abs(xi) < b) / (2 * b), 2.0)
        for b in np.linspace(1, 19, 181)
    )
    gaussian = min(
        energy_left(S, xi, normal(s)(xi), 2.0) for s in np.linspace(0.5, 15, 146)
    )
    assert uniform > 4 * best and gaussian > 4 * best


@pytest.mark.parametrize("T", [2.0, 10.0])
def test_network_with_designed_frequencies_reaches_the_energy(T):
    """m = 512 quantiles of p, outer weights trained: energy within 2 % of the theory,
    residual spectrum flat.
    """
    xi, x, f, S = designed_spectrum()
    p, nu = pde.waterfill(S, xi, T)
    own = mean_cosine(x, pde.sample_frequencies(p, xi, 512))
    run = pde.exact_operator(lambda z: own, 0.0, -f, x, [0, T], np.full(len(x), 0.04))
    assert run.loss[1] / run.loss[0] == pytest.approx(
        energy_left(S, xi, p, T), rel=0.02
    )
    residual = (
        np.abs(np.exp(-1j * np.outer(xi, x)) @ run.meta["residual"][1] * 0.04) ** 2
    )
    low, median, high = np.quantile(residual[p > 0.02 * p.max()] / nu, [0.1, 0.5, 0.9])
    assert median == pytest.approx(1, abs=0.01) and low > 0.9 and high < 1.1


def test_priority_two_dimensions_and_equal_rates():
    xi = np.linspace(-5, 5, 501)
    S = np.exp(-(xi**2))
    weight = 1 + xi**2
    p, nu = pde.waterfill(S, xi, 1.0, priority=weight)
    q, same = pde.waterfill(S * weight, xi, 1.0)
    np.testing.assert_array_equal(p, q)
    assert nu == same
    # A cap of one over the width of the support leaves one choice: equal rates.
    band = (np.abs(xi) <= 2.001) * 1.0
    width = band.sum() * (xi[1] - xi[0])
    np.testing.assert_allclose(
        pde.waterfill(band * S, xi, 1.0, p_max=1 / width * (1 + 1e-12))[0],
        band / width,
        rtol=1e-9,
    )
    a, b = np.linspace(-3, 3, 61), np.linspace(-2, 2, 41)
    S2 = np.exp(-np.add.outer(a**2, b**2))
    p2, nu2 = pde.waterfill(S2, (a, b), 0.02, dim=2)
    assert np.trapezoid(np.trapezoid(p2, b), a) == pytest.approx(1, abs=1e-12)
    on = p2 > 0
    np.testing.assert_allclose(
        (S2 * np.exp(-2 * (2 * np.pi) ** 2 * 0.02 * p2))[on], nu2, rtol=1e-9
    )
    with pytest.raises(ValueError, match="p_max"):
        pde.waterfill(S, xi, 1.0, p_max=0.05)


@pytest.mark.parametrize(
    "mode, bound", [("quantile", 1e-3), ("sobol", 4e-3), ("iid", 0.06)]
)
def test_samples_follow_the_density(mode, bound):
    """Largest distance between the distribution functions; about 1/(2m), a few times
    1/m, and 1/sqrt(m).
    """
    xi = np.linspace(-12, 12, 1201)
    from scipy.special import ndtr

    for seed in range(3):
        w = np.sort(pde.sample_frequencies(normal(3), xi, 1000, mode, seed))
        steps = (np.arange(1000) + 0.5) / 1000
        assert np.abs(ndtr(w / 3) - steps).max() < bound
    again = pde.sample_frequencies(normal(3)(xi), xi, 1000, mode, 2)
    np.testing.assert_allclose(np.sort(again), w, rtol=1e-12)


def test_samples_skip_gaps_in_the_density():
    xi = np.linspace(-3, 3, 601)
    w = pde.sample_frequencies((np.abs(xi) > 2) * 1.0, xi, 400)
    assert (np.abs(w) > 1.98).all() and np.mean(w > 0) == 0.5


@pytest.mark.parametrize("mode, bound", [("iid", 0.05), ("sobol", 0.015)])
def test_samples_in_the_plane_follow_the_density(mode, bound):
    """A normal density of different widths: shares left of a line in each coordinate,
    and correlation by a tilt.
    """
    from scipy.special import ndtr

    axes = np.linspace(-9, 9, 181), np.linspace(-6, 6, 121)
    p = lambda w: np.exp(
        -((w[..., 0] / 2) ** 2) / 2 - (w[..., 1] - w[..., 0] / 4) ** 2 / 2
    )
    for seed in range(3):
        w = pde.sample_frequencies(p, axes, 2000, mode, seed)
        steps = (np.arange(2000) + 0.5) / 2000
        assert np.abs(ndtr(np.sort(w[:, 0]) / 2) - steps).max() < bound
        assert np.abs(ndtr(np.sort(w[:, 1] - w[:, 0] / 4)) - steps).max() < bound


# Doors


@pytest.mark.parametrize(
    "call, word",
    [
        (lambda: pde.ntk_pde_1d(normal(1), 0.0, np.ones(3), [0, 1, 1], [1]), "xi"),
        (lambda: pde.ntk_pde_1d(normal(1), -1.0, np.ones(3), [0, 1, 2], [1]), "s2"),
        (lambda: pde.ntk_pde_1d(normal(1), 0.1, np.ones(2), [0, 1, 2], [1]), "e0_hat"),
        (
            lambda: pde.ntk_pde_1d(normal(1), 0.1, np.ones(3), [0, 1, 2], [-1]),
            "t holds",
        ),
        (
            lambda: pde.ntk_pde_1d(
                lambda w: -1 + 0 * w, 0.1, np.ones(3), [0, 1, 2], [1]
            ),
            "p holds",
        ),
        (
            lambda: pde.ntk_pde_1d(
                normal(1), 0.1, np.ones(3), [0, 1, 3], [1], normal(1)
            ),
            "evenly",
        ),
        (
            lambda: pde.ntk_pde_1d(
                normal(1), 0.1, np.ones(3), [0, 1, 2], [1], np.ones(3)
            ),
            "rho",
        ),
        (
            lambda: pde.ntk_pde_2d(
                normal_2d, 0.1, np.ones((3, 3)), np.arange(3.0), [1]
            ),
            "xi",
        ),
        (lambda: pde.torus_modes([0.5, -0.5], None, [1, 1], [1]), "P"),
        (lambda: pde.torus_modes([0.5, 0.5], [1, 1, 1j], [1, 1], [1]), "rho_hat"),
        (
            lambda: pde.torus_modes([0.5, 0.5], None, [1, 1], [0.25], gd_eta=0.1),
            "steps",
        ),
        (
            lambda: pde.evolve(np.eye(2), np.eye(2), [1, 1], [1], method="euler"),
            "method",
        ),
        (lambda: pde.sample_features([1, 1], [0, 1], 6), "multiple of 4"),
        (lambda: pde.sample_frequencies([1, -1], [0, 1], 6), "p is"),
        (lambda: pde.sample_frequencies([1, 1], [0, 1], 6, "random"), "mode"),
        (
            lambda: pde.sample_frequencies(np.ones((2, 2)), ([0, 1], [0, 1]), 6),
            "single axis",
        ),
        (
            lambda: pde.sample_frequencies(np.ones((3, 2)), ([0, 1], [0, 1]), 6, "iid"),
            "shape",
        ),
        (lambda: pde.waterfill([0, 0], [0, 1], 1.0), "S"),
    ],
)
def test_wrong_arguments_are_one_sentence(call, word):
    with pytest.raises(ValueError, match=word) as caught:
        call()
    assert "\n" not in str(caught.value)


junk = st.one_of(
    st.floats(),
    st.text(max_size=3),
    st.none(),
    st.lists(st.floats(), max_size=3),
    st.booleans(),
)


@settings(deadline=None)
@given(
    junk,
    junk,
    st.one_of(
        st.integers(-3, 3), junk.filter(lambda v: not isinstance(v, float) or v % 1)
    ),
)
def test_bad_input_is_one_sentence(spectrum, xi, t):
    doors = (
        lambda: pde.waterfill(spectrum, xi, t),
        lambda: pde.ntk_pde_1d(normal(1), 0.0, spectrum, xi, t),
        lambda: pde.sample_frequencies(spectrum, xi, t),
        lambda: pde.torus_modes(spectrum, None, xi, t),
    )
    for door in doors:
        try:
            result = door()
        except ValueError as error:
            assert "\n" not in str(error)
        else:
            assert result is not None
