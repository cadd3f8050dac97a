"""Hidden checks: the same questions on numbers that come from a seed.
Never part of a release.
"""

import numpy as np


def hidden_checks(visible, seed):
    """More checks by question. `visible` holds checks.py's names; the
    student's side does not know `seed`.
    """
    rng = np.random.default_rng([seed, 2029])
    new = lambda: int(rng.integers(2**31))
    return {
        "q1": [
            price_check(
                visible,
                f"a random shape and its derivative {k}",
                new(),
                k,
            )
            for k in range(3)
        ],
        "q2": [
            kernel_check(
                visible, f"random prices, degree {q}", new(), q
            )
            for q in (-1, 0, 1, 2)
        ],
        "q3": [
            fit_check(
                visible, "random samples, constants free", new(), 0, 0.0
            ),
            fit_check(
                visible, "random samples, lines free", new(), 1, 0.0
            ),
            fit_check(
                visible,
                "random noisy samples, parabolas free",
                new(),
                2,
                0.3,
            ),
            paid_check(visible, "random samples", new()),
        ],
        "q4": [
            train_check(visible, "a random layer", new(), 0.0),
            train_check(
                visible,
                "a random layer with momentum",
                new(),
                float(rng.uniform(0.3, 0.9)),
            ),
            limit_check(
                visible,
                "a random layer",
                new(),
                float(rng.uniform(0.3, 0.9)),
            ),
            limit_check(
                visible, "a random layer without momentum", new(), 0.0
            ),
        ],
        "q5": [
            held_check(
                visible, "random samples, constants free", new(), 0, 0.0
            ),
            held_check(
                visible,
                "random noisy samples, lines free",
                new(),
                1,
                0.4,
            ),
        ],
        "q6": [
            visible["fill_check"](
                "other rows of the photograph",
                "photograph",
                seed=1000 + new() % 1000,
            ),
            visible["fill_check"](
                "other pieces of the bell",
                "bell",
                seed=2000 + new() % 1000,
            ),
            visible["fill_check"](
                "other pieces of the bell, other noise",
                "bell",
                noise=0.2,
                seed=3000 + new() % 1000,
            ),
        ],
    }


def price_check(visible, about, seed, order):
    rng = np.random.default_rng(seed)
    z = rng.uniform(-1, 1) + rng.uniform(0.1, 0.6) * np.arange(
        int(rng.integers(4, 9))
    )
    omega = np.sort(rng.uniform(0.3, 6, 5))
    return visible["price_check"](
        about,
        z,
        rng.uniform(0.2, 2, len(z)),
        order,
        omega,
        rng.uniform(1.3, 4),
    )


def kernel_check(visible, about, seed, degree):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 8))
    omega = rng.uniform(0.2, 1.5) * (np.arange(n) + 0.5)
    cost = rng.uniform(0.5, 4, n)
    cost[rng.integers(n)] = np.inf
    return visible["kernel_check"](
        about, omega, cost, rng.uniform(0, 3, 5), degree
    )


def samples(rng, n, degree, signals=2):
    """A positive definite kernel of random waves and bumps at random
    places, powers of these, and values.
    """
    x = np.sort(rng.uniform(-1, 1, n))
    between = x[:, None] - x
    K = (
        np.exp(-4 * between**2)
        + 0.3 * np.cos(rng.uniform(2, 6) * between)
        + 0.2 * np.eye(n)
    )
    return (
        K,
        x[:, None] ** np.arange(degree + 1),
        rng.normal(size=(n, signals)),
    )


def cheapest(K, P, Y, noise):
    """c and b by elimination: generalised least squares for b, then c
    from what is left.
    """
    K = K + noise * np.eye(len(K))
    b = np.linalg.solve(
        P.T @ np.linalg.solve(K, P), P.T @ np.linalg.solve(K, Y)
    )
    return np.linalg.solve(K, Y - P @ b), b


def fit_check(visible, about, seed, degree, noise):
    rng = np.random.default_rng(seed)
    K, P, Y = samples(rng, int(rng.integers(6, 10)), degree)
    right = cheapest(K, P, Y, noise)
    mistakes = [
        (
            np.linalg.solve(K + noise * np.eye(len(K)), Y),
            0 * right[1],
            0.2,
            "what is free is left out.",
        ),
        (
            *cheapest(K, P, Y, 0.0),
            0.3,
            "noise is not used: it is added to the diagonal of K.",
        ),
        (
            *cheapest(K, P, Y, noise**2),
            0.4,
            "noise is added as it is, not squared.",
        ),
    ]
    return visible["fit_check"](about, K, P, Y, noise, *right, mistakes)


def paid_check(visible, about, seed):
    rng = np.random.default_rng(seed)
    K, _, c = samples(rng, 7, 0, signals=3)
    expected = [
        sum(
            c[i, s] * c[j, s] * K[i, j]
            for i in range(7)
            for j in range(7)
        )
        for s in range(3)
    ]
    return visible["paid_check"](about, K, c, expected)


def train_check(visible, about, seed, momentum):
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(2, 5)), int(rng.integers(5, 9))
    F = rng.normal(size=(n, m))
    lr = 0.7 / np.linalg.eigvalsh(F @ F.T)[-1]
    steps = int(rng.integers(5, 9))
    return visible["train_check"](
        about,
        F,
        rng.normal(size=(n, 2)),
        lr,
        momentum,
        steps,
        rng.normal(size=(m, 2)),
    )


def limit_check(visible, about, seed, momentum):
    rng = np.random.default_rng(seed)
    F = rng.normal(size=(int(rng.integers(2, 6)), 9))
    values = np.linalg.eigvalsh(F @ F.T)
    return visible["limit_check"](
        about, F, momentum, values[-1], values.sum()
    )


def held_check(visible, about, seed, degree, noise):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(9, 13))
    K, P, Y = samples(rng, n, degree)
    folds = rng.permutation(
        np.append(np.arange(n - 3) % 3, [0, -1, -1])
    )

    def miss(noise):
        away = np.zeros(Y.shape)
        for f in range(3):
            keep = np.flatnonzero(folds != f)
            c, b = cheapest(
                K[np.ix_(keep, keep)], P[keep], Y[keep], noise
            )
            for i in np.flatnonzero(folds == f):
                away[i] = K[i, keep] @ c + P[i] @ b - Y[i]
        return away

    c, b = cheapest(K, P, Y, noise)
    unused = np.sqrt(np.mean(miss(0.0)[folds >= 0] ** 2, axis=0))
    mistakes = [(unused, 0.4, "noise is not used.")]
    return visible["held_check"](
        about,
        K,
        P,
        Y,
        folds,
        noise,
        miss(noise),
        K @ c + P @ b - Y,
        mistakes,
    )
