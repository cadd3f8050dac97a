r"""A photograph and a recording, fitted by four kinds of network from every second
sample.

    python -m fbkit.chapters.fit_a_photograph.runs        # some 10 minutes on two cores; goes on where it was interrupted

The methods: Fourier features whose frequencies `waterfill` designed ("designed") or
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

import hashlib
import inspect
import io
import time
from pathlib import Path

import numpy as np

from fbkit._errors import one_of
from fbkit.history import History
from fbkit.pde import sample_frequencies, waterfill

FILE = Path(__file__).with_suffix(".npz")
# Of the file; the script writes it here, so that this text, on which claims are keyed,
# changes with the data.
CHECKSUM = "63ccd8e0c32811fa2b799cd3c78548784d760bf75e287a541dd4437d18ea624d"
AGAIN = (
    "make it again with: python -m fbkit.chapters.fit_a_photograph.runs (some 10"
    " minutes on two cores)"
)

METHODS, SEEDS, STEPS, BATCH = (
    ("designed", "gaussian", "siren", "plain"),
    (0, 1, 2),
    1200,
    1024,
)
NAMES = dict(zip(METHODS, ("designed", "normal", "SIREN", "plain")))  # in figures
# signal: samples in each direction, its directions, Fourier frequencies, hidden layers
# after features / without them
SIGNALS = {
    "photograph": (256, 2, 128, (60, 60), (96, 96, 96)),
    "electrocardiogram": (1024, 1, 32, (24, 24), (32, 32, 32)),
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


def samples(signal):
    """Inputs (n, d) within [-pi, pi), values (n,), and masks (n,) of the training
    samples and the validation ones.

    The photograph's values are grey from 0 to 1, the recording's have mean 0 and
    variance 1.
    """
    from fbkit.targets import electrocardiogram, photograph

    size, dim = SIGNALS[one_of("signal", signal, SIGNALS)][:2]
    if dim == 2:
        square = photograph(size, 85, 181, "flower")
        x, y = square.inputs, square.values
    else:
        x, y = (
            2 * np.pi * np.arange(size)[:, None] / size - np.pi,
            electrocardiogram(size).values,
        )
    train = (np.indices((size,) * dim) % 2 == 0).all(axis=0).ravel()
    aside = np.random.default_rng(2024).permutation(np.flatnonzero(train))[
        : train.sum() // 8
    ]
    return x, y, train, np.isin(np.arange(len(y)), aside)


def power(values):
    """Smoothed power spectrum of samples on a grid (n, ..., n), whole frequencies below
    n/2 in each direction.

    Where a sample is NaN, the mean of its neighbours stands in. A cosine window fades
    the edges, which would else count as jumps; the periodogram is averaged over
    neighbouring frequencies. Returns (frequencies (n - 1,), powers).
    """
    from scipy.ndimage import gaussian_filter

    n, dim = len(values), values.ndim
    z, known = np.nan_to_num(values - np.nanmean(values)), np.isfinite(values)
    around = [(axis, shift) for axis in range(dim) for shift in (1, -1)]
    total, count = (
        sum(np.roll(a, shift, axis) for axis, shift in around) for a in (z, 1.0 * known)
    )
    z = np.where(known, z, total / np.maximum(count, 1))
    for axis in range(dim):
        z = z * np.expand_dims(
            np.sin(np.pi * (np.arange(n) + 0.5) / n) ** 2,
            [a for a in range(dim) if a != axis],
        )
    periodogram = np.fft.fftshift(np.abs(np.fft.fftn(z)) ** 2)
    smooth = gaussian_filter(periodogram, 2, mode="wrap")[(slice(1, None),) * dim]
    return np.arange(1 - n // 2, n // 2), smooth


def design(signal, T, seed, seen):
    """Frequencies (m, d) that water-filling chose from the samples under the mask
    `seen` alone.
    """
    size, dim, m = SIGNALS[signal][:3]
    y, train = samples(signal)[1:3]
    grid = np.where(seen, y, np.nan)[train].reshape((size // 2,) * dim)
    k, S = power(grid)
    axes = k if dim == 1 else (k, k)
    p, _ = waterfill(
        S, axes, T / (2 * np.pi) ** dim, dim
    )  # in the mean over samples, rho = (2 pi)^-d
    return sample_frequencies(p, axes, m, "sobol", seed).reshape(m, dim)


def network(signal, method, setting, seed, seen):
    """A network, and the inputs (n, features) that it takes at all samples."""
    import torch
    from scipy.special import ndtri
    from scipy.stats import qmc

    from fbkit.nets import siren, standard_mlp

    _, dim, m, after, alone = SIGNALS[signal]
    x = samples(signal)[0]
    if method in ("designed", "gaussian"):
        if method == "designed":
            w = design(signal, setting, seed, seen)
        else:
            w = setting * ndtri(qmc.Sobol(dim, seed=seed).random(m))
        return standard_mlp([2 * m, *after, 1], "relu", seed=seed), np.hstack(
            [np.cos(x @ w.T), np.sin(x @ w.T)]
        )
    if method == "siren":
        return siren([dim, *alone, 1], setting, seed), x / np.pi
    activation, gain = setting.split()
    net = standard_mlp([dim, *alone, 1], activation, seed=seed)
    with torch.no_grad():
        for parameter in net.layers[0].parameters():
            parameter *= float(gain)
    return net, x / np.pi


def fit(signal, method, setting, lr, seed, search, steps=STEPS):
    """One run. With `search` the validation samples are not trained on; without, errors
    are recorded on the way.
    """
    import torch

    begun, (_, y, train, aside) = time.process_time(), samples(signal)
    seen = train & ~aside if search else train
    mean, size = y[seen].mean(), y[seen].std()
    net, inputs = network(signal, method, setting, seed, seen)
    x = torch.as_tensor(inputs, dtype=torch.float32)
    goal = torch.as_tensor((y - mean) / size, dtype=torch.float32)
    on, chance = (
        torch.as_tensor(np.flatnonzero(seen)),
        torch.Generator().manual_seed(seed),
    )
    optimizer = torch.optim.Adam(net.parameters(), lr)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)

    def error():
        with torch.no_grad():
            return size * (net(x)[:, 0] - goal).numpy().astype(float)

    when = (
        []
        if search
        else np.unique(np.round(np.append(0, np.geomspace(1, steps, 24))).astype(int))
    )
    squares, history = [], []
    for step in range(steps + 1):
        if step in when:
            e = error()
            squares.append([np.mean(e[train] ** 2), np.mean(e[~train] ** 2)])
            history.append(bands(rings(signal, e[train])))
        if step == steps:
            break
        some = (
            on
            if len(on) <= BATCH
            else on[torch.randint(len(on), (BATCH,), generator=chance)]
        )
        optimizer.zero_grad()
        (net(x[some])[:, 0] - goal[some]).square().mean().backward()
        optimizer.step()
        schedule.step()
    e = error()
    found = {
        "count": sum(p.numel() for p in net.parameters()),
        "seconds": time.process_time() - begun,
    }
    if search:
        return found | {"validation": np.mean(e[aside] ** 2)}
    return found | {
        "steps": when,
        "squares": squares,
        "bands": history,
        "rings": rings(signal, e),
        "fit": y + e,
    }


def rings(signal, e):
    """Root mean square of a field at every whole frequency abs(k) = 0, 1, ... below its
    Nyquist frequency.

    Its squares sum to the field's mean square, but for what lies beyond that frequency
    in the corners of the plane.
    """
    dim = SIGNALS[signal][1]
    n = round(len(e) ** (1 / dim))
    k = np.sqrt(
        sum(np.square(one) for one in np.meshgrid(*[np.fft.fftfreq(n, 1 / n)] * dim))
    )
    ring = np.round(k).astype(int).ravel()
    share = np.abs(np.fft.fftn(e.reshape((n,) * dim)) / len(e)).ravel() ** 2
    return np.sqrt(np.bincount(ring, share)[: n // 2])


def bands(rms):
    """Root mean square in the octaves of frequency from 1, 2, 4, ... to below 2, 4, 8,
    ...
    """
    edges = 2 ** np.arange(int(np.log2(len(rms))) + 1)
    return [np.sqrt(np.sum(rms[a:b] ** 2)) for a, b in zip(edges[:-1], edges[1:])]


def settings(signal, method):
    """The 16 points of a method's grid."""
    lrs, seconds = GRIDS[signal, method]
    return [
        {"signal": signal, "method": method, "setting": s, "lr": lr}
        for s in seconds
        for lr in lrs
    ]


