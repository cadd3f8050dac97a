r"""Where ReLU units bend: breaklines, what pins them to data points, and how fast they
move there.

A unit a ReLU(w.x + b) bends along the breakline w.x + b = 0. With x~ = (x, 1) and W =
(w, b) = rho theta, theta of length 1, gradient flow of the loss (1/2n) sum_i e_i^2, e =
f - y, reads, with g = (1/n) sum_{active i} e_i x~_i::

    theta' = -(a/rho) (g - theta (theta.g)),    rho' = -a theta.g,    a' = -rho theta.g,

so that a^2 - rho^2 never changes. From small weights e = -y for a long time: directions
run to the maxima of s G(theta), G = (1/n) sum_i y_i ReLU(theta.x~_i), s = sign a, and
only then does the network grow (Sahs et al., arXiv 2503.10587; equations derived here,
checked numerically). The model has no factor of the width in front.
"""

import math
from collections import namedtuple

import numpy as np

from fbkit._errors import positive, positive_int, real_array

RadonSpline = namedtuple("RadonSpline", "direction offset mass")
BreaklineRates = namedtuple("BreaklineRates", "theta rho outer breakline mass")
NeuronFlow = namedtuple("NeuronFlow", "t outer inner loss")
Attractor = namedtuple("Attractor", "theta breakline rate sign point")


def radon_parameters(outer, weights, biases):
    r"""What a ReLU unit is apart from its scale: a ReLU(w.x + b) = mu ReLU(xi.x -
    gamma)::

        xi = w/|w|,    gamma = -b/|w|,    mu = a |w|,        unchanged by (a, w, b) -> (a/c, c w, c b), c > 0.

    Parameters: `outer` a (m,), `weights` w (m,) or (m, d), `biases` b (m,). Returns the
    named tuple `direction` xi (m, d), `offset` gamma (m,), `mass` mu (m,); in one
    dimension the breakline is at xi gamma = -b/w. Source: arXiv 2503.10587.

    >>> radon_parameters([3.0], [-2.0], [1.0]).mass.tolist()
    [6.0]
    """
    w = _rows("weights", weights)
    a, b = (
        real_array("outer", outer, shape=(len(w),)),
        real_array("biases", biases, shape=(len(w),)),
    )
    size = np.linalg.norm(w, axis=1)
    if size.min() == 0:
        raise ValueError(
            "weights holds a unit with w = 0, which bends nowhere; leave it out."
        )
    return RadonSpline(w / size[:, None], -b / size, a * size)


def effective_neurons(angles, mass, bins=180):
    r"""How many different units a network amounts to: the participation ratio (sum_j
    M_j)^2 / sum_j M_j^2.

    Parameters: `angles` (m,) of theta = (cos, sin) in radians, `mass` (m,) signed, such
    as `a|W|`; units of one sign in one of `bins` equal bins count as one unit, M_j the
    sum of their sizes. For directions (m, k) in place of angles, units of one sign
    within 2 pi/bins of each other count as one: `(sum_i |m_i|)^2 / sum_ij |m_i m_j|`
    over such pairs. Returns a number from 1 to m.

    >>> effective_neurons([0.0, 1.0, 1.0], [2.0, 1.0, 1.0]), effective_neurons([1.0, 1.0], [1.0, -1.0])
    (2.0, 2.0)
    """
    angles, bins = real_array("angles", angles), positive_int("bins", bins)
    mass = real_array("mass", mass, shape=(len(np.atleast_1d(angles)),))
    if not mass.any():
        raise ValueError(
            "mass is 0 for every unit; pass a network that computes something."
        )
    size = np.abs(mass)
    if angles.ndim == 1:
        box = (
            np.floor(np.mod(angles, 2 * np.pi) / (2 * np.pi) * bins).astype(int) % bins
        )
        together = np.bincount(box + bins * (mass > 0), size)
        return float(together.sum() ** 2 / np.square(together).sum())
    unit = angles / np.linalg.norm(
        real_array("angles", angles, ndim=2), axis=1, keepdims=True
    )
    near = (unit @ unit.T >= math.cos(2 * np.pi / bins)) & np.equal.outer(
        mass > 0, mass > 0
    )
    return float(size.sum() ** 2 / (size @ near @ size))


