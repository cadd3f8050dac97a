"""Networks trained on a differential equation, several at once.

The equation is f^(s) = y^(s) for y = sin(xi x) on [-pi, pi], divided by xi^s so that
its right-hand side has the height 1 at every order s. Tanh networks 1-48-48-1 in
PyTorch's initialisation, Adam with learning rate 2e-3, 64 midpoints. Derivatives by x
are carried through the layers along with the values, a stack of networks at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from fbkit.nets import standard_mlp
from fbkit.training import OPTIMIZERS

POINTS = 64
LR = 2e-3
WIDTH = 48
X = -np.pi + 2 * np.pi * (np.arange(POINTS) + 0.5) / POINTS
# The waves that are 0 at both ends: sin k(x + pi) for k = 1/2, 1, 3/2, ...
K = np.arange(1, 17) / 2
SINES = np.sqrt(2) * np.sin(np.outer(X + np.pi, K))  # (n, waves)
COSINES = np.sqrt(2) * np.cos(np.outer(X + np.pi, K))


class Problem(NamedTuple):
    """What is trained.

    order : s, how many derivatives the equation takes, 0 to 2.
    frequency : xi of the solution sin(xi x).
    ends : "loss" adds the squares at both ends to the loss; "built in" multiplies the
        network by 1 - (x/pi)^2; "none" puts the points on a circle.
    given : whether the slow waves k < xi of the equation's residual are multiplied by
        (xi/k)^s, the weight that the equation takes from them. It needs no solution.
    quiet : whether the network is 0 at the start.
    reach : the network is given x times this; by default from -1 to 1.
    """

    order: int
    frequency: float
    ends: str = "built in"
    given: bool = False
    quiet: bool = False
    reach: float = 1 / np.pi


class Run(NamedTuple):
    """The records of a stack of runs.

    epochs : (T,).
    output : (T, runs, n) of the networks at the points.
    loss : (T, runs) of the equation.
    rates : (T, runs, waves) of the equation's waves; 0 where they were not asked for.
    done : (runs,) first epoch at which the error is below TOLERANCE; inf for never.
    """

    epochs: np.ndarray
    output: np.ndarray
    loss: np.ndarray
    rates: np.ndarray
    done: np.ndarray


TOLERANCE = 0.05  # of the solution, root mean square


def solution(problem: Problem) -> np.ndarray:
    """y at the points."""
    return np.sin(problem.frequency * X)


def solve(
    problem: Problem,
    seeds: Sequence[int],
    epochs: int,
    looks: Sequence[int] = (),
    rates: bool = False,
) -> Run:
    """Train one network for each seed; without looks until all of them are done."""
    layers = _layers(problem, seeds)
    place = _place(problem)
    wanted = _derivatives(problem.frequency, place.x)
    first = [f.detach() for f in _jet(layers, place.inputs, problem.order)]
    parameters = [p.requires_grad_() for p in layers]
    step = OPTIMIZERS["adam"].start(parameters, LR, 0.9)
    done = np.full(len(seeds), np.inf)
    seen = []
    for epoch in range(epochs + 1):
        f = _jet(layers, place.inputs, problem.order)
        if problem.quiet:
            f = [now - start for now, start in zip(f, first)]
        f = _with_ends(problem, f, place.x)
        error = [now - aim for now, aim in zip(f, wanted)]
        loss = _equation(problem, error).square().mean(1)
        missing = _missing(problem, error[0].detach())
        done = np.where((missing < TOLERANCE) & np.isinf(done), epoch, done)
        if epoch in looks:
            output = f[0][:, :POINTS].detach().numpy().copy()
            found = _wave_rates(problem, f, parameters) if rates else 0 * K
            seen.append((epoch, output, loss.detach().numpy().copy(), found))
        if not looks and np.isfinite(done).all():
            break
        for p in parameters:
            p.grad = None
        (loss + _others(problem, error)).sum().backward()
        with torch.no_grad():
            step(1.0)
    columns = [np.array(column) for column in zip(*seen)] or [np.empty(0)] * 4
    return Run(*columns, done)


def wave_errors(problem: Problem, output: np.ndarray) -> np.ndarray:
    """Errors (..., waves) of the waves in outputs (..., n), in units of sin."""
    return np.sqrt(2) * (output - solution(problem)) @ SINES / POINTS


def relative_error(problem: Problem, output: np.ndarray) -> np.ndarray:
    """Root mean square error over that of the solution, (...)."""
    y = solution(problem)
    return np.sqrt(np.square(output - y).mean(-1) / np.mean(y**2))


class _Place(NamedTuple):
    x: Tensor  # (n + 2,) the points, then both ends
    inputs: list[Tensor]  # (1, n + 2, inputs) and their derivatives by x


def _place(problem):
    points = X
    if problem.ends == "none":
        points = X - X[0] - np.pi
    x = torch.tensor(np.append(points, [-np.pi, np.pi]), dtype=torch.float32)
    if problem.ends == "none":
        u = [torch.stack([x.cos(), x.sin()], -1), torch.stack([-x.sin(), x.cos()], -1)]
        u.append(-u[0])
    else:
        reach = problem.reach
        u = [reach * x[:, None], torch.full((len(x), 1), reach), torch.zeros(len(x), 1)]
    return _Place(x, [v[None] for v in u])


def _layers(problem, seeds):
    """Weights (runs, inputs, outputs) and biases (runs, 1, outputs), layer by layer."""
    inputs = 2 if problem.ends == "none" else 1
    sizes = [inputs, WIDTH, WIDTH, 1]
    nets = [standard_mlp(sizes, "tanh", seed=seed) for seed in seeds]
    layers = []
    for same in zip(*(net.layers for net in nets)):
        layers.append(torch.stack([layer.weight.detach().T for layer in same]))
        layers.append(torch.stack([layer.bias.detach()[None] for layer in same]))
    return layers


def _jet(layers, inputs, order):
    """The networks and their derivatives by x up to an order, (runs, n + 2) each."""
    W, b = layers[:2]
    z = [u @ W for u in inputs[: order + 1]]
    z[0] = z[0] + b
    for W, b in zip(layers[2::2], layers[3::2]):
        h = torch.tanh(z[0])
        slope = 1 - h * h
        units = [h]
        if order > 0:
            units.append(slope * z[1])
        if order > 1:
            units.append(slope * z[2] - 2 * h * slope * z[1] ** 2)
        z = [u @ W for u in units]
        z[0] = z[0] + b
    return [v[..., 0] for v in z]


def _with_ends(problem, f, x):
    """(1 - (x/pi)^2) times the network, with derivatives by the product rule."""
    if problem.ends != "built in":
        return f
    g = [1 - (x / np.pi) ** 2, -2 * x / np.pi**2, torch.full_like(x, -2 / np.pi**2)]
    found = [g[0] * f[0]]
    if len(f) > 1:
        found.append(g[1] * f[0] + g[0] * f[1])
    if len(f) > 2:
        found.append(g[2] * f[0] + 2 * g[1] * f[1] + g[0] * f[2])
    return found


def _derivatives(xi, x):
    return [torch.sin(xi * x), xi * torch.cos(xi * x), -(xi**2) * torch.sin(xi * x)]


def _equation(problem, error):
    """The equation's residual at the points, divided by xi^s."""
    return error[problem.order][:, :POINTS] / problem.frequency**problem.order


