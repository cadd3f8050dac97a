"""Pictures with their captions."""

from docutils import nodes
from page_nodes import is_tag, tag
from page_questions import said

NUMBERS = "<details><summary>The numbers"


class NoPicture(ValueError):
    """A caption that does not follow a picture."""


def set_captions(document: nodes.document) -> None:
    """Each caption into a figure with the output of the cell before.

    A prediction is shown again above the caption that follows it.
    """
    waiting = []
    number = 0
    for node in list(document.findall(nodes.Element)):
        if is_tag(node, "div", "predict"):
            waiting.append(node)
        elif is_tag(node, "figcaption"):
            number += 1
            again = [said(box) for box in waiting]
            set_caption(node, number, again)
            waiting = []


def set_caption(
    caption: nodes.Element, number: int, again: list
) -> None:
    output = output_before(caption)
    caption.parent.remove(caption)
    lead = tag("b", f"Figure {number}. ", cls="figure-number")
    first = caption.children[0]
    if isinstance(first, nodes.paragraph):
        first.insert(0, lead)
    else:
        caption.insert(0, tag("p", lead))
    caption.insert(0, again)
    caption += numbers_of(output)
    cell = output.parent
    place = cell.index(output)
    cell.remove(output)
    figure = tag("figure", output, caption, cls="course-figure")
    cell.insert(place, figure)


def output_before(caption: nodes.Element) -> nodes.Element:
    """The output, with a picture, of the cell right before."""
    place = caption.parent.index(caption)
    cell = caption.parent.children[place - 1] if place else None
    if cell is not None and cell.get("nb_element") == "cell_code":
        output = cell.children[-1]
        if any(picture_in(output)) or "tag_explorer" in cell["classes"]:
            return output
    raise NoPicture(
        "a cell tagged caption must follow the cell that draws its"
        f" picture: {caption.astext()[:60]!r}"
    )


def picture_in(output: nodes.Element) -> list[nodes.raw]:
    """The pictures of an output, as HTML."""
    raws = output.findall(nodes.raw)
    return [raw for raw in raws if "fb-picture" in raw.astext()]


def numbers_of(output: nodes.Element) -> list[nodes.Node]:
    """The folds of numbers, taken out of their pictures.

    They stand below the caption then, and not above it.
    """
    folds = []
    for picture in picture_in(output):
        text = picture.astext()
        start = text.find(NUMBERS)
        if start < 0:
            continue
        end = text.index("</details>", start) + len("</details>")
        picture.children = [nodes.Text(text[:start] + text[end:])]
        html = f'<div class="fb-picture">{text[start:end]}</div>'
        folds.append(nodes.raw("", html, format="html"))
    return folds
