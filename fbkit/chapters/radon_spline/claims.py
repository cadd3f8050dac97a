"""Claims of the chapter on units as hyperplanes: hidden scale, Radon transform,
back-projection, moving units.
"""

import numpy as np

from fbkit.activations import activation
from fbkit.breaklines import balanced_start, radon_parameters
from fbkit.ledger import ledger

HERE = "derived here, checked numerically"
SAHS = "parameters as in Sahs et al., arXiv 2503.10587; " + HERE
WAVE, RADIUS = 2 * np.pi, 0.75


def lift(points):
    return np.column_stack([points, np.ones(len(points))])


def output(outer, inner, points, name="relu"):
    return activation(name).value(lift(points) @ inner.T) @ outer


def descend(outer, inner, points, values, steps, lr, lr_inner):
    """Plain gradient descent on half the mean square, with a learning rate for each
    layer (the chapter uses torch).
    """
    a, W, X = outer, inner, lift(points)
    for _ in range(steps):
        z = X @ W.T
        on = z > 0
        e = ((z * on) @ a - values) / len(values)
        a, W = (
            a - lr * (e @ (z * on)),
            W - lr_inner * a[:, None] * ((on * e[:, None]).T @ X),
        )
    return a, W


def bessel(x1, x2):
    from scipy.special import j0

    r = np.hypot(x1, x2)
    return j0(WAVE * r) * np.exp(-(r**2) / 2)


def disc(x1, x2):
    return 1.0 * (np.hypot(x1, x2) < RADIUS)


def doppler(x1, x2):
    r = np.minimum(np.hypot(x1, x2), 1)
    return np.sqrt(r * (1 - r)) * np.sin(2.5 * np.pi / (r + 0.25))


def radon(f, angle, offsets, reach=6, h=0.002):
    """Sums of f(x1, x2) along the lines of one direction."""
    s, c, d = np.arange(-reach, reach, h), np.cos(angle), np.sin(angle)
    return h * np.array([f(g * c - s * d, g * d + s * c).sum() for g in offsets])


def bessel_seen(offsets, window):
    """Radon transform of J0(2 pi r) exp(-r^2/(2 window^2)), an average over the waves
    that J0 is made of.
    """
    phi = 2 * np.pi * (np.arange(4000) + 0.5) / 4000
    along, across = WAVE * np.cos(phi), WAVE * np.sin(phi)
    waves = np.cos(np.outer(offsets, along)) * np.exp(-((window * across) ** 2) / 2)
    return (
        np.sqrt(2 * np.pi)
        * window
        * np.exp(-((offsets / window) ** 2) / 2)
        * waves.mean(axis=1)
    )


def disc_points(rng, n, radius=1.5):
    r, angle = radius * np.sqrt(rng.uniform(size=n)), rng.uniform(0, 2 * np.pi, n)
    return np.stack([r * np.cos(angle), r * np.sin(angle)], axis=1)


BUMPS, SIZE = ((1.0, np.array([0.5, 0.3])), (-1.0, np.array([-0.5, -0.1]))), 0.35


def bumps(points):
    return sum(
        s * np.exp(-np.square(points - c).sum(axis=1) / (2 * SIZE**2)) for s, c in BUMPS
    )


def needed(directions, offsets, parts=BUMPS):
    """The density of units that bumps ask for: minus |d/d gamma|^3 of their Radon
    transform, over 4 pi.
    """
    grid = np.arange(-12, 12, 0.02)
    seen = np.sqrt(2 * np.pi) * SIZE * np.exp(-((grid / SIZE) ** 2) / 2)
    omega = 2 * np.pi * np.fft.rfftfreq(len(grid), 0.02)
    one = -np.fft.irfft(omega**3 * np.fft.rfft(seen)) / (4 * np.pi)
    return sum(s * np.interp(offsets - directions @ c, grid, one) for s, c in parts)


