"""Weights that undo uneven samples, and losses that weigh frequencies, on the circle
(Yu et al., arXiv 2205.14300).
"""

import numpy as np

from fbkit._errors import positive_int, real_array


def circle_quadrature_weights(angles, degree):
    """Weights c_i > 0 with sum_i c_i u(theta_i) = mean of u for every trigonometric
    polynomial u up to a degree.

    The smallest change of 1/n that is exact, in the sense of least squares (derived
    here, checked numerically). To make modes up to frequency L orthonormal under the
    weights, ask for degree 2 L.

    Parameters: `angles` (n,) in radians; `degree`. Returns (n,), sum 1. Raises
    ValueError where the points leave too wide a gap for the degree, so that exact
    weights would be negative or do not exist.

    >>> theta = 2 * np.pi * np.arange(12) / 12
    >>> c = circle_quadrature_weights(theta + 0.1 * np.sin(theta), 4)
    >>> abs(c @ np.cos(3 * (theta + 0.1 * np.sin(theta)))) < 1e-12, c.min() > 0
    (np.True_, np.True_)
    """
    theta = real_array("angles", angles, ndim=1)
    k = np.arange(1, positive_int("degree", degree, least=0) + 1)
    A = np.vstack(
        [np.ones_like(theta), np.cos(np.outer(k, theta)), np.sin(np.outer(k, theta))]
    )  # (2 degree + 1, n)
    exact = np.eye(len(A))[0]
    c = np.full(len(theta), 1 / len(theta))
    c = c + np.linalg.lstsq(A, exact - A @ c, rcond=None)[0]
    miss = np.abs(A @ c - exact).max()
    if miss > 1e-10 or c.min() <= 0:
        gap = np.diff(
            np.sort(theta % (2 * np.pi)), append=(theta % (2 * np.pi)).min() + 2 * np.pi
        ).max()
        raise ValueError(
            f"degree is {degree}, too high for these {len(theta)} angles (smallest"
            f" weight {c.min():.2g}, error {miss:.2g}, widest gap {gap:.2g} rad); lower"
            " it or add points in the gap."
        )
    return c


def sobolev_matrix(angles, weights, order, degree):
    r"""Matrix P of the loss 1/2 r^T P r = 1/2 sum_l (1 + l)^{2s} |r_l|^2 over
    frequencies l up to `degree`.

    r_l holds both coefficients of frequency l, and P is the sum over l and both phases
    of (1 + l)^{2s} a a^T with a_i = c_i Y_l(theta_i), Y orthonormal (1, sqrt2 cos,
    sqrt2 sin). Training then follows dr/dt = -K P r: frequency l decays at (1 + l)^{2s}
    lambda_l where the loss with s = 0 gives lambda_l (derived here, checked
    numerically; the loss is that of Yu et al., arXiv 2205.14300). What lies above
    `degree` is never trained.

    Parameters: `angles` (n,), quadrature `weights` (n,), `order` s (negative orders
    weigh low frequencies more), `degree`. Returns (n, n).

    >>> theta = 2 * np.pi * np.arange(8) / 8
    >>> P = sobolev_matrix(theta, np.full(8, 1 / 8), 1, 2)
    >>> r = np.sqrt(2) * np.cos(2 * theta)
    >>> float((r @ P @ r).round(9))
    9.0
    """
    theta = real_array("angles", angles, ndim=1)
    c = real_array("weights", weights, shape=theta.shape)
    s = float(real_array("order", order, ndim=0))
    l = np.arange(1, positive_int("degree", degree, least=0) + 1)  # noqa: E741
    waves = np.sqrt(2) * np.vstack(
        [np.cos(np.outer(l, theta)), np.sin(np.outer(l, theta))]
    )
    a = c * np.vstack([np.ones_like(theta), waves])  # (2 degree + 1, n)
    size = (1.0 + np.concatenate([[0], l, l])) ** (2 * s)
    return (a.T * size) @ a
