"""Visible checks of the lab: what is asked, and how it is judged.

Small cases can be worked out by hand; curves and fillings are judged
against the cheapest curves in closed form.
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
    near,
    numbers,
    read,
    told_apart,
)
from numpy.typing import ArrayLike

# a kernel of the distance, and its degree
Kind = tuple[Callable[[np.ndarray], np.ndarray], int]


def several(
    answer: object, shapes: Sequence[tuple], names: Sequence[str]
) -> list[np.ndarray]:
    """The arrays of a list, each of its shape, or Refused."""
    if answer is None:
        raise Refused(
            "nothing came back: fill in the blank and return a value."
        )
    count = len(shapes)
    if not isinstance(answer, (list, tuple)) or len(answer) != count:
        raise Refused(f"return {count} arrays, {' and '.join(names)}.")
    return [
        numbers(one, shape, name=name)
        for one, shape, name in zip(answer, shapes, names)
    ]


# ---- q1: price(z, g, order, omega, scale)


def array(values: ArrayLike) -> np.ndarray:
    """`values` as an array of floats."""
    return np.array(values, dtype=float)


def signal_labels(Y: np.ndarray) -> list[str]:
    """What the columns (one a signal) are called."""
    return [f"signal {i}" for i in range(Y.shape[1])]


def spectral_shape(
    z: np.ndarray,
    g: np.ndarray,
    order: int,
    omega: np.ndarray,
    scale: float,
    doubled: int = 2,
) -> np.ndarray:
    """S (F,) of an activation whose derivative `order` is g, by terms.

    `doubled` is the factor of the order in the power of u = omega/r.
    """
    found = []
    for w in omega:
        total = 0
        for place, value in zip(z, g):
            angle = w / scale * place
            total += value * complex(np.cos(angle), -np.sin(angle))
        size = abs(total) * (z[1] - z[0])
        power = (w / scale) ** (doubled * order)
        found.append(size**2 / power / scale**2)
    return np.array(found)


def price_check(
    about: str,
    z: ArrayLike,
    g: ArrayLike,
    order: int,
    omega: ArrayLike,
    scale: float,
) -> Check:
    """Prices of frequencies, where a shape may not have some at all."""
    z, g, omega = array(z), array(g), array(omega)
    S = spectral_shape(z, g, order, omega, scale)
    judge = price_judge(
        S, omega, price_mistakes(S, z, g, order, omega, scale)
    )
    return Check(about, call("price", z, g, order, omega, scale), judge)


LADDER = np.geomspace(0.5, 12, 60)


def price_mistakes(
    S: np.ndarray,
    z: np.ndarray,
    g: np.ndarray,
    order: int,
    omega: np.ndarray,
    scale: float,
) -> list[Mistake]:
    """What wrong prices say of S."""
    bare = spectral_shape(z, g, 0, omega, scale)
    turned = spectral_shape(z, g, order, omega * scale**2, scale)
    step = z[1] - z[0]
    with np.errstate(divide="ignore"):
        return [
            (1 / S, 0.3, "that is S: the price is 1 over it."),
            (
                spectral_shape(z, g, order, omega, 1),
                0.3,
                "the scale is not used.",
            ),
            (
                S * scale**2,
                0.5,
                (
                    "narrow units are small ones: the factor 1/r^2 of S"
                    " is missing."
                ),
            ),
            (S * scale, 0.5, "S has the factor 1/r^2."),
            (
                turned,
                0.3,
                (
                    "a narrow unit has high frequencies: its transform"
                    " at omega is sigma's at omega / r."
                ),
            ),
            (
                bare / omega ** (2 * order),
                0.5,
                "divide by u^(2 order), with u = omega/r.",
            ),
            (
                spectral_shape(z, g, order, omega, scale, doubled=1),
                0.4,
                (
                    "every derivative brings a factor u, and |.|^2"
                    " squares it."
                ),
            ),
            (
                bare,
                0.3,
                "g is a derivative of sigma: divide by u^(2 order).",
            ),
            (
                np.sqrt(S * scale**2) / scale**2,
                0.4,
                "the square of |sigma^| is missing.",
            ),
            (
                S / step**2,
                0.5,
                (
                    "the transform is an integral: the spacing of z is"
                    " missing."
                ),
            ),
        ]


def price_judge(
    S: np.ndarray, omega: np.ndarray, mistakes: Sequence[Mistake]
) -> Judge:
    """Prices compared as S = 1/W.

    So an infinite price is as good as a very large one.
    """
    within = 1e-9 * S.max()
    known = told_apart(mistakes, S, within)

    def judge(answer: object, ask: dict) -> Verdict:
        given = numbers(answer, S.shape, finite=False)
        with np.errstate(divide="ignore"):
            inverse = 1 / given
        good = near(inverse, S, within)
        if good.all():
            return 1.0, ""
        for wrong, score, sentence in known:
            size = np.minimum(np.abs(wrong), 1e300)
            if near(inverse, wrong, 1e-9 * size).all():
                return score, sentence
        bad = np.argmin(good)
        right = "infinite"
        if S[bad] > 1e-12 * S.max():
            right = f"{1 / S[bad]:.4g}"
        return 0.0, (
            f"the price of {omega[bad]:.4g} is {given[bad]:.4g},"
            f" expected {right}."
        )

    return judge


def four_check(about: str) -> Check:
    """The notebook's four activations, r = 4, by their formulas."""
    names = ["step", "relu", "tanh", "gaussian"]
    expected = [
        fb.spectral_weight(name, LADDER, scales=[4.0]) for name in names
    ]

    def judge(answer: object, ask: dict) -> Verdict:
        (found,) = fields(answer, "four_prices")
        found = numbers(
            found, (4, 60), name="the four prices", finite=False
        )
        wrong = [
            name
            for name, own, right in zip(names, found, expected)
            if not (np.abs(own - right) <= 1e-3 * right).all()
        ]
        sentence = f"off by more than 0.1 %: {', '.join(wrong)}."
        return (4 - len(wrong)) / 4, sentence

    return Check(about, read("four_prices"), judge)


