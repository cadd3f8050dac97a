"""Claims of the page "Will a network that knows chaos in one system ...?".

Many networks are read from `fbkit.chapters.chaotic_time_series.runs`.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.polynomial import Polynomial

from fbkit.chapters.chaotic_time_series import runs
from fbkit.chapters.chaotic_time_series.periodicity import common_period
from fbkit.chapters.chaotic_time_series.series import LENGTH, draw, orbit
from fbkit.ledger import enter

HERE = "derived here, checked numerically"
MEASURED = "derived here: measured for this course"
PAPER = "measured for this course; question: Corbetta and de Jong, arXiv 2306.02300"


# ---- the exponent ----


def logistic(g: float, times: int) -> Polynomial:
    """The map, applied `times` times, as a polynomial."""
    found = Polynomial([0, 1])
    for _ in range(times):
        found = g * found * (1 - found)
    return found


def of_a_cycle(g: float, length: int) -> float:
    """The exponent of the stable cycle: ln of its slopes' product, per step."""
    after = logistic(g, length)
    roots = (after - Polynomial([0, 1])).roots()
    at = roots[np.abs(roots.imag) < 1e-6].real
    return np.log(np.abs(after.deriv()(at)).min()) / length


def of_a_fixed_point(turn: float, c: float) -> float:
    """The circle map stands where sin 2 pi x = 2 pi turn / c."""
    return np.log(np.abs(1 - np.sqrt(c**2 - (2 * np.pi * turn) ** 2)))


def exponents() -> np.ndarray:
    return np.array([np.log(2), of_a_cycle(3.83, 3), of_a_fixed_point(0.1, 1.5)])


@enter(
    id="lyapunov-exponents",
    source=HERE,
    says=(
        "The exponent of g = 4 is ln 2 = {at 4:.3f}, that of g = 3.83, in a"
        " window of period 3, {in a window:.3f}."
    ),
    rows={"at 4": "", "in a window": "", "fixed point": ""},
    expected=exponents,
    rival={
        "in bits": lambda: exponents() / np.log(2),
        "the logarithm of the mean slope": [np.log(8 / np.pi), np.nan, np.nan],
        "each step doubles or halves": [np.log(2), -np.log(2), -np.log(2)],
    },
)
def lyapunov_exponents(seed: int) -> list[float]:
    start = np.random.default_rng(seed).uniform(0.05, 0.95, 200)
    cases = [("logistic", 4.0), ("logistic", 3.83), ("circle", 0.1, 1.5)]
    return [orbit(*case, start=start, length=1)[1].mean() for case in cases]


# ---- periods ----

PERIODS = range(1, 13)
AFTER = (2, 4, 8, 16)  # steps of the series that one step of a layer is


def predicted_period(period: int, steps: int) -> int:
    return period // np.gcd(period, steps)


def share_of_periods(rule) -> float:
    """How often a rule says what the lemma says, over all periods and layers."""
    pairs = [(p, s) for p in PERIODS for s in AFTER]
    return np.mean([rule(p, s) == predicted_period(p, s) for p, s in pairs])


def layers_right(net, seed: int) -> float:
    """Share of periods and layers at which the activations have the lemma's period."""
    import torch

    rng, right = np.random.default_rng(seed), []
    for period in PERIODS:
        x = np.resize(rng.normal(size=period), 6 * LENGTH)
        with torch.no_grad():
            maps = net.double().maps(torch.as_tensor(x)[None])
        found = [common_period(one[0].numpy()) for one in maps]
        right += [p == predicted_period(period, s) for p, s in zip(found, AFTER)]
    return np.mean(right)


