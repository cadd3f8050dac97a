"""Checks for public doors.

Each failure is one sentence: what came, what was expected and what to do.
"""

from __future__ import annotations

import decimal
import difflib
import math
import numbers
import os
from collections.abc import Iterable
from types import ModuleType

import numpy as np
from numpy.typing import ArrayLike

# A longer list of options is no help in a message.
MOST_LISTED = 10
# What arrays and the indices of their entries can count to.
MOST = 2**63 - 1

_NO_NUMBERS = (
    "is {}, which is not an array of real numbers; pass a list or array of numbers."
)
_DATES = "holds dates or durations; pass numbers, such as seconds from the first."
_FAULTS = {
    "masked": "has masked entries; leave them out, or fill them in with numbers.",
    "c": "holds complex numbers; pass real ones: the real part, the imaginary part or"
    " the size.",
    "M": _DATES,
    "m": _DATES,
}


def real_array(
    name: str,
    value: ArrayLike,
    *,
    shape: tuple | None = None,
    ndim: int | None = None,
    finite: bool = True,
) -> np.ndarray:
    """Return a value as a finite, non-empty float64 array, or raise a ValueError.

    Any layout, byte order and precision will do, and a tensor with its gradients; the
    array lies row by row in memory and is writable, a copy only where it must be. What
    would lose something on the way to a real number is refused: complex numbers, masked
    entries, dates, text, whole numbers beyond the largest float.

    Parameters
    ----------
    name : what the message calls the value.
    value : any array-like of real numbers.
    shape : the shape expected: None in it for a free axis, ... before it for any axes.
    ndim : the number of axes expected.
    finite : False lets NaN and infinity pass.

    >>> real_array("values", [1, 2], shape=(2,))
    array([1., 2.])
    >>> real_array("values", [1, float("nan")])
    Traceback (most recent call last):
    ValueError: values holds 1 entry that is NaN or infinite (first at index 1);
    pass finite numbers only.
    """
    array = _floats(name, value)
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
    if finite and bad.size:
        entries = "entry that is" if bad.size == 1 else "entries that are"
        raise ValueError(
            f"{name} holds {bad.size} {entries} NaN or infinite"
            f" (first at index {bad[0]}); pass finite numbers only."
        )
    return array


def same_shape(
    prediction: ArrayLike, values: ArrayLike
) -> tuple[np.ndarray, np.ndarray]:
    """Prediction and values as arrays of one shape, or raise a ValueError.

    A network's output of shape (n, 1) fits values of shape (n,) and the other way
    round: a last axis of length 1 is dropped from both. Nothing is broadcast.

    >>> same_shape([[1.0], [2.0]], [3, 4])
    (array([1., 2.]), array([3., 4.]))
    >>> same_shape([1.0, 2.0], [3.0])
    Traceback (most recent call last):
    ValueError: prediction has shape (2,), but values has (1,); pass one number for each
    value.
    """
    f = real_array("prediction", prediction)
    y = real_array("values", values)
    shapes = f"prediction has shape {f.shape}, but values has {y.shape}"
    f, y = (a[..., 0] if a.ndim > 1 and a.shape[-1] == 1 else a for a in (f, y))
    if f.shape != y.shape:
        raise ValueError(f"{shapes}; pass one number for each value.")
    return f, y


def positive_int(name: str, value: object, *, least: int = 1, most: int = MOST) -> int:
    """Return a value as an int from `least` to `most`, or raise a ValueError.

    >>> positive_int("width", 0)
    Traceback (most recent call last):
    ValueError: width is 0; expected a whole number of at least 1.
    >>> positive_int("depth", 10**6, most=100)
    Traceback (most recent call last):
    ValueError: depth is 1000000; expected a whole number from 1 to 100.
    """
    number = _number(value)
    whole = number is not None and (isinstance(number, int) or number.is_integer())
    if not whole or not least <= number <= most:
        bounds = f"of at least {least}"
        if whole and number > most:
            bounds = f"from {least} to {most}"
        raise ValueError(
            f"{name} is {_describe(value)}; expected a whole number {bounds}."
        )
    return int(number)


def positive(name: str, value: object, *, zero: bool = False) -> float:
    """Return a value as a finite float above zero, or raise a ValueError.

    With `zero=True` zero is allowed, too.

    >>> positive("lr", -1)
    Traceback (most recent call last):
    ValueError: lr is -1; expected a finite number above 0.
    """
    number = _as_float(_number(value))
    if not math.isfinite(number) or number < 0 or (number == 0 and not zero):
        bound = "of at least" if zero else "above"
        raise ValueError(
            f"{name} is {_describe(value)}; expected a finite number {bound} 0."
        )
    return number


