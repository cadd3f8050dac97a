# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: explicit Euler max=0.65
def crank_nicolson(mass, operator, start, dt, steps):
    step = np.eye(len(start)) - dt * np.linalg.solve(
        dense(mass), dense(operator)
    )
    states = [start]
    for _ in range(steps):
        states.append(step @ states[-1])
    return np.array(states)


# variant: implicit Euler max=0.75
def crank_nicolson(mass, operator, start, dt, steps):
    m, a = dense(mass), dense(operator)
    states = [start]
    for _ in range(steps):
        states.append(np.linalg.solve(m + dt * a, m @ states[-1]))
    return np.array(states)


# variant: the exact exponential max=0.68
def crank_nicolson(mass, operator, start, dt, steps):
    from scipy.linalg import expm

    slow = np.linalg.solve(dense(mass), dense(operator))
    return np.array(
        [expm(-s * dt * slow) @ start for s in range(steps + 1)]
    )


# variant: whole steps on both sides max=0.75
def crank_nicolson(mass, operator, start, dt, steps):
    m, a = dense(mass), dense(operator)
    states = [start]
    for _ in range(steps):
        states.append(
            np.linalg.solve(m + dt * a, (m - dt * a) @ states[-1])
        )
    return np.array(states)


# variant: no mass matrix max=0.68
def crank_nicolson(mass, operator, start, dt, steps):
    m, a = np.eye(len(start)), dense(operator)
    states = [start]
    for _ in range(steps):
        states.append(
            np.linalg.solve(
                m + dt / 2 * a, (m - dt / 2 * a) @ states[-1]
            )
        )
    return np.array(states)


# variant: the start left out max=0.5
def crank_nicolson(mass, operator, start, dt, steps):
    m, a = dense(mass), dense(operator)
    states = [start]
    for _ in range(steps):
        states.append(
            np.linalg.solve(
                m + dt / 2 * a, (m - dt / 2 * a) @ states[-1]
            )
        )
    return np.array(states[1:])


# variant: real parts alone max=0.75
def crank_nicolson(mass, operator, start, dt, steps):
    m, a = dense(mass), dense(operator)
    states = [start.real]
    for _ in range(steps):
        states.append(
            np.linalg.solve(
                m + dt / 2 * a, (m - dt / 2 * a) @ states[-1]
            )
        )
    return np.array(states)


# variant: diagonals alone max=0.6
def crank_nicolson(mass, operator, start, dt, steps):
    factor = (mass[0] - dt / 2 * operator[0]) / (
        mass[0] + dt / 2 * operator[0]
    )
    return np.array([factor**s * start for s in range(steps + 1)])


# variant: one over the largest rate max=0.75
def largest_step(mass, operator):
    return (
        1
        / np.linalg.eigvals(
            np.linalg.solve(dense(mass), dense(operator))
        ).real.max()
    )


# variant: the operator's eigenvalue without the mass matrix max=0.75
def largest_step(mass, operator):
    return 2 / np.linalg.eigvalsh(dense(operator))[-1]


# variant: the largest ratio of the diagonals max=0.7
def largest_step(mass, operator):
    return 2 / np.max(operator[0] / mass[0])


# variant: the smallest rate max=0.55
def largest_step(mass, operator):
    rates = np.linalg.eigvals(
        np.linalg.solve(dense(mass), dense(operator))
    ).real
    return 2 / max(rates.min(), 1e-9)


# variant: nothing is right max=0.06
def crank_nicolson(mass, operator, start, dt, steps):
    return np.repeat(2 * np.asarray(start)[None], steps + 1, axis=0)


def largest_step(mass, operator):
    return 1.0
