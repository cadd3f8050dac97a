"""The built site as files: its links, its sizes, and what must not be in it."""

import gzip
import json
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.course import HTML, ROOT, explorers, pages, source

STATE = "application/vnd.jupyter.widget-state+json"


class Page(HTMLParser):
    """A page's anchors, its links, and the widget state that its scripts hold."""

    def __init__(self, text: str):
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.state = ""
        self.inside = False  # a script that holds widget state
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.anchors |= {found[key] for key in ("id", "name") if found.get(key)}
        self.links += [found[key] for key in ("href", "src") if found.get(key)]
        self.inside = tag == "script" and found.get("type") == STATE

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, data):
        self.state += data if self.inside else ""


@cache
def parsed(path: Path) -> Page:
    return Page(path.read_text(encoding="utf-8"))


def built(page: str) -> Path:
    return HTML / f"{page}.html"


def models(page: str) -> list[dict]:
    """The widgets that a page holds."""
    state = json.loads(parsed(built(page)).state or "{}")
    return list(state.get("state", {}).values())


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
    page = tmp_path / "a.html"
    links = ["#here", "#gone", "b.html"]
    page.write_text(
        '<p id="here">' + "".join(f'<a href="{one}">' for one in links),
        encoding="utf-8",
    )
    assert dangling(page) == ["#gone", "b.html"]


@pytest.mark.parametrize("page", pages())
def test_sizes(page):
    """A page's HTML is at most 700 kB compressed, the tables in it 400 kB."""
    assert len(gzip.compress(built(page).read_bytes())) <= 700_000
    tables = []
    for model in models(page):
        table = model["state"].get("table", {})
        tables.append({**table, "buffers": model.get("buffers", [])})
    assert len(gzip.compress(json.dumps(tables).encode())) <= 400_000


@pytest.mark.parametrize("page", pages())
def test_no_page_holds_a_copy_of_the_front_end(page):
    states = [model["state"] for model in models(page)]
    assert all(len(state.get("_esm", "")) < 200 for state in states)
    shown = [state for state in states if "spec" in state]
    assert len(shown) == len(explorers(source(page)))


PICTURE = re.compile(
    r'</script><noscript><style>[^<]*</style><img alt="([^"]*)" src="([^"]+)"'
)


@pytest.mark.parametrize("page", pages())
def test_every_explorer_has_a_picture_where_no_script_runs(page):
    found = PICTURE.findall(built(page).read_text(encoding="utf-8"))
    assert len(found) == len(explorers(source(page)))
    for alt, place in found:
        assert len(alt) > 20 and (built(page).parent / place).is_file()


def test_no_page_loads_from_elsewhere():
    """Neither scripts nor styles nor images: what a browser fetches unasked."""
    fetched = re.compile(
        r"<(?:script|img|iframe|source)[^>]+src=[\"'](?:https?:)?//"
        r"|<link[^>]+rel=[\"'](?:stylesheet|preload|icon)[\"'][^>]+href=[\"']https?://"
    )
    for path in HTML.rglob("*.html"):
        assert not fetched.search(path.read_text(encoding="utf-8")), path.name


def solution_lines(notebook: Path) -> tuple[set[str], set[str]]:
    """Lines between BEGIN SOLUTION and END SOLUTION, and a notebook's other lines."""
    inside, outside = set(), set()
    in_solution = False
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        for line in "".join(cell["source"]).splitlines():
            if "BEGIN SOLUTION" in line:
                in_solution = True
            elif "END SOLUTION" in line:
                in_solution = False
            lines = inside if in_solution else outside
            lines.add(line.strip())
    return inside, outside


def published() -> str:
    """Everything on the site that can be read."""
    readable = (".html", ".ipynb", ".js", ".py", ".txt")
    paths = [path for path in HTML.rglob("*") if path.suffix in readable]
    return "\n".join(
        path.read_text(encoding="utf-8", errors="ignore") for path in paths
    )


def test_no_solution_is_published():
    """No line that only a lab's solution has.

    One that a chapter, its claims or a given cell have too gives nothing away.
    """
    labs = sorted((ROOT / "labs").glob("*/*.ipynb"))
    given = set()
    for notebook in [*labs, *(ROOT / "book").glob("*.ipynb")]:
        given |= solution_lines(notebook)[1]
    for claims in (ROOT / "fbkit" / "chapters").glob("*/claims.py"):
        code = claims.read_text(encoding="utf-8")  # pages show it, in a claim's fold
        given |= {line.strip() for line in code.splitlines()}
    text, known = published(), "\n".join(given)
    for notebook in labs:
        solution = solution_lines(notebook)[0]
        telling = [
            line
            for line in solution
            if len(line) > 12 and "SOLUTION" not in line and line not in known
        ]
        assert telling, f"{notebook.stem} has no solution between its marks"
        assert [line for line in telling if line in text] == []


def test_every_page_can_be_downloaded_as_its_source():
    for page in pages():
        kept = HTML / "_sources" / source(page).relative_to(ROOT)
        assert kept.read_bytes() == source(page).read_bytes()


def test_sphinx_ran_no_notebook_itself():
    """The build had run them all, on all cores; Sphinx found each as it reads it."""
    said = (HTML.parent / "build.log").read_text(encoding="utf-8")
    assert "Executing notebook" not in said
