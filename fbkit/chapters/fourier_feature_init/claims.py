"""Claims of the chapter on where Fourier features go, and of its Further pages.

Rates from shares and densities, and the density that leaves least.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

import fbkit as fb
from fbkit.ledger import enter

if TYPE_CHECKING:
    import torch

HERE = "derived here, checked numerically"
MODEL = "model of Molina et al., arXiv 2405.14957; derived here, checked numerically"
T = 2.0  # time that training may take
XI = np.linspace(-20, 20, 4001)  # frequencies
X, H = np.linspace(-12, 12, 301), 0.08  # points, H apart
PACKETS = np.cos(2 * X) + 0.5 * np.cos(8 * X) + 0.15 * np.cos(12 * X)
F = np.exp(-(X**2) / 8) * PACKETS  # the target of three packets
# Its power spectrum: three hills.
S = (H * np.cos(np.outer(XI, X)) @ F) ** 2


def left(p: np.ndarray, t: float = T, power: np.ndarray = S) -> float:
    """Share of a power that is left at a time by the theory, for p at XI."""
    remaining = power * np.exp(-4 * np.pi * t * p)
    return np.trapezoid(remaining, XI) / np.trapezoid(power, XI)


def band(low: float, high: float) -> np.ndarray:
    """Even density on low <= abs(xi) <= high."""
    size = np.abs(XI)
    p = 1.0 * ((size >= low - 1e-9) & (size <= high + 1e-9))
    return p / np.trapezoid(p, XI)


def gauss(std: float, xi: np.ndarray = XI) -> np.ndarray:
    """Normal density."""
    return np.exp(-(xi**2) / (2 * std**2)) / (std * np.sqrt(2 * np.pi))


def design(t: float = T, cap: float | None = None, power: np.ndarray = S) -> np.ndarray:
    """The density that leaves least of a power at a time."""
    return fb.waterfill(power, XI, t, cap=cap)[0]


def best_even(t: float = T, power: np.ndarray = S) -> np.ndarray:
    """The even density on [-b, b] that leaves least."""
    tried = [band(0, b) for b in np.linspace(1, 19, 181)]
    return min(tried, key=lambda p: left(p, t, power))


def best_normal(t: float = T, power: np.ndarray = S) -> np.ndarray:
    """The normal density that leaves least."""
    tried = [gauss(std) for std in np.linspace(0.5, 15, 291)]
    return min(tried, key=lambda p: left(p, t, power))


def in_proportion() -> np.ndarray:
    return S / np.trapezoid(S, XI)


def power_of(values: np.ndarray) -> np.ndarray:
    """Power spectrum of even values on X, at XI."""
    return (H * np.cos(np.outer(XI, X)) @ values) ** 2


# ---- trained networks ----


def train_waves(
    w: np.ndarray, lr: float | None = 0.01, steps: int = 200, values: np.ndarray = F
) -> fb.History:
    """Gradient descent of a network with these frequencies, outputs kept.

    The loss is half the integral of r².
    """
    weights = np.full(len(X), H)
    target = fb.Target(X[:, None], values, weights, None, "packets")
    return fb.train(
        fb.FourierFeatures(w),
        target,
        lr=lr,
        steps=steps,
        keep_outputs=True,
        progress=False,
    )


def train_density(
    p: np.ndarray, count: int = 512, values: np.ndarray = F
) -> fb.History:
    """The same with so many frequencies at the quantiles of a density, up to T."""
    return train_waves(fb.sample_frequencies(p, XI, count), values=values)


def energy_left(run: fb.History) -> float:
    """The loss at the end over that at the start."""
    return run.loss[-1] / run.loss[0]


def kernel(p: np.ndarray, count: int = 512) -> np.ndarray:
    """Between the points X, of a network with placed frequencies, (n, n)."""
    phase = np.outer(X, fb.sample_frequencies(p, XI, count))
    cosines, sines = np.cos(phase), np.sin(phase)
    return (cosines @ cosines.T + sines @ sines.T) / count


# ---- whole frequencies: shares ----

COUNTS = {1: 200, 5: 20, 10: 20}  # features of each frequency
FIRST_TIME = 2 * np.log(5) * 240 / 200


def falls(counts: dict[int, int], values: ArrayLike) -> np.ndarray:
    """When 20 % is left of each frequency in a network with so many features of it."""
    target = fb.on_basis(fb.interval(64), values)
    net = fb.FourierFeatures(np.repeat(1.0 * np.array([*counts]), [*counts.values()]))
    plan = dict(lr=0.02, steps=2000, records=8000, progress=False)
    return fb.learning_times(fb.train(net, target, **plan), frequencies=[*counts])


@enter(
    id="feature-shares",
    source=MODEL,
    says=(
        "With 200, 20 and 20 features of frequency 1, 5 and 10, 20 % is left at time"
        " {frequency 1:.1f}, {frequency 5:.1f} and {frequency 10:.1f}."
    ),
    rows={f"frequency {k}": "time" for k in COUNTS},
    expected=lambda: [2 * np.log(5) * 240 / n for n in COUNTS.values()],
    rival={
        "a ReLU network's 1/k²": [np.nan, 25 * FIRST_TIME, 100 * FIRST_TIME],
        "as the root of the share": [np.nan, *[10**0.5 * FIRST_TIME] * 2],
    },
    chance=False,
)
def shares(seed: int) -> ArrayLike:
    x = fb.interval(64).points
    return falls(COUNTS, np.sin(x) + np.sin(5 * x) + np.sin(10 * x))


@enter(
    id="feature-constant",
    source=HERE,
    says=(
        "With 20 of 240 features each, the constant is down to 20 % at time"
        " {constant:.1f} and frequency 10 at {frequency 10:.1f}."
    ),
    rows={"constant": "time", "frequency 10": "time"},
    expected=[np.log(5) * 12, 2 * np.log(5) * 12],
    rival={"half the share, for k = 0 too": [2 * np.log(5) * 12, np.nan]},
    chance=False,
)
def constant(seed: int) -> ArrayLike:
    x = fb.interval(64).points
    return falls({0: 20, 10: 20, 1: 200}, 1 + np.sin(x) + np.sin(10 * x))[:2]


# ---- three hills ----


def cut(p: np.ndarray, residual: np.ndarray | None = None) -> list[float]:
    """Energy that p leaves in %, and its residual power over the design's level.

    Of that the 10 % and the 90 % quantile, where the design has over 2 % of its
    highest density; by the theory, if no residual power is given.
    """
    ours, level = fb.waterfill(S, XI, T)
    if residual is None:
        residual = S * np.exp(-4 * np.pi * T * p)
    inside = ours > 0.02 * ours.max()
    return [100 * left(p), *np.quantile(residual[inside] / level, [0.1, 0.9])]


@enter(
    id="design-energy",
    source=HERE,
    says=(
        "A network with the design leaves {left:.1f} % of the energy. On the flat tops"
        " the 10 and 90 % quantiles are {lowest:.2f} and {highest:.2f} times the level."
    ),
    rows={"left": "%", "lowest": "levels", "highest": "levels"},
    expected=lambda: [100 * left(design()), 1, 1],
    rival={
        "frequencies as the power": lambda: cut(in_proportion()),
        "the best normal density": lambda: cut(best_normal()),
    },
    chance=False,
)
def energy(seed: int) -> ArrayLike:
    run = train_density(design())
    residual = power_of(run.meta["outputs"][-1] - F)
    return [100 * energy_left(run), *cut(design(), residual)[1:]]


def rivals_over_design() -> list[float]:
    others = (best_even(), best_normal(), in_proportion())
    return [left(p) / left(design()) for p in others]


@enter(
    id="design-beats",
    source=HERE,
    says=(
        "Three hills: the best even density leaves {even:.1f} times what the design"
        " leaves, the best normal one {normal:.1f}, one as the power {power:.1f} times."
    ),
    rows={"even": "times", "normal": "times", "power": "times"},
    expected=rivals_over_design,
    rival={"no gain": [1, 1, 1], "a tenth": [1.1, 1.1, 1.1]},
    chance=False,
)
def beats(seed: int) -> ArrayLike:
    """By trained networks."""
    densities = (design(), best_even(), best_normal(), in_proportion())
    ours, *others = (energy_left(train_density(p)) for p in densities)
    return np.array(others) / ours


@enter(
    id="design-wrong-time",
    source=HERE,
    says=(
        "At T = 10 the design for 10 leaves {design for 10:.4f} %, the best normal"
        " density {normal:.2f} %, the design for 2 {design for 2:.2f} %."
    ),
    rows={"design for 10": "%", "normal": "%", "design for 2": "%"},
    rival={
        "one design for all times": lambda: [np.nan, np.nan, 100 * left(design(10), 10)]
    },
    chance=False,
)
def wrong_time(seed: int) -> ArrayLike:
    densities = (design(10), best_normal(10), design(2))
    return [100 * left(p, 10) for p in densities]


# ---- power laws ----

FADE = np.exp(-(X**2) / 32)  # what signals are multiplied by, so that they end
LAWS = {"gentle": 1 / (1 + XI**2), "steep": 1 / (1 + XI**2) ** 2}


def faded(power: np.ndarray) -> np.ndarray:
    """The mean power of faded signals: the law, smoothed a little."""
    step = XI[1] - XI[0]
    smooth = np.exp(-((np.arange(-200, 201) * step) ** 2) * 16)
    return np.convolve(power, smooth / smooth.sum(), mode="same")


def drawn_signals(power: np.ndarray, seed: int, count: int = 200) -> np.ndarray:
    """Signals of random waves whose mean power is this one, (n, count)."""
    waves = np.arange(0.025, 20, 0.05)
    size = np.sqrt(np.interp(waves, XI, power))[:, None]
    a, b = size * np.random.default_rng(seed).normal(size=(2, len(waves), count))
    phase = np.outer(X, waves)
    return FADE[:, None] * (np.cos(phase) @ a + np.sin(phase) @ b)


def left_of(signals: np.ndarray, p: np.ndarray, steps: int = 200) -> float:
    """Energy that a network with placed frequencies leaves of signals (n, count)."""
    step = np.eye(len(X)) - T / steps * H * kernel(p)
    residual = np.linalg.matrix_power(step, steps) @ signals
    return np.sum(residual**2) / np.sum(signals**2)


def tuned(power: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The design for a law, the best normal and the best even density."""
    return design(power=power), best_normal(power=power), best_even(power=power)


