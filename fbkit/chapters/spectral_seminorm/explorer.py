"""Explorer: the function that an activation draws through eight points, and its cost.

A wide layer of units σ(w(x − h)), places h spread evenly, outer weights trained: it
ends at the curve through the points of least (1/2π) ∫ |f̂|² × price dξ, where the price
is w²/|σ̂(ξ/w)|², polynomials up to the activation's degree free. The curve is Σ Gᵢ K(x −
xᵢ) and such a polynomial, one bordered system of at most 11 equations. Away from
frequency 0, f̂ = Σ Gᵢ exp(−iξxᵢ)/price, so that |f̂|² swings about Σ Gᵢ²/price². The
seminorm is Σ Gᵢ yᵢ, the integral of |f̂|² × price/π over the frequencies above 0.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fbkit.activations import activation, relu_power
from fbkit.explorers import Array, Axis, Choice, Explorer, Number, Panel, line, scatter

PLACES = {
    "even": np.linspace(-0.875, 0.875, 8),
    "uneven": np.array([-0.9, -0.7, -0.5, -0.15, 0.05, 0.4, 0.6, 0.9]),
    "gap": np.array([-0.9, -0.7, -0.5, -0.3, 0.3, 0.5, 0.7, 0.9]),
}
NAMES = {
    "step": "step",
    "relu": "ReLU",
    "square": "ReLU squared",
    "tanh": "tanh",
    "arctan": "arctan",
    "gelu": "GELU",
    "gaussian": "Gaussian",
}
POWERS = ("step", "relu", "square")  # homogeneous: their curve does not see the scale
GRID = np.linspace(-1, 1, 241)
SPACING = 1 / 4
FREQUENCIES = np.arange(1, 321) * SPACING
FLOOR = 1e-12  # of powers that are drawn on a logarithmic axis


def half_frequency(paid: np.ndarray, seminorm: float) -> float:
    """The frequency below which half of the seminorm is paid."""
    below_first = paid[0] * FREQUENCIES[0]
    steps = (paid[1:] + paid[:-1]) / (2 / SPACING)  # trapezoids
    total = below_first + np.append(0, np.cumsum(steps))
    at = np.searchsorted(total, seminorm / 2)
    return FREQUENCIES[min(at, len(FREQUENCIES) - 1)]


def frame(
    heights: Sequence[float], name: str, scale: float, places: str
) -> dict[str, np.ndarray]:
    sigma = relu_power(2) if name == "square" else activation(name)
    X, y, w = PLACES[places], np.array(heights), FREQUENCIES
    r = 1.0 if name in POWERS else scale
    # Dividing by the kernel's size keeps the system well scaled.
    size = (abs(sigma.kernel(0.0)) + abs(sigma.kernel(2 * r))) / r

    def kernel(x: np.ndarray) -> np.ndarray:
        return sigma.kernel(r * np.abs(x[:, None] - X)) / r / size

    def free(x: np.ndarray) -> np.ndarray:
        """The polynomials that cost nothing."""
        return np.vander(x, sigma.null_degree + 1, increasing=True)

    none = np.zeros(sigma.null_degree + 1)
    system = np.block([[kernel(X), free(X)], [free(X).T, np.diag(none)]])
    solution = np.linalg.solve(system, np.append(y, none))
    c = solution[: len(X)] / size
    seminorm = max(solution[: len(X)] @ y / size, 0.0)

    waves = np.square(np.cos(w[:, None] * X) @ c) + np.square(
        np.sin(w[:, None] * X) @ c
    )
    offer = sigma.spectrum(w / r) / r**2  # one over the price
    paid = waves * offer / np.pi
    return {
        "x": GRID,
        "lines": np.interp(GRID, X, y),
        "points": X,
        "heights": y,
        "frequency": w,
        "curve": np.hstack([kernel(GRID), free(GRID)]) @ solution,
        "seminorm": np.array([seminorm]),
        "power": np.maximum(waves * offer**2, FLOOR),
        "offer": np.maximum(c @ c * offer**2, FLOOR),
        "middle": np.array([half_frequency(paid, seminorm)]),
    }


def summary(arrays: dict[str, np.ndarray], params: dict) -> str:
    seminorm = arrays["seminorm"][0]
    if seminorm <= 1e-9:
        return "The points lie on a curve that is free: nothing to pay."
    heights = arrays["heights"]
    curve = arrays["curve"][np.abs(arrays["x"]) <= 0.9]
    above, below = curve.max() - heights.max(), heights.min() - curve.min()
    digits = 3 if seminorm < 100 else 0
    return (
        f"The curve costs {seminorm:.{digits}f}, half of it for frequencies above"
        f" {arrays['middle'][0]:.2f}. It leaves the range of the points by"
        f" {max(above, below, 0):.2f}."
    )


CURVE = Panel(
    "Eight points and the curve",
    x=Axis("x", low=-1, high=1),
    y=Axis("height", low=-1.6, high=1.6),
    marks=(
        line("x", "lines", label="straight lines", color="grey", dash=True),
        line("x", "curve", label="the activation's curve", width=3),
        scatter(
            "points", "heights", label="points (drag)", color="orange", drag="heights"
        ),
    ),
)
SPECTRUM = Panel(
    "Spectrum of the curve",
    x=Axis("frequency ξ", log=True),
    y=Axis("power |f̂|²", log=True, low=1e-8),
    marks=(
        line(
            "frequency",
            "offer",
            label="set by the price: ∝ 1/price²",
            color="orange",
            dash=True,
        ),
        line("frequency", "power", label="the curve's"),
    ),
)
EXPLORER = Explorer(
    name="spectral_seminorm",
    title="What each activation draws through eight points",
    hint=(
        "Choose an activation, and drag a point up. How far away does the curve still"
        " move?"
    ),
    params={
        "name": Choice("Activation", "relu", NAMES),
        "scale": Number(
            "Inner weight w (tanh to Gaussian)", 6.0, low=3.0, high=20.0, log=True
        ),
        "places": Choice(
            "Points",
            "even",
            {"even": "evenly spaced", "uneven": "uneven", "gap": "with a gap"},
        ),
        "heights": Array(
            "Height",
            (-0.3, 0.7, 0.1, -0.6, 0.4, 0.8, -0.2, 0.3),
            low=-1,
            high=1,
            names=tuple(f"point {k}" for k in range(1, 9)),
        ),
    },
    presets={
        "ReLU": {},
        "Steps": {"name": "step"},
        "One point up": {"heights": (0, 0, 0, 1, 0, 0, 0, 0)},
        "One point up, Gaussian": {
            "name": "gaussian",
            "scale": 8.0,
            "heights": (0, 0, 0, 1, 0, 0, 0, 0),
        },
        "A step, ReLU squared": {
            "name": "square",
            "heights": (-1, -1, -1, -1, 1, 1, 1, 1),
        },
        "A gap, Gaussian": {
            "name": "gaussian",
            "scale": 9.0,
            "places": "gap",
            "heights": (1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5),
        },
    },
    panels=(CURVE, SPECTRUM),
    frame=frame,
    summary=summary,
    engine=True,
    doc=__doc__,
)
