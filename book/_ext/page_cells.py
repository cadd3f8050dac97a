"""What the tags of a notebook's cells mean, before it is parsed.

A tagged Markdown cell becomes a directive, hidden code a class.
"""

import json
import re

FENCE = "`" * 12
DIRECTIVES = ("caption", "predict", "quiz")
# A cell's code is hidden by a class, which one switch of the page
# takes back, and not by a fold of its own. A cell that a solution
# folds away goes into that fold.
RENAMED = {"hide-input": "hidden-code", "hide-cell": "solution"}
HEADER_LINE = re.compile(r"\*(?=\S)[^\n]*\S\*")


def prepare(text: str) -> str:
    """A notebook's JSON as the build reads it."""
    notebook = json.loads(text)
    cells = notebook["cells"]
    for cell in cells:
        source = "".join(cell["source"])
        tags = cell["metadata"].get("tags", [])
        if cell["cell_type"] == "markdown":
            cell["source"] = as_directive(source, tags)
        else:
            tags = [RENAMED.get(tag, tag) for tag in tags]
            if "fb.explore(" in source:
                tags.append("explorer")
            cell["metadata"]["tags"] = tags
    if cells and cells[0]["cell_type"] == "markdown":
        cells[0]["source"] = with_head(cells[0]["source"])
    return json.dumps(notebook)


def as_directive(source: str, tags: list[str]) -> str:
    r"""A tagged cell's text inside the directive of its tag.

    >>> as_directive("A finding.", ["caption"]).strip("`").split()
    ['{page-caption}', 'A', 'finding.']
    >>> as_directive("Text.", [])
    'Text.'
    """
    for tag in DIRECTIVES:
        if tag in tags:
            return f"{FENCE}{{page-{tag}}}\n{source}\n{FENCE}"
    return source


def with_head(source: str) -> str:
    r"""The head in place of the line in emphasis under the title.

    >>> with_head("# Title\n\n*25 minutes.*\n\nText.").split("`" * 12)
    ['# Title\n\n', '{page-head}\n', '\n\nText.']
    """
    title, _, rest = source.partition("\n")
    if not title.startswith("# "):
        return source
    first, _, others = rest.strip().partition("\n\n")
    if HEADER_LINE.fullmatch(first.strip()):
        rest = others
    head = f"{FENCE}{{page-head}}\n{FENCE}"
    return f"{title}\n\n{head}\n\n{rest.strip()}"
