"""Every explorer of the registry conforms; bytes of a table; and the door `explore`."""

import gzip
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

import fbkit.explorers
from fbkit._chapters import chapter_files
from fbkit.explorers import explore, registry, site_script
from fbkit.explorers.table import pack_table, unpack
from tests.explorers.conformance import CHECKS, frames_of

STATIC = Path(fbkit.explorers.__file__).parent / "static"
ENGINES = chapter_files("engine.js")
RUNTIME = Path(__file__).parents[2] / "book/static/runtime.js"


# ---- conformance ---------------------------------------------------------------------


@pytest.fixture(scope="session", params=registry().values(), ids=registry())
def explorer(request):
    return request.param


@pytest.fixture(scope="session")
def frames(explorer):
    return frames_of(explorer)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_conformance(explorer, frames, check):
    check(explorer, frames)


# ---- sizes ---------------------------------------------------------------------------


def script_lines(path):
    return sum(
        1
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.strip().startswith(("//", "/*"))
    )


def test_front_end_size():
    """Its own lines: without the engines' tools, and without uPlot."""
    own = {*STATIC.glob("*.js"), *STATIC.glob("*.css")} - {STATIC / "tools.js"}
    assert sum(map(script_lines, [*own, RUNTIME])) < 1400
    assert len(gzip.compress(site_script().encode())) < 45_000


def test_front_end_is_not_packed():
    for path in [*STATIC.glob("*.js"), *STATIC.glob("*.css"), RUNTIME]:
        if path.name != "tools.js":
            lines = path.read_text(encoding="utf-8").splitlines()
            assert max(map(len, lines)) <= 90, path


def test_engines_touch_no_page():
    for path in (STATIC / "tools.js", *ENGINES.values()):
        code = re.sub(r"//.*", "", path.read_text(encoding="utf-8"))
        assert not re.search(
            r"\b(document|window|fetch|XMLHttpRequest|importScripts)\b", code
        ), path


def test_the_script_names_no_other_host():
    for path in [*STATIC.glob("*.js"), *STATIC.glob("*.css"), *ENGINES.values()]:
        assert "http" not in path.read_text(encoding="utf-8"), path


# ---- tables --------------------------------------------------------------------------


@given(
    some.lists(
        some.lists(some.floats(-1e6, 1e6), min_size=3, max_size=3),
        min_size=1,
        max_size=4,
    )
)
def test_a_table_is_within_half_a_level(rows):
    frames = [{"y": np.array(row)} for row in rows]
    table = pack_table(frames)
    for setting, frame in enumerate(frames):
        gap = np.abs(unpack(table, setting)["y"] - frame["y"])
        log = table["arrays"]["y"]["log"]
        span = (
            np.ptp(np.log(frame["y"])) * frame["y"].max() if log else np.ptp(frame["y"])
        )
        assert (
            gap <= span / 32767 * 0.51 + 1e-9 * (1 + np.abs(frame["y"]).max())
        ).all()


def test_an_empty_array_keeps_its_place():
    table = pack_table([{"a": np.zeros((0, 3)), "b": np.array([1.0, 2.0])}])
    frame = unpack(table, 0)
    assert frame["a"].shape == (0, 3)
    assert frame["b"] == pytest.approx([1.0, 2.0])


# ---- the kernel's side ---------------------------------------------------------------


def test_a_change_of_values_recomputes_the_frame():
    shown = explore("when_it_fails", strength=0.0)
    before = shown.frame
    shown.values = {**shown.values, "strength": 0.37}
    assert (
        shown.frame["count"] > before["count"]
        and shown.frame["summary"] != before["summary"]
    )
    network = np.frombuffer(shown.frame["arrays"]["network"]["data"])
    assert network.size == np.prod(shown.frame["arrays"]["network"]["shape"])


def test_a_bad_value_from_the_page_reaches_the_reader_as_a_sentence():
    shown = explore("when_it_fails")
    shown.set_state({"values": {"knob": "inner", "strength": 7}})
    assert shown.frame["error"] == "strength is 7; expected a number from 0 to 1."


# ---- the door ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "params", "words"),
    [
        ("watch_a_network_lern", {}, "the nearest of them watch_a_network_learn, "),
        ("when_it_fails", {"strenght": 0.5}, "did you mean 'strength'"),
        ("when_it_fails", {"strength": float("nan")}, "expected a number from 0 to 1"),
        ("when_it_fails", {"knob": "iner"}, "did you mean 'inner'"),
        (
            "watch_a_network_learn",
            {"width": 0},
            "expected an even number from 16 to 1024",
        ),
        ("watch_a_network_learn", {"seed": 1.5}, "expected a whole number"),
        ("watch_a_network_learn", {"width": 17}, "expected an even number"),
        ("watch_a_network_learn", {"lr": -1}, "expected a number from 0.01"),
        ("watch_a_network_learn", {"amplitudes": [1, 2]}, "shape"),
        ("watch_a_network_learn", {"amplitudes": [9] * 8}, "from 0 to 1.5"),
        ("watch_a_network_learn", {"amplitudes": []}, "empty"),
        (3, {}, "expected one of"),
    ],
)
def test_bad_input_gets_one_sentence(name, params, words):
    with pytest.raises(ValueError) as caught:
        explore(name, **params)
    message = str(caught.value)
    assert words in message and "\n" not in message and message.endswith(".")


ANYTHING = some.one_of(
    some.none(),
    some.booleans(),
    some.text(max_size=8),
    some.floats(),
    some.integers(),
    some.lists(some.floats(), max_size=9),
)


@settings(max_examples=150, deadline=None)
@given(some.sampled_from(sorted(registry())), some.data())
def test_any_input_is_checked_or_refused_in_one_sentence(name, data):
    explorer = registry()[name]
    key = data.draw(some.sampled_from(sorted(explorer.params)))
    value = data.draw(ANYTHING)
    try:
        checked = explorer.check({key: value})
    except ValueError as error:
        assert str(error).count("\n") == 0 and str(error).endswith((".", ")."))
    else:
        assert explorer.check(checked) == checked and set(checked) == set(
            explorer.params
        )


def test_explorers_compose_as_widgets():
    import ipywidgets

    shown, other = explore("when_it_fails"), explore("when_it_fails")
    ipywidgets.link((shown, "values"), (other, "values"))
    shown.values = {**shown.values, "strength": 0.5}
    assert (
        other.values["strength"] == 0.5
        and other.frame["summary"] == shown.frame["summary"]
    )
    assert ipywidgets.VBox([shown, other]).children == (shown, other)


@pytest.mark.parametrize("name", ["when_it_fails", "watch_a_network_learn"])
def test_values_that_cannot_be_are_refused_and_the_old_ones_stay(name):
    shown = explore(name)
    before, frame = dict(shown.values), shown.frame
    number = next(k for k, p in shown._explorer.params.items() if p.kind == "number")
    for bad in (float("nan"), "much", 1e9, None):
        with pytest.raises(ValueError, match=number):
            shown.values = {**before, number: bad}
    with pytest.raises(ValueError, match="nonsense"):
        shown.values = {**before, "nonsense": 1}
    assert shown.values == before and shown.frame == frame
    assert "text/plain" in shown._repr_mimebundle_()[0]


def test_a_parameter_may_be_called_name():
    """The activation of `spectral_seminorm` is; the explorer itself has no keyword."""
    assert explore("spectral_seminorm", name="gaussian").values["name"] == "gaussian"
