"""Infinite-width kernels of networks: against closed forms, arithmetic of many digits,
and the networks themselves.
"""

import pickle

import mpmath
import numpy as np
import pytest

import fbkit as fb
from fbkit.activations import ACTIVATIONS, Activation, leaky_relu, relu_power
from fbkit.kernels.ways import ways_of
from fbkit.nets import Antisymmetric, even_units


def test_relu_without_bias_is_the_arc_cosine_kernel():
    """K = E[ss] + cos E[s's'] = (sin t + 2 cos t (pi - t)) / 2 pi."""
    t = np.linspace(0, np.pi, 50)
    expected = (np.sin(t) + 2 * np.cos(t) * (np.pi - t)) / (2 * np.pi)
    found = fb.ntk(bias_std=0.0).profile(t)
    np.testing.assert_allclose(found, expected, atol=1e-14)
    np.testing.assert_allclose(fb.relu_profile("ntk")(t), expected, atol=1e-14)


def test_bias_free_relu_cannot_see_odd_frequencies_above_one():
    basis = fb.circle(1024, 9)
    odd = (basis.modes % 2 == 1) & (basis.modes > 1)
    plain = fb.rates(fb.ntk(bias_std=0.0), basis)
    assert np.abs(plain[odd]).max() < 1e-12
    assert plain[~odd].min() > 1e-4
    assert fb.rates(fb.ntk(), basis).min() > 1e-4


def test_trace():
    """The rates of all modes sum to K(0)."""
    found = fb.rates(fb.ntk(), fb.circle(256))
    assert found.sum() == pytest.approx(fb.ntk().profile(0.0), rel=1e-12)


# Duals: every activation of the table, at any deviation.


STEEP = {
    "tanh": (mpmath.tanh, lambda z: mpmath.sech(z) ** 2),
    "silu": (
        lambda z: z / (1 + mpmath.exp(-z)),
        lambda z: (1 + z / (1 + mpmath.exp(z))) / (1 + mpmath.exp(-z)),
    ),
}


@pytest.mark.parametrize("name", STEEP)
@pytest.mark.parametrize("deviation", [1, 5, 20])
@pytest.mark.parametrize("sign", [1, -1])
def test_steep_units_of_equal_and_opposite_inputs(name, deviation, sign):
    """There E[sigma(z) sigma(+-z)] is one integral, by mpmath."""
    cuts = [v / deviation for v in (-12 * deviation, -8, -2, 0, 2, 8, 12 * deviation)]
    exact = []
    for f in STEEP[name]:
        product = lambda g, f=f: f(deviation * g) * f(sign * deviation * g)
        mean = mpmath.quad(lambda g, p=product: p(g) * mpmath.npdf(g), cuts)
        exact.append(float(mean))
    dual, q = ways_of(name)[-1], np.array([float(deviation**2)])
    found = dual.products(q, sign * q, dual.points(q))
    np.testing.assert_allclose(np.ravel(found), exact, rtol=1e-10)


@pytest.mark.parametrize(
    "name", ["tanh", "sigmoid", "softplus", "silu", "arctan", "sinc"]
)
def test_mixture_and_series_agree(name):
    """Two ways that share nothing, where both converge."""
    series, mixture = ways_of(name)
    for q in (0.25, 1.0, 1.5):
        variances = np.full(6, q)
        c = q * np.array([1.0, 0.999, 0.4, 0.0, -0.7, -1.0])
        results = []
        for dual in (series, mixture):
            results.append(dual.products(variances, c, dual.points(variances)))
        np.testing.assert_allclose(*results, atol=3e-10)


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "arctan", "softplus", "silu"])
@pytest.mark.parametrize("deviation", [5.0, 20.0])
def test_steep_units_against_the_trapezoid_rule(name, deviation):
    """On a plane grid fine enough for units of width 1: error below 1e-8."""
    unit, q, x = ACTIVATIONS[name], deviation**2, 0.8
    step = 0.4 / deviation
    g = np.arange(-8, 8 + step, step)
    weight = step * np.exp(-(g**2) / 2) / np.sqrt(2 * np.pi)
    z = deviation * g
    other = deviation * (x * g[:, None] + np.sqrt(1 - x**2) * g)  # (z, independent)
    dual = ways_of(name)[-1]
    given = np.array([q])
    found = dual.products(given, x * given, dual.points(given))
    for f, ours in zip((unit.value, unit.slope), found):
        exact = (weight * f(z)) @ f(other) @ weight
        tolerance = 2e-6 if name == "arctan" else 1e-8  # its poles are nearer
        assert ours[0] == pytest.approx(exact, rel=tolerance)


