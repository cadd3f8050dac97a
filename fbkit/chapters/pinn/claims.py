"""Claims of the page on differential equations in the loss, and of its Further page.

The real problems are read from `fbkit.chapters.pinn.runs`.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import ArrayLike

import fbkit as fb
from fbkit.chapters.pinn import runs as stored
from fbkit.chapters.pinn.solving import (
    K,
    Problem,
    Run,
    relative_error,
    solve,
    wave_errors,
)
from fbkit.ledger import enter

HERE = "derived here, checked numerically"
ABSTRACT = "setting: arXiv 2301.02790; measured for this course"
MEASURED = "derived here, by measurement (setting: arXiv 2301.02790)"
LINE = fb.interval(256)  # the same points as a circle's, given as angles


class OnCircle(torch.nn.Module):
    """A network of (cos x, sin x) as a network of x."""

    def __init__(self, net: torch.nn.Module):
        super().__init__()
        self.net = net

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.net(torch.cat([x.cos(), x.sin()], 1))


def by_order(net: torch.nn.Module, order: int) -> torch.nn.Module:
    """The network's derivative of an order, 0 included."""
    return fb.nets.Derivative(net, order) if order else net


# ---- the rates of an equation's waves ----


@enter(
    id="pinn-rates",
    source=HERE,
    says=(
        "In a tanh network an equation of order 1 multiplies the rate of wave 8 by"
        " {8, order 1:.0f}, one of order 2 by {8, order 2:.0f}."
    ),
    rows={"8, order 1": "", "8, order 2": "", "4, order 1": "", "4, order 2": ""},
    expected=[8**2, 8**4, 4**2, 4**4],
    rival={"k^s": [8, 8**2, 4, 4**2], "no effect": 1},
)
def multiplied(seed: int) -> ArrayLike:
    net = OnCircle(fb.mlp(width=64, depth=3, activation="tanh", seed=seed)).double()
    rates = [fb.mode_rates(by_order(net, s), LINE, [8, 4]) for s in (0, 1, 2)]
    return np.concatenate(np.transpose([rates[1] / rates[0], rates[2] / rates[0]]))


LENGTH = 2.2  # of the inner weights
EVEN = 256  # directions


def even_tanh_units() -> OnCircle:
    """512 tanh units in evenly spaced directions, biases 0 at the start, all trained.

    Half of them with outer weight 1, half with -1, so that the network starts at 0.
    """
    net = fb.mlp(width=2 * EVEN, activation="tanh")
    angle = 2 * torch.pi * torch.arange(EVEN) / EVEN
    for half in (net.plus, net.minus):
        first, outer = half.layers
        first.weight.data = LENGTH * torch.stack([angle.cos(), angle.sin()], 1)
        first.bias.data.zero_()
        outer.weight.data.fill_(1.0)
    return OnCircle(net)


def even_rates(highest: int) -> np.ndarray:
    """Rates of waves 0 .. highest of these units, from two Fourier series.

    With s_k and d_k the series of tanh(l cos x) and of its slope, the outer weights
    give s_k^2, the biases d_k^2, and the inner weights (d_{k-1}^2 + d_{k+1}^2)/2.
    """
    z = LENGTH * np.cos(2 * np.pi * np.arange(256) / 256)
    s, d = (np.abs(np.fft.fft(v)) ** 2 / 256**2 for v in (np.tanh(z), np.cosh(z) ** -2))
    k = np.arange(highest + 1)
    return s[k] + d[k] + (d[k - 1] + d[k + 1]) / 2


def gaps() -> np.ndarray:
    """Rate of wave 1 over that of wave 8 at orders 0, 1, 2."""
    plain = even_rates(8)
    rates = [fb.dynamics.pinn_rates(plain, s) for s in (0, 1, 2)]
    return np.array([rate[1] / rate[8] for rate in rates])


