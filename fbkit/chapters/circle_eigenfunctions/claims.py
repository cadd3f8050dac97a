"""Claims of the chapter on the circle: exact eigenvalues, the odd modes, depth, and
aliasing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

import fbkit as fb
from fbkit.history import History
from fbkit.ledger import enter
from fbkit.nets import even_units
from fbkit.targets import Target

EXACT = (
    "derived here, checked numerically; up to factors as in Basri et al., arXiv"
    " 1906.00425"
)
HERE = "derived here, checked numerically"
PI2 = np.pi**2
LOW = 0.02  # height at which the kernel hardly moves
LR = 2.8  # just under one over the largest rate with bias
FIVE = [2, 3, 4, 6, 8]

Profile = Callable[[np.ndarray], np.ndarray]


# Inner weights (and biases, 0 at the start) trained: the share of units active at both
# inputs, times u.u' (+ 1).


def no_bias(theta: np.ndarray) -> np.ndarray:
    theta = np.arccos(np.cos(theta))
    return np.cos(theta) * (np.pi - theta) / (2 * np.pi)


def with_bias(theta: np.ndarray) -> np.ndarray:
    theta = np.arccos(np.cos(theta))
    return (1 + np.cos(theta)) * (np.pi - theta) / (2 * np.pi)


def even_rate(k: int) -> float:
    """Eigenvalue of an even frequency, with bias or without."""
    return (k**2 + 1) / (PI2 * (k**2 - 1) ** 2)


def kink_rate(k: ArrayLike) -> ArrayLike:
    """What the profile's kinks leave in the eigenvalue of an even frequency; with bias
    in that of every frequency.
    """
    return 1 / (PI2 * k**2)


MIDDLE = (even_rate(2) + even_rate(4)) / 2


def eigenvalues(highest: int) -> np.ndarray:
    """Of the kernel without bias, by the formulas."""
    return fb.relu_profile("first layer").eigenvalues(2, highest)


def point_rates(kernel: Profile, points: int, frequencies: Sequence[int]) -> np.ndarray:
    """Rates of some frequencies on evenly spaced points."""
    basis = fb.circle(points)
    return fb.rates(kernel, basis)[np.searchsorted(basis.modes, frequencies)]


def cosines(points: int, frequencies: Sequence[int], height: float) -> Target:
    basis = fb.circle(points)
    waves = np.cos(np.outer(basis.points, frequencies)).sum(axis=1)
    return fb.on_basis(basis, height * waves)


def train_even_units(bias_std: float, height: float, steps: int) -> History:
    """Evenly spaced units on five waves at 64 points, every step recorded."""
    target = cosines(64, FIVE, height)
    net = even_units(bias_std=bias_std)
    training = dict(lr=LR, steps=steps, records=4 * steps)
    return fb.train(net, target, progress=False, **training)


def left(run: History, frequencies: Sequence[int]) -> np.ndarray:
    """Shares of the errors at the start that are left at the end."""
    error = run.select(frequencies)
    return error[-1] / error[0]


# ---- rates ----


@enter(
    id="circle-rates",
    source=EXACT,
    says=(
        "Without bias wave 4 has the rate {rate of 4:.5f} and wave 3 exactly"
        " {rate of 3:.0f}; with bias wave 3 has {bias, rate of 3:.5f}."
    ),
    rows={"rate of 3": "", "rate of 4": "", "bias, rate of 3": ""},
    expected=[0, even_rate(4), 1 / (9 * PI2)],
    rival={
        "the kinks alone": [np.nan, kink_rate(4), np.nan],
        "3 lies between 2 and 4": [MIDDLE, np.nan, MIDDLE],
    },
    chance=False,
)
def rates(seed: int) -> ArrayLike:
    plain, _ = fb.circle_spectrum(no_bias, 8)
    biased, _ = fb.circle_spectrum(with_bias, 8)
    return [*plain[[3, 4]], biased[3]]


# ---- theory laid over the network ----


def steps_until(left: float, rate: ArrayLike) -> np.ndarray:
    """Steps after which less than a share of a wave is left."""
    return np.ceil(np.log(left) / np.log(1 - LR * np.asarray(rate)))


def expected_steps() -> np.ndarray:
    plain = steps_until(0.5, point_rates(no_bias, 64, [4]))
    return np.append(plain, steps_until(0.5, point_rates(with_bias, 64, [3, 4])))


def kink_steps() -> np.ndarray:
    return steps_until(0.5, kink_rate(np.array([4, 3, 4])))


@enter(
    id="circle-steps",
    source=HERE,
    says=(
        "Half of wave 4 takes {half of 4:.0f} steps; with bias half of wave 3 takes"
        " {bias, half of 3:.0f}, and half of wave 4 again {bias, half of 4:.0f}."
    ),
    rows={
        "half of 4": "steps",
        "bias, half of 3": "steps",
        "bias, half of 4": "steps",
    },
    expected=expected_steps,
    rival={"1/(π²k²) for all waves": kink_steps},
    chance=False,
)
def steps(seed: int) -> ArrayLike:
    plain = train_even_units(0, LOW, 60)
    biased = train_even_units(1, LOW, 60)
    without = fb.learning_times(plain, 0.5, [4])
    return np.append(without, fb.learning_times(biased, 0.5, [3, 4])) / LR


# ---- what the network can be ----


@enter(
    id="circle-odd-stays",
    source=HERE,
    says=(
        "Narrow networks without bias, all weights trained at full height: of wave 3"
        " {3, left:.0%} stays, of waves 2 and 4 {2, left:.0%} and {4, left:.0%}."
    ),
    rows={"2, left": "share", "3, left": "share", "4, left": "share"},
    expected=[0, 1, 0],
    rival={
        "3 is slow, not impossible": [np.nan, 0, np.nan],
        "narrow networks learn nothing": [1, np.nan, 1],
    },
)
def odd_stays(seed: int) -> ArrayLike:
    nets = [fb.mlp(width=64, bias_std=0, seed=4 * seed + i) for i in range(4)]
    target = cosines(64, [2, 3, 4], 1.0)
    runs = fb.train_ensemble(nets, target, steps=3000, records=20, progress=False)
    return np.mean([left(run, [2, 3, 4]) for run in runs], axis=0)


# ---- depth ----


def deep_profile(depth: int) -> Profile:
    """All layers trained, no bias, scaled to K(0) = 1; a plain function, so that it is
    integrated and not looked up.
    """
    profile = fb.ntk(depth, bias_std=0).profile
    return lambda theta: profile(theta) / profile(0.0)


def average_rate(depth: int) -> float:
    """Rate of frequency 3 as the plain average of profile times wave."""
    angle = 2 * np.pi * np.arange(20_000) / 20_000
    folded = np.arccos(np.cos(angle))
    return np.mean(deep_profile(depth)(folded) * np.cos(3 * angle))


def odd_slope(mu: np.ndarray) -> float:
    k = np.arange(201, 400, 2)
    return np.polyfit(np.log(k), np.log(mu[k]), 1)[0]


@enter(
    id="circle-depth",
    source="power as in arXiv 2009.14397; rates derived here, checked numerically",
    says=(
        "Without bias a second hidden layer gives wave 3 the rate {3, depth 3:.5f}"
        " (K(0) = 1); odd rates fall as k^{odd slope, depth 8:.2f} at depth 8."
    ),
    rows={
        "3, depth 2": "",
        "3, depth 3": "",
        "3, depth 6": "",
        "odd slope, depth 3": "",
        "odd slope, depth 8": "",
    },
    expected=lambda: [0.0, average_rate(3), average_rate(6), -2.0, -2.0],
    rival={
        "depth leaves the gaps": [np.nan, 0, 0, np.nan, np.nan],
        "each layer has its own factor 1/k²": [np.nan] * 3 + [-4, -14],
    },
    chance=False,
)
def depth(seed: int) -> ArrayLike:
    found = [fb.circle_spectrum(deep_profile(L), 3)[0][3] for L in (2, 3, 6)]
    slopes = [odd_slope(fb.circle_spectrum(deep_profile(L), 400)[0]) for L in (3, 8)]
    return found + slopes


def deep_with_bias(depth: int) -> Profile:
    """All layers trained, biases of variance 1 in each, scaled to K(0) = 1."""
    profile = fb.ntk(depth, output_bias_std=1).profile
    return lambda theta: profile(theta) / profile(0.0)


def laplace(theta: np.ndarray) -> np.ndarray:
    """exp(-distance), the distance measured straight through the circle."""
    return np.exp(-2 * np.abs(np.sin(theta / 2)))


def corner(kernel: Profile) -> float:
    """How fast a profile falls from its value at 0."""
    step = 1e-7
    return (kernel(0.0) - kernel(step)) / step


def rates_over_laplace(depth: int) -> np.ndarray:
    """At the frequencies 100 and 300, for corners of one size."""
    deep = deep_with_bias(depth)
    over = fb.circle_spectrum(deep, 300)[0] / fb.circle_spectrum(laplace, 300)[0]
    return over[[100, 300]] / corner(deep)


LAYERS = (2, 3, 6)


def height_alone() -> list[float]:
    """Were all kernels with K(0) = 1 alike at high frequencies."""
    return [1 / corner(deep_with_bias(depth)) for depth in LAYERS for _ in range(2)]


@enter(
    id="circle-laplace",
    source="power as in arXiv 2009.14397 and 2007.01580; constant derived here",
    says=(
        "With biases, depth 3: rate 300 is {300, depth 3:.3f} times that of the Laplace"
        " kernel with the same corner; at depth 6, {300, depth 6:.3f} times."
    ),
    rows={f"{k}, depth {depth}": "" for depth in LAYERS for k in (100, 300)},
    expected=1,
    rival={
        "K(0) decides the height": height_alone,
        "each layer has its own factor 1/k²": [1, 1, 1, 1 / 9, 1, 9.0**-4],
    },
    chance=False,
)
def over_laplace(seed: int) -> ArrayLike:
    return np.concatenate([rates_over_laplace(depth) for depth in LAYERS])


@enter(
    id="circle-deep-net",
    source=HERE,
    says=(
        "Two hidden layers of 512 random units, no bias: wave 3 is learned at"
        " {rate of 3:.1f} times the predicted rate, a mean over networks."
    ),
    rows={f"rate of {k}": "" for k in (2, 3, 4)},
    expected=1,
    rival={
        "depth leaves the gaps": [np.nan, 0, np.nan],
        "variance of the last layer doubled": 2,
    },
)
def deep_net(seed: int) -> ArrayLike:
    deep = dict(width=512, depth=3, bias_std=0, weight_std=2**0.5)
    nets = [fb.mlp(seed=8 * seed + i, **deep) for i in range(8)]
    predicted = point_rates(fb.ntk_of(nets[0]), 64, [2, 3, 4])
    target = cosines(64, [2, 3, 4], 0.1)
    runs = fb.train_ensemble(nets, target, steps=120, records=120, progress=False)
    times = [fb.learning_times(run, frequencies=[2, 3, 4]) for run in runs]
    rate = np.log(5) / np.exp(np.mean(np.log(times), axis=0))
    return rate / predicted


# ---- what n points hear ----


def all_aliases() -> list[float]:
    mu = eigenvalues(200_000)
    heard = {k: mu[k::64].sum() + mu[64 - k :: 64].sum() for k in (6, 32)}
    few = mu[3::15].sum() + mu[12::15].sum()
    heights = mu[[3, 12, 18, 42]] / few
    return [heard[6] / mu[6], heard[32] / mu[32], *heights]


def one_alias() -> list[float]:
    mu = eigenvalues(64)
    return [1 + mu[58] / mu[6], 2.0, 0.0, 1.0, 0.0, 0.0]


@enter(
    id="circle-aliases",
    source=HERE,
    says=(
        "Trained on cos 3x at 15 points, the network says {height of 12:.3f} of wave 12"
        " and {height of 3:.0f} of wave 3; on 64 wave 32 has"
        " {rate of 32:.3f} times its eigenvalue."
    ),
    rows={
        "rate of 6": "μ",
        "rate of 32": "μ",
        "height of 3": "share",
        "height of 12": "share",
        "height of 18": "share",
        "height of 42": "share",
    },
    expected=all_aliases,
    rival={
        "points hear one frequency each": [1, 1, 1, 0, 0, 0],
        "the nearest alias alone": one_alias,
    },
    chance=False,
)
def aliases(seed: int) -> ArrayLike:
    rate = fb.mode_rates(even_units(bias_std=0), fb.circle(64), [6, 32])
    net = even_units(bias_std=0)
    fb.train(net, cosines(15, [3], LOW), steps=800, progress=False)
    return [*rate / eigenvalues(32)[[6, 32]], *heights_between(net)]


def heights_between(net: object) -> np.ndarray:
    """Heights of frequencies 3, 12, 18, 42 in the output, over that of the target."""
    import torch

    fine = fb.circle(960)
    with torch.no_grad():
        output = net(torch.as_tensor(fine.inputs, dtype=torch.float32)).numpy().ravel()
    waves = [2 * k - 1 for k in (3, 12, 18, 42)]  # the places of the cosines
    return np.sqrt(2) * np.abs(fine.analyse(output)[waves]) / LOW


# ---- where it stops ----


@enter(
    id="circle-random-units",
    source=HERE,
    says=(
        "Drawn at random instead of evenly spaced, 1,920 units have rates that are off"
        " by {spread:.1%} (root mean square over networks)."
    ),
    rows={"spread": ""},
    # The rate is a mean of a², a standard normal, over the 960 units of a half.
    expected=np.sqrt(2 / 960),
    rival={"one over the width": 1 / 1920, "no chance in the rates": 0},
)
def random_units(seed: int) -> ArrayLike:
    exact = point_rates(no_bias, 32, [4])
    off = []
    for i in range(200):
        net = fb.mlp(width=1920, bias_std=0, seed=200 * seed + i)
        for half in (net.plus, net.minus):
            half.layers[1].weight.requires_grad_(False)
        off.append(fb.mode_rates(net, fb.circle(32), [4]) / exact - 1)
    return np.sqrt(np.mean(np.square(off)))


@enter(
    id="circle-tall-target",
    source=HERE,
    says=(
        "At height 1 instead of 0.02, 80 % of wave 4 takes {80 % of 4:.0f} steps, and"
        " {3, left:.0%} of wave 3 stays."
    ),
    rows={"80 % of 4": "steps", "3, left": "share"},
    rival={
        "the rates of the start": lambda: [steps_until(0.2, even_rate(4)), np.nan],
        "tall targets end the gaps": [np.nan, 0],
    },
    chance=False,
)
def tall_target(seed: int) -> ArrayLike:
    run = train_even_units(0, 1.0, 700)
    return fb.learning_times(run, 0.2, [4])[0] / LR, *left(run, [3])
