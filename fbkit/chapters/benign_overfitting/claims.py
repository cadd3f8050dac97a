"""Claims of the page "When is it harmless to fit every wrong label?" and its Further
page.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

import fbkit as fb
from fbkit.basis import random_harmonic, sphere_multiplicity, sphere_points
from fbkit.chapters.benign_overfitting import runs, twin
from fbkit.chapters.benign_overfitting.runs import WRONG, Clusters, clusters, missed
from fbkit.dynamics import effective_ridge
from fbkit.ledger import enter

LAZY = "setting as in Zhu et al., arXiv 2305.19377; measured for this course"
HERE = "derived here, checked numerically"
CURVES = "theory: Bordelon et al., arXiv 2002.02561; measured for this course"
# What the rule "say the label of the nearest sample" gets wrong far from everything: of
# the classes, and of labels that are wrong as often as its own.
NEAREST = [np.nan, WRONG, 2 * WRONG * (1 - WRONG)]


def draw(dim: int, seed: int, number: int) -> tuple[Clusters, Clusters]:
    """Samples and fresh points of one of the draws of a seed."""
    data = clusters(runs.SAMPLES, dim, [1, seed, number])
    return data, clusters(runs.FRESH, dim, [2, seed, number])


# ---- networks in many dimensions ----


def trained(depth: int, width: int, seed: int, number: int) -> list[float]:
    """Errors on the given labels, on fresh classes and on fresh labels, d = 1,000."""
    data, fresh = draw(1000, seed, number)
    net = runs.network(1000, depth, width, 10 * seed + number)
    runs.train(net, fb.ntk_of(net).gram(data.points), data, steps=100)
    there = runs.outputs(net, fresh.points)
    here = runs.outputs(net, data.points)
    errors = missed(here, data.labels), missed(there, fresh.classes)
    return [*errors, missed(there, fresh.labels)]


def infinitely_wide(depth: int, dim: int, seed: int, number: int) -> float:
    """Share of fresh classes that the kernel interpolant misses."""
    data, fresh = draw(dim, seed, number)
    kernel = fb.ntk(depth, weight_std=2**0.5, bias_std=0)
    return missed(runs.interpolant(kernel, data, fresh.points), fresh.classes)


THOUSAND = {"given labels": "missed", "classes": "missed", "fresh labels": "missed"}


@enter(
    id="benign-thousand",
    source=LAZY,
    says=(
        "1,000 dimensions, 30 of 200 labels wrong: 4,096 ReLU units miss"
        " {given labels:.0%} of these labels, {classes:.2%} of fresh classes and"
        " {fresh labels:.2%} of fresh labels."
    ),
    rows=THOUSAND,
    rival={"each wrong label does its share of harm": NEAREST},
    kind="recorded",
)
def thousand(seed: int) -> ArrayLike:
    return np.mean([trained(2, 4096, seed, i) for i in range(3)], axis=0)


@enter(
    id="benign-thousand-deep",
    source=LAZY,
    says=(
        "The same, two hidden layers of 2,048: {given labels:.0%} of the given labels"
        " missed, {classes:.2%} of fresh classes, {fresh labels:.2%} of fresh labels."
    ),
    rows=THOUSAND,
    rival={"each wrong label does its share of harm": NEAREST},
    kind="recorded",
)
def thousand_deep(seed: int) -> ArrayLike:
    return np.mean([trained(3, 2048, seed, i) for i in range(2)], axis=0)


def stored(depth: int, width: int, column: str = "clean") -> float:
    """A column of the stored runs in 1,000 dimensions, the mean of three networks."""
    (found,) = runs.load(depth=depth, width=width, dim=1000)[column]
    return found


def in_order(column: str) -> list[float]:
    """The same of the networks that are there in every dimension."""
    return [stored(depth, width, column) for depth, width in runs.SIZES.items()]


ORDER = ["depth 2, width 4096", "depth 3, width 2048", "depth 5, width 1024"]


@enter(
    id="benign-order",
    source=LAZY,
    says=(
        "Three networks each in 1,000 dimensions: one hidden layer of 4,096 misses"
        " {depth 2, width 4096:.2%} of fresh classes, four of 1,024"
        " {depth 5, width 1024:.2%}."
    ),
    rows={row: "missed" for row in ORDER},
    rival={
        "as their kernels": lambda: in_order("kernel"),
        "depth does not count, nor width": lambda: [stored(2, 4096)] * 3,
    },
    kind="recorded",
    chance=False,
)
def order(seed: int) -> ArrayLike:
    return in_order("clean")


@enter(
    id="benign-width",
    source=LAZY,
    says=(
        "Three networks each in 1,000 dimensions: four hidden layers miss"
        " {width 256:.1%} of fresh classes at width 256, {width 1024:.1%} at 1,024 and"
        " {width 4096:.2%} at 4,096."
    ),
    rows={
        "width 256": "missed",
        "width 1024": "missed",
        "width 4096": "missed",
        "depth 2, width 1024": "missed",
        "depth 3, width 1024": "missed",
    },
    rival={
        "as their kernel": lambda: [*[stored(5, 1024, "kernel")] * 3, np.nan, np.nan],
        "width does not count": lambda: [*[stored(5, 1024)] * 3, np.nan, np.nan],
    },
    kind="recorded",
    chance=False,
)
def width_counts(seed: int) -> ArrayLike:
    deep = [stored(5, width) for width in (256, 1024, 4096)]
    return [*deep, stored(2, 1024), stored(3, 1024)]


@enter(
    id="benign-few-dimensions",
    source=LAZY,
    says=(
        "In 20 dimensions kernel interpolants miss {one hidden layer:.1%} of fresh"
        " classes with one hidden layer and {four hidden layers:.1%} with four."
    ),
    rows={"one hidden layer": "missed", "four hidden layers": "missed"},
    rival={
        "the best border's error": [runs.bayes_error(20), np.nan],
        "depth does not count": lambda: [np.nan, few_dimensions(50)[0]],
        "each wrong label does its share of harm": [WRONG, WRONG],
    },
    kind="recorded",
)
def few_dimensions(seed: int) -> ArrayLike:
    draws = range(24)
    return [np.mean([infinitely_wide(L, 20, seed, i) for i in draws]) for L in (2, 5)]


# ---- where the wrong labels go ----


def spread_error(dim: int, room: float) -> float:
    """Share of fresh classes missed, for spikes that meet a new point by chance."""
    clean = (1 - 2 * WRONG) / np.sqrt(4 * WRONG * (1 - WRONG))
    return ndtr(-clean * np.sqrt(room / runs.SAMPLES))


def straight_error(dim: int, seed: int, number: int) -> float:
    """The same of the shortest straight function w.x through all labels.

    Over all fresh points: of y w.x before scaling, mean w_1 and variance |w|^2/d.
    """
    data = clusters(runs.SAMPLES, dim, [1, seed, number])
    x = data.points
    w = x.T @ np.linalg.solve(x @ x.T, data.labels)
    return ndtr(-w[0] * np.sqrt(dim) / np.linalg.norm(w))


@enter(
    id="benign-spread",
    source=HERE,
    says=(
        "Straight functions through all 200 labels miss {d 400:.1%} of fresh classes in"
        " 400 dimensions and {d 1000:.1%} in 1,000."
    ),
    rows={"d 200": "missed", "d 400": "missed", "d 1000": "missed"},
    expected=[spread_error(d, d - 200) for d in (200, 400, 1000)],
    rival={
        "directions at right angles": [spread_error(d, d) for d in (200, 400, 1000)],
        "each wrong label does its share of harm": [WRONG, np.nan, WRONG],
    },
    kind="recorded",
)
def spread(seed: int) -> ArrayLike:
    dims, draws = (200, 400, 1000), range(60)
    return [np.mean([straight_error(d, seed, i) for i in draws]) for d in dims]


def noise_found(head: int, tail: float, w: float) -> float:
    """Mean square error from labels that are noise of variance 1, by a sum."""
    k = np.arange(2**17)
    mu = twin.eigenvalues(k, head, tail, w)
    twice = np.where(k > 0, 1.0, 0.5)
    both = np.zeros((2, twin.COUNT))
    for sign in (1, -1):  # waves k and -k
        np.add.at(both[0], sign * k % twin.COUNT, twice * mu)
        np.add.at(both[1], sign * k % twin.COUNT, twice * mu**2)
    return np.sum(both[1] / both[0] ** 2) / twin.COUNT


@enter(
    id="benign-circle",
    source=HERE,
    says=(
        "24 samples on the circle: of the noise in the labels {wide:.0%} is found"
        " between them with spikes of width 1, {narrow:.1%} with spikes of width 0.002."
    ),
    rows={"wide": "share", "narrow": "share"},
    expected=lambda: [noise_found(1, 0.1, w) for w in (1, 0.002)],
    rival={
        "all that is fitted is found": [1, 1],
        "spikes alone, no slow waves": lambda: [np.nan, noise_found(0, 1.0, 0.002)],
    },
    chance=False,
)
def circle(seed: int) -> ArrayLike:
    return [twin.COUNT * one_label(w) for w in (1, 0.002)]


def one_label(w: float) -> float:
    """Mean square round the circle of the curve through one label 1 among zeros."""
    turn = 2 * np.pi * np.arange(200_000) / 200_000
    row = twin.kernel(twin.SAMPLES - twin.SAMPLES[0], 1, 0.1, w)
    weights = np.fft.ifft(1 / np.fft.fft(row)).real
    return np.mean(curve(turn, weights, w) ** 2)


def curve(turn: np.ndarray, weights: np.ndarray, w: float) -> np.ndarray:
    """The curve at angles from the first sample on."""
    total = np.zeros(len(turn))
    for i, weight in enumerate(weights):
        apart = np.abs(turn - 2 * np.pi * i / twin.COUNT)
        total += weight * twin.kernel(np.minimum(apart, 2 * np.pi - apart), 1, 0.1, w)
    return total


# ---- smooth and rough kernels on the sphere in R^5 ----

DIM, HIGHEST = 5, 60
SMOOTHNESS = {"Laplace": 0.5, "Matérn 3/2": 1.5, "Matérn 5/2": 2.5, "Gauss": np.inf}
Distances = Callable[[np.ndarray], np.ndarray]


def by_distance(smoothness: float, length: float = 1.0) -> Distances:
    """A Matérn kernel of scikit-learn as a function of distances."""
    from sklearn.gaussian_process.kernels import Matern

    kernel = Matern(length, nu=smoothness)
    origin = np.zeros((1, 1))

    def at(distances: np.ndarray) -> np.ndarray:
        flat = np.ravel(distances)[:, None]
        return kernel(flat, origin).reshape(np.shape(distances))

    return at


def spectrum(smoothness: float) -> tuple[np.ndarray, np.ndarray, float]:
    """Eigenvalues and numbers of harmonics up to degree 60, and the mass above."""
    kernel = by_distance(smoothness)
    chord = lambda theta: kernel(2 * np.sin(np.asarray(theta) / 2))
    mu = np.maximum(fb.sphere_spectrum(chord, DIM, HIGHEST)[0], 0)
    many = sphere_multiplicity(DIM, range(HIGHEST + 1))
    return mu, many, max(1 - many @ mu, 0)


def noise_factor(smoothness: float, count: int = 300) -> float:
    """By the theory: error per variance of the labels' noise."""
    mu, many, tail = spectrum(smoothness)
    kappa = effective_ridge([count], mu, many, 0, tail)[0]
    share = count * mu / (count * mu + kappa)
    gamma = many @ share**2 / count
    return gamma / (1 - gamma)


