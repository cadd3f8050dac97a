"""Visible checks of the lab: what each question is asked, and how the
answer is judged.

Short lists are small enough to be worked out by hand; an answer on the
photograph is judged by the laws it has to obey, and a design by a
network that is trained here, on pixels of which the student's side has
seen a quarter.
"""

import functools

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

SIDE = 64  # pixels of a patch, in each direction


# ---- the photograph, and a network trained on it


@functools.lru_cache
def photograph(image):
    """Grey values from 0 to 1, blurred by one pixel."""
    from scipy.ndimage import gaussian_filter
    from sklearn.datasets import load_sample_image

    return gaussian_filter(
        load_sample_image(f"{image}.jpg").mean(axis=2) / 255, 1.0
    )


def patch(image, row, column):
    """(all pixels (64, 64), the training pixels (32, 32)), with the
    mean of the training pixels taken off both.
    """
    pixels = photograph(image)[row : row + SIDE, column : column + SIDE]
    return tuple(
        part - pixels[::2, ::2].mean()
        for part in (pixels, pixels[::2, ::2])
    )


def spectrum(seen):
    """Waves (K, 2), one of k and -k, and the mean square of the
    mirrored training pixels in each.
    """
    n = len(seen)
    whole = np.block(
        [[seen[::-1, ::-1], seen[::-1]], [seen[:, ::-1], seen]]
    )
    k = np.fft.fftfreq(2 * n, 1 / (2 * n)).astype(int)
    found = np.abs(np.fft.fft2(whole)) ** 2 / (2 * n) ** 4
    pairs = [
        (a, b)
        for a in range(n)
        for b in range(1 - n, n)
        if a > 0 or b > 0
    ]
    lookup = {int(value): i for i, value in enumerate(k)}
    return np.array(pairs), 2 * np.array(
        [found[lookup[a], lookup[b]] for a, b in pairs]
    )


def trained(frequencies, seen, lr, steps):
    """What a network says at all (2n, 2n) pixels after training on the
    mirrored (n, n); infinite if it diverges.
    """
    angle = (np.arange(2 * len(seen)) + 1) * np.pi / (2 * len(seen))
    inside = np.concatenate([-angle[-2::-2], angle[::2]])
    whole = np.block(
        [[seen[::-1, ::-1], seen[::-1]], [seen[:, ::-1], seen]]
    )
    # a cos + b sin is the real part of (a - ib) exp(i w.x), which is a
    # product of two one-dimensional waves.
    waves = lambda x: [
        np.exp(1j * np.outer(x, w)) / len(frequencies) ** 0.25
        for w in frequencies.T
    ]
    (down, across), outer = (
        waves(inside),
        np.zeros(len(frequencies), complex),
    )
    for _ in range(steps):
        residual = ((down * outer) @ across.T).real - whole
        if not np.abs(residual).max() < 1e6:
            return np.full((len(angle), len(angle)), np.inf)
        outer -= (
            lr
            / whole.size
            * np.einsum(
                "im,ij,jm->m",
                down.conj(),
                residual,
                across.conj(),
                optimize=True,
            )
        )
    down, across = waves(angle)
    return ((down * outer) @ across.T).real


def hidden_psnr(frequencies, pixels, seen, lr, steps):
    """Decibels on the pixels that were not trained on: 10 log10(1/mean
    square error).
    """
    off = (trained(frequencies, seen, lr, steps) - pixels) ** 2
    off[::2, ::2] = 0
    return float(-10 * np.log10(off.sum() / (off.size - seen.size)))


VIEW = ("china", 250, 300)
COUNT, LR, STEPS = 1000, 100.0, 20  # waves, learning rate, steps

# ---- q1: rates_of(frequencies, waves, n), and a network on a small gri


def rates_check(about, frequencies, waves, n, expected, mistakes=()):
    ask = call("rates_of", np.array(frequencies), np.array(waves), n)
    labels = [f"the rate of ({a}, {b})" for a, b in waves]
    return Check(
        about,
        ask,
        close(
            expected, 1e-9, mistakes=mistakes, scale=0.4, labels=labels
        ),
    )


