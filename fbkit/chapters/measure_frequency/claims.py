"""Claims of the chapter "Can a spectrum lie about what a network learns first?", and of
its page on samples without an even grid.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import ArrayLike

import fbkit as fb
from fbkit.history import History
from fbkit.ledger import enter
from fbkit.observe import filter_errors, low_pass
from fbkit.targets import Target

HERE = "derived here, checked numerically"
FILTER = "filter of Xu et al., arXiv 1901.06523; figures measured for this course"
PROJECTION = "projection of Xu et al., arXiv 1901.06523; figures measured here"
IMAGES = 600
# Share of the labels' mean in their energy: a tenth, and a little more by chance.
TENTH = 0.1 + 0.9 / IMAGES
VARIANCES = {"narrow": 0.3, "middle": 1.0, "wide": 2.0}  # of the filter
HALF = 0.5  # relative error of a part that counts as half learned


# ---- handwritten digits: low and high part ----


def trained(labels: str, seed: int) -> tuple[Target, History]:
    """A ReLU network 64-200-200-10 on 600 digits, Adam, outputs kept."""
    target = fb.digits(IMAGES, labels=labels, seed=seed)
    net = fb.standard_mlp([64, 200, 200, 10], "relu", seed=seed)
    adam = dict(optimizer="adam", lr=1e-3, steps=500, records=100)
    return target, fb.train(net, target, keep_outputs=True, progress=False, **adam)


def parts(
    target: Target, run: History, remove_mean: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Relative errors (T,) of the low and of the high part at variance 1."""
    outputs = run.meta["outputs"]
    return filter_errors(outputs, target, VARIANCES["middle"], remove_mean)[:2]


def high_over_low(labels: str, seed: int) -> float:
    """How many times as many steps half of the high part takes; mean removed."""
    target, run = trained(labels, seed)
    errors = np.stack(parts(target, run, True), axis=1)
    history = History(run.t, range(2), errors, run.loss)
    low, high = fb.learning_times(history, HALF, reference=np.ones(2))
    return high / low


@enter(
    id="digits-low-first",
    source=FILTER,
    says=(
        "Half of the high part of the digits' labels takes {true:.1f} times the steps"
        " of half of the low part; of labels drawn at random, {random:.1f} times."
    ),
    rows={"true": "", "random": ""},
    rival={"no order": 1, "no order in random labels": [np.nan, 1]},
    kind="recorded",
)
def digits_low_first(seed: int) -> ArrayLike:
    true = [high_over_low("true", 2 * seed + i) for i in range(2)]
    random = [high_over_low("random", 2 * seed + i) for i in range(2)]
    return np.mean(true), np.mean(random)


def low_left(labels: str, seed: int) -> np.ndarray:
    """What is missing of the low part after 30 steps, with the labels' mean and
    without.
    """
    target, run = trained(labels, seed)
    then = np.searchsorted(run.t, 30)
    return np.array([parts(target, run, mean)[0][then] for mean in (False, True)])


@enter(
    id="random-labels-mean",
    source=FILTER,
    says=(
        "After 30 steps {kept:.0%} of the low part of random labels are missing, and"
        " without the mean {removed:.0%}; of true labels, without it, {true, removed"
        ":.0%}."
    ),
    rows={"kept": "share", "removed": "share", "true, removed": "share"},
    rival={
        "nothing is learned": 1,
        "the mean does not matter": [np.nan, 0.22, np.nan],
        "true labels wait as random ones do": [np.nan, np.nan, 0.7],
    },
    kind="recorded",
)
def random_labels_mean(seed: int) -> ArrayLike:
    random = np.mean([low_left("random", 2 * seed + i) for i in range(2)], axis=0)
    return [*random, low_left("true", seed)[1]]


@enter(
    id="digits-low-below-high",
    source=FILTER,
    says=(
        "Low error below high error, mean removed: at {true:.0%} of the checkpoints for"
        " true labels, at {random:.0%} for labels drawn at random."
    ),
    rows={"true": "share", "random": "share"},
    rival={
        "random labels pass half of the time": [np.nan, 0.5],
        "no order": 0.5,
    },
    kind="recorded",
)
def digits_low_below_high(seed: int) -> ArrayLike:
    shares = []
    for labels in ("true", "random"):
        low, high = parts(*trained(labels, seed), True)
        shares.append(np.mean(low[1:] < high[1:]))
    return shares


# ---- handwritten digits: how much of the labels is low ----


@cache
def images() -> Target:
    return fb.digits(IMAGES)


def low_share(target: Target, variance: float, remove_mean: bool) -> float:
    """The share of the labels that the filter calls low."""
    return filter_errors(target.values, target, variance, remove_mean)[2]


def share_of_noise(variance: float) -> float:
    """What the filter calls low of labels that know nothing of the images, mean
    removed: the squares of its weights, those of the mean taken off.
    """
    weights = low_pass(images().inputs, variance)
    return (np.sum(weights**2) - 1) / (IMAGES - 1)


