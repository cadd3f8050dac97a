"""What is measured: our function and its peers' on the same data.

Set-up and compiling are not timed.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch


@dataclass(frozen=True)
class Row:
    """One line of the benchmark.

    Attributes
    ----------
    name : for choosing it.
    work : what is done, in words.
    make : gives our work and {peer: work}, functions without arguments.
    floors : the aims, {peer: times faster}.
    tolerance : bounds the relative difference of the results.
    flops : multiplications and additions that are matrix products, 0 where other work
        prevails.
    kind : the type of the numbers.
    """

    name: str
    work: str
    make: Callable[[], tuple[Callable, dict[str, Callable]]]
    floors: dict[str, float]
    tolerance: float
    flops: float = 0
    kind: str = "float64"


def tangents():
    import jax
    import neural_tangents

    return jax, neural_tangents


def compiled(function, kind, *arguments):
    """A function without arguments that runs another one, compiled by JAX.

    With `enable_x64` neural-tangents turns single into double precision, so that each
    kind needs its own setting.
    """
    jax, _ = tangents()
    from jax.experimental import disable_x64, enable_x64

    precision = disable_x64 if kind == "float32" else enable_x64
    with precision():
        fast = jax.jit(function)
        there = jax.device_put(arguments)

    def work():
        with precision():
            result = fast(*there).block_until_ready()
        assert result.dtype == kind, result.dtype
        return result

    return work


NT = "neural-tangents"
FUNC = "torch.func"
CRANK = "scikit-fem, Crank-Nicolson"


def infinite(activation, depth, kind):
    """Analytic Gram matrix, n = 2000, d = 10."""

    def make():
        from fbkit.kernels import ntk

        _, nt = tangents()
        x = np.random.default_rng(0).normal(size=(2000, 10)).astype(kind)
        dense = nt.stax.Dense(1, W_std=2**0.5, b_std=None)
        unit = {"relu": nt.stax.Relu, "erf": nt.stax.Erf}[activation]
        layers = [dense, unit()] * (depth - 1)
        _, _, kernel_fn = nt.stax.serial(*layers, dense)
        kernel = lambda x: kernel_fn(x, None, "ntk")
        wide = ntk(depth, activation, weight_std=2**0.5, bias_std=0)
        ours = lambda: 2 * wide.gram(x / x.shape[1] ** 0.5, dtype=kind)
        return ours, {NT: compiled(kernel, kind, x)}

    single = kind == "float32"
    return Row(
        name=f"{activation}-{depth}-{kind}",
        work=f"analytic kernel, {activation}, {depth} layers, n = 2000, d = 10, {kind}",
        make=make,
        floors={NT: 5 if single else 3},
        # neural-tangents' arccos near 1, on the diagonal.
        tolerance=1e-3 if single else 1e-6,
    )


def gelu():
    from math import sqrt

    from scipy.special import ndtr

    from fbkit.kernels import ntk

    jax, nt = tangents()
    x = np.random.default_rng(0).normal(size=(200, 10))
    theirs = lambda z: z * (1 + jax.lax.erf(z / sqrt(2))) / 2
    unit = nt.stax.ElementwiseNumerical(theirs, deg=50)
    dense = nt.stax.Dense(1, W_std=2**0.5, b_std=None)
    _, _, kernel_fn = nt.stax.serial(dense, unit, dense)
    kernel = lambda x: kernel_fn(x, None, "ntk")
    wide = ntk(2, lambda z: z * ndtr(z), weight_std=2**0.5, bias_std=0)
    ours = lambda: 2 * wide.gram(x / 10**0.5)
    return ours, {NT: compiled(kernel, "float64", x)}


def layers_of(net):
    return [m for m in net if isinstance(m, torch.nn.Linear)]


def in_jax(net):
    """The same network and parameters in neural-tangents' stax."""
    _, nt = tangents()
    parts, parameters = [], []
    for layer in layers_of(net):
        if parts:
            parts.append(nt.stax.Relu())
            parameters.append(())
        width = layer.out_features
        dense = nt.stax.Dense(width, parameterization="standard", b_std=1.0)
        parts.append(dense)
        weight = layer.weight.detach().numpy().T
        bias = layer.bias.detach().numpy()[None]
        parameters.append((weight, bias))
    _, apply, _ = nt.stax.serial(*parts)
    return apply, parameters


