"""What is measured: each row makes our function and its peers' on the same data; set-up
and compiling are not timed.
"""

from dataclasses import dataclass

import numpy as np
import torch


@dataclass(frozen=True)
class Row:
    """`make()` gives our work and {peer: work}, functions without arguments; `floors`,
    {peer: times faster}, the aims.

    `tolerance` bounds the relative difference of the results. `flops`: multiplications
    and additions that are matrix products, 0 where other work prevails; `kind`, their
    type.
    """

    name: str
    work: str
    make: object
    floors: dict
    tolerance: float
    flops: float = 0
    kind: str = "float64"


def tangents():
    import jax
    import neural_tangents

    return jax, neural_tangents


def compiled(function, kind, *arguments):
    """A function without arguments that runs another one, compiled, in a precision of
    JAX's own.

    With `enable_x64` neural-tangents turns single into double precision, so that each
    kind needs its own setting.
    """
    jax, _ = tangents()
    from jax.experimental import disable_x64, enable_x64

    precision = disable_x64 if kind == "float32" else enable_x64
    with precision():
        fast, there = jax.jit(function), jax.device_put(arguments)

    def work():
        with precision():
            result = fast(*there).block_until_ready()
        assert result.dtype == kind, result.dtype
        return result

    return work


NT, FUNC, CRANK = "neural-tangents", "torch.func", "scikit-fem, Crank-Nicolson"


def infinite(activation, depth, kind):
    """Analytic Gram matrix, n = 2000, d = 10."""

    def make():
        from fbkit.kernels import ntk_gram

        _, nt = tangents()
        x = np.random.default_rng(0).normal(size=(2000, 10)).astype(kind)
        dense = nt.stax.Dense(1, W_std=2**0.5, b_std=None)
        unit = {"relu": nt.stax.Relu, "erf": nt.stax.Erf}[activation]
        kernel = lambda x: nt.stax.serial(*[dense, unit()] * (depth - 1), dense)[2](
            x, None, "ntk"
        )
        ours = lambda: ntk_gram(x, depth=depth, activation=activation, dtype=kind)
        return ours, {NT: compiled(kernel, kind, x)}

    single = kind == "float32"
    return Row(
        f"{activation}-{depth}-{kind}",
        f"analytic kernel, {activation}, {depth} layers, n = 2000, d = 10, {kind}",
        make,
        {NT: 5 if single else 3},
        1e-3 if single else 1e-6,  # neural-tangents' arccos near 1, on the diagonal
    )


def gelu():
    from math import sqrt

    from scipy.special import ndtr

    from fbkit.kernels import ntk_gram

    jax, nt = tangents()
    x = np.random.default_rng(0).normal(size=(200, 10))
    unit = nt.stax.ElementwiseNumerical(
        lambda z: z * (1 + jax.lax.erf(z / sqrt(2))) / 2, deg=50
    )
    dense = nt.stax.Dense(1, W_std=2**0.5, b_std=None)
    kernel = lambda x: nt.stax.serial(dense, unit, dense)[2](x, None, "ntk")
    ours = lambda: ntk_gram(x, depth=2, activation=lambda z: z * ndtr(z))
    return ours, {NT: compiled(kernel, "float64", x)}


def layers_of(net):
    return [m for m in net if isinstance(m, torch.nn.Linear)]


def in_jax(net):
    """The same network and parameters in neural-tangents' stax."""
    _, nt = tangents()
    dense = [
        nt.stax.Dense(m.out_features, parameterization="standard", b_std=1.0)
        for m in layers_of(net)
    ]
    parts = [part for layer in dense[:-1] for part in (layer, nt.stax.Relu())] + dense[
        -1:
    ]
    _, apply, _ = nt.stax.serial(*parts)
    pairs = [
        (m.weight.detach().numpy().T, m.bias.detach().numpy()[None])
        for m in layers_of(net)
    ]
    parameters = [one for pair in pairs[:-1] for one in (pair, ())] + pairs[-1:]
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


def empirical(hidden, width, n):
    """Tangent kernel of a finite network, d = 10, float32."""

    def make():
        from fbkit.observe import empirical_ntk

        _, nt = tangents()
        torch.manual_seed(0)
        sizes = [10] + [width] * hidden
        parts = [
            part
            for a, b in zip(sizes, sizes[1:])
            for part in (torch.nn.Linear(a, b), torch.nn.ReLU())
        ]
        net = torch.nn.Sequential(*parts, torch.nn.Linear(width, 1))
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
    # Triangles of A A^T and D D^T: one multiplication and one addition for each of n (n
    # + 1)/2 entries.
    triangles = n * n * (2 * width * hidden + 10)
    passes = (
        2 * 2 * n * width * width * (hidden - 1) + 2 * n * 10 * width
    )  # forward, and back to the first layer
    return Row(
        f"empirical-{hidden + 1}-{width}-{n}",
        f"empirical kernel, {hidden + 1} layers of width {width}, n = {n}, float32",
        make,
        floors,
        1e-4,
        triangles + passes,
        "float32",
    )


