"""Functions on the unit sphere S^{dim-1} in R^dim.

The measure is the uniform probability measure. `dim` is always the dimension of the
surrounding space: 2 for the circle, 3 for the usual sphere.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from fbkit._errors import has_axes, positive_int, real_array, within_memory
from fbkit.basis.fourier import Basis

MOST = 10**5  # degree, and dimension where harmonics are counted


def sphere_multiplicity(dim: int, degree: int | Sequence[int]) -> int | np.ndarray:
    """How many orthonormal harmonics of a degree there are on S^{dim-1}.

    N = (2k + dim - 2)/k C(k + dim - 3, dim - 2), and N_0 = 1.

    Parameters
    ----------
    dim : at least 2.
    degree : k, or several of them.

    Returns
    -------
    An int, or an array of floats. Raises ValueError where a number is beyond the
    largest float.

    >>> sphere_multiplicity(3, 4), sphere_multiplicity(10, [0, 1, 2, 3, 4])
    (9, array([  1.,  10.,  54., 210., 660.]))
    """
    dim = positive_int("dim", dim, least=2, most=MOST)
    if has_axes(degree):
        degrees = real_array("degree", degree, ndim=1)
        return np.array([_as_float(sphere_multiplicity(dim, k)) for k in degrees])
    k = positive_int("degree", degree, least=0, most=MOST)
    if k == 0:
        return 1
    return (2 * k + dim - 2) * math.comb(k + dim - 3, dim - 2) // k


def legendre_sphere(degree: int, dim: int, cosines: ArrayLike) -> np.ndarray:
    """Legendre polynomial P_k(t) of the sphere S^{dim-1}, normalised to P_k(1) = 1.

    Chebyshev's T_k for dim 2, Legendre's for dim 3, in general the Gegenbauer
    polynomial of index (dim - 2)/2 over its value at 1; by a recurrence that is stable
    on [-1, 1],

        (k + dim - 2) P_{k+1} = (2k + dim - 2) t P_k - k P_{k-1}.

    Parameters
    ----------
    degree : k.
    dim : at least 2.
    cosines : t, from -1 to 1, in any shape.

    Returns
    -------
    P_k(t), in the shape of t.

    >>> legendre_sphere(2, 3, [0.0, 0.5, 1.0]).tolist()      # (3 t^2 - 1)/2
    [-0.5, -0.125, 1.0]
    """
    degree = positive_int("degree", degree, least=0, most=MOST)
    dim = positive_int("dim", dim, least=2)
    t = real_array("cosines", cosines)
    beyond = max(t.max(), -t.min())
    if beyond > 1 + 1e-6:
        raise ValueError(
            f"cosines reaches {beyond:g}; expected numbers from -1 to 1: divide scalar"
            " products by both lengths."
        )
    if degree == 0:
        return np.ones_like(t)
    before = np.ones_like(t)
    now = t
    for k in range(1, degree):
        upward = (2 * k + dim - 2) * t * now
        following = (upward - k * before) / (k + dim - 2)
        before, now = now, following
    return now


def sphere_points(count: int, dim: int, seed: int | Sequence[int] = 0) -> np.ndarray:
    """Independent points (count, dim), uniform on S^{dim-1}.

    Normal vectors over their length.

    >>> np.linalg.norm(sphere_points(3, 10), axis=1).round(12).tolist()
    [1.0, 1.0, 1.0]
    """
    count = positive_int("count", count)
    dim = positive_int("dim", dim, least=2)
    within_memory("count", count, dim)
    x = _generator(seed).normal(size=(count, dim))
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def sphere(highest: int = 8) -> Basis:
    """All real spherical harmonics up to a degree on the usual sphere S^2.

    The grid has highest + 1 Gauss-Legendre heights and 2 highest + 2 equispaced
    longitudes; products of two harmonics are integrated exactly, so the basis is
    orthonormal under the weights. Infinite-width kernels of the angle are diagonal in
    it. `modes` holds the degree l, 2l + 1 times.

    >>> basis = sphere(3)
    >>> basis.matrix.shape, basis.modes.tolist()[:5]
    ((32, 16), [0.0, 1.0, 1.0, 1.0, 2.0])
    >>> basis.orthonormality_error < 1e-12
    True
    """
    highest = positive_int("highest", highest, least=1)
    within_memory("highest", 2 * (highest + 1) ** 2, (highest + 1) ** 2)
    height, share = np.polynomial.legendre.leggauss(highest + 1)
    around = 2 * highest + 2
    longitude = np.pi * np.arange(around) / (highest + 1)
    # Height by height, all the way around each.
    z = np.repeat(height, around)
    angle = np.tile(longitude, len(height))
    ring = np.sqrt(1 - z**2)
    X = np.stack([ring * np.cos(angle), ring * np.sin(angle), z], axis=1)

    degree = np.arange(highest + 1)
    evaluate = partial(_harmonics, highest=highest)
    return Basis(
        name="sphere",
        points=X,
        weights=np.repeat(share / 2, around) / around,
        modes=np.repeat(degree, 2 * degree + 1).astype(float),
        matrix=evaluate(X),
        inputs=X,
        evaluate=evaluate,
    )


def zonal(X: ArrayLike, directions: ArrayLike, degrees: Sequence[int]) -> Basis:
    """Zonal harmonics phi(x) = sqrt(N_k) P_k(<direction, x>) on sample points.

    Orthonormal in the limit of many uniform points of S^{dim-1}, by Monte Carlo up to
    1/sqrt n; `analyse` then is the least-squares fit. Different degrees are orthogonal
    whatever their directions.

    Parameters
    ----------
    X : (n, dim) points of length 1; their weights are 1/n.
    directions : (K, dim) of length 1.
    degrees : (K,) degree of the harmonic around each direction.

    >>> basis = zonal(sphere_points(4000, 10), sphere_points(2, 10, seed=1), [1, 2])
    >>> basis.analyse(3 * basis.matrix[:, 1]).round(9) + 0.0
    array([0., 3.])
    """
    X = _on_sphere("X", X)
    directions = _on_sphere("directions", directions, dim=X.shape[1])
    degrees = real_array("degrees", degrees, shape=(len(directions),))
    degrees = [positive_int("degrees", k, least=0, most=MOST) for k in degrees]
    within_memory("X", len(X), len(directions))
    evaluate = partial(_zonal_harmonics, directions=directions, degrees=degrees)
    return Basis(
        name="zonal",
        points=X,
        weights=np.full(len(X), 1 / len(X)),
        modes=np.array(degrees, float),
        matrix=evaluate(X),
        inputs=X,
        evaluate=evaluate,
    )


def zonal_projection(
    values: ArrayLike, X: ArrayLike, direction: ArrayLike, degree: int
) -> np.ndarray:
    """Component of sampled values along a sampled zonal function.

    It is v^T r, with v the vector of v_i = P_k(<direction, x_i>) over its norm, as in
    the experiments of Cao et al., arXiv 1912.01198 (dividing by the norm is our
    choice): |v^T r| of a target a P_k starts at a |P_k(<direction, x>)|.

    Parameters
    ----------
    values : (..., n) values r, a residual say, at the points.
    X : (n, dim) points of length 1.
    direction : (dim,) of length 1.
    degree : k.

    Returns
    -------
    (...), one number for each row of values.

    >>> x = sphere_points(500, 4)
    >>> r = legendre_sphere(2, 4, x @ [1, 0, 0, 0])
    >>> bool(np.isclose(zonal_projection(r, x, [1, 0, 0, 0], 2), np.linalg.norm(r)))
    True
    """
    X = _on_sphere("X", X)
    n, dim = X.shape
    direction = real_array("direction", direction, shape=(dim,))
    axis = _on_sphere("direction", direction[None])[0]
    values = real_array("values", values, shape=(..., n))
    v = legendre_sphere(degree, dim, np.clip(X @ axis, -1, 1))
    size = np.linalg.norm(v)
    if size == 0:
        raise ValueError(
            f"the harmonic of degree {degree} around this direction is 0 at every point"
            " of X; take other points."
        )
    return values @ (v / size)


def degree_energy(values: ArrayLike, X: ArrayLike, degree: int) -> float:
    """Estimate of the power of a function in a degree, from samples.

    The power is the squared norm of the projection on the degree. The estimate

        N/(n (n - 1)) sum over i != j of r_i r_j P_k(x_i . x_j)

    is unbiased for independent uniform points (derived here, checked numerically).
    Leaving the diagonal out matters: it alone would add N/n times the mean square.

    Parameters
    ----------
    values : (n,) values r at the points.
    X : (n, dim) points of length 1.
    degree : k.

    Returns
    -------
    A number that noise can make negative.

    >>> x = sphere_points(3000, 5)
    >>> y = np.sqrt(14) * legendre_sphere(2, 5, x[:, 0])    # norm 1, all in degree 2
    >>> bool(abs(degree_energy(y, x, 2) - 1) < 0.1)
    True
    >>> bool(abs(degree_energy(y, x, 1)) < 0.1)
    True
    """
    X = _on_sphere("X", X)
    r = real_array("values", values, shape=(len(X),))
    n, dim = X.shape
    if n < 2:
        raise ValueError(
            "X holds one point; degree_energy needs pairs, so pass at least two."
        )
    within_memory("X", n, n)
    between = legendre_sphere(degree, dim, np.clip(X @ X.T, -1, 1))
    over_pairs = r @ between @ r - r @ r
    many = sphere_multiplicity(dim, degree)
    return float(many * over_pairs / (n * (n - 1)))


def random_harmonic(
    dim: int, degree: int, seed: int = 0, count: int = 400
) -> Callable[[np.ndarray], np.ndarray]:
    """A random harmonic of one degree with norm 1 under the uniform measure.

    f(x) = sum_i c_i P_k(<direction_i, x>) with normal c and uniform directions, divided
    by its exact norm: close to a Gaussian random function of the degree, without the
    heavy peaks of a single zonal one.

    Parameters
    ----------
    dim : at least 2.
    degree : k.
    seed : of the directions and of c.
    count : how many directions.

    Returns
    -------
    A function of points (n, dim).

    >>> f = random_harmonic(10, 2)
    >>> bool(abs(np.mean(f(sphere_points(20000, 10)) ** 2) - 1) < 0.1)
    True
    """
    count = positive_int("count", count)
    degree = positive_int("degree", degree, least=0, most=MOST)
    seed = positive_int("seed", seed, least=0)
    within_memory("count", count, count)
    directions = sphere_points(count, dim, seed=[7, seed])
    c = np.random.default_rng([8, seed]).normal(size=len(directions))
    cosines = np.clip(directions @ directions.T, -1, 1)
    gram = legendre_sphere(degree, dim, cosines)
    square = c @ gram @ c / sphere_multiplicity(dim, degree)
    c /= math.sqrt(square)
    return partial(_sum_of_zonals, directions=directions, degree=degree, c=c)


def _generator(seed):
    """A random generator from one whole number or several."""
    if has_axes(seed) and len(seed):
        return np.random.default_rng([_whole_seed(s) for s in seed])
    return np.random.default_rng(_whole_seed(seed))


def _whole_seed(seed):
    return positive_int("seed", seed, least=0)


def _as_float(many):
    try:
        return float(many)
    except OverflowError:
        raise ValueError(
            "degree has more harmonics in this dimension than the largest float; lower"
            " it."
        ) from None


def _harmonics(points, highest):
    """Real spherical harmonics (n, (highest + 1)^2) on S^2, order -l..l in each degree.

    Orthonormal for the probability measure.
    """
    x, y, z = _on_sphere("points", points, dim=3).T
    z = np.clip(z, -1, 1)
    around = x + 1j * y
    columns = {}
    # P_m^m, normalised, without its factor (sin)^m, which `around`^m brings.
    sectoral = np.ones(len(points))
    for m in range(highest + 1):
        wave = around**m
        # Normalised associated Legendre functions over sin^m, upward in l: stable, and
        # free of factorials.
        before = np.zeros(len(points))
        now = sectoral
        for l in range(m, highest + 1):
            # At m = 0 the second takes the first's place, and the cosine stays.
            columns[l, -m] = now * wave.imag
            columns[l, m] = now * wave.real
            before, now = now, _next_degree(l, m, z, before, now)
        sectoral = sectoral * math.sqrt((2 * m + 3) / (2 * m + 2))
        if m == 0:
            sectoral = sectoral * math.sqrt(2)
    in_order = []
    for l in range(highest + 1):
        for m in range(-l, l + 1):
            in_order.append(columns[l, m])
    return np.stack(in_order, axis=1)


def _next_degree(l, m, z, before, now):
    """The function of degree l + 1 and order m from those of degrees l - 1 and l."""
    up = l + 1
    a = math.sqrt((4 * up**2 - 1) / (up**2 - m**2))
    b = math.sqrt((l**2 - m**2) / (4 * l**2 - 1)) if l else 0.0
    return a * (z * now - b * before)


def _zonal_harmonics(points, directions, degrees):
    dim = directions.shape[1]
    points = _on_sphere("points", points, dim=dim)
    cosines = np.clip(points @ directions.T, -1, 1)
    columns = []
    for k, t in zip(degrees, cosines.T):
        columns.append(legendre_sphere(k, dim, t))
    many = sphere_multiplicity(dim, degrees)
    return np.stack(columns, axis=1) * np.sqrt(many)


def _sum_of_zonals(points, directions, degree, c):
    dim = directions.shape[1]
    points = _on_sphere("points", points, dim=dim)
    cosines = np.clip(points @ directions.T, -1, 1)
    return legendre_sphere(degree, dim, cosines) @ c


def _on_sphere(name, points, dim=None):
    x = real_array(name, points, shape=(None, dim))
    if x.shape[1] < 2:
        raise ValueError(f"{name} has 1 coordinate a point; a sphere needs at least 2.")
    off = np.abs(np.linalg.norm(x, axis=1) - 1).max()
    if off > 1e-6:
        raise ValueError(
            f"{name} is off the unit sphere by {off:.2g};"
            " divide each row by its length."
        )
    return x
