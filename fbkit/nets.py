"""Networks in the parameterisation the theory speaks of."""

import copy

import torch
from torch import nn

from fbkit._errors import positive, positive_int
from fbkit.activations import torch_function


class Layer(nn.Module):
    """x -> scale * W x + bias_std * b with W, b standard normal parameters ("NTK
    parameterisation").

    The scales stand outside the parameters, so that gradient descent moves every layer
    at a rate that does not depend on the width.
    """

    def __init__(self, inputs, outputs, scale, bias_std, generator):
        super().__init__()
        self.scale, self.bias_std = scale, bias_std
        self.weight = nn.Parameter(torch.randn(outputs, inputs, generator=generator))
        self.bias = (
            nn.Parameter(torch.randn(outputs, generator=generator))
            if bias_std > 0
            else None
        )

    def forward(self, x):
        out = self.scale * (x @ self.weight.T)
        return out if self.bias is None else out + self.bias_std * self.bias


class MLP(nn.Module):
    """Alternating layers and one activation; see `mlp`."""

    def __init__(self, layers, activation):
        super().__init__()
        self.layers = nn.ModuleList(layers)
        self.activation = activation

    def forward(self, x):
        act = torch_function(self.activation)
        for layer in self.layers[:-1]:
            x = act(layer(x))
        return self.layers[-1](x)


class Antisymmetric(nn.Module):
    """(g(x) - g'(x)) / sqrt 2, where g' starts as a copy of g: zero at the start, same
    neural tangent kernel as g.
    """

    def __init__(self, net):
        super().__init__()
        self.plus, self.minus = net, copy.deepcopy(net)

    def forward(self, x):
        return (self.plus(x) - self.minus(x)) / 2**0.5


def mlp(
    inputs=2,
    width=256,
    depth=2,
    outputs=1,
    activation="relu",
    *,
    weight_std=1.0,
    bias_std=1.0,
    output_std=1.0,
    antisymmetric=True,
    seed=0,
):
    r"""A dense network f(x) = width^{-1/2} sum_j a_j sigma(h_j(x)) in NTK
    parameterisation.

    The first layer is h = s_w W x + s_b b (inputs of size about 1 give h of size about
    s_w); later hidden layers divide by the square root of their width; the output layer
    has no bias. W, b start standard normal, a with standard deviation s_a (Jacot et
    al., arXiv 1806.07572).

    Parameters
    ----------
    inputs, width, depth, outputs : sizes; `depth` counts the layers of weights (2 = one
        hidden layer).
    activation : a name of `fbkit.activations.ACTIVATIONS`.
    weight_std, bias_std, output_std : s_w, s_b, s_a.
    antisymmetric : half the width is a copy of the other half with opposite output, so
        that f = 0 at the start and the kernel is unchanged. Needs an even width.
    seed : of the initial parameters.

    >>> net = mlp(width=8, seed=1)
    >>> net(torch.ones(3, 2)).abs().max().item()
    0.0
    >>> sum(p.numel() for p in mlp(inputs=2, width=8).parameters())    # 8 * (2 + 1 + 1)
    32
    """
    inputs, width = positive_int("inputs", inputs), positive_int("width", width)
    depth, outputs = (
        positive_int("depth", depth, least=2),
        positive_int("outputs", outputs),
    )
    s_w, s_b = (
        positive("weight_std", weight_std),
        positive("bias_std", bias_std, zero=True),
    )
    s_a = positive("output_std", output_std)
    torch_function(activation)
    if antisymmetric and width % 2:
        raise ValueError(
            f"width is {width}; an antisymmetric network needs an even width."
        )
    m = width // 2 if antisymmetric else width
    generator = torch.Generator().manual_seed(positive_int("seed", seed, least=0))
    layers = [Layer(inputs, m, s_w, s_b, generator)]
    layers += [Layer(m, m, s_w / m**0.5, s_b, generator) for _ in range(depth - 2)]
    layers += [Layer(m, outputs, 1 / m**0.5, 0.0, generator)]
    with torch.no_grad():
        layers[-1].weight *= s_a
    net = MLP(layers, activation)
    return Antisymmetric(net) if antisymmetric else net


def even_units(width=1920, *, weight_std=1.0, bias_std=1.0, length=2**0.5):
    """A ReLU network on the circle without chance: directions evenly spaced, only the
    first layer trained.

    `mlp(inputs=2, depth=2)` with W_j = l (cos phi_j, sin phi_j), phi_j = 2 pi (j +
    1/2)/(width/2), in both of its halves, biases 0, and outer weights held at +1 in one
    half and -1 in the other: at the start the kernel of infinitely many random units
    without the random error of size width^{-1/2}.

    Parameters: `width`, even; `weight_std`, s_w, and `bias_std`, s_b (0: no biases), as
    in `mlp`; `length`, l (default that of two standard normal weights), without effect
    on the kernel at the start.

    >>> first, outer = even_units(8).plus.layers
    >>> [round(length, 4) for length in first.weight.norm(dim=1).tolist()], outer.weight.requires_grad
    ([1.4142, 1.4142, 1.4142, 1.4142], False)
    """
    net = mlp(width=width, weight_std=weight_std, bias_std=bias_std)
    for half in (net.plus, net.minus):
        first, outer = half.layers
        angle = (
            2 * torch.pi * (torch.arange(len(first.weight)) + 0.5) / len(first.weight)
        )
        first.weight.data = positive("length", length) * torch.stack(
            [angle.cos(), angle.sin()], dim=1
        )
        outer.weight.requires_grad_(False).fill_(1.0)
        if first.bias is not None:
            first.bias.data.zero_()
    return net


