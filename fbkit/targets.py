"""What a network is asked to learn.

Functions with known coefficients, and real signals that packages ship.
"""

from __future__ import annotations

import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from fbkit._errors import instance, needs, one_of, positive_int, real_array
from fbkit.basis import Basis, interval

ARRAYS = ("inputs", "values", "weights", "positions")  # of a target, one row a point
BELL = Path(__file__).parent / "data" / "bell.wav"


@dataclass(frozen=True, eq=False)
class Target:
    """Inputs and the values wanted there.

    Raises ValueError where a number is NaN or infinite, or where inputs, values,
    weights and points of the basis are not as many.

    Attributes
    ----------
    inputs : (n, d); a list of numbers (n,) becomes (n, 1).
    values : (n,) or (n, outputs).
    weights : (n,) of the loss 1/2 sum_i w_i r_i^2, at least 0; default 1/n each.
    basis : the `Basis` the values are analysed in; default None (digits).
    name : for titles.
    axis, positions : label and values of the horizontal axis in the signal's own units.

    >>> target = Target([0.0, 0.5, 1.0], [0, 1, 0], name="a hat")
    >>> target.inputs.shape, target.weights.round(3).tolist()
    ((3, 1), [0.333, 0.333, 0.333])
    >>> Target([0.0, 0.5], [0, float("nan")])
    Traceback (most recent call last):
    ValueError: values holds 1 entry that is NaN or infinite (first at index 1);
    pass finite numbers only.
    """

    inputs: np.ndarray
    values: np.ndarray
    weights: np.ndarray | None = None
    basis: Basis | None = None
    name: str = "your values"
    axis: str = "x"
    positions: np.ndarray | None = None

    def __post_init__(self) -> None:
        given = {name: getattr(self, name) for name in ARRAYS}
        if self.positions is None:
            del given["positions"]
        if self.weights is None:
            n = len(_rows("values", self.values))
            given["weights"] = np.full(n, 1 / n)
        arrays = {name: _rows(name, value) for name, value in given.items()}
        if arrays["inputs"].ndim == 1:
            arrays["inputs"] = arrays["inputs"][:, None]
        self._check(arrays)
        for name, array in arrays.items():
            object.__setattr__(self, name, array)  # the dataclass is frozen

    def _check(self, arrays):
        rows = {name: array.shape for name, array in arrays.items()}
        if self.basis is not None:
            basis = instance("basis", self.basis, Basis, "fb.circle(64), or None")
            rows["points of the basis"] = basis.points.shape
        lists = [rows[name] for name in ("weights", "positions") if name in rows]
        if len({shape[0] for shape in rows.values()}) > 1 or max(map(len, lists)) > 1:
            shapes = ", ".join(f"{name} {shape}" for name, shape in rows.items())
            raise ValueError(
                f"a target has one row of inputs, one of values and one weight for each"
                f" point, but here are {shapes}; pass as many of each."
            )
        if arrays["weights"].min() < 0:
            raise ValueError(
                f"weights holds {arrays['weights'].min():g}; expected numbers of at"
                " least 0."
            )

    def __repr__(self) -> str:
        where = "no basis" if self.basis is None else self.basis
        return f"Target({self.name}, values {self.values.shape}, {where})"

    @property
    def coefficients(self) -> np.ndarray:
        """(K,) coefficients of the values in the basis."""
        if self.basis is None:
            raise ValueError(
                f"{self.name} has no basis, so no coefficients;"
                " analyse it with fbkit.observe.filter_errors."
            )
        return self.basis.analyse(self.values)


def on_basis(
    basis: Basis,
    values: ArrayLike,
    name: str = "your values",
    axis: str | None = None,
    positions: np.ndarray | None = None,
) -> Target:
    """A target from values at a basis's points.

    Parameters
    ----------
    basis : where the values are, and what they are analysed in.
    values : (n,).
    name : for titles.
    axis : label of the horizontal axis; default the angle on a circle, else x.
    positions : (n,) values of the horizontal axis; default the basis's points.

    >>> from fbkit import circle
    >>> on_basis(circle(4), [1, 2, 3, 4]).coefficients[0]
    np.float64(2.5)
    """
    instance("basis", basis, Basis, "fb.circle(64); without one use fb.Target(X, y)")
    values = real_array("values", values, shape=(len(basis.points),))
    if not axis:
        axis = "angle (rad)" if basis.name == "circle" else "x"
    return Target(
        inputs=basis.inputs,
        values=values,
        weights=basis.weights,
        basis=basis,
        name=name,
        axis=axis,
        positions=positions,
    )


