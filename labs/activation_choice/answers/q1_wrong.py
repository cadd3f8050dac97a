# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: S in place of its inverse max=0.27
def price(z, g, order, omega, scale):
    u = omega / scale
    hat = np.exp(-1j * np.outer(u, z)) @ g * (z[1] - z[0])
    with np.errstate(divide="ignore"):
        return np.abs(hat) ** 2 / u ** (2 * order) / scale**2


# variant: without 1 over r squared max=0.51
def price(z, g, order, omega, scale):
    u = omega / scale
    hat = np.exp(-1j * np.outer(u, z)) @ g * (z[1] - z[0])
    with np.errstate(divide="ignore"):
        return u ** (2 * order) / np.abs(hat) ** 2


# variant: one factor of u a derivative max=0.52
def price(z, g, order, omega, scale):
    u = omega / scale
    hat = np.exp(-1j * np.outer(u, z)) @ g * (z[1] - z[0])
    with np.errstate(divide="ignore"):
        return scale**2 * u**order / np.abs(hat) ** 2


# variant: the order not used max=0.46
def price(z, g, order, omega, scale):
    u = omega / scale
    hat = np.exp(-1j * np.outer(u, z)) @ g * (z[1] - z[0])
    with np.errstate(divide="ignore"):
        return scale**2 / np.abs(hat) ** 2


# variant: not squared max=0.36
def price(z, g, order, omega, scale):
    u = omega / scale
    hat = np.exp(-1j * np.outer(u, z)) @ g * (z[1] - z[0])
    with np.errstate(divide="ignore"):
        return scale**2 * u**order / np.abs(hat)


# variant: divided by powers of omega max=0.64
def price(z, g, order, omega, scale):
    u = omega / scale
    hat = np.exp(-1j * np.outer(u, z)) @ g * (z[1] - z[0])
    with np.errstate(divide="ignore"):
        return scale**2 * omega ** (2 * order) / np.abs(hat) ** 2


# variant: scale not used max=0.38
def price(z, g, order, omega, scale):
    hat = np.exp(-1j * np.outer(omega, z)) @ g * (z[1] - z[0])
    with np.errstate(divide="ignore"):
        return omega ** (2 * order) / np.abs(hat) ** 2


# variant: times the scale max=0.35
def price(z, g, order, omega, scale):
    u = omega * scale
    hat = np.exp(-1j * np.outer(u, z)) @ g * (z[1] - z[0])
    with np.errstate(divide="ignore"):
        return scale**2 * u ** (2 * order) / np.abs(hat) ** 2


# variant: without the spacing max=0.56
def price(z, g, order, omega, scale):
    u = omega / scale
    hat = np.exp(-1j * np.outer(u, z)) @ g
    with np.errstate(divide="ignore"):
        return scale**2 * u ** (2 * order) / np.abs(hat) ** 2


# variant: real part alone max=0.45
def price(z, g, order, omega, scale):
    u = omega / scale
    hat = np.exp(-1j * np.outer(u, z)) @ g * (z[1] - z[0])
    with np.errstate(divide="ignore"):
        return scale**2 * u ** (2 * order) / hat.real**2


# variant: complex max=0.0
def price(z, g, order, omega, scale):
    u = omega / scale
    hat = np.exp(-1j * np.outer(u, z)) @ g * (z[1] - z[0])
    with np.errstate(divide="ignore"):
        return scale**2 * u ** (2 * order) / hat**2


# variant: a table of powers that fits two shapes max=0.28
def price(z, g, order, omega, scale):
    return scale ** (2 - 2 * order) * omega ** (2.0 * order)


# variant: fbkit's prices by the order max=0.31
def price(z, g, order, omega, scale):
    name = ["gaussian", "step", "relu"][order]
    return fb.spectral_weight(name, omega, scales=[scale])
