# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: without each fold, one column at a time
def held_out(K, P, Y, folds, noise):
    total = np.zeros(Y.shape[1])
    for fold in set(folds[folds >= 0].tolist()):
        out, keep = (
            np.flatnonzero(folds == fold),
            np.flatnonzero(folds != fold),
        )
        c, b = fit(K[keep][:, keep], P[keep], Y[keep], noise)
        total += np.sum(
            (K[out][:, keep] @ c + P[out] @ b - Y[out]) ** 2, axis=0
        )
    return np.sqrt(total / np.sum(folds >= 0))


# variant: by the inverse of the border
def held_out(K, P, Y, folds, noise):
    n, free = P.shape
    A = np.block(
        [[K + noise * np.eye(n), P], [P.T, np.zeros((free, free))]]
    )
    B = np.linalg.inv(A)[:n, :n]
    c = B @ Y
    errors = []
    for fold in range(folds.max() + 1):
        out = np.flatnonzero(folds == fold)
        if len(out):
            errors.append(np.linalg.solve(B[np.ix_(out, out)], c[out]))
    return np.sqrt(np.mean(np.concatenate(errors) ** 2, axis=0))


# variant: by masks, own solve
def held_out(K, P, Y, folds, noise):
    guess = np.full(Y.shape, np.nan)
    for fold in np.unique(folds):
        if fold < 0:
            continue
        on = folds != fold
        A = np.block(
            [
                [K[on][:, on] + noise * np.eye(on.sum()), P[on]],
                [P[on].T, np.zeros((P.shape[1],) * 2)],
            ]
        )
        right = np.vstack([Y[on], np.zeros((P.shape[1], Y.shape[1]))])
        guess[~on] = np.hstack(
            [K[~on][:, on], P[~on]]
        ) @ np.linalg.solve(A, right)
    return np.sqrt(np.nanmean((guess - Y) ** 2, axis=0))
