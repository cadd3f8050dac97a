"""Explorer: four units of a network as folds of the plane and as (direction, offset).

A unit a σ(w·x + b) folds the plane along w·x + b = 0: direction w/|w| at the angle θ,
offset γ = −b/|w|, magnitude μ = a|w|. The point x becomes the wave ξ(θ)·x; the height
of the wave over a dot is what the unit's σ gets, over |w|. The units are stored
balanced at c = 1, |w| = √|μ|; then w and b are multiplied by c and a is divided by c.
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
    heat,
    line,
    scatter,
    segments,
    stem,
)

X1 = np.linspace(-1.5, 1.5, 61)
X2 = np.linspace(-1, 1, 41)
THETA = np.linspace(-180, 180, 121)
UNITS = np.arange(1, 5)
FAR = 4.0  # from a fold's foot to its drawn ends, outside the picture
TICK = 0.15  # length of the mark on the side that is on


def relu(z: np.ndarray) -> np.ndarray:
    return np.maximum(z, 0)


def frame(
    angles: Sequence[float],
    offsets: Sequence[float],
    magnitudes: Sequence[float],
    sigma: str,
    scale: float,
    x: float,
    y: float,
) -> dict[str, np.ndarray]:
    angles, offsets, mu = np.array(angles), np.array(offsets), np.array(magnitudes)
    cos, sin = np.cos(np.radians(angles)), np.sin(np.radians(angles))
    size = np.sqrt(np.abs(mu))
    a = np.sign(mu) * size / scale
    w = scale * size  # length of the inner weights
    b = -scale * size * offsets
    activation = np.tanh if sigma == "tanh" else relu

    def function(x1: np.ndarray, x2: np.ndarray) -> np.ndarray:
        projection = np.multiply.outer(x1, cos) + np.multiply.outer(x2, sin)
        return activation(w * projection + b) @ a

    def wave(degrees: np.ndarray) -> np.ndarray:
        """The offset, in each direction, of a fold through the point."""
        return x * np.cos(np.radians(degrees)) + y * np.sin(np.radians(degrees))

    surface = function(*np.meshgrid(X1, X2, indexing="ij"))  # (61, 41)
    at_dots = wave(angles)
    on = (at_dots > offsets + 1e-9) & (mu != 0)
    return {
        "x1": X1,
        "x2": X2,
        "height": surface / max(np.abs(surface).max(), 1e-9),
        "px": np.array([x]),
        "py": np.array([y]),
        **folds("up", mu > 0, angles, offsets),
        **folds("down", mu < 0, angles, offsets),
        "foot_x": offsets * cos,
        "foot_y": offsets * sin,
        "tip_x": (offsets + TICK) * cos,
        "tip_y": (offsets + TICK) * sin,
        "on_angle": angles[on],
        "on_offset": offsets[on],
        "on_wave": at_dots[on],
        "value": np.array([function(x, y)]),
        "theta": THETA,
        "wave": wave(THETA),
        "angle": angles,
        "offset": offsets,
        "unit": UNITS,
        "magnitude": mu,
        "left": UNITS - 0.22,
        "right": UNITS + 0.22,
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


def summary(arrays: dict[str, np.ndarray], params: dict) -> str:
    return (
        f"At the point ({params['x']:.2f}, {params['y']:.2f}) the function is"
        f" {arrays['value'][0]:.3f}; the wave lies above {len(arrays['on_angle'])} of"
        f" the dots. The longest w has length {arrays['w'].max():.2f}."
    )


UNIT = Axis("unit", low=0.5, high=4.5)
NAMES = tuple(f"unit {k}" for k in UNITS)

FUNCTION = Panel(
    "The function and its folds",
    x=Axis("x₁", low=-1.5, high=1.5),
    y=Axis("x₂", low=-1, high=1),
    marks=(
        heat("x1", "x2", z="height", label="value, over the largest", low=-1, high=1),
        segments(
            "up_x",
            "up_y",
            x2="up_x2",
            y2="up_y2",
            label="fold, μ > 0",
            color="blue",
            width=3,
        ),
        segments(
            "down_x",
            "down_y",
            x2="down_x2",
            y2="down_y2",
            label="fold, μ < 0",
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
        scatter("px", "py", label="point x", color="purple", width=4),
    ),
)
RADON = Panel(
    "The Radon picture",
    x=Axis("angle θ (°)", low=-185, high=185),
    y=Axis("offset γ", low=-1.6, high=1.6),
    marks=(
        line("theta", "wave", label="wave of x", color="purple"),
        segments(
            "on_angle",
            "on_offset",
            x2="on_angle",
            y2="on_wave",
            label="height above a dot",
            color="green",
        ),
        scatter("up_angle", "up_offset", label="μ > 0", width=9),
        scatter("down_angle", "down_offset", label="μ < 0", color="orange", width=9),
        scatter(
            "angle", "offset", label="drag the offset", color="grey", drag="offsets"
        ),
    ),
)
DIRECTION = Panel(
    "Direction of each unit",
    x=UNIT,
    y=Axis("angle θ (degrees)", low=-190, high=190),
    marks=(
        scatter("unit", "angle", label="drag the angle", color="green", drag="angles"),
    ),
)
MAGNITUDE = Panel(
    "Magnitude of each unit",
    x=UNIT,
    y=Axis("magnitude μ", low=-2.2, high=2.2),
    marks=(
        stem(
            "unit",
            "magnitude",
            label="drag μ",
            width=12,
            hollow=True,
            drag="magnitudes",
        ),
    ),
)
STORED = Panel(
    "What the network stores",
    x=UNIT,
    y=Axis("weight", low=-5.2, high=5.2),
    marks=(
        stem("left", "a", label="a", width=10),
        stem("unit", "w", label="|w|", color="green", width=10),
        stem("right", "b", label="b", color="orange", width=10),
    ),
)

EXPLORER = Explorer(
    name="radon_spline",
    title="Folds and dots",
    hint=(
        "Move the point. Which line does it cross when the wave passes a dot? Then drag"
        " a dot's offset."
    ),
    params={
        "x": Number("Point, x₁", 0.5, low=-1.4, high=1.4),
        "y": Number("Point, x₂", 0.3, low=-0.9, high=0.9),
        "sigma": Choice("Activation", "relu", {"relu": "ReLU", "tanh": "tanh"}),
        "scale": Number("Inner weights × c", 1.0, low=1 / 3, high=3.0, log=True),
        "offsets": Array("Offset", (0.4, 0.3, 0.5, -0.6), -1.2, 1.2, NAMES),
        "angles": Array("Angle", (30, 135, -100, -20), -180, 180, NAMES, step=5),
        "magnitudes": Array("Magnitude", (1, 1, 1.5, -1), -2, 2, NAMES, step=0.1),
    },
    presets={
        "Four units": {},
        "tanh, steep": {"sigma": "tanh", "scale": 3.0},
        "Both sides of a fold": {
            "angles": (40, -140, 0, 0),
            "offsets": (0.2, -0.2, 0, 0),
            "magnitudes": (1, -1, 0, 0),
        },
        "A pit": {
            "angles": (0, 90, -180, -90),
            "offsets": (0.4, 0.4, 0.4, 0.4),
            "magnitudes": (1, 1, 1, 1),
        },
        "All through one point": {
            "x": 0.6,
            "y": 0.0,
            "angles": (0, 60, 120, 90),
            "offsets": (0.6, 0.3, -0.3, 0),
        },
    },
    panels=(FUNCTION, RADON, DIRECTION, MAGNITUDE, STORED),
    frame=frame,
    summary=summary,
    engine=True,
    doc=__doc__,
)
