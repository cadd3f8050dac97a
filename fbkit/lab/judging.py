"""Judges: functions of (answer, ask) giving (score from 0 to 1, one sentence that
teaches).

A judge sees plain data only. Comparisons are written so that NaN fails.
"""

import numpy as np


class Refused(ValueError):
    """The answer is not of the kind asked for; its message is the sentence for the
    student.
    """


def numbers(answer, shape=None, *, name="the answer", finite=True):
    """`answer` as a float array of `shape`, or Refused with one sentence. `shape` may
    hold None for a free axis.

    >>> numbers([1, 2], (2,))
    array([1., 2.])
    >>> numbers(None, (2,))
    Traceback (most recent call last):
    fbkit.lab.judging.Refused: nothing came back: fill in the blank and return a value.
    >>> numbers([1.0, float("nan")], (2,))
    Traceback (most recent call last):
    fbkit.lab.judging.Refused: the answer holds NaN at index 1.
    """
    if (
        answer is None
        or isinstance(answer, list)
        and answer
        and all(entry is None for entry in answer)
    ):
        raise Refused("nothing came back: fill in the blank and return a value.")
    try:
        array = np.asarray(answer)
    except (ValueError, TypeError, OverflowError, RecursionError):
        raise Refused(
            f"{name} is not an array: its rows differ in length or kind."
        ) from None
    if array.dtype.kind == "c":
        raise Refused(f"{name} holds complex numbers, and real ones were expected.")
    if array.dtype.kind not in "biuf":
        raise Refused(
            f"{name} is a {type(answer).__name__} that is not made of numbers."
        )
    if shape is not None and not _fits(array.shape, shape):
        raise Refused(f"{name} has shape {array.shape}, expected {_shape(shape)}.")
    with np.errstate(over="ignore"):
        array = array.astype(float)
    bad = np.isnan(array) | (np.isinf(array) if finite else False)
    if bad.any():
        index = tuple(int(i) for i in np.argwhere(bad)[0])
        where = f" at index {index[0] if len(index) == 1 else index}" if index else ""
        raise Refused(
            f"{name} holds {'NaN' if np.isnan(array[index]) else 'infinity'}{where}."
        )
    return array


def near(array, expected, within):
    """Where |array - expected| <= within, entry by entry; equal infinities are near,
    NaN never is.

    >>> near(np.array([1.0, np.nan, np.inf]), np.array([1.1, 1.0, np.inf]), 0.2).tolist()
    [True, False, True]
    """
    with np.errstate(invalid="ignore", over="ignore"):
        return (array == expected) | (np.abs(array - expected) <= within)


def close(expected, within=1e-6, *, mistakes=(), scale=None, labels=None, finite=True):
    """A judge: 1 if every entry is within `within` (a number or an array) of
    `expected`.

    Parameters
    ----------
    expected : array, the right answer; its shape is the one expected.
    mistakes : (wrong answer, score, sentence) for mistakes that have a name; the first
        that fits counts.
    scale : score of an answer that is right up to one common factor, or None.
    labels : what the entries along the last axis are called in sentences: a name, or a
        number k for "frequency k"; default "entry 0" and so on.
    finite : whether infinity is refused.

    >>> judge = close([1.0, 2.0], mistakes=[([2.0, 1.0], 0.5, "That is the wrong way round.")], scale=0.3)
    >>> judge([1, 2], None), judge([2, 1], None)
    ((1.0, ''), (0.5, 'That is the wrong way round.'))
    >>> judge([3, 6], None)
    (0.3, 'every entry is 3 times what it should be: look at the normalisation.')
    >>> judge([1, 4], None)
    (0.0, 'entry 1 is 4, expected 2.')
    """
    expected = np.asarray(expected, dtype=float)
    within = np.broadcast_to(np.asarray(within, dtype=float), expected.shape)
    if labels is None:
        labels = [
            f"entry {i}" for i in range(expected.shape[-1] if expected.ndim else 0)
        ]
    shown = [
        name if isinstance(name, str) else f"frequency {name:g}" for name in labels
    ]

    def judge(answer, ask):
        try:
            array = numbers(answer, expected.shape, finite=finite)
        except Refused as refused:
            return 0.0, str(refused)
        good = near(array, expected, within)
        if good.all():
            return 1.0, ""
        for wrong, score, sentence in mistakes:
            if near(array, np.asarray(wrong, dtype=float), within).all():
                return float(score), sentence
        if scale is not None:
            factor = _factor(array, expected)
            if factor and near(array, factor * expected, np.abs(factor) * within).all():
                return (
                    float(scale),
                    (
                        f"every entry is {factor:.3g} times what it should be: look at"
                        " the normalisation."
                    ),
                )
        index = tuple(np.argwhere(~good)[0])
        what = shown[index[-1]] if index else "it"
        row = (
            f" (row {', '.join(str(i) for i in index[:-1])})" if len(index) > 1 else ""
        )
        return (
            0.0,
            f"{what}{row} is {array[index]:.4g}, expected {expected[index]:.4g}.",
        )

    return judge


def _factor(array, expected):
    """The c for which c * expected is nearest to array; 0 if there is none worth
    naming.
    """
    with np.errstate(all="ignore"):
        factor = np.sum(array * expected) / np.sum(expected * expected)
    return float(factor) if np.isfinite(factor) and np.abs(factor) > 1e-3 else 0.0


def _fits(shape, wanted):
    return len(shape) == len(wanted) and all(
        w is None or s == w for s, w in zip(shape, wanted)
    )


def _shape(wanted):
    return (
        "("
        + ", ".join("any" if w is None else str(w) for w in wanted)
        + ("," if len(wanted) == 1 else "")
        + ")"
    )
