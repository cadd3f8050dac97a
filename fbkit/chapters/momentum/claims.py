"""Claims of the page on momentum and Adam."""

from __future__ import annotations

import numpy as np
import torch

import fbkit as fb
from fbkit.chapters.momentum.optimizers import (
    ADAM,
    NESTEROV,
    NO_MOMENTUM,
    ONE_SIZE,
    kernels,
)
from fbkit.dynamics import METHODS, mode_factor, mode_trajectory
from fbkit.history import History
from fbkit.ledger import enter
from fbkit.training.optimizers import OPTIMIZERS

HERE = "derived here, checked numerically (setting: Farhani et al., arXiv 2206.14862)"
ADAM_HERE = "derived here, measured for this course (Adam: arXiv 1412.6980)"
BETA = 0.9
LR = 2.0
WAVES = list(range(1, 9))
SINES = [2 * k for k in WAVES]  # their places in the basis
BASIS = fb.circle(points=64)
LENGTHS = {"gd": 720, "heavy_ball": 120, "nesterov": 120}  # steps


def with_bias(theta: np.ndarray) -> np.ndarray:
    """The kernel of `fb.even_units`."""
    theta = np.arccos(np.cos(theta))
    return (1 + np.cos(theta)) * (np.pi - theta) / (2 * np.pi)


RATES = fb.rates(with_bias, BASIS)[SINES]


def optimizer(method: str) -> object:
    """What `fb.train` takes for a method of `fbkit.dynamics`."""
    return {"gd": "gd", "heavy_ball": "momentum", "nesterov": NESTEROV}[method]


# ---- one mode ----


PLACES = {
    "heavy ball, easy": ("heavy_ball", 0.5),
    "heavy ball, middle": ("heavy_ball", 0.01),
    "heavy ball, hard": ("heavy_ball", 0.001),
    "Nesterov, easy": ("nesterov", 0.5),
    "Nesterov, middle": ("nesterov", 0.01),
}


def one_weight(method: str, z: float, steps: int) -> np.ndarray:
    """Errors (steps + 1,) of the smallest model there is, f = w, by torch's steps."""
    w = torch.tensor([1.0], dtype=torch.float64)
    wanted = optimizer(method)
    if isinstance(wanted, str):
        wanted = OPTIMIZERS[wanted]
    update = wanted.start([w], z, BETA)
    errors = [1.0]
    for _ in range(steps):
        w.grad = w.clone()
        update(1.0)
        errors.append(w.item())
    return np.array(errors)


