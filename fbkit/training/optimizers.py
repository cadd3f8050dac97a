"""Optimisers as records: a clock, a label, a default learning rate and the steps.

The steps are written out, with the results of torch.optim (a test compares): the first
use of torch.optim imports torch's compiler, which would cost every notebook and every
test process seconds. A torch optimiser of the reader's own comes in by the same door.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from fbkit._errors import one_of
from fbkit.observe.looking import in_one_sentence

# Makes one step with the learning rate times a factor, from the gradients in `p.grad`.
Step = Callable[[float], None]


@dataclass(frozen=True)
class Optimizer:
    """One way down a gradient.

    Attributes
    ----------
    name : as in `optimizer="adam"`.
    label : for legends.
    clock : "flow" where learning rates add up to gradient-flow time, "steps" elsewhere.
    start : a function (parameters, lr, momentum) that returns a function of a factor,
        which makes one step with the learning rate `lr` times the factor from the
        gradients in `p.grad`.
    default_lr : the learning rate where none is given; None stands for 1 / (largest
        eigenvalue of the training operator).

    >>> OPTIMIZERS["adam"].label, OPTIMIZERS["adam"].default_lr
    ('Adam', 0.001)
    """

    name: str
    label: str
    clock: str
    start: Callable[[list[torch.Tensor], float, float], Step]
    default_lr: float | None = None


def heavy_ball(parameters: list[torch.Tensor], lr: float, momentum: float) -> Step:
    """Steps v <- momentum v + g, p <- p - lr v (Polyak's heavy ball).

    >>> p = torch.tensor([1.0])
    >>> p.grad = torch.tensor([2.0])
    >>> step = heavy_ball([p], lr=0.1, momentum=0.5)
    >>> step(1.0), step(1.0), p.item()        # v = 2, then 3
    (None, None, 0.5)
    """
    velocity = [torch.zeros_like(p) for p in parameters]

    def step(factor: float) -> None:
        for p, v in zip(parameters, velocity):
            if p.grad is not None:
                v.mul_(momentum).add_(p.grad)
                p.sub_(v, alpha=lr * factor)

    return step


def gradient_descent(
    parameters: list[torch.Tensor], lr: float, momentum: float
) -> Step:
    """Steps p <- p - lr g, whatever `momentum` is.

    >>> p = torch.tensor([1.0])
    >>> p.grad = torch.tensor([2.0])
    >>> gradient_descent([p], lr=0.25, momentum=0.9)(1.0), p.item()
    (None, 0.5)
    """
    return heavy_ball(parameters, lr, momentum=0.0)


def adam(parameters: list[torch.Tensor], lr: float, momentum: float = 0.9) -> Step:
    """Steps p <- p - lr m / (sqrt(s) + 1e-8), with running means m of g and s of g^2.

    They forget 0.1 and 0.001 of themselves each step, as is usual, whatever `momentum`
    is, and are freed of the bias of their start at zero (Kingma and Ba, arXiv
    1412.6980).

    >>> p = torch.tensor([1.0, 1.0])
    >>> p.grad = torch.tensor([2.0, -0.1])
    >>> adam([p], lr=0.25)(1.0), p.tolist()       # the first step has length lr
    (None, [0.75, 1.25])
    """
    forget = np.array([0.1, 0.001])
    means = [torch.zeros_like(p) for p in parameters]
    squares = [torch.zeros_like(p) for p in parameters]
    # How much of a running mean is data and not its start at zero.
    filled = np.zeros(2)

    def step(factor: float) -> None:
        filled[:] += (1 - filled) * forget
        for p, m, s in zip(parameters, means, squares):
            if p.grad is not None:
                m.lerp_(p.grad, forget[0])
                s.lerp_(p.grad * p.grad, forget[1])
                size = (s / filled[1]).sqrt_().add_(1e-8)
                p.addcdiv_(m, size, value=-lr * factor / filled[0])

    return step


OPTIMIZERS = {
    record.name: record
    for record in [
        Optimizer("gd", "gradient descent", "flow", gradient_descent),
        Optimizer("momentum", "heavy ball", "steps", heavy_ball),
        Optimizer("adam", "Adam", "steps", adam, default_lr=1e-3),
    ]
}


def as_optimizer(
    optimizer: str | Optimizer | torch.optim.Optimizer | Callable,
    net: torch.nn.Module,
    lr: float | None = None,
) -> Optimizer:
    """The record of whatever names an optimiser: a name, a record, or torch's own.

    Parameters
    ----------
    optimizer : a name of `OPTIMIZERS`; an `Optimizer`; a class of torch.optim; a
        function of the parameters that makes a torch optimiser; or one made already.
    net : what is to be trained.
    lr : the learning rate asked for, or None.

    >>> as_optimizer("gd", torch.nn.Linear(2, 1)).label
    'gradient descent'
    """
    if isinstance(optimizer, Optimizer):
        return optimizer
    if not (callable(optimizer) or isinstance(optimizer, torch.optim.Optimizer)):
        return OPTIMIZERS[one_of("optimizer", optimizer, OPTIMIZERS)]
    parameters = [p for p in net.parameters() if p.requires_grad]
    takes_lr = isinstance(optimizer, type)
    if lr is None:
        settings = {}
    elif takes_lr:
        settings = {"lr": lr}
    else:
        raise ValueError(
            f"lr is {lr:g}, but this optimizer brings a learning rate of its own;"
            " leave lr out."
        )
    if callable(optimizer):
        with in_one_sentence(
            "optimizer makes none of this network's parameters",
            "pass a class of torch.optim, or a function that makes one of them",
        ):
            optimizer = optimizer(parameters, **settings)
    return _from_torch(optimizer, net)


def _from_torch(ready, net):
    """The record of a torch optimiser that is made already."""
    name = type(ready).__name__
    if not isinstance(ready, torch.optim.Optimizer):
        raise ValueError(
            f"optimizer makes a {name}; expected a torch.optim.Optimizer over the"
            " parameters it is given."
        )
    if isinstance(ready, torch.optim.LBFGS):
        raise ValueError(
            "optimizer is LBFGS, which asks for several gradients a step; take one that"
            " steps from one gradient."
        )
    ours = {id(p) for p in net.parameters()}
    theirs = {id(p) for group in ready.param_groups for p in group["params"]}
    if not theirs <= ours:
        raise ValueError(
            f"optimizer moves {len(theirs - ours)} parameters that net does not have;"
            " make it over net.parameters()."
        )

    def start(parameters: list[torch.Tensor], lr: float, momentum: float) -> Step:
        return _steps_of(ready)

    lr = float(ready.param_groups[0]["lr"])
    return Optimizer(name, name, "steps", start, default_lr=lr)


def _steps_of(ready):
    """A torch optimiser's step, its learning rates scaled for this step alone."""

    def step(factor: float) -> None:
        usual = [group["lr"] for group in ready.param_groups]
        for group, lr in zip(ready.param_groups, usual):
            group["lr"] = lr * factor
        with in_one_sentence("optimizer does not step", "take another"):
            ready.step()
        for group, lr in zip(ready.param_groups, usual):
            group["lr"] = lr

    return step
