r"""Where training ends in the kernel regime: the interpolant of least seminorm, and the
rates on the way to it.

Train the output weights of a wide layer whose breaklines are spread evenly over space,
from zero, until it fits the data. Of all functions through the data it becomes the one
that minimises::

    int |f^(w)|^2 W(|w|) dw,    W(w) = w^(dim-1) / |sigma^(w)|^2,

so that the activation chooses the penalty on each frequency (Sahs et al., arXiv
2503.10587). Training all weights of a ReLU network changes `|sigma^|^2` into A/w^4 +
B/w^2 (linear frequency principle: Zhang et al., arXiv 1905.10264). Frequencies are
angular.
"""

import itertools
import math
import warnings

import numpy as np

from fbkit._errors import one_of, positive, positive_int, real_array
from fbkit.activations import activation as look_up


def spectral_weight(
    activation, omega, dim=1, *, scales=None, flat="breakline", offset_training=0.0
):
    r"""The price W(w) of frequency w in the seminorm int `|f^|^2` W dw that a wide
    layer of units minimises.

    Units mu sigma(r (u.x - c)), with directions u uniform on the sphere, scale r, and
    offsets c (or biases b = -r c) spread evenly; mu is trained::

        W(w) = w^(dim-1) / S(w),   S(w) = E[r^-2 |sigma^(w/r)|^2]   for offsets c spread evenly ("breakline"),
                                   S(w) = E[r^-1 |sigma^(w/r)|^2]   for biases b spread evenly ("bias").

    The two differ by the Jacobian dc = db/r. Where the offsets are trained too, S gains
    the factor 1 + s w^2 (offsets c) or, inside the mean, 1 + s (w/r)^2 (biases b), s =
    E[mu^2]. Source: arXiv 2503.10587; variants derived here, checked numerically.

    Parameters
    ----------
    activation : a name of `fbkit.activations.ACTIVATIONS` or an `Activation`; it needs
        a spectrum.
    omega : angular frequencies `|w|`, any shape.
    dim : of the input x.
    scales : (m,) values of r above 0, equally likely; default 1.
    flat : "breakline" or "bias".
    offset_training : s = E[mu^2] where offsets are trained, else 0.

    Returns
    -------
    W of omega's shape: 0 where the function is free (a pole of sigma^), infinity where
    the layer has no such frequency.

    >>> spectral_weight("relu", [1.0, 2.0, 4.0]).tolist()
    [1.0, 16.0, 256.0]
    >>> spectral_weight("relu", 2.0, dim=2, offset_training=1.0).item()     # 2 * 2^4 / (1 + 2^2)
    6.4
    """
    sigma = _with_spectrum(activation)
    w = np.abs(real_array("omega", omega))[..., None]
    d, s = (
        positive_int("dim", dim),
        positive("offset_training", offset_training, zero=True),
    )
    r = _above_zero("scales", [1.0] if scales is None else scales)  # (m,)
    by_bias = one_of("flat", flat, ["breakline", "bias"]) == "bias"
    u = w / r
    with np.errstate(divide="ignore", over="ignore"):
        S = (
            sigma.spectrum(u)
            * (1 + s * (u if by_bias else w) ** 2)
            / (r if by_bias else r**2)
        )  # (..., m)
        return w[..., 0] ** (d - 1) / S.mean(axis=-1)


def kernel_from_weight(weight, null_degree=-1, dim=1, *, tolerance=1e-9):
    r"""The kernel whose interpolants minimise int `|f^|^2` W dw, by quadrature in
    frequency::

        k(z) = (1/pi) int_0^inf S(w) cos(w z) dw,   S(w) = w^(dim-1) / W(w),   averaged over directions where dim > 1

    up to an even polynomial of degree 2 q, q = `null_degree`, by which a pole of S at 0
    is tamed. Where a closed form exists (`Activation.kernel`), use that: S of ReLU or
    step falls off so slowly that this quadrature refuses it.

    Parameters
    ----------
    weight : function of angular frequencies (F,) above 0 giving W > 0 (infinity
        allowed).
    null_degree : q, so that S grows no faster than w^-2(q+1) at 0.
    dim : of the input.
    tolerance : relative size of what may be left out of the integral.

    Returns
    -------
    A function of distances (any shape).

    Sine units with weights drawn from a density p(w) and phases from the circle have
    the weight 1/(pi p(w)) and the kernel p^(z)/2 (arXiv 2503.10587):

    >>> p = lambda w: np.exp(-(w**2) / 2) / np.sqrt(2 * np.pi)
    >>> k = kernel_from_weight(lambda w: 1 / (np.pi * p(w)))
    >>> bool(np.allclose(k([0.0, 1.0, 3.0]), np.exp([0, -0.5, -4.5]) / 2, atol=1e-9))
    True
    """
    q, d = positive_int("null_degree", null_degree, least=-1), positive_int("dim", dim)
    tolerance = positive("tolerance", tolerance)
    line = _tabulated(_cosine_transform(_inverse(weight, d), q, tolerance), tolerance)
    return line if d == 1 else _tabulated(_averaged(line, d), tolerance)