def tuned_by_theory() -> list[float]:
    found = []
    for law in LAWS.values():
        ours, *others = (left(p, T, faded(law)) for p in tuned(law))
        found += [other / ours for other in others]
    return [found[0], found[2], found[3]]


@enter(
    id="power-law-normal",
    source=HERE,
    says=(
        "On 1/(1 + ξ²) the best normal density leaves {gentle:.3f} times what the"
        " design leaves; on its square {steep:.3f}, the best even one"
        " {steep, even:.1f} times."
    ),
    rows={"gentle": "times", "steep": "times", "steep, even": "times"},
    expected=tuned_by_theory,
    rival={
        "as on three hills": rivals_over_design,
        "half as much more": [1.5, 1.5, np.nan],
        "even as good as normal": [np.nan, np.nan, 1.02],
    },
)
def power_law(seed: int) -> ArrayLike:
    """200 drawn signals of each law; the densities know the law only."""
    found = []
    for law in LAWS.values():
        signals = drawn_signals(law, seed)
        ours, *others = (left_of(signals, p) for p in tuned(law))
        found += [other / ours for other in others]
    return [found[0], found[2], found[3]]


WIDE = np.linspace(-120, 120, 24001)  # frequencies for a long time


def normal_over_design(order: float, t: float) -> float:
    """Least energy that a normal density leaves over the least of all.

    The power is 1/(1 + xi²)^order.
    """
    power = (1 + WIDE**2) ** -order
    rest = lambda p: np.sum(power * np.exp(-4 * np.pi * t * p))
    stds = np.geomspace(0.5, 30, 200)
    return min(rest(gauss(s, WIDE)) for s in stds) / rest(
        fb.waterfill(power, WIDE, t)[0]
    )


