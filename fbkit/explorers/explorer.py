"""What an explorer is: typed parameters, panels made of marks, one frame of arrays, one
sentence.
"""

import itertools
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import partial

import numpy as np

from fbkit._errors import one_of, real_array

# ---- parameters ----------------------------------------------------------------------


@dataclass(frozen=True)
class Number:
    """A number between `low` and `high`; a slider, over the ladder `values` where one
    is given.

    `whole` and `even` ask for such numbers, `entry` for a box to type in instead of a
    slider. A `live` parameter changes a running engine without starting it again.
    """

    label: str
    default: float
    low: float
    high: float
    values: tuple = ()
    unit: str = ""
    log: bool = False
    whole: bool = False
    even: bool = False
    entry: bool = False
    live: bool = False
    kind: str = field(default="number", init=False)

    def check(self, name, value):
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = np.nan
        wanted = (
            "an even number"
            if self.even
            else "a whole number"
            if self.whole
            else "a number"
        )
        wrong = isinstance(value, (bool, str)) or not self.low <= number <= self.high
        if (
            wrong
            or (self.whole and not number.is_integer())
            or (self.even and number % 2)
        ):
            raise ValueError(
                f"{name} is {value!r}; expected {wanted} from {self.low:g} to"
                f" {self.high:g}."
            )
        return int(number) if self.whole else number


@dataclass(frozen=True)
class Choice:
    """One of the keys of `options`; the dict's values are what the reader sees."""

    label: str
    default: str
    options: dict
    live: bool = False
    kind: str = field(default="choice", init=False)

    @property
    def values(self):
        return tuple(self.options)

    def check(self, name, value):
        return one_of(name, value, self.options)


@dataclass(frozen=True)
class Array:
    """A fixed number of values between `low` and `high`, dragged on the picture;
    `names` says what each one is.
    """

    label: str
    default: tuple
    low: float
    high: float
    names: tuple
    step: float = 0.05
    live: bool = False
    kind: str = field(default="array", init=False)

    def check(self, name, value):
        numbers = real_array(name, value, shape=(len(self.default),))
        if numbers.min() < self.low or numbers.max() > self.high:
            raise ValueError(
                f"{name} reaches from {numbers.min():g} to {numbers.max():g}; expected"
                f" {len(numbers)} numbers from {self.low:g} to {self.high:g}."
            )
        return numbers.tolist()


# ---- the picture ---------------------------------------------------------------------


@dataclass(frozen=True)
class Mark:
    """One thing drawn in a panel. Its arrays are named, not held: `x`, `y`, and `z`
    (heat) or `x2`, `y2` (segments).

    `z` has shape (len(x), len(y)). `moving` marks have a first axis of time and show
    the moment chosen by the reader. `drag` names the array parameter that the reader
    moves by this mark's handles. `axis` is "left" or "right".
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
    low: float = 0.0
    high: float = 1.0

    @property
    def arrays(self):
        return [a for a in (self.x, self.y, self.z, self.x2, self.y2) if a]


line, stem, heat, scatter, segments = (
    partial(Mark, k) for k in ("line", "stem", "heat", "scatter", "segments")
)


@dataclass(frozen=True)
class Axis:
    """An axis: its label with the unit, linear or log, and limits where the data should
    not set them.

    `names` replaces the ticks 0, 1, ... by words, `pi` puts them at quarters of a turn
    from -pi to pi.
    """

    label: str
    log: bool = False
    low: float | None = None
    high: float | None = None
    names: tuple = ()
    pi: bool = False


@dataclass(frozen=True)
class Panel:
    """Marks over shared axes. A panel whose x axis is the explorer's time shows the
    chosen moment as a line.
    """

    title: str
    x: Axis
    y: Axis
    marks: tuple
    right: Axis | None = None
    time: bool = False
    wide: bool = False


# ---- the explorer --------------------------------------------------------------------


@dataclass(frozen=True)
class Explorer:
    """An interactive picture, drawn alike from a kernel, a table of presets or an
    engine in the page.

    `frame(**params)` returns {name: array}; `summary(frame, params)` one sentence or
    two. With `presets` a dict of {parameter: values} the page carries a table of their
    product. With `engine` the page runs `engine.js` of its chapter's folder, `presets`
    are named settings, and `still` is the number of steps behind the printed picture.
    `time` names the array that is the time axis, if there is one; the paragraph after
    the first of `doc` tells the reader what exactly is computed.
    """

    name: str
    title: str
    hint: str
    params: dict
    panels: tuple
    frame: Callable
    summary: Callable
    presets: dict
    engine: bool = False
    time: str = ""
    still: int = 0
    doc: str = ""

    def check(self, params):
        """The complete parameters, each within its bounds, or a ValueError of one
        sentence.
        """
        for name in params:
            one_of(f"a parameter of {self.name}", name, self.params)
        return {k: p.check(k, params.get(k, p.default)) for k, p in self.params.items()}

    def arrays(self, params):
        """The frame of checked parameters as float64 arrays."""
        return {k: np.asarray(v, dtype=float) for k, v in self.frame(**params).items()}

    def settings(self):
        """Every set of parameters that the page offers by name: the table's product, or
        the engine's presets.
        """
        if self.engine:
            return [self.check(preset) for preset in self.presets.values()]
        product = itertools.product(*self.presets.values())
        return [self.check(dict(zip(self.presets, values))) for values in product]

    def spec(self):
        """Everything the front end needs, as plain data."""
        parts = {
            k: getattr(self, k)
            for k in ("name", "title", "hint", "presets", "engine", "time", "still")
        }
        parts["about"] = " ".join(self.doc.split("\n\n")[1].split())
        parts["params"] = {k: asdict(p) for k, p in self.params.items()}
        parts["panels"] = [asdict(p) for p in self.panels]
        return parts
