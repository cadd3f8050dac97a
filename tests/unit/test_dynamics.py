"""Closed-form dynamics against what they are to be equal to.

Recursions, matrix exponentials, trained linear networks and the laws of notes 2.
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

# A mode with z = lr * rate by its recursion, from e_{-1} = e_0 = 1: the next error from
# the last and the one before.
RECURSIONS = {
    "gd": lambda e, before, z, b: (1 - z) * e,
    "heavy_ball": lambda e, before, z, b: (1 + b - z) * e - b * before,
    "nesterov": lambda e, before, z, b: (1 + b) * (1 - z) * e - b * (1 - z) * before,
}
RUNS = {
    "gd": lambda *args, momentum, **kwargs: dy.gradient_descent(*args, **kwargs),
    "heavy_ball": dy.heavy_ball,
    "nesterov": dy.nesterov,
}
# Where the two roots meet.
CRITICAL = {
    "gd": lambda b: 1.0,
    "heavy_ball": lambda b: (1 - b**0.5) ** 2,
    "nesterov": lambda b: ((1 - b) / (1 + b)) ** 2,
}


def bias_kernel(a):
    """K_b of notes 2B: first-layer ReLU kernel with bias on the circle."""
    a = np.abs((a + np.pi) % (2 * np.pi) - np.pi)
    return (1 + np.cos(a)) * (np.pi - a) / (4 * np.pi)


def bias_rate(k):
    """Its eigenvalues, from frequency 1 up."""
    odd = 1 / (2 * np.pi**2 * k**2)
    even = (k**2 + 1) / (2 * np.pi**2 * np.where(k == 1, np.inf, k**2 - 1.0) ** 2)
    rate = np.where(k % 2 == 0, even, odd)
    return np.where(k == 1, 1 / 16 + odd, rate)


def cao_profile(t):
    """u kappa0/2 + kappa1 (Cao et al.), a function of the cosine."""
    return (3 * t * (np.pi - np.arccos(t)) + 2 * np.sqrt(1 - t**2)) / (2 * np.pi)


def cao_eigenvalues(dim, highest):
    """mu_k of that kernel on S^{dim-1}, by quadrature in the angle."""
    node, weight = np.polynomial.legendre.leggauss(2000)
    angle = (node + 1) * np.pi / 2
    t = np.cos(angle)
    density = weight * np.sin(angle) ** (dim - 2)
    profile = cao_profile(t)
    mu = [density @ (profile * legendre_sphere(k, dim, t)) for k in range(highest + 1)]
    return np.array(mu) / density.sum()


def cao_gram(x):
    t = np.clip(x @ x.T, -1, 1)
    np.fill_diagonal(t, 1)
    return cao_profile(t)


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
    """Real, complex, equal and nearly equal roots, z to beyond the limit."""
    plain = [0, 1e-14, 1e-8, 1e-3, 0.5, 1, 1 + 1e-9, 1.3, (1 + beta**0.5) ** 2]
    near = 1 + np.array([0, 1e-15, -1e-13, 1e-10, -1e-6, 1e-3])
    edge = np.array([0.9, 0.999, 1, 1.001])
    critical = CRITICAL[method](beta)
    limit = dy.METHODS[method].stable_below(beta)
    z = np.concatenate([plain, critical * near, limit * edge])
    before = np.ones_like(z)
    e = np.ones_like(z)
    seen = [e]
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
def test_factor_is_the_long_run_and_stability_ends_where_stated(method, beta):
    limit = dy.METHODS[method].stable_below(beta)
    z = np.geomspace(1e-3, 0.99 * limit, 40)

    def envelope(first):
        """Oscillating modes: the maximum over neighbouring steps."""
        steps = first + np.arange(400)
        return np.abs(dy.mode_trajectory(z, steps, method, beta)).max(axis=0)

    early = envelope(400)
    late = envelope(4400)
    visible = late > 1e-250
    assert visible.sum() > 5
    measured = (late[visible] / early[visible]) ** (1 / 4000)
    expected = dy.mode_factor(z, method, beta)[visible]
    np.testing.assert_allclose(measured, expected, rtol=2e-3)
    below, above = dy.mode_factor([limit * 0.999, limit * 1.001], method, beta)
    assert below < 1 < above


def test_a_method_of_your_own_is_one_record():
    """Implicit steps, e_{s+1} = e_s - z e_{s+1}."""
    implicit = dy.Method(
        name="implicit",
        label="implicit steps",
        clock="flow",
        recursion=lambda z, beta: (1 / (1 + z), 0 * z),
        stable_below=lambda beta: np.inf,
    )
    z = np.array([0.0, 0.5, 3.0, 100.0])
    steps = np.array([0, 1, 7])
    np.testing.assert_allclose(dy.mode_factor(z, implicit), 1 / (1 + z))
    expected = (1 + z) ** -steps[:, None].astype(float)
    np.testing.assert_allclose(dy.mode_trajectory(z, steps, implicit), expected)


def test_heavy_ball_treats_a_band_of_modes_alike_and_nesterov_does_not():
    beta = 0.9
    z = np.linspace((1 - beta**0.5) ** 2 * 1.01, (1 + beta**0.5) ** 2 * 0.99, 20)
    heavy = dy.mode_factor(z, "heavy_ball", beta)
    np.testing.assert_allclose(heavy, beta**0.5, rtol=1e-12)
    z = z[(z < 1) & (z > ((1 - beta) / (1 + beta)) ** 2)]
    nesterov = dy.mode_factor(z, "nesterov", beta)
    np.testing.assert_allclose(nesterov, np.sqrt(beta * (1 - z)), rtol=1e-12)
    slow = 1e-6
    rate = -np.log(dy.mode_factor(slow, "heavy_ball", beta))
    assert rate == pytest.approx(slow / (1 - beta), rel=1e-3)


def test_steps_to_one_per_cent():
    """Notes 2C: rates k^-2 with lr * rate_1 = 0.9, frequencies 1 and 16."""
    z = 0.9 / np.array([1, 16]) ** 2

    def steps(method, beta=0.0):
        return -np.log(100) / np.log(dy.mode_factor(z, method, beta))

    np.testing.assert_allclose(steps("gd"), [2, 1308], rtol=1e-3)
    np.testing.assert_allclose(steps("heavy_ball", 0.9), [87.4, 87.4], rtol=1e-3)
    np.testing.assert_allclose(steps("nesterov", 0.9), [3.8, 84.6], rtol=1e-2)


def test_optimal_heavy_ball():
    """lr = 4/(sqrt L + sqrt l)^2 gives one factor to every rate from l to L.

    It is sqrt(beta) = (sqrt kappa - 1)/(sqrt kappa + 1).
    """
    low, high = 1.0, 400.0
    beta = ((20 - 1) / (20 + 1)) ** 2
    lr = 4 / (low**0.5 + high**0.5) ** 2
    factor = dy.mode_factor(lr * np.geomspace(low, high, 30), "heavy_ball", beta)
    # The roots meet at both ends, where their distance is the root of the rounding.
    np.testing.assert_allclose(factor, beta**0.5, rtol=1e-6)


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

    def gap(lr):
        steps = dy.gradient_descent(rates, start, [round(3 / lr)], lr).error
        return np.abs(steps - flow).max()

    assert gap(1e-3) / gap(5e-4) == pytest.approx(2, rel=0.01)  # first order


@pytest.mark.parametrize("method", RECURSIONS)
def test_clock_and_label_are_those_of_the_table(method):
    run = RUNS[method]([1.0], [1.0], [0, 5, 10], lr=0.1, momentum=0.5)
    row = dy.METHODS[method]
    assert run.meta["clock"] == row.clock
    assert run.meta["label"] == f"theory, {row.label}"
    unit = 0.1 if row.clock == "flow" else 1
    np.testing.assert_allclose(run.t, np.array([0, 5, 10]) * unit)


# Gram matrices


def random_gram(n=20, rank=20, seed=0):
    """A Gram matrix, weights and a residual to start from."""
    features = np.random.default_rng(seed).normal(size=(n, rank))
    weights = np.random.default_rng(seed + 1).dirichlet(np.ones(n))
    return features @ features.T, weights, features[:, 0] + 1


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_gram_flow_is_the_matrix_exponential(seed):
    gram, w, r0 = random_gram(seed=seed)
    t = np.array([0, 0.1, 1.0, 5.0])
    run = dy.gradient_flow(gram, r0, t, weights=w)
    residual = run.meta["residual"]
    for i, one in enumerate(t):
        expected = expm(-one * gram * w) @ r0
        np.testing.assert_allclose(residual[i], expected, atol=1e-11)
    np.testing.assert_allclose(run.loss, residual**2 @ w / 2, rtol=1e-13)
    parseval = np.square(run.error).sum(axis=1) / 2
    np.testing.assert_allclose(parseval, run.loss, rtol=1e-10)
    decay = np.exp(-np.outer(t, run.meta["rates"]))
    np.testing.assert_allclose(run.error, run.error[0] * decay, atol=1e-12)


def descend(method, operator, start, lr, steps, momentum):
    """Residuals (steps + 1, n) of a method that is written out."""
    before = start
    r = start
    seen = [start]
    for _ in range(steps):
        velocity = momentum * (r - before)
        at = r + velocity if method == "nesterov" else r
        moved = at - lr * operator @ at
        if method == "heavy_ball":
            moved = moved + velocity
        before, r = r, moved
        seen.append(r)
    return np.array(seen)


@pytest.mark.parametrize("loss", ["weights", "loss_matrix"])
@pytest.mark.parametrize("rank", [20, 7])
@pytest.mark.parametrize("method", RECURSIONS)
def test_gram_steps_are_the_recursion(method, rank, loss):
    gram, w, r0 = random_gram(rank=rank)
    if loss == "weights":
        given = {"weights": w}
        operator = gram * w
    else:
        # Of rank 6: most of the residual is never trained.
        root = np.random.default_rng(5).normal(size=(20, 6))
        given = {"loss_matrix": root @ root.T / 100}
        operator = gram @ given["loss_matrix"]
    lr = 0.5 / np.linalg.eigvals(operator).real.max()
    expected = descend(method, operator, r0, lr, steps=60, momentum=0.8)
    run = RUNS[method](gram, r0, 60, lr=lr, momentum=0.8, **given)
    tolerance = 1e-11 * np.abs(r0).max()
    np.testing.assert_allclose(run.meta["residual"], expected, atol=tolerance)


def test_loss_matrix_of_the_weights_is_the_plain_loss():
    gram, w, r0 = random_gram()
    plain = dy.gradient_flow(gram, r0, [0, 1, 3], weights=w)
    same = dy.gradient_flow(gram, r0, [0, 1, 3], weights=w, loss_matrix=np.diag(w))
    for name in ("residual", "rates"):
        np.testing.assert_allclose(
            same.meta[name], plain.meta[name], rtol=1e-10, atol=1e-10
        )


def test_gram_on_the_circle_decays_mode_by_mode():
    """A kernel of the angle on equispaced points has the basis as eigenvectors.

    So `rates` are exact.
    """
    basis = fb.circle(64)
    gram = bias_kernel(basis.points[:, None] - basis.points)
    lam = fb.rates(gram, basis)
    np.testing.assert_allclose(lam, fb.rates(bias_kernel, basis), atol=1e-15)
    r0 = np.exp(np.sin(basis.points))
    run = dy.gradient_flow(gram, r0, [0, 2, 20], onto=basis)
    modes = dy.gradient_flow(lam, basis.analyse(r0), [0, 2, 20])
    np.testing.assert_allclose(run.error, modes.error, atol=1e-13)
    np.testing.assert_allclose(run.loss, modes.loss, rtol=1e-12)
    np.testing.assert_array_equal(run.modes, modes.modes)


@pytest.mark.parametrize(
    "optimizer, method", [("gd", "gd"), ("momentum", "heavy_ball")]
)
def test_training_a_linear_network_is_the_gram_prediction(optimizer, method):
    """Fourier features with fixed frequencies are linear in what is trained.

    So theory and torch agree to rounding.
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
    phases = (basis.inputs[:, None] - basis.inputs) @ w.T  # (n, n, frequencies)
    gram = np.cos(phases).mean(axis=2)
    steps = np.round(run.t).astype(int)
    theory = RUNS[method](gram, -target.values, steps, lr=1.0, momentum=0.9, onto=basis)
    np.testing.assert_allclose(run.error, theory.error, atol=1e-12)
    np.testing.assert_allclose(run.loss, theory.loss, rtol=1e-9)