def truth(seed: int) -> Callable[[np.ndarray], np.ndarray]:
    """Random harmonics of degrees 1 and 2, together of mean square 1."""
    first, second = (random_harmonic(DIM, k, 10 * seed + k) for k in (1, 2))
    return lambda X: (first(X) + second(X)) / 2**0.5


def places(seed: int, fresh: int = 1000) -> tuple[np.ndarray, np.ndarray]:
    """300 samples and fresh points of the sphere."""
    return sphere_points(300, DIM, [1, seed]), sphere_points(fresh, DIM, [2, seed])


def errors(noise: float, seed: int) -> np.ndarray:
    """Mean square error of the four interpolants, from rough to smooth."""
    X, Z = places(seed)
    y = truth(seed)
    values = y(X) + noise * np.random.default_rng([9, seed]).normal(size=len(X))
    found = []
    for smoothness in SMOOTHNESS.values():
        kernel = by_distance(smoothness)
        f = fb.min_seminorm_interpolant(X, values, Z, kernel, null_degree=-1)
        found.append(np.mean((f - y(Z)) ** 2))
    return np.array(found)


def mean_errors(noise: float, seed: int, draws: int = 4) -> np.ndarray:
    return np.mean([errors(noise, draws * seed + i) for i in range(draws)], axis=0)


