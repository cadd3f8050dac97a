"""Claims of the chapter "What does multiplying units change?": kernel, decay, parity,
the middle of the spectrum, and trained networks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import torch
from numpy.typing import ArrayLike

import fbkit as fb
from fbkit.chapters.polynomial_networks.product import even_product, product
from fbkit.history import History
from fbkit.kernels import pnn_linear_factor_ntk, pnn_ntk
from fbkit.ledger import enter
from fbkit.nets import Antisymmetric
from fbkit.targets import Target

HERE = "derived here, checked numerically"
PAPERS = "derived here; networks of this kind: arXiv 2202.13473 and 2209.07736"
BASIS = fb.circle(64)
LOW = 0.02  # height at which the kernel hardly moves
LR = 0.4  # under one over the largest rate of every network here
RELU, TWO, THREE = ["relu"], ["relu"] * 2, ["relu"] * 3
WITH_LINEAR = ["relu", "linear"]

Profile = Callable[[np.ndarray], np.ndarray]


# ---- kernels ----


def of_factors(factors: int) -> Profile:
    return partial(pnn_ntk, factors=factors)


def with_bias(theta: np.ndarray) -> np.ndarray:
    """Of the plain network whose biases are trained and start at 0."""
    theta = np.arccos(np.cos(theta))
    share = 1 - theta / np.pi
    value = np.sin(theta) / np.pi + share * np.cos(theta)
    return value + (1 + np.cos(theta)) * share


def gradients(net: Antisymmetric, points: ArrayLike) -> list[list[torch.Tensor]]:
    """At each point, of the output by each of the parameters."""
    outputs = net(torch.as_tensor(points, dtype=torch.float32))
    parameters = list(net.parameters())
    return [
        torch.autograd.grad(output, parameters, retain_graph=True)
        for output in outputs[:, 0]
    ]


def tangent(net: Antisymmetric, theta: float) -> float:
    """The kernel of this network between two inputs on the circle."""
    points = [[1.0, 0.0], [np.cos(theta), np.sin(theta)]]
    here, there = gradients(net, points)
    return sum(float((a * b).sum(dtype=torch.float64)) for a, b in zip(here, there))


@enter(
    id="products-kernel",
    source=PAPERS,
    says=(
        "At 1 radian the kernel of two ReLU factors is {two:.3f}, of three"
        " {three:.3f}, of a ReLU and a linear one {linear:.3f}."
    ),
    rows={"two": "", "three": "", "linear": ""},
    expected=lambda: [pnn_ntk(1.0, 2), pnn_ntk(1.0, 3), pnn_linear_factor_ntk(1.0)],
    rival={
        "the kernels of the factors, multiplied": lambda: [
            pnn_ntk(1.0, 1) ** 2,
            pnn_ntk(1.0, 1) ** 3,
            np.nan,
        ],
        "only the outer weights are trained": lambda: [
            (pnn_ntk(1.0, 1) - np.cos(1.0) * (1 - 1 / np.pi)) ** 2,
            (pnn_ntk(1.0, 1) - np.cos(1.0) * (1 - 1 / np.pi)) ** 3,
            (pnn_ntk(1.0, 1) - np.cos(1.0) * (1 - 1 / np.pi)) * np.cos(1.0),
        ],
    },
)
def kernel(seed: int) -> ArrayLike:
    nets = [product(factors, 500_000, seed=seed) for factors in (TWO, THREE)]
    nets.append(product(WITH_LINEAR, 500_000, seed=seed))
    return [tangent(net, 1.0) for net in nets]


def relative_spread(factors: int) -> float:
    """Standard deviation of K(0) over its mean, for one unit, from the moments of
    normal numbers.

    With s = 2 relu(z)^2 a unit holds prod s_i + a^2 sum_i 2 [z_i > 0] prod_{j != i}
    s_j; E s = 1, E s^2 = 6, E 2 [z > 0] s = E (2 [z > 0])^2 = 2, E a^4 = 3.
    """
    F = factors
    square = 6.0**F + 4 * F * 6.0 ** (F - 1)
    square += 3 * (2 * F * 6.0 ** (F - 1) + 4 * F * (F - 1) * 6.0 ** (F - 2))
    return np.sqrt(square - (F + 1) ** 2) / (F + 1)


def units_of(net: Antisymmetric) -> torch.Tensor:
    """(m,) what each unit of one half contributes to K(0), times the width."""
    inner, outer = gradients(net.plus, [[1.0, 0.0]])[0]
    return len(outer) * (outer**2 + (inner**2).sum(dim=(0, 2)))


def spread_of(factors: list[str], seed: int) -> float:
    units = units_of(product(factors, 1_000_000, seed=seed)).double()
    return float(units.std() / units.mean())


@enter(
    id="products-spread",
    source=HERE,
    says=(
        "K(0) of 1,000 random units varies by {one:.1%} with one factor, by {two:.0%}"
        " with two and by {three:.0%} with three."
    ),
    rows={"one": "share", "two": "share", "three": "share"},
    expected=lambda: [relative_spread(F) / np.sqrt(1000) for F in (1, 2, 3)],
    rival={
        "as with one factor": lambda: [
            np.nan,
            *[relative_spread(1) / np.sqrt(1000)] * 2,
        ],
        "in proportion to the factors": lambda: [
            np.nan,
            *np.array([2, 3]) * relative_spread(1) / np.sqrt(1000),
        ],
    },
)
def spread(seed: int) -> ArrayLike:
    found = [spread_of(factors, seed) for factors in (RELU, TWO, THREE)]
    return np.divide(found, np.sqrt(1000))


# ---- how rates fall ----


def over_parities(mu: np.ndarray) -> np.ndarray:
    """Averages (1/4, 1/2, 1/4) over neighbours, which close the gaps of one parity."""
    mean = np.full_like(mu, np.nan)
    mean[1:-1] = mu[1:-1] / 2 + (mu[:-2] + mu[2:]) / 4
    return mean


def slope(factors: int, dim: int) -> float:
    """Power of k by which the eigenvalues fall, at the degrees 40 to 80."""
    k = np.arange(40, 81)
    mu = over_parities(fb.sphere_spectrum(of_factors(factors), dim, 81)[0])
    return np.polyfit(np.log(k), np.log(mu[k]), 1)[0]


SPHERES = {"circle": 2, "sphere": 3, "next": 4}


def furthest_slope(dim: int) -> float:
    """Of one to four factors, the slope that is furthest from -dim."""
    slopes = [slope(F, dim) for F in (1, 2, 3, 4)]
    return max(slopes, key=lambda one: abs(one + dim))


@enter(
    id="products-exponent",
    source=HERE,
    says=(
        "With 1, 2, 3 or 4 factors rates fall as k to the {circle:.0f} on the circle,"
        " {sphere:.0f} on the sphere and {next:.0f} on the next sphere."
    ),
    rows=dict.fromkeys(SPHERES, ""),
    expected=[-2, -3, -4],
    rival={
        "four factors have four times the power": [-8, -12, -16],
        "as slow as a finite K(0) allows": [-1, -2, -3],
        "half a power slower": [-1.5, -2.5, -3.5],
    },
    chance=False,
)
def exponent(seed: int) -> ArrayLike:
    return [furthest_slope(dim) for dim in SPHERES.values()]


def gain(factors: int, dim: int, degree: int) -> float:
    """Rate of a high degree over that of the plain network, at equal K(0)."""
    rates = [
        over_parities(fb.sphere_spectrum(of_factors(F), dim, degree + 1)[0])[degree]
        / (F + 1)
        for F in (1, factors)
    ]
    return rates[1] / rates[0]


@enter(
    id="products-prefactor",
    source=HERE,
    says=(
        "At equal K(0) the rates of fast waves are {circle, two:.2f},"
        " {circle, three:.2f} and {circle, four:.2f} times the plain network's with 2,"
        " 3 and 4 factors."
    ),
    rows={
        f"{name}, {F}": ""
        for name in ("circle", "next")
        for F in ("two", "three", "four")
    },
    expected=[4 / 3, 3 / 2, 8 / 5] * 2,
    rival={
        "each factor adds as much": [2, 3, 4, 2, 3, 4],
        "no change": 1,
    },
    chance=False,
)
def prefactor(seed: int) -> ArrayLike:
    return [gain(F, dim, 120) for dim in (2, 4) for F in (2, 3, 4)]


# ---- the middle of the spectrum ----


def middle_of(kernel: Profile) -> float:
    """Share of K(0) in the waves 3 to 8, cosines and sines."""
    return 2 * fb.circle_spectrum(kernel, 8)[0][3:].sum() / kernel(0.0)


def averages(kernel: Profile) -> np.ndarray:
    """Rates of the waves 0 to 8 as plain averages of profile times wave."""
    angle = 2 * np.pi * np.arange(40_000) / 40_000
    waves = np.cos(np.outer(np.arange(9), angle))
    return waves @ kernel(np.arccos(np.cos(angle))) / len(angle)


def expected_middle() -> list[float]:
    kernels = [*map(of_factors, (1, 2, 3, 4)), with_bias]
    return [2 * averages(one)[3:].sum() / one(0.0) for one in kernels]


def only_the_prefactor() -> list[float]:
    plain = expected_middle()[0]
    return [np.nan, *(plain * 2 * F / (F + 1) for F in (2, 3, 4)), np.nan]


@enter(
    id="products-middle",
    source=HERE,
    says=(
        "Waves 3 to 8 hold {one:.1%} of K(0) with one factor, {two:.0%} with two,"
        " {three:.0%} with three, {four:.0%} with four; with a bias {bias:.1%}."
    ),
    rows=dict.fromkeys(["one", "two", "three", "four", "bias"], "share"),
    expected=expected_middle,
    rival={
        "2F/(F + 1) at every wave": only_the_prefactor,
        "a bias gives what a second factor gives": lambda: [
            *[np.nan] * 4,
            expected_middle()[1],
        ],
    },
    chance=False,
)
def middle(seed: int) -> ArrayLike:
    return [middle_of(one) for one in (*map(of_factors, (1, 2, 3, 4)), with_bias)]


# ---- trained networks ----


def cosines(frequencies: Sequence[int], height: float) -> Target:
    waves = np.cos(np.outer(BASIS.points, frequencies)).sum(axis=1)
    return fb.on_basis(BASIS, height * waves)


def descend(
    net: Antisymmetric, frequencies: Sequence[int], height: float, **plan
) -> History:
    return fb.train(net, cosines(frequencies, height), progress=False, **plan)


def left(run: History, frequencies: Sequence[int]) -> np.ndarray:
    """Shares of the errors at the start that are left at the end."""
    error = run.select(frequencies)
    return error[-1] / error[0]


def lazily(net: Antisymmetric, steps: int) -> History:
    """On five low waves, every step recorded."""
    plan = dict(lr=LR, steps=steps, records=4 * steps)
    return descend(net, [2, 3, 4, 5, 6], LOW, **plan)


def halved(run: History, frequencies: Sequence[int]) -> np.ndarray:
    return fb.learning_times(run, 0.5, frequencies) / LR


def steps_until_half(kernel: Profile, frequencies: Sequence[int]) -> np.ndarray:
    """By the rates at the points."""
    rates = fb.rates(kernel, BASIS)[np.searchsorted(BASIS.modes, frequencies)]
    return steps_at(rates)


def steps_at(rates: ArrayLike) -> np.ndarray:
    return np.ceil(np.log(0.5) / np.log(1 - LR * np.asarray(rates)))


def expected_halves() -> list[float]:
    plain = steps_until_half(of_factors(1), [4, 6])
    return [*plain, *steps_until_half(of_factors(2), [4, 5, 6]), 1.0]


def corner_halves() -> list[float]:
    """By the law of fast waves alone."""
    fast = 2 / (np.pi * np.array([4, 6, 4, 5, 6])) ** 2
    return [*steps_at(fast), np.nan]


@enter(
    id="products-half-times",
    source=HERE,
    says=(
        "Two factors learn half of wave 4 in {two, 4:.0f} steps and of wave 5 in"
        " {two, 5:.0f}; one factor takes {one, 4:.0f}, and of wave 3"
        " {one, 3 left:.0%} stays."
    ),
    rows={
        **{f"one, {k}": "steps" for k in (4, 6)},
        **{f"two, {k}": "steps" for k in (4, 5, 6)},
        "one, 3 left": "share",
    },
    expected=expected_halves,
    rival={
        "the law of fast waves": corner_halves,
        "products learn as one factor does": lambda: [
            *[np.nan] * 2,
            steps_until_half(of_factors(1), [4])[0],
            np.nan,
            steps_until_half(of_factors(1), [6])[0],
            np.nan,
        ],
        "3 is slow, not impossible": [*[np.nan] * 5, 0],
    },
    chance=False,
)
def half_times(seed: int) -> ArrayLike:
    one = lazily(even_product(RELU, 960), 280)
    two = lazily(even_product(TWO, 48), 240)
    return [*halved(one, [4, 6]), *halved(two, [4, 5, 6]), *left(one, [3])]


def ratio_to_bias(k: int) -> float:
    """Rate of a wave with two factors over that of a plain network with biases."""
    two, biased = (fb.circle_spectrum(K, k)[0][k] for K in (of_factors(2), with_bias))
    return two / biased


def expected_beside_bias() -> list[float]:
    steps = [steps_until_half(kernel, [3])[0] for kernel in (with_bias, of_factors(2))]
    return [*steps, 1.0]


@enter(
    id="products-bias",
    source=HERE,
    says=(
        "Half of wave 3 takes a plain network with biases {bias, 3:.0f} steps, two"
        " factors {two, 3:.0f}; but wave 200 has {ratio of 200:.2f} times the rate."
    ),
    rows={"bias, 3": "steps", "two, 3": "steps", "ratio of 200": ""},
    expected=expected_beside_bias,
    rival={
        "a bias does all that a factor does": lambda: [
            steps_until_half(of_factors(2), [3])[0],
            np.nan,
            np.nan,
        ],
        "4/3, as over no bias": [np.nan, np.nan, 4 / 3],
        "every wave gains as wave 3": lambda: [np.nan, np.nan, ratio_to_bias(3)],
    },
    chance=False,
)
def beside_bias(seed: int) -> ArrayLike:
    biased = lazily(even_product(RELU, 960, bias=True), 90)
    two = lazily(even_product(TWO, 48), 30)
    return [*halved(biased, [3]), *halved(two, [3]), ratio_to_bias(200)]


@enter(
    id="products-parity",
    source=HERE,
    says=(
        "Narrow, full height, no bias: {one, 3:.0%} of networks of one factor learn"
        " wave 3, {two, 3:.0%} of two factors; {linear, 4:.0%} of ReLU × linear learn"
        " wave 4."
    ),
    rows=dict.fromkeys(["one, 3", "two, 3", "linear, 4"], "share"),
    expected=[0, 1, 0],
    rival={
        "the gaps of one factor stay": [np.nan, 0, 1],
        "nothing is impossible": [1, np.nan, 1],
    },
)
def parity(seed: int) -> ArrayLike:
    shares = []
    for factors, wave in ((RELU, 3), (TWO, 3), (WITH_LINEAR, 4)):
        net = product(factors, 64, seed=seed)
        run = descend(net, [2, 3, 4], 1.0, steps=200, records=10)
        shares.append(left(run, [wave])[0] < 0.2)
    return shares


# ---- outside the data ----

LINE = fb.interval(64, -1, 1, extension="even")
OUTSIDE = np.concatenate([np.linspace(-3, -1, 100), np.linspace(1, 3, 100)])
DESCENT = 600  # steps, of the largest stable rate over 2
NETS = {"one": RELU, "two": TWO, "three": THREE}


def square(x: np.ndarray) -> np.ndarray:
    return x**2


def cube(x: np.ndarray) -> np.ndarray:
    return x**3


def sine(x: np.ndarray) -> np.ndarray:
    return np.sin(np.pi * x)


def with_one(x: ArrayLike) -> np.ndarray:
    """The inputs (x, 1): the 1 carries the biases."""
    x = np.asarray(x, dtype=float)
    return np.stack([x, np.ones_like(x)], axis=-1)


def on_the_line(name: str, width: int, seed: int) -> Antisymmetric:
    if name == "tanh":
        net = dict(inputs=2, bias_std=0, activation="tanh")
        return fb.mlp(width=width, seed=seed, **net)
    return product(NETS.get(name, ["linear"] * 2), width, seed=seed)


def fitted(
    net: Antisymmetric, wanted: Callable[[np.ndarray], np.ndarray], steps: int
) -> Antisymmetric:
    """The network after gradient descent on a low target on [-1, 1]."""
    target = fb.on_basis(LINE, 0.1 * wanted(LINE.points))
    target = replace(target, inputs=with_one(LINE.points))
    fb.train(net, target, steps=steps, records=2, progress=False)
    return net


def says_at(net: Antisymmetric, x: ArrayLike) -> np.ndarray:
    with torch.no_grad():
        output = net(torch.as_tensor(with_one(x), dtype=torch.float32))
    return 10 * output.numpy()[:, 0].astype(float)


def gram(name: str, x: np.ndarray) -> np.ndarray:
    """Kernel (len(x), 64) between places and the data, infinitely many units."""
    here, data = with_one(x), with_one(LINE.points)
    if name == "tanh":
        return fb.ntk_of(on_the_line("tanh", 2, 0)).gram(here, data)
    factors = len(NETS[name])
    across = here[:, :1] * data[:, 1] - here[:, 1:] * data[:, 0]
    angle = np.arctan2(np.abs(across), here @ data.T)
    # Every part of the kernel grows with both inputs as their power F.
    sizes = np.outer(np.linalg.norm(here, axis=1), np.linalg.norm(data, axis=1))
    return sizes**factors * pnn_ntk(angle, factors)


def forecast(
    name: str, wanted: Callable[[np.ndarray], np.ndarray], x: np.ndarray
) -> np.ndarray:
    """What the kernel makes of the data in those steps, at x."""
    rates, modes = np.linalg.eigh(gram(name, LINE.points) / len(LINE.points))
    rates = np.maximum(rates, 1e-15)
    part = -np.expm1(-rates * DESCENT / rates[-1]) / rates
    weights = modes @ (part * (modes.T @ wanted(LINE.points)))
    return gram(name, x) @ weights / len(LINE.points)


def share_missed(said: np.ndarray, wanted: Callable[[np.ndarray], np.ndarray]) -> float:
    """Size of the error on 1 < |x| < 3 over that of the target there."""
    truth = wanted(OUTSIDE)
    return np.linalg.norm(said - truth) / np.linalg.norm(truth)


@enter(
    id="outside-growth",
    source=PAPERS,
    says=(
        "Far outside the data one ReLU factor grows as x to the {one:.0f}, two as"
        " {two:.0f}, three as {three:.0f}; tanh as {tanh:.0f}."
    ),
    rows={"one": "", "two": "", "three": "", "tanh": ""},
    expected=[1, 2, 3, 0],
    rival={
        "all as the target, x²": [2, np.nan, 2, 2],
        "all as one ReLU": [np.nan, 1, 1, 1],
    },
)
def growth(seed: int) -> ArrayLike:
    powers = []
    for name in (*NETS, "tanh"):
        net = fitted(on_the_line(name, 1024, seed), square, 40)
        far, farther = np.abs(says_at(net, [1e4, 1e5]))
        powers.append(np.log10(farther / far))
    return powers


POWERS = [(name, wanted) for wanted in (square, cube) for name in NETS]


def at_three(name: str, wanted: Callable[[np.ndarray], np.ndarray], seed: int) -> float:
    """What trained networks say at x = 3, a mean over two."""
    nets = [on_the_line(name, 2048, 2 * seed + i) for i in range(2)]
    return np.mean([says_at(fitted(net, wanted, DESCENT), [3.0]) for net in nets])


def foretold_at_three(name: str, wanted: Callable[[np.ndarray], np.ndarray]) -> float:
    return forecast(name, wanted, np.array([3.0]))[0]


def at_three_of_one() -> list[float]:
    of_square, of_cube = (foretold_at_three("one", one) for one in (square, cube))
    return [np.nan, *[of_square] * 2, np.nan, *[of_cube] * 2]


@enter(
    id="outside-powers",
    source=HERE,
    says=(
        "At 3, where x² is 9, one ReLU factor says {square, one:.1f}, two"
        " {square, two:.1f}, three {square, three:.1f}; for x³ three say"
        " {cube, three:.0f}, not 27."
    ),
    rows={f"{power}, {name}": "" for power in ("square", "cube") for name in NETS},
    expected=lambda: [foretold_at_three(*one) for one in POWERS],
    rival={
        "products say what one factor says": at_three_of_one,
        "factors find every power up to their number": [
            *[np.nan, 9, np.nan],
            *[np.nan, np.nan, 27],
        ],
    },
    kind="recorded",
)
def powers_outside(seed: int) -> ArrayLike:
    return [at_three(name, wanted, seed) for name, wanted in POWERS]


def stepped(name: str, values: np.ndarray, x: float) -> float:
    """What infinitely many units say at x after as many steps, taken one by one."""
    kernel = gram(name, LINE.points) / len(LINE.points)
    there = gram(name, np.array([x]))[0] / len(LINE.points)
    lr = 1 / np.linalg.eigvalsh(kernel)[-1]
    residual, said = -values, 0.0
    for _ in range(DESCENT):
        said -= lr * there @ residual
        residual = residual - lr * kernel @ residual
    return said


@enter(
    id="outside-sine",
    source=HERE,
    says=(
        "At 3, where sin πx is 0, infinitely many units of one ReLU factor say"
        " {one:.1f}, of two {two:.1f}, of three {three:.0f}."
    ),
    rows=dict.fromkeys(NETS, ""),
    expected=lambda: [foretold_at_three(name, sine) for name in NETS],
    rival={
        "products say what one factor says": lambda: [
            np.nan,
            *[foretold_at_three("one", sine)] * 2,
        ],
    },
    chance=False,
)
def sine_outside(seed: int) -> ArrayLike:
    return [stepped(name, sine(LINE.points), 3.0) for name in NETS]


def odd_modes(name: str) -> np.ndarray:
    """Parts (2, 64) of the sine at the data: the kernel's two fastest odd modes."""
    modes = np.linalg.eigh(gram(name, LINE.points))[1].T[::-1]
    odd = [mode for mode in modes if abs(mode.sum()) < 1e-6][:2]
    return np.array([(mode @ sine(LINE.points)) * mode for mode in odd])