def test_sobolev_losses_set_the_rates():
    """Notes 2B: rate lambda_l (1 + l)^(2s) on uneven points.

    So s = 1 flattens the order and s = 2 reverses it.
    """
    n, L = 160, 10
    asked = np.array([1, 2, 3, 4, 6, 8])
    # Quantiles of the density proportional to 1 + 0.6 cos.
    fine = np.linspace(-np.pi, np.pi, 20001)
    below = (fine + 0.6 * np.sin(fine) + np.pi) / (2 * np.pi)
    theta = np.interp((np.arange(n) + 0.5) / n, below, fine)
    c = circle_quadrature_weights(theta, 2 * L)
    gram = bias_kernel(theta[:, None] - theta)
    waves = np.sqrt(2) * np.cos(np.outer(theta, asked))
    start = waves.sum(axis=1)
    lam = bias_rate(asked)
    reading = dict(weights=c, onto=waves, modes=asked)

    run = dy.gradient_flow(gram, start, np.linspace(0, 1000, 8001), **reading)
    slow = asked >= 4
    np.testing.assert_allclose(half_times(run)[slow], np.log(2) / lam[slow], rtol=0.03)

    def measured(s, end):
        P = sobolev_matrix(theta, c, s, L)
        t = np.linspace(0, end, 4001)
        run = dy.gradient_flow(gram, start, t, loss_matrix=P, **reading)
        return np.log(2) / half_times(run)

    flat = measured(1, 60)
    np.testing.assert_allclose(flat, lam * (1 + asked) ** 2, rtol=0.03)
    assert flat[asked >= 3].max() / flat[asked >= 3].min() < 2
    reversed_order = measured(2, 20)
    np.testing.assert_allclose(reversed_order, lam * (1 + asked) ** 4, rtol=0.03)
    assert reversed_order[-1] > reversed_order[0]


