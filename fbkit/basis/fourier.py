"""The record of a basis, and the Fourier bases of the circle and of an interval."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from numpy.typing import ArrayLike

from fbkit._errors import (
    has_axes,
    instance,
    one_of,
    positive_int,
    real_array,
    within_memory,
)

CLOSEST = 1e-12  # radians that tell two angles, or two gaps, apart
LONGEST = 1e150  # length of an interval, whose square must be a float


@dataclass(frozen=True, eq=False)
class Basis:
    """Sampled functions that are orthonormal under weights.

    Real functions phi_k at points x_i with weights w_i, so that

        sum_i w_i phi_j(x_i) phi_k(x_i) = delta_jk.

    Where they are as many as the points (the default on grids), Parseval holds exactly:
    sum_i w_i v_i^2 = sum_k c_k^2.

    Attributes
    ----------
    name : "circle", "interval", "even interval", "odd interval", "plane", "sphere",
        "zonal" or "cube".
    points : (n,) sample points (angles in radians on the circle), or (n, d) where a
        point has several coordinates.
    weights : (n,) positive, sum 1.
    modes : (K,) angular frequency of each column, or its degree on sphere and cube;
        functions of the same frequency stand together, on the circle the cosine before
        the sine. In the plane (K, d), one frequency an axis.
    matrix : (n, K): phi_k(x_i).
    inputs : (n, d): what a network is given: (cos, sin) on the circle, the point itself
        elsewhere.
    evaluate : function of points (m,) or (m, d) giving (m, K): the modes anywhere.
    """

    name: str
    points: np.ndarray
    weights: np.ndarray
    modes: np.ndarray
    matrix: np.ndarray
    inputs: np.ndarray
    evaluate: Callable[[np.ndarray], np.ndarray]

    def __repr__(self) -> str:
        return (
            f"Basis({self.name}, {len(self.points)} points,"
            f" {len(self.modes)} modes up to {lengths(self.modes).max():g})"
        )

    @cached_property
    def orthonormality_error(self) -> float:
        """Largest entry of |sum_i w_i phi_j phi_k - delta_jk|.

        Zero up to rounding unless the points are uneven.
        """
        gram = self.matrix.T @ (self.weights[:, None] * self.matrix)  # (K, K)
        return float(np.abs(gram - np.eye(len(gram))).max())

    def analyse(self, values: ArrayLike) -> np.ndarray:
        """Coefficients (..., K) of values (..., n): c_k = sum_i w_i phi_k(x_i) v_i.

        On uneven points the modes are not orthonormal and this is the weighted
        least-squares fit instead; the two agree wherever the modes are orthonormal.

        >>> basis = circle(8)
        >>> basis.analyse(3 + np.sqrt(2) * np.sin(2 * basis.points)).round(12) + 0.0
        array([3., 0., 0., 0., 1., 0., 0., 0.])
        """
        values = real_array("values", values, shape=(..., len(self.points)))
        moments = (values * self.weights) @ self.matrix
        if self.orthonormality_error < 1e-10:
            return moments
        root = np.sqrt(self.weights)
        scaled_modes = root[:, None] * self.matrix
        scaled_values = (root * values).reshape(-1, len(root)).T
        fit = np.linalg.lstsq(scaled_modes, scaled_values, rcond=None)[0]
        return fit.T.reshape(moments.shape)

    def synthesise(
        self, coefficients: ArrayLike, at: ArrayLike | None = None
    ) -> np.ndarray:
        """Values (..., n) of coefficients (..., K): v_i = sum_k c_k phi_k(x_i).

        Parameters
        ----------
        coefficients : (..., K).
        at : (m,) or (m, d) where to read the values off; default the sample points.

        >>> basis = circle(8)
        >>> v = np.arange(8.0)
        >>> bool(np.allclose(basis.synthesise(basis.analyse(v)), v))
        True
        """
        c = real_array("coefficients", coefficients, shape=(..., len(self.modes)))
        if at is None:
            return c @ self.matrix.T
        at = real_array("at", at, shape=(None, *self.points.shape[1:]))
        return c @ self.evaluate(at).T


def lengths(modes: ArrayLike) -> np.ndarray:
    """Length |k| of each mode (K, d), the root of the sum of its squares.

    Those that differ by rounding alone are made equal. Modes of one number each (K,)
    come back as they are.

    >>> lengths([[3, -4], [0, 5], [1, 0]]).tolist(), lengths([2, 3]).tolist()
    ([5.0, 5.0, 1.0], [2.0, 3.0])
    """
    k = real_array("modes", modes)
    if k.ndim == 1:
        return k
    k = real_array("modes", k, ndim=2)
    length = np.sqrt(np.square(k).sum(axis=1))
    order = np.argsort(length)
    rounding = 1e-9 * length.max()
    new = np.diff(length[order], prepend=-1) > rounding
    length[order] = length[order][new][np.cumsum(new) - 1]
    return length


def circle(points: int | ArrayLike = 256, highest: int | None = None) -> Basis:
    """Fourier basis 1, sqrt2 cos k theta, sqrt2 sin k theta on the circle.

    Raises ValueError when `highest` is more than the points can tell apart: frequency k
    and n - k take the same values on n equispaced points (aliasing).

    Parameters
    ----------
    points : number n of equispaced angles -pi + 2 pi i / n (weights 1/n), or an array
        of n angles of your own in any order, which is kept (weights: half the gap to
        both neighbours, over 2 pi).
    highest : highest frequency kept; default on equispaced points as many as they can
        carry, so that nothing is lost. At k = n/2 the sine vanishes on the grid and
        only the (normalised) cosine is kept. On uneven points the default is pi/2 over
        the widest gap, where the least-squares fit is well-posed: sum_k c_k^2 is 4/9 to
        4 times sum_i w_i v_i^2 of what it fits (Feichtinger, Groechenig and Strohmer,
        Numer. Math. 69, 1995). Up to (n - 1)/2 may be asked for, but where it is too
        much for the gaps, noise of 0.01 can get coefficients of a million.

    >>> basis = circle(points=6)
    >>> basis.modes.tolist(), basis.inputs.shape
    ([0.0, 1.0, 1.0, 2.0, 2.0, 3.0], (6, 2))
    >>> basis.orthonormality_error < 1e-12
    True
    >>> own = circle([2.0, -1.0, 0.5, -2.5], highest=1)
    >>> own.points.round(9).tolist(), own.analyse(np.sin(own.points))[2].round(6)
    ([2.0, -1.0, 0.5, -2.5], np.float64(0.707107))
    """
    if has_axes(points):
        theta, weights, carried, usual = _own_angles(points)
        n = len(theta)
    else:
        n = positive_int("points", points, least=2)
        carried = usual = n // 2
    highest = usual if highest is None else positive_int("highest", highest, least=0)
    if highest > carried:
        raise ValueError(
            f"highest is {highest}, but {n} points tell frequencies apart only up to"
            f" {carried}; take more points or fewer modes."
        )
    within_memory("points", n, 2 * highest + 1)
    if not has_axes(points):
        theta = -np.pi + 2 * np.pi * np.arange(n) / n
        weights = np.full(n, 1 / n)
    nyquist = 2 * highest == n

    modes = np.repeat(np.arange(highest + 1), 2)[1:]
    if nyquist:
        modes = modes[:-1]
    evaluate = partial(_waves, highest=highest, nyquist=nyquist)
    return Basis(
        name="circle",
        points=theta,
        weights=weights,
        modes=modes.astype(float),
        matrix=evaluate(theta),
        inputs=np.stack([np.cos(theta), np.sin(theta)], axis=1),
        evaluate=evaluate,
    )


def interval(
    points: int = 200,
    low: float = -np.pi,
    high: float = np.pi,
    extension: str = "periodic",
    count: int | None = None,
) -> Basis:
    """Basis on [low, high] for functions of one real input.

    A Fourier series on an interval silently continues the function outside it, and what
    it does there decides the spectrum: a jump or a kink at the border leaks into every
    frequency.

    Parameters
    ----------
    points : number n of points.
    low, high : the ends.
    extension : "periodic" repeats the function: points low + i L/n (right end
        excluded), modes 2 pi k / L. A residual whose two ends differ then decays only
        as 1/k. "even" mirrors it first: midpoints, cosines with modes pi k / L; no jump
        can arise, and smooth functions decay as 1/k^2 at least. "odd" mirrors it with
        the other sign, for functions that are 0 at both ends: midpoints, sqrt2 sin(pi k
        (x - low)/L) with k = 1 .. n (the last one without the sqrt2), modes pi k / L.
    count : how many frequencies above zero to keep; default all.

    >>> far = []
    >>> for extension in ("periodic", "even"):
    ...     basis = interval(100, extension=extension)
    ...     line = np.abs(basis.analyse(basis.points))  # v = x jumps at the border
    ...     far.append(line[basis.modes > 20].max())
    >>> bool(far[1] < far[0] / 10)
    True
    >>> basis = interval(50, 0, 1, extension="odd")
    >>> wave = np.sin(2 * np.pi * basis.points)
    >>> basis.analyse(wave)[:3].round(6) + 0.0      # 1/sqrt2 of mode 2 pi
    array([0.      , 0.707107, 0.      ])
    """
    one_of("extension", extension, EXTENSIONS)
    n = positive_int("points", points, least=2)
    low, length = _ends(n, low, high)
    make, carries, least = EXTENSIONS[extension]
    carried = carries(n)
    if count is None:
        count = carried
    count = positive_int("count", count, least=least)
    if count > carried:
        raise ValueError(
            f"count is {count}, but {n} points carry at most {carried} frequencies"
            " above zero; take more points."
        )
    within_memory("points", n, 2 * count + 1)
    return make(n, low, length, count)


def _ends(n, low, high):
    """The lower end of an interval and its length, which n points can divide."""
    low, high = (
        float(real_array(*end, ndim=0)) for end in (("low", low), ("high", high))
    )
    if not high > low:
        raise ValueError(
            f"high is {high:g} and low is {low:g}; expected high above low."
        )
    length = high - low
    room = np.finfo(float).tiny + np.spacing(max(abs(low), abs(high)))
    if not room * n < length < LONGEST:
        raise ValueError(
            f"low is {low:g} and high is {high:g}, between which floats cannot tell"
            f" {n} points apart; scale them."
        )
    return low, length


def taper(values: ArrayLike, basis: Basis, window: str = "hann") -> np.ndarray:
    """Fade values out towards both ends of an interval before a Fourier analysis.

    A frequency that does not fit the interval a whole number of times leaks into its
    neighbours as 1/distance; with the Hann window sin^2(pi (x - low)/L) the leak falls
    as 1/distance^3, at the price of a line twice as wide. The result is divided by the
    window's mean, so that the height of a line stays its amplitude.

    Parameters
    ----------
    values : (..., n) at the points of the basis.
    basis : of an interval.
    window : "hann", or "none" for the values as they are.

    >>> basis = interval(256, 0, 2 * np.pi)
    >>> wave = np.sin(10.5 * basis.points)
    >>> far = basis.modes > 40
    >>> plain = np.abs(basis.analyse(wave))[far]
    >>> faded = np.abs(basis.analyse(taper(wave, basis)))[far]
    >>> bool(faded.max() < plain.max() / 100)
    True
    """
    one_of("window", window, ["hann", "none"])
    instance("basis", basis, Basis, "fb.interval(64)")
    n = len(basis.points)
    values = real_array("values", values, shape=(..., n))
    if window == "none":
        return values
    if "interval" not in basis.name:
        raise ValueError(
            f"a {basis.name} has no two ends to fade towards;"
            " use taper on an interval, analyse alone elsewhere."
        )
    i = np.arange(n)
    shift = 0.5 if basis.name in ("even interval", "odd interval") else 0.0
    hann = np.sin(np.pi * (i + shift) / n) ** 2
    return values * hann / hann.mean()


def _own_angles(points):
    """Angles in [-pi, pi) in the order in which they came, their weights, and the
    highest frequency that they carry and that is taken unless another is asked for.
    """
    theta = np.mod(real_array("points", points, ndim=1) + np.pi, 2 * np.pi) - np.pi
    n = len(theta)
    order = np.argsort(theta)
    # The gap after each point, around the circle.
    gaps = np.diff(theta[order], append=theta[order[0]] + 2 * np.pi)
    if n < 2 or gaps.min() < CLOSEST:
        raise ValueError(
            "points has fewer than two different angles or an angle twice;"
            " pass distinct angles."
        )
    weights = np.empty(n)
    weights[order] = (gaps + np.roll(gaps, 1)) / (4 * np.pi)
    carried = (n - 1) // 2
    if np.ptp(gaps) > CLOSEST:
        return theta, weights, carried, int(np.pi / (2 * gaps.max()))
    # On an even number of equispaced points cos(n theta / 2) is 1, -1, 1, ... only
    # where they stand as on the default grid.
    if abs(np.cos(n * theta[0] / 2)) > 1 - CLOSEST:
        carried = n // 2
    return theta, weights, carried, carried


def _repeated(n, low, length, count):
    """The basis of an interval whose functions repeat outside it."""
    ring = circle(n, count)
    x = low + length * np.arange(n) / n
    evaluate = partial(_waves_on_interval, low=low, length=length, ring=ring.evaluate)
    return Basis(
        name="interval",
        points=x,
        weights=ring.weights,
        modes=ring.modes * 2 * np.pi / length,
        matrix=evaluate(x),
        inputs=x[:, None],
        evaluate=evaluate,
    )


def _mirrored(n, low, length, count):
    """The basis of an interval whose functions are mirrored at its ends."""
    modes = np.pi * np.arange(count + 1) / length
    evaluate = partial(_cosines, low=low, modes=modes)
    return _on_midpoints("even interval", n, low, length, modes, evaluate)


def _turned(n, low, length, count):
    """The basis of an interval whose functions are mirrored with the other sign."""
    modes = np.pi * np.arange(1, count + 1) / length
    evaluate = partial(_sines, low=low, modes=modes, whole=count == n)
    return _on_midpoints("odd interval", n, low, length, modes, evaluate)


def _on_midpoints(name, n, low, length, modes, evaluate):
    x = low + length * (np.arange(n) + 0.5) / n
    return Basis(
        name=name,
        points=x,
        weights=np.full(n, 1 / n),
        modes=modes,
        matrix=evaluate(x),
        inputs=x[:, None],
        evaluate=evaluate,
    )


# How an interval's functions go on outside it: what makes the basis, how many
# frequencies above zero n points carry, and how many there are at least.
EXTENSIONS = {
    "periodic": (_repeated, lambda n: n // 2, 0),
    "even": (_mirrored, lambda n: n - 1, 0),
    "odd": (_turned, lambda n: n, 1),
}


# The modes of a basis anywhere are functions of this module with their numbers filled
# in, not functions within functions: those cannot be pickled.


def _waves(angles, highest, nyquist):
    angles = real_array("points", angles, ndim=1)
    columns = [np.ones(len(angles))]
    for k in range(1, highest + 1):
        if nyquist and k == highest:
            columns.append(np.cos(k * angles))
        else:
            columns.append(np.sqrt(2) * np.cos(k * angles))
            columns.append(np.sqrt(2) * np.sin(k * angles))
    return np.stack(columns, axis=1)


def _waves_on_interval(x, low, length, ring):
    # The circle's angles start at -pi, so that on [-pi, pi) mode k is cos kx and sin kx
    # themselves.
    x = real_array("points", x, ndim=1)
    return ring(2 * np.pi * (x - low) / length - np.pi)


def _cosines(x, low, modes):
    x = real_array("points", x, ndim=1)
    columns = np.sqrt(2) * np.cos(np.outer(x - low, modes))
    columns[:, 0] = 1
    return columns


def _sines(x, low, modes, whole):
    x = real_array("points", x, ndim=1)
    columns = np.sqrt(2) * np.sin(np.outer(x - low, modes))
    if whole:
        columns[:, -1] /= np.sqrt(2)  # on the midpoints it is 1, -1, 1, ...
    return columns
