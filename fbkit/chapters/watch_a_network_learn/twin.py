"""A two-layer network trained on the circle: twin of `engine.js`.

The same functions init, aim, step and frame give the same arrays from the same
parameters, to rounding:

    f(u) = m^{-1/2} sum_j a_j sigma(w_j.u + b_j),  u = (cos t, sin t),

every weight trained by full-batch gradient descent on the loss 1/2 mean r^2. A ReLU
unit is active on one arc of the circle, so prefix sums make a step cost O(width +
points); other activations, and `dense`, take each unit at each point.
"""

import numpy as np

from fbkit.activations import activation
from fbkit.explorers.generator import normals
from fbkit.kernels import circle_rates, finite_two_layer_ntk, two_layer_profile

N, MODES, FLOOR = 128, np.arange(9), 1e-4
ANGLE = -np.pi + 2 * np.pi / N * np.arange(N)
C, S = np.cos(ANGLE), np.sin(ANGLE)


def init(params):
    """A network at its start: w, b, a standard normal, and the second half of the units
    the first with a reversed.
    """
    w1, w2, b, a = normals(params["seed"], 2 * params["width"]).reshape(
        4, -1
    )  # (width/2,) each
    s = {
        "w1": np.tile(w1, 2),
        "w2": np.tile(w2, 2),
        "b": np.tile(b, 2),
        "a": np.r_[a, -a],
    } | params
    s["prefix"] = params["activation"] == "relu" and not params.get("dense")
    U = np.array([C, S]).T
    K = finite_two_layer_ntk(U, np.array([w1, w2, b]), a, params["activation"]) / N
    # A Rayleigh quotient of cos kt and sin kt sees only the kernel's mean over each
    # angle.
    s["finite"] = np.array(
        [(K * np.cos(k * (ANGLE - ANGLE[:, None]))).sum() / N for k in MODES]
    )
    s["infinite"] = circle_rates(
        lambda theta: two_layer_profile(theta, params["activation"]), N, MODES[-1]
    )
    return aim(s | {"cap": 1 / np.linalg.eigvalsh(K)[-1]}, params)


def aim(s, params):
    """A new target or learning rate: the network stays, the clock starts again."""
    target = np.array(params["amplitudes"]) @ np.sin(np.outer(MODES[1:9], ANGLE))
    lr = params["lr"] if params.get("uncapped") else min(params["lr"], s["cap"])
    s |= {"target": target, "amplitudes": np.array(params["amplitudes"]), "lr": lr}
    s |= {"steps": 0, "next": 1, "times": [], "heat": np.zeros((0, len(MODES)))}
    return s | {"start": spectrum(forward(s)[0])}


def forward(s):
    """The residual f - y (N,) and what the step needs: units and slopes (width, N), or
    for prefix sums the active points lo .. hi - 1 of each unit, on a circle unrolled
    twice.
    """
    U = np.array([s["w1"], s["w2"], s["b"]])  # (3, width)
    if not s["prefix"]:
        sigma, z = activation(s["activation"]), U.T @ [C, S, np.ones(N)]
        V, D = sigma.value(z), sigma.slope(z)
        return s["a"] @ V / np.sqrt(len(V)) - s["target"], V, D
    h, middle = -U[2] / np.hypot(U[0], U[1]), np.arctan2(U[1], U[0]) + np.pi
    reach = np.arccos(np.clip(h, -1, 1))
    lo = np.where(h < -1, 0, np.floor((middle - reach) * N / (2 * np.pi)) + 1).astype(
        int
    )
    count = np.where(
        h < -1, N, np.maximum(0, np.ceil((middle + reach) * N / (2 * np.pi)) - lo)
    ).astype(int)
    lo = lo % N
    jumps = [
        np.bincount(lo, u, 2 * N + 1) - np.bincount(lo + count, u, 2 * N + 1)
        for u in s["a"] * U
    ]
    A = (
        np.cumsum(jumps, axis=1)[:, :-1].reshape(3, 2, N).sum(1)
    )  # slopes and offset of f at each point
    return (
        (A * [C, S, np.ones(N)]).sum(0) / np.sqrt(len(h)) - s["target"],
        lo,
        lo + count,
    )


def step(s, count):
    """`count` steps of full-batch gradient descent on the loss 1/2 mean r^2, records
    log-spaced.
    """
    for _ in range(count):
        r, lo, hi = forward(s)
        if s["steps"] == s["next"]:
            s["times"].append(s["lr"] * s["steps"])
            s["heat"] = np.vstack([s["heat"], np.log10(np.maximum(spectrum(r), FLOOR))])
            s["next"] = max(s["next"] + 1, int(np.ceil(s["next"] * 1.08)))
        R = r * [C, S, np.ones(N)]  # (3, N)
        U, rate = (
            np.array([s["w1"], s["w2"], s["b"]]),
            s["lr"] / (N * np.sqrt(len(s["a"]))),
        )
        if s["prefix"]:
            P = np.hstack([np.zeros((3, 1)), np.cumsum(np.hstack([R, R]), axis=1)])
            G = P[:, hi] - P[:, lo]  # (3, width), sums of r s' (u, 1)
            V = (U * G).sum(0)
        else:
            G, V = R @ hi.T, lo @ r
        U = U - rate * s["a"] * G
        s["a"] = s["a"] - rate * V
        s["w1"], s["w2"], s["b"], s["steps"] = *U, s["steps"] + 1
    return s


def spectrum(r):
    """Amplitude of each frequency of `r`, in units of sin kt."""
    return (
        np.abs(np.exp(-1j * np.outer(MODES, ANGLE)) @ r) * np.where(MODES > 0, 2, 1) / N
    )


def frame(s):
    """The arrays of the picture."""
    r, asked = forward(s)[0], MODES[(s["start"] > 0.02) & (MODES > 0)]
    arrays = {
        k: s[k]
        for k in ("target", "start", "infinite", "finite", "times", "amplitudes")
    }
    arrays |= {
        "angle": ANGLE,
        "network": r + s["target"],
        "modes": MODES,
        "handles": MODES[1:9],
    }
    arrays |= {
        "residual": spectrum(r),
        "heat": s["heat"],
        "state": np.array([s["steps"], s["lr"] * s["steps"]]),
    }
    return arrays | {
        "predicted_mode": asked,
        "predicted_time": np.log(5) / s["infinite"][asked],
    }
