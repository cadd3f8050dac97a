"""The map of the course: what needs what, and routes through it.

Both are made of _toc.yml and of what the notebooks say of themselves.
"""

from collections.abc import Callable, Iterator

from course_map import ROOT, Page, beside, course
from docutils import nodes
from docutils.parsers.rst import directives
from page_frame import typeset
from page_nodes import link, tag
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

Pages = dict[str, Page]
Address = Callable[[str], str | None]


def needs(page: Page) -> set[str]:
    """What a page says it needs; a Further page its core page, too."""
    said = {
        beside(page.name, one) for one in page.course.get("needs", [])
    }
    return said if page.is_core else {*said, page.core}


def above(name: str, pages: Pages) -> str | None:
    """The page that it hangs below: the last one that it needs.

    Only pages before it are looked at, so that none hangs below itself.
    """
    order, wanted = list(pages), needs(pages[name])
    before = order[: order.index(name)]
    found = [one for one in before if one in wanted]
    return found[-1] if found else None


def line_to(name: str, pages: Pages) -> Iterator[str]:
    """All pages above a page, the nearest first."""
    while name := above(name, pages):
        yield name


def beyond(name: str, pages: Pages) -> list[str]:
    """What a page needs that does not stand above it."""
    drawn = set(line_to(name, pages))
    wanted = needs(pages[name]) - drawn
    return [one for one in pages if one in wanted]


def fitting(names: list[str], limit: int | None, pages: Pages) -> list:
    """The first of the pages, as many as fit into so many minutes.

    The route ends before a page that does not say how long it takes.
    """
    found, left = [], limit
    for name in names:
        if limit is not None:
            left -= pages[name].course.get("minutes", limit + 1)
            if left < 0:
                break
        found.append(pages[name])
    return found


def duration(minutes: int) -> str:
    """Minutes as a reader says them.

    >>> duration(25), duration(115), duration(120)
    ('25 minutes', '1 hour 55 minutes', '2 hours')
    """
    hours, rest = divmod(minutes, 60)
    words = [f"{hours} hour{'s' * (hours > 1)}"] if hours else []
    words += [f"{rest} minutes"] if rest or not hours else []
    return " ".join(words)


# ---- drawn ----


def entry(page: Page, address: Address, also: str = "") -> nodes.Node:
    """A page's part, its title as a link, its minutes."""
    part = tag(
        "abbr", page.part_number, title=page.part_title, cls="map-part"
    )
    goal = address(page.name)
    words = typeset(page.title)
    title = tag("span", words)
    if goal:
        title = link(words, goal, data_page=page.name)
    minutes = page.course.get("minutes")
    about = [f"{minutes}\N{NO-BREAK SPACE}minutes"] if minutes else []
    about += [] if page.is_core else ["optional"]
    about += [f"needs also: {also}"] if also else []
    said = tag("small", ", ".join(about))
    words = tag("span", title, " ", said)
    return tag("div", part, words, cls="map-page")


def tree(top: str | None, pages: Pages, address: Address) -> nodes.Node:
    """All pages right below a page, each with those below it."""
    rows = []
    for name, page in pages.items():
        if above(name, pages) != top:
            continue
        others = [pages[one].title for one in beyond(name, pages)]
        row = [entry(page, address, " and ".join(others))]
        if any(above(one, pages) == name for one in pages):
            row.append(tree(name, pages, address))
        rows.append(tag("li", *row, cls=f"part-{page.part}"))
    return tag("ul", *rows, cls="course-tree" if top is None else "")


class FromCourse(SphinxDirective):
    """Read again when the contents or a page has changed."""

    def pages(self) -> Pages:
        pages = course()
        self.env.note_dependency(str(ROOT / "_toc.yml"))
        for name in pages:
            self.env.note_dependency(str(ROOT / f"{name}.ipynb"))
        return pages

    def address(self, name: str) -> str | None:
        """Where a page is, seen from here; in `make page` nowhere."""
        if name not in self.env.found_docs:
            return None
        builder = self.env.app.builder
        return builder.get_relative_uri(self.env.docname, name)


class CourseTree(FromCourse):
    """`{course-tree}`: each page below the one that it needs."""

    def run(self) -> list[nodes.Node]:
        return [tree(None, self.pages(), self.address)]


class CourseRoute(FromCourse):
    """`{course-route}`: pages in order, as many as fit in `minutes`.

    Without any named, all of the course.
    """

    has_content = True
    option_spec = {"minutes": directives.nonnegative_int}

    def run(self) -> list[nodes.Node]:
        pages = self.pages()
        names = [beside(self.env.docname, one) for one in self.content]
        limit = self.options.get("minutes")
        found = fitting(names or [*pages], limit, pages)
        rows = []
        for page in found:
            row = entry(page, self.address)
            rows.append(tag("li", row, cls=f"part-{page.part}"))
        total = sum(page.course.get("minutes", 0) for page in found)
        count = f"{len(found)} pages, {duration(total)}"
        return [
            tag("p", tag("b", count), cls="map-total"),
            tag("ol", *rows, cls="course-route"),
        ]


def style(
    app: Sphinx, page: str, template: str, context: dict, doctree
) -> None:
    """Styles where there is a map."""
    body = context.get("body", "")
    if 'class="course-tree"' in body or 'class="course-route"' in body:
        app.add_css_file("map.css")


def setup(app: Sphinx) -> dict:
    app.add_directive("course-tree", CourseTree)
    app.add_directive("course-route", CourseRoute)
    app.connect("html-page-context", style, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