def _others(problem, error):
    """What the loss has beside the equation as it is, (runs,)."""
    more = torch.zeros(len(error[0]))
    if problem.ends == "loss":
        more = more + error[0][:, POINTS:].square().mean(1)
    if problem.given and problem.order:
        slow = problem.frequency > K
        waves = _waves(problem.order)[:, slow]
        factor = (problem.frequency / K[slow]) ** (2 * problem.order) - 1
        factor = torch.tensor(factor, dtype=torch.float32)
        part = _equation(problem, error) @ waves / POINTS  # (runs, slow)
        more = more + (factor * part.square()).sum(1)
    return more


def _waves(order):
    """The waves (n, waves) as they stand in an equation: a derivative turns a sine."""
    return torch.tensor(COSINES if order == 1 else SINES, dtype=torch.float32)


def _missing(problem, error):
    """Relative error (runs,); on the circle up to a constant, which no derivative
    sees.
    """
    error = error[:, :POINTS]
    if problem.ends == "none":
        error = error - error.mean(1, keepdim=True)
    return (2 * error.square().mean(1)).sqrt().numpy()


def _wave_rates(problem, f, parameters):
    """Rates (runs, waves) of the waves of the equation: squares of gradients."""
    waves = _waves(problem.order)
    part = f[problem.order][:, :POINTS] / problem.frequency**problem.order
    coefficients = part @ waves / POINTS  # (runs, waves)
    found = []
    for c in coefficients.sum(0):
        gradients = torch.autograd.grad(
            c, parameters, retain_graph=True, materialize_grads=True
        )
        found.append(sum(g.square().flatten(1).sum(1) for g in gradients))
    return torch.stack(found, 1).numpy()
