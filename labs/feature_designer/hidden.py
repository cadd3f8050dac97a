"""Hidden checks: the same questions on numbers that come from a seed.

Never part of a release.
"""

import numpy as np
from fbkit.lab import Check
from numpy.random import Generator

VIEWS = [
    ("china", 60, 380),
    ("china", 150, 200),
    ("china", 246, 310),
    ("flower", 150, 250),
    ("flower", 205, 390),
]


def hidden_checks(visible: dict, seed: int) -> dict[str, list[Check]]:
    """More checks by question.

    `visible` holds checks.py's names; the student's side does not know
    `seed`.
    """
    rng = np.random.default_rng([seed, 2028])
    first, second = rng.choice(len(VIEWS), 2, replace=False)
    return {
        "q1": [
            count_check(
                visible,
                "an even number of points",
                new_seed(rng),
                2 * int(rng.integers(4, 9)),
            ),
            count_check(
                visible,
                "an odd number of points",
                new_seed(rng),
                2 * int(rng.integers(4, 9)) + 1,
            ),
        ],
        "q2": [
            left_check(visible, "ten waves", new_seed(rng)),
            search_check(
                visible,
                "five waves",
                new_seed(rng),
                int(rng.integers(2, 6)),
            ),
            search_check(
                visible,
                "five waves and many steps",
                new_seed(rng),
                int(rng.integers(40, 80)),
            ),
        ],
        "q3": [
            fill_check(
                visible,
                "few steps",
                new_seed(rng),
                int(rng.integers(1, 5)),
                capped=False,
            ),
            fill_check(
                visible,
                "many steps and a wide spectrum",
                new_seed(rng),
                int(rng.integers(10, 40)),
                capped=False,
            ),
            fill_check(
                visible,
                "a cap",
                new_seed(rng),
                int(rng.integers(3, 20)),
                capped=True,
            ),
        ],
        "q4": [
            deal_check(
                visible,
                "many rates of all sizes",
                new_seed(rng),
                300,
                1000,
            ),
            deal_check(
                visible,
                "more rates than waves, some of 0",
                new_seed(rng),
                500,
                120,
            ),
        ],
        "q5": [
            belief_check(
                visible,
                "any rates",
                new_seed(rng),
                int(rng.integers(1, 6)),
            ),
            belief_check(
                visible,
                "many steps",
                new_seed(rng),
                int(rng.integers(10, 30)),
            ),
        ],
        "q6": [
            photograph_check(
                visible, "another patch", VIEWS[first], new_seed(rng)
            ),
            photograph_check(
                visible, "one more patch", VIEWS[second], new_seed(rng)
            ),
        ],
    }


def new_seed(rng: Generator) -> int:
    """A seed for one check."""
    return int(rng.integers(2**31))


