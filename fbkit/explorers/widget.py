"""The anywidget that carries an explorer: engine, kernel or table, with a printed
picture behind it.
"""

import io
import json
import os
from pathlib import Path

import anywidget
import traitlets

from fbkit._chapters import chapter_files
from fbkit.explorers.table import pack, pack_table

STATIC = Path(__file__).parent / "static"
COLORS = {
    "blue": "#0072b2",
    "orange": "#c44e00",
    "green": "#00795a",
    "purple": "#9b3d92",
    "grey": "#6e7781",
}
STUB = "export default { render: (context) => globalThis.fbkit.render(context) };"


def site_script():
    """The front end as one classic script that sets `globalThis.fbkit = { render,
    engines, tools }`.

    It joins uPlot, the engines and front.js. The built site loads it once for all
    pages; in JupyterLab the same text is the widget's module.

    >>> "globalThis.fbkit" in site_script()
    True
    """
    css = _text("vendor/uPlot.min.css") + _text("front.css")
    parts = [
        _text("vendor/uPlot.iife.min.js"),
        f"const CSS = {json.dumps(css)};\nconst engines = {{}};",
        _text("tools.js"),
        *(
            path.read_text(encoding="utf-8")
            for path in chapter_files("engine.js").values()
        ),
        _text("front.js"),
    ]
    return (
        "globalThis.fbkit = (() => {\n"
        + "\n".join(parts)
        + "\nreturn { render, engines, tools };\n})();\n"
    )


def _text(name):
    return (STATIC / name).read_text(encoding="utf-8")


def on_site():
    """Whether notebooks are being run for the built site (FBKIT_SITE=1)."""
    return os.environ.get("FBKIT_SITE") == "1"


class ExplorerWidget(anywidget.AnyWidget):
    """An explorer with its parameters in `values`; setting `values` recomputes `frame`,
    so widgets can be linked.
    """

    _esm = traitlets.Unicode().tag(sync=True)
    # As text: a notebook file sorts the keys of what it holds, and the order of
    # parameters and presets has a meaning.
    spec = traitlets.Unicode().tag(sync=True)
    values = traitlets.Dict().tag(sync=True)
    frame = traitlets.Dict().tag(sync=True)
    table = traitlets.Dict().tag(sync=True)

    def __init__(self, explorer, params):
        self._explorer, self._count = explorer, 0
        state = {
            "spec": json.dumps(explorer.spec() | {"site": on_site()}),
            "values": params,
        }
        if on_site():
            state["_esm"] = STUB
            if not explorer.engine:
                settings = explorer.settings()
                frames = [explorer.arrays(s) for s in settings]
                words = [explorer.summary(f, s) for f, s in zip(frames, settings)]
                state["table"] = pack_table(frames) | {"summaries": words}
        else:
            state["_esm"] = (
                site_script() + "export default { render: globalThis.fbkit.render };\n"
            )
            if not explorer.engine:
                state["frame"] = self._frame(params)
        super().__init__(**state)
        self.observe(self._recompute, "values")

    def _frame(self, values):
        """A frame for the front end; what is wrong with `values`, if anything, goes to
        the reader as a sentence.
        """
        self._count += 1
        try:
            params = self._explorer.check(values)
            arrays = self._explorer.arrays(params)
        except ValueError as error:
            return {"count": self._count, "error": str(error)}
        return {
            "count": self._count,
            "arrays": pack(arrays),
            "summary": self._explorer.summary(arrays, params),
        }

    def _recompute(self, change):
        if not self._explorer.engine and not on_site():
            self.frame = self._frame(change["new"])

    def __repr__(self):
        words = "".join(f", {k}={v!r}" for k, v in self.values.items())
        return f"explore({self._explorer.name!r}{words})"

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = super()._repr_mimebundle_(**kwargs)
        arrays, words = picture(self._explorer, self._explorer.check(self.values))
        data["text/plain"] = f"{self!r}\n{words}"
        data["image/svg+xml"] = svg(self._explorer, arrays, words)
        return data, metadata


def picture(explorer, params):
    """(arrays, summary) of the picture for print: the first frame, or an engine's after
    `still` steps.
    """
    arrays = explorer.arrays(
        params | {"steps": explorer.still} if explorer.engine else params
    )
    return arrays, explorer.summary(arrays, params)


def svg(explorer, arrays, words):
    """The panels as one SVG, drawn by matplotlib, with the summary as its caption."""
    import matplotlib
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.2 * len(explorer.panels), 3.2), layout="constrained")
    for panel, ax in zip(
        explorer.panels, figure.subplots(1, len(explorer.panels), squeeze=False)[0]
    ):
        sides = {"left": (ax, panel.y)} | (
            {"right": (ax.twinx(), panel.right)} if panel.right else {}
        )
        for on, axis in [*sides.values(), (ax, panel.x)]:
            vertical = "x" if axis is panel.x else "y"
            on.set(
                **{
                    f"{vertical}label": axis.label,
                    f"{vertical}scale": "log" if axis.log else "linear",
                }
            )
        for m in panel.marks:
            (on, axis), color = sides[m.axis], COLORS[m.color]
            x, *y = (
                arrays[a][-1] if m.moving and arrays[a].ndim > 1 else arrays[a]
                for a in m.arrays
            )
            style = {"color": color, "label": m.label or None}
            if m.kind == "heat":
                on.pcolormesh(
                    x,
                    y[0],
                    y[1].T,
                    vmin=m.low,
                    vmax=m.high,
                    shading="nearest",
                    rasterized=True,
                )
            elif m.kind == "line":
                on.plot(x, y[0], "--" if m.dash else "-", **style)
            elif m.kind == "scatter":
                on.plot(
                    x, y[0], "o", markerfacecolor="none" if m.hollow else color, **style
                )
            elif m.kind == "stem":
                floor = axis.low if axis.log else 0
                on.vlines(
                    x,
                    floor,
                    y[0],
                    linewidth=0.6 * m.width,
                    alpha=0.4 if m.hollow else 1,
                    **style,
                )
            else:
                on.plot(
                    [x, y[1]],
                    [y[0], y[2]],
                    "--" if m.dash else "-",
                    **style | {"label": None},
                )
        for on, axis in sides.values():
            on.set_ylim(axis.low, axis.high)
        ax.set_xlim(panel.x.low, panel.x.high)
        if panel.x.names:
            ax.set_xticks(range(len(panel.x.names)), panel.x.names)
        ax.set_title(panel.title, fontsize="medium")
        found = [on.get_legend_handles_labels() for on, _ in sides.values()]
        if any(m.label for m in panel.marks):
            ax.legend(
                sum((f[0] for f in found), []),
                sum((f[1] for f in found), []),
                fontsize="x-small",
            )
    figure.supxlabel(words, fontsize="x-small", wrap=True)
    out = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": explorer.name, "svg.fonttype": "none"}):
        figure.savefig(
            out,
            format="svg",
            metadata={"Date": None, "Title": explorer.title, "Description": words},
        )
    return out.getvalue()