def test_density_law():
    """Notes 2B: t = pi ln(1/delta) omega^2/rho on a dense and on a sparse half.

    They hold 0.8 and 0.2 of the data.
    """
    n = 900
    half = n // 2
    right = np.pi * (np.arange(half) + 0.5) / half
    theta = np.concatenate([right - np.pi, right])
    rho = np.where(theta < 0, 0.8, 0.2) / np.pi
    w = rho * np.pi / half
    gram = bias_kernel(theta[:, None] - theta)
    lam, u = np.linalg.eigh(np.sqrt(np.outer(w, w)) * gram)
    for here in (theta < 0, theta > 0):
        for k, tolerance in ((8, 0.12), (24, 0.02)):
            law = dy.density_learning_time(k, rho[here][0])
            packet = np.where(here, np.sin(theta) ** 2 * np.sin(k * theta), 0)
            t = np.append(0, law * np.geomspace(0.7, 1.5, 300))
            error = np.exp(-np.outer(t, lam)) * (u.T @ (np.sqrt(w) * packet))
            size = np.linalg.norm(error, axis=1)
            found = np.interp(-0.1, -size / size[0], t)
            assert found == pytest.approx(law, rel=tolerance)


def test_pinn_rates_are_those_of_the_differentiated_kernel():
    """Smooth features with exact derivatives.

    <L phi(x), L phi(x')> has rates k^(2q) lambda_k.
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
    lam = [fb.rates(f @ f.T / 400, basis) for f in derivatives]
    low = basis.modes <= 8
    for q in (0, 1, 2):
        found = dy.pinn_rates(lam[0], q, basis.modes)
        np.testing.assert_allclose(found[low], lam[q][low], atol=1e-12)


# Many points in many dimensions


def on_the_sphere(n, dim=10, highest=20, seed=0):
    """mu, N, tail, the points' cosines, and eigenvalues and vectors of K/n."""
    mu = np.maximum(cao_eigenvalues(dim, highest), 0)
    many = sphere_multiplicity(dim, range(highest + 1)).astype(float)
    x = sphere_points(n, dim, seed=seed)
    values, vectors = np.linalg.eigh(cao_gram(x) / n)
    return mu, many, 1.5 - many @ mu, np.clip(x @ x.T, -1, 1), values, vectors


