"""The closed forms behind the explorer of drawn frequencies: twin of `engine.js`.

A network of Fourier features of whole frequencies on the circle: frequency k has the
rate (share of the features)/2.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

MODES = np.arange(1, 13)  # frequencies that features may have
ANGLE = -np.pi + 2 * np.pi / 240 * np.arange(241)
TIMES = 10 ** (np.arange(61) / 30)
# Amplitudes of the frequencies, by the name of the target.
TARGETS = {
    "three": np.select([MODES == 2, MODES == 8, MODES == 12], [1, 0.5, 0.15]),
    "sines": 1.0 * np.isin(MODES, (1, 5, 10)),
    "square": MODES % 2 / MODES,
    "edge": 1 / MODES,
    "flat": np.full(12, 0.4),
}
BOTTOM = 1.2e-5  # of the panel of powers


def best_shares(amplitude: np.ndarray, budget: float) -> tuple[np.ndarray, np.ndarray]:
    """The shares (12,) that leave the least power, and the power (12,) they leave.

    A share s of the features leaves exp(-s budget) of a frequency's power. The best
    ones cut every power down to one water level.
    """
    power = amplitude**2 / 2
    level = np.log(power, where=power > 0, out=np.full(len(power), -np.inf))
    top = np.sort(level[np.isfinite(level)])[::-1]
    # The frequencies above the water have the sum of level - nu for budget.
    nu = np.max((np.cumsum(top) - budget) / np.arange(1, len(top) + 1))
    return np.maximum(level - nu, 0) / budget, np.exp(np.minimum(level, nu))


def times_until_learned(share: np.ndarray) -> np.ndarray:
    """When 20 % is left of each frequency; 0 stands for never."""
    given = share > 0
    return np.where(given, 2 * np.log(5) / np.where(given, share, 1), 0)


def frame(target: str, budget: float, counts: Sequence[float]) -> dict[str, np.ndarray]:
    """The arrays of the picture."""
    counts = np.array(counts)
    share = counts / max(counts.sum(), 1)
    amplitude = TARGETS[target]
    power = amplitude**2 / 2
    left = np.exp(-np.outer(TIMES, share / 2))  # (T, 12), of the amplitudes
    best, least = best_shares(amplitude, budget)
    until = times_until_learned(share)
    found = (amplitude > 0) & (until > 0) & (until <= TIMES[-1])
    at_budget = np.array([power @ np.exp(-share * budget), least.sum()])
    return {
        "moments": TIMES,
        "angle": ANGLE,
        "target": np.sin(np.outer(ANGLE, MODES)) @ amplitude,
        "network": ((1 - left) * amplitude) @ np.sin(np.outer(MODES, ANGLE)),
        "modes": MODES,
        "counts": counts,
        "best": best * counts.sum(),
        "power": power,
        "left": power * np.maximum(left**2, 1e-6),
        # At the bottom of the panel, not below it.
        "least": np.where(power > 0, np.maximum(least, BOTTOM), 0),
        "heat": np.log10(np.maximum(left, 1e-4)),
        "learned": until[found],
        "learned_mode": MODES[found],
        "until": until,
        "at": np.array([budget]),
        "low": np.array([0.5]),
        "high": np.array([12.5]),
        "end": 100 * at_budget / power.sum(),
    }
