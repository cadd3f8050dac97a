# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: rows and columns exchanged max=0.8
def mixing_matrix(rho_hat, spacing):
    n = (len(rho_hat) + 1) // 2
    i = np.arange(n)
    return spacing / (2 * np.pi) * rho_hat[i - i[:, None] + n - 1]


# variant: without 1 over 2 pi max=0.82
def mixing_matrix(rho_hat, spacing):
    n = (len(rho_hat) + 1) // 2
    i = np.arange(n)
    return spacing * rho_hat[i[:, None] - i + n - 1]


# variant: without the spacing max=0.82
def mixing_matrix(rho_hat, spacing):
    n = (len(rho_hat) + 1) // 2
    i = np.arange(n)
    return rho_hat[i[:, None] - i + n - 1] / (2 * np.pi)


# variant: real parts alone max=0.86
def mixing_matrix(rho_hat, spacing):
    n = (len(rho_hat) + 1) // 2
    i = np.arange(n)
    return spacing / (2 * np.pi) * rho_hat[i[:, None] - i + n - 1].real


# variant: the values at 0 on the diagonal alone max=0.65
def mixing_matrix(rho_hat, spacing):
    n = (len(rho_hat) + 1) // 2
    return spacing / (2 * np.pi) * rho_hat[n - 1] * np.eye(n)


# variant: the operator first max=0.75
def uneven_run(mass, operator, mixing, start, dt, steps):
    slow = dt / 2 * mixing @ operator
    c = start
    for _ in range(steps):
        c = np.linalg.solve(mass + slow, (mass - slow) @ c)
    return c


# variant: the mixing left out max=0.6
def uneven_run(mass, operator, mixing, start, dt, steps):
    slow = dt / 2 * operator
    c = start
    for _ in range(steps):
        c = np.linalg.solve(mass + slow, (mass - slow) @ c)
    return c


# variant: implicit Euler max=0.8
def uneven_run(mass, operator, mixing, start, dt, steps):
    c = start
    for _ in range(steps):
        c = np.linalg.solve(mass + dt * operator @ mixing, mass @ c)
    return c


# variant: explicit Euler max=0.7
def uneven_run(mass, operator, mixing, start, dt, steps):
    step = np.eye(len(mass)) - dt * np.linalg.solve(
        mass, operator @ mixing
    )
    c = start
    with np.errstate(all="ignore"):
        for _ in range(steps):
            c = step @ c
    return c


# variant: one step max=0.5
def uneven_run(mass, operator, mixing, start, dt, steps):
    slow = dt / 2 * operator @ mixing
    return np.linalg.solve(mass + slow, (mass - slow) @ start)


# variant: every state max=0.4
def uneven_run(mass, operator, mixing, start, dt, steps):
    slow = dt / 2 * operator @ mixing
    states = [start]
    for _ in range(steps):
        states.append(
            np.linalg.solve(mass + slow, (mass - slow) @ states[-1])
        )
    return np.array(states)
