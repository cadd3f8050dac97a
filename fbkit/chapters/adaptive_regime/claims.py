"""Claims of the page on small starts and of its Further pages: where small units turn,
when they grow, how many folds are left, what holds folds at data points, and what the
hidden scale does.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from fbkit.breaklines import (
    Attractor,
    NeuronFlow,
    attractors,
    balanced_start,
    effective_neurons,
    escape_times,
    neuron_flow,
    pinned_mass,
)
from fbkit.ledger import enter

HERE = "derived here, checked numerically"
SAHS = "attractors and pinning: Sahs et al., arXiv 2503.10587; " + HERE
MAENNEL = "measured for this course; the tendency: Maennel et al., arXiv 1803.08367"
PINNED = "measured for this course; pinning: Sahs et al., arXiv 2503.10587"
KUNIN = "measured for this course; setting: Kunin et al., arXiv 2406.06158"
X = np.array([-0.9, -0.6, -0.25, 0.2, 0.6, 0.85])
Y = np.array([-0.2, -1.0, -0.6, 0.8, 0.6, -0.3])
RATE = attractors(X, Y)[0].rate

Units = tuple[np.ndarray, np.ndarray]  # a (m,) and W = (w, b), (m, 2)


# ---- networks ----


def start(alpha: float, seed: int, scale: float = 1.0, width: int = 400) -> Units:
    """Mirrored twins with sum |a| |W| = alpha^2; inner weights times the scale, outer
    weights over it.
    """
    a, W = balanced_start(width // 2, alpha / 2**0.5, seed=seed)
    return np.append(a, -a) / scale, np.vstack([W, W]) * scale


def flow(units: Units, times: list[float], step: float = 0.1) -> NeuronFlow:
    """Training on the six points."""
    return neuron_flow(*units, X, Y, times, step=step)


def angle(W: np.ndarray) -> np.ndarray:
    """Of the direction of (w, b), in radians."""
    return np.arctan2(W[..., 1], W[..., 0])


def mass(a: np.ndarray, W: np.ndarray) -> np.ndarray:
    """Of each unit, with the sign of a."""
    return a * np.linalg.norm(W, axis=-1)


def fold(W: np.ndarray) -> np.ndarray:
    """The place where each unit bends."""
    return -W[..., 1] / W[..., 0]


def count(a: np.ndarray, W: np.ndarray) -> float:
    """How many different units these amount to."""
    return effective_neurons(angle(W), mass(a, W))


def active(W: np.ndarray) -> np.ndarray:
    """Which units are on at some data point, (m,)."""
    return (W[:, :1] * X + W[:, 1:] > 0).any(axis=1)


@cache
def settled(alpha: float, seed: int) -> tuple[float, np.ndarray, np.ndarray]:
    """Time and weights when the loss first is 0.1 % of that of the network 0."""
    a, W = start(alpha, seed)
    t, loss = 0.0, np.inf
    while loss > 1e-3 * np.square(Y).mean() / 2:
        stretch = max(0.02, 0.02 * t)
        step = np.clip(0.05 * t, 0.01, 0.1)  # units turn fastest at first
        run = flow((a, W), [stretch], step)
        t = t + stretch
        a, W, loss = run.outer[-1], run.inner[-1], run.loss[-1]
    return t, a, W


# ---- few folds ----


def alike(width: int = 400) -> list[float]:
    """Different units at the start, for those at the end."""
    before = count(*start(1.0, 0, width=width))
    return [np.nan, before, before]


@enter(
    id="adaptive-few",
    source=MAENNEL,
    says=(
        "At the start 400 units count as {start:.0f} different ones. They end as"
        " {large:.0f} from α = 10, and as {small:.1f} from α = 0.01."
    ),
    rows={"start": "", "large": "", "small": ""},
    rival={"units stay apart": alike, "one unit is left": [np.nan, np.nan, 1]},
    kind="recorded",
)
def few(seed: int) -> tuple[float, float, float]:
    nets = range(8 * seed, 8 * seed + 8)
    before = np.mean([count(*start(1.0, net)) for net in nets])
    large = np.mean([count(*settled(10.0, net)[1:]) for net in nets])
    return before, large, count(*settled(0.01, 8 * seed)[1:])


@enter(
    id="adaptive-price",
    source=MAENNEL,
    says=(
        "From α = 10 the loss is down to 0.1 % at time {large:.0f}, from α = 0.01 at"
        " time {small:.0f}."
    ),
    rows={"large": "", "small": ""},
    rival={
        "the size does not count": lambda: [np.nan, settled(10.0, 0)[0]],
        "as the wait for the first fall": [np.nan, np.log(1 / 0.01) / RATE],
    },
    kind="recorded",
)
def price(seed: int) -> tuple[float, float]:
    large = np.mean([settled(10.0, net)[0] for net in range(8 * seed, 8 * seed + 8)])
    return large, settled(0.01, 8 * seed)[0]


def random_set(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Six values, normally distributed, at places in sixths of [-0.95, 0.95]."""
    x = -0.95 + 1.9 * (np.arange(6) + rng.uniform(0.15, 0.85, 6)) / 6
    y = rng.normal(size=6)
    return x, y / np.sqrt(np.mean(y**2))


