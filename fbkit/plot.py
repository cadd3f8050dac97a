"""Figures from a `History`: each function returns a `Picture`, a figure with its
alternative text and numbers.
"""

import hashlib
import html
import io
import re
from dataclasses import dataclass

import numpy as np

from fbkit._errors import needs, one_of, real_array
from fbkit.history import History, learning_times

# One palette in two shades, for light and dark pages; told apart by colour-blind
# readers (after Okabe and Ito). The drawings carry the first shade, and the page's
# style sheet swaps it for the second.
LIGHT = ["#0072b2", "#c44e00", "#007a5a", "#a3498a", "#8a6a00", "#6b6b6b"]
DARK = ["#56b4e9", "#ff8a4c", "#2fc79b", "#e39bcb", "#f0c04a", "#b0b0b0"]
_INK = "#010203"  # stands for the page's text colour
_DASHES = ["-", "--", ":", "-."]
_STYLE = (
    ".fb-picture{{{light}margin:1rem"
    " 0}}.fb-picture>svg{{max-width:100%;height:auto}}html[data-theme=dark]"
    " .fb-picture,body[data-jp-theme-light=false]"
    " .fb-picture{{{dark}}}.fb-numbers{{overflow-x:auto;max-height:20rem}}.fb-numbers"
    " td,.fb-numbers th{{padding:0 .6rem;text-align:right}}"
).format(
    light="".join(f"--fb-{i}:{c};" for i, c in enumerate(LIGHT)),
    dark="".join(f"--fb-{i}:{c};" for i, c in enumerate(DARK)),
)


@dataclass(frozen=True, eq=False)
class Picture:
    """A figure, a sentence that states its finding (the alternative text), and the
    numbers behind it.

    In a notebook it shows as an SVG that follows the page's colours, with the numbers
    folded beneath. `figure` is an ordinary matplotlib figure:
    `picture.figure.savefig("name.pdf")`.
    """

    figure: object
    alt: str
    header: tuple
    rows: list

    def __repr__(self):
        return f"Picture({self.alt})"

    @property
    def svg(self):
        """The drawing as SVG text, in the light palette, with the alternative text as
        its label.
        """
        import matplotlib

        stream = io.StringIO()
        tag = "p" + hashlib.sha256(self.alt.encode()).hexdigest()[:8]
        with matplotlib.rc_context(
            {"svg.fonttype": "none", "svg.hashsalt": tag, "font.family": "sans-serif"}
        ):
            self.figure.savefig(
                stream, format="svg", transparent=True, metadata={"Date": None}
            )
        text = stream.getvalue()
        text = re.sub(
            r"<metadata>.*?</metadata>", "", text[text.index("<svg") :], flags=re.S
        )
        # Several drawings share a page, so every id gets this drawing's own prefix.
        text = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{tag}-", text)
        return text.replace(
            "<svg", f'<svg role="img" aria-label="{html.escape(self.alt)}"', 1
        )

    def _repr_mimebundle_(self, include=None, exclude=None):
        themed = self.svg.replace(_INK, "currentColor")
        for i, colour in enumerate(LIGHT):
            themed = themed.replace(colour, f"var(--fb-{i})")
        cells = "".join(
            "<tr>" + "".join(f"<td>{html.escape(_cell(v))}</td>" for v in row) + "</tr>"
            for row in self.rows
        )
        head = "".join(f'<th scope="col">{html.escape(h)}</th>' for h in self.header)
        page = (
            "<div"
            f' class="fb-picture"><style>{_STYLE}</style>{themed}<details><summary>The'
            " numbers</summary>"
            '<div class="fb-numbers" tabindex="0" role="region" aria-label="The numbers'
            ' behind the figure">'
            f"<table><thead><tr>{head}</tr></thead><tbody>{cells}</tbody></table></div></details></div>"
        )
        return {
            "text/html": page,
            "image/svg+xml": self.svg.replace(_INK, "#000000"),
            "text/plain": repr(self),
        }


