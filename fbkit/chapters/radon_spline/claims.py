"""Claims of the chapter on units as dots: their hidden scale, units that move, and
networks that are written down from line sums.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from fbkit.activations import activation
from fbkit.breaklines import RadonSpline, balanced_start, radon_parameters
from fbkit.chapters.radon_spline.descent import descend, lift, output
from fbkit.interpolate import train_output_weights
from fbkit.ledger import enter

HERE = "derived here, checked numerically"
SAHS = "parameters as in Sahs et al., arXiv 2503.10587; " + HERE
SIZE = 10.0  # of the wide networks, so that their kernel hardly moves
LR = 0.2 / SIZE**2
SCALES = (1 / 2, 1.0, 3.0)
WIDTH = 0.35  # of the bumps
BUMPS = ((1.0, np.array([0.5, 0.3])), (-1.0, np.array([-0.5, -0.1])))
ANGLES = np.radians([40.0, -100.0])  # of the teacher's units
OFFSETS, MAGNITUDES = np.array([0.2, -0.1]), np.array([1.0, -1.0])
TEACHER = np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1)


def rms(values: np.ndarray) -> float:
    """Root mean square."""
    return np.sqrt(np.mean(values**2))


# ---- the hidden scale ----


def rescaled_change(name: str, rng: np.random.Generator) -> float:
    """Change of a random network's output if inner weights are multiplied by 7, outer
    ones divided by 7, over its size.
    """
    sigma = activation(name).value
    a, W, X = rng.normal(size=400), rng.normal(size=(400, 3)), rng.normal(size=(100, 2))
    before = sigma(lift(X) @ W.T) @ a
    after = sigma(lift(X) @ (7 * W).T) @ (a / 7)
    return rms(after - before) / rms(before)


@enter(
    id="radon-scaling",
    source=SAHS,
    says=(
        "Inner weights times 7, outer divided by 7: a ReLU network's output changes by"
        " {ReLU:.0%} of its size, a tanh network's by {tanh:.0%}."
    ),
    rows={"ReLU": "", "tanh": ""},
    rival={
        "only the inner weights count": [6, np.nan],
        "tanh has no scale either": [np.nan, 0],
    },
)
def scaling(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    names = ("relu", "tanh")
    return np.mean([[rescaled_change(n, rng) for n in names] for _ in range(20)], 0)


def sample() -> tuple[np.ndarray, np.ndarray]:
    """The 60 points of the page, and the target's values there."""
    X = np.random.default_rng(0).uniform(-1, 1, (60, 2))
    return X, np.sin(3 * X[:, 0]) * X[:, 1]


