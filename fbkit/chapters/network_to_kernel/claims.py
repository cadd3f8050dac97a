"""Claims of the page "How does one matrix predict a network's training?" and its
Further pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

import fbkit as fb
from fbkit.basis import Basis
from fbkit.ledger import enter
from fbkit.targets import Target

if TYPE_CHECKING:
    import torch

HERE = "derived here, checked numerically"
NTK = "derived here after Jacot et al., arXiv 1806.07572; checked numerically"
LAZY = "setting as in Chizat et al., arXiv 1812.07956; measured for this course"
LARGE = "effect: Lewkowycz et al., arXiv 2003.02218; measured for this course"
DIGITS = "measured for this course (digits: scikit-learn); theory: arXiv 1806.07572"
CIRCLE = fb.circle(64)


def waves(height: float = 1) -> Target:
    """(sin x + sin 3x + sin 5x) on 64 points of the circle, times a height."""
    return fb.sines(CIRCLE, [1, 3, 5], height)


def own_kernel(net: torch.nn.Module) -> np.ndarray:
    """A network's tangent kernel between the points, (64, 64)."""
    return fb.empirical_ntk(net, CIRCLE.inputs)


def infinite_kernel() -> np.ndarray:
    """That of infinite width, (64, 64)."""
    return fb.ntk().gram(CIRCLE.inputs)


def largest_rate(net: torch.nn.Module) -> float:
    """Largest eigenvalue of a network's kernel over the number of points."""
    return np.linalg.eigvalsh(own_kernel(net) / 64)[-1]


def forecast(
    kernel: np.ndarray, start: np.ndarray, run: fb.History, onto: Basis | None = CIRCLE
) -> fb.History:
    """Gradient descent by a kernel that stays what it is, at the steps of a run."""
    lr = run.meta["lr"]
    return fb.gradient_descent(kernel, start, np.round(run.t / lr), lr, onto=onto)


def forecast_gap(run: fb.History, theory: fb.History, target: Target) -> float:
    """Largest difference in any mode at any recorded step, in % of one wave."""
    largest = np.abs(run.error - theory.error).max()
    return 100 * largest / np.abs(target.coefficients).max()


def some_networks(
    seed: int, count: int, width: int, activation: str = "relu"
) -> list[torch.nn.Module]:
    """Networks of one width, others for each seed."""
    seeds = range(count * seed, count * seed + count)
    return [fb.mlp(width=width, activation=activation, seed=one) for one in seeds]


def power(values: Sequence[float], factor: float) -> float:
    """The power of x in a law, from its last value and its first, x `factor` apart."""
    return np.log(values[-1] / values[0]) / np.log(factor)


# ---- one step, and the largest learning rate ----


def missed_by_kernel(seed: int, lr: float) -> float:
    """Size of what the kernel does not foresee of one step."""
    net = fb.mlp(width=512, activation="tanh", antisymmetric=False, seed=seed).double()
    kernel, target = own_kernel(net), waves()
    run = fb.train(net, target, lr=lr, steps=1, keep_outputs=True, progress=False)
    before, after = run.meta["outputs"]
    foreseen = -lr * kernel @ (before - target.values) / 64
    return np.linalg.norm(after - before - foreseen)


@enter(
    id="one-step",
    source=HERE,
    says=(
        "A step twice as long (512 tanh units, learning rate 0.04 for 0.02): what the"
        " kernel leaves out of it is {ratio:.2f} times as large."
    ),
    rows={"ratio": ""},
    expected=4,
    rival={"a wrong factor in the kernel": 2, "the curvature is foreseen": 8},
)
def one_step(seed: int) -> float:
    seeds = range(8 * seed, 8 * seed + 8)
    ratios = [missed_by_kernel(i, 0.04) / missed_by_kernel(i, 0.02) for i in seeds]
    return np.mean(ratios)


def train_at(share: float, seed: int, steps: int) -> tuple[fb.History, torch.nn.Module]:
    """A ReLU network on low waves, at a share of 2/(largest rate)."""
    net = fb.mlp(width=1024, seed=seed)
    lr = 2 * share / largest_rate(net)
    plan = dict(lr=lr, steps=steps, records=10 * steps, keep_outputs=True)
    return fb.train(net, waves(0.1), progress=False, **plan), net


