"""Explorer: which change to the network, the loss or the target breaks the order low
before high?

Lazy training: the kernel that one seeded two-layer network of 128 units has at its
start, kept fixed. With strength s: tanh with inner weights × 20^s and outer weights ×
30^s; sine with inner weights × 15^s; ReLU with the loss weight (k² + 0.01)^(2s) on mode
k (s = 0.5 measures slopes, s = 1 curvature); amplitudes 0.05^s, 0.3^s, 3^s; or cos and
sin of 4x, 5x, 6x as inputs (share s) beside those of x. Time is counted in units of
1/(largest rate).
"""

from functools import lru_cache

import numpy as np

from fbkit.explorers import Axis, Choice, Explorer, Number, Panel, line, segments, stem
from fbkit.kernels import finite_two_layer_ntk

N, WIDTH = 128, 128
ANGLE = -np.pi + 2 * np.pi / N * np.arange(N)
MODES, COLORS, BELOW = np.array([1, 3, 5]), ("blue", "orange", "green"), 0.2
TIME = np.geomspace(0.1, 1e6, 701)
SINES = np.sin(np.outer(MODES, ANGLE))  # (3, N)


def flow(K, start, times, weights):
    """Residual (T, n) of the gradient flow dr/dt = -K S r from `start` (n,), exactly;
    time in 1/(largest rate).

    K (n, n) is a kernel on n even points over n; S multiplies frequency k of the
    residual by `weights`[k] (n,), in the order of numpy.fft: all ones for the plain
    loss, k^2 for a loss of slopes.
    """
    root, back = (
        np.fft.ifft(np.fft.fft(np.eye(len(K))) * w).real
        for w in (weights**0.5, weights**-0.5)
    )
    rates, vectors = np.linalg.eigh(
        root @ K @ root
    )  # S^{1/2} K S^{1/2}, of the residual S^{1/2} r
    return (
        np.exp(-np.outer(times, rates / rates[-1]))
        * (start @ root @ vectors)
        @ vectors.T
        @ back
    )


@lru_cache(256)
def training(knob, strength):
    """Target (N,), residual (T, N), relative error (T, 3) and time to 20 % (3,) in lazy
    training, exactly.
    """
    draw = np.random.default_rng(0).standard_normal
    inputs = (
        {1: 1 - strength, 4: strength / 3, 5: strength / 3, 6: strength / 3}
        if knob == "features"
        else {1: 1}
    )
    U = np.array(
        [
            p**0.5 * wave(k * ANGLE)
            for k, p in inputs.items()
            for wave in (np.cos, np.sin)
        ]
    ).T  # (N, d)
    settings = {
        "inner": ("tanh", 20**strength, 30**strength),
        "sine": ("sine", 15**strength, 1.0),
    }
    activation, weight_std, output_std = settings.get(knob, ("relu", 1.0, 1.0))
    K = (
        finite_two_layer_ntk(
            U,
            draw((U.shape[1] + 1, WIDTH)),
            output_std * draw(WIDTH),
            activation,
            weight_std,
        )
        / N
    )
    weights = (np.fft.fftfreq(N, 1 / N) ** 2 + 0.01) ** (
        2 * strength if knob == "sobolev" else 0
    )
    amplitudes = np.array([0.05, 0.3, 3.0]) ** (strength if knob == "amplitudes" else 0)
    residual = flow(K, -amplitudes @ SINES, TIME, weights)
    error = np.abs(residual @ SINES.T) * 2 / N / amplitudes
    late = TIME.size - np.argmax(
        error[::-1] >= BELOW, axis=0
    )  # first record that is below and stays there
    return amplitudes @ SINES, residual, error, TIME[np.minimum(late, TIME.size - 1)]


def frame(knob, strength):
    target, residual, error, learned = training(knob, strength)
    arrays = {f"error_{k}": np.maximum(e, 1e-3)[::14] for k, e in zip(MODES, error.T)}
    arrays |= {
        "time": TIME[::14],
        "mode": np.arange(3),
        "learned": learned,
        "usual": training(knob, 0.0)[3],
    }
    arrays |= {"from": TIME[:1], "to": TIME[-1:], "threshold": np.array([BELOW])}
    return arrays | {
        "angle": ANGLE[::2],
        "target": target[::2],
        "network": (residual + target)[::14, ::2],
    }


def summary(arrays, params):
    words = [
        f"mode {k} {'never' if t >= TIME[-1] else f'at {t:.3g}'}"
        for k, t in zip(MODES, arrays["learned"])
    ]
    now, usual = (
        f"{arrays[a][2] / arrays[a][0]:.3g} times" for a in ("learned", "usual")
    )
    ratio = f"Mode 5 takes {now} as long as mode 1 ({usual} at strength 0)."
    return f"Error down to 20 % for good: {', '.join(words)}. {ratio}"


KNOBS = {
    "inner": "large weights",
    "sine": "sine units",
    "sobolev": "loss of slopes, curvature",
    "amplitudes": "loud high note",
    "features": "high-frequency inputs",
}
EXPLORER = Explorer(
    name="when_it_fails",
    title="Which knob breaks the order?",
    hint=(
        "Pick a change, move its strength, and compare the bars: is low still learned"
        " before high?"
    ),
    params={
        "knob": Choice("What changes", "inner", KNOBS),
        "strength": Number("Strength", 0.5, 0, 1),
    },
    presets={"knob": list(KNOBS), "strength": [0, 0.25, 0.5, 0.75, 1]},
    panels=(
        Panel(
            "Error of each mode (exact flow of the kernel)",
            Axis("time × largest rate", log=True),
            Axis("relative error", log=True, low=1e-3, high=4),
            (
                *(
                    line("time", f"error_{k}", label=f"mode {k}", color=c)
                    for k, c in zip(MODES, COLORS)
                ),
                segments(
                    "from",
                    "threshold",
                    x2="to",
                    y2="threshold",
                    label="20 %",
                    color="grey",
                    dash=True,
                    width=1,
                ),
            ),
            time=True,
            wide=True,
        ),
        Panel(
            "Time until 20 % is left",
            Axis("mode", low=-0.6, high=2.6, names=("1", "3", "5")),
            Axis("time × largest rate", log=True, low=0.1, high=1e6),
            (
                stem("mode", "usual", label="strength 0", width=40, hollow=True),
                stem("mode", "learned", label="this strength", width=20),
            ),
        ),
        Panel(
            "Target and network at the moment",
            Axis("angle x (radians)", low=-np.pi, high=np.pi, pi=True),
            Axis("value"),
            (
                line("angle", "target", label="target", color="grey", width=3),
                line("angle", "network", label="network", moving=True),
            ),
        ),
    ),
    frame=frame,
    summary=summary,
    time="time",
    doc=__doc__,
)
