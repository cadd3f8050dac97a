"""Networks in the parameterisation the theory speaks of."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import nn

from fbkit._errors import positive, positive_int, real_array
from fbkit.activations import Activation, torch_function
from fbkit.kernels.network import Dense, Kernel, dense_layers

# More layers or derivatives than anybody needs, before a machine stands still.
DEEPEST = 1000
HIGHEST_ORDER = 12
MOST_WEIGHTS = 10**8
# Single precision holds what numbers of this size are drawn to.
LARGEST = 1e30


class Layer(nn.Module):
    """x -> scale * W x + bias_std * b with parameters W, b ("NTK parameterisation").

    The scales stand outside the parameters, which start standard normal, so that
    gradient descent moves every layer at a rate that does not depend on the width.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        scale: float,
        bias_std: float,
        generator: torch.Generator | None,
    ):
        super().__init__()
        self.scale = scale
        self.bias_std = bias_std
        self.weight = nn.Parameter(torch.randn(outputs, inputs, generator=generator))
        self.bias = None
        if bias_std > 0:
            self.bias = nn.Parameter(torch.randn(outputs, generator=generator))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out = self.scale * (x @ self.weight.T)
        if self.bias is not None:
            out = out + self.bias_std * self.bias
        return out


class MLP(nn.Module):
    """Alternating layers and one activation; see `mlp`.

    `drawn` says how each layer was drawn, for `ntk_of`.
    """

    def __init__(
        self,
        layers: Sequence[nn.Module],
        activation: str | Activation,
        drawn: Sequence[Dense],
    ):
        super().__init__()
        self.layers = nn.ModuleList(layers)
        self.activation = activation
        self.drawn = tuple(drawn)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        act = torch_function(self.activation)
        for layer in self.layers[:-1]:
            x = act(layer(x))
        return self.layers[-1](x)


class Antisymmetric(nn.Module):
    """(g(x) - g'(x)) / sqrt 2, where g' starts as a copy of g: zero at the start, same
    neural tangent kernel as g.
    """

    def __init__(self, net: nn.Module):
        super().__init__()
        self.plus = net
        self.minus = copy.deepcopy(net)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return (self.plus(x) - self.minus(x)) / 2**0.5


def mlp(
    inputs: int = 2,
    width: int = 256,
    depth: int = 2,
    outputs: int = 1,
    activation: str | Activation = "relu",
    *,
    weight_std: float = 1.0,
    bias_std: float = 1.0,
    output_std: float = 1.0,
    output_bias_std: float = 0.0,
    antisymmetric: bool = True,
    seed: int = 0,
) -> MLP | Antisymmetric:
    r"""A dense network f(x) = width^{-1/2} sum_j a_j sigma(h_j(x)) in NTK
    parameterisation.

    The first layer is h = s_w W x + s_b b (inputs of size about 1 give h of size about
    s_w); later hidden layers divide by the square root of their width; the output layer
    adds s_o b, or has no bias. W, b start standard normal, a with standard deviation
    s_a (Jacot et al., arXiv 1806.07572). Its kernel at infinite width is `ntk_of` it.

    Parameters
    ----------
    inputs, width, depth, outputs : sizes; `depth` counts the layers of weights (2 = one
        hidden layer).
    activation : a name of `fbkit.activations.ACTIVATIONS`, or an `Activation`.
    weight_std, bias_std, output_std, output_bias_std : s_w, s_b, s_a, s_o; a bias of
        deviation 0 is left out.
    antisymmetric : half the width is a copy of the other half with opposite output, so
        that f = 0 at the start and the kernel is unchanged. Needs an even width.
    seed : of the initial parameters.

    >>> net = mlp(width=8, seed=1)
    >>> net(torch.ones(3, 2)).abs().max().item()
    0.0
    >>> sum(p.numel() for p in mlp(inputs=2, width=8).parameters())    # 8 * (2 + 1 + 1)
    32
    """
    inputs = positive_int("inputs", inputs)
    width = positive_int("width", width)
    depth = positive_int("depth", depth, least=2, most=DEEPEST)
    outputs = positive_int("outputs", outputs)
    s_w = _deviation("weight_std", weight_std)
    s_b = _deviation("bias_std", bias_std, zero=True)
    s_a = _deviation("output_std", output_std)
    s_o = _deviation("output_bias_std", output_bias_std, zero=True)
    torch_function(activation)
    if antisymmetric and width % 2:
        raise ValueError(
            f"width is {width}; an antisymmetric network needs an even width."
        )
    m = width // 2 if antisymmetric else width
    _check_size([inputs, *[m] * (depth - 1), outputs])
    generator = torch.Generator().manual_seed(positive_int("seed", seed, least=0))
    layers = [Layer(inputs, m, s_w, s_b, generator)]
    for _ in range(depth - 2):
        layers.append(Layer(m, m, s_w / m**0.5, s_b, generator))
    layers.append(Layer(m, outputs, 1 / m**0.5, s_o, generator))
    with torch.no_grad():
        layers[-1].weight *= s_a
    net = MLP(layers, activation, dense_layers(depth, s_w, s_b, s_a, s_o))
    return Antisymmetric(net) if antisymmetric else net


