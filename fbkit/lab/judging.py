"""Judges: functions of (answer, ask) that give a score and a sentence that teaches.

A judge sees plain data only, and may raise Refused instead: score 0 and its sentence.
Comparisons are written so that NaN fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike

Verdict = tuple[float, str]  # a score from 0 to 1, and one sentence
Judge = Callable[[object, dict], Verdict]
Mistake = tuple[ArrayLike, float, str]  # a wrong answer, its score, its sentence


class Refused(ValueError):
    """The answer earns nothing; the message is the sentence for the student."""


def fields(answer: object, *names: str) -> list:
    """The values in the answer to a `read`, in the order of `names`.

    A value that is missing is None, which `numbers` refuses.

    >>> limit, trial = fields({"limit": 2.0}, "limit", "trial")
    >>> limit, trial
    (2.0, None)
    """
    given = answer if isinstance(answer, dict) else {}
    return [given.get(name) for name in names]


def numbers(
    answer: object,
    shape: Sequence[int | None] | None = None,
    *,
    name: str = "the answer",
    finite: bool = True,
) -> np.ndarray:
    """`answer` as an array of floats, or Refused with one sentence.

    Parameters
    ----------
    answer : what came.
    shape : the shape expected, with None for a free axis; None for any shape.
    name : what the sentence calls the answer.
    finite : whether infinity is refused; NaN always is.

    Returns
    -------
    array : floats of the answer's shape.

    >>> numbers([1, 2], (2,))
    array([1., 2.])
    >>> numbers(None, (2,))
    Traceback (most recent call last):
    fbkit.lab.judging.Refused: nothing came back: fill in the blank and return a value.
    >>> numbers([1.0, float("nan")], (2,))
    Traceback (most recent call last):
    fbkit.lab.judging.Refused: the answer holds NaN at index 1.
    """
    if _is_blank(answer):
        raise Refused("nothing came back: fill in the blank and return a value.")
    array = _real_array(answer, name)
    if shape is not None and not _fits(array.shape, shape):
        wanted = _written(shape)
        raise Refused(f"{name} has shape {array.shape}, expected {wanted}.")
    with np.errstate(over="ignore"):
        array = array.astype(float)
    bad = np.isnan(array)
    if finite:
        bad = bad | np.isinf(array)
    if bad.any():
        raise Refused(f"{name} holds {_first_bad(array, bad)}.")
    return array


def near(array: ArrayLike, expected: ArrayLike, within: ArrayLike) -> np.ndarray:
    """Where |array - expected| <= within, entry by entry.

    Equal infinities are near; NaN never is.

    >>> near(np.array([1.0, np.nan, np.inf]), [1.1, 1.0, np.inf], 0.2).tolist()
    [True, False, True]
    """
    array = np.asarray(array)
    expected = np.asarray(expected)
    with np.errstate(invalid="ignore", over="ignore"):
        return (array == expected) | (np.abs(array - expected) <= within)


def told_apart(
    mistakes: Iterable[Mistake], expected: ArrayLike, within: ArrayLike
) -> list[Mistake]:
    """The mistakes that can be told from the right answer to within `within`.

    With arguments drawn from a seed a wrong formula may give the right numbers.

    >>> told_apart([([1, 2], 0.5, "the same"), ([2, 1], 0.3, "turned")], [1, 2], 1e-6)
    [([2, 1], 0.3, 'turned')]
    """
    # An answer may be `within` away from both, so that they need twice that.
    apart = 2 * np.asarray(within, dtype=float)
    return [
        mistake
        for mistake in mistakes
        if not near(np.asarray(mistake[0], dtype=float), expected, apart).all()
    ]


def close(
    expected: ArrayLike,
    within: ArrayLike = 1e-6,
    *,
    mistakes: Iterable[Mistake] = (),
    scale: float | None = None,
    labels: Iterable[str | float] | None = None,
    finite: bool = True,
) -> Judge:
    """A judge: 1 if every entry is within `within` of `expected`.

    Parameters
    ----------
    expected : the right answer; its shape is the one expected.
    within : one number, or one for each entry.
    mistakes : (wrong answer, score, sentence) for mistakes that have a name. The first
        that fits counts; one that equals the right answer does not count.
    scale : score of an answer that is right up to one common factor, or None.
    labels : what the entries along the last axis are called in sentences: a name, or a
        number k for "frequency k"; by default "entry 0" and so on.
    finite : whether infinity is refused.

    Returns
    -------
    judge : a function of (answer, ask); it raises Refused for what is not an array of
        real numbers of that shape.

    >>> turned = ([2.0, 1.0], 0.5, "That is the wrong way round.")
    >>> judge = close([1.0, 2.0], mistakes=[turned], scale=0.3)
    >>> judge([1, 2], None), judge([2, 1], None)
    ((1.0, ''), (0.5, 'That is the wrong way round.'))
    >>> judge([3, 6], None)
    (0.3, 'every entry is 3 times what it should be: look at the normalisation.')
    >>> judge([1, 4], None)
    (0.0, 'entry 1 is 4, expected 2.')
    """
    right = np.asarray(expected, dtype=float)
    window = np.broadcast_to(np.asarray(within, dtype=float), right.shape)
    known = told_apart(mistakes, right, window)
    names = _names(labels, right)

    def judge(answer: object, ask: dict) -> Verdict:
        array = numbers(answer, right.shape, finite=finite)
        good = near(array, right, window)
        if good.all():
            return 1.0, ""
        for wrong, score, sentence in known:
            if near(array, np.asarray(wrong, dtype=float), window).all():
                return float(score), sentence
        if scale is not None:
            factor = _factor(array, right)
            if factor and near(array, factor * right, np.abs(factor) * window).all():
                return float(scale), (
                    f"every entry is {factor:.3g} times what it should be: look at the"
                    " normalisation."
                )
        return 0.0, _first_miss(array, right, good, names)

    return judge


def _is_blank(answer: object) -> bool:
    """Whether a blank was left: nothing, or a list of nothing but nothing."""
    if isinstance(answer, list) and answer:
        return all(entry is None for entry in answer)
    return answer is None


def _real_array(answer: object, name: str) -> np.ndarray:
    """`answer` as an array of booleans, integers or floats, or Refused."""
    try:
        array = np.asarray(answer)
    except (ValueError, TypeError, OverflowError, RecursionError):
        sentence = f"{name} is not an array: its rows differ in length or kind."
        raise Refused(sentence) from None
    if array.dtype.kind == "c":
        raise Refused(f"{name} holds complex numbers, and real ones were expected.")
    if array.dtype.kind not in "biuf":
        kind = type(answer).__name__
        raise Refused(f"{name} is a {kind} that is not made of numbers.")
    return array


def _first_bad(array: np.ndarray, bad: np.ndarray) -> str:
    """What stands in the first bad place, and where: "NaN at index 1"."""
    index = tuple(int(i) for i in np.argwhere(bad)[0])
    what = "NaN" if np.isnan(array[index]) else "infinity"
    if len(index) == 0:
        return what
    if len(index) == 1:
        return f"{what} at index {index[0]}"
    return f"{what} at index {index}"


def _names(labels: Iterable[str | float] | None, right: np.ndarray) -> list[str]:
    """What `close` calls the entries along the last axis."""
    if labels is None:
        count = right.shape[-1] if right.ndim else 0
        return [f"entry {i}" for i in range(count)]
    return [
        label if isinstance(label, str) else f"frequency {label:g}" for label in labels
    ]


def _first_miss(
    array: np.ndarray, right: np.ndarray, good: np.ndarray, names: list[str]
) -> str:
    """The sentence on the first entry that is not good."""
    index = tuple(np.argwhere(~good)[0])
    what = names[index[-1]] if index else "it"
    if len(index) > 1:
        row = ", ".join(str(i) for i in index[:-1])
        what = f"{what} (row {row})"
    return f"{what} is {array[index]:.4g}, expected {right[index]:.4g}."


def _factor(array: np.ndarray, right: np.ndarray) -> float:
    """The c for which c * right is nearest to array; 0 if none is worth naming."""
    with np.errstate(all="ignore"):
        factor = np.sum(array * right) / np.sum(right * right)
    return float(factor) if np.isfinite(factor) and np.abs(factor) > 1e-3 else 0.0


def _fits(shape: Sequence[int], wanted: Sequence[int | None]) -> bool:
    if len(shape) != len(wanted):
        return False
    return all(want is None or length == want for length, want in zip(shape, wanted))


def _written(shape: Sequence[int | None]) -> str:
    """The shape as Python writes it, with "any" for a free axis."""
    lengths = ", ".join("any" if length is None else str(length) for length in shape)
    return f"({lengths},)" if len(shape) == 1 else f"({lengths})"