@enter(
    id="benign-smooth",
    source=HERE,
    says=(
        "Exact labels: each smoother kernel has at most 1/{exact:.0f} of the error of"
        " the one before. With noise at least {noisy:.1f} times."
    ),
    rows={"exact": "smallest ratio", "noisy": "smallest ratio"},
    rival={"smoothness does not count": [1, 1]},
    kind="recorded",
)
def smooth(seed: int) -> ArrayLike:
    exact, noisy = mean_errors(0.0, seed), mean_errors(0.5, seed)
    return [np.min(exact[:-1] / exact[1:]), np.min(noisy[1:] / noisy[:-1])]


def noise_between(smoothness: float, seed: int) -> float:
    """Error per variance of the noise, averaged over all noise: a sum of squares."""
    X, Z = places(seed)
    kernel = by_distance(smoothness)
    distance = lambda A: np.linalg.norm(A[:, None] - X, axis=2)
    rows = np.linalg.solve(kernel(distance(X)), kernel(distance(Z)).T)
    return np.mean(np.sum(rows**2, axis=0))


@enter(
    id="benign-noise-factor",
    source=CURVES,
    says=(
        "Of the labels' noise {Laplace:.2f} is found between the samples with the"
        " Laplace kernel, {Matérn 3/2:.2f} and {Matérn 5/2:.2f} with Matérn's."
    ),
    rows={name: "share" for name in ("Laplace", "Matérn 3/2", "Matérn 5/2")},
    expected=lambda: [noise_factor(s) for s in (0.5, 1.5, 2.5)],
    rival={
        "the noise as it is": [1, 1, np.nan],
        "one for all": lambda: [np.nan, noise_factor(0.5), noise_factor(0.5)],
    },
    kind="recorded",
)
def noise_share(seed: int) -> ArrayLike:
    draws = range(4 * seed, 4 * seed + 4)
    return [np.mean([noise_between(s, i) for i in draws]) for s in (0.5, 1.5, 2.5)]


