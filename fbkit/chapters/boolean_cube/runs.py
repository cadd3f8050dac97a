"""Small networks on bits, with and without the Walsh-Hadamard penalty.

    python -m fbkit.chapters.boolean_cube.runs

trains the sweep over the penalty's factor for the page's picture and writes runs.npz
(a minute and a half on one core).

Networks are n -> 2n -> 2n -> n -> 1 with leaky ReLU, Xavier's weights and PyTorch's
biases, trained by Adam with rate 0.01 on the mean square error over batches, bits fed
as 0 and 1: the shape of the networks in Gorji et al., arXiv 2305.09779. Targets,
numbers of samples, batches and epochs are choices of this course. Many networks are
trained beside each other, as stacks of matrices; they share the order of the batches
and the draws of the penalty, and nothing else.
"""

from __future__ import annotations

import functools
import hashlib
import io
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

import fbkit as fb
from fbkit._errors import one_of
from fbkit.basis import fwht

if TYPE_CHECKING:
    from torch import Tensor

FILE = Path(__file__).with_suffix(".npz")
# Of the file; the script writes it here, so that this text, on which claims are keyed,
# changes with the data.
CHECKSUM = "c81baddddbe9dfdc80ba42b41e1b874e11adcbb401806bc1eb771ad756d9019b"
AGAIN = "make it again with: python -m fbkit.chapters.boolean_cube.runs (90 seconds)"