def test_leaky_units_are_a_mixture_of_relu_and_linear():
    """In angles as well: between ReLU (slope 0) and linear (slope 1)."""
    theta = np.array([0.0, 1e-9, 1e-4, 0.4, 2.0, np.pi - 1e-7, np.pi])
    relu = fb.ntk(4, "relu", bias_std=0.5).profile(theta)
    none = fb.ntk(4, leaky_relu(0.0), bias_std=0.5).profile(theta)
    np.testing.assert_allclose(none, relu, rtol=1e-14)
    linear = fb.ntk(4, "linear", bias_std=0.5).profile(theta)
    almost = fb.ntk(4, leaky_relu(1 - 1e-9), bias_std=0.5).profile(theta)
    np.testing.assert_allclose(almost, linear, atol=1e-8)
    own = fb.ntk(4, leaky_relu(0.3), bias_std=0.5)
    complex_way = own.profile(theta[3:5] + 0j).real
    np.testing.assert_allclose(own.profile(theta[3:5]), complex_way, rtol=1e-13)


def test_a_step_passes_no_gradient():
    """Only the outer weights are trained: the kernel is the covariance."""
    kernel, X = fb.ntk(3, "step"), np.eye(3)
    np.testing.assert_allclose(kernel.gram(X), kernel.covariance(X), rtol=1e-14)


def test_what_has_no_kernel_is_refused():
    with pytest.raises(ValueError, match="needs more than"):
        fb.ntk(activation=lambda z: np.sign(z)).profile(0.3)
    with pytest.raises(ValueError, match=r"relu\^2 needs more|Hermite terms"):
        fb.ntk(activation=Activation("own", np.sign, np.sign)).profile(0.3)
    smooth = fb.ntk(activation=relu_power(3)).profile(0.3)
    assert np.isfinite(smooth)


# Networks.


def networks(count, **how):
    return [fb.mlp(seed=seed, **how) for seed in range(count)]


def agreement(kernel, nets, X, width):
    """Largest distance of the mean of the networks' kernels, over 4 standard errors
    plus 3/width of the kernel's size.
    """
    K = kernel.gram(X)
    drawn = np.array([fb.empirical_ntk(net.double(), X) for net in nets])
    error = drawn.std(axis=0, ddof=1) / np.sqrt(len(nets))
    allowed = 4 * error + 3 / width * np.abs(K).max()
    return (np.abs(drawn.mean(axis=0) - K) / allowed).max()


CASES = [
    (depth, bias, name)
    for depth in (2, 3, 4)
    for bias in (0.0, 0.7)
    for name in ("relu", "tanh", "gelu", "sine")
]
QUICK = [CASES[i] for i in (0, 5, 10, 12, 17, 23)]


def check_networks(depth, bias, name):
    X = np.random.default_rng(depth).normal(size=(5, 3))
    how = dict(
        inputs=3, depth=depth, activation=name, weight_std=1.3, bias_std=bias,
        output_std=0.8, output_bias_std=bias / 2, width=512,
    )  # fmt: skip
    nets = networks(8, **how)
    assert agreement(fb.ntk_of(nets[0]), nets, X, 256) < 1


@pytest.mark.parametrize("depth, bias, name", QUICK)
def test_the_mean_of_drawn_networks_is_the_kernel(depth, bias, name):
    check_networks(depth, bias, name)


@pytest.mark.slow
@pytest.mark.parametrize("depth, bias, name", CASES)
def test_the_mean_of_drawn_networks_is_the_kernel_in_all_cases(depth, bias, name):
    check_networks(depth, bias, name)


