"""A claim: a sentence with a number, the function of a seed that measures it, the
window it must stay in, and a wrong theory that the window refuses.
"""

from __future__ import annotations

import functools
import inspect
import re
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from fbkit._chapters import chapter_modules
from fbkit._errors import one_of
from fbkit.ledger.key import hash_of, key_of, key_of_entry
from fbkit.ledger.stored import (
    Calibration,
    Record,
    plain,
    read_build,
    read_calibration,
    read_record,
)

# Units of what is counted: such a row may be off by one.
WHOLE = ("steps", "points", "units", "frequencies", "degrees", "seeds", "runs", "folds")
RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
ROUNDING = 1e-5  # of a size: what single precision leaves open in a trained network
NEAREST = 1e-12  # below this a difference is the rounding of the machine

_CLAIMS: dict[str, Claim] = {}

Numbers = ArrayLike | Callable[[], ArrayLike]


@dataclass(frozen=True)
class Claim:
    """A statement with its numbers: what theory expects, how far off they may be.

    Parameters
    ----------
    id, source : the name in the ledger; an arXiv id, or "derived here".
    template : the sentence, with a row's name in braces where its number stands.
    rows : name of each number that `function` returns, and its unit.
    function : seed -> one number for each row.
    expects : theory's numbers, a function that computes them, or None where theory has
        none: then the mean of the calibration is expected ("measured, not predicted").
    rivals : by name, the numbers of a wrong theory, one a row, nan where it agrees.
    kind : "live", or "recorded" where it takes more than 5 s or reads a stored run.
    seeds : those of the build; (0,) for what has no chance.
    heavy : a seed takes more than a minute.
    typed_tolerance : only for claims of the old form, which have no calibration.
    """

    id: str
    source: str
    template: str
    rows: Mapping[str, str]
    function: Callable[[int], ArrayLike]
    expects: Numbers | None
    rivals: Mapping[str, Numbers]
    kind: str
    seeds: tuple[int, ...]
    heavy: bool = False
    typed_tolerance: ArrayLike | None = None

    # ---- what it says ----

    @property
    def says(self) -> str:
        """The sentence, with the expected numbers in it."""
        if self.typed_tolerance is not None:
            return self.template
        numbers = dict(zip(self.rows, map(Figure, self.expected)))
        return self.template.format_map(numbers)

    @property
    def key_rows(self) -> list[int]:
        """Places of the rows whose numbers stand in the sentence."""
        names = [name for _, name, _, _ in string.Formatter().parse(self.template)]
        return [i for i, row in enumerate(self.rows) if row in names]

    @property
    def chance(self) -> bool:
        """Whether seeds differ: a claim on the one seed 0 has no chance."""
        return self.seeds != (0,)

    # ---- the window ----

    @functools.cached_property
    def expected(self) -> np.ndarray:
        """Theory's number for each row, or the mean of the calibration."""
        if self.expects is None:
            if self.calibration is None:
                return np.full(len(self.rows), np.nan)
            return self.calibration.mean
        return self._one_a_row(self._kept.get("expected", self.expects))

    @functools.cached_property
    def tolerance(self) -> np.ndarray:
        """How far off each row may be: |expected - mean| + k sd of the calibration,
        rounded up to two digits; k = 5 with 20 seeds, 6 with 8.

        A count may be off by one. What has no chance may be off by 1e-5 of its value or
        its rival's, whichever is larger: single precision rounds differently on
        different machines, and what is expected to be 0 is rounding alone.
        """
        if self.typed_tolerance is not None:
            return self._one_a_row(self.typed_tolerance)
        if self.calibration is None:
            return np.full(len(self.rows), np.nan)
        mean, sd = self.calibration.mean, self.calibration.sd
        spread = (5 if len(self.calibration.seeds) >= 20 else 6) * sd
        if not self.chance:
            sizes = np.abs([mean, *self.rival.values()])
            spread = ROUNDING * np.nanmax(sizes, axis=0)
        wide = np.abs(self.expected - mean) + spread
        least = [1.0 if unit in WHOLE else NEAREST for unit in self.rows.values()]
        return np.array([rounded_up(v) for v in np.maximum(wide, least)])

    @functools.cached_property
    def rival(self) -> dict[str, np.ndarray]:
        """The wrong theories' numbers by name, one a row, nan where one agrees."""
        given = self._kept.get("rival", self.rivals)
        return {name: self._one_a_row(numbers) for name, numbers in given.items()}

    def distance(self, rival: str) -> float:
        """How many tolerances the sentence's number is from the rival's."""
        rows = self.key_rows
        off = np.abs(self.expected - self.rival[rival])[rows] / self.tolerance[rows]
        return float(np.nanmax(off)) if np.isfinite(off).any() else 0.0

    def holds(self, measured: ArrayLike) -> bool:
        """Whether every number, (seeds, rows) or (rows,), is within its tolerance of
        the expected one; NaN never is, infinity only where infinity is expected.
        """
        wanted, found = np.broadcast_arrays(
            self.expected, np.asarray(measured, dtype=float)
        )
        with np.errstate(invalid="ignore"):
            close = np.abs(found - wanted) <= self.tolerance
        return bool(np.all(close | (np.isinf(wanted) & (found == wanted))))

    def _one_a_row(self, numbers: Numbers) -> np.ndarray:
        given = np.asarray(numbers() if callable(numbers) else numbers, dtype=float)
        if given.ndim > 1 or (given.ndim == 1 and len(given) != len(self.rows)):
            raise ValueError(
                f"claim {self.id} has {len(self.rows)} rows, but {given.size} numbers"
                " for them; give one a row, or one for all."
            )
        return np.broadcast_to(given, (len(self.rows),)).copy()

    # ---- what it rests on ----

    @functools.cached_property
    def theory_key(self) -> str:
        """A hash of what theory's numbers depend on, the rivals' included; "" where
        that cannot be told.
        """
        entered = key_of_entry(self.function)
        given = {"": self.expects, **self.rivals}
        numbers = [
            f"{name} {plain(one)}"
            for name, one in given.items()
            if one is not None and not callable(one)
        ]
        return entered and hash_of([entered, *numbers])

    @functools.cached_property
    def _kept(self) -> Mapping:
        """What the last build knows of theory's numbers, if they are the same still:
        some take seconds, and every page would compute them anew.
        """
        entry = read_build().get(self.id, {})
        fits = self.theory_key and entry.get("theory") == self.theory_key
        return entry if fits else {}

    @property
    def knows_theory(self) -> bool:
        """Whether theory's numbers are at hand, without computing anything."""
        return bool(self._kept) or {"expected", "rival"} <= vars(self).keys()

    def learn(self, values: Mapping) -> None:
        """Take "expected" and "rival" from a process that has computed them."""
        vars(self).update(values)

    @functools.cached_property
    def keys(self) -> tuple[str, str]:
        """Hashes of what the values depend on: own part and library (see `key`)."""
        return key_of(self.function)

    @property
    def key(self) -> str:
        """Both hashes as one text."""
        return "-".join(self.keys)

    @property
    def folder(self) -> Path:
        """The chapter's folder, which also holds its records and calibrations."""
        return Path(inspect.getfile(inspect.unwrap(self.function))).parent

    @functools.cached_property
    def calibration(self) -> Calibration | None:
        """The stored calibration, current or not; None where there is none."""
        return read_calibration(self.folder, self.id)

    @property
    def calibrated(self) -> bool:
        """Whether the window comes from a calibration of exactly this claim."""
        return (
            self.typed_tolerance is None
            and self.calibration is not None
            and self.calibration.keys == self.keys
        )

    def record(self) -> Record:
        """The stored values of a recorded claim; an error where they do not fit."""
        return read_record(self.folder, self.id, self.keys, self.seeds)

    def measure(self) -> np.ndarray:
        """Values (seeds, rows), computed now or read from the record."""
        if self.kind == "recorded":
            return self.record().values
        return np.array([self.run(seed) for seed in self.seeds])

    def run(self, seed: int) -> np.ndarray:
        """The values (rows,) of one seed, computed now."""
        values = np.atleast_1d(np.asarray(self.function(seed), dtype=float))
        if self.typed_tolerance is None and values.shape != (len(self.rows),):
            raise ValueError(
                f"claim {self.id} returned {values.size} numbers for its"
                f" {len(self.rows)} rows; return one a row."
            )
        return values

    # ---- what is refused ----

    def refusal(self) -> str:
        """Why the claim cannot stand in the ledger, whatever is measured; "" if it can.

        A claim whose window lets a wrong theory pass says nothing.
        """
        if self.typed_tolerance is not None:
            return ""
        if self.calibration is None:
            return f"has no calibration; make one with: make calibrate ID={self.id}"
        if not np.all(np.isfinite(self.expected)):
            return "expects a number that is not finite; give theory's, or leave it out"
        if len(self.says) > 160:
            return f"says it in {len(self.says)} characters; use at most 160"
        for name in self.rival:
            if self.distance(name) < 2:
                return (
                    f"would pass under its rival {name!r}, {self.distance(name):.2g}"
                    f" tolerances away; expected at least 2, so {self._advice()}"
                )
        return ""

    def _advice(self) -> str:
        """What to do about a window that is too wide."""
        off = np.abs(self.expected - self.calibration.mean)
        widest = int(np.argmax(off / self.tolerance))
        if off[widest] < 0.5 * self.tolerance[widest]:
            return "average more runs or claim something sharper"
        mean, theory = self.calibration.mean[widest], self.expected[widest]
        return (
            f"find out why theory's number, {number(theory)}, is far from the mean of"
            f" the calibration, {number(mean)}"
        )


