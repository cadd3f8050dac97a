"""Claims of the page on what a frequency costs an activation, and of its Further pages:
units of many sizes and the plane; folds that are not spread evenly.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from functools import cache

import numpy as np

from fbkit.activations import ACTIVATIONS, Activation, relu_power
from fbkit.interpolate import (
    kernel_from_weight,
    min_seminorm_interpolant,
    mirrored_units,
    spectral_weight,
    train_output_weights,
    uneven_spline,
)
from fbkit.ledger import enter

HERE = "derived here, checked numerically"
SAHS = "idea: Sahs et al., arXiv 2503.10587; " + HERE
JIN = "Jin and Montufar, arXiv 2006.07356; figures " + HERE
TABLE = [*(one for one in ACTIVATIONS.values() if one.spectrum), relu_power(2)]
X = np.array([-0.9, -0.6, -0.25, 0.2, 0.6, 0.85])
Y = np.array([-0.3, 0.7, 0.1, -0.6, 0.4, 0.9])
BETWEEN = np.linspace(X[0], X[-1], 106)
REACH = 1.5  # of the hinges, around six points
Function = Callable[[np.ndarray], np.ndarray]


def stretch(name: str) -> float:
    """How many times as far apart an activation sees the points.

    Steps and powers of ReLU have no length of their own.
    """
    return 1 if name == "step" or "relu" in name else 4


def midpoints(reach: float, count: int) -> np.ndarray:
    """The middles of equal intervals of [-reach, reach], (count,)."""
    return reach * (2 * np.arange(count) + 1 - count) / count


def in_intervals(rng: np.random.Generator, reach: float, count: int) -> np.ndarray:
    """One place drawn in each of equal intervals of [-reach, reach], (count,)."""
    return midpoints(reach, count) + reach * (2 * rng.uniform(size=count) - 1) / count


def least_norm(features: np.ndarray, y: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Where training the outer weights from 0 ends: the least ones that fit.

    Parameters
    ----------
    features, at : what the units give at the points, and where it is read off.
    """
    Q, R = np.linalg.qr(features.T)
    return at @ Q @ np.linalg.solve(R.T, y)


def gap(one: np.ndarray, other: np.ndarray, y: np.ndarray = Y) -> float:
    """Largest difference, in % of the range of the data."""
    return 100 * np.abs(one - other).max() / np.ptp(y)


def closed(one: Activation, y: np.ndarray = Y) -> np.ndarray:
    """The cheapest curve through the six points, between them."""
    far = stretch(one.name)
    return min_seminorm_interpolant(far * X, y, far * BETWEEN, one)


CUBIC = closed(ACTIVATIONS["relu"])


# ---- one over the power of a unit ----


def summed_transform(
    one: Activation, xi: np.ndarray, differences: int, h: float = 0.5
) -> np.ndarray:
    """`|sigma^|^2` at frequencies from sigma's values: the transform of differences of
    sigma, over their own.
    """
    reach, step = 200.0, 0.01
    z = step * (np.arange(-reach / step, reach / step) + 0.5)
    values = np.zeros(len(z))
    for j in range(differences + 1):
        values += (-1) ** j * math.comb(differences, j) * one.value(z - j * h)
    if one.name == "sinc":
        # It falls off as 1/z only: faded out, which blurs the spectrum by 6/reach.
        values = values * np.exp(-((6 * z / reach) ** 2) / 2)
    hat = step * np.array([np.exp(-1j * v * z) @ values for v in xi])
    return np.abs(hat) ** 2 / (2 * np.sin(xi * h / 2)) ** (2 * differences)


@enter(
    id="activation-table",
    source=HERE,
    says=(
        "Summed up from the values of σ, the squared transforms of thirteen activations"
        " differ from the table by {difference:.1%} at most."
    ),
    rows={"difference": ""},
    expected=0,
    rival={"GELU without (1 + ξ²)²": 1 - 1 / (1 + 3**2) ** 2},
    chance=False,
)
def activation_table(seed: int) -> float:
    xi = np.array([0.3, 0.5, 0.8, 1.2, 1.7, 2.3, 3.0])
    worst = 0.0
    for one in TABLE:
        exact = one.spectrum(xi)
        summed = summed_transform(one, xi, differences=one.null_degree + 1)
        size = np.where(exact > 0, exact, 1)
        worst = max(worst, np.abs((summed - exact) / size).max())
    return worst


