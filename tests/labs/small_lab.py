"""A small lab of its own, which needs no network to be trained."""

import json
from pathlib import Path

CHECKS = """
from fbkit.lab import Check, Manual, Question, call, close, read

same = ([1, 2], 0.5, "that is the same.")
double = Check("a pair", call("double", [1, 2]), close([2, 4], mistakes=[same]))

def judge_total(answer, ask):
    return float(answer["total"] == 6), "add up 2 and 4."

total = Check("the sum", read("total"), judge_total)
QUESTIONS = {
    "q1": Question("Twice", 2, "Twice is twice.", (double,)),
    "q2": Question("Sum", 2, "Sums add up.", (total,)),
}
MANUAL = {"q3": Manual("Why", ((1, "says why"),))}
"""
HIDDEN = """
from fbkit.lab import Check, call, close

def hidden_checks(visible, seed):
    number = seed + 3
    another = Check("another number", call("double", [number]), close([2 * number]))
    return {"q1": [another], "q2": [visible["total"]]}
"""
TITLE = """# Twice

| question | you write | points |
|---|---|---|
| q1 | `double` | 2 |
| q2 | the sum | 2 |
| q3 | why, in words | 1 |
"""
DOUBLE = """def double(numbers):
    ### BEGIN SOLUTION
    return [2 * n for n in numbers]
    ### END SOLUTION"""
TOTAL = """total = None
### BEGIN SOLUTION
total = sum(double([1, 2]))
### END SOLUTION"""
CELLS = [
    ("markdown", TITLE),
    ("code", "import fbkit as fb"),
    ("code", DOUBLE),
    ("code", 'fb.lab.check("q1")'),
    ("code", TOTAL),
    ("code", 'fb.lab.check("q2")\nfb.lab.rubric("q3")'),
]
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def write_notebook(path: Path, cells: list[tuple[str, str]]) -> None:
    """Write a notebook of these cells, pairs of (kind, source)."""
    entries = []
    for i, (kind, source) in enumerate(cells):
        lines = source.splitlines(keepends=True)
        entry = {"cell_type": kind, "id": f"cell{i}", "metadata": {}, "source": lines}
        if kind == "code":
            entry["outputs"] = []
            entry["execution_count"] = None
        entries.append(entry)
    notebook = {
        "cells": entries,
        "metadata": {"kernelspec": KERNEL},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path.write_text(json.dumps(notebook), encoding="utf-8")
