"""What to read off a network: errors per mode, rates per mode, and low and high errors in many dimensions."""

import numpy as np

from fbkit._errors import one_of, positive, positive_int, real_array


class ModeError:
    """Signed coefficients of the residual in a basis; see `mode_error`."""

    def __init__(self, basis):
        self.modes, self._analyse = basis.modes, basis.analyse

    def __call__(self, prediction, values):
        return self._analyse(np.asarray(prediction) - np.asarray(values))


def mode_error(basis):
    """A probe for `fbkit.train`: e_k = sum_i w_i phi_k(x_i) (f(x_i) - y_i) for every mode of the basis.

    >>> from fbkit.basis import circle
    >>> basis = circle(4)
    >>> mode_error(basis)([2, 2, 2, 2], [1, 1, 1, 1]).round(12)[0]
    np.float64(1.0)
    """
    return ModeError(basis)


class total_error:
    """A probe with a single mode 0: the root mean square of the residual over points (and summed over outputs)."""

    modes = np.zeros(1)

    def __call__(self, prediction, values):
        residual = np.asarray(prediction) - np.asarray(values)
        return np.array([np.sqrt(np.square(residual).sum() / len(residual))])


def mode_rates(net, basis, frequencies):
    """Decay rate of each frequency at the network's present parameters: Rayleigh quotients of its tangent kernel.

    For the coefficient c_k = sum_i w_i phi_k(x_i) f(x_i) the quotient is |grad c_k|^2 = phi_k^T W K W phi_k, the rate
    at which e_k decays if it is alone, in gradient-flow time. Cosine and sine of one frequency are averaged.

    Parameters: `net`, a torch module with one output; `basis`; `frequencies` (F,). Returns (F,). Only parameters with
    `requires_grad` count.

    >>> from fbkit.basis import circle
    >>> from fbkit.nets import mlp
    >>> rates = mode_rates(mlp(width=4096, seed=0), circle(64), [1, 3, 5])
    >>> bool(rates[0] > rates[1] > rates[2] > 0)
    True
    """
    import torch

    frequencies = np.atleast_1d(real_array("frequencies", frequencies))
    parameters = [p for p in net.parameters() if p.requires_grad]
    if not parameters:
        raise ValueError("net has no parameter with requires_grad; unfreeze what is to be trained.")
    kind = parameters[0].dtype
    output = net(torch.as_tensor(basis.inputs, dtype=kind)).reshape(-1)
    rates = []
    for k in frequencies:
        columns = np.flatnonzero(np.isclose(basis.modes, k))
        if not columns.size:
            raise ValueError(f"frequency {k:g} is not among the basis's modes (up to {basis.modes.max():g}).")
        projections = torch.as_tensor(basis.weights[:, None] * basis.matrix[:, columns], dtype=kind)  # (n, 1 or 2)
        squares = [
            sum(
                (g**2).sum().item()
                for g in torch.autograd.grad(output @ p, parameters, retain_graph=True, allow_unused=True)
                if g is not None
            )
            for p in projections.T
        ]
        rates.append(np.mean(squares))
    return np.array(rates)


def low_pass(inputs, delta):
    """Row-normalised Gaussian filter G_ij proportional to exp(-|x_i - x_j|^2 / (2 delta)); delta is a variance.

    On samples in many dimensions there is no DFT; averaging neighbours is a low-pass filter all the same (Xu et al.,
    arXiv 1901.06523). Parameters: `inputs` (n, d), `delta` above 0. Returns (n, n), rows summing to 1.

    >>> low_pass([[0.0], [1.0]], 0.5).round(3).tolist()
    [[0.731, 0.269], [0.269, 0.731]]
    """
    x = real_array("inputs", inputs, ndim=2)
    square = np.square(x).sum(axis=1)
    distance = square[:, None] + square - 2 * x @ x.T  # (n, n)
    weight = np.exp(-np.maximum(distance, 0) / (2 * positive("delta", delta)))
    return weight / weight.sum(axis=1, keepdims=True)


