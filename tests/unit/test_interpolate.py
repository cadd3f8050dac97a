"""Least-seminorm interpolants and the linear frequency principle against finite
networks, splines and quadrature.
"""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fbkit.activations import ACTIVATIONS, activation
from fbkit.interpolate import (
    activation_from_weight,
    averaged_kernel,
    kernel_from_weight,
    lfp_interpolant,
    lfp_rates,
    min_seminorm_interpolant,
    seminorm_kernel,
    spectral_weight,
)

X = np.array([-0.9, -0.6, -0.25, 0.2, 0.6, 0.85])
TARGETS = [
    np.array([-0.3, 0.7, 0.1, -0.6, 0.4, 0.9]),
    *np.random.default_rng(0).normal(size=(2, 6)),
]
XT = np.linspace(-0.9, 0.85, 201)
SPECTRAL = [
    name for name, one in ACTIVATIONS.items() if one.spectrum is not None
]  # the twelve of flat offsets
SCALE_FREE = {
    "relu",
    "leaky_relu",
    "step",
}  # for the others the inputs are stretched by 4, to several of their lengths


def worst(f, g, y):
    return np.abs(f - g).max() / np.ptp(y)


def least_norm(features, y, features_at):
    """What gradient descent from zero on the last layer ends at: the least output
    weights that fit.
    """
    Q, R = np.linalg.qr(features.T)
    return features_at @ Q @ np.linalg.solve(R.T, y)


def layer(sigma, x, offsets, scales=1.0):
    """Units sigma(r (+-x - c)), (n, 2m)."""
    return np.hstack([sigma(scales * (s * x[:, None] - offsets)) for s in (1, -1)])


def midpoints(reach, m):
    return reach * (2 * np.arange(m) + 1 - m) / m


# --- the interpolant ---


@pytest.mark.parametrize("name", SPECTRAL)
@pytest.mark.parametrize("y", TARGETS, ids=["fixed", "seed 0", "seed 1"])
def test_closed_interpolant_is_where_the_last_layer_ends(name, y):
    """Offsets over six times the data's reach, notes' figure 5e-3 of the range; less
    over 1.5 times.
    """
    stretch = 1 if name in SCALE_FREE else 4
    x, xt = stretch * X, stretch * XT
    closed = min_seminorm_interpolant(x, y, xt, name)
    gaps = []
    for reach in (1.5 * stretch, 6 * stretch):
        c = midpoints(reach, 20_000)
        sigma = ACTIVATIONS[name].value
        gaps.append(
            worst(least_norm(layer(sigma, x, c), y, layer(sigma, xt, c)), closed, y)
        )
    assert gaps[1] < 5e-3
    assert gaps[0] < 0.05
    if name not in (
        "step",
        "sinc",
    ):  # the step is exact but for its grid; sinc's tails fall off as 1/offset
        assert gaps[1] < gaps[0] / 2


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_sine_units_with_random_phases(seed):
    rng = np.random.default_rng(seed)
    y, m, std = TARGETS[0], 10_000, 5.0
    w, phase = std * rng.normal(size=m), rng.uniform(0, 2 * np.pi, m)
    net = least_norm(np.sin(X[:, None] * w + phase), y, np.sin(XT[:, None] * w + phase))
    kernel = kernel_from_weight(
        lambda w: np.sqrt(2 * np.pi) * std / np.pi * np.exp(w**2 / (2 * std**2))
    )
    closed = min_seminorm_interpolant(X, y, XT, kernel, -1)
    assert worst(net, closed, y) < 0.02
    np.testing.assert_allclose(
        kernel(XT), np.exp(-((std * XT) ** 2) / 2) / 2, atol=1e-9
    )