def noise_shares() -> list[float]:
    """With the labels' mean, and without."""
    of_noise = share_of_noise(VARIANCES["middle"])
    return [TENTH + (1 - TENTH) * of_noise, of_noise]


@enter(
    id="random-energy",
    source=FILTER,
    says=(
        "Of labels drawn at random the filter calls {kept:.1%} low, and without their"
        " mean {removed:.1%}."
    ),
    rows={"kept": "share", "removed": "share"},
    expected=noise_shares,
    rival={
        "the mean does not pass": lambda: [noise_shares()[1], np.nan],
        "the mean does not count": lambda: [np.nan, noise_shares()[0]],
        "half a label is low": 0.5,
    },
)
def random_energy(seed: int) -> ArrayLike:
    rng = np.random.default_rng(seed)
    shares = []
    for _ in range(20):
        drawn = np.eye(10)[rng.integers(0, 10, IMAGES)]
        target = replace(images(), values=drawn)
        shares.append([low_share(target, 1.0, mean) for mean in (False, True)])
    return np.mean(shares, axis=0)


@enter(
    id="digits-energy",
    source=FILTER,
    says=(
        "Of the digits' labels {narrow:.0%} are low at filter variance 0.3,"
        " {middle:.0%} at 1 and {wide:.0%} at 2 (mean removed)."
    ),
    rows={name: "share" for name in VARIANCES},
    rival={
        "as of random labels": lambda: [
            share_of_noise(variance) for variance in VARIANCES.values()
        ],
        "the same for any filter": lambda: (
            low_share(images(), 1.0, True) * np.array([1, np.nan, 1])
        ),
    },
    chance=False,
)
def digits_energy(seed: int) -> ArrayLike:
    return [low_share(images(), variance, True) for variance in VARIANCES.values()]


# ---- on a line ----


def line_times(seed: int) -> np.ndarray:
    """A tanh network learns x/pi. Times of waves 4 and 12 of the DFT, and of waves 0.5
    and 1.5 of the mirrored line.
    """
    periodic, even = fb.interval(200), fb.interval(200, extension="even")
    line = fb.on_basis(periodic, periodic.points / np.pi)
    net = fb.mlp(inputs=1, width=256, activation="tanh", seed=seed)
    plan = dict(lr=0.2, steps=500, records=500, keep_outputs=True)
    run = fb.train(net, line, progress=False, **plan)
    error = even.analyse(run.meta["outputs"] - line.values)
    mirrored = History(run.t, even.modes, error, run.loss)
    by_dft = fb.learning_times(run, frequencies=[4, 12])
    return np.append(by_dft, fb.learning_times(mirrored, frequencies=[0.5, 1.5]))


@enter(
    id="leakage-hides-order",
    source=HERE,
    says=(
        "A network learns a line. By the transform wave 12 takes"
        " {DFT, 12 over 4:.2f} times as long as wave 4; mirrored, wave 1.5 takes"
        " {mirrored, 3 over 1:.0f} times as long as wave 0.5."
    ),
    rows={"DFT, 12 over 4": "", "mirrored, 3 over 1": ""},
    rival={
        "times like frequency": 3,
        "no order": [np.nan, 1],
    },
)
def leakage_hides_order(seed: int) -> ArrayLike:
    times = np.log([line_times(4 * seed + i) for i in range(4)]).mean(axis=0)
    return np.exp([times[1] - times[0], times[3] - times[2]])


# ---- where there is no even grid ----


def hann_law(k: ArrayLike, wave: float) -> np.ndarray:
    """Size of coefficient k of sin(wave x) under a Hann taper, up to a factor: one term
    for the wave and one for its image at -wave.
    """
    terms = []
    for off in (np.asarray(k) - wave, np.asarray(k) + wave):
        terms.append(1 / (off * (off**2 - 1)))
    return np.abs(terms[0] + terms[1])


def sizes(basis: fb.basis.Basis, values: np.ndarray, at: ArrayLike) -> np.ndarray:
    """Sizes of a signal's frequencies."""
    record = History([0], basis.modes, basis.analyse(values)[None], [0])
    return record.select(at)[0]


def tails_expected() -> list[float]:
    near, far = hann_law([40, 80], 10.3)
    return [1 / 2, (40.5 / 80.5) ** 2, far / near]


