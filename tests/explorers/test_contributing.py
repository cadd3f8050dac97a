"""The explorer that CONTRIBUTING.md gives to start from works as it stands there.

It is put in a chapter of its own, as a contributor would, found by listing, and does
what every explorer must do: first as a table, then as an engine.
"""

import re
import sys
from pathlib import Path

import pytest

import fbkit._chapters
import fbkit.chapters
from fbkit.explorers import registry
from tests.browser.watching import draws, moves
from tests.explorers.conformance import CHECKS, frames_of
from tests.explorers.pages import engine_page, page
from tests.explorers.test_parity import check_parity

GUIDE = Path(__file__).parents[2] / "CONTRIBUTING.md"
TABLE_PRESETS = '    presets={"frequency": [1, 2, 4, 8]},\n'


def blocks():
    """explorer.py, the lines that make it an engine, and engine.js."""
    text = GUIDE.read_text(encoding="utf-8")
    section = re.search(r"(?s)\n## An explorer\n(.*?)\n## ", text).group(1)
    return re.findall(r"(?s)```(?:python|js)\n(.*?)```", section)


@pytest.fixture
def chapter(tmp_path, monkeypatch):
    """A folder of chapters with `my_page` alone, in place of fbkit's."""
    folder = tmp_path / "my_page"
    folder.mkdir()
    (folder / "__init__.py").write_text('"""A page."""\n', encoding="utf-8")
    monkeypatch.setattr(fbkit._chapters, "FOLDER", tmp_path)
    monkeypatch.setattr(fbkit.chapters, "__path__", [str(tmp_path)])
    yield folder
    for name in [name for name in sys.modules if name.endswith("my_page.explorer")]:
        del sys.modules[name]
    sys.modules.pop("fbkit.chapters.my_page", None)
    vars(fbkit.chapters).pop("my_page", None)


@pytest.fixture(params=["table", "engine"])
def explorer(request, chapter):
    definition, lines, engine = blocks()
    if request.param == "engine":
        assert TABLE_PRESETS in definition
        definition = definition.replace(TABLE_PRESETS, lines)
        (chapter / "engine.js").write_text(engine, encoding="utf-8")
    (chapter / "explorer.py").write_text(definition, encoding="utf-8")
    return registry()["my_page"]


def test_the_explorer_of_the_guide_conforms(explorer):
    frames = frames_of(explorer)
    for check in CHECKS:
        check(explorer, frames)


def test_the_explorer_of_the_guide_draws_and_moves(
    explorer, browser, tmp_path, monkeypatch
):
    said = []
    tab = browser.new_page()
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.goto(page(tmp_path, explorer.name, monkeypatch))
    tab.wait_for_selector("[data-explorer][data-ready]", timeout=20_000)
    root = tab.locator("[data-explorer]")
    assert draws(root) and moves(root)
    tab.close()
    assert said == []


def test_the_engine_of_the_guide_equals_its_twin(explorer, browser):
    if not explorer.engine:
        pytest.skip("a table has no engine")
    blank = engine_page(browser)  # with the engine of the guide
    check_parity(blank, explorer)
    blank.close()