@enter(
    id="period-lemma",
    source=HERE,
    says=(
        "Of periods 1 to 12 the longest possible comes out of every layer in"
        " {random:.0%} of cases for a random network and in {trained:.0%} for a trained"
        " one."
    ),
    rows={"random": "share", "trained": "share"},
    expected=1,
    rival={
        "the period stays": lambda: share_of_periods(lambda p, s: p),
        "period over stride": lambda: share_of_periods(lambda p, s: max(1, p // s)),
        "half of it is seen": lambda: share_of_periods(lambda p, s: -(-p // 2)),
    },
)
def period_lemma(seed: int) -> list[float]:
    from fbkit.chapters.chaotic_time_series.network import LKCNN, train

    random, net = LKCNN(seed=seed), LKCNN(seed=seed)
    trained = train(net, draw("logistic", 480, [seed, 9]), seed, epochs=3)
    return [layers_right(one, seed) for one in (random, trained)]


# ---- what is learned, and when ----


def accuracies(kind: str) -> list[float]:
    """Means over all networks: the logistic map; of the circle map all but periods 1
    and 2, and what is regular of that.
    """
    right = dict(zip(runs.PARTS, runs.everything(kind)["right"].mean(axis=0)))
    new = (right["other regular"] + right["chaotic"]) / 2
    return [right["logistic"], new, right["other regular"]]


@enter(
    id="large-and-small-kernels",
    source=PAPER,
    says=(
        "Kernels of 64 get {logistic, 64:.1%} of the logistic map right, kernels of 3"
        " {logistic, 3:.1%}; of the circle map without periods 1 and 2 {new, 64:.0%}"
        " and {new, 3:.0%}."
    ),
    rows={
        "logistic, 64": "share",
        "new, 64": "share",
        "regular, 64": "share",
        "logistic, 3": "share",
        "new, 3": "share",
        "regular, 3": "share",
    },
    rival={
        "the length does not matter": lambda: [*[np.nan] * 3, *accuracies("large")],
        "a coin": 0.5,
    },
    kind="recorded",
    chance=False,
)
def large_and_small_kernels(seed: int) -> list[float]:
    return [*accuracies("large"), *accuracies("small")]


@enter(
    id="weak-chaos-last",
    source=MEASURED,
    says=(
        "After one epoch {weakly taken for regular:.0%} of the weakly chaotic series"
        " are taken for regular, after ten epochs {at the end:.0%}."
    ),
    rows={
        "weakly taken for regular": "share",
        "at the end": "share",
        "strongly right": "share",
    },
    rival={"all alike": lambda: [1 - strong(50), 1 - strong(500), np.nan]},
    kind="recorded",
)
def weak_chaos_last(seed: int) -> list[float]:
    learned = runs.group("large", seed)["learned"].mean(axis=0)  # (moments, bins)
    epoch = learned[runs.MOMENTS.index(50)]
    return [1 - epoch[2], 1 - learned[-1, 2], epoch[3]]


def strong(step: int) -> float:
    """What strongly chaotic series come to after so many steps."""
    learned = runs.everything("large")["learned"]
    return learned[:, runs.MOMENTS.index(step), 3].mean()


# ---- the other map ----


def explained(values: np.ndarray, by: np.ndarray) -> float:
    """Share of the variance of `values` (n,) that columns (n, k) fit linearly."""
    design = np.column_stack([np.ones(len(values)), by])
    fit = design @ np.linalg.lstsq(design, values, rcond=None)[0]
    return 1 - np.var(values - fit) / np.var(values)


@functools.cache
def by_the_logistic_map() -> float:
    """What the accuracy on the logistic map explains of that on the circle map."""
    right = runs.everything("large")["right"]
    return explained(right[:, 1], right[:, :1])


# What three columns drawn by lot fit of twelve numbers, on average.
BY_LOT = 3 / 11


@enter(
    id="three-series-decide",
    source=MEASURED,
    says=(
        "Their answers to three series explain {explained:.1%} of the variance of"
        " twelve networks' accuracies on the circle map."
    ),
    rows={"explained": "share of the variance", "standard deviation": "share"},
    rival={
        "by how good they are": lambda: [by_the_logistic_map(), np.nan],
        "by three answers drawn by lot": [BY_LOT, np.nan],
    },
    kind="recorded",
)
def three_series_decide(seed: int) -> list[float]:
    found = runs.group("large", seed)
    circle = found["right"][:, 1]
    return [explained(circle, found["answers"]), np.std(circle, ddof=1)]


@enter(
    id="luck-of-the-seed",
    source=PAPER,
    says=(
        "Of 276 networks {constant:.0%} call a constant series chaotic; accuracy on"
        " the circle map goes from {lowest:.0%} to {highest:.0%}."
    ),
    rows={
        "constant": "share",
        "lowest": "share",
        "highest": "share",
        "their mean": "share",
        "mean of the others": "share",
        "below 75 % if so, and only then": "share",
    },
    rival={
        "all alike": lambda: [0, *[mean_of(1)] * 4, np.nan],
        "as on the logistic map": lambda: [0, *[mean_of(0)] * 4, np.nan],
    },
    kind="recorded",
    chance=False,
)
def luck_of_the_seed(seed: int) -> list[float]:
    found = runs.everything("large")
    circle, constant = found["right"][:, 1], found["answers"][:, 0] == 1
    groups = [circle[constant].mean(), circle[~constant].mean()]
    same = np.mean((circle < 0.75) == constant)
    return [constant.mean(), circle.min(), circle.max(), *groups, same]


def mean_of(part: int) -> float:
    """Mean share of one of the PARTS that networks with large kernels get right."""
    return runs.everything("large")["right"][:, part].mean()


def usual_deviation() -> float:
    """Standard deviation of a group's accuracies on the circle map, on average."""
    circle = [runs.group("large", seed)["right"][:, 1] for seed in runs.SEEDS]
    return np.mean([np.std(one, ddof=1) for one in circle])


@enter(
    id="three-series-shown",
    source=MEASURED,
    says=(
        "Shown 20 copies of each of the three series, four networks get {circle:.1%} of"
        " the circle map right, with standard deviation {standard deviation:.3f}."
    ),
    rows={"circle": "share", "standard deviation": "share", "logistic": "share"},
    rival={
        "luck stays": lambda: [mean_of(1), usual_deviation(), np.nan],
        "it costs what it gains": lambda: [mean_of(1), np.nan, mean_of(1)],
    },
    kind="recorded",
)
def three_series_shown(seed: int) -> list[float]:
    right = runs.group("shown", seed)["right"]
    return [right[:, 1].mean(), np.std(right[:, 1], ddof=1), right[:, 0].mean()]


# ---- the published criterion ----


def higher(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """How often a number of `one` (n, ...) is above one of `other`; ties count half."""
    gaps = one[:, None] - other
    return np.mean((gaps > 0) + 0.5 * (gaps == 0), axis=(0, 1))


def by_chance(fails: np.ndarray) -> float:
    """Standard error of that share where two groups do not differ (Mann-Whitney)."""
    few, rest = fails.sum(), (~fails).sum()
    return np.sqrt((few + rest + 1) / (12 * few * rest))


@enter(
    id="periodic-activations",
    source=PAPER,
    says=(
        "A network that fails has the more periodic activations in {repeats:.0%},"
        " {one line:.0%} and {autocorrelation:.0%} of pairs, by three measures."
    ),
    rows={
        "repeats": "share of pairs",
        "one line": "share of pairs",
        "autocorrelation": "share of pairs",
        "random, one line": "share of pairs",
        "farthest from one half": "standard errors",
    },
    rival={
        "they mark a poor network": [1, 1, 1, 1, np.nan],
        "they mark a good network": [0, 0, 0, np.nan, np.nan],
    },
    kind="recorded",
    chance=False,
)
def periodic_activations(seed: int) -> list[float]:
    found = runs.everything("large")
    fails = found["answers"][:, 0] == 1
    before, after = found["periodic"][:, 0, 1], found["periodic"][:, 1, 1]
    pairs = higher(after[fails], after[~fails])  # (layers, measures)
    farthest = np.abs(pairs - 0.5).max() / by_chance(fails)
    third = 2  # the second convolution
    random = higher(before[:, third, 1], after[~fails][:, third, 1])
    return [*pairs[third], random, farthest]
