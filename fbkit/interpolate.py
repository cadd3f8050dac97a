r"""Where training ends in the kernel regime, and the rates on the way to it.

Train the output weights of a wide layer whose breaklines are spread evenly over space,
from zero, until it fits the data. Of all functions through the data it becomes the one
that minimises::

    int |f^(w)|^2 W(|w|) dw,    W(w) = w^(dim-1) / |sigma^(w)|^2,

so that the activation chooses the penalty on each frequency (Sahs et al., arXiv
2503.10587). Training all weights of a ReLU network changes `|sigma^|^2` into
A/w^4 + B/w^2 (linear frequency principle: Zhang et al., arXiv 1905.10264). Frequencies
are angular.
"""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from fbkit._bounds import MOST_STEPS, deviation, function, moderate, number, values_of
from fbkit._errors import one_of, positive, positive_int, real_array, within_memory
from fbkit.activations import Activation
from fbkit.activations import activation as look_up

HIGHEST = 2**14  # frequency up to which a price is looked at
MOST_DIM = 100  # of the input: w^(dim-1) is no number beyond
MOST_PANELS = 10**6  # of 16 nodes each: some seconds, and 1 GB
MOST_DEGREE = 20  # of the polynomials that a kernel leaves free


def spectral_weight(
    activation: str | Activation,
    frequencies: ArrayLike,
    dim: int = 1,
    *,
    scales: ArrayLike | None = None,
    spread: str = "breakline",
    output_std: float = 0.0,
) -> np.ndarray:
    r"""The price W(w) of frequency w in the seminorm that a wide layer minimises.

    The seminorm is int `|f^|^2` W dw. The units are mu sigma(r (u.x - c)), with
    directions u uniform on the sphere, scale r, and offsets c (or biases b = -r c)
    spread evenly; mu is trained::

        W(w) = w^(dim-1) / S(w)

        S(w) = E[r^-2 |sigma^(w/r)|^2]    for offsets c spread evenly ("breakline"),
        S(w) = E[r^-1 |sigma^(w/r)|^2]    for biases b spread evenly ("bias").

    The two differ by the Jacobian dc = db/r. Where the offsets are trained too, S gains
    the factor 1 + s w^2 (offsets c) or, inside the mean, 1 + s (w/r)^2 (biases b),
    s = E[mu^2]. Source: arXiv 2503.10587; variants derived here, checked numerically.

    Parameters
    ----------
    activation : a name of `fbkit.activations.ACTIVATIONS`, or one of your own with a
        spectrum.
    frequencies : angular, `|w|`, any shape.
    dim : of the input x.
    scales : (m,) values of r above 0, equally likely; default 1.
    spread : what is spread evenly, "breakline" or "bias".
    output_std : sqrt(s), the size of mu where the offsets are trained too; else 0.

    Returns
    -------
    W : of the frequencies' shape: 0 where the function is free (a pole of sigma^),
        infinity where the layer has no such frequency.

    >>> spectral_weight("relu", [1.0, 2.0, 4.0]).tolist()
    [1.0, 16.0, 256.0]

    In the plane, 2 * 2^4 / (1 + 2^2):

    >>> spectral_weight("relu", 2.0, dim=2, output_std=1.0).item()
    6.4
    """
    sigma = _with_spectrum(activation)
    w = np.abs(real_array("frequencies", frequencies))[..., None]
    d = positive_int("dim", dim, most=MOST_DIM)
    s = deviation("output_std", output_std) ** 2
    r = np.atleast_1d(_above_zero("scales", [1.0] if scales is None else scales))
    r = real_array("scales", r, ndim=1)  # (m,)
    by_bias = one_of("spread", spread, ["breakline", "bias"]) == "bias"
    u = w / r
    moving = u if by_bias else w
    jacobian = r if by_bias else r**2
    with np.errstate(divide="ignore", over="ignore"):
        S = sigma.spectrum(u) * (1 + s * moving**2) / jacobian  # (..., m)
        return w[..., 0] ** (d - 1) / S.mean(axis=-1)


