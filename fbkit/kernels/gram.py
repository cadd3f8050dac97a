"""The recursion through the layers: Gram matrices and angle profiles of infinitely wide
networks.

`fbkit.kernels.network.Kernel` is the door; here stand the numerics.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from fbkit._bounds import deviation, number
from fbkit._errors import one_of
from fbkit.activations import activation as find_activation
from fbkit.kernels.closed import sine_less_cosine
from fbkit.kernels.duals import Dual, SlowSeries, wave
from fbkit.kernels.ways import ways_of

# rows and columns worked on at once: four buffers of this size stay in the cache
TILE = 192
# beyond these cosines float64 and float32 are too coarse for ReLU's angle
NEAR = {"float64": 1 - 1e-5, "float32": 1 - 1e-3}


@dataclass(frozen=True)
class Dense:
    """One dense layer: how it is drawn, and how far its parameters' steps move it.

    Attributes
    ----------
    weight_std, bias_std : standard deviation of what stands before an input (times the
        root of the number of units before it, for all layers but the first), and of the
        bias.
    weight_gain, bias_gain : the factors in front of the trained parameters, in the same
        units; 0 where they are not trained.
    law : "normal", or "uniform" for weights and biases drawn evenly around 0.
    """

    weight_std: float
    bias_std: float
    weight_gain: float
    bias_gain: float
    law: str = "normal"

    def __post_init__(self) -> None:
        one_of("law", self.law, ["normal", "uniform"])
        for name in ("weight_std", "bias_std"):
            deviation(name, getattr(self, name))
        for name in ("weight_gain", "bias_gain"):
            number(name, getattr(self, name))


@dataclass
class Side:
    """What depends on one of the two inputs, for n of them.

    Attributes
    ----------
    rows : (n, d + 1): products of two sides' rows are the first cosines.
    tangents : the same for the tangent kernel, or None where they are the rows.
    units : for each layer of units (alpha, beta, gamma, data): with the numbers of
        `Dense` the next layer's coordinates are C <- weight_std^2 alpha alpha' f(C) +
        beta beta' and T <- alpha alpha' (weight_std^2 T f'(C) + weight_gain^2 f(C)) +
        gamma gamma'; `data` is what the dual needs besides.
    ntk, covariance : (n,) both kernels of an input with itself.
    """

    rows: np.ndarray
    tangents: np.ndarray | None
    units: list
    ntk: np.ndarray
    covariance: np.ndarray


def gram(
    layers: Sequence[Dense],
    activation: object,
    X: np.ndarray,
    Y: np.ndarray | None,
    kind: str,
    dtype: type,
) -> np.ndarray:
    """(n, m) kernel of kind "ntk" or "covariance"; without Y it is symmetric, and its
    diagonal exact.
    """
    if layers[0].law == "uniform":
        Z = X if Y is None else Y
        return _first_that_converges(
            lambda dual: _gram_of_uniform_weights(dual, layers, activation, X, Z, kind),
            activation,
        )
    return _first_that_converges(
        lambda dual: _gram(dual, layers, X, Y, kind, dtype), activation
    )


def profile(
    layers: Sequence[Dense], activation: object, theta: np.ndarray, kind: str
) -> np.ndarray:
    """The kernel of two unit inputs at angle theta, of any shape; also complex."""
    return _first_that_converges(
        lambda dual: _profile(dual, layers, theta, kind), activation
    )


def _first_that_converges(calculate, activation):
    ways = ways_of(activation)
    for dual in ways[:-1]:
        try:
            return calculate(dual)
        except SlowSeries:
            continue
    return calculate(ways[-1])


def _profile(dual, layers, theta, kind):
    if dual.leak is not None and not np.iscomplexobj(theta):
        minus, plus = 2 * np.sin(theta / 2) ** 2, 2 * np.cos(theta / 2) ** 2
        return _relu_pairs(minus, plus, 1.0, 1.0, layers, dual.leak, kind)
    unit = _side(dual, np.ones((1, 1)), layers, np.float64)

    def start(rows: np.ndarray) -> np.ndarray:
        turned = rows[0, 0] ** 2 * np.cos(theta) + rows[0, 1] ** 2
        return np.array(turned).reshape(1, -1)

    C = start(unit.rows)
    T = C.copy() if unit.tangents is None else start(unit.tangents)
    A, B = np.empty((2, *C.shape), C.dtype)
    K = _tile(
        [dual] * len(layers), layers, C, T, A, B, unit.units, unit.units, ..., ..., kind
    )
    return K.reshape(theta.shape)[()]


def _gram(dual, layers, X, Y, kind, dtype):
    left = _side(dual, X, layers, dtype)
    right = left if Y is None else _side(dual, Y, layers, dtype)
    Z = X if Y is None else Y
    out = np.empty((len(X), len(Z)), dtype)
    scratch = np.empty((4, TILE * TILE), dtype)
    for R in _parts(len(X)):
        for S in _parts(len(Z)):
            if Y is None and S.start < R.start:
                continue  # the matrix is symmetric
            shape = (R.stop - R.start, S.stop - S.start)
            C, T, A, B = (b[: shape[0] * shape[1]].reshape(shape) for b in scratch)
            np.matmul(left.rows[R], right.rows[S].T, out=C)
            if left.tangents is None:
                T[...] = C
            else:
                np.matmul(left.tangents[R], right.tangents[S].T, out=T)
            if Y is None and R == S:
                np.fill_diagonal(C, 0)  # it has a way of its own, below
            close = _nearly_parallel(dual, C)
            sides = left.units, right.units, R, S
            K = _tile([dual] * len(layers), layers, C, T, A, B, *sides, kind)
            if close is not None:
                x, y = X[R][close[0]], Z[S][close[1]]
                K[close] = _close_pairs(x, y, layers, dual.leak, kind)
            out[R, S] = K
            if Y is None and R != S:
                out[S, R] = K.T
    if Y is None:
        np.fill_diagonal(out, getattr(left, kind))
    return out


def _parts(n):
    """Slices of at most TILE that cover 0..n."""
    return [slice(i, min(i + TILE, n)) for i in range(0, n, TILE)]


def _nearly_parallel(dual, C):
    """Indices of the cosines at which ReLU's arccos is too coarse, or None."""
    near = NEAR[C.dtype.name]
    if dual.leak is None or max(C.max(), -C.min()) <= near:
        return None
    return np.nonzero(np.abs(C) > near)


def _side(dual: Dual, Z: np.ndarray, layers: Sequence[Dense], dtype: type) -> Side:
    """A side for inputs Z (n, d), whose first cosines are weight_std^2 z.z' +
    bias_std^2 over both standard deviations.
    """
    first = layers[0]
    length = np.square(Z).sum(axis=1)
    q = first.weight_std**2 * length + first.bias_std**2
    T = first.weight_gain**2 * length + first.bias_gain**2
    units, ntk, covariance, s2 = _units([dual] * len(layers), q, T, layers)
    ones = np.ones(len(Z))

    def scaled(weight: float, bias: float) -> np.ndarray:
        rows = np.c_[Z * weight, bias * ones] / np.sqrt(s2)[:, None]
        return rows.astype(np.float32 if dtype == np.float32 else np.float64)

    rows = scaled(first.weight_std, first.bias_std)
    same = _moves_as_drawn(first)
    tangents = None if same else scaled(first.weight_gain, first.bias_gain)
    units = [tuple(v.astype(rows.dtype) for v in unit) for unit in units]
    return Side(rows, tangents, units, ntk, covariance)


def _moves_as_drawn(layer):
    return (layer.weight_std, layer.bias_std) == (layer.weight_gain, layer.bias_gain)


def _units(duals, q, T, layers):
    """(units of a `Side`, ntk, covariance, s^2 of the first cosines) from the first
    layer's variances q and tangent kernel T, (n,) each.

    `duals` holds one for each layer of units.
    """
    one = np.ones_like(q)
    s2, u2 = duals[0].squares(q) if len(layers) > 1 else (one, one)
    units, first = [], s2
    for position, layer in enumerate(layers[1:], start=2):
        dual = duals[position - 2]
        data = dual.points(q)
        E, slope = dual.products(q, q, data)
        T = (
            layer.weight_std**2 * slope * T
            + layer.weight_gain**2 * E
            + layer.bias_gain**2
        )
        q = layer.weight_std**2 * E + layer.bias_std**2
        last = position == len(layers)
        next_s2, next_u2 = (one, one) if last else duals[position - 1].squares(q)
        common = layer.weight_std**2 if _inside(layer) == (1.0, 1.0) else 1.0
        alpha = np.sqrt(common * u2 / next_s2)
        beta = layer.bias_std / np.sqrt(next_s2)
        gamma = layer.bias_gain / np.sqrt(next_s2)
        units.append((_constant(alpha), _constant(beta), _constant(gamma), data))
        s2, u2 = next_s2, next_u2
    return units, T, q, first


def _inside(layer):
    """weight_std^2 and weight_gain^2, without a factor common to both, which alpha
    takes: a multiplication of a tile less.
    """
    if layer.weight_std == layer.weight_gain and layer.weight_std > 0:
        return 1.0, 1.0
    return layer.weight_std**2, layer.weight_gain**2


def _constant(v):
    """One entry for all, where they agree to rounding: tiles are then scaled by a
    number.
    """
    return v[:1] if np.ptp(v) <= 1e-15 * v.max() else v


def _outer(left, right, R, S, out):
    """left_i right_j on a tile, or one number where both are constant."""
    left = left if len(left) == 1 else left[R]
    right = right if len(right) == 1 else right[S]
    if len(left) + len(right) > 2:
        return np.multiply(left[:, None], right, out=out)
    return left * right


def _tile(duals, layers, C, T, A, B, left, right, R, S, kind):
    """Run the layers on a tile of first-layer cosines C and tangents T, in place."""
    for dual, layer, unit, unit_ in zip(duals, layers[1:], left, right):
        (alpha, beta, gamma, data), (alpha_, beta_, gamma_, data_) = unit, unit_
        dual.pair(C, T, A, B, data[R][:, None], data_[S])
        drawn, gain = _inside(layer)
        if drawn != 1:
            T *= drawn
        T += C if gain == 1 else np.multiply(C, gain, out=A)
        if drawn != 1:
            C *= drawn
        scale = _outer(alpha, alpha_, R, S, A)
        C *= scale
        T *= scale
        if layer.bias_std:
            C += _outer(beta, beta_, R, S, A)
        if layer.bias_gain:
            T += _outer(gamma, gamma_, R, S, A)
    return T if kind == "ntk" else C


# Evenly drawn weights: SIREN, and PyTorch's default.


def _gram_of_uniform_weights(dual, layers, activation, X, Y, kind):
    """Kernel of a network whose weights and biases are drawn evenly.

    In the first layer what a unit is given is a sum of a few even numbers, not a normal
    one. Further in, the weights' part of it is normal; the bias stays even, which for
    sines is taken into account and for others, where it is small, is not.
    """
    first, second = layers[:2]
    K, T = _past_even_units(first, second, activation, X, Y)
    if len(layers) == 2:
        return T if kind == "ntk" else K + second.bias_std**2
    further, duals = list(layers[1:]), [dual] * (len(layers) - 2)
    if activation == "sine":
        for i, layer in enumerate(layers[1:-1]):
            # E cos 2b of the layer's bias, which is then no part of its variance
            shift = np.sinc(_even_width(2 * layer.bias_std) / np.pi)
            duals[i] = wave(-1, shift)
            further[i] = replace(layer, bias_std=0.0)
    bias = further[0].bias_std ** 2
    sides, scales = [], []
    for Z in (X, Y):
        q, own = (K, T) if X is Y else _past_even_units(first, second, activation, Z, Z)
        units, _, _, s2 = _units(duals, np.diag(q) + bias, np.diag(own), further)
        sides.append(units)
        scales.append(np.sqrt(s2))
    scale = np.outer(*scales)
    A, B = np.empty((2, *K.shape))
    C = (K + bias) / scale
    return _tile(duals, further, C, T / scale, A, B, *sides, ..., ..., kind)


def _past_even_units(first, second, activation, X, Y):
    """Covariance and tangent kernel behind the second layer, its bias's variance left
    out.
    """
    if activation == "sine":
        E, slope = _even_sines(first, X, Y)
    else:
        E, slope = _even_units(first, find_activation(activation), X, Y)
    T = first.weight_gain**2 * X @ Y.T + first.bias_gain**2
    w2 = second.weight_std**2
    return w2 * E, w2 * slope * T + second.weight_gain**2 * E + second.bias_gain**2


def _even_sines(first, X, Y):
    """E[sin h sin h'] and E[cos h cos h'] for h = w.x + b with even w and b.

    For w even on [-a, a] the mean of cos(w x) is sin(a x)/(a x).
    """
    a, b = _even_width(first.weight_std), _even_width(first.bias_std)
    minus, plus = X[:, None] - Y, X[:, None] + Y  # (n, m, d)
    near = np.sinc(a * minus / np.pi).prod(axis=-1)  # E cos(h - h')
    far = np.sinc(a * plus / np.pi).prod(axis=-1) * np.sinc(2 * b / np.pi)
    return (near - far) / 2, (near + far) / 2


def _even_units(first, unit, X, Y):
    """E[sigma(h) sigma(h')] and E[sigma'(h) sigma'(h')], by a product of Gauss rules
    over the weights and the bias: to about 1e-5 for units with a kink, otherwise to
    rounding.
    """
    inputs = X.shape[1]
    x, w = np.polynomial.legendre.leggauss({1: 160, 2: 56}[inputs])
    widths = [_even_width(first.weight_std)] * inputs + [_even_width(first.bias_std)]
    axes = [width * x for width in widths]
    nodes = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, inputs + 1)
    shares = functools.reduce(np.multiply.outer, [w / 2] * (inputs + 1)).ravel()
    E, slope = np.zeros((2, len(X), len(Y)))
    for i in range(0, len(nodes), 8192):
        some, share = nodes[i : i + 8192], shares[i : i + 8192]
        z = X @ some[:, :-1].T + some[:, -1]  # (n, nodes)
        value, turn = unit.value(z), unit.slope(z)
        if X is Y:
            value_, turn_ = value, turn
        else:
            z = Y @ some[:, :-1].T + some[:, -1]
            value_, turn_ = unit.value(z), unit.slope(z)
        E += (share * value) @ value_.T
        slope += (share * turn) @ turn_.T
    return E, slope


