"""Gram matrices and angle profiles of deep infinitely wide networks."""

import numpy as np

from fbkit._errors import one_of, positive, positive_int, real_array
from fbkit.kernels.duals import CLOSED, find

TILE = 192  # rows and columns worked on at once: four buffers of this size stay in the cache


def ntk_gram(
    X, Y=None, *, depth=2, activation="relu", weight_variance=2.0, bias_variance=0.0, kind="ntk", dtype=np.float64
):
    r"""Kernel matrix of an infinitely wide network, every layer trained (or only the last, with kind="nngp").

    `depth` counts dense layers. With fan-in d and inputs x, y (Jacot et al., arXiv 1806.07572; constants as in
    neural-tangents, arXiv 1912.02803)::

        K = w2 x.y / d + b2,   T = K                        the first dense layer
        T <- T E[sigma'(z) sigma'(z')],  K <- E[sigma(z) sigma(z')]     units, (z, z') normal with covariance K
        K <- w2 K + b2,   T <- w2 T + K                     each further dense layer

    Parameters
    ----------
    X, Y : (n, d) and (m, d); without Y the matrix is (n, n), symmetric, and its diagonal comes from the recursion for
        equal inputs, which is exact where arccos near 1 is not.
    depth : dense layers L >= 1.
    activation : "relu", "erf", "sin", "cos", "gelu" (closed forms; gelu is z Phi(z), derived here, checked
        numerically); any other name of the activation table, function of an array or pair (function, slope): by its
        Hermite series, which must converge.
    weight_variance, bias_variance : w2, b2.
    kind : "ntk" (T) or "nngp" (K).
    dtype : float64, or float32 for speed: entries then have relative errors near 1e-6.

    Returns (n, m). Raises ValueError for wrong shapes or names, and for a function whose series does not converge.

    >>> X = np.array([[2.0, 0.0], [0.0, 2.0]])         # x.x / d = 2, at a right angle
    >>> K = ntk_gram(X, weight_variance=1.0)
    >>> bool(np.allclose(K, [[2, 1 / np.pi], [1 / np.pi, 2]]))
    True
    """
    X = real_array("X", X, shape=(None, None))
    Y = None if Y is None else real_array("Y", Y, shape=(None, X.shape[1]))
    dual, (depth, w2, b2, kind) = find(activation), _settings(depth, weight_variance, bias_variance, kind)
    if np.dtype(dtype) not in (np.float32, np.float64):
        raise ValueError(f"dtype is {np.dtype(dtype).name}; expected float32 or float64.")
    ends, layers = zip(*(_recursion(dual, np.square(Z).mean(axis=1), depth, w2, b2, dtype) for Z in [X, Y][: 1 + (Y is not None)]))
    # The bias is one more input, and the first scale is inside the rows: one product gives the tile's cosines.
    rows, columns = (
        (np.c_[Z * np.sqrt(w2 / Z.shape[1]), np.full(len(Z), np.sqrt(b2))] / end[0][:, None]).astype(dtype)
        for Z, end in zip((X, X if Y is None else Y), (ends[0], ends[-1]))
    )
    out = np.empty((len(rows), len(columns)), dtype)
    buffers = np.empty((4, TILE * TILE), dtype)
    near = 1 - (1e-6 if np.dtype(dtype) == np.float64 else 1e-3)
    for i in range(0, len(rows), TILE):
        for j in range(i if Y is None else 0, len(columns), TILE):
            I, J = slice(i, min(i + TILE, len(rows))), slice(j, min(j + TILE, len(columns)))
            shape = (I.stop - i, J.stop - j)
            C, T, A, B = (b[: shape[0] * shape[1]].reshape(shape) for b in buffers)
            np.matmul(rows[I], columns[J].T, out=C)
            if Y is None and i == j:
                np.fill_diagonal(C, 0)
            close = np.nonzero(C > near) if dual is CLOSED["relu"] and C.max() > near else ()
            K = _tile(dual.pair, C, T if kind == "ntk" else None, A, B, layers[0], layers[-1], I, J)
            if close:
                K[close] = _close_pairs(X[I][close[0]], (X if Y is None else Y)[J][close[1]], depth, w2, b2, kind)
            out[I, J] = K
            if Y is None and i < j:
                out[J, I] = K.T
    if Y is None:
        np.fill_diagonal(out, ends[0][1 if kind == "ntk" else 2])
    return out


def ntk_profile(theta, *, depth=2, activation="relu", weight_variance=2.0, bias_variance=0.0, kind="ntk"):
    r"""The same kernel for two inputs at angle theta with x.x/d = y.y/d = 1, so that x.y/d = cos(theta).

    ReLU tracks angles through the layers, not cosines: 1 - K/K(0) keeps its relative accuracy near theta = 0, and K near
    theta = pi.

    Parameters
    ----------
    theta : angles in radians, any shape; complex angles too (`fbkit.kernels.sphere_spectrum` uses them).
    depth, activation, weight_variance, bias_variance, kind : as in `ntk_gram`.

    >>> K = ntk_profile(np.array([0.0, np.pi / 2]), depth=2, weight_variance=1.0)
    >>> bool(np.allclose(K, [1, 1 / (2 * np.pi)]))
    True
    """
    theta = np.asarray(theta)
    if not np.iscomplexobj(theta):
        theta = real_array("theta", theta)
    dual, (depth, w2, b2, kind) = find(activation), _settings(depth, weight_variance, bias_variance, kind)
    if dual is CLOSED["relu"] and not np.iscomplexobj(theta):
        return _relu_pairs(2 * np.sin(theta / 2) ** 2, 2 * np.cos(theta / 2) ** 2, w2, w2, depth, w2, b2, kind)
    (scale, *_), layers = _recursion(dual, np.ones(1), depth, w2, b2, theta.dtype)
    C = ((w2 * np.cos(theta) + b2) / scale**2).reshape(1, -1)
    T, A, B = np.empty((3, *C.shape), C.dtype)
    one = slice(None)
    K = _tile(dual.pair, C, T if kind == "ntk" else None, A, B, layers, layers, one, one)
    return K.reshape(theta.shape)[()]


