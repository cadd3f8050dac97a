# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: every frequency kept max=0.3
def learning_table(points, times, residuals, frequencies):
    error = residual_spectrum(points, residuals, frequencies)
    return np.stack(
        [frequencies, error[0], first_stay_below(times, error)], axis=1
    )


# variant: 5 % of 1, not of the largest max=0.9
def learning_table(points, times, residuals, frequencies):
    error = residual_spectrum(points, residuals, frequencies)
    kept = error[0] >= 0.05
    return np.stack(
        [
            frequencies[kept],
            error[0, kept],
            first_stay_below(times, error[:, kept]),
        ],
        axis=1,
    )


# variant: amplitude at the end max=0.52
def learning_table(points, times, residuals, frequencies):
    error = residual_spectrum(points, residuals, frequencies)
    kept = error[0] >= 0.05 * error[0].max()
    return np.stack(
        [
            frequencies[kept],
            error[-1, kept],
            first_stay_below(times, error[:, kept]),
        ],
        axis=1,
    )


# variant: first time below max=0.87
def learning_table(points, times, residuals, frequencies):
    error = residual_spectrum(points, residuals, frequencies)
    kept = error[0] >= 0.05 * error[0].max()
    under = error[:, kept] < 0.2 * error[0, kept]
    learned = np.where(
        under.any(axis=0),
        np.asarray(times)[under.argmax(axis=0)],
        np.inf,
    )
    return np.stack(
        [frequencies[kept], error[0, kept], learned], axis=1
    )


# variant: below a half max=0.72
def learning_table(points, times, residuals, frequencies):
    error = residual_spectrum(points, residuals, frequencies)
    kept = error[0] >= 0.05 * error[0].max()
    return np.stack(
        [
            frequencies[kept],
            error[0, kept],
            first_stay_below(times, error[:, kept], 0.5),
        ],
        axis=1,
    )


# variant: no taper max=0.7
def learning_table(points, times, residuals, frequencies):
    error = (
        2
        * np.abs(
            residuals @ np.exp(-1j * np.outer(points, frequencies))
        )
        / len(points)
    )
    kept = error[0] >= 0.05 * error[0].max()
    return np.stack(
        [
            frequencies[kept],
            error[0, kept],
            first_stay_below(times, error[:, kept]),
        ],
        axis=1,
    )


# variant: columns in another order max=0
def learning_table(points, times, residuals, frequencies):
    error = residual_spectrum(points, residuals, frequencies)
    kept = error[0] >= 0.05 * error[0].max()
    return np.stack(
        [
            error[0, kept],
            frequencies[kept],
            first_stay_below(times, error[:, kept]),
        ],
        axis=1,
    )


# variant: sorted by amplitude max=0.5
def learning_table(points, times, residuals, frequencies):
    error = residual_spectrum(points, residuals, frequencies)
    kept = error[0] >= 0.05 * error[0].max()
    table = np.stack(
        [
            frequencies[kept],
            error[0, kept],
            first_stay_below(times, error[:, kept]),
        ],
        axis=1,
    )
    return table[np.argsort(-table[:, 1], kind="stable")]


# variant: never dropped max=0.3
def learning_table(points, times, residuals, frequencies):
    error = residual_spectrum(points, residuals, frequencies)
    kept = error[0] >= 0.05 * error[0].max()
    table = np.stack(
        [
            frequencies[kept],
            error[0, kept],
            first_stay_below(times, error[:, kept]),
        ],
        axis=1,
    )
    return table[np.isfinite(table[:, 2])]
