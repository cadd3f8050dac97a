"""Explorers: one frame of arrays, drawn by one front end in JupyterLab and on the site.

`explore(name, **params)` shows one; `registry()` holds them all by name: the `EXPLORER`
of every chapter that has an `explorer.py`. Its frames come from a kernel, a table or an
engine in the page.
"""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from fbkit._chapters import chapter_files, chapter_modules
from fbkit._errors import one_of
from fbkit.explorers.explorer import Explorer
from fbkit.explorers.parameters import Array, Choice, Number
from fbkit.explorers.picture import (
    Axis,
    Mark,
    Panel,
    heat,
    line,
    scatter,
    segments,
    stem,
)
from fbkit.explorers.question import Question

if TYPE_CHECKING:
    from fbkit.explorers.widget import ExplorerWidget

__all__ = [
    "Array",
    "Axis",
    "Choice",
    "Explorer",
    "Mark",
    "Number",
    "Panel",
    "Question",
    "engine_script",
    "explore",
    "heat",
    "line",
    "registry",
    "scatter",
    "segments",
    "site_files",
    "site_script",
    "site_style",
    "stem",
]


def registry() -> dict[str, Explorer]:
    """All explorers by name, found by listing the chapters' folders.

    Raises ValueError, one sentence, where a chapter's files do not fit together.

    >>> registry()["radon_spline"].name
    'radon_spline'
    """
    engines = chapter_files("engine.js")
    return {
        chapter: _explorer_of(chapter, module, engines.get(chapter))
        for chapter, module in chapter_modules("explorer").items()
    }


def _explorer_of(chapter: str, module: ModuleType, engine: Path | None) -> Explorer:
    """The explorer that a chapter's module defines, if it fits its folder."""
    folder = f"fbkit/chapters/{chapter}/"
    explorer = getattr(module, "EXPLORER", None)
    if not isinstance(explorer, Explorer):
        raise ValueError(
            f"{folder}explorer.py makes no explorer; end it with EXPLORER ="
            " Explorer(...)."
        )
    if explorer.name != chapter:
        raise ValueError(
            f"the explorer in {folder} is named {explorer.name!r}; expected"
            f" {chapter!r}, the name of its folder."
        )
    if explorer.engine != (engine is not None):
        raise ValueError(
            f"{chapter} has engine={explorer.engine} and {'an' if engine else 'no'}"
            f" engine.js in {folder}; the two go together."
        )
    if engine and f"engines.{chapter} =" not in engine.read_text(encoding="utf-8"):
        raise ValueError(
            f"{folder}engine.js defines no engine of that name; begin it with"
            f" engines.{chapter} = function (tools) {{."
        )
    return explorer


def explore(name: str, /, *, ask: bool = True, **params: object) -> ExplorerWidget:
    """Show an explorer.

    In JupyterLab a change of a control calls Python; on the built site (FBKIT_SITE=1)
    the same picture comes from a table of presets or an engine in the page.

    Parameters
    ----------
    name : the explorer, which has the name of its page.
    ask : show its question, where it has one: buttons for a prediction, whose click
        starts the run. The home page's hero is `explore("watch_a_network_learn")`.
    params : where its parameters start; the ones not given keep their defaults.

    Returns
    -------
    An ipywidget: `values` holds its parameters.

    Raises ValueError for an unknown explorer, an unknown parameter or a value out of
    bounds; ImportError where anywidget is missing.

    >>> explore("when_it_fails", strength=0.75)
    explore('when_it_fails', knob='parity', strength=0.75)
    >>> explore("when_it_fails", strenght=0.5)
    Traceback (most recent call last):
    ValueError: a parameter of when_it_fails is 'strenght'; expected one \
of knob, strength (did you mean 'strength'?).
    """
    from fbkit._errors import needs

    explorers = registry()
    explorer = explorers[one_of("the explorer", name, explorers)]
    checked = explorer.check(params)
    needs("anywidget")
    from fbkit.explorers.widget import ExplorerWidget

    return ExplorerWidget(explorer, checked, ask=ask)


def site_script() -> str:
    """The front end and uPlot as one classic script, which pages with explorers share.

    See `fbkit.explorers.widget`.
    """
    from fbkit.explorers.widget import site_script as join

    return join()


def engine_script(name: str) -> str:
    """The engine of one explorer as a classic script; "" where it has none."""
    from fbkit.explorers.widget import engine_script as join

    return join(name)


def site_files() -> dict[str, str]:
    """{file name: text} of what the site's pages load: front end, style, engines.

    >>> "front.js" in site_files() and "radon_spline.js" in site_files()
    True
    """
    engines = {f"{name}.js": engine_script(name) for name in chapter_files("engine.js")}
    return {"front.js": site_script(), "front.css": site_style(), **engines}


def site_style() -> str:
    """The style of all explorers, for the head of a page."""
    from fbkit.explorers.widget import site_style as join

    return join()
