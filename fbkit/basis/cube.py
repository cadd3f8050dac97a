"""Functions on the Boolean cube {-1, 1}^n and their Walsh-Fourier coefficients."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from fbkit._errors import positive_int, real_array
from fbkit.basis.fourier import Basis


def fwht(values: ArrayLike) -> np.ndarray:
    """Walsh-Hadamard transform along the last axis, without a factor.

    At place S stands sum_x f(x) (-1)^{<x, S>}; x and S are the binary digits of the
    index. Applied twice it multiplies by the length. In n 2^n additions.

    >>> fwht([1.0, 0.0, 0.0, 0.0]).tolist(), fwht(fwht([1.0, 2.0])).tolist()
    ([1.0, 1.0, 1.0, 1.0], [2.0, 4.0])
    """
    v = real_array("values", values)
    # A power of 2 has a single binary digit 1.
    if v.ndim == 0 or v.shape[-1].bit_count() != 1:
        raise ValueError(
            f"values has shape {v.shape}; expected a power of 2 along the last axis."
        )
    shape = v.shape
    half = 1
    while half < shape[-1]:
        pairs = v.reshape(*shape[:-1], -1, 2, half)
        first = pairs[..., 0, :]
        second = pairs[..., 1, :]
        v = np.stack([first + second, first - second], axis=-2).reshape(shape)
        half *= 2
    return v


def cube(bits: int) -> Basis:
    """The Walsh functions on all points of the Boolean cube {-1, 1}^bits.

    chi_S(x) is the product of x_i over i in S, and S runs over every subset in the
    order of `fwht`; `modes` holds the degree |S|. Point number i has coordinate -1
    where the binary digit of i is 1, so that `fwht(values) / 2^bits` are the
    coefficients.

    Parameters
    ----------
    bits : 1 to 12 (the matrix has 4^bits entries).

    >>> basis = cube(3)
    >>> basis.modes.tolist(), basis.orthonormality_error
    ([0.0, 1.0, 1.0, 2.0, 1.0, 2.0, 2.0, 3.0], 0.0)
    >>> v = np.arange(8.0)
    >>> bool(np.allclose(basis.analyse(v), fwht(v) / 8))
    True
    """
    n = positive_int("bits", bits)
    if n > 12:
        raise ValueError(
            f"bits is {n}; expected at most 12,"
            " for the matrix of all Walsh functions has 4^bits entries."
        )
    digits = np.arange(2**n)[:, None] >> np.arange(n) & 1  # (2^n, n)
    x = 1.0 - 2 * digits
    both = digits @ digits.T  # how many coordinates of S are -1
    return Basis(
        name="cube",
        points=x,
        weights=np.full(2**n, 0.5**n),
        modes=digits.sum(axis=1).astype(float),
        matrix=1.0 - 2 * (both % 2),
        inputs=x,
        evaluate=partial(_walsh, digits=digits),
    )


def degree_spectrum(values: ArrayLike) -> np.ndarray:
    """Energy of a function on the whole cube by degree.

    For each k = 0..bits the sum over |S| = k of the squared coefficients.

    Parameters
    ----------
    values : (..., 2^bits) in the order of `cube`.

    Returns
    -------
    (..., bits + 1), summing to the mean square.

    >>> basis = cube(3)
    >>> degree_spectrum(3 * basis.inputs[:, 0] * basis.inputs[:, 2] + 1).tolist()
    [1.0, 0.0, 9.0, 0.0]
    """
    transformed = fwht(values)
    length = transformed.shape[-1]
    square = np.square(transformed / length)
    degree = np.array([i.bit_count() for i in range(length)])
    energy = []
    for k in range(degree.max() + 1):
        energy.append(square[..., degree == k].sum(axis=-1))
    return np.stack(energy, axis=-1)


def _walsh(points, digits):
    points = real_array("points", points, shape=(None, digits.shape[1]))
    # Where a subset leaves a coordinate out, its factor is 1.
    factors = np.where(digits == 1, points[:, None, :], 1.0)
    return np.prod(factors, axis=2)
