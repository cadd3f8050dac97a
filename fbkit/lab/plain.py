"""Plain data: the only thing that passes between student's process and judge's.

JSON, in which an array is {"npy": base64 of a .npy file}; nothing in it can run when it
is read.
"""

from __future__ import annotations

import base64
import binascii
import io
import json
import math

import numpy as np

# Characters: a residual of 2,000 records at 1,000 points is 21 million.
LIMIT = 32 * 2**20
DEPTH = 20  # lists within lists
KINDS = "biufc"  # booleans, integers, floats, complex numbers


def pack(value: object) -> str:
    """`value` as text.

    It may be None, a boolean, a number, text, an array of numbers, or a list, tuple or
    dict of these. Anything else, or more than 32 million characters, raises a
    ValueError of one sentence.

    >>> pack({"t": (1, 2.5)})
    '{"t": [1, 2.5]}'
    >>> pack({1, 2})
    Traceback (most recent call last):
    ValueError: a set came; return numbers, text, lists, dicts or arrays of numbers.
    """
    text = json.dumps(_plain(value))
    if len(text) > LIMIT:
        raise ValueError(
            f"the answer takes {len(text)} characters, and at most {LIMIT} can be"
            " checked: return less."
        )
    return text


def unpack(text: str) -> object:
    """The value that `pack` packed, made anew: tuples come back as lists.

    Text that `pack` cannot have written raises ValueError.

    >>> unpack(pack(np.arange(3.0)))
    array([0., 1., 2.])
    """
    if len(text) > LIMIT:
        raise ValueError("the answer is too long to read.")
    try:
        return _restored(json.loads(text))
    except RecursionError:
        raise ValueError("the answer is nested too deeply to read.") from None


def _plain(value: object, depth: int = 0) -> object:
    """What JSON can write, with arrays as {"npy": ...}; else ValueError."""
    if depth > DEPTH:
        raise ValueError(
            f"the answer has lists within lists more than {DEPTH} deep: return an"
            " array."
        )
    if value is None or value is Ellipsis:  # a blank left as `...`
        return None
    value = _without_numpy_scalars(value)
    if isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (list, tuple)):
        return [_plain(entry, depth + 1) for entry in value]
    if isinstance(value, dict):
        return {str(key): _plain(entry, depth + 1) for key, entry in value.items()}
    return {"npy": _array_text(value)}


def _without_numpy_scalars(value: object) -> object:
    """NumPy's real scalars as Python's numbers; other scalars of NumPy as arrays."""
    if isinstance(value, np.generic):
        value = value.item() if value.dtype.kind in "biuf" else np.asarray(value)
    if isinstance(value, complex):
        value = np.asarray(value)
    return value


def _array_text(value: object) -> str:
    """The .npy file of an array or a tensor, in base64; else ValueError."""
    if hasattr(value, "detach"):  # a torch tensor, wherever it lives
        value = value.detach().cpu().numpy()
    if not isinstance(value, np.ndarray) or value.dtype.kind not in KINDS:
        what = f"a {type(value).__name__}"
        if isinstance(value, np.ndarray):
            what = f"an array of {value.dtype}"
        raise ValueError(
            f"{what} came; return numbers, text, lists, dicts or arrays of numbers."
        )
    if value.nbytes > LIMIT:
        raise ValueError(
            f"an array of shape {value.shape} came, which is too large to check: return"
            " less."
        )
    # `ascontiguousarray` makes an array without axes one of one entry.
    whole = np.ascontiguousarray(value).reshape(value.shape)
    file = io.BytesIO()
    np.lib.format.write_array(file, whole, allow_pickle=False)
    return base64.b64encode(file.getvalue()).decode()


def _restored(value: object) -> object:
    """What JSON read, with arrays in the places of {"npy": ...}."""
    if isinstance(value, list):
        return [_restored(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"npy"} and isinstance(value["npy"], str):
        return _array(value["npy"])
    return {key: _restored(entry) for key, entry in value.items()}


def _array(text: str) -> np.ndarray:
    """The array of a .npy file in base64; else ValueError."""
    try:
        data = base64.b64decode(text, validate=True)
        _check_header(data)
        return np.lib.format.read_array(io.BytesIO(data), allow_pickle=False)
    except (
        ValueError,
        TypeError,
        binascii.Error,
        SyntaxError,
        OverflowError,
        MemoryError,
    ):
        raise ValueError("the answer holds an array that cannot be read.") from None


def _check_header(data: bytes) -> None:
    """ValueError unless the header promises just the bytes that stand behind it.

    A false one could ask for memory that there is not, or for objects to be unpickled.
    """
    file = io.BytesIO(data)
    if np.lib.format.read_magic(file) != (1, 0):
        raise ValueError("version")
    shape, _, dtype = np.lib.format.read_array_header_1_0(file)
    if dtype.kind not in KINDS:
        raise ValueError("kind")
    if min(shape, default=0) < 0:
        raise ValueError("shape")
    behind = len(data) - file.tell()
    if math.prod(shape) * dtype.itemsize != behind:
        raise ValueError("size")
