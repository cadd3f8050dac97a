"""The numbers that the front end reads and draws, against Python's and by hand."""

import base64
from dataclasses import asdict

import numpy as np
import pytest

from fbkit.explorers import Axis, Panel, line, registry
from fbkit.explorers.table import LEVELS, MOVING_LEVELS, pack_table
from fbkit.explorers.widget import PARTS, _static

TABLES = {name: one for name, one in registry().items() if not one.engine}

# Bytes of base64 as the view that the page's runtime hands over.
UNPACK = """async ([spec, table, settings]) => {
  const bytes = Uint8Array.from(atob(table.data), (c) => c.charCodeAt(0));
  const source = tableSource(spec, { ...table, data: bytes });
  const found = [];
  for (const values of settings) {
    const { arrays, ...words } = await source.change(values);
    const lists = Object.entries(arrays).map(([key, a]) => [key, Array.from(a)]);
    found.push({ ...words, arrays: Object.fromEntries(lists) });
  }
  return found;
}"""
# A pen that writes down what it is asked to draw.
PEN = """const asked = [];
const pen = new Proxy({}, {
  get: (target, name) => target[name]
    ?? ((...values) => { asked.push([name, ...values, target.fillStyle ?? ""]); }),
  set: (target, name, value) => { target[name] = value; return true; },
});"""


@pytest.fixture(scope="module")
def front(browser):
    """A blank page in which all of the front end's functions can be called."""
    page = browser.new_page()
    page.set_content("<!doctype html><title>Front</title>")
    parts = "\n".join(_static(name) for name in PARTS)
    page.add_script_tag(content=f"const CSS = '', engines = {{}};\n{parts}")
    yield page
    page.close()


def drawn(front, kind, x, y, style):
    """What a mark asks of the pen, call by call."""
    script = f"([x, y, style]) => {{ {PEN} draw.{kind}(pen, x, y, style); "
    return front.evaluate(script + "return asked; }", [x, y, style])


# ---- tables --------------------------------------------------------------------------


def read_in_the_page(front, presets, frames, settings):
    """What the page makes of a table of these frames, at each of the settings."""
    words = {"summaries": [f"Setting {i}." for i in range(len(frames))]}
    table = {**pack_table(frames), **words}
    table["data"] = base64.b64encode(table["data"]).decode()
    return front.evaluate(UNPACK, [{"presets": presets}, table, settings])


@pytest.mark.parametrize("explorer", TABLES.values(), ids=TABLES)
def test_frames_read_in_the_page_are_pythons(front, explorer):
    settings = explorer.settings()
    frames = [explorer.arrays(settings[i]) for i in (0, -1)]
    asked = [{"which": i} for i in (0, 1)]
    seen = read_in_the_page(front, {"which": [0, 1]}, frames, asked)
    for i, frame in enumerate(frames):
        assert seen[i]["summary"] == f"Setting {i}."
        assert seen[i]["arrays"].keys() == frame.keys()
        for key, array in frame.items():
            levels = MOVING_LEVELS if array.ndim > 1 else LEVELS
            assert_near(np.array(seen[i]["arrays"][key]), array.ravel(), levels)


@pytest.mark.parametrize("explorer", TABLES.values(), ids=TABLES)
def test_settings_have_one_order_in_the_page_and_in_python(front, explorer):
    settings = explorer.settings()
    frames = [{"which": np.array([float(i)])} for i in range(len(settings))]
    seen = read_in_the_page(front, explorer.presets, frames, settings)
    assert [one["arrays"]["which"] for one in seen] == [
        pytest.approx([i]) for i in range(len(settings))
    ]


def assert_near(read, array, levels):
    """Half a level off at most, of what the array spans or of its logarithm."""
    span = np.ptp(array)
    even = np.abs(read - array) <= 0.51 * span / levels + 1e-12 * np.abs(array)
    if array.min() > 0:
        ratio = np.abs(np.log(read / array))
        even |= ratio <= 0.51 * np.ptp(np.log(array)) / levels + 1e-12
    assert even.all()


# ---- axes ----------------------------------------------------------------------------

AXIS = {"log": False, "low": None, "high": None, "pi": False, "names": []}


