"""Explorer: which change to network, loss or target breaks the order low before high?

Lazy training: the kernel that one seeded two-layer network of 128 units has at its
start, kept fixed. With strength s: tanh with inner weights × 20ˢ, outer weights × 30ˢ
and biases × 20ˢ, or biases as they are; sine with inner weights × 15ˢ; ReLU with the
loss weight (k² + 0.01)²ˢ on wave k (s = 0.5 measures slopes, s = 1 curvature);
amplitudes from 0.05ˢ for wave 1 to 3ˢ for wave 5; or cos and sin of 4x, 5x, 6x as
inputs (share s) beside those of x. Time is counted in units of 1/(largest rate).
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from fbkit.explorers import (
    Axis,
    Choice,
    Explorer,
    Number,
    Panel,
    Question,
    line,
    segments,
    stem,
)
from fbkit.kernels import finite_two_layer_ntk

POINTS = 128
WIDTH = 128
ANGLE = -np.pi + 2 * np.pi / POINTS * np.arange(POINTS)
COLORS = {1: "blue", 2: "orange", 3: "green", 4: "purple", 5: "grey"}  # by wave
LOUD = np.array([0.05, 0.12, 0.3, 0.95, 3.0])  # amplitudes at full strength
MODES = np.array(list(COLORS))
SINES = np.sin(np.outer(MODES, ANGLE))  # (5, n)
BELOW = 0.2  # relative error of a mode that counts as learned
TIMES = np.geomspace(0.1, 1e6, 701)
DRAWN = slice(None, None, 14)  # of the times
KNOBS = {
    "inner": "large weights and biases",
    "parity": "large weights, usual biases",
    "sine": "sine units",
    "sobolev": "loss of slopes, curvature",
    "amplitudes": "tall high wave",
    "features": "high-frequency inputs",
}
CHOICES = {
    "1": "wave 1",
    "even": "wave 2 or 4",
    "odd": "wave 3 or 5",
    "all": "all together",
}
TOGETHER = 3  # the last takes less than this many times as long as the first


class Training(NamedTuple):
    """Lazy training of one network, exactly."""

    target: np.ndarray  # (n,)
    residual: np.ndarray  # (T, n)
    error: np.ndarray  # (T, 5), relative, of each mode
    learned: np.ndarray  # (5,), when each mode is down to BELOW for good


def multiplier(weights: np.ndarray) -> np.ndarray:
    """Matrix (n, n) that multiplies frequency k of a function by weights[k]."""
    return np.fft.ifft(np.fft.fft(np.eye(len(weights))) * weights).real


def flow(
    kernel: np.ndarray, start: np.ndarray, times: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Residual (T, n) of the gradient flow dr/dt = -K S r, exactly.

    Parameters
    ----------
    kernel : K (n, n), a kernel on n even points over n.
    start : (n,) the residual at time 0.
    times : (T,) in units of 1/(largest rate).
    weights : (n,) what S multiplies each frequency of the residual by, in the order of
        numpy.fft: all ones for the plain loss, k^2 for a loss of slopes.
    """
    # The flow of S^{1/2} r has the symmetric matrix S^{1/2} K S^{1/2}.
    root, back = multiplier(weights**0.5), multiplier(weights**-0.5)
    rates, vectors = np.linalg.eigh(root @ kernel @ root)
    decay = np.exp(-np.outer(times, rates / rates[-1]))
    return (decay * (start @ root @ vectors)) @ vectors.T @ back


def inputs(knob: str, strength: float) -> np.ndarray:
    """What the network is given (n, d): cos and sin of x, or of more frequencies."""
    shares = {1: 1.0}
    if knob == "features":
        shares = {1: 1 - strength, 4: strength / 3, 5: strength / 3, 6: strength / 3}
    columns = []
    for k, share in shares.items():
        columns.append(share**0.5 * np.cos(k * ANGLE))
        columns.append(share**0.5 * np.sin(k * ANGLE))
    return np.array(columns).T


def kernel_at_start(knob: str, strength: float) -> np.ndarray:
    """The kernel (n, n) over n that the seeded network has at its start."""
    activation, weight_std, bias_std, output_std = "relu", 1.0, 1.0, 1.0
    if knob in ("inner", "parity"):
        activation, weight_std, output_std = "tanh", 20**strength, 30**strength
    if knob == "inner":
        bias_std = weight_std
    if knob == "sine":
        activation, weight_std = "sine", 15**strength
    draw = np.random.default_rng(0).standard_normal
    U = inputs(knob, strength)
    inner = draw((U.shape[1] + 1, WIDTH))
    outer = output_std * draw(WIDTH)
    kernel = finite_two_layer_ntk(U, inner, outer, activation, weight_std, bias_std)
    return kernel / POINTS


