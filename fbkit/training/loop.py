"""One training loop; whatever the optimiser, it returns a `History`."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import suppress
from itertools import islice
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor, nn

from fbkit._errors import positive, real_array
from fbkit.history import History
from fbkit.observe import Probe
from fbkit.observe.looking import gradients_on, looking
from fbkit.observe.rates import operator_rate
from fbkit.targets import Target
from fbkit.training.common import DIVERGED, checked_plan, checked_probe, first_meta
from fbkit.training.losses import plain_loss
from fbkit.training.optimizers import Optimizer, as_optimizer
from fbkit.training.task import checked_task

# So many batches are asked for a stable learning rate; the smallest answer counts.
BATCHES_ASKED = 4


def train(
    net: nn.Module,
    target: Target,
    *,
    probe: Probe | None = None,
    optimizer: str | Optimizer | torch.optim.Optimizer | Callable = "gd",
    lr: float | None = None,
    schedule: Callable[[int], float] | None = None,
    steps: int = 1000,
    momentum: float = 0.9,
    loss: Callable[[Tensor, Tensor], Tensor] | None = None,
    mode_weights: ArrayLike | None = None,
    batch: int | None = None,
    seed: int = 0,
    records: int = 80,
    keep_outputs: bool = False,
    threads: int = 1,
    progress: bool = True,
) -> History:
    r"""Train a network with the loss 1/2 sum_i w_i |f(x_i) - y_i|^2; return its record.

    Parameters
    ----------
    net : any module from `target.inputs` to `target.values`, on any device, in float32
        or float64; it is trained in place, parameters with `requires_grad=False` stay.
        Whole numbers go in as integers where it takes no others, as an embedding does.
    target : what is to be learned.
    probe : what to record, a function (prediction, values) -> (K,) with an attribute
        `modes`; default `mode_error(target.basis)`, or the total error where there is
        no basis.
    optimizer : "gd", "momentum" (heavy ball) or "adam"; an `fbkit.training.Optimizer`;
        a class of torch.optim; a function of the parameters that makes a torch
        optimiser, such as `lambda p: torch.optim.AdamW(p, lr=1e-3)`; or one made
        already over `net.parameters()`.
    lr : learning rate; default 1e-3 for Adam, torch's own for an optimiser of torch,
        and otherwise 1 / (largest eigenvalue of the training operator). An optimiser
        that has a learning rate already takes no other.
    schedule : a function of the step (0 for the first) that returns a factor on the
        learning rate, at least 0.
    steps : number of steps.
    momentum : of heavy ball.
    loss : what to train instead, a function (prediction, values) -> scalar tensor of
        two (n, outputs) tensors, such as `nn.MSELoss()`. `History.loss` stays the plain
        loss; `meta["trained_loss"]` holds this one. It may have terms of its own, such
        as the error of the network at a boundary: then pass `lr`.
    mode_weights : (K,) s_k >= 0: train 1/2 sum_k s_k e_k^2 instead, e_k the
        coefficients in the target's basis. Weights growing like k^2 make it a Sobolev
        loss, which measures derivatives. `History.loss` stays the plain loss.
    batch : points a step sees, drawn without replacement until all have been seen, then
        anew; default all of them. The plain loss of a batch is sum_i w_i |r_i|^2 / 2
        times n / batch, right on average; a loss of yours is taken of the batch as it
        stands.
    seed : of the batches.
    records : about how many steps to record, 0 and the last included.
    keep_outputs : store the network's outputs at every record in `meta["outputs"]`, (T,
        n) or (T, n, outputs).
    threads : of torch, during the run. For networks of the course's size one is
        fastest, by far on a busy machine.
    progress : a bar, for runs over a second.

    Returns
    -------
    History whose `t` is gradient-flow time of the plain loss and whose clock is "flow"
    for gradient descent: the learning rates added up, twice as much for `nn.MSELoss`
    over equal weights and one output, which is twice the plain loss. For other
    optimisers, and for losses that are no multiple of the plain one, `t` is the step
    and the clock "steps".

    A network is trained in the mode it is in, and looked at in evaluation mode: what is
    recorded is without dropout's chance and with the running averages of batch
    normalisation, and looking leaves the network as it was. So does the default
    learning rate.

    Interrupting (Ctrl-C, or Jupyter's stop button) ends the run and returns the history
    so far, with `meta["interrupted"]`; before the first outputs are there, it raises
    and nothing has changed. A run that diverges stops with `meta["diverged"]` and a
    warning. Then the network is put back to the recorded step at which the trained loss
    was lowest, `meta["put_back"]`.

    >>> from fbkit import circle, sines, mlp
    >>> target = sines(circle(32), [1])
    >>> run = train(mlp(width=64), target, steps=50)
    >>> bool(run.loss[-1] < 0.1 * run.loss[0]), run.meta["clock"]
    (True, 'flow')
    >>> run = train(mlp(width=64), target, loss=nn.MSELoss(), lr=0.1, steps=50)
    >>> run.t[-1].round(6).item()      # twice our loss: 2 * 0.1 * 50
    10.0
    """
    plan = checked_plan(steps, records, momentum, threads, progress)
    factors = _factors(schedule, plan.steps)
    chosen = lr is None
    if not chosen:
        lr = positive("lr", lr)
    with gradients_on():
        task = checked_task(net, target, loss, mode_weights, batch, seed)
        optimizer = as_optimizer(optimizer, net, lr)
        probe = checked_probe(probe, target)
        recorder = _Recorder(task, target, probe, keep_outputs)
        try:
            if chosen:
                lr = _default_rate(optimizer, task)
            update = optimizer.start(task.parameters, lr, plan.momentum)
            stop = _descend(task, update, factors, plan, recorder)
        except KeyboardInterrupt:
            # There may be no learning rate yet; then none was needed.
            lr = 0.0 if lr is None else lr
            recorder.finish()
            stop = {"interrupted": recorder.step}
    if "diverged" in stop:
        smaller = chosen or optimizer.default_lr is not None
        stop["put_back"] = recorder.put_back()
        _warn_of_divergence(stop, lr, smaller)
    clock = "steps" if task.loss.factor is None else optimizer.clock
    meta = first_meta(optimizer, clock, lr)
    meta.update(stop)
    meta.update(recorder.extras())
    at = np.array([record.step for record in recorder.records])
    t = at if clock == "steps" else _flow_time(at, lr, factors, task.loss.factor)
    return recorder.history(t, meta)


class _Best(NamedTuple):
    """The record with the lowest trained loss so far."""

    step: int
    trained_loss: float
    state: list[Tensor]  # of what training moves


class _Record(NamedTuple):
    step: int
    error: np.ndarray  # (K,)
    loss: float
    trained_loss: float
    output: np.ndarray | None  # in the shape of the target's values


class _Recorder:
    """The records of one run, and the step it is at."""

    def __init__(self, task, target, probe, keep_outputs):
        self.task = task
        self.values = target.values
        self.probe = probe
        self.keep_outputs = keep_outputs
        self.records = []
        self.step = 0
        # Buffers too: batch norm's averages move as the network is trained.
        self.moving = [*task.parameters, *task.net.buffers()]
        self.best = _Best(0, np.inf, [])

    def look(self) -> bool:
        """Record what the network is now, in evaluation mode whatever it is trained in;
        False where it has diverged.
        """
        return self.add(self.task.all_outputs())

    def add(self, output: Tensor) -> bool:
        """Record outputs (n, outputs) of all points, unless they have diverged."""
        data = self.task.data
        loss = plain_loss(output, data.values, data.weights).item()
        trained_loss = self._trained(output) if self.task.loss.own else loss
        if not (np.isfinite(loss) and np.isfinite(trained_loss)):
            return False
        output = output.cpu().reshape(self.values.shape).numpy()
        wanted = np.shape(self.probe.modes)[:1]
        error = real_array("probe", self.probe(output, self.values), shape=wanted)
        kept = output.copy() if self.keep_outputs else None
        record = _Record(self.step, error, loss, trained_loss, kept)
        self.records.append(record)
        if trained_loss < self.best.trained_loss:
            state = [moved.detach().clone() for moved in self.moving]
            self.best = _Best(self.step, trained_loss, state)
        return True

    def _trained(self, output):
        """What a loss of the reader's own is; it may look at the network itself."""
        data = self.task.data
        with looking(self.task.net):
            return self.task.loss.value(output, data.values, data.weights).item()

    def put_back(self) -> int:
        """Bring the network back to its best record; returns the step of that."""
        with torch.no_grad():
            for moved, kept in zip(self.moving, self.best.state):
                moved.copy_(kept)
        return self.best.step

    def finish(self) -> None:
        """After an interruption: a last look, or at least the first outputs.

        A second interruption may come while it lasts.
        """
        if not self.records:
            self.add(self.task.first)
        with suppress(KeyboardInterrupt):
            if self.step > self.records[-1].step:
                self.look()

    def extras(self) -> dict:
        """What a history remembers beside the errors."""
        extras = {}
        if self.task.batch is not None:
            extras["batch"] = self.task.batch
        if self.task.loss.own:
            trained = [record.trained_loss for record in self.records]
            extras["trained_loss"] = np.array(trained)
        if self.keep_outputs:
            extras["outputs"] = np.stack([record.output for record in self.records])
        return extras

    def history(self, t: np.ndarray, meta: dict) -> History:
        error = np.stack([record.error for record in self.records])
        loss = np.array([record.loss for record in self.records])
        return History(t, self.probe.modes, error, loss, meta)


def _factors(schedule, steps):
    """The schedule's factor at every step, or None for a steady learning rate."""
    if schedule is None:
        return None
    if not callable(schedule):
        raise ValueError(
            f"schedule is {schedule!r}; expected a function of the step, such as"
            " lambda step: 1 / (1 + step)."
        )
    factors = [schedule(step) for step in range(steps)]
    factors = real_array("schedule", factors, shape=(steps,))
    if factors.min() < 0:
        raise ValueError(
            f"schedule returns {factors.min():g}; expected factors of at least 0."
        )
    return factors


def _default_rate(optimizer, task):
    """The optimiser's own, or 1 / (largest eigenvalue of the training operator)."""
    if optimizer.default_lr is not None:
        return optimizer.default_lr
    # A batch may be steeper than the whole.
    asked = 1 if task.batch is None else BATCHES_ASKED
    largest = 0.0
    with looking(task.net):
        for data in islice(task.portions(), asked):
            quadratic = None
            if task.loss.quadratic is not None:
                output = task.outputs(data).detach()
                quadratic = task.loss.quadratic(output, data.values)
            rate = operator_rate(task.net, data.inputs, data.weights, quadratic)
            largest = max(largest, rate)
    if not 0 < largest < np.inf:
        raise ValueError(
            "no learning rate follows from this network and loss, whose largest rate is"
            f" {largest:g}; pass lr."
        )
    return 1 / largest


def _descend(task, update, factors, plan, recorder):
    """Step after step; returns why it ended before the last one, as entries of meta."""
    limit = np.inf
    portions = task.portions()
    with plan.running(plan.steps) as bar:
        recorder.look()
        for step in range(plan.steps + 1):
            recorder.step = step
            data = next(portions)
            output = task.outputs(data)
            value = task.loss.value(output, data.values, data.weights)
            if not value.item() < limit:  # NaN counts as diverged too
                return {"diverged": step}
            if step == 0:
                limit = DIVERGED * (1 + abs(value.item()))
            elif step == plan.when[len(recorder.records)] and not recorder.look():
                return {"diverged": step}
            if step < plan.steps:
                for p in task.parameters:
                    p.grad = None
                value.backward()
                with torch.no_grad():
                    update(1.0 if factors is None else factors[step])
                bar.update()
    return {}


def _flow_time(at, lr, factors, per_step):
    """Gradient-flow time at some steps: the learning rates up to there, added up."""
    passed = at
    if factors is not None:
        passed = np.append(0.0, np.cumsum(factors))[at]
    return passed * lr * per_step


def _warn_of_divergence(stop, lr, smaller):
    # A step that is stable at the start can be too long later, when the kernel has
    # moved.
    if smaller:
        advice = "try a third of it"
    else:
        advice = "leave lr out to have a stable one chosen"
    warnings.warn(
        f"training diverged at step {stop['diverged']} with lr={lr:g}; the history up"
        f" to there is returned, the network is put back to step {stop['put_back']}:"
        f" {advice}.",
        stacklevel=3,
    )
