r"""Where ReLU units bend: breaklines, what holds them, and how fast they move.

A unit a ReLU(w.x + b) bends along the breakline w.x + b = 0. With x~ = (x, 1) and
W = (w, b) = `|W|` v, v of length 1, gradient flow of the loss (1/2n) sum_i r_i^2,
r = f - y, reads, with p = -(1/n) sum_{active i} r_i x~_i::

    v' = (a/|W|) (p - v (v.p)),    |W|' = a v.p,    a' = |W| v.p,

so that a^2 - W.W never changes. From small weights r = -y for a long time:
directions run to the maxima of s H(v), H = (1/n) sum_i y_i ReLU(v.x~_i), s = sign a,
and only then does the network grow (Sahs et al., arXiv 2503.10587; equations derived
here, checked numerically). The model has no factor of the width in front.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from fbkit._bounds import number
from fbkit._errors import positive, positive_int, real_array, within_memory

MOST_STEPS = 10**6  # of one `neuron_flow`


class RadonSpline(NamedTuple):
    """ReLU units without their scale, as `radon_parameters` gives them.

    Attributes
    ----------
    direction : w/`|w|` (m, d), of length 1.
    offset : gamma (m,).
    mass : the magnitude A (m,), signed.
    """

    direction: np.ndarray
    offset: np.ndarray
    mass: np.ndarray


class BreaklineRates(NamedTuple):
    """Time derivatives of every unit's coordinates, as `breakline_ode` gives them.

    Attributes
    ----------
    direction : of v = W/`|W|` (m, d+1).
    length : of `|W|` (m,).
    outer : of a (m,).
    breakline : of h (m,) in one dimension, else None.
    mass : of the magnitude A (m,) in one dimension, else None.
    """

    direction: np.ndarray
    length: np.ndarray
    outer: np.ndarray
    breakline: np.ndarray | None
    mass: np.ndarray | None


class NeuronFlow(NamedTuple):
    """A run of `neuron_flow`.

    Attributes
    ----------
    t : (T,) the times recorded.
    outer : a (T, m).
    inner : W (T, m, d+1).
    loss : (T,).
    """

    t: np.ndarray
    outer: np.ndarray
    inner: np.ndarray
    loss: np.ndarray


class Attractor(NamedTuple):
    """A direction that small units run to, one of `attractors`.

    Attributes
    ----------
    direction : v = W/`|W|` (2,), of length 1.
    breakline : h = -b/w.
    rate : s H(v); below 0, balanced units there shrink.
    sign : s, that of a.
    point : index of the data point that holds the breakline, or None.
    """

    direction: np.ndarray
    breakline: float
    rate: float
    sign: int
    point: int | None


def radon_parameters(
    outer: ArrayLike, weights: ArrayLike, biases: ArrayLike
) -> RadonSpline:
    r"""What a ReLU unit is apart from its scale.

    A unit is a ReLU(w.x + b) = A ReLU(v.x - gamma) with::

        v = w/|w|,    gamma = -b/|w|,    A = a |w|,

    unchanged by (a, w, b) -> (a/c, c w, c b), c > 0. Source: arXiv 2503.10587.

    Parameters
    ----------
    outer : a (m,).
    weights : w (m,) or (m, d), without a zero.
    biases : b (m,).

    Returns
    -------
    spline : v, gamma and A; in one dimension the breakline is at v gamma = -b/w.

    >>> radon_parameters([3.0], [-2.0], [1.0]).mass.tolist()
    [6.0]
    """
    w = _rows("weights", weights)
    a = real_array("outer", outer, shape=(len(w),))
    b = real_array("biases", biases, shape=(len(w),))
    size = np.linalg.norm(w, axis=1)
    if size.min() == 0:
        raise ValueError(
            "weights holds a unit with w = 0, which bends nowhere; leave it out."
        )
    return RadonSpline(direction=w / size[:, None], offset=-b / size, mass=a * size)


def effective_neurons(angles: ArrayLike, mass: ArrayLike, bins: int = 180) -> float:
    r"""How many different units a network amounts to, from 1 to m.

    It is the participation ratio (sum_j M_j)^2 / sum_j M_j^2, where units of one sign
    in one of `bins` equal bins of the angle count as one, M_j the sum of their sizes.
    For directions in place of angles, units of one sign within 2 pi/bins of each other
    count as one: `(sum_i |m_i|)^2 / sum_ij |m_i m_j|` over such pairs.

    Parameters
    ----------
    angles : (m,) of directions in radians, or directions (m, k), none of them zero.
    mass : (m,) signed, such as `a|W|`.
    bins : how many bins go round the circle.

    >>> effective_neurons([0.0, 1.0, 1.0], [2.0, 1.0, 1.0])
    2.0
    >>> effective_neurons([1.0, 1.0], [1.0, -1.0])
    2.0
    """
    angles = real_array("angles", angles)
    bins = positive_int("bins", bins, most=10**6)
    units = len(np.atleast_1d(angles))
    mass = real_array("mass", mass, shape=(units,))
    if not mass.any():
        raise ValueError(
            "mass is 0 for every unit; pass a network that computes something."
        )
    size = np.abs(mass)
    positive_sign = mass > 0
    if angles.ndim == 1:
        turn = np.mod(angles, 2 * np.pi) / (2 * np.pi)
        # The remainder is for an angle that rounds to a whole turn.
        box = np.floor(turn * bins).astype(int) % bins
        together = np.bincount(box + bins * positive_sign, size)
        return float(together.sum() ** 2 / np.square(together).sum())
    directions = real_array("angles", angles, ndim=2)
    length = np.linalg.norm(directions, axis=1, keepdims=True)
    if length.min() == 0:
        raise ValueError(
            "angles holds a direction of length 0, which points nowhere; leave it out."
        )
    unit = directions / length
    within_memory("angles", 4, units, units)
    close = unit @ unit.T >= math.cos(2 * np.pi / bins)
    same_sign = np.equal.outer(positive_sign, positive_sign)
    return float(size.sum() ** 2 / (size @ (close & same_sign) @ size))


def pinned_mass(
    breaklines: ArrayLike, mass: ArrayLike, X: ArrayLike, within: float = 0.02
) -> float:
    """The share of the mass inside the data's range that is at a data point.

    Parameters
    ----------
    breaklines : (m,), in one dimension.
    mass : (m,), of which the size counts.
    X : (n,) data points.
    within : how close to a point a breakline is "at" it, above 0.

    Returns
    -------
    share : from 0 to 1; NaN where no breakline is inside.

    >>> pinned_mass([0.01, 0.5, 7.0], [3.0, -1.0, 9.0], [0.0, 1.0])
    0.75
    """
    h = real_array("breaklines", breaklines, ndim=1)
    x = real_array("X", X, ndim=1)
    within = positive("within", within)
    size = np.abs(real_array("mass", mass, shape=h.shape))
    within_memory("breaklines", 2, len(h), len(x))
    distance = np.abs(h[:, None] - x).min(axis=1)
    pinned = distance <= within
    inside = ((h >= x.min()) & (h <= x.max())) | pinned
    if not size[inside].any():
        return np.nan
    return float(size[pinned].sum() / size[inside].sum())


def breakline_ode(
    outer: ArrayLike,
    weights: ArrayLike,
    biases: ArrayLike,
    X: ArrayLike,
    values: ArrayLike,
) -> BreaklineRates:
    r"""Velocities of every unit under gradient flow, in the coordinates of this module.

    In one dimension, for breakline h = -b/w and magnitude A = `a|w|`, sums over the
    points where the unit is active::

        h' = (a/w) (1/n) sum r (1 + h x),
        A' = -w^2 sgn(w) (1/n) sum r (x - h) - a^2 sgn(w) (1/n) sum r x.

    Derived here, checked against finite differences.

    Parameters
    ----------
    outer : a (m,).
    weights : w (m,) or (m, d).
    biases : b (m,).
    X : (n,) or (n, d) data points.
    values : (n,) y.

    Returns
    -------
    rates : time derivatives of v, `|W|` and a and, in one dimension, of h and A.

    A unit whose output is too small must grow (r = 1 - 2):

    >>> rates = breakline_ode([1.0], [1.0], [0.0], [1.0], [2.0])
    >>> rates.outer.tolist(), rates.breakline.tolist(), rates.mass.tolist()
    ([1.0], [-1.0], [2.0])
    """
    dim = radon_parameters(outer, weights, biases).direction.shape[1]
    X, y = _data(X, values, dim)
    a = real_array("outer", outer)
    W = np.column_stack([_rows("weights", weights), real_array("biases", biases)])
    _, g = _force(a, W, X, y)
    size = np.linalg.norm(W, axis=1)
    direction = W / size[:, None]
    along = (direction * g).sum(axis=1)
    turning = -(a / size)[:, None] * (g - direction * along[:, None])
    moving = growing = None
    if dim == 1:
        w, b = W.T
        sum_rx, sum_r = g.T
        moving = a / w * (sum_r - b / w * sum_rx)
        growing = -np.sign(w) * (w**2 * (sum_rx + b / w * sum_r) + a**2 * sum_rx)
    return BreaklineRates(
        direction=turning,
        length=-a * along,
        outer=-size * along,
        breakline=moving,
        mass=growing,
    )


def neuron_flow(
    outer: ArrayLike,
    inner: ArrayLike,
    X: ArrayLike,
    values: ArrayLike,
    t: ArrayLike,
    *,
    step: float = 0.05,
    until: float = np.inf,
) -> NeuronFlow:
    r"""Gradient flow of a small ReLU network f(x) = sum_j a_j ReLU(W_j.x~).

    By Heun's rule.

    Parameters
    ----------
    outer : a (m,) at time 0 (`balanced_start` makes both).
    inner : W = (w, b) (m, d+1) at time 0.
    X : (n,) or (n, d) data points.
    values : (n,) y.
    t : (T,) when to record: increasing, from 0 on.
    step : longest time step; it is shortened where a bound on the kernel's largest
        eigenvalue asks for it.
    until : stop at the first record where `sum_j |a_j| |W_j|` exceeds this.

    Returns
    -------
    run : a, W and the loss (1/2n) sum_i r_i^2 at the times recorded.

    The loss falls, and a^2 - W.W is conserved but for the rule's error:

    >>> start = balanced_start(4, 0.5, seed=1)
    >>> run = neuron_flow(*start, [-0.5, 0.8], [1.0, 1.0], [0.0, 10.0, 20.0])
    >>> bool(run.loss[0] > run.loss[1] > run.loss[2])
    True
    >>> imbalance = run.outer**2 - np.square(run.inner).sum(axis=2)
    >>> bool(np.abs(imbalance).max() < 1e-4)
    True
    """
    X, y = _data(X, values)
    a = real_array("outer", outer, ndim=1)
    W = real_array("inner", inner, shape=(len(a), X.shape[1]))
    times = real_array("t", t, ndim=1)
    step = positive("step", step)
    until = _or_infinite("until", until, np.inf)
    if times[0] < 0 or np.any(np.diff(times) <= 0):
        raise ValueError("t must increase from 0 or later; sort the times.")
    if times[-1] > MOST_STEPS * step:
        raise ValueError(
            f"t ends at {times[-1]:g}, over {MOST_STEPS} steps of {step:g} away; pass a"
            " longer step, or shorter times."
        )
    within_memory("t", 2, len(times), W.size)
    reach = np.square(X).sum(axis=1).max()
    now = 0.0
    records = []
    for time in times:
        while now < time:
            # The tangent kernel over n has no eigenvalue above this bound; Heun's rule
            # bears steps of 2 over it.
            bound = reach * (np.square(W).sum() + a @ a)
            left = time - now
            h = min(step, 1 / max(bound, 1e-300), left)
            if h * MOST_STEPS < left:
                raise ValueError(
                    "outer, inner, X or values is so large that gradient flow takes"
                    f" over {MOST_STEPS} steps; scale them down."
                )
            a, W = _heun_step(a, W, X, y, h)
            now = time if h == left else now + h
        r, _ = _force(a, W, X, y)
        records.append((time, a, W, r @ r / (2 * len(y))))
        if np.abs(a) @ np.linalg.norm(W, axis=1) > until:
            break
    return NeuronFlow(*(np.array(column) for column in zip(*records)))


def balanced_start(
    width: int, scale: float, dim: int = 1, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Balanced random units: `|a_j| = |W_j| = scale / sqrt(width)`.

    Directions are uniform, the signs of a take turns.

    Parameters
    ----------
    width : m, the number of units.
    scale : alpha, above 0.
    dim : of the input.
    seed : of the directions.

    Returns
    -------
    outer, inner : a (m,) and W (m, dim+1).

    >>> a, W = balanced_start(6, 0.1)
    >>> bool(np.allclose(np.linalg.norm(W, axis=1), abs(a)))
    True
    >>> round(float(abs(a) @ abs(a)), 12)
    0.01
    """
    m, d = positive_int("width", width), positive_int("dim", dim)
    alpha = positive("scale", scale)
    rng = np.random.default_rng(positive_int("seed", seed, least=0))
    within_memory("width", 4, m, d + 1)
    W = rng.normal(size=(m, d + 1))
    size = alpha / math.sqrt(m)
    signs = (-1.0) ** np.arange(m)
    return size * signs, size * W / np.linalg.norm(W, axis=1, keepdims=True)


