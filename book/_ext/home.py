"""What the home page counts and draws: the map of the course, its
figures, and how to run it.
"""

from __future__ import annotations

import json
from pathlib import Path
from posixpath import dirname, relpath

import jinja2
from course_map import Page, course
from docutils import nodes
from fbkit.explorers import registry
from pictures import thumbnail
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

TEMPLATES = Path(__file__).parent / "templates"


class Drawn(nodes.General, nodes.Element):
    """A place that is filled when all titles are known."""


class CourseMap(SphinxDirective):
    """`{course-map}`: every page of the numbered parts, by part."""

    def run(self) -> list[nodes.Node]:
        return [Drawn(template="map.html")]


class CourseFigures(SphinxDirective):
    """`{course-figures}`: what the course holds, counted."""

    def run(self) -> list[nodes.Node]:
        return [Drawn(template="figures.html")]


class RunIt(SphinxDirective):
    """`{run-it-yourself}`: three lines that start the course."""

    def run(self) -> list[nodes.Node]:
        return [Drawn(template="run.html")]


def core() -> list[Page]:
    """The core pages, in reading order."""
    return [page for page in course().values() if page.is_core]


def labs(root: Path) -> list[Path]:
    return sorted((root / "labs").glob("*/checks.py"))


def figures(root: Path) -> list[tuple[int, str]]:
    """(number, what it counts), each counted now."""
    claims = json.loads(
        (root / "_build/claims.json").read_text(encoding="utf-8")
    )
    return [
        (len(core()), "questions, a page each"),
        (len(registry()), "explorers that run in the page"),
        (len(claims), "claims, measured again at each build"),
        (len(labs(root)), "labs with checks"),
        (0, "servers, trackers, accounts"),
    ]


def entry(app: Sphinx, page: Page, home: str) -> dict:
    """What the map shows of a page."""
    source = Path(app.env.doc2path(page.name))
    return {
        "name": page.name,
        "title": page.title,
        "address": app.builder.get_relative_uri(home, page.name),
        "picture": relpath(thumbnail(page.name), dirname(home)),
        "minutes": page.course.get("minutes"),
        "explores": "fb.explore(" in source.read_text(encoding="utf-8"),
    }


def columns(app: Sphinx, home: str) -> list[dict]:
    """The numbered parts with their pages; in `make page`, without
    pages that are not built.
    """
    found = {}
    for page in core():
        part = {
            "numeral": page.part_number,
            "title": page.part_title,
            "pages": [],
        }
        pages = found.setdefault(page.part, part)["pages"]
        if page.name in app.env.found_docs:
            pages.append(entry(app, page, home))
    return list(found.values())


def context(app: Sphinx, home: str) -> dict:
    """What the templates are filled with."""
    return {
        "parts": columns(app, home),
        "figures": figures(Path(app.srcdir)),
        "repository": app.config.course_repository,
    }


def fill(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Put the drawn HTML in its places."""
    places = list(doctree.findall(Drawn))
    if not places:
        return
    loader = jinja2.FileSystemLoader(TEMPLATES)
    environment = jinja2.Environment(
        loader=loader,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filled = context(app, page)
    for place in places:
        html = environment.get_template(place["template"]).render(
            filled
        )
        place.replace_self(nodes.raw("", html, format="html"))


def style(
    app: Sphinx, page: str, template: str, context: dict, doctree
) -> None:
    """The home page alone has its own styles."""
    if page == app.config.root_doc:
        app.add_css_file("home.css")


def write_home_again(app: Sphinx, env) -> list[str]:
    """The map holds every page's title, so any change concerns it."""
    return [app.config.root_doc]


def setup(app: Sphinx) -> dict:
    app.add_node(Drawn)
    app.add_directive("course-map", CourseMap)
    app.add_directive("course-figures", CourseFigures)
    app.add_directive("run-it-yourself", RunIt)
    app.connect("doctree-resolved", fill)
    app.connect("env-updated", write_home_again)
    app.connect("html-page-context", style)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