SCALES = {"step": 1.0, "relu": 1.0, "tanh": 4.0}


def by_power() -> list[float]:
    """The price of frequency 6 over that of 3: one over a unit's power."""
    one_over = [spectral_weight(n, [3, 6], scales=[r]) for n, r in SCALES.items()]
    return [high / low for low, high in one_over]


def by_amplitude() -> np.ndarray:
    return np.sqrt(by_power())


def packet_rate(name: str, scale: float, xi: float, places: np.ndarray) -> float:
    """The rate of a long packet of waves in a drawn layer, up to a factor."""
    x = np.arange(-24, 24, 0.1) + 0.05
    packet = np.exp(-((x / 6) ** 2) / 2) * np.cos(xi * x)
    heard = packet @ ACTIVATIONS[name].value(scale * (x[:, None] - places))
    return np.mean(heard**2) / np.sum(packet**2)


@enter(
    id="price-of-a-wave",
    source=SAHS,
    says=(
        "One over the unit's power: frequency 6 costs {step:.0f}, {ReLU:.0f} and"
        " {tanh:.1f} times what 3 costs in layers of step, ReLU and tanh units."
    ),
    rows={"step": "", "ReLU": "", "tanh": ""},
    expected=by_power,
    rival={
        "one over the amplitude": by_amplitude,
        "the activation does not count": [np.nan, 4, 4],
    },
)
def price_of_a_wave(seed: int) -> list[float]:
    places = in_intervals(np.random.default_rng(seed), 40.0, 4000)
    rates = [[packet_rate(n, r, k, places) for k in (3, 6)] for n, r in SCALES.items()]
    return [slow / fast for slow, fast in rates]


# ---- the curve at the end ----


