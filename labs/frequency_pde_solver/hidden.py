"""Hidden checks: the same questions on numbers that come from a seed.

Never part of a release.
"""

from collections.abc import Sequence

import numpy as np
from fbkit.lab import Check, Mistake, call, close
from numpy.random import Generator


def hidden_checks(visible: dict, seed: int) -> dict[str, list[Check]]:
    """More checks by question.

    `visible` holds checks.py's names; the student's side does not know
    `seed`.
    """
    rng = np.random.default_rng([seed, 2028])
    return {
        "q1": [
            damped_check(
                visible,
                "an odd number of frequencies",
                new_seed(rng),
                2 * int(rng.integers(4, 9)) + 1,
            ),
            damped_check(
                visible,
                "an even number of frequencies",
                new_seed(rng),
                2 * int(rng.integers(4, 9)),
            ),
        ],
        "q2": [
            assemble_check(
                visible,
                "an uneven grid to one side",
                new_seed(rng),
                int(rng.integers(5, 9)),
            ),
            assemble_check(visible, "a longer grid", new_seed(rng), 40),
        ],
        "q3": [
            steps_check(
                visible,
                "a random tridiagonal system",
                new_seed(rng),
                7,
                0.3,
            ),
            steps_check(
                visible, "a stiff one", new_seed(rng), 30, 20.0
            ),
            limit_check(
                "a random system",
                new_seed(rng),
                int(rng.integers(6, 12)),
            ),
            limit_check("a larger system", new_seed(rng), 60),
        ],
        "q4": [
            kernel_check(
                visible,
                "random points",
                new_seed(rng),
                int(rng.integers(5, 9)),
                idle=0,
            ),
            kernel_check(
                visible,
                "points that are no data",
                new_seed(rng),
                12,
                idle=4,
            ),
        ],
        "q5": [
            sinks_check(
                visible,
                "a random field",
                new_seed(rng),
                int(rng.integers(4, 8)),
                3,
            ),
            sinks_check(visible, "a longer grid", new_seed(rng), 30, 2),
        ],
        "q6": [
            mixing_check(
                visible,
                "a random density of the data",
                new_seed(rng),
                int(rng.integers(4, 9)),
            ),
            uneven_check(
                visible, "a random system", new_seed(rng), 5, 0.4
            ),
            uneven_check(
                visible, "a stiff one", new_seed(rng), 12, 15.0
            ),
        ],
    }


def new_seed(rng: Generator) -> int:
    """A seed for one check."""
    return int(rng.integers(2**31))


def damped_check(visible: dict, about: str, seed: int, n: int) -> Check:
    """A random density and a complex start."""
    rng = np.random.default_rng(seed)
    density = rng.uniform(0, 3, n)
    even = [(density[i] + density[n - 1 - i]) / 2 for i in range(n)]
    start = start_of(rng, n)
    halves = [1, *rng.uniform(1.1, 5, 4)]
    return visible["damped_check"](about, density, even, start, halves)