def _even_width(std):
    """Half the width of an even distribution."""
    return np.sqrt(3) * std


# ReLU and leaky ReLU through angles: an arccos near 1 loses half of the digits.


def _close_pairs(x, y, layers, leak, kind):
    """Kernel of pairs x_p, y_p (P, d) in nearly one or opposite directions: 1 -+ cos
    from difference and sum.
    """
    a, b = np.square(x).sum(axis=1), np.square(y).sum(axis=1)
    x = x / np.sqrt(np.where(a > 0, a, 1))[:, None]
    y = y / np.sqrt(np.where(b > 0, b, 1))[:, None]
    minus = np.square(x - y).sum(axis=1) / 2
    plus = np.square(x + y).sum(axis=1) / 2
    return _relu_pairs(minus, plus, a, b, layers, leak, kind)


def _relu_pairs(minus, plus, a, b, layers, leak, kind):
    """Kernel of pairs from 1 - cos and 1 + cos of their angle; a, b: the two inputs'
    squared lengths, then the units' second moments.
    """
    bent, straight = (1 - leak) ** 2, leak  # E[sigma' sigma'] = bent A0 + straight
    moment = (1 + leak**2) / 2  # E[sigma(g)^2]
    cos, T, slope = (plus - minus) / 2, 0.0, 0.0
    for position, layer in enumerate(layers, start=1):
        w2, b2 = layer.weight_std**2, layer.bias_std**2
        E = np.sqrt(a * b) * cos
        K = w2 * E + b2
        T = w2 * slope * T + layer.weight_gain**2 * E + layer.bias_gain**2
        if position == len(layers):
            return T if kind == "ntk" else K
        minus, plus = _with_bias(minus, plus, w2 * a, w2 * b, b2)
        angle = 2 * np.arctan2(minus, plus)
        rest = 2 * np.arctan2(plus, minus)  # pi - angle, accurate near pi too
        bent_cos = sine_less_cosine(rest) / np.pi
        bent_minus = 2 * np.sin(angle / 2) ** 2 - sine_less_cosine(angle) / np.pi
        slope = bent * rest / (2 * np.pi) + straight
        if leak == 0:
            cos, minus, plus = bent_cos, bent_minus, 1 + bent_cos
        elif leak < 0:
            minus, plus = _fold(bent_minus, bent_cos, angle, rest, leak)
            cos = (plus - minus) / 2
        else:
            minus = _blend(bent_minus, 2 * np.sin(angle / 2) ** 2, leak)
            plus = _blend(1 + bent_cos, 2 * np.cos(angle / 2) ** 2, leak)
            cos = (plus - minus) / 2
        a, b = moment * (w2 * a + b2), moment * (w2 * b + b2)


