r"""Series of two maps, with their Lyapunov exponents and labels.

The logistic map x -> g x (1 - x) and the sine-circle map x -> x + Omega - c sin(2 pi
x)/(2 pi), modulo 1. A small error in x grows by the factor |F'(x)| in one step, so over
a long orbit as exp(exponent * steps), with the Lyapunov exponent

    exponent = mean of ln |F'(x_i)| along the orbit.

Above 0 the orbit is chaotic, below 0 it is drawn to a cycle.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from fbkit._errors import one_of

LENGTH = 400  # of a series
BURN = 1000  # steps before it, thrown away
LONG = 4000  # steps after it, for the exponent
NEAR = 0.01  # exponents closer to 0 get no label
TINY = 1e-300  # |F'| is 0 where a cycle meets the map's top
RANGES = {"logistic": ((3.5, 4.0),), "circle": ((0.1, 0.9), (0.8, 5.0))}


class Series(NamedTuple):
    """Series of one map, half of them chaotic."""

    values: np.ndarray  # (count, LENGTH), each of mean 0 and variance 1
    chaotic: np.ndarray  # (count,) 1 where the exponent is above 0, else 0
    exponent: np.ndarray  # (count,)
    raw: np.ndarray  # (count, LENGTH) as the map gave them


def advance(name: str, x: np.ndarray, params: tuple) -> np.ndarray:
    """The next point of each orbit."""
    if one_of("the map", name, RANGES) == "logistic":
        (g,) = params
        return g * x * (1 - x)
    turn, c = params
    return (x + turn - c / (2 * np.pi) * np.sin(2 * np.pi * x)) % 1.0


def slope(name: str, x: np.ndarray, params: tuple) -> np.ndarray:
    """F'(x): what one step makes of a small error."""
    if one_of("the map", name, RANGES) == "logistic":
        (g,) = params
        return g * (1 - 2 * x)
    _, c = params
    return 1 - c * np.cos(2 * np.pi * x)


def orbit(
    name: str,
    *params: ArrayLike,
    start: ArrayLike = 0.3,
    length: int = LENGTH,
    burn: int = BURN,
    long: int = LONG,
) -> tuple[np.ndarray, np.ndarray]:
    """Orbits (..., length) after `burn` steps, and their Lyapunov exponents (...).

    The exponent is the mean of ln |F'| over the series and `long` steps after it.

    >>> _, exponent = orbit("logistic", 4.0, long=100_000)
    >>> f"{exponent:.2f} {np.log(2):.2f}"
    '0.69 0.69'
    """
    params = tuple(np.asarray(one, dtype=float) for one in params)
    shape = np.broadcast_shapes(np.shape(start), *(one.shape for one in params))
    x = np.broadcast_to(np.asarray(start, dtype=float), shape)
    for _ in range(burn):
        x = advance(name, x, params)
    kept = np.empty((length, *shape))
    total = np.zeros(shape)
    for i in range(length + long):
        if i < length:
            kept[i] = x
        total += np.log(np.abs(slope(name, x, params)) + TINY)
        x = advance(name, x, params)
    return np.moveaxis(kept, 0, -1), total / (length + long)


def draw(name: str, count: int, seed: int | Sequence[int]) -> Series:
    """`count` labelled series of random parameters and starts, half of each label."""
    rng = np.random.default_rng(seed)
    many = 4 * count  # of which more than half a count is regular
    ranges = RANGES[one_of("the map", name, RANGES)]
    params = [rng.uniform(*one, many) for one in ranges]
    raw, exponent = orbit(name, *params, start=rng.uniform(0.05, 0.95, many))
    chosen = np.concatenate(
        [np.flatnonzero(side * exponent > NEAR)[: count // 2] for side in (-1, 1)]
    )
    if len(chosen) < count:
        raise ValueError(f"only {len(chosen)} of {count} series have a label.")
    chosen = rng.permutation(chosen)
    raw, exponent = raw[chosen], exponent[chosen]
    return Series(standardised(raw), (exponent > 0).astype(int), exponent, raw)


def standardised(raw: np.ndarray) -> np.ndarray:
    """Each series with mean 0 and variance 1; a constant one becomes 0."""
    centred = raw - raw.mean(axis=-1, keepdims=True)
    spread = centred.std(axis=-1, keepdims=True)
    return centred / np.where(spread > 1e-9, spread, 1.0)


def orbit_period(x: ArrayLike, longest: int = 64, tolerance: float = 1e-6) -> int:
    """The smallest period of a series up to `longest`; 0 if it has none.

    >>> orbit_period([1, 2, 3, 1, 2, 3, 1, 2])
    3
    """
    x = np.asarray(x, dtype=float)
    for period in range(1, min(longest, len(x) // 2) + 1):
        if np.abs(x[period:] - x[:-period]).max() <= tolerance:
            return period
    return 0
