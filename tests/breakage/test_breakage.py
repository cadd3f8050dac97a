"""The checks can fail: each breakage is made in a copy of the project, and the check
that sees it must turn red.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.chromium import MISSING, chromium
from tests.course import ROOT

PYTEST = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]


class Copy:
    """A copy of every file that is, or is about to be, under version control."""

    def __init__(self, place: Path):
        self.place = place
        listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(
            listed, cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.split("\0")
        for name in filter(None, names):
            if (ROOT / name).is_file() and not name.startswith("book/static/"):
                (place / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, place / name)

    def red(self, *command: str) -> str:
        """What a command prints, which must fail when it is run in the copy."""
        environment = dict(os.environ, PYTHONPATH=str(self.place), OMP_NUM_THREADS="1")
        done = subprocess.run(
            command, cwd=self.place, env=environment, capture_output=True, text=True
        )
        assert done.returncode != 0, f"still green: {done.stdout[-2000:]}"
        return done.stdout + done.stderr

    def edit(self, name: str, change) -> None:
        """Put a file's text through `change`, which must change it."""
        before = (self.place / name).read_text(encoding="utf-8")
        after = change(before)
        assert after != before, f"nothing to break in {name}"
        (self.place / name).write_text(after, encoding="utf-8")

    def edit_cells(self, name: str, change) -> None:
        """The same for the list of a notebook's cells."""

        def changed(text: str) -> str:
            notebook = json.loads(text)
            return json.dumps(notebook | {"cells": change(notebook["cells"])})

        self.edit(name, changed)


@pytest.fixture
def copy(tmp_path):
    return Copy(tmp_path)


def is_code(cell: dict) -> bool:
    return cell["cell_type"] == "code"


def test_the_copy_is_what_runs(copy):
    (copy.place / "fbkit" / "history.py").write_text(
        "raise SystemExit('from the copy')"
    )
    assert "from the copy" in copy.red(sys.executable, "-c", "import fbkit")


def test_a_claims_tolerance(copy):
    """No measured value is within less than nothing of the expected one."""
    part = sorted(
        path
        for path in (copy.place / "fbkit" / "chapters").glob("*/claims.py")
        if "@ledger(" in path.read_text()
    )[0]
    copy.edit(
        part.relative_to(copy.place),
        lambda text: re.sub(r"( tolerance=)[^\n]+", r"\1-1,", text, count=1),
    )
    measured = (
        ROOT / "_build" / "claims.json"
    )  # what does not depend on the tolerance is not measured again
    if measured.exists():
        (copy.place / "_build").mkdir()
        shutil.copy(measured, copy.place / "_build" / "claims.json")
    assert "FAILS" in copy.red(sys.executable, "-m", "fbkit.ledger")


def test_a_chapters_cell(copy):
    def broken(cells):
        """The cells up to the first one that uses fbkit, which now asks for something
        that is not there.
        """
        at = next(
            i
            for i, cell in enumerate(cells)
            if is_code(cell) and "fb." in "".join(cell["source"])
        )
        wrong = cells[at] | {
            "source": "".join(cells[at]["source"]).replace("fb.", "fb.no_such_", 1)
        }
        return [*cells[:at], wrong]

    copy.edit_cells("book/watch_a_network_learn.ipynb", broken)
    assert "no_such_" in copy.red(
        *PYTEST, "--nbval-lax", "book/watch_a_network_learn.ipynb"
    )


def test_a_labs_solution(copy):
    def broken(cells):
        """The cells up to the first check, with a solution that returns nothing."""
        text = lambda cell: "".join(cell["source"])
        last = next(
            i
            for i, cell in enumerate(cells)
            if is_code(cell) and "lab.check(" in text(cell)
        )
        blank = lambda cell: re.sub(
            r"(?s)### BEGIN SOLUTION.*?### END SOLUTION", "return None", text(cell)
        )
        return [cell | {"source": blank(cell)} for cell in cells[: last + 1]]

    copy.edit_cells("labs/frequency_meter/frequency_meter.ipynb", broken)
    assert "NOT YET" in copy.red(
        *PYTEST, "--nbval-lax", "labs/frequency_meter/frequency_meter.ipynb"
    )


def test_an_engine(copy):
    if chromium() is None and os.environ.get("FBKIT_REQUIRE_BROWSER") != "1":
        pytest.skip(MISSING)
    engine = "fbkit/chapters/watch_a_network_learn/engine.js"
    copy.edit(
        engine,
        lambda text: text.replace("Math.sqrt(s.width)", "Math.sqrt(s.width + 1)"),
    )
    parity = [
        "tests/chapters/test_watch_a_network_learn.py",
        "-k",
        "test_engine_equals_its_twin_after_2000_steps and relu",
    ]
    assert "< 1e-10" in copy.red(*PYTEST, *parity)


def test_a_missing_stored_output(copy):
    cell = {
        "cell_type": "code",
        "source": "# NBVAL_CHECK_OUTPUT\n1 + 1",
        "outputs": [],
        "metadata": {},
        "id": "sum",
    }
    copy.edit_cells(
        "book/index.ipynb", lambda cells: [*cells, cell | {"execution_count": None}]
    )
    assert "a stored output is missing" in copy.red(
        *PYTEST, "tests/site/test_notebooks.py", "-k", "store_an_output"
    )
