"""What a network is asked to learn: functions with known coefficients, and real signals
that packages ship.
"""

import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fbkit._errors import needs, one_of, positive_int, real_array
from fbkit.basis import Basis, interval


@dataclass(frozen=True, eq=False)
class Target:
    """Inputs and the values wanted there.

    Attributes
    ----------
    inputs : (n, d), values : (n,) or (n, outputs), weights : (n,) of the loss 1/2 sum_i
        w_i r_i^2, sum 1.
    basis : the `Basis` the values are analysed in, or None (digits).
    name : for titles. axis, positions : label and values of the horizontal axis in the
        signal's own units.
    """

    inputs: np.ndarray
    values: np.ndarray
    weights: np.ndarray
    basis: Basis | None
    name: str
    axis: str = "x"
    positions: np.ndarray | None = None

    def __repr__(self):
        where = "no basis" if self.basis is None else self.basis
        return f"Target({self.name}, values {self.values.shape}, {where})"

    @property
    def coefficients(self):
        """(K,) coefficients of the values in the basis."""
        if self.basis is None:
            raise ValueError(
                f"{self.name} has no basis, so no coefficients; analyse it with"
                " fbkit.observe.filter_errors."
            )
        return self.basis.analyse(self.values)


def on_basis(basis, values, name="your values", axis=None, positions=None):
    """A target from values (n,) at the basis's points.

    >>> from fbkit import circle
    >>> on_basis(circle(4), [1, 2, 3, 4]).coefficients[0]
    np.float64(2.5)
    """
    values = real_array("values", values, shape=(len(basis.points),))
    axis = axis or ("angle (rad)" if basis.name == "circle" else "x")
    return Target(basis.inputs, values, basis.weights, basis, name, axis, positions)


def sines(basis, frequencies, amplitudes=1.0):
    """sum_k a_k sin(k x): in the orthonormal basis the coefficient of sin kx is a_k /
    sqrt 2.

    Parameters: `basis`, `frequencies` (F,) angular frequencies above 0, `amplitudes`
    one number or (F,).

    >>> from fbkit import circle
    >>> target = sines(circle(32), [1, 3, 5])
    >>> target.coefficients[[2, 6, 10]].round(6).tolist()
    [0.707107, 0.707107, 0.707107]
    """
    frequencies = np.atleast_1d(real_array("frequencies", frequencies))
    if frequencies.ndim != 1 or np.any(frequencies <= 0):
        raise ValueError(
            "frequencies must be a list of numbers above 0; a constant is not a sine."
        )
    if frequencies.max() > basis.modes.max():
        raise ValueError(
            f"frequency {frequencies.max():g} is above {basis.modes.max():g}, the"
            " highest this basis carries; take more points."
        )
    amplitudes = np.atleast_1d(real_array("amplitudes", amplitudes))
    if amplitudes.shape not in [(1,), frequencies.shape]:
        raise ValueError(
            f"amplitudes has shape {amplitudes.shape}; expected one number or"
            f" {frequencies.shape}."
        )
    values = (amplitudes * np.sin(np.outer(basis.points, frequencies))).sum(axis=1)
    amplitudes = np.broadcast_to(amplitudes, frequencies.shape)
    name = " + ".join(
        f"{'' if a == 1 else f'{a:g} '}sin {'' if k == 1 else f'{k:g}'}x"
        for a, k in zip(amplitudes, frequencies)
    )
    return on_basis(basis, values, name)


def square_wave(basis):
    """sign(sin x) = (4/pi) sum over odd k of sin(kx)/k, and 0 where it jumps.

    The closed form holds for the function; samples see aliases too, so that
    coefficients differ by O(k/n^2).

    >>> from fbkit import circle
    >>> c = square_wave(circle(1024)).coefficients[2::4][:3]    # sin x, sin 3x, sin 5x
    >>> bool(np.allclose(c, 4 / np.pi / np.sqrt(2) / np.array([1, 3, 5]), atol=1e-4))
    True
    """
    # sin of a grid point at a jump is rounding noise of either sign; the function's
    # value there is 0.
    wave = np.sin(basis.points)
    return on_basis(
        basis, np.where(np.abs(wave) < 1e-12, 0.0, np.sign(wave)), "square wave"
    )


def photograph_row(points=256, row=200, image="china", extension="even"):
    """One row of grey values of a photograph that scikit-learn ships, standardised to
    mean 0 and variance 1.

    Parameters: `points`, how many pixels from the left (at most 640), `row` from the
    top (0 to 426), `image` "china" or "flower" (CC BY 2.0, see DATA.md). The network's
    input is x from -pi to pi; the axis is the pixel.

    >>> photograph_row(64)
    Target(row 200 of china, values (64,), Basis(even interval, 64 points, 64 modes up to 31.5))
    """
    grey = _photograph(image)
    points, row = (
        positive_int("points", points, least=2),
        positive_int("row", row, least=0),
    )
    if row >= grey.shape[0] or points > grey.shape[1]:
        raise ValueError(
            f"row {row} with {points} points is outside the photograph of {grey.shape}"
            " pixels."
        )
    return _signal(
        grey[row, :points],
        f"row {row} of {image}",
        "pixel",
        np.arange(points),
        extension,
    )


