"""Claims of the chapter "What happens away from the kernel?"."""

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


def start(alpha, seed, c=1.0, width=400, dim=1):
    """Outer weights (m,) times c and (w, b) (m, d+1) over c, of mirrored twins with sum
    |a| |W| = alpha^2.
    """
    a, W = balanced_start(width // 2, alpha / 2**0.5, dim, seed)
    return c * np.append(a, -a), np.vstack([W, W]) / c


def settle(a, W, share=1e-3):
    """Time, outer weights and (w, b) of the flow when its loss first is at most `share`
    of that of the network 0.
    """
    t, loss = 0.0, np.inf
    while loss > share * np.square(Y).mean() / 2:
        step = max(0.02, 0.03 * t)
        run = neuron_flow(
            a, W, X, Y, [step], step=np.clip(0.05 * t, 0.01, 0.1)
        )  # units turn fastest at first
        t, a, W, loss = t + step, run.outer[-1], run.inner[-1], run.loss[-1]
    return t, a, W


def output(a, W, x):
    return np.maximum(np.outer(x, W[:, 0]) + W[:, 1], 0) @ a


def count(a, W):
    """Effective neurons."""
    return effective_neurons(
        np.arctan2(W[:, 1], W[:, 0]), a * np.linalg.norm(W, axis=1)
    )


def pinned(a, W):
    """The share of the mass in the data's range within .02 of a data point."""
    return pinned_mass(-W[:, 1] / W[:, 0], a * np.linalg.norm(W, axis=1), X)


def forecast(a, W, x):
    """What the network says at x when training ends, if its kernel stays what it is
    now.
    """
    one = lambda z: np.column_stack([z, np.ones(len(z))])
    z, data = one(x) @ W.T, one(X) @ W.T
    both = lambda p: np.maximum(p, 0) @ np.maximum(data, 0).T
    kernel = lambda p, q: both(p) + (p > 0) * a**2 @ (data > 0).T * (q @ one(X).T)
    return output(a, W, x) + kernel(z, one(x)) @ np.linalg.solve(
        kernel(data, one(X)), Y - output(a, W, X)
    )


def slope(parameters):
    """Gradient by PyTorch of the loss of the network with rows (a, w, b), (3, m)."""
    import torch

    p = torch.tensor(parameters, requires_grad=True)
    e = torch.relu(torch.tensor(X)[:, None] * p[1] + p[2]) @ p[0] - torch.tensor(Y)
    return torch.autograd.grad(e.square().mean() / 2, p)[0].numpy()


def twins(alpha, seed, width):
    """The start as rows (a, w, b), without mirrored twins (they would lie on each
    other).
    """
    a, W = balanced_start(width, alpha, seed=seed)
    return np.array([a, *W.T])


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
    p, worst, h = twins(1.0, seed, 50), [], 1e-5
    seen = lambda p: np.array([-p[2] / p[1], p[0] * np.abs(p[1])])
    for step in range(2001):
        g = slope(p)
        if step % 200 == 0:
            measured, rates = (
                (seen(p - h * g) - seen(p + h * g)) / (2 * h),
                breakline_ode(*p, X, Y),
            )
            pairs = zip(measured, (rates.breakline, rates.mass))
            worst.append(
                [
                    np.abs(one - other).max() / np.abs(other).max()
                    for one, other in pairs
                ]
            )
        p = p - 0.05 * g
    return np.max(worst, axis=0)


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
    p, gaps = twins(1.0, seed, 20), []
    turn, sign, active = (
        np.sign(p[1]),
        np.sign(p[0]),
        lambda p: np.outer(X, p[1]) + p[2] > 0,
    )
    first, b, m = active(p), -p[2] / p[1], p[0] * np.abs(p[1])
    while (active(p) == first).all():
        now = radon_parameters(*p)
        gaps.append(
            [
                np.abs(b + p[2] / p[1])[np.abs(b) < 1].max(),
                np.abs(m - now.mass).max() / np.abs(m).max(),
            ]
        )
        length = np.sqrt(np.abs(m) * np.hypot(1, b))  # of W and a, in balance
        w = turn * length / np.hypot(1, b)
        rates, p = breakline_ode(sign * length, w, -b * w, X, Y), p - 0.005 * slope(p)
        b, m = b + 0.005 * rates.breakline, m + 0.005 * rates.mass
    return np.max(gaps, axis=0)


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
        before = p[0] ** 2 - p[1] ** 2 - p[2] ** 2
        for _ in range(round(20 / lr)):
            p = p - lr * slope(p)
        moved.append(
            np.abs(p[0] ** 2 - p[1] ** 2 - p[2] ** 2 - before).max()
            / np.abs(before).max()
        )
    return moved[0], moved[1] / moved[0]


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
        counts.append([count(*one) for one in zip(run.outer, run.inner)])
    a, W = run.outer[-1], run.inner[-1]
    size = np.linalg.norm(W, axis=1)
    near = [
        (W @ one.theta > np.cos(0.02) * size) & (a * one.sign > 0)
        for one in attractors(X, Y)
    ]
    on = np.abs(a) * size * np.any(near, axis=0)
    return (
        *counts[0],
        np.abs(np.divide(*counts) - 1).max(),
        on.sum() / (np.abs(a) @ size),
    )


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
    alphas, rate = (
        np.array([0.03, 0.01, 0.003, 0.001, 0.0003]),
        attractors(X, Y)[0].rate,
    )
    t = escape_times(X, Y, alphas, seed=seed)
    return [
        100 * (np.polyfit(-np.log(alphas[i:]), t[i:], 1)[0] * rate - 1) for i in (0, 1)
    ]


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
    at = lambda i, x: mass[i, np.abs(beta[i] - x) < 0.02].sum() / mass[i].sum()
    return at(1, 0.6), at(2, 0.2), at(3, 0.2), at(3, -0.6), run.loss[-1] / run.loss[0]


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
    return count(*start(1, seed)), *(
        count(*settle(*start(alpha, seed))[1:]) for alpha in (10, 3, 1, 0.1, 0.01, 1e-3)
    )


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
    first, later = (pinned(*one) for one in zip(run.outer, run.inner))
    return (
        first,
        later,
        *(
            pinned(*settle(*start(alpha, seed))[1:])
            for alpha in (10, 3, 1, 0.3, 0.1, 0.01)
        ),
    )


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
    x, gaps = np.linspace(-0.9, 0.85, 200), []
    for alpha in (100, 30, 10, 3, 1, 0.01):
        first = start(alpha, seed)
        t, a, W = settle(*first, share=1e-4)
        gaps.append(np.abs(output(a, W, x) - forecast(*first, x)).max())
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
    x, found = np.linspace(-0.9, 0.85, 200), []
    for c in (1 / 16, 1, 16):
        first = start(1.0, seed, c)
        t, a, W = settle(*first)
        found.append(
            (t, np.abs(output(a, W, x) - forecast(*first, x)).max(), count(a, W))
        )
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
    escaped = []
    for c in (1, 1 / 8, 8):
        run = neuron_flow(
            *start(1e-3, seed, c), X, Y, np.arange(0, 40, 0.2), step=0.02, until=0.05
        )
        mass = np.log(
            np.einsum("tj,tj->t", np.abs(run.outer), np.linalg.norm(run.inner, axis=2))
        )
        escaped.append(np.interp(np.log(0.05), mass[-2:], run.t[-2:]))
    return (escaped[0] - escaped[1:]) / np.log(8.125 / 2) * attractors(X, Y)[0].rate


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
    x, signs = (
        np.random.default_rng(seed).uniform(-1, 1, (30, 2)),
        np.array([1.0, -1.0]),
    )
    true = np.array([[1.0, 0.5, 0.2], [-0.3, 1.0, 0.1]])
    y, found = np.maximum(x @ true[:, :2].T + true[:, 2], 0) @ signs, []
    for alpha in (10, 1, 0.1, 0.01):
        run = neuron_flow(
            *start(alpha, seed, dim=2), x, y, [0, 60 if alpha == 10 else 300], step=0.2
        )
        size = np.linalg.norm(run.inner, axis=2)
        found.append(
            [
                effective_neurons(W, a, bins=63)
                for W, a in zip(run.inner, run.outer * size)
            ]
        )
    a, cosine = (
        run.outer[-1],
        run.inner[-1]
        / size[-1][:, None]
        @ (true / np.linalg.norm(true, axis=1)[:, None]).T,
    )
    near = ((cosine > np.cos(0.05)) & (np.sign(a)[:, None] == signs)).any(axis=1)
    return (
        found[0][0],
        *np.array(found)[:, 1],
        (np.abs(a) * size[-1])[near].sum() / (np.abs(a) @ size[-1]),
    )


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
        a, W = start(1e-3, seed, 8, width=120)
        p = np.array([a, *W.T])
        for step in range(round(4 / lr) + 30000):
            p = p - (lr if step < round(4 / lr) else 0.02) * slope(p)
        left.append(
            np.square(output(p[0], p[1:].T, X) - Y).mean() / np.square(Y).mean()
        )
    return left
