"""Explorer: how many samples a degree needs on the sphere: learning curves of kernel
regression, degree by degree.

Kernel regression on uniformly random points of the unit sphere in the chosen dimension:
the average-case theory of Bordelon, Canatar and Pehlevan, solved for each number of
samples. Kernel: two layers of ReLU units, all trained, no bias; or the inner layer
alone, with bias. Target: the chosen power in degrees 1 to 4. Error: mean square over
the whole sphere, against the target without noise. Modes paid for: N p μ/(p μ + κ) of
the N modes of a degree of eigenvalue μ.
"""

import numpy as np

from fbkit.basis import sphere_multiplicity
from fbkit.dynamics import learning_curve
from fbkit.explorers import Array, Axis, Choice, Explorer, Number, Panel, line, stem
from fbkit.kernels import relu_profile

HANDLES, COLORS = np.arange(1, 5), ("blue", "orange", "green", "purple")
SAMPLES = np.unique(np.round(np.logspace(0, 6, 121)))


def frame(dim, kernel, ridge, noise, power, steps=0):
    K, many, power, p = (
        relu_profile(kernel),
        sphere_multiplicity(dim, range(41)),
        np.array(power),
        SAMPLES[:, None],
    )
    mu = K.eigenvalues(dim, 40)
    tail = max(K(0.0) - many @ mu, 0.0)  # of the degrees above 40
    low, high = (
        np.full(p.shape, ridge + tail),
        np.full(p.shape, ridge + tail + many @ mu),
    )
    for _ in range(
        100
    ):  # kappa = ridge + tail + sum N kappa mu/(p mu + kappa), by bisection
        kappa = np.sqrt(low * high)
        below = kappa < ridge + tail + (many * kappa * mu / (p * mu + kappa)).sum(
            axis=1, keepdims=True
        )
        low, high = np.where(below, kappa, low), np.where(below, high, kappa)
    total, by_degree = learning_curve(
        SAMPLES, mu, many, np.pad(power, (1, 36)), ridge, noise, tail
    )
    left = by_degree[:, HANDLES]
    late = len(SAMPLES) - np.argmax(
        left[::-1] > power / 2, axis=0
    )  # first number below one half that stays there
    half = np.where(power > 0, np.append(SAMPLES, 0)[late % (len(SAMPLES) + 1)], 0)
    arrays = {f"error {k}": e for k, e in zip(HANDLES, left.T)} | {
        "samples": SAMPLES,
        "total": total,
        "half": half,
    }
    arrays |= {"paid": np.maximum((many * p * mu / (p * mu + kappa))[:, :7], 0.01)}
    return arrays | {
        "handles": HANDLES,
        "power": power,
        "left": left,
        "degrees": np.arange(7),
        "modes": many[:7],
    }


def summary(arrays, params):
    words = [
        f"degree {k} ({arrays['modes'][k]:.0f} modes)"
        f" {f'at {t:.0f} samples' if t else 'never'}"
        for k, t, a in zip(HANDLES, arrays["half"], params["power"])
        if a > 0
    ]
    return (
        f"Half is left: {', '.join(words)}."
        if words
        else "Nothing to learn: every power is 0. Drag a handle up."
    )


EXPLORER = Explorer(
    name="samples_as_time",
    title="How many samples does a degree need?",
    hint=(
        "Press Play: samples come in, and the degrees fall one after another. What do"
        " they pay for?"
    ),
    params={
        "dim": Number(
            "Dimension", 10, 2, 20, values=(2, 3, 4, 5, 6, 8, 10, 15, 20), whole=True
        ),
        "kernel": Choice(
            "Kernel",
            "cao",
            {
                "cao": "two layers, no bias",
                "first layer with bias": "inner layer, bias",
            },
        ),
        "ridge": Number("Ridge", 0, 0, 10, values=(0, 0.001, 0.01, 0.1, 0.3, 1, 3, 10)),
        "noise": Number(
            "Variance of the noise", 0, 0, 1, values=(0, 0.01, 0.05, 0.1, 0.25, 0.5, 1)
        ),
        "power": Array(
            "Power of the target",
            (1, 1, 0, 1),
            0,
            1.5,
            tuple(f"degree {k}" for k in HANDLES),
        ),
    },
    presets={
        "Degrees 1, 2 and 4": {},
        "On the circle": {"dim": 2},
        "In 20 dimensions": {"dim": 20},
        "Degree 3, no bias": {"power": (1, 1, 1, 1)},
        "Noise": {"noise": 0.25},
        "Ridge": {"noise": 0.25, "ridge": 1},
        "Degree 3, bias": {"power": (1, 1, 1, 1), "kernel": "first layer with bias"},
    },
    panels=(
        Panel(
            "Error over the sphere",
            Axis("training samples", log=True),
            Axis("mean square", log=True, low=1e-3),
            (
                *(
                    line("samples", f"error {k}", label=f"degree {k}", color=c)
                    for k, c in zip(HANDLES, COLORS)
                ),
                line("samples", "total", label="all degrees", color="grey", dash=True),
            ),
            time=True,
            wide=True,
        ),
        Panel(
            "Error of each degree now",
            Axis("degree", low=0.4, high=4.6, names=("", "1", "2", "3", "4")),
            Axis("mean square error", low=-0.12, high=1.7),
            (
                stem(
                    "handles",
                    "power",
                    label="target (drag)",
                    drag="power",
                    width=34,
                    hollow=True,
                ),
                stem("handles", "left", label="error now", width=16, moving=True),
            ),
        ),
        Panel(
            "What the samples pay for",
            Axis("degree", low=-0.6, high=6.6, names=tuple("0123456")),
            Axis("modes", log=True, low=0.1),
            (
                stem(
                    "degrees",
                    "modes",
                    label="modes of the degree",
                    width=24,
                    hollow=True,
                ),
                stem(
                    "degrees",
                    "paid",
                    label="paid for now",
                    color="orange",
                    width=12,
                    moving=True,
                ),
            ),
        ),
    ),
    frame=frame,
    summary=summary,
    engine=True,
    time="samples",
    doc=__doc__,
)
