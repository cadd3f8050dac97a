"""Claims of the page "How many samples does each frequency need?"."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

import fbkit as fb
from fbkit.basis import (
    legendre_sphere,
    random_harmonic,
    sphere_multiplicity,
    sphere_points,
)
from fbkit.dynamics import effective_ridge, learning_curve
from fbkit.kernels import relu_profile
from fbkit.ledger import enter

CURVES = "theory: Bordelon et al., arXiv 2002.02561; measured for this course"
DIM, HIGHEST = 10, 40
KERNEL = relu_profile("cao")
MU = KERNEL.eigenvalues(DIM, HIGHEST)
MANY = sphere_multiplicity(DIM, range(HIGHEST + 1))
TAIL = KERNEL(0.0) - MANY @ MU  # the kernel's mass above the highest degree
DEGREES = (1, 2, 4)
Function = Callable[[np.ndarray], np.ndarray]  # points (n, 10) to values (n,)


def gram(X: np.ndarray, Y: np.ndarray) -> np.ndarray:
    """The kernel between points (n, 10) and (m, 10): (n, m)."""
    return KERNEL(np.arccos(np.clip(X @ Y.T, -1, 1)))


def harmonics(degrees: Sequence[int], draw: int) -> list[Function]:
    """One random harmonic of power 1 for each degree."""
    return [random_harmonic(DIM, k, 10 * draw + k) for k in degrees]


def total(parts: list[Function], X: np.ndarray) -> np.ndarray:
    """The sum of functions at points, (n,)."""
    return sum(part(X) for part in parts)


def powers(**degrees: float) -> np.ndarray:
    """The target's power by degree, (41,): powers(d1=1, d4=10)."""
    power = np.zeros(HIGHEST + 1)
    for name, value in degrees.items():
        power[int(name[1:])] = value
    return power


THREE = powers(d1=1, d2=1, d4=1)


def curve(counts: Sequence[int], power: np.ndarray, **more: float) -> np.ndarray:
    """The theory's error by degree, (counts, 41)."""
    return learning_curve(counts, MU, MANY, power, tail=TAIL, **more)[1]


def missing(counts: Sequence[int], power: np.ndarray) -> np.ndarray:
    """What the theory's error would be, were what is not learned no noise to the rest:
    (counts, 41).
    """
    kappa = effective_ridge(counts, MU, MANY, tail=TAIL)[:, None]
    seen = np.asarray(counts, dtype=float)[:, None] * MU
    return power * (kappa / (seen + kappa)) ** 2


# ---- the ridge that the samples set themselves ----

FEW = (50, 200, 800)


def unseen_degrees() -> np.ndarray:
    """The mass of the degrees with more harmonics than samples, over kappa."""
    mass = [TAIL + (MANY * MU)[count < MANY].sum() for count in FEW]
    return mass / effective_ridge(FEW, MU, MANY, tail=TAIL)


@enter(
    id="kappa",
    source=CURVES,
    says=(
        "κ, measured as n over the trace of the inverse kernel matrix, is"
        " {200 samples:.2f} times the solution of its equation at 200 samples."
    ),
    rows={f"{count} samples": "times" for count in FEW},
    expected=1,
    rival={
        "the whole mass of the degrees with N_k > n": unseen_degrees,
        "K(0), as if nothing were learned": lambda: (
            KERNEL(0.0) / effective_ridge(FEW, MU, MANY, tail=TAIL)
        ),
    },
)
def kappa(seed: int) -> np.ndarray:
    measured = []
    for count in FEW:
        X = sphere_points(count, DIM, seed=seed)
        measured.append(count / np.trace(np.linalg.inv(gram(X, X))))
    return measured / effective_ridge(FEW, MU, MANY, tail=TAIL)


# ---- learning curves ----


def regression_error(
    count: int, draw: int, degrees: Sequence[int], fresh: np.ndarray
) -> float:
    """Mean square error at fresh points of kernel regression without a ridge."""
    X = sphere_points(count, DIM, seed=[1, draw])
    parts = harmonics(degrees, draw)
    weights = np.linalg.solve(gram(X, X), total(parts, X))
    fit = gram(fresh, X) @ weights
    return np.mean((fit - total(parts, fresh)) ** 2)


@enter(
    id="learning-curve",
    source=CURVES,
    says=(
        "The error of kernel regression, all degrees together, is {50 samples:.2f}"
        " times the theory's at 50 samples, {200 samples:.2f} at 200,"
        " {800 samples:.2f} at 800."
    ),
    rows={f"{count} samples": "times" for count in FEW},
    expected=1,
    rival={
        "what is missing is no noise": lambda: (
            missing(FEW, THREE).sum(axis=1) / curve(FEW, THREE).sum(axis=1)
        )
    },
    kind="recorded",
)
def learning_curve_total(seed: int) -> np.ndarray:
    fresh = sphere_points(2000, DIM, seed=[2, seed])
    draws = range(8 * seed, 8 * seed + 8)
    errors = [
        [regression_error(count, draw, DEGREES, fresh) for draw in draws]
        for count in FEW
    ]
    return np.mean(errors, axis=1) / curve(FEW, THREE).sum(axis=1)


