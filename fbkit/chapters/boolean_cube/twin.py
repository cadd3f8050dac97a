"""The closed forms behind the explorer of functions of bits: twin of `engine.js`.

The kernel of an infinitely wide ReLU network at two corners of the cube depends on how
many bits differ; a signed sum of these values is the rate of each degree, and gives the
error of every parity after any number of steps. No step is ever taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import comb

import numpy as np

from fbkit.kernels import ntk

DEGREES = np.arange(7)
ASKED = DEGREES[1:]  # degrees that a target may have
STEPS = np.append(0, np.unique(np.round(10 ** (np.arange(61) / 12))))
BARELY = 0.2  # height left of a parity that counts as learned
SIDE = 8  # of the picture: three bits across, three up
NOTHING = 1e-14  # a rate below this is rounding


def kernel_by_distance(bits: int, depth: int, bias: float) -> np.ndarray:
    """K/K(0) of corners that differ in 0..bits places, corners of length 1."""
    theta = 2 * np.arcsin(np.sqrt(np.arange(bits + 1) / bits))
    kernel = ntk(
        depth,
        weight_std=2**0.5,
        bias_std=bias**0.5,
        output_bias_std=(bias / 2) ** 0.5,
    )
    return kernel.profile(theta) / kernel.profile(0.0)


def signed_counts(bits: int, degree: int) -> list[int]:
    """Over the corners that differ in j = 0..bits places from one of them, the sum of
    a parity of some degree there times its value here.
    """
    found = []
    for j in range(bits + 1):
        terms = [
            (-1) ** i * comb(degree, i) * comb(bits - degree, j - i)
            for i in range(min(degree, j) + 1)
        ]
        found.append(sum(terms))
    return found


def rates(bits: int, depth: int, bias: float) -> np.ndarray:
    """(7,) of degrees 0..6."""
    K = kernel_by_distance(bits, depth, bias)
    found = np.array([np.dot(signed_counts(bits, k), K) / 2**bits for k in DEGREES])
    return np.where(found < NOTHING, 0.0, found)


def pictures() -> np.ndarray:
    """(6, 8, 8) the parities of the first 1 to 6 bits on the corners of six bits.

    Bits 1, 3, 5 go across, from coarse to fine, and bits 2, 4, 6 up.
    """
    place = np.arange(SIDE)
    signs = [1 - 2 * (place >> (2 - bit) & 1) for bit in range(3)]
    parity, found = np.ones((SIDE, SIDE)), []
    for k in range(6):
        one = signs[k // 2]
        parity = parity * (one[:, None] if k % 2 == 0 else one[None, :])
        found.append(parity)
    return np.array(found)


def steps_until_learned(step_rates: np.ndarray) -> np.ndarray:
    """First step after which BARELY is left; 0 for never, or not within the run."""
    learned = step_rates > 0
    left = np.abs(1 - np.where(learned, step_rates, 1))
    with np.errstate(divide="ignore"):
        steps = np.maximum(1, np.ceil(np.log(BARELY) / np.log(left)))
    return np.where(learned & (steps <= STEPS[-1]), steps, 0)


def frame(
    bits: int, depth: int, bias: float, lr: float, amplitudes: Sequence[float]
) -> dict[str, np.ndarray]:
    """The arrays of the picture."""
    amplitudes = np.array(amplitudes)
    rate = rates(bits, depth, bias)
    step_rates = (min(lr, 1.9 / rate.max()) * rate)[1:]
    factors = (1 - step_rates) ** STEPS[:, None]  # (T, 6)
    left = np.abs(factors)
    until = steps_until_learned(step_rates)
    parts = amplitudes[:, None, None] * pictures()
    return {
        "moments": STEPS,
        "across": np.arange(SIDE),
        "up": np.arange(SIDE),
        "target": parts.sum(axis=0),
        "network": np.tensordot(1 - factors, parts, 1),
        "degrees": ASKED,
        "amplitudes": amplitudes,
        "rates": rate[1:],
        "residual": left * amplitudes,
        "heat": np.log10(np.maximum(left, 1e-4)),
        "until": until,
        "learned": until[until > 0],
        "learned_degree": ASKED[until > 0],
    }
