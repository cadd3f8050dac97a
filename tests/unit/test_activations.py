"""The table of activations against derivatives, torch, Fourier transforms and
autocorrelations taken numerically.
"""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from fbkit.activations import (
    ACTIVATIONS,
    Activation,
    activation,
    leaky_relu,
    relu_power,
    torch_function,
)

MORE = {"leaky .3": leaky_relu(0.3), "relu^2": relu_power(2), "relu^3": relu_power(3)}
ALL = {**ACTIVATIONS, **MORE}
SPECTRAL = {name: one for name, one in ALL.items() if one.spectrum is not None}


@pytest.fixture(params=ALL, ids=str)
def one(request):
    return ALL[request.param]


@pytest.fixture(params=SPECTRAL, ids=str)
def spectral(request):
    return SPECTRAL[request.param]


def test_slope_is_the_derivative(one):
    z = np.array(
        [-30.0, -4.1, -1.3, -0.2, -1.5e-3, -5e-4, 5e-4, 1.5e-3, 0.4, 1.7, 3.9, 30.0]
    )  # no kink among them
    h = 1e-4
    difference = (one.value(z + h) - one.value(z - h)) / (2 * h)
    np.testing.assert_allclose(
        one.slope(z), difference, atol=3e-8 * (1 + np.abs(difference).max())
    )


def test_torch_computes_the_same(one):
    z = np.concatenate([np.linspace(-60, 60, 1001), [1e-3, -1e-3, 1e-6]])
    ours = one.value(z)
    np.testing.assert_allclose(
        torch_function(one)(torch.as_tensor(z)).numpy(), ours, rtol=1e-12, atol=1e-14
    )
    z = torch.linspace(
        -3, 3, 64, dtype=torch.float64, requires_grad=True
    )  # 0 is not among them
    output = torch_function(one)(z).sum()
    if output.requires_grad:  # a step has no slope to give
        (slope,) = torch.autograd.grad(output, z)
        np.testing.assert_allclose(
            slope.numpy(), one.slope(z.detach().numpy()), rtol=1e-9, atol=1e-12
        )


def differences(f, order, h):
    """sigma(z + h/2) - sigma(z - h/2), `order` times: the transform is (2i
    sin(wh/2))^order sigma^, without pole.
    """

    def once(g):
        return lambda z: g(z + h / 2) - g(z - h / 2)

    for _ in range(order):
        f = once(f)
    return f


def test_spectrum_is_the_fourier_transform(spectral):
    """As a tempered distribution: differences of sigma are integrable, and their
    transform is known from sigma^.
    """
    w, h = np.array([0.15, 0.4, 0.85, 1.6, 2.7]), 0.5
    if (
        spectral.name == "sinc"
    ):  # not integrable: transform its spectrum (all of phase 0) back instead
        z, v = np.linspace(-9, 9, 101), (np.arange(-3000, 3000) + 0.5) / 2000
        back = (
            np.exp(1j * np.outer(z, v))
            @ np.sqrt(spectral.spectrum(v))
            / 2000
            / (2 * np.pi)
        )
        np.testing.assert_allclose(back, spectral.value(z), atol=1e-6)
        return
    order = spectral.null_degree + 2
    reach = (
        400 if spectral.name == "arctan" else 40
    )  # its differences of second order fall off as z^-3
    step = 1 / 512
    z = (np.arange(-reach / step, reach / step) + 0.5) * step
    f = differences(spectral.value, order, h)(z)
    transform = np.array([np.exp(-1j * v * z) @ f for v in w]) * step
    expected = spectral.spectrum(w) * (2 * np.sin(w * h / 2)) ** (2 * order)
    np.testing.assert_allclose(np.abs(transform) ** 2, expected, rtol=2e-5)


@pytest.mark.parametrize(
    "name", [name for name, one in SPECTRAL.items() if one.kernel is not None]
)
def test_kernel_is_the_autocorrelation(name):
    """int (D sigma)(x + z) (D sigma)(x) dx = (-1)^p D^2 k (z), D taking p > q
    differences, no polynomial is left.
    """
    one = SPECTRAL[name]
    p, h = one.null_degree + (1 if name in ("step", "sinc") else 2), 0.5
    reach, step = (4000, 1 / 16) if name == "sinc" else (200, 1 / 256)
    x = (np.arange(-reach / step, reach / step) + 0.5) * step
    f = differences(one.value, p, h)
    fx = f(x)
    for z in (0.0, 0.5, 1.25, 2.0, 3.5):
        expected = (-1) ** p * differences(one.kernel, 2 * p, h)(z)
        assert fx @ f(x + z) * step == pytest.approx(
            expected, abs=1e-4 * max(abs(fx @ fx * step), abs(expected))
        ), z


def test_null_degree_is_the_order_of_the_pole(spectral):
    """w^2(q+1) `|sigma^|^2` tends to a constant other than 0 and infinity."""
    near = spectral.spectrum(np.array([1e-4, 2e-4])) * np.array([1e-4, 2e-4]) ** (
        2 * spectral.null_degree + 2
    )
    assert near[0] > 0.1 and near[1] == pytest.approx(near[0], rel=1e-3)


def test_spectra_are_even_and_do_not_overflow(spectral):
    w = np.array([1e-3, 0.7, 300.0])
    np.testing.assert_allclose(spectral.spectrum(-w), spectral.spectrum(w), rtol=1e-14)
    assert np.isfinite(spectral.spectrum(w)).all()


def test_families_meet_the_table():
    z = np.linspace(-2, 2, 9)
    assert relu_power(0) is ACTIVATIONS["step"] and relu_power(1) is ACTIVATIONS["relu"]
    np.testing.assert_allclose(leaky_relu(0).kernel(z), ACTIVATIONS["relu"].kernel(z))
    np.testing.assert_allclose(
        leaky_relu().value(z),
        torch.nn.functional.leaky_relu(torch.as_tensor(z)).numpy(),
    )
    own = Activation("own", np.tanh, lambda z: 1 - np.tanh(z) ** 2)
    assert activation(own) is own and activation("leaky_relu").name == "leaky_relu"


@given(st.one_of(st.text(max_size=8), st.none(), st.integers(), st.floats()))
def test_unknown_activation_is_one_sentence(name):
    if name in ACTIVATIONS:
        return
    with pytest.raises(ValueError, match="activation is .*expected one of") as caught:
        activation(name)
    assert "\n" not in str(caught.value)


@given(
    st.one_of(
        st.floats(max_value=-1e-300),
        st.just(1.0),
        st.just(np.inf),
        st.just(np.nan),
        st.text(),
        st.none(),
    )
)
def test_bad_family_members_are_one_sentence(value):
    for make in (leaky_relu, relu_power):
        if make is relu_power and value == 1.0:
            continue
        with pytest.raises(ValueError) as caught:
            make(value)
        assert "\n" not in str(caught.value)
