"""Claims of the page "Which curves does an activation prefer?"."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from fbkit.activations import ACTIVATIONS, Activation, relu_power
from fbkit.interpolate import (
    activation_from_weight,
    best_heavy_ball,
    kernel_from_weight,
    min_seminorm_interpolant,
    mirrored_units,
    seminorm_kernel,
    spectral_weight,
    train_output_weights,
)
from fbkit.ledger import ledger

SEMINORM = (
    "Sahs et al., arXiv 2503.10587 (seminorm); table and figures derived here, checked"
    " numerically"
)
DERIVED = "derived here, checked numerically"
TABLE = [*(one for one in ACTIVATIONS.values() if one.spectrum), relu_power(2)]
REST = (
    "tanh",
    "sigmoid",
    "erf",
    "arctan",
    "softplus",
    "gelu",
    "silu",
    "sinc",
    "leaky_relu",
)
SCALES = [0.4, 1.0, 2.5]
POINTS = np.array([-0.9, -0.6, -0.25, 0.2, 0.6, 0.85])
BETWEEN = np.linspace(-0.9, 0.85, 36)
HEIGHTS = np.array([-0.3, 0.7, 0.1, -0.6, 0.4, 0.9])
SIX = "six points in [-0.9, 0.85]"
Function = Callable[[np.ndarray], np.ndarray]


def stretch(name: str) -> float:
    """How many times as far apart an activation sees the points.

    Steps and powers of ReLU have no length of their own.
    """
    return 1 if name == "step" or "relu" in name else 4


def differences(order: int, h: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Steps and weights of the difference of an order.

    sum_j weight_j f(x - step_j) is 0 for polynomials of lower degree.
    """
    j = np.arange(order + 1)
    weights = np.array([(-1.0) ** i * math.comb(order, i) for i in j])
    return h * j, weights


def by_definition(
    one: Activation,
    w: np.ndarray,
    h: float = 0.5,
    step: float = 0.01,
    reach: float = 200,
) -> np.ndarray:
    """`|sigma^|^2` at frequencies w from sigma's values.

    The transform of its difference of order q + 1, over the difference's own.
    """
    z = step * (np.arange(-reach / step, reach / step) + 0.5)
    steps, weights = differences(one.null_degree + 1, h)
    values = sum(c * one.value(z - s) for s, c in zip(steps, weights))
    if one.name == "sinc":
        # It falls off as 1/z only: faded out, which blurs the spectrum by 6/reach.
        values = values * np.exp(-((6 * z / reach) ** 2) / 2)
    hat = step * np.array([np.exp(-1j * v * z) @ values for v in w])
    order = len(steps) - 1
    return np.abs(hat) ** 2 / (2 * np.sin(w * h / 2)) ** (2 * order)


def midpoints(reach: float, count: int) -> np.ndarray:
    """The middles of equal intervals of [-reach, reach], (count,)."""
    return reach * (2 * np.arange(count) + 1 - count) / count


def drawn_in_intervals(rng: np.random.Generator, count: int) -> np.ndarray:
    """One number in each of so many equal intervals of [0, 1], (count,)."""
    return (np.arange(count) + rng.uniform(size=count)) / count


def least_norm(
    features: np.ndarray, y: np.ndarray, features_at: np.ndarray
) -> np.ndarray:
    """Where gradient descent from zero on the output weights ends.

    The values of the shortest list of them that fits.
    """
    Q, R = np.linalg.qr(features.T)
    return features_at @ Q @ np.linalg.solve(R.T, y)


def gap(one: np.ndarray, other: np.ndarray, y: np.ndarray) -> float:
    """Largest difference, in % of the range of the data."""
    return 100 * np.abs(one - other).max() / np.ptp(y)


def trained_gap(one: Activation, offsets: np.ndarray, steps: int = 3000) -> float:
    """Gap between closed form and trained output weights on the six points."""
    x = stretch(one.name) * POINTS
    at = stretch(one.name) * BETWEEN
    weights = train_output_weights(
        mirrored_units(one.value, x, offsets), HEIGHTS, steps
    )
    curve = mirrored_units(one.value, at, offsets) @ weights
    return gap(curve, min_seminorm_interpolant(x, HEIGHTS, at, one), HEIGHTS)


