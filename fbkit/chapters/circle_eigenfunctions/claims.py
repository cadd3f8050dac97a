"""Claims of the chapter on the circle: exact eigenvalues, the odd modes, depth, and
aliasing.
"""

import numpy as np

import fbkit as fb
from fbkit.kernels import relu_profile
from fbkit.ledger import ledger
from fbkit.nets import even_units

EXACT = (
    "derived here, checked numerically; up to factors as in Basri et al., arXiv"
    " 1906.00425"
)
HERE = "derived here, checked numerically"
PI2 = np.pi**2
# inner weights (and biases, 0 at the start) trained: share of units active at both
# inputs, times u.u' (+ 1)
KERNEL = {
    0: lambda theta: np.cos(theta) * (np.pi - theta) / (2 * np.pi),
    1: lambda theta: (1 + np.cos(theta)) * (np.pi - theta) / (2 * np.pi),
}


def cosines(basis, frequencies, amplitude):
    values = amplitude * np.cos(np.outer(basis.points, frequencies)).sum(axis=1)
    return fb.on_basis(basis, values)


def rates(bias, n, frequencies):
    basis = fb.circle(n)
    return fb.rates(KERNEL[bias], basis)[np.searchsorted(basis.modes, frequencies)]


def half_steps(run):
    """Steps until the error in frequencies 2, 3, 4, 6, 8 stays below a half."""
    return fb.learning_times(run, 0.5, [2, 3, 4, 6, 8]) / run.meta["lr"]


@ledger(
    id="circle-no-bias",
    source=EXACT,
    statement=(
        "Inner weights alone trained, no bias: eigenvalues of frequencies 0, 1, 2, 3,"
        " 4, 5, 8 by numerical integration, expected 1/π², 1/8, (k² + 1)/(π²(k² − 1)²)"
        " for even k, and 0 for odd k from 3."
    ),
    expected=(1 / PI2, 1 / 8, 5 / (9 * PI2), 0, 17 / (225 * PI2), 0, 65 / (3969 * PI2)),
    tolerance=1e-12,
    seeds=(0,),
)
def no_bias(seed):
    return fb.circle_spectrum(KERNEL[0], 8)[0][[0, 1, 2, 3, 4, 5, 8]].round(14) + 0.0


@ledger(
    id="circle-bias",
    source=EXACT,
    statement=(
        "Inner weights and biases trained, biases 0 at the start: eigenvalues of"
        " frequencies 0, 1, 2, 3, 4, 5, 8 by numerical integration, expected as without"
        " bias, plus 1/4 at 0 and 1/(π²k²) at odd k."
    ),
    expected=(
        1 / PI2 + 1 / 4,
        1 / 8 + 1 / PI2,
        5 / (9 * PI2),
        1 / (9 * PI2),
        17 / (225 * PI2),
        1 / (25 * PI2),
        65 / (3969 * PI2),
    ),
    tolerance=1e-12,
    seeds=(0,),
)
def bias(seed):
    return fb.circle_spectrum(KERNEL[1], 8)[0][[0, 1, 2, 3, 4, 5, 8]]


@ledger(
    id="circle-both-layers",
    source=(
        "kernel: Cao et al., arXiv 1912.01198; eigenvalues derived here, checked"
        " numerically"
    ),
    statement=(
        "Both layers trained, no bias (the kernel of Cao et al., with K(0) = 3/2):"
        " eigenvalues of frequencies 0, 1, 2, 3, 4, 6 by numerical integration,"
        " expected from the closed form."
    ),
    expected=(0.50661, 0.375, 0.10132, 0, 0.00946, 0.00339),
    tolerance=5e-6,
    seeds=(0,),
)
def both_layers(seed):
    # a plain function: integrated, not looked up
    kernel = lambda theta: relu_profile("cao")(theta)
    return fb.circle_spectrum(kernel, 6)[0][[0, 1, 2, 3, 4, 6]]


@ledger(
    id="circle-slopes",
    source=HERE,
    statement=(
        "Slope of log eigenvalue against log frequency over frequencies 200 to 400:"
        " without bias, even; with bias, even and odd."
    ),
    expected=-2,
    tolerance=0.001,
    seeds=(0,),
)
def slopes(seed):
    even, odd = np.arange(200, 401, 2), np.arange(201, 400, 2)
    plain = relu_profile("first layer").eigenvalues(2, 400)
    biased = relu_profile("first layer with bias").eigenvalues(2, 400)
    pairs = ((plain, even), (biased, even), (biased, odd))
    return [np.polyfit(np.log(k), np.log(mu[k]), 1)[0] for mu, k in pairs]


