"""What a page of the built site costs a reader: bytes, jumps, places and waits."""

import functools
import gzip
import http.server
import threading
from contextlib import contextmanager
from pathlib import Path

SIZES = {1280: 800, 390: 844}
COMPRESSED = {".html", ".js", ".css", ".svg", ".json", ".inv", ".txt"}
# Every jump that no key or click has caused, and when the first explorer stood there.
WATCH = """
window.jumps = 0;
new PerformanceObserver(list => {
  for (const one of list.getEntries())
    if (!one.hadRecentInput) window.jumps += one.value;
}).observe({ type: "layout-shift", buffered: true });
new MutationObserver((_, all) => {
  if (!document.querySelector("[data-explorer][data-ready]")) return;
  window.explorerAt = performance.now();
  all.disconnect();
}).observe(document, { subtree: true, childList: true, attributes: true });
"""
# Until formulas in view are set, or at once where there are none.
FORMULAS = """async () => {
  const waits = document.querySelector("script[src*='mathjax/']");
  while (waits && !window.MathJax?.startup?.promise)
    await new Promise(done => setTimeout(done, 20));
  await window.MathJax?.startup?.promise;
  return performance.now();
}"""
FOUND = """() => {
  const explorer = document.querySelector("[data-explorer]");
  const box = explorer?.getBoundingClientRect();
  return {
    jumps: window.jumps,
    explorer: window.explorerAt ?? null,
    place: box ? Math.round(box.top + scrollY) : null,
    height: box ? Math.round(box.height) : null,
    tall: document.documentElement.scrollHeight,
  };
}"""


@functools.cache
def compressed(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), 6)


class Compressed(http.server.SimpleHTTPRequestHandler):
    """Serves text compressed and lets it be kept, as a host of pages does."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        small = path.suffix in COMPRESSED
        body = compressed(path) if small else path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        if small:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Cache-Control", "max-age=3600")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """A browser that leaves early is no fault."""


@contextmanager
def served(folder: Path):
    """The address of a built site."""
    server = Server(("127.0.0.1", 0), functools.partial(Compressed, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@contextmanager
def weighed(tab):
    """Bytes by address, of all that the tab fetches meanwhile."""
    session = tab.context.new_cdp_session(tab)
    session.send("Network.enable")
    names, sizes = {}, {}
    asked = lambda event: names.update({event["requestId"]: event["request"]["url"]})
    session.on("Network.requestWillBeSent", asked)

    def finished(event):
        name = names.get(event["requestId"])
        if name:  # or else the page before had asked for it
            sizes[name] = sizes.get(name, 0) + event["encodedDataLength"]

    session.on("Network.loadingFinished", finished)
    try:
        yield sizes
    finally:
        session.detach()


@contextmanager
def newcomer(browser, width: int):
    """A tab in a browser that has nothing yet, and watches what jumps."""
    size = {"width": width, "height": SIZES[width]}
    context = browser.new_context(viewport=size, color_scheme="light")
    context.add_init_script(WATCH)
    try:
        yield context.new_page()
    finally:
        context.close()


def go_to(tab, address: str) -> dict:
    """Loads a page; its bytes, jumps, places and waits."""
    with weighed(tab) as files:
        tab.goto(address, wait_until="load")
        formulas = tab.evaluate(FORMULAS)
        tab.wait_for_timeout(400)
        found = tab.evaluate(FOUND)
    fetched = {"bytes": sum(files.values()), "files": dict(files)}
    return {**found, **fetched, "formulas": formulas}


def visit(browser, address: str, width: int, before: str = "") -> dict:
    """What a page costs a newcomer.

    With `before`, a page that the reader comes from, only what is new counts.
    """
    with newcomer(browser, width) as tab:
        if before:
            tab.goto(before, wait_until="load")
            tab.evaluate(FORMULAS)
            tab.wait_for_timeout(1000)  # a reader stays longer than formulas take
            tab.evaluate("async () => { await document.fonts.ready; }")
        return go_to(tab, address)
