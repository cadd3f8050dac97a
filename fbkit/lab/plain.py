"""Plain data: the only thing that passes between a student's process and the one that
judges.

JSON, in which an array is {"npy": base64 of a .npy file}; nothing in it can run when it
is read.
"""

import base64
import binascii
import io
import json

import numpy as np

LIMIT = (
    32 * 2**20
)  # characters: a residual of 2,000 records at 1,000 points is 21 million
DEPTH = 20  # lists within lists
KINDS = "biufc"  # booleans, integers, floats, complex numbers


def pack(value):
    """Text of `value`: None, booleans, numbers, text, arrays of numbers, and lists,
    tuples and dicts of these.

    Anything else, or more than 32 million characters, raises a ValueError of one
    sentence.

    >>> pack({"t": (1, 2.5)})
    '{"t": [1, 2.5]}'
    >>> pack(print)
    Traceback (most recent call last):
    ValueError: a builtin_function_or_method came; return numbers, text, lists, dicts or arrays of numbers.
    """
    text = json.dumps(_plain(value))
    if len(text) > LIMIT:
        raise ValueError(
            f"the answer takes {len(text)} characters, and at most {LIMIT} can be"
            " checked: return less."
        )
    return text


def unpack(text):
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


def _plain(value, depth=0):
    if depth > DEPTH:
        raise ValueError(
            f"the answer has lists within lists more than {DEPTH} deep: return an"
            " array."
        )
    if value is None or value is Ellipsis:  # a blank left as `...`
        return None
    if isinstance(value, np.generic):
        value = value.item() if value.dtype.kind in "biuf" else np.asarray(value)
    if isinstance(value, complex):
        value = np.asarray(value)
    if isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (list, tuple)):
        return [_plain(entry, depth + 1) for entry in value]
    if isinstance(value, dict):
        return {str(key): _plain(entry, depth + 1) for key, entry in value.items()}
    if hasattr(value, "detach"):  # a torch tensor, wherever it lives
        value = value.detach().cpu().numpy()
    if not isinstance(value, np.ndarray) or value.dtype.kind not in KINDS:
        what = (
            f"an array of {value.dtype}"
            if isinstance(value, np.ndarray)
            else f"a {type(value).__name__}"
        )
        raise ValueError(
            f"{what} came; return numbers, text, lists, dicts or arrays of numbers."
        )
    if value.nbytes > LIMIT:
        raise ValueError(
            f"an array of shape {value.shape} came, which is too large to check: return"
            " less."
        )
    file = io.BytesIO()
    np.lib.format.write_array(
        file, np.ascontiguousarray(value).reshape(value.shape), allow_pickle=False
    )
    return {"npy": base64.b64encode(file.getvalue()).decode()}


def _restored(value):
    if isinstance(value, list):
        return [_restored(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"npy"} and isinstance(value["npy"], str):
        return _array(value["npy"])
    return {key: _restored(entry) for key, entry in value.items()}


def _array(text):
    """The array of a .npy file, whose header is believed only as far as the bytes
    behind it go.
    """
    try:
        data = base64.b64decode(text, validate=True)
        file = io.BytesIO(data)
        if np.lib.format.read_magic(file) != (1, 0):
            raise ValueError("version")
        shape, _, dtype = np.lib.format.read_array_header_1_0(file)
        entries = 1
        for length in shape:
            entries *= length
        if (
            dtype.kind not in KINDS
            or min(shape, default=0) < 0
            or entries * dtype.itemsize != len(data) - file.tell()
        ):
            raise ValueError("header")
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
