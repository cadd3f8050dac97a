"""The same dynamics without a frequency grid: in x, and on the torus."""

import numpy as np

from fbkit._errors import positive, real_array
from fbkit.dynamics import gradient_flow, mode_trajectory, product_flow
from fbkit.pde.grid import as_complex, as_times, record, toeplitz


def exact_operator(phi, s2, e0, x, t, weights):
    r"""The same dynamics in x, without a frequency grid: dr/dt = -K W r with K_ij = (1
    + s2 x_i.x_j) phi(x_i - x_j).

    The reference for the frequency equation, and for a finite network with its own
    phi(z) = mean_j cos(w_j z). Parameters: `phi`, a function of differences (n, n) in
    one dimension, (n, n, d) in d; `s2`; `e0` (n,); `x` (n,) or (n, d); `t` (T,);
    `weights` (n,), spacing times data density. Returns a History in the operator's
    eigenvectors; `meta["residual"]` (T, n) is e at the points.

    >>> x = np.linspace(-4, 4, 81)
    >>> run = exact_operator(lambda z: np.exp(-z**2 / 2), 0.0, np.exp(-x**2 / 2), x, [0, 1], np.full(81, 0.1))
    >>> bool(run.loss[1] < 0.1 * run.loss[0])
    True
    """
    x = real_array("x", x)
    points = x.reshape(len(x), -1)
    differences = x[:, None] - x[None, :]
    kernel = (1 + positive("s2", s2, zero=True) * points @ points.T) * phi(differences)
    return gradient_flow(kernel, e0, t, weights=weights)


def torus_modes(P, rho_hat, e0, t, gd_eta=None, modes=None):
    r"""Whole frequencies on the torus, outer weights trained: d/dt e_k = -P(k) sum_l
    rhohat_{k-l} e_l, exactly.

    An identity for a finite network of whole frequencies, with the transform of its
    data weights and the symmetrised masses of its frequencies (P(k) = P(-k), half of
    the share of the w_j with abs(w_j) = k).

    Parameters
    ----------
    P : (K,) masses, at least 0.
    e0 : (K,) complex Fourier coefficients of the error, e(x) = sum_k e_k exp(i k.x).
    rho_hat : (2K - 1,) int rho exp(-i q x) dx for q = -(K-1)..K-1, or (K, K) the matrix
        rhohat_{k-l} (any dimension); None for uniform data (every mode alone, at rate
        P(k)).
    t : (T,) times. With `gd_eta` gradient descent of that learning rate instead, t
        whole multiples of it.
    modes : (K,) or (K, d) frequencies; default -(K-1)/2..(K-1)/2.

    Returns a History in real and imaginary parts, named by abs(k); `meta["field"]`
    holds e_k(t), complex (T, K). `History.loss` is half the mean square of e over the
    torus, not over the data.

    >>> run = torus_modes([0.25, 0.5, 0.25], None, [1j, 1, -1j], [0, 2])
    >>> np.abs(run.meta["field"][1]).round(6).tolist()          # exp(-.5), exp(-1)
    [0.606531, 0.367879, 0.606531]
    """
    P = real_array("P", P, ndim=1)
    if P.min() < 0:
        raise ValueError(f"P holds {P.min():g}; masses are at least 0.")
    t, e0 = as_times(t), as_complex("e0", e0, P.shape)
    modes = (
        np.arange(len(P)) - (len(P) - 1) / 2
        if modes is None
        else real_array("modes", modes)
    )
    if rho_hat is None:
        mixing = np.eye(len(P))
    elif np.ndim(rho_hat) == 1:
        mixing = toeplitz(as_complex("rho_hat", rho_hat, (2 * len(P) - 1,)))
    else:
        mixing = as_complex("rho_hat", rho_hat, (len(P), len(P)))
    if np.abs(mixing - mixing.conj().T).max() > 1e-8:
        raise ValueError(
            "rho_hat is not the transform of a real density: rhohat_{-q} must be"
            " conj(rhohat_q)."
        )
    if gd_eta is None:
        decay = lambda s: np.exp(-np.outer(t, s))
    else:
        steps = np.round(t / positive("gd_eta", gd_eta), 6)
        decay = lambda s: mode_trajectory(gd_eta * s, steps, "gd")
    field = product_flow(np.diag(P), mixing, e0, decay)[0]
    return record(t, modes.reshape(len(P), -1), field, np.ones(len(P)), "torus modes")
