"""What students get: nothing more and nothing less than they should, and it runs."""

import contextlib
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
import zipfile

import numpy as np
import pytest
from small_lab import CELLS, HIDDEN, write_notebook
from variants import LABS, ROOT

from fbkit.lab.__main__ import main
from fbkit.lab.notebook import BEGIN, code, open_notebook, solutions
from fbkit.lab.release import page, refusals, release


@pytest.fixture(scope="module", params=LABS, ids=[lab.name for lab in LABS])
def released(request):
    """(lab, its zip, as `make release` writes it)."""
    return request.param, release(request.param, ROOT)


def test_zip_holds_what_a_student_needs(released):
    lab, path = released
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
        wheel = next(name for name in names if name.endswith(".whl"))
        inside = lambda name: archive.read(f"{lab.name}/{name}").decode()
        expected = {
            f"{lab.name}.ipynb",
            "checks.py",
            "requirements.txt",
            "README.md",
            wheel.split("/")[1],
        }
        assert {name.split("/")[1] for name in names} >= expected
        assert inside("requirements.txt").strip() == f"./{wheel.split('/')[1]}[course]"
        assert archive.getinfo(wheel).compress_size < 250_000
        with zipfile.ZipFile(
            io.BytesIO(archive.read(wheel))
        ) as package:  # the course's chapters stay out
            assert "fbkit/lab/judging.py" in package.namelist()
            assert not [
                name
                for name in package.namelist()
                if "chapters/" in name or "ledger/" in name
            ]
        for word in (
            "Linux",
            "macOS",
            "Windows",
            "Restart Kernel",
            "hand in",
            "fb.lab.check",
            "pip install -r",
        ):
            assert word in inside("README.md")


def test_zip_holds_no_solution_and_no_hidden_check(released):
    lab, path = released
    lines = solutions(open_notebook(lab / f"{lab.name}.ipynb"))
    # A bracket or a single word on its line, as the layout has it, gives nothing away.
    lines = [line for line in lines if len(re.findall(r"\w+", line)) > 1]
    assert len(lines) > 20
    hidden = re.findall(
        r"^def (\w+)", (lab / "hidden.py").read_text(encoding="utf-8"), re.MULTILINE
    )
    own = [
        name
        for name in hidden
        if f"def {name}(" not in (lab / "checks.py").read_text(encoding="utf-8")
    ]
    assert "hidden_checks" in own
    with zipfile.ZipFile(path) as archive:
        assert not [
            name
            for name in archive.namelist()
            if "hidden" in name or "answers" in name or "__pycache__" in name
        ]
        for name in archive.namelist():
            text = archive.read(name).decode("utf-8", errors="replace")
            notebook = name.endswith(".ipynb")
            # Short lines (`return found`) may stand in other files by chance; in the
            # notebook none may.
            leaked = [
                line for line in lines if (notebook or len(line) > 25) and line in text
            ]
            assert not leaked, f"{name} holds {leaked}"
            assert BEGIN not in text
            assert not any(f"def {one}(" in text for one in own)
        student = archive.read(f"{lab.name}/{lab.name}.ipynb").decode()
        assert student.count("...  # your code") >= 4 and '"outputs": []' in student


