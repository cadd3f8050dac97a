"""The tangent kernel of a network as it stands, without forming its Jacobian."""

import numpy as np

from fbkit._errors import one_of, real_array


def empirical_ntk(net, X, Y=None, *, method="structured", trace_outputs=False):
    r"""Tangent kernel of a network at its present parameters: K_ij = <grad f(x_i), grad
    f(y_j)>.

    For dense layers h = s W a + beta b, the gradient of f by W is s times an outer
    product, so that

        K_ij = sum over layers of (s^2 a_i . a_j + beta^2) (d_i . d_j),

    with a_i the layer's input and d_i the derivative of f(x_i) by the layer's output:
    one forward and one backward pass give all of them, and no gradient is ever formed
    (Novak et al., arXiv 2206.08720, for the general theory). What the formula would get
    wrong (a layer or a weight used twice, convolution, normalisation, samples that see
    each other) is refused: every trainable parameter must belong to a dense layer
    (`torch.nn.Linear` or `fbkit.nets.Layer`) that runs once on one row per sample, and
    on a few samples the assembled gradients are compared with autograd's in a random
    direction, which a wrong one fails with probability one.

    Parameters
    ----------
    net : a torch module; parameters with `requires_grad=False` are no part of the
        kernel. What happens between dense layers is free, as long as each sample goes
        its own way and no parameter is in it.
    X, Y : (n, ...), (m, ...) inputs; `Y=None` stands for `Y=X`, at half the cost.
    method : "structured", or "exact" for any network whose samples do not mix:
        Jacobians by torch.func, slower, with all n * outputs * parameters numbers in
        memory.
    trace_outputs : sum K over equal outputs instead of returning every pair of them.

    Returns
    -------
    (n, m) array of the network's dtype for one output or with `trace_outputs`;
    otherwise (n, m, outputs, outputs).

    >>> import torch
    >>> net = torch.nn.Linear(2, 1)                      # f = w . x + b, so K = x . y + 1
    >>> empirical_ntk(net, [[1.0, 2.0], [0.0, 1.0]]).tolist()
    [[6.0, 3.0], [3.0, 2.0]]
    """
    import torch

    one_of("method", method, ["structured", "exact"])
    trainable = [p for p in net.parameters() if p.requires_grad]
    if not trainable or trainable[0].dtype not in (torch.float32, torch.float64):
        raise ValueError(
            "net has no trainable parameter of type float32 or float64; unfreeze or"
            " convert it."
        )
    x = _as_inputs("X", X, trainable[0].dtype)
    y = None if Y is None else _as_inputs("Y", Y, trainable[0].dtype)
    if method == "exact":
        left = _jacobian(net, x)  # (n, outputs, parameters)
        right = left if y is None else _jacobian(net, y)
        pattern = "iap,jap->ij" if trace_outputs else "iap,jbp->ijab"
        kernel = torch.einsum(pattern, left, right).numpy()
    else:
        layers = _dense_layers(net)
        left = _checked_factors(net, layers, x)
        right = left if y is None else _checked_factors(net, layers, y)
        kernel = _contract(left, right, trace_outputs)
    return kernel[:, :, 0, 0] if kernel.shape[2:] == (1, 1) else kernel


def _as_inputs(name, value, kind):
    import torch

    array = real_array(
        name, value.detach().numpy() if isinstance(value, torch.Tensor) else value
    )
    if array.ndim < 2:
        raise ValueError(
            f"{name} has shape {array.shape}; expected one row per sample, such as (n,"
            " inputs)."
        )
    return torch.as_tensor(array, dtype=kind)


def _run(net, x):
    """The network's outputs as (n, outputs)."""
    try:
        output = net(x)
    except RuntimeError as error:
        why = str(error).splitlines()[0]
        raise ValueError(
            f"net does not take inputs of shape {tuple(x.shape)} ({why}); check X"
            " and Y."
        ) from None
    if not output.isfinite().all():
        raise ValueError(
            "net returns NaN or infinity on these inputs; check its parameters and the"
            " inputs' size."
        )
    return output.reshape(len(x), -1)


