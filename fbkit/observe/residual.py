"""Errors per mode, rates per mode, and low and high errors in many dimensions."""

from typing import Protocol

import numpy as np

from fbkit._errors import positive, positive_int, real_array


class Probe(Protocol):
    """What `fbkit.train` records: a function of prediction and values with `modes`."""

    modes: np.ndarray

    def __call__(self, prediction: np.ndarray, values: np.ndarray) -> np.ndarray: ...


class ModeError:
    """Signed coefficients of the residual in a basis; see `mode_error`."""

    def __init__(self, basis):
        self.modes, self._analyse = basis.modes, basis.analyse

    def __call__(self, prediction, values):
        return self._analyse(np.asarray(prediction) - np.asarray(values))


def mode_error(basis):
    """A probe for `fbkit.train`: e_k = sum_i w_i phi_k(x_i) (f(x_i) - y_i) for every
    mode of the basis.

    >>> from fbkit.basis import circle
    >>> basis = circle(4)
    >>> mode_error(basis)([2, 2, 2, 2], [1, 1, 1, 1]).round(12)[0]
    np.float64(1.0)
    """
    return ModeError(basis)


class total_error:
    """A probe with a single mode 0: the root mean square of the residual over points
    (and summed over outputs).
    """

    modes = np.zeros(1)

    def __call__(self, prediction, values):
        residual = np.asarray(prediction) - np.asarray(values)
        return np.array([np.sqrt(np.square(residual).sum() / len(residual))])


def mode_rates(net, basis, frequencies):
    """Decay rate of each frequency at the network's present parameters: Rayleigh
    quotients of its tangent kernel.

    For the coefficient c_k = sum_i w_i phi_k(x_i) f(x_i) the quotient is |grad c_k|^2 =
    phi_k^T W K W phi_k, the rate at which e_k decays if it is alone, in gradient-flow
    time. Cosine and sine of one frequency are averaged.

    Parameters: `net`, a torch module with one output; `basis`; `frequencies` (F,).
    Returns (F,). Only parameters with `requires_grad` count.

    >>> from fbkit.basis import circle
    >>> from fbkit.nets import mlp
    >>> rates = mode_rates(mlp(width=4096, seed=0), circle(64), [1, 3, 5])
    >>> bool(rates[0] > rates[1] > rates[2] > 0)
    True
    """
    import torch

    frequencies = np.atleast_1d(real_array("frequencies", frequencies))
    parameters = [p for p in net.parameters() if p.requires_grad]
    if not parameters:
        raise ValueError(
            "net has no parameter with requires_grad; unfreeze what is to be trained."
        )
    kind = parameters[0].dtype
    output = net(torch.as_tensor(basis.inputs, dtype=kind)).reshape(-1)
    rates = []
    for k in frequencies:
        columns = np.flatnonzero(np.isclose(basis.modes, k))
        if not columns.size:
            raise ValueError(
                f"frequency {k:g} is not among the basis's modes (up to"
                f" {basis.modes.max():g})."
            )
        projections = torch.as_tensor(
            basis.weights[:, None] * basis.matrix[:, columns], dtype=kind
        )  # (n, 1 or 2)
        squares = [
            sum(
                (g**2).sum().item()
                for g in torch.autograd.grad(
                    output @ p, parameters, retain_graph=True, allow_unused=True
                )
                if g is not None
            )
            for p in projections.T
        ]
        rates.append(np.mean(squares))
    return np.array(rates)


def low_pass(inputs, delta):
    """Row-normalised Gaussian filter G_ij proportional to exp(-|x_i - x_j|^2 / (2
    delta)); delta is a variance.

    On samples in many dimensions there is no DFT; averaging neighbours is a low-pass
    filter all the same (Xu et al., arXiv 1901.06523). Parameters: `inputs` (n, d),
    `delta` above 0. Returns (n, n), rows summing to 1.

    >>> low_pass([[0.0], [1.0]], 0.5).round(3).tolist()
    [[0.731, 0.269], [0.269, 0.731]]
    """
    x = real_array("inputs", inputs, ndim=2)
    square = np.square(x).sum(axis=1)
    distance = square[:, None] + square - 2 * x @ x.T  # (n, n)
    weight = np.exp(-np.maximum(distance, 0) / (2 * positive("delta", delta)))
    return weight / weight.sum(axis=1, keepdims=True)


