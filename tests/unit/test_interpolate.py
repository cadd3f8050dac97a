"""Least-seminorm interpolants against finite networks, splines and quadrature."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fbkit.activations import ACTIVATIONS, activation
from fbkit.interpolate import (
    activation_from_weight,
    averaged_kernel,
    best_heavy_ball,
    kernel_from_weight,
    leave_one_out,
    lfp_interpolant,
    lfp_rates,
    min_seminorm_interpolant,
    mirrored_units,
    seminorm_kernel,
    spectral_weight,
    train_output_weights,
    uneven_spline,
)

X = np.array([-0.9, -0.6, -0.25, 0.2, 0.6, 0.85])
TARGETS = [
    np.array([-0.3, 0.7, 0.1, -0.6, 0.4, 0.9]),
    *np.random.default_rng(0).normal(size=(2, 6)),
]
XT = np.linspace(-0.9, 0.85, 201)
SPECTRAL = [name for name, one in ACTIVATIONS.items() if one.spectrum is not None]
# For the others the inputs are stretched by 4, to several of their lengths.
SCALE_FREE = {"relu", "leaky_relu", "step"}


def worst(f, g, y):
    return np.abs(f - g).max() / np.ptp(y)


def least_norm(features, y, features_at):
    """Where gradient descent of the last layer ends: the least weights that fit."""
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
    """Within 5e-3 of the range, offsets over six times the data's reach."""
    stretch = 1 if name in SCALE_FREE else 4
    x, xt = stretch * X, stretch * XT
    closed = min_seminorm_interpolant(x, y, xt, name)
    sigma = ACTIVATIONS[name].value

    def gap(reach):
        c = midpoints(reach * stretch, 20_000)
        net = least_norm(layer(sigma, x, c), y, layer(sigma, xt, c))
        return worst(net, closed, y)

    near, far = gap(1.5), gap(6)
    assert far < 5e-3
    assert near < 0.05
    # The step is exact but for its grid; sinc's tails fall off as 1/offset.
    if name not in ("step", "sinc"):
        assert far < near / 2


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_sine_units_with_random_phases(seed):
    rng = np.random.default_rng(seed)
    y = TARGETS[0]
    std = 5.0
    w = std * rng.normal(size=10_000)
    phase = rng.uniform(0, 2 * np.pi, 10_000)
    features = lambda x: np.sin(x[:, None] * w + phase)
    net = least_norm(features(X), y, features(XT))
    density = lambda w: np.exp(-(w**2) / (2 * std**2)) / (np.sqrt(2 * np.pi) * std)
    kernel = kernel_from_weight(lambda w: 1 / (np.pi * density(w)))
    closed = min_seminorm_interpolant(X, y, XT, kernel, -1)
    assert worst(net, closed, y) < 0.02
    exact = np.exp(-((std * XT) ** 2) / 2) / 2
    np.testing.assert_allclose(kernel(XT), exact, atol=1e-9)


@pytest.mark.parametrize(
    "name, limit", [("relu", 0.02), ("step", 0.04), ("gaussian", 0.02)]
)
def test_heavy_ball_on_the_last_layer_ends_there(name, limit):
    """Random offsets, 8000 units, three seeds.

    The step's error falls only as the root of the units in each gap.
    """
    stretch = 1 if name in SCALE_FREE else 4
    x, xt = stretch * X, stretch * XT
    y = TARGETS[0]
    sigma = ACTIVATIONS[name].value
    closed = min_seminorm_interpolant(x, y, xt, name)
    for seed in range(3):
        rng = np.random.default_rng(seed)
        c = np.sort(rng.uniform(-1.5 * stretch, 1.5 * stretch, 4000))
        features = layer(sigma, x, c) / np.sqrt(2 * len(c))  # (n, m)
        a, before = np.zeros((2, features.shape[1]))
        rates = np.linalg.eigvalsh(features @ features.T)
        low, high = np.sqrt(rates[[0, -1]])
        lr = 4 / (low + high) ** 2
        momentum = ((high - low) / (high + low)) ** 2
        for _ in range(4000):
            residual = features @ a - y
            a, before = a + momentum * (a - before) - lr * (residual @ features), a
            if np.abs(residual).max() < 1e-6:
                break
        assert np.abs(residual).max() < 1e-5
        net = layer(sigma, xt, c) @ a / np.sqrt(2 * len(c))
        assert worst(net, closed, y) < limit