Q1 = Question(
    "What an activation asks",
    5,
    "Every activation is a list of prices: powers for a step and ReLU,"
    " exponentials for smooth shapes.",
    (
        price_check(
            "a step", [-1, 0, 1], [0, 1, 0], 1, [0.5, 2, 10], 1.0
        ),
        price_check(
            "ReLU of scale 3", [-0.5, 0, 0.5], [0, 2, 0], 2, [3, 6], 3.0
        ),
        price_check(
            "a step to 1 and back",
            [-1, 0, 1],
            [1, 0, -1],
            1,
            np.pi * np.array([0.5, 0.75, 1.5, 2]),
            2.0,
        ),
        price_check(
            "a hat",
            [0, 0.5, 1, 1.5, 2],
            [2, 0, -4, 0, 2],
            2,
            np.pi * np.array([0.25, 1, 3]),
            0.5,
        ),
        price_check(
            "a bump of 3 samples",
            [-0.25, 0, 0.25, 0.5],
            [1, 2, 1, 0],
            0,
            np.pi * np.array([1, 4, 8]),
            2.0,
        ),
        four_check("four activations"),
    ),
)

# ---- q2: kernel(omega, cost, z, degree)


def integral(
    omega: np.ndarray, cost: np.ndarray, z: np.ndarray, terms: int
) -> np.ndarray:
    """The sum over cells with so many Taylor terms off."""
    total = np.zeros(len(z))
    for w, price in zip(omega, cost):
        wave = np.cos(w * z)
        term = np.ones(len(z))
        for j in range(terms):
            wave = wave - term
            # the next term of the cosine's series
            term = -term * (w * z) ** 2 / ((2 * j + 1) * (2 * j + 2))
        total += wave / price
    return total * 2 * omega[0] / np.pi