@pytest.mark.parametrize("deviation", [5.0, 20.0])
def test_networks_of_steep_units(deviation):
    basis = fb.circle(16)
    nets = networks(8, activation="tanh", weight_std=deviation, width=8192)
    kernel = fb.ntk_of(nets[0])
    found = np.mean([fb.mode_rates(net, basis, range(5)) for net in nets], axis=0)
    expected = fb.rates(kernel, basis)[np.searchsorted(basis.modes, range(5))]
    np.testing.assert_allclose(found, expected, rtol=0.1)


def test_ntk_of_knows_every_network_of_ours():
    """Standard layers, SIREN, evenly spaced units, Fourier features, frozen parts."""
    angles = np.linspace(0, 2 * np.pi, 6)[:-1]
    X = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    frequencies = np.random.default_rng(0).normal(size=(32, 2))

    def frozen(seed):
        net = fb.mlp(width=512, depth=3, seed=seed)
        for half in (net.plus, net.minus):
            half.layers[0].bias.requires_grad_(False)
            half.layers[1].weight.requires_grad_(False)
        return net

    def over_features(seed):
        hidden = fb.mlp(inputs=64, width=512, activation="tanh", seed=seed)
        return fb.FourierFeatures(frequencies, hidden)

    makers = [
        lambda seed: fb.standard_mlp([2, 256, 256, 1], weight_std=0.06, seed=seed),
        lambda seed: fb.standard_mlp([2, 256, 256, 1], "relu", seed=seed),
        lambda seed: fb.standard_mlp([2, 256, 256, 256, 1], seed=seed),
        lambda seed: fb.siren([2, 256, 256, 1], omega=4, seed=seed),
        lambda seed: fb.siren([2, 256, 1], omega=30, seed=seed),
        lambda seed: fb.mlp(width=512, antisymmetric=False, seed=seed),
        frozen,
        over_features,
    ]
    for make in makers:
        nets = [make(seed) for seed in range(8)]
        assert agreement(fb.ntk_of(nets[0]), nets, X, 256) < 1
    net = even_units(512, weight_std=0.5**0.5, bias_std=0.5**0.5, length=3)
    theory = fb.relu_profile("first layer with bias")(angles)
    np.testing.assert_allclose(fb.ntk_of(net).profile(angles), theory, rtol=1e-13)
    plain = fb.FourierFeatures(frequencies)
    exact = fb.empirical_ntk(plain.double(), X)
    np.testing.assert_allclose(fb.ntk_of(plain).gram(X), exact, rtol=1e-5, atol=1e-6)


def test_ntk_of_is_the_record_from_numbers():
    how = dict(depth=4, activation="erf", weight_std=2.0, bias_std=0.1, output_std=3.0)
    net = fb.mlp(inputs=5, width=6, output_bias_std=0.2, **how)
    kernel = fb.ntk(inputs=5, output_bias_std=0.2, **how)
    assert fb.ntk_of(net) == kernel
    again = pickle.loads(pickle.dumps(kernel))
    assert again == kernel
    np.testing.assert_array_equal(again.gram(np.eye(5)), kernel.gram(np.eye(5)))


def test_the_first_example_of_the_package():
    basis = fb.circle(points=128)
    target = fb.sines(basis, [1, 3, 5], 0.1)
    net = fb.mlp(inputs=2, width=512, seed=0)
    run = fb.train(net, target, steps=60, progress=False)
    rates = fb.rates(fb.ntk_of(net), basis)
    theory = fb.gradient_flow(rates, -target.coefficients, run.t)
    np.testing.assert_array_equal(theory.modes, run.modes)
    start = np.abs(target.coefficients).max()
    assert np.abs(run.error - theory.error).max() < 0.2 * start


def test_half_of_the_kernel_of_cao():
    """Output weights of variance 1/2: both parts are halved."""
    net, theta = fb.mlp(inputs=10, bias_std=0, output_std=0.5**0.5), np.arange(4.0)
    cao = fb.relu_profile("cao")(theta)
    np.testing.assert_allclose(2 * fb.ntk_of(net).profile(theta), cao, rtol=1e-14)


