"""What the built pages need beyond the theme."""

import re
import shutil
from functools import cache
from pathlib import Path

import pydata_sphinx_theme
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

# An icon as the theme writes it, which its script and a font of 156 kB
# would draw in the browser.
ICON = re.compile(
    r'<(i|span) class="([^"]*\bfa-(?!icon)[^"]*)"([^>]*)>\s*</\1>'
)
SCRIPT = re.compile(
    r"\s*<!-- So that users can add custom icons -->"
    r'\s*<script defer src="[^"]*fontawesome\.js[^"]*"></script>'
)
NO_SHAPE = {
    "fa-solid",
    "fa-regular",
    "fa-brands",
    "fa-lg",
    "fa-sm",
    "fa-fw",
}


# What a screen reader would stumble over, and what is right: a list of
# the bibliography whose children are no list's items, a role that is
# out of use, a heading of a table's column without a word.
MENDED = {
    'role="list" class="citation-list"': 'class="citation-list"',
    ' role="doc-biblioentry"': "",
    '<th class="head"><p></p></th>': '<td class="head"></td>',
}
# The theme's sidebar holds the course's name outside of any landmark.
SIDEBAR = 'id="pst-primary-sidebar" class='
LANDMARK = (
    'id="pst-primary-sidebar" role="complementary"'
    ' aria-label="The course" class='
)


def mend(
    app: Sphinx, page: str, template: str, context: dict, doctree
) -> None:
    """Mend what accessibility checkers find in Sphinx's own output."""
    for wrong, right in MENDED.items():
        if "body" in context:
            context["body"] = context["body"].replace(wrong, right)


def list_even_one_page(
    app: Sphinx, page: str, template: str, context: dict, doctree
) -> None:
    """Where a page is built alone there is no contents: an empty one.

    Sphinx says None then, which the theme cannot read.
    """
    contents = context.get("toctree")
    if contents:
        context["toctree"] = lambda **how: contents(**how) or ""


def icon_name(classes: str) -> str:
    """The icon among the classes: what follows fa-, sizes left out.

    >>> icon_name("theme-switch fa-solid fa-sun fa-lg")
    'sun'
    """
    names = [one for one in classes.split() if one.startswith("fa-")]
    shown = [one for one in names if one not in NO_SHAPE]
    return shown[0].removeprefix("fa-") if shown else ""


@cache
def shape(name: str, script: Path) -> tuple[str, str, str]:
    """(width, height, path) of a solid icon of the theme's script."""
    entry = (
        rf'(?<![\w-])"?{re.escape(name)}"?:'
        r'\[(\d+),(\d+),\[[^\]]*\],"\w+","([^"]+)"\]'
    )
    found = re.findall(entry, script.read_text(encoding="utf-8"))
    if not found:
        raise ExtensionError(f"the theme's icons have no {name!r}")
    return found[-1]  # solid icons come last


def draw_icons(app: Sphinx, error: Exception | None) -> None:
    """Write the icons' shapes into the pages, and load no script."""
    if error or app.builder.format != "html":
        return
    theme = Path(pydata_sphinx_theme.__file__).parent / "theme"
    within = "pydata_sphinx_theme/static/scripts/fontawesome.js"

    def drawn(icon: re.Match) -> str:
        name = icon_name(icon[2])
        if not name:
            return icon[0]
        width, height, path = shape(name, theme / within)
        return (
            f'<svg class="svg-inline--fa {icon[2]}"{icon[3]}'
            f' viewBox="0 0 {width} {height}" aria-hidden="true">'
            f'<path fill="currentColor" d="{path}"></path></svg>'
        )

    for path in Path(app.outdir).rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        mended = SCRIPT.sub("", ICON.sub(drawn, text))
        mended = mended.replace(SIDEBAR, LANDMARK)
        if mended != text:
            path.write_text(mended, encoding="utf-8")
    static = Path(app.outdir) / "_static"
    # Nothing asks for them now.
    for unused in static.glob("scripts/fontawesome.js*"):
        unused.unlink()
    shutil.rmtree(static / "vendor" / "fontawesome", ignore_errors=True)


def setup(app: Sphinx) -> dict:
    app.connect("html-page-context", mend)
    # Before the theme reads it.
    app.connect("html-page-context", list_even_one_page, priority=400)
    app.connect("build-finished", draw_icons)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
