"""The record of a basis, and the Fourier bases of the circle and of an interval."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from fbkit._errors import one_of, positive_int, real_array


@dataclass(frozen=True, eq=False)
class Basis:
    """Real functions phi_k sampled at points x_i with weights w_i, so that sum_i w_i
    phi_j(x_i) phi_k(x_i) = delta_jk.

    Attributes
    ----------
    name : "circle", "interval", "even interval", "sphere", "zonal" or "cube".
    points : (n,) sample points (angles in radians on the circle), or (n, d) where a
        point has several coordinates.
    weights : (n,) positive, sum 1.
    modes : (K,) angular frequency of each column, or its degree on sphere and cube;
        functions of the same frequency stand together, on the circle the cosine before
        the sine.
    matrix : (n, K): phi_k(x_i).
    inputs : (n, d): what a network is given: (cos, sin) on the circle, the point itself
        elsewhere.
    evaluate : function of points (m,) or (m, d) giving (m, K): the modes anywhere.

    With at least as many modes as points (the default), Parseval holds exactly: sum_i
    w_i v_i^2 = sum_k c_k^2.
    """

    name: str
    points: np.ndarray
    weights: np.ndarray
    modes: np.ndarray
    matrix: np.ndarray
    inputs: np.ndarray
    evaluate: object

    def __repr__(self):
        return (
            f"Basis({self.name}, {len(self.points)} points, {len(self.modes)} modes up"
            f" to {self.modes.max():g})"
        )

    @cached_property
    def orthonormality_error(self):
        """Largest entry of |sum_i w_i phi_j phi_k - delta_jk|: zero up to rounding
        unless the points are uneven.
        """
        gram = self.matrix.T @ (self.weights[:, None] * self.matrix)  # (K, K)
        return float(np.abs(gram - np.eye(len(gram))).max())

    def analyse(self, values):
        """Coefficients (..., K) of values (..., n): c_k = sum_i w_i phi_k(x_i) v_i.

        On uneven points the modes are not orthonormal and this is the weighted
        least-squares fit instead; the two agree wherever the modes are orthonormal.

        >>> basis = circle(8)
        >>> basis.analyse(3 + np.sqrt(2) * np.sin(2 * basis.points)).round(12) + 0.0
        array([3., 0., 0., 0., 1., 0., 0., 0.])
        """
        values = np.asarray(values, dtype=float)
        real_array("values", values, shape=values.shape[:-1] + (len(self.points),))
        moments = (values * self.weights) @ self.matrix
        if self.orthonormality_error < 1e-10:
            return moments
        root = np.sqrt(self.weights)
        fit = np.linalg.lstsq(
            root[:, None] * self.matrix,
            (root * values).reshape(-1, len(root)).T,
            rcond=None,
        )[0]
        return fit.T.reshape(moments.shape)

    def synthesise(self, coefficients, points=None):
        """Values (..., n) of coefficients (..., K): v_i = sum_k c_k phi_k(x_i), at the
        sample points or at others.

        >>> basis = circle(8)
        >>> v = np.arange(8.0)
        >>> bool(np.allclose(basis.synthesise(basis.analyse(v)), v))
        True
        """
        coefficients = np.asarray(coefficients, dtype=float)
        real_array(
            "coefficients",
            coefficients,
            shape=coefficients.shape[:-1] + (len(self.modes),),
        )
        matrix = (
            self.matrix
            if points is None
            else self.evaluate(real_array("points", points, ndim=self.points.ndim))
        )
        return coefficients @ matrix.T


def circle(points=256, modes=None):
    """Fourier basis 1, sqrt2 cos k theta, sqrt2 sin k theta on the circle.

    Parameters
    ----------
    points : number n of equispaced angles -pi + 2 pi i / n (weights 1/n), or an array
        of n angles of your own (weights: half the gap to both neighbours, over 2 pi).
    modes : highest frequency kept; default as many as n points can carry, so that
        nothing is lost. At k = n/2 the sine vanishes on the grid and only the
        (normalised) cosine is kept.

    Raises ValueError when `modes` is more than the points can tell apart: frequency k
    and n - k take the same values on n equispaced points (aliasing).

    >>> basis = circle(points=6)
    >>> basis.modes.tolist(), basis.inputs.shape
    ([0.0, 1.0, 1.0, 2.0, 2.0, 3.0], (6, 2))
    >>> basis.orthonormality_error < 1e-12
    True
    """
    if np.ndim(points) == 0:
        n = positive_int("points", points, least=2)
        theta = -np.pi + 2 * np.pi * np.arange(n) / n
        weights = np.full(n, 1 / n)
        even = True
    else:
        theta = np.sort(
            np.mod(real_array("points", points, ndim=1) + np.pi, 2 * np.pi) - np.pi
        )
        n = len(theta)
        gaps = np.diff(
            np.append(theta, theta[0] + 2 * np.pi)
        )  # gap after each point, around the circle
        if n < 2 or gaps.min() <= 0:
            raise ValueError(
                "points has fewer than two different angles or an angle twice; pass"
                " distinct angles."
            )
        weights = (gaps + np.roll(gaps, 1)) / (4 * np.pi)
        even = bool(np.ptp(gaps) < 1e-12)
    highest = n // 2 if modes is None else positive_int("modes", modes, least=0)
    nyquist = even and 2 * highest == n
    if not even and modes is None:
        highest = (n - 1) // 2
    if highest > (n // 2 if even else (n - 1) // 2):
        raise ValueError(
            f"modes is {highest}, but {n} points tell frequencies apart only up to"
            f" {n // 2 if even else (n - 1) // 2}; take more points or fewer modes."
        )
    k = np.repeat(np.arange(highest + 1), 2)[1:]
    if nyquist:
        k = k[:-1]

    def evaluate(angles):
        columns = [np.ones(len(angles))]
        for j in range(1, highest + 1):
            last = nyquist and j == highest
            columns.append((1 if last else np.sqrt(2)) * np.cos(j * angles))
            if not last:
                columns.append(np.sqrt(2) * np.sin(j * angles))
        return np.stack(columns, axis=1)

    inputs = np.stack([np.cos(theta), np.sin(theta)], axis=1)
    return Basis(
        "circle", theta, weights, k.astype(float), evaluate(theta), inputs, evaluate
    )


def interval(points=200, low=-np.pi, high=np.pi, extension="periodic", modes=None):
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
        can arise, and smooth functions decay as 1/k^2 at least.
    modes : how many frequencies above zero to keep; default all.

    >>> bases = [interval(100, extension=e) for e in ("periodic", "even")]
    >>> tails = [np.abs(b.analyse(b.points))[b.modes > 20].max() for b in bases]  # the line v = x jumps at the border
    >>> bool(tails[1] < tails[0] / 10)
    True
    """
    one_of("extension", extension, ["periodic", "even"])
    n = positive_int("points", points, least=2)
    low, high = real_array("low and high", [low, high])
    if not high > low:
        raise ValueError(
            f"high is {high:g} and low is {low:g}; expected high above low."
        )
    length = high - low
    if extension == "periodic":
        ring = circle(n, modes)
        x = low + length * np.arange(n) / n

        def evaluate(points):
            return ring.evaluate(2 * np.pi * (points - low) / length - np.pi)

        # The circle's angles start at -pi, so that on [-pi, pi) mode k is cos kx and
        # sin kx themselves.
        return Basis(
            "interval",
            x,
            ring.weights,
            ring.modes * 2 * np.pi / length,
            evaluate(x),
            x[:, None],
            evaluate,
        )
    highest = n - 1 if modes is None else positive_int("modes", modes, least=0)
    if highest > n - 1:
        raise ValueError(
            f"modes is {highest}, but {n} points carry at most {n - 1} cosines; take"
            " more points."
        )
    x = low + length * (np.arange(n) + 0.5) / n
    k = np.pi * np.arange(highest + 1) / length

    def evaluate(points):
        columns = np.sqrt(2) * np.cos(np.outer(points - low, k))
        columns[:, 0] = 1
        return columns

    return Basis(
        "even interval", x, np.full(n, 1 / n), k, evaluate(x), x[:, None], evaluate
    )


