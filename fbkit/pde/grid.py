"""Grids in frequency: axes, cells, symmetric densities, and fields as a History."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from fbkit._bounds import real_or_complex, values_of
from fbkit._errors import has_axes, real_array
from fbkit.history import History

# A density over frequencies: values on the grid, or a function of frequency.
Density = ArrayLike | Callable[[np.ndarray], np.ndarray]


def record(
    t: np.ndarray,
    modes: np.ndarray,
    field: np.ndarray,
    cells: np.ndarray,
    label: str,
) -> History:
    """A complex field (T, K) as a History of its real and imaginary parts.

    `modes` (K, d) are its frequencies: one and its negative come under one name.
    `cells` (K,) are the weights of the squares in the loss.
    """
    # The first coordinate that is not 0 is made positive.
    lead = np.where(modes[:, 0] != 0, modes[:, 0], modes[:, -1])
    sign = np.where(lead < 0, -1, 1)
    names = np.round(sign[:, None] * modes, 10) + 0.0  # no -0
    if names.shape[1] == 1:
        names = names[:, 0]
    parts = np.concatenate([field.real, field.imag], axis=1)
    error = parts * np.sqrt(np.tile(cells, 2))
    loss = np.square(error).sum(axis=1) / 2
    meta = {"label": label, "field": field}
    return History(t, np.concatenate([names, names]), error, loss, meta)


def grid_points(axes: Sequence[np.ndarray]) -> np.ndarray:
    """All points of a tensor grid (N, d), last axis fastest."""
    mesh = np.meshgrid(*axes, indexing="ij")
    return np.stack(mesh, axis=-1).reshape(-1, len(axes))


def cell_sizes(axes: Sequence[np.ndarray]) -> np.ndarray:
    """Trapezoid weights of a tensor grid, in its shape.

    In each direction they are the widths between the middles of its intervals.
    """
    widths = []
    for axis in axes:
        middles = (axis[1:] + axis[:-1]) / 2
        edges = np.concatenate([axis[:1], middles, axis[-1:]])
        widths.append(np.diff(edges))
    return functools.reduce(np.multiply.outer, widths)


def even_part(
    density: Density, X: np.ndarray, shape: tuple[int, ...] | None = None
) -> np.ndarray:
    """p_s = (p(xi) + p(-xi))/2 at points X (N, d).

    From a function, or from values on the whole grid, of this shape, that these points
    are.
    """
    if callable(density):
        x = X[:, 0] if X.shape[1] == 1 else X
        value = (_at(density, x) + _at(density, -x)) / 2
    else:
        if np.abs(X + X[::-1]).max() > 1e-9 * np.abs(X).max():
            raise ValueError(
                "frequencies are not symmetric about 0, which values of density need;"
                " pass density as a function instead."
            )
        p = real_array("density", density, shape=shape).ravel()
        value = (p + p[::-1]) / 2
    if value.min() < 0:
        raise ValueError(
            f"density holds {value.min():g}; a density is at least 0 everywhere."
        )
    return value


def _at(density, x):
    return values_of("density", density, x, shape=x.shape[:1])


def check_mass(p: np.ndarray, cells: np.ndarray) -> None:
    """p at the grid's points is a density: its mass is at most 1, up to the grid."""
    mass = np.ravel(p) @ np.ravel(cells)
    if mass > 1.05:
        raise ValueError(
            f"density has the mass {mass:.3g} on these frequencies; a density has at"
            " most 1, so divide it by its integral."
        )


def check_spacing(start: np.ndarray, axes: Sequence[np.ndarray]) -> None:
    """The grid resolves the start, which turns as exp(-i xi x) far from x = 0.

    With an angle of x h from one point to the next, linear elements have the rate of
    the diffusion right up to (x h)^2/12.
    """
    field = start.reshape([len(axis) for axis in axes])
    power = np.square(np.abs(field)).sum()
    for i, axis in enumerate(axes):
        turned = np.square(np.abs(np.diff(field, axis=i))).sum()
        if turned > 0.49 * power:
            angle, most = (turned / power) ** 0.5, np.diff(axis).max()
            raise ValueError(
                f"frequencies are {most:.2g} apart, too far for this start: from one to"
                f" the next it turns by {angle:.2g}, expected at most 0.7; pass at"
                f" most {0.6 / angle * most:.1g} apart."
            )


def in_the_plane(frequencies: ArrayLike | tuple[ArrayLike, ArrayLike]) -> bool:
    """Whether they are a tuple of two axes, and not the numbers of one."""
    return isinstance(frequencies, tuple) and any(map(has_axes, frequencies))


def as_axes(frequencies: ArrayLike | Sequence[ArrayLike], dim: int) -> tuple:
    """One increasing axis (n,), or `dim` of them, as a tuple of arrays."""
    if dim == 1:
        given = (frequencies,)
    elif isinstance(frequencies, (tuple, list, np.ndarray)) and len(frequencies) == dim:
        given = frequencies
    else:
        raise ValueError(
            f"frequencies is not a tuple of {dim} axes; pass one increasing array per"
            " dimension."
        )
    axes = tuple(real_array("frequencies", axis, ndim=1) for axis in given)
    for axis in axes:
        if len(axis) < 2 or np.diff(axis).min() <= 0:
            raise ValueError(
                "frequencies is not an increasing axis of at least two frequencies;"
                " sort it."
            )
    return axes


def as_times(t: ArrayLike) -> np.ndarray:
    """Times (T,) of at least 0."""
    t = real_array("t", np.atleast_1d(real_array("t", t)), ndim=1)
    if t.min() < 0:
        raise ValueError(f"t holds {t.min():g}; expected times of at least 0.")
    return t


def as_complex(name: str, value: ArrayLike, shape: tuple) -> np.ndarray:
    """A finite complex array of a given shape."""
    value = real_or_complex(name, value)
    real_array(name, value.real, shape=shape)
    return value + 0j


def toeplitz(values: np.ndarray) -> np.ndarray:
    """Matrix of values at differences k - l, from the differences -(K-1)..K-1."""
    k = np.arange((len(values) + 1) // 2)
    return values[k[:, None] - k + len(k) - 1]