def _check_size(sizes):
    """Raise one sentence where a network of these sizes is beyond all use."""
    count = sum(n * m for n, m in zip(sizes[:-1], sizes[1:]))
    if count > MOST_WEIGHTS:
        raise ValueError(
            f"the network asks for {count:.3g} weights; expected at most"
            f" {MOST_WEIGHTS:.0e}: take fewer units or layers."
        )


def _deviation(name, value, *, zero=False):
    """A standard deviation or a scale that single precision holds."""
    value = positive(name, value, zero=zero)
    if value > LARGEST or 0 < value < 1 / LARGEST:
        raise ValueError(
            f"{name} is {value:g}; expected a number from {1 / LARGEST:g} to"
            f" {LARGEST:g}."
        )
    return value


def _checked_sizes(sizes):
    """Numbers of units, of two layers at least."""
    sizes = [positive_int("sizes", s) for s in real_array("sizes", sizes, ndim=1)]
    if not 2 <= len(sizes) <= DEEPEST:
        raise ValueError(
            f"sizes has length {len(sizes)}; expected at least an input and an output"
            f" size, and no more than {DEEPEST} numbers."
        )
    _check_size(sizes)
    return sizes


def even_units(
    width: int = 1920,
    *,
    weight_std: float = 1.0,
    bias_std: float = 1.0,
    length: float = 2**0.5,
) -> Antisymmetric:
    """A ReLU network on the circle without chance: directions evenly spaced, only the
    first layer trained.

    `mlp(inputs=2, depth=2)` with W_j = l (cos phi_j, sin phi_j), phi_j = 2 pi (j +
    1/2)/(width/2), in both of its halves, biases 0, and outer weights held at +1 in one
    half and -1 in the other: at the start the kernel of infinitely many random units
    without the random error of size width^{-1/2}.

    Parameters
    ----------
    width : number of hidden units, even.
    weight_std, bias_std : s_w and s_b (0: no biases), as in `mlp`.
    length : l (default that of two standard normal weights), without effect on the
        kernel at the start.

    >>> first, outer = even_units(8).plus.layers
    >>> [round(length, 4) for length in first.weight.norm(dim=1).tolist()]
    [1.4142, 1.4142, 1.4142, 1.4142]
    >>> outer.weight.requires_grad
    False
    """
    net = mlp(width=width, weight_std=weight_std, bias_std=bias_std)
    length = _deviation("length", length)
    for half in (net.plus, net.minus):
        first, outer = half.layers
        count = len(first.weight)
        angle = 2 * torch.pi * (torch.arange(count) + 0.5) / count
        first.weight.data = length * torch.stack([angle.cos(), angle.sin()], dim=1)
        outer.weight.requires_grad_(False).fill_(1.0)
        if first.bias is not None:
            first.bias.data.zero_()
        # Even directions look like normal ones to a function that is homogeneous, as
        # ReLU is; the biases are trained, but start at 0.
        drawn, outer_drawn = half.drawn
        drawn = replace(drawn, weight_std=weight_std * length / 2**0.5, bias_std=0.0)
        half.drawn = (drawn, outer_drawn)
    return net