def filter_errors(predictions, target, delta, remove_mean=True):
    """Relative error of the low and of the high part: |G h - G y|/|G y| and the same with 1 - G.

    The constant mean belongs to every low part and is learned at once whatever the labels are; leave `remove_mean` on,
    or random labels will seem to show a frequency bias too.

    Parameters: `predictions` (T, n, c) or (n, c); `target`; `delta`, variance of the filter.
    Returns (low (T,), high (T,), share): share is |G y|^2 / |y|^2, the part of the target's
    energy that the filter lets through (G is no projection, so the energies of the two parts do not add up to |y|^2).

    >>> from fbkit.targets import digits
    >>> target = digits(60)
    >>> low, high, share = filter_errors(0 * target.values, target, 1.0)    # nothing learned: both errors are 1
    >>> round(low.item(), 9), round(high.item(), 9)
    (1.0, 1.0)
    """
    y = target.values.reshape(len(target.values), -1)
    h = np.asarray(predictions, dtype=float)
    h = h.reshape((-1,) + y.shape) if h.size and h.size % y.size == 0 else h
    h = real_array("predictions", h, shape=(None,) + y.shape)
    if remove_mean:
        y, h = y - y.mean(axis=0), h - h.mean(axis=1, keepdims=True)
    g = low_pass(target.inputs, delta)
    y_low, h_low = g @ y, g @ h
    sizes = np.linalg.norm(y_low), np.linalg.norm(y - y_low)
    low = np.linalg.norm(h_low - y_low, axis=(1, 2)) / sizes[0]
    high = np.linalg.norm((h - h_low) - (y - y_low), axis=(1, 2)) / sizes[1]
    return low, high, float(sizes[0] ** 2 / np.square(y).sum())


def projection_spectrum(inputs, values, frequencies):
    """Spectrum along the first principal component: |(1/n) sum_i y_i exp(-2 pi i k p_i)|, p_i rescaled to [0, 1].

    A non-uniform transform of data in many dimensions along one direction (Xu et al., arXiv 1901.06523); here k counts
    cycles over the range of p. Parameters: `inputs` (n, d), `values` (..., n), `frequencies` (F,). Returns (..., F).

    >>> x = np.linspace(0, 1, 400)[:, None]
    >>> s = projection_spectrum(x, np.cos(2 * np.pi * 3 * x[:, 0]), [1, 2, 3])
    >>> bool(s[2] > 0.49 and s[:2].max() < 0.01)
    True
    """
    x = real_array("inputs", inputs, ndim=2)
    values = np.asarray(values, dtype=float)
    real_array("values", values, shape=values.shape[:-1] + (len(x),))
    centred = x - x.mean(axis=0)
    p = centred @ np.linalg.svd(centred, full_matrices=False)[2][0]
    p = (p - p.min()) / np.ptp(p)
    wave = np.exp(-2j * np.pi * np.outer(p, real_array("frequencies", frequencies, ndim=1)))
    return np.abs(values @ wave) / len(x)


