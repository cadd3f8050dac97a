"""Breaklines of ReLU networks: velocities, pinning, escape and what is conserved."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fbkit.breaklines import (
    attractors,
    balanced_start,
    breakline_ode,
    effective_neurons,
    escape_times,
    neuron_flow,
    pinned_mass,
    radon_parameters,
)

X = np.array([-0.9, -0.6, -0.25, 0.2, 0.6, 0.85])
Y = np.array([-0.3, 0.7, 0.1, -0.6, 0.4, 0.9])


def angles_and_mass(run, at=-1):
    W, a = run.inner[at], run.outer[at]
    return np.arctan2(W[:, 1], W[:, 0]), a * np.linalg.norm(W, axis=1)


# --- parameters and measures ---


@pytest.mark.parametrize("dim", [1, 3])
def test_radon_parameters_are_the_function_without_its_scale(dim):
    rng = np.random.default_rng(dim)
    a = rng.normal(size=5)
    w = rng.normal(size=(5, dim))
    b = rng.normal(size=5)
    c = rng.uniform(0.1, 9, 5)
    one = radon_parameters(a, w, b)
    other = radon_parameters(a / c, c[:, None] * w, c * b)
    for p, q in zip(one, other):
        np.testing.assert_allclose(p, q)
    x = rng.normal(size=(20, dim))
    units = one.mass * np.maximum(x @ one.direction.T - one.offset, 0)
    np.testing.assert_allclose(units, a * np.maximum(x @ w.T + b, 0), atol=1e-12)


def test_effective_neurons():
    angles = (np.arange(180) + 0.5) * 2 * np.pi / 180
    assert effective_neurons(angles, np.ones(180)) == pytest.approx(180)
    # Turns and size do not count.
    turned = effective_neurons(angles - 8 * np.pi, -3 * np.ones(180))
    assert turned == pytest.approx(180)
    signs = np.repeat([1.0, -1.0], 180)
    assert effective_neurons(np.tile(angles, 2), signs) == pytest.approx(360)
    assert effective_neurons(np.zeros(50), np.ones(50)) == pytest.approx(1)
    rng = np.random.default_rng(0)
    mass = rng.normal(size=300)
    assert effective_neurons(rng.uniform(-9, 9, 300), mass) <= 300
    # Three directions, four units on each.
    u = np.repeat(np.eye(3), 4, axis=0) * rng.uniform(1, 2, (12, 1))
    assert effective_neurons(u, np.ones(12)) == pytest.approx(3)
    assert effective_neurons(u, np.tile([1.0, -1.0], 6)) == pytest.approx(6)


def test_pinned_mass():
    beta = np.array([-0.6, 0.0, 0.61, 5.0])
    assert pinned_mass(beta, [1, 1, -2, 100], X) == pytest.approx(3 / 4)
    assert np.isnan(pinned_mass([5.0], [1.0], X))
    # An even spread: five windows of 0.04 (four whole, two halves) of 1.75.
    spread = np.linspace(X[0], X[-1], 100_001)
    share = pinned_mass(spread, np.ones(100_001), X)
    assert share == pytest.approx(5 * 0.04 / 1.75, rel=1e-3)


# --- velocities ---


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_velocities_are_the_gradient_flow(seed):
    """Each coordinate along -grad L, by central differences of both."""
    rng = np.random.default_rng(seed)
    a, w, b = rng.normal(size=(3, 8))
    p = np.concatenate([a, w, b])
    h = 1e-6

    def loss(p):
        a, w, b = p.reshape(3, 8)
        return np.square(np.maximum(X[:, None] * w + b, 0) @ a - Y).mean() / 2

    force = -np.array([loss(p + h * e) - loss(p - h * e) for e in np.eye(24)]) / (2 * h)

    def coordinates(p):
        a, w, b = p.reshape(3, 8)
        rho = np.hypot(w, b)
        return np.concatenate([w / rho, b / rho, rho, a, -b / w, a * np.abs(w)])

    expected = (coordinates(p + h * force) - coordinates(p - h * force)) / (2 * h)
    rates = breakline_ode(a, w, b, X, Y)
    measured = np.concatenate([*rates.direction.T, *rates[1:]])
    np.testing.assert_allclose(measured, expected, atol=1e-5 * np.abs(expected).max())
    spline = radon_parameters(a, w, b)
    beta = spline.direction[:, 0] * spline.offset
    np.testing.assert_allclose(beta, coordinates(p)[32:40])


def test_velocities_in_the_plane_and_conservation():
    rng = np.random.default_rng(4)
    a = rng.normal(size=7)
    w = rng.normal(size=(7, 2))
    b = rng.normal(size=7)
    x = rng.normal(size=(9, 2))
    y = rng.normal(size=9)
    rates = breakline_ode(a, w, b, x, y)
    W = np.column_stack([w, b])
    rho = np.linalg.norm(W, axis=1)
    # a^2 - rho^2 is conserved, and theta stays on the sphere.
    np.testing.assert_allclose(rates.outer * a, rates.length * rho)
    np.testing.assert_allclose((rates.direction * W).sum(axis=1), 0, atol=1e-12)
    assert rates.breakline is None and rates.mass is None
    h = 1e-5
    flow = neuron_flow(a, W, x, y, [0.0, h])
    theta = flow.inner / np.linalg.norm(flow.inner, axis=2, keepdims=True)
    np.testing.assert_allclose((theta[1] - theta[0]) / h, rates.direction, atol=1e-3)


# --- the flow ---


def test_flow_conserves_the_imbalance_and_lowers_the_loss():
    rng = np.random.default_rng(0)
    a = rng.normal(size=20)
    W = rng.normal(size=(20, 2))
    run = neuron_flow(a, W, X, Y, np.linspace(0, 30, 61))
    imbalance = run.outer**2 - np.square(run.inner).sum(axis=2)
    assert np.abs(imbalance - imbalance[0]).max() < 2e-3
    assert np.ptp(imbalance[0]) > 1  # so the test is not about balanced units alone
    assert (np.diff(run.loss) <= 0).all()
    assert run.loss[-1] < 0.01 * run.loss[0]
    # Semigroup: from the middle of the way, the same end.
    half = neuron_flow(run.outer[30], run.inner[30], X, Y, [15.0])
    np.testing.assert_allclose(half.outer[-1], run.outer[60], atol=2e-3)


def test_time_step_halved_is_the_same_flow():
    start = balanced_start(20, 1.0, seed=2)
    coarse = neuron_flow(*start, X, Y, [4.0], step=0.02).inner[-1]
    fine = neuron_flow(*start, X, Y, [4.0], step=0.0025).inner[-1]
    assert 1e-9 < np.abs(coarse - fine).max() < 1e-3


def test_a_lone_aligned_unit_grows_or_shrinks_at_the_rate_of_its_attractor():
    for attractor in attractors(X, Y, level=-np.inf):
        outer = np.array([1e-8 * attractor.sign])
        inner = 1e-8 * attractor.direction[None]
        run = neuron_flow(outer, inner, X, Y, [0.0, 1 / abs(attractor.rate)], step=0.01)
        growth = np.log(run.outer[-1, 0] / run.outer[0, 0])
        assert growth == pytest.approx(np.sign(attractor.rate), abs=0.02)
        turned = run.inner[-1, 0] / np.linalg.norm(run.inner[-1, 0])
        assert turned @ attractor.direction > 1 - 1e-4


def test_attractors_are_all_the_maxima():
    """Against a fine grid of angles, for several data sets."""
    angle = np.linspace(-np.pi, np.pi, 40_000, endpoint=False)
    theta = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    pinned = shrink = 0
    for seed in range(6):
        rng = np.random.default_rng(seed)
        x, y = (X, Y) if seed == 0 else (rng.uniform(-1, 1, 7), rng.normal(size=7))
        H = np.maximum(theta @ np.stack([x, np.ones(len(x))]), 0) @ y / len(x)
        expected = []
        for s in (1, -1):
            left, right = np.roll(s * H, 1), np.roll(s * H, -1)
            top = (s * H > left) & (s * H >= right) & (np.abs(H) > 1e-9)
            expected += [(s * H[i], s, angle[i]) for i in np.flatnonzero(top)]
        expected.sort(reverse=True)
        found = attractors(x, y, level=-np.inf)
        assert len(found) == len(expected) > 0
        grow = [one for one in found if one.rate > 0]
        assert [one.rate for one in attractors(x, y)] == [one.rate for one in grow]
        shrink += len(found) - len(grow)
        for one, (rate, sign, at) in zip(found, expected):
            assert one.rate == pytest.approx(rate, rel=1e-3)
            assert one.sign == sign
            assert one.direction @ [np.cos(at), np.sin(at)] > 1 - 1e-6
            if one.point is not None:
                pinned += 1
                assert one.breakline == pytest.approx(x[one.point], abs=1e-12)
    assert pinned > 6 and shrink > 0


def test_escape_slope():
    """t grows by ln(10)/rate when the start is ten times smaller; three data sets."""
    scales = np.array([0.01, 0.003, 0.001])
    for seed, y in enumerate([Y, *np.random.default_rng(1).normal(size=(2, 6))]):
        t = escape_times(X, y, scales, width=200, seed=seed)
        slope = np.polyfit(np.log(1 / scales), t, 1)[0]
        assert slope * attractors(X, y)[0].rate == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_small_starts_cluster_and_large_ones_do_not(seed):
    """Effective neurons, of about 190: below 15 from scale .01, above 80 from 10."""
    start = balanced_start(400, 10.0, seed=seed)
    large = neuron_flow(*start, X, Y, [0.0, 30.0])
    start = balanced_start(400, 0.01, seed=seed)
    small = neuron_flow(*start, X, Y, [0.0, 400.0], step=0.1)
    assert 150 < effective_neurons(*angles_and_mass(large, 0)) < 230
    assert large.loss[-1] < 1e-4
    assert small.loss[-1] < 0.2 * small.loss[0]
    assert effective_neurons(*angles_and_mass(large)) > 80
    assert effective_neurons(*angles_and_mass(small)) < 15


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_plateau_gathers_the_mass_at_data_points(seed):
    """Before the escape, directions align and breaklines are pinned, at any scale."""

    def plateau(scale):
        """Mass at data points, and effective neurons, at three times."""
        start = balanced_start(400, scale, seed=seed)
        run = neuron_flow(*start, X, Y, [0.0, 8.0, 16.0], step=0.1)
        assert run.loss[-1] > 0.8 * run.loss[0]
        pinned, count = [], []
        for i, W in enumerate(run.inner):
            angles, mass = angles_and_mass(run, i)
            pinned.append(pinned_mass(-W[:, 1] / W[:, 0], mass, X))
            count.append(effective_neurons(angles, mass))
        return pinned, count

    pinned, count = plateau(1e-3)
    smaller_pinned, smaller_count = plateau(1e-5)
    np.testing.assert_allclose(pinned, smaller_pinned, atol=0.05)
    np.testing.assert_allclose(count, smaller_count, rtol=0.05)
    assert pinned[0] < 0.25 < 0.6 < pinned[-1]
    assert count[-1] < 0.2 * count[0]


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_teacher_of_two_units_is_found_in_the_plane(seed):
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (30, 2))
    y = np.maximum(x @ [1.0, 0.5] + 0.2, 0) - np.maximum(x @ [-0.3, 1.0] + 0.1, 0)
    start = balanced_start(300, 0.01, dim=2, seed=seed)
    run = neuron_flow(*start, x, y, [0.0, 300.0], step=0.2)
    assert run.loss[-1] < 1e-2 * run.loss[0]
    mass = run.outer * np.linalg.norm(run.inner, axis=2)
    assert effective_neurons(run.inner[0], mass[0], bins=63) > 60  # within .1 rad
    assert effective_neurons(run.inner[-1], mass[-1], bins=63) < 6


# --- bad input ---


@settings(deadline=None)
@given(
    st.lists(
        st.one_of(st.floats(-9, 9), st.sampled_from([np.nan, np.inf])), max_size=4
    ),
    st.integers(-1, 3),
)
def test_bad_units_are_one_sentence(a, count):
    ones = np.ones(max(count, 0))
    calls = (
        lambda: radon_parameters(a, ones, 0 * ones),
        lambda: effective_neurons(a, ones),
        lambda: pinned_mass(a, ones, X),
        lambda: breakline_ode(a, ones, 0 * ones, X, Y),
    )
    for call in calls:
        try:
            call()
        except ValueError as error:
            assert "\n" not in str(error)
        else:
            assert len(a) == count and np.isfinite(a).all()


@pytest.mark.parametrize(
    "call, says",
    [
        (lambda: radon_parameters([1], [0], [1]), "bends nowhere"),
        (lambda: effective_neurons([0, 1], [0, 0]), "mass is 0"),
        (lambda: effective_neurons([[0, 0], [1, 0]], [1, 1]), "of length 0"),
        (lambda: escape_times([0, 1], [1, -1], [0.01], width=1), "larger width"),
        (lambda: breakline_ode([1], [1], [1], [[0, 0]], [1]), "X has shape"),
        (lambda: neuron_flow([1], [[1, 1]], X, Y, [1, 0]), "t must increase"),
        (lambda: neuron_flow([1], [[1, 1]], X, Y, [-1, 0]), "t must increase"),
        (lambda: neuron_flow([1], [[1, 1, 1]], X, Y, [1]), "inner has shape"),
        (lambda: balanced_start(0, 1), "width is 0"),
        (lambda: balanced_start(3, 0), "scale is 0"),
        (lambda: attractors(X, Y[:3]), "values has shape"),
        (lambda: escape_times(X, 0 * Y, [0.1]), "no growth"),
        (lambda: escape_times(X, Y, [0.5]), "no growth"),
        (lambda: escape_times(X, Y, [0.0]), "no growth"),
    ],
)
def test_bad_input(call, says):
    with pytest.raises(ValueError, match=says) as caught:
        call()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: attractors([0.0, 1.0, 1.0], [1, 2, 3]), "a point twice"),
        (lambda: attractors([0.0, 1.0], [1, 2], level="0"), "level is '0'"),
        (lambda: neuron_flow([1.0], [[1, 1]], [1.0], [2.0], [1e9]), "over 1000000"),
        (lambda: neuron_flow([1e9], [[1, 1]], [1.0], [2.0], [1.0]), "scale them down"),
        (lambda: neuron_flow([1e200], [[1, 1]], [1.0], [2.0], [1.0]), "scale them"),
        (
            lambda: neuron_flow([1.0], [[1, 1]], [1.0], [2.0], [1.0], until=np.nan),
            "until",
        ),
        (lambda: effective_neurons([0.0, 1.0], [1, 1], bins=2**64), "bins"),
        (lambda: effective_neurons(np.ones((10**6, 2)), np.ones(10**6)), "angles asks"),
        (lambda: balanced_start(10**15, 1.0), "width asks for"),
        (lambda: escape_times([0.0, 1.0], [1, 2], [0.1], width=10**6), "width"),
    ],
)
def test_more_bad_input(call, words):
    with pytest.raises(ValueError, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_velocities_take_any_array():
    import torch

    plain = breakline_ode([1.0, 2.0], [1.0, -1.0], [0.0, 0.5], [1.0, 2.0], [2.0, 0.0])
    rows = breakline_ode(
        torch.tensor([1.0, 2.0], requires_grad=True),
        [[1.0], [-1.0]],
        np.array([0.0, 0.5], dtype=object),
        [1.0, 2.0],
        [2.0, 0.0],
    )
    for one, other in zip(plain, rows):
        np.testing.assert_array_equal(one, other)
