# Every variant defines one function, among the notebook's names.
# ruff: noqa: F811, F821


# variant: complement of the polynomials
def fit(K, P, Y, noise):
    n, free = P.shape
    Q, R = np.linalg.qr(P, mode="complete")
    Z = Q[:, free:]
    soft = K + noise * np.eye(n)
    c = Z @ np.linalg.solve(Z.T @ soft @ Z, Z.T @ Y)
    b = np.linalg.solve(R[:free], Q[:, :free].T @ (Y - soft @ c))
    return c, b


def paid(K, c):
    return np.einsum("is,ij,js->s", c, K, c)


# variant: one signal after the other
def fit(K, P, Y, noise):
    n, free = P.shape
    A = np.zeros((n + free, n + free))
    A[:n, :n], A[:n, n:], A[n:, :n] = K + np.diag([noise] * n), P, P.T
    columns = [
        np.linalg.solve(A, np.append(y, [0] * free)) for y in Y.T
    ]
    both = np.array(columns).T
    return [both[:n], both[n:]]


def paid(K, c):
    return [column @ K @ column for column in c.T]


# variant: an indefinite factorisation
def fit(K, P, Y, noise):
    from scipy.linalg import solve

    n, free = P.shape
    A = np.vstack(
        [
            np.hstack([K + noise * np.identity(n), P]),
            np.hstack([P.T, np.zeros((free, free))]),
        ]
    )
    found = solve(
        A,
        np.concatenate([Y, np.zeros((free, Y.shape[1]))]),
        assume_a="sym",
    )
    return found[:n], found[n:]


def paid(K, c):
    return np.diag(c.T @ K @ c)