@pytest.mark.parametrize("name, limit", [("step", 0.01), ("relu", 2e-3)])
def test_two_dimensions(name, limit):
    rng = np.random.default_rng(3)
    x = rng.uniform(-0.7, 0.7, (14, 2))
    xt = rng.uniform(-0.6, 0.6, (60, 2))
    y = np.sin(3 * x[:, 0]) + x[:, 1]
    closed = min_seminorm_interpolant(x, y, xt, name)
    angle = 2 * np.pi * (np.arange(128) + 0.5) / 128
    u = np.stack([np.cos(angle), np.sin(angle)])
    c = midpoints(6.0, 2400)
    sigma = ACTIVATIONS[name].value
    features = lambda x: sigma((x @ u)[:, :, None] - c).reshape(len(x), -1)
    net = least_norm(features(x), y, features(xt))
    assert worst(net, closed, y) < limit
    # The closed kernels of the plane, up to a factor and a constant: -r and r^3.
    plane = {"step": (lambda r: -r, 0), "relu": (lambda r: r**3, 1)}[name]
    by_plane = min_seminorm_interpolant(x, y, xt, *plane)
    np.testing.assert_allclose(by_plane, closed, atol=1e-7 * np.ptp(y))


def test_known_splines():
    from scipy.interpolate import CubicSpline

    y = TARGETS[0]
    cubic = CubicSpline(X, y, bc_type="natural")(XT)
    for name in ("relu", "leaky_relu"):
        f = min_seminorm_interpolant(X, y, XT, name)
        np.testing.assert_allclose(f, cubic, atol=1e-10)
    wide = np.linspace(-2, 2, 101)
    f = min_seminorm_interpolant(X, y, wide, "step")
    np.testing.assert_allclose(f, np.interp(wide, X, y), atol=1e-10)


@pytest.mark.parametrize("name", SPECTRAL)
@pytest.mark.parametrize("dim", [1, 2, 3])
def test_interpolants_pass_through_the_data_and_leave_free_polynomials_alone(name, dim):
    rng = np.random.default_rng(dim)
    x = rng.uniform(-20, 20, (9, dim))
    xt = rng.uniform(-30, 30, (20, dim))
    y = rng.normal(size=9)
    np.testing.assert_allclose(min_seminorm_interpolant(x, y, x, name), y, atol=2e-6)
    by_degree = {-1: np.zeros_like, 0: np.ones_like, 1: lambda v: 1 + v}
    free = by_degree[ACTIVATIONS[name].null_degree]
    f = min_seminorm_interpolant(x, free(x[:, 0]), xt, name)
    np.testing.assert_allclose(f, free(xt[:, 0]), atol=1e-6)


def test_interpolation_is_linear_and_follows_shifts_of_the_data():
    one = min_seminorm_interpolant(X, TARGETS[0], XT, "tanh")
    two = min_seminorm_interpolant(X, TARGETS[1], XT, "tanh")
    both = min_seminorm_interpolant(X + 5, TARGETS[0] - 2 * TARGETS[1], XT + 5, "tanh")
    np.testing.assert_allclose(both, one - 2 * two, atol=1e-9)


# --- weights and kernels ---


def agree(k, other, z, degree):
    """How far two kernels differ but for an even polynomial, and their size."""
    gap = k - other
    free = np.vander(z**2 / z.max() ** 2, degree + 1)
    best = np.linalg.lstsq(free, gap, rcond=None)[0]
    return np.abs(gap - free @ best).max(), np.abs(other).max()


@pytest.mark.parametrize(
    "name", ["tanh", "sigmoid", "erf", "arctan", "gelu", "gaussian", "sinc"]
)
def test_closed_kernels_are_the_transforms_of_their_spectra(name):
    one = ACTIVATIONS[name]
    z = np.linspace(0, 20, 150)
    numeric = kernel_from_weight(lambda w: spectral_weight(name, w), one.null_degree)(z)
    error, size = agree(numeric, one.kernel(z), z, one.null_degree)
    assert error < 1e-9 * size


def test_numeric_kernels_of_known_weights():
    z = np.linspace(0, 12, 100)
    # A slow power, and a corner at z = 0.
    matern = kernel_from_weight(lambda w: (1 + w**2) ** 2)(z)
    np.testing.assert_allclose(matern, (1 + z) * np.exp(-z) / 4, atol=1e-9)
    # A jump at no round frequency.
    band = kernel_from_weight(lambda w: np.where(w < 1.37, 1.0, np.inf))(z)
    exact = 1.37 / np.pi * np.sinc(1.37 * z / np.pi)
    np.testing.assert_allclose(band, exact, atol=1e-9)
    # w^2/W is a Gaussian along a direction.
    in_space = kernel_from_weight(lambda w: w**2 * np.exp(w**2 / 2), dim=3)(z)
    exact = [math.erf(v / math.sqrt(2)) / (2 * v) for v in z[1:]]
    np.testing.assert_allclose(in_space[1:], exact, atol=1e-9)


