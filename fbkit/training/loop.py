"""One training loop; whatever the optimiser, it returns a `History`."""

import os
import warnings

import numpy as np
import torch

from fbkit._errors import one_of, positive, positive_int, real_array
from fbkit.history import METHODS, History
from fbkit.observe import largest_rate, mode_error, total_error

# Written out, with the results of torch.optim (a test compares): the first use of
# torch.optim imports the compiler of torch, which would cost every notebook and every
# test process seconds.


def heavy_ball(parameters, lr, momentum):
    """A function that makes one step v <- momentum v + g, p <- p - lr v; gradient
    descent where momentum is 0.

    >>> p = torch.tensor([1.0]); p.grad = torch.tensor([2.0])
    >>> step = heavy_ball([p], lr=0.1, momentum=0.5)
    >>> step(), step(), p.item()        # v = 2, then 3
    (None, None, 0.5)
    """
    velocity = [torch.zeros_like(p) for p in parameters]

    def step():
        for p, v in zip(parameters, velocity):
            if p.grad is not None:
                p.sub_(v.mul_(momentum).add_(p.grad), alpha=lr)

    return step


def adam(parameters, lr, forget=0.1, forget_square=0.001, tiny=1e-8):
    """A function that makes one step p <- p - lr m / (sqrt(s) + tiny); m, s unbiased
    running means of g and g^2.

    >>> p = torch.tensor([1.0, 1.0]); p.grad = torch.tensor([2.0, -0.1])
    >>> adam([p], lr=0.25)(), p.tolist()        # the first step has length lr, whatever the gradient's size
    (None, [0.75, 1.25])
    """
    means = [(torch.zeros_like(p), torch.zeros_like(p)) for p in parameters]
    weights = np.zeros(
        2
    )  # how much of a running mean is data and not its start at zero

    def step():
        weights[:] += (1 - weights) * (forget, forget_square)
        for p, (m, s) in zip(parameters, means):
            if p.grad is not None:
                m.lerp_(p.grad, forget)
                s.lerp_(p.grad * p.grad, forget_square)
                p.addcdiv_(
                    m, (s / weights[1]).sqrt_().add_(tiny), value=-lr / weights[0]
                )

    return step


OPTIMIZERS = {
    "gd": lambda p, lr, momentum: heavy_ball(p, lr, 0.0),
    "momentum": heavy_ball,
    "adam": lambda p, lr, momentum: adam(p, lr),
}


