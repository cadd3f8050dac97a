"""The closed forms behind the explorer of the circle: twin of `engine.js`.

The kernel of an infinitely wide ReLU network gives rates by frequency, and these the
error of every mode after any number of steps of gradient descent, at the points and
between them. No step is ever taken.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fbkit.kernels import ntk

MODES = np.arange(9)
WAVES = MODES[1:]  # modes that a target may have
STEPS = np.append(0, np.unique(np.round(10 ** (np.arange(61) / 12))))
MANY = 4096  # points that stand for infinitely many
BARELY = 0.2  # error left of a mode that counts as learned


def kernel_row(points: int, depth: int, bias: float) -> np.ndarray:
    """K(theta)/K(0) at `points` even angles, from 0 on."""
    theta = 2 * np.pi / points * np.arange(points)
    # Weights of variance 2 and biases of a variance that joins in each layer, the last
    # one too; with its weights of variance 1 the whole is half as large.
    kernel = ntk(
        depth,
        weight_std=2**0.5,
        bias_std=bias**0.5,
        output_bias_std=(bias / 2) ** 0.5,
    )
    return kernel.profile(theta) / kernel.profile(0.0)


def rates(row: np.ndarray) -> np.ndarray:
    """Averages of a kernel's row over n even angles against cos kθ, k = 0..8."""
    n = len(row)
    turns = np.outer(MODES, np.arange(n)) % n
    means = np.cos(2 * np.pi / n * turns) @ row / n
    return np.where(means < 1e-12, 0.0, means)


def waves_learned(
    row: np.ndarray, x: np.ndarray, rate: np.ndarray, apart: int
) -> np.ndarray:
    """What the kernel makes of sin kx at the points, at every angle: (angles, 8).

    `row` holds the kernel at the angles' distances, of which `apart` lie between one of
    the points `x` and the next; a wave of rate 0 is never learned.
    """
    angles = np.arange(len(row) + 1)
    distance = (angles[:, None] - apart * np.arange(len(x))) % len(row)
    waves = np.sin(np.outer(x, WAVES))
    divisor = np.where(rate > 0, rate, np.inf)[1:]
    return row[distance] @ waves / len(x) / divisor


def steps_until_learned(step_rates: np.ndarray) -> np.ndarray:
    """The first step after which BARELY is left of each mode; 0 stands for never."""
    learned = step_rates > 0
    left = np.abs(1 - np.where(learned, step_rates, 1))
    with np.errstate(divide="ignore"):  # a mode may be learned in one step
        steps = np.maximum(1, np.ceil(np.log(BARELY) / np.log(left)))
    return np.where(learned, steps, 0)


def frame(
    depth: int,
    bias: float,
    points: int,
    lr: float,
    mode: int,
    amplitudes: Sequence[float],
) -> dict[str, np.ndarray]:
    """The arrays of the picture."""
    amplitudes = np.array(amplitudes)
    apart = -(-128 // points)  # angles of the curve for each point
    count = points * apart
    angle = -np.pi + 2 * np.pi / count * np.arange(count + 1)
    x = angle[:-1:apart]
    target = np.sin(np.outer(angle, WAVES)) @ amplitudes

    rate = rates(kernel_row(points, depth, bias))
    step_rates = min(lr, 1.9 / rate.max()) * rate
    factors = (1 - step_rates) ** STEPS[:, None]  # (T, 9)
    left = np.abs(1 - step_rates) ** STEPS[:, None]
    learned = waves_learned(kernel_row(count, depth, bias), x, rate, apart)
    until = steps_until_learned(step_rates)
    found = (until > 0) & (until <= STEPS[-1])

    theta = -np.pi + 2 * np.pi / 128 * np.arange(129)
    around = np.roll(kernel_row(128, depth, bias), 64)  # from -pi on
    kernel = around[np.arange(129) % 128]
    wave = np.cos(mode * theta)
    return {
        "moments": STEPS,
        "angle": angle,
        "points": x,
        "theta": theta,
        "kernel": kernel,
        "wave": wave,
        "product": kernel * wave,
        "modes": MODES,
        "handles": WAVES,
        "amplitudes": amplitudes,
        "network": ((1 - factors)[:, 1:] * amplitudes) @ learned.T,
        "rates": rate,
        "target": target,
        "data": target[:-1:apart],
        "limit": rates(kernel_row(MANY, depth, bias)),
        "residual": left[:, 1:] * amplitudes,
        "heat": np.log10(np.maximum(left, 1e-4)),
        "learned": until[found],
        "learned_mode": MODES[found],
        "until": until,
    }