@ledger(
    id="activation-table",
    source=DERIVED,
    statement=(
        "Number of activations in the table, and the largest relative difference"
        " between the |σ̂(ω)|² in it and the one summed up from the activation's"
        " values, at seven frequencies from 0.3 to 3."
    ),
    expected=(13, 0),
    tolerance=(0, 2e-4),
    seeds=(0,),
)
def activation_table(seed: int) -> tuple[float, ...]:
    w = np.array([0.3, 0.5, 0.8, 1.2, 1.7, 2.3, 3.0])
    worst = 0.0
    for one in TABLE:
        exact, summed = one.spectrum(w), by_definition(one, w)
        relative = summed / np.where(exact > 0, exact, 1) - 1
        missed = np.where(exact > 0, relative, summed)
        worst = max(worst, np.abs(missed).max())
    return len(TABLE), worst


@ledger(
    id="closed-kernels",
    source=DERIVED,
    statement=(
        "The sum Σ bᵢ bⱼ k(|xᵢ - xⱼ|), for weights b that no free polynomial sees,"
        " against the integral of the squared sum of units: largest relative difference"
        " over the table without sinc, then sinc (its integral is cut off, and falls"
        " off slowly)."
    ),
    expected=(0, 0.004),
    tolerance=(5e-5, 0.001),
    seeds=(0,),
)
def closed_kernels(seed: int) -> tuple[float, ...]:
    step = 0.01
    offsets = step * (np.arange(-10_000, 10_000) + 0.5)
    missed = {}
    for one in TABLE:
        x, weights = differences(one.null_degree + 1)
        units = sum(b * one.value(v - offsets) for v, b in zip(x, weights))
        summed = step * np.square(units).sum()
        kernel = seminorm_kernel(one)(np.abs(x[:, None] - x))
        missed[one.name] = abs(summed / (weights @ kernel @ weights) - 1)
    sinc = missed.pop("sinc")
    return max(missed.values()), sinc


@ledger(
    id="layer-wide",
    source=SEMINORM,
    statement=(
        f"Random heights at {SIX}: largest difference between the closed form and the"
        " fit of least output weights, in % of the range, over the thirteen"
        " activations of the table; 20,000 units whose offsets reach to 6 times 1,"
        " then 5,000 whose offsets reach to 1.5 times 1."
    ),
    expected=(0, 0),
    tolerance=(0.5, 5),
    unit="%",
)
def layer_wide(seed: int) -> tuple[float, ...]:
    y = np.random.default_rng(seed).normal(size=6)
    wide = [wide_gap(one, y, reach=6.0, count=10_000) for one in TABLE]
    narrow = [wide_gap(one, y, reach=1.5, count=2500) for one in TABLE]
    return max(wide), max(narrow)


def wide_gap(one: Activation, y: np.ndarray, reach: float, count: int) -> float:
    """Gap between closed form and the fit of least output weights.

    Offsets lie evenly to `reach` in both directions.
    """
    far = stretch(one.name)
    offsets = midpoints(far * reach, count)
    x, at = far * POINTS, far * BETWEEN
    units, units_at = (mirrored_units(one.value, v, offsets) for v in (x, at))
    net = least_norm(units, y, units_at)
    return gap(net, min_seminorm_interpolant(x, y, at, one), y)


@ledger(
    id="layer-sine",
    source=SEMINORM,
    statement=(
        "Units sin(w x + b), w normal with standard deviation 5, b a random phase:"
        " largest difference between the closed form and the fit of least output"
        f" weights, in % of the range of {SIX}. Root mean square of 8 layers of 1,000"
        " units, then of 8 layers of 10,000."
    ),
    expected=(3.2, 0.8),
    tolerance=(0.8, 0.2),
    unit="%",
)
def layer_sine(seed: int) -> list[float]:
    rng = np.random.default_rng(seed)
    kernel = lambda z: np.exp(-((5 * z) ** 2) / 2) / 2
    exact = min_seminorm_interpolant(POINTS, HEIGHTS, BETWEEN, kernel, -1)
    gaps = []
    for count in (1000, 10_000):
        nets = [sine_layer(rng, count) for _ in range(8)]
        each = [gap(net, exact, HEIGHTS) for net in nets]
        gaps.append(np.sqrt(np.mean(np.square(each))))
    return gaps


def sine_layer(rng: np.random.Generator, count: int) -> np.ndarray:
    """The fit by units sin(w x + b), of least output weights, between the points."""
    w = 5 * rng.normal(size=count)
    b = rng.uniform(0, 2 * np.pi, count)
    units = np.sin(POINTS[:, None] * w + b)
    return least_norm(units, HEIGHTS, np.sin(BETWEEN[:, None] * w + b))