def filter_errors(predictions, target, delta, remove_mean=True):
    """Relative error of the low and of the high part: |G h - G y|/|G y| and the same
    with 1 - G.

    The constant mean belongs to every low part and is learned at once whatever the
    labels are; leave `remove_mean` on, or random labels will seem to show a frequency
    bias too.

    Parameters: `predictions` (T, n, c) or (n, c); `target`; `delta`, variance of the
    filter. Returns (low (T,), high (T,), share): share is |G y|^2 / |y|^2, the part of
    the target's energy that the filter lets through (G is no projection, so the
    energies of the two parts do not add up to |y|^2).

    >>> from fbkit.targets import digits
    >>> target = digits(60)
    >>> low, high, share = filter_errors(0 * target.values, target, 1.0)    # nothing learned: both errors are 1
    >>> round(low.item(), 9), round(high.item(), 9)
    (1.0, 1.0)
    """
    y = target.values.reshape(len(target.values), -1)
    h = np.asarray(predictions, dtype=float)
    h = h.reshape((-1,) + y.shape) if h.size and h.size % y.size == 0 else h
    h = real_array("predictions", h, shape=(None,) + y.shape)
    if remove_mean:
        y, h = y - y.mean(axis=0), h - h.mean(axis=1, keepdims=True)
    g = low_pass(target.inputs, delta)
    y_low, h_low = g @ y, g @ h
    sizes = np.linalg.norm(y_low), np.linalg.norm(y - y_low)
    low = np.linalg.norm(h_low - y_low, axis=(1, 2)) / sizes[0]
    high = np.linalg.norm((h - h_low) - (y - y_low), axis=(1, 2)) / sizes[1]
    return low, high, float(sizes[0] ** 2 / np.square(y).sum())


def projection_spectrum(inputs, values, frequencies):
    """Spectrum along the first principal component: |(1/n) sum_i y_i exp(-2 pi i k
    p_i)|, p_i rescaled to [0, 1].

    A non-uniform transform of data in many dimensions along one direction (Xu et al.,
    arXiv 1901.06523); here k counts cycles over the range of p. Parameters: `inputs`
    (n, d), `values` (..., n), `frequencies` (F,). Returns (..., F).

    >>> x = np.linspace(0, 1, 400)[:, None]
    >>> s = projection_spectrum(x, np.cos(2 * np.pi * 3 * x[:, 0]), [1, 2, 3])
    >>> bool(s[2] > 0.49 and s[:2].max() < 0.01)
    True
    """
    x = real_array("inputs", inputs, ndim=2)
    values = np.asarray(values, dtype=float)
    real_array("values", values, shape=values.shape[:-1] + (len(x),))
    centred = x - x.mean(axis=0)
    p = centred @ np.linalg.svd(centred, full_matrices=False)[2][0]
    p = (p - p.min()) / np.ptp(p)
    wave = np.exp(
        -2j * np.pi * np.outer(p, real_array("frequencies", frequencies, ndim=1))
    )
    return np.abs(values @ wave) / len(x)


def largest_rate(net, target, loss=None, iterations=30):
    """Largest eigenvalue of the training operator: gradient descent is stable for a
    learning rate below 2 over it.

    The residual obeys dr/dt = -K A r, with K the tangent kernel and A r the gradient of
    the loss by the outputs (A = diag(w) for the standard loss); found by power
    iteration, so slightly from below.

    Parameters: `net`; `target`; `loss`, a quadratic function of the residual tensor,
    default 1/2 sum w r^2.

    >>> from fbkit import circle, sines, mlp
    >>> 0.5 < largest_rate(mlp(width=4096), sines(circle(32), [1])) < 3
    True
    """
    import torch

    parameters = [p for p in net.parameters() if p.requires_grad]
    kind = parameters[0].dtype
    x = torch.as_tensor(target.inputs, dtype=kind)
    if loss is None:
        w = torch.as_tensor(target.weights, dtype=kind)
        loss = lambda r: 0.5 * (w @ r.reshape(len(w), -1).square()).sum()  # noqa: E731
    output = net(x)
    back = torch.zeros_like(output, requires_grad=True)
    # Derivatives of sums only: asking torch for J^T back itself makes it import SymPy,
    # seconds of every run.
    pull = torch.autograd.grad(
        (output * back).sum(), parameters, create_graph=True, allow_unused=True
    )
    used = [(p, g) for p, g in zip(parameters, pull) if g is not None]
    generator = torch.Generator().manual_seed(0)
    r = torch.randn(output.shape, generator=generator, dtype=kind)
    size = 0.0
    for _ in range(positive_int("iterations", iterations)):
        r = (r / r.norm()).requires_grad_()
        force = torch.autograd.grad(loss(r), r)[0]
        step = torch.autograd.grad(
            (output * force).sum(), [p for p, _ in used], retain_graph=True
        )  # J^T A r
        # A derivative by `back` of <J^T back, step> is J step: a forward product from
        # two backward ones.
        dot = sum((g * s).sum() for (_, g), s in zip(used, step))
        r = torch.autograd.grad(dot, back, retain_graph=True)[0].detach()
        size = r.norm().item()
    return size