@pytest.mark.parametrize(
    "name, limit", [("relu", 0.02), ("step", 0.04), ("gaussian", 0.02)]
)
def test_heavy_ball_on_the_last_layer_ends_there(name, limit):
    """Random offsets, 8000 units, three seeds; the step's error falls only as the root
    of the units in each gap.
    """
    stretch = 1 if name in SCALE_FREE else 4
    x, xt, y, sigma = stretch * X, stretch * XT, TARGETS[0], ACTIVATIONS[name].value
    closed = min_seminorm_interpolant(x, y, xt, name)
    for seed in range(3):
        rng = np.random.default_rng(seed)
        c = np.sort(rng.uniform(-1.5 * stretch, 1.5 * stretch, 4000))
        features = layer(sigma, x, c) / np.sqrt(2 * len(c))  # (n, m)
        a, before = np.zeros((2, features.shape[1]))
        rates = np.linalg.eigvalsh(features @ features.T)
        low, high = np.sqrt(rates[[0, -1]])
        lr, momentum = 4 / (low + high) ** 2, ((high - low) / (high + low)) ** 2
        for _ in range(4000):
            residual = features @ a - y
            a, before = a + momentum * (a - before) - lr * (residual @ features), a
            if np.abs(residual).max() < 1e-6:
                break
        assert np.abs(residual).max() < 1e-5
        assert worst(layer(sigma, xt, c) @ a / np.sqrt(2 * len(c)), closed, y) < limit


@pytest.mark.parametrize("name, limit", [("step", 0.01), ("relu", 2e-3)])
def test_two_dimensions(name, limit):
    rng = np.random.default_rng(3)
    x, xt = rng.uniform(-0.7, 0.7, (14, 2)), rng.uniform(-0.6, 0.6, (60, 2))
    y = np.sin(3 * x[:, 0]) + x[:, 1]
    closed = min_seminorm_interpolant(x, y, xt, name)
    angle = 2 * np.pi * (np.arange(128) + 0.5) / 128
    u = np.stack([np.cos(angle), np.sin(angle)])
    c = midpoints(6.0, 2400)
    inner = lambda x: (
        ACTIVATIONS[name].value((x @ u)[:, :, None] - c).reshape(len(x), -1)
    )
    net = least_norm(inner(x), y, inner(xt))
    assert worst(net, closed, y) < limit
    # The closed kernels of the plane, up to a factor and a constant: -r and r^3.
    plane = {"step": (lambda r: -r, 0), "relu": (lambda r: r**3, 1)}[name]
    np.testing.assert_allclose(
        min_seminorm_interpolant(x, y, xt, *plane), closed, atol=1e-7 * np.ptp(y)
    )


def test_known_splines():
    from scipy.interpolate import CubicSpline

    y = TARGETS[0]
    cubic = CubicSpline(X, y, bc_type="natural")(XT)
    np.testing.assert_allclose(
        min_seminorm_interpolant(X, y, XT, "relu"), cubic, atol=1e-10
    )
    np.testing.assert_allclose(
        min_seminorm_interpolant(X, y, XT, "leaky_relu"), cubic, atol=1e-10
    )
    wide = np.linspace(-2, 2, 101)
    np.testing.assert_allclose(
        min_seminorm_interpolant(X, y, wide, "step"), np.interp(wide, X, y), atol=1e-10
    )


@pytest.mark.parametrize("name", SPECTRAL)
@pytest.mark.parametrize("dim", [1, 2, 3])
def test_interpolants_pass_through_the_data_and_leave_free_polynomials_alone(name, dim):
    rng = np.random.default_rng(dim)
    x, xt = rng.uniform(-20, 20, (9, dim)), rng.uniform(-30, 30, (20, dim))
    y = rng.normal(size=9)
    np.testing.assert_allclose(min_seminorm_interpolant(x, y, x, name), y, atol=2e-6)
    free = [np.zeros_like, lambda v: 1 + 0 * v, lambda v: 1 + v][
        ACTIVATIONS[name].null_degree + 1
    ]
    np.testing.assert_allclose(
        min_seminorm_interpolant(x, free(x[:, 0]), xt, name), free(xt[:, 0]), atol=1e-6
    )


