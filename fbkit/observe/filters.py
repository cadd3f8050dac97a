"""Low and high parts of data in many dimensions, where there is no DFT."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from fbkit._errors import instance, positive, real_array, within_memory
from fbkit.targets import Target


def low_pass(X: ArrayLike, variance: float) -> np.ndarray:
    """Row-normalised Gaussian filter: G_ij ~ exp(-|x_i - x_j|^2 / (2 variance)).

    On samples in many dimensions there is no DFT; averaging neighbours is a low-pass
    filter all the same (Xu et al., arXiv 1901.06523, whose delta the variance is).

    Parameters
    ----------
    X : (n, d) points.
    variance : of the Gaussian, above 0.

    Returns
    -------
    (n, n), rows summing to 1.

    >>> low_pass([[0.0], [1.0]], 0.5).round(3).tolist()
    [[0.731, 0.269], [0.269, 0.731]]
    """
    x = real_array("X", X, ndim=2)
    variance = positive("variance", variance)
    within_memory("X", len(x), len(x))
    square = np.square(x).sum(axis=1)
    distance = square[:, None] + square - 2 * x @ x.T  # (n, n)
    with np.errstate(over="ignore"):  # of infinite distance: the weight is 0
        weight = np.exp(-np.maximum(distance, 0) / (2 * variance))
    return weight / weight.sum(axis=1, keepdims=True)


def filter_errors(
    predictions: ArrayLike,
    target: Target,
    variance: float,
    remove_mean: bool = True,
) -> tuple[np.ndarray, np.ndarray, float]:
    """Relative errors of the low and of the high part, and the low part's share.

    With the filter G of `low_pass` and predictions h of the values y they are |G h - G
    y| / |G y| and the same with 1 - G.

    Parameters
    ----------
    predictions : (T, n, outputs) or (n, outputs); of one output also (T, n) or (n,).
    target : with values (n, outputs) or (n,).
    variance : of the filter.
    remove_mean : the constant mean belongs to every low part and is learned at once
        whatever the labels are; leave this on, or random labels will seem to show a
        frequency bias too.

    Returns
    -------
    low : (T,)
    high : (T,)
    share : |G y|^2 / |y|^2, the part of the target's energy that the filter lets
        through (G is no projection, so the energies of the two parts do not add up to
        |y|^2).

    Raises ValueError where the filter leaves no low or no high part of the values.

    >>> from fbkit.targets import digits
    >>> target = digits(60)
    >>> low, high, share = filter_errors(0 * target.values, target, 1.0)
    >>> round(low.item(), 9), round(high.item(), 9)      # nothing learned
    (1.0, 1.0)
    """
    instance("target", target, Target, "fb.digits()")
    y = target.values.reshape(len(target.values), -1)
    h = _runs(predictions, y.shape)
    if remove_mean:
        y = y - y.mean(axis=0)
        h = h - h.mean(axis=1, keepdims=True)
    G = low_pass(target.inputs, variance)
    y_low = G @ y
    h_low = G @ h
    y_high = y - y_low
    h_high = h - h_low
    low_size = np.linalg.norm(y_low)
    high_size = np.linalg.norm(y_high)
    rounding = 1e-12 * np.linalg.norm(y)
    for size, part, remedy in [
        (low_size, "low", "lower"),
        (high_size, "high", "raise"),
    ]:
        if size <= rounding:
            raise ValueError(
                f"variance is {variance:g}, with which {target.name} has no {part} part"
                f" to compare with; {remedy} it, or take values that vary."
            )
    low = np.linalg.norm(h_low - y_low, axis=(1, 2)) / low_size
    high = np.linalg.norm(h_high - y_high, axis=(1, 2)) / high_size
    return low, high, float(low_size**2 / np.square(y).sum())


def _runs(predictions, shape):
    """Predictions as (T, n, outputs), from one record or several."""
    h = real_array("predictions", predictions)
    n, outputs = shape
    if outputs == 1 and h.ndim in (1, 2) and h.shape[-1] == n and h.shape != shape:
        h = h[..., None]
    if h.ndim == 2:
        h = h[None]
    return real_array("predictions", h, shape=(None, *shape))


def projection_spectrum(
    X: ArrayLike, values: ArrayLike, frequencies: ArrayLike
) -> np.ndarray:
    """Spectrum along the data's first principal component.

    It is |(1/n) sum_i y_i exp(-2 pi i k p_i)|, with the component p_i of each point
    rescaled to [0, 1]: a non-uniform transform of data in many dimensions along one
    direction (Xu et al., arXiv 1901.06523).

    Parameters
    ----------
    X : (n, d) points.
    values : (..., n)
    frequencies : (F,) k, here in cycles over the range of p.

    Returns
    -------
    (..., F)

    >>> x = np.linspace(0, 1, 400)[:, None]
    >>> s = projection_spectrum(x, np.cos(2 * np.pi * 3 * x[:, 0]), [1, 2, 3])
    >>> bool(s[2] > 0.49 and s[:2].max() < 0.01)
    True
    """
    x = real_array("X", X, ndim=2)
    values = real_array("values", values, shape=(..., len(x)))
    k = real_array("frequencies", frequencies, ndim=1)
    within_memory("frequencies", 2 * len(x), len(k))
    centred = x - x.mean(axis=0)
    directions = np.linalg.svd(centred, full_matrices=False)[2]
    p = centred @ directions[0]
    length = np.ptp(p)
    if length <= 1e-12 * np.abs(x).max():
        raise ValueError("X holds one point over and over; pass points that differ.")
    p = (p - p.min()) / length
    wave = np.exp(-2j * np.pi * np.outer(p, k))
    return np.abs(values @ wave) / len(x)
