"""What a page needs to show its explorers, and no other's.

In front of each stands a box as high as the explorer will be, so that
nothing moves when it is mounted; behind it a picture, for print and for
where scripts do not run. The page loads the front end and the engines
of its own explorers; what their frames are made of comes last.
"""

import re
from collections import Counter

from docutils import nodes
from fbkit.explorers import Explorer, registry
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform

VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
OUTPUT = {VIEW, "image/svg+xml", "text/plain"}
NAME = re.compile(r"explore\('(\w+)'")
PLACE = re.compile(r'class="fbkit-place" data-name="(\w+)"')
# What an explorer takes by its panels and a question, in pixels: on a
# phone, in a column of text, in a wide cell.
HEIGHTS = {
    (2, False): (1070, 560, 560),
    (3, False): (1365, 735, 575),
    (3, True): (1375, 750, 640),
    (4, False): (1630, 765, 730),
    (4, True): (1760, 780, 798),
    (5, False): (1770, 790, 765),
}
OPEN = (150, 60, 85)  # more, where the settings are open from the start
HIDE = "<style>.fbkit-mount { display: none; }</style>"


class PlaceOfAnExplorer(SphinxPostTransform):
    """A box for the explorer, and the picture behind it."""

    default_priority = 3  # before myst-nb keeps one form of each output
    formats = ("html",)

    def run(self, **_) -> None:
        shown = []
        # A list, since the document grows on the way.
        for output in list(self.document.findall(nodes.container)):
            if output.get("nb_element") != "mime_bundle":
                continue
            forms = {
                form["mime_type"]: form for form in output.children
            }
            if set(forms) >= OUTPUT:
                shown.append(place(forms))
        refuse_twins(self.env.docname, shown)


def place(forms: dict) -> str:
    """Put the explorer of an output into its box; return its name."""
    text = forms["text/plain"].astext()
    name = NAME.match(text)[1]
    explorer = registry()[name]
    picture = next(forms["image/svg+xml"].findall(nodes.image))
    picture["alt"] = text.partition("\n")[2]
    printed = picture.deepcopy()
    printed["loading"] = "lazy"
    phone, column, wide = heights(explorer)
    box = (
        f'<div class="fbkit-place" data-name="{name}"'
        f' style="--phone: {phone}px; --column: {column}px;'
        f' --wide: {wide}px"><div class="fbkit-mount"></div>'
    )
    forms[VIEW].insert(0, html(box))
    forms[VIEW].extend(
        [
            html(f"<noscript>{HIDE}"),
            picture.deepcopy(),
            html('</noscript><div class="fbkit-poster">'),
            printed,
            html("</div></div>"),
        ]
    )
    return name


def heights(explorer: Explorer) -> tuple[int, ...]:
    """On a phone, in a column of text, in a wide cell."""
    count = len(explorer.panels)
    closed = HEIGHTS[count, bool(explorer.question)]
    if explorer.plays or count > 3:
        return closed
    return tuple(sum(both) for both in zip(closed, OPEN))


def html(text: str) -> nodes.raw:
    return nodes.raw("", text, format="html")


def refuse_twins(page: str, shown: list[str]) -> None:
    """Two of one name would share their part of the address."""
    for name, count in Counter(shown).items():
        if count > 1:
            raise ExtensionError(
                f"{page} shows the explorer {name} {count} times, and a"
                " link could not tell them apart; show it once, and"
                f" set it by links: [set it so](#{name}.param=value)."
            )


def add_scripts(
    app: Sphinx, page: str, template: str, context: dict, doctree
) -> None:
    """The front end and the page's engines; nothing waits for them."""
    names = PLACE.findall(context.get("body", ""))
    if not names:
        return
    app.add_css_file("explorers/front.css")
    engines = [name for name in names if registry()[name].engine]
    scripts = ["front", *engines]
    files = [f"explorers/{name}.js" for name in scripts]
    # Early among the deferred ones: mathematics can wait.
    for file in [*files, "runtime.js"]:
        app.add_js_file(file, priority=300, defer="defer")
    move_states(context)


def move_states(context: dict) -> None:
    """The frames behind the text, which can then be read at once."""
    for script in list(context["script_files"]):
        attributes = getattr(script, "attributes", {})
        if attributes.get("type") == STATE:
            context["script_files"].remove(script)
            context["body"] += (
                f'<script type="{STATE}">{attributes["body"]}</script>'
            )


def setup(app: Sphinx) -> dict:
    app.add_post_transform(PlaceOfAnExplorer)
    # After myst-nb has added the frames.
    app.connect("html-page-context", add_scripts, priority=600)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