class Figure(float):
    """A number that prints with three digits where a sentence asks for no format, with
    a true minus and a space before the percent sign.

    >>> f"{Figure(0.123456)}", f"{Figure(-0.123456):.1f}", f"{Figure(0.25):.0%}"
    ('0.123', '−0.1', '25 %')
    """

    def __format__(self, form: str) -> str:
        plain = format(float(self), form) if form else number(self)
        return plain.replace("-", "−").replace("%", " %")


def enter(
    *,
    id: str,
    source: str,
    says: str,
    rows: Mapping[str, str],
    rival: Mapping[str, Numbers],
    expected: Numbers | None = None,
    kind: str = "live",
    chance: bool = True,
    heavy: bool = False,
) -> Callable:
    """Enter the decorated function of a seed into the ledger.

    Parameters
    ----------
    id : small letters and hyphens, as in "circle-steps".
    source : the paper with its arXiv id, or "derived here".
    says : one sentence of at most 160 characters; a row's name in braces stands for its
        expected number: "Frequency 3 takes {frequency 3:.0f} steps." 1 to 6 rows.
    rows : {name: unit} of the numbers that the function returns, "" for no unit.
    rival : {name: numbers} of wrong theories, one number a row, nan where one agrees; a
        function of no argument may compute them.
    expected : theory's numbers, or a function that computes them; left out where theory
        has none.
    kind : "live" (at most 5 s for seeds 0 to 2) or "recorded".
    chance : False where no seed is used: then it is one run.
    heavy : True where one seed takes more than a minute.

    Raises ValueError with one sentence for an entry that cannot be right. The tolerance
    is not given: `make calibrate ID=...` computes it.
    """
    _check_entry(id, source, says, rows, rival)

    def entered(function: Callable) -> Callable:
        new = Claim(
            id=id,
            source=source,
            template=says,
            rows=dict(rows),
            function=function,
            expects=expected,
            rivals=dict(rival),
            kind=one_of("kind", kind, ["live", "recorded"]),
            seeds=(0, 1, 2) if chance else (0,),
            heavy=heavy,
        )
        return _enter(new)

    return entered