def measured_factor(method: str, z: float) -> float:
    """How much the size of the last errors shrinks per step, in the long run.

    A pair of errors and the recursion give a size that shrinks evenly even while the
    error itself swings: e_{s+1}^2 - T e_s e_{s+1} + D e_s^2 does so as D^s where the
    roots are complex; where they are real the error itself does.
    """
    error = one_weight(method, z, 600)
    trace, det = METHODS[method].recursion(z, BETA)
    size = error[1:] ** 2 - trace * error[1:] * error[:-1] + det * error[:-1] ** 2
    if trace**2 > 4 * det:
        size = error**2
    last = np.flatnonzero(size > 1e-200)[-1]
    return (size[last] / size[last // 2]) ** (0.5 / (last - last // 2))


@enter(
    id="momentum-factors",
    source=HERE,
    says=(
        "With momentum 0.9 waves of ηλ = 0.5 and 0.01 both shrink by"
        " {heavy ball, easy:.4f} a step; by Nesterov's method, {Nesterov, easy:.3f} and"
        " {Nesterov, middle:.3f}."
    ),
    rows=dict.fromkeys(PLACES, ""),
    expected=lambda: [mode_factor(z, method, BETA) for method, z in PLACES.values()],
    rival={
        "momentum is a learning rate over 1 − β": lambda: [
            abs(1 - z / (1 - BETA)) for _, z in PLACES.values()
        ],
        "the momentum itself": BETA,
    },
    chance=False,
)
def factors(seed: int) -> list[float]:
    return [measured_factor(method, z) for method, z in PLACES.values()]


# ---- a network ----


def trained(method: str, height: float = 0.005, **options: int) -> History:
    """Evenly spaced units on eight waves of one height, every step recorded."""
    target = fb.sines(BASIS, WAVES, amplitudes=height)
    steps = LENGTHS[method]
    plan = dict(lr=LR, momentum=BETA, steps=steps, records=20 * steps) | options
    net = fb.even_units()
    return fb.train(net, target, optimizer=optimizer(method), progress=False, **plan)


def theory(method: str) -> np.ndarray:
    """What is left of the waves (T, 8) at the points where gradients are taken."""
    left = mode_trajectory(LR * RATES, LENGTHS[method], method, BETA)
    if method == "nesterov":
        left[1:] = (1 + BETA) * left[1:] - BETA * left[:-1]
    return left


def steps_until(left: np.ndarray, below: float = 0.1) -> np.ndarray:
    """Steps from which on every wave stays below a share of its start."""
    run = History(np.arange(len(left)), WAVES[: left.shape[1]], left, left[:, 0] ** 2)
    return fb.learning_times(run, below)


def gap(method: str, left: np.ndarray) -> float:
    """Largest distance from the closed form of a method, in % of the start."""
    return 100 * np.abs(left - theory(method)).max()


def shares(method: str) -> np.ndarray:
    error = trained(method).error[:, SINES]
    return error / error[0]


def ten_times_the_rate() -> list[float]:
    """Gaps between heavy ball or Nesterov and gradient descent at η/(1 − β)."""
    z = np.minimum(LR * RATES / (1 - BETA), 1)
    left = mode_trajectory(z, 120)
    return [np.nan, gap("heavy_ball", left), gap("nesterov", left)]


@enter(
    id="momentum-network",
    source=HERE,
    says=(
        "A network of 1,920 units is off the closed form of heavy ball by at most"
        " {heavy ball:.0f} % of a wave's start, wherever the wave is."
    ),
    rows={"gradient descent": "%", "heavy ball": "%", "Nesterov": "%"},
    expected=0,
    rival={"momentum is a learning rate over 1 − β": ten_times_the_rate},
    chance=False,
)
def network(seed: int) -> list[float]:
    return [gap(method, shares(method)) for method in LENGTHS]


def paid(left: dict[str, np.ndarray]) -> list[float]:
    """Steps to 10 %: wave 1 by the three methods, then wave 8."""
    steps = [steps_until(left[method]) for method in LENGTHS]
    return [one[0] for one in steps] + [one[7] for one in steps]


def by_factor() -> list[float]:
    """As if each wave shrank by its factor from the first step on."""
    z = LR * RATES[[0, 7]]
    factors = [mode_factor(z, method, BETA) for method in LENGTHS]
    return np.ceil(np.log(0.1) / np.log(factors)).T.ravel().tolist()


def as_if_faster() -> list[float]:
    """As if gradient descent took η/(1 − β), and no wave overshot."""
    z = np.minimum(LR * RATES / (1 - BETA), 1)
    one, eight = steps_until(mode_trajectory(z, 120))[[0, 7]]
    return [np.nan, one, one, np.nan, eight, eight]


@enter(
    id="momentum-price",
    source=HERE,
    says=(
        "Momentum 0.9 brings wave 8 down to 10 % in {8, heavy ball:.0f} steps, not"
        " {8, plain:.0f}; wave 1 takes {1, heavy ball:.0f}, not {1, plain:.0f}."
    ),
    rows={
        f"{k}, {name}": "steps"
        for k in (1, 8)
        for name in ("plain", "heavy ball", "Nesterov")
    },
    expected=lambda: paid({method: theory(method) for method in LENGTHS}),
    rival={
        "by the factors alone": by_factor,
        "momentum is a learning rate over 1 − β": as_if_faster,
    },
    chance=False,
)
def price(seed: int) -> list[float]:
    return paid({method: shares(method) for method in LENGTHS})


# ---- the best momentum ----

SIXTEEN = 1 / np.arange(1, 17) ** 2.0  # rates of the explorer's waves


def worst(beta: np.ndarray, top: np.ndarray) -> np.ndarray:
    """Largest factor of sixteen modes, for each momentum and η·(top rate)."""
    z = top[:, None] * SIXTEEN
    return np.array([mode_factor(z, "heavy_ball", b).max(axis=1) for b in beta])


def search() -> tuple[float, float]:
    """The best momentum and its factor, over all learning rates, by looking everywhere.

    Each round looks at a finer net around the best of the last one.
    """
    beta, top, wide = 0.5, 2.0, np.array([0.49, 1.99])
    for _ in range(12):
        betas = np.clip(beta + wide[0] * np.linspace(-1, 1, 41), 0, 0.999)
        tops = np.clip(top + wide[1] * np.linspace(-1, 1, 41), 0.01, 3.99)
        factors = worst(betas, tops)
        i, j = np.unravel_index(factors.argmin(), factors.shape)
        beta, top, wide = betas[i], tops[j], wide / 3
    return beta, factors.min()


def best_by_hand(root: float) -> list[float]:
    """β and steps to 1 %, from the root of the condition number."""
    beta = ((root - 1) / (root + 1)) ** 2
    return [beta, np.log(0.01) / np.log(beta) * 2]


@enter(
    id="momentum-best",
    source=HERE,
    says=(
        "Of all momenta and learning rates, β = {momentum:.3f} is best for rates 1 to"
        " 1/256: {steps:.0f} steps to 1 % in the long run, plain"
        " {plain steps:.0f}."
    ),
    rows={
        "momentum": "",
        "steps": "",
        "plain steps": "",
    },
    expected=lambda: [*best_by_hand(16), np.log(0.01) / np.log(255 / 257)],
    rival={
        "the ratio of the rates, not its root": lambda: [*best_by_hand(256), np.nan],
        "the usual 0.9": [0.9, np.log(0.01) / np.log(0.9) * 2, np.nan],
    },
    chance=False,
)
def best(seed: int) -> list[float]:
    beta, factor = search()
    tops = np.linspace(1.99, 2, 1_000_001)[:-1]
    ends = np.abs(1 - tops[:, None] * SIXTEEN[[0, 15]])
    plain = ends.max(axis=1).min()
    return [beta, np.log(0.01) / np.log(factor), np.log(0.01) / np.log(plain)]


# ---- Adam ----


def quotients(kernel: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rates of cosines and of sines of waves 1, 3 and 8, if each were alone."""
    waves = BASIS.weights[:, None] * BASIS.matrix
    rates = np.einsum("ik,ij,jk->k", waves, kernel, waves)
    return rates[[1, 5, 15]], rates[[2, 6, 16]]


def wide_rates() -> np.ndarray:
    """Rates of waves 1, 3 and 8 for infinitely many units, all weights trained."""
    return fb.rates(fb.ntk_of(fb.mlp(width=2)), BASIS)[[2, 6, 16]]


def all_alike() -> list[float]:
    one, three, eight = wide_rates()
    return [one / three, one / eight, one / eight]


def plain_steps() -> list[float]:
    """As if wave 8 took the steps of gradient descent, at one over the largest rate."""
    rates = fb.rates(fb.ntk_of(fb.mlp(width=2)), BASIS)
    eight = np.log(0.1) / np.log1p(-wide_rates()[2] / rates.max())
    return [np.nan, np.nan, eight, eight]


def flatter(seed: int) -> list[float]:
    """How much nearer to wave 1 Adam brings waves 3 and 8 after 300 steps.

    Waves 3 and 8 of the target, a sum of sines; then wave 8 among the cosines.
    """
    net = fb.mlp(width=1024, seed=seed)
    target = fb.sines(BASIS, WAVES, amplitudes=0.1)
    fb.train(net, target, optimizer=ADAM, steps=300, records=2, progress=False)
    plain, adam = [quotients(kernel) for kernel in kernels(net, BASIS.inputs)]
    gains = [b / b[0] / (a / a[0]) for a, b in zip(plain, adam)]  # cosines, sines
    return [gains[1][1], gains[1][2], gains[0][2]]


@enter(
    id="momentum-adam-kernel",
    source=ADAM_HERE,
    says=(
        "Adam's kernel multiplies wave 8's rate over wave 1's by {8 over 1:.1f}, wave"
        " 3's by {3 over 1:.1f}; in cosines, which are not learned, by"
        " {8 over 1, absent:.2f}."
    ),
    rows={"3 over 1": "", "8 over 1": "", "8 over 1, absent": ""},
    rival={"no effect": 1, "all waves alike": all_alike},
    kind="recorded",
)
def adam_kernel(seed: int) -> np.ndarray:
    return np.mean([flatter(4 * seed + i) for i in range(4)], axis=0)


def three_with_momentum(seed: int) -> list[float]:
    """Steps to 10 %: wave 1 by Adam; wave 8 by Adam, by Adam with one step size for all
    weights, and by heavy ball with one over the largest rate.
    """
    target = fb.sines(BASIS, WAVES, amplitudes=0.1)
    times = []
    for wanted in ("adam", ONE_SIZE, "momentum"):
        net = fb.mlp(width=1024, seed=seed)
        plan = dict(steps=1100, records=20_000, progress=False)
        run = fb.train(net, target, optimizer=wanted, momentum=BETA, **plan)
        times.append(fb.learning_times(run, 0.1, [1, 8]))
    return [times[0][0], *np.transpose(times)[1]]


@enter(
    id="momentum-adam-steps",
    source=ADAM_HERE,
    says=(
        "Wave 8 takes Adam {8, Adam:.0f} steps; {8, one size:.0f} with one step size"
        " for all weights, and {8, heavy ball:.0f} by plain heavy ball."
    ),
    rows={"1, Adam": "", "8, Adam": "", "8, one size": "", "8, heavy ball": ""},
    rival={"without sizes of their own, gradient descent": plain_steps},
    kind="recorded",
)
def adam_steps(seed: int) -> np.ndarray:
    return np.mean([three_with_momentum(3 * seed + i) for i in range(3)], axis=0)


def over_adam(seed: int) -> list[float]:
    """Steps of wave 8 to 10 % over Adam's, of the same network at its start: gradient
    descent, with one over the largest rate, and Adam without its momentum.
    """
    target = fb.sines(BASIS, WAVES, amplitudes=0.1)
    lengths = {"gd": 12_000, NO_MOMENTUM: 3000, ADAM: 1500}
    steps = []
    for wanted, length in lengths.items():
        plan = dict(steps=length, records=20 * length, progress=False)
        run = fb.train(fb.mlp(width=1024, seed=seed), target, optimizer=wanted, **plan)
        per_step = run.meta["lr"] if run.meta["clock"] == "flow" else 1
        steps.append(fb.learning_times(run, 0.1, [8])[0] / per_step)
    return [steps[0] / steps[2], steps[1] / steps[2]]


@enter(
    id="momentum-adam-control",
    source=ADAM_HERE,
    says=(
        "For wave 8 gradient descent takes {gradient descent:.0f} times as many steps"
        " as Adam, and Adam without its momentum {no momentum:.1f} times."
    ),
    rows={"gradient descent": "times", "no momentum": "times"},
    rival={"the gain is momentum: without it, as gradient descent": [np.nan, 12]},
    kind="recorded",
)
def adam_control(seed: int) -> list[float]:
    return over_adam(seed)


# ---- where it fails ----


def tall_gap(seed: int) -> float:
    """Largest gap from the closed form, for waves of random phases, height 0.3."""
    phases = np.random.default_rng(seed).uniform(0, 2 * np.pi, len(WAVES))
    values = 0.3 * np.sin(np.outer(BASIS.points, WAVES) + phases).sum(axis=1)
    net, target = fb.even_units(), fb.on_basis(BASIS, values)
    plan = dict(lr=LR, momentum=BETA, steps=120, records=2400, progress=False)
    run = fb.train(net, target, optimizer="momentum", **plan)
    cosines = [k - 1 for k in SINES]
    # The signed part of each wave along its start.
    along = [
        run.error[:, [c, s]] @ run.error[0, [c, s]] for c, s in zip(cosines, SINES)
    ]
    left = np.array([one / one[0] for one in along]).T
    return gap("heavy_ball", left)


@enter(
    id="momentum-tall",
    source=HERE,
    says=(
        "At height 0.3, sixty times as much, the kernel moves: heavy ball is off its"
        " closed form by up to {tall:.0f} % of a wave's start."
    ),
    rows={"tall": "%"},
    rival={"the kernel stands still": 0},
    kind="recorded",
)
def tall(seed: int) -> float:
    return np.mean([tall_gap(4 * seed + i) for i in range(4)])
