"""Explorer: a wave on each half of the circle, and more points on one half.

320 points, evenly spaced on each half and shared out as you choose. On the right half
the target is a wave of frequency 8, on the left half one of the frequency that you
choose; the factor sin² x fades both out where the halves meet. Only the inner layer is
trained, infinitely wide: kernel (1 + cos x)(π − |x|)/4π, exact gradient flow. Loss:
half the mean square over the points, each counted alike or with a weight of one over
the density there. Error of a half: the root of its mean square, over its start. Dashed:
the law, error exp(−ρt/πk²), with the density ρ (times the weight) and the frequency k
of the half.
"""

from __future__ import annotations

import numpy as np

from fbkit.dynamics import density_learning_time, gradient_flow
from fbkit.explorers import (
    Axis,
    Choice,
    Explorer,
    Number,
    Panel,
    Question,
    line,
    scatter,
    stem,
)
from fbkit.kernels import relu_profile

POINTS = 320
RIGHT = 8  # frequency on the right half
TIMES = np.geomspace(30, 1e5, 241)
DRAWN = slice(None, None, 6)  # of the times
ANGLES = np.linspace(-np.pi, np.pi, 113)
FLOOR = 1e-2  # of what is drawn


def half_circle(count: int) -> np.ndarray:
    """Evenly spaced angles between 0 and pi, (count,)."""
    return np.pi * (np.arange(count) + 0.5) / count


def two_waves(x: np.ndarray, left: int) -> np.ndarray:
    return np.sin(x) ** 2 * np.sin(np.where(x < 0, left, RIGHT) * x)


def tenth(error: np.ndarray) -> float:
    """The time at which a tenth is left; between TIMES, in proportion."""
    return np.interp(np.log(10), -np.log(np.maximum(error, 1e-9)), TIMES)


def frame(share: float, left: int, weighing: str) -> dict[str, np.ndarray]:
    many = round(share * POINTS)
    counts = np.array([POINTS - many, many])  # of the left half, of the right
    x = np.concatenate([half_circle(count) for count in counts])
    x[: counts[0]] -= np.pi
    target = two_waves(x, left)
    of_halves = np.array([0.5, 0.5]) if weighing == "density" else counts / POINTS
    weights = np.repeat(of_halves / counts, counts)
    gram = relu_profile("first layer with bias")(x[:, None] - x)
    run = gradient_flow(gram, -target, TIMES, weights=weights)
    residual = run.meta["residual"]  # (T, n)
    parts = [residual[:, x < 0], residual[:, x > 0]]
    error = np.array([np.sqrt(np.mean(part**2, axis=1)) for part in parts])
    error /= error[:, :1]
    law = density_learning_time([left, RIGHT], of_halves / np.pi)
    follow = np.exp(-np.log(10) * TIMES / law[:, None])
    now = residual[DRAWN] + target
    return {
        "time": TIMES[DRAWN],
        "angle": ANGLES,
        "target": two_waves(ANGLES, left),
        "network": np.array([np.interp(ANGLES, x, row) for row in now]),
        "points": x[::2],
        "floor": np.full(POINTS // 2, -1.25),
        "half": np.arange(2),
        "tenth": np.array([tenth(one) for one in error]),
        "law": law,
        "left": np.maximum(error[0], FLOOR)[DRAWN],
        "right": np.maximum(error[1], FLOOR)[DRAWN],
        "left law": np.maximum(follow[0], FLOOR)[DRAWN],
        "right law": np.maximum(follow[1], FLOOR)[DRAWN],
    }


def summary(arrays: dict[str, np.ndarray], params: dict) -> str:
    left, right = arrays["tenth"]
    law = arrays["law"]
    return (
        f"A tenth is left: on the left half at time {left:,.0f}, on the right half at"
        f" {right:,.0f}. The law says {law[0]:,.0f} and {law[1]:,.0f}."
    )


CHOICES = {
    "1": "at the same time",
    "2": "twice as late",
    "4": "four times as late",
    "16": "sixteen times as late",
}


def verdict(arrays: dict[str, np.ndarray], params: dict, choice: str) -> str:
    left, right = arrays["tenth"]
    return (
        f"You said {CHOICES[choice]}. On the right half a tenth is left at time"
        f" {right:,.0f}, on the left half at {left:,.0f}: {left / right:.1f} times as"
        " late."
    )


ERRORS = Panel(
    "Error left on each half",
    x=Axis("time", log=True),
    y=Axis("error / error at start", log=True, low=FLOOR, high=1.2),
    marks=(
        line("time", "left", label="left half", color="orange"),
        line("time", "right", label="right half"),
        line(
            "time",
            "left law",
            label="dashed: the law",
            color="orange",
            width=1,
            dash=True,
            answer=True,
        ),
        line("time", "right law", width=1, dash=True, answer=True),
    ),
    time=True,
)
TENTH = Panel(
    "Time until a tenth is left",
    x=Axis("half", low=-0.6, high=1.6, names=("left", "right")),
    y=Axis("time", log=True, low=100, high=1e5),
    marks=(
        stem(
            "half",
            "law",
            label="the law",
            color="grey",
            width=40,
            hollow=True,
            answer=True,
        ),
        stem(
            "half",
            "tenth",
            label="these points",
            color="grey",
            width=20,
            answer=True,
        ),
    ),
)
NOW = Panel(
    "Points, target and network at the moment",
    x=Axis("angle x (radians)", low=-np.pi, high=np.pi, pi=True),
    y=Axis("value", low=-1.4, high=1.1),
    marks=(
        line("angle", "target", label="target", color="grey", width=3),
        line("angle", "network", label="network", color="purple", moving=True),
        scatter("points", "floor", label="every second point", color="grey", width=0),
    ),
)

EXPLORER = Explorer(
    name="uneven_data",
    title="Few points on the left half, many on the right",
    hint=(
        "Press Play and watch the two halves. Then share out the points otherwise, or"
        " weigh them."
    ),
    params={
        "share": Number("Share of the points on the right half", 0.8, 0.5, 0.9),
        "left": Number("Frequency on the left half", 8, 4, 10, whole=True),
        "weighing": Choice(
            "Points count",
            "plain",
            {"plain": "all alike", "density": "one over the density"},
        ),
    },
    presets={
        "share": [0.5, 0.6, 0.7, 0.8, 0.9],
        "left": [4, 6, 8],
        "weighing": ["plain", "density"],
    },
    panels=(NOW, ERRORS, TENTH),
    frame=frame,
    summary=summary,
    time="time",
    question=Question(
        "The left half has a quarter of the right half's points. How much later is its"
        " wave down to a tenth?",
        CHOICES,
        verdict,
    ),
    doc=__doc__,
)
