# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: the mean of the two squares max=0.5
def sinks(xi, p_mid, s2, field):
    h, u, v = np.diff(xi), field[:, :-1], field[:, 1:]
    square = (np.abs(u) ** 2 + (u * v.conj()).real + np.abs(v) ** 2) / 3
    slope = np.abs(v - u) ** 2 / h
    square = (np.abs(u) ** 2 + np.abs(v) ** 2) / 2
    return np.stack([square @ (p_mid * h), s2 * slope @ p_mid], axis=1)


# variant: with 2 pi max=0.6
def sinks(xi, p_mid, s2, field):
    h, u, v = np.diff(xi), field[:, :-1], field[:, 1:]
    square = (np.abs(u) ** 2 + (u * v.conj()).real + np.abs(v) ** 2) / 3
    slope = np.abs(v - u) ** 2 / h
    return (
        2
        * np.pi
        * np.stack([square @ (p_mid * h), s2 * slope @ p_mid], axis=1)
    )


# variant: half of it max=0.6
def sinks(xi, p_mid, s2, field):
    h, u, v = np.diff(xi), field[:, :-1], field[:, 1:]
    square = (np.abs(u) ** 2 + (u * v.conj()).real + np.abs(v) ** 2) / 3
    slope = np.abs(v - u) ** 2 / h
    return (
        np.stack([square @ (p_mid * h), s2 * slope @ p_mid], axis=1) / 2
    )


# variant: negative max=0.6
def sinks(xi, p_mid, s2, field):
    h, u, v = np.diff(xi), field[:, :-1], field[:, 1:]
    square = (np.abs(u) ** 2 + (u * v.conj()).real + np.abs(v) ** 2) / 3
    slope = np.abs(v - u) ** 2 / h
    return -np.stack([square @ (p_mid * h), s2 * slope @ p_mid], axis=1)


# variant: s2 missing max=0.6
def sinks(xi, p_mid, s2, field):
    h, u, v = np.diff(xi), field[:, :-1], field[:, 1:]
    square = (np.abs(u) ** 2 + (u * v.conj()).real + np.abs(v) ** 2) / 3
    slope = np.abs(v - u) ** 2 / h
    return np.stack([square @ (p_mid * h), slope @ p_mid], axis=1)


# variant: exchanged max=0.65
def sinks(xi, p_mid, s2, field):
    h, u, v = np.diff(xi), field[:, :-1], field[:, 1:]
    square = (np.abs(u) ** 2 + (u * v.conj()).real + np.abs(v) ** 2) / 3
    slope = np.abs(v - u) ** 2 / h
    return np.stack([s2 * slope @ p_mid, square @ (p_mid * h)], axis=1)


# variant: without the density max=0.2
def sinks(xi, p_mid, s2, field):
    h, u, v = np.diff(xi), field[:, :-1], field[:, 1:]
    square = (np.abs(u) ** 2 + (u * v.conj()).real + np.abs(v) ** 2) / 3
    slope = np.abs(v - u) ** 2 / h
    return np.stack([square @ h, s2 * np.sum(slope, axis=1)], axis=1)


# variant: the length of the elements left out max=0.2
def sinks(xi, p_mid, s2, field):
    u, v = field[:, :-1], field[:, 1:]
    square = (np.abs(u) ** 2 + (u * v.conj()).real + np.abs(v) ** 2) / 3
    return np.stack(
        [square @ p_mid, s2 * np.abs(v - u) ** 2 @ p_mid], axis=1
    )


# variant: real parts alone max=0.2
def sinks(xi, p_mid, s2, field):
    h, u, v = np.diff(xi), field[:, :-1].real, field[:, 1:].real
    square = (u**2 + u * v + v**2) / 3
    return np.stack(
        [square @ (p_mid * h), s2 * (v - u) ** 2 / h @ p_mid], axis=1
    )


# variant: states along the columns max=0.0
def sinks(xi, p_mid, s2, field):
    h, u, v = np.diff(xi), field[:, :-1], field[:, 1:]
    square = (np.abs(u) ** 2 + (u * v.conj()).real + np.abs(v) ** 2) / 3
    slope = np.abs(v - u) ** 2 / h
    return np.stack([square @ (p_mid * h), s2 * slope @ p_mid])


# variant: the sum of both max=0.0
def sinks(xi, p_mid, s2, field):
    h, u, v = np.diff(xi), field[:, :-1], field[:, 1:]
    square = (np.abs(u) ** 2 + (u * v.conj()).real + np.abs(v) ** 2) / 3
    slope = np.abs(v - u) ** 2 / h
    return square @ (p_mid * h) + s2 * slope @ p_mid


# variant: difference of sizes max=0.4
def sinks(xi, p_mid, s2, field):
    h, u, v = np.diff(xi), field[:, :-1], field[:, 1:]
    square = (np.abs(u) ** 2 + (u * v.conj()).real + np.abs(v) ** 2) / 3
    slope = np.abs(v - u) ** 2 / h
    slope = (np.abs(v) - np.abs(u)) ** 2 / h
    return np.stack([square @ (p_mid * h), s2 * slope @ p_mid], axis=1)
