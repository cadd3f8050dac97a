"""The one record: error per mode against time.

Whoever makes it, a formula, a PDE or a training run, the record is the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike

from fbkit._errors import instance, positive, real_array
from fbkit.basis import lengths


@dataclass(frozen=True, eq=False)
class History:
    """Mode errors over time.

    The residual r(t) = f(t) - y has coefficients e_k(t) in an orthonormal real basis; a
    `History` holds them.

    Attributes
    ----------
    t : (T,), not decreasing. Gradient-flow time for the loss 1/2 sum_i w_i r_i^2 when
        `meta["clock"]` is "flow" (learning rate times steps for gradient descent);
        number of steps when it is "steps" (momentum, Adam).
    modes : (K,) or (K, d): angular frequency (or degree) of each coefficient. Modes of
        several numbers are taken by their length |k| wherever one number is asked for.
    error : (T, K): signed coefficients e_k(t).
    loss : (T,): 1/2 sum_i w_i r_i^2.
    meta : "clock", "label" and whatever the maker wants to remember.

    >>> error = [[3, 4], [0.3, 0.4]]
    >>> h = History(t=[0, 1], modes=[1, 1], error=error, loss=[12.5, 0.125])
    >>> h
    History(2 times from 0 to 1 (flow), 2 modes up to 1, loss 12.5 -> 0.125)
    >>> h.amplitude()[1].ravel().tolist()
    [5.0, 0.5]
    """

    t: np.ndarray
    modes: np.ndarray
    error: np.ndarray
    loss: np.ndarray
    meta: dict = field(default_factory=dict)

    def __post_init__(self) -> None:
        t = real_array("t", self.t, ndim=1)
        modes = real_array("modes", self.modes)
        if modes.ndim not in (1, 2):
            raise ValueError(
                f"modes has shape {modes.shape}; expected (K,), or (K, d) for modes of"
                " several numbers."
            )
        error = real_array("error", self.error, shape=(len(t), len(modes)))
        loss = real_array("loss", self.loss, shape=(len(t),))
        if np.any(np.diff(t) < 0):
            raise ValueError("t runs backwards; pass times in increasing order.")
        meta = {"clock": "flow", **instance("meta", self.meta, dict, "{}")}
        # A frozen dataclass lets nobody assign, its own checks included.
        object.__setattr__(self, "t", t)
        object.__setattr__(self, "modes", modes)
        object.__setattr__(self, "error", error)
        object.__setattr__(self, "loss", loss)
        object.__setattr__(self, "meta", meta)

    def __repr__(self) -> str:
        return (
            f"History({len(self.t)} times from {self.t[0]:g} to {self.t[-1]:.4g}"
            f" ({self.meta['clock']}),"
            f" {len(self.modes)} modes up to {lengths(self.modes).max():g},"
            f" loss {self.loss[0]:.3g} -> {self.loss[-1]:.3g})"
        )

    def amplitude(self) -> tuple[np.ndarray, np.ndarray]:
        """Each frequency and the size of the error in it.

        The size is the root of the sum of squares over equal modes. On the circle this
        joins the cosine and the sine of one frequency, so that a shift of the data
        changes nothing.

        Returns
        -------
        Frequencies (F,) or (F, d), and sizes (T, F).
        """
        frequencies, index = np.unique(self.modes, axis=0, return_inverse=True)
        square = np.zeros((len(self.t), len(frequencies)))
        np.add.at(square.T, index.ravel(), np.square(self.error).T)
        return frequencies, np.sqrt(square)

    def by_length(self) -> History:
        """The same record with each mode named by its length |k|, one number.

        >>> modes = [[3, 4], [5, 0], [1, 0]]
        >>> h = History(t=[0], modes=modes, error=[[3, 4, 1]], loss=[13])
        >>> frequencies, size = h.by_length().amplitude()
        >>> frequencies.tolist(), size.tolist()
        ([1.0, 5.0], [[1.0, 5.0]])
        """
        return replace(self, modes=lengths(self.modes)) if self.modes.ndim > 1 else self

    def bands(self, edges: ArrayLike) -> History:
        """The same record with the frequencies of a band joined.

        Each band is named by its lowest frequency; modes belong to it by their length
        |k|.

        Parameters
        ----------
        edges : increasing frequencies above 0 where a new band starts; the first band
            starts at 0.

        Returns
        -------
        A History whose `amplitude()` is the error of a band, the root of the sum of
        squares over its modes.

        >>> h = History(t=[0], modes=[1, 2, 5, 9], error=[[3, 4, 6, 8]], loss=[62.5])
        >>> low, size = h.bands([4]).amplitude()
        >>> low.tolist(), size.tolist()
        ([0.0, 4.0], [[5.0, 10.0]])
        """
        starts = np.append(0.0, real_array("edges", edges, ndim=1))
        if np.any(np.diff(starts) <= 0):
            raise ValueError("edges must increase from above 0; sort them.")
        length = np.abs(lengths(self.modes))
        band = np.searchsorted(starts, length, side="right") - 1
        return replace(self, modes=starts[band])

    def select(self, frequencies: ArrayLike) -> np.ndarray:
        """Error amplitudes (T, F) of the asked frequencies, in their order.

        Of modes of several numbers, those of each length |k| are joined.
        """
        have, amplitude = self.by_length().amplitude()
        asked = frequency_list(frequencies)
        missing = [f"{k:g}" for k in asked if not np.isclose(have, k).any()]
        if missing:
            raise ValueError(
                f"frequencies {', '.join(missing)} are not among the {len(have)}"
                f" recorded ones ({have[0]:g} to {have[-1]:g});"
                " ask for recorded frequencies."
            )
        columns = [int(np.argmin(np.abs(have - k))) for k in asked]
        return amplitude[:, columns]


def frequency_list(frequencies: ArrayLike) -> np.ndarray:
    """Frequencies (F,) from one number or several.

    >>> frequency_list(3).tolist()
    [3.0]
    """
    asked = np.atleast_1d(real_array("frequencies", frequencies))
    return real_array("frequencies", asked, ndim=1)


def learning_times(
    history: History,
    below: float = 0.2,
    frequencies: ArrayLike | None = None,
    reference: ArrayLike | None = None,
) -> np.ndarray:
    """First recorded time from which the error in each frequency stays small.

    Small is below a fraction of a reference: Delta_k(t) = |e_k(t)| / |reference_k|, the
    measure of the F-Principle (Xu et al., arXiv 1901.06523), with the error at the
    first record as the default reference (which is the target itself for a network that
    starts at zero).

    Parameters
    ----------
    history : the record to read.
    below : the fraction, above 0.
    frequencies : (F,) which frequencies; default all.
    reference : (F,) amplitudes to compare with; default the first record.

    Returns
    -------
    (F,) times in units of `history.t`, in the order of `frequencies`, or of
    `history.amplitude()` for all; infinity where the error never stays below, NaN
    where the reference is zero.

    >>> error = [[1, 1], [0.1, 0.9], [0.01, 0.1]]
    >>> h = History(t=[0, 1, 2], modes=[1, 3], error=error, loss=[1, 0.4, 0.01])
    >>> learning_times(h).tolist()
    [1.0, 2.0]
    """
    instance("history", history, History, "what fb.train returns")
    below = positive("below", below)
    if frequencies is None:
        amplitude = history.amplitude()[1]
    else:
        amplitude = history.select(frequencies)
    if reference is None:
        reference = amplitude[0]
    reference = real_array("reference", reference, shape=(amplitude.shape[1],))
    reference = np.abs(reference)

    with np.errstate(over="ignore"):  # nothing is above an infinite level
        over = amplitude >= below * reference  # (T, F)
    from_the_end = np.argmax(over[::-1], axis=0)
    last_over = len(history.t) - 1 - from_the_end
    last_over[~over.any(axis=0)] = -1
    times = np.append(history.t, np.inf)[last_over + 1]

    # A mode whose reference is rounding noise was never part of the target: it has no
    # learning time.
    noise = 1e-9 * max(reference.max(), np.finfo(float).tiny)
    times[reference <= noise] = np.nan
    return times
