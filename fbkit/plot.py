"""Figures from a `History`.

Each function returns a `Picture`: a figure with its alternative text and its numbers.
"""

from __future__ import annotations

import hashlib
import html
import io
import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from fbkit._errors import instance, needs, one_of, positive, real_array
from fbkit.basis import Basis
from fbkit.history import History, frequency_list, learning_times
from fbkit.targets import Target

if TYPE_CHECKING:
    import matplotlib.figure

# One palette in two shades, for light and dark pages; told apart by colour-blind
# readers (after Okabe and Ito). The drawings carry the first shade, and the page's
# style sheet swaps it for the second.
LIGHT = ["#0072b2", "#c44e00", "#007a5a", "#a3498a", "#8a6a00", "#6b6b6b"]
DARK = ["#56b4e9", "#ff8a4c", "#2fc79b", "#e39bcb", "#f0c04a", "#b0b0b0"]
_INK = "#010203"  # stands for the page's text colour
_DASHES = ["-", "--", ":", "-."]
_MARKERS = "osD^v"


def _palette(colours):
    return "".join(f"--fb-{i}:{colour};" for i, colour in enumerate(colours))


_STYLE = "".join(
    [
        f".fb-picture{{{_palette(LIGHT)}margin:1rem 0}}",
        ".fb-picture>svg{max-width:100%;height:auto}",
        "html[data-theme=dark] .fb-picture,",
        f"body[data-jp-theme-light=false] .fb-picture{{{_palette(DARK)}}}",
        ".fb-numbers{overflow-x:auto;max-height:20rem}",
        ".fb-numbers td,.fb-numbers th{padding:0 .6rem;text-align:right}",
    ]
)


def _rounded(place: re.Match) -> str:
    """A place without decimals that no screen shows: a tenth of a point for a curve
    of many, a hundredth for the rest.
    """
    kept = 1 if len(place[0]) > 200 else 2
    return re.sub(rf"(\.\d{{{kept}}})\d+", r"\1", place[0])


@dataclass(frozen=True, eq=False)
class Picture:
    """A figure, a sentence for those who cannot see it, and the numbers behind it.

    In a notebook it shows as an SVG that follows the page's colours, with the numbers
    folded beneath. It can be saved: `picture.figure.savefig("name.pdf")`.

    Attributes
    ----------
    figure : the drawing.
    alt : the sentence, the drawing's alternative text.
    header : names of the table's columns.
    rows : the table, one tuple a row.
    """

    figure: matplotlib.figure.Figure
    alt: str
    header: tuple[str, ...]
    rows: list[tuple]

    def __repr__(self) -> str:
        return f"Picture({self.alt})"

    @property
    def svg(self) -> str:
        """The drawing as SVG text, in the light palette, labelled by its sentence."""
        import matplotlib

        prefix = "p" + hashlib.sha256(self.alt.encode()).hexdigest()[:8]
        settings = {
            "svg.fonttype": "none",
            "svg.hashsalt": prefix,
            "font.family": "sans-serif",
        }
        stream = io.StringIO()
        with matplotlib.rc_context(settings):
            self.figure.savefig(
                stream, format="svg", transparent=True, metadata={"Date": None}
            )
        text = stream.getvalue()
        text = text[text.index("<svg") :]
        text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.S)
        text = re.sub(r' (?:d|x|y)="[^"]*"', _rounded, text)
        text = re.sub(r"\n\s*<", "<", text)
        # Several drawings share a page, so every id gets this drawing's own prefix.
        text = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{prefix}-", text)
        label = f'<svg role="img" aria-label="{html.escape(self.alt)}"'
        return text.replace("<svg", label, 1)

    def _repr_mimebundle_(self, include=None, exclude=None):
        svg = self.svg
        return {
            "text/html": self._page(svg),
            "image/svg+xml": svg.replace(_INK, "#000000"),
            "text/plain": repr(self),
        }

    def _page(self, svg):
        """The drawing in the page's colours, and the numbers folded beneath it."""
        themed = svg.replace(_INK, "currentColor")
        for i, colour in enumerate(LIGHT):
            themed = themed.replace(colour, f"var(--fb-{i})")
        names = [f'<th scope="col">{html.escape(name)}</th>' for name in self.header]
        lines = []
        for row in self.rows:
            cells = [f"<td>{html.escape(_cell(value))}</td>" for value in row]
            lines.append(f"<tr>{''.join(cells)}</tr>")
        parts = [
            f'<div class="fb-picture"><style>{_STYLE}</style>',
            themed,
            "<details><summary>The numbers</summary>",
            '<div class="fb-numbers" tabindex="0" role="region"',
            ' aria-label="The numbers behind the figure">',
            f"<table><thead><tr>{''.join(names)}</tr></thead>",
            f"<tbody>{''.join(lines)}</tbody></table>",
            "</div></details></div>",
        ]
        return "".join(parts)


