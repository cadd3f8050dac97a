"""The orbit of a map, its spectrum and its Lyapunov exponent: twin of `engine.js`.

Chaos makes of the last bit of a number the whole picture within some fifty steps. So
the maps are made of sums and products in one order, which rounds alike everywhere; the
sine and the cosine are their power series.

A state is a dict: the parameters, the last points of two orbits, the number of steps,
the sum of ln |F'| so far, and the records of the exponent.
"""

from __future__ import annotations

import math

import numpy as np

START = {"logistic": 0.3, "circle": 0.6}
APART = 1e-6  # of the two orbits at the start
WINDOW = 240  # points behind the spectrum
SHOWN = 60  # points of the orbit
END = 2000  # steps
FLOOR = 1e-5  # of the shares of power
STILL = 1e-10  # variance of a series that counts as constant
LEAST = 1e-12  # of |F'|
TERMS = 16
CALL = 0.01  # exponents closer to 0 are not told apart from it
WAVES = np.arange(1, WINDOW // 2 + 1)


def init(params: dict) -> dict:
    """Two orbits, one a little apart from the other, before the first step."""
    return aim({}, params)


def aim(state: dict, params: dict) -> dict:
    """Other parameters: the orbit goes on from where it is, the clock starts again.

    Another map begins with a point of its own.
    """
    known = state.get("map") == params["map"]
    x = state["orbit"][-1] if known else START[params["map"]]
    return {
        **params,
        "orbit": [x],
        "other": [x + APART if x < 0.5 else x - APART],
        "steps": 0,
        "sum": 0.0,
        "next": 1,
        "moments": [],
        "exponents": [],
    }


def sine(turn: float) -> float:
    """sin(2 pi turn) by its power series."""
    z = 2 * math.pi * (turn - math.floor(turn + 0.5))
    total = term = z
    for k in range(1, TERMS):
        term = (-term * z * z) / (2 * k * (2 * k + 1))
        total = total + term
    return total


def advance(state: dict, x: float) -> float:
    """F(x)."""
    if state["map"] == "logistic":
        return state["growth"] * x * (1 - x)
    y = x + state["turn"] - state["pull"] / (2 * math.pi) * sine(x)
    return y - math.floor(y)


def slope(state: dict, x: float) -> float:
    """F'(x)."""
    if state["map"] == "logistic":
        return state["growth"] * (1 - 2 * x)
    return 1 - state["pull"] * sine(x + 0.25)


def step(state: dict, count: int) -> dict:
    """`count` steps, with records of the exponent at log-spaced ones."""
    state = {**state, "moments": [*state["moments"]]}
    state["exponents"] = [*state["exponents"]]
    orbit, other = [*state["orbit"]], [*state["other"]]
    for _ in range(min(count, END - state["steps"])):
        size = abs(slope(state, orbit[-1]))
        state["sum"] += math.log(max(size, LEAST))
        state["steps"] += 1
        orbit.append(advance(state, orbit[-1]))
        other.append(advance(state, other[-1]))
        if state["steps"] >= state["next"]:
            state["moments"].append(state["steps"])
            state["exponents"].append(state["sum"] / state["steps"])
            following = math.ceil(state["next"] * 1.05)
            state["next"] = min(END, max(state["next"] + 1, following))
    return {**state, "orbit": orbit[-WINDOW:], "other": other[-WINDOW:]}


def spectrum(points: list[float]) -> np.ndarray:
    """Shares (120,) of the points' power by wave, their mean left out."""
    x = np.array(points) - np.mean(points)
    turns = np.outer(WAVES, np.arange(len(x))) % WINDOW
    power = np.abs(np.exp(2j * np.pi / WINDOW * turns) @ x) ** 2
    if np.mean(x**2) < STILL:
        return np.full(len(WAVES), FLOOR)
    return np.maximum(power / power.sum(), FLOOR)


def frame(state: dict) -> dict[str, np.ndarray]:
    """The arrays of the picture."""
    orbit, other = state["orbit"][-SHOWN:], state["other"][-SHOWN:]
    steps = state["steps"]
    return {
        "step": np.arange(steps + 1 - len(orbit), steps + 1, dtype=float),
        "orbit": np.array(orbit),
        "other": np.array(other),
        "waves": WAVES,
        "power": spectrum(state["orbit"]),
        "moments": np.array(state["moments"], dtype=float),
        "exponents": np.array(state["exponents"]),
        "ends": np.array([1.0, END]),
        "border": np.zeros(2),
        "state": np.array([steps, state["sum"] / max(steps, 1)]),
    }