@enter(
    id="adaptive-other-data",
    source=MAENNEL,
    says=(
        "On random data, six points a set, 60 units from α = 1 count as {small:.1f}"
        " different ones at time 100."
    ),
    rows={"small": ""},
    rival={"units stay apart": lambda: alike(60)[1]},
    kind="recorded",
)
def few_elsewhere(seed: int) -> float:
    rng = np.random.default_rng(seed)
    counts = []
    for net in range(24):
        units = start(1.0, 24 * seed + net, width=60)
        run = neuron_flow(*units, *random_set(rng), [100.0], step=0.2)
        counts.append(count(run.outer[-1], run.inner[-1]))
    return np.mean(counts)


# ---- turn first ----


def walk(t: float = 8.0, step: float = 0.01) -> float:
    """Degrees by which units turn on the landscape until a time, on average over even
    directions and both signs of a: angle' = s dH/d(angle).
    """
    first = 2 * np.pi * (np.arange(1440) + 0.5) / 1440
    first = np.tile(first, 2)
    sign = np.repeat([1.0, -1.0], 1440)
    now = first
    for _ in range(round(t / step)):
        cos, sin = np.cos(now), np.sin(now)
        on = np.multiply.outer(cos, X) + sin[:, None] > 0
        now = now + step * sign * (on * Y @ np.ones(6) * cos - on * Y @ X * sin) / 6
    return np.degrees(np.abs(now - first).mean())


def by_size() -> list[float]:
    return [walk(), walk(8.0 / 100), np.nan]


@enter(
    id="adaptive-turns",
    source=SAHS,
    says=(
        "By time 8 units turn {small:.1f}° on average from α = 0.001, {tiny:.1f}° from"
        " 0.00001. With 1 % less loss, {gathered:.0%} of units that are on have"
        " gathered."
    ),
    rows={"small": "°", "tiny": "°", "gathered": ""},
    expected=lambda: [walk(), walk(), 1.0],
    rival={
        "small weights turn slowly": by_size,
        "folds stay": lambda: [0.0, 0.0, gathered(*start(1.0, 0))],
    },
)
def turns(seed: int) -> list[float]:
    found = []
    for alpha in (1e-3, 1e-5):
        before = start(alpha, seed, width=3200)
        after = flow(before, [8.0]).inner[-1]
        turn = angle(after) - angle(before[1])
        found.append(np.degrees(np.abs(np.angle(np.exp(1j * turn)))).mean())
    run = flow(start(1e-3, seed, width=3200), list(np.arange(0, 40, 0.25)))
    first = np.argmax(run.loss < 0.99 * run.loss[0])
    return [*found, gathered(run.outer[first], run.inner[first])]


def gathered(a: np.ndarray, W: np.ndarray) -> float:
    """Of the units that are on somewhere, the share within 0.02 rad of an attractor."""
    size = np.linalg.norm(W, axis=1)
    near = np.zeros(len(a), bool)
    for one in attractors(X, Y):
        near |= (W @ one.direction > np.cos(0.02) * size) & (a * one.sign > 0)
    return near[active(W)].mean()


