"""Frames as bytes: whole float64 arrays for a kernel, int16 with a scale for the tables
that a page carries.
"""

import numpy as np

LEVELS = 65535


def pack(arrays):
    """{name: array} -> {name: {shape, data}} with little-endian float64 bytes."""
    return {
        k: {"shape": list(v.shape), "data": v.astype("<f8").tobytes()}
        for k, v in arrays.items()
    }


def pack_table(frames):
    """Frames of every setting -> {arrays: {name: {shape, log, start, scales}}, data:
    bytes} in int16.

    An array that is the same in all settings is stored once. Each stored slice has its
    own [low, step]; arrays of positive numbers over more than two decades are stored as
    logarithms. The error is at most step/2.

    >>> table = pack_table([{"y": np.array([0.0, 1.0])}, {"y": np.array([0.0, 2.0])}])
    >>> [unpack(table, i)["y"].round(3).tolist() for i in (0, 1)]
    [[0.0, 1.0], [0.0, 2.0]]
    """
    arrays, chunks, start = {}, [], 0
    for name in frames[0]:
        slices = np.array([f[name] for f in frames])  # (settings, ...)
        if (slices == slices[0]).all():
            slices = slices[:1]
        log = bool(
            slices.size and slices.min() > 0 and slices.max() > 100 * slices.min()
        )
        values = (np.log(slices) if log else slices).reshape(len(slices), -1)
        low = values.min(1, keepdims=True, initial=np.inf, where=np.isfinite(values))
        step = (
            values.max(1, keepdims=True, initial=-np.inf, where=np.isfinite(values))
            - low
        ) / LEVELS
        step[step <= 0] = 1
        chunks.append(np.round((values - low) / step - 32768).astype("<i2"))
        scales = np.hstack([low, step]).tolist()
        arrays[name] = {
            "shape": list(slices.shape[1:]),
            "log": log,
            "start": start,
            "scales": scales,
        }
        start += values.size
    return {"arrays": arrays, "data": b"".join(c.tobytes() for c in chunks)}


def unpack(table, setting):
    """One setting's arrays out of a table: what the front end does, for the tests."""
    data, out = np.frombuffer(table["data"], "<i2").astype(float), {}
    for name, a in table["arrays"].items():
        size, which = int(np.prod(a["shape"])), min(setting, len(a["scales"]) - 1)
        low, step = a["scales"][which]
        values = (data[a["start"] + which * size :][:size] + 32768) * step + low
        out[name] = (np.exp(values) if a["log"] else values).reshape(a["shape"])
    return out
