"""The built site over http and from files."""

import functools
import http.server
import re
import threading

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.course import HTML, explorers, source


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class ByPage(LoadScopeScheduling):
    """A page's tests go to one worker, which loads it once; other files stay whole."""

    def _split_scope(self, nodeid):
        page = re.search(r"\[(book/\w+(?:/\w+)*|search|genindex)", nodeid)
        return page[1] if page else nodeid.split("::")[0]


def pytest_xdist_make_scheduler(config, log):
    return ByPage(config, log)


@pytest.fixture(scope="session")
def addresses():
    """The built site's address by scheme: {"http": ..., "file": ...}."""
    if not (HTML / "index.html").exists():
        pytest.fail("the site is not built: run `make book` first", pytrace=False)
    handler = functools.partial(Quiet, directory=HTML)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield {"http": f"http://127.0.0.1:{server.server_port}", "file": HTML.as_uri()}
    server.shutdown()


@pytest.fixture(scope="session")
def tabs(windows):
    """A tab by width, made once: the next page in it loads three times as fast."""
    made = {}

    def tab_of(width: int):
        if width not in made:
            made[width] = windows(width).new_page()
        return made[width]

    return tab_of


@pytest.fixture(scope="module")
def tab(tabs):
    """The tab of a width; what its pages kept is forgotten when a file's tests end."""
    used = {}

    def tab_of(width: int):
        if width not in used:
            used[width] = tabs(width)
            used[width].set_viewport_size({"width": width, "height": 900})
        return used[width]

    yield tab_of
    for one in used.values():
        if one.url != "about:blank":
            one.evaluate("localStorage.clear()")


@pytest.fixture(scope="module")
def page_of(tab, addresses):
    """A page over http in a window of a size, loaded unless the tab shows it as new."""

    def at(name: str, size: tuple[int, int]):
        width, height = size
        here = tab(width)
        here.set_viewport_size({"width": width, "height": height})
        address = f"{addresses['http']}/{name}.html"
        if here.url != address:
            here.goto(address)
        for one in explorers(source(name)):
            here.locator(f"[data-explorer={one}][data-ready]").first.wait_for()
        here.evaluate("() => window.MathJax?.startup?.promise")
        return here

    return at


@pytest.fixture(scope="session")
def still(browser):
    """A tab that runs no scripts."""
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()