def continued() -> list[float]:
    """What the parts are at 3 by the kernel: K(3, data) K(data, data)^-1 part."""
    values = []
    for name in NETS:
        data, there = gram(name, LINE.points), gram(name, np.array([3.0]))
        values += [there[0] @ np.linalg.solve(data, part) for part in odd_modes(name)]
    return values


def as_at_the_end() -> list[float]:
    """As if both parts were outside what they are at the last point, 1."""
    return [part[-1] for name in NETS for part in odd_modes(name)]


@enter(
    id="outside-sine-parts",
    source=HERE,
    says=(
        "Of the sine's two parts, which nearly cancel at 1, two factors make"
        " {two, first:.1f} and {two, second:.1f} at 3, and three make"
        " {three, first:.1f} and {three, second:.0f}."
    ),
    rows={f"{name}, {part}": "" for name in NETS for part in ("first", "second")},
    expected=continued,
    rival={"they cancel outside, too": as_at_the_end},
    chance=False,
)
def sine_parts(seed: int) -> ArrayLike:
    return [stepped(name, part, 3.0) for name in NETS for part in odd_modes(name)]


def best(wanted: Callable[[np.ndarray], np.ndarray], degree: int) -> float:
    """What the polynomial that fits the data best misses outside."""
    fit = np.polynomial.Polynomial.fit(LINE.points, wanted(LINE.points), degree)
    return share_missed(fit(OUTSIDE), wanted)


@enter(
    id="outside-linear-factors",
    source=HERE,
    says=(
        "Two linear factors miss {square:.0%} of x² outside, and {cube:.0%} of x³: they"
        " are the best parabola, and nothing else."
    ),
    rows={"square": "share", "cube": "share"},
    expected=lambda: [0, best(cube, 2)],
    rival={"as a straight line": lambda: [best(square, 1), np.nan]},
)
def linear_factors_outside(seed: int) -> ArrayLike:
    nets = [on_the_line("two linear", 64, seed) for _ in range(2)]
    return [
        share_missed(says_at(fitted(net, wanted, 300), OUTSIDE), wanted)
        for net, wanted in zip(nets, (square, cube))
    ]
