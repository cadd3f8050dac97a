"""Jupyter Book's own command, on all cores and with the build's cache.

`jupyter-book build` passes neither on to Sphinx.
"""

import sys

import jupyter_book.sphinx
import sphinx_multitoc_numbering
from build_state import CACHE
from jupyter_book.cli.main import main
from sphinx.application import Sphinx
from sphinx.util.console import nocolor

build = jupyter_book.sphinx.build_sphinx
number = sphinx_multitoc_numbering.setup


def build_sphinx(*given, confoverrides: dict, **options):
    settings = {**confoverrides, "nb_execution_cache_path": str(CACHE)}
    # Sphinx takes what can be had: one process where there is no fork.
    return build(*given, confoverrides=settings, jobs=JOBS, **options)


def number_sections(app: Sphinx) -> dict:
    """It numbers when all pages are read, and does not say so."""
    number(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


if __name__ == "__main__":
    JOBS = int(sys.argv.pop(1))
    nocolor()
    jupyter_book.sphinx.build_sphinx = build_sphinx
    sphinx_multitoc_numbering.setup = number_sections
    main()