def kernel_from_weight(
    weight: Callable[[np.ndarray], np.ndarray],
    null_degree: int = -1,
    dim: int = 1,
    *,
    tolerance: float = 1e-9,
) -> Callable[[ArrayLike], np.ndarray]:
    r"""The kernel whose interpolants minimise int `|f^|^2` W dw, by quadrature::

        k(z) = (1/pi) int_0^inf S(w) cos(w z) dw,   S(w) = w^(dim-1) / W(w),

    averaged over directions where dim > 1, and up to an even polynomial of degree 2 q,
    q = `null_degree`, by which a pole of S at 0 is tamed. Where a closed form exists
    (`Activation.kernel`), use that: S of ReLU or step falls off so slowly that this
    quadrature refuses it.

    Parameters
    ----------
    weight : function of angular frequencies (F,) above 0 giving W > 0 (infinity
        allowed). Its inverse may have several bands far apart, and jumps; a band below
        frequency 16384 is seen if it is wider than 1/10, or than 1 % of its frequency.
    null_degree : q, so that S grows no faster than w^-2(q+1) at 0.
    dim : of the input.
    tolerance : relative size of what may be left out of the integral, from 1e-13 to
        0.1.

    Returns
    -------
    kernel : a function of distances (any shape).

    Sine units with weights drawn from a density p(w) and phases from the circle have
    the weight 1/(pi p(w)) and the kernel p^(z)/2 (arXiv 2503.10587):

    >>> p = lambda w: np.exp(-(w**2) / 2) / np.sqrt(2 * np.pi)
    >>> k = kernel_from_weight(lambda w: 1 / (np.pi * p(w)))
    >>> bool(np.allclose(k([0.0, 1.0, 3.0]), np.exp([0, -0.5, -4.5]) / 2, atol=1e-9))
    True
    """
    q = positive_int("null_degree", null_degree, least=-1, most=MOST_DEGREE)
    d = positive_int("dim", dim, most=MOST_DIM)
    tolerance = moderate("tolerance", tolerance, least=1e-13, most=0.1)
    transform = _cosine_transform(_inverse(weight, d), q, tolerance)
    along_a_line = _tabulated(transform, tolerance)
    if d == 1:
        return along_a_line
    return _tabulated(_averaged(along_a_line, d), tolerance)


def activation_from_weight(
    weight: Callable[[np.ndarray], np.ndarray],
    dim: int = 1,
    *,
    tolerance: float = 1e-9,
) -> Callable[[ArrayLike], np.ndarray]:
    """An even activation that makes a wanted weight W the price of frequencies.

    It has `|sigma^(w)|^2` = w^(dim-1) / W(w). Source: arXiv 2503.10587 (activation
    design); the even choice is ours.

    Parameters
    ----------
    weight : W, as for `kernel_from_weight`; sqrt(w^(dim-1) / W) must be integrable, at
        0 too.
    dim : of the input.
    tolerance : relative size of what may be left out of the integral, from 1e-13 to
        0.1.

    Returns
    -------
    sigma : a function of arrays.

    The weight of the Gaussian gives the Gaussian back:

    >>> sigma = activation_from_weight(lambda w: np.exp(w**2) / (2 * np.pi))
    >>> sigma([0.0, 2.0]).round(6).tolist()
    [1.0, 0.135335]
    """
    square = _inverse(weight, positive_int("dim", dim, most=MOST_DIM))
    tolerance = moderate("tolerance", tolerance, least=1e-13, most=0.1)
    transform = _cosine_transform(lambda w: np.sqrt(square(w)), -1, tolerance)
    return _tabulated(transform, tolerance)


def averaged_kernel(
    kernel: Callable[[np.ndarray], np.ndarray], dim: int
) -> Callable[[ArrayLike], np.ndarray]:
    r"""The kernel in R^dim of units that see a point along one direction each.

    Directions are uniform on the sphere::

        k_d(r) = E_u[k_1(u.z)] = int_0^1 k_1(r t) s(t) dt / int_0^1 s(t) dt,

        s(t) = (1 - t^2)^((dim-3)/2).

    Derived here, checked numerically.

    Parameters
    ----------
    kernel : k_1, a function of distances.
    dim : of the space, d.

    Returns
    -------
    kernel : k_d, a function of distances.

    In the plane, 2/pi of the distance:

    >>> averaged_kernel(lambda z: -abs(z), 2)([1.0, 3.0]).round(9).tolist()
    [-0.636619772, -1.909859317]
    """
    d = positive_int("dim", dim, most=MOST_DIM)
    kernel = function("kernel", kernel, of="distances")
    return kernel if d == 1 else _tabulated(_averaged(kernel, d), 1e-13)


def seminorm_kernel(
    activation: str | Activation, dim: int = 1
) -> Callable[[ArrayLike], np.ndarray]:
    """The kernel of a wide layer with evenly spread breaklines, output weights trained.

    In closed form where there is one; else see `kernel_from_weight`.

    Parameters
    ----------
    activation : a name, or one of your own with a spectrum.
    dim : of the input.

    Returns
    -------
    kernel : a function of distances.

    >>> float(seminorm_kernel("relu")(2.0) * 12)
    8.0
    """
    sigma = _with_spectrum(activation)
    if sigma.kernel is None:
        weight = lambda w: spectral_weight(sigma, w, dim)
        return kernel_from_weight(weight, sigma.null_degree, dim)
    return averaged_kernel(sigma.kernel, dim)


