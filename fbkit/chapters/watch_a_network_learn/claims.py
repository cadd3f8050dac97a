"""Claims of the chapter "What does a network learn first?"."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import fbkit as fb
from fbkit.ledger import ledger
from fbkit.targets import Target

if TYPE_CHECKING:
    import torch

XU = "Xu et al., arXiv 1901.06523 (setting); figures measured for this course"
STAYS = "from which the relative error of frequencies 1, 3, 5 stays below 20 %"
FIRST_TIME = f"first gradient-flow time {STAYS}"
FIRST_STEP = f"first step {STAYS}"
THREE = [1, 3, 5]


def infinite_rates() -> np.ndarray:
    """Rates of the three frequencies on 128 points, for infinitely many ReLU units."""
    basis = fb.circle(128)
    return fb.rates(fb.ntk(), basis)[np.searchsorted(basis.modes, THREE)]


@ledger(
    id="order-relu-gd-circle",
    source=XU,
    statement=(
        "A two-layer ReLU network (width 512, NTK parameterisation) under gradient"
        " descent on the circle learns sin x before sin 3x before sin 5x: "
        f"{FIRST_TIME}."
    ),
    expected=(3.5, 350, 1300),
    tolerance=(1.5, 110, 350),
)
def order_relu_gd_circle(seed: int) -> np.ndarray:
    target = fb.sines(fb.circle(128), THREE)
    net = fb.mlp(width=512, seed=seed)
    run = fb.train(net, target, steps=2100, records=200, progress=False)
    return fb.learning_times(run, frequencies=THREE)


@ledger(
    id="order-tanh-gd-circle",
    source=XU,
    statement=(
        "A two-layer tanh network (width 512, NTK parameterisation) under gradient"
        " descent on the circle learns sin x before sin 3x before sin 5x: "
        f"{FIRST_TIME}."
    ),
    expected=(4.5, 165, 1330),
    tolerance=(2.5, 50, 350),
)
def order_tanh_gd_circle(seed: int) -> np.ndarray:
    target = fb.sines(fb.circle(128), THREE)
    net = fb.mlp(width=512, activation="tanh", seed=seed)
    run = fb.train(net, target, steps=1200, records=200, progress=False)
    return fb.learning_times(run, frequencies=THREE)


def adam_run(
    net: torch.nn.Module, target: Target, lr: float, steps: int, records: int = 200
) -> fb.History:
    """The record of training by Adam; its times are steps."""
    return fb.train(
        net,
        target,
        optimizer="adam",
        lr=lr,
        steps=steps,
        records=records,
        progress=False,
    )


@ledger(
    id="order-relu-adam-circle",
    source=XU,
    statement=(
        "A two-layer ReLU network (width 512) under Adam (learning rate 0.01) on the"
        " circle learns sin x before sin 3x before sin 5x: "
        f"{FIRST_STEP}."
    ),
    expected=(20, 97, 192),
    tolerance=(12, 25, 50),
    unit="steps",
)
def order_relu_adam_circle(seed: int) -> np.ndarray:
    target = fb.sines(fb.circle(128), THREE)
    net = fb.mlp(width=512, seed=seed)
    run = adam_run(net, target, lr=0.01, steps=600)
    return fb.learning_times(run, frequencies=THREE)


@ledger(
    id="order-tanh-adam",
    source=XU,
    statement=(
        "A tanh network 1-200-200-1 under Adam (learning rate 5e-4) on the interval"
        " learns sin x before sin 3x before sin 5x: "
        f"{FIRST_STEP}."
    ),
    expected=(27, 260, 780),
    tolerance=(15, 60, 250),
    unit="steps",
)
def order_tanh_adam(seed: int) -> np.ndarray:
    target = fb.sines(fb.interval(200), THREE)
    net = fb.standard_mlp([1, 200, 200, 1], "tanh", seed=seed)
    run = adam_run(net, target, lr=5e-4, steps=1000)
    return fb.learning_times(run, frequencies=THREE)


@ledger(
    id="order-rising-amplitudes",
    source=XU,
    statement=(
        "The order survives amplitudes that favour the high frequencies: sin x + 2 sin"
        " 3x + 3 sin 5x, tanh 1-200-200-1, Adam (learning rate 5e-4), "
        f"{FIRST_STEP}."
    ),
    expected=(135, 250, 690),
    tolerance=(40, 50, 150),
    unit="steps",
)
def order_rising_amplitudes(seed: int) -> np.ndarray:
    target = fb.sines(fb.interval(200), THREE, [1, 2, 3])
    net = fb.standard_mlp([1, 200, 200, 1], "tanh", seed=seed)
    run = adam_run(net, target, lr=5e-4, steps=1000)
    return fb.learning_times(run, frequencies=THREE)


@ledger(
    id="order-deep-tanh",
    source=XU,
    statement=(
        "A deeper tanh network 1-200-200-200-100-1 (initial weights of standard"
        " deviation 0.05) under Adam (learning rate 5e-4) keeps the order: "
        f"{FIRST_STEP}."
    ),
    expected=(27, 255, 880),
    tolerance=(15, 70, 300),
    unit="steps",
    kind="recorded",
)
def order_deep_tanh(seed: int) -> np.ndarray:
    target = fb.sines(fb.interval(200), THREE)
    widths = [1, 200, 200, 200, 100, 1]
    net = fb.standard_mlp(widths, "tanh", weight_std=0.05, seed=seed)
    run = adam_run(net, target, lr=5e-4, steps=1500, records=300)
    return fb.learning_times(run, frequencies=THREE)


@ledger(
    id="order-relu-gd-interval",
    source=XU,
    statement=(
        "A ReLU network 1-200-200-1 under plain gradient descent (learning rate 0.02 on"
        " the mean squared error, 0.04 on half of it) on the interval keeps the order,"
        " and 4,000 steps are too few for sin 5x: "
        f"{FIRST_STEP}."
    ),
    expected=(400, 580, np.inf),
    tolerance=(200, 120, 0),
    unit="steps",
    kind="recorded",
)
def order_relu_gd_interval(seed: int) -> np.ndarray:
    target = fb.sines(fb.interval(200), THREE)
    net = fb.standard_mlp([1, 200, 200, 1], "relu", seed=seed)
    run = fb.train(net, target, lr=0.04, steps=4000, records=400, progress=False)
    return fb.learning_times(run, frequencies=THREE) / 0.04


@ledger(
    id="rates-infinite-relu",
    source="derived here, checked numerically; kernel: Jacot et al., arXiv 1806.07572",
    statement=(
        "An infinitely wide two-layer ReLU network on the circle: the rate of frequency"
        " 1 over the rates of frequencies 3 and 5."
    ),
    expected=(38.5, 125.1),
    tolerance=(0.1, 0.3),
    seeds=(0,),
)
def rates_infinite_relu(seed: int) -> np.ndarray:
    rates = infinite_rates()
    return rates[0] / rates[1:]


@ledger(
    id="rates-by-width",
    source="derived here, checked numerically",
    statement=(
        "The rates of one drawn ReLU network come closer to those of infinite width as"
        " it gets wider: largest relative difference over frequencies 1, 3, 5 at width"
        " 64, 512 and 8192."
    ),
    expected=(0.45, 0.17, 0.02),
    tolerance=(0.15, 0.1, 0.02),
)
def rates_by_width(seed: int) -> np.ndarray:
    wide = infinite_rates()
    basis = fb.circle(128)
    gaps = []
    for width in (64, 512, 8192):
        rates = fb.mode_rates(fb.mlp(width=width, seed=seed), basis, THREE)
        gaps.append(np.abs(rates / wide - 1).max())
    return np.array(gaps)


@ledger(
    id="theory-small-target",
    source="derived here, checked numerically",
    statement=(
        "With a target of amplitude 0.1 the measured learning time of frequencies 1, 3,"
        " 5, over the predicted log(5) / rate, rate of this very network at its start"
        " (ReLU, width 512, gradient descent on the circle)."
    ),
    expected=(0.93, 1.1, 1.25),
    tolerance=(0.1, 0.15, 0.25),
)
def theory_small_target(seed: int) -> np.ndarray:
    basis = fb.circle(128)
    net = fb.mlp(width=512, seed=seed)
    rates = fb.mode_rates(net, basis, THREE)
    target = fb.sines(basis, THREE, 0.1)
    run = fb.train(net, target, steps=1200, records=200, progress=False)
    return fb.learning_times(run, frequencies=THREE) * rates / np.log(5)


@ledger(
    id="kernel-moves",
    source="derived here, checked numerically",
    statement=(
        "A larger target slows the same network down: learning times of frequencies 3"
        " and 5 at amplitude 1 over those at amplitude 0.1 (ReLU, width 512, gradient"
        " descent on the circle)."
    ),
    expected=(2.0, 2.0),
    tolerance=(0.5, 0.5),
)
def kernel_moves(seed: int) -> np.ndarray:
    times = []
    for amplitude, steps in ((1, 2000), (0.1, 1000)):
        target = fb.sines(fb.circle(128), THREE, amplitude)
        net = fb.mlp(width=512, seed=seed)
        run = fb.train(net, target, steps=steps, records=200, progress=False)
        times.append(fb.learning_times(run, frequencies=[3, 5]))
    return times[0] / times[1]


@ledger(
    id="kernel-mixes",
    source="derived here, checked numerically",
    statement=(
        "200 steps into learning a target of amplitude 1, the rates of frequencies 3"
        " and 5 are about what they were at the start, but the errors shrink at a"
        " fraction of those rates: rate now over rate at the start, then measured decay"
        " over rate now (ReLU, width 512, gradient descent on the circle)."
    ),
    expected=(1.05, 1.1, 0.35, 0.42),
    tolerance=(0.15, 0.2, 0.15, 0.15),
)
def kernel_mixes(seed: int) -> tuple[float, ...]:
    basis = fb.circle(128)
    target = fb.sines(basis, THREE)
    net = fb.mlp(width=512, seed=seed)
    before = fb.mode_rates(net, basis, [3, 5])
    fb.train(net, target, steps=200, progress=False)
    now = fb.mode_rates(net, basis, [3, 5])
    run = fb.train(net, target, steps=20, records=5, progress=False)
    error = run.select([3, 5])
    decay = np.log(error[0] / error[-1]) / run.t[-1]
    return *now / before, *decay / now


def tanh_bands(target: Target, seed: int, steps: int, records: int) -> fb.History:
    """Training a tanh network 1-200-200-1 by Adam, seen in bands.

    0 to 4, 4 to 16, and above 16.
    """
    net = fb.standard_mlp([1, 200, 200, 1], "tanh", seed=seed)
    return adam_run(net, target, lr=1e-3, steps=steps, records=records).bands([4, 16])


@ledger(
    id="photograph-bands",
    source="measured for this course (photograph: scikit-learn)",
    statement=(
        "256 pixels of a photograph's row, tanh 1-200-200-1, Adam (learning rate 1e-3),"
        " 2,500 steps: first step from which the error in the bands 0 to 4, 4 to 16,"
        " and above 16 stays below 50 %."
    ),
    expected=(33, 1010, np.inf),
    tolerance=(15, 200, 0),
    unit="steps",
    kind="recorded",
)
def photograph_bands(seed: int) -> np.ndarray:
    run = tanh_bands(fb.photograph_row(256), seed, steps=2500, records=300)
    return fb.learning_times(run, below=0.5)


@ledger(
    id="electrocardiogram-bands",
    source="measured for this course (recording: PyWavelets)",
    statement=(
        "256 samples of an electrocardiogram, tanh 1-200-200-1, Adam (learning rate"
        " 1e-3): first step from which the error in the bands 0 to 4, 4 to 16, and"
        " above 16 stays below 50 %."
    ),
    expected=(49, 267, 420),
    tolerance=(20, 60, 80),
    unit="steps",
)
def electrocardiogram_bands(seed: int) -> np.ndarray:
    run = tanh_bands(fb.electrocardiogram(256), seed, steps=700, records=200)
    return fb.learning_times(run, below=0.5)


@ledger(
    id="bell-bands",
    source="measured for this course (sound: sound-theme-freedesktop)",
    statement=(
        "256 samples of a bell, tanh 1-200-200-1, Adam (learning rate 1e-3): first step"
        " from which the error in the band 4 to 16 stays below 20 %; then, at that"
        " step, the error in the band 0 to 4 over the error in the band 4 to 16, first"
        " relative to their starts, where it is above 1, then as they are, where it is"
        " below."
    ),
    expected=(670, 1.5, 0.35),
    tolerance=(200, 0.49, 0.2),
    unit="(step, ratio, ratio)",
    kind="recorded",
)
def bell_bands(seed: int) -> tuple[float, ...]:
    run = tanh_bands(fb.bell(256), seed, steps=1500, records=300)
    time = fb.learning_times(run)[1]
    _, size = run.amplitude()
    ratio = size[:, 0] / size[:, 1]
    then = ratio[run.t == time][0]
    return time, then / ratio[0], then