def test_interpolation_is_linear_and_follows_shifts_of_the_data():
    one, two = (min_seminorm_interpolant(X, y, XT, "tanh") for y in TARGETS[:2])
    both = min_seminorm_interpolant(X + 5, TARGETS[0] - 2 * TARGETS[1], XT + 5, "tanh")
    np.testing.assert_allclose(both, one - 2 * two, atol=1e-9)


# --- weights and kernels ---


def agree(k, other, z, degree):
    """Whether two kernels differ by an even polynomial of degree 2 degree: (error,
    size).
    """
    gap = k - other
    free = np.vander(z**2 / z.max() ** 2, degree + 1)
    return (
        np.abs(gap - free @ np.linalg.lstsq(free, gap, rcond=None)[0]).max(),
        np.abs(other).max(),
    )


@pytest.mark.parametrize(
    "name", ["tanh", "sigmoid", "erf", "arctan", "gelu", "gaussian", "sinc"]
)
def test_closed_kernels_are_the_transforms_of_their_spectra(name):
    one, z = ACTIVATIONS[name], np.linspace(0, 20, 150)
    numeric = kernel_from_weight(lambda w: spectral_weight(name, w), one.null_degree)(z)
    error, size = agree(numeric, one.kernel(z), z, one.null_degree)
    assert error < 1e-9 * size


def test_numeric_kernels_of_known_weights():
    z = np.linspace(0, 12, 100)
    matern = kernel_from_weight(lambda w: (1 + w**2) ** 2)(
        z
    )  # a slow power, and a corner at z = 0
    np.testing.assert_allclose(matern, (1 + z) * np.exp(-z) / 4, atol=1e-9)
    band = kernel_from_weight(lambda w: np.where(w < 1.37, 1.0, np.inf))(
        z
    )  # a jump at no round frequency
    np.testing.assert_allclose(
        band, 1.37 / np.pi * np.sinc(1.37 * z / np.pi), atol=1e-9
    )
    in_space = kernel_from_weight(lambda w: w**2 * np.exp(w**2 / 2), dim=3)(
        z
    )  # w^2/W: a Gaussian along a direction
    np.testing.assert_allclose(
        in_space[1:], [math.erf(v / math.sqrt(2)) / (2 * v) for v in z[1:]], atol=1e-9
    )


def test_numeric_kernel_of_softplus_matches_mpmath():
    import mpmath

    one = ACTIVATIONS["softplus"]
    z = np.array([0.3, 1.0, 2.5, 6.0, 15.0])
    # (1/2 pi) int pi^2 csch^2(pi w)/w^2 e^{iwz} dw = z^3/12 + pi^2 z/6 + z Li2(e^-z) +
    # 2 Li3(e^-z) up to a + b z^2
    li = lambda s, v: float(mpmath.polylog(s, mpmath.exp(-v)))
    exact = np.array(
        [v**3 / 12 + np.pi**2 * v / 6 + v * li(2, v) + 2 * li(3, v) for v in z]
    )
    error, size = agree(seminorm_kernel(one)(z), exact, z, 1)
    assert error < 1e-9 * size


def test_averaged_kernels():
    r = np.linspace(0.01, 9, 80)
    for dim, mean in (
        (2, 2 / np.pi),
        (3, 1 / 2),
        (4, 4 / (3 * np.pi)),
    ):  # mean of |cos| on the sphere
        np.testing.assert_allclose(
            averaged_kernel(np.abs, dim)(r), mean * r, rtol=1e-12
        )
    gaussian = averaged_kernel(lambda z: np.exp(-(z**2) / 4), 3)(r)
    np.testing.assert_allclose(
        gaussian, [math.sqrt(np.pi) * math.erf(v / 2) / v for v in r], rtol=1e-11
    )
    far = np.linspace(1, 400, 500)  # many turns of a wave
    np.testing.assert_allclose(
        averaged_kernel(np.cos, 3)(far), np.sin(far) / far, atol=1e-11
    )
    rng = np.random.default_rng(0)
    u = rng.normal(size=(200_000, 5))
    draws = np.cos(3 * u[:, 0] / np.linalg.norm(u, axis=1))
    error = draws.std() / np.sqrt(len(draws))
    assert averaged_kernel(np.cos, 5)(3.0) == pytest.approx(draws.mean(), abs=4 * error)


