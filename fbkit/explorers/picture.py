"""The picture of an explorer: panels of marks over axes. Marks name arrays of a frame.

Each part checks itself when it is made; a fault is a ValueError of one sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from fbkit._errors import one_of

COLORS = {
    "blue": "#0072b2",
    "orange": "#c44e00",
    "green": "#00795a",
    "purple": "#9b3d92",
    "grey": "#6e7781",
}
# What a kind of mark needs beside x and y.
NEEDED = {
    "line": (),
    "stem": (),
    "scatter": (),
    "heat": ("z",),
    "segments": ("x2", "y2"),
}


@dataclass(frozen=True)
class Mark:
    """One thing drawn in a panel. Its arrays are named, not held.

    Parameters
    ----------
    kind : "line", "stem", "scatter", "heat" or "segments".
    x, y : names of the arrays of places, one-dimensional and equally long.
    z : heat only: the array of values, of shape (len(x), len(y)).
    x2, y2 : segments only: the other ends.
    label : its words in the legend; none without.
    color : one of blue, orange, green, purple, grey.
    axis : "left" or "right".
    drag : the array parameter that the reader moves by this mark's handles.
    width : of the line, bar or dot, in pixels.
    dash, hollow : dashed lines; bars or dots that are not filled.
    moving : y (of a heat: z) has a first axis of time, and the chosen moment is shown.
    answer : it answers what the page asks, as theory's numbers do: it is drawn from the
        first step of Play on, and then as a whole.
    low, high : heat only: the values at the ends of the colour scale.

    >>> line("x", "network", color="red")
    Traceback (most recent call last):
    ValueError: the color of a line is 'red'; expected one of blue, orange, green, \
purple, grey.
    """

    kind: str
    x: str
    y: str
    z: str = ""
    x2: str = ""
    y2: str = ""
    label: str = ""
    color: str = "blue"
    axis: str = "left"
    drag: str = ""
    width: float = 2
    dash: bool = False
    hollow: bool = False
    moving: bool = False
    answer: bool = False
    low: float = 0.0
    high: float = 1.0

    def __post_init__(self) -> None:
        one_of("the kind of a mark", self.kind, NEEDED)
        one_of(f"the color of a {self.kind}", self.color, COLORS)
        one_of(f"the axis of a {self.kind}", self.axis, ("left", "right"))
        for slot in ("x", "y", *NEEDED[self.kind]):
            if not getattr(self, slot):
                raise ValueError(
                    f"a {self.kind} of {self.x!r} and {self.y!r} has no {slot}; pass"
                    f" the name of an array as {slot}."
                )

    @property
    def arrays(self) -> list[str]:
        """The names of its arrays: x, y, and z or x2 and y2."""
        return [name for name in (self.x, self.y, self.z, self.x2, self.y2) if name]

    def expects(
        self, arrays: dict[str, np.ndarray], moments: int
    ) -> list[tuple[str, tuple[int, ...]]]:
        """The shape that each of its arrays must have, given that of x.

        `moments` is the length of the time axis.
        """
        (count,) = np.shape(arrays[self.x])[:1] or (1,)
        time = (moments,) if self.moving else ()
        shapes = [(self.x, (count,))]
        if self.kind == "heat":
            across, up = count, arrays[self.y].size
            return [*shapes, (self.y, (up,)), (self.z, (*time, across, up))]
        shapes.append((self.y, (*time, count)))
        if self.kind == "segments":
            shapes += [(self.x2, (count,)), (self.y2, (*time, count))]
        return shapes


line = partial(Mark, "line")
stem = partial(Mark, "stem")
scatter = partial(Mark, "scatter")
heat = partial(Mark, "heat")
segments = partial(Mark, "segments")


@dataclass(frozen=True)
class Axis:
    """An axis of a panel.

    Parameters
    ----------
    label : what it measures, with the unit.
    log : equal steps are equal ratios.
    low, high : limits, where the data should not set them.
    names : words in place of the ticks 0, 1, 2, ...
    pi : ticks at quarters of a turn, from -pi to pi.

    >>> Axis("rate", log=True, low=0)
    Traceback (most recent call last):
    ValueError: the axis 'rate' is logarithmic and starts at 0; pass low above 0.
    """

    label: str
    log: bool = False
    low: float | None = None
    high: float | None = None
    names: tuple[str, ...] = ()
    pi: bool = False

    def __post_init__(self) -> None:
        if not self.label:
            raise ValueError(
                "an axis has no label; say what it measures, and its unit."
            )
        if self.log and self.low is not None and self.low <= 0:
            raise ValueError(
                f"the axis {self.label!r} is logarithmic and starts at {self.low:g};"
                " pass low above 0."
            )
        if None not in (self.low, self.high) and not self.low < self.high:
            raise ValueError(
                f"the axis {self.label!r} goes from {self.low} to {self.high}; pass low"
                " below high."
            )


@dataclass(frozen=True)
class Panel:
    """Marks over shared axes.

    Parameters
    ----------
    title : what the panel shows.
    x, y, right : axes below, on the left, and (if there is one) on the right.
    marks : what is drawn, from back to front.
    time : the x axis is the explorer's time; the chosen moment is a vertical line, and
        what comes after it is not drawn yet, but for segments and answers.

    >>> dots = scatter("modes", "rates", axis="right")
    >>> Panel("Rates", Axis("mode"), Axis("error"), (dots,))
    Traceback (most recent call last):
    ValueError: the panel 'Rates' has a mark on the right and no right axis; pass \
right=Axis(...).
    """

    title: str
    x: Axis
    y: Axis
    marks: tuple[Mark, ...]
    right: Axis | None = None
    time: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.marks, (tuple, list)):
            raise ValueError(
                f"the marks of the panel {self.title!r} are a"
                f" {type(self.marks).__name__}; pass a tuple of marks: (line(...),)."
            )
        on_the_right = any(mark.axis == "right" for mark in self.marks)
        if on_the_right and self.right is None:
            raise ValueError(
                f"the panel {self.title!r} has a mark on the right and no right axis;"
                " pass right=Axis(...)."
            )
