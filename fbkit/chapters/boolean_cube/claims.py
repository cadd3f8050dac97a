"""Claims of the page on functions of bits."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

import fbkit as fb
from fbkit.basis import fwht
from fbkit.chapters.boolean_cube import attention, runs
from fbkit.ledger import enter

HERE = "derived here, checked numerically (form of the spectrum: arXiv 1907.10599)"
PENALTY = "measured for this course (penalty: Gorji et al., arXiv 2305.09779)"
BITS = 10

Profile = Callable[[np.ndarray], np.ndarray]


# ---- exact rates ----


def profile(bias_std: float) -> Profile:
    """Kernel of infinitely many ReLU units at corners of length 1, by their angle."""
    return fb.ntk(2, bias_std=bias_std).profile


def exact(bias_std: float) -> np.ndarray:
    """The rate of each degree, by the sum over how many bits differ."""
    mu, error = fb.cube_spectrum(profile(bias_std), BITS)
    return np.where(error < 1, mu, 0)


def transformed(bias_std: float, dtype: type = np.float64) -> np.ndarray:
    """The same from one row of the Gram matrix over all corners."""
    corners = fb.cube(BITS).inputs
    row = profile(bias_std)(np.arccos(corners @ corners[0] / BITS))
    one_of_each = 2 ** np.arange(BITS + 1) - 1  # parities of the first k bits
    return fwht(row.astype(dtype))[one_of_each] / 2**BITS


def agreeing(dtype: type = np.float64) -> float:
    """Share of the rates of all degrees on which the two ways agree to 1e-12."""
    gaps = [exact(bias) - transformed(bias, dtype) for bias in (0, 1)]
    return np.mean(np.abs(gaps) < 1e-12)


def by_transform() -> list[float]:
    plain, biased = transformed(0), transformed(1)
    return [0.0, plain[4], biased[3], biased[4], min(biased[:-1] / biased[1:]), 1.0]


def on_the_sphere() -> list[float]:
    """Were the corners all of the sphere that they lie on."""
    plain, biased = (fb.sphere_spectrum(profile(s), BITS, 4)[0] for s in (0, 1))
    return [np.nan, plain[4], biased[3], biased[4], np.nan, np.nan]


def no_gap() -> list[float]:
    """Did degree 3 lie halfway between its neighbours."""
    plain, biased = transformed(0), transformed(1)
    middles = [(mu[2] + mu[4]) / 2 for mu in (plain, biased)]
    return [middles[0], np.nan, middles[1], np.nan, np.nan, np.nan]


def in_single_precision() -> list[float]:
    """Was the row of the Gram matrix kept in single precision."""
    return [np.nan] * 5 + [agreeing(np.float32)]


@enter(
    id="cube-rates",
    source=HERE,
    says=(
        "Ten bits, no bias: degree 4 has the rate {4, no bias:.6f}, degree 3"
        " {3, no bias:.0f}; with bias {3, bias:.6f}; to 1e-12 {agree to 1e-12:.0%}"
        " agree with a transform."
    ),
    rows={
        "3, no bias": "",
        "4, no bias": "",
        "3, bias": "",
        "4, bias": "",
        "least fall over a degree, bias": "times",
        "agree to 1e-12": "share",
    },
    expected=by_transform,
    rival={
        "3 lies between 2 and 4": no_gap,
        "corners are a sphere": on_the_sphere,
        "single precision": in_single_precision,
    },
    chance=False,
)
def rates(seed: int) -> ArrayLike:
    plain, biased = exact(0), exact(1)
    fall = min(biased[:-1] / biased[1:])
    return [plain[3], plain[4], biased[3], biased[4], fall, agreeing()]


# ---- a network that is trained on all corners ----


def heights_left(bias_std: float, seed: int) -> tuple[fb.History, np.ndarray]:
    """A wide network on low parities of degrees 1 to 4, and its degrees' rates.

    All parities of a degree are in the target, with random signs; what is left of a
    degree is the mean over them.
    """
    basis = fb.cube(8)
    signs = np.random.default_rng(seed).choice([-0.01, 0.01], len(basis.modes))
    wanted = np.where((basis.modes > 0) & (basis.modes < 5), signs, 0)
    target = fb.on_basis(basis, basis.synthesise(wanted))
    net = fb.mlp(8, 2048, weight_std=8**-0.5, bias_std=bias_std, seed=seed)
    by_degree = fb.rates(fb.ntk_of(net), basis)[[1, 3, 7, 15]]
    run = fb.train(net, target, lr=1.0, steps=700, records=700, progress=False)
    share = run.error / np.where(wanted == 0, np.inf, -wanted)
    left = [share[:, basis.modes == k].mean(axis=1) for k in (1, 2, 3, 4)]
    return fb.History(run.t, [1, 2, 3, 4], np.stack(left, 1), run.loss), by_degree


def fitted(run: fb.History) -> np.ndarray:
    """Rates (4,), from the time at which half is left, or else from the end."""
    found = []
    for left in run.error.T:
        at = np.argmax(left < 0.5) if left.min() < 0.5 else len(left) - 1
        found.append(-np.log(left[at]) / run.t[at])
    return np.array(found)


def like_degree_1() -> list[float]:
    """Had all degrees the rate of degree 1, in units of their own."""
    ratios = []
    for bias_std in (1, 0):
        net = fb.mlp(8, 2, weight_std=8**-0.5, bias_std=bias_std)
        rates = fb.rates(fb.ntk_of(net), fb.cube(8))[[1, 3, 7, 15]]
        ratios.append(rates[0] / np.where(rates > 0, rates, np.nan))
    return [np.nan, *ratios[0][1:], 0.0, ratios[1][3]]


@enter(
    id="cube-trained-rates",
    source=HERE,
    says=(
        "2,048 units on all corners of 8 bits learn degree 4 at {degree 4:.1f} times"
        " the predicted rate; without bias {no bias, 3 left:.0%} of degree 3 stays."
    ),
    rows={
        "degree 1": "",
        "degree 2": "",
        "degree 3": "",
        "degree 4": "",
        "no bias, 3 left": "share",
        "no bias, degree 4": "",
    },
    expected=1,
    rival={"all learn like degree 1": like_degree_1},
    kind="recorded",
)
def trained_rates(seed: int) -> ArrayLike:
    biased, rates = heights_left(1, seed)
    plain, plain_rates = heights_left(0, seed)
    last = fitted(plain)[3] / plain_rates[3]
    return [*fitted(biased) / rates, plain.error[-1, 2], last]


# ---- a small network on few corners ----


def least_fall(early: np.ndarray) -> float:
    """Smallest ratio of the height of a degree to that of the next, 1 to 4."""
    return min(early[:3] / early[1:4])


@enter(
    id="cube-early-order",
    source=PENALTY,
    says=(
        "Ten epochs on 200 of 1,024 corners: {degree 1:.0%}, {degree 2:.0%},"
        " {degree 3:.0%}, {degree 4:.0%} of the parities of degrees 1 to 4 are there."
    ),
    rows={
        "degree 1": "share",
        "degree 2": "share",
        "degree 3": "share",
        "degree 4": "share",
        "least fall over a degree": "times",
    },
    rival={"no order": [0.25, 0.25, 0.25, 0.25, 1]},
)
def early_order(seed: int) -> ArrayLike:
    early = runs.parities(seed, (0.0,), 24, epochs=10).heights[0].mean(axis=0)
    return [*early[:4], least_fall(early)]


# The stored sweep has more; all of them help, from 0.01 to 0.3 most.
FACTORS = (0.0, 0.1, 1.0)
TARGETS = 16


@enter(
    id="cube-penalty-gain",
    source=PENALTY,
    says=(
        "R² on held-out corners: {without:.2f} without the penalty,"
        " {with a tenth:.2f} with it; {targets that gain:.0%} of targets gain."
    ),
    rows={
        "without": "R²",
        "with a tenth": "R²",
        "with one": "R²",
        "targets that gain": "share",
        "best epoch without": "R²",
        "targets above their best epoch": "share",
    },
    rival={
        "no effect": [np.nan, np.nan, np.nan, 0.5, np.nan, np.nan],
        "it raises the noise of fitting": [np.nan, np.nan, np.nan, 0, np.nan, 0],
    },
    kind="recorded",
)
def penalty_gain(seed: int) -> ArrayLike:
    run = runs.parities(seed, FACTORS, TARGETS)
    without, tenth, one = run.held_out[-1]
    best = run.held_out[:, 0].max(axis=0)
    means = [without.mean(), tenth.mean(), one.mean()]
    return [*means, np.mean(tenth > without), best.mean(), np.mean(tenth > best)]


@enter(
    id="cube-penalty-parts",
    source=PENALTY,
    says=(
        "{share of spurious:.0%} of what the penalty takes off the error are parities"
        " that the target does not hold; of degree 1 {degree 1, with:.0%} is left."
    ),
    rows={
        "spurious, without": "",
        "spurious, with": "",
        "share of spurious": "share",
        "degree 1, without": "share",
        "degree 1, with": "share",
        "degree 5, gain": "share",
    },
    rival={
        "low degrees stay, high ones come": [np.nan, np.nan, 0, np.nan, 1, 0.8],
    },
    kind="recorded",
)
def penalty_parts(seed: int) -> ArrayLike:
    run = runs.parities(seed, FACTORS, TARGETS)
    spurious = run.spurious.sum(axis=2).mean(axis=1)[:2]
    missed = np.square(1 - run.heights).sum(axis=2).mean(axis=1)[:2]
    heights = run.heights.mean(axis=1)[:2]
    share = np.ptp(spurious) / (np.sum([spurious, missed], axis=0) @ [1, -1])
    return [*spurious, share, *heights[:, 0], heights[1, 4] - heights[0, 4]]


# ---- the hashing ----


def hashed(seed: int) -> tuple[float, float, float]:
    """Of one network and one draw: the penalty, the sum of the sizes of the 32 sums of
    coefficients that share a bucket, and the sum of the sizes of all coefficients.
    """
    import torch

    net = fb.standard_mlp([BITS, 20, 20, 1], "tanh", seed=seed).double()
    basis = fb.cube(BITS)
    bits = (1 - basis.inputs) / 2
    with torch.no_grad():
        c = fwht(net(torch.as_tensor(bits))[:, 0].numpy()) / 2**BITS
        generator = torch.Generator().manual_seed(seed)
        penalty = fb.hashwh_penalty(net, BITS, 32, generator=generator).item()
    again = torch.Generator().manual_seed(seed)
    A = torch.randint(0, 2, (1, 5, BITS), generator=again)[0].numpy()
    # Parity S and corner number S have the same binary digits.
    bucket = (bits @ A.T % 2) @ 2 ** np.arange(5)
    sums = np.bincount(bucket.astype(int), c, 32)
    return penalty, np.abs(sums).sum(), np.abs(c).sum()


def without_sharing() -> list[float]:
    """Had every coefficient a bucket of its own, for one network."""
    penalty, _, everything = hashed(0)
    return [everything / penalty, 0.0]


@enter(
    id="cube-hash-aliases",
    source="derived here, checked numerically (hashing: arXiv 2305.09779)",
    says=(
        "In {to 1e-12:.0%} of draws the penalty is, to 1e-12, the sum of the buckets'"
        " absolute values, each a sum of coefficients of parities that react alike."
    ),
    rows={"penalty": "sums of the buckets", "to 1e-12": "share"},
    expected=1,
    rival={"each parity has its own bucket": without_sharing},
)
def hash_aliases(seed: int) -> ArrayLike:
    draws = np.array([hashed(20 * seed + draw) for draw in range(20)])
    ratio = draws[:, 0] / draws[:, 1]
    return [ratio.mean(), np.mean(np.abs(ratio - 1) < 1e-12)]


# ---- tables of yes and no ----


@enter(
    id="bits-diabetes",
    source=PENALTY,
    says=(
        "Diabetes in ten bits: a network has R² {plain:.2f}, with the penalty"
        " {penalty:.2f}, stopped early {stopped:.2f}, a linear model {linear:.2f}."
    ),
    rows={
        "plain": "R²",
        "penalty": "R²",
        "stopped": "R²",
        "linear": "R²",
        "gain by the penalty": "R²",
        "linear ahead of the penalty": "R²",
    },
    rival={
        "no effect": [np.nan, 0, np.nan, np.nan, 0, np.nan],
        "linear and plain are alike": [0.37, np.nan, np.nan, 0.37, np.nan, 0],
    },
    kind="recorded",
)
def diabetes(seed: int) -> ArrayLike:
    """Means over 32 splits: 160 rows to train on, 80 to choose, 202 held out."""
    run = runs.real("diabetes", seed, 32)
    plain, penalty, stopped, linear = (
        run[name].mean() for name in ("plain", "penalty", "stopped", "linear")
    )
    return [plain, penalty, stopped, linear, penalty - plain, linear - penalty]


@enter(
    id="bits-cancer",
    source=PENALTY,
    says=(
        "Breast cancer in thirty bits: a network has {plain:.1%} right, the penalty"
        " adds {gain by the penalty:.1%}; logistic regression has {linear:.1%}."
    ),
    rows={
        "plain": "share",
        "penalty": "share",
        "stopped": "share",
        "linear": "share",
        "gain by the penalty": "share",
    },
    rival={"half of the errors go": [np.nan, 0.956, np.nan, np.nan, 0.044]},
    kind="recorded",
)
def cancer(seed: int) -> ArrayLike:
    """Means over 32 splits: 100 rows to train on, 50 to choose, 419 held out."""
    run = runs.real("cancer", seed, 32)
    plain, penalty, stopped, linear = (
        run[name].mean() for name in ("plain", "penalty", "stopped", "linear")
    )
    return [plain, penalty, stopped, linear, penalty - plain]


# ---- the Further page: parities and attention ----

PARITIES = "measured for this course (question: Vasudeva et al., arXiv 2403.06925)"


def median_steps() -> np.ndarray:
    """(2, 3) of the stored networks, by kind and degree."""
    return np.median(attention.load()["steps"], axis=2)


def like_dense() -> list[float]:
    """Did attention need the dense network's steps."""
    return [np.nan, np.nan, np.nan, *median_steps()[0]]