def half_time(order: int, k: int) -> float:
    """Time that half of a wave takes in training, by its rate at the half."""
    top = fb.dynamics.pinn_rates(even_rates(40), order).max()
    rate = fb.dynamics.pinn_rates(even_rates(k), order)[k]
    lr = min(0.02 / rate, 0.5 / top)
    steps = int(1.2 * np.log(2) / (rate * lr))
    wave = np.cos(k * LINE.points + np.pi / 2 * order)  # a derivative turns it
    target = fb.on_basis(LINE, 0.02 * wave)
    net = by_order(even_tanh_units(), order)
    run = fb.train(net, target, lr=lr, steps=steps, progress=False)
    left = run.select([k])[:, 0] / run.select([k])[0, 0]
    late = np.argmax(left < 0.5)
    return np.log(2) * run.t[late] / -np.log(left[late])


def flat_gap(power: int) -> list[float]:
    """Were each order to count k^power instead of k^2."""
    first = gaps()[0]
    return [np.nan, first / 8**power, first / 8 ** (2 * power)]


@enter(
    id="pinn-half-times",
    source=HERE,
    says=(
        "Trained, wave 8 takes {order 0:,.0f} times as long as wave 1; on the first"
        " derivative {order 1:.3g} times, on the second {order 2:.2g} times."
    ),
    rows={"order 0": "", "order 1": "", "order 2": ""},
    expected=gaps,
    rival={"k^s": lambda: flat_gap(1), "no effect": lambda: flat_gap(0)},
    chance=False,
    kind="recorded",
)
def half_times(seed: int) -> ArrayLike:
    return [half_time(s, 8) / half_time(s, 1) for s in (0, 1, 2)]


# ---- the order makes it worse ----


