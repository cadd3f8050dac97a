"""An explorer checks itself: each fault of its author gets one sentence."""

from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

import fbkit.explorers
from fbkit.explorers import (
    Array,
    Axis,
    Choice,
    Explorer,
    Number,
    Panel,
    Question,
    explore,
    heat,
    line,
    registry,
    scatter,
    segments,
)

DOC = "Explorer: a wave.\n\nA wave of the chosen height, at eight places."
TIME = np.arange(1.0, 6)
PLACES = np.linspace(0, 1, 8)


def frame(height):
    return {
        "time": TIME,
        "x": PLACES,
        "wave": height * np.sin(PLACES),
        "moving wave": height * np.outer(TIME, np.sin(PLACES)),
    }


def right(**changes):
    """The definition of an explorer that is right, but for `changes`."""
    wave = Panel("Wave", Axis("x"), Axis("height"), (line("x", "wave"),))
    over_time = Panel("Size", Axis("time"), Axis("size"), (line("time", "time"),))
    return {
        "name": "wave",
        "title": "A wave",
        "hint": "Make it higher.",
        "params": {"height": Number("Height", 1, 0, 2)},
        "panels": (wave, over_time),
        "frame": frame,
        "summary": lambda arrays, params: f"It is {params['height']} high.",
        "presets": {"height": [0, 1, 2]},
        "doc": DOC,
        **changes,
    }


def marks(*drawn, **options):
    """The panels of an explorer that draws these marks."""
    return (Panel("Wave", Axis("x"), Axis("height"), drawn, **options),)


TIMED = marks(line("x", "moving wave", moving=True), time=True)
HEIGHTS = {"heights": Array("Height", (0, 1), -1, 1, ("left", "right"))}
TWIN = SimpleNamespace(init=None, aim=None, step=None, frame=None)

ASKED = Question("High or low?", {"high": "high", "low": "low"}, verdict=max)

PARTS = [
    (Question, ("High", {"a": "a", "b": "b"}), {"verdict": max}, "a question mark"),
    (Question, ("High?", {"a": "a"}), {"verdict": max}, "expected 2 to 4"),
    (Number, ("Width", 7, 16, 1024), {}, "default of 'Width' is 7"),
    (Number, ("Width", 16, 1024, 16), {}, "goes from 1024 to 16"),
    (Number, ("Width", 1, 0, 2), {"log": True}, "pass low above 0"),
    (Number, ("Width", 1, 0, 2), {"values": (1, 3)}, "a value of 'Width' is 3"),
    (Number, ("Width", 17, 0, 99), {"even": True}, "expected an even number"),
    (Choice, ("Unit", "rely", {"relu": "ReLU"}), {}, "did you mean 'relu'"),
    (Array, ("Height", (0, 3), 0, 1, ("a", "b")), {}, "expected 2 numbers from 0 to 1"),
    (Array, ("Height", (0, 1), 0, 1, ("a",)), {}, "2 numbers and 1 names"),
    (line, ("x", "y"), {"color": "gren"}, "did you mean 'green'"),
    (line, ("x", "y"), {"axis": "top"}, "expected one of left, right"),
    (line, ("x", ""), {}, "has no y"),
    (heat, ("x", "y"), {}, "has no z"),
    (segments, ("x", "y"), {"x2": "x"}, "has no y2"),
    (Axis, ("rate",), {"log": True, "low": 0}, "pass low above 0"),
    (Axis, ("rate",), {"low": 1, "high": 0}, "pass low below high"),
    (Axis, ("",), {}, "say what it measures"),
    (Panel, ("P", Axis("x"), Axis("y"), line("x", "y")), {}, "pass a tuple of marks"),
    (
        Panel,
        ("P", Axis("x"), Axis("y"), (line("x", "y", axis="right"),)),
        {},
        "no right axis",
    ),
]

DEFINITIONS = [
    ({"hint": "Make it higher"}, "write one or two sentences"),
    ({"doc": "Explorer: a wave."}, "no second paragraph"),
    ({"doc": "Explorer: a wave.\n\nno full stop"}, "no second paragraph"),
    ({"frame": None}, "needs either a frame or a twin"),
    ({"twin": TWIN}, "needs either a frame or a twin"),
    ({"frame": None, "twin": TWIN}, "is for engine=True"),
    (
        {"frame": None, "engine": True, "twin": ModuleType("twin")},
        "it lacks init, aim, step, frame",
    ),
    ({"still": 3}, "no twin that takes steps"),
    ({"presets": {}}, "has no presets"),
    ({"presets": {"heihgt": [1]}}, "did you mean 'height'"),
    ({"presets": {"height": [1, 7]}}, "a preset height of wave is 7"),
    ({"presets": {"height": 1}}, "it is a list of values"),
    ({"presets": {"height": [0, 2]}}, "is not among its presets"),
    (
        {"params": right()["params"] | {"width": Number("Width", 1, 0, 2)}},
        "'width' of wave has no presets",
    ),
    ({"engine": True}, "a preset is a dict of parameters"),
    (
        {"engine": True, "presets": {"High": {"heihgt": 1}}},
        "in the preset 'High' of wave",
    ),
    ({"engine": True, "presets": {"High": {"height": 7}}}, "height is 7"),
    ({"params": HEIGHTS, "presets": {"heights": [(0, 1)]}}, "a table cannot hold"),
    ({"engine": True, "params": HEIGHTS, "presets": {"A": {}}}, "drags 'heights'"),
    ({"panels": marks(line("x", "wave", drag="height"))}, "the drag of a mark"),
    ({"panels": marks(line("x", "wave", moving=True))}, "has no time"),
    ({"panels": marks(line("x", "wave", answer=True))}, "has nothing to play"),
    ({"question": ASKED}, "has nothing to play; leave question out"),
    (
        {
            "params": {"moment": Number("Moment", 1, 0, 2)},
            "presets": {"moment": [0, 1, 2]},
        },
        "in a link is the place in time",
    ),
    ({"time": "time"}, "no panel with time=True"),
    ({"panels": marks(line("x", "wave"), time=True)}, "a panel with time=True"),
]

