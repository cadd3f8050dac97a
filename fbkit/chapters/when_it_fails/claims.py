"""Claims of the chapter "When do low frequencies not come first?": six changes that
flatten, break or reverse the order, and what the order rests on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

import fbkit as fb
from fbkit.ledger import enter

if TYPE_CHECKING:
    from fbkit.nets import Antisymmetric

SETTING = "setting derived here after Xu et al., arXiv 1901.06523; checked numerically"
FEATURES = "model of Molina et al., arXiv 2405.14957; figures measured for this course"
WAVES = [1, 2, 3, 4, 5]
ODD = [1, 3, 5]
LOUD = [0.05, 0.3, 3.0]  # amplitudes of the frequencies 1, 3, 5
LONG = 1000.0  # the time for which features are trained
FEATURE_WAVES = [1, 5, 10]


# ---- theory: infinitely many units ----


def layer_rates(
    name: str, weight_std: float = 1.0, bias_std: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Rates of frequencies 1 to 5 on the circle by the inner weights and by the outer
    ones, at infinite width.
    """
    basis = fb.circle(256, highest=5)
    settings = {"activation": name, "weight_std": weight_std, "bias_std": bias_std}
    by_layer = []
    for layer in ("layers.0", "layers.1"):
        # The kernel asks which layers are trained, and not how wide they are.
        (net,) = train_only([fb.mlp(width=2, **settings)], layer)
        rates = fb.rates(fb.ntk_of(net), basis)
        by_layer.append(np.array([rates[basis.modes == k].mean() for k in WAVES]))
    inner, outer = by_layer
    return inner, outer


def relative(rates: np.ndarray) -> np.ndarray:
    """Rates over that of frequency 1."""
    return rates / rates[0]


def all_rates(name: str, weight_std: float = 1.0, bias_std: float = 1.0) -> np.ndarray:
    """Rates of frequencies 1 to 5 where every weight is trained, over that of 1."""
    inner, outer = layer_rates(name, weight_std, bias_std)
    return relative(inner + outer)


# ---- measurement: finite networks ----


def draws(seed: int, count: int, **settings) -> list[Antisymmetric]:
    """Networks on the circle with seeds of their own."""
    return [fb.mlp(seed=count * seed + i, **settings) for i in range(count)]


def train_only(nets: Sequence[Antisymmetric], layer: str) -> Sequence[Antisymmetric]:
    """Freeze all parameters but those of one layer."""
    for net in nets:
        for name, parameter in net.named_parameters():
            parameter.requires_grad_(layer in name)
    return nets


def measured_rates(nets: Sequence[Antisymmetric]) -> np.ndarray:
    """Rates of frequencies 1 to 5 over that of 1, each a mean over the networks."""
    basis = fb.circle(128)
    return relative(np.mean([fb.mode_rates(net, basis, WAVES) for net in nets], axis=0))


def times(
    nets: Sequence[Antisymmetric],
    frequencies: Sequence[int],
    height: float | Sequence[float] = 1.0,
    **training,
) -> np.ndarray:
    """Times (networks, frequencies) from which the error stays below 20 %."""
    target = fb.sines(fb.circle(32), frequencies, height)
    records = training["steps"]
    runs = fb.train_ensemble(nets, target, records=records, progress=False, **training)
    return np.array([fb.learning_times(run, frequencies=frequencies) for run in runs])


def mean_ratio(late: np.ndarray, early: np.ndarray) -> float:
    """Geometric mean over the networks."""
    return np.exp(np.mean(np.log(late / early)))


def smallest_step(found: np.ndarray) -> float:
    """Smallest ratio of successive times, where the times are means over networks."""
    steps = [mean_ratio(late, early) for early, late in zip(found.T, found.T[1:])]
    return min(steps)


# ---- the usual case ----


def usual_step() -> float:
    one, _, three, _, five = all_rates("tanh")
    return min(one / three, three / five)


