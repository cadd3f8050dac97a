"""The stack of networks against single ones, and the laws that the page states."""

import numpy as np
import pytest
import torch

import fbkit as fb
from fbkit.chapters.pinn import claims, runs, solving
from fbkit.chapters.pinn.solving import SINES, K, Problem, X, solve
from fbkit.explorers import registry


class Times(torch.nn.Module):
    """1 - (x/pi)^2 times a network of x/pi."""

    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, x):
        return (1 - (x / torch.pi) ** 2) * self.net(x / torch.pi)


@pytest.mark.parametrize("order", [0, 1, 2])
def test_the_stack_trains_as_one_network_does(order):
    stacked = solve(Problem(order, 2), [3, 4], 20, looks=[0, 20], rates=True)
    net = Times(fb.standard_mlp([1, 48, 48, 1], "tanh", seed=4))
    part = fb.Derivative(net, order) if order else net
    wave = 2**order * np.sin(2 * X + order * np.pi / 2)
    target = fb.Target(X[:, None], wave, np.full(64, 1 / 64), None, "")
    fb.train(
        part,
        target,
        loss=lambda f, y: (f - y).square().mean() / 4**order,
        optimizer="adam",
        lr=2e-3,
        steps=20,
        progress=False,
    )
    x = torch.tensor(X[:, None], dtype=torch.float32)
    f = net(x).detach().numpy()[:, 0]
    np.testing.assert_allclose(stacked.output[-1, 1], f, atol=1e-4)


def test_between_ends_the_rates_differ_by_the_factor():
    plain = solve(Problem(0, 4), [0], 0, looks=[0], rates=True).rates[0, 0]
    for order in (1, 2):
        found = solve(Problem(order, 4), [0], 0, looks=[0], rates=True).rates[0, 0]
        exact = plain * (K / 4) ** (2 * order)
        # The midpoint rule is not exact on a polynomial.
        np.testing.assert_allclose(found[:8], exact[:8], rtol=0.1)


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("k", [0.5, 3.5, 4, 6])
def test_reweighted_an_error_in_a_slow_wave_costs_as_at_order_0(order, k):
    """A fast one costs what the equation makes of it."""
    problem = Problem(order, 4, given=True)
    x = torch.tensor(np.append(X, [-np.pi, np.pi])) + np.pi
    error = [0.3 * k**s * torch.sin(k * x + s * np.pi / 2)[None] for s in range(3)]
    paid = solving._equation(problem, error).square().mean()
    paid += solving._others(problem, [part.float() for part in error])[0]
    plain = 0.3**2 / 2
    expected = plain if k < 4 else plain * (k / 4) ** (2 * order)
    assert paid.item() == pytest.approx(expected, rel=1e-4)


def test_the_sines_are_orthonormal_and_the_even_rates_those_of_the_network():
    np.testing.assert_allclose(SINES.T @ SINES / len(X), np.eye(len(K)), atol=1e-12)
    net = claims.even_tanh_units().double()
    found = fb.mode_rates(net, fb.interval(64), [1, 4])
    np.testing.assert_allclose(found, claims.even_rates(4)[[1, 4]], rtol=1e-5)


@pytest.mark.parametrize("problem", ["boundary", "wave"])
def test_the_solutions_solve_their_equations(problem):
    exact = runs.two_scales if problem == "boundary" else runs.swinging
    trained, target = runs.task(problem, exact)
    inputs = torch.as_tensor(target.inputs).requires_grad_()
    found = trained(inputs).detach().numpy()[:, 0]
    np.testing.assert_allclose(found, target.values, atol=1e-5)
    built_in = runs.BuiltIn(lambda x: 0 * x[:, :1] + 3.0, *runs.KEPT[problem])
    inside = len(runs.grid(problem))
    sides = torch.as_tensor(target.inputs[inside : -24 or None], dtype=torch.float32)
    np.testing.assert_allclose(built_in(sides), exact(sides), atol=1e-5)


def test_the_explorer_says_what_is_drawn():
    explorer = registry()["pinn"]
    arrays = explorer.arrays(explorer.check({}))
    left = arrays["left"][0]
    assert left == pytest.approx(1)
    assert "slower waves" in explorer.summary(arrays, {})
