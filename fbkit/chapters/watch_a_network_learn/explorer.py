"""Explorer: a two-layer network learns a sum of sines on the circle, live in the page.

f(x) = Σ a σ(w·(cos x, sin x) + b)/√m over m units, 128 points, full-batch
gradient descent. Every w, b and a starts standard normal (variance 1) and is trained;
the second half of the units mirrors the first, so f starts at 0. The rate of a mode
says how fast its error begins to shrink: as exp(−rate × time). Infinite width: what the
rates tend to as units are added (eigenvalues of the limiting kernel). This seed: what
this network has at its start (Rayleigh quotients of its own kernel); with fewer units
they scatter more.
"""

from __future__ import annotations

import numpy as np

from fbkit.chapters.watch_a_network_learn import twin
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

WIDTHS = (16, 32, 64, 128, 256, 512, 1024)
LEARNING_RATES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)
NAMES = tuple(str(k) for k in twin.MODES)


def summary(arrays: dict[str, np.ndarray], params: dict) -> str:
    left = []
    for k, (now, start) in enumerate(zip(arrays["residual"], arrays["start"])):
        if start > twin.THERE:
            left.append(f"mode {k} {100 * now / start:.0f} %")
    if not left:
        return "There is nothing to learn: every amplitude is 0. Drag a handle up."
    loss = np.mean((arrays["network"] - arrays["target"]) ** 2) / 2
    steps, time = arrays["state"]
    return (
        f"After {steps:.0f} steps (time {time:.1f}) the loss is {loss:.4f}. Error left:"
        f" {', '.join(left)}."
    )


CHOICES = {"1": "sin x", "3": "sin 3x", "5": "sin 5x"}


def verdict(arrays: dict[str, np.ndarray], params: dict, choice: str) -> str:
    """What came, and how much later, for who said `choice`; "" while it has not."""
    reached = arrays["reached"]
    there = arrays["start"] > twin.THERE
    waves = [int(k) for k in CHOICES]
    if not reached[there].all() or not there[waves].all():
        return ""
    order = sorted(waves, key=lambda k: reached[k])
    in_theory = sorted(waves, key=lambda k: 1 / arrays["infinite"][k])
    knew = "knew" if order == in_theory else "had another order"
    first, second, last = [CHOICES[str(k)] for k in order]
    longer = [f"{float(f'{reached[k] / reached[order[0]]:.2g}'):g}" for k in order]
    place = order.index(int(choice))
    if place == 0:
        return (
            f"You said {first}, and it came first: {second} took {longer[1]} times as"
            f" long, {last} {longer[2]} times. The dashed theory {knew}."
        )
    came = "second" if place == 1 else "last"
    return (
        f"You said {CHOICES[choice]}. It came {came}, and took {longer[place]} times"
        f" as long as {first}. The dashed theory {knew}."
    )


NETWORK = Panel(
    "Target and network",
    x=Axis("angle x (radians)", low=-np.pi, high=np.pi, pi=True),
    y=Axis("value"),
    marks=(
        line("angle", "target", label="target", color="grey", width=3),
        line("angle", "network", label="network", color="blue"),
    ),
)
ERRORS = Panel(
    "Error and rate of each frequency",
    x=Axis("mode k", low=-0.6, high=8.6, names=NAMES),
    y=Axis("error", low=-0.12, high=1.6),
    right=Axis("rate", log=True),
    marks=(
        stem("modes", "start", label="error at the start", width=16, hollow=True),
        stem("modes", "residual", label="error now", width=7),
        stem(
            "handles",
            "amplitudes",
            label="target (drag)",
            color="grey",
            drag="amplitudes",
            width=1,
        ),
        line(
            "modes",
            "infinite",
            label="rate, infinite width",
            color="orange",
            axis="right",
            dash=True,
            answer=True,
        ),
        scatter(
            "modes",
            "finite",
            label="rate, this seed",
            color="green",
            axis="right",
            hollow=True,
            answer=True,
        ),
    ),
)
OVER_TIME = Panel(
    "Error over time",
    x=Axis("time = learning rate × steps", log=True),
    y=Axis("mode k", low=-0.5, high=8.5, names=NAMES),
    marks=(
        heat(
            "times",
            "modes",
            z="heat",
            label="error amplitude, 0.001 to 1",
            low=-3,
            high=0,
        ),
        scatter(
            "predicted_time",
            "predicted_mode",
            label="20 % left, by theory",
            color="orange",
            hollow=True,
            answer=True,
        ),
    ),
)

EXPLORER = Explorer(
    name="watch_a_network_learn",
    title="Watch a network learn",
    hint=(
        "Press Play and watch which wave appears first. Then drag a round handle: the"
        " network keeps what it knows."
    ),
    params={
        "activation": Choice(
            "Activation", "relu", {"relu": "ReLU", "tanh": "tanh", "sine": "sine"}
        ),
        "width": Number(
            "Width", 256, 16, 1024, values=WIDTHS, unit="units", whole=True, even=True
        ),
        "lr": Number("Learning rate", 0.5, 0.01, 10, values=LEARNING_RATES, live=True),
        "seed": Number("Seed", 0, low=0, high=9999, whole=True, entry=True),
        "amplitudes": Array(
            "Target amplitude",
            (1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0),
            low=0,
            high=1.5,
            names=tuple(f"mode {k}" for k in twin.SINES),
            live=True,
        ),
    },
    presets={
        "Three sines": {},
        "Only mode 8 and mode 1": {"amplitudes": (1, 0, 0, 0, 0, 0, 0, 1)},
        "A square wave": {"amplitudes": (1.27, 0, 0.42, 0, 0.25, 0, 0.18, 0)},
        "tanh": {"activation": "tanh"},
        "Sine units": {"activation": "sine"},
        "Narrow: 16 units": {"width": 16},
    },
    panels=(NETWORK, ERRORS, OVER_TIME),
    twin=twin,
    summary=summary,
    engine=True,
    still=300,
    question=Question("Which comes first?", CHOICES, verdict),
    doc=__doc__,
)
