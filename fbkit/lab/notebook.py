"""Notebooks as data: their code, and the student's version of one that holds solutions."""

import copy
import json
from pathlib import Path

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


def open_notebook(path):
    """The notebook in `path` as a dict; a file that is no notebook raises ValueError."""
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


def save_notebook(notebook, path):
    """Write the notebook as Jupyter does: one line of source a line of the file."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook["cells"]:
        cell["source"] = cell["source"].splitlines(keepends=True)
    Path(path).write_text(
        json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )


def code(notebook):
    """Sources of the code cells, in order."""
    return [cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "code"]


def blanked(source):
    """`source` with each solution replaced by `...`, which a student replaces in turn.

    >>> print(blanked("def double(x):\\n    ### BEGIN SOLUTION\\n    return 2 * x\\n    ### END SOLUTION"))
    def double(x):
        ...  # your code
    """
    kept, inside = [], False
    for line in source.splitlines():
        marker = line.strip()
        if marker in (BEGIN, END):
            if inside == (marker == BEGIN):
                raise ValueError(
                    f"a cell has {marker!r} out of order: mark where each solution"
                    " begins and ends."
                )
            inside = marker == BEGIN
            if inside:
                kept.append(line[: len(line) - len(line.lstrip())] + "...  # your code")
        elif not inside:
            kept.append(line)
    if inside:
        raise ValueError(
            f"a cell has {BEGIN!r} without {END!r}: mark where each solution ends."
        )
    return "\n".join(kept)


def solutions(notebook):
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


def student_version(notebook):
    """A copy without solutions and outputs."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell.update(
                source=blanked(cell["source"]), outputs=[], execution_count=None
            )
    return notebook
