"""Hidden checks: the same questions on numbers that come from a seed.
Never part of a release.
"""

import numpy as np
from fbkit.lab import Check, call, close

INF = np.inf


def hidden_checks(visible, seed):
    """More checks by question. `visible` holds checks.py's names; the
    student's side does not know `seed`.
    """
    rng = np.random.default_rng([seed, 2026])
    new = lambda: int(rng.integers(2**31))
    pick = lambda low, high, count: np.sort(
        rng.choice(np.arange(low, high), count, replace=False)
    )
    waves = lambda ks: [
        (
            int(k),
            rng.uniform(0.3, 2),
            rng.uniform(0.3, 1.2) * rng.choice([-1, 1]),
        )
        for k in ks
    ]
    circle, interval, uneven = (
        visible["circle_check"],
        visible["interval_check"],
        visible["uneven_check"],
    )
    odd, even = (
        2 * int(rng.integers(8, 16)) + 1,
        2 * int(rng.integers(10, 20)),
    )
    far = lambda w: [
        w,
        w + rng.uniform(7, 9),
        w + rng.uniform(12, 16),
        w + rng.uniform(20, 28),
    ]
    first, size = rng.uniform(6, 12), rng.uniform(0.4, 2)
    strong, weak = rng.uniform(5, 8), rng.uniform(22, 28)
    wide = rng.uniform(
        2, 20
    )  # an interval of another length: all frequencies scale with it
    length, apart = 2 * np.pi * wide, np.array(far(first)) / wide
    return {
        "q1": [
            circle(
                "an odd number of points",
                [
                    waves([*pick(1, odd // 2, 2), odd // 2])
                    + [(0, 1.5, 0.0)]
                ],
                odd,
            ),
            circle("five waves", [waves(pick(1, even // 2, 5))], even),
            circle(
                "a batch with constants",
                [
                    [(0, 1 + i, 0.0), *waves(pick(1, 8, 2))]
                    for i in range(3)
                ],
                22,
            ),
        ],
        "q2": [
            interval(
                "a wave between two bins",
                [(first, size, 0.7)],
                far(first),
                [size, 0, 0, 0],
                0.012 * size,
            ),
            interval(
                "a weak wave",
                [
                    (strong, 1.0, rng.uniform(-3, 3)),
                    (weak, 0.03, rng.uniform(-3, 3)),
                ],
                [strong, weak],
                [1.0, 0.03],
                [0.02, 0.006],
                constant=rng.uniform(-30, 30),
            ),
            interval(
                "an interval of another length",
                [(first / wide, size, -0.2)],
                apart,
                [size, 0, 0, 0],
                0.012 * size,
                low=rng.uniform(-5, 5),
                length=length,
                n=180,
            ),
            visible["interval_batch_check"](
                "a batch",
                (2, 2),
                [rng.uniform(5, 7), rng.uniform(17, 21)],
                new(),
            ),
        ],
        "q3": [
            uneven(
                "waves at uneven points",
                60,
                new(),
                waves(pick(1, 9, 3)) + [(0, 0.8, 0.0)],
                list(range(9)),
            ),
            visible["weight_zero_check"]("points of weight 0", new()),
            noisy_check(visible, "noisy values", new()),
        ],
        "q4": [
            stay_check("an error that wanders", new()),
            stay_check(
                "another line", new(), below=rng.uniform(0.3, 0.6)
            ),
        ],
        "q5": [
            visible["table_check"](
                "waves that decay",
                new(),
                [
                    (rng.uniform(3, 5), rng.uniform(0.5, 1), 4.0),
                    (
                        rng.uniform(12, 14),
                        rng.uniform(0.5, 1),
                        float(rng.choice([2.0, 8.0, 16.0])),
                    ),
                    (rng.uniform(22, 24), 0.02, 8.0),
                    (rng.uniform(32, 34), rng.uniform(0.5, 1), INF),
                ],
            )
        ],
        "q6": [
            crowd_check("points in 6 dimensions", new(), 2),
            crowd_check("points in 3 dimensions", new(), 1),
        ],
    }


def noisy_check(visible, about, seed):
    """Noise, so that the weights matter; compared with the weighted
    least-squares fit.
    """
    points, weights = visible["uneven"](40, seed)
    frequencies = np.array([0.0, 2.0, 3.0])
    values = (
        1
        + np.cos(2 * points)
        + 0.5 * np.sin(3 * points)
        + 0.3 * np.random.default_rng(seed).normal(size=40)
    )

    def fitted(rows):
        columns = [
            np.ones(40),
            *(f(k * points) for k in (2, 3) for f in (np.cos, np.sin)),
        ]
        c = np.linalg.lstsq(
            rows[:, None] * np.stack(columns, axis=1),
            rows * values,
            rcond=None,
        )[0]
        return [abs(c[0]), np.hypot(c[1], c[2]), np.hypot(c[3], c[4])]

    mistakes = [
        (
            fitted(weights),
            0.5,
            (
                "each point counts with its weight squared: the rows"
                " take the root of the weight."
            ),
        ),
        (
            fitted(np.ones(40)),
            0.2,
            "every point counts the same: the weights are not used.",
        ),
    ]
    judge = close(
        fitted(np.sqrt(weights)),
        1e-6,
        mistakes=mistakes,
        labels=frequencies,
    )
    return Check(
        about,
        call("fitted_amplitudes", points, values, weights, frequencies),
        judge,
    )


def stay_check(about, seed, below=0.2):
    """Errors that wander across the line; the answer by its definition,
    record by record.
    """
    rng = np.random.default_rng(seed)
    times = np.cumsum(rng.uniform(0.5, 3, 30))
    error = np.exp(
        -np.linspace(0, rng.uniform(1, 4, 12), 30)
        + 0.4 * rng.normal(size=(30, 12))
    )
    error[25:, 0] = error[0, 0]  # one that comes back for good
    under = error < below * error[0]
    stays = np.flip(
        np.logical_and.accumulate(np.flip(under, 0)), 0
    )  # below from here on
    expected = np.where(
        stays.any(axis=0), times[stays.argmax(axis=0)], INF
    )
    crossing = np.where(
        under.any(axis=0), times[under.argmax(axis=0)], INF
    )
    mistakes = [
        (
            crossing,
            0.2,
            (
                "the error is below the line there, and comes back"
                " later: it has to stay."
            ),
        )
    ]
    columns = [f"column {i}" for i in range(12)]
    judge = close(
        expected, 1e-9, mistakes=mistakes, labels=columns, finite=False
    )
    return Check(
        about, call("first_stay_below", times, error, below), judge
    )


def crowd_check(about, seed, columns):
    """Scattered points, some crowded, compared with the definition."""
    rng = np.random.default_rng(seed)
    inputs = rng.normal(size=(25, 3 * columns)) * rng.choice(
        [0.3, 1.5], (25, 1)
    )
    values = rng.normal(size=(25, columns)) + 5 * rng.normal(
        size=columns
    )
    prediction = (
        0.7 * values
        + 0.5 * rng.normal(size=(25, columns))
        + rng.normal()
    )
    variance = rng.uniform(0.3, 2)

    def parts(signal):
        signal = signal - signal.mean(axis=0)
        weight = np.exp(
            -np.square(inputs[:, None] - inputs).sum(axis=2)
            / (2 * variance)
        )
        low = (weight / weight.sum(axis=1, keepdims=True)) @ signal
        return low, signal - low

    errors = [
        np.linalg.norm(h - y) / np.linalg.norm(y)
        for h, y in zip(parts(prediction), parts(values))
    ]
    return Check(
        about,
        call("filter_errors", inputs, values, prediction, variance),
        close(errors, 1e-7, labels=["low", "high"]),
    )