def sines(basis: Basis, frequencies: ArrayLike, amplitudes: ArrayLike = 1.0) -> Target:
    """A sum of sines, sum_k a_k sin(k x).

    In the orthonormal basis the coefficient of sin kx is a_k / sqrt 2.

    Parameters
    ----------
    basis : of a circle or an interval.
    frequencies : (F,) angular frequencies above 0.
    amplitudes : one number, or (F,).

    >>> from fbkit import circle
    >>> target = sines(circle(32), [1, 3, 5])
    >>> target.coefficients[[2, 6, 10]].round(6).tolist()
    [0.707107, 0.707107, 0.707107]
    """
    _of_one_number("sines", basis)
    frequencies = np.atleast_1d(real_array("frequencies", frequencies))
    if frequencies.ndim != 1 or np.any(frequencies <= 0):
        raise ValueError(
            "frequencies must be a list of numbers above 0; a constant is not a sine."
        )
    carried = basis.modes.max()
    if frequencies.max() > carried:
        raise ValueError(
            f"frequency {frequencies.max():g} is above {carried:g},"
            " the highest this basis carries; take more points."
        )
    amplitudes = np.atleast_1d(real_array("amplitudes", amplitudes))
    if amplitudes.shape not in [(1,), frequencies.shape]:
        raise ValueError(
            f"amplitudes has shape {amplitudes.shape};"
            f" expected one number or {frequencies.shape}."
        )
    waves = np.sin(np.outer(basis.points, frequencies))  # (n, F)
    unseen = frequencies[np.abs(waves).max(axis=0) < 1e-9]
    if unseen.size:
        raise ValueError(
            f"sin {unseen[0]:g}x is 0 at every point of {basis!r}; take more points or"
            " a lower frequency."
        )
    values = (amplitudes * waves).sum(axis=1)
    amplitudes = np.broadcast_to(amplitudes, frequencies.shape)
    terms = [_sine(a, k) for a, k in zip(amplitudes, frequencies)]
    return on_basis(basis, values, " + ".join(terms))


def square_wave(basis: Basis) -> Target:
    """sign(sin x) = (4/pi) sum over odd k of sin(kx)/k, and 0 where it jumps.

    The closed form holds for the function; samples see aliases too, so that
    coefficients differ by O(k/n^2).

    >>> from fbkit import circle
    >>> sine = square_wave(circle(1024)).coefficients[2::4][:3]    # k = 1, 3, 5
    >>> expected = 4 / np.pi / np.sqrt(2) / np.array([1, 3, 5])
    >>> bool(np.allclose(sine, expected, atol=1e-4))
    True
    """
    _of_one_number("square_wave", basis)
    sine = np.sin(basis.points)
    # At a jump the sine of a grid point is rounding noise of either sign; the
    # function's value there is 0.
    values = np.where(np.abs(sine) < 1e-12, 0.0, np.sign(sine))
    return on_basis(basis, values, "square wave")


def photograph_row(
    points: int = 256, row: int = 200, image: str = "china", extension: str = "even"
) -> Target:
    """One row of grey values of a photograph that scikit-learn ships, standardised.

    The values have mean 0 and variance 1. The network's input is x from -pi to pi; the
    axis is the pixel.

    Parameters
    ----------
    points : how many pixels from the left, at most 640.
    row : from the top, 0 to 426.
    image : "china" or "flower" (CC BY 2.0, see DATA.md).
    extension : as in `fbkit.interval`.

    >>> photograph_row(64)
    Target(row 200 of china, values (64,),
           Basis(even interval, 64 points, 64 modes up to 31.5))
    """
    points = positive_int("points", points, least=2)
    row = positive_int("row", row, least=0)
    grey = _photograph(image)
    height, width = grey.shape
    if row >= height or points > width:
        raise ValueError(
            f"row {row} with {points} points is outside the photograph of"
            f" {grey.shape} pixels."
        )
    values = grey[row, :points]
    pixels = np.arange(points)
    return _signal(values, f"row {row} of {image}", "pixel", pixels, extension)


def photograph(
    size: int = 256, row: int = 60, column: int = 100, image: str = "china"
) -> Target:
    """A square of a photograph that scikit-learn ships.

    Grey values from 0 (black) to 1 at inputs in the plane, in reading order. Pixel (i,
    j) is at x = 2 pi (i, j)/size - pi, so that a wave exp(i k.x) crosses the square k
    times.

    Parameters
    ----------
    size : pixels a side.
    row, column : of the upper left corner.
    image : "china" or "flower" (CC BY 2.0, see DATA.md).

    >>> photograph(64)
    Target(64 by 64 pixels of china, values (4096,), no basis)
    """
    size = positive_int("size", size, least=2)
    row = positive_int("row", row, least=0)
    column = positive_int("column", column, least=0)
    grey = _photograph(image)
    square = grey[row : row + size, column : column + size]
    if square.shape != (size, size):
        raise ValueError(
            f"{size} pixels from ({row}, {column}) leave the photograph of"
            f" {grey.shape}; take fewer."
        )
    pixels = np.indices((size, size)).reshape(2, -1).T  # (size^2, 2)
    return Target(
        inputs=2 * np.pi * pixels / size - np.pi,
        values=square.ravel() / 255,
        weights=np.full(size**2, size**-2.0),
        basis=None,
        name=f"{size} by {size} pixels of {image}",
    )