# ---- how many samples: it depends on the target ----

COMPANY = {
    "alone": ({}, (5, 8, 12)),
    "beside 2 and 4": ({2: 1, 4: 1}, (28, 40, 56)),
    "beside tenfold 4": ({4: 10}, (160, 220, 310)),
}


def degree_1_error(
    count: int, company: dict[int, float], rng: np.random.Generator
) -> float:
    """Mean square error of degree 1 after kernel regression, for one draw of the points
    and of a target with power 1 in degree 1 and other powers beside it.

    The other degrees are drawn as normal random functions, so only at the points.
    """
    X = rng.normal(size=(count, DIM))
    X /= np.linalg.norm(X, axis=1, keepdims=True)
    slope = rng.normal(size=DIM)
    slope *= np.sqrt(DIM) / np.linalg.norm(slope)
    values = X @ slope
    for k, power in company.items():
        alike = legendre_sphere(k, DIM, np.clip(X @ X.T, -1, 1))
        values += rng.multivariate_normal(np.zeros(count), power * alike, method="eigh")
    found = MANY[1] * MU[1] * X.T @ np.linalg.solve(gram(X, X), values)
    return np.sum((found - slope) ** 2) / DIM


def halving(company: dict[int, float], counts: Sequence[int], seed: int) -> float:
    """Number of samples at which half of degree 1 is left, between measured numbers,
    each a mean over 100 draws.
    """
    rng = np.random.default_rng([seed, *counts])
    draws = [[degree_1_error(n, company, rng) for _ in range(100)] for n in counts]
    slope, height = np.polyfit(np.log(counts), np.log(np.mean(draws, axis=1)), 1)
    return np.exp((np.log(0.5) - height) / slope)


def halvings() -> list[float]:
    """The theory's numbers of samples for the three targets."""
    counts, found = np.arange(1, 400), []
    for company, _ in COMPANY.values():
        power = powers(d1=1, **{f"d{k}": v for k, v in company.items()})
        error = curve(counts, power)[:, 1]
        found.append(np.interp(-0.5, -error[5:], counts[5:]))
    return found


@enter(
    id="samples-target",
    source=CURVES,
    says=(
        "Half of degree 1 takes {alone:.0f} samples alone, {beside 2 and 4:.0f} beside"
        " degrees 2 and 4, {beside tenfold 4:.0f} beside tenfold power in degree 4."
    ),
    rows={name: "samples" for name in COMPANY},
    expected=halvings,
    rival={
        "the kernel alone decides": lambda: [halvings()[0]] * 3,
        "as many as harmonics": [10, 10, 10],
    },
    kind="recorded",
)
def samples_target(seed: int) -> list[float]:
    return [halving(*setting, seed) for setting in COMPANY.values()]


# ---- two clocks ----


def flow_error(count: int, time: float, seed: int, fresh: np.ndarray) -> np.ndarray:
    """Mean square errors after training for a time: at the samples, at fresh points."""
    X = sphere_points(count, DIM, seed=[1, seed])
    parts = harmonics(DEGREES, seed)
    found, vectors = np.linalg.eigh(gram(X, X))
    learned = -np.expm1(-found * time / count)
    weights = vectors @ (learned / found * (vectors.T @ total(parts, X)))
    errors = [gram(at, X) @ weights - total(parts, at) for at in (X, fresh)]
    return np.array([np.mean(error**2) for error in errors])


@enter(
    id="samples-two-clocks",
    source=CURVES,
    says=(
        "Forecast for 200 samples, 1 % of the training error left: ten times the time"
        " leaves {tenfold time:.0%} of the fresh points' error, ten times the samples"
        " {tenfold samples:.0%}."
    ),
    rows={"tenfold time": "share", "tenfold samples": "share"},
    expected=lambda: [1, np.divide(*curve([2000, 200], THREE).sum(axis=1))],
    rival={
        "time helps as samples do": lambda: [
            np.divide(*curve([2000, 200], THREE).sum(axis=1)),
            np.nan,
        ],
        "samples change nothing": [np.nan, 1],
    },
    kind="recorded",
)
def two_clocks(seed: int) -> list[float]:
    fresh = sphere_points(2000, DIM, seed=[2, seed])
    grow = []
    for draw in (2 * seed, 2 * seed + 1):
        errors = [flow_error(200, time, draw, fresh)[1] for time in (LATE, 10 * LATE)]
        more = flow_error(2000, 1e9, draw, fresh)[1]
        grow.append([errors[1] / errors[0], more / errors[1]])
    return np.mean(grow, axis=0).tolist()


