"""Explorer: the folds of a ReLU network over the size of its start.

Six points; 120 units a ReLU(wx + b), every one with a mirrored twin (−a), directions
(w, b) at random, seed 0. W is (w, b); Σ|a||W| is α² at the start. Every W is then
multiplied by C and every a divided by C. Gradient flow of half the mean square error,
by Heun's rule, until the loss is below 0.1 % of that of a network that says 0; after
that everything stands still. Paths are drawn for units whose fold −b/w starts inside
the picture and whose w keeps its sign. Mass: |a||W|, as a share of the whole, by fold;
the outermost bars hold all that is farther out. Different units: the participation
ratio of the mass in 180 directions of W with two signs of a.
"""

from __future__ import annotations

import numpy as np

from fbkit.breaklines import balanced_start, effective_neurons, neuron_flow, pinned_mass
from fbkit.explorers import (
    Axis,
    Explorer,
    Number,
    Panel,
    Question,
    line,
    scatter,
    segments,
    stem,
)

POINTS = np.array([-0.9, -0.6, -0.25, 0.2, 0.6, 0.85])
WANTED = np.array([-0.2, -1.0, -0.6, 0.8, 0.6, -0.3])
TIMES = np.geomspace(0.1, 800, 44)
LEARNED = 1e-3 * np.square(WANTED).mean() / 2  # loss at which training stops
GRID = np.linspace(-1.2, 1.2, 49)  # where the network is drawn
BINS = np.linspace(-1.5, 1.5, 41)  # of folds
PATHS = 16  # drawn for each sign
SIGNS = (("up", 1, "blue", "a > 0"), ("down", -1, "orange", "a < 0"))


def units(alpha: float, scale: float) -> tuple[np.ndarray, np.ndarray]:
    """a (m,) and W (m, 2) before training."""
    outer, inner = balanced_start(60, alpha / 2**0.5)
    return np.append(outer, -outer) / scale, np.vstack([inner, inner]) * scale


def training(a: np.ndarray, W: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """a (T, m), W (T, m, 2) and the loss (T,) at each of TIMES."""
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


def different(a: np.ndarray, W: np.ndarray) -> float:
    """How many different units these amount to."""
    w, b = W.T
    return effective_neurons(np.arctan2(b, w), a * np.linalg.norm(W, axis=1))


def frame(alpha: float, scale: float) -> dict[str, np.ndarray]:
    start = units(alpha, scale)
    a, W, loss = training(*start)
    w, b = W[..., 0], W[..., 1]
    folds = -b / w
    mass = a * np.linalg.norm(W, axis=2)
    active = np.maximum(w[..., None] * GRID + b[..., None], 0)  # (T, m, x)
    # With no mass between the points its share there is 0, not 0/0.
    pinned = [pinned_mass(*moment, POINTS) for moment in zip(folds, mass)]
    arrays = {
        "time": TIMES,
        "points": POINTS,
        "wanted": WANTED,
        "x": GRID,
        "bins": BINS,
        "loss": loss,
        "level": np.zeros(len(POINTS)),
        "network": np.einsum("tj,tjx->tx", a, active),
        "before": np.array([different(*start)]),
        "neurons": np.array([different(*moment) for moment in zip(a, W)]),
        "pinned": np.nan_to_num(pinned),
        "first": np.full(len(POINTS), TIMES[0]),
        "last": np.full(len(POINTS), TIMES[-1]),
    }
    share = mass / np.abs(mass).sum(axis=1, keepdims=True)
    drawn = (w * w[0] > 0).all(axis=0) & (np.abs(folds[0]) < 1.5)
    for name, sign, _, _ in SIGNS:
        arrays[name] = sign * histogram(folds, np.maximum(sign * share, 0))
        paths = np.clip(folds[:, drawn & (a[0] * sign > 0)], -1.6, 1.6)
        for i in range(PATHS):  # drawn twice where there are fewer
            arrays[f"{name} {i}"] = paths[:, i % paths.shape[1]]
    return arrays


def histogram(folds: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Sums (T, bins) of the shares (T, m) whose fold is nearest to each bin."""
    nearest = np.clip(np.round((folds + 1.5) / 0.075), 0, len(BINS) - 1)
    inside = nearest[..., None] == np.arange(len(BINS))  # (T, m, bins)
    return np.einsum("tj,tjb->tb", share, inside)


def summary(arrays: dict[str, np.ndarray], params: dict) -> str:
    before, after = arrays["before"][0], arrays["neurons"][-1]
    pinned = 100 * arrays["pinned"]
    return (
        f"At the end the units count as {after:.3g} different ones, at first as"
        f" {before:.3g}. The loss is {arrays['loss'][-1]:.2g}. Of the mass between the"
        f" points {pinned[-1]:.0f} % is at one of them, on the way up to"
        f" {pinned.max():.0f} %."
    )


CHOICES = {
    "stay": "they stay, and get steeper",
    "gather": "they gather in few places",
    "spread": "they spread out further",
}


def verdict(arrays: dict[str, np.ndarray], params: dict, choice: str) -> str:
    """How many different units there were when the loss began to fall."""
    neurons, loss = arrays["neurons"], arrays["loss"]
    falls = np.argmax(loss < 0.9 * loss[0])
    return (
        f"You said: {CHOICES[choice]}. When a tenth of the loss was gone, the units"
        f" counted as {neurons[falls]:.3g} different ones, at the start as"
        f" {arrays['before'][0]:.3g}."
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
    title="Folds on the move",
    hint=(
        "Press Play and follow the paths. Then make α, the size of the start, larger"
        " (Change the experiment): which paths are left, and how many different units?"
    ),
    params={
        "alpha": Number("Size α of the start", 0.01, low=0.001, high=10, log=True),
        "scale": Number("Inner weights × C", 1, low=0.125, high=8, log=True),
    },
    presets={"alpha": [0.001, 0.01, 0.1, 1, 3, 10], "scale": [0.125, 1, 8]},
    panels=(
        Panel(
            "Paths of folds",
            x=WHEN,
            y=Axis("place of the fold", low=-1.5, high=1.5),
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
            "Mass by fold at the moment",
            x=Axis("place of the fold"),
            y=Axis("share of the mass", low=-1, high=1),
            marks=(
                *MASSES,
                scatter("points", "level", label="data points", color="grey", width=0),
            ),
        ),
        Panel(
            "Loss, and how many different units",
            x=WHEN,
            y=Axis("loss", log=True, low=1e-4, high=1),
            right=Axis("different units", log=True, low=1, high=200),
            marks=(
                line("time", "loss", label="loss"),
                line(
                    "time",
                    "neurons",
                    label="different units (right)",
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
    question=Question("What do the folds do before the loss falls?", CHOICES, verdict),
    doc=__doc__,
)