def pinned_mass(breaklines, mass, points, within=0.02):
    """The share of the mass inside the data's range whose breakline lies within a
    distance of a data point.

    Parameters: `breaklines` (m,), `mass` (m,) (its size counts), `points` (n,),
    `within` above 0. Returns a number from 0 to 1, NaN where no breakline is inside.

    >>> pinned_mass([0.01, 0.5, 7.0], [3.0, -1.0, 9.0], [0.0, 1.0])
    0.75
    """
    beta, x = (
        real_array("breaklines", breaklines, ndim=1),
        real_array("points", points, ndim=1),
    )
    within, size = (
        positive("within", within),
        np.abs(real_array("mass", mass, shape=beta.shape)),
    )
    distance = np.abs(beta[:, None] - x).min(axis=1)
    inside = ((beta >= x.min()) & (beta <= x.max())) | (distance <= within)
    return (
        float(size[distance <= within].sum() / size[inside].sum())
        if size[inside].any()
        else np.nan
    )


def breakline_ode(outer, weights, biases, points, values):
    r"""Velocities of every unit under gradient flow of (1/2n) sum e^2, in the
    coordinates of this module.

    In one dimension, for breakline beta = -b/w and mass mu = `a|w|`, sums over the
    points where the unit is active::

        beta' = (a/w) (1/n) sum e (1 + beta x),
        mu' = -w^2 sgn(w) (1/n) sum e (x - beta) - a^2 sgn(w) (1/n) sum e x.

    Parameters: `outer` (m,), `weights` (m,) or (m, d), `biases` (m,), `points` (n,) or
    (n, d), `values` (n,). Returns the named tuple `theta` (m, d+1), `rho` (m,), `outer`
    (m,) and, in one dimension, `breakline` and `mass` (m,), else None: time
    derivatives. Derived here, checked against finite differences.

    >>> rates = breakline_ode([1.0], [1.0], [0.0], [1.0], [2.0])     # e = 1 - 2: the unit must grow
    >>> rates.outer.tolist(), rates.breakline.tolist(), rates.mass.tolist()
    ([1.0], [-1.0], [2.0])
    """
    w = radon_parameters(outer, weights, biases).direction
    X, y = _data(points, values, w.shape[1])
    a, W = np.asarray(outer, dtype=float), np.column_stack([weights, biases])
    _, g = _force(a, W, X, y)
    rho = np.linalg.norm(W, axis=1)
    theta = W / rho[:, None]
    along = (theta * g).sum(axis=1)
    moving = -(a / rho)[:, None] * (g - theta * along[:, None])
    if w.shape[1] > 1:
        return BreaklineRates(moving, -a * along, -rho * along, None, None)
    (w, b), (ex, e1) = W.T, g.T
    growing = -np.sign(w) * (w**2 * (ex + b / w * e1) + a**2 * ex)
    return BreaklineRates(
        moving, -a * along, -rho * along, a / w * (e1 - b / w * ex), growing
    )