@enter(
    id="ordinary-weights",
    source=SETTING,
    says=(
        "A tanh network on the circle learns 1, 3, 5 in this order; each takes at least"
        " {smallest ratio:.3g} times as long as the one before."
    ),
    rows={"smallest ratio": ""},
    expected=usual_step,
    rival={"rates like 1/k², as for ReLU": 25 / 9, "no order": 1},
)
def ordinary_weights(seed: int) -> ArrayLike:
    nets = draws(seed, 8, width=512, activation="tanh")
    return smallest_step(times(nets, ODD, height=0.3, lr=3.0, steps=1200))


# ---- large weights ----


def large_rates_expected() -> list[float]:
    inner, outer = map(relative, layer_rates("tanh", 20, 20))
    return [*inner[[1, 2, 4]], *outer[[1, 2, 4]]]


@enter(
    id="large-rates",
    source=SETTING,
    says=(
        "Weights and biases 20 times larger: frequency 5 has {inner, 5:.2f} of the rate"
        " of 1 by the inner weights, {outer, 5:.3f} by the outer ones."
    ),
    rows={f"{layer}, {k}": "" for layer in ("inner", "outer") for k in (2, 3, 5)},
    expected=large_rates_expected,
    rival={
        "1/k² for both layers": [1 / 4, 1 / 9, 1 / 25, *[np.nan] * 3],
        "flat for both layers": [*[np.nan] * 3, 1, 1, 1],
    },
)
def large_rates(seed: int) -> ArrayLike:
    large = dict(width=1000, activation="tanh", weight_std=20, bias_std=20)
    inner = measured_rates(train_only(draws(seed, 30, **large), "layers.0"))
    outer = measured_rates(train_only(draws(seed, 8, **large), "layers.1"))
    return [*inner[[1, 2, 4]], *outer[[1, 2, 4]]]


def large_both_expected() -> list[float]:
    inner, outer = layer_rates("tanh", 20, 20)
    together = 900 * inner + outer
    return [together[0] / together[4], outer[1] / outer[4]]


@enter(
    id="large-both",
    source=SETTING,
    says=(
        "Large weights and biases, all trained: frequency 5 takes {all, 5 over 1:.2g}"
        " times as long as 1. Only the outer weights trained: {outer only, 5 over"
        " 2:.2g} times as long as 2."
    ),
    rows={"all, 5 over 1": "", "outer only, 5 over 2": ""},
    expected=large_both_expected,
    rival={
        "size changes nothing": lambda: [1 / all_rates("tanh")[4], np.nan],
        "large weights are enough": [np.nan, 1],
    },
)
def large_both(seed: int) -> ArrayLike:
    large = dict(width=1000, activation="tanh", weight_std=20, bias_std=20)
    all_trained = draws(seed, 6, output_std=30, **large)
    free = times(all_trained, WAVES, lr=5e-5, steps=400)
    frozen = times(train_only(draws(seed, 16, **large), "layers.1"), WAVES, steps=250)
    return mean_ratio(free[:, 4], free[:, 0]), mean_ratio(frozen[:, 4], frozen[:, 1])


def large_parity_expected() -> list[float]:
    _, two, three, _, five = layer_rates("tanh", 20, 1)[0]
    return [two / three, five / three, 1.0]


def no_parity() -> list[float]:
    _, two, three, _, five = layer_rates("tanh", 20, 20)[0]
    return [two / three, five / three, 0.0]


@enter(
    id="large-parity",
    source=SETTING,
    says=(
        "Weights 20 times larger, biases left: by the inner weights frequency 2 has"
        " {2 over 3:.2f} of the rate of 3, and frequency 5 has {5 over 3:.2f} of it."
    ),
    rows={"2 over 3": "", "5 over 3": "", "learn 3, 5 before 2, 4": "share"},
    expected=large_parity_expected,
    rival={"no parity, as with large biases": no_parity},
)
def large_parity(seed: int) -> ArrayLike:
    large = dict(width=1000, activation="tanh", weight_std=20)
    rates = measured_rates(train_only(draws(seed, 16, **large), "layers.0"))
    found = times(draws(seed, 4, output_std=30, **large), WAVES, steps=100)
    odd, even = found[:, [2, 4]], found[:, [1, 3]]
    share = np.mean(odd.max(axis=1) < even.min(axis=1))
    return *(rates[[1, 4]] / rates[2]), share


