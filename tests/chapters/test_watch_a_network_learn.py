"""The two-layer network that trains in the page, and its Python twin."""

import numpy as np
import pytest

from fbkit.chapters.watch_a_network_learn import twin as two_layer
from fbkit.explorers import registry
from fbkit.explorers.generator import normals
from tests.explorers.pages import run_engine
from tests.explorers.test_parity import worst

EXPLORER = registry()["watch_a_network_learn"]
WEIGHTS = ("w1", "w2", "b", "a")


def twin(params, steps):
    """Frame and weights after `steps` steps in Python."""
    state = two_layer.step(two_layer.init(params), steps)
    return {**two_layer.frame(state), **{k: state[k] for k in WEIGHTS}}


@pytest.mark.parametrize("activation", ["relu", "tanh", "sine"])
def test_engine_equals_its_twin_after_2000_steps(blank, activation):
    params = EXPLORER.check({"activation": activation, "width": 64, "seed": 3})
    arrays, _ = run_engine(blank, EXPLORER.name, params, 2000)
    assert worst(EXPLORER.arrays(params, 2000), arrays) < 1e-10


@pytest.mark.parametrize("seed", [0, 1, 2**32 - 1])
def test_both_languages_draw_the_same_floats(blank, seed):
    theirs = blank.evaluate(
        "seed => Array.from(fbkit.tools().normals(seed, 2000))", seed
    )
    assert (np.array(theirs) == normals(seed, 2000)).all()


def test_the_draws_are_standard_normal():
    x = normals(0, 20000)
    assert abs(x.mean()) < 0.03 and abs(x.std() - 1) < 0.02
    assert abs(np.mean(x**4) - 3) < 0.2 and abs(np.corrcoef(x[:-1], x[1:])[0, 1]) < 0.03


@pytest.mark.parametrize("seed", range(3))
def test_prefix_sums_equal_the_dense_step(seed):
    params = EXPLORER.check({"width": 64, "seed": seed})
    assert worst(twin(params | {"dense": True}, 1000), twin(params, 1000)) < 1e-11


def test_a_step_is_the_gradient_of_the_loss():
    params = EXPLORER.check({"width": 16, "activation": "tanh", "lr": 0.1})
    state = two_layer.step(two_layer.init(params), 50)
    before = {k: state[k].copy() for k in WEIGHTS}

    def loss(key, j, shift):
        moved = state | {k: before[k].copy() for k in WEIGHTS}
        moved[key][j] += shift
        return np.mean(two_layer.forward(moved)[0] ** 2) / 2

    slopes = {k: (loss(k, 5, 1e-5) - loss(k, 5, -1e-5)) / 2e-5 for k in WEIGHTS}
    after = two_layer.step(dict(state), 1)
    for key, slope in slopes.items():
        assert after[key][5] - before[key][5] == pytest.approx(
            -after["lr"] * slope, rel=1e-6, abs=1e-12
        )


def test_a_learning_rate_above_the_cap_is_capped_and_says_so(blank):
    params = EXPLORER.check({"lr": 10})
    state = two_layer.init(params)
    assert state["lr"] == pytest.approx(state["cap"]) and state["lr"] < 10
    _, report = run_engine(blank, EXPLORER.name, params, 1)
    assert "capped" in report["note"]


def test_divergence_stops_with_a_sentence(blank):
    params = {**EXPLORER.check({}), "lr": 30, "uncapped": True}
    _, report = run_engine(blank, EXPLORER.name, params, 2000)
    assert report["halt"] and "without bound" in report["note"]


def test_finite_rates_approach_the_infinite_width_ones():
    spread = {}
    for width in (32, 512):
        gaps = []
        for seed in range(5):
            state = two_layer.init(EXPLORER.check({"width": width, "seed": seed}))
            gaps.append(np.abs(state["finite"] / state["infinite"] - 1).max())
        spread[width] = np.mean(gaps)
    assert spread[512] < spread[32] / 2
