"""Explorer: a curve through every label, right or wrong, with ever narrower spikes.

The curve of least norm through 24 labels at evenly spaced points of the circle. The
truth is sin x. The kernel is a sum of two: the mean of the slow waves 0 to the highest
that you choose, and a spike exp(−|angle|/width), folded round the circle, with the
share that you choose; together 1 at angle 0. Play makes the spike narrower, from width
1 to 0.002 radians. Error: the mean square of curve less sin x round the whole circle,
from the waves up to 8,191. All of it is a closed form.
"""

from __future__ import annotations

import numpy as np

from fbkit.chapters.benign_overfitting.twin import SAMPLES, frame
from fbkit.explorers import (
    Array,
    Axis,
    Explorer,
    Number,
    Panel,
    Question,
    line,
    scatter,
    stem,
)

RIGHT = tuple(float(v) for v in np.sin(SAMPLES).round(3))


def flipped(*places: int) -> tuple[float, ...]:
    """The labels, those at some samples with the wrong sign."""
    return tuple(-y if i in places else y for i, y in enumerate(RIGHT))


def summary(arrays: dict[str, np.ndarray], params: dict) -> str:
    wrong, right = arrays["wrong"], arrays["right"]
    return (
        f"Every label is fitted. Mean square error against sin x: {wrong[0]:.3f} with"
        f" the widest spikes, {wrong[-1]:.3f} with the narrowest. Were all labels"
        f" right: {right[0]:.3f} and {right[-1]:.3f}."
    )


CHOICES = {"grow": "it grows", "stay": "it stays", "fall": "it falls"}


def verdict(arrays: dict[str, np.ndarray], params: dict, choice: str) -> str:
    """What the error did, for who said `choice`."""
    first, last = arrays["wrong"][[0, -1]]
    what = "stays nearly what it was"
    if last > 1.25 * first:
        what = "grows"
    elif last < 0.8 * first:
        what = "falls"
    return (
        f"You said {CHOICES[choice]}. It {what}: {first:.3f} with the widest spikes,"
        f" {last:.3f} with the narrowest."
    )


CURVE = Panel(
    "Labels and the curve through all of them",
    x=Axis("angle x (radians)", low=-np.pi, high=np.pi, pi=True),
    y=Axis("value", low=-1.7, high=1.7),
    marks=(
        line("angle", "truth", label="truth", color="grey", width=3),
        line("angle", "curve", label="curve", moving=True),
        scatter(
            "samples", "labels", label="labels (drag)", color="orange", drag="labels"
        ),
    ),
)
ERROR = Panel(
    "Error against the truth",
    x=Axis("1 / width of the spikes", log=True),
    y=Axis("mean square error", log=True, low=1e-5),
    marks=(
        line("sharpness", "wrong", label="with these labels"),
        line(
            "sharpness",
            "right",
            label="were all labels right",
            color="green",
            dash=True,
            answer=True,
        ),
    ),
    time=True,
)
PLACE = Panel(
    "Where the wrong part is",
    x=Axis(
        "waves, from this one to twice it",
        low=-0.6,
        high=12.6,
        names=("0", "", "4", "", "16", "", "64", "", "256", "", "1024", "", "4096"),
    ),
    y=Axis("mean square", low=0),
    marks=(
        stem(
            "band",
            "noise",
            label="what the wrong labels put there",
            color="orange",
            width=14,
            moving=True,
        ),
    ),
)

EXPLORER = Explorer(
    name="benign_overfitting",
    title="A curve through every label",
    hint="Press Play: the spikes get narrower. Then drag a label up or down.",
    params={
        "head": Number("Slow waves of the kernel: 0 to", 1, 0, 8, whole=True),
        "tail": Number(
            "Share of the spike",
            0.1,
            0.02,
            0.9,
            values=(0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9),
        ),
        "labels": Array(
            "Label",
            flipped(6, 15, 19),
            low=-1.5,
            high=1.5,
            names=tuple(f"label {i}" for i in range(1, 25)),
        ),
    },
    presets={
        "Three wrong labels": {},
        "One wrong label": {"labels": flipped(15)},
        "All labels right": {"labels": RIGHT, "tail": 0.5},
        "Too few slow waves": {"head": 0},
        "Too many slow waves": {"head": 8},
    },
    panels=(CURVE, ERROR, PLACE),
    frame=frame,
    summary=summary,
    engine=True,
    time="sharpness",
    question=Question(
        "Every label stays fitted. As the spikes get narrower, what does the error"
        " between the samples do?",
        CHOICES,
        verdict,
    ),
    doc=__doc__,
)
