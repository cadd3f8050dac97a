"""Functions on the unit sphere S^{dim-1} in R^dim, with the uniform probability
measure.

`dim` is always the dimension of the surrounding space: 2 for the circle, 3 for the
usual sphere.
"""

import math

import numpy as np

from fbkit._errors import positive_int, real_array
from fbkit.basis.fourier import Basis


def sphere_multiplicity(dim, degree):
    """How many orthonormal harmonics of a degree there are: N = (2k + dim - 2)/k C(k +
    dim - 3, dim - 2), and N_0 = 1.

    Parameters: `dim`, at least 2; `degree`, a whole number or several. Returns an int,
    or an array of floats.

    >>> sphere_multiplicity(3, 4), sphere_multiplicity(10, [0, 1, 2, 3, 4])
    (9, array([  1.,  10.,  54., 210., 660.]))
    """
    dim = positive_int("dim", dim, least=2)
    if np.ndim(degree):
        return np.array([float(sphere_multiplicity(dim, k)) for k in degree])
    k = positive_int("degree", degree, least=0)
    return (2 * k + dim - 2) * math.comb(k + dim - 3, dim - 2) // k if k else 1


def legendre_sphere(degree, dim, t):
    """Legendre polynomial P_k(t) of the sphere S^{dim-1}, normalised to P_k(1) = 1.

    Chebyshev's T_k for dim 2, Legendre's for dim 3, in general the Gegenbauer
    polynomial of index (dim - 2)/2 over its value at 1; by the recurrence (k + dim - 2)
    P_{k+1} = (2k + dim - 2) t P_k - k P_{k-1}, stable on [-1, 1].

    Parameters: `degree`; `dim`, at least 2; `t`, cosines in any shape. Returns the
    shape of t.

    >>> legendre_sphere(2, 3, [0.0, 0.5, 1.0]).tolist()      # (3 t^2 - 1)/2
    [-0.5, -0.125, 1.0]
    """
    degree, dim = (
        positive_int("degree", degree, least=0),
        positive_int("dim", dim, least=2),
    )
    t = real_array("t", t)
    before, now = np.ones_like(t), t
    for k in range(1, degree):
        before, now = now, ((2 * k + dim - 2) * t * now - k * before) / (k + dim - 2)
    return now if degree else before


def sphere_points(count, dim, seed=0):
    """`count` independent points, uniform on S^{dim-1}: normal vectors over their
    length.

    >>> np.linalg.norm(sphere_points(3, 10), axis=1).round(12).tolist()
    [1.0, 1.0, 1.0]
    """
    count, dim = positive_int("count", count), positive_int("dim", dim, least=2)
    x = np.random.default_rng(seed).normal(size=(count, dim))
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def sphere(degree=8):
    """All real spherical harmonics up to a degree on the usual sphere S^2, on a grid
    that integrates them exactly.

    The grid has degree + 1 Gauss-Legendre heights and 2 degree + 2 equispaced
    longitudes; products of two harmonics are integrated exactly, so the basis is
    orthonormal under the weights. Infinite-width kernels of the angle are diagonal in
    it. `modes` holds the degree l, 2l + 1 times.

    >>> basis = sphere(3)
    >>> basis.matrix.shape, basis.modes.tolist()[:5]
    ((32, 16), [0.0, 1.0, 1.0, 1.0, 2.0])
    >>> basis.orthonormality_error < 1e-12
    True
    """
    L = positive_int("degree", degree, least=1)
    height, share = np.polynomial.legendre.leggauss(L + 1)
    longitude = np.pi * np.arange(2 * L + 2) / (L + 1)
    z, angle = (a.ravel() for a in np.meshgrid(height, longitude, indexing="ij"))
    ring = np.sqrt(1 - z**2)
    x = np.stack([ring * np.cos(angle), ring * np.sin(angle), z], axis=1)
    weights = np.repeat(share / 2, len(longitude)) / len(longitude)
    matrix = _harmonics(x, L)
    modes = np.repeat(np.arange(L + 1), 2 * np.arange(L + 1) + 1).astype(float)
    return Basis(
        "sphere", x, weights, modes, matrix, x, lambda points: _harmonics(points, L)
    )


def _harmonics(x, L):
    """Real spherical harmonics (n, (L + 1)^2), orthonormal for the probability measure;
    order -l..l in each degree.
    """
    z, around = np.clip(x[:, 2], -1, 1), x[:, 0] + 1j * x[:, 1]
    columns = {}
    sectoral = np.ones(
        len(x)
    )  # normalised P_m^m without its factor (sin)^m, which `around`^m brings
    for m in range(L + 1):
        # Normalised associated Legendre functions over sin^m, upward in l: stable, and
        # free of factorials.
        before, now = np.zeros(len(x)), sectoral
        wave = around**m
        for degree in range(m, L + 1):
            columns[degree, -m], columns[degree, m] = (
                now * wave.imag,
                now * wave.real,
            )  # m = 0: the cosine stays
            up = degree + 1
            a = math.sqrt((4 * up**2 - 1) / (up**2 - m**2))
            b = math.sqrt((degree**2 - m**2) / (4 * degree**2 - 1)) if degree else 0.0
            before, now = now, a * (z * now - b * before)
        sectoral = (
            sectoral
            * math.sqrt((2 * m + 3) / (2 * m + 2))
            * (math.sqrt(2) if m == 0 else 1)
        )
    return np.stack(
        [
            columns[degree, m]
            for degree in range(L + 1)
            for m in range(-degree, degree + 1)
        ],
        axis=1,
    )


