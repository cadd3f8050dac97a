"""Explorer: uneven points on the circle, weights that undo them, and a Sobolev loss.

Density proportional to 1 + lean·cos x: 160 points at its quantiles. Target: frequencies
1, 2, 4 and 8, equally tall. Only the inner layer is trained, infinitely wide: kernel (1
+ cos x)(π − |x|)/4π, exact gradient flow, time in units of 1/(largest rate for even
data). Loss: ½ Σ (1 + k)²ˢ (error of frequency k)² for k up to 10. The error of a
frequency is an average over the points: every point counted alike, or with quadrature
weights, which make it exact.
"""

from __future__ import annotations

import numpy as np

from fbkit.basis import circle_quadrature_weights, sobolev_matrix
from fbkit.dynamics import gradient_flow
from fbkit.explorers import Axis, Choice, Explorer, Number, Panel, line, scatter, stem
from fbkit.kernels import relu_profile

POINTS = 160
HIGHEST = 10  # frequency that the loss sees
COLORS = {1: "blue", 2: "orange", 4: "green", 8: "purple"}  # of the target's modes
MODES = np.array(list(COLORS))
# Phases of the four waves, so that they do not peak together.
PHASES = np.exp([0, 1j, 2j, 0.5j])
TIMES = np.geomspace(0.1, 1e4, 401)
DRAWN = slice(None, None, 16)  # of the times


def quantiles(lean: float) -> np.ndarray:
    """Angles (POINTS,) at the quantiles of a density that leans to angle 0."""
    grid = np.linspace(-np.pi, np.pi, 4001)
    share = (grid + lean * np.sin(grid) + np.pi) / (2 * np.pi)
    return np.interp((np.arange(POINTS) + 0.5) / POINTS, share, grid)


def half_times(error: np.ndarray) -> np.ndarray:
    """First of TIMES from which on each error (T, modes) stays below one half."""
    late = TIMES.size - np.argmax(error[::-1] >= 0.5, axis=0)
    return TIMES[np.minimum(late, TIMES.size - 1)]


def frame(lean: float, weighing: str, order: float) -> dict[str, np.ndarray]:
    x = quantiles(lean)
    waves = np.exp(1j * np.outer(x, MODES))  # (n, modes)
    target = np.real(waves @ PHASES)
    kernel = relu_profile("first layer with bias")
    gram = kernel(x[:, None] - x)
    exact = circle_quadrature_weights(x, 2 * HIGHEST)
    weights = exact if weighing == "quadrature" else np.full(POINTS, 1 / POINTS)
    loss = sobolev_matrix(x, weights, order, HIGHEST)
    # With even data each frequency has a rate of its own.
    gain = (1.0 + np.arange(HIGHEST + 1)) ** (2 * order)
    even = kernel.eigenvalues(2, HIGHEST) * gain
    run = gradient_flow(gram, -target, TIMES / even.max(), loss_matrix=loss)
    residual = run.meta["residual"]  # (T, n)
    error = 2 * np.abs(residual * exact @ waves)  # (T, modes)
    formula = np.log(2) * even.max() / even[MODES]
    arrays = {
        "time": TIMES[DRAWN],
        "mode": np.arange(len(MODES)),
        "half": half_times(error),
        "formula": formula,
        "network": (residual + target)[DRAWN, ::2],
        "angle": x[::2],
        "target": target[::2],
        "floor": np.full(POINTS // 2, -5.0),
    }
    for k, measured, half in zip(MODES, error.T, formula):
        arrays[f"error {k}"] = np.maximum(measured, 1e-3)[DRAWN]
        arrays[f"formula {k}"] = np.maximum(0.5 ** (TIMES[DRAWN] / half), 1e-3)
    return arrays


def summary(arrays: dict[str, np.ndarray], params: dict) -> str:
    words = [
        f"frequency {k} at {half:.3g} ({formula:.3g})"
        for k, half, formula in zip(MODES, arrays["half"], arrays["formula"])
    ]
    return f"Half is left: {', '.join(words)}; in brackets the formula for even data."


MEASURED = [
    line("time", f"error {k}", label=f"frequency {k}", color=color)
    for k, color in COLORS.items()
]
EVEN = [
    line(
        "time",
        f"formula {k}",
        label="dashed: formula for even data" if k == 1 else "",
        color=color,
        width=1,
        dash=True,
        answer=True,
    )
    for k, color in COLORS.items()
]
ERRORS = Panel(
    "Error of each frequency (exact flow)",
    x=Axis("time × largest rate", log=True),
    y=Axis("relative error", log=True, low=1e-3, high=2),
    marks=(*MEASURED, *EVEN),
    time=True,
)
HALF = Panel(
    "Time until half is left",
    x=Axis("frequency", low=-0.6, high=3.6, names=("1", "2", "4", "8")),
    y=Axis("time × largest rate", log=True, low=0.1),
    marks=(
        stem(
            "mode",
            "formula",
            label="formula for even data",
            width=40,
            hollow=True,
            answer=True,
        ),
        stem("mode", "half", label="these points", width=20, answer=True),
    ),
)
NOW = Panel(
    "Points, target and network at the moment",
    x=Axis("angle x (radians)", low=-np.pi, high=np.pi, pi=True),
    y=Axis("value", low=-5.5, high=5.5),
    marks=(
        line("angle", "target", label="target", color="grey", width=3),
        line("angle", "network", label="network", moving=True),
        scatter("angle", "floor", label="every second point", color="orange", width=0),
    ),
)

EXPLORER = Explorer(
    name="uneven_data",
    title="Uneven points, weighted points, weighted frequencies",
    hint=(
        "Press Play: which curves part from the dashed ones? Repair them with weights."
        " Then move the order s."
    ),
    params={
        "lean": Number("Lean of the density", 0.6, low=0, high=0.8),
        "weighing": Choice(
            "Points count",
            "plain",
            {"plain": "all alike", "quadrature": "with quadrature weights"},
        ),
        "order": Number("Sobolev order s", 0, low=-0.5, high=2),
    },
    presets={
        "lean": [0, 0.2, 0.4, 0.6, 0.8],
        "weighing": ["plain", "quadrature"],
        "order": [-0.5, 0, 0.5, 1, 1.5, 2],
    },
    panels=(ERRORS, HALF, NOW),
    frame=frame,
    summary=summary,
    time="time",
    doc=__doc__,
)
