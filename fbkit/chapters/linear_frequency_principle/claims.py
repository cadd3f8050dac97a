"""Claims of the chapter on the linear frequency principle, and of its Further page.

Rates by frequency, and the curve that training ends at.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import ArrayLike

import fbkit as fb
from fbkit.interpolate import lfp_rates
from fbkit.ledger import enter

LFP = (
    "derived here, checked numerically; form of the equation: Zhang et al., arXiv"
    " 1905.10264, Luo et al., 2010.08153"
)
HERE = "derived here, checked numerically"
X = np.array([-0.9, -0.6, -0.25, 0.2, 0.6, 0.85])
Y = np.array([-0.3, 0.7, 0.1, -0.6, 0.4, 0.9])
BETWEEN = np.linspace(X[0], X[-1], 201)
REACH = 1.5  # of the hinges, around six points
SMALL, LARGE = 0.3, 3.0  # sizes of the weights
LOW = 0.01  # height of the points at which the kernel hardly moves

Units = np.ndarray  # rows a, w, h of units a ReLU(w (x - h)), (3, width)


# ---- networks of hinges ----


def hinges(
    seed: int, width: int, size: float, law: str = "signs", reach: float = REACH
) -> Units:
    """The second half repeats the first with a negated.

    Weights are of two signs and one size, or "normal".
    """
    rng = np.random.default_rng(seed)
    half = width // 2
    if law == "signs":
        weights = rng.choice([-1.0, 1.0], (2, half))
    else:
        weights = rng.normal(size=(2, half))
    a, w = size * weights
    place = np.arange(half) + rng.uniform(size=half)
    h = reach * (2 * place / half - 1)
    return np.array([np.append(a, -a), np.append(w, w), np.append(h, h)])


def output(units: Units, x: np.ndarray) -> np.ndarray:
    """Of the network at points, (n,)."""
    a, w, h = units
    return np.maximum(w * (x[:, None] - h), 0) @ a / len(a) ** 0.5


def slopes(units: Units, x: np.ndarray) -> np.ndarray:
    """Derivatives of the output by a, w and h: (3, n, width)."""
    a, w, h = units
    z = x[:, None] - h
    on = w * z > 0
    by_hinge = np.broadcast_to(-a * w, z.shape)
    return on * np.array([w * z, a * z, by_hinge]) / len(a) ** 0.5


def kernel(units: Units, x: np.ndarray, other: np.ndarray | None = None) -> np.ndarray:
    """The network's tangent kernel between points x and others (or x), (n, m)."""
    J = slopes(units, x)
    J_other = J if other is None else slopes(units, other)
    return np.einsum("pim,pjm->ij", J, J_other)


def off_lines(x: np.ndarray) -> np.ndarray:
    """The projection that takes the best straight line away, (n, n)."""
    line = np.linalg.qr(np.stack([np.ones(len(x)), x], axis=1))[0]
    return np.eye(len(x)) - line @ line.T


def steepest(units: Units, x: np.ndarray, residual: np.ndarray) -> np.ndarray:
    """Slopes of half the squared residuals by a, w and h, times sqrt(width)."""
    a, w, h = units
    z = x[:, None] - h
    on = w * z > 0
    by_ramp = residual @ (on * z)
    return np.array([w * by_ramp, a * by_ramp, -a * w * (residual @ on)])


def train(units: Units, height: float, momentum: float = 0.9) -> Units:
    """All of a, w, h, by descent with momentum until the data are met to 1e-4.

    Steps are 0.3 / (largest rate now).
    """
    before = units
    root = units.shape[1] ** 0.5
    for step in range(200_000):
        if step % 20 == 0:
            lr = 0.3 / np.linalg.eigvalsh(kernel(units, X))[-1] / root
        residual = output(units, X) - height * Y
        if np.abs(residual).max() < 1e-4 * height:
            return units
        speed = units - before
        before = units
        units = units + momentum * speed - lr * steepest(units, X, residual)
    raise RuntimeError("training did not meet the data")


# ---- the curve at the end ----


def spline(A: float, B: float) -> np.ndarray:
    """The interpolant of the six points, read off between them, (201,)."""
    return fb.lfp_interpolant(X, Y, BETWEEN, A, B)


def powers(size: float) -> tuple[float, float]:
    """A and B of weights of two signs and one size."""
    return 2 * size**2, size**4


def gap(one: np.ndarray, other: np.ndarray) -> float:
    """Largest distance of two curves, in % of the range of the data."""
    return 100 * np.abs(one - other).max() / np.ptp(Y)


