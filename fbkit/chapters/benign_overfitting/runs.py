r"""Networks that fit every wrong label, in 5 to 1,000 dimensions.

    python -m fbkit.chapters.benign_overfitting.runs
    python -m fbkit.chapters.benign_overfitting.runs more

The first trains all of them and writes runs.npz; the second trains those that the file
lacks, and keeps the others.

Two classes y = +1 and -1 as in Zhu et al., arXiv 2305.19377, where they are well
separated in many dimensions: x = y e_1 + N(0, I/d), scaled to length 1, 200 samples, of
which 30 have the wrong label. ReLU networks in NTK parameterisation (`fbkit.mlp`, no
biases, every layer trained, 0 at the start) are trained on the labels +1 and -1 by
heavy ball. Stored is for each run one row, see COLUMNS. Sizes and steps are choices of
this course.
"""

from __future__ import annotations

import functools
import hashlib
import io
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import ndtr

from fbkit._errors import one_of
from fbkit.targets import Target

if TYPE_CHECKING:
    import torch

    from fbkit.kernels import Kernel

FILE = Path(__file__).with_suffix(".npz")
# Of the file; the script writes it here, so that this text, on which claims are keyed,
# changes with the data.
CHECKSUM = "b27933bbfd32ef6a411a0ae4f4397bb33a48f3f7d6c639286208fa3af9a0d06b"
AGAIN = "make it again with: python -m fbkit.chapters.benign_overfitting.runs"

SAMPLES, FRESH, WRONG = 200, 2000, 0.15
DIMS, SEEDS = (5, 20, 50, 200, 1000), (0, 1, 2)
# depth: width of the runs in all dimensions
SIZES = {2: 4096, 3: 2048, 5: 1024}
# depth: widths of the runs in 1,000 dimensions
WIDTHS = {
    2: (256, 1024, 4096, 16384),
    3: (256, 512, 1024, 2048),
    5: (256, 512, 1024, 2048, 4096),
}
COLUMNS = (
    "depth",
    "width",
    "dim",
    "seed",
    "train",  # share of the samples whose given label is missed
    "clean",  # share of fresh points whose class is missed
    "noisy",  # share of fresh points whose label, wrong for 15 %, is missed
    "moved",  # length of the weights' move over their length
    "missed",  # largest distance from a label at the samples
    "kernel",  # as "clean", of the kernel interpolant of the same network
    "apart",  # share of fresh points on which network and kernel disagree
)


class Clusters(NamedTuple):
    """Points (n, d) of length 1, their classes and the labels they were given."""

    points: np.ndarray
    classes: np.ndarray
    labels: np.ndarray


