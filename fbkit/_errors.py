"""Checks for public doors: each failure is one sentence that says what came, what was
expected and what to do.
"""

import difflib
import math
import numbers

import numpy as np


def real_array(name, value, *, shape=None, ndim=None):
    """Return `value` as a finite, non-empty float64 array, or raise a ValueError of one
    sentence.

    `shape` may hold None for a free axis.

    >>> real_array("values", [1, 2], shape=(2,))
    array([1., 2.])
    >>> real_array("values", [1, float("nan")])
    Traceback (most recent call last):
    ValueError: values holds 1 entry that is NaN or infinite (first at index 1); pass finite numbers only.
    """
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(
            f"{name} is {_describe(value)}, which is not an array of real numbers; pass"
            " a list or array of numbers."
        ) from None
    if array.size == 0:
        raise ValueError(f"{name} is empty; pass at least one number.")
    if ndim is not None and array.ndim != ndim:
        raise ValueError(
            f"{name} has shape {array.shape}; expected {ndim}"
            f" axis{'' if ndim == 1 else 'es'}, so reshape it."
        )
    if shape is not None and not _fits(array.shape, shape):
        wanted = (
            "("
            + ", ".join("any" if s is None else str(s) for s in shape)
            + ("," if len(shape) == 1 else "")
            + ")"
        )
        raise ValueError(
            f"{name} has shape {array.shape}; expected {wanted}: check the number of"
            " points or modes."
        )
    bad = np.flatnonzero(~np.isfinite(array))
    if bad.size:
        many = "entry that is" if bad.size == 1 else "entries that are"
        raise ValueError(
            f"{name} holds {bad.size} {many} NaN or infinite (first at index {bad[0]});"
            " pass finite numbers only."
        )
    return array


def positive_int(name, value, *, least=1):
    """Return `value` as an int of at least `least`, or raise.

    >>> positive_int("width", 0)
    Traceback (most recent call last):
    ValueError: width is 0; expected a whole number of at least 1.
    """
    whole = (
        isinstance(value, numbers.Real)
        and not isinstance(value, bool)
        and float(value).is_integer()
    )
    if not whole or value < least:
        raise ValueError(
            f"{name} is {_describe(value)}; expected a whole number of at least"
            f" {least}."
        )
    return int(value)


def positive(name, value, *, zero=False):
    """Return `value` as a finite float above zero (or at least zero with `zero=True`),
    or raise.

    >>> positive("lr", -1)
    Traceback (most recent call last):
    ValueError: lr is -1; expected a finite number above 0.
    """
    number = (
        isinstance(value, numbers.Real)
        and not isinstance(value, bool)
        and math.isfinite(value)
    )
    if not number or value < 0 or (value == 0 and not zero):
        raise ValueError(
            f"{name} is {_describe(value)}; expected a finite number"
            f" {'of at least' if zero else 'above'} 0."
        )
    return float(value)


def one_of(name, value, options):
    """Return `value` if it is one of `options`, or raise with the nearest spelling.

    >>> one_of("activation", "rely", ["relu", "tanh"])
    Traceback (most recent call last):
    ValueError: activation is 'rely'; expected one of relu, tanh (did you mean 'relu'?).
    """
    options = list(options)
    if isinstance(value, str) and value in options:
        return value
    near = difflib.get_close_matches(str(value), options, n=1)
    hint = f" (did you mean {near[0]!r}?)" if near else ""
    raise ValueError(
        f"{name} is {_describe(value)}; expected one of {', '.join(options)}{hint}."
    )


def needs(module, extra="course"):
    """Import `module` or say which extra brings it.

    >>> needs("numpy").__name__
    'numpy'
    """
    import importlib

    try:
        return importlib.import_module(module)
    except ImportError as error:
        if error.name and not module.startswith(error.name):
            raise
        raise ImportError(
            f"{module} is not installed here; install it with: pip install"
            f" 'fbkit[{extra}]'."
        ) from None


def _fits(shape, wanted):
    return len(shape) == len(wanted) and all(
        w is None or s == w for s, w in zip(shape, wanted)
    )


def _describe(value):
    text = repr(value)
    return text if len(text) <= 40 else f"a {type(value).__name__}"
