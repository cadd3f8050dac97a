"""Explorer: breaklines of a ReLU network over the size and the balance of its start.

Six points; 120 units a ReLU(wx + b), every one with a mirrored twin (−a), directions
(w, b) at random, seed 0. W is (w, b); Σ|a||W| is α² at the start. Every a is then
multiplied by c and every W divided by c. Gradient flow of the mean of e²/2, by Heun's
rule, until the loss is below 0.1 % of that of a network that says 0; after that
everything stands still. Paths are drawn for units that start inside the picture and
whose w keeps its sign. Mass: |a||W|, as a share of the whole, by breakline; the
outermost bars hold all that is farther out. Effective neurons: the participation ratio
of the mass in 180 directions of W with two signs of a.
"""

from __future__ import annotations

import numpy as np

from fbkit.breaklines import balanced_start, effective_neurons, neuron_flow, pinned_mass
from fbkit.explorers import Axis, Explorer, Number, Panel, line, scatter, segments, stem

POINTS = np.array([-0.9, -0.6, -0.25, 0.2, 0.6, 0.85])
WANTED = np.array([-0.2, -1.0, -0.6, 0.8, 0.6, -0.3])
TIMES = np.geomspace(0.1, 800, 44)
LEARNED = 1e-3 * np.square(WANTED).mean() / 2  # loss at which training stops
GRID = np.linspace(-1.2, 1.2, 49)  # where the network is drawn
BINS = np.linspace(-1.5, 1.5, 41)  # of breaklines
PATHS = 16  # drawn for each sign
SIGNS = (("up", 1, "blue", "a > 0"), ("down", -1, "orange", "a < 0"))


def training(alpha: float, factor: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """a (T, m), W (T, m, 2) and the loss (T,) at each of TIMES."""
    outer, inner = balanced_start(60, alpha / 2**0.5)
    a = factor * np.append(outer, -outer)
    W = np.vstack([inner, inner]) / factor
    loss = np.inf
    now = 0.0
    seen = []
    for t in TIMES:
        if loss > LEARNED:
            step = np.clip(0.05 * t, 0.01, 0.2)  # units turn fastest at first
            run = neuron_flow(a, W, POINTS, WANTED, [t - now], step=step)
            a, W, loss = run.outer[-1], run.inner[-1], run.loss[-1]
            now = t
        seen.append((a, W, loss))
    outer, inner, losses = zip(*seen)
    return np.array(outer), np.array(inner), np.array(losses)


def frame(alpha: float, factor: float) -> dict[str, np.ndarray]:
    a, W, loss = training(alpha, factor)
    w, b = W[..., 0], W[..., 1]
    breaklines = -b / w
    mass = a * np.linalg.norm(W, axis=2)
    angles = np.arctan2(b, w)
    units = np.maximum(w[..., None] * GRID + b[..., None], 0)  # (T, m, x)
    neurons = [effective_neurons(*moment) for moment in zip(angles, mass)]
    # With no mass between the points its share there is 0, not 0/0.
    pinned = [pinned_mass(*moment, POINTS) for moment in zip(breaklines, mass)]
    arrays = {
        "time": TIMES,
        "points": POINTS,
        "wanted": WANTED,
        "x": GRID,
        "bins": BINS,
        "loss": loss,
        "level": np.zeros(len(POINTS)),
        "network": np.einsum("tj,tjx->tx", a, units),
        "neurons": np.array(neurons),
        "pinned": np.nan_to_num(pinned),
        "first": np.full(len(POINTS), TIMES[0]),
        "last": np.full(len(POINTS), TIMES[-1]),
    }
    share = mass / np.abs(mass).sum(axis=1, keepdims=True)
    drawn = (w * w[0] > 0).all(axis=0) & (np.abs(breaklines[0]) < 1.5)
    for name, sign, _, _ in SIGNS:
        arrays[name] = sign * histogram(breaklines, np.maximum(sign * share, 0))
        paths = np.clip(breaklines[:, drawn & (a[0] * sign > 0)], -1.6, 1.6)
        for i in range(PATHS):  # drawn twice where there are fewer
            arrays[f"{name} {i}"] = paths[:, i % paths.shape[1]]
    return arrays


def histogram(breaklines: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Sums (T, bins) of the shares (T, m) whose breakline is nearest to each bin."""
    nearest = np.clip(np.round((breaklines + 1.5) / 0.075), 0, len(BINS) - 1)
    inside = nearest[..., None] == np.arange(len(BINS))  # (T, m, bins)
    return np.einsum("tj,tjb->tb", share, inside)


def summary(arrays: dict[str, np.ndarray], params: dict) -> str:
    neurons = arrays["neurons"]
    pinned = 100 * arrays["pinned"]
    return (
        f"At the end: {neurons[-1]:.3g} effective neurons (at first {neurons[0]:.3g}),"
        f" loss {arrays['loss'][-1]:.2g}, {pinned[-1]:.0f} % of the mass between points"
        f" at one of them (on the way up to {pinned.max():.0f} %)."
    )


WHEN = Axis("time", log=True, low=0.1, high=900)
PLACES = segments(
    "first",
    "points",
    x2="last",
    y2="points",
    label="data points",
    color="grey",
    width=1,
    dash=True,
)
PATH_LINES = [
    line("time", f"{name} {i}", label="" if i else words, color=color, width=1)
    for name, _, color, words in SIGNS
    for i in range(PATHS)
]
MASSES = [
    stem("bins", name, label=words, color=color, width=4, moving=True)
    for name, _, color, words in SIGNS
]

EXPLORER = Explorer(
    name="adaptive_regime",
    title="Breaklines on the move",
    hint=(
        "Press Play and follow the paths. Then make α smaller: what takes longer, and"
        " what is left at the end?"
    ),
    params={
        "alpha": Number("Size α of the start", 1, low=0.001, high=10, log=True),
        "factor": Number("Factor c on a, 1/c on W", 1, low=0.125, high=8, log=True),
    },
    presets={"alpha": [0.001, 0.01, 0.1, 1, 3, 10], "factor": [0.125, 1, 8]},
    panels=(
        Panel(
            "Paths of breaklines",
            x=WHEN,
            y=Axis("breakline β", low=-1.5, high=1.5),
            marks=(PLACES, *PATH_LINES),
            time=True,
        ),
        Panel(
            "Network at the moment",
            x=Axis("x"),
            y=Axis("value", low=-2, high=2),
            marks=(
                line("x", "network", label="network", moving=True),
                scatter("points", "wanted", label="data", color="grey"),
            ),
        ),
        Panel(
            "Mass by breakline at the moment",
            x=Axis("breakline β"),
            y=Axis("share of the mass", low=-1, high=1),
            marks=(
                *MASSES,
                scatter("points", "level", label="data points", color="grey", width=0),
            ),
        ),
        Panel(
            "Loss, and how many units it takes",
            x=WHEN,
            y=Axis("loss", log=True, low=1e-4, high=1),
            right=Axis("effective neurons", log=True, low=1, high=200),
            marks=(
                line("time", "loss", label="loss"),
                line(
                    "time",
                    "neurons",
                    label="effective neurons (right)",
                    color="purple",
                    axis="right",
                ),
            ),
            time=True,
        ),
    ),
    frame=frame,
    summary=summary,
    time="time",
    doc=__doc__,
)