def test_weights_of_the_table():
    w = np.array([0.5, 1.0, 3.0])
    np.testing.assert_allclose(spectral_weight("relu", w), w**4)
    np.testing.assert_allclose(spectral_weight("step", w, 2), w**3)
    np.testing.assert_allclose(spectral_weight("relu", w, 2), w**5)
    np.testing.assert_allclose(
        spectral_weight("sinc", w), [1 / np.pi**2, np.inf, np.inf]
    )
    np.testing.assert_allclose(spectral_weight("tanh", 0.0), 0.0)
    assert spectral_weight("tanh", np.ones((2, 3))).shape == (2, 3)


@pytest.mark.parametrize("flat", ["breakline", "bias"])
@pytest.mark.parametrize("name", ["tanh", "gaussian"])
def test_the_jacobian_of_random_scales(name, flat):
    """Offsets c spread evenly, or biases b = -r c: each is met by its own weight, and
    missed by the other's.
    """
    scales, y, x, xt = np.array([0.4, 1.0, 2.5]), TARGETS[0], 4 * X, 4 * XT
    m, reach = 6000, 40.0

    def features(x):
        # Each scale has units of spacing reach/m in c, or in b: then their spacing in c
        # is that over r.
        parts = [
            layer(
                ACTIVATIONS[name].value,
                x,
                midpoints(reach, m) / (r if flat == "bias" else 1),
                r,
            )
            for r in scales
        ]
        return np.hstack(parts)

    net, error = least_norm(features(x), y, features(xt)), {}
    for assumed in ("breakline", "bias"):
        weight = lambda w: spectral_weight(name, w, scales=scales, flat=assumed)  # noqa: B023
        kernel = kernel_from_weight(weight, ACTIVATIONS[name].null_degree)
        error[assumed] = worst(
            min_seminorm_interpolant(x, y, xt, kernel, ACTIVATIONS[name].null_degree),
            net,
            y,
        )
    other = {"breakline": "bias", "bias": "breakline"}[flat]
    assert error[flat] < 2e-3
    assert error[other] > 5 * error[flat] and error[other] > 0.01


@pytest.mark.parametrize("flat", ["breakline", "bias"])
def test_trained_offsets(flat):
    """Features of c and b beside those of the outer weights: mu d sigma(r (x - c)) /
    dc, or / db.
    """
    one, s, y, x, xt = ACTIVATIONS["gaussian"], 4.0, TARGETS[0], 4 * X, 4 * XT
    scales = np.array([0.5, 1.5])

    def features(x):
        parts = []
        for r in scales:
            c = midpoints(40.0, 6000) / (r if flat == "bias" else 1)
            parts.append(layer(one.value, x, c, r))
            parts.append(
                np.sqrt(s) * (1 if flat == "bias" else r) * layer(one.slope, x, c, r)
            )
        return np.hstack(parts)

    net = least_norm(features(x), y, features(xt))
    gap = {}
    for training in (s, 0.0):
        weight = lambda w: spectral_weight(
            "gaussian", w, scales=scales, flat=flat, offset_training=training
        )  # noqa: B023
        gap[training] = worst(
            min_seminorm_interpolant(x, y, xt, kernel_from_weight(weight), -1), net, y
        )
    assert gap[s] < 1e-6 and gap[0.0] > 0.01


