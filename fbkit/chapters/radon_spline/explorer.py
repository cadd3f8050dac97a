"""Explorer: four units of a network in two pictures, as folds of the plane and as dots
at (direction, offset).

A unit a σ(w·x + b) folds the plane along w·x + b = 0: direction w/|w| at the angle θ,
offset γ = −b/|w|, magnitude μ = a|w|. The point x becomes the wave ξ(θ)·x; the height
of the wave over a dot is what the unit's σ gets, over |w|. The units are stored
balanced at c = 1, |w| = √|μ|; then w and b are multiplied by c and a is divided by c.
"""

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

X1, X2, THETA, UNIT = (
    np.linspace(-1.5, 1.5, 61),
    np.linspace(-1, 1, 41),
    np.linspace(-180, 180, 121),
    np.arange(1, 5),
)
FAR, NAMES, UNITS = (
    4.0,
    tuple(f"unit {k}" for k in UNIT),
    Axis("unit", low=0.5, high=4.5),
)


def frame(angles, offsets, magnitudes, sigma, scale, x, y, steps=0):
    turn, gamma, mu = (np.array(v) for v in (angles, offsets, magnitudes))
    c, s, size = np.cos(np.radians(turn)), np.sin(np.radians(turn)), np.sqrt(np.abs(mu))
    a, w, b = np.sign(mu) * size / scale, scale * size, -scale * size * gamma
    act = np.tanh if sigma == "tanh" else lambda z: np.maximum(z, 0)
    f = lambda p, q: (
        act(w * (np.multiply.outer(p, c) + np.multiply.outer(q, s)) + b) @ a
    )
    z = f(X1[:, None] + 0 * X2, X2 + 0 * X1[:, None])  # (61, 41)
    wave = lambda degrees: (
        x * np.cos(np.radians(degrees)) + y * np.sin(np.radians(degrees))
    )
    arrays = {
        "x1": X1,
        "x2": X2,
        "height": z / max(np.abs(z).max(), 1e-9),
        "px": np.array([x]),
        "py": np.array([y]),
    }
    for name, keep in (("up", mu > 0), ("down", mu < 0)):
        g, p, q = gamma[keep], c[keep], s[keep]
        arrays |= {
            f"{name}_x": g * p - FAR * q,
            f"{name}_x2": g * p + FAR * q,
            f"{name}_angle": turn[keep],
        }
        arrays |= {
            f"{name}_y": g * q + FAR * p,
            f"{name}_y2": g * q - FAR * p,
            f"{name}_offset": g,
        }
    arrays |= {
        "foot_x": gamma * c,
        "foot_y": gamma * s,
        "tip_x": (gamma + 0.15) * c,
        "tip_y": (gamma + 0.15) * s,
    }
    on = (wave(turn) > gamma + 1e-9) & (mu != 0)
    arrays |= {
        "on_angle": turn[on],
        "on_offset": gamma[on],
        "on_wave": wave(turn)[on],
        "value": [f(x, y)],
    }
    arrays |= {
        "theta": THETA,
        "wave": wave(THETA),
        "angle": turn,
        "offset": gamma,
        "unit": UNIT,
        "magnitude": mu,
    }
    return arrays | {"left": UNIT - 0.22, "right": UNIT + 0.22, "a": a, "w": w, "b": b}


def summary(arrays, params):
    value, on, longest = arrays["value"][0], len(arrays["on_angle"]), arrays["w"].max()
    at = (
        f"At the point ({params['x']:.2f}, {params['y']:.2f}) the function is"
        f" {value:.3f}"
    )
    return (
        f"{at}; the wave lies above {on} of the dots. The longest w has length"
        f" {longest:.2f}."
    )


EXPLORER = Explorer(
    name="radon_spline",
    title="Folds and dots",
    hint=(
        "Move the point. Which line does it cross when the wave passes a dot? Then drag"
        " a dot's offset."
    ),
    params={
        "x": Number("Point, x₁", 0.5, -1.4, 1.4),
        "y": Number("Point, x₂", 0.3, -0.9, 0.9),
        "sigma": Choice("Activation", "relu", {"relu": "ReLU", "tanh": "tanh"}),
        "scale": Number("Inner weights × c", 1.0, 1 / 3, 3.0, log=True),
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
            "offsets": (0.4,) * 4,
            "magnitudes": (1,) * 4,
        },
        "All through one point": {
            "x": 0.6,
            "y": 0.0,
            "angles": (0, 60, 120, 90),
            "offsets": (0.6, 0.3, -0.3, 0),
        },
    },
    panels=(
        Panel(
            "The function and its folds",
            Axis("x₁", low=-1.5, high=1.5),
            Axis("x₂", low=-1, high=1),
            (
                heat(
                    "x1",
                    "x2",
                    z="height",
                    label="value, over the largest",
                    low=-1,
                    high=1,
                ),
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
        ),
        Panel(
            "The Radon picture",
            Axis("angle θ (°)", low=-185, high=185),
            Axis("offset γ", low=-1.6, high=1.6),
            (
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
                scatter(
                    "down_angle", "down_offset", label="μ < 0", color="orange", width=9
                ),
                scatter(
                    "angle",
                    "offset",
                    label="drag the offset",
                    color="grey",
                    drag="offsets",
                ),
            ),
        ),
        Panel(
            "Direction of each unit",
            UNITS,
            Axis("angle θ (degrees)", low=-190, high=190),
            (
                scatter(
                    "unit",
                    "angle",
                    label="drag the angle",
                    color="green",
                    drag="angles",
                ),
            ),
        ),
        Panel(
            "Magnitude of each unit",
            UNITS,
            Axis("magnitude μ", low=-2.2, high=2.2),
            (
                stem(
                    "unit",
                    "magnitude",
                    label="drag μ",
                    width=12,
                    hollow=True,
                    drag="magnitudes",
                ),
            ),
        ),
        Panel(
            "What the network stores",
            UNITS,
            Axis("weight", low=-5.2, high=5.2),
            (
                stem("left", "a", label="a", width=10),
                stem("unit", "w", label="|w|", color="green", width=10),
                stem("right", "b", label="b", color="orange", width=10),
            ),
            wide=True,
        ),
    ),
    frame=frame,
    summary=summary,
    engine=True,
    doc=__doc__,
)