def min_seminorm_interpolant(
    X: ArrayLike,
    values: ArrayLike,
    at: ArrayLike,
    kernel: Callable[[np.ndarray], np.ndarray] | str | Activation,
    null_degree: int | None = None,
) -> np.ndarray:
    r"""Values of the function through the data of least seminorm.

    Polynomials up to degree q are free::

        f(x) = sum_i c_i k(|x - x_i|) + sum_j b_j p_j(x),
        sum_i c_i p_j(x_i) = 0,    f(x_i) = y_i,

    with p_j the monomials of total degree at most q (a bordered linear system, solved
    on the orthogonal complement of the polynomials, where the kernel is positive
    definite). With a ReLU it is the natural cubic spline. Source: arXiv 2503.10587.

    Parameters
    ----------
    X : (n,) or (n, d) data points.
    values : (n,) y.
    at : (m,) or (m, d) points where f is asked for.
    kernel : a function of distances in R^d, conditionally positive definite of order
        q + 1; or an activation or its name, which brings kernel and degree
        (`seminorm_kernel`).
    null_degree : q; -1 for none. Needed with a function.

    Returns
    -------
    f : (m,). Raises ValueError where a point comes twice, the points do not fix the
        polynomials, or the kernel is not positive definite; warns where points are so
        close, for a smooth kernel, that rounding keeps f from passing through them.

    The step's interpolant is straight lines:

    >>> f = min_seminorm_interpolant([0, 1, 3], [0, 2, 2], [0.5, 2.0, 4.0], "step")
    >>> f.round(9).tolist()
    [1.0, 2.0, 2.0]
    """
    X = _as_points("X", X)
    n, d = X.shape
    at = _as_points("at", at, d)
    y = real_array("values", values, shape=(n,))
    if not callable(kernel):
        sigma = _with_spectrum(kernel)
        kernel = seminorm_kernel(sigma, d)
        null_degree = sigma.null_degree
    if null_degree is None:
        raise ValueError(
            "null_degree is None; pass the degree of the free polynomials (-1 for none)"
            " with a kernel."
        )
    q = positive_int("null_degree", null_degree, least=-1)
    if math.comb(q + d, d) > n:
        raise _too_few(n, q)
    within_memory("X", max(n, len(at)), n, 2 + d)
    if len(np.unique(X, axis=0)) < n:
        raise ValueError(
            "X holds a point twice; merge equal points, since one function has one"
            " value there."
        )
    monomials = _monomials(X, q)
    P = monomials(X)  # (n, p)
    K = _distance_gram(kernel, X, X)  # (n, n)
    c, b = _coefficients(K, P, y, q)
    missed = np.abs(K @ c + P @ b - y).max()
    if missed > 1e-6 * np.abs(y).max():
        warnings.warn(
            "X holds points too close for this kernel, so data are missed by"
            f" {missed:.1e}.",
            stacklevel=2,
        )
    return _distance_gram(kernel, at, X) @ c + monomials(at) @ b


def uneven_spline(
    X: ArrayLike,
    values: ArrayLike,
    at: ArrayLike,
    density: Callable[[np.ndarray], np.ndarray],
) -> np.ndarray:
    r"""Where a wide ReLU layer ends whose folds are not spread evenly over the line.

    Training the outer weights of units a ReLU(+-(x - h)), with folds h drawn from a
    density p, ends at the least::

        int f''(x)^2 / p(x) dx,    f(x_i) = y_i,

    so that a bend is dear where folds are rare. Its f'' is p times a curve that is
    straight between the data and 0 beyond them; p constant gives the natural cubic
    spline. Source: Jin and Montufar, arXiv 2006.07356; straight lines are taken as
    free. Checked numerically on drawn layers.

    Parameters
    ----------
    X : (n,) data points, n at least 2.
    values : (n,) y.
    at : (m,) points where f is asked for.
    density : p, a smooth function of places (F,), above 0 among the data; its size does
        not count.

    Returns
    -------
    f : (m,).

    >>> even = uneven_spline([0, 1, 2], [0, 1, 0], [0.5], np.ones_like)
    >>> even.round(9).tolist()
    [0.6875]
    """
    x = real_array("X", X, ndim=1)
    n = len(x)
    y = real_array("values", values, shape=(n,))
    at = real_array("at", at, ndim=1)
    if n < 2 or len(np.unique(x)) < n:
        raise ValueError(
            "X holds a point twice, or fewer than two; merge equal points, since one"
            " function has one value there."
        )
    function("density", density, of="places")
    within_memory("X", 4, n, 16 * (n + len(at) + 65))
    order = np.argsort(x)
    more = np.linspace(x.min(), x.max(), 65)
    edges = np.unique(np.concatenate([x, at, more]))
    h, g = _quadrature(edges[:-1], edges[1:])  # (panels, nodes)
    inside = (h > x.min()) & (h < x.max())
    p = np.zeros(h.shape)
    p[inside] = _above_zero("density", values_of("density", density, h[inside]))
    # A tent over each inner point: all curves that are straight between the data.
    tents = np.array([np.interp(h, x[order], one) for one in np.eye(n)[1:-1]])
    bend = tents.reshape(n - 2, *h.shape) * p * g
    # Twice integrated: int (x - h) bend dh over h < x.
    mass, moment = (np.cumsum(part.sum(axis=-1), axis=-1) for part in (bend, bend * h))
    start = np.zeros((n - 2, 1))
    curves = edges * np.hstack([start, mass]) - np.hstack([start, moment])
    curves = curves / np.abs(curves).max(axis=1, initial=1e-300, keepdims=True)
    basis = np.vstack([np.ones(len(edges)), edges - x.mean(), curves])
    weights = np.linalg.solve(basis[:, np.searchsorted(edges, x)].T, y)
    return weights @ basis[:, np.searchsorted(edges, at)]


