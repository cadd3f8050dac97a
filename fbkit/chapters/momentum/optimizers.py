"""Four ways down that the page compares, and the kernel that Adam trains with."""

from __future__ import annotations

import numpy as np
import torch

from fbkit.training.optimizers import Optimizer, Step


def nesterov(parameters: list[torch.Tensor], lr: float, momentum: float) -> Step:
    """Steps v <- momentum v + g, p <- p - lr (g + momentum v), as torch.optim's.

    Here p is the point looked ahead to, where the gradient is taken: the errors there
    are (1 + momentum) e_s - momentum e_{s-1} in terms of those of `fbkit.nesterov`.

    >>> p = torch.tensor([1.0])
    >>> p.grad = torch.tensor([2.0])
    >>> nesterov([p], lr=0.1, momentum=0.5)(1.0), round(p.item(), 6)
    (None, 0.7)
    """
    velocity = [torch.zeros_like(p) for p in parameters]

    def step(factor: float) -> None:
        for p, v in zip(parameters, velocity):
            v.mul_(momentum).add_(p.grad)
            p.sub_(p.grad + momentum * v, alpha=lr * factor)

    return step


def one_size(parameters: list[torch.Tensor], lr: float, momentum: float = 0.9) -> Step:
    """Adam, but all weights share one size of step: p <- p - lr m / (root + 1e-8).

    The running mean m of the gradient is Adam's; root is that of the running mean of
    g^2, averaged over all weights.

    >>> p = torch.tensor([1.0, 1.0])
    >>> p.grad = torch.tensor([3.0, 4.0])
    >>> one_size([p], lr=0.25)(1.0), [round(v, 4) for v in p.tolist()]
    (None, [0.7879, 0.7172])
    """
    forget = np.array([0.1, 0.001])
    means = [torch.zeros_like(p) for p in parameters]
    count = sum(p.numel() for p in parameters)
    # How much of a running mean is data and not its start at zero; the mean of g^2.
    filled, square = np.zeros(2), np.zeros(1)

    def step(factor: float) -> None:
        filled[:] += (1 - filled) * forget
        now = sum(p.grad.square().sum().item() for p in parameters) / count
        square[:] += (now - square) * forget[1]
        root = (square[0] / filled[1]) ** 0.5 + 1e-8
        for p, m in zip(parameters, means):
            m.lerp_(p.grad, forget[0])
            p.sub_(m, alpha=lr * factor / filled[0] / root)

    return step


def no_momentum(parameters: list[torch.Tensor], lr: float, momentum: float) -> Step:
    """Adam without its running mean of g: p <- p - lr g / (sqrt(s) + 1e-8).

    s is Adam's: each weight's running mean of g^2. `momentum` is not used.

    >>> p = torch.tensor([1.0, 1.0])
    >>> p.grad = torch.tensor([2.0, -0.1])
    >>> no_momentum([p], lr=0.25, momentum=0.9)(1.0), p.tolist()
    (None, [0.75, 1.25])
    """
    squares = [torch.zeros_like(p) for p in parameters]
    filled = np.zeros(1)  # how much of s is data and not its start at zero

    def step(factor: float) -> None:
        filled[:] += (1 - filled) * 0.001
        for p, s in zip(parameters, squares):
            s.lerp_(p.grad.square(), 0.001)
            size = (s / filled[0]).sqrt_().add_(1e-8)
            p.addcdiv_(p.grad, size, value=-lr * factor)

    return step


def adam_roots(parameters: list[torch.Tensor], lr: float, momentum: float) -> Step:
    """`fbkit.training.optimizers.adam`, whose step also notes sqrt(s) + 1e-8.

    It stands in the attribute `root` of each parameter, in its shape.

    >>> p = torch.tensor([1.0])
    >>> p.grad = torch.tensor([2.0])
    >>> adam_roots([p], lr=0.1, momentum=0.9)(1.0), p.root.tolist()
    (None, [2.0])
    """
    from fbkit.training.optimizers import adam

    steps = adam(parameters, lr, momentum)
    squares = [torch.zeros_like(p) for p in parameters]
    filled = np.zeros(1)

    def step(factor: float) -> None:
        steps(factor)
        filled[:] += (1 - filled) * 0.001
        for p, s in zip(parameters, squares):
            s.lerp_(p.grad.square(), 0.001)
            p.root = (s / filled[0]).sqrt_().add_(1e-8)

    return step


NESTEROV = Optimizer("nesterov", "Nesterov", "steps", nesterov)
ONE_SIZE = Optimizer("one_size", "one step size", "steps", one_size, default_lr=1e-3)
NO_MOMENTUM = Optimizer(
    "no_momentum", "Adam without momentum", "steps", no_momentum, default_lr=1e-3
)
ADAM = Optimizer("adam", "Adam", "steps", adam_roots, default_lr=1e-3)


def kernels(net: torch.nn.Module, inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """K = J J^T of a network that `ADAM` has trained, and Adam's own J D J^T.

    J holds the gradients of the outputs (n, parameters), and D = 1/(sqrt(s) + 1e-8) is
    what Adam multiplies each weight's step by. To scale the steps by D is to scale the
    weights by sqrt(D), so gradient flow of this kernel is what Adam does while D stands
    still and its mean of gradients has settled. Derived here.

    Parameters
    ----------
    net : one output.
    inputs : (n, d).

    Returns
    -------
    Two (n, n) arrays.
    """
    parameters = list(net.parameters())
    outputs = net(torch.as_tensor(inputs, dtype=parameters[0].dtype)).reshape(-1)
    rows = [
        torch.autograd.grad(f, parameters, retain_graph=True) for f in outputs
    ]  # n times one gradient each parameter
    flat = [torch.cat([g.flatten() for g in row]) for row in rows]
    J = torch.stack(flat).double()
    D = torch.cat([1 / p.root.flatten() for p in parameters]).double()
    return (J @ J.T).numpy(), (J * D @ J.T).numpy()
