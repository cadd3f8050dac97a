r"""Frequency bias as a damped heat equation in frequency space, and how to design the initial frequencies with it.

The network u(x) = m^{-1/2} sum_j [a_j cos(w_j.x) + b_j sin(w_j.x)], with w_j drawn from a density p and a_j, b_j of
mean 0 and variance s2, trained by gradient flow on 1/2 int rho (u - f)^2 dx, has for m -> infinity the kernel
K(x, x') = (1 + s2 x.x') phi(x - x') with phi(z) = int p(w) cos(w.z) dw. Its error e = u - f obeys, in angular
frequency and with ehat(xi) = int e(x) exp(-i xi.x) dx,

    d/dt ehat = -(2 pi)^d [ p_s ghat - s2 div(p_s grad ghat) ],   ghat = transform of rho e,   p_s even part of p:

a damping by the density of initial frequencies and, when the frequencies are trained too, a diffusion (s2 > 0; s2 = 0
means a and b only). Setting: Molina, Petrache, Sahli Costabal and Courdurier, arXiv 2405.14957; equations and
constants derived here, checked numerically.
"""

import functools

import numpy as np

from fbkit._errors import needs, one_of, positive, positive_int, real_array
from fbkit.dynamics import gradient_flow, mode_trajectory, product_flow
from fbkit.history import History


def ntk_pde_1d(p, s2, e0_hat, xi, t, rho=None):
    r"""The frequency equation on a line: linear finite elements in xi, a contour integral in t.

    Parameters
    ----------
    p : density of the initial frequencies per radian, a function of xi or values (n,) on a grid symmetric about 0.
    s2 : variance of the outer weights where the frequencies are trained too; 0 where a and b are trained alone (without
        rho the solution is then exact: ehat(xi, t) = ehat(xi, 0) exp(-2 pi p_s(xi) t)).
    e0_hat : (n,) complex, transform of the error at the start (minus the target's, for a network that starts at zero).
    xi : (n,) increasing angular frequencies, wide enough for p and e0_hat to vanish at both ends.
    t : (T,) gradient-flow times.
    rho : transform of the data's density, a function xi -> int rho(x) exp(-i xi x) dx, which makes the frequencies act
        on each other; default the uniform density rho(x) = 1. Takes an n x n eigendecomposition and an even grid.

    Returns a History with two modes per frequency (real and imaginary part, named by abs(xi)), scaled so that `loss` =
    1/2 int e^2 dx. The solution itself, complex (T, n), is `meta["field"]`.

    >>> xi = np.linspace(-8, 8, 401)
    >>> normal = lambda w: np.exp(-w**2 / 2) / np.sqrt(2 * np.pi)
    >>> run = ntk_pde_1d(normal, 0.0, np.exp(-xi**2 / 2), xi, [0, 1])
    >>> assert np.isclose(run.meta["field"][1, 200], np.exp(-np.sqrt(2 * np.pi)))
    >>> bump = np.exp(-xi**2 / 2 - 3j * xi)        # around x = 3: the rate grows by 1 + s2 x^2 if w is trained too
    >>> bool(ntk_pde_1d(normal, 1.0, bump, xi, [1]).loss < 0.2 * ntk_pde_1d(normal, 0.0, bump, xi, [1]).loss)
    True
    """
    (xi,), t = _axes(xi, 1), _times(t)
    e0 = _complex("e0_hat", e0_hat, xi.shape)
    if rho is None:
        field = _solve(p, s2, e0, (xi,), t, "contour")
    else:
        h = np.diff(xi).mean()
        if np.ptp(np.diff(xi)) > 1e-6 * h or not callable(rho):
            raise ValueError("rho needs an evenly spaced xi, and is a function of frequency; use np.linspace for xi.")
        mass, operator = frequency_operator(p, s2, xi)
        gaps = h * np.arange(1 - len(xi), len(xi))
        mixing = _toeplitz(_complex("rho", rho(gaps), gaps.shape)) / (2 * np.pi)
        # With h = M e (moments) the equation is h' = -A R h, a product of two semidefinite matrices.
        moments = product_flow(operator, mixing, mass @ e0, lambda s: np.exp(-np.outer(t, s)))[0]
        field = _factor(mass.astype(complex))(moments.T).T
    return _record(t, xi[:, None], field, _cells((xi,)) / (2 * np.pi), "frequency PDE")


