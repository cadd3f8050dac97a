"""Explorers: one frame of arrays, drawn by one front end, from a kernel, a table or an
engine in the page.

`explore(name, **params)` shows one; `registry()` holds them all by name: the `EXPLORER`
of every chapter that has an `explorer.py`.
"""

from fbkit._chapters import chapter_modules
from fbkit._errors import one_of
from fbkit.explorers.explorer import (
    Array,
    Axis,
    Choice,
    Explorer,
    Mark,
    Number,
    Panel,
    heat,
    line,
    scatter,
    segments,
    stem,
)

__all__ = [
    "Array",
    "Axis",
    "Choice",
    "Explorer",
    "Mark",
    "Number",
    "Panel",
    "explore",
    "heat",
    "line",
    "registry",
    "scatter",
    "segments",
    "site_script",
    "stem",
]


def registry():
    """All explorers by name, found by listing the chapters' folders.

    >>> registry()["radon_spline"].name
    'radon_spline'
    """
    return {
        name: module.EXPLORER for name, module in chapter_modules("explorer").items()
    }


def explore(name, **params):
    """Show the explorer `name`, started at `params`; the ones not given keep their
    defaults.

    In JupyterLab a change of a control calls Python; on the built site (FBKIT_SITE=1)
    the same picture comes from a table of presets or an engine in the page. The result
    is an ipywidget: `values` holds its parameters.

    Raises ValueError for an unknown explorer, an unknown parameter or a value out of
    bounds; ImportError where anywidget is missing.

    >>> explore("when_it_fails", strength=0.75)
    explore('when_it_fails', knob='inner', strength=0.75)
    >>> explore("when_it_fails", strenght=0.5)
    Traceback (most recent call last):
    ValueError: a parameter of when_it_fails is 'strenght'; expected one of knob, strength (did you mean 'strength'?).
    """
    from fbkit._errors import needs

    explorer = registry()[one_of("the explorer", name, registry())]
    checked = explorer.check(params)
    needs("anywidget")
    from fbkit.explorers.widget import ExplorerWidget

    return ExplorerWidget(explorer, checked)


def site_script():
    """The front end, the engines and uPlot as one classic script for the site; see
    `fbkit.explorers.widget`.
    """
    from fbkit.explorers.widget import site_script as join

    return join()