def by_one_factor() -> list[float]:
    """Were it as many times slower at each degree as at degree 1."""
    dense, other = median_steps()
    return [np.nan] * 4 + list(dense[1:] * other[0] / dense[0])


@enter(
    id="parity-steps",
    source=PARITIES,
    says=(
        "Fresh points, median of eight: a dense network learns degree 4 in"
        " {dense, 4:.0f} steps, one layer of attention in {attention, 4:.0f}."
    ),
    rows={
        "dense, 1": "steps",
        "dense, 2": "steps",
        "dense, 4": "steps",
        "attention, 1": "steps",
        "attention, 2": "steps",
        "attention, 4": "steps",
    },
    rival={
        "attention is as fast": like_dense,
        "attention is slower by one factor": by_one_factor,
    },
    kind="recorded",
    chance=False,
)
def parity_steps(seed: int) -> ArrayLike:
    return median_steps().ravel()


def learned_early(kind: str, degree: int, seed: int) -> float:
    """Share of two networks that learn a parity within 200 steps at the rate 0.01, the
    fastest of the stored trials wherever any rate was fast.
    """
    seeds = (1000 + 2 * seed, 1001 + 2 * seed)
    nets = (attention.network(kind, s) for s in seeds)  # each made before its training
    steps = [attention.steps_to_learn(net, degree, 0.01, 200) for net in nets]
    return np.mean(np.array(steps) < 200)