def largest_rate(net, target, loss=None, iterations=30):
    """Largest eigenvalue of the training operator: gradient descent is stable for a learning rate below 2 over it.

    The residual obeys dr/dt = -K A r, with K the tangent kernel and A r the gradient of the loss by the outputs
    (A = diag(w) for the standard loss); found by power iteration, so slightly from below.

    Parameters: `net`; `target`; `loss`, a quadratic function of the residual tensor, default 1/2 sum w r^2.

    >>> from fbkit import circle, sines, mlp
    >>> 0.5 < largest_rate(mlp(width=4096), sines(circle(32), [1])) < 3
    True
    """
    import torch

    parameters = [p for p in net.parameters() if p.requires_grad]
    kind = parameters[0].dtype
    x = torch.as_tensor(target.inputs, dtype=kind)
    if loss is None:
        w = torch.as_tensor(target.weights, dtype=kind)
        loss = lambda r: 0.5 * (w @ r.reshape(len(w), -1).square()).sum()  # noqa: E731
    output = net(x)
    back = torch.zeros_like(output, requires_grad=True)
    # Derivatives of sums only: asking torch for J^T back itself makes it import SymPy, seconds of every run.
    pull = torch.autograd.grad((output * back).sum(), parameters, create_graph=True, allow_unused=True)
    used = [(p, g) for p, g in zip(parameters, pull) if g is not None]
    generator = torch.Generator().manual_seed(0)
    r = torch.randn(output.shape, generator=generator, dtype=kind)
    size = 0.0
    for _ in range(positive_int("iterations", iterations)):
        r = (r / r.norm()).requires_grad_()
        force = torch.autograd.grad(loss(r), r)[0]
        step = torch.autograd.grad((output * force).sum(), [p for p, _ in used], retain_graph=True)  # J^T A r
        # A derivative by `back` of <J^T back, step> is J step: a forward product from two backward ones.
        dot = sum((g * s).sum() for (_, g), s in zip(used, step))
        r = torch.autograd.grad(dot, back, retain_graph=True)[0].detach()
        size = r.norm().item()
    return size


def empirical_ntk(net, X, Y=None, *, method="structured", trace_outputs=False):
    r"""Tangent kernel of a network at its present parameters: K_ij = <grad f(x_i), grad f(y_j)>.

    For dense layers h = s W a + beta b, the gradient of f by W is s times an outer product, so that

        K_ij = sum over layers of (s^2 a_i . a_j + beta^2) (d_i . d_j),

    with a_i the layer's input and d_i the derivative of f(x_i) by the layer's output: one forward and one backward pass
    give all of them, and no gradient is ever formed (Novak et al., arXiv 2206.08720, for the general theory). What the
    formula would get wrong (a layer or a weight used twice, convolution, normalisation, samples that see each other)
    is refused: every trainable parameter must belong to a dense layer (`torch.nn.Linear` or `fbkit.nets.Layer`) that
    runs once on one row per sample, and on a few samples the assembled gradients are compared with autograd's in a
    random direction, which a wrong one fails with probability one.

    Parameters
    ----------
    net : a torch module; parameters with `requires_grad=False` are no part of the kernel. What happens between dense
        layers is free, as long as each sample goes its own way and no parameter is in it.
    X, Y : (n, ...), (m, ...) inputs; `Y=None` stands for `Y=X`, at half the cost.
    method : "structured", or "exact" for any network whose samples do not mix: Jacobians by torch.func, slower, with
        all n * outputs * parameters numbers in memory.
    trace_outputs : sum K over equal outputs instead of returning every pair of them.

    Returns
    -------
    (n, m) array of the network's dtype for one output or with `trace_outputs`; otherwise (n, m, outputs, outputs).

    >>> import torch
    >>> net = torch.nn.Linear(2, 1)                      # f = w . x + b, so K = x . y + 1
    >>> empirical_ntk(net, [[1.0, 2.0], [0.0, 1.0]]).tolist()
    [[6.0, 3.0], [3.0, 2.0]]
    """
    import torch

    one_of("method", method, ["structured", "exact"])
    trainable = [p for p in net.parameters() if p.requires_grad]
    if not trainable or trainable[0].dtype not in (torch.float32, torch.float64):
        raise ValueError("net has no trainable parameter of type float32 or float64; unfreeze or convert it.")
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

    array = real_array(name, value.detach().numpy() if isinstance(value, torch.Tensor) else value)
    if array.ndim < 2:
        raise ValueError(f"{name} has shape {array.shape}; expected one row per sample, such as (n, inputs).")
    return torch.as_tensor(array, dtype=kind)