# ---- sine units ----


def sine_expected() -> list[float]:
    fast = all_rates("sine", weight_std=15)
    return [*fast[[1, 2, 4]], all_rates("sine")[2], 1 / fast[4]]


@enter(
    id="sine-units",
    source=SETTING,
    says=(
        "Sine units with weights of standard deviation 15: frequency 5 has {rate of"
        " 5:.2f} of the rate of 1; with 1, already frequency 3 has only {std 1, rate of"
        " 3:.2f}."
    ),
    rows={
        "rate of 2": "",
        "rate of 3": "",
        "rate of 5": "",
        "std 1, rate of 3": "",
        "time of 5 over 1": "",
    },
    expected=sine_expected,
    rival={
        "sines change nothing": lambda: [
            *all_rates("tanh")[[1, 2, 4]],
            np.nan,
            1 / all_rates("tanh")[4],
        ],
        "any sine is flat": [np.nan, np.nan, np.nan, 1, np.nan],
    },
)
def sine_units(seed: int) -> ArrayLike:
    sine = dict(width=1000, activation="sine")
    rates = measured_rates(draws(seed, 8, weight_std=15, **sine))
    slow = measured_rates(draws(seed, 8, **sine))
    found = times(draws(seed, 4, weight_std=15, **sine), WAVES, lr=0.02, steps=200)
    return *rates[[1, 2, 4]], slow[2], mean_ratio(found[:, 4], found[:, 0])


# ---- a loss that measures slopes ----


def sobolev_times(
    nets: Sequence[Antisymmetric], s: int, height: float, **training
) -> np.ndarray:
    """Times (networks, 3) with the error of frequency k weighted by k^(2s)."""
    target = fb.sines(fb.circle(32), ODD, height)
    training["mode_weights"] = target.basis.modes ** (2 * s) + 0.01
    training["records"] = training["steps"]
    runs = [fb.train(net, target, progress=False, **training) for net in nets]
    return np.array([fb.learning_times(run, frequencies=ODD) for run in runs])


def sobolev_expected() -> list[float]:
    _, _, three, _, five = all_rates("tanh")
    return [25 * five / (9 * three), 1.0]


@enter(
    id="sobolev-gradient-descent",
    source=SETTING,
    says=(
        "Very many tanh units: with a loss of slopes frequency 3 takes {slopes, 3 over"
        " 5:.0%} of the time of 5; with one of curvature 1 is last ({curvature, 1"
        " last:.0%})."
    ),
    rows={"slopes, 3 over 5": "", "curvature, 1 last": "share"},
    expected=sobolev_expected,
    rival={
        "the loss changes nothing": lambda: [
            all_rates("tanh")[4] / all_rates("tanh")[2],
            0,
        ],
        "rates like 1/k², as for ReLU": [1, np.nan],
    },
    kind="recorded",
)
def sobolev_gradient_descent(seed: int) -> ArrayLike:
    tanh = dict(width=512, activation="tanh")
    slopes = sobolev_times(draws(seed, 16, **tanh), 1, height=0.1, lr=1.0, steps=150)
    curvature = sobolev_times(draws(seed, 16, **tanh), 2, height=1.0, lr=0.2, steps=80)
    last = curvature[:, 0] > curvature[:, 1:].max(axis=1)
    return mean_ratio(slopes[:, 1], slopes[:, 2]), last.mean()


# ---- amplitudes ----


