"""Choosing the initial frequencies: their density for a target and a time, and draws
from it.
"""

import numpy as np

from fbkit._errors import one_of, positive, positive_int, real_array
from fbkit.pde.grid import as_axes, cell_sizes


def waterfill(S, xi, T, dim=1, p_max=None, priority=None):
    r"""Density of initial frequencies that leaves the least error at time T (outer
    weights trained, uniform data).

    Minimise int c S exp(-2 (2 pi)^d T p) dxi over p >= 0 with int p = 1: a convex
    problem, solved by water-filling,

        p = [ln(c S/nu)]_+ / (2 (2 pi)^d T), at most p_max,

    the water level nu found by bisection from int p = 1. The residual spectrum is then
    min(c S, nu) below the cap. Derived here, checked numerically (control of the bias
    by p: arXiv 2405.14957).

    Parameters
    ----------
    S : power spectrum abs(fhat)^2 of the error at the start on the grid of `xi`, at
        least 0 and even in xi.
    xi : axis (n,), or `dim` axes with S of shape (n1, ..., nd).
    T : gradient-flow time available, above 0.
    p_max : cap on p; for gradient descent with step eta < 2/((2 pi)^d p_max).
    priority : weights c, shape of S, of what matters most; default 1.

    Returns (p, nu), p with the shape of S.

    >>> xi = np.linspace(-4, 4, 801)
    >>> p, nu = waterfill(np.exp(-xi**2), xi, T=0.5)
    >>> round(float(np.trapezoid(p, xi)), 9)
    1.0
    """
    axes = as_axes(xi, positive_int("dim", dim))
    shape = tuple(map(len, axes))
    S = real_array("S", S, shape=shape) * (
        1 if priority is None else real_array("priority", priority, shape=shape)
    )
    cap = np.inf if p_max is None else positive("p_max", p_max)
    slope = 1 / (2 * (2 * np.pi) ** dim * positive("T", T))
    on, cells = S > 0, cell_sizes(axes)
    if S.min() < 0 or not on.any():
        raise ValueError(
            "S (times priority) is negative somewhere or zero everywhere; pass a power"
            " spectrum."
        )
    if cap * cells[on].sum() < 1:
        raise ValueError(
            f"p_max is {cap:g}, too low for a mass of 1 where S is positive; raise it."
        )
    level = np.log(S, where=on, out=np.full(shape, -np.inf))
    # At the lowest level that can be needed every p is at its cap, or at least at the
    # mean.
    low, high = (
        level[on].min() - (1 / cells[on].sum() if p_max is None else cap) / slope,
        level.max(),
    )
    for _ in range(200):
        nu = (low + high) / 2
        p = np.clip(slope * (level - nu), 0, cap)
        low, high = (nu, high) if (p * cells).sum() > 1 else (low, nu)
    return p, float(np.exp(nu))


def sample_frequencies(p, xi, m, mode="quantile", seed=0):
    """m frequencies from a density: midpoint quantiles, a scrambled Sobol sequence, or
    independent draws.

    Parameters: `p`, values at `xi` or a function of xi (any total); `xi`, an increasing
    axis (n,), between whose points p is taken as linear, or two axes, a tuple, with p
    (n1, n2) constant over each rectangle of the grid; `m`; `mode`, "quantile" (one axis
    only), "sobol" or "iid"; `seed`. Returns (m,) or (m, 2). q different quantiles
    resolve a window of length L while q p(xi) >= L/pi at the highest xi that counts.

    >>> sample_frequencies([1, 1], [0, 4], 4).tolist()
    [0.5, 1.5, 2.5, 3.5]
    >>> sample_frequencies([[0, 0], [1, 1]], ([0, 1], [0, 4]), 100, "sobol").mean(axis=0).round(1).tolist()
    [0.5, 2.0]
    """
    m, dim = positive_int("m", m), 2 if isinstance(xi, tuple) else 1
    u = _uniform(m, dim, mode, seed)
    return (
        _quantile_function(p, xi)(u[:, 0])
        if dim == 1
        else _on_rectangles(p, as_axes(xi, 2), u)
    )