def _run(net, x):
    """The network's outputs as (n, outputs)."""
    try:
        output = net(x)
    except RuntimeError as error:
        why = str(error).splitlines()[0]
        raise ValueError(f"net does not take inputs of shape {tuple(x.shape)} ({why}); check X and Y.") from None
    if not output.isfinite().all():
        raise ValueError("net returns NaN or infinity on these inputs; check its parameters and the inputs' size.")
    return output.reshape(len(x), -1)


def _jacobian(net, x):
    """(n, outputs, parameters): the gradient of each output for each sample, by torch.func."""
    import torch
    from torch.func import functional_call, jacrev, vmap

    moving = {name: p.detach() for name, p in net.named_parameters() if p.requires_grad}
    f = lambda parameters, one: functional_call(net, parameters, (one[None],)).reshape(-1)
    try:
        with torch.no_grad():
            together, alone = _run(net, x), vmap(f, (None, 0))(moving, x)
    except (RuntimeError, ValueError) as error:  # dropout's masks or running averages, say
        raise ValueError(f"net cannot run one sample at a time: {str(error).splitlines()[0]}") from None
    _same_alone(together, alone)
    gradients = vmap(jacrev(f), (None, 0), chunk_size=64)(moving, x)
    return torch.cat([g.flatten(2) for g in gradients.values()], dim=2)


def _same_alone(together, alone):
    # A jump near one sample may turn with the batch's size; samples that mix, or dropout, change nearly all of them.
    if together.shape == alone.shape:
        size = together.detach().abs().max()
        if ((together - alone).abs() <= 1e-3 * size).double().mean() > 0.5:
            return
    raise ValueError("net gives a sample another output in another batch; put it in evaluation mode: net.eval().")


def _dense_layers(net):
    """{module: (name, s, beta)} of the layers that own the trainable parameters, or one sentence on what else does."""
    import torch

    from fbkit.nets import Layer

    scales = {torch.nn.Linear: lambda layer: (1.0, 1.0), Layer: lambda layer: (layer.scale, layer.bias_std)}
    layers, owners = {}, {}
    for name, module in net.named_modules():
        own = [p for p in module.parameters(recurse=False) if p.requires_grad]
        name = name or "net"
        if own and type(module) not in scales:
            raise ValueError(
                f"{name} is a {type(module).__name__} with trainable parameters, not a dense layer; freeze it, or use "
                f"method='exact'."
            )
        for p in own:
            if owners.setdefault(p, name) != name:
                raise ValueError(f"{owners[p]} and {name} share a parameter; use method='exact'.")
        if own:
            layers[module] = (name, *scales[type(module)](module))
    return layers


def _factors(net, layers, x):
    """Outputs (n, c), still in the graph, and for each layer its inputs (n, k) and sensitivities (n, c, width)."""
    import torch

    seen = {}

    def note(module, args, kwargs, output):
        a, name = [*args, *kwargs.values()][0], layers[module][0]
        if module in seen:
            raise ValueError(f"{name} runs more than once in a forward pass; use method='exact'.")
        if a.ndim != 2 or len(a) != len(x):
            raise ValueError(
                f"{name} runs on shape {tuple(a.shape)} for {len(x)} samples; expected one row each, so use "
                f"method='exact'."
            )
        # The place in the graph, not the tensor: an activation that works in place changes the tensor.
        seen[module] = a.detach(), torch.autograd.graph.get_gradient_edge(output) if output.requires_grad else None

    handles = [layer.register_forward_hook(note, with_kwargs=True) for layer in layers]
    try:
        with torch.enable_grad():
            output = _run(net, x)
    finally:
        for handle in handles:
            handle.remove()
    if not output.requires_grad:
        raise ValueError("net's outputs do not depend on its trainable parameters; check for detach() or no_grad().")
    used = [layer for layer, (_, place) in seen.items() if place is not None]
    places = [seen[layer][1] for layer in used]
    # One backward pass an output, of a sum over samples: where they do not mix, the derivative is each sample's own.
    pull = lambda f: torch.autograd.grad(f.sum(), places, retain_graph=True, allow_unused=True)
    back = [pull(f) for f in output.T if used]
    factors = {}
    for layer, sensitivities in zip(used, zip(*back)):
        some = next((d for d in sensitivities if d is not None), None)
        if some is not None:
            d = [torch.zeros_like(some) if d is None else d for d in sensitivities]
            factors[layer] = seen[layer][0], torch.stack(d, dim=1) if len(d) > 1 else d[0][:, None]
    return output, factors