BANDS = st.lists(
    st.tuples(
        st.floats(0.01, 1.0),  # height
        st.floats(0.0, 3.0).map(lambda v: 10**v),  # middle
        st.floats(-1.0, 1.0).map(lambda v: 10**v),  # standard deviation
    ),
    min_size=1,
    max_size=3,
)
Z_BANDS = np.linspace(0, 2, 9)


@given(BANDS)
@settings(max_examples=25, deadline=None)
def test_no_band_of_a_price_is_dropped(bands):
    """Bands anywhere: their kernel and their activation in closed form."""

    def price(w):
        both = [
            h * np.exp(-np.square((w + side * c) / s) / 2)
            for h, c, s in bands
            for side in (1, -1)
        ]
        with np.errstate(divide="ignore"):
            return 1 / sum(both)

    kernel = sum(
        h * s * np.exp(-np.square(s * Z_BANDS) / 2) * np.cos(c * Z_BANDS)
        for h, c, s in bands
    ) * np.sqrt(2 / np.pi)
    found = kernel_from_weight(price)(Z_BANDS)
    np.testing.assert_allclose(found, kernel, atol=1e-8 * kernel[0])
    # The activation of the price squared has that price's kernel as its value.
    found = activation_from_weight(lambda w: price(w) ** 2)(Z_BANDS)
    np.testing.assert_allclose(found, kernel, atol=1e-8 * kernel[0])


@given(st.floats(0, 40), st.floats(0.1, 500))
@settings(max_examples=25, deadline=None)
def test_a_band_may_end_anywhere(low, width):
    high = low + width
    price = lambda w: np.where((w > low) & (w < high), 1.0, np.inf)
    wave = lambda w: w * np.sinc(w * Z_BANDS / np.pi) / np.pi
    exact = wave(high) - wave(low)
    for found in (kernel_from_weight(price), activation_from_weight(price)):
        np.testing.assert_allclose(found(Z_BANDS), exact, atol=1e-8 * exact[0])


def test_a_price_with_a_step_between_two_levels():
    price = lambda w: np.where(w < 1.0003, 1.0, np.where(w < 7.01, 10.0, np.inf))
    wave = lambda w: w * np.sinc(w * Z_BANDS / np.pi) / np.pi
    exact = 0.9 * wave(1.0003) + 0.1 * wave(7.01)
    np.testing.assert_allclose(kernel_from_weight(price)(Z_BANDS), exact, atol=1e-9)


def test_uneven_folds():
    """Against the cubic spline, and drawn layers with normal folds."""
    at = np.linspace(-1.2, 1.2, 49)
    even = uneven_spline(X, TARGETS[0], at, lambda h: 0 * h + 3)
    cubic = min_seminorm_interpolant(X, TARGETS[0], at, "relu")
    np.testing.assert_allclose(even, cubic, atol=1e-9)
    from scipy.special import ndtri

    sd = 0.5
    folds = sd * ndtri((np.arange(8000) + 0.5) / 8000)
    relu = ACTIVATIONS["relu"].value
    features = [layer(relu, v, folds) for v in (X, XT)]
    y = TARGETS[1]
    net = least_norm(features[0], y, features[1])
    normal = lambda h: np.exp(-np.square(h / sd) / 2)
    assert worst(net, uneven_spline(X, y, XT, normal), y) < 0.01
    assert worst(net, min_seminorm_interpolant(X, y, XT, "relu"), y) > 0.02
    shuffled = np.array([3, 0, 5, 1, 4, 2])
    again = uneven_spline(X[shuffled], y[shuffled], XT, normal)
    np.testing.assert_allclose(again, uneven_spline(X, y, XT, normal), atol=1e-10)


def test_numeric_kernel_of_softplus_matches_mpmath():
    import mpmath

    one = ACTIVATIONS["softplus"]
    z = np.array([0.3, 1.0, 2.5, 6.0, 15.0])
    # Up to a + b z^2, (1/2 pi) int pi^2 csch^2(pi w)/w^2 e^{iwz} dw is
    # z^3/12 + pi^2 z/6 + z Li2(e^-z) + 2 Li3(e^-z).
    li = lambda s, v: float(mpmath.polylog(s, mpmath.exp(-v)))
    exact = [v**3 / 12 + np.pi**2 * v / 6 + v * li(2, v) + 2 * li(3, v) for v in z]
    error, size = agree(seminorm_kernel(one)(z), np.array(exact), z, 1)
    assert error < 1e-9 * size


