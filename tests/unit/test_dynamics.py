"""Closed-form dynamics against recursions, matrix exponentials, trained linear networks
and the laws of notes 2.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

import fbkit as fb
from fbkit import dynamics as dy
from fbkit.basis import (
    circle_quadrature_weights,
    legendre_sphere,
    random_harmonic,
    sobolev_matrix,
    sphere_multiplicity,
    sphere_points,
)

# Mode with z = lr * rate by its recursion, e_{-1} = e_0 = 1: (next from last and the
# one before).
RECURSIONS = {
    "gd": lambda e, before, z, b: (1 - z) * e,
    "heavy_ball": lambda e, before, z, b: (1 + b - z) * e - b * before,
    "nesterov": lambda e, before, z, b: (1 + b) * (1 - z) * e - b * (1 - z) * before,
}
RUNS = {
    "gd": lambda *a, momentum, **k: dy.gradient_descent(*a, **k),
    "heavy_ball": dy.heavy_ball,
    "nesterov": dy.nesterov,
}
CRITICAL = {
    "gd": lambda b: 1.0,
    "heavy_ball": lambda b: (1 - b**0.5) ** 2,
    "nesterov": lambda b: ((1 - b) / (1 + b)) ** 2,
}
LIMITS = {
    "gd": lambda b: 2.0,
    "heavy_ball": lambda b: 2 + 2 * b,
    "nesterov": lambda b: (2 + 2 * b) / (1 + 2 * b),
}


def bias_kernel(a):
    """K_b of notes 2B: first-layer ReLU kernel with bias on the circle."""
    a = np.abs((a + np.pi) % (2 * np.pi) - np.pi)
    return (1 + np.cos(a)) * (np.pi - a) / (4 * np.pi)


def bias_rate(k):
    """Its eigenvalues."""
    even = (k**2 + 1) / (2 * np.pi**2 * np.where(k == 1, np.inf, k**2 - 1.0) ** 2)
    return np.select(
        [k == 0, k == 1, k % 2 == 0],
        [1 / (2 * np.pi**2) + 1 / 8, 1 / 16 + 1 / (2 * np.pi**2), even],
        1 / (2 * np.pi**2 * np.maximum(k, 1) ** 2),
    )


def cao_eigenvalues(dim, highest):
    """mu_k of u kappa0/2 + kappa1 (Cao et al.) on S^{dim-1}, by quadrature in the
    angle.
    """
    angle, weight = np.polynomial.legendre.leggauss(2000)
    angle, t = (angle + 1) * np.pi / 2, np.cos((angle + 1) * np.pi / 2)
    density = weight * np.sin(angle) ** (dim - 2)
    profile = (3 * t * (np.pi - angle) + 2 * np.sin(angle)) / (2 * np.pi)
    return (
        np.array(
            [
                density @ (profile * legendre_sphere(k, dim, t))
                for k in range(highest + 1)
            ]
        )
        / density.sum()
    )


def cao_gram(x):
    t = np.clip(x @ x.T, -1, 1)
    np.fill_diagonal(t, 1)
    return (3 * t * (np.pi - np.arccos(t)) + 2 * np.sqrt(1 - t**2)) / (2 * np.pi)


def half_times(history, fraction=0.5):
    """Interpolated times at which |e_k| first falls to a fraction of its start."""
    times = []
    for e in (np.abs(history.error) / np.abs(history.error[0])).T:
        i = np.argmax(e < fraction)
        assert i > 0, "a mode never fell that far"
        step = np.log(e[i - 1] / fraction) / np.log(e[i - 1] / e[i])
        times.append(history.t[i - 1] + step * (history.t[i] - history.t[i - 1]))
    return np.array(times)


# Modes


@pytest.mark.parametrize("method", RECURSIONS)
@pytest.mark.parametrize("beta", [0.0, 0.3, 0.9, 0.99])
def test_trajectory_is_the_recursion(method, beta):
    """Real, complex, equal and nearly equal roots, z on both sides of 1 and beyond the
    limit.
    """
    critical = CRITICAL[method](beta)
    z = np.concatenate(
        [
            [0, 1e-14, 1e-8, 1e-3, 0.5, 1, 1 + 1e-9, 1.3, (1 + beta**0.5) ** 2],
            critical * (1 + np.array([0, 1e-15, -1e-13, 1e-10, -1e-6, 1e-3])),
            LIMITS[method](beta) * np.array([0.9, 0.999, 1, 1.001]),
        ]
    )
    before, e, seen = np.ones_like(z), np.ones_like(z), [np.ones_like(z)]
    for _ in range(300):
        before, e = e, RECURSIONS[method](e, before, z, beta)
        seen.append(e)
    got = dy.mode_trajectory(z, 300, method, beta)
    scale = np.maximum.accumulate(np.abs(seen), axis=0)
    # Rounding of z itself moves a mode by about steps^2 times 1e-16 where the roots
    # meet.
    np.testing.assert_allclose(got / scale, np.array(seen) / scale, atol=2e-10)


@pytest.mark.parametrize("method", RECURSIONS)
@pytest.mark.parametrize("beta", [0.5, 0.9])
def test_factor_is_the_long_run_of_the_trajectory_and_stability_ends_where_stated(
    method, beta
):
    z = np.geomspace(1e-3, 0.99 * LIMITS[method](beta), 40)
    # Oscillating modes: the envelope, from a maximum over neighbouring steps.
    early, late = (
        np.abs(dy.mode_trajectory(z, s + np.arange(400), method, beta)).max(axis=0)
        for s in (400, 4400)
    )
    visible = late > 1e-250
    assert visible.sum() > 5
    measured = (late[visible] / early[visible]) ** (1 / 4000)
    np.testing.assert_allclose(
        measured, dy.mode_factor(z, method, beta)[visible], rtol=2e-3
    )
    limit = LIMITS[method](beta)
    below, above = dy.mode_factor([limit * 0.999, limit * 1.001], method, beta)
    assert below < 1 < above


def test_heavy_ball_treats_a_band_of_modes_alike_and_nesterov_does_not():
    beta = 0.9
    z = np.linspace((1 - beta**0.5) ** 2 * 1.01, (1 + beta**0.5) ** 2 * 0.99, 20)
    np.testing.assert_allclose(
        dy.mode_factor(z, "heavy_ball", beta), beta**0.5, rtol=1e-12
    )
    z = z[(z < 1) & (z > ((1 - beta) / (1 + beta)) ** 2)]
    np.testing.assert_allclose(
        dy.mode_factor(z, "nesterov", beta), np.sqrt(beta * (1 - z)), rtol=1e-12
    )
    slow = 1e-6
    assert -np.log(dy.mode_factor(slow, "heavy_ball", beta)) == pytest.approx(
        slow / (1 - beta), rel=1e-3
    )


def test_steps_to_one_per_cent():
    """Notes 2C: rates k^-2 with lr * rate_1 = 0.9, frequencies 1 and 16."""
    z = 0.9 / np.array([1, 16]) ** 2

    def steps(method, beta=0.0):
        return -np.log(100) / np.log(dy.mode_factor(z, method, beta))

    np.testing.assert_allclose(steps("gd"), [2, 1308], rtol=1e-3)
    np.testing.assert_allclose(steps("heavy_ball", 0.9), [87.4, 87.4], rtol=1e-3)
    np.testing.assert_allclose(steps("nesterov", 0.9), [3.8, 84.6], rtol=1e-2)


def test_optimal_heavy_ball():
    """lr = 4/(sqrt L + sqrt l)^2 gives sqrt(beta) = (sqrt kappa - 1)/(sqrt kappa + 1)
    to every rate from l to L.
    """
    low, high = 1.0, 400.0
    beta = ((20 - 1) / (20 + 1)) ** 2
    z = 4 / (low**0.5 + high**0.5) ** 2 * np.geomspace(low, high, 30)
    # The roots meet at both ends, where their distance is the root of the rounding.
    np.testing.assert_allclose(
        dy.mode_factor(z, "heavy_ball", beta), beta**0.5, rtol=1e-6
    )


def test_flow_start_end_and_semigroup():
    rates, start = np.array([2.0, 1.0, 0.01]), np.array([1.0, -3.0, 2.0])
    run = dy.gradient_flow(rates, start, [0, 0.3, 1.0, 1e6])
    np.testing.assert_array_equal(run.error[0], start)
    assert np.abs(run.error[-1]).max() == 0
    again = dy.gradient_flow(rates, run.error[1], [0.7])
    np.testing.assert_allclose(again.error[0], run.error[2], rtol=1e-14)
    assert run.meta["clock"] == "flow" and run.loss[0] == pytest.approx(7.0)


def test_small_steps_of_gradient_descent_are_the_flow():
    rates, start = np.array([2.0, 0.5]), np.array([1.0, 1.0])
    flow = dy.gradient_flow(rates, start, [3.0]).error
    gaps = [
        np.abs(
            dy.gradient_descent(rates, start, [round(3 / lr)], lr).error - flow
        ).max()
        for lr in (1e-3, 5e-4)
    ]
    assert gaps[0] / gaps[1] == pytest.approx(2, rel=0.01)  # first order in the step


@pytest.mark.parametrize(
    "method, clock", [("gd", "flow"), ("heavy_ball", "steps"), ("nesterov", "steps")]
)
def test_clock(method, clock):
    run = RUNS[method]([1.0], [1.0], [0, 5, 10], lr=0.1, momentum=0.5)
    assert run.meta["clock"] == clock
    np.testing.assert_allclose(
        run.t, np.array([0, 5, 10]) * (0.1 if clock == "flow" else 1)
    )


# Gram matrices


def random_gram(n=20, rank=20, seed=0):
    features = np.random.default_rng(seed).normal(size=(n, rank))
    return (
        features @ features.T,
        np.random.default_rng(seed + 1).dirichlet(np.ones(n)),
        features[:, 0] + 1,
    )


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_gram_flow_is_the_matrix_exponential(seed):
    gram, w, r0 = random_gram(seed=seed)
    t = np.array([0, 0.1, 1.0, 5.0])
    run = dy.gradient_flow(gram, r0, t, weights=w)
    for i, one in enumerate(t):
        np.testing.assert_allclose(
            run.meta["residual"][i], expm(-one * gram * w) @ r0, atol=1e-11
        )
    np.testing.assert_allclose(run.loss, run.meta["residual"] ** 2 @ w / 2, rtol=1e-13)
    np.testing.assert_allclose(
        np.square(run.error).sum(axis=1) / 2, run.loss, rtol=1e-10
    )  # Parseval
    np.testing.assert_allclose(
        run.error, run.error[0] * np.exp(-np.outer(t, run.meta["rates"])), atol=1e-12
    )


@pytest.mark.parametrize("rank", [20, 7])
@pytest.mark.parametrize("method", RECURSIONS)
def test_gram_steps_are_the_recursion_also_with_a_loss_matrix(method, rank):
    gram, w, r0 = random_gram(rank=rank)
    root = np.random.default_rng(5).normal(size=(20, 6))
    loss_matrix = root @ root.T / 100  # rank 6: most of the residual is never trained
    for extra, operator in (
        ({"weights": w}, gram * w),
        ({"loss_matrix": loss_matrix}, gram @ loss_matrix),
    ):
        lr = 0.5 / np.linalg.eigvals(operator).real.max()
        before, r = r0, r0
        seen = [r0]
        for _ in range(60):
            ahead = r + 0.8 * (r - before) if method == "nesterov" else r
            moved = (
                ahead
                - lr * operator @ ahead
                + (0.8 * (r - before) if method == "heavy_ball" else 0)
            )
            before, r = r, moved
            seen.append(r)
        run = RUNS[method](gram, r0, 60, lr=lr, momentum=0.8, **extra)
        np.testing.assert_allclose(
            run.meta["residual"], seen, atol=1e-11 * np.abs(r0).max()
        )


def test_loss_matrix_of_the_weights_is_the_plain_loss():
    gram, w, r0 = random_gram()
    plain = dy.gradient_flow(gram, r0, [0, 1, 3], weights=w)
    same = dy.gradient_flow(gram, r0, [0, 1, 3], weights=w, loss_matrix=np.diag(w))
    np.testing.assert_allclose(
        same.meta["residual"], plain.meta["residual"], atol=1e-10
    )
    np.testing.assert_allclose(
        same.meta["rates"], plain.meta["rates"], rtol=1e-10, atol=1e-14
    )


def test_gram_on_the_circle_decays_mode_by_mode():
    """A kernel of the angle on equispaced points: `rates` are exact and the basis is
    that of the eigenvectors.
    """
    basis = fb.circle(64)
    gram = bias_kernel(basis.points[:, None] - basis.points)
    lam = dy.rates(gram, basis)
    np.testing.assert_allclose(
        lam, fb.circle_rates(bias_kernel, 64, 32)[basis.modes.astype(int)], atol=1e-15
    )
    r0 = np.exp(np.sin(basis.points))
    run = dy.gradient_flow(gram, r0, [0, 2, 20], onto=basis)
    modes = dy.gradient_flow(lam, basis.analyse(r0), [0, 2, 20], modes=basis.modes)
    np.testing.assert_allclose(run.error, modes.error, atol=1e-13)
    np.testing.assert_allclose(run.loss, modes.loss, rtol=1e-12)
    np.testing.assert_array_equal(run.modes, modes.modes)


@pytest.mark.parametrize(
    "optimizer, method", [("gd", "gd"), ("momentum", "heavy_ball")]
)
def test_training_a_linear_network_is_the_gram_prediction(optimizer, method):
    """Fourier features with fixed frequencies are linear in what is trained: theory and
    torch agree to rounding.
    """
    import torch

    basis = fb.circle(32)
    target = fb.sines(basis, [1, 3, 6])
    theta = np.angle(basis.inputs[:, 0] + 1j * basis.inputs[:, 1])
    torch.set_default_dtype(torch.float64)
    try:
        net = fb.FourierFeatures(np.random.default_rng(0).normal(0, 3, (40, 2)))
        w = net.frequencies.numpy()
        run = fb.train(
            net,
            target,
            optimizer=optimizer,
            lr=1.0,
            steps=200,
            momentum=0.9,
            progress=False,
        )
    finally:
        torch.set_default_dtype(torch.float32)
    assert np.ptp(theta) > 6
    gram = np.cos((basis.inputs[:, None] - basis.inputs) @ w.T).mean(
        axis=2
    )  # (n, n): mean_j cos(w_j.(x - x'))
    steps = np.round(run.t).astype(int)
    theory = RUNS[method](gram, -target.values, steps, lr=1.0, momentum=0.9, onto=basis)
    np.testing.assert_allclose(run.error, theory.error, atol=1e-12)
    np.testing.assert_allclose(run.loss, theory.loss, rtol=1e-9)


def test_prediction_on_labels_starts_at_minus_the_labels():
    gram, _, y = random_gram()
    run = dy.gd_mode_prediction(gram, y, 0.01, [0, 1, 7])
    np.testing.assert_allclose(
        run.meta["residual"][2],
        -np.linalg.matrix_power(np.eye(20) - 0.01 * gram / 20, 7) @ y,
    )


def test_sobolev_losses_set_the_rates():
    """Notes 2B: rate lambda_l (1 + l)^(2s) on uneven points; s = 1 flattens the order
    and s = 2 reverses it.
    """
    n, L, asked = 160, 10, np.array([1, 2, 3, 4, 6, 8])
    # Quantiles of the density proportional to 1 + 0.6 cos.
    fine = np.linspace(-np.pi, np.pi, 20001)
    theta = np.interp(
        (np.arange(n) + 0.5) / n,
        (fine + 0.6 * np.sin(fine) + np.pi) / (2 * np.pi),
        fine,
    )
    c = circle_quadrature_weights(theta, 2 * L)
    gram = bias_kernel(theta[:, None] - theta)
    waves = np.sqrt(2) * np.cos(np.outer(theta, asked))
    options = dict(weights=c, onto=waves, modes=asked)
    lam = bias_rate(asked)

    run = dy.gradient_flow(
        gram, waves.sum(axis=1), np.linspace(0, 1000, 8001), **options
    )
    slow = asked >= 4
    np.testing.assert_allclose(half_times(run)[slow], np.log(2) / lam[slow], rtol=0.03)
    for s, t in ((1, np.linspace(0, 60, 4001)), (2, np.linspace(0, 20, 4001))):
        loss_matrix = sobolev_matrix(theta, c, s, L)
        run = dy.gradient_flow(
            gram, waves.sum(axis=1), t, loss_matrix=loss_matrix, **options
        )
        rate = np.log(2) / half_times(run)
        np.testing.assert_allclose(rate, lam * (1 + asked) ** (2 * s), rtol=0.03)
        if s == 1:
            assert rate[asked >= 3].max() / rate[asked >= 3].min() < 2
        else:
            assert rate[-1] > rate[0]  # reversed


def test_density_law():
    """Notes 2B: t = pi ln(1/delta) omega^2/rho on the dense and on the sparse half,
    mass 0.8 and 0.2.
    """
    n = 900
    half = n // 2
    theta = np.concatenate(
        [
            -np.pi + np.pi * (np.arange(half) + 0.5) / half,
            np.pi * (np.arange(half) + 0.5) / half,
        ]
    )
    rho = np.where(theta < 0, 0.8, 0.2) / np.pi
    w = rho * np.pi / half
    gram = bias_kernel(theta[:, None] - theta)
    for side, tolerance in ((-1, 0.02), (1, 0.02)):
        density = (0.8 if side < 0 else 0.2) / np.pi
        for k, rtol in ((8, 0.12), (24, tolerance)):
            law = dy.density_learning_time(k, density)
            target = np.where(
                side * theta > 0, np.sin(theta) ** 2 * np.sin(k * theta), 0
            )
            t = np.append(0, law * np.geomspace(0.7, 1.5, 300))
            if k == 8 and side < 0:
                decomposed = np.linalg.eigh(np.sqrt(np.outer(w, w)) * gram)
            lam, u = decomposed
            error = np.exp(-np.outer(t, lam)) * (u.T @ (np.sqrt(w) * target))
            size = np.linalg.norm(error, axis=1)
            assert np.interp(-0.1, -size / size[0], t) == pytest.approx(law, rel=rtol)


def test_pinn_rates_are_those_of_the_differentiated_kernel():
    """Smooth features with exact derivatives: <L phi(x), L phi(x')> has rates k^(2q)
    lambda_k.
    """
    basis = fb.circle(64)
    shifts = 2 * np.pi * np.arange(400) / 400
    a = basis.points[:, None] - shifts
    feature = np.exp(np.cos(a))
    derivatives = [
        feature,
        -np.sin(a) * feature,
        (np.sin(a) ** 2 - np.cos(a)) * feature,
    ]
    lam = [dy.rates(f @ f.T / 400, basis) for f in derivatives]
    low = basis.modes <= 8
    for q in (0, 1, 2):
        np.testing.assert_allclose(
            dy.pinn_rates(lam[0], q, basis.modes)[low], lam[q][low], atol=1e-12
        )


# Many points in many dimensions


def test_effective_train_eigenvalue_on_the_sphere():
    """Degree 4 on 1000 points of S^9 shows mu_4 + tail/n, about twice its population
    eigenvalue (notes 2A).
    """
    n, dim = 1000, 10
    mu = cao_eigenvalues(dim, 4)
    many = np.array([sphere_multiplicity(dim, k) for k in range(5)])
    tail = 1.5 - many @ mu
    assert tail == pytest.approx(0.05529, rel=1e-3)
    x = sphere_points(n, dim, seed=0)
    # After degrees 0, 1 and 2 (odd degrees above 1 are zero) come the N_4 = 660
    # eigenvalues of degree 4.
    values = np.linalg.eigvalsh(cao_gram(x) / n)[::-1]
    measured = values[65 : 65 + many[4]].mean()
    assert measured == pytest.approx(
        dy.effective_train_eigenvalue(mu[4], tail, n), rel=0.05
    )
    assert measured > 1.8 * mu[4]
    low, high = dy.marchenko_pastur_edges(660, 1000)
    block = np.linalg.eigvalsh(
        legendre_sphere(4, dim, np.clip(x @ x.T, -1, 1)) * many[4] / n
    )
    # Seen on seeds 0 to 3: 3.39 to 3.47 and 0.033 to 0.035 (harmonics are not quite
    # independent columns).
    assert block[-1] == pytest.approx(high, rel=0.08) and block[
        -many[4]
    ] == pytest.approx(low, abs=0.01)


def simulated_curve(n, draws, ridge, noise, dim=10, degrees=(1, 2, 4), test=2000):
    """Mean square error of kernel regression per degree on random harmonics of power 1
    in each degree.
    """
    errors = []
    for draw in range(draws):
        x, z = (
            sphere_points(n, dim, seed=1000 * n + draw),
            sphere_points(test, dim, seed=7 + draw),
        )
        functions = [random_harmonic(dim, k, seed=31 * draw + k) for k in degrees]
        y = sum(f(x) for f in functions) + noise**0.5 * np.random.default_rng(
            draw
        ).normal(size=n)
        t = np.clip(z @ x.T, -1, 1)
        cross = (3 * t * (np.pi - np.arccos(t)) + 2 * np.sqrt(1 - t**2)) / (2 * np.pi)
        prediction = cross @ np.linalg.solve(cao_gram(x) + ridge * np.eye(n), y)
        errors.append(np.mean((prediction - sum(f(z) for f in functions)) ** 2))
    return np.mean(errors)


def predicted_curve(points, ridge, noise, dim=10, highest=8):
    mu = np.maximum(cao_eigenvalues(dim, highest), 0)
    many = np.array([sphere_multiplicity(dim, k) for k in range(highest + 1)])
    power = np.isin(np.arange(highest + 1), [1, 2, 4]) * 1.0
    return dy.learning_curve(
        points, mu, many, power, ridge, noise, tail=1.5 - many @ mu
    )


@pytest.mark.parametrize("ridge, noise", [(0.0, 0.0), (0.1, 0.25)])
def test_learning_curve_is_that_of_kernel_regression(ridge, noise):
    points = [20, 50, 100]
    total, by_degree = predicted_curve(points, ridge, noise)
    for i, p in enumerate(points):
        assert simulated_curve(p, 12, ridge, noise) == pytest.approx(total[i], rel=0.1)
    np.testing.assert_allclose(by_degree.sum(axis=1), total, rtol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("ridge, noise", [(0.0, 0.0), (0.1, 0.25)])
def test_learning_curve_at_more_points(ridge, noise):
    points = [200, 400, 800]
    total, by_degree = predicted_curve(points, ridge, noise)
    for i, p in enumerate(points):
        assert simulated_curve(p, 6, ridge, noise) == pytest.approx(total[i], rel=0.1)
    assert (by_degree[:, 1] < by_degree[:, 2]).all() and (
        by_degree[:, 2] < by_degree[:, 4]
    ).all()


def test_learning_curve_laws():
    mu, many, power = (
        np.array([0.5, 0.1, 0.01]),
        np.array([1, 10, 100]),
        np.array([1.0, 1.0, 1.0]),
    )
    p = np.array([0, 1, 10, 50, 100, 1000])
    total, by_degree = dy.learning_curve(p, mu, many, power)
    assert total[0] == pytest.approx(3) and (np.diff(total) <= 1e-12).all()
    assert total[-1] == 0  # more points than the kernel has modes
    noisy, _ = dy.learning_curve(p, mu, many, power, ridge=0.1, noise=0.3)
    assert (noisy[1:] > 0).all()
    # A degree the kernel does not have is never learned.
    never, parts = dy.learning_curve([50], [0.5, 0.1, 0.0], many, power)
    assert parts[0, 2] == pytest.approx(1.0) and never[0] > 1
    tail, _ = dy.learning_curve(p, mu, many, power, tail=0.1)
    np.testing.assert_allclose(
        tail, dy.learning_curve(p, mu, many, power, ridge=0.1)[0]
    )


def test_old_names():
    assert dy.effective_train_eig is dy.effective_train_eigenvalue
    assert (
        dy.kr_learning_curve is dy.learning_curve and dy.pinn_mode_eigs is dy.pinn_rates
    )


# Doors


def test_overflow_names_the_limit():
    with pytest.raises(ValueError, match="choose lr below 0.2") as caught:
        dy.gradient_descent([10.0], [1.0], [100000], lr=1.0)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "arguments, word",
    [
        (dict(rates=[-1.0], start=[1.0], t=[0]), "rates"),
        (dict(rates=[1.0], start=[1.0, 2.0], t=[0]), "start"),
        (dict(rates=[1.0], start=[1.0], t=[-1]), "t starts"),
        (dict(rates=[1.0], start=[1.0], t=[0], weights=[1.0]), "Gram"),
        (dict(rates=[[1.0, 2.0], [0.0, 1.0]], start=[1.0, 1.0], t=[0]), "symmetric"),
        (dict(rates=np.eye(2), start=[1.0, 1.0], t=[0], weights=[1.0, 0.0]), "weights"),
        (dict(rates=np.eye(2), start=[1.0, 1.0], t=[0], onto=np.eye(3)), "onto"),
        (dict(rates=np.ones((2, 3)), start=[1.0, 1.0], t=[0]), "Gram"),
        (dict(rates=np.ones((2, 2, 2)), start=[1.0, 1.0], t=[0]), "Gram"),
    ],
)
def test_wrong_arguments_are_one_sentence(arguments, word):
    with pytest.raises(ValueError, match=word) as caught:
        dy.gradient_flow(**arguments)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "steps", [-1, 0.5, [1e300], [-1], [0.5], 10_000_000, "many", []]
)
def test_wrong_steps_are_one_sentence(steps):
    with pytest.raises(ValueError, match="steps") as caught:
        dy.nesterov([1.0], [1.0], steps, lr=0.1)
    assert "\n" not in str(caught.value)


junk = st.one_of(
    st.floats(),
    st.text(max_size=3),
    st.none(),
    st.lists(st.floats(), max_size=3),
    st.booleans(),
)


@settings(deadline=None)
@given(junk, junk, junk)
def test_bad_input_is_one_sentence(rates, start, steps):
    for door in (
        lambda: dy.heavy_ball(rates, start, steps, lr=0.1),
        lambda: dy.gradient_flow(rates, start, steps),
    ):
        try:
            run = door()
        except ValueError as error:
            assert "\n" not in str(error)
        else:
            assert np.isfinite(run.error).all()


@settings(deadline=None)
@given(junk, junk)
def test_bad_factor_is_one_sentence(z, beta):
    try:
        factor = dy.mode_factor(z, "nesterov", beta)
    except ValueError as error:
        assert "\n" not in str(error)
    else:
        assert np.isfinite(factor).all()
