"""Many small networks trained at once, each exactly as `fbkit.train` trains one."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import nn

from fbkit._errors import one_of, positive, real_array
from fbkit.activations import torch_function
from fbkit.history import History
from fbkit.nets import MLP, Antisymmetric, Layer
from fbkit.observe import Probe, largest_rate
from fbkit.targets import Target
from fbkit.training.common import DIVERGED, checked_plan, default_probe, first_meta
from fbkit.training.optimizers import OPTIMIZERS

# Bytes for the numbers of one hidden layer of a chunk of networks: the second-level
# cache of common processors. Fixed, so that results do not depend on the machine.
CACHE = 2**20

# The optimisers whose steps are written out here, and what part of `momentum` each has.
WRITTEN_OUT = {"gd": 0.0, "momentum": 1.0}


@torch.no_grad()
def train_ensemble(
    nets: Sequence[nn.Module],
    target: Target | Sequence[Target],
    *,
    probe: Probe | None = None,
    optimizer: str = "gd",
    lr: ArrayLike | None = None,
    steps: int = 1000,
    momentum: float = 0.9,
    records: int = 80,
    threads: int = 1,
    progress: bool = True,
) -> list[History]:
    r"""Train many networks of one form: the histories of `fbkit.train`, sooner.

    The gradients of dense networks are products of stacks of matrices, added to the
    weights as they are made. Networks go in chunks whose layers fit into the
    processor's cache, and a chunk is trained to its end before the next starts.

    Parameters
    ----------
    nets : networks made by `fbkit.mlp` or `fbkit.standard_mlp`, alike but for the
        parameters' values; they are trained in place, parameters with
        `requires_grad=False` stay.
    target : one for all, or one for each net, alike in shape.
    probe : as for `fbkit.train`, one for all.
    optimizer : "gd", or "momentum" (heavy ball).
    lr : one learning rate, or one for each net; default 1 / (largest eigenvalue of the
        training operator) of each.
    steps : number of steps.
    momentum : of heavy ball.
    records : about how many steps to record, 0 and the last included.
    threads : of torch, during the run.
    progress : a bar, for runs over a second.

    Returns
    -------
    list of History, one for each net. A net that diverges ends at its last sound
    record, with `meta["diverged"]` the step of the record that was not, and a warning.
    Interrupting (Ctrl-C) keeps all there is: chunks done, the running one up to its
    present step, and the first record of the others; `meta["interrupted"]` says where.

    >>> from fbkit import circle, mlp, sines
    >>> nets = [mlp(width=16, seed=s) for s in range(3)]
    >>> runs = train_ensemble(nets, sines(circle(32), [1]), steps=50)
    >>> [bool(run.loss[-1] < 0.2 * run.loss[0]) for run in runs]
    [True, True, True]
    """
    one_of("optimizer", optimizer, WRITTEN_OUT)
    plan = checked_plan(steps, records, momentum, threads, progress)
    nets = _alike(nets)
    targets = _targets(target, nets)
    lr = _rates(lr, nets, targets)
    momentum = WRITTEN_OUT[optimizer] * plan.momentum
    size = max(1, CACHE // _hidden_bytes(nets[0], len(targets[0].values)))
    chunks = [slice(k, k + size) for k in range(0, len(nets), size)]
    record = OPTIMIZERS[optimizer]
    runs = []
    stop = {}
    with plan.running(plan.steps * len(chunks)) as bar:
        for chunk in chunks:
            stack = _Stack(nets[chunk], targets[chunk], lr[chunk], momentum)
            if stop:  # the chunks after an interruption are looked at, not trained
                outputs = {0: stack.outputs()}
                stop = {"interrupted": 0}
            else:
                outputs, stop = _descend(stack, plan, bar)
            stack.write_back()
            for k, one in enumerate(targets[chunk]):
                meta = first_meta(record, record.clock, lr[chunk][k].item())
                meta.update(stop)
                own = {step: some[k] for step, some in outputs.items()}
                runs.append(_history(own, one, probe or default_probe(one), meta))
    lost = [k for k, run in enumerate(runs) if "diverged" in run.meta]
    if lost:
        warnings.warn(
            f"nets {lost} diverged and their histories end before it; take a"
            " smaller lr.",
            stacklevel=3,
        )
    return runs


def _descend(stack, plan, bar):
    """{step: outputs (C, n, outputs)} of the recorded steps, and what to remember of an
    interruption.
    """
    seen = {}
    step = 0
    try:
        for step in range(plan.steps + 1):
            output = stack.outputs()
            if step == plan.when[len(seen)]:
                seen[step] = output.copy()
            if step < plan.steps:
                stack.descend()
                bar.update()
    except KeyboardInterrupt:
        seen[step] = stack.outputs().copy()
        return seen, {"interrupted": step}
    return seen, {}


def _history(outputs, target, probe, meta):
    """The record of one net from its outputs {step: (n, outputs)}; it ends where the
    net diverged.
    """
    steps = np.array(list(outputs))
    outputs = [f.reshape(target.values.shape) for f in outputs.values()]
    loss = _losses(outputs, target)
    # NaN counts as diverged too.
    sound = np.logical_and.accumulate(loss < DIVERGED * (1 + loss[0]))
    if not sound.all():
        meta["diverged"] = steps[~sound][0].item()
    kept = [f for f, fine in zip(outputs, sound) if fine]
    error = [probe(f, target.values) for f in kept]
    t = steps[sound]
    if meta["clock"] == "flow":
        t = t * meta["lr"]
    return History(t, probe.modes, error, loss[sound], meta)


def _losses(outputs, target):
    """The plain loss of each of several outputs."""
    with np.errstate(all="ignore"):  # of a net that diverged
        squares = []
        for f in outputs:
            square = np.square(f - target.values)
            squares.append(square.reshape(len(f), -1).sum(axis=1))
        return 0.5 * np.array(squares) @ target.weights


def _rates(lr, nets, targets):
    """(C,) learning rates: one for each net, found where none is given."""
    if lr is None:
        with torch.enable_grad():
            lr = [1 / largest_rate(net, one) for net, one in zip(nets, targets)]
    elif np.ndim(lr) == 0:
        lr = [lr] * len(nets)
    lr = real_array("lr", lr, shape=(len(nets),))
    positive("the smallest lr", lr.min().item())
    return lr


def _halves(net):
    """The dense networks that a network is made of."""
    return [net.plus, net.minus] if isinstance(net, Antisymmetric) else [net]


def _form(net):
    """All that networks of one stack must have in common."""
    halves = _halves(net)
    activations = [half.activation for half in halves]
    layers = [layer for half in halves for layer in half.layers]
    kinds = [(type(layer), _scales(layer)) for layer in layers]
    shapes = [(n, p.shape, p.dtype, p.requires_grad) for n, p in net.named_parameters()]
    return activations, kinds, shapes


def _scales(layer):
    """Of weight and bias."""
    return (layer.scale, layer.bias_std) if isinstance(layer, Layer) else (1.0, 1.0)


def _is_dense(net):
    for half in _halves(net):
        if not isinstance(half, MLP):
            return False
        if not {type(layer) for layer in half.layers} <= {Layer, nn.Linear}:
            return False
    return True


def _alike(nets):
    """The networks as a list, or one sentence on why they make no stack."""
    nets = list(nets)
    if not nets:
        raise ValueError("nets is empty; pass at least one network.")
    for k, net in enumerate(nets):
        if not _is_dense(net):
            raise ValueError(
                f"net {k} is a {type(net).__name__}; expected one of fbkit.mlp or"
                " fbkit.standard_mlp."
            )
        if _form(net) != _form(nets[0]):
            raise ValueError(
                f"net {k} differs from net 0 in more than its parameters' values; train"
                " it apart."
            )
    parameters = [p for net in nets for p in net.parameters()]
    if not any(p.requires_grad for p in parameters):
        raise ValueError(
            "nets have no parameter with requires_grad; unfreeze what is to be trained."
        )
    if len(set(map(id, parameters))) < len(parameters):
        raise ValueError(
            "nets holds a network twice; make a copy, since each is trained in place."
        )
    return nets


def _targets(target, nets):
    """One target for each network, all of one shape."""
    targets = [target] * len(nets) if isinstance(target, Target) else list(target)
    if len(targets) != len(nets):
        raise ValueError(
            f"target is a list of {len(targets)} for {len(nets)} nets; pass one target,"
            " or one for each."
        )
    layers = _halves(nets[0])[0].layers
    points = len(targets[0].values)
    wanted = (points, layers[0].weight.shape[1]), (points, len(layers[-1].weight))
    for k, one in enumerate(targets):
        shapes = one.inputs.shape, one.values.reshape(len(one.values), -1).shape
        if shapes != wanted:
            raise ValueError(
                f"target {k} has inputs and values {shapes}; these nets expect"
                f" {wanted}."
            )
    return targets


def _hidden_bytes(net, points):
    """Of the activations and sensitivities in the widest layer of one network."""
    halves = _halves(net)
    weight = max((layer.weight for layer in halves[0].layers), key=len)
    return 2 * points * len(weight) * len(halves) * weight.element_size()


class _StackedLayer:
    """One layer of M networks: h = scale a W^T + bias_std b.

    `moves` and `bias_moves` say whether W and b are trained. `h` and `d` are room for
    the layer's outputs and for the sensitivities of its inputs.
    """

    def __init__(self, layers):
        first = layers[0]
        self.weight = torch.stack([m.weight.detach() for m in layers])  # (M, out, in)
        self.scale, self.bias_std = _scales(first)
        self.moves = first.weight.requires_grad
        self.bias = None
        self.bias_moves = False
        if first.bias is not None:
            self.bias = torch.stack([m.bias.detach() for m in layers])[:, None]
            self.bias_moves = first.bias.requires_grad

    @property
    def trained(self):
        return self.moves or self.bias_moves

    def make_room(self, x, with_speed):
        """For inputs x (M, n, d), and for the velocities of heavy ball."""
        networks, points, _ = x.shape
        _, outputs, inputs = self.weight.shape
        self.h = x.new_empty(networks, points, outputs)
        self.d = x.new_empty(networks, points, inputs)
        self.speed = self.bias_speed = None
        if with_speed:
            self.speed = torch.zeros_like(self.weight)
        if with_speed and self.bias is not None:
            self.bias_speed = torch.zeros_like(self.bias)

    def forward(self, a):
        """The layer's outputs (M, n, out)."""
        # Without a bias beta = 0: what stands in `h` before is not read.
        plus, beta = (self.h, 0) if self.bias is None else (self.bias, self.bias_std)
        torch.baddbmm(plus, a, self.weight.mT, beta=beta, alpha=self.scale, out=self.h)
        return self.h

    def pull(self, d):
        """Sensitivities of the layer's inputs from those of its outputs."""
        if d.shape[2] == 1:
            torch.mul(self.scale * d, self.weight, out=self.d)
        else:
            torch.baddbmm(self.d, d, self.weight, beta=0, alpha=self.scale, out=self.d)
        return self.d


