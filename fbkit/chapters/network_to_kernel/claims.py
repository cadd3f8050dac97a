"""Claims of the chapter "From a network to its kernel"."""

import numpy as np

import fbkit as fb
from fbkit.ledger import ledger

NTK = "Jacot et al., arXiv 1806.07572 (theory); figures measured for this course"
LAZY = (
    "derived here, checked numerically; lazy training: Chizat et al., arXiv 1812.07956"
)
LARGE = "Lewkowycz et al., arXiv 2003.02218 (effect); figures measured for this course"
WAVES = "(sin x + sin 3x + sin 5x) on 64 points of the circle"


@ledger(
    id="one-step",
    source="derived here, checked numerically",
    statement=(
        "One step of gradient descent of a tanh network (width 512) at learning rate"
        " 0.2: change of the outputs that its kernel misses, in % of the change; and"
        " how many times larger the miss itself is at learning rate 0.4."
    ),
    expected=(0.022, 4.1),
    tolerance=(0.015, 0.2),
    unit="(%, times)",
)
def one_step(seed: int) -> tuple[float, ...]:
    target, missed = fb.sines(fb.circle(64), [1, 3, 5]), []
    for lr in (0.2, 0.4):
        net = fb.mlp(
            width=512, activation="tanh", antisymmetric=False, seed=seed
        ).double()
        kernel = fb.empirical_ntk(net, fb.circle(64).inputs)
        run = fb.train(net, target, lr=lr, steps=1, keep_outputs=True, progress=False)
        before, after = run.meta["outputs"]
        change = -lr * kernel @ (before - target.values) / 64
        missed.append(np.linalg.norm(after - before - change))
        size = np.linalg.norm(change)
    return 200 * missed[0] / size, missed[1] / missed[0]