def _jacobian(net, x):
    """(n, outputs, parameters): the gradient of each output for each sample, by
    torch.func.
    """
    import torch
    from torch.func import functional_call, jacrev, vmap

    moving = {name: p.detach() for name, p in net.named_parameters() if p.requires_grad}
    f = lambda parameters, one: functional_call(net, parameters, (one[None],)).reshape(
        -1
    )
    try:
        with torch.no_grad():
            together, alone = _run(net, x), vmap(f, (None, 0))(moving, x)
    except (
        RuntimeError,
        ValueError,
    ) as error:  # dropout's masks or running averages, say
        raise ValueError(
            f"net cannot run one sample at a time: {str(error).splitlines()[0]}"
        ) from None
    _same_alone(together, alone)
    gradients = vmap(jacrev(f), (None, 0), chunk_size=64)(moving, x)
    return torch.cat([g.flatten(2) for g in gradients.values()], dim=2)


def _same_alone(together, alone):
    # A jump near one sample may turn with the batch's size; samples that mix, or
    # dropout, change nearly all of them.
    if together.shape == alone.shape:
        size = together.detach().abs().max()
        if ((together - alone).abs() <= 1e-3 * size).double().mean() > 0.5:
            return
    raise ValueError(
        "net gives a sample another output in another batch; put it in evaluation mode:"
        " net.eval()."
    )


def _dense_layers(net):
    """{module: (name, s, beta)} of the layers that own the trainable parameters, or one
    sentence on what else does.
    """
    import torch

    from fbkit.nets import Layer

    scales = {
        torch.nn.Linear: lambda layer: (1.0, 1.0),
        Layer: lambda layer: (layer.scale, layer.bias_std),
    }
    layers, owners = {}, {}
    for name, module in net.named_modules():
        own = [p for p in module.parameters(recurse=False) if p.requires_grad]
        name = name or "net"
        if own and type(module) not in scales:
            raise ValueError(
                f"{name} is a {type(module).__name__} with trainable parameters, not a"
                " dense layer; freeze it, or use method='exact'."
            )
        for p in own:
            if owners.setdefault(p, name) != name:
                raise ValueError(
                    f"{owners[p]} and {name} share a parameter; use method='exact'."
                )
        if own:
            layers[module] = (name, *scales[type(module)](module))
    return layers


def _factors(net, layers, x):
    """Outputs (n, c), still in the graph, and for each layer its inputs (n, k) and
    sensitivities (n, c, width).
    """
    import torch

    seen = {}

    def note(module, args, kwargs, output):
        a, name = [*args, *kwargs.values()][0], layers[module][0]
        if module in seen:
            raise ValueError(
                f"{name} runs more than once in a forward pass; use method='exact'."
            )
        if a.ndim != 2 or len(a) != len(x):
            raise ValueError(
                f"{name} runs on shape {tuple(a.shape)} for {len(x)} samples; expected"
                " one row each, so use method='exact'."
            )
        # The place in the graph, not the tensor: an activation that works in place
        # changes the tensor.
        seen[module] = (
            a.detach(),
            (
                torch.autograd.graph.get_gradient_edge(output)
                if output.requires_grad
                else None
            ),
        )

    handles = [layer.register_forward_hook(note, with_kwargs=True) for layer in layers]
    try:
        with torch.enable_grad():
            output = _run(net, x)
    finally:
        for handle in handles:
            handle.remove()
    if not output.requires_grad:
        raise ValueError(
            "net's outputs do not depend on its trainable parameters; check for"
            " detach() or no_grad()."
        )
    used = [layer for layer, (_, place) in seen.items() if place is not None]
    places = [seen[layer][1] for layer in used]
    # One backward pass an output, of a sum over samples: where they do not mix, the
    # derivative is each sample's own.
    pull = lambda f: torch.autograd.grad(
        f.sum(), places, retain_graph=True, allow_unused=True
    )
    back = [pull(f) for f in output.T if used]
    factors = {}
    for layer, sensitivities in zip(used, zip(*back)):
        some = next((d for d in sensitivities if d is not None), None)
        if some is not None:
            d = [torch.zeros_like(some) if d is None else d for d in sensitivities]
            factors[layer] = (
                seen[layer][0],
                torch.stack(d, dim=1) if len(d) > 1 else d[0][:, None],
            )
    return output, factors