def photograph(size=256, row=60, column=100, image="china"):
    """A square of a photograph that scikit-learn ships: grey values from 0 (black) to 1
    at inputs in the plane.

    Parameters: `size` in pixels; `row`, `column` of the upper left corner; `image` as
    in `photograph_row`. Pixel (i, j) is at x = 2 pi (i, j)/size - pi, so that a wave
    exp(i k.x) crosses the square k times. Pixels are in reading order.

    >>> photograph(64)
    Target(64 by 64 pixels of china, values (4096,), no basis)
    """
    grey, size = _photograph(image), positive_int("size", size, least=2)
    row, column = (
        positive_int("row", row, least=0),
        positive_int("column", column, least=0),
    )
    values = grey[row : row + size, column : column + size].ravel() / 255
    if len(values) != size**2:
        raise ValueError(
            f"{size} pixels from ({row}, {column}) leave the photograph of"
            f" {grey.shape}; take fewer."
        )
    inputs = 2 * np.pi * np.indices((size, size)).reshape(2, -1).T / size - np.pi
    return Target(
        inputs,
        values,
        np.full(size**2, size**-2.0),
        None,
        f"{size} by {size} pixels of {image}",
    )


def electrocardiogram(points=256, start=0, extension="even"):
    """Samples of the electrocardiogram that PyWavelets ships (1,024 samples, no
    sampling rate given), standardised.

    >>> electrocardiogram(100).values.std().round(6)
    np.float64(1.0)
    """
    recording = needs("pywt").data.ecg().astype(float)
    points, start = (
        positive_int("points", points, least=2),
        positive_int("start", start, least=0),
    )
    if start + points > len(recording):
        raise ValueError(
            f"start {start} with {points} points runs past the recording's"
            f" {len(recording)} samples."
        )
    kept = slice(start, start + points)
    return _signal(
        recording[kept],
        "electrocardiogram",
        "sample",
        np.arange(start, start + points),
        extension,
    )


def bell(points=512, start=0, extension="even"):
    """Samples of a bell sound (44,100 per second; by Richard Boulanger et al, CC BY
    3.0, see DATA.md), standardised.

    >>> bell(256).axis
    'time (ms)'
    """
    with wave.open(str(Path(__file__).parent / "data" / "bell.wav")) as sound:
        rate = sound.getframerate()
        recording = np.frombuffer(
            sound.readframes(sound.getnframes()), dtype="<i2"
        ).astype(float)
    points, start = (
        positive_int("points", points, least=2),
        positive_int("start", start, least=0),
    )
    if start + points > len(recording):
        raise ValueError(
            f"start {start} with {points} points runs past the sound's {len(recording)}"
            " samples."
        )
    time = 1000 * np.arange(start, start + points) / rate
    return _signal(
        recording[start : start + points], "bell", "time (ms)", time, extension
    )


def digits(samples=None, labels="true", seed=0):
    """Scikit-learn's handwritten digits: inputs (n, 64) scaled to [0, 1], values (n,
    10) one-hot.

    Parameters: `samples`, how many (a random subset under `seed`; default all 1,797),
    `labels` "true" or "random" (labels drawn again, so that nothing but the inputs'
    geometry is left).

    >>> digits(50).values.sum()
    np.float64(50.0)
    """
    data = needs("sklearn.datasets").load_digits()
    one_of("labels", labels, ["true", "random"])
    rng = np.random.default_rng(positive_int("seed", seed, least=0))
    keep = rng.permutation(len(data.data))[
        : len(data.data) if samples is None else positive_int("samples", samples)
    ]
    keep.sort()
    label = data.target[keep] if labels == "true" else rng.integers(0, 10, len(keep))
    name = f"digits ({labels} labels)"
    return Target(
        data.data[keep] / 16,
        np.eye(10)[label],
        np.full(len(keep), 1 / len(keep)),
        None,
        name,
    )


def _photograph(image):
    one_of("image", image, ["china", "flower"])
    return needs("sklearn.datasets").load_sample_image(f"{image}.jpg").mean(axis=2)


def _signal(values, name, axis, positions, extension):
    values = np.asarray(values, dtype=float)
    if values.std() == 0:
        raise ValueError(f"{name} is constant over these points; choose others.")
    basis = interval(len(values), extension=extension)
    return on_basis(
        basis, (values - values.mean()) / values.std(), name, axis, positions
    )