def decay(*histories, frequencies=None, below=0.2, mode="frequency"):
    """Error of each frequency against time, relative to its start, on logarithmic axes;
    several histories overlaid.

    The first history is drawn solid, the next dashed. The time axis is linear from 0 to
    the first time recorded after it. Parameters: `histories`; `frequencies` to draw
    (default: those at least 5 % of the largest at the start, six at most); `below`, the
    level whose crossing the text reports; `mode`, what one is called, such as "degree".

    >>> from fbkit import circle, sines, mlp, train
    >>> print(decay(train(mlp(width=64), sines(circle(16), [1, 2]), steps=200)).alt.split(":")[0])
    Relative error against gradient-flow time for frequencies 1, 2
    """
    histories = _histories(histories)
    frequencies = _pick(histories[0], frequencies)
    figure, axes = _axes(_time_label(histories[0]), "error / error at start")
    rows = []
    for h, dash in zip(histories, _DASHES * len(histories)):
        amplitude = h.select(frequencies)
        relative = amplitude / amplitude[0]
        for i, k in enumerate(frequencies):
            label = f"{k:g}" if h is histories[0] else None
            shown = np.where(
                relative[:, i] > 1e-5, relative[:, i], np.nan
            )  # a formula's curve may fall without end
            axes.plot(h.t, shown, dash, color=LIGHT[i % len(LIGHT)], label=label)
        rows += [
            (h.meta.get("label", ""), h.t[j], *relative[j]) for j in _spread(len(h.t))
        ]
    names = [h.meta.get("label", f"run {i + 1}") for i, h in enumerate(histories)]
    if len(histories) > 1:
        for name, dash in zip(names, _DASHES * len(histories)):
            axes.plot([], [], dash, color=LIGHT[5], label=name)
    axes.axhline(below, color=LIGHT[5], linewidth=0.8, linestyle=":")
    times = np.concatenate([h.t for h in histories])
    first, last = (
        times[times > 0].min(initial=1 + times.max()),
        max(times.max(), 1e-300),
    )
    axes.set_xscale("symlog", linthresh=first, linscale=0.5)
    axes.set_xticks(
        [0, *10.0 ** np.arange(np.ceil(np.log10(first)), np.floor(np.log10(last)) + 1)]
    )
    axes.set_xlim(left=0)
    axes.set_yscale("log")
    axes.set_ylim(bottom=max(axes.get_ylim()[0], 1e-4))
    _legend(axes, mode)
    found = [
        "; ".join(
            _says(k, t, below, mode)
            for k, t in zip(frequencies, learning_times(h, below, frequencies))
        )
        for h in histories
    ]
    found = (
        found
        if len(found) == 1
        else [f"{name}, {text}" for name, text in zip(names, found)]
    )
    alt = (
        f"Relative error against {_time_label(histories[0])} for"
        f" {mode.replace('cy', 'cie')}s {_join(frequencies)}: " + ". ".join(found) + "."
    )
    return Picture(
        figure, alt, ("run", "t", *(f"{mode} {k:g}" for k in frequencies)), rows
    )


def heat(history, highest=None):
    """Error over time and mode as colours: light where the error is still large, dark
    where it is gone.

    Parameters: `history` with one number per mode; `highest` frequency drawn, default
    the highest that starts above 1 % of the largest.

    >>> from fbkit import circle, sines, mlp, train
    >>> heat(train(mlp(width=64), sines(circle(16), [1, 2]), steps=200)).header
    ('t', 'frequency 0', 'frequency 1', 'frequency 2')
    """
    (history,) = _histories([history])
    frequencies, amplitude = history.amplitude()
    if highest is None:
        highest = frequencies[amplitude[0] > 0.01 * amplitude[0].max()].max()
    keep = frequencies <= highest
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
    shown = _pick(history, None)
    times = learning_times(history, 0.2, shown)
    alt = (
        f"Error (share of the largest at the start) over {_time_label(history)} and"
        " frequency: " + "; ".join(_says(k, t, 0.2) for k, t in zip(shown, times)) + "."
    )
    rows = [(history.t[j], *amplitude[j]) for j in _spread(len(history.t))]
    return Picture(figure, alt, ("t", *(f"frequency {k:g}" for k in frequencies)), rows)