def even_grid(angles, offsets, reach=1.5):
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
    a, W, X = rng.normal(size=40), rng.normal(size=(40, 3)), rng.normal(size=(100, 2))
    changes = []
    for name in ("relu", "leaky_relu", "tanh"):
        f, g = output(a, W, X, name), output(a / 7, 7 * W, X, name)
        changes.append(np.abs(g - f).max() / np.abs(f).max())
    one = radon_parameters(a, W[:, :2], W[:, 2])
    two = radon_parameters(a / 7, 7 * W[:, :2], 7 * W[:, 2])
    back = np.tanh(lift(X) @ (7 * W).T / 7) @ (7 * (a / 7)) - output(a, W, X, "tanh")
    return (
        *changes,
        max(np.abs(u - v).max() for u, v in zip(one, two)),
        np.abs(back).max(),
    )


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
    rng = np.random.default_rng(seed)
    X, (a, W) = rng.uniform(-1, 1, (60, 2)), balanced_start(50, 2.0, dim=2, seed=seed)
    y = np.sin(3 * X[:, 0]) * X[:, 1]
    one, two, three = (
        descend(p, V, X, y, 500, *lr)
        for p, V, lr in (
            (a, W, (0.02,) * 2),
            (a / 3, 3 * W, (0.02,) * 2),
            (a / 3, 3 * W, (0.02 / 9, 0.18)),
        )
    )
    f, g, h = (output(*net, X) for net in (one, two, three))
    drift = (
        np.abs(one[0] ** 2 - np.square(one[1]).sum(axis=1)).max()
        / np.abs(one[0] ** 2 - a**2).max()
    )
    size = np.sqrt(np.mean(y**2))
    return (
        np.sqrt(np.mean((g - f) ** 2)) / size,
        np.sqrt(np.mean((h - f) ** 2)) / size,
        drift,
    )


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
    g, near, shift, angle = (
        np.linspace(-2, 2, 41),
        np.linspace(-1, 1, 41),
        np.array([0.6, 0.4]),
        0.7,
    )
    half = lambda g: 2 * np.sqrt(np.maximum(RADIUS**2 - g**2, 0))
    centred = radon(disc, angle, g) - half(g)
    moved = radon(lambda x, y: disc(x - 0.6, y - 0.4), angle, g)
    moved = moved - half(g - shift @ [np.cos(angle), np.sin(angle)])
    waves = radon(bessel, angle, g) - bessel_seen(g, 1.0)
    limit = bessel_seen(near, 8.0) - np.cos(WAVE * near) / np.pi
    return [np.abs(v).max() for v in (centred, moved, waves, limit)]


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

    off, omega, r, gaps = (
        np.arange(-5, 5, 0.02),
        np.linspace(0, 30, 61),
        (np.arange(6000) + 0.5) / 1000,
        [],
    )
    for f in (doppler, disc, bessel):
        line = 0.02 * np.cos(np.outer(omega, off)) @ radon(f, 0.4, off)
        whole = 2 * np.pi / 1000 * j0(np.outer(omega, r)) @ (r * f(r, 0))
        gaps.insert(0, np.abs(line - whole).max() / np.abs(whole).max())
    return *gaps, omega[np.abs(whole).argmax()]


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
    X, errors = disc_points(np.random.default_rng(seed), 1000), []
    for angles, offsets in ((8, 16), (16, 32), (32, 64), (64, 128)):
        xi, gamma, cell = even_grid(angles, offsets)
        rest = bumps(X) - np.maximum(X @ xi.T - gamma, 0) @ needed(xi, gamma) * cell
        rest = rest - lift(X) @ np.linalg.lstsq(lift(X), rest, rcond=None)[0]
        errors.append(np.abs(rest).max() / np.abs(bumps(X)).max())
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
    X, (xi, gamma, cell) = (
        disc_points(np.random.default_rng(seed), 400),
        even_grid(32, 32),
    )
    H = np.hstack([np.maximum(X @ xi.T - gamma, 0), 30 * lift(X)])
    a, speed, lr = np.zeros(H.shape[1]), 0.0, 1 / np.linalg.norm(H, 2) ** 2
    for _ in range(2000):
        speed = 0.995 * speed - lr * (H @ a - bumps(X)) @ H
        a = a + speed
    mu, formula = a[:-3] / cell, needed(xi, gamma)
    uneven = (
        np.abs(mu - np.roll(mu.reshape(32, 32), 16, axis=0)[:, ::-1].ravel()).max()
        / np.abs(mu).max()
    )
    xi, gamma, cell = even_grid(36, 400, 6)
    far = (
        cell
        * (needed(xi, gamma, BUMPS[:1]) ** 2).sum()
        / (15 * np.pi**0.5 / 32 / SIZE**3)
    )
    return np.corrcoef(mu, formula)[0, 1], mu @ mu / (formula @ formula), far, uneven


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
    X, found = np.random.default_rng(seed).uniform(-1, 1, (80, 2)), []
    for scale, lr, steps in ((0.1, 0.5, 3000), (10.0, 0.01, 1000)):
        start = balanced_start(200, scale, dim=2, seed=seed)
        end = descend(*start, X, teacher(X), steps, lr, lr)
        one, two = (radon_parameters(a, W[:, :2], W[:, 2]) for a, W in (start, end))
        turned = np.degrees(
            np.arccos(np.clip((one.direction * two.direction).sum(axis=1), -1, 1))
        ).mean()
        found.append((near_teacher(one), near_teacher(two), turned))
    (before, small, far), (_, large, little) = found
    return before, small, large, far, little


ANGLES, OFFSETS, MAGNITUDES = (
    np.radians([40.0, -100.0]),
    np.array([0.2, -0.1]),
    np.array([1.0, -1.0]),
)
TEACHER = np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1)


def teacher(points):
    return np.maximum(points @ TEACHER.T - OFFSETS, 0) @ MAGNITUDES


def near_teacher(units):
    """The share of the sizes of the magnitudes that lies at a teacher's line, whichever
    side is on.
    """
    size, near = np.abs(units.mass), False
    for xi, gamma in zip(TEACHER, OFFSETS):
        for side in (1, -1):
            close = np.abs(side * units.offset - gamma) < 0.1
            near = near | (
                close & (side * units.direction @ xi > np.cos(np.radians(10)))
            )
    return size[near].sum() / size.sum()