def network_check(about):
    """Each wave's share left after the notebook's run: predicted from
    the rates, and measured.
    """

    def judge(answer, ask):
        given = answer if isinstance(answer, dict) else {}
        try:
            measured = numbers(
                given.get("left_measured"),
                (4,),
                name="the list of what was measured",
            )
            predicted = numbers(
                given.get("left_predicted"),
                (4,),
                name="the list of what was predicted",
            )
        except Refused as refused:
            return 0.0, str(refused)
        if not np.allclose(
            measured, [0.26308, 0.12535, 0.52446, 1.0], atol=1e-3
        ):
            return (
                0.0,
                (
                    "these are not the shares that the notebook's run"
                    " leaves: run its cells in order."
                ),
            )
        good = np.abs(predicted - measured) < 1e-3
        if good.all():
            return 1.0, ""
        worst = int(np.argmax(~good))
        sentence = (
            f"of wave {worst} the run left {measured[worst]:.4f}, and"
            f" your rate predicts {predicted[worst]:.4f}."
        )
        return 0.1 * float(good.sum()), sentence

    return Check(about, read("left_measured", "left_predicted"), judge)


HALF = (
    "every rate is twice what it should be: on a grid a squared cosine"
    " has the mean 1/2."
)

Q1 = Question(
    "The rate of each wave",
    4,
    "A wave is learned at the rate of its share of the frequencies:"
    " choosing them is choosing the rates.",
    (
        rates_check(
            "four frequencies",
            [(1, 0), (0, 2), (3, 1), (3, 1)],
            [(1, 0), (0, 2), (3, 1), (2, 2)],
            16,
            [1 / 8, 1 / 8, 1 / 4, 0],
            [([1 / 4, 1 / 4, 1 / 2, 0], 0.5, HALF)],
        ),
        rates_check(
            "a wave and its negative",
            [(2, -1), (-2, 1), (2, 1), (-2, -1), (0, 3)],
            [(2, -1), (2, 1), (0, -3), (1, 2)],
            16,
            [0.2, 0.2, 0.1, 0],
            [
                ([0.4, 0.4, 0.2, 0], 0.5, HALF),
                (
                    [0.1, 0.1, 0, 0],
                    0.4,
                    (
                        "k and -k are one wave: a frequency counts for"
                        " both."
                    ),
                ),
                (
                    [0.4, 0.4, 0.1, 0],
                    0.3,
                    (
                        "(2, -1) and (2, 1) are two waves: only both"
                        " signs together may change."
                    ),
                ),
            ],
        ),
        rates_check(
            "frequencies that look alike on 8 x 8 points",
            [(9, 0), (7, 0), (1, 8), (3, 5), (2, 0)],
            [(1, 0), (3, -3), (3, 3)],
            8,
            [0.3, 0.1, 0],
            [
                ([0.6, 0.2, 0], 0.5, HALF),
                (
                    [0, 0, 0],
                    0.2,
                    (
                        "on 8 points 9 looks like 1: compare"
                        " frequencies up to multiples of n."
                    ),
                ),
                (
                    [0.2, 0.1, 0],
                    0.5,
                    (
                        "7 looks like -1, which is the wave 1: mind the"
                        " sign after taking off n."
                    ),
                ),
            ],
        ),
        rates_check(
            "waves that are their own negative",
            [(4, 0), (0, 0), (4, 4), (1, 4)],
            [(4, 0), (0, 0), (4, -4), (1, 4)],
            8,
            [0.25, 0.25, 0.25, 0.125],
            [
                (
                    [0.125, 0.125, 0.125, 0.125],
                    0.6,
                    (
                        "a wave that looks like its negative has no"
                        " sine on the grid, and a cosine whose square"
                        " is 1."
                    ),
                ),
                (
                    [0.125, 0.125, 0, 0.125],
                    0.5,
                    (
                        "a wave that looks like its negative has a"
                        " cosine whose square is 1."
                    ),
                ),
            ],
        ),
        network_check("the network on 12 x 12 points"),
    ),
)

# ---- q2: energy_left(power, rates, lr, steps) and best_lr(power, rates