def kernel_check(
    about: str,
    omega: ArrayLike,
    cost: ArrayLike,
    z: ArrayLike,
    degree: int,
) -> Check:
    """The kernel at the distances z from prices of frequencies."""
    omega, cost, z = array(omega), array(cost), array(z)
    expected = integral(omega, cost, z, degree + 1)
    plain = np.where(np.isfinite(cost), cost, 0.0)
    with np.errstate(divide="ignore"):
        inverse = np.where(plain > 0, 1 / plain, np.inf)
        upside_down = integral(omega, inverse, z, degree + 1)
    mistakes = [
        (
            integral(omega, cost, z, 0),
            0.3,
            (
                "the Taylor terms are missing: without them there is no"
                " integral."
            ),
        ),
        (
            integral(omega, cost, z, min(degree + 1, 1)),
            0.4,
            "take off Taylor terms up to the power 2q.",
        ),
        (
            integral(omega, cost, z, degree),
            0.4,
            "j runs from 0 to q, both included.",
        ),
        (
            integral(omega, cost, z, degree + 2),
            0.4,
            "j runs from 0 to q: one term too many is off.",
        ),
        (
            upside_down,
            0.2,
            "divide by the price: what is expensive is used least.",
        ),
        (expected * np.pi, 0.6, "the factor 1/pi is missing."),
        (
            expected / (2 * omega[0]),
            0.5,
            "the width of the cells is missing.",
        ),
        (
            expected / 2,
            0.6,
            (
                "the width of the cells is the distance of two"
                " frequencies, not the first frequency."
            ),
        ),
    ]
    judge = close(
        expected,
        1e-9 * max(1, np.abs(expected).max()),
        mistakes=mistakes,
        labels=[f"distance {v:.4g}" for v in z],
    )
    return Check(about, call("kernel", omega, cost, z, degree), judge)


APART = 0.05 * np.arange(61)
# A kernel and its degree q: polynomials of degree 2q are free.
CLOSED = {
    "step": (lambda z: -z / 2, 0),
    "ReLU": (lambda z: z**3 / 12, 1),
    "ReLU squared": (lambda z: -(z**5) / 60, 2),
}
GAUSSIAN1 = (lambda z: np.sqrt(np.pi) * np.exp(-(z**2) / 4), -1)
GAUSSIAN4 = (lambda z: np.sqrt(np.pi) / 4 * np.exp(-4 * z**2), -1)


def integral_check(about: str) -> Check:
    """The notebook's three kernels, up to what is free."""
    kinds = {
        "step": CLOSED["step"],
        "ReLU": CLOSED["ReLU"],
        "Gaussian": GAUSSIAN1,
    }

    def judge(answer: object, ask: dict) -> Verdict:
        (found,) = fields(answer, "by_integral")
        found = numbers(
            found, (3, 61), name="the list of three kernels"
        )
        wrong = [
            name
            for (name, kind), own in zip(kinds.items(), found)
            if not off_closed_form(own, kind) < 1e-3
        ]
        return (3 - len(wrong)) / 3, (
            "not the closed form, nor that and what is free:"
            f" {', '.join(wrong)}."
        )

    return Check(about, read("by_integral"), judge)


Q2 = Question(
    "From prices to a kernel",
    4,
    "The kernel is the transform of one over the price; what that"
    " leaves infinite is free.",
    (
        kernel_check(
            "two frequencies, nothing free",
            [0.5, 1.5],
            [1, 2],
            [0, np.pi, 2 * np.pi],
            -1,
        ),
        kernel_check(
            "constants free", [1, 3], [1, 4], [0, np.pi / 2, np.pi], 0
        ),
        kernel_check(
            "lines free",
            [0.25, 0.75, 1.25],
            [0.5, 1, 3],
            [0, 2 * np.pi, 4 * np.pi],
            1,
        ),
        kernel_check(
            "parabolas free, and an infinite price",
            [1, 3, 5, 7],
            [1, np.inf, 4, 8],
            [0, 1, 2],
            2,
        ),
        integral_check("three activations"),
    ),
)

# ---- q3: fit(K, P, Y, noise) and paid(K, c)


def off_closed_form(own: np.ndarray, kind: Kind) -> float:
    """The largest distance, with the best even polynomial taken off."""
    kernel, degree = kind
    rest = own - kernel(APART)
    if degree >= 0:
        free = APART[:, None] ** (2 * np.arange(degree + 1))
        fit, *_ = np.linalg.lstsq(free, rest, rcond=None)
        rest = rest - free @ fit
    return np.abs(rest).max()