def activation_from_weight(weight, dim=1, *, tolerance=1e-9):
    """An even activation that makes a wanted weight W the price of frequencies:
    `|sigma^(w)|^2` = w^(dim-1) / W(w).

    Parameters: as for `kernel_from_weight`; W must keep sqrt(w^(dim-1) / W) integrable,
    at 0 too. Returns a function of arrays. Source: arXiv 2503.10587 (activation
    design); the even choice is ours.

    >>> sigma = activation_from_weight(lambda w: np.exp(w**2) / (2 * np.pi))
    >>> sigma([0.0, 2.0]).round(6).tolist()         # the Gaussian again
    [1.0, 0.135335]
    """
    shape, tolerance = (
        _inverse(weight, positive_int("dim", dim)),
        positive("tolerance", tolerance),
    )
    return _tabulated(
        _cosine_transform(lambda w: np.sqrt(shape(w)), -1, tolerance), tolerance
    )


def averaged_kernel(kernel, dim):
    r"""The kernel in R^dim of units that see a point along one direction each,
    directions uniform on the sphere::

        k_d(r) = E_u[k_1(u.z)] = int_0^1 k_1(r t) (1 - t^2)^((dim-3)/2) dt / int_0^1 (1 - t^2)^((dim-3)/2) dt

    Parameters: `kernel`, k_1, a function of distances; `dim`. Returns a function of
    distances; derived here, checked numerically.

    >>> averaged_kernel(lambda z: -abs(z), 2)([1.0, 3.0]).round(9).tolist()         # -2/pi of the distance
    [-0.636619772, -1.909859317]
    """
    d = positive_int("dim", dim)
    return kernel if d == 1 else _tabulated(_averaged(kernel, d), 1e-13)


def seminorm_kernel(activation, dim=1):
    """The kernel of a wide layer with evenly spread breaklines, its output weights
    trained: closed where there is one.

    Parameters: `activation`, a name or an `Activation`; `dim` of the input. Returns a
    function of distances; see `kernel_from_weight`.

    >>> float(seminorm_kernel("relu")(2.0) * 12)
    8.0
    """
    sigma = _with_spectrum(activation)
    if sigma.kernel is None:
        return kernel_from_weight(
            lambda w: spectral_weight(sigma, w, dim), sigma.null_degree, dim
        )
    return averaged_kernel(sigma.kernel, dim)