def ntk_pde_2d(p, s2, e0_hat, xi, t, method="krylov"):
    """The frequency equation in the plane: bilinear elements in xi, a rational Krylov space in t.

    Parameters as `ntk_pde_1d`, with `xi` a pair of axes (n1,), (n2,); `e0_hat` (n1, n2); `p` a function of (..., 2) or
    values (n1, n2). `method`, "krylov" (one real factorisation for all times) or "contour" (eight complex ones a time).
    Uniform data only. Returns a History; `meta["field"]` is (T, n1, n2).

    >>> axis = np.linspace(-5, 5, 41)
    >>> square = axis[:, None]**2 + axis**2
    >>> normal = lambda w: np.exp(-(w**2).sum(axis=-1) / 2) / (2 * np.pi)
    >>> run = ntk_pde_2d(normal, 0.2, np.exp(-square / 2), (axis, axis), [0, 0.5, 1])
    >>> run.meta["field"].shape, bool(run.loss[0] > run.loss[1] > run.loss[2])
    ((3, 41, 41), True)
    """
    xi, t = _axes(xi, 2), _times(t)
    e0 = _complex("e0_hat", e0_hat, tuple(map(len, xi)))
    field = _solve(p, s2, e0.ravel(), xi, t, method)
    history = _record(t, _points(xi), field, _cells(xi).ravel() / (2 * np.pi) ** 2, "frequency PDE")
    history.meta["field"] = field.reshape(-1, *e0.shape)
    return history


def frequency_operator(p, s2, xi):
    """Mass matrix M and operator A of M d/dt ehat = -A ehat, A = (2 pi)^d (M_p + s2 K_p), assembled by scikit-fem.

    Linear (bilinear) elements with their exact mass matrix, p at the middle of each element, no flux through the
    border. Parameters: `p`, `s2` as `ntk_pde_1d`; `xi`, an axis (n,) or a tuple of two. Unknowns: last axis fastest.

    >>> mass, operator = frequency_operator(lambda w: 0 * w + 0.5, 0.0, np.linspace(0, 1, 3))
    >>> bool(np.isclose(mass.sum(), 1)), bool(np.isclose(operator.sum(), np.pi))
    (True, True)
    """
    fem, s2 = needs("skfem"), positive("s2", s2, zero=True)
    axes = _axes(xi, 2 if isinstance(xi, tuple) else 1)
    if len(axes) == 1:
        mesh, shape = fem.MeshLine(axes[0]), fem.ElementLineP1()
    else:
        mesh, shape = fem.MeshQuad.init_tensor(*axes), fem.ElementQuad1()
    order = np.lexsort(mesh.p[::-1])  # the nodes of the grid, last axis fastest
    if callable(p):
        density = _even(p, mesh.p[:, mesh.t].mean(axis=1).T)  # (elements,)
    else:
        density = _even(p, _points(axes))[np.argsort(order)][mesh.t].mean(axis=0)
    mass = fem.BilinearForm(lambda u, v, w: u * v)
    operator = fem.BilinearForm(lambda u, v, w: w.p * (u * v + s2 * sum(a * b for a, b in zip(u.grad, v.grad))))
    basis = fem.Basis(mesh, shape)
    scaled = ((2 * np.pi) ** len(axes) * density)[:, None]  # (elements, 1): constant over an element
    both = mass.assemble(basis).tocsc(), operator.assemble(basis, p=scaled).tocsc()
    return both if np.all(np.diff(order) == 1) else tuple(m[order][:, order] for m in both)