def lfp_interpolant(
    X: ArrayLike, values: ArrayLike, at: ArrayLike, cubic: float, linear: float
) -> np.ndarray:
    r"""Where a wide ReLU network ends that trains all its weights.

    The network is h(x) = m^{-1/2} sum_j a_j ReLU(r_j (u_j.x + l_j)), with a, r and l
    trained, directions u fixed, and l spread evenly over more than the data. In the
    lazy limit the change of h minimises

        int |h^|^2 / (A/w^4 + B/w^2) dw,    A = E[r^2] + E[a^2],    B = E[a^2 r^2]

    through the data (in dim d, w^-(d+3) and w^-(d+1)): the kernel A `|z|`^3/12 -
    B `|z|`/2 beside affine functions. A large: natural cubic spline. B large: straight
    lines between the data. They meet at w = sqrt(A/B) (arXiv 1905.10264, 2010.08153).

    Parameters
    ----------
    X : (n,) or (n, d) data points.
    values : (n,) y.
    at : (m,) or (m, d) points where h is asked for.
    cubic : A, at least 0.
    linear : B, at least 0; not both 0.

    Returns
    -------
    h : (m,).

    >>> X, values = [0, 1, 2], [0, 1, 0]
    >>> lfp_interpolant(X, values, [0.5], cubic=0, linear=1).round(9).tolist()
    [0.5]
    >>> lfp_interpolant(X, values, [0.5], cubic=1, linear=0).round(9).tolist()
    [0.6875]
    """
    A, B = deviation("cubic", cubic), deviation("linear", linear)
    if A == B == 0:
        raise ValueError(
            "cubic and linear are both 0, so nothing is trained; make one positive."
        )
    on_a_line = lambda z: A * np.abs(z) ** 3 / 12 - B * np.abs(z) / 2
    dim = _as_points("X", X).shape[1]
    kernel = averaged_kernel(on_a_line, dim)
    return min_seminorm_interpolant(X, values, at, kernel, null_degree=1)


