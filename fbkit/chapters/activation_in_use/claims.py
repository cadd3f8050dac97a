"""Claims of the page "Which activation suits which data?" and its Further page."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from fbkit.activations import Activation, activation, relu_power
from fbkit.chapters.activation_in_use.digits import (
    cheapest,
    digits,
    distances,
    kernel,
    square_error,
)
from fbkit.chapters.activation_in_use.filling import (
    SIZE,
    covariance,
    filling,
    foretold,
    half,
    measured,
    pieces,
    stopped,
)
from fbkit.interpolate import mirrored_units
from fbkit.ledger import enter

HERE = "derived here, checked numerically"
OURS = "derived here, measured for this course"
STEP, RELU, SQUARE = activation("step"), activation("relu"), relu_power(2)
ALL = np.arange(SIZE)
SHOWN = ("photograph", "bell")
MANY = 400  # hidings behind a number of theory
SOME = 200  # hidings behind a number that is measured


# ---- signals of known power ----

SUM = np.tril(np.ones((SIZE, SIZE)))  # of all steps up to a sample
WALKS = (SUM, SUM @ SUM)  # walks, and walks added up


def walk_errors(seed: int | None) -> np.ndarray:
    """Root mean square errors (hidings, walk or its sum, step or ReLU).

    By theory without a seed, else of 300 signals each.
    """
    found = []
    for i in range(SOME if seed is not None else MANY):
        kept, hidden = half([8, seed or 0, i])
        matrices = [filling(kind, kept, hidden) for kind in (STEP, RELU)]
        rows = []
        for add in WALKS:
            if seed is None:
                products = add @ add.T
                rows.append([foretold(M, kept, hidden, products) for M in matrices])
            else:
                drawn = np.random.default_rng([seed, i]).normal(size=(300, SIZE))
                signals = drawn @ add.T
                rows.append([measured(M, kept, hidden, signals) for M in matrices])
        found.append(rows)
    return np.sqrt(found)


def wrong_over_right(errors: np.ndarray) -> np.ndarray:
    walk, added = np.moveaxis(errors, 1, 0)
    wrong = walk[:, 1] / walk[:, 0], added[:, 0] / added[:, 1]
    return np.median(wrong, axis=1)


@enter(
    id="price-on-walks",
    source=HERE,
    says=(
        "Random walks: ReLU misses hidden samples by {walk:.2f} times as much as step"
        " units. Walks added up: step units by {added up:.2f} times as much as ReLU."
    ),
    rows={"walk": "", "added up": ""},
    expected=lambda: wrong_over_right(walk_errors(None)),
    rival={
        "the activation does not count": [1, 1],
        "smoother is better": lambda: [1 / wrong_over_right(walk_errors(None))[1]] * 2,
    },
)
def price_on_walks(seed: int) -> np.ndarray:
    return wrong_over_right(walk_errors(seed))


# ---- three signals ----


@enter(
    id="power-slopes",
    source=OURS,
    says=(
        "Power falls with the slope {photograph, to 16:.1f} in rows of a photograph up"
        " to 16 turns and {photograph, beyond:.1f} beyond, in a bell with {bell:.1f}."
    ),
    rows={
        "photograph, to 16": "",
        "photograph, beyond": "",
        "bell": "",
        "electrocardiogram": "",
    },
    rival={"as steps": [-2] * 4, "one slope": [-0.95, -0.95, np.nan, np.nan]},
    chance=False,
)
def power_slopes(seed: int) -> list[float]:
    return [
        slope("photograph", 2, 16),
        slope("photograph", 17, 30),
        slope("bell", 2, 30),
        slope("electrocardiogram", 2, 30),
    ]


def slope(name: str, low: int, high: int) -> float:
    """Of a straight line through the powers on logarithmic axes."""
    faded = pieces(name) * np.hanning(SIZE)
    power = np.square(np.abs(np.fft.rfft(faded))).mean(axis=0)
    k = np.arange(low, high + 1)
    return np.polyfit(np.log(k), np.log(power[k]), 1)[0]


def errors(name: str, seed: int | None) -> np.ndarray:
    """Root mean square errors at hidden samples (hidings, 3): step, ReLU, its square.

    Without a seed as the signal's mean products say, else those measured.
    """
    signal, found = pieces(name), []
    for i in range(SOME if seed is not None else MANY):
        kept, hidden = half([seed or 0, i])
        matrices = [filling(kind, kept, hidden) for kind in (STEP, RELU, SQUARE)]
        if seed is None:
            products = covariance(signal)
            found.append([foretold(M, kept, hidden, products) for M in matrices])
        else:
            found.append([measured(M, kept, hidden, signal) for M in matrices])
    return np.sqrt(found)


def missing(seed: int | None, names: tuple[str, ...] = SHOWN) -> list[float]:
    photo, bell = (errors(name, seed).T for name in names)
    ratios = photo[1] / photo[0], bell[0] / bell[1], bell[2] / bell[1]
    return [np.median(ratio) for ratio in ratios]


def exchanged() -> list[float]:
    """The same if a photograph were a bell and a bell a photograph."""
    return missing(None, SHOWN[::-1])


@enter(
    id="missing-samples",
    source=HERE,
    says=(
        "ReLU misses hidden pixels by {photograph, ReLU over step:.2f} times as much as"
        " step units; on a bell these miss {bell, step over ReLU:.2f} times as much as"
        " ReLU."
    ),
    rows={
        "photograph, ReLU over step": "",
        "bell, step over ReLU": "",
        "bell, ReLU squared over ReLU": "",
    },
    expected=lambda: missing(None),
    rival={"signals exchanged": exchanged, "the activation does not count": [1] * 3},
)
def missing_samples(seed: int) -> list[float]:
    return missing(seed)


# ---- networks on the way ----


@cache
def units_gram(kind: Activation, seed: int) -> np.ndarray:
    """Kernel at 64 samples in [-1, 1] of 8,000 units, one offset in each of 4,000
    intervals.
    """
    inside = np.random.default_rng(seed).uniform(size=4000)
    offsets = 1.5 * (2 * (np.arange(4000) + inside) / 4000 - 1)
    units = mirrored_units(kind.value, ALL / 32 - 1, offsets)
    return units @ units.T


@cache
def early(name: str, seed: int | None) -> np.ndarray:
    """Errors at hidden samples: ReLU after 1,000 steps over step at the end, ReLU over
    step at the end, ReLU after 1,000 steps over ReLU at the end; at visible samples
    ReLU after 1,000 steps.
    """
    found = []
    for i in range(SOME if seed is not None else MANY):
        kept, hidden = half([6, seed or 0, i])
        (on_the_way,) = stopped(units_gram(RELU, seed or 0), kept, ALL, [1000])
        step, relu = (
            error(filling(kind, kept, hidden), hidden, kept, name, seed)
            for kind in (STEP, RELU)
        )
        stop = error(on_the_way[hidden], hidden, kept, name, seed)
        visible = error(on_the_way[kept], kept, kept, name, seed)
        found.append((stop / step, relu / step, stop / relu, visible))
    return np.median(found, axis=0)


def error(
    matrix: np.ndarray, at: np.ndarray, kept: np.ndarray, name: str, seed: int | None
) -> float:
    """Root mean square error: foretold without a seed, else measured."""
    signal = pieces(name)
    if seed is None:
        return np.sqrt(foretold(matrix, kept, at, covariance(signal)))
    return np.sqrt(measured(matrix, kept, at, signal))


@enter(
    id="stopped-early",
    source=HERE,
    says=(
        "Hidden pixels: ReLU misses {1,000 steps:.2f} times what step units miss if it"
        " is stopped after 1,000 training steps, and {the end:.2f} times at the end."
    ),
    rows={"1,000 steps": "", "the end": "", "visible pixels": "sd"},
    expected=lambda: early("photograph", None)[[0, 1, 3]],
    rival={
        "the moment does not count": lambda: [
            early("photograph", None)[1],
            np.nan,
            0,
        ],
        "only it counts": [np.nan, 1, np.nan],
    },
)
def stopped_early(seed: int) -> np.ndarray:
    return early("photograph", seed)[[0, 1, 3]]


@enter(
    id="stopped-bell",
    source=HERE,
    says=(
        "A bell: ReLU that is stopped after 1,000 training steps misses"
        " {over the end:.2f} times what it misses at the end."
    ),
    rows={"over the end": ""},
    expected=lambda: early("bell", None)[2],
    rival={
        "as for pixels": lambda: early("photograph", None)[2],
        "the moment does not count": 1,
    },
)
def stopped_bell(seed: int) -> float:
    return early("bell", seed)[2]


# ---- noise ----

NOISE = 0.4  # standard deviations
STRENGTHS = 10.0 ** np.arange(-1, 2.5, 0.5)
MOMENTS = [300, 500, 1000, 2000, 3000]


def noisy_error(
    matrix: np.ndarray, at: np.ndarray, kept: np.ndarray, seed: int | None, number: int
) -> float:
    """Mean square error on the bell where the kept samples carry noise."""
    signal = pieces("bell")
    if seed is None:
        by_noise = NOISE**2 * np.square(matrix).sum() / len(at)
        return foretold(matrix, kept, at, covariance(signal)) + by_noise
    rng = np.random.default_rng([2, seed, number])
    noisy = signal + NOISE * rng.normal(size=signal.shape)
    return np.mean(np.square(noisy[:, kept] @ matrix.T - signal[:, at]))


def with_noise(seed: int | None) -> list[float]:
    """Step over ReLU, both with their best strength of the penalty; ReLU stopped at its
    best moment, and ReLU at the end, over ReLU with the best strength.
    """
    found = []
    for i in range(SOME // 4):
        kept, hidden = half([7, seed or 0, i])
        gram = units_gram(RELU, seed or 0)
        rows = [
            [filling(STEP, kept, hidden, noise) for noise in STRENGTHS],
            [filling(RELU, kept, hidden, noise) for noise in STRENGTHS],
            stopped(gram, kept, hidden, MOMENTS),
            [filling(RELU, kept, hidden)],
        ]
        found.append(
            [noisy_error(M, hidden, kept, seed, i) for row in rows for M in row]
        )
    mean = np.sqrt(np.mean(found, axis=0))
    ends = np.cumsum([len(row) for row in rows])[:-1]
    step, relu, stop, end = (part.min() for part in np.split(mean, ends))
    return [step / relu, stop / relu, end / relu]


def without_noise() -> list[float]:
    return [missing(None)[1], np.nan, 1]


@enter(
    id="noisy-bell",
    source=HERE,
    says=(
        "A bell with noise of 0.4 sd: with the best penalty step misses"
        " {step over ReLU:.2f} times what ReLU does; stopped ReLU"
        " {ReLU, stopped:.2f} times as much."
    ),
    rows={"step over ReLU": "", "ReLU, stopped": "", "ReLU, the end": ""},
    expected=lambda: with_noise(None),
    rival={
        "noise does not count": without_noise,
        "stopping is no substitute": lambda: [np.nan, with_noise(None)[2], np.nan],
    },
)
def noisy_bell(seed: int) -> list[float]:
    return with_noise(seed)


# ---- choosing without looking ----


def trial(name: str, seed: int, number: int) -> tuple[np.ndarray, np.ndarray]:
    """Square errors of each piece by each activation (3, n).

    At 8 visible samples, from the other visible ones; then at the hidden samples.
    """
    kept, hidden = half([5, seed, number])
    order = np.random.default_rng([4, seed, number]).permutation(kept[1:-1])
    test, rest = order[:8], np.setdiff1d(kept, order[:8])
    signal = pieces(name)

    def squares(known: np.ndarray, at: np.ndarray) -> np.ndarray:
        misses = [
            signal[:, known] @ filling(kind, known, at).T - signal[:, at]
            for kind in (STEP, RELU, SQUARE)
        ]
        return np.square(misses).mean(axis=2)

    return squares(rest, test), squares(kept, hidden)


def choices(name: str, seed: int) -> list[float]:
    """Share of hidings where one choice for all pieces is the best one; what choosing
    piece by piece costs.
    """
    right, costs = [], []
    for number in range(SOME):
        tried, final = trial(name, seed, number)
        best = final.mean(axis=1).min()
        right.append(final.mean(axis=1)[tried.mean(axis=1).argmin()] == best)
        each = np.take_along_axis(final, tried.argmin(axis=0)[None], 0)
        costs.append(np.sqrt(each.mean() / best))
    return [np.mean(right), np.median(costs)]


@enter(
    id="chosen-by-hiding",
    source=OURS,
    says=(
        "One choice by 8 visible samples a piece is the best in {photograph:.0%} of"
        " hidings for pixels, {bell:.0%} for a bell; one for each piece costs"
        " {piece by piece:.2f} times."
    ),
    rows={"photograph": "", "bell": "", "piece by piece": "error, photograph"},
    rival={"a guess": [1 / 3, 1 / 3, np.nan], "no loss": [np.nan, np.nan, 1]},
)
def chosen_by_hiding(seed: int) -> list[float]:
    photo, bell = (choices(name, seed) for name in SHOWN)
    return [photo[0], bell[0], photo[1]]


# ---- Fourier features ----

WAVES = np.arange(1, 33)
POWER = WAVES**-2.0 / np.sum(WAVES**-2.0)
TIMES = (1, 3, 10, 30, 100, np.inf)
ANGLES = 2 * np.pi * ALL / SIZE


def ring_filling(
    density: np.ndarray, kept: np.ndarray, at: np.ndarray, time: float
) -> np.ndarray:
    """Matrix of infinitely many Fourier features on 64 points of a circle, their outer
    weights trained for a time. Rates below 1e-10 of the largest count as 0.
    """
    K = np.cos(np.subtract.outer(ANGLES, ANGLES)[..., None] * WAVES) @ density
    rates, modes = np.linalg.eigh(K[np.ix_(kept, kept)])
    seen = rates > 1e-10 * rates[-1]
    rates, modes = rates[seen], modes[:, seen]
    learned = -np.expm1(-rates * time)
    return K[np.ix_(at, kept)] @ (modes * (learned / rates)) @ modes.T


def ring_half(seed: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    order = np.random.default_rng(seed).permutation(SIZE)
    return np.sort(order[:32]), np.sort(order[32:])


def ring_foretold(density: np.ndarray, time: float, count: int) -> float:
    """Root mean square error at hidden points, from the power."""
    products = np.cos(np.subtract.outer(ANGLES, ANGLES)[..., None] * WAVES) @ POWER
    found = []
    for i in range(count):
        kept, hidden = ring_half([3, i])
        matrix = ring_filling(density, kept, hidden, time)
        found.append(foretold(matrix, kept, hidden, products))
    return np.sqrt(np.mean(found))


def ring_measured(density: np.ndarray, time: float, seed: int) -> float:
    """The same for 300 drawn signals a hiding."""
    wave, found = np.outer(WAVES, ANGLES), []
    for i in range(SOME):
        kept, hidden = ring_half([seed, i])
        rng = np.random.default_rng([2, seed, i])
        height = rng.normal(size=(2, 300, len(WAVES))) * POWER**0.5
        signals = height[0] @ np.cos(wave) + height[1] @ np.sin(wave)
        matrix = ring_filling(density, kept, hidden, time)
        found.append(measured(matrix, kept, hidden, signals))
    return np.sqrt(np.mean(found))


def normal(width: float) -> np.ndarray:
    p = np.exp(-(WAVES**2) / (2 * width**2))
    return p / p.sum()


def water(level: int) -> np.ndarray:
    """Water-filling down to the power of wave `level`: p as ln(power/that power)."""
    p = np.maximum(np.log(POWER / POWER[level - 1]), 0)
    return p / p.sum()


@cache
def designs() -> tuple[tuple[np.ndarray, float], ...]:
    """(density, time) with the least foretold error: as the power, the best of the
    normal ones, the best water-filling.
    """
    rows = (
        [POWER],
        [normal(width) for width in (1, 2, 4, 8, 12, 16)],
        [water(level) for level in (2, 4, 6, 8, 12, 16, 24, 32)],
    )
    best = []
    for row in rows:
        tried = [
            (ring_foretold(p, t, 8), i, t) for i, p in enumerate(row) for t in TIMES
        ]
        _, i, time = min(tried)
        best.append((row[i], time))
    return tuple(best)


def over_power(errors: list[float]) -> list[float]:
    return [errors[1] / errors[0], errors[2] / errors[0]]


@enter(
    id="features-as-the-power",
    source=HERE,
    says=(
        "Fourier features, half of the points hidden: a tuned normal density misses by"
        " {normal:.2f} times, water-filling by {water:.2f} times as much as p = power."
    ),
    rows={"normal": "", "water": ""},
    expected=lambda: over_power([ring_foretold(*one, MANY) for one in designs()]),
    rival={
        "all alike": [1, 1],
        "water-filling is best": [np.nan, 0.95],
    },
)
def features_as_the_power(seed: int) -> list[float]:
    return over_power([ring_measured(*one, seed) for one in designs()])


# ---- digits in 20 dimensions ----

THREE = {"step": 1, "relu": 1, "gaussian": 8}


def digit_errors(seed: int, count: int = 500) -> np.ndarray:
    """Squared error, (4,), of three activations with their inner weights and of the
    best linear function.
    """
    X, Y, at, wanted = digits(seed, count)
    fits = [cheapest(X, Y, at, kernel(name, r)) for name, r in THREE.items()]
    ones = [np.column_stack([np.ones(len(Z)), Z]) for Z in (X, at)]
    fits.append(ones[1] @ np.linalg.lstsq(ones[0], Y)[0])
    return np.array([square_error(fit, wanted) for fit in fits])


@enter(
    id="digits-price",
    source=OURS,
    says=(
        "500 digits: the squared error of step is {step over Gaussian:.2f} times that"
        " of Gaussian units and {step over ReLU:.2f} times that of ReLU; linear:"
        " {linear over Gaussian:.1f}."
    ),
    rows={"step over Gaussian": "", "step over ReLU": "", "linear over Gaussian": ""},
    rival={
        "no difference": [1, 1, 1],
        "as between pixels": lambda: [np.nan, missing(None)[0] ** -2, np.nan],
    },
)
def digits_price(seed: int) -> list[float]:
    found = np.mean([digit_errors(3 * seed + i) for i in range(3)], axis=0)
    step, relu, best, linear = found
    return [step / best, step / relu, linear / best]


def span(gram: np.ndarray, free: np.ndarray) -> float:
    """Largest over smallest eigenvalue of a kernel beside the free functions."""
    beside = np.linalg.qr(free, mode="complete")[0][:, free.shape[1] :]
    sizes = np.abs(np.linalg.eigvalsh(beside.T @ gram @ beside))
    return sizes.max() / sizes.min()


def digit_span(name: str, seed: int) -> float:
    X = digits(seed, 500)[0]
    apart = distances(X, X) * (1 - np.eye(len(X)))
    return span(kernel(name)(apart), np.column_stack([np.ones(len(X)), X]))


def pixel_span(kind: Activation, seed: int) -> float:
    x = half([1, seed])[0] / 32
    free = np.column_stack([np.ones(len(x)), x])
    return span(kind.kernel(np.abs(np.subtract.outer(x, x))), free)


def spans(seed: int) -> list[float]:
    """Mean powers of ten: ReLU and step at 500 digits, ReLU and step at 32 pixels."""
    digit = [
        [digit_span(name, 5 * seed + i) for name in ("relu", "step")] for i in range(5)
    ]
    pixel = [
        [pixel_span(kind, 30 * seed + i) for kind in (RELU, STEP)] for i in range(30)
    ]
    return [*np.mean(np.log10(digit), axis=0), *np.mean(np.log10(pixel), axis=0)]


def exchanged_spans() -> list[float]:
    """The same if digits were pixels, and pixels digits."""
    found = spans(0)
    return [*found[2:], *found[:2]]


@enter(
    id="digits-span",
    source=OURS,
    says=(
        "The dearest pattern that 500 digits see costs ReLU 10^{digits, ReLU:.1f} times"
        " the cheapest, step 10^{digits, step:.1f}; 32 pixels see ReLU's"
        " 10^{pixels, ReLU:.1f}."
    ),
    rows={
        "digits, ReLU": "power of ten",
        "digits, step": "power of ten",
        "pixels, ReLU": "power of ten",
        "pixels, step": "power of ten",
    },
    rival={"digits as pixels": exchanged_spans},
)
def digits_span(seed: int) -> list[float]:
    return spans(seed)


def direction_gap(count: int, rng: np.random.Generator) -> float:
    """Distance of `count` Gaussian units in random directions from the closed form.

    Least weights through 100 digits; at 200 others, over the closed form's size.
    """
    X, Y, at, _ = digits(int(rng.integers(1000)), 100)
    at, k = at[:200], kernel("gaussian", 8)
    gram = k(distances(X, X) * (1 - np.eye(len(X))))
    exact = k(distances(at, X)) @ np.linalg.solve(gram, Y)
    directions = rng.normal(size=(X.shape[1], count))
    unit = directions / np.linalg.norm(directions, axis=0)
    offsets = rng.uniform(-2, 2, count)
    value = activation("gaussian").value
    units, far = (value(8 * (Z @ unit - offsets)) for Z in (X, at))
    fit = far @ (units.T @ np.linalg.solve(units @ units.T, Y))
    return np.linalg.norm(fit - exact) / np.linalg.norm(exact)


@enter(
    id="digits-directions",
    source=HERE,
    says=(
        "Gaussian units in random directions: with 16,000 the function is"
        " {four times the units:.1f} times as near to the closed form as with 4,000."
    ),
    rows={"four times the units": ""},
    expected=2,
    rival={"as the count": 4, "as on the line, at once": 1},
)
def digits_directions(seed: int) -> float:
    gaps = []
    for i in range(8):
        rng = np.random.default_rng([seed, i])
        gaps.append([direction_gap(count, rng) for count in (4000, 16_000)])
    few, many = np.mean(gaps, axis=0)
    return few / many
