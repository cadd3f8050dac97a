"""The same dynamics without a frequency grid: in x, and on the torus."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from fbkit._bounds import deviation, function, real_or_complex, values_of
from fbkit._errors import positive, real_array, within_memory
from fbkit.dynamics import gradient_flow, mode_trajectory, product_flow
from fbkit.history import History
from fbkit.pde.grid import as_complex, as_times, record, toeplitz


def exact_operator(
    kernel: Callable[[np.ndarray], np.ndarray],
    output_std: float,
    start: ArrayLike,
    X: ArrayLike,
    t: ArrayLike,
    weights: ArrayLike,
) -> History:
    r"""The same dynamics in x, without a frequency grid.

    dr/dt = -K W r with K_ij = (1 + s^2 x_i.x_j) phi(x_i - x_j). The reference for the
    frequency equation, and for a finite network with its own
    phi(z) = mean_j cos(w_j z).

    Parameters
    ----------
    kernel : phi, a function of differences: (n, n) in one dimension, (n, n, d) in d.
    output_std : s, of the output weights where the frequencies are trained too; else 0.
    start : (n,) error at time 0.
    X : (n,) or (n, d) points.
    t : (T,) gradient-flow times.
    weights : (n,) W, spacing times data density.

    Returns
    -------
    history : in the operator's eigenvectors; `meta["residual"]` (T, n) is e at the
        points.

    >>> x = np.linspace(-4, 4, 81)
    >>> phi = lambda z: np.exp(-z**2 / 2)
    >>> run = exact_operator(phi, 0.0, phi(x), x, [0, 1], np.full(81, 0.1))
    >>> bool(run.loss[1] < 0.1 * run.loss[0])
    True
    """
    x = real_array("X", X)
    if x.ndim not in (1, 2):
        raise ValueError(f"X has shape {x.shape}; expected (n,) or (n, d).")
    rows = x.reshape(len(x), -1)
    n = len(rows)
    within_memory("X", n, n, 2 + rows.shape[1])
    function("kernel", kernel, of="differences")
    differences = x[:, None] - x[None, :]
    s2 = deviation("output_std", output_std) ** 2
    K = values_of("kernel", kernel, differences, shape=(n, n))
    gram = (1 + s2 * rows @ rows.T) * K
    return gradient_flow(gram, start, t, weights=weights)


def torus_modes(
    density: ArrayLike,
    data_density: ArrayLike | None,
    start: ArrayLike,
    t: ArrayLike,
    lr: float | None = None,
    modes: ArrayLike | None = None,
) -> History:
    r"""Whole frequencies on the torus, output weights trained, exactly.

    d/dt e_k = -P(k) sum_l rhohat_{k-l} e_l is an identity for a finite network of whole
    frequencies, with the transform of its data weights and the symmetrised masses of
    its frequencies (P(k) = P(-k), half of the share of the w_j with abs(w_j) = k).

    Parameters
    ----------
    density : (K,) masses P, at least 0.
    data_density : the transform of rho: (2K - 1,) int rho exp(-i q x) dx for
        q = -(K-1)..K-1, or (K, K) the matrix rhohat_{k-l} (any dimension); None for
        uniform data (every mode alone, at rate P(k)).
    start : (K,) complex Fourier coefficients of the error,
        e(x) = sum_k e_k exp(i k.x).
    t : (T,) times.
    lr : the learning rate of gradient descent in place of the flow; t are then whole
        multiples of it.
    modes : (K,) or (K, d) frequencies; default -(K-1)/2..(K-1)/2.

    Returns
    -------
    history : real and imaginary parts, named by abs(k); `meta["field"]` holds e_k(t),
        complex (T, K). The loss is half the mean square of e over the torus, not over
        the data.

    Raises ValueError for masses that sum to more than 1, and, without `modes`, for
    masses that are not even or not of an odd number.

    The masses are the rates, 1/4 and 1/2:

    >>> run = torus_modes([0.25, 0.5, 0.25], None, [1j, 1, -1j], [0, 2])
    >>> np.abs(run.meta["field"][1]).round(6).tolist()
    [0.606531, 0.367879, 0.606531]
    """
    P = real_array("density", density, ndim=1)
    if P.min() < 0:
        raise ValueError(f"density holds {P.min():g}; masses are at least 0.")
    K = len(P)
    _check_shares(P, modes)
    t = as_times(t)
    e0 = as_complex("start", start, P.shape)
    middle = (K - 1) / 2
    names = np.arange(K) - middle if modes is None else real_array("modes", modes)
    if names.ndim not in (1, 2) or len(names) != K:
        raise ValueError(
            f"modes has shape {names.shape}; expected one frequency for each of the"
            f" {K} masses, ({K},) or ({K}, d)."
        )
    mixing = _mixing(data_density, K)
    if lr is None:
        decay = lambda s: np.exp(-np.outer(t, s))
    else:
        lr = positive("lr", lr)
        steps = _whole_steps(t, lr)
        decay = lambda s: mode_trajectory(lr * s, steps, "gd")
    field, *_ = product_flow(np.diag(P), mixing, e0, decay)
    return record(t, names.reshape(K, -1), field, np.ones(K), "torus modes")


def _whole_steps(t, lr):
    with np.errstate(over="ignore"):
        steps = np.round(t / lr, 6)
    if not np.isfinite(steps).all() or np.any(steps != np.round(steps)):
        raise ValueError(
            f"t holds times that are no whole multiple of lr, which is {lr:g}; pass lr"
            " times numbers of steps."
        )
    return steps


def _check_shares(P, modes):
    """P are shares of waves, on frequencies that come with their negatives."""
    if P.sum() > 1 + 1e-6:
        raise ValueError(
            f"density sums to {P.sum():.3g}; shares of waves sum to at most 1, so"
            " divide by the number of waves."
        )
    if modes is not None:
        return
    if len(P) % 2 == 0:
        raise ValueError(
            f"density has {len(P)} masses; expected an odd number, for the whole"
            " frequencies -k..k, or pass modes."
        )
    if np.abs(P - P[::-1]).max() > 1e-9:
        raise ValueError(
            "density is not even; give k and -k half of their waves each:"
            " (density + density[::-1]) / 2."
        )


def _mixing(data_density, K):
    """The matrix rhohat_{k-l}, (K, K)."""
    if data_density is None:
        return np.eye(K)
    data_density = real_or_complex("data_density", data_density)
    if data_density.ndim == 1:
        rho_hat = as_complex("data_density", data_density, (2 * K - 1,))
        mixing = toeplitz(rho_hat)
    else:
        mixing = as_complex("data_density", data_density, (K, K))
    if np.abs(mixing - mixing.conj().T).max() > 1e-8:
        raise ValueError(
            "data_density is not the transform of a real density: rhohat_{-q} must be"
            " conj(rhohat_q)."
        )
    return mixing
