"""Claims of the chapter on training the frequencies, and of its Further page."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

import fbkit as fb
from fbkit.ledger import enter

if TYPE_CHECKING:
    import torch

HERE = "derived here, checked numerically (setting: Molina et al., arXiv 2405.14957)"
X = np.linspace(-8, 8, 129)  # points, one eighth apart
EVEN = np.full(129, 1 / 8)  # weights of the points
Y = np.exp(-(X**2) / 4.5) * (np.cos(X) + np.sin(4 * X) + np.cos(7 * X))
XI = np.linspace(-24, 24, 1201)  # frequencies
TO_XI = np.exp(-1j * np.outer(XI, X)) / 8  # values on X to their transform on XI
SPAN = np.linspace(-15, 15, 3001)  # frequencies that networks draw from
WIDE = np.exp(-(X**2) / 12.5) * np.cos(5 * X)


def p(w: np.ndarray) -> np.ndarray:
    """The density N(0, 3^2) of a network's frequencies at the start."""
    return np.exp(-(w**2) / 18) / np.sqrt(18 * np.pi)


def phi(z: np.ndarray) -> np.ndarray:
    """The kernel of the outer weights for these frequencies."""
    return np.exp(-4.5 * z**2)


def packet(place: float) -> np.ndarray:
    """A packet of frequency 5 around a point, (129,)."""
    return np.exp(-((X - place) ** 2)) * np.cos(5 * (X - place))


def drawn(count: int, seed: int) -> torch.nn.Module:
    """Waves of frequencies N(0, 3^2), with random outer weights of size 1/2."""
    draw = np.random.default_rng(seed)
    w, outer = draw.normal(0, 3, count), draw.normal(0, 0.5, (2, count))
    return fb.FourierFeatures(w, outer=outer)


def spread(count: int, seed: int) -> torch.nn.Module:
    """Such waves from a scrambled Sobol sequence, more even than single draws."""
    w, *outer = fb.sample_features(p, SPAN, count, 0.5, "sobol", seed)
    return fb.FourierFeatures(w, outer=outer)


def placed(count: int) -> torch.nn.Module:
    """Waves at the quantiles of p, each with four signs: output 0 at first."""
    w, *outer = fb.sample_features(p, SPAN, count, 0.5)
    return fb.FourierFeatures(w, outer=outer)


def residuals(
    net: torch.nn.Module,
    values: np.ndarray,
    steps: int,
    lr: float = 0.05,
    inner: bool = True,
    records: int = 40,
) -> tuple[np.ndarray, np.ndarray]:
    """Times and residuals (T, 129) of a run, the network's start taken off.

    With `inner` the frequencies are trained, too.
    """
    import torch

    net.frequencies.requires_grad_(inner)
    with torch.no_grad():
        start = net(torch.tensor(X[:, None], dtype=torch.float32)).numpy().ravel()
    target = fb.Target(X[:, None], values + start, EVEN, None, "packets")
    plan = dict(records=records, keep_outputs=True, progress=False)
    run = fb.train(net, target, lr=lr, steps=steps, **plan)
    return run.t, run.meta["outputs"].reshape(len(run.t), -1) - target.values


def equation(alpha: float, t: ArrayLike, values: np.ndarray) -> np.ndarray:
    """The residual's transform (T, 1201) by the equation."""
    return fb.ntk_pde_1d(p, alpha, -TO_XI @ values, XI, t).meta["field"]


def on_the_points(alpha: float, t: ArrayLike, values: np.ndarray) -> np.ndarray:
    """The residual (T, 129) by the kernel's eigenvectors, without any frequency."""
    run = fb.exact_operator(phi, alpha, -values, X, t, EVEN)
    return run.meta["residual"]


def size(rows: np.ndarray) -> np.ndarray:
    return np.linalg.norm(rows, axis=-1)


# ---- the kernel ----


