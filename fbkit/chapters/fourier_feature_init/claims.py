"""Claims of the chapter "Can I choose what is learned first?": rates from shares and
densities, and their design.
"""

import numpy as np

import fbkit as fb
from fbkit.ledger import ledger

HERE = "derived here, checked numerically"
MODEL = "model of Molina et al., arXiv 2405.14957; figures measured for this course"
TARGET = "On the line, for the target exp(-x²/8)(cos 2x + 0.5 cos 8x + 0.15 cos 12x)"
SIGNAL = f"{TARGET} and time T = 2"
XI, X, H = np.linspace(-20, 20, 4001), np.linspace(-12, 12, 301), 0.08
F = np.exp(-(X**2) / 8) * (np.cos(2 * X) + 0.5 * np.cos(8 * X) + 0.15 * np.cos(12 * X))
S = (H * np.cos(np.outer(XI, X)) @ F) ** 2


def left(p, T=2.0):
    """Share of the energy that is left at time T by the theory, for p at XI."""
    return np.trapezoid(S * np.exp(-4 * np.pi * T * p), XI) / np.trapezoid(S, XI)


def band(low, high):
    """Even density on low <= abs(xi) <= high."""
    p = 1.0 * ((np.abs(XI) >= low - 1e-9) & (np.abs(XI) <= high + 1e-9))
    return p / np.trapezoid(p, XI)


def gauss(s):
    return np.exp(-(XI**2) / (2 * s**2)) / (s * np.sqrt(2 * np.pi))


def trained(w, lr, steps, values=F):
    """Residual (records, n) of a network with these frequencies, gradient descent on
    half the integral of r².
    """
    target = fb.targets.Target(X[:, None], values, np.full(len(X), H), None, "packets")
    run = fb.train(
        fb.FourierFeatures(w),
        target,
        lr=lr,
        steps=steps,
        keep_outputs=True,
        progress=False,
    )
    return run, run.meta["outputs"] - values


@ledger(
    id="feature-shares",
    source=HERE,
    statement=(
        "240 features of the frequencies 1, 5, 10 on the circle, in shares of"
        " 200:20:20, 80:80:80 and 20:20:200: largest distance between the error in one"
        " frequency and (1 − share/2)^steps, as a share of the start, at learning"
        " rate 1."
    ),
    expected=0,
    tolerance=1e-5,
    seeds=(0,),
)
def feature_shares(seed: int) -> list[float]:
    target, worst = fb.sines(fb.interval(64), [1, 5, 10]), []
    for counts in ([200, 20, 20], [80, 80, 80], [20, 20, 200]):
        net = fb.FourierFeatures(np.repeat([1.0, 5.0, 10.0], counts))
        run = fb.train(net, target, lr=1.0, steps=100, progress=False)
        theory = (1 - np.array(counts) / 480) ** run.t[:, None]
        worst.append(
            np.abs(run.select([1, 5, 10]) / run.select([1, 5, 10])[0] - theory).max()
        )
    return worst


@ledger(
    id="density-order",
    source=HERE,
    statement=(
        "Packets of the frequencies 2, 8, 12 and equal size, 512 features, up to t ="
        " 30: largest distance between the network's error at these frequencies and (1"
        " − 2πp·lr)^steps, as a share of the start, for a falling density, (14 −"
        " |ξ|)/196, the even one on [−14, 14], a rising one, |ξ|/196, and the even one"
        " on 10 ≤ |ξ| ≤ 14."
    ),
    expected=0,
    tolerance=0.01,
    seeds=(0,),
)
def density_order(seed: int) -> list[float]:
    wave, worst = np.cos(np.outer(X, [2, 8, 12])), []
    values, inside = np.exp(-(X**2) / 8) * wave.sum(axis=1), np.abs(XI) < 14
    for p in (
        inside * (14 - np.abs(XI)) / 196,
        band(0, 14),
        inside * np.abs(XI) / 196,
        band(10, 14),
    ):
        run, r = trained(fb.sample_frequencies(p, XI, 512), 0.2, 150, values)
        theory = (1 - 0.4 * np.pi * p[[2200, 2800, 3200]]) ** (run.t[:, None] / 0.2)
        worst.append(np.abs(r @ wave / (r[0] @ wave) - theory).max())
    return worst


