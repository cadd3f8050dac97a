"""Rates of decay that a network has at its present parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from fbkit._errors import positive_int, real_array
from fbkit.basis import Basis
from fbkit.targets import Target

if TYPE_CHECKING:
    import torch


def mode_rates(
    net: torch.nn.Module, basis: Basis, frequencies: ArrayLike
) -> np.ndarray:
    """Decay rate of each frequency: Rayleigh quotients of the network's tangent kernel.

    For the coefficient c_k = sum_i w_i phi_k(x_i) f(x_i) the quotient is

        |grad c_k|^2 = phi_k^T W K W phi_k,

    the rate at which e_k decays if it is alone, in gradient-flow time. Cosine and sine
    of one frequency are averaged.

    Parameters
    ----------
    net : a module with one output; only parameters with `requires_grad` count.
    basis : where and in which modes its outputs are seen.
    frequencies : (F,) of the basis's modes.

    Returns
    -------
    (F,) rates.

    >>> from fbkit.basis import circle
    >>> from fbkit.nets import mlp
    >>> rates = mode_rates(mlp(width=4096, seed=0), circle(64), [1, 3, 5])
    >>> bool(rates[0] > rates[1] > rates[2] > 0)
    True
    """
    import torch

    frequencies = np.atleast_1d(real_array("frequencies", frequencies))
    parameters = _trainable(net)
    dtype = parameters[0].dtype
    output = net(torch.as_tensor(basis.inputs, dtype=dtype)).reshape(-1)
    rates = []
    for k in frequencies:
        columns = np.flatnonzero(np.isclose(basis.modes, k))
        if not columns.size:
            raise ValueError(
                f"frequency {k:g} is not among the basis's modes (up to"
                f" {basis.modes.max():g})."
            )
        waves = basis.weights[:, None] * basis.matrix[:, columns]  # (n, 1 or 2)
        waves = torch.as_tensor(waves, dtype=dtype)
        squares = [_square_of_gradient(output @ wave, parameters) for wave in waves.T]
        rates.append(np.mean(squares))
    return np.array(rates)


def largest_rate(
    net: torch.nn.Module,
    target: Target,
    loss: Callable[[torch.Tensor], torch.Tensor] | None = None,
    iterations: int = 30,
) -> float:
    """Largest eigenvalue of the training operator.

    Gradient descent is stable for learning rates below 2 over it. The residual obeys
    dr/dt = -K A r, with K the tangent kernel and A r the gradient of the loss by the
    outputs (A = diag(w) for the standard loss). The eigenvalue is found by power
    iteration, so slightly from below.

    Parameters
    ----------
    net : any module; only parameters with `requires_grad` count.
    target : whose inputs and weights count.
    loss : a quadratic function of the residual, a tensor in the shape of the network's
        outputs; default 1/2 sum_i w_i |r_i|^2.
    iterations : of the power method.

    >>> from fbkit import circle, sines, mlp
    >>> 0.5 < largest_rate(mlp(width=4096), sines(circle(32), [1])) < 3
    True
    """
    import torch

    iterations = positive_int("iterations", iterations)
    parameters = _trainable(net)
    dtype = parameters[0].dtype
    x = torch.as_tensor(target.inputs, dtype=dtype)
    if loss is None:
        w = torch.as_tensor(target.weights, dtype=dtype)

        def loss(r: torch.Tensor) -> torch.Tensor:
            return 0.5 * (w @ r.reshape(len(w), -1).square()).sum()

    output = net(x)
    back = torch.zeros_like(output, requires_grad=True)
    # J^T back from derivatives of sums only: asking torch for it directly makes it
    # import SymPy, seconds of every run.
    pulled = torch.autograd.grad(
        (output * back).sum(), parameters, create_graph=True, allow_unused=True
    )
    used = [p for p, g in zip(parameters, pulled) if g is not None]
    pulled = [g for g in pulled if g is not None]
    generator = torch.Generator().manual_seed(0)
    r = torch.randn(output.shape, generator=generator, dtype=dtype)
    size = 0.0
    for _ in range(iterations):
        r = (r / r.norm()).requires_grad_()
        force = torch.autograd.grad(loss(r), r)[0]  # A r
        step = torch.autograd.grad((output * force).sum(), used, retain_graph=True)
        # The derivative by `back` of <J^T back, step> is J step: a forward product from
        # two backward ones.
        dot = sum((g * s).sum() for g, s in zip(pulled, step))
        r = torch.autograd.grad(dot, back, retain_graph=True)[0].detach()
        size = r.norm().item()
    return size


def _trainable(net):
    parameters = [p for p in net.parameters() if p.requires_grad]
    if not parameters:
        raise ValueError(
            "net has no parameter with requires_grad; unfreeze what is to be trained."
        )
    return parameters


def _square_of_gradient(number, parameters):
    import torch

    gradients = torch.autograd.grad(
        number, parameters, retain_graph=True, allow_unused=True
    )
    return sum((g**2).sum().item() for g in gradients if g is not None)