def pushed(net: torch.nn.Module, places: ArrayLike, inner: bool) -> np.ndarray:
    """How hard the slopes of the output push each packet: <packet, K packet>.

    The squared slope of <packet, output> by all weights that are trained.
    """
    import torch

    x = torch.tensor(X[:, None], dtype=torch.float32)
    weights = [*net.parameters()] if inner else [net.hidden.weight]
    found = []
    for place in places:
        heard = torch.tensor(packet(place) / 8, dtype=torch.float32)
        slopes = torch.autograd.grad(heard @ net(x).ravel(), weights)
        found.append(sum(float(one.square().sum()) for one in slopes))
    return np.array(found)


def push_ratios(alpha: float, places: ArrayLike) -> np.ndarray:
    """By the formula, over the push at 0."""
    K = (1 + alpha**2 * np.outer(X, X)) * phi(X[:, None] - X)
    push = lambda place: packet(place) @ K @ packet(place)
    return np.array([push(place) / push(0) for place in places])


@enter(
    id="pde-push",
    source=HERE,
    says=(
        "Networks of random frequencies push a packet at 2 {at 2:.2f} times and one at"
        " 5 {at 5:.2f} times as hard as one at 0; with frequencies held, the one at 5"
        " {at 5, held:.1f} times."
    ),
    rows={"at 2": "times", "at 5": "times", "at 5, held": "times"},
    expected=lambda: [*push_ratios(0.5, [2, 5]), *push_ratios(0, [5])],
    rival={
        "the place does not count": [1, 1, np.nan],
        "grows as the distance": [1 + 2 / 2, 1 + 5 / 2, np.nan],
    },
)
def push(seed: int) -> ArrayLike:
    nets = [drawn(16_384, 4 * seed + i) for i in range(4)]
    all_trained, held = (
        sum(pushed(net, (0, 2, 5), inner) for net in nets) for inner in (True, False)
    )
    return [*(all_trained[1:] / all_trained[0]), held[2] / held[0]]


# ---- two packets ----


def left_of_packets(e: np.ndarray) -> np.ndarray:
    """Of the packets at 0 and at 5, from a residual (129,): shares of the start."""
    sides = (X < 2.5, X > 2.5)
    pair = packet(0) + packet(5)
    return np.array([size(e[side]) / size(pair[side]) for side in sides])


def packets_by_equation() -> list[float]:
    back = np.exp(1j * np.outer(XI, X)) * 0.04 / (2 * np.pi)  # from XI to X
    ends = (equation(alpha, [4], packet(0) + packet(5)) for alpha in (0.5, 0))
    near, far, _, held = np.ravel([left_of_packets((e @ back).real[0]) for e in ends])
    return [near, far, held]


@enter(
    id="pde-packets",
    source=HERE,
    says=(
        "Of equal packets at 0 and 5 networks leave {near:.0%} and {far:.1%} at time 4;"
        " with frequencies held, {far, held:.0%} of the far one."
    ),
    rows={"near": "share", "far": "share", "far, held": "share"},
    expected=packets_by_equation,
    rival={
        "the place does not count": lambda: [np.nan, packets_by_equation()[0], np.nan],
        "the frequencies always move": lambda: (
            [np.nan] * 2 + [packets_by_equation()[1]]
        ),
    },
    chance=False,
)
def packets(seed: int) -> ArrayLike:
    pair, found = packet(0) + packet(5), []
    for inner in (True, False):
        _, e = residuals(placed(2048), pair, 80, inner=inner, records=2)
        found.append(left_of_packets(e[-1]))
    (near, far), (_, held) = found
    return [near, far, held]


# ---- three waves under one bump ----


def learned(t: np.ndarray, field: np.ndarray, frequencies: ArrayLike) -> np.ndarray:
    """Times at which 20 % is left of a transform (T, number of frequencies)."""
    left = np.abs(field) / np.abs(field[0])
    return np.array(
        [np.interp(-np.log(0.2), -np.log(one), t, right=np.inf) for one in left.T]
    )


def transform_at(frequencies: ArrayLike) -> np.ndarray:
    return np.exp(-1j * np.outer(X, frequencies)) / 8


