"""Claims of the chapter on units as hyperplanes.

Their hidden scale, the Radon transform, back-projection, moving units.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from fbkit.activations import activation
from fbkit.breaklines import RadonSpline, balanced_start, radon_parameters
from fbkit.interpolate import train_output_weights
from fbkit.ledger import ledger

HERE = "derived here, checked numerically"
SAHS = "parameters as in Sahs et al., arXiv 2503.10587; " + HERE
WAVE, RADIUS, SHIFT = 2 * np.pi, 0.75, np.array([0.6, 0.4])
SIZE = 0.35  # of the bumps
BUMPS = ((1.0, np.array([0.5, 0.3])), (-1.0, np.array([-0.5, -0.1])))
ANGLES = np.radians([40.0, -100.0])  # of the teacher's units
OFFSETS, MAGNITUDES = np.array([0.2, -0.1]), np.array([1.0, -1.0])
TEACHER = np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1)


def lift(X: np.ndarray) -> np.ndarray:
    """Points (n, 2) with a column of ones."""
    return np.column_stack([X, np.ones(len(X))])


def output(
    outer: np.ndarray, inner: np.ndarray, X: np.ndarray, name: str = "relu"
) -> np.ndarray:
    """Of the network with outer weights (m,) and rows (w, b), (m, 3), at points."""
    return activation(name).value(lift(X) @ inner.T) @ outer


def descend(
    outer: np.ndarray,
    inner: np.ndarray,
    X: np.ndarray,
    values: np.ndarray,
    steps: int,
    lr: float,
    inner_lr: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Outer and inner weights of a ReLU network after gradient descent.

    On half the mean square, with a learning rate for each layer (the chapter uses
    torch).
    """
    a = outer
    W = inner
    lifted = lift(X)
    for _ in range(steps):
        z = lifted @ W.T
        on = z > 0
        active = z * on
        e = (active @ a - values) / len(values)
        by_inner = (on * e[:, None]).T @ lifted  # over a
        W = W - inner_lr * a[:, None] * by_inner
        a = a - lr * (e @ active)
    return a, W


def rms(values: np.ndarray) -> float:
    """Root mean square."""
    return np.sqrt(np.mean(values**2))


def bessel(x1: np.ndarray, x2: np.ndarray) -> np.ndarray:
    """Rings of frequency 2 pi under a bell of width 1."""
    from scipy.special import j0

    r = np.hypot(x1, x2)
    return j0(WAVE * r) * np.exp(-(r**2) / 2)


def disc(x1: np.ndarray, x2: np.ndarray) -> np.ndarray:
    """1 within the radius 3/4, else 0."""
    return 1.0 * (np.hypot(x1, x2) < RADIUS)


def moved_disc(x1: np.ndarray, x2: np.ndarray) -> np.ndarray:
    """The same around (0.6, 0.4)."""
    return disc(x1 - SHIFT[0], x2 - SHIFT[1])


def doppler(x1: np.ndarray, x2: np.ndarray) -> np.ndarray:
    """Rings whose frequency falls from the middle to the radius 1."""
    r = np.minimum(np.hypot(x1, x2), 1)
    return np.sqrt(r * (1 - r)) * np.sin(2.5 * np.pi / (r + 0.25))


def radon(
    f: Callable[[np.ndarray, np.ndarray], np.ndarray],
    angle: float,
    offsets: np.ndarray,
    reach: float = 6,
    h: float = 0.002,
) -> np.ndarray:
    """Sums of f(x1, x2) along the lines of one direction, one line an offset."""
    s = np.arange(-reach, reach, h)
    c, d = np.cos(angle), np.sin(angle)
    sums = [f(g * c - s * d, g * d + s * c).sum() for g in offsets]
    return h * np.array(sums)


def disc_seen(offsets: np.ndarray) -> np.ndarray:
    """Radon transform of the disc around 0."""
    return 2 * np.sqrt(np.maximum(RADIUS**2 - offsets**2, 0))


def bessel_seen(offsets: np.ndarray, window: float) -> np.ndarray:
    """Radon transform of J0(2 pi r) exp(-r^2/(2 window^2)).

    An average over the waves that J0 is made of.
    """
    phi = 2 * np.pi * (np.arange(4000) + 0.5) / 4000
    along, across = WAVE * np.cos(phi), WAVE * np.sin(phi)
    damped = np.exp(-((window * across) ** 2) / 2)
    waves = np.cos(np.outer(offsets, along)) * damped
    bell = np.exp(-((offsets / window) ** 2) / 2)
    return np.sqrt(2 * np.pi) * window * bell * waves.mean(axis=1)


