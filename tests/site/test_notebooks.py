"""The notebooks as files: short cells, no plotting code, no unchecked outputs."""

import json
import re
import statistics
from pathlib import Path

import pytest

from tests.course import ROOT

CHAPTERS = (ROOT / "book").glob("*.ipynb")
LABS = (ROOT / "labs").glob("*/*.ipynb")
NOTEBOOKS = sorted([*CHAPTERS, *LABS])
# How a notebook of the book begins; its copy on the site names the repository.
SETUP = """\
try:
    import fbkit as fb
except ModuleNotFoundError:
    raise SystemExit(
        "fbkit is missing. In a clone of the whole course run "
        'pip install ".[course]" and restart the kernel.'
    ) from None
"""
CHECKED = "NBVAL_CHECK_OUTPUT"
HIDDEN = {"hide-input", "remove-cell"}


def code(path: Path) -> list[dict]:
    """The code cells, each with its source joined as "text"."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [
        {**cell, "text": "".join(cell["source"])}
        for cell in cells
        if cell["cell_type"] == "code"
    ]


def lengths(path: Path) -> list[int]:
    """How many lines each code cell has, empty ones left out."""
    found = []
    for cell in code(path):
        lines = [line for line in cell["text"].splitlines() if line.strip()]
        found.append(len(lines))
    return found


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return request.param


def test_checked_cells_store_an_output_and_others_none(notebook):
    """nbval passes silently over a cell that has nothing to be compared with."""
    wrong = [
        cell["text"]
        for cell in code(notebook)
        if bool(cell["outputs"]) != (CHECKED in cell["text"])
    ]
    assert wrong == [], (
        "a stored output is missing, or one is stored that nothing checks"
    )


def test_holds_no_widget_state_and_no_counts(notebook):
    whole = json.loads(notebook.read_text(encoding="utf-8"))
    assert "widgets" not in whole["metadata"]
    unchecked = [cell for cell in code(notebook) if CHECKED not in cell["text"]]
    assert all(cell["execution_count"] is None for cell in unchecked)


def test_cells_are_short(notebook):
    assert max(lengths(notebook)) <= 30


def test_the_median_cell_has_at_most_seven_lines():
    """As many as a plot call takes with a line for each argument."""
    every = [length for path in NOTEBOOKS for length in lengths(path)]
    assert statistics.median(every) <= 7


def test_holds_no_plotting_code(notebook):
    plotting = re.compile(r"\bplt\.|pyplot|\.set_xlabel|add_subplot")
    for cell in code(notebook):
        assert not plotting.search(cell["text"])


def test_says_first_what_to_install(notebook):
    first = code(notebook)[0]["text"]
    if notebook.parent.name == "book":
        assert f"{first}\n".startswith(SETUP)
    assert "import fbkit" in first and "pip install" in first


def test_nobody_has_to_read_past_the_set_up(notebook):
    """The first code cell is hidden, or not on the page at all."""
    assert HIDDEN & set(code(notebook)[0]["metadata"].get("tags", []))