def _checked_factors(net, layers, x):
    """{layer: (s^2, beta^2, inputs (n, k), sensitivities (n, c, width))} once they have
    stood the test.
    """
    import torch

    output, factors = _factors(net, layers, x)
    few = np.linspace(0, len(x) - 1, 4).astype(int)
    small, own = _factors(net, layers, x[few])
    _same_alone(output[few], small)
    v = torch.randn(
        small.shape, dtype=small.dtype, generator=torch.Generator().manual_seed(0)
    )
    parameters = [p for p in net.parameters() if p.requires_grad]
    pulled = dict(
        zip(
            parameters,
            torch.autograd.grad((small * v).sum(), parameters, materialize_grads=True),
        )
    )  # J^T v
    allowed = torch.finfo(small.dtype).eps ** 0.5 * sum(
        g.norm() for g in pulled.values()
    )
    for layer, (name, s, beta) in layers.items():
        gradients = [(layer.weight, 0.0), (layer.bias, 0.0)]
        if layer in own:
            a, d = own[layer]
            back = torch.einsum("ncw,nc->nw", d, v)
            gradients = [
                (layer.weight, s * back.T @ a),
                (layer.bias, beta * back.sum(dim=0)),
            ]
        for p, g in gradients:
            if p in pulled and not (pulled[p] - g).norm() <= allowed:
                raise ValueError(
                    f"{name} does more than run once on each sample alone; use"
                    " method='exact'."
                )
    scales = {
        m: (s * s * (m.weight in pulled), beta**2 * (m.bias in pulled))
        for m, (_, s, beta) in layers.items()
    }
    return {
        layer: (*scales[layer], a.numpy(), d.numpy())
        for layer, (a, d) in factors.items()
    }


def _contract(left, right, trace):
    """Sum over layers of (s^2 a_i . a_j + beta^2) (d_i . d_j), as (n, m, outputs,
    outputs).
    """
    square, kernel = left is right, None
    n, outputs, _ = next(iter(left.values()))[3].shape
    m = len(next(iter(right.values()))[3])
    c = 1 if trace else outputs
    rows = lambda d: d.reshape(len(d) * c, -1)  # the trace over outputs is one long row
    for layer in sorted(
        left.keys() & right.keys(), key=lambda layer: -left[layer][3].shape[2]
    ):
        (s2, beta2, a, d), (_, _, b, e) = left[layer], right[layer]
        d, e = rows(d), rows(e)
        if (
            kernel is not None and c == d.shape[1] == 1
        ):  # one number a sample: it goes into the inputs
            for scale, one, other in ((s2, d * a, e * b), (beta2, d, e)):
                kernel = (
                    _inner(one, None if square else other, scale, kernel)
                    if scale
                    else kernel
                )
            continue
        product = _inner(d, None if square else e)  # (n c, m c)
        for i in range(0, n, 64):  # few rows at a time stay in the cache
            left_out = i if square else 0
            inputs = s2 * (a[i : i + 64] @ b[left_out:].T) + a.dtype.type(beta2)
            some = product.reshape(n, c, m, c)[i : i + 64, :, left_out:]
            some *= inputs[:, None, :, None]
            if kernel is not None:
                kernel.reshape(n, c, m, c)[i : i + 64, :, left_out:] += some
        kernel = product if kernel is None else kernel
    if square:
        for i in range(0, n * c, 256):
            j = i + 256
            kernel[j:, i:j] = kernel[i:j, j:].T
            kernel[i:j, i:j] = (
                np.triu(kernel[i:j, i:j]) + np.triu(kernel[i:j, i:j], 1).T
            )
    return kernel.reshape(n, c, m, c).transpose(0, 2, 1, 3)


def _inner(a, b=None, scale=1.0, onto=None):
    """onto + scale a b^T; without b the upper triangle of a a^T, at half the cost."""
    from scipy.linalg import get_blas_funcs

    # Fortran sees a row-major array transposed, so nothing is copied.
    onto = (
        np.zeros((len(a), len(a if b is None else b)), a.dtype)
        if onto is None
        else onto
    )
    if b is None:
        return get_blas_funcs("syrk", (a,))(
            scale, a.T, 1.0, onto.T, trans=1, lower=1, overwrite_c=1
        ).T
    return get_blas_funcs("gemm", (a,))(
        scale, b.T, a.T, 1.0, onto.T, trans_a=1, overwrite_c=1
    ).T
