# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: first time below max=0.44
def first_stay_below(times, error, below=0.2):
    under = error < below * error[0]
    return np.where(
        under.any(axis=0),
        np.asarray(times, dtype=float)[under.argmax(axis=0)],
        np.inf,
    )


# variant: never is time 0 max=0.48
def first_stay_below(times, error, below=0.2):
    under = np.logical_and.accumulate((error < below * error[0])[::-1])[
        ::-1
    ]
    return np.asarray(times, dtype=float)[under.argmax(axis=0)]


# variant: one record early max=0.22
def first_stay_below(times, error, below=0.2):
    above = ~(error < below * error[0])
    last = len(times) - 1 - np.argmax(above[::-1], axis=0)
    return np.where(
        above[-1], np.inf, np.asarray(times, dtype=float)[last]
    )


# variant: below an absolute level max=0.65
def first_stay_below(times, error, below=0.2):
    above = ~(error < below)
    last = len(times) - 1 - np.argmax(above[::-1], axis=0)
    return np.append(times, np.inf)[last + 1]


# variant: NaN counts as below max=0.92
def first_stay_below(times, error, below=0.2):
    above = error >= below * error[0]
    last = len(times) - 1 - np.argmax(above[::-1], axis=0)
    return np.append(times, np.inf)[last + 1]


# variant: row numbers instead of times max=0.37
def first_stay_below(times, error, below=0.2):
    above = ~(error < below * error[0])
    row = len(times) - np.argmax(above[::-1], axis=0)
    return np.where(above[-1], np.inf, row)


# variant: always a fifth max=0.78
def first_stay_below(times, error, below=0.2):
    above = ~(error < 0.2 * error[0])
    last = len(times) - 1 - np.argmax(above[::-1], axis=0)
    return np.append(times, np.inf)[last + 1]


# variant: compared with the largest start of all max=0.6
def first_stay_below(times, error, below=0.2):
    above = ~(error < below * error[0].max())
    last = len(times) - 1 - np.argmax(above[::-1], axis=0)
    return np.where(
        above.any(axis=0), np.append(times, np.inf)[last + 1], times[0]
    )


# variant: one time for all frequencies max=0
def first_stay_below(times, error, below=0.2):
    above = (~(error < below * error[0])).any(axis=1)
    last = len(times) - 1 - np.argmax(above[::-1])
    return np.append(times, np.inf)[last + 1]


# variant: interpolated between records max=0.17
def first_stay_below(times, error, below=0.2):
    above = ~(error < below * error[0])
    last = len(times) - 1 - np.argmax(above[::-1], axis=0)
    after = np.append(times, np.inf)[last + 1]
    return 0.5 * (after + np.asarray(times)[last])