def test_averaged_kernels():
    r = np.linspace(0.01, 9, 80)
    mean_of_abs_cos = {2: 2 / np.pi, 3: 1 / 2, 4: 4 / (3 * np.pi)}  # on the sphere
    for dim, mean in mean_of_abs_cos.items():
        averaged = averaged_kernel(np.abs, dim)(r)
        np.testing.assert_allclose(averaged, mean * r, rtol=1e-12)
    gaussian = averaged_kernel(lambda z: np.exp(-(z**2) / 4), 3)(r)
    exact = [math.sqrt(np.pi) * math.erf(v / 2) / v for v in r]
    np.testing.assert_allclose(gaussian, exact, rtol=1e-11)
    far = np.linspace(1, 400, 500)  # many turns of a wave
    wave = averaged_kernel(np.cos, 3)(far)
    np.testing.assert_allclose(wave, np.sin(far) / far, atol=1e-11)
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
    band = [1 / np.pi**2, np.inf, np.inf]
    np.testing.assert_allclose(spectral_weight("sinc", w), band)
    np.testing.assert_allclose(spectral_weight("tanh", 0.0), 0.0)
    assert spectral_weight("tanh", np.ones((2, 3))).shape == (2, 3)


@pytest.mark.parametrize("spread", ["breakline", "bias"])
@pytest.mark.parametrize("name", ["tanh", "gaussian"])
def test_the_jacobian_of_random_scales(name, spread):
    """Offsets c or biases b = -r c spread evenly: each has its own weight."""
    scales = np.array([0.4, 1.0, 2.5])
    x, xt = 4 * X, 4 * XT
    y = TARGETS[0]
    one = ACTIVATIONS[name]

    def features(x):
        # Each scale has units of equal spacing in c, or in b: then their spacing in c
        # is that over r.
        parts = []
        for r in scales:
            c = midpoints(40.0, 6000) / (r if spread == "bias" else 1)
            parts.append(layer(one.value, x, c, r))
        return np.hstack(parts)

    net = least_norm(features(x), y, features(xt))

    def error(assumed):
        weight = lambda w: spectral_weight(name, w, scales=scales, spread=assumed)
        kernel = kernel_from_weight(weight, one.null_degree)
        closed = min_seminorm_interpolant(x, y, xt, kernel, one.null_degree)
        return worst(closed, net, y)

    right = error(spread)
    wrong = error("bias" if spread == "breakline" else "breakline")
    assert right < 2e-3
    assert wrong > 5 * right and wrong > 0.01


@pytest.mark.parametrize("spread", ["breakline", "bias"])
def test_trained_offsets(spread):
    """Beside the outer weights' features mu d sigma(r (x - c)) / dc, or / db."""
    one = ACTIVATIONS["gaussian"]
    size = 2.0
    x, xt = 4 * X, 4 * XT
    y = TARGETS[0]
    scales = np.array([0.5, 1.5])

    def features(x):
        parts = []
        for r in scales:
            c = midpoints(40.0, 6000) / (r if spread == "bias" else 1)
            inner = 1 if spread == "bias" else r
            parts.append(layer(one.value, x, c, r))
            parts.append(size * inner * layer(one.slope, x, c, r))
        return np.hstack(parts)

    net = least_norm(features(x), y, features(xt))

    def gap(output_std):
        given = {"scales": scales, "spread": spread, "output_std": output_std}
        kernel = kernel_from_weight(lambda w: spectral_weight("gaussian", w, **given))
        return worst(min_seminorm_interpolant(x, y, xt, kernel, -1), net, y)

    assert gap(size) < 1e-6
    assert gap(0.0) > 0.01


def test_a_designed_activation_has_the_wanted_penalty():
    """W = (1 + w^2)^4: units (1 + |z|) exp(-|z|)/4 interpolate by the kernel of W."""
    weight = lambda w: (1 + w**2) ** 4
    sigma = activation_from_weight(weight, tolerance=1e-7)
    z = np.linspace(0, 9, 50)
    np.testing.assert_allclose(sigma(z), (1 + z) * np.exp(-z) / 4, atol=1e-7)
    kernel = kernel_from_weight(weight)
    exact = np.exp(-z) * (15 + 15 * z + 6 * z**2 + z**3) / 96
    np.testing.assert_allclose(kernel(z), exact, atol=1e-9)
    y = TARGETS[0]
    c = midpoints(20.0, 3000)
    net = least_norm(layer(sigma, 4 * X, c), y, layer(sigma, 4 * XT, c))
    assert worst(net, min_seminorm_interpolant(4 * X, y, 4 * XT, kernel, -1), y) < 1e-5
    # In the plane w W has the same |sigma^|^2.
    in_plane = activation_from_weight(lambda w: w * weight(w), dim=2, tolerance=1e-7)
    np.testing.assert_allclose(in_plane(z), sigma(z), atol=1e-9)


def test_points_too_close_for_the_kernel_warn():
    with pytest.warns(UserWarning, match="missed by"):
        signs = np.resize([1.0, -1.0], 30)
        min_seminorm_interpolant(np.linspace(0, 1, 30), signs, [0.5], "sinc")


