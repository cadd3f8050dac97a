"""Hidden checks: the same questions on numbers that come from a seed.
Never part of a release.
"""

import numpy as np
from fbkit.lab import Check, call, close


def hidden_checks(visible, seed):
    """More checks by question. `visible` holds checks.py's names; the
    student's side does not know `seed`.
    """
    rng = np.random.default_rng([seed, 2028])
    new = lambda: int(rng.integers(2**31))
    return {
        "q1": [
            damped_check(
                visible,
                "an odd number of frequencies",
                new(),
                2 * int(rng.integers(4, 9)) + 1,
            ),
            damped_check(
                visible,
                "an even number of frequencies",
                new(),
                2 * int(rng.integers(4, 9)),
            ),
        ],
        "q2": [
            assemble_check(
                visible,
                "an uneven grid to one side",
                new(),
                int(rng.integers(5, 9)),
            ),
            assemble_check(visible, "a longer grid", new(), 40),
        ],
        "q3": [
            steps_check(
                visible, "a random tridiagonal system", new(), 7, 0.3
            ),
            steps_check(visible, "a stiff one", new(), 30, 20.0),
            limit_check(
                "a random system", new(), int(rng.integers(6, 12))
            ),
            limit_check("a larger system", new(), 60),
        ],
        "q4": [
            kernel_check(
                visible,
                "random points",
                new(),
                int(rng.integers(5, 9)),
                idle=0,
            ),
            kernel_check(
                visible, "points that are no data", new(), 12, idle=4
            ),
        ],
        "q5": [
            sinks_check(
                visible,
                "a random field",
                new(),
                int(rng.integers(4, 8)),
                3,
            ),
            sinks_check(visible, "a longer grid", new(), 30, 2),
        ],
        "q6": [
            mixing_check(
                visible,
                "a random density of the data",
                new(),
                int(rng.integers(4, 9)),
            ),
            uneven_check(visible, "a random system", new(), 5, 0.4),
            uneven_check(visible, "a stiff one", new(), 12, 15.0),
        ],
    }


def damped_check(visible, about, seed, n):
    rng = np.random.default_rng(seed)
    density = rng.uniform(0, 3, n)
    even = [(density[i] + density[n - 1 - i]) / 2 for i in range(n)]
    start = rng.normal(size=n) + 1j * rng.normal(size=n)
    return visible["damped_check"](
        about, density, even, start, [1, *rng.uniform(1.1, 5, 4)]
    )


def hats(s):
    """Both hats of an element at the share s of its length."""
    return np.array([1 - s, s])


def element_sums(xi, values, slope):
    """Diagonal and entries below it of the sum over elements of values
    * integral of hats (or of their slopes).
    """
    diagonal, below = np.zeros(len(xi)), np.zeros(len(xi) - 1)
    places = (
        0.5 + np.array([-1, 1]) / 12**0.5
    )  # Gauss: exact for squares of lines
    for i, value in enumerate(values):
        width = xi[i + 1] - xi[i]
        for s in places:
            two = np.array([-1, 1]) / width if slope else hats(s)
            pairs = value * width / 2 * np.outer(two, two)
            diagonal[i : i + 2] += np.diag(pairs)
            below[i] += pairs[1, 0]
    return diagonal, below


def grid(rng, n):
    return np.cumsum(rng.uniform(0.2, 2, n)) + rng.uniform(-1, 1)


def assemble_check(visible, about, seed, n):
    rng = np.random.default_rng(seed)
    xi, density = grid(rng, n), rng.uniform(0, 3, n - 1)
    bands = (
        element_sums(xi, 1 + 0 * density, False),
        *(element_sums(xi, density, slope) for slope in (False, True)),
    )
    return visible["bands_check"](
        about, xi, density, rng.uniform(0.1, 2), *bands
    )


def system(rng, n):
    """Bands of a random positive definite M and a random semidefinite
    A, and both as full matrices.
    """
    xi, density = grid(rng, n), rng.uniform(0, 3, n - 1)
    mass = element_sums(xi, 1 + 0 * density, False)
    damping, stiffness = (
        element_sums(xi, density, slope) for slope in (False, True)
    )
    operator = [
        2 * np.pi * (a + 0.3 * b) for a, b in zip(damping, stiffness)
    ]
    bands = [np.array([d, [*o, 0]]) for d, o in (mass, operator)]
    return bands, [
        np.diag(d) + np.diag(o, 1) + np.diag(o, -1)
        for d, o in (mass, operator)
    ]


def start_of(rng, n):
    return rng.normal(size=n) + 1j * rng.normal(size=n)


def powers(new, old, start, steps):
    states = [start]
    for _ in range(steps):
        states.append(np.linalg.solve(new, old @ states[-1]))
    return np.array(states)


def step_mistakes(mass, slow, dt, start, steps):
    return [
        (
            powers(mass, mass - dt * slow, start, steps),
            0.2,
            "that is explicit Euler: take the mean of the two states.",
        ),
        (
            powers(mass + dt * slow, mass, start, steps),
            0.4,
            "that is implicit Euler: take the mean of the two states.",
        ),
        (
            powers(mass + dt * slow, mass - dt * slow, start, steps),
            0.4,
            "each side has half of the step: dt/2.",
        ),
    ]


