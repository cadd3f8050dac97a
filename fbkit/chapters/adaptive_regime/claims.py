"""Claims of the page "How does a network train when its kernel moves?"."""

import numpy as np

from fbkit.breaklines import (
    attractors,
    balanced_start,
    breakline_ode,
    effective_neurons,
    escape_times,
    neuron_flow,
    pinned_mass,
    radon_parameters,
)
from fbkit.ledger import ledger

SAHS = (
    "Sahs et al., arXiv 2503.10587 (attractors, pinning); derived here, checked"
    " numerically"
)
OURS = "measured for this course; setting: Kunin et al., arXiv 2406.06158"
HERE = "derived here, checked numerically"
SIX = "Six points, 400 ReLU units (200 with mirrored twins)"
DONE = "until the loss is 0.1 % of that of the network 0"

X = np.array([-0.9, -0.6, -0.25, 0.2, 0.6, 0.85])
Y = np.array([-0.2, -1.0, -0.6, 0.8, 0.6, -0.3])
TEACHER = np.array([[1.0, 0.5, 0.2], [-0.3, 1.0, 0.1]])  # (w, b) of two units
SIGNS = np.array([1.0, -1.0])


def start(
    alpha: float, seed: int, c: float = 1.0, width: int = 400, dim: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """Outer weights (m,) times c and (w, b), (m, d+1), over c.

    Of mirrored twins, with sum |a| |W| = alpha^2.
    """
    a, W = balanced_start(width // 2, alpha / 2**0.5, dim, seed)
    return c * np.append(a, -a), np.vstack([W, W]) / c


def settle(
    a: np.ndarray, W: np.ndarray, share: float = 1e-3
) -> tuple[float, np.ndarray, np.ndarray]:
    """Time, outer weights and (w, b) of the flow when the data are met.

    That is when its loss first is at most `share` of that of the network 0.
    """
    t = 0.0
    loss = np.inf
    while loss > share * np.square(Y).mean() / 2:
        stretch = max(0.02, 0.03 * t)
        step = np.clip(0.05 * t, 0.01, 0.1)  # units turn fastest at first
        run = neuron_flow(a, W, X, Y, [stretch], step=step)
        t = t + stretch
        loss = run.loss[-1]
        a, W = run.outer[-1], run.inner[-1]
    return t, a, W


def output(a: np.ndarray, W: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Of the network at points of the line, (n,)."""
    w, b = W.T
    return np.maximum(np.outer(x, w) + b, 0) @ a


def count(a: np.ndarray, W: np.ndarray) -> float:
    """Effective neurons."""
    w, b = W.T
    return effective_neurons(np.arctan2(b, w), a * np.linalg.norm(W, axis=1))


def pinned(a: np.ndarray, W: np.ndarray) -> float:
    """The share of the mass in the data's range within .02 of a data point."""
    w, b = W.T
    return pinned_mass(-b / w, a * np.linalg.norm(W, axis=1), X)


def lift(x: np.ndarray) -> np.ndarray:
    """Points of the line with a column of ones, (n, 2)."""
    return np.column_stack([x, np.ones(len(x))])


def kernel_to_data(a: np.ndarray, W: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The network's tangent kernel between points (n,) and the data: (n, 6)."""
    z, data = lift(x) @ W.T, lift(X) @ W.T
    by_outer = np.maximum(z, 0) @ np.maximum(data, 0).T
    both_on = (z > 0) * a**2 @ (data > 0).T
    return by_outer + both_on * (lift(x) @ lift(X).T)


def forecast(a: np.ndarray, W: np.ndarray, x: np.ndarray) -> np.ndarray:
    """What the network says at x when training ends, if its kernel stays as it is."""
    misfit = Y - output(a, W, X)
    weights = np.linalg.solve(kernel_to_data(a, W, X), misfit)
    return output(a, W, x) + kernel_to_data(a, W, x) @ weights


def forecast_gap(
    before: tuple[np.ndarray, np.ndarray], after: tuple[np.ndarray, np.ndarray]
) -> float:
    """Largest distance of a trained network from the forecast at its start.

    Between the outermost points; networks as (a, W).
    """
    x = np.linspace(-0.9, 0.85, 200)
    return np.abs(output(*after, x) - forecast(*before, x)).max()


def slope(p: np.ndarray) -> np.ndarray:
    """Gradient by PyTorch of the loss of the network with rows (a, w, b), (3, m)."""
    import torch

    p = torch.tensor(p, requires_grad=True)
    units = torch.relu(torch.tensor(X)[:, None] * p[1] + p[2])
    error = units @ p[0] - torch.tensor(Y)
    return torch.autograd.grad(error.square().mean() / 2, p)[0].numpy()


def descend(p: np.ndarray, lr: float, steps: int) -> np.ndarray:
    """The rows (a, w, b) after gradient descent."""
    for _ in range(steps):
        p = p - lr * slope(p)
    return p


def rows(a: np.ndarray, W: np.ndarray) -> np.ndarray:
    """A network as rows (a, w, b), (3, m)."""
    return np.array([a, *W.T])


def twins(alpha: float, seed: int, width: int) -> np.ndarray:
    """The start as rows (a, w, b), without mirrored twins.

    Those would lie on each other.
    """
    return rows(*balanced_start(width, alpha, seed=seed))


def seen(p: np.ndarray) -> np.ndarray:
    """Breaklines and magnitudes of the units with rows (a, w, b), (2, m)."""
    a, w, b = p
    return np.array([-b / w, a * np.abs(w)])


@ledger(
    id="adaptive-velocities",
    source=HERE,
    statement=(
        "50 ReLU units on the six points (α = 1), 2,000 steps of gradient descent by"
        " PyTorch, at every 200th: velocities of breaklines and magnitudes by the"
        " formulas against central differences, largest difference over the largest"
        " velocity; breaklines, then magnitudes."
    ),
    expected=0,
    tolerance=1e-5,
)
def velocities(seed: int) -> np.ndarray:
    p = twins(1.0, seed, 50)
    gaps = [velocity_gaps(p)]
    for _ in range(10):
        p = descend(p, 0.05, 200)
        gaps.append(velocity_gaps(p))
    return np.max(gaps, axis=0)


def velocity_gaps(p: np.ndarray) -> list[float]:
    """Largest differences of breaklines' and of magnitudes' velocities.

    Of the formulas from central differences along gradient descent, over the largest.
    """
    g = slope(p)
    h = 1e-5
    measured = (seen(p - h * g) - seen(p + h * g)) / (2 * h)
    rates = breakline_ode(*p, X, Y)
    return [
        np.abs(one - other).max() / np.abs(other).max()
        for one, other in zip(measured, (rates.breakline, rates.mass))
    ]


@ledger(
    id="adaptive-path",
    source=HERE,
    statement=(
        "20 ReLU units on the six points, α = 1: breaklines β and magnitudes μ"
        " integrated by their two equations against PyTorch's gradient descent of (a,"
        " w, b) with the same step 0.005, until the first breakline crosses a data"
        " point: largest difference of any β between −1 and 1, and of any μ, over the"
        " largest."
    ),
    expected=0,
    tolerance=1e-3,
)
def path(seed: int) -> np.ndarray:
    step = 0.005
    p = twins(1.0, seed, 20)
    sign, turn = np.sign(p[0]), np.sign(p[1])
    beta, mu = seen(p)
    before = active(p)
    gaps = []
    while (active(p) == before).all():
        gaps.append(path_gaps(p, beta, mu))
        rates = breakline_ode(*balanced_units(beta, mu, sign, turn), X, Y)
        p = p - step * slope(p)
        beta = beta + step * rates.breakline
        mu = mu + step * rates.mass
    return np.max(gaps, axis=0)


def active(p: np.ndarray) -> np.ndarray:
    """Which units of rows (a, w, b) are on at which data point, (6, m)."""
    return np.outer(X, p[1]) + p[2] > 0


def path_gaps(p: np.ndarray, beta: np.ndarray, mu: np.ndarray) -> tuple[float, float]:
    """Largest distances of integrated breaklines and magnitudes from a network's.

    Of breaklines in [-1, 1], and of magnitudes over the largest; the network as rows
    (a, w, b).
    """
    _, w, b = p
    inside = np.abs(beta) < 1
    off = np.abs(beta + b / w)[inside].max()
    mass = radon_parameters(*p).mass
    return off, np.abs(mu - mass).max() / np.abs(mu).max()


def balanced_units(
    beta: np.ndarray, mu: np.ndarray, sign: np.ndarray, turn: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weights a, w, b of units in balance, |a| = |(w, b)|.

    From breaklines, magnitudes, and the signs of a and w.
    """
    length = np.sqrt(np.abs(mu) * np.hypot(1, beta))
    w = turn * length / np.hypot(1, beta)
    return sign * length, w, -beta * w


@ledger(
    id="adaptive-conserved",
    source=HERE,
    statement=(
        "50 ReLU units on the six points, drawn from the normal distribution, gradient"
        " descent to t = 20: largest change of a² − |W|² of any unit with learning rate"
        " 0.02, over the largest a² − |W|²; and how many times larger it is with 0.04."
    ),
    expected=(0.001, 2),
    tolerance=(0.0005, 0.45),
)
def conserved(seed: int) -> tuple[float, ...]:
    moved = []
    for lr in (0.02, 0.04):
        p = np.random.default_rng(seed).normal(size=(3, 50)) / 3
        before = imbalance(p)
        change = imbalance(descend(p, lr, round(20 / lr))) - before
        moved.append(np.abs(change).max() / np.abs(before).max())
    return moved[0], moved[1] / moved[0]


def imbalance(p: np.ndarray) -> np.ndarray:
    """a^2 - |W|^2 of each unit of rows (a, w, b)."""
    return p[0] ** 2 - p[1] ** 2 - p[2] ** 2


@ledger(
    id="adaptive-alignment",
    source=SAHS,
    statement=(
        f"{SIX}, before the network grows: effective neurons at t = 0, 4, 8, 16 for α ="
        " 0.001; the largest relative difference of these for α = 0.00001; the share"
        " of the mass within 0.02 rad of an attractor at t = 16."
    ),
    expected=(191, 17, 2, 1.02, 0, 1),
    tolerance=(12, 6, 0.5, 0.02, 1e-3, 0.02),
)
def alignment(seed: int) -> tuple[float, ...]:
    counts = []
    for alpha in (1e-3, 1e-5):
        run = neuron_flow(*start(alpha, seed), X, Y, [0.0, 4, 8, 16], step=0.1)
        counts.append([count(a, W) for a, W in zip(run.outer, run.inner)])
    difference = np.abs(np.divide(*counts) - 1).max()
    return *counts[0], difference, share_on_attractors(run.outer[-1], run.inner[-1])


def share_on_attractors(a: np.ndarray, W: np.ndarray) -> float:
    """The share of the mass within 0.02 rad of an attractor."""
    size = np.linalg.norm(W, axis=1)
    near = np.zeros(len(a), bool)
    for one in attractors(X, Y):
        near |= (W @ one.theta > np.cos(0.02) * size) & (a * one.sign > 0)
    on = np.abs(a) * size * near
    return on.sum() / (np.abs(a) @ size)


@ledger(
    id="adaptive-escape",
    source=HERE,
    statement=(
        "Six points, 400 units: time until Σ|a||W| exceeds 0.05, for α = 0.03, 0.01,"
        " 0.003, 0.001 and 0.0003; by how much its slope against ln(1/α) exceeds 1/λ,"
        " over all five, then over the last four."
    ),
    expected=0,
    tolerance=3,
    unit="%",
)
def escape(seed: int) -> list[float]:
    alphas = np.array([0.03, 0.01, 0.003, 0.001, 0.0003])
    rate = attractors(X, Y)[0].rate
    t = escape_times(X, Y, alphas, seed=seed)
    log = -np.log(alphas)
    over_all, _ = np.polyfit(log, t, 1)
    over_last, _ = np.polyfit(log[1:], t[1:], 1)
    return [100 * (slope * rate - 1) for slope in (over_all, over_last)]


@ledger(
    id="adaptive-journey",
    source=HERE,
    statement=(
        f"{SIX}, α = 0.001: share of all mass within 0.02 of x = 0.6 at t = 20, of 0.2"
        " at t = 44, and of 0.2 and −0.6 at t = 100; the loss at t = 100 over that at"
        " the start."
    ),
    expected=(1, 1, 0.75, 0.25, 0.613),
    tolerance=(0.02, 0.02, 0.03, 0.03, 0.01),
)
def journey(seed: int) -> tuple[float, ...]:
    run = neuron_flow(*start(1e-3, seed), X, Y, [0.0, 20, 44, 100], step=0.1)
    mass = np.abs(run.outer) * np.linalg.norm(run.inner, axis=2)
    beta = -run.inner[..., 1] / run.inner[..., 0]

    def share(record: int, x: float) -> float:
        near = np.abs(beta[record] - x) < 0.02
        return mass[record, near].sum() / mass[record].sum()

    shares = share(1, 0.6), share(2, 0.2), share(3, 0.2), share(3, -0.6)
    return *shares, run.loss[-1] / run.loss[0]


@ledger(
    id="adaptive-clustering",
    source=SAHS,
    statement=(
        f"{SIX}, {DONE}: effective neurons at the start, then at the end for α = 10, 3,"
        " 1, 0.1, 0.01, 0.001."
    ),
    expected=(191, 136, 17, 3.9, 2.9, 2.8, 2.8),
    tolerance=(12, 10, 3, 0.3, 0.2, 0.1, 0.1),
    kind="recorded",
)
def clustering(seed: int) -> tuple[float, ...]:
    counts = [count(*start(1, seed))]
    for alpha in (10, 3, 1, 0.1, 0.01, 1e-3):
        _, a, W = settle(*start(alpha, seed))
        counts.append(count(a, W))
    return tuple(counts)


@ledger(
    id="adaptive-pinning",
    source=HERE,
    statement=(
        f"{SIX}: share of the mass between the outermost points that lies within 0.02"
        f" of a point. At the start; at t = 16 for α = 0.001; then, {DONE}, for α = 10,"
        " 3, 1, 0.3, 0.1, 0.01."
    ),
    expected=(0.14, 1, 0.35, 0.19, 0.16, 0.2, 0.27, 0),
    tolerance=(0.04, 0.01, 0.03, 0.02, 0.02, 0.15, 0.03, 0.01),
    kind="recorded",
)
def pinning(seed: int) -> tuple[float, ...]:
    run = neuron_flow(*start(1e-3, seed), X, Y, [0.0, 16], step=0.1)
    shares = [pinned(a, W) for a, W in zip(run.outer, run.inner)]
    for alpha in (10, 3, 1, 0.3, 0.1, 0.01):
        _, a, W = settle(*start(alpha, seed))
        shares.append(pinned(a, W))
    return tuple(shares)


@ledger(
    id="adaptive-kernel",
    source=(
        "derived here, checked numerically; lazy training: Chizat et al., arXiv"
        " 1812.07956"
    ),
    statement=(
        f"{SIX}, until the loss is 0.01 % of that of the network 0: largest distance,"
        " between the outermost points, of the network from the forecast by its kernel"
        " at the start, for α = 100, 30, 10, 3, 1, 0.01."
    ),
    expected=(0.034, 0.088, 0.18, 0.49, 0.49, 0.64),
    tolerance=(0.01, 0.02, 0.04, 0.03, 0.08, 0.05),
    kind="recorded",
)
def kernel(seed: int) -> list[float]:
    gaps = []
    for alpha in (100, 30, 10, 3, 1, 0.01):
        before = start(alpha, seed)
        _, *after = settle(*before, share=1e-4)
        gaps.append(forecast_gap(before, after))
    return gaps


@ledger(
    id="adaptive-unbalanced",
    source=OURS,
    statement=(
        f"{SIX}, α = 1, {DONE}, for (ca, W/c) with c = 1/16, 1 and 16, all the same"
        " function at the start: the three times; the three distances from the"
        " kernel's forecast; the three numbers of effective neurons."
    ),
    expected=(43, 183, 26.5, 0.05, 0.45, 0.51, 33, 3.9, 5),
    tolerance=(10, 5, 3, 0.03, 0.08, 0.08, 6, 0.2, 0.9),
    kind="recorded",
)
def unbalanced(seed: int) -> np.ndarray:
    found = []
    for c in (1 / 16, 1, 16):
        before = start(1.0, seed, c)
        t, *after = settle(*before)
        found.append((t, forecast_gap(before, after), count(*after)))
    return np.ravel(np.transpose(found))


@ledger(
    id="adaptive-unbalanced-small",
    source=OURS,
    statement=(
        f"{SIX}, α = 0.001: how much earlier than with c = 1 Σ|a||W| exceeds 0.05 for"
        " (ca, W/c), c = 1/8 and 8, in units of ln((c + 1/c)/2)/λ, the gain of a unit"
        " that is aligned from the start."
    ),
    expected=(1.1, 1.18),
    tolerance=(0.05, 0.05),
)
def unbalanced_small(seed: int) -> np.ndarray:
    times = np.arange(0, 40, 0.2)
    escaped = []
    for c in (1, 1 / 8, 8):
        first = start(1e-3, seed, c)
        run = neuron_flow(*first, X, Y, times, step=0.02, until=0.05)
        size = np.linalg.norm(run.inner, axis=2)
        mass = np.log(np.einsum("tj,tj->t", np.abs(run.outer), size))
        escaped.append(np.interp(np.log(0.05), mass[-2:], run.t[-2:]))
    gain = np.log(8.125 / 2)
    return (escaped[0] - escaped[1:]) / gain * attractors(X, Y)[0].rate


@ledger(
    id="adaptive-teacher",
    source=HERE,
    statement=(
        "Two dimensions: 30 points, values of a teacher of two ReLU units, 400 units,"
        " flow to t = 60 for α = 10, else 300: effective neurons (directions within 0.1"
        " rad) at the start, and at the end for α = 10, 1, 0.1, 0.01; share of the mass"
        " within 0.05 rad of a teacher's unit for α = 0.01."
    ),
    expected=(273, 273, 8, 2.25, 2, 1),
    tolerance=(20, 20, 3.5, 0.3, 0.02, 0.01),
    kind="recorded",
)
def teacher(seed: int) -> tuple[float, ...]:
    x = np.random.default_rng(seed).uniform(-1, 1, (30, 2))
    y = np.maximum(x @ TEACHER[:, :2].T + TEACHER[:, 2], 0) @ SIGNS
    counts = []
    for alpha in (10, 1, 0.1, 0.01):
        end = 60 if alpha == 10 else 300
        run = neuron_flow(*start(alpha, seed, dim=2), x, y, [0, end], step=0.2)
        mass = run.outer * np.linalg.norm(run.inner, axis=2)
        counts.append(
            [effective_neurons(W, m, bins=63) for W, m in zip(run.inner, mass)]
        )
    before = counts[0][0]
    after = [last for _, last in counts]
    return before, *after, share_near_teacher(run.outer[-1], run.inner[-1])


def share_near_teacher(a: np.ndarray, W: np.ndarray) -> float:
    """The share of the mass within 0.05 rad of a teacher's unit of the same sign."""
    size = np.linalg.norm(W, axis=1)
    true = TEACHER / np.linalg.norm(TEACHER, axis=1)[:, None]
    cosine = W / size[:, None] @ true.T
    same_sign = np.sign(a)[:, None] == SIGNS
    near = ((cosine > np.cos(0.05)) & same_sign).any(axis=1)
    return (np.abs(a) * size)[near].sum() / (np.abs(a) @ size)


@ledger(
    id="adaptive-coarse-steps",
    source=OURS,
    statement=(
        "Six points, 120 ReLU units (60 with mirrored twins), α = 0.001, (ca, W/c) with"
        " c = 8: gradient descent with learning rate 0.2, then 0.02, to t = 4, and from"
        " there with 0.02 to t = 604: the two losses over that at the start."
    ),
    expected=(0.613, 0),
    tolerance=(0.005, 2e-3),
    kind="recorded",
)
def coarse_steps(seed: int) -> list[float]:
    left = []
    for lr in (0.2, 0.02):
        p = rows(*start(1e-3, seed, 8, width=120))
        p = descend(p, lr, round(4 / lr))
        p = descend(p, 0.02, 30000)
        square = np.square(output(p[0], p[1:].T, X) - Y).mean()
        left.append(square / np.square(Y).mean())
    return left