@ledger(
    id="design-level",
    source=HERE,
    statement=(
        f"{SIGNAL}: a trained network of 512 features with the designed frequencies,"
        " its residual spectrum divided by the water level, where the design puts more"
        " than 2 % of its largest density: 10 %, 50 % and 90 % quantile."
    ),
    expected=1,
    tolerance=0.08,
    seeds=(0,),
)
def design_level(seed: int) -> np.ndarray:
    p, nu = fb.waterfill(S, XI, 2.0)
    r = trained(fb.sample_frequencies(p, XI, 512), 0.01, 200)[1][-1]
    residual = (H * np.cos(np.outer(XI, X)) @ r) ** 2
    return np.quantile(residual[p > 0.02 * p.max()] / nu, [0.1, 0.5, 0.9])


@ledger(
    id="design-energy",
    source=HERE,
    statement=(
        f"{SIGNAL}: energy that the design leaves, in % of the start, by the theory;"
        " then that of a trained network of 512 features, divided by that of the"
        " theory."
    ),
    expected=(3.82, 1),
    tolerance=(0.01, 0.02),
    seeds=(0,),
)
def design_energy(seed: int) -> tuple[float, ...]:
    p = fb.waterfill(S, XI, 2.0)[0]
    run = trained(fb.sample_frequencies(p, XI, 512), 0.01, 200)[0]
    return 100 * left(p), run.loss[-1] / run.loss[0] / left(p)


@ledger(
    id="design-beats",
    source=HERE,
    statement=(
        f"{SIGNAL}: energy left by four other choices, divided by that of the design:"
        " the best even density on [−b, b], the best normal density, the best band a ≤"
        " |ξ| ≤ b, and p in proportion to the power."
    ),
    expected=(5.96, 6.38, 5.55, 2.05),
    tolerance=0.05,
    seeds=(0,),
)
def design_beats(seed: int) -> np.ndarray:
    edges, grid = np.linspace(1, 19, 361), np.linspace(0, 15, 76)
    even = min(left(band(0, b)) for b in edges)
    normal = min(left(gauss(s)) for s in np.linspace(0.5, 15, 291))
    between = min(left(band(a, b)) for a in grid for b in grid if b > a + 0.05)
    return np.array([even, normal, between, left(S / np.trapezoid(S, XI))]) / left(
        fb.waterfill(S, XI, 2.0)[0]
    )


@ledger(
    id="design-beats-networks",
    source=HERE,
    statement=(
        f"{SIGNAL}: energy left by trained networks of 512 features with the best even"
        " and the best normal density, divided by that of the network with the"
        " designed one."
    ),
    expected=(5.96, 6.38),
    tolerance=0.1,
    seeds=(0,),
)
def design_beats_networks(seed: int) -> tuple[float, ...]:
    densities = (band(0, 3), gauss(4.05), fb.waterfill(S, XI, 2.0)[0])
    even, normal, ours = (
        trained(fb.sample_frequencies(p, XI, 512), 0.01, 200)[0].loss[-1]
        for p in densities
    )
    return even / ours, normal / ours


@ledger(
    id="design-wrong-time",
    source=HERE,
    statement=(
        "The same target: energy left at T = 10, in % of the start, by the design for"
        " 10, the best even density, the best normal density, and the design for 2."
    ),
    expected=(0.0079, 0.752, 0.853, 0.686),
    tolerance=(0.0001, 0.002, 0.002, 0.002),
    seeds=(0,),
)
def design_wrong_time(seed: int) -> list[float]:
    even = min(left(band(0, b), 10) for b in np.linspace(1, 19, 361))
    normal = min(left(gauss(s), 10) for s in np.linspace(0.5, 15, 291))
    return [
        100 * e
        for e in (
            left(fb.waterfill(S, XI, 10)[0], 10),
            even,
            normal,
            left(fb.waterfill(S, XI, 2)[0], 10),
        )
    ]