def growth(run: fb.History, kernel: np.ndarray) -> float:
    """Factor a step of the error along the first eigenvector, mean of steps 5 to 20."""
    first = np.linalg.eigh(kernel)[1][:, -1]
    along = np.abs((run.meta["outputs"] - waves(0.1).values) @ first)
    return (along[20] / along[5]) ** (1 / 15)


@enter(
    id="largest-stable-rate",
    source="classical for quadratic losses; derived here, checked numerically",
    says=(
        "At 98 % of 2/(largest rate) the loss rises again in {98 %:.0%} of the runs, at"
        " 102 % in {102 %:.0%}; at 110 % the first mode grows {growth:.2f} times a"
        " step."
    ),
    rows={"98 %": "share", "102 %": "share", "growth": "at 110 %"},
    expected=[0, 1, 1.2],
    rival={
        "the limit is 1/(largest rate)": [1, 1, 3.4],
        "no limit, errors fall as e^(−λt)": [0, 0, np.exp(-2.2)],
    },
)
def largest_stable_rate(seed: int) -> list[float]:
    grown = []
    for share in (0.98, 1.02):
        loss = train_at(share, seed, 200)[0].loss
        grown.append((loss / np.minimum.accumulate(loss)).max() > 1.2)
    run, _ = train_at(1.1, seed, 20)
    return [*grown, growth(run, own_kernel(fb.mlp(width=1024, seed=seed)))]


def after_growth(share: float, seeds: Sequence[int]) -> list[float]:
    """After 400 steps: largest rate over the limit, loss over its start; means."""
    runs = [train_at(share, seed, 400) for seed in seeds]
    rates = [largest_rate(net) * run.meta["lr"] / 2 for run, net in runs]
    return [np.mean(rates), np.mean([run.loss[-1] / run.loss[0] for run, _ in runs])]


@enter(
    id="catapult",
    source=LARGE,
    says=(
        "Begun at 110 % of the limit, the largest rate ends at {110 %, rate:.0%} of it;"
        " begun at 200 %, at {200 %, rate:.1%}; at 20 times {20 times, lost:.0%} of the"
        " runs diverge."
    ),
    rows={
        "110 %, rate": "of the limit",
        "110 %, left": "of the loss",
        "200 %, rate": "of the limit",
        "200 %, left": "of the loss",
        "20 times, lost": "share",
    },
    rival={
        "the rates stay what they are": [1.1, np.nan, 2, np.nan, np.nan],
        "no upper end": [np.nan, np.nan, np.nan, np.nan, 0],
    },
    kind="recorded",
)
def catapult(seed: int) -> list[float]:
    nets = range(4 * seed, 4 * seed + 4)
    lost = ["diverged" in train_at(20, one, 60)[0].meta for one in nets]
    return [*after_growth(1.1, nets), *after_growth(2, nets), np.mean(lost)]


# ---- infinite width ----


def one_unit_off() -> float:
    """How far the kernel of a single unit is from the mean of all, over its size, root
    mean square: E[σσσσ], E[σσσ'σ'] and E[σ'σ'σ'σ'] of two normal variables with the
    angle θ are arc-cosine kernels.
    """
    dot = CIRCLE.inputs @ CIRCLE.inputs.T
    cos = np.clip((dot + 1) / 2, -1, 1)  # of (u, 1) and (u', 1), of length √2
    angle = np.pi - np.arccos(cos)
    sin = np.sqrt(1 - cos**2)
    on = angle / (2 * np.pi)
    first = 2 * (sin + angle * cos) / (2 * np.pi)
    second = 4 * (3 * sin * cos + angle * (1 + 2 * cos**2)) / (2 * np.pi)
    c = dot + 1
    mean = first + c * on
    square = second + 2 * c * first + 3 * c**2 * on  # E[a²] = 1, E[a⁴] = 3
    return np.sqrt((square - mean**2).sum() / (mean**2).sum())


def expected_distances() -> list[float]:
    """Twins give the same term twice: m units are m/2 independent ones."""
    near, far = (one_unit_off() * np.sqrt(2 / m) for m in (64, 4096))
    return [near, far, near / far]