class FourierFeatures(nn.Module):
    """m^{-1/2} sum_j [a_j cos(w_j . x) + b_j sin(w_j . x)] with fixed frequencies w and
    a, b starting at zero.

    With `hidden` given, the features feed a network instead of the output; with
    `outer`, a and b start there and the frequencies are trained too (as a model of
    frequency bias: Molina et al., arXiv 2405.14957).

    Parameters
    ----------
    frequencies : (m,) or (m, d), angular.
    hidden : a module from 2m features to the output.
    outer : (2, m), a and b at the start; not beside `hidden`.

    >>> FourierFeatures([1.0, 2.0])(torch.zeros(3, 1)).shape
    torch.Size([3, 1])
    >>> net = FourierFeatures([1.0, 2.0], outer=([3.0, 4.0], [5.0, 6.0]))
    >>> round(net(torch.zeros(1, 1)).item() ** 2, 4)      # (3 + 4)^2 / 2
    24.5
    >>> net.frequencies.requires_grad
    True
    """

    def __init__(
        self,
        frequencies: ArrayLike,
        hidden: nn.Module | None = None,
        outer: ArrayLike | None = None,
    ):
        super().__init__()
        w = real_array("frequencies", frequencies)
        if w.ndim not in (1, 2):
            raise ValueError(
                f"frequencies has shape {w.shape}; expected (m,) or (m, d), one row for"
                " each of m."
            )
        w = w.reshape(len(w), -1)
        w = torch.tensor(w, dtype=torch.get_default_dtype())
        if hidden is not None and not isinstance(hidden, nn.Module):
            raise ValueError(
                f"hidden is a {type(hidden).__name__}; expected a torch.nn.Module from"
                f" {2 * len(w)} features."
            )
        if hidden is not None and outer is not None:
            raise ValueError(
                "outer is given beside hidden, a network that has outer weights of its"
                " own; pass one of the two."
            )
        if outer is None:
            self.register_buffer("frequencies", w)
        else:
            self.frequencies = nn.Parameter(w)
        if hidden is not None:
            self.hidden = hidden
            return
        self.hidden = nn.Linear(2 * len(w), 1, bias=False)
        if outer is None:
            outer = np.zeros((2, len(w)))
        a, b = torch.tensor(real_array("outer", outer, shape=(2, len(w)))).to(w)
        self.hidden.weight.data = torch.cat([a, b])[None]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        phase = x @ self.frequencies.T
        features = torch.cat([phase.cos(), phase.sin()], dim=-1)
        return self.hidden(features / len(self.frequencies) ** 0.5)


