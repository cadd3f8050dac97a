"""A page's picture: small beside a link to it, large where shared.

It is the page's explorer as printed, or else its first figure, or else
its title. `thumbnail(page)` and `card(page)` name the files, which
every build writes for every page.
"""

import hashlib
import re
import shutil
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import NamedTuple

from docutils import nodes
from PIL import ImageFont
from sphinx.application import Sphinx

WIDGET = "application/vnd.jupyter.widget-view+json"
DRAWING = "image/svg+xml"
CARD, THUMBNAIL = (1200, 630), (320, 200)
INK, PAPER, WAVE = "#14344f", "#ffffff", "#f2b134"
FOLDER = "_static/pictures"
# The outline of each of a drawing's panels.
PANEL = re.compile(
    r'<g id="[^"]*axes_\d+">\s*<g id="[^"]*patch_\d+">\s*'
    r'<path d="M ([\d.]+) ([\d.]+)\s+L ([\d.]+) [\d.]+\s+'
    r"L [\d.]+ ([\d.]+)"
)


class Box(NamedTuple):
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Drawing:
    """An SVG, and what it shows in words."""

    svg: str
    words: str

    @property
    def size(self) -> tuple[float, float]:
        box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', self.svg)
        return float(box[1]), float(box[2])

    def placed(self, box: Box, panels: int) -> str:
        """Its first panels, as large as they fit amid a box."""
        width, height = self.view(panels)
        scale = min(box.width / width, box.height / height)
        x = box.x + (box.width - scale * width) / 2
        y = box.y + (box.height - scale * height) / 2
        inner = self.svg[
            self.svg.index(">", self.svg.index("<svg")) + 1 :
        ]
        return (
            f'<svg x="{x:.1f}" y="{y:.1f}" width="{scale * width:.1f}"'
            f' height="{scale * height:.1f}"'
            f' viewBox="0 0 {width:.1f} {height:.1f}">{inner}'
        )

    def view(self, panels: int) -> tuple[float, float]:
        """Width and height of its part that holds the first panels."""
        width, height = self.size
        found = [[float(x) for x in p] for p in PANEL.findall(self.svg)]
        lefts = sorted({left for left, *_ in found})
        if len(lefts) <= panels:
            return width, height
        at = lefts[panels - 1]
        _, bottom, right, _ = next(one for one in found if one[0] == at)
        # The next panel's labels take about 48 of the gap before it.
        margin = max(lefts[panels] - right - 48, 6)
        return right + margin, min(bottom + 38, height)


def thumbnail(page: str) -> str:
    """The small picture of a page such as "book/notation".

    >>> thumbnail("book/api/bases")
    '_static/pictures/api-bases-small.webp'
    """
    return f"{FOLDER}/{slug(page)}-small.webp"


def card(page: str) -> str:
    """The picture that stands for a page where it is shared."""
    return f"{FOLDER}/{slug(page)}.png"


def slug(page: str) -> str:
    return page.removeprefix("book/").replace("/", "-")


def drawing(app: Sphinx, doctree: nodes.document) -> Drawing | None:
    """A page's explorer as printed, or else its first figure."""
    found = []
    for output in doctree.findall(nodes.container):
        forms = {
            form["mime_type"]: form
            for form in output.children
            if isinstance(form, nodes.Element) and "mime_type" in form
        }
        if DRAWING in forms:
            found.append(forms)
    # Stable: explorers first, each kind in the page's order.
    found.sort(key=lambda forms: WIDGET not in forms)
    if not found:
        return None
    image = next(found[0][DRAWING].findall(nodes.image))
    path = Path(app.srcdir) / image["uri"]
    text = found[0].get("text/plain")
    return Drawing(path.read_text("utf-8"), words(text))


def words(text: nodes.Node | None) -> str:
    """What a figure shows, of the text that a notebook prints for it.

    >>> words(nodes.Text("Picture(Two waves.)"))
    'Two waves.'
    """
    if text is None:
        return ""
    plain = text.astext()
    figure = re.fullmatch(r"Picture\((.*)\)", plain, flags=re.S)
    return figure[1] if figure else plain.partition("\n")[2]


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(fonts() / "DejaVuSans-Bold.ttf", size)


def fonts() -> Path:
    """Matplotlib's, the same on every machine."""
    import matplotlib

    return Path(matplotlib.get_data_path()) / "fonts" / "ttf"


def lines(title: str, width: int, size: int) -> list[str]:
    """A title broken into lines of at most `width` pixels."""
    broken = [""]
    for word in title.split():
        longer = f"{broken[-1]} {word}".strip()
        if font(size).getlength(longer) <= width:
            broken[-1] = longer
        else:
            broken.append(word)
    return [line for line in broken if line]


