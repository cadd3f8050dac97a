"""Claims of Part I: how frequency is measured, on a line and in 64 dimensions."""

import numpy as np

import fbkit as fb
from fbkit.basis import Basis
from fbkit.ledger import ledger
from fbkit.targets import Target

DERIVED = "derived here, checked numerically"
FILTER = "Xu et al., arXiv 1901.06523 (filter); figures measured for this course"
PROJECTION = (
    "Xu et al., arXiv 1901.06523 (projection); figures measured for this course"
)
VARIANCES = (0.3, 0.6, 1, 2)  # of the filter
PEAKS = [1, 5.75, 8.5, 11.5]  # of the labels' spectrum, in cycles


def tail_slope(basis: Basis, values: np.ndarray, start: float = 0.0) -> float:
    """Slope of log coefficient against log(frequency - start), from 40 to 120."""
    coefficients = basis.analyse(values)[None]
    history = fb.History([0], basis.modes, coefficients, [0])
    frequencies, amplitude = history.amplitude()
    far = (frequencies > 40) & (frequencies < 120) & (amplitude[0] > 1e-12)
    x = np.log(frequencies[far] - start)
    return np.polyfit(x, np.log(amplitude[0, far]), 1)[0]


@ledger(
    id="tails",
    source=DERIVED,
    statement=(
        "Slope of log coefficient against log frequency for the line y = x on an"
        " interval: -1 where the periodic extension jumps, -2 where the even extension"
        " only has a kink, and -3 for a wave between two frequencies once it is"
        " tapered."
    ),
    expected=(-1, -2, -3),
    tolerance=(0.05, 0.05, 0.25),
    seeds=(0,),
)
def tails(seed: int) -> tuple[float, ...]:
    jump, kink = fb.interval(1024), fb.interval(1024, extension="even")
    wave = fb.taper(np.sin(10.3 * jump.points), jump)
    return (
        tail_slope(jump, jump.points),
        tail_slope(kink, kink.points),
        tail_slope(jump, wave, 10.3),
    )


@ledger(
    id="leakage",
    source=DERIVED,
    statement=(
        "Largest coefficient above frequency 40 that sin(10.3 x) leaks on 256 points of"
        " one period, over the largest of all: plain, and after a Hann taper."
    ),
    expected=(0.0146, 1e-5),
    tolerance=(0.002, 5e-6),
    seeds=(0,),
)
def leakage(seed: int) -> list[float]:
    basis = fb.interval(256)
    wave = np.sin(10.3 * basis.points)
    leaks = []
    for values in (wave, fb.taper(wave, basis)):
        spectrum = np.abs(basis.analyse(values))
        leaks.append(spectrum[basis.modes > 40].max() / spectrum.max())
    return leaks


@ledger(
    id="leakage-hides-order",
    source=DERIVED,
    statement=(
        "A tanh network learns the line x/pi on an interval. Time from which the error"
        " stays below 20 %: frequencies 1, 4 and 16 of the periodic extension, then"
        " 0.5, 1.5 and 2.5 of the even one."
    ),
    expected=(1, 4, 4, 1.5, 46, 300),
    tolerance=(1, 3, 3, 1, 10, 80),
    unit="time",
)
def leakage_hides_order(seed: int) -> np.ndarray:
    periodic, even = fb.interval(200), fb.interval(200, extension="even")
    line = fb.on_basis(periodic, periodic.points / np.pi)
    net = fb.mlp(inputs=1, width=512, activation="tanh", seed=seed)
    run = fb.train(net, line, lr=1.0, records=160, keep_outputs=True, progress=False)
    residual = run.meta["outputs"] - line.values
    mirrored = fb.History(run.t, even.modes, even.analyse(residual), run.loss)
    by_periodic = fb.learning_times(run, frequencies=[1, 4, 16])
    by_even = fb.learning_times(mirrored, frequencies=[0.5, 1.5, 2.5])
    return np.concatenate([by_periodic, by_even])