def times_by_equation(alpha: float) -> np.ndarray:
    t = np.linspace(0, 30, 301)
    at = np.searchsorted(XI, [1 - 1e-9, 4 - 1e-9, 7 - 1e-9])
    return learned(t, equation(alpha, t, Y)[:, at], [1, 4, 7])


@enter(
    id="pde-times",
    source=HERE,
    says=(
        "A network that trains its frequencies learns 1, 4 and 7 by time {at 1:.2f},"
        " {at 4:.2f} and {at 7:.1f}."
    ),
    rows={"at 1": "", "at 4": "", "at 7": ""},
    expected=lambda: times_by_equation(0.5),
    rival={"the frequencies held": lambda: times_by_equation(0)},
    chance=False,
)
def times(seed: int) -> ArrayLike:
    t, e = residuals(placed(1024), Y, 440, records=440)
    return learned(t, e @ transform_at([1, 4, 7]), [1, 4, 7])


def at_time_20(full: np.ndarray, damped: np.ndarray) -> list[float]:
    """What leaving the diffusion out changes; left at 4, without it and with it.

    From the transforms (1201,) at time 20.
    """
    four = np.argmin(np.abs(XI - 4))
    left = [np.abs(one[four]) / np.abs(TO_XI[four] @ Y) for one in (damped, full)]
    return [size(damped - full) / size(full), *left]


def ends_by_equation() -> list[float]:
    return at_time_20(*(equation(alpha, [20], Y)[0] for alpha in (0.5, 0)))


@enter(
    id="pde-wrong",
    source=HERE,
    says=(
        "Without its diffusion term the equation is wrong by {of what is left:.0%} of"
        " the residual at time 20; at 4 {held, at 4:.2%} is left, not {at 4:.2%}."
    ),
    rows={"of what is left": "share", "held, at 4": "share", "at 4": "share"},
    expected=ends_by_equation,
    rival={"it changes nothing": lambda: [0, np.nan, ends_by_equation()[1]]},
    chance=False,
)
def wrong_without(seed: int) -> ArrayLike:
    ends = (on_the_points(alpha, [20], Y)[0] @ TO_XI.T for alpha in (0.5, 0))
    return at_time_20(*ends)


# ---- an error that arrives ----


def arrived(start: complex, middle: complex, at_six: complex) -> list[float]:
    """Shares of the peak at the start."""
    return [abs(at_six / start), abs(middle / start)]


def wide_by_equation(alpha: float) -> list[float]:
    field = equation(alpha, [0, 4], WIDE)
    five, six = (np.argmin(np.abs(XI - k)) for k in (5, 6.5))
    return arrived(field[0, five], field[1, five], field[1, six])


@enter(
    id="pde-arrives",
    source=HERE,
    says=(
        "Of a wide wave of frequency 5 a network leaves {left:.0%} of its peak at time"
        " 4; an error of {arrived:.1%} of that peak has turned up at 6.5."
    ),
    rows={"arrived": "share", "left": "share"},
    expected=lambda: wide_by_equation(0.5),
    rival={"the frequencies held": lambda: wide_by_equation(0)},
    chance=False,
)
def arrives(seed: int) -> ArrayLike:
    _, e = residuals(placed(2048), WIDE, 80, records=2)
    field = e[[0, -1]] @ transform_at([5, 6.5])
    return arrived(field[0, 0], *field[1])


# ---- where it fails ----


def at_time_2(kernel: np.ndarray) -> np.ndarray:
    """What is left of eight waves under a bump, frequencies held, (129, 8)."""
    waves = np.exp(-(X**2) / 4.5)[:, None] * np.cos(np.outer(X, range(1, 9)))
    rates, vectors = np.linalg.eigh(kernel / 8)
    return vectors @ (np.exp(-2 * rates)[:, None] * (vectors.T @ waves))


def rms_gap(count: int, seed: int) -> float:
    """Distance of 20 drawn networks from the equation: root mean square.

    With frequencies held a network is linear: its own kernel says how it trains.
    """
    draw, ideal = np.random.default_rng([seed, count]), at_time_2(phi(X[:, None] - X))
    squares = []
    for _ in range(20):
        phase = np.outer(X, draw.normal(0, 3, count))
        waves = np.hstack([np.cos(phase), np.sin(phase)])
        gap = at_time_2(waves @ waves.T / count) - ideal
        squares.append(np.sum(gap**2))
    return np.sqrt(np.mean(squares))


