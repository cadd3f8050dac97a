"""Grids in frequency: axes, cells, symmetric densities, and a field on them as a
History.
"""

import functools

import numpy as np

from fbkit._errors import real_array
from fbkit.history import History


def record(t, modes, field, cells, label):
    """History of a complex field: real and imaginary parts, a frequency and its
    negative under one name.
    """
    lead = np.where(modes[:, 0] != 0, modes[:, 0], modes[:, -1])
    names = np.round(np.where(lead < 0, -1, 1)[:, None] * modes, 10) + 0.0
    names = names[:, 0] if names.shape[1] == 1 else names
    error = np.concatenate([field.real, field.imag], axis=1) * np.sqrt(
        np.tile(cells, 2)
    )
    meta = {"label": label, "field": field}
    return History(
        t, np.concatenate([names, names]), error, np.square(error).sum(axis=1) / 2, meta
    )


def points(axes):
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(axes))


def cell_sizes(axes):
    """Trapezoid weights of a tensor grid: the widths between the middles of its
    intervals.
    """
    edges = [
        np.concatenate([one[:1], (one[1:] + one[:-1]) / 2, one[-1:]]) for one in axes
    ]
    return functools.reduce(np.multiply.outer, map(np.diff, edges))


def even_part(p, points):
    """p_s = (p(xi) + p(-xi))/2 at points (N, d), from a function or from values on the
    whole grid these points are.
    """
    if callable(p):
        x = points[:, 0] if points.shape[1] == 1 else points
        value = (np.asarray(p(x)) + np.asarray(p(-x))) / 2
    else:
        if np.abs(points + points[::-1]).max() > 1e-9 * np.abs(points).max():
            raise ValueError(
                "xi is not symmetric about 0, which values of p need; pass p as a"
                " function instead."
            )
        value = (
            real_array("p", np.ravel(p), shape=(len(points),)) + np.ravel(p)[::-1]
        ) / 2
    value = real_array("p", value, shape=(len(points),))
    if value.min() < 0:
        raise ValueError(f"p holds {value.min():g}; a density is at least 0.")
    return value


def as_axes(xi, dim):
    if dim > 1 and (not isinstance(xi, (tuple, list, np.ndarray)) or len(xi) != dim):
        raise ValueError(
            f"xi is not a tuple of {dim} axes; pass one increasing array per dimension."
        )
    axes = tuple(real_array("xi", one, ndim=1) for one in ((xi,) if dim == 1 else xi))
    if any(len(one) < 2 or np.diff(one).min() <= 0 for one in axes):
        raise ValueError(
            "xi is not an increasing axis of at least two frequencies; sort it."
        )
    return axes


def as_times(t):
    t = np.atleast_1d(real_array("t", t))
    if t.min() < 0:
        raise ValueError(f"t holds {t.min():g}; expected times of at least 0.")
    return t


def as_complex(name, value, shape):
    try:
        value = np.asarray(value, dtype=complex)
    except (TypeError, ValueError):
        value = np.asarray(np.nan)
    return real_array(name, value.real, shape=shape) + 1j * real_array(
        name, value.imag, shape=shape
    )


def toeplitz(values):
    """Matrix of values at differences k - l, from the differences -(K-1)..K-1."""
    k = np.arange((len(values) + 1) // 2)
    return values[k[:, None] - k + len(k) - 1]
