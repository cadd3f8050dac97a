"""Hidden checks: the same questions on numbers that come from a seed.

Never part of a release.
"""

from collections.abc import Iterable

import numpy as np
from fbkit.lab import Check, call
from numpy.random import Generator

INF = np.inf
Tone = tuple[int, float, float]  # frequency, amplitude, phase


def hidden_checks(visible: dict, seed: int) -> dict[str, list[Check]]:
    """More checks by question.

    `visible` holds checks.py's names; the student's side does not know
    `seed`.
    """
    rng = np.random.default_rng([seed, 2027])
    odd = 2 * int(rng.integers(8, 16)) + 1
    even = 2 * int(rng.integers(10, 20))
    return {
        "q1": profile_checks(visible, rng, odd, even),
        "q2": [
            network_check(
                visible,
                "a network of seven units",
                new_seed(rng),
                n=5,
                dim=2,
                m=7,
            ),
            network_check(
                visible,
                "a wider network in four dimensions",
                new_seed(rng),
                n=9,
                dim=4,
                m=60,
            ),
        ],
        "q3": [
            decay_check(
                visible,
                "decays from a random start",
                new_seed(rng),
                overshoot=False,
            ),
            decay_check(
                visible,
                "decays and overshoots",
                new_seed(rng),
                overshoot=True,
            ),
        ],
        "q4": [
            largest_check(
                visible, "a kernel on random points", new_seed(rng), 12
            ),
            largest_check(
                visible, "a larger kernel", new_seed(rng), 30
            ),
            steps_check(visible, "rates of every kind", new_seed(rng)),
        ],
        "q5": blind_checks(visible, rng, even),
        "q6": [
            heard_check(
                visible,
                "an even number of points",
                new_seed(rng),
                2 * int(rng.integers(3, 9)),
                40,
            ),
            heard_check(
                visible,
                "an odd number of points",
                new_seed(rng),
                2 * int(rng.integers(3, 9)) + 1,
                40,
            ),
            heard_check(
                visible, "few frequencies", new_seed(rng), 24, 7
            ),
        ],
    }


def new_seed(rng: Generator) -> int:
    """A seed for one check."""
    return int(rng.integers(2**31))


def pick(rng: Generator, low: int, high: int, count: int) -> list[int]:
    """`count` different frequencies from low to high - 1."""
    found = rng.choice(np.arange(low, high), count, replace=False)
    return [int(k) for k in found]


def series(rng: Generator, high: int) -> dict[int, float]:
    """A constant and four random coefficients below `high`."""
    found = {0: rng.uniform(1, 4)}
    for k in pick(rng, 1, high, 4):
        found[k] = rng.uniform(0.1, 2)
    return found


def tones(rng: Generator, frequencies: Iterable[int]) -> list[Tone]:
    """A random wave of each frequency, with a phase that is not 0."""
    found = []
    for k in frequencies:
        amplitude = rng.uniform(0.3, 2)
        phase = rng.uniform(0.3, 1.2) * rng.choice([-1, 1])
        found.append((int(k), amplitude, phase))
    return found


