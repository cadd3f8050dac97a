"""Visible checks of the lab: what is asked, and how it is judged.

Matrices and steps are small enough to be worked out by hand; runs are
judged against the kernel on the points.
"""

import functools
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
    numbers,
    read,
)
from numpy.typing import ArrayLike

ROUND = 2 * np.pi
POINTS = np.linspace(-8, 8, 257)
CELL = POINTS[1] - POINTS[0]
TARGET = np.exp(-(POINTS**2) / 4.5) * (
    np.cos(POINTS) + np.sin(4 * POINTS) + np.cos(7 * POINTS)
)


def array(values: ArrayLike) -> np.ndarray:
    """`values` as an array of floats."""
    return np.array(values, dtype=float)


def point_labels(x: np.ndarray) -> list[str]:
    """What the points are called."""
    return [f"point {i}" for i in range(len(x))]


def parts(values: ArrayLike) -> np.ndarray:
    """Real and imaginary parts, in that order along the last axis."""
    values = np.asarray(values, dtype=complex)
    return np.concatenate([values.real, values.imag], axis=-1)


def complex_close(
    expected: ArrayLike,
    within: float = 1e-8,
    mistakes: Sequence[Mistake] = (),
    names: Sequence[str] | None = None,
) -> Judge:
    """As `close`, for complex answers.

    `names` are those of the entries along the last axis.
    """
    expected = np.asarray(expected, dtype=complex)
    names = names or [f"node {i}" for i in range(expected.shape[-1])]
    judge_parts = close(
        parts(expected),
        within,
        mistakes=[
            (parts(wrong), score, sentence)
            for wrong, score, sentence in mistakes
        ],
        labels=[
            f"{name}, {part} part,"
            for part in ("real", "imaginary")
            for name in names
        ],
    )

    def judge(answer: object, ask: dict) -> Verdict:
        try:
            given = np.asarray(answer)
        except (ValueError, TypeError):
            raise Refused(
                "the answer is not an array: its rows differ in length"
                " or kind."
            ) from None
        if given.dtype.kind not in "biufc":
            return judge_parts(answer, ask)  # which refuses it
        if given.shape != expected.shape:
            raise Refused(
                f"the answer has shape {given.shape}, expected"
                f" {expected.shape}."
            )
        return judge_parts(parts(given), ask)

    return judge


# ---- q1: damped(p, start, t)


def damped_check(
    about: str,
    density: ArrayLike,
    even: ArrayLike,
    start: ArrayLike,
    halves: ArrayLike,
) -> Check:
    """2 pi p and its even part, by hand.

    `halves` says by what a mode of rate 1 is divided at each time.
    """
    density, even, start = map(np.array, (density, even, start))
    left = 1 / np.array(halves)

    def power(rates: np.ndarray) -> np.ndarray:
        """The errors (T, F) of modes with these rates."""
        return start * left[:, None] ** np.array(rates, dtype=float)

    expected = power(even)
    mistakes = [
        (
            power(density),
            0.4,
            (
                "cos(w x) is the same for w and -w: use the even part"
                " of p."
            ),
        ),
        (
            power(2 * even),
            0.5,
            (
                "every error falls twice as fast as it should: the even"
                " part is a mean, not a sum."
            ),
        ),
        (
            power(even / ROUND),
            0.4,
            "the factor 2 pi of the rate is missing.",
        ),
        (power(-even), 0.2, "the error grows: look at the sign."),
        (
            expected / start,
            0.3,
            "every frequency begins at its own start, not at 1.",
        ),
        (
            expected.real,
            0.5,
            (
                "the imaginary part is lost: the transform of an error"
                " is complex."
            ),
        ),
    ]
    ask = call("damped", density / ROUND, start, np.log(halves))
    return Check(about, ask, complex_close(expected, 1e-9, mistakes))