def neuron_flow(outer, inner, points, values, times, *, step=0.05, until=np.inf):
    r"""Gradient flow of a small ReLU network f(x) = sum_j a_j ReLU(W_j.x~), by Heun's
    rule.

    Parameters
    ----------
    outer, inner : a (m,) and W = (w, b) (m, d+1) at time 0 (`balanced_start` makes
        them).
    points, values : (n,) or (n, d) and (n,).
    times : (T,) increasing, from 0 on: when to record.
    step : longest time step; it is shortened where a bound on the kernel's largest
        eigenvalue asks for it.
    until : stop at the first record where `sum_j |a_j| |W_j|` exceeds this.

    Returns
    -------
    The named tuple `t` (T,), `outer` (T, m), `inner` (T, m, d+1), `loss` (T,) = (1/2n)
    sum_i e_i^2.

    >>> run = neuron_flow(*balanced_start(4, 0.5, seed=1), [-0.5, 0.8], [1.0, 1.0], [0.0, 10.0, 20.0])
    >>> bool(run.loss[0] > run.loss[1] > run.loss[2])
    True
    >>> imbalance = run.outer**2 - np.square(run.inner).sum(axis=2)         # conserved, but for the rule's error
    >>> bool(np.abs(imbalance).max() < 1e-4)
    True
    """
    X, y = _data(points, values)
    a = real_array("outer", outer, ndim=1)
    W = real_array("inner", inner, shape=(len(a), X.shape[1]))
    times, step = real_array("times", times, ndim=1), positive("step", step)
    if times[0] < 0 or np.any(np.diff(times) <= 0):
        raise ValueError("times must increase from 0 or later; sort them.")
    reach, now, seen = np.square(X).sum(axis=1).max(), 0.0, []
    for t in times:
        while now < t:
            # The tangent kernel over n has no eigenvalue above reach * (|W|^2 + |a|^2);
            # Heun's rule bears 2 over it.
            h = min(step, 1 / (reach * (np.square(W).sum() + a @ a)), t - now)
            _, g = _force(a, W, X, y)
            p, V = (
                a - h * (W * g).sum(axis=1),
                W - h * a[:, None] * g,
            )  # where Euler's rule would go
            _, g = _force(p, V, X, y)
            a, W = (
                (a + p - h * (V * g).sum(axis=1)) / 2,
                (W + V - h * p[:, None] * g) / 2,
            )
            now = t if h == t - now else now + h
        e, _ = _force(a, W, X, y)
        seen.append((t, a, W, e @ e / (2 * len(y))))
        if np.abs(a) @ np.linalg.norm(W, axis=1) > until:
            break
    return NeuronFlow(*map(np.array, zip(*seen)))


def balanced_start(width, scale, dim=1, seed=0):
    """Balanced random units, `|a_j| = |W_j| = scale / sqrt(width)`, directions uniform,
    signs of a by turns.

    Parameters: `width` m, `scale` alpha above 0, `dim` of the input, `seed`. Returns
    (outer (m,), inner (m, dim+1)).

    >>> a, W = balanced_start(6, 0.1)
    >>> bool(np.allclose(np.linalg.norm(W, axis=1), abs(a))), round(float(abs(a) @ abs(a)), 12)
    (True, 0.01)
    """
    m, alpha = positive_int("width", width), positive("scale", scale)
    W = np.random.default_rng(positive_int("seed", seed, least=0)).normal(
        size=(m, positive_int("dim", dim) + 1)
    )
    size = alpha / math.sqrt(m)
    return size * (-1.0) ** np.arange(m), size * W / np.linalg.norm(
        W, axis=1, keepdims=True
    )


def attractors(points, values):
    r"""The directions that small units run to: all maxima above 0 of s G(theta) on the
    circle, s = +1 or -1::

        G(theta) = (1/n) sum_i y_i ReLU(theta.x~_i),    theta in the (w, b) plane, data in one dimension.

    G is a sine arc between the 2n kinks theta.x~_i = 0, so a maximum is the top of an
    arc, or a kink: a breakline held by a data point. Balanced units there grow as
    exp(`rate` t). Derived here, checked numerically.

    Parameters: `points` (n,), distinct; `values` (n,). Returns a list, fastest first,
    of named tuples: `theta` (2,), `breakline` -b/w, `rate` `|G|`, `sign` s, and
    `point`, the index of the point that holds the breakline, or None.

    >>> first = attractors([-1.0, 1.0], [1.0, 1.0])[0]             # a constant: the bias alone
    >>> first.theta.round(9).tolist(), first.rate, first.point
    ([0.0, 1.0], 1.0, None)
    """
    X, y = _data(real_array("points", points, ndim=1), values)
    kinks = np.concatenate(
        [np.arctan2(s * -X[:, 0], s) for s in (1, -1)]
    )  # angle of +-(1, -x_i), where theta.x~ = 0
    order = np.argsort(kinks)
    edge = np.append(kinks[order], kinks[order[0]] + 2 * np.pi)
    circle = lambda t: np.stack([np.cos(t), np.sin(t)], axis=-1)
    active = circle((edge[1:] + edge[:-1]) / 2) @ X.T > 0  # (2n, n) on each arc
    v = (active * y) @ X / len(y)  # (2n, 2): G = theta.v on the arc
    found = []
    for s in (1, -1):
        top = np.arctan2(s * v[:, 1], s * v[:, 0])
        inner = np.mod(top - edge[:-1], 2 * np.pi) < np.diff(edge)
        slope = [
            s * np.einsum("ij,ij->i", vs, circle(edge[:-1] + np.pi / 2))
            for vs in (np.roll(v, 1, axis=0), v)
        ]
        held = (slope[0] > 0) & (slope[1] < 0)
        found += [
            (top[i], s * circle(top[i]) @ v[i], s, None) for i in np.flatnonzero(inner)
        ]
        found += [
            (edge[i], s * circle(edge[i]) @ v[i], s, int(order[i] % len(y)))
            for i in np.flatnonzero(held)
        ]
    found = sorted((f for f in found if f[1] > 0), key=lambda f: -f[1])
    return [
        Attractor(circle(t), float(-np.tan(t)), float(rate), s, i)
        for t, rate, s, i in found
    ]


