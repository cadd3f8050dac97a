"""Explorer: how many Fourier features have which frequency, and what that does to the
order of learning.

A network of Fourier features of the whole frequencies 1 to 12 on the circle, as many of
each as you draw, trained by gradient flow from output 0: frequency k has the rate
(share of the features that have it)/2, exactly. Error left: exp(−rate × time) of the
amplitude, its square of the power. The best shares for the budget T leave the same
power in every frequency that gets features: water-filling. All of it is a closed form.
Counts are drawn, only shares matter.
"""

import numpy as np

from fbkit.chapters.fourier_feature_init.twin import TARGETS, K, frame, waterfill
from fbkit.explorers import (
    Array,
    Axis,
    Choice,
    Explorer,
    Number,
    Panel,
    heat,
    line,
    scatter,
    segments,
    stem,
)


def summary(arrays, params):
    asked, until, (end, least) = (
        K[TARGETS[params["target"]] > 0],
        arrays["until"],
        arrays["end"],
    )
    words = ", of ".join(
        f"{k} at time {until[k - 1]:.1f}" if until[k - 1] else f"{k} never"
        for k in asked
    )
    return (
        f"20 % is left of frequency {words}. At T = {params['budget']:.0f} there is"
        f" {end:.2f} % of the power left; the best shares leave {least:.2f} %."
    )


def drawn(shares):
    return tuple(np.round(50 * shares / shares.max()))


EXPLORER = Explorer(
    name="fourier_feature_init",
    title="Draw the frequencies, see the order",
    hint=(
        "Set the moment to T and drag the numbers of features. Can you leave as little"
        " as water-filling?"
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
            0,
            60,
            tuple(f"frequency {k}" for k in K),
            step=1,
            live=True,
        ),
    },
    presets={
        "As many of each": {},
        "Low first": {"counts": drawn(np.exp(-(K**2) / 32))},
        "High first": {"counts": drawn(np.exp(-((13 - K) ** 2) / 32))},
        "A band: 8 to 12": {"counts": drawn(K > 7)},
        "In proportion to the power": {"counts": drawn(TARGETS["three"] ** 2)},
        "Water-filling, T = 10": {"counts": drawn(waterfill(TARGETS["three"], 10)[0])},
        "Water-filling of a square wave": {
            "target": "square",
            "counts": drawn(waterfill(TARGETS["square"], 10)[0]),
        },
        "The same, T = 50": {
            "target": "square",
            "budget": 50,
            "counts": drawn(waterfill(TARGETS["square"], 50)[0]),
        },
    },
    panels=(
        Panel(
            "Target and network at the moment",
            Axis("angle x (radians)", low=-np.pi, high=np.pi, pi=True),
            Axis("value"),
            (
                line("angle", "target", label="target", color="grey", width=3),
                line("angle", "network", label="network", moving=True),
            ),
            wide=True,
        ),
        Panel(
            "Features of each frequency",
            Axis("frequency k", low=0.4, high=12.6, names=("", *map(str, K))),
            Axis("number of features", low=-4, high=66),
            (
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
                ),
            ),
        ),
        Panel(
            "Power left in each frequency",
            Axis("frequency k", low=0.4, high=12.6, names=("", *map(str, K))),
            Axis("power", log=True, low=1e-5, high=2),
            (
                stem("modes", "power", label="at the start", width=14, hollow=True),
                stem("modes", "left", label="at the moment", width=7, moving=True),
                scatter(
                    "modes",
                    "least",
                    label="at T, best shares",
                    color="orange",
                    width=1.5,
                ),
            ),
        ),
        Panel(
            "Error left, frequency by frequency",
            Axis("time", log=True),
            Axis("frequency k", low=0.5, high=12.5),
            (
                heat(
                    "moments",
                    "modes",
                    z="heat",
                    label="error left, 100 % to 0.1 %",
                    low=-3,
                    high=0,
                ),
                segments("at", "low", x2="at", y2="high", label="T", color="grey"),
                scatter(
                    "learned",
                    "learned_mode",
                    label="20 % left",
                    color="orange",
                    hollow=True,
                ),
            ),
            time=True,
            wide=True,
        ),
    ),
    frame=frame,
    summary=summary,
    engine=True,
    time="moments",
    doc=__doc__,
)