Q1 = Question(
    "Damping: every frequency by itself",
    3,
    "With outer weights alone each frequency decays by itself, at 2 pi"
    " times the even part of the density.",
    (
        damped_check(
            "an even density",
            [1, 2, 1],
            [1, 2, 1],
            [1.0, -3.0, 2.0],
            [1, 2, 8],
        ),
        damped_check(
            "a lopsided density",
            [0, 1, 2, 3, 6],
            [3, 2, 2, 2, 3],
            [1.0, 2.0, 3.0, 2.0, 1.0],
            [2, 4],
        ),
        damped_check(
            "a complex start",
            [0, 4, 1, 0],
            [0, 2.5, 2.5, 0],
            [1 - 1j, 2j, -2j, 1 + 1j],
            [1, 4, 9, 100],
        ),
    ),
)

# ---- q2: assemble(xi, p_mid, s2)


# a diagonal, and the entries below it
Bands = tuple[Sequence[float], Sequence[float]]


def bands(pair: Bands) -> np.ndarray:
    """The two bands (2, n) as the lab stores them."""
    diagonal, below = pair
    return np.array([diagonal, [*below, 0]], dtype=float)


def bands_check(
    about: str,
    xi: ArrayLike,
    density: ArrayLike,
    s2: float,
    mass: Bands,
    damping: Bands,
    stiffness: Bands,
) -> Check:
    """2 pi p on each element; M, 2 pi M_p and 2 pi K_p by hand."""
    mass, damping = bands(mass), bands(damping)
    stiffness = s2 * bands(stiffness)
    expected = np.array([mass, damping + stiffness])
    judge_bands = close(
        expected,
        1e-9,
        mistakes=bands_mistakes(s2, mass, damping, stiffness),
        scale=0.3,
        labels=[f"entry {i}" for i in range(len(xi))],
    )

    def judge(answer: object, ask: dict) -> Verdict:
        given = numbers(answer, expected.shape)
        given[:, 1, -1] = 0  # stands for nothing
        score, sentence = judge_bands(given, ask)
        sentence = sentence.replace("(row 0, ", "(mass, row ")
        sentence = sentence.replace("(row 1, ", "(operator, row ")
        return score, sentence

    ask = call("assemble", array(xi), array(density) / ROUND, s2)
    return Check(about, ask, judge)


def bands_mistakes(
    s2: float,
    mass: np.ndarray,
    damping: np.ndarray,
    stiffness: np.ndarray,
) -> list[Mistake]:
    """What wrong bands say of the equation; stiffness has s2 in it."""
    operator = damping + stiffness
    below = np.append(0, mass[1, :-1])
    lumped = np.array([mass[0] + mass[1] + below, 0 * mass[1]])
    turned = stiffness * np.array([[1.0], [-1.0]])
    bare = stiffness / s2 if s2 else 0
    return [
        (
            [mass, operator / ROUND],
            0.6,
            "the factor 2 pi is missing in the operator.",
        ),
        (
            [mass, damping - stiffness],
            0.5,
            (
                "diffusion has the wrong sign: it takes energy away, as"
                " damping does."
            ),
        ),
        (
            [mass, damping + turned],
            0.5,
            (
                "neighbouring hats have slopes of opposite sign: K_p"
                " has negative entries."
            ),
        ),
        (
            [mass, damping],
            0.4,
            "the diffusion is missing: add s2 times K_p.",
        ),
        ([mass, stiffness], 0.3, "the damping is missing: add M_p."),
        ([mass, damping + bare], 0.5, "s2 is not used."),
        (
            [mass, damping + s2 * stiffness],
            0.5,
            "s2 enters once, and not squared.",
        ),
        (
            [lumped, operator],
            0.5,
            "M is not diagonal: two neighbouring hats overlap.",
        ),
        ([mass, ROUND * operator], 0.5, "2 pi is in twice."),
    ]


