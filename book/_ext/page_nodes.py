"""HTML elements as nodes of a document."""

from docutils import nodes
from sphinx.application import Sphinx


class Tag(nodes.General, nodes.Element):
    """An HTML element; `tag` makes one."""


def tag(name: str, *children, **attributes) -> Tag:
    """An element: tag("p", "text", cls="note", data_key="x").

    True gives an attribute without a value, False none; text may
    stand among the children.
    """
    made = Tag("", name=name, html={})
    for key, value in attributes.items():
        if value is not False:
            key = "class" if key == "cls" else key.replace("_", "-")
            made["html"][key] = value
    for child in children:
        plain = isinstance(child, str)
        made += nodes.Text(child) if plain else child
    return made


def link(text: str, address: str, **attributes) -> Tag:
    return tag("a", text, href=address, **attributes)


def is_tag(node: nodes.Node, name: str, cls: str = "") -> bool:
    """Whether a node is an element of this name and class."""
    if not isinstance(node, Tag) or node["name"] != name:
        return False
    return not cls or cls in node["html"].get("class", "").split()


def visit(translator, node: Tag) -> None:
    parts = [node["name"]]
    for key, value in node["html"].items():
        text = translator.attval(str(value))
        parts.append(key if value is True else f'{key}="{text}"')
    translator.body.append(f"<{' '.join(parts)}>")


def depart(translator, node: Tag) -> None:
    if node["name"] != "img":
        translator.body.append(f"</{node['name']}>")


def setup_nodes(app: Sphinx) -> None:
    app.add_node(Tag, html=(visit, depart))