def left_check(about, power, rates, lr, steps, mistakes=()):
    """The share left, added up wave by wave and step by step."""
    power, rates = (
        np.array(power, dtype=float),
        np.array(rates, dtype=float),
    )
    kept = np.ones(len(rates))
    for _ in range(2 * steps):
        kept = kept * (1 - lr * rates)
    total, flow = power.sum(), np.exp(-2 * lr * steps * rates)
    known = [
        (
            power @ flow / total,
            0.5,
            (
                "this is gradient flow: a step of finite length"
                " multiplies by 1 - lr rate."
            ),
        ),
        (
            power @ kept,
            0.5,
            (
                "this is the energy itself: divide by what there was at"
                " the start."
            ),
        ),
        (
            power @ np.sqrt(kept) / total,
            0.4,
            (
                "the energy is a square: it shrinks by (1 - lr rate)^2"
                " each step."
            ),
        ),
        (
            power @ (1 - lr * rates) ** 2 / total,
            0.3,
            "this is one step, and more are made.",
        ),
        *mistakes,
    ]
    expected = power @ kept / total
    known = [m for m in known if not np.isclose(m[0], expected)]
    judge = close(expected, 1e-9 * (1 + expected), mistakes=known)
    return Check(
        about, call("energy_left", power, rates, lr, steps), judge
    )


def lr_check(about, power, rates, steps, expected, mistakes=()):
    ask = call(
        "best_lr",
        np.array(power, dtype=float),
        np.array(rates, dtype=float),
        steps,
    )
    limit = 2 / max(rates)
    known = [
        (
            limit,
            0.2,
            (
                "this is the largest stable learning rate; at it the"
                " fastest wave swings for ever."
            ),
        ),
        (
            limit / 2,
            0.3,
            (
                "this is one over the largest rate, a safe choice, but"
                " not the one that leaves least."
            ),
        ),
        *mistakes,
    ]
    known = [
        m for m in known if not np.isclose(m[0], expected, rtol=5e-3)
    ]
    return Check(
        about, ask, close(expected, 2e-3 * expected, mistakes=known)
    )


def trial_check(about):
    """Predicted and measured share of energy left by the Gaussian's run
    at the best learning rate.
    """

    def judge(answer, ask):
        given = answer if isinstance(answer, dict) else {}
        try:
            lr = float(
                numbers(
                    given.get("gauss_lr"), (), name="the learning rate"
                )
            )
            left = numbers(
                given.get("gauss_left"),
                (2,),
                name="the list of predicted and measured",
            )
        except Refused as refused:
            return 0.0, str(refused)
        if not abs(lr / GAUSS_LR - 1) < 0.02:
            return (
                0.0,
                (
                    "the best learning rate for the Gaussian's waves"
                    f" is {GAUSS_LR:.4g}, and yours is {lr:.4g}."
                ),
            )
        if not abs(left[1] / GAUSS_LEFT - 1) < 0.03:
            return (
                0.2,
                (
                    "this is not the share that the notebook's run"
                    " leaves: run its cells in order."
                ),
            )
        if not abs(left[0] / left[1] - 1) < 0.03:
            return (
                0.4,
                (
                    f"the run left {left[1]:.5f}, and your energy_left"
                    f" predicts {left[0]:.5f}."
                ),
            )
        return 1.0, ""

    return Check(about, read("gauss_lr", "gauss_left"), judge)


GAUSS_LR, GAUSS_LEFT = (
    360.62,
    0.07883,
)  # of the notebook's Gaussian, 20 steps

Q2 = Question(
    "What a budget of steps buys",
    5,
    "Steps times learning rate is the time you have, and the largest"
    " rate limits the learning rate.",
    (
        left_check(
            "two waves, one that is never learned",
            [3, 1],
            [0.5, 0],
            1.0,
            2,
        ),
        left_check(
            "waves that overshoot", [1, 1, 2], [0.75, 0.25, 0.5], 2.0, 3
        ),
        lr_check("one step", [1, 1], [0.5, 0.25], 1, 2.4),
        lr_check(
            "one step, unequal powers",
            [1, 8],
            [0.5, 0.25],
            1,
            10 / 3,
            [
                (
                    2.4,
                    0.3,
                    (
                        "a wave with more power counts for more: weigh"
                        " each by its own."
                    ),
                )
            ],
        ),
        lr_check("many steps", [1, 1], [0.4, 0.1], 200, 3.99583),
        lr_check(
            "a fast wave that the target lacks",
            [0, 1],
            [0.5, 0.05],
            10,
            4.0,
            [
                (
                    20.0,
                    0.3,
                    (
                        "at that rate the first wave grows from"
                        " rounding errors: never go above 2 / largest"
                        " rate."
                    ),
                )
            ],
        ),
        trial_check("the Gaussian's run"),
    ),
)