def fit(target, history, at=None):
    """Target and network at a few times, rebuilt from the recorded coefficients (exact
    when the basis is complete).

    Parameters: `target` with a basis; `history` recorded with `mode_error` of that
    basis; `at`, times to show (default three spread over the record).

    >>> from fbkit import circle, sines, mlp, train
    >>> target = sines(circle(16), [1, 2])
    >>> fit(target, train(mlp(width=64), target, steps=200)).header[:3]
    ('angle (rad)', 'target', 't = 0')
    """
    (history,) = _histories([history])
    if target.basis is None or len(history.modes) != len(target.basis.modes):
        raise ValueError(
            "fit needs a history recorded in the target's basis; this one has"
            f" {len(history.modes)} modes: train with"
            " probe=fb.mode_error(target.basis)."
        )
    last = len(history.t) - 1
    if at is None:
        index = sorted({0, np.searchsorted(history.t, history.t[-1] * 0.03), last})
    else:
        index = [
            int(np.argmin(np.abs(history.t - s)))
            for s in np.atleast_1d(real_array("at", at))
        ]
    x = target.basis.points if target.positions is None else target.positions
    curves_ = [
        target.basis.synthesise(target.coefficients + history.error[j]) for j in index
    ]
    figure, axes = _axes(target.axis, "value")
    axes.plot(
        x, target.values, color=LIGHT[5], linewidth=2.5, alpha=0.6, label="target"
    )
    for i, (j, values) in enumerate(zip(index, curves_)):
        axes.plot(
            x,
            values,
            _DASHES[-1 - i % 4],
            color=LIGHT[i % 5],
            label=f"t = {history.t[j]:.4g}",
        )
    _legend(axes)
    size = np.sqrt(
        2 * history.loss[index] / (target.weights @ np.square(target.values))
    )
    alt = (
        f"{target.name} and the network at {_time_label(history)}"
        f" {_join(history.t[index])}: root-mean-square error "
        + (", ".join(f"{100 * s:.2g} %" for s in size) + " of the target's size.")
    )
    step = max(1, len(x) // 32)
    rows = [tuple(r) for r in np.column_stack([x, target.values, *curves_])[::step]]
    return Picture(
        figure,
        alt,
        (target.axis, "target", *(f"t = {history.t[j]:.4g}" for j in index)),
        rows,
    )


def spectrum(basis, highest=None, **values):
    """Size of each frequency in one or more signals: plot.spectrum(basis, target=y,
    residual=r).

    Parameters: `basis`; `highest` frequency drawn; keyword arguments are named signals
    (n,).

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
    figure, axes = _axes("angular frequency", "amplitude (root mean square)")
    zero = np.zeros(1)
    found, columns = [], []
    for i, (name, signal) in enumerate(values.items()):
        coefficients = basis.analyse(signal)[None]
        frequencies, amplitude = History(
            zero, basis.modes, coefficients, zero
        ).amplitude()
        keep = frequencies <= (np.inf if highest is None else highest)
        frequencies, amplitude = frequencies[keep], amplitude[0, keep]
        axes.plot(
            frequencies,
            amplitude,
            "osD^v"[i % 5] + _DASHES[i % 4],
            markersize=4,
            color=LIGHT[i % 6],
            label=name.replace("_", " "),
        )
        top = amplitude.argmax()
        found.append(
            f"{name.replace('_', ' ')} is largest at frequency {frequencies[top]:g}"
            f" ({amplitude[top]:.3g})"
        )
        columns.append(amplitude)
    axes.set_yscale("log")
    peak = max(c.max() for c in columns)
    axes.set_ylim(bottom=max(1e-5 * peak, min(c.min() for c in columns) / 2))
    _legend(axes)
    rows = list(zip(frequencies, *columns))
    return Picture(
        figure,
        "Amplitude of each frequency: " + "; ".join(found) + ".",
        ("frequency", *values),
        rows,
    )


def curves(
    x, lines, *, xlabel, ylabel, finding, x_scale="linear", y_scale="linear", points=()
):
    """Any named curves over one axis, with the sentence that says what to see.

    Parameters: `x` (n,); `lines`, a dict of name -> (n,) (NaN leaves a gap); labels;
    `finding`, the alternative text; scales "linear" or "log"; `points`, names drawn as
    markers instead of lines (with more than five names in the colours of the lines, in
    order).

    >>> curves([1, 2], {"a": [1, 4]}, xlabel="k", ylabel="k squared", finding="a grows as the square").alt
    'a grows as the square'
    """
    x = real_array("x", x, ndim=1)
    one_of("x_scale", x_scale, ["linear", "log"])
    one_of("y_scale", y_scale, ["linear", "log"])
    if not lines:
        raise ValueError("lines is empty; pass at least one name -> values.")
    figure, axes = _axes(xlabel, ylabel)
    columns = [np.asarray(v, dtype=float) for v in lines.values()]
    count = [0, 0]  # lines, markers
    for i, (name, y) in enumerate(zip(lines, columns)):
        if y.shape != x.shape:
            raise ValueError(
                f"{name} has shape {y.shape}, but x has {x.shape}; pass one value"
                " per x."
            )
        marked = name in points
        place = (
            count[marked] if len(lines) > 5 else i
        )  # of many, markers take the colours of the lines in order
        count[marked] += 1
        axes.plot(
            x,
            y,
            "o" if marked else _DASHES[place // 5 % 4],
            color=LIGHT[place % 5],
            label=name,
            markersize=5,
        )
    axes.set_xscale(x_scale)
    axes.set_yscale(y_scale)
    _legend(axes)
    return Picture(
        figure,
        finding,
        (xlabel, *lines),
        [(x[j], *(c[j] for c in columns)) for j in _spread(len(x), 40)],
    )


def images(pictures, *, finding, signed=False, colours="viridis"):
    """Arrays as pictures beside each other on one colour scale, with the sentence that
    says what to see.

    Parameters: `pictures`, a dict of name -> (h, w), all of one shape; `finding`, the
    alternative text; `signed` puts 0 in the middle of the scale; `colours`,
    matplotlib's name of a scale ("gray" for photographs).

    >>> images({"up": [[1, 2]], "down": [[2, 1]]}, finding="down is up reversed").header
    ('picture', 'row', 'column 0', 'column 1')
    """
    arrays = {name: real_array(name, a, ndim=2) for name, a in pictures.items()}
    if len({a.shape for a in arrays.values()}) != 1:
        raise ValueError(
            "pictures holds arrays of different shapes, or none; pass at least one, all"
            " of one shape."
        )
    whole = np.array([*arrays.values()])
    high = np.abs(whole).max() if signed else whole.max()
    figure, axes = _axes("", "")
    axes.set_axis_off()
    figure.set_figheight(min(3.4, 0.5 + 5.2 / len(arrays)))
    for i, (name, a) in enumerate(arrays.items()):
        one = axes.inset_axes([i / len(arrays), 0, 0.92 / len(arrays), 1])
        scale = {
            "cmap": "PuOr" if signed else colours,
            "vmin": -high if signed else whole.min(),
            "vmax": high,
        }
        shown = one.imshow(a, interpolation="none", **scale)
        one.set_title(name, color=_INK, fontsize=10)
        one.set_axis_off()
    figure.colorbar(shown, ax=axes, shrink=0.8).ax.tick_params(colors=_INK)
    down, across = (_spread(size) for size in whole.shape[1:])
    rows = [(name, float(i), *a[i, across]) for name, a in arrays.items() for i in down]
    return Picture(
        figure, finding, ("picture", "row", *(f"column {j}" for j in across)), rows
    )


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
    title = title and f"{title}:"
    columns = min(len(names), max(1, 78 // (max(map(len, names)) + 7)))
    rows = -(-len(names) // columns) + (title is not None)
    axes.figure.set_figheight(axes.figure.get_figheight() + 0.2 * rows)
    legend = axes.figure.legend(
        lines,
        names,
        title=title,
        loc="outside upper left",
        ncols=columns,
        frameon=False,
        labelcolor=_INK,
        fontsize=9,
    )
    legend.set_alignment("left")
    legend.get_title().set_color(_INK)


def _histories(histories):
    for h in histories:
        if not isinstance(h, History):
            raise ValueError(
                f"expected a History, got a {type(h).__name__}; pass what fb.train"
                " returns."
            )
    if not histories:
        raise ValueError("no History given; pass at least one.")
    return histories


def _pick(history, frequencies):
    """The frequencies to draw: as asked, or the (at most six) largest at the start."""
    if frequencies is not None:
        return np.atleast_1d(real_array("frequencies", frequencies))
    have, amplitude = history.amplitude()
    large = np.argsort(-amplitude[0])[:6]
    return np.sort(have[large[amplitude[0, large] >= 0.05 * amplitude[0].max()]])


def _time_label(history):
    return "gradient-flow time" if history.meta["clock"] == "flow" else "training steps"


def _says(frequency, time, below, mode="frequency"):
    if not np.isfinite(time):
        return f"{mode} {frequency:g} never stays below {100 * below:g} %"
    return f"{mode} {frequency:g} stays below {100 * below:g} % from {time:.4g}"


def _join(numbers):
    return ", ".join(f"{v:.4g}" for v in numbers)


def _spread(n, most=16):
    """At most `most` indices spread evenly over 0..n-1, both ends included."""
    return np.unique(np.round(np.linspace(0, n - 1, min(n, most))).astype(int))


def _cell(value):
    return value if isinstance(value, str) else f"{value:.4g}"
