"""A small lab of its own, which needs no network to be trained."""

import json

CHECKS = """
from fbkit.lab import Check, Manual, Question, call, close, read
double = Check("a pair", call("double", [1, 2]), close([2, 4], mistakes=[([1, 2], 0.5, "that is the same.")]))
total = Check("the sum", read("total"), lambda answer, ask: (float(answer["total"] == 6), "add up 2 and 4."))
QUESTIONS = {
    "q1": Question("Twice", 2, "Twice is twice.", (double,)),
    "q2": Question("Sum", 2, "Sums add up.", (total,)),
}
MANUAL = {"q3": Manual("Why", ((1, "says why"),))}
"""
HIDDEN = """
from fbkit.lab import Check, call, close
def hidden_checks(visible, seed):
    return {"q1": [Check("another number", call("double", [seed + 3]), close([2 * (seed + 3)]))]}
"""
CELLS = [
    ("markdown", "# Twice"),
    ("code", "import fbkit as fb"),
    (
        "code",
        (
            "def double(numbers):\n    ### BEGIN SOLUTION\n    return [2 * n for n in"
            " numbers]\n    ### END SOLUTION"
        ),
    ),
    ("code", 'fb.lab.check("q1")'),
    (
        "code",
        (
            "total = None\n### BEGIN SOLUTION\ntotal = sum(double([1, 2]))\n### END"
            " SOLUTION"
        ),
    ),
    ("code", 'fb.lab.check("q2")\nfb.lab.rubric("q3")'),
]


def write_notebook(path, cells):
    entries = [
        {
            "cell_type": kind,
            "id": f"cell{i}",
            "metadata": {},
            "source": source.splitlines(keepends=True),
        }
        | ({"outputs": [], "execution_count": None} if kind == "code" else {})
        for i, (kind, source) in enumerate(cells)
    ]
    kernel = {
        "kernelspec": {
            "display_name": "Python 3",
            "language": "python",
            "name": "python3",
        }
    }
    notebook = {
        "cells": entries,
        "metadata": kernel,
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path.write_text(json.dumps(notebook), encoding="utf-8")