# ---- q3: waterfill(power, lr, steps, total, cap), and the plan for the


def shares(array, total, cap):
    """Refused unless the rates are at least 0, at most the cap, and add
    up to the total.
    """
    if not array.min() >= -1e-12:
        raise Refused(
            f"a rate is {array.min():.3g}, and no rate is below 0."
        )
    if not abs(array.sum() / total - 1) < 1e-6:
        raise Refused(
            f"the rates add up to {array.sum():.6g}, expected"
            f" {total:.6g}."
        )
    if not array.max() <= cap * (1 + 1e-9):
        raise Refused(
            f"a rate is {array.max():.4g}, above the cap of {cap:.4g}."
        )


def fill_check(
    about, power, lr, steps, total, expected, cap=np.inf, mistakes=()
):
    power, expected = (
        np.array(power, dtype=float),
        np.array(expected, dtype=float),
    )
    labels = [f"wave {i}" for i in range(len(power))]
    plain = close(
        expected, 1e-6 * total, mistakes=mistakes, labels=labels
    )

    def judge(answer, ask):
        score, sentence = plain(answer, ask)
        try:
            shares(numbers(answer, expected.shape), total, cap)
        except Refused as refused:
            return score, str(refused)
        return (score or 0.1), sentence

    more = {} if cap == np.inf else {"cap": cap}
    return Check(
        about, call("waterfill", power, lr, steps, total, **more), judge
    )


def plan_check(about, name, lr, steps):
    """The plan for the photograph obeys the conditions of a minimum:
    one slope where there is a rate, less outside.
    """

    def judge(answer, ask):
        _, power = spectrum(patch(*VIEW)[1])
        given = answer if isinstance(answer, dict) else {}
        try:
            rates = numbers(
                given.get(name), power.shape, name="your plan"
            )
            shares(rates, 0.5, 1 / lr)
        except Refused as refused:
            return 0.0, str(refused)
        slope, on = (
            power * (1 - lr * rates) ** (2 * steps - 1),
            rates > 1e-12,
        )
        spread = slope[on].max() / slope[on].min() - 1
        outside = slope[~on].max(initial=0) / slope[on].max() - 1
        if spread < 1e-4 and outside < 1e-4:
            return 1.0, ""
        if (
            np.ptp(np.log(power[on]) - 2 * lr * steps * rates[on])
            < 1e-4
            and outside < 0.3
        ):
            return (
                0.4,
                (
                    "this fills for gradient flow: use the factor (1 -"
                    " lr rate)^(2 steps) of steps."
                ),
            )
        where = (
            "moving rate from a wave to another would gain: slopes"
            f" differ by {100 * max(spread, outside):.3g} %."
        )
        return 0.1, where

    return Check(about, read(name), judge)


FLOW = (
    "this fills for gradient flow: each of so few steps multiplies by 1"
    " - lr rate, not by e^(-lr rate)."
)

Q3 = Question(
    "Where to put the rates",
    6,
    "Water-filling: nothing for waves below the level, and of all"
    " others the same is left.",
    (
        fill_check(
            "one step", [4, 2, 1], 1.0, 1, 0.75, [7 / 12, 1 / 6, 0]
        ),
        fill_check(
            "two steps, in any order",
            [1, 1 / 8, 8],
            2.0,
            2,
            0.625,
            [0.25, 0, 0.375],
            mistakes=[
                ([0.1825349, 0, 0.4424651], 0.4, FLOW),
                (
                    [0.375, 0, 0.25],
                    0.1,
                    (
                        "the rates are those of other waves: keep the"
                        " order of power."
                    ),
                ),
            ],
        ),
        fill_check(
            "a cap",
            [1 / 8, 8, 1],
            2.0,
            2,
            0.55,
            [0, 0.3, 0.25],
            cap=0.3,
            mistakes=[([0, 0.35, 0.2], 0.2, "the cap is not kept.")],
        ),
        fill_check(
            "equal powers, and none",
            [2, 0, 2, 2, 0, 2],
            1.5,
            20,
            0.5,
            [0.125, 0, 0.125, 0.125, 0, 0.125],
        ),
        fill_check(
            "a cap that all waves reach",
            [1, 5, 0.1, 30],
            0.5,
            10,
            0.8,
            [0.2] * 4,
            cap=0.2,
        ),
        plan_check("the plan for the photograph", "plan", LR, STEPS),
    ),
)

