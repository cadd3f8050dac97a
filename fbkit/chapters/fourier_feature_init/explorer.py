"""Explorer: how many Fourier features of which frequency, and the order of learning.

A network of Fourier features of the whole frequencies 1 to 12 on the circle, as many of
each as you draw, trained by gradient flow from output 0: frequency k has the rate
(share of the features that have it)/2, exactly. Error left: exp(−rate × time) of the
amplitude, its square of the power. The best shares for the budget T leave the same
power in every frequency that gets features: water-filling. All of it is a closed form.
Counts are drawn, only shares matter.
"""

from __future__ import annotations

import numpy as np

from fbkit.chapters.fourier_feature_init.twin import MODES, TARGETS, best_shares, frame
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
    segments,
    stem,
)


def summary(arrays: dict[str, np.ndarray], params: dict) -> str:
    learned = []
    for k in MODES[TARGETS[params["target"]] > 0]:
        time = arrays["until"][k - 1]
        learned.append(f"{k} at time {time:.1f}" if time else f"{k} never")
    left, least = arrays["end"]
    return (
        f"20 % is left of frequency {', of '.join(learned)}. At T ="
        f" {params['budget']:.0f} there is {left:.2f} % of the power left; the best"
        f" shares leave {least:.2f} %."
    )


CHOICES = {
    "none": "none: it is too faint",
    "power": "1 for every 44 at 2, as its power",
    "some": "1 for every 4 at 2",
    "same": "as many as 2",
}


def verdict(arrays: dict[str, np.ndarray], params: dict, choice: str) -> str:
    """What the best shares give frequency 12, for who said `choice`."""
    if params["target"] != "three" or not arrays["best"][1]:
        return ""
    each = arrays["best"][11] / arrays["best"][1]
    many = f"{each:.2f} for each one at 2" if each > 0 else "none"
    return (
        f"You said {CHOICES[choice]}. For T = {params['budget']:.0f} the best shares"
        f" give frequency 12 {many}."
    )


def drawn(shares: np.ndarray) -> tuple[float, ...]:
    """Shares of the features as whole counts, 50 of the largest."""
    return tuple(np.round(50 * shares / shares.max()))


def filled(target: str, budget: float) -> tuple[float, ...]:
    """The best counts for a target at time `budget`."""
    share, _ = best_shares(TARGETS[target], budget)
    return drawn(share)


FREQUENCY = Axis("frequency k", low=0.4, high=12.6, names=("", *map(str, MODES)))

NETWORK = Panel(
    "Target and network at the moment",
    x=Axis("angle x (radians)", low=-np.pi, high=np.pi, pi=True),
    y=Axis("value"),
    marks=(
        line("angle", "target", label="target", color="grey", width=3),
        line("angle", "network", label="network", moving=True),
    ),
)
FEATURES = Panel(
    "Features of each frequency",
    x=FREQUENCY,
    y=Axis("number of features", low=-4, high=66),
    marks=(
        stem(
            "modes",
            "counts",
            label="yours (drag)",
            drag="counts",
            width=14,
            hollow=True,
        ),
        scatter(
            "modes",
            "best",
            label="best shares for T",
            color="orange",
            width=1.5,
            answer=True,
        ),
    ),
)
POWER = Panel(
    "Power left in each frequency",
    x=FREQUENCY,
    y=Axis("power", log=True, low=1e-5, high=2),
    marks=(
        stem("modes", "power", label="at the start", width=14, hollow=True),
        stem("modes", "left", label="at the moment", width=7, moving=True),
        scatter(
            "modes",
            "least",
            label="at T, best shares",
            color="orange",
            width=1.5,
            answer=True,
        ),
    ),
)
DECAY = Panel(
    "Error left, frequency by frequency",
    x=Axis("time", log=True),
    y=Axis("frequency k", low=0.5, high=12.5, names=("", *map(str, MODES))),
    marks=(
        heat(
            "moments",
            "modes",
            z="heat",
            label="error left, 0.1 % to 100 %",
            low=-3,
            high=0,
        ),
        segments("at", "low", x2="at", y2="high", label="T", color="grey"),
        scatter(
            "learned", "learned_mode", label="20 % left", color="orange", hollow=True
        ),
    ),
    time=True,
)

EXPLORER = Explorer(
    name="fourier_feature_init",
    title="Share out the features",
    hint=(
        "Press Play. Then drag the numbers of features: can you leave as little at T as"
        " the best shares?"
    ),
    params={
        "target": Choice(
            "Target",
            "three",
            {
                "three": "2, and less of 8 and 12",
                "sines": "1, 5, 10, equally loud",
                "square": "odd, 1/k (square wave)",
                "edge": "all, 1/k (saw tooth)",
                "flat": "all, equally loud",
            },
            live=True,
        ),
        "budget": Number(
            "Time budget T", 10, 2, 100, values=(2, 5, 10, 20, 50, 100), live=True
        ),
        "counts": Array(
            "Features",
            (10,) * 12,
            low=0,
            high=60,
            names=tuple(f"frequency {k}" for k in MODES),
            step=1,
            live=True,
        ),
    },
    presets={
        "As many of each": {},
        "Low first": {"counts": drawn(np.exp(-(MODES**2) / 32))},
        "High first": {"counts": drawn(np.exp(-((13 - MODES) ** 2) / 32))},
        "A band: 8 to 12": {"counts": drawn(MODES > 7)},
        "In proportion to the power": {"counts": drawn(TARGETS["three"] ** 2)},
        "Water-filling, T = 10": {"counts": filled("three", 10)},
        "Water-filling of a square wave": {
            "target": "square",
            "counts": filled("square", 10),
        },
        "The same, T = 50": {
            "target": "square",
            "budget": 50,
            "counts": filled("square", 50),
        },
    },
    panels=(NETWORK, FEATURES, POWER, DECAY),
    frame=frame,
    summary=summary,
    engine=True,
    time="moments",
    question=Question(
        "Training stops at T = 10. Frequency 12 has 1/44 of the power of frequency 2."
        " How many features should it get?",
        CHOICES,
        verdict,
    ),
    doc=__doc__,
)
