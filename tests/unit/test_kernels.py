"""Infinite-width kernels against closed forms, Monte Carlo and wide networks."""

import numpy as np
import pytest

import fbkit as fb
from fbkit.kernels import ntk_profile


def test_relu_without_bias_is_the_arc_cosine_kernel():
    """K = E[ss] + cos E[s's'] = (sin t + 2 cos t (pi - t)) / 2 pi."""
    t = np.linspace(0, np.pi, 50)
    expected = (np.sin(t) + 2 * np.cos(t) * (np.pi - t)) / (2 * np.pi)
    np.testing.assert_allclose(
        fb.two_layer_profile(t, "relu", bias_std=0.0), expected, atol=1e-14
    )


def test_bias_free_relu_cannot_see_odd_frequencies_above_one():
    rates = fb.circle_rates(lambda t: fb.two_layer_profile(t, bias_std=0.0), 1024, 9)
    assert np.abs(rates[[3, 5, 7, 9]]).max() < 1e-12
    assert rates[[0, 1, 2, 4, 6, 8]].min() > 1e-4
    with_bias = fb.circle_rates(fb.two_layer_profile, 1024, 9)
    assert with_bias[3:].min() > 1e-4


def test_trace():
    """Eigenvalues, cosine and sine counted, sum to K(0)."""
    n = 256
    rates = fb.circle_rates(fb.two_layer_profile, n, n // 2)
    assert rates[0] + 2 * rates[1:-1].sum() + rates[-1] == pytest.approx(
        fb.two_layer_profile(0.0), rel=1e-12
    )


@pytest.mark.parametrize("name", ["sine", "tanh", "gaussian"])
def test_closed_form_and_quadrature_agree_with_monte_carlo(name):
    rng = np.random.default_rng(0)
    theta, s_w, s_b = 0.7, 1.3, 0.6
    w, b = rng.normal(size=(2, 400_000)) * s_w, rng.normal(size=400_000) * s_b
    from fbkit.activations import activation

    z = w[0] + b
    other = w[0] * np.cos(theta) + w[1] * np.sin(theta) + b
    a = activation(name)
    c = s_w**2 * np.cos(theta) + s_b**2
    draws = a.value(z) * a.value(other) + c * a.slope(z) * a.slope(other)
    error = draws.std() / np.sqrt(draws.size)
    assert fb.two_layer_profile(
        theta, name, weight_std=s_w, bias_std=s_b
    ) == pytest.approx(draws.mean(), abs=4 * error)


@pytest.mark.parametrize(
    "name", ["relu", "tanh", "sine", "cosine", "gaussian", "erf", "gelu", "softplus"]
)
def test_two_layers_are_the_deep_kernel_at_depth_two(name):
    """With all variances 1 the deep kernel has the outer bias besides, which adds 1."""
    theta = np.linspace(0, np.pi, 9)
    deep = ntk_profile(
        theta, depth=2, activation=name, weight_variance=1.0, bias_variance=1.0
    )
    np.testing.assert_allclose(
        fb.two_layer_profile(theta, name), deep - 1, atol=3e-15 * deep[0]
    )


def test_an_activation_with_a_kink_is_refused():
    with pytest.raises(ValueError, match="leaky_relu needs more than"):
        fb.two_layer_profile(0.3, "leaky_relu")


def test_wide_network_has_these_rates():
    """The Rayleigh quotients of a network approach the infinite-width rates as
    1/sqrt(width).
    """
    basis = fb.circle(64)
    theory = fb.circle_rates(fb.two_layer_profile, 64, 4)
    gaps = []
    for width in (1024, 16384):
        rates = [
            fb.mode_rates(fb.mlp(width=width, seed=s), basis, range(5))
            for s in range(4)
        ]
        gaps.append(np.sqrt(np.mean(np.square(rates / theory - 1))))
    assert gaps[1] < 0.05
    assert 2 < gaps[0] / gaps[1] < 8  # expected 4


@pytest.mark.parametrize(
    "arguments, says",
    [
        (dict(activation="nope"), "expected one of"),
        (dict(weight_std=-1), "weight_std is -1"),
        (dict(weight_std=0, bias_std=0), "both 0"),
        (dict(theta=[np.nan]), "NaN"),
    ],
)
def test_bad_input(arguments, says):
    with pytest.raises(ValueError, match=says):
        fb.two_layer_profile(**{"theta": [0.0], **arguments})


def test_too_high_a_frequency():
    with pytest.raises(ValueError, match="lower it"):
        fb.circle_rates(fb.two_layer_profile, 16, 9)
