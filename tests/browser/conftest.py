"""The built site over http and from files."""

import functools
import http.server
import re
import threading

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.course import HTML


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


@pytest.fixture(scope="module")
def tab(windows):
    """A tab by width, made once; what its pages kept is forgotten at the end.

    The next page in it loads more than twice as fast as in a new one.
    """
    made = {}

    def tab_of(width: int):
        if width not in made:
            made[width] = windows(width).new_page()
        return made[width]

    yield tab_of
    for one in made.values():
        if one.url != "about:blank":
            one.evaluate("localStorage.clear()")
        one.close()
