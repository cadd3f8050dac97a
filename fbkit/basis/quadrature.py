"""Weights that undo uneven samples, and losses that weigh frequencies, on the circle.

Both as in Yu et al., arXiv 2205.14300.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from fbkit._errors import positive_int, real_array, within_memory


def circle_quadrature_weights(angles: ArrayLike, highest: int) -> np.ndarray:
    """Weights at uneven angles that integrate trigonometric polynomials exactly.

    c_i > 0 with sum_i c_i u(theta_i) = mean of u for every trigonometric polynomial u
    up to a degree: the smallest change of 1/n that is exact, in the sense of least
    squares (derived here, checked numerically). To make modes up to frequency L
    orthonormal under the weights, ask for 2 L. Raises ValueError where one of these
    weights is not positive, or no weights are exact: the points leave too wide a gap
    for the degree. Other exact weights may still be positive (`scipy.optimize.nnls`
    finds some that are 0 at most points).

    Parameters
    ----------
    angles : (n,) in radians.
    highest : highest frequency that is integrated exactly.

    Returns
    -------
    (n,), sum 1.

    >>> theta = 2 * np.pi * np.arange(12) / 12
    >>> uneven = theta + 0.1 * np.sin(theta)
    >>> c = circle_quadrature_weights(uneven, 4)
    >>> abs(c @ np.cos(3 * uneven)) < 1e-12, c.min() > 0
    (np.True_, np.True_)
    """
    theta = real_array("angles", angles, ndim=1)
    highest = positive_int("highest", highest, least=0)
    within_memory("highest", 2 * highest + 1, len(theta))
    k = np.arange(1, highest + 1)
    one = np.ones_like(theta)
    cosines = np.cos(np.outer(k, theta))
    sines = np.sin(np.outer(k, theta))
    A = np.vstack([one, cosines, sines])  # (2 highest + 1, n)
    exact = np.zeros(len(A))
    exact[0] = 1

    c = np.full(len(theta), 1 / len(theta))
    c = c + np.linalg.lstsq(A, exact - A @ c, rcond=None)[0]
    miss = np.abs(A @ c - exact).max()
    if miss > 1e-10 or c.min() <= 0:
        raise ValueError(
            f"highest is {highest}, too high for these {len(theta)} angles (smallest"
            f" weight {c.min():.2g}, error {miss:.2g}, widest gap"
            f" {_widest_gap(theta):.2g} rad); lower it or add points in the gap."
        )
    return c


def sobolev_matrix(
    angles: ArrayLike, weights: ArrayLike, order: float, highest: int
) -> np.ndarray:
    r"""Matrix P of a loss 1/2 r^T P r that weighs frequencies.

    With r_l both coefficients of frequency l, the loss is

        1/2 sum_l (1 + l)^{2s} |r_l|^2

    over frequencies l up to `highest`, and P is

        sum_l (1 + l)^{2s} a a^T over both phases, a_i = c_i Y_l(theta_i),

    where Y is orthonormal: 1, sqrt2 cos, sqrt2 sin. Training then follows dr/dt = -K P
    r: a frequency decays (1 + l)^{2s} times as fast as with s = 0 (derived here,
    checked numerically; the loss is that of Yu et al., arXiv 2205.14300). What lies
    above `highest` is never trained.

    Parameters
    ----------
    angles : (n,) in radians.
    weights : (n,) quadrature weights c_i.
    order : s; negative orders weigh low frequencies more.
    highest : highest frequency in the loss.

    Returns
    -------
    (n, n).

    >>> theta = 2 * np.pi * np.arange(8) / 8
    >>> P = sobolev_matrix(theta, np.full(8, 1 / 8), 1, 2)
    >>> r = np.sqrt(2) * np.cos(2 * theta)
    >>> float((r @ P @ r).round(9))
    9.0
    """
    theta = real_array("angles", angles, ndim=1)
    c = real_array("weights", weights, shape=theta.shape)
    s = float(real_array("order", order, ndim=0))
    highest = positive_int("highest", highest, least=0)
    within_memory("highest", 2 * highest + 1, len(theta))
    within_memory("angles", len(theta), len(theta))
    if 2 * s * np.log1p(highest) > 600:
        raise ValueError(
            f"order is {s:g}, with which frequency {highest} weighs more than floats"
            " hold; lower it."
        )
    l = np.arange(1, highest + 1)
    one = np.ones_like(theta)
    cosines = np.sqrt(2) * np.cos(np.outer(l, theta))
    sines = np.sqrt(2) * np.sin(np.outer(l, theta))
    a = c * np.vstack([one, cosines, sines])  # (2 highest + 1, n)
    frequency = np.concatenate([[0], l, l])
    size = (1.0 + frequency) ** (2 * s)
    return (a.T * size) @ a


def _widest_gap(theta):
    around = np.sort(theta % (2 * np.pi))
    return np.diff(around, append=around[0] + 2 * np.pi).max()