def heading(title: str, width: int, most: int) -> tuple[str, int]:
    """(a title as SVG, its lower edge), in at most so many lines."""
    size = 56
    while len(lines(title, width, size)) > most and size > 28:
        size -= 4
    rows, y = [], 120
    for line in lines(title, width, size):
        rows.append(
            f'<text x="60" y="{y + size}" font-size="{size}">'
            f"{escape(line)}</text>"
        )
        y += round(1.25 * size)
    return "".join(rows), y


def card_svg(title: str, site: str, shown: Drawing | None) -> str:
    """A card: the site's name, a page's title, its picture."""
    wide = shown is not None and shown.size[0] > 2 * shown.size[1]
    if shown is None:
        rows, _ = heading(title, 1080, 4)
        picture = waves()
    elif wide:
        rows, y = heading(title, 1080, 2)
        picture = shown.placed(Box(40, y + 20, 1120, 580 - y), 3)
    else:
        rows, _ = heading(title, 500, 6)
        picture = shown.placed(Box(600, 110, 560, 480), 3)
    site = "" if site == title else escape(site)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg"'
        ' xmlns:xlink="http://www.w3.org/1999/xlink"'
        ' viewBox="0 0 1200 630">'
        f'<rect width="1200" height="630" fill="{PAPER}"/>'
        f'<rect width="1200" height="14" fill="{INK}"/>{picture}'
        f'<g font-family="DejaVu Sans" fill="{INK}">'
        f'<text x="60" y="90" font-size="28" fill="#5a6b78">{site}'
        "</text>"
        f'<g font-weight="bold">{rows}</g></g></svg>'
    )


def waves() -> str:
    """Three waves, a page's picture where it has none of its own."""
    paths = []
    for count, colour in ((1, INK), (3, WAVE), (5, "#0072b2")):
        length = 1200 / count
        bends = " t ".join([f"{length / 2} 0"] * (2 * count))
        paths.append(
            f'<path d="M 0 500 q {length / 4} {-140 / count**0.5}'
            f' {length / 2} 0 t {bends}" fill="none" stroke="{colour}"'
            ' stroke-width="6" opacity="0.85"/>'
        )
    return "".join(paths)


def thumbnail_svg(shown: Drawing | None) -> str:
    if shown is None:
        inner = f'<svg viewBox="0 330 1200 340">{waves()}</svg>'
    else:
        inner = shown.placed(Box(6, 6, 308, 188), 1)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg"'
        ' xmlns:xlink="http://www.w3.org/1999/xlink"'
        ' viewBox="0 0 320 200">'
        f'<rect width="320" height="200" fill="{PAPER}"/>{inner}</svg>'
    )


def render(svg: str, size: tuple[int, int], path: Path) -> None:
    """Draw an SVG into a small file: a PNG of few colours, or WebP."""
    import io

    import resvg_py
    from PIL import Image

    png = resvg_py.svg_to_bytes(
        svg_string=svg,
        width=size[0],
        height=size[1],
        skip_system_fonts=True,
        font_dirs=[str(fonts())],
        sans_serif_family="DejaVu Sans",
    )
    image = Image.open(io.BytesIO(bytes(png))).convert("RGB")
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".png":
        image.quantize(64).save(path, optimize=True)
    else:
        image.save(path, quality=70, method=6)


def write(app: Sphinx, name: str, svg: str, size: tuple) -> None:
    """Draw a picture, unless an earlier build drew the same."""
    digest = hashlib.sha256(svg.encode()).hexdigest()[:16]
    kept = Path(app.srcdir) / "_build" / "pictures" / digest
    kept = kept.with_suffix(Path(name).suffix)
    if not kept.exists():
        # A build that is killed leaves no half of one.
        new = kept.with_stem(f"new-{digest}")
        render(svg, size, new)
        new.replace(kept)
    goal = Path(app.outdir) / name
    goal.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(kept, goal)


def draw_all(app: Sphinx, error: Exception | None) -> None:
    if error or app.builder.format != "html":
        return
    for page in sorted(app.env.found_docs):
        shown = drawing(app, app.env.get_doctree(page))
        title = app.env.titles[page].astext()
        site = app.config.html_title or app.config.project
        write(app, card(page), card_svg(title, site, shown), CARD)
        write(app, thumbnail(page), thumbnail_svg(shown), THUMBNAIL)


def setup(app: Sphinx) -> dict:
    app.connect("build-finished", draw_all)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
