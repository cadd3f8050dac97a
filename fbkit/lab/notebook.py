"""Notebooks as data: their code, their table of points, the student's version."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path

BEGIN = "### BEGIN SOLUTION"
END = "### END SOLUTION"


def open_notebook(path: str | Path) -> dict:
    """The notebook in `path`; a file that is no notebook raises ValueError."""
    try:
        notebook = json.loads(Path(path).read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            cell["source"] = "".join(cell["source"])
            if cell["cell_type"] not in ("code", "markdown", "raw"):
                raise ValueError(cell["cell_type"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ValueError(
            f"{Path(path).name} is not a notebook that can be read: save it again as"
            " .ipynb."
        ) from None
    return notebook


def save_notebook(notebook: dict, path: str | Path) -> None:
    """Write the notebook as Jupyter does: one line of source a line of the file."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook["cells"]:
        cell["source"] = cell["source"].splitlines(keepends=True)
    text = json.dumps(notebook, indent=1, ensure_ascii=False)
    Path(path).write_text(text + "\n", encoding="utf-8")


def code(notebook: dict) -> list[str]:
    """Sources of the code cells, in order."""
    return [cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "code"]


def points_table(notebook: dict) -> dict[str, float]:
    """Points by question, from the table with the columns question, ..., points.

    >>> lines = ["| question | you write | points |", "|---|---|---|", "| q1 | f | 2 |"]
    >>> cell = {"cell_type": "markdown", "source": "\\n".join(lines)}
    >>> points_table({"cells": [cell]})
    {'q1': 2.0}
    """
    found = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] != "markdown":
            continue
        inside = False
        for line in cell["source"].splitlines():
            entries = [entry.strip() for entry in line.strip().strip("|").split("|")]
            if not line.lstrip().startswith("|"):
                inside = False
            elif entries[0] == "question" and entries[-1] == "points":
                inside = True
            elif inside and re.fullmatch(r"[0-9.]+", entries[-1]):
                found[entries[0]] = float(entries[-1])
    return found


def blanked(source: str) -> str:
    """`source` with each solution replaced by `...`, which a student replaces in turn.

    >>> begin, end = "    ### BEGIN SOLUTION", "    ### END SOLUTION"
    >>> print(blanked(f"def double(x):\\n{begin}\\n    return 2 * x\\n{end}"))
    def double(x):
        ...  # your code
    """
    kept = []
    inside = False
    for line in source.splitlines():
        marker = line.strip()
        if marker in (BEGIN, END):
            begins = marker == BEGIN
            if begins == inside:
                raise ValueError(
                    f"a cell has {marker!r} out of order: mark where each solution"
                    " begins and ends."
                )
            inside = begins
            if begins:
                indent = line[: len(line) - len(line.lstrip())]
                kept.append(f"{indent}...  # your code")
        elif not inside:
            kept.append(line)
    if inside:
        raise ValueError(
            f"a cell has {BEGIN!r} without {END!r}: mark where each solution ends."
        )
    return "\n".join(kept)


def solutions(notebook: dict) -> list[str]:
    """The lines of every solution: what no student's copy may hold."""
    lines = []
    for source in code(notebook):
        inside = False
        for line in source.splitlines():
            if line.strip() in (BEGIN, END):
                inside = line.strip() == BEGIN
            elif inside and line.strip():
                lines.append(line.strip())
    return lines


def student_version(notebook: dict) -> dict:
    """A copy without solutions and outputs."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["source"] = blanked(cell["source"])
            cell["outputs"] = []
            cell["execution_count"] = None
    return notebook
