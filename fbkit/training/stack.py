"""Stacks of dense networks, with the steps of gradient descent written out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from fbkit.activations import torch_function
from fbkit.nets import Antisymmetric, Layer
from fbkit.targets import Target


def halves(net: nn.Module) -> list[nn.Module]:
    """The dense networks that a network is made of."""
    return [net.plus, net.minus] if isinstance(net, Antisymmetric) else [net]


def scales(layer: nn.Module) -> tuple[float, float]:
    """That stand before weight and bias in a layer."""
    return (layer.scale, layer.bias_std) if isinstance(layer, Layer) else (1.0, 1.0)


def hidden_bytes(net: nn.Module, points: int) -> int:
    """Bytes of the activations and sensitivities in the widest layer of one network."""
    parts = halves(net)
    weight = max((layer.weight for layer in parts[0].layers), key=len)
    return 2 * points * len(weight) * len(parts) * weight.element_size()


class StackedLayer:
    """One layer of M networks: h = scale a W^T + bias_std b.

    `moves` and `bias_moves` say whether W and b are trained. `h` and `d` are room for
    the layer's outputs and for the sensitivities of its inputs.
    """

    def __init__(self, layers: Sequence[nn.Module]) -> None:
        first = layers[0]
        self.weight = torch.stack([m.weight.detach() for m in layers])  # (M, out, in)
        self.scale, self.bias_std = scales(first)
        self.moves = first.weight.requires_grad
        self.bias = None
        self.bias_moves = False
        if first.bias is not None:
            self.bias = torch.stack([m.bias.detach() for m in layers])[:, None]
            self.bias_moves = first.bias.requires_grad

    @property
    def trained(self) -> bool:
        return self.moves or self.bias_moves

    def make_room(self, x: Tensor, with_speed: bool) -> None:
        """For the networks' inputs x (M, n, d), and for velocities of heavy ball."""
        networks, points, _ = x.shape
        _, outputs, inputs = self.weight.shape
        self.h = x.new_empty(networks, points, outputs)
        self.d = x.new_empty(networks, points, inputs)
        self.speed = self.bias_speed = None
        if with_speed:
            self.speed = torch.zeros_like(self.weight)
        if with_speed and self.bias is not None:
            self.bias_speed = torch.zeros_like(self.bias)

    def forward(self, a: Tensor) -> Tensor:
        """The layer's outputs (M, n, out)."""
        # Without a bias beta = 0: what stands in `h` before is not read.
        plus, beta = (self.h, 0) if self.bias is None else (self.bias, self.bias_std)
        torch.baddbmm(plus, a, self.weight.mT, beta=beta, alpha=self.scale, out=self.h)
        return self.h

    def pull(self, d: Tensor) -> Tensor:
        """Sensitivities of the layer's inputs from those of its outputs."""
        if d.shape[2] == 1:
            torch.mul(self.scale * d, self.weight, out=self.d)
        else:
            torch.baddbmm(self.d, d, self.weight, beta=0, alpha=self.scale, out=self.d)
        return self.d


