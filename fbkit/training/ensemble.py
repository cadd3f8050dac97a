"""Many small networks trained at once, each exactly as `fbkit.train` would train it
alone.
"""

import warnings

import numpy as np
import torch
from torch import nn

from fbkit._errors import one_of, positive, positive_int, real_array
from fbkit.activations import torch_function
from fbkit.history import METHODS, History
from fbkit.nets import MLP, Antisymmetric, Layer
from fbkit.observe import largest_rate, mode_error, total_error
from fbkit.targets import Target
from fbkit.training.loop import _bar

# Bytes for the numbers of one hidden layer of a chunk of networks: the second-level
# cache of common processors. Fixed, so that results do not depend on the machine.
CACHE = 2**20


@torch.no_grad()
def train_ensemble(
    nets,
    target,
    *,
    probe=None,
    optimizer="gd",
    lr=None,
    steps=1000,
    momentum=0.9,
    records=80,
    threads=1,
    progress=True,
):
    r"""Full-batch training of many networks of one form: the histories of `fbkit.train`
    on each, several times sooner.

    The gradients of dense networks are products of stacks of matrices, added to the
    weights as they are made. Networks go in chunks whose layers fit into the
    processor's cache, and a chunk is trained to its end before the next starts.

    Parameters
    ----------
    nets : list of networks made by `fbkit.mlp` or `fbkit.standard_mlp`, alike but for
        the parameters' values; they are trained in place, parameters with
        `requires_grad=False` stay.
    target : one `fbkit.targets.Target` for all, or a list with one for each net, alike
        in shape.
    probe : as for `fbkit.train`, one for all.
    optimizer : "gd", or "momentum" (heavy ball with `momentum`).
    lr : one learning rate, or one for each net; default 1 / (largest eigenvalue of the
        training operator) of each.
    steps, records, threads, progress : as for `fbkit.train`.

    Returns
    -------
    list of History, one for each net. A net that diverges ends at its last sound
    record, with `meta["diverged"]` the step of the record that was not, and a warning.
    Interrupting (Ctrl-C) keeps all there is: chunks done, the running one up to its
    present step, and the first record of the others; `meta["interrupted"]` says where.

    >>> from fbkit import circle, mlp, sines
    >>> runs = train_ensemble([mlp(width=16, seed=s) for s in range(3)], sines(circle(32), [1]), steps=50)
    >>> [bool(run.loss[-1] < 0.2 * run.loss[0]) for run in runs]
    [True, True, True]
    """
    one_of("optimizer", optimizer, ["gd", "momentum"])
    steps, records = (
        positive_int("steps", steps),
        positive_int("records", records, least=2),
    )
    momentum = (
        positive("momentum", momentum, zero=True) if optimizer == "momentum" else 0.0
    )
    nets = _alike(nets)
    targets = _targets(target, nets)
    if lr is None:
        with torch.enable_grad():
            lr = [1 / largest_rate(net, one) for net, one in zip(nets, targets)]
    lr = real_array("lr", lr if np.ndim(lr) else [lr] * len(nets), shape=(len(nets),))
    positive("the smallest lr", lr.min().item())
    when = np.unique(
        np.round(np.append(0, np.geomspace(1, steps, records))).astype(int)
    )
    size = max(1, CACHE // _hidden_bytes(nets[0], len(targets[0].values)))
    runs, stopped, clock = [], False, "flow" if optimizer == "gd" else "steps"
    bar, before = _bar(steps * -(-len(nets) // size), progress), torch.get_num_threads()
    torch.set_num_threads(positive_int("threads", threads))
    try:
        for start in range(0, len(nets), size):
            part = slice(start, start + size)
            stack, seen, step = (
                _Stack(nets[part], targets[part], lr[part], momentum),
                {},
                0,
            )
            try:
                for step in range(steps + 1):
                    output = stack.forward()
                    if step == when[len(seen)]:
                        seen[step] = output.numpy().copy()
                    if step == steps or stopped:
                        break
                    stack.descend()
                    bar.update()
            except KeyboardInterrupt:
                stopped, seen[step] = True, stack.forward().numpy().copy()
            stack.write_back()
            for k, one in enumerate(targets[part]):
                meta = {
                    "clock": clock,
                    "label": f"network, {METHODS[optimizer]}",
                    "lr": lr[start + k].item(),
                }
                meta |= {"interrupted": step} if stopped else {}
                runs.append(
                    _history({at: f[k] for at, f in seen.items()}, one, probe, meta)
                )
    finally:
        bar.close()
        torch.set_num_threads(before)
    lost = [k for k, run in enumerate(runs) if "diverged" in run.meta]
    if lost:
        warnings.warn(
            f"nets {lost} diverged and their histories end before it; take a"
            " smaller lr.",
            stacklevel=3,
        )
    return runs


def _halves(net):
    return [net.plus, net.minus] if isinstance(net, Antisymmetric) else [net]


def _form(net):
    """All that networks of one stack must have in common."""
    layers = [m for half in _halves(net) for m in half.layers]
    shapes = [(n, p.shape, p.dtype, p.requires_grad) for n, p in net.named_parameters()]
    return (
        [half.activation for half in _halves(net)],
        [(type(m), *_scales(m)) for m in layers],
        shapes,
    )


def _scales(layer):
    """Of weight and bias."""
    return (layer.scale, layer.bias_std) if isinstance(layer, Layer) else (1.0, 1.0)


def _alike(nets):
    nets = list(nets)
    if not nets:
        raise ValueError("nets is empty; pass at least one network.")
    for k, net in enumerate(nets):
        dense = all(
            isinstance(half, MLP)
            and {type(m) for m in half.layers} <= {Layer, nn.Linear}
            for half in _halves(net)
        )
        if not dense:
            raise ValueError(
                f"net {k} is a {type(net).__name__}; expected one of fbkit.mlp or"
                " fbkit.standard_mlp."
            )
        if _form(net) != _form(nets[0]):
            raise ValueError(
                f"net {k} differs from net 0 in more than its parameters' values; train"
                " it apart."
            )
    if not any(p.requires_grad for p in nets[0].parameters()):
        raise ValueError(
            "nets have no parameter with requires_grad; unfreeze what is to be trained."
        )
    if len({id(p) for net in nets for p in net.parameters()}) < sum(
        len(list(net.parameters())) for net in nets
    ):
        raise ValueError(
            "nets holds a network twice; make a copy, since each is trained in place."
        )
    return nets


def _targets(target, nets):
    targets = [target] * len(nets) if isinstance(target, Target) else list(target)
    if len(targets) != len(nets):
        raise ValueError(
            f"target is a list of {len(targets)} for {len(nets)} nets; pass one target,"
            " or one for each."
        )
    for k, (net, one) in enumerate(zip(nets, targets)):
        layers = _halves(net)[0].layers
        shapes = (one.inputs.shape, one.values.reshape(len(one.values), -1).shape)
        wanted = (
            (len(targets[0].values), layers[0].weight.shape[1]),
            (len(targets[0].values), len(layers[-1].weight)),
        )
        if shapes != wanted:
            raise ValueError(
                f"target {k} has inputs and values {shapes}; these nets expect"
                f" {wanted}."
            )
    return targets


def _hidden_bytes(net, points):
    """Of the activations and sensitivities in the widest layer of one network."""
    halves = _halves(net)
    weight = max((m.weight for m in halves[0].layers), key=len)
    return 2 * points * len(weight) * len(halves) * weight.element_size()


def _history(seen, target, probe, meta):
    probe = probe or (
        mode_error(target.basis) if target.basis is not None else total_error()
    )
    outputs = {step: f.reshape(target.values.shape) for step, f in seen.items()}
    with np.errstate(all="ignore"):  # of a net that diverged
        squares = [
            np.square(f - target.values).reshape(len(f), -1).sum(axis=1)
            for f in outputs.values()
        ]
        loss = 0.5 * np.array(squares) @ target.weights
    sound = np.logical_and.accumulate(
        loss < 1e6 * (1 + loss[0])
    )  # NaN counts as diverged too
    steps = np.array(list(outputs))
    if not sound.all():
        meta = meta | {"diverged": steps[~sound][0].item()}
    error = [
        probe(f, target.values) for f, fine in zip(outputs.values(), sound) if fine
    ]
    return History(
        steps[sound] * (meta["lr"] if meta["clock"] == "flow" else 1),
        probe.modes,
        error,
        loss[sound],
        meta,
    )


class _Stack:
    """C networks as stacks of matrices, with the steps of gradient descent written out.

    An antisymmetric network counts as two stacked ones whose outputs are subtracted: M
    = C or 2 C matrices. Weights and biases of the first layer are one matrix, which
    multiplies the inputs with a column for the bias.
    """

    def __init__(self, nets, targets, lr, momentum):
        self.halves, self.momentum = (
            [half for net in nets for half in _halves(net)],
            momentum,
        )
        self.twice, self.activation = (
            len(self.halves) // len(nets),
            self.halves[0].activation,
        )
        kind = self.halves[0].layers[0].weight.dtype
        stack = lambda arrays: torch.as_tensor(np.stack(arrays), dtype=kind)
        self.values = stack(
            [t.values.reshape(len(t.values), -1) for t in targets]
        )  # (C, n, outputs)
        self.force = stack(
            [rate * t.weights[:, None] for rate, t in zip(lr, targets)]
        )  # (C, n, 1)
        x = stack([t.inputs for t in targets]).repeat_interleave(
            self.twice, dim=0
        )  # (M, n, d)
        self.ones = torch.ones_like(x[:, :, :1])
        self.weight, self.bias, self.scale, self.moves = [], [], [], []
        for many in zip(*(half.layers for half in self.halves)):
            bias = many[0].bias
            self.weight.append(
                torch.stack([m.weight.detach() for m in many])
            )  # (M, out, in)
            self.bias.append(
                None
                if bias is None
                else torch.stack([m.bias.detach() for m in many])[:, None]
            )
            self.scale.append(_scales(many[0]))
            self.moves.append(
                (many[0].weight.requires_grad, bias is not None and bias.requires_grad)
            )
        (s, beta), (moves, bias_moves) = self.scale[0], self.moves[0]
        self.inputs, self.pushing = s * x, moves * s * x
        if self.bias[0] is not None:
            self.weight[0] = torch.cat([self.weight[0], self.bias[0].mT], dim=2)
            self.inputs = torch.cat([self.inputs, beta * self.ones], dim=2)
            self.pushing = torch.cat(
                [self.pushing, bias_moves * beta * self.ones], dim=2
            )
        self.scale[0], self.moves[0], self.bias[0] = (
            (1.0, 0.0),
            (moves or bias_moves, False),
            None,
        )
        self.lowest = next(
            k for k, any_moves in enumerate(map(any, self.moves)) if any_moves
        )
        self.speed = {
            p: torch.zeros_like(p)
            for p in (*self.weight, *self.bias)
            if momentum and p is not None
        }
        self.h, self.d = (
            [x.new_empty(*x.shape[:2], w.shape[1]) for w in self.weight] for _ in "hd"
        )

    def forward(self):
        """Outputs (C, n, outputs)."""
        a, self.a, self.pull = self.inputs, [self.pushing], []
        for k, (w, b, (s, beta), h) in enumerate(
            zip(self.weight, self.bias, self.scale, self.h)
        ):
            torch.baddbmm(
                h if b is None else b,
                a,
                w.mT,
                beta=0 if b is None else beta,
                alpha=s,
                out=h,
            )
            if k < len(self.h) - 1:
                a, pull = _activate(self.activation, h)
                self.a.append(a)
                self.pull.append(pull)
        self.f = h if self.twice == 1 else (h[::2] - h[1::2]) / 2**0.5
        return self.f

    def descend(self):
        """One step down from where `forward` was; the learning rate is in `force`."""
        d = (self.f - self.values) * self.force
        if self.twice == 2:
            d = torch.stack([d, -d], dim=1).flatten(0, 1) / 2**0.5  # (M, n, outputs)
        for k in range(len(self.h) - 1, self.lowest - 1, -1):
            (s, beta), w = self.scale[k], self.weight[k]
            if k > self.lowest:
                below = self.d[k - 1]
                if d.shape[2] == 1:
                    torch.mul(s * d, w, out=below)
                else:
                    torch.baddbmm(below, d, w, beta=0, alpha=s, out=below)
            if self.moves[k][0]:
                self._move(w, d.mT, self.a[k], s)
            if self.moves[k][1]:
                self._move(self.bias[k], self.ones.mT, d, beta)
            if k > self.lowest:
                d = self.pull[k - 1](below)

    def _move(self, p, left, right, scale):
        if self.momentum:
            p.sub_(self.speed[p].baddbmm_(left, right, beta=self.momentum, alpha=scale))
        else:
            p.baddbmm_(left, right, alpha=-scale)

    def write_back(self):
        for j, half in enumerate(self.halves):
            for k, layer in enumerate(half.layers):
                size = layer.weight.shape[1]
                layer.weight.copy_(self.weight[k][j, :, :size])
                if layer.bias is not None:
                    layer.bias.copy_(
                        self.weight[0][j, :, size] if k == 0 else self.bias[k][j, 0]
                    )


def _activate(name, h):
    """The activations, and the function that pulls sensitivities back through them; `h`
    may be overwritten.
    """
    if name == "linear":
        return h, lambda d: d
    if name == "relu":
        h.relu_()
        return h, lambda d: torch.ops.aten.threshold_backward.grad_input(
            d, h, 0, grad_input=d
        )
    if name == "tanh":
        h.tanh_()
        return h, lambda d: torch.ops.aten.tanh_backward.grad_input(d, h, grad_input=d)
    with torch.enable_grad():
        leaf = h.detach().requires_grad_()
        a = torch_function(name)(leaf)
    return a.detach(), lambda d: torch.autograd.grad(a, leaf, d)[0]