def layer(one: Activation, x: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Units on both sides, hinges at places times the activation's stretch."""
    far = stretch(one.name)
    return mirrored_units(one.value, far * x, far * places)


def trained(one: Activation, places: np.ndarray) -> np.ndarray:
    """The curve of a layer whose outer weights were trained to the end."""
    weights = train_output_weights(layer(one, X, places), Y, 20_000)
    return layer(one, BETWEEN, places) @ weights


def least(one: Activation, places: np.ndarray, y: np.ndarray = Y) -> np.ndarray:
    """The curve of the same layer with the least outer weights."""
    return least_norm(layer(one, X, places), y, layer(one, BETWEEN, places))


THREE = [ACTIVATIONS[name] for name in ("step", "relu", "gaussian")]


def of_finite_reach() -> list[float]:
    """Distances of infinitely many units with hinges up to REACH, in %."""
    many = midpoints(REACH, 20_000)
    return [gap(least(one, many), closed(one)) for one in THREE]


def any_activation() -> list[float]:
    """Distances of the three cheapest curves from that of another activation."""
    step, relu, gaussian = map(closed, THREE)
    return [gap(step, relu), gap(relu, step), gap(gaussian, relu)]


@enter(
    id="layer-trained",
    source=SAHS,
    says=(
        "Trained to the end, 8,000 step, ReLU and Gaussian units are {step:.2f},"
        " {ReLU:.2f} and {Gaussian:.2f} % of the range from their cheapest curves, at"
        " most."
    ),
    rows={"step": "%", "ReLU": "%", "Gaussian": "%"},
    expected=of_finite_reach,
    rival={"another activation's curve": any_activation},
)
def layer_trained(seed: int) -> list[float]:
    places = in_intervals(np.random.default_rng(seed), REACH, 4000)
    return [gap(trained(one, places), closed(one)) for one in THREE]


@cache
def cheapest_of_each() -> np.ndarray:
    """For each of the table, the cheapest curves through 1 at one point and 0 at the
    others, (13, between, 6).
    """
    return np.array([[closed(one, y) for y in np.eye(6)] for one in TABLE]).mT


def worst_gap(curves: np.ndarray, seed: int) -> float:
    """Largest distance of curves, one an activation, from the cheapest ones, in % of
    the range of random heights: the mean of 200.
    """
    heights = np.random.default_rng(seed).normal(size=(6, 200))
    missed = np.abs((curves - cheapest_of_each()) @ heights).max(axis=(0, 1))
    return 100 * np.mean(missed / np.ptp(heights, axis=0))


def spline_for_all() -> float:
    return worst_gap(np.array([CUBIC_PARTS] * len(TABLE)), seed=0)


CUBIC_PARTS = np.array([closed(ACTIVATIONS["relu"], y) for y in np.eye(6)]).T


@enter(
    id="layer-wide",
    source=SAHS,
    says=(
        "The worst of thirteen activations is {far:.2f} % of the range from its"
        " cheapest curve with hinges up to 6, {near:.1f} % with hinges up to 1.5."
    ),
    rows={"far": "%", "near": "%"},
    rival={"the spline for all": spline_for_all},
)
def layer_wide(seed: int) -> list[float]:
    gaps = []
    for places in (midpoints(6.0, 6000), midpoints(REACH, 1500)):
        curves = [least(one, places, np.eye(6)) for one in TABLE]
        gaps.append(worst_gap(np.array(curves), seed))
    return gaps


# ---- a price that is ordered ----


def signal(x: np.ndarray) -> np.ndarray:
    """(1 + 0.3 x) sin(7x + 1/2)."""
    return (1 + 0.3 * x) * np.sin(7 * x + 0.5)


def band_kernel(middle: float) -> Function:
    """The kernel of a price that is low in a band; a closed form.

    Its inverse is a bell of variance 2.25 at the middle and one at minus the middle.
    """
    return lambda z: np.exp(-1.125 * z**2) * np.cos(middle * z)


def bell_kernel(scale: float) -> Function:
    """The kernel of Gaussian units of one scale."""
    return lambda z: np.exp(-((scale * z) ** 2) / 4)


def errors(rng: np.random.Generator, *middles: float) -> list[float]:
    """Root mean square errors over the signal's size, for one draw of the samples: of
    the best of five bumps, of the cubic spline, and with bands at the middles.
    """
    x = np.append(rng.uniform(-2, -0.6, 7), rng.uniform(0.6, 2, 7))
    at = np.linspace(-2, 2, 101)

    def error(kernel: Function | str, degree: int | None = -1) -> float:
        with warnings.catch_warnings():
            # The widest bumps meet close points to 1e-4 only.
            warnings.simplefilter("ignore", UserWarning)
            curve = min_seminorm_interpolant(x, signal(x), at, kernel, degree)
        missed = np.mean((curve - signal(at)) ** 2)
        return np.sqrt(missed / np.mean(signal(at) ** 2))

    bumps = min(error(bell_kernel(scale)) for scale in (2, 3, 4, 6, 8))
    return [bumps, error("relu", None), *(error(band_kernel(k)) for k in middles)]


def many_errors(seed: int, *middles: float) -> np.ndarray:
    """`errors` of 300 draws, (bumps, spline and bands, 300)."""
    rng = np.random.default_rng(seed)
    return np.array([errors(rng, *middles) for _ in range(300)]).T


def bumps_alone() -> list[float]:
    """If a band were as good as bumps."""
    bumps = np.median(many_errors(0)[0])
    return [0.5, bumps, np.nan]


@enter(
    id="designed-band",
    source=SAHS,
    says=(
        "With the band at 7 ordered, the gap is filled better than with the best of"
        " five bumps in {wins:.0%} of draws; the typical error is {ordered:.0%}, not"
        " {bumps:.0%}."
    ),
    rows={"wins": "", "ordered": "", "bumps": ""},
    rival={"an order is of no use": bumps_alone},
)
def designed_band(seed: int) -> list[float]:
    bumps, _, band = many_errors(seed, 7)
    return [np.mean(band < bumps), np.median(band), np.median(bumps)]


@enter(
    id="band-beside",
    source=SAHS,
    says=(
        "With the band at 6, 8 or 5 instead of 7 it still wins over the best of five"
        " bumps in {six:.0%}, {eight:.0%} and {five:.0%} of draws."
    ),
    rows={"six": "", "eight": "", "five": "", "spline's error": ""},
    rival={"as good as bumps": [0.5, 0.5, 0.5, np.nan]},
)
def band_beside(seed: int) -> list[float]:
    bumps, spline, *bands = many_errors(seed, 6, 8, 5)
    return [*(np.mean(band < bumps) for band in bands), np.median(spline)]


# ---- where it fails ----


def condition(name: str, points: int, scale: float = 1.0) -> float:
    """Largest over smallest rate of 8,000 units on even points in [-0.9, 0.9]."""
    x = np.linspace(-0.9, 0.9, points)
    units = mirrored_units(ACTIVATIONS[name].value, x, midpoints(REACH, 4000), scale)
    rates = np.linalg.eigvalsh(units @ units.T)
    return rates[-1] / rates[0]


@enter(
    id="steps-needed",
    source=HERE,
    says=(
        "8 to 16 points make the largest over the smallest rate {step:.1f} times as"
        " large for steps, {ReLU:.0f} for ReLU, {Gaussian:.0f} for Gaussian units."
    ),
    rows={"step": "", "ReLU": "", "tanh": "", "Gaussian": ""},
    rival={
        "as for steps": [np.nan, 4, 4, 4],
        "as for ReLU": [16, np.nan, 16, 16],
    },
    chance=False,
)
def steps_needed(seed: int) -> list[float]:
    kinds = (("step", 1), ("relu", 1), ("tanh", 8), ("gaussian", 8))
    return [condition(n, 16, r) / condition(n, 8, r) for n, r in kinds]


@enter(
    id="offsets-drawn",
    source=HERE,
    says=(
        "With hinges drawn anywhere, 2,000 steps are {step:.1f} % of the range from"
        " straight lines; four times as many are {ratio:.1f} times as close."
    ),
    rows={"step": "%", "ReLU": "%", "ratio": ""},
    rival={
        "as with even hinges": [0.1, 0.6, np.nan],
        "one over the number": [np.nan, np.nan, 4],
    },
)
def offsets_drawn(seed: int) -> list[float]:
    rng = np.random.default_rng(seed)
    step, relu = THREE[:2]

    def typical(one: Activation, count: int) -> float:
        draws = rng.uniform(-REACH, REACH, (64, count // 2))
        return np.mean([gap(least(one, places), closed(one)) for places in draws])

    few, many = typical(step, 2000), typical(step, 8000)
    return [few, typical(relu, 2000), few / many]


# ---- Further: units of many sizes, hinges that slide, the plane ----

SIZES = [0.4, 1.0, 2.5]


@cache
def many_sizes(even: str) -> np.ndarray:
    """The cheapest curve for Gaussians of three sizes, breaklines or biases even."""
    price = lambda xi: spectral_weight("gaussian", xi, scales=SIZES, spread=even)
    kernel = kernel_from_weight(price)
    return min_seminorm_interpolant(4 * X, Y, 4 * BETWEEN, kernel, -1)


def three_sizes(x: np.ndarray) -> np.ndarray:
    """Gaussian units of three sizes whose biases lie evenly."""
    bell = ACTIVATIONS["gaussian"].value
    biases = midpoints(40.0, 1500)
    return np.hstack([mirrored_units(bell, x, biases / r, r) for r in SIZES])


def own_and_other() -> list[float]:
    return [0, gap(many_sizes("bias"), many_sizes("breakline"))]


@enter(
    id="jacobian-trap",
    source=HERE,
    says=(
        "Bumps of three sizes, biases spread evenly: the layer is {own:.1f} % of the"
        " range from the curve of the bias formula, {other:.1f} % from the other."
    ),
    rows={"own": "%", "other": "%"},
    expected=own_and_other,
    rival={"the other formula": lambda: own_and_other()[::-1]},
    chance=False,
)
def jacobian_trap(seed: int) -> list[float]:
    units, at = (three_sizes(4 * x) for x in (X, BETWEEN))
    net = least_norm(units, Y, at)
    return [gap(net, many_sizes(even)) for even in ("bias", "breakline")]


SLIDING = {"gaussian": 3.0, "relu": 1.0}  # with the size of outer weights


def sliding(name: str, size: float) -> np.ndarray:
    """The cheapest curve if hinges are trained, too, from outer weights of +-size."""
    if name == "relu":
        kernel = lambda z: np.abs(z) ** 3 / 12 - size**2 * np.abs(z) / 2
    else:
        price = lambda xi: spectral_weight(name, xi, output_std=size)
        kernel = kernel_from_weight(price, ACTIVATIONS[name].null_degree)
    far, degree = stretch(name), ACTIVATIONS[name].null_degree
    return min_seminorm_interpolant(far * X, Y, far * BETWEEN, kernel, degree)


def slopes(name: str, size: float, x: np.ndarray) -> np.ndarray:
    """Slopes of a layer's output in outer weights and in hinges."""
    one, far = ACTIVATIONS[name], stretch(name)
    places = far * midpoints(6.0, 6000)
    outer = mirrored_units(one.value, far * x, places)
    return np.hstack([outer, size * mirrored_units(one.slope, far * x, places)])


def with_and_without() -> list[float]:
    """Distances from the curve with the new factor, and from the one without it."""
    held = gap(sliding("gaussian", 3.0), closed(ACTIVATIONS["gaussian"]))
    return [0, held, 0]


def hinges_held() -> list[float]:
    _, held, _ = with_and_without()
    return [held, 0, gap(sliding("relu", 1.0), CUBIC)]


@enter(
    id="offsets-trained",
    source=HERE,
    says=(
        "With places trained, too, a layer of bumps is {with:.1f} % of the range from"
        " the curve for the power times 1 + α²ξ², {without:.1f} % from the other."
    ),
    rows={"with": "%", "without": "%", "ReLU": "%"},
    expected=with_and_without,
    rival={"the power as it was": hinges_held},
    chance=False,
)
def offsets_trained(seed: int) -> list[float]:
    nets = []
    for name, size in SLIDING.items():
        units, at = (slopes(name, size, x) for x in (X, BETWEEN))
        nets.append(least_norm(units, Y, at))
    curves = [sliding(name, size) for name, size in SLIDING.items()]
    gaussian, relu = map(gap, nets, curves)
    return [gaussian, gap(nets[0], closed(ACTIVATIONS["gaussian"])), relu]


def plane_points(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """14 points of the plane, 60 places to read off, sin 3x1 + x2 at the points."""
    x, at = rng.uniform(-0.7, 0.7, (14, 2)), rng.uniform(-0.6, 0.6, (60, 2))
    return x, at, np.sin(3 * x[:, 0]) + x[:, 1]


def plane_layer(name: str, x: np.ndarray) -> np.ndarray:
    """Units in 96 even directions of the plane, with 1,200 even hinges up to 4 each."""
    angle = 2 * np.pi * (np.arange(96) + 0.5) / 96
    z = x @ np.stack([np.cos(angle), np.sin(angle)])
    units = ACTIVATIONS[name].value(z[:, :, None] - midpoints(4.0, 1200))
    return units.reshape(len(x), -1)


def typical_gap(one: np.ndarray, other: np.ndarray, y: np.ndarray) -> float:
    """Root mean square difference, in % of the range of the data."""
    return 100 * np.sqrt(np.mean((one - other) ** 2)) / np.ptp(y)


def thin_plate(z: np.ndarray) -> np.ndarray:
    """The kernel of the price xi^4 in the plane."""
    return z**2 * np.log(np.maximum(z, 1e-300))


def of_the_line() -> list[float]:
    """Distances of the surface for xi^4 from those of ReLU and of steps."""
    gaps = []
    for seed in range(20):
        x, at, y = plane_points(np.random.default_rng(seed))
        plate = min_seminorm_interpolant(x, y, at, thin_plate, 1)
        both = (min_seminorm_interpolant(x, y, at, name) for name in ("relu", "step"))
        gaps.append([typical_gap(plate, one, y) for one in both])
    return np.mean(gaps, axis=0)


@enter(
    id="layer-plane",
    source=SAHS,
    says=(
        "In the plane a ReLU layer is typically {ReLU:.1f} % of the range from the"
        " surface for the price ξ⁵, a step layer {step:.1f} % from that for ξ³."
    ),
    rows={"ReLU": "%", "step": "%"},
    expected=0,
    rival={"ξ⁴": of_the_line},
)
def layer_plane(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.mean([plane_gaps(*plane_points(rng)) for _ in range(4)], axis=0)


def plane_gaps(x: np.ndarray, at: np.ndarray, y: np.ndarray) -> list[float]:
    """Distances of a ReLU layer and of a step layer from their surfaces."""
    gaps = []
    for name in ("relu", "step"):
        units, far = plane_layer(name, x), plane_layer(name, at)
        net = far @ (units.T @ np.linalg.solve(units @ units.T, y))
        surface = min_seminorm_interpolant(x, y, at, name)
        gaps.append(typical_gap(net, surface, y))
    return gaps


# ---- Further: folds that are not spread evenly ----


def normal(deviation: float) -> Function:
    """A normal density of folds, up to a factor."""
    return lambda h: np.exp(-((h / deviation) ** 2) / 2)


def normal_folds(rng: np.random.Generator, deviation: float) -> np.ndarray:
    """The curve of 8,000 ReLU units: on both sides of 4,000 folds, one in each of equal
    shares of a normal density.
    """
    from scipy.special import ndtri

    h = deviation * ndtri((np.arange(4000) + rng.uniform(size=4000)) / 4000)
    units, at = (
        np.maximum(np.hstack([x[:, None] - h, h - x[:, None]]), 0) for x in (X, BETWEEN)
    )
    return least_norm(units, Y, at)


def weighted(density: Function, far: float = 1) -> np.ndarray:
    """The weighted spline through the six points, stretched."""
    return uneven_spline(far * X, Y, far * BETWEEN, density)


def cubic_gaps() -> list[float]:
    """Distances of the cubic spline from both weighted ones, and from itself."""
    narrow, wide = (gap(weighted(normal(sd)), CUBIC) for sd in (0.3, 0.5))
    return [narrow, 0, wide, 0]


@enter(
    id="uneven-folds",
    source=JIN,
    says=(
        "With folds normal around 0, deviation 0.3, 8,000 ReLU units are {narrow:.1f} %"
        " of the range from the weighted spline, {cubic:.0f} % from the cubic one."
    ),
    rows={"narrow": "%", "cubic": "%", "wide": "%", "wide, cubic": "%"},
    rival={"the density does not count": cubic_gaps},
)
def uneven_folds(seed: int) -> list[float]:
    rng = np.random.default_rng(seed)
    gaps = []
    for deviation in (0.3, 0.5):
        net = normal_folds(rng, deviation)
        gaps += [gap(net, weighted(normal(deviation))), gap(net, CUBIC)]
    return gaps


def default_density(h: np.ndarray) -> np.ndarray:
    """What weights and biases drawn evenly from -1 to 1 put at a fold."""
    return 1 / np.maximum(1, np.abs(h)) ** 4


def default_layer(rng: np.random.Generator, far: float) -> np.ndarray:
    """The curve of 32,000 ReLU units with weights and biases drawn from -1 to 1."""
    w, b = rng.uniform(-1, 1, (2, 32_000))
    units, at = (np.maximum(far * x[:, None] * w + b, 0) for x in (X, BETWEEN))
    return least_norm(units, Y, at)


def count_of_folds() -> list[float]:
    """If each fold counted alike, however steep its unit: a density of 1/h²."""
    count = lambda h: 1 / np.maximum(1, np.abs(h)) ** 2
    wrong = gap(weighted(default_density, 3), weighted(count, 3))
    return [np.nan, wrong, np.nan]


def no_density() -> list[float]:
    return [np.nan, gap(weighted(default_density, 3), CUBIC), 0]


@enter(
    id="default-weights",
    source=JIN,
    says=(
        "PyTorch's default draw: on points within ±1 it is {near:.1f} % from the cubic"
        " spline; on the same points times 3, {cubic:.0f} %, and {far:.1f} % from the"
        " weighted."
    ),
    rows={"near": "%", "far": "%", "cubic": "%"},
    rival={
        "the number of folds counts": count_of_folds,
        "the density does not count": no_density,
    },
)
def default_weights(seed: int) -> list[float]:
    rng = np.random.default_rng(seed)
    near, far = ([default_layer(rng, times) for _ in range(4)] for times in (1, 3))
    theory = weighted(default_density, 3)
    pairs = ((near, CUBIC), (far, theory), (far, CUBIC))
    return [np.mean([gap(net, curve) for net in nets]) for nets, curve in pairs]
