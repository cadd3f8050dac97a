"""Claims of the page "When does a network only memorise a wave?" and its Further pages.

Runs of the paper's own targets are read from
`fbkit.chapters.sphere_eigenfunctions.runs`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

import fbkit as fb
from fbkit.basis import (
    legendre_sphere,
    random_harmonic,
    sphere_multiplicity,
    sphere_points,
)
from fbkit.chapters.sphere_eigenfunctions import runs as sphere_runs
from fbkit.chapters.sphere_eigenfunctions.runs import SEEDS, heights, inputs, when
from fbkit.kernels import relu_profile
from fbkit.ledger import enter

EXACT = (
    "derived here, checked numerically; powers and gaps as in Bietti and Mairal, arXiv"
    " 1905.12173"
)
LAW = "derived here, checked numerically (kernel: Cao et al., arXiv 1912.01198)"
SETTING = "setting of Cao et al., arXiv 1912.01198; measured for this course"
KERNEL = relu_profile("cao")
DIM, SAMPLES, LR, STEPS = 10, 1000, 5, 1200
SHOWN = [1, 2, 4]  # degrees of the targets
MU = KERNEL.eigenvalues(DIM, 20)
MANY = sphere_multiplicity(DIM, range(21))
TAIL = 1.5 - MANY @ MU  # above degree 20
ALONE = (1 - LR * MU) ** STEPS  # left of each degree on infinitely many points


# ---- eigenvalues ----


def integrated(dim: int) -> np.ndarray:
    """Eigenvalues up to degree 4, as averages of kernel times polynomial."""
    x, w = np.polynomial.legendre.leggauss(200)
    theta = np.pi * (x + 1) / 2
    share = w * np.sin(theta) ** (dim - 2)
    kernel = share / share.sum() * KERNEL(theta)
    return np.array([kernel @ legendre_sphere(k, dim, np.cos(theta)) for k in range(5)])


def closed() -> list[float]:
    circle = KERNEL.eigenvalues(2, 4)
    return [MU[2] / MU[4], circle[2] / circle[4], MU[3]]


@enter(
    id="sphere-eigenvalues",
    source=EXACT,
    says=(
        "Degree 2 has {10 dimensions:.1f} times the eigenvalue of degree 4 in 10"
        " dimensions, {circle:.1f} times on the circle; degree 3 has {degree 3:.0f}."
    ),
    rows={"10 dimensions": "times", "circle": "times", "degree 3": ""},
    expected=closed,
    rival={
        "as on the circle": [closed()[1], np.nan, np.nan],
        "one over the degree, to the power of d": [2**10, 4, np.nan],
        "3 lies between 2 and 4": [np.nan, np.nan, (MU[2] + MU[4]) / 2],
    },
    chance=False,
)
def eigenvalues(seed: int) -> ArrayLike:
    ten, circle = integrated(10), integrated(2)
    return ten[2] / ten[4], circle[2] / circle[4], ten[3]


@enter(
    id="sphere-decay",
    source=EXACT,
    says=(
        "Power of the eigenvalues' fall: {degree:.0f} of the degree in 10 dimensions,"
        " {dimension:.0f} of the dimension for degree 4 (both from 200 to 400)."
    ),
    rows={"degree": "slope", "dimension": "slope"},
    expected=[-10, -4],
    rival={
        "as on the circle": [-2, np.nan],
        "the kernel's mass grows with d": [np.nan, -3],
    },
    chance=False,
)
def decay(seed: int) -> ArrayLike:
    k, dims = np.arange(200, 401, 2), np.arange(200, 401, 20)
    by_degree = KERNEL.eigenvalues(DIM, 400)[k]
    by_dimension = [KERNEL.eigenvalues(dim, 4)[4] for dim in dims]
    steep = np.polyfit(np.log(k), np.log(by_degree), 1)[0]
    return steep, np.polyfit(np.log(dims), np.log(by_dimension), 1)[0]


# ---- on 1,000 points ----


def on_points(steps: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    return fb.descent_on_samples(MU, MANY, SAMPLES, steps, LR, TAIL)


def half_time(left: np.ndarray) -> float:
    """Steps until half is left, read between two records."""
    i = int(np.argmax(left < 0.5))
    return i - 1 + (left[i - 1] - 0.5) / (left[i - 1] - left[i])


def by_theory() -> list[float]:
    train, fresh = on_points(STEPS)
    return [half_time(train[:, 4]), fresh[-1, 4] - train[-1, 4]]


def by_eigenvalue() -> list[float]:
    return [np.log(0.5) / np.log(1 - LR * MU[4]), 0.0]


def trained(seed: int) -> list[float]:
    """Half-time of degree 4, and how much more is left of it on fresh points."""
    parts = [random_harmonic(DIM, k, seed=4 * seed + k, count=1000) for k in SHOWN]
    sizes = 0.1 / MANY[SHOWN] ** 0.5  # as large as zonal functions of height 0.1
    sets = [inputs("uniform", n, s) for n, s in ((1000, seed), (4000, 10**6 + seed))]
    (x, test_x), columns = sets, [np.stack([h(x) for h in parts], 1) for x in sets]
    y, test_y = (onto @ sizes for onto in columns)
    s = sphere_runs.Setting(x, y, columns[0], test_x, test_y, columns[1])
    found, _ = sphere_runs.train(s, seed, LR, time=LR * STEPS)
    train, fresh = (heights(f, c)[:, 2] / sizes[2] for f, c in zip(found, columns))
    every = np.interp(np.arange(STEPS + 1), when(LR, LR * STEPS), -train)
    return [half_time(every), train[-1] - fresh[-1]]


@enter(
    id="sphere-network",
    source=SETTING,
    says=(
        "Forecast for 4,096 units on 1,000 samples: half of degree 4 is gone after"
        " {half:.0f} steps; after 1,200 the part left is higher by {gap:.2f} on fresh"
        " points."
    ),
    rows={"half": "steps", "gap": "share"},
    expected=by_theory,
    rival={"the eigenvalue alone": by_eigenvalue},
    kind="recorded",
)
def network(seed: int) -> ArrayLike:
    return np.mean([trained(3 * seed + i) for i in range(3)], axis=0)


def points_and_modes(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cosines between the points, eigenvalues and eigenvectors of K/n."""
    X = sphere_points(SAMPLES, DIM, seed=seed)
    values, vectors = np.linalg.eigh(sphere_runs.gram(X) / SAMPLES)
    return np.clip(X @ X.T, -1, 1), values, vectors