@enter(
    id="power-law-long",
    source=HERE,
    says=(
        "With five times the time, T = 10, the best normal density leaves"
        " {gentle:.2f} and {steep:.2f} times what the design leaves."
    ),
    rows={"gentle": "times", "steep": "times"},
    rival={
        "as at T = 2": lambda: [normal_over_design(1, T), normal_over_design(2, T)],
        "as on three hills": lambda: [rivals_over_design()[1]] * 2,
    },
    chance=False,
)
def power_law_long(seed: int) -> ArrayLike:
    return [normal_over_design(1, 10), normal_over_design(2, 10)]


# ---- what is scarce ----


def one_point_mean(p: np.ndarray, lr: float, steps: int = 96) -> float:
    """Mean energy left, in %, after steps of one random point each: exact.

    The mean product of residuals C goes to C - lr (K C + C K)/n + lr² K diag(C) K/n.
    """
    K, n = kernel(p), len(X)
    C = np.outer(F, F)
    for _ in range(steps):
        KC = K @ C
        C = C - lr / n * (KC + KC.T) + lr**2 / n * (K * np.diag(C)) @ K
    return 100 * np.trace(C) / (F @ F)


def one_point(p: np.ndarray, lr: float, seed: int, runs: int = 400) -> float:
    """The same, the mean of runs."""
    K = kernel(p)
    residual = np.tile(-F, (runs, 1))
    draw = np.random.default_rng(seed)
    for _ in range(96):
        point = draw.integers(0, len(X), runs)
        seen = residual[np.arange(runs), point]
        residual -= lr * seen[:, None] * K[point]
    return 100 * np.mean(residual**2) / np.mean(F**2)


