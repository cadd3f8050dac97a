"""Explorer: low and high error on the digits, for any filter that tells low from high.

A ReLU network 64-200-200-10 trained by Adam (learning rate 0.001) on 600 digits with
one-hot labels. Low: labels and outputs averaged over neighbours with weights exp(-|x -
x'|²/(2 width)); high: what is left. Each error is relative to the size of that part of
the labels.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from fbkit.explorers import Axis, Choice, Explorer, Number, Panel, line, scatter

if TYPE_CHECKING:
    from fbkit.targets import Target

WIDTHS = (0.3, 0.45, 0.6, 0.8, 1.0, 1.4, 2.0, 3.0)
LEARNED = 0.3  # relative error of a part that counts as learned


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
        records=24,
        keep_outputs=True,
        progress=False,
    )
    return run.t[1:], run.meta["outputs"][1:], target


@lru_cache(4)
def shares(labels: str, remove_mean: bool) -> np.ndarray:
    """Share of the labels' energy in the low part, for each of `WIDTHS`."""
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
    }


def summary(arrays: dict[str, np.ndarray], params: dict) -> str:
    def first(errors: np.ndarray) -> str:
        below = np.flatnonzero(errors < LEARNED)
        return f"at step {arrays['steps'][below[0]]:.0f}" if below.size else "never"

    low, high = arrays["low"], arrays["high"]
    return (
        f"The low part holds {100 * arrays['share'][0]:.0f} % of the labels' energy."
        f" Its error is below {LEARNED} {first(low)}, that of the high part"
        f" {first(high)}; low is below high at {100 * np.mean(low < high):.0f} % of the"
        " checkpoints."
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
    "Where the labels' energy is",
    x=Axis("filter width (variance)", log=True),
    y=Axis("share in the low part", low=0, high=1.02),
    marks=(
        line("widths", "shares", label="all widths", color="grey"),
        scatter("width", "share", label="this width", color="blue", width=5),
    ),
)

EXPLORER = Explorer(
    name="measure_frequency",
    title="Low and high error on the handwritten digits",
    hint=(
        "Press Play. Then widen the filter: what counts as low? Then random labels,"
        " with and without their mean."
    ),
    params={
        "width": Number("Filter width (variance)", 1.0, low=0.2, high=4, log=True),
        "mean": Choice(
            "Mean of the labels", "removed", {"removed": "removed", "kept": "kept"}
        ),
        "labels": Choice(
            "Labels", "true", {"true": "true digits", "random": "drawn at random"}
        ),
    },
    presets={
        "width": WIDTHS,
        "mean": ["removed", "kept"],
        "labels": ["true", "random"],
    },
    panels=(ERRORS, ENERGY),
    frame=frame,
    summary=summary,
    time="steps",
    doc=__doc__,
)
