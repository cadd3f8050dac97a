"""Checks for public doors that need a bound: numbers of a size, and functions.

Each failure is one sentence, as in `fbkit._errors`.
"""

from __future__ import annotations

from collections.abc import Callable

from fbkit._errors import positive, positive_int

# Beyond these an answer takes longer than anyone waits, or overflows.
MOST_DIM = 10**6
MOST_LAYERS = 10**4
MOST_STEPS = 10**7


def number(name: str, value: object) -> float:
    """Return a value as a finite float of either sign, or raise a ValueError.

    >>> number("level", -2)
    -2.0
    >>> number("level", "low")
    Traceback (most recent call last):
    ValueError: level is 'low'; expected a finite number.
    """
    try:
        negative = value < 0
        size = positive(name, -value if negative else value, zero=True)
    except (TypeError, ValueError):
        text = repr(value)
        came = text if len(text) <= 40 else f"a {type(value).__name__}"
        raise ValueError(f"{name} is {came}; expected a finite number.") from None
    return -size if negative else size


def whole(name: str, value: object, *, least: int = 1, most: int) -> int:
    """Return a value as an int between two bounds, or raise a ValueError.

    >>> whole("depth", 2**64, most=100)
    Traceback (most recent call last):
    ValueError: depth is 18446744073709551616; expected a whole number of at most 100.
    """
    count = positive_int(name, value, least=least)
    if count > most:
        came = value if count < 10**30 else f"{float(count):.0e}"
        raise ValueError(
            f"{name} is {came}; expected a whole number of at most {most}."
        )
    return count


def function(name: str, value: object, of: str) -> Callable:
    """Return a value that can be called, or raise a ValueError.

    >>> function("kernel", 3.0, of="distances")
    Traceback (most recent call last):
    ValueError: kernel is 3.0, which is no function; pass a function of distances.
    """
    if callable(value):
        return value
    text = repr(value)
    came = text if len(text) <= 40 else f"a {type(value).__name__}"
    raise ValueError(
        f"{name} is {came}, which is no function; pass a function of {of}."
    )
