"""Explorer: two equal packets of waves, one at 0 and one further out, being learned.

The target is exp(−x²) cos(kx) at 0, and the same once more at the place. Infinitely
many waves, even data, exact gradient flow on ½∫r²dx, all weights trained: the equation
by linear finite elements on 801 frequencies from −16 to 16. Dashed: the frequencies
held still, a closed form. What is left is a root mean square, over the start's, on
either side of the middle between the packets. A uniform p ends at √3 standard
deviations, softened over 0.1. The picture by frequency shows the real part.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fbkit.explorers import Axis, Choice, Explorer, Number, Panel, Question, line

FREQUENCIES = np.linspace(-16, 16, 801)
TIMES = np.append(0, np.geomspace(0.05, 20, 17))
SHOWN = slice(400, 701, 3)  # frequencies 0 to 12
X = np.linspace(-3, 8, 111)
LEARNED = 0.2
CHOICES = {
    "near": "the packet at 0",
    "far": "the packet further out",
    "both": "both at the same time",
}


def density(shape: str) -> Callable[[np.ndarray], np.ndarray]:
    """The density p of the initial frequencies, of standard deviation 3."""
    if shape == "normal":
        return lambda w: np.exp(-(w**2) / 18) / np.sqrt(18 * np.pi)
    reach = 3**0.5 * 3  # the same standard deviation

    def softened(w: np.ndarray) -> np.ndarray:
        beyond = np.clip((np.abs(w) - reach) / 0.1, -50, 50)
        return 1 / (1 + np.exp(beyond)) / (2 * reach)

    return softened


def transform(frequency: float, place: float) -> np.ndarray:
    """Of both packets, at FREQUENCIES: a hump at +-frequency, and a ripple on it."""
    humps = [np.exp(-np.square(FREQUENCIES + k) / 4) for k in (frequency, -frequency)]
    return np.pi**0.5 / 2 * sum(humps) * (1 + np.exp(-1j * FREQUENCIES * place))


def sides(missing: np.ndarray, place: float) -> np.ndarray:
    """Root of the sum of squares at either packet, (2, T); a transform (T, 801)."""
    x = np.linspace(-6, 12, 289)
    spacing = FREQUENCIES[1] - FREQUENCIES[0]
    back = np.exp(1j * np.outer(FREQUENCIES, x)) * spacing / (2 * np.pi)
    values = (missing @ back).real
    parts = (x < place / 2, x > place / 2)
    return np.array([np.linalg.norm(values[:, part], axis=1) for part in parts])


def frame(
    alpha: float, frequency: float, place: float, shape: str
) -> dict[str, np.ndarray]:
    from fbkit.pde import ntk_pde_1d

    start, p = transform(frequency, place), density(shape)
    missing = ntk_pde_1d(p, alpha, start, FREQUENCIES, TIMES).meta["field"]
    held = ntk_pde_1d(p, 0, start, FREQUENCIES, TIMES).meta["field"]
    spacing = FREQUENCIES[1] - FREQUENCIES[0]
    back = np.exp(1j * np.outer(FREQUENCIES, X)) * spacing / (2 * np.pi)
    near, far = sides(missing, place)
    near_held, far_held = sides(held, place)
    return {
        "time": TIMES,
        "x": X,
        "target": (start @ back).real,
        "missing": (missing @ back).real,
        "frequency": FREQUENCIES[SHOWN],
        "before": start.real[SHOWN],
        "now": missing.real[:, SHOWN],
        "near": near / near[0],
        "far": far / far[0],
        "near_held": near_held / near_held[0],
        "far_held": far_held / far_held[0],
    }


def learned(left: np.ndarray) -> float:
    """The time at which 20 % is left, between moments along the logarithm; or inf."""
    after = np.argmax(left < LEARNED)
    if left[after] >= LEARNED:
        return np.inf
    high, low = np.log(left[after - 1 : after + 1] / LEARNED)
    return TIMES[after - 1] + (TIMES[after] - TIMES[after - 1]) * high / (high - low)


def when(left: np.ndarray) -> str:
    time = learned(left)
    return f"at time {time:.2g}" if time < np.inf else "not by time 20"


def summary(arrays: dict[str, np.ndarray], params: dict) -> str:
    return (
        f"Down to 20 %: the packet at 0 {when(arrays['near'])}, the one at"
        f" {params['place']:g} {when(arrays['far'])}."
    )


def verdict(arrays: dict[str, np.ndarray], params: dict, choice: str) -> str:
    """Which packet was down to 20 % first, for who said `choice`."""
    near, far = learned(arrays["near"]), learned(arrays["far"])
    if min(near, far) == np.inf:
        return f"You said {CHOICES[choice]}. Neither is learned by time 20."
    first = "far" if far < 0.98 * near else "near" if near < 0.98 * far else "both"
    return f"You said {CHOICES[choice]}. First is {CHOICES[first]}."


IN_SPACE = Panel(
    "Still missing, at each place",
    x=Axis("x"),
    y=Axis("target − output", low=-1.1, high=1.1),
    marks=(
        line("x", "target", label="at the start", color="grey", width=1),
        line("x", "missing", label="now", moving=True),
    ),
)
BY_FREQUENCY = Panel(
    "The same, at each frequency",
    x=Axis("frequency ξ", low=0, high=12),
    y=Axis("real part of the transform", low=-0.5, high=2),
    marks=(
        line("frequency", "before", label="at the start", color="grey", width=1),
        line("frequency", "now", label="now", moving=True),
    ),
)
OVER_TIME = Panel(
    "What is left of each packet",
    x=Axis("gradient-flow time", log=True),
    y=Axis("share", log=True, low=1e-2, high=1.2),
    marks=(
        line("time", "near", label="packet at 0"),
        line("time", "far", label="further out", color="orange"),
        line(
            "time",
            "near_held",
            label="dashed: frequencies held",
            width=1,
            dash=True,
            answer=True,
        ),
        line("time", "far_held", color="orange", width=1, dash=True, answer=True),
    ),
    time=True,
)

EXPLORER = Explorer(
    name="frequency_pde",
    title="Two packets are learned",
    hint="Press Play. Then set α = 0: it holds the frequencies still.",
    params={
        "alpha": Number("α, size of the outer weights", 0.5, low=0, high=1.5),
        "place": Number("Place of the second packet", 5, low=1.5, high=5.5),
        "frequency": Number("Frequency of both packets", 5, low=2, high=8),
        "shape": Choice(
            "Density p of the network's frequencies",
            "normal",
            {"normal": "normal", "uniform": "uniform, up to 5.2"},
        ),
    },
    presets={
        "alpha": [0, 0.5, 1],
        "place": [2, 5],
        "frequency": [3, 5, 7],
        "shape": ["normal", "uniform"],
    },
    panels=(IN_SPACE, BY_FREQUENCY, OVER_TIME),
    frame=frame,
    summary=summary,
    time="time",
    question=Question("Which packet is learned first?", CHOICES, verdict),
    doc=__doc__,
)