def fit_check(
    about: str,
    K: ArrayLike,
    P: ArrayLike,
    Y: ArrayLike,
    noise: float,
    c: ArrayLike,
    b: ArrayLike,
    mistakes: Sequence[tuple[ArrayLike, ArrayLike, float, str]] = (),
) -> Check:
    """The cheapest curve; `mistakes` are (c, b, score, sentence)."""
    K, Y, c = array(K), array(Y), array(c)
    P = array(P).reshape(len(K), -1)
    b = array(b).reshape(P.shape[1], Y.shape[1])
    stacked = [
        (
            np.concatenate([array(u), np.reshape(v, b.shape)]),
            score,
            text,
        )
        for u, v, score, text in mistakes
    ]
    both = np.concatenate([c, b])
    judge_both = close(
        both,
        1e-8 * max(1, np.abs(both).max()),
        mistakes=stacked,
        labels=signal_labels(Y),
    )

    def judge(answer: object, ask: dict) -> Verdict:
        given = several(answer, [c.shape, b.shape], ["c", "b"])
        score, sentence = judge_both(np.concatenate(given), ask)
        return score, sentence.replace("(row ", "(row of c and then b ")

    return Check(about, call("fit", K, P, Y, noise), judge)


def paid_check(
    about: str, K: ArrayLike, c: ArrayLike, expected: ArrayLike
) -> Check:
    """What each curve costs: the double sum of its c over K."""
    K, c, expected = array(K), array(c), array(expected)
    mistakes = [
        (np.sqrt(np.abs(expected)), 0.5, "that is the root of it."),
        (expected / 2, 0.6, "there is no 1/2 in the price."),
        (
            np.sum(c * c, axis=0),
            0.2,
            (
                "the kernel is missing: a double sum over c_i c_j k(x_i"
                " - x_j)."
            ),
        ),
        (
            np.sum(K @ c, axis=0),
            0.2,
            (
                "both sides have a c: a double sum over c_i c_j k(x_i -"
                " x_j)."
            ),
        ),
        (
            np.full(len(expected), expected.sum()),
            0.4,
            "one price for each signal, not their sum.",
        ),
    ]
    judge = close(
        expected,
        1e-9,
        mistakes=mistakes,
        scale=0.4,
        labels=signal_labels(c),
    )
    return Check(about, call("paid", K, c), judge)


X8 = np.array([-0.9, -0.7, -0.45, -0.1, 0.15, 0.4, 0.6, 0.9])
Y8 = np.array([0.0, 0.1, 0.0, 0.1, 1.0, 0.9, 1.0, 0.95])


AT = np.linspace(-1.2, 1.2, 241)


THREE = {
    "step": CLOSED["step"],
    "ReLU": CLOSED["ReLU"],
    "Gaussian": GAUSSIAN4,
}


def best_curve(
    kind: Kind, x: np.ndarray, y: np.ndarray, at: np.ndarray
) -> np.ndarray:
    """The cheapest curve through one signal."""
    kernel, degree = kind
    return fb.min_seminorm_interpolant(x, y, at, kernel, degree)


def three_check(about: str) -> Check:
    """The notebook's three curves, each the cheapest of its kind."""

    def judge(answer: object, ask: dict) -> Verdict:
        (found,) = fields(answer, "three_curves")
        found = numbers(
            found, (3, 241, 1), name="the list of three curves"
        )
        wrong = []
        for (name, kind), own in zip(THREE.items(), found[..., 0]):
            if (
                not np.abs(own - best_curve(kind, X8, Y8, AT)).max()
                < 1e-6
            ):
                wrong.append(name)
        sentence = f"not the cheapest curve: {', '.join(wrong)}."
        return (3 - len(wrong)) / 3, sentence

    return Check(about, read("three_curves"), judge)


ONES = [[1], [1], [1]]
LINES = [[1, -1], [1, 0], [1, 1]]
# a step's kernel at 0, 1, 3
CHAIN = np.array([[0, -1, -3], [-1, 0, -2], [-3, -2, 0]]) / 2
# ReLU's at -1, 0, 1
RULER = np.array([[0, 1, 8], [1, 0, 1], [8, 1, 0]]) / 12