def zonal(points, directions, degrees):
    """Zonal harmonics phi(x) = sqrt(N_k) P_k(<direction, x>) on sample points of
    S^{dim-1}, one direction a degree.

    Orthonormal in the limit of many uniform points, by Monte Carlo up to 1/sqrt n;
    `analyse` then is the least-squares fit. Different degrees are orthogonal whatever
    their directions.

    Parameters: `points` (n, dim) and `directions` (K, dim) of length 1; `degrees` (K,).
    Weights are 1/n.

    >>> basis = zonal(sphere_points(4000, 10), sphere_points(2, 10, seed=1), [1, 2])
    >>> basis.analyse(3 * basis.matrix[:, 1]).round(9) + 0.0
    array([0., 3.])
    """
    x = _on_sphere("points", points)
    axis = _on_sphere("directions", directions, dim=x.shape[1])
    degrees = [
        positive_int("degrees", k, least=0)
        for k in real_array("degrees", degrees, shape=(len(axis),))
    ]

    def evaluate(at):
        cosines = np.clip(at @ axis.T, -1, 1)
        size = np.sqrt(sphere_multiplicity(x.shape[1], degrees))
        return (
            np.stack(
                [legendre_sphere(k, x.shape[1], c) for k, c in zip(degrees, cosines.T)],
                axis=1,
            )
            * size
        )

    return Basis(
        "zonal",
        x,
        np.full(len(x), 1 / len(x)),
        np.array(degrees, float),
        evaluate(x),
        x,
        evaluate,
    )


def zonal_projection(residual, points, direction, degree):
    """Component of residuals (..., n) along a sampled zonal function: v^T r, v_i =
    P_k(<direction, x_i>) over its norm.

    As in the experiments of Cao et al., arXiv 1912.01198 (dividing by the norm is our
    choice): |v^T r| of a target a P_k starts at a |P_k(<direction, x>)|.

    >>> x = sphere_points(500, 4)
    >>> r = legendre_sphere(2, 4, x @ [1, 0, 0, 0])
    >>> bool(np.isclose(zonal_projection(r, x, [1, 0, 0, 0], 2), np.linalg.norm(r)))
    True
    """
    x = _on_sphere("points", points)
    axis = _on_sphere("direction", np.atleast_2d(direction), dim=x.shape[1])[0]
    v = legendre_sphere(degree, x.shape[1], np.clip(x @ axis, -1, 1))
    residual = np.asarray(residual, dtype=float)
    real_array("residual", residual, shape=residual.shape[:-1] + (len(x),))
    return residual @ (v / np.linalg.norm(v))


def degree_energy(residual, points, degree):
    """Estimate of the power of a function in a degree from samples: the squared norm of
    its projection.

    N/(n (n - 1)) sum over i != j of r_i r_j P_k(x_i . x_j), unbiased for independent
    uniform points (derived here, checked numerically). Leaving the diagonal out
    matters: it alone would add N/n times the mean square.

    Parameters: `residual` (n,) values at `points` (n, dim). Returns a float, which
    noise can make negative.

    >>> x = sphere_points(3000, 5)
    >>> y = np.sqrt(14) * legendre_sphere(2, 5, x[:, 0])         # norm 1, all in degree 2
    >>> bool(abs(degree_energy(y, x, 2) - 1) < 0.1), bool(abs(degree_energy(y, x, 1)) < 0.1)
    (True, True)
    """
    x = _on_sphere("points", points)
    r = real_array("residual", residual, shape=(len(x),))
    n, dim = x.shape
    if n < 2:
        raise ValueError(
            "points holds one point; degree_energy needs pairs, so pass at least two."
        )
    between = legendre_sphere(degree, dim, np.clip(x @ x.T, -1, 1))
    return float(
        sphere_multiplicity(dim, degree) * (r @ between @ r - r @ r) / (n * (n - 1))
    )


def random_harmonic(dim, degree, seed=0, directions=400):
    """A function of points (n, dim): a random harmonic of one degree with norm 1 under
    the uniform measure.

    f(x) = sum_i c_i P_k(<direction_i, x>) with normal c and uniform directions, divided
    by its exact norm: close to a Gaussian random function of the degree, without the
    heavy peaks of a single zonal one.

    >>> f = random_harmonic(10, 2)
    >>> bool(abs(np.mean(f(sphere_points(20000, 10)) ** 2) - 1) < 0.1)
    True
    """
    axes = sphere_points(positive_int("directions", directions), dim, seed=[7, seed])
    c = np.random.default_rng([8, seed]).normal(size=len(axes))
    gram = legendre_sphere(degree, dim, np.clip(axes @ axes.T, -1, 1))
    c /= math.sqrt(c @ gram @ c / sphere_multiplicity(dim, degree))
    return lambda points: (
        legendre_sphere(
            degree, dim, np.clip(_on_sphere("points", points, dim=dim) @ axes.T, -1, 1)
        )
        @ c
    )


def _on_sphere(name, points, dim=None):
    x = real_array(name, points, shape=(None, dim))
    if x.shape[1] < 2:
        raise ValueError(f"{name} has 1 coordinate a point; a sphere needs at least 2.")
    off = np.abs(np.linalg.norm(x, axis=1) - 1).max()
    if off > 1e-6:
        raise ValueError(
            f"{name} is off the unit sphere by {off:.2g}; divide each row by its"
            " length."
        )
    return x