def lfp_rates(
    activation: str | Activation,
    frequencies: ArrayLike,
    dim: int,
    lengths: ArrayLike,
    outer: ArrayLike,
    offset_density: float = 1.0,
    *,
    unit: str = "angular",
) -> tuple[np.ndarray, np.ndarray]:
    r"""Coefficients of a wide network's flow in frequency (linear frequency principle).

    f(x) = m^{-1/2} sum_j a_j sigma(w_j.x + b_j), all trained, w isotropic with length
    r, b spread with density c_b. With u = f - y and u_rho = rho u (rho the density of
    the data), in angular frequency omega::

        du^/dt = -(outer + inner) u_rho^ + div(inner grad u_rho^)

        outer = C (2 pi/omega)^(d-1) E[ |sigma^(omega/r)|^2 / r ]
        inner = C (2 pi/omega)^(d-1) E[ a^2 (omega/r)^2 |sigma^(omega/r)|^2 / r ]

        C = c_b Gamma(d/2) / pi^(d/2)

    outer comes from training a; inner from b (the damping) and from w (the diffusion).
    In cycles xi = omega/2 pi the same numbers hold with a factor 1/(4 pi^2) before the
    divergence. arXiv 1905.10264 and 2010.08153; constants derived here, checked
    numerically on drawn networks.

    Parameters
    ----------
    activation : a name, or one of your own with a spectrum.
    frequencies : omega above 0, any shape.
    dim : d, of the input.
    lengths : (m,) equally likely values of r = `|w_j|`, above 0, or one number.
    outer : (m,) values of a_j that go with them, or one number. ReLU needs E r^3 and
        E[a^2 r] only.
    offset_density : c_b; of normal biases with standard deviation s, 1/(sqrt(2 pi) s).
    unit : "angular", or "cycles" where the frequencies are xi.

    Returns
    -------
    outer, inner : of the frequencies' shape.

    For ReLU they are r^3/w^4 and a^2 r/w^2:

    >>> outer, inner = lfp_rates("relu", [1.0, 2.0], 1, lengths=1.0, outer=3.0)
    >>> outer.tolist(), inner.tolist()
    ([1.0, 0.0625], [9.0, 2.25])
    """
    sigma = _with_spectrum(activation)
    d = positive_int("dim", dim, most=MOST_DIM)
    turn = 2 * np.pi if one_of("unit", unit, ["angular", "cycles"]) == "cycles" else 1
    w = _above_zero("frequencies", frequencies)[..., None] * turn
    r = np.atleast_1d(_above_zero("lengths", lengths))
    a = np.atleast_1d(real_array("outer", outer))
    matching = len(r) == len(a) or len(r) == 1 or len(a) == 1
    if r.ndim != 1 or a.ndim != 1 or not matching:
        raise ValueError(
            f"lengths has shape {r.shape} and outer has shape {a.shape}; pass arrays of"
            " one length, or numbers."
        )
    c_b = moderate("offset_density", offset_density)
    C = c_b * math.gamma(d / 2) / math.pi ** (d / 2)
    shape = C * (2 * np.pi / w) ** (d - 1) * sigma.spectrum(w / r) / r  # (..., m)
    inner = (a**2 * (w / r) ** 2 * shape).mean(axis=-1)
    return shape.mean(axis=-1), inner


def leave_one_out(
    gram: ArrayLike, values: ArrayLike, ridge: ArrayLike = 0.0
) -> np.ndarray:
    r"""What a fit to all other points misses at each point, without fitting again.

    The fit to points is f = K (K + ridge)^-1 y: of all combinations of features it has
    the least square error plus `ridge` times the squares of the weights; with ridge 0
    it is the end of training from 0. Take point i out and fit the others. Then, exactly
    ::

        y_i - f_(-i)(x_i) = (y_i - f_i) / (1 - U_ii),    U = K (K + ridge)^-1
                          = [(K + ridge)^-1 y]_i / [(K + ridge)^-1]_ii .

    A classical identity, checked here by taking points out. It does not hold for
    training that is stopped early: there the bare formula can be far off.

    Parameters
    ----------
    gram : K (n, n), symmetric, the kernel between the points.
    values : y (n,), with mean 0 if the fit has no constant.
    ridge : 0 or more, or several of them (R,): one eigendecomposition serves all.

    Returns
    -------
    missed : (n,), or (R, n).

    With two points of equal kernel, ridge 1, each is told by the other, halved:

    >>> leave_one_out([[1, 1], [1, 1]], [3, 5], ridge=1).round(9).tolist()
    [0.5, 3.5]
    """
    K = _symmetric("gram", gram)
    y = real_array("values", values, shape=(len(K),))
    r = real_array("ridge", np.atleast_1d(real_array("ridge", ridge)), ndim=1)
    size = np.abs(K).max()
    eigenvalues, V = np.linalg.eigh(K)
    least = eigenvalues[0] + r.min()
    if r.min() < 0 or least <= 1e-14 * size:
        raise ValueError(
            f"gram plus ridge {r.min():g} has the eigenvalue {least:.1e}, too near 0 to"
            " invert; pass a larger ridge."
        )
    inverse = 1 / (eigenvalues + r[:, None])  # (R, n)
    missed = (inverse * (V.T @ y)) @ V.T / (inverse @ (V**2).T)
    return missed if np.ndim(ridge) else missed[0]


def mirrored_units(
    activation: Callable[[np.ndarray], np.ndarray],
    X: ArrayLike,
    offsets: ArrayLike,
    scale: float = 1.0,
) -> np.ndarray:
    """Units of one input in both directions: sigma(r (x - c)), then sigma(r (-x - c)).

    Parameters
    ----------
    activation : sigma, on arrays of any shape.
    X : (n,) points.
    offsets : (m,) c.
    scale : r.

    Returns
    -------
    features : (n, 2m).

    >>> mirrored_units(lambda z: np.maximum(z, 0), [2.0], [0.5, 1.0]).tolist()
    [[1.5, 1.0, 0.0, 0.0]]
    """
    x = real_array("X", X, ndim=1)[:, None]
    c = real_array("offsets", offsets, ndim=1)
    r = number("scale", scale)
    sigma = function("activation", activation, of="an array")
    within_memory("offsets", 4, len(x), len(c))
    both = r * (x - c), r * (-x - c)
    return np.hstack([values_of("activation", sigma, z) for z in both])


