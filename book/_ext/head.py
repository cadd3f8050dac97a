"""What a page says about itself to those who only see a link to it.

And which scripts it loads, when.
"""

import re
from html import escape
from pathlib import Path

from pictures import CARD, card, drawing
from plain_text import description
from sphinx.application import Sphinx
from sphinx.builders.html._assets import _JavaScript

# The base template says it once; so do docutils and the theme.
VIEWPORT = re.compile(r'<meta name="viewport"[^>]*>\s*')
# The address of a server leads here; the pages stand in book/.
DOOR = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta http-equiv="refresh" content="0; url={home}">
{tags}
</head>
<body><p><a href="{home}">{title}</a></p></body>
</html>
"""


def describe(app, page, template, context, doctree) -> None:
    """Description, and the fields that sphinxext.opengraph reads."""
    tags = VIEWPORT.sub("", context.get("metatags", ""))
    context["metatags"] = tags
    if doctree is None:
        return
    words = description(doctree) or app.config.html_title
    content = escape(words, quote=True)
    context["metatags"] += (
        f'\n<meta name="description" content="{content}" />\n'
    )
    shown = drawing(app, app.env.get_doctree(page))
    title = app.env.titles[page].astext()
    fields = {
        "og:title": escape(title, quote=True),
        "og:description": content,
        "og:image": address_of(app, card(page), context["pathto"]),
        "og:image:alt": shown.words if shown else title,
        "og:image:width": str(CARD[0]),
        "og:image:height": str(CARD[1]),
    }
    if not app.config.html_baseurl:
        # Relative to the page, and so still right wherever it lies.
        fields["og:url"] = f"{Path(page).name}.html"
    context["meta"] = {**(context["meta"] or {}), **fields}


def address_of(app: Sphinx, name: str, pathto) -> str:
    """A file's address, relative to the page if the site has none."""
    base = app.config.html_baseurl
    return base + name if base else pathto(name, 1)


def order_scripts(app, page, template, context, doctree) -> None:
    """No script holds up the page; MathJax loads where it is used."""
    kept = []
    mathematics = 'class="math ' in context.get("body", "")
    for script in context.get("script_files", []):
        name = str(getattr(script, "filename", None) or "")
        body = script.attributes.get("body", "")
        of_mathjax = "mathjax/" in name or "window.MathJax" in body
        if mathematics or not of_mathjax:
            kept.append(deferred(script, name))
    context["script_files"] = kept


def deferred(script: _JavaScript, name: str) -> _JavaScript:
    """The script, run once the page is read, in the page's order.

    So the explorers, which stand before MathJax, come first.
    """
    # The options are what scripts in the page itself write to.
    if not name or "documentation_options" in name:
        return script
    attributes = dict(script.attributes)
    if "async" not in attributes:
        attributes["defer"] = "defer"
    return _JavaScript(name, priority=script.priority, **attributes)


def write_door(app: Sphinx, error: Exception | None) -> None:
    """The page at the site's address, which is what people pass on."""
    if error or app.builder.format != "html":
        return
    root = app.config.root_doc
    words = description(app.env.get_doctree(root))
    base = app.config.html_baseurl
    home = f"{root}.html"
    tags = [
        f'<meta name="description" content="{escape(words)}">',
        f'<meta property="og:title" content="{app.config.html_title}">',
        f'<meta property="og:description" content="{escape(words)}">',
        f'<meta property="og:image" content="{base}{card(root)}">',
        '<meta name="twitter:card" content="summary_large_image">',
    ]
    if base:
        tags.append(f'<link rel="canonical" href="{base}{home}">')
    page = DOOR.format(
        title=escape(app.config.html_title),
        home=home,
        tags="\n".join(tags),
    )
    (Path(app.outdir) / "index.html").write_text(page, encoding="utf-8")


def setup(app: Sphinx) -> dict:
    # Before opengraph reads the fields; after all have added scripts.
    app.connect("html-page-context", describe, priority=400)
    app.connect("html-page-context", order_scripts, priority=900)
    app.connect("build-finished", write_door, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