def test_the_mean_eigenvalue_of_a_degree_on_points():
    """The trace of degree 4 on 1000 points, with degrees 0 to 2 taken out."""
    n, dim = 1000, 10
    mu, many, tail, cosines, *_ = on_the_sphere(n)
    lower = sum(many[k] * legendre_sphere(k, dim, cosines) for k in range(3))
    u = np.linalg.eigh(lower)[1][:, :-65]  # what has no part in them
    alone = mu[4] * many[4] * legendre_sphere(4, dim, cosines) / n
    found = dy.effective_train_eigenvalue(mu, many, n, tail)
    rest = (1.5 - many[:5] @ mu[:5]) / n
    mean = np.trace(u.T @ alone @ u) / many[4]
    assert found[4] == pytest.approx(mean + rest, rel=0.01)
    assert found[4] == pytest.approx(mu[4] * 0.935 + rest)
    assert found[6] == pytest.approx(mu[6] * 0.275 + rest - many[6] * mu[6] / n)
    assert found[8] == pytest.approx(tail / n + many[9:] @ mu[9:] / n)  # no room


MODES = dict(
    eigenvalues=[0.3, 0.02, 0.0, 0.001], multiplicity=[1.0, 5, 20, 100], tail=0.05
)


def test_descent_on_samples_laws():
    mu, many = np.array(MODES["eigenvalues"]), np.array(MODES["multiplicity"])
    train, fresh = dy.descent_on_samples(**MODES, count=60, steps=40, lr=3)
    for left in (train, fresh):
        assert left.shape == (41, 4)
        np.testing.assert_allclose(left[0], 1, atol=1e-10)
    assert (train[:, 3] < fresh[:, 3] + 1e-12).all()  # memorising
    # What the kernel does not have is fitted and not learned.
    np.testing.assert_allclose(fresh[:, 2], 1, atol=1e-12)
    assert train[-1, 2] < 1
    # Long training: the regression of `learning_curve`, without its variance.
    _, fresh = dy.descent_on_samples(**MODES, count=60, steps=[10**6], lr=3)
    kappa = dy.effective_ridge([60], mu, many, tail=0.05)
    np.testing.assert_allclose(fresh[0], kappa / (60 * mu + kappa), atol=1e-9)
    # Many points: each degree at its eigenvalue, in both places.
    for left in dy.descent_on_samples(**MODES, count=10**7, steps=40, lr=3):
        np.testing.assert_allclose(left[40], (1 - 3 * mu) ** 40, atol=1e-4)