def test_a_designed_activation_has_the_wanted_penalty():
    """W = (1 + w^2)^4: units with |sigma^|^2 = 1/W, which are (1 + |z|) exp(-|z|)/4,
    interpolate by the kernel of W.
    """
    weight = lambda w: (1 + w**2) ** 4
    sigma, y, z = (
        activation_from_weight(weight, tolerance=1e-7),
        TARGETS[0],
        np.linspace(0, 9, 50),
    )
    np.testing.assert_allclose(sigma(z), (1 + z) * np.exp(-z) / 4, atol=1e-7)
    kernel = kernel_from_weight(weight)
    np.testing.assert_allclose(
        kernel(z), np.exp(-z) * (15 + 15 * z + 6 * z**2 + z**3) / 96, atol=1e-9
    )
    c = midpoints(20.0, 3000)
    net = least_norm(layer(sigma, 4 * X, c), y, layer(sigma, 4 * XT, c))
    assert worst(net, min_seminorm_interpolant(4 * X, y, 4 * XT, kernel, -1), y) < 1e-5
    in_plane = activation_from_weight(
        lambda w: w * (1 + w**2) ** 4, dim=2, tolerance=1e-7
    )
    np.testing.assert_allclose(in_plane(z), sigma(z), atol=1e-9)  # the same |sigma^|^2


def test_points_too_close_for_the_kernel_warn():
    with pytest.warns(UserWarning, match="missed by"):
        min_seminorm_interpolant(
            np.linspace(0, 1, 30), np.resize([1.0, -1.0], 30), [0.5], "sinc"
        )


# --- linear frequency principle ---


def relu_tangent_kernel(x, y, reach, A, B):
    """Exact kernel of m^{-1/2} sum a ReLU(r (x + l)), l uniform on [-reach, reach], r
    of both signs alike.
    """

    def side(x, y):
        x, y = x[:, None], y[None]
        integral = lambda v: A * (x * y * v + (x + y) * v**2 / 2 + v**3 / 3) + B * v
        return integral(reach) - integral(-np.minimum(x, y))

    return (side(x, y) + side(-x, -y)) / (4 * reach)


@pytest.mark.parametrize("size", [0.3, 1.0, 3.0])
@pytest.mark.parametrize("y", TARGETS, ids=["fixed", "seed 0", "seed 1"])
def test_lfp_interpolant_is_the_kernel_networks(size, y):
    A, B = 2 * size**2, size**4
    f, gaps = lfp_interpolant(X, y, XT, A, B), []
    for reach in (1.5, 6.0):
        kernel = lambda x, z: relu_tangent_kernel(x, z, reach, A, B)  # noqa: B023
        gaps.append(worst(kernel(XT, X) @ np.linalg.solve(kernel(X, X), y), f, y))
    assert gaps[0] < 0.01 and gaps[1] < 1.5e-3
    # Neither limit would do: the cubic spline fails at large weights, straight lines at
    # small ones.
    spline, lines = (
        worst(lfp_interpolant(X, y, XT, *one), f, y) for one in ((1, 0), (0, 1))
    )
    assert (lines if size < 1 else spline) > 5 * gaps[0]


