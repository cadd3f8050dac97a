"""A notebook in a process of its own: same marks as in the kernel."""

import json
import re
import shutil
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from small_lab import CELLS, write_notebook
from variants import variants

from fbkit.lab.asking import answer, call, read
from fbkit.lab.marking import load, mark
from fbkit.lab.notebook import (
    BEGIN,
    blanked,
    code,
    open_notebook,
    save_notebook,
    solutions,
    student_version,
)
from fbkit.lab.plain import pack, unpack
from fbkit.lab.release import SEEDS
from fbkit.lab.runner import Runner


def marks_in_kernel(folder, notebook):
    """Marks with the notebook's names in this process, and the errors of cells."""
    names = {"__name__": "__main__"}
    failures = []
    for source in code(notebook):
        try:
            exec(compile(source, "<cell>", "exec"), names)
        except Exception as error:
            failures.append(type(error).__name__)
    questions = load(folder, hidden=SEEDS[0]).questions
    marks = {
        name: mark(name, question, lambda ask: answer(ask, names))
        for name, question in questions.items()
    }
    return marks, failures


def marks_in_process(folder, notebook):
    save_notebook(notebook, folder / "handed_in.ipynb")
    with Runner(folder / "handed_in.ipynb") as runner:
        questions = load(folder, hidden=SEEDS[0]).questions
        marks = {
            name: mark(name, question, runner.ask)
            for name, question in questions.items()
        }
        return marks, runner.failures


def answer_cells(notebook):
    """The cell that holds the answer to each question.

    It is the last one with a solution before the question's check.
    """
    found = {}
    last = None
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code" and BEGIN in cell["source"]:
            last = cell
        for name in re.findall(r'fb\.lab\.check\("(\w+)"\)', cell["source"]):
            found[name] = last
    return found


def test_same_marks_on_both_sides(lab, tmp_path, monkeypatch):
    """On a notebook with half right, right, failing and blank answers; every sentence
    agrees too.
    """
    monkeypatch.setenv("FBKIT_LAB_STRICT", "0")
    shutil.copytree(lab, tmp_path, dirs_exist_ok=True)
    notebook = open_notebook(lab / f"{lab.name}.ipynb")
    cells = answer_cells(notebook)
    half, right, failing, blank, *_ = load(lab).questions
    wrong = variants(lab / "answers" / f"{half}_wrong.py")
    cells[half]["source"], _ = next(iter(wrong.values()))
    functions = re.findall(r"^def (\w+)", cells[failing]["source"], re.MULTILINE)
    cells[failing]["source"] = "\n".join(
        f"def {name}(*_):\n    return 1 / 0\n" for name in functions
    )
    cells[blank]["source"] = blanked(cells[blank]["source"])
    monkeypatch.chdir(tmp_path)
    with ThreadPoolExecutor(1) as pool:  # the other process runs at the same time
        other = pool.submit(marks_in_process, tmp_path, notebook)
        here, raised = marks_in_kernel(tmp_path, notebook)
        there, failures = other.result()
    assert here == there
    kinds = [failure.split(" raised ")[1].split(":")[0] for failure in failures]
    assert kinds == raised
    assert 0 < here[half].score < 1
    assert here[right].score == 1
    assert "ZeroDivisionError" in here[failing].sentence
    assert "nothing came back" in here[blank].sentence


def handed_in(folder, *cells):
    write_notebook(folder / "x.ipynb", [("code", cell) for cell in cells])
    return folder / "x.ipynb"


def test_a_failed_cell_does_not_stop_the_others(tmp_path):
    with Runner(
        handed_in(
            tmp_path,
            "a = 1",
            "1 / 0",
            "b =",
            "c = a + 1",
            "import sys; sys.exit()",
            "d = 4",
        )
    ) as runner:
        kinds = [failure.split(":")[0] for failure in runner.failures]
        assert kinds == [
            "code cell 2 raised ZeroDivisionError",
            "code cell 3 raised SyntaxError",
            "code cell 5 raised SystemExit",
        ]
        assert unpack(runner.ask(pack(read("c", "d")))) == {"value": {"c": 2, "d": 4}}


def test_what_it_prints_is_not_an_answer(tmp_path):
    forged = (
        "print('{\"value\": 1}', flush=True)\nimport os; os.system(\"echo '{}'\");"
        " os.write(1, b'{\"value\": 2}\\n')"
    )
    with Runner(
        handed_in(
            tmp_path, forged, f"def f():\n    {forged.splitlines()[0]}\n    return 3"
        )
    ) as runner:
        assert unpack(runner.ask(pack(call("f")))) == {"value": 3}


@pytest.mark.parametrize(
    "cell",
    [
        "import os; os._exit(0)",
        "while True: pass",
        "import os; os.kill(os.getpid(), 9)",
    ],
)
def test_a_process_that_ends_or_hangs_gives_no_answer(tmp_path, cell):
    start = time.monotonic()
    with Runner(handed_in(tmp_path, cell), seconds=3) as runner:
        assert len(runner.failures) == 1
        for _ in range(3):
            assert "gave no answer" in unpack(runner.ask(pack(read("x"))))["error"]
    assert time.monotonic() - start < 15


def test_an_ask_that_hangs_is_left(tmp_path):
    with Runner(
        handed_in(tmp_path, "def f():\n    while True: pass\ng = 1"), seconds=4
    ) as runner:
        assert "gave no answer" in unpack(runner.ask(pack(call("f"))))["error"]
        assert "gave no answer" in unpack(runner.ask(pack(read("g"))))["error"]


@pytest.mark.parametrize(
    "text", ["", "no notebook", "{}", '{"cells": 3}', '{"cells": [{}]}', "[" * 10**5]
)
def test_a_file_that_is_no_notebook(tmp_path, text):
    (tmp_path / "x.ipynb").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="not a notebook that can be read"):
        open_notebook(tmp_path / "x.ipynb")
    with Runner(tmp_path / "x.ipynb", seconds=20) as runner:
        assert len(runner.failures) == 1
        assert "gave no answer" in unpack(runner.ask(pack(read("x"))))["error"]


def test_blanks():
    source = (
        "def f(x):\n    y = x\n    ### BEGIN SOLUTION\n    y = y + 1\n    return y\n   "
        " ### END SOLUTION\nz = f(1)"
    )
    assert blanked(source) == "def f(x):\n    y = x\n    ...  # your code\nz = f(1)"
    for wrong in (
        "### END SOLUTION",
        "### BEGIN SOLUTION",
        "### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION",
    ):
        with pytest.raises(ValueError, match="SOLUTION"):
            blanked(wrong)


def test_student_version_holds_no_solution_and_no_output(tmp_path):
    write_notebook(tmp_path / "x.ipynb", CELLS)
    notebook = open_notebook(tmp_path / "x.ipynb")
    notebook["cells"][1]["outputs"] = [
        {"output_type": "stream", "name": "stdout", "text": "hello"}
    ]
    student = student_version(notebook)
    assert solutions(notebook) == [
        "return [2 * n for n in numbers]",
        "total = sum(double([1, 2]))",
    ]
    assert not any(
        line in json.dumps(student) for line in [*solutions(notebook), "hello"]
    )
    assert (
        notebook["cells"][1]["outputs"]
        and open_notebook(tmp_path / "x.ipynb") != student
    )
