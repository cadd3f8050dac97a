"""The labs that the tests are about."""

import shutil

import pytest
from small_lab import CELLS, CHECKS, HIDDEN, write_notebook
from variants import LABS, ROOT


@pytest.fixture
def twice(tmp_path):
    """The folder of the small lab, in a course of its own (fbkit and pyproject.toml
    beside labs/).
    """
    folder = tmp_path / "labs" / "twice"
    folder.mkdir(parents=True)
    (folder / "checks.py").write_text(CHECKS, encoding="utf-8")
    (folder / "hidden.py").write_text(HIDDEN, encoding="utf-8")
    write_notebook(folder / "twice.ipynb", CELLS)
    shutil.copytree(
        ROOT / "fbkit", tmp_path / "fbkit", ignore=shutil.ignore_patterns("__pycache__")
    )
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    return folder


@pytest.fixture(params=LABS, ids=[lab.name for lab in LABS])
def lab(request):
    """Each lab of the course."""
    return request.param
