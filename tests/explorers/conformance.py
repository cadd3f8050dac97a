"""What every explorer must do: one check a law, for the registry and for new ones.

A check takes the explorer and its frames: (params, arrays) for each of its settings.
"""

import base64
import gzip
import json
import re
from xml.etree import ElementTree

import numpy as np
import pytest

from fbkit.explorers import explore
from fbkit.explorers.table import unpack


def frames_of(explorer):
    """(params, arrays) of every setting; names, shapes and finiteness are checked."""
    return [(params, explorer.arrays(params)) for params in explorer.settings()]


class Watched(dict):
    """A frame that notes which of its arrays are read."""

    def __init__(self, arrays):
        super().__init__(arrays)
        self.read = set()

    def __getitem__(self, name):
        self.read.add(name)
        return super().__getitem__(name)


def every_array_is_drawn_or_read(explorer, frames):
    used = {name for _, mark in explorer.marks() for name in mark.arrays}
    used.add(explorer.time)
    for params, arrays in frames:
        watched = Watched(arrays)
        explorer.summary(watched, params)
        explorer.verdicts(watched, params)
        used |= watched.read
    unused = set(frames[0][1]) - used
    assert not unused, f"no mark and no sentence uses {', '.join(unused)}"


def the_summary_is_a_sentence_with_numbers(explorer, frames):
    for params, arrays in frames:
        words = explorer.summary(arrays, params)
        assert re.search(r"\d", words) and words.endswith("."), words
        assert "nan" not in words.lower(), words


def every_control_changes_the_picture(explorer, frames):
    start = explorer.check({})
    steps = min(1, explorer.still)
    before = explorer.arrays(start, steps)
    for name, param in explorer.params.items():
        for value in explorer.presets.get(name) or getattr(param, "values", ()):
            if value == start[name]:
                continue
            after = explorer.arrays({**start, name: value}, steps)
            same = all(np.array_equal(before[k], after[k]) for k in before)
            assert not same, f"{name} = {value} draws the same picture"


def an_engine_offers_three_to_eight_settings(explorer, frames):
    assert 3 <= len(explorer.presets) <= 8 or not explorer.engine


def the_printed_picture_is_the_same_each_time(explorer, frames):
    shown, again = explore(explorer.name), explore(explorer.name)
    assert repr(shown) == repr(again) and "0x" not in repr(shown)
    data, _ = shown._repr_mimebundle_()
    text, svg = data["text/plain"], data["image/svg+xml"]
    assert text.startswith(repr(shown)) and text.endswith(".")
    assert svg == again._repr_mimebundle_()[0]["image/svg+xml"]
    words = "".join(ElementTree.fromstring(svg.encode()).itertext())
    assert all(panel.title in words for panel in explorer.panels)


def the_spec_is_plain_data(explorer, frames):
    spec = json.loads(json.dumps(explorer.spec()))
    assert spec["name"] == explorer.name
    assert len(spec["panels"]) == len(explorer.panels)


def the_page_holds_a_stub_and_a_small_table(explorer, frames):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FBKIT_SITE", "1")
        state = explore(explorer.name).get_state()
    assert len(state["_esm"]) < 100
    table = state["table"]
    if explorer.engine:
        assert not table
        return
    rest = {name: part for name, part in table.items() if name != "data"}
    page = base64.b64encode(table["data"]) + json.dumps(rest).encode()
    size = len(gzip.compress(page))
    assert size < 110_000, "fewer points, moments or presets make a table smaller"
    assert len(table["summaries"]) == len(frames) and all(table["summaries"])
    for setting, (_, arrays) in enumerate(frames):
        for name, array in unpack(table, setting).items():
            exact = arrays[name]
            if table["arrays"][name]["log"]:
                array, exact = np.log(array), np.log(exact)
            span = np.ptp(exact) if exact.size else 0
            gap = np.abs(array - exact).max(initial=0)
            largest = np.abs(exact).max(initial=0)
            assert gap <= 1e-4 * span + 1e-9 * largest, name


CHECKS = [
    every_array_is_drawn_or_read,
    the_summary_is_a_sentence_with_numbers,
    every_control_changes_the_picture,
    an_engine_offers_three_to_eight_settings,
    the_printed_picture_is_the_same_each_time,
    the_spec_is_plain_data,
    the_page_holds_a_stub_and_a_small_table,
]