def best_heavy_ball(gram: ArrayLike) -> tuple[float, float]:
    r"""Learning rate and momentum with which heavy ball is fastest.

    With the rates between l and L, sqrt(momentum) = (sqrt L - sqrt l) / (sqrt L +
    sqrt l) and lr = 4 / (sqrt L + sqrt l)^2 (Polyak 1964).

    Parameters
    ----------
    gram : (n, n), its eigenvalues are the rates.

    >>> lr, momentum = best_heavy_ball([[1.0, 0.0], [0.0, 9.0]])
    >>> lr, momentum
    (0.25, 0.25)
    """
    rates = np.linalg.eigvalsh(_symmetric("gram", gram))
    if rates[0] <= 0:
        raise ValueError(
            f"gram has the eigenvalue {rates[0]:.1e}; heavy ball needs all of them"
            " positive: leave out features or points that repeat."
        )
    low, high = np.sqrt(rates[[0, -1]])
    return float(4 / (low + high) ** 2), float(((high - low) / (high + low)) ** 2)


def train_output_weights(
    features: ArrayLike,
    values: ArrayLike,
    steps: int = 3000,
    *,
    lr: float | None = None,
    momentum: float | None = None,
    tolerance: float = 1e-6,
) -> np.ndarray:
    r"""Output weights of fixed units after training them from zero by heavy ball.

    One step on 1/2 `|F a - y|^2` is

        a_{s+1} = a_s + momentum (a_s - a_{s-1}) - lr F^T (F a_s - y),

    and it ends near the shortest a with F a = y.

    Parameters
    ----------
    features : (n, m) F, the units' values at the data.
    values : (n,) y.
    steps : at most so many.
    lr, momentum : those of `best_heavy_ball` if not given.
    tolerance : it stops where no residual is larger; 0 for an unfinished run.

    Returns
    -------
    a : (m,). Warns where the steps end above the tolerance.

    >>> weights = train_output_weights([[1.0, 1.0], [0.0, 2.0]], [3.0, 2.0])
    >>> weights.round(5).tolist()
    [2.0, 1.0]
    """
    F = real_array("features", features, ndim=2)
    y = real_array("values", values, shape=(len(F),))
    steps = positive_int("steps", steps, least=0, most=MOST_STEPS)
    tolerance = positive("tolerance", tolerance, zero=True)
    if lr is not None:
        lr = moderate("lr", lr)
    if momentum is not None:
        momentum = deviation("momentum", momentum)
    if lr is None or momentum is None:
        best_lr, best_momentum = best_heavy_ball(F @ F.T)
        lr = best_lr if lr is None else lr
        momentum = best_momentum if momentum is None else momentum
    a = before = np.zeros(F.shape[1])
    for _ in range(steps):
        residual = F @ a - y
        missed = np.abs(residual).max()
        if missed < tolerance:
            return a
        if not missed < 1e100:
            raise ValueError(
                f"lr is {lr:g} and momentum {momentum:g}, with which the weights grow"
                " past all numbers; leave them out, or make them smaller."
            )
        speed = a - before
        before = a
        a = a + momentum * speed - lr * (residual @ F)
    left = np.abs(F @ a - y).max()
    if tolerance > 0 and not left < tolerance:
        warnings.warn(
            f"{steps} steps leave a residual of {left:.1e}, above the tolerance; pass"
            " more steps, or tolerance=0 for an unfinished run.",
            stacklevel=2,
        )
    return a


def _symmetric(name, value):
    matrix = real_array(name, value, ndim=2)
    lean = 1e-9 * np.abs(matrix).max()
    if matrix.shape != matrix.T.shape or np.abs(matrix - matrix.T).max() > lean:
        raise ValueError(
            f"{name} is not symmetric; pass the kernel between the points."
        )
    return matrix


def _with_spectrum(activation):
    sigma = look_up(activation)
    if sigma.spectrum is None:
        raise ValueError(
            f"{sigma.name} has a spectrum of single frequencies only; see"
            " kernel_from_weight for its kernel."
        )
    return sigma


def _above_zero(name, value):
    array = real_array(name, value)
    if array.min() <= 0:
        raise ValueError(f"{name} holds {array.min():g}; expected numbers above 0.")
    return array


def _as_points(name, value, dim=None):
    """Points as (n, d); one axis means d = 1."""
    x = real_array(name, value)
    return real_array(name, x[:, None] if x.ndim == 1 else x, shape=(None, dim))


