# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: SciPy's Toeplitz matrix, and a full inverse
def mixing_matrix(rho_hat, spacing):
    from scipy.linalg import toeplitz

    n = (len(rho_hat) + 1) // 2
    return (
        toeplitz(rho_hat[n - 1 :], rho_hat[n - 1 :: -1])
        * spacing
        / (2 * np.pi)
    )


def uneven_run(mass, operator, mixing, start, dt, steps):
    slow = dt / 2 * operator @ mixing
    step = np.linalg.solve(mass + slow, mass - slow)
    return np.linalg.matrix_power(step, steps) @ start


# variant: row by row, and the midpoint
def mixing_matrix(rho_hat, spacing):
    n = (len(rho_hat) + 1) // 2
    return (
        np.array(
            [
                [rho_hat[n - 1 + k - j] for j in range(n)]
                for k in range(n)
            ]
        )
        * spacing
        / 2
        / np.pi
    )


def uneven_run(mass, operator, mixing, start, dt, steps):
    c = start
    for _ in range(steps):
        middle = np.linalg.solve(
            mass + dt / 2 * operator @ mixing, mass @ c
        )
        c = 2 * middle - c
    return c


# variant: slices, and a sparse-looking loop
def mixing_matrix(rho_hat, spacing):
    n = (len(rho_hat) + 1) // 2
    rows = [np.asarray(rho_hat)[k : k + n][::-1] for k in range(n)]
    return np.stack(rows) * (spacing / (2 * np.pi))


def uneven_run(mass, operator, mixing, start, dt, steps):
    product = np.matmul(operator, mixing)
    inverse = np.linalg.inv(mass + 0.5 * dt * product)
    c = np.array(start, dtype=complex)
    for _ in range(steps):
        c = c - inverse @ (dt * (product @ c))
    return c
