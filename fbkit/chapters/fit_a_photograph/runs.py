r"""A photograph and a recording, fitted by networks from every second sample.

    python -m fbkit.chapters.fit_a_photograph.runs

It takes some 10 minutes on two cores, and goes on where it was interrupted.

Four methods: Fourier features whose frequencies `waterfill` designed ("designed") or
from a normal density ("gaussian", Tancik et al., arXiv 2006.10739), in front of two
ReLU layers; `siren` (arXiv 2006.09661); a plain network ("plain"). All have the same
number of trained parameters within 10 %, the same number of Adam's steps on the same
batches, and a grid of 16 settings, judged on one eighth of the training samples that is
set aside. Then three seeds are trained on all training samples with the best setting.
What lies between the training samples is held out: it enters no design, no grid and no
training. Crop, sizes and grids are choices of this course. The grids were first placed
after trial runs on an overlapping square of the photograph, later moved and widened
where the validation samples had chosen a border. Results are kept in
`_build/feature_fits` until all are there, then stored in runs.npz.
"""

from __future__ import annotations

import hashlib
import inspect
import io
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from fbkit._errors import one_of
from fbkit.pde import sample_frequencies, waterfill
from fbkit.sweeping import sweep

if TYPE_CHECKING:
    import torch

FILE = Path(__file__).with_suffix(".npz")
# Of the file; the script writes it here, so that this text, on which claims are keyed,
# changes with the data.
CHECKSUM = "63ccd8e0c32811fa2b799cd3c78548784d760bf75e287a541dd4437d18ea624d"
AGAIN = (
    "make it again with: python -m fbkit.chapters.fit_a_photograph.runs (some 10"
    " minutes on two cores)"
)

METHODS = ("designed", "gaussian", "siren", "plain")
NAMES = dict(zip(METHODS, ("designed", "normal", "SIREN", "plain")))  # in figures
SEEDS, STEPS, BATCH = (0, 1, 2), 1200, 1024
RECORDED = ("steps", "squares", "bands", "rings")  # of each run


class Signal(NamedTuple):
    """How a signal is sampled, and how large the networks are that fit it."""

    size: int  # samples in each direction
    dim: int  # directions
    features: int  # Fourier frequencies
    after: tuple[int, ...]  # hidden layers after features
    alone: tuple[int, ...]  # hidden layers without them


SIGNALS = {
    "photograph": Signal(256, 2, 128, after=(60, 60), alone=(96, 96, 96)),
    "electrocardiogram": Signal(1024, 1, 32, after=(24, 24), alone=(32, 32, 32)),
}
# (signal, method): learning rates, and a second setting: time T / sigma / omega_0 /
# activation and first-layer gain
FOURIER, PLAIN = (3e-3, 1e-2, 3e-2, 1e-1), ("relu 1", "tanh 10", "tanh 30", "tanh 100")
GRIDS = {
    ("photograph", "designed"): (FOURIER, (70, 120, 200, 600)),
    ("photograph", "gaussian"): (FOURIER, (2, 3, 4, 8)),
    ("photograph", "siren"): ((1e-4, 3e-4, 1e-3, 3e-3), (12, 18, 25, 50)),
    ("photograph", "plain"): ((3e-3, 1e-2, 3e-2, 1e-1), PLAIN),
    ("electrocardiogram", "designed"): (FOURIER, (10, 20, 50, 250)),
    ("electrocardiogram", "gaussian"): (FOURIER, (10, 16, 25, 60)),
    ("electrocardiogram", "siren"): ((3e-4, 1e-3, 3e-3, 1e-2), (5, 10, 20, 40)),
    ("electrocardiogram", "plain"): ((3e-3, 1e-2, 3e-2, 1e-1), PLAIN),
}