def element_sums(
    xi: np.ndarray, values: np.ndarray, slope: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Diagonal and entries below it of a sum over elements.

    An element adds its value times the integrals of pairs of hats, or
    of their slopes.
    """
    diagonal = np.zeros(len(xi))
    below = np.zeros(len(xi) - 1)
    # Gauss: exact for squares of lines
    places = 0.5 + np.array([-1, 1]) / 12**0.5
    for i, value in enumerate(values):
        width = xi[i + 1] - xi[i]
        for s in places:
            two = np.array([1 - s, s])  # both hats there
            if slope:
                two = np.array([-1, 1]) / width
            pairs = value * width / 2 * np.outer(two, two)
            diagonal[i : i + 2] += np.diag(pairs)
            below[i] += pairs[1, 0]
    return diagonal, below


def grid(rng: Generator, n: int) -> np.ndarray:
    """n uneven frequencies, somewhere."""
    return np.cumsum(rng.uniform(0.2, 2, n)) + rng.uniform(-1, 1)


def assemble_check(
    visible: dict, about: str, seed: int, n: int
) -> Check:
    """A random density on an uneven grid."""
    rng = np.random.default_rng(seed)
    xi = grid(rng, n)
    density = rng.uniform(0, 3, n - 1)
    mass = element_sums(xi, 1 + 0 * density, slope=False)
    damping = element_sums(xi, density, slope=False)
    stiffness = element_sums(xi, density, slope=True)
    s2 = rng.uniform(0.1, 2)
    return visible["bands_check"](
        about, xi, density, s2, mass, damping, stiffness
    )


def full(diagonal: np.ndarray, below: np.ndarray) -> np.ndarray:
    """The symmetric matrix of these bands."""
    return np.diag(diagonal) + np.diag(below, 1) + np.diag(below, -1)


def system(
    rng: Generator, n: int
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """A random positive definite M and a random semidefinite A.

    Both as bands (2, n) and as full matrices (n, n).
    """
    xi = grid(rng, n)
    density = rng.uniform(0, 3, n - 1)
    mass = element_sums(xi, 1 + 0 * density, slope=False)
    damping = element_sums(xi, density, slope=False)
    stiffness = element_sums(xi, density, slope=True)
    operator = [
        2 * np.pi * (a + 0.3 * b) for a, b in zip(damping, stiffness)
    ]
    bands = [
        np.array([diagonal, [*below, 0]])
        for diagonal, below in (mass, operator)
    ]
    return bands, [full(*mass), full(*operator)]


def start_of(rng: Generator, n: int) -> np.ndarray:
    """A random complex state."""
    return rng.normal(size=n) + 1j * rng.normal(size=n)


def powers(
    new: np.ndarray, old: np.ndarray, start: np.ndarray, steps: int
) -> np.ndarray:
    """States (steps + 1, n) of new @ next = old @ state."""
    states = [start]
    for _ in range(steps):
        states.append(np.linalg.solve(new, old @ states[-1]))
    return np.array(states)


def middle_steps(
    mass: np.ndarray,
    operator: np.ndarray,
    dt: float,
    start: np.ndarray,
    steps: int,
) -> np.ndarray:
    """States by the mean of two states, with full matrices."""
    half = dt / 2 * operator
    return powers(mass + half, mass - half, start, steps)


def step_mistakes(
    mass: np.ndarray,
    slow: np.ndarray,
    dt: float,
    start: np.ndarray,
    steps: int,
) -> list[Mistake]:
    """The states (steps + 1, n) of other ways to step."""
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


def steps_check(
    visible: dict, about: str, seed: int, n: int, dt: float
) -> Check:
    """Six steps of a random system."""
    rng = np.random.default_rng(seed)
    bands, (mass, operator) = system(rng, n)
    start = start_of(rng, n)
    steps = 6
    expected = middle_steps(mass, operator, dt, start, steps)
    mistakes = step_mistakes(mass, operator, dt, start, steps)
    judge = visible["complex_close"](expected, 1e-7, mistakes)
    return Check(
        about, call("crank_nicolson", *bands, start, dt, steps), judge
    )


def limit_check(about: str, seed: int, n: int) -> Check:
    """The largest step of a random system."""
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
    judge = close(2 / top, 1e-6 / top, mistakes=mistakes)
    return Check(about, call("largest_step", *bands), judge)


def kernel_check(
    visible: dict, about: str, seed: int, n: int, idle: int
) -> Check:
    """Random points, `idle` of them no data."""
    rng = np.random.default_rng(seed)
    x = np.sort(rng.uniform(-3, 3, n))
    s2 = rng.uniform(0.1, 0.6)
    start = rng.normal(size=n)
    weights = rng.uniform(0.1, 0.4, n)
    weights[rng.permutation(n)[:idle]] = 0
    w = rng.normal(0, 2, 40)
    phi = np.array(
        [[np.mean(np.cos(w * (a - b))) for b in x] for a in x]
    )
    kernel = np.array([[1 + s2 * a * b for b in x] for a in x]) * phi
    t = [0, 0.5, 2.0]
    mistakes = [
        (
            flow(phi, weights, start, t),
            0.3,
            "the factor 1 + s2 x x' is missing.",
        ),
        (
            flow(kernel, 1 + 0 * weights, start, t),
            0.3,
            "the weights are not used.",
        ),
    ]
    judge = close(
        flow(kernel, weights, start, t),
        1e-6,
        mistakes=mistakes,
        labels=visible["point_labels"](x),
    )
    ask = call("by_kernel", x, phi, s2, weights, start, np.array(t))
    return Check(about, ask, judge)


def flow(
    kernel: np.ndarray,
    weights: np.ndarray,
    start: np.ndarray,
    t: Sequence[float],
) -> np.ndarray:
    """Residuals (T, n), by small steps of Runge and Kutta."""
    move = lambda r: -kernel @ (weights * r)
    r = start.copy()
    dt = 1 / 400
    seen = {0: start}
    for step in range(1, 801):
        k1 = move(r)
        k2 = move(r + dt / 2 * k1)
        k3 = move(r + dt / 2 * k2)
        k4 = move(r + dt * k3)
        r = r + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        seen[step] = r
    return np.array([seen[round(400 * one)] for one in t])


def sinks_check(
    visible: dict, about: str, seed: int, n: int, states: int
) -> Check:
    """Random states on a random grid, by sums over elements."""
    rng = np.random.default_rng(seed)
    xi = grid(rng, n)
    p_mid = rng.uniform(0, 1, n - 1)
    s2 = rng.uniform(0.1, 0.9)
    field = np.array([start_of(rng, n) for _ in range(states)])
    squares = np.abs(field) ** 2
    neighbours = (field[:, 1:] * field[:, :-1].conj()).real
    taken = []
    for slope in (False, True):
        diagonal, below = element_sums(xi, p_mid, slope)
        both = 2 * np.sum(below * neighbours, axis=1)
        taken.append(np.sum(diagonal * squares, axis=1) + both)
    damping, slopes = taken
    return visible["sinks_check"](
        about, xi, p_mid, s2, field, damping, slopes
    )


def uneven_matrix(rho_hat: np.ndarray, n: int) -> np.ndarray:
    """rho_hat(xi_k - xi_j) in row k and column j."""
    return np.array(
        [[rho_hat[n - 1 + k - j] for j in range(n)] for k in range(n)]
    )


def mixing_check(visible: dict, about: str, seed: int, n: int) -> Check:
    """A random density of the data."""
    rng = np.random.default_rng(seed)
    half = start_of(rng, n - 1)
    middle = rng.uniform(1, 3)
    rho_hat = np.concatenate([half[::-1].conj(), [middle], half])
    spacing = rng.uniform(0.1, 0.6)
    return visible["mixing_check"](
        about, rho_hat, spacing, uneven_matrix(rho_hat, n)
    )


def uneven_check(
    visible: dict, about: str, seed: int, n: int, dt: float
) -> Check:
    """Five steps of a random system with a random mixing."""
    rng = np.random.default_rng(seed)
    _, (mass, operator) = system(rng, n)
    half = 0.3 * start_of(rng, n - 1)
    rho_hat = np.concatenate([half[::-1].conj(), [1.5], half])
    mixing = uneven_matrix(rho_hat, n)
    # A density of data is nowhere negative, which makes the matrix
    # semidefinite.
    lowest = min(0, np.linalg.eigvalsh(mixing).min())
    mixing = mixing - lowest * np.eye(n)
    start = start_of(rng, n)
    steps = 5

    def last(slow: np.ndarray) -> np.ndarray:
        return middle_steps(mass, slow, dt, start, steps)[-1]

    slow = operator @ mixing
    mistakes = [
        (wrong[-1], score, sentence)
        for wrong, score, sentence in step_mistakes(
            mass, slow, dt, start, steps
        )
    ]
    mistakes += [
        (
            last(mixing @ operator),
            0.4,
            "mix first, then apply the operator: A R, not R A.",
        ),
        (
            last(operator),
            0.2,
            (
                "the mixing is not used: the operator acts on the mixed"
                " field."
            ),
        ),
    ]
    return visible["uneven_check"](
        about,
        mass,
        operator,
        mixing,
        start,
        dt,
        steps,
        last(slow),
        mistakes,
    )