# ---- q4: draw(rates, count), and the waves of the plan


def drawn_score(answer, rates, count, name="the answer"):
    """(score, sentence) of numbers of waves (K,) that should be within
    one of count times the share of the rate.
    """
    rates = np.asarray(rates, dtype=float)
    try:
        counts = numbers(answer, rates.shape, name=name)
    except Refused as refused:
        return 0.0, str(refused)
    if not (counts == np.round(counts)).all() or not counts.min() >= 0:
        return 0.0, "waves are counted in whole numbers from 0."
    if (counts[rates == 0] > 0).any():
        return (
            0.0,
            "a wave whose rate is 0 is drawn, and should not be.",
        )
    wanted = count * rates / rates.sum()
    off = np.abs(counts - wanted)
    worst = int(np.argmax(off))
    if counts.sum() != count:
        score = 0.3 if (off < 1 + 1e-9).all() else 0.0
        return (
            score,
            f"{counts.sum():.0f} waves come out, expected {count}.",
        )
    if (off < 1 + 1e-9).all():
        return 1.0, ""
    chance = (off <= 6 * np.sqrt(wanted)).all()
    what = (
        f"wave {worst} is drawn {counts[worst]:.0f} times, expected"
        f" {wanted[worst]:.3g} to within one"
    )
    return (
        (0.3, f"{what}: do not leave it to chance.")
        if chance
        else (0.0, f"{what}.")
    )


def draw_check(about, rates, count):
    rates = np.array(rates, dtype=float)
    return Check(
        about,
        call("draw", rates, count),
        lambda answer, ask: drawn_score(answer, rates, count),
    )


def drawn_check(about):
    """The notebook's waves from the plan of a Gaussian of width 8."""
    plan = np.exp(
        -np.sum(spectrum(patch(*VIEW)[1])[0] ** 2, axis=1) / 128
    )

    def judge(answer, ask):
        given = answer if isinstance(answer, dict) else {}
        return drawn_score(
            given.get("counts"), plan, COUNT, "the list of counts"
        )

    return Check(about, read("counts"), judge)


Q4 = Question(
    "From rates to waves",
    4,
    "Every wave comes as often as planned, to within one: rates as"
    " planned, without the noise of chance.",
    (
        draw_check(
            "rates that ask for whole numbers", [0.25, 0.125, 0.125], 4
        ),
        draw_check("rates of 0", [0, 0.3, 0, 0.15, 0.05, 0], 10),
        draw_check("fewer waves than rates", [0.01] * 50, 20),
        draw_check(
            "one large and many small", [0.4] + [0.001] * 100, 100
        ),
        drawn_check("the Gaussian's waves"),
    ),
)

# ---- q5: priority_for(power, rates, lr, steps), and what the Gaussian


def priority_check(
    about, power, rates, lr, steps, expected, mistakes=()
):
    power, rates = (
        np.array(power, dtype=float),
        np.array(rates, dtype=float),
    )
    labels = [f"wave {i}" for i in range(len(power))]
    judge = close(
        expected, 1e-6, mistakes=mistakes, scale=0.6, labels=labels
    )
    return Check(
        about, call("priority_for", power, rates, lr, steps), judge
    )


def belief_check(about):
    """The Gaussian's priority on the photograph: it has to make the
    slopes equal.
    """

    def judge(answer, ask):
        _, power = spectrum(patch(*VIEW)[1])
        given = answer if isinstance(answer, dict) else {}
        try:
            rates = numbers(
                given.get("gauss_plan"),
                power.shape,
                name="the Gaussian's plan",
            )
            belief = numbers(
                given.get("belief"), power.shape, name="the priority"
            )
            shares(rates, 0.5, 1 / LR)
        except Refused as refused:
            return 0.0, str(refused)
        if not belief.min() >= 0 or not abs(belief.max() - 1) < 1e-6:
            return (
                0.0,
                (
                    f"its largest entry is {belief.max():.4g} and its"
                    f" smallest {belief.min():.4g}: scale it to 1."
                ),
            )
        slope = belief * power * (1 - LR * rates) ** (2 * STEPS - 1)
        if np.ptp(slope) < 1e-6 * slope.max():
            return 1.0, ""
        return (
            0.0,
            (
                "slopes under this priority differ by"
                f" {100 * np.ptp(slope) / slope.max():.3g} % of the"
                " largest."
            ),
        )

    return Check(about, read("gauss_plan", "belief"), judge)