@pytest.mark.parametrize("n, steps", [(300, 400), (1000, 1200)])
def test_descent_on_samples_follows_a_gram_matrix(n, steps):
    """All harmonics of a degree at once: traces with P_k(x.x')."""
    mu, many, tail, cosines, values, vectors = on_the_sphere(n)
    train, fresh = dy.descent_on_samples(mu, many, n, [steps], 4, tail)
    decay = (1 - 4 * values) ** steps
    for k in (2, 3, 4):
        seen = legendre_sphere(k, 10, cosines) @ vectors
        share = np.einsum("ij,ij->j", vectors, seen) / n
        assert train[0, k] == pytest.approx(share @ decay, abs=0.01)
        learned = mu[k] * share @ ((1 - decay) / values)
        assert fresh[0, k] == pytest.approx(1 - learned, abs=0.005)


def test_descent_on_samples_refuses_a_step_that_is_too_long():
    with pytest.raises(ValueError, match="choose lr below 5"):
        dy.descent_on_samples(**MODES, count=60, steps=10, lr=7)
    with pytest.raises(ValueError, match="tail"):
        dy.descent_on_samples([0.1], [1], 60, 10, 1, tail=0)


def test_sample_spectrum_is_marchenko_and_pasturs_for_one_degree():
    n, many, mu, tail = 1000, 660, 5e-5, 0.05
    q = many / n
    low, high = [mu * (1 + sign * q**0.5) ** 2 for sign in (-1, 1)]
    at = tail / n + np.linspace(low, high, 400)[40:-40]
    s = at - tail / n
    law = np.sqrt((high - s) * (s - low)) / (2 * np.pi * mu * s)
    found = fb.sample_spectrum(at, [mu], [many], n, tail)
    np.testing.assert_allclose(found, law, rtol=0.02)


def test_sample_spectrum_counts_the_eigenvalues_of_a_gram_matrix():
    mu, many, tail, _, values, _ = on_the_sphere(1000)
    edges = np.geomspace(4e-5, 3e-4, 10)
    for low, high in zip(edges, edges[1:]):
        at = np.linspace(low, high, 50)
        density = fb.sample_spectrum(at, mu, many, 1000, tail)
        found = np.sum((values > low) & (values < high))
        assert 1000 * np.trapezoid(density, at) == pytest.approx(found, abs=15)


