# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: element by element
def assemble(xi, p_mid, s2):
    n = len(xi)
    mass, operator = np.zeros((2, n)), np.zeros((2, n))
    for e in range(n - 1):
        h = xi[e + 1] - xi[e]
        for i in (e, e + 1):
            mass[0, i] += h / 3
            operator[0, i] += 2 * np.pi * p_mid[e] * (h / 3 + s2 / h)
        mass[1, e] = h / 6
        operator[1, e] = 2 * np.pi * p_mid[e] * (h / 6 - s2 / h)
    return mass, operator


# variant: full matrices first
def assemble(xi, p_mid, s2):
    n, h = len(xi), np.diff(xi)
    overlap = np.array([[2, 1], [1, 2]]) / 6
    slopes = np.array([[1, -1], [-1, 1]])
    full = np.zeros((2, n, n))
    for e in range(n - 1):
        full[0, e : e + 2, e : e + 2] += h[e] * overlap
        full[1, e : e + 2, e : e + 2] += (
            2 * np.pi * p_mid[e] * (h[e] * overlap + s2 * slopes / h[e])
        )
    return [
        np.array([np.diag(one), np.append(np.diag(one, -1), 0)])
        for one in full
    ]


# variant: by Simpson's rule
def assemble(xi, p_mid, s2):
    n, h = len(xi), xi[1:] - xi[:-1]
    falls, rises = np.array([1, 0.5, 0]), np.array([0, 0.5, 1])
    simpson = np.array([1, 4, 1]) / 6
    square, product = simpson @ falls**2, simpson @ (falls * rises)
    out = np.zeros((2, 2, n))
    for which, weight, bend in (
        (0, h, 0 * h),
        (1, 2 * np.pi * p_mid * h, 2 * np.pi * p_mid * s2 / h),
    ):
        out[which, 0, :-1] += weight * square + bend
        out[which, 0, 1:] += weight * square + bend
        out[which, 1, :-1] = weight * product - bend
    return out


# variant: scikit-fem
def assemble(xi, p_mid, s2):
    import skfem
    from skfem.helpers import dot, grad

    basis = skfem.Basis(skfem.MeshLine(xi), skfem.ElementLineP1())
    mass = skfem.BilinearForm(lambda u, v, w: u * v).assemble(basis)
    form = skfem.BilinearForm(
        lambda u, v, w: (
            2 * np.pi * w.p * (u * v + s2 * dot(grad(u), grad(v)))
        )
    )
    operator = form.assemble(
        basis, p=np.repeat(p_mid[:, None], basis.X.shape[1], axis=1)
    )
    return [
        np.stack([m.diagonal(), np.append(m.diagonal(-1), 0)])
        for m in (mass, operator)
    ]
