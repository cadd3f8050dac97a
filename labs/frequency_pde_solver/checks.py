"""Visible checks of the lab: what each question is asked, and how the
answer is judged.

Matrices and steps are small enough to be worked out by hand; runs are
judged against the kernel on the points.
"""

import functools

import fbkit as fb
import numpy as np
from fbkit.lab import (
    Check,
    Manual,
    Question,
    Refused,
    call,
    close,
    numbers,
    read,
)

ROUND = 2 * np.pi
POINTS = np.linspace(-8, 8, 257)
CELL = POINTS[1] - POINTS[0]
TARGET = np.exp(-(POINTS**2) / 4.5) * (
    np.cos(POINTS) + np.sin(4 * POINTS) + np.cos(7 * POINTS)
)


def parts(values):
    """Real and imaginary parts, one after the other along the last
    axis.
    """
    values = np.asarray(values, dtype=complex)
    return np.concatenate([values.real, values.imag], axis=-1)


def complex_close(
    expected, within=1e-8, mistakes=(), names=None, scale=None
):
    """As `close`, for complex answers; `names` of the entries along the
    last axis.
    """
    expected = np.asarray(expected, dtype=complex)
    names = names or [f"node {i}" for i in range(expected.shape[-1])]
    labels = [
        f"{name}, {part} part,"
        for part in ("real", "imaginary")
        for name in names
    ]
    mistakes = [
        (parts(wrong), score, sentence)
        for wrong, score, sentence in told_apart(mistakes, expected)
    ]
    judge_parts = close(
        parts(expected),
        within,
        mistakes=mistakes,
        scale=scale,
        labels=labels,
    )

    def judge(answer, ask):
        try:
            given = np.asarray(answer)
        except (ValueError, TypeError):
            return (
                0.0,
                (
                    "the answer is not an array: its rows differ in"
                    " length or kind."
                ),
            )
        if (
            given.dtype.kind in "biufc"
            and given.shape != expected.shape
        ):
            return (
                0.0,
                (
                    f"the answer has shape {given.shape}, expected"
                    f" {expected.shape}."
                ),
            )
        return judge_parts(
            parts(given) if given.dtype.kind in "biufc" else answer, ask
        )

    return judge


def told_apart(mistakes, expected):
    """The mistakes that differ from the right answer here."""
    return [
        m
        for m in mistakes
        if not np.allclose(m[0], expected, rtol=1e-6, atol=1e-9)
    ]


# ---- q1: damped(p, start, t)


def damped_check(about, density, even, start, halves):
    """2 pi p and its even part, by hand; `halves` says by what a mode
    of rate 1 is divided at each time.
    """
    density, even, start, left = (
        np.array(v)
        for v in (density, even, start, 1 / np.array(halves))
    )
    power = lambda rates: (
        start * left[:, None] ** np.array(rates, dtype=float)
    )
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
            power(even) / start,
            0.3,
            "every frequency begins at its own start, not at 1.",
        ),
        (
            power(even).real,
            0.5,
            (
                "the imaginary part is lost: the transform of an error"
                " is complex."
            ),
        ),
    ]
    judge = complex_close(power(even), 1e-9, mistakes)
    return Check(
        about,
        call("damped", density / ROUND, start, np.log(halves)),
        judge,
    )


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