def test_lfp_interpolant_and_spectral_weight_are_one_seminorm():
    """ReLU units with trained offsets: A = 1, B = E[mu^2], in space and in frequency;
    and B = 0 in the plane.
    """
    s, w, y = 3.0, np.array([0.5, 2.0]), TARGETS[0]
    np.testing.assert_allclose(
        spectral_weight("relu", w, offset_training=s), 1 / (1 / w**4 + s / w**2)
    )
    c = midpoints(6.0, 20_000)
    features = lambda x: np.hstack(
        [
            layer(ACTIVATIONS["relu"].value, x, c),
            np.sqrt(s) * layer(ACTIVATIONS["relu"].slope, x, c),
        ]
    )
    assert (
        worst(
            least_norm(features(X), y, features(XT)),
            lfp_interpolant(X, y, XT, 1.0, s),
            y,
        )
        < 1e-3
    )
    rng = np.random.default_rng(0)
    x, xt, y = (
        rng.uniform(-1, 1, (12, 2)),
        rng.uniform(-1, 1, (30, 2)),
        rng.normal(size=12),
    )
    np.testing.assert_allclose(
        lfp_interpolant(x, y, xt, 2.0, 0.0),
        min_seminorm_interpolant(x, y, xt, "relu"),
        atol=1e-9,
    )


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_lfp_interpolant_is_where_a_lazy_network_ends(seed):
    """All of a, r, l trained, 8000 units, targets of size .01 (lazy), s = .3 (the case
    that tells the limits apart).
    """
    rng = np.random.default_rng(seed)
    m, s, y = 8000, 0.3, 0.01 * TARGETS[0]
    a, r = s * rng.choice([-1.0, 1.0], (2, m))
    at = midpoints(1.5, m) + 1.5 / m * rng.uniform(-1, 1, m)
    theta = np.stack([a, r, at])

    def forward(theta, x):
        z = x[:, None] + theta[2]
        return np.maximum(theta[1] * z, 0) @ theta[0] / np.sqrt(m), z

    start, start_at = forward(theta, X)[0], forward(theta, XT)[0]
    active = r * (X[:, None] + at) > 0
    jacobian = active * np.stack(
        [
            r * (X[:, None] + at),
            a * (X[:, None] + at),
            np.broadcast_to(a * r, active.shape),
        ]
    )
    rates = np.linalg.eigvalsh(np.einsum("pim,pjm->ij", jacobian, jacobian) / m)
    low, high = np.sqrt(rates[[0, -1]])
    lr, momentum, before = (
        4 / (low + high) ** 2,
        ((high - low) / (high + low)) ** 2,
        theta,
    )
    for _ in range(3000):
        output, z = forward(theta, X)
        residual = output - start - y
        if np.abs(residual).max() < 1e-4 * np.abs(y).max():
            break
        weighted = (theta[1] * z > 0) * residual[:, None]
        along, total = (
            (weighted * z).sum(axis=0),
            weighted.sum(axis=0),
        )  # sums over the active points
        gradient = np.stack(
            [theta[1] * along, theta[0] * along, theta[0] * theta[1] * total]
        ) / np.sqrt(m)
        theta, before = theta + momentum * (theta - before) - lr * gradient, theta
    assert np.abs(residual).max() < 1e-3 * np.abs(y).max()
    net, closed = (
        forward(theta, XT)[0] - start_at,
        lfp_interpolant(X, y, XT, 2 * s**2, s**4),
    )
    assert worst(net, closed, y) < 0.01
    assert (
        min(worst(net, lfp_interpolant(X, y, XT, *one), y) for one in ((1, 0), (0, 1)))
        > 0.03
    )


def bump(u):
    """Fourth derivative of a Gaussian; its transform w^4 sqrt(2 pi) exp(-w^2/2) removes
    the pole at 0.
    """
    return (u**4 - 6 * u**2 + 3) * np.exp(-(u**2) / 2)