def min_seminorm_interpolant(X, Y, xt, kernel, null_degree=None):
    r"""Values at `xt` of the function through (X, Y) of least seminorm; polynomials up
    to a degree are free::

        f(x) = sum_i c_i k(|x - x_i|) + sum_j b_j p_j(x),    sum_i c_i p_j(x_i) = 0,    f(x_i) = y_i

    with p_j the monomials of total degree at most q (a bordered linear system, solved
    on the orthogonal complement of the polynomials, where the kernel is positive
    definite).

    Parameters
    ----------
    X, xt : (n,) or (n, d) data points and (m,) or (m, d) points asked for.
    Y : (n,) values.
    kernel : a function of distances in R^d, conditionally positive definite of order q
        + 1; or the name of an activation (or an `Activation`), which brings kernel and
        degree (`seminorm_kernel`).
    null_degree : q; -1 for none. Needed with a function.

    Returns
    -------
    (m,) values f(xt). Raises ValueError where a point comes twice, the points do not
    fix the polynomials, or the kernel is not positive definite; warns where points are
    so close, for a smooth kernel, that rounding keeps f from passing through them.
    Source: arXiv 2503.10587; with a ReLU it is the natural cubic spline.

    >>> min_seminorm_interpolant([0, 1, 3], [0, 2, 2], [0.5, 2.0, 4.0], "step").round(9).tolist()   # straight lines
    [1.0, 2.0, 2.0]
    """
    X = _points("X", X)
    n, d = X.shape
    xt, Y = _points("xt", xt, d), real_array("Y", Y, shape=(n,))
    if not callable(kernel):
        sigma = _with_spectrum(kernel)
        kernel, null_degree = seminorm_kernel(sigma, d), sigma.null_degree
    if null_degree is None:
        raise ValueError(
            "null_degree is None; pass the degree of the free polynomials (-1 for none)"
            " with a kernel."
        )
    q = positive_int("null_degree", null_degree, least=-1)
    if len(np.unique(X, axis=0)) < n:
        raise ValueError(
            "X holds a point twice; merge equal points, since one function has one"
            " value there."
        )
    middle, spread = X.mean(axis=0), np.ptp(X) or 1.0
    powers = [
        p
        for k in range(q + 1)
        for p in itertools.combinations_with_replacement(range(d), k)
    ]

    def monomials(x):  # (m, p)
        x = (x - middle) / spread
        return (
            np.array([x[:, p].prod(axis=1) for p in powers])
            .reshape(len(powers), len(x))
            .T
        )

    P, K = monomials(X), _gram(kernel, X, X)  # (n, p), (n, n)
    p = P.shape[1]
    if p and np.linalg.matrix_rank(P) < p:
        raise ValueError(
            f"X holds {n} points, too few or too aligned to fix a polynomial of degree"
            f" {q}; add points."
        )
    Q, R = np.linalg.qr(P, mode="complete")
    Z = Q[:, p:]  # (n, n - p): directions that see no polynomial
    size, V = np.linalg.eigh(Z.T @ K @ Z)
    if n > p and size[0] < -1e-8 * np.abs(size).max():
        raise ValueError(
            f"kernel is not positive definite beside polynomials of degree {q}; check"
            " its sign and degree."
        )
    fits = size > n * np.finfo(float).eps * size.max(initial=0)  # the rest is rounding
    Z = (Z @ V)[:, fits]
    c = Z @ (Z.T @ Y / size[fits])
    b = np.linalg.solve(R[:p], Q[:, :p].T @ (Y - K @ c))
    miss = np.abs(K @ c + P @ b - Y).max()
    if miss > 1e-6 * np.abs(Y).max():
        warnings.warn(
            "X holds points too close for this kernel, so data are missed by"
            f" {miss:.1e}.",
            stacklevel=2,
        )
    return _gram(kernel, xt, X) @ c + monomials(xt) @ b


def lfp_interpolant(X, Y, xt, A, B):
    r"""Where a wide ReLU network ends, all of a, r, l trained: h(x) = m^{-1/2} sum_j
    a_j ReLU(r_j (u_j.x + l_j)).

    In the lazy limit the change of h minimises int `|h^|^2` / (A/w^4 + B/w^2) dw
    through the data (in dim d, w^-(d+3) and w^-(d+1), directions u fixed), A = E[r^2] +
    E[a^2], B = E[a^2 r^2], l spread evenly over more than the data: the kernel A
    `|z|`^3/12 - B `|z|`/2 beside affine functions. A large: natural cubic spline. B
    large: straight lines between the data. They meet at w = sqrt(A/B) (arXiv
    1905.10264, 2010.08153).

    Parameters: `X` (n,) or (n, d), `Y` (n,), `xt` (m,) or (m, d); `A`, `B` at least 0,
    not both 0. Returns (m,).

    >>> lfp_interpolant([0, 1, 2], [0, 1, 0], [0.5], A=0.0, B=1.0).round(9).tolist()
    [0.5]
    >>> lfp_interpolant([0, 1, 2], [0, 1, 0], [0.5], A=1.0, B=0.0).round(9).tolist()
    [0.6875]
    """
    A, B = positive("A", A, zero=True), positive("B", B, zero=True)
    if A == B == 0:
        raise ValueError(
            "A and B are both 0, so nothing is trained; make one positive."
        )
    cubic = averaged_kernel(
        lambda z: A * np.abs(z) ** 3 / 12 - B * np.abs(z) / 2, _points("X", X).shape[1]
    )
    return min_seminorm_interpolant(X, Y, xt, cubic, null_degree=1)


