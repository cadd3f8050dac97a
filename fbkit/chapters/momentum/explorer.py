"""Explorer: waves in the plane of step and momentum, and their race.

Sixteen waves whose rates are 1/k², each alone, under gradient descent, heavy ball and
Nesterov's method, computed step by step from rest. A wave is
learned at the step from which on less than 10 % of it is left. What is left counts the
largest error from that step on, so that a swing through 0 is not mistaken for the end.
"""

from __future__ import annotations

import numpy as np

from fbkit.chapters.momentum import twin
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

RATES = (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1.2, 1.5, 1.9, 2.5, 3, 3.54)
LABELS = {"gd": "gradient descent", "heavy": "heavy ball", "nesterov": "Nesterov"}
CHOICES = {"sooner": "sooner", "same": "at the same step", "later": "later"}


def word(steps: float) -> str:
    return f"{steps:.0f}" if steps else f"more than {twin.LAST}"


def summary(arrays: dict[str, np.ndarray], params: dict) -> str:
    both = []
    for short, label in LABELS.items():
        reached = arrays[f"{short}_reached"]
        both.append(f"{label} {word(reached[0])} and {word(reached[15])}")
    return f"Steps to 10 %, waves 1 and 16: {', '.join(both)}."


def verdict(arrays: dict[str, np.ndarray], params: dict, choice: str) -> str:
    """What became of wave 1, for who said `choice`."""
    fast = arrays[twin.RACE[params["method"]] + "_reached"]
    plain = arrays["gd_reached"]
    with_it, without = (curve[0] or np.inf for curve in (fast, plain))
    came = "same"
    if with_it != without:
        came = "sooner" if with_it < without else "later"
    said = "Yes:" if choice == came else f"It was {CHOICES[came]}:"
    return (
        f"You said: {CHOICES[choice]}. {said} {word(fast[0])} steps, without momentum"
        f" {word(plain[0])}. Wave 16: {word(fast[15])}, without {word(plain[15])}."
    )


PLANE = Panel(
    "Where the waves are, and what is left there",
    x=Axis("learning rate × rate of the wave", log=True, low=1e-4, high=5),
    y=Axis("momentum β", low=-0.03, high=1.03),
    marks=(
        heat("z", "betas", z="plane", label="left", low=-3, high=0, moving=True),
        line("swing_z", "swing_beta", label="swings above", color="orange"),
        line("grow_z", "grow_beta", label="grows beyond", color="purple", dash=True),
        scatter("row", "row_beta", label="waves", color="blue", width=3),
        stem("handle", "handle_beta", label="drag", drag="beta", width=1),
    ),
)
ERROR = Panel(
    "Error of the chosen wave",
    x=Axis("steps", log=True, low=1, high=twin.LAST),
    y=Axis("error", low=-1.25, high=1.25),
    marks=(
        line("shown", "plain", label="gradient descent", color="grey"),
        line("shown", "envelope", label="largest from here on", dash=True),
        line("shown", "below", dash=True),
        line("shown", "error", label="error", color="orange"),
    ),
    time=True,
)
NOW = Panel(
    "Left of each wave now",
    x=Axis("wave k", low=0.2, high=16.8),
    y=Axis("part left", low=0, high=1.25),
    marks=(
        stem(
            "waves", "gd_now", label=LABELS["gd"], width=16, color="grey", moving=True
        ),
        stem(
            "waves",
            "nesterov_now",
            label="Nesterov",
            width=11,
            color="green",
            moving=True,
        ),
        stem(
            "waves",
            "heavy_now",
            label="heavy ball",
            width=6,
            color="orange",
            moving=True,
        ),
    ),
)
RACE = Panel(
    "Learned: 10 % left, for good",
    x=Axis("steps", log=True, low=1, high=twin.LAST),
    y=Axis("wave k", low=0.2, high=16.8),
    marks=(
        scatter("gd_time", "gd_wave", label=LABELS["gd"], color="grey", width=4),
        scatter(
            "nesterov_time", "nesterov_wave", label="Nesterov", color="green", width=4
        ),
        scatter(
            "heavy_time",
            "heavy_wave",
            label="heavy ball",
            color="orange",
            width=4,
            hollow=True,
        ),
    ),
    time=True,
)

EXPLORER = Explorer(
    name="momentum",
    title="Sixteen waves, three ways down",
    hint="Press Play. Then drag the round handle: momentum lifts all waves at once.",
    params={
        "method": Choice(
            "Method in the plane",
            "heavy_ball",
            {"heavy_ball": "heavy ball", "nesterov": "Nesterov"},
        ),
        "lr": Number("Learning rate × rate of wave 1", 0.5, 0.05, 3.6, values=RATES),
        "wave": Number("Wave", 1, low=1, high=16, whole=True),
        "beta": Array("Momentum", (0.9,), low=0, high=0.98, names=("β",), step=0.01),
    },
    presets={
        "Momentum 0.9": {},
        "No momentum": {"beta": [0]},
        "Best for these waves": {"lr": 3.54, "beta": [0.78]},
        "Too much momentum": {"beta": [0.98]},
        "Nesterov, wave 16": {"method": "nesterov", "wave": 16},
        "Too fast for gradient descent": {"lr": 2.5},
    },
    panels=(PLANE, ERROR, NOW, RACE),
    frame=twin.frame,
    summary=summary,
    engine=True,
    time="moments",
    question=Question(
        "With momentum 0.9, when is wave 1 learned?",
        CHOICES,
        verdict,
    ),
    doc=__doc__,
)
