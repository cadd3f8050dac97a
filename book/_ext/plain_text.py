"""A page's text as plain words, for descriptions and for the search."""

import re
import unicodedata

from docutils import nodes

# Mathematics that reads as words: \text{...} and the like.
WRAPPED = r"\\(?:text|mathrm|mathbf|operatorname\*?|hat|widehat|tilde)"
SIGNS = {
    "le": "≤",
    "ge": "≥",
    "approx": "≈",
    "times": "×",
    "cdot": "·",
    "sum": "∑",
    "int": "∫",
    "partial": "∂",
    "sqrt": "√",
    "infty": "∞",
    "to": "→",
    "in": "∈",
    "pm": "±",
    "dots": "…",
}
FRACTION = r"\\[dt]?frac\s*(\{[^{}]*\}|\w)\s*(\{[^{}]*\}|\\\w+|\w)"
# What only says how a formula looks.
LOOKS = r"\\(?:[bB]igg?[lr]?|left|right|[dt]?frac|q?quad)(?![a-zA-Z])"


def greek(name: str) -> str:
    """The letter that a command of TeX names, or else the name.

    >>> greek("lambda"), greek("Delta"), greek("sin")
    ('λ', 'Δ', 'sin')
    """
    case = "CAPITAL" if name[0].isupper() else "SMALL"
    # Unicode's spelling.
    letter = name.upper().removeprefix("VAR").replace("BDA", "DA")
    try:
        return unicodedata.lookup(f"GREEK {case} LETTER {letter}")
    except KeyError:
        return SIGNS.get(name, name)


def plain_formula(tex: str) -> str:
    r"""A formula as it may be read in a line of text.

    >>> plain_formula(r"\lambda_k = \sin x + \text{rest}^{2}")
    'λ_k = sin x + rest^2'
    >>> plain_formula(r"\frac12 x")
    '1/2 x'
    """
    tex = re.sub(r"\\(?:begin|end)\{[a-z*]+\}", " ", tex)
    tex = re.sub(WRAPPED, "", tex)
    tex = re.sub(FRACTION, r"\1/\2", tex)
    tex = re.sub(LOOKS, " ", tex)
    tex = re.sub(r"\\([a-zA-Z]+)", lambda found: greek(found[1]), tex)
    tex = re.sub(r"\\[,;!: ]|[{}&~]|\\", " ", tex)
    tex = re.sub(r" *([_^]) *", r"\1", tex)
    return re.sub(r"\s+", " ", tex).strip()


def plain(node: nodes.Node) -> str:
    r"""The words of a part of a page, without code's output.

    >>> paragraph = nodes.paragraph("", "The rate ")
    >>> paragraph += nodes.math("", r"\mu_k")
    >>> plain(paragraph)
    'The rate μ_k'
    """
    return re.sub(r"\s+", " ", "".join(pieces(node))).strip()


def pieces(node: nodes.Node) -> list[str]:
    if isinstance(node, nodes.math | nodes.math_block):
        return [plain_formula(node.astext())]
    if isinstance(node, nodes.raw | nodes.comment | nodes.image):
        return []
    if isinstance(node, nodes.Text):
        return [node.astext()]
    found = [
        piece for child in node.children for piece in pieces(child)
    ]
    # Blocks stand apart, what is in a line does not.
    apart = not isinstance(node, nodes.Inline)
    return [" ", *found, " "] if apart else found


def description(doctree: nodes.document, longest: int = 200) -> str:
    """A page's first paragraph, cut after a sentence or a word.

    The line below the title that only says how long the page takes is
    in emphasis, and left out.
    """
    for paragraph in doctree.findall(nodes.paragraph):
        children = paragraph.children
        header = len(children) == 1 and isinstance(
            children[0], nodes.emphasis
        )
        if isinstance(paragraph.parent, nodes.section) and not header:
            return shortened(plain(paragraph), longest)
    return ""


def shortened(text: str, longest: int) -> str:
    """Whole sentences, if they are not much shorter; or else words.

    >>> shortened("One two. Three four five.", 20)
    'One two. Three four…'
    >>> shortened("One two three. Four five.", 20)
    'One two three.'
    """
    if len(text) <= longest:
        return text
    cut = text[: longest + 1]
    sentence = cut.rfind(". ")
    if sentence > 0.6 * longest:
        return cut[: sentence + 1]
    return cut[: cut.rfind(" ")].rstrip(",;:") + "…"