def lfp_rates(activation, omega, dim, moments, offset_density=1.0, *, unit="angular"):
    r"""Coefficients of the linear frequency principle, the flow of a wide network in
    frequency.

    f(x) = m^{-1/2} sum_j a_j sigma(w_j.x + b_j), all trained, w isotropic with length
    r, b spread with density c_b. With u = f - y and u_rho = rho u (rho the density of
    the data)::

        du^/dt = -(outer + inner) u_rho^ + div(inner grad u_rho^)                            (angular frequency omega)

        outer = C (2 pi/omega)^(d-1) E[ |sigma^(omega/r)|^2 / r ]
        inner = C (2 pi/omega)^(d-1) E[ a^2 (omega/r)^2 |sigma^(omega/r)|^2 / r ],    C = c_b Gamma(d/2) / pi^(d/2)

    outer comes from training a; inner from b (the damping) and from w (the diffusion).
    In cycles xi = omega/2 pi the same numbers hold with a factor 1/(4 pi^2) before the
    divergence. arXiv 1905.10264 and 2010.08153; constants derived here, checked
    numerically (other versions in circulation have half of C and no 1/(4 pi^2)).

    Parameters
    ----------
    activation : a name or an `Activation` with a spectrum.
    omega : frequencies above 0, any shape.
    dim : d, of the input.
    moments : pair (r, a) of arrays (m,) or numbers, equally likely values of `|w_j|`
        and a_j; they may depend on each other. ReLU needs E r^3 and E[a^2 r] only.
    offset_density : c_b; of normal biases with standard deviation s, 1/(sqrt(2 pi) s).
    unit : "angular", or "cycles" where `omega` holds xi.

    Returns
    -------
    outer, inner : arrays of omega's shape.

    >>> outer, inner = lfp_rates("relu", [1.0, 2.0], 1, (1.0, 3.0))         # r^3/w^4 and a^2 r/w^2
    >>> outer.tolist(), inner.tolist()
    ([1.0, 0.0625], [9.0, 2.25])
    """
    sigma, d = _with_spectrum(activation), positive_int("dim", dim)
    cycles = one_of("unit", unit, ["angular", "cycles"]) == "cycles"
    w = _above_zero("omega", omega)[..., None] * (2 * np.pi if cycles else 1)
    if not isinstance(moments, (tuple, list)) or len(moments) != 2:
        raise ValueError(
            "moments is not a pair; pass (r, a), the lengths of the weights and the"
            " output weights."
        )
    r, a = (
        np.atleast_1d(_above_zero("r", moments[0])),
        np.atleast_1d(real_array("a", moments[1])),
    )
    if r.ndim != 1 or a.ndim != 1 or 1 != min(len(r), len(a)) != max(len(r), len(a)):
        raise ValueError(
            f"r has shape {r.shape} and a has shape {a.shape}; pass arrays of one"
            " length, or numbers."
        )
    C = (
        positive("offset_density", offset_density)
        * math.gamma(d / 2)
        / math.pi ** (d / 2)
    )
    shape = C * (2 * np.pi / w) ** (d - 1) * sigma.spectrum(w / r) / r  # (..., m)
    return shape.mean(axis=-1), (a**2 * (w / r) ** 2 * shape).mean(axis=-1)


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


def _points(name, value, dim=None):
    """Points as (n, d); one axis means d = 1."""
    x = real_array(name, value)
    return real_array(name, x[:, None] if x.ndim == 1 else x, shape=(None, dim))


def _gram(kernel, x, y):
    distance = np.sqrt(np.square(x[:, None] - y).sum(axis=-1))
    return real_array("the kernel", kernel(distance), shape=distance.shape)


def _inverse(weight, dim):
    def density(w):
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


