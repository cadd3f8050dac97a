r"""How errors decay when the kernel stands still, in closed form.

The residual r = f - y of a linear (or lazily trained) model obeys dr/dt = -K P r, with
K its kernel on the n points and P = diag(w) for the loss 1/2 sum_i w_i r_i^2. In a
basis that makes K P diagonal each mode has its own rate lambda_k, and every method
below (gradient flow, gradient descent, momentum) is a function of lambda_k and the
number of steps: no loop over steps anywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fbkit._bounds import deviation, moderate, number, real_or_complex
from fbkit._errors import (
    has_axes,
    one_of,
    positive,
    positive_int,
    real_array,
    within_memory,
)
from fbkit.basis import Basis
from fbkit.history import History


@dataclass(frozen=True)
class Method:
    """One way to descend, as a mode sees it.

    With z = lr * rate and momentum beta a mode follows e_{s+1} = T e_s - D e_{s-1},
    from rest: e_{-1} = e_0.

    Attributes
    ----------
    name : in the table `METHODS`.
    label : in legends.
    clock : of its `History`: "flow" where time is lr times steps, or "steps".
    recursion : function of z, any shape, and momentum, giving T and D in the shape of
        z.
    stable_below : function of momentum: the z from which on a mode grows.

    >>> method = METHODS["heavy_ball"]
    >>> method.recursion(0.5, 0.9), method.stable_below(0.9)
    ((1.4, 0.9), 3.8)
    """

    name: str
    label: str
    clock: str
    recursion: Callable[[np.ndarray, float], tuple[np.ndarray, np.ndarray]]
    stable_below: Callable[[float], float]


_TABLE = [
    Method(
        name="flow",
        label="gradient flow",
        clock="flow",
        recursion=lambda z, beta: (np.exp(-z), 0 * z),
        stable_below=lambda beta: np.inf,
    ),
    Method(
        name="gd",
        label="gradient descent",
        clock="flow",
        recursion=lambda z, beta: (1 - z, 0 * z),
        stable_below=lambda beta: 2.0,
    ),
    Method(
        name="heavy_ball",
        label="heavy ball",
        clock="steps",
        recursion=lambda z, beta: (1 + beta - z, beta + 0 * z),
        stable_below=lambda beta: 2 + 2 * beta,
    ),
    Method(
        name="nesterov",
        label="Nesterov",
        clock="steps",
        recursion=lambda z, beta: ((1 + beta) * (1 - z), beta * (1 - z)),
        stable_below=lambda beta: (2 + 2 * beta) / (1 + 2 * beta),
    ),
]

METHODS = {method.name: method for method in _TABLE}


def gradient_flow(
    rates: ArrayLike,
    start: ArrayLike,
    t: ArrayLike,
    modes: ArrayLike | None = None,
    *,
    weights: ArrayLike | None = None,
    loss_matrix: ArrayLike | None = None,
    onto: Basis | ArrayLike | None = None,
) -> History:
    r"""Gradient flow: e_k(t) = e_k(0) exp(-lambda_k t).

    The four methods of this module take the same arguments: rates per mode, or a Gram
    matrix in their place. The flow is that of a linear model (Jacot et al., arXiv
    1806.07572); Sobolev losses as in Yu, Yang and Townsend (arXiv 2205.14300), rates
    derived here, checked numerically.

    Parameters
    ----------
    rates : (K,) decay rates lambda_k >= 0, or (n, n) the kernel K(x_i, x_j) at the
        points, positive semidefinite; it is decomposed once.
    start : (K,) errors at time 0, or (n,) the residual r(0) = f(0) - y at the points,
        for a Gram matrix.
    t : (T,) times, at least 0 and increasing.
    modes : (K,) name of each mode, default those of the basis that `fbkit.rates` was
        given, or 0..K-1.
    weights : (n,) w of the loss 1/2 sum w_i r_i^2, default 1/n; for a Gram matrix only,
        as the next two.
    loss_matrix : (n, n) P, to train 1/2 r.P r instead (a Sobolev loss:
        `fbkit.basis.sobolev_matrix`); the flow is then dr/dt = -K P r, and
        `History.loss` stays the plain loss of the weights.
    onto : what to read off the residual: a `Basis` (its coefficients), or (n, J)
        columns v_j (their weighted inner products with the residual, each column scaled
        to weighted length 1). Default: the eigenvectors of the training operator,
        largest rate first; their rates stand in `meta["rates"]`.

    Returns
    -------
    A History. For a Gram matrix `meta["residual"]` holds the residual at the points,
    (T, n).

    Raises ValueError where the Gram matrix or `loss_matrix` is not symmetric, or has an
    eigenvalue below 0 by more than 1e-6 of the largest: rounding is 0.

    >>> run = gradient_flow([1.0, 0.5], [2.0, 2.0], [0, np.log(2)])
    >>> run.error.round(12).tolist()
    [[2.0, 2.0], [1.0, 1.414213562373]]
    >>> run = gradient_flow([[2.0, 0.0], [0.0, 6.0]], [1.0, 1.0], [0, 1])
    >>> run.meta["rates"].round(12).tolist()        # of K/n
    [3.0, 1.0]
    >>> (-np.log(run.meta["residual"][1])).round(12).tolist()
    [1.0, 3.0]
    """
    t = np.atleast_1d(real_array("t", t))
    if t.min() < 0:
        raise ValueError(f"t starts at {t.min():g}; expected times of at least 0.")
    flow = METHODS["flow"]
    return _run(
        lambda rate: np.exp(-np.outer(t, rate)),
        rates,
        start,
        t,
        modes,
        {"clock": flow.clock, "label": f"theory, {flow.label}"},
        weights=weights,
        loss_matrix=loss_matrix,
        onto=onto,
    )


def gradient_descent(
    rates: ArrayLike,
    start: ArrayLike,
    steps: ArrayLike,
    lr: float,
    modes: ArrayLike | None = None,
    *,
    weights: ArrayLike | None = None,
    loss_matrix: ArrayLike | None = None,
    onto: Basis | ArrayLike | None = None,
) -> History:
    """Gradient descent: e_k after s steps is (1 - eta lambda_k)^s e_k(0).

    Stable for eta lambda_k < 2. The clock is "flow": t = eta s.

    Parameters
    ----------
    steps : (T,) whole numbers, or one number S up to a million for 0, 1, ..., S.
    lr : learning rate eta.
    rates, start, modes, weights, loss_matrix, onto : as in `gradient_flow`.

    >>> gradient_descent([1.0], [1.0], [0, 3], lr=0.5).error.ravel().tolist()
    [1.0, 0.125]
    """
    return _stepped(
        METHODS["gd"],
        rates,
        start,
        steps,
        lr,
        momentum=None,
        modes=modes,
        weights=weights,
        loss_matrix=loss_matrix,
        onto=onto,
    )


def heavy_ball(
    rates: ArrayLike,
    start: ArrayLike,
    steps: ArrayLike,
    lr: float,
    momentum: float = 0.9,
    modes: ArrayLike | None = None,
    *,
    weights: ArrayLike | None = None,
    loss_matrix: ArrayLike | None = None,
    onto: Basis | ArrayLike | None = None,
) -> History:
    r"""Heavy ball, torch's SGD with momentum.

    With z = eta lambda_k, and the velocity zero at the start (e_{-1} = e_0),

        e_{s+1} = (1 + beta - z) e_s - beta e_{s-1},

    stable for z < 2 (1 + beta). Modes between the critical points

        (1 - sqrt(beta))^2 < z < (1 + sqrt(beta))^2

    all decay as sqrt(beta)^s, the easy ones among them slower than without momentum.
    The clock is "steps". Derived here, checked numerically (setting: arXiv 2206.14862).

    Parameters
    ----------
    steps : (T,) whole numbers, or one number S up to a million for 0, 1, ..., S.
    lr : learning rate eta.
    momentum : beta, at least 0 and below 1.
    rates, start, modes, weights, loss_matrix, onto : as in `gradient_flow`.

    >>> run = heavy_ball([1.0], [1.0], 2, lr=0.1, momentum=0.5)
    >>> run.error.ravel().round(12).tolist()        # 1, 0.9, 1.4 * 0.9 - 0.5
    [1.0, 0.9, 0.76]
    """
    return _stepped(
        METHODS["heavy_ball"],
        rates,
        start,
        steps,
        lr,
        momentum=momentum,
        modes=modes,
        weights=weights,
        loss_matrix=loss_matrix,
        onto=onto,
    )


def nesterov(
    rates: ArrayLike,
    start: ArrayLike,
    steps: ArrayLike,
    lr: float,
    momentum: float = 0.9,
    modes: ArrayLike | None = None,
    *,
    weights: ArrayLike | None = None,
    loss_matrix: ArrayLike | None = None,
    onto: Basis | ArrayLike | None = None,
) -> History:
    r"""Nesterov's method: the gradient is taken at the point looked ahead to.

    With z = eta lambda_k, and the velocity zero at the start (e_{-1} = e_0),

        e_{s+1} = (1 + beta)(1 - z) e_s - beta (1 - z) e_{s-1},

    stable for z < (2 + 2 beta)/(1 + 2 beta). For ((1 - beta)/(1 + beta))^2 < z < 1 a
    mode decays as (beta (1 - z))^(s/2). The clock is "steps". Derived here, checked
    numerically.

    Parameters
    ----------
    steps : (T,) whole numbers, or one number S up to a million for 0, 1, ..., S.
    lr : learning rate eta.
    momentum : beta, at least 0 and below 1.
    rates, start, modes, weights, loss_matrix, onto : as in `gradient_flow`.

    >>> run = nesterov([1.0], [1.0], 2, lr=0.1, momentum=0.5)
    >>> run.error.ravel().round(12).tolist()        # 1, 0.9, 1.35 * 0.9 - 0.45
    [1.0, 0.9, 0.765]
    """
    return _stepped(
        METHODS["nesterov"],
        rates,
        start,
        steps,
        lr,
        momentum=momentum,
        modes=modes,
        weights=weights,
        loss_matrix=loss_matrix,
        onto=onto,
    )


def mode_factor(
    z: ArrayLike, method: str | Method = "gd", momentum: float = 0.0
) -> np.ndarray:
    """Factor by which a mode shrinks per step in the long run.

    It is the largest root in size of r^2 - T r + D. A mode near critical damping
    carries a large prefactor and is behind this factor for many steps. Derived here,
    checked numerically.

    Parameters
    ----------
    z : lr * rate, any shape, at least 0.
    method : a name in `METHODS`, or a `Method` of your own.
    momentum : beta, at least 0 and below 1; of no effect on "flow" and "gd".

    Returns
    -------
    The factor, in the shape of z.

    >>> fast, middle, slow = mode_factor([0.9, 0.1, 0.001], "heavy_ball", 0.9).round(4)
    >>> fast.item(), middle.item(), slow.item()        # sqrt(0.9) twice, then slower
    (0.9487, 0.9487, 0.9889)
    >>> mode_factor([0.5, 1.5, 2.5]).tolist()
    [0.5, 0.5, 1.5]
    """
    z, method, beta = _checked(z, method, momentum)
    trace, det = method.recursion(z, beta)
    gap = np.sqrt(trace**2 - 4 * det + 0j)
    return np.maximum(np.abs(trace + gap), np.abs(trace - gap)) / 2


def mode_trajectory(
    z: ArrayLike,
    steps: ArrayLike,
    method: str | Method = "gd",
    momentum: float = 0.0,
) -> np.ndarray:
    """Errors e_s / e_0 of modes after s steps, in closed form.

    With roots r1, r2 of r^2 - T r + D and U_s = (r1^s - r2^s)/(r1 - r2), the start
    e_{-1} = e_0 gives e_s / e_0 = U_{s+1} - D U_s, exact for complex, equal and real
    roots.

    Parameters
    ----------
    z : (K,) lr * rate, at least 0.
    steps : (T,) whole numbers, or one number S up to a million for 0, 1, ..., S.
    method : a name in `METHODS`, or a `Method` of your own; "flow" is exp(-z s).
    momentum : beta, at least 0 and below 1; of no effect on "flow" and "gd".

    Returns
    -------
    (T, K).

    >>> mode_trajectory([0.5, 2.0], 3).tolist()
    [[1.0, 1.0], [0.5, -1.0], [0.25, 1.0], [0.125, -1.0]]
    """
    z, method, beta = _checked(z, method, momentum)
    factor = _trajectory(z, _whole_steps(steps), method, beta)
    if not np.isfinite(factor).all():
        raise ValueError(
            f"z reaches {z.max():g}, and the errors grow past all numbers; choose lr"
            f" times rate below {method.stable_below(beta):.4g}."
        )
    return factor


def _trajectory(z, steps, method, beta):
    """(T, K) of `mode_trajectory`; not finite where it grows past all numbers."""
    z = real_array("z", np.atleast_1d(z), ndim=1)  # (K,)
    s = steps[:, None]  # (T, 1)
    within_memory("steps", 16, len(s), len(z))
    # Where there is one root, the formula for two divides by zero and is not used.
    with np.errstate(all="ignore"):
        trace, det = method.recursion(z, beta)
        sign = np.where(trace < 0, -1, 1)
        gap = sign * np.sqrt(trace**2 - 4 * det + 0j)
        r1 = (trace + gap) / 2  # the larger root, by the sign
        # log(r2/r1), accurate when the roots nearly meet.
        log_ratio = np.log1p(-gap / r1)

        def U(s: np.ndarray) -> np.ndarray:
            ratio = np.expm1(s * log_ratio) / np.expm1(log_ratio)
            return r1 ** (s - 1.0) * np.where(gap == 0, s, ratio)

        one_root = trace ** s.astype(float)
        two_roots = (U(s + 1) - det * U(s)).real
    return np.where(det == 0, one_root, two_roots)


def pinn_rates(
    rates: ArrayLike, order: int, frequencies: ArrayLike | None = None
) -> np.ndarray:
    """Rates of modes when the loss is the residual of a differential operator.

    For L u = u^(q) on the circle the kernel of the residual is L_x L_x' K, so its rates
    are k^(2q) lambda_k: a raw interior residual reduces the bias towards low
    frequencies. These are rates of the residual's modes, k^q times the error's;
    boundary terms and other normalisations change the picture (arXiv 2301.02790).
    Derived here, checked numerically.

    Parameters
    ----------
    rates : (K,) lambda_k.
    order : q, at least 0.
    frequencies : (K,) k of each mode, default 0..K-1.

    Returns
    -------
    (K,).

    >>> pinn_rates([1.0, 1.0, 0.25], 2).tolist()
    [0.0, 1.0, 4.0]
    """
    rates = real_array("rates", rates, ndim=1)
    if frequencies is None:
        frequencies = np.arange(len(rates))
    k = real_array("frequencies", frequencies, shape=rates.shape)
    q = positive_int("order", order, least=0)
    with np.errstate(over="ignore", invalid="ignore"):
        raised = rates * np.abs(k) ** (2.0 * q)
    if not np.isfinite(raised).all():
        raise ValueError(
            f"order is {order}, and k^(2 order) is past all numbers at frequency"
            f" {np.abs(k).max():g}; pass a lower order or lower frequencies."
        )
    return raised


def effective_train_eigenvalue(
    eigenvalues: ArrayLike, multiplicity: ArrayLike, count: int, tail: float = 0.0
) -> np.ndarray:
    """Mean eigenvalue of K/n that each degree shows on n random points.

    The M harmonics of larger eigenvalue take M of the n dimensions, and n' = n - M are
    left. What n points cannot tell apart, the harmonics of smaller eigenvalue with
    their mass, acts on these like a ridge:

        mu_k n'/n + (tail + sum over smaller mu_l of N_l mu_l)/n.

    Derived here, checked numerically (setting: arXiv 1912.01198).

    Parameters
    ----------
    eigenvalues : (K,) mu_k, of the population.
    multiplicity : (K,) number N_k of harmonics of each degree.
    count : number n of training points.
    tail : mass sum N_k mu_k in the degrees that are left out. Below 0 by rounding, as
        K(0) - sum N_k mu_k may be, it counts as 0.

    Returns
    -------
    (K,); for degrees that find no room, n' < 0, the second part alone.

    >>> effective_train_eigenvalue([0.4, 0.01], [1, 20], 100, tail=0.1).round(4)
    array([0.403 , 0.0109])
    """
    mu, many = _spectrum(eigenvalues, multiplicity)
    n = positive_int("count", count)
    order = np.argsort(-mu, kind="stable")
    mass = (many * mu)[order]
    before, after = np.empty(len(mu)), np.empty(len(mu))
    before[order] = np.cumsum(many[order]) - many[order]
    after[order] = mass.sum() - np.cumsum(mass)
    room = np.maximum(n - before, 0) / n
    return mu * room + (_left_out(tail, mu, many) + after) / n


def descent_on_samples(
    eigenvalues: ArrayLike,
    multiplicity: ArrayLike,
    count: int,
    steps: int | ArrayLike,
    lr: float,
    tail: float,
) -> tuple[np.ndarray, np.ndarray]:
    r"""What gradient descent on n random points leaves of each degree, there and at
    fresh points: a mean over all harmonics of the degree.

    With m(z) = tr (K/n - z)^{-1} / n of the random Gram matrix K,

        1/m = tail/n - z + sum_k (N_k/n) mu_k/(1 + mu_k m),

    a harmonic v of degree k has v.(K/n - z)^{-1}v/n = m/(1 + mu_k m). From that the
    functions of K follow by a contour integral: left on the training points is
    v.D v/n with D = (1 - lr K/n)^steps, and left elsewhere 1 - mu_k v.(1 - D) K^{-1} v.

    As n grows it is 1 - lr mu_k, to the power of the steps, in both places; as steps
    grow, elsewhere kappa/(n mu_k + kappa) with the `effective_ridge` kappa. Harmonics
    are taken for independent, as columns of a random matrix. Derived here, checked
    numerically; for kappa see arXiv 2002.02561.

    Parameters
    ----------
    eigenvalues : (K,) mu_k; 0 for a degree that the kernel does not have.
    multiplicity : (K,) number N_k of harmonics of each degree.
    count : number n of training points.
    steps : S, for the steps 0 to S; or a list of them, as long as T.
    lr : step size, below 2 over the largest eigenvalue of K/n.
    tail : mass sum N_k mu_k in the degrees that are left out, above 0.

    Returns
    -------
    train, fresh : (T, K), each 1 at step 0.

    >>> train, fresh = descent_on_samples([0.4, 0.01], [1, 20], 100, [0, 50], 1, 0.1)
    >>> train[1].round(3), fresh[1].round(3)
    (array([0.  , 0.53]), array([0.006, 0.631]))
    """
    mu, many = _spectrum(eigenvalues, multiplicity)
    n, tail = positive_int("count", count), _tail(tail, mu, many)
    steps, lr = _whole_steps(steps), moderate("lr", lr)
    low, high = _sample_edges(mu, many, n, tail)
    if lr * high >= 2:
        raise ValueError(
            f"lr is {lr:g}, and the largest eigenvalue on {n} points about {high:.3g};"
            f" choose lr below {2 / high:.4g}."
        )
    # Around the spectrum, an ellipse in the plane of log z; between low and 0 it passes
    # at a ratio of 2.
    nodes = 256
    if len(steps) > 100_000:
        raise ValueError(
            f"steps asks for {len(steps)} of them; list at most 100000, such as every"
            " tenth."
        )
    angle = 2 * np.pi * (np.arange(nodes) + 0.5) / nodes
    ends = np.log([low / 2, (high + 2 / lr) / 2])
    half, height = np.diff(ends)[0] / 2, 0.6
    z = np.exp(ends.mean() + half * np.cos(angle) + 1j * height * np.sin(angle))
    along = z * (1j * height * np.cos(angle) - half * np.sin(angle))  # dz/d angle
    m = _mean_resolvent(z, mu, many, n, tail)[:, None]
    share = m / (1 + mu * m) * (1j * along / nodes)[:, None]  # (nodes, K)
    if np.abs(share.sum(axis=0) - 1).max() > 1e-4:
        raise ValueError(
            f"tail is {tail:g}, so small that the spectrum on {n} points covers too"
            " many decades; pass a larger tail."
        )
    decay = (1 - lr * z) ** steps[:, None]  # (T, nodes)
    train = (decay @ share).real
    fresh = 1 - mu * ((1 - decay) / z @ share).real
    return train, fresh


def sample_spectrum(
    at: ArrayLike,
    eigenvalues: ArrayLike,
    multiplicity: ArrayLike,
    count: int,
    tail: float,
) -> np.ndarray:
    """Density of the eigenvalues of K/n for n random points.

    The equation of `descent_on_samples`, read just above the real axis: the density is
    the imaginary part of m over pi, smoothed over 0.2 % of the eigenvalue. One degree
    alone has the law of Marchenko and Pastur.

    Parameters
    ----------
    at : (A,) eigenvalues, above 0.
    eigenvalues, multiplicity, count, tail : as for `descent_on_samples`.

    Returns
    -------
    (A,) share of the n eigenvalues for each unit of `at`.

    >>> at = np.linspace(0.001, 0.1, 2000)
    >>> density = sample_spectrum(at, [0.01], [20], 100, tail=0.1)
    >>> round(float(density[at > 0.003].sum() * (at[1] - at[0])), 1)     # 20 of 100
    0.2
    """
    mu, many = _spectrum(eigenvalues, multiplicity)
    at = real_array("at", at, ndim=1)
    if at.min() <= 0:
        raise ValueError(f"at holds {at.min():g}; expected eigenvalues above 0.")
    n, tail = positive_int("count", count), _tail(tail, mu, many)
    return _mean_resolvent(at * (1 + 0.002j), mu, many, n, tail).imag / np.pi


def _spectrum(eigenvalues, multiplicity):
    mu = real_array("eigenvalues", eigenvalues, ndim=1)
    many = real_array("multiplicity", multiplicity, shape=mu.shape)
    if min(mu.min(), many.min()) < 0:
        raise ValueError(
            "eigenvalues or multiplicity holds a negative number; both are at least 0."
        )
    return mu, many


def _left_out(tail, mu, many):
    """The mass that is left out: 0 for what the rounding of a sum makes negative."""
    mass = number("tail", tail)
    if mass < -1e-12 * (many @ mu):
        raise ValueError(f"tail is {mass:g}; expected a finite number of at least 0.")
    return max(mass, 0.0)


def _tail(tail, mu, many):
    """The mass that is left out, where it has to be seen beside the rest."""
    least = 1e-15 * (many @ mu)
    if positive("tail", tail) < least:
        raise ValueError(
            f"tail is {tail:g}, too small beside the mass of the degrees; pass at least"
            f" {least:.1g}."
        )
    return number("tail", tail)


def _mean_resolvent(z, mu, many, n, tail):
    """m (Z,) of `descent_on_samples` at complex z.

    By repetition, which is slow at an edge of the spectrum. What it does not reach is
    followed from far off the real axis, where it is fast, down to z.
    """
    m, found = _by_repetition(z, mu, many, n, tail)
    if found:
        return m
    far, near = np.abs(z) + (tail + many @ mu) / n, 1e-4 * np.abs(z)
    for share in [*np.linspace(0, 1, 100), np.inf]:
        away = far * (near / far) ** share
        at = z + 1j * np.sign(z.imag) * away
        if share == 0:
            m, found = _by_repetition(at, mu, many, n, tail)
        else:
            m, found = _by_newton(m, at, mu, many, n, tail)
    if not found:
        raise ValueError(
            f"tail is {tail:g}, so small that the spectrum on {n} points is not found;"
            " pass a larger tail, or another count."
        )
    return m


def _by_repetition(z, mu, many, n, tail):
    """m (Z,), and whether it has come to rest.

    Each step takes the mean of the old value and what the equation makes of it. Where
    both have the imaginary part of z this comes to the one solution.
    """
    m = -1 / z
    for _ in range(5_000):
        new = 1 / (tail / n - z + (many / n * mu / (1 + np.outer(m, mu))).sum(axis=1))
        if np.all(np.abs(new - m) < 1e-11 * np.abs(m)):
            return m, True
        m = (m + new) / 2
    return m, False


def _by_newton(m, z, mu, many, n, tail):
    """m (Z,) from one nearby, and whether it is the solution: that on the side of z."""
    share = np.where(mu > 0, many, 0.0) / n
    with np.errstate(all="ignore"):
        for _ in range(60):
            # The equation times m, in which nothing large cancels.
            left = 1 / (1 + np.outer(m, mu))  # (Z, K)
            missed = 1 - share.sum() + (z - tail / n) * m + left @ share
            step = missed / (z - tail / n - left**2 @ (mu * share))
            m = m - step
            if np.all(np.abs(step) < 1e-11 * np.abs(m)):
                return m, bool(np.all(m.imag * z.imag > 0))
    return m, False


def _sample_edges(mu, many, n, tail):
    """Ends of the spectrum of K/n: where z, as a function of real m, turns round."""

    def z(m: np.ndarray) -> np.ndarray:
        parts = many / n * mu / (1 + np.outer(m, mu))
        return tail / n - 1 / m + parts.sum(axis=1)

    share = np.geomspace(1e-9, 1 - 1e-9, 4000)
    above = z(-share / mu.max()) if mu.max() > 0 else np.array([tail / n])
    below = z(np.geomspace(1e-3, 1e12, 4000))
    return max(below.max(), tail / n), max(above.min(), tail / n)


def density_learning_time(
    frequencies: ArrayLike, density: ArrayLike, lr: float = 1.0, below: float = 0.1
) -> np.ndarray:
    """Time until a local frequency falls to a fraction of its start.

    With rho the data's density there, the time is

        pi ln(1/delta) omega^2/(eta rho)

    for the first-layer ReLU kernel with bias on the circle,

        K_b(a) = (1 + cos a)(pi - |a|)/(4 pi).

    Its second derivative is -1/pi times a delta function at 0, plus a smooth part, so
    that locally lambda = rho/(pi omega^2). The k^2/rho law of Basri et al. (arXiv
    2003.04560) with its constant; derived here, checked numerically.

    Parameters
    ----------
    frequencies : omega, angular.
    density : rho per radian (1/(2 pi) when uniform), in the shape of omega, or a
        number.
    lr : eta; 1 gives flow time, another steps.
    below : the fraction delta, between 0 and 1.

    >>> density = 0.8 / np.pi
    >>> time = density_learning_time(24, density)
    >>> round(float(time * density / 24**2), 3)        # pi ln 10
    7.234
    """
    omega = real_array("frequencies", frequencies)
    eta = positive("lr", lr)
    rho = real_array("density", density)
    if omega.ndim and rho.ndim and omega.shape != rho.shape:
        raise ValueError(
            f"frequencies has shape {omega.shape} and density has shape {rho.shape};"
            " pass arrays of one shape, or a number for one of them."
        )
    if rho.min() <= 0:
        raise ValueError(
            f"density holds {rho.min():g}; expected numbers above 0, per radian."
        )
    delta = positive("below", below)
    if delta >= 1:
        raise ValueError(f"below is {delta:g}; expected a fraction between 0 and 1.")
    with np.errstate(over="ignore", divide="ignore"):
        time = np.pi * np.log(1 / delta) * omega**2 / (eta * rho)
    if not np.isfinite(time).all():
        raise ValueError(
            "frequencies is so large, or lr or density so small, that the time is past"
            " all numbers; pass others."
        )
    return time


def effective_ridge(
    count: ArrayLike,
    eigenvalues: ArrayLike,
    multiplicity: ArrayLike,
    ridge: float = 0.0,
    tail: float = 0.0,
) -> np.ndarray:
    r"""The ridge kappa that kernel regression on p random points feels.

    It solves

        kappa = ridge + tail + sum_k N_k kappa mu_k/(p mu_k + kappa):

    what p points leave unseen acts on the rest as a ridge does (arXiv 2002.02561). A
    mode is learned once p mu_k is large beside kappa.

    Parameters
    ----------
    count : (P,) numbers p of training points.
    eigenvalues : (K,) mu_k.
    multiplicity : (K,) how often each comes, N_k.
    ridge : lambda in (K + lambda I) (not lambda/p).
    tail : sum of N_k mu_k over degrees that are left out; it acts as a ridge. Below 0
        by rounding, as K(0) - sum N_k mu_k may be, it counts as 0.

    Returns
    -------
    (P,); 0 where there are at least as many points as modes and neither ridge nor tail.

    >>> effective_ridge([0, 5, 50], [0.5, 0.05], [1, 10]).round(3).tolist()
    [1.0, 0.356, 0.0]
    """
    p = _counts(count)
    mu = real_array("eigenvalues", eigenvalues, ndim=1)
    many = real_array("multiplicity", multiplicity, shape=mu.shape)
    if min(p.min(), mu.min(), many.min()) < 0:
        raise ValueError(
            "count, eigenvalues or multiplicity holds a negative number;"
            " all of them are at least 0."
        )
    floor = deviation("ridge", ridge) + _left_out(tail, mu, many)

    # Kappa lies between low and high; the middle is that of their logarithms.
    low = np.full(p.shape, max(floor, 1e-300))
    high = np.full(p.shape, floor + many @ mu)
    for _ in range(200):
        middle = np.sqrt(low) * np.sqrt(high)
        unseen = many * middle * mu / (p * mu + middle)  # (P, K)
        below = middle < floor + unseen.sum(axis=1, keepdims=True)
        low = np.where(below, middle, low)
        high = np.where(below, high, middle)
    # Nothing is left of it when there are as many points as modes and no ridge.
    none = (floor == 0) & (p >= many[mu > 0].sum())
    return np.where(none | (high < 1e-290), 0.0, high)[:, 0]


def _counts(count):
    """Numbers of points as a column (P, 1)."""
    p = np.atleast_1d(real_array("count", count))
    return real_array("count", p, ndim=1)[:, None]


def learning_curve(
    count: ArrayLike,
    eigenvalues: ArrayLike,
    multiplicity: ArrayLike,
    power: ArrayLike,
    ridge: float = 0.0,
    noise: float = 0.0,
    tail: float = 0.0,
) -> tuple[np.ndarray, np.ndarray]:
    r"""Test error of kernel regression on random points, and its share in each degree.

    With kappa the `effective_ridge` the mean square error against the clean target is
    (arXiv 2002.02561)

        gamma = sum_k N_k p mu_k^2/(p mu_k + kappa)^2,
        E = (sum_k a_k^2 kappa^2/(p mu_k + kappa)^2 + noise gamma) / (1 - gamma),
        E_k = (a_k^2 kappa^2 + N_k p mu_k^2 (E + noise)) / (p mu_k + kappa)^2.

    Parameters
    ----------
    count : (P,) numbers p of training points.
    eigenvalues : (K,) mu_k.
    multiplicity : (K,) how often each comes, N_k.
    power : (K,) a_k^2, all of the target's power in degree k.
    ridge : lambda in (K + lambda I) (not lambda/p).
    noise : variance of the labels' noise.
    tail : sum of N_k mu_k over degrees that are left out; it acts as a ridge. Below 0
        by rounding, as K(0) - sum N_k mu_k may be, it counts as 0.

    Returns
    -------
    Total (P,) and by degree (P, K); the degrees sum to the total. With as many points
    as modes and neither ridge nor tail all noise comes through: the total is infinite,
    or 0 where there is no noise.

    >>> total, share = learning_curve([0, 50], [0.5, 0.05], [1, 10], [1.0, 1.0])
    >>> total.round(12).tolist()        # nothing seen; more points than modes
    [2.0, 0.0]
    """
    kappa = effective_ridge(count, eigenvalues, multiplicity, ridge, tail)[:, None]
    p = _counts(count)
    mu = real_array("eigenvalues", eigenvalues)
    many = real_array("multiplicity", multiplicity)
    floor = deviation("ridge", ridge) + _left_out(tail, mu, many)
    power = real_array("power", power, shape=mu.shape)
    if power.min() < 0:
        raise ValueError(f"power holds {power.min():g}; powers are at least 0.")
    noise = positive("noise", noise, zero=True)

    fit = _or_one(p * mu + kappa)
    # The share of a degree that is not learned.
    left = np.where(mu > 0, kappa / fit, 1.0)
    spread = many * p * (mu / fit) ** 2
    gamma = spread.sum(axis=1, keepdims=True)
    missed = (power * left**2).sum(axis=1, keepdims=True) + noise * gamma
    # 1 - gamma, by the equation of kappa, which leaves no difference to cancel.
    unseen = kappa * (many * mu / fit**2).sum(axis=1, keepdims=True)
    more = p - many[mu > 0].sum()
    free = np.where(kappa > 0, floor / _or_one(kappa) + unseen, more / _or_one(p))
    at_most = np.where(missed > 0, np.inf, 0.0)
    total = np.divide(missed, free, out=at_most, where=free > 0)
    learned = np.zeros(spread.shape)
    np.multiply(spread, total + noise, out=learned, where=spread > 0)
    return total[:, 0], power * left**2 + learned


def _or_one(value):
    return np.where(value > 0, value, 1.0)


def product_flow(
    gram: np.ndarray,
    loss_matrix: np.ndarray,
    start: np.ndarray,
    decay: Callable[[np.ndarray], np.ndarray],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """r(t) for dr/dt = -K P r, where K and P may be singular.

    Both are Hermitian positive semidefinite. With P = Q Q^H the vector Q^H r has the
    symmetric operator S = Q^H K Q = U diag(s) U^H, and with g = (1 - decay)/s

        r(t) = r(0) - K Q U g(s, t) U^H Q^H r(0).

    Modes below 1e-13 of the largest rate do not move: their effect is below 1e-13 of
    time times largest rate.

    Parameters
    ----------
    gram : (n, n) K, also sparse.
    loss_matrix : (n, n) P, or (n,) for a diagonal.
    start : (n,) r(0).
    decay : function of s (m,) giving (T, m): what is left of a mode of rate s.

    Returns
    -------
    r (T, n), coordinates U^H Q^H r (T, m) and s (m,), largest first.

    >>> flow = lambda s: np.exp(-np.outer([0, 0.25], s))
    >>> r, _, _ = product_flow(np.eye(1), np.array([4.0]), np.array([1.0]), flow)
    >>> r.round(6).tolist()
    [[1.0], [0.367879]]
    """
    gram, loss_matrix, start = _fitting(gram, loss_matrix, start)
    root = _root(loss_matrix)  # (n, m)
    pushed = gram @ root
    square = root.conj().T @ pushed
    s, u = _eigh((square + square.conj().T) / 2)
    start_there = u.conj().T @ (root.conj().T @ start)
    factor = decay(s)
    moves = s > 1e-13 * s.max(initial=0)
    share = np.where(moves, (1 - factor) / np.where(s > 0, s, 1.0), 0.0)
    moved = share * start_there  # (T, m)
    return start - moved @ (pushed @ u).T, factor * start_there, s


def _fitting(gram, loss_matrix, start):
    """K, dense or sparse, P and r(0), of one n."""
    if not hasattr(gram, "tocsc"):
        gram = real_or_complex("gram", gram)
    loss_matrix = real_or_complex("loss_matrix", loss_matrix)
    start = real_or_complex("start", start)
    n = start.shape
    if len(n) != 1 or gram.shape != n + n or loss_matrix.shape not in (n, n + n):
        raise ValueError(
            f"gram has shape {gram.shape}, loss_matrix {loss_matrix.shape} and start"
            f" {n}; expected (n, n), (n, n) or (n,), and (n,)."
        )
    return gram, loss_matrix, start


def _root(matrix):
    """Q (n, m) with Q Q^H the matrix, m its rank."""
    name = "the loss matrix (or the transform of the data)"
    if matrix.ndim == 1:
        _check_semidefinite(name, matrix)
        return np.diag(np.sqrt(np.maximum(matrix, 0.0)))
    values, vectors = np.linalg.eigh((matrix + matrix.conj().T) / 2)
    _check_semidefinite(name, values)
    kept = values > 1e-14 * values[-1]
    return vectors[:, kept] * np.sqrt(values[kept])


def _eigh(matrix):
    """Eigenvalues of a semidefinite matrix, largest first, and eigenvectors."""
    values, vectors = np.linalg.eigh(matrix)
    _check_semidefinite("the Gram matrix", values)
    return np.maximum(values[::-1], 0.0), vectors[:, ::-1]


def _check_semidefinite(name, eigenvalues):
    """No eigenvalue is below 0 by more than the rounding of single precision."""
    if eigenvalues.min(initial=0) < -1e-6 * np.abs(eigenvalues).max(initial=0):
        raise ValueError(
            f"{name} has the eigenvalue {eigenvalues.min():.2g}, with which errors"
            " would grow; pass a positive semidefinite matrix."
        )


def _run(decay, rates, start, t, modes, meta, *, weights, loss_matrix, onto):
    """The History of any method, from `decay`: rates (K,) -> e(t)/e(0) (T, K)."""
    own = getattr(rates, "modes", None)  # `fbkit.rates` knows them
    rates = np.atleast_1d(real_array("rates", rates))
    if rates.ndim == 1:
        if weights is not None or loss_matrix is not None or onto is not None:
            raise ValueError(
                "weights, loss_matrix and onto go with a Gram matrix;"
                " leave them out for rates per mode."
            )
        if rates.min() < 0:
            raise ValueError(
                f"rates holds {rates.min():g}; decay rates are at least 0."
            )
        error = decay(rates) * real_array("start", start, shape=rates.shape)
        names = np.arange(len(rates)) if own is None else own
        loss = np.square(error).sum(axis=1) / 2
    else:
        w = _weights(weights, onto, len(rates))
        residual, coordinates, s = _gram_run(decay, rates, start, w, loss_matrix)
        error, names = _read(residual, coordinates, w, onto)
        loss = np.square(residual) @ w / 2
        meta = {**meta, "rates": s, "residual": residual}
    if modes is not None:
        names = real_array("modes", modes)
        if names.shape[:1] != error.shape[1:]:
            raise ValueError(
                f"modes has shape {names.shape}; expected one name for each of"
                f" {error.shape[1]} modes."
            )
    return History(t, names, error, loss, meta)


def _weights(weights, onto, n):
    if weights is None:
        weights = onto.weights if isinstance(onto, Basis) else np.full(n, 1 / n)
    w = real_array("weights", weights, shape=(n,))
    if w.min() <= 0:
        raise ValueError(
            f"weights holds {w.min():g}; weights are above 0,"
            " so drop points that do not count."
        )
    return w


def _gram_run(decay, gram, start, weights, loss_matrix):
    """Residual (T, n), its coordinates in the eigenvectors (T, m), and rates (m,)."""
    n = len(gram)
    gram = real_array("the Gram matrix", gram, shape=(n, n))
    if not _is_symmetric(gram):
        raise ValueError(
            "the Gram matrix is not symmetric;"
            " pass K(x_i, x_j) of a kernel, without weights."
        )
    start = real_array("start", start, shape=(n,))
    if loss_matrix is not None:
        loss_matrix = real_array("loss_matrix", loss_matrix, shape=(n, n))
        if not _is_symmetric(loss_matrix) or not loss_matrix.any():
            raise ValueError(
                "loss_matrix is not symmetric, or 0; pass the P of 1/2 r.P r, which is"
                " (P + P.T) / 2."
            )
        return product_flow(gram, loss_matrix, start, decay)
    # r = W^(-1/2) U decay U^T W^(1/2) r(0): as `product_flow` with a diagonal P, but
    # without the subtraction that it makes.
    root = np.sqrt(weights)
    s, u = _eigh(root[:, None] * (gram + gram.T) / 2 * root)
    coordinates = decay(s) * (u.T @ (root * start))
    return coordinates @ u.T / root, coordinates, s


def _is_symmetric(matrix):
    return np.abs(matrix - matrix.T).max() <= 1e-8 * np.abs(matrix).max()


def _read(residual, coordinates, weights, onto):
    """Errors (T, K) that are read off the residual, and names of the modes."""
    if onto is None:
        return coordinates, np.arange(coordinates.shape[1])
    if isinstance(onto, Basis):
        return onto.analyse(residual), onto.modes
    v = real_array("onto", onto, shape=(residual.shape[1], None))
    length = np.sqrt(weights @ v**2)
    if length.min() == 0:
        raise ValueError(
            "onto holds a column of zeros, which reads nothing off; leave it out."
        )
    error = residual @ (weights[:, None] * v / length)
    return error, np.arange(v.shape[1])


def _stepped(method, rates, start, steps, lr, *, momentum, modes, **options):
    """The History of a method that makes steps; `momentum` is None for one without."""
    steps = _whole_steps(steps)
    lr = number("lr", positive("lr", lr))
    beta = 0.0 if momentum is None else _momentum(momentum)

    def decay(s: np.ndarray) -> np.ndarray:
        with np.errstate(over="ignore"):
            z, _, _ = _checked(lr * s, method, beta)
        factor = _trajectory(z, steps, method, beta)
        if not np.isfinite(factor).all():
            limit = method.stable_below(beta) / s.max()
            raise ValueError(
                f"lr is {lr:g}, and with the largest rate {s.max():g} the errors grow"
                f" past all numbers; choose lr below {limit:.4g}."
            )
        return factor

    meta = {
        "clock": method.clock,
        "label": f"theory, {method.label}",
        "lr": lr,
        "steps": steps,
    }
    if momentum is not None:
        meta["momentum"] = beta
    t = steps * lr if method.clock == "flow" else steps
    return _run(decay, rates, start, t, modes, meta, **options)


def _whole_steps(steps):
    """0, 1, ..., S for a number S, or a list of whole numbers as it is."""
    if not has_axes(steps):
        last = positive_int("steps", steps, least=0)
        if last <= 1_000_000:
            return np.arange(last + 1)
    # A larger number is no list of steps, and is told so.
    steps = real_array("steps", steps, ndim=1)
    if steps.min() < 0 or steps.max() > 2**53 or np.any(steps != np.round(steps)):
        raise ValueError(
            "steps holds a number that is negative, not whole or past 2^53;"
            " pass steps like [0, 1, 10]."
        )
    return steps.astype(int)


def _checked(z, method, momentum):
    z = real_array("z", z)
    if z.min() < 0 or z.max() > 1e100:
        raise ValueError(
            f"z runs from {z.min():g} to {z.max():g};"
            " expected lr times rate, from 0 to 1e100 at most."
        )
    if not isinstance(method, Method):
        method = METHODS[one_of("method", method, METHODS)]
    return z, method, _momentum(momentum)


def _momentum(momentum):
    beta = positive("momentum", momentum, zero=True)
    if beta >= 1:
        raise ValueError(
            f"momentum is {beta:g}; expected a number of at least 0 and below 1."
        )
    return beta