STEPS = 50


def ensemble(hidden):
    """64 networks of width 256 on 128 points of the circle, float32, one learning rate."""

    def make():
        import copy

        from torch.func import functional_call, grad, stack_module_state, vmap

        import fbkit as fb
        from fbkit.training import train_ensemble

        target = fb.sines(fb.circle(128), [1, 3, 5])
        nets = [
            fb.mlp(width=256, depth=hidden + 1, antisymmetric=False, seed=s)
            for s in range(64)
        ]
        start = copy.deepcopy(nets)
        base = copy.deepcopy(nets[0])
        x, y, w = (
            torch.as_tensor(a, dtype=torch.float32)
            for a in (target.inputs, target.values, target.weights)
        )
        parameters = {
            name: p.detach() for name, p in stack_module_state(nets)[0].items()
        }
        first = {name: p.clone() for name, p in parameters.items()}
        loss = lambda p: 0.5 * (w @ (functional_call(base, p, (x,))[:, 0] - y).square())
        slope = vmap(grad(loss))

        def theirs():
            for name, p in parameters.items():
                p.copy_(first[name])
            for _ in range(STEPS):
                gradient = slope(parameters)
                for name, p in parameters.items():
                    p.sub_(gradient[name], alpha=0.1)
            return torch.cat([p.reshape(64, -1) for p in parameters.values()], dim=1)

        @torch.no_grad()
        def ours():
            for net, other in zip(nets, start):
                for p, q in zip(net.parameters(), other.parameters()):
                    p.copy_(q)
            train_ensemble(nets, target, lr=0.1, steps=STEPS, records=2, progress=False)
            return torch.stack(
                [torch.cat([p.reshape(-1) for p in net.parameters()]) for net in nets]
            )

        return ours, {f"{FUNC}.vmap": theirs}

    products = 64 * 128 * 256 * (6 * 256 * (hidden - 1) + 2 * (2 * 3 + 3))
    return Row(
        f"ensemble-{hidden}",
        f"ensemble of 64 networks, hidden layers: {hidden}, width 256, n = 128, {STEPS}"
        " steps, float32",
        make,
        {f"{FUNC}.vmap": 2.5 if hidden == 1 else 1.4},
        1e-4,
        STEPS * products,
        "float32",
    )


def frequency_pde(steps, assembled):
    """A Gaussian density, three tones in a Gaussian window, 2000 cells; the error of
    Crank-Nicolson is the larger.
    """

    def make():
        from scipy.sparse.linalg import splu

        from fbkit.pde import evolve, frequency_operator, ntk_pde_1d

        xi, output_std, t = np.linspace(-24, 24, 2001), 0.5, 20.0
        p = lambda w: np.exp(-((w / 3) ** 2) / 2) / np.sqrt(18 * np.pi)
        hump = lambda k: np.exp(-1.125 * (xi - k) ** 2)
        start = hump(1) + hump(-1) - 1j * (hump(4) - hump(-4)) + hump(7) + hump(-7)
        matrices = frequency_operator(p, output_std, xi)

        def theirs():
            mass, operator = matrices if assembled else frequency_operator(p, output_std, xi)
            ahead, back = (
                mass + t / steps / 2 * operator,
                mass - t / steps / 2 * operator,
            )
            solve = splu(ahead.tocsc(), permc_spec="MMD_AT_PLUS_A").solve
            u = np.stack([start.real, start.imag], axis=1)
            for _ in range(steps):
                u = solve(back @ u)
            return u[:, 0] + 1j * u[:, 1]

        whole = lambda: ntk_pde_1d(p, output_std, start, xi, [t]).meta["field"][0]
        return (lambda: evolve(*matrices, start, [t])[0]) if assembled else whole, {
            CRANK: theirs
        }

    what = "time integration alone" if assembled else "with assembly"
    return Row(
        f"pde-{steps}",
        f"frequency equation, 2000 cells, {what}; the peer with {steps} steps",
        make,
        {CRANK: 4},
        1e-4,
    )


ROWS = [
    *(
        infinite("relu", depth, kind)
        for depth in (3, 5)
        for kind in ("float64", "float32")
    ),
    *(infinite("erf", 3, kind) for kind in ("float64", "float32")),
    Row(
        "gelu-series",
        "analytic kernel, GELU as any function, 2 layers, n = 200, float64",
        gelu,
        {NT: 50},
        1e-3,
    ),
    *(empirical(1, width, n) for width in (1024, 4096) for n in (512, 2000)),
    *(empirical(2, 512, n) for n in (512, 2000)),
    ensemble(1),
    ensemble(2),
    frequency_pde(100, assembled=True),
    frequency_pde(400, assembled=False),
]
