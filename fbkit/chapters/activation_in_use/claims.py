"""Claims of the chapter "Which activation for which data?"."""

import functools

import numpy as np

import fbkit as fb
from fbkit.activations import ACTIVATIONS, activation, relu_power
from fbkit.chapters.spectral_seminorm.claims import heavy_ball, layer
from fbkit.interpolate import averaged_kernel, min_seminorm_interpolant
from fbkit.ledger import ledger

OURS = "measured for this course"
KINDS = (activation("step"), activation("relu"), relu_power(2))
SETS = (
    "72 pieces of rows of a photograph (scikit-learn's china), 90 of a microphone's"
    " recording of a bell, 16 of an electrocardiogram (PyWavelets'), 64 samples each"
)
STRENGTHS = 10.0 ** np.arange(-3, 6)


@functools.cache
def pieces(name, size=64):
    """Pieces of a signal, (n, size), each of mean 0 and variance 1."""
    if name == "photograph":
        whole = fb.photograph(384, row=20, column=128).values.reshape(384, 384)[16::32]
    else:
        whole = (fb.bell(5760) if name == "bell" else fb.electrocardiogram(1024)).values
    cut = whole.reshape(-1, size)
    return (cut - cut.mean(axis=1, keepdims=True)) / cut.std(axis=1, keepdims=True)


