"""Choosing the initial frequencies: their density, and draws from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from fbkit._bounds import deviation, moderate, values_of
from fbkit._errors import one_of, positive_int, real_array, within_memory
from fbkit.pde.grid import Density, as_axes, cell_sizes, in_the_plane


def waterfill(
    power: ArrayLike,
    frequencies: ArrayLike | Sequence[ArrayLike],
    t: float,
    dim: int = 1,
    cap: float | None = None,
    priority: ArrayLike | None = None,
) -> tuple[np.ndarray, float]:
    r"""The density of initial frequencies that leaves the least error at a time.

    Output weights trained, uniform data. Minimise int c S exp(-2 (2 pi)^d t p) dxi over
    p >= 0 with int p = 1: a convex problem, solved by water-filling,

        p = [ln(c S/nu)]_+ / (2 (2 pi)^d t),    at most `cap`,

    the water level nu found by bisection from int p = 1. The residual spectrum is then
    min(c S, nu) below the cap. Derived here, checked numerically (control of the bias
    by p: arXiv 2405.14957).

    Parameters
    ----------
    power : S, the power spectrum abs(fhat)^2 of the error at the start on the grid, at
        least 0 and even in xi: (n,), or (n1, ..., nd).
    frequencies : axis (n,), or `dim` axes, symmetric about 0.
    t : gradient-flow time available, above 0.
    dim : d, of the input.
    cap : the most that p may be; for gradient descent with step eta less than
        2/((2 pi)^d eta).
    priority : weights c, in the shape of the power, of what matters most; default 1.

    Returns
    -------
    p, nu : the density, in the shape of the power, and the water level (0.0 where it is
        below the smallest float, as after a very long time; p is right all the same).

    Raises ValueError where the power, times the priority, is not even: such a p would
    be one-sided, and the rate of a frequency is that of the mean of p at xi and -xi.

    >>> xi = np.linspace(-4, 4, 801)
    >>> p, nu = waterfill(np.exp(-xi**2), xi, t=0.5)
    >>> round(float(np.trapezoid(p, xi)), 9)
    1.0
    """
    dim = positive_int("dim", dim)
    axes = as_axes(frequencies, dim)
    shape = tuple(len(axis) for axis in axes)
    S = real_array("power", power, shape=shape)
    if priority is not None:
        S = S * real_array("priority", priority, shape=shape)
    most = np.inf if cap is None else moderate("cap", cap)
    slope = 1 / (2 * (2 * np.pi) ** dim * moderate("t", t))
    on = S > 0
    cells = cell_sizes(axes)
    if S.min() < 0 or not on.any():
        raise ValueError(
            "power (times priority) is negative somewhere or zero everywhere; pass a"
            " power spectrum."
        )
    _check_even(S, axes)
    if most * cells[on].sum() < 1:
        raise ValueError(
            f"cap is {most:g}, too low for a mass of 1 where the power is positive;"
            " raise it."
        )
    level = np.log(S, where=on, out=np.full(shape, -np.inf))
    # At the lowest level that can be needed every p is at its cap, or at least at the
    # mean.
    mean = 1 / cells[on].sum()
    low = level[on].min() - (mean if cap is None else most) / slope
    high = level.max()
    for _ in range(200):
        nu = (low + high) / 2
        p = np.clip(slope * (level - nu), 0, most)
        if (p * cells).sum() > 1:
            low = nu
        else:
            high = nu
    return p, float(np.exp(nu))


def _check_even(power: np.ndarray, axes: tuple[np.ndarray, ...]) -> None:
    if any(np.abs(axis + axis[::-1]).max() > 1e-6 * np.ptp(axis) for axis in axes):
        raise ValueError(
            "frequencies are not symmetric about 0; pass both sides, xi and -xi."
        )
    if np.abs(power - np.flip(power)).max() > 1e-6 * power.max():
        raise ValueError(
            "power (times priority) is not even, so not the same at xi and -xi; pass"
            " that of a real signal, on both sides."
        )


def sample_frequencies(
    density: Density,
    frequencies: ArrayLike | tuple[ArrayLike, ArrayLike],
    count: int,
    method: str = "quantile",
    seed: int = 0,
) -> np.ndarray:
    """Frequencies from a density: quantiles, a Sobol sequence, or random draws.

    q different quantiles resolve a window of length L while q p(xi) >= L/pi at the
    highest xi that counts.

    Parameters
    ----------
    density : p, values on the grid or a function of frequency (any total).
    frequencies : an increasing axis (n,), between whose points p is taken as linear; or
        two axes, a tuple, with p (n1, n2) constant over each rectangle of the grid.
    count : how many, m.
    method : "quantile" (one axis only), "sobol" (scrambled) or "iid" (independent).
    seed : of the scramble or the draws.

    Returns
    -------
    w : (m,) or (m, 2).

    >>> sample_frequencies([1, 1], [0, 4], 4).tolist()
    [0.5, 1.5, 2.5, 3.5]
    >>> axes = [0, 1], [0, 4]
    >>> w = sample_frequencies([[0, 0], [1, 1]], axes, 100, "sobol")
    >>> w.mean(axis=0).round(1).tolist()
    [0.5, 2.0]
    """
    m = positive_int("count", count)
    if in_the_plane(frequencies):
        u = _uniform(m, 2, method, seed)
        return _on_rectangles(density, as_axes(frequencies, 2), u)
    u = _uniform(m, 1, method, seed)
    return _quantile_function(density, frequencies)(u[:, 0])


def sample_features(
    density: Density,
    frequencies: ArrayLike,
    count: int,
    output_std: float = 1.0,
    method: str = "quantile",
    seed: int = 0,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Frequencies and output weights of a network at the start.

    The network is u(x) = m^{-1/2} sum_j [a_j cos(w_j x) + b_j sin(w_j x)]. By
    "quantile", m/4 quantiles of p, each with the four signs of (a, b) = (+-s, +-s), so
    that u = 0 exactly at the start; by "sobol", a three-dimensional Sobol sequence over
    (w, a, b), a and b normal; by "iid", independent draws. Derived here, checked
    numerically.

    Parameters
    ----------
    density : p, values on the axis or a function of frequency (any total).
    frequencies : an increasing axis (n,), between whose points p is taken as linear.
    count : how many, m; for quantiles a multiple of 4.
    output_std : s, of a and b.
    method : "quantile", "sobol" or "iid".
    seed : of the scramble or the draws.

    Returns
    -------
    w, a, b : each (m,).

    >>> w, a, b = sample_features([1, 1], [0, 4], 8)
    >>> float(a.sum()), float((a * b).sum()), w.tolist()
    (0.0, 0.0, [1.0, 1.0, 1.0, 1.0, 3.0, 3.0, 3.0, 3.0])
    """
    m = positive_int("count", count)
    s = deviation("output_std", output_std)
    positive_int("seed", seed, least=0)
    if method == "quantile":
        if m % 4:
            raise ValueError(
                f"count is {m}; quantiles come with four signs each, so pass a multiple"
                " of 4."
            )
        w = np.repeat(sample_frequencies(density, frequencies, m // 4), 4)
        signs = [[1, 1], [1, -1], [-1, 1], [-1, -1]]
        a, b = s * np.tile(signs, (m // 4, 1)).T
        return w, a, b
    from scipy.special import ndtri

    u = _uniform(m, 3, method, seed)
    w = _quantile_function(density, frequencies)(u[:, 0])
    a, b = s * ndtri(u[:, 1:].T)
    return w, a, b


def _quantile_function(density, frequencies) -> Callable[[np.ndarray], np.ndarray]:
    (xi,) = as_axes(frequencies, 1)
    values = values_of("density", density, xi) if callable(density) else density
    p = real_array("density", values, shape=xi.shape)
    gap = np.diff(xi)
    mass = np.append(0, np.cumsum(gap * (p[1:] + p[:-1]) / 2))
    if p.min() < 0 or mass[-1] <= 0:
        raise ValueError(
            "density is negative somewhere or zero everywhere; pass a density."
        )

    def quantile(u: np.ndarray) -> np.ndarray:
        wanted = u * mass[-1]
        place = np.searchsorted(mass, wanted, side="right") - 1
        i = np.clip(place, 0, len(gap) - 1)
        rest = wanted - mass[i]
        rise = (p[i + 1] - p[i]) / gap[i]
        # rest = p_i s + rise s^2/2, solved for s without cancellation.
        bottom = p[i] + np.sqrt(np.maximum(p[i] ** 2 + 2 * rise * rest, 0))
        return xi[i] + np.minimum(2 * rest / np.maximum(bottom, 1e-300), gap[i])

    return quantile


def _on_rectangles(density, axes, u):
    """(m, 2) points from u in the unit square.

    The row of rectangles is chosen first, then the place in the row.
    """
    shape = tuple(len(axis) for axis in axes)
    if callable(density):
        at = np.stack(np.meshgrid(*axes, indexing="ij"), -1)
        density = values_of("density", density, at, shape)
    p = real_array("density", density, ndim=2)
    if p.shape != shape or p.min() < 0 or not p.any():
        raise ValueError(
            "density does not have the shape of the frequencies, is negative somewhere"
            " or zero everywhere; pass a density."
        )
    mean = (p[1:, 1:] + p[:-1, 1:] + p[1:, :-1] + p[:-1, :-1]) / 4
    along = np.pad(mean * np.diff(axes[1]), ((0, 0), (1, 0)))
    mass = np.cumsum(along, axis=1)  # (n1 - 1, n2), in each row
    rows = np.append(0, np.cumsum(mass[:, -1] * np.diff(axes[0])))
    wanted = u[:, 0] * rows[-1]
    first = np.interp(wanted, rows, axes[0])
    row = np.searchsorted(rows, wanted, side="right") - 1
    second = np.empty(len(u))
    for i in np.unique(row):
        here = row == i
        second[here] = np.interp(u[here, 1] * mass[i, -1], mass[i], axes[1])
    return np.stack([first, second], axis=1)


def _uniform(m, columns, method, seed):
    """(m, columns) numbers from 0 to 1."""
    one_of("method", method, ["quantile", "sobol", "iid"])
    if method == "quantile" and columns == 2:
        raise ValueError(
            "method is 'quantile', which needs a single axis; in the plane pass 'sobol'"
            " or 'iid'."
        )
    seed = positive_int("seed", seed, least=0)
    within_memory("count", 8, m)
    if method == "quantile":
        return ((np.arange(m) + 0.5) / m)[:, None]
    if method == "iid":
        return np.random.default_rng(seed).random((m, columns))
    from scipy.stats import qmc

    # Sobol sequences are balanced at powers of two: draw one, use its first m points.
    power = int(np.ceil(np.log2(m)))
    u = qmc.Sobol(columns, seed=seed).random_base2(power)[:m]
    return np.clip(u, 1e-12, 1 - 1e-12)
