"""Explorer: low and high error on the digits, of true labels and of random ones.

A ReLU network 64-200-200-10 trained by Adam (learning rate 0.001) on 600 digits with
one-hot labels. Low: labels and outputs averaged over neighbours with weights exp(-|x -
x'|²/(2 width)); high: what is left. Each error is relative to the size of that part of
the labels.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

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
)

if TYPE_CHECKING:
    from fbkit.targets import Target

WIDTHS = (0.3, 0.45, 0.6, 0.8, 1.0, 1.4, 2.0, 3.0)
FREQUENCY = np.linspace(0, 6, 41)
HALF = 0.5  # relative error of a part that counts as half learned
CHOICES = {"low": "the low part", "high": "the high part", "both": "both together"}


@lru_cache(2)
def training(labels: str) -> tuple[np.ndarray, np.ndarray, Target]:
    """Steps (T,), outputs (T, n, 10) and target of a network trained once by Adam.

    A ReLU network 64-200-200-10 on 600 digits.
    """
    from fbkit.nets import standard_mlp
    from fbkit.targets import digits
    from fbkit.training import train

    target = digits(600, labels=labels)
    run = train(
        standard_mlp([64, 200, 200, 10], "relu", seed=0),
        target,
        optimizer="adam",
        lr=1e-3,
        steps=500,
        records=48,
        keep_outputs=True,
        progress=False,
    )
    return run.t[1:], run.meta["outputs"][1:], target


@lru_cache(4)
def shares(labels: str, remove_mean: bool) -> np.ndarray:
    """Share of the labels in the low part, for each of `WIDTHS`."""
    from fbkit.observe import filter_errors

    _, outputs, target = training(labels)
    found = []
    for width in WIDTHS:
        _, _, share = filter_errors(outputs[-1], target, width, remove_mean)
        found.append(share)
    return np.array(found)


def frame(width: float, mean: str, labels: str) -> dict[str, np.ndarray]:
    from fbkit.observe import filter_errors

    steps, outputs, target = training(labels)
    remove_mean = mean == "removed"
    low, high, share = filter_errors(outputs, target, width, remove_mean)
    return {
        "steps": steps,
        "low": low,
        "high": high,
        "width": np.array([width]),
        "share": np.array([share]),
        "widths": np.array(WIDTHS),
        "shares": shares(labels, remove_mean),
        "frequency": FREQUENCY,
        "factor": np.exp(-width * FREQUENCY**2 / 2),
    }


def half_learned(steps: np.ndarray, errors: np.ndarray) -> float:
    """The step from which a part stays below `HALF`; infinity for never."""
    late = np.flatnonzero(errors >= HALF)
    after = late[-1] + 1 if late.size else 0
    return steps[after] if after < len(steps) else np.inf


def in_words(arrays: dict[str, np.ndarray], part: str) -> str:
    step = half_learned(arrays["steps"], arrays[part])
    return f"by step {step:.0f}" if np.isfinite(step) else "never"


def summary(arrays: dict[str, np.ndarray], params: dict) -> str:
    low, high = arrays["low"], arrays["high"]
    return (
        f"The low part holds {share(arrays)} of the labels. Half of it is"
        f" learned {in_words(arrays, 'low')}, half of the high part"
        f" {in_words(arrays, 'high')}; low is below high at"
        f" {100 * np.mean(low < high):.0f} % of the checkpoints."
    )


def share(arrays: dict[str, np.ndarray]) -> str:
    return f"{100 * arrays['share'][0]:.2g} %"


def verdict(arrays: dict[str, np.ndarray], params: dict, choice: str) -> str:
    return (
        f"You said {CHOICES[choice]}. Half of the low part is learned"
        f" {in_words(arrays, 'low')}, half of the high part"
        f" {in_words(arrays, 'high')}. The low part is {share(arrays)} of the labels."
    )


ERRORS = Panel(
    "Error while training",
    x=Axis("step of Adam", log=True),
    y=Axis("relative error", low=0),
    marks=(
        line("steps", "low", label="low-frequency part"),
        line("steps", "high", label="high-frequency part", color="orange"),
    ),
    time=True,
)
ENERGY = Panel(
    "How much of the labels is low",
    x=Axis("filter width (variance)", log=True),
    y=Axis("share in the low part", low=0, high=1.02),
    marks=(
        line("widths", "shares", label="all widths", color="grey"),
        scatter("width", "share", label="this width", color="blue", width=5),
    ),
)
FILTER = Panel(
    "What the filter leaves of a wave",
    x=Axis("frequency", low=0, high=6),
    y=Axis("factor (dense even grid)", low=0, high=1.02),
    marks=(line("frequency", "factor", color="green"),),
)

EXPLORER = Explorer(
    name="measure_frequency",
    title="Low and high error on digits",
    hint="Then remove the labels' mean; then take true labels, or widen the filter.",
    params={
        "width": Number("Filter width (variance)", 1.0, low=0.2, high=4, log=True),
        "mean": Choice(
            "Mean of the labels", "kept", {"removed": "removed", "kept": "kept"}
        ),
        "labels": Choice(
            "Labels", "random", {"true": "true digits", "random": "drawn at random"}
        ),
    },
    presets={
        "width": WIDTHS,
        "mean": ["removed", "kept"],
        "labels": ["true", "random"],
    },
    panels=(ERRORS, ENERGY, FILTER),
    frame=frame,
    summary=summary,
    time="steps",
    question=Question("Which part is learned first?", CHOICES, verdict),
    doc=__doc__,
)