def decay(
    *histories: History,
    frequencies: ArrayLike | None = None,
    below: float = 0.2,
    name: str = "frequency",
) -> Picture:
    """Error of each frequency against time, relative to its start.

    Both axes are logarithmic; the time axis is linear from 0 to the first time recorded
    after it. Several histories are overlaid: the first is drawn solid, the next dashed.

    Parameters
    ----------
    histories : what to draw.
    frequencies : which to draw; default those at least 5 % of the largest at the start,
        six at most.
    below : the level whose crossing the text reports.
    name : what a mode is called, such as "degree".

    >>> from fbkit import circle, sines, mlp, train
    >>> run = train(mlp(width=64), sines(circle(16), [1, 2]), steps=200)
    >>> print(decay(run).alt.split(":")[0])
    Relative error against gradient-flow time for frequencies 1, 2
    """
    histories = [history.by_length() for history in _histories(histories)]
    below = positive("below", below)
    if below > 1:
        raise ValueError(f"below is {below:g}; expected a share of at most 1.")
    frequencies = _pick(histories[0], frequencies)
    figure, axes = _axes(_time_label(histories[0]), "error / error at start")
    rows = []
    for i, history in enumerate(histories):
        relative = _relative(history, frequencies)
        _draw_decay(axes, history, relative, frequencies, run=i)
        run_name = history.meta.get("label", "")
        for j in _spread(len(history.t)):
            rows.append((run_name, history.t[j], *relative[j]))
    names = [h.meta.get("label", f"run {i + 1}") for i, h in enumerate(histories)]
    if len(histories) > 1:
        for i, run_name in enumerate(names):
            axes.plot([], [], _DASHES[i % 4], color=LIGHT[5], label=run_name)
    axes.axhline(below, color=LIGHT[5], linewidth=0.8, linestyle=":")
    _logarithmic_from_zero(axes, np.concatenate([h.t for h in histories]))
    axes.set_yscale("log")
    axes.set_ylim(bottom=max(axes.get_ylim()[0], 1e-4))
    _legend(axes, name)

    found = [_crossings(history, frequencies, below, name) for history in histories]
    if len(found) > 1:
        found = [f"{run_name}, {text}" for run_name, text in zip(names, found)]
    several = f"{name[:-1]}ies" if name.endswith("cy") else f"{name}s"
    alt = (
        f"Relative error against {_time_label(histories[0])} for {several} "
        f"{_join(frequencies)}: {'. '.join(found)}."
    )
    header = ("run", "t", *(f"{name} {k:g}" for k in frequencies))
    return Picture(figure, alt, header, rows)