def train(
    net,
    target,
    *,
    probe=None,
    optimizer="gd",
    lr=None,
    steps=1000,
    momentum=0.9,
    records=80,
    mode_weights=None,
    keep_outputs=False,
    threads=1,
    progress=True,
):
    r"""Full-batch training with the loss 1/2 sum_i w_i |f(x_i) - y_i|^2, recorded at
    log-spaced steps.

    Parameters
    ----------
    net : any torch module from `target.inputs` to `target.values`; it is trained in
        place, parameters with `requires_grad=False` stay.
    target : `fbkit.targets.Target`.
    probe : what to record, a function (prediction, values) -> (K,) with an attribute
        `modes`; default `mode_error(target.basis)`, or the total error where there is
        no basis.
    optimizer : "gd", "momentum" (heavy ball with `momentum`) or "adam".
    lr : learning rate; default 1e-3 for Adam and otherwise 1 / (largest eigenvalue of
        the training operator).
    steps, records : number of steps, and about how many of them to record (0 and the
        last included).
    mode_weights : (K,) s_k >= 0: train 1/2 sum_k s_k e_k^2 instead, e_k the
        coefficients in the target's basis. Weights growing like k^2 make it a Sobolev
        loss, which measures derivatives. `History.loss` stays the plain loss.
    keep_outputs : store the network's outputs at every record in `meta["outputs"]`, (T,
        n) or (T, n, outputs).
    threads : of torch, during the run. For networks of the course's size one is
        fastest, by far on a busy machine.
    progress : a bar, for runs over a second.

    Returns
    -------
    History with `t` = lr * step and clock "flow" for gradient descent, `t` = step and
    clock "steps" otherwise. Interrupting (Ctrl-C, or Jupyter's stop button) ends the
    run and returns the history so far, with `meta["interrupted"]`; a run that diverges
    stops the same way with `meta["diverged"]` and a warning.

    >>> from fbkit import circle, sines, mlp
    >>> run = train(mlp(width=64), sines(circle(32), [1]), steps=50)
    >>> bool(run.loss[-1] < 0.1 * run.loss[0]), run.meta["clock"]
    (True, 'flow')
    """
    one_of("optimizer", optimizer, OPTIMIZERS)
    steps, records = (
        positive_int("steps", steps),
        positive_int("records", records, least=2),
    )
    momentum, threads = (
        positive("momentum", momentum, zero=True),
        positive_int("threads", threads),
    )
    parameters = [p for p in net.parameters() if p.requires_grad]
    if not parameters:
        raise ValueError(
            "net has no parameter with requires_grad; unfreeze what is to be trained."
        )
    kind = parameters[0].dtype
    x, y, w = (
        torch.as_tensor(a, dtype=kind)
        for a in (target.inputs, target.values, target.weights)
    )
    shape = _output_shape(net, x, y)
    probe = probe or (
        mode_error(target.basis) if target.basis is not None else total_error()
    )

    def plain_loss(r):
        return 0.5 * (w @ r.reshape(len(w), -1).square()).sum()

    loss = plain_loss if mode_weights is None else _weighted(target, mode_weights, kind)
    chosen = lr is None
    if chosen:
        lr = 1e-3 if optimizer == "adam" else 1 / largest_rate(net, target, loss)
    lr = positive("lr", lr)
    update = OPTIMIZERS[optimizer](parameters, lr, momentum)
    when = np.unique(
        np.round(np.append(0, np.geomspace(1, steps, records))).astype(int)
    )
    seen, stop, limit = [], {}, np.inf

    def record(step, output):
        output = output.detach().reshape(y.shape)
        seen.append(
            (
                step,
                probe(output.numpy(), target.values),
                plain_loss(output - y).item(),
                output.numpy().copy(),
            )
        )

    bar, before = _bar(steps, progress), torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        for step in range(steps + 1):
            output = net(x).reshape(shape)
            value = loss(output - y.reshape(shape))
            if not value.item() < limit:  # NaN counts as diverged too
                stop = {"diverged": step}
                break
            if step == 0:
                limit = 1e6 * (1 + value.item())
            if step == when[len(seen)]:
                record(step, output)
            if step < steps:
                for p in parameters:
                    p.grad = None
                value.backward()
                with torch.no_grad():
                    update()
                bar.update()
    except KeyboardInterrupt:
        stop = {"interrupted": step}
        with torch.no_grad():
            if step > seen[-1][0]:
                record(step, net(x))
    finally:
        bar.close()
        torch.set_num_threads(before)
    if "diverged" in stop:
        _explain_divergence(stop["diverged"], lr, chosen or optimizer == "adam")
    at, error, losses, outputs = zip(*seen)
    meta = {
        "clock": "flow" if optimizer == "gd" else "steps",
        "label": f"network, {METHODS[optimizer]}",
    }
    meta |= {"lr": lr, **stop}
    if keep_outputs:
        meta["outputs"] = np.stack(outputs)
    t = np.array(at) * (lr if optimizer == "gd" else 1)
    return History(t, probe.modes, np.stack(error), np.array(losses), meta)


def _output_shape(net, x, y):
    """The shape both network and values are brought to: (n, outputs), checked once with
    a clear sentence.
    """
    with torch.no_grad():
        try:
            output = net(x)
        except RuntimeError as error:
            raise ValueError(
                f"net does not take inputs of shape {tuple(x.shape)}"
                f" ({str(error).splitlines()[0]}); build it with {x.shape[1]} inputs."
            ) from None
    if output.numel() != y.numel():
        raise ValueError(
            f"net returns shape {tuple(output.shape)}, but the target has values"
            f" {tuple(y.shape)}; match the outputs."
        )
    if not torch.isfinite(output).all():
        raise ValueError(
            "net returns NaN or infinity before any training; check its initial"
            " parameters."
        )
    return (len(y), -1)


def _weighted(target, mode_weights, kind):
    """The loss 1/2 sum_k s_k e_k^2 as a function of the residual tensor."""
    if target.basis is None:
        raise ValueError(
            f"mode_weights needs a target with a basis, and {target.name} has none;"
            " leave it out."
        )
    basis = target.basis
    s = real_array("mode_weights", mode_weights, shape=(len(basis.modes),))
    if s.min() < 0:
        raise ValueError(
            f"mode_weights holds {s.min():g}; expected numbers of at least 0."
        )
    # e = Phi^T W r for orthonormal modes, so the loss is 1/2 |sqrt(s) Phi^T W r|^2.
    root = torch.as_tensor(
        np.sqrt(s) * (basis.weights[:, None] * basis.matrix), dtype=kind
    )  # (n, K)
    return lambda r: 0.5 * (r.reshape(-1) @ root).square().sum()


def _bar(steps, progress):
    from tqdm import tqdm

    quiet = not progress or bool(os.environ.get("FBKIT_SITE"))
    return tqdm(total=steps, disable=quiet, delay=1.0, leave=False, unit="step")


def _explain_divergence(step, lr, smaller):
    # A step that is stable at the start can be too long later, when the kernel has
    # moved.
    advice = (
        "try a third of it" if smaller else "leave lr out to have a stable one chosen"
    )
    warnings.warn(
        f"training diverged at step {step} with lr={lr:g}; the history up to there is"
        f" returned: {advice}.",
        stacklevel=3,
    )