def torch_func_kernel(net, x):
    """Jacobian contraction, as in PyTorch's tutorial on neural tangent kernels."""
    from torch.func import functional_call, jacrev, vmap

    parameters = {name: p.detach() for name, p in net.named_parameters()}
    one = lambda p, sample: functional_call(net, p, (sample[None],))[0]

    def work():
        jacobian = vmap(jacrev(one), (None, 0))(parameters, x)
        flat = [j.flatten(2) for j in jacobian.values()]
        return sum(torch.einsum("Naf,Maf->NM", j, j) for j in flat)

    return work


def relu_network(hidden, width):
    """A plain torch network of 10 inputs and one output."""
    parts = []
    inputs = 10
    for _ in range(hidden):
        parts += [torch.nn.Linear(inputs, width), torch.nn.ReLU()]
        inputs = width
    return torch.nn.Sequential(*parts, torch.nn.Linear(width, 1))


def empirical(hidden, width, n):
    """Tangent kernel of a finite network, d = 10, float32."""

    def make():
        from fbkit.observe import empirical_ntk

        _, nt = tangents()
        torch.manual_seed(0)
        net = relu_network(hidden, width)
        x = torch.randn(n, 10)
        apply, parameters = in_jax(net)
        structured = nt.NtkImplementation.STRUCTURED_DERIVATIVES
        kernel = nt.empirical_ntk_fn(apply, vmap_axes=0, implementation=structured)
        alone = lambda x, parameters: kernel(x, None, parameters)
        peers = {
            NT: compiled(alone, "float32", x.numpy(), parameters),
            FUNC: torch_func_kernel(net, x),
        }
        return lambda: empirical_ntk(net, x), {name: peers[name] for name in floors}

    floors = {NT: 3, FUNC: 5} if hidden == 1 else {NT: 2, FUNC: 50}
    if hidden == 2 and n > 1000:
        del floors[FUNC]  # its Jacobians would take gigabytes and minutes
    # Triangles of A A^T and D D^T: one multiplication and one addition for each of
    # n (n + 1)/2 entries.
    triangles = n * n * (2 * width * hidden + 10)
    # Forward, and back to the first layer.
    passes = 2 * 2 * n * width * width * (hidden - 1) + 2 * n * 10 * width
    layers = hidden + 1
    return Row(
        name=f"empirical-{layers}-{width}-{n}",
        work=f"empirical kernel, {layers} layers of width {width}, n = {n}, float32",
        make=make,
        floors=floors,
        tolerance=1e-4,
        flops=triangles + passes,
        kind="float32",
    )


STEPS = 50


def by_vmap(nets, target):
    """Gradient descent of all networks at once, by torch.func."""
    import copy

    from torch.func import functional_call, grad, stack_module_state, vmap

    base = copy.deepcopy(nets[0])
    single = lambda a: torch.as_tensor(a, dtype=torch.float32)
    x, y, w = single(target.inputs), single(target.values), single(target.weights)
    stacked, _ = stack_module_state(nets)
    parameters = {name: p.detach() for name, p in stacked.items()}
    first = {name: p.clone() for name, p in parameters.items()}

    def loss(p):
        residual = functional_call(base, p, (x,))[:, 0] - y
        return 0.5 * (w @ residual.square())

    slope = vmap(grad(loss))

    def work():
        for name, p in parameters.items():
            p.copy_(first[name])
        for _ in range(STEPS):
            gradient = slope(parameters)
            for name, p in parameters.items():
                p.sub_(gradient[name], alpha=0.1)
        return torch.cat([p.reshape(64, -1) for p in parameters.values()], dim=1)

    return work


