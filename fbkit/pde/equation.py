"""The frequency equation by finite elements, solved without time steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from fbkit._bounds import deviation
from fbkit._errors import needs, one_of, positive, positive_int, within_memory
from fbkit.dynamics import product_flow
from fbkit.history import History
from fbkit.pde.grid import (
    Density,
    as_axes,
    as_complex,
    as_times,
    cell_sizes,
    check_mass,
    check_spacing,
    even_part,
    grid_points,
    in_the_plane,
    record,
    toeplitz,
)

if TYPE_CHECKING:
    from scipy.sparse import spmatrix


def ntk_pde_1d(
    density: Density,
    output_std: float,
    start: ArrayLike,
    frequencies: ArrayLike,
    t: ArrayLike,
    data_density: Callable[[np.ndarray], np.ndarray] | None = None,
) -> History:
    r"""The frequency equation on a line.

    By linear finite elements in xi and a contour integral in t.

    Parameters
    ----------
    density : p, of the initial frequencies per radian: a function of xi, or values (n,)
        on a grid symmetric about 0.
    output_std : s, of the output weights where the frequencies are trained too; 0 where
        a and b are trained alone (for uniform data the solution is then exact:
        ehat(xi, t) = ehat(xi, 0) exp(-2 pi p_s(xi) t)).
    start : (n,) complex, transform of the error at time 0 (minus the target's, for a
        network that starts at zero).
    frequencies : (n,) xi, angular and increasing, wide enough for density and start to
        vanish at both ends.
    t : (T,) gradient-flow times.
    data_density : the transform of rho, a function xi -> int rho(x) exp(-i xi x) dx,
        which makes the frequencies act on each other; default the uniform density
        rho(x) = 1. Takes an n x n eigendecomposition and an even grid.

    Returns
    -------
    history : two modes per frequency (real and imaginary part, named by abs(xi)),
        scaled so that the loss is 1/2 int e^2 dx. The solution itself, complex (T, n),
        is `meta["field"]`.

    Raises ValueError where the density has a mass above 1, where the frequencies are
    too far apart for the start, and where `data_density` is no density's transform.

    >>> xi = np.linspace(-8, 8, 401)
    >>> normal = lambda w: np.exp(-w**2 / 2) / np.sqrt(2 * np.pi)
    >>> run = ntk_pde_1d(normal, 0.0, np.exp(-xi**2 / 2), xi, [0, 1])
    >>> bool(np.isclose(run.meta["field"][1, 200], np.exp(-np.sqrt(2 * np.pi))))
    True

    Around x = 3 the rate grows by 1 + s^2 x^2 if w is trained too:

    >>> bump = np.exp(-xi**2 / 2 - 3j * xi)
    >>> fixed = ntk_pde_1d(normal, 0.0, bump, xi, [1])
    >>> trained = ntk_pde_1d(normal, 1.0, bump, xi, [1])
    >>> bool(trained.loss < 0.2 * fixed.loss)
    True
    """
    axes = as_axes(frequencies, 1)
    (xi,) = axes
    t = as_times(t)
    e0 = as_complex("start", start, xi.shape)
    if data_density is None:
        field = _solve(density, output_std, e0, axes, t, "contour")
    else:
        field = _mixed(density, output_std, e0, xi, t, data_density)
    cells = cell_sizes(axes) / (2 * np.pi)
    return record(t, xi[:, None], field, cells, "frequency PDE")


def ntk_pde_2d(
    density: Density,
    output_std: float,
    start: ArrayLike,
    frequencies: tuple[ArrayLike, ArrayLike],
    t: ArrayLike,
    method: str = "krylov",
) -> History:
    """The frequency equation in the plane, for uniform data.

    By bilinear finite elements in xi and a rational Krylov space in t.

    Parameters
    ----------
    density : p, a function of (..., 2), or values (n1, n2) on a grid symmetric about 0.
    output_std : s, of the output weights where the frequencies are trained too; else 0.
    start : (n1, n2) complex, transform of the error at time 0.
    frequencies : a pair of axes (n1,), (n2,), angular and increasing.
    t : (T,) gradient-flow times.
    method : "krylov" (one real factorisation for all times) or "contour" (eight complex
        ones a time).

    Returns
    -------
    history : as `ntk_pde_1d`; `meta["field"]` is (T, n1, n2).

    >>> axis = np.linspace(-5, 5, 41)
    >>> start = np.exp(-(axis[:, None]**2 + axis**2) / 2)
    >>> normal = lambda w: np.exp(-(w**2).sum(axis=-1) / 2) / (2 * np.pi)
    >>> run = ntk_pde_2d(normal, 0.4, start, (axis, axis), [0, 0.5, 1])
    >>> run.meta["field"].shape, bool(run.loss[0] > run.loss[1] > run.loss[2])
    ((3, 41, 41), True)
    """
    axes = as_axes(frequencies, 2)
    t = as_times(t)
    shape = tuple(len(axis) for axis in axes)
    e0 = as_complex("start", start, shape)
    field = _solve(density, output_std, e0.ravel(), axes, t, method)
    cells = cell_sizes(axes).ravel() / (2 * np.pi) ** 2
    history = record(t, grid_points(axes), field, cells, "frequency PDE")
    history.meta["field"] = field.reshape(-1, *shape)
    return history


def frequency_operator(
    density: Density,
    output_std: float,
    frequencies: ArrayLike | tuple[ArrayLike, ArrayLike],
) -> tuple[spmatrix, spmatrix]:
    """Mass matrix M and operator A of M d/dt ehat = -A ehat, by scikit-fem.

    A = (2 pi)^d (M_p + s^2 K_p), with linear (bilinear) elements and their exact mass
    matrix, p at the middle of each element, no flux through the border.

    Parameters
    ----------
    density : p, a function of frequency, or values on a grid symmetric about 0.
    output_std : s, of the output weights where the frequencies are trained too; else 0.
    frequencies : an axis (n,) or a tuple of two.

    Returns
    -------
    mass, operator : sparse (N, N), N the number of grid points, last axis fastest.

    >>> half = lambda w: 0 * w + 0.5
    >>> mass, operator = frequency_operator(half, 0.0, np.linspace(0, 1, 3))
    >>> bool(np.isclose(mass.sum(), 1)), bool(np.isclose(operator.sum(), np.pi))
    (True, True)
    """
    fem = needs("skfem")
    s2 = deviation("output_std", output_std) ** 2
    axes = as_axes(frequencies, 2 if in_the_plane(frequencies) else 1)
    if len(axes) == 1:
        mesh = fem.MeshLine(axes[0])
        element = fem.ElementLineP1()
    else:
        mesh = fem.MeshQuad.init_tensor(*axes)
        element = fem.ElementQuad1()
    order = np.lexsort(mesh.p[::-1])  # the nodes of the grid, last axis fastest
    if callable(density):
        middles = mesh.p[:, mesh.t].mean(axis=1).T
        p = even_part(density, middles)  # (elements,)
    else:
        shape = tuple(len(axis) for axis in axes)
        on_nodes = even_part(density, grid_points(axes), shape)[np.argsort(order)]
        p = on_nodes[mesh.t].mean(axis=0)

    both = lambda u, v, w: u * v
    damped = lambda u, v, w: w.p * (u * v + s2 * _dot(u.grad, v.grad))
    basis = fem.Basis(mesh, element)
    # (elements, 1): constant over an element.
    scaled = ((2 * np.pi) ** len(axes) * p)[:, None]
    mass = fem.BilinearForm(both).assemble(basis).tocsc()
    operator = fem.BilinearForm(damped).assemble(basis, p=scaled).tocsc()
    if np.all(np.diff(order) == 1):
        return mass, operator
    return mass[order][:, order], operator[order][:, order]


def evolve(
    mass: spmatrix,
    operator: spmatrix,
    start: ArrayLike,
    t: ArrayLike,
    method: str = "contour",
    nodes: int = 16,
    tolerance: float = 1e-9,
) -> np.ndarray:
    r"""u(t) for M u' = -A u, without time steps.

    M and A are symmetric, M positive definite and A positive semidefinite. "contour"
    sums the inverse Laplace transform along Talbot's contour (Weideman's parameters),

        u(t) = 1/(i n) sum_j exp(z_j t) z'(theta_j) (z_j M + A)^{-1} M u(0),

        theta_j = (2j + 1) pi/n - pi,

        z = (n/t)(.5017 theta cot(.6407 theta) - .6122 + .2645 i theta),

    half of the nodes being enough as M and A are real: n/2 complex factorisations a
    time, error about 3.9^-n until rounding. "krylov" projects on the powers of
    (M + gamma A)^{-1} M, gamma = max(t)/10: one real factorisation for all times, as
    many solves as `tolerance` asks for; times it cannot reach in 60 solves go to the
    contour. Tridiagonal matrices (one dimension) go through LAPACK's tridiagonal
    solver, others through SuperLU with the ordering made for symmetric patterns. Real
    and imaginary part of the start are solved for together.

    Parameters
    ----------
    mass, operator : M and A, sparse (N, N).
    start : (N,) u(0), real or complex.
    t : (T,) times.
    method : "contour" or "krylov".
    nodes : n of the contour, from 4 to 64 and made even; rounding grows as e^(n/6).
    tolerance : of the Krylov space, relative to the start.

    Returns
    -------
    u : (T, N), complex as the start.

    >>> import scipy.sparse as sparse
    >>> rates = sparse.diags([0.0, 3.0])
    >>> u = evolve(sparse.identity(2), rates, [1.0, 1.0], [0, 2])
    >>> u.round(8).tolist(), round(float(np.exp(-6)), 8)
    ([[1.0, 1.0], [1.0, 0.00247875]], 0.00247875)
    """
    one_of("method", method, ["contour", "krylov"])
    t = as_times(t)
    half = (positive_int("nodes", nodes, least=4, most=64) + 1) // 2
    tolerance = positive("tolerance", tolerance)
    start = as_complex("start", start, (_size(mass, operator),))
    within_memory("t", 4, len(t), len(start))
    real = not start.imag.any()
    parts = [start.real] if real else [start.real, start.imag]
    columns = np.stack(parts, axis=1)  # (N, 1 or 2)
    if method == "krylov":
        u, done = _krylov(mass, operator, columns, t, tolerance)
    else:
        u = np.repeat(columns[None], len(t), axis=0)
        done = t == 0
    if not done.all():
        u[~done] = _contour(mass, operator, columns, t[~done], 2 * half)
    return u[..., 0] if real else u[..., 0] + 1j * u[..., 1]


def _size(mass, operator):
    """N of the two sparse matrices (N, N)."""
    from scipy.sparse import issparse

    sparse = issparse(mass) and issparse(operator)
    if not sparse or not mass.shape == operator.shape == mass.shape[::-1]:
        raise ValueError(
            "mass or operator is not a sparse matrix, or they are not square and of one"
            " size; pass those of frequency_operator."
        )
    return mass.shape[0]


def _dot(a, b):
    return sum(x * y for x, y in zip(a, b))


def _solve(density, output_std, e0, axes, t, method):
    """ehat (T, nodes) under uniform data."""
    s = deviation("output_std", output_std)
    shape = tuple(len(axis) for axis in axes)
    within_memory("t", 4, len(t), *shape)
    p = even_part(density, grid_points(axes), shape)
    check_mass(p, cell_sizes(axes))
    if s == 0:
        return np.exp(-((2 * np.pi) ** len(axes)) * np.outer(t, p)) * e0
    check_spacing(e0, axes)
    frequencies = axes if len(axes) > 1 else axes[0]
    mass, operator = frequency_operator(density, output_std, frequencies)
    return evolve(mass, operator, e0, t, method) + 0j


def _mixed(density, output_std, e0, xi, t, data_density):
    """ehat (T, n) on a line, where uneven data mix the frequencies."""
    gaps = np.diff(xi)
    h = gaps.mean()
    if np.ptp(gaps) > 1e-6 * h or not callable(data_density):
        raise ValueError(
            "data_density needs evenly spaced frequencies, and is a function of"
            " frequency; use np.linspace for frequencies."
        )
    s = deviation("output_std", output_std)
    within_memory("frequencies", 8, len(xi), len(xi) + len(t))
    check_mass(even_part(density, xi[:, None], xi.shape), cell_sizes((xi,)))
    if s > 0:
        check_spacing(e0, (xi,))
    mass, operator = frequency_operator(density, output_std, xi)
    differences = h * np.arange(1 - len(xi), len(xi))
    rho_hat = as_complex("data_density", data_density(differences), differences.shape)
    _check_transform(rho_hat)
    mixing = toeplitz(rho_hat) / (2 * np.pi)
    # With h = M e (moments) the equation is h' = -A R h, a product of two semidefinite
    # matrices.
    decay = lambda s: np.exp(-np.outer(t, s))
    moments, *_ = product_flow(operator, mixing, mass @ e0, decay)
    return _factor(mass.astype(complex))(moments.T).T


def _check_transform(rho_hat):
    """What the transform of every density has, at differences -(n-1)h..(n-1)h."""
    total = rho_hat[len(rho_hat) // 2].real
    odd = np.abs(rho_hat - rho_hat[::-1].conj()).max()
    if total <= 0 or odd > 1e-8 * total or np.abs(rho_hat).max() > total * (1 + 1e-8):
        raise ValueError(
            "data_density is not the transform of a density: at 0 it is largest and"
            " above 0, and at -q the conjugate of that at q; pass the function"
            " q -> int rho(x) exp(-i q x) dx."
        )


def _contour(mass, operator, columns, t, nodes):
    """u (T, N, c), from the upper half of the contour."""
    theta = (2 * np.arange(nodes // 2, nodes) + 1) * np.pi / nodes - np.pi
    cot = 1 / np.tan(0.6407 * theta)
    square = np.sin(0.6407 * theta) ** 2
    path = 0.5017 * theta * cot - 0.6122 + 0.2645j * theta  # z t/n
    slope = 0.5017 * cot - 0.5017 * 0.6407 * theta / square + 0.2645j
    factor = 2 / 1j * np.exp(nodes * path) * slope
    solve = _shifted(mass, operator)
    right = (mass @ columns).astype(complex)
    u = np.zeros((len(t), *columns.shape))
    for i, time in enumerate(t):
        for f, z in zip(factor, path):
            u[i] += (f / time * solve(nodes / time * z, right)).real
    return u


def _shifted(mass, operator):
    """A function of z and b that solves (z M + A) x = b."""
    if not (_is_tridiagonal(mass) and _is_tridiagonal(operator)):
        return lambda z, b: _factor(z * mass + operator)(b)
    from scipy.linalg.lapack import zgtsv

    mass_bands = [mass.diagonal(k) for k in (-1, 0, 1)]
    operator_bands = [operator.diagonal(k) for k in (-1, 0, 1)]

    def solve(z: complex, b: np.ndarray) -> np.ndarray:
        bands = [z * m + a for m, a in zip(mass_bands, operator_bands)]
        *_, x, _ = zgtsv(*bands, b)
        return x

    return solve


def _is_tridiagonal(matrix):
    rows, columns = matrix.nonzero()
    return np.abs(rows - columns).max(initial=0) <= 1


def _factor(matrix):
    from scipy.sparse.linalg import splu

    return splu(matrix.tocsc(), permc_spec="MMD_AT_PLUS_A").solve


def _krylov(mass, operator, columns, t, tolerance):
    """u (T, N, c), and which times are within the tolerance."""
    gamma = max(t.max(), 1e-300) / 10
    solve = _factor(mass + gamma * operator)
    u = np.empty((len(t), *columns.shape))
    done = np.ones(len(t), dtype=bool)
    for c, column in enumerate(columns.T):
        u[..., c], left = _krylov_column(mass, solve, gamma, column, t, tolerance)
        done &= left < tolerance
    return u, done


def _krylov_column(mass, solve, gamma, column, t, tolerance, most=60):
    """u (T, N) from one start, and the last coefficients in the Krylov basis (T,)."""
    size = np.sqrt(column @ (mass @ column)) or 1.0
    basis = np.zeros((most + 1, len(column)))
    projected = np.zeros((most + 1, most))
    basis[0] = column / size
    for j in range(most):
        seen = basis[: j + 1]
        w = solve(mass @ basis[j])
        for _ in range(2):  # orthogonal in the product of M, twice for rounding
            h = seen @ (mass @ w)
            w = w - h @ seen
            projected[: j + 1, j] += h
        length = np.sqrt(max(w @ (mass @ w), 0.0))
        projected[j + 1, j] = length
        coefficients = _projected_flow(projected[: j + 1, : j + 1], gamma, t)
        goes_on = length > 1e-14 * abs(projected[0, 0])
        left = np.abs(coefficients[:, -2:]).max(axis=1) * (t > 0) * goes_on
        if left.max() < tolerance and (j > 3 or not left.any()):
            break
        basis[j + 1] = w / length
    return size * coefficients @ seen, left


def _projected_flow(projected, gamma, t):
    """Coefficients (T, j) of the flow from the first vector of a Krylov basis.

    The projection is of (M + gamma A)^{-1} M, whose eigenvalues are 1/(1 + gamma rate).
    """
    theta, s = np.linalg.eigh(projected, UPLO="U")
    rates = np.maximum(1 / np.maximum(theta, 1e-300) - 1, 0) / gamma
    return (np.exp(-np.outer(t, rates)) * s[0]) @ s.T
