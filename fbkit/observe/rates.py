"""Rates of decay that a network has at its present parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from fbkit._errors import instance, positive_int, real_array
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

    The network is looked at in evaluation mode and left as it was.

    Parameters
    ----------
    net : a module with one output; only parameters with `requires_grad` count.
    basis : where and in which modes its outputs are seen.
    frequencies : (F,) of the basis's modes, or (F, d) where a mode has d numbers.

    Returns
    -------
    (F,) rates.

    >>> from fbkit.basis import circle
    >>> from fbkit.nets import mlp
    >>> rates = mode_rates(mlp(width=4096, seed=0), circle(64), [1, 3, 5])
    >>> bool(rates[0] > rates[1] > rates[2] > 0)
    True
    """
    from fbkit.observe.looking import (
        looking,
        network_inputs,
        trained_outputs,
        trained_parameters,
    )

    columns = _columns(basis, frequencies)
    parameters = trained_parameters(net)
    with looking(net):
        output = trained_outputs(net, network_inputs(net, basis.inputs))
        if output.numel() != len(output):
            raise ValueError(
                f"net returns shape {tuple(output.shape)} for {len(output)} points;"
                " expected one output: wrap net in a module that returns one of them,"
                " such as net(x)[:, :1]."
            )
        output = output.reshape(-1)
        weights = basis.weights[:, None]
        return np.array(
            [
                _mean_square(output, weights * basis.matrix[:, own], parameters)
                for own in columns
            ]
        )


def largest_rate(
    net: torch.nn.Module,
    target: Target,
    loss: Callable[[torch.Tensor], torch.Tensor] | None = None,
    iterations: int = 30,
) -> float:
    """Largest eigenvalue of the training operator.

    Gradient descent on the loss is stable for learning rates below 2 over it. The
    residual obeys dr/dt = -K A r, with K the tangent kernel and A r the gradient of the
    loss by the outputs: A = diag(w) for the loss of the package, 1/2 sum_i w_i |r_i|^2,
    which is half the mean square. `nn.MSELoss()` is the whole of it: pass it as `loss`
    for the bound there, which is half as large. The
    eigenvalue is found by power iteration, so slightly from below. The network is
    looked at in evaluation mode and left as it was.

    Parameters
    ----------
    net : any module; only parameters with `requires_grad` count.
    target : whose inputs and weights count.
    loss : a quadratic function of the residual, a tensor in the shape of the network's
        outputs, or a loss of torch.nn that is one; default 1/2 sum_i w_i |r_i|^2.
    iterations : of the power method.

    >>> from fbkit import circle, sines, mlp
    >>> from torch import nn
    >>> net, target = mlp(width=4096), sines(circle(32), [1])
    >>> rate = largest_rate(net, target)
    >>> 0.5 < rate < 3
    True
    >>> round(largest_rate(net, target, nn.MSELoss()) / rate, 4)
    2.0
    """
    from fbkit.observe.looking import looking, network_inputs, run, trained_parameters

    iterations = positive_int("iterations", iterations, most=10_000)
    instance("target", target, Target, "fbkit.on_basis(basis, values)")
    trained_parameters(net)
    with looking(net):
        x = network_inputs(net, target.inputs)
        if loss is not None:
            loss = _quadratic(loss, run(net, x).detach())
        return operator_rate(net, x, target.weights, loss, iterations)


def operator_rate(
    net: torch.nn.Module,
    x: torch.Tensor,
    weights: ArrayLike,
    loss: Callable[[torch.Tensor], torch.Tensor] | None = None,
    iterations: int = 30,
) -> float:
    """The same for inputs x (n, ...) as the network takes them, while `looking` at it.

    >>> import torch
    >>> net = torch.nn.Linear(1, 1, bias=False)
    >>> operator_rate(net, torch.tensor([[2.0], [4.0]]), [0.5, 0.5])   # (4 + 16) / 2
    10.0
    """
    from fbkit.observe.looking import trained_outputs, trained_parameters

    parameters = trained_parameters(net)
    output = trained_outputs(net, x)
    force = _force(loss or _plain(weights, output))
    return _power_method(output, parameters, force, iterations)


