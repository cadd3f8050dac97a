"""Explorer: uneven points on the circle, the weights that undo them, and a Sobolev loss
that flattens or reverses.

Density proportional to 1 + lean·cos x: 160 points at its quantiles. Target: frequencies
1, 2, 4 and 8, equally tall. Only the inner layer is trained, infinitely wide: kernel (1
+ cos x)(π − |x|)/4π, exact gradient flow, time in units of 1/(largest rate for even
data). Loss: ½ Σ (1 + k)^(2s) (error of frequency k)² for k up to 10. The error of a
frequency is an average over the points: every point counted alike, or with quadrature
weights, which make it exact.
"""

import numpy as np

from fbkit.basis import circle_quadrature_weights, sobolev_matrix
from fbkit.dynamics import gradient_flow
from fbkit.explorers import Axis, Choice, Explorer, Number, Panel, line, scatter, stem
from fbkit.kernels import circle_ntk_eigs, relu_profile

N, L, MODES, COLORS = (
    160,
    10,
    np.array([1, 2, 4, 8]),
    ("blue", "orange", "green", "purple"),
)
TIME = np.geomspace(0.1, 1e4, 401)


def frame(lean, weighing, order):
    grid = np.linspace(-np.pi, np.pi, 4001)
    x = np.interp(
        (np.arange(N) + 0.5) / N,
        (grid + lean * np.sin(grid) + np.pi) / (2 * np.pi),
        grid,
    )
    exact, gram = (
        circle_quadrature_weights(x, 2 * L),
        relu_profile("first layer with bias")(x[:, None] - x),
    )
    P = sobolev_matrix(
        x, exact if weighing == "quadrature" else np.full(N, 1 / N), order, L
    )
    waves = np.exp(1j * np.outer(x, MODES))  # (N, 4)
    target = np.real(
        waves @ np.exp([0, 1j, 2j, 0.5j])
    )  # phases, so that the four waves do not peak together
    rates = circle_ntk_eigs(L) * (1.0 + np.arange(L + 1)) ** (
        2 * order
    )  # with even data
    residual = gradient_flow(gram, -target, TIME / rates.max(), loss_matrix=P).meta[
        "residual"
    ]
    error = 2 * np.abs(residual * exact @ waves)
    late = TIME.size - np.argmax(
        error[::-1] >= 0.5, axis=0
    )  # first record below one half that stays there
    half = TIME[np.minimum(late, TIME.size - 1)]
    arrays = {f"error {k}": np.maximum(e, 1e-3)[::16] for k, e in zip(MODES, error.T)}
    arrays |= {"time": TIME[::16], "mode": np.arange(4), "half": half}
    arrays |= {
        "formula": np.log(2) * rates.max() / rates[MODES],
        "network": (residual + target)[::16, ::2],
    }
    arrays |= {
        f"formula {k}": np.maximum(0.5 ** (TIME[::16] / f), 1e-3)
        for k, f in zip(MODES, arrays["formula"])
    }
    arrays |= {"angle": x[::2], "target": target[::2], "floor": np.full(N // 2, -5.0)}
    return arrays


def summary(arrays, params):
    words = (
        f"frequency {k} at {t:.3g} ({f:.3g})"
        for k, t, f in zip(MODES, arrays["half"], arrays["formula"])
    )
    return f"Half is left: {', '.join(words)}; in brackets the formula for even data."


EXPLORER = Explorer(
    name="uneven_data",
    title="Uneven points, weighted points, weighted frequencies",
    hint=(
        "Move the lean: which curves part from the dashed ones? Repair it with weights."
        " Then move the order s."
    ),
    params={
        "lean": Number("Lean of the density", 0.6, 0, 0.8),
        "weighing": Choice(
            "Points count",
            "plain",
            {"plain": "all alike", "quadrature": "with quadrature weights"},
        ),
        "order": Number("Sobolev order s", 0, -0.5, 2),
    },
    presets={
        "lean": [0, 0.2, 0.4, 0.6, 0.8],
        "weighing": ["plain", "quadrature"],
        "order": [-0.5, 0, 0.5, 1, 1.5, 2],
    },
    panels=(
        Panel(
            "Error of each frequency (exact flow)",
            Axis("time × largest rate", log=True),
            Axis("relative error", log=True, low=1e-3, high=2),
            (
                *(
                    line("time", f"error {k}", label=f"frequency {k}", color=c)
                    for k, c in zip(MODES, COLORS)
                ),
                *(
                    line(
                        "time", f"formula {k}", label=word, color=c, width=1, dash=True
                    )
                    for k, c, word in zip(
                        MODES, COLORS, ("dashed: formula for even data", "", "", "")
                    )
                ),
            ),
            time=True,
            wide=True,
        ),
        Panel(
            "Time until half is left",
            Axis("frequency", low=-0.6, high=3.6, names=("1", "2", "4", "8")),
            Axis("time × largest rate", log=True, low=0.1),
            (
                stem(
                    "mode",
                    "formula",
                    label="formula for even data",
                    width=40,
                    hollow=True,
                ),
                stem("mode", "half", label="these points", width=20),
            ),
        ),
        Panel(
            "Points, target and network at the moment",
            Axis("angle x (radians)", low=-np.pi, high=np.pi, pi=True),
            Axis("value", low=-5.5, high=5.5),
            (
                line("angle", "target", label="target", color="grey", width=3),
                line("angle", "network", label="network", moving=True),
                scatter(
                    "angle",
                    "floor",
                    label="every second point",
                    color="orange",
                    width=0,
                ),
            ),
        ),
    ),
    frame=frame,
    summary=summary,
    time="time",
    doc=__doc__,
)
