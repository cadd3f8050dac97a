"""Explorer: a network that solves an equation, its waves and their rates.

Real runs, stored: tanh networks 1-48-48-1, Adam with learning rate 0.002, 64 points on
[−π, π], seed 0. The equation: the s-th derivative of the network is that of sin ξx,
divided by ξˢ. Waves are sin k(x + π), which are 0 at both ends. Rate of a wave: square
of the gradient of its coefficient in the equation, at the moment; hollow: in the
network itself (order 0), so the two differ by (k/ξ)²ˢ. Ends built in: the network times
1 − (x/π)². Slow waves reweighted: in the equation's residual those below ξ are
multiplied by (ξ/k)ˢ, so that they count as at order 0.
"""

from __future__ import annotations

import numpy as np

from fbkit.chapters.pinn.runs import LOOKS, problem_of, watched
from fbkit.chapters.pinn.solving import K, X, solution, wave_errors
from fbkit.explorers import Axis, Choice, Explorer, Panel, Question, line, scatter

ORDERS = {"0": "0: the curve itself", "1": "1: its slope", "2": "2: its curvature"}
SOLUTIONS = {"1": "sin x", "2": "sin 2x", "4": "sin 4x"}
LOSSES = {
    "loss": "ends in the loss",
    "built in": "ends built in",
    "given": "ends built in, slow waves reweighted",
}
CHOICES = {
    "slow": "in waves slower than the solution",
    "own": "in the solution's own wave",
    "fast": "in waves faster than the solution",
}
FLOOR = 1e-4  # of what is drawn
DRAWN = slice(None, None, 2)  # of the points


def frame(order: str, frequency: str, loss: str) -> dict[str, np.ndarray]:
    s, xi = int(order), int(frequency)
    problem = problem_of(s, xi, loss)
    run = watched(s, xi, loss)
    squares = wave_errors(problem, run["output"]) ** 2  # (T, waves)
    groups = {"slow": xi > K, "own": xi == K, "fast": xi < K}
    errors = {name: np.sqrt(squares[:, of].sum(1)) for name, of in groups.items()}
    rates = np.maximum(run["rates"], 1e-9)
    left = np.sqrt(run["loss"] / run["loss"][0])
    return {
        "time": LOOKS,
        "x": X[DRAWN],
        "target": solution(problem)[DRAWN],
        "network": run["output"][:, DRAWN],
        "k": K,
        "rates": rates,
        "plain": rates / (K / xi) ** (2 * s),
        "left": np.maximum(left, FLOOR),
        **{name: np.maximum(error, FLOOR) for name, error in errors.items()},
    }


def at_one_percent(arrays: dict[str, np.ndarray]) -> tuple[int, float, dict]:
    """The look at which 1 % of the loss is left (or the last), the error there, and
    each group's share of its square.
    """
    below = np.flatnonzero(arrays["left"] ** 2 <= 0.01)
    look = below[0] if below.size else -1
    squares = {name: arrays[name][look] ** 2 for name in CHOICES}
    total = sum(squares.values())
    shares = {name: square / total for name, square in squares.items()}
    return look, np.sqrt(total), shares


def summary(arrays: dict[str, np.ndarray], params: dict) -> str:
    look, error, shares = at_one_percent(arrays)
    loss = 100 * arrays["left"][look] ** 2
    return (
        f"At epoch {arrays['time'][look]:.0f}, {loss:.2g} % of the equation's loss are"
        f" left. The network is off by {100 * error:.0f} % of the wave's height;"
        f" {100 * shares['slow']:.0f} % of that error's square is in slower waves."
    )


def verdict(arrays: dict[str, np.ndarray], params: dict, choice: str) -> str:
    look, error, shares = at_one_percent(arrays)
    largest = max(shares, key=shares.get)
    return (
        f"You said {CHOICES[choice]}. With {100 * arrays['left'][look] ** 2:.2g} % of"
        f" the loss left, {100 * shares[largest]:.0f} % of the error's square are"
        f" {CHOICES[largest]}, and the error is {100 * error:.0f} % of the wave."
    )


NOW = Panel(
    "Solution and network at the moment",
    x=Axis("x", low=-np.pi, high=np.pi, pi=True),
    y=Axis("value", low=-6, high=6),
    marks=(
        line("x", "target", label="solution", color="grey", width=3),
        line("x", "network", label="network", moving=True),
    ),
)
ERRORS = Panel(
    "What is left",
    x=Axis("epoch", log=True),
    y=Axis("error of the network", log=True, low=1e-3, high=10),
    marks=(
        line("time", "slow", label="slower waves", color="orange"),
        line("time", "own", label="the solution's wave"),
        line("time", "fast", label="faster waves", color="green"),
        line(
            "time",
            "left",
            label="loss (its root)",
            color="grey",
            width=3,
        ),
    ),
    time=True,
)
RATES = Panel(
    "Rate of each wave at the moment",
    x=Axis("wave k", log=True, low=0.45, high=9),
    y=Axis("rate", log=True),
    marks=(
        line("k", "rates", label="in the equation", color="purple", moving=True),
        scatter(
            "k",
            "plain",
            label="in the network itself",
            color="grey",
            hollow=True,
            moving=True,
        ),
    ),
)

EXPLORER = Explorer(
    name="pinn",
    title="A network that solves an equation",
    hint=(
        "Press Play and compare the thick grey curve with the others."
        " Then change the order."
    ),
    params={
        "order": Choice("Order of the equation", "2", ORDERS),
        "frequency": Choice("Solution", "4", SOLUTIONS),
        "loss": Choice("Loss", "built in", LOSSES),
    },
    presets={
        "order": list(ORDERS),
        "frequency": list(SOLUTIONS),
        "loss": list(LOSSES),
    },
    panels=(NOW, ERRORS, RATES),
    frame=frame,
    summary=summary,
    time="time",
    question=Question(
        "Where is most of the error while the loss falls?", CHOICES, verdict
    ),
    doc=__doc__,
)