def best_rate(p: np.ndarray) -> float:
    return min(np.arange(0.25, 2, 0.25), key=lambda lr: one_point_mean(p, lr))


@enter(
    id="design-scarce",
    source=HERE,
    says=(
        "3 steps on all points leave {all, design:.1f} % by the design,"
        " {all, even:.0f} % by even ones; 96 of one point {one, design:.1f} and"
        " {one, even:.0f} %."
    ),
    rows=dict.fromkeys(["all, design", "all, even", "one, design", "one, even"], "%"),
    expected=lambda: [
        *[100 * after_steps(p, 3) for p in (design(), band(0, 14))],
        *[one_point_mean(p, 1.0) for p in (design(), band(0, 14))],
    ],
    rival={
        "all points: as with one time for both": lambda: [
            *[100 * left(p) for p in (design(), band(0, 14))],
            *[np.nan, np.nan],
        ],
        "one point: as with all points": lambda: [
            *[np.nan, np.nan],
            *[100 * after_steps(p, 3) for p in (design(), band(0, 14))],
        ],
    },
)
def scarce(seed: int) -> ArrayLike:
    """One point a step with learning rate 1, the best of quarters for both densities;
    all points with one over the largest rate.
    """
    found = []
    for p in (design(), band(0, 14)):
        w = fb.sample_frequencies(p, XI, 512)
        found.append(100 * energy_left(train_waves(w, lr=None, steps=3)))
    return [*found, *[one_point(p, 1.0, seed) for p in (design(), band(0, 14))]]


def after_steps(p: np.ndarray, steps: int) -> float:
    """Share of the energy after steps at the learning rate 1/(largest rate)."""
    inside = np.abs(XI) < 14
    rest = S * (1 - p / p.max()) ** (2 * steps) * inside
    return rest.sum() / S.sum()


# ---- Further: few features, or a spectrum that is guessed ----


def packet_times(p: np.ndarray) -> np.ndarray:
    """When 20 % is left of packets of frequency 2, 8 and 12 of equal size."""
    waves = np.cos(np.outer(X, [2, 8, 12]))
    residual = np.exp(-(X**2) / 8) * waves.sum(axis=1)
    step, seen = np.eye(len(X)) - 0.05 * H * kernel(p), []
    for _ in range(1200):
        seen.append(residual @ waves)
        residual = step @ residual
    return 0.05 * np.argmax(np.array(seen) / seen[0] < 0.2, axis=0)


