"""The frequency equation by finite elements: assembly, and its solution at given times
without time steps.
"""

import numpy as np

from fbkit._errors import needs, one_of, positive, positive_int
from fbkit.dynamics import product_flow
from fbkit.pde.grid import (
    as_axes,
    as_complex,
    as_times,
    cell_sizes,
    even_part,
    points,
    record,
    toeplitz,
)


def ntk_pde_1d(p, s2, e0_hat, xi, t, rho=None):
    r"""The frequency equation on a line: linear finite elements in xi, a contour
    integral in t.

    Parameters
    ----------
    p : density of the initial frequencies per radian, a function of xi or values (n,)
        on a grid symmetric about 0.
    s2 : variance of the outer weights where the frequencies are trained too; 0 where a
        and b are trained alone (without rho the solution is then exact: ehat(xi, t) =
        ehat(xi, 0) exp(-2 pi p_s(xi) t)).
    e0_hat : (n,) complex, transform of the error at the start (minus the target's, for
        a network that starts at zero).
    xi : (n,) increasing angular frequencies, wide enough for p and e0_hat to vanish at
        both ends.
    t : (T,) gradient-flow times.
    rho : transform of the data's density, a function xi -> int rho(x) exp(-i xi x) dx,
        which makes the frequencies act on each other; default the uniform density
        rho(x) = 1. Takes an n x n eigendecomposition and an even grid.

    Returns a History with two modes per frequency (real and imaginary part, named by
    abs(xi)), scaled so that `loss` = 1/2 int e^2 dx. The solution itself, complex (T,
    n), is `meta["field"]`.

    >>> xi = np.linspace(-8, 8, 401)
    >>> normal = lambda w: np.exp(-w**2 / 2) / np.sqrt(2 * np.pi)
    >>> run = ntk_pde_1d(normal, 0.0, np.exp(-xi**2 / 2), xi, [0, 1])
    >>> assert np.isclose(run.meta["field"][1, 200], np.exp(-np.sqrt(2 * np.pi)))
    >>> bump = np.exp(-xi**2 / 2 - 3j * xi)        # around x = 3: the rate grows by 1 + s2 x^2 if w is trained too
    >>> bool(ntk_pde_1d(normal, 1.0, bump, xi, [1]).loss < 0.2 * ntk_pde_1d(normal, 0.0, bump, xi, [1]).loss)
    True
    """
    (xi,), t = as_axes(xi, 1), as_times(t)
    e0 = as_complex("e0_hat", e0_hat, xi.shape)
    if rho is None:
        field = _solve(p, s2, e0, (xi,), t, "contour")
    else:
        h = np.diff(xi).mean()
        if np.ptp(np.diff(xi)) > 1e-6 * h or not callable(rho):
            raise ValueError(
                "rho needs an evenly spaced xi, and is a function of frequency; use"
                " np.linspace for xi."
            )
        mass, operator = frequency_operator(p, s2, xi)
        gaps = h * np.arange(1 - len(xi), len(xi))
        mixing = toeplitz(as_complex("rho", rho(gaps), gaps.shape)) / (2 * np.pi)
        # With h = M e (moments) the equation is h' = -A R h, a product of two
        # semidefinite matrices.
        moments = product_flow(
            operator, mixing, mass @ e0, lambda s: np.exp(-np.outer(t, s))
        )[0]
        field = _factor(mass.astype(complex))(moments.T).T
    return record(
        t, xi[:, None], field, cell_sizes((xi,)) / (2 * np.pi), "frequency PDE"
    )


def ntk_pde_2d(p, s2, e0_hat, xi, t, method="krylov"):
    """The frequency equation in the plane: bilinear elements in xi, a rational Krylov
    space in t.

    Parameters as `ntk_pde_1d`, with `xi` a pair of axes (n1,), (n2,); `e0_hat` (n1,
    n2); `p` a function of (..., 2) or values (n1, n2). `method`, "krylov" (one real
    factorisation for all times) or "contour" (eight complex ones a time). Uniform data
    only. Returns a History; `meta["field"]` is (T, n1, n2).

    >>> axis = np.linspace(-5, 5, 41)
    >>> square = axis[:, None]**2 + axis**2
    >>> normal = lambda w: np.exp(-(w**2).sum(axis=-1) / 2) / (2 * np.pi)
    >>> run = ntk_pde_2d(normal, 0.2, np.exp(-square / 2), (axis, axis), [0, 0.5, 1])
    >>> run.meta["field"].shape, bool(run.loss[0] > run.loss[1] > run.loss[2])
    ((3, 41, 41), True)
    """
    xi, t = as_axes(xi, 2), as_times(t)
    e0 = as_complex("e0_hat", e0_hat, tuple(map(len, xi)))
    field = _solve(p, s2, e0.ravel(), xi, t, method)
    history = record(
        t, points(xi), field, cell_sizes(xi).ravel() / (2 * np.pi) ** 2, "frequency PDE"
    )
    history.meta["field"] = field.reshape(-1, *e0.shape)
    return history


