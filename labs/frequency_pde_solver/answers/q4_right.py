# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: eigenvalues of the product
def by_kernel(x, phi, s2, weights, start, t):
    slow = (1 + s2 * np.outer(x, x)) * phi @ np.diag(weights)
    rates, v = np.linalg.eig(slow.astype(complex))
    amplitude = np.linalg.solve(v, start.astype(complex))
    return (
        (v * np.exp(-np.outer(t, rates))[:, None, :]) @ amplitude
    ).real


def my_grid():
    return 11, 561, 340


# variant: symmetric, data first and the others after
def by_kernel(x, phi, s2, weights, start, t):
    kernel = (1 + s2 * x[:, None] * x) * phi
    on = weights > 0
    root = np.sqrt(weights[on])
    rates, v = np.linalg.eigh(
        root[:, None] * kernel[np.ix_(on, on)] * root
    )
    rates = np.maximum(rates, 1e-14)
    amplitude = v.T @ (root * start[on])
    moved = (1 - np.exp(-np.outer(t, rates))) / rates * amplitude
    return start - moved @ (kernel[:, on] * root @ v).T


# variant: a solver for differential equations
def by_kernel(x, phi, s2, weights, start, t):
    from scipy.integrate import solve_ivp

    kernel = (1 + s2 * np.outer(x, x)) * phi
    move = lambda _, r: -kernel @ (weights * r)
    how = dict(
        t_eval=np.asarray(t, dtype=float),
        rtol=1e-11,
        atol=1e-12,
        method="DOP853",
    )
    run = solve_ivp(move, [0, max(t)], start, **how)
    return run.y.T


# variant: another grid
def my_grid():
    return (10.0, 480, 400)


# variant: a wide window
def my_grid():
    return [18, 601, 320]
