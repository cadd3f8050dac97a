"""Claims of the page "How do uneven data change what a network learns first?"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

import fbkit as fb
from fbkit.basis import Basis
from fbkit.ledger import enter

if TYPE_CHECKING:
    import torch

DENSITY = (
    "growth with k²/ρ: Basri et al., arXiv 2003.04560; constant derived here, checked"
    " numerically"
)
WEIGHTS = (
    "rates derived here, checked numerically (losses: Yu et al., arXiv 2205.14300)"
)
DENSE, SPARSE = 0.8 / np.pi, 0.2 / np.pi  # densities of the two halves
LAW = np.pi * np.log(10)  # time until a tenth is left, times density over k²
LEAN = 0.6  # of the density 1 + LEAN cos x
KERNEL = fb.relu_profile("first layer with bias")
SIX = [1, 2, 3, 4, 6, 8]


def drawn_network() -> torch.nn.Module:
    """1,000 hidden units in even directions, of which the inner layer is trained."""
    return fb.even_units(1000, weight_std=0.5**0.5, bias_std=0.5**0.5, length=1)


def rates() -> np.ndarray:
    """Rates of the frequencies 0 to 10 for even data."""
    return KERNEL.eigenvalues(2, 10)


def when(share: float, times: np.ndarray, left: np.ndarray) -> float:
    """The first time at which that share is left; between records, in proportion."""
    after = int(np.argmax(left < share))
    return np.interp(-share, -left[after - 1 : after + 1], times[after - 1 : after + 1])


# ---- one wave on each half ----


def uneven_halves(seed: int) -> tuple[fb.Target, np.ndarray]:
    """Wave 8 on both halves, 240 points on one and 60 on the other, and the angles.

    Each point is drawn within its own 240th or 60th of its half.
    """
    rng = np.random.default_rng(seed)
    sparse = -np.pi + np.pi * (np.arange(60) + rng.random(60)) / 60
    dense = np.pi * (np.arange(240) + rng.random(240)) / 240
    x = np.append(sparse, dense)
    y = 0.03 * np.sin(x) ** 2 * np.sin(8 * x + rng.uniform(0, 2 * np.pi))
    inputs = np.stack([np.cos(x), np.sin(x)], axis=1)
    return fb.Target(inputs, y, np.full(300, 1 / 300), None, "two waves"), x


def tenth_on_halves(seed: int) -> list[float]:
    """Times until a network has left a tenth: dense half, sparse half."""
    target, x = uneven_halves(seed)
    how = dict(lr=8, steps=1200, records=600, keep_outputs=True, progress=False)
    run = fb.train(drawn_network(), target, **how)
    squares = np.square(run.meta["outputs"] - target.values)
    sizes = [np.sqrt(squares[:, half].mean(axis=1)) for half in (x > 0, x < 0)]
    return [when(0.1, run.t, size / size[0]) for size in sizes]


@enter(
    id="density-network",
    source=DENSITY,
    says=(
        "Where the density is a quarter, a network takes {times as late:.0f} times as"
        " long until a tenth of wave 8 is left."
    ),
    rows={"times as late": "times"},
    expected=4,
    rival={"no effect": 1, "root of the density": 2, "density squared": 16},
    kind="recorded",
)
def density_network(seed: int) -> float:
    times = [tenth_on_halves(4 * seed + i) for i in range(4)]
    dense, sparse = np.exp(np.mean(np.log(times), axis=0))
    return sparse / dense


def tenth_of_a_wave(k: int, half: int, points: int = 2000) -> float:
    """Time until the kernel leaves a tenth of wave k on one half of uneven data, times
    density over k²; half is 1 for the dense one, -1 for the sparse one.
    """
    x = -np.pi + 2 * np.pi * (np.arange(points) + 0.5) / points
    density = np.where(x > 0, DENSE, SPARSE)
    root = np.sqrt(density * 2 * np.pi / points)
    found, vectors = np.linalg.eigh(root[:, None] * KERNEL(x[:, None] - x) * root)
    wave = np.where(half * x > 0, np.sin(x) ** 2 * np.sin(k * x), 0)
    parts = vectors.T @ (root * wave)
    scale = np.linspace(5, 14, 400)  # time times density over k²
    times = scale * k**2 / (DENSE if half > 0 else SPARSE)
    left = np.exp(-2 * np.outer(times, np.maximum(found, 0))) @ parts**2
    return when(0.1, scale, np.sqrt(left / (parts @ parts)))


@enter(
    id="density-law",
    source=DENSITY,
    says=(
        "Time to a tenth of wave 32, times density over k², is π ln 10 ="
        " {dense half:.2f} on the dense half, and {sparse half:.2f} on the sparse."
    ),
    rows={"dense half": "", "sparse half": ""},
    expected=LAW,
    rival={
        "twice the constant": 2 * LAW,
        "density does not count": [LAW * DENSE * 2 * np.pi, LAW * SPARSE * 2 * np.pi],
        "k in the place of k²": LAW / 32,
    },
    kind="recorded",
    chance=False,
)
def density_law(seed: int) -> list[float]:
    return [tenth_of_a_wave(32, half) for half in (1, -1)]


# ---- weights on the points ----


def leaning_quantiles(shares: np.ndarray) -> np.ndarray:
    """Angles below which these shares of the density 1 + 0.6 cos x lie."""
    grid = np.linspace(-np.pi, np.pi, 4001)
    below = (grid + LEAN * np.sin(grid) + np.pi) / (2 * np.pi)
    return np.interp(shares, below, grid)


def leaning_basis(seed: int) -> Basis:
    """160 points of density 1 + 0.6 cos x, with quadrature weights; each point is drawn
    within its own 160th of the density.
    """
    rng = np.random.default_rng([1, seed])
    x = leaning_quantiles((np.arange(160) + rng.random(160)) / 160)
    weights = fb.circle_quadrature_weights(x, 20)
    return replace(fb.circle(x, 10), weights=weights)


def waves(x: np.ndarray, frequencies: Sequence[int], seed: int) -> np.ndarray:
    """The sum of waves with random phases, (n,)."""
    phases = np.random.default_rng(seed).uniform(0, 2 * np.pi, len(frequencies))
    return np.cos(np.outer(x, frequencies) + phases).sum(axis=1)


def share_left(run: fb.History, k: int, time: float) -> float:
    error = run.select([k])[:, 0]
    return np.interp(time, run.t, error / error[0])


def local_decay() -> float:
    """What is left of a fast wave at the time when even data leave a tenth, if every
    place has the clock of its own density: the mean of (1/10)^(1 + 0.6 cos x).
    """
    x = 2 * np.pi * np.arange(4096) / 4096
    return np.mean(0.1 ** (1 + LEAN * np.cos(x)))


@enter(
    id="uneven-plain",
    source=DENSITY,
    says=(
        "1 + 0.6 cos x times the even density, plain loss: when even data leave 10 %"
        " of wave 8, {plain:.0%} are left; with quadrature weights {weighted:.0%}."
    ),
    rows={"plain": "share", "weighted": "share"},
    expected=lambda: [local_decay(), 0.1],
    rival={
        "uneven data change nothing": [0.1, np.nan],
        "weights change nothing": lambda: [np.nan, local_decay()],
    },
    kind="recorded",
)
def uneven_plain(seed: int) -> np.ndarray:
    basis = leaning_basis(seed)
    phase = np.random.default_rng(seed).uniform(0, 2 * np.pi)
    turns = (phase, phase + np.pi / 2)
    return np.mean([plain_and_weighted(basis, turn) for turn in turns], axis=0)


def plain_and_weighted(basis: Basis, phase: float) -> list[float]:
    """What a network leaves of wave 8 when even data leave a tenth: with equal weights,
    and with those of the basis.
    """
    target = fb.on_basis(basis, 0.03 * np.cos(8 * basis.points + phase))
    even = replace(target, weights=np.full(160, 1 / 160))
    how = dict(lr=4.7, steps=600, records=600, progress=False)
    runs = [fb.train(drawn_network(), one, **how) for one in (even, target)]
    return [share_left(run, 8, np.log(10) / rates()[8]) for run in runs]


def times_until(
    share: float, run: fb.History, frequencies: Sequence[int]
) -> np.ndarray:
    """Times until that share of each frequency is left."""
    errors = run.select(frequencies)
    return np.array([when(share, run.t, e / e[0]) for e in errors.T])


def unweighted_delay() -> float:
    """Time to a tenth of a fast wave, over that of even data, if every place has the
    clock of its own density.
    """
    x = 2 * np.pi * np.arange(4096) / 4096
    time = np.linspace(0.5, 2, 1501)
    left = np.mean(0.1 ** np.outer(time, 1 + LEAN * np.cos(x)), axis=1)
    return when(0.1, time, left)


@enter(
    id="quadrature-weights",
    source=WEIGHTS,
    says=(
        "Six waves at once, quadrature weights: a tenth of waves 4, 6, 8 is left at"
        " {wave 4:.2f}, {wave 6:.2f} and {wave 8:.2f} times the time of even data."
    ),
    rows={f"wave {k}": "times" for k in (4, 6, 8)},
    expected=1,
    rival={"weights change nothing": unweighted_delay},
)
def quadrature_weights(seed: int) -> np.ndarray:
    basis = leaning_basis(seed)
    target = fb.on_basis(basis, 0.03 * waves(basis.points, SIX, seed))
    how = dict(lr=5.6, steps=540, records=540, progress=False)
    run = fb.train(drawn_network(), target, **how)
    return times_until(0.1, run, [4, 6, 8]) * rates()[[4, 6, 8]] / np.log(10)


# ---- weights on the frequencies ----


def sobolev_run(seed: int, order: float, lr: float, steps: int) -> fb.History:
    """Training on the six waves by the loss of a Sobolev order.

    It weights frequency k by (1 + k)^(2 order).
    """
    basis = leaning_basis(seed)
    target = fb.on_basis(basis, 0.03 * waves(basis.points, SIX, seed))
    return fb.train(
        drawn_network(),
        target,
        lr=lr,
        steps=steps,
        records=steps,
        mode_weights=(1 + basis.modes) ** (2 * order),
        progress=False,
    )


def times_over(order: float, pairs: Sequence[tuple[int, int]]) -> list[float]:
    """Learning time of one frequency over that of another, for each pair."""
    rate = rates() * (1.0 + np.arange(11)) ** (2 * order)
    return [rate[other] / rate[one] for one, other in pairs]


FLAT = [(8, 3), (8, 4), (8, 1)]
TURNED = [(4, 8), (1, 4)]


@enter(
    id="sobolev-flat",
    source=WEIGHTS,
    says=(
        "Sobolev loss of order 1: wave 8 takes {8 over 3:.2f} times as long as wave 3,"
        " and {8 over 1:.1f} times as long as wave 1."
    ),
    rows={"8 over 3": "times", "8 over 4": "times", "8 over 1": "times"},
    expected=lambda: times_over(1, FLAT),
    rival={
        "the plain loss": lambda: times_over(0, FLAT),
        "half the power of 1 + k": lambda: times_over(0.5, FLAT),
    },
)
def sobolev_flat(seed: int) -> list[float]:
    run = sobolev_run(seed, order=1, lr=0.25, steps=60)
    time = dict(zip(SIX, times_until(0.5, run, SIX)))
    return [time[one] / time[other] for one, other in FLAT]


@enter(
    id="sobolev-reversed",
    source=WEIGHTS,
    says=(
        "Sobolev loss of order 2, until half is left: wave 4 takes {4 over 8:.2f} times"
        " as long as wave 8, and wave 1 {1 over 4:.2f} times as long as wave 4."
    ),
    rows={"4 over 8": "times", "1 over 4": "times"},
    expected=lambda: times_over(2, TURNED),
    rival={
        "the plain loss": lambda: times_over(0, TURNED),
        "order 1 turns it already": lambda: times_over(1, TURNED),
    },
)
def sobolev_reversed(seed: int) -> list[float]:
    run = sobolev_run(seed, order=2, lr=0.01, steps=70)
    time = dict(zip(SIX, times_until(0.5, run, SIX)))
    return [time[one] / time[other] for one, other in TURNED]


@enter(
    id="sobolev-negative",
    source=WEIGHTS,
    says=(
        "Sobolev loss of order −1/2: waves 3, 4 and 6 take {wave 3:.0f}, {wave 4:.0f}"
        " and {wave 6:.0f} times as long as with even data and the plain loss."
    ),
    rows={f"wave {k}": "times" for k in (3, 4, 6)},
    expected=[4, 5, 7],
    rival={"no effect": 1, "k in the place of 1 + k": [3, 4, 6]},
    kind="recorded",
)
def sobolev_negative(seed: int) -> np.ndarray:
    run = sobolev_run(seed, order=-0.5, lr=5.6, steps=600)
    return times_until(0.5, run, [3, 4, 6]) * rates()[[3, 4, 6]] / np.log(2)


# ---- where it fails ----


@enter(
    id="uneven-tall",
    source=WEIGHTS,
    says=(
        "At height 1 instead of 0.03, when the formula leaves half of wave 4,"
        " {wave 4:.0%} of it are left, as a mean over runs."
    ),
    rows={"wave 4": "share"},
    rival={"height does not count": 0.5},
    kind="recorded",
)
def uneven_tall(seed: int) -> float:
    left, time = [], np.log(2) / rates()[4]
    for draw in range(16 * seed, 16 * seed + 16):
        basis = leaning_basis(draw)
        target = fb.on_basis(basis, waves(basis.points, SIX, draw))
        how = dict(lr=4, steps=50, records=50, progress=False)
        left.append(share_left(fb.train(drawn_network(), target, **how), 4, time))
    return np.mean(left)


def waves_to_integrate(x: np.ndarray, highest: int = 20) -> np.ndarray:
    k = np.arange(1, highest + 1)
    angles = np.outer(k, x)
    return np.vstack([np.ones_like(x), np.cos(angles), np.sin(angles)])


def least_change_works(x: np.ndarray) -> bool:
    """Whether the exact weights that change 1/n least are all positive."""
    try:
        return bool(fb.circle_quadrature_weights(x, 20).min() > 0)
    except ValueError:
        return False


def some_weights_work(x: np.ndarray) -> bool:
    """Whether any exact weights exist that are nowhere negative."""
    from scipy.optimize import nnls

    A = waves_to_integrate(x)
    return nnls(A, np.eye(len(A))[0])[1] < 1e-8


@enter(
    id="random-points",
    source=WEIGHTS,
    says=(
        "Of random draws of 320 points, {320, some:.0%} have positive exact weights;"
        " the least change of 1/n finds them for {320, least change:.0%}."
    ),
    rows={"160, some": "share", "320, some": "share", "320, least change": "share"},
    rival={"gaps forbid positive weights": 0},
    kind="recorded",
)
def random_points(seed: int) -> list[float]:
    rng = np.random.default_rng(seed)
    few = [leaning_quantiles(rng.random(160)) for _ in range(400)]
    more = [leaning_quantiles(rng.random(320)) for _ in range(400)]
    works = [map(some_weights_work, few), map(some_weights_work, more)]
    return [np.mean(list(one)) for one in (*works, map(least_change_works, more))]


# ---- copies and gaps ----


def copied_half(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Angles of 60 points on each half, those of the left half twice, and wave 8."""
    rng = np.random.default_rng([2, seed])
    left, right = np.pi * (np.arange(60) + rng.random((2, 60))) / 60
    x = np.concatenate([left - np.pi, left - np.pi, right])
    return x, 0.03 * np.sin(x) ** 2 * np.sin(8 * x + rng.uniform(0, 2 * np.pi))


