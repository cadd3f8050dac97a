# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: rows times the weight, not its root max=0.88
def fitted_amplitudes(points, values, weights, frequencies):
    phase = np.outer(points, frequencies)
    matrix = np.concatenate([np.cos(phase), np.sin(phase)], axis=1)
    c = np.linalg.lstsq(
        weights[:, None] * matrix, weights * values, rcond=None
    )[0]
    return np.hypot(c[: len(frequencies)], c[len(frequencies) :])


# variant: weights not used max=0.51
def fitted_amplitudes(points, values, weights, frequencies):
    phase = np.outer(points, frequencies)
    c = np.linalg.lstsq(
        np.concatenate([np.cos(phase), np.sin(phase)], axis=1),
        values,
        rcond=None,
    )[0]
    return np.hypot(c[: len(frequencies)], c[len(frequencies) :])


# variant: weights on the matrix only max=0
def fitted_amplitudes(points, values, weights, frequencies):
    phase = np.outer(points, frequencies)
    matrix = np.sqrt(weights)[:, None] * np.concatenate(
        [np.cos(phase), np.sin(phase)], axis=1
    )
    c = np.linalg.lstsq(matrix, values, rcond=None)[0]
    return np.hypot(c[: len(frequencies)], c[len(frequencies) :])


# variant: plain weighted sum, no fit max=0.17
def fitted_amplitudes(points, values, weights, frequencies):
    w = weights / weights.sum()
    size = 2 * np.abs(
        (w * values) @ np.exp(-1j * np.outer(points, frequencies))
    )
    return np.where(np.asarray(frequencies) == 0, size / 2, size)


# variant: each frequency fitted alone max=0.17
def fitted_amplitudes(points, values, weights, frequencies):
    root, found = np.sqrt(weights), []
    for k in frequencies:
        matrix = np.stack(
            [np.cos(k * points), np.sin(k * points)], axis=1
        )
        c = np.linalg.lstsq(
            root[:, None] * matrix, root * values, rcond=None
        )[0]
        found.append(np.hypot(*c))
    return np.array(found)


# variant: cosines only max=0.17
def fitted_amplitudes(points, values, weights, frequencies):
    root = np.sqrt(weights)
    c = np.linalg.lstsq(
        root[:, None] * np.cos(np.outer(points, frequencies)),
        root * values,
        rcond=None,
    )[0]
    return np.abs(c)


# variant: cosine part reported, sine part dropped max=0.3
def fitted_amplitudes(points, values, weights, frequencies):
    phase, root = np.outer(points, frequencies), np.sqrt(weights)
    matrix = np.concatenate([np.cos(phase), np.sin(phase)], axis=1)
    c = np.linalg.lstsq(
        root[:, None] * matrix, root * values, rcond=None
    )[0]
    return np.abs(c[: len(frequencies)])


# variant: absolute values added max=0.17
def fitted_amplitudes(points, values, weights, frequencies):
    phase, root = np.outer(points, frequencies), np.sqrt(weights)
    matrix = np.concatenate([np.cos(phase), np.sin(phase)], axis=1)
    c = np.abs(
        np.linalg.lstsq(
            root[:, None] * matrix, root * values, rcond=None
        )[0]
    )
    return c[: len(frequencies)] + c[len(frequencies) :]


# variant: a constant always fitted along max=0.45
def fitted_amplitudes(points, values, weights, frequencies):
    phase, root = np.outer(points, frequencies), np.sqrt(weights)
    matrix = np.concatenate(
        [np.cos(phase), np.sin(phase), np.ones((len(points), 1))],
        axis=1,
    )
    c = np.linalg.lstsq(
        root[:, None] * matrix, root * values, rcond=None
    )[0]
    return np.hypot(c[: len(frequencies)], c[len(frequencies) : -1])


# variant: nonsense where the weight is 0 max=0.74
def fitted_amplitudes(points, values, weights, frequencies):
    phase, root = (
        np.outer(points, frequencies),
        1 / np.sqrt(1 / weights**2 + 1e-9),
    )
    root = np.sqrt(np.maximum(root, 0.05))
    matrix = np.concatenate([np.cos(phase), np.sin(phase)], axis=1)
    c = np.linalg.lstsq(
        root[:, None] * matrix, root * values, rcond=None
    )[0]
    return np.hypot(c[: len(frequencies)], c[len(frequencies) :])
