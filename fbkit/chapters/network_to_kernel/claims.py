"""Claims of the page "How does one matrix predict a network's training?"."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

import fbkit as fb
from fbkit.basis import Basis
from fbkit.ledger import ledger
from fbkit.targets import Target

if TYPE_CHECKING:
    import torch

NTK = "Jacot et al., arXiv 1806.07572 (theory); figures measured for this course"
LAZY = (
    "derived here, checked numerically; lazy training: Chizat et al., arXiv 1812.07956"
)
LARGE = "Lewkowycz et al., arXiv 2003.02218 (effect); figures measured for this course"
CIRCLE = fb.circle(64)
WAVES = "(sin x + sin 3x + sin 5x) on 64 points of the circle"


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
    """Largest difference in any mode at any recorded step, over one wave."""
    largest = np.abs(run.error - theory.error).max()
    return largest / np.abs(target.coefficients).max()


def rms(values: ArrayLike) -> float:
    """Root mean square."""
    return np.sqrt(np.mean(np.square(values)))


def power_law(x: ArrayLike, y: ArrayLike) -> float:
    """Slope on logarithmic axes."""
    return np.polyfit(np.log(x), np.log(y), 1)[0]


@ledger(
    id="one-step",
    source="derived here, checked numerically",
    statement=(
        "One step of gradient descent of a tanh network (width 512) at learning rate"
        " 0.2: change of the outputs that its kernel misses, in % of the change; and"
        " how many times larger the miss itself is at learning rate 0.4."
    ),
    expected=(0.022, 4.1),
    tolerance=(0.015, 0.2),
    unit="(%, times)",
)
def one_step(seed: int) -> tuple[float, ...]:
    target, missed = waves(), []
    for lr in (0.2, 0.4):
        net = fb.mlp(width=512, activation="tanh", antisymmetric=False, seed=seed)
        net = net.double()
        kernel = own_kernel(net)
        run = fb.train(net, target, lr=lr, steps=1, keep_outputs=True, progress=False)
        before, after = run.meta["outputs"]
        change = -lr * kernel @ (before - target.values) / 64
        missed.append(np.linalg.norm(after - before - change))
    return 200 * missed[0] / np.linalg.norm(change), missed[1] / missed[0]


@ledger(
    id="kernel-converges",
    source=NTK,
    statement=(
        "Distance of a drawn ReLU network's kernel from the one of infinite width, over"
        " the size of the latter (root mean square of 320 networks of width 64, 80 of"
        " 256, 20 of 1,024, 5 of 4,096): at width 64, at width 4,096, and the slope"
        " against width on logarithmic axes."
    ),
    expected=(0.35, 0.044, -0.5),
    tolerance=(0.05, 0.012, 0.05),
    kind="recorded",
)
def kernel_converges(seed: int) -> tuple[float, ...]:
    widths, exact = (64, 256, 1024, 4096), infinite_kernel()
    distances = []
    for width in widths:
        seeds = range(1000 * seed, 1000 * seed + 20480 // width)
        squares = [
            np.square(own_kernel(fb.mlp(width=width, seed=one)) - exact).sum()
            for one in seeds
        ]
        distances.append(np.sqrt(np.mean(squares) / np.square(exact).sum()))
    return distances[0], distances[-1], power_law(widths, distances)


@ledger(
    id="whole-run",
    source=LAZY,
    statement=(
        f"1,000 steps of a ReLU network (width 1,024) on 0.1 × {WAVES}: largest"
        " difference from the forecast in any mode at any recorded step, in % of one"
        " wave; with the network's kernel at the start, then with infinite width's."
    ),
    expected=(3, 5.5),
    tolerance=(1.5, 2.5),
    unit="%",
    kind="recorded",
)
def whole_run(seed: int) -> list[float]:
    target = waves(0.1)
    net = fb.mlp(width=1024, seed=seed)
    own = own_kernel(net)
    run = fb.train(net, target, steps=1000, progress=False)
    theories = [forecast(k, -target.values, run) for k in (own, infinite_kernel())]
    return [100 * forecast_gap(run, theory, target) for theory in theories]


@ledger(
    id="lazy-gap",
    source=LAZY,
    statement=(
        f"800 steps of ReLU networks on {WAVES}: largest difference from the forecast"
        " by the kernel at the start, in % of one wave (root mean square of 8"
        " networks): width 64 and height 0.1, width 64 and height 1, then width 1,024"
        " and the same heights."
    ),
    expected=(15, 75, 3.2, 24),
    tolerance=(5, 25, 1, 4),
    unit="%",
    kind="recorded",
)
def lazy_gap(seed: int) -> list[float]:
    gaps = []
    for width, height in ((64, 0.1), (64, 1), (1024, 0.1), (1024, 1)):
        target = waves(height)
        nets = eight_networks(seed, width)
        kernels = [own_kernel(net) for net in nets]
        runs = fb.train_ensemble(nets, target, steps=800, progress=False)
        theories = [forecast(k, -target.values, run) for k, run in zip(kernels, runs)]
        each = [forecast_gap(run, one, target) for run, one in zip(runs, theories)]
        gaps.append(100 * rms(each))
    return gaps


def eight_networks(
    seed: int, width: int, activation: str = "relu"
) -> list[torch.nn.Module]:
    """Networks of one width from eight seeds."""
    seeds = range(8 * seed, 8 * seed + 8)
    return [fb.mlp(width=width, activation=activation, seed=one) for one in seeds]


def kernel_change(seed: int, activation: str, width: int, height: float) -> float:
    """How far the kernel moves in 300 steps, over its size.

    Root mean square of eight networks.
    """
    # The change is small: in single precision, rounding would be a part of it.
    nets = [net.double() for net in eight_networks(seed, width, activation)]
    before = np.array([own_kernel(net) for net in nets])
    fb.train_ensemble(nets, waves(height), lr=0.7, steps=300, progress=False)
    after = np.array([own_kernel(net) for net in nets])
    return np.sqrt(np.square(after - before).sum() / np.square(before).sum())


@ledger(
    id="lazy-law",
    source="derived here, checked numerically",
    statement=(
        f"How far the kernel moves in 300 steps (learning rate 0.7) on {WAVES}, over"
        " its size, root mean square of 8 networks: power of the height (0.03 to 0.3,"
        " width 512), then power of the width (128 to 2,048, height 0.1); tanh first,"
        " then ReLU."
    ),
    expected=(1.9, -1.2, 0.55, -0.7),
    tolerance=(0.15, 0.15, 0.1, 0.1),
    kind="recorded",
)
def lazy_law(seed: int) -> list[float]:
    heights, widths = (0.03, 0.1, 0.3), (128, 512, 2048)
    slopes = []
    for name in ("tanh", "relu"):
        by_height = [kernel_change(seed, name, 512, height) for height in heights]
        by_width = [kernel_change(seed, name, width, 0.1) for width in widths]
        slopes += [power_law(heights, by_height), power_law(widths, by_width)]
    return slopes


@ledger(
    id="largest-stable-rate",
    source="classical for quadratic losses; figures measured for this course",
    statement=(
        f"A ReLU network (width 1,024) on 0.1 × {WAVES}: largest loss within 200 steps"
        " over the loss at the start, at 98 % of 2/(largest rate), then at 102 %."
    ),
    expected=(1, 17),
    tolerance=(0.01, 3),
)
def largest_stable_rate(seed: int) -> list[float]:
    peaks = []
    for share in (0.98, 1.02):
        net = fb.mlp(width=1024, seed=seed)
        lr = share * (2 / largest_rate(net))
        run = fb.train(net, waves(0.1), lr=lr, steps=200, records=200, progress=False)
        peaks.append(run.loss.max() / run.loss[0])
    return peaks


@ledger(
    id="growth-above",
    source="derived here, checked numerically",
    statement=(
        "The same network at 110 % of 2/(largest rate): factor by which the error along"
        " the first eigenvector grows in a step, mean of steps 5 to 20; the kernel says"
        " 1.2."
    ),
    expected=1.2,
    tolerance=0.01,
)
def growth_above(seed: int) -> float:
    net, target = fb.mlp(width=1024, seed=seed), waves(0.1)
    rates, vectors = np.linalg.eigh(own_kernel(net) / 64)
    run = fb.train(
        net,
        target,
        lr=2.2 / rates[-1],
        steps=20,
        records=200,
        keep_outputs=True,
        progress=False,
    )
    along = np.abs((run.meta["outputs"] - target.values) @ vectors[:, -1])
    return (along[20] / along[5]) ** (1 / 15)


@ledger(
    id="catapult",
    source=LARGE,
    statement=(
        "The same run, carried on to 400 steps: largest loss over the loss at the"
        " start; loss at the end over the loss at the start; and the largest rate at"
        " the end, in units of 2/(learning rate), where it began at 1.1."
    ),
    expected=(410, 0.008, 0.9),
    tolerance=(50, 0.004, 0.02),
)
def catapult(seed: int) -> tuple[float, ...]:
    net = fb.mlp(width=1024, seed=seed)
    lr = 2.2 / largest_rate(net)
    run = fb.train(net, waves(0.1), lr=lr, steps=400, records=400, progress=False)
    peak = run.loss.max() / run.loss[0]
    end = run.loss[-1] / run.loss[0]
    return peak, end, largest_rate(net) * lr / 2


def unit_digits(seed: int) -> tuple[Target, np.ndarray]:
    """300 digits, and their inputs scaled to length 1."""
    digits = fb.digits(300, seed=seed)
    length = np.linalg.norm(digits.inputs, axis=1, keepdims=True)
    return digits, digits.inputs / length


def digits_kernel(X: np.ndarray) -> np.ndarray:
    """The kernel of infinitely many ReLU units without biases, (300, 300)."""
    return fb.ntk(bias_std=0).gram(X)


@ledger(
    id="digits-spectrum",
    source="measured for this course (digits: scikit-learn)",
    statement=(
        "The kernel of an infinitely wide ReLU network without biases on 300 digits of"
        " length 1: share of the first rate in the sum of all, share of the first 10,"
        " and the first rate over the second."
    ),
    expected=(0.63, 0.86, 14.5),
    tolerance=(0.02, 0.02, 2),
)
def digits_spectrum(seed: int) -> tuple[float, ...]:
    _, X = unit_digits(seed)
    rates = np.linalg.eigvalsh(digits_kernel(X) / 300)[::-1]
    total = rates.sum()
    return rates[0] / total, rates[:10].sum() / total, rates[0] / rates[1]


@ledger(
    id="digits-classes",
    source="measured for this course (digits: scikit-learn)",
    statement=(
        "How much of an eigenvector of this kernel is told by the class of the digit"
        " alone (1 where it is the same for all digits of a class): the first, mean of"
        " the next 5, mean of the last 100."
    ),
    expected=(0.998, 0.63, 0.0015),
    tolerance=(0.002, 0.1, 0.0015),
)
def digits_classes(seed: int) -> tuple[float, ...]:
    digits, X = unit_digits(seed)
    vectors = np.linalg.eigh(digits_kernel(X))[1][:, ::-1]
    classes = digits.values / np.sqrt(digits.values.sum(axis=0))
    told = np.square(classes.T @ vectors).sum(axis=0)
    return told[0], told[1:6].mean(), told[-100:].mean()


@ledger(
    id="digits-run",
    source=LAZY,
    statement=(
        "A ReLU network (64 inputs, width 512) on 300 digits, 300 steps, even against"
        " odd (±0.1), then the same labels shuffled: error left (root mean square, over"
        " the start), and the largest difference from the forecast, in % of the start."
    ),
    expected=(0.41, 0.85, 0.25, 0.4),
    tolerance=(0.05, 0.05, 0.2, 0.3),
    unit="(share, share, %, %)",
    kind="recorded",
)
def digits_run(seed: int) -> tuple[float, ...]:
    digits, X = unit_digits(seed)
    even = 0.1 - 0.2 * (digits.values @ np.arange(10) % 2)
    shuffled = np.random.default_rng(seed).permutation(even)
    left, gaps = [], []
    for y in (even, shuffled):
        net = fb.mlp(inputs=64, width=512, bias_std=0, seed=seed)
        kernel = fb.empirical_ntk(net, X)
        target = fb.Target(X, y, digits.weights, None, "even")
        run = fb.train(net, target, steps=300, progress=False)
        theory = forecast(kernel, -y, run, onto=None)
        size = np.sqrt(2 * theory.loss)  # root mean square error; 0.1 at the start
        left.append(10 * run.error[-1, 0])
        gaps.append(1000 * np.abs(run.error[:, 0] - size).max())
    return *left, *gaps


@ledger(
    id="kernel-turns",
    source="derived here, checked numerically",
    statement=(
        "What the kernel gives the target (mean rate over the target, as a share of"
        " the sum of all rates), after 600 steps over before: ReLU network (width 256)"
        f" on {WAVES}, at height 0.1 and at height 3."
    ),
    expected=(1, 1.57),
    tolerance=(0.01, 0.1),
    kind="recorded",
)
def kernel_turns(seed: int) -> list[float]:
    turned = []
    for height in (0.1, 3):
        net, target = fb.mlp(width=256, seed=seed), waves(height)
        before = share_of_target(net, target.values)
        fb.train(net, target, steps=600, progress=False)
        turned.append(share_of_target(net, target.values) / before)
    return turned


def share_of_target(net: torch.nn.Module, y: np.ndarray) -> float:
    """Mean rate over values (64,), as a share of the sum of all rates."""
    kernel = own_kernel(net)
    return y @ kernel @ y / (y @ y) / np.trace(kernel)


@ledger(
    id="usual-network",
    source="measured for this course",
    statement=(
        f"A ReLU network 2-256-256-1 as PyTorch makes it, 2,000 steps on {WAVES},"
        " height 0.1 and height 1: how far its kernel moved, in % of its size, and the"
        " largest difference from the forecast, in % of one wave."
    ),
    expected=(60, 23, 200, 110),
    tolerance=(15, 8, 20, 20),
    unit="%",
    kind="recorded",
)
def usual_network(seed: int) -> list[float]:
    figures = []
    for height in (0.1, 1):
        target = waves(height)
        net = fb.standard_mlp([2, 256, 256, 1], "relu", seed=seed)
        before = own_kernel(net).astype(float)
        run = fb.train(net, target, steps=2000, keep_outputs=True, progress=False)
        theory = forecast(before, run.meta["outputs"][0] - target.values, run)
        moved = np.linalg.norm(own_kernel(net) - before) / np.linalg.norm(before)
        figures += [100 * moved, 100 * forecast_gap(run, theory, target)]
    return figures