def escape_times(points, values, scales, width=400, level=0.05, seed=0):
    r"""When a network that starts small begins to grow: the time at which `sum_j |a_j|
    |W_j|` passes `level`.

    Directions align in a time that does not depend on the scale; then the mass grows
    from about alpha^2 as exp(2 rate t), hence t = ln(1/alpha)/rate + const for small
    alpha, with the rate of the first of `attractors`: the slope of t against
    ln(1/alpha) measures 1/rate.

    Parameters: `points` (n,), `values` (n,), `scales` alpha (A,) with alpha^2 below
    `level`, `width`, `level`, `seed`. Returns (A,) times.

    >>> t = escape_times([-0.5, 0.4, 1.0], [1.0, -0.5, 1.0], [0.01, 0.001], width=50)
    >>> bool(abs((t[1] - t[0]) / np.log(10) * attractors([-0.5, 0.4, 1.0], [1.0, -0.5, 1.0])[0].rate - 1) < 0.03)
    True
    """
    alphas, level = (
        np.atleast_1d(real_array("scales", scales)),
        positive("level", level),
    )
    best = attractors(points, values)
    if not best or alphas.min() <= 0 or np.square(alphas).max() >= level:
        raise ValueError(
            "no growth to wait for: values are all 0, or a scale is not between 0 and"
            " sqrt(level)."
        )
    escaped = []
    for alpha in alphas:
        # In units of 1/rate; ten times as long as units that are aligned from the start
        # would take.
        times = (
            np.arange(0, 10 + 10 * np.log(np.sqrt(level) / alpha), 0.05) / best[0].rate
        )
        run = neuron_flow(
            *balanced_start(width, alpha, seed=seed),
            points,
            values,
            times,
            step=0.01 / best[0].rate,
            until=level,
        )
        mass = np.log(
            np.einsum("tj,tj->t", np.abs(run.outer), np.linalg.norm(run.inner, axis=2))
        )
        escaped.append(
            np.interp(np.log(level), mass[-2:], run.t[-2:])
            if mass[-1] > np.log(level)
            else np.inf
        )
    return np.array(escaped)


def _rows(name, value):
    x = real_array(name, value)
    return real_array(name, x[:, None] if x.ndim == 1 else x, shape=(None, None))


def _data(points, values, dim=None):
    """Points with a 1 appended, (n, d+1), and values (n,)."""
    x = real_array("points", _rows("points", points), shape=(None, dim))
    return np.column_stack([x, np.ones(len(x))]), real_array(
        "values", values, shape=(len(x),)
    )


def _force(a, W, X, y):
    """The residual e (n,), and (1/n) sum of e x~ over the points where a unit is
    active, (m, d+1).
    """
    z = W @ X.T
    e = a @ np.maximum(z, 0) - y
    return e, ((z > 0) * e) @ X / len(y)


# The names of the theory notes.
rs_params, neff = radon_parameters, effective_neurons