def clusters(count: int, dim: int, seed: int | list[int]) -> Clusters:
    """Points of two classes, half of each; 15 % of the labels are wrong."""
    rng = np.random.default_rng(seed)
    y = np.repeat([-1.0, 1.0], count // 2)
    x = rng.normal(size=(count, dim)) / np.sqrt(dim)
    x[:, 0] += y
    wrong = rng.permutation(count) < WRONG * count
    return Clusters(
        x / np.linalg.norm(x, axis=1, keepdims=True), y, np.where(wrong, -y, y)
    )


def bayes_error(dim: int) -> float:
    """Share of the points that lie on the wrong side of the best border, x_1 = 0."""
    return ndtr(-np.sqrt(dim))


def network(dim: int, depth: int, width: int, seed: int) -> torch.nn.Module:
    """A ReLU network without biases whose layers keep the size of their inputs."""
    from fbkit.nets import mlp

    return mlp(dim, width, depth, weight_std=2**0.5, bias_std=0.0, seed=seed)


def train(net: torch.nn.Module, kernel: np.ndarray, data: Clusters, steps: int) -> None:
    """Heavy ball at three quarters of what the kernel's largest rate allows."""
    from fbkit.training import train as descend

    n = len(data.labels)
    largest = np.linalg.eigvalsh(kernel)[-1] / n
    target = Target(data.points, data.labels, np.full(n, 1 / n), None, "two classes")
    plan = dict(optimizer="momentum", momentum=0.95, steps=steps, records=2)
    descend(net, target, lr=1.5 / largest, progress=False, **plan)


def outputs(net: torch.nn.Module, points: np.ndarray) -> np.ndarray:
    """What a network says at points, (n,)."""
    import torch

    with torch.no_grad():
        return net(torch.as_tensor(points, dtype=torch.float32)).numpy()[:, 0]


def parameters(net: torch.nn.Module) -> np.ndarray:
    """All weights in a row."""
    return np.concatenate([p.detach().numpy().ravel() for p in net.parameters()])


def interpolant(kernel: Kernel, data: Clusters, at: np.ndarray) -> np.ndarray:
    """The kernel's least-norm curve through all labels, at points."""
    weights = np.linalg.solve(kernel.gram(data.points), data.labels)
    return kernel.gram(at, data.points) @ weights


def missed(values: np.ndarray, signs: np.ndarray) -> float:
    """Share of values whose sign is not the one wanted."""
    return np.mean(values * signs <= 0)


def fit(dim: int, depth: int, width: int, seed: int, steps: int) -> dict[str, float]:
    """One run: what is stored of it, in the order of COLUMNS."""
    from fbkit.nets import ntk_of

    data, fresh = clusters(SAMPLES, dim, [1, seed]), clusters(FRESH, dim, [2, seed])
    net = network(dim, depth, width, seed)
    kernel, start = ntk_of(net), parameters(net)
    train(net, kernel.gram(data.points), data, steps)
    here, there = outputs(net, data.points), outputs(net, fresh.points)
    limit = interpolant(kernel, data, fresh.points)
    move = np.linalg.norm(parameters(net) - start) / np.linalg.norm(start)
    found = [
        missed(here, data.labels),
        missed(there, fresh.classes),
        missed(there, fresh.labels),
        move,
        np.abs(here - data.labels).max(),
        missed(limit, fresh.classes),
        missed(there, limit),
    ]
    return dict(zip(COLUMNS, [depth, width, dim, seed, *found]))


def load(**wanted: float) -> dict[str, np.ndarray]:
    """The columns of the stored runs with these values, as `load(depth=2, dim=1000)`.

    Means over the seeds, sorted by dimension, then width.
    """
    table = _stored()
    keep = np.ones(len(table), bool)
    for name, value in wanted.items():
        one_of("a column", name, COLUMNS)
        keep &= table[:, COLUMNS.index(name)] == value
    rows = table[keep]
    first = [COLUMNS.index(name) for name in ("depth", "dim", "width")]
    groups = np.unique(rows[:, first], axis=0)
    means = [
        rows[(rows[:, first] == group).all(axis=1)].mean(axis=0) for group in groups
    ]
    return dict(zip(COLUMNS, np.transpose(means)))


@functools.lru_cache
def _stored() -> np.ndarray:
    """The table, after checking that the file is whole."""
    if not FILE.exists():
        raise FileNotFoundError(
            f"{FILE.name}, the stored runs on two classes, is missing; {AGAIN}"
        )
    content = FILE.read_bytes()
    if hashlib.sha256(content).hexdigest() != CHECKSUM:
        raise ValueError(
            f"{FILE.name}, the stored runs on two classes, is damaged; {AGAIN}"
        )
    with np.load(io.BytesIO(content)) as stored:
        return stored["runs"]


def cases() -> list[tuple[int, int, int]]:
    """Depth, width and dimension of all runs, each once."""
    everywhere = [(depth, m, dim) for depth, m in SIZES.items() for dim in DIMS]
    high = [(depth, m, DIMS[-1]) for depth, widths in WIDTHS.items() for m in widths]
    return list(dict.fromkeys(everywhere + high))


def main(more: bool) -> None:
    """Train all runs, or those that the file lacks, and store them."""
    rows = _stored().tolist() if more else []
    known = {tuple(row[:3]) for row in rows}
    for depth, width, dim in cases():
        if (depth, width, dim) in known:
            continue
        begun = time.process_time()
        # In few dimensions the kernel's eigenvalues are further apart.
        steps = 1000 if dim == DIMS[0] else 150
        found = [fit(dim, depth, width, seed, steps) for seed in SEEDS]
        rows += [list(row.values()) for row in found]
        mean = {name: np.mean([row[name] for row in found]) for name in COLUMNS}
        took = time.process_time() - begun
        print({k: round(float(v), 4) for k, v in mean.items()}, f"{took:.0f} s")
    np.savez_compressed(FILE, runs=np.array(rows))
    _note_checksum()


def _note_checksum() -> None:
    """Write the file's checksum into this module."""
    digest = hashlib.sha256(FILE.read_bytes()).hexdigest()
    module = Path(__file__)
    text = module.read_text(encoding="utf-8")
    text = text.replace(f'CHECKSUM = "{CHECKSUM}"', f'CHECKSUM = "{digest}"', 1)
    module.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main("more" in sys.argv[1:])
