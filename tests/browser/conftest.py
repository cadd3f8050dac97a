"""One Chromium for all browser tests, and the built site over http and from files."""

import functools
import http.server
import os
import shutil
import threading

import pytest

from tests.course import HTML

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
MISSING = "browser tests need Chromium: install it (Debian: apt-get install chromium) or name it in FBKIT_CHROMIUM"


def chromium() -> str | None:
    """The browser that FBKIT_CHROMIUM names, or the first one found on the machine."""
    return os.environ.get("FBKIT_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


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


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def addresses():
    """The built site's address by scheme: {"http": ..., "file": ...}."""
    if not (HTML / "index.html").exists():
        pytest.fail("the site is not built: run `make book` first", pytrace=False)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=HTML))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield {"http": f"http://127.0.0.1:{server.server_port}", "file": HTML.as_uri()}
    server.shutdown()


@pytest.fixture(scope="session")
def windows(browser):
    """A browser window by width, made once."""
    made = {}

    def window(width: int):
        if width not in made:
            made[width] = browser.new_context(viewport={"width": width, "height": 900}, color_scheme="light")
        return made[width]

    yield window
    for context in made.values():
        context.close()