def bands_check(about, xi, density, s2, mass, damping, stiffness):
    """2 pi p on each element; M, M_p and K_p (both times 2 pi) by hand:
    each (diagonal, entries below it).
    """
    band = lambda pair: np.array([pair[0], [*pair[1], 0]], dtype=float)
    mass, damping, stiffness = (
        band(mass),
        band(damping),
        s2 * band(stiffness),
    )
    expected = np.array([mass, damping + stiffness])
    lumped = np.array(
        [mass[0] + mass[1] + np.append(0, mass[1, :-1]), 0 * mass[1]]
    )
    turned = stiffness * np.array([[1.0], [-1.0]])
    mistakes = [
        (
            [mass, (damping + stiffness) / ROUND],
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
        (
            [mass, damping + (stiffness / s2 if s2 else 0)],
            0.5,
            "s2 is not used.",
        ),
        (
            [mass, damping + s2 * stiffness],
            0.5,
            "s2 enters once, and not squared.",
        ),
        (
            [lumped, damping + stiffness],
            0.5,
            "M is not diagonal: two neighbouring hats overlap.",
        ),
        ([mass, ROUND * expected[1]], 0.5, "2 pi is in twice."),
    ]
    mistakes = told_apart(
        [
            (np.array(m), score, sentence)
            for m, score, sentence in mistakes
        ],
        expected,
    )
    names = [f"entry {i}" for i in range(len(xi))]
    judge_bands = close(
        expected, 1e-9, mistakes=mistakes, scale=0.3, labels=names
    )

    def judge(answer, ask):
        try:
            given = numbers(answer, expected.shape)
        except Refused as refused:
            return 0.0, str(refused)
        given[:, 1, -1] = 0  # stands for nothing
        score, sentence = judge_bands(given, ask)
        for code, name in (
            ("(row 0, ", "(mass, row "),
            ("(row 1, ", "(operator, row "),
        ):
            sentence = sentence.replace(code, name)
        return score, sentence

    ask = call(
        "assemble",
        np.array(xi, dtype=float),
        np.array(density, dtype=float) / ROUND,
        s2,
    )
    return Check(about, ask, judge)


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

# ---- q3: crank_nicolson(mass, operator, start, dt, steps) and largest_


def step_check(about, mass, operator, modes, dt, steps):
    """`modes`: (eigenvector, its mass, its rate, amplitude at the
    start), by hand; the factors of a step follow.
    """
    mass, operator = (
        np.array(v, dtype=float) for v in (mass, operator)
    )
    follow = lambda factor: sum(
        amplitude
        * np.array(
            [factor(rate, weight) ** s for s in range(steps + 1)]
        )[:, None]
        * np.array(vector)
        for vector, weight, rate, amplitude in modes
    )
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
    start = sum(
        amplitude * np.array(vector)
        for vector, _, _, amplitude in modes
    )
    ask = call("crank_nicolson", mass, operator, start + 0j, dt, steps)
    return Check(about, ask, complex_close(expected, 1e-8, mistakes))


def limit_check(about, mass, operator, top, bare):
    """`top` is the largest rate, `bare` the largest eigenvalue of the
    operator without the mass matrix.
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
    mistakes = [m for m in mistakes if not np.isclose(m[0], 2 / top)]
    ask = call(
        "largest_step",
        np.array(mass, dtype=float),
        np.array(operator, dtype=float),
    )
    return Check(about, ask, close(2 / top, 1e-8, mistakes=mistakes))


def trial_check(about):
    """Explicit Euler on the notebook's coarse grid, a little below and
    above the largest step.
    """

    def judge(answer, ask):
        given = answer if isinstance(answer, dict) else {}
        try:
            limit = float(
                numbers(given.get("limit"), (), name="the largest step")
            )
            trial = numbers(
                given.get("trial"),
                (2,),
                name="the list of the two runs",
                finite=False,
            )
        except Refused as refused:
            return 0.0, str(refused)
        if not abs(limit - 0.011716) < 2e-5:
            return (
                0.0,
                (
                    "on the notebook's coarse grid it is 0.01172, and"
                    f" yours is {limit:.4g}."
                ),
            )
        if not (trial[0] < 1 and trial[1] > 1e6):
            return (
                0.2,
                (
                    "the first run should shrink and the second"
                    " explode: run the notebook's cells in order."
                ),
            )
        return 1.0, ""

    return Check(about, read("limit", "trial"), judge)


APART = [[4, 1], [0, 0]], [[4, 0], [0, 0]]
PAIR = (
    [[4, 4], [1, 0]],
    [[1.5, 1.5], [-1.5, 0]],
)  # (1, 1): mass 5, rate 0; (1, -1): mass 3, rate 1

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

# ---- q4: by_kernel(x, phi, s2, weights, start, t), and a grid for the


def kernel_check(
    about, x, phi, s2, weights, start, t, expected, mistakes=()
):
    x, phi, weights, start, t = (
        np.array(v, dtype=float) for v in (x, phi, weights, start, t)
    )
    ask = call("by_kernel", x, phi, s2, weights, start, t)
    labels = [f"point {i}" for i in range(len(x))]
    return Check(
        about,
        ask,
        close(
            expected,
            1e-8,
            mistakes=told_apart(mistakes, expected),
            labels=labels,
        ),
    )


@functools.cache
def truth(s2, uneven=False):
    """Residuals on the points at t = 1, 5, 20."""
    density = np.exp(-((POINTS - 2) ** 2) / 8) if uneven else 1
    phi = lambda z: np.exp(-4.5 * z**2)
    run = fb.pde.exact_operator(
        phi,
        s2**0.5,
        -TARGET,
        POINTS,
        [1, 5, 20],
        CELL * density * np.ones(257),
    )
    return run.meta["residual"]


def grid_check(about, which, budget=200_000):
    """The solver on the student's grid against the kernel at one time:
    below 2e-4 of |e_0|, within the budget.
    """

    def judge(answer, ask):
        given = answer if isinstance(answer, dict) else {}
        try:
            grid = numbers(given.get("grid"), (3,), name="your grid")
            solved = numbers(
                given.get("solved"),
                (3, 257),
                name="what your solver gives at t = 1, 5, 20",
            )
        except Refused as refused:
            return 0.0, str(refused)
        off = np.linalg.norm(
            solved[which] - truth(0.25)[which]
        ) / np.linalg.norm(TARGET)
        score = (
            1.0
            if off < 2e-4
            else 0.6
            if off < 1e-3
            else 0.3
            if off < 1e-2
            else 0.0
        )
        cost = grid[1] * grid[2]
        if not cost <= budget:
            return (
                0.5 * score,
                (
                    f"nodes times steps is {cost:,.0f}, and {budget:,}"
                    " may be spent."
                ),
            )
        source = (
            "the window, the spacing and the step each add their part."
        )
        return (
            score,
            (
                f"it is {off:.1e} of the start away from the kernel,"
                f" expected below 2e-4: {source}"
            ),
        )

    return Check(about, read("grid", "solved"), judge)


def decays(rates):
    """Two points with the modes (1, 1) and (1, -1), from (3, 1), at t =
    0, 1, 2.
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
    about, xi, p_mid, s2, field, damping, slopes, mistakes=()
):
    """Integrals of p |c|^2 and of p |c'|^2 for each state, by hand."""
    damping, slopes = (
        np.array(damping, dtype=float),
        np.array(slopes, dtype=float),
    )
    pair = lambda first, second: np.array([first, second]).T
    expected = pair(damping, s2 * slopes)
    mistakes = [
        *[
            (np.array(wrong, dtype=float).T, score, sentence)
            for wrong, score, sentence in mistakes
        ],
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
            pair(damping, slopes),
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
        expected,
        1e-9,
        mistakes=told_apart(mistakes, expected),
        labels=["damping", "diffusion"],
    )
    xi, p_mid = np.array(xi, dtype=float), np.array(p_mid, dtype=float)
    return Check(
        about, call("sinks", xi, p_mid, s2, np.array(field) + 0j), judge
    )


