"""Pages in the form of the course.

A notebook's tags and metadata become a head, figures with captions,
questions, folds, and an end card. CONTRIBUTING.md says how to write
such a page.
"""

from docutils import nodes
from page_cells import prepare
from page_figures import NoPicture, set_captions
from page_folds import set_folds, set_predictions
from page_frame import set_frame
from page_nodes import setup_nodes, tag
from page_questions import Caption, Predict, Quiz
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri

logger = logging.getLogger(__name__)
# Before the first paint: what scripts replace is never seen.
EARLY = (
    "<script>(()=>{const c=document.documentElement.classList;"
    'c.add("js");try{if(JSON.parse(localStorage.getItem("course"))'
    '.code)c.add("code")}catch{}})()</script>'
)


class Head(SphinxDirective):
    """The place of the head, filled when all pages are known."""

    def run(self) -> list[nodes.Node]:
        return [tag("div", cls="page-head")]


class CoursePage(SphinxPostTransform):
    # After myst-nb has kept one form of each output, before
    # sphinx-design makes dropdowns of its own.
    default_priority = 20
    formats = ("html",)

    def run(self, **_) -> None:
        set_folds(self.document)
        set_predictions(self.document)
        try:
            set_captions(self.document)
        except NoPicture as fault:
            logger.warning(str(fault), location=self.env.docname)
        set_frame(self.document, self.env.docname, self.address)

    def address(self, name: str) -> str | None:
        """Another page, or a file, as seen from this one."""
        here = self.env.docname
        if name.startswith("_static/"):
            start = self.app.builder.get_target_uri(here)
            return relative_uri(start, name)
        if name not in self.env.found_docs:
            return None
        return self.app.builder.get_relative_uri(here, name)


def read(app: Sphinx, name: str, source: list[str]) -> None:
    if app.env.doc2path(name).endswith(".ipynb"):
        source[0] = prepare(source[0])


def set_early_script(
    app: Sphinx, page: str, template: str, context: dict, doctree
) -> None:
    context["metatags"] = context.get("metatags", "") + EARLY


def setup(app: Sphinx) -> dict:
    setup_nodes(app)
    app.add_directive("page-head", Head)
    app.add_directive("page-caption", Caption)
    app.add_directive("page-predict", Predict)
    app.add_directive("page-quiz", Quiz)
    app.add_post_transform(CoursePage)
    app.add_css_file("page.css")
    app.add_js_file("page.js", loading_method="defer")
    app.connect("source-read", read)
    app.connect("html-page-context", set_early_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
