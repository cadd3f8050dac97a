"""What the table of contents promises: pages, their sources, and the explorers each
shows.
"""

import ast
import json
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
HTML = ROOT / "_build" / "html"


def pages() -> list[str]:
    """The pages of _toc.yml, in reading order, as in book/index."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    chapters = [chapter for part in toc["parts"] for chapter in part["chapters"]]
    return [toc["root"], *(chapter["file"] for chapter in chapters)]


def source(page: str) -> Path:
    return next(
        path
        for suffix in (".ipynb", ".md")
        if (path := (ROOT / page).with_suffix(suffix)).exists()
    )


def explorers(path: Path) -> list[str]:
    """The explorers a page shows, in order, read from the `fb.explore("name")` calls of
    its source.
    """
    if path.suffix != ".ipynb":
        return []
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    found = []
    for cell in cells:
        text = "".join(cell["source"])
        if cell["cell_type"] != "code" or "explore(" not in text:
            continue
        calls = [
            node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)
        ]
        found += [
            call.args[0].value
            for call in calls
            if ast.unparse(call.func).endswith("explore")
        ]
    return found