Q3 = Question(
    "The cheapest curve",
    6,
    "One linear system with a border gives the cheapest curve, and its"
    " price is a double sum.",
    (
        fit_check(
            "a broken line",
            CHAIN,
            ONES,
            [[0, 1], [2, 1], [2, 1]],
            0.0,
            [[-2, 0], [2, 0], [0, 0]],
            [[1, 1]],
            [
                (
                    [[-2, 0], [2, 0], [0, 0]],
                    [[0, 0]],
                    0.5,
                    "b is missing: what is free is part of the curve.",
                )
            ],
        ),
        fit_check(
            "a bent ruler",
            RULER,
            LINES,
            [[0], [1], [0]],
            0.0,
            [[-3], [6], [-3]],
            [[1.5], [0]],
        ),
        fit_check(
            "nothing free",
            [[2, 1], [1, 2]],
            np.zeros((2, 0)),
            [[3, 0], [0, 3]],
            0.0,
            [[2, -1], [-1, 2]],
            [],
        ),
        fit_check(
            "noisy samples",
            2 * np.eye(2),
            [[1], [1]],
            [[1], [3]],
            1.0,
            [[-1 / 3], [1 / 3]],
            [[2]],
            [
                (
                    [[-0.5], [0.5]],
                    [[2]],
                    0.3,
                    (
                        "noise is not used: it is added to the diagonal"
                        " of K."
                    ),
                ),
                (
                    [[0], [0]],
                    [[2]],
                    0.3,
                    (
                        "noise is added to the diagonal of K, with the"
                        " sign +."
                    ),
                ),
            ],
        ),
        paid_check(
            "two signals", [[2, 1], [1, 2]], [[1, 1], [-1, 0]], [2, 2]
        ),
        paid_check(
            "a broken line", CHAIN, [[-2, 1], [2, -3], [0, 2]], [4, 9]
        ),
        three_check("the three curves"),
    ),
)

# ---- q4: largest_lr(F, momentum)
# and train(F, Y, lr, momentum, steps, start)


def descend(
    F: np.ndarray,
    Y: np.ndarray,
    lr: float,
    momentum: float,
    steps: int,
    start: np.ndarray,
    *,
    late: bool = False,
    mean: bool = False,
    kept: bool = True,
) -> np.ndarray:
    """The weights after `steps` steps.

    The last arguments make mistakes that have a name: the gradient
    taken `late`, of a `mean`, without what v `kept`.
    """
    a = np.array(start, dtype=float)
    v = np.zeros(np.shape(start))
    for _ in range(steps):
        at = a + momentum * v if late else a
        rate = lr / len(F) if mean else lr
        v = (momentum * v if kept else 0) - rate * F.T @ (F @ at - Y)
        a = a + v
    return a


def train_check(
    about: str,
    F: ArrayLike,
    Y: ArrayLike,
    lr: float,
    momentum: float,
    steps: int,
    start: ArrayLike,
) -> Check:
    """The outer weights after a few steps, with momentum or without."""
    F, Y, start = array(F), array(Y), array(start)

    def run(
        steps: int = steps, start: np.ndarray = start, **wrong: bool
    ) -> np.ndarray:
        return descend(F, Y, lr, momentum, steps, start, **wrong)

    expected = run()
    with np.errstate(all="ignore"):
        ended = start + np.linalg.pinv(F) @ (Y - F @ start)
    mistakes = [
        (
            run(kept=False),
            0.4,
            "the momentum is missing: v keeps beta times what it was.",
        ),
        (
            run(start=0 * start),
            0.4,
            "the run begins at `start`, not at zero.",
        ),
        (
            run(late=True),
            0.5,
            "the gradient is taken at a itself, before v is added.",
        ),
        (
            run(mean=True),
            0.5,
            "the loss is a sum over the samples, not a mean.",
        ),
        (run(steps=steps + 1), 0.5, "that is one step too many."),
        (
            run(steps=max(steps - 1, 0)),
            0.5,
            "that is one step too few.",
        ),
        (
            ended,
            0.3,
            (
                "that is where training ends; so many steps were asked"
                " for."
            ),
        ),
    ]
    judge = close(
        expected,
        1e-9 * max(1, np.abs(expected).max()),
        mistakes=mistakes,
        labels=signal_labels(Y),
    )
    return Check(
        about, call("train", F, Y, lr, momentum, steps, start), judge
    )


