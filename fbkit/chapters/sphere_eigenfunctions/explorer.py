"""Explorer: which degree of a target on the sphere is learned when, and where.

The kernel is that of a bias-free ReLU network with one hidden layer, both layers
trained: its eigenvalue μ on degree k is exact, with multiplicity N. Of n random samples
the harmonics of larger eigenvalue take M dimensions, and n' = n − M are left. There the
rates spread like μ (n'/n) (1 + q + 2√q cos a) + tail/n, q = N/n', with weight
(2/π) sin² a on the angle a from 0 to π. The tail is the kernel's mass in harmonics of
smaller eigenvalue (derived here; within 2 % of `fb.descent_on_samples`). Solid: left on
the training points; dashed: on fresh points.
"""

from __future__ import annotations

import numpy as np

from fbkit.basis import sphere_multiplicity
from fbkit.dynamics import effective_train_eigenvalue
from fbkit.explorers import (
    Axis,
    Explorer,
    Number,
    Panel,
    Question,
    line,
    scatter,
    segments,
    stem,
)
from fbkit.kernels import relu_profile

DEGREES = np.arange(9)
COLORS = {1: "blue", 2: "orange", 4: "green"}  # of the target's degrees
SHOWN = list(COLORS)
STEPS = np.append(0, np.unique(np.round(10 ** (np.arange(151) / 30))))
ANGLES = np.pi * (np.arange(200) + 0.5) / 200
SHARE = np.sin(ANGLES) ** 2 / 100  # of each angle; their sum is 1
KERNEL_AT_0 = 1.5


def left(
    mu: np.ndarray, many: np.ndarray, degree: int, n: int, lr: float
) -> tuple[np.ndarray, np.ndarray]:
    """What is left of one degree after each of STEPS, relative to its start.

    Parameters
    ----------
    mu, many : (9,) eigenvalue of each degree, and the number of its harmonics.
    degree : which one.
    n : number of samples.
    lr : step size.

    Returns
    -------
    train, fresh : (T,) on training points, and on fresh ones.
    """
    seen = effective_train_eigenvalue(mu, many, n, KERNEL_AT_0 - many @ mu)
    lower = mu > mu[degree]
    taken = many[lower] / n  # the share of the dimensions that lower degrees take
    room = 1 - taken.sum()
    q = many[degree] / (n * room)
    spread = 1 + q + 2 * np.sqrt(q) * np.cos(ANGLES)
    own = mu[degree] * room
    rate = seen[degree] + own * (spread - 1)
    decay = (1 - lr * rate) ** STEPS[:, None]  # (T, angles)
    before = (1 - lr * seen[lower]) ** STEPS[:, None]  # (T, lower degrees)
    train = room * decay @ SHARE + before @ taken
    learned = (1 - decay) @ (SHARE * own / rate)
    learned += (1 - before) @ (taken * mu[degree] / seen[lower])
    return np.abs(train), np.abs(1 - learned)


def frame(dim: int, samples: int, lr: float) -> dict[str, np.ndarray]:
    mu = relu_profile("cao").eigenvalues(dim, 8)
    many = sphere_multiplicity(dim, DEGREES)
    tail = KERNEL_AT_0 - np.cumsum(many * mu)
    largest = (mu * (1 + np.sqrt(many / samples)) ** 2 + tail / samples).max()
    lr = min(lr, 1.9 / largest)
    step_alone = np.abs(1 - lr * mu[SHOWN])  # with the eigenvalue for a rate
    curves = {k: left(mu, many, k, samples, lr) for k in SHOWN}
    train = np.stack([curves[k][0] for k in SHOWN], axis=1)  # (T, degrees)
    fresh = np.stack([curves[k][1] for k in SHOWN], axis=1)
    arrays = {
        "degree": DEGREES,
        "mu": mu,
        "seen": effective_train_eigenvalue(mu, many, samples, tail[-1]),
        "many": many,
        "step": STEPS,
        "half": np.full(3, 0.5),
        "from": np.array([-0.5]),
        "to": np.array([8.5]),
        "samples": np.array([samples]),
        "place": np.arange(3),
        "alone": np.log(0.5) / np.log(np.maximum(1e-9, step_alone)),
        "train_now": train,
        "test_now": fresh,
    }
    for i, k in enumerate(SHOWN):
        arrays[f"train_{k}"] = train[:, i]
        arrays[f"test_{k}"] = fresh[:, i]
    return arrays


