"""Sixteen waves under gradient descent, heavy ball and Nesterov: twin of `engine.js`.

Each wave is one number that follows e_{s+1} = T e_s - D e_{s-1} from rest; its rate is
1/k^2. Errors that grow are cut off at ten times the start.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fbkit.dynamics import METHODS

WAVES = np.arange(1, 17)
LAST = 1500  # steps
MOMENTS = np.unique(np.append(np.arange(31), np.round(30 * 50 ** (np.arange(46) / 45))))
SHOWN = np.unique(
    np.append(np.arange(201), np.round(200 * 7.5 ** (np.arange(81) / 80)))
)
Z = 10 ** (-4 + 4.6 * np.arange(33) / 32)  # of the plane
BETAS = 0.98 * np.arange(22) / 21
HIGHEST = 10.0
LEARNED = 0.1
RACE = {"gd": "gd", "heavy_ball": "heavy", "nesterov": "nesterov"}


def errors(z: np.ndarray, beta: np.ndarray | float, method: str) -> np.ndarray:
    """What is left of modes after each step, (LAST + 1, ...), step by step."""
    trace, det = METHODS[method].recursion(z, beta)
    now = before = np.ones(np.shape(z))
    found = [now]
    for _ in range(LAST):
        now, before = np.clip(trace * now - det * before, -HIGHEST, HIGHEST), now
        found.append(now)
    return np.array(found)


def never_above(error: np.ndarray) -> np.ndarray:
    """The largest size that an error still has from each step on."""
    return np.maximum.accumulate(np.abs(error)[::-1])[::-1]


def first_below(left: np.ndarray) -> np.ndarray:
    """The step from which on a mode is learned; 0 where it is not by the last."""
    learned = left[-1] < LEARNED
    return np.where(learned, np.argmax(left < LEARNED, axis=0), 0)


def borders(method: str) -> dict[str, np.ndarray]:
    """Where modes begin to swing, and where they begin to grow."""
    part = np.arange(61) / 60
    if method == "heavy_ball":
        root = 1 - 2 * part  # of the momentum, with a sign
        swing = (1 - root) ** 2, root**2
        grow = 2 + 2 * part, part
    else:
        back = 1 - part
        # The region ends at z = 1, whatever the momentum.
        swing = np.append(part**2 / (1 + back) ** 2, 1), np.append(back, 1)
        grow = (2 + 2 * back) / (1 + 2 * back), back
    names = ("swing_z", "swing_beta", "grow_z", "grow_beta")
    return dict(zip(names, (*swing, *grow)))


def frame(
    method: str, lr: float, wave: int, beta: Sequence[float]
) -> dict[str, np.ndarray]:
    """The arrays of the picture."""
    (momentum,) = beta
    z = lr / WAVES**2
    moments, shown = MOMENTS.astype(int), SHOWN.astype(int)
    grid = np.meshgrid(Z, BETAS, indexing="ij")
    plane = never_above(errors(*grid, method))[moments]
    arrays = {
        "moments": MOMENTS,
        "shown": SHOWN,
        "waves": WAVES,
        "z": Z,
        "betas": BETAS,
        "plane": np.log10(np.maximum(plane, 1e-4)),
        "row": z,
        "row_beta": np.full(len(WAVES), momentum),
        "handle": z[[wave - 1]],
        "handle_beta": np.array([momentum]),
        **borders(method),
    }
    for name, short in RACE.items():
        every = errors(z, momentum, name)
        left = never_above(every)
        reached = first_below(left)
        arrays[f"{short}_now"] = np.minimum(left[moments], 1.2)
        arrays[f"{short}_reached"] = reached
        arrays[f"{short}_time"] = reached[reached > 0]
        arrays[f"{short}_wave"] = WAVES[reached > 0]
        if name == "gd":
            arrays["plain"] = np.clip(every[shown, wave - 1], -1.2, 1.2)
        if name == method:
            arrays["error"] = np.clip(every[shown, wave - 1], -1.2, 1.2)
            arrays["envelope"] = np.minimum(left[shown, wave - 1], 1.2)
    return arrays | {"below": -arrays["envelope"]}