@lru_cache(256)
def training(knob: str, strength: float) -> Training:
    """What one knob at one strength does to the training."""
    frequencies = np.fft.fftfreq(POINTS, 1 / POINTS)
    power = 2 * strength if knob == "sobolev" else 0
    weights = (frequencies**2 + 0.01) ** power
    loudness = strength if knob == "amplitudes" else 0
    amplitudes = LOUD**loudness
    target = amplitudes @ SINES
    residual = flow(
        kernel_at_start(knob, strength), -amplitudes @ SINES, TIMES, weights
    )
    error = np.abs(residual @ SINES.T) * 2 / POINTS / amplitudes
    # The first record that is below and stays there; the last one stands for never.
    late = TIMES.size - np.argmax(error[::-1] >= BELOW, axis=0)
    learned = TIMES[np.minimum(late, TIMES.size - 1)]
    return Training(target, residual, error, learned)


def frame(knob: str, strength: float) -> dict[str, np.ndarray]:
    run = training(knob, strength)
    arrays = {
        "time": TIMES[DRAWN],
        "mode": np.arange(len(MODES)),
        "learned": run.learned,
        "usual": training(knob, 0.0).learned,
        "from": TIMES[:1],
        "to": TIMES[-1:],
        "threshold": np.array([BELOW]),
        "angle": ANGLE[::2],
        "target": run.target[::2],
        "network": (run.residual + run.target)[DRAWN, ::2],
    }
    for k, error in zip(MODES, run.error.T):
        arrays[f"error_{k}"] = np.maximum(error, 1e-3)[DRAWN]
    return arrays


def in_words(time: float) -> str:
    return "never" if time >= TIMES[-1] else f"at {time:.3g}"


def summary(arrays: dict[str, np.ndarray], params: dict) -> str:
    times = [f"wave {k} {in_words(t)}" for k, t in zip(MODES, arrays["learned"])]
    now = arrays["learned"][-1] / arrays["learned"][0]
    usual = arrays["usual"][-1] / arrays["usual"][0]
    return (
        f"Error down to 20 % for good: {', '.join(times)}. Wave 5 takes {now:.3g} times"
        f" as long as wave 1 ({usual:.3g} times at strength 0)."
    )


def verdict(arrays: dict[str, np.ndarray], params: dict, choice: str) -> str:
    times = arrays["learned"]
    order = np.argsort(times, kind="stable")
    first, last = order[0], order[-1]
    said = f"You said {CHOICES[choice]}."
    if times[last] < TOGETHER * times[first]:
        ratio = times[last] / times[first]
        return f"{said} All come nearly together, the last {ratio:.2g} times as late."
    return (
        f"{said} Wave {MODES[last]} is last, {in_words(times[last])}; the order is"
        f" {', '.join(str(MODES[i]) for i in order)}."
    )


CURVES = [
    line("time", f"error_{k}", label=f"wave {k}", color=color)
    for k, color in COLORS.items()
]
THRESHOLD = segments(
    "from",
    "threshold",
    x2="to",
    y2="threshold",
    label="20 %",
    color="grey",
    dash=True,
    width=1,
)
ERRORS = Panel(
    "Error of each wave",
    x=Axis("time × largest rate", log=True),
    y=Axis("relative error", log=True, low=1e-3, high=4),
    marks=(*CURVES, THRESHOLD),
    time=True,
)
LEARNED = Panel(
    "Time until 20 % is left",
    x=Axis("wave", low=-0.6, high=4.6, names=tuple(map(str, MODES))),
    y=Axis("time × largest rate", log=True, low=0.1, high=1e6),
    marks=(
        stem("mode", "usual", label="strength 0", width=30, hollow=True),
        stem("mode", "learned", label="this strength", width=14, answer=True),
    ),
)
NOW = Panel(
    "Target and network at the moment",
    x=Axis("angle x (radians)", low=-np.pi, high=np.pi, pi=True),
    y=Axis("value"),
    marks=(
        line("angle", "target", label="target", color="grey", width=3),
        line("angle", "network", label="network", moving=True),
    ),
)

EXPLORER = Explorer(
    name="when_it_fails",
    title="Which knob breaks the order?",
    hint="Then open Change the experiment. Strength 0 is the usual order.",
    params={
        "knob": Choice("What changes", "parity", KNOBS),
        "strength": Number("Strength", 1, low=0, high=1),
    },
    presets={"knob": list(KNOBS), "strength": [0, 0.25, 0.5, 0.75, 1]},
    panels=(ERRORS, LEARNED, NOW),
    frame=frame,
    summary=summary,
    time="time",
    question=Question("Which wave is learned last?", CHOICES, verdict),
    doc=__doc__,
)
