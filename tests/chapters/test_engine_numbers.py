"""What engines do at the ends of their ranges, beyond what parity's draws reach."""

import pytest

from fbkit.explorers import registry
from tests.explorers.pages import run_engine

EXPLORERS = registry()

# Steps an engine on after one of its weights was set; NaN goes as text.
BREAK = """([name, params, text]) => {
  const engine = fbkit.engines[name](fbkit.tools()), state = engine.init(params);
  engine.step(state, 5);
  state.a[0] = Number(text);
  engine.step(state, 5);
  const { halt, note } = engine.report(state, engine.frame(state));
  return [halt, note, state.steps];
}"""


@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e5", "-1e5"])
def test_a_network_that_is_no_number_any_more_has_diverged(blank, activation, value):
    name = "watch_a_network_learn"
    params = EXPLORERS[name].check({"activation": activation, "width": 16})
    halt, note, steps = blank.evaluate(BREAK, [name, params, value])
    assert halt and "grew without bound" in note
    assert steps < 10  # it stops at the record that shows it


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_a_network_that_is_far_off_may_come_back(blank, activation):
    """Errors below a hundred times 1 + the largest at the start are no divergence."""
    name = "watch_a_network_learn"
    params = EXPLORERS[name].check({"activation": activation, "width": 16})
    halt, note, steps = blank.evaluate(BREAK, [name, params, "20"])
    assert not halt and "bound" not in note and steps == 10


@pytest.mark.parametrize(
    ("heights", "name", "places", "half"),
    [
        ([1, -1, 1, 1, -1, -1, 1, 1], "gaussian", "uneven", 16.25),
        ([1, -1, 1, -1, 1, -1, 1, -1], "step", "gap", 15.5),
        ([1, 1, 1, 1, 1, 1, 1, 1], "gaussian", "even", None),
    ],
)
def test_half_of_a_seminorm_is_found_at_high_frequencies_too(
    blank, heights, name, places, half
):
    """The highest that a corner of the heights reaches, and a low one."""
    explorer = EXPLORERS["spectral_seminorm"]
    asked = {"heights": heights, "name": name, "places": places, "scale": 20}
    params = explorer.check(asked)
    arrays, report = run_engine(blank, explorer.name, params)
    (python,) = explorer.arrays(params)["middle"]
    assert arrays["middle"] == [python]
    assert f"half of it for frequencies above {python:.2f}" in report["summary"]
    if half:
        assert python == half
    else:
        assert python < 5