class Derivative(nn.Module):
    r"""The derivative of a network by its input, as a network: x -> d^s f / dx^s.

    Trained on the right-hand side g it solves f^(s) = g (a physics-informed network).
    With several inputs it is the derivative along a direction v, (v . grad)^s f. All
    parameters are those of the network, so that whatever takes a module takes it:
    `fbkit.train`, `fbkit.mode_rates`, `fbkit.largest_rate`, and `fbkit.empirical_ntk`
    with method="exact". The gradient of a wave's coefficient by the parameters is
    multiplied by k^s, its rate by k^(2 s) (`fbkit.dynamics.pinn_rates`). Derived here,
    checked numerically.

    Parameters
    ----------
    net : a module with one output whose samples do not mix. Of a piecewise linear one
        every second derivative is 0, and nothing can be trained.
    order : s, from 1 to 12.
    direction : (inputs,) v; default the first input.

    >>> square = lambda x: x**2
    >>> Derivative(square)(torch.tensor([[1.0], [3.0]])).ravel().tolist()
    [2.0, 6.0]
    >>> Derivative(square, 2)(torch.tensor([[1.0], [3.0]])).ravel().tolist()
    [2.0, 2.0]
    """

    def __init__(
        self,
        net: nn.Module | Callable,
        order: int = 1,
        direction: ArrayLike | None = None,
    ):
        super().__init__()
        if not callable(net):
            raise ValueError(
                f"net is a {type(net).__name__}; expected a module, or a function of"
                " (n, inputs) tensors."
            )
        self.net = net
        self.order = positive_int("order", order, most=HIGHEST_ORDER)
        if direction is not None:
            direction = torch.as_tensor(real_array("direction", direction, ndim=1))
        self.register_buffer("direction", direction)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if torch.is_inference_mode_enabled():
            with torch.inference_mode(False), torch.no_grad():
                return self.forward(x.clone())
        if not (isinstance(x, torch.Tensor) and x.is_floating_point()):
            kind = x.dtype if isinstance(x, torch.Tensor) else type(x).__name__
            raise ValueError(f"x is of type {kind}; expected a tensor of real numbers.")
        if x.ndim != 2:
            raise ValueError(
                f"x has shape {tuple(x.shape)}; expected (n, inputs), such as"
                " x[:, None] for one input."
            )
        v = torch.eye(x.shape[1])[0] if self.direction is None else self.direction
        if len(v) != x.shape[1]:
            raise ValueError(
                f"direction has {len(v)} numbers for {x.shape[1]} inputs; pass one for"
                " each input."
            )
        v = v.to(x)
        if _inside_a_transform(x):
            return _slope_in_a_transform(self.net, self.order, v)(x)
        return _slope(self.net, self.order, v, x)


def _inside_a_transform(x):
    """Whether torch.func is at work, which does not let a tensor ask for gradients."""
    try:
        x.detach().requires_grad_()
    except RuntimeError:
        return True
    return False


def _slope(net, order, v, x):
    graph = torch.is_grad_enabled()
    with torch.enable_grad():
        at = x if x.requires_grad else x.detach().requires_grad_()
        f = _one_output(net(at), at)
        for left in range(order, 0, -1):
            (gradient,) = torch.autograd.grad(
                f.sum(), at, create_graph=graph or left > 1, materialize_grads=True
            )
            f = (gradient @ v)[:, None]
            if not f.requires_grad:  # a straight line, whose derivatives end here
                f = f + 0 * at[:, :1]
    return f if graph else f.detach()


def _slope_in_a_transform(net, order, v):
    """The same as a function of x, by torch.func."""
    f = net
    for _ in range(order):
        f = _next_slope(f, v)
    return f


def _next_slope(f, v):
    gradient = torch.func.grad(lambda x: _one_output(f(x), x).sum())
    return lambda x: (gradient(x) @ v)[:, None]


def _one_output(f, x):
    if not isinstance(f, torch.Tensor):
        raise ValueError(
            f"net returns a {type(f).__name__}; expected a tensor with one output."
        )
    if f.numel() != len(x):
        raise ValueError(
            f"net returns shape {tuple(f.shape)} for {len(x)} samples; expected one"
            " output."
        )
    return f.reshape(len(x), 1)