def half(seed, n=64):
    """Indices of the half that is kept, both ends among them, and of the other."""
    inner = np.random.default_rng(seed).permutation(np.arange(1, n - 1))
    kept = np.sort(np.append([0, n - 1], inner[: n // 2 - 2]))
    return kept, np.setdiff1d(np.arange(n), kept)


def smooth(kind, x, y, at, noise=0.0):
    """The curve of least (misfit + noise * seminorm) at places where no sample is: with
    0 the interpolant.
    """
    kernel = lambda z: kind.kernel(z) + noise * (z == 0)
    return min_seminorm_interpolant(1.0 * x, y, 1.0 * at, kernel, kind.null_degree)


def errors(piece, kept, hidden):
    """Root mean square error at the hidden samples for each activation, in the piece's
    standard deviations.
    """
    return [
        np.sqrt(np.mean((smooth(k, kept, piece[kept], hidden) - piece[hidden]) ** 2))
        for k in KINDS
    ]


@ledger(
    id="power-laws",
    source=OURS,
    statement=(
        f"{SETS}: mean power spectrum, fitted by a power of the frequency from 2 to 30"
        " turns a piece. Photograph, bell, electrocardiogram."
    ),
    expected=(-0.95, -4, -1.5),
    tolerance=0.2,
    seeds=(0,),
)
def power_laws(seed: int) -> list[float]:
    k, slopes = np.arange(2, 31), []
    for name in ("photograph", "bell", "electrocardiogram"):
        power = np.square(np.abs(np.fft.rfft(pieces(name) * np.hanning(64)))).mean(
            axis=0
        )
        slopes.append(np.polyfit(np.log(k), np.log(power[k]), 1)[0])
    return slopes


@ledger(
    id="missing-samples",
    source=OURS,
    statement=(
        f"Half of the samples hidden at random; {SETS}. Error at hidden samples, median"
        " over the pieces, in standard deviations of the piece. Photograph: step,"
        " ReLU, ReLU squared; then the same for the bell; then for the"
        " electrocardiogram."
    ),
    expected=(0.56, 0.69, 0.88, 0.11, 0.036, 0.04, 0.22, 0.21, 0.23),
    tolerance=(0.03, 0.01, 0.07, 0.01, 0.004, 0.003, 0.02, 0.03, 0.03),
)
def missing_samples(seed: int) -> list[float]:
    medians = []
    for name in ("photograph", "bell", "electrocardiogram"):
        all_ = [
            errors(one, *half(1000 * seed + i)) for i, one in enumerate(pieces(name))
        ]
        medians += list(np.median(all_, axis=0))
    return medians


@ledger(
    id="chosen-activation",
    source=OURS,
    statement=(
        "The same, with the activation chosen by a second hiding: 8 of the kept"
        " samples. Its median error over that of the activation that is best at the"
        " hidden samples of each piece: photograph, bell, electrocardiogram. Then the"
        " same for one activation on all pieces, the one with the smallest median."
    ),
    expected=(1.13, 1.11, 1.22, 1.04, 1.09, 1.08),
    tolerance=(0.06, 0.08, 0.13, 0.05, 0.06, 0.1),
    kind="recorded",
)
def chosen_activation(seed: int) -> np.ndarray:
    ratios = []
    for name in ("photograph", "bell", "electrocardiogram"):
        found = []  # error of the chosen one, of the best of this piece, of each
        for i, one in enumerate(pieces(name)):
            kept, hidden = half(1000 * seed + i)
            test = np.random.default_rng(5000 * seed + i).permutation(kept[1:-1])[:8]
            last = errors(one, kept, hidden)
            found.append(
                (
                    last[np.argmin(errors(one, np.setdiff1d(kept, test), test))],
                    min(last),
                    *last,
                )
            )
        chosen, best, *each = np.median(found, axis=0)
        ratios.append((chosen / best, min(each) / best))
    return np.transpose(ratios).ravel()


@ledger(
    id="noisy-recording",
    source=OURS,
    statement=(
        "30 pieces of the bell, noise of 0.4 standard deviations on every sample; the"
        " strength of the penalty chosen among powers of 10 by ten hidings of 16 noisy"
        " samples. Error against the recording without noise, median, in standard"
        " deviations: step, ReLU, ReLU squared; then with the strength chosen by the"
        " first hiding only; then with the best strength in hindsight."
    ),
    expected=(0.22, 0.17, 0.16, 0.22, 0.185, 0.17, 0.2, 0.16, 0.15),
    tolerance=0.02,
    kind="recorded",
)
def noisy_recording(seed: int) -> np.ndarray:
    found, n = [], np.arange(64)
    for i, one in enumerate(pieces("bell")[::3]):
        rng = np.random.default_rng(100 * seed + i)
        noisy, row = one + 0.4 * rng.normal(size=64), []
        tests = [np.sort(rng.permutation(np.arange(1, 63))[:16]) for _ in range(10)]
        for kind in KINDS:
            miss = np.array([hidden_miss(kind, noisy, test) for test in tests])
            off = [
                np.sqrt(np.mean((smooth(kind, n, noisy, n + 1e-6, s) - one) ** 2))
                for s in STRENGTHS
            ]
            row.append(
                (off[miss.sum(axis=0).argmin()], off[miss[0].argmin()], min(off))
            )
        found.append(np.transpose(row).ravel())
    return np.median(found, axis=0)


def hidden_miss(kind, noisy, test):
    """Squared error at hidden noisy samples of the smooth curve through the others, for
    each strength.
    """
    rest = np.setdiff1d(np.arange(64), test)
    return [
        np.sum((smooth(kind, rest, noisy[rest], test, s) - noisy[test]) ** 2)
        for s in STRENGTHS
    ]


@ledger(
    id="photograph-network",
    source=OURS,
    statement=(
        "The photograph's pieces, half of the pixels hidden, 8,000 units, one offset in"
        " each of 4,000 even intervals; 3,000 steps of momentum (0.99, learning rate 1"
        " over the largest rate). Median error at the hidden pixels: step network, its"
        " closed form, ReLU network, its closed form. Then the ReLU network's median"
        " error at the visible pixels, and the share of pieces where it is better at"
        " the hidden ones than its closed form. Last, its median error at the hidden"
        " pixels after 100, 1,000, 10,000 and 30,000 steps."
    ),
    expected=(0.56, 0.56, 0.56, 0.69, 0.315, 0.81, 0.74, 0.56, 0.58, 0.62),
    tolerance=(0.03, 0.03, 0.02, 0.02, 0.02, 0.05, 0.03, 0.03, 0.04, 0.05),
    kind="recorded",
)
def photograph_network(seed: int) -> tuple[float, ...]:
    found = []
    for i, piece in enumerate(pieces("photograph")):
        kept, hidden = half(1000 * seed + i)
        rows = [
            momentum_run(kind, kept, piece[kept], hidden, seed) for kind in KINDS[:2]
        ]
        ends = [smooth(kind, kept, piece[kept], hidden) for kind in KINDS[:2]]
        runs = [
            momentum_run(KINDS[1], kept, piece[kept], hidden, seed, n)
            for n in (100, 1000, 10_000, 30_000)
        ]
        curves = (rows[0][1], ends[0], rows[1][1], ends[1], *(f for _, f in runs))
        found.append([np.sqrt(np.mean((f - piece[hidden]) ** 2)) for f in curves])
        found[-1].append(np.sqrt(np.mean((rows[1][0] - piece[kept]) ** 2)))
    middle, found = np.median(found, axis=0), np.array(found)
    return *middle[:4], middle[8], np.mean(found[:, 2] < found[:, 3]), *middle[4:8]


def momentum_run(kind, kept, y, hidden, seed, steps=3000):
    """A layer's output at kept and hidden samples of 64 after training its output
    weights, a = features^T b.
    """
    c = 1.5 * (
        2 * (np.arange(4000) + np.random.default_rng(seed).uniform(size=4000)) / 4000
        - 1
    )
    units, far = (layer(kind.value, i / 32 - 1, c) for i in (kept, hidden))
    K, (b, v) = units @ units.T, np.zeros((2, len(y)))
    lr = 1 / np.linalg.eigvalsh(K)[-1]
    for _ in range(steps):
        v = 0.99 * v - lr * (K @ b - y)
        b = b + v
    return K @ b, far @ (units.T @ b)


def digits(seed, n):
    """n digits for training and the rest, in 20 principal components of the former, of
    root mean square length 1.
    """
    data, rng = fb.digits(), np.random.default_rng(seed)
    order = rng.permutation(len(data.inputs))
    train, test = order[:n], order[n:]
    centred = data.inputs - data.inputs[train].mean(axis=0)
    Z = centred @ np.linalg.svd(centred[train], full_matrices=False)[2][:20].T
    Z = Z / np.sqrt(np.square(Z[train]).sum(axis=1).mean())
    return Z[train], data.values[train], Z[test], data.values[test]


def spline(X, Y, at, kernel, degree):
    """`min_seminorm_interpolant` for many columns of values at once; degree -1, 0 or 1."""
    apart = lambda a, b: np.sqrt(
        np.maximum(np.square(a).sum(1)[:, None] + np.square(b).sum(1) - 2 * a @ b.T, 0)
    )
    free = lambda x: np.column_stack([np.ones(len(x)), x])[
        :, : [0, 1, 1 + x.shape[1]][degree + 1]
    ]
    K, P = kernel(apart(X, X) * (1 - np.eye(len(X)))), free(X)
    rows = np.block([[K, P], [P.T, np.zeros((P.shape[1],) * 2)]])
    both = np.linalg.solve(rows, np.vstack([Y, np.zeros((P.shape[1], Y.shape[1]))]))
    return np.hstack([kernel(apart(at, X)), free(at)]) @ both


def in_twenty(name, r=1.0):
    """The kernel of units sigma(r (u.x - c)) in 20 dimensions."""
    return averaged_kernel(lambda z: ACTIVATIONS[name].kernel(r * z), 20)


@ledger(
    id="digits-penalty",
    source=OURS,
    statement=(
        "500 digits in 20 principal components, affine functions free, scale of tanh,"
        " GELU and Gaussian among 2, 4, 8, 16, 32, chosen by hiding 100 of them."
        " Squared error on the other 1,297: step, ReLU, tanh, GELU, Gaussian; best"
        " affine function; then wrong classes in % in the same order."
    ),
    expected=(0.1, 0.09, 0.082, 0.088, 0.081, 0.395, 2.1, 1.8, 1.8, 1.8, 1.9, 9),
    tolerance=(0.004, 0.004, 0.004, 0.004, 0.004, 0.01, 0.3, 0.4, 0.4, 0.4, 0.4, 0.8),
    kind="recorded",
)
def digits_penalty(seed: int) -> tuple[float, ...]:
    X, Y, at, wanted = digits(seed, 500)
    square = lambda f, y: np.square(f - y).sum(axis=1).mean()
    guesses = []
    for name in ("step", "relu", "tanh", "gelu", "gaussian"):
        scales = [1] if name in ("step", "relu") else [2, 4, 8, 16, 32]
        miss = lambda r: square(
            spline(X[:400], Y[:400], X[400:], in_twenty(name, r), 1), Y[400:]
        )  # noqa: B023
        guesses.append(spline(X, Y, at, in_twenty(name, min(scales, key=miss)), 1))
    affine = lambda x: np.column_stack([np.ones(len(x)), x])
    guesses.append(affine(at) @ np.linalg.lstsq(affine(X), Y)[0])
    wrong = [100 * np.mean(f.argmax(axis=1) != wanted.argmax(axis=1)) for f in guesses]
    return *(square(f, wanted) for f in guesses), *wrong


@ledger(
    id="digits-directions",
    source=OURS,
    statement=(
        "200 digits in 20 principal components, Gaussian units of scale 8 in random"
        " directions, offsets anywhere in [-2, 2]: distance of the least-norm fit from"
        " the closed form on the other 1,597, over its size, with 2,000 units and with"
        " 8,000; then squared error of the closed form, and of the 8,000 after 300"
        " steps of heavy ball."
    ),
    expected=(0.34, 0.15, 0.136, 0.155),
    tolerance=(0.03, 0.015, 0.006, 0.006),
    kind="recorded",
)
def digits_directions(seed: int) -> tuple[float, ...]:
    X, Y, at, wanted = digits(seed, 200)
    exact, rng, found = (
        spline(X, Y, at, in_twenty("gaussian", 8), -1),
        np.random.default_rng(seed),
        [],
    )
    for m in (2000, 8000):
        u, c = rng.normal(size=(20, m)), rng.uniform(-2, 2, m)
        units = lambda x: ACTIVATIONS["gaussian"].value(
            8 * (x @ (u / np.linalg.norm(u, axis=0)) - c)
        )  # noqa: B023
        F, far = units(X), units(at)
        fit = far @ (F.T @ np.linalg.solve(F @ F.T, Y))
        found.append(np.linalg.norm(fit - exact) / np.linalg.norm(exact))
    trained = far @ np.column_stack([heavy_ball(F, y, 300) for y in Y.T])
    return *found, *(np.square(f - wanted).sum(axis=1).mean() for f in (exact, trained))
