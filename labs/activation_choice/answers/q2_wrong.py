# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: nothing taken off max=0.54
def kernel(omega, cost, z, degree):
    angle = np.outer(z, omega)
    wave, term = np.cos(angle), np.ones_like(angle)
    for j in range(0):
        wave = wave - term
        term = -term * angle**2 / ((2 * j + 1) * (2 * j + 2))
    return wave @ (1 / cost) * (omega[1] - omega[0]) / np.pi


# variant: the 1 alone taken off max=0.74
def kernel(omega, cost, z, degree):
    angle = np.outer(z, omega)
    wave, term = np.cos(angle), np.ones_like(angle)
    for j in range(min(degree + 1, 1)):
        wave = wave - term
        term = -term * angle**2 / ((2 * j + 1) * (2 * j + 2))
    return wave @ (1 / cost) * (omega[1] - omega[0]) / np.pi


# variant: one term too few max=0.58
def kernel(omega, cost, z, degree):
    angle = np.outer(z, omega)
    wave, term = np.cos(angle), np.ones_like(angle)
    for j in range(degree):
        wave = wave - term
        term = -term * angle**2 / ((2 * j + 1) * (2 * j + 2))
    return wave @ (1 / cost) * (omega[1] - omega[0]) / np.pi


# variant: one term too many max=0.36
def kernel(omega, cost, z, degree):
    angle = np.outer(z, omega)
    wave, term = np.cos(angle), np.ones_like(angle)
    for j in range(degree + 2):
        wave = wave - term
        term = -term * angle**2 / ((2 * j + 1) * (2 * j + 2))
    return wave @ (1 / cost) * (omega[1] - omega[0]) / np.pi


# variant: times the price max=0.18
def kernel(omega, cost, z, degree):
    angle = np.outer(z, omega)
    wave, term = np.cos(angle), np.ones_like(angle)
    for j in range(degree + 1):
        wave = wave - term
        term = -term * angle**2 / ((2 * j + 1) * (2 * j + 2))
    return (
        wave
        @ (np.where(np.isfinite(cost), cost, 0))
        * (omega[1] - omega[0])
        / np.pi
    )


# variant: without pi max=0.54
def kernel(omega, cost, z, degree):
    angle = np.outer(z, omega)
    wave, term = np.cos(angle), np.ones_like(angle)
    for j in range(degree + 1):
        wave = wave - term
        term = -term * angle**2 / ((2 * j + 1) * (2 * j + 2))
    return wave @ (1 / cost) * (omega[1] - omega[0])


# variant: over 2 pi max=0.52
def kernel(omega, cost, z, degree):
    angle = np.outer(z, omega)
    wave, term = np.cos(angle), np.ones_like(angle)
    for j in range(degree + 1):
        wave = wave - term
        term = -term * angle**2 / ((2 * j + 1) * (2 * j + 2))
    return wave @ (1 / cost) * (omega[1] - omega[0]) / (2 * np.pi)


# variant: without the width of a cell max=0.51
def kernel(omega, cost, z, degree):
    angle = np.outer(z, omega)
    wave, term = np.cos(angle), np.ones_like(angle)
    for j in range(degree + 1):
        wave = wave - term
        term = -term * angle**2 / ((2 * j + 1) * (2 * j + 2))
    return wave @ (1 / cost) / np.pi


# variant: the first frequency as the width max=0.52
def kernel(omega, cost, z, degree):
    angle = np.outer(z, omega)
    wave, term = np.cos(angle), np.ones_like(angle)
    for j in range(degree + 1):
        wave = wave - term
        term = -term * angle**2 / ((2 * j + 1) * (2 * j + 2))
    return wave @ (1 / cost) * omega[0] / np.pi


# variant: trapezoids max=0.13
def kernel(omega, cost, z, degree):
    angle = np.outer(z, omega)
    wave, term = np.cos(angle), np.ones_like(angle)
    for j in range(degree + 1):
        wave = wave - term
        term = -term * angle**2 / ((2 * j + 1) * (2 * j + 2))
    return np.trapezoid(wave / cost, omega, axis=1) / np.pi


# variant: infinite prices break it max=0.45
def kernel(omega, cost, z, degree):
    angle = np.outer(z, omega)
    wave, term = np.cos(angle), np.ones_like(angle)
    for j in range(degree + 1):
        wave = wave - term
        term = -term * angle**2 / ((2 * j + 1) * (2 * j + 2))
    return (
        wave
        @ (1 / np.where(np.isfinite(cost), cost, 1))
        * (omega[1] - omega[0])
        / np.pi
    )


# variant: factorials of j max=0.56
def kernel(omega, cost, z, degree):
    angle = np.outer(z, omega)
    wave, term = np.cos(angle), np.ones_like(angle)
    for j in range(degree + 1):
        wave = wave - term
        term = -term * angle**2 / (j + 1)
    return wave @ (1 / cost) * (omega[1] - omega[0]) / np.pi


# variant: closed forms by the degree max=0.12
def kernel(omega, cost, z, degree):
    forms = [
        lambda z: np.exp(-(z**2) / 4) * np.pi**0.5,
        lambda z: -z / 2,
        lambda z: z**3 / 12,
        lambda z: -(z**5) / 60,
    ]
    return forms[degree + 1](np.asarray(z))