@pytest.mark.parametrize("name", ["relu", "tanh", "gelu", "erf"])
def test_lfp_rates_on_the_line(name):
    """<g, K g> from training a, b and w, by quadrature over x and b, against the
    frequency side; g off the origin.
    """
    sigma, r, a = (
        ACTIVATIONS[name],
        np.array([0.7, 1.0, 1.6]),
        np.array([1.3, 0.5, 0.9]),
    )
    reach, at = 24.0, 0.8
    x = np.linspace(-8, 9, 851)
    g, h = bump(x - at), x[1] - x[0]
    b, parts = midpoints(reach, 1200), np.zeros(3)
    for w, out in zip(np.append(r, -r), np.append(a, a)):
        z = w * x[:, None] + b
        for i, (weight, function) in enumerate(
            [(g, sigma.value), (out * g, sigma.slope), (out * g * x, sigma.slope)]
        ):
            parts[i] += np.mean((weight @ function(z) * h) ** 2) / (2 * len(r))
    w = midpoints(12.0, 4800)
    transform = w**4 * np.sqrt(2 * np.pi) * np.exp(-(w**2) / 2)
    slope = (
        4 / w - w - 1j * at
    ) * transform  # of transform * exp(-i w at), less the phase
    outer, inner = lfp_rates(name, np.abs(w), 1, (r, a), 1 / (2 * reach))
    square = np.abs(transform) ** 2, np.abs(slope) ** 2
    expected = (
        np.array([outer @ square[0], inner @ square[0], inner @ square[1]])
        * (w[1] - w[0])
        / (2 * np.pi)
    )
    np.testing.assert_allclose(parts, expected, rtol=2e-3)


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("name", ["relu", "tanh"])
def test_lfp_rates_in_the_plane_by_monte_carlo(name, seed):
    """A random network in two dimensions, three seeds; 10 % is four standard errors of
    30,000 units or more.
    """
    rng, sigma, m, reach = np.random.default_rng(seed), ACTIVATIONS[name], 30_000, 14.0
    w, b, a = (
        rng.normal(size=(m, 2)),
        rng.uniform(-reach, reach, m),
        1 + rng.uniform(size=m),
    )
    r = np.linalg.norm(w, axis=1)
    at = np.array([0.6, -0.3])
    # g(x) = bump in |x - at|: Laplacian squared of a Gaussian. Along a direction u its
    # integral over lines is sqrt(2 pi) bump(s), since there the Laplacian is d^2/ds^2;
    # so a neuron needs an integral over s alone.
    s = np.linspace(-7, 7, 281)
    h = s[1] - s[0]
    sums = np.zeros((3, m))
    line, along = np.sqrt(2 * np.pi) * bump(s), at @ w.T
    for part in np.array_split(np.arange(m), 20):
        z = r[part, None] * s + (along + b)[part, None]
        value, slope = sigma.value(z), sigma.slope(z)
        sums[0, part], sums[1, part] = value @ line * h, a[part] * (slope @ line * h)
        # d/dw = x sigma': x = at + s u + t v. The mean of t over the line is 0, as g is
        # even in t.
        moment = (slope @ (line * s) * h)[:, None] * w[part] / r[part, None] + (
            slope @ line * h
        )[:, None] * at
        sums[2, part] = a[part] * np.linalg.norm(moment, axis=1)
    parts = np.square(sums).mean(axis=1)
    k = 4.5 + midpoints(4.5, 400)
    transform = k**4 * 2 * np.pi * np.exp(-(k**2) / 2)
    outer, inner = lfp_rates(name, k, 2, (r, a), 1 / (2 * reach))
    square = (
        transform**2,
        ((4 / k - k) ** 2 + at @ at) * transform**2,
    )  # both depend on the length of k alone
    cell = 2 * np.pi * k * (k[1] - k[0]) / (2 * np.pi) ** 2
    expected = np.array(
        [
            (outer * square[0]) @ cell,
            (inner * square[0]) @ cell,
            (inner * square[1]) @ cell,
        ]
    )
    np.testing.assert_allclose(parts, expected, rtol=0.1)


def test_lfp_closed_forms():
    xi, r, a = np.array([0.2, 0.5, 1.0]), np.array([1.0, 2.0]), np.array([3.0, 1.0])
    for d in (1, 2, 3):
        c = math.gamma(d / 2) / math.pi ** (d / 2)
        outer, inner = lfp_rates("relu", xi, d, (r, a), unit="cycles")
        np.testing.assert_allclose(
            outer, c * np.mean(r**3) / (16 * np.pi**4 * xi ** (d + 3))
        )
        np.testing.assert_allclose(
            inner, c * np.mean(a**2 * r) / (4 * np.pi**2 * xi ** (d + 1))
        )
        outer, inner = lfp_rates("tanh", xi, d, (r, a), unit="cycles")
        csch2 = 1 / np.sinh(np.pi**2 * xi[:, None] / r) ** 2
        np.testing.assert_allclose(
            outer, c * np.mean(np.pi**2 / r * csch2, axis=1) / xi ** (d - 1)
        )
        bracket = np.mean(4 * np.pi**4 * a**2 * xi[:, None] ** 2 / r**3 * csch2, axis=1)
        np.testing.assert_allclose(inner, c * bracket / xi ** (d - 1))
        both = lfp_rates("tanh", 2 * np.pi * xi, d, (r, a))
        np.testing.assert_allclose(both, [outer, inner])