Q2 = Question(
    "The matrices of the equation",
    5,
    "Two bands each: that is the whole equation on a grid, and its"
    " energy law holds exactly.",
    (
        bands_check(
            "one element",
            [0, 6],
            [3],
            2.0,
            ([2, 2], [1]),
            ([6, 6], [3]),
            ([0.5, 0.5], [-0.5]),
        ),
        bands_check(
            "two elements of different length",
            [0, 6, 9],
            [1, 2],
            3.0,
            ([2, 3, 1], [1, 0.5]),
            ([2, 4, 2], [1, 1]),
            ([1 / 6, 5 / 6, 2 / 3], [-1 / 6, -2 / 3]),
        ),
        bands_check(
            "outer weights alone, and a gap in the density",
            [-3, 0, 3, 6],
            [1, 0, 4],
            0.0,
            ([1, 2, 2, 1], [0.5, 0.5, 0.5]),
            ([1, 1, 4, 4], [0.5, 0, 2]),
            ([0, 0, 0, 0], [0, 0, 0]),
        ),
        bands_check(
            "a fine, even grid",
            np.arange(9) / 2,
            [6] * 8,
            0.25,
            (np.array([1, 2, 2, 2, 2, 2, 2, 2, 1]) / 6, [1 / 12] * 8),
            (np.array([1, 2, 2, 2, 2, 2, 2, 2, 1]), [0.5] * 8),
            ([12, 24, 24, 24, 24, 24, 24, 24, 12], [-12] * 8),
        ),
    ),
)

# ---- q3: crank_nicolson(mass, operator, start, dt, steps)
# and largest_step(mass, operator)


# eigenvector, its mass, its rate, amplitude at the start
Mode = tuple[Sequence[float], float, float, complex]


def step_check(
    about: str,
    mass: ArrayLike,
    operator: ArrayLike,
    modes: Sequence[Mode],
    dt: float,
    steps: int,
) -> Check:
    """States of a system whose `modes` are known by hand."""

    def follow(
        factor: Callable[[float, float], float],
    ) -> np.ndarray:
        """States, if a step multiplies a mode by factor(rate, mass)."""
        total = 0
        for vector, weight, rate, amplitude in modes:
            one = factor(rate, weight)
            powers = np.array([one**s for s in range(steps + 1)])
            total = total + amplitude * powers[:, None] * np.array(
                vector
            )
        return total

    expected = follow(
        lambda rate, _: (1 - dt * rate / 2) / (1 + dt * rate / 2)
    )
    mistakes = [
        (
            follow(lambda rate, _: 1 - dt * rate),
            0.2,
            "that is explicit Euler: take the mean of the two states.",
        ),
        (
            follow(lambda rate, _: 1 / (1 + dt * rate)),
            0.4,
            "that is implicit Euler: take the mean of the two states.",
        ),
        (
            follow(lambda rate, _: np.exp(-dt * rate)),
            0.3,
            (
                "that is the exact solution: steps of Crank-Nicolson"
                " are asked."
            ),
        ),
        (
            follow(lambda rate, _: (1 - dt * rate) / (1 + dt * rate)),
            0.4,
            "each side has half of the step: dt/2.",
        ),
        (
            follow(
                lambda rate, _: (
                    (1 + dt * rate / 2) / (1 - dt * rate / 2)
                )
            ),
            0.2,
            "the signs of the two sides are swapped.",
        ),
        (
            follow(
                lambda rate, weight: (
                    (1 - dt * rate * weight / 2)
                    / (1 + dt * rate * weight / 2)
                )
            ),
            0.3,
            "the mass matrix is missing.",
        ),
        (
            expected.real,
            0.5,
            (
                "the imaginary part is lost: the transform of an error"
                " is complex."
            ),
        ),
    ]
    start = expected[0] + 0j
    ask = call(
        "crank_nicolson", array(mass), array(operator), start, dt, steps
    )
    return Check(about, ask, complex_close(expected, 1e-8, mistakes))


def limit_check(
    about: str,
    mass: ArrayLike,
    operator: ArrayLike,
    top: float,
    bare: float,
) -> Check:
    """`top` is the largest rate.

    `bare` is the largest eigenvalue of the operator without the mass
    matrix.
    """
    mistakes = [
        (
            1 / top,
            0.5,
            (
                "that is half of it: at dt rate = 1 a mode is gone in"
                " one step, at 2 it swings for ever."
            ),
        ),
        (
            2 / bare,
            0.4,
            "the rates solve A v = rate M v: the mass matrix counts.",
        ),
    ]
    ask = call("largest_step", array(mass), array(operator))
    return Check(about, ask, close(2 / top, 1e-8, mistakes=mistakes))


