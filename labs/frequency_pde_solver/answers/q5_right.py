# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: element by element
def sinks(xi, p_mid, s2, field):
    damping, diffusion = np.zeros(len(field)), np.zeros(len(field))
    for e in range(len(xi) - 1):
        h, u, v = xi[e + 1] - xi[e], field[:, e], field[:, e + 1]
        damping += (
            p_mid[e]
            * h
            / 3
            * (np.abs(u) ** 2 + np.abs(v) ** 2 + (u.conj() * v).real)
        )
        diffusion += s2 * p_mid[e] / h * np.abs(v - u) ** 2
    return np.array([damping, diffusion]).T


# variant: by the matrices of q2
def sinks(xi, p_mid, s2, field):
    damping = dense(assemble(xi, p_mid, 0.0)[1])
    both = dense(assemble(xi, p_mid, s2)[1])
    energy = lambda a: (
        np.einsum("ti,ij,tj->t", field.conj(), a, field).real
        / (2 * np.pi)
    )
    return np.stack([energy(damping), energy(both - damping)], axis=1)


# variant: by Simpson's rule
def sinks(xi, p_mid, s2, field):
    h = np.diff(xi)
    size = lambda c: np.abs(c) ** 2
    u, v = field[:, :-1], field[:, 1:]
    simpson = (size(u) + 4 * size((u + v) / 2) + size(v)) / 6
    return [
        [np.sum(p_mid * h * row), s2 * np.sum(p_mid * h * bend)]
        for row, bend in zip(simpson, size((v - u) / h))
    ]


# variant: real and imaginary parts apart
def sinks(xi, p_mid, s2, field):
    total = 0
    for c in (field.real, field.imag):
        u, v = c[:, :-1], c[:, 1:]
        total = total + np.array(
            [
                ((u * u + u * v + v * v) / 3 * p_mid) @ np.diff(xi),
                s2 * ((v - u) ** 2 * p_mid) @ (1 / np.diff(xi)),
            ]
        )
    return total.T