def ledger(
    *,
    id: str,
    source: str,
    statement: str,
    expected: ArrayLike,
    tolerance: ArrayLike,
    unit: str = "",
    kind: str = "live",
    seeds: Sequence[int] = (0, 1, 2),
) -> Callable:
    """Enter a claim of the old form, with a tolerance typed by hand: it counts as "not
    calibrated" until it is brought into the form of `enter`.
    """

    def entered(function: Callable) -> Callable:
        count = np.broadcast(np.asarray(expected), np.asarray(tolerance)).size
        old = Claim(
            id=id,
            source=source,
            template=statement,
            rows={f"number {i + 1}": unit for i in range(count)},
            function=function,
            expects=expected,
            rivals={},
            kind=one_of("kind", kind, ["live", "recorded"]),
            seeds=tuple(seeds),
            typed_tolerance=tolerance,
        )
        return _enter(old)

    return entered


def registry() -> dict[str, Claim]:
    """All claims by id, found by listing the chapters' folders.

    >>> all(c.id == i for i, c in registry().items())
    True
    """
    chapter_modules("claims")  # importing a chapter's claims enters them
    return _CLAIMS


def _enter(new: Claim) -> Callable:
    known = _CLAIMS.get(new.id)
    sources = inspect.getsource
    if known is not None and sources(known.function) != sources(new.function):
        raise ValueError(f"claim {new.id} is in the ledger already; choose another id.")
    _CLAIMS[new.id] = new
    return new.function