# ---- the Further page: depth, digits, learning curves ----


def corners_and_slopes(depth: int) -> float:
    """How much more a dimension counts than for straight functions.

    Two samples of a class are at 60 degrees, of two classes at 120. What a sample has
    beyond its class's 60 degrees is its spike; a new point meets it by the slope of the
    profile in the cosine.
    """
    K = fb.ntk(depth, weight_std=2**0.5, bias_std=0).profile
    at = lambda cosine: K(np.arccos(cosine))
    step = 1e-4
    slopes = [(at(c + step) - at(c - step)) / (2 * step) for c in (0.5, -0.5)]
    spike = K(0.0) - at(0.5)
    return 4 * spike**2 / np.mean(np.square(slopes))


def by_rule(depth: int, used_up: int = 0) -> float:
    """By the formula in 200 dimensions, of which the samples use up some."""
    return spread_error(200, corners_and_slopes(depth) * 200 - used_up)


@enter(
    id="benign-depth",
    source=HERE,
    says=(
        "By the formula kernel interpolants in 200 dimensions miss"
        " {one hidden layer:.1%} of fresh classes with one hidden layer and"
        " {two hidden layers:.1%} with two."
    ),
    rows={"one hidden layer": "missed", "two hidden layers": "missed"},
    expected=lambda: [by_rule(2), by_rule(3)],
    rival={
        "a dimension counts once": [spread_error(200, 200)] * 2,
        "samples use up dimensions": lambda: [by_rule(2, 200), by_rule(3, 200)],
        "depth does not count": lambda: [np.nan, by_rule(2)],
    },
    kind="recorded",
)
def depth_counts(seed: int) -> ArrayLike:
    draws = range(30)
    return [np.mean([infinitely_wide(L, 200, seed, i) for i in draws]) for L in (2, 3)]


def threes_and_eights() -> tuple[np.ndarray, np.ndarray]:
    """Scikit-learn's digits 3 and 8, centred and scaled to length 1; +1 and -1."""
    from sklearn.datasets import load_digits

    X, digit = load_digits(return_X_y=True)
    X = X - X.mean(axis=0)
    chosen = np.isin(digit, (3, 8))
    X = X[chosen] / np.linalg.norm(X[chosen], axis=1, keepdims=True)
    return X, np.where(digit[chosen] == 3, 1.0, -1.0)