def test_zip_installs_in_an_empty_environment_and_runs(released, tmp_path):
    lab, path = released
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path)
    folder, python = tmp_path / lab.name, tmp_path / "venv" / "bin" / "python"
    uv = [sys.executable, "-m", "uv", "--quiet"]
    subprocess.run(
        [*uv, "venv", "--python", sys.executable, tmp_path / "venv"], check=True
    )
    places = os.environ.get("PIP_FIND_LINKS", "").split()
    torch = [part for place in places for part in ("--find-links", place)] or [
        "--torch-backend",
        "cpu",
    ]
    install = [
        *uv,
        "pip",
        "install",
        "--python",
        python,
        *torch,
        "-c",
        ROOT / "constraints.txt",
        "-r",
        "requirements.txt",
    ]
    subprocess.run(
        [*install, "nbclient"],
        cwd=folder,
        check=True,
        env={**os.environ, "VIRTUAL_ENV": str(tmp_path / "venv")},
    )
    run = """
import nbformat, nbclient, fbkit, sys
notebook = nbformat.read(sys.argv[1], 4)
nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
print(fbkit.__file__)
for cell in notebook.cells:
    for output in cell.get("outputs", []):
        print(output.get("text", output.get("ename", "")))
"""
    clean = {
        k: v
        for k, v in os.environ.items()
        if k not in ("FBKIT_LAB_STRICT", "PYTHONPATH")
    }
    jupyter = {
        "JUPYTER_PATH": str(tmp_path / "venv/share/jupyter"),
        "JUPYTER_PLATFORM_DIRS": "1",
    }
    done = subprocess.run(
        [python, "-c", run, f"{lab.name}.ipynb"],
        cwd=folder,
        env={**clean, **jupyter},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.startswith(str(tmp_path))
    checks = re.findall(
        r'fb\.lab\.check\("(\w+)"\)',
        "\n".join(code(open_notebook(folder / f"{lab.name}.ipynb"))),
    )
    assert re.findall(r"^(\w+): NOT YET, 0 of", done.stdout, re.MULTILINE) == checks


# ---- a small lab, released and refused


def rewritten(folder, old, new):
    cells = [(kind, source.replace(old, new)) for kind, source in CELLS]
    assert cells != CELLS
    write_notebook(folder / "twice.ipynb", cells)


def test_a_good_lab_is_not_refused(twice):
    assert refusals(twice) == []


def test_a_wrong_solution_is_refused(twice):
    rewritten(twice, "2 * n", "3 * n")
    reasons = refusals(twice)
    assert [reason[:2] for reason in reasons] == ["q1", "q2"] and all(
        "the solution scores" in r for r in reasons
    )
    with pytest.raises(ValueError, match="twice is not released"):
        release(twice, twice.parents[1])
    assert not list(twice.parents[1].glob("_build/release/*.zip"))


def test_a_solution_that_fails_a_hidden_check_is_refused(twice):
    rewritten(twice, "2 * n", "2 * n if n < 5 else 0")
    assert (
        len(refusals(twice)) == 1
        and "q1: the solution scores 0.5" in refusals(twice)[0]
    )


def test_a_blank_that_scores_is_refused(twice):
    rewritten(twice, "total = None", "total = 6")
    assert refusals(twice) == ["q2: the blank scores 1, expected 0."]


def test_a_blank_that_does_not_run_is_refused(twice):
    rewritten(twice, "total = None\n", "")
    write_notebook(twice / "twice.ipynb", [*CELLS, ("code", "1 + double([1])[0]")])
    assert (
        len(refusals(twice)) == 1
        and "The blank notebook does not run: code cell 6" in refusals(twice)[0]
    )


def test_a_question_without_hidden_check_is_refused(twice):
    (twice / "hidden.py").write_text(
        HIDDEN.replace(', "q2": [visible["total"]]', ""), encoding="utf-8"
    )
    sentence = "q2: no hidden check, expected at least one: add it to hidden.py."
    assert refusals(twice) == [sentence]


def test_a_question_whose_checks_no_cell_shows_is_refused(twice):
    rewritten(twice, 'fb.lab.check("q2")\n', "")
    (reason,) = refusals(twice)
    assert reason.startswith('q2: no cell calls fb.lab.check("q2")')


@pytest.mark.parametrize(
    "old, new, sentence",
    [
        ("| q2 | the sum | 2 |\n", "", "q2: no row in the notebook's table of points"),
        ("| q3 | why, in words | 1 |\n", "", "q3: no row in the notebook's table"),
        ("| the sum | 2 |", "| the sum | 3 |", "q2: 3 points in the notebook's table"),
        ("| q2 |", "| q4 | more | 2 |\n| q2 |", "q4: a row in the notebook's table"),
    ],
)
def test_a_table_that_does_not_fit_the_questions_is_refused(twice, old, new, sentence):
    rewritten(twice, old, new)
    (reason,) = refusals(twice)
    assert reason.startswith(sentence)


def test_page_has_the_zip_beside_it_and_no_solution(twice):
    root = twice.parents[1]
    path = page(twice, root)
    assert path == root / "book" / "labs" / "twice" / "twice.ipynb"
    assert sorted(p.name for p in path.parent.iterdir()) == [
        "checks.py",
        "twice.ipynb",
        "twice.zip",
    ]
    text = path.read_text(encoding="utf-8")
    assert "{download}`Download twice.zip <twice.zip>`" in text and "2 * n" not in text
    cells = open_notebook(path)["cells"]
    assert all(
        "nbval-skip" in cell["metadata"]["tags"]
        for cell in cells
        if cell["cell_type"] == "code"
    )
    assert path.read_text(encoding="utf-8") == page(twice, root).read_text(
        encoding="utf-8"
    )


def test_a_page_links_to_the_pages_that_name_its_lab(twice):
    root = twice.parents[1]
    (root / "book").mkdir(exist_ok=True)
    for name, lab in (("halves", "twice"), ("thirds", "other")):
        path = root / "book" / f"{name}.ipynb"
        write_notebook(path, [("markdown", f"# What are {name}?\n\nText.")])
        notebook = open_notebook(path)
        notebook["metadata"]["course"] = {"lab": lab}
        path.write_text(json.dumps(notebook), encoding="utf-8")
    first = open_notebook(page(twice, root))["cells"][0]["source"]
    assert "**Read before:** [What are halves?](../../halves.ipynb)\n" in first
    assert "thirds" not in first


def test_release_is_made_anew_only_when_something_changes(twice):
    root = twice.parents[1]
    path = release(twice, root)
    first, made = path.read_bytes(), path.stat().st_mtime_ns
    assert release(twice, root).stat().st_mtime_ns == made
    (root / "fbkit" / "extra.py").write_text("", encoding="utf-8")
    assert release(twice, root).read_bytes() != first
    (root / "fbkit" / "extra.py").unlink()
    assert (
        release(twice, root).read_bytes() == first
    )  # fixed dates: the same files make the same zip


@pytest.mark.parametrize("damage", ["cut", "another", "stamp", "no stamp"])
def test_a_release_that_was_damaged_is_made_again(twice, damage, monkeypatch):
    monkeypatch.setattr("fbkit.lab.release.refusals", lambda folder: [])
    path = release(twice, twice.parents[1])
    whole, stamp = path.read_bytes(), path.with_suffix(".stamp")
    assert {p.name for p in path.parent.iterdir()} == {path.name, stamp.name}
    said = stamp.read_bytes()
    if damage in ("cut", "another"):
        path.write_bytes(whole[:100] if damage == "cut" else whole + b"?")
    else:
        stamp.write_bytes(said[:-1] if damage == "stamp" else b"\xff")
    assert release(twice, twice.parents[1]).read_bytes() == whole
    assert stamp.read_bytes() == said


def test_a_release_that_was_killed_is_made_again(twice, monkeypatch):
    """Its zip may be cut off, whatever the lab is changed back to."""
    path = release(twice, twice.parents[1])
    whole = path.read_bytes()
    before = (twice / "hidden.py").read_text(encoding="utf-8")
    (twice / "hidden.py").write_text(f"{before}\n# changed\n", encoding="utf-8")

    def killed(inside, target):
        target.write_bytes(whole[:100])
        raise KeyboardInterrupt

    monkeypatch.setattr("fbkit.lab.release._write_zip", killed)
    with pytest.raises(KeyboardInterrupt):
        release(twice, twice.parents[1])
    monkeypatch.undo()
    assert path.read_bytes() == whole  # the new one is written beside it
    (twice / "hidden.py").write_text(before, encoding="utf-8")
    assert release(twice, twice.parents[1]).read_bytes() == whole


RELEASE = """
import sys
from pathlib import Path
from fbkit.lab.release import page
page(Path(sys.argv[1]), Path(sys.argv[1]).parents[1])
"""


@pytest.mark.slow  # ten releases are killed, each at a moment of its own
def test_killed_at_any_moment_a_release_is_right_the_next_time(twice):
    root = twice.parents[1]
    checks = (twice / "checks.py").read_text(encoding="utf-8")
    whole, last = [], 0.0
    for words in ("# one\n", "# two\n"):
        (twice / "checks.py").write_text(checks + words, encoding="utf-8")
        began = time.monotonic()
        place = page(twice, root).parent
        last = time.monotonic() - began
        whole.append({p.name: p.read_bytes() for p in place.iterdir()})
    command = [sys.executable, "-c", RELEASE, str(twice)]
    early = 0
    for moment, share in enumerate(np.random.default_rng(0).uniform(0, 1.2, size=10)):
        words = ("# one\n", "# two\n")[moment % 2]
        (twice / "checks.py").write_text(checks + words, encoding="utf-8")
        process = subprocess.Popen(command, start_new_session=True)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=share * last)
        early += process.poll() is None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        place = page(twice, root).parent
        assert {p.name: p.read_bytes() for p in place.iterdir()} == whole[moment % 2]
    assert early >= 5  # they were killed before their end


def test_what_no_student_gets_makes_no_new_release(twice):
    root = twice.parents[1]
    made = release(twice, root).stat().st_mtime_ns
    (root / "fbkit" / "chapters" / "extra.py").write_text("", encoding="utf-8")
    (root / "fbkit" / "ledger" / "extra.py").write_text("", encoding="utf-8")
    assert release(twice, root).stat().st_mtime_ns == made


def test_data_comes_along(twice):
    (twice / "data").mkdir()
    (twice / "data" / "numbers.csv").write_text("1,2\n", encoding="utf-8")
    (twice / "answers").mkdir()
    with zipfile.ZipFile(release(twice, twice.parents[1])) as archive:
        assert archive.read("twice/data/numbers.csv") == b"1,2\n"


def test_commands(capsys):
    assert main(["release", "nothing"]) == 2
    assert capsys.readouterr().out.startswith(
        "There is no lab 'nothing'; the labs are "
    )
    with pytest.raises(SystemExit):
        main(["paint"])
