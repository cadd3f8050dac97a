"""A course of three small notebooks, with the real build and without torch."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.course import ROOT

CONFIG = """\
title: Small
author: nobody
only_build_toc_files: true
exclude_patterns: [_build, fbkit, labs]
execute: {execute_notebooks: cache, timeout: 20}
sphinx:
  local_extensions:
    {addresses: book/_ext, course_site: book/_ext, downloads: book/_ext}
  config:
    nb_execution_raise_on_error: true
    html_static_path: [_build/joined]
"""
TOC = """\
format: jb-book
root: book/index
chapters:
  - file: book/first
  - file: book/second
"""
PROJECT = """\
[project]
dependencies = ["numpy>=1"]
optional-dependencies.course = ["ipykernel>=6"]
"""
# Each says in a file beside the course that it ran.
COUNTED = """\
from pathlib import Path
with Path("../../ran").open("a") as file:
    file.write("{name} ")
"""
FILES = {
    "_config.yml": CONFIG,
    "_toc.yml": TOC,
    "pyproject.toml": PROJECT,
    "constraints.txt": "",
    "fbkit/__init__.py": "",
    "fbkit/words.py": "WORD = 'hello'\n",
    "fbkit/others.py": "OTHER = 1\n",
    "fbkit/explorers/__init__.py": "def site_files():\n    return {'a.js': '//'}\n",
    "fbkit/explorers/static/front.js": "// front",
    "fbkit/ledger/__main__.py": "print('2 of 2 claims hold.')\n",
    "fbkit/lab/__main__.py": "print('book/labs/one')\n",
    "book/static/site.css": "",
}
# In place of Sphinx, where a test asks what comes before it.
PAGES = """\
from pathlib import Path
page = Path("_build/html/index.html")
page.parent.mkdir(exist_ok=True)
page.write_text("made")
"""
# The kernels' own imports, without those of a real course.
IMPORTED = 'IMPORTED = ["ipykernel.kernelapp", "ipykernel.debugger"]\n'


class SmallCourse:
    """Its folder, its pages, and its builds."""

    def __init__(self, root: Path, sphinx: bool = False):
        self.root = root
        self.made = root / "_build"
        self.log = self.made / "build.log"
        for name, text in FILES.items():
            self.write(name, text)
        shutil.copytree(ROOT / "book" / "_ext", root / "book" / "_ext")
        kernels = root / "book" / "_ext" / "build_kernels.py"
        text = kernels.read_text(encoding="utf-8")
        short = re.sub(r"IMPORTED = \[.*?\]\n", IMPORTED, text, flags=re.S)
        kernels.write_text(short, encoding="utf-8")
        # Its pages are in no form of their own.
        self.write("book/_ext/page_cells.py", "def prepare(text):\n    return text\n")
        if not sphinx:
            self.write("book/_ext/build_sphinx.py", PAGES)
        self.notebook("index", "1 + 1")
        self.notebook("first", "from fbkit.words import WORD\nprint(WORD)")
        self.notebook("second", "print('second')")

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def notebook(self, name: str, *cells: str) -> None:
        """A page with a title and code cells; the first cell counts its runs."""
        sources = [COUNTED.format(name=name), *cells]
        title = {"cell_type": "markdown", "metadata": {}, "source": f"# {name}"}
        code = [
            {
                "cell_type": "code",
                "metadata": {},
                "source": source,
                "outputs": [],
                "execution_count": None,
            }
            for source in sources
        ]
        kernel = {"name": "python3", "display_name": "Python 3"}
        whole = {
            "nbformat": 4,
            "nbformat_minor": 4,
            "metadata": {"kernelspec": kernel},
            "cells": [title, *code],
        }
        self.write(f"book/{name}.ipynb", json.dumps(whole))

    def start(self, *arguments: str, **settings: str) -> subprocess.Popen:
        script = self.root / "book" / "_ext" / "build.py"
        return subprocess.Popen(
            [sys.executable, str(script), *arguments],
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": str(self.root), **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            # Its group, so that a test can end it with all it has started.
            start_new_session=True,
        )

    def build(self, *arguments: str, **settings: str) -> tuple[int, str]:
        """Build to the end: the code it returns, and what it says."""
        process = self.start(*arguments, **settings)
        said = process.communicate(timeout=240)[0]
        return process.returncode, said

    def ran(self) -> list[str]:
        """The pages that ran since the last time this was asked, in order."""
        file = self.root.parent / "ran"
        names = file.read_text(encoding="utf-8").split() if file.exists() else []
        file.unlink(missing_ok=True)
        return names

    def html(self, name: str) -> str:
        path = self.made / "html" / "book" / f"{name}.html"
        return path.read_text(encoding="utf-8")
