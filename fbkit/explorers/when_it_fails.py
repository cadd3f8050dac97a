"""Explorer: which change to the network, the loss or the target breaks the order low before high?"""

from functools import lru_cache

import numpy as np

from fbkit.explorers.explorer import Axis, Choice, Explorer, Number, Panel, line, scatter, segments, stem
from fbkit.explorers.two_layer import flow, kernel

N, WIDTH, MODES, BELOW = 128, 128, np.array([1, 3, 5]), 0.2
ANGLE = -np.pi + 2 * np.pi / N * np.arange(N)
TIME = np.geomspace(0.1, 1e6, 701)
SINES = np.sin(np.outer(MODES, ANGLE))  # (3, N)


@lru_cache(256)
def training(knob, strength):
    """Target (N,), residual (T, N), relative error (T, 3) and time to 20 % (3,) in lazy training, exactly."""
    draw = np.random.default_rng(0).standard_normal
    inputs = {1: 1 - strength, 4: strength / 3, 5: strength / 3, 6: strength / 3} if knob == "features" else {1: 1}
    U = np.vstack([np.sqrt(p) * np.array([np.cos(k * ANGLE), np.sin(k * ANGLE)]) for k, p in inputs.items()]).T  # (N, d)
    settings = {"inner": ("tanh", 20**strength, 30**strength), "sine": ("sine", 15**strength, 1.0)}
    activation, weight_std, output_std = settings.get(knob, ("relu", 1.0, 1.0))
    K = kernel(U, draw((U.shape[1] + 1, WIDTH)), output_std * draw(WIDTH), activation, weight_std) / N
    weights = (np.fft.fftfreq(N, 1 / N) ** 2 + 0.01) ** (2 * strength if knob == "sobolev" else 0)
    amplitudes = np.array([0.05, 0.3, 3.0]) ** (strength if knob == "amplitudes" else 0)
    residual = flow(K, -amplitudes @ SINES, TIME, weights)
    error = np.abs(residual @ SINES.T) * 2 / N / amplitudes
    late = TIME.size - np.argmax(error[::-1] >= BELOW, axis=0)  # first record that is below and stays there
    return amplitudes @ SINES, residual, error, TIME[np.minimum(late, TIME.size - 1)]


def frame(knob, strength):
    target, residual, error, learned = training(knob, strength)
    arrays = {f"error_{k}": np.maximum(e, 1e-3)[::10] for k, e in zip(MODES, error.T)}
    arrays |= {"time": TIME[::10], "mode": np.arange(3), "learned": learned, "usual": training(knob, 0.0)[3]}
    arrays |= {"from": TIME[:1], "to": TIME[-1:], "threshold": np.array([BELOW])}
    return arrays | {"angle": ANGLE[::2], "target": target[::2], "network": (residual + target)[::10, ::2]}


def summary(arrays, params):
    words = [f"mode {k} {'never' if t >= TIME[-1] else f'at {t:.3g}'}" for k, t in zip(MODES, arrays["learned"])]
    now, usual = arrays["learned"][2] / arrays["learned"][0], arrays["usual"][2] / arrays["usual"][0]
    times = f"mode 5 takes {now:.2g} times as long as mode 1 (strength 0: {usual:.2g} times)"
    return f"Error down to 20 % for good: {', '.join(words)}; {times}."


KNOBS = {
    "inner": "large weights (tanh)",
    "sine": "sine units, higher and higher",
    "sobolev": "a loss of slopes, then curvature",
    "amplitudes": "a faint low note, a loud high one",
    "features": "high-frequency inputs",
}
EXPLORER = Explorer(
    name="when_it_fails",
    title="Which knob breaks the order?",
    hint="Turn the strength up and compare the bars. Curves: the exact flow of one network's kernel (128 units, lazy training).",
    params={"knob": Choice("What changes", "inner", KNOBS), "strength": Number("Strength", 0.0, 0, 1)},
    presets={"knob": list(KNOBS), "strength": [0, 0.25, 0.5, 0.75, 1]},
    panels=(
        Panel("Error of each mode", Axis("time x largest rate", log=True), Axis("relative error", log=True, low=1e-3, high=4), (
            *(line("time", f"error_{k}", label=f"mode {k}", color=c) for k, c in zip(MODES, ("blue", "orange", "green"))),
            segments("from", "threshold", x2="to", y2="threshold", label="20 %", color="grey", dash=True, width=1),
        ), time=True),
        Panel("Time until 20 % is left", Axis("mode", low=-0.6, high=2.6, names=("1", "3", "5")),
              Axis("time x largest rate", log=True, low=0.1, high=1e6), (
            stem("mode", "usual", label="strength 0", width=40, hollow=True),
            stem("mode", "learned", label="this strength", width=20),
        )),
        Panel("Target and network at the moment", Axis("angle t (radians)", low=-np.pi, high=np.pi), Axis("value"), (
            line("angle", "target", label="target", color="grey", width=3),
            line("angle", "network", label="network", moving=True),
        ), wide=True),
    ),
    frame=frame, summary=summary, time="time",
)  # fmt: skip