def balance_check(about):
    """What the loss lost between t = 0 and 20, and the two sinks over
    that time, on the notebook's grid.
    """

    def judge(answer, ask):
        given = answer if isinstance(answer, dict) else {}
        try:
            lost, damping, diffusion = numbers(
                given.get("balance"), (3,), name="the balance"
            )
        except Refused as refused:
            return 0.0, str(refused)
        if not abs(lost - 2.0041) < 2e-3:
            return (
                0.0,
                (
                    "the loss falls by 2.004 on the notebook's grid,"
                    f" and {lost:.4g} came: run its cells in order."
                ),
            )
        if not abs(damping + diffusion - lost) < 1e-6:
            return (
                0.0,
                (
                    f"your sinks took {damping:.4g} and"
                    f" {diffusion:.4g}, and {lost:.4g} in all was lost."
                ),
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

# ---- q6: mixing_matrix(rho_hat, spacing) and uneven_run(mass, operator


def mixing_check(about, rho_hat, spacing, expected):
    """`expected`: spacing/(2 pi) times the values in their places, by
    hand.
    """
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
    ask = call("mixing_matrix", np.array(rho_hat) + 0j, spacing)
    return Check(
        about, ask, complex_close(expected, 1e-10, mistakes, names)
    )


def uneven_check(
    about,
    mass,
    operator,
    mixing,
    start,
    dt,
    steps,
    expected,
    mistakes=(),
):
    arrays = [np.array(v) for v in (mass, operator, mixing, start)]
    return Check(
        about,
        call("uneven_run", *arrays, dt, steps),
        complex_close(expected, 1e-8, mistakes),
    )


def dense_data_check(about):
    """The notebook's uneven data: the solver against the kernel on
    weighted points, at t = 20.
    """

    def judge(answer, ask):
        given = answer if isinstance(answer, dict) else {}
        try:
            uneven = numbers(
                given.get("uneven"),
                (257,),
                name="the residual with uneven data",
            )
        except Refused as refused:
            return 0.0, str(refused)
        size = np.linalg.norm(TARGET)
        off = np.linalg.norm(uneven - truth(0.25, True)[-1]) / size
        if off < 0.01:
            return 1.0, ""
        if np.linalg.norm(uneven - truth(0.25)[-1]) / size < 0.01:
            return (
                0.2,
                (
                    "this is what even data leave: the mixing matrix"
                    " has no effect."
                ),
            )
        return (
            (0.5 if off < 0.05 else 0.0),
            (
                f"it is {off:.2g} of the start away from the kernel,"
                " expected below 0.01."
            ),
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
