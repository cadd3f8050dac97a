"""Checks for public doors: numbers of either sign, and functions.

Each failure is one sentence, as in `fbkit._errors`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from fbkit._errors import _describe, positive, real_array

# Beyond these an answer takes longer than anyone waits, or overflows.
MOST_DIM = 10**6
MOST_LAYERS = 10**4
MOST_STEPS = 10**7
LARGEST = 1e100


def number(name: str, value: object) -> float:
    """Return a value as a finite float of either sign, or raise a ValueError.

    Beyond 1e100 a square is near the largest float: such numbers are refused.

    >>> number("level", -2)
    -2.0
    >>> number("level", "low")
    Traceback (most recent call last):
    ValueError: level is 'low'; expected a finite number.
    """
    try:
        negative = bool(value < 0)
        size = positive(name, -value if negative else value, zero=True)
    except (TypeError, ValueError):
        raise ValueError(
            f"{name} is {_describe(value)}; expected a finite number."
        ) from None
    if size > LARGEST:
        raise ValueError(f"{name} is {value:g}; expected a number within 1e100 of 0.")
    return -size if negative else size


def real_or_complex(name: str, value: ArrayLike) -> np.ndarray:
    """Return a value as a finite array, complex where complex numbers came.

    >>> real_or_complex("theta", [0, 1j])
    array([0.+0.j, 0.+1.j])
    """
    try:
        is_complex = np.iscomplexobj(value)
    except (TypeError, ValueError, RuntimeError):
        is_complex = False  # and refused in the next line
    if not is_complex:
        return real_array(name, value)
    real_array(name, np.real(value))
    real_array(name, np.imag(value))
    return np.asarray(value)


def deviation(name: str, value: object) -> float:
    """Return a value as a float from 0 to 1e100, or raise a ValueError.

    >>> deviation("weight_std", 2)
    2.0
    """
    return number(name, positive(name, value, zero=True))


def moderate(
    name: str, value: object, *, least: float = 1e-100, most: float = LARGEST
) -> float:
    """Return a value as a float above zero between two bounds, or raise a ValueError.

    >>> moderate("t", 1e-300)
    Traceback (most recent call last):
    ValueError: t is 1e-300; expected a number from 1e-100 to 1e+100.
    """
    size = positive(name, value)
    if not least <= size <= most:
        raise ValueError(
            f"{name} is {size:g}; expected a number from {least:g} to {most:g}."
        )
    return size


def function(name: str, value: object, of: str) -> Callable:
    """Return a value that can be called, or raise a ValueError.

    >>> function("kernel", 3.0, of="distances")
    Traceback (most recent call last):
    ValueError: kernel is 3.0, which is no function; pass a function of distances.
    """
    if callable(value):
        return value
    raise ValueError(
        f"{name} is {_describe(value)}, which is no function; pass a function of {of}."
    )


def values_of(
    name: str, of: Callable, at: np.ndarray, shape: tuple[int, ...] | None = None
) -> np.ndarray:
    """A function's values at points: finite numbers in a shape, default that of the
    points, or a ValueError.

    >>> values_of("density", lambda w: w[:1], np.ones(3))
    Traceback (most recent call last):
    ValueError: density gives shape (1,) for an array of shape (3,); expected (3,), so
    pass a function that gives a number for each entry.
    """
    shape = at.shape if shape is None else shape
    try:
        given = of(at)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{name} fails for an array of shape {at.shape}"
            f" ({type(error).__name__}); pass a function of an array."
        ) from error
    values = real_array(f"what {name} gives", given)
    if values.shape != shape:
        raise ValueError(
            f"{name} gives shape {values.shape} for an array of shape {at.shape};"
            f" expected {shape}, so pass a function that gives a number for each entry."
        )
    return values
