"""Claims of the chapter "Which part of a curve does a network learn first?", and of its
page on real signals.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from scipy.optimize import brentq

import fbkit as fb
from fbkit.history import History
from fbkit.ledger import enter
from fbkit.nets import Antisymmetric
from fbkit.targets import Target

SETTING = "setting derived here after Xu et al., arXiv 1901.06523; checked numerically"
HERE = "derived here, checked numerically"
KERNEL = "derived here, checked numerically; kernel: Jacot et al., arXiv 1806.07572"
CIRCLE = fb.circle(128)
THREE = [1, 3, 5]
LOW = 0.1  # height at which the kernel hardly moves
LEARNED = 0.2  # share of an error from which on a wave counts as learned


# ---- theory: infinitely many units ----


def rates() -> np.ndarray:
    """Rates of frequencies 1, 3, 5 of a ReLU network."""
    return fb.rates(fb.ntk(), CIRCLE)[np.searchsorted(CIRCLE.modes, THREE)]


def clocks() -> np.ndarray:
    """Times at which a fifth of each wave is left."""
    return -np.log(LEARNED) / rates()


def left_of_two() -> list[float]:
    """What is left of frequencies 3 and 5 when their squares, three thirds of the loss
    at the start, are one; frequency 1 is gone by then.
    """
    _, three, five = rates()
    time = brentq(lambda t: np.exp(-2 * three * t) + np.exp(-2 * five * t) - 1, 0, 1e4)
    return [np.exp(-three * time), np.exp(-five * time)]


# ---- measurement: finite networks ----


def draws(seed: int, count: int, **settings) -> list[Antisymmetric]:
    """Networks on the circle with seeds of their own."""
    return [fb.mlp(seed=count * seed + i, **settings) for i in range(count)]


def waves(frequencies: Sequence[int] = THREE, height: float = 1.0) -> Target:
    return fb.sines(CIRCLE, frequencies, height)


def descend(nets: Sequence[Antisymmetric], target: Target, steps: int) -> list[History]:
    """Plain gradient descent, recorded finely."""
    return fb.train_ensemble(nets, target, steps=steps, records=600, progress=False)


def mean_times(
    nets: Sequence[Antisymmetric], target: Target, steps: int, asked: Sequence[int]
) -> np.ndarray:
    """Learning times of some frequencies, a mean over the networks."""
    runs = descend(nets, target, steps)
    return np.mean([fb.learning_times(run, LEARNED, asked) for run in runs], axis=0)


def adam(
    net: torch.nn.Module, target: Target, lr: float, steps: int, records: int = 300
) -> History:
    """The record of training by Adam; its times are steps."""
    settings = {"lr": lr, "steps": steps, "records": records, "progress": False}
    return fb.train(net, target, optimizer="adam", **settings)


def left_of_the_next(run: History) -> float:
    """What is left of the next wave when a wave is learned: the smaller of two shares.
    The order holds if it is above 20 %.
    """
    error = run.select(THREE)
    learned = np.searchsorted(run.t, fb.learning_times(run, LEARNED, THREE)[:2])
    return np.min(error[learned, [1, 2]] / error[0, 1:])


# ---- three waves, three clocks ----


@enter(
    id="order-relu-gd-circle",
    source=SETTING,
    says=(
        "Of three equal waves a ReLU network has learned sin x at time"
        " {frequency 1:.1f}, sin 3x at {frequency 3:.0f}, sin 5x at {frequency 5:.0f}."
    ),
    rows={f"frequency {k}": "time" for k in THREE},
    rival={
        "one clock for all": lambda: [np.nan, *np.repeat(clocks()[0], 2)],
        "time in proportion to frequency": lambda: [
            np.nan,
            *(clocks()[0] * np.array([3, 5])),
        ],
        "to frequency squared": lambda: [np.nan, *(clocks()[0] * np.array([9, 25]))],
        "the rates of the start": lambda: [np.nan, *clocks()[1:]],
    },
    kind="recorded",
)
def order_relu_gd_circle(seed: int) -> np.ndarray:
    return mean_times(draws(seed, 8, width=512), waves(), 2400, THREE)


@enter(
    id="two-thirds-of-the-loss",
    source=HERE,
    says=(
        "When two thirds of the loss are gone, {3 left:.0%} of sin 3x and {5 left:.0%}"
        " of sin 5x are still missing."
    ),
    rows={"3 left": "share", "5 left": "share"},
    expected=left_of_two,
    rival={"all waves alike": 3**-0.5, "one after the other": [0, 1]},
)
def two_thirds_of_the_loss(seed: int) -> np.ndarray:
    shares = []
    for run in descend(draws(seed, 4, width=512), waves(), 250):
        error = run.select([3, 5])
        then = np.argmax(run.loss < run.loss[0] / 3)
        shares.append(error[then] / error[0])
    return np.mean(shares, axis=0)


# ---- where the clocks come from ----


@enter(
    id="rates-of-a-wide-network",
    source=KERNEL,
    says=(
        "The rate of sin x is {1 over 3:.1f} times that of sin 3x and"
        " {1 over 5:.0f} times that of sin 5x in a wide ReLU network."
    ),
    rows={"1 over 3": "", "1 over 5": ""},
    expected=lambda: rates()[0] / rates()[1:],
    rival={
        "time in proportion to frequency": [3, 5],
        "to frequency squared": [9, 25],
        "to frequency cubed": [27, 125],
    },
)
def rates_of_a_wide_network(seed: int) -> np.ndarray:
    nets = draws(seed, 4, width=8192)
    found = np.mean([fb.mode_rates(net, CIRCLE, THREE) for net in nets], axis=0)
    return found[0] / found[1:]


@enter(
    id="forecast-of-the-clocks",
    source=KERNEL,
    says=(
        "8,192 units on a low target learn sin 3x and sin 5x at {frequency 3:.2f} and"
        " {frequency 5:.2f} times the time of theory, ln 5 over the rate."
    ),
    rows={f"frequency {k}": "" for k in (3, 5)},
    expected=1,
    rival={
        "one clock for all": lambda: clocks()[0] / clocks()[1:],
        "to frequency squared": lambda: clocks()[0] * np.array([9, 25]) / clocks()[1:],
        "the loss without its half": 0.5,
    },
    kind="recorded",
)
def forecast_of_the_clocks(seed: int) -> np.ndarray:
    nets = draws(seed, 1, width=8192)
    return mean_times(nets, waves(height=LOW), 900, [3, 5]) / clocks()[1:]


@enter(
    id="alone-or-in-company",
    source=HERE,
    says=(
        "Without the other two waves sin 5x takes {alone:.2f} times as long as with"
        " them: it does not wait for its turn."
    ),
    rows={"alone": ""},
    expected=1,
    rival={
        "it waits for sin 3x": lambda: 1 - clocks()[1] / clocks()[2],
        "it shares the time with two": 1 / 3,
    },
    kind="recorded",
)
def alone_or_in_company(seed: int) -> np.ndarray:
    times = [
        mean_times(draws(seed, 4, width=512), waves(company, LOW), 1200, [5])
        for company in ([5], THREE)
    ]
    return times[0] / times[1]


# ---- other networks, and where it fails ----


@enter(
    id="order-elsewhere",
    source=SETTING,
    says=(
        "When a wave is learned, at least {tanh:.0%} of the next one are missing with"
        " tanh, {Adam:.0%} with Adam, {heights 1, 2, 3:.0%} with heights 1, 2, 3."
    ),
    rows={"tanh": "share", "Adam": "share", "heights 1, 2, 3": "share"},
    rival={
        "one clock for all": LEARNED,
        "the tallest first": [np.nan, np.nan, 0],
    },
    kind="recorded",
)
def order_elsewhere(seed: int) -> list[float]:
    (tanh,) = descend(draws(seed, 1, width=512, activation="tanh"), waves(), 2400)
    relu = adam(fb.mlp(width=512, seed=seed), waves(), 0.01, 400)
    line = fb.sines(fb.interval(200), THREE, [1, 2, 3])
    deep = fb.standard_mlp([1, 200, 200, 1], "tanh", seed=seed)
    tall = adam(deep, line, 5e-4, 1000)
    return [left_of_the_next(run) for run in (tanh, relu, tall)]


@enter(
    id="tall-is-slower",
    source=HERE,
    says=(
        "With ten times the height a network of 512 units takes {frequency 3:.1f} times"
        " as long to learn sin 3x."
    ),
    rows={"frequency 3": ""},
    rival={"height does not matter": 1, "time in proportion to height": 10},
)
def tall_is_slower(seed: int) -> np.ndarray:
    tall = mean_times(draws(seed, 6, width=512), waves(), 900, [3])
    low = mean_times(draws(seed, 6, width=512), waves(height=LOW), 500, [3])
    return tall / low


# ---- real signals, in the bands 0 to 4, 4 to 16, and above ----


def bands(signal: Target, seed: int, count: int, steps: int) -> list[History]:
    """Tanh networks 1-200-200-1 trained by Adam."""
    sizes = [1, 200, 200, 1]
    runs = []
    for i in range(count):
        net = fb.standard_mlp(sizes, "tanh", seed=count * seed + i)
        runs.append(adam(net, signal, 1e-3, steps).bands([4, 16]))
    return runs


@enter(
    id="photograph-bands",
    source="derived here; photograph: scikit-learn",
    says=(
        "The low band of a photograph's row is learned after {low:.0f} steps; after"
        " 2,500 steps {high left:.0%} of its high band are missing."
    ),
    rows={"low": "steps", "high left": "share"},
    rival={
        "one clock for all": [np.nan, 0],
        "nothing but the low band": [np.nan, 1],
    },
    kind="recorded",
)
def photograph_bands(seed: int) -> tuple[float, float]:
    (run,) = bands(fb.photograph_row(256), seed, 1, 2500)
    high = run.amplitude()[1][:, 2]
    return fb.learning_times(run, LEARNED)[0], high[-1] / high[0]


@enter(
    id="electrocardiogram-bands",
    source="derived here; recording: PyWavelets",
    says=(
        "A heartbeat's low band is learned after {low:.0f} steps, its middle band after"
        " {middle:.0f}; {high left:.0%} of its high band are missing then."
    ),
    rows={"low": "steps", "middle": "steps", "high left": "share"},
    rival={
        "one clock for all": [np.nan, np.nan, LEARNED],
        "the band with most of the power first": [np.nan, 136, np.nan],
    },
    kind="recorded",
)
def electrocardiogram_bands(seed: int) -> np.ndarray:
    found = []
    for run in bands(fb.electrocardiogram(256), seed, 4, 700):
        low, middle, _ = fb.learning_times(run, LEARNED)
        high = run.amplitude()[1][:, 2]
        found.append((low, middle, high[run.t == middle][0] / high[0]))
    return np.mean(found, axis=0)


def shares(signal: Target) -> np.ndarray:
    """Of the signal's power in the three bands."""
    edges = np.searchsorted(signal.basis.modes, [0, 4, 16])
    power = np.add.reduceat(np.square(signal.coefficients), edges)
    return power / power.sum()


@enter(
    id="bell-bands",
    source="derived here; sound: sound-theme-freedesktop",
    says=(
        "A bell has {middle:.1%} of its power in the middle band, {low:.1%} in the low"
        " and {high:.2%} in the high one."
    ),
    rows={"low": "share", "middle": "share", "high": "share"},
    rival={
        "as in the photograph": lambda: shares(fb.photograph_row(256)),
        "as in the heartbeat": lambda: shares(fb.electrocardiogram(256)),
    },
    chance=False,
)
def bell_bands(seed: int) -> np.ndarray:
    return shares(fb.bell(256))