def heat(history: History, highest: float | None = None) -> Picture:
    """Error over time and mode as colours: light where it is large, dark where gone.

    Parameters
    ----------
    history : the record; modes of several numbers are taken by their length.
    highest : highest frequency drawn; default the highest that starts above 1 % of the
        largest.

    >>> from fbkit import circle, sines, mlp, train
    >>> heat(train(mlp(width=64), sines(circle(16), [1, 2]), steps=200)).header
    ('t', 'frequency 0', 'frequency 1', 'frequency 2')
    """
    (history,) = _histories([history])
    history = history.by_length()
    frequencies, amplitude = history.amplitude()
    if len(history.t) < 2 or not amplitude[0].any():
        raise ValueError(
            "heat needs a record of at least two times with an error at the first; this"
            f" one is {history!r}."
        )
    if highest is None:
        highest = frequencies[amplitude[0] > 0.01 * amplitude[0].max()].max()
    keep = _up_to(highest, frequencies)
    frequencies, amplitude = frequencies[keep], amplitude[:, keep]
    figure, axes = _axes(_time_label(history), "frequency")
    level = np.log10(np.maximum(amplitude / amplitude[0].max(), 1e-4))
    start = 1 if history.t[0] == 0 else 0  # a logarithmic axis has no zero
    mesh = axes.pcolormesh(
        history.t[start:],
        frequencies,
        level[start:].T,
        cmap="viridis",
        vmin=-3,
        vmax=0,
        shading="nearest",
        rasterized=True,
    )
    axes.set_xscale("log")
    bar = figure.colorbar(mesh, ax=axes, ticks=[-3, -2, -1, 0])
    bar.ax.set_yticklabels(["0.1 %", "1 %", "10 %", "100 %"], color=_INK)
    bar.outline.set_edgecolor(_INK)
    bar.ax.tick_params(colors=_INK)
    bar.solids.set_rasterized(True)
    found = _crossings(history, _pick(history, None), 0.2, "frequency")
    alt = (
        "Error (share of the largest at the start) over "
        f"{_time_label(history)} and frequency: {found}."
    )
    rows = [(history.t[j], *amplitude[j]) for j in _spread(len(history.t))]
    header = ("t", *(f"frequency {k:g}" for k in frequencies))
    return Picture(figure, alt, header, rows)


