"""Claims across pages: the ledger, and the code behind it.

A notebook cannot know the other pages, so the ledger is written here:
by part and page, with a link to where each claim is shown.
"""

import html
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

from course_map import course
from docutils import nodes
from fbkit.ledger import Claim, ClaimsTable, registry
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from sphinx.application import Sphinx

LEDGER = "book/claims"
SHOWN = re.compile(r'id="((?:claim|measured)-([a-z0-9-]+))"')
WRITTEN = re.compile(r"<!--ledger-->.*<!--/ledger-->", re.DOTALL)
# Pygments' anchor of a line: a link without a name.
LINE = re.compile(r'<a id="line-\d+" name="line-\d+" href="[^"]*"></a>')
ON_ITS_PAGE = re.compile(
    r'<a href="[^"]*" data-claim="([^"]+)">[^<]*</a> · '
)


def collect(app: Sphinx, doctree: nodes.document) -> None:
    """Remember which claims a page shows, and where on it."""
    raws = "".join(raw.astext() for raw in doctree.findall(nodes.raw))
    shown = {id: place for place, id in reversed(SHOWN.findall(raws))}
    app.env.metadata[app.env.docname]["claims"] = shown


def ledger_again(app: Sphinx, env) -> list[str]:
    """The ledger names every page, so each build writes it."""
    return [LEDGER] if LEDGER in env.all_docs else []


def contents() -> dict[str, dict[str, str]]:
    """Titles of the core pages by part and name."""
    found = {}
    for page in course().values():
        if page.is_core:
            part = f"{page.part_number}. {page.part_title}"
            titles = found.setdefault(part, {})
            titles[Path(page.name).name] = page.title
    return found


def places(app: Sphinx) -> dict[str, str]:
    """Where each claim is shown, seen from the ledger.

    Of several pages the chapter's own is chosen.
    """
    found, claims = {}, registry()
    for page, data in app.env.metadata.items():
        name = Path(page).name
        for id, place in data.get("claims", {}).items():
            own = id in claims and claims[id].folder.name == name
            if page != LEDGER and (own or id not in found):
                found[id] = f"{name}.html#{place}"
    return found


def write_ledger(app: Sphinx, body: str) -> str:
    """The page's text with the whole ledger in its place."""
    known = places(app)

    def link(found: re.Match) -> str:
        place = known.get(found[1])
        return f'<a href="{place}">on its page</a> · ' if place else ""

    table = ClaimsTable(contents())._repr_html_()
    return WRITTEN.sub(lambda _: ON_ITS_PAGE.sub(link, table), body)


def finish(app, page: str, template, context: dict, doctree) -> None:
    """Fill the ledger; styles and script where there are claims."""
    body = context.get("body", "")
    if page == LEDGER:
        body = context["body"] = write_ledger(app, body)
    if 'class="fb-' in body or "fb-number" in body:
        app.add_css_file("claims.css")
        app.add_js_file("claims.js", loading_method="defer")


def code_pages(app: Sphinx) -> Iterator[tuple[str, dict, str]]:
    """A page with each chapter's claims.py, an anchor at each claim."""
    files = {}
    for one in registry().values():
        files.setdefault(one.folder, []).append(one)
    for folder, claims in files.items():
        name = f"fbkit/chapters/{folder.name}/claims.py"
        repository = getattr(app.config, "course_repository", "")
        source = repository and f"{repository}/blob/main/{name}"
        body = (
            f"<h1>Code of the claims</h1><p>{linked(name, source)}</p>"
        )
        body += with_anchors(folder / "claims.py", claims, source)
        title = f"Code of the claims: {folder.name}"
        context = {"title": html.escape(title), "body": body}
        yield f"book/code/{folder.name}", context, "page.html"


def linked(text: str, address: str) -> str:
    """Code, with a link where there is an address."""
    code = f"<code>{text}</code>"
    return f'<a href="{address}">{code}</a>' if address else code


def with_anchors(path: Path, claims: list[Claim], source: str) -> str:
    """A file in colour; each claim's first line has its id.

    Where the repository's address is set, a link to it, too.
    """
    code = path.read_text(encoding="utf-8")
    written = HtmlFormatter(lineanchors="line", wrapcode=True)
    text = highlight(code, PythonLexer(), written)
    text = text.replace("<pre>", '<pre tabindex="0">')
    for one in claims:
        line = inspect.getsourcelines(one.function)[1]
        anchor = f'<a id="line-{line}"'
        place = f'<span id="{one.id}"></span>'
        if source:
            words = f"# {one.id} in the repository"
            place += f'<a href="{source}#L{line}">{words}</a>\n'
        text = text.replace(anchor, place + anchor)
    return LINE.sub("", text)


def setup(app: Sphinx) -> dict:
    app.connect("doctree-read", collect)
    app.connect("env-updated", ledger_again)
    # Before the page's head is gathered from what it loads.
    app.connect("html-page-context", finish, priority=400)
    app.connect("html-collect-pages", code_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
