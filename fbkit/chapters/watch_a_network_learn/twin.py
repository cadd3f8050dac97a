"""A two-layer network trained on the circle: twin of `engine.js`.

The same functions init, aim, step and frame give the same arrays from the same
parameters, to rounding:

    f(u) = m^{-1/2} sum_j a_j sigma(w_j.u + b_j),  u = (cos t, sin t),

every weight trained by full-batch gradient descent on the loss 1/2 mean r^2. A ReLU
unit is active on one arc of the circle, so prefix sums make a step cost O(width +
points); other activations, and `dense`, take each unit at each point.

A state is a dict: the weights w1, w2, b, a (width,), the parameters, what theory says
of the network at its start, the records of the error, and when modes were learned.
"""

from __future__ import annotations

import numpy as np

from fbkit.activations import activation
from fbkit.basis import circle
from fbkit.explorers.generator import normals
from fbkit.kernels import finite_two_layer_ntk, ntk, rates

POINTS = 128
MODES = np.arange(9)
SINES = MODES[1:]  # modes that a target may have
FLOOR = 1e-4  # of the amplitudes in the heat map
THERE = 0.02  # the least amplitude of a mode that the target has
LEARNED = 0.2  # of its error at the start: a mode that counts as learned
ANGLE = -np.pi + 2 * np.pi / POINTS * np.arange(POINTS)
COS, SIN = np.cos(ANGLE), np.sin(ANGLE)
INPUTS = np.array([COS, SIN, np.ones(POINTS)])  # (3, N), the last for the bias


def init(params: dict) -> dict:
    """A network at its start.

    w, b and a are standard normal; the second half of the units mirrors the first with
    a reversed, so that the network says 0.
    """
    half = normals(params["seed"], 2 * params["width"]).reshape(4, -1)
    w1, w2, b, a = half  # (width/2,) each
    U = np.array([COS, SIN]).T
    inner = np.array([w1, w2, b])
    kernel = finite_two_layer_ntk(U, inner, a, params["activation"]) / POINTS
    state = {
        **params,
        "w1": np.tile(w1, 2),
        "w2": np.tile(w2, 2),
        "b": np.tile(b, 2),
        "a": np.append(a, -a),
        "prefix": params["activation"] == "relu" and not params.get("dense"),
        "finite": finite_rates(kernel),
        "infinite": infinite_rates(params["activation"]),
        "cap": 1 / np.linalg.eigvalsh(kernel)[-1],
    }
    return aim(state, params)


def finite_rates(kernel: np.ndarray) -> np.ndarray:
    """Rayleigh quotients (9,) of a kernel (N, N) over N, for each frequency.

    That of cos kt and sin kt sees only the kernel's mean over each angle.
    """
    between = ANGLE - ANGLE[:, None]
    return np.array([(kernel * np.cos(k * between)).sum() / POINTS for k in MODES])


def infinite_rates(name: str) -> np.ndarray:
    """What the rates (9,) tend to as units are added."""
    basis = circle(POINTS)
    return rates(ntk(activation=name), basis)[np.searchsorted(basis.modes, MODES)]


def aim(state: dict, params: dict) -> dict:
    """A new target or learning rate: the network stays, the clock starts again."""
    amplitudes = np.array(params["amplitudes"])
    lr = params["lr"]
    if not params.get("uncapped"):
        lr = min(lr, state["cap"])
    state = {
        **state,
        "target": amplitudes @ np.sin(np.outer(SINES, ANGLE)),
        "amplitudes": amplitudes,
        "lr": lr,
        "steps": 0,
        "next": 1,  # step of the next record
        "times": [],
        "heat": np.zeros((0, len(MODES))),
        "reached": np.zeros(len(MODES)),
    }
    residual, _, _ = forward(state)
    return {**state, "start": spectrum(residual)}