def simulated_curve(n, draws, ridge, noise):
    """Mean square error of kernel regression on n points of S^9.

    The target has random harmonics of degrees 1, 2 and 4, of power 1 each.
    """
    dim = 10
    errors = []
    for draw in range(draws):
        x = sphere_points(n, dim, seed=1000 * n + draw)
        z = sphere_points(2000, dim, seed=7 + draw)
        parts = [random_harmonic(dim, k, seed=31 * draw + k) for k in (1, 2, 4)]
        clean = sum(f(x) for f in parts)
        wanted = sum(f(z) for f in parts)
        normal = np.random.default_rng(draw).normal(size=n)
        y = clean + noise**0.5 * normal
        cross = cao_profile(np.clip(z @ x.T, -1, 1))
        prediction = cross @ np.linalg.solve(cao_gram(x) + ridge * np.eye(n), y)
        errors.append(np.mean((prediction - wanted) ** 2))
    return np.mean(errors)


def predicted_curve(count, ridge, noise, dim=10, highest=8):
    mu = np.maximum(cao_eigenvalues(dim, highest), 0)
    many = sphere_multiplicity(dim, range(highest + 1))
    power = np.isin(np.arange(highest + 1), [1, 2, 4]) * 1.0
    tail = 1.5 - many @ mu
    return dy.learning_curve(count, mu, many, power, ridge, noise, tail)


