"""The tangent kernel of a network as it stands, without forming its Jacobian."""

from __future__ import annotations

import warnings
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from fbkit._errors import one_of, real_array, within_memory

if TYPE_CHECKING:
    import torch

# Rows of the kernel that are worked on at a time: they stay in the processor's cache.
ROWS = 64
MIRRORED = 256

# Bytes of gradients that are held at a time; more of them are made anew block by block.
BUDGET = 2**30


def empirical_ntk(
    net: torch.nn.Module,
    X: ArrayLike,
    Y: ArrayLike | None = None,
    *,
    method: str = "structured",
    trace_outputs: bool = False,
) -> np.ndarray:
    r"""Tangent kernel of a network at its present parameters.

    It is K_ij = <grad f(x_i), grad f(y_j)>, gradients by the parameters. For dense
    layers h = s W a + beta b, the gradient of f by W is s times an outer product, so
    that

        K_ij = sum over layers of (s^2 a_i . a_j + beta^2) (d_i . d_j),

    with a_i the layer's input and d_i the derivative of f(x_i) by the layer's output:
    one forward and one backward pass give all of them, and no gradient is ever formed
    (Novak et al., arXiv 2206.08720, for the general theory).

    What the formula would get wrong (a layer or a weight used twice, convolution,
    normalisation, samples that see each other) is refused: every trainable parameter
    must belong to a dense layer (`torch.nn.Linear` or `fbkit.nets.Layer`) that runs
    once on one row per sample, and on a few samples the assembled gradients are
    compared with autograd's in a random direction, which a wrong one fails with
    probability one.

    The network is looked at in evaluation mode (dropout passes everything, batch
    normalisation uses its running averages) and left as it was.

    Parameters
    ----------
    net : a module that returns one tensor, in float32 or float64; parameters with
        `requires_grad=False` are no part of the kernel. For "structured", what happens
        between dense layers is free, as long as each sample goes its own way and no
        parameter is in it.
    X : (n, ...) inputs. Whole numbers go in as integers where the network takes no
        others, as an embedding does.
    Y : (m, ...) inputs; None stands for X, at half the cost.
    method : "structured", or "exact" for any network whose samples do not mix, weights
        made of others (`weight_norm`, pruning) and forward passes that differentiate
        included: Jacobians by torch.func, or one gradient after the other where that
        fails. It is slower; beyond 1 GiB the n * outputs * parameters numbers are made
        in blocks of samples, several times.
    trace_outputs : sum K over equal outputs instead of returning every pair of them.

    Returns
    -------
    (n, m) array of the network's dtype for one output or with `trace_outputs`;
    otherwise (n, m, outputs, outputs).

    >>> import torch
    >>> net = torch.nn.Linear(2, 1)      # f = w . x + b, so K = x . y + 1
    >>> empirical_ntk(net, [[1.0, 2.0], [0.0, 1.0]]).tolist()
    [[6.0, 3.0], [3.0, 2.0]]
    """
    from fbkit.observe.looking import looking, network_inputs, trained_parameters

    one_of("method", method, ["structured", "exact"])
    trained_parameters(net)
    X = _rows("X", X)
    Y = None if Y is None else _rows("Y", Y)
    within_memory("the kernel", len(X), len(X if Y is None else Y))
    with looking(net):
        x = network_inputs(net, X)
        y = None if Y is None else network_inputs(net, Y)
        if method == "exact":
            with warnings.catch_warnings():
                # torch says where it loops over samples: the answer is the same.
                warnings.filterwarnings("ignore", "There is a performance drop")
                kernel = _exact(net, x, y, trace_outputs)
        else:
            kernel = _structured(net, x, y, trace_outputs)
    one_output = kernel.shape[2:] == (1, 1)
    return kernel[:, :, 0, 0] if one_output else kernel


class _Dense(NamedTuple):
    """A dense layer h = scale W a + bias_std b."""

    name: str
    scale: float
    bias_std: float


class _Seen(NamedTuple):
    """What a layer did in one pass, as torch tensors."""

    inputs: torch.Tensor  # (n, k)
    sensitivities: torch.Tensor  # (n, outputs, width)


class _Factors(NamedTuple):
    """What a layer adds to the kernel; the squares are 0 for what is frozen."""

    scale_square: float
    bias_square: float
    inputs: np.ndarray  # (n, k)
    sensitivities: np.ndarray  # (n, outputs, width)