def frequency_operator(p, s2, xi):
    """Mass matrix M and operator A of M d/dt ehat = -A ehat, A = (2 pi)^d (M_p + s2
    K_p), assembled by scikit-fem.

    Linear (bilinear) elements with their exact mass matrix, p at the middle of each
    element, no flux through the border. Parameters: `p`, `s2` as `ntk_pde_1d`; `xi`, an
    axis (n,) or a tuple of two. Unknowns: last axis fastest.

    >>> mass, operator = frequency_operator(lambda w: 0 * w + 0.5, 0.0, np.linspace(0, 1, 3))
    >>> bool(np.isclose(mass.sum(), 1)), bool(np.isclose(operator.sum(), np.pi))
    (True, True)
    """
    fem, s2 = needs("skfem"), positive("s2", s2, zero=True)
    axes = as_axes(xi, 2 if isinstance(xi, tuple) else 1)
    if len(axes) == 1:
        mesh, shape = fem.MeshLine(axes[0]), fem.ElementLineP1()
    else:
        mesh, shape = fem.MeshQuad.init_tensor(*axes), fem.ElementQuad1()
    order = np.lexsort(mesh.p[::-1])  # the nodes of the grid, last axis fastest
    if callable(p):
        density = even_part(p, mesh.p[:, mesh.t].mean(axis=1).T)  # (elements,)
    else:
        density = even_part(p, points(axes))[np.argsort(order)][mesh.t].mean(axis=0)
    mass = fem.BilinearForm(lambda u, v, w: u * v)
    operator = fem.BilinearForm(
        lambda u, v, w: w.p * (u * v + s2 * sum(a * b for a, b in zip(u.grad, v.grad)))
    )
    basis = fem.Basis(mesh, shape)
    scaled = ((2 * np.pi) ** len(axes) * density)[
        :, None
    ]  # (elements, 1): constant over an element
    both = mass.assemble(basis).tocsc(), operator.assemble(basis, p=scaled).tocsc()
    return (
        both if np.all(np.diff(order) == 1) else tuple(m[order][:, order] for m in both)
    )


