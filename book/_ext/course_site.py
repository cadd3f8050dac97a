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
  style.textContent = ".svg-inline--fa{display:inline-block;height:1em;overflow:visible;vertical-align:-.125em}";
  document.head.append(style);
  for (const icon of document.querySelectorAll("i[class*=fa-], span[class*=fa-]")) {
    const name = [...icon.classList].map((part) => part.replace(/^fa-/, "")).find((part) => part in shapes);
    if (!name) continue;
    const [width, height, path] = shapes[name];
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    for (const { name, value } of icon.attributes) svg.setAttribute(name, value);
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


def mend(
    app: Sphinx, page: str, template: str, context: dict, doctree
) -> None:
    """Sphinx calls a bibliography a list whose children are no list
    items, which screen readers stumble over.
    """
    if "body" in context:
        context["body"] = context["body"].replace(
            'role="list" class="citation-list"', 'class="citation-list"'
        )


def icons(pages: list[str]) -> set[str]:
    """The icons that pages show: class names after fa-, sizes and
    families apart.

    >>> icons(['<i class="fa-solid fa-sun fa-lg">'])
    {'sun'}
    """
    values = [
        value
        for page in pages
        for value in re.findall(r'class="([^"]*fa-[^"]*)"', page)
    ]
    names = {
        name
        for value in values
        for name in value.split()
        if name.startswith("fa-")
    }
    return {name.removeprefix("fa-") for name in names - NO_SHAPE}


def shape(name: str, script: str) -> list:
    """[width, height, path] of a solid icon, from the theme's script
    (its solid icons come last).
    """
    found = re.findall(
        rf'(?<![\w-])"?{re.escape(name)}"?:\[(\d+),(\d+),\[[^\]]*\],"\w+","([^"]+)"\]',
        script,
    )
    if not found:
        raise ExtensionError(f"the theme's icons have no {name!r}")
    width, height, path = found[-1]
    return [int(width), int(height), path]


def keep_used_icons(app: Sphinx, error: Exception | None) -> None:
    """The theme's icon script is half a megabyte compressed, most of a
    page's weight: keep the shapes in use.
    """
    script = Path(app.outdir) / "_static" / "scripts" / "fontawesome.js"
    if error or not script.exists():
        return
    whole = script.read_text(encoding="utf-8")
    if not whole.startswith("/*! For license"):
        return  # an earlier build's subset: nothing was written since
    pages = [
        path.read_text(encoding="utf-8")
        for path in Path(app.outdir).rglob("*.html")
    ]
    licence = script.with_suffix(".js.LICENSE.txt").read_text(
        encoding="utf-8"
    )
    shapes = {name: shape(name, whole) for name in sorted(icons(pages))}
    script.write_text(
        f"{licence}{DRAW % json.dumps(shapes)}", encoding="utf-8"
    )
    script.with_suffix(".js.map").unlink(missing_ok=True)


class PictureWithoutScripts(SphinxPostTransform):
    """Where scripts do not run, an explorer's output shows the picture
    it carries, with its sentence.
    """

    default_priority = 3  # before myst-nb keeps one form of each output
    formats = ("html",)

    def run(self, **_) -> None:
        outputs = [
            node
            for node in self.document.findall(nodes.container)
            if node.get("nb_element") == "mime_bundle"
        ]
        for output in outputs:
            forms = {
                form["mime_type"]: form for form in output.children
            }
            if {
                "application/vnd.jupyter.widget-view+json",
                "image/svg+xml",
                "text/plain",
            } <= set(forms):
                picture = next(
                    iter(forms["image/svg+xml"].findall(nodes.image))
                )
                picture["alt"] = (
                    forms["text/plain"].astext().partition("\n")[2]
                )
                tags = [
                    nodes.raw("", tag, format="html")
                    for tag in ("<noscript>", "</noscript>")
                ]
                forms[
                    "application/vnd.jupyter.widget-view+json"
                ].extend([tags[0], picture.deepcopy(), tags[1]])


def setup(app: Sphinx) -> dict:
    app.add_post_transform(PictureWithoutScripts)
    app.connect("html-page-context", mend)
    app.connect("build-finished", keep_used_icons)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
