"""What the built pages need beyond the theme."""

from sphinx.application import Sphinx


def mend(app: Sphinx, page: str, template: str, context: dict, doctree) -> None:
    """Sphinx calls a bibliography a list whose children are no list items, which screen readers stumble over."""
    if "body" in context:
        context["body"] = context["body"].replace('role="list" class="citation-list"', 'class="citation-list"')


def setup(app: Sphinx) -> dict:
    app.connect("html-page-context", mend)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