def right_over_left(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> float:
    """Time until a network has left a tenth on the right half, over the left one."""
    inputs = np.stack([np.cos(x), np.sin(x)], axis=1)
    target = fb.Target(inputs, y, weights, None, "copies")
    how = dict(lr=6, steps=900, records=450, keep_outputs=True, progress=False)
    run = fb.train(drawn_network(), target, **how)
    squares = np.square(run.meta["outputs"] - y)
    sizes = [np.sqrt(squares[:, half].mean(axis=1)) for half in (x > 0, x < 0)]
    right, left = (when(0.1, run.t, size / size[0]) for size in sizes)
    return right / left


@enter(
    id="uneven-copies",
    source=DENSITY,
    says=(
        "Every point of one half twice: a network takes {copied:.0f} times as long on"
        " the other half; with half the weight for copies, {weighted:.0f} times."
    ),
    rows={"copied": "times", "weighted": "times"},
    expected=[2, 1],
    rival={
        "a copy brings nothing new": [1, np.nan],
        "weights change nothing": [np.nan, 2],
    },
    kind="recorded",
)
def copies(seed: int) -> np.ndarray:
    shares = np.full(180, 1 / 180), np.repeat([1 / 240, 1 / 240, 1 / 120], 60)
    draws = [copied_half(4 * seed + i) for i in range(4)]
    found = [[right_over_left(*draw, share) for share in shares] for draw in draws]
    return np.exp(np.mean(np.log(found), axis=0))


def in_the_gap(k: int, phase: float) -> tuple[float, float]:
    """Mean squares in a gap of 1 radian, at the end of training on 120 even points but
    for the gap: of the kernel's curve less the straight line over the gap, and of the
    wave less that line.
    """
    x = -np.pi + 2 * np.pi * (np.arange(120) + 0.5) / 120
    x = x[np.abs(x) > 0.5]
    y = np.cos(k * x + phase)
    at = np.linspace(x[x < 0].max(), x[x > 0].min(), 201)
    curve = KERNEL(at[:, None] - x) @ np.linalg.solve(KERNEL(x[:, None] - x), y)
    line = np.interp(at, x, y)
    wave = np.cos(k * at + phase)
    return np.mean((curve - line) ** 2), np.mean((wave - line) ** 2)


@enter(
    id="uneven-gap",
    source="derived here, checked numerically",
    says=(
        "Across a gap of 1 radian the end of training leaves the straight line by"
        " {wave 8:.0%} of what wave 8 does, and by {wave 1:.0%} of what wave 1 does."
    ),
    rows={"wave 8": "share", "wave 1": "share"},
    rival={"the wave goes on in the gap": 1, "a straight line always": [np.nan, 0]},
    chance=False,
)
def gap(seed: int) -> list[float]:
    found = []
    for k in (8, 1):
        phases = 2 * np.pi * np.arange(16) / 16
        curve, wave = np.sum([in_the_gap(k, phase) for phase in phases], axis=0)
        found.append(np.sqrt(curve / wave))
    return found
