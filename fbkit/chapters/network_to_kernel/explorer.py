"""Explorer: a run, and its forecast from the network before the first step.

A two-layer network (seed 0, its output 0 at the start) learns height × (sin x + sin 3x
+ sin 5x) on 32 points of the circle by 800 steps of gradient descent, at the learning
rate 1/(largest rate). The forecast: along each eigenvector of the kernel at the start,
(1 − learning rate × rate) to the power of the steps. The gap is the largest difference
in any Fourier coefficient, as a share of the coefficient of one wave of the target.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fbkit.explorers import (
    Axis,
    Choice,
    Explorer,
    Number,
    Panel,
    Question,
    line,
    scatter,
    segments,
)

if TYPE_CHECKING:
    from fbkit.history import History
    from fbkit.targets import Target

POINTS = 32
STEPS = 800
COLORS = {1: "blue", 3: "orange", 5: "green"}  # of the target's modes
MODES = tuple(COLORS)
WIDTHS = (16, 64, 256, 1024)
HEIGHTS = (0.03, 0.1, 0.3, 1.0, 3.0)
WAVE = 2**0.5  # sin kx is 1/WAVE of a wave of the orthonormal basis
CHOICES = {
    "little": "by less than 10 %",
    "some": "by 10 to 50 %",
    "much": "by more than half",
}


class Forecast(NamedTuple):
    """A network trained on one target, and what its first kernel said of it."""

    run: History
    predicted: History
    target: Target
    moved: float  # change of the kernel, in % of its size
    gap: float  # in % of one wave of the target


@lru_cache(64)
def training(width: int, activation: str, heights: tuple[float, ...]) -> list[Forecast]:
    """A forecast and a training run for each height of the target."""
    import fbkit as fb

    basis = fb.circle(POINTS)
    targets = [fb.sines(basis, MODES, height) for height in heights]
    nets = [fb.mlp(width=width, activation=activation) for _ in heights]
    # Equal networks have equal kernels: one is enough.
    start = fb.empirical_ntk(nets[0], basis.inputs).astype(float)
    lr = POINTS / np.linalg.eigvalsh(start)[-1]
    runs = fb.train_ensemble(
        nets, targets, lr=lr, steps=STEPS, records=30, progress=False
    )
    found = []
    for height, net, run, target in zip(heights, nets, runs, targets):
        steps = np.round(run.t / lr)
        predicted = fb.gradient_descent(start, -target.values, steps, lr, onto=basis)
        change = np.linalg.norm(fb.empirical_ntk(net, basis.inputs) - start)
        largest = np.abs(run.error - predicted.error).max()
        moved = 100 * change / np.linalg.norm(start)
        gap = 100 * WAVE * largest / height
        found.append(Forecast(run, predicted, target, moved, gap))
    return found


def frame(width: int, height: float, activation: str) -> dict[str, np.ndarray]:
    usual = training(width, activation, HEIGHTS)
    if height in HEIGHTS:
        this = usual[HEIGHTS.index(height)]
    else:
        (this,) = training(width, activation, (height,))
    times = this.run.t
    target = this.target.values / height
    arrays = {
        "time": times,
        "angle": this.target.basis.points,
        "target": target,
        "moved": np.array(this.moved),
        "from": times[1:2],
        "to": times[-1:],
        "threshold": np.array([0.2]),
        "height": np.array([height]),
        "gap": np.array([this.gap]),
        "heights": np.array(HEIGHTS),
        "gaps": np.array([forecast.gap for forecast in usual]),
    }
    start = this.run.select(MODES)[0]
    for name, history in (("network", this.run), ("predicted", this.predicted)):
        residual = this.target.basis.synthesise(history.error)
        arrays[name] = residual / height + target
        relative = history.select(MODES) / start  # (T, modes)
        for k, error in zip(MODES, relative.T):
            arrays[f"{name}_{k}"] = np.maximum(error, 1e-3)
    return arrays


def percent(value: float) -> str:
    return f"{value:.0f} %" if value > 9.95 else f"{value:.2g} %"


def summary(arrays: dict[str, np.ndarray], params: dict) -> str:
    return (
        f"Largest gap between network and forecast: {percent(arrays['gap'][0])} of a"
        f" wave. The matrix moved by {percent(arrays['moved'])} of its size."
    )


def verdict(arrays: dict[str, np.ndarray], params: dict, choice: str) -> str:
    gap = arrays["gap"][0]
    right = "little" if gap < 10 else "some" if gap < 50 else "much"
    said = "So it is:" if choice == right else "It is not:"
    return (
        f"You said {CHOICES[choice]}. {said} at worst a wave is off its forecast by"
        f" {percent(gap)} of its height."
    )


NETWORK = [
    line("time", f"network_{k}", label=f"wave {k}", color=color)
    for k, color in COLORS.items()
]
FORECAST = [
    line(
        "time",
        f"predicted_{k}",
        label=f"{k}, forecast",
        color=color,
        dash=True,
        answer=True,
    )
    for k, color in COLORS.items()
]
THRESHOLD = segments(
    "from",
    "threshold",
    x2="to",
    y2="threshold",
    label="20 %",
    color="grey",
    width=1,
)
ERRORS = Panel(
    "Error of each wave",
    x=Axis("time = learning rate × steps", log=True),
    y=Axis("relative error", log=True, low=1e-3, high=3),
    marks=(*NETWORK, *FORECAST, THRESHOLD),
    time=True,
)
GAP = Panel(
    "Gap at this width",
    x=Axis("height of the target", log=True),
    y=Axis("gap (% of a wave)", log=True, low=0.05, high=200),
    marks=(
        line("heights", "gaps", label="others", color="grey", answer=True),
        scatter("height", "gap", label="here", width=5, answer=True),
    ),
)
NOW = Panel(
    "Network now",
    x=Axis("angle x (radians)", low=-np.pi, high=np.pi, pi=True),
    y=Axis("value / height"),
    marks=(
        line("angle", "target", label="target", color="grey", width=3),
        line("angle", "network", label="network", moving=True),
        line(
            "angle",
            "predicted",
            label="forecast",
            color="orange",
            dash=True,
            moving=True,
            answer=True,
        ),
    ),
)

EXPLORER = Explorer(
    name="network_to_kernel",
    title="A forecast made before the first step",
    hint="Press Play. Grey: 20 % of a wave's start.",
    params={
        "width": Number("Width", 1024, 16, 1024, whole=True, even=True, log=True),
        "height": Number("Height of the target", 0.1, low=0.03, high=3, log=True),
        "activation": Choice("Activation", "relu", {"relu": "ReLU", "tanh": "tanh"}),
    },
    presets={"width": WIDTHS, "height": HEIGHTS, "activation": ["relu", "tanh"]},
    panels=(ERRORS, GAP, NOW),
    frame=frame,
    summary=summary,
    time="time",
    question=Question(
        "One matrix of the untrained network forecasts all 800 steps. How far off is it"
        " at worst?",
        CHOICES,
        verdict,
    ),
    doc=__doc__,
)