def attractors(X: ArrayLike, values: ArrayLike, level: float = 0.0) -> list[Attractor]:
    r"""The directions that small units run to and grow: maxima above 0 of s H(v).

    On the circle, for s = +1 and -1::

        H(v) = (1/n) sum_i y_i ReLU(v.x~_i),

    v in the (w, b) plane, data in one dimension. H is a sine arc between the 2n kinks
    v.x~_i = 0, so a maximum is the top of an arc, or a kink: a breakline held by a data
    point. Balanced units there grow as exp(`rate` t). Some kinks are maxima below 0:
    units run there, too, and shrink to nothing. They are found with level=-inf.
    Derived here, checked numerically.

    Parameters
    ----------
    X : (n,) distinct data points.
    values : (n,) y.
    level : of s H, above which a maximum counts; 0 where units grow.

    Returns
    -------
    found : fastest first.

    For a constant the bias alone will do:

    >>> first = attractors([-1.0, 1.0], [1.0, 1.0])[0]
    >>> first.direction.round(9).tolist(), first.rate, first.point
    ([0.0, 1.0], 1.0, None)

    Where all pull down, units with a > 0 are pushed off the points, and shrink:

    >>> X, values = [-1.0, 0.0, 1.0], [-3.0, 1.0, -3.0]
    >>> found = attractors(X, values, level=-np.inf)
    >>> [(one.sign, round(one.rate, 3)) for one in found]
    [(-1, 1.667), (-1, 1.202), (-1, 1.202), (1, -1.179), (1, -1.179)]
    """
    X, y = _data(real_array("X", X, ndim=1), values)
    if len(np.unique(X[:, 0])) < len(X):
        raise ValueError("X holds a point twice; leave one of them out.")
    least = _or_infinite("level", level, -np.inf)
    within_memory("X", 4, 2 * len(y), len(y))
    # The kinks +-(1, -x_i), where v.x~_i = 0, as angles.
    kinks = np.concatenate([np.arctan2(s * -X[:, 0], s) for s in (1, -1)])
    order = np.argsort(kinks)
    kinks = kinks[order]
    holder = order % len(y)  # the data point of each kink
    ends = np.append(kinks[1:], kinks[0] + 2 * np.pi)
    active = _on_circle((ends + kinks) / 2) @ X.T > 0  # (2n, n), on each arc
    slope = (active * y) @ X / len(y)  # (2n, 2): H = v.slope on the arc
    found = []
    for s in (1, -1):
        tops = np.arctan2(s * slope[:, 1], s * slope[:, 0])
        in_arc = np.mod(tops - kinks, 2 * np.pi) < ends - kinks
        for i in np.flatnonzero(in_arc):
            found.append(_attractor(tops[i], slope[i], s, None))
        # The slope of s H on both sides of each kink: a maximum rises, then falls.
        tangent = _on_circle(kinks + np.pi / 2)
        before = s * np.einsum("ij,ij->i", np.roll(slope, 1, axis=0), tangent)
        after = s * np.einsum("ij,ij->i", slope, tangent)
        for i in np.flatnonzero((before > 0) & (after < 0)):
            found.append(_attractor(kinks[i], slope[i], s, int(holder[i])))
    found = [one for one in found if one.rate > least]
    return sorted(found, key=lambda one: -one.rate)


