"""Explorer: an orbit of the logistic or of the sine-circle map.

The logistic map is x → g x (1 − x); the circle map is x → x + Ω − c sin(2πx)/(2π), of
which what lies behind the decimal point is kept: 0.3 of 1.3, for 1 is 0 again, as on a
circle. The orbit starts at 0.3, that of the circle map at 0.6, and a second one
0.000001 beside it. Exponent: the mean of ln |slope of the map|
at the points so far, in 2,000 steps; it is above 0 where a small error grows. Spectrum:
how the power of the last 240 points, their mean left out, is shared by the waves that
fit 1 to 120 times into 240 steps; before 240 steps, of the points so far. A change of
g, Ω or c lets the orbit go on from where it is.
"""

from __future__ import annotations

import math

import numpy as np

from fbkit.chapters.chaotic_time_series import twin
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


def signed(value: float) -> str:
    return f"{'−' if value < 0 else '+'}{abs(value):.2f}"


def summary(arrays: dict[str, np.ndarray], params: dict) -> str:
    steps, exponent = arrays["state"]
    if not steps:
        return (
            "The orbit starts, and a second one 0.000001 beside it. Nothing has"
            " happened yet."
        )
    grown = math.exp(max(-99, min(99, exponent)))
    return (
        f"After {steps:.0f} steps the exponent is {signed(exponent)}: a small error"
        f" changes by a factor of {grown:.2f} in a step, on average."
    )


CHOICES = {"regular": "regular", "chaotic": "chaotic"}


def verdict(arrays: dict[str, np.ndarray], params: dict, choice: str) -> str:
    """What it is, for who said `choice`; "" while the run goes on."""
    steps, exponent = arrays["state"]
    if steps < twin.END:
        return ""
    said = f"You said {CHOICES[choice]}."
    found = f"After {steps:.0f} steps the exponent is {signed(exponent)}"
    if abs(exponent) < twin.CALL:
        return f"{said} {found}, too close to 0 to call."
    error, is_ = ("grows", "chaotic") if exponent > 0 else ("dies out", "regular")
    return f"{said} {found}: a small error {error}. It is {is_}."


ORBIT = Panel(
    "The last 60 points of the orbit",
    x=Axis("step"),
    y=Axis("x", low=0, high=1),
    marks=(
        line("step", "orbit", color="grey", width=1),
        scatter("step", "orbit", label="orbit", width=3),
        scatter(
            "step",
            "other",
            label="started 0.000001 beside it",
            color="orange",
            hollow=True,
            width=4,
        ),
    ),
)
SPECTRUM = Panel(
    "Its spectrum",
    x=Axis("waves in 240 steps", low=0, high=120),
    y=Axis("share of the power", log=True, low=twin.FLOOR, high=1),
    marks=(line("waves", "power", width=1.5),),
)
EXPONENT = Panel(
    "Lyapunov exponent so far",
    x=Axis("step", log=True),
    y=Axis("exponent", low=-1.5, high=1.5),
    marks=(
        line(
            "ends",
            "border",
            label="neither",
            color="grey",
            dash=True,
            width=1,
            answer=True,
        ),
        line(
            "moments",
            "exponents",
            label="above 0: chaotic",
            color="green",
            answer=True,
        ),
    ),
)

EXPLORER = Explorer(
    name="chaotic_time_series",
    title="Regular or chaotic?",
    hint=(
        "Press Play, watch, answer. Then move g slowly: the orbit goes on from where"
        " it is."
    ),
    params={
        "map": Choice(
            "Map", "logistic", {"logistic": "logistic", "circle": "sine-circle"}
        ),
        "growth": Number("Logistic map: growth g", 3.58, 2.8, 4, live=True),
        "turn": Number("Circle map: turn Ω", 0.1, 0, 1, live=True),
        "pull": Number("Circle map: pull c", 1.5, 0, 5, live=True),
    },
    presets={
        "g = 3.58": {},
        "Circle map, Ω = 0.1, c = 1.5": {"map": "circle"},
        "g = 3.83": {"growth": 3.83},
        "g = 3.828, a little less": {"growth": 3.828},
        "g = 4": {"growth": 4},
        "Circle map, Ω = 0.35, c = 4": {"map": "circle", "turn": 0.35, "pull": 4},
        "Circle map, Ω = 0.62, c = 0.8": {"map": "circle", "turn": 0.62, "pull": 0.8},
    },
    panels=(ORBIT, SPECTRUM, EXPONENT),
    twin=twin,
    summary=summary,
    engine=True,
    still=300,
    question=Question("What is this orbit?", CHOICES, verdict, looks=True),
    doc=__doc__,
)