LATE = 3000.0  # time at which about 1 % of the training error is left at 200 samples


# ---- networks ----

SIZES = (30, 100)
PAIR = powers(d1=1, d2=1)


@enter(
    id="samples-network",
    source=CURVES,
    says=(
        "Forecast for lazy networks on degrees 1 and 2: of an error of 2 on fresh"
        " points, {30 samples:.2f} is left at 30 samples and {100 samples:.2f} at 100."
    ),
    rows={f"{count} samples": "" for count in SIZES},
    expected=lambda: curve(SIZES, PAIR).sum(axis=1),
    rival={
        "what fits the samples is learned": [0, 0],
        "learned by heart, and nothing else": [2, 2],
    },
    kind="recorded",
)
def samples_network(seed: int) -> np.ndarray:
    fresh = sphere_points(1500, DIM, seed=[2, seed])
    draws = range(8 * seed, 8 * seed + 8)
    errors = [[network_error(count, draw, fresh) for draw in draws] for count in SIZES]
    return np.mean(errors, axis=1)


def network_error(count: int, draw: int, fresh: np.ndarray) -> float:
    """Mean square error of a trained network at fresh points; its target has 2."""
    import torch

    height = 0.1
    parts = harmonics((1, 2), draw)
    X = sphere_points(count, DIM, seed=[1, draw])
    net = fb.mlp(inputs=DIM, width=1024, bias_std=0, output_std=0.5**0.5, seed=draw)
    values = height * total(parts, X)
    target = fb.Target(X, values, np.full(count, 1 / count), None, "harmonics")
    how = dict(optimizer="momentum", momentum=0.95, lr=2.0, steps=300, records=2)
    fb.train(net, target, progress=False, **how)
    with torch.no_grad():
        outputs = net(torch.tensor(fresh).float()).numpy()[:, 0]
    return np.mean((outputs / height - total(parts, fresh)) ** 2)


# ---- when features move ----


def quadratic(kind: str, seed: int) -> Function:
    """A function of degree 2 and power 1 in 20 dimensions: of one direction, or a
    random mix of all its harmonics.
    """
    if kind == "all":
        return random_harmonic(20, 2, seed)
    direction = sphere_points(1, 20, seed=[3, seed])[0]
    size = np.sqrt(sphere_multiplicity(20, 2))

    def one(X: np.ndarray) -> np.ndarray:
        return size * legendre_sphere(2, 20, np.clip(X @ direction, -1, 1))

    return one


def fresh_error(kind: str, height: float, seed: int) -> float:
    """Mean square error on fresh points of a network trained to the end on 200 samples
    of a function of degree 2, which was made that high.
    """
    import torch

    X, fresh = (sphere_points(n, 20, seed=[i, seed]) for i, n in ((1, 200), (2, 2000)))
    f = quadratic(kind, seed)
    shares = np.full(200, 1 / 200)
    target = fb.Target(X, height * f(X), shares, None, "degree 2")
    net = fb.mlp(inputs=20, width=512, bias_std=0, output_std=0.5**0.5, seed=seed)
    pace = dict(lr=2.0, steps=400) if height < 1 else dict(lr=0.1, steps=1000)
    how = dict(optimizer="momentum", momentum=0.95, records=2, progress=False)
    fb.train(net, target, **pace, **how)
    with torch.no_grad():
        said = net(torch.tensor(fresh).float()).numpy()[:, 0] / height
    return np.mean((said - f(fresh)) ** 2)


@enter(
    id="samples-one-direction",
    source="measured for this course (question of Ghorbani et al., arXiv 2006.13409)",
    says=(
        "200 samples, degree 2 of one direction out of 20: a lazy network misses"
        " {one, lazy:.0%}, a rich one {one, rich:.0%}."
    ),
    rows={"one, lazy": "share", "one, rich": "share", "all, rich": "share"},
    rival={"features do not matter": lambda: [np.nan, learning_curve_20(200), np.nan]},
    kind="recorded",
)
def one_direction(seed: int) -> np.ndarray:
    settings = (("one", 0.05), ("one", 5), ("all", 5))
    draws = range(4 * seed, 4 * seed + 4)
    errors = [[fresh_error(*setting, draw) for draw in draws] for setting in settings]
    return np.mean(errors, axis=1)


def learning_curve_20(count: int) -> float:
    """The theory's error of degree 2 in 20 dimensions, for the kernel."""
    mu, many = KERNEL.eigenvalues(20, 40), sphere_multiplicity(20, range(41))
    tail = KERNEL(0.0) - many @ mu
    power = np.eye(41)[2]
    return float(learning_curve([count], mu, many, power, tail=tail)[0][0])