def limit_check(
    about: str, F: ArrayLike, momentum: float, top: float, trace: float
) -> Check:
    """`top`: the largest eigenvalue of F F^T; `trace`: their sum."""
    expected = 2 * (1 + momentum) / top
    mistakes = [
        (2 / top, 0.4, "that is the limit without momentum."),
        (
            (1 + momentum) / top,
            0.5,
            "that is half of it: the mode leaves at rho = -1.",
        ),
        (
            2 * (1 - momentum) / top,
            0.3,
            (
                "the sign of beta: put rho = -1 into the equation of a"
                " mode."
            ),
        ),
        (
            2 * (1 + momentum) / top**0.5,
            0.4,
            (
                "the eigenvalues of F F^T are the squares of F's"
                " singular values."
            ),
        ),
        (
            2 * (1 + momentum) / trace,
            0.3,
            (
                "the largest eigenvalue sets the limit, not the sum of"
                " all."
            ),
        ),
        (
            2 * (1 + momentum) * len(F) / top,
            0.4,
            "the loss is a sum over the samples, not a mean.",
        ),
    ]
    judge = close(expected, 1e-8 * expected, mistakes=mistakes)
    return Check(about, call("largest_lr", array(F), momentum), judge)


def layers_check(about: str) -> Check:
    """The notebook's trained layers end at the cheapest curves."""
    inside = np.abs(AT) < 0.901

    def judge(answer: object, ask: dict) -> Verdict:
        found, other = fields(answer, "trained", "from_random")
        found = numbers(
            found, (3, 241, 1), name="the list of three trained layers"
        )[..., 0]
        other = numbers(
            other,
            (3, 241, 1),
            name="the list of those from random weights",
        )[..., 0]
        wrong = []
        for (name, kind), own in zip(THREE.items(), found):
            off = np.abs(own - best_curve(kind, X8, Y8, AT))
            gap = off[inside].max() / np.ptp(Y8)
            if not gap < 0.02:
                wrong.append(f"{name} {100 * gap:.2g} %")
        if not wrong and np.abs(other - found).max() < 0.05:
            return 0.5, (
                "a start at random weights ends at another curve: is"
                " `start` used?"
            )
        return 1 - len(wrong) / 3, (
            "off from the closed form by more than 2 %:"
            f" {', '.join(wrong)}."
        )

    return Check(about, read("trained", "from_random"), judge)


Q4 = Question(
    "A layer that ends there",
    6,
    "Trained from zero, a wide layer ends at the cheapest curve; from"
    " another start it ends at another one.",
    (
        train_check("one unit", [[2]], [[3]], 0.125, 0.0, 2, [[0]]),
        train_check(
            "one unit with momentum", [[1]], [[8]], 0.5, 0.5, 3, [[0]]
        ),
        train_check(
            "a unit that no sample sees",
            [[1, 0]],
            [[4]],
            0.5,
            0.25,
            2,
            [[0], [5]],
        ),
        train_check(
            "2 samples, 2 signals",
            [[1, 0, 1], [0, 2, 0]],
            [[2, 4], [8, 0]],
            0.25,
            0.5,
            4,
            np.ones((3, 2)),
        ),
        limit_check("two units", [[2, 0], [0, 1]], 0.5, 4, 5),
        limit_check(
            "three units, two samples",
            [[1, 2, 2], [2, 1, -2]],
            0.9,
            9,
            18,
        ),
        layers_check("three trained layers"),
    ),
)

# ---- q5: held_out(K, P, Y, folds, noise)


def root_mean_square(values: np.ndarray) -> np.ndarray:
    """Down each column."""
    return np.sqrt(np.mean(np.square(values), axis=0))