def _blend(bent, straight, leak):
    """1 -+ cos behind leaky units, from that behind ReLU and that in front."""
    share = (1 - leak) ** 2 / 2
    return (share * bent + leak * straight) / (share + leak)


def _fold(bent_minus, bent_cos, angle, rest, leak):
    """1 -+ cos behind units whose two slopes differ in sign, by the angle and what is
    left of it to pi.

    Opposite inputs come close there (absolute values: meet), where `_blend` would
    cancel.
    """
    share, moment = (1 - leak) ** 2 / 2, (1 + leak**2) / 2
    near = _blend(bent_minus, 2 * np.sin(angle / 2) ** 2, leak)
    turned = -2 * leak * np.sin(rest / 2) ** 2 - share * bent_cos
    far = ((1 + leak) ** 2 / 2 + turned) / moment
    plus = _blend(1 + bent_cos, 2 * np.cos(angle / 2) ** 2, leak)
    return np.where(angle < np.pi / 2, near, far), plus


def _with_bias(minus, plus, a, b, b2):
    """Roots of 1 -+ cos after a bias of variance b2 joins variances a and b."""
    p = np.sqrt(a * b)
    # norm = sqrt((a + b2)(b + b2)), with the part that unequal variances add to p + b2
    # kept apart.
    norm_of_sums = np.sqrt((a + b2) * (b + b2))
    extra = b2 * (np.sqrt(a) - np.sqrt(b)) ** 2 / (norm_of_sums + p + b2)
    norm = p + b2 + extra
    return (
        np.sqrt((p * minus + extra) / norm),
        np.sqrt((p * plus + 2 * b2 + extra) / norm),
    )
