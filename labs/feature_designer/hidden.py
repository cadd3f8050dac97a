"""Hidden checks: the same questions on numbers and patches that come
from a seed. Never part of a release.
"""

import numpy as np

VIEWS = [
    ("china", 60, 380),
    ("china", 150, 200),
    ("china", 246, 310),
    ("flower", 150, 250),
    ("flower", 205, 390),
]


def hidden_checks(visible, seed):
    """More checks by question. `visible` holds checks.py's names; the
    student's side does not know `seed`.
    """
    rng = np.random.default_rng([seed, 2028])
    new = lambda: int(rng.integers(2**31))
    first, second = rng.choice(len(VIEWS), 2, replace=False)
    return {
        "q1": [
            count_check(
                visible,
                "an even number of points",
                new(),
                2 * int(rng.integers(4, 9)),
            ),
            count_check(
                visible,
                "an odd number of points",
                new(),
                2 * int(rng.integers(4, 9)) + 1,
            ),
        ],
        "q2": [
            left_check(visible, "ten waves", new()),
            search_check(
                visible, "five waves", new(), int(rng.integers(2, 6))
            ),
            search_check(
                visible,
                "five waves and many steps",
                new(),
                int(rng.integers(40, 80)),
            ),
        ],
        "q3": [
            fill_check(
                visible,
                "few steps",
                new(),
                int(rng.integers(1, 5)),
                capped=False,
            ),
            fill_check(
                visible,
                "many steps and a wide spectrum",
                new(),
                int(rng.integers(10, 40)),
                capped=False,
            ),
            fill_check(
                visible,
                "a cap",
                new(),
                int(rng.integers(3, 20)),
                capped=True,
            ),
        ],
        "q4": [
            deal_check(
                visible, "many rates of all sizes", new(), 300, 1000
            ),
            deal_check(
                visible,
                "more rates than waves, some of 0",
                new(),
                500,
                120,
            ),
        ],
        "q5": [
            belief_check(
                visible, "any rates", new(), int(rng.integers(1, 6))
            ),
            belief_check(
                visible, "many steps", new(), int(rng.integers(10, 30))
            ),
        ],
        "q6": [
            photograph_check(
                visible, "another patch", VIEWS[first], new()
            ),
            photograph_check(
                visible, "one more patch", VIEWS[second], new()
            ),
        ],
    }


