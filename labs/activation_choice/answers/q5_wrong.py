# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: nothing hidden max=0.17
def held_out(K, P, Y, folds, noise):
    missed = np.zeros(Y.shape)
    for fold in np.unique(folds[folds >= 0]):
        hidden = folds == fold
        shown = np.full(len(K), True)
        c, b = fit(K[np.ix_(shown, shown)], P[shown], Y[shown], noise)
        missed[hidden] = (
            K[np.ix_(hidden, shown)] @ c + P[hidden] @ b - Y[hidden]
        )
    return np.sqrt(np.mean(missed[folds >= 0] ** 2, axis=0))


# variant: the ends hidden as well max=0.0
def held_out(K, P, Y, folds, noise):
    missed = np.zeros(Y.shape)
    for fold in np.unique(folds):
        hidden = folds == fold
        shown = ~hidden
        c, b = fit(K[np.ix_(shown, shown)], P[shown], Y[shown], noise)
        missed[hidden] = (
            K[np.ix_(hidden, shown)] @ c + P[hidden] @ b - Y[hidden]
        )
    return np.sqrt(np.mean(missed**2, axis=0))


# variant: a mean over all samples max=0.61
def held_out(K, P, Y, folds, noise):
    missed = np.zeros(Y.shape)
    for fold in np.unique(folds[folds >= 0]):
        hidden = folds == fold
        shown = ~hidden
        c, b = fit(K[np.ix_(shown, shown)], P[shown], Y[shown], noise)
        missed[hidden] = (
            K[np.ix_(hidden, shown)] @ c + P[hidden] @ b - Y[hidden]
        )
    return np.sqrt(np.mean(missed**2, axis=0))


# variant: without the root max=0.67
def held_out(K, P, Y, folds, noise):
    missed = np.zeros(Y.shape)
    for fold in np.unique(folds[folds >= 0]):
        hidden = folds == fold
        shown = ~hidden
        c, b = fit(K[np.ix_(shown, shown)], P[shown], Y[shown], noise)
        missed[hidden] = (
            K[np.ix_(hidden, shown)] @ c + P[hidden] @ b - Y[hidden]
        )
    return np.mean(missed[folds >= 0] ** 2, axis=0)


# variant: absolute values max=0.67
def held_out(K, P, Y, folds, noise):
    missed = np.zeros(Y.shape)
    for fold in np.unique(folds[folds >= 0]):
        hidden = folds == fold
        shown = ~hidden
        c, b = fit(K[np.ix_(shown, shown)], P[shown], Y[shown], noise)
        missed[hidden] = (
            K[np.ix_(hidden, shown)] @ c + P[hidden] @ b - Y[hidden]
        )
    return np.mean(np.abs(missed[folds >= 0]), axis=0)


# variant: one number for all signals max=0.0
def held_out(K, P, Y, folds, noise):
    missed = np.zeros(Y.shape)
    for fold in np.unique(folds[folds >= 0]):
        hidden = folds == fold
        shown = ~hidden
        c, b = fit(K[np.ix_(shown, shown)], P[shown], Y[shown], noise)
        missed[hidden] = (
            K[np.ix_(hidden, shown)] @ c + P[hidden] @ b - Y[hidden]
        )
    return np.sqrt(np.mean(missed[folds >= 0] ** 2))


# variant: noise not used max=0.81
def held_out(K, P, Y, folds, noise):
    missed = np.zeros(Y.shape)
    for fold in np.unique(folds[folds >= 0]):
        hidden = folds == fold
        shown = ~hidden
        c, b = fit(K[np.ix_(shown, shown)], P[shown], Y[shown], 0.0)
        missed[hidden] = (
            K[np.ix_(hidden, shown)] @ c + P[hidden] @ b - Y[hidden]
        )
    return np.sqrt(np.mean(missed[folds >= 0] ** 2, axis=0))


# variant: the free part left out max=0.17
def held_out(K, P, Y, folds, noise):
    missed = np.zeros(Y.shape)
    for fold in np.unique(folds[folds >= 0]):
        hidden = folds == fold
        shown = ~hidden
        c, b = fit(K[np.ix_(shown, shown)], P[shown], Y[shown], noise)
        missed[hidden] = K[np.ix_(hidden, shown)] @ c + 0 - Y[hidden]
    return np.sqrt(np.mean(missed[folds >= 0] ** 2, axis=0))


# variant: a mean over folds max=0.81
def held_out(K, P, Y, folds, noise):
    each = []
    for fold in np.unique(folds[folds >= 0]):
        hidden = folds == fold
        shown = ~hidden
        c, b = fit(K[np.ix_(shown, shown)], P[shown], Y[shown], noise)
        missed = (
            K[np.ix_(hidden, shown)] @ c + P[hidden] @ b - Y[hidden]
        )
        each.append(np.sqrt(np.mean(missed**2, axis=0)))
    return np.mean(each, axis=0)


# variant: each sample by itself max=0.34
def held_out(K, P, Y, folds, noise):
    missed = []
    for i in np.flatnonzero(folds >= 0):
        shown = np.arange(len(K)) != i
        c, b = fit(K[np.ix_(shown, shown)], P[shown], Y[shown], noise)
        missed.append(K[i, shown] @ c + P[i] @ b - Y[i])
    return np.sqrt(np.mean(np.square(missed), axis=0))


# variant: folds that are shown, not hidden max=0.24
def held_out(K, P, Y, folds, noise):
    missed = np.zeros(Y.shape)
    for fold in np.unique(folds[folds >= 0]):
        hidden = folds == fold
        shown = hidden | (folds < 0)
        c, b = fit(K[np.ix_(shown, shown)], P[shown], Y[shown], noise)
        hidden = ~shown
        missed[hidden] = (
            K[np.ix_(hidden, shown)] @ c + P[hidden] @ b - Y[hidden]
        )
    return np.sqrt(np.mean(missed[folds >= 0] ** 2, axis=0))


# variant: straight lines whatever the kernel max=0.51
def held_out(K, P, Y, folds, noise):
    x, missed = -2 * K[0], np.zeros(Y.shape)
    for fold in np.unique(folds[folds >= 0]):
        hidden = folds == fold
        for s in range(Y.shape[1]):
            missed[hidden, s] = (
                np.interp(x[hidden], x[~hidden], Y[~hidden, s])
                - Y[hidden, s]
            )
    return np.sqrt(np.mean(missed[folds >= 0] ** 2, axis=0))
