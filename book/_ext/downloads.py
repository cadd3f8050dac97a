"""Pages that travel: what a notebook says away from its course.

Where the repository's address is set (addresses.py), a page's notebook
says how to get fbkit from there, and a page has buttons that open it on
Colab and Binder.
"""

import json
from pathlib import Path
from urllib.parse import urlsplit

from sphinx.application import Sphinx
from sphinx.config import Config

# How every notebook of the book begins, and how its copy on the site
# does.
CLONE = """\
        "fbkit is missing. In a clone of the whole course run "
        'pip install ".[course]" and restart the kernel.'
"""
ADDRESS = """\
        "fbkit is missing. Run this in a cell, then restart the kernel:"
        '\\n%pip install "fbkit[course] @ git+{}"'
"""
BUTTONS = {
    "notebook_interface": "jupyterlab",
    "binderhub_url": "https://mybinder.org",
}
COLAB = "https://colab.research.google.com"


def with_address(notebook: str, repository: str) -> str:
    """The text of a notebook that says how to get fbkit from there."""
    whole = json.loads(notebook)
    there = ADDRESS.format(repository)
    for cell in whole["cells"]:
        source = "".join(cell["source"]).replace(CLONE, there)
        cell["source"] = source.splitlines(keepends=True)
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def write_address(app: Sphinx, error: Exception | None) -> None:
    repository = app.config.course_repository
    if error or not repository:
        return
    copies = Path(app.outdir) / "_sources" / "book"
    for path in copies.glob("*.ipynb"):
        text = path.read_text(encoding="utf-8")
        path.write_text(
            with_address(text, repository), encoding="utf-8"
        )


def offer_places(app: Sphinx, config: Config) -> None:
    """Buttons of the theme; Colab opens what is on GitHub only."""
    if not config.course_repository:
        return
    buttons = dict(BUTTONS)
    if urlsplit(config.course_repository).hostname == "github.com":
        buttons["colab_url"] = COLAB
    config.html_theme_options = {
        **config.html_theme_options,
        "repository_url": config.course_repository,
        "repository_branch": "main",
        "launch_buttons": buttons,
    }


def keep_labs_here(app, page, template, context, doctree) -> None:
    """A lab's page is made by the build: the repository has none."""
    if page.startswith("book/labs/"):
        context["header_buttons"] = [
            button
            for button in context.get("header_buttons", [])
            if button.get("label") != "launch-buttons"
        ]


def setup(app: Sphinx) -> dict:
    # After addresses.py, before the theme reads its options.
    app.connect("config-inited", offer_places, priority=200)
    # The theme adds its buttons at 501.
    app.connect("html-page-context", keep_labs_here, priority=502)
    app.connect("build-finished", write_address)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
