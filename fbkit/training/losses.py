"""Losses: the package's own, weighted modes, and one that a reader brings.

A loss is a function of prediction (n, outputs), values (n, outputs) and weights (n,).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor, nn

from fbkit._errors import real_array
from fbkit.observe.looking import (
    COMPLAINTS,
    in_one_sentence,
    network_inputs,
    trained_parameters,
)
from fbkit.targets import Target

# A loss near some prediction, as a function of the residual.
Quadratic = Callable[[Tensor], Tensor]

# How far a prediction is from the values when a loss is compared with ours: a loss that
# is quadratic only near zero, as Huber's, must not pass for a multiple.
DISTANCES = (0.01, 1.0, 100.0)


@dataclass(frozen=True)
class Data:
    """What one step sees, in the network's number type and on its device.

    Attributes
    ----------
    inputs : (n, inputs), whole numbers where the network takes no others.
    values : (n, outputs).
    weights : (n,) of the loss.
    """

    inputs: Tensor
    values: Tensor
    weights: Tensor

    @classmethod
    def of(cls, target: Target, net: nn.Module) -> Data:
        """All of a target for a network; to be called while `looking` at it."""
        like = trained_parameters(net)[0]
        inputs = network_inputs(net, target.inputs)
        values = np.ascontiguousarray(target.values)
        values = torch.tensor(values, dtype=like.dtype, device=like.device)
        weights = np.ascontiguousarray(target.weights)
        weights = torch.tensor(weights, dtype=like.dtype, device=like.device)
        return cls(inputs, values.reshape(len(values), -1), weights)

    def batch(self, rows: Tensor) -> Data:
        """Some rows, with weights that make a sum over them unbiased."""
        share = len(rows) / len(self.weights)
        return Data(self.inputs[rows], self.values[rows], self.weights[rows] / share)


@dataclass(frozen=True)
class Loss:
    """What is trained.

    Attributes
    ----------
    value : a function (prediction, values, weights) -> scalar tensor.
    factor : gradient-flow time passes this many times as fast as for the plain loss;
        None where the loss is no multiple of it, so that only steps can be counted.
    quadratic : a function (prediction, values) that returns the loss near that
        prediction as a quadratic function of the residual; None for the plain loss.
    own : whether a reader brought it.
    """

    value: Callable[[Tensor, Tensor, Tensor], Tensor]
    factor: float | None = 1.0
    quadratic: Callable[[Tensor, Tensor], Quadratic] | None = None
    own: bool = False


def plain_loss(prediction: Tensor, values: Tensor, weights: Tensor) -> Tensor:
    """1/2 sum_i w_i |f(x_i) - y_i|^2.

    >>> f, y, w = torch.tensor([[3.0], [1.0]]), torch.zeros(2, 1), torch.ones(2) / 2
    >>> plain_loss(f, y, w).item()
    2.5
    """
    return 0.5 * (weights @ (prediction - values).square()).sum()


def mode_loss(target: Target, mode_weights: ArrayLike, like: Tensor) -> Loss:
    """1/2 sum_k s_k e_k^2, e_k the coefficients of the residual in the target's basis.

    Parameters
    ----------
    target : with a basis.
    mode_weights : (K,) s_k, at least 0.
    like : a tensor in the network's number type and on its device.
    """
    basis = target.basis
    if basis is None:
        raise ValueError(
            f"mode_weights needs a target with a basis, and {target.name} has none;"
            " leave it out."
        )
    s = real_array("mode_weights", mode_weights, shape=(len(basis.modes),))
    if s.min() < 0:
        raise ValueError(
            f"mode_weights holds {s.min():g}; expected numbers of at least 0."
        )
    # e = Phi^T W r for orthonormal modes, so the loss is 1/2 |sqrt(s) Phi^T W r|^2.
    root = np.sqrt(s) * (basis.weights[:, None] * basis.matrix)  # (n, K)
    root = torch.as_tensor(root, dtype=like.dtype, device=like.device)

    def of_residual(r: Tensor) -> Tensor:
        return 0.5 * (r.reshape(-1) @ root).square().sum()

    def value(prediction: Tensor, values: Tensor, weights: Tensor) -> Tensor:
        return of_residual(prediction - values)

    def quadratic(prediction: Tensor, values: Tensor) -> Quadratic:
        return of_residual

    return Loss(value, quadratic=quadratic)


def own_loss(
    loss: Callable[[Tensor, Tensor], Tensor],
    prediction: Tensor,
    data: Data,
    portions: list[Data],
) -> Loss:
    """A loss that a reader brings, with its factor relative to the plain one.

    It may have terms of its own, such as a network's error at the boundary, which are
    no function of the prediction: then it is no multiple.

    Parameters
    ----------
    loss : a function (prediction, values) -> scalar tensor, such as nn.MSELoss().
    prediction : (n, outputs) of the network before training, without gradient.
    data : all of the target.
    portions : data as steps see them, all or batches of each size; a sum over a batch,
        say, has another factor than the sum over all.

    >>> y = torch.zeros(4, 1)
    >>> data = Data(y, y, torch.full((4,), 1 / 4))
    >>> own_loss(torch.nn.MSELoss(), y, data, [data]).factor
    2.0
    >>> own_loss(torch.nn.L1Loss(), y, data, [data]).factor is None
    True
    """

    def value(prediction: Tensor, values: Tensor, weights: Tensor) -> Tensor:
        return loss(prediction, values)

    if loss(prediction, data.values).requires_grad:  # by what else it is made of
        return Loss(value, None, _no_curvature, own=True)

    def quadratic(prediction: Tensor, values: Tensor) -> Quadratic:
        return _curvature(loss, prediction, values)

    factors = [multiple_of_plain(loss, one) for one in [data, *portions]]
    factor = None
    # One point alone has no way to contradict a multiple: all of them must be one, too.
    if None not in factors and np.ptp(factors[1:]) <= 1e-3 * factors[1]:
        factor = factors[1]
    return Loss(value, factor, quadratic, own=True)


def check_loss(
    loss: Callable[[Tensor, Tensor], Tensor], prediction: Tensor, values: Tensor
) -> None:
    """Raise one sentence where a reader's loss does not work on a first prediction.

    >>> check_loss(lambda f, v: f - v, torch.zeros(4, 1), torch.ones(4, 1))
    Traceback (most recent call last):
    ValueError: loss returns shape (4, 1); expected one number, a tensor of shape ().
    """
    if not callable(loss):
        raise ValueError(
            f"loss is {loss!r}; expected a function of prediction and values, such as"
            " torch.nn.MSELoss()."
        )
    with in_one_sentence(
        f"loss does not take prediction and values of shape {tuple(values.shape)}",
        "pass a function of two such tensors",
    ):
        value = loss(prediction, values)
    if not isinstance(value, Tensor):
        raise ValueError(f"loss returns a {type(value).__name__}; expected a tensor.")
    if value.shape != ():
        raise ValueError(
            f"loss returns shape {tuple(value.shape)}; expected one number, a tensor of"
            " shape ()."
        )
    if not value.isfinite():
        raise ValueError(
            f"loss is {value.item()} before any training; check it and the target's"
            " values."
        )


def multiple_of_plain(
    loss: Callable[[Tensor, Tensor], Tensor], data: Data
) -> float | None:
    """c where loss = c times the plain loss, found from gradients; None otherwise.

    The gradient of the plain loss by the prediction is w r. The loss must have c times
    it near the values, far from them and in between, in a random direction.

    >>> y = torch.zeros(8, 1, dtype=torch.float64)
    >>> data = Data(y, y, torch.full((8,), 1 / 8, dtype=torch.float64))
    >>> multiple_of_plain(lambda f, v: 3 * (f - v).square().sum(), data)
    48.0
    >>> multiple_of_plain(torch.nn.HuberLoss(), data) is None
    True
    """
    generator = torch.Generator().manual_seed(0)
    dtype = data.values.dtype
    noise = torch.randn(data.values.shape, dtype=dtype, generator=generator)
    noise = noise.to(data.values.device)
    size = data.values.abs().max().item() or 1.0
    factors = []
    for distance in DISTANCES:
        prediction = (data.values + distance * size * noise).requires_grad_()
        force = _force(loss, prediction, data.values)
        ours = data.weights[:, None] * (prediction.detach() - data.values)
        if force is None:
            return None
        factor = (force * ours).sum() / ours.square().sum()
        if not (force - factor * ours).norm() <= 1e-3 * force.norm():
            return None
        factors.append(factor.item())
    middle = np.median(factors)
    if middle <= 0 or np.ptp(factors) > 1e-3 * middle:
        return None
    # As many digits as the number type can vouch for.
    return float(f"{middle:.4g}" if dtype == torch.float32 else f"{middle:.12g}")


def _force(loss, prediction, values):
    """Gradient of the loss by the prediction, or None where there is none."""
    try:
        return torch.autograd.grad(loss(prediction, values), prediction)[0]
    except COMPLAINTS:  # outside the loss's domain
        return None


def _no_curvature(prediction, values):
    raise ValueError(
        "loss trains more than the prediction, so no learning rate follows from the"
        " prediction's kernel; pass lr."
    )


def _curvature(loss, prediction, values):
    """1/2 r . H r as a function of r, with H the second derivative at a prediction."""
    at = prediction.detach().clone().requires_grad_()

    def quadratic(r: Tensor) -> Tensor:
        r = r.reshape(at.shape)
        force = torch.autograd.grad(loss(at, values), at, create_graph=True)[0]
        turned = None
        if force.requires_grad:
            turned = torch.autograd.grad(
                force, at, r, create_graph=True, allow_unused=True
            )[0]
        if turned is None:
            raise ValueError(
                "loss has no second derivative where the network starts, so no learning"
                " rate follows from it; pass lr."
            )
        return 0.5 * (r * turned).sum()

    return quadratic
