"""Functions on the Boolean cube {-1, 1}^n and their Walsh-Fourier coefficients."""

import numpy as np

from fbkit._errors import positive_int, real_array
from fbkit.basis.fourier import Basis


def fwht(values):
    """Walsh-Hadamard transform along the last axis, without a factor: sum_x f(x)
    (-1)^{<x, S>} at place S.

    x and S are the binary digits of the index. Applied twice it multiplies by the
    length. In n 2^n additions.

    >>> fwht([1.0, 0.0, 0.0, 0.0]).tolist(), fwht(fwht([1.0, 2.0])).tolist()
    ([1.0, 1.0, 1.0, 1.0], [2.0, 4.0])
    """
    v = real_array("values", values)
    if v.ndim == 0 or v.shape[-1] & (v.shape[-1] - 1):
        raise ValueError(
            f"values has shape {v.shape}; expected a power of 2 along the last axis."
        )
    shape, half = v.shape, 1
    while half < shape[-1]:
        pairs = v.reshape(*shape[:-1], -1, 2, half)
        v = np.stack(
            [pairs[..., 0, :] + pairs[..., 1, :], pairs[..., 0, :] - pairs[..., 1, :]],
            axis=-2,
        )
        v = v.reshape(shape)
        half *= 2
    return v


def cube(bits):
    """The Walsh functions chi_S(x) = product of x_i over i in S on all 2^bits points of
    {-1, 1}^bits, S every subset.

    The order of subsets is that of `fwht`; `modes` holds the degree |S|. Point number i
    has coordinate -1 where the binary digit of i is 1, so that `fwht(values) / 2^bits`
    are the coefficients.

    Parameters: `bits`, 1 to 12 (the matrix has 4^bits entries).

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
            f"bits is {n}; expected at most 12, for the matrix of all Walsh functions"
            " has 4^bits entries."
        )
    digits = np.arange(2**n)[:, None] >> np.arange(n) & 1  # (2^n, n)
    x = 1.0 - 2 * digits

    def evaluate(points):
        # Where a subset leaves a coordinate out, its factor is 1.
        return np.prod(np.where(digits == 1, points[:, None, :], 1.0), axis=2)

    matrix = 1.0 - 2 * (digits @ digits.T % 2)
    return Basis(
        "cube",
        x,
        np.full(2**n, 0.5**n),
        digits.sum(axis=1).astype(float),
        matrix,
        x,
        evaluate,
    )


def degree_spectrum(values):
    """Energy of a function on the whole cube by degree: sum over |S| = k of its squared
    coefficients, k = 0..bits.

    Parameters: `values` (..., 2^bits) in the order of `cube`. Returns (..., bits + 1),
    summing to the mean square.

    >>> basis = cube(3)
    >>> degree_spectrum(3 * basis.inputs[:, 0] * basis.inputs[:, 2] + 1).tolist()
    [1.0, 0.0, 9.0, 0.0]
    """
    square = np.square(fwht(values) / np.shape(values)[-1])
    count = np.array([i.bit_count() for i in range(square.shape[-1])])
    return np.stack(
        [square[..., count == k].sum(axis=-1) for k in range(count.max() + 1)], axis=-1
    )
