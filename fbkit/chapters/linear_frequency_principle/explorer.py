"""Explorer: the curve of a wide, lazily trained ReLU network through six points.

The curve through the points of least ∫ |f̂|²/(Q/ξ⁴ + B/ξ²) dξ, straight lines free: the
kernel Q|z|³/12 − B|z|/2 with a line added, one bordered system of 8 equations. B = 0
gives the natural cubic spline, Q = 0 straight lines between the points. The rate of a
frequency is Q/ξ⁴ + B/ξ², here with Q + B = 1; its two parts are equal at ξ = √(Q/B).
For weights ±α, Q/B = 2/α². Distances are the largest ones, in % of
the range of the points' heights. Moments are training times in units of 1/(slowest
rate) of the six points; the best straight line is there from the start.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fbkit.explorers import (
    Array,
    Axis,
    Explorer,
    Number,
    Panel,
    Question,
    line,
    scatter,
)
from fbkit.interpolate import lfp_interpolant

POINTS = np.array([-0.9, -0.6, -0.25, 0.2, 0.6, 0.85])
GRID = np.linspace(POINTS[0], POINTS[-1], 241)
FREQUENCIES = 10 ** (np.arange(81) / 40)
RATIOS = 10 ** (np.arange(-12, 37) / 6)
MOMENTS = 10 ** (np.arange(41) / 10 - 2.5)


def parts(ratio: float) -> tuple[float, float]:
    """Q and B of the rate Q/ξ⁴ + B/ξ², from Q/B and Q + B = 1."""
    return ratio / (1 + ratio), 1 / (1 + ratio)


def curve(heights: np.ndarray, Q: float, B: float) -> np.ndarray:
    """The curve of least cost through the points, on GRID."""
    return lfp_interpolant(POINTS, heights, GRID, Q, B)


def residuals(heights: np.ndarray, Q: float, B: float) -> np.ndarray:
    """The residual (T, 6) at each moment, from the best straight line on.

    Straight lines are taken off; what is left has a rate for each eigenvector of the
    kernel.
    """
    z = np.abs(POINTS[:, None] - POINTS)
    kernel = Q * z**3 / 12 - B * z / 2
    lines = np.stack([np.ones(6), POINTS], axis=1)
    free = np.linalg.qr(lines, mode="complete")[0][:, 2:]  # (6, 4), orthogonal to lines
    rates, vectors = np.linalg.eigh(free.T @ kernel @ free)
    start = heights @ free @ vectors
    decay = np.exp(-np.outer(MOMENTS, rates / rates[0]))
    return (decay * start) @ (free @ vectors).T


def frame(heights: Sequence[float], ratio: float) -> dict[str, np.ndarray]:
    heights = np.array(heights)
    Q, B = parts(ratio)
    end = curve(heights, Q, B)
    limits = np.array([curve(heights, 1.0, 0.0), curve(heights, 0.0, 1.0)])
    span = np.ptp(heights) or 1.0

    def distances(one: np.ndarray) -> np.ndarray:
        """Largest distances from both limits, in % of the heights' range."""
        return 100 * np.abs(one - limits).max(axis=1) / span

    others = np.array([distances(curve(heights, *parts(r))) for r in RATIOS])
    left = residuals(heights, Q, B)
    outer, offset = Q / FREQUENCIES**4, B / FREQUENCIES**2
    return {
        "x": GRID,
        "end": end,
        "cubic": limits[0],
        "lines": limits[1],
        "points": POINTS,
        "heights": heights,
        "moments": MOMENTS,
        "frequency": FREQUENCIES,
        "rate": outer + offset,
        "outer": outer,
        "offset": offset,
        "ratios": RATIOS,
        "from_cubic": others[:, 0],
        "from_lines": others[:, 1],
        "now": np.full(2, ratio),
        "now_far": distances(end),
        "network": np.array([curve(heights - r, Q, B) for r in left]),
        "error": np.sqrt((left**2).mean(axis=1)),
    }


def summary(arrays: dict[str, np.ndarray], params: dict) -> str:
    cubic, lines = arrays["now_far"]
    return (
        f"Distance from the cubic spline {cubic:.1f} %, from straight lines"
        f" {lines:.1f} % of the range. Both parts of the rate are equal at frequency"
        f" {np.sqrt(params['ratio']):.2f}."
    )


CHOICES = {
    "bow": "a smooth bow",
    "lines": "straight lines",
    "between": "something between",
}


def verdict(arrays: dict[str, np.ndarray], params: dict, choice: str) -> str:
    """Where training ended, for who said `choice`."""
    cubic, lines = arrays["now_far"]
    what = "between the two"
    if cubic < 1:
        what = "at the smooth bow"
    if lines < 1:
        what = "at straight lines"
    return (
        f"You said {CHOICES[choice]}. It ends {what}: {cubic:.1f} % of the range from"
        f" the bow, {lines:.1f} % from straight lines."
    )


CURVES = Panel(
    "Curves through six points",
    x=Axis("x", low=-1, high=1),
    y=Axis("height", low=-1.25, high=1.25),
    marks=(
        line("x", "cubic", label="cubic spline", color="green", dash=True),
        line("x", "lines", label="straight lines", color="orange", dash=True),
        line("x", "end", label="predicted", width=3, answer=True),
        line("x", "network", label="at the moment", color="purple", moving=True),
        scatter(
            "points", "heights", label="points (drag)", color="grey", drag="heights"
        ),
    ),
)
RATE = Panel(
    "Rate of each frequency",
    x=Axis("frequency ξ", log=True),
    y=Axis("rate", log=True, low=1e-6),
    marks=(
        line("frequency", "outer", label="Q/ξ⁴", color="green"),
        line("frequency", "rate", label="sum", width=3),
        line("frequency", "offset", label="B/ξ²", color="orange"),
    ),
)
ERROR = Panel(
    "Error left at the points",
    x=Axis("time × slowest rate", log=True),
    y=Axis("error", log=True, low=1e-4),
    marks=(line("moments", "error", label="root mean square", color="purple"),),
    time=True,
)
DISTANCE = Panel(
    "Distance from both limits",
    x=Axis("ratio Q/B", log=True),
    y=Axis("largest distance (% of range)", low=0),
    marks=(
        line(
            "ratios",
            "from_cubic",
            label="from the cubic spline",
            color="green",
            answer=True,
        ),
        line(
            "ratios",
            "from_lines",
            label="from straight lines",
            color="orange",
            answer=True,
        ),
        scatter("now", "now_far", label="at this ratio", color="grey", answer=True),
    ),
)

EXPLORER = Explorer(
    name="linear_frequency_principle",
    title="A network draws its curve",
    hint="Press Play. Then drag the points, and change Q/B: large for small weights.",
    params={
        "ratio": Number("Ratio Q/B", 22.2, low=0.01, high=1e6, log=True),
        "heights": Array(
            "Height",
            (-0.3, 0.7, 0.1, -0.6, 0.4, 0.9),
            low=-1,
            high=1,
            names=tuple(f"point {k}" for k in range(1, 7)),
        ),
    },
    presets={
        "Weights of size 0.3": {},
        "Size 1": {"ratio": 2.0},
        "Size 3": {"ratio": 0.22},
        "Nearly cubic": {"ratio": 1e5},
        "One point up": {"heights": (0, 0, 0, 1, 0, 0)},
    },
    panels=(CURVES, RATE, ERROR, DISTANCE),
    frame=frame,
    summary=summary,
    engine=True,
    time="moments",
    question=Question("Which curve will it be at the end?", CHOICES, verdict),
    doc=__doc__,
)