def several(
    problem: Problem, seed: int, epochs: int, *looks: int, rates: bool = False
) -> Run:
    """Four networks on one problem."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return solve(problem, range(4 * seed, 4 * seed + 4), epochs, looks, rates)
    finally:
        torch.set_num_threads(before)


def middle(values: ArrayLike) -> float:
    """The geometric mean."""
    return np.exp(np.mean(np.log(values)))


def epochs_until_done(problem: Problem, seed: int) -> float:
    return middle(several(problem, seed, 6000).done)


def done_in_time(order: int, seed: int) -> float:
    """Share of networks done with sin 4x after 25 times the epochs that sin x takes."""
    limit = round(25 * epochs_until_done(Problem(order, 1, "loss"), seed))
    done = several(Problem(order, 4, "loss"), seed, limit).done
    return np.mean(np.isfinite(done))


@enter(
    id="pinn-order-worse",
    source=ABSTRACT,
    says=(
        "After 25 times the epochs of sin x, {order 0:.0%} of networks are done with"
        " sin 4x at order 0, {order 1:.0%} at order 1, {order 2:.0%} at order 2."
    ),
    rows={"order 0": "share", "order 1": "share", "order 2": "share"},
    rival={
        "the order has no effect": [np.nan, np.nan, 1],
        "fast waves gain, so the order helps": [0, np.nan, 1],
    },
    kind="recorded",
)
def order_worse(seed: int) -> ArrayLike:
    return [done_in_time(order, seed) for order in (0, 1, 2)]


# ---- the cause, by ablation ----


LONG = 2000  # epochs


def error_left(problem: Problem, seed: int) -> float:
    """Error of the solution, relative to it, after so many epochs."""
    run = several(problem, seed, LONG, LONG)
    return middle(relative_error(problem, run.output[-1]))


@enter(
    id="pinn-cause",
    source=MEASURED,
    says=(
        "sin 4x at order 2, error after 2,000 epochs: {as it is:.0%}, slow waves"
        " reweighted {reweighted:.1%}; ends built in {built in:.0%}, 0 at the start"
        " {quiet:.0%}, reweighted {both:.1%}."
    ),
    rows={
        "as it is": "share",
        "reweighted": "share",
        "built in": "share",
        "quiet": "share",
        "both": "share",
        "order 0": "share",
    },
    rival={
        "the ends' terms are the cause": [np.nan, np.nan, 0.05, 0.05, np.nan, np.nan],
        "the start is the cause": [np.nan, np.nan, np.nan, 0.05, np.nan, np.nan],
        "slow waves do not matter": [np.nan, 1, np.nan, np.nan, 1, np.nan],
    },
    kind="recorded",
)
def cause(seed: int) -> ArrayLike:
    problems = [
        Problem(2, 4, "loss"),
        Problem(2, 4, "loss", given=True),
        Problem(2, 4),
        Problem(2, 4, quiet=True),
        Problem(2, 4, given=True),
        Problem(0, 4, "loss"),
    ]
    return [error_left(problem, seed) for problem in problems]


@enter(
    id="pinn-other-units",
    source=MEASURED,
    says=(
        "Networks of x, not x/pi, error after 2,000 epochs: {as it is:.0%}, slow waves"
        " reweighted {reweighted:.1%}; ends built in {built in:.1%}, reweighted"
        " {both:.1%}."
    ),
    rows={
        "as it is": "share",
        "reweighted": "share",
        "built in": "share",
        "both": "share",
    },
    rival={"units do not matter": [np.nan, np.nan, 2, np.nan]},
    kind="recorded",
)
def other_units(seed: int) -> ArrayLike:
    problems = [
        Problem(2, 4, "loss", reach=1.0),
        Problem(2, 4, "loss", given=True, reach=1.0),
        Problem(2, 4, reach=1.0),
        Problem(2, 4, given=True, reach=1.0),
    ]
    return [error_left(problem, seed) for problem in problems]


WAIT = 1500  # epochs


@enter(
    id="pinn-circle",
    source=MEASURED,
    says=(
        "On a circle, which has no ends, sin 4x takes {order 0:.0f} epochs at order 0,"
        " {order 1:.0f} at order 1 and {order 2:.0f} at order 2."
    ),
    rows={"order 0": "epochs", "order 1": "epochs", "order 2": "epochs"},
    rival={"as between two ends": [np.nan, np.nan, 1200]},
)
def circle(seed: int) -> ArrayLike:
    return [epochs_until_done(Problem(s, 4, "none"), seed) for s in (0, 1, 2)]


# ---- what is left, and why ----


@enter(
    id="pinn-what-is-left",
    source=MEASURED,
    says=(
        "At order 2, after 1,500 epochs, {loss:.0%} of the loss are left, the network"
        " is off by {error:.0%}, and {slow:.0%} of its square is in slow waves."
    ),
    rows={"loss": "share", "error": "", "slow": "share"},
    rival={"the error is the root of the loss": [np.nan, 0.5, 0.1]},
    kind="recorded",
)
def what_is_left(seed: int) -> ArrayLike:
    problem = Problem(2, 4)
    run = several(problem, seed, WAIT, 0, WAIT)
    squares = wave_errors(problem, run.output[-1]) ** 2  # (runs, waves)
    slow = squares[:, K < 4].sum(1) / squares.sum(1)
    error = middle(relative_error(problem, run.output[-1]))
    return [middle(run.loss[-1] / run.loss[0]), error, slow.mean()]


@enter(
    id="pinn-slow-rates",
    source=MEASURED,
    says=(
        "At order 2 wave 1/2 has {start:.2g} times the rate of wave 4 at the start, and"
        " {trained:.2g} times after 1,500 epochs."
    ),
    rows={"start": "", "trained": ""},
    rival={"the kernel stays as it starts": [np.nan, 17], "no bias": [4.0**-6, np.nan]},
    kind="recorded",
)
def slow_rates(seed: int) -> ArrayLike:
    """Means over the logarithms of four networks' ratios."""
    run = several(Problem(2, 4), seed, WAIT, 0, WAIT, rates=True)
    return np.exp(np.log(run.rates[:, :, 0] / run.rates[:, :, 7]).mean(1))


# ---- real problems: the Further page ----


def mean_error(problem: str, method: str, column: int = 0) -> float:
    """Geometric mean over stored seeds of the error at the end."""
    loads = [stored.load(problem, method, seed) for seed in stored.SEEDS]
    return middle([run.error[-1, column] for run in loads])


METHODS = stored.methods("boundary")
ROWS = dict.fromkeys(METHODS, "share")


def of_the_methods(column: int) -> list[float]:
    """What `mean_error` finds for each method of the boundary-value problem."""
    return [mean_error("boundary", method, column) for method in METHODS]