def off(width: int, count: int, seed: int) -> float:
    """Distance from infinite width's kernel, over its size, root mean square."""
    exact, nets = infinite_kernel(), some_networks(seed, count, width)
    squares = [np.square(own_kernel(net) - exact).sum() for net in nets]
    return np.sqrt(np.mean(squares) / np.square(exact).sum())


@enter(
    id="kernel-converges",
    source=NTK,
    says=(
        "Root mean square of many draws: a kernel of 64 units is {64 units:.0%} off"
        " that of infinite width, one of 4,096 units {4,096 units:.1%}: {ratio:.0f}"
        " times closer."
    ),
    rows={"64 units": "share", "4,096 units": "share", "ratio": ""},
    expected=expected_distances,
    rival={
        "as 1/width": [np.nan, np.nan, 64],
        "as the root of 1/√width": [np.nan, np.nan, 64**0.25],
        "width does not count": [np.nan, np.nan, 1],
    },
    kind="recorded",
)
def kernel_converges(seed: int) -> list[float]:
    near, far = off(64, 600, seed), off(4096, 400, seed)
    return [near, far, near / far]


def twice_as_fast() -> float:
    """Gap between a forecast and the same with all rates doubled, in % of a wave."""
    kernel, start, steps = infinite_kernel(), -waves().values, np.arange(1000)
    lr = 1 / np.linalg.eigvalsh(kernel / 64)[-1]
    slow, fast = (
        fb.gradient_flow(rate * kernel, start, lr * steps, onto=CIRCLE)
        for rate in (1, 2)
    )
    return forecast_gap(slow, fast, waves())


@enter(
    id="whole-run",
    source=LAZY,
    says=(
        "1,000 steps of 1,024 ReLU units on waves of height 0.1: a network's largest"
        " gap from its forecast is {own kernel:.1f} % of a wave's start, as a mean over"
        " networks."
    ),
    rows={"own kernel": "% of a wave", "infinite width": "% of a wave"},
    rival={"rates twice as large (a loss without ½)": lambda: [twice_as_fast()] * 2},
    kind="recorded",
)
def whole_run(seed: int) -> ArrayLike:
    target, nets = waves(0.1), some_networks(seed, 8, 1024)
    kernels = [(own_kernel(net), infinite_kernel()) for net in nets]
    runs = fb.train_ensemble(nets, target, steps=1000, progress=False)
    gaps = [
        [forecast_gap(run, forecast(k, -target.values, run), target) for k in both]
        for run, both in zip(runs, kernels)
    ]
    return np.mean(gaps, axis=0)


# ---- how far the kernel moves ----


def mean_gap(seed: int, width: int, height: float) -> float:
    """Gap of the forecast by the kernel at the start, mean of eight networks."""
    target, nets = waves(height), some_networks(seed, 8, width)
    kernels = [own_kernel(net) for net in nets]
    runs = fb.train_ensemble(nets, target, steps=800, progress=False)
    gaps = [
        forecast_gap(run, forecast(k, -target.values, run), target)
        for k, run in zip(kernels, runs)
    ]
    return np.mean(gaps)


@enter(
    id="lazy-gap",
    source=LAZY,
    says=(
        "800 steps, 1,024 ReLU units: the forecast is off by {1,024 units, low:.1f} %"
        " of a wave at height 0.1 and by {1,024 units, tall:.0f} % at height 1."
    ),
    rows={
        "64 units, low": "% of a wave",
        "1,024 units, low": "% of a wave",
        "1,024 units, tall": "% of a wave",
    },
    rival={
        "the height does not count": [np.nan, np.nan, 3.4],
        "the width does not count": [np.nan, 13.8, np.nan],
    },
    kind="recorded",
)
def lazy_gap(seed: int) -> list[float]:
    settings = ((64, 0.1), (1024, 0.1), (1024, 1))
    return [mean_gap(seed, width, height) for width, height in settings]


