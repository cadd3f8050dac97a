"""Gram matrices and angle profiles of deep infinitely wide networks."""

import numpy as np

from fbkit._errors import one_of, positive, positive_int, real_array
from fbkit.kernels.closed import sine_less_cosine
from fbkit.kernels.duals import CLOSED, find

# rows and columns worked on at once: four buffers of this size stay in the cache
TILE = 192


def ntk_gram(
    X,
    Y=None,
    *,
    depth=2,
    activation="relu",
    weight_variance=2.0,
    bias_variance=0.0,
    kind="ntk",
    dtype=np.float64,
):
    r"""Kernel matrix of an infinitely wide network, every layer trained (or only the
    last, with kind="nngp").

    `depth` counts dense layers. With fan-in d and inputs x, y (Jacot et al., arXiv
    1806.07572; constants as in neural-tangents, arXiv 1912.02803)::

        K = w2 x.y / d + b2,   T = K                        the first dense layer
        T <- T E[sigma'(z) sigma'(z')],  K <- E[sigma(z) sigma(z')]     units, (z, z') normal with covariance K
        K <- w2 K + b2,   T <- w2 T + K                     each further dense layer

    Parameters
    ----------
    X, Y : (n, d) and (m, d); without Y the matrix is (n, n), symmetric, and its
        diagonal comes from the recursion for equal inputs, which is exact where arccos
        near 1 is not.
    depth : dense layers L >= 1.
    activation : "relu", "erf", "sin", "cos", "gelu" (closed forms; gelu is z Phi(z),
        arXiv 2002.08517); by its Hermite series, which must converge, any other name of
        the activation table or function of an array.
    weight_variance, bias_variance : w2, b2.
    kind : "ntk" (T) or "nngp" (K).
    dtype : float64, or float32 for speed: entries then have relative errors near 1e-6.

    Returns (n, m). Raises ValueError for wrong shapes or names, and for a function
    whose series does not converge.

    >>> X = np.array([[2.0, 0.0], [0.0, 2.0]])         # x.x / d = 2, at a right angle
    >>> K = ntk_gram(X, weight_variance=1.0)
    >>> bool(np.allclose(K, [[2, 1 / np.pi], [1 / np.pi, 2]]))
    True
    """
    X = real_array("X", X, shape=(None, None))
    dual, settings = (
        find(activation),
        _settings(depth, weight_variance, bias_variance, kind),
    )
    name = one_of("dtype", np.dtype(dtype).name, ["float32", "float64"])
    near = (
        1 - {"float64": 1e-5, "float32": 1e-3}[name]
    )  # beyond it a cosine is too coarse for ReLU's angle
    Z = X if Y is None else real_array("Y", Y, shape=(None, X.shape[1]))
    rows, diagonal, left = _side(dual, X, *settings, dtype)
    columns, _, right = (
        (rows, None, left) if Y is None else _side(dual, Z, *settings, dtype)
    )
    out, buffers = np.empty((len(X), len(Z)), dtype), np.empty((4, TILE * TILE), dtype)
    for i in range(0, len(X), TILE):
        for j in range(i if Y is None else 0, len(Z), TILE):
            R, S = slice(i, min(i + TILE, len(X))), slice(j, min(j + TILE, len(Z)))
            shape = (R.stop - i, S.stop - j)
            C, T, A, B = (b[: shape[0] * shape[1]].reshape(shape) for b in buffers)
            np.matmul(rows[R], columns[S].T, out=C)
            if Y is None and i == j:
                np.fill_diagonal(C, 0)
            coarse = dual is CLOSED["relu"] and near < max(C.max(), -C.min())
            close = np.nonzero(near < np.abs(C)) if coarse else None
            K = _tile(dual, C, T, A, B, left, right, R, S, kind)
            if coarse:
                K[close] = _close_pairs(X[R][close[0]], Z[S][close[1]], *settings)
            out[R, S] = K
            if Y is None and i < j:
                out[S, R] = K.T
    if Y is None:
        np.fill_diagonal(out, diagonal)
    return out


def ntk_profile(
    theta,
    *,
    depth=2,
    activation="relu",
    weight_variance=2.0,
    bias_variance=0.0,
    kind="ntk",
):
    r"""The same kernel for two inputs at angle theta with x.x/d = y.y/d = 1, so that
    x.y/d = cos(theta).

    ReLU tracks angles through the layers, not cosines: 1 - K/K(0) is right to rounding
    near theta = 0 too, where arccos(cos theta) is not.

    Parameters
    ----------
    theta : angles in radians, any shape; complex angles too
        (`fbkit.kernels.sphere_spectrum` uses them).
    depth, activation, weight_variance, bias_variance, kind : as in `ntk_gram`.

    >>> K = ntk_profile(np.array([0.0, np.pi / 2]), depth=2, weight_variance=1.0)
    >>> bool(np.allclose(K, [1, 1 / (2 * np.pi)]))
    True
    """
    theta = np.asarray(theta) if np.iscomplexobj(theta) else real_array("theta", theta)
    dual, settings = (
        find(activation),
        _settings(depth, weight_variance, bias_variance, kind),
    )
    if dual is CLOSED["relu"] and not np.iscomplexobj(theta):
        w2 = settings[1]
        return _relu_pairs(
            2 * np.sin(theta / 2) ** 2, 2 * np.cos(theta / 2) ** 2, w2, w2, *settings
        )
    (scales,), _, layers = _side(dual, np.ones((1, 1)), *settings, theta.dtype)
    C = (scales[0] ** 2 * np.cos(theta) + scales[1] ** 2).reshape(1, -1)
    T, A, B = np.empty((3, *C.shape), C.dtype)
    return _tile(dual, C, T, A, B, layers, layers, ..., ..., kind).reshape(theta.shape)[
        ()
    ]


