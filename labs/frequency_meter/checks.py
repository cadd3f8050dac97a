"""Visible checks of the lab: what each question is asked, and how the
answer is judged.

Every signal here is made from parts whose amplitudes are known, so that
no check needs a solution to compare with.
"""

import numpy as np
from fbkit.lab import (
    Check,
    Manual,
    Question,
    Refused,
    call,
    close,
    near,
    numbers,
    read,
)

# ---- q1: amplitudes(values) on the circle


def circle_tones(n, tones):
    """Samples (n,) at -pi + 2 pi i / n of sum_k A_k cos(k x + phase),
    from (k, A, phase) triples.
    """
    x = -np.pi + 2 * np.pi * np.arange(n) / n
    return sum(a * np.cos(k * x + phase) for k, a, phase in tones)


def circle_check(about, signals, n):
    """Amplitudes of one signal, or of a batch, each a list of (k, A,
    phase).
    """
    values = np.stack([circle_tones(n, tones) for tones in signals])
    expected = np.zeros((len(signals), n // 2 + 1))
    for row, tones in zip(expected, signals):
        for k, a, _ in tones:
            row[k] = abs(a)
    k = np.arange(n // 2 + 1)
    alone = (k == 0) | (
        2 * k == n
    )  # frequencies with one mode, not two
    cosines = np.stack(
        [
            _parts(row, tones, np.cos)
            for row, tones in zip(expected, signals)
        ]
    )
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
    if len(signals) == 1:
        values, expected = values[0], expected[0]
        mistakes = [
            (wrong[0], score, sentence)
            for wrong, score, sentence in mistakes
        ]
    judge = close(
        expected, 1e-8, mistakes=mistakes, scale=0.4, labels=k
    )
    return Check(about, call("amplitudes", values), judge)


def _parts(row, tones, part):
    """The expected row with each amplitude replaced by its cosine part
    |A cos(phase)|.
    """
    kept = np.zeros_like(row)
    for k, a, phase in tones:
        kept[k] = abs(a * part(phase))
    return kept


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
    about,
    tones,
    frequencies,
    expected,
    within,
    *,
    low=-np.pi,
    length=2 * np.pi,
    n=200,
    constant=0.0,
):
    """A signal sum A cos(w x + phase) + constant on [low, low +
    length), read at `frequencies`.

    Full score: every reading within `within` of `expected`. Readings
    that are right at the tones but not between them are leakage, and
    earn 0.4.
    """
    points = low + length * np.arange(n) / n
    values = constant + sum(
        a * np.cos(w * points + phase) for w, a, phase in tones
    )
    frequencies, expected, within = (
        np.asarray(v, dtype=float)
        for v in (frequencies, expected, within)
    )
    loud = expected > 0.5 * expected.max()

    def judge(answer, ask):
        try:
            found = numbers(
                answer, frequencies.shape, name="your spectrum"
            )
        except Refused as refused:
            return 0.0, str(refused)
        good = near(found, expected, within)
        if good.all():
            return 1.0, ""
        if good[loud].all():
            worst = int(
                np.argmax(np.where(good, 0, np.abs(found - expected)))
            )
            return (
                0.4,
                (
                    f"at frequency {frequencies[worst]:g} it reads"
                    f" {found[worst]:.3g}, expected {expected[worst]:g}"
                    f" within {within[worst]:g}: something leaks there,"
                    " so look at what the ends of the interval do."
                ),
            )
        with np.errstate(all="ignore"):
            factor = float(np.mean(found[loud] / expected[loud]))
        if (
            abs(factor) > 0.05
            and near(found / factor, expected, within).all()
        ):
            return (
                0.5,
                (
                    f"every reading is {factor:.3g} times what it"
                    " should be: divide by the sum of the taper."
                ),
            )
        worst = int(
            np.argmax(np.where(loud, np.abs(found - expected), 0))
        )
        return (
            0.0,
            (
                f"at frequency {frequencies[worst]:g} it reads"
                f" {found[worst]:.3g}, expected {expected[worst]:g}."
            ),
        )

    return Check(
        about,
        call("residual_spectrum", points, values, frequencies),
        judge,
    )


def interval_batch_check(about, shape, frequencies, seed):
    """Signals stacked along leading axes: each gets its own spectrum."""
    rng = np.random.default_rng(seed)
    sizes = rng.uniform(0.5, 2.0, shape + (len(frequencies),))
    points = -np.pi + 2 * np.pi * np.arange(160) / 160
    values = (
        sizes[..., None]
        * np.cos(np.multiply.outer(frequencies, points) + 0.5)
    ).sum(axis=-2)
    judge = close(sizes, 0.03 * sizes, scale=0.5, labels=frequencies)
    return Check(
        about,
        call(
            "residual_spectrum", points, values, np.asarray(frequencies)
        ),
        judge,
    )


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

# ---- q3: fitted_amplitudes(points, values, weights, frequencies) at un


def uneven(n, seed):
    """n uneven points on [-pi, pi), crowded towards one side, and
    uneven weights.
    """
    rng = np.random.default_rng(seed)
    return np.sort(
        -np.pi + 2 * np.pi * rng.random(n) ** 2
    ), rng.uniform(0.2, 2.0, n)


def uneven_check(about, n, seed, tones, frequencies):
    """No noise, so that the weights do not matter: the amplitudes must
    come out exactly.
    """
    points, weights = uneven(n, seed)
    values = sum(
        a * np.cos(k * points + phase) for k, a, phase in tones
    )
    size = {k: abs(a) for k, a, _ in tones}
    side = {k: abs(a * np.cos(phase)) for k, a, phase in tones}
    expected = np.array([size.get(k, 0.0) for k in frequencies])
    cosine = (
        [side.get(k, 0.0) for k in frequencies],
        0.3,
        "this is the cosine part alone: join it with the sine part.",
    )
    judge = close(
        expected, 1e-6, mistakes=[cosine], scale=0.3, labels=frequencies
    )
    return Check(
        about,
        call(
            "fitted_amplitudes",
            points,
            values,
            weights,
            np.asarray(frequencies, dtype=float),
        ),
        judge,
    )


def weight_zero_check(about, seed):
    """Some points carry nonsense and weight 0: they must not count."""
    points, weights = uneven(60, seed)
    values = 1.3 * np.cos(2 * points + 0.4) + 0.6 * np.cos(
        5 * points - 1
    )
    weights[::7], values[::7] = 0.0, 40.0
    judge = close([1.3, 0.6], 1e-6, scale=0.3, labels=[2, 5])
    return Check(
        about,
        call(
            "fitted_amplitudes",
            points,
            values,
            weights,
            np.array([2.0, 5.0]),
        ),
        judge,
    )


def weighted_mean_check(about, seed):
    """With frequency 0 alone the fit is the weighted mean: sum w v /
    sum w.
    """
    points, weights = uneven(12, seed)
    values = 3 + np.random.default_rng(seed + 1).normal(size=12)
    mean = lambda w: [abs(w @ values / w.sum())]
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
    return Check(
        about,
        call(
            "fitted_amplitudes",
            points,
            values,
            weights,
            np.array([0.0]),
        ),
        judge,
    )


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


def columns(count):
    return [f"column {i}" for i in range(count)]


def stay_check(about, times, error, expected, mistakes=(), below=0.2):
    judge = close(
        expected,
        1e-9,
        mistakes=mistakes,
        labels=columns(len(expected)),
        finite=False,
    )
    ask = call(
        "first_stay_below",
        np.asarray(times, dtype=float),
        np.asarray(error, dtype=float),
        below,
    )
    return Check(about, ask, judge)


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

# ---- q5: learning_table(points, times, residuals, frequencies), and th


def made_residuals(seed, tones, n=160):
    """Residuals (T, n) on [-pi, pi): each tone (w, A, time) decays and
    is below a fifth from `time` on.
    """
    rng = np.random.default_rng(seed)
    points = -np.pi + 2 * np.pi * np.arange(n) / n
    times = np.array([0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0])
    residuals = np.zeros((len(times), n))
    for w, a, learned in tones:
        size = np.where(
            times < learned,
            rng.uniform(0.5, 0.95, len(times)),
            rng.uniform(0.02, 0.1, len(times)),
        )
        size[0] = 1.0
        if learned > times[2]:
            size[1] = 0.1  # below for once, and back
        residuals += a * np.outer(
            size, np.cos(w * points + rng.uniform(-3, 3))
        )
    return points, times, residuals


def table_check(about, seed, tones):
    """Rows (frequency, amplitude at the start, learning time) of the
    tones that are at least 5 % of the largest.
    """
    points, times, residuals = made_residuals(seed, tones)
    expected = np.array(
        [
            row
            for row in tones
            if row[1] >= 0.05 * max(a for _, a, _ in tones)
        ],
        dtype=float,
    )
    frequencies = np.array([w for w, _, _ in tones])

    def judge(answer, ask):
        try:
            table = numbers(
                answer, (None, 3), name="your table", finite=False
            )
        except Refused as refused:
            return 0.0, str(refused)
        if not (
            len(table) == len(expected)
            and near(table[:, 0], expected[:, 0], 1e-9).all()
        ):
            given = ", ".join(f"{w:g}" for w in table[:, 0])
            wanted = ", ".join(f"{w:g}" for w in expected[:, 0])
            return (
                0.0,
                (
                    f"the first column holds {given or 'nothing'},"
                    f" expected {wanted}: those of at least 5 %, in"
                    " order."
                ),
            )
        amplitude = near(
            table[:, 1], expected[:, 1], 0.04 * expected[:, 1].max()
        )
        time = near(table[:, 2], expected[:, 2], 1e-9)
        score = 0.2 + 0.3 * amplitude.mean() + 0.5 * time.mean()
        if time.all() and amplitude.all():
            return 1.0, ""
        column, good, what = (
            (2, time, "learning time")
            if not time.all()
            else (1, amplitude, "amplitude at the start")
        )
        row = int(np.argmin(good))
        found, wanted = table[row, column], expected[row, column]
        return (
            float(min(score, 0.9)),
            (
                f"frequency {table[row, 0]:g} has the {what}"
                f" {found:.4g}, expected {wanted:.4g}."
            ),
        )

    return Check(
        about,
        call("learning_table", points, times, residuals, frequencies),
        judge,
    )


def row_fits(row, times, reading):
    """Whether readings (T,) stay below from the row's learning time on,
    and do not just before it.
    """
    _, amplitude, learned = row
    under = reading < 0.2 * reading[0]
    stays, before = (
        under[times >= learned].all(),
        under[times < learned],
    )  # all of nothing is true: never
    return bool(
        near(amplitude, reading[0], 1e-6)
        and stays
        and len(before)
        and not before[-1]
    )


def run_check(about, name):
    """A table of a real run agrees with the readings of the student's
    own meter, `<name>_readings`, and its times.
    """

    def judge(answer, ask):
        given = answer if isinstance(answer, dict) else {}
        try:
            times = numbers(
                given.get(f"{name}_times"),
                (None,),
                name="the list of times",
            )
            readings = numbers(
                given.get(f"{name}_readings"),
                (len(times), None),
                name="your meter's reading",
            )
            table = numbers(
                given.get(f"{name}_table"),
                (None, 3),
                name="your table",
                finite=False,
            )
            frequencies = numbers(
                given.get("frequencies"),
                (readings.shape[1],),
                name="the list of frequencies",
            )
        except Refused as refused:
            return 0.0, str(refused)
        if not (
            len(times) >= 50
            and readings.shape[1] >= 8
            and readings[0].min() >= 0
            and readings[0].max() > 0.3
        ):
            return (
                0.0,
                (
                    "these readings are not those of the run that the"
                    " notebook trains: run its cells in order."
                ),
            )
        if not readings[-1].max() < 0.5 * readings[0].max():
            return (
                0.0,
                (
                    "the residual has not shrunk: train as the notebook"
                    " does."
                ),
            )
        kept = readings[0] >= 0.05 * readings[0].max()
        if not (
            len(table) == kept.sum()
            and near(table[:, 0], frequencies[kept], 1e-9).all()
        ):
            return (
                0.0,
                (
                    f"expected {kept.sum()} rows, one for each"
                    " frequency of at least 5 % of the largest start."
                ),
            )
        good = sum(
            row_fits(row, times, reading)
            for row, reading in zip(table, readings[:, kept].T)
        )
        if good == len(table):
            return 1.0, ""
        return (
            0.8 * good / len(table),
            (
                f"{len(table) - good} of {len(table)} rows do not fit"
                " your meter's readings."
            ),
        )

    return Check(
        about,
        read(
            f"{name}_times",
            f"{name}_readings",
            f"{name}_table",
            "frequencies",
        ),
        judge,
    )


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

# ---- q6: filter_errors(inputs, values, prediction, variance) in many d


def square(side, dimensions):
    """Four corners of a square somewhere in space: a ring, on which the
    filter's modes are known.
    """
    one, two = np.eye(dimensions)[0], np.eye(dimensions)[1]
    turned = (one + 2 * two) / 5**0.5, (2 * one - two) / 5**0.5
    return 3.0 + side * np.array(
        [0 * one, turned[0], turned[0] + turned[1], turned[1]]
    )


ROUND = np.array([1.0, 0.0, -1.0, 0.0])  # once around the square
ALTERNATE = np.array(
    [1.0, -1.0, 1.0, -1.0]
)  # up and down: the highest frequency there is


def ring_factors(side, variance):
    """What the filter leaves of ROUND and of ALTERNATE."""
    near_one, far_one = (
        np.exp(-(side**2) / (2 * variance)),
        np.exp(-(side**2) / variance),
    )
    total = 1 + 2 * near_one + far_one
    return (1 - far_one) / total, (1 - 2 * near_one + far_one) / total


def square_check(
    about,
    waves,
    errors,
    *,
    side=1.0,
    variance=0.8,
    constant=0.0,
    shift=0.0,
):
    """Values constant + waves, prediction values + shift + errors;
    waves and errors are (round, alternate) a column.
    """
    waves, errors = (
        np.atleast_2d(waves).T,
        np.atleast_2d(errors).T,
    )  # (2, columns)
    modes = np.stack([ROUND, ALTERNATE], axis=1)  # (4, 2)
    values = modes @ waves + np.asarray(constant)  # (4, columns)
    prediction = values + modes @ errors + shift
    kept = np.array(ring_factors(side, variance))[:, None]  # (2, 1)

    def size(part):
        return np.linalg.norm(modes @ part)

    low, high = (
        size(kept * errors) / size(kept * waves),
        size((1 - kept) * errors) / size((1 - kept) * waves),
    )
    # Left in, the mean passes the filter whole: 4 points of `constant`
    # in the values, of `shift` in the error.
    columns = np.ones(waves.shape[1])
    with_mean = np.hypot(
        size(kept * errors), 2 * np.linalg.norm(shift * columns)
    ) / np.hypot(
        size(kept * waves), 2 * np.linalg.norm(constant * columns)
    )
    mistakes = [
        ([high, low], 0.5, "low and high are the wrong way round."),
        (
            [low**2, high**2],
            0.5,
            "these are squares of the errors: take the root.",
        ),
        (
            [with_mean, high],
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
    return Check(
        about,
        ask,
        close(
            [low, high], 1e-7, mistakes=mistakes, labels=["low", "high"]
        ),
    )


def crowd_check(about, distance, variance):
    """Two points in one place and one apart: rows must sum to 1,
    whoever has more neighbours.
    """
    inputs = np.zeros((3, 4))
    inputs[2, 1] = distance
    values, error = (
        np.array([[1.0], [1.0], [-2.0]]),
        np.array([[1.0], [1.0], [-2.0]]) * 0.3,
    )
    error[:2, 0] += np.array(
        [0.5, -0.5]
    )  # within the crowd: the filter averages it away
    g = np.exp(-(distance**2) / (2 * variance))
    low_values = np.array(
        [
            (2 - 2 * g) / (2 + g),
            (2 - 2 * g) / (2 + g),
            (2 * g - 2) / (1 + 2 * g),
        ]
    )
    high_values = values[:, 0] - low_values
    high_error = 0.3 * high_values + np.array([0.5, -0.5, 0.0])
    high = np.linalg.norm(high_error) / np.linalg.norm(high_values)
    return Check(
        about,
        call("filter_errors", inputs, values, values + error, variance),
        close([0.3, high], 1e-7, labels=["low", "high"]),
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