def _settings(depth, weight_variance, bias_variance, kind):
    return (
        positive_int("depth", depth),
        positive("weight_variance", weight_variance),
        positive("bias_variance", bias_variance, zero=True),
        one_of("kind", kind, ["ntk", "nngp"]),
    )


def _recursion(dual, square, depth, w2, b2, dtype):
    """What depends on one input: ((first scale, T_ii, K_ii), [(alpha, beta, data) of each layer of units]).

    In the coordinates of the dual, C <- alpha alpha' f(C) + beta beta' and T <- alpha alpha' (T f'(C) + f(C)) + beta beta'.
    `square` (n,) is x.x/d.
    """
    q = w2 * square + b2
    t, layers, first = q, [], None
    for _ in range(depth - 1):
        data = dual.points(q)
        s, u = dual.scales(q, data)
        first = s if first is None else first
        if layers:
            layers[-1][:2] = [v / s for v in layers[-1][:2]]
        value, slope = dual.diagonal(q, data)
        q = w2 * value + b2
        t = w2 * t * slope + q
        layers.append([np.sqrt(w2) * u, np.sqrt(b2) + 0 * u, data])
    real = np.float32 if dtype == np.float32 else np.float64
    return (np.ones_like(q) if first is None else first, t, q), [
        (*(_constant(v).astype(real) for v in scales), data.astype(real)) for *scales, data in layers
    ]


def _constant(v):
    """One entry for all, where they agree to rounding: tiles are then scaled by a number."""
    return v[:1] if np.ptp(v) <= 1e-15 * np.abs(v).max() else v


def _outer(left, right, I, J, out):
    """left_i right_j on a tile, or one number where both are constant."""
    if len(left) == len(right) == 1:
        return left[0] * right[0]
    left, right = (v if len(v) == 1 else v[K] for v, K in ((left, I), (right, J)))
    return np.multiply(left[:, None], right, out=out)


def _tile(pair, C, T, A, B, left, right, I, J):
    """Run the layers on a tile of first-layer cosines C, in place; returns T, or C where T is None."""
    if T is not None:
        T[...] = C
    for number, ((alpha, beta, data), (alpha_, beta_, data_)) in enumerate(zip(left, right), start=1):
        pair(C, T, A, B, data[I], data_[J])
        if T is not None:
            T += C
        needed = [C] * (T is None or number < len(left)) + [T] * (T is not None)
        scale = _outer(alpha, alpha_, I, J, A)
        for M in needed:
            M *= scale
        if beta.any():
            shift = _outer(beta, beta_, I, J, A)
            for M in needed:
                M += shift
    return C if T is None else T


def _close_pairs(x, y, depth, w2, b2, kind):
    """ReLU kernel of pairs x_p, y_p (P, d) in nearly one direction, through the chord between the directions."""
    a, b = (np.square(z).sum(axis=1) for z in (x, y))
    chord = x / np.sqrt(a)[:, None] - y / np.sqrt(b)[:, None]
    minus = np.square(chord).sum(axis=1) / 2
    return _relu_pairs(minus, 2 - minus, *(w2 * z / x.shape[1] for z in (a, b)), depth, w2, b2, kind)


def _relu_pairs(minus, plus, a, b, depth, w2, b2, kind):
    """ReLU kernel of pairs from 1 - cos and 1 + cos of their angle; a, b: variances of the first layer less the bias."""
    cos, T, slope = (plus - minus) / 2, 0.0, 0.0
    for layer in range(depth):
        p = np.sqrt(a * b)
        K = p * cos + b2
        T = w2 * slope * T + K
        if layer == depth - 1:
            return T if kind == "ntk" else K
        # norm = sqrt((a + b2)(b + b2)), with the part that unequal variances add to p + b2 kept apart.
        extra = b2 * (np.sqrt(a) - np.sqrt(b)) ** 2 / (np.sqrt((a + b2) * (b + b2)) + p + b2)
        norm = p + b2 + extra
        minus, plus = np.sqrt((p * minus + extra) / norm), np.sqrt((p * plus + 2 * b2 + extra) / norm)
        angle, rest = 2 * np.arctan2(minus, plus), 2 * np.arctan2(plus, minus)  # rest = pi - angle, near pi too
        slope, cos = rest / (2 * np.pi), _sine_less_cosine(rest) / np.pi
        minus, plus = 2 * np.sin(angle / 2) ** 2 - _sine_less_cosine(angle) / np.pi, 1 + cos
        a, b = w2 * (a + b2) / 2, w2 * (b + b2) / 2


def _sine_less_cosine(x):
    """sin x - x cos x = x^3/3 - x^5/30 + ..., without cancellation near 0; ReLU's cosine is this of pi - angle, over pi."""
    series, term = 0.0, x**3 / 3
    for k in range(1, 10):
        series = series + term
        term = -term * x**2 / (2 * k * (2 * k + 3))
    return np.where(x < 1, series, np.sin(x) - x * np.cos(x))