# --- linear frequency principle ---


def relu_tangent_kernel(x, y, reach, A, B):
    """Exact kernel of m^{-1/2} sum a ReLU(r (x + l)), l uniform, r of both signs."""

    def side(x, y):
        x, y = x[:, None], y[None]
        integral = lambda v: A * (x * y * v + (x + y) * v**2 / 2 + v**3 / 3) + B * v
        return integral(reach) - integral(-np.minimum(x, y))

    return (side(x, y) + side(-x, -y)) / (4 * reach)


@pytest.mark.parametrize("size", [0.3, 1.0, 3.0])
@pytest.mark.parametrize("y", TARGETS, ids=["fixed", "seed 0", "seed 1"])
def test_lfp_interpolant_is_the_kernel_networks(size, y):
    A, B = 2 * size**2, size**4
    f = lfp_interpolant(X, y, XT, A, B)

    def gap(reach):
        to_data = relu_tangent_kernel(XT, X, reach, A, B)
        gram = relu_tangent_kernel(X, X, reach, A, B)
        return worst(to_data @ np.linalg.solve(gram, y), f, y)

    near, far = gap(1.5), gap(6.0)
    assert near < 0.01
    assert far < 1.5e-3
    # Neither limit would do: the cubic spline fails at large weights, straight lines at
    # small ones.
    other = (0, 1) if size < 1 else (1, 0)
    assert worst(lfp_interpolant(X, y, XT, *other), f, y) > 5 * near


def test_lfp_interpolant_and_spectral_weight_are_one_seminorm():
    """ReLU units with trained offsets: A = 1, B = E[mu^2]."""
    size = np.sqrt(3.0)
    y = TARGETS[0]
    w = np.array([0.5, 2.0])
    weight = spectral_weight("relu", w, output_std=size)
    np.testing.assert_allclose(weight, 1 / (1 / w**4 + 3 / w**2))
    relu = ACTIVATIONS["relu"]
    c = midpoints(6.0, 20_000)

    def features(x):
        trained_outer = layer(relu.value, x, c)
        trained_offsets = size * layer(relu.slope, x, c)
        return np.hstack([trained_outer, trained_offsets])

    net = least_norm(features(X), y, features(XT))
    assert worst(net, lfp_interpolant(X, y, XT, 1.0, 3.0), y) < 1e-3


def test_lfp_interpolant_without_offsets_is_relus_in_the_plane():
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (12, 2))
    xt = rng.uniform(-1, 1, (30, 2))
    y = rng.normal(size=12)
    f = lfp_interpolant(x, y, xt, 2.0, 0.0)
    relu = min_seminorm_interpolant(x, y, xt, "relu")
    np.testing.assert_allclose(f, relu, atol=1e-9)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_lfp_interpolant_is_where_a_lazy_network_ends(seed):
    """All of a, r, l trained, 8000 units, targets of size .01 (lazy).

    Weights of size .3 are the case that tells the limits apart.
    """
    rng = np.random.default_rng(seed)
    m = 8000
    size = 0.3
    y = 0.01 * TARGETS[0]
    a, r = size * rng.choice([-1.0, 1.0], (2, m))
    offset = midpoints(1.5, m) + 1.5 / m * rng.uniform(-1, 1, m)
    theta = np.stack([a, r, offset])

    def forward(theta, x):
        a, r, offset = theta
        return np.maximum(r * (x[:, None] + offset), 0) @ a / np.sqrt(m)

    def jacobian(theta, x):
        """Slopes of the output, (3, n, m)."""
        a, r, offset = theta
        z = x[:, None] + offset
        active = r * z > 0
        slopes = np.stack([r * z, a * z, np.broadcast_to(a * r, z.shape)])
        return active * slopes / np.sqrt(m)

    start, start_between = forward(theta, X), forward(theta, XT)
    slopes = jacobian(theta, X)
    rates = np.linalg.eigvalsh(np.einsum("pim,pjm->ij", slopes, slopes))
    low, high = np.sqrt(rates[[0, -1]])
    lr = 4 / (low + high) ** 2
    momentum = ((high - low) / (high + low)) ** 2
    before = theta
    for _ in range(3000):
        residual = forward(theta, X) - start - y
        if np.abs(residual).max() < 1e-4 * np.abs(y).max():
            break
        gradient = np.einsum("pim,i->pm", jacobian(theta, X), residual)
        theta, before = theta + momentum * (theta - before) - lr * gradient, theta
    assert np.abs(residual).max() < 1e-3 * np.abs(y).max()
    net = forward(theta, XT) - start_between
    closed = lfp_interpolant(X, y, XT, 2 * size**2, size**4)
    assert worst(net, closed, y) < 0.01
    for limit in ((1, 0), (0, 1)):
        assert worst(net, lfp_interpolant(X, y, XT, *limit), y) > 0.03