@enter(
    id="density-order",
    source=MODEL,
    says=(
        "Density rising as ξ: frequency 2 takes {2 over 8:.1f} times as long as 8, 8"
        " {8 over 12:.1f} times as 12. Even: {even:.2f} times at most."
    ),
    rows={"2 over 8": "times", "8 over 12": "times", "even": "times"},
    expected=[4, 1.5, 1],
    rival={
        "low frequencies first": [0.25, 2 / 3, np.nan],
        "the density does not count": [1, 1, np.nan],
        "as ξ²": [np.nan, np.nan, 36],
    },
    chance=False,
)
def density_order(seed: int) -> ArrayLike:
    rising = (np.abs(XI) < 14) * np.abs(XI) / 196
    slow, middle, fast = packet_times(rising)
    even = packet_times(band(0, 14))
    return [slow / middle, middle / fast, even.max() / even.min()]


@enter(
    id="design-few-features",
    source=HERE,
    says=(
        "16 features leave {16 features:.1f} times what infinitely many leave, 32"
        " {32 features:.2f} times, and 64 {64 features:.2f} times."
    ),
    rows={f"{m} features": "times" for m in (16, 32, 64)},
    rival={"any number will do": [1, 1, np.nan], "as 1/√m": [4.3, 3.1, 2.2]},
    chance=False,
)
def few_features(seed: int) -> ArrayLike:
    p = design()
    return [energy_left(train_density(p, m)) / left(p) for m in (16, 32, 64)]


def flow_left(w: np.ndarray) -> float:
    """Energy that these features leave at time T, on every other point."""
    phase = np.outer(X[::2], w)
    features = np.hstack([np.cos(phase), np.sin(phase)]) / len(w) ** 0.5
    values, vectors = np.linalg.eigh(2 * H * features @ features.T)
    return np.exp(-2 * T * values) @ np.square(vectors.T @ F[::2]) / np.sum(F[::2] ** 2)


def drawn_excess(count: int, seed: int, draws: int = 200) -> float:
    """Energy that drawn frequencies leave beyond placed ones, over what these leave.

    The mean of the draws.
    """
    p = design()
    seeds = range(draws * seed, draws * (seed + 1))
    drawn = [fb.sample_frequencies(p, XI, count, "iid", one) for one in seeds]
    placed_ones = flow_left(fb.sample_frequencies(p, XI, 512))
    return np.mean([flow_left(w) for w in drawn]) / placed_ones - 1


@enter(
    id="design-drawn",
    source=HERE,
    says=(
        "512 frequencies drawn from the design leave {512 features:.0f} % more than"
        " placed ones, 128 drawn ones {128 features:.0f} % more."
    ),
    rows={"512 features": "%", "128 features": "%"},
    rival={
        "as good as placed": [0, 0],
        "with 1/√m": [np.nan, 21],
        "half as much": [5.2, 23.6],
    },
)
def design_drawn(seed: int) -> ArrayLike:
    return [100 * drawn_excess(count, seed) for count in (512, 128)]


HIGH = np.abs(XI) > 10
FIRST = np.where(HIGH, 100.0, 1.0)


def parts(residual: np.ndarray) -> list[float]:
    """A power's share of the target's below frequency 10 and above, in %."""
    return [100 * residual[part].sum() / S[part].sum() for part in (~HIGH, HIGH)]


def priorities() -> list[np.ndarray]:
    return [fb.waterfill(S, XI, T, priority=c)[0] for c in (None, FIRST)]


@enter(
    id="design-priority",
    source=HERE,
    says=(
        "With priority 100 above 10, {first, above:.1f} % is left there and"
        " {first, below:.1f} % below; without, {plain, above:.0f} and"
        " {plain, below:.1f} %."
    ),
    rows={
        "plain, below": "%",
        "plain, above": "%",
        "first, below": "%",
        "first, above": "%",
    },
    expected=lambda: [
        share for p in priorities() for share in parts(S * np.exp(-4 * np.pi * T * p))
    ],
    rival={
        "no effect": lambda: [np.nan, np.nan, *parts(np.minimum(S, level()))],
    },
    chance=False,
)
def priority(seed: int) -> ArrayLike:
    runs = [train_density(p) for p in priorities()]
    residuals = [power_of(run.meta["outputs"][-1] - F) for run in runs]
    return [share for residual in residuals for share in parts(residual)]


