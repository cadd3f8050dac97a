# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: one row a time
def damped(p, start, t):
    rate = np.pi * (p + np.flip(p))
    return [start * np.exp(-rate * one) for one in t]


# variant: node by node
def damped(p, start, t):
    n = len(p)
    out = np.zeros((len(t), n), dtype=complex)
    for k in range(n):
        rate = 2 * np.pi * (p[k] + p[n - 1 - k]) / 2
        out[:, k] = start[k] * np.exp(-rate * np.asarray(t))
    return out


# variant: broadcasting
def damped(p, start, t):
    return (
        np.exp(-np.pi * (p + p[::-1])[None] * np.reshape(t, (-1, 1)))
        * start[None]
    )


# variant: by logarithms of the start's size
def damped(p, start, t):
    size, angle = np.abs(start), np.angle(start)
    fall = np.outer(t, np.pi * (p + p[::-1]))
    return np.exp(np.log(np.maximum(size, 1e-300)) - fall) * np.exp(
        1j * angle
    )
