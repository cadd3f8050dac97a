# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: one frequency after the other
def first_stay_below(times, error, below=0.2):
    found = []
    for column in error.T:
        learned = np.inf
        for t, size in zip(times[::-1], column[::-1]):
            if not size < below * column[0]:
                break
            learned = t
        found.append(learned)
    return np.array(found)


# variant: running maximum from the end
def first_stay_below(times, error, below=0.2):
    size = np.where(np.isnan(error), np.inf, error)
    worst_from_here = np.maximum.accumulate(size[::-1], axis=0)[::-1]
    under = worst_from_here < below * error[0]
    return np.where(
        under.any(axis=0),
        np.asarray(times)[under.argmax(axis=0)],
        np.inf,
    )


# variant: logical and from the end
def first_stay_below(times, error, below=0.2):
    under = np.logical_and.accumulate(
        (error < below * error[:1])[::-1]
    )[::-1]
    count = under.sum(axis=0)
    return np.array(
        [times[len(times) - c] if c else np.inf for c in count],
        dtype=float,
    )


# variant: last record above
def first_stay_below(times, error, below=0.2):
    found = []
    for k in range(error.shape[1]):
        above = np.flatnonzero(~(error[:, k] < below * error[0, k]))
        found.append(
            float("inf")
            if above[-1] == len(times) - 1
            else times[above[-1] + 1]
        )
    return found
