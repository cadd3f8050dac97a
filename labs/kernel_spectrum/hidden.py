"""Hidden checks: the same questions on numbers that come from a seed.
Never part of a release.
"""

import numpy as np
from fbkit.lab import Check, call, close

INF = np.inf


def hidden_checks(visible, seed):
    """More checks by question. `visible` holds checks.py's names; the
    student's side does not know `seed`.
    """
    rng = np.random.default_rng([seed, 2027])
    new = lambda: int(rng.integers(2**31))
    pick = lambda low, high, count: [
        int(k)
        for k in rng.choice(np.arange(low, high), count, replace=False)
    ]
    series = lambda high: (
        {0: rng.uniform(1, 4)}
        | {k: rng.uniform(0.1, 2) for k in pick(1, high, 4)}
    )
    tones = lambda ks: [
        (
            int(k),
            rng.uniform(0.3, 2),
            rng.uniform(0.3, 1.2) * rng.choice([-1, 1]),
        )
        for k in ks
    ]
    profile, blind = visible["profile_check"], visible["blind_check"]
    odd, even = (
        2 * int(rng.integers(8, 16)) + 1,
        2 * int(rng.integers(10, 20)),
    )
    return {
        "q1": [
            profile("an odd number of points", [series(odd // 2)], odd),
            profile(
                "the highest frequency and a batch",
                [{even // 2: 1.5, **series(6)}, series(8)],
                even,
            ),
            profile(
                "eigenvalues of both signs",
                [
                    {
                        0: 2.0,
                        **{
                            k: rng.uniform(-2, -0.2)
                            for k in pick(1, 9, 3)
                        },
                    }
                ],
                30,
            ),
        ],
        "q2": [
            network_check(
                "a network of seven units", new(), n=5, d=2, m=7
            ),
            network_check(
                "a wider network in four dimensions",
                new(),
                n=9,
                d=4,
                m=60,
            ),
        ],
        "q3": [
            decay_check(
                visible,
                "decays from a random start",
                new(),
                overshoot=False,
            ),
            decay_check(
                visible, "decays and overshoots", new(), overshoot=True
            ),
        ],
        "q4": [
            largest_check(
                visible, "a kernel on random points", new(), 12
            ),
            largest_check(visible, "a larger kernel", new(), 30),
            steps_check(visible, "rates of every kind", new()),
        ],
        "q5": [
            blind(
                "five waves",
                even,
                [tones([1, 2, 3, *pick(4, even // 2, 2)])],
                rng.uniform(-3, 3),
            ),
            blind(
                "a batch of three",
                28,
                [tones([0, 1, *pick(2, 14, 3)]) for _ in range(3)],
            ),
        ],
        "q6": [
            heard_check(
                visible,
                "an even number of points",
                new(),
                2 * int(rng.integers(3, 9)),
                40,
            ),
            heard_check(
                visible,
                "an odd number of points",
                new(),
                2 * int(rng.integers(3, 9)) + 1,
                40,
            ),
            heard_check(visible, "few frequencies", new(), 24, 7),
        ],
    }


def network_check(about, seed, n, d, m):
    """A random network, against the sum over its units of what each
    adds by its definition.
    """
    rng = np.random.default_rng(seed)
    inputs, weights = rng.normal(size=(n, d)), rng.normal(size=(m, d))
    biases, outer = rng.normal(size=m), rng.normal(size=m) + 0.5
    # of f at each input, in the order outer, inner, bias
    gradients = []
    for x in inputs:
        h = weights @ x + biases
        slope = np.where(h > 0, outer, 0)
        gradients.append(
            [np.maximum(h, 0), np.outer(slope, x).ravel(), slope]
        )
    of_outer, of_weights, of_biases = (
        np.array(
            [[u[part] @ v[part] for v in gradients] for u in gradients]
        )
        / m
        for part in range(3)
    )
    expected = of_outer + of_weights + of_biases
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
    judge = close(expected, 1e-6, mistakes=mistakes, scale=0.5)
    return Check(
        about,
        call("network_kernel", inputs, weights, biases, outer),
        judge,
    )


def decay_check(visible, about, seed, overshoot):
    rng = np.random.default_rng(seed)
    lr = rng.uniform(0.2, 3)
    z = (
        rng.uniform(1.2, 2.3, 5)
        if overshoot
        else np.append(rng.uniform(0.01, 0.9, 4), 0)
    )
    steps = [0, *np.cumsum(rng.integers(1, 4 if overshoot else 40, 6))]
    return visible["errors_check"](
        about, z / lr, rng.normal(size=5) + 2, lr, steps, 1 - z
    )


def largest_check(visible, about, seed, n):
    """A kernel with eigenvectors that are no waves, its rates in no
    order.
    """
    rng = np.random.default_rng(seed)
    vectors = np.linalg.qr(rng.normal(size=(n, n)))[0]
    rates = rng.uniform(0, 3, n)
    kernel = n * (vectors * rates) @ vectors.T
    return visible["largest_check"](
        about, (kernel + kernel.T) / 2, rates.max()
    )


def steps_check(visible, about, seed):
    """Counted step by step."""
    rng = np.random.default_rng(seed)
    lr, below = rng.uniform(0.5, 4), rng.uniform(0.02, 0.3)
    z = np.append(
        rng.permutation(
            rng.uniform(
                [0.05, 0.3, 1.1, 1.7, 2.2], [0.2, 0.8, 1.5, 1.9, 3]
            )
        ),
        0,
    )
    expected = []
    for factor in np.abs(1 - z):
        left, count = factor, 1
        while left >= below and factor < 1:
            left, count = left * factor, count + 1
        expected.append(count if left < below else INF)
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


def heard_check(visible, about, seed, n, count):
    """Every frequency of either sign in the place where n points see
    it.
    """
    mu = np.random.default_rng(seed).uniform(0.1, 1, count)
    seen = np.zeros(n)
    upward = np.zeros(n)
    for q in range(1 - count, count):
        seen[q % n] += mu[abs(q)]
        upward[q % n] += mu[q] if q >= 0 else 0
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
    mistakes = [
        m for m in mistakes if not np.allclose(m[0], seen[kept])
    ]
    return visible["heard_check"](about, mu, n, seen[kept], mistakes)
