"""A notebook away from its course says how to get the rest."""

import builtins
import json
import runpy
from types import SimpleNamespace

import pytest

from tests.course import ROOT
from tests.site.test_notebooks import SETUP

DOWNLOADS = SimpleNamespace(**runpy.run_path(str(ROOT / "book/_ext/downloads.py")))
REPOSITORY = "https://example.org/course"
PAGES = sorted((ROOT / "book").glob("*.ipynb"))


def code(notebook: str) -> list[str]:
    cells = json.loads(notebook)["cells"]
    return ["".join(x["source"]) for x in cells if x["cell_type"] == "code"]


@pytest.fixture(params=PAGES, ids=lambda path: path.stem)
def notebook(request):
    return request.param.read_text(encoding="utf-8")


@pytest.fixture
def without_fbkit(monkeypatch):
    real = builtins.__import__

    def imports(name, *more):
        if name == "fbkit":
            raise ModuleNotFoundError(name)
        return real(name, *more)

    monkeypatch.setattr(builtins, "__import__", imports)


def test_the_build_knows_the_wording():
    assert DOWNLOADS.CLONE in SETUP


def test_a_copy_says_where_to_get_the_package(notebook, without_fbkit):
    first, *others = code(DOWNLOADS.with_address(notebook, REPOSITORY))
    with pytest.raises(SystemExit) as said:
        exec(first, {})
    assert f'%pip install "fbkit[course] @ git+{REPOSITORY}"' in str(said.value)
    assert others == code(notebook)[1:]


def test_writing_it_twice_changes_nothing(notebook):
    once = DOWNLOADS.with_address(notebook, REPOSITORY)
    assert DOWNLOADS.with_address(once, REPOSITORY) == once
