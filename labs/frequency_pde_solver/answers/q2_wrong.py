# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: without 2 pi max=0.6
def assemble(xi, p_mid, s2):
    h = np.diff(xi)
    band = lambda d, o: np.array(
        [np.append(d, 0) + np.append(0, d), np.append(o, 0)]
    )
    mass = band(h / 3, h / 6)
    return mass, band(p_mid * h / 3, p_mid * h / 6) + s2 * band(
        p_mid / h, -p_mid / h
    )


# variant: anti-diffusion max=0.6
def assemble(xi, p_mid, s2):
    h = np.diff(xi)
    band = lambda d, o: np.array(
        [np.append(d, 0) + np.append(0, d), np.append(o, 0)]
    )
    mass, damping = (
        band(h / 3, h / 6),
        band(p_mid * h / 3, p_mid * h / 6),
    )
    return mass, 2 * np.pi * (
        damping - s2 * band(p_mid / h, -p_mid / h)
    )


# variant: slopes of one sign max=0.6
def assemble(xi, p_mid, s2):
    h = np.diff(xi)
    band = lambda d, o: np.array(
        [np.append(d, 0) + np.append(0, d), np.append(o, 0)]
    )
    mass, damping = (
        band(h / 3, h / 6),
        band(p_mid * h / 3, p_mid * h / 6),
    )
    return mass, 2 * np.pi * (damping + s2 * band(p_mid / h, p_mid / h))


# variant: no diffusion max=0.6
def assemble(xi, p_mid, s2):
    h = np.diff(xi)
    band = lambda d, o: np.array(
        [np.append(d, 0) + np.append(0, d), np.append(o, 0)]
    )
    return band(h / 3, h / 6), 2 * np.pi * band(
        p_mid * h / 3, p_mid * h / 6
    )


# variant: no damping max=0.3
def assemble(xi, p_mid, s2):
    h = np.diff(xi)
    band = lambda d, o: np.array(
        [np.append(d, 0) + np.append(0, d), np.append(o, 0)]
    )
    return band(h / 3, h / 6), 2 * np.pi * s2 * band(
        p_mid / h, -p_mid / h
    )


# variant: s2 not used max=0.6
def assemble(xi, p_mid, s2):
    h = np.diff(xi)
    band = lambda d, o: np.array(
        [np.append(d, 0) + np.append(0, d), np.append(o, 0)]
    )
    mass, damping = (
        band(h / 3, h / 6),
        band(p_mid * h / 3, p_mid * h / 6),
    )
    return mass, 2 * np.pi * (damping + band(p_mid / h, -p_mid / h))


# variant: a lumped mass matrix max=0.5
def assemble(xi, p_mid, s2):
    h = np.diff(xi)
    band = lambda d, o: np.array(
        [np.append(d, 0) + np.append(0, d), np.append(o, 0)]
    )
    damping = band(p_mid * h / 3, p_mid * h / 6)
    return band(h / 2, 0 * h), 2 * np.pi * (
        damping + s2 * band(p_mid / h, -p_mid / h)
    )


# variant: even grids only max=0.7
def assemble(xi, p_mid, s2):
    h = np.diff(xi)
    band = lambda d, o: np.array(
        [np.append(d, 0) + np.append(0, d), np.append(o, 0)]
    )
    h = 0 * h + np.mean(h)
    damping = band(p_mid * h / 3, p_mid * h / 6)
    return band(h / 3, h / 6), 2 * np.pi * (
        damping + s2 * band(p_mid / h, -p_mid / h)
    )


# variant: stiffness divided by the length twice max=0.2
def assemble(xi, p_mid, s2):
    h = np.diff(xi)
    band = lambda d, o: np.array(
        [np.append(d, 0) + np.append(0, d), np.append(o, 0)]
    )
    damping = band(p_mid * h / 3, p_mid * h / 6)
    return band(h / 3, h / 6), 2 * np.pi * (
        damping + s2 * band(p_mid / h**2, -p_mid / h**2)
    )


# variant: p once at the left node max=0.2
def assemble(xi, p_mid, s2):
    h = np.diff(xi)
    band = lambda d, o: np.array(
        [np.append(d, 0) + np.append(0, d), np.append(o, 0)]
    )
    p = np.append(p_mid, 0)
    damping = band(h / 3, h / 6) * p
    return band(h / 3, h / 6), 2 * np.pi * (
        damping + s2 * band(1 / h, -1 / h) * p
    )


# variant: entries above the diagonal max=0.0
def assemble(xi, p_mid, s2):
    h = np.diff(xi)
    band = lambda d, o: np.array(
        [np.append(d, 0) + np.append(0, d), np.append(o, 0)]
    )
    damping = band(p_mid * h / 3, p_mid * h / 6)
    both = (
        band(h / 3, h / 6),
        2 * np.pi * (damping + s2 * band(p_mid / h, -p_mid / h)),
    )
    return [
        np.array([np.append(0, one[1, :-1]), one[0]]) for one in both
    ]


# variant: full matrices max=0.0
def assemble(xi, p_mid, s2):
    h = np.diff(xi)
    band = lambda d, o: np.array(
        [np.append(d, 0) + np.append(0, d), np.append(o, 0)]
    )
    damping = band(p_mid * h / 3, p_mid * h / 6)
    return dense(band(h / 3, h / 6)), 2 * np.pi * dense(
        damping + s2 * band(p_mid / h, -p_mid / h)
    )
