"""Explorer: parities of bits under the kernel of a wide network.

The target is a sum of parities of the first 1 to 6 of n bits; the picture shows the
corners of these six. The kernel is that of an infinitely wide ReLU network, all layers
trained, at corners of length 1, scaled to K(0) = 1. Each parity is an eigenfunction of
it on all 2ⁿ corners, with the signed sum of the kernel's values over the number of bits
that differ for its rate λ, and (1 − ηλ)ˢ of it is left after s steps. No step is taken:
these are closed forms.
"""

from __future__ import annotations

import numpy as np

from fbkit.chapters.boolean_cube.twin import ASKED, STEPS, frame
from fbkit.explorers import (
    Array,
    Axis,
    Explorer,
    Number,
    Panel,
    Question,
    heat,
    scatter,
    stem,
)

BITS = (6, 8, 10, 12, 16, 20)
DEPTHS = (2, 3, 4)
BIASES = (0, 0.01, 0.1, 0.5, 1, 2)
LEARNING_RATES = (0.1, 0.2, 0.5, 1, 2, 5)
CHOICES = {
    "same": "once",
    "four": "4 times",
    "sixteen": "16 times",
    "hundred": "over 100 times",
}
NAMES = ("", *(str(k) for k in ASKED))


def verdict(arrays: dict[str, np.ndarray], params: dict, key: str) -> str:
    until, heights = arrays["until"], params["amplitudes"]
    if not heights[0] or not heights[3] or not until[0]:
        return ""
    if until[3]:
        what = (
            f"Degree 1 took {until[0]:.0f} steps and degree 4 {until[3]:.0f}:"
            f" {until[3] / until[0]:.0f} times as long."
        )
    else:
        what = (
            f"Degree 1 took {until[0]:.0f} steps, and degree 4 is not learned within"
            f" {STEPS[-1]:.0f}."
        )
    return f"You said {CHOICES[key]}. {what}"


def summary(arrays: dict[str, np.ndarray], params: dict) -> str:
    rates, words = arrays["rates"], []
    for k, until, rate in zip(ASKED, arrays["until"], rates):
        if params["amplitudes"][k - 1] > 0:
            late = "later than the run" if rate else "never"
            words.append(f"degree {k} {f'{until:.0f}' if until else late}")
    if not words:
        return "There is nothing to learn: every height is 0. Drag a handle up."
    zero = ", ".join(str(k) for k in ASKED[rates == 0]) or "none"
    return f"Steps until 20 % is left: {', '.join(words)}. Degrees of rate 0: {zero}."


ACROSS = Axis("bits 1, 3, 5", low=-0.5, high=7.5, names=("",) * 8)
UP = Axis("bits 2, 4, 6", low=-0.5, high=7.5, names=("",) * 8)
TARGET = Panel(
    "Target: a square for each corner",
    x=ACROSS,
    y=UP,
    marks=(heat("across", "up", z="target", label="value, −4 to 4", low=-4, high=4),),
)
NETWORK = Panel(
    "Network at the moment",
    x=ACROSS,
    y=UP,
    marks=(
        heat(
            "across",
            "up",
            z="network",
            label="value, −4 to 4",
            low=-4,
            high=4,
            moving=True,
        ),
    ),
)
ERRORS = Panel(
    "Error and rate of each degree",
    x=Axis("degree: bits in the parity", low=0.4, high=6.6, names=NAMES),
    y=Axis("error", low=-0.12, high=1.6),
    right=Axis("rate (none: 0)", log=True, low=1e-9, high=1),
    marks=(
        stem(
            "degrees", "amplitudes", label="error at the start", width=16, hollow=True
        ),
        stem("degrees", "residual", label="error at the moment", width=7, moving=True),
        stem(
            "degrees",
            "amplitudes",
            label="target (drag)",
            color="grey",
            drag="amplitudes",
            width=1,
        ),
        scatter(
            "degrees",
            "rates",
            label="rate",
            color="green",
            axis="right",
            width=4,
            answer=True,
        ),
    ),
)
DECAY = Panel(
    "Error left, degree by degree",
    x=Axis("steps of gradient descent", log=True),
    y=Axis("degree", low=0.5, high=6.5, names=NAMES),
    marks=(
        heat(
            "moments",
            "degrees",
            z="heat",
            label="error left, 100 % to 0.1 %",
            low=-3,
            high=0,
        ),
        scatter(
            "learned", "learned_degree", label="20 % left", color="orange", hollow=True
        ),
    ),
    time=True,
)

EXPLORER = Explorer(
    name="boolean_cube",
    title="How long each parity takes",
    hint="Press Play. Then take the bias away, or add bits.",
    params={
        "bits": Number("Bits", 8, 6, 20, values=BITS, whole=True),
        "bias": Number("Variance of the bias", 0.5, 0, 2, values=BIASES),
        "depth": Number("Depth", 2, 2, 4, values=DEPTHS, unit="layers", whole=True),
        "lr": Number("Learning rate", 1, 0.1, 5, values=LEARNING_RATES),
        "amplitudes": Array(
            "Height",
            (1, 1, 1, 1, 0, 0),
            low=0,
            high=1.5,
            names=tuple(f"degree {k}" for k in ASKED),
        ),
    },
    presets={
        "Bias": {},
        "No bias": {"bias": 0},
        "No bias, a second hidden layer": {"bias": 0, "depth": 3},
        "20 bits": {"bits": 20},
        "Degrees 2 and 5": {"amplitudes": (0, 1, 0, 0, 1, 0)},
        "Learning rate too high": {"lr": 5},
    },
    panels=(TARGET, NETWORK, ERRORS, DECAY),
    frame=frame,
    summary=summary,
    engine=True,
    time="moments",
    question=Question(
        "How many times as long as degree 1 does degree 4 take?", CHOICES, verdict
    ),
    doc=__doc__,
)
