"""Explorer: four units of a network as folds of the plane and as (angle, offset).

A unit a σ(w·x + b) folds the plane along w·x + b = 0: w points at the angle ψ, the
offset is γ = −b/|w|, the magnitude A = a|w|. The point x becomes the wave x₁ cos ψ +
x₂ sin ψ; its height over a dot is what the unit's σ gets, over |w|. At C = 1 the
units are stored with |w| = |a| = √|A|; then w and b are multiplied by C and a is
divided by C.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

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

X1 = np.linspace(-1.5, 1.5, 61)
X2 = np.linspace(-1, 1, 41)
WAY = np.linspace(-1, 1, 81)  # of the point, upwards
TURN = np.linspace(-180, 180, 121)
UNITS = np.arange(1, 5)
FAR = 4.0  # from a fold's foot to its drawn ends, outside the picture
TICK = 0.15  # length of the mark on the side that is on
ANGLES = {
    "mixed": (30, 135, -100, -20),
    "square": (0, 90, -180, -90),
    "mirror": (40, -140, 90, 0),
}
WORDS = {
    "mixed": "30°, 135°, −100°, −20°",
    "square": "0°, 90°, 180°, −90°",
    "mirror": "40°, −140°, 90°, 0°",
}


def relu(z: np.ndarray) -> np.ndarray:
    return np.maximum(z, 0)


def frame(
    angles: str,
    offsets: Sequence[float],
    magnitudes: Sequence[float],
    sigma: str,
    scale: float,
    x: float,
) -> dict[str, np.ndarray]:
    turn, gamma, A = np.array(ANGLES[angles]), np.array(offsets), np.array(magnitudes)
    cos, sin = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    size = np.sqrt(np.abs(A))
    a = np.sign(A) * size / scale
    w = scale * size  # length of the inner weights
    b = -scale * size * gamma
    activation = np.tanh if sigma == "tanh" else relu

    def function(x1: np.ndarray, x2: np.ndarray) -> np.ndarray:
        projection = np.multiply.outer(x1, cos) + np.multiply.outer(x2, sin)
        return activation(w * projection + b) @ a

    def wave(degrees: np.ndarray) -> np.ndarray:
        """The offset, at each angle, of a fold through the point on its way."""
        up = np.multiply.outer(WAY, np.sin(np.radians(degrees)))
        return x * np.cos(np.radians(degrees)) + up

    surface = function(*np.meshgrid(X1, X2, indexing="ij"))  # (61, 41)
    at_dots = wave(turn)  # (81, 4)
    passed = (at_dots[0] - gamma) * (at_dots[-1] - gamma) < 0
    return {
        "x1": X1,
        "x2": X2,
        "height": surface / max(np.abs(surface).max(), 1e-9),
        "way": WAY,
        "px": np.array([x]),
        "py": WAY[:, None],
        "walk": function(np.full(len(WAY), x), WAY),
        "bends": np.array([np.count_nonzero(passed & (A != 0))]),
        **folds("up", A > 0, turn, gamma),
        **folds("down", A < 0, turn, gamma),
        "foot_x": gamma * cos,
        "foot_y": gamma * sin,
        "tip_x": (gamma + TICK) * cos,
        "tip_y": (gamma + TICK) * sin,
        "turn": TURN,
        "wave": wave(TURN),
        "angle": turn,
        "offset": gamma,
        "base": np.tile(gamma, (len(WAY), 1)),
        "reach": np.maximum(at_dots, gamma),
        "magnitude": A,
        "first": UNITS - 0.3,
        "second": UNITS - 0.1,
        "third": UNITS + 0.1,
        "fourth": UNITS + 0.3,
        "a": a,
        "w": w,
        "b": b,
    }


def folds(
    name: str, keep: np.ndarray, angles: np.ndarray, offsets: np.ndarray
) -> dict[str, np.ndarray]:
    """The lines and the dots of the units that `keep` selects."""
    gamma = offsets[keep]
    cos, sin = np.cos(np.radians(angles))[keep], np.sin(np.radians(angles))[keep]
    return {
        f"{name}_x": gamma * cos - FAR * sin,
        f"{name}_y": gamma * sin + FAR * cos,
        f"{name}_x2": gamma * cos + FAR * sin,
        f"{name}_y2": gamma * sin - FAR * cos,
        f"{name}_angle": angles[keep],
        f"{name}_offset": gamma,
    }


def signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def summary(arrays: dict[str, np.ndarray], params: dict) -> str:
    low, high = arrays["walk"].min(), arrays["walk"].max()
    return (
        f"On the point's way the function lies between {signed(low)} and"
        f" {signed(high)}. The longest w has length {arrays['w'].max():.2f}."
    )


CHOICES = {
    "dot": "it passes a dot",
    "crest": "its crest passes a dot",
    "zero": "it crosses 0 at a dot",
}
TIMES = ("never", "once", "twice", "three times", "four times")


def verdict(arrays: dict[str, np.ndarray], params: dict, choice: str) -> str:
    """What happens at a bend, for who said `choice`."""
    if params["sigma"] == "tanh":
        return ""
    bends = int(arrays["bends"][0])
    said = f"You said: {CHOICES[choice]}."
    if not bends:
        return f"{said} Here the function never bends: the wave passes no dot."
    if choice == "dot":
        return f"{said} Yes, {TIMES[bends]}: each time the point was on a fold."
    return f"{said} It passes a dot, {TIMES[bends]}."


FUNCTION = Panel(
    "The function and its folds",
    x=Axis("x₁", low=-1.5, high=1.5),
    y=Axis("x₂", low=-1, high=1),
    marks=(
        heat("x1", "x2", z="height", label="value", low=-1, high=1),
        segments(
            "up_x",
            "up_y",
            x2="up_x2",
            y2="up_y2",
            label="fold, A > 0",
            color="blue",
            width=3,
        ),
        segments(
            "down_x",
            "down_y",
            x2="down_x2",
            y2="down_y2",
            label="fold, A < 0",
            color="orange",
            width=3,
        ),
        segments(
            "foot_x",
            "foot_y",
            x2="tip_x",
            y2="tip_y",
            label="side that is on",
            color="grey",
            width=5,
        ),
        scatter("px", "py", label="point x", color="purple", width=6, moving=True),
    ),
)
RADON = Panel(
    "The Radon picture",
    x=Axis("angle ψ (degrees)", low=-185, high=185),
    y=Axis("offset γ", low=-1.6, high=1.6),
    marks=(
        line("turn", "wave", label="wave of x", color="purple", moving=True),
        segments(
            "angle",
            "base",
            x2="angle",
            y2="reach",
            label="height",
            color="green",
            moving=True,
        ),
        scatter("up_angle", "up_offset", label="A > 0", width=9),
        scatter("down_angle", "down_offset", label="A < 0", color="orange", width=9),
        scatter("angle", "offset", label="drag", color="grey", drag="offsets"),
    ),
)
WALK = Panel(
    "The function where the point has been",
    x=Axis("x₂ of the point"),
    y=Axis("f(x)"),
    marks=(line("way", "walk", color="purple"),),
    time=True,
)
STORED = Panel(
    "What the network stores, and A",
    x=Axis("unit", low=0.5, high=4.5, names=("", "1", "2", "3", "4")),
    y=Axis("weight", low=-5.2, high=5.2),
    marks=(
        stem("first", "a", label="a", width=9),
        stem("second", "w", label="|w|", color="green", width=9),
        stem("third", "b", label="b", color="orange", width=9),
        stem(
            "fourth",
            "magnitude",
            label="A = a|w| (drag)",
            color="grey",
            width=9,
            hollow=True,
            drag="magnitudes",
        ),
    ),
)
NAMES = tuple(f"unit {k}" for k in UNITS)

EXPLORER = Explorer(
    name="radon_spline",
    title="Folds and dots",
    hint="Press Play: the point walks up. Then drag a dot.",
    params={
        "scale": Number("Inner weights × C", 1.0, low=1 / 3, high=3.0, log=True),
        "sigma": Choice("Activation", "relu", {"relu": "ReLU", "tanh": "tanh"}),
        "x": Number("x₁ of the point", 0.5, low=-1.4, high=1.4),
        "angles": Choice("Angles of the units", "mixed", WORDS),
        "offsets": Array("Offset", (0.4, 0.1, 0.5, -0.6), -1.2, 1.2, NAMES),
        "magnitudes": Array("Magnitude", (1, 1, 1.5, -1), -2, 2, NAMES, step=0.1),
    },
    presets={
        "Four units": {},
        "tanh, steep": {"sigma": "tanh", "scale": 3.0},
        "Both sides of a fold": {
            "angles": "mirror",
            "offsets": (0.2, -0.2, 0, 0),
            "magnitudes": (1, -1, 0, 0),
        },
        "A pit": {
            "angles": "square",
            "offsets": (0.4, 0.4, 0.4, 0.4),
            "magnitudes": (1, 1, 1, 1),
            "x": 0.0,
        },
    },
    panels=(FUNCTION, RADON, WALK, STORED),
    frame=frame,
    summary=summary,
    engine=True,
    time="way",
    question=Question(
        "What does the wave do where the function bends?", CHOICES, verdict
    ),
    doc=__doc__,
)
