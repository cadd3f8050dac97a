"""Explorer: how wide must a network be, and how small its target, for its first kernel
to forecast the whole run?

A two-layer network (seed 0, its output 0 at the start) learns height × (sin x + sin 3x
+ sin 5x) on 32 points of the circle by 800 steps of gradient descent, at the learning
rate 1/(largest rate). The forecast: along each eigenvector of the kernel at the start,
(1 − learning rate × rate) to the power of the steps. The gap is the largest difference
in any Fourier coefficient, as a share of the coefficient of one wave of the target.
"""

from functools import lru_cache

import numpy as np

from fbkit.explorers import (
    Axis,
    Choice,
    Explorer,
    Number,
    Panel,
    line,
    scatter,
    segments,
)

ROOT, POINTS, STEPS, MODES, COLORS = (
    2**0.5,
    32,
    800,
    (1, 3, 5),
    {1: "blue", 3: "orange", 5: "green"},
)
WIDTHS, HEIGHTS = (16, 64, 256, 1024), (0.03, 0.1, 0.3, 1.0, 3.0)


@lru_cache(64)
def training(width, activation, heights):
    """For each height: run, prediction, target, how far the kernel moved (over its
    size), and the gap.
    """
    import fbkit as fb

    basis, out = fb.circle(POINTS), []
    targets = [fb.sines(basis, MODES, height) for height in heights]
    nets = [fb.mlp(width=width, activation=activation) for _ in heights]
    start = fb.empirical_ntk(nets[0], basis.inputs).astype(
        float
    )  # equal networks, equal kernels
    lr = POINTS / np.linalg.eigvalsh(start)[-1]
    runs = fb.train_ensemble(
        nets, targets, lr=lr, steps=STEPS, records=30, progress=False
    )
    for height, net, run, target in zip(heights, nets, runs, targets):
        predicted = fb.gradient_descent(
            start, -target.values, np.round(run.t / lr), lr, onto=basis
        )
        moved = (
            100
            * np.linalg.norm(fb.empirical_ntk(net, basis.inputs) - start)
            / np.linalg.norm(start)
        )
        out.append(
            (
                run,
                predicted,
                target,
                moved,
                100 * ROOT * np.abs(run.error - predicted.error).max() / height,
            )
        )
    return out


def frame(width, height, activation):
    usual = training(width, activation, HEIGHTS)
    known = (
        usual[HEIGHTS.index(height)]
        if height in HEIGHTS
        else training(width, activation, (height,))[0]
    )
    run, predicted, target, moved, gap = known
    arrays = {
        "time": run.t[1:],
        "angle": target.basis.points,
        "target": target.values / height,
        "moved": moved,
    }
    for name, history in (("network", run), ("predicted", predicted)):
        relative = history.select(MODES) / run.select(MODES)[0]
        arrays |= {
            f"{name}_{k}": np.maximum(e[1:], 1e-3) for k, e in zip(MODES, relative.T)
        }
        arrays[name] = (
            target.basis.synthesise(history.error)[1:] / height + arrays["target"]
        )
    arrays |= {
        "from": run.t[1:2],
        "to": run.t[-1:],
        "threshold": [0.2],
        "height": [height],
        "gap": [gap],
    }
    return arrays | {"heights": HEIGHTS, "gaps": [one[-1] for one in usual]}


def summary(arrays, params):
    moved, gap = (
        f"{v:.0f}" if v > 9.95 else f"{v:.2g}"
        for v in (arrays["moved"], arrays["gap"][0])
    )
    return (
        f"Largest gap between network and forecast: {gap} % of a wave. The kernel moved"
        f" by {moved} %."
    )


EXPLORER = Explorer(
    name="network_to_kernel",
    title="How lazy is lazy?",
    hint=(
        "Lower the height of the target, then widen the network. When do solid and"
        " dashed become one?"
    ),
    params={
        "width": Number("Width", 256, 16, 1024, whole=True, even=True, log=True),
        "height": Number("Height of the target", 1.0, 0.03, 3, log=True),
        "activation": Choice("Activation", "relu", {"relu": "ReLU", "tanh": "tanh"}),
    },
    presets={"width": WIDTHS, "height": HEIGHTS, "activation": ["relu", "tanh"]},
    panels=(
        Panel(
            "Error of each mode: network solid, forecast dashed",
            Axis("time = learning rate × steps", log=True),
            Axis("relative error", log=True, low=1e-3, high=3),
            (
                *(
                    line("time", f"network_{k}", label=f"mode {k}", color=c)
                    for k, c in COLORS.items()
                ),
                *(
                    line(
                        "time",
                        f"predicted_{k}",
                        label=f"{k}, forecast",
                        color=c,
                        dash=True,
                    )
                    for k, c in COLORS.items()
                ),
                segments(
                    "from",
                    "threshold",
                    x2="to",
                    y2="threshold",
                    label="20 %",
                    color="grey",
                    width=1,
                ),
            ),
            time=True,
            wide=True,
        ),
        Panel(
            "Gap at this width",
            Axis("height of the target", log=True),
            Axis("gap (% of a wave)", log=True, low=0.05, high=200),
            (
                line("heights", "gaps", label="others", color="grey"),
                scatter("height", "gap", label="here", width=5),
            ),
        ),
        Panel(
            "Network now",
            Axis("angle x (radians)", low=-np.pi, high=np.pi, pi=True),
            Axis("value / height"),
            (
                line("angle", "target", label="target", color="grey", width=3),
                line("angle", "network", label="network", moving=True),
                line(
                    "angle",
                    "predicted",
                    label="forecast",
                    color="orange",
                    dash=True,
                    moving=True,
                ),
            ),
        ),
    ),
    frame=frame,
    summary=summary,
    time="time",
    doc=__doc__,
)
