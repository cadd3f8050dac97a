"""What an explorer is: parameters, panels of marks, one frame of arrays, one sentence.

An explorer checks itself: its definition when it is made, the names and shapes of its
arrays at each frame. Each fault is a ValueError of one sentence.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import asdict, dataclass
from types import ModuleType

import numpy as np

from fbkit._errors import one_of
from fbkit.explorers.parameters import Array, Parameter
from fbkit.explorers.picture import Mark, Panel
from fbkit.explorers.question import Question

Frame = dict[str, np.ndarray]
# What the twin of an engine that keeps a state must hold.
TWIN = ("init", "aim", "step", "frame")
MOMENT = "moment"  # what a link calls the place in time


@dataclass(frozen=True, kw_only=True)
class Explorer:
    """An interactive picture, drawn alike from a kernel, a table or an engine.

    Parameters
    ----------
    name : the chapter's folder.
    title, hint : its heading, and one or two sentences that say what to try.
    params : {name: Number, Choice or Array}.
    panels : the picture.
    frame : `frame(**params)` returns {name: array}.
    summary : `summary(frame, params)` returns one sentence or two, with numbers.
    presets : without an engine {parameter: values}, whose product is the table that the
        page carries; with one {words: {parameter: value}}, settings on offer.
    doc : the module's docstring; its second paragraph tells the reader what exactly is
        computed.
    engine : the page runs `engine.js` of the chapter's folder.
    twin : in place of `frame`, where the engine keeps a state and takes steps: a module
        with its functions `init(params)`, `aim(state, params)`, `step(state, count)`
        and `frame(state)`.
    still : with `twin`, the number of steps behind the printed picture.
    time : the array that is the time axis, if there is one.
    question : what a reader predicts before the run, if there is something to predict.
    """

    name: str
    title: str
    hint: str
    params: dict[str, Parameter]
    panels: tuple[Panel, ...]
    summary: Callable[[Frame, dict], str]
    presets: dict
    doc: str
    frame: Callable[..., Frame] | None = None
    engine: bool = False
    twin: ModuleType | None = None
    still: int = 0
    time: str = ""
    question: Question | None = None

    def __post_init__(self) -> None:
        self._check_words()
        self._check_source()
        self._check_presets()
        for name, param in self.params.items():
            if isinstance(param, Array):
                self._check_dragged(name)
        for panel, mark in self.marks():
            self._check_mark(panel, mark)
        self._check_time()
        self._check_play()

    # ---- what it offers --------------------------------------------------------------

    def check(self, params: dict) -> dict:
        """The complete parameters, each within its bounds.

        Raises ValueError, one sentence, for a name or value that is not allowed.
        """
        for name in params:
            one_of(f"a parameter of {self.name}", name, self.params)
        return {
            name: param.check(name, params.get(name, param.default))
            for name, param in self.params.items()
        }

    def arrays(self, params: dict, steps: int = 0, then: dict | None = None) -> Frame:
        """The frame of checked parameters, as float64 arrays.

        Parameters
        ----------
        params : complete parameters, as `check` returns them.
        steps : of an engine that takes steps: how many it has taken.
        then : parameters that a reader changes to after those steps, while the engine
            runs; as many steps follow.

        Raises ValueError, one sentence, where the arrays do not fit the panels.
        """
        if self.twin is None:
            given = self.frame(**(then or params))
        else:
            state = self.twin.step(self.twin.init(params), steps)
            if then:
                state = self.twin.step(self.twin.aim(state, then), steps)
            given = self.twin.frame(state)
        arrays = {name: self._as_array(name, value) for name, value in given.items()}
        self._check_frame(arrays)
        return arrays

    def settings(self) -> list[dict]:
        """Every set of parameters that the page offers by name.

        Those of an engine are its presets, those of a table the presets' product.
        """
        if self.engine:
            return [self.check(preset) for preset in self.presets.values()]
        product = itertools.product(*self.presets.values())
        return [self.check(dict(zip(self.presets, values))) for values in product]

    def spec(self) -> dict:
        """Everything the front end needs, as plain data."""
        return {
            "name": self.name,
            "title": self.title,
            "hint": self.hint,
            "presets": self.presets,
            "engine": self.engine,
            "time": self.time,
            "still": self.still,
            "question": self.question and self.question.spec(),
            "about": self.about(),
            "params": {name: asdict(param) for name, param in self.params.items()},
            "panels": [asdict(panel) for panel in self.panels],
        }

    def verdicts(self, arrays: Frame, params: dict) -> dict[str, str]:
        """A sentence for each choice of the question; {} while it is open."""
        return self.question.verdicts(arrays, params) if self.question else {}

    def about(self) -> str:
        """The second paragraph of the docstring, on one line; "" if there is none."""
        paragraphs = [part for part in self.doc.split("\n\n") if part.strip()]
        return " ".join(paragraphs[1].split()) if len(paragraphs) > 1 else ""

    def marks(self) -> list[tuple[Panel, Mark]]:
        """Every mark with its panel."""
        return [(panel, mark) for panel in self.panels for mark in panel.marks]

    # ---- its definition --------------------------------------------------------------

    def _check_words(self) -> None:
        if not self.hint.endswith((".", "?")):
            raise ValueError(
                f"the hint of {self.name} does not end as a sentence does; write one or"
                " two sentences that say what to try."
            )
        if not self.about().endswith("."):
            raise ValueError(
                f"the doc of {self.name} has no second paragraph that ends with a full"
                " stop; tell the reader there what exactly is computed."
            )

    def _check_source(self) -> None:
        if (self.frame is None) == (self.twin is None):
            raise ValueError(
                f"{self.name} needs either a frame or a twin; pass frame=frame, or"
                " twin=twin where an engine keeps a state."
            )
        if self.twin is not None:
            missing = [name for name in TWIN if not hasattr(self.twin, name)]
            if missing or not self.engine:
                raise ValueError(
                    f"the twin of {self.name} is for engine=True and needs the"
                    f" functions {', '.join(TWIN)}; it lacks"
                    f" {', '.join(missing) or 'the engine'}."
                )
        if self.still and self.twin is None:
            raise ValueError(
                f"{self.name} has still={self.still} and no twin that takes steps; pass"
                " twin, or leave still out."
            )

    def _check_presets(self) -> None:
        if not self.presets:
            raise ValueError(f"{self.name} has no presets; pass at least one.")
        if self.engine:
            self._check_named_presets()
        else:
            self._check_table_presets()

    def _check_named_presets(self) -> None:
        """The settings of an engine: {words: {parameter: value}}."""
        for words, preset in self.presets.items():
            if not isinstance(preset, dict):
                raise ValueError(
                    f"the preset {words!r} of {self.name} is {preset!r}; with an engine"
                    " a preset is a dict of parameters."
                )
            try:
                self.check(preset)
            except ValueError as error:
                raise ValueError(
                    f"in the preset {words!r} of {self.name}, {error}"
                ) from None

    def _check_table_presets(self) -> None:
        """The axes of a table: {parameter: values}, one for each parameter."""
        for name, values in self.presets.items():
            one_of(f"a preset of {self.name}", name, self.params)
            if isinstance(values, (str, dict)) or not np.iterable(values):
                raise ValueError(
                    f"the preset {name!r} of {self.name} is {values!r}; in a table it"
                    " is a list of values."
                )
            for value in values:
                self.params[name].check(f"a preset {name} of {self.name}", value)
        for name, param in self.params.items():
            if name not in self.presets:
                raise ValueError(
                    f"the parameter {name!r} of {self.name} has no presets; give its"
                    " values: a page holds a table of them."
                )
            if param.default not in self.presets[name]:
                raise ValueError(
                    f"{name} of {self.name} starts at {param.default!r}, which is not"
                    " among its presets; add it: a page opens there."
                )

    def _check_dragged(self, name: str) -> None:
        """An array parameter has no slider: only a mark of an engine can move it."""
        if not self.engine:
            raise ValueError(
                f"the parameter {name!r} of {self.name} is an Array, which a table"
                " cannot hold; write an engine, or make it Numbers."
            )
        if all(mark.drag != name for _, mark in self.marks()):
            raise ValueError(
                f"no mark of {self.name} drags {name!r}; pass drag={name!r} to the mark"
                " that shows it."
            )

    def _check_mark(self, panel: Panel, mark: Mark) -> None:
        if mark.drag:
            arrays = [k for k, p in self.params.items() if isinstance(p, Array)]
            one_of(f"the drag of a mark in {panel.title!r}", mark.drag, arrays)
        if mark.moving and not self.time:
            raise ValueError(
                f"a {mark.kind} of {panel.title!r} moves, and {self.name} has no time;"
                " pass time, the name of the array of moments."
            )

    def _check_time(self) -> None:
        shown = any(panel.time for panel in self.panels)
        if bool(self.time) != shown:
            raise ValueError(
                f"{self.name} has time={self.time!r} and {'a' if shown else 'no'} panel"
                " with time=True; the two go together."
            )

    @property
    def plays(self) -> bool:
        """Whether there is anything to play: a time, or an engine that takes steps."""
        return bool(self.time or self.still)

    def _check_play(self) -> None:
        """Answers and predictions wait for the first step of Play."""
        if MOMENT in self.params:
            raise ValueError(
                f"a parameter of {self.name} is named {MOMENT!r}, which in a link is"
                " the place in time; name it otherwise."
            )
        if self.plays:
            return
        for panel, mark in self.marks():
            if mark.answer:
                raise ValueError(
                    f"a {mark.kind} of {panel.title!r} is an answer, and {self.name}"
                    " has nothing to play; leave answer out."
                )
        if self.question:
            raise ValueError(
                f"{self.name} asks {self.question.ask!r} and has nothing to play; leave"
                " question out."
            )

    # ---- its frames ------------------------------------------------------------------

    def _as_array(self, name: str, value: object) -> np.ndarray:
        try:
            return np.asarray(value, dtype=float)
        except (TypeError, ValueError):
            raise ValueError(
                f"the array {name!r} of {self.name} is a {type(value).__name__} that is"
                " not made of real numbers; return an array of numbers."
            ) from None

    def _check_frame(self, arrays: Frame) -> None:
        """Every array that a mark names is there, is finite, and has its shape."""
        if self.time:
            one_of(f"the time of {self.name}", self.time, arrays)
        for panel, mark in self.marks():
            for name in mark.arrays:
                one_of(f"an array of {panel.title!r} in {self.name}", name, arrays)
            self._check_shapes(panel, mark, arrays)
        for name, array in arrays.items():
            bad = np.count_nonzero(~np.isfinite(array))
            if bad:
                raise ValueError(
                    f"the array {name!r} of {self.name} holds NaN or infinity at {bad}"
                    " of its places; return finite numbers only."
                )

    def _check_shapes(self, panel: Panel, mark: Mark, arrays: Frame) -> None:
        moments = arrays[self.time].size if self.time else 0
        shapes = mark.expects(arrays, moments)
        if mark.drag:
            shapes.append((mark.x, (len(self.params[mark.drag].default),)))
        for name, shape in shapes:
            if arrays[name].shape != shape:
                moving = "moving " if mark.moving else ""
                raise ValueError(
                    f"the array {name!r} of {self.name} has shape {arrays[name].shape};"
                    f" a {moving}{mark.kind} over {mark.x!r} in {panel.title!r} expects"
                    f" {shape}."
                )