class _Stack:
    """C networks as stacks of matrices, with the steps of gradient descent written out.

    An antisymmetric network counts as two stacked ones whose outputs are subtracted: M
    = C or 2 C matrices. Weights and biases of the first layer are one matrix, which
    multiplies the inputs with a column for the bias.
    """

    def __init__(self, nets, targets, lr, momentum):
        self.halves = [half for net in nets for half in _halves(net)]
        self.twice = len(self.halves) // len(nets)
        self.activation = self.halves[0].activation
        self.momentum = momentum
        dtype = self.halves[0].layers[0].weight.dtype

        def stacked(arrays):
            return torch.as_tensor(np.stack(arrays), dtype=dtype)

        values = [one.values.reshape(len(one.values), -1) for one in targets]
        self.values = stacked(values)  # (C, n, outputs)
        force = [rate * one.weights[:, None] for rate, one in zip(lr, targets)]
        self.force = stacked(force)  # (C, n, 1)
        x = stacked([one.inputs for one in targets])
        x = x.repeat_interleave(self.twice, dim=0)  # (M, n, d)
        self.ones = torch.ones_like(x[:, :, :1])
        places = zip(*(half.layers for half in self.halves))
        self.layers = [_StackedLayer(layers) for layers in places]
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

    def outputs(self):
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

    def descend(self):
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

    def write_back(self):
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
