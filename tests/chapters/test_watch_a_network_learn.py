"""The engine in the page and its Python twin: same parameters, same arrays."""

import numpy as np
import pytest

from fbkit.chapters.watch_a_network_learn import twin as two_layer
from fbkit.explorers import registry
from fbkit.explorers.generator import normals
from tests.explorers.pages import engine_page

EXPLORER = registry()["watch_a_network_learn"]
WEIGHTS = ("w1", "w2", "b", "a")
# Run by the page: steps of the engine, a drag half-way, and every array of the last
# frame as plain lists.
RUN = """([params, steps, dragged]) => {
  const engine = fbkit.engines.watch_a_network_learn(fbkit.tools()), state = engine.init(params);
  engine.step(state, steps);
  if (dragged) { engine.aim(state, dragged); engine.step(state, steps); }
  const arrays = engine.frame(state);
  for (const key of ["w1", "w2", "b", "a"]) arrays[key] = state[key];
  const lists = Object.fromEntries(Object.entries(arrays).map(([k, v]) => [k, Array.from(v)]));
  return [lists, engine.report(state, arrays)];
}"""


@pytest.fixture(scope="module")
def engine(browser):
    page = engine_page(browser)
    yield lambda *job: page.evaluate(RUN, list(job))
    page.close()


def twin(params, steps, dragged=None):
    state = two_layer.step(two_layer.init(params), steps)
    if dragged:
        state = two_layer.step(two_layer.aim(state, dragged), steps)
    return two_layer.view(state) | {k: state[k] for k in WEIGHTS}


def worst(ours, theirs):
    """Largest difference over all arrays, relative where the numbers exceed 1; the heat
    map's as amplitudes.
    """
    assert set(ours) == set(theirs)
    worst = 0
    for name, one in ours.items():
        one, other = np.ravel(one), np.ravel(theirs[name])
        one, other = (10**one, 10**other) if name == "heat" else (one, other)
        worst = max(
            worst, np.abs((other - one) / np.maximum(1, np.abs(one))).max(initial=0)
        )
    return worst


@pytest.mark.parametrize("activation", ["relu", "tanh", "sine"])
def test_engine_equals_its_twin_after_2000_steps(engine, activation):
    params = EXPLORER.check({"activation": activation, "width": 64, "seed": 3})
    arrays, _ = engine(params, 2000, None)
    assert worst(twin(params, 2000), arrays) < 1e-10


def test_a_dragged_target_keeps_the_network_in_both(engine):
    params = EXPLORER.check({"width": 32})
    dragged = params | {"amplitudes": [0.3, 1.0, 0, 0, 0, 0.55, 0, 0], "lr": 0.2}
    arrays, report = engine(params, 300, dragged)
    assert worst(twin(params, 300, dragged), arrays) < 1e-10
    assert report["summary"] == EXPLORER.summary(twin(params, 300, dragged), params)


def test_every_preset_of_the_page_starts_alike(engine):
    for params in EXPLORER.settings():
        arrays, _ = engine(params, 20, None)
        assert worst(twin(params, 20), arrays) < 1e-10, params


@pytest.mark.parametrize("seed", [0, 1, 2**32 - 1])
def test_both_languages_draw_the_same_floats(engine, browser, seed):
    page = engine_page(browser)
    theirs = page.evaluate(
        "seed => Array.from(fbkit.tools().normals(seed, 2000))", seed
    )
    page.close()
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


def test_a_learning_rate_above_the_cap_is_capped_and_says_so(engine):
    params = EXPLORER.check({"lr": 10})
    state = two_layer.init(params)
    assert state["lr"] == pytest.approx(state["cap"]) and state["lr"] < 10
    assert "capped" in engine(params, 1, None)[1]["note"]


def test_divergence_stops_with_a_sentence(engine):
    report = engine(EXPLORER.check({}) | {"lr": 30, "uncapped": True}, 2000, None)[1]
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