# --- bad input ---

numbers = st.one_of(st.floats(-1e50, 1e50), st.sampled_from([np.nan, np.inf, -np.inf]))


@settings(deadline=None)
@given(
    st.lists(numbers, max_size=6),
    st.lists(numbers, max_size=6),
    st.sampled_from(["relu", "step", "gaussian", "sine"]),
)
def test_bad_data_is_one_sentence(x, y, name):
    try:
        f = min_seminorm_interpolant(x, y, [0.0], name)
    except ValueError as error:
        assert "\n" not in str(error) and len(str(error)) > 20
    else:
        assert (
            f.shape == (1,)
            and len(x) == len(y) == len(set(x)) > activation(name).null_degree
        )


@pytest.mark.parametrize(
    "call, says",
    [
        (lambda: min_seminorm_interpolant([0, 0], [1, 2], [0], "step"), "twice"),
        (lambda: min_seminorm_interpolant([0], [1], [0], "relu"), "too few"),
        (
            lambda: min_seminorm_interpolant(
                [[0, 0], [1, 1], [2, 2]], [1, 2, 3], [[0, 0]], "relu"
            ),
            "too aligned",
        ),
        (
            lambda: min_seminorm_interpolant([0, 1], [1, 2], [[0, 0]], "step"),
            "xt has shape",
        ),
        (
            lambda: min_seminorm_interpolant([0, 1, 2], [1, 2, 1], [0], np.abs, 0),
            "check its sign",
        ),
        (
            lambda: min_seminorm_interpolant([0, 1], [1, 2], [0], np.abs),
            "null_degree is None",
        ),
        (
            lambda: min_seminorm_interpolant([0, 1], [1, 2], [0], "sine"),
            "single frequencies",
        ),
        (lambda: spectral_weight("tanh", 1.0, scales=[0.0]), "scales holds 0"),
        (lambda: spectral_weight("tanh", 1.0, flat="biases"), "did you mean 'bias'"),
        (lambda: spectral_weight("linear", 1.0), "single frequencies"),
        (lambda: kernel_from_weight(lambda w: w**2, 0), "closed kernel"),  # the step's
        (
            lambda: kernel_from_weight(lambda w: w**4 * np.exp(w), 0),
            "closed kernel",
        ),  # its pole needs degree 1
        (lambda: kernel_from_weight(lambda w: np.exp(w**2) - 2), "not positive"),
        (lambda: kernel_from_weight(lambda w: np.inf * w), "finite integral"),
        (lambda: averaged_kernel(np.abs, 0), "dim is 0"),
        (lambda: lfp_interpolant([0, 1, 2], [0, 1, 0], [0], 0, 0), "both 0"),
        (lambda: lfp_interpolant([0, 1, 2], [0, 1, 0], [0], -1, 0), "A is -1"),
        (lambda: lfp_rates("relu", [0.0], 1, (1, 1)), "omega holds 0"),
        (lambda: lfp_rates("relu", [1.0], 1, 1.0), "pair"),
        (lambda: lfp_rates("relu", [1.0], 1, ([1, 2], [1, 2, 3])), "one length"),
        (
            lambda: lfp_rates("relu", [1.0], 1, (1, 1), unit="hertz"),
            "expected one of angular, cycles",
        ),
    ],
)
def test_bad_input(call, says):
    with pytest.raises(ValueError, match=says) as caught:
        call()
    assert "\n" not in str(caught.value)
