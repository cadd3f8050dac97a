"""Variants of answers, read from a lab's answers/.

Each runs in a fork of one process that has run the notebook.
"""

import json
import os
import re
from pathlib import Path

from fbkit.lab.asking import answer
from fbkit.lab.notebook import code, open_notebook
from fbkit.lab.plain import pack

ROOT = Path(__file__).resolve().parents[2]
LABS = sorted(path.parent for path in ROOT.glob("labs/*/checks.py"))
HEAD = re.compile(
    r"^# variant: (?P<name>.+?)(?: max=(?P<most>[0-9.]+))?$", re.MULTILINE
)


def variants(path: Path) -> dict[str, tuple[str, float]]:
    """(source, most that it may score) by name; without a maximum that is 1."""
    text = path.read_text(encoding="utf-8")
    heads = list(HEAD.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    found = {}
    for head, end in zip(heads, ends):
        source = text[head.end() : end]
        found[head["name"]] = (source, float(head["most"] or 1))
    assert len(found) == len(heads), f"{path.name} has two variants of one name"
    return found


def common_namespace(lab: Path) -> dict:
    """The notebook's names after all its cells but the checks.

    Solutions are defined, networks trained.
    """
    namespace = {"__name__": "__main__"}
    before = os.getcwd()
    os.chdir(lab)
    try:
        for source in code(open_notebook(lab / f"{lab.name}.ipynb")):
            if "fb.lab." not in source:
                exec(compile(source, "<cell>", "exec"), namespace)
    finally:
        os.chdir(before)
    return namespace


def asked(namespace: dict, sources: list[str], asks: list[dict]) -> list[str]:
    """Packed answers to the asks, after running more code in the namespace.

    That is done in a fork, so that nothing of it stays.
    """
    readable, writable = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(readable)
            for source in sources:
                exec(compile(source, "<variant>", "exec"), namespace)
            with os.fdopen(writable, "w", encoding="utf-8") as out:
                json.dump([answer(pack(ask), namespace) for ask in asks], out)
            status = 0
        finally:
            os._exit(status)
    os.close(writable)
    with os.fdopen(readable, encoding="utf-8") as out:
        text = out.read()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, (
        "the variant's code failed before it was asked"
    )
    return json.loads(text)
