"""Visible checks of the lab: what each question is asked, and how the
answer is judged.

Small cases can be worked out by hand; curves and fillings are judged
against the cheapest curves in closed form.
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
    near,
    numbers,
    read,
)


def told_apart(mistakes, expected):
    """The mistakes that differ from the right answer here."""
    return [
        m
        for m in mistakes
        if not np.allclose(m[0], expected, rtol=1e-6, atol=1e-9)
    ]


def several(answer, shapes, names):
    """The arrays of a list or tuple, each of its shape, or Refused with
    one sentence.
    """
    if answer is None:
        raise Refused(
            "nothing came back: fill in the blank and return a value."
        )
    if not isinstance(answer, (list, tuple)) or len(answer) != len(
        shapes
    ):
        raise Refused(
            f"return {len(shapes)} arrays, {' and '.join(names)}."
        )
    return [
        numbers(one, shape, name=name)
        for one, shape, name in zip(answer, shapes, names)
    ]


# ---- q1: price(z, g, order, omega, scale)


def shape_of(z, g, order, omega, scale, doubled=2):
    """S (F,), term by term."""
    out = []
    for w in omega:
        total = sum(
            v * complex(np.cos(w / scale * at), -np.sin(w / scale * at))
            for at, v in zip(z, g)
        )
        size = abs(total) * (z[1] - z[0])
        out.append(
            size**2 / (w / scale) ** (doubled * order) / scale**2
        )
    return np.array(out)


def price_check(about, z, g, order, omega, scale):
    """Compared as S = 1/W, so that an infinite price is as good as a
    very large one.
    """
    z, g, omega = (np.array(v, dtype=float) for v in (z, g, omega))
    S = shape_of(z, g, order, omega, scale)
    bare = shape_of(z, g, 0, omega, scale)
    turned = shape_of(z, g, order, omega * scale**2, scale)
    step = z[1] - z[0]
    with np.errstate(divide="ignore"):
        mistakes = [
            (1 / S, 0.3, "that is S: the price is 1 over it."),
            (
                shape_of(z, g, order, omega, 1),
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
                shape_of(z, g, order, omega, scale, 1),
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
    mistakes = told_apart(mistakes, S)

    def judge(answer, ask):
        try:
            given = numbers(answer, S.shape, finite=False)
        except Refused as refused:
            return 0.0, str(refused)
        with np.errstate(divide="ignore"):
            inverse = 1 / given
        if near(inverse, S, 1e-9 * S.max()).all():
            return 1.0, ""
        for wrong, score, sentence in mistakes:
            if near(
                inverse, wrong, 1e-9 * np.minimum(np.abs(wrong), 1e300)
            ).all():
                return score, sentence
        bad = np.argmin(near(inverse, S, 1e-9 * S.max()))
        right = (
            f"{1 / S[bad]:.4g}"
            if S[bad] > 1e-12 * S.max()
            else "infinite"
        )
        return (
            0.0,
            (
                f"the price of {omega[bad]:.4g} is {given[bad]:.4g},"
                f" expected {right}."
            ),
        )

    return Check(about, call("price", z, g, order, omega, scale), judge)


LADDER = np.geomspace(0.5, 12, 60)


def four_check(about):
    """The four activations of the notebook, r = 4, against their
    formulas.
    """
    names = ["step", "relu", "tanh", "gaussian"]
    expected = [
        fb.interpolate.spectral_weight(name, LADDER, scales=[4.0])
        for name in names
    ]

    def judge(answer, ask):
        given = answer if isinstance(answer, dict) else {}
        try:
            found = numbers(
                given.get("four_prices"),
                (4, 60),
                name="the four prices",
                finite=False,
            )
        except Refused as refused:
            return 0.0, str(refused)
        good = [
            bool((np.abs(a - b) <= 1e-3 * b).all())
            for a, b in zip(found, expected)
        ]
        wrong = [name for name, one in zip(names, good) if not one]
        return (
            sum(good) / 4,
            f"off by more than 0.1 %: {', '.join(wrong)}.",
        )

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


def integral(omega, cost, z, terms):
    """The sum over cells with so many Taylor terms off."""
    total = np.zeros(len(z))
    for w, price in zip(omega, cost):
        wave, term = np.cos(w * z), np.ones(len(z))
        for j in range(terms):
            wave, term = (
                wave - term,
                -term * (w * z) ** 2 / ((2 * j + 1) * (2 * j + 2)),
            )
        total += wave / price
    return total * 2 * omega[0] / np.pi


def kernel_check(about, omega, cost, z, degree):
    omega, cost, z = (
        np.array(v, dtype=float) for v in (omega, cost, z)
    )
    expected = integral(omega, cost, z, degree + 1)
    plain = np.where(np.isfinite(cost), cost, 0.0)
    with np.errstate(divide="ignore"):
        upside_down = integral(
            omega, np.where(plain > 0, 1 / plain, np.inf), z, degree + 1
        )
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
    labels = [f"distance {v:.4g}" for v in z]
    within, mistakes = (
        1e-9 * max(1, np.abs(expected).max()),
        told_apart(mistakes, expected),
    )
    judge = close(expected, within, mistakes=mistakes, labels=labels)
    return Check(about, call("kernel", omega, cost, z, degree), judge)


APART = 0.05 * np.arange(61)
CLOSED = {
    "step": (lambda z: -z / 2, 0),
    "ReLU": (lambda z: z**3 / 12, 1),
    "ReLU squared": (lambda z: -(z**5) / 60, 2),
}


def integral_check(about):
    """The notebook's three kernels, up to an even polynomial of degree
    2q.
    """
    closed = [
        CLOSED["step"],
        CLOSED["ReLU"],
        (lambda z: np.sqrt(np.pi) * np.exp(-(z**2) / 4), -1),
    ]

    def judge(answer, ask):
        given = answer if isinstance(answer, dict) else {}
        try:
            found = numbers(
                given.get("by_integral"),
                (3, 61),
                name="the list of three kernels",
            )
        except Refused as refused:
            return 0.0, str(refused)
        good = []
        for own, (k, degree) in zip(found, closed):
            free = APART[:, None] ** (2 * np.arange(degree + 1))
            rest = own - k(APART)
            rest = (
                rest - free @ np.linalg.lstsq(free, rest, rcond=None)[0]
                if degree >= 0
                else rest
            )
            good.append(bool(np.abs(rest).max() < 1e-3))
        wrong = [
            name
            for name, one in zip(("step", "ReLU", "Gaussian"), good)
            if not one
        ]
        return (
            sum(good) / 3,
            (
                "not the closed form, nor that and what is free:"
                f" {', '.join(wrong)}."
            ),
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


def fit_check(about, K, P, Y, noise, c, b, mistakes=()):
    """`mistakes`: (c, b, score, sentence)."""
    K, P, Y, c, b = (np.array(v, dtype=float) for v in (K, P, Y, c, b))
    P, b = (
        P.reshape(len(K), -1),
        b.reshape(P.size // len(K), Y.shape[1]),
    )
    wrong = [
        (np.concatenate([np.array(u), np.reshape(v, b.shape)]), s, text)
        for u, v, s, text in mistakes
    ]
    both = np.concatenate([c, b])
    labels = [f"signal {i}" for i in range(Y.shape[1])]
    judge_both = close(
        both,
        1e-8 * max(1, np.abs(both).max()),
        mistakes=told_apart(wrong, both),
        labels=labels,
    )

    def judge(answer, ask):
        try:
            given = several(answer, [c.shape, b.shape], ["c", "b"])
        except Refused as refused:
            return 0.0, str(refused)
        score, sentence = judge_both(np.concatenate(given), ask)
        return score, sentence.replace("(row ", "(row of c and then b ")

    return Check(about, call("fit", K, P, Y, noise), judge)


def paid_check(about, K, c, expected):
    K, c, expected = (
        np.array(v, dtype=float) for v in (K, c, expected)
    )
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
    mistakes = told_apart(mistakes, expected)
    labels = [f"signal {i}" for i in range(len(expected))]
    return Check(
        about,
        call("paid", K, c),
        close(
            expected, 1e-9, mistakes=mistakes, scale=0.4, labels=labels
        ),
    )


X8 = np.array([-0.9, -0.7, -0.45, -0.1, 0.15, 0.4, 0.6, 0.9])
Y8 = np.array([0.0, 0.1, 0.0, 0.1, 1.0, 0.9, 1.0, 0.95])
GAUSSIAN4 = (lambda z: np.sqrt(np.pi) / 4 * np.exp(-4 * z**2), -1)


def best_curve(kind, x, y, at):
    """The cheapest curve through one signal."""
    return fb.interpolate.min_seminorm_interpolant(
        x, y, at, kind[0], kind[1]
    )


def three_check(about):
    at = np.linspace(-1.2, 1.2, 241)
    kinds = {
        "step": CLOSED["step"],
        "ReLU": CLOSED["ReLU"],
        "Gaussian": GAUSSIAN4,
    }

    def judge(answer, ask):
        given = answer if isinstance(answer, dict) else {}
        try:
            found = numbers(
                given.get("three_curves"),
                (3, 241, 1),
                name="the list of three curves",
            )[..., 0]
        except Refused as refused:
            return 0.0, str(refused)
        good = [
            np.abs(v - best_curve(k, X8, Y8, at)).max() < 1e-6
            for v, k in zip(found, kinds.values())
        ]
        wrong = [name for name, one in zip(kinds, good) if not one]
        return (
            sum(good) / 3,
            f"not the cheapest curve: {', '.join(wrong)}.",
        )

    return Check(about, read("three_curves"), judge)


CHAIN = (
    np.array([[0, -1, -3], [-1, 0, -2], [-3, -2, 0]]) / 2
)  # a step's kernel at 0, 1, 3
RULER = (
    np.array([[0, 1, 8], [1, 0, 1], [8, 1, 0]]) / 12
)  # ReLU's at -1, 0, 1
ONES, LINES = [[1], [1], [1]], [[1, -1], [1, 0], [1, 1]]

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

# ---- q4: largest_lr(F, momentum) and train(F, Y, lr, momentum, steps,


def descend(
    F, Y, lr, momentum, steps, start, late=False, mean=False, kept=True
):
    """Step by step; the other arguments make mistakes that have a name."""
    a, v = np.array(start, dtype=float), np.zeros(np.shape(start))
    for _ in range(steps):
        at = a + momentum * v if late else a
        v = (momentum * v if kept else 0) - lr / (
            len(F) if mean else 1
        ) * F.T @ (F @ at - Y)
        a = a + v
    return a


def train_check(about, F, Y, lr, momentum, steps, start):
    F, Y, start = (np.array(v, dtype=float) for v in (F, Y, start))
    run = lambda **how: descend(
        F,
        Y,
        lr,
        momentum,
        how.pop("steps", steps),
        how.pop("start", start),
        **how,
    )
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
    labels = [f"signal {i}" for i in range(Y.shape[1])]
    mistakes = told_apart(mistakes, expected)
    judge = close(
        expected,
        1e-9 * max(1, np.abs(expected).max()),
        mistakes=mistakes,
        labels=labels,
    )
    return Check(
        about, call("train", F, Y, lr, momentum, steps, start), judge
    )


def limit_check(about, F, momentum, top, trace):
    """`top`: the largest eigenvalue of F F^T; `trace`: the sum of all."""
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
    judge = close(
        expected,
        1e-8 * expected,
        mistakes=told_apart(mistakes, expected),
    )
    return Check(
        about,
        call("largest_lr", np.array(F, dtype=float), momentum),
        judge,
    )


def layers_check(about):
    at = np.linspace(-1.2, 1.2, 241)
    inside = np.abs(at) < 0.901
    kinds = {
        "step": CLOSED["step"],
        "ReLU": CLOSED["ReLU"],
        "Gaussian": GAUSSIAN4,
    }

    def judge(answer, ask):
        given = answer if isinstance(answer, dict) else {}
        try:
            found = numbers(
                given.get("trained"),
                (3, 241, 1),
                name="the list of three trained layers",
            )[..., 0]
            other = numbers(
                given.get("from_random"),
                (3, 241, 1),
                name="the list of those from random weights",
            )[..., 0]
        except Refused as refused:
            return 0.0, str(refused)
        gaps = {}
        for name, kind, v in zip(kinds, kinds.values(), found):
            gaps[name] = np.abs(v - best_curve(kind, X8, Y8, at))[
                inside
            ].max() / np.ptp(Y8)
        wrong = [
            f"{name} {100 * gap:.2g} %"
            for name, gap in gaps.items()
            if not gap < 0.02
        ]
        if not wrong and np.abs(other - found).max() < 0.05:
            return (
                0.5,
                (
                    "a start at random weights ends at another curve:"
                    " is `start` used?"
                ),
            )
        return (
            1 - len(wrong) / 3,
            (
                "off from the closed form by more than 2 %:"
                f" {', '.join(wrong)}."
            ),
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


def held_check(
    about, K, P, Y, folds, noise, missed, shown=None, mistakes=()
):
    """`missed` (n, S): how far the curve is from each sample while it
    is hidden; `shown`: the same with all shown.
    """
    K, P, Y, missed = (
        np.array(v, dtype=float) for v in (K, P, Y, missed)
    )
    P, folds = P.reshape(len(K), -1), np.array(folds)
    seen = folds >= 0
    root = lambda v: np.sqrt(np.mean(np.square(v), axis=0))
    expected = root(missed[seen])
    each = [missed[folds == f] for f in np.unique(folds[seen])]
    shown = (
        0 * missed if shown is None else np.array(shown, dtype=float)
    )
    mistakes = [
        (
            root(shown[seen]),
            0.2,
            (
                "that is the error at samples that were fitted: hide a"
                " fold before you fit."
            ),
        ),
        (
            np.mean([root(v) for v in each], axis=0),
            0.6,
            "folds differ in size: one mean over all hidden samples.",
        ),
        (
            root(missed),
            0.6,
            (
                "the mean is over the samples that were hidden, without"
                " those that always stay."
            ),
        ),
        (
            np.mean(np.abs(missed[seen]), axis=0),
            0.5,
            "square, then the mean, then the root.",
        ),
        (expected**2, 0.6, "the root is missing."),
        (
            np.full(
                expected.shape, np.sqrt(np.mean(missed[seen] ** 2))
            ),
            0.5,
            "one error for each signal.",
        ),
        *mistakes,
    ]
    labels = [f"signal {i}" for i in range(Y.shape[1])]
    judge = close(
        expected,
        1e-8 * max(1, expected.max()),
        mistakes=told_apart(mistakes, expected),
        labels=labels,
    )
    return Check(about, call("held_out", K, P, Y, folds, noise), judge)


def chain(x):
    """A step's kernel at these places, and its free part."""
    x = np.array(x, dtype=float)
    return -np.abs(x[:, None] - x) / 2, np.ones((len(x), 1))


