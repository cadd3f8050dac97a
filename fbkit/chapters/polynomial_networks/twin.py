"""The closed forms behind the explorer of product networks: twin of `engine.js`.

Two kernels on the circle, yours and that of the plain network, their rates by wave, and
what gradient flow leaves of a target's waves. No step is ever taken.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

WAVES = np.arange(1, 9)  # that a target may have
FREQUENCIES = np.arange(33)  # that have a rate
TIMES = np.append(0, 10 ** (np.arange(61) / 15 - 1))
ANGLE = np.pi / 64 * np.arange(-64, 65)
HALF = np.pi / 2048 * np.arange(2049)  # angles 0..pi of which rates are averages


def kernel(theta: np.ndarray, factors: int, linear: str, bias: str) -> np.ndarray:
    """K(theta) of `factors` ReLU factors, and a linear one if linear is "yes".

    Every factor has the value part g and the slope part h, and K = prod_i g_i + (cos +
    b) sum_i h_i prod_{j != i} g_j, with b = 1 for biases that start at 0.
    """
    theta = np.abs(theta)
    share = 1 - theta / np.pi
    value = np.sin(theta) / np.pi + share * np.cos(theta)
    inner = np.cos(theta) + (bias == "yes")
    relus = value**factors
    slopes = factors * share * value ** (factors - 1)
    if linear == "yes":
        relus, slopes = relus * np.cos(theta), slopes * np.cos(theta) + relus
    return relus + inner * slopes


def rates(profile: np.ndarray) -> np.ndarray:
    """Averages of a profile at the angles HALF against cos k theta, k = 0..32."""
    last = len(HALF) - 1
    turns = np.outer(FREQUENCIES, np.arange(last + 1)) % (2 * last)
    weights = np.full(last + 1, 1 / last)
    weights[[0, -1]] /= 2
    means = np.cos(np.pi / last * turns) @ (weights * profile)
    return np.where(means < 1e-9, 0.0, means)


def frame(
    factors: int, linear: str, bias: str, equal: str, amplitudes: Sequence[float]
) -> dict[str, np.ndarray]:
    """The arrays of the picture."""
    amplitudes = np.array(amplitudes)
    settings = {"yours": (factors, linear, bias), "plain": (1, "no", "no")}
    arrays = {
        "moments": TIMES,
        "angle": ANGLE,
        "waves": WAVES,
        "amplitudes": amplitudes,
        "left_side": WAVES - 0.17,
        "right_side": WAVES + 0.17,
        "frequencies": FREQUENCIES[1:],
    }
    for name, setting in settings.items():
        start = kernel(np.zeros(1), *setting)[0]
        scale = 2 / start if equal == "start" else 1.0
        rate = scale * rates(kernel(HALF, *setting))
        left = np.exp(-np.outer(TIMES, rate[WAVES]))  # (T, 8)
        learned = rate[WAVES] > 0
        half = np.log(2) / np.where(learned, rate[WAVES], np.inf)  # 0: never
        arrays[f"{name}_kernel"] = scale * kernel(ANGLE, *setting)
        arrays[f"{name}_rates"] = rate[1:]
        arrays[f"{name}_left"] = left * amplitudes
        arrays[f"{name}_half"] = half
        arrays[f"{name}_learned"] = half[learned]
        arrays[f"{name}_learned_wave"] = WAVES[learned]
    share = np.exp(-np.outer(TIMES, arrays["yours_rates"][:8]))
    arrays["heat"] = np.log10(np.maximum(share, 1e-4))
    return arrays