def forward(state: dict) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The residual f - y (N,), and two arrays that the gradients need.

    They are values and slopes (width, N) of the units, or, with prefix sums, the active
    points lo .. hi - 1 (width,) of each unit, on a circle unrolled twice.
    """
    if state["prefix"]:
        return _forward_by_arcs(state)
    return _forward_by_points(state)


def _forward_by_points(state: dict) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    sigma = activation(state["activation"])
    z = _inner(state).T @ INPUTS  # (width, N)
    values, slopes = sigma.value(z), sigma.slope(z)
    output = state["a"] @ values / np.sqrt(len(values))
    return output - state["target"], values, slopes


def _forward_by_arcs(state: dict) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    inner = _inner(state)
    w1, w2, b = inner
    # A unit is active where cos(t - middle of its arc) is above this height.
    height = -b / np.hypot(w1, w2)
    middle = np.arctan2(w2, w1) + np.pi  # counted from angle -pi, the first point
    reach = np.arccos(np.clip(height, -1, 1))
    everywhere = height < -1
    lo = np.floor((middle - reach) * POINTS / (2 * np.pi)) + 1
    lo = np.where(everywhere, 0, lo).astype(int)
    count = np.maximum(0, np.ceil((middle + reach) * POINTS / (2 * np.pi)) - lo)
    count = np.where(everywhere, POINTS, count).astype(int)
    lo = lo % POINTS
    hi = lo + count
    # a (w, b) is added where an arc begins and taken away where it ends: the sums so
    # far are the slopes and the offset of f at each point.
    jumps = [
        np.bincount(lo, u, 2 * POINTS + 1) - np.bincount(hi, u, 2 * POINTS + 1)
        for u in state["a"] * inner
    ]
    unrolled = np.cumsum(jumps, axis=1)[:, :-1]
    lines = unrolled.reshape(3, 2, POINTS).sum(1)  # (3, N)
    output = (lines * INPUTS).sum(0) / np.sqrt(len(height))
    return output - state["target"], lo, hi


def _inner(state: dict) -> np.ndarray:
    """w1, w2 and b as one array (3, width)."""
    return np.array([state["w1"], state["w2"], state["b"]])


def step(state: dict, count: int) -> dict:
    """`count` steps of gradient descent, with records at log-spaced steps."""
    for _ in range(count):
        residual, first, second = forward(state)
        if state["steps"] == state["next"]:
            state = record(state, residual)
        inner = _inner(state)
        a = state["a"]
        rate = state["lr"] / (POINTS * np.sqrt(len(a)))
        to_inner, to_outer = gradients(state, residual, first, second)
        w1, w2, b = inner - rate * a * to_inner
        state = {
            **state,
            "w1": w1,
            "w2": w2,
            "b": b,
            "a": a - rate * to_outer,
            "steps": state["steps"] + 1,
        }
    return state


def gradients(
    state: dict, residual: np.ndarray, first: np.ndarray, second: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Sums over the points of r sigma' (u, 1), (3, width), and of r sigma, (width,)."""
    R = residual * INPUTS  # (3, N)
    if not state["prefix"]:
        values, slopes = first, second
        return R @ slopes.T, values @ residual
    lo, hi = first, second
    sums = np.cumsum(np.hstack([R, R]), axis=1)
    prefix = np.hstack([np.zeros((3, 1)), sums])  # (3, 2N + 1)
    to_inner = prefix[:, hi] - prefix[:, lo]
    return to_inner, (_inner(state) * to_inner).sum(0)


def record(state: dict, residual: np.ndarray) -> dict:
    """The state with one more column of the heat map.

    The first record that finds a mode learned is the time at which it was.
    """
    now = spectrum(residual)
    time = state["lr"] * state["steps"]
    learned = (state["start"] > THERE) & (now <= LEARNED * state["start"])
    fresh = learned & (state["reached"] == 0)
    heat = np.log10(np.maximum(now, FLOOR))
    following = max(state["next"] + 1, int(np.ceil(state["next"] * 1.08)))
    return {
        **state,
        "times": [*state["times"], time],
        "reached": np.where(fresh, time, state["reached"]),
        "heat": np.vstack([state["heat"], heat]),
        "next": following,
    }


def spectrum(residual: np.ndarray) -> np.ndarray:
    """Amplitude (9,) of each frequency, in units of sin kt."""
    waves = np.exp(-1j * np.outer(MODES, ANGLE))
    return np.abs(waves @ residual) * np.where(MODES > 0, 2, 1) / POINTS


def frame(state: dict) -> dict[str, np.ndarray]:
    """The arrays of the picture."""
    residual, _, _ = forward(state)
    asked = MODES[(state["start"] > THERE) & (MODES > 0)]
    return {
        "target": state["target"],
        "start": state["start"],
        "infinite": state["infinite"],
        "finite": state["finite"],
        "times": np.array(state["times"]),
        "amplitudes": state["amplitudes"],
        "angle": ANGLE,
        "network": residual + state["target"],
        "modes": MODES,
        "handles": SINES,
        "residual": spectrum(residual),
        "heat": state["heat"],
        "reached": state["reached"],
        "state": np.array([state["steps"], state["lr"] * state["steps"]]),
        "predicted_mode": asked,
        "predicted_time": np.log(5) / state["infinite"][asked],
    }