def trial_check(about: str) -> Check:
    """Explicit Euler on the notebook's coarse grid.

    A little below the largest step, and a little above.
    """

    def judge(answer: object, ask: dict) -> Verdict:
        limit, trial = fields(answer, "limit", "trial")
        limit = float(numbers(limit, (), name="the largest step"))
        trial = numbers(
            trial, (2,), name="the list of the two runs", finite=False
        )
        if not abs(limit - 0.011716) < 2e-5:
            raise Refused(
                "on the notebook's coarse grid it is 0.01172, and yours"
                f" is {limit:.4g}."
            )
        if not (trial[0] < 1 and trial[1] > 1e6):
            return 0.2, (
                "the first run should shrink and the second explode:"
                " run the notebook's cells in order."
            )
        return 1.0, ""

    return Check(about, read("limit", "trial"), judge)


# nodes that do not touch
APART = [[4, 1], [0, 0]], [[4, 0], [0, 0]]
# (1, 1): mass 5, rate 0; (1, -1): mass 3, rate 1
PAIR = [[4, 4], [1, 0]], [[1.5, 1.5], [-1.5, 0]]

Q3 = Question(
    "Time steps, and when they explode",
    6,
    "Explicit steps are bound to the fastest mode of the grid;"
    " Crank-Nicolson never explodes.",
    (
        step_check(
            "nodes that do not touch",
            *APART,
            [([1, 0], 4, 1, 3.0), ([0, 1], 1, 0, -1j)],
            0.5,
            3,
        ),
        step_check(
            "two nodes that touch",
            *PAIR,
            [([1, 1], 5, 0, 1.0), ([1, -1], 3, 1, 2 - 1j)],
            0.5,
            4,
        ),
        step_check(
            "a step far too long for Euler",
            *PAIR,
            [([1, 1], 5, 0, 0.5), ([1, -1], 3, 1, 1.0)],
            38.0,
            3,
        ),
        limit_check("two nodes that touch", *PAIR, 1, 3),
        limit_check(
            "three nodes apart",
            [[1, 2, 4], [0, 0, 0]],
            [[3, 8, 12], [0, 0, 0]],
            4,
            12,
        ),
        trial_check("the two runs"),
    ),
)

# ---- q4: by_kernel(x, phi, s2, weights, start, t)


def kernel_check(
    about: str,
    x: ArrayLike,
    phi: ArrayLike,
    s2: float,
    weights: ArrayLike,
    start: ArrayLike,
    t: ArrayLike,
    expected: ArrayLike,
    mistakes: Sequence[Mistake] = (),
) -> Check:
    """Residuals on points, at the times t."""
    x, phi, weights = array(x), array(phi), array(weights)
    start, t = array(start), array(t)
    judge = close(
        expected, 1e-8, mistakes=mistakes, labels=point_labels(x)
    )
    ask = call("by_kernel", x, phi, s2, weights, start, t)
    return Check(about, ask, judge)


@functools.cache
def truth(s2: float, uneven: bool = False) -> np.ndarray:
    """Residuals (3, 257) on the points at t = 1, 5, 20."""
    density = np.exp(-((POINTS - 2) ** 2) / 8) if uneven else 1
    phi = lambda z: np.exp(-4.5 * z**2)
    run = fb.exact_operator(
        phi,
        s2**0.5,
        -TARGET,
        POINTS,
        [1, 5, 20],
        CELL * density * np.ones(257),
    )
    return run.meta["residual"]


def off_score(off: float) -> float:
    """Of a solution that is so far from the kernel's."""
    for below, score in ((2e-4, 1.0), (1e-3, 0.6), (1e-2, 0.3)):
        if off < below:
            return score
    return 0.0