@ledger(
    id="layer-trained",
    source=SEMINORM,
    statement=(
        f"8,000 units on {SIX}, output weights trained from zero by heavy ball:"
        " difference from the closed form, in % of the range. ReLU, step, Gaussian"
        " with one offset drawn in each of 4,000 equal intervals (both directions"
        " share them); then the same three with offsets drawn anywhere."
    ),
    expected=(0.6, 0.1, 0, 1.2, 2, 0.25),
    tolerance=(0.1, 0.1, 0.05, 0.6, 1.2, 0.2),
    unit="%",
)
def layer_trained(seed: int) -> list[float]:
    rng = np.random.default_rng(seed)
    kinds = [ACTIVATIONS[name] for name in ("relu", "step", "gaussian")]
    gaps = []
    for one in kinds:
        offsets = spread(one, drawn_in_intervals(rng, 4000))
        gaps.append(trained_gap(one, offsets))
    for one in kinds:
        offsets = spread(one, rng.uniform(size=4000))
        gaps.append(trained_gap(one, offsets))
    return gaps


def spread(one: Activation, place: np.ndarray) -> np.ndarray:
    """Offsets between -1.5 and 1.5 stretches, from places between 0 and 1."""
    return 1.5 * stretch(one.name) * (2 * place - 1)


@ledger(
    id="layer-trained-rest",
    source=SEMINORM,
    statement=(
        "As for ReLU, step and Gaussian, one offset in each interval, at most 40,000"
        " steps: tanh, sigmoid, erf, arctan, softplus, GELU, SiLU, sinc, leaky ReLU,"
        " ReLU squared."
    ),
    expected=(0.4, 0.3, 0.2, 0.7, 0.5, 0.4, 0.5, 0.2, 0.6, 0.5),
    tolerance=0.1,
    unit="%",
    kind="recorded",
)
def layer_trained_rest(seed: int) -> list[float]:
    rng = np.random.default_rng(seed)
    gaps = []
    for one in (*(ACTIVATIONS[name] for name in REST), relu_power(2)):
        offsets = spread(one, drawn_in_intervals(rng, 4000))
        gaps.append(trained_gap(one, offsets, steps=40_000))
    return gaps


@ledger(
    id="offsets-trained",
    source=DERIVED,
    statement=(
        f"8,000 units μ σ(±x - c) on {SIX}, heights times 0.01, μ = ±s at the start, μ"
        " and c trained by heavy ball. Difference of the curve (times 100) from the"
        " closed form with |σ̂|²(1 + s²ω²), then from the one with |σ̂|², in % of the"
        " range: ReLU with s = 1, then Gaussian with s = 3; last, ReLU at full height"
        " from the first."
    ),
    expected=(0.2, 13.7, 0.1, 4.5, 2.8),
    tolerance=(0.3, 0.5, 0.1, 0.3, 0.5),
    unit="%",
)
def offsets_trained(seed: int) -> tuple[float, ...]:
    relu = offset_gaps("relu", 1.0, 0.01, seed)
    gaussian = offset_gaps("gaussian", 3.0, 0.01, seed)
    tall = offset_gaps("relu", 1.0, 1.0, seed)
    return *relu, *gaussian, tall[0]


def offset_gaps(name: str, s: float, height: float, seed: int) -> list[float]:
    """Gaps of a layer whose offsets are trained too, from two closed forms.

    With and without the factor 1 + s^2 w^2.
    """
    one = ACTIVATIONS[name]
    y = height * HEIGHTS
    x, at = stretch(name) * POINTS, stretch(name) * BETWEEN
    net = MovingLayer.draw(one, s, seed)
    curve = net.fitted(x, y, enough=1e-5 * height).output(at)
    kernels = (with_offsets(one, s), seminorm_kernel(one))
    forms = [min_seminorm_interpolant(x, y, at, k, one.null_degree) for k in kernels]
    return [gap(curve, form, y) for form in forms]


def with_offsets(one: Activation, s: float) -> Function:
    """The kernel of the price that training the offsets, too, makes of |sigma^|^2."""
    if one.name == "relu":  # A/w^4 + B/w^2 in closed form
        return lambda z: np.abs(z) ** 3 / 12 - s**2 * np.abs(z) / 2
    weight = lambda w: spectral_weight(one, w, output_std=s)
    return kernel_from_weight(weight, one.null_degree)


