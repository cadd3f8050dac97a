# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: frequency by frequency
def kernel(omega, cost, z, degree):
    import math

    total = np.zeros(len(z))
    for w, price in zip(omega, cost):
        taylor = sum(
            (-1) ** j * (w * z) ** (2 * j) / math.factorial(2 * j)
            for j in range(degree + 1)
        )
        total = total + (np.cos(w * z) - taylor) / price
    return total * (omega[1] - omega[0]) / np.pi


# variant: a polynomial by its coefficients
def kernel(omega, cost, z, degree):
    from numpy.polynomial import polynomial
    from scipy.special import factorial

    j = np.arange(degree + 1)
    phase = z[:, None] * omega
    wave = np.cos(phase)
    if degree >= 0:
        wave = wave - polynomial.polyval(
            phase**2, (-1.0) ** j / factorial(2 * j)
        )
    return (2 * omega[0] / np.pi) * np.sum(wave / cost, axis=1)


# variant: case by case
def kernel(omega, cost, z, degree):
    phase = np.outer(omega, z)
    terms = [1, -(phase**2) / 2, phase**4 / 24, -(phase**6) / 720]
    wave = np.cos(phase)
    for term in terms[: degree + 1]:
        wave = wave - term
    used = np.isfinite(cost)
    return (
        (wave[used] / cost[used, None]).sum(axis=0)
        * np.diff(omega)[0]
        / np.pi
    )


# variant: the small ones by their own series
def kernel(omega, cost, z, degree):
    phase = np.outer(z, omega)
    term, tail = np.ones_like(phase), np.zeros_like(phase)
    short = np.minimum(phase, 1.0)
    plain = np.cos(phase)
    for j in range(14):
        if j > degree:
            tail = tail + term * np.where(phase < 1, 1.0, np.nan)
        else:
            plain = plain - (-1) ** j * phase ** (2 * j) / np.prod(
                np.arange(1, 2 * j + 1)
            )
        term = term * -(short**2) / ((2 * j + 1) * (2 * j + 2))
    return (
        np.where(phase < 1, np.nan_to_num(tail), plain)
        @ (1 / cost)
        * (omega[1] - omega[0])
        / np.pi
    )