def test_output_bias_of_a_network():
    """It is there, starts antisymmetric, and adds its variance to the kernel."""
    import torch

    net = fb.mlp(width=8, output_bias_std=0.5)
    assert isinstance(net, Antisymmetric)
    assert net(torch.ones(3, 2)).abs().max().item() == 0
    with_bias, without = fb.ntk_of(net).profile(1.0), fb.ntk_of(fb.mlp()).profile(1.0)
    assert with_bias - without == pytest.approx(0.25, rel=1e-12)
    plain = fb.mlp(width=8).plus.layers[0].weight
    assert torch.equal(net.plus.layers[0].weight, plain)


@pytest.mark.parametrize(
    "net, says",
    [
        (lambda: fb.standard_mlp([3, 8, 1]), "draws its first layer evenly"),
        (lambda: fb.FourierFeatures([1.0], outer=([1.0], [1.0])), "its frequencies"),
        (lambda: "net", "net is a str"),
    ],
)
def test_networks_without_a_kernel_of_infinite_width(net, says):
    with pytest.raises(ValueError, match=says) as caught:
        fb.ntk_of(net())
    assert "\n" not in str(caught.value)


def test_halves_that_differ():
    net = fb.mlp(width=8)
    net.plus.layers[0].weight.requires_grad_(False)
    with pytest.raises(ValueError, match="the two halves"):
        fb.ntk_of(net)


def test_kernels_that_are_no_function_of_the_angle():
    for net in (fb.siren([2, 8, 1]), fb.FourierFeatures([[1.0, 2.0]])):
        kernel, basis = fb.ntk_of(net), fb.circle(16, 3)
        with pytest.raises(ValueError, match="no function of the angle"):
            kernel.profile(0.1)
        gram = kernel.gram(basis.inputs)
        np.testing.assert_allclose(fb.rates(kernel, basis), fb.rates(gram, basis))
    one = fb.ntk_of(fb.FourierFeatures([1.0, 2.0]))
    x = np.array([0.1, 0.7])
    expected = (np.cos(x[1] - x[0]) + np.cos(2 * (x[1] - x[0]))) / 2
    assert one.gram(x)[0, 1] == pytest.approx(expected, rel=1e-6)


def test_wide_network_has_these_rates():
    """The Rayleigh quotients of a network approach the infinite-width rates as
    1/sqrt(width).
    """
    basis = fb.circle(64)
    theory = fb.rates(fb.ntk(), basis)[np.searchsorted(basis.modes, range(5))]
    gaps = []
    for width in (1024, 16384):
        nets = networks(4, width=width)
        found = np.array([fb.mode_rates(net, basis, range(5)) for net in nets])
        gaps.append(np.sqrt(np.mean(np.square(found / theory - 1))))
    assert gaps[1] < 0.05
    assert 2 < gaps[0] / gaps[1] < 8  # expected 4


# Slopes of either sign.


def by_quadrature(slope, q, q_, c):
    """E[sigma(z) sigma(z')] and E[sigma'(z) sigma'(z')] over the angle of (z, z')."""
    x = c / np.sqrt(q * q_)
    n = 400_000
    turn = 2 * np.pi * (np.arange(n) + 0.5) / n
    z = np.cos(turn)
    z_ = x * np.cos(turn) + np.sqrt(1 - x * x) * np.sin(turn)
    kind = leaky_relu(slope)
    # The mean of the squared radius is 2.
    value = 2 * np.mean(kind.value(z) * kind.value(z_)) * np.sqrt(q * q_)
    return value, np.mean(kind.slope(z) * kind.slope(z_))


@pytest.mark.parametrize("slope", [-1.0, -0.5, -3.0, 2.0])
def test_leaky_units_of_any_slope_against_quadrature(slope):
    x, y = np.array([1.0, 0.5]), np.array([-0.3, 2.0])
    kernel = fb.ntk(activation=leaky_relu(slope), bias_std=0.5)
    products = x @ x + 0.25, y @ y + 0.25, x @ y + 0.25
    E, slopes = by_quadrature(slope, *products)
    assert kernel.covariance([x], [y])[0, 0] == pytest.approx(E, rel=1e-9)
    wanted = E + slopes * products[2]
    assert kernel.gram([x], [y])[0, 0] == pytest.approx(wanted, rel=1e-5)


