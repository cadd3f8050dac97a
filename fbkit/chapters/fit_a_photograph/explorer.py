"""Explorer: waves for the trained pixels, and what they draw between them.

A square of 48 by 48 pixels, of which every second in each direction is trained on. The
network is a sum of infinitely many waves whose weights are trained from 0: exact
gradient flow on half the mean square over the trained pixels. Three densities of their
frequencies: by water-filling from the power of each wave in the trained pixels, for
time 500; the normal density that leaves least on them at that time; a t density with
heavy tails (Matérn's kernel of order 3/2, width 3). Decibels are −10 times the decimal
logarithm of the mean square error, grey values from 0 to 1; above 60 dB a line stays at
60. The picture shows every pixel, stretched to the square's own darkest and brightest,
in steps of 1/80.
"""

from __future__ import annotations

import functools

import numpy as np

import fbkit as fb
from fbkit.chapters.fit_a_photograph import linear
from fbkit.explorers import (
    Axis,
    Choice,
    Explorer,
    Panel,
    Question,
    heat,
    line,
    stem,
)

T, HEAVY = 500, 3.0
TIMES = 10 ** np.linspace(1.2, 5, 12)
FINE = 10 ** np.linspace(1.2, 5, 67)
PLACES = {"flower": (150, 220), "china": (150, 220)}
DENSITIES = {"design": "the design", "normal": "normal", "heavy": "heavy tails"}
PIXELS = np.arange(linear.SIZE)


def best_width(S: np.ndarray) -> float:
    """Of the normal density that leaves least of the power S at time T."""
    k = np.arange(len(S)) - len(S) // 2
    size = np.hypot(k[:, None], k)

    def left(width: float) -> float:
        bell = np.exp(-(size**2) / (2 * width**2)) * (size > 0)
        return (S * np.exp(-2 * T * bell / bell.sum())).sum()

    return min(np.geomspace(1, 24, 120), key=left)


@functools.cache
def runs(picture: str) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """By density: the pictures (T, n), and decibels (fine times, 2)."""
    where = linear.square(picture, *PLACES[picture])
    _, S = fb.grid_spectrum(where.seen)
    S[len(S) // 2, len(S) // 2] = 0
    kernels = {
        "design": linear.designed(linear.shares(S, T)),
        "normal": linear.normal(best_width(S)),
        "heavy": linear.matern(HEAVY),
    }
    low, high = where.values.min(), where.values.max()
    found = {}
    for name, kernel in kernels.items():
        K = linear.gram(kernel, where.train)
        drawn = (linear.outputs(K, where, TIMES) - low) / (high - low)
        drawn = np.round(80 * np.clip(drawn, 0, 1)) / 80
        fine = linear.decibels(linear.outputs(K, where, FINE), where)
        found[name] = drawn, np.minimum(fine, 60)
    return found


def frame(density: str, picture: str) -> dict[str, np.ndarray]:
    found = runs(picture)
    drawn, own = found[density]
    upright = drawn.reshape(-1, linear.SIZE, linear.SIZE)[:, ::-1]
    every = np.array([decibels[::6] for _, decibels in found.values()])
    return {
        "time": TIMES,
        "across": PIXELS,
        "up": PIXELS,
        "picture": upright.transpose(0, 2, 1),
        "trained": own[::6, 0],
        "hidden": own[::6, 1],
        "density": np.arange(3),
        "all trained": every[..., 0].T,
        "all hidden": every[..., 1].T,
        "at T": [
            np.interp(np.log(T), np.log(FINE), d[:, 0]) for _, d in found.values()
        ],
        "end": every[:, -1, 1],
    }


def summary(arrays: dict[str, np.ndarray], params: dict) -> str:
    names = list(DENSITIES.values())
    trained = ", ".join(f"{n} {v:.1f} dB" for n, v in zip(names, arrays["at T"]))
    hidden = ", ".join(f"{n} {v:.1f} dB" for n, v in zip(names, arrays["end"]))
    return f"Trained pixels at time {T}: {trained}. Hidden pixels at the end: {hidden}."


CHOICES = {
    "best": "best there too",
    "level": "level with the others",
    "worst": "worst of the three",
}


def verdict(arrays: dict[str, np.ndarray], params: dict, choice: str) -> str:
    design, normal, heavy = arrays["end"]
    return (
        f"You said {CHOICES[choice]}. On the hidden pixels the design ends at"
        f" {design:.1f} dB, the normal density at {normal:.1f}, heavy tails at"
        f" {heavy:.1f}."
    )


DECIBELS = Axis("dB (more is better)", low=10, high=62)
PICTURE = Panel(
    "The network's picture at the moment",
    x=Axis("pixel"),
    y=Axis("pixel"),
    marks=(heat("across", "up", "picture", moving=True),),
)
OVER_TIME = Panel(
    "Error of the chosen density",
    x=Axis("time", log=True),
    y=DECIBELS,
    marks=(
        line("time", "trained", label="trained pixels"),
        line("time", "hidden", label="hidden pixels", color="orange"),
    ),
    time=True,
)
ALL = Panel(
    "All three at the moment",
    x=Axis("density", low=-0.6, high=2.6, names=("design", "normal", "heavy tails")),
    y=DECIBELS,
    marks=(
        stem(
            "density",
            "all trained",
            label="trained",
            width=44,
            hollow=True,
            moving=True,
        ),
        stem(
            "density",
            "all hidden",
            label="hidden",
            color="orange",
            width=24,
            moving=True,
        ),
    ),
)

EXPLORER = Explorer(
    name="fit_a_photograph",
    title="A quarter of the pixels is trained on",
    hint="Press Play. Then choose other waves, or the other photograph.",
    params={
        "density": Choice("Frequencies of the waves", "design", DENSITIES),
        "picture": Choice(
            "Photograph", "flower", {"flower": "a flower", "china": "a temple"}
        ),
    },
    presets={"density": list(DENSITIES), "picture": list(PLACES)},
    panels=(PICTURE, OVER_TIME, ALL),
    frame=frame,
    summary=summary,
    time="time",
    question=Question(
        "The design is the best for the trained pixels at time 500. At the end of the"
        " run, how is it on the hidden ones?",
        CHOICES,
        verdict,
    ),
    doc=__doc__,
)
