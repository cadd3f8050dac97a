"""The chapters' own things, found by listing `fbkit/chapters/<chapter>/`.

A lab's wheel comes without the chapters: there the lists are empty.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

FOLDER = Path(__file__).parent / "chapters"


def chapters() -> list[str]:
    """The names of the chapters' folders, which are those of the pages.

    >>> "circle_eigenfunctions" in chapters()
    True
    """
    if not FOLDER.is_dir():
        return []
    folders = [path.name for path in FOLDER.iterdir() if path.is_dir()]
    return sorted(name for name in folders if name[0] not in "._")


def chapter_files(name: str) -> dict[str, Path]:
    """{chapter: path} of the file `name` in every chapter that has one.

    >>> chapter_files("engine.js")["radon_spline"].name
    'engine.js'
    """
    found = {}
    for chapter in chapters():
        path = FOLDER / chapter / name
        if path.is_file():
            found[chapter] = path
    return found


def chapter_modules(name: str) -> dict[str, ModuleType]:
    """{chapter: module} of `<chapter>/<name>.py` in every chapter that has one.

    >>> chapter_modules("runs")["fit_a_photograph"].__name__
    'fbkit.chapters.fit_a_photograph.runs'
    """
    return {
        chapter: _chapter_module(chapter, name)
        for chapter in chapter_files(f"{name}.py")
    }


def _chapter_module(chapter: str, name: str) -> ModuleType:
    try:
        return importlib.import_module(f"fbkit.chapters.{chapter}.{name}")
    except Exception as error:  # one chapter's slip would stop them all without a name
        error.add_note(f"while reading fbkit/chapters/{chapter}/{name}.py")
        raise