@ledger(
    id="kernel-converges",
    source=NTK,
    statement=(
        "Distance of a drawn ReLU network's kernel from the one of infinite width, over"
        " the size of the latter (root mean square of 320 networks of width 64, 80 of"
        " 256, 20 of 1,024, 5 of 4,096): at width 64, at width 4,096, and the slope"
        " against width on logarithmic axes."
    ),
    expected=(0.35, 0.044, -0.5),
    tolerance=(0.05, 0.012, 0.05),
    kind="recorded",
)
def kernel_converges(seed: int) -> tuple[float, ...]:
    exact, widths = fb.ntk().gram(fb.circle(64).inputs), (64, 256, 1024, 4096)
    distance = []
    for width in widths:
        nets = [
            fb.mlp(width=width, seed=1000 * seed + i) for i in range(20480 // width)
        ]
        square = [
            np.square(fb.empirical_ntk(net, fb.circle(64).inputs) - exact).sum()
            for net in nets
        ]
        distance.append(np.sqrt(np.mean(square) / np.square(exact).sum()))
    return distance[0], distance[-1], np.polyfit(np.log(widths), np.log(distance), 1)[0]


@ledger(
    id="whole-run",
    source=LAZY,
    statement=(
        f"1,000 steps of a ReLU network (width 1,024) on 0.1 × {WAVES}: largest"
        " difference from the forecast in any mode at any recorded step, in % of one"
        " wave; with the network's kernel at the start, then with infinite width's."
    ),
    expected=(3, 5.5),
    tolerance=(1.5, 2.5),
    unit="%",
    kind="recorded",
)
def whole_run(seed: int) -> list[float]:
    target, net, gaps = (
        fb.sines(fb.circle(64), [1, 3, 5], 0.1),
        fb.mlp(width=1024, seed=seed),
        [],
    )
    own = fb.empirical_ntk(net, fb.circle(64).inputs)
    run = fb.train(net, target, steps=1000, progress=False)
    lr = run.meta["lr"]
    for kernel in (own, fb.ntk().gram(fb.circle(64).inputs)):
        theory = fb.gradient_descent(
            kernel, -target.values, np.round(run.t / lr), lr, onto=fb.circle(64)
        )
        gaps.append(
            100
            * np.abs(run.error - theory.error).max()
            / np.abs(target.coefficients).max()
        )
    return gaps


@ledger(
    id="lazy-gap",
    source=LAZY,
    statement=(
        f"800 steps of ReLU networks on {WAVES}: largest difference from the forecast"
        " by the kernel at the start, in % of one wave (root mean square of 8"
        " networks): width 64 and height 0.1, width 64 and height 1, then width 1,024"
        " and the same heights."
    ),
    expected=(15, 75, 3.2, 24),
    tolerance=(5, 25, 1, 4),
    unit="%",
    kind="recorded",
)
def lazy_gap(seed: int) -> list[float]:
    gaps, basis = [], fb.circle(64)
    for width, height in ((64, 0.1), (64, 1), (1024, 0.1), (1024, 1)):
        nets, y = (
            [fb.mlp(width=width, seed=8 * seed + i) for i in range(8)],
            fb.sines(basis, [1, 3, 5], height),
        )
        kernels, largest = [fb.empirical_ntk(net, basis.inputs) for net in nets], []
        for run, kernel in zip(
            fb.train_ensemble(nets, y, steps=800, progress=False), kernels
        ):
            lr = run.meta["lr"]
            theory = fb.gradient_descent(
                kernel, -y.values, np.round(run.t / lr), lr, onto=basis
            )
            largest.append(
                100
                * np.abs(run.error - theory.error).max()
                / np.abs(y.coefficients).max()
            )
        gaps.append(np.sqrt(np.mean(np.square(largest))))
    return gaps


@ledger(
    id="lazy-law",
    source="derived here, checked numerically",
    statement=(
        f"How far the kernel moves in 300 steps (learning rate 0.7) on {WAVES}, over"
        " its size, root mean square of 8 networks: power of the height (0.03 to 0.3,"
        " width 512), then power of the width (128 to 2,048, height 0.1); tanh first,"
        " then ReLU."
    ),
    expected=(1.9, -1.2, 0.55, -0.7),
    tolerance=(0.15, 0.15, 0.1, 0.1),
    kind="recorded",
)
def lazy_law(seed: int) -> list[float]:
    def moved(activation, width, height):
        nets = [
            fb.mlp(width=width, activation=activation, seed=8 * seed + i)
            for i in range(8)
        ]
        before = np.array([fb.empirical_ntk(net, fb.circle(64).inputs) for net in nets])
        fb.train_ensemble(
            nets,
            fb.sines(fb.circle(64), [1, 3, 5], height),
            lr=0.7,
            steps=300,
            progress=False,
        )
        after = np.array([fb.empirical_ntk(net, fb.circle(64).inputs) for net in nets])
        return np.log(np.square(after - before).sum() / np.square(before).sum()) / 2

    H, W, slopes = (0.03, 0.1, 0.3), (128, 512, 2048), []
    for name in ("tanh", "relu"):
        slopes += [np.polyfit(np.log(H), [moved(name, 512, h) for h in H], 1)[0]]
        slopes += [np.polyfit(np.log(W), [moved(name, w, 0.1) for w in W], 1)[0]]
    return slopes


@ledger(
    id="largest-stable-rate",
    source="classical for quadratic losses; figures measured for this course",
    statement=(
        f"A ReLU network (width 1,024) on 0.1 × {WAVES}: largest loss within 200 steps"
        " over the loss at the start, at 98 % of 2/(largest rate), then at 102 %."
    ),
    expected=(1, 17),
    tolerance=(0.01, 3),
)
def largest_stable_rate(seed: int) -> list[float]:
    target, peaks = fb.sines(fb.circle(64), [1, 3, 5], 0.1), []
    for share in (0.98, 1.02):
        net = fb.mlp(width=1024, seed=seed)
        limit = (
            2 / np.linalg.eigvalsh(fb.empirical_ntk(net, fb.circle(64).inputs) / 64)[-1]
        )
        run = fb.train(
            net, target, lr=share * limit, steps=200, records=200, progress=False
        )
        peaks.append(run.loss.max() / run.loss[0])
    return peaks


@ledger(
    id="growth-above",
    source="derived here, checked numerically",
    statement=(
        "The same network at 110 % of 2/(largest rate): factor by which the error along"
        " the first eigenvector grows in a step, mean of steps 5 to 20; the kernel says"
        " 1.2."
    ),
    expected=1.2,
    tolerance=0.01,
)
def growth_above(seed: int) -> float:
    net = fb.mlp(width=1024, seed=seed)
    rates, vectors = np.linalg.eigh(fb.empirical_ntk(net, fb.circle(64).inputs) / 64)
    target = fb.sines(fb.circle(64), [1, 3, 5], 0.1)
    run = fb.train(
        net,
        target,
        lr=2.2 / rates[-1],
        steps=20,
        records=200,
        keep_outputs=True,
        progress=False,
    )
    along = np.abs((run.meta["outputs"] - target.values) @ vectors[:, -1])
    return (along[20] / along[5]) ** (1 / 15)


@ledger(
    id="catapult",
    source=LARGE,
    statement=(
        "The same run, carried on to 400 steps: largest loss over the loss at the"
        " start; loss at the end over the loss at the start; and the largest rate at"
        " the end, in units of 2/(learning rate), where it began at 1.1."
    ),
    expected=(410, 0.008, 0.9),
    tolerance=(50, 0.004, 0.02),
)
def catapult(seed: int) -> tuple[float, ...]:
    net = fb.mlp(width=1024, seed=seed)
    largest = lambda: np.linalg.eigvalsh(
        fb.empirical_ntk(net, fb.circle(64).inputs) / 64
    )[-1]
    lr = 2.2 / largest()
    run = fb.train(
        net,
        fb.sines(fb.circle(64), [1, 3, 5], 0.1),
        lr=lr,
        steps=400,
        records=400,
        progress=False,
    )
    return run.loss.max() / run.loss[0], run.loss[-1] / run.loss[0], largest() * lr / 2


@ledger(
    id="digits-spectrum",
    source="measured for this course (digits: scikit-learn)",
    statement=(
        "The kernel of an infinitely wide ReLU network without biases on 300 digits of"
        " length 1: share of the first rate in the sum of all, share of the first 10,"
        " and the first rate over the second."
    ),
    expected=(0.63, 0.86, 14.5),
    tolerance=(0.02, 0.02, 2),
)
def digits_spectrum(seed: int) -> tuple[float, ...]:
    X = fb.digits(300, seed=seed).inputs
    X = X / np.linalg.norm(X, axis=1, keepdims=True)
    rates = np.linalg.eigvalsh(fb.ntk(bias_std=0).gram(X) / 300)[::-1]
    return rates[0] / rates.sum(), rates[:10].sum() / rates.sum(), rates[0] / rates[1]


@ledger(
    id="digits-classes",
    source="measured for this course (digits: scikit-learn)",
    statement=(
        "How much of an eigenvector of this kernel is told by the class of the digit"
        " alone (1 where it is the same for all digits of a class): the first, mean of"
        " the next 5, mean of the last 100."
    ),
    expected=(0.998, 0.63, 0.0015),
    tolerance=(0.002, 0.1, 0.0015),
)
def digits_classes(seed: int) -> tuple[float, ...]:
    digits = fb.digits(300, seed=seed)
    X = digits.inputs / np.linalg.norm(digits.inputs, axis=1, keepdims=True)
    vectors = np.linalg.eigh(fb.ntk(bias_std=0).gram(X))[1][:, ::-1]
    classes = digits.values / np.sqrt(digits.values.sum(axis=0))
    told = np.square(classes.T @ vectors).sum(axis=0)
    return told[0], told[1:6].mean(), told[-100:].mean()


@ledger(
    id="digits-run",
    source=LAZY,
    statement=(
        "A ReLU network (64 inputs, width 512) on 300 digits, 300 steps, even against"
        " odd (±0.1), then the same labels shuffled: error left (root mean square, over"
        " the start), and the largest difference from the forecast, in % of the start."
    ),
    expected=(0.41, 0.85, 0.25, 0.4),
    tolerance=(0.05, 0.05, 0.2, 0.3),
    unit="(share, share, %, %)",
    kind="recorded",
)
def digits_run(seed: int) -> tuple[float, ...]:
    digits, left, gaps = fb.digits(300, seed=seed), [], []
    X = digits.inputs / np.linalg.norm(digits.inputs, axis=1, keepdims=True)
    even = 0.1 - 0.2 * (digits.values @ np.arange(10) % 2)
    for y in (even, np.random.default_rng(seed).permutation(even)):
        net = fb.mlp(inputs=64, width=512, bias_std=0, seed=seed)
        kernel = fb.empirical_ntk(net, X)
        run = fb.train(
            net,
            fb.targets.Target(X, y, digits.weights, None, "even"),
            steps=300,
            progress=False,
        )
        theory = fb.gradient_descent(
            kernel, -y, np.round(run.t / run.meta["lr"]), run.meta["lr"]
        )
        left.append(10 * run.error[-1, 0])
        gaps.append(1000 * np.abs(run.error[:, 0] - np.sqrt(2 * theory.loss)).max())
    return *left, *gaps


@ledger(
    id="kernel-turns",
    source="derived here, checked numerically",
    statement=(
        "What the kernel gives the target (mean rate over the target, as a share of"
        " the sum of all rates), after 600 steps over before: ReLU network (width 256)"
        f" on {WAVES}, at height 0.1 and at height 3."
    ),
    expected=(1, 1.57),
    tolerance=(0.01, 0.1),
    kind="recorded",
)
def kernel_turns(seed: int) -> list[float]:
    def share(net):
        kernel = fb.empirical_ntk(net, fb.circle(64).inputs)
        return y @ kernel @ y / (y @ y) / np.trace(kernel)

    turned = []
    for height in (0.1, 3):
        net, target = (
            fb.mlp(width=256, seed=seed),
            fb.sines(fb.circle(64), [1, 3, 5], height),
        )
        y = target.values
        before = share(net)
        fb.train(net, target, steps=600, progress=False)
        turned.append(share(net) / before)
    return turned


@ledger(
    id="usual-network",
    source="measured for this course",
    statement=(
        f"A ReLU network 2-256-256-1 as PyTorch makes it, 2,000 steps on {WAVES},"
        " height 0.1 and height 1: how far its kernel moved, in % of its size, and the"
        " largest difference from the forecast, in % of one wave."
    ),
    expected=(60, 23, 200, 110),
    tolerance=(15, 8, 20, 20),
    unit="%",
    kind="recorded",
)
def usual_network(seed: int) -> list[float]:
    figures = []
    for height in (0.1, 1):
        net, target = (
            fb.standard_mlp([2, 256, 256, 1], "relu", seed=seed),
            fb.sines(fb.circle(64), [1, 3, 5], height),
        )
        before = fb.empirical_ntk(net, fb.circle(64).inputs).astype(float)
        run = fb.train(net, target, steps=2000, keep_outputs=True, progress=False)
        lr, start = run.meta["lr"], run.meta["outputs"][0] - target.values
        theory = fb.gradient_descent(
            before, start, np.round(run.t / lr), lr, onto=fb.circle(64)
        )
        moved = np.linalg.norm(
            fb.empirical_ntk(net, fb.circle(64).inputs) - before
        ) / np.linalg.norm(before)
        figures += [
            moved,
            np.abs(run.error - theory.error).max() / np.abs(target.coefficients).max(),
        ]
    return [100 * figure for figure in figures]
