r"""Training runs at the size of Cao et al., arXiv 1912.01198.

Inputs in R^10, 1,000 samples, 4,096 hidden ReLU units:

    python -m fbkit.chapters.sphere_eigenfunctions.runs
    python -m fbkit.chapters.sphere_eigenfunctions.runs loud

The first trains all of them (minutes on one core) and writes runs.npz; the second
trains these only, and keeps the others of the file.

The network is m^{-1/2} sum_j a_j relu(w_j . x) without bias, w of variance 2, a of
variance 1, both layers trained by full-batch gradient descent on the loss 1/2 mean r^2:
its kernel is `relu_profile("cao")`. It starts at 0. Stored in float32 are the
projections of the residual on sampled zonal functions (see `columns`), on the training
points and on fresh ones. Step size, directions, fresh points, the uneven inputs and the
last target are choices of this course.
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

from fbkit._errors import one_of
from fbkit.basis import legendre_sphere, sphere_multiplicity, sphere_points
from fbkit.history import History
from fbkit.kernels import relu_profile

if TYPE_CHECKING:
    import torch

FILE = Path(__file__).with_suffix(".npz")
# Of the file; the script writes it here, so that this text, on which claims are keyed,
# changes with the data.
CHECKSUM = "4435f584ae16adbc2e8da4ac9bac1ece3ddd7344a0ab170b473654d797a45422"
AGAIN = (
    "make it again with: python -m fbkit.chapters.sphere_eigenfunctions.runs (some 4"
    " minutes on one core)"
)

DIM, SAMPLES, WIDTH = 10, 1000, 4096
TEST = 4000  # fresh points
TIME = 6000  # of gradient flow
DEGREES, SEEDS, PLACES = (0, 1, 2, 4), (0, 1, 2), ("training", "fresh")
SQUARE_1 = tuple(sphere_multiplicity(DIM, [1, 2, 4]) ** 0.5)  # each of mean square 1
# name: inputs, heights of degrees 1, 2, 4 or a function of the cosine with one
# direction, factor on the target
CASES = {
    "equal": ("uniform", (1, 1, 1), 0.1),
    "rising": ("uniform", (1, 3, 5), 0.1),
    "rising tall": ("uniform", (1, 3, 5), 1.0),
    "loud": ("uniform", SQUARE_1, 1.0),
    "pieces": ("pieces", (1, 1, 1), 0.1),
    "stretched": ("stretched", (1, 1, 1), 0.1),
    "clusters": ("clusters", (1, 1, 1), 0.1),
    "polynomial": ("uniform", lambda t: t**2 + t**4, 0.1),
}


class Setting(NamedTuple):
    """Training points, values and their `columns`; the same on fresh points."""

    x: np.ndarray
    y: np.ndarray
    onto: np.ndarray
    test_x: np.ndarray
    test_y: np.ndarray
    test_onto: np.ndarray


def inputs(kind: str, count: int, seed: int) -> np.ndarray:
    """Points (count, 10) on the sphere.

    Uniform; 80 % of them in one half; a stretched normal; three clusters.
    """
    if kind == "uniform":
        return sphere_points(count, DIM, seed=seed)
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, DIM))
    if kind == "pieces":
        side = np.where(rng.random(count) < 0.8, 1, -1)
        x[:, 0] = np.abs(x[:, 0]) * side
    if kind == "stretched":
        x *= np.geomspace(2, 0.5, DIM)
    if kind == "clusters":
        x += 2 * np.eye(DIM)[rng.integers(0, 3, count)]
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def setting(case: str, seed: int) -> Setting:
    """Everything about a run but its network.

    Directions, training and test points come from separate seeds.
    """
    kind, shape, factor = CASES[one_of("the run", case, CASES)]
    drawn = sphere_points(3, DIM, seed=100 + seed)
    # One for each of DEGREES; degree 0 has none.
    first_four = [0, 0, 0, 0] if callable(shape) else [0, 0, 1, 2]
    axes = drawn[first_four]

    def values(x: np.ndarray) -> np.ndarray:
        if callable(shape):
            return factor * shape(x @ drawn[0])
        return factor * columns(x, axes)[:, 1:] @ np.array(shape, float)

    x, test_x = inputs(kind, SAMPLES, seed), inputs(kind, TEST, 200 + seed)
    return Setting(
        x, values(x), columns(x, axes), test_x, values(test_x), columns(test_x, axes)
    )


def columns(x: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """P_k(<direction_k, x_i>) for the recorded degrees 0, 1, 2, 4, with P_k(1) = 1."""
    cosines = np.clip(x @ axes.T, -1, 1).T
    return np.stack(
        [legendre_sphere(k, DIM, t) for k, t in zip(DEGREES, cosines)], axis=1
    )


def gram(x: np.ndarray, z: np.ndarray | None = None) -> np.ndarray:
    """The kernel of the infinitely wide network between points."""
    other = x if z is None else z
    return relu_profile("cao")(np.arccos(np.clip(x @ other.T, -1, 1)))


def column_sizes(onto: np.ndarray) -> np.ndarray:
    """Root mean square of each column."""
    return np.sqrt(np.square(onto).mean(axis=0))


def projections(residual: np.ndarray, onto: np.ndarray) -> np.ndarray:
    """v.r/n of residuals (..., n): what the paper plots.

    v is a column over its root mean square.
    """
    return residual @ onto / len(onto) / column_sizes(onto)


def heights(projected: np.ndarray, onto: np.ndarray) -> np.ndarray:
    """The least-squares fit sum_k h_k P_k to the residual, from its projections.

    Sampled columns overlap a little.
    """
    overlap = onto.T @ onto / len(onto) / column_sizes(onto)[:, None]
    return np.linalg.solve(overlap, projected.T).T


def when(lr: float, time: float = TIME) -> np.ndarray:
    """Recorded steps: all of the first ones, then evenly in the logarithm."""
    steps = np.append(0, np.geomspace(1, time / lr, 100))
    return np.unique(np.round(steps)).astype(int)


def step_size(largest: float) -> float:
    """5, or 1.8 over the largest rate where that is less.

    Beyond 2 over it the error grows.
    """
    return min(5.0, 1.8 / largest)


def network(dim: int, width: int, seed: int) -> torch.nn.Module:
    """m^{-1/2} sum_j a_j relu(w_j . x) without bias, 0 at the start.

    w of variance 2, a of variance 1, all trained.
    """
    import torch

    from fbkit.nets import mlp

    net = mlp(dim, width, bias_std=0.0, seed=seed)
    with torch.no_grad():
        for half in (net.plus, net.minus):
            half.layers[0].weight *= 2**0.5
    return net


def first_weights(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Inner weights (m, 10) and outer weights (m,) of the network at the start."""
    net = network(DIM, WIDTH, seed)
    halves = (net.plus, net.minus)
    w = np.concatenate([half.layers[0].weight.detach().numpy() for half in halves])
    a = net.plus.layers[1].weight.detach().numpy()[0]
    return w, np.concatenate([a, -a])