def _distance_gram(kernel, X, Y):
    distance = np.sqrt(np.square(X[:, None] - Y).sum(axis=-1))
    return values_of("the kernel", kernel, distance)


def _monomials(X, degree):
    """A function of points (m, d): all monomials (m, p) of a total degree or less.

    They are centred and scaled for the data, so that their values are near 1.
    """
    middle = X.mean(axis=0)
    spread = np.ptp(X) or 1.0
    powers = []
    for k in range(degree + 1):
        factors = itertools.combinations_with_replacement(range(X.shape[1]), k)
        powers.extend(factors)

    def values(points: np.ndarray) -> np.ndarray:
        x = (points - middle) / spread
        columns = [x[:, factors].prod(axis=1) for factors in powers]
        return np.array(columns).reshape(len(powers), len(x)).T

    return values


def _coefficients(K, P, y, degree):
    """c and b of K c + P b = y, P^T c = 0."""
    n, p = P.shape
    if p and np.linalg.matrix_rank(P) < p:
        raise _too_few(n, degree)
    Q, R = np.linalg.qr(P, mode="complete")
    Z = Q[:, p:]  # (n, n - p): directions that see no polynomial
    size, V = np.linalg.eigh(Z.T @ K @ Z)
    if n > p and size[0] < -1e-8 * np.abs(size).max():
        raise ValueError(
            f"kernel is not positive definite beside polynomials of degree {degree};"
            " check its sign and degree."
        )
    # What is smaller than this is rounding.
    fits = size > n * np.finfo(float).eps * size.max(initial=0)
    Z = (Z @ V)[:, fits]
    c = Z @ (Z.T @ y / size[fits])
    b = np.linalg.solve(R[:p], Q[:, :p].T @ (y - K @ c))
    return c, b


def _too_few(n, degree):
    return ValueError(
        f"X holds {n} points, too few or too aligned to fix a polynomial of degree"
        f" {degree}; add points."
    )


def _inverse(weight, dim):
    """S = w^(dim-1) / W as a function of frequencies, checked."""
    function("weight", weight, of="frequencies above 0")

    def density(w: np.ndarray) -> np.ndarray:
        with np.errstate(divide="ignore", over="ignore"):
            value = w ** (dim - 1) / np.asarray(weight(w), dtype=float)
        if value.shape != w.shape or not (np.isfinite(value) & (value >= 0)).all():
            raise ValueError(
                "weight is not positive at some frequency above 0; pass a function (F,)"
                " -> (F,) above 0."
            )
        return value

    return density


def _quadrature(a, b, nodes=16):
    """Nodes and weights (panels, nodes) of Gauss' rule on panels [a, b]."""
    x, g = np.polynomial.legendre.leggauss(nodes)
    half = (b - a)[:, None] / 2
    return a[:, None] + half * (1 + x), half * g


def _integrals(f, a, b):
    """The integral of f over each panel [a, b], by Gauss' rule."""
    w, g = _quadrature(a, b)
    return (f(w) * g).sum(axis=1)


def _fine_edges():
    """Edges of narrow panels over all frequencies that are looked at.

    Sixteen an octave from 2^-40 to 16, and then one a unit up to HIGHEST: a band wider
    than 1/10, or than 1 % of its frequency, has a node of Gauss' rule in it.
    """
    octaves = np.repeat(2.0 ** np.arange(-40, 4), 16)
    low = octaves * (1 + np.tile(np.arange(16) / 16, 44))
    return np.append(low, np.arange(16.0, HIGHEST + 1))


def _panels(f, tolerance):
    """Panels [a_i, b_i] that hold all of f's integral but a share of `tolerance`.

    They are bisected until Gauss' rule on each agrees with its halves and f does not
    jump between its nodes: jumps are closed in.
    """
    edges = _fine_edges()
    a, b = edges[:-1], edges[1:]
    whole = _integrals(f, a, b)
    total = whole.sum()
    beyond = HIGHEST * 1.5 ** np.arange(18)
    first, last = whole[:16].sum(), np.max(beyond * f(beyond))
    if not first < 1e-5 * total or last > tolerance * total:
        raise ValueError(
            "weight leaves its inverse without a finite integral, or one that reaches"
            f" beyond frequency {HIGHEST}; use a closed kernel, another null_degree or"
            " a larger tolerance."
        )
    order = np.argsort(whole)
    empty = np.zeros(len(whole), bool)
    empty[order] = np.cumsum(whole[order]) <= tolerance * total / 10
    # A band may end between an empty panel's end and its first node.
    beside = np.convolve(~empty, [1, 1, 1], mode="same") > 0
    a, b = a[beside], b[beside]
    allowed = tolerance * total / 100
    done_a, done_b = [], []
    for _ in range(60):
        middle = (a + b) / 2
        halves = _integrals(f, a, middle) + _integrals(f, middle, b)
        bad = np.abs(halves - _integrals(f, a, b)) > allowed
        bad |= _jumps(f, a, b, allowed)
        done_a.append(a[~bad])
        done_b.append(b[~bad])
        if not bad.any():
            break
        a, middle, b = a[bad], middle[bad], b[bad]
        a, b = np.append(a, middle), np.append(middle, b)
    return np.concatenate(done_a), np.concatenate(done_b)


