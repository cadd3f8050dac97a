# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: normal equations
def fitted_amplitudes(points, values, weights, frequencies):
    k = np.asarray(frequencies)
    waves = [np.ones_like(points)] if 0 in k else []
    for one in k[k > 0]:
        waves += [np.cos(one * points), np.sin(one * points)]
    matrix = np.stack(waves, axis=1)
    c = np.linalg.solve(
        matrix.T @ (weights[:, None] * matrix),
        matrix.T @ (weights * values),
    )
    found = [abs(c[0])] if 0 in k else []
    pairs = c[len(found) :].reshape(-1, 2)
    pairs = iter(np.sqrt((pairs**2).sum(axis=1)))
    return np.array(
        [found[0] if one == 0 else next(pairs) for one in k]
    )


# variant: pseudo-inverse
def fitted_amplitudes(points, values, weights, frequencies):
    phase = points[:, None] * frequencies
    root = np.sqrt(weights)[:, None]
    c = np.linalg.pinv(
        root * np.hstack([np.cos(phase), np.sin(phase)])
    ) @ (root[:, 0] * values)
    a, b = np.split(c, 2)
    return np.sqrt(a**2 + b**2)


# variant: complex waves
def fitted_amplitudes(points, values, weights, frequencies):
    k = np.unique(
        np.concatenate([-np.asarray(frequencies), frequencies])
    )
    root = np.sqrt(weights)
    c = np.linalg.lstsq(
        root[:, None] * np.exp(1j * np.outer(points, k)),
        root * values,
        rcond=None,
    )[0]
    pick = [int(np.flatnonzero(k == one)[0]) for one in frequencies]
    return np.abs(c[pick]) * np.where(
        np.asarray(frequencies) == 0, 1, 2
    )


# variant: scipy's solver
def fitted_amplitudes(points, values, weights, frequencies):
    from scipy.optimize import lsq_linear

    used = weights > 0
    x, y, root = points[used], values[used], np.sqrt(weights[used])
    phase = np.outer(x, frequencies)
    matrix = root[:, None] * np.concatenate(
        [np.cos(phase), np.sin(phase)], axis=1
    )
    c = lsq_linear(matrix, root * y, lsq_solver="exact").x
    return np.hypot(c[: len(frequencies)], c[len(frequencies) :])