def standard_mlp(
    sizes: Sequence[int],
    activation: str | Activation = "tanh",
    *,
    weight_std: float | None = None,
    seed: int = 0,
) -> MLP:
    """A plain PyTorch network of nn.Linear layers, as most papers' scripts use, with a
    seed of its own.

    Parameters
    ----------
    sizes : numbers of units, like [1, 200, 200, 1].
    activation : as in `mlp`.
    weight_std : standard deviation of all weights and biases, or None for PyTorch's
        default initialisation.
    seed : of the initial parameters.

    >>> standard_mlp([1, 8, 1]).layers[0]
    Linear(in_features=1, out_features=8, bias=True)
    """
    sizes = _checked_sizes(sizes)
    torch_function(activation)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(positive_int("seed", seed, least=0))
        layers = [nn.Linear(a, b) for a, b in zip(sizes[:-1], sizes[1:])]
        if weight_std is not None:
            std = _deviation("weight_std", weight_std)
            for layer in layers:
                for p in layer.parameters():
                    nn.init.normal_(p, std=std)
    drawn = []
    for n in sizes[:-1]:
        # PyTorch draws evenly within 1/sqrt(n).
        std = (3 * n) ** -0.5 if weight_std is None else weight_std
        law = "uniform" if weight_std is None else "normal"
        fan_in = n if drawn else 1  # the first layer does not divide by its inputs
        drawn.append(Dense(std * fan_in**0.5, std, fan_in**0.5, 1.0, law))
    return MLP(layers, activation, drawn)


def siren(sizes: Sequence[int], omega: float = 30.0, seed: int = 0) -> MLP:
    """A network of sines, sin(omega (W x + b)) in every layer but the last, in SIREN's
    initialisation.

    W is uniform within 1/n in the first layer and within sqrt(6/n)/omega in the others,
    n inputs to a layer, which keeps the size of what passes through; b within 1/sqrt(n)
    (Sitzmann et al., arXiv 2006.09661). The scale `omega` stands outside the
    parameters, and sets the frequencies the network starts with for inputs within [-1,
    1].

    Parameters
    ----------
    sizes : numbers of units, like [2, 256, 256, 1].
    omega : the scale.
    seed : of the initial parameters.

    >>> net = siren([2, 64, 64, 1], omega=20)
    >>> sum(p.numel() for p in net.parameters())
    4417
    >>> bool(net.layers[0].weight.abs().max() <= 1 / 2)
    True
    """
    sizes = _checked_sizes(sizes)
    omega = _deviation("omega", omega)
    generator = torch.Generator().manual_seed(positive_int("seed", seed, least=0))
    layers = []
    for n, m in zip(sizes[:-2], sizes[1:-1]):
        layers.append(Layer(n, m, omega, omega, generator))
    layers.append(Layer(sizes[-2], sizes[-1], 1.0, 1.0, generator))
    drawn = []
    for i, (layer, n) in enumerate(zip(layers, sizes)):
        bound = (6 / n) ** 0.5 / omega if i else 1 / n
        nn.init.uniform_(layer.weight, -bound, bound, generator)
        nn.init.uniform_(layer.bias, -(n**-0.5), n**-0.5, generator)
        gain = layer.scale
        fan_in = n if i else 1  # the first layer does not divide by its inputs
        weight_std = gain * bound * (fan_in / 3) ** 0.5
        bias_std = gain * (3 * n) ** -0.5
        drawn.append(Dense(weight_std, bias_std, gain * fan_in**0.5, gain, "uniform"))
    return MLP(layers, "sine", drawn)


