"""Claims of the page "Do designed frequencies fit a photograph better?".

Long runs are read from `fbkit.chapters.fit_a_photograph.runs`.
"""

import functools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

import fbkit as fb
from fbkit.chapters.fit_a_photograph import runs as fits
from fbkit.ledger import ledger

HERE = "derived here, checked numerically (control of the bias by p: arXiv 2405.14957)"
MEASURED = (
    "measured for this course (methods: arXiv 2405.14957, 2006.10739, 2006.09661)"
)
PATCH = (
    "Square of 64 pixels of a photograph, a quarter of them trained on, linear network,"
    " 100 steps of size 10"
)
METHODS = "designed frequencies, normal frequencies, SIREN and plain network"
T, STEPS, WAVES = 1000, 100, 1024
K = np.arange(-15, 16)  # whole frequencies in each direction
SIZE = np.hypot(K[:, None], K)


class Patch(NamedTuple):
    """A square of 64 pixels, a quarter of them trained on."""

    inputs: np.ndarray  # (4096, 2)
    values: np.ndarray  # (4096,) without the mean of the trained pixels
    train: np.ndarray  # (4096,) which pixels are trained on
    power: np.ndarray  # (31, 31) of the trained pixels, by whole frequency


def patch() -> Patch:
    """The square, cut out of a flower."""
    square = fb.photograph(64, row=150, column=220, image="flower")
    train = (np.indices((64, 64)) % 2 == 0).all(axis=0).ravel()
    values = square.values - square.values[train].mean()
    spectrum = np.fft.fft2(values[train].reshape(32, 32))
    # Without the frequency -16, which has no positive one beside it.
    coefficients = np.fft.fftshift(spectrum)[1:, 1:] / 32**2
    return Patch(square.inputs, values, train, np.abs(coefficients) ** 2)


def left(P: np.ndarray, S: np.ndarray) -> float:
    """Share of the power S that is left at time T."""
    return (S * np.exp(-2 * T * P)).sum() / S.sum()


def shares(family: str, S: np.ndarray) -> np.ndarray:
    """The shares P (31, 31) of the whole waves.

    By water-filling, of the best normal shape, or of the best disc.
    """
    if family == "design":
        p, _ = fb.waterfill(S, (K, K), T / (2 * np.pi) ** 2, dim=2)
        return p / p.sum()
    tried = [shape(family, width) for width in np.arange(1, 22, 0.25)]
    return min(tried, key=lambda P: left(P, S))


def shape(family: str, width: float) -> np.ndarray:
    """Shares (31, 31) of a normal law or of a disc, none for frequency 0."""
    bell = np.exp(-(SIZE**2) / (2 * width**2))
    P = bell if family == "normal" else width >= SIZE
    P = P * (SIZE > 0)
    return P / P.sum()


def placed_waves(P: np.ndarray, seed: int) -> np.ndarray:
    """Numbers of 1,024 waves, in the flat order of P, evenly by their shares."""
    places = (np.arange(WAVES) + np.random.default_rng(seed).random()) / WAVES
    # Of k and -k one is enough; number 480 is k = 0.
    return np.searchsorted(2 * np.cumsum(P.ravel()[:480]), places)