@enter(
    id="pde-width",
    source=HERE,
    says=(
        "The distance of networks from the equation falls as the number of waves to the"
        " power {power:.2f}."
    ),
    rows={"power": ""},
    expected=-0.5,
    rival={"one over the number": -1, "the number does not count": 0},
)
def width(seed: int) -> float:
    return np.log(rms_gap(2048, seed) / rms_gap(128, seed)) / np.log(16)


@enter(
    id="pde-tall",
    source=HERE,
    says=(
        "By time 5 networks of 512 waves are {height 1:.2f} of the target from the"
        " equation at height 1, and {height 20:.2f} at height 20."
    ),
    rows={"height 1": "share", "height 20": "share"},
    rival={"the height does not count": [np.nan, 0.04]},
)
def tall(seed: int) -> ArrayLike:
    gaps = []
    for i in range(4):
        for values in (Y, 20 * Y):
            net = spread(512, 4 * seed + i)
            t, e = residuals(net, values, 100, records=12)
            gaps.append(size(e - on_the_points(0.5, t, values)).max() / size(values))
    return np.reshape(gaps, (4, 2)).mean(axis=0)


# ---- uneven data: the Further page ----

K = np.arange(-16, 17)  # whole frequencies
CIRCLE = fb.circle(64).points


def leaked(masses: np.ndarray, mixing: np.ndarray) -> list[float]:
    """The largest error in frequency 2, then 8, over the start in 5.

    Of the target cos 5x, frequencies held; `mixing` is the transform of the data.
    """
    t, start = 0.5 * np.arange(0, 400, 4), -0.5 * (np.abs(K) == 5)
    run = fb.pde.torus_modes(masses, mixing, start, t, lr=0.5)
    most = np.abs(run.meta["field"]).max(axis=0) / 0.5
    return [most[one == K][0] for one in (2, 8)]


def leaned(lean: float) -> np.ndarray:
    """Transform of the density 1 + lean cos 3x, at -32..32."""
    q = np.arange(-32, 33)
    return 1.0 * (q == 0) + lean / 2 * (np.abs(q) == 3)


def shares(w: np.ndarray, k: np.ndarray) -> np.ndarray:
    """The share of the frequencies w that is k or -k, half of it for each."""
    share = np.mean(np.abs(w[:, None]) == np.abs(k), axis=0)
    return share / np.where(k == 0, 1, 2)


def rounded() -> np.ndarray:
    """Shares of infinitely many normal frequencies of size 3, rounded, (33,)."""
    from scipy.special import ndtr

    mass = ndtr((K + 0.5) / 3) - ndtr((K - 0.5) / 3)
    return mass / mass.sum()


def rounded_waves(draw: np.random.Generator) -> np.ndarray:
    """Of 20,000 such frequencies, drawn: cosines and sines on the points."""
    phase = np.outer(CIRCLE, draw.normal(0, 3, 20_000).round().clip(-16, 16))
    return np.hstack([np.cos(phase), np.sin(phase)])


@enter(
    id="pde-leak",
    source=HERE,
    says=(
        "Data of density 1 + 0.8 cos 3x, target cos 5x: an error of {in 2:.0%} turns up"
        " in frequency 2, and one of {in 8:.1%} in 8."
    ),
    rows={"in 2": "share", "in 8": "share"},
    expected=lambda: leaked(rounded(), leaned(0.8)),
    rival={
        "none turns up": [0, 0],
        "as much in 8 as in 2": lambda: [
            np.nan,
            leaked(rounded(), leaned(0.8))[0],
        ],
    },
)
def leak(seed: int) -> ArrayLike:
    """By the kernel of 20,000 drawn waves on the points, step by step."""
    waves = rounded_waves(np.random.default_rng(seed))
    density = (1 + 0.8 * np.cos(3 * CIRCLE)) / 64
    step = 0.5 * waves @ waves.T / 20_000 * density
    error, most = -np.cos(5 * CIRCLE), np.zeros(2)
    for _ in range(400):
        error = error - step @ error
        now = error @ np.exp(-1j * np.outer(CIRCLE, [2, 8])) / 32
        most = np.maximum(most, np.abs(now))
    return most


