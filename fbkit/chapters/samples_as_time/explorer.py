"""Explorer: how many samples a degree needs on the sphere, by learning curves.

Kernel regression on uniformly random points of the unit sphere in the chosen dimension:
the average-case theory of Bordelon, Canatar and Pehlevan, solved for each number of
samples. Kernel: two layers of ReLU units, all trained, no bias; or the inner layer
alone, with bias. Target: the chosen power in degrees 1 to 4. Error: mean square over
the whole sphere, against the target without noise. Modes paid for: N p μ/(p μ + κ) of
the N modes of a degree of eigenvalue μ.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fbkit.basis import sphere_multiplicity
from fbkit.dynamics import effective_ridge, learning_curve
from fbkit.explorers import (
    Array,
    Axis,
    Choice,
    Explorer,
    Number,
    Panel,
    Question,
    line,
    stem,
)
from fbkit.kernels import relu_profile

HANDLES = np.arange(1, 5)  # degrees whose power can be dragged
COLORS = ("blue", "orange", "green", "purple")
HIGHEST = 40
SHOWN = 7  # degrees of which it is shown what the samples pay for
SAMPLES = np.unique(np.round(np.logspace(0, 6, 121)))


def frame(
    dim: int, kernel: str, ridge: float, noise: float, power: Sequence[float]
) -> dict[str, np.ndarray]:
    profile = relu_profile(kernel)
    mu = profile.eigenvalues(dim, HIGHEST)
    many = sphere_multiplicity(dim, range(HIGHEST + 1))
    tail = max(profile(0.0) - many @ mu, 0.0)  # of the degrees above the highest
    power = np.array(power)
    target = np.zeros(HIGHEST + 1)
    target[HANDLES] = power

    total, by_degree = learning_curve(SAMPLES, mu, many, target, ridge, noise, tail)
    left = by_degree[:, HANDLES]
    kappa = effective_ridge(SAMPLES, mu, many, ridge, tail)[:, None]
    seen = SAMPLES[:, None] * mu  # (P, K)
    paid = (many * seen / (seen + kappa))[:, :SHOWN]
    arrays = {
        "samples": SAMPLES,
        "total": total,
        "half": half_points(left, power),
        "paid": np.maximum(paid, 0.01),
        "handles": HANDLES,
        "power": power,
        "left": left,
        "degrees": np.arange(SHOWN),
        "modes": many[:SHOWN],
    }
    for k, error in zip(HANDLES, left.T):
        arrays[f"error {k}"] = error
    return arrays


def half_points(left: np.ndarray, power: np.ndarray) -> np.ndarray:
    """Numbers of samples from which on a degree's error stays below one half.

    0 where it never does, and where there is nothing to learn.
    """
    high_from_the_end = np.argmax(left[::-1] > power / 2, axis=0)
    first = len(SAMPLES) - high_from_the_end
    # The error at the last number may be high still.
    samples = np.append(SAMPLES, 0)
    return np.where(power > 0, samples[first], 0)


def summary(arrays: dict[str, np.ndarray], params: dict) -> str:
    learned = []
    for k, samples, power in zip(HANDLES, arrays["half"], params["power"]):
        if power > 0:
            when = f"at {samples:.0f} samples" if samples else "never"
            learned.append(f"degree {k} ({arrays['modes'][k]:.0f} harmonics) {when}")
    if not learned:
        return "Nothing to learn: every power is 0. Drag a handle up."
    return f"Half is left: {', '.join(learned)}."


CHOICES = {
    "15": "about 15 samples",
    "54": "about 54, as many as it has harmonics",
    "120": "about 120",
    "1000": "about 1,000",
}


def verdict(arrays: dict[str, np.ndarray], params: dict, choice: str) -> str:
    """When degree 2 was halved, for who said `choice`; "" where it has no power."""
    if params["power"][1] == 0:
        return ""
    half, harmonics = arrays["half"][1], arrays["modes"][2]
    when = f"Half of degree 2 is left at {half:.0f} samples"
    if not half:
        when = "More than half of degree 2 is left to the end"
    return f"You said {CHOICES[choice]}. {when}; it has {harmonics:.0f} harmonics."


CURVES = [
    line("samples", f"error {k}", label=f"degree {k}", color=color)
    for k, color in zip(HANDLES, COLORS)
]
OVER_THE_SPHERE = Panel(
    "Error over the sphere",
    x=Axis("training samples", log=True),
    y=Axis("mean square", log=True, low=1e-3),
    marks=(
        *CURVES,
        line("samples", "total", label="all degrees", color="grey", dash=True),
    ),
    time=True,
)
NOW = Panel(
    "Error of each degree now",
    x=Axis("degree", low=0.4, high=4.6, names=("", "1", "2", "3", "4")),
    y=Axis("mean square error", low=-0.12, high=1.7),
    marks=(
        stem(
            "handles",
            "power",
            label="target (drag)",
            drag="power",
            width=34,
            hollow=True,
        ),
        stem("handles", "left", label="error now", width=16, moving=True),
    ),
)
PAID = Panel(
    "What the samples pay for",
    x=Axis("degree", low=-0.6, high=6.6, names=("0", "1", "2", "3", "4", "5", "6")),
    y=Axis("harmonics", log=True, low=0.1),
    marks=(
        stem(
            "degrees", "modes", label="harmonics of the degree", width=24, hollow=True
        ),
        stem(
            "degrees",
            "paid",
            label="paid for now",
            color="orange",
            width=12,
            moving=True,
        ),
    ),
)

DIMENSIONS = (2, 3, 4, 5, 6, 8, 10, 15, 20)
RIDGES = (0, 0.001, 0.01, 0.1, 0.3, 1, 3, 10)
NOISES = (0, 0.01, 0.05, 0.1, 0.25, 0.5, 1)
KERNELS = {
    "cao": "two layers, no bias",
    "first layer with bias": "inner layer, bias",
}

EXPLORER = Explorer(
    name="samples_as_time",
    title="How many samples does a degree need?",
    hint=(
        "Press Play: samples come in, and the degrees fall one after another. What do"
        " they pay for?"
    ),
    params={
        "dim": Number("Dimension", 10, 2, 20, values=DIMENSIONS, whole=True),
        "kernel": Choice("Kernel", "cao", KERNELS),
        "ridge": Number("Ridge", 0, 0, 10, values=RIDGES),
        "noise": Number("Variance of the noise", 0, 0, 1, values=NOISES),
        "power": Array(
            "Power of the target",
            (1, 1, 0, 1),
            low=0,
            high=1.5,
            names=tuple(f"degree {k}" for k in HANDLES),
        ),
    },
    presets={
        "Degrees 1, 2 and 4": {},
        "On the circle": {"dim": 2},
        "In 20 dimensions": {"dim": 20},
        "Degree 3, no bias": {"power": (1, 1, 1, 1)},
        "Noise": {"noise": 0.25},
        "Ridge": {"noise": 0.25, "ridge": 1},
        "Degree 3, bias": {"power": (1, 1, 1, 1), "kernel": "first layer with bias"},
    },
    panels=(OVER_THE_SPHERE, NOW, PAID),
    frame=frame,
    summary=summary,
    engine=True,
    time="samples",
    question=Question(
        "How many samples until half of the error in degree 2 is gone?",
        CHOICES,
        verdict,
    ),
    doc=__doc__,
)