FRAMES = [
    ({"panels": marks(line("x", "wav"))}, "did you mean 'wave'"),
    ({"panels": marks(line("y", "wave"))}, "an array of 'Wave' in wave is 'y'"),
    ({"panels": TIMED, "time": "tim"}, "the time of wave is 'tim'"),
    ({"panels": marks(line("x", "time"))}, "has shape (5,); a line over 'x'"),
    (
        {"panels": marks(line("x", "wave", moving=True), time=True), "time": "time"},
        "a moving line over 'x' in 'Wave' expects (5, 8)",
    ),
    ({"panels": marks(scatter("x", "moving wave"))}, "expects (8,)"),
    ({"panels": marks(heat("x", "time", z="wave"))}, "expects (8, 5)"),
    (
        {"frame": lambda height: frame(height) | {"wave": PLACES / 0}},
        "holds NaN or infinity at 8",
    ),
    ({"frame": lambda height: frame(height) | {"wave": ["a"]}}, "not made of real"),
]


def sentence(make, *args, **options):
    """What `make` is refused with: one sentence."""
    with pytest.raises(ValueError) as caught:
        make(*args, **options)
    words = str(caught.value)
    assert "\n" not in words and words.endswith("."), words
    return words


@pytest.mark.parametrize(("make", "args", "options", "words"), PARTS)
def test_a_part_that_is_wrong_says_so_when_it_is_made(make, args, options, words):
    assert words in sentence(make, *args, **options)


@pytest.mark.parametrize(("changes", "words"), DEFINITIONS)
def test_a_definition_that_is_wrong_says_so_when_it_is_made(changes, words):
    Explorer(**right())
    assert words in sentence(Explorer, **right(**changes))


@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value")
@pytest.mark.parametrize(("changes", "words"), FRAMES)
def test_arrays_that_do_not_fit_are_named_at_the_first_frame(changes, words):
    explorer = Explorer(**right(**changes))
    assert words in sentence(explorer.arrays, explorer.check({}))


@given(some.sampled_from(["x", "wave"]), some.integers(0, 3), some.characters())
def test_any_misspelt_array_gets_one_sentence(name, at, letter):
    wrong = name[:at] + letter + name[at:]
    if wrong in frame(1):
        return
    explorer = Explorer(**right(panels=marks(line(wrong, "wave"))))
    with pytest.raises(ValueError, match="an array of 'Wave' in wave is "):
        explorer.arrays(explorer.check({}))


@given(some.floats(), some.floats(), some.floats())
def test_any_number_is_within_its_bounds_or_refused(default, low, high):
    try:
        number = Number("Height", default, low, high)
    except ValueError as error:
        assert str(error).endswith(".") and not low <= default <= high or low == high
    else:
        assert number.check("height", default) == default


TABLE = Explorer(**right())
ENGINE = Explorer(**right(engine=True, presets={"A": {}}))


@pytest.mark.parametrize(
    ("holds", "engine", "words"),
    [
        ({}, None, "makes no explorer"),
        ({"EXPLORER": right()}, None, "makes no explorer"),
        ({"EXPLORER": Explorer(**right(name="waves"))}, None, "expected 'wave'"),
        ({"EXPLORER": TABLE}, "engines.wave = 1;", "and an engine.js in fbkit/"),
        ({"EXPLORER": ENGINE}, None, "and no engine.js"),
        ({"EXPLORER": ENGINE}, "engines.waves = 1;", "no engine of that name"),
    ],
)
def test_a_chapter_whose_files_do_not_fit_says_so(
    tmp_path, monkeypatch, holds, engine, words
):
    path = tmp_path / "engine.js"
    if engine:
        path.write_text(engine, encoding="utf-8")
    files = {"wave": path} if engine else {}
    modules = {"wave": SimpleNamespace(**holds)}
    monkeypatch.setattr(fbkit.explorers, "chapter_files", lambda name: files)
    monkeypatch.setattr(fbkit.explorers, "chapter_modules", lambda name: modules)
    assert words in sentence(registry)


def test_an_unknown_explorer_is_answered_with_the_nearest_three():
    words = sentence(explore, "when_it_fail")
    assert "the nearest of them when_it_fails, " in words and len(words) < 200