def miss(curve: np.ndarray, size: float) -> float:
    """`gap` of a curve from the interpolant for weights of this size, in %."""
    return gap(curve, spline(*powers(size)))


def from_limits(curve: np.ndarray) -> list[float]:
    """`gap` from the natural cubic spline, then from straight lines."""
    return [gap(curve, spline(1, 0)), gap(curve, spline(0, 1))]


def between_limits() -> list[float]:
    small, large = (from_limits(spline(*powers(size))) for size in (SMALL, LARGE))
    return [*small, large[1]]


CUBIC_FROM_LINES = gap(spline(1, 0), spline(0, 1))


def exact_kernel(
    x: np.ndarray, other: np.ndarray, size: float, reach: float
) -> np.ndarray:
    """Of infinite width, hinges spread evenly over [-reach, reach], (n, m)."""
    A, B = powers(size)

    def side(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Of the units that are on to the right of their hinge."""
        x, y = x[:, None], y[None]
        integral = lambda v: A * (x * y * v + (x + y) * v**2 / 2 + v**3 / 3) + B * v
        return integral(reach) - integral(-np.minimum(x, y))

    return (side(x, other) + side(-x, -other)) / (4 * reach)


def exact_curve(size: float, reach: float) -> np.ndarray:
    """Where a network of infinite width ends, (201,)."""
    weights = np.linalg.solve(exact_kernel(X, X, size, reach), Y)
    return exact_kernel(BETWEEN, X, size, reach) @ weights


@enter(
    id="lfp-between",
    source=LFP,
    says=(
        "The predicted curve for weights ±0.3 is {small, to spline:.1f} % of the range"
        " from the spline, {small, to lines:.1f} % from lines; for ±3"
        " {large, to lines:.1f} % from lines."
    ),
    rows={"small, to spline": "%", "small, to lines": "%", "large, to lines": "%"},
    expected=between_limits,
    rival={
        "1/ξ⁴ alone, the spline": [0, CUBIC_FROM_LINES, CUBIC_FROM_LINES],
        "1/ξ² alone, straight lines": [CUBIC_FROM_LINES, 0, 0],
    },
    chance=False,
)
def between(seed: int) -> ArrayLike:
    """Of infinitely many hinges that reach very far."""
    small, large = (from_limits(exact_curve(size, 400.0)) for size in (SMALL, LARGE))
    return [*small, large[1]]


def ends_between() -> list[float]:
    here = from_limits(spline(*powers(SMALL)))
    return [*here, miss(exact_curve(SMALL, REACH), SMALL)]


@enter(
    id="lfp-network",
    source=LFP,
    says=(
        "Trained, the curve is {to the spline:.1f} % of the range from the spline,"
        " {to lines:.1f} % from lines, {to the prediction:.1f} % from the prediction."
    ),
    rows={"to the spline": "%", "to lines": "%", "to the prediction": "%"},
    expected=ends_between,
    rival={
        "it is the spline": lambda: [0, CUBIC_FROM_LINES, ends_between()[0]],
        "it is straight lines": lambda: [CUBIC_FROM_LINES, 0, ends_between()[1]],
    },
)
def network(seed: int) -> ArrayLike:
    curve = output(train(hinges(seed, 8000, SMALL), LOW), BETWEEN) / LOW
    return [*from_limits(curve), miss(curve, SMALL)]


# ---- where it fails ----


@functools.cache
def tall(seed: int, width: int, size: float = SMALL) -> Units:
    """Units trained to height 1: the runs that two claims look at."""
    return train(hinges(seed, width, size), 1.0)


@enter(
    id="lfp-ordinary",
    source=HERE,
    says=(
        "At height 1 weights ±0.3 end {small, 2,000:.1f} % of the range off the"
        " prediction, with 4 times the units {small, 8,000:.1f} %; weights ±3"
        " {large, 2,000:.1f} %."
    ),
    rows={"small, 2,000": "%", "small, 8,000": "%", "large, 2,000": "%"},
    rival={
        "the height does not count": lambda: [*[ends_between()[2]] * 2, np.nan],
        "falls as 1/√width": [np.nan, 5.4 / 2, np.nan],
        "the weights' size does not count": [np.nan, np.nan, 5.4],
    },
)
def ordinary(seed: int) -> ArrayLike:
    runs = ((2000, SMALL), (8000, SMALL), (2000, LARGE))
    return [miss(output(tall(seed, *run), BETWEEN), run[1]) for run in runs]


def kernel_change(before: Units, after: Units) -> float:
    """Between two states of the units, over its size; straight lines taken off both."""
    off = off_lines(X)
    first, last = (off @ kernel(units, X) @ off for units in (before, after))
    return np.linalg.norm(last - first) / np.linalg.norm(first)


@enter(
    id="lfp-bent-kernel",
    source=HERE,
    says=(
        "At height 1 the kernel less its lines moves by {tall, 2,000:.0f} times its"
        " size at width 2,000, by {tall, 8,000:.1f} at 8,000; at height 0.01 by"
        " {low, 2,000:.4f}."
    ),
    rows={"tall, 2,000": "", "tall, 8,000": "", "low, 2,000": ""},
    rival={
        "it stands still": [0, 0, np.nan],
        "as 1/√width": [np.nan, 13 / 2, np.nan],
        "as the height": [np.nan, np.nan, 0.13],
    },
)
def bent_kernel(seed: int) -> ArrayLike:
    start = {width: hinges(seed, width, SMALL) for width in (2000, 8000)}
    moved = [kernel_change(start[width], tall(seed, width)) for width in start]
    return [*moved, kernel_change(start[2000], train(start[2000], LOW))]


def start_miss(seed: int, width: int, law: str) -> float:
    """`miss` of the interpolant of a drawn network's kernel before training."""
    units = hinges(seed, width, SMALL, law)
    weights = np.linalg.solve(kernel(units, X), Y)
    return miss(kernel(units, BETWEEN, X) @ weights, SMALL)


def typical_miss(seed: int, width: int, law: str) -> float:
    """Median over 100 networks."""
    return np.median([start_miss(100 * seed + i, width, law) for i in range(100)])


@enter(
    id="lfp-normal-weights",
    source=HERE,
    says=(
        "Weights ±0.3, {signs, 2,000:.1f} % off at width 2,000. Gaussian ones of the"
        " same Q and B: {normal, 2,000:.1f} %, and {normal, 500:.1f} % at width 500."
    ),
    rows={"signs, 2,000": "%", "normal, 2,000": "%", "normal, 500": "%"},
    rival={"Q and B are all that counts": [np.nan, 0.8, 1.4]},
)
def normal_weights(seed: int) -> ArrayLike:
    kinds = ((2000, "signs"), (2000, "normal"), (500, "normal"))
    return [typical_miss(seed, width, law) for width, law in kinds]


# ---- rates of single frequencies ----


def packets(x: np.ndarray, frequencies: ArrayLike) -> np.ndarray:
    """Waves under a bell, (n, number of frequencies)."""
    bell = np.exp(-((x / (x.max() / 4)) ** 2) / 2)
    return bell[:, None] * np.cos(np.outer(x, frequencies))


def window(points: int, edge: float) -> np.ndarray:
    return edge * (2 * np.arange(points) + 1 - points) / points


def line_rates(frequencies: np.ndarray, size: float, edge: float) -> np.ndarray:
    """The equation's rates; hinges reach a quarter further than the points."""
    A, B = powers(size)
    return (A / frequencies**4.0 + B / frequencies**2.0) / (2.5 * edge * 2 * edge)


def doubling(size: float, rate=line_rates) -> float:
    """How many times as long a packet of frequency 10 takes as one of 5, by theory.

    A packet is a range of frequencies, so its rate is a mean.
    """
    frequencies = np.linspace(1, 14, 4001)
    means = []
    for middle in (5, 10):
        share = np.exp(-((2 * (frequencies - middle)) ** 2))
        means.append(rate(frequencies, size, 8.0) @ share / share.sum())
    return means[0] / means[1]


@enter(
    id="lfp-doubling",
    source=LFP,
    says=(
        "A packet of frequency 10 takes {small:.1f} times as long as one of 5 with"
        " weights of size 0.1, and {large:.1f} times with size 3."
    ),
    rows={"small": "times", "large": "times"},
    expected=lambda: [doubling(0.1), doubling(3)],
    rival={"always 1/ξ²": [4, np.nan], "always 1/ξ⁴": [16, 16]},
)
def doubled(seed: int) -> ArrayLike:
    x = window(512, 8.0)
    off = off_lines(x)
    two = off @ packets(x, [5, 10])
    found = []
    for size in (0.1, 3):
        K = kernel(hinges(seed, 2000, size, reach=10.0), x)
        slow, fast = np.sum(two * (K @ two), axis=0) / np.sum(two**2, axis=0)
        found.append(slow / fast)
    return found


THREE = np.array([3, 6, 10])  # frequencies of packets that are trained
TRAINED = 0.5  # size of the weights


def spread_kernel(x: np.ndarray, size: float, reach: float) -> np.ndarray:
    """The kernel of infinite width between points, straight lines taken off, (n, n)."""
    (A, B), off = powers(size), off_lines(x)
    z = np.abs(x[:, None] - x)
    return off @ (A * z**3 / 12 - B * z / 2) @ off / (2 * reach)


def trained_packets(seed: int) -> np.ndarray:
    """What is left of each packet where the equation leaves 20 %, (3,).

    64 points on [-4, 4], hinges out to 5, seen without the straight line.
    """
    x = window(64, 4.0)
    off, waves = off_lines(x), off_lines(x) @ packets(x, THREE)
    units, y = hinges(seed, 2000, TRAINED, reach=5.0), 0.001 * waves.sum(axis=1)
    lr = 1 / np.linalg.eigvalsh(off @ kernel(units, x) @ off / 64)[-1]
    K, when = spread_kernel(x, TRAINED, 5.0), np.arange(16_000)
    share = fb.gradient_descent(K, -y, when, lr, onto=waves).error
    stops = np.argmax(share / share[0] < 0.2, axis=0)
    left = []
    for _ in range(stops.max() + 1):
        residual = off @ (output(units, x) - y)
        left.append(waves.T @ residual / (waves.T @ -y))
        slope = steepest(units, x, residual)
        units = units - lr / 64 / 2000**0.5 * slope
    return np.array(left)[stops, range(3)]


@enter(
    id="lfp-trajectories",
    source=LFP,
    says=(
        "Trained until the equation leaves 20 % of packet 3, 6 and 10 in turn:"
        " {packet 3:.0%}, {packet 6:.0%} and {packet 10:.0%} are left."
    ),
    rows={"packet 3": "share", "packet 6": "share", "packet 10": "share"},
    expected=[0.2, 0.2, 0.2],
    rival={
        "1/ξ² alone": lambda: left_by(2.0),
        "1/ξ⁴ alone": lambda: left_by(4.0),
    },
    kind="recorded",
)
def trajectories(seed: int) -> ArrayLike:
    return trained_packets(seed)


def left_by(power: float) -> np.ndarray:
    """Left of each packet where 20 % should be, were the rates a power alone.

    The power is matched at packet 3.
    """
    rates = line_rates(THREE, TRAINED, 4.0)
    wrong = rates[0] * (THREE[0] / THREE) ** power
    left = 0.2 ** (wrong / rates)
    left[0] = np.nan
    return left


# ---- weights and biases as usual: units a sigma(w.x + b) ----

SPREAD = 14.0  # biases of the networks that are pushed reach so far
CENTRE, PLANE_CENTRE = 0.6, np.array([0.6, -0.3])  # of the functions that push them
LAWS = {
    f"{name}, {weight}": ""
    for name in ("ReLU", "tanh")
    for weight in ("outer", "biases", "inner")
}


def bump(x: np.ndarray) -> np.ndarray:
    """Fourth derivative of a Gaussian.

    Its transform is k^4 sqrt(2 pi) exp(-k^2/2).
    """
    return (x**4 - 6 * x**2 + 3) * np.exp(-(x**2) / 2)


def pushes(name: str, seed: int) -> np.ndarray:
    """<g, K g> of one drawn network on the line, over the formula's, (3,).

    From training a, b and w; g is a bump.
    """
    rng = np.random.default_rng(seed)
    sigma = fb.activations.activation(name)
    length, a = line_weights(rng)
    b = rng.uniform(-SPREAD, SPREAD, len(a))
    turn = rng.choice([-1, 1], len(a))
    x = np.linspace(-6, 7, 241)
    g = bump(x - CENTRE) * (x[1] - x[0])
    z = x[:, None] * length * turn + b
    value, slope = sigma.value(z), sigma.slope(z) * a
    sums = (g @ value, g @ slope, (g * x) @ slope)
    drawn = np.array([np.mean(np.square(one)) for one in sums])
    return drawn / line_formula(name, length, a)


def line_weights(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Lengths of the inner weights, and outer weights, of 10,000 units."""
    return rng.uniform(0.7, 1.6, 10_000), rng.uniform(0.5, 1.5, 10_000)


def line_formula(
    name: str, length: np.ndarray, a: np.ndarray, stretch: float = 1.0
) -> np.ndarray:
    """What the equation in frequency says of the same three, (3,)."""
    step = 0.0225
    k = (np.arange(400) + 0.5) * step
    transform = k**4 * np.sqrt(2 * np.pi) * np.exp(-(k**2) / 2)
    outer, inner = lfp_rates(name, k / stretch, 1, length, a, 1 / (2 * SPREAD))
    # |slope of the transform|^2 over |transform|^2
    by_slope = np.square(4 / k - k) + CENTRE**2
    sums = [
        outer @ transform**2,
        inner @ transform**2,
        inner @ (by_slope * transform**2),
    ]
    return np.array(sums) * step / np.pi


def steep_tanh() -> np.ndarray:
    """The pushes over ours, were pi k in tanh's formula where pi^2 k belongs.

    k is the frequency in cycles: ours is then stretched by pi.
    """
    length, a = line_weights(np.random.default_rng(0))
    return line_formula("tanh", length, a, np.pi) / line_formula("tanh", length, a)


HALF = [0.5] * 6  # were the density of biases counted twice too large


@enter(
    id="lfp-rates-line",
    source=LFP,
    says=(
        "Push over the equation's, from outer weights, biases, inner: ReLU"
        " {ReLU, outer:.2f}, {ReLU, biases:.2f}, {ReLU, inner:.2f}; tanh"
        " {tanh, outer:.2f}, {tanh, biases:.2f}, {tanh, inner:.2f}."
    ),
    rows=LAWS,
    expected=[1] * 6,
    rival={
        "half the prefactor": HALF,
        "cycles without 1/4π²": [np.nan, np.nan, 4 * np.pi**2] * 2,
        "tanh with πk for π²k": lambda: [np.nan] * 3 + [*steep_tanh()],
    },
)
def rates_line(seed: int) -> ArrayLike:
    return np.concatenate([pushes("relu", seed), pushes("tanh", seed)])


@enter(
    id="lfp-rates-plane",
    source=LFP,
    says=(
        "In the plane a tanh network's push is {tanh, outer:.2f}, {tanh, biases:.2f}"
        " and {tanh, inner:.2f} times the equation's, from outer, biases, inner."
    ),
    rows=LAWS,
    expected=[1] * 6,
    rival={
        "half the prefactor": HALF,
        "the line's prefactor 1/π^(1/2) Γ(1/2)": [1 / np.pi] * 6,
    },
)
def rates_plane(seed: int) -> ArrayLike:
    return np.concatenate([plane("relu", seed), plane("tanh", seed)])


def plane(name: str, seed: int) -> np.ndarray:
    """<g, K g> of one drawn network in the plane, over the formula's, (3,).

    From training a, b and w. g is the Laplacian, twice, of a Gaussian around a point;
    its integrals over the lines of any direction are a bump.
    """
    rng = np.random.default_rng(seed)
    width = 30_000
    w = rng.normal(size=(width, 2))
    b = rng.uniform(-SPREAD, SPREAD, width)
    a = rng.uniform(1, 2, width)
    sums = [  # some units at a time, to save memory
        plane_sums(name, w[part], b[part], a[part])
        for part in np.array_split(np.arange(width), 20)
    ]
    measured = np.square(np.hstack(sums)).mean(axis=1)
    return measured / plane_formula(name, np.linalg.norm(w, axis=1), a)


def plane_sums(
    name: str, w: np.ndarray, b: np.ndarray, a: np.ndarray
) -> list[np.ndarray]:
    """Integrals over the plane of g times the slope of the output.

    By a, by b and by w (its length) of each unit: three of (m,).
    """
    sigma = fb.activations.activation(name)
    length = np.linalg.norm(w, axis=1)
    s = np.linspace(-7, 7, 141)
    line = np.sqrt(2 * np.pi) * bump(s) * (s[1] - s[0])
    z = length[:, None] * s + (PLANE_CENTRE @ w.T + b)[:, None]
    slope = a[:, None] * sigma.slope(z)
    along = (slope @ (line * s))[:, None] * w / length[:, None]
    moment = along + (slope @ line)[:, None] * PLANE_CENTRE
    return [sigma.value(z) @ line, slope @ line, np.linalg.norm(moment, axis=1)]


def plane_formula(name: str, length: np.ndarray, a: np.ndarray) -> list[float]:
    """What the equation in frequency says of the means of their squares."""
    step = 0.0225
    k = (np.arange(400) + 0.5) * step
    outer, inner = lfp_rates(name, k, 2, length, a, 1 / (2 * SPREAD))
    transform = k**4 * 2 * np.pi * np.exp(-(k**2) / 2)
    square = np.square(transform) * k * step / (2 * np.pi)
    by_slope = (4 / k - k) ** 2 + PLANE_CENTRE @ PLANE_CENTRE
    return [outer @ square, inner @ square, inner @ (square * by_slope)]
