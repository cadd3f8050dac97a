"""The checks can fail.

Each breakage is made in a copy of the project, and the check that sees it must turn
red.
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
        done = subprocess.run(
            listed, cwd=ROOT, capture_output=True, encoding="utf-8", check=True
        )
        for name in done.stdout.split("\0"):
            if (ROOT / name).is_file() and not name.startswith("book/static/"):
                self.take(name)

    def take(self, name: str) -> None:
        (self.place / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, self.place / name)

    def red(self, *command: str) -> str:
        """What a command prints, which must fail when it is run in the copy."""
        environment = dict(os.environ, PYTHONPATH=str(self.place), OMP_NUM_THREADS="1")
        done = subprocess.run(
            command,
            cwd=self.place,
            env=environment,
            capture_output=True,
            encoding="utf-8",
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
            notebook["cells"] = change(notebook["cells"])
            return json.dumps(notebook)

        self.edit(name, changed)


@pytest.fixture
def copy(tmp_path):
    return Copy(tmp_path)


def text(cell: dict) -> str:
    return "".join(cell["source"])


def first_code(cells: list[dict], word: str) -> int:
    """The place of the first code cell that holds a word."""
    for i, cell in enumerate(cells):
        if cell["cell_type"] == "code" and word in text(cell):
            return i
    raise AssertionError(f"no code cell holds {word!r}")


def test_the_copy_is_what_runs(copy):
    history = copy.place / "fbkit" / "history.py"
    history.write_text("raise SystemExit('from the copy')", encoding="utf-8")
    assert "from the copy" in copy.red(sys.executable, "-c", "import fbkit")


def keep_measured(copy: Copy) -> None:
    """What a breakage does not touch is not measured again."""
    if (ROOT / "_build" / "claims.json").exists():
        copy.take("_build/claims.json")


def test_a_claims_helper(copy):
    """Helpers alone are edited: their live claim fails, their record is refused."""
    helper = "fbkit/chapters/linear_frequency_principle/claims.py"
    copy.edit(helper, lambda text: text.replace("100 *", "777 *", 1))
    copy.edit(helper, lambda text: text.replace("0.001 * waves", "0.002 * waves", 1))
    keep_measured(copy)
    printed = copy.red(sys.executable, "-m", "fbkit.ledger")
    assert "claim lfp-between FAILS" in printed
    assert "from another version of the claim" in printed


def test_a_data_file(copy):
    """A claim that reads the bell's recording does not survive silence."""
    sound = copy.place / "fbkit/data/bell.wav"
    content = sound.read_bytes()
    sound.write_bytes(content[:44] + bytes(len(content) - 44))
    keep_measured(copy)
    assert "bell" in copy.red(sys.executable, "-m", "fbkit.ledger")


def test_a_chapters_cell(copy):
    chapter = "book/watch_a_network_learn.ipynb"

    def broken(cells):
        """The cells up to the first that uses fbkit, which asks for a wrong name."""
        at = first_code(cells, "fb.")
        wrong = text(cells[at]).replace("fb.", "fb.no_such_", 1)
        return [*cells[:at], {**cells[at], "source": wrong}]

    copy.edit_cells(chapter, broken)
    assert "no_such_" in copy.red(*PYTEST, "--nbval-lax", chapter)


def test_a_labs_solution(copy):
    lab = "labs/frequency_meter/frequency_meter.ipynb"
    solution = r"(?s)### BEGIN SOLUTION.*?### END SOLUTION"

    def broken(cells):
        """The cells up to the first check, with a solution that returns nothing."""
        found = []
        for cell in cells[: first_code(cells, "lab.check(") + 1]:
            blank = re.sub(solution, "return None", text(cell))
            found.append({**cell, "source": blank})
        return found

    copy.edit_cells(lab, broken)
    assert "NOT YET" in copy.red(*PYTEST, "--nbval-lax", lab)


def test_an_engine(copy):
    if chromium() is None and os.environ.get("FBKIT_REQUIRE_BROWSER") != "1":
        pytest.skip(MISSING)
    engine = "fbkit/chapters/watch_a_network_learn/engine.js"
    right, wrong = "Math.sqrt(s.width)", "Math.sqrt(s.width + 1)"
    copy.edit(engine, lambda text: text.replace(right, wrong))
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
        "execution_count": None,
        "metadata": {},
        "id": "sum",
    }
    copy.edit_cells("book/index.ipynb", lambda cells: [*cells, cell])
    check = ["tests/site/test_notebooks.py", "-k", "store_an_output"]
    assert "a stored output is missing" in copy.red(*PYTEST, *check)
