"""Explorer: breaklines of a ReLU network in one dimension, over the size and the
balance of its start.

Six points; 120 units a ReLU(wx + b), every one with a mirrored twin (−a), directions
(w, b) at random, seed 0. W is (w, b); Σ|a||W| is α² at the start. Every a is then
multiplied by c and every W divided by c. Gradient flow of the mean of e²/2, by Heun's
rule, until the loss is below 0.1 % of that of a network that says 0; after that
everything stands still. Paths are drawn for units that start inside the picture and
whose w keeps its sign. Mass: |a||W|, as a share of the whole, by breakline; the
outermost bars hold all that is farther out. Effective neurons: the participation ratio
of the mass in 180 directions of W with two signs of a.
"""

import numpy as np

from fbkit.breaklines import balanced_start, effective_neurons, neuron_flow, pinned_mass
from fbkit.explorers import Axis, Explorer, Number, Panel, line, scatter, segments, stem

X, Y = np.array(
    [[-0.9, -0.6, -0.25, 0.2, 0.6, 0.85], [-0.2, -1.0, -0.6, 0.8, 0.6, -0.3]]
)
TIME, GRID, BINS, SHOWN = (
    np.geomspace(0.1, 800, 44),
    np.linspace(-1.2, 1.2, 49),
    np.linspace(-1.5, 1.5, 41),
    16,
)
WHEN, SIGNS = (
    Axis("time", log=True, low=0.1, high=900),
    (("up", "blue", "a > 0"), ("down", "orange", "a < 0")),
)


def frame(alpha, factor):
    a, W = balanced_start(60, alpha / 2**0.5)
    a, W, seen, now = factor * np.append(a, -a), np.vstack([W, W]) / factor, [], 0.0
    for t in TIME:
        if not seen or seen[-1][2] > 1e-3 * np.square(Y).mean() / 2:
            run = neuron_flow(
                a, W, X, Y, [t - now], step=np.clip(0.05 * t, 0.01, 0.2)
            )  # units turn fastest at first
            a, W, now = run.outer[-1], run.inner[-1], t
        seen.append((a, W, run.loss[-1]))
    a, W, loss = map(np.array, zip(*seen))  # (T, m), (T, m, 2), (T,)
    (w, b), mass = np.moveaxis(W, 2, 0), a * np.linalg.norm(W, axis=2)
    beta, share = -b / w, mass / np.abs(mass).sum(axis=1, keepdims=True)
    bar = np.clip(np.round((beta + 1.5) / 0.075), 0, 40)[..., None] == np.arange(
        41
    )  # (T, m, bins)
    arrays = {
        "time": TIME,
        "points": X,
        "wanted": Y,
        "x": GRID,
        "bins": BINS,
        "loss": loss,
        "level": np.zeros(6),
    }
    arrays["network"] = np.einsum(
        "tj,tjx->tx", a, np.maximum(w[..., None] * GRID + b[..., None], 0)
    )
    arrays |= {
        "neurons": np.array(
            [effective_neurons(*one) for one in zip(np.arctan2(b, w), mass)]
        )
    }
    arrays["pinned"] = np.nan_to_num([pinned_mass(*one, X) for one in zip(beta, mass)])
    for sign, name in ((1, "up"), (-1, "down")):
        arrays[name] = sign * np.einsum("tj,tjb->tb", np.maximum(sign * share, 0), bar)
        paths = np.clip(
            beta[
                :,
                (w * w[0] > 0).all(axis=0)
                & (np.abs(beta[0]) < 1.5)
                & (a[0] * sign > 0),
            ],
            -1.6,
            1.6,
        )
        arrays |= {f"{name} {i}": paths[:, i % paths.shape[1]] for i in range(SHOWN)}
    return arrays | {"first": np.full(6, TIME[0]), "last": np.full(6, TIME[-1])}


def summary(arrays, params):
    n, pins = arrays["neurons"], 100 * arrays["pinned"]
    words = (
        f"At the end: {n[-1]:.3g} effective neurons (at first {n[0]:.3g}), loss"
        f" {arrays['loss'][-1]:.2g}"
    )
    return (
        f"{words}, {pins[-1]:.0f} % of the mass between points at one of them (on the"
        f" way up to {pins.max():.0f} %)."
    )


EXPLORER = Explorer(
    name="adaptive_regime",
    title="Breaklines on the move",
    hint=(
        "Move the time and follow the paths. Then make α smaller: what takes longer,"
        " and what is left at the end?"
    ),
    params={
        "alpha": Number("Size α of the start", 1, 0.001, 10, log=True),
        "factor": Number("Factor c on a, 1/c on W", 1, 0.125, 8, log=True),
    },
    presets={"alpha": [0.001, 0.01, 0.1, 1, 3, 10], "factor": [0.125, 1, 8]},
    panels=(
        Panel(
            "Paths of breaklines",
            WHEN,
            Axis("breakline β", low=-1.5, high=1.5),
            (
                segments(
                    "first",
                    "points",
                    x2="last",
                    y2="points",
                    label="data points",
                    color="grey",
                    width=1,
                    dash=True,
                ),
                *(
                    line(
                        "time",
                        f"{n} {i}",
                        label="" if i else words,
                        color=color,
                        width=1,
                    )
                    for n, color, words in SIGNS
                    for i in range(SHOWN)
                ),
            ),
            time=True,
            wide=True,
        ),
        Panel(
            "Network at the moment",
            Axis("x"),
            Axis("value", low=-2, high=2),
            (
                line("x", "network", label="network", moving=True),
                scatter("points", "wanted", label="data", color="grey"),
            ),
        ),
        Panel(
            "Mass by breakline at the moment",
            Axis("breakline β"),
            Axis("share of the mass", low=-1, high=1),
            (
                *(
                    stem("bins", n, label=words, color=color, width=4, moving=True)
                    for n, color, words in SIGNS
                ),
                scatter("points", "level", label="data points", color="grey", width=0),
            ),
        ),
        Panel(
            "Loss, and how many units it takes",
            WHEN,
            Axis("loss", log=True, low=1e-4, high=1),
            (
                line("time", "loss", label="loss"),
                line(
                    "time",
                    "neurons",
                    label="effective neurons (right)",
                    color="purple",
                    axis="right",
                ),
            ),
            right=Axis("effective neurons", log=True, low=1, high=200),
            time=True,
        ),
    ),
    frame=frame,
    summary=summary,
    time="time",
    doc=__doc__,
)
