"""Claims of the page "How do uneven data change what is learned first?"."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

import fbkit as fb
from fbkit.basis import Basis
from fbkit.ledger import ledger

if TYPE_CHECKING:
    import torch

DENSITY = "derived here, checked numerically (setting: Basri et al., arXiv 2003.04560)"
WEIGHTS = (
    "rates derived here, checked numerically (losses: Yu et al., arXiv 2205.14300)"
)
DATA = "160 points of density 1 + 0.6 cos x, 1,000 hidden units, inner layer trained"
DENSE, SPARSE = 0.8 / np.pi, 0.2 / np.pi  # densities of the two halves


def two_halves() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """1,000 points of the circle, four fifths of the weight on one half.

    Points, their weights, and the kernel's rates and eigenvectors for such data.
    """
    x = -np.pi + 2 * np.pi * (np.arange(1000) + 0.5) / 1000
    weights = np.where(x > 0, 0.8, 0.2) / 500
    gram = fb.relu_profile("first layer with bias")(x[:, None] - x)
    root = np.sqrt(weights)
    rates, vectors = np.linalg.eigh(root[:, None] * gram * root)
    return x, weights, rates, vectors


@ledger(
    id="density-law",
    source=DENSITY,
    statement=(
        "Four fifths of the data on one half of the circle, one fifth on the other."
        " Time until a tenth of a wave of frequency k = 8, 16, 24 on one half is left,"
        " times density over k^2: dense half, then sparse half (kernel, exact flow)."
        " The law for large k is pi ln 10 = 7.234."
    ),
    expected=7.234,
    tolerance=(0.75, 0.22, 0.145) * 2,
    seeds=(0,),
)
def density_law(seed: int) -> list[float]:
    x, weights, rates, vectors = two_halves()
    decay = np.maximum(rates, 0)
    scale = np.arange(5, 12, 0.005)  # time times density over k^2
    found = []
    for half, density in ((x > 0, DENSE), (x < 0, SPARSE)):
        for k in (8, 16, 24):
            wave = np.where(half, np.sin(x) ** 2 * np.sin(k * x), 0)
            c = vectors.T @ (np.sqrt(weights) * wave)
            times = scale * k**2 / density
            left = np.exp(-2 * np.outer(times, decay)) @ c**2 / (c @ c)
            found.append(scale[np.argmax(left < 0.01)])
    return found


@ledger(
    id="density-eigenvector",
    source=DENSITY,
    statement=(
        "The 60th eigenvector for the same data changes sign about twice as often on"
        " the dense half as on the sparse one: the ratio; then the changes on the dense"
        " half over the law's sqrt(rho / (pi rate))."
    ),
    expected=(2, 1),
    tolerance=(0.06, 0.06),
    seeds=(0,),
)
def density_eigenvector(seed: int) -> tuple[float, ...]:
    x, _, rates, vectors = two_halves()
    sign = np.sign(vectors[:, -60])
    dense = np.count_nonzero(np.diff(sign[x > 0]))
    sparse = np.count_nonzero(np.diff(sign[x < 0]))
    law = np.sqrt(DENSE / (np.pi * rates[-60]))
    return dense / sparse, dense / law


@ledger(
    id="density-network",
    source=DENSITY,
    statement=(
        "A network of 1,000 hidden units, inner layer trained, on 320 points of the"
        " dense half and 80 of the sparse one: time until a tenth of the wave of"
        " frequency 8 is left, over the law's pi ln 10 k^2 / rho. Dense half, then"
        " sparse half (seeds shift the wave)."
    ),
    expected=(1.1, 1.1),
    tolerance=(0.03, 0.03),
    kind="recorded",
)
def density_network(seed: int) -> np.ndarray:
    sparse = -np.pi + np.pi * (np.arange(80) + 0.5) / 80
    dense = np.pi * (np.arange(320) + 0.5) / 320
    x = np.append(sparse, dense)
    y = 0.03 * np.sin(x) ** 2 * np.sin(8 * x + seed)
    inputs = np.stack([np.cos(x), np.sin(x)], axis=1)
    target = fb.Target(inputs, y, np.full(400, 1 / 400), None, "two waves")
    run = fb.train(
        drawn_network(),
        target,
        steps=2600,
        records=400,
        keep_outputs=True,
        progress=False,
    )
    squares = np.square(run.meta["outputs"] - y)
    times = []
    for half in (x > 0, x < 0):
        left = squares[:, half].mean(axis=1)
        times.append(run.t[np.argmax(left < 0.01 * left[0])])
    return times / fb.dynamics.density_learning_time(8, [DENSE, SPARSE])


def drawn_network() -> torch.nn.Module:
    """1,000 hidden units in even directions, of which the inner layer is trained."""
    return fb.even_units(1000, weight_std=0.5**0.5, bias_std=0.5**0.5, length=1)


def leaning_quantiles(shares: np.ndarray) -> np.ndarray:
    """Angles below which these shares of the density 1 + 0.6 cos x lie."""
    grid = np.linspace(-np.pi, np.pi, 4001)
    below = (grid + 0.6 * np.sin(grid) + np.pi) / (2 * np.pi)
    return np.interp(shares, below, grid)


def leaning_basis() -> Basis:
    """160 points of density 1 + 0.6 cos x, with quadrature weights."""
    x = leaning_quantiles((np.arange(160) + 0.5) / 160)
    weights = fb.circle_quadrature_weights(x, 20)
    return replace(fb.circle(x, 10), weights=weights)


def six_waves(x: np.ndarray, seed: int) -> np.ndarray:
    """The sum of the waves of frequency 1, 2, 3, 4, 6, 8 with random phases, (n,)."""
    phases = np.random.default_rng(seed).uniform(0, 2 * np.pi, 6)
    angles = np.outer(x, [1, 2, 3, 4, 6, 8])
    return np.cos(angles + phases).sum(axis=1)


def half_times(run: fb.History, frequencies: list[int]) -> np.ndarray:
    """Times until half of each is left, over ln 2 / rate of even data."""
    kernel = fb.relu_profile("first layer with bias")
    rates = kernel.eigenvalues(dim=2, highest=8)[frequencies]
    return fb.learning_times(run, 0.5, frequencies) * rates / np.log(2)


@ledger(
    id="uneven-plain",
    source=WEIGHTS,
    statement=(
        f"{DATA}, frequencies 1, 2, 3, 4, 6, 8 with random phases, plain loss: time"
        " until half of frequencies 3, 4 and 8 is left, over the ln 2 / rate of even"
        " data. It depends on the phases."
    ),
    expected=(1.1, 1, 1.1),
    tolerance=(0.4, 0.25, 0.08),
)
def uneven_plain(seed: int) -> np.ndarray:
    basis = leaning_basis()
    waves = 0.03 * six_waves(basis.points, seed)
    plain = np.full(160, 1 / 160)
    target = replace(fb.on_basis(basis, waves), weights=plain)
    run = fb.train(
        drawn_network(), target, lr=4.7, steps=220, records=1500, progress=False
    )
    return half_times(run, [3, 4, 8])


@ledger(
    id="quadrature-weights",
    source=WEIGHTS,
    statement=(
        f"{DATA}, frequencies 1, 2, 3, 4, 6, 8 with random phases, quadrature weights:"
        " time until half of frequencies 4, 6 and 8 is left, over the ln 2 / rate of"
        " even data."
    ),
    expected=1,
    tolerance=0.06,
)
def quadrature_weights(seed: int) -> np.ndarray:
    basis = leaning_basis()
    target = fb.on_basis(basis, 0.03 * six_waves(basis.points, seed))
    run = fb.train(
        drawn_network(), target, lr=2.8, steps=320, records=2500, progress=False
    )
    return half_times(run, [4, 6, 8])


def sobolev_run(
    seed: int, order: float, lr: float, steps: int, records: int
) -> fb.History:
    """Training on the six waves by the loss of a Sobolev order.

    It weights frequency k by (1 + k)^(2 order).
    """
    basis = leaning_basis()
    target = fb.on_basis(basis, 0.03 * six_waves(basis.points, seed))
    return fb.train(
        drawn_network(),
        target,
        lr=lr,
        steps=steps,
        records=records,
        mode_weights=(1 + basis.modes) ** (2 * order),
        progress=False,
    )


@ledger(
    id="sobolev-flat",
    source=WEIGHTS,
    statement=(
        f"{DATA}, frequencies 1, 2, 3, 4, 6, 8 with random phases, Sobolev loss of"
        " order s = 1: time until half of frequencies 1, 3, 4, 6, 8 is left. Expected:"
        " ln 2 / ((1 + k)^2 rate)."
    ),
    expected=(1.53, 7.70, 7.24, 9.24, 10.31),
    tolerance=0.1,
)
def sobolev_flat(seed: int) -> np.ndarray:
    run = sobolev_run(seed, order=1, lr=0.25, steps=60, records=300)
    return fb.learning_times(run, 0.5, [1, 3, 4, 6, 8])


@ledger(
    id="sobolev-reversed",
    source=WEIGHTS,
    statement=(
        f"{DATA}, frequencies 1, 2, 3, 4, 6, 8 with random phases, Sobolev loss of"
        " order s = 2: time until half of frequencies 1, 4, 8 is left. Expected: ln 2"
        " / ((1 + k)^4 rate)."
    ),
    expected=(0.383, 0.290, 0.127),
    tolerance=0.02,
)
def sobolev_reversed(seed: int) -> np.ndarray:
    run = sobolev_run(seed, order=2, lr=0.01, steps=60, records=300)
    return fb.learning_times(run, 0.5, [1, 4, 8])


@ledger(
    id="sobolev-negative",
    source=WEIGHTS,
    statement=(
        f"{DATA}, frequencies 1, 2, 3, 4, 6, 8 with random phases, Sobolev loss of"
        " order s = -1/2: time until half of frequencies 3, 4, 6 is left, over the ln"
        " 2 / rate of even data with the plain loss. The formula says 4, 5 and 7."
    ),
    expected=(4, 5, 7),
    tolerance=0.1,
    kind="recorded",
)
def sobolev_negative(seed: int) -> np.ndarray:
    run = sobolev_run(seed, order=-0.5, lr=5.6, steps=600, records=1500)
    return half_times(run, [3, 4, 6])


@ledger(
    id="random-points",
    source=WEIGHTS,
    statement=(
        "Of 20 random draws from the density 1 + 0.6 cos x, how many have weights that"
        " are exact for every wave up to frequency 20 and all positive (the weights"
        " that change 1/n least): draws of 160 points, then of 640."
    ),
    expected=(1, 20),
    tolerance=(2, 1),
)
def random_points(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    counts = []
    for points in (160, 640):
        draws = [leaning_quantiles(rng.random(points)) for _ in range(20)]
        counts.append(sum(has_positive_weights(x) for x in draws))
    return np.array(counts)


def has_positive_weights(x: np.ndarray) -> bool:
    """Whether exact weights for these points exist and are all positive."""
    try:
        return fb.circle_quadrature_weights(x, 20).min() > 0
    except ValueError:
        return False


@ledger(
    id="uneven-tall",
    source=WEIGHTS,
    statement=(
        f"{DATA}, frequencies 1, 2, 3, 4, 6, 8 with random phases, quadrature weights,"
        " amplitude 1 instead of 0.03: time until half of frequency 4 is left, over ln"
        " 2 / rate."
    ),
    expected=3,
    tolerance=1,
)
def uneven_tall(seed: int) -> np.ndarray:
    basis = leaning_basis()
    target = fb.on_basis(basis, six_waves(basis.points, seed))
    run = fb.train(
        drawn_network(), target, lr=4, steps=250, records=1500, progress=False
    )
    return half_times(run, [4])
