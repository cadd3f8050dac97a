# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: full matrices, one inverse
def crank_nicolson(mass, operator, start, dt, steps):
    m, a = dense(mass), dense(operator)
    step = np.linalg.solve(m + dt / 2 * a, m - dt / 2 * a)
    states = [start]
    for _ in range(steps):
        states.append(step @ states[-1])
    return states


def largest_step(mass, operator):
    rates = np.linalg.eigvals(
        np.linalg.solve(dense(mass), dense(operator))
    )
    return 2 / np.max(rates.real)


# variant: sparse, factorised once
def crank_nicolson(mass, operator, start, dt, steps):
    import scipy.sparse as sparse
    from scipy.sparse.linalg import splu

    tri = lambda b: sparse.diags(
        [b[1, :-1], b[0], b[1, :-1]], [-1, 0, 1], format="csc"
    )
    m, a = tri(mass), tri(operator)
    solve = splu((m + dt / 2 * a).astype(complex)).solve
    states = np.empty((steps + 1, len(start)), dtype=complex)
    states[0] = start
    for s in range(steps):
        states[s + 1] = solve((m - dt / 2 * a) @ states[s])
    return states


# variant: solveh_banded, and the midpoint
def crank_nicolson(mass, operator, start, dt, steps):
    from scipy.linalg import solveh_banded

    states = [np.array(start)]
    for _ in range(steps):
        c = states[-1]
        right = mass[0] * c
        right[1:] += mass[1, :-1] * c[:-1]
        right[:-1] += mass[1, :-1] * c[1:]
        middle = solveh_banded(
            mass + dt / 2 * operator, right, lower=True
        )
        states.append(2 * middle - c)
    return np.stack(states)


# variant: mode by mode
def crank_nicolson(mass, operator, start, dt, steps):
    from scipy.linalg import eigh

    rates, v = eigh(dense(operator), dense(mass))
    factor = (1 - dt * rates / 2) / (1 + dt * rates / 2)
    amplitude = v.T @ dense(mass) @ start
    return np.array(
        [v @ (factor**s * amplitude) for s in range(steps + 1)]
    )


# variant: the limit by a Cholesky factor
def largest_step(mass, operator):
    lower = np.linalg.cholesky(dense(mass))
    half = np.linalg.solve(lower, dense(operator))
    return 2 / np.linalg.eigvalsh(np.linalg.solve(lower, half.T))[-1]
