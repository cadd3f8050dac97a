# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: a loop over frequencies
def learning_table(points, times, residuals, frequencies):
    error = residual_spectrum(points, residuals, frequencies)
    rows = []
    for k, size in zip(frequencies, error.T):
        if size[0] >= 0.05 * error[0].max():
            rows.append(
                [k, size[0], first_stay_below(times, size[:, None])[0]]
            )
    return rows


# variant: all timed first, then left out
def learning_table(points, times, residuals, frequencies):
    error = residual_spectrum(points, residuals, frequencies)
    table = np.column_stack(
        [frequencies, error[0], first_stay_below(times, error)]
    )
    return table[error[0] >= 0.05 * error[0].max()]


# variant: fitted instead of tapered
def learning_table(points, times, residuals, frequencies):
    first = residual_spectrum(points, residuals[:1], frequencies)[0]
    kept = first >= 0.05 * first.max()
    error = np.array(
        [
            residual_spectrum(points, row, frequencies)
            for row in residuals
        ]
    )[:, kept]
    return np.transpose(
        [
            frequencies[kept],
            first[kept],
            first_stay_below(times, error, below=0.2),
        ]
    )


# variant: relative errors
def learning_table(points, times, residuals, frequencies):
    error = residual_spectrum(points, residuals, frequencies)
    learned = first_stay_below(np.asarray(times), error / error[0])
    keep = np.flatnonzero(error[0] / error[0].max() >= 0.05)
    return np.array(
        [(frequencies[i], error[0, i], learned[i]) for i in keep]
    )
