"""Hidden checks: the same questions on numbers that come from a seed.

Never part of a release.
"""

import numpy as np
from fbkit.lab import Check
from numpy.random import Generator


def hidden_checks(visible: dict, seed: int) -> dict[str, list[Check]]:
    """More checks by question.

    `visible` holds checks.py's names; the student's side does not know
    `seed`.
    """
    rng = np.random.default_rng([seed, 2029])
    return {
        "q1": [
            price_check(
                visible,
                f"a random shape and its derivative {k}",
                new_seed(rng),
                k,
            )
            for k in range(3)
        ],
        "q2": [
            kernel_check(
                visible, f"random prices, degree {q}", new_seed(rng), q
            )
            for q in (-1, 0, 1, 2)
        ],
        "q3": [
            fit_check(
                visible,
                "random samples, constants free",
                new_seed(rng),
                0,
                0.0,
            ),
            fit_check(
                visible,
                "random samples, lines free",
                new_seed(rng),
                1,
                0.0,
            ),
            fit_check(
                visible,
                "random noisy samples, parabolas free",
                new_seed(rng),
                2,
                0.3,
            ),
            paid_check(visible, "random samples", new_seed(rng)),
        ],
        "q4": [
            train_check(visible, "a random layer", new_seed(rng), 0.0),
            train_check(
                visible,
                "a random layer with momentum",
                new_seed(rng),
                float(rng.uniform(0.3, 0.9)),
            ),
            limit_check(
                visible,
                "a random layer",
                new_seed(rng),
                float(rng.uniform(0.3, 0.9)),
            ),
            limit_check(
                visible,
                "a random layer without momentum",
                new_seed(rng),
                0.0,
            ),
        ],
        "q5": [
            held_check(
                visible,
                "random samples, constants free",
                new_seed(rng),
                0,
                0.0,
            ),
            held_check(
                visible,
                "random noisy samples, lines free",
                new_seed(rng),
                1,
                0.4,
            ),
        ],
        "q6": [
            visible["fill_check"](
                "other rows of the photograph",
                "photograph",
                seed=1000 + new_seed(rng) % 1000,
            ),
            visible["fill_check"](
                "other pieces of the bell",
                "bell",
                seed=2000 + new_seed(rng) % 1000,
            ),
            visible["fill_check"](
                "other pieces of the bell, other noise",
                "bell",
                noise=0.2,
                seed=3000 + new_seed(rng) % 1000,
            ),
        ],
    }


def new_seed(rng: Generator) -> int:
    """A seed for one check."""
    return int(rng.integers(2**31))


def price_check(
    visible: dict, about: str, seed: int, order: int
) -> Check:
    """A random shape between random places."""
    rng = np.random.default_rng(seed)
    first = rng.uniform(-1, 1)
    spacing = rng.uniform(0.1, 0.6)
    z = first + spacing * np.arange(int(rng.integers(4, 9)))
    omega = np.sort(rng.uniform(0.3, 6, 5))
    g = rng.uniform(0.2, 2, len(z))
    scale = rng.uniform(1.3, 4)
    return visible["price_check"](about, z, g, order, omega, scale)


def kernel_check(
    visible: dict, about: str, seed: int, degree: int
) -> Check:
    """Random prices, one of them infinite."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 8))
    omega = rng.uniform(0.2, 1.5) * (np.arange(n) + 0.5)
    cost = rng.uniform(0.5, 4, n)
    cost[rng.integers(n)] = np.inf
    z = rng.uniform(0, 3, 5)
    return visible["kernel_check"](about, omega, cost, z, degree)


def samples(
    rng: Generator, n: int, degree: int, signals: int = 2
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A positive definite kernel at random places, powers, values.

    The kernel is made of random waves and bumps.
    """
    x = np.sort(rng.uniform(-1, 1, n))
    between = x[:, None] - x
    bumps = np.exp(-4 * between**2)
    waves = 0.3 * np.cos(rng.uniform(2, 6) * between)
    K = bumps + waves + 0.2 * np.eye(n)
    P = x[:, None] ** np.arange(degree + 1)
    return K, P, rng.normal(size=(n, signals))


def cheapest(
    K: np.ndarray, P: np.ndarray, Y: np.ndarray, noise: float
) -> tuple[np.ndarray, np.ndarray]:
    """c and b by elimination.

    Generalised least squares for b, then c from what is left.
    """
    K = K + noise * np.eye(len(K))
    normal = P.T @ np.linalg.solve(K, P)
    b = np.linalg.solve(normal, P.T @ np.linalg.solve(K, Y))
    return np.linalg.solve(K, Y - P @ b), b


def fit_check(
    visible: dict, about: str, seed: int, degree: int, noise: float
) -> Check:
    """Random samples, with and without noise."""
    rng = np.random.default_rng(seed)
    K, P, Y = samples(rng, int(rng.integers(6, 10)), degree)
    c, b = cheapest(K, P, Y, noise)
    mistakes = [
        (
            np.linalg.solve(K + noise * np.eye(len(K)), Y),
            0 * b,
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
    return visible["fit_check"](about, K, P, Y, noise, c, b, mistakes)


def paid_check(visible: dict, about: str, seed: int) -> Check:
    """The double sum, term by term."""
    rng = np.random.default_rng(seed)
    K, _, c = samples(rng, 7, 0, signals=3)
    expected = np.zeros(3)
    for i in range(7):
        for j in range(7):
            expected += c[i] * c[j] * K[i, j]
    return visible["paid_check"](about, K, c, expected)


def train_check(
    visible: dict, about: str, seed: int, momentum: float
) -> Check:
    """A random layer, from random outer weights."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 5))
    m = int(rng.integers(5, 9))
    F = rng.normal(size=(n, m))
    lr = 0.7 / np.linalg.eigvalsh(F @ F.T)[-1]
    steps = int(rng.integers(5, 9))
    Y = rng.normal(size=(n, 2))
    start = rng.normal(size=(m, 2))
    return visible["train_check"](
        about, F, Y, lr, momentum, steps, start
    )


def limit_check(
    visible: dict, about: str, seed: int, momentum: float
) -> Check:
    """A random layer, by the eigenvalues of its kernel."""
    rng = np.random.default_rng(seed)
    F = rng.normal(size=(int(rng.integers(2, 6)), 9))
    values = np.linalg.eigvalsh(F @ F.T)
    top, trace = values[-1], values.sum()
    return visible["limit_check"](about, F, momentum, top, trace)


def held_check(
    visible: dict, about: str, seed: int, degree: int, noise: float
) -> Check:
    """Three folds of random samples, and two samples never hidden."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(9, 13))
    K, P, Y = samples(rng, n, degree)
    folds = np.append(np.arange(n - 3) % 3, [0, -1, -1])
    folds = rng.permutation(folds)

    def miss(noise: float) -> np.ndarray:
        """How far the curve is from each sample while it is hidden."""
        away = np.zeros(Y.shape)
        for fold in range(3):
            keep = np.flatnonzero(folds != fold)
            c, b = cheapest(
                K[np.ix_(keep, keep)], P[keep], Y[keep], noise
            )
            for i in np.flatnonzero(folds == fold):
                away[i] = K[i, keep] @ c + P[i] @ b - Y[i]
        return away

    c, b = cheapest(K, P, Y, noise)
    shown = K @ c + P @ b - Y
    unused = np.sqrt(np.mean(miss(0.0)[folds >= 0] ** 2, axis=0))
    mistakes = [(unused, 0.4, "noise is not used.")]
    return visible["held_check"](
        about, K, P, Y, folds, noise, miss(noise), shown, mistakes
    )