@dataclass(frozen=True)
class MovingLayer:
    """Units n^-1/2 sum_j mu_j sigma(side_j x - c_j) of which mu and c are trained."""

    one: Activation
    side: np.ndarray  # (n,) 1 or -1
    parameters: np.ndarray  # (2n,) mu, then c

    @classmethod
    def draw(
        cls, one: Activation, s: float, seed: int, count: int = 2000
    ) -> MovingLayer:
        """Four units at each offset, one for each sign of side and mu = +-s."""
        place = drawn_in_intervals(np.random.default_rng(seed), count)
        side = np.repeat([1, 1, -1, -1], count)
        mu = s * np.repeat([1.0, -1, 1, -1], count)
        c = np.tile(3 * place - 1.5, 4) * stretch(one.name)
        return cls(one, side, np.concatenate([mu, c]))

    def output(self, x: np.ndarray) -> np.ndarray:
        """Values at points, (len(x),)."""
        mu, c = np.split(self.parameters, 2)
        units = self.one.value(self.side * x[:, None] - c)
        return units @ mu / np.sqrt(len(mu))

    def slopes(self, x: np.ndarray) -> np.ndarray:
        """Derivatives of sqrt(n) times the output by mu and c: (len(x), 2n)."""
        mu, c = np.split(self.parameters, 2)
        z = self.side * x[:, None] - c
        return np.hstack([self.one.value(z), -mu * self.one.slope(z)])

    def fitted(self, x: np.ndarray, y: np.ndarray, enough: float) -> MovingLayer:
        """After heavy ball, until no residual is larger than `enough`."""
        root = np.sqrt(len(self.side))
        J = self.slopes(x)
        lr, momentum = best_heavy_ball(J @ J.T)
        # The output has the factor n^-1/2, so each parameter moves as n^-1/2.
        lr = lr * len(self.side)
        net = self
        before = self.parameters
        for _ in range(3000):
            residual = net.output(x) - y
            if np.abs(residual).max() < enough:
                break
            p = net.parameters
            force = lr * residual @ net.slopes(x) / root
            net = replace(net, parameters=p + momentum * (p - before) - force)
            before = p
        return net


@ledger(
    id="layer-plane",
    source=SEMINORM,
    statement=(
        "14 random points of the plane, sin 3x₁ + x₂, units in 128 even directions with"
        " 1,200 offsets each: largest difference from the closed form at 300 places, in"
        " % of the range. Step with offsets that reach to 1.5, then to 6; ReLU with the"
        " same two."
    ),
    expected=(0.1, 0.2, 0.5, 0.1),
    tolerance=(0.15, 0.15, 0.35, 0.1),
    unit="%",
    kind="recorded",
)
def layer_plane(seed: int) -> list[float]:
    rng = np.random.default_rng(seed)
    X = rng.uniform(-0.7, 0.7, (14, 2))
    at = rng.uniform(-0.6, 0.6, (300, 2))
    y = np.sin(3 * X[:, 0]) + X[:, 1]
    gaps = []
    for name in ("step", "relu"):
        exact = min_seminorm_interpolant(X, y, at, name)
        for reach in (1.5, 6.0):
            units, units_at = (plane_layer(name, Z, reach) for Z in (X, at))
            gaps.append(gap(least_norm(units, y, units_at), exact, y))
    return gaps


def plane_layer(name: str, X: np.ndarray, reach: float) -> np.ndarray:
    """Units in 128 even directions of the plane, with 1,200 even offsets each."""
    angle = 2 * np.pi * (np.arange(128) + 0.5) / 128
    directions = np.stack([np.cos(angle), np.sin(angle)])
    z = (X @ directions)[:, :, None] - midpoints(reach, 1200)
    return ACTIVATIONS[name].value(z).reshape(len(X), -1)


@ledger(
    id="jacobian-trap",
    source=DERIVED,
    statement=(
        f"Gaussian units of scales 0.4, 1 and 2.5, random heights at {SIX} (stretched"
        " by 4), in % of the range: breaklines spread evenly, difference from the"
        " closed form for breaklines, then from the one for biases; biases spread"
        " evenly, the same two."
    ),
    expected=(0, 5, 5, 0),
    tolerance=(0.01, 4, 4, 0.01),
    unit="%",
)
def jacobian_trap(seed: int) -> list[float]:
    x, at = 4 * POINTS, 4 * BETWEEN
    y = np.random.default_rng(seed).normal(size=6)
    gaps = []
    for even in ("breakline", "bias"):
        net = least_norm(three_scales(x, even), y, three_scales(at, even))
        for assumed in ("breakline", "bias"):
            form = min_seminorm_interpolant(x, y, at, scales_kernel(assumed), -1)
            gaps.append(gap(net, form, y))
    return gaps


def three_scales(x: np.ndarray, even: str) -> np.ndarray:
    """Gaussian units of three scales whose breaklines, or whose biases, lie evenly."""
    bell = ACTIVATIONS["gaussian"].value
    parts = []
    for r in SCALES:
        offsets = midpoints(40.0, 1500) / (r if even == "bias" else 1)
        parts.append(mirrored_units(bell, x, offsets, r))
    return np.hstack(parts)


