"""The site as a zip: unpacked, it works from files, without a network."""

import importlib.util
import zipfile

import pytest

from tests.browser.measuring import FORMULAS
from tests.course import HTML, ROOT


def pack():
    path = ROOT / "book" / "_ext" / "offline.py"
    spec = importlib.util.spec_from_file_location("offline", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.pack


@pytest.fixture(scope="module")
def unpacked(browser, tmp_path_factory):
    """A tab without network on the unpacked site's first page."""
    folder = tmp_path_factory.mktemp("offline")
    zipped = pack()(HTML, folder / "course.zip", "course")
    with zipfile.ZipFile(zipped) as packed:
        packed.extractall(folder)
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_offline(True)
    tab = context.new_page()
    tab.said = []
    tab.on("pageerror", lambda error: tab.said.append(str(error)))
    tab.on("console", lambda one: one.type == "error" and tab.said.append(one.text))
    # What a step to another page breaks off is not missing.
    failed = lambda one: one.failure == "net::ERR_ABORTED" or tab.said.append(one.url)
    tab.on("requestfailed", failed)
    tab.goto(f"{(folder / 'course' / 'index.html').as_uri()}")
    tab.wait_for_url("**/book/index.html")
    yield tab
    context.close()


def test_explorers_and_formulas_work(unpacked):
    unpacked.locator("[data-explorer][data-ready]").first.wait_for()
    unpacked.goto(unpacked.url.replace("index", "circle_eigenfunctions"))
    unpacked.evaluate(FORMULAS)
    unpacked.locator("mjx-math").first.wait_for(state="attached")
    assert unpacked.locator("[data-explorer][data-ready]").count() >= 1


def test_the_search_works(unpacked):
    unpacked.keyboard.press("Control+k")
    unpacked.locator("#pst-search-dialog input").press_sequentially("parseval")
    link = unpacked.locator("#pst-search-dialog .fb-found a").first
    link.click()
    unpacked.wait_for_load_state("load")
    assert unpacked.locator("article h1").is_visible()


def test_nothing_was_missing(unpacked):
    assert unpacked.said == []