@ledger(
    id="circle-no-bias-steps",
    source=HERE,
    statement=(
        "A network of width 1,920 without bias (evenly spaced units, learning rate 8,"
        " 64 points): steps until the error in frequencies 2, 3, 4, 6, 8 stays below a"
        " half, expected ln 2 / −ln(1 − 8λ); then the largest distance between its"
        " errors and the predicted ones, as a share of the start, and how far frequency"
        " 3 moved."
    ),
    expected=(2, np.inf, 11, 28, 50, 0, 0),
    tolerance=(0, 0, 0, 0, 0, 0.01, 5e-5),
    unit="steps",
    seeds=(0,),
)
def no_bias_steps(seed):
    basis, asked = fb.circle(64), [2, 3, 4, 6, 8]
    target, lam = cosines(basis, asked, 0.02), fb.rates(KERNEL[0], basis)
    run = fb.train(
        even_units(bias_std=0), target, lr=8, steps=150, records=2000, progress=False
    )
    theory = fb.gradient_descent(lam, run.error[0], np.round(run.t / 8), 8, basis.modes)
    start = run.select([2])[0]
    gap = np.abs(run.select(asked) - theory.select(asked)).max() / start
    return *half_steps(run), *gap, *(run.select([3])[-1] / start - 1)


@ledger(
    id="circle-bias-steps",
    source=HERE,
    statement=(
        "The same network with biases (0 at the start, trained; learning rate 2.8):"
        " steps until the error in frequencies 2, 3, 4, 6, 8 stays below a half,"
        " expected ln 2 / −ln(1 − 2.8λ); then the largest distance between its errors"
        " and the predicted ones, as a share of the start."
    ),
    expected=(5, 22, 32, 79, 143, 0),
    tolerance=(0, 0, 0, 0, 0, 0.01),
    unit="steps",
    seeds=(0,),
)
def bias_steps(seed):
    basis, asked = fb.circle(64), [2, 3, 4, 6, 8]
    target, lam = cosines(basis, asked, 0.02), fb.rates(KERNEL[1], basis)
    run = fb.train(
        even_units(bias_std=1), target, lr=2.8, steps=200, records=2000, progress=False
    )
    theory = fb.gradient_descent(
        lam, run.error[0], np.round(run.t / 2.8), 2.8, basis.modes
    )
    gap = np.abs(run.select(asked) - theory.select(asked)).max() / run.select([2])[0]
    return *half_steps(run), *gap


@ledger(
    id="circle-odd-stays",
    source=HERE,
    statement=(
        "A narrow network (width 64, drawn at random, no bias, all weights trained) on"
        " cos 2x + cos 3x + cos 4x at full height, 3,000 steps: the largest odd"
        " frequency from 3 in its output, and the error left in frequency 2, both as"
        " shares of the target's."
    ),
    expected=(0, 0),
    tolerance=(1e-5, 0.02),
)
def odd_stays(seed):
    basis = fb.circle(64)
    target = cosines(basis, [2, 3, 4], 1.0)
    net = fb.mlp(width=64, bias_std=0, seed=seed)
    run = fb.train(
        net, target, steps=3000, keep_outputs=True, records=20, progress=False
    )
    made = basis.analyse(run.meta["outputs"][-1])[
        (basis.modes % 2 == 1) & (basis.modes >= 3)
    ]
    one = run.select([2])[:, 0]
    return np.abs(made).max() / one[0], one[-1] / one[0]


@ledger(
    id="circle-depth",
    source=HERE,
    statement=(
        "Rate of frequency 3 without bias, with all layers trained and K(0) = 1: depth"
        " 2, 3, 4, 6."
    ),
    expected=(0, 0.01625, 0.02370, 0.03029),
    tolerance=1e-5,
    seeds=(0,),
)
def depth(seed):
    kernels = [fb.ntk(L, weight_std=2**0.5, bias_std=0) for L in (2, 3, 4, 6)]
    third = [fb.circle_spectrum(K.profile, 3)[0][3] / K.profile(0.0) for K in kernels]
    return np.round(third, 14)


@ledger(
    id="circle-depth-slopes",
    source=HERE,
    statement=(
        "Slope of log eigenvalue against log frequency over 200 to 400 without bias:"
        " even and odd frequencies at depth 3, then at depth 8; and the eigenvalue of"
        " frequency 399 over that of 400 at both depths."
    ),
    expected=(-2, -2, -2, -2, 0.718, 0.999),
    tolerance=0.001,
    seeds=(0,),
)
def depth_slopes(seed):
    found, ratios = [], []
    for L in (3, 8):
        kernel = fb.ntk(L, weight_std=2**0.5, bias_std=0)
        mu = fb.circle_spectrum(kernel.profile, 400)[0]
        for k in (np.arange(200, 401, 2), np.arange(201, 400, 2)):
            found.append(np.polyfit(np.log(k), np.log(mu[k]), 1)[0])
        ratios.append(mu[399] / mu[400])
    return *found, *ratios


