r"""Training runs at the size of Cao et al., arXiv 1912.01198: inputs in R^10, 1,000
samples, 4,096 hidden ReLU units.

    python -m fbkit.chapters.sphere_eigenfunctions.runs        # trains all of them (minutes on one core) and writes runs.npz
    python -m fbkit.chapters.sphere_eigenfunctions.runs loud   # trains these only, and keeps the others of the file

The network is m^{-1/2} sum_j a_j relu(w_j . x) without bias, w of variance 2, a of
variance 1, both layers trained by full-batch gradient descent on the loss 1/2 mean r^2:
its kernel is `relu_profile("cao")`. It starts at 0. Stored in float32 are the
projections of the residual on sampled zonal functions (see `columns`), on the training
points and on fresh ones. Step size, directions, fresh points, the uneven inputs and the
last two targets are choices of this course.
"""

import functools
import hashlib
import io
import sys
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fbkit._errors import one_of
from fbkit.basis import legendre_sphere, sphere_multiplicity, sphere_points
from fbkit.history import History
from fbkit.kernels import relu_profile

FILE = Path(__file__).with_suffix(".npz")
# Of the file; the script writes it here, so that this text, on which claims are keyed,
# changes with the data.
CHECKSUM = "2d1108e4ec5eb1e29d309fad23c6aac9265732554e8a8565f8c7d7189e705a36"
AGAIN = (
    "make it again with: python -m fbkit.chapters.sphere_eigenfunctions.runs (some 5"
    " minutes on one core)"
)