def within_memory(name: str, *shape: int) -> None:
    """Raise a ValueError if an array of float64 would take over half of the memory.

    Asked before the array is made: the machine would stand still, or end the process
    without a word.

    Parameters
    ----------
    name : of the argument that asks for the array.
    shape : of the array.

    >>> within_memory("X", 10**9, 10**6)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ValueError: X asks for an array of 1000000000 x 1000000 numbers, which takes 8e+06
    GB, and this machine has ... GB; ask for less.
    """
    takes = 8 * math.prod(shape)
    memory = _memory()
    if takes > memory / 2:
        sizes = " x ".join(str(size) for size in shape)
        raise ValueError(
            f"{name} asks for an array of {sizes} numbers, which takes"
            f" {takes / 1e9:.3g} GB, and this machine has {memory / 1e9:.3g} GB;"
            " ask for less."
        )


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
    spelt = value if isinstance(value, str) else _describe(value)
    spelt = spelt[:40]
    if len(options) <= MOST_LISTED:
        near = difflib.get_close_matches(spelt, options, n=1)
        hint = f" (did you mean {near[0]!r}?)" if near else ""
        expected = ", ".join(options) + hint
    else:
        near = difflib.get_close_matches(spelt, options, n=3, cutoff=0.0)
        expected = f"{len(options)} names, the nearest of them {', '.join(near)}"
        if listed:
            expected += f"; {listed} lists all"
    raise ValueError(f"{name} is {_describe(value)}; expected one of {expected}.")


def instance(name: str, value: object, kind: type, example: str) -> object:
    """Return a value that is of a class, or raise a ValueError.

    >>> instance("basis", None, dict, "fb.circle(64)")
    Traceback (most recent call last):
    ValueError: basis is None; expected a dict, such as fb.circle(64).
    """
    if not isinstance(value, kind):
        raise ValueError(
            f"{name} is {_describe(value)}; expected a {kind.__name__}, such as"
            f" {example}."
        )
    return value


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


def _floats(name, value):
    """The value as an array of float64, or a ValueError that says what came instead."""
    if type(value) is np.ndarray and value.dtype == float and value.flags.carray:
        return value
    try:
        masked = _is_masked(value)
        array = None if masked else np.asarray(_bare(value))
        if array is not None and array.dtype.kind == "O":
            array = _of_objects(array)
    except OverflowError:
        fault = "holds a number beyond the largest float; pass numbers below 1.8e308."
    except Exception:  # a stranger's array-like may raise anything
        fault = _NO_NUMBERS.format(_describe(value))
    else:
        kind = "masked" if masked else array.dtype.kind
        if kind in "biuf":
            with np.errstate(over="ignore"):  # what overflows is refused as infinite
                # In one order in memory, so that results are the same to the last bit,
                # and writable, as torch wants it.
                return np.require(array, dtype=float, requirements="CW")
        fault = _FAULTS.get(kind) or _NO_NUMBERS.format(_describe(value))
    raise ValueError(f"{name} {fault}")


def has_axes(value: object) -> bool:
    """Whether a value is a list or an array of something rather than one thing.

    >>> has_axes([1]), has_axes(np.array(1)), has_axes([[1], [1, 2]])
    (True, False, True)
    """
    return isinstance(value, list | tuple | range) or getattr(value, "ndim", 0) > 0


def _is_masked(value):
    if isinstance(value, list | tuple):
        return any(_is_masked(entry) for entry in value)
    return np.ma.is_masked(value)


def _bare(value):
    """The value without what NumPy would lose or refuse: lists of bare entries, and
    tensors as arrays, without gradient, from any device and in any precision.
    """
    if isinstance(value, list | tuple):
        return [_bare(entry) for entry in value]
    if hasattr(value, "detach"):
        value = value.detach().cpu()
        # NumPy has no bfloat16.
        value = value.double() if value.is_floating_point() else value
        return value.numpy(force=True)
    return value


def _of_objects(array):
    """An array of Python's numbers as one of floats."""
    entries = [_number(entry) for entry in array.flat]
    if None in entries:
        raise TypeError
    return np.array([float(entry) for entry in entries]).reshape(array.shape)


def _number(value):
    """The value as an int or float of Python's own, or None where it is no number.

    Arrays and tensors without axes are numbers, truth values and durations are not.
    """
    if getattr(value, "ndim", None) == 0:
        dtype = getattr(value, "dtype", None)
        known = getattr(dtype, "kind", "f") in "iufO"  # torch's has no kind
        value = None if not known or np.ma.is_masked(value) else _item(value)
    if isinstance(value, bool):
        return None
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real | decimal.Decimal):
        return _as_float(value)
    return None


def _item(value):
    try:
        return value.item()
    except RuntimeError:  # a tensor on a device without numbers
        return None


def _as_float(number):
    """NaN for what is no number, and infinity for one beyond the largest float."""
    try:
        return math.nan if number is None else float(number)
    except OverflowError:
        return math.inf
    except ValueError:  # Decimal has a NaN that signals
        return math.nan


def _memory():
    """Bytes of memory that this machine has."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):  # Windows does not say
        return 16 * 10**9


def _fits(shape, wanted):
    if wanted[:1] == (...,):
        wanted = wanted[1:]
        shape = shape[-len(wanted) :]
    if len(shape) != len(wanted):
        return False
    return all(w is None or s == w for s, w in zip(shape, wanted))


def _as_text(shape):
    words = {None: "any", ...: "..."}
    sizes = [words.get(size, str(size)) for size in shape]
    comma = "," if len(shape) == 1 else ""
    return f"({', '.join(sizes)}{comma})"


def _describe(value):
    try:
        text = repr(value)
    except Exception:  # whole numbers of over 4,300 digits, and strangers
        text = ""
    if text and len(text) <= 40 and "\n" not in text:
        return text
    kind = type(value).__name__
    return f"an {kind}" if kind[0] in "aeio" else f"a {kind}"
