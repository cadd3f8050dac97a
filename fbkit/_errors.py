"""Checks for public doors.

Each failure is one sentence: what came, what was expected and what to do.
"""

from __future__ import annotations

import difflib
import math
import numbers
from collections.abc import Iterable
from types import ModuleType

import numpy as np
from numpy.typing import ArrayLike

# A longer list of options is no help in a message.
MOST_LISTED = 10


def real_array(
    name: str,
    value: ArrayLike,
    *,
    shape: tuple[int | None, ...] | None = None,
    ndim: int | None = None,
) -> np.ndarray:
    """Return a value as a finite, non-empty float64 array, or raise a ValueError.

    Parameters
    ----------
    name : what the message calls the value.
    value : any array-like of real numbers.
    shape : the shape expected, None in it for a free axis.
    ndim : the number of axes expected.

    >>> real_array("values", [1, 2], shape=(2,))
    array([1., 2.])
    >>> real_array("values", [1, float("nan")])
    Traceback (most recent call last):
    ValueError: values holds 1 entry that is NaN or infinite (first at index 1);
    pass finite numbers only.
    """
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(
            f"{name} is {_describe(value)}, which is not an array of real numbers;"
            " pass a list or array of numbers."
        ) from None
    if array.size == 0:
        raise ValueError(f"{name} is empty; pass at least one number.")
    if ndim is not None and array.ndim != ndim:
        axes = "axis" if ndim == 1 else "axes"
        raise ValueError(
            f"{name} has shape {array.shape}; expected {ndim} {axes}, so reshape it."
        )
    if shape is not None and not _fits(array.shape, shape):
        raise ValueError(
            f"{name} has shape {array.shape}; expected {_as_text(shape)}:"
            " check the number of points or modes."
        )
    bad = np.flatnonzero(~np.isfinite(array))
    if bad.size:
        entries = "entry that is" if bad.size == 1 else "entries that are"
        raise ValueError(
            f"{name} holds {bad.size} {entries} NaN or infinite"
            f" (first at index {bad[0]}); pass finite numbers only."
        )
    return array


def positive_int(name: str, value: object, *, least: int = 1) -> int:
    """Return a value as an int of at least `least`, or raise a ValueError.

    >>> positive_int("width", 0)
    Traceback (most recent call last):
    ValueError: width is 0; expected a whole number of at least 1.
    """
    whole = _is_number(value) and float(value).is_integer()
    if not whole or value < least:
        raise ValueError(
            f"{name} is {_describe(value)};"
            f" expected a whole number of at least {least}."
        )
    return int(value)


def positive(name: str, value: object, *, zero: bool = False) -> float:
    """Return a value as a finite float above zero, or raise a ValueError.

    With `zero=True` zero is allowed, too.

    >>> positive("lr", -1)
    Traceback (most recent call last):
    ValueError: lr is -1; expected a finite number above 0.
    """
    finite = _is_number(value) and math.isfinite(value)
    if not finite or value < 0 or (value == 0 and not zero):
        bound = "of at least" if zero else "above"
        raise ValueError(
            f"{name} is {_describe(value)}; expected a finite number {bound} 0."
        )
    return float(value)


def one_of(
    name: str, value: object, options: Iterable[str], *, listed: str | None = None
) -> str:
    """Return a value that is one of the options, or raise with the nearest spelling.

    Up to ten options are listed in the message; of more, only the nearest three.

    Parameters
    ----------
    name : what the message calls the value.
    value : what came.
    options : the names allowed.
    listed : where to look up a long list: an expression that shows all of them.

    >>> one_of("activation", "rely", ["relu", "tanh"])
    Traceback (most recent call last):
    ValueError: activation is 'rely'; expected one of relu, tanh (did you mean 'relu'?).
    >>> one_of("mode", "sin7", [f"sin {k}" for k in range(1, 41)], listed="names()")
    Traceback (most recent call last):
    ValueError: mode is 'sin7'; expected one of 40 names, the nearest of them sin 7,
    sin 37, sin 27; names() lists all.
    """
    options = list(options)
    if isinstance(value, str) and value in options:
        return value
    if len(options) <= MOST_LISTED:
        near = difflib.get_close_matches(str(value), options, n=1)
        hint = f" (did you mean {near[0]!r}?)" if near else ""
        expected = ", ".join(options) + hint
    else:
        near = difflib.get_close_matches(str(value), options, n=3, cutoff=0.0)
        expected = f"{len(options)} names, the nearest of them {', '.join(near)}"
        if listed:
            expected += f"; {listed} lists all"
    raise ValueError(f"{name} is {_describe(value)}; expected one of {expected}.")


def needs(module: str, extra: str = "course") -> ModuleType:
    """Import a module, or say which extra of the package brings it.

    >>> needs("numpy").__name__
    'numpy'
    """
    import importlib

    try:
        return importlib.import_module(module)
    except ImportError as error:
        # The module may be there and fail on something that it imports itself.
        if error.name and not module.startswith(error.name):
            raise
        raise ImportError(
            f"{module} is not installed here;"
            f" install it with: pip install 'fbkit[{extra}]'."
        ) from None


def _is_number(value):
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def _fits(shape, wanted):
    if len(shape) != len(wanted):
        return False
    return all(w is None or s == w for s, w in zip(shape, wanted))


def _as_text(shape):
    sizes = ["any" if size is None else str(size) for size in shape]
    comma = "," if len(shape) == 1 else ""
    return f"({', '.join(sizes)}{comma})"


def _describe(value):
    text = repr(value)
    return text if len(text) <= 40 else f"a {type(value).__name__}"