@enter(
    id="tails",
    source=HERE,
    says=(
        "Twice the frequency leaves {jump:.3f} of a jump's coefficient, {kink:.3f} of a"
        " kink's, and {taper:.3f} of that of sin 10.3x under a taper."
    ),
    rows={"jump": "", "kink": "", "taper": ""},
    expected=tails_expected,
    rival={
        "one power less": [1, 1 / 2, 1 / 4],
        "the taper without the image at −10.3": lambda: [
            np.nan,
            np.nan,
            (29.7 / 69.7) ** 3,
        ],
    },
    chance=False,
)
def tails(seed: int) -> ArrayLike:
    jump = fb.interval(8192, count=181)
    kink = fb.interval(8192, extension="even", count=181)
    tapered = fb.taper(np.sin(10.3 * jump.points), jump)
    found = [
        sizes(jump, jump.points, [40, 80]),
        sizes(kink, kink.points, [40.5, 80.5]),
        sizes(jump, tapered, [40, 80]),
    ]
    return [far / near for near, far in found]


def leak(k: int) -> float:
    """Size of coefficient k of sin(10.3 x) on an interval, up to a factor."""
    return k / abs(10.3**2 - k**2)


@enter(
    id="leakage",
    source=HERE,
    says=(
        "Of its largest coefficient, sin 10.3x leaks {plain:.2%} into frequency 60;"
        " under a Hann taper {tapered:.4%}."
    ),
    rows={"plain": "share", "tapered": "share"},
    expected=lambda: [
        leak(60) / leak(10),
        np.divide(*hann_law([60, 10], 10.3)),
    ],
    rival={
        "plain tails everywhere": [np.nan, leak(60) / leak(10)],
        "no leak where the wave is not": 0,
    },
    chance=False,
)
def leakage(seed: int) -> ArrayLike:
    basis = fb.interval(8192, count=181)
    wave = np.sin(10.3 * basis.points)
    both = [sizes(basis, y, [60, 10]) for y in (wave, fb.taper(wave, basis))]
    return [far / peak for far, peak in both]


MANY = fb.circle(points=512, highest=20)  # even points, on which means are exact


def two_waves(basis: fb.basis.Basis) -> np.ndarray:
    """Coefficients (41,) of the frequencies 1 and 7."""
    truth = np.zeros(len(basis.modes))
    truth[2], truth[13] = 1.0, 0.5
    return truth


def mean_error(points: int) -> float:
    """Root mean square error of a coefficient that is a plain mean over random points:
    the mean of the products' variances, over the number of points.
    """
    truth = two_waves(MANY)
    products = MANY.matrix * MANY.synthesise(truth)[:, None]  # (n, 41)
    return np.sqrt(np.var(products, axis=0).mean() / points)


@enter(
    id="uneven-samples",
    source=HERE,
    says=(
        "Plain means over 100 random angles are off by {one hundred:.3f}, a root mean"
        " square, and over 400 by {four hundred:.3f}."
    ),
    rows={"one hundred": "", "four hundred": ""},
    expected=lambda: [mean_error(100), mean_error(400)],
    rival={
        "one over the number of points": lambda: [np.nan, mean_error(100) / 4],
        "means are exact": 0,
    },
)
def uneven_samples(seed: int) -> ArrayLike:
    rng = np.random.default_rng(seed)
    found = []
    for points in (100, 400):
        squares = []
        for _ in range(200):
            basis = fb.circle(rng.uniform(-np.pi, np.pi, points), highest=20)
            off = basis.matrix.T @ basis.synthesise(two_waves(basis)) / points
            squares.append(np.mean((off - two_waves(basis)) ** 2))
        found.append(np.sqrt(np.mean(squares)))
    return found


PEAKS = [1, 11.5]  # of the labels' spectrum, in cycles


def chance_level(labels: np.ndarray) -> float:
    """Root mean square size of the spectrum of shuffled labels (10, n)."""
    return np.sqrt(np.sum(np.var(labels, axis=1)) / (labels.shape[1] - 1))


@enter(
    id="projection-chance",
    source=PROJECTION,
    says=(
        "Along one direction the labels' peak at 1 cycle is {1 cycle:.1f} times chance,"
        " that near 11.5 cycles {11 cycles:.2f} times; shuffled labels"
        " {shuffled:.2f}."
    ),
    rows={"1 cycle": "chance", "11 cycles": "chance", "shuffled": "chance"},
    rival={
        "every peak is real": [np.nan, 2, np.nan],
        "chance falls like 1/n": [np.nan, np.nan, 1797**-0.5],
        "no peak is real": [1, np.nan, np.nan],
    },
    chance=False,
)
def projection_chance(seed: int) -> ArrayLike:
    target = fb.digits()
    rng = np.random.default_rng(seed)
    labels = (target.values - target.values.mean(axis=0)).T  # (10, n)
    shuffled = [labels[:, rng.permutation(labels.shape[1])] for _ in range(40)]
    stacked = np.stack([labels, *shuffled])  # (41, 10, n)
    spectrum = fb.projection_spectrum(target.inputs, stacked, PEAKS)
    size = np.sqrt(np.sum(spectrum**2, axis=1)) / chance_level(labels)  # (41, 2)
    return [*size[0], np.sqrt(np.mean(size[1:, 1] ** 2))]