def electrocardiogram(
    points: int = 256, first: int = 0, extension: str = "even"
) -> Target:
    """Samples of the electrocardiogram that PyWavelets ships, standardised.

    It has 1,024 samples; their rate is not given.

    Parameters
    ----------
    points : how many samples.
    first : the number of the first one.
    extension : as in `fbkit.interval`.

    >>> electrocardiogram(100).values.std().round(6)
    np.float64(1.0)
    """
    recording = needs("pywt").data.ecg().astype(float)
    kept = _stretch(recording, points, first)
    values = recording[kept]
    return _signal(values, "electrocardiogram", "sample", kept, extension)


def bell(points: int = 512, first: int = 0, extension: str = "even") -> Target:
    """Samples of a bell sound, standardised.

    44,100 samples per second; by Richard Boulanger et al, CC BY 3.0, see DATA.md.

    Parameters
    ----------
    points : how many samples.
    first : the number of the first one.
    extension : as in `fbkit.interval`.

    >>> bell(256).axis
    'time (ms)'
    """
    with wave.open(str(BELL)) as sound:
        rate = sound.getframerate()
        frames = sound.readframes(sound.getnframes())
    recording = np.frombuffer(frames, dtype="<i2").astype(float)
    kept = _stretch(recording, points, first)
    values = recording[kept]
    time = 1000 * kept / rate
    return _signal(values, "bell", "time (ms)", time, extension)


def digits(count: int | None = None, labels: str = "true", seed: int = 0) -> Target:
    """Scikit-learn's handwritten digits, ten values each.

    Inputs (n, 64) are scaled to [0, 1], values (n, 10) are one-hot.

    Parameters
    ----------
    count : how many, a random subset; default all 1,797.
    labels : "true" or "random" (labels drawn again, so that nothing but the inputs'
        geometry is left).
    seed : of the subset and of random labels.

    >>> digits(50).values.sum()
    np.float64(50.0)
    """
    data = needs("sklearn.datasets").load_digits()
    one_of("labels", labels, ["true", "random"])
    rng = np.random.default_rng(positive_int("seed", seed, least=0))
    if count is None:
        count = len(data.data)
    order = rng.permutation(len(data.data))
    keep = np.sort(order[: positive_int("count", count, most=len(order))])
    true = data.target[keep]
    label = true if labels == "true" else rng.integers(0, 10, len(keep))
    return Target(
        inputs=data.data[keep] / 16,
        values=np.eye(10)[label],
        weights=np.full(len(keep), 1 / len(keep)),
        basis=None,
        name=f"digits ({labels} labels)",
    )


def _rows(name, value):
    """An array of finite numbers with at least one axis."""
    array = real_array(name, value)
    if array.ndim == 0:
        raise ValueError(f"{name} is one number; pass one row for each point.")
    return array


def _of_one_number(maker, basis):
    """ValueError unless the functions of the basis have one argument, a real number."""
    instance("basis", basis, Basis, "fb.circle(64)")
    if basis.points.ndim > 1:
        raise ValueError(
            f"{maker} needs a circle or an interval, and here is {basis!r}; pass values"
            " at its points to fb.on_basis."
        )


def _sine(amplitude, frequency):
    """A term of a target's name, without factors of 1."""
    size = "" if amplitude == 1 else f"{amplitude:g} "
    factor = "" if frequency == 1 else f"{frequency:g}"
    return f"{size}sin {factor}x"


def _photograph(image):
    """Grey values (427, 640), 0 to 255."""
    one_of("image", image, ["china", "flower"])
    picture = needs("sklearn.datasets").load_sample_image(f"{image}.jpg")
    return picture.mean(axis=2)


def _stretch(recording, points, first):
    """The numbers of the samples asked for."""
    points = positive_int("points", points, least=2)
    first = positive_int("first", first, least=0)
    if first + points > len(recording):
        raise ValueError(
            f"first is {first}, and {points} points from there run past the"
            f" recording's {len(recording)} samples; take fewer or an earlier first."
        )
    return np.arange(first, first + points)


def _signal(values, name, axis, positions, extension):
    """A standardised target on an interval."""
    if values.std() == 0:
        raise ValueError(f"{name} is constant over these points; choose others.")
    basis = interval(len(values), extension=extension)
    values = (values - values.mean()) / values.std()
    return on_basis(basis, values, name, axis, positions)
