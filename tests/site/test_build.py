"""What makes the site build again, on a copy of the parts that decide it."""

import importlib.util

import pytest

from tests.course import ROOT

FILES = [
    "fbkit/basis.py",
    "fbkit/data/bell.wav",
    "fbkit/explorers/static/front.js",
    "fbkit/chapters/radon_spline/engine.js",
    "book/static/site.css",
    "book/index.ipynb",
]
MADE = {".jupyter_cache", ".doctrees", "html"}


@pytest.fixture
def build(tmp_path, monkeypatch):
    script = ROOT / "book" / "_ext" / "build.py"
    spec = importlib.util.spec_from_file_location("build", script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "BUILD", tmp_path / "_build")
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("first")
    for name in MADE:
        (tmp_path / "_build" / name).mkdir(parents=True)
    module.drop_stale()
    return module


def left(build):
    """What an earlier build made and is still there."""
    return {path.name for path in build.BUILD.iterdir()} - {"stamps"}


def test_nothing_changed_keeps_everything(build, capsys):
    build.drop_stale()
    assert left(build) == MADE
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "name", ["fbkit/basis.py", "fbkit/data/bell.wav", "fbkit/new.py"]
)
def test_a_change_of_the_package_runs_every_notebook_again(build, capsys, name):
    (build.ROOT / name).write_text("second")
    build.drop_stale()
    assert left(build) == set()
    assert "every notebook runs again" in capsys.readouterr().out


@pytest.mark.parametrize(
    "name",
    ["fbkit/explorers/static/front.js", "fbkit/chapters/radon_spline/engine.js"],
)
def test_a_change_of_the_front_end_runs_no_notebook(build, name):
    (build.ROOT / name).write_text("second")
    build.drop_stale()
    assert left(build) == {".jupyter_cache"}


def test_a_chapter_that_gets_an_engine_runs_the_notebooks_again(build):
    new = build.ROOT / "fbkit/chapters/frequency_pde/engine.js"
    new.parent.mkdir()
    new.write_text("first")
    build.drop_stale()
    assert left(build) == set()


def test_a_change_of_the_frame_keeps_the_notebooks(build, capsys):
    (build.ROOT / "book/static/site.css").write_text("second")
    build.drop_stale()
    assert left(build) == {".jupyter_cache"}
    assert "every page is written again" in capsys.readouterr().out


def test_a_change_of_a_page_is_left_to_sphinx(build):
    (build.ROOT / "book/index.ipynb").write_text("second")
    build.drop_stale()
    assert left(build) == MADE
