"""Explorer: the frequency equation for three packets of waves, over the density of the
initial frequencies and sigma_a.

Target: three waves of frequency 1, 4 and 7 and equal height under one bump, exp(−(x −
place)²/4.5). Infinitely many waves, even data, exact gradient flow on ½∫e²dx: the
equation by linear finite elements on 601 frequencies from −24 to 24, all weights
trained. The dashed lines leave the diffusion out (only the outer weights trained). A
uniform p ends at √3 standard deviations, softened over 0.1.
"""

import numpy as np

from fbkit.explorers import Axis, Choice, Explorer, Number, Panel, line

XI, X = np.linspace(-24, 24, 601), np.linspace(-12, 12, 193)
TIME, COLORS = (
    np.append(0, np.geomspace(0.1, 20, 15)),
    {1: "blue", 4: "orange", 7: "green"},
)
SHOWN, NEAR, TO_XI = (
    slice(300, 451, 2),
    slice(64, 161),
    np.exp(-1j * np.outer(XI, X)) / 8,
)


def density(width, shape):
    if shape == "normal":
        return lambda w: np.exp(-(w**2) / (2 * width**2)) / (np.sqrt(2 * np.pi) * width)
    reach = 3**0.5 * width  # the same standard deviation
    return lambda w: (
        1 / (1 + np.exp(np.clip((np.abs(w) - reach) / 0.1, -50, 50))) / (2 * reach)
    )


def frame(sigma_a, width, shape, place):
    from fbkit.pde import ntk_pde_1d

    waves = np.exp(-((X - place) ** 2) / 4.5) * sum(
        np.cos(k * (X - place)) for k in COLORS
    )
    p, start = density(width, shape), -TO_XI @ waves
    full, damped = (
        ntk_pde_1d(p, s2, start, XI, TIME).meta["field"] for s2 in (sigma_a**2, 0)
    )
    back = TO_XI[:, NEAR].conj() * 8 * (XI[1] - XI[0]) / (2 * np.pi)
    size = lambda v: np.where(np.abs(v) < 1e-4, 0, np.abs(v))[
        ..., SHOWN
    ]  # so that the table's scale is linear
    arrays = {
        "time": TIME[1:],
        "frequency": XI[SHOWN],
        "x": X[NEAR],
        "density": size(p(XI)),
    }
    arrays |= {
        "start": size(start),
        "error": size(full[1:]),
        "damped": size(damped[1:]),
    }
    arrays |= {"target": -waves[NEAR], "left": (full[1:] @ back).real}
    for k in COLORS:
        most, at = np.abs(start).max(), np.argmin(np.abs(XI - k))
        arrays |= {f"error {k}": np.maximum(np.abs(full[1:, at]) / most, 1e-3)}
        arrays |= {f"damped {k}": np.maximum(np.abs(damped[1:, at]) / most, 1e-3)}
    return arrays


def summary(arrays, params):
    left = ", ".join(f"{100 * arrays[f'error {k}'][-1]:.2g} % at {k}" for k in COLORS)
    return (
        f"At time 20 this is left of the error: {left} (of the largest at the start;"
        " 0.1 % stands for less, too)."
    )


EXPLORER = Explorer(
    name="frequency_pde",
    title="Damping and diffusion of the error, frequency by frequency",
    hint=(
        "Move the time first. Then σₐ: which peak melts into its neighbours? Then the"
        " density, and the place."
    ),
    params={
        "sigma_a": Number("σₐ of the outer weights", 0.5, 0, 1.5),
        "width": Number("Standard deviation of p", 3, 1, 8),
        "shape": Choice(
            "Shape of p", "normal", {"normal": "normal", "uniform": "uniform"}
        ),
        "place": Number("Place of the packet", 0, 0, 4),
    },
    presets={
        "sigma_a": [0, 0.5, 1],
        "width": [1.5, 3, 6],
        "shape": ["normal", "uniform"],
        "place": [0, 4],
    },
    panels=(
        Panel(
            "Error by frequency at the moment",
            Axis("frequency ξ", low=0, high=12),
            Axis("size", low=0),
            (
                line("frequency", "start", label="at the start", color="grey", width=3),
                line("frequency", "error", label="now", moving=True),
                line(
                    "frequency",
                    "damped",
                    label="now, damping only",
                    color="orange",
                    dash=True,
                    moving=True,
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
            right=Axis("density p", low=0),
            wide=True,
        ),
        Panel(
            "Error left",
            Axis("gradient-flow time", log=True),
            Axis("share", log=True, low=1e-3, high=2),
            (
                *(
                    line("time", f"error {k}", label=f"frequency {k}", color=c)
                    for k, c in COLORS.items()
                ),
                *(
                    line(
                        "time",
                        f"damped {k}",
                        label="dashed: damping only" if k == 1 else "",
                        color=c,
                        width=1,
                        dash=True,
                    )
                    for k, c in COLORS.items()
                ),
            ),
            time=True,
        ),
        Panel(
            "Error in space at the moment",
            Axis("x"),
            Axis("error", low=-3.2, high=3.2),
            (
                line("x", "target", label="at the start", color="grey", width=1),
                line("x", "left", label="now", moving=True),
            ),
        ),
    ),
    frame=frame,
    summary=summary,
    time="time",
    doc=__doc__,
)
