"""Looking at a network: the same numbers each time, and the network as it was.

Whatever measures a network of a reader's own goes through here: `trained_parameters`
and `network_inputs` for what goes in, `looking` around the work, `run` for what the
network returns.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel

# What torch raises where tensors do not fit together.
COMPLAINTS = (RuntimeError, ValueError, TypeError, IndexError, NotImplementedError)


@contextmanager
def gradients_on() -> Iterator[None]:
    """Gradients can be taken inside, whatever the caller is in.

    >>> with torch.inference_mode(), gradients_on():
    ...     (torch.ones(1, requires_grad=True) ** 2).requires_grad
    True
    """
    with torch.inference_mode(False), torch.enable_grad():
        yield


@contextmanager
def looking(net: nn.Module) -> Iterator[None]:
    """A network in evaluation mode for as long as one looks at it, then as it was.

    Inside, gradients can be taken (under `torch.no_grad` and `torch.inference_mode`
    too), mixed precision is off, and attention is computed by its formula, which has
    second derivatives where the fast kernels have none. Afterwards each module's mode,
    the parameters, buffers and gradients, and all random states are what they were, bit
    for bit.

    >>> net = nn.Sequential(nn.BatchNorm1d(1), nn.Dropout(0.5))
    >>> with looking(net), torch.no_grad():
    ...     net(torch.ones(2, 1)).round().tolist(), net.training
    ([[1.0], [1.0]], False)
    >>> net.training, net[0].running_mean.item()
    (True, 0.0)
    """
    with gradients_on():
        restore = _snapshot(net)
        try:
            for module in net.modules():
                module.training = False
            for parameter in net.parameters():
                parameter.grad = None
            with _by_formulas(net):
                yield
        finally:
            restore()


def trained_parameters(net: nn.Module) -> list[nn.Parameter]:
    """The parameters that training would move, or one sentence on what there is.

    >>> trained_parameters(nn.Linear(2, 1, bias=False).half())
    Traceback (most recent call last):
    ValueError: net has parameters of type float16; expected float32 or float64:
    convert it with net.float().
    """
    if not isinstance(net, nn.Module):
        raise ValueError(f"net is a {type(net).__name__}; expected a torch.nn.Module.")
    if any(
        isinstance(p, nn.parameter.UninitializedParameter) for p in net.parameters()
    ):
        raise ValueError(
            "net has layers whose size is not known yet; run it once on its inputs."
        )
    parameters = [p for p in net.parameters() if p.requires_grad]
    if not parameters:
        raise ValueError(
            "net has no parameter with requires_grad; unfreeze what is to be trained."
        )
    types = sorted({str(p.dtype).removeprefix("torch.") for p in parameters})
    if len(types) > 1:
        raise ValueError(
            f"net has parameters of types {' and '.join(types)}; convert it to one with"
            " net.float() or net.double()."
        )
    if parameters[0].dtype not in (torch.float32, torch.float64):
        raise ValueError(
            f"net has parameters of type {types[0]}; expected float32 or float64:"
            " convert it with net.float()."
        )
    if any(p.is_meta for p in net.parameters()):
        raise ValueError(
            "net is on the device 'meta', where there are shapes and no numbers; load"
            " its parameters first."
        )
    if any(p.is_inference() for p in parameters):
        raise ValueError(
            "net was made under torch.inference_mode, so it has no gradients; make it"
            " outside."
        )
    if not all(p.isfinite().all() for p in parameters):
        raise ValueError(
            "net has parameters that are NaN or infinite; make it anew, or train it"
            " with a smaller lr."
        )
    return parameters


def network_inputs(net: nn.Module, array: ArrayLike) -> Tensor:
    """Inputs (n, ...) as a network takes them, in its number type and on its device.

    To be called while `looking`. Whole numbers stay integers where the network takes no
    others, as an embedding does.

    >>> network_inputs(nn.Embedding(3, 1), [[0], [2]])
    tensor([[0],
            [2]])
    >>> network_inputs(nn.Linear(1, 1), [[0], [2]])
    tensor([[0.],
            [2.]])
    """
    array = np.ascontiguousarray(array)
    like = next(p for p in net.parameters() if p.requires_grad)
    x = torch.tensor(array, dtype=like.dtype, device=like.device)
    if np.array_equal(array, np.round(array)) and not _takes(net, x[:1]):
        whole = torch.tensor(array, dtype=torch.long, device=like.device)
        if _has_table(net) or _takes(net, whole[:1]):
            return whole
    return x


def run(net: nn.Module, x: Tensor) -> Tensor:
    """What a network returns on (n, ...) inputs: finite numbers, a row for each sample.

    To be called while `looking`. Raises one sentence for anything else, and for a
    network that is random even in evaluation mode.

    >>> run(nn.LSTM(1, 1), torch.zeros(3, 1))
    Traceback (most recent call last):
    ValueError: net returns a tuple; expected a tensor: wrap net in a module that
    returns net(x)[0], or what else is meant.
    """
    shape = tuple(x.shape)
    advice = "check what it expects"
    if x.ndim == 2 and not _has_table(net):
        advice = f"build it with {shape[1]} inputs"
    before = _drawn(net)
    with in_one_sentence(f"net does not take inputs of shape {shape}", advice):
        output = net(x.clone())  # which it may write over
    if _drawn(net) != before:
        raise ValueError(
            "net draws random numbers in evaluation mode too; let it draw while"
            " self.training only."
        )
    check_output(output, x)
    return output


def trained_outputs(net: nn.Module, x: Tensor) -> Tensor:
    """What `run` gives, where it depends on what is trained.

    >>> trained_outputs(nn.Linear(2, 1), torch.zeros(3, 2)).requires_grad
    True
    """
    output = run(net, x)
    if not output.requires_grad:
        raise ValueError(
            "net's outputs do not depend on its trainable parameters; check for"
            " detach() or no_grad()."
        )
    return output


def check_tensor(output: object) -> None:
    """Raise one sentence where a network returns no tensor of real numbers."""
    if not isinstance(output, Tensor):
        raise ValueError(
            f"net returns a {type(output).__name__}; expected a tensor: wrap net in a"
            f" module that returns net(x){_part(output)}, or what else is meant."
        )
    if output.is_complex():
        raise ValueError(
            f"net returns numbers of type {output.dtype}; expected real ones: wrap net"
            " in a module that returns torch.view_as_real(net(x))."
        )


def check_output(output: object, x: Tensor) -> None:
    """Raise one sentence where an output is no (n, ...) tensor of finite numbers."""
    check_tensor(output)
    if output.ndim == 0 or len(output) != len(x):
        raise ValueError(
            f"net returns shape {tuple(output.shape)} for {len(x)} samples; expected"
            " one row for each."
        )
    if not output.isfinite().all():
        raise ValueError(
            "net returns NaN or infinity on these inputs; check its parameters and the"
            " inputs' size."
        )


@contextmanager
def in_one_sentence(what: str, advice: str) -> Iterator[None]:
    """Let what torch complains of inside become one sentence: what (why); advice.

    >>> with in_one_sentence("the layers do not fit", "build them anew"):
    ...     torch.ones(2) @ torch.ones(3)
    Traceback (most recent call last):
    ValueError: the layers do not fit (inconsistent tensor size, expected tensor [2] and
    src [3] to have the same number of elements, but got 2 and 3 elements respectively);
    build them anew.
    """
    try:
        yield
    except COMPLAINTS as error:
        why = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
        raise ValueError(f"{what} ({why}); {advice}.") from None


def _takes(net, x):
    """Whether a network returns something on these inputs."""
    try:
        net(x.clone())
    except COMPLAINTS:
        return False
    return True


def _has_table(net):
    """Whether there is a layer that looks whole numbers up."""
    tables = (nn.Embedding, nn.EmbeddingBag)
    return any(isinstance(module, tables) for module in net.modules())


def _part(output):
    """How a tensor is taken out of what a network returns."""
    if isinstance(output, dict):
        return f"[{next(iter(output), 'name')!r}]"
    if isinstance(output, (tuple, list)):
        return "[0]"
    tensors = [k for k, v in getattr(output, "__dict__", {}).items() if _is_tensor(v)]
    return f".{tensors[0]}" if tensors else ".its_tensor"


def _is_tensor(value):
    return isinstance(value, Tensor)


def _snapshot(net):
    """A function that brings a network back to what it is now."""
    modules = [
        (m, m.training, _loose_tensors(m), dict(m._buffers)) for m in net.modules()
    ]
    moving = [*net.parameters(), *net.buffers()]
    values = [(tensor, tensor.detach().clone()) for tensor in moving]
    flags = [(p, p.requires_grad, p.grad) for p in net.parameters()]
    chances = [(put, get()) for get, put in _chances(net)]

    def restore() -> None:
        for module, training, loose, buffers in modules:
            module.training = training
            for name in _loose_tensors(module).keys() - loose.keys():
                delattr(module, name)
            vars(module).update(loose)
            module._buffers.update(buffers)
        for tensor, value in values:
            if not torch.equal(tensor, value):
                tensor.data.copy_(value)
        for parameter, requires_grad, grad in flags:
            parameter.requires_grad_(requires_grad)
            parameter.grad = grad
        for put, state in chances:
            put(state)

    return restore


def _loose_tensors(module):
    """Tensors that hang on a module and are no part of its state, such as the weight
    that torch.nn.utils.weight_norm makes anew in every forward pass.
    """
    return {name: value for name, value in vars(module).items() if _is_tensor(value)}


@contextmanager
def _by_formulas(net):
    """Mixed precision off, and attention written out."""
    device = next((p.device.type for p in net.parameters()), "cpu")
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with torch.autocast(device, enabled=False), sdpa_kernel(SDPBackend.MATH):
            yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)


def _chances(net):
    """Pairs (get the state, set it) of all that a network may draw from."""
    devices = {p.device for p in net.parameters() if p.device.type == "cuda"}
    values = [value for module in net.modules() for value in vars(module).values()]
    pairs = [(torch.get_rng_state, torch.set_rng_state)]
    for device in devices:
        get = partial(torch.cuda.get_rng_state, device)
        pairs.append((get, partial(torch.cuda.set_rng_state, device=device)))
    for value in values:
        if isinstance(value, torch.Generator):
            pairs.append((value.get_state, value.set_state))
    pairs.append((random.getstate, random.setstate))
    pairs.append((np.random.get_state, np.random.set_state))
    return pairs


def _drawn(net):
    """All random states, in a form that can be compared."""
    *of_torch, of_python, of_numpy = [get() for get, _ in _chances(net)]
    _, keys, position, *_ = of_numpy
    seen = [state.numpy().tobytes() for state in of_torch]
    return [*seen, of_python, keys.tobytes(), position]
