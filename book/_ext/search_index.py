"""What the search finds: one record a section, a word, a function.

The records stand in a script, which a page loads when its search is
used: pages opened as files may load scripts, but fetch nothing.
"""

import json
from pathlib import Path

from docutils import nodes
from plain_text import plain
from sphinx import addnodes
from sphinx.application import Sphinx

# What a section has that its own words are not: parts with records of
# their own, and code with what it prints.
ELSEWHERE = (
    nodes.section,
    nodes.title,
    addnodes.desc,
    addnodes.glossary,
)
CODE = (nodes.literal_block, nodes.doctest_block)
# Of a function its first words; of a section all.
FUNCTION = 300


def records(page: str, title: str, doctree: nodes.document) -> list:
    """[address, title of the page, title of the part, words] each.

    Addresses are relative to the site's root. A function's record has a
    1 at its end: what explains comes before it. A word's has a 2: it
    is shown, first, to who asks for that word.
    """
    found = []
    for section in doctree.findall(nodes.section):
        heading = plain(section.next_node(nodes.title))
        top = isinstance(section.parent, nodes.document)
        anchor = "" if top else f"#{section['ids'][0]}"
        address = f"{page}.html{anchor}"
        found.append([address, title, heading, own_words(section)])
    for word in doctree.findall(nodes.term):
        if word["ids"]:  # in the glossary
            says = plain(word.parent.next_node(nodes.definition))
            address = f"{page}.html#{word['ids'][0]}"
            found.append([address, title, plain(word), says, 2])
    for described in doctree.findall(addnodes.desc):
        signature = described.next_node(addnodes.desc_signature)
        if signature is None or not signature["ids"]:
            continue
        text = described.next_node(addnodes.desc_content)
        paragraph = text and text.next_node(nodes.paragraph)
        words = plain(paragraph)[:FUNCTION] if paragraph else ""
        anchor = signature["ids"][0]
        address = f"{page}.html#{anchor}"
        found.append([address, title, anchor, words, 1])
    return found


def own_words(section: nodes.section) -> str:
    parts = []
    for child in section.children:
        if not isinstance(child, ELSEWHERE) and not is_code(child):
            parts.append(plain(without_code(child)))
    return " ".join(part for part in parts if part)


def is_code(node: nodes.Node) -> bool:
    if isinstance(node, CODE):
        return True
    return isinstance(node, nodes.container) and "nb_element" in node


def without_code(node: nodes.Element) -> nodes.Element:
    copy = node.deepcopy()
    for inner in list(copy.findall(is_code)):
        if inner.parent is not None:
            inner.parent.remove(inner)
    return copy


def write(app: Sphinx, error: Exception | None) -> None:
    if error or app.builder.format != "html":
        return
    found = []
    for page in sorted(app.env.found_docs):
        doctree = app.env.get_doctree(page)
        title = plain(app.env.titles[page])
        found += records(page, title, doctree)
    script = Path(app.outdir) / "_static" / "search_index.js"
    text = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    script.write_text(f"globalThis.courseIndex={text};\n", "utf-8")


def replace_sphinx_search(app: Sphinx) -> None:
    """Sphinx's own index is not made; the page of that name is ours."""
    if app.builder.format == "html":
        app.builder.search = False
        pages = dict(app.config.html_additional_pages)
        app.config.html_additional_pages = {
            **pages,
            "search": "search.html",
        }


def setup(app: Sphinx) -> dict:
    app.connect("builder-inited", replace_sphinx_search)
    app.connect("build-finished", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
