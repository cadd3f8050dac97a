"""Jupyter Book's own command, on all cores and with the build's cache.

`jupyter-book build` passes neither on to Sphinx.
"""

import sys

import jupyter_book.sphinx
from build_state import CACHE
from jupyter_book.cli.main import main

build = jupyter_book.sphinx.build_sphinx


def build_sphinx(*given, confoverrides: dict, **options):
    settings = {**confoverrides, "nb_execution_cache_path": str(CACHE)}
    # Sphinx takes what can be had: one process where there is no fork.
    return build(*given, confoverrides=settings, jobs=JOBS, **options)


if __name__ == "__main__":
    JOBS = int(sys.argv.pop(1))
    jupyter_book.sphinx.build_sphinx = build_sphinx
    main()