def disc_points(rng: np.random.Generator, count: int) -> np.ndarray:
    """Points spread evenly over the disc of radius 1.5, (count, 2)."""
    r = 1.5 * np.sqrt(rng.uniform(size=count))
    angle = rng.uniform(0, 2 * np.pi, count)
    return np.stack([r * np.cos(angle), r * np.sin(angle)], axis=1)


def bumps(X: np.ndarray) -> np.ndarray:
    """The target: a bump of height 1 and one of height -1, (n,)."""
    return sum(
        height * np.exp(-np.square(X - centre).sum(axis=1) / (2 * SIZE**2))
        for height, centre in BUMPS
    )


def needed(
    directions: np.ndarray,
    offsets: np.ndarray,
    parts: Sequence[tuple[float, np.ndarray]] = BUMPS,
) -> np.ndarray:
    """The density of units that bumps ask for.

    Minus |d/d gamma|^3 of their Radon transform, over 4 pi.
    """
    step = 0.02
    grid = np.arange(-12, 12, step)
    seen = np.sqrt(2 * np.pi) * SIZE * np.exp(-((grid / SIZE) ** 2) / 2)
    omega = 2 * np.pi * np.fft.rfftfreq(len(grid), step)
    one = -np.fft.irfft(omega**3 * np.fft.rfft(seen)) / (4 * np.pi)
    return sum(
        height * np.interp(offsets - directions @ centre, grid, one)
        for height, centre in parts
    )


def even_grid(
    angles: int, offsets: int, reach: float = 1.5
) -> tuple[np.ndarray, np.ndarray, float]:
    """Directions and offsets on a grid, and the area of its cells."""
    theta = 2 * np.pi * (np.arange(angles) + 0.5) / angles
    gamma = reach * (2 * np.arange(offsets) + 1 - offsets) / offsets
    theta, gamma = (v.ravel() for v in np.meshgrid(theta, gamma, indexing="ij"))
    cell = 2 * np.pi / angles * 2 * reach / offsets
    return np.stack([np.cos(theta), np.sin(theta)], axis=1), gamma, cell


@ledger(
    id="radon-scaling",
    source=SAHS,
    statement=(
        "40 units in the plane, (a, w, b) replaced by (a/7, 7w, 7b): largest change of"
        " the output at 100 points over its largest value, for ReLU, leaky ReLU and"
        " tanh; largest change of directions, offsets and magnitudes; and of the tanh"
        " network's output if the scale is put back, tanh(z/7) · 7 for tanh(z)."
    ),
    expected=(0, 0, 0.83, 0, 0),
    tolerance=(1e-12, 1e-12, 0.1, 1e-12, 1e-12),
)
def scaling(seed: int) -> tuple[float, ...]:
    rng = np.random.default_rng(seed)
    a = rng.normal(size=40)
    W = rng.normal(size=(40, 3))
    X = rng.normal(size=(100, 2))
    changes = []
    for name in ("relu", "leaky_relu", "tanh"):
        f = output(a, W, X, name)
        g = output(a / 7, 7 * W, X, name)
        changes.append(np.abs(g - f).max() / np.abs(f).max())
    before = radon_parameters(a, W[:, :2], W[:, 2])
    after = radon_parameters(a / 7, 7 * W[:, :2], 7 * W[:, 2])
    moved = max(np.abs(u - v).max() for u, v in zip(before, after))
    put_back = np.tanh(lift(X) @ (7 * W).T / 7) @ (7 * (a / 7))
    return *changes, moved, np.abs(put_back - output(a, W, X, "tanh")).max()


