"""Visible checks of the lab: what is asked, and how it is judged.

Short lists are small enough to be worked out by hand; an answer on the
photograph is judged by the laws it has to obey, and a design by a
network that is trained here, on pixels of which the student's side has
seen a quarter.
"""

import functools
from collections.abc import Sequence

import numpy as np
from fbkit.lab import (
    Check,
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

SIDE = 64  # pixels of a patch, in each direction


# ---- the photograph, and a network trained on it


@functools.lru_cache
def photograph(image: str) -> np.ndarray:
    """Grey values from 0 to 1, blurred by one pixel."""
    from scipy.ndimage import gaussian_filter
    from sklearn.datasets import load_sample_image

    grey = load_sample_image(f"{image}.jpg").mean(axis=2) / 255
    return gaussian_filter(grey, 1.0)


def patch(
    image: str, row: int, column: int
) -> tuple[np.ndarray, np.ndarray]:
    """All pixels (64, 64) and the training pixels (32, 32).

    The mean of the training pixels is taken off both.
    """
    pixels = photograph(image)[row : row + SIDE, column : column + SIDE]
    seen = pixels[::2, ::2]
    return pixels - seen.mean(), seen - seen.mean()


def mirrored(seen: np.ndarray) -> np.ndarray:
    """The picture (2n, 2n) that joins `seen` with its mirror images."""
    return np.block(
        [[seen[::-1, ::-1], seen[::-1]], [seen[:, ::-1], seen]]
    )


def spectrum(seen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Waves (K, 2), one of k and -k, and the power of each (K,).

    The power is the mean square of the mirrored training pixels in a
    wave.
    """
    n = len(seen)
    found = np.abs(np.fft.fft2(mirrored(seen))) ** 2 / (2 * n) ** 4
    pairs = [
        (a, b)
        for a in range(n)
        for b in range(1 - n, n)
        if a > 0 or b > 0
    ]
    # A negative frequency b stands at the index 2n + b, as in a list.
    power = 2 * np.array([found[a, b] for a, b in pairs])
    return np.array(pairs), power


def trained(
    frequencies: np.ndarray, seen: np.ndarray, lr: float, steps: int
) -> np.ndarray:
    """What a network says at all (2n, 2n) pixels after training.

    It is trained on the mirrored (n, n); infinite if it diverges.
    """
    angle = (np.arange(2 * len(seen)) + 1) * np.pi / (2 * len(seen))
    inside = np.concatenate([-angle[-2::-2], angle[::2]])
    whole = mirrored(seen)
    # a cos + b sin is the real part of (a - ib) exp(i w.x), which is a
    # product of two one-dimensional waves.
    waves = lambda x: [
        np.exp(1j * np.outer(x, w)) / len(frequencies) ** 0.25
        for w in frequencies.T
    ]
    down, across = waves(inside)
    outer = np.zeros(len(frequencies), complex)
    for _ in range(steps):
        residual = ((down * outer) @ across.T).real - whole
        if not np.abs(residual).max() < 1e6:
            return np.full((len(angle), len(angle)), np.inf)
        gradient = np.einsum(
            "im,ij,jm->m",
            down.conj(),
            residual,
            across.conj(),
            optimize=True,
        )
        outer -= lr / whole.size * gradient
    down, across = waves(angle)
    return ((down * outer) @ across.T).real


def hidden_psnr(
    frequencies: np.ndarray,
    pixels: np.ndarray,
    seen: np.ndarray,
    lr: float,
    steps: int,
) -> float:
    """Decibels on the pixels that were not trained on.

    That is 10 log10(1/mean square error).
    """
    off = (trained(frequencies, seen, lr, steps) - pixels) ** 2
    off[::2, ::2] = 0
    return float(-10 * np.log10(off.sum() / (off.size - seen.size)))


VIEW = ("china", 250, 300)
COUNT = 1000  # waves
LR = 100.0
STEPS = 20


def array(values: ArrayLike) -> np.ndarray:
    """`values` as an array of floats."""
    return np.array(values, dtype=float)


def wave_labels(power: np.ndarray) -> list[str]:
    """What the entries of a list over the waves are called."""
    return [f"wave {i}" for i in range(len(power))]


# ---- q1: rates_of(frequencies, waves, n)


def rates_check(
    about: str,
    frequencies: ArrayLike,
    waves: Sequence[tuple[int, int]],
    n: int,
    expected: ArrayLike,
    mistakes: Sequence[Mistake] = (),
) -> Check:
    """The rates of `waves` on n x n points."""
    ask = call("rates_of", np.array(frequencies), np.array(waves), n)
    judge = close(
        expected,
        1e-9,
        mistakes=mistakes,
        scale=0.4,
        labels=[f"the rate of ({a}, {b})" for a, b in waves],
    )
    return Check(about, ask, judge)


def network_check(about: str) -> Check:
    """Each wave's share left after the notebook's run.

    Predicted from the rates, and measured.
    """

    def judge(answer: object, ask: dict) -> Verdict:
        measured, predicted = fields(
            answer, "left_measured", "left_predicted"
        )
        measured = numbers(
            measured, (4,), name="the list of what was measured"
        )
        predicted = numbers(
            predicted, (4,), name="the list of what was predicted"
        )
        run = [0.26308, 0.12535, 0.52446, 1.0]
        if not np.allclose(measured, run, atol=1e-3):
            raise Refused(
                "these are not the shares that the notebook's run"
                " leaves: run its cells in order."
            )
        good = np.abs(predicted - measured) < 1e-3
        if good.all():
            return 1.0, ""
        worst = int(np.argmax(~good))
        return 0.1 * float(good.sum()), (
            f"of wave {worst} the run left {measured[worst]:.4f}, and"
            f" your rate predicts {predicted[worst]:.4f}."
        )

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

# ---- q2: energy_left(power, rates, lr, steps)
# and best_lr(power, rates, steps)


def left_check(
    about: str,
    power: ArrayLike,
    rates: ArrayLike,
    lr: float,
    steps: int,
) -> Check:
    """The share left, added up wave by wave and step by step."""
    power, rates = array(power), array(rates)
    kept = np.ones(len(rates))
    for _ in range(2 * steps):
        kept = kept * (1 - lr * rates)
    total = power.sum()
    flow = np.exp(-2 * lr * steps * rates)
    expected = power @ kept / total
    mistakes = [
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
    ]
    judge = close(expected, 1e-9 * (1 + expected), mistakes=mistakes)
    return Check(
        about, call("energy_left", power, rates, lr, steps), judge
    )


def lr_check(
    about: str,
    power: ArrayLike,
    rates: ArrayLike,
    steps: int,
    expected: float,
    mistakes: Sequence[Mistake] = (),
) -> Check:
    """The learning rate that leaves least, to 0.2 %."""
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
    ask = call("best_lr", array(power), array(rates), steps)
    judge = close(expected, 2e-3 * expected, mistakes=known)
    return Check(about, ask, judge)


# of the notebook's Gaussian, 20 steps
GAUSS_LR = 360.62
GAUSS_LEFT = 0.07883


def trial_check(about: str) -> Check:
    """The Gaussian's run at the best learning rate.

    Predicted and measured share of the energy that is left.
    """

    def judge(answer: object, ask: dict) -> Verdict:
        lr, left = fields(answer, "gauss_lr", "gauss_left")
        lr = float(numbers(lr, (), name="the learning rate"))
        left = numbers(
            left, (2,), name="the list of predicted and measured"
        )
        if not abs(lr / GAUSS_LR - 1) < 0.02:
            raise Refused(
                "the best learning rate for the Gaussian's waves is"
                f" {GAUSS_LR:.4g}, and yours is {lr:.4g}."
            )
        if not abs(left[1] / GAUSS_LEFT - 1) < 0.03:
            return 0.2, (
                "this is not the share that the notebook's run leaves:"
                " run its cells in order."
            )
        if not abs(left[0] / left[1] - 1) < 0.03:
            return 0.4, (
                f"the run left {left[1]:.5f}, and your energy_left"
                f" predicts {left[0]:.5f}."
            )
        return 1.0, ""

    return Check(about, read("gauss_lr", "gauss_left"), judge)


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

# ---- q3: waterfill(power, lr, steps, total, cap)


def shares(rates: np.ndarray, total: float, cap: float) -> None:
    """Refused unless the rates can be a plan.

    They are at least 0, at most the cap, and add up to the total.
    """
    if not rates.min() >= -1e-12:
        raise Refused(
            f"a rate is {rates.min():.3g}, and no rate is below 0."
        )
    if not abs(rates.sum() / total - 1) < 1e-6:
        raise Refused(
            f"the rates add up to {rates.sum():.6g}, expected"
            f" {total:.6g}."
        )
    if not rates.max() <= cap * (1 + 1e-9):
        raise Refused(
            f"a rate is {rates.max():.4g}, above the cap of {cap:.4g}."
        )


def fill_check(
    about: str,
    power: ArrayLike,
    lr: float,
    steps: int,
    total: float,
    expected: ArrayLike,
    cap: float = np.inf,
    mistakes: Sequence[Mistake] = (),
) -> Check:
    """A plan of rates; one that keeps the budget earns 0.1 at least."""
    power, expected = array(power), array(expected)
    plain = close(
        expected,
        1e-6 * total,
        mistakes=mistakes,
        labels=wave_labels(power),
    )

    def judge(answer: object, ask: dict) -> Verdict:
        score, sentence = plain(answer, ask)
        try:
            shares(numbers(answer, expected.shape), total, cap)
        except Refused as refused:
            return score, str(refused)
        return (score or 0.1), sentence

    more = {} if cap == np.inf else {"cap": cap}
    ask = call("waterfill", power, lr, steps, total, **more)
    return Check(about, ask, judge)


def plan_check(about: str, name: str, lr: float, steps: int) -> Check:
    """The plan for the photograph obeys the conditions of a minimum.

    One slope where there is a rate, less outside.
    """

    def judge(answer: object, ask: dict) -> Verdict:
        _, power = spectrum(patch(*VIEW)[1])
        (rates,) = fields(answer, name)
        rates = numbers(rates, power.shape, name="your plan")
        shares(rates, 0.5, 1 / lr)
        slope = power * (1 - lr * rates) ** (2 * steps - 1)
        on = rates > 1e-12
        spread = slope[on].max() / slope[on].min() - 1
        outside = slope[~on].max(initial=0) / slope[on].max() - 1
        if spread < 1e-4 and outside < 1e-4:
            return 1.0, ""
        level = np.log(power[on]) - 2 * lr * steps * rates[on]
        if np.ptp(level) < 1e-4 and outside < 0.3:
            return 0.4, (
                "this fills for gradient flow: use the factor (1 - lr"
                " rate)^(2 steps) of steps."
            )
        return 0.1, (
            "moving rate from a wave to another would gain: slopes"
            f" differ by {100 * max(spread, outside):.3g} %."
        )

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


def drawn_verdict(
    answer: object,
    rates: np.ndarray,
    count: int,
    name: str = "the answer",
) -> Verdict:
    """Of numbers of waves (K,), each within one of its share.

    The share of a wave is count times that of its rate.
    """
    counts = numbers(answer, rates.shape, name=name)
    if not (counts == np.round(counts)).all() or not counts.min() >= 0:
        raise Refused("waves are counted in whole numbers from 0.")
    if (counts[rates == 0] > 0).any():
        raise Refused(
            "a wave whose rate is 0 is drawn, and should not be."
        )
    wanted = count * rates / rates.sum()
    off = np.abs(counts - wanted)
    within_one = (off < 1 + 1e-9).all()
    if counts.sum() != count:
        return (0.3 if within_one else 0.0), (
            f"{counts.sum():.0f} waves come out, expected {count}."
        )
    if within_one:
        return 1.0, ""
    worst = int(np.argmax(off))
    what = (
        f"wave {worst} is drawn {counts[worst]:.0f} times, expected"
        f" {wanted[worst]:.3g} to within one"
    )
    by_chance = (off <= 6 * np.sqrt(wanted)).all()
    if by_chance:
        return 0.3, f"{what}: do not leave it to chance."
    return 0.0, f"{what}."


def draw_check(about: str, rates: ArrayLike, count: int) -> Check:
    """Numbers of waves for these rates."""
    rates = array(rates)

    def judge(answer: object, ask: dict) -> Verdict:
        return drawn_verdict(answer, rates, count)

    return Check(about, call("draw", rates, count), judge)


def drawn_check(about: str) -> Check:
    """The notebook's waves from the plan of a Gaussian of width 8."""
    waves, _ = spectrum(patch(*VIEW)[1])
    plan = np.exp(-np.sum(waves**2, axis=1) / 128)

    def judge(answer: object, ask: dict) -> Verdict:
        (counts,) = fields(answer, "counts")
        return drawn_verdict(counts, plan, COUNT, "the list of counts")

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

# ---- q5: priority_for(power, rates, lr, steps)


def priority_check(
    about: str,
    power: ArrayLike,
    rates: ArrayLike,
    lr: float,
    steps: int,
    expected: ArrayLike,
    mistakes: Sequence[Mistake] = (),
) -> Check:
    """The priority for which these rates are the best."""
    power, rates = array(power), array(rates)
    judge = close(
        expected,
        1e-6,
        mistakes=mistakes,
        scale=0.6,
        labels=wave_labels(power),
    )
    return Check(
        about, call("priority_for", power, rates, lr, steps), judge
    )


def belief_check(about: str) -> Check:
    """The Gaussian's priority on the photograph makes slopes equal."""

    def judge(answer: object, ask: dict) -> Verdict:
        _, power = spectrum(patch(*VIEW)[1])
        rates, belief = fields(answer, "gauss_plan", "belief")
        rates = numbers(rates, power.shape, name="the Gaussian's plan")
        belief = numbers(belief, power.shape, name="the priority")
        shares(rates, 0.5, 1 / LR)
        if not belief.min() >= 0 or not abs(belief.max() - 1) < 1e-6:
            raise Refused(
                f"its largest entry is {belief.max():.4g} and its"
                f" smallest {belief.min():.4g}: scale it to 1."
            )
        slope = belief * power * (1 - LR * rates) ** (2 * STEPS - 1)
        if np.ptp(slope) < 1e-6 * slope.max():
            return 1.0, ""
        return 0.0, (
            "slopes under this priority differ by"
            f" {100 * np.ptp(slope) / slope.max():.3g} % of the"
            " largest."
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


def design_check(
    about: str,
    view: tuple[np.ndarray, np.ndarray],
    count: int,
    lr: float,
    steps: int,
    levels: Sequence[tuple[float, float]],
) -> Check:
    """A design trained here, on `view`: all and the training pixels.

    `levels` are (dB, score), from the highest down.
    """
    pixels, seen = view

    def judge(answer: object, ask: dict) -> Verdict:
        frequencies = numbers(
            answer, (count, 2), name="the array of frequencies"
        )
        if not np.abs(frequencies).max() <= 1000:
            raise Refused(
                "a frequency is above 1,000, and the picture has 32"
                " pixels in each direction."
            )
        found = hidden_psnr(frequencies, pixels, seen, lr, steps)
        if not found > -100:
            raise Refused(
                "the run diverges: some rate is above 2 / lr."
            )
        for level, score in levels:
            if found >= level:
                return score, (
                    f"{found:.2f} dB on the hidden pixels;"
                    f" {levels[0][0]:.1f} dB earn all points."
                )
        return 0.0, (
            f"{found:.2f} dB on the hidden pixels; points begin at"
            f" {levels[-1][0]:.1f} dB."
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