def bump(u):
    """Fourth derivative of a Gaussian; its transform removes the pole at 0."""
    return (u**4 - 6 * u**2 + 3) * np.exp(-(u**2) / 2)


@pytest.mark.parametrize("name", ["relu", "tanh", "gelu", "erf"])
def test_lfp_rates_on_the_line(name):
    """<g, K g> from training a, b and w, by quadrature over x and b."""
    sigma = ACTIVATIONS[name]
    r = np.array([0.7, 1.0, 1.6])
    a = np.array([1.3, 0.5, 0.9])
    reach = 24.0
    centre = 0.8
    x = np.linspace(-8, 9, 851)
    h = x[1] - x[0]
    g = bump(x - centre)
    b = midpoints(reach, 1200)
    parts = np.zeros(3)
    for w, out in zip(np.append(r, -r), np.append(a, a)):
        z = w * x[:, None] + b
        slope = sigma.slope(z)
        by_a = g @ sigma.value(z)
        by_b = (out * g) @ slope
        by_w = (out * g * x) @ slope
        parts += np.mean((np.stack([by_a, by_b, by_w]) * h) ** 2, axis=1)
    parts /= 2 * len(r)

    w = midpoints(12.0, 4800)
    cell = (w[1] - w[0]) / (2 * np.pi)
    transform = w**4 * np.sqrt(2 * np.pi) * np.exp(-(w**2) / 2)
    # Of transform * exp(-i w centre), less the phase.
    slope = (4 / w - w - 1j * centre) * transform
    outer, inner = lfp_rates(name, np.abs(w), 1, r, a, 1 / (2 * reach))
    size, slope_size = np.abs(transform) ** 2, np.abs(slope) ** 2
    expected = np.array([outer @ size, inner @ size, inner @ slope_size]) * cell
    np.testing.assert_allclose(parts, expected, rtol=2e-3)


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("name", ["relu", "tanh"])
def test_lfp_rates_in_the_plane_by_monte_carlo(name, seed):
    """A random network; 10 % is at least four standard errors of its units."""
    rng = np.random.default_rng(seed)
    sigma = ACTIVATIONS[name]
    m, reach = 30_000, 14.0
    w = rng.normal(size=(m, 2))
    b = rng.uniform(-reach, reach, m)
    a = 1 + rng.uniform(size=m)
    r = np.linalg.norm(w, axis=1)
    centre = np.array([0.6, -0.3])
    # g(x) = bump in |x - centre|: Laplacian squared of a Gaussian. Along a direction u
    # its integral over lines is sqrt(2 pi) bump(s), since there the Laplacian is
    # d^2/ds^2; so a neuron needs an integral over s alone.
    s = np.linspace(-7, 7, 281)
    h = s[1] - s[0]
    line = np.sqrt(2 * np.pi) * bump(s)
    along = centre @ w.T
    sums = np.zeros((3, m))
    for part in np.array_split(np.arange(m), 20):
        z = r[part, None] * s + (along + b)[part, None]
        value, slope = sigma.value(z), sigma.slope(z)
        total = slope @ line * h
        # d/dw = x sigma': x = centre + s u + t v. The mean of t over the line is 0, as
        # g is even in t.
        u = w[part] / r[part, None]
        moment = (slope @ (line * s) * h)[:, None] * u + total[:, None] * centre
        sums[0, part] = value @ line * h
        sums[1, part] = a[part] * total
        sums[2, part] = a[part] * np.linalg.norm(moment, axis=1)
    parts = np.square(sums).mean(axis=1)

    k = 4.5 + midpoints(4.5, 400)
    cell = 2 * np.pi * k * (k[1] - k[0]) / (2 * np.pi) ** 2
    transform = k**4 * 2 * np.pi * np.exp(-(k**2) / 2)
    outer, inner = lfp_rates(name, k, 2, r, a, 1 / (2 * reach))
    # Both depend on the length of k alone.
    size = transform**2
    slope_size = ((4 / k - k) ** 2 + centre @ centre) * transform**2
    expected = [outer * size @ cell, inner * size @ cell, inner * slope_size @ cell]
    np.testing.assert_allclose(parts, expected, rtol=0.1)