def summary(arrays: dict[str, np.ndarray], params: dict) -> str:
    def half_left(curve: np.ndarray) -> str:
        below = np.flatnonzero(curve < 0.5)
        if below.size:
            return f"after {STEPS[below[0]]:.0f} steps"
        return "not within 100000 steps"

    ratio = arrays["seen"][4] / arrays["mu"][4]
    return (
        f"Degree 4 has {arrays['many'][4]:.0f} harmonics in {params['dim']} dimensions,"
        f" and {params['samples']} samples see {ratio:.1f} times its eigenvalue. Half"
        f" of it is left on the training points {half_left(arrays['train_4'])}, on"
        f" fresh points {half_left(arrays['test_4'])}."
    )


CHOICES = {
    "half": "about half",
    "two thirds": "about two thirds",
    "more": "more than three quarters",
}


def verdict(arrays: dict[str, np.ndarray], params: dict, choice: str) -> str:
    """What fresh points showed when half was left on the training points."""
    below = np.flatnonzero(arrays["train_4"] < 0.5)
    if not below.size:
        return ""
    fresh = arrays["test_4"][below[0]]
    return (
        f"You said {CHOICES[choice]}. When half of degree 4 was left on the training"
        f" points, {100 * fresh:.0f} % of it was left on fresh ones."
    )


DEGREE = Axis("degree k", low=-0.6, high=8.6, names=tuple(str(k) for k in DEGREES))
TRAIN = [
    line("step", f"train_{k}", label=f"degree {k}", color=color)
    for k, color in COLORS.items()
]
FRESH = [
    line("step", f"test_{k}", label=f"{k}, fresh", color=color, dash=True)
    for k, color in COLORS.items()
]
OVER_STEPS = Panel(
    "Error left, by degree",
    x=Axis("step", log=True, low=1, high=1e5),
    y=Axis("part left", low=0, high=1.05),
    marks=(
        *TRAIN,
        *FRESH,
        scatter(
            "alone",
            "half",
            label="half, by eigenvalue",
            color="purple",
            hollow=True,
            answer=True,
        ),
    ),
    time=True,
)
NOW = Panel(
    "Left now",
    x=Axis("degree", low=-0.6, high=2.6, names=("1", "2", "4")),
    y=Axis("part left", low=0),
    marks=(
        stem(
            "place",
            "test_now",
            label="fresh points",
            width=40,
            hollow=True,
            moving=True,
        ),
        stem("place", "train_now", label="training points", width=20, moving=True),
    ),
)
EIGENVALUES = Panel(
    "Eigenvalue of each degree",
    x=DEGREE,
    y=Axis("eigenvalue", log=True),
    marks=(
        stem(
            "degree",
            "seen",
            label="seen by n samples",
            width=16,
            hollow=True,
            answer=True,
        ),
        stem("degree", "mu", label="exact", width=7, answer=True),
    ),
)
HARMONICS = Panel(
    "Harmonics of each degree",
    x=DEGREE,
    y=Axis("how many", log=True),
    marks=(
        stem("degree", "many", label="harmonics of degree k", color="green", width=10),
        segments(
            "from",
            "samples",
            x2="to",
            y2="samples",
            label="samples n",
            color="grey",
            dash=True,
        ),
    ),
)

DIMENSIONS = (2, 3, 4, 5, 6, 8, 10, 12, 15, 20)
SAMPLES = (300, 1000, 3000, 10000, 10**5, 10**6)
STEP_SIZES = (0.5, 1, 2, 3, 4, 5, 10)

EXPLORER = Explorer(
    name="sphere_eigenfunctions",
    title="Degrees on the sphere: training points against fresh ones",
    hint=(
        "Press Play. Then change dimension and samples: what becomes of the gap at"
        " degree 4?"
    ),
    params={
        "dim": Number("Dimension d", 10, 2, 20, values=DIMENSIONS, whole=True),
        "samples": Number("Samples n", 1000, 300, 10**6, values=SAMPLES, whole=True),
        "lr": Number("Step size", 5, 0.5, 10, values=STEP_SIZES),
    },
    presets={
        "10 dimensions, 1,000 samples": {},
        "10 dimensions, 10,000 samples": {"samples": 10000},
        "20 dimensions, 1,000 samples": {"dim": 20},
        "The usual sphere: 3 dimensions": {"dim": 3, "lr": 4},
        "The circle: 2 dimensions": {"dim": 2, "lr": 3},
    },
    panels=(OVER_STEPS, NOW, EIGENVALUES, HARMONICS),
    frame=frame,
    summary=summary,
    engine=True,
    time="step",
    question=Question(
        "When half of degree 4 is left on the training points, how much of it is left"
        " on fresh points?",
        CHOICES,
        verdict,
    ),
    doc=__doc__,
)
