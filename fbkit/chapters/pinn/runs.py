r"""The runs behind the page's explorer and behind the problems of its Further page.

    python -m fbkit.chapters.pinn.runs              (some 15 minutes on one core)
    python -m fbkit.chapters.pinn.runs watched      (only these; the others are kept)

`watched` are single networks of `fbkit.chapters.pinn.solving`, looked at while they
train. `boundary` is y'' given on [0, 1] with the solution sin 2 pi x + 0.1 sin 50 pi x,
0 at both ends; `wave` is y_tt = 4 y_xx on the unit square with the solution sin pi x
cos 2 pi t + 0.5 sin 4 pi x cos 8 pi t, at rest at time 0. Each equation is divided by
the height of its right-hand side. Networks have two layers of 48 tanh units; methods,
sizes and seeds are choices of this course; how fast the features are was chosen on
seeds that are not stored. Results go to runs.npz.
"""

from __future__ import annotations

import hashlib
import io
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import nn

import fbkit as fb
from fbkit._errors import one_of
from fbkit.chapters.pinn.solving import Problem, solve
from fbkit.history import History

FILE = Path(__file__).with_suffix(".npz")
# Of the file; the script writes it here, so that this text, on which claims are keyed,
# changes with the data.
CHECKSUM = "f045ae829815eeb0a1f64c6626ac5ebbc8213561c9d418d596e62ad2556cb632"
AGAIN = "make it again with: python -m fbkit.chapters.pinn.runs (some 15 minutes)"

ORDERS, FREQUENCIES, LOSSES = (0, 1, 2), (1, 2, 4), ("loss", "built in", "given")
LOOKS = np.unique(np.append(0, np.round(10 ** np.linspace(1, np.log10(2000), 25))))
SEEDS = (0, 1)
# method: what stands before the hidden layers, how the sides are kept (weighed: built
# in, and waves k of the residual below the fast one times FAST^2/k^2), optimiser
METHODS = {
    "descent": ("features", "loss", "gd"),
    "heavy ball": ("features", "loss", "momentum"),
    "plain": ("plain", "loss", "adam"),
    "built in": ("plain", "built in", "adam"),
    "features": ("features", "loss", "adam"),
    "both": ("features", "built in", "adam"),
    "weighed": ("features", "weighed", "adam"),
    "too fast": ("fast features", "built in", "adam"),
}
ONLY = {"boundary": ("weighed", "too fast"), "wave": ("descent", "heavy ball")}
STEPS = {"boundary": 4000, "wave": 1200}
FAST, HEIGHT = 50 * np.pi, 0.1 * (50 * np.pi) ** 2  # of the boundary-value problem
PULL = 0.5 * (8 * np.pi) ** 2  # largest y_tt of the wave problem, nearly


# ---- the two problems ----


def two_scales(x: torch.Tensor) -> torch.Tensor:
    """The solution of the boundary-value problem at points (n, 1)."""
    return torch.sin(2 * np.pi * x) + 0.1 * torch.sin(FAST * x)


def pressed(x: torch.Tensor) -> torch.Tensor:
    """Its second derivative over HEIGHT."""
    slow = (2 * np.pi) ** 2 * torch.sin(2 * np.pi * x)
    return -(slow + 0.1 * FAST**2 * torch.sin(FAST * x)) / HEIGHT


def swinging(p: torch.Tensor) -> torch.Tensor:
    """The solution of the wave equation at points (n, 2) of place and time."""
    x, t = np.pi * p[:, :1], np.pi * p[:, 1:]
    first = torch.sin(x) * torch.cos(2 * t)
    return first + 0.5 * torch.sin(4 * x) * torch.cos(8 * t)


