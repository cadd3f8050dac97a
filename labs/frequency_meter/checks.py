"""Visible checks of the lab: what is asked, and how it is judged.

Every signal here is made from parts whose amplitudes are known, so that
no check needs a solution to compare with.
"""

from collections.abc import Sequence

import numpy as np
from fbkit.lab import (
    Check,
    Judge,
    Manual,
    Mistake,
    Question,
    Refused,
    Verdict,
    call,
    close,
    fields,
    near,
    numbers,
    read,
)
from numpy.typing import ArrayLike

Tone = tuple[float, float, float]  # frequency, amplitude, phase

# ---- q1: amplitudes(values) on the circle


def circle_tones(n: int, tones: Sequence[Tone]) -> np.ndarray:
    """Samples (n,) of sum_k A_k cos(k x + phase), once round."""
    x = -np.pi + 2 * np.pi * np.arange(n) / n
    return sum(a * np.cos(k * x + phase) for k, a, phase in tones)


def heights(n: int, waves: Sequence[tuple[int, float]]) -> np.ndarray:
    """|A| of the frequencies 0 to n/2, from pairs (k, A)."""
    row = np.zeros(n // 2 + 1)
    for k, a in waves:
        row[k] = abs(a)
    return row


def circle_check(
    about: str, signals: Sequence[Sequence[Tone]], n: int
) -> Check:
    """Amplitudes of one signal, or of a batch of them."""
    values = np.stack([circle_tones(n, tones) for tones in signals])
    expected = np.stack(
        [heights(n, [(k, a) for k, a, _ in tones]) for tones in signals]
    )
    cosines = np.stack(
        [
            heights(
                n, [(k, a * np.cos(phase)) for k, a, phase in tones]
            )
            for tones in signals
        ]
    )
    k = np.arange(n // 2 + 1)
    # frequencies with one mode, not two
    alone = (k == 0) | (2 * k == n)
    mistakes = [
        (
            expected * np.where(alone, 2, 1),
            0.6,
            (
                "frequencies 0 and n/2 come out twice too large: they"
                " have one mode, the others have two."
            ),
        ),
        (
            expected * np.where(alone, 1, 0.5),
            0.5,
            (
                "frequencies between 0 and n/2 come out halved: k and"
                " -k each carry half of a wave."
            ),
        ),
        (
            expected * np.where(alone, 1, 0.5**0.5),
            0.5,
            (
                "frequencies between 0 and n/2 come out as root mean"
                " squares, which are amplitudes over the root of 2."
            ),
        ),
        (
            expected * np.where(k == 0, 2, 1),
            0.7,
            (
                "frequency 0 comes out twice too large: a constant is"
                " one mode, not a pair."
            ),
        ),
        (
            expected * np.where(2 * k == n, 2, 1),
            0.7,
            (
                "frequency n/2 comes out twice too large: on the grid"
                " its sine is zero, so it is one mode."
            ),
        ),
        (
            cosines,
            0.3,
            (
                "this is the cosine part alone: a shifted wave has a"
                " sine part too, and the amplitude joins both."
            ),
        ),
    ]
    if len(signals) == 1:  # one signal (n,), not a batch (1, n)
        values, expected = values[0], expected[0]
        mistakes = [
            (wrong[0], score, sentence)
            for wrong, score, sentence in mistakes
        ]
    judge = close(
        expected, 1e-8, mistakes=mistakes, scale=0.4, labels=k
    )
    return Check(about, call("amplitudes", values), judge)


Q1 = Question(
    "The amplitude of each frequency on the circle",
    4,
    "Your meter reads the amplitude whatever the phase, and counts the"
    " constant once.",
    (
        circle_check("a shifted wave", [[(3, 0.7, 1.1)]], 32),
        circle_check(
            "a constant and two waves",
            [[(0, 2.0, 0.0), (1, 1.0, 0.4), (9, 0.25, -2.0)]],
            48,
        ),
        circle_check(
            "the highest frequency, n/2",
            [[(8, 1.5, 0.0), (2, 0.5, 0.9)]],
            16,
        ),
        circle_check(
            "a batch of two signals",
            [[(1, 1.0, 0.3)], [(2, 3.0, -0.7), (5, 1.0, 2.0)]],
            24,
        ),
    ),
)

# ---- q2: residual_spectrum(points, values, frequencies) on an interval


def interval_check(
    about: str,
    tones: Sequence[Tone],
    frequencies: ArrayLike,
    expected: ArrayLike,
    within: ArrayLike,
    *,
    low: float = -np.pi,
    length: float = 2 * np.pi,
    n: int = 200,
    constant: float = 0.0,
) -> Check:
    """A signal sum A cos(w x + phase) + constant on an interval.

    Full score: every reading within `within` of `expected`. Readings
    that are right at the tones but not between them are leakage, and
    earn 0.4.
    """
    points = low + length * np.arange(n) / n
    values = constant + sum(
        a * np.cos(w * points + phase) for w, a, phase in tones
    )
    frequencies = np.asarray(frequencies, dtype=float)
    expected = np.asarray(expected, dtype=float)
    within = np.broadcast_to(within, expected.shape)
    judge = reading_judge(frequencies, expected, within)
    ask = call("residual_spectrum", points, values, frequencies)
    return Check(about, ask, judge)


def reading_judge(
    frequencies: np.ndarray, expected: np.ndarray, within: np.ndarray
) -> Judge:
    """Readings (F,): right, right where the tones are, or scaled."""
    loud = expected > 0.5 * expected.max()

    def judge(answer: object, ask: dict) -> Verdict:
        found = numbers(answer, frequencies.shape, name="your spectrum")
        good = near(found, expected, within)
        if good.all():
            return 1.0, ""
        miss = np.abs(found - expected)
        if good[loud].all():
            worst = int(np.argmax(np.where(good, 0, miss)))
            return 0.4, (
                f"at frequency {frequencies[worst]:g} it reads"
                f" {found[worst]:.3g}, expected {expected[worst]:g}"
                f" within {within[worst]:g}: something leaks there, so"
                " look at what the ends of the interval do."
            )
        with np.errstate(all="ignore"):
            factor = float(np.mean(found[loud] / expected[loud]))
        if (
            abs(factor) > 0.05
            and near(found / factor, expected, within).all()
        ):
            return 0.5, (
                f"every reading is {factor:.3g} times what it should"
                " be: divide by the sum of the taper."
            )
        worst = int(np.argmax(np.where(loud, miss, 0)))
        return 0.0, (
            f"at frequency {frequencies[worst]:g} it reads"
            f" {found[worst]:.3g}, expected {expected[worst]:g}."
        )

    return judge


def interval_batch_check(
    about: str,
    shape: tuple[int, ...],
    frequencies: Sequence[float],
    seed: int,
) -> Check:
    """Signals stacked along leading axes: each has its own spectrum."""
    rng = np.random.default_rng(seed)
    sizes = rng.uniform(0.5, 2.0, shape + (len(frequencies),))
    points = -np.pi + 2 * np.pi * np.arange(160) / 160
    waves = np.cos(np.multiply.outer(frequencies, points) + 0.5)
    values = (sizes[..., None] * waves).sum(axis=-2)
    judge = close(sizes, 0.03 * sizes, scale=0.5, labels=frequencies)
    ask = call(
        "residual_spectrum", points, values, np.asarray(frequencies)
    )
    return Check(about, ask, judge)


Q2 = Question(
    "A spectrum on an interval, without leakage",
    5,
    "A strong wave no longer hides a weak one: what is left far from it"
    " is below one part in a hundred.",
    (
        interval_check(
            "a wave that does not fit",
            [(7.4, 0.8, 0.3)],
            [7.4, 15.1, 20.5, 31.7, 45.5],
            [0.8, 0, 0, 0, 0],
            [0.016, 0.008, 0.008, 0.008, 0.008],
        ),
        interval_check(
            "a weak wave beside a strong one",
            [(5.5, 1.0, 0.2), (24.6, 0.02, 1.0)],
            [5.5, 24.6],
            [1.0, 0.02],
            [0.02, 0.004],
        ),
        interval_check(
            "a wave on a large constant",
            [(9.5, 1.0, -0.4)],
            [2.6, 9.5, 20.3],
            [0, 1.0, 0],
            [0.03, 0.02, 0.03],
            constant=100.0,
        ),
        interval_check(
            "another interval, 0 to 10",
            [(6.1, 0.5, 0.0)],
            [6.1, 12.4, 16.0],
            [0.5, 0, 0],
            [0.01, 0.005, 0.005],
            low=0.0,
            length=10.0,
            n=150,
        ),
        interval_batch_check(
            "a batch of 3 by 2 signals", (3, 2), [6.3, 19.6], seed=5
        ),
    ),
)

# ---- q3: fitted_amplitudes(points, values, weights, frequencies)


def uneven(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """n points on [-pi, pi), crowded to one side, and their weights."""
    rng = np.random.default_rng(seed)
    points = np.sort(-np.pi + 2 * np.pi * rng.random(n) ** 2)
    weights = rng.uniform(0.2, 2.0, n)
    return points, weights


def ask_fit(
    points: np.ndarray,
    values: np.ndarray,
    weights: np.ndarray,
    frequencies: Sequence[float],
) -> dict:
    """What q3 asks."""
    frequencies = np.asarray(frequencies, dtype=float)
    return call(
        "fitted_amplitudes", points, values, weights, frequencies
    )


def uneven_check(
    about: str,
    n: int,
    seed: int,
    tones: Sequence[Tone],
    frequencies: Sequence[int],
) -> Check:
    """No noise: exact amplitudes come out, whatever the weights."""
    points, weights = uneven(n, seed)
    values = sum(
        a * np.cos(k * points + phase) for k, a, phase in tones
    )
    size = {k: abs(a) for k, a, _ in tones}
    side = {k: abs(a * np.cos(phase)) for k, a, phase in tones}
    cosine = (
        [side.get(k, 0.0) for k in frequencies],
        0.3,
        "this is the cosine part alone: join it with the sine part.",
    )
    judge = close(
        [size.get(k, 0.0) for k in frequencies],
        1e-6,
        mistakes=[cosine],
        scale=0.3,
        labels=frequencies,
    )
    return Check(
        about, ask_fit(points, values, weights, frequencies), judge
    )


def weight_zero_check(about: str, seed: int) -> Check:
    """Some points carry nonsense and weight 0: they must not count."""
    points, weights = uneven(60, seed)
    slow = 1.3 * np.cos(2 * points + 0.4)
    values = slow + 0.6 * np.cos(5 * points - 1)
    weights[::7] = 0.0
    values[::7] = 40.0
    judge = close([1.3, 0.6], 1e-6, scale=0.3, labels=[2, 5])
    return Check(about, ask_fit(points, values, weights, [2, 5]), judge)


def weighted_mean_check(about: str, seed: int) -> Check:
    """With frequency 0 alone the fit is sum w v / sum w."""
    points, weights = uneven(12, seed)
    values = 3 + np.random.default_rng(seed + 1).normal(size=12)

    def mean(w: np.ndarray) -> list[float]:
        return [abs(w @ values / w.sum())]

    squared = (
        mean(weights**2),
        0.5,
        (
            "each point counts with its weight squared: the rows take"
            " the root of the weight."
        ),
    )
    unweighted = (
        mean(np.ones(12)),
        0.2,
        "every point counts the same: the weights are not used.",
    )
    judge = close(
        mean(weights), 1e-6, mistakes=[squared, unweighted], labels=[0]
    )
    return Check(about, ask_fit(points, values, weights, [0]), judge)


Q3 = Question(
    "Frequencies at uneven points",
    4,
    "On uneven points waves are not orthogonal; fitting all of them"
    " together separates them again.",
    (
        uneven_check(
            "three waves, no noise",
            50,
            3,
            [(1, 1.0, 0.7), (4, 0.5, -1.2), (6, 0.8, 2.0)],
            [1, 4, 6],
        ),
        uneven_check(
            "frequencies that are absent",
            70,
            4,
            [(0, 1.5, 0.0), (3, 0.9, 0.8)],
            [0, 1, 2, 3, 4],
        ),
        weight_zero_check("points of weight 0", 5),
        weighted_mean_check("the weights of noisy points", 6),
    ),
)

# ---- q4: first_stay_below(times, error, below)


def columns(count: int) -> list[str]:
    """What the entries of a row are called."""
    return [f"column {i}" for i in range(count)]


def stay_check(
    about: str,
    times: ArrayLike,
    error: ArrayLike,
    expected: Sequence[float],
    mistakes: Sequence[Mistake] = (),
    below: float = 0.2,
) -> Check:
    """Learning times, where infinity says never."""
    judge = close(
        expected,
        1e-9,
        mistakes=mistakes,
        labels=columns(len(expected)),
        finite=False,
    )
    times = np.asarray(times, dtype=float)
    error = np.asarray(error, dtype=float)
    return Check(
        about, call("first_stay_below", times, error, below), judge
    )


TIMES = np.array([0.0, 1.0, 3.0, 10.0, 30.0])
INF = np.inf

Q4 = Question(
    "When is a frequency learned?",
    3,
    "The last time above the line decides, not the first time"
    " below it.",
    (
        stay_check(
            "two plain decays",
            TIMES,
            np.array(
                [
                    [1.0, 4.0],
                    [0.5, 3.0],
                    [0.1, 1.5],
                    [0.05, 0.7],
                    [0.01, 0.1],
                ]
            ),
            [3.0, 10.0],
            [
                (
                    [3.0, 30.0],
                    0.4,
                    (
                        "below means below that fraction of each"
                        " frequency's own start."
                    ),
                ),
                (
                    [2.0, 3.0],
                    0.4,
                    "these are row numbers: return the times.",
                ),
                (
                    [1.0, 3.0],
                    0.4,
                    (
                        "one record early: this is the last time above"
                        " the line."
                    ),
                ),
            ],
        ),
        stay_check(
            "an error that comes back",
            TIMES,
            np.array(
                [
                    [2.0, 1.0],
                    [0.1, 0.9],
                    [1.0, 0.1],
                    [0.1, 0.5],
                    [0.1, 0.1],
                ]
            ),
            [10.0, 30.0],
            [
                (
                    [1.0, 3.0],
                    0.2,
                    (
                        "the error is below the line there, and comes"
                        " back later: it has to stay."
                    ),
                )
            ],
        ),
        stay_check(
            "an error that never stays below",
            TIMES,
            np.array(
                [
                    [1.0, 1.0],
                    [0.1, 0.9],
                    [0.1, 0.8],
                    [0.1, 0.7],
                    [0.3, 0.6],
                ]
            ),
            [INF, INF],
            [
                (
                    [0.0, 0.0],
                    0.2,
                    (
                        "it says time 0 where the answer is never:"
                        " return infinity."
                    ),
                )
            ],
        ),
        stay_check(
            "a run that ended in NaN",
            TIMES,
            np.array(
                [
                    [1.0, 1.0],
                    [0.1, 0.5],
                    [0.1, 0.1],
                    [0.1, np.nan],
                    [0.1, np.nan],
                ]
            ),
            [1.0, INF],
            [
                (
                    [1.0, 3.0],
                    0.3,
                    (
                        "NaN is not below anything: write the"
                        " comparison so that NaN counts as above."
                    ),
                )
            ],
        ),
        stay_check(
            "another line, half of the start",
            TIMES,
            np.array([[1.0], [0.6], [0.45], [0.4], [0.3]]),
            [3.0],
            [
                (
                    [INF],
                    0.3,
                    "the third argument moves the line: use it.",
                )
            ],
            below=0.5,
        ),
    ),
)

# ---- q5: learning_table(points, times, residuals, frequencies)


def made_residuals(
    seed: int, tones: Sequence[tuple[float, float, float]], n: int = 160
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points (n,), times (T,) and residuals (T, n) made of waves.

    Each wave (w, A, time) decays and is below a fifth from `time` on.
    """
    rng = np.random.default_rng(seed)
    points = -np.pi + 2 * np.pi * np.arange(n) / n
    times = np.array([0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0])
    residuals = np.zeros((len(times), n))
    for w, a, learned in tones:
        above = rng.uniform(0.5, 0.95, len(times))
        under = rng.uniform(0.02, 0.1, len(times))
        size = np.where(times < learned, above, under)
        size[0] = 1.0
        if learned > times[2]:
            size[1] = 0.1  # below for once, and back
        wave = np.cos(w * points + rng.uniform(-3, 3))
        residuals += a * np.outer(size, wave)
    return points, times, residuals


def table_check(
    about: str, seed: int, tones: Sequence[tuple[float, float, float]]
) -> Check:
    """Rows (frequency, amplitude at the start, learning time).

    Only of the waves that are at least 5 % of the largest.
    """
    points, times, residuals = made_residuals(seed, tones)
    largest = max(a for _, a, _ in tones)
    loud = [row for row in tones if row[1] >= 0.05 * largest]
    expected = np.array(loud, dtype=float)
    frequencies = np.array([w for w, _, _ in tones])

    def judge(answer: object, ask: dict) -> Verdict:
        table = numbers(
            answer, (None, 3), name="your table", finite=False
        )
        same_rows(table, expected)
        return table_verdict(table, expected)

    ask = call("learning_table", points, times, residuals, frequencies)
    return Check(about, ask, judge)


def same_rows(table: np.ndarray, expected: np.ndarray) -> None:
    """Refused unless both have the same frequencies in one order."""
    if (
        len(table) == len(expected)
        and near(table[:, 0], expected[:, 0], 1e-9).all()
    ):
        return
    given = ", ".join(f"{w:g}" for w in table[:, 0])
    wanted = ", ".join(f"{w:g}" for w in expected[:, 0])
    raise Refused(
        f"the first column holds {given or 'nothing'}, expected"
        f" {wanted}: those of at least 5 %, in order."
    )


def table_verdict(table: np.ndarray, expected: np.ndarray) -> Verdict:
    """Of the second and third column, entry by entry."""
    largest = expected[:, 1].max()
    amplitude = near(table[:, 1], expected[:, 1], 0.04 * largest)
    time = near(table[:, 2], expected[:, 2], 1e-9)
    if time.all() and amplitude.all():
        return 1.0, ""
    score = 0.2 + 0.3 * amplitude.mean() + 0.5 * time.mean()
    if time.all():
        column, what = 1, "amplitude at the start"
        row = int(np.argmin(amplitude))
    else:
        column, what = 2, "learning time"
        row = int(np.argmin(time))
    return float(min(score, 0.9)), (
        f"frequency {table[row, 0]:g} has the {what}"
        f" {table[row, column]:.4g}, expected"
        f" {expected[row, column]:.4g}."
    )


def row_fits(
    row: np.ndarray, times: np.ndarray, reading: np.ndarray
) -> bool:
    """Whether readings (T,) agree with a row of the table.

    They stay below from the row's learning time on, and are not below
    just before it.
    """
    _, amplitude, learned = row
    under = reading < 0.2 * reading[0]
    before = under[times < learned]
    # All of nothing is true, which is right for a time of never.
    stays = under[times >= learned].all()
    return bool(
        near(amplitude, reading[0], 1e-6)
        and stays
        and len(before)
        and not before[-1]
    )


def run_check(about: str, name: str) -> Check:
    """A table of a real run, against the readings of the same meter.

    The student's notebook has `<name>_times`, `<name>_readings` and
    `<name>_table`.
    """
    asked = (
        f"{name}_times",
        f"{name}_readings",
        f"{name}_table",
        "frequencies",
    )

    def judge(answer: object, ask: dict) -> Verdict:
        times, readings, table, frequencies = fields(answer, *asked)
        times = numbers(times, (None,), name="the list of times")
        readings = numbers(
            readings, (len(times), None), name="your meter's reading"
        )
        table = numbers(
            table, (None, 3), name="your table", finite=False
        )
        frequencies = numbers(
            frequencies,
            (readings.shape[1],),
            name="the list of frequencies",
        )
        sound_run(times, readings)
        kept = readings[0] >= 0.05 * readings[0].max()
        if not (
            len(table) == kept.sum()
            and near(table[:, 0], frequencies[kept], 1e-9).all()
        ):
            raise Refused(
                f"expected {kept.sum()} rows, one for each frequency of"
                " at least 5 % of the largest start."
            )
        good = sum(
            row_fits(row, times, reading)
            for row, reading in zip(table, readings[:, kept].T)
        )
        if good == len(table):
            return 1.0, ""
        return 0.8 * good / len(table), (
            f"{len(table) - good} of {len(table)} rows do not fit your"
            " meter's readings."
        )

    return Check(about, read(*asked), judge)


Q5 = Question(
    "A table of learning times",
    5,
    "Your instruments work together: residual, spectrum, learning time,"
    " on data that nobody made up.",
    (
        table_check(
            "three waves that decay",
            1,
            [(3.5, 1.0, 2.0), (12.5, 0.6, 8.0), (25.5, 0.8, 32.0)],
        ),
        table_check(
            "a wave too small to count",
            2,
            [(4.5, 2.0, 1.0), (14.2, 0.03, 4.0), (24.6, 1.0, INF)],
        ),
        run_check("the photograph", "photograph"),
        run_check("the electrocardiogram", "heart"),
    ),
)

# ---- q6: filter_errors(inputs, values, prediction, variance)


def sound_run(times: np.ndarray, readings: np.ndarray) -> None:
    """Refused unless the readings (T, F) can be the notebook's."""
    start = readings[0]
    if not (
        len(times) >= 50
        and readings.shape[1] >= 8
        and start.min() >= 0
        and start.max() > 0.3
    ):
        raise Refused(
            "these readings are not those of the run that the notebook"
            " trains: run its cells in order."
        )
    if not readings[-1].max() < 0.5 * start.max():
        raise Refused(
            "the residual has not shrunk: train as the notebook does."
        )


def square(side: float, dimensions: int) -> np.ndarray:
    """The corners (4, dimensions) of a square somewhere in space.

    They are a ring, on which the filter's modes are known.
    """
    one, two = np.eye(dimensions)[:2]
    along = (one + 2 * two) / 5**0.5
    across = (2 * one - two) / 5**0.5
    corners = [0 * one, along, along + across, across]
    return 3.0 + side * np.array(corners)


# Once around the square, and up and down: the highest frequency there.
ROUND = np.array([1.0, 0.0, -1.0, 0.0])
ALTERNATE = np.array([1.0, -1.0, 1.0, -1.0])


def ring_factors(side: float, variance: float) -> tuple[float, float]:
    """What the filter leaves of ROUND and of ALTERNATE."""
    near_one = np.exp(-(side**2) / (2 * variance))
    far_one = np.exp(-(side**2) / variance)
    total = 1 + 2 * near_one + far_one
    return (1 - far_one) / total, (1 - 2 * near_one + far_one) / total


def square_check(
    about: str,
    waves: ArrayLike,
    errors: ArrayLike,
    *,
    side: float = 1.0,
    variance: float = 0.8,
    constant: ArrayLike = 0.0,
    shift: float = 0.0,
) -> Check:
    """Values constant + waves, prediction values + shift + errors.

    Waves and errors are (round, alternate) for each column.
    """
    waves = np.atleast_2d(waves).T  # (2, columns)
    errors = np.atleast_2d(errors).T  # (2, columns)
    modes = np.stack([ROUND, ALTERNATE], axis=1)  # (4, 2)
    values = modes @ waves + np.asarray(constant)  # (4, columns)
    prediction = values + modes @ errors + shift
    kept = np.array(ring_factors(side, variance))[:, None]  # (2, 1)

    def size(part: np.ndarray) -> float:
        return np.linalg.norm(modes @ part)

    low = size(kept * errors) / size(kept * waves)
    high = size((1 - kept) * errors) / size((1 - kept) * waves)
    # Left in, the mean passes the filter whole: 4 points of `constant`
    # in the values, of `shift` in the error.
    ones = np.ones(waves.shape[1])
    low_error = np.hypot(
        size(kept * errors), 2 * np.linalg.norm(shift * ones)
    )
    low_values = np.hypot(
        size(kept * waves), 2 * np.linalg.norm(constant * ones)
    )
    mistakes = [
        ([high, low], 0.5, "low and high are the wrong way round."),
        (
            [low**2, high**2],
            0.5,
            "these are squares of the errors: take the root.",
        ),
        (
            [low_error / low_values, high],
            0.4,
            (
                "a mean is still in: take it off the values and off the"
                " prediction, column by column."
            ),
        ),
    ]
    ask = call(
        "filter_errors", square(side, 5), values, prediction, variance
    )
    judge = close(
        [low, high], 1e-7, mistakes=mistakes, labels=["low", "high"]
    )
    return Check(about, ask, judge)


def crowd_check(about: str, distance: float, variance: float) -> Check:
    """Two points in one place and one apart.

    Rows must sum to 1, whoever has more neighbours.
    """
    inputs = np.zeros((3, 4))
    inputs[2, 1] = distance
    values = np.array([[1.0], [1.0], [-2.0]])
    error = values * 0.3
    # within the crowd: the filter averages it away
    error[:2, 0] += np.array([0.5, -0.5])
    g = np.exp(-(distance**2) / (2 * variance))
    crowd = (2 - 2 * g) / (2 + g)
    low_values = np.array([crowd, crowd, (2 * g - 2) / (1 + 2 * g)])
    high_values = values[:, 0] - low_values
    high_error = 0.3 * high_values + np.array([0.5, -0.5, 0.0])
    high = np.linalg.norm(high_error) / np.linalg.norm(high_values)
    ask = call(
        "filter_errors", inputs, values, values + error, variance
    )
    return Check(
        about, ask, close([0.3, high], 1e-7, labels=["low", "high"])
    )


Q6 = Question(
    "Low and high errors in many dimensions",
    4,
    "Averaging neighbours separates low from high in any dimension,"
    " once the mean is out of the way.",
    (
        square_check(
            "a smooth and a rough error", [2.0, 1.0], [0.6, -0.8]
        ),
        square_check(
            "values with a large mean",
            [1.0, 1.0],
            [0.5, 0.2],
            constant=10.0,
        ),
        square_check(
            "two outputs",
            [[1.0, 0.5], [0.4, 1.2]],
            [[0.2, 0.1], [0.3, -0.6]],
            constant=[4.0, -7.0],
        ),
        square_check(
            "a prediction that is off by a constant",
            [1.0, 1.0],
            [0.4, 0.1],
            constant=2.0,
            shift=0.7,
        ),
        square_check(
            "another width of the filter",
            [1.0, 2.0],
            [0.3, 0.3],
            side=1.4,
            variance=3.0,
        ),
        crowd_check("a crowded place", 1.2, 0.9),
    ),
)

QUESTIONS = {"q1": Q1, "q2": Q2, "q3": Q3, "q4": Q4, "q5": Q5, "q6": Q6}

MANUAL = {
    "q7": Manual(
        "What do your tables say?",
        (
            (
                2,
                (
                    "Says, with numbers from both tables, how learning"
                    " times grow, and where a run was too short to"
                    " tell."
                ),
            ),
            (
                2,
                (
                    "Explains one time by more than the frequency: the"
                    " amplitude at the start, or a strong neighbour."
                ),
            ),
            (
                1,
                (
                    "Names one thing the meter cannot tell: what lies"
                    " within two bins of a strong wave, or near the"
                    " ends."
                ),
            ),
            (
                1,
                (
                    "Predicts what another activation or learning rate"
                    " changes, then tries it and compares, once."
                ),
            ),
        ),
    )
}