@pytest.mark.parametrize("dim", [1, 2, 3])
def test_lfp_closed_forms(dim):
    xi = np.array([0.2, 0.5, 1.0])
    r = np.array([1.0, 2.0])
    a = np.array([3.0, 1.0])
    c = math.gamma(dim / 2) / math.pi ** (dim / 2)
    outer, inner = lfp_rates("relu", xi, dim, r, a, unit="cycles")
    exact = c * np.mean(r**3) / (16 * np.pi**4 * xi ** (dim + 3))
    np.testing.assert_allclose(outer, exact)
    exact = c * np.mean(a**2 * r) / (4 * np.pi**2 * xi ** (dim + 1))
    np.testing.assert_allclose(inner, exact)

    outer, inner = lfp_rates("tanh", xi, dim, r, a, unit="cycles")
    csch2 = 1 / np.sinh(np.pi**2 * xi[:, None] / r) ** 2
    exact = c * np.mean(np.pi**2 / r * csch2, axis=1) / xi ** (dim - 1)
    np.testing.assert_allclose(outer, exact)
    bracket = np.mean(4 * np.pi**4 * a**2 * xi[:, None] ** 2 / r**3 * csch2, axis=1)
    np.testing.assert_allclose(inner, c * bracket / xi ** (dim - 1))
    angular = lfp_rates("tanh", 2 * np.pi * xi, dim, r, a)
    np.testing.assert_allclose(angular, [outer, inner])


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
        assert f.shape == (1,)
        assert len(x) == len(y) == len(set(x)) > activation(name).null_degree


ON_A_DIAGONAL = [[0, 0], [1, 1], [2, 2]]


def test_training_the_output_weights_ends_at_the_shortest_fit():
    rng = np.random.default_rng(0)
    features, values = rng.normal(size=(5, 40)), rng.normal(size=5)
    weights = train_output_weights(features, values, tolerance=1e-12)
    shortest = np.linalg.pinv(features) @ values
    np.testing.assert_allclose(weights, shortest, atol=1e-11)


def test_no_other_momentum_is_faster():
    rng = np.random.default_rng(1)
    features, values = rng.normal(size=(5, 12)), rng.normal(size=5)
    lr, best = best_heavy_ball(features @ features.T)

    def misfit(momentum):
        weights = train_output_weights(
            features, values, 60, lr=lr, momentum=momentum, tolerance=0
        )
        return np.abs(features @ weights - values).max()

    assert misfit(best) < min(misfit(0.9 * best), misfit((1 + best) / 2))


def test_training_that_ends_too_early_says_so():
    features = np.diag([1.0, 100.0])
    with pytest.warns(UserWarning, match="10 steps leave a residual"):
        train_output_weights(features, [1.0, 1.0], 10)
    train_output_weights(features, [1.0, 1.0], 10, tolerance=0)


