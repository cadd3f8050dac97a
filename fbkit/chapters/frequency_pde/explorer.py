"""Explorer: the frequency equation for three packets of waves, over p and sigma_a.

Target: three waves of frequency 1, 4 and 7 and equal height under one bump, exp(−(x −
place)²/4.5). Infinitely many waves, even data, exact gradient flow on ½∫e²dx: the
equation by linear finite elements on 601 frequencies from −24 to 24, all weights
trained. The dashed lines leave the diffusion out (only the outer weights trained). A
uniform p ends at √3 standard deviations, softened over 0.1.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fbkit.explorers import Axis, Choice, Explorer, Number, Panel, line

FREQUENCIES = np.linspace(-24, 24, 601)
X = np.linspace(-12, 12, 193)
TIMES = np.append(0, np.geomspace(0.1, 20, 15))
COLORS = {1: "blue", 4: "orange", 7: "green"}  # of the waves' frequencies
SHOWN = slice(300, 451, 2)  # frequencies 0 to 12
NEAR = slice(64, 161)  # places -4 to 8
# Fourier transform on the grid of X, whose spacing is 1/8.
TO_FREQUENCY = np.exp(-1j * np.outer(FREQUENCIES, X)) / 8


def density(width: float, shape: str) -> Callable[[np.ndarray], np.ndarray]:
    """The density p of the initial frequencies, of standard deviation `width`."""
    if shape == "normal":
        return lambda w: np.exp(-(w**2) / (2 * width**2)) / (np.sqrt(2 * np.pi) * width)
    reach = 3**0.5 * width  # the same standard deviation

    def softened(w: np.ndarray) -> np.ndarray:
        beyond = np.clip((np.abs(w) - reach) / 0.1, -50, 50)
        return 1 / (1 + np.exp(beyond)) / (2 * reach)

    return softened


def packet(place: float) -> np.ndarray:
    """Three waves under one bump, at X."""
    bump = np.exp(-((X - place) ** 2) / 4.5)
    return bump * sum(np.cos(k * (X - place)) for k in COLORS)


def size(values: np.ndarray) -> np.ndarray:
    """|values| at the frequencies shown.

    What is below 1e-4 is 0, so that the page's table has a linear scale.
    """
    magnitude = np.abs(values)
    return np.where(magnitude < 1e-4, 0, magnitude)[..., SHOWN]


def frame(
    sigma_a: float, width: float, shape: str, place: float
) -> dict[str, np.ndarray]:
    from fbkit.pde import ntk_pde_1d

    waves = packet(place)
    start = -TO_FREQUENCY @ waves
    p = density(width, shape)
    full = ntk_pde_1d(p, sigma_a, start, FREQUENCIES, TIMES).meta["field"]
    damped = ntk_pde_1d(p, 0, start, FREQUENCIES, TIMES).meta["field"]
    spacing = FREQUENCIES[1] - FREQUENCIES[0]
    to_space = TO_FREQUENCY[:, NEAR].conj() * 8 * spacing / (2 * np.pi)
    arrays = {
        "time": TIMES,
        "frequency": FREQUENCIES[SHOWN],
        "x": X[NEAR],
        "density": size(p(FREQUENCIES)),
        "start": size(start),
        "error": size(full),
        "damped": size(damped),
        "target": -waves[NEAR],
        "left": (full @ to_space).real,
    }
    most = np.abs(start).max()
    for k in COLORS:
        at = np.argmin(np.abs(FREQUENCIES - k))
        arrays[f"error {k}"] = np.maximum(np.abs(full[:, at]) / most, 1e-3)
        arrays[f"damped {k}"] = np.maximum(np.abs(damped[:, at]) / most, 1e-3)
    return arrays


def summary(arrays: dict[str, np.ndarray], params: dict) -> str:
    left = [f"{100 * arrays[f'error {k}'][-1]:.2g} % at {k}" for k in COLORS]
    return (
        f"At time 20 this is left of the error: {', '.join(left)} (of the largest at"
        " the start; 0.1 % stands for less, too)."
    )


BY_FREQUENCY = Panel(
    "Error by frequency at the moment",
    x=Axis("frequency ξ", low=0, high=12),
    y=Axis("size", low=0),
    right=Axis("density p", low=0),
    marks=(
        line("frequency", "start", label="at the start", color="grey", width=3),
        line("frequency", "error", label="now", moving=True),
        line(
            "frequency",
            "damped",
            label="now, damping only",
            color="orange",
            dash=True,
            moving=True,
            answer=True,
        ),
        line(
            "frequency",
            "density",
            label="density p (right)",
            color="purple",
            width=1,
            axis="right",
        ),
    ),
)
ERRORS = [
    line("time", f"error {k}", label=f"frequency {k}", color=color)
    for k, color in COLORS.items()
]
DAMPED = [
    line(
        "time",
        f"damped {k}",
        label="dashed: damping only" if k == 1 else "",
        color=color,
        width=1,
        dash=True,
        answer=True,
    )
    for k, color in COLORS.items()
]
OVER_TIME = Panel(
    "Error left",
    x=Axis("gradient-flow time", log=True),
    y=Axis("share", log=True, low=1e-3, high=2),
    marks=(*ERRORS, *DAMPED),
    time=True,
)
IN_SPACE = Panel(
    "Error in space at the moment",
    x=Axis("x"),
    y=Axis("error", low=-3.2, high=3.2),
    marks=(
        line("x", "target", label="at the start", color="grey", width=1),
        line("x", "left", label="now", moving=True),
    ),
)

EXPLORER = Explorer(
    name="frequency_pde",
    title="Damping and diffusion of the error, frequency by frequency",
    hint=(
        "Press Play. Then move σₐ: which peak melts into its neighbours? Then the"
        " density, and the place."
    ),
    params={
        "sigma_a": Number("σₐ of the outer weights", 0.5, low=0, high=1.5),
        "width": Number("Standard deviation of p", 3, low=1, high=8),
        "shape": Choice(
            "Shape of p", "normal", {"normal": "normal", "uniform": "uniform"}
        ),
        "place": Number("Place of the packet", 0, low=0, high=4),
    },
    presets={
        "sigma_a": [0, 0.5, 1],
        "width": [1.5, 3, 6],
        "shape": ["normal", "uniform"],
        "place": [0, 4],
    },
    panels=(BY_FREQUENCY, OVER_TIME, IN_SPACE),
    frame=frame,
    summary=summary,
    time="time",
    doc=__doc__,
)