def adam_times(seed: int) -> np.ndarray:
    """Steps of Adam (3,) until the error stays below 20 % of each amplitude."""
    target = fb.sines(fb.interval(100), ODD, LOUD)
    net = fb.standard_mlp([1, 200, 200, 1], "tanh", seed=seed)
    adam = dict(optimizer="adam", lr=5e-4, steps=800, records=300)
    run = fb.train(net, target, progress=False, **adam)
    sizes = np.array(LOUD) / np.sqrt(2)
    return fb.learning_times(run, frequencies=ODD, reference=sizes)


@enter(
    id="amplitudes",
    source=SETTING,
    says=(
        "0.05 sin x + 0.3 sin 3x + 3 sin 5x: frequency 5 is first in {Adam, 5"
        " first:.0%} of Adam's runs (two hidden layers), last in {lazy, 5 last:.0%} of"
        " gradient descent's (one, wide)."
    ),
    rows={"Adam, 5 first": "share", "lazy, 5 last": "share"},
    rival={
        "loudness changes nothing": [0, np.nan],
        "the loudest is always first": [np.nan, 0],
    },
    kind="recorded",
)
def amplitudes(seed: int) -> ArrayLike:
    moving = np.array([adam_times(2 * seed + i) for i in range(2)])
    nets = draws(seed, 2, width=2000, activation="tanh")
    lazy = times(nets, ODD, height=LOUD, steps=800)
    first = moving[:, 2] < moving[:, :2].min(axis=1)
    last = lazy[:, 2] > lazy[:, :2].max(axis=1)
    return first.mean(), last.mean()


# ---- features ----


def feature_flow(frequencies: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Times (3,) until the error in the frequencies 1, 5, 10 stays below 20 %, with the
    outer weights trained, and the shares that are left at the end.
    """
    target = fb.sines(fb.interval(200), FEATURE_WAVES)
    phase = np.outer(target.inputs[:, 0], frequencies)
    waves = np.concatenate([np.cos(phase), np.sin(phase)], axis=1)
    gram = waves @ waves.T / len(frequencies)
    t = np.append(0, np.geomspace(0.5, LONG, 1500))
    run = fb.gradient_flow(gram, -target.values, t, onto=target.basis)
    left = run.select(FEATURE_WAVES)
    return fb.learning_times(run, frequencies=FEATURE_WAVES), left[-1] / left[0]


def feature_rows(shares: Sequence[np.ndarray]) -> np.ndarray:
    """The claim's six numbers, from the frequencies' places (0 to 1) in the three
    distributions.
    """
    band, even, normal = shares
    band_times, band_left = feature_flow(8 + 4 * band)
    even_times, _ = feature_flow(-12 + 24 * even)
    normal_times, _ = feature_flow(2 * ndtri(normal))
    found = [band_times[2], band_left[0], *even_times[1:], *normal_times[:2]]
    return np.array(found)


def infinite_features() -> np.ndarray:
    places = (np.arange(4000) + 0.5) / 4000
    return feature_rows([places] * 3)


def one_sided_density() -> np.ndarray:
    half = infinite_features() / 2
    half[1] = np.nan
    return half


@enter(
    id="feature-times",
    source=FEATURES,
    says=(
        "Features from 8 to 12: frequency 10 after {band, 10:.3g}, {band, 1 left:.0%}"
        " of 1 still there at 1,000. Even to 12: 10 after {even, 10:.3g}. Normal: 5"
        " after {normal, 5:.3g}."
    ),
    rows={
        "band, 10": "time",
        "band, 1 left": "share",
        "even, 5": "time",
        "even, 10": "time",
        "normal, 1": "time",
        "normal, 5": "time",
    },
    expected=infinite_features,
    rival={
        "density not shared by w and -w": one_sided_density,
        "low first whatever the features": [np.nan, 0, np.nan, np.nan, np.nan, np.nan],
    },
)
def feature_times(seed: int) -> ArrayLike:
    rng = np.random.default_rng(seed)
    return np.mean([feature_rows(rng.random((3, 2000))) for _ in range(8)], axis=0)