def grid_check(about: str, which: int, budget: int = 200_000) -> Check:
    """The solver on the student's grid against the kernel at one time.

    Full score: below 2e-4 of |e_0|, within the budget.
    """

    def judge(answer: object, ask: dict) -> Verdict:
        grid, solved = fields(answer, "grid", "solved")
        grid = numbers(grid, (3,), name="your grid")
        solved = numbers(
            solved,
            (3, 257),
            name="what your solver gives at t = 1, 5, 20",
        )
        miss = solved[which] - truth(0.25)[which]
        off = np.linalg.norm(miss) / np.linalg.norm(TARGET)
        score = off_score(off)
        cost = grid[1] * grid[2]
        if not cost <= budget:
            return 0.5 * score, (
                f"nodes times steps is {cost:,.0f}, and {budget:,} may"
                " be spent."
            )
        return score, (
            f"it is {off:.1e} of the start away from the kernel,"
            " expected below 2e-4: the window, the spacing and the step"
            " each add their part."
        )

    return Check(about, read("grid", "solved"), judge)


def decays(rates: tuple[float, float]) -> np.ndarray:
    """Two points with the modes (1, 1) and (1, -1), from (3, 1).

    At t = 0, 1, 2; the rates are those of the two modes.
    """
    even, odd = (np.exp(-rate * np.arange(3)) for rate in rates)
    return np.array([2 * even + odd, 2 * even - odd]).T


E = 1 - np.exp(-np.array([1.0, 3.0]))
TWO = [[1, 0.5], [0.5, 1]]

Q4 = Question(
    "The same dynamics without a frequency grid",
    6,
    "Two routes, a grid in frequency and a kernel on points, and one"
    " answer: that is how you know it is right.",
    (
        kernel_check(
            "one point",
            [2],
            [[1]],
            0.5,
            [0.25],
            [-4.0],
            [0, 2],
            [[-4], [-4 * np.exp(-1.5)]],
            [
                (
                    [[-4], [-4 * np.exp(-0.5)]],
                    0.3,
                    "the factor 1 + s2 x x' is missing.",
                ),
                (
                    [[-4], [-4 * np.exp(-6)]],
                    0.3,
                    "the weights are not used.",
                ),
            ],
        ),
        kernel_check(
            "two points",
            [-1, 1],
            TWO,
            0.2,
            [0.5, 0.5],
            [3.0, 1.0],
            [0, 1, 2],
            decays([0.8, 0.4]),
            [
                (
                    decays([0.75, 0.25]),
                    0.3,
                    "the factor 1 + s2 x x' is missing.",
                ),
                (decays([1.6, 0.8]), 0.3, "the weights are not used."),
                (
                    decays([0.9, 0.3]),
                    0.3,
                    (
                        "s2 is multiplied by x x', a product of two"
                        " points with its sign."
                    ),
                ),
            ],
        ),
        kernel_check(
            "a point that is no data",
            [0, 1],
            TWO,
            0.0,
            [1, 0],
            [2.0, 1.0],
            [1, 3],
            np.array([2 - 2 * E, 1 - E]).T,
            [
                (
                    np.array([2 - 2 * E, 1 + 0 * E]).T,
                    0.5,
                    (
                        "a point of weight 0 moves too: it follows its"
                        " neighbours."
                    ),
                ),
            ],
        ),
        *(
            grid_check(f"your solver on your grid, t = {t}", which)
            for which, t in enumerate((1, 5, 20))
        ),
    ),
)

# ---- q5: sinks(xi, p_mid, s2, field)


def sinks_check(
    about: str,
    xi: ArrayLike,
    p_mid: ArrayLike,
    s2: float,
    field: ArrayLike,
    damping: ArrayLike,
    slopes: ArrayLike,
    mistakes: Sequence[Mistake] = (),
) -> Check:
    """Integrals of p |c|^2 and of p |c'|^2 for each state, by hand.

    A mistake is a pair of lists as well: damping, then diffusion.
    """
    damping, slopes = array(damping), array(slopes)
    expected = np.array([damping, s2 * slopes]).T
    known = [
        (array(wrong).T, score, sentence)
        for wrong, score, sentence in mistakes
    ]
    known += [
        (
            ROUND * expected,
            0.6,
            (
                "2 pi is not in it: the 2 pi of the rate and that of"
                " the loss cancel."
            ),
        ),
        (
            expected / 2,
            0.6,
            (
                "every entry is half of it: the derivative of |c|^2/2"
                " has no 1/2."
            ),
        ),
        (
            -expected,
            0.6,
            (
                "the sign: both are what the loss loses in a unit of"
                " time, and at least 0."
            ),
        ),
        (
            np.array([damping, slopes]).T,
            0.6,
            "s2 is missing in front of the diffusion.",
        ),
        (
            expected[:, ::-1],
            0.6,
            "damping comes first, then diffusion.",
        ),
    ]
    judge = close(
        expected, 1e-9, mistakes=known, labels=["damping", "diffusion"]
    )
    state = np.array(field) + 0j
    ask = call("sinks", array(xi), array(p_mid), s2, state)
    return Check(about, ask, judge)


