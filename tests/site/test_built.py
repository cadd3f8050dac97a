"""The built site as files: its links, its sizes, its licences, and what must not be in
it.
"""

import gzip
import json
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.course import HTML, ROOT, explorers, pages, source


class Page(HTMLParser):
    """A page's anchors, its links, and the widget state that its scripts hold."""

    def __init__(self, text: str):
        super().__init__()
        self.anchors, self.links, self.state, self.inside = set(), [], "", False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.anchors |= {found[key] for key in ("id", "name") if found.get(key)}
        self.links += [found[key] for key in ("href", "src") if found.get(key)]
        self.inside = (
            tag == "script"
            and found.get("type") == "application/vnd.jupyter.widget-state+json"
        )

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, data):
        self.state += data if self.inside else ""


@cache
def parsed(path: Path) -> Page:
    return Page(path.read_text(encoding="utf-8"))


def built(page: str) -> Path:
    return HTML / f"{page}.html"


def dangling(path: Path) -> list[str]:
    """Local links of a page that lead to no file, or to no anchor of the file."""
    wrong = []
    for link in parsed(path).links:
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            continue
        goal = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        goal = goal / "index.html" if goal.is_dir() else goal
        anchor = unquote(parts.fragment)
        # An anchor with "=" in it is an explorer's setting.
        anchored = anchor and goal.suffix == ".html" and "=" not in anchor
        if not goal.is_file() or (anchored and anchor not in parsed(goal).anchors):
            wrong.append(link)
    return wrong


@pytest.mark.parametrize("page", pages())
def test_local_links_lead_somewhere(page):
    assert dangling(built(page)) == []


def test_a_dangling_anchor_is_seen(tmp_path):
    (tmp_path / "a.html").write_text(
        '<p id="here"><a href="#here">1</a><a href="#gone">2</a><a href="b.html">3</a>'
    )
    assert dangling(tmp_path / "a.html") == ["#gone", "b.html"]


@pytest.mark.parametrize("page", pages())
def test_sizes(page):
    """A page's HTML is at most 700 kB compressed, the tables in it 400 kB."""
    assert len(gzip.compress(built(page).read_bytes())) <= 700_000
    models = json.loads(parsed(built(page)).state or "{}").get("state", {}).values()
    tables = [
        model["state"].get("table", {}) | {"buffers": model.get("buffers", [])}
        for model in models
    ]
    assert len(gzip.compress(json.dumps(tables).encode())) <= 400_000


@pytest.mark.parametrize("page", pages())
def test_no_page_holds_a_copy_of_the_front_end(page):
    models = json.loads(parsed(built(page)).state or "{}").get("state", {}).values()
    assert all(len(model["state"].get("_esm", "")) < 200 for model in models)
    assert len([model for model in models if "spec" in model["state"]]) == len(
        explorers(source(page))
    )


def test_no_page_loads_from_elsewhere():
    """Neither scripts nor styles nor images: what a browser would fetch without being
    asked.
    """
    fetched = re.compile(
        r"<(?:script|img|iframe|source)[^>]+src=[\"'](?:https?:)?//"
        r"|<link[^>]+rel=[\"'](?:stylesheet|preload|icon)[\"'][^>]+href=[\"']https?://"
    )
    assert [
        path.name
        for path in HTML.rglob("*.html")
        if fetched.search(path.read_text(encoding="utf-8"))
    ] == []


def solution_lines(notebook: Path) -> tuple[set[str], set[str]]:
    """Lines of a notebook between BEGIN SOLUTION and END SOLUTION, and its other lines."""
    inside, outside, now = set(), set(), False
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        for line in "".join(cell["source"]).splitlines():
            now = "BEGIN SOLUTION" in line or (now and "END SOLUTION" not in line)
            (inside if now else outside).add(line.strip())
    return inside, outside


def test_no_solution_is_published():
    """No line that only a lab's solution has: one that a chapter or a given cell has
    too gives nothing away.
    """
    labs = {
        path.stem: solution_lines(path)
        for path in sorted((ROOT / "labs").glob("*/*.ipynb"))
    }
    chapters = [solution_lines(path) for path in (ROOT / "book").glob("*.ipynb")]
    given = set().union(*(outside for _, outside in [*labs.values(), *chapters]))
    readable = [
        path
        for path in HTML.rglob("*")
        if path.suffix in (".html", ".ipynb", ".js", ".py", ".txt")
    ]
    text = "\n".join(
        path.read_text(encoding="utf-8", errors="ignore") for path in readable
    )
    for lab, (inside, _) in labs.items():
        lines = {
            line for line in inside - given if len(line) > 12 and "SOLUTION" not in line
        }
        assert lines, f"{lab} has no solution between its marks"
        assert [line for line in lines if line in text] == []


def test_every_page_can_be_downloaded_as_its_source():
    for page in pages():
        kept = HTML / "_sources" / source(page).relative_to(ROOT)
        assert kept.read_bytes() == source(page).read_bytes()
