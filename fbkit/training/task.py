"""What is to be trained: a network, what it is to learn, and how much a step sees."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice, repeat

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor, nn

from fbkit._errors import instance, positive_int
from fbkit.observe.looking import (
    check_tensor,
    in_one_sentence,
    looking,
    trained_outputs,
    trained_parameters,
)
from fbkit.targets import Target
from fbkit.training.losses import (
    Data,
    Loss,
    check_loss,
    mode_loss,
    own_loss,
    plain_loss,
)


@dataclass(frozen=True)
class Task:
    """A network, what it is to learn, and how much of it a step sees.

    Attributes
    ----------
    net : the network.
    parameters : those of its parameters that are trained.
    data : all there is to learn.
    loss : what is made smaller.
    batch : points a step sees; None for all.
    seed : of the batches.
    first : (n, outputs) before any step.
    """

    net: nn.Module
    parameters: list[Tensor]
    data: Data
    loss: Loss
    batch: int | None
    seed: int
    first: Tensor

    def outputs(self, data: Data) -> Tensor:
        """(n, outputs) of a portion, in the mode the network is in."""
        shape = tuple(data.inputs.shape)
        with in_one_sentence(
            f"net does not train on inputs of shape {shape}", "change net, or the batch"
        ):
            output = self.net(data.inputs.clone())  # which it may write over
            check_tensor(output)
            return output.reshape(data.values.shape)

    def all_outputs(self) -> Tensor:
        """(n, outputs) of everything, for looking only: in evaluation mode."""
        with looking(self.net):
            return self.outputs(self.data).detach()

    def portions(self) -> Iterator[Data]:
        """What each step sees, one after the other."""
        return _portions(self.data, self.batch, self.seed)


def checked_task(
    net: nn.Module,
    target: Target,
    loss: Callable[[Tensor, Tensor], Tensor] | None = None,
    mode_weights: ArrayLike | None = None,
    batch: int | None = None,
    seed: int = 0,
) -> Task:
    """What is to be trained, or one sentence on what does not fit; see `train`."""
    instance("target", target, Target, "fbkit.on_basis(basis, values)")
    parameters = trained_parameters(net)
    batch = _checked_batch(batch, len(target.values), mode_weights)
    seed = positive_int("seed", seed, least=0)
    if loss is not None and mode_weights is not None:
        raise ValueError("loss and mode_weights are both given; leave one of them out.")
    with looking(net):
        data = Data.of(target, net)
        first = _first_outputs(net, data, target)
        if loss is not None:
            check_loss(loss, first, data.values)
            trained = own_loss(loss, first, data, _sizes(data, batch, seed))
        elif mode_weights is not None:
            trained = mode_loss(target, mode_weights, first)
        else:
            trained = Loss(plain_loss)
    return Task(net, parameters, data, trained, batch, seed, first)


def _first_outputs(net, data, target):
    """The network's outputs (n, outputs) before any step, checked."""
    output = trained_outputs(net, data.inputs).detach()
    if output.numel() != data.values.numel():
        raise ValueError(
            f"net returns shape {tuple(output.shape)}, but the target has values"
            f" {target.values.shape}; match the outputs."
        )
    output = output.reshape(data.values.shape)
    loss = plain_loss(output, data.values, data.weights)
    if not loss.isfinite():
        raise ValueError(
            f"the loss is {loss.item()} before any training, beyond what {loss.dtype}"
            " holds; scale the target's values, or take net.double()."
        )
    return output


def _checked_batch(batch, points, mode_weights):
    if batch is None:
        return None
    batch = positive_int("batch", batch)
    if batch > points:
        raise ValueError(
            f"batch is {batch}, but the target has {points} points; take at most"
            " as many."
        )
    if mode_weights is not None:
        raise ValueError(
            "batch and mode_weights are both given, but coefficients need all points;"
            " leave one of them out."
        )
    return batch


def _portions(data, batch, seed):
    """What each step sees: everything, or batches of a new random order each epoch."""
    if batch is None:
        yield from repeat(data)
    generator = np.random.default_rng(seed)
    while True:
        order = torch.from_numpy(generator.permutation(len(data.weights)))
        for rows in order.split(batch):
            yield data.batch(rows)


def _sizes(data, batch, seed):
    """One portion of each size that steps see."""
    portions = _portions(data, batch, seed)
    if batch is None:
        return [next(portions)]
    # The last batch of an epoch is smaller where batches do not divide the points.
    epoch = -(-len(data.weights) // batch)
    one_epoch = list(islice(portions, epoch))
    return [one_epoch[0], one_epoch[-1]]