@enter(
    id="parity-early",
    source=PARITIES,
    says=(
        "In 200 steps {dense, 4:.0%} of dense networks learn degree 4; of those with"
        " attention {attention, 2:.0%} learn degree 2 and {attention, 4:.0%} degree 4."
    ),
    rows={"dense, 4": "share", "attention, 2": "share", "attention, 4": "share"},
    rival={
        "attention is as fast": [np.nan, np.nan, 1],
        "too early for any": [0, 0, np.nan],
    },
    kind="recorded",
)
def parity_early(seed: int) -> ArrayLike:
    cases = (("dense", 4), ("attention", 2), ("attention", 4))
    return [learned_early(kind, degree, seed) for kind, degree in cases]


def tenfolds(kind: str, seed: int, factor: float = 1, count: int = 4) -> np.ndarray:
    """Powers of ten of the rates of degrees 1 to 4 at the start, mean of a few
    networks; with `factor` times as much attention.
    """
    found = []
    for number in range(count):
        net = attention.network(kind, count * seed + number)
        if factor != 1:
            net = attention.strengthened(net, factor)
        found.append(np.log10(attention.start_rates(net)))
    return np.mean(found, axis=0)


@enter(
    id="parity-start-rates",
    source=PARITIES,
    says=(
        "At the start degree 4 is {dense, 1 to 4:.1f} powers of ten slower than degree"
        " 1 for a dense network, {attention, 1 to 4:.1f} for one layer of attention."
    ),
    rows={
        "dense, 1 to 2": "powers of ten",
        "dense, 1 to 3": "powers of ten",
        "dense, 1 to 4": "powers of ten",
        "attention, 1 to 2": "powers of ten",
        "attention, 1 to 3": "powers of ten",
        "attention, 1 to 4": "powers of ten",
    },
    rival={
        "both fall alike": [np.nan] * 3 + [1.0, 2.0, 2.4],
        "two powers of ten a bit": [np.nan] * 3 + [2.0, 4.0, 6.0],
    },
)
def parity_start_rates(seed: int) -> ArrayLike:
    """Means of four networks of each kind."""
    dense, other = (tenfolds(kind, seed) for kind in attention.KINDS)
    return [one[0] - one[k] for one in (dense, other) for k in (1, 2, 3)]


# Powers of ten of 9² and 9³: what degrees 3 and 4 would gain from three times as much.
NINEFOLDS = [2 * np.log10(9), 3 * np.log10(9)]


@enter(
    id="parity-stronger-look",
    source=PARITIES,
    says=(
        "With three times as much added by attention, degrees 2 to 4 start"
        " {gain of degree 2:.2f}, {gain of degree 3:.2f} and {gain of degree 4:.2f}"
        " powers of ten faster."
    ),
    rows={f"gain of degree {k}": "powers of ten" for k in (1, 2, 3, 4)},
    rival={
        "attention has no part in it": [np.nan, 0, np.nan, np.nan],
        "each bit after the first gains its square": [np.nan, np.nan, *NINEFOLDS],
    },
    kind="recorded",
)
def parity_stronger_look(seed: int) -> ArrayLike:
    """Mean of 12 networks."""
    gains = []
    for number in range(12 * seed, 12 * seed + 12):
        net = attention.network("attention", number)
        before = attention.start_rates(net)
        after = attention.start_rates(attention.strengthened(net, 3))
        gains.append(np.log10(after / before))
    return np.mean(gains, axis=0)