def escape_times(
    X: ArrayLike,
    values: ArrayLike,
    scales: ArrayLike,
    width: int = 400,
    level: float = 0.05,
    seed: int = 0,
) -> np.ndarray:
    r"""When a network that starts small begins to grow.

    That is the time at which `sum_j |a_j| |W_j|` passes `level`. Directions align in a
    time that does not depend on the scale; then the mass grows from about alpha^2 as
    exp(2 rate t), hence t = ln(1/alpha)/rate + const for small alpha, with the rate of
    the first of `attractors`: the slope of t against ln(1/alpha) measures 1/rate.

    Parameters
    ----------
    X : (n,) distinct data points.
    values : (n,) y.
    scales : (A,) alpha, each with alpha^2 below `level`.
    width : the number of units.
    level : the mass that counts as grown.
    seed : of the start.

    Returns
    -------
    t : (A,) times. A start that never passes the level is a ValueError.

    >>> X, values = [-0.5, 0.4, 1.0], [1.0, -0.5, 1.0]
    >>> t = escape_times(X, values, [0.01, 0.001], width=50)
    >>> slope = (t[1] - t[0]) / np.log(10)
    >>> bool(abs(slope * attractors(X, values)[0].rate - 1) < 0.03)
    True
    """
    alphas = np.atleast_1d(real_array("scales", scales))
    width = positive_int("width", width, most=10**5)
    level = positive("level", level)
    found = attractors(X, values)
    if not found or alphas.min() <= 0 or np.square(alphas).max() >= level:
        raise ValueError(
            "no growth to wait for: values are all 0, or a scale is not between 0 and"
            " sqrt(level)."
        )
    rate = found[0].rate
    escaped = []
    for alpha in alphas:
        start = balanced_start(width, alpha, seed=seed)
        # In units of 1/rate; ten times as long as units that are aligned from the start
        # would take.
        longest = 10 + 10 * np.log(np.sqrt(level) / alpha)
        times = np.arange(0, longest, 0.05) / rate
        run = neuron_flow(*start, X, values, times, step=0.01 / rate, until=level)
        escaped.append(_passes(run, level))
    if np.isinf(escaped).any():
        never = alphas[np.isinf(escaped)][0]
        raise ValueError(
            f"with scale {never:g} and width {width} no unit ran to where units grow;"
            " pass a larger width, or another seed."
        )
    return np.array(escaped)


