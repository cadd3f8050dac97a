"""The built site over http and from files."""

import functools
import http.server
import threading

import pytest

from tests.course import HTML


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
