"""Claims of the chapter "Can I choose what is learned first?".

Rates from shares and densities, and their design.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import fbkit as fb
from fbkit.ledger import ledger

if TYPE_CHECKING:
    import torch

HERE = "derived here, checked numerically"
MODEL = "model of Molina et al., arXiv 2405.14957; figures measured for this course"
TARGET = "On the line, for the target exp(-x²/8)(cos 2x + 0.5 cos 8x + 0.15 cos 12x)"
SIGNAL = f"{TARGET} and time T = 2"
XI = np.linspace(-20, 20, 4001)  # frequencies
X, H = np.linspace(-12, 12, 301), 0.08  # points, H apart
PACKETS = np.cos(2 * X) + 0.5 * np.cos(8 * X) + 0.15 * np.cos(12 * X)
F = np.exp(-(X**2) / 8) * PACKETS
# Power spectrum of the target F.
S = (H * np.cos(np.outer(XI, X)) @ F) ** 2


def left(p: np.ndarray, T: float = 2.0) -> float:
    """Share of the energy that is left at time T by the theory, for p at XI."""
    remaining = S * np.exp(-4 * np.pi * T * p)
    return np.trapezoid(remaining, XI) / np.trapezoid(S, XI)


def band(low: float, high: float) -> np.ndarray:
    """Even density on low <= abs(xi) <= high."""
    size = np.abs(XI)
    p = 1.0 * ((size >= low - 1e-9) & (size <= high + 1e-9))
    return p / np.trapezoid(p, XI)


def gauss(std: float) -> np.ndarray:
    """Normal density."""
    return np.exp(-(XI**2) / (2 * std**2)) / (std * np.sqrt(2 * np.pi))


def design(T: float = 2.0, cap: float | None = None) -> np.ndarray:
    """The density that leaves least at time T."""
    return fb.waterfill(S, XI, T, cap=cap)[0]


def four_densities() -> list[np.ndarray]:
    """The design, best even one, best normal one, and even one on [-14, 14]."""
    return [design(), band(0, 3), gauss(4.05), band(0, 14)]


def power(values: np.ndarray) -> np.ndarray:
    """Power spectrum of values on X, at XI."""
    return (H * np.cos(np.outer(XI, X)) @ values) ** 2


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
    """The same with so many frequencies at the quantiles of a density, up to T = 2."""
    return train_waves(fb.sample_frequencies(p, XI, count), values=values)


def energy_left(run: fb.History) -> float:
    """The loss at the end over that at the start."""
    return run.loss[-1] / run.loss[0]


@ledger(
    id="feature-shares",
    source=HERE,
    statement=(
        "240 features of the frequencies 1, 5, 10 on the circle, in shares of"
        " 200:20:20, 80:80:80 and 20:20:200: largest distance between the error in one"
        " frequency and (1 − share/2)^steps, as a share of the start, at learning"
        " rate 1."
    ),
    expected=0,
    tolerance=1e-5,
    seeds=(0,),
)
def feature_shares(seed: int) -> list[float]:
    target = fb.sines(fb.interval(64), [1, 5, 10])
    worst = []
    for counts in ([200, 20, 20], [80, 80, 80], [20, 20, 200]):
        net = fb.FourierFeatures(np.repeat([1.0, 5.0, 10.0], counts))
        run = fb.train(net, target, lr=1.0, steps=100, progress=False)
        theory = (1 - np.array(counts) / 480) ** run.t[:, None]
        error = run.select([1, 5, 10])
        worst.append(np.abs(error / error[0] - theory).max())
    return worst


@ledger(
    id="density-order",
    source=HERE,
    statement=(
        "Packets of the frequencies 2, 8, 12 and equal size, 512 features, up to t ="
        " 30: largest distance between the network's error at these frequencies and (1"
        " − 2πp·lr)^steps, as a share of the start, for a falling density, (14 −"
        " |ξ|)/196, the even one on [−14, 14], a rising one, |ξ|/196, and the even one"
        " on 10 ≤ |ξ| ≤ 14."
    ),
    expected=0,
    tolerance=0.01,
    seeds=(0,),
)
def density_order(seed: int) -> list[float]:
    lr = 0.2
    wave = np.cos(np.outer(X, [2, 8, 12]))
    values = np.exp(-(X**2) / 8) * wave.sum(axis=1)
    inside = np.abs(XI) < 14
    falling = inside * (14 - np.abs(XI)) / 196
    rising = inside * np.abs(XI) / 196
    worst = []
    for p in (falling, band(0, 14), rising, band(10, 14)):
        w = fb.sample_frequencies(p, XI, 512)
        run = train_waves(w, lr, 150, values)
        error = (run.meta["outputs"] - values) @ wave
        at_packets = p[[2200, 2800, 3200]]  # XI is 2, 8, 12 there
        theory = (1 - 0.4 * np.pi * at_packets) ** (run.t[:, None] / lr)
        worst.append(np.abs(error / error[0] - theory).max())
    return worst


@ledger(
    id="design-level",
    source=HERE,
    statement=(
        f"{SIGNAL}: a trained network of 512 features with the designed frequencies,"
        " its residual spectrum divided by the water level, where the design puts more"
        " than 2 % of its largest density: 10 %, 50 % and 90 % quantile."
    ),
    expected=1,
    tolerance=0.08,
    seeds=(0,),
)
def design_level(seed: int) -> np.ndarray:
    p, level = fb.waterfill(S, XI, 2.0)
    run = train_density(p)
    residual = power(run.meta["outputs"][-1] - F)
    inside = p > 0.02 * p.max()
    return np.quantile(residual[inside] / level, [0.1, 0.5, 0.9])


@ledger(
    id="design-energy",
    source=HERE,
    statement=(
        f"{SIGNAL}: energy that the design leaves, in % of the start, by the theory;"
        " then that of a trained network of 512 features, divided by that of the"
        " theory."
    ),
    expected=(3.82, 1),
    tolerance=(0.01, 0.02),
    seeds=(0,),
)
def design_energy(seed: int) -> tuple[float, ...]:
    p = design()
    return 100 * left(p), energy_left(train_density(p)) / left(p)


def best_even(T: float = 2.0) -> float:
    """Energy left by the best even density on [-b, b]."""
    return min(left(band(0, b), T) for b in np.linspace(1, 19, 361))


def best_normal(T: float = 2.0) -> float:
    """Energy left by the best normal density."""
    return min(left(gauss(std), T) for std in np.linspace(0.5, 15, 291))


def best_band() -> float:
    """Energy left by the best band a <= |xi| <= b."""
    edges = np.linspace(0, 15, 76)
    bands = [(a, b) for a in edges for b in edges if b > a + 0.05]
    return min(left(band(a, b)) for a, b in bands)


@ledger(
    id="design-beats",
    source=HERE,
    statement=(
        f"{SIGNAL}: energy left by four other choices, divided by that of the design:"
        " the best even density on [−b, b], the best normal density, the best band a ≤"
        " |ξ| ≤ b, and p in proportion to the power."
    ),
    expected=(5.96, 6.38, 5.55, 2.05),
    tolerance=0.05,
    seeds=(0,),
)
def design_beats(seed: int) -> np.ndarray:
    in_proportion = left(S / np.trapezoid(S, XI))
    others = [best_even(), best_normal(), best_band(), in_proportion]
    return np.array(others) / left(design())


@ledger(
    id="design-beats-networks",
    source=HERE,
    statement=(
        f"{SIGNAL}: energy left by trained networks of 512 features with the best even"
        " and the best normal density, divided by that of the network with the"
        " designed one."
    ),
    expected=(5.96, 6.38),
    tolerance=0.1,
    seeds=(0,),
)
def design_beats_networks(seed: int) -> tuple[float, ...]:
    even, normal, ours = (
        train_density(p).loss[-1] for p in (band(0, 3), gauss(4.05), design())
    )
    return even / ours, normal / ours


@ledger(
    id="design-wrong-time",
    source=HERE,
    statement=(
        "The same target: energy left at T = 10, in % of the start, by the design for"
        " 10, the best even density, the best normal density, and the design for 2."
    ),
    expected=(0.0079, 0.752, 0.853, 0.686),
    tolerance=(0.0001, 0.002, 0.002, 0.002),
    seeds=(0,),
)
def design_wrong_time(seed: int) -> list[float]:
    right, wrong = left(design(10), 10), left(design(2), 10)
    return [100 * e for e in (right, best_even(10), best_normal(10), wrong)]


@ledger(
    id="design-few-features",
    source=HERE,
    statement=(
        f"{SIGNAL}: energy left by trained networks of 16, 32, 64 and 128 features with"
        " the designed frequencies (half as many different waves), divided by that of"
        " the theory of infinitely many."
    ),
    expected=(4.35, 1.19, 1.02, 1),
    tolerance=(0.1, 0.05, 0.03, 0.02),
    seeds=(0,),
)
def design_few_features(seed: int) -> list[float]:
    p = design()
    runs = [train_density(p, count) for count in (16, 32, 64, 128)]
    return [energy_left(run) / left(p) for run in runs]


@ledger(
    id="design-drawn",
    source=HERE,
    statement=(
        f"{SIGNAL}: energy left by trained networks whose 512 designed frequencies are"
        " drawn independently, divided by that of the theory."
    ),
    expected=1.1,
    tolerance=0.1,
)
def design_drawn(seed: int) -> float:
    p = design()
    run = train_waves(fb.sample_frequencies(p, XI, 512, "iid", seed))
    return energy_left(run) / left(p)


@ledger(
    id="design-priority",
    source=HERE,
    statement=(
        f"{SIGNAL}, with priority 100 for |ξ| > 10: energy left below 10, in % of the"
        " energy there at the start, and above 10, in % of that there: networks with"
        " the plain design, then with the prioritised one."
    ),
    expected=(2.9, 50.9, 10.1, 3.3),
    tolerance=(0.2, 1, 0.3, 0.3),
    seeds=(0,),
)
def design_priority(seed: int) -> list[float]:
    high = np.abs(XI) > 10
    found = []
    for priority in (None, np.where(high, 100.0, 1.0)):
        p = fb.waterfill(S, XI, 2.0, priority=priority)[0]
        residual = power(train_density(p).meta["outputs"][-1] - F)
        for part in (~high, high):
            found.append(100 * residual[part].sum() / S[part].sum())
    return found


@ledger(
    id="design-cap",
    source=HERE,
    statement=(
        f"{SIGNAL}: energy left in % of the start, by the theory, with no cap on p,"
        " with the caps 0.1, 0.06 and 1/28, and with the even density on [−14, 14]."
    ),
    expected=(3.82, 8.53, 22.1, 40.8, 40.8),
    tolerance=(0.01, 0.05, 0.1, 0.2, 0.2),
    seeds=(0,),
)
def design_cap(seed: int) -> list[float]:
    densities = [design(cap=cap) for cap in (None, 0.1, 0.06, 1 / 28)]
    return [100 * left(p) for p in (*densities, band(0, 14))]


@ledger(
    id="design-cap-moved",
    source=HERE,
    statement=(
        "The same densities, made for packets of the frequencies 2, 8, 12, where the"
        " packets are of 3, 9, 13: energy left at T = 2 by trained networks of 512"
        " features, in % of the start, with no cap, with the cap 0.06, and with the"
        " even density on [−14, 14]."
    ),
    expected=(55.3, 27.4, 40.7),
    tolerance=0.5,
    seeds=(0,),
)
def design_cap_moved(seed: int) -> list[float]:
    waves = np.cos(np.outer(X, [3, 9, 13])) @ [1, 0.5, 0.15]
    moved = np.exp(-(X**2) / 8) * waves
    densities = (design(), design(cap=0.06), band(0, 14))
    runs = [train_density(p, values=moved) for p in densities]
    return [100 * energy_left(run) for run in runs]


@ledger(
    id="design-one-step",
    source=HERE,
    statement=(
        f"{SIGNAL}: energy left in % of the start by 512 features after 1 and after 3"
        " steps of gradient descent on all points, each with learning rate 1/(largest"
        " rate): the design, then the even density on [−14, 14]."
    ),
    expected=(6.6, 1.6, 0, 0),
    tolerance=(0.1, 0.1, 0.1, 0.1),
    seeds=(0,),
)
def design_one_step(seed: int) -> list[float]:
    found = []
    for p in (design(), band(0, 14)):
        # No lr: 1 over the largest rate.
        run = train_waves(fb.sample_frequencies(p, XI, 512), lr=None, steps=3)
        percent = 100 * run.loss / run.loss[0]
        found += [percent[1], percent[3]]
    return found


@ledger(
    id="design-one-point",
    source=HERE,
    statement=(
        f"{SIGNAL}: 96 steps of stochastic gradient descent with one random point a"
        " step: energy left in % of the start, mean of 20 runs, at the best learning"
        " rate of 0.125, 0.25, 0.5, 1 and 2: design, best even, best normal density,"
        " even on [−14, 14]; then these best learning rates."
    ),
    expected=(5, 31.5, 31, 40, 1, 0.5, 1, 1),
    tolerance=(1, 2, 2, 4, 0, 0, 0, 0),
)
def design_one_point(seed: int) -> list[float]:
    rates = np.array([0.125, 0.25, 0.5, 1.0, 2.0])
    found = [one_point_energy(p, rates, seed) for p in four_densities()]
    best = rates[np.argmin(found, axis=1)]
    return [*np.min(found, axis=1), *best]


def one_point_energy(p: np.ndarray, rates: np.ndarray, seed: int) -> np.ndarray:
    """Energy left after 96 steps of one random point, in %.

    For each learning rate, mean of 20 runs.
    """
    phase = np.outer(X, fb.sample_frequencies(p, XI, 512))
    cosines, sines = np.cos(phase), np.sin(phase)
    kernel = (cosines @ cosines.T + sines @ sines.T) / 512
    residual = np.tile(-F, (len(rates), 20, 1))  # (rates, runs, n)
    draw = np.random.default_rng(seed)
    runs = np.arange(20)
    for _ in range(96):
        point = draw.integers(0, 301, 20)
        seen = residual[:, runs, point][..., None]
        residual -= rates[:, None, None] * seen * kernel[point]
    return 100 * (np.square(residual).sum(axis=2) / (F @ F)).mean(axis=1)


def deep_network(w: np.ndarray, seed: int, bias_std: float = 1.0) -> torch.nn.Module:
    """256 features of these frequencies, then two tanh layers of 256."""
    deep = fb.mlp(
        inputs=512,
        width=256,
        depth=3,
        activation="tanh",
        bias_std=bias_std,
        seed=seed,
    )
    return fb.FourierFeatures(w, deep)


def drawn_networks(seed: int) -> list[torch.nn.Module]:
    """Deep networks with frequencies drawn from three densities.

    The normal one of deviation 2, the even one on [-12, 12], the band 8 to 12.
    """
    draw = np.random.default_rng(seed)
    normal, even = draw.normal(0, 2, 256), draw.uniform(-12, 12, 256)
    high = draw.uniform(8, 12, 256)
    return [deep_network(w, seed) for w in (normal, even, high)]


def designed_networks(seed: int) -> list[torch.nn.Module]:
    """Deep networks with frequencies at the quantiles of the four densities."""
    densities = four_densities()
    return [deep_network(fb.sample_frequencies(p, XI, 256), seed) for p in densities]


@ledger(
    id="feature-deep-order",
    source=MODEL,
    statement=(
        "256 features, then two tanh layers of 256, trained on sin x + sin 5x + sin"
        " 10x: time until the error in frequencies 1, 5, 10 stays below 20 %, up to"
        " 750, for frequencies drawn from the normal density of deviation 2, evenly"
        " from [−12, 12], and from the band 8 to 12."
    ),
    expected=(23, 190, np.inf, 85, 92, 103, 180, np.inf, 45),
    tolerance=(5, 60, 0, 40, 40, 60, 40, 0, 15),
    kind="recorded",
)
def feature_deep_order(seed: int) -> np.ndarray:
    target = fb.sines(fb.interval(128), [1, 5, 10])
    times = []
    for net in drawn_networks(seed):
        run = fb.train(net, target, lr=1.25, steps=600, records=160, progress=False)
        times.append(fb.learning_times(run, frequencies=[1, 5, 10]))
    return np.concatenate(times)


@ledger(
    id="feature-deep-rates",
    source=MODEL,
    statement=(
        "256 features, then two tanh layers of 256, before training: rates of"
        " frequencies 1, 5, 10, read off the network, in % of their sum, for"
        " frequencies drawn from the normal density of deviation 2, evenly from [−12,"
        " 12], and from the band 8 to 12."
    ),
    expected=(86, 13, 1, 33, 33, 33, 16, 3, 81),
    tolerance=(5, 5, 1, 15, 15, 15, 5, 2, 5),
    unit="%",
)
def feature_deep_rates(seed: int) -> np.ndarray:
    found = []
    for net in drawn_networks(seed):
        rates = fb.mode_rates(net, fb.interval(64), [1, 5, 10])
        found.append(100 * rates / rates.sum())
    return np.concatenate(found)


@ledger(
    id="feature-deep-biases",
    source=HERE,
    statement=(
        "256 features drawn from the band 8 to 12, then two tanh layers of 256, before"
        " training: rates of frequencies 1 and 5, in % of the rate of 10: with biases,"
        " then without."
    ),
    expected=(19.5, 2.8, 0.7, 2.2),
    tolerance=(3, 0.6, 0.3, 0.6),
    unit="%",
)
def feature_deep_biases(seed: int) -> list[float]:
    w = np.random.default_rng(seed).uniform(8, 12, 256)
    found = []
    for bias_std in (1.0, 0.0):
        net = deep_network(w, seed, bias_std)
        low, middle, high = fb.mode_rates(net, fb.interval(64), [1, 5, 10])
        found += [100 * low / high, 100 * middle / high]
    return found


@ledger(
    id="feature-deep-design",
    source=MODEL,
    statement=(
        f"{TARGET}: 256 frequencies, designed or tuned for the shallow network at T ="
        " 2, then two tanh layers of 256, after 200 steps at learning rate 1.25 of the"
        " mean loss: energy left in % of the start: design, best even, best normal"
        " density, even on [−14, 14]."
    ),
    expected=(3.7, 20, 13.5, 25),
    tolerance=(1, 2, 4, 4),
    unit="%",
    kind="recorded",
)
def feature_deep_design(seed: int) -> list[float]:
    weights = np.full(301, 1 / 301)
    target = fb.Target(X[:, None], F, weights, None, "packets")
    found = []
    for net in designed_networks(seed):
        run = fb.train(net, target, lr=1.25, steps=200, records=10, progress=False)
        found.append(100 * energy_left(run))
    return found


@ledger(
    id="feature-deep-limit",
    source=HERE,
    statement=(
        "The same four deep networks before training: 1/(largest rate) for the mean"
        " loss on 26 points, and the share of a constant function in the direction of"
        " that rate: design, best even, best normal density, even on [−14, 14]."
    ),
    expected=(1.2, 1, 1.2, 1, 1.2, 1, 1.2, 1),
    tolerance=0.12,
)
def feature_deep_limit(seed: int) -> list[float]:
    points = X[::12, None]
    found = []
    for net in designed_networks(seed):
        kernel = fb.empirical_ntk(net, points) / len(points)
        values, vectors = np.linalg.eigh(kernel)
        found += [1 / values[-1], vectors[:, -1].sum() ** 2 / len(points)]
    return found