def mean_left(cosines: np.ndarray, values: np.ndarray, vectors: np.ndarray, k: int):
    """Left after STEPS on training and fresh points, a mean over all harmonics."""
    decay = (1 - LR * values) ** STEPS
    seen = legendre_sphere(k, DIM, cosines) @ vectors
    share = np.einsum("ij,ij->j", vectors, seen) / SAMPLES
    return share @ decay, 1 - MU[k] * share @ ((1 - decay) / values)


def law() -> list[float]:
    train, fresh = on_points([STEPS])
    return [train[0, 4], fresh[0, 4], train[0, 3]]


def without_room() -> list[float]:
    """As if lower degrees took none of the dimensions: n in place of n - 65."""
    angle = np.pi * (np.arange(400) + 0.5) / 400
    weight = np.sin(angle) ** 2 / 200
    q = MANY[4] / SAMPLES
    spread = 1 + q + 2 * np.sqrt(q) * np.cos(angle)
    above = [1.5 - MANY[: k + 1] @ MU[: k + 1] for k in (4, 3)]
    rate = MU[4] * spread + above[0] / SAMPLES
    gone = 1 - (1 - LR * rate) ** STEPS
    three = (1 - LR * above[1] / SAMPLES) ** STEPS
    return [1 - gone @ weight, 1 - (MU[4] / rate * gone) @ weight, three]


@enter(
    id="sphere-points",
    source=LAW,
    says=(
        "Infinite width, 1,000 samples, 1,200 steps: left of degree 4 is"
        " {4, there:.0%} on the samples, {4, fresh:.0%} on fresh points; of degree 3,"
        " {3, there:.0%} on the samples."
    ),
    rows={"4, there": "share", "4, fresh": "share", "3, there": "share"},
    expected=law,
    rival={
        "the eigenvalue alone": [ALONE[4], ALONE[4], 1],
        "lower degrees take no room": without_room,
    },
)
def points(seed: int) -> ArrayLike:
    modes = points_and_modes(seed)
    return *mean_left(*modes, 4), mean_left(*modes, 3)[0]


EDGES = (2 * MU[4], 3e-4)  # the upper one lies between degrees 4 and 2


def counted(mu: np.ndarray, many: np.ndarray, tail: float) -> float:
    """Eigenvalues that theory puts between EDGES."""
    at = np.geomspace(*EDGES, 400)
    density = fb.sample_spectrum(at, mu, many, SAMPLES, tail)
    return SAMPLES * np.trapezoid(density, at)


def without_tail() -> float:
    return counted(MU[[4]], MANY[[4]], 1e-9)


