"""One Chromium, and one blank page in it, for all tests of a run."""

import os

import pytest

from tests.chromium import FLAGS, MISSING, chromium


@pytest.fixture(scope="session")
def browser():
    path = chromium()
    if path is None:
        if os.environ.get("FBKIT_REQUIRE_BROWSER") == "1":
            pytest.fail(MISSING, pytrace=False)
        pytest.skip(MISSING)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def blank(browser):
    """A blank page that holds the front end and the engines, for calling these."""
    from tests.explorers.pages import engine_page

    page = engine_page(browser)
    yield page
    page.close()


@pytest.fixture(scope="session")
def windows(browser):
    """A browser window by width, made once."""
    made = {}

    def window(width: int):
        if width not in made:
            made[width] = browser.new_context(
                viewport={"width": width, "height": 900}, color_scheme="light"
            )
        return made[width]

    yield window
    for context in made.values():
        context.close()