def samples(signal: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Inputs (n, d) within [-pi, pi), values (n,), and two masks (n,).

    The masks tell the training samples, and the validation samples among them. The
    photograph's values are grey from 0 to 1, the recording's have mean 0 and
    variance 1.
    """
    from fbkit.targets import electrocardiogram, photograph

    size, dim, *_ = SIGNALS[one_of("signal", signal, SIGNALS)]
    if dim == 2:
        square = photograph(size, 85, 181, "flower")
        x, y = square.inputs, square.values
    else:
        x = 2 * np.pi * np.arange(size)[:, None] / size - np.pi
        y = electrocardiogram(size).values
    train = (np.indices((size,) * dim) % 2 == 0).all(axis=0).ravel()
    shuffled = np.random.default_rng(2024).permutation(np.flatnonzero(train))
    aside = shuffled[: train.sum() // 8]
    return x, y, train, np.isin(np.arange(len(y)), aside)


def power(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Smoothed power spectrum of samples on a grid (n, ..., n).

    Where a sample is NaN, the mean of its neighbours stands in. A cosine window fades
    the edges, which would else count as jumps; the periodogram is averaged over
    neighbouring frequencies. Returns the whole frequencies below n/2 of each direction,
    (n - 1,), and the powers, (n - 1, ..., n - 1).
    """
    from scipy.ndimage import gaussian_filter

    n, dim = len(values), values.ndim
    z = filled(values - np.nanmean(values))
    window = np.sin(np.pi * (np.arange(n) + 0.5) / n) ** 2
    for axis in range(dim):
        others = [a for a in range(dim) if a != axis]
        z = z * np.expand_dims(window, others)
    periodogram = np.fft.fftshift(np.abs(np.fft.fftn(z)) ** 2)
    smooth = gaussian_filter(periodogram, 2, mode="wrap")[(slice(1, None),) * dim]
    return np.arange(1 - n // 2, n // 2), smooth


def filled(values: np.ndarray) -> np.ndarray:
    """Values on a grid with the mean of the known neighbours wherever one is NaN."""
    known = np.isfinite(values)
    z = np.nan_to_num(values)
    total = sum_of_neighbours(z)
    count = sum_of_neighbours(1.0 * known)
    return np.where(known, z, total / np.maximum(count, 1))


def sum_of_neighbours(values: np.ndarray) -> np.ndarray:
    """On a grid that goes round, of the two neighbours in each direction."""
    pairs = [(axis, shift) for axis in range(values.ndim) for shift in (1, -1)]
    return sum(np.roll(values, shift, axis) for axis, shift in pairs)


def design(signal: str, T: float, seed: int, seen: np.ndarray) -> np.ndarray:
    """Frequencies (m, d) that water-filling chose from some samples alone.

    Those under the mask `seen`.
    """
    size, dim, count, *_ = SIGNALS[signal]
    _, y, train, _ = samples(signal)
    grid = np.where(seen, y, np.nan)[train].reshape((size // 2,) * dim)
    k, S = power(grid)
    axes = k if dim == 1 else (k, k)
    # In the mean over samples the data have the density (2 pi)^-d.
    p, _ = waterfill(S, axes, T / (2 * np.pi) ** dim, dim)
    return sample_frequencies(p, axes, count, "sobol", seed).reshape(count, dim)


def normal_frequencies(signal: str, sigma: float, seed: int) -> np.ndarray:
    """Frequencies (m, d) of a normal density, from a Sobol sequence."""
    from scipy.special import ndtri
    from scipy.stats import qmc

    _, dim, count, *_ = SIGNALS[signal]
    return sigma * ndtri(qmc.Sobol(dim, seed=seed).random(count))


def network(
    signal: str, method: str, setting: float | str, seed: int, seen: np.ndarray
) -> tuple[torch.nn.Module, np.ndarray]:
    """A network, and the inputs (n, features) that it takes at all samples."""
    import torch

    from fbkit.nets import siren, standard_mlp

    _, dim, count, after, alone = SIGNALS[signal]
    x = samples(signal)[0]
    if method in ("designed", "gaussian"):
        if method == "designed":
            w = design(signal, setting, seed, seen)
        else:
            w = normal_frequencies(signal, setting, seed)
        net = standard_mlp([2 * count, *after, 1], "relu", seed=seed)
        return net, np.hstack([np.cos(x @ w.T), np.sin(x @ w.T)])
    if method == "siren":
        return siren([dim, *alone, 1], setting, seed), x / np.pi
    activation, gain = setting.split()
    net = standard_mlp([dim, *alone, 1], activation, seed=seed)
    with torch.no_grad():
        for parameter in net.layers[0].parameters():
            parameter *= float(gain)
    return net, x / np.pi


def fit(
    signal: str,
    method: str,
    setting: float | str,
    lr: float,
    seed: int,
    search: bool,
    steps: int = STEPS,
) -> dict:
    """One run.

    With `search` the validation samples are not trained on; without, errors are
    recorded on the way.
    """
    import torch

    begun = time.process_time()
    _, y, train, aside = samples(signal)
    seen = train & ~aside if search else train
    mean, size = y[seen].mean(), y[seen].std()
    net, inputs = network(signal, method, setting, seed, seen)
    x = torch.as_tensor(inputs, dtype=torch.float32)
    goal = torch.as_tensor((y - mean) / size, dtype=torch.float32)

    def error() -> np.ndarray:
        with torch.no_grad():
            return size * (net(x)[:, 0] - goal).numpy().astype(float)

    when = [] if search else recorded_steps(steps)
    squares, history = [], []
    for step in descend(net, x, goal, np.flatnonzero(seen), lr, seed, steps):
        if step in when:
            e = error()
            squares.append([np.mean(e[train] ** 2), np.mean(e[~train] ** 2)])
            history.append(bands(rings(signal, e[train])))
    e = error()
    found = {
        "count": sum(p.numel() for p in net.parameters()),
        "seconds": time.process_time() - begun,
    }
    if search:
        return {**found, "validation": np.mean(e[aside] ** 2)}
    return {
        **found,
        "steps": when,
        "squares": squares,
        "bands": history,
        "rings": rings(signal, e),
        "fit": y + e,
    }


def recorded_steps(steps: int) -> np.ndarray:
    """The first one and 24 evenly in the logarithm."""
    later = np.geomspace(1, steps, 24)
    return np.unique(np.round(np.append(0, later)).astype(int))


def descend(
    net: torch.nn.Module,
    x: torch.Tensor,
    goal: torch.Tensor,
    seen: np.ndarray,
    lr: float,
    seed: int,
    steps: int,
) -> Iterator[int]:
    """Adam with a cosine schedule on random batches of some samples.

    Yields the number of each step before it is made, and at last the number of all;
    `seen` are the samples' indices.
    """
    import torch

    indices = torch.as_tensor(seen)
    chance = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(net.parameters(), lr)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for step in range(steps):
        yield step
        batch = indices
        if len(indices) > BATCH:
            batch = indices[torch.randint(len(indices), (BATCH,), generator=chance)]
        optimizer.zero_grad()
        residual = net(x[batch])[:, 0] - goal[batch]
        residual.square().mean().backward()
        optimizer.step()
        schedule.step()
    yield steps


def rings(signal: str, e: np.ndarray) -> np.ndarray:
    """Root mean square of a field at every whole frequency abs(k) = 0, 1, ...

    Below its Nyquist frequency. The squares sum to the field's mean square, but for
    what lies beyond that frequency in the corners of the plane.
    """
    dim = SIGNALS[signal][1]
    n = round(len(e) ** (1 / dim))
    grid = np.meshgrid(*[np.fft.fftfreq(n, 1 / n)] * dim)
    k = np.sqrt(sum(np.square(axis) for axis in grid))
    ring = np.round(k).astype(int).ravel()
    coefficients = np.fft.fftn(e.reshape((n,) * dim)) / len(e)
    share = np.abs(coefficients).ravel() ** 2
    return np.sqrt(np.bincount(ring, share)[: n // 2])


def bands(rms: np.ndarray) -> list[float]:
    """Root mean square in the octaves of frequency from 1, 2, 4, ..."""
    edges = 2 ** np.arange(int(np.log2(len(rms))) + 1)
    octaves = zip(edges[:-1], edges[1:])
    return [np.sqrt(np.sum(rms[low:high] ** 2)) for low, high in octaves]


def settings(signal: str, method: str) -> list[dict]:
    """The 16 points of a method's grid."""
    lrs, seconds = GRIDS[signal, method]
    return [
        {"signal": signal, "method": method, "setting": setting, "lr": lr}
        for setting in seconds
        for lr in lrs
    ]


def decibel(square: ArrayLike) -> np.ndarray:
    """-10 log10 of a mean square error, in dB.

    PSNR of grey values (white is 1), SNR of the recording (variance 1).
    """
    return -10 * np.log10(square)


def between(signal: str, kind: str = "linear") -> np.ndarray:
    """Values (n,) at all samples without a network.

    Straight lines between the training samples, or a cubic spline through them
    (`kind="cubic"`). After the last training sample its value is kept.
    """
    from scipy.interpolate import make_interp_spline

    size, dim, *_ = SIGNALS[one_of("signal", signal, SIGNALS)]
    degree = {"linear": 1, "cubic": 3}[one_of("kind", kind, ("linear", "cubic"))]
    _, y, train, _ = samples(signal)
    known = y[train].reshape((size // 2,) * dim)
    values = np.pad(known, ((0, 1),) * dim, "edge")
    places = np.arange(0, size + 1, 2)
    for axis in range(dim):
        spline = make_interp_spline(places, values, degree, axis=axis)
        values = spline(np.arange(size))
    return values.ravel()


def load(signal: str, method: str, seed: int = 0) -> dict:
    """A stored run.

    It has `steps` (T,), `squares` (T, 2) mean square errors on trained and held-out
    samples, `bands` (T, B) of the error on the trained ones, `rings` of the error at
    the end on all samples, `chosen` (setting, learning rate), `grid` (4, 4) of
    validation errors, `count` of parameters; for seed 0 also `fit` (n,), the network's
    values. An error of one sentence where the file is missing or damaged.
    """
    one_of("signal", signal, SIGNALS)
    name = f"{signal} {one_of('method', method, METHODS)}"
    stored = _stored()
    grid = stored[f"{name} grid"]
    best = settings(signal, method)[int(grid.argmin())]
    run = {
        "grid": grid,
        "count": int(stored[f"{name} count"]),
        "chosen": (best["setting"], best["lr"]),
    }
    keys = (*RECORDED, "fit") if seed == 0 else RECORDED
    for key in keys:
        run[key] = stored[f"{name} {seed} {key}"]
    return run


def scores(signal: str, method: str, seed: int = 0) -> np.ndarray:
    """Decibels on trained and on held-out samples at the end of a stored run, (2,)."""
    return decibel(load(signal, method, seed)["squares"][-1])


def main() -> None:
    """Search the grids, train three seeds with the best settings, store the runs."""
    folder = _cache_folder()
    searched = [
        {**one, "seed": 0, "search": True} for pair in GRIDS for one in settings(*pair)
    ]
    found = [run["validation"] for run in sweep(fit, searched, folder=folder)]
    grids = np.reshape(found, (len(GRIDS), 16))
    chosen = [settings(*pair)[grid.argmin()] for pair, grid in zip(GRIDS, grids)]
    wanted = [
        {**one, "seed": seed, "search": False} for one in chosen for seed in SEEDS
    ]
    runs = sweep(fit, wanted, folder=folder)
    arrays = {}
    for i, (signal, method) in enumerate(GRIDS):
        three = runs[3 * i : 3 * i + 3]  # of this method, a run for each seed
        arrays.update(_packed(signal, method, grids[i], three))
        for seed, run in zip(SEEDS, three):
            score, took = decibel(run["squares"][-1]), run["seconds"]
            print(signal, method, chosen[i], seed, score, f"{took:.0f} s")
    np.savez_compressed(FILE, **arrays)
    _note_checksum()


def _cache_folder() -> Path:
    """A folder of its own for each version of what a run depends on.

    What is there is not computed again.
    """
    depends_on = (
        samples,
        power,
        filled,
        sum_of_neighbours,
        design,
        normal_frequencies,
        network,
        fit,
        recorded_steps,
        descend,
        rings,
        bands,
    )
    code = "".join(inspect.getsource(function) for function in depends_on)
    digest = hashlib.sha256((code + str(SIGNALS)).encode()).hexdigest()
    return Path("_build/feature_fits") / digest[:8]


def _packed(
    signal: str, method: str, grid: np.ndarray, runs: list[dict]
) -> dict[str, np.ndarray]:
    """The arrays of one method as they are stored."""
    name = f"{signal} {method}"
    arrays = {
        f"{name} grid": grid.reshape(4, 4),
        f"{name} count": np.array(runs[0]["count"]),
    }
    for seed, run in zip(SEEDS, runs):
        for key in RECORDED:
            dtype = int if key == "steps" else np.float32
            arrays[f"{name} {seed} {key}"] = np.array(run[key], dtype)
    values = runs[0]["fit"]
    if signal == "photograph":
        grey = np.round(255 * np.clip(values, 0, 1))
        arrays[f"{name} 0 fit"] = grey.astype(np.uint8)
    else:
        arrays[f"{name} 0 fit"] = np.asarray(values, np.float32)
    return arrays


def _note_checksum() -> None:
    """Write the file's checksum into this module."""
    digest = hashlib.sha256(FILE.read_bytes()).hexdigest()
    module = Path(__file__)
    text = module.read_text(encoding="utf-8")
    text = text.replace(f'CHECKSUM = "{CHECKSUM}"', f'CHECKSUM = "{digest}"')
    module.write_text(text, encoding="utf-8")


def _stored() -> dict[str, np.ndarray]:
    """The arrays of the file, after checking that it is whole."""
    if not FILE.exists():
        raise FileNotFoundError(
            f"{FILE.name}, the stored fits of photograph and recording, is missing;"
            f" {AGAIN}"
        )
    content = FILE.read_bytes()
    if hashlib.sha256(content).hexdigest() != CHECKSUM:
        raise ValueError(
            f"{FILE.name}, the stored fits of photograph and recording, is damaged;"
            f" {AGAIN}"
        )
    with np.load(io.BytesIO(content)) as stored:
        return dict(stored)


if __name__ == "__main__":
    # Worker processes find its functions by their module's name.
    from fbkit.chapters.fit_a_photograph import runs

    runs.main()