@enter(
    id="pinn-boundary",
    source=MEASURED,
    says=(
        "Two scales in y'', 4,000 epochs: plain is off by {plain:.0%}, features alone"
        " {features:.0%}, ends built in alone {built in:.0%}, both {both:.1%}."
    ),
    rows=ROWS,
    rival={"a remedy changes nothing": lambda: [mean_error("boundary", "plain")] * 6},
    chance=False,
    kind="recorded",
)
def boundary(seed: int) -> ArrayLike:
    return of_the_methods(0)


@enter(
    id="pinn-boundary-slow",
    source=MEASURED,
    says=(
        "Of the slow wave plain then misses {plain:.0%}, both {both:.1%}, with features"
        " two and a half times as fast {too fast:.0%}."
    ),
    rows=ROWS,
    rival={"as the fast wave": lambda: of_the_methods(2)},
    chance=False,
    kind="recorded",
)
def boundary_slow(seed: int) -> ArrayLike:
    return of_the_methods(1)


@enter(
    id="pinn-boundary-fast",
    source=MEASURED,
    says=(
        "Of the fast wave plain then misses {plain:.0%}, features {features:.2%},"
        " weighed {weighed:.1%}."
    ),
    rows=ROWS,
    rival={"as the slow wave": lambda: of_the_methods(1)},
    chance=False,
    kind="recorded",
)
def boundary_fast(seed: int) -> ArrayLike:
    return of_the_methods(2)


@enter(
    id="pinn-boundary-rest",
    source=MEASURED,
    says=(
        "What is neither wave is then {plain:.0%} of the solution in plain,"
        " {features:.0%} with features, {both:.1%} with both."
    ),
    rows=ROWS,
    rival={"as the slow wave": lambda: of_the_methods(1)},
    chance=False,
    kind="recorded",
)
def boundary_rest(seed: int) -> ArrayLike:
    return of_the_methods(3)


def equation_left(method: str) -> list[float]:
    """Root of the equation's loss against the start: on a fine grid, on the points."""
    loads = [stored.load("boundary", method, seed) for seed in stored.SEEDS]
    on_points = middle([np.sqrt(run.loss[-1] / run.loss[0]) for run in loads])
    return [mean_error("boundary", method, 4), on_points]


@enter(
    id="pinn-boundary-between",
    source=MEASURED,
    says=(
        "Of the equation {both:.1%} are then left on a fine grid with both,"
        " {too fast:.0%} with features too fast, which leave {too fast, points:.2%} on"
        " the points."
    ),
    rows={
        "both": "share",
        "both, points": "share",
        "too fast": "share",
        "too fast, points": "share",
    },
    rival={
        "as on the points": lambda: [
            np.nan,
            np.nan,
            equation_left("too fast")[1],
            np.nan,
        ]
    },
    chance=False,
    kind="recorded",
)
def boundary_between(seed: int) -> ArrayLike:
    return [*equation_left("both"), *equation_left("too fast")]


@enter(
    id="pinn-heavy-ball",
    source="derived here, by measurement (setting: arXiv 2206.14862)",
    says=(
        "Wave equation, features, 1,200 steps: gradient descent leaves {descent:.0%},"
        " heavy ball with the same learning rate {heavy ball:.0%}, Adam {adam:.0%}."
    ),
    rows={"descent": "share", "heavy ball": "share", "adam": "share"},
    rival={
        "momentum does what Adam does": lambda: [
            np.nan,
            mean_error("wave", "features"),
            np.nan,
        ]
    },
    chance=False,
    kind="recorded",
)
def heavy_ball(seed: int) -> ArrayLike:
    return [mean_error("wave", m) for m in ("descent", "heavy ball", "features")]


@enter(
    id="pinn-wave",
    source=MEASURED,
    says=(
        "Wave equation, 1,200 epochs: plain is off by {plain:.0%}, sides built in"
        " {built in:.0%}, features {features:.0%}, both {both:.0%}."
    ),
    rows={"plain": "", "built in": "", "features": "", "both": ""},
    rival={"a remedy changes nothing": lambda: [mean_error("wave", "plain")] * 4},
    chance=False,
    kind="recorded",
)
def wave(seed: int) -> ArrayLike:
    return [mean_error("wave", m) for m in ("plain", "built in", "features", "both")]
