"""The typed parameters of an explorer: a number, a choice, or a few numbers dragged.

Each checks its own definition when it is made and a value when one is given; a fault is
a ValueError of one sentence.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from fbkit._errors import one_of, real_array


@dataclass(frozen=True)
class Number:
    """A number between `low` and `high`, moved by a slider.

    Parameters
    ----------
    label : what the reader sees.
    default, low, high : where it starts, and its bounds.
    values : the ladder of values that the slider steps over; without one, even steps.
    unit : a word behind the number.
    log : the slider's steps are equal ratios; needs `low` above 0.
    whole, even : only whole, only even numbers.
    entry : a box to type in instead of a slider.
    live : a change does not start a running engine again.

    >>> Number("Width", 7, 16, 1024)
    Traceback (most recent call last):
    ValueError: the default of 'Width' is 7; expected a number from 16 to 1024.
    """

    label: str
    default: float
    low: float
    high: float
    values: tuple[float, ...] = ()
    unit: str = ""
    log: bool = False
    whole: bool = False
    even: bool = False
    entry: bool = False
    live: bool = False
    kind: str = field(default="number", init=False)

    def __post_init__(self) -> None:
        _check_bounds(self.label, self.low, self.high)
        if self.log and self.low <= 0:
            raise ValueError(
                f"{self.label!r} is logarithmic and starts at {self.low:g}; pass low"
                " above 0."
            )
        self.check(f"the default of {self.label!r}", self.default)
        for value in self.values:
            self.check(f"a value of {self.label!r}", value)

    def check(self, name: str, value: object) -> float:
        """`value` as a number within the bounds, or a ValueError that names `name`."""
        number = _as_number(value)
        allowed = self.low <= number <= self.high  # False for NaN
        if self.whole:
            allowed = allowed and number.is_integer()
        if self.even:
            allowed = allowed and number % 2 == 0
        if not allowed:
            raise ValueError(
                f"{name} is {value!r}; expected {self._wanted()} from {self.low:g} to"
                f" {self.high:g}."
            )
        return int(number) if self.whole else number

    def _wanted(self) -> str:
        if self.even:
            return "an even number"
        if self.whole:
            return "a whole number"
        return "a number"


@dataclass(frozen=True)
class Choice:
    """One of the keys of `options`; the dict's values are what the reader sees.

    >>> Choice("Activation", "rely", {"relu": "ReLU", "tanh": "tanh"})
    Traceback (most recent call last):
    ValueError: the default of 'Activation' is 'rely'; expected one of relu, tanh \
(did you mean 'relu'?).
    """

    label: str
    default: str
    options: dict[str, str]
    live: bool = False
    kind: str = field(default="choice", init=False)

    def __post_init__(self) -> None:
        self.check(f"the default of {self.label!r}", self.default)

    @property
    def values(self) -> tuple[str, ...]:
        """The keys that may be chosen."""
        return tuple(self.options)

    def check(self, name: str, value: object) -> str:
        """`value` if it is an option, or a ValueError that names `name`."""
        return one_of(name, value, self.options)


@dataclass(frozen=True)
class Array:
    """A fixed number of values between `low` and `high`, dragged on the picture.

    Parameters
    ----------
    label : what the reader sees.
    default : the values at the start; their number is fixed.
    low, high : the bounds of each.
    names : what each one is, for those who cannot see the picture.
    step : what an arrow key adds, and what a drag is rounded to.
    live : a change does not start a running engine again.

    >>> Array("Height", (0, 1), -1, 1, ("left", "middle", "right"))
    Traceback (most recent call last):
    ValueError: 'Height' has 2 numbers and 3 names; pass a name for each number.
    """

    label: str
    default: tuple[float, ...]
    low: float
    high: float
    names: tuple[str, ...]
    step: float = 0.05
    live: bool = False
    kind: str = field(default="array", init=False)

    def __post_init__(self) -> None:
        _check_bounds(self.label, self.low, self.high)
        self.check(f"the default of {self.label!r}", self.default)
        if len(self.names) != len(self.default):
            raise ValueError(
                f"{self.label!r} has {len(self.default)} numbers and"
                f" {len(self.names)} names; pass a name for each number."
            )

    def check(self, name: str, value: object) -> list[float]:
        """`value` as numbers within the bounds, or a ValueError that names `name`."""
        numbers = real_array(name, value, shape=(len(self.default),))
        if numbers.min() < self.low or numbers.max() > self.high:
            raise ValueError(
                f"{name} reaches from {numbers.min():g} to {numbers.max():g}; expected"
                f" {len(numbers)} numbers from {self.low:g} to {self.high:g}."
            )
        return numbers.tolist()


Parameter = Number | Choice | Array


def _as_number(value: object) -> float:
    """`value` as a float; NaN where it is no number."""
    if isinstance(value, (bool, str)):
        return np.nan
    try:
        return float(value)
    except (TypeError, ValueError):
        return np.nan


def _check_bounds(label: str, low: float, high: float) -> None:
    if not low < high:
        raise ValueError(
            f"{label!r} goes from {low} to {high}; pass low below high, both numbers."
        )