def fit(target: Target, history: History, t: ArrayLike | None = None) -> Picture:
    """Target and network at a few times, rebuilt from the recorded coefficients.

    Exact when the basis is complete.

    Parameters
    ----------
    target : what was trained on, with a basis.
    history : a record of `mode_error` of that basis.
    t : times to show; default three spread over the record.

    >>> from fbkit import circle, sines, mlp, train
    >>> target = sines(circle(16), [1, 2])
    >>> fit(target, train(mlp(width=64), target, steps=200)).header[:3]
    ('angle (rad)', 'target', 't = 0')
    """
    (history,) = _histories([history])
    instance("target", target, Target, "fb.sines(fb.circle(64), [1])")
    basis = target.basis
    if basis is None or not np.array_equal(history.modes, basis.modes):
        raise ValueError(
            "fit needs a history recorded in the target's basis; this one has"
            f" {len(history.modes)} modes: train with"
            " probe=fb.mode_error(target.basis)."
        )
    if basis.points.ndim > 1:
        raise ValueError(
            f"fit draws values along a line, and {target.name} is on {basis!r}; use"
            " fb.plot.images of basis.synthesise(...)."
        )
    size = target.weights @ np.square(target.values)
    if size == 0:
        raise ValueError(f"{target.name} is 0 everywhere; nothing is left to fit.")
    index = _moments(history, t)
    times = history.t[index]
    names = [f"t = {time:.4g}" for time in times]
    x = basis.points if target.positions is None else target.positions
    outputs = [basis.synthesise(target.coefficients + history.error[j]) for j in index]

    table = np.column_stack([x, target.values, *outputs])
    table = table[np.argsort(x)]  # points of one's own may stand in any order
    x, values, *outputs = table.T
    figure, axes = _axes(target.axis, "value")
    thick = {"color": LIGHT[5], "linewidth": 2.5, "alpha": 0.6}
    axes.plot(x, values, label="target", **thick)
    for i, (name, output) in enumerate(zip(names, outputs)):
        # The dashes are taken from the end: the last line of four is solid.
        axes.plot(x, output, _DASHES[-1 - i % 4], color=LIGHT[i % 5], label=name)
    _legend(axes)

    missed = np.sqrt(2 * history.loss[index] / size)
    shares = ", ".join(f"{100 * share:.2g} %" for share in missed)
    alt = (
        f"{target.name} and the network at {_time_label(history)} {_join(times)}: "
        f"root-mean-square error {shares} of the target's size."
    )
    step = max(1, len(x) // 32)
    table = table[::step]
    rows = [tuple(row) for row in table]
    return Picture(figure, alt, (target.axis, "target", *names), rows)


def spectrum(
    basis: Basis, highest: float | None = None, **values: ArrayLike
) -> Picture:
    """Size of each frequency in one or more signals.

    Parameters
    ----------
    basis : whose modes to measure.
    highest : highest frequency drawn; default all.
    values : the signals (n,) by name, as in `spectrum(basis, target=y, residual=r)`.

    >>> from fbkit import circle, sines
    >>> target = sines(circle(32), [1, 3], [2, 1])
    >>> spectrum(target.basis, target=target.values, highest=4).alt
    'Amplitude of each frequency: target is largest at frequency 1 (1.41).'
    """
    if not values:
        raise ValueError(
            "spectrum got no signal; name at least one, as in spectrum(basis,"
            " target=values)."
        )
    instance("basis", basis, Basis, "fb.circle(64)")
    figure, axes = _axes("angular frequency", "amplitude (root mean square)")
    found, columns = [], []
    for i, (name, signal) in enumerate(values.items()):
        frequencies, amplitude = _amplitude(basis, signal)
        keep = _up_to(highest, frequencies)
        frequencies, amplitude = frequencies[keep], amplitude[keep]
        if not amplitude.any():
            raise ValueError(f"{name} is 0 in all these frequencies; leave it out.")
        label = name.replace("_", " ")
        axes.plot(
            frequencies,
            amplitude,
            _MARKERS[i % 5] + _DASHES[i % 4],
            markersize=4,
            color=LIGHT[i % 6],
            label=label,
        )
        top = amplitude.argmax()
        place = f"frequency {frequencies[top]:g} ({amplitude[top]:.3g})"
        found.append(f"{label} is largest at {place}")
        columns.append(amplitude)
    axes.set_yscale("log")
    peak = max(column.max() for column in columns)
    lowest = min(column.min() for column in columns)
    axes.set_ylim(bottom=max(1e-5 * peak, lowest / 2))
    _legend(axes)
    alt = f"Amplitude of each frequency: {'; '.join(found)}."
    rows = list(zip(frequencies, *columns))
    return Picture(figure, alt, ("frequency", *values), rows)


def curves(
    x: ArrayLike,
    lines: Mapping[str, ArrayLike],
    *,
    xlabel: str,
    ylabel: str,
    alt: str,
    xscale: str = "linear",
    yscale: str = "linear",
    markers: Collection[str] = (),
    band: tuple[float, float] | None = None,
) -> Picture:
    """Any named curves over one axis.

    Parameters
    ----------
    x : (n,), in the order in which they are joined.
    lines : name -> (n,); NaN leaves a gap. Or name -> (runs, n): their mean, in a band,
        or for dots with bars, of one standard deviation to both sides.
    xlabel, ylabel : what the axes show, with its unit.
    alt : the alternative text: what is drawn.
    xscale, yscale : "linear" or "log".
    markers : names drawn as dots instead of lines; of more than five names, dots take
        the colours of the lines in order.
    band : two heights; what lies between them is shaded, with a line in the middle.

    >>> lines = {"a": [1, 4]}
    >>> seen = "a grows as the square"
    >>> curves([1, 2], lines, xlabel="k", ylabel="k squared", alt=seen).alt
    'a grows as the square'
    """
    x = real_array("x", x, ndim=1)
    one_of("xscale", xscale, ["linear", "log"])
    one_of("yscale", yscale, ["linear", "log"])
    instance("lines", lines, Mapping, "{'error': values}")
    if band is not None:
        band = real_array("band", band, shape=(2,))
    if not lines:
        raise ValueError("lines is empty; pass at least one name -> values.")
    figure, axes = _axes(xlabel, ylabel)
    columns = []
    dots_drawn = lines_drawn = 0
    for i, (name, values) in enumerate(lines.items()):
        y, spread = _mean(name, values, x)
        columns.append(y)
        is_dots = name in markers
        # Of many, dots take the colours of the lines, in order.
        drawn = dots_drawn if is_dots else lines_drawn
        place = drawn if len(lines) > 5 else i
        dots_drawn += is_dots
        lines_drawn += not is_dots
        style = "o" if is_dots else _DASHES[place // 5 % 4]
        colour = LIGHT[place % 5]
        axes.plot(x, y, style, color=colour, label=name, markersize=5)
        if spread is not None and is_dots:
            axes.errorbar(x, y, spread, fmt="none", color=colour, linewidth=1)
        elif spread is not None:
            axes.fill_between(x, y - spread, y + spread, color=colour, alpha=0.2, lw=0)
    axes.set_xscale(xscale)
    axes.set_yscale(yscale)
    if band is not None:
        low, high = band
        axes.axhspan(low, high, color=LIGHT[5], alpha=0.2, linewidth=0)
        axes.axhline((low + high) / 2, color=LIGHT[5], linewidth=0.8, linestyle=":")
    _legend(axes)
    rows = [(x[j], *(column[j] for column in columns)) for j in _spread(len(x), 40)]
    return Picture(figure, alt, (xlabel, *lines), rows)


def _mean(name, values, x):
    """One line, or the mean and the standard deviation of several runs of it."""
    y = real_array(name, values, finite=False)
    if y.shape[-1:] != x.shape or y.ndim > 2:
        raise ValueError(
            f"{name} has shape {y.shape}, but x has {x.shape}; pass one value per x,"
            " or a row of them for each run."
        )
    if y.ndim == 2 and np.isinf(y).any():
        raise ValueError(
            f"{name} holds an infinite number, and its runs have no mean and spread"
            " then; put NaN in its place."
        )
    return (y, None) if y.ndim == 1 else (y.mean(axis=0), y.std(axis=0))


def images(
    pictures: Mapping[str, ArrayLike],
    *,
    alt: str,
    signed: bool = False,
    colours: str = "viridis",
    labels: Sequence[str] = (),
    edges: tuple[float, float, float, float] | None = None,
    xlabel: str = "",
    ylabel: str = "",
) -> Picture:
    """Arrays as pictures beside each other on one colour scale.

    Parameters
    ----------
    pictures : name -> (h, w), all of one shape.
    alt : the alternative text: what is drawn.
    signed : puts 0 in the middle of the scale.
    colours : matplotlib's name of a scale ("gray" for photographs).
    labels : names of blocks that rows and columns fall into, all of one size; written
        along the left and the lower edge.
    edges : of the axes, which are drawn then: left, right, bottom, top.
    xlabel, ylabel : what these axes show, with its unit.

    >>> images({"up": [[1, 2]], "down": [[2, 1]]}, alt="down is up reversed").header
    ('picture', 'row', 'column 0', 'column 1')
    """
    instance("pictures", pictures, Mapping, "{'a photograph': values}")
    arrays = {name: real_array(name, a, ndim=2) for name, a in pictures.items()}
    if len({a.shape for a in arrays.values()}) != 1:
        raise ValueError(
            "pictures holds arrays of different shapes, or none; pass at least one, all"
            " of one shape."
        )
    if edges is not None:
        edges = left, right, bottom, top = real_array("edges", edges, shape=(4,))
        if left == right or bottom == top:
            raise ValueError("edges leaves no room; pass left, right, bottom, top.")
    whole = np.array([*arrays.values()])  # (pictures, h, w)
    _check_scale(colours)
    if signed:
        high = np.abs(whole).max()
        scale = {"cmap": "PuOr", "vmin": -high, "vmax": high}
    else:
        scale = {"cmap": colours, "vmin": whole.min(), "vmax": whole.max()}
    count = len(arrays)
    figure, axes = _axes("", "")
    axes.set_axis_off()
    figure.set_figheight(min(3.4, 0.5 + 5.2 / count))
    for i, (name, array) in enumerate(arrays.items()):
        place = axes.inset_axes([i / count, 0, 0.92 / count, 1])
        shape = {} if edges is None else {"extent": edges, "aspect": "auto"}
        shown = place.imshow(array, interpolation="none", **shape, **scale)
        place.set_title(name, color=_INK, fontsize=10)
        if labels:
            _name_blocks(place, array.shape, labels)
        elif edges is not None:
            _draw_axes(place, xlabel, "" if i else ylabel)
        else:
            place.set_axis_off()
    figure.colorbar(shown, ax=axes, shrink=0.8).ax.tick_params(colors=_INK)
    height, width = whole.shape[1:]
    across = _spread(width)
    rows = []
    for name, array in arrays.items():
        for i in _spread(height):
            rows.append((name, float(i), *array[i, across]))
    header = ("picture", "row", *(f"column {j}" for j in across))
    return Picture(figure, alt, header, rows)


def _check_scale(colours):
    listed = "list(matplotlib.colormaps)"
    one_of("colours", colours, needs("matplotlib").colormaps, listed=listed)


def _name_blocks(axes, shape, labels):
    """The names of equal blocks of rows and columns, each at its block's middle."""
    middle = (np.arange(len(labels)) + 0.5) / len(labels)
    axes.set_yticks(middle * shape[0] - 0.5, labels)
    axes.set_xticks(middle * shape[1] - 0.5, labels)
    axes.tick_params(colors=_INK, length=0, labelsize=10)


def _draw_axes(place, xlabel, ylabel):
    """The axes of one picture in a row; the height's only where it has a label."""
    place.set_xlabel(xlabel, color=_INK, fontsize=10)
    place.set_ylabel(ylabel, color=_INK, fontsize=10)
    place.tick_params(colors=_INK, labelsize=10)
    place.xaxis.set_major_locator(_ticks(3))
    place.yaxis.set_major_locator(_ticks(4))
    if not ylabel:
        place.set_yticklabels([])


def _ticks(most):
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(most)


def _relative(history, frequencies):
    """Error of each frequency over its error at the start, (T, F)."""
    amplitude = history.select(frequencies)
    absent = frequencies[amplitude[0] == 0]
    if absent.size:
        raise ValueError(
            f"the error in frequency {absent[0]:g} is 0 at the start, so that no share"
            " of it can be drawn; leave it out."
        )
    return amplitude / amplitude[0]


def _draw_decay(axes, history, relative, frequencies, run):
    """One history's lines; the first run names the colours."""
    for i, frequency in enumerate(frequencies):
        line = relative[:, i]
        # A formula's curve may fall without end.
        shown = np.where(line > 1e-5, line, np.nan)
        label = f"{frequency:g}" if run == 0 else None
        colour = LIGHT[i % len(LIGHT)]
        axes.plot(history.t, shown, _DASHES[run % 4], color=colour, label=label)


def _logarithmic_from_zero(axes, times):
    """A time axis that starts at 0, linear up to the first time above it."""
    first = times[times > 0].min(initial=1 + times.max())
    last = max(times.max(), 1e-300)
    axes.set_xscale("symlog", linthresh=first, linscale=0.5)
    powers = np.arange(np.ceil(np.log10(first)), np.floor(np.log10(last)) + 1)
    axes.set_xticks([0, *10.0**powers])
    axes.set_xlim(left=0)


def _moments(history, t):
    """Places in the record of the times asked for."""
    if t is None:
        early = np.searchsorted(history.t, history.t[-1] * 0.03)
        return sorted({0, early, len(history.t) - 1})
    wanted = real_array("t", np.atleast_1d(real_array("t", t)), ndim=1)
    return [int(np.argmin(np.abs(history.t - time))) for time in wanted]


def _amplitude(basis, signal):
    """Frequencies of a basis, and how much of each is in a signal."""
    zero = np.zeros(1)
    coefficients = basis.analyse(real_array("the signal", signal, ndim=1))[None]
    record = History(zero, basis.modes, coefficients, zero).by_length()
    frequencies, amplitude = record.amplitude()
    return frequencies, amplitude[0]


def _up_to(highest, frequencies):
    """Which frequencies are drawn: those up to the highest, or all for None."""
    if highest is None:
        return np.full(len(frequencies), True)
    highest = positive("highest", highest, zero=True)
    if highest < frequencies[0]:
        raise ValueError(
            f"highest is {highest:g}, below the lowest frequency, {frequencies[0]:g};"
            " raise it."
        )
    return frequencies <= highest


def _axes(xlabel, ylabel):
    needs("matplotlib")
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 3.4), layout="constrained")
    axes = figure.add_subplot()
    axes.set_xlabel(xlabel, color=_INK)
    axes.set_ylabel(ylabel, color=_INK)
    axes.tick_params(which="both", colors=_INK)
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_edgecolor(_INK)
    return figure, axes