def _columns(basis, frequencies):
    """Which columns of a basis belong to each frequency."""
    instance("basis", basis, Basis, "fbkit.circle(64)")
    modes = basis.modes.reshape(len(basis.modes), -1)  # (K, d)
    numbers = modes.shape[1]
    asked = np.atleast_1d(real_array("frequencies", frequencies))
    if asked.ndim != basis.modes.ndim or asked[0].size != numbers:
        each = "one number" if numbers == 1 else f"{numbers} numbers"
        raise ValueError(
            f"frequencies has shape {asked.shape}, but a mode of this basis has {each};"
            " pass as many for each frequency."
        )
    found = []
    for k in asked.reshape(-1, numbers):
        columns = np.flatnonzero(np.isclose(modes, k).all(axis=1))
        if not columns.size:
            name = ", ".join(f"{number:g}" for number in k)
            raise ValueError(
                f"frequency {name} is not among the basis's modes (up to"
                f" {basis.modes.max():g})."
            )
        found.append(columns)
    return found


def _mean_square(output, waves, parameters):
    """Mean of |grad c|^2 over the coefficients c of some waves (n, 1 or 2)."""
    import torch

    waves = torch.as_tensor(waves, dtype=output.dtype, device=output.device)
    squares = [_square_of_gradient(output @ wave, parameters) for wave in waves.T]
    return np.mean(squares)


def _square_of_gradient(number, parameters):
    import torch

    gradients = torch.autograd.grad(
        number, parameters, retain_graph=True, allow_unused=True
    )
    return sum((g**2).sum().item() for g in gradients if g is not None)


def _plain(weights, output):
    """The package's loss as a function of the residual."""
    import torch

    w = torch.as_tensor(weights, dtype=output.dtype, device=output.device)
    return lambda r: 0.5 * (w @ r.reshape(len(w), -1).square()).sum()


def _quadratic(loss, output):
    """A loss as a function of the residual, if its gradient is linear."""
    import torch

    if isinstance(loss, torch.nn.Module):
        of_two = loss
        loss = lambda r: of_two(r, torch.zeros_like(r))
    generator = torch.Generator().manual_seed(1)
    r = torch.randn(output.shape, generator=generator, dtype=output.dtype)
    r = r.to(output.device).requires_grad_()
    force = _force(loss)
    once, often = force(r), force(100 * r)
    if not torch.allclose(often, 100 * once, rtol=1e-3):
        raise ValueError(
            "loss is not quadratic in the residual, so its largest rate changes with"
            " it; pass its second-order part."
        )
    return loss


def _force(loss):
    """A r, the gradient of a loss by the residual, as a function of it."""
    import torch

    from fbkit.observe.looking import in_one_sentence

    def force(r: torch.Tensor) -> torch.Tensor:
        shape = tuple(r.shape)
        with in_one_sentence(
            f"loss has no gradient by a residual of shape {shape}",
            "pass a quadratic function of it that returns one number",
        ):
            return torch.autograd.grad(loss(r), r)[0]

    return force


def _power_method(output, parameters, force, iterations):
    import torch

    back = torch.zeros_like(output, requires_grad=True)
    # J^T back from derivatives of sums only: asking torch for it directly makes it
    # import SymPy, seconds of every run.
    pulled = torch.autograd.grad(
        (output * back).sum(), parameters, create_graph=True, allow_unused=True
    )
    used = [p for p, g in zip(parameters, pulled) if g is not None]
    pulled = [g for g in pulled if g is not None]
    generator = torch.Generator().manual_seed(0)
    r = torch.randn(output.shape, generator=generator, dtype=output.dtype)
    r = r.to(output.device)
    size = 0.0
    for _ in range(iterations):
        r = (r / r.norm()).requires_grad_()
        step = torch.autograd.grad((output * force(r)).sum(), used, retain_graph=True)
        # The derivative by `back` of <J^T back, step> is J step: a forward product from
        # two backward ones.
        dot = sum((g * s).sum() for g, s in zip(pulled, step))
        r = torch.autograd.grad(dot, back, retain_graph=True)[0].detach()
        size = r.norm().item()
        if size == 0:  # nothing moves
            return size
        if not np.isfinite(size):
            raise ValueError(
                f"the largest rate is beyond what {output.dtype} holds; scale the loss,"
                " or take net.double()."
            )
    return size
