"""Explorer: what products of units learn, beside a plain network.

Two infinitely wide networks on the circle, trained lazily by gradient flow on
infinitely many points: the plain one (one ReLU factor, no bias) and yours. All weights
are trained, biases start at 0. Each wave's error is exp(−rate × time) of its start, and
the rate is the average of the kernel's profile times the wave; below 10⁻⁹ it counts as
0. Equal K(0): yours is scaled to the plain network's K(0) = 2. All of it is a closed
form.
"""

from __future__ import annotations

import numpy as np

from fbkit.chapters.polynomial_networks.twin import WAVES, frame
from fbkit.explorers import (
    Array,
    Axis,
    Choice,
    Explorer,
    Number,
    Panel,
    Question,
    heat,
    line,
    scatter,
    stem,
)

NO_YES = {"no": "no", "yes": "yes"}
CHOICES = {"none": "none", "odd": "3 and 5", "fast": "4 and 5", "slow": "2 and 3"}
ASKED = (2, 3, 4, 5)
NAMES = ("", *map(str, WAVES))


def time_of(half: float) -> str:
    """Three digits, as in JavaScript's toPrecision."""
    if not half:
        return "never"
    return f"{half:#.3g}".rstrip(".")


def summary(arrays: dict[str, np.ndarray], params: dict) -> str:
    told = []
    for i, k in enumerate(WAVES):
        if params["amplitudes"][i] > 0:
            yours, plain = arrays["yours_half"][i], arrays["plain_half"][i]
            told.append(f"{k} at {time_of(yours)} ({time_of(plain)})")
    if not told:
        return "There is nothing to learn: every amplitude is 0. Drag a handle up."
    return f"Half is left, by yours (by the plain network), of wave {', '.join(told)}."


def named(waves: list[int]) -> str:
    *most, last = map(str, waves)
    return f"waves {', '.join(most)} and {last}" if most else f"wave {last}"


def verdict(arrays: dict[str, np.ndarray], params: dict, choice: str) -> str:
    """Which waves the one learns and the other never, for who said `choice`."""
    if any(params["amplitudes"][k - 1] == 0 for k in ASKED):
        return ""
    yours = {k for k in ASKED if arrays["yours_half"][k - 1]}
    plain = {k for k in ASKED if arrays["plain_half"][k - 1]}
    gained, lost = sorted(yours - plain), sorted(plain - yours)
    said = f"You said {CHOICES[choice]}."
    if gained:
        said += (
            f" It learns {named(gained)}, and the plain network never does: it has the"
            " rate 0 there."
        )
    else:
        said += " With these settings it learns none that the plain network does not."
    return said + (f" But {named(lost)} is what it never learns." if lost else "")


ERRORS = Panel(
    "Error of each wave at the moment",
    x=Axis("wave k", low=0.4, high=8.6, names=NAMES),
    y=Axis("error", low=-0.12, high=1.6),
    marks=(
        stem(
            "left_side",
            "plain_left",
            label="plain",
            color="orange",
            width=8,
            moving=True,
        ),
        stem("right_side", "yours_left", label="yours", width=8, moving=True),
        stem(
            "waves",
            "amplitudes",
            label="target (drag)",
            color="grey",
            drag="amplitudes",
            width=1,
        ),
    ),
)
KERNELS = Panel(
    "Kernels",
    x=Axis("angle θ between two inputs (radians)", low=-np.pi, high=np.pi, pi=True),
    y=Axis("K(θ)"),
    marks=(
        line("angle", "plain_kernel", label="plain", color="orange"),
        line("angle", "yours_kernel", label="yours", width=3),
    ),
)
RATES = Panel(
    "Rate of each wave",
    x=Axis("wave k", log=True, low=0.9, high=36),
    y=Axis("rate (none: 0)", log=True, low=1e-4, high=1),
    marks=(
        scatter(
            "frequencies",
            "plain_rates",
            label="plain",
            color="orange",
            width=4,
            hollow=True,
            answer=True,
        ),
        scatter("frequencies", "yours_rates", label="yours", width=1.5, answer=True),
    ),
)
DECAY = Panel(
    "Error left by yours, wave by wave",
    x=Axis("time", log=True),
    y=Axis("wave k", low=0.5, high=8.5, names=NAMES),
    marks=(
        heat(
            "moments",
            "waves",
            z="heat",
            label="error left, 100 % to 0.1 %",
            low=-3,
            high=0,
        ),
        scatter("yours_learned", "yours_learned_wave", label="half left"),
        scatter(
            "plain_learned",
            "plain_learned_wave",
            label="half left by plain",
            color="orange",
            hollow=True,
        ),
    ),
    time=True,
)

EXPLORER = Explorer(
    name="polynomial_networks",
    title="A product of units against a plain network",
    hint="Press Play. Then add factors, a linear one, or biases.",
    params={
        "factors": Number("ReLU factors", 2, 1, 4, values=(1, 2, 3, 4), whole=True),
        "linear": Choice("And a linear factor", "no", NO_YES),
        "bias": Choice("Biases", "no", NO_YES),
        "equal": Choice(
            "Both have the same", "rate", {"rate": "learning rate", "start": "K(0)"}
        ),
        "amplitudes": Array(
            "Amplitude",
            (0, 1, 1, 1, 1, 0, 0, 0),
            low=0,
            high=1.5,
            names=tuple(f"wave {k}" for k in WAVES),
            live=True,
        ),
    },
    presets={
        "Two ReLUs": {},
        "Three ReLUs": {"factors": 3},
        "Four ReLUs": {"factors": 4},
        "ReLU times linear": {"factors": 1, "linear": "yes"},
        "One ReLU with bias": {"factors": 1, "bias": "yes"},
        "Two ReLUs, same K(0)": {"equal": "start"},
        "Four ReLUs, same K(0)": {"factors": 4, "equal": "start"},
    },
    panels=(ERRORS, DECAY, KERNELS, RATES),
    frame=frame,
    summary=summary,
    engine=True,
    time="moments",
    question=Question(
        "Which waves will only the product learn?",
        CHOICES,
        verdict,
    ),
    doc=__doc__,
)