def evolve(mass, operator, start, t, method="contour", nodes=16, tolerance=1e-9):
    r"""u(t) for M u' = -A u, with M and A symmetric, M positive definite and A positive semidefinite: no time steps.

    "contour" sums the inverse Laplace transform along Talbot's contour (Weideman's parameters),

        u(t) = 1/(i n) sum_j exp(z_j t) z'(theta_j) (z_j M + A)^{-1} M u(0),   theta_j = (2j + 1) pi/n - pi,
        z = (n/t)(.5017 theta cot(.6407 theta) - .6122 + .2645 i theta),

    half of the nodes being enough as M and A are real: n/2 complex factorisations a time, error about 3.9^-n until
    rounding. "krylov" projects on the powers of (M + gamma A)^{-1} M, gamma = max(t)/10: one real factorisation for all
    times, as many solves as `tolerance` (relative to the start) asks for; times it cannot reach in 60 solves go to the
    contour. Tridiagonal matrices (one dimension) go through LAPACK's tridiagonal solver, others through SuperLU with
    the ordering made for symmetric patterns. Real and imaginary part of the start are solved for together. Parameters:
    `mass`, `operator`, sparse (n, n); `start` (n,); `t` (T,); `nodes`, n, made even. Returns (T, n), complex as start.

    >>> import scipy.sparse as sparse
    >>> u = evolve(sparse.identity(2), sparse.diags([0.0, 3.0]), [1.0, 1.0], [0, 2])
    >>> u.round(8).tolist(), round(float(np.exp(-6)), 8)
    ([[1.0, 1.0], [1.0, 0.00247875]], 0.00247875)
    """
    one_of("method", method, ["contour", "krylov"])
    t, nodes = _times(t), 2 * ((positive_int("nodes", nodes, least=4) + 1) // 2)
    start = _complex("start", start, (mass.shape[0],))
    real = not start.imag.any()
    columns = start.real[:, None] if real else np.stack([start.real, start.imag], axis=1)  # (n, 1 or 2)
    u, done = np.repeat(columns[None], len(t), axis=0), t == 0
    if method == "krylov":
        u, done = _krylov(mass, operator, columns, t, tolerance)
    if not done.all():
        u[~done] = _contour(mass, operator, columns, t[~done], nodes)
    return u[..., 0] if real else u[..., 0] + 1j * u[..., 1]


def exact_operator(phi, s2, e0, x, t, weights):
    r"""The same dynamics in x, without a frequency grid: dr/dt = -K W r with K_ij = (1 + s2 x_i.x_j) phi(x_i - x_j).

    The reference for the frequency equation, and for a finite network with its own phi(z) = mean_j cos(w_j z).
    Parameters: `phi`, a function of differences (n, n) in one dimension, (n, n, d) in d; `s2`; `e0` (n,); `x` (n,) or
    (n, d); `t` (T,); `weights` (n,), spacing times data density. Returns a History in the operator's eigenvectors;
    `meta["residual"]` (T, n) is e at the points.

    >>> x = np.linspace(-4, 4, 81)
    >>> run = exact_operator(lambda z: np.exp(-z**2 / 2), 0.0, np.exp(-x**2 / 2), x, [0, 1], np.full(81, 0.1))
    >>> bool(run.loss[1] < 0.1 * run.loss[0])
    True
    """
    x = real_array("x", x)
    points = x.reshape(len(x), -1)
    differences = x[:, None] - x[None, :]
    kernel = (1 + positive("s2", s2, zero=True) * points @ points.T) * phi(differences)
    return gradient_flow(kernel, e0, t, weights=weights)


def torus_modes(P, rho_hat, e0, t, gd_eta=None, modes=None):
    r"""Whole frequencies on the torus, outer weights trained: d/dt e_k = -P(k) sum_l rhohat_{k-l} e_l, exactly.

    An identity for a finite network of whole frequencies, with the transform of its data weights and the symmetrised
    masses of its frequencies (P(k) = P(-k), half of the share of the w_j with abs(w_j) = k).

    Parameters
    ----------
    P : (K,) masses, at least 0.
    e0 : (K,) complex Fourier coefficients of the error, e(x) = sum_k e_k exp(i k.x).
    rho_hat : (2K - 1,) int rho exp(-i q x) dx for q = -(K-1)..K-1, or (K, K) the matrix rhohat_{k-l} (any dimension);
        None for uniform data (every mode alone, at rate P(k)).
    t : (T,) times. With `gd_eta` gradient descent of that learning rate instead, t whole multiples of it.
    modes : (K,) or (K, d) frequencies; default -(K-1)/2..(K-1)/2.

    Returns a History in real and imaginary parts, named by abs(k); `meta["field"]` holds e_k(t), complex (T, K).
    `History.loss` is half the mean square of e over the torus, not over the data.

    >>> run = torus_modes([0.25, 0.5, 0.25], None, [1j, 1, -1j], [0, 2])
    >>> np.abs(run.meta["field"][1]).round(6).tolist()          # exp(-.5), exp(-1)
    [0.606531, 0.367879, 0.606531]
    """
    P = real_array("P", P, ndim=1)
    if P.min() < 0:
        raise ValueError(f"P holds {P.min():g}; masses are at least 0.")
    t, e0 = _times(t), _complex("e0", e0, P.shape)
    modes = np.arange(len(P)) - (len(P) - 1) / 2 if modes is None else real_array("modes", modes)
    if rho_hat is None:
        mixing = np.eye(len(P))
    elif np.ndim(rho_hat) == 1:
        mixing = _toeplitz(_complex("rho_hat", rho_hat, (2 * len(P) - 1,)))
    else:
        mixing = _complex("rho_hat", rho_hat, (len(P), len(P)))
    if np.abs(mixing - mixing.conj().T).max() > 1e-8:
        raise ValueError("rho_hat is not the transform of a real density: rhohat_{-q} must be conj(rhohat_q).")
    if gd_eta is None:
        decay = lambda s: np.exp(-np.outer(t, s))
    else:
        steps = np.round(t / positive("gd_eta", gd_eta), 6)
        decay = lambda s: mode_trajectory(gd_eta * s, steps, "gd")
    field = product_flow(np.diag(P), mixing, e0, decay)[0]
    return _record(t, modes.reshape(len(P), -1), field, np.ones(len(P)), "torus modes")


def waterfill(S, xi, T, dim=1, p_max=None, priority=None):
    r"""Density of initial frequencies that leaves the least error at time T (outer weights trained, uniform data).

    Minimise int c S exp(-2 (2 pi)^d T p) dxi over p >= 0 with int p = 1: a convex problem, solved by water-filling,

        p = [ln(c S/nu)]_+ / (2 (2 pi)^d T), at most p_max,

    the water level nu found by bisection from int p = 1. The residual spectrum is then min(c S, nu) below the cap.
    Derived here, checked numerically (control of the bias by p: arXiv 2405.14957).

    Parameters
    ----------
    S : power spectrum abs(fhat)^2 of the error at the start on the grid of `xi`, at least 0 and even in xi.
    xi : axis (n,), or `dim` axes with S of shape (n1, ..., nd).
    T : gradient-flow time available, above 0.
    p_max : cap on p; for gradient descent with step eta < 2/((2 pi)^d p_max).
    priority : weights c, shape of S, of what matters most; default 1.

    Returns (p, nu), p with the shape of S.

    >>> xi = np.linspace(-4, 4, 801)
    >>> p, nu = waterfill(np.exp(-xi**2), xi, T=0.5)
    >>> round(float(np.trapezoid(p, xi)), 9)
    1.0
    """
    axes = _axes(xi, positive_int("dim", dim))
    shape = tuple(map(len, axes))
    S = real_array("S", S, shape=shape) * (1 if priority is None else real_array("priority", priority, shape=shape))
    cap = np.inf if p_max is None else positive("p_max", p_max)
    slope = 1 / (2 * (2 * np.pi) ** dim * positive("T", T))
    on, cells = S > 0, _cells(axes)
    if S.min() < 0 or not on.any():
        raise ValueError("S (times priority) is negative somewhere or zero everywhere; pass a power spectrum.")
    if cap * cells[on].sum() < 1:
        raise ValueError(f"p_max is {cap:g}, too low for a mass of 1 where S is positive; raise it.")
    level = np.log(S, where=on, out=np.full(shape, -np.inf))
    # At the lowest level that can be needed every p is at its cap, or at least at the mean.
    low, high = level[on].min() - (1 / cells[on].sum() if p_max is None else cap) / slope, level.max()
    for _ in range(200):
        nu = (low + high) / 2
        p = np.clip(slope * (level - nu), 0, cap)
        low, high = (nu, high) if (p * cells).sum() > 1 else (low, nu)
    return p, float(np.exp(nu))


def sample_frequencies(p, xi, m, mode="quantile", seed=0):
    """m frequencies from a density: midpoint quantiles, a scrambled Sobol sequence, or independent draws.

    Parameters: `p`, values (n,) at `xi` or a function of xi (need not integrate to 1); `xi` (n,), increasing, between
    which p is taken as linear; `m`; `mode`, "quantile", "sobol" or "iid"; `seed`. Returns (m,). q different quantiles
    resolve a window of length L while q p(xi) >= L/pi at the highest xi that counts.

    >>> sample_frequencies([1, 1], [0, 4], 4).tolist()
    [0.5, 1.5, 2.5, 3.5]
    """
    return _quantile_function(p, xi)(_uniform(positive_int("m", m), 1, mode, seed)[:, 0])


def sample_features(p, xi, m, outer_std=1.0, mode="quantile", seed=0):
    """Parameters w, a, b (each (m,)) of u(x) = m^{-1/2} sum_j [a_j cos(w_j x) + b_j sin(w_j x)] at the start.

    "quantile": m/4 quantiles of p, each with the four signs of (a, b) = (+-s, +-s), so that u = 0 exactly at the start;
    "sobol": a three-dimensional Sobol sequence over (w, a, b), a and b normal; "iid": independent draws. Parameters
    as `sample_frequencies`; `outer_std`, s. Derived here, checked numerically.

    >>> w, a, b = sample_features([1, 1], [0, 4], 8)
    >>> float(a.sum()), float((a * b).sum()), w.tolist()
    (0.0, 0.0, [1.0, 1.0, 1.0, 1.0, 3.0, 3.0, 3.0, 3.0])
    """
    m, s = positive_int("m", m), positive("outer_std", outer_std, zero=True)
    if mode == "quantile":
        if m % 4:
            raise ValueError(f"m is {m}; quantiles come with four signs each, so pass a multiple of 4.")
        signs = s * np.tile([[1, 1], [1, -1], [-1, 1], [-1, -1]], (m // 4, 1)).T
        return np.repeat(sample_frequencies(p, xi, m // 4), 4), *signs
    from scipy.special import ndtri

    u = _uniform(m, 3, mode, seed)
    return _quantile_function(p, xi)(u[:, 0]), *(s * ndtri(u[:, 1:].T))


def _solve(p, s2, e0, axes, t, method):
    """ehat (T, nodes) under uniform data."""
    if positive("s2", s2, zero=True) == 0:
        return np.exp(-((2 * np.pi) ** len(axes)) * np.outer(t, _even(p, _points(axes)))) * e0
    return evolve(*frequency_operator(p, s2, axes if len(axes) > 1 else axes[0]), e0, t, method) + 0j


def _contour(mass, operator, columns, t, nodes):
    """u (T, n, c), from the upper half of the contour."""
    theta = (2 * np.arange(nodes // 2, nodes) + 1) * np.pi / nodes - np.pi
    cot, square = 1 / np.tan(0.6407 * theta), np.sin(0.6407 * theta) ** 2
    path = 0.5017 * theta * cot - 0.6122 + 0.2645j * theta  # z t/n
    factor = 2 / 1j * np.exp(nodes * path) * (0.5017 * cot - 0.5017 * 0.6407 * theta / square + 0.2645j)
    shifted, right = _shifted(mass, operator), (mass @ columns).astype(complex)
    return np.array([sum((f / s * shifted(nodes / s * z, right)).real for f, z in zip(factor, path)) for s in t])


def _shifted(mass, operator):
    """A function of z and b that solves (z M + A) x = b."""
    bands = [[matrix.diagonal(k) for k in (-1, 0, 1)] for matrix in (mass, operator)]
    if sum(np.count_nonzero(band) for two in bands for band in two) < mass.count_nonzero() + operator.count_nonzero():
        return lambda z, b: _factor(z * mass + operator)(b)
    from scipy.linalg.lapack import zgtsv

    return lambda z, b: zgtsv(*(z * m + a for m, a in zip(*bands)), b)[3]


def _factor(matrix):
    from scipy.sparse.linalg import splu

    return splu(matrix.tocsc(), permc_spec="MMD_AT_PLUS_A").solve


def _krylov(mass, operator, columns, t, tolerance, most=60):
    """u (T, n, c), and for which times the last coefficients in the Krylov basis are below the tolerance."""
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
            last = np.abs(small[:, -2:]).max(axis=1) * (t > 0) * (projected[j + 1, j] > 1e-14 * abs(projected[0, 0]))
            if last.max() < tolerance and (j > 3 or not last.any()):
                break
            basis[j + 1] = w / projected[j + 1, j]
        u[..., c] = size * small @ seen
        done &= last < tolerance
    return u, done


def _record(t, modes, field, cells, label):
    """History of a complex field: real and imaginary parts, a frequency and its negative under one name."""
    lead = np.where(modes[:, 0] != 0, modes[:, 0], modes[:, -1])
    names = np.round(np.where(lead < 0, -1, 1)[:, None] * modes, 10) + 0.0
    names = names[:, 0] if names.shape[1] == 1 else names
    error = np.concatenate([field.real, field.imag], axis=1) * np.sqrt(np.tile(cells, 2))
    meta = {"label": label, "field": field}
    return History(t, np.concatenate([names, names]), error, np.square(error).sum(axis=1) / 2, meta)


def _points(axes):
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(axes))


def _cells(axes):
    """Trapezoid weights of a tensor grid: the widths between the middles of its intervals."""
    edges = [np.concatenate([one[:1], (one[1:] + one[:-1]) / 2, one[-1:]]) for one in axes]
    return functools.reduce(np.multiply.outer, map(np.diff, edges))


def _even(p, points):
    """p_s = (p(xi) + p(-xi))/2 at points (N, d), from a function or from values on the whole grid these points are."""
    if callable(p):
        x = points[:, 0] if points.shape[1] == 1 else points
        value = (np.asarray(p(x)) + np.asarray(p(-x))) / 2
    else:
        if np.abs(points + points[::-1]).max() > 1e-9 * np.abs(points).max():
            raise ValueError("xi is not symmetric about 0, which values of p need; pass p as a function instead.")
        value = (real_array("p", np.ravel(p), shape=(len(points),)) + np.ravel(p)[::-1]) / 2
    value = real_array("p", value, shape=(len(points),))
    if value.min() < 0:
        raise ValueError(f"p holds {value.min():g}; a density is at least 0.")
    return value


def _quantile_function(p, xi):
    (xi,) = _axes(xi, 1)
    p = real_array("p", p(xi) if callable(p) else p, shape=xi.shape)
    gap = np.diff(xi)
    mass = np.append(0, np.cumsum(gap * (p[1:] + p[:-1]) / 2))
    if p.min() < 0 or mass[-1] <= 0:
        raise ValueError("p is negative somewhere or zero everywhere; pass a density.")

    def quantile(u):
        i = np.clip(np.searchsorted(mass, u * mass[-1], side="right") - 1, 0, len(gap) - 1)
        rest, rise = u * mass[-1] - mass[i], (p[i + 1] - p[i]) / gap[i]
        # rest = p_i s + rise s^2/2, solved for s without cancellation
        bottom = p[i] + np.sqrt(np.maximum(p[i] ** 2 + 2 * rise * rest, 0))
        return xi[i] + np.minimum(2 * rest / np.maximum(bottom, 1e-300), gap[i])

    return quantile


def _uniform(m, columns, mode, seed):
    one_of("mode", mode, ["quantile", "sobol", "iid"])
    seed = positive_int("seed", seed, least=0)
    if mode == "quantile":
        return ((np.arange(m) + 0.5) / m)[:, None]
    if mode == "iid":
        return np.random.default_rng(seed).random((m, columns))
    from scipy.stats import qmc

    u = qmc.Sobol(columns, seed=seed).random_base2(int(np.ceil(np.log2(m))))[:m]
    return np.clip(u, 1e-12, 1 - 1e-12)


def _axes(xi, dim):
    if dim > 1 and (not isinstance(xi, (tuple, list, np.ndarray)) or len(xi) != dim):
        raise ValueError(f"xi is not a tuple of {dim} axes; pass one increasing array per dimension.")
    axes = tuple(real_array("xi", one, ndim=1) for one in ((xi,) if dim == 1 else xi))
    if any(len(one) < 2 or np.diff(one).min() <= 0 for one in axes):
        raise ValueError("xi is not an increasing axis of at least two frequencies; sort it.")
    return axes


def _times(t):
    t = np.atleast_1d(real_array("t", t))
    if t.min() < 0:
        raise ValueError(f"t holds {t.min():g}; expected times of at least 0.")
    return t


def _complex(name, value, shape):
    try:
        value = np.asarray(value, dtype=complex)
    except (TypeError, ValueError):
        value = np.asarray(np.nan)
    return real_array(name, value.real, shape=shape) + 1j * real_array(name, value.imag, shape=shape)


def _toeplitz(values):
    """Matrix of values at differences k - l, from the differences -(K-1)..K-1."""
    k = np.arange((len(values) + 1) // 2)
    return values[k[:, None] - k + len(k) - 1]