def evolve(mass, operator, start, t, method="contour", nodes=16, tolerance=1e-9):
    r"""u(t) for M u' = -A u, with M and A symmetric, M positive definite and A positive
    semidefinite: no time steps.

    "contour" sums the inverse Laplace transform along Talbot's contour (Weideman's
    parameters),

        u(t) = 1/(i n) sum_j exp(z_j t) z'(theta_j) (z_j M + A)^{-1} M u(0),   theta_j = (2j + 1) pi/n - pi,
        z = (n/t)(.5017 theta cot(.6407 theta) - .6122 + .2645 i theta),

    half of the nodes being enough as M and A are real: n/2 complex factorisations a
    time, error about 3.9^-n until rounding. "krylov" projects on the powers of (M +
    gamma A)^{-1} M, gamma = max(t)/10: one real factorisation for all times, as many
    solves as `tolerance` (relative to the start) asks for; times it cannot reach in 60
    solves go to the contour. Tridiagonal matrices (one dimension) go through LAPACK's
    tridiagonal solver, others through SuperLU with the ordering made for symmetric
    patterns. Real and imaginary part of the start are solved for together. Parameters:
    `mass`, `operator`, sparse (n, n); `start` (n,); `t` (T,); `nodes`, n, made even.
    Returns (T, n), complex as start.

    >>> import scipy.sparse as sparse
    >>> u = evolve(sparse.identity(2), sparse.diags([0.0, 3.0]), [1.0, 1.0], [0, 2])
    >>> u.round(8).tolist(), round(float(np.exp(-6)), 8)
    ([[1.0, 1.0], [1.0, 0.00247875]], 0.00247875)
    """
    one_of("method", method, ["contour", "krylov"])
    t, nodes = as_times(t), 2 * ((positive_int("nodes", nodes, least=4) + 1) // 2)
    start = as_complex("start", start, (mass.shape[0],))
    real = not start.imag.any()
    columns = (
        start.real[:, None] if real else np.stack([start.real, start.imag], axis=1)
    )  # (n, 1 or 2)
    u, done = np.repeat(columns[None], len(t), axis=0), t == 0
    if method == "krylov":
        u, done = _krylov(mass, operator, columns, t, tolerance)
    if not done.all():
        u[~done] = _contour(mass, operator, columns, t[~done], nodes)
    return u[..., 0] if real else u[..., 0] + 1j * u[..., 1]


def _solve(p, s2, e0, axes, t, method):
    """ehat (T, nodes) under uniform data."""
    if positive("s2", s2, zero=True) == 0:
        return (
            np.exp(
                -((2 * np.pi) ** len(axes)) * np.outer(t, even_part(p, points(axes)))
            )
            * e0
        )
    return (
        evolve(
            *frequency_operator(p, s2, axes if len(axes) > 1 else axes[0]),
            e0,
            t,
            method,
        )
        + 0j
    )


def _contour(mass, operator, columns, t, nodes):
    """u (T, n, c), from the upper half of the contour."""
    theta = (2 * np.arange(nodes // 2, nodes) + 1) * np.pi / nodes - np.pi
    cot, square = 1 / np.tan(0.6407 * theta), np.sin(0.6407 * theta) ** 2
    path = 0.5017 * theta * cot - 0.6122 + 0.2645j * theta  # z t/n
    factor = (
        2
        / 1j
        * np.exp(nodes * path)
        * (0.5017 * cot - 0.5017 * 0.6407 * theta / square + 0.2645j)
    )
    shifted, right = _shifted(mass, operator), (mass @ columns).astype(complex)
    return np.array(
        [
            sum(
                (f / s * shifted(nodes / s * z, right)).real
                for f, z in zip(factor, path)
            )
            for s in t
        ]
    )


def _shifted(mass, operator):
    """A function of z and b that solves (z M + A) x = b."""
    bands = [[matrix.diagonal(k) for k in (-1, 0, 1)] for matrix in (mass, operator)]
    if (
        sum(np.count_nonzero(band) for two in bands for band in two)
        < mass.count_nonzero() + operator.count_nonzero()
    ):
        return lambda z, b: _factor(z * mass + operator)(b)
    from scipy.linalg.lapack import zgtsv

    return lambda z, b: zgtsv(*(z * m + a for m, a in zip(*bands)), b)[3]


def _factor(matrix):
    from scipy.sparse.linalg import splu

    return splu(matrix.tocsc(), permc_spec="MMD_AT_PLUS_A").solve


def _krylov(mass, operator, columns, t, tolerance, most=60):
    """u (T, n, c), and for which times the last coefficients in the Krylov basis are
    below the tolerance.
    """
    shift = max(t.max(), 1e-300) / 10
    solve = _factor(mass + shift * operator)
    u, done = np.empty((len(t), *columns.shape)), t >= 0
    for c, column in enumerate(columns.T):
        size = np.sqrt(column @ (mass @ column)) or 1.0
        basis, projected = np.zeros((most + 1, len(column))), np.zeros((most + 1, most))
        basis[0] = column / size
        for j in range(most):
            w, seen = solve(mass @ basis[j]), basis[: j + 1]
            for _ in range(2):  # orthogonal in the product of M, twice for rounding
                h = seen @ (mass @ w)
                w = w - h @ seen
                projected[: j + 1, j] += h
            projected[j + 1, j] = np.sqrt(max(w @ (mass @ w), 0.0))
            theta, s = np.linalg.eigh(projected[: j + 1, : j + 1], UPLO="U")
            rates = np.maximum(1 / np.maximum(theta, 1e-300) - 1, 0) / shift
            small = (np.exp(-np.outer(t, rates)) * s[0]) @ s.T  # (T, j + 1)
            last = (
                np.abs(small[:, -2:]).max(axis=1)
                * (t > 0)
                * (projected[j + 1, j] > 1e-14 * abs(projected[0, 0]))
            )
            if last.max() < tolerance and (j > 3 or not last.any()):
                break
            basis[j + 1] = w / projected[j + 1, j]
        u[..., c] = size * small @ seen
        done &= last < tolerance
    return u, done