BITS, SAMPLES, BATCH, EPOCHS, BUCKETS = 10, 200, 40, 300, 32
DEGREES = (1, 2, 3, 4, 5)
SWEEP = (0.0, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
SWEEP_SEEDS = (0, 1, 2)
EVERY = 10  # epochs between two looks


# ---- stacks of networks ----


def start(bits: int, count: int, seed: int) -> list[Tensor]:
    """Weights (count, in, out) and biases (count, 1, out) of each layer."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    sizes = [bits, 2 * bits, 2 * bits, bits, 1]
    tensors = []
    for inputs, units in zip(sizes[:-1], sizes[1:]):
        W = 2 * torch.rand(count, inputs, units, generator=generator) - 1
        b = 2 * torch.rand(count, 1, units, generator=generator) - 1
        tensors += [W * (6 / (inputs + units)) ** 0.5, b / inputs**0.5]
    return tensors


def outputs(tensors: Sequence[Tensor], x: Tensor) -> Tensor:
    """(N, count) from inputs (N, bits) of all networks or (count, N, bits) of each."""
    from torch.nn.functional import leaky_relu

    *hidden, W, b = tensors
    for weight, bias in zip(hidden[::2], hidden[1::2]):
        x = leaky_relu(x @ weight + bias)
    return (x @ W + b)[:, :, 0].T


def fit(
    X: np.ndarray,
    y: np.ndarray,
    lams: Sequence[float],
    seed: int,
    epochs: int,
    look: Callable[[Callable], np.ndarray],
) -> np.ndarray:
    """What `look(net)` found after every tenth epoch, (T, ...).

    Parameters
    ----------
    X, y : (count, N, bits) bits of 0 and 1, and (count, N) values.
    lams : factors on the penalty; each has a network for each of the `count` sets, and
        those of one set start alike.
    look : is given a function of inputs (N, bits), which returns (N, L count).
    """
    import torch

    torch.set_num_threads(1)
    count, N, bits = X.shape
    alike = [len(lams), 1, 1]
    tensors = [p.repeat(alike).requires_grad_() for p in start(bits, count, seed)]
    X, y = (torch.as_tensor(one, dtype=torch.float32) for one in (X, y))
    X, y = X.repeat(alike), y.repeat(alike[:2]).T
    lam = torch.tensor(lams).repeat_interleave(count)
    adam = torch.optim.Adam(tensors, lr=0.01, foreach=True)
    chance = torch.Generator().manual_seed(seed)
    net = functools.partial(outputs, tensors)
    found = []
    for epoch in range(1, epochs + 1):
        for batch in torch.randperm(N, generator=chance).split(BATCH):
            loss = (net(X[:, batch]) - y[batch]).square().mean(dim=0).sum()
            if max(lams) > 0:
                penalty = fb.hashwh_penalty(net, bits, BUCKETS, generator=chance)
                loss = loss + lam @ penalty
            adam.zero_grad()
            loss.backward()
            adam.step()
        if epoch % EVERY == 0:
            with torch.no_grad():
                found.append(look(net))
    return np.array(found)


# ---- five parities, one of each degree ----


class Task(NamedTuple):
    """Targets on all corners of the cube, of which some are seen."""

    inputs: np.ndarray  # (1024, 10), 0 and 1
    values: np.ndarray  # (count, 1024)
    parities: np.ndarray  # (count, 5), places in the order of `fwht`
    seen: np.ndarray  # (count, 1024), which corners are trained on


def task(seed: int, count: int) -> Task:
    """Sums of five parities of degrees 1 to 5, and 200 corners for each."""
    rng = np.random.default_rng(seed)
    basis = fb.cube(BITS)
    parities, seen = [], []
    for _ in range(count):
        sets = [rng.choice(BITS, k, replace=False) for k in DEGREES]
        parities.append([np.sum(2**chosen) for chosen in sets])
        seen.append(rng.permutation(2**BITS) < SAMPLES)
    parities = np.array(parities)
    values = basis.matrix[:, parities].sum(axis=2).T
    return Task((1 - basis.inputs) / 2, values, parities, np.array(seen))


class Outcome(NamedTuple):
    """Of networks for L factors on R targets."""

    held_out: np.ndarray  # (T, L, R) R^2 on the corners not seen, every tenth epoch
    heights: np.ndarray  # (L, R, 5) of the five parities at the end; 1 in the target
    # (L, R, 11) at the end, of each degree: squares of the coefficients that are 0 in
    # the target, summed
    spurious: np.ndarray


@functools.lru_cache(maxsize=32)
def parities(
    seed: int, lams: tuple[float, ...], count: int, epochs: int = EPOCHS
) -> Outcome:
    """Train on `task` and say what was learned of it."""
    import torch

    t = task(seed, count)
    everywhere = torch.as_tensor(t.inputs, dtype=torch.float32)

    def look(net: Callable) -> np.ndarray:
        return net(everywhere).T.double().numpy().reshape(len(lams), count, -1)

    X = np.stack([t.inputs[seen] for seen in t.seen])
    y = np.stack([values[seen] for values, seen in zip(t.values, t.seen)])
    f = fit(X, y, lams, seed, epochs, look)  # (T, L, R, 1024)
    coefficients = fwht(f[-1]) / 2**BITS
    own = np.broadcast_to(t.parities, (len(lams), *t.parities.shape))
    heights = np.take_along_axis(coefficients, own, axis=2)
    others = np.square(coefficients)
    np.put_along_axis(others, own, 0, axis=2)
    spurious = others @ (fb.cube(BITS).modes[:, None] == np.arange(BITS + 1))
    return Outcome(held_out_r2(f, t), heights, spurious)


def held_out_r2(f: np.ndarray, t: Task) -> np.ndarray:
    """1 - mean square error over variance, on the corners that were not seen."""
    found = []
    for r, (values, seen) in enumerate(zip(t.values, t.seen)):
        y = values[~seen]
        found.append(1 - np.square(f[..., r, ~seen] - y).mean(axis=-1) / y.var())
    return np.stack(found, axis=-1)


# ---- tables of yes and no ----

CHOICES = (0.01, 0.03, 0.1, 0.3)  # factors that the validation rows choose from
# name: training rows, validation rows; the rest is held out
TABLES = {"diabetes": (160, 80), "cancer": (100, 50)}
TABLE_EPOCHS = 100


def table(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Features (rows, n) and values (rows,) of a table that scikit-learn ships.

    Progress of diabetes after a year, from 10 measurements; or -1 and 1 for malignant
    and benign tumours, from 30.
    """
    from sklearn import datasets

    one_of("name", name, TABLES)
    if name == "diabetes":
        return datasets.load_diabetes(return_X_y=True)
    X, y = datasets.load_breast_cancer(return_X_y=True)
    return X, 2.0 * y - 1


class Split(NamedTuple):
    """Bits: whether a feature is above its median over the training rows."""

    X: np.ndarray  # (rows, n): training rows first, then validation, then held out
    y: np.ndarray  # (rows,) with mean 0 and variance 1 over the training rows
    zero: float  # where the values were 0


def split(name: str, rng: np.random.Generator) -> Split:
    X, y = table(name)
    order = rng.permutation(len(y))
    X, y = X[order], y[order]
    train = slice(TABLES[name][0])
    mean, size = y[train].mean(), y[train].std()
    above = np.greater(X, np.median(X[train], axis=0))
    return Split(1.0 * above, (y - mean) / size, -mean / size)


def score(name: str, f: np.ndarray, one: Split) -> np.ndarray:
    """Of predictions (..., rows held out): R^2, or the share of right classes."""
    y = one.y[sum(TABLES[name]) :]
    if name == "diabetes":
        return 1 - np.square(f - y).mean(axis=-1) / y.var()
    return np.mean((f > one.zero) == (y > one.zero), axis=-1)


def straight(name: str, one: Split) -> float:
    """Score of scikit-learn's linear model on the same bits.

    Its ridge is chosen by cross-validation within the training rows.
    """
    from sklearn.linear_model import LogisticRegression, RidgeCV
    from sklearn.model_selection import GridSearchCV

    train, held = slice(TABLES[name][0]), slice(sum(TABLES[name]), None)
    if name == "diabetes":
        model = RidgeCV(np.geomspace(0.1, 1000, 13)).fit(one.X[train], one.y[train])
        return score(name, model.predict(one.X[held]), one)
    classes = one.y > one.zero
    grid = {"C": np.geomspace(0.01, 100, 9)}
    model = GridSearchCV(LogisticRegression(max_iter=1000), grid, cv=5)
    model.fit(one.X[train], classes[train])
    return np.mean(model.predict(one.X[held]) == classes[held])


@functools.lru_cache(maxsize=32)
def real(name: str, seed: int, count: int) -> dict[str, np.ndarray]:
    """Scores (count,) on held-out rows, over as many splits.

    "linear", scikit-learn's; "plain", the network at the end; "stopped", at the epoch
    that the validation rows choose; "penalty", at the end, with the factor that they
    choose; and the `factor`.
    """
    import torch

    rng = np.random.default_rng(seed)
    splits = [split(name, rng) for _ in range(count)]
    many = TABLES[name][0]
    X = np.stack([one.X for one in splits])
    y = np.stack([one.y for one in splits])
    lams = (0.0, *CHOICES)
    rows = torch.as_tensor(X, dtype=torch.float32).repeat(len(lams), 1, 1)

    def look(net: Callable) -> np.ndarray:
        return net(rows).T.double().numpy().reshape(len(lams), count, -1)

    f = fit(X[:, :many], y[:, :many], lams, seed, TABLE_EPOCHS, look)  # (T, L, R, rows)
    aside = slice(many, sum(TABLES[name]))
    missed = np.square(f - y)[..., aside].mean(axis=3)
    last = sum(TABLES[name])
    scores = [score(name, f[:, :, r, last:], one) for r, one in enumerate(splits)]
    scores = np.stack(scores, axis=2)  # (T, L, R)
    each = np.arange(count)
    epoch = missed[:, 0].argmin(axis=0)
    chosen = 1 + missed[-1, 1:].argmin(axis=0)
    return {
        "linear": np.array([straight(name, one) for one in splits]),
        "plain": scores[-1, 0],
        "stopped": scores[epoch, 0, each],
        "penalty": scores[-1, chosen, each],
        "factor": np.array(lams)[chosen],
    }


# ---- the stored sweep ----


def load() -> dict[str, np.ndarray]:
    """The stored sweep: `factors` (L,), `held_out` (L,) mean R^2 at the end, `low` and
    `high` its quartiles over the targets, `best`,
    the mean over targets of the best R^2 that any look found without the penalty.

    Parts of the mean square error over all corners, at the end, by degree: `missing`
    (L, 11) in the target's own parities, `spurious` (L, 11) in all others.

    An error of one sentence where the file is missing or damaged.
    """
    if not FILE.exists():
        raise FileNotFoundError(f"{FILE.name}, the stored sweep, is missing; {AGAIN}")
    content = FILE.read_bytes()
    if hashlib.sha256(content).hexdigest() != CHECKSUM:
        raise ValueError(f"{FILE.name}, the stored sweep, is damaged; {AGAIN}")
    with np.load(io.BytesIO(content)) as stored:
        return dict(stored)


def main() -> None:
    """Train the sweep and store it."""
    begun = time.process_time()
    runs = [parities(seed, SWEEP, 16) for seed in SWEEP_SEEDS]
    held_out = np.concatenate([run.held_out for run in runs], axis=2)
    low, high = np.quantile(held_out[-1], [0.25, 0.75], axis=1)
    arrays = {
        "factors": np.array(SWEEP),
        "held_out": held_out[-1].mean(axis=1),
        "low": low,
        "high": high,
        "best": held_out[:, 0].max(axis=0).mean(),
        "missing": np.zeros((len(SWEEP), BITS + 1)),
        "spurious": np.mean([run.spurious.mean(axis=1) for run in runs], axis=0),
    }
    missing = [np.square(1 - run.heights).mean(axis=1) for run in runs]
    arrays["missing"][:, list(DEGREES)] = np.mean(missing, axis=0)
    np.savez_compressed(FILE, **arrays)
    _note_checksum()
    print({name: array.round(3).tolist() for name, array in arrays.items()})
    print(f"{time.process_time() - begun:.0f} s")


def _note_checksum() -> None:
    """Write the file's checksum into this module."""
    digest = hashlib.sha256(FILE.read_bytes()).hexdigest()
    module = Path(__file__)
    text = module.read_text(encoding="utf-8")
    text = text.replace(f'CHECKSUM = "{CHECKSUM}"', f'CHECKSUM = "{digest}"')
    module.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