@ledger(
    id="uneven-samples",
    source=DERIVED,
    statement=(
        "Largest error in the coefficients of a signal of frequencies 1 and 7 from 100"
        " random angles: plain means, and weighted least squares."
    ),
    expected=(0.21, 0),
    tolerance=(0.05, 1e-10),
)
def uneven_samples(seed: int) -> list[float]:
    angles = np.random.default_rng(seed).uniform(-np.pi, np.pi, 100)
    basis = fb.circle(angles, highest=20)
    truth = np.zeros(41)
    truth[2] = 1.0  # of frequency 1
    truth[13] = 0.5  # of frequency 7
    values = basis.synthesise(truth)
    plain_means = basis.matrix.T @ values / 100
    fits = (plain_means, basis.analyse(values))
    return [np.abs(fit - truth).max() for fit in fits]


def low_share(target: Target, variance: float, remove_mean: bool) -> float:
    """The share of the labels that the filter calls low."""
    return fb.filter_errors(target.values, target, variance, remove_mean)[2]


@ledger(
    id="digits-energy",
    source=FILTER,
    statement=(
        "Share of the digits' labels that the filter calls low, at filter variance 0.3,"
        " 0.6, 1 and 2: first with the constant mean of the labels, then without."
    ),
    expected=(0.951, 0.612, 0.309, 0.140, 0.945, 0.569, 0.232, 0.045),
    tolerance=0.002,
    seeds=(0,),
)
def digits_energy(seed: int) -> list[float]:
    target = fb.digits()
    with_mean = [low_share(target, variance, False) for variance in VARIANCES]
    without = [low_share(target, variance, True) for variance in VARIANCES]
    return [*with_mean, *without]


@ledger(
    id="random-energy",
    source=FILTER,
    statement=(
        "The same share for random labels at variance 1, with the mean and without:"
        " what was low was the mean."
    ),
    expected=(0.105, 0.0032),
    tolerance=(0.005, 0.0008),
)
def random_energy(seed: int) -> list[float]:
    target = fb.digits(labels="random", seed=seed)
    return [low_share(target, 1.0, remove_mean) for remove_mean in (False, True)]


def train_digits(target: Target, seed: int, **how: float | str) -> fb.History:
    """A run of the ReLU network 64-200-200-10, outputs kept."""
    net = fb.standard_mlp([64, 200, 200, 10], "relu", seed=seed)
    return fb.train(net, target, keep_outputs=True, progress=False, **how)


def adam_digits(target: Target, seed: int, records: int = 160) -> fb.History:
    """The same, 600 steps of Adam."""
    how = dict(optimizer="adam", lr=1e-3, steps=600, records=records)
    return train_digits(target, seed, **how)


def stays_below(errors: np.ndarray, run: fb.History) -> np.ndarray:
    """Times from which relative errors (T, K) stay below 0.3, (K,)."""
    count = errors.shape[1]
    history = fb.History(run.t, range(count), errors, run.loss)
    return fb.learning_times(history, below=0.3, reference=np.ones(count))


def low_and_high(run: fb.History, target: Target) -> np.ndarray:
    """Low errors at each variance, then high ones, mean removed, (T, 8)."""
    pairs = [
        fb.filter_errors(run.meta["outputs"], target, variance)[:2]
        for variance in VARIANCES
    ]
    low, high = zip(*pairs)
    return np.stack([*low, *high], axis=1)


@ledger(
    id="digits-low-first",
    source=FILTER,
    statement=(
        "On all 1,797 digits a ReLU network 64-200-200-10 under Adam (learning rate"
        " 1e-3) has its low error below 0.3 for good long before its high error: first"
        " steps for the low part at variance 0.3, 0.6, 1 and 2, then for the high part"
        " within 600 steps (mean removed)."
    ),
    expected=(70, 40, 30, 22, np.inf, 300, 180, 127),
    tolerance=(12, 8, 6, 6, 0, 40, 25, 20),
    unit="steps",
    kind="recorded",
)
def digits_low_first(seed: int) -> np.ndarray:
    target = fb.digits()
    run = adam_digits(target, seed)
    return stays_below(low_and_high(run, target), run)