@enter(
    id="sphere-spread",
    source=LAW,
    says=(
        "Of the 660 eigenvalues of degree 4 on 1,000 points {above:.0f} are more than"
        " twice what they are on infinitely many."
    ),
    rows={"above": "eigenvalues"},
    expected=lambda: [counted(MU, MANY, TAIL)],
    rival={"all 660 at their mean": 0, "no tail": without_tail},
)
def spread(seed: int) -> ArrayLike:
    values = np.linalg.eigvalsh(
        sphere_runs.gram(sphere_points(SAMPLES, DIM, seed=seed)) / SAMPLES
    )
    return np.sum((values > EDGES[0]) & (values < EDGES[1]))


# ---- stored runs: uneven inputs, loud targets, reading ----


def smallest_ratio(run: fb.History) -> float:
    """Of successive times: a tenth of degrees 1 and 2 and half of degree 4."""
    tenth = fb.learning_times(run, 0.1, [1, 2])
    times = np.append(tenth, fb.learning_times(run, 0.5, [4]))
    return np.min(times[1:] / times[:-1])


def ratios(read: object, cases: tuple[str, ...]) -> list[float]:
    """The smallest over the stored seeds, for each case."""
    return [min(smallest_ratio(read(case, seed)) for seed in SEEDS) for case in cases]


ORDERED = ("rising", "pieces", "stretched", "clusters")


@enter(
    id="sphere-order",
    source=SETTING,
    says=(
        "Degrees 1, 2, 4 come one by one, at least {rising:.1f} times apart at heights"
        " 1:3:5; on uneven inputs {stretched:.1f} times and more."
    ),
    rows={case: "times" for case in ORDERED},
    rival={
        "the higher the sooner, at heights 1:3:5": [1 / 3, np.nan, np.nan, np.nan],
        "uneven inputs end the order": [np.nan, 1, 1, 1],
    },
    kind="recorded",
    chance=False,
)
def order(seed: int) -> ArrayLike:
    return ratios(sphere_runs.load, ORDERED)


def left_of_degree_4(run: fb.History) -> float:
    """Its error at the end over that at the start."""
    return run.error[-1, 3] / run.error[0, 3]


PLACES = ("training", "fresh")


def left_of(read: object, case: str) -> np.ndarray:
    """Of degree 4 at the end, on training and fresh points, a mean over seeds."""
    left = [[left_of_degree_4(read(case, s, where)) for where in PLACES] for s in SEEDS]
    return np.mean(left, axis=0)


LOUD = ("network, training", "network, fresh", "low, training", "low, fresh")


@enter(
    id="sphere-loud",
    source=SETTING,
    says=(
        "With degrees as large as functions of mean square 1, {network, fresh:.0%} of"
        " degree 4 is left on fresh points, not {low, fresh:.0%} as at height 0.1."
    ),
    rows={row: "share" for row in LOUD},
    rival={
        "height does not count": lambda: [
            *left_of(sphere_runs.load, "equal"),
            np.nan,
            np.nan,
        ],
    },
    kind="recorded",
    chance=False,
)
def loud(seed: int) -> ArrayLike:
    cases = ("loud", "equal")
    return np.concatenate([left_of(sphere_runs.load, case) for case in cases])


def gap_of_4(case: str) -> float:
    """Between network and Gram matrix, over the start; a mean over seeds."""
    return np.mean([sphere_runs.gap(case, seed)[2] for seed in SEEDS])


@enter(
    id="sphere-tall",
    source=SETTING,
    says=(
        "Network and kernel of the start part by {low:.1%} of degree 4 at height 0.1,"
        " {tall:.1%} at heights 1, 3, 5 and {loud:.0%} at mean square 1."
    ),
    rows={"low": "gap", "tall": "gap", "loud": "gap"},
    rival={"height does not count": lambda: [np.nan, np.nan, gap_of_4("equal")]},
    kind="recorded",
    chance=False,
)
def tall(seed: int) -> ArrayLike:
    return [gap_of_4(case) for case in ("equal", "rising tall", "loud")]


def rise(plain: bool, seed: int) -> float:
    """Largest rise of degree 4 after an earlier low, over its start."""
    run = sphere_runs.load("polynomial", seed, plain=plain)
    size = np.abs(run.error[:, 3])
    return np.max(size - np.minimum.accumulate(size)) / size[0]


@enter(
    id="sphere-reading",
    source=SETTING,
    says=(
        "In the most striking of three runs degree 4, read by projection, comes back by"
        " {projection:.0%} of its start; by a fit of all degrees, by {fit:.0%}."
    ),
    rows={"projection": "share", "fit": "share"},
    rival={"both read the same": lambda: [rise(False, 1), np.nan]},
    kind="recorded",
    chance=False,
)
def reading(seed: int) -> ArrayLike:
    return rise(True, 1), rise(False, 1)