def balance_check(about: str) -> Check:
    """What the loss lost between t = 0 and 20, and the two sinks.

    On the notebook's grid.
    """

    def judge(answer: object, ask: dict) -> Verdict:
        (balance,) = fields(answer, "balance")
        lost, damping, diffusion = numbers(
            balance, (3,), name="the balance"
        )
        if not abs(lost - 2.0041) < 2e-3:
            raise Refused(
                "the loss falls by 2.004 on the notebook's grid, and"
                f" {lost:.4g} came: run its cells in order."
            )
        if not abs(damping + diffusion - lost) < 1e-6:
            raise Refused(
                f"your sinks took {damping:.4g} and {diffusion:.4g},"
                f" and {lost:.4g} in all was lost."
            )
        if not abs(diffusion - DIFFUSED) < 2e-3:
            return (
                0.3,
                "the total is right, and its two shares are not.",
            )
        return 1.0, ""

    return Check(about, read("balance"), judge)


DIFFUSED = 0.3  # of the loss, on 401 nodes

Q5 = Question(
    "Two sinks",
    4,
    "Every bit of loss that goes is taken by damping or by diffusion,"
    " and you can say by which.",
    (
        sinks_check(
            "one element",
            [0, 3],
            [3],
            0.5,
            [[1, 2j]],
            [15],
            [5],
            [
                (
                    [[3], [0.5]],
                    0.2,
                    (
                        "the field is complex: the imaginary part"
                        " counts in its square."
                    ),
                ),
                (
                    [[22.5], [2.5]],
                    0.5,
                    (
                        "|c|^2 is not linear on an element: integrate"
                        " the square of the line itself."
                    ),
                ),
            ],
        ),
        sinks_check(
            "two elements, two states",
            [0, 1, 3],
            [1, 3],
            0.25,
            [[0, 3, 0], [1, 1, 1]],
            [21, 7],
            [22.5, 0],
            [
                (
                    [[31.5, 7], [22.5 / 4, 0]],
                    0.5,
                    (
                        "|c|^2 is not linear on an element: integrate"
                        " the square of the line itself."
                    ),
                ),
            ],
        ),
        sinks_check(
            "a density with a gap",
            [-6, 0, 6, 9],
            [1, 0, 0.5],
            1.0,
            [[1, -1, 2j, 1j]],
            [5.5],
            [2 / 3 + 1 / 6],
        ),
        balance_check("the balance"),
    ),
)

# ---- q6: mixing_matrix(rho_hat, spacing)
# and uneven_run(mass, operator, mixing, start, dt, steps)


def mixing_check(
    about: str, rho_hat: ArrayLike, spacing: float, expected: ArrayLike
) -> Check:
    """`expected`: the values of rho_hat in their places, by hand."""
    expected = np.array(expected) * spacing / ROUND
    mistakes = [
        (
            expected.T,
            0.4,
            (
                "rows and columns are exchanged: row k holds"
                " rhohat(xi_k - xi_l)."
            ),
        ),
        (expected * ROUND, 0.5, "the factor 1/(2 pi) is missing."),
        (
            expected / spacing,
            0.5,
            "the spacing is missing: the sum stands for an integral.",
        ),
        (
            expected.real,
            0.4,
            (
                "the imaginary part is lost: data that are not"
                " symmetric about 0 have one."
            ),
        ),
    ]
    names = [f"column {i}" for i in range(len(expected))]
    judge = complex_close(expected, 1e-10, mistakes, names)
    ask = call("mixing_matrix", np.array(rho_hat) + 0j, spacing)
    return Check(about, ask, judge)