@pytest.mark.parametrize("bias", [0.0, 0.5])
def test_absolute_values_do_not_tell_opposite_inputs_apart(bias):
    """Without a bias; near them 1 - K/K(0) keeps its digits, also through three layers:
    behind the first the angle is that of the inputs' difference, and their sum.
    """
    kernel = fb.ntk(3, leaky_relu(-1), bias_std=bias)
    gap = np.array([0.0, 1e-9, 1e-5, 0.3])
    near, far = kernel.profile(gap), kernel.profile(np.pi - gap)
    if bias == 0:
        # The first layer's weights see x and -x with slopes of opposite sign.
        K = kernel.covariance
        x, y = [[1.0, 0.0]], np.stack([np.cos(gap), np.sin(gap)], axis=1)
        np.testing.assert_allclose(K(x, y), K(x, -y), rtol=1e-14)
        np.testing.assert_allclose(far, near, rtol=1e-14)
    else:
        assert far[0] < near[0]
    X = np.stack([np.cos(np.pi - gap), np.sin(np.pi - gap)], axis=1)
    np.testing.assert_allclose(kernel.gram([[1.0, 0.0]], X)[0], far, rtol=1e-13)


def test_the_network_of_absolute_values_has_this_kernel():
    nets = networks(
        8, depth=3, activation=leaky_relu(-1), bias_std=0.5, width=512, inputs=3
    )
    X = np.random.default_rng(0).normal(size=(5, 3))
    assert agreement(fb.ntk_of(nets[0]), nets, X, 256) < 1


# Deep networks with biases, written out.


@pytest.mark.parametrize("depth", [3, 4, 6])
def test_hidden_biases_are_there_and_no_output_bias(depth):
    """`fb.mlp` has biases in all layers but the last."""
    theta = np.linspace(0.1, 3, 7)
    w, b, a = 1.3, 0.7, 0.8
    K, q = w**2 * np.cos(theta) + b**2, w**2 + b**2
    T = K
    for layer in range(2, depth + 1):
        last = layer == depth
        angle = np.arccos(K / q)
        E = q * (np.sin(angle) + (np.pi - angle) * np.cos(angle)) / (2 * np.pi)
        slope = (np.pi - angle) / (2 * np.pi)
        s, offset = (a, 0) if last else (w, b)
        gain = 1 if last else w**2
        T = s**2 * slope * T + gain * E + offset**2
        K, q = s**2 * E + offset**2, s**2 * q / 2 + offset**2
    net = fb.mlp(depth=depth, width=4, weight_std=w, bias_std=b, output_std=a)
    np.testing.assert_allclose(fb.ntk_of(net).profile(theta), T, rtol=1e-12)


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: fb.ntk(2**64), "depth"),
        (lambda: fb.ntk(10**9), "depth"),
        (lambda: fb.ntk(weight_std=1e200), "weight_std"),
        (lambda: fb.ntk(activation="erf", bias_std=1e9).gram(np.eye(2)), "past all"),
        (lambda: fb.ntk().gram(np.ones((10**6, 1))), "1000000 x 1000000"),
        (lambda: fb.ntk().gram(np.eye(2), dtype="float"), None),
        (lambda: fb.ntk().gram(np.eye(2), dtype="double trouble"), "dtype"),
        (lambda: fb.rates(np.cos, "circle"), "basis is 'circle'"),
        (lambda: fb.rates(lambda theta: theta[0], fb.circle(8)), "number for each"),
        (lambda: fb.rates(lambda theta: float(theta), fb.circle(8)), "fails for an"),
        (lambda: fb.kernels.ReluProfile("a", 1, 1), "outer is 'a'"),
        (lambda: fb.kernels.Dense("a", 1, 1, 1), "weight_std is 'a'"),
        (lambda: fb.kernels.Kernel(()), "layers holds"),
    ],
)
def test_more_bad_input_is_one_sentence(call, words):
    if words is None:
        call()
        return
    with pytest.raises(ValueError, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)
