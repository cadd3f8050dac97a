"""The printed picture of an explorer: its panels as one SVG, drawn by matplotlib."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import numpy as np

from fbkit.explorers.explorer import Explorer, Frame
from fbkit.explorers.picture import COLORS, Axis, Mark, Panel

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def picture(explorer: Explorer, params: dict) -> tuple[Frame, str]:
    """(arrays, summary) of the picture for print, after `still` steps of an engine."""
    arrays = explorer.arrays(params, steps=explorer.still)
    words = explorer.summary(arrays, params)
    return arrays, re.sub(r"-(?=\d)", "−", words)


def svg(explorer: Explorer, arrays: Frame, words: str) -> str:
    """The panels, two in a row, with the summary `words` as the caption."""
    import matplotlib
    from matplotlib.figure import Figure

    count = len(explorer.panels)
    rows = -(-count // 2)
    figure = Figure(figsize=(7.5, 2.6 * rows + 0.3), layout="constrained")
    grid = figure.add_gridspec(rows, 2)
    odd = count % 2  # then the first has a row of its own
    for place, panel in enumerate(explorer.panels, start=odd):
        row, column = divmod(place, 2)
        whole = odd and place == 1
        cell = grid[0, :] if whole else grid[row, column]
        _draw_panel(figure.add_subplot(cell), panel, arrays)
    figure.supxlabel(words, fontsize="x-small", wrap=True)
    out = io.StringIO()
    # The same picture must give the same bytes, and its words stay text.
    with matplotlib.rc_context({"svg.hashsalt": explorer.name, "svg.fonttype": "none"}):
        figure.savefig(
            out,
            format="svg",
            metadata={"Date": None, "Title": explorer.title, "Description": words},
        )
    return out.getvalue()


def _draw_panel(ax: Axes, panel: Panel, arrays: Frame) -> None:
    sides = {"left": (ax, panel.y)}
    if panel.right:
        sides["right"] = (ax.twinx(), panel.right)
    for on, axis in sides.values():
        on.set(ylabel=axis.label, yscale=_scale(axis))
    ax.set(xlabel=panel.x.label, xscale=_scale(panel.x))
    for mark in panel.marks:
        on, axis = sides[mark.axis]
        # A moving mark is printed at its last moment.
        shown = [_last(arrays[name], mark) for name in mark.arrays]
        DRAW[mark.kind](on, axis, mark, *shown)
    for on, axis in sides.values():
        on.set_ylim(axis.low, axis.high)
    ax.set_xlim(panel.x.low, panel.x.high)
    if panel.x.names:
        ax.set_xticks(range(len(panel.x.names)), panel.x.names)
    ax.set_title(panel.title, fontsize="medium")
    if any(mark.label for mark in panel.marks):
        _draw_legend(ax, [on for on, _ in sides.values()])


def _scale(axis: Axis) -> str:
    return "log" if axis.log else "linear"


def _last(array: np.ndarray, mark: Mark) -> np.ndarray:
    return array[-1] if mark.moving and array.ndim > 1 else array


def _draw_legend(ax: Axes, sides: list[Axes]) -> None:
    """One legend for the marks of both sides."""
    handles, labels = [], []
    for on in sides:
        found = on.get_legend_handles_labels()
        handles += found[0]
        labels += found[1]
    ax.legend(handles, labels, fontsize="x-small")


def _draw_line(on: Axes, axis: Axis, mark: Mark, *arrays: np.ndarray) -> None:
    x, y = arrays
    on.plot(x, y, _dash(mark), color=COLORS[mark.color], label=mark.label or None)


def _draw_scatter(on: Axes, axis: Axis, mark: Mark, *arrays: np.ndarray) -> None:
    x, y = arrays
    color = COLORS[mark.color]
    face = "none" if mark.hollow else color
    on.plot(x, y, "o", markerfacecolor=face, color=color, label=mark.label or None)


def _draw_stem(on: Axes, axis: Axis, mark: Mark, *arrays: np.ndarray) -> None:
    x, y = arrays
    on.vlines(
        x,
        axis.low if axis.log else 0,
        y,
        linewidth=0.6 * mark.width,
        alpha=0.4 if mark.hollow else 1,
        color=COLORS[mark.color],
        label=mark.label or None,
    )


def _draw_heat(on: Axes, axis: Axis, mark: Mark, *arrays: np.ndarray) -> None:
    x, y, z = arrays
    on.pcolormesh(
        x, y, z.T, vmin=mark.low, vmax=mark.high, shading="nearest", rasterized=True
    )


def _draw_segments(on: Axes, axis: Axis, mark: Mark, *arrays: np.ndarray) -> None:
    x, y, x2, y2 = arrays
    on.plot([x, x2], [y, y2], _dash(mark), color=COLORS[mark.color], label=None)


def _dash(mark: Mark) -> str:
    return "--" if mark.dash else "-"


DRAW = {
    "line": _draw_line,
    "scatter": _draw_scatter,
    "stem": _draw_stem,
    "heat": _draw_heat,
    "segments": _draw_segments,
}