def held_check(
    about: str,
    K: ArrayLike,
    P: ArrayLike,
    Y: ArrayLike,
    folds: ArrayLike,
    noise: float,
    missed: ArrayLike,
    shown: ArrayLike | None = None,
    mistakes: Sequence[Mistake] = (),
) -> Check:
    """The error at samples that are hidden, fold by fold.

    `missed` (n, S) says how far the curve is from each sample while it
    is hidden; `shown` the same with all shown.
    """
    K, Y, missed = array(K), array(Y), array(missed)
    P = array(P).reshape(len(K), -1)
    folds = np.array(folds)
    hidden = folds >= 0
    shown = 0 * missed if shown is None else array(shown)
    expected = root_mean_square(missed[hidden])
    by_fold = [
        root_mean_square(missed[folds == fold])
        for fold in np.unique(folds[hidden])
    ]
    known = [
        (
            root_mean_square(shown[hidden]),
            0.2,
            (
                "that is the error at samples that were fitted: hide a"
                " fold before you fit."
            ),
        ),
        (
            np.mean(by_fold, axis=0),
            0.6,
            "folds differ in size: one mean over all hidden samples.",
        ),
        (
            root_mean_square(missed),
            0.6,
            (
                "the mean is over the samples that were hidden, without"
                " those that always stay."
            ),
        ),
        (
            np.mean(np.abs(missed[hidden]), axis=0),
            0.5,
            "square, then the mean, then the root.",
        ),
        (expected**2, 0.6, "the root is missing."),
        (
            np.full(
                expected.shape, np.sqrt(np.mean(missed[hidden] ** 2))
            ),
            0.5,
            "one error for each signal.",
        ),
        *mistakes,
    ]
    judge = close(
        expected,
        1e-8 * max(1, expected.max()),
        mistakes=known,
        labels=signal_labels(Y),
    )
    return Check(about, call("held_out", K, P, Y, folds, noise), judge)