@functools.cache
def learn(family: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A network's error (n,) at all pixels, and its loss over the formula's, (2,).

    The formula takes the shares as placed, then as wanted.
    """
    import torch

    x, y, train, S = patch()
    P = shares(family, S)
    index = placed_waves(P, seed)
    grid = np.stack(np.meshgrid(K, K, indexing="ij"), axis=-1).reshape(-1, 2)
    net = fb.FourierFeatures(grid[index])
    count = train.sum()
    weights = np.full(count, 1 / count)
    target = fb.Target(x[train], y[train], weights, None, "patch")
    run = fb.train(net, target, lr=T / STEPS, steps=STEPS, records=2, progress=False)
    with torch.no_grad():
        error = net(torch.as_tensor(x, dtype=torch.float32)).numpy()[:, 0] - y
    placed = np.bincount(index, minlength=961).reshape(31, 31) / WAVES
    placed = (placed + placed[::-1, ::-1]) / 2
    # The power in the one frequency that has no negative is left alone.
    beyond = np.mean(y[train] ** 2) - S.sum()
    formula = [square_left(Q, S) + beyond for Q in (placed, P)]
    return error, 2 * run.loss[-1] / np.array(formula)


def square_left(P: np.ndarray, S: np.ndarray) -> float:
    """Square error that the formula leaves after the steps, for shares P."""
    return (S * (1 - T / STEPS * P) ** (2 * STEPS)).sum()


@ledger(
    id="photo-patch-theory",
    source=HERE,
    statement=(
        f"{PATCH}, 1,024 designed waves: square error on the trained pixels, divided by"
        " the formula's with the shares as placed, and by the formula's with the"
        " shares as designed."
    ),
    expected=(1, 1.06),
    tolerance=(0.001, 0.02),
)
def photo_patch_theory(seed: int) -> np.ndarray:
    _, ratios = learn("design", seed)
    return ratios


@ledger(
    id="photo-patch-left",
    source=HERE,
    statement=(
        f"{PATCH}: share of the power on the trained pixels that the formula leaves,"
        " for the design, the best normal density and the best even one (a disc), each"
        " width searched."
    ),
    expected=(0.0248, 0.0501, 0.0953),
    tolerance=(0.0002, 0.0002, 0.0005),
    seeds=(0,),
)
def photo_patch_left(seed: int) -> list[float]:
    S = patch().power
    return [left(shares(family, S), S) for family in ("design", "normal", "disc")]


@ledger(
    id="photo-patch-between",
    source=MEASURED,
    statement=(
        f"{PATCH}, 1,024 waves: PSNR on the trained pixels and between them, for the"
        " design, then for the best normal density; last, straight lines between the"
        " trained pixels."
    ),
    expected=(31.9, 25.9, 29.4, 25.9, 27.1),
    tolerance=(0.3, 0.2, 0.3, 0.2, 0.1),
    unit="dB",
)
def photo_patch_between(seed: int) -> tuple[float, ...]:
    square = patch()
    found = []
    for family in ("design", "normal"):
        error, _ = learn(family, seed)
        found.append(fits.decibel(np.mean(error[square.train] ** 2)))
        found.append(fits.decibel(np.mean(error[~square.train] ** 2)))
    missed = (straight_lines(square) - square.values)[~square.train]
    return *found, fits.decibel(np.mean(missed**2))


def straight_lines(square: Patch) -> np.ndarray:
    """Values (n,) by straight lines between the trained pixels."""
    from scipy.interpolate import RegularGridInterpolator

    axis = square.inputs[square.train][:32, 1]
    known = square.values[square.train].reshape(32, 32)
    lines = RegularGridInterpolator(
        (axis, axis), known, bounds_error=False, fill_value=None
    )
    return lines(square.inputs)


@ledger(
    id="photo-patch-border",
    source=MEASURED,
    statement=(
        f"{PATCH}, 1,024 waves: share of the square error between the trained pixels"
        " that lies within four pixels of the border, for the design, then for the"
        " best normal density; last, the share of those pixels."
    ),
    expected=(0.41, 0.40, 0.234),
    tolerance=(0.01, 0.01, 0.001),
)
def photo_patch_border(seed: int) -> list[float]:
    hidden = ~patch().train.reshape(64, 64)
    inside = np.pad(np.ones((56, 56)), 4)
    edge = hidden & (inside == 0)
    squares = []
    for family in ("design", "normal"):
        error, _ = learn(family, seed)
        squares.append(error.reshape(64, 64) ** 2)
    squares.append(np.ones((64, 64)))
    return [square[edge].sum() / square[hidden].sum() for square in squares]


def stored_runs(key: str) -> list:
    """One entry of all stored runs: the photograph's methods, then the recording's."""
    return [
        fits.load(signal, method)[key]
        for signal in fits.SIGNALS
        for method in fits.METHODS
    ]


@ledger(
    id="fits-parameters",
    source=MEASURED,
    statement=(
        f"Trained parameters of {METHODS}: on the photograph, then on the recording."
    ),
    expected=(19141, 19141, 19009, 19009, 2185, 2185, 2209, 2209),
    tolerance=0,
    seeds=(0,),
)
def fits_parameters(seed: int) -> list[float]:
    return stored_runs("count")


@ledger(
    id="fits-validation",
    source=MEASURED,
    statement=(
        f"The best of 16 settings on the validation samples, {METHODS}: PSNR of the"
        " photograph, then SNR of the recording."
    ),
    expected=(24.4, 24.6, 24.3, 20.9, 16.2, 18.1, 18.4, 12.1),
    tolerance=0.1,
    unit="dB",
    seeds=(0,),
)
def fits_validation(seed: int) -> list[float]:
    return [fits.decibel(grid.min()) for grid in stored_runs("grid")]


def decibels(signal: str, seed: int) -> np.ndarray:
    """Trained and held-out decibels of the four methods, (2, 4)."""
    return np.transpose([fits.scores(signal, method, seed) for method in fits.METHODS])


def without_network(signal: str) -> list[float]:
    """Held-out decibels of straight lines and of a cubic spline."""
    _, y, train, _ = fits.samples(signal)
    values = [fits.between(signal, kind) for kind in ("linear", "cubic")]
    return [fits.decibel(np.mean((v - y)[~train] ** 2)) for v in values]


def own_rings(signal: str) -> np.ndarray:
    """Root mean square of a signal itself at every whole frequency."""
    _, y, _, _ = fits.samples(signal)
    return fits.rings(signal, y - y.mean())


@ledger(
    id="photograph-trained",
    source=MEASURED,
    statement=(
        "Photograph of 256 by 256 pixels, every fourth trained on: PSNR on the trained"
        f" pixels, {METHODS}."
    ),
    expected=(28.8, 28.9, 27.3, 20.6),
    tolerance=(0.8, 0.5, 0.6, 0.4),
    unit="dB",
)
def photograph_trained(seed: int) -> np.ndarray:
    return decibels("photograph", seed)[0]


def error_rings(
    signal: str, seed: int, methods: Sequence[str] = fits.METHODS
) -> list[np.ndarray]:
    """The same of the error of each method's network."""
    return [fits.load(signal, method, seed)["rings"] for method in methods]


@ledger(
    id="photograph-held-out",
    source=MEASURED,
    statement=(
        f"The same networks: PSNR on the pixels never seen, {METHODS}; last, straight"
        " lines from pixel to pixel, and a cubic spline."
    ),
    expected=(26.4, 26.7, 26.2, 20.5, 26.96, 27.05),
    tolerance=(0.4, 0.3, 0.4, 0.4, 0.01, 0.01),
    unit="dB",
)
def photograph_held_out(seed: int) -> tuple[float, ...]:
    _, held_out = decibels("photograph", seed)
    return *held_out, *without_network("photograph")


def design_gain(signal: str, seed: int) -> np.ndarray:
    """Decibels of designed less those of normal frequencies: trained, held out."""
    found = decibels(signal, seed)
    return found[:, 0] - found[:, 1]


@ledger(
    id="photograph-design-gain",
    source=MEASURED,
    statement=(
        "The same networks: designed less normal frequencies, on trained pixels, then"
        " on those never seen."
    ),
    expected=(-0.1, -0.2),
    tolerance=(0.6, 0.3),
    unit="dB",
)
def photograph_design_gain(seed: int) -> np.ndarray:
    return design_gain("photograph", seed)


@ledger(
    id="photograph-lines",
    source=MEASURED,
    statement=(
        "PSNR on the pixels never seen: straight lines less normal frequencies, and a"
        " cubic spline less normal frequencies."
    ),
    expected=(0.3, 0.4),
    tolerance=(0.2, 0.2),
    unit="dB",
)
def photograph_lines(seed: int) -> np.ndarray:
    _, held_out = fits.scores("photograph", "gaussian", seed)
    return np.array(without_network("photograph")) - held_out


@ledger(
    id="photograph-beyond",
    source=MEASURED,
    statement=(
        "Share of the error's power over all pixels that lies above frequency 64, the"
        f" highest that the trained pixels carry (frequencies to 127): {METHODS}; then"
        " of the photograph's own power."
    ),
    expected=(0.46, 0.47, 0.47, 0.13, 0.028),
    tolerance=(0.04, 0.02, 0.04, 0.02, 0.001),
)
def photograph_beyond(seed: int) -> list[float]:
    rings = (*error_rings("photograph", seed), own_rings("photograph"))
    return [np.sum(r[64:] ** 2) / np.sum(r**2) for r in rings]


@ledger(
    id="photograph-octaves",
    source=MEASURED,
    statement=(
        "The same networks, all pixels: root mean square of the error divided by that"
        " of the photograph, in the octaves from 1, 2, 8 and 32; designed frequencies,"
        " then the plain network."
    ),
    expected=(0.008, 0.015, 0.06, 0.58, 0.03, 0.09, 0.61, 0.93),
    tolerance=(0.004, 0.003, 0.01, 0.04, 0.02, 0.03, 0.06, 0.03),
)
def photograph_octaves(seed: int) -> list[float]:
    own = fits.bands(own_rings("photograph"))
    found = []
    for rings in error_rings("photograph", seed, ("designed", "plain")):
        error = fits.bands(rings)
        found += [error[i] / own[i] for i in (0, 1, 3, 5)]
    return found


@ledger(
    id="recording-trained",
    source=MEASURED,
    statement=(
        "Electrocardiogram of 1,024 samples, every second trained on: SNR on the"
        f" trained samples, {METHODS}."
    ),
    expected=(41, 33, 24, 14.6),
    tolerance=(6, 1.5, 0.6, 2),
    unit="dB",
)
def recording_trained(seed: int) -> np.ndarray:
    return decibels("electrocardiogram", seed)[0]


@ledger(
    id="recording-held-out",
    source=MEASURED,
    statement=(
        f"The same networks: SNR on the samples never seen, {METHODS}; last, straight"
        " lines between the trained ones, and a cubic spline."
    ),
    expected=(25.8, 25.1, 23.3, 14.5, 23.79, 28.01),
    tolerance=(0.9, 0.9, 0.4, 2, 0.01, 0.01),
    unit="dB",
)
def recording_held_out(seed: int) -> tuple[float, ...]:
    _, held_out = decibels("electrocardiogram", seed)
    return *held_out, *without_network("electrocardiogram")


@ledger(
    id="recording-design-gain",
    source=MEASURED,
    statement=(
        "The same networks: designed less normal frequencies, on trained samples, then"
        " on those never seen."
    ),
    expected=(8, 0.7),
    tolerance=(6, 1.3),
    unit="dB",
)
def recording_design_gain(seed: int) -> np.ndarray:
    return design_gain("electrocardiogram", seed)


@ledger(
    id="recording-line",
    source=MEASURED,
    statement=(
        "Share of the recording's power above frequency 256, and in the narrow line"
        " from 165 to 177; power of the error in that line, divided by the"
        f" recording's: {METHODS}."
    ),
    expected=(0.00045, 0.00126, 0.1, 0.23, 0.97, 1.1),
    tolerance=(0.00001, 0.00001, 0.05, 0.07, 0.04, 0.1),
)
def recording_line(seed: int) -> tuple[float, ...]:
    own = own_rings("electrocardiogram")
    errors = error_rings("electrocardiogram", seed)
    own_line, *line = [np.sum(r[165:178] ** 2) for r in (own, *errors)]
    total = np.sum(own**2)
    return (
        np.sum(own[256:] ** 2) / total,
        own_line / total,
        *(np.array(line) / own_line),
    )