def _jumps(f, a, b, allowed):
    """Whether f jumps on a panel, between nodes or between an end and a node."""
    w, _ = _quadrature(a, b)
    hair = 1e-3 * (w[:, 0] - a)  # inside, so that an end's value is the panel's own
    w = np.column_stack([a + hair, w, b - hair])
    value = f(w)
    high = np.maximum(value[:, 1:], value[:, :-1])
    jumps = np.abs(np.diff(value)) > high / 2
    return (jumps & (high * np.diff(w) > allowed)).any(axis=1)


def _cosine_transform(density, q, tolerance):
    """A function of z: the cosine transform of a density, less a Taylor polynomial.

    (1/pi) int_0^inf density(w) [cos wz - (w < 1) sum_{j<=q} (-1)^j (wz)^2j/(2j)!] dw
    """
    tame = lambda w: density(w) * np.minimum(w, 1) ** (2 * q + 2)
    a, b = _panels(tame, tolerance)

    def transform(z: np.ndarray) -> np.ndarray:
        z = np.abs(np.asarray(z, dtype=float))
        # No panel spans more than 8 radians of the fastest cosine: Gauss' rule with 16
        # nodes is then exact to rounding.
        pieces = np.ceil((b - a) * max(z.max(), 1e-9) / 8)
        if pieces.sum() > MOST_PANELS:
            raise ValueError(
                f"the distances reach {z.max():g}, over which the fastest wave of this"
                " weight turns too often to be summed; pass shorter ones."
            )
        pieces = pieces.astype(int)
        first = np.repeat(np.cumsum(pieces) - pieces, pieces)
        step = np.repeat((b - a) / pieces, pieces)
        start = np.repeat(a, pieces) + step * (np.arange(len(step)) - first)
        w, g = _quadrature(start, start + step)
        w, g = w.ravel(), g.ravel()
        S = g * density(w) / np.pi
        low = w < 1
        value = []
        for x in z.ravel():
            tamed = _cosine_remainder(w[low] * x, q) @ S[low]
            value.append(tamed + np.cos(w[~low] * x) @ S[~low])
        return np.reshape(value, z.shape)

    return transform


def _cosine_remainder(x, q):
    """cos x less its Taylor polynomial of degree 2q; for small x, the terms left."""
    series = np.polynomial.polynomial.polyval
    taylor = np.array([(-1.0) ** j / math.factorial(2 * j) for j in range(q + 12)])
    rest = x ** (2 * q + 2) * series(x**2, taylor[q + 1 :])
    # The 0 is for q = -1, which takes nothing away.
    taken = series(x**2, np.append(taylor[: q + 1], 0))
    return np.where(x < 2, rest, np.cos(x) - taken)


def _averaged(kernel, d):
    """Mean of kernel(r cos phi) over the angle phi between r and a direction.

    The angle has the density sin^(d-2) phi.
    """

    def mean(r: np.ndarray) -> np.ndarray:
        # Panels shrink towards pi/2, where a far kernel is narrow, and with the
        # distance, as waves make more turns.
        even = np.linspace(0, 1, 2 + int(min(np.max(r), 1e4) / 50))
        edges = np.pi / 2 * np.union1d(even, 1 - 0.5 ** np.arange(9))
        phi, g = _quadrature(edges[:-1], edges[1:], 32)
        phi, g = phi.ravel(), g.ravel()
        g = g * np.sin(phi) ** (d - 2)
        return kernel(np.asarray(r)[..., None] * np.cos(phi)) @ (g / g.sum())

    return mean


def _tabulated(kernel, tolerance):
    """The same function of distances, by a Chebyshev series where many are asked."""

    def series(r: np.ndarray) -> np.ndarray:
        r = np.abs(real_array("distances", r))
        reach = r.max()
        on_table = lambda x: kernel(reach * (1 + x) / 2)
        for degree in 2 ** np.arange(5, 12):
            if degree > r.size or reach == 0:
                break
            c = np.polynomial.chebyshev.chebinterpolate(on_table, degree)
            if np.abs(c[-4:]).max() < tolerance * np.abs(c).max():
                return np.polynomial.chebyshev.chebval(2 * r / reach - 1, c)
        return kernel(r)

    return series