def uneven_net(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Residuals of a trained network at 64 random points; two of the equation.

    2,000 waves of whole frequencies, frequencies held. The second takes the data for
    even.
    """
    draw, k = np.random.default_rng(seed), np.arange(-8, 9)
    x, weights = np.sort(draw.uniform(-np.pi, np.pi, 64)), draw.dirichlet(np.ones(64))
    w, c = draw.integers(-8, 9, 2000), draw.normal(size=(17, 2)) @ [1, 1j]
    c, wave = c + c[::-1].conj(), np.exp(1j * np.outer(x, k))
    net = fb.FourierFeatures(w).double()
    target = fb.Target(x[:, None], (wave @ c).real, weights, None, "random")
    plan = dict(records=20, keep_outputs=True, progress=False)
    run = fb.train(net, target, lr=0.1, steps=200, **plan)
    trained = run.meta["outputs"].reshape(len(run.t), -1) - target.values
    mixing = weights @ np.exp(-1j * np.outer(x, np.arange(-16, 17)))
    solve = lambda rho: fb.pde.torus_modes(shares(w, k), rho, -c, run.t, lr=0.1)
    both = ((solve(rho).meta["field"] @ wave.T).real for rho in (mixing, None))
    return trained, *both


def ignored() -> float:
    """Data taken for even: the largest difference of the two solutions."""
    _, uneven, even = uneven_net(0)
    return np.abs(even - uneven).max()


@enter(
    id="pde-exact",
    source=HERE,
    says=(
        "Random points, random weights, 2,000 whole frequencies: outputs differ from"
        " the equation by {difference:.0f}, up to rounding."
    ),
    rows={"difference": ""},
    expected=0,
    rival={"the data taken for even": ignored},
)
def exact(seed: int) -> float:
    trained, uneven, _ = uneven_net(seed)
    return np.abs(trained - uneven).max()


def lopsided_data(q: np.ndarray) -> np.ndarray:
    """Transform of the density 2 exp(-(x - 3)^2/8) of the data."""
    return 4 * np.sqrt(2 * np.pi) * np.exp(-2 * q**2 - 3j * q)


def left_of_both_sides(residual: np.ndarray) -> list[float]:
    """Of waves at -3 and at 3, from a residual (129,): shares of the start."""
    values = packet(-3) + packet(3)
    sides = (X < 0, X > 0)
    return [size(residual[side]) / size(values[side]) for side in sides]


@functools.cache
def lopsided(mixed: bool) -> list[float]:
    """By the equation in frequency, with the data's density or without."""
    xi = np.linspace(-20, 20, 401)
    start = -np.exp(-1j * np.outer(xi, X)) / 8 @ (packet(-3) + packet(3))
    data = lopsided_data if mixed else None
    run = fb.ntk_pde_1d(p, 0.5, start, xi, [2], data)
    back = np.exp(1j * np.outer(xi, X)) * 0.1 / (2 * np.pi)
    return left_of_both_sides((run.meta["field"][0] @ back).real)


@enter(
    id="pde-lopsided",
    source=HERE,
    says=(
        "Data around x = 3, all trained: at time 2 {left:.0%} is left of a packet at"
        " −3, {right:.1%} of one at 3."
    ),
    rows={"left": "share", "right": "share"},
    expected=lambda: lopsided(True),
    rival={"the data taken for even": lambda: lopsided(False)},
    chance=False,
)
def lopsided_points(seed: int) -> ArrayLike:
    """By the kernel's eigenvectors on the points."""
    values, weights = packet(-3) + packet(3), 2 * np.exp(-((X - 3) ** 2) / 8) / 8
    run = fb.exact_operator(phi, 0.5, -values, X, [2], weights)
    return left_of_both_sides(run.meta["residual"][0])