@pytest.mark.parametrize("ridge, noise", [(0.0, 0.0), (0.1, 0.25)])
def test_learning_curve_is_that_of_kernel_regression(ridge, noise):
    count = [20, 50, 100]
    total, by_degree = predicted_curve(count, ridge, noise)
    for n, expected in zip(count, total):
        found = simulated_curve(n, 12, ridge, noise)
        assert found == pytest.approx(expected, rel=0.1)
    np.testing.assert_allclose(by_degree.sum(axis=1), total, rtol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("ridge, noise", [(0.0, 0.0), (0.1, 0.25)])
def test_learning_curve_at_more_points(ridge, noise):
    count = [200, 400, 800]
    total, by_degree = predicted_curve(count, ridge, noise)
    for n, expected in zip(count, total):
        found = simulated_curve(n, 6, ridge, noise)
        assert found == pytest.approx(expected, rel=0.1)
    _, one, two, _, four, *_ = by_degree.T
    assert (one < two).all()
    assert (two < four).all()


MU = np.array([0.5, 0.1, 0.01])
MANY = np.array([1, 10, 100])
COUNT = np.array([0, 1, 10, 50, 100, 1000])


@pytest.mark.parametrize("ridge, tail", [(0.0, 0.05), (0.1, 0.0), (3.0, 0.2)])
def test_effective_ridge_solves_its_equation(ridge, tail):
    kappa = dy.effective_ridge(COUNT, MU, MANY, ridge, tail)[:, None]
    unseen = MANY * kappa * MU / (COUNT[:, None] * MU + kappa)
    found = ridge + tail + unseen.sum(axis=1)
    np.testing.assert_allclose(found, kappa[:, 0], rtol=1e-12)


def test_effective_ridge_falls_from_the_whole_kernel_to_the_ridge():
    kappa = dy.effective_ridge(COUNT, MU, MANY)
    assert kappa[0] == pytest.approx(MANY @ MU)
    assert (np.diff(kappa) < 0).all()
    assert kappa[-1] == 0  # more points than the kernel has modes
    # Both act alike.
    np.testing.assert_allclose(
        dy.effective_ridge(COUNT, MU, MANY, ridge=0.1),
        dy.effective_ridge(COUNT, MU, MANY, tail=0.1),
    )


def test_learning_curve_laws():
    power = np.ones(3)
    total, by_degree = dy.learning_curve(COUNT, MU, MANY, power)
    assert total[0] == pytest.approx(3)
    assert (np.diff(total) <= 1e-12).all()
    assert total[-1] == 0  # more points than the kernel has modes
    np.testing.assert_allclose(by_degree.sum(axis=1), total)
    noisy, _ = dy.learning_curve(COUNT, MU, MANY, power, ridge=0.1, noise=0.3)
    assert (noisy[1:] > 0).all()


def test_a_degree_the_kernel_does_not_have_is_never_learned():
    total, by_degree = dy.learning_curve([50], [0.5, 0.1, 0.0], MANY, np.ones(3))
    assert by_degree[0, 2] == pytest.approx(1.0)
    assert total[0] > 1


# Doors


@pytest.mark.parametrize("method", RECURSIONS)
def test_overflow_names_the_limit(method):
    limit = dy.METHODS[method].stable_below(0.5) / 10
    with pytest.raises(ValueError, match=f"choose lr below {limit:.4g}") as caught:
        RUNS[method]([10.0], [1.0], [100000], lr=1.0, momentum=0.5)
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
def test_bad_factor_is_one_sentence(z, momentum):
    try:
        factor = dy.mode_factor(z, "nesterov", momentum)
    except ValueError as error:
        assert "\n" not in str(error)
    else:
        assert np.isfinite(factor).all()


def test_rounding_of_a_sum_is_no_negative_tail():
    """K(0) - N.mu, which is 0, comes out as -1e-17."""
    for call in (
        lambda tail: dy.learning_curve(COUNT, MU, MANY, np.ones(3), tail=tail)[1],
        lambda tail: dy.effective_ridge(COUNT, MU, MANY, tail=tail),
        lambda tail: dy.effective_train_eigenvalue(MU, MANY, 20, tail=tail),
    ):
        np.testing.assert_array_equal(call(-1e-17), call(0.0))
        with pytest.raises(ValueError, match=r"tail is -0\.1; expected") as caught:
            call(-0.1)
        assert "\n" not in str(caught.value)


def test_learning_curve_with_as_many_points_as_modes():
    """Labels without noise are learned, and of those with noise nothing is: the error
    is the limit from both sides.
    """
    mu, many, power = [0.5, 0.05], [1, 10], [1.0, 1.0]
    clean, by_degree = dy.learning_curve([11], mu, many, power)
    assert clean[0] == 0 and (by_degree == 0).all()
    noisy, by_degree = dy.learning_curve([11], mu, many, power, noise=0.1)
    assert np.isinf(noisy[0]) and np.isinf(by_degree).all()
    near = np.array([11 - 1e-6, 11 + 1e-6])
    # Above the number of modes M the error is noise M/(p - M).
    left, right = dy.learning_curve(near, mu, many, power, noise=0.1)[0]
    assert right == pytest.approx(0.1 * 11 / 1e-6, rel=1e-4)
    assert left == pytest.approx(right, rel=1e-4)
    assert dy.learning_curve(near, mu, many, power)[0].max() < 1e-5
    unseen = dy.learning_curve([11], [*mu, 0.0], [*many, 3], [1.0, 1.0, 2.0])[1]
    assert np.isinf(unseen[0, :2]).all() and unseen[0, 2] == 2


def roots_on_the_side_of(z, mu, many, n, tail):
    """Solutions m of the equation of `descent_on_samples` with z's sign of imaginary
    part, as roots of a polynomial.
    """
    poly = np.polynomial.polynomial
    factors = [np.array([1.0, one]) for one in mu]
    both = poly.polymul(*factors)
    total = poly.polysub(poly.polymul([0, tail / n - z], both), both)
    for one, size, other in zip(mu, many, factors[::-1]):
        total = poly.polyadd(total, poly.polymul([0, size / n * one], other))
    roots = poly.polyroots(total)
    return roots[roots.imag * z.imag > 1e-9 * np.abs(roots) * np.abs(z)]


@pytest.mark.parametrize("many", [[1.0, 99.0], [1.0, 98.0], [2.0, 60.0]])
@pytest.mark.parametrize("tail", [1e-3, 1e-9])
def test_resolvent_is_the_root_of_its_polynomial(many, tail):
    """At 99 modes and more on 100 points repetition stops far off."""
    mu, many = np.array([0.4, 0.01]), np.array(many)
    z = np.array([0.001j, 0.5 - 0.2j, 1e-4 + 1e-5j, 0.003 + 0.002j])
    for one, m in zip(z, dy._mean_resolvent(z, mu, many, 100, tail)):
        (expected,) = roots_on_the_side_of(one, mu, many, 100, tail)
        assert abs(m / expected - 1) < 1e-8


@pytest.mark.parametrize("tail", [1e-6, 1e-9, 1e-12])
def test_a_spectrum_that_reaches_zero_is_found(tail):
    """As many modes as points: half of the eigenvalues of (x.y) lie below a known
    place, and descent has the limit of a tail of 0.
    """
    at = np.geomspace(1e-8, 0.1, 3000)
    density = fb.sample_spectrum(at, [0.01], [20], 20, tail)
    total = ((density[1:] + density[:-1]) / 2) @ np.diff(at)
    assert total == pytest.approx(1, abs=0.005)
    # Marchenko and Pastur at ratio 1: 2/pi arcsin of the root of a quarter.
    below = at < 0.01
    share = ((density[1:] + density[:-1]) / 2 * below[1:]) @ np.diff(at)
    root = 0.5
    law = 2 / np.pi * (np.arcsin(root) + root * np.sqrt(1 - root**2))
    assert share == pytest.approx(law, abs=0.005)


def test_what_descent_on_samples_cannot_find_is_a_sentence():
    mu, many = [0.4, 0.01], [1, 99]
    for tail, steps, word in ((1e-300, 5, "too small"), (0.1, 200_000, "list at most")):
        with pytest.raises(ValueError, match=word) as caught:
            dy.descent_on_samples(mu, many, 100, steps, 0.5, tail)
        assert "\n" not in str(caught.value)


def test_a_gram_matrix_that_lets_errors_grow_is_refused():
    """[[1, 2], [2, 1]] has the eigenvalue -1: on (1, -1) the error would grow."""
    gram, start = [[1.0, 2.0], [2.0, 1.0]], [1.0, -1.0]
    calls = [
        lambda: dy.gradient_flow(gram, start, [0, 1]),
        lambda: dy.gradient_descent(gram, start, 3, 0.1),
        lambda: dy.heavy_ball(gram, start, 3, 0.1),
        lambda: dy.gradient_flow(gram, start, [0, 1], loss_matrix=np.eye(2)),
        lambda: dy.gradient_flow(np.eye(2), start, [0, 1], loss_matrix=gram),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="has the eigenvalue -") as caught:
            call()
        assert "\n" not in str(caught.value)


def test_rounding_of_single_precision_is_no_growth():
    X = fb.sphere_points(200, 3)
    gram = fb.ntk(bias_std=0).gram(X, dtype=np.float32)
    run = dy.gradient_flow(gram, X[:, 0], [0, 1e4])
    assert run.meta["rates"].min() >= 0
    assert run.loss[1] < 1e-3 * run.loss[0]


@pytest.mark.parametrize("lean", [0.1, 1e-6])
def test_a_lean_in_either_matrix_is_refused(lean):
    leaning = np.eye(2) + [[0, lean], [0, 0]]
    for how in (dict(rates=leaning), dict(rates=np.eye(2), loss_matrix=leaning)):
        with pytest.raises(ValueError, match="not symmetric"):
            dy.gradient_flow(start=[1.0, 1.0], t=[0], **how)


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: dy.mode_trajectory([3.0], 10_000), "grow past all numbers"),
        (lambda: dy.mode_trajectory([[1.0]], 3), "expected 1 axis"),
        (lambda: dy.pinn_rates([1.0, 1.0, 1.0], 2**60), "lower order"),
        (lambda: dy.density_learning_time([1, 2], [1, 2, 3]), "one shape"),
        (lambda: dy.density_learning_time([[1], [2]], [1, 2]), "one shape"),
        (lambda: dy.gradient_flow(np.eye(2), [1, 1], [0], onto=np.zeros((2, 1))), "on"),
        (lambda: dy.gradient_flow([1, 2], [1, 1], [0], [1]), "one name for each"),
        (lambda: dy.product_flow(np.eye(2), [1.0], [1.0], np.exp), "gram has shape"),
        (lambda: dy.product_flow(np.eye(1), [-1.0], [1.0], np.exp), "eigenvalue -1"),
        (
            lambda: dy.gradient_flow(
                np.eye(2), [1, 1], [0], loss_matrix=np.zeros((2, 2))
            ),
            "loss_matrix",
        ),
    ],
)
def test_more_wrong_arguments_are_one_sentence(call, words):
    with pytest.raises(ValueError, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)