@ledger(
    id="digits-low-below-high",
    source=FILTER,
    statement=(
        "Share of 61 log-spaced checkpoints with the low error below the high one,"
        " variance 1, 600 steps: true labels with the mean and without, random labels"
        " with the mean and without."
    ),
    expected=(0.98, 0.99, 0.98, 0.9),
    tolerance=(0.02, 0.02, 0.02, 0.05),
    kind="recorded",
)
def digits_low_below_high(seed: int) -> list[float]:
    shares = []
    for labels in ("true", "random"):
        target = fb.digits(labels=labels, seed=seed)
        outputs = adam_digits(target, seed, records=80).meta["outputs"]
        for remove_mean in (False, True):
            low, high, _ = fb.filter_errors(outputs, target, 1.0, remove_mean)
            shares.append(np.mean(low < high))
    return shares


@ledger(
    id="random-labels-mean",
    source=FILTER,
    statement=(
        "Random labels on the same network, variance 1: first step from which the low"
        " error stays below 0.3 with the mean of the labels kept, and with it removed."
    ),
    expected=(9, 200),
    tolerance=(5, 60),
    unit="steps",
    kind="recorded",
)
def random_labels_mean(seed: int) -> np.ndarray:
    target = fb.digits(labels="random", seed=seed)
    run = adam_digits(target, seed)
    low = [
        fb.filter_errors(run.meta["outputs"], target, 1.0, remove_mean)[0]
        for remove_mean in (False, True)
    ]
    return stays_below(np.stack(low, axis=1), run)


@ledger(
    id="digits-gradient-descent",
    source=FILTER,
    statement=(
        "The same under plain gradient descent (learning rate 0.1), 1,000 steps: first"
        " steps with the low error below 0.3 for good at variance 0.3, 0.6, 1 and 2"
        " (mean removed), then the high ones: never."
    ),
    expected=(800, 320, 205, 130, np.inf, np.inf, np.inf, np.inf),
    tolerance=(120, 50, 35, 25, 0, 0, 0, 0),
    unit="steps",
    kind="recorded",
)
def digits_gradient_descent(seed: int) -> np.ndarray:
    target = fb.digits()
    run = train_digits(target, seed, lr=0.1, steps=1000, records=160)
    return stays_below(low_and_high(run, target), run) / 0.1  # in steps


@ledger(
    id="projection-peaks",
    source=PROJECTION,
    statement=(
        "Along the digits' first principal component the labels' spectrum peaks at 1,"
        " 5.75, 8.5 and 11.5 cycles. First step from which the relative error there"
        " stays below 0.2 (Adam, mean removed): the first peak is first and the last is"
        " last on all three seeds, the two between come close together."
    ),
    expected=(37, 128, 113, 215),
    tolerance=(8, 25, 25, 90),
    unit="steps",
    kind="recorded",
)
def projection_peaks(seed: int) -> np.ndarray:
    target = fb.digits()
    run = adam_digits(target, seed)
    residual = run.meta["outputs"] - target.values  # (T, n, 10)
    residual -= residual.mean(axis=1, keepdims=True)
    labels = target.values.mean(axis=0) - target.values  # the start from output 0
    both = np.stack([labels, *residual]).swapaxes(1, 2)
    spectrum = fb.projection_spectrum(target.inputs, both, PEAKS)
    size = np.linalg.norm(spectrum, axis=1)
    history = fb.History(run.t, PEAKS, size[1:], run.loss)
    return fb.learning_times(history, below=0.2, reference=size[0])


@ledger(
    id="projection-chance",
    source=PROJECTION,
    statement=(
        "All 1,797 digits: size of the spectrum's peaks at 1, 5.75, 8.5 and 11.5 cycles"
        " over that of shuffled labels (mean of 20 shuffles). Only the first stands far"
        " above chance."
    ),
    expected=(11.9, 1.5, 1.1, 0.77),
    tolerance=(1.2, 0.25, 0.2, 0.15),
)
def projection_chance(seed: int) -> np.ndarray:
    target = fb.digits()
    rng = np.random.default_rng(seed)
    labels = (target.values - target.values.mean(axis=0)).T  # (10, n)
    shuffled = [labels[:, rng.permutation(1797)] for _ in range(20)]
    stacked = np.stack([labels, *shuffled])  # (21, 10, n)
    spectrum = fb.projection_spectrum(target.inputs, stacked, PEAKS)
    size = np.linalg.norm(spectrum, axis=1)  # (21, 4)
    return size[0] / size[1:].mean(axis=0)