@ledger(
    id="radon-training",
    source=HERE,
    statement=(
        "A ReLU network of 50 units (balanced) and the same function with (a, w, b) →"
        " (a/3, 3w, 3b), 500 steps of gradient descent on 60 points: root-mean-square"
        " difference of the two functions over the target's size, with one learning"
        " rate; the same with that of the second network divided by 9 for a and times 9"
        " for w and b; and how far a² − |w|² − b² drifted in any unit, over the largest"
        " change of an a²."
    ),
    expected=(0.09, 0, 0),
    tolerance=(0.04, 1e-10, 0.002),
)
def training(seed: int) -> tuple[float, ...]:
    X = np.random.default_rng(seed).uniform(-1, 1, (60, 2))
    a, W = balanced_start(50, 2.0, dim=2, seed=seed)
    y = np.sin(3 * X[:, 0]) * X[:, 1]
    end = descend(a, W, X, y, 500, 0.02, 0.02)
    same_rate = descend(a / 3, 3 * W, X, y, 500, 0.02, 0.02)
    own_rates = descend(a / 3, 3 * W, X, y, 500, 0.02 / 9, 0.18)
    f, g, h = (output(*net, X) for net in (end, same_rate, own_rates))
    outer, inner = end
    drift = np.abs(outer**2 - np.square(inner).sum(axis=1)).max()
    change = np.abs(outer**2 - a**2).max()
    return rms(g - f) / rms(y), rms(h - f) / rms(y), drift / change


@ledger(
    id="radon-transform",
    source=(
        "test functions as in Sahs et al., arXiv 2503.10587, window and doppler chosen"
        " here; "
    )
    + HERE,
    statement=(
        "Sums along lines against closed forms, largest difference over offsets −2 to"
        " 2: a disc of radius 3/4, the same disc moved to (0.6, 0.4), J0(2π|x|) under a"
        " bell of width 1; and the last closed form for a bell of width 8, offsets −1"
        " to 1, against cos(2πγ)/π."
    ),
    expected=0,
    tolerance=(0.004, 0.004, 1e-6, 0.003),
    seeds=(0,),
)
def transform(seed: int) -> list[float]:
    offsets, near = np.linspace(-2, 2, 41), np.linspace(-1, 1, 41)
    angle = 0.7
    middle = SHIFT @ [np.cos(angle), np.sin(angle)]
    gaps = (
        radon(disc, angle, offsets) - disc_seen(offsets),
        radon(moved_disc, angle, offsets) - disc_seen(offsets - middle),
        radon(bessel, angle, offsets) - bessel_seen(offsets, 1.0),
        bessel_seen(near, 8.0) - np.cos(WAVE * near) / np.pi,
    )
    return [np.abs(gap).max() for gap in gaps]


@ledger(
    id="radon-slice",
    source=(
        "test functions as in Sahs et al., arXiv 2503.10587, window and doppler chosen"
        " here; "
    )
    + HERE,
    statement=(
        "Fourier transform of the sums along lines against the function's own Fourier"
        " transform (by its radial integral) at 61 frequencies from 0 to 30, largest"
        " difference over the largest value: Bessel under a bell, disc, doppler; and"
        " the frequency where the first is largest."
    ),
    expected=(0, 0, 0, 6),
    tolerance=(1e-4, 0.003, 1e-4, 0.6),
    seeds=(0,),
)
def slices(seed: int) -> tuple[float, ...]:
    from scipy.special import j0

    offsets = np.arange(-5, 5, 0.02)
    omega = np.linspace(0, 30, 61)
    r = (np.arange(6000) + 0.5) / 1000
    gaps, peaks = [], []
    for f in (bessel, disc, doppler):
        line = 0.02 * np.cos(np.outer(omega, offsets)) @ radon(f, 0.4, offsets)
        whole = 2 * np.pi / 1000 * j0(np.outer(omega, r)) @ (r * f(r, 0))
        gaps.append(np.abs(line - whole).max() / np.abs(whole).max())
        peaks.append(omega[np.abs(whole).argmax()])
    return *gaps, peaks[0]


@ledger(
    id="radon-written",
    source=HERE,
    statement=(
        "ReLU networks written down from the Radon transform of two bumps, not trained"
        " (directions × offsets = 8 × 16, 16 × 32, 32 × 64, 64 × 128; a plane fitted):"
        " largest error at 1,000 points, over the target's largest value."
    ),
    expected=(0.24, 0.024, 0.0013, 0.0006),
    tolerance=(0.05, 0.006, 0.0006, 0.0003),
)
def written(seed: int) -> list[float]:
    X = disc_points(np.random.default_rng(seed), 1000)
    y = bumps(X)
    plane = lift(X)
    errors = []
    for angles, offsets in ((8, 16), (16, 32), (32, 64), (64, 128)):
        directions, gamma, cell = even_grid(angles, offsets)
        units = np.maximum(X @ directions.T - gamma, 0)
        rest = y - units @ needed(directions, gamma) * cell
        rest = rest - plane @ np.linalg.lstsq(plane, rest, rcond=None)[0]
        errors.append(np.abs(rest).max() / np.abs(y).max())
    return errors