# ---- grow later ----


@enter(
    id="adaptive-escape",
    source=HERE,
    says="From a start ten times smaller the network grows later by {wait:.2f}.",
    rows={"wait": ""},
    expected=np.log(10) / RATE,
    rival={
        "the mass's rate, 2λ": np.log(10) / (2 * RATE),
        "the second attractor's λ": lambda: np.log(10) / attractors(X, Y)[1].rate,
    },
)
def escape(seed: int) -> float:
    late, early = escape_times(X, Y, [1e-4, 1e-2], width=200, seed=seed)
    return (late - early) / 2


def least(*folds: tuple[float, float]) -> float:
    """Share of the loss that units with folds at these places, on to the left (-1) or
    to the right (1), cannot take away.
    """
    units = np.array([np.maximum(side * (X - at), 0) for at, side in folds]).T
    A = np.linalg.lstsq(units, Y, rcond=None)[0]
    return np.square(units @ A - Y).sum() / np.square(Y).sum()


LEFT, RIGHT = (0.2, -1), (-0.6, 1)  # the folds that carry the two levels


@enter(
    id="adaptive-levels",
    source=HERE,
    says=(
        "From α = 0.001 the loss rests at {one fold:.3f} of its start, then at"
        " {two folds:.3f}: all that one fold, then two, can do there."
    ),
    rows={"one fold": "", "two folds": ""},
    expected=lambda: [least(LEFT), least(LEFT, RIGHT)],
    rival={
        "folds stay at the first attractors": lambda: [
            least((0.6, -1)),
            least((0.6, -1), RIGHT),
        ],
    },
)
def levels(seed: int) -> np.ndarray:
    """The loss where it falls most slowly over log time, before and after time 60."""
    times = np.concatenate([[0.0], np.geomspace(30, 160, 80)])
    run = flow(start(1e-3, seed), list(times))
    fall = -np.gradient(np.log(run.loss[1:]), np.log(times[1:]))
    early = times[1:] < 60
    rests = [np.where(early, fall, np.inf), np.where(early, np.inf, fall)]
    return run.loss[1:][[np.argmin(one) for one in rests]] / run.loss[0]


# ---- held by a data point ----