def profile_checks(
    visible: dict, rng: Generator, odd: int, even: int
) -> list[Check]:
    """Random series on an odd and an even number of points."""
    profile = visible["profile_check"]
    alone = series(rng, odd // 2)
    batch = [{even // 2: 1.5, **series(rng, 6)}, series(rng, 8)]
    both_signs = {0: 2.0}
    for k in pick(rng, 1, 9, 3):
        both_signs[k] = rng.uniform(-2, -0.2)
    return [
        profile("an odd number of points", [alone], odd),
        profile("the highest frequency and a batch", batch, even),
        profile("eigenvalues of both signs", [both_signs], 30),
    ]


def blind_checks(
    visible: dict, rng: Generator, even: int
) -> list[Check]:
    """Five waves, and a batch of three signals."""
    five = tones(rng, [1, 2, 3, *pick(rng, 4, even // 2, 2)])
    first = rng.uniform(-3, 3)
    batch = [tones(rng, [0, 1, *pick(rng, 2, 14, 3)]) for _ in range(3)]
    blind = visible["blind_check"]
    return [
        blind("five waves", even, [five], first),
        blind("a batch of three", 28, batch),
    ]


def network_check(
    visible: dict, about: str, seed: int, n: int, dim: int, m: int
) -> Check:
    """A random network of m units, by the gradient of each input."""
    rng = np.random.default_rng(seed)
    inputs = rng.normal(size=(n, dim))
    weights = rng.normal(size=(m, dim))
    biases = rng.normal(size=m)
    outer = rng.normal(size=m) + 0.5
    of_outer, of_weights, of_biases = [], [], []
    for x in inputs:
        h = weights @ x + biases
        slope = np.where(h > 0, outer, 0)
        of_outer.append(np.maximum(h, 0))
        of_weights.append(np.outer(slope, x).ravel())
        of_biases.append(slope)
    judge = visible["kernel_judge"](
        products(of_outer) / m,
        products(of_weights) / m,
        products(of_biases) / m,
    )
    ask = call("network_kernel", inputs, weights, biases, outer)
    return Check(about, ask, judge)


def products(gradients: list[np.ndarray]) -> np.ndarray:
    """The products (n, n) of every two of n gradients."""
    return np.array([[u @ v for v in gradients] for u in gradients])


def decay_check(
    visible: dict, about: str, seed: int, overshoot: bool
) -> Check:
    """Five modes; z is the learning rate times the rate of each."""
    rng = np.random.default_rng(seed)
    lr = rng.uniform(0.2, 3)
    if overshoot:
        z = rng.uniform(1.2, 2.3, 5)
    else:
        z = np.append(rng.uniform(0.01, 0.9, 4), 0)
    gaps = rng.integers(1, 4 if overshoot else 40, 6)
    steps = [0, *np.cumsum(gaps)]
    start = rng.normal(size=5) + 2
    return visible["errors_check"](
        about, z / lr, start, lr, steps, 1 - z
    )


def largest_check(
    visible: dict, about: str, seed: int, n: int
) -> Check:
    """A kernel with eigenvectors that are no waves.

    Its rates are in no order.
    """
    rng = np.random.default_rng(seed)
    vectors = np.linalg.qr(rng.normal(size=(n, n)))[0]
    rates = rng.uniform(0, 3, n)
    kernel = n * (vectors * rates) @ vectors.T
    return visible["largest_check"](
        about, (kernel + kernel.T) / 2, rates.max()
    )


def steps_check(visible: dict, about: str, seed: int) -> Check:
    """Counted step by step."""
    rng = np.random.default_rng(seed)
    lr = rng.uniform(0.5, 4)
    below = rng.uniform(0.02, 0.3)
    of_each_kind = rng.uniform(
        [0.05, 0.3, 1.1, 1.7, 2.2], [0.2, 0.8, 1.5, 1.9, 3]
    )
    z = np.append(rng.permutation(of_each_kind), 0)
    expected = [steps_until(below, factor) for factor in np.abs(1 - z)]
    with np.errstate(divide="ignore"):
        flow = np.ceil(np.log(1 / below) / z)
    mistakes = [
        (
            flow,
            0.3,
            "these are the steps of gradient flow, e^(-lr rate s).",
        )
    ]
    return visible["steps_check"](
        about, z / lr, lr, below, expected, mistakes
    )


def steps_until(below: float, factor: float) -> float:
    """Steps of a mode that each step multiplies by `factor`."""
    if factor >= 1:
        return INF
    left = factor
    count = 1
    while left >= below:
        left = left * factor
        count = count + 1
    return count


def heard_check(
    visible: dict, about: str, seed: int, n: int, count: int
) -> Check:
    """Every frequency of either sign, where n points see it."""
    mu = np.random.default_rng(seed).uniform(0.1, 1, count)
    seen = np.zeros(n)
    upward = np.zeros(n)
    for q in range(1 - count, count):
        seen[q % n] += mu[abs(q)]
        if q >= 0:
            upward[q % n] += mu[q]
    kept = slice(0, n // 2 + 1)
    mistakes = [
        (
            upward[kept],
            0.4,
            (
                "only k, k + n, k + 2n, ... are in: -k + n, -k + 2n,"
                " ... look like k as well."
            ),
        )
    ]
    return visible["heard_check"](about, mu, n, seen[kept], mistakes)
