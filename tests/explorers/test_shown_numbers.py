"""The numbers behind each explorer's picture, as its page shows them: Python's."""

import re

import numpy as np
import pytest

from fbkit.explorers import line, registry
from fbkit.explorers.table import MOVING_LEVELS, pack_table, unpack
from tests.browser.watching import eventually, open_folds, rows
from tests.explorers.pages import page

EXPLORERS = registry()
MOST_ROWS = 40
STEPS = 20  # of an engine that trains
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


def number(text):
    """What a cell says: 0.25, −3, 10⁵ or 2.4 × 10⁻⁶."""
    text = text.replace("−", "-")
    found = re.fullmatch(r"(-?)(?:([\d.]+) × )?10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", text)
    if not found:
        return float(text)
    sign, factor, power = found.groups()
    return float(f"{sign}{factor or 1}e{power.translate(RAISED)}")


class Column:
    """Numbers (n,) of a table, and how far off the page may be: three digits, and half
    a level of what is stored.
    """

    def __init__(self, values, whole=None):
        whole = values if whole is None else whole
        self.values = values
        self.off = 0.007 * np.abs(values) + np.ptp(whole) / MOVING_LEVELS + 1e-12

    def says(self, i, text):
        return abs(number(text) - self.values[i]) <= self.off[i]


def columns(arrays, mark, moment):
    """Of a mark's y; of a heat map one for each of its rows."""
    array = arrays[mark.z if mark.kind == "heat" else mark.y]
    now = array[moment] if mark.moving else array
    parts = now.T if mark.kind == "heat" else [now]
    return [Column(part, array) for part in parts]


def says(explorer, arrays, moment, told, table):
    """Whether the rows of cells are those of all panels at a moment."""
    wanted = []
    for panel in explorer.panels:
        marks = [m for m in panel.marks if not m.drag and (told or not m.answer)]
        for name in dict.fromkeys(mark.x for mark in marks):
            x = arrays[name]
            if not len(x):
                continue
            whole = {True: np.inf, False: np.inf}
            if panel.time:
                whole[False] = arrays[explorer.time][moment]
            ends, parts = [], []
            for mark in (mark for mark in marks if mark.x == name):
                every = columns(arrays, mark, moment)
                parts += every
                ends += [whole[mark.answer or mark.kind == "segments"]] * len(every)
            stride = -(-len(x) // MOST_ROWS)
            kept = [i for i in range(len(x)) if i % stride == 0 or i == len(x) - 1]
            wanted += [
                (panel, Column(x), list(zip(parts, ends)), i)
                for i in kept
                if x[i] <= max(ends)
            ]
    return len(wanted) == len(table) and all(
        says_row(*row, cells) for row, cells in zip(wanted, table)
    )


def says_row(panel, x, parts, i, cells):
    at = x.values[i]
    names = panel.x.names
    named = names and at == int(at) and 0 <= at < len(names)
    first = cells[0] == names[int(at)] if named else x.says(i, cells[0])
    if not first or len(cells) != 1 + len(parts):
        return False
    return all(
        part.says(i, cell) if at <= end else cell == ""
        for (part, end), cell in zip(parts, cells[1:])
    )


@pytest.mark.parametrize("explorer", EXPLORERS.values(), ids=EXPLORERS)
def test_the_numbers_shown_are_pythons(explorer, windows, tmp_path, monkeypatch):
    """At the start, and at the end of the time; of what trains after some steps."""
    tab = windows(1280).new_page()
    tab.goto(page(tmp_path, explorer.name, monkeypatch))
    tab.wait_for_selector("[data-explorer][data-ready]", timeout=20_000)
    root = tab.locator("[data-explorer]")
    open_folds(root)
    params = explorer.check({})
    plays = bool(explorer.still or explorer.time)

    def shows(arrays, moment, told):
        return eventually(
            lambda: says(explorer, arrays, moment, told, rows(root)), 20
        ), rows(root)[:3]

    found, seen = shows(explorer.arrays(params), 0, not plays)
    assert found, seen
    if plays:
        arrays = explorer.arrays(params, STEPS if explorer.still else 0)
        last = len(arrays[explorer.time]) - 1 if explorer.time else STEPS
        tab.evaluate(
            "hash => { location.hash = hash; }", f"{explorer.name}.moment={last}"
        )
        waits = explorer.still and explorer.question and explorer.question.looks
        found, seen = shows(arrays, last, not waits)
        assert found, seen
    tab.close()


def test_whole_numbers_stay_whole_in_a_table():
    """They count steps, or are the places of names."""
    arrays = {"place": [0, 1, 2], "steps": [1, 10, 1000, 8000], "below": [-7, 0, 5]}
    frame = {name: np.array(array, float) for name, array in arrays.items()}
    found = unpack(pack_table([frame]), 0)
    assert {name: array.tolist() for name, array in found.items()} == arrays


def test_settings_of_a_table_keep_their_numbers_apart():
    """Whole numbers in one, others beside them, and one that reaches far."""
    frames = [[0.0, 1.0, 2.0], [0.0, 0.5, 1.0], [-1e6, 0.0, 1e6]]
    frames = [{"y": np.array(frame)} for frame in frames]
    table = pack_table(frames)
    for i, frame in enumerate(frames):
        half = np.ptp(frame["y"]) / 32767 / 2
        off = 0 if i == 0 else 1.001 * half
        np.testing.assert_allclose(unpack(table, i)["y"], frame["y"], atol=off, rtol=0)


def test_numbers_over_decades_are_kept_by_their_ratios():
    spread = np.geomspace(3e-7, 2, 50)
    found = unpack(pack_table([{"y": spread}]), 0)["y"]
    np.testing.assert_allclose(found, spread, rtol=1e-3)


def test_a_mark_is_plain_until_told_otherwise():
    plain = line("x", "y")
    assert not (plain.dash or plain.hollow or plain.moving or plain.answer)
    assert (plain.axis, plain.color, plain.label) == ("left", "blue", "")
