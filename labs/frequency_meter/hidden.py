"""Hidden checks: the same questions on numbers that come from a seed.

Never part of a release.
"""

from collections.abc import Iterable

import numpy as np
from fbkit.lab import Check, call, close
from numpy.random import Generator

INF = np.inf
Tone = tuple[float, float, float]  # frequency, amplitude, phase


def hidden_checks(visible: dict, seed: int) -> dict[str, list[Check]]:
    """More checks by question.

    `visible` holds checks.py's names; the student's side does not know
    `seed`.
    """
    rng = np.random.default_rng([seed, 2026])
    odd = 2 * int(rng.integers(8, 16)) + 1
    even = 2 * int(rng.integers(10, 20))
    on_interval = interval_waves(rng)
    return {
        "q1": circle_checks(visible, rng, odd, even),
        "q2": interval_checks(visible, rng, **on_interval),
        "q3": [
            visible["uneven_check"](
                "waves at uneven points",
                60,
                new_seed(rng),
                waves(rng, pick(rng, 1, 9, 3)) + [(0, 0.8, 0.0)],
                list(range(9)),
            ),
            visible["weight_zero_check"](
                "points of weight 0", new_seed(rng)
            ),
            noisy_check(visible, "noisy values", new_seed(rng)),
        ],
        "q4": [
            stay_check("an error that wanders", new_seed(rng)),
            stay_check(
                "another line",
                new_seed(rng),
                below=rng.uniform(0.3, 0.6),
            ),
        ],
        "q5": [table_check(visible, "waves that decay", rng)],
        "q6": [
            crowd_check("points in 6 dimensions", new_seed(rng), 2),
            crowd_check("points in 3 dimensions", new_seed(rng), 1),
        ],
    }


def new_seed(rng: Generator) -> int:
    """A seed for one check."""
    return int(rng.integers(2**31))


def pick(rng: Generator, low: int, high: int, count: int) -> np.ndarray:
    """`count` different frequencies from low to high - 1, in order."""
    found = rng.choice(np.arange(low, high), count, replace=False)
    return np.sort(found)


def waves(rng: Generator, frequencies: Iterable[int]) -> list[Tone]:
    """A random wave of each frequency, with a phase that is not 0."""
    found = []
    for k in frequencies:
        amplitude = rng.uniform(0.3, 2)
        phase = rng.uniform(0.3, 1.2) * rng.choice([-1, 1])
        found.append((int(k), amplitude, phase))
    return found


def far(rng: Generator, frequency: float) -> list[float]:
    """A frequency and three that lie six bins and more above it."""
    return [
        frequency,
        frequency + rng.uniform(7, 9),
        frequency + rng.uniform(12, 16),
        frequency + rng.uniform(20, 28),
    ]