def _legend(axes, title=None):
    """Above the axes, in as many columns as fit, so that it hides no curve."""
    lines, names = axes.get_legend_handles_labels()
    longest = max(len(name) for name in names)
    columns = min(len(names), max(1, 78 // (longest + 7)))
    rows = math.ceil(len(names) / columns) + (title is not None)
    figure = axes.figure
    figure.set_figheight(figure.get_figheight() + 0.2 * rows)
    legend = figure.legend(
        lines,
        names,
        title=None if title is None else f"{title}:",
        loc="outside upper left",
        ncols=columns,
        frameon=False,
        labelcolor=_INK,
        fontsize=9,
    )
    legend.set_alignment("left")
    legend.get_title().set_color(_INK)


def _histories(histories):
    for history in histories:
        if not isinstance(history, History):
            raise ValueError(
                f"expected a History, got a {type(history).__name__}; pass what"
                " fb.train returns."
            )
    if not histories:
        raise ValueError("no History given; pass at least one.")
    return histories


def _pick(history, frequencies):
    """The frequencies to draw: as asked, or the (at most six) largest at the start."""
    if frequencies is not None:
        return frequency_list(frequencies)
    have, amplitude = history.amplitude()
    start = amplitude[0]
    largest = np.argsort(-start)[:6]
    large = largest[start[largest] >= 0.05 * start.max()]
    return np.sort(have[large])


def _time_label(history):
    return "gradient-flow time" if history.meta["clock"] == "flow" else "training steps"


def _crossings(history, frequencies, below, name):
    """When each frequency's error stays below a level, in words."""
    percent = f"{100 * below:g} %"
    found = []
    times = learning_times(history, below, frequencies)
    for frequency, time in zip(frequencies, times):
        if np.isfinite(time):
            text = f"stays below {percent} from {time:.4g}"
        else:
            text = f"never stays below {percent}"
        found.append(f"{name} {frequency:g} {text}")
    return "; ".join(found)


def _join(numbers):
    return ", ".join(f"{v:.4g}" for v in numbers)


def _spread(n, most=16):
    """At most `most` indices spread evenly over 0..n-1, both ends included."""
    return np.unique(np.round(np.linspace(0, n - 1, min(n, most))).astype(int))


def _cell(value):
    return value if isinstance(value, str) else f"{value:.4g}"
