"""What the table of contents promises: pages, their sources, and their explorers."""

import ast
import json
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
HTML = ROOT / "_build" / "html"


def pages() -> list[str]:
    """The pages of _toc.yml, nested ones too, in reading order, as in book/index."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    found = [toc["root"]]
    for part in toc["parts"]:
        found += nested(part["chapters"])
    return found


def nested(entries: list[dict]) -> list[str]:
    """The pages of a list in _toc.yml, each before the ones under it.

    >>> nested([{"file": "a", "sections": [{"file": "b"}]}, {"file": "c"}])
    ['a', 'b', 'c']
    """
    found = []
    for entry in entries:
        found += [entry["file"], *nested(entry.get("sections", []))]
    return found


def source(page: str) -> Path:
    """The notebook, or else the text, that a page is made of."""
    notebook = (ROOT / page).with_suffix(".ipynb")
    return notebook if notebook.exists() else notebook.with_suffix(".md")


def explorers(path: Path) -> list[str]:
    """The explorers a page shows, in order: the `fb.explore("name")` of its source."""
    if path.suffix != ".ipynb":
        return []
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    found = []
    for cell in cells:
        text = "".join(cell["source"])
        if cell["cell_type"] != "code" or "explore(" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.Call):
                continue
            if ast.unparse(node.func).endswith("explore"):
                found.append(node.args[0].value)
    return found