def circle_checks(
    visible: dict, rng: Generator, odd: int, even: int
) -> list[Check]:
    """Waves on an odd and an even number of points, and a batch."""
    circle = visible["circle_check"]
    several = waves(rng, [*pick(rng, 1, odd // 2, 2), odd // 2])
    five = waves(rng, pick(rng, 1, even // 2, 5))
    batch = [
        [(0, 1 + i, 0.0), *waves(rng, pick(rng, 1, 8, 2))]
        for i in range(3)
    ]
    return [
        circle(
            "an odd number of points", [several + [(0, 1.5, 0.0)]], odd
        ),
        circle("five waves", [five], even),
        circle("a batch with constants", batch, 22),
    ]


def interval_waves(rng: Generator) -> dict[str, object]:
    """What `interval_checks` measures."""
    first = rng.uniform(6, 12)
    size = rng.uniform(0.4, 2)
    strong = rng.uniform(5, 8)
    weak = rng.uniform(22, 28)
    # An interval of another length: all frequencies scale with it.
    wide = rng.uniform(2, 20)
    apart = np.array(far(rng, first)) / wide
    return {
        "first": first,
        "size": size,
        "strong": strong,
        "weak": weak,
        "wide": wide,
        "apart": apart,
    }


def interval_checks(
    visible: dict,
    rng: Generator,
    first: float,
    size: float,
    strong: float,
    weak: float,
    wide: float,
    apart: np.ndarray,
) -> list[Check]:
    """A wave between bins, a weak one, another length, a batch."""
    interval = visible["interval_check"]
    return [
        interval(
            "a wave between two bins",
            [(first, size, 0.7)],
            far(rng, first),
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
            length=2 * np.pi * wide,
            n=180,
        ),
        visible["interval_batch_check"](
            "a batch",
            (2, 2),
            [rng.uniform(5, 7), rng.uniform(17, 21)],
            new_seed(rng),
        ),
    ]


def noisy_check(visible: dict, about: str, seed: int) -> Check:
    """Noise, so that the weights matter.

    Compared with the weighted least-squares fit.
    """
    points, weights = visible["uneven"](40, seed)
    noise = np.random.default_rng(seed).normal(size=40)
    values = (
        1 + np.cos(2 * points) + 0.5 * np.sin(3 * points) + 0.3 * noise
    )
    columns = [np.ones(40)]
    for k in (2, 3):
        columns += [np.cos(k * points), np.sin(k * points)]

    def fitted(rows: np.ndarray) -> list[float]:
        c, *_ = np.linalg.lstsq(
            rows[:, None] * np.stack(columns, axis=1),
            rows * values,
            rcond=None,
        )
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
    frequencies = [0.0, 2.0, 3.0]
    judge = close(
        fitted(np.sqrt(weights)),
        1e-6,
        mistakes=mistakes,
        labels=frequencies,
    )
    ask = visible["ask_fit"](points, values, weights, frequencies)
    return Check(about, ask, judge)


def stay_check(about: str, seed: int, below: float = 0.2) -> Check:
    """Errors that wander across the line.

    The answer by its definition, record by record.
    """
    rng = np.random.default_rng(seed)
    times = np.cumsum(rng.uniform(0.5, 3, 30))
    trend = -np.linspace(0, rng.uniform(1, 4, 12), 30)
    error = np.exp(trend + 0.4 * rng.normal(size=(30, 12)))
    error[25:, 0] = error[0, 0]  # one that comes back for good
    under = error < below * error[0]
    # below from here on
    stays = np.flip(np.logical_and.accumulate(np.flip(under, 0)), 0)
    crossing = (
        first_true(times, under),
        0.2,
        (
            "the error is below the line there, and comes back later:"
            " it has to stay."
        ),
    )
    judge = close(
        first_true(times, stays),
        1e-9,
        mistakes=[crossing],
        labels=[f"column {i}" for i in range(12)],
        finite=False,
    )
    return Check(
        about, call("first_stay_below", times, error, below), judge
    )


def first_true(times: np.ndarray, holds: np.ndarray) -> np.ndarray:
    """The first time at which each column (T, F) holds, or infinity."""
    return np.where(holds.any(axis=0), times[holds.argmax(axis=0)], INF)


def table_check(visible: dict, about: str, rng: Generator) -> Check:
    """Four waves: two learned, one too small to count, one never."""
    seed = new_seed(rng)
    low = (rng.uniform(3, 5), rng.uniform(0.5, 1), 4.0)
    middle = (
        rng.uniform(12, 14),
        rng.uniform(0.5, 1),
        float(rng.choice([2.0, 8.0, 16.0])),
    )
    small = (rng.uniform(22, 24), 0.02, 8.0)
    never = (rng.uniform(32, 34), rng.uniform(0.5, 1), INF)
    tones = [low, middle, small, never]
    return visible["table_check"](about, seed, tones)


def crowd_check(about: str, seed: int, columns: int) -> Check:
    """Scattered points, some crowded, compared with the definition."""
    rng = np.random.default_rng(seed)
    inputs = rng.normal(size=(25, 3 * columns))
    inputs = inputs * rng.choice([0.3, 1.5], (25, 1))
    values = rng.normal(size=(25, columns))
    values = values + 5 * rng.normal(size=columns)
    noise = rng.normal(size=(25, columns))
    prediction = 0.7 * values + 0.5 * noise + rng.normal()
    variance = rng.uniform(0.3, 2)

    def parts(signal: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        signal = signal - signal.mean(axis=0)
        apart = np.square(inputs[:, None] - inputs).sum(axis=2)
        weight = np.exp(-apart / (2 * variance))
        low = (weight / weight.sum(axis=1, keepdims=True)) @ signal
        return low, signal - low

    errors = [
        np.linalg.norm(h - y) / np.linalg.norm(y)
        for h, y in zip(parts(prediction), parts(values))
    ]
    ask = call("filter_errors", inputs, values, prediction, variance)
    return Check(
        about, ask, close(errors, 1e-7, labels=["low", "high"])
    )
