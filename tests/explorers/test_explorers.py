"""What every explorer of the registry must do, its table's bytes, and the door
`explore`.
"""

import base64
import gzip
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

import fbkit.explorers
from fbkit._chapters import chapter_files
from fbkit.explorers import explore, registry, site_script
from fbkit.explorers.table import pack_table, unpack

FOLDER = Path(fbkit.explorers.__file__).parent
STATIC = FOLDER / "static"
ENGINES = chapter_files("engine.js")
TABLES = [e for e in registry().values() if not e.engine]


@pytest.fixture(scope="session", params=registry().values(), ids=registry())
def explorer(request):
    return request.param


@pytest.fixture(scope="session")
def frames(explorer):
    return [(s, explorer.arrays(s)) for s in explorer.settings()]


@pytest.fixture
def on_site(monkeypatch):
    monkeypatch.setenv("FBKIT_SITE", "1")


# ---- conformance ---------------------------------------------------------------------


def test_frames_are_finite_and_have_every_mark(explorer, frames):
    marks = [mark for panel in explorer.panels for mark in panel.marks]
    for params, arrays in frames:
        assert all(np.isfinite(array).all() for array in arrays.values()), params
        time = len(arrays[explorer.time]) if explorer.time else 0
        for m in marks:
            x, y = arrays[m.x], arrays[m.y]
            if m.kind == "heat":
                assert arrays[m.z].size == x.size * y.size
            elif m.drag:
                assert x.size == len(explorer.params[m.drag].default)
            elif m.moving:
                assert y.shape == (time, x.size)
            else:
                assert x.shape == y.shape
            if m.kind == "segments":
                assert x.shape == arrays[m.x2].shape == arrays[m.y2].shape


def test_every_array_is_drawn_or_read(explorer, frames):
    drawn = {
        a for panel in explorer.panels for mark in panel.marks for a in mark.arrays
    } | {explorer.time}
    words = chapter_files("explorer.py")[explorer.name].read_text()
    for name in frames[0][1]:
        assert name in drawn or f'arrays["{name}"]' in words, name


def test_the_summary_is_a_sentence_with_numbers(explorer, frames):
    for params, arrays in frames:
        words = explorer.summary(arrays, params)
        assert (
            re.search(r"\d", words)
            and words.endswith(".")
            and "nan" not in words.lower()
        )


def test_every_control_changes_the_picture(explorer):
    start = explorer.check({})
    before = explorer.arrays(start | ({"steps": 1} if explorer.engine else {}))
    for name, param in explorer.params.items():
        for value in explorer.presets.get(name) or getattr(param, "values", ()):
            if value != start[name]:
                after = explorer.arrays(
                    start | {name: value} | ({"steps": 1} if explorer.engine else {})
                )
                assert any(not np.array_equal(before[k], after[k]) for k in before), (
                    name,
                    value,
                )


def test_words_for_the_reader(explorer):
    assert (
        explorer.title
        and explorer.hint.endswith((".", "?"))
        and explorer.spec()["about"].endswith(".")
    )
    assert all(
        axis.label for p in explorer.panels for axis in (p.x, p.y, p.right) if axis
    )
    assert all(p.label for p in explorer.params.values())
    assert 3 <= len(explorer.presets) <= 8 or not explorer.engine


def test_repr_and_printed_picture(explorer):
    shown, again = explore(explorer.name), explore(explorer.name)
    assert repr(shown) == repr(again) and "0x" not in repr(shown)
    data, _ = shown._repr_mimebundle_()
    assert data["text/plain"].startswith(repr(shown)) and data["text/plain"].endswith(
        "."
    )
    svg = data["image/svg+xml"]
    assert svg == again._repr_mimebundle_()[0]["image/svg+xml"]
    text = "".join(ElementTree.fromstring(svg.encode()).itertext())
    assert all(panel.title in text for panel in explorer.panels)


def test_the_spec_is_plain_data(explorer):
    spec = json.loads(json.dumps(explorer.spec()))
    assert spec["name"] == explorer.name and len(spec["panels"]) == len(explorer.panels)


def test_the_page_holds_a_stub_and_a_small_table(explorer, on_site):
    state = explore(explorer.name).get_state()
    assert len(state["_esm"]) < 100
    table = state["table"]
    if explorer.engine:
        assert not table
    else:
        page = (
            base64.b64encode(table["data"])
            + json.dumps({k: v for k, v in table.items() if k != "data"}).encode()
        )
        assert len(gzip.compress(page)) < 400_000
        assert len(table["summaries"]) == len(explorer.settings()) and all(
            table["summaries"]
        )


# ---- sizes ---------------------------------------------------------------------------


def script_lines(path):
    return sum(
        1
        for line in path.read_text().splitlines()
        if line.strip() and not line.strip().startswith("//")
    )


def test_front_end_size():
    assert script_lines(STATIC / "front.js") <= 1200
    assert len(gzip.compress(site_script().encode())) < 60_000


def test_engines_touch_no_page():
    for path in (STATIC / "tools.js", *ENGINES.values()):
        code = re.sub(r"//.*", "", path.read_text())
        assert not re.search(
            r"\b(document|window|fetch|XMLHttpRequest|importScripts)\b", code
        ), path


def test_the_script_names_no_other_host():
    script = (STATIC / "front.js").read_text() + "".join(
        p.read_text() for p in ENGINES.values()
    )
    assert "http" not in script


# ---- tables --------------------------------------------------------------------------


@pytest.mark.parametrize("explorer", TABLES, ids=lambda e: e.name)
def test_tables_hold_the_kernels_frames(explorer):
    frames = [explorer.arrays(s) for s in explorer.settings()]
    table = pack_table(frames)
    for setting, frame in enumerate(frames):
        for name, array in unpack(table, setting).items():
            span = np.ptp(frame[name])
            assert np.abs(array - frame[name]).max() <= max(1e-4 * span, 1e-12), name


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
            gap <= span / 65535 * 0.51 + 1e-9 * (1 + np.abs(frame["y"]).max())
        ).all()


def test_an_empty_array_keeps_its_place():
    table = pack_table([{"a": np.zeros((0, 3)), "b": np.array([1.0, 2.0])}])
    assert unpack(table, 0)["a"].shape == (0, 3) and unpack(table, 0)["b"].tolist() == [
        1.0,
        2.0,
    ]


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
    shown.values = {"knob": "inner", "strength": 7}
    assert shown.frame["error"] == "strength is 7; expected a number from 0 to 1."


# ---- the door ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "params", "words"),
    [
        ("watch_a_network_lern", {}, "did you mean 'watch_a_network_learn'"),
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
