"""The closed forms behind the explorer of the circle: twin of `engine.js`.

The kernel of an infinitely wide ReLU network gives rates by frequency, and these the
error of every mode after any number of steps of gradient descent, at the points and
between them. No step is ever taken.
"""

import numpy as np

from fbkit.kernels import ntk_profile

MODES, FINE, LEFT = np.arange(9), 4096, 0.2
STEPS = np.unique(np.round(10 ** (np.arange(61) / 12)))


def rates(row):
    """Averages of a kernel's row over n even angles against cos kθ, k = 0..8."""
    lam = (
        np.cos(2 * np.pi / len(row) * (np.outer(MODES, np.arange(len(row))) % len(row)))
        @ row
        / len(row)
    )
    return np.where(lam < 1e-12, 0.0, lam)


def frame(depth, bias, points, lr, mode, amplitudes, steps=0):
    """The arrays of the picture; `steps` is there for the front end, which asks an
    engine for a number of them.
    """

    def row(n):
        return ntk_profile(2 * np.pi / n * np.arange(n), **net) / ntk_profile(
            0.0, **net
        )

    net = {"depth": depth, "bias_variance": bias}
    q = -(-128 // points)  # the curve has q angles for each point
    K, lam, amplitudes = row(points * q), rates(row(points)), np.array(amplitudes)
    z = min(lr, 1.9 / lam.max()) * lam
    angle, theta = (
        -np.pi + 2 * np.pi / m * np.arange(m + 1) for m in (points * q, 128)
    )
    x = angle[:-1:q]
    target = np.sin(np.outer(angle, MODES[1:])) @ amplitudes
    place = (np.arange(points * q + 1)[:, None] - q * np.arange(points)) % (points * q)
    learned = (
        K[place]
        @ np.sin(np.outer(x, MODES[1:]))
        / points
        / np.where(lam > 0, lam, np.inf)[1:]
    )  # (angles, 8)
    left = np.abs(1 - z) ** STEPS[:, None]
    with np.errstate(divide="ignore"):
        until = np.maximum(
            1, np.ceil(np.log(LEFT) / np.log(np.abs(1 - np.where(z > 0, z, 1))))
        )
    found = (z > 0) & (until <= STEPS[-1])
    kernel, wave = np.roll(row(128), 64)[np.arange(129) % 128], np.cos(mode * theta)
    arrays = {
        "moments": STEPS,
        "steps": STEPS,
        "angle": angle,
        "points": x,
        "theta": theta,
        "kernel": kernel,
    }
    arrays |= {
        "wave": wave,
        "product": kernel * wave,
        "modes": MODES,
        "handles": MODES[1:],
        "amplitudes": amplitudes,
    }
    arrays |= {
        "network": ((1 - (1 - z) ** STEPS[:, None])[:, 1:] * amplitudes) @ learned.T,
        "rates": lam,
    }
    arrays |= {
        "target": target,
        "data": target[:-1:q],
        "limit": rates(row(FINE)),
        "residual": left[:, 1:] * amplitudes,
    }
    arrays |= {"heat": np.log10(np.maximum(left, 1e-4))}
    return arrays | {
        "learned": until[found],
        "learned_mode": MODES[found],
        "until": np.where(z > 0, until, 0),
    }