@ledger(
    id="radon-trained-weights",
    source=HERE,
    statement=(
        "The last layer of 32 × 32 evenly spread ReLU units and a plane, trained from 0"
        " (heavy ball, 2,000 steps) on 400 points of two bumps: correlation of its"
        " weights with the formula; the sum of their squares over that of the"
        " formula's; that of the formula for one bump of width τ over 15√π/(32 τ³); and"
        " the largest difference of two weights at one breakline, over the largest"
        " weight."
    ),
    expected=(0.987, 0.91, 1, 0),
    tolerance=(0.008, 0.05, 0.01, 0.01),
)
def trained_weights(seed: int) -> tuple[float, ...]:
    X = disc_points(np.random.default_rng(seed), 400)
    directions, gamma, cell = even_grid(32, 32)
    units = np.maximum(X @ directions.T - gamma, 0)
    features = np.hstack([units, 30 * lift(X)])
    weights = train_output_weights(
        features,
        bumps(X),
        2000,
        lr=1 / np.linalg.norm(features, 2) ** 2,
        momentum=0.995,
        tolerance=0,
    )
    mu = weights[:-3] / cell
    formula = needed(directions, gamma)
    # The same breakline from its other side: half a turn on, offset negated.
    other_side = np.roll(mu.reshape(32, 32), 16, axis=0)[:, ::-1].ravel()
    uneven = np.abs(mu - other_side).max() / np.abs(mu).max()
    size = mu @ mu / (formula @ formula)
    return np.corrcoef(mu, formula)[0, 1], size, square_of_one_bump(), uneven


def square_of_one_bump() -> float:
    """Integral of the formula's square for one bump, over 15 sqrt(pi)/(32 tau^3)."""
    directions, gamma, cell = even_grid(36, 400, 6)
    square = cell * (needed(directions, gamma, BUMPS[:1]) ** 2).sum()
    return square / (15 * np.pi**0.5 / 32 / SIZE**3)


@ledger(
    id="radon-moves",
    source=HERE,
    statement=(
        "200 balanced units trained on two teacher units (80 points): share of Σ|μ|"
        " within 10° and 0.1 of a teacher's direction and offset (either side) at the"
        " start; after training from scale 0.1 (3,000 steps); from scale 10 (1,000);"
        " and by how many degrees a unit turned on average in each."
    ),
    expected=(0.04, 0.96, 0.03, 43, 3),
    tolerance=(0.02, 0.04, 0.03, 8, 2),
)
def moves(seed: int) -> tuple[float, ...]:
    X = np.random.default_rng(seed).uniform(-1, 1, (80, 2))
    y = teacher(X)
    before, near, turned = [], [], []
    for scale, lr, steps in ((0.1, 0.5, 3000), (10.0, 0.01, 1000)):
        a, W = balanced_start(200, scale, dim=2, seed=seed)
        start = radon_parameters(a, W[:, :2], W[:, 2])
        a, W = descend(a, W, X, y, steps, lr, lr)
        end = radon_parameters(a, W[:, :2], W[:, 2])
        cosine = np.clip((start.direction * end.direction).sum(axis=1), -1, 1)
        before.append(near_teacher(start))
        near.append(near_teacher(end))
        turned.append(np.degrees(np.arccos(cosine)).mean())
    return before[0], *near, *turned


def teacher(X: np.ndarray) -> np.ndarray:
    """Values of the two teacher units, (n,)."""
    return np.maximum(X @ TEACHER.T - OFFSETS, 0) @ MAGNITUDES


def near_teacher(units: RadonSpline) -> float:
    """The share of the magnitudes' sizes that lies at a teacher's line.

    Whichever side is on.
    """
    near = np.zeros(len(units.mass), bool)
    for direction, offset in zip(TEACHER, OFFSETS):
        for side in (1, -1):
            beside = np.abs(side * units.offset - offset) < 0.1
            along = side * units.direction @ direction > np.cos(np.radians(10))
            near = near | (beside & along)
    size = np.abs(units.mass)
    return size[near].sum() / size.sum()