def uneven_check(
    about: str,
    mass: ArrayLike,
    operator: ArrayLike,
    mixing: ArrayLike,
    start: ArrayLike,
    dt: float,
    steps: int,
    expected: ArrayLike,
    mistakes: Sequence[Mistake] = (),
) -> Check:
    """The state after so many steps, with a matrix that mixes."""
    arrays = map(np.array, (mass, operator, mixing, start))
    ask = call("uneven_run", *arrays, dt, steps)
    return Check(about, ask, complex_close(expected, 1e-8, mistakes))


def dense_data_check(about: str) -> Check:
    """The notebook's uneven data: solver against kernel, at t = 20."""

    def judge(answer: object, ask: dict) -> Verdict:
        (uneven,) = fields(answer, "uneven")
        uneven = numbers(
            uneven, (257,), name="the residual with uneven data"
        )
        size = np.linalg.norm(TARGET)
        off = np.linalg.norm(uneven - truth(0.25, True)[-1]) / size
        if off < 0.01:
            return 1.0, ""
        if np.linalg.norm(uneven - truth(0.25)[-1]) / size < 0.01:
            return 0.2, (
                "this is what even data leave: the mixing matrix has no"
                " effect."
            )
        return (0.5 if off < 0.05 else 0.0), (
            f"it is {off:.2g} of the start away from the kernel,"
            " expected below 0.01."
        )

    return Check(about, read("uneven"), judge)


Q6 = Question(
    "Uneven data mix the frequencies",
    5,
    "Where the data are uneven no frequency is learned by itself: the"
    " density of the data couples them all.",
    (
        mixing_check(
            "three frequencies",
            [1, 2, 6, 3, 4],
            0.5,
            [[6, 2, 1], [3, 6, 2], [4, 3, 6]],
        ),
        mixing_check(
            "data to one side",
            [1 + 2j, 5, 1 - 2j],
            2.0,
            [[5, 1 + 2j], [1 - 2j, 5]],
        ),
        uneven_check(
            "two nodes apart",
            [[2, 0], [0, 1]],
            [[4, 0], [0, 1]],
            [[0.5, 0], [0, 2]],
            [1j, 3],
            1.0,
            2,
            [1j / 9, 0],
            [
                (
                    [0, 1 / 3],
                    0.3,
                    (
                        "the mixing is not used: the operator acts on"
                        " the mixed field."
                    ),
                ),
                (
                    [0, 3],
                    0.2,
                    (
                        "that is explicit Euler: take the mean of the"
                        " two states."
                    ),
                ),
                (
                    [1j / 4, 1 / 3],
                    0.4,
                    (
                        "that is implicit Euler: take the mean of the"
                        " two states."
                    ),
                ),
            ],
        ),
        uneven_check(
            "one frequency drives another",
            np.eye(2),
            [[1, 0], [0, 0]],
            [[0, 1], [1, 0]],
            [5.0, 1 + 1j],
            0.5,
            4,
            [3 - 2j, 1 + 1j],
            [
                (
                    [5, -9 + 1j],
                    0.4,
                    "mix first, then apply the operator: A R, not R A.",
                ),
                (
                    [5 * 0.6**4, 1 + 1j],
                    0.2,
                    (
                        "the mixing is not used: the operator acts on"
                        " the mixed field."
                    ),
                ),
            ],
        ),
        dense_data_check("the run with uneven data"),
    ),
)

QUESTIONS = {"q1": Q1, "q2": Q2, "q3": Q3, "q4": Q4, "q5": Q5, "q6": Q6}

MANUAL = {
    "q7": Manual(
        "What did the solver cost, and what did it show?",
        (
            (
                2,
                (
                    "Says, with numbers, what bounds explicit steps,"
                    " and what Crank-Nicolson cures and what not."
                ),
            ),
            (
                2,
                (
                    "Says, with numbers, what diffusion changes in"
                    " frequency and in x, and where it comes from."
                ),
            ),
            (
                1,
                (
                    "Names one place where solver and network part, by"
                    " how much, and why."
                ),
            ),
            (
                1,
                (
                    "Predicts what one change does (a shifted target,"
                    " another p or s2, fewer units), tries it,"
                    " compares."
                ),
            ),
        ),
    )
}