def data(rng: np.random.Generator, kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Six random points, and values: normal, positive, or normal without their line."""
    x, y = rng.uniform(-1, 1, 6), rng.normal(size=6)
    if kind == "positive":
        y = np.abs(y)
    if kind == "no line":
        y = y - np.polyval(np.polyfit(x, y, 1), x)
    return x, y


def many(seed: int, kind: str, sets: int = 1000) -> list[list[Attractor]]:
    """All maxima of random data sets, those where units shrink included."""
    rng = np.random.default_rng(seed)
    return [attractors(*data(rng, kind), level=-np.inf) for _ in range(sets)]


def growing(sets: list[list[Attractor]]) -> list[Attractor]:
    """Those of all sets where units grow."""
    return [one for found in sets for one in found if one.rate > 0]


def held(found: list[Attractor]) -> float:
    """The share that a data point holds."""
    return float(np.mean([one.point is not None for one in found]))


@enter(
    id="pinned-attractors",
    source=SAHS,
    says=(
        "On random data {all:.0%} of the places where units grow are at data points, of"
        " the fastest {fastest:.0%}; without the data's line {no line:.0%}."
    ),
    rows={"all": "", "fastest": "", "no line": "", "positive values": ""},
    rival={"folds gather at data points": [1, 1, 1, 1]},
)
def pinned_attractors(seed: int) -> list[float]:
    normal, flat, positive = (many(seed, k) for k in ("normal", "no line", "positive"))
    fastest = [held([found[0] for found in sets]) for sets in (normal, flat)]
    return [held(growing(normal)), *fastest, held(growing(positive))]


@enter(
    id="pinned-shrink",
    source=SAHS,
    says=(
        "Of 1,000 random data sets {sets:.0%} have a place where units gather and then"
        " shrink to nothing."
    ),
    rows={"sets": ""},
    rival={"where units gather they grow": 0},
)
def pinned_shrink(seed: int) -> float:
    return np.mean([found[-1].rate < 0 for found in many(seed, "normal")])


@enter(
    id="pinned-before-and-after",
    source=PINNED,
    says=(
        "On the six points {before:.0%} of the mass is at data points at time 12,"
        " before the loss falls; at the end {after:.0%}."
    ),
    rows={"before": "", "after": ""},
    rival={"what is pinned stays": [np.nan, 1], "chance": [0.13, 0.13]},
    kind="recorded",
)
def before_and_after(seed: int) -> np.ndarray:
    """Rounded, since at the end hardly a millionth is left."""
    run = flow(start(1e-3, seed), [12.0])
    nets = (run.outer[0], run.inner[0]), settled(0.01, seed)[1:]
    return np.round([pinned_mass(fold(W), mass(a, W), X) for a, W in nets], 4)


# ---- which layer is large ----

SCALES = {"C = 16": 16.0, "C = 1": 1.0, "C = 1/16": 1 / 16}


@cache
def unbalanced(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Degrees by which units turn until time 10, and the loss left then, for the three
    scales from alpha = 1.
    """
    turned, left = [], []
    for scale in SCALES.values():
        units = start(1.0, seed, scale)
        run = flow(units, [0.0, 10.0], 0.02)
        turn = angle(run.inner[-1]) - angle(units[1])
        turned.append(np.degrees(np.abs(np.angle(np.exp(1j * turn)))).mean())
        left.append(run.loss[-1] / run.loss[0])
    return np.array(turned), np.array(left)


@enter(
    id="unbalanced-turn",
    source=KUNIN,
    says=(
        "By time 10 units have turned by {C = 16:.1f}° with C = 16, {C = 1:.0f}° with"
        " C = 1 and {C = 1/16:.0f}° with C = 1/16."
    ),
    rows={name: "°" for name in SCALES},
    rival={"C does not count": lambda: [unbalanced(0)[0][1], np.nan, np.nan]},
    kind="recorded",
)
def unbalanced_turn(seed: int) -> np.ndarray:
    return np.mean([unbalanced(4 * seed + net)[0] for net in range(4)], axis=0)


@enter(
    id="unbalanced-speed",
    source=KUNIN,
    says=(
        "By time 10 the loss is down to {C = 16:.0%} with C = 16, {C = 1:.0%} with"
        " C = 1 and {C = 1/16:.0%} with C = 1/16."
    ),
    rows={name: "" for name in SCALES},
    rival={
        "C does not count": lambda: [unbalanced(0)[1][1], np.nan, unbalanced(0)[1][1]]
    },
    kind="recorded",
)
def unbalanced_speed(seed: int) -> np.ndarray:
    return np.mean([unbalanced(4 * seed + net)[1] for net in range(4)], axis=0)


def gain(larger: float, smaller: float) -> float:
    """How much earlier units on their attractor grow with one scale than with another:
    ln of the ratio of C + 1/C, over the rate.
    """
    return np.log((larger + 1 / larger) / (smaller + 1 / smaller)) / RATE


@enter(
    id="unbalanced-wait",
    source=HERE,
    says=(
        "From α = 0.001 the network grows earlier with C = 16 than with C = 4, by"
        " {inner:.1f}, and with 1/16 than with 1/4, by {outer:.1f}."
    ),
    rows={"inner": "", "outer": ""},
    expected=lambda: [gain(16, 4)] * 2,
    rival={
        "C does not count": [0, 0],
        "C² counts": lambda: [2 * gain(16, 4)] * 2,
        "large inner weights wait longer": lambda: [-gain(16, 4), np.nan],
    },
)
def unbalanced_wait(seed: int) -> list[float]:
    t = [grown(start(1e-3, seed, scale, width=200)) for scale in (16, 4, 1 / 16, 1 / 4)]
    return [t[1] - t[0], t[3] - t[2]]


def grown(units: Units) -> float:
    """When the masses' sum passes 0.05."""
    times = np.arange(0, 60, 0.1)
    run = neuron_flow(*units, X, Y, times, step=0.01, until=0.05)
    total = np.log(np.abs(mass(run.outer, run.inner)).sum(axis=1))
    return float(np.interp(np.log(0.05), total[-2:], run.t[-2:]))