def ntk_of(net: nn.Module) -> Kernel:
    r"""The tangent kernel of exactly this network at infinite width, as it was drawn.

    Depth, deviations, biases and activation are the network's own; a parameter that is
    frozen now (`requires_grad=False`) contributes nothing. Layers of nn.Linear have no
    factor 1/sqrt(width) outside their parameters, so their kernel grows with the width;
    it is the one for this network's width, to leading order.

    Parameters
    ----------
    net : a network of `mlp`, `standard_mlp` (in PyTorch's default initialisation for 1
        or 2 inputs), `siren`, `even_units`, or `FourierFeatures` with frequencies that
        are not trained. What has been written into its parameters since it was drawn,
        by training too, is not seen: `fbkit.empirical_ntk` measures what it is now.
        Other factors or layers than it was drawn with are refused.

    Returns
    -------
    Kernel, with `gram(X, Y)`, `profile(theta)` and `covariance(X, Y)`. For other
    networks there is `fbkit.empirical_ntk`, which measures.

    >>> kernel = ntk_of(mlp(depth=3, activation="tanh", weight_std=5.0))
    >>> kernel.profile([0.0, 1.0]).round(4).tolist()
    [10.8811, 0.9178]
    """
    if isinstance(net, nn.Module) and not any(
        p.requires_grad for p in net.parameters()
    ):
        raise ValueError(
            "net has no parameter with requires_grad; unfreeze what is to be trained."
        )
    if isinstance(net, Antisymmetric):
        plus, minus = ntk_of(net.plus), ntk_of(net.minus)
        if plus != minus:
            raise ValueError(
                "the two halves of net differ in what is trained; freeze the same"
                " parameters in both."
            )
        return plus
    if isinstance(net, MLP):
        return _kernel_of_layers(net)
    if isinstance(net, FourierFeatures):
        return _kernel_over_features(net)
    raise ValueError(
        f"net is a {type(net).__name__}, whose kernel at infinite width is not known"
        " here; take a network of fbkit.nets, or measure its kernel with empirical_ntk."
    )


def _kernel_of_layers(net):
    for k, (layer, drawn) in enumerate(zip(net.layers, net.drawn)):
        if not _is_as_drawn(layer, drawn, first=k == 0):
            raise ValueError(
                f"layer {k} of net is not the one that was drawn: its factors or"
                " parameters are others; measure its kernel with empirical_ntk."
            )
    first, inputs = net.drawn[0], net.layers[0].weight.shape[1]
    if first.law == "uniform" and inputs > 2 and net.activation != "sine":
        raise ValueError(
            f"net draws its first layer evenly (PyTorch's default) over {inputs}"
            " inputs, where the kernel is known here for 1 or 2; give weight_std, or"
            " measure its kernel with empirical_ntk."
        )
    layers = []
    for layer, drawn in zip(net.layers, net.drawn):
        weight_gain = drawn.weight_gain if layer.weight.requires_grad else 0.0
        trained = layer.bias is not None and layer.bias.requires_grad
        bias_gain = drawn.bias_gain if trained else 0.0
        layers.append(replace(drawn, weight_gain=weight_gain, bias_gain=bias_gain))
    return Kernel(tuple(layers), net.activation, inputs)


def _is_as_drawn(layer, drawn, first):
    """Whether a layer still has the factors outside its parameters that `drawn` says,
    and a weight and a bias as its only parameters.
    """
    own = {name for name, _ in layer.named_parameters(recurse=False)}
    if type(layer) not in (Layer, nn.Linear) or "weight" not in own:
        return False
    plain = type(layer) is nn.Linear
    scale, bias_std = (1.0, 1.0) if plain else (layer.scale, layer.bias_std)
    fan_in = 1 if first else layer.weight.shape[1]
    gain = scale * fan_in**0.5
    bias_gain = drawn.bias_gain if layer.bias is None else bias_std
    return np.allclose([gain, bias_gain], [drawn.weight_gain, drawn.bias_gain])


def _kernel_over_features(net):
    if net.frequencies.requires_grad:
        raise ValueError(
            "net trains its frequencies, of which there are finitely many; measure its"
            " kernel with empirical_ntk."
        )
    if isinstance(net.hidden, nn.Linear):
        weight, bias = net.hidden.weight, net.hidden.bias
        gains = [float(p is not None and p.requires_grad) for p in (weight, bias)]
        layers, activation = (Dense(0.0, 0.0, *gains),), "linear"
    else:
        inner = ntk_of(net.hidden)
        layers, activation = inner.layers, inner.activation
        if inner.features is not None:
            raise ValueError(
                "net feeds Fourier features to Fourier features; measure its kernel"
                " with empirical_ntk."
            )
    frequencies = tuple(tuple(row) for row in net.frequencies.tolist())
    inputs = net.frequencies.shape[1]
    return Kernel(layers, activation, inputs, frequencies)