@ledger(
    id="design-few-features",
    source=HERE,
    statement=(
        f"{SIGNAL}: energy left by trained networks of 16, 32, 64 and 128 features with"
        " the designed frequencies (half as many different waves), divided by that of"
        " the theory of infinitely many."
    ),
    expected=(4.35, 1.19, 1.02, 1),
    tolerance=(0.1, 0.05, 0.03, 0.02),
    seeds=(0,),
)
def design_few_features(seed: int) -> list[float]:
    p = fb.waterfill(S, XI, 2.0)[0]
    runs = [
        trained(fb.sample_frequencies(p, XI, m), 0.01, 200)[0]
        for m in (16, 32, 64, 128)
    ]
    return [run.loss[-1] / run.loss[0] / left(p) for run in runs]


@ledger(
    id="design-drawn",
    source=HERE,
    statement=(
        f"{SIGNAL}: energy left by trained networks whose 512 designed frequencies are"
        " drawn independently, divided by that of the theory."
    ),
    expected=1.1,
    tolerance=0.1,
)
def design_drawn(seed: int) -> float:
    p = fb.waterfill(S, XI, 2.0)[0]
    run = trained(fb.sample_frequencies(p, XI, 512, "iid", seed), 0.01, 200)[0]
    return run.loss[-1] / run.loss[0] / left(p)


@ledger(
    id="design-priority",
    source=HERE,
    statement=(
        f"{SIGNAL}, with priority 100 for |ξ| > 10: energy left below 10, in % of the"
        " energy there at the start, and above 10, in % of that there: networks with"
        " the plain design, then with the prioritised one."
    ),
    expected=(2.9, 50.9, 10.1, 3.3),
    tolerance=(0.2, 1, 0.3, 0.3),
    seeds=(0,),
)
def design_priority(seed: int) -> list[float]:
    high, found = np.abs(XI) > 10, []
    for priority in (None, np.where(high, 100.0, 1.0)):
        p = fb.waterfill(S, XI, 2.0, priority=priority)[0]
        residual = (
            H
            * np.cos(np.outer(XI, X))
            @ trained(fb.sample_frequencies(p, XI, 512), 0.01, 200)[1][-1]
        ) ** 2
        found += [100 * residual[part].sum() / S[part].sum() for part in (~high, high)]
    return found


@ledger(
    id="design-cap",
    source=HERE,
    statement=(
        f"{SIGNAL}: energy left in % of the start, by the theory, with no cap on p,"
        " with the caps 0.1, 0.06 and 1/28, and with the even density on [−14, 14]."
    ),
    expected=(3.82, 8.53, 22.1, 40.8, 40.8),
    tolerance=(0.01, 0.05, 0.1, 0.2, 0.2),
    seeds=(0,),
)
def design_cap(seed: int) -> list[float]:
    densities = [
        fb.waterfill(S, XI, 2.0, cap=cap)[0] for cap in (None, 0.1, 0.06, 1 / 28)
    ]
    return [100 * left(p) for p in (*densities, band(0, 14))]


@ledger(
    id="design-cap-moved",
    source=HERE,
    statement=(
        "The same densities, made for packets of the frequencies 2, 8, 12, where the"
        " packets are of 3, 9, 13: energy left at T = 2 by trained networks of 512"
        " features, in % of the start, with no cap, with the cap 0.06, and with the"
        " even density on [−14, 14]."
    ),
    expected=(55.3, 27.4, 40.7),
    tolerance=0.5,
    seeds=(0,),
)
def design_cap_moved(seed: int) -> list[float]:
    moved, found = (
        np.exp(-(X**2) / 8) * (np.cos(np.outer(X, [3, 9, 13])) @ [1, 0.5, 0.15]),
        [],
    )
    for p in (
        *(fb.waterfill(S, XI, 2.0, cap=cap)[0] for cap in (None, 0.06)),
        band(0, 14),
    ):
        run = trained(fb.sample_frequencies(p, XI, 512), 0.01, 200, moved)[0]
        found.append(100 * run.loss[-1] / run.loss[0])
    return found


