# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: p as it is max=0.65
def damped(p, start, t):
    return start * np.exp(-2 * np.pi * np.outer(t, p))


# variant: the sum and not the mean max=0.5
def damped(p, start, t):
    return start * np.exp(-2 * np.pi * np.outer(t, p + p[::-1]))


# variant: without 2 pi max=0.4
def damped(p, start, t):
    return start * np.exp(-np.outer(t, (p + p[::-1]) / 2))


# variant: growth max=0.2
def damped(p, start, t):
    return start * np.exp(2 * np.pi * np.outer(t, (p + p[::-1]) / 2))


# variant: starts at 1 max=0.3
def damped(p, start, t):
    return np.exp(-2 * np.pi * np.outer(t, (p + p[::-1]) / 2))


# variant: the real part alone max=0.71
def damped(p, start, t):
    return np.real(start) * np.exp(
        -2 * np.pi * np.outer(t, (p + p[::-1]) / 2)
    )


# variant: sizes alone max=0.3
def damped(p, start, t):
    return np.abs(start) * np.exp(
        -2 * np.pi * np.outer(t, (p + p[::-1]) / 2)
    )


# variant: times along the columns max=0
def damped(p, start, t):
    return (
        start * np.exp(-2 * np.pi * np.outer(t, (p + p[::-1]) / 2))
    ).T


# variant: the last time alone max=0
def damped(p, start, t):
    return start * np.exp(-2 * np.pi * t[-1] * (p + p[::-1]) / 2)


# variant: one explicit step to each time max=0
def damped(p, start, t):
    return start * (1 - 2 * np.pi * np.outer(t, (p + p[::-1]) / 2))
