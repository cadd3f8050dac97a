"""Visible checks of the lab: what is asked, and how it is judged.

Every kernel, network and spectrum here is small enough to be worked out
by hand, or made from parts that are known.
"""

from collections.abc import Callable, Sequence

import fbkit as fb
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

Tone = tuple[int, float, float]  # frequency, amplitude, phase
# inner weights, bias and outer weight of a unit
Unit = tuple[Sequence[float], float, float]
INF = np.inf


def array(values: ArrayLike) -> np.ndarray:
    """`values` as an array of floats."""
    return np.array(values, dtype=float)


# ---- q1: circle_eigenvalues(profile)


def profile_check(
    about: str, rows: Sequence[dict[int, float]], n: int
) -> Check:
    """Eigenvalues of kernels sum_k c_k cos(k theta).

    Each row is {k: c_k}; it is sampled at n angles from 0.
    """
    angles = 2 * np.pi * np.arange(n) / n
    profile = np.array(
        [
            sum(c * np.cos(k * angles) for k, c in row.items())
            for row in rows
        ]
    )
    k = np.arange(n // 2 + 1)
    # frequencies with one wave, not two
    alone = (k == 0) | (2 * k == n)
    series = np.array([[row.get(j, 0.0) for j in k] for row in rows])
    expected = np.where(alone, series, series / 2)
    mistakes = [
        (
            series,
            0.5,
            (
                "frequencies between 0 and n/2 come out doubled: that"
                " is the cosine series, not eigenvalues."
            ),
        ),
        (
            np.where(k == 0, series, expected / 2),
            0.4,
            "all but frequency 0 are halved: sum over all n angles.",
        ),
        (
            np.where(2 * k == n, series / 2, expected),
            0.7,
            "frequency n/2 comes out halved: it has one wave alone.",
        ),
        (
            np.abs(expected),
            0.6,
            (
                "a sign is lost: look at the sum itself and not at its"
                " absolute value."
            ),
        ),
        (
            expected * (-1.0) ** k,
            0.4,
            (
                "odd frequencies have the wrong sign: the first entry"
                " is the kernel at angle 0."
            ),
        ),
    ]
    if len(rows) == 1:  # one kernel (n,), not a batch (1, n)
        profile, expected = profile[0], expected[0]
        mistakes = [
            (wrong[0], score, sentence)
            for wrong, score, sentence in mistakes
        ]
    judge = close(
        expected, 1e-9, mistakes=mistakes, scale=0.4, labels=k
    )
    return Check(about, call("circle_eigenvalues", profile), judge)


Q1 = Question(
    "The eigenvalues of a kernel on the circle",
    4,
    "On the circle waves are the eigenvectors, and one sum for each"
    " frequency replaces an eigensolver.",
    (
        profile_check("three waves", [{0: 2.0, 1: 1.0, 5: 0.5}], 24),
        profile_check(
            "the highest frequency, n/2", [{0: 3.0, 1: 2.0, 4: 1.0}], 8
        ),
        profile_check(
            "a function with a negative eigenvalue",
            [{0: 1.0, 2: -0.6, 3: 0.4}],
            20,
        ),
        profile_check(
            "an odd number of points, two kernels at once",
            [{0: 1.0, 7: 2.0}, {1: 4.0, 6: 0.2}],
            15,
        ),
    ),
)

# ---- q2: network_kernel(inputs, weights, biases, outer)


def kernel_judge(
    of_outer: np.ndarray, of_weights: np.ndarray, of_biases: np.ndarray
) -> Judge:
    """A network's kernel (n, n) from its three parts."""
    mistakes = [
        (
            of_outer + of_weights,
            0.6,
            "the biases are trained too, and each has a gradient.",
        ),
        (
            of_outer + of_biases,
            0.4,
            (
                "the inner weights' part is missing: their gradient"
                " holds the input."
            ),
        ),
        (
            of_weights + of_biases,
            0.4,
            (
                "the outer weights' part is missing: their gradient is"
                " the unit's output."
            ),
        ),
        (of_outer, 0.3, "this is the outer weights' part alone."),
    ]
    expected = of_outer + of_weights + of_biases
    return close(expected, 1e-6, mistakes=mistakes, scale=0.5)


def units_check(
    about: str,
    inputs: ArrayLike,
    units: Sequence[Unit],
    outer_part: ArrayLike,
    weight_part: ArrayLike,
    bias_part: ArrayLike,
) -> Check:
    """A network of a few units (w, b, a).

    The three parts of its kernel, times the number of units, by hand.
    """
    weights, biases, outer = (array(one) for one in zip(*units))
    m = len(units)
    judge = kernel_judge(
        array(outer_part) / m,
        array(weight_part) / m,
        array(bias_part) / m,
    )
    ask = call("network_kernel", array(inputs), weights, biases, outer)
    return Check(about, ask, judge)


def wide_check(about: str) -> Check:
    """The kernel of the notebook's wide network.

    It is close to the limit in each of the first frequencies.
    """

    def judge(answer: object, ask: dict) -> Verdict:
        (kernel,) = fields(answer, "wide_kernel")
        kernel = numbers(
            kernel, (64, 64), name="the wide network's kernel"
        )
        largest = np.abs(kernel).max()
        if not near(kernel, kernel.T, 1e-5 * largest).all():
            raise Refused(
                "a kernel matrix is the same when its two inputs change"
                " places, and yours is not."
            )
        # by angle, over all pairs
        turned = [np.roll(row, -i) for i, row in enumerate(kernel)]
        along = np.mean(turned, axis=0)
        limit = fb.ntk().profile(2 * np.pi * np.arange(64) / 64)
        found = np.fft.fft(along).real[:5] / 64
        expected = np.fft.fft(limit).real[:5] / 64
        off = found / expected - 1
        good = np.abs(off) < 0.05
        if good.all():
            return 1.0, ""
        worst = int(np.argmax(np.abs(off)))
        return 0.1 * float(good.sum()), (
            f"at frequency {worst} its rate is {found[worst]:.4f},"
            f" expected {expected[worst]:.4f} within 5 %."
        )

    return Check(about, read("wide_kernel"), judge)


AXES = [(1, 0), (0, 1)]

Q2 = Question(
    "The kernel of a network with given weights",
    5,
    "Your kernel knows every parameter: outer weights, inner weights"
    " and biases each add their part.",
    (
        units_check(
            "one unit, active at both inputs",
            AXES,
            [((1, 0), 1, 2)],
            [[4, 2], [2, 1]],
            [[4, 0], [0, 4]],
            [[4, 4], [4, 4]],
        ),
        units_check(
            "a unit that is silent at one input",
            [(0, 1), (1, 0), (0.6, 0.8)],
            [((0, 2), -1, -3)],
            [[1, 0, 0.6], [0, 0, 0], [0.6, 0, 0.36]],
            [[9, 0, 7.2], [0, 0, 0], [7.2, 0, 9]],
            [[9, 0, 9], [0, 0, 0], [9, 0, 9]],
        ),
        units_check(
            "two units together",
            AXES,
            [((1, 0), 1, 2), ((0, 2), -1, -3)],
            [[4, 2], [2, 2]],
            [[4, 0], [0, 13]],
            [[4, 4], [4, 13]],
        ),
        units_check(
            "inputs in three dimensions, longer than 1",
            [(2, 0, 1), (0, 3, 0)],
            [
                ((1, 1, 0), 0.5, 0.5),
                ((0, 1, 2), 0, 2),
                ((-1, 0, 0), -1, 5),
            ],
            [[6.25 + 4, 8.75 + 6], [8.75 + 6, 12.25 + 9]],
            [[21.25, 0], [0, 38.25]],
            [[4.25, 4.25], [4.25, 4.25]],
        ),
        wide_check("the network of width 4,096"),
    ),
)

# ---- q3: predicted_errors(rates, start, lr, steps)


def powers(base: np.ndarray, steps: Sequence[int]) -> np.ndarray:
    """base (K,) to the power of each step, (T, K)."""
    return np.array([[b ** int(step) for b in base] for step in steps])


def errors_check(
    about: str,
    rates: ArrayLike,
    start: ArrayLike,
    lr: float,
    steps: Sequence[int],
    factors: ArrayLike,
) -> Check:
    """Errors (T, K); a step multiplies mode by mode by `factors`."""
    rates, start, factors = array(rates), array(start), array(factors)
    steps = np.array(steps)
    expected = start * powers(factors, steps)
    flow = start * np.exp(-lr * np.outer(steps, rates))
    mistakes = [
        (
            flow,
            0.5,
            (
                "this is gradient flow, e^(-lr rate s): a step of"
                " finite length multiplies by 1 - lr rate."
            ),
        ),
        (
            np.abs(expected),
            0.5,
            (
                "a sign is lost: with lr rate above 1 the error changes"
                " sign at every step."
            ),
        ),
        (
            powers(factors, steps),
            0.4,
            "every mode begins at its own start, not at 1.",
        ),
        (
            start * powers(factors, range(len(steps))),
            0.2,
            "these are the numbers of the rows: use the steps given.",
        ),
        (
            start * powers(1 - rates, steps),
            0.2,
            "the learning rate is not used.",
        ),
    ]
    judge = close(
        expected,
        1e-9 * (1 + np.abs(expected)),
        mistakes=mistakes,
        labels=[f"mode {i}" for i in range(len(rates))],
    )
    return Check(
        about, call("predicted_errors", rates, start, lr, steps), judge
    )


def decay_check(about: str) -> Check:
    """The prediction for the notebook's run, mode by mode.

    Within 6 % of the start at every recorded step.
    """
    asked = ("decay_steps", "decay_errors", "decay_predicted")

    def judge(answer: object, ask: dict) -> Verdict:
        steps, errors, predicted = fields(answer, *asked)
        steps = numbers(steps, (None,), name="the list of steps")
        errors = numbers(
            errors, (len(steps), 3), name="the measured errors"
        )
        predicted = numbers(
            predicted, (len(steps), 3), name="your prediction"
        )
        if not (
            len(steps) >= 20
            and steps[0] == 0
            and near(errors[0], 0.05 / 2**0.5, 1e-3).all()
            and errors[-1, 0] < 0.1 * errors[0, 0]
        ):
            raise Refused(
                "these are not the errors of the run that the notebook"
                " trains: run its cells in order."
            )
        gap = np.abs(predicted - errors).max(axis=0) / errors[0]
        good = gap < 0.06
        if good.all():
            return 1.0, ""
        worst = int(np.argmax(gap))
        frequency = (1, 2, 4)[worst]
        return 0.2 * float(good.sum()), (
            f"in frequency {frequency} it is off by {gap[worst]:.2g} of"
            " the start, expected below 0.06."
        )

    return Check(about, read(*asked), judge)


Q3 = Question(
    "The decay of each frequency",
    4,
    "One number for each mode and one power: that is a whole training"
    " run, as long as the kernel stays put.",
    (
        errors_check(
            "two plain decays",
            [1.0, 0.5],
            [2.0, -3.0],
            0.5,
            [0, 1, 2, 5],
            [0.5, 0.75],
        ),
        errors_check(
            "modes that overshoot",
            [3.0, 5.0],
            [1.0, 0.2],
            0.5,
            [0, 1, 2, 3],
            [-0.5, -1.5],
        ),
        errors_check(
            "many steps, and a rate of 0",
            [0.0, 1e-3],
            [1.5, 1.0],
            1.0,
            [0, 1000, 5000],
            [1.0, 0.999],
        ),
        decay_check("the network's run"),
    ),
)

# ---- q4: largest_lr(kernel) and steps_needed(rates, lr, below)


def largest_check(about: str, kernel: ArrayLike, top: float) -> Check:
    """`top` is the largest eigenvalue of kernel / n."""
    kernel = array(kernel)
    n = len(kernel)
    mistakes = [
        (
            1 / top,
            0.5,
            (
                "that is half of it: with lr rate = 1 a mode is gone in"
                " one step, at 2 it swings for ever."
            ),
        ),
        (
            2 / (n * top),
            0.4,
            (
                "the loss is a mean over n points, so the rates are"
                " eigenvalues of kernel / n."
            ),
        ),
        (
            2 * n / np.trace(kernel),
            0.2,
            (
                "this uses the trace: the sum of the eigenvalues, not"
                " the largest one."
            ),
        ),
        (
            2 * n / kernel[0].sum(),
            0.3,
            (
                "this uses a row's sum, the eigenvalue of frequency 0:"
                " another may be larger."
            ),
        ),
    ]
    judge = close(2 / top, 1e-9, mistakes=mistakes)
    return Check(about, call("largest_lr", kernel), judge)


def steps_check(
    about: str,
    rates: ArrayLike,
    lr: float,
    below: float,
    expected: Sequence[float],
    mistakes: Sequence[Mistake] = (),
) -> Check:
    """Steps until a mode is below, where infinity says never."""
    judge = close(
        expected,
        1e-9,
        mistakes=mistakes,
        labels=[f"rate {rate:g}" for rate in rates],
        finite=False,
    )
    ask = call("steps_needed", array(rates), lr, below)
    return Check(about, ask, judge)


def trial_check(about: str) -> Check:
    """The notebook's two runs of a network of width 1,024.

    One below and one above its largest learning rate.
    """

    def judge(answer: object, ask: dict) -> Verdict:
        limit, trial = fields(answer, "limit", "trial")
        limit = float(numbers(limit, (), name="the learning rate"))
        trial = numbers(
            trial, (2,), name="the list of the two runs", finite=False
        )
        if not abs(limit - 1.72) < 0.05:
            raise Refused(
                "the notebook's network has the limit 1.72 within 0.05,"
                f" and yours is {limit:.4g}."
            )
        if not (trial[0] < 0.5 and trial[1] > 10):
            return 0.2, (
                "the first run should fall below half of its start and"
                " the second grow: train as the notebook."
            )
        return 1.0, ""

    return Check(about, read("limit", "trial"), judge)


EIGHT = 2 * np.pi * np.subtract.outer(np.arange(8), np.arange(8)) / 8

Q4 = Question(
    "The largest learning rate, and what it costs",
    5,
    "The largest eigenvalue sets the learning rate, and the small ones"
    " pay for it in steps.",
    (
        largest_check(
            "a kernel of rank one", np.outer([1, 2, 2], [1, 2, 2]), 3
        ),
        largest_check("a kernel on two points", [[2, 1], [1, 2]], 1.5),
        largest_check(
            "a kernel whose largest rate is not frequency 0",
            1 + 4 * np.cos(2 * EIGHT),
            2,
        ),
        steps_check(
            "four rates",
            [1, 0.5, 1.5, 0.05],
            1.0,
            0.1,
            [1, 4, 4, 45],
            [
                (
                    [3, 5, 2, 47],
                    0.3,
                    (
                        "these are the steps of gradient flow, e^(-lr"
                        " rate s)."
                    ),
                ),
                (
                    [1, 4, INF, 45],
                    0.6,
                    (
                        "a rate of 1.5 overshoots and shrinks all the"
                        " same: its factor is -0.5."
                    ),
                ),
            ],
        ),
        steps_check(
            "rates that are never learned",
            [0, 2, 3, -1e-18, 0.9],
            1.0,
            0.5,
            [INF, INF, INF, INF, 1],
            [
                (
                    [0, 0, 0, 0, 1],
                    0.2,
                    (
                        "0 steps says that it is learned at the start:"
                        " return infinity for never."
                    ),
                ),
                (
                    [INF, 0, 0, INF, 1],
                    0.3,
                    (
                        "with lr rate of 2 and more a mode is never"
                        " learned: return infinity."
                    ),
                ),
            ],
        ),
        steps_check(
            "another learning rate",
            [0.2, 0.02],
            4.0,
            0.01,
            [3, 56],
            [([21, 228], 0.2, "the learning rate is not used.")],
        ),
        trial_check("the two runs"),
    ),
)

# ---- q5: blind_part(values)


def waves(
    angles: np.ndarray,
    tones: Sequence[Tone],
    keep: Callable[[int], bool],
) -> np.ndarray:
    """The sum (n,) of those tones whose frequency `keep` holds for."""
    total = 0 * angles
    for k, a, phase in tones:
        if keep(k):
            total = total + a * np.cos(k * angles + phase)
    return total


def blind_check(
    about: str,
    n: int,
    signals: Sequence[Sequence[Tone]],
    first: float = -np.pi,
) -> Check:
    """Signals at n angles from `first`: what is left of odd k >= 3."""
    angles = first + 2 * np.pi * np.arange(n) / n

    def part(keep: Callable[[int], bool]) -> np.ndarray:
        return np.array(
            [waves(angles, tones, keep) for tones in signals]
        )

    values = part(lambda k: True)
    expected = part(lambda k: k % 2 == 1 and k > 1)
    mistakes = [
        (
            part(lambda k: k % 2 == 1),
            0.5,
            (
                "frequency 1 is still in: it comes from z/2, and the"
                " network does have it."
            ),
        ),
        (
            values - expected,
            0.4,
            (
                "this is what the network can learn; what it cannot is"
                " asked."
            ),
        ),
        (
            -expected,
            0.5,
            (
                "the sign is wrong: values = what can be learned + what"
                " cannot."
            ),
        ),
        (
            part(lambda k: k % 2 == 0),
            0.1,
            (
                "these are the even frequencies, which a network"
                " without biases learns."
            ),
        ),
        (
            part(lambda k: k > 1),
            0.2,
            "even frequencies are still in: |z| has them.",
        ),
    ]
    if len(signals) == 1:  # one signal (n,), not a batch (1, n)
        values, expected = values[0], expected[0]
        mistakes = [
            (wrong[0], score, sentence)
            for wrong, score, sentence in mistakes
        ]
    judge = close(
        expected,
        1e-9,
        mistakes=mistakes,
        scale=0.3,
        labels=[f"point {i}" for i in range(n)],
    )
    return Check(about, call("blind_part", values), judge)


def bump_check(about: str) -> Check:
    """What the network leaves of the bump is its blind part, to 5 %."""

    def judge(answer: object, ask: dict) -> Verdict:
        left, blind = fields(answer, "bump_left", "bump_blind")
        left = numbers(left, (64,), name="what the network left")
        blind = numbers(
            blind, (64,), name="your blind part of the bump"
        )
        size = np.linalg.norm(left)
        if not 0.9 < size < 1.0:
            raise Refused(
                "this is not what the notebook's network leaves of the"
                " bump: run its cells in order."
            )
        off = np.linalg.norm(left - blind) / size
        if off < 0.05:
            return 1.0, ""
        if np.linalg.norm(left + blind) / size < 0.05:
            return 0.5, "it has the right shape and the wrong sign."
        return 0.0, (
            "your blind part differs from what is left by"
            f" {100 * off:.3g} % of it, expected below 5 %."
        )

    return Check(about, read("bump_left", "bump_blind"), judge)


Q5 = Question(
    "What a network without biases cannot learn",
    4,
    "An odd frequency above 1 is out of reach without biases, for every"
    " width, learning rate and number of steps.",
    (
        blind_check(
            "even and odd waves",
            32,
            [
                [
                    (0, 1.0, 0.0),
                    (2, 0.8, 0.5),
                    (3, 0.6, 1.1),
                    (5, 0.4, -0.7),
                ]
            ],
        ),
        blind_check(
            "frequency 1, shifted", 24, [[(1, 2.0, 0.9), (3, 0.5, 0.2)]]
        ),
        blind_check(
            "points that begin elsewhere",
            20,
            [[(1, 1.0, 0.4), (7, 0.9, 2.0), (8, 0.3, 1.0)]],
            first=0.3,
        ),
        blind_check(
            "two signals at once, n/2 odd",
            10,
            [[(5, 1, 0), (1, 0.5, 0.3)], [(3, 1, 1), (4, 1, 0)]],
            first=0,
        ),
        bump_check("the bump"),
    ),
)

# ---- q6: heard(mu, n)


def heard_check(
    about: str,
    mu: ArrayLike,
    n: int,
    expected: ArrayLike,
    mistakes: Sequence[Mistake] = (),
) -> Check:
    """The rates (n//2 + 1,) that n points hear."""
    judge = close(
        expected,
        1e-9,
        mistakes=mistakes,
        labels=np.arange(n // 2 + 1),
    )
    return Check(about, call("heard", array(mu), n), judge)


def alias_check(about: str) -> Check:
    """Rates on 15 and on 16 points, and what two networks left there.

    They learned cos 3θ for 300 steps at learning rate 3.
    """

    def judge(answer: object, ask: dict) -> Verdict:
        pair, left = fields(answer, "alias_rates", "alias_left")
        left = numbers(left, (2,), name="what the networks left")
        if not (isinstance(pair, list) and len(pair) == 2):
            pair = [None, None]
        of_odd = numbers(pair[0], (8,), name="a list of rates")[3]
        of_even = numbers(pair[1], (9,), name="a list of rates")[3]
        if not (0.25 < left[0] < 0.45 and abs(left[1] - 1) < 0.01):
            raise Refused(
                "these are not the notebook's two networks: run its"
                " cells in order."
            )
        odd_is_right = abs(of_odd - 0.001257) < 3e-6
        even_is_right = abs(of_even) < 1e-9
        if odd_is_right and even_is_right:
            return 1.0, ""
        if odd_is_right:
            return 0.5, (
                "the rate of frequency 3 on 16 points is"
                f" {of_even:.4g}, expected 0."
            )
        return (0.5 if even_is_right else 0.0), (
            f"the rate of frequency 3 on 15 points is {of_odd:.4g},"
            " expected 0.001257."
        )

    return Check(about, read("alias_rates", "alias_left"), judge)


LONG = 0.5 ** np.arange(60)

Q6 = Question(
    "What n points hear",
    5,
    "On n points a frequency is learned at the pace of all that look"
    " like it there.",
    (
        heard_check(
            "four points",
            [8, 4, 2, 1, 0.5, 0.25],
            4,
            [9, 5.25, 4],
            [
                (
                    [8, 4, 2],
                    0.2,
                    (
                        "nothing is folded: frequency 3 looks like 1 on"
                        " four points, and 4 like 0."
                    ),
                ),
                (
                    [8.5, 4.25, 2],
                    0.4,
                    (
                        "only k, k + n, k + 2n, ... are in: -k + n, -k"
                        " + 2n, ... look like k as well."
                    ),
                ),
                (
                    [8.5, 5.25, 4],
                    0.7,
                    "frequency 0: both n and -n look like it.",
                ),
                (
                    [9, 5.25, 2],
                    0.7,
                    "frequency n/2: both n/2 and -n/2 look like it.",
                ),
                (
                    [8.5, 5.25, 2],
                    0.5,
                    (
                        "at 0 and n/2 each frequency counts twice: as"
                        " itself and as its negative."
                    ),
                ),
                (
                    [17, 5.25, 4],
                    0.7,
                    "frequency 0 is its own negative: it counts once.",
                ),
            ],
        ),
        heard_check(
            "five points",
            [1, 0.8, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1],
            5,
            [1.6, 1.4, 1.2],
            [
                (
                    [1, 0.8, 0.6],
                    0.2,
                    (
                        "nothing is folded: frequency 4 looks like 1 on"
                        " five points."
                    ),
                ),
                (
                    [1.3, 1.4, 1.2],
                    0.7,
                    "frequency 0: both n and -n look like it.",
                ),
                (
                    [1.6, 1.2, 1.1],
                    0.4,
                    "one turn is not enough: go on until mu ends.",
                ),
            ],
        ),
        heard_check(
            "fewer frequencies than points can tell apart",
            [1, 0.5],
            6,
            [1, 0.5, 0, 0],
        ),
        heard_check("many turns", LONG, 3, [1 + 2 / 7, 6 / 7]),
        alias_check("cos 3θ on 15 and 16 points"),
    ),
)

QUESTIONS = {"q1": Q1, "q2": Q2, "q3": Q3, "q4": Q4, "q5": Q5, "q6": Q6}

MANUAL = {
    "q7": Manual(
        "What does the spectrum decide, and what not?",
        (
            (
                2,
                (
                    "Says, with numbers, what the spread between the"
                    " largest and a small rate costs in steps, and why."
                ),
            ),
            (
                2,
                (
                    "Explains cos 3θ without biases on 15 and on 16"
                    " points, and what the network does between the 15."
                ),
            ),
            (
                1,
                (
                    "Names one place where prediction and network part,"
                    " by how much, and why."
                ),
            ),
            (
                1,
                (
                    "Predicts what one change does (depth, activation,"
                    " height of the target, width), tries it, compares."
                ),
            ),
        ),
    )
}
