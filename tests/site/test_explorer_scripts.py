"""A page shows an explorer once: two would share their part of the address."""

import sys
from pathlib import Path

import pytest
from sphinx.errors import ExtensionError

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book/_ext"))

from explorer_scripts import heights, refuse_twins  # noqa: E402

from fbkit.explorers import registry  # noqa: E402


def test_two_copies_of_one_explorer_are_refused():
    refuse_twins("book/home", ["radon_spline", "when_it_fails"])
    with pytest.raises(ExtensionError) as caught:
        refuse_twins("book/home", ["radon_spline", "when_it_fails", "radon_spline"])
    words = str(caught.value)
    assert "book/home shows the explorer radon_spline 2 times" in words
    assert "set it by links" in words


def test_room_is_kept_for_every_explorer():
    for explorer in registry().values():
        phone, column, wide = heights(explorer)
        assert phone > max(column, wide) and min(column, wide) > 500
        assert max(column, wide) <= 800  # one screen of a laptop
