"""Where the chapters' own things lie: `fbkit/chapters/<chapter>/`, found by listing the
folders.

A lab's wheel comes without the chapters: there the lists are empty.
"""

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
    return sorted(
        p.name for p in FOLDER.iterdir() if p.is_dir() and p.name[0] not in "._"
    )


def chapter_files(name: str) -> dict[str, Path]:
    """{chapter: path} of the file `name` in every chapter that has one.

    >>> chapter_files("engine.js")["radon_spline"].name
    'engine.js'
    """
    paths = {chapter: FOLDER / chapter / name for chapter in chapters()}
    return {chapter: path for chapter, path in paths.items() if path.is_file()}


def chapter_modules(name: str) -> dict[str, ModuleType]:
    """{chapter: module} of `fbkit.chapters.<chapter>.<name>` for every chapter that has
    one.

    >>> sorted(chapter_modules("runs"))
    ['fit_a_photograph', 'sphere_eigenfunctions']
    """
    return {
        chapter: importlib.import_module(f"fbkit.chapters.{chapter}.{name}")
        for chapter in chapter_files(f"{name}.py")
    }