def _rows(name, value):
    array = real_array(name, value)
    if array.ndim < 2:
        raise ValueError(
            f"{name} has shape {array.shape}; expected one row per sample, such as (n,"
            " inputs)."
        )
    return array


def _outputs(net, x):
    """The network's outputs as (n, outputs), as functions of what is trained."""
    from fbkit.observe.looking import trained_outputs

    return trained_outputs(net, x).reshape(len(x), -1)


def _structured(net, x, y, trace):
    """The kernel from layers' inputs and sensitivities."""
    layers = _dense_layers(net)
    left = _checked_factors(net, layers, x)
    right = left if y is None else _checked_factors(net, layers, y)
    return _contract(left, right, trace)


def _exact(net, x, y, trace):
    """The kernel from Jacobians, of as many samples at a time as the budget holds."""
    import torch

    jacobian = _jacobian(net, x)
    if y is not None:
        jacobian = _jacobian(net, y)
    one = jacobian(x[:1])
    c, count = one.shape[1:]
    pairs = 1 if trace else c * c
    within_memory("the kernel", len(x), len(x if y is None else y), pairs)
    rows = max(1, BUDGET // (2 * c * count * one.element_size()))
    pattern = "iap,jap->ij" if trace else "iap,jbp->ijab"
    left = x.split(rows)
    right = left if y is None else y.split(rows)
    blocks = {}
    for i, some in enumerate(left):
        d = jacobian(some)
        for j, others in enumerate(right):
            if y is None and j < i:
                blocks[i, j] = blocks[j, i].transpose(1, 0, *([] if trace else [3, 2]))
            else:
                e = d if y is None and i == j else jacobian(others)
                blocks[i, j] = torch.einsum(pattern, d, e).cpu().numpy()
    across = [[blocks[i, j] for j in range(len(right))] for i in range(len(left))]
    return np.concatenate([np.concatenate(row, axis=1) for row in across])


def _jacobian(net, x):
    """A function of samples that gives (n, outputs, parameters), the gradient of each
    output for each sample, once the samples x have shown that they do not mix.
    """
    import torch
    from torch.func import functional_call, jacrev, vmap

    from fbkit.observe.looking import COMPLAINTS

    moving = {name: p.detach() for name, p in net.named_parameters() if p.requires_grad}

    def outputs(parameters: dict, sample: torch.Tensor) -> torch.Tensor:
        return functional_call(net, parameters, (sample[None].clone(),)).reshape(-1)

    def by_transform(samples: torch.Tensor) -> torch.Tensor:
        gradients = vmap(jacrev(outputs), (None, 0), chunk_size=64)(moving, samples)
        return torch.cat([g.flatten(2) for g in gradients.values()], dim=2)

    together = _outputs(net, x).detach()
    count = sum(p.numel() for p in moving.values())
    within_memory("a sample's gradient", together.shape[1], count)
    try:
        alone = vmap(outputs, (None, 0))(moving, x)
        by_transform(x[:1])
        jacobian = by_transform
    except COMPLAINTS:  # a recurrent layer, say, or a forward pass that differentiates
        alone = torch.cat([_outputs(net, sample[None]).detach() for sample in x])
        jacobian = partial(_one_by_one, net)
    _same_alone(together, alone)
    return jacobian


def _one_by_one(net, samples):
    """(n, outputs, parameters) from one backward pass for each sample and output."""
    import torch

    moving = [p for p in net.parameters() if p.requires_grad]
    rows = []
    for sample in samples:
        for f in _outputs(net, sample[None])[0]:
            gradients = torch.autograd.grad(
                f, moving, retain_graph=True, materialize_grads=True
            )
            rows.append(torch.cat([g.reshape(-1) for g in gradients]))
    return torch.stack(rows).reshape(len(samples), -1, len(rows[0]))


def _same_alone(together, alone):
    # A jump near one sample may turn with the batch's size; samples that mix change
    # nearly all of them.
    if together.shape == alone.shape:
        size = together.detach().abs().max()
        near = (together - alone).abs() <= 1e-3 * size
        if near.double().mean() > 0.5:
            return
    raise ValueError(
        "net gives a sample another output in another batch, so samples have no"
        " gradients of their own; take a network that treats each by itself."
    )


def _dense_layers(net):
    """{module: _Dense} of the layers that own the trainable parameters, or one sentence
    on what else does.
    """
    import torch

    from fbkit.nets import Layer

    layers = {}
    owners = {}
    for name, module in net.named_modules():
        own = [p for p in module.parameters(recurse=False) if p.requires_grad]
        if not own:
            continue
        name = name or "net"
        if type(module) is torch.nn.Linear:
            layers[module] = _Dense(name, 1.0, 1.0)
        elif type(module) is Layer:
            layers[module] = _Dense(name, module.scale, module.bias_std)
        else:
            raise ValueError(
                f"{name} is a {type(module).__name__} with trainable parameters, not a"
                " dense layer; freeze it, or use method='exact'."
            )
        for p in own:
            if p is not module.weight and p is not module.bias:
                raise ValueError(
                    f"{name} makes its weight of other parameters; use method='exact'."
                )
            if owners.setdefault(p, name) != name:
                raise ValueError(
                    f"{owners[p]} and {name} share a parameter; use method='exact'."
                )
    return layers


def _factors(net, layers, x):
    """Outputs (n, outputs), still in the graph, and {module: _Seen} of the layers they
    depend on.
    """
    import torch

    inputs, places = {}, {}

    def note(
        module: torch.nn.Module, args: tuple, kwargs: dict, output: torch.Tensor
    ) -> None:
        name = layers[module].name
        a = [*args, *kwargs.values()][0]
        if module in inputs:
            raise ValueError(
                f"{name} runs more than once in a forward pass; use method='exact'."
            )
        if a.ndim != 2 or len(a) != len(x):
            raise ValueError(
                f"{name} runs on shape {tuple(a.shape)} for {len(x)} samples; expected"
                " one row each, so use method='exact'."
            )
        inputs[module] = a.detach()
        if output.requires_grad:
            # The place in the graph, not the tensor: an activation that works in place
            # changes the tensor.
            places[module] = torch.autograd.graph.get_gradient_edge(output)

    handles = [layer.register_forward_hook(note, with_kwargs=True) for layer in layers]
    try:
        output = _outputs(net, x)
    finally:
        for handle in handles:
            handle.remove()
    within_memory("X", *output.shape, sum(len(layer.weight) for layer in places))
    sensitivities = _sensitivities(output, places)
    seen = {layer: _Seen(inputs[layer], d) for layer, d in sensitivities.items()}
    return output, seen


def _sensitivities(output, places):
    """{module: (n, outputs, width)}: derivatives of outputs by what layers put out."""
    import torch

    if not places:
        return {}
    by_output = []
    for f in output.T:
        # One backward pass an output, of a sum over samples: where they do not mix, the
        # derivative is each sample's own.
        by_output.append(
            torch.autograd.grad(
                f.sum(), list(places.values()), retain_graph=True, allow_unused=True
            )
        )
    found = {}
    for layer, derivatives in zip(places, zip(*by_output)):
        used = [d for d in derivatives if d is not None]
        if used:
            zero = torch.zeros_like(used[0])
            full = [zero if d is None else d for d in derivatives]
            # One output needs no copy.
            one = full[0][:, None]
            found[layer] = one if len(full) == 1 else torch.stack(full, dim=1)
    return found


def _checked_factors(net, layers, x):
    """{module: _Factors} of the layers, once they have stood the test."""
    import torch

    output, seen = _factors(net, layers, x)
    few = np.linspace(0, len(x) - 1, 4).astype(int)
    small, seen_of_few = _factors(net, layers, x[few])
    _same_alone(output[few], small)
    trainable = [p for p in net.parameters() if p.requires_grad]
    generator = torch.Generator().manual_seed(0)
    v = torch.randn(small.shape, dtype=small.dtype, generator=generator)
    v = v.to(small.device)
    pulled = torch.autograd.grad((small * v).sum(), trainable, materialize_grads=True)
    pulled = dict(zip(trainable, pulled))  # J^T v
    total = sum(g.norm() for g in pulled.values())
    allowed = torch.finfo(small.dtype).eps ** 0.5 * total
    for layer, dense in layers.items():
        for p, g in _assembled(layer, dense, seen_of_few.get(layer), v):
            if p in pulled and not (pulled[p] - g).norm() <= allowed:
                raise ValueError(
                    f"{dense.name} does more than run once on each sample alone; use"
                    " method='exact'."
                )
    factors = {}
    for layer, (a, d) in seen.items():
        _, s, beta = layers[layer]
        scale_square = s * s * (layer.weight in pulled)
        bias_square = beta**2 * (layer.bias in pulled)
        a, d = a.cpu().numpy(), d.cpu().numpy()
        factors[layer] = _Factors(scale_square, bias_square, a, d)
    return factors


def _assembled(layer, dense, seen, v):
    """[(parameter, its part of J^T v)] as the kernel's formula has it."""
    import torch

    if seen is None:
        return [(layer.weight, 0.0), (layer.bias, 0.0)]
    back = torch.einsum("ncw,nc->nw", seen.sensitivities, v)
    weight = dense.scale * back.T @ seen.inputs
    bias = dense.bias_std * back.sum(dim=0)
    return [(layer.weight, weight), (layer.bias, bias)]


def _contract(left, right, trace):
    """Sum over layers of (s^2 a_i . a_j + beta^2) (d_i . d_j), as (n, m, c, c).

    c is the number of outputs, or 1 with `trace`.
    """
    square = left is right
    n, outputs, _ = next(iter(left.values())).sensitivities.shape
    m = len(next(iter(right.values())).sensitivities)
    c = 1 if trace else outputs
    within_memory("the kernel", n, m, c, c)
    kernel = None
    widest_first = sorted(
        left.keys() & right.keys(),
        key=lambda layer: -left[layer].sensitivities.shape[2],
    )
    for layer in widest_first:
        one, other = left[layer], right[layer]
        # The trace over outputs is one long row.
        d = one.sensitivities.reshape(n * c, -1)
        e = other.sensitivities.reshape(m * c, -1)
        if kernel is not None and c == d.shape[1] == 1:
            kernel = _add_thin(kernel, one, other, d, e, square)
            continue
        product = _inner(d, None if square else e)  # (n c, m c)
        four = product.reshape(n, c, m, c)
        for i in range(0, n, ROWS):
            left_out = i if square else 0  # below the diagonal
            rows = slice(i, i + ROWS)
            inputs = one.scale_square * (one.inputs[rows] @ other.inputs[left_out:].T)
            inputs = inputs + one.inputs.dtype.type(one.bias_square)
            some = four[rows, :, left_out:]
            some *= inputs[:, None, :, None]
            if kernel is not None:
                kernel.reshape(n, c, m, c)[rows, :, left_out:] += some
        kernel = product if kernel is None else kernel
    if square:
        _mirror(kernel)
    return kernel.reshape(n, c, m, c).transpose(0, 2, 1, 3)


def _add_thin(kernel, one, other, d, e, square):
    """The kernel plus a layer with one number a sample: it goes into the inputs."""
    if one.scale_square:
        right = None if square else other.inputs * e
        kernel = _inner(one.inputs * d, right, one.scale_square, kernel)
    if one.bias_square:
        kernel = _inner(d, None if square else e, one.bias_square, kernel)
    return kernel


def _mirror(kernel):
    """Fill the lower triangle from the upper one, a block at a time."""
    for i in range(0, len(kernel), MIRRORED):
        j = i + MIRRORED
        kernel[j:, i:j] = kernel[i:j, j:].T
        block = kernel[i:j, i:j]
        kernel[i:j, i:j] = np.triu(block) + np.triu(block, 1).T


def _inner(a, b=None, scale=1.0, onto=None):
    """onto + scale a b^T; without b the upper triangle of a a^T, at half the cost."""
    from scipy.linalg import get_blas_funcs

    if onto is None:
        onto = np.zeros((len(a), len(a if b is None else b)), a.dtype)
    # Fortran sees a row-major array transposed, so nothing is copied.
    if b is None:
        syrk = get_blas_funcs("syrk", (a,))
        return syrk(scale, a.T, 1.0, onto.T, trans=1, lower=1, overwrite_c=1).T
    gemm = get_blas_funcs("gemm", (a,))
    return gemm(scale, b.T, a.T, 1.0, onto.T, trans_a=1, overwrite_c=1).T
