"""The table of activations against what can be taken numerically.

Derivatives, torch, Fourier transforms and autocorrelations.
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
    # No kink among them.
    right = np.array([5e-4, 1.5e-3, 0.2, 0.4, 1.3, 1.7, 3.9, 4.1, 30.0])
    z = np.concatenate([-right, right])
    h = 1e-4
    difference = (one.value(z + h) - one.value(z - h)) / (2 * h)
    tolerance = 3e-8 * (1 + np.abs(difference).max())
    np.testing.assert_allclose(one.slope(z), difference, atol=tolerance)


def test_torch_computes_the_same(one):
    z = np.concatenate([np.linspace(-60, 60, 1001), [1e-3, -1e-3, 1e-6]])
    theirs = torch_function(one)(torch.as_tensor(z)).numpy()
    np.testing.assert_allclose(theirs, one.value(z), rtol=1e-12, atol=1e-14)


def test_torch_has_the_same_slope(one):
    # 0, where some have a kink, is not among them.
    z = torch.linspace(-3, 3, 64, dtype=torch.float64, requires_grad=True)
    output = torch_function(one)(z).sum()
    if not output.requires_grad:
        pytest.skip("a step has no slope to give")
    (slope,) = torch.autograd.grad(output, z)
    ours = one.slope(z.detach().numpy())
    np.testing.assert_allclose(slope.numpy(), ours, rtol=1e-9, atol=1e-12)


def differences(f, order, h):
    """z -> sigma(z + h/2) - sigma(z - h/2), taken `order` times.

    Its transform is (2i sin(wh/2))^order sigma^, without pole.
    """

    def once(g):
        return lambda z: g(z + h / 2) - g(z - h / 2)

    for _ in range(order):
        f = once(f)
    return f


def test_spectrum_is_the_fourier_transform(spectral):
    """As a tempered distribution, by differences of sigma, which are integrable."""
    if spectral.name == "sinc":
        pytest.skip("not integrable: its spectrum is transformed back instead")
    w = np.array([0.15, 0.4, 0.85, 1.6, 2.7])
    h = 0.5
    order = spectral.null_degree + 2
    # The differences of arctan of second order fall off as z^-3 only.
    reach = 400 if spectral.name == "arctan" else 40
    step = 1 / 512
    z = (np.arange(-reach / step, reach / step) + 0.5) * step
    f = differences(spectral.value, order, h)(z)
    transform = np.array([np.exp(-1j * v * z) @ f for v in w]) * step
    expected = spectral.spectrum(w) * (2 * np.sin(w * h / 2)) ** (2 * order)
    np.testing.assert_allclose(np.abs(transform) ** 2, expected, rtol=2e-5)


def test_sinc_is_the_transform_of_its_spectrum():
    sinc = ACTIVATIONS["sinc"]
    z = np.linspace(-9, 9, 101)
    w = (np.arange(-3000, 3000) + 0.5) / 2000
    size = np.sqrt(sinc.spectrum(w))  # all of phase 0
    back = np.exp(1j * np.outer(z, w)) @ size / 2000 / (2 * np.pi)
    np.testing.assert_allclose(back, sinc.value(z), atol=1e-6)


@pytest.mark.parametrize(
    "name", [name for name, one in SPECTRAL.items() if one.kernel is not None]
)
def test_kernel_is_the_autocorrelation(name):
    """int (D sigma)(x + z) (D sigma)(x) dx = (-1)^p D^2 k (z).

    D takes p > q differences, so that no polynomial is left.
    """
    one = SPECTRAL[name]
    h = 0.5
    p = one.null_degree + (1 if name in ("step", "sinc") else 2)
    reach, step = (4000, 1 / 16) if name == "sinc" else (200, 1 / 256)
    x = (np.arange(-reach / step, reach / step) + 0.5) * step
    f = differences(one.value, p, h)
    second = differences(one.kernel, 2 * p, h)
    size = f(x) @ f(x) * step
    for z in (0.0, 0.5, 1.25, 2.0, 3.5):
        found = f(x) @ f(x + z) * step
        expected = (-1) ** p * second(z)
        tolerance = 1e-4 * max(abs(size), abs(expected))
        assert found == pytest.approx(expected, abs=tolerance), z


def test_null_degree_is_the_order_of_the_pole(spectral):
    """w^2(q+1) `|sigma^|^2` tends to a constant other than 0 and infinity."""
    w = np.array([1e-4, 2e-4])
    near = spectral.spectrum(w) * w ** (2 * spectral.null_degree + 2)
    assert near[0] > 0.1
    assert near[1] == pytest.approx(near[0], rel=1e-3)


def test_spectra_are_even_and_do_not_overflow(spectral):
    w = np.array([1e-3, 0.7, 300.0])
    np.testing.assert_allclose(spectral.spectrum(-w), spectral.spectrum(w), rtol=1e-14)
    assert np.isfinite(spectral.spectrum(w)).all()


def test_families_meet_the_table():
    z = np.linspace(-2, 2, 9)
    assert relu_power(0) is ACTIVATIONS["step"] and relu_power(1) is ACTIVATIONS["relu"]
    np.testing.assert_allclose(leaky_relu(0).kernel(z), ACTIVATIONS["relu"].kernel(z))
    theirs = torch.nn.functional.leaky_relu(torch.as_tensor(z)).numpy()
    np.testing.assert_allclose(leaky_relu().value(z), theirs)
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


def test_a_slope_below_zero_folds_the_line():
    z = np.linspace(-2, 2, 9)
    np.testing.assert_array_equal(leaky_relu(-1).value(z), np.abs(z))
    assert leaky_relu(-1).spectrum(2.0) == pytest.approx(4 / 2**4)  # of |z|: -2/w^2
    np.testing.assert_allclose(leaky_relu(-1).kernel(z), np.abs(z) ** 3 / 3)
    np.testing.assert_array_equal(
        torch_function(leaky_relu(-2.5))(torch.as_tensor(z)).numpy(),
        leaky_relu(-2.5).value(z),
    )


def test_degrees_beyond_the_largest_float_are_refused():
    assert np.isfinite(relu_power(98).spectrum(1.0))
    for degree in (99, 2**64, 1e300, 10**400):
        with pytest.raises(ValueError, match="degree is .*expected a whole") as caught:
            relu_power(degree)
        assert "\n" not in str(caught.value)


def test_an_activation_without_torch_says_so():
    with pytest.raises(ValueError, match="own has no function in torch"):
        torch_function(Activation("own", np.tanh, np.tanh))