def count_check(visible: dict, about: str, seed: int, n: int) -> Check:
    """Rates from the kernel itself.

    Each wave is put through it, on the n x n points.
    """
    rng = np.random.default_rng(seed)
    pool = rng.integers(-n // 2, n // 2 + 1, (5, 2))
    signs = rng.choice([-1, 1], 30)[:, None]
    drawn = signs * pool[rng.integers(5, size=30)]
    turned = drawn + n * rng.integers(-1, 2, (30, 2))
    own = [[n // 2, 0]] if n % 2 == 0 else [[0, 0]]
    absent = [[1, n // 2 - 1], [-1, n // 2 - 1]]
    k = np.concatenate([pool, own, absent])
    w = np.concatenate([turned, own])
    angle = 2 * np.pi * np.arange(n) / n
    x = np.stack(np.meshgrid(angle, angle), axis=-1).reshape(-1, 2)
    kernel_row = np.cos(x @ w.T).mean(axis=1)  # K(x, 0)
    expected = np.array(
        [(kernel_row * np.cos(x @ one)).mean() for one in k]
    )
    mistakes = [(2 * expected, 0.5, visible["HALF"])]
    return visible["rates_check"](
        about, w.tolist(), k.tolist(), n, expected, mistakes
    )


def left_check(visible: dict, about: str, seed: int) -> Check:
    """Ten waves, some of which overshoot."""
    rng = np.random.default_rng(seed)
    lr = rng.uniform(0.5, 20)
    steps = int(rng.integers(2, 9))
    power = rng.uniform(0, 5, 10)
    rates = rng.uniform(0, 1.6, 10) / lr
    return visible["left_check"](about, power, rates, lr, steps)


def search_check(
    visible: dict, about: str, seed: int, steps: int
) -> Check:
    """The best learning rate from a fine table of the energy."""
    rng = np.random.default_rng(seed)
    power = rng.uniform(0.2, 3, 5)
    rates = rng.uniform(0.05, 0.5, 5)
    low, high = 0.0, 2 / rates.max()
    for _ in range(6):
        table = np.linspace(low, high, 201)
        energy = power @ (1 - np.outer(rates, table)) ** (2 * steps)
        best = int(np.argmin(energy))
        low = table[max(best - 1, 0)]
        high = table[min(best + 1, 200)]
    return visible["lr_check"](about, power, rates, steps, table[best])


def fill_check(
    visible: dict, about: str, seed: int, steps: int, capped: bool
) -> Check:
    """A problem made from its answer.

    A level first, then the total that belongs to it.
    """
    rng = np.random.default_rng(seed)
    power = np.exp(rng.uniform(-9, 0, 40))
    lr = rng.uniform(1, 50)
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


def deal_check(
    visible: dict, about: str, seed: int, waves: int, count: int
) -> Check:
    """`count` waves to deal to rates of all sizes, some of them 0."""
    rng = np.random.default_rng(seed)
    rates = np.exp(rng.uniform(-6, 0, waves))
    rates = rates * (rng.random(waves) > 0.2)
    rates = rates * rng.uniform(0.2, 2) / rates.sum()
    return visible["draw_check"](about, rates, count)


def belief_check(
    visible: dict, about: str, seed: int, steps: int
) -> Check:
    """A priority first, then rates for which it is the right one."""
    rng = np.random.default_rng(seed)
    power = rng.uniform(0.5, 5, 12)
    priority = rng.uniform(0.2, 1, 12)
    lr = rng.uniform(1, 40)
    priority[rng.permutation(12)[:4]] = [1, 0, 0, 0]
    wanted = (power * priority)[priority > 0]
    level = 0.3 * wanted.min()
    left = np.ones(12)
    left[priority > 0] = (level / wanted) ** (1 / (2 * steps - 1))
    rates = (1 - left) / lr
    return visible["priority_check"](
        about, power, rates, lr, steps, priority
    )


def photograph_check(
    visible: dict, about: str, view: tuple[str, int, int], seed: int
) -> Check:
    """Decibels on the hidden pixels, beside a design made here."""
    rng = np.random.default_rng(seed)
    image, row, column = view
    row = row + int(rng.integers(5))
    column = column + int(rng.integers(5))
    pixels, seen = visible["patch"](image, row, column)
    count = int(rng.integers(8, 13)) * 100
    lr = float(rng.integers(60, 151))
    steps = round(rng.uniform(1500, 2500) / lr)
    own = own_design(visible, seen, count, lr, steps)
    best = visible["hidden_psnr"](own, pixels, seen, lr, steps)
    levels = [
        (best - 0.6, 1.0),
        (best - 2.0, 0.7),
        (best - 4.0, 0.4),
        (best - 7.0, 0.2),
    ]
    return visible["design_check"](
        about, (pixels, seen), count, lr, steps, levels
    )


def own_design(
    visible: dict, seen: np.ndarray, count: int, lr: float, steps: int
) -> np.ndarray:
    """Frequencies (count, 2) by water-filling."""
    waves, power = visible["spectrum"](seen)
    log_power = np.log(power + 1e-300)

    def filled(level: float) -> np.ndarray:
        """What each wave is given, times the learning rate."""
        left = -np.expm1((level - log_power) / (2 * steps - 1))
        return np.maximum(left, 0)

    top = log_power.max()
    levels = np.linspace(top - 60, top, 20001)[::-1]
    for _ in range(2):  # a coarse and a fine table of levels
        sums = [filled(level).sum() / lr for level in levels[::400]]
        first = min(int(np.searchsorted(sums, 0.5)), len(sums) - 1)
        above = levels[400 * max(first - 1, 0)]
        levels = np.linspace(above, levels[400 * first], 20001)
    rates = filled(levels[0])
    place = (np.arange(count) + 0.5) / count * rates.sum()
    return waves[np.searchsorted(np.cumsum(rates), place)].astype(float)