def count_check(visible, about, seed, n):
    """Rates from the kernel itself: the wave put through it, on the n x
    n points.
    """
    rng = np.random.default_rng(seed)
    pool = rng.integers(-n // 2, n // 2 + 1, (5, 2))
    w = rng.choice([-1, 1], 30)[:, None] * pool[
        rng.integers(5, size=30)
    ] + n * rng.integers(-1, 2, (30, 2))
    own = [[n // 2, 0]] if n % 2 == 0 else [[0, 0]]
    k = np.concatenate([pool, own, [[1, n // 2 - 1], [-1, n // 2 - 1]]])
    w = np.concatenate([w, own])
    x = np.stack(
        np.meshgrid(*2 * [2 * np.pi * np.arange(n) / n]), axis=-1
    ).reshape(-1, 2)
    kernel_row = np.cos(x @ w.T).mean(axis=1)  # K(x, 0)
    expected = np.array(
        [(kernel_row * np.cos(x @ one)).mean() for one in k]
    )
    mistakes = [(2 * expected, 0.5, visible["HALF"])]
    return visible["rates_check"](
        about, w.tolist(), k.tolist(), n, expected, mistakes
    )


def left_check(visible, about, seed):
    rng = np.random.default_rng(seed)
    lr, steps = rng.uniform(0.5, 20), int(rng.integers(2, 9))
    return visible["left_check"](
        about,
        rng.uniform(0, 5, 10),
        rng.uniform(0, 1.6, 10) / lr,
        lr,
        steps,
    )


def search_check(visible, about, seed, steps):
    """The best learning rate from a fine table of the energy."""
    rng = np.random.default_rng(seed)
    power, rates = rng.uniform(0.2, 3, 5), rng.uniform(0.05, 0.5, 5)
    low, high = 0.0, 2 / rates.max()
    for _ in range(6):
        table = np.linspace(low, high, 201)
        energy = power @ (1 - np.outer(rates, table)) ** (2 * steps)
        best = int(np.argmin(energy))
        low, high = table[max(best - 1, 0)], table[min(best + 1, 200)]
    return visible["lr_check"](about, power, rates, steps, table[best])


def fill_check(visible, about, seed, steps, capped):
    """A problem made from its answer: a level first, then the total
    that belongs to it.
    """
    rng = np.random.default_rng(seed)
    power, lr = np.exp(rng.uniform(-9, 0, 40)), rng.uniform(1, 50)
    power[rng.integers(40)] = 0
    level = np.exp(rng.uniform(-7, -3))
    left = np.ones(40)
    on = power > level
    left[on] = (level / power[on]) ** (1 / (2 * steps - 1))
    expected = (1 - left) / lr
    cap = 0.7 * expected.max() if capped else np.inf
    expected = np.minimum(expected, cap)
    return visible["fill_check"](
        about, power, lr, steps, expected.sum(), expected, cap
    )


def deal_check(visible, about, seed, waves, count):
    rng = np.random.default_rng(seed)
    rates = np.exp(rng.uniform(-6, 0, waves)) * (
        rng.random(waves) > 0.2
    )
    return visible["draw_check"](
        about, rates * rng.uniform(0.2, 2) / rates.sum(), count
    )


def belief_check(visible, about, seed, steps):
    """A priority first, then rates for which it is the right one."""
    rng = np.random.default_rng(seed)
    power, priority, lr = (
        rng.uniform(0.5, 5, 12),
        rng.uniform(0.2, 1, 12),
        rng.uniform(1, 40),
    )
    priority[rng.permutation(12)[:4]] = [1, 0, 0, 0]
    level = 0.3 * (power * priority)[priority > 0].min()
    left = np.ones(12)
    left[priority > 0] = (level / (power * priority)[priority > 0]) ** (
        1 / (2 * steps - 1)
    )
    return visible["priority_check"](
        about, power, (1 - left) / lr, lr, steps, priority
    )


def photograph_check(visible, about, view, seed):
    """Decibels on the hidden pixels, compared with those of a design
    made here.
    """
    rng = np.random.default_rng(seed)
    image, row, column = view
    pixels, seen = visible["patch"](
        image, row + int(rng.integers(5)), column + int(rng.integers(5))
    )
    count, lr = (
        int(rng.integers(8, 13)) * 100,
        float(rng.integers(60, 151)),
    )
    steps = round(rng.uniform(1500, 2500) / lr)
    best = visible["hidden_psnr"](
        own_design(visible, seen, count, lr, steps),
        pixels,
        seen,
        lr,
        steps,
    )
    levels = [
        (best - gap, score)
        for gap, score in (
            (0.6, 1.0),
            (2.0, 0.7),
            (4.0, 0.4),
            (7.0, 0.2),
        )
    ]
    return visible["design_check"](
        about, (pixels, seen), count, lr, steps, levels
    )


def own_design(visible, seen, count, lr, steps):
    waves, power = visible["spectrum"](seen)
    log_power = np.log(power + 1e-300)
    levels = np.linspace(log_power.max() - 60, log_power.max(), 20001)[
        ::-1
    ]
    for _ in range(2):  # a coarse and a fine table of levels
        sums = [
            np.maximum(
                -np.expm1((level - log_power) / (2 * steps - 1)), 0
            ).sum()
            / lr
            for level in levels[::400]
        ]
        first = min(int(np.searchsorted(sums, 0.5)), len(sums) - 1)
        levels = np.linspace(
            levels[400 * max(first - 1, 0)], levels[400 * first], 20001
        )
    rates = np.maximum(
        -np.expm1((levels[0] - log_power) / (2 * steps - 1)), 0
    )
    place = (np.arange(count) + 0.5) / count * rates.sum()
    return waves[np.searchsorted(np.cumsum(rates), place)].astype(float)