def scales_kernel(even: str) -> Function:
    """The closed form's kernel for three scales, breaklines or biases spread evenly."""
    return kernel_from_weight(
        lambda w: spectral_weight("gaussian", w, scales=SCALES, spread=even)
    )


def cheap_band(w: np.ndarray, middle: float = 7) -> np.ndarray:
    """A price of frequencies that is low near the middle and high elsewhere."""
    right = np.exp(-((w - middle) ** 2) / 4.5)
    left = np.exp(-((w + middle) ** 2) / 4.5)
    return 1 / (right + left)


def band_kernel(middle: float) -> Function:
    """The kernel of that price."""
    return kernel_from_weight(lambda w: cheap_band(w, middle))


def bell_kernel(scale: float) -> Function:
    """The kernel of Gaussian units of one scale."""
    return lambda z: ACTIVATIONS["gaussian"].kernel(scale * z)


def signal(x: np.ndarray) -> np.ndarray:
    """(1 + 0.3 x) sin(7x + 1/2)."""
    return (1 + 0.3 * x) * np.sin(7 * x + 0.5)


@ledger(
    id="designed-activation",
    source="Sahs et al., arXiv 2503.10587 (idea); figures measured for this course",
    statement=(
        "(1 + 0.3 x) sin(7x + 1/2) known at 14 random places outside |x| < 0.6. Error"
        " (root mean square over [-2, 2], in % of the signal's) of 2,000 trained units"
        " with the designed activation, of its closed form, of the cubic spline (ReLU),"
        " of Gaussian units at the best of the scales 2, 3, 4, 6 and 8; then closed"
        " forms with the band around 5, 6 and 8 instead of 7."
    ),
    expected=(5, 5, 120, 20, 13, 5.3, 8),
    tolerance=(5, 5, 20, 15, 5, 1.5, 6),
    unit="%",
)
def designed_activation(seed: int) -> tuple[float, ...]:
    rng = np.random.default_rng(seed)
    at = np.linspace(-2, 2, 201)
    x = np.append(rng.uniform(-2, -0.6, 7), rng.uniform(0.6, 2, 7))
    y = signal(x)
    size = np.mean(signal(at) ** 2)
    error = lambda curve: 100 * np.sqrt(np.mean((curve - signal(at)) ** 2) / size)
    form = lambda kernel: error(min_seminorm_interpolant(x, y, at, kernel, -1))
    net = error(designed_layer(x, y, at))
    seven, *bands = [form(band_kernel(middle)) for middle in (7, 5, 6, 8)]
    bells = min(form(bell_kernel(scale)) for scale in (2, 3, 4, 6, 8))
    spline = error(min_seminorm_interpolant(x, y, at, "relu"))
    return net, seven, spline, bells, *bands


def designed_layer(x: np.ndarray, y: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Values of 2,000 trained units whose activation is made for the cheap band."""
    sigma = activation_from_weight(cheap_band)
    offsets = midpoints(5.0, 1000)
    units = mirrored_units(sigma, x, offsets)
    weights = train_output_weights(units, y, 20_000, tolerance=1e-3)
    return mirrored_units(sigma, at, offsets) @ weights


def condition(name: str, points: int, r: float = 1.0) -> float:
    """Largest over smallest rate of 8,000 units on even points in [-0.9, 0.9]."""
    x = np.linspace(-0.9 * r, 0.9 * r, points)
    offsets = r * midpoints(1.5, 4000)
    units = mirrored_units(ACTIVATIONS[name].value, x, offsets)
    rates = np.linalg.eigvalsh(units @ units.T)
    return rates[-1] / rates[0]


@ledger(
    id="steps-needed",
    source=DERIVED,
    statement=(
        "Largest over smallest rate of 8,000 units on n even points in [-0.9, 0.9], as"
        " a power of n from 8 to 64: step, ReLU. Factor from 8 points to 16: step,"
        " ReLU, tanh (scale 8), Gaussian (scale 8)."
    ),
    expected=(2.09, 4.25, 4.5, 22, 225, 2000),
    tolerance=(0.1, 0.1, 0.5, 2, 20, 200),
    seeds=(0,),
)
def steps_needed(seed: int) -> tuple[float, ...]:
    powers, factors = [], []
    for name in ("step", "relu"):
        growth = np.log(condition(name, 64) / condition(name, 8))
        powers.append(growth / np.log(8))
    for name, r in (("step", 1), ("relu", 1), ("tanh", 8), ("gaussian", 8)):
        factors.append(condition(name, 16, r) / condition(name, 8, r))
    return *powers, *factors
