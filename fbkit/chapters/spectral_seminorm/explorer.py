"""Explorer: the function that an activation draws through eight points, its spectrum,
and what each frequency costs.

A wide layer of units σ(r(x − c)), offsets c spread evenly, output weights trained: it
ends at the curve through the points of least (1/2π) ∫ |f̂|² W dω, W = r²/|σ̂(ω/r)|²,
polynomials up to the activation's degree free. The curve is Σ cᵢ k(x − xᵢ) and such a
polynomial, one bordered system of at most 11 equations. Away from frequency 0, f̂ = Σ
cᵢ exp(−iωxᵢ)/W, so that |f̂|² swings about Σ cᵢ²/W². The seminorm is Σ cᵢ yᵢ; what is
paid per octave is ln 2 · ω |f̂|² W/π over the seminorm.
"""

import numpy as np

from fbkit.activations import activation, relu_power
from fbkit.explorers import Array, Axis, Choice, Explorer, Number, Panel, line, scatter

PLACES = {
    "even": np.linspace(-0.875, 0.875, 8),
    "uneven": np.array([-0.9, -0.7, -0.5, -0.15, 0.05, 0.4, 0.6, 0.9]),
}
PLACES |= {"gap": np.array([-0.9, -0.7, -0.5, -0.3, 0.3, 0.5, 0.7, 0.9])}
NAMES = {
    "step": "step",
    "relu": "ReLU",
    "square": "ReLU squared",
    "tanh": "tanh",
    "arctan": "arctan",
}
NAMES, POWERS = (
    NAMES | {"gelu": "GELU", "gaussian": "Gaussian"},
    ("step", "relu", "square"),
)
GRID, FREQUENCY, FLOOR, START = (
    np.linspace(-1, 1, 241),
    np.arange(1, 321) / 4,
    1e-12,
    (-3, 7, 1, -6, 4, 8, -2, 3),
)


def frame(heights, name, scale, places, steps=0):
    sigma = relu_power(2) if name == "square" else activation(name)
    X, y, w, r = (
        PLACES[places],
        np.array(heights),
        FREQUENCY,
        1.0 if name in POWERS else scale,
    )
    size = (
        abs(sigma.kernel(0.0)) + abs(sigma.kernel(2 * r))
    ) / r  # keeps the system well scaled
    kernel = lambda x: sigma.kernel(r * np.abs(x[:, None] - X)) / r / size
    free = lambda x: np.vander(x, sigma.null_degree + 1, increasing=True)
    none = np.zeros(sigma.null_degree + 1)
    both = np.linalg.solve(
        np.block([[kernel(X), free(X)], [free(X).T, np.diag(none)]]), np.append(y, none)
    )
    c, least = both[:8] / size, max(both[:8] @ y / size, 0.0)
    wave = np.square(np.cos(w[:, None] * X) @ c) + np.square(np.sin(w[:, None] * X) @ c)
    offer = sigma.spectrum(w / r) / r**2  # 1/W
    paid = wave * offer / np.pi
    total = paid[0] * w[0] + np.append(0, np.cumsum((paid[1:] + paid[:-1]) / 8))
    arrays = {
        "x": GRID,
        "lines": np.interp(GRID, X, y),
        "points": X,
        "heights": y,
        "frequency": w,
    }
    arrays |= {
        "curve": np.hstack([kernel(GRID), free(GRID)]) @ both,
        "seminorm": np.array([least]),
    }
    arrays |= {
        "power": np.maximum(wave * offer**2, FLOOR),
        "offer": np.maximum(c @ c * offer**2, FLOOR),
    }
    arrays |= {"middle": np.array([w[min(np.searchsorted(total, least / 2), 319)]])}
    return arrays | {"octave": 100 * np.log(2) * w * paid / (least or 1.0)}


def summary(arrays, params):
    curve, y = arrays["curve"][np.abs(arrays["x"]) <= 0.9], arrays["heights"]
    (least,), (half,) = arrays["seminorm"], arrays["middle"]
    beyond = max(curve.max() - y.max(), y.min() - curve.min(), 0)
    words = (
        f"Seminorm {least:.{3 * (least < 100)}f}, half of it for frequencies above"
        f" {half:.2f}. The curve leaves the range of the points by {beyond:.2f}."
    )
    return (
        words
        if least > 1e-9
        else "The points lie on a curve that is free: nothing to pay."
    )


EXPLORER = Explorer(
    name="spectral_seminorm",
    title="What each activation draws through eight points",
    hint=(
        "Drag one point up. How far away does the curve still move, with each"
        " activation?"
    ),
    params={
        "name": Choice("Activation", "relu", NAMES),
        "scale": Number("Scale r (tanh to Gaussian)", 6.0, 3.0, 20.0, log=True),
        "places": Choice(
            "Places",
            "even",
            {"even": "evenly spaced", "uneven": "uneven", "gap": "with a gap"},
        ),
        "heights": Array(
            "Height",
            tuple(y / 10 for y in START),
            -1,
            1,
            tuple(f"point {k}" for k in range(1, 9)),
        ),
    },
    presets={
        "Cubic spline": {},
        "Straight lines": {"name": "step"},
        "One point up": {"heights": (0, 0, 0, 1, 0, 0, 0, 0)},
        "One point, Gaussian": {
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
            "heights": (1,) * 4 + (0.5,) * 4,
        },
    },
    panels=(
        Panel(
            "Eight points and the curve",
            Axis("x", low=-1, high=1),
            Axis("height", low=-1.6, high=1.6),
            (
                line("x", "lines", label="straight lines", color="grey", dash=True),
                line("x", "curve", label="the activation's curve", width=3),
                scatter(
                    "points",
                    "heights",
                    label="points (drag)",
                    color="orange",
                    drag="heights",
                ),
            ),
            wide=True,
        ),
        Panel(
            "Spectrum of the curve",
            Axis("frequency ω", log=True),
            Axis("power |f̂|²", log=True, low=1e-8),
            (
                line(
                    "frequency",
                    "offer",
                    label="set by the price: ∝ 1/W²",
                    color="orange",
                    dash=True,
                ),
                line("frequency", "power", label="the curve's"),
            ),
        ),
        Panel(
            "What is paid where",
            Axis("frequency ω", log=True),
            Axis("% of the seminorm per octave", low=0),
            (line("frequency", "octave", label="|f̂|² W", color="green"),),
        ),
    ),
    frame=frame,
    summary=summary,
    engine=True,
    doc=__doc__,
)