@pytest.mark.parametrize(
    ("axis", "arrays", "expected"),
    [
        ({}, [[0.13, 0.87]], [0.1, 0.9]),
        ({}, [[-3, 5], [11]], [-4, 12]),
        ({}, [[2, 2]], [1, 3]),
        ({"low": 0}, [[0.13, 0.87]], [0, 0.9]),
        ({"low": -1, "high": 1}, [[5]], [-1, 1]),
        ({"log": True}, [[0, 1, 100]], [0.8, 125]),
        ({"log": True, "high": 1000}, [[1, 100]], [0.8, 1000]),
        ({}, [[]], [0, 1]),
        ({"log": True}, [[0, -1]], [0.08, 12.5]),
    ],
)
def test_limits_of_an_axis(front, axis, arrays, expected):
    call = "([axis, arrays]) => limits(axis, arrays)"
    assert front.evaluate(call, [{**AXIS, **axis}, arrays]) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("axis", "low", "high", "count", "expected"),
    [
        ({}, 0, 1, 5, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        ({}, -0.3, 0.7, 4, [0, 0.5]),
        ({"log": True}, 1, 1000, 6, [1, 10, 100, 1000]),
        ({"log": True}, 1, 20, 6, [1, 2, 5, 10, 20]),
        ({"log": True}, 1e-6, 1, 3, [1e-6, 1e-4, 1e-2, 1]),
        ({"names": ["a", "", "b", "c"]}, 0, 3, 9, [0, 2, 3]),
        ({"names": ["a", "b", "c", "d"]}, 0, 3, 2, [0, 2]),
        ({"pi": True}, -3, 3, 9, [-np.pi, -np.pi / 2, 0, np.pi / 2, np.pi]),
    ],
)
def test_places_of_ticks(front, axis, low, high, count, expected):
    call = "([axis, ...rest]) => ticks(axis, ...rest)"
    found = front.evaluate(call, [{**AXIS, **axis}, low, high, count])
    assert found == pytest.approx(expected)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "0"),
        (0.25, "0.25"),
        (-3, "−3"),
        (1234.567, "1234.57"),
        (12.3456, "12.3"),
        (99999, "99999"),
        (1e5, "10⁵"),
        (-1e5, "−10⁵"),
        (2.4e-6, "2.4 × 10⁻⁶"),
        (-2.41e-12, "−2.41 × 10⁻¹²"),
        (0.001, "0.001"),
    ],
)
def test_a_number_in_words(front, value, words):
    assert front.evaluate("say", value) == words


def test_labels_of_one_axis_are_in_one_notation(front):
    assert front.evaluate("tickLabels", [0.001, 0.01, 0.1]) == ["10⁻³", "10⁻²", "10⁻¹"]
    assert front.evaluate("tickLabels", [1, 10, 100]) == ["1", "10", "100"]
    assert front.evaluate("tickLabels", [0.5, 1, 1.5]) == ["0.5", "1", "1.5"]


# ---- between two moments -------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "log", "expected"),
    [
        (0, False, [1, 4]),
        (1, True, [3, 16]),
        (0.5, False, [2, 10]),
        (0.25, False, [1.5, 7]),
        (0.5, True, [3**0.5, 8]),
    ],
)
def test_numbers_between_two_moments(front, moment, log, expected):
    call = """([rows, size, moment, log]) =>
      Array.from(between(Float64Array.from(rows), size, moment, log))"""
    found = front.evaluate(call, [[1, 4, 3, 16], 2, moment, log])
    assert found == pytest.approx(expected)


def test_a_curve_on_the_circle_closes(front):
    x, y = front.evaluate("around([0, 1, 2], [5, 6, 7])")
    assert x == pytest.approx([2 - 2 * np.pi, 0, 1, 2, 2 * np.pi])
    assert y == [7, 5, 6, 7, 5]


# ---- marks ---------------------------------------------------------------------------

STYLE = {"color": "red", "unit": 1, "mark": {"width": 2, "dash": False}}


def test_a_line_goes_through_all_points_and_lifts_where_there_is_none(front):
    asked = drawn(front, "line", [0, 1, 2, 3], [5, 6, float("nan"), 8], STYLE)
    path = [call[:3] for call in asked if call[0] in ("moveTo", "lineTo")]
    assert path == [["moveTo", 0, 5], ["lineTo", 1, 6], ["moveTo", 3, 8]]
    assert [call[0] for call in asked][-1] == "stroke"