def _or_infinite(name, value, infinite):
    """A finite number, or the one infinity that makes sense there."""
    if isinstance(value, float) and value == infinite:
        return infinite
    return number(name, value)


def _passes(run, level):
    """When the mass passes a level; its logarithm is linear between records."""
    size = np.linalg.norm(run.inner, axis=2)
    mass = np.log(np.einsum("tj,tj->t", np.abs(run.outer), size))
    if mass[-1] <= np.log(level):
        return np.inf
    return np.interp(np.log(level), mass[-2:], run.t[-2:])


def _on_circle(angle):
    return np.stack([np.cos(angle), np.sin(angle)], axis=-1)


def _attractor(angle, slope, sign, point):
    direction = _on_circle(angle)
    return Attractor(
        direction=direction,
        breakline=float(-np.tan(angle)),
        rate=float(sign * direction @ slope),
        sign=sign,
        point=point,
    )


def _rows(name, value):
    """An array as (rows, columns), one axis meaning one column."""
    x = real_array(name, value)
    return real_array(name, x[:, None] if x.ndim == 1 else x, shape=(None, None))


def _data(X, values, dim=None):
    """Points with a 1 appended, (n, d+1), and values (n,)."""
    x = real_array("X", _rows("X", X), shape=(None, dim))
    y = real_array("values", values, shape=(len(x),))
    return np.column_stack([x, np.ones(len(x))]), y


def _force(a, W, X, y):
    """The residual r (n,), and g (m, d+1): the mean of r x~ where a unit is active."""
    z = W @ X.T
    r = a @ np.maximum(z, 0) - y
    return r, ((z > 0) * r) @ X / len(y)


def _heun_step(a, W, X, y, h):
    """The mean of two Euler steps: one from here, one from where the first leads."""
    _, g = _force(a, W, X, y)
    ahead_a = a - h * (W * g).sum(axis=1)
    ahead_W = W - h * a[:, None] * g
    _, g = _force(ahead_a, ahead_W, X, y)
    a_next = (a + ahead_a - h * (ahead_W * g).sum(axis=1)) / 2
    W_next = (W + ahead_W - h * ahead_a[:, None] * g) / 2
    return a_next, W_next
