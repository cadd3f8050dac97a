"""Explorer: low and high error of a network on the digits, for any width of the filter
that tells low from high.

A ReLU network 64-200-200-10 trained by Adam (learning rate 0.001) on 600 digits with
one-hot labels. Low: labels and outputs averaged over neighbours with weights exp(-|x -
x'|²/(2 width)); high: what is left. Each error is relative to the size of that part of
the labels.
"""

from functools import lru_cache

import numpy as np

from fbkit.explorers import Axis, Choice, Explorer, Number, Panel, line, scatter

WIDTHS = (0.3, 0.45, 0.6, 0.8, 1.0, 1.4, 2.0, 3.0)


@lru_cache(2)
def training(labels):
    """A ReLU network 64-200-200-10 trained once by Adam on 600 digits: steps (T,),
    outputs (T, n, 10), target.
    """
    from fbkit.nets import standard_mlp
    from fbkit.targets import digits
    from fbkit.training import train

    target = digits(600, labels=labels)
    net = standard_mlp([64, 200, 200, 10], "relu", seed=0)
    run = train(
        net,
        target,
        optimizer="adam",
        lr=1e-3,
        steps=500,
        records=24,
        keep_outputs=True,
        progress=False,
    )
    return run.t[1:], run.meta["outputs"][1:], target


@lru_cache(4)
def shares(labels, remove_mean):
    """Share of the labels' energy in the low part, for each of `WIDTHS`."""
    from fbkit.observe import filter_errors

    _, outputs, target = training(labels)
    return np.array(
        [filter_errors(outputs[-1], target, width, remove_mean)[2] for width in WIDTHS]
    )


def frame(width, mean, labels):
    from fbkit.observe import filter_errors

    steps, outputs, target = training(labels)
    low, high, share = filter_errors(outputs, target, width, mean == "removed")
    arrays = {
        "steps": steps,
        "low": low,
        "high": high,
        "width": np.array([width]),
        "share": np.array([share]),
    }
    return arrays | {
        "widths": np.array(WIDTHS),
        "shares": shares(labels, mean == "removed"),
    }


def summary(arrays, params):
    def first(errors):
        below = np.flatnonzero(errors < 0.3)
        return f"at step {arrays['steps'][below[0]]:.0f}" if below.size else "never"

    low, high = arrays["low"], arrays["high"]
    return (
        f"The low part holds {100 * arrays['share'][0]:.0f} % of the labels' energy."
        f" Its error is below 0.3 {first(low)}, that of the high part {first(high)};"
        f" low is below high at {100 * np.mean(low < high):.0f} % of the checkpoints."
    )


EXPLORER = Explorer(
    name="measure_frequency",
    title="Low and high error on the handwritten digits",
    hint=(
        "Widen the filter: what counts as low? Then try random labels, with and without"
        " their mean."
    ),
    params={
        "width": Number("Filter width (variance)", 1.0, 0.2, 4, log=True),
        "mean": Choice(
            "Mean of the labels", "removed", {"removed": "removed", "kept": "kept"}
        ),
        "labels": Choice(
            "Labels", "true", {"true": "true digits", "random": "drawn at random"}
        ),
    },
    presets={
        "width": WIDTHS,
        "mean": ["removed", "kept"],
        "labels": ["true", "random"],
    },
    panels=(
        Panel(
            "Error while training",
            Axis("step of Adam", log=True),
            Axis("relative error", low=0),
            (
                line("steps", "low", label="low-frequency part"),
                line("steps", "high", label="high-frequency part", color="orange"),
            ),
            time=True,
        ),
        Panel(
            "Where the labels' energy is",
            Axis("filter width (variance)", log=True),
            Axis("share in the low part", low=0, high=1.02),
            (
                line("widths", "shares", label="all widths", color="grey"),
                scatter("width", "share", label="this width", color="blue", width=5),
            ),
        ),
    ),
    frame=frame,
    summary=summary,
    time="steps",
    doc=__doc__,
)
