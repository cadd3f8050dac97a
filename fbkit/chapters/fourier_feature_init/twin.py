"""The closed forms behind the explorer of drawn frequencies: twin of `engine.js`.

A network of Fourier features of whole frequencies on the circle: frequency k has the
rate (share of the features)/2.
"""

import numpy as np

K, ANGLE = np.arange(1, 13), -np.pi + 2 * np.pi / 240 * np.arange(241)
TIMES = 10 ** (np.arange(61) / 30)
TARGETS = {
    "three": np.select([K == 2, K == 8, K == 12], [1, 0.5, 0.15]),
    "sines": 1.0 * np.isin(K, (1, 5, 10)),
    "square": K % 2 / K,
    "edge": 1 / K,
    "flat": np.full(12, 0.4),
}


def waterfill(amplitude, budget):
    """The shares that leave the least power at time `budget`, and that power in each
    frequency.
    """
    level = np.log(amplitude**2 / 2, where=amplitude > 0, out=np.full(12, -np.inf))
    top = np.sort(level[amplitude > 0])[::-1]
    nu = (
        (np.cumsum(top) - budget) / np.arange(1, len(top) + 1)
    ).max()  # sum of level - nu above 0 is the budget
    return np.maximum(level - nu, 0) / budget, np.exp(np.minimum(level, nu))


def frame(target, budget, counts, steps=0):
    """The arrays of the picture; `steps` is there for the front end, which asks an
    engine for a number of them.
    """
    amplitude, counts = TARGETS[target], np.array(counts)
    share, power = counts / max(counts.sum(), 1), amplitude**2 / 2
    best, least = waterfill(amplitude, budget)
    left = np.exp(-np.outer(TIMES, share / 2))
    until = np.where(share > 0, 2 * np.log(5) / np.where(share > 0, share, 1), 0)
    found = (amplitude > 0) & (until > 0) & (until <= TIMES[-1])
    arrays = {
        "moments": TIMES,
        "angle": ANGLE,
        "target": np.sin(np.outer(ANGLE, K)) @ amplitude,
        "modes": K,
    }
    arrays |= {
        "network": ((1 - left) * amplitude) @ np.sin(np.outer(K, ANGLE)),
        "counts": counts,
        "power": power,
    }
    shown = np.where(
        power > 0, np.maximum(least, 1.2e-5), 0
    )  # at the bottom of the panel, not below it
    arrays |= {
        "best": best * counts.sum(),
        "least": shown,
        "left": power * np.maximum(left**2, 1e-6),
    }
    arrays |= {
        "heat": np.log10(np.maximum(left, 1e-4)),
        "learned": until[found],
        "learned_mode": K[found],
    }
    arrays |= {"until": until, "at": [budget], "low": [0.5], "high": [12.5]}
    return arrays | {
        "end": (
            100 * np.array([power @ np.exp(-share * budget), least.sum()]) / power.sum()
        )
    }