@ledger(
    id="circle-deep-net",
    source=HERE,
    statement=(
        "A network with two hidden layers of width 512, drawn at random, no bias: time"
        " until the error in frequencies 2, 3 and 4 stays below 20 %, over the"
        " predicted ln 5/λ."
    ),
    expected=1,
    tolerance=0.35,
)
def deep_net(seed):
    basis, asked = fb.circle(64), [2, 3, 4]
    net = fb.mlp(width=512, depth=3, bias_std=0, weight_std=2**0.5, seed=seed)
    lam = fb.rates(fb.ntk_of(net), basis)[np.searchsorted(basis.modes, asked)]
    target = cosines(basis, asked, 0.1)
    run = fb.train(net, target, steps=100, records=100, progress=False)
    return fb.learning_times(run, frequencies=asked) * lam / np.log(5)


@ledger(
    id="circle-aliasing",
    source=HERE,
    statement=(
        "Kernel without bias on 16 points: largest distance between the eigenvalues of"
        " its Gram matrix over 16 and the sums μ(k) + μ(16 − k) + μ(16 + k) + …; then,"
        " on 64 points, rate over μ for frequencies 6 and 32."
    ),
    expected=(0, 1.027, PI2 / 4),
    tolerance=(1e-6, 0.001, 0.01),
    seeds=(0,),
)
def aliasing(seed):
    x = fb.circle(16).points
    mu = relu_profile("first layer").eigenvalues(2, 200_000)
    gram = KERNEL[0](np.arccos(np.cos(x[:, None] - x)))
    heard = np.array([mu[k::16].sum() + mu[16 - k :: 16].sum() for k in range(16)])
    gap = np.abs(np.sort(heard) - np.linalg.eigvalsh(gram / 16)).max()
    return gap, *(rates(0, 64, [6, 32]) / mu[[6, 32]])


@ledger(
    id="circle-odd-points",
    source=HERE,
    statement=(
        "A network of width 1,920 without bias on cos 3x at 15 points: error left there"
        " after 800 steps; then the height of frequencies 3, 12, 18 and 42 in its"
        " output between the points, as a share of the target's, expected 0 and μ(j)/λ."
    ),
    expected=(0, 0, 0.5765, 0.2533, 0.0462),
    tolerance=(0.01, 0.001, 0.01, 0.01, 0.005),
    seeds=(0,),
)
def odd_points(seed):
    import torch

    net, target, fine = (
        even_units(bias_std=0),
        cosines(fb.circle(15), [3], 0.02),
        fb.circle(960),
    )
    run = fb.train(net, target, steps=800, progress=False)
    with torch.no_grad():
        output = net(torch.as_tensor(fine.inputs, dtype=torch.float32)).numpy().ravel()
    height = (
        np.sqrt(2)
        * np.abs(fine.analyse(output)[[2 * j - 1 for j in (3, 12, 18, 42)]])
        / 0.02
    )
    return run.select([3])[-1, 0] / run.select([3])[0, 0], *height


@ledger(
    id="circle-random-units",
    source=HERE,
    statement=(
        "The network without bias, its 1,920 units drawn at random instead of evenly"
        " spaced: largest relative difference between its rates and the predicted ones"
        " over frequencies 1, 2, 4, 6, 8."
    ),
    expected=0.1,
    tolerance=0.1,
)
def random_units(seed):
    asked, net = [1, 2, 4, 6, 8], fb.mlp(width=1920, bias_std=0, seed=seed)
    for half in (net.plus, net.minus):
        half.layers[1].weight.requires_grad_(False)
    return np.abs(
        fb.mode_rates(net, fb.circle(64), asked) / rates(0, 64, asked) - 1
    ).max()


@ledger(
    id="circle-tall-target",
    source=HERE,
    statement=(
        "The network without bias and evenly spaced units on waves of height 1 instead"
        " of 0.02 in frequencies 2, 3, 4, 6, 8: steps until the error in frequency 4"
        " stays below 20 %, over the predicted number; and the share of its start by"
        " which the error in frequency 3 moved."
    ),
    expected=(6, 0),
    tolerance=(3, 5e-5),
    seeds=(0,),
)
def tall_target(seed):
    target = cosines(fb.circle(64), [2, 3, 4, 6, 8], 1.0)
    run = fb.train(
        even_units(bias_std=0), target, lr=8, steps=400, records=4000, progress=False
    )
    error = run.select([3])[:, 0]
    steps = fb.learning_times(run, 0.2, [4])[0] / 8
    return (
        steps * -np.log(1 - 8 * rates(0, 64, 4)) / np.log(5),
        error[-1] / error[0] - 1,
    )
