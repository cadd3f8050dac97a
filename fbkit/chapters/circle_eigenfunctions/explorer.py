"""Explorer: a ReLU network's kernel on the circle, its rates, and the decay of errors.

An infinitely wide ReLU network of the chosen depth (layers of weights, all trained;
weight variance 2, a bias of the chosen variance in every layer), its kernel scaled to
K(0) = 1, lazily trained by gradient descent on n even points. Rate on n points: the
average of K(θ) cos kθ over them. Each step multiplies a mode's error by 1 − learning
rate × rate. Infinitely many points: the same average over 4,096. Rates below 10⁻¹²
count as 0. All of it is a closed form.
"""

from __future__ import annotations

import numpy as np

from fbkit.chapters.circle_eigenfunctions.twin import MODES, WAVES, frame
from fbkit.explorers import (
    Array,
    Axis,
    Explorer,
    Number,
    Panel,
    Question,
    heat,
    line,
    scatter,
    stem,
)

DEPTHS = (2, 3, 4, 5, 6, 8)
BIASES = (0, 0.001, 0.01, 0.05, 0.1, 0.2, 0.5, 1, 2)
POINTS = (17, 18, 19, 24, 25, 32, 33, 64, 65, 128, 256)
LEARNING_RATES = (0.1, 0.2, 0.5, 1, 2, 3, 4, 5, 6, 8)
NAMES = tuple(str(k) for k in MODES)


def summary(arrays: dict[str, np.ndarray], params: dict) -> str:
    learned = []
    for k in WAVES:
        if params["amplitudes"][k - 1] > 0:
            steps = arrays["until"][k]
            learned.append(f"mode {k} {steps:.0f}" if steps else f"mode {k} never")
    if not learned:
        return "There is nothing to learn: every amplitude is 0. Drag a handle up."
    zero = [str(k) for k in MODES if not arrays["rates"][k]]
    return (
        f"Steps until 20 % is left: {', '.join(learned)}. Modes of rate 0:"
        f" {', '.join(zero) or 'none'}."
    )


CHOICES = {"2": "sin 2x", "3": "sin 3x", "4": "sin 4x"}


def verdict(arrays: dict[str, np.ndarray], params: dict, choice: str) -> str:
    """What became of the three waves, for who said `choice`."""
    waves = [int(k) for k in CHOICES]
    if any(params["amplitudes"][k - 1] == 0 for k in waves):
        return ""
    until = arrays["until"]
    never = [k for k in waves if not until[k]]
    said = f"You said {CHOICES[choice]}."
    if not never:
        return f"{said} But with these settings each of the three has a rate above 0."
    names = " and ".join(CHOICES[str(k)] for k in never)
    if int(choice) in never:
        return f"{said} It never comes: {names} has the rate 0."
    steps = until[int(choice)]
    return f"{said} It came after {steps:.0f} steps; {names} never does: its rate is 0."


TARGET = Panel(
    "Target and network at the moment",
    x=Axis("angle x (radians)", low=-np.pi, high=np.pi, pi=True),
    y=Axis("value"),
    marks=(
        line("angle", "target", label="target", color="grey", width=3),
        line("angle", "network", label="network", moving=True),
        scatter("points", "data", label="points", color="orange", width=0.5),
    ),
)
KERNEL = Panel(
    "Kernel and a wave",
    x=Axis("angle θ between two inputs (radians)", low=-np.pi, high=np.pi, pi=True),
    y=Axis("K(θ) / K(0)", low=-1.05, high=1.05),
    marks=(
        line("theta", "wave", label="cos kθ", color="grey", dash=True, width=1),
        line(
            "theta",
            "product",
            label="product: its mean is the rate",
            color="orange",
            answer=True,
        ),
        line("theta", "kernel", label="kernel", width=3),
    ),
)
ERRORS = Panel(
    "Error and rate of each mode",
    x=Axis("mode k", low=-0.6, high=8.6, names=NAMES),
    y=Axis("error", low=-0.12, high=1.6),
    right=Axis("rate (none: 0)", log=True, low=1e-5, high=1),
    marks=(
        stem(
            "handles", "amplitudes", label="error at the start", width=16, hollow=True
        ),
        stem("handles", "residual", label="error at the moment", width=7, moving=True),
        stem(
            "handles",
            "amplitudes",
            label="target (drag)",
            color="grey",
            drag="amplitudes",
            width=1,
        ),
        scatter(
            "modes",
            "rates",
            label="rate, these points",
            color="green",
            axis="right",
            width=4,
            hollow=True,
            answer=True,
        ),
        scatter(
            "modes",
            "limit",
            label="rate, infinitely many points",
            color="orange",
            axis="right",
            width=1,
            answer=True,
        ),
    ),
)
DECAY = Panel(
    "Error left, mode by mode",
    x=Axis("steps of gradient descent", log=True),
    y=Axis("mode k", low=-0.5, high=8.5, names=NAMES),
    marks=(
        heat(
            "moments",
            "modes",
            z="heat",
            label="error left, 100 % to 0.1 %",
            low=-3,
            high=0,
        ),
        scatter(
            "learned", "learned_mode", label="20 % left", color="orange", hollow=True
        ),
    ),
    time=True,
)

EXPLORER = Explorer(
    name="circle_eigenfunctions",
    title="From the kernel's profile to the order of learning",
    hint="Press Play. Then try a bias, another layer, an odd number of points.",
    params={
        "depth": Number("Depth", 2, 2, 8, values=DEPTHS, unit="layers", whole=True),
        "bias": Number("Variance of the bias", 0, 0, 2, values=BIASES),
        "points": Number("Points", 64, 17, 256, values=POINTS, whole=True),
        "lr": Number("Learning rate", 1, 0.1, 8, values=LEARNING_RATES),
        "mode": Number("Wave shown with the kernel: mode", 3, 0, 8, whole=True),
        "amplitudes": Array(
            "Amplitude",
            (0, 1, 1, 1, 0, 0, 0, 0),
            low=0,
            high=1.5,
            names=tuple(f"mode {k}" for k in WAVES),
        ),
    },
    presets={
        "No bias": {},
        "A hint of bias": {"bias": 0.01},
        "Bias": {"bias": 0.5},
        "A second hidden layer": {"depth": 3},
        "17 points, no bias": {"points": 17, "amplitudes": (0, 0, 1, 0, 0, 0, 0, 0)},
        "Learning rate too high": {
            "lr": 8,
            "bias": 0.1,
            "amplitudes": (1, 0, 1, 0, 1, 0, 0, 0),
        },
    },
    panels=(TARGET, KERNEL, ERRORS, DECAY),
    frame=frame,
    summary=summary,
    engine=True,
    time="moments",
    question=Question("Which comes last?", CHOICES, verdict),
    doc=__doc__,
)