def level() -> float:
    return fb.waterfill(S, XI, T)[1]


CAPS = {"no cap": None, "high cap": 0.1, "low cap": 0.06}


def capped() -> list[np.ndarray]:
    """Designs with the caps, and the even density on [-14, 14]."""
    return [*[design(cap=cap) for cap in CAPS.values()], band(0, 14)]


@enter(
    id="design-cap",
    source=HERE,
    says=(
        "Without a cap {no cap:.1f} % is left, with the cap 0.1 {high cap:.1f} %,"
        " with 0.06 {low cap:.0f} %, by the even density {even:.0f} %."
    ),
    rows=dict.fromkeys([*CAPS, "even"], "%"),
    expected=lambda: [100 * left(p) for p in capped()],
    rival={"a cap costs nothing": lambda: [np.nan, *[100 * left(design())] * 3]},
    chance=False,
)
def design_cap(seed: int) -> ArrayLike:
    return [100 * energy_left(train_density(p)) for p in capped()]


MOVED = np.exp(-(X**2) / 8) * (np.cos(np.outer(X, [3, 9, 13])) @ [1, 0.5, 0.15])


@enter(
    id="design-cap-moved",
    source=HERE,
    says=(
        "Packets at 3, 9, 13 where 2, 8, 12 were planned: no cap leaves {no cap:.0f} %,"
        " the cap 0.06 {low cap:.0f} %, the even density {even:.0f} %."
    ),
    rows=dict.fromkeys(["no cap", "low cap", "even"], "%"),
    expected=lambda: [100 * left(p, T, power_of(MOVED)) for p in moved_for()],
    rival={"as planned": lambda: [*[100 * left(p) for p in moved_for()[:2]], np.nan]},
    chance=False,
)
def cap_moved(seed: int) -> ArrayLike:
    runs = [train_density(p, values=MOVED) for p in moved_for()]
    return [100 * energy_left(run) for run in runs]


def moved_for() -> list[np.ndarray]:
    return [design(), design(cap=0.06), band(0, 14)]


# ---- Further: two more layers ----

BASIS = fb.interval(64)
THREE = [1, 5, 10]


def deep_network(w: np.ndarray, seed: int, bias_std: float = 1.0) -> torch.nn.Module:
    """Features of these frequencies, then two tanh layers of 256."""
    how = dict(width=256, depth=3, activation="tanh", bias_std=bias_std, seed=seed)
    return fb.FourierFeatures(w, fb.mlp(inputs=2 * len(w), **how))


def placed(low: float, high: float) -> np.ndarray:
    """256 frequencies, evenly from low to high."""
    return low + (high - low) * (np.arange(256) + 0.5) / 256


PLACED = {"band": placed(8, 12), "even": placed(-12, 12)}


def deep_rates(w: np.ndarray, bias_std: float = 1.0) -> np.ndarray:
    """Rates of the three frequencies at infinite width."""
    K = fb.ntk_of(deep_network(w, 0, bias_std)).gram(BASIS.points[:, None])
    waves = BASIS.weights[:, None] * BASIS.matrix
    rates = np.sum(waves * (K @ waves), axis=0)
    return np.array([rates[np.isclose(BASIS.modes, k)].mean() for k in THREE])


def drawn_rates(w: np.ndarray, seed: int, bias_std: float = 1.0) -> np.ndarray:
    """The same, the mean of 16 networks before training."""
    nets = [deep_network(w, 16 * seed + i, bias_std) for i in range(16)]
    return np.mean([fb.mode_rates(net, BASIS, THREE) for net in nets], axis=0)


def percent(rates: np.ndarray) -> np.ndarray:
    return 100 * rates / rates.sum()