def decibel(square):
    """-10 log10 of a mean square error: PSNR of grey values (white is 1), SNR of the
    recording (variance 1), in dB.
    """
    return -10 * np.log10(square)


def between(signal, kind="linear"):
    """Values (n,) at all samples without a network: straight lines between the training
    samples, or a cubic spline through them (`kind="cubic"`). After the last training
    sample its value is kept.
    """
    from scipy.interpolate import make_interp_spline

    (size, dim), (_, y, train, _) = (
        SIGNALS[one_of("signal", signal, SIGNALS)][:2],
        samples(signal),
    )
    degree = {"linear": 1, "cubic": 3}[one_of("kind", kind, ("linear", "cubic"))]
    values = np.pad(y[train].reshape((size // 2,) * dim), ((0, 1),) * dim, "edge")
    for axis in range(dim):
        values = make_interp_spline(
            np.arange(0, size + 1, 2), values, degree, axis=axis
        )(np.arange(size))
    return values.ravel()


def load(signal, method, seed=0):
    """A stored run: `steps` (T,), `squares` (T, 2) mean square errors on trained and
    held-out samples, `bands` (T, B) of the error on the trained ones, `rings` of the
    error at the end on all samples, `chosen` (setting, learning rate), `grid` (4, 4) of
    validation errors, `count` of parameters; for seed 0 also `fit` (n,), the network's
    values.

    An error of one sentence where the file is missing or damaged.
    """
    name, stored = (
        f"{one_of('signal', signal, SIGNALS)} {one_of('method', method, METHODS)}",
        _stored(),
    )
    what = ("steps", "squares", "bands", "rings") + ("fit",) * (seed == 0)
    grid = stored[f"{name} grid"]
    best = settings(signal, method)[int(grid.argmin())]
    run = {
        "grid": grid,
        "count": int(stored[f"{name} count"]),
        "chosen": (best["setting"], best["lr"]),
    }
    return run | {key: stored[f"{name} {seed} {key}"] for key in what}


def scores(signal, method, seed=0):
    """Decibels on trained and on held-out samples at the end of a stored run."""
    return decibel(load(signal, method, seed)["squares"][-1])


def octaves(signal, method, seed=0):
    """The error's octaves on the trained samples as a `History`, each named by its
    lowest frequency.
    """
    run = load(signal, method, seed)
    meta = {"clock": "steps", "label": NAMES[method]}
    return History(
        run["steps"],
        2.0 ** np.arange(run["bands"].shape[1]),
        run["bands"],
        run["squares"][:, 0] / 2,
        meta,
    )


def main():
    from fbkit.sweeping import sweep

    # A folder of its own for each version of what a run depends on; what is there is
    # not computed again.
    code = "".join(
        map(inspect.getsource, (samples, power, design, network, fit, rings, bands))
    ) + str(SIGNALS)
    folder = Path("_build/feature_fits") / hashlib.sha256(code.encode()).hexdigest()[:8]
    pairs = list(GRIDS)
    searched = [
        {**one, "seed": 0, "search": True} for pair in pairs for one in settings(*pair)
    ]
    grids = np.array(
        [r["validation"] for r in sweep(fit, searched, folder=folder)]
    ).reshape(len(pairs), -1)
    chosen = [
        {**settings(*pair)[grid.argmin()], "search": False}
        for pair, grid in zip(pairs, grids)
    ]
    runs = sweep(
        fit, [{**one, "seed": seed} for one in chosen for seed in SEEDS], folder=folder
    )
    arrays = {}
    for i, (signal, method) in enumerate(pairs):
        name = f"{signal} {method}"
        arrays |= {
            f"{name} grid": grids[i].reshape(4, 4),
            f"{name} count": np.array(runs[3 * i]["count"]),
        }
        for seed in SEEDS:
            run = runs[3 * i + seed]
            for what in ("steps", "squares", "bands", "rings"):
                arrays[f"{name} {seed} {what}"] = np.array(
                    run[what], int if what == "steps" else np.float32
                )
            print(
                name,
                chosen[i],
                seed,
                decibel(run["squares"][-1]),
                f"{run['seconds']:.0f} s",
            )
        shown = runs[3 * i]["fit"]
        if signal == "photograph":
            shown = np.round(255 * np.clip(shown, 0, 1)).astype(np.uint8)
        arrays[f"{name} 0 fit"] = np.asarray(
            shown, np.uint8 if signal == "photograph" else np.float32
        )
    np.savez_compressed(FILE, **arrays)
    module, digest = Path(__file__), hashlib.sha256(FILE.read_bytes()).hexdigest()
    module.write_text(
        module.read_text().replace(f'CHECKSUM = "{CHECKSUM}"', f'CHECKSUM = "{digest}"')
    )


def _stored():
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
    from fbkit.chapters.fit_a_photograph.runs import (
        main,  # so that worker processes find its functions by their module's name
    )

    main()