def taper(values, basis, window="hann"):
    """Fade values (..., n) out towards both ends of an interval before a Fourier
    analysis, and keep amplitudes right.

    A frequency that does not fit the interval a whole number of times leaks into its
    neighbours as 1/distance; with the Hann window sin^2(pi (x - low)/L) the leak falls
    as 1/distance^3, at the price of a line twice as wide. The result is divided by the
    window's mean, so that the height of a line stays its amplitude.

    >>> basis = interval(256, 0, 2 * np.pi)
    >>> wave = np.sin(10.5 * basis.points)
    >>> far = basis.modes > 40
    >>> plain, faded = (np.abs(basis.analyse(v)[far]).max() for v in (wave, taper(wave, basis)))
    >>> bool(faded < plain / 100)
    True
    """
    one_of("window", window, ["hann", "none"])
    values = np.asarray(values, dtype=float)
    real_array("values", values, shape=values.shape[:-1] + (len(basis.points),))
    if window == "none":
        return values
    if basis.name == "circle":
        raise ValueError(
            "a circle has no ends to fade towards; use taper on an interval, analyse"
            " alone on a circle."
        )
    i = np.arange(len(basis.points))
    shift = 0.5 if basis.name == "even interval" else 0.0
    hann = np.sin(np.pi * (i + shift) / len(i)) ** 2
    return values * hann / hann.mean()
