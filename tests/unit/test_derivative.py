"""The derivative of a network as a network, against closed forms and other ways."""

import copy

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import fbkit as fb

NET = fb.standard_mlp([2, 12, 12, 1], "tanh", seed=1).double()
LINE = fb.standard_mlp([1, 12, 12, 1], "tanh", seed=2).double()
X = torch.linspace(-2, 2, 9, dtype=torch.float64)[:, None]


class Angle(torch.nn.Module):
    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, x):
        return self.net(torch.cat([x.cos(), x.sin()], 1))


@pytest.mark.parametrize("order", [1, 2, 3])
def test_it_is_the_derivative_of_a_sine(order):
    wave = fb.Derivative(lambda x: torch.sin(3 * x), order)(X)[:, 0].detach()
    exact = 3**order * np.sin(3 * X[:, 0].numpy() + order * np.pi / 2)
    np.testing.assert_allclose(wave, exact, atol=1e-12)


@given(st.lists(st.floats(-2, 2), min_size=2, max_size=2))
def test_along_any_direction_it_is_the_limit_of_differences(direction):
    x = torch.randn(5, 2, dtype=torch.float64, generator=torch.manual_seed(0))
    v = torch.tensor(direction, dtype=torch.float64)
    step = 1e-5
    with torch.no_grad():
        slope = (NET(x + step * v) - NET(x - step * v)) / (2 * step)
        found = fb.Derivative(NET, 1, direction)(x)
    torch.testing.assert_close(found, slope, atol=1e-8, rtol=1e-6)


def test_a_derivative_of_a_derivative_is_the_second():
    twice = fb.Derivative(fb.Derivative(LINE))(X)
    torch.testing.assert_close(twice, fb.Derivative(LINE, 2)(X))


def test_the_kernel_by_jacobians_is_that_of_the_rates():
    basis = fb.interval(64)
    net = fb.Derivative(Angle(fb.standard_mlp([2, 6, 1], "tanh").double()), 2)
    K = fb.empirical_ntk(net, basis.inputs, method="exact")
    waves = basis.weights[:, None] * basis.matrix[:, basis.modes == 3]
    quotient = np.mean(np.diag(waves.T @ K @ waves))
    assert fb.mode_rates(net, basis, [3])[0] == pytest.approx(quotient, rel=1e-9)


def test_an_order_multiplies_rates_by_k_to_twice_the_order():
    basis = fb.interval(256)
    net = Angle(fb.standard_mlp([2, 16, 1], "tanh").double())
    waves = [1, 2, 5]
    plain = fb.mode_rates(net, basis, waves)
    for order in (1, 2):
        found = fb.mode_rates(fb.Derivative(net, order), basis, waves)
        exact = fb.dynamics.pinn_rates(plain, order, waves)
        np.testing.assert_allclose(found, exact, rtol=1e-9)


def test_looking_without_gradients_leaves_no_graph():
    with torch.no_grad():
        assert not fb.Derivative(LINE, 2)(X).requires_grad
    assert fb.Derivative(LINE, 2)(X).requires_grad


def test_looking_under_inference_mode_gives_the_same():
    with torch.inference_mode():
        found = fb.Derivative(LINE, 2)(X.clone())
    torch.testing.assert_close(found, fb.Derivative(LINE, 2)(X), rtol=0, atol=0)


def differentiated(self, x):
    """u'' by hand, as many scripts do: no transform of torch goes through it."""
    x = x.detach().requires_grad_()
    (slope,) = torch.autograd.grad(self.net(x).sum(), x, create_graph=True)
    return torch.autograd.grad(slope.sum(), x, create_graph=True)[0]


class Bent(torch.nn.Module):
    def __init__(self, net):
        super().__init__()
        self.net = net

    forward = differentiated


def test_a_network_that_differentiates_by_itself_has_the_same_kernel_and_rates():
    basis = fb.interval(16)
    ours, theirs = fb.Derivative(LINE, 2), Bent(LINE)
    kernels = [
        fb.empirical_ntk(net, basis.inputs, method="exact") for net in (ours, theirs)
    ]
    np.testing.assert_allclose(*kernels, rtol=1e-9, atol=1e-12)
    rates = [fb.mode_rates(net, basis, [1, 3]) for net in (ours, theirs)]
    np.testing.assert_allclose(*rates, rtol=1e-9)
    target = fb.sines(basis, [1])
    options = {"steps": 3, "lr": 1e-4, "progress": False}
    runs = [fb.train(copy.deepcopy(net), target, **options) for net in (ours, theirs)]
    np.testing.assert_allclose(runs[0].error, runs[1].error, rtol=1e-9)
    with pytest.raises(ValueError, match="use method='exact'"):
        fb.empirical_ntk(theirs, basis.inputs)


def test_straight_lines_have_no_second_derivative_and_cannot_be_trained():
    relu = fb.Derivative(fb.standard_mlp([1, 4, 1], "relu"), 2)
    assert not relu(X.float()).any()
    assert not fb.Derivative(lambda x: 3 * x, 3)(X).any()
    with pytest.raises(ValueError, match="largest rate is 0"):
        fb.train(relu, fb.sines(fb.interval(8), [1]))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: fb.Derivative(LINE, 2)(X[:, 0]), "x has shape"),
        (lambda: fb.Derivative(LINE, 0), "order is 0"),
        (lambda: fb.Derivative(LINE, 1, [1.0, 0.0])(X), "direction has 2 numbers"),
        (lambda: fb.Derivative(fb.standard_mlp([1, 4, 2]).double())(X), "one output"),
        (lambda: fb.Derivative(LINE, 1, [np.nan]), "direction"),
        (lambda: fb.Derivative(LINE, 13), "order is 13"),
        (lambda: fb.Derivative(None), "net is a NoneType"),
        (lambda: fb.Derivative(LINE)([[1.0]]), "x is of type list"),
        (lambda: fb.Derivative(LINE)(X.long()), "x is of type torch.int64"),
        (lambda: fb.Derivative(lambda x: (x, x))(X), "net returns a tuple"),
    ],
)
def test_what_cannot_be_right_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()