@ledger(
    id="design-one-step",
    source=HERE,
    statement=(
        f"{SIGNAL}: energy left in % of the start by 512 features after 1 and after 3"
        " steps of gradient descent on all points, each with learning rate 1/(largest"
        " rate): the design, then the even density on [−14, 14]."
    ),
    expected=(6.6, 1.6, 0, 0),
    tolerance=(0.1, 0.1, 0.1, 0.1),
    seeds=(0,),
)
def design_one_step(seed: int) -> list[float]:
    found = []
    for p in (fb.waterfill(S, XI, 2.0)[0], band(0, 14)):
        run = trained(fb.sample_frequencies(p, XI, 512), None, 3)[0]
        found += [100 * run.loss[k] / run.loss[0] for k in (1, 3)]
    return found


@ledger(
    id="design-one-point",
    source=HERE,
    statement=(
        f"{SIGNAL}: 96 steps of stochastic gradient descent with one random point a"
        " step: energy left in % of the start, mean of 20 runs, at the best learning"
        " rate of 0.125, 0.25, 0.5, 1 and 2: design, best even, best normal density,"
        " even on [−14, 14]; then these best learning rates."
    ),
    expected=(5, 31.5, 31, 40, 1, 0.5, 1, 1),
    tolerance=(1, 2, 2, 4, 0, 0, 0, 0),
)
def design_one_point(seed: int) -> list[float]:
    found, rates = [], np.array([0.125, 0.25, 0.5, 1.0, 2.0])
    for p in (fb.waterfill(S, XI, 2.0)[0], band(0, 3), gauss(4.05), band(0, 14)):
        phase = np.outer(X, fb.sample_frequencies(p, XI, 512))
        kernel = (
            np.cos(phase) @ np.cos(phase).T + np.sin(phase) @ np.sin(phase).T
        ) / 512
        r, draw = np.tile(-F, (5, 20, 1)), np.random.default_rng(seed)
        for _ in range(96):
            i = draw.integers(0, 301, 20)
            r -= rates[:, None, None] * r[:, np.arange(20), i][..., None] * kernel[i]
        found.append(100 * (np.square(r).sum(axis=2) / (F @ F)).mean(axis=1))
    return [*np.min(found, axis=1), *rates[np.argmin(found, axis=1)]]


@ledger(
    id="feature-deep-order",
    source=MODEL,
    statement=(
        "256 features, then two tanh layers of 256, trained on sin x + sin 5x + sin"
        " 10x: time until the error in frequencies 1, 5, 10 stays below 20 %, up to"
        " 750, for frequencies drawn from the normal density of deviation 2, evenly"
        " from [−12, 12], and from the band 8 to 12."
    ),
    expected=(23, 190, np.inf, 85, 92, 103, 180, np.inf, 45),
    tolerance=(5, 60, 0, 40, 40, 60, 40, 0, 15),
    kind="recorded",
)
def feature_deep_order(seed: int) -> np.ndarray:
    target, draw, times = (
        fb.sines(fb.interval(128), [1, 5, 10]),
        np.random.default_rng(seed),
        [],
    )
    for w in (
        draw.normal(0, 2, 256),
        draw.uniform(-12, 12, 256),
        draw.uniform(8, 12, 256),
    ):
        deep = fb.mlp(inputs=512, width=256, depth=3, activation="tanh", seed=seed)
        run = fb.train(
            fb.FourierFeatures(w, deep),
            target,
            lr=1.25,
            steps=600,
            records=160,
            progress=False,
        )
        times.append(fb.learning_times(run, frequencies=[1, 5, 10]))
    return np.concatenate(times)