def _checked_factors(net, layers, x):
    """{layer: (s^2, beta^2, inputs (n, k), sensitivities (n, c, width))} once they have stood the test."""
    import torch

    output, factors = _factors(net, layers, x)
    few = np.linspace(0, len(x) - 1, 4).astype(int)
    small, own = _factors(net, layers, x[few])
    _same_alone(output[few], small)
    v = torch.randn(small.shape, dtype=small.dtype, generator=torch.Generator().manual_seed(0))
    parameters = [p for p in net.parameters() if p.requires_grad]
    pulled = dict(zip(parameters, torch.autograd.grad((small * v).sum(), parameters, materialize_grads=True)))  # J^T v
    allowed = torch.finfo(small.dtype).eps ** 0.5 * sum(g.norm() for g in pulled.values())
    for layer, (name, s, beta) in layers.items():
        gradients = [(layer.weight, 0.0), (layer.bias, 0.0)]
        if layer in own:
            a, d = own[layer]
            back = torch.einsum("ncw,nc->nw", d, v)
            gradients = [(layer.weight, s * back.T @ a), (layer.bias, beta * back.sum(dim=0))]
        for p, g in gradients:
            if p in pulled and not (pulled[p] - g).norm() <= allowed:
                raise ValueError(f"{name} does more than run once on each sample alone; use method='exact'.")
    scales = {m: (s * s * (m.weight in pulled), beta**2 * (m.bias in pulled)) for m, (_, s, beta) in layers.items()}
    return {layer: (*scales[layer], a.numpy(), d.numpy()) for layer, (a, d) in factors.items()}


def _contract(left, right, trace):
    """Sum over layers of (s^2 a_i . a_j + beta^2) (d_i . d_j), as (n, m, outputs, outputs)."""
    square, kernel = left is right, None
    n, outputs, _ = next(iter(left.values()))[3].shape
    m = len(next(iter(right.values()))[3])
    c = 1 if trace else outputs
    rows = lambda d: d.reshape(len(d) * c, -1)  # the trace over outputs is one long row
    for layer in sorted(left.keys() & right.keys(), key=lambda layer: -left[layer][3].shape[2]):
        (s2, beta2, a, d), (_, _, b, e) = left[layer], right[layer]
        d, e = rows(d), rows(e)
        if kernel is not None and c == d.shape[1] == 1:  # one number a sample: it goes into the inputs
            for scale, one, other in ((s2, d * a, e * b), (beta2, d, e)):
                kernel = _inner(one, None if square else other, scale, kernel) if scale else kernel
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
            kernel[i:j, i:j] = np.triu(kernel[i:j, i:j]) + np.triu(kernel[i:j, i:j], 1).T
    return kernel.reshape(n, c, m, c).transpose(0, 2, 1, 3)


def _inner(a, b=None, scale=1.0, onto=None):
    """onto + scale a b^T; without b the upper triangle of a a^T, at half the cost."""
    from scipy.linalg import get_blas_funcs

    # Fortran sees a row-major array transposed, so nothing is copied.
    onto = np.zeros((len(a), len(a if b is None else b)), a.dtype) if onto is None else onto
    if b is None:
        return get_blas_funcs("syrk", (a,))(scale, a.T, 1.0, onto.T, trans=1, lower=1, overwrite_c=1).T
    return get_blas_funcs("gemm", (a,))(scale, b.T, a.T, 1.0, onto.T, trans_a=1, overwrite_c=1).T
