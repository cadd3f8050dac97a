"""What the built pages need beyond the theme."""

import json
import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform

# Puts an icon's shape in place of each <i class="fa-name">, as Font
# Awesome's own script does.
DRAW = """(() => {
  const shapes = %s;
  const style = document.createElement("style");
  style.textContent = ".svg-inline--fa{display:inline-block;" +
    "height:1em;overflow:visible;vertical-align:-.125em}";
  document.head.append(style);
  const icons = "i[class*=fa-], span[class*=fa-]";
  for (const icon of document.querySelectorAll(icons)) {
    const names = [...icon.classList].map(
      (part) => part.replace(/^fa-/, ""));
    const name = names.find((part) => part in shapes);
    if (!name) continue;
    const [width, height, path] = shapes[name];
    const svg = document.createElementNS(
      "http://www.w3.org/2000/svg", "svg");
    for (const { name, value } of icon.attributes)
      svg.setAttribute(name, value);
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("class", `svg-inline--fa ${icon.className}`);
    svg.setAttribute("aria-hidden", "true");
    svg.innerHTML = `<path fill="currentColor" d="${path}"></path>`;
    icon.replaceWith(svg);
  }
})();
"""
NO_SHAPE = {
    "fa-solid",
    "fa-regular",
    "fa-brands",
    "fa-lg",
    "fa-sm",
    "fa-fw",
}


WIDGET = "application/vnd.jupyter.widget-view+json"
LIST, NO_LIST = (
    'role="list" class="citation-list"',
    'class="citation-list"',
)


def mend(
    app: Sphinx, page: str, template: str, context: dict, doctree
) -> None:
    """Take a role from the bibliography.

    Sphinx calls it a list, whose children are no list items; screen
    readers stumble over that.
    """
    if "body" in context:
        context["body"] = context["body"].replace(LIST, NO_LIST)


def icons(pages: list[str]) -> set[str]:
    """The icons that pages show: names after fa-, sizes left out.

    >>> icons(['<i class="fa-solid fa-sun fa-lg">'])
    {'sun'}
    """
    names = set()
    for page in pages:
        for classes in re.findall(r'class="([^"]*fa-[^"]*)"', page):
            names.update(classes.split())
    shown = {name for name in names if name.startswith("fa-")}
    return {name.removeprefix("fa-") for name in shown - NO_SHAPE}


def shape(name: str, script: str) -> list:
    """[width, height, path] of a solid icon of the theme's script."""
    entry = (
        rf'(?<![\w-])"?{re.escape(name)}"?:'
        r'\[(\d+),(\d+),\[[^\]]*\],"\w+","([^"]+)"\]'
    )
    found = re.findall(entry, script)
    if not found:
        raise ExtensionError(f"the theme's icons have no {name!r}")
    width, height, path = found[-1]  # solid icons come last
    return [int(width), int(height), path]


def keep_used_icons(app: Sphinx, error: Exception | None) -> None:
    """Keep the shapes in use of the theme's icon script.

    Whole it is half a megabyte compressed, most of a page's weight.
    """
    script = Path(app.outdir) / "_static" / "scripts" / "fontawesome.js"
    if error or not script.exists():
        return
    whole = script.read_text(encoding="utf-8")
    if not whole.startswith("/*! For license"):
        return  # an earlier build's subset: nothing was written since
    paths = Path(app.outdir).rglob("*.html")
    pages = [path.read_text(encoding="utf-8") for path in paths]
    beside = script.with_suffix(".js.LICENSE.txt")
    licence = beside.read_text(encoding="utf-8")
    shapes = {name: shape(name, whole) for name in sorted(icons(pages))}
    draw = DRAW % json.dumps(shapes)
    script.write_text(f"{licence}{draw}", encoding="utf-8")
    script.with_suffix(".js.map").unlink(missing_ok=True)


class PictureWithoutScripts(SphinxPostTransform):
    """Where scripts do not run, an explorer shows a picture.

    Its output carries one, with a sentence.
    """

    default_priority = 3  # before myst-nb keeps one form of each output
    formats = ("html",)

    def run(self, **_) -> None:
        # A list, since the document grows on the way.
        for output in list(self.document.findall(nodes.container)):
            if output.get("nb_element") != "mime_bundle":
                continue
            forms = {
                form["mime_type"]: form for form in output.children
            }
            if {WIDGET, "image/svg+xml", "text/plain"} <= set(forms):
                self.add_picture(forms)

    def add_picture(self, forms: dict) -> None:
        picture = next(forms["image/svg+xml"].findall(nodes.image))
        text = forms["text/plain"].astext()
        picture["alt"] = text.partition("\n")[2]
        opened = nodes.raw("", "<noscript>", format="html")
        closed = nodes.raw("", "</noscript>", format="html")
        forms[WIDGET].extend([opened, picture.deepcopy(), closed])


def setup(app: Sphinx) -> dict:
    app.add_post_transform(PictureWithoutScripts)
    app.connect("html-page-context", mend)
    app.connect("build-finished", keep_used_icons)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