@ledger(
    id="feature-deep-rates",
    source=MODEL,
    statement=(
        "256 features, then two tanh layers of 256, before training: rates of"
        " frequencies 1, 5, 10, read off the network, in % of their sum, for"
        " frequencies drawn from the normal density of deviation 2, evenly from [−12,"
        " 12], and from the band 8 to 12."
    ),
    expected=(86, 13, 1, 33, 33, 33, 16, 3, 81),
    tolerance=(5, 5, 1, 15, 15, 15, 5, 2, 5),
    unit="%",
)
def feature_deep_rates(seed: int) -> np.ndarray:
    basis, draw, found = fb.interval(64), np.random.default_rng(seed), []
    for w in (
        draw.normal(0, 2, 256),
        draw.uniform(-12, 12, 256),
        draw.uniform(8, 12, 256),
    ):
        deep = fb.mlp(inputs=512, width=256, depth=3, activation="tanh", seed=seed)
        rates = fb.mode_rates(fb.FourierFeatures(w, deep), basis, [1, 5, 10])
        found.append(100 * rates / rates.sum())
    return np.concatenate(found)


@ledger(
    id="feature-deep-biases",
    source=HERE,
    statement=(
        "256 features drawn from the band 8 to 12, then two tanh layers of 256, before"
        " training: rates of frequencies 1 and 5, in % of the rate of 10: with biases,"
        " then without."
    ),
    expected=(19.5, 2.8, 0.7, 2.2),
    tolerance=(3, 0.6, 0.3, 0.6),
    unit="%",
)
def feature_deep_biases(seed: int) -> list[float]:
    w, found = np.random.default_rng(seed).uniform(8, 12, 256), []
    for spread in (1.0, 0.0):
        deep = fb.mlp(
            inputs=512,
            width=256,
            depth=3,
            activation="tanh",
            bias_std=spread,
            seed=seed,
        )
        low, middle, high = fb.mode_rates(
            fb.FourierFeatures(w, deep), fb.interval(64), [1, 5, 10]
        )
        found += [100 * low / high, 100 * middle / high]
    return found


@ledger(
    id="feature-deep-design",
    source=MODEL,
    statement=(
        f"{TARGET}: 256 frequencies, designed or tuned for the shallow network at T ="
        " 2, then two tanh layers of 256, after 200 steps at learning rate 1.25 of the"
        " mean loss: energy left in % of the start: design, best even, best normal"
        " density, even on [−14, 14]."
    ),
    expected=(3.7, 20, 13.5, 25),
    tolerance=(1, 2, 4, 4),
    unit="%",
    kind="recorded",
)
def feature_deep_design(seed: int) -> list[float]:
    target, found = (
        fb.targets.Target(X[:, None], F, np.full(301, 1 / 301), None, "packets"),
        [],
    )
    for p in (fb.waterfill(S, XI, 2.0)[0], band(0, 3), gauss(4.05), band(0, 14)):
        deep = fb.mlp(inputs=512, width=256, depth=3, activation="tanh", seed=seed)
        net = fb.FourierFeatures(fb.sample_frequencies(p, XI, 256), deep)
        run = fb.train(net, target, lr=1.25, steps=200, records=10, progress=False)
        found.append(100 * run.loss[-1] / run.loss[0])
    return found


@ledger(
    id="feature-deep-limit",
    source=HERE,
    statement=(
        "The same four deep networks before training: 1/(largest rate) for the mean"
        " loss on 26 points, and the share of a constant function in the direction of"
        " that rate: design, best even, best normal density, even on [−14, 14]."
    ),
    expected=(1.2, 1, 1.2, 1, 1.2, 1, 1.2, 1),
    tolerance=0.12,
)
def feature_deep_limit(seed: int) -> list[float]:
    points, found = X[::12, None], []
    for p in (fb.waterfill(S, XI, 2.0)[0], band(0, 3), gauss(4.05), band(0, 14)):
        deep = fb.mlp(inputs=512, width=256, depth=3, activation="tanh", seed=seed)
        net = fb.FourierFeatures(fb.sample_frequencies(p, XI, 256), deep)
        values, vectors = np.linalg.eigh(fb.empirical_ntk(net, points) / len(points))
        found += [1 / values[-1], vectors[:, -1].sum() ** 2 / len(points)]
    return found