def _panels(f, a, b, tolerance):
    """Panels [a_i, b_i] bisected until Gauss' rule on each agrees with its halves;
    jumps of f are thus closed in.
    """
    done = []
    for _ in range(60):
        middle = (a + b) / 2
        whole, left, right = (
            (f(w) * g).sum(axis=1)
            for w, g in map(_quadrature, (a, a, middle), (b, middle, b))
        )
        if not done:
            allowed = tolerance * whole.sum() / 100
        bad = np.abs(left + right - whole) > allowed
        done.append((a[~bad], b[~bad]))
        a, b = np.append(a[bad], middle[bad]), np.append(middle[bad], b[bad])
        if not bad.any():
            break
    return (np.concatenate(ends) for ends in zip(*done))


def _cosine_transform(density, q, tolerance):
    """z -> (1/pi) int_0^inf density(w) [cos wz - (w < 1) sum_{j<=q} (-1)^j
    (wz)^2j/(2j)!] dw.
    """
    tame = lambda w: density(w) * np.minimum(w, 1) ** (2 * q + 2)
    octave = 2.0 ** np.arange(-40, 15)
    mass = octave * tame(octave)
    last = np.flatnonzero(mass > tolerance * mass.max()).max(initial=0) + 1
    if last >= len(octave) or not mass[0] < 1e-5 * mass.max():
        raise ValueError(
            "weight leaves its inverse without a finite integral, or one that reaches"
            " beyond frequency 16384; use a closed kernel, another null_degree or a"
            " larger tolerance."
        )
    a, b = _panels(tame, octave[:last], 2 * octave[:last], tolerance)
    taylor = np.array([(-1.0) ** j / math.factorial(2 * j) for j in range(q + 12)])

    def remainder(x):
        """cos x less its Taylor polynomial of degree 2q; for small x by the terms that
        are left.
        """
        rest = x ** (2 * q + 2) * np.polynomial.polynomial.polyval(
            x**2, taylor[q + 1 :]
        )
        return np.where(
            x < 2,
            rest,
            np.cos(x)
            - np.polynomial.polynomial.polyval(x**2, np.append(taylor[: q + 1], 0)),
        )

    def transform(z):
        z = np.abs(np.asarray(z, dtype=float))
        # No panel spans more than 8 radians of the fastest cosine: Gauss' rule with 16
        # nodes is then exact to rounding.
        pieces = np.ceil((b - a) * max(z.max(), 1e-9) / 8).astype(int)
        first = np.repeat(np.cumsum(pieces) - pieces, pieces)
        step = np.repeat((b - a) / pieces, pieces)
        start = np.repeat(a, pieces) + step * (np.arange(len(step)) - first)
        w, g = (v.ravel() for v in _quadrature(start, start + step))
        g, low = g * density(w) / np.pi, w < 1
        value = [
            remainder(w[low] * x) @ g[low] + np.cos(w[~low] * x) @ g[~low]
            for x in z.ravel()
        ]
        return np.reshape(value, z.shape)

    return transform


def _averaged(kernel, d):
    """Mean of kernel(r cos phi) over the angle phi between r and a direction, whose
    density is sin^(d-2) phi.
    """

    def mean(r):
        # Panels shrink towards pi/2, where a far kernel is narrow, and with the
        # distance, as waves make more turns.
        even = np.linspace(0, 1, 2 + int(min(np.max(r), 1e4) / 50))
        edges = np.pi / 2 * np.union1d(even, 1 - 0.5 ** np.arange(9))
        phi, g = (v.ravel() for v in _quadrature(edges[:-1], edges[1:], 32))
        g = g * np.sin(phi) ** (d - 2)
        return kernel(np.asarray(r)[..., None] * np.cos(phi)) @ (g / g.sum())

    return mean


def _tabulated(kernel, tolerance):
    """The same function of distances, by its Chebyshev series on [0, largest] where
    many values are asked for.
    """

    def series(r):
        r = np.abs(real_array("distances", r))
        for degree in 2 ** np.arange(5, 12):
            if degree > r.size:
                break
            c = np.polynomial.chebyshev.chebinterpolate(
                lambda x: kernel(r.max() * (1 + x) / 2), degree
            )
            if np.abs(c[-4:]).max() < tolerance * np.abs(c).max():
                return np.polynomial.chebyshev.chebval(2 * r / r.max() - 1, c)
        return kernel(r)

    return series