def _settings(depth, weight_variance, bias_variance, kind):
    w2, b2 = (
        positive("weight_variance", weight_variance),
        positive("bias_variance", bias_variance, zero=True),
    )
    return positive_int("depth", depth), w2, b2, one_of("kind", kind, ["ntk", "nngp"])


def _side(dual, Z, depth, w2, b2, kind, dtype):
    """What depends on one input: (rows whose products are the first cosines, exact
    diagonal, layers of units).

    In the coordinates of the dual C <- alpha alpha' f(C) + beta beta' and T <- alpha
    alpha' (T f'(C) + f(C)) + beta beta'; a layer is (alpha, beta, what the dual needs
    besides).
    """
    real = np.float32 if dtype == np.float32 else np.float64
    q = w2 * np.square(Z).mean(axis=1) + b2
    T, layers, one = q, [], np.ones_like(q)
    squares = [dual.squares(q) if depth > 1 else (one, one)]
    for layer in range(1, depth):
        data = dual.points(q)
        K, slope = dual.products(q, q, data)
        q = w2 * K + b2
        T = w2 * T * slope + q
        squares.append(dual.squares(q) if layer < depth - 1 else (one, one))
        alpha, beta = (
            np.sqrt(w2 * squares[-2][1] / squares[-1][0]),
            np.sqrt(b2 / squares[-1][0]),
        )
        layers.append(
            (
                _constant(alpha).astype(real),
                _constant(beta).astype(real),
                data.astype(real),
            )
        )
    rows = (
        np.c_[Z * np.sqrt(w2 / Z.shape[1]), np.sqrt(b2) * one]
        / np.sqrt(squares[0][0])[:, None]
    )
    return rows.astype(real), T if kind == "ntk" else q, layers


def _constant(v):
    """One entry for all, where they agree to rounding: tiles are then scaled by a
    number.
    """
    return v[:1] if np.ptp(v) <= 1e-15 * v.max() else v


def _outer(left, right, R, S, out):
    """left_i right_j on a tile, or one number where both are constant."""
    left, right = (v if len(v) == 1 else v[part] for v, part in ((left, R), (right, S)))
    return (
        np.multiply(left[:, None], right, out=out)
        if len(left) + len(right) > 2
        else left * right
    )


def _tile(dual, C, T, A, B, left, right, R, S, kind):
    """Run the layers on a tile of first-layer cosines C, in place."""
    T[...] = C
    for (alpha, beta, data), (alpha_, beta_, data_) in zip(left, right):
        dual.pair(C, T, A, B, data[R][:, None], data_[S])
        T += C
        scale = _outer(alpha, alpha_, R, S, A)
        C *= scale
        T *= scale
        if beta.any():
            shift = _outer(beta, beta_, R, S, A)
            C += shift
            T += shift
    return T if kind == "ntk" else C


def _close_pairs(x, y, depth, w2, b2, kind):
    """ReLU kernel of pairs x_p, y_p (P, d) in nearly one or opposite directions: 1 -+
    cos from difference and sum.
    """
    a, b = (np.square(z).sum(axis=1) for z in (x, y))
    x, y = (z / np.sqrt(np.where(s > 0, s, 1))[:, None] for z, s in ((x, a), (y, b)))
    minus, plus = (np.square(z).sum(axis=1) / 2 for z in (x - y, x + y))
    return _relu_pairs(
        minus, plus, *(w2 * s / x.shape[1] for s in (a, b)), depth, w2, b2, kind
    )


def _relu_pairs(minus, plus, a, b, depth, w2, b2, kind):
    """ReLU kernel of pairs from 1 - cos and 1 + cos of their angle; a, b: first-layer
    variances less the bias.
    """
    cos, T, slope = (plus - minus) / 2, 0.0, 0.0
    for layer in range(depth):
        p = np.sqrt(a * b)
        K = p * cos + b2
        T = w2 * slope * T + K
        if layer == depth - 1:
            return T if kind == "ntk" else K
        # norm = sqrt((a + b2)(b + b2)), with the part that unequal variances add to p +
        # b2 kept apart.
        extra = (
            b2
            * (np.sqrt(a) - np.sqrt(b)) ** 2
            / (np.sqrt((a + b2) * (b + b2)) + p + b2)
        )
        norm = p + b2 + extra
        minus, plus = (
            np.sqrt((p * minus + extra) / norm),
            np.sqrt((p * plus + 2 * b2 + extra) / norm),
        )
        angle, rest = (
            2 * np.arctan2(minus, plus),
            2 * np.arctan2(plus, minus),
        )  # rest = pi - angle, near pi too
        slope, cos = rest / (2 * np.pi), sine_less_cosine(rest) / np.pi
        minus, plus = (
            2 * np.sin(angle / 2) ** 2 - sine_less_cosine(angle) / np.pi,
            1 + cos,
        )
        a, b = w2 * (a + b2) / 2, w2 * (b + b2) / 2