def _check_entry(
    id: str,
    source: str,
    says: str,
    rows: Mapping[str, str],
    rival: Mapping[str, Numbers],
) -> None:
    wrong = ""
    if id != id.lower() or " " in id:
        wrong = "has an id with capitals or spaces; use small letters and hyphens"
    elif "arXiv" not in source and "derived here" not in source:
        wrong = f'has the source {source!r}; expected an arXiv id, or "derived here"'
    elif not isinstance(rival, Mapping) or not rival:
        wrong = "names no rival; pass rival={name: the numbers of a wrong theory}"
    wrong = wrong or _wrong_rows(rows) or _wrong_sentence(says, rows)
    if wrong:
        raise ValueError(f"claim {id} {wrong}.")


def _wrong_rows(rows: Mapping[str, str]) -> str:
    """Why rows cannot stand in a sentence or a link; "" if they can."""
    if not 1 <= len(rows) <= 6:
        return f"has {len(rows)} rows; expected 1 to 6, {{name: unit}}"
    if any(name.isdigit() or set(name) & set(".[]:!") for name in rows):
        return f"has the rows {_names(rows)}; use words, which can stand in a sentence"
    if len({slug(name) for name in rows}) < len(rows):
        same = f"has rows with the same letters and digits, {_names(rows)}"
        return f"{same}; a link names a row by those alone"
    return ""


def _wrong_sentence(says: str, rows: Mapping[str, str]) -> str:
    """Why a sentence cannot be what a claim says; "" if it can."""
    named = {name for _, name, _, _ in string.Formatter().parse(says) if name}
    if named - set(rows):
        return f"says {_names(named - set(rows))}; its rows are {_names(rows)}"
    if not named:
        return f"says no number of its own; put one of {_names(rows)} into the text"
    if not says.rstrip().endswith("."):
        return "says no whole sentence; end it with a full stop"
    return ""


def _names(rows: Sequence[str] | set[str] | Mapping[str, str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(rows))


def slug(name: str) -> str:
    """A row's name as a link spells it: letters and digits, joined by hyphens.

    >>> slug("with bias, rate of 3"), slug("80 % of 4"), slug("rate of 6 over μ")
    ('with-bias-rate-of-3', '80-of-4', 'rate-of-6-over-μ')
    """
    return "-".join(re.findall(r"\w+", name.lower().replace("_", " ")))


def rounded_up(value: float) -> float:
    """The next number above with two digits.

    >>> rounded_up(0.01234), rounded_up(151.0), rounded_up(2.0), rounded_up(0.0)
    (0.013, 160.0, 2.0, 0.0)
    """
    if not value > 0:
        return float(value)
    decimals = 1 - int(np.floor(np.log10(value)))
    unit = 10.0**-decimals
    steps = np.ceil(value / unit - 1e-9)  # 2.0 is 20 units, not 21
    return float(f"{steps * unit:.1e}")


def number(value: float) -> str:
    """Three digits, and no power of ten for the thousands.

    >>> number(1244.6), number(0.01234), number(float("inf"))
    ('1245', '0.0123', 'never')
    """
    if np.isinf(value):
        return "never"
    return f"{value:.0f}" if 1000 <= abs(value) < 1e5 else f"{value:.3g}"