def test_segments_join_their_ends(front):
    style = {**STYLE, "x2": [10, 11], "y2": [12, 13]}
    asked = drawn(front, "segments", [0, 1], [2, 3], style)
    path = [call[:3] for call in asked if call[0] in ("moveTo", "lineTo")]
    ends = [["lineTo", 10, 12], ["lineTo", 11, 13]]
    assert path == [["moveTo", 0, 2], ends[0], ["moveTo", 1, 3], ends[1]]


def test_bars_stand_on_the_floor_or_hang_from_it(front):
    style = {**STYLE, "mark": {"width": 4, "hollow": False}}
    style |= {"floor": 100, "shrink": 0.5}
    asked = drawn(front, "stem", [10, 20], [70, 130], style)
    bars = [call[1:5] for call in asked if call[0] == "fillRect"]
    assert bars == [[9, 70, 2, 30], [19, 100, 2, 30]]


def test_points_have_their_place_and_size(front):
    style = {**STYLE, "mark": {"width": 3, "hollow": False}}
    asked = drawn(front, "scatter", [10, 20], [float("nan"), 7], style)
    arcs = [call[1:4] for call in asked if call[0] == "arc"]
    assert arcs == [[20, 7, 5]]
    assert "fill" in [call[0] for call in asked]
    hollow = {**style, "mark": {"width": 3, "hollow": True}}
    asked = drawn(front, "scatter", [10], [7], hollow)
    assert [call[0] for call in asked if call[0] in ("fill", "stroke")] == ["stroke"]


def test_borders_lie_half_way_and_outer_cells_are_as_wide_as_their_inner_halves(front):
    assert front.evaluate("borders([0, 1, 3])") == [-0.5, 0.5, 2, 4]
    assert front.evaluate("borders([5])") == [1, 9]


def test_a_heat_map_paints_each_value_in_its_cell(front):
    style = {
        **STYLE,
        "mark": {"low": 0, "high": 2},
        "z": [0, 1, 2, 5, float("nan"), -1],
    }
    asked = drawn(front, "heat", [0, 10], [0, 20, 40], style)
    cells = {tuple(call[1:3]): call[3:] for call in asked if call[0] == "fillRect"}
    first, last = "rgb(68,1,84)", "rgb(253,231,37)"
    assert len(cells) == 5  # a NaN leaves its cell empty
    assert cells[-5, -10] == [10, 20, first]
    assert cells[-5, 30] == [10, 20, last]
    assert cells[5, -10] == [10, 20, last]  # above the scale
    assert cells[5, 30] == [10, 20, first]  # below it
    assert cells[-5, 10][2] not in (first, last)
    assert (5, 10) not in cells


# ---- the numbers behind the picture --------------------------------------------------

PANEL = {
    "title": "Error",
    "x": {"label": "time", "names": []},
    "y": {"label": "mode", "names": []},
}


def listed(front, marks, arrays, until=1e9):
    """The tables of a panel whose marks read these arrays, each up to an x."""
    call = """([panel, marks, arrays, until]) => tables(
      panel, marks, (mark, key) => arrays[mark[key]], () => until)"""
    return front.evaluate(call, [PANEL, marks, arrays, until])


def test_the_table_shows_the_arrays_and_stops_at_the_moment(front):
    marks = [
        {"kind": "line", "x": "t", "y": "a", "label": "low"},
        {"kind": "line", "x": "t", "y": "b", "label": "high"},
        {"kind": "scatter", "x": "u", "y": "c", "label": "there"},
    ]
    arrays = {"t": [1, 2, 3], "a": [4, 5, 6], "b": [7, 8, 9], "u": [0.5], "c": [-2]}
    first, second = listed(front, marks, arrays, until=2)
    assert first["head"] == ["time", "low", "high"]
    assert first["rows"] == [["1", "4", "7"], ["2", "5", "8"]]
    assert second["rows"] == [["0.5", "−2"]]


def test_the_table_of_a_heat_map_has_its_columns_in_order(front):
    mark = {"kind": "heat", "x": "t", "y": "k", "z": "z", "label": ""}
    arrays = {"t": [1, 2], "k": [3, 5, 7], "z": [10, 11, 12, 20, 21, 22]}
    (table,) = listed(front, [mark], arrays)
    assert table["head"] == ["time", "mode 3", "mode 5", "mode 7"]
    assert table["rows"] == [["1", "10", "11", "12"], ["2", "20", "21", "22"]]