Q5 = Question(
    "What a choice of frequencies believes",
    4,
    "Every choice of rates is the best one for some priority: now you"
    " can read which.",
    (
        priority_check(
            "one step",
            [4, 2, 1],
            [0.5, 0.25, 0],
            1.0,
            1,
            [0.75, 1, 0],
            [
                (
                    [0.5, 2 / 3, 1],
                    0.5,
                    "a wave without a rate has priority 0.",
                ),
                (
                    [0.5, 1, 0],
                    0.3,
                    (
                        "this is one over the power: the rate counts as"
                        " well."
                    ),
                ),
            ],
        ),
        priority_check(
            "equal rates",
            [8, 1],
            [0.25, 0.25],
            2.0,
            2,
            [0.125, 1],
            [([1, 0.125], 0.3, "this is upside down.")],
        ),
        priority_check(
            "rates that water-filling gives",
            [1, 1 / 8, 8],
            [0.25, 0, 0.375],
            2.0,
            2,
            [1, 0, 1],
        ),
        priority_check(
            "many steps",
            [1, 1, 1],
            [0.5, 0.25, 0.1],
            0.1,
            50,
            [1, 0.0764152, 0.0168559],
        ),
        belief_check("the Gaussian on the photograph"),
    ),
)

# ---- q6: design(seen, count, lr, steps), judged on hidden pixels


def design_check(about, view, count, lr, steps, levels):
    """A design trained here, on `view` = (all pixels, training pixels);
    `levels` (dB, score) from the highest down.
    """
    pixels, seen = view

    def judge(answer, ask):
        try:
            frequencies = numbers(
                answer, (count, 2), name="the array of frequencies"
            )
        except Refused as refused:
            return 0.0, str(refused)
        if not np.abs(frequencies).max() <= 1000:
            return (
                0.0,
                (
                    "a frequency is above 1,000, and the picture has 32"
                    " pixels in each direction."
                ),
            )
        found = hidden_psnr(frequencies, pixels, seen, lr, steps)
        if not found > -100:
            return 0.0, "the run diverges: some rate is above 2 / lr."
        for level, score in levels:
            if found >= level:
                return (
                    score,
                    (
                        f"{found:.2f} dB on the hidden pixels;"
                        f" {levels[0][0]:.1f} dB earn all points."
                    ),
                )
        return (
            0.0,
            (
                f"{found:.2f} dB on the hidden pixels; points begin at"
                f" {levels[-1][0]:.1f} dB."
            ),
        )

    return Check(about, call("design", seen, count, lr, steps), judge)


Q6 = Question(
    "A photograph within a budget",
    6,
    "The spectrum of a quarter of the pixels chose the frequencies, and"
    " the other pixels came out well.",
    (
        design_check(
            "the pavilion",
            patch(*VIEW),
            COUNT,
            LR,
            STEPS,
            [
                (31.2, 1.0),
                (30.2, 0.7),
                (28.2, 0.4),
                (26.2, 0.2),
                (24.0, 0.1),
            ],
        ),
        design_check(
            "the flower, with fewer steps",
            patch("flower", 200, 400),
            800,
            150.0,
            10,
            [
                (36.2, 1.0),
                (34.2, 0.7),
                (31.2, 0.4),
                (29.0, 0.2),
                (27.0, 0.1),
            ],
        ),
    ),
)

QUESTIONS = {"q1": Q1, "q2": Q2, "q3": Q3, "q4": Q4, "q5": Q5, "q6": Q6}

MANUAL = {
    "q7": Manual(
        "What did the design know, and what not?",
        (
            (
                2,
                (
                    "Says, with numbers, where water-filling beats the"
                    " best Gaussian and the best flat choice, and why."
                ),
            ),
            (
                2,
                (
                    "Explains what the budget decides: steps, learning"
                    " rate and number of waves, each with its effect."
                ),
            ),
            (
                1,
                (
                    "Names one place where the theory stops (between"
                    " the pixels, chance, no blur) with what was"
                    " measured."
                ),
            ),
            (
                1,
                (
                    "Predicts what one change does (priority, budget,"
                    " patch, blur, frequencies), tries it, compares."
                ),
            ),
        ),
    )
}
