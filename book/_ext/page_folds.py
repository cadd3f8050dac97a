"""One design for everything that folds, however a page writes it."""

from docutils import nodes
from page_nodes import is_tag, tag
from page_questions import LISTS, prediction

OPENS, CLOSES = "<details", "</details>"


def set_folds(document: nodes.document) -> None:
    for node in list(document.findall(nodes.raw)):
        if node.parent and node.astext().lstrip().startswith(OPENS):
            from_html(node)
    for node in list(document.findall(nodes.container)):
        if node.get("design_component") == "dropdown":
            title, *body = node.children
            node.replace_self(fold(title.astext(), body))
    for node in list(document.findall(nodes.admonition)):
        if "dropdown" in node["classes"]:
            title, *body = node.children
            node.replace_self(fold(title.astext(), body))
    for node in list(document.findall(nodes.container)):
        if "tag_solution" in node["classes"]:
            into_fold(node)


def fold(summary: str, body: list[nodes.Node]) -> nodes.Element:
    answer = summary.split()[0] in ("Solution", "Answers", "Answer")
    cls = "fold solution" if answer else "fold"
    inside = tag("div", *body, cls="fold-body")
    return tag("details", tag("summary", summary), inside, cls=cls)


def from_html(opening: nodes.raw) -> None:
    """A fold from <details> and </details> with text between them."""
    parent = opening.parent
    start = parent.index(opening)
    for end in range(start + 1, len(parent)):
        node = parent[end]
        html = isinstance(node, nodes.raw) and node.astext().strip()
        if html == CLOSES:
            body = parent[start + 1 : end]
            summary = between(
                opening.astext(), "<summary>", "</summary>"
            )
            parent[start : end + 1] = [fold(summary, body)]
            return


def between(text: str, left: str, right: str) -> str:
    return text.partition(left)[2].partition(right)[0].strip()


def into_fold(cell: nodes.Element) -> None:
    """A cell tagged solution goes into the fold right before it."""
    parent = cell.parent
    place = parent.index(cell)
    before = parent[place - 1] if place else None
    if is_tag(before, "details", "fold"):
        parent.remove(cell)
        before.children[-1] += cell


def set_predictions(document: nodes.document) -> None:
    """The predictions of pages in the first form, in the same box."""
    for node in list(document.findall(nodes.admonition)):
        title = node.children[0].astext()
        if title == "Before you look":
            box = prediction("prediction-1", node.children[1:], [])
            node.replace_self(box)
    for section in document.findall(nodes.section):
        if section.children[0].astext() == "Commit to a prediction":
            asked = [one for one in section if isinstance(one, LISTS)]
            for one in asked[:1]:
                box = prediction("prediction-1", [one.deepcopy()], [])
                one.replace_self(box)
