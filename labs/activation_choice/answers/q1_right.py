# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: cosine and sine apart
def price(z, g, order, omega, scale):
    u = np.asarray(omega) / scale
    angle = u[:, None] * z
    real, imaginary = np.cos(angle) @ g, np.sin(angle) @ g
    size = (real**2 + imaginary**2) * (z[1] - z[0]) ** 2
    with np.errstate(all="ignore"):
        return scale**2 * u ** (2 * order) / size


# variant: frequency by frequency
def price(z, g, order, omega, scale):
    out = []
    for w in omega:
        hat = sum(
            v * np.exp(-1j * w / scale * at) for at, v in zip(z, g)
        ) * (z[1] - z[0])
        S = abs(hat / (1j * w / scale) ** order / scale) ** 2
        out.append(1 / S if S > 0 else np.inf)
    return out


# variant: correlation of the samples
def price(z, g, order, omega, scale):
    step = z[1] - z[0]
    both = np.correlate(g, g, "full") * step**2
    lag = step * np.arange(1 - len(g), len(g))
    u = omega / scale
    power = np.cos(np.outer(u, lag)) @ both
    return scale**2 * u ** (2.0 * order) / np.maximum(power, 1e-300)


# variant: stretched grid
def price(z, g, order, omega, scale):
    narrow = z / scale
    hat = (
        np.exp(-1j * np.outer(omega, narrow))
        @ g
        * (narrow[1] - narrow[0])
    )
    with np.errstate(divide="ignore"):
        return 1 / np.abs(hat * (scale / omega) ** order) ** 2