def test_a_long_table_keeps_its_last_row_and_says_what_is_left_out(front):
    mark = {"kind": "line", "x": "t", "y": "a", "label": "low"}
    arrays = {"t": list(range(101)), "a": list(range(101))}
    (table,) = listed(front, [mark], arrays)
    assert table["caption"] == "Error (1 in 3 of 101 points)"
    assert [row[0] for row in table["rows"]][-2:] == ["99", "100"]
    assert all(x == a for x, a in table["rows"])


# ---- a whole panel -------------------------------------------------------------------

# Mounts one panel over given arrays; returns its box and what its canvas is asked.
MOUNT = """async ([panel, lists, moment, clock, begun]) => {
  const floats = Object.entries(lists).map(([key, a]) => [key, Float64Array.from(a)]);
  const arrays = Object.fromEntries(floats);
  const asked = [];
  const pen = CanvasRenderingContext2D.prototype;
  const kept = {};
  for (const name of ["rect", "moveTo", "lineTo"]) {
    kept[name] = pen[name];
    pen[name] = function (...at) {
      asked.push([name, ...at]);
      kept[name].apply(this, at);
    };
  }
  const explorer = {
    spec: { time: "t", question: null }, root: document.body, values: {},
    frame: { arrays }, time: () => arrays.t, moment: () => moment,
    clock: () => clock, begun: () => begun,
  };
  const made = makePanel(panel, explorer);
  const plot = made.root.querySelector(".fbkit-plot");
  Object.assign(plot.style, { width: "400px", height: "300px" });
  document.body.replaceChildren(made.root);
  const wait = () => new Promise((done) => setTimeout(done, 20));
  const marked = () => asked.some(([name]) => name === "rect");
  for (let i = 0; i < 100 && !marked(); i++) {
    asked.length = 0;
    made.update();
    await wait();
  }
  Object.assign(pen, kept);
  const { left, top, width, height } = plot.querySelector(".u-over").style;
  const rows = made.rows().flatMap((table) => table.rows);
  made.stop();
  return [asked, [left, top, width, height].map(parseFloat), rows];
}"""
ARRAYS = {
    "t": [0, 1, 2],
    "x": [0, 2, 4],
    "moving": [0, 2, 4, 2, 4, 6, 4, 6, 8],
}


def painted(front, *marks, time=False, moment=0.5, clock=0.5, begun=True):
    """([(share of the width that is uncovered, [(x, y), ...])] of each mark, rows)."""
    panel = Panel(
        "Picture",
        x=Axis("x", low=0, high=4),
        y=Axis("y", low=0, high=10),
        marks=marks,
        time=time,
    )
    given = [asdict(panel), ARRAYS, moment, clock, begun]
    asked, (left, top, width, height), rows = front.evaluate(MOUNT, given)
    found = []
    for name, *at in asked:
        if name == "rect":
            found.append((at[2] / width, []))
        elif found:
            x, y = 4 * (at[0] - left) / width, 10 * (1 - (at[1] - top) / height)
            found[-1][1].append((round(x, 2), round(y, 2)))
    return found, rows


def test_a_moving_curve_is_drawn_at_the_moment_over_all_of_x(front):
    marks = [line("x", "moving", moving=True), line("x", "x")]
    (moving, still), rows = painted(front, *marks)
    assert rows == [["0", "1", "0"], ["2", "3", "2"], ["4", "5", "4"]]
    assert moving == (1, [(0, 1), (2, 3), (4, 5)])
    assert still == (1, [(0, 0), (2, 2), (4, 4)])


@pytest.mark.parametrize(
    ("clock", "share", "listed"),
    [(0, 0, [0]), (1, 0.25, [0]), (2, 0.5, [0, 2]), (9, 1, [0, 2, 4])],
)
def test_a_curve_over_time_is_uncovered_up_to_the_clock(front, clock, share, listed):
    marks, rows = painted(front, line("x", "x"), time=True, clock=clock)
    uncovered, path = marks[0]
    assert [int(x) for x, _ in rows] == listed
    assert uncovered == pytest.approx(share, abs=0.005)
    assert path[:3] == [(0, 0), (2, 2), (4, 4)]


def test_what_answers_is_drawn_whole_and_not_before_the_start(front):
    marks = [line("x", "x"), line("x", "x", answer=True)]
    begun, _ = painted(front, *marks, time=True, clock=1)
    assert [share for share, _ in begun] == pytest.approx([0.25, 1], abs=0.005)
    still, _ = painted(front, *marks, time=True, clock=1, begun=False)
    assert len(still) == 1