def kernel_change(seed: int, activation: str, width: int, height: float) -> float:
    """How far the kernel moves in 60 steps, over its size.

    Root mean square of several networks: more of ReLU, where signs fall at random.
    """
    # The change is small: in single precision, rounding would be a part of it.
    count = (65536 if activation == "relu" else 16384) // width
    nets = [net.double() for net in some_networks(seed, count, width, activation)]
    before = np.array([own_kernel(net) for net in nets])
    fb.train_ensemble(nets, waves(height), lr=0.7, steps=60, progress=False)
    after = np.array([own_kernel(net) for net in nets])
    return np.sqrt(np.square(after - before).sum() / np.square(before).sum())


@enter(
    id="lazy-law",
    source=HERE,
    says=(
        "The kernel moves as a power of the target's height and one of the width: tanh"
        " {tanh, height:.0f} and {tanh, width:.0f}, ReLU {ReLU, height:.2f} and"
        " {ReLU, width:.2f}."
    ),
    rows={
        "tanh, height": "power",
        "tanh, width": "power",
        "ReLU, height": "power",
        "ReLU, width": "power",
    },
    expected=[2, -1, 0.5, -0.75],
    rival={
        "no twins: in proportion to the weights' way": [1, -0.5, 1, -0.5],
        "a kink does not count": [2, -1, 2, -1],
    },
    kind="recorded",
)
def lazy_law(seed: int) -> list[float]:
    powers = []
    for name in ("tanh", "relu"):
        low, middle = (kernel_change(seed, name, 2048, h) for h in (0.003, 0.03))
        wide = kernel_change(seed, name, 8192, 0.03)
        powers += [power([low, middle], 10), power([middle, wide], 4)]
    return powers


def share_of_target(net: torch.nn.Module, y: np.ndarray) -> float:
    """Mean rate over values (64,), as a share of the sum of all rates."""
    kernel = own_kernel(net)
    return y @ kernel @ y / (y @ y) / np.trace(kernel)


def turned(seed: int, height: float) -> float:
    """Share of the rates that the target gets after training, over before."""
    target, nets = waves(height), some_networks(seed, 8, 256)
    before = [share_of_target(net, target.values) for net in nets]
    fb.train_ensemble(nets, target, steps=600, progress=False)
    after = [share_of_target(net, target.values) for net in nets]
    return np.mean(np.divide(after, before))


@enter(
    id="kernel-turns",
    source=HERE,
    says=(
        "Of all rates the target gets {tall:.2f} times its share after 600 steps at"
        " height 3 (256 ReLU units), and {low:.3f} times at height 0.1."
    ),
    rows={"low": "times", "tall": "times"},
    rival={"the kernel stays, or grows evenly": [np.nan, 1]},
    kind="recorded",
)
def kernel_turns(seed: int) -> list[float]:
    return [turned(seed, height) for height in (0.1, 3)]


def moved_and_missed(seed: int) -> list[float]:
    """How far such a network's kernel moves, in % of its size, and the forecast's gap:
    at height 0.1, then at height 1.
    """
    figures = []
    for height in (0.1, 1):
        target = waves(height)
        net = fb.standard_mlp([2, 256, 256, 1], "relu", seed=seed)
        before = own_kernel(net).astype(float)
        run = fb.train(net, target, steps=2000, keep_outputs=True, progress=False)
        theory = forecast(before, run.meta["outputs"][0] - target.values, run)
        moved = np.linalg.norm(own_kernel(net) - before) / np.linalg.norm(before)
        figures += [100 * moved, forecast_gap(run, theory, target)]
    return figures


@enter(
    id="usual-network",
    source="measured here, derived here",
    says=(
        "A network 2-256-256-1 as PyTorch makes it moves its kernel by {moved, low:.0f}"
        " % of its size for waves of height 0.1, by {moved, tall:.0f} % for height 1."
    ),
    rows={
        "moved, low": "%",
        "gap, low": "% of a wave",
        "moved, tall": "%",
        "gap, tall": "% of a wave",
    },
    rival={"as lazy as 1,024 units": [0.7, 3.5, 14, 25]},
    kind="recorded",
)
def usual_network(seed: int) -> ArrayLike:
    nets = (2 * seed, 2 * seed + 1)
    return np.mean([moved_and_missed(one) for one in nets], axis=0)


# ---- digits ----