class FourierFeatures(nn.Module):
    """m^{-1/2} sum_j [a_j cos(w_j . x) + b_j sin(w_j . x)] with fixed frequencies w and
    a, b starting at zero.

    With `hidden` given, the features feed a network instead of the output; with
    `outer`, a and b start there and the frequencies are trained too (as a model of
    frequency bias: Molina et al., arXiv 2405.14957).

    Parameters: `frequencies` (m,) or (m, d); `hidden`, a module from 2m features to the
    output; `outer`, (2, m).

    >>> FourierFeatures([1.0, 2.0])(torch.zeros(3, 1)).shape
    torch.Size([3, 1])
    >>> net = FourierFeatures([1.0, 2.0], outer=([3.0, 4.0], [5.0, 6.0]))
    >>> round(net(torch.zeros(1, 1)).item() ** 2, 4), net.frequencies.requires_grad      # (3 + 4)^2 / 2
    (24.5, True)
    """

    def __init__(self, frequencies, hidden=None, outer=None):
        super().__init__()
        w = torch.as_tensor(frequencies, dtype=torch.get_default_dtype()).clone()
        if w.ndim not in (1, 2) or w.numel() == 0 or not torch.isfinite(w).all():
            raise ValueError(
                f"frequencies has shape {tuple(w.shape)}; expected finite numbers (m,)"
                " or (m, d)."
            )
        if outer is None:
            self.register_buffer("frequencies", w.reshape(len(w), -1))
        else:
            self.frequencies = nn.Parameter(w.reshape(len(w), -1))
        self.hidden = nn.Linear(2 * len(w), 1, bias=False) if hidden is None else hidden
        if hidden is None:
            start = torch.zeros(2, len(w)) if outer is None else outer
            self.hidden.weight.data = torch.cat(
                [torch.as_tensor(v).to(w) for v in start]
            )[None]

    def forward(self, x):
        phase = x @ self.frequencies.T
        return self.hidden(
            torch.cat([phase.cos(), phase.sin()], dim=1) / len(self.frequencies) ** 0.5
        )


def standard_mlp(sizes, activation="tanh", *, weight_std=None, seed=0):
    """A plain PyTorch network of nn.Linear layers, as most papers' scripts use, with a
    seed of its own.

    Parameters: `sizes` like [1, 200, 200, 1]; `weight_std`, standard deviation of all
    weights and biases, or None for PyTorch's default initialisation.

    >>> standard_mlp([1, 8, 1]).layers[0]
    Linear(in_features=1, out_features=8, bias=True)
    """
    sizes = [positive_int("sizes", s) for s in sizes]
    if len(sizes) < 2:
        raise ValueError(
            f"sizes is {sizes}; expected at least an input and an output size."
        )
    torch_function(activation)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(positive_int("seed", seed, least=0))
        layers = [nn.Linear(a, b) for a, b in zip(sizes[:-1], sizes[1:])]
        if weight_std is not None:
            for p in (p for layer in layers for p in layer.parameters()):
                nn.init.normal_(p, std=positive("weight_std", weight_std))
    return MLP(layers, activation)


def siren(sizes, omega=30.0, seed=0):
    """A network of sines, sin(omega (W x + b)) in every layer but the last, in SIREN's
    initialisation.

    W is uniform within 1/n in the first layer and within sqrt(6/n)/omega in the others,
    n inputs to a layer, which keeps the size of what passes through; b within 1/sqrt(n)
    (Sitzmann et al., arXiv 2006.09661). The scale `omega` stands outside the
    parameters, and sets the frequencies the network starts with for inputs within [-1,
    1].

    >>> net = siren([2, 64, 64, 1], omega=20)
    >>> sum(p.numel() for p in net.parameters()), bool(net.layers[0].weight.abs().max() <= 1 / 2)
    (4417, True)
    """
    sizes, omega = [positive_int("sizes", s) for s in sizes], positive("omega", omega)
    generator = torch.Generator().manual_seed(positive_int("seed", seed, least=0))
    layers = [
        Layer(n, m, omega, omega, generator) for n, m in zip(sizes[:-2], sizes[1:-1])
    ]
    layers.append(Layer(sizes[-2], sizes[-1], 1.0, 1.0, generator))
    for i, (layer, n) in enumerate(zip(layers, sizes)):
        bound = (6 / n) ** 0.5 / omega if i else 1 / n
        nn.init.uniform_(layer.weight, -bound, bound, generator)
        nn.init.uniform_(layer.bias, -(n**-0.5), n**-0.5, generator)
    return MLP(layers, "sine")