def chain(x: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """A step's kernel at these places, and its free part."""
    x = array(x)
    return -np.abs(x[:, None] - x) / 2, np.ones((len(x), 1))


SQUARES = np.arange(5)[:, None] ** 2
# The mean of (i - 1)^2 and (i + 1)^2 is 1 more than i^2.
ALONE = [[0], [1], [1], [1], [0]]
PAIR = [[0], [9], [0], [3]]

Q5 = Question(
    "Hidden samples",
    4,
    "Hidden samples judge what the fit cannot: every curve goes through"
    " the samples it was given.",
    (
        held_check(
            "every sample by itself",
            *chain(range(5)),
            SQUARES,
            [-1, 0, 1, 2, -1],
            0.0,
            ALONE,
        ),
        held_check(
            "folds of different sizes, two signals",
            *chain([0, 1, 2, 4, 6, 7]),
            [[0, 5], [4, 5], [0, 5], [0, 1], [6, 5], [0, 5]],
            [-1, 0, 1, 0, 0, -1],
            0.0,
            # Without 1, 4, 6 a line from (2, 0) to (7, 0), or from (2,
            # 5) to (7, 5); without 2 one from 1 to 4.
            [
                [0, 0],
                [-4, 0],
                [8 / 3, 5 - 4 / 3 - 5],
                [0, 4],
                [-6, 0],
                [0, 0],
            ],
        ),
        held_check(
            "a gap of two",
            *chain(range(4)),
            PAIR,
            [-1, 4, 4, -1],
            0.0,
            [[0], [-8], [2], [0]],
        ),
        held_check(
            "with noise, nothing free",
            [[3, 1, 0], [1, 3, 1], [0, 1, 3]],
            np.zeros((3, 0)),
            [[4], [1], [8]],
            [-1, 2, -1],
            1.0,
            [[0], [2], [0]],
            mistakes=[([3.0], 0.4, "noise is not used.")],
        ),
    ),
)

# ---- q6: fill(x, Y, at, noisy)


@functools.cache
def collection(name: str) -> np.ndarray:
    """Signals (64, S), of mean 0 and variance 1.

    They are others than the notebook's.
    """
    if name == "photograph":
        pixels = fb.photograph(384, row=20, column=128).values
        pieces = pixels.reshape(384, 384)[8::16].reshape(-1, 64)
    else:
        pieces = fb.bell(5760).values.reshape(-1, 64)[1::2]
    pieces = pieces - pieces.mean(axis=1, keepdims=True)
    return (pieces / pieces.std(axis=1, keepdims=True)).T


def mean_error(values: np.ndarray, truth: np.ndarray) -> float:
    """The geometric mean over signals of each one's error."""
    return np.exp(np.mean(np.log(root_mean_square(values - truth))))


@functools.cache
def task(
    name: str, noise: float, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Places, samples there, places asked for, the truth there."""
    rng = np.random.default_rng([seed, 64])
    signals = collection(name)
    drawn = np.sort(rng.permutation(signals.shape[1])[:30])
    signals = signals[:, drawn]
    missing = np.zeros(64, dtype=bool)
    missing[1 + rng.permutation(62)[:32]] = True
    places = np.linspace(-1, 1, 64)
    noisy = signals + noise * rng.normal(size=signals.shape)
    return (
        places[~missing],
        noisy[~missing],
        places[missing],
        signals[missing],
    )


STRENGTHS = {
    "step": (1e-3, 1e-2, 1e-1),
    "ReLU": (1e-5, 1e-4, 1e-3),
    "ReLU squared": (1e-7, 1e-6, 1e-5),
}


@functools.cache
def best_error(name: str, noise: float, seed: int) -> float:
    """Of the three kinds, found with the truth in hand.

    Where there is noise, of three strengths each.
    """
    x, Y, asked, truth = task(name, noise, seed)
    best = np.inf
    for kind, (kernel, degree) in CLOSED.items():
        for strength in STRENGTHS[kind] if noise else [0.0]:
            softened = lambda z, k=kernel, s=strength: (
                k(z) + s * (z == 0)
            )
            # The curve is linear in the samples: one column for each.
            columns = [
                best_curve((softened, degree), x, one, asked)
                for one in np.eye(len(x))
            ]
            filled = np.stack(columns, axis=1) @ Y
            best = min(best, mean_error(filled, truth))
    return best


def ratio_score(ratio: float) -> float:
    """Of an error that is so many times the best one."""
    for most, score in ((1.15, 1.0), (1.4, 0.5), (2.5, 0.2)):
        if ratio <= most:
            return score
    return 0.0


def fill_check(
    about: str, name: str, noise: float = 0.0, seed: int = 0
) -> Check:
    """Gaps of real signals, against the best of the three kinds."""
    x, Y, asked, truth = task(name, noise, seed)
    # Where the samples are exact, they are asked for as well: the
    # curves have to go through them.
    at = asked if noise else np.concatenate([asked, x[1:-1]])

    def judge(answer: object, ask: dict) -> Verdict:
        values = numbers(answer, (len(at), Y.shape[1]))
        error = mean_error(values[: len(asked)], truth)
        ratio = error / best_error(name, noise, seed)
        score = ratio_score(ratio)
        if not noise:
            off = np.abs(values[len(asked) :] - Y[1:-1]).max()
            if not off < 1e-3:
                return 0.4 * score, (
                    "these samples have no noise, and the curves do not"
                    " go through them."
                )
        return score, (
            f"the error is {ratio:.2f} times that of the best kind,"
            " expected at most 1.15."
        )

    return Check(about, call("fill", x, Y, at, bool(noise)), judge)


Q6 = Question(
    "Gaps in real signals",
    5,
    "The samples themselves say which activation suits them, if you"
    " hide some and ask.",
    (
        fill_check("the photograph", "photograph"),
        fill_check("the bell", "bell"),
        fill_check("the bell with noise", "bell", noise=0.2),
    ),
)

QUESTIONS = {"q1": Q1, "q2": Q2, "q3": Q3, "q4": Q4, "q5": Q5, "q6": Q6}

MANUAL = {
    "q7": Manual(
        "Which activation for which signal?",
        (
            (
                2,
                (
                    "Says, with numbers, how the prices differ and what"
                    " they do to curves between and beyond samples."
                ),
            ),
            (
                2,
                (
                    "Chooses for photograph and bell, argues from power"
                    " and hidden samples, says what it is worth."
                ),
            ),
            (
                1,
                (
                    "Names one place where trained layers and closed"
                    " form part, by how much, and why."
                ),
            ),
            (
                1,
                (
                    "Predicts what one change does (a signal, a scale,"
                    " a price, fewer units), tries it, compares."
                ),
            ),
        ),
    )
}
