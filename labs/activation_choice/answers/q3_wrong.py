# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: without a border max=0.45
def fit(K, P, Y, noise):
    return np.linalg.solve(K + noise * np.eye(len(K)), Y), np.zeros(
        (P.shape[1], Y.shape[1])
    )


# variant: noise not used max=0.88
def fit(K, P, Y, noise):
    n, free = P.shape
    border = np.block([[K, P], [P.T, np.zeros((free, free))]])
    solved = np.linalg.solve(
        border, np.vstack([Y, np.zeros((free, Y.shape[1]))])
    )
    return solved[:n], solved[n:]


# variant: noise taken off max=0.82
def fit(K, P, Y, noise):
    n, free = P.shape
    border = np.block(
        [[K - noise * np.eye(n), P], [P.T, np.zeros((free, free))]]
    )
    solved = np.linalg.solve(
        border, np.vstack([Y, np.zeros((free, Y.shape[1]))])
    )
    return solved[:n], solved[n:]


# variant: noise on every entry max=0.88
def fit(K, P, Y, noise):
    n, free = P.shape
    border = np.block([[K + noise, P], [P.T, np.zeros((free, free))]])
    solved = np.linalg.solve(
        border, np.vstack([Y, np.zeros((free, Y.shape[1]))])
    )
    return solved[:n], solved[n:]


# variant: noise squared max=0.95
def fit(K, P, Y, noise):
    n, free = P.shape
    border = np.block(
        [[K + noise**2 * np.eye(n), P], [P.T, np.zeros((free, free))]]
    )
    solved = np.linalg.solve(
        border, np.vstack([Y, np.zeros((free, Y.shape[1]))])
    )
    return solved[:n], solved[n:]


# variant: b before c max=0.28
def fit(K, P, Y, noise):
    n, free = P.shape
    border = np.block(
        [[K + noise * np.eye(n), P], [P.T, np.zeros((free, free))]]
    )
    solved = np.linalg.solve(
        border, np.vstack([Y, np.zeros((free, Y.shape[1]))])
    )
    return solved[n:], solved[:n]


# variant: one array max=0.28
def fit(K, P, Y, noise):
    n, free = P.shape
    border = np.block(
        [[K + noise * np.eye(n), P], [P.T, np.zeros((free, free))]]
    )
    solved = np.linalg.solve(
        border, np.vstack([Y, np.zeros((free, Y.shape[1]))])
    )
    return solved


# variant: b with the other sign max=0.4
def fit(K, P, Y, noise):
    n, free = P.shape
    border = np.block(
        [[K + noise * np.eye(n), -P], [-P.T, np.zeros((free, free))]]
    )
    solved = np.linalg.solve(
        border, np.vstack([Y, np.zeros((free, Y.shape[1]))])
    )
    return solved[:n], solved[n:]


# variant: free part fitted first max=0.49
def fit(K, P, Y, noise):
    b = np.linalg.lstsq(P, Y, rcond=None)[0]
    return np.linalg.solve(K + noise * np.eye(len(K)), Y - P @ b), b


# variant: the first signal alone max=0.55
def fit(K, P, Y, noise):
    n, free = P.shape
    border = np.block(
        [[K + noise * np.eye(n), P], [P.T, np.zeros((free, free))]]
    )
    solved = np.linalg.solve(border, np.append(Y[:, 0], np.zeros(free)))
    return solved[:n, None], solved[n:, None]


# variant: price: the root max=0.87
def paid(K, c):
    return np.sqrt(np.sum(c * (K @ c), axis=0))


# variant: price: half max=0.9
def paid(K, c):
    return np.sum(c * (K @ c), axis=0) / 2


# variant: price: squares alone max=0.79
def paid(K, c):
    return np.sum(c**2, axis=0)


# variant: price: one for all max=0.73
def paid(K, c):
    return np.sum(c * (K @ c))


# variant: price: one c missing max=0.79
def paid(K, c):
    return np.sum(K @ c, axis=0)


# variant: price: all pairs of signals max=0.73
def paid(K, c):
    return c.T @ K @ c


# variant: price: zero max=0.73
def paid(K, c):
    return np.zeros(c.shape[1])
