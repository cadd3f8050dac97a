"""Formulas keep their place: before they are set, and in a line.

MathJax sets a formula when a reader comes near it. Until then the page
holds as much room as it will take, measured in the same letters, so
that nothing moves under the reader's eyes.
"""

import re
from functools import cache
from html import escape, unescape

from docutils import nodes
from matplotlib import rc_context
from matplotlib.font_manager import FontProperties
from matplotlib.mathtext import MathTextParser
from plain_text import plain_formula
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

INLINE = re.compile(
    r'<span class="math notranslate nohighlight">\\\((.*?)\\\)</span>',
    re.S,
)
DISPLAY = re.compile(
    r'<div class="math notranslate nohighlight"([^>]*)>\s*'
    r"\\\[(.*?)\\\]\s*</div>",
    re.S,
)
# As in _config.yml: MathJax draws its letters that much larger.
SCALE = 1.15
# What MathJax leaves above and below a line of its own, and between
# the lines of one formula.
MARGIN, GAP = 2.3, 0.35
# Commands that matplotlib does not know, and what is as wide.
SAME = {
    r"\\tfrac": r"\\frac",
    r"frac\s*(\d)": r"frac{\1}",
    r"(frac\{[^{}]*\})\s*(\\[a-zA-Z]+|\w)": r"\1{\2}",
    r"\\sqrt\s*(\w)": r"\\sqrt{\1}",
    r"\\[lr]vert|\\[bB]igg?[lr]?\s*\|": "|",
    r"\\[lr]Vert": r"\\|",
    r"\\[bB]igg?[lr]?(?![a-zA-Z])": "",
    r"\\mathbb\s*\{?(\w)\}?": r"\1",
    r"\\boxed|\\phantom|\\mathsf": "",
    r"\\(?:begin|end)\{[a-z*]+\}|&": "",
    r"\\text\b": r"\\mathrm",
    r"\\operatorname\*?": r"\\mathrm",
    r"\\le(?![a-z])": r"\\leq",
    r"\\ge(?![a-z])": r"\\geq",
    r"\\ne(?![a-z])": r"\\neq",
}


@cache
def size(tex: str) -> tuple[float, float, float]:
    """(width, height, depth) of a formula in em, as MathJax sets it.

    >>> width, height, depth = size("x")
    >>> 0.5 < width < 0.8 and depth == 0 and height < 1.2
    True
    """
    known = " ".join(unescape(tex).split())
    for pattern, same in SAME.items():
        known = re.sub(pattern, same, known)
    letters = FontProperties(size=10)
    try:
        with rc_context({"mathtext.fontset": "cm"}):
            # A hundred dots an em: widths are whole dots.
            parser = MathTextParser("path")
            found = parser.parse(f"${known}$", 720, letters)
        width, height, depth = found[:3]
        # MathJax sets a little tighter: the median of 1,088 formulas.
        sizes = 0.93 * width / 100, height / 100, max(depth, 0) / 100
    except ValueError:
        # Nearly half an em a letter is about right for what is left.
        letters = re.sub(r"[\s_^]", "", plain_formula(unescape(tex)))
        sizes = 0.45 * len(letters), 0.9, 0.2
    return tuple(round(float(SCALE * one), 2) for one in sizes)


def named(tex: str) -> str:
    """Its source, for who hears a page before the formula is set."""
    words = escape(" ".join(unescape(tex).split()), quote=True)
    return f'role="img" aria-label="{words}"'


def place(formula: re.Match) -> str:
    """A formula in a line, with its room."""
    width, height, depth = size(formula[1])
    room = f"--w:{width}em;--h:{height}em;--d:{depth}em"
    return with_room(formula[0], room, formula[1])


def place_alone(formula: re.Match) -> str:
    """A formula on lines of its own, with its room."""
    rows = re.split(r"\\\\(?:\[[^\]]*\])?", formula[2])
    rows = [row for row in rows if row.strip()]
    # On its own line a fraction is as large as its parts.
    large = [re.sub(r"\\frac", r"\\dfrac", row) for row in rows]
    height = sum(max(size(row)[1], 1.0) for row in large)
    room = MARGIN + height + GAP * SCALE * (len(rows) - 1)
    return with_room(formula[0], f"--h:{room:.2f}em", formula[2])


def with_room(tag: str, room: str, tex: str) -> str:
    marks = f' nohighlight" style="{room}" {named(tex)}'
    return tag.replace(' nohighlight"', marks, 1)


def reserve(app, page, template, context, doctree) -> None:
    body = context.get("body", "")
    if "math notranslate" in body:
        body = INLINE.sub(place, body)
        context["body"] = DISPLAY.sub(place_alone, body)
        # Behind the explorers' scripts, before MathJax.
        app.add_js_file("formulas.js", priority=400, defer="defer")


class Together(SphinxPostTransform):
    """A formula and the full stop after it stay on one line.

    So do an opening bracket before it, and what is joined to it, as in
    "n-th".
    """

    default_priority = 900
    formats = ("html",)

    def run(self, **_) -> None:
        for formula in list(self.document.findall(nodes.math)):
            join(formula)


def join(formula: nodes.math) -> None:
    parent = formula.parent
    if not isinstance(parent, nodes.TextElement):
        return
    at = parent.index(formula)
    before = taken(parent, at - 1, r"[(\[“‘]+$") if at else ""
    after = taken(parent, at + 1, r"^(?:[^\s]{1,12}(?=\s|$)|[^\s\w(]+)")
    if before or after:
        together = nodes.inline("", "", classes=["together"])
        parent.replace(formula, together)
        parts = [nodes.Text(before), formula, nodes.Text(after)]
        together.extend(part for part in parts if part.astext())


def taken(parent: nodes.Element, at: int, pattern: str) -> str:
    """The part of a neighbouring text that matches, taken from it."""
    if at >= len(parent) or not isinstance(parent[at], nodes.Text):
        return ""
    text = parent[at].astext()
    found = re.search(pattern, text)
    if not found:
        return ""
    left = text[: found.start()] + text[found.end() :]
    parent[at] = nodes.Text(left)
    return found[0]


def setup(app: Sphinx) -> dict:
    app.add_post_transform(Together)
    app.connect("html-page-context", reserve, priority=600)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