def unit_digits(seed: int) -> tuple[Target, np.ndarray]:
    """300 digits, and their inputs scaled to length 1."""
    digits = fb.digits(300, seed=seed)
    length = np.linalg.norm(digits.inputs, axis=1, keepdims=True)
    return digits, digits.inputs / length


def digits_kernel(X: np.ndarray) -> np.ndarray:
    """The kernel of infinitely many ReLU units without biases, (300, 300)."""
    return fb.ntk(bias_std=0).gram(X)


def shares(X: np.ndarray) -> list[float]:
    """Of all rates: the first, the first ten; and the first over the second."""
    rates = np.linalg.eigvalsh(digits_kernel(X) / 300)[::-1]
    total = rates.sum()
    return [rates[0] / total, rates[:10].sum() / total, rates[0] / rates[1]]


@enter(
    id="digits-spectrum",
    source=DIGITS,
    says=(
        "300 digits: the first of 300 eigenvectors has {first:.0%} of all rates, the"
        " first ten {first ten:.0%}; the first rate is {over second:.1f} times the"
        " second."
    ),
    rows={"first": "share", "first ten": "share", "over second": "times"},
    rival={"points evenly over the sphere": lambda: shares(fb.sphere_points(300, 64))},
)
def digits_spectrum(seed: int) -> list[float]:
    return shares(unit_digits(seed)[1])


@enter(
    id="digits-classes",
    source=DIGITS,
    says=(
        "The class tells {next five:.0%} of eigenvectors 2 to 6 of the digits' kernel,"
        " and {last hundred:.1%} of the last hundred."
    ),
    rows={"first": "share", "next five": "share", "last hundred": "share"},
    # Ten classes of 300 images: so much of a vector that knows nothing of them.
    rival={"the kernel knows nothing of classes": 10 / 300},
)
def digits_classes(seed: int) -> list[float]:
    digits, X = unit_digits(seed)
    vectors = np.linalg.eigh(digits_kernel(X))[1][:, ::-1]
    classes = digits.values / np.sqrt(digits.values.sum(axis=0))
    told = np.square(classes.T @ vectors).sum(axis=0)
    return [told[0], told[1:6].mean(), told[-100:].mean()]


def fit_labels(y: np.ndarray, X: np.ndarray, seed: int) -> list[float]:
    """Error left after 300 steps on labels ±0.1, over the start; and as forecast by the
    network's own kernel.
    """
    net = fb.mlp(inputs=64, width=512, bias_std=0, seed=seed)
    kernel = fb.empirical_ntk(net, X)
    target = fb.Target(X, y, np.full(300, 1 / 300), None, "labels")
    run = fb.train(net, target, steps=300, progress=False)
    theory = forecast(kernel, -y, run, onto=None)
    # Root mean square errors are 0.1 at the start.
    return [10 * run.error[-1, 0], 10 * np.sqrt(2 * theory.loss[-1])]


def one_pace() -> list[float]:
    """Were all labels like shuffled ones: the forecast, at infinite width."""
    labels = np.random.default_rng(0).choice([-1.0, 1.0], 300)
    kernel = digits_kernel(unit_digits(0)[1])
    lr = 300 / np.linalg.eigvalsh(kernel)[-1]
    left = fb.gradient_descent(kernel, labels, [0, 300], lr).loss
    return [np.sqrt(left[-1] / left[0])] * 4


@enter(
    id="digits-run",
    source=LAZY,
    says=(
        "After 300 steps {even or odd, left:.0%} of the error in even or odd is left,"
        " and {shuffled, left:.0%} of that in the same labels shuffled."
    ),
    rows={
        "even or odd, left": "share",
        "even or odd, forecast": "share",
        "shuffled, left": "share",
        "shuffled, forecast": "share",
    },
    rival={"one pace for all labels": one_pace},
    kind="recorded",
)
def digits_run(seed: int) -> ArrayLike:
    digits, X = unit_digits(seed)
    even = 0.1 - 0.2 * (digits.values @ np.arange(10) % 2)
    shuffled = np.random.default_rng(seed).permutation(even)
    return np.concatenate([fit_labels(y, X, seed) for y in (even, shuffled)])
