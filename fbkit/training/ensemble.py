"""Many small networks trained at once, each exactly as `fbkit.train` trains one."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import nn

from fbkit._errors import instance, one_of, positive, real_array
from fbkit.history import History
from fbkit.nets import MLP, Layer
from fbkit.observe import Probe, largest_rate
from fbkit.observe.looking import trained_parameters
from fbkit.targets import Target
from fbkit.training.common import DIVERGED, checked_plan, checked_probe, first_meta
from fbkit.training.optimizers import OPTIMIZERS
from fbkit.training.stack import Stack, halves, hidden_bytes, scales
from fbkit.training.task import checked_task

# Bytes for the numbers of one hidden layer of a chunk of networks: the second-level
# cache of common processors. Fixed, so that results do not depend on the machine.
CACHE = 2**20

# The optimisers whose steps are written out here, and what part of `momentum` each has.
WRITTEN_OUT = {"gd": 0.0, "momentum": 1.0}


@torch.inference_mode(False)
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
    probes = [checked_probe(probe, one) for one in targets]
    for net, one in zip(nets, targets):
        checked_task(net, one)  # finite at the start
    lr = _rates(lr, nets, targets)
    momentum = WRITTEN_OUT[optimizer] * plan.momentum
    size = max(1, CACHE // hidden_bytes(nets[0], len(targets[0].values)))
    chunks = [slice(k, k + size) for k in range(0, len(nets), size)]
    record = OPTIMIZERS[optimizer]
    runs = []
    stop = {}
    with plan.running(plan.steps * len(chunks)) as bar:
        for chunk in chunks:
            stack = Stack(nets[chunk], targets[chunk], lr[chunk], momentum)
            if stop:  # the chunks after an interruption are looked at, not trained
                outputs = {0: stack.outputs()}
                stop = {"interrupted": 0}
            else:
                outputs, stop = _descend(stack, plan, bar)
            stack.write_back()
            for k, one in enumerate(targets[chunk]):
                meta = first_meta(record, record.clock, lr[chunk][k].item())
                meta.update(stop)
                own = {step: f[k] for step, f in outputs.items()}
                runs.append(_history(own, one, probes[len(runs)], meta))
    lost = [k for k, run in enumerate(runs) if "diverged" in run.meta]
    if lost:
        warnings.warn(
            f"nets {lost} diverged and their histories end before it; take a"
            " smaller lr.",
            stacklevel=4,
        )
    return runs


def _descend(stack, plan, bar):
    """Train a stack: {step: outputs (C, n, outputs)} of the recorded steps, and why it
    ended before the last one, as entries of meta.
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
    """The record of one net from {step: outputs (n, outputs)}, up to a divergence."""
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
        lr = [1 / largest_rate(net, one) for net, one in zip(nets, targets)]
    lr = real_array("lr", lr)
    if lr.ndim == 0:
        lr = np.repeat(lr, len(nets))
    lr = real_array("lr", lr, shape=(len(nets),))
    positive("the smallest lr", lr.min().item())
    return lr


def _form(net):
    """All that networks of one stack must have in common."""
    parts = halves(net)
    activations = [part.activation for part in parts]
    layers = [layer for part in parts for layer in part.layers]
    kinds = [(type(layer), scales(layer)) for layer in layers]
    shapes = [(n, p.shape, p.dtype, p.requires_grad) for n, p in net.named_parameters()]
    return activations, kinds, shapes


def _is_dense(net):
    """Whether a network has dense layers only, with weights of their own."""
    layers = []
    for half in halves(net):
        if not isinstance(half, MLP):
            return False
        layers += half.layers
    own = {name for layer in layers for name, _ in layer.named_parameters()}
    kinds = {type(layer) for layer in layers}
    return kinds <= {Layer, nn.Linear} and own <= {"weight", "bias"}


def _listed(name, several):
    if not isinstance(several, Iterable):
        raise ValueError(
            f"{name} is a {type(several).__name__}; expected a list, one for each net."
        )
    return list(several)


def _alike(nets):
    """The networks as a list, or one sentence on why they make no stack."""
    nets = _listed("nets", nets)
    if not nets:
        raise ValueError("nets is empty; pass at least one network.")
    for k, net in enumerate(nets):
        if not _is_dense(net):
            raise ValueError(
                f"net {k} is a {type(net).__name__}; expected one of fbkit.mlp or"
                " fbkit.standard_mlp, with the weights it was made with."
            )
        if _form(net) != _form(nets[0]):
            raise ValueError(
                f"net {k} differs from net 0 in more than its parameters' values; train"
                " it apart."
            )
    parameters = [p for net in nets for p in net.parameters()]
    trained_parameters(nets[0])
    if len(set(map(id, parameters))) < len(parameters):
        raise ValueError(
            "nets holds a network twice; make a copy, since each is trained in place."
        )
    return nets


def _targets(target, nets):
    """One target for each network, all of one shape."""
    one_for_all = isinstance(target, Target)
    targets = [target] * len(nets) if one_for_all else _listed("target", target)
    if len(targets) != len(nets):
        raise ValueError(
            f"target is a list of {len(targets)} for {len(nets)} nets; pass one target,"
            " or one for each."
        )
    for k, one in enumerate(targets):
        instance(f"target {k}", one, Target, "fbkit.on_basis(basis, values)")
    layers = halves(nets[0])[0].layers
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
