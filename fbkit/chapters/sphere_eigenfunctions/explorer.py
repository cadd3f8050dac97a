"""Explorer: dimension, samples and step size; which degree of a target on the sphere is
learned when, and where.

The kernel is that of a bias-free ReLU network with one hidden layer, both layers
trained: its eigenvalue on degree k is exact, with multiplicity N(k). On n random
samples the rates of a degree spread like mu (1 + q + 2 sqrt(q) cos a) + tail/n, q =
N/n, with weight (2/pi) sin(a)^2 on the angle a from 0 to pi. The tail is the kernel's
mass in the higher degrees; lower degrees count as learned (derived here). Solid: left
on the training points; dashed: on fresh points.
"""

import numpy as np

from fbkit.basis import sphere_multiplicity
from fbkit.explorers import Axis, Explorer, Number, Panel, line, scatter, segments, stem
from fbkit.kernels import relu_profile

DEGREES, SHOWN, COLORS = np.arange(9), (1, 2, 4), ("blue", "orange", "green")
ACROSS = Axis("degree k", low=-0.6, high=8.6, names=tuple("012345678"))
STEPS = np.unique(np.round(10 ** (np.arange(151) / 30)))
NODES = np.pi * (np.arange(200) + 0.5) / 200
SHARE = np.sin(NODES) ** 2 / 100  # of each node; their sum is 1


def left(mu, many, tail, n, lr):
    """What is left of one degree on training and on fresh points after each of STEPS,
    relative to its start.
    """
    spread = 1 + many / n + 2 * np.sqrt(many / n) * np.cos(NODES)
    rate = mu * spread + tail / n
    decay = (1 - lr * rate) ** STEPS[:, None]  # (T, nodes)
    return np.abs(decay @ SHARE), np.abs(1 - (1 - decay) @ (SHARE * mu / rate))


def frame(dim, samples, lr, steps=0):
    mu, many = (
        relu_profile("cao").eigenvalues(dim, 8),
        sphere_multiplicity(dim, DEGREES),
    )
    tail = 1.5 - np.cumsum(many * mu)
    seen = mu + tail / samples
    cap = 1.9 / (mu * (1 + np.sqrt(many / samples)) ** 2 + tail / samples).max()
    lr, arrays = (
        min(lr, cap),
        {"degree": DEGREES, "mu": mu, "seen": seen, "many": many, "step": STEPS},
    )
    arrays |= {
        "half": np.full(3, 0.5),
        "from": [-0.5],
        "to": [8.5],
        "samples": [samples],
        "place": [0, 1, 2],
    }
    arrays["alone"] = np.log(0.5) / np.log(
        np.maximum(1e-9, np.abs(1 - lr * mu[list(SHOWN)]))
    )
    for k in SHOWN:
        arrays[f"train_{k}"], arrays[f"test_{k}"] = left(
            mu[k], many[k], tail[k], samples, lr
        )
    arrays |= {
        f"{set}_now": np.stack([arrays[f"{set}_{k}"] for k in SHOWN], axis=1)
        for set in ("train", "test")
    }
    return {k: np.asarray(v, dtype=float) for k, v in arrays.items()}


def summary(arrays, params):
    ratio, many = arrays["seen"][4] / arrays["mu"][4], arrays["many"][4]
    halves = [
        np.flatnonzero(arrays[f"{where}_4"] < 0.5)[:1] for where in ("train", "test")
    ]
    train, test = (
        f"after {STEPS[i[0]]:.0f} steps" if i.size else "not within 100000 steps"
        for i in halves
    )
    seen = (
        f"Degree 4 has {many:.0f} harmonics in R^{params['dim']}, and"
        f" {params['samples']} samples see {ratio:.1f} "
    )
    return (
        f"{seen}times its eigenvalue. Half of it is left on the training points"
        f" {train}, on fresh points {test}."
    )


EXPLORER = Explorer(
    name="sphere_eigenfunctions",
    title="Degrees on the sphere: training points against fresh ones",
    hint=(
        "Change the dimension, then the samples. Watch the gap between the solid and"
        " the dashed curve of degree 4."
    ),
    params={
        "dim": Number(
            "Dimension d",
            10,
            2,
            20,
            values=(2, 3, 4, 5, 6, 8, 10, 12, 15, 20),
            whole=True,
        ),
        "samples": Number(
            "Samples n",
            1000,
            300,
            10**6,
            values=(300, 1000, 3000, 10000, 10**5, 10**6),
            whole=True,
        ),
        "lr": Number("Step size", 5, 0.5, 10, values=(0.5, 1, 2, 3, 4, 5, 10)),
    },
    presets={
        "R^10, 1000 samples": {},
        "R^10, 10000 samples": {"samples": 10000},
        "R^20, 1000 samples": {"dim": 20},
        "The usual sphere, R^3": {"dim": 3, "lr": 4},
        "The circle, R^2": {"dim": 2, "lr": 3},
    },
    panels=(
        Panel(
            "Error left, by degree",
            Axis("step", log=True, low=1, high=1e5),
            Axis("part left", low=0, high=1.05),
            (
                *(
                    line("step", f"train_{k}", label=f"degree {k}", color=c)
                    for k, c in zip(SHOWN, COLORS)
                ),
                *(
                    line(
                        "step",
                        f"test_{k}",
                        label=f"{k}, fresh points",
                        color=c,
                        dash=True,
                    )
                    for k, c in zip(SHOWN, COLORS)
                ),
                scatter(
                    "alone",
                    "half",
                    label="half left, by eigenvalue alone",
                    color="purple",
                    hollow=True,
                ),
            ),
            time=True,
        ),
        Panel(
            "Left now",
            Axis("degree", low=-0.6, high=2.6, names=("1", "2", "4")),
            Axis("part left", low=0),
            (
                stem(
                    "place",
                    "test_now",
                    label="fresh points",
                    width=40,
                    hollow=True,
                    moving=True,
                ),
                stem(
                    "place", "train_now", label="training points", width=20, moving=True
                ),
            ),
        ),
        Panel(
            "Eigenvalue of each degree",
            ACROSS,
            Axis("eigenvalue", log=True),
            (
                stem(
                    "degree", "seen", label="seen by n samples", width=16, hollow=True
                ),
                stem("degree", "mu", label="exact", width=7),
            ),
        ),
        Panel(
            "Harmonics of each degree",
            ACROSS,
            Axis("how many", log=True),
            (
                stem(
                    "degree",
                    "many",
                    label="harmonics of degree k",
                    color="green",
                    width=10,
                ),
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
        ),
    ),
    frame=frame,
    summary=summary,
    engine=True,
    time="step",
    doc=__doc__,
)