@enter(
    id="feature-deep-rates",
    source=HERE,
    says=(
        "Under two layers the band 8 to 12 gives frequency 1, 5, 10 {band, 1:.0f},"
        " {band, 5:.0f} and {band, 10:.0f} % of their rates; even, about a third each."
    ),
    rows={f"{name}, {k}": "%" for name in PLACED for k in THREE},
    expected=lambda: np.concatenate([percent(deep_rates(w)) for w in PLACED.values()]),
    rival={
        "what the density says": [0, 0, 100, *[np.nan] * 3],
        "layers prefer low ones, as 1/k²": [95, 4, 1] * 2,
    },
)
def feature_deep_rates(seed: int) -> ArrayLike:
    rates = [drawn_rates(w, seed) for w in PLACED.values()]
    return np.concatenate([percent(one) for one in rates])


@enter(
    id="feature-deep-biases",
    source=HERE,
    says=(
        "Without biases the band gives frequency 1 only {frequency 1:.1f} % of the rate"
        " of 10, and frequency 5 {frequency 5:.1f} %."
    ),
    rows={"frequency 1": "%", "frequency 5": "%"},
    expected=lambda: over_ten(deep_rates(PLACED["band"], 0.0)),
    rival={
        "biases do not count": lambda: over_ten(deep_rates(PLACED["band"])),
        "what the density says": [0, 0],
    },
)
def feature_deep_biases(seed: int) -> ArrayLike:
    return over_ten(drawn_rates(PLACED["band"], seed, 0.0))


def over_ten(rates: np.ndarray) -> np.ndarray:
    return 100 * rates[:2] / rates[2]


FEW = X[::12, None]


def slowest_limit(kernel: np.ndarray) -> float:
    """One over the largest rate, for the mean loss."""
    return len(kernel) / np.linalg.eigvalsh(kernel)[-1]


def wide_and_design() -> list[np.ndarray]:
    return [fb.sample_frequencies(p, XI, 256) for p in (design(), band(0, 14))]


@enter(
    id="feature-deep-limit",
    source=HERE,
    says=(
        "Under two layers one over the largest rate is {design:.2f} for the design and"
        " {even:.2f} for the even density."
    ),
    rows={"design": "", "even": ""},
    expected=lambda: [
        slowest_limit(fb.ntk_of(deep_network(w, 0)).gram(FEW))
        for w in wide_and_design()
    ],
    rival={
        "as without layers": lambda: [
            slowest_limit(kernel(p)[::12, ::12]) for p in (design(), band(0, 14))
        ],
    },
)
def feature_deep_limit(seed: int) -> ArrayLike:
    """Means of 8 networks."""
    return [
        np.mean(
            [
                slowest_limit(fb.empirical_ntk(deep_network(w, 8 * seed + i), FEW))
                for i in range(8)
            ]
        )
        for w in wide_and_design()
    ]


def deep_forecast(p: np.ndarray) -> float:
    """Energy left after 200 steps, in %, by the kernel of infinite width."""
    net, points = deep_network(fb.sample_frequencies(p, XI, 256), 0), X[::2]
    values, vectors = np.linalg.eigh(fb.ntk_of(net).gram(points[:, None]))
    share = np.square(vectors.T @ F[::2]) / np.sum(F[::2] ** 2)
    return 100 * share @ (1 - values / len(points)) ** 400


@enter(
    id="feature-deep-design",
    source=HERE,
    says=(
        "Under two infinitely wide layers, 200 steps leave {design:.1f} % by the"
        " design, {normal:.0f} % by the best normal density, {even:.0f} % by an even"
        " one."
    ),
    rows={"design": "%", "normal": "%", "even": "%"},
    rival={
        "as without layers": lambda: [
            100 * left(p) for p in (design(), best_normal(), band(0, 14))
        ],
        "all points: the even one wins": lambda: [
            100 * after_steps(design(), 3),
            np.nan,
            0,
        ],
    },
    chance=False,
)
def feature_deep_design(seed: int) -> ArrayLike:
    return [deep_forecast(p) for p in (design(), best_normal(), band(0, 14))]