class Stack:
    """C networks as stacks of matrices, with the steps of gradient descent written out.

    An antisymmetric network counts as two stacked ones whose outputs are subtracted: M
    = C or 2 C matrices. Weights and biases of the first layer are one matrix, which
    multiplies the inputs with a column for the bias.
    """

    def __init__(
        self,
        nets: Sequence[nn.Module],
        targets: Sequence[Target],
        lr: np.ndarray,
        momentum: float,
    ) -> None:
        self.halves = [half for net in nets for half in halves(net)]
        self.twice = len(self.halves) // len(nets)
        self.activation = self.halves[0].activation
        self.momentum = momentum
        dtype = self.halves[0].layers[0].weight.dtype

        def stacked(arrays: list[np.ndarray]) -> Tensor:
            return torch.as_tensor(np.stack(arrays), dtype=dtype)

        values = [one.values.reshape(len(one.values), -1) for one in targets]
        self.values = stacked(values)  # (C, n, outputs)
        force = [rate * one.weights[:, None] for rate, one in zip(lr, targets)]
        self.force = stacked(force)  # (C, n, 1)
        x = stacked([one.inputs for one in targets])
        x = x.repeat_interleave(self.twice, dim=0)  # (M, n, d)
        self.ones = torch.ones_like(x[:, :, :1])
        places = zip(*(half.layers for half in self.halves))
        self.layers = [StackedLayer(layers) for layers in places]
        self.inputs, self.pushing = self._join_first_bias(x)
        for layer in self.layers:
            layer.make_room(x, with_speed=momentum > 0)
        trained = [k for k, layer in enumerate(self.layers) if layer.trained]
        self.lowest = trained[0]

    def _join_first_bias(self, x):
        """Make weights and biases of the first layer one matrix.

        Returns the inputs it multiplies, and the inputs with zeros for what is frozen,
        which gradients are made of.
        """
        first = self.layers[0]
        inputs = first.scale * x
        pushing = first.moves * first.scale * x
        if first.bias is not None:
            first.weight = torch.cat([first.weight, first.bias.mT], dim=2)
            column = first.bias_std * self.ones
            inputs = torch.cat([inputs, column], dim=2)
            column = first.bias_moves * first.bias_std * self.ones
            pushing = torch.cat([pushing, column], dim=2)
        first.moves = first.trained
        first.bias_moves = False
        first.bias = None
        first.scale = 1.0
        return inputs, pushing

    def outputs(self) -> np.ndarray:
        """Outputs (C, n, outputs) of the networks as they are."""
        a = self.inputs
        self.a = [self.pushing]  # inputs of every layer
        self.back = []  # through every activation
        for layer in self.layers[:-1]:
            a, back = _activate(self.activation, layer.forward(a))
            self.a.append(a)
            self.back.append(back)
        h = self.layers[-1].forward(a)
        self.f = h if self.twice == 1 else (h[::2] - h[1::2]) / 2**0.5
        return self.f.numpy()

    def descend(self) -> None:
        """One step from where `outputs` was; the learning rate is in `force`."""
        d = (self.f - self.values) * self.force
        if self.twice == 2:
            d = torch.stack([d, -d], dim=1).flatten(0, 1) / 2**0.5  # (M, n, outputs)
        for k in range(len(self.layers) - 1, self.lowest - 1, -1):
            layer = self.layers[k]
            # Before the weights move.
            below = layer.pull(d) if k > self.lowest else None
            if layer.moves:
                self._move(layer.weight, layer.speed, d.mT, self.a[k], layer.scale)
            if layer.bias_moves:
                left = self.ones.mT
                self._move(layer.bias, layer.bias_speed, left, d, layer.bias_std)
            if k > self.lowest:
                d = self.back[k - 1](below)

    def _move(self, p, speed, left, right, scale):
        if self.momentum:
            speed.baddbmm_(left, right, beta=self.momentum, alpha=scale)
            p.sub_(speed)
        else:
            p.baddbmm_(left, right, alpha=-scale)

    def write_back(self) -> None:
        """Into the networks' own parameters."""
        for j, half in enumerate(self.halves):
            for k, layer in enumerate(half.layers):
                stacked = self.layers[k]
                size = layer.weight.shape[1]
                layer.weight.copy_(stacked.weight[j, :, :size])
                if layer.bias is None:
                    continue
                if k == 0:  # the last column
                    layer.bias.copy_(stacked.weight[j, :, size])
                else:
                    layer.bias.copy_(stacked.bias[j, 0])


def _activate(name, h):
    """The activations, and the function that pulls sensitivities back through them.

    `h` may be overwritten, and so may the sensitivities.
    """
    if name == "linear":
        return h, lambda d: d
    if name == "relu":
        h.relu_()
        pull = torch.ops.aten.threshold_backward.grad_input
        return h, lambda d: pull(d, h, 0, grad_input=d)
    if name == "tanh":
        h.tanh_()
        pull = torch.ops.aten.tanh_backward.grad_input
        return h, lambda d: pull(d, h, grad_input=d)
    with torch.enable_grad():
        leaf = h.detach().requires_grad_()
        a = torch_function(name)(leaf)
    return a.detach(), lambda d: torch.autograd.grad(a, leaf, d)[0]