@pytest.mark.parametrize(
    "call, says",
    [
        (lambda: min_seminorm_interpolant([0, 0], [1, 2], [0], "step"), "twice"),
        (lambda: min_seminorm_interpolant([0], [1], [0], "relu"), "too few"),
        (
            lambda: min_seminorm_interpolant(
                ON_A_DIAGONAL, [1, 2, 3], [[0, 0]], "relu"
            ),
            "too aligned",
        ),
        (
            lambda: min_seminorm_interpolant([0, 1], [1, 2], [[0, 0]], "step"),
            "at has shape",
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
        (lambda: spectral_weight("tanh", 1.0, spread="biases"), "did you mean 'bias'"),
        (lambda: spectral_weight("linear", 1.0), "single frequencies"),
        # The step's weight; and one whose pole needs degree 1.
        (lambda: kernel_from_weight(lambda w: w**2, 0), "closed kernel"),
        (lambda: kernel_from_weight(lambda w: w**4 * np.exp(w), 0), "closed kernel"),
        (lambda: kernel_from_weight(lambda w: np.exp(w**2) - 2), "not positive"),
        (lambda: kernel_from_weight(lambda w: np.inf * w), "finite integral"),
        (lambda: kernel_from_weight(lambda w: 1 + w), "finite integral"),
        (lambda: averaged_kernel(np.abs, 0), "dim is 0"),
        (lambda: uneven_spline([0, 0], [1, 1], [0], np.ones_like), "twice"),
        (lambda: uneven_spline([0, 1], [1, 1], [0], np.zeros_like), "density holds 0"),
        (lambda: best_heavy_ball(np.ones((2, 2))), "all of them positive"),
        (lambda: train_output_weights([[1, 2]], [1, 2]), "values"),
        (lambda: lfp_interpolant([0, 1, 2], [0, 1, 0], [0], 0, 0), "both 0"),
        (lambda: lfp_interpolant([0, 1, 2], [0, 1, 0], [0], -1, 0), "cubic is -1"),
        (lambda: lfp_rates("relu", [0.0], 1, 1, 1), "frequencies holds 0"),
        (lambda: lfp_rates("relu", [1.0], 1, [1, 2], [1, 2, 3]), "one length"),
        (
            lambda: lfp_rates("relu", [1.0], 1, 1, 1, unit="hertz"),
            "expected one of angular, cycles",
        ),
    ],
)
def test_bad_input(call, says):
    with pytest.raises(ValueError, match=says) as caught:
        call()
    assert "\n" not in str(caught.value)


# ---- leave-one-out ----


def scattered_gram(n=40):
    rng = np.random.default_rng(3)
    x = np.sort(rng.uniform(-1, 1, n))
    return np.exp(-np.abs(x[:, None] - x)), np.sin(4 * x) + 0.1 * rng.normal(size=n)


def fitted_without(K, y, i, ridge):
    """What a fit to all points but i misses there."""
    rest = np.arange(len(y)) != i
    padded = K[np.ix_(rest, rest)] + ridge * np.eye(len(y) - 1)
    return y[i] - K[i, rest] @ np.linalg.solve(padded, y[rest])


@pytest.mark.parametrize("ridge", [0.0, 1e-3, 0.5])
def test_leave_one_out_is_exact(ridge):
    K, y = scattered_gram()
    again = [fitted_without(K, y, i, ridge) for i in range(len(y))]
    np.testing.assert_allclose(leave_one_out(K, y, ridge), again, atol=1e-9)


def test_leave_one_out_agrees_with_sklearn_and_takes_several_ridges():
    from sklearn.linear_model import RidgeCV

    K, y = scattered_gram()
    features = np.linalg.cholesky(K)
    ridges = np.array([1e-2, 1.0])
    peer = RidgeCV(ridges, fit_intercept=False, store_cv_results=True)
    squares = peer.fit(features, y).cv_results_  # (n, ridges)
    ours = leave_one_out(K, y, ridges)
    assert ours.shape == (2, len(y))
    np.testing.assert_allclose(ours.T**2, squares, rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize(
    ("gram", "ridge", "word"),
    [
        ([[1, 0.5], [0.4, 1]], 0.0, "symmetric"),
        ([[1, 1], [1, 1]], 0.0, "ridge"),
        ([[1, 0], [0, 1]], -0.5, "ridge"),
        ([[1, 0, 0], [0, 1, 0]], 0.0, "symmetric"),
    ],
)
def test_leave_one_out_refuses_in_a_sentence(gram, ridge, word):
    with pytest.raises(ValueError, match=word):
        leave_one_out(gram, [1.0, 2.0], ridge)


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: train_output_weights(np.eye(2), [1, 2], lr=10.0), "grow past all"),
        (lambda: train_output_weights(np.eye(2), [1, 2], 2**64), "steps"),
        (lambda: train_output_weights(np.eye(2), [1, 2], momentum=-0.5), "momentum"),
        (lambda: best_heavy_ball(np.ones((2, 3))), "not symmetric"),
        (lambda: best_heavy_ball([[1.0, 0.5], [0.0, 1.0]]), "not symmetric"),
        (lambda: mirrored_units(np.tanh, [1.0], [0.0], scale="2"), "scale is '2'"),
        (lambda: mirrored_units("tanh", [1.0], [0.0]), "no function"),
        (lambda: mirrored_units(np.sum, [1.0, 2.0], [0.0]), "activation gives shape"),
        (lambda: leave_one_out(np.eye(2), [1, 2], np.ones((2, 2))), "ridge has shape"),
        (lambda: kernel_from_weight(3.0), "weight is 3.0"),
        (lambda: kernel_from_weight(np.exp, null_degree=2**64), "null_degree"),
        (lambda: kernel_from_weight(np.exp, tolerance=1e-300), "tolerance"),
        (lambda: averaged_kernel(np.abs, 2**64), "dim"),
        (lambda: spectral_weight("tanh", [1.0], dim=101), "dim"),
        (lambda: spectral_weight("tanh", [1.0], scales=np.ones((2, 2))), "scales has"),
        (lambda: lfp_rates("relu", [1.0], 400, 1.0, 1.0), "dim"),
        (
            lambda: min_seminorm_interpolant([0, 1], [0, 1], [0.5], np.abs, 2**62),
            "too few",
        ),
        (
            lambda: min_seminorm_interpolant(
                np.arange(10**6), np.arange(10**6), [0.5], "relu"
            ),
            "1000000 x 1000000",
        ),
        (lambda: uneven_spline([0, 1, 2], [0, 1, 0], [0.5], lambda h: h[:1]), "gives"),
        (lambda: uneven_spline([0, 1, 2], [0, 1, 0], [0.5], 1.0), "no function"),
    ],
)
def test_more_bad_input(call, words):
    with pytest.raises(ValueError, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_a_kernel_of_many_equal_points():
    """All distances 0: no table can be made over them."""
    kernel = averaged_kernel(lambda z: np.exp(-(z**2)), 2)
    np.testing.assert_allclose(kernel(np.zeros(100)), 1, rtol=1e-13)