def sample_features(p, xi, m, outer_std=1.0, mode="quantile", seed=0):
    """Parameters w, a, b (each (m,)) of u(x) = m^{-1/2} sum_j [a_j cos(w_j x) + b_j
    sin(w_j x)] at the start.

    "quantile": m/4 quantiles of p, each with the four signs of (a, b) = (+-s, +-s), so
    that u = 0 exactly at the start; "sobol": a three-dimensional Sobol sequence over
    (w, a, b), a and b normal; "iid": independent draws. Parameters as
    `sample_frequencies`; `outer_std`, s. Derived here, checked numerically.

    >>> w, a, b = sample_features([1, 1], [0, 4], 8)
    >>> float(a.sum()), float((a * b).sum()), w.tolist()
    (0.0, 0.0, [1.0, 1.0, 1.0, 1.0, 3.0, 3.0, 3.0, 3.0])
    """
    m, s = positive_int("m", m), positive("outer_std", outer_std, zero=True)
    if mode == "quantile":
        if m % 4:
            raise ValueError(
                f"m is {m}; quantiles come with four signs each, so pass a multiple"
                " of 4."
            )
        signs = s * np.tile([[1, 1], [1, -1], [-1, 1], [-1, -1]], (m // 4, 1)).T
        return np.repeat(sample_frequencies(p, xi, m // 4), 4), *signs
    from scipy.special import ndtri

    u = _uniform(m, 3, mode, seed)
    return _quantile_function(p, xi)(u[:, 0]), *(s * ndtri(u[:, 1:].T))


def _quantile_function(p, xi):
    (xi,) = as_axes(xi, 1)
    p = real_array("p", p(xi) if callable(p) else p, shape=xi.shape)
    gap = np.diff(xi)
    mass = np.append(0, np.cumsum(gap * (p[1:] + p[:-1]) / 2))
    if p.min() < 0 or mass[-1] <= 0:
        raise ValueError("p is negative somewhere or zero everywhere; pass a density.")

    def quantile(u):
        i = np.clip(
            np.searchsorted(mass, u * mass[-1], side="right") - 1, 0, len(gap) - 1
        )
        rest, rise = u * mass[-1] - mass[i], (p[i + 1] - p[i]) / gap[i]
        # rest = p_i s + rise s^2/2, solved for s without cancellation
        bottom = p[i] + np.sqrt(np.maximum(p[i] ** 2 + 2 * rise * rest, 0))
        return xi[i] + np.minimum(2 * rest / np.maximum(bottom, 1e-300), gap[i])

    return quantile


def _on_rectangles(p, axes, u):
    """(m, 2) points from u in the unit square: the row of rectangles first, then the
    place in the row.
    """
    p = real_array(
        "p",
        p(np.stack(np.meshgrid(*axes, indexing="ij"), -1)) if callable(p) else p,
        ndim=2,
    )
    if p.shape != tuple(map(len, axes)) or p.min() < 0 or not p.any():
        raise ValueError(
            "p does not have the shape of xi, is negative somewhere or zero everywhere;"
            " pass a density."
        )
    mean = (p[1:, 1:] + p[:-1, 1:] + p[1:, :-1] + p[:-1, :-1]) / 4
    mass = np.cumsum(
        np.pad(mean * np.diff(axes[1]), ((0, 0), (1, 0))), axis=1
    )  # (n1 - 1, n2)
    rows = np.append(0, np.cumsum(mass[:, -1] * np.diff(axes[0])))
    first = np.interp(u[:, 0] * rows[-1], rows, axes[0])
    row = np.searchsorted(rows, u[:, 0] * rows[-1], side="right") - 1
    second = [
        np.interp(v * mass[i, -1], mass[i], axes[1]) for i, v in zip(row, u[:, 1])
    ]
    return np.stack([first, second], axis=1)


def _uniform(m, columns, mode, seed):
    one_of("mode", mode, ["quantile", "sobol", "iid"])
    if mode == "quantile" and columns == 2:
        raise ValueError(
            "mode is 'quantile', which needs a single axis; in the plane pass 'sobol'"
            " or 'iid'."
        )
    seed = positive_int("seed", seed, least=0)
    if mode == "quantile":
        return ((np.arange(m) + 0.5) / m)[:, None]
    if mode == "iid":
        return np.random.default_rng(seed).random((m, columns))
    from scipy.stats import qmc

    u = qmc.Sobol(columns, seed=seed).random_base2(int(np.ceil(np.log2(m))))[:m]
    return np.clip(u, 1e-12, 1 - 1e-12)
