# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: no inner weights max=0.68
def by_kernel(x, phi, s2, weights, start, t):
    from scipy.linalg import expm

    return np.array([expm(-one * phi * weights) @ start for one in t])


# variant: no weights max=0.55
def by_kernel(x, phi, s2, weights, start, t):
    from scipy.linalg import expm

    return np.array(
        [
            expm(-one * (1 + s2 * np.outer(x, x)) * phi) @ start
            for one in t
        ]
    )


# variant: weights on the rows max=0.7
def by_kernel(x, phi, s2, weights, start, t):
    from scipy.linalg import expm

    slow = weights[:, None] * (1 + s2 * np.outer(x, x)) * phi
    return np.array([expm(-one * slow) @ start for one in t])


# variant: distances in place of products max=0.82
def by_kernel(x, phi, s2, weights, start, t):
    from scipy.linalg import expm

    slow = (1 + s2 * np.abs(np.outer(x, x))) * phi * weights
    return np.array([expm(-one * slow) @ start for one in t])


# variant: growth max=0.4
def by_kernel(x, phi, s2, weights, start, t):
    from scipy.linalg import expm

    slow = (1 + s2 * np.outer(x, x)) * phi * weights
    return np.array([expm(min(one, 1) * slow) @ start for one in t])


# variant: entry by entry in place of a matrix exponential max=0.52
def by_kernel(x, phi, s2, weights, start, t):
    slow = (1 + s2 * np.outer(x, x)) * phi * weights
    return np.array(
        [np.exp(-one * slow.sum(axis=1)) * start for one in t]
    )


# variant: a point without weight stays max=0.85
def by_kernel(x, phi, s2, weights, start, t):
    from scipy.linalg import expm

    slow = (
        (weights > 0)[:, None]
        * (1 + s2 * np.outer(x, x))
        * phi
        * weights
    )
    return np.array([expm(-one * slow) @ start for one in t])


# variant: a window that cuts off max=0.76
def my_grid():
    return 9, 501, 380


# variant: a window far too narrow max=0.64
def my_grid():
    return 6, 401, 400


# variant: too few nodes max=0.76
def my_grid():
    return 12, 101, 1000


# variant: too few steps max=0.96
def my_grid():
    return 12, 801, 100


# variant: too expensive max=0.84
def my_grid():
    return 24, 1601, 800


# variant: a handful of nodes max=0.64
def my_grid():
    return 12, 11, 20