def by_us(nets, target):
    """The same by `train_ensemble`."""
    import copy

    from fbkit.training import train_ensemble

    start = copy.deepcopy(nets)

    @torch.no_grad()
    def work():
        for net, other in zip(nets, start):
            for p, q in zip(net.parameters(), other.parameters()):
                p.copy_(q)
        train_ensemble(nets, target, lr=0.1, steps=STEPS, records=2, progress=False)
        flat = [[p.reshape(-1) for p in net.parameters()] for net in nets]
        return torch.stack([torch.cat(parts) for parts in flat])

    return work


def ensemble(hidden):
    """64 networks of width 256 on 128 points of the circle, float32, one rate."""

    def make():
        import fbkit as fb

        target = fb.sines(fb.circle(128), [1, 3, 5])
        kind = {"width": 256, "depth": hidden + 1, "antisymmetric": False}
        nets = [fb.mlp(**kind, seed=seed) for seed in range(64)]
        return by_us(nets, target), {f"{FUNC}.vmap": by_vmap(nets, target)}

    products = 64 * 128 * 256 * (6 * 256 * (hidden - 1) + 2 * (2 * 3 + 3))
    return Row(
        name=f"ensemble-{hidden}",
        work=f"ensemble of 64 networks, hidden layers: {hidden}, width 256, n = 128,"
        f" {STEPS} steps, float32",
        make=make,
        floors={f"{FUNC}.vmap": 2.5 if hidden == 1 else 1.4},
        tolerance=1e-4,
        flops=STEPS * products,
        kind="float32",
    )


def frequency_pde(steps, assembled):
    """A Gaussian density, three tones in a Gaussian window, 2000 cells.

    The error of Crank-Nicolson is the larger.
    """

    def make():
        from scipy.sparse.linalg import splu

        from fbkit.pde import evolve, frequency_operator, ntk_pde_1d

        xi = np.linspace(-24, 24, 2001)
        t = 20.0
        p = lambda w: np.exp(-((w / 3) ** 2) / 2) / np.sqrt(18 * np.pi)
        hump = lambda k: np.exp(-1.125 * (xi - k) ** 2)
        start = hump(1) + hump(-1) - 1j * (hump(4) - hump(-4)) + hump(7) + hump(-7)
        matrices = frequency_operator(p, 0.5, xi)

        def theirs():
            mass, operator = matrices
            if not assembled:
                mass, operator = frequency_operator(p, 0.5, xi)
            half = t / steps / 2
            ahead = mass + half * operator
            back = mass - half * operator
            solve = splu(ahead.tocsc(), permc_spec="MMD_AT_PLUS_A").solve
            u = np.stack([start.real, start.imag], axis=1)
            for _ in range(steps):
                u = solve(back @ u)
            return u[:, 0] + 1j * u[:, 1]

        def ours():
            if assembled:
                return evolve(*matrices, start, [t])[0]
            return ntk_pde_1d(p, 0.5, start, xi, [t]).meta["field"][0]

        return ours, {CRANK: theirs}

    what = "time integration alone" if assembled else "with assembly"
    return Row(
        name=f"pde-{steps}",
        work=f"frequency equation, 2000 cells, {what}; the peer with {steps} steps",
        make=make,
        floors={CRANK: 4},
        tolerance=1e-4,
    )


ROWS = [
    infinite("relu", 3, "float64"),
    infinite("relu", 3, "float32"),
    infinite("relu", 5, "float64"),
    infinite("relu", 5, "float32"),
    infinite("erf", 3, "float64"),
    infinite("erf", 3, "float32"),
    Row(
        name="gelu-series",
        work="analytic kernel, GELU as any function, 2 layers, n = 200, float64",
        make=gelu,
        floors={NT: 50},
        tolerance=1e-3,
    ),
    empirical(1, 1024, 512),
    empirical(1, 1024, 2000),
    empirical(1, 4096, 512),
    empirical(1, 4096, 2000),
    empirical(2, 512, 512),
    empirical(2, 512, 2000),
    ensemble(1),
    ensemble(2),
    frequency_pde(100, assembled=True),
    frequency_pde(400, assembled=False),
]