def digit_errors(depth: int, seed: int) -> list[float]:
    """Missed of 157 fresh digits after 200 right labels, and after 30 of them wrong."""
    X, y = threes_and_eights()
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(y))
    here, there = order[:200], order[200:]
    wrong = rng.permutation(200) < WRONG * 200
    kernel = fb.ntk(depth, weight_std=2**0.5, bias_std=0)
    labels = np.transpose([y[here], np.where(wrong, -y[here], y[here])])
    weights = np.linalg.solve(kernel.gram(X[here]), labels)
    outputs = kernel.gram(X[there], X[here]) @ weights
    return [missed(column, y[there]) for column in outputs.T]


@enter(
    id="benign-digits",
    source="derived here, checked numerically (digits of scikit-learn)",
    says=(
        "Digits 3 and 8, 30 of 200 labels wrong: depth 2 misses {wrong, depth 2:.1%},"
        " depth 9 {wrong, depth 9:.1%}; with none wrong depth 9 misses"
        " {right, more:.1%} more than depth 2."
    ),
    rows={
        "wrong, depth 2": "missed",
        "wrong, depth 9": "missed",
        "right, more": "missed",
    },
    rival={
        "depth does not count": lambda: [np.nan, digits(50)[0], 0],
        "each wrong label does its share of harm": [WRONG, WRONG, np.nan],
    },
    kind="recorded",
)
def digits(seed: int) -> ArrayLike:
    draws = range(200 * seed, 200 * seed + 200)
    found = [np.mean([digit_errors(L, i) for i in draws], axis=0) for L in (2, 9)]
    (right, wrong), (deeper_right, deeper_wrong) = found
    return [wrong, deeper_wrong, deeper_right - right]


COUNTS = (50, 100, 200, 400)
NOISE = 0.5


def deep_spectrum() -> tuple[np.ndarray, np.ndarray, float]:
    """Of the kernel with two hidden layers and no biases, on the sphere in R^5."""
    kernel = fb.ntk(3, weight_std=2**0.5, bias_std=0).profile
    mu = np.maximum(fb.sphere_spectrum(kernel, DIM, HIGHEST)[0], 0)
    many = sphere_multiplicity(DIM, range(HIGHEST + 1))
    return mu, many, max(kernel(0.0) - many @ mu, 0)


def deep_curve(noise: float = NOISE) -> np.ndarray:
    """The theory's error for all COUNTS."""
    mu, many, tail = deep_spectrum()
    power = np.zeros(HIGHEST + 1)
    power[[1, 2]] = 0.5
    return fb.learning_curve(COUNTS, mu, many, power, noise=noise**2, tail=tail)[0]


def noise_as_it_is() -> np.ndarray:
    """The error with the whole noise added to that of exact labels, over theory."""
    return (deep_curve(0.0) + NOISE**2) / deep_curve()


def deep_error(count: int, seed: int) -> float:
    """Mean square error of one draw on 1,000 fresh points, over the truth's square."""
    X, Z = sphere_points(count, DIM, [1, seed]), sphere_points(1000, DIM, [2, seed])
    y = truth(seed)
    labels = y(X) + NOISE * np.random.default_rng([9, seed]).normal(size=count)
    kernel = fb.ntk(3, weight_std=2**0.5, bias_std=0)
    f = kernel.gram(Z, X) @ np.linalg.solve(kernel.gram(X), labels)
    return np.mean((f - y(Z)) ** 2)


@enter(
    id="benign-learning-curve",
    source=CURVES,
    says=(
        "Two hidden layers, noisy labels, 50 to 400 samples: the mean error of 20 draws"
        " over the theory's is {n 50:.2f} at 50 samples and {n 400:.2f} at 400."
    ),
    rows={f"n {count}": "over theory" for count in COUNTS},
    expected=1,
    rival={
        "the noise as it is": noise_as_it_is,
        "noise does no harm": lambda: deep_curve(0.0) / deep_curve(),
    },
    kind="recorded",
)
def deep_learning_curve(seed: int) -> ArrayLike:
    draws = range(20 * seed, 20 * seed + 20)
    found = [np.mean([deep_error(n, i) for i in draws]) for n in COUNTS]
    return np.array(found) / deep_curve()