DIM, SAMPLES, WIDTH, TEST, TIME = 10, 1000, 4096, 4000, 6000
DEGREES, SEEDS, PLACES = (0, 1, 2, 4), (0, 1, 2), ("training", "fresh")
# name: inputs, heights of degrees 1, 2, 4 or a function of the cosine with one
# direction, factor on the target
CASES = {
    "equal": ("uniform", (1, 1, 1), 0.1),
    "rising": ("uniform", (1, 3, 5), 0.1),
    "equal tall": ("uniform", (1, 1, 1), 1.0),
    "rising tall": ("uniform", (1, 3, 5), 1.0),
    "loud": (
        "uniform",
        tuple(sphere_multiplicity(DIM, [1, 2, 4]) ** 0.5),
        1.0,
    ),  # each degree of mean square 1
    "pieces": ("pieces", (1, 1, 1), 0.1),
    "stretched": ("stretched", (1, 1, 1), 0.1),
    "clusters": ("clusters", (1, 1, 1), 0.1),
    "cosine": ("uniform", lambda t: np.cos(4 * t), 0.1),
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


def inputs(kind, count, seed):
    """Points (count, 10) on the sphere: uniform; 80 % of them in one half; a stretched
    normal; three clusters.
    """
    rng = np.random.default_rng(seed)
    if kind == "uniform":
        return sphere_points(count, DIM, seed=seed)
    x = rng.normal(size=(count, DIM))
    if kind == "pieces":
        x[:, 0] = np.abs(x[:, 0]) * np.where(rng.random(count) < 0.8, 1, -1)
    if kind == "stretched":
        x *= np.geomspace(2, 0.5, DIM)
    if kind == "clusters":
        x += 2 * np.eye(DIM)[rng.integers(0, 3, count)]
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def setting(case, seed):
    """Everything about a run but its network. Directions, training and test points come
    from separate seeds.
    """
    kind, shape, factor = CASES[one_of("the run", case, CASES)]
    axes = sphere_points(3, DIM, seed=100 + seed)
    axes = np.array(
        [axes[0]] * 4 if callable(shape) else [axes[0], *axes]
    )  # of DEGREES; degree 0 has none

    def values(x):
        if callable(shape):
            return factor * shape(x @ axes[0])
        return factor * columns(x, axes)[:, 1:] @ np.array(shape, float)

    x, test_x = inputs(kind, SAMPLES, seed), inputs(kind, TEST, 200 + seed)
    return Setting(
        x, values(x), columns(x, axes), test_x, values(test_x), columns(test_x, axes)
    )


def columns(x, axes):
    """P_k(<direction_k, x_i>) for the recorded degrees 0, 1, 2, 4, with P_k(1) = 1."""
    cosines = np.clip(x @ axes.T, -1, 1).T
    return np.stack(
        [legendre_sphere(k, DIM, t) for k, t in zip(DEGREES, cosines)], axis=1
    )


def gram(x, z=None):
    """The kernel of the infinitely wide network between points."""
    return relu_profile("cao")(np.arccos(np.clip(x @ (x if z is None else z).T, -1, 1)))


def projections(residual, onto):
    """v.r/n of residuals (..., n), v a column over its root mean square: what the paper
    plots.
    """
    return residual @ onto / len(onto) / np.sqrt(np.square(onto).mean(axis=0))


def heights(projected, onto):
    """The least-squares fit sum_k h_k P_k to the residual, from its projections:
    sampled columns overlap a little.
    """
    size = np.sqrt(np.square(onto).mean(axis=0))
    overlap = onto.T @ onto / len(onto) / size[:, None]
    return np.linalg.solve(overlap, projected.T).T


def when(lr, time=TIME):
    """Recorded steps: all of the first ones, then evenly in the logarithm."""
    return np.unique(np.round(np.append(0, np.geomspace(1, time / lr, 100)))).astype(
        int
    )


def step_size(largest):
    """5, or 1.8 over the largest rate where that is less: beyond 2 over it the error
    grows.
    """
    return min(5.0, 1.8 / largest)


def network(dim, width, seed):
    """m^{-1/2} sum_j a_j relu(w_j . x) without bias, w of variance 2, a of variance 1,
    all trained; 0 at the start.
    """
    import torch

    from fbkit.nets import mlp

    net = mlp(dim, width, bias_std=0.0, seed=seed)
    with torch.no_grad():
        for half in (net.plus, net.minus):
            half.layers[0].weight *= 2**0.5
    return net


def train(s, seed, lr, time=TIME):
    """Projections on training and fresh points (2, T, 4) and mean squares (2, T) of a
    network's residual.
    """
    net = network(DIM, WIDTH, seed)
    w = np.concatenate(
        [half.layers[0].weight.detach().numpy() for half in (net.plus, net.minus)]
    )  # (m, 10)
    a = net.plus.layers[1].weight.detach().numpy()[0]
    a = np.concatenate([a, -a])  # (m,)
    x, y, test = (np.ascontiguousarray(v, np.float32) for v in (s.x, s.y, s.test_x))
    units, active = (
        np.empty((WIDTH, SAMPLES), np.float32),
        np.empty((256, SAMPLES), np.float32),
    )
    parts = [
        slice(j, j + 256) for j in range(0, WIDTH, 256)
    ]  # few units at a time stay in the cache
    steps, rate, found, squares = (
        when(lr, time),
        np.float32(lr / SAMPLES / WIDTH**0.5),
        [],
        [],
    )
    for step in range(steps[-1] + 1):
        f = np.zeros(SAMPLES, np.float32)
        for part in parts:
            np.matmul(w[part], x.T, out=units[part])
            np.maximum(units[part], 0, out=units[part])
            f += a[part] @ units[part]
        r = f / np.float32(WIDTH**0.5) - y
        if step in steps:
            outputs = (
                sum(a[part] @ np.maximum(w[part] @ test.T, 0) for part in parts)
                / WIDTH**0.5
            )
            pair = (r.astype(float), s.onto), (outputs - s.test_y, s.test_onto)
            found.append([projections(*one) for one in pair])
            squares.append([np.mean(one**2) for one, _ in pair])
        for part in parts:
            np.greater(units[part], 0, out=active)
            turn = a[part, None] * (active @ (r[:, None] * x))
            a[part] -= rate * (units[part] @ r)
            w[part] -= rate * turn
    return np.swapaxes(found, 0, 1), np.transpose(squares)


@functools.lru_cache(maxsize=3)
def _modes(kind, seed):
    """Eigenvalues (n,) and eigenvectors (n, n) of the Gram matrix over n."""
    return np.linalg.eigh(gram(inputs(kind, SAMPLES, seed)) / SAMPLES)


def predict(case, seed, where="training", plain=False):
    """The same run of the infinitely wide network, from one eigendecomposition: a
    history like that of `load`.

    The residual after s steps is (1 - lr K/n)^s (-y); what the network says elsewhere
    is the kernel's row there times K^{-1} times what it says on the training points.
    """
    x, y, onto = _points(case, seed, where)
    values, vectors = _modes(CASES[case][0], seed)
    lr = step_size(values[-1])
    steps, trained = when(lr), setting(case, seed)
    left = (1 - lr * values) ** steps[:, None]  # (T, n)
    start = vectors.T @ trained.y
    if where == "training":
        residual = -(left * start) @ vectors.T
    else:
        residual = ((1 - left) / values * start) @ (
            gram(x, trained.x) @ vectors / SAMPLES
        ).T - y
    found, square = projections(residual, onto), np.square(residual).mean(axis=1)
    return _history(steps * lr, found, square, onto, "infinite width", where, plain)


def load(case, seed, where="training", plain=False):
    """The stored run: a history of the `heights` of degrees 0, 1, 2, 4 in the residual
    on "training" or "fresh" points.

    With `plain` the paper's `projections` instead. An error of one sentence where the
    file is missing or damaged.
    """
    (_, _, onto), stored = _points(case, seed, where), _stored()
    t, found, squares = (
        stored[f"{case} {seed} {what}"].astype(float)
        for what in ("time", "error", "square")
    )
    row = PLACES.index(where)
    return _history(t, found[row], squares[row], onto, "network", where, plain)


def gap(case, seed):
    """Largest gap between `load` and `predict` on the training points, relative to the
    start, for degrees 1, 2, 4.
    """
    run, theory = load(case, seed).error[:, 1:], predict(case, seed).error[:, 1:]
    return np.abs(run - theory).max(axis=0) / np.abs(theory[0])


def _points(case, seed, where):
    s = setting(case, seed)
    return s[:3] if one_of("where", where, PLACES) == "training" else s[3:]


def _history(t, found, square, onto, label, where, plain):
    error = found if plain else heights(found, onto)
    return History(t, DEGREES, error, square / 2, {"label": f"{label}, {where} points"})


def _stored():
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


def main(cases):
    arrays = _stored() if cases else {}
    for case in cases or CASES:
        for seed in SEEDS:
            begun, s = time.process_time(), setting(case, seed)
            lr = step_size(_modes(CASES[case][0], seed)[0][-1])
            found, squares = train(s, seed, lr)
            for what, value in (
                ("time", when(lr) * lr),
                ("error", found),
                ("square", squares),
            ):
                arrays[f"{case} {seed} {what}"] = value.astype(np.float32)
            print(
                f"{case}, seed {seed}: step size {lr:.3g},"
                f" {time.process_time() - begun:.0f} s",
                flush=True,
            )
    np.savez_compressed(FILE, **arrays)
    digest = hashlib.sha256(FILE.read_bytes()).hexdigest()
    module = Path(__file__)
    module.write_text(
        module.read_text().replace(f'CHECKSUM = "{CHECKSUM}"', f'CHECKSUM = "{digest}"')
    )


if __name__ == "__main__":
    main(sys.argv[1:])
