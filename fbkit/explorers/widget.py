"""The anywidget that carries an explorer, with a printed picture behind it.

Its frames come from an engine, a kernel or a table.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import anywidget
import traitlets

from fbkit._chapters import chapter_files
from fbkit.explorers.explorer import Explorer
from fbkit.explorers.printed import picture, svg
from fbkit.explorers.table import pack, pack_table

STATIC = Path(__file__).parent / "static"
# On the site all explorers share one script that the page has loaded already.
STUB = "export default { render: (context) => globalThis.fbkit.render(context) };"


# The front end, in the order in which its files are joined.
PARTS = (
    "vendor/uPlot.iife.min.js",
    "tools.js",
    "helpers.js",
    "sources.js",
    "marks.js",
    "panel.js",
    "controls.js",
    "address.js",
    "explorer.js",
)


def site_script(style: str = "") -> str:
    """The front end as one classic script; a page's engines come after it.

    It joins uPlot and the files of `static`, and sets `globalThis.fbkit = { render,
    engines, tools }`. `style` is put into the document by the first explorer; on the
    site the page has it in its head.

    >>> "globalThis.fbkit" in site_script()
    True
    """
    begin = f"const CSS = {json.dumps(style)};\nconst engines = {{}};"
    body = "\n".join([begin, *(_static(name) for name in PARTS)])
    return (
        f"globalThis.fbkit = (() => {{\n{body}\nreturn {{ render, engines, tools }};\n"
        "})();\n"
    )


def engine_script(name: str) -> str:
    """The engine of one explorer as a classic script, or "" where it has none."""
    path = chapter_files("engine.js").get(name)
    if path is None:
        return ""
    text = path.read_text(encoding="utf-8")
    return f"((engines) => {{\n{text}}})(fbkit.engines);\n"


def site_style() -> str:
    """The style of all explorers."""
    return _static("vendor/uPlot.min.css") + _static("front.css")


def _static(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")


def on_site() -> bool:
    """Whether notebooks are being run for the built site (FBKIT_SITE=1)."""
    return os.environ.get("FBKIT_SITE") == "1"


class ExplorerWidget(anywidget.AnyWidget):
    """An explorer with its parameters in `values`.

    Setting `values` recomputes `frame`, so widgets can be linked. Values that the
    explorer cannot take are a ValueError, and the old ones stay.
    """

    _esm = traitlets.Unicode().tag(sync=True)
    # As text: a notebook file sorts the keys of what it holds, and the order of
    # parameters and presets has a meaning.
    spec = traitlets.Unicode().tag(sync=True)
    values = traitlets.Dict().tag(sync=True)
    frame = traitlets.Dict().tag(sync=True)
    table = traitlets.Dict().tag(sync=True)

    def __init__(self, explorer: Explorer, params: dict, *, ask: bool = True) -> None:
        self._explorer = explorer
        self._count = 0
        self._from_page = False
        site = on_site()
        spec = {**explorer.spec(), "site": site}
        if not ask:
            spec["question"] = None
        state = {
            "_esm": STUB if site else _module(explorer.name),
            "spec": json.dumps(spec),
            "values": params,
        }
        if site and not explorer.engine:
            state["table"] = _table(explorer)
        if not site and not explorer.engine:
            state["frame"] = self._frame(params)
        super().__init__(**state)
        self.observe(self._recompute, "values")

    def _frame(self, params: dict) -> dict:
        """A frame for the front end; the count tells it from the one before."""
        arrays = self._explorer.arrays(params)
        summary = self._explorer.summary(arrays, params)
        self._count += 1
        return {
            "count": self._count,
            "arrays": pack(arrays),
            "summary": summary,
            "verdicts": self._explorer.verdicts(arrays, params),
        }

    def _answer(self, values: dict) -> dict:
        """A frame for values that the reader set, or the sentence that refuses them."""
        try:
            return self._frame(self._explorer.check(values))
        except ValueError as error:
            self._count += 1
            return {"count": self._count, "error": str(error)}

    def set_state(self, sync_data: dict) -> None:
        """Take what the page sends; it is told there what is wrong with it."""
        self._from_page = True
        try:
            super().set_state(sync_data)
        finally:
            self._from_page = False

    @traitlets.validate("values")
    def _checked(self, proposal: dict) -> dict:
        values = proposal["value"]
        return values if self._from_page else self._explorer.check(values)

    def _recompute(self, change: dict) -> None:
        if not self._explorer.engine and not on_site():
            self.frame = self._answer(change["new"])

    def __repr__(self) -> str:
        words = "".join(f", {name}={value!r}" for name, value in self.values.items())
        return f"explore({self._explorer.name!r}{words})"

    def _repr_mimebundle_(self, **kwargs: object) -> tuple[dict, dict]:
        data, metadata = super()._repr_mimebundle_(**kwargs)
        arrays, words = picture(self._explorer, self._explorer.check(self.values))
        data["text/plain"] = f"{self!r}\n{words}"
        data["image/svg+xml"] = svg(self._explorer, arrays, words)
        return data, metadata


def _module(name: str) -> str:
    """The front end as the module that JupyterLab loads for a widget."""
    export = "export default { render: globalThis.fbkit.render };\n"
    return site_script(site_style()) + engine_script(name) + export


def _table(explorer: Explorer) -> dict:
    """The frames and sentences of all settings, for a page without Python."""
    settings = explorer.settings()
    frames = [explorer.arrays(params) for params in settings]
    both = list(zip(frames, settings))
    words = {"summaries": [explorer.summary(*one) for one in both]}
    if explorer.question:
        words["verdicts"] = [explorer.verdicts(*one) for one in both]
    return {**pack_table(frames), **words}