def train(
    s: Setting, seed: int, lr: float, time: float = TIME
) -> tuple[np.ndarray, np.ndarray]:
    """Projections (2, T, 4) and mean squares (2, T) of a network's residual.

    On training points, then on fresh ones.
    """
    w, a = first_weights(seed)
    single = lambda values: np.ascontiguousarray(values, np.float32)
    x, y, test = single(s.x), single(s.y), single(s.test_x)
    root = WIDTH**0.5
    rate = np.float32(lr / SAMPLES / WIDTH**0.5)
    # Few units at a time stay in the cache; both arrays are used again at every step.
    parts = [slice(j, j + 256) for j in range(0, WIDTH, 256)]
    units = np.empty((WIDTH, SAMPLES), np.float32)
    active = np.empty((256, SAMPLES), np.float32)
    steps = when(lr, time)
    found = []
    squares = []
    for step in range(steps[-1] + 1):
        f = np.zeros(SAMPLES, np.float32)
        for part in parts:
            np.matmul(w[part], x.T, out=units[part])
            np.maximum(units[part], 0, out=units[part])
            f += a[part] @ units[part]
        r = f / np.float32(root) - y
        if step in steps:
            outputs = sum(a[part] @ np.maximum(w[part] @ test.T, 0) for part in parts)
            train_r, test_r = r.astype(float), outputs / root - s.test_y
            found.append(
                [projections(train_r, s.onto), projections(test_r, s.test_onto)]
            )
            squares.append([np.mean(train_r**2), np.mean(test_r**2)])
        for part in parts:
            np.greater(units[part], 0, out=active)
            turn = a[part, None] * (active @ (r[:, None] * x))
            a[part] -= rate * (units[part] @ r)
            w[part] -= rate * turn
    return np.swapaxes(found, 0, 1), np.transpose(squares)