def mirrored(width: int, size: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Balanced units twice, with opposite outer weights: the function is 0."""
    a, W = balanced_start(width, size / 2**0.5, dim=2, seed=seed)
    return np.concatenate([a, -a]), np.concatenate([W, W])


def limit_kernel(scale: float) -> np.ndarray:
    """Kernel of infinitely many balanced units at the points, over the size squared.

    A unit is on at both of two inputs (x, 1) and (x', 1), theta apart, with the share
    (pi - theta)/2 pi; the mean product of the outputs of units of length 1 is
    |.||.'| (sin theta + (pi - theta) cos theta)/6 pi.
    """
    u = lift(sample()[0])
    dot, length = u @ u.T, np.linalg.norm(u, axis=1)
    product = np.outer(length, length)
    theta = np.arccos(np.clip(dot / product, -1, 1))
    share = (np.pi - theta) / (2 * np.pi)
    outer = product * (np.sin(theta) / (2 * np.pi) + share * np.cos(theta)) / 3
    return scale**2 * outer + dot * share / scale**2


def kernel_steps(scale: float) -> int:
    """Steps until 20 % of the loss is left, by the kernel of infinitely many units."""
    y = sample()[1]
    rates, modes = np.linalg.eigh(limit_kernel(scale) / len(y))
    start = (modes.T @ y) ** 2
    steps = np.arange(3000)
    factor = 1 - LR * SIZE**2 * rates
    left = factor ** (2 * steps[:, None]) @ start / start.sum()
    return int(np.argmax(left < 0.2))


def expected_steps() -> list[int]:
    return [kernel_steps(scale) for scale in SCALES]


def same_steps() -> list[int]:
    return [kernel_steps(1.0)] * 3


def outer_steps() -> list[float]:
    """Steps if only the first part of the kernel counted, C squared times as fast."""
    return [kernel_steps(1.0) / scale**2 for scale in SCALES]


@enter(
    id="radon-training",
    source=HERE,
    says=(
        "The same function with C = 1/2, 1 and 3: by the kernel 20 % of the loss is"
        " left after {C = 1/2:.0f}, {C = 1:.0f} and {C = 3:.0f} steps."
    ),
    rows={"C = 1/2": "steps", "C = 1": "steps", "C = 3": "steps"},
    expected=expected_steps,
    rival={"C does not count": same_steps, "C² times as fast": outer_steps},
    kind="recorded",
)
def training(seed: int) -> np.ndarray:
    X, y = sample()
    counts = []
    for net in range(4):
        a, W = mirrored(600, SIZE, 4 * seed + net)
        runs = [
            descend(a / scale, scale * W, X, y, steps, LR)[2]
            for scale, steps in zip(SCALES, (150, 500, 1200))
        ]
        counts.append([np.argmax(run < 0.2 * run[0]) for run in runs])
    return np.mean(counts, axis=0)


def ends(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Outputs after 500 steps: of a network, of its copy with C = 3 and the rates that
    undo it, and of that copy with one rate.
    """
    X, y = sample()
    a, W = mirrored(200, SIZE, seed)
    nets = (
        descend(a, W, X, y, 500, LR),
        descend(a / 3, 3 * W, X, y, 500, LR / 9, LR * 9),
        descend(a / 3, 3 * W, X, y, 500, LR),
    )
    return tuple(output(*net[:2], X) / rms(y) for net in nets)


@cache
def one_rate() -> float:
    plain, _, copy = ends(0)
    return rms(copy - plain)


@enter(
    id="radon-undo",
    source=HERE,
    says=(
        "With the rates η/9 and 9η, C = 3 ends at the same function: the outputs differ"
        " by {difference:.0%} of the target's size."
    ),
    rows={"difference": ""},
    expected=0,
    rival={"one rate for both": one_rate},
)
def undo(seed: int) -> float:
    plain, undone, _ = ends(seed)
    return np.abs(undone - plain).max()


def drift(seed: int, with_bias: bool = True) -> float:
    """Largest change of a² - |w|² - b² in 300 steps over the largest of an a²."""
    X, y = sample()
    before = balanced_start(50, 2.0, dim=2, seed=seed)
    after = descend(*before, X, y, 300, 0.02)
    kept = slice(None) if with_bias else slice(0, 2)
    (a, size), (a_end, size_end) = (
        (outer**2, np.square(inner[:, kept]).sum(axis=1))
        for outer, inner, *_ in (before, after)
    )
    return np.abs(a_end - size_end - a + size).max() / np.abs(a_end - a).max()


def drift_without_bias() -> float:
    return drift(0, with_bias=False)


@enter(
    id="radon-conserved",
    source=HERE,
    says=(
        "In 300 steps a² − |w|² − b² of each unit stays: it changes by {drift:.0%} of"
        " the change of a²."
    ),
    rows={"drift": ""},
    expected=0,
    rival={"a² − |w|² stays": drift_without_bias},
)
def conserved(seed: int) -> float:
    return drift(seed)


# ---- dots that move ----


def teacher(X: np.ndarray) -> np.ndarray:
    """Values of the two teacher units, (n,)."""
    return np.maximum(X @ TEACHER.T - OFFSETS, 0) @ MAGNITUDES


def near_teacher(units: RadonSpline) -> float:
    """The share of the magnitudes' sizes within 10 degrees and 0.1 of a teacher's line,
    whichever side is on.
    """
    near = np.zeros(len(units.mass), bool)
    for direction, offset in zip(TEACHER, OFFSETS):
        for side in (1, -1):
            beside = np.abs(side * units.offset - offset) < 0.1
            along = side * units.direction @ direction > np.cos(np.radians(10))
            near = near | (beside & along)
    size = np.abs(units.mass)
    return size[near].sum() / size.sum()


def moved(start_size: float, lr: float, steps: int, seed: int) -> tuple[float, float]:
    """The share near the teacher after training, and by how many degrees the units
    turned, each counted with its magnitude's size.
    """
    X = np.random.default_rng(seed).uniform(-1, 1, (200, 2))
    a, W = mirrored(100, start_size, seed)
    start = radon_parameters(a, W[:, :2], W[:, 2])
    a, W, _ = descend(a, W, X, teacher(X), steps, lr)
    end = radon_parameters(a, W[:, :2], W[:, 2])
    cosine = np.clip((start.direction * end.direction).sum(axis=1), -1, 1)
    turned = np.degrees(np.arccos(cosine))
    return near_teacher(end), np.average(turned, weights=np.abs(end.mass))


@enter(
    id="radon-moves",
    source=HERE,
    says=(
        "From a small start {at the target:.0%} of the sum of |A| ends within 10° and"
        " 0.1 of the target's folds, turned by {small, turn:.0f}° on average; from a"
        " large one, by {large, turn:.1f}°."
    ),
    rows={"at the target": "", "small, turn": "°", "large, turn": "°"},
    rival={"folds stay": [0.03, 0, 0], "the size does not count": [np.nan, np.nan, 45]},
    kind="recorded",
)
def moves(seed: int) -> list[float]:
    nets = range(4 * seed, 4 * seed + 4)
    small = np.mean([moved(0.1, 0.5, 3000, net) for net in nets], axis=0)
    large = np.mean([moved(10.0, 0.01, 1000, net)[1] for net in nets])
    return [*small, large]


# ---- networks that are written down ----


def disc_points(rng: np.random.Generator, count: int) -> np.ndarray:
    """Points spread evenly over the disc of radius 1.5, (count, 2)."""
    r = 1.5 * np.sqrt(rng.uniform(size=count))
    angle = rng.uniform(0, 2 * np.pi, count)
    return np.stack([r * np.cos(angle), r * np.sin(angle)], axis=1)


def bumps(X: np.ndarray) -> np.ndarray:
    """The target: a bump of height 1 and one of height -1, (n,)."""
    return sum(
        height * np.exp(-np.square(X - centre).sum(axis=1) / (2 * WIDTH**2))
        for height, centre in BUMPS
    )


def one_bump(offsets: np.ndarray) -> np.ndarray:
    """The recipe, minus |xi|^3 over 4 pi, for a bump in the middle; a closed form with
    Dawson's function F, whose slope is 1 - 2 u F.
    """
    from scipy.special import dawsn

    u = offsets / (WIDTH * 2**0.5)
    F = dawsn(u)
    slope = 1 - 2 * u * F
    bend = -2 * F - 2 * u * slope
    return (-4 * slope - 2 * u * bend) / (4 * np.pi * WIDTH**2)


def needed(
    directions: np.ndarray,
    offsets: np.ndarray,
    parts: tuple[tuple[float, np.ndarray], ...] = BUMPS,
) -> np.ndarray:
    """The density of magnitude that bumps ask for."""
    return sum(
        height * one_bump(offsets - directions @ centre) for height, centre in parts
    )


def even_grid(
    angles: int, offsets: int, reach: float = 1.5
) -> tuple[np.ndarray, np.ndarray, float]:
    """Directions and offsets on a grid, and the area of its cells."""
    turn = 2 * np.pi * (np.arange(angles) + 0.5) / angles
    gamma = reach * (2 * np.arange(offsets) + 1 - offsets) / offsets
    turn, gamma = (v.ravel() for v in np.meshgrid(turn, gamma, indexing="ij"))
    cell = 2 * np.pi / angles * 2 * reach / offsets
    return np.stack([np.cos(turn), np.sin(turn)], axis=1), gamma, cell


def missed(X: np.ndarray, angles: int, offsets: int, factor: float = 1.0) -> float:
    """Error of a network that is written down, over the target's size, both as root
    mean squares.
    """
    y, plane = bumps(X), lift(X)
    directions, gamma, cell = even_grid(angles, offsets)
    units = np.maximum(X @ directions.T - gamma, 0)
    rest = y - units @ (factor * needed(directions, gamma) * cell)
    rest = rest - plane @ np.linalg.lstsq(plane, rest, rcond=None)[0]
    return rms(rest) / rms(y)


def missed_twice() -> list[float]:
    """The same with twice the magnitudes, every fold counted from one side only."""
    X = disc_points(np.random.default_rng(0), 2000)
    return [missed(X, n, 2 * n, factor=2.0) for n in (16, 32, 64)]


@enter(
    id="radon-written",
    source=HERE,
    says=(
        "16 · 32, 32 · 64 and 64 · 128 ReLU units written down, none of them trained,"
        " miss two bumps by {few:.1%}, {more:.2%} and {most:.3%} of their size."
    ),
    rows={"few": "", "more": "", "most": ""},
    rival={"−|ξ|³/2π": missed_twice},
)
def written(seed: int) -> list[float]:
    X = disc_points(np.random.default_rng(seed), 2000)
    return [missed(X, n, 2 * n) for n in (16, 32, 64)]


def fitted(features: np.ndarray, values: np.ndarray, lr: float) -> np.ndarray:
    """Output weights after 4,000 steps from 0."""
    plan = dict(lr=lr, momentum=0.998, tolerance=0)
    return train_output_weights(features, values, 4000, **plan)


def other_power(power: int) -> float:
    """Correlation of the recipe with the same of another power of the frequency."""
    directions, gamma, _ = even_grid(32, 32)
    grid = np.arange(-12, 12, 0.002)
    xi = 2 * np.pi * np.fft.rfftfreq(len(grid), 0.002)
    sums = np.exp(-((grid / WIDTH) ** 2) / 2)
    one = -np.fft.irfft(xi**power * np.fft.rfft(sums))
    other = sum(h * np.interp(gamma - directions @ p, grid, one) for h, p in BUMPS)
    return np.corrcoef(needed(directions, gamma), other)[0, 1]


def square() -> list[float]:
    return [other_power(2), np.nan, np.nan]


def fourth() -> list[float]:
    return [other_power(4), np.nan, np.nan]


@enter(
    id="radon-trained-weights",
    source=HERE,
    says=(
        "Trained from 0, 1,024 weights correlate {correlation:.3f} with the recipe,"
        " have {squares:.2f} of its sum of squares, and a fold's sides differ by"
        " {sides:.1%}."
    ),
    rows={"correlation": "", "squares": "", "sides": ""},
    rival={"ξ²": square, "ξ⁴": fourth, "one side": [np.nan, np.nan, 1]},
    kind="recorded",
)
def trained_weights(seed: int) -> tuple[float, float, float]:
    X = disc_points(np.random.default_rng(seed), 400)
    directions, gamma, cell = even_grid(32, 32)
    units = np.maximum(X @ directions.T - gamma, 0)
    features = np.hstack([units, 30 * lift(X)])
    lr = 1 / np.linalg.norm(features, 2) ** 2
    A = fitted(features, bumps(X), lr)[:-3] / cell
    formula = needed(directions, gamma)
    # The same fold from its other side: half a turn on, the offset negated.
    other_side = np.roll(A.reshape(32, 32), 16, axis=0)[:, ::-1].ravel()
    uneven = np.abs(A - other_side).max() / np.abs(A).max()
    return np.corrcoef(A, formula)[0, 1], A @ A / (formula @ formula), uneven


def bump_price(power: int) -> float:
    """The integral of |xi|^power |y|^2 over 16 pi^3, of a bump's transform y."""
    xi = np.arange(0, 60, 0.001)
    transform = 2 * np.pi * WIDTH**2 * np.exp(-((WIDTH * xi) ** 2) / 2)
    whole = 2 * np.pi * np.trapezoid(xi ** (power + 1) * transform**2, xi)
    return whole / (16 * np.pi**3)


@enter(
    id="radon-price",
    source=HERE,
    says=(
        "The weights that a bump of width 0.35 asks for have the sum of squares"
        " {one bump:.2f}."
    ),
    rows={"one bump": ""},
    expected=15 * np.pi**0.5 / (32 * WIDTH**3),
    rival={
        "|ξ|⁴": lambda: bump_price(4),
        "|ξ|⁶": lambda: bump_price(6),
        "twice the magnitudes": 15 * np.pi**0.5 / (8 * WIDTH**3),
    },
    chance=False,
)
def price(seed: int) -> float:
    directions, gamma, cell = even_grid(36, 2000, 40)
    return cell * (needed(directions, gamma, BUMPS[:1]) ** 2).sum()
