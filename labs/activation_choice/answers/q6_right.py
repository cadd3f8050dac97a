# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: leave one out, by the median
def fill(x, Y, at, noisy):
    folds = np.append(np.append(-1, np.arange(len(x) - 2)), -1)
    tried = []
    for name, kind in KINDS.items():
        for strength in 10.0 ** np.arange(-8, 1) if noisy else [0.0]:
            errors = held_out(*matrices(kind, x, x), Y, folds, strength)
            tried.append((np.median(errors), name, strength))
    _, name, strength = min(tried)
    return curve(KINDS[name], x, Y, at, strength)


# variant: signal by signal
def fill(x, Y, at, noisy):
    folds = np.append(np.append(-1, np.arange(len(x) - 2) % 8), -1)
    strengths = 10.0 ** np.arange(-8, 1) if noisy else [0.0]
    options = [(kind, s) for kind in KINDS.values() for s in strengths]
    table = np.array(
        [
            held_out(*matrices(kind, x, x), Y, folds, s)
            for kind, s in options
        ]
    )
    out = np.empty((len(at), Y.shape[1]))
    for i, best in enumerate(table.argmin(axis=0)):
        kind, s = options[best]
        out[:, [i]] = curve(kind, x, Y[:, [i]], at, s)
    return out


# variant: prices between those of the table
def fill(x, Y, at, noisy):
    kinds = [(lambda z, p=p: -(z**p), 0) for p in (0.5, 1.0, 1.5)] + [
        KINDS["ReLU"],
        KINDS["ReLU squared"],
    ]
    folds = np.append(np.append(-1, np.arange(len(x) - 2) % 6), -1)
    best, chosen = np.inf, None
    for kind in kinds:
        for s in 10.0 ** np.arange(-8, 1) if noisy else [0.0]:
            score = np.mean(
                np.log(held_out(*matrices(kind, x, x), Y, folds, s))
            )
            if score < best:
                best, chosen = score, (kind, s)
    return curve(chosen[0], x, Y, at, chosen[1])
