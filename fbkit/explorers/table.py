"""Frames as bytes: float64 for a kernel, small differences of levels for a page."""

from __future__ import annotations

import zlib

import numpy as np

# How finely what an array spans is stored: a curve for each moment is far larger than a
# single one, and these levels are finer than a pixel still.
LEVELS, MOVING_LEVELS = 32767, 8191


def pack(arrays: dict[str, np.ndarray]) -> dict[str, dict]:
    """{name: array} -> {name: {shape, data}} with little-endian float64 bytes."""
    return {
        name: {"shape": list(array.shape), "data": array.astype("<f8").tobytes()}
        for name, array in arrays.items()
    }


def pack_table(frames: list[dict[str, np.ndarray]]) -> dict:
    """The frames of every setting as one table.

    Each slice, one array of one setting, is stored as levels from 0 up with its own
    [low, step]; arrays of positive numbers over more than two decades as
    logarithms. The error is at most step/2; whole numbers have none. An array that is
    the same in all settings is stored once. The levels are written as differences from
    the row before (the moment before, where there are moments), which are small: first
    the low bytes of all, then the high bytes, deflated.

    Returns
    -------
    {"arrays": {name: {shape, log, start, scales}}, "data": bytes}

    >>> table = pack_table([{"y": np.array([0.0, 1.0])}, {"y": np.array([0.0, 2.0])}])
    >>> [unpack(table, i)["y"].round(3).tolist() for i in (0, 1)]
    [[0.0, 1.0], [0.0, 2.0]]
    """
    arrays = {}
    words = []
    start = 0
    for name in frames[0]:
        slices = np.array([frame[name] for frame in frames])  # (settings, ...)
        if (slices == slices[0]).all():
            slices = slices[:1]
        log = _spans_decades(slices) and not _whole(slices).all()
        levels, scales = _quantised(np.log(slices) if log else slices)
        arrays[name] = {
            "shape": list(slices.shape[1:]),
            "log": log,
            "start": start,
            "scales": scales.tolist(),
        }
        words.append(_differences(levels).ravel())
        start += slices.size
    return {"arrays": arrays, "data": _deflated(np.concatenate(words))}


def _spans_decades(slices: np.ndarray) -> bool:
    """Whether all numbers are positive and cover more than two decades."""
    if not slices.size:
        return False
    low = slices.min()
    return bool(low > 0 and slices.max() > 100 * low)


def _whole(slices: np.ndarray) -> np.ndarray:
    """Which slices hold whole numbers, such as counts and the places of names, close
    enough to be stored as they are.
    """
    values = slices.reshape(len(slices), -1)
    span = np.ptp(values, axis=1) if values.size else np.zeros(len(values))
    return (values == np.round(values)).all(1) & (span <= MOVING_LEVELS)


def _quantised(slices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Levels of each slice, and its [low, step], rounded to some digits."""
    values = slices.reshape(len(slices), -1)
    # `initial` only matters for slices without numbers: they have no levels to store.
    low = values.min(1, keepdims=True, initial=np.inf)
    high = values.max(1, keepdims=True, initial=-np.inf)
    step = (high - low) / (LEVELS if slices.ndim < 3 else MOVING_LEVELS)
    # What differs by its rounding only is constant.
    step[~(high - low > 1e-8 * np.maximum(abs(low), abs(high)))] = 1
    step[_whole(slices)] = 1
    scales = np.array([[_rounded(*a, 13), _rounded(*b, 9)] for a, b in zip(low, step)])
    levels = np.round((values - scales[:, :1]) / scales[:, 1:]).astype(int)
    return levels.reshape(slices.shape), scales


def _rounded(number: float, digits: int) -> float:
    return float(f"{number:.{digits}g}")


def _differences(levels: np.ndarray) -> np.ndarray:
    """What is added to the row before, as uint16 with the sign in the lowest bit."""
    rows = levels if levels.ndim > 2 else levels[..., None]
    change = np.diff(rows, axis=1, prepend=0) if rows.ndim > 1 else rows
    return ((change << 1) ^ (change >> 15)).astype("<u2")


def _deflated(words: np.ndarray) -> bytes:
    low, high = words & 0xFF, words >> 8
    planes = np.concatenate([low, high]).astype("u1")
    return zlib.compress(planes.tobytes(), 9)


def unpack(table: dict, setting: int) -> dict[str, np.ndarray]:
    """One setting's arrays out of a table: what the front end does, for the tests."""
    planes = np.frombuffer(zlib.decompress(table["data"]), "u1").astype(int)
    low, high = planes.reshape(2, -1)
    words = low | high << 8
    changes = (words >> 1) ^ -(words & 1)
    frame = {}
    for name, stored in table["arrays"].items():
        which = min(setting, len(stored["scales"]) - 1)  # stored once, or per setting
        low, step = stored["scales"][which]
        size = int(np.prod(stored["shape"]))
        begin = stored["start"] + which * size
        levels = np.cumsum(changes[begin : begin + size].reshape(stored["shape"]), 0)
        values = levels * step + low
        frame[name] = np.exp(values) if stored["log"] else values
    return frame
