"""Claims of the page on fitting a photograph, and of its Further page.

Linear networks are computed in closed form; trained ones are read from stored runs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

import fbkit as fb
from fbkit.chapters.fit_a_photograph import linear
from fbkit.chapters.fit_a_photograph import runs as fits
from fbkit.ledger import enter

HERE = "derived here, checked numerically (control of the bias by p: arXiv 2405.14957)"
STORED = "measured here, methods of arXiv 2405.14957, 2006.10739, 2006.09661"
T = 500  # time of the designs on squares of 48 pixels
HEAVY = 3.0  # width of the heavy-tailed density there


# ---- the trained pixels ----


def left(P: np.ndarray, S: np.ndarray, t: float) -> float:
    """Share of the power S that is left at time t, waves with shares P."""
    return (S * np.exp(-2 * t * P)).sum() / S.sum()


def size_of(S: np.ndarray) -> np.ndarray:
    """Length of each wave, frequency 0 in the middle; (2K+1, 2K+1), or (2K+1,)."""
    k = np.arange(len(S)) - len(S) // 2
    return np.hypot(k[:, None], k) if S.ndim == 2 else np.abs(k)


def normal_left(S: np.ndarray, t: float) -> float:
    """What the best normal density leaves, all widths tried; none of it at 0."""
    size = size_of(S)
    bells = [
        np.exp(-(size**2) / (2 * width**2)) * (size > 0)
        for width in np.geomspace(1, len(S), 120)
    ]
    return min(left(bell / bell.sum(), S, t) for bell in bells)


def seen_power(where: linear.Square) -> np.ndarray:
    """Power of the trained pixels' waves, (23, 23), without their mean."""
    _, S = fb.grid_spectrum(where.seen)
    S[len(S) // 2, len(S) // 2] = 0
    return S


@enter(
    id="photo-gain",
    source=HERE,
    says=(
        "Median of 240 squares: the best normal density leaves {each wave:.1f} times"
        " the design's error; if this knows ring means only, {ring means:.2f} times."
    ),
    rows={"each wave": "", "ring means": ""},
    rival={
        "sixfold, as for three packets": [6, 6],
        "no gain": [1, 1],
        "ring means are enough": [np.nan, 2.6],
    },
    kind="recorded",
)
def gain(seed: int) -> ArrayLike:
    """Medians over 240 squares, trained pixels, at the time of the design."""
    ratios = []
    for where in linear.some_squares(seed, 240):
        S = seen_power(where)
        designs = (linear.shares(S, T), linear.shares(fb.ring_means(S), T))
        best = normal_left(S, T)
        ratios.append([best / left(P, S, T) for P in designs])
    return np.median(ratios, axis=0)


@enter(
    id="photo-between",
    source=HERE,
    says=(
        "Median of 30 squares: at time 500 the design is {ahead, trained:.1f} dB ahead"
        " of heavy tails on trained pixels; at the end {behind, hidden:.1f} behind on"
        " hidden ones."
    ),
    rows={"ahead, trained": "dB", "behind, hidden": "dB"},
    rival={"ahead on all pixels": [np.nan, -3.1], "no difference": [0, 0]},
    kind="recorded",
)
def between(seed: int) -> ArrayLike:
    """Medians over 30 squares."""
    leads = [lead(where) for where in linear.some_squares(seed, 30)]
    middle = np.median(leads, axis=0)
    return [middle[0, 0], -middle[1, 1]]


def lead(where: linear.Square) -> np.ndarray:
    """Decibels of the design over heavy tails, (times, trained and hidden)."""
    design = linear.designed(linear.shares(seen_power(where), T))
    pair = []
    for kernel in (design, linear.matern(HEAVY)):
        K = linear.gram(kernel, where.train)
        pair.append(linear.decibels(linear.outputs(K, where, [T, 1e6]), where))
    return pair[0] - pair[1]


# ---- two waves that look alike ----


def power_law(n: int) -> np.ndarray:
    """Powers |k|^-3 of the whole waves over n by n pixels, in the order of an FFT."""
    k = np.fft.fftfreq(n, 1 / n)
    return np.maximum(np.hypot(k[:, None], k), 1.0) ** -3


def alike(waves: np.ndarray) -> np.ndarray:
    """Groups of four waves that every second pixel cannot tell apart, (groups, 4)."""
    half = len(waves) // 2
    blocks = waves.reshape(2, half, 2, half)
    return blocks.transpose(1, 3, 0, 2).reshape(-1, 4)


def split(P: np.ndarray) -> np.ndarray:
    """Each wave's part in its group."""
    return alike(P) / alike(P).sum(axis=1, keepdims=True)


SHARES = {
    "as the power": lambda S: S,
    "as its root": np.sqrt,
    "all alike": np.ones_like,
    "slow ones only": lambda S: 1.0 * (alike_rank(S) == 0),
}


def alike_rank(S: np.ndarray) -> np.ndarray:
    """0 for the strongest wave of each group of four, 1 for the others."""
    half = len(S) // 2
    blocks = S.reshape(2, half, 2, half)
    return (blocks < blocks.max(axis=(0, 2), keepdims=True)).reshape(S.shape)


def over_the_first(errors: list[float]) -> np.ndarray:
    return np.array(errors[1:]) / errors[0]


def alias_theory() -> np.ndarray:
    """Sum over waves of S (1 - part)^2 + part^2 (the group's other powers)."""
    S = power_law(32)
    group = alike(S)
    others = group.sum(axis=1, keepdims=True) - group
    parts = [split(rule(S)) for rule in SHARES.values()]
    return over_the_first(
        [np.sum(group * (1 - part) ** 2 + part**2 * others) for part in parts]
    )


@enter(
    id="photo-alike",
    source="derived here, checked numerically",
    says=(
        "Random pictures: shares as the power leave least on hidden pixels. Shares as"
        " its root leave {as its root:.2f} times as much, equal ones {all alike:.1f}"
        " times."
    ),
    rows={"as its root": "", "all alike": "", "slow ones only": ""},
    expected=alias_theory,
    rival={
        "all that fit the trained pixels are alike": [1, 1, 1],
        "the root is best": [0.9, np.nan, np.nan],
    },
)
def alike_drawn(seed: int) -> ArrayLike:
    """Mean square error of 400 pictures of 32 by 32 pixels, every second trained on."""
    rng = np.random.default_rng(seed)
    S = power_law(32)
    drawn = np.fft.fft2(rng.normal(size=(400, 32, 32)), norm="ortho") * np.sqrt(S)
    groups = np.array([alike(one) for one in drawn])
    total = groups.sum(axis=2, keepdims=True)  # all that the trained pixels show
    errors = [
        np.mean(np.abs(split(rule(S)) * total - groups) ** 2)
        for rule in SHARES.values()
    ]
    return over_the_first(errors)


# ---- leave-one-out ----


@enter(
    id="photo-left-out",
    source="derived here, checked numerically",
    says=(
        "Scattered pixels: leave-one-out's choice of width and ridge loses"
        " {loses:.2f} dB on the hidden ones against hindsight."
    ),
    rows={"loses": "dB"},
    rival={"as the trained error's choice": [3.8]},
    kind="recorded",
)
def left_out(seed: int) -> ArrayLike:
    """Mean over ten squares."""
    rng = np.random.default_rng(seed)
    lost = []
    for image in ("flower", "china") * 5:
        place = rng.integers(427 - linear.SIZE), rng.integers(640 - linear.SIZE)
        scatter = int(rng.integers(1000))
        table = linear.judged(linear.square(image, *place, scatter))
        best, told = (linear.chosen(table, judge) for judge in (1, 2))
        lost.append(best[1] - told[1])
    return np.mean(lost, keepdims=True)


@enter(
    id="photo-stopped",
    source="derived here, checked numerically",
    says=(
        "Fits repeated without a pixel miss {ridge:.4f} times what the formula says"
        " with a ridge, and {stopped:.1f} times for training that is stopped early."
    ),
    rows={"ridge": "", "stopped": ""},
    rival={"the formula holds for both": [np.nan, 1.0], "factor 1 + 1/n": [1.02, 1.02]},
    chance=False,
)
def stopped(seed: int) -> ArrayLike:
    """Root mean squares over twelve pixels of a square, the others fitted again."""
    where = linear.square("flower", 150, 220)
    K = linear.gram(linear.matern(8.0), where.train)[where.train]
    y = where.values[where.train]
    some = np.arange(20, len(y), 48)
    found = []
    for keeps in (keeps_after_ridge, keeps_when_stopped):
        again = [without(K, y, i, keeps) for i in some]
        found += [np.linalg.norm(again) / np.linalg.norm(by_formula(K, y, keeps)[some])]
    return found


def by_formula(K: np.ndarray, y: np.ndarray, keeps: callable) -> np.ndarray:
    """What leave-one-out says that fits without each point miss there."""
    eigenvalues, V = np.linalg.eigh(K)
    A = (V * keeps(eigenvalues)) @ V.T
    return (y - A @ y) / (1 - np.diag(A))


def keeps_after_ridge(eigenvalues: np.ndarray) -> np.ndarray:
    """Share of each eigenvector that is fitted, with the ridge 0.1."""
    return eigenvalues / (eigenvalues + 0.1)


def keeps_when_stopped(eigenvalues: np.ndarray) -> np.ndarray:
    """The same at time 3,000, with the mean over 576 pixels."""
    return -np.expm1(-eigenvalues * 3000 / 576)


def without(K: np.ndarray, y: np.ndarray, i: int, keeps: callable) -> float:
    """What a fit to all points but i misses there."""
    others = np.arange(len(y)) != i
    eigenvalues, V = np.linalg.eigh(K[np.ix_(others, others)])
    weights = V @ (keeps(eigenvalues) / eigenvalues * (V.T @ y[others]))
    return y[i] - K[i, others] @ weights


# ---- the contest: stored runs ----


def contest(signal: str) -> np.ndarray:
    """Decibels of the four networks, mean of three seeds, (2, 4): trained, hidden."""
    runs = [
        [fits.scores(signal, method, seed) for seed in fits.SEEDS]
        for method in fits.METHODS
    ]
    return np.mean(runs, axis=1).T


def missed_between(signal: str, fit: np.ndarray) -> float:
    """Decibels on the hidden samples."""
    _, y, train, _ = fits.samples(signal)
    return fits.decibel(np.mean((fit.ravel() - y)[~train] ** 2))


def without_network(signal: str) -> list[float]:
    """Straight lines, cubic spline, and the linear network with leave-one-out."""
    size, dim, *_ = fits.SIGNALS[signal]
    values = fits.samples(signal)[1].reshape((size,) * dim)
    found = [fits.between(signal, kind) for kind in ("linear", "cubic")]
    return [missed_between(signal, f) for f in (*found, linear.on_grid(values).fit)]


@enter(
    id="photograph-between",
    source=STORED,
    says=(
        "Hidden pixels of the whole flower: designed {designed:.1f} dB, normal"
        " {normal:.1f}, SIREN {SIREN:.1f}, straight lines {lines:.1f}."
    ),
    rows=dict.fromkeys(
        ("designed", "normal", "SIREN", "plain", "lines", "left out"), "dB"
    ),
    rival={
        "as on the trained pixels": lambda: [
            *contest("photograph")[0],
            np.nan,
            np.nan,
        ]
    },
    kind="recorded",
    chance=False,
)
def photograph_between(seed: int) -> ArrayLike:
    """Networks: means of three stored runs."""
    lines, _, left_out = without_network("photograph")
    return [*contest("photograph")[1], lines, left_out]


@enter(
    id="photograph-left-out",
    source="derived here, checked numerically",
    says=(
        "On the flower's grid leave-one-out tells {told:.1f} dB where the hidden pixels"
        " have {hidden:.1f}; hindsight has {hindsight:.1f}."
    ),
    rows={"told": "dB", "hidden": "dB", "hindsight": "dB"},
    rival={"it tells what is": [26.2, np.nan, np.nan]},
    kind="recorded",
    chance=False,
)
def photograph_left_out(seed: int) -> ArrayLike:
    """The linear network on every second pixel of the whole flower."""
    values = fits.samples("photograph")[1].reshape(256, 256)
    tried = linear.on_grids(values)
    pick = min(tried, key=lambda one: np.mean(one.missed**2))
    hidden = [missed_between("photograph", one.fit) for one in tried]
    told = fits.decibel(np.mean(pick.missed**2))
    return [told, missed_between("photograph", pick.fit), max(hidden)]


@enter(
    id="photograph-trained",
    source=STORED,
    says=(
        "Trained pixels of the whole flower: designed {designed:.1f} dB, normal"
        " {normal:.1f}, SIREN {SIREN:.1f}, plain {plain:.1f}."
    ),
    rows=dict.fromkeys(("designed", "normal", "SIREN", "plain"), "dB"),
    rival={"as on the hidden pixels": lambda: contest("photograph")[1]},
    kind="recorded",
    chance=False,
)
def photograph_trained(seed: int) -> ArrayLike:
    """Means of three stored runs."""
    return contest("photograph")[0]


@enter(
    id="recording-between",
    source=STORED,
    says=(
        "Hidden samples of the recording: designed {designed:.1f} dB, normal"
        " {normal:.1f}, cubic spline {cubic:.1f}, linear network {left out:.1f}."
    ),
    rows=dict.fromkeys(
        ("designed", "normal", "SIREN", "plain", "cubic", "left out"), "dB"
    ),
    rival={
        "as on the trained samples": lambda: [
            *contest("electrocardiogram")[0],
            np.nan,
            np.nan,
        ]
    },
    kind="recorded",
    chance=False,
)
def recording_between(seed: int) -> ArrayLike:
    """Networks: means of three stored runs."""
    _, cubic, left_out = without_network("electrocardiogram")
    return [*contest("electrocardiogram")[1], cubic, left_out]


def design_lead(signal: str) -> float:
    """Decibels that theory's design is ahead on trained samples, as in the contest."""
    size, dim, *_ = fits.SIGNALS[signal]
    _, y, train, _ = fits.samples(signal)
    k, S = fits.power(y[train].reshape((size // 2,) * dim))
    t = fits.load(signal, "designed")["chosen"][0]
    axes = k if dim == 1 else (k, k)
    p, _ = fb.waterfill(S, axes, t / (2 * np.pi) ** dim, dim)
    return 10 * np.log10(normal_left(S, t) / left(p / p.sum(), S, t))


def spread(signal: str) -> float:
    """Standard deviation of trained decibels over seeds, mean of both Fourier kinds."""
    runs = [
        [fits.scores(signal, method, seed)[0] for seed in fits.SEEDS]
        for method in ("designed", "gaussian")
    ]
    return np.std(runs, axis=1, ddof=1).mean()


@enter(
    id="photograph-lead",
    source=STORED,
    says=(
        "On trained pixels theory's lead in the contest was {photograph:.2f} dB; one"
        " seed differs from the next by {photograph, seeds:.1f} dB."
    ),
    rows={
        "photograph": "dB",
        "recording": "dB",
        "photograph, seeds": "dB",
        "recording, seeds": "dB",
    },
    rival={"half the error": [3.0, 3.0, np.nan, np.nan]},
    kind="recorded",
    chance=False,
)
def photograph_lead(seed: int) -> ArrayLike:
    signals = list(fits.SIGNALS)
    return [*map(design_lead, signals), *map(spread, signals)]


@enter(
    id="photograph-beyond",
    source=STORED,
    says=(
        "Above frequency 64, which no trained pixel shows, lie {designed:.0%} of the"
        " designed network's square error and {picture:.1%} of the picture's power."
    ),
    rows={"designed": "", "normal": "", "SIREN": "", "plain": "", "picture": ""},
    rival={"in proportion to the picture": [0.028, 0.028, 0.028, 0.028, np.nan]},
    kind="recorded",
    chance=False,
)
def photograph_beyond(seed: int) -> ArrayLike:
    """Of the error over all pixels, frequencies to 127; means of three stored runs."""
    _, y, _, _ = fits.samples("photograph")
    beyond = lambda rings: np.sum(rings[64:] ** 2) / np.sum(rings**2)
    found = [
        np.mean([beyond(fits.load("photograph", m, s)["rings"]) for s in fits.SEEDS])
        for m in fits.METHODS
    ]
    return [*found, beyond(fits.rings("photograph", y - y.mean()))]


@enter(
    id="recording-grids",
    source=STORED,
    says=(
        "Between neighbours of a grid the validation score of designed frequencies"
        " jumps by up to {designed:.1f} dB, of normal ones by {normal:.1f} dB."
    ),
    rows={"designed": "dB", "normal": "dB", "SIREN": "dB", "plain": "dB"},
    rival={"as small as between seeds": lambda: [spread("electrocardiogram")] * 4},
    kind="recorded",
    chance=False,
)
def recording_grids(seed: int) -> ArrayLike:
    """Learning rates that follow each other, one seed, the 64 samples set aside."""
    grids = [fits.load("electrocardiogram", m)["grid"] for m in fits.METHODS]
    return [np.abs(np.diff(fits.decibel(g), axis=1)).max() for g in grids]