@functools.lru_cache(maxsize=3)
def _modes(kind: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues (n,) and eigenvectors (n, n) of the Gram matrix over n."""
    return np.linalg.eigh(gram(inputs(kind, SAMPLES, seed)) / SAMPLES)


def predict(
    case: str, seed: int, where: str = "training", plain: bool = False
) -> History:
    """The same run of the infinitely wide network: a history like that of `load`.

    It comes from one eigendecomposition: the residual after s steps is
    (1 - lr K/n)^s (-y); what the network says elsewhere is the kernel's row there times
    K^{-1} times what it says on the training points.
    """
    x, y, onto = _points(case, seed, where)
    trained = setting(case, seed)
    values, vectors = _modes(CASES[case][0], seed)
    lr = step_size(values[-1])
    steps = when(lr)
    left = (1 - lr * values) ** steps[:, None]  # (T, n)
    start = vectors.T @ trained.y
    if where == "training":
        residual = -(left * start) @ vectors.T
    else:
        across = gram(x, trained.x) @ vectors / SAMPLES
        residual = ((1 - left) / values * start) @ across.T - y
    found = projections(residual, onto)
    square = np.square(residual).mean(axis=1)
    return _history(steps * lr, found, square, onto, "infinite width", where, plain)


def load(case: str, seed: int, where: str = "training", plain: bool = False) -> History:
    """The stored run: a history of the `heights` of degrees 0, 1, 2, 4 in the residual.

    An error of one sentence where the file is missing or damaged.

    Parameters
    ----------
    case : a name in CASES.
    seed : 0, 1 or 2.
    where : "training" or "fresh" points.
    plain : the paper's `projections` in place of the heights.
    """
    _, _, onto = _points(case, seed, where)
    stored = _stored()
    t, found, squares = (
        stored[f"{case} {seed} {what}"].astype(float)
        for what in ("time", "error", "square")
    )
    row = PLACES.index(where)
    return _history(t, found[row], squares[row], onto, "network", where, plain)


def gap(case: str, seed: int) -> np.ndarray:
    """Largest gaps between `load` and `predict` for degrees 1, 2, 4.

    On the training points, relative to the start.
    """
    run = load(case, seed).error[:, 1:]
    theory = predict(case, seed).error[:, 1:]
    return np.abs(run - theory).max(axis=0) / np.abs(theory[0])


def _points(
    case: str, seed: int, where: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points, values and `columns` of the training points, or of the fresh ones."""
    s = setting(case, seed)
    return s[:3] if one_of("where", where, PLACES) == "training" else s[3:]


def _history(
    t: np.ndarray,
    found: np.ndarray,
    square: np.ndarray,
    onto: np.ndarray,
    label: str,
    where: str,
    plain: bool,
) -> History:
    error = found if plain else heights(found, onto)
    return History(t, DEGREES, error, square / 2, {"label": f"{label}, {where} points"})


def _stored() -> dict[str, np.ndarray]:
    """The arrays of the file, after checking that it is whole."""
    if not FILE.exists():
        raise FileNotFoundError(
            f"{FILE.name}, the stored runs on the sphere, is missing; {AGAIN}"
        )
    content = FILE.read_bytes()
    if hashlib.sha256(content).hexdigest() != CHECKSUM:
        raise ValueError(
            f"{FILE.name}, the stored runs on the sphere, is damaged; {AGAIN}"
        )
    with np.load(io.BytesIO(content)) as stored:
        return dict(stored)


def main(cases: list[str]) -> None:
    """Train these runs, or all, and store them."""
    arrays = _stored() if cases else {}
    for case in cases or CASES:
        for seed in SEEDS:
            begun = time.process_time()
            values, _ = _modes(CASES[case][0], seed)
            lr = step_size(values[-1])
            found, squares = train(setting(case, seed), seed, lr)
            run = {"time": when(lr) * lr, "error": found, "square": squares}
            for what, value in run.items():
                arrays[f"{case} {seed} {what}"] = value.astype(np.float32)
            took = time.process_time() - begun
            print(f"{case}, seed {seed}: step size {lr:.3g}, {took:.0f} s", flush=True)
    np.savez_compressed(FILE, **arrays)
    _note_checksum()


if __name__ == "__main__":
    main(sys.argv[1:])


def _note_checksum() -> None:
    """Write the file's checksum into this module."""
    digest = hashlib.sha256(FILE.read_bytes()).hexdigest()
    module = Path(__file__)
    text = module.read_text(encoding="utf-8")
    text = text.replace(f'CHECKSUM = "{CHECKSUM}"', f'CHECKSUM = "{digest}"')
    module.write_text(text, encoding="utf-8")