def steps_check(visible, about, seed, n, dt):
    rng = np.random.default_rng(seed)
    bands, (mass, operator) = system(rng, n)
    start, steps = start_of(rng, n), 6
    expected = powers(
        mass + dt / 2 * operator, mass - dt / 2 * operator, start, steps
    )
    mistakes = step_mistakes(mass, operator, dt, start, steps)
    judge = visible["complex_close"](expected, 1e-7, mistakes)
    return Check(
        about, call("crank_nicolson", *bands, start, dt, steps), judge
    )


def limit_check(about, seed, n):
    bands, (mass, operator) = system(np.random.default_rng(seed), n)
    top = np.linalg.eigvals(np.linalg.solve(mass, operator)).real.max()
    bare = np.linalg.eigvalsh(operator).max()
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
    return Check(
        about,
        call("largest_step", *bands),
        close(2 / top, 1e-6 / top, mistakes=mistakes),
    )


def kernel_check(visible, about, seed, n, idle):
    """By small steps of Runge and Kutta."""
    rng = np.random.default_rng(seed)
    x, s2, start = (
        np.sort(rng.uniform(-3, 3, n)),
        rng.uniform(0.1, 0.6),
        rng.normal(size=n),
    )
    weights = rng.uniform(0.1, 0.4, n)
    weights[rng.permutation(n)[:idle]] = 0
    w = rng.normal(0, 2, 40)
    phi = np.array(
        [[np.mean(np.cos(w * (a - b))) for b in x] for a in x]
    )
    t = [0, 0.5, 2.0]

    def follow(kernel, weights):
        r, seen, dt = start.copy(), {0: start}, 1 / 400
        move = lambda r: -kernel @ (weights * r)
        for step in range(1, 801):
            k1 = move(r)
            k2 = move(r + dt / 2 * k1)
            k3 = move(r + dt / 2 * k2)
            r = r + dt / 6 * (k1 + 2 * k2 + 2 * k3 + move(r + dt * k3))
            seen[step] = r
        return np.array([seen[round(400 * one)] for one in t])

    kernel = np.array([[1 + s2 * a * b for b in x] for a in x]) * phi
    expected = follow(kernel, weights)
    mistakes = [
        (
            follow(phi, weights),
            0.3,
            "the factor 1 + s2 x x' is missing.",
        ),
        (
            follow(kernel, 1 + 0 * weights),
            0.3,
            "the weights are not used.",
        ),
    ]
    ask = call("by_kernel", x, phi, s2, weights, start, np.array(t))
    return Check(
        about,
        ask,
        close(
            expected,
            1e-6,
            mistakes=mistakes,
            labels=[f"point {i}" for i in range(n)],
        ),
    )


def sinks_check(visible, about, seed, n, states):
    rng = np.random.default_rng(seed)
    xi, p_mid, s2 = (
        grid(rng, n),
        rng.uniform(0, 1, n - 1),
        rng.uniform(0.1, 0.9),
    )
    field = np.array([start_of(rng, n) for _ in range(states)])
    taken = []
    for slope in (False, True):
        d, below = element_sums(xi, p_mid, slope)
        both = 2 * np.sum(
            below * (field[:, 1:] * field[:, :-1].conj()).real, axis=1
        )
        taken.append(np.sum(d * np.abs(field) ** 2, axis=1) + both)
    return visible["sinks_check"](about, xi, p_mid, s2, field, *taken)


def mixing_check(visible, about, seed, n):
    rng = np.random.default_rng(seed)
    half = start_of(rng, n - 1)
    rho_hat = np.concatenate(
        [half[::-1].conj(), [rng.uniform(1, 3)], half]
    )
    expected = [
        [rho_hat[n - 1 + k - j] for j in range(n)] for k in range(n)
    ]
    return visible["mixing_check"](
        about, rho_hat, rng.uniform(0.1, 0.6), expected
    )


def uneven_check(visible, about, seed, n, dt):
    rng = np.random.default_rng(seed)
    _, (mass, operator) = system(rng, n)
    half = 0.3 * start_of(rng, n - 1)
    rho_hat = np.concatenate([half[::-1].conj(), [1.5], half])
    mixing = np.array(
        [[rho_hat[n - 1 + k - j] for j in range(n)] for k in range(n)]
    )
    # A density of data is nowhere negative, which makes the matrix
    # semidefinite.
    mixing = mixing - min(0, np.linalg.eigvalsh(mixing).min()) * np.eye(
        n
    )
    start, steps = start_of(rng, n), 5
    slow = operator @ mixing
    expected = powers(
        mass + dt / 2 * slow, mass - dt / 2 * slow, start, steps
    )[-1]
    mistakes = [
        (wrong[-1], score, sentence)
        for wrong, score, sentence in step_mistakes(
            mass, slow, dt, start, steps
        )
    ]
    swapped, alone = mixing @ operator, operator
    for other, score, sentence in (
        (
            swapped,
            0.4,
            "mix first, then apply the operator: A R, not R A.",
        ),
        (
            alone,
            0.2,
            (
                "the mixing is not used: the operator acts on the mixed"
                " field."
            ),
        ),
    ):
        wrong = powers(
            mass + dt / 2 * other, mass - dt / 2 * other, start, steps
        )[-1]
        mistakes.append((wrong, score, sentence))
    return visible["uneven_check"](
        about,
        mass,
        operator,
        mixing,
        start,
        dt,
        steps,
        expected,
        mistakes,
    )