class Boundary(nn.Module):
    """The equation at all points but the last two, the network at those."""

    def __init__(self, net: nn.Module):
        super().__init__()
        self.net = net
        self.bent = fb.nets.Derivative(net, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.cat([self.bent(x[:-2]) / HEIGHT, self.net(x[-2:])])


class Wave(nn.Module):
    """The equation, then the values at time 0 and both ends, then the speed at 0."""

    def __init__(self, net: nn.Module, inside: int, start: int):
        super().__init__()
        self.net = net
        self.inside, self.start = inside, start
        self.bent = fb.nets.Derivative(net, 2)
        self.pulled = fb.nets.Derivative(net, 2, [0.0, 1.0])
        self.speed = fb.nets.Derivative(net, 1, [0.0, 1.0])

    def forward(self, p: torch.Tensor) -> torch.Tensor:
        inside, sides = p[: self.inside], p[self.inside :]
        equation = (self.pulled(inside) - 4 * self.bent(inside)) / PULL
        speed = self.speed(sides[: self.start]) / (8 * np.pi)
        return torch.cat([equation, self.net(sides[: -self.start]), speed])


class BuiltIn(nn.Module):
    """A network that keeps the sides whatever its weights: known part + zero * net."""

    def __init__(self, net: nn.Module, known: Callable, zero: Callable):
        super().__init__()
        self.net, self.known, self.zero = net, known, zero

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.known(x) + self.zero(x) * self.net(x)


KEPT = {  # what is known, and what is 0 where it is
    "boundary": (lambda x: 0 * x, lambda x: 4 * x * (1 - x)),
    "wave": (
        lambda p: swinging(p * torch.tensor([1.0, 0.0])),
        lambda p: 4 * p[:, :1] * (1 - p[:, :1]) * p[:, 1:] ** 2,
    ),
}


def methods(problem: str) -> list[str]:
    """What was tried on a problem: four methods on both, two more on each."""
    return ["plain", "built in", "features", "both", *ONLY[problem]]


def network(problem: str, method: str, seed: int) -> nn.Module:
    """The network of a method, which returns the solution that it has found."""
    before, sides, _ = METHODS[method]
    inputs = 1 if problem == "boundary" else 2
    if before != "plain":
        w = np.random.default_rng(seed).normal(size=(48, inputs))
        # Half of the frequencies slow, half up to about the problem's fastest wave:
        # normal numbers of a spread below it, since hidden layers add multiples.
        spread = FAST / 2.5 if problem == "boundary" else 4 * np.pi
        if before == "fast features":
            spread = FAST
        w *= np.repeat([2 * np.pi, spread], 24)[:, None]
        hidden = fb.standard_mlp([96, 48, 48, 1], "tanh", seed=seed)
        # The features come with size 1/sqrt(48); hand them on with size 1.
        hidden.layers[0].weight.data *= 48**0.5
        net = fb.FourierFeatures(w, hidden)
    else:
        net = fb.standard_mlp([inputs, 48, 48, 1], "tanh", seed=seed)
    return net if sides == "loss" else BuiltIn(net, *KEPT[problem])


def grid(problem: str, fine: bool = False) -> torch.Tensor:
    """Points inside; `fine`, where the solution is compared."""
    if problem == "boundary":
        n = 1000 if fine else 200
        return ((torch.arange(n) + 0.5) / n)[:, None]
    n = 60 if fine else 24
    x = (torch.arange(n) + 0.5) / n
    return torch.stack(torch.meshgrid(x, x, indexing="ij"), -1).reshape(-1, 2)


def task(problem: str, net: nn.Module) -> tuple[nn.Module, fb.Target]:
    """What is trained, and the values that it should return."""
    inside = grid(problem)
    if problem == "boundary":
        points = torch.cat([inside, torch.tensor([[0.0], [1.0]])])
        values = torch.cat([pressed(inside), torch.zeros(2, 1)])
        trained, rest = Boundary(net), 2
    else:
        x = (torch.arange(24) + 0.5)[:, None] / 24
        start = torch.cat([x, 0 * x], 1)
        ends = torch.cat([torch.cat([0 * x + end, x], 1) for end in (0.0, 1.0)])
        points = torch.cat([inside, start, ends, start])
        values = torch.zeros(len(points), 1)
        values[len(inside) : len(inside) + 24] = swinging(start)
        trained, rest = Wave(net, len(inside), 24), 96
    weights = np.full(len(points), 1 / len(inside))
    weights[-rest:] = 1 / rest
    target = fb.Target(
        points.double().numpy(),
        values[:, 0].double().numpy(),
        weights / weights.sum(),
        None,
        problem,
    )
    return trained, target


class Bent(nn.Module):
    """The equation of the boundary-value problem, without its ends."""

    def __init__(self, net: nn.Module):
        super().__init__()
        self.bent = fb.nets.Derivative(net, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.bent(x) / HEIGHT


def in_sines() -> fb.Target:
    """The right-hand side of the boundary-value problem, in waves 0 at both ends."""
    basis = fb.interval(len(grid("boundary")), 0, 1, extension="odd")
    values = pressed(torch.as_tensor(basis.inputs))[:, 0].numpy()
    return fb.on_basis(basis, values)


def wave_weights(basis: fb.Basis) -> np.ndarray:
    """Weights (K,) that undo what the equation takes from waves below the fast one."""
    return np.maximum(FAST / basis.modes, 1) ** 4


class ErrorOfSolution:
    """Errors of the solution relative to it, whatever the equation's residual is.

    All of it; for the boundary-value problem then those of its two waves, each relative
    to the wave, what is neither of them, and last the residual of the equation on the
    fine grid, most of whose points lie between those that are trained on.
    """

    def __init__(self, problem: str, net: nn.Module):
        self.net, self.points = net, grid(problem, fine=True)
        exact = two_scales if problem == "boundary" else swinging
        self.exact = exact(self.points)[:, 0].numpy()
        x = self.points[:, 0].numpy()
        y = (np.sin(2 * np.pi * x), 0.1 * np.sin(FAST * x))
        self.waves = y if problem == "boundary" else ()
        self.modes = np.arange(5 if self.waves else 1)

    def __call__(self, prediction: np.ndarray, values: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            e = self.net(self.points)[:, 0].numpy() - self.exact
        found = [_relative(e, self.exact)]
        if not self.waves:
            return np.array(found)
        for y in self.waves:
            part = (e @ y) / (y @ y)
            found.append(abs(part))
            e = e - part * y
        wanted = pressed(self.points).numpy()
        with torch.no_grad():
            residual = Bent(self.net)(self.points).numpy() - wanted
        return np.array([*found, _relative(e, self.exact), _relative(residual, wanted)])


def _relative(e: np.ndarray, of: np.ndarray) -> float:
    """Root mean square of an error over that of what it is an error of."""
    return np.sqrt(np.mean(e**2) / np.mean(of**2))


def falling(step: int, steps: int) -> float:
    """Factor on Adam's learning rate, from 1 to 0 along half a cosine."""
    return (1 + np.cos(np.pi * step / steps)) / 2


def train(problem: str, method: str, seed: int) -> History:
    """One run; its errors are those of the solution."""
    net = network(problem, method, seed)
    trained, target = task(problem, net)
    weights = None
    if METHODS[method][1] == "weighed":
        trained, target = Bent(net), in_sines()
        weights = wave_weights(target.basis)
    adam, steps = METHODS[method][2] == "adam", STEPS[problem]
    schedule = partial(falling, steps=steps) if problem == "boundary" else None
    return fb.train(
        trained,
        target,
        probe=ErrorOfSolution(problem, net),
        optimizer=METHODS[method][2],
        lr=2e-3 if adam else None,
        schedule=schedule,
        mode_weights=weights,
        steps=steps,
        records=40,
        progress=False,
    )


# ---- the stored runs ----


def load(problem: str, method: str, seed: int) -> History:
    """A stored run of `train`; its time is in steps."""
    one_of("method", method, METHODS)
    name = f"{problem}/{method}/{seed}"
    stored = _stored()
    error = stored[f"{name}/error"]
    return History(
        stored[f"{name}/steps"],
        np.arange(error.shape[1]),
        error,
        stored[f"{name}/loss"],
        {"clock": "steps", "label": method},
    )


def watched(order: int, frequency: int, loss: str) -> dict[str, np.ndarray]:
    """What was seen of a network: output (T, n), loss (T,), rates (T, waves)."""
    stored = _stored()
    name = f"watched/{order}/{frequency}/{loss}"
    found = {what: stored[f"{name}/{what}"] for what in ("output", "loss", "rates")}
    return {what: value.astype(float) for what, value in found.items()}


def problem_of(order: int, frequency: int, loss: str) -> Problem:
    """The problem that a watched network is trained on."""
    ends = "built in" if loss == "given" else loss
    return Problem(order, frequency, ends, given=loss == "given")


def _stored() -> dict[str, np.ndarray]:
    """The arrays of the file, after checking that it is whole."""
    if not FILE.exists():
        raise FileNotFoundError(f"{FILE.name}, the stored runs, is missing; {AGAIN}")
    content = FILE.read_bytes()
    if hashlib.sha256(content).hexdigest() != CHECKSUM:
        raise ValueError(f"{FILE.name}, the stored runs, is damaged; {AGAIN}")
    with np.load(io.BytesIO(content)) as stored:
        return dict(stored)


def _watch() -> dict[str, np.ndarray]:
    arrays = {}
    for order in ORDERS:
        for frequency in FREQUENCIES:
            for loss in LOSSES:
                problem = problem_of(order, frequency, loss)
                run = solve(problem, [0], 2000, list(LOOKS), rates=True)
                name = f"watched/{order}/{frequency}/{loss}"
                arrays[f"{name}/output"] = run.output[:, 0].astype(np.float16)
                arrays[f"{name}/loss"] = run.loss[:, 0].astype(np.float32)
                arrays[f"{name}/rates"] = run.rates[:, 0].astype(np.float32)
                print(name, flush=True)
    return arrays


def _solve_problem(problem: str) -> dict[str, np.ndarray]:
    arrays = {}
    for method in methods(problem):
        for seed in SEEDS:
            begun = time.process_time()
            run = train(problem, method, seed)
            name = f"{problem}/{method}/{seed}"
            steps = run.t if run.meta["clock"] == "steps" else run.t / run.meta["lr"]
            arrays[f"{name}/steps"] = np.round(steps).astype(np.int32)
            arrays[f"{name}/error"] = run.error.astype(np.float32)
            arrays[f"{name}/loss"] = run.loss.astype(np.float32)
            took = time.process_time() - begun
            print(name, run.error[-1].round(3), f"{took:.0f} s", flush=True)
    return arrays


def main(parts: list[str]) -> None:
    """Train all, or some parts, and store them."""
    torch.set_num_threads(1)
    arrays = _stored() if parts else {}
    for part in parts or ("watched", "boundary", "wave"):
        one_of("part", part, ("watched", "boundary", "wave"))
        arrays |= _watch() if part == "watched" else _solve_problem(part)
    np.savez_compressed(FILE, **arrays)
    _note_checksum()


def _note_checksum() -> None:
    """Write the file's checksum into this module."""
    digest = hashlib.sha256(FILE.read_bytes()).hexdigest()
    module = Path(__file__)
    text = module.read_text(encoding="utf-8")
    text = text.replace(f'CHECKSUM = "{CHECKSUM}"', f'CHECKSUM = "{digest}"')
    module.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
