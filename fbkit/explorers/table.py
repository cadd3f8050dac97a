"""Frames as bytes: float64 for a kernel, int16 with a scale for a page's table."""

from __future__ import annotations

import numpy as np

LEVELS = 65535


def pack(arrays: dict[str, np.ndarray]) -> dict[str, dict]:
    """{name: array} -> {name: {shape, data}} with little-endian float64 bytes."""
    return {
        name: {"shape": list(array.shape), "data": array.astype("<f8").tobytes()}
        for name, array in arrays.items()
    }


def pack_table(frames: list[dict[str, np.ndarray]]) -> dict:
    """The frames of every setting as one table in int16.

    Each slice, one array of one setting, has its own [low, step]; arrays of positive
    numbers over more than two decades are stored as logarithms. The error is at most
    step/2. An array that is the same in all settings is stored once.

    Returns
    -------
    {"arrays": {name: {shape, log, start, scales}}, "data": bytes}

    >>> table = pack_table([{"y": np.array([0.0, 1.0])}, {"y": np.array([0.0, 2.0])}])
    >>> [unpack(table, i)["y"].round(3).tolist() for i in (0, 1)]
    [[0.0, 1.0], [0.0, 2.0]]
    """
    arrays = {}
    chunks = []
    start = 0
    for name in frames[0]:
        slices = np.array([frame[name] for frame in frames])  # (settings, ...)
        if (slices == slices[0]).all():
            slices = slices[:1]
        log = _spans_decades(slices)
        values = np.log(slices) if log else slices
        values = values.reshape(len(slices), -1)
        levels, scales = _quantised(values)
        arrays[name] = {
            "shape": list(slices.shape[1:]),
            "log": log,
            "start": start,
            "scales": scales.tolist(),
        }
        chunks.append(levels.tobytes())
        start += values.size
    return {"arrays": arrays, "data": b"".join(chunks)}


def _spans_decades(slices: np.ndarray) -> bool:
    """Whether all numbers are positive and cover more than two decades."""
    if not slices.size:
        return False
    low = slices.min()
    return bool(low > 0 and slices.max() > 100 * low)


def _quantised(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows of numbers as int16 levels, and the [low, step] of each row."""
    finite = np.isfinite(values)
    # `initial` only matters for rows without numbers: they have no levels to store.
    low = values.min(1, keepdims=True, initial=np.inf, where=finite)
    high = values.max(1, keepdims=True, initial=-np.inf, where=finite)
    step = (high - low) / LEVELS
    step[step <= 0] = 1
    levels = np.round((values - low) / step - 32768).astype("<i2")
    return levels, np.hstack([low, step])


def unpack(table: dict, setting: int) -> dict[str, np.ndarray]:
    """One setting's arrays out of a table: what the front end does, for the tests."""
    data = np.frombuffer(table["data"], "<i2").astype(float)
    frame = {}
    for name, stored in table["arrays"].items():
        which = min(setting, len(stored["scales"]) - 1)  # stored once, or per setting
        low, step = stored["scales"][which]
        size = int(np.prod(stored["shape"]))
        begin = stored["start"] + which * size
        values = (data[begin : begin + size] + 32768) * step + low
        if stored["log"]:
            values = np.exp(values)
        frame[name] = values.reshape(stored["shape"])
    return frame