SQUARES = np.arange(5)[:, None] ** 2
ALONE = [
    [0],
    [1],
    [1],
    [1],
    [0],
]  # the mean of (i - 1)^2 and (i + 1)^2 is 1 more than i^2
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
def collection(name):
    """Signals (64, S), of mean 0 and variance 1; others than the
    notebook's.
    """
    if name == "photograph":
        pieces = (
            fb.photograph(384, row=20, column=128)
            .values.reshape(384, 384)[8::16]
            .reshape(-1, 64)
        )
    else:
        pieces = fb.bell(5760).values.reshape(-1, 64)[1::2]
    pieces = pieces - pieces.mean(axis=1, keepdims=True)
    return (pieces / pieces.std(axis=1, keepdims=True)).T


def mean_error(values, truth):
    return np.exp(
        np.mean(
            np.log(np.sqrt(np.mean(np.square(values - truth), axis=0)))
        )
    )


@functools.cache
def task(name, noise, seed):
    """Places, samples, places asked for, the truth there, and the
    signals that were drawn.
    """
    rng = np.random.default_rng([seed, 64])
    signals = collection(name)
    signals = signals[
        :, np.sort(rng.permutation(signals.shape[1])[:30])
    ]
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
def best_error(name, noise, seed):
    """Of the three kinds, and of three strengths each where there is
    noise, found with the truth in hand.
    """
    x, Y, asked, truth = task(name, noise, seed)
    best = np.inf
    for kind, (k, degree) in CLOSED.items():
        for strength in STRENGTHS[kind] if noise else [0.0]:
            softened = lambda z, k=k, s=strength: k(z) + s * (z == 0)
            maps = np.stack(
                [
                    best_curve((softened, degree), x, one, asked)
                    for one in np.eye(len(x))
                ],
                axis=1,
            )
            best = min(best, mean_error(maps @ Y, truth))
    return best


def fill_check(about, name, noise=0.0, seed=0):
    x, Y, asked, truth = task(name, noise, seed)
    # Where the samples are exact, they are asked for as well: the
    # curves have to go through them.
    at = asked if noise else np.concatenate([asked, x[1:-1]])

    def judge(answer, ask):
        try:
            values = numbers(answer, (len(at), Y.shape[1]))
        except Refused as refused:
            return 0.0, str(refused)
        ratio = mean_error(values[: len(asked)], truth) / best_error(
            name, noise, seed
        )
        score = (
            1.0
            if ratio <= 1.15
            else 0.5
            if ratio <= 1.4
            else 0.2
            if ratio <= 2.5
            else 0.0
        )
        if (
            not noise
            and not np.abs(values[len(asked) :] - Y[1:-1]).max() < 1e-3
        ):
            return (
                0.4 * score,
                (
                    "these samples have no noise, and the curves do not"
                    " go through them."
                ),
            )
        return (
            score,
            (
                f"the error is {ratio:.2f} times that of the best kind,"
                " expected at most 1.15."
            ),
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
