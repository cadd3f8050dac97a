"""Claims of the chapter "Does the design work on a photograph?". Long runs are read
from `fbkit.chapters.fit_a_photograph.runs`.
"""

import functools

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
K, T, STEPS = np.arange(-15, 16), 1000, 100
SIZE = np.hypot(K[:, None], K)


def patch():
    """Inputs (n, 2), values (n,) without the training mean, training mask (n,),
    coefficients (31, 31).
    """
    square = fb.photograph(64, row=150, column=220, image="flower")
    train = (np.indices((64, 64)) % 2 == 0).all(axis=0).ravel()
    y = square.values - square.values[train].mean()
    return (
        square.inputs,
        y,
        train,
        np.fft.fftshift(np.fft.fft2(y[train].reshape(32, 32)))[1:, 1:] / 32**2,
    )


def left(P, S):
    """Share of the power S that is left at time T."""
    return (S * np.exp(-2 * T * P)).sum() / S.sum()


def shares(family, S):
    """The shares P (31, 31) of the whole waves: water-filling, the best normal shape,
    or the best disc.
    """
    if family == "design":
        return (p := fb.waterfill(S, (K, K), T / (2 * np.pi) ** 2, dim=2)[0]) / p.sum()
    shapes = {
        "normal": lambda s: np.exp(-(SIZE**2) / (2 * s**2)),
        "disc": lambda s: s >= SIZE,
    }
    tried = [
        (P := shapes[family](s) * (SIZE > 0)) / P.sum() for s in np.arange(1, 22, 0.25)
    ]
    return min(tried, key=lambda P: left(P, S))


@functools.cache
def learn(family, seed, m=1024):
    """Network's error (n,) at all pixels, and the loss's ratio to the formula with
    placed and with wanted shares.
    """
    import torch

    x, y, train, c = patch()
    S = np.abs(c) ** 2
    P, places = (
        shares(family, S),
        (np.arange(m) + np.random.default_rng(seed).random()) / m,
    )
    index = np.searchsorted(
        2 * np.cumsum(P.ravel()[:480]), places
    )  # of k and -k one is enough; 480 is k = 0
    waves = np.stack(np.meshgrid(K, K, indexing="ij"), axis=-1).reshape(-1, 2)[index]
    net = fb.FourierFeatures(waves)
    target = fb.Target(
        x[train], y[train], np.full(train.sum(), 1 / train.sum()), None, "patch"
    )
    run = fb.train(net, target, lr=T / STEPS, steps=STEPS, records=2, progress=False)
    placed = np.bincount(index, minlength=961).reshape(31, 31) / m
    beyond = (
        np.mean(y[train] ** 2) - S.sum()
    )  # in the one frequency that has no negative, which is left alone
    formula = [
        (S * (1 - T / STEPS * Q) ** (2 * STEPS)).sum() + beyond
        for Q in ((placed + placed[::-1, ::-1]) / 2, P)
    ]
    with torch.no_grad():
        error = net(torch.as_tensor(x, dtype=torch.float32)).numpy()[:, 0] - y
    return error, 2 * run.loss[-1] / np.array(formula)


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
    return learn("design", seed)[1]


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
    S = np.abs(patch()[3]) ** 2
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
    from scipy.interpolate import RegularGridInterpolator

    x, y, train, _ = patch()
    errors = [learn(family, seed)[0] for family in ("design", "normal")]
    axis = x[train][:32, 1]
    lines = RegularGridInterpolator(
        (axis, axis), y[train].reshape(32, 32), bounds_error=False, fill_value=None
    )
    found = [
        fits.decibel(np.mean(e[mask] ** 2)) for e in errors for mask in (train, ~train)
    ]
    return *found, fits.decibel(np.mean((lines(x) - y)[~train] ** 2))


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
    hidden = ~patch()[2].reshape(64, 64)
    edge = hidden & (np.pad(np.ones((56, 56)), 4) == 0)
    squares = [
        learn(family, seed)[0].reshape(64, 64) ** 2 for family in ("design", "normal")
    ]
    return [s[edge].sum() / s[hidden].sum() for s in (*squares, np.ones((64, 64)))]


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
    return [
        fits.load(signal, method)["count"]
        for signal in fits.SIGNALS
        for method in fits.METHODS
    ]


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
    grids = [
        fits.load(signal, method)["grid"]
        for signal in fits.SIGNALS
        for method in fits.METHODS
    ]
    return [fits.decibel(grid.min()) for grid in grids]


def decibels(signal, seed):
    """Trained and held-out decibels of the four methods, (2, 4)."""
    return np.transpose([fits.scores(signal, method, seed) for method in fits.METHODS])


def without_network(signal):
    """Held-out decibels of straight lines and of a cubic spline between the training
    samples.
    """
    _, y, train, _ = fits.samples(signal)
    values = [fits.between(signal, kind) for kind in ("linear", "cubic")]
    return [fits.decibel(np.mean((v - y)[~train] ** 2)) for v in values]


def own_rings(signal):
    """Root mean square of a signal itself at every whole frequency."""
    y = fits.samples(signal)[1]
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
    return *decibels("photograph", seed)[1], *without_network("photograph")


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
    found = decibels("photograph", seed)
    return found[:, 0] - found[:, 1]


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
    return (
        np.array(without_network("photograph"))
        - fits.scores("photograph", "gaussian", seed)[1]
    )


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
    rings = [fits.load("photograph", method, seed)["rings"] for method in fits.METHODS]
    return [
        np.sum(r[64:] ** 2) / np.sum(r**2) for r in (*rings, own_rings("photograph"))
    ]


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
    errors = [
        fits.bands(fits.load("photograph", method, seed)["rings"])
        for method in ("designed", "plain")
    ]
    return [error[i] / own[i] for error in errors for i in (0, 1, 3, 5)]


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
    return *decibels("electrocardiogram", seed)[1], *without_network(
        "electrocardiogram"
    )


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
    found = decibels("electrocardiogram", seed)
    return found[:, 0] - found[:, 1]


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
    errors = [
        fits.load("electrocardiogram", method, seed)["rings"] for method in fits.METHODS
    ]
    line = [np.sum(r[165:178] ** 2) for r in (own, *errors)]
    return (
        np.sum(own[256:] ** 2) / np.sum(own**2),
        line[0] / np.sum(own**2),
        *(np.array(line[1:]) / line[0]),
    )
