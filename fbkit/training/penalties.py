"""What may be added to a loss."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from fbkit._errors import positive_int


def hashwh_penalty(
    net: nn.Module | Callable[[Tensor], Tensor],
    bits: int,
    buckets: int = 32,
    *,
    low: float = 0.0,
    high: float = 1.0,
    count: int = 1,
    generator: torch.Generator | None = None,
) -> Tensor:
    r"""Sum of the sizes of a network's Walsh coefficients, hashed into buckets: what to
    add to a loss, times a number, so that few parities are used.

    A function of n bits z is sum_S c_S chi_S(z), chi_S(z) = (-1)^(sum of z_i over i in
    S). Draw a matrix A of b x n bits, each 0 or 1 with probability 1/2, and evaluate
    the network at the 2^b points z = v A mod 2, v in {0, 1}^b. The Walsh-Hadamard
    transform of these values, divided by 2^b, holds in bucket s the sum of c_S over all
    S with A S = s mod 2. The penalty is sum_s |bucket s|, which is at most sum_S |c_S|:
    most of the few large coefficients have a bucket of their own, most of the many
    small ones cancel or share. It costs 2^b evaluations, whatever the number of bits
    (Gorji, Amrollahi, Krause, arXiv 2305.09779).

    Call it anew in each step: it draws another A.

    Parameters
    ----------
    net : any module or function of inputs (N, bits), which returns (N,), (N, 1) or (N,
        outputs). It is called once, as it stands (a module in its own mode, on the
        device and in the dtype of its first parameter), with count * buckets points.
    bits : n, the number of inputs.
    buckets : 2^b, a power of 2 from 2 to 2^bits.
    low, high : what the network is given for a bit that is 0 and for one that is 1.
        With inputs of -1 and 1 pass low=-1.
    count : number of draws that are averaged.
    generator : where the bits are drawn from; None: torch's own random state.

    Returns
    -------
    A tensor with its gradient: one number () for one output, else (outputs,).

    >>> net = nn.Sequential(nn.Linear(40, 16), nn.ReLU(), nn.Linear(16, 1))
    >>> penalty = hashwh_penalty(net, bits=40)
    >>> penalty.shape, penalty.requires_grad
    (torch.Size([]), True)

    Two parities of heights 3 and 4; where they share a bucket they are subtracted:

    >>> def two(z):
    ...     return 3 * (-1) ** z[:, 0] - 4 * (-1) ** (z[:, 1] + z[:, 2])
    >>> chance = torch.Generator().manual_seed(0)
    >>> draws = [hashwh_penalty(two, 3, 4, generator=chance) for _ in range(20)]
    >>> sorted({round(draw.item(), 6) for draw in draws})
    [1.0, 7.0]
    """
    bits = positive_int("bits", bits)
    exponent = _exponent(buckets, bits)
    count = positive_int("count", count)
    _check(net, low, high, generator)
    like = _home(net)
    device = torch.device("cpu") if generator is None else generator.device
    size = (count, exponent, bits)
    A = torch.randint(0, 2, size, generator=generator, device=device)
    A = A.to(like.device, like.dtype)
    v = torch.arange(2**exponent, device=like.device)
    v = (v[:, None] >> torch.arange(exponent, device=like.device) & 1).to(like.dtype)
    z = (v @ A).remainder(2).flatten(0, 1)  # (count 2^b, bits)
    values = net(low + (high - low) * z)
    values = _outputs(values, len(z)).reshape(count, 2**exponent, -1)
    hashed = _walsh_hadamard(values) / 2**exponent
    penalty = hashed.abs().sum(dim=1).mean(dim=0)  # (outputs,)
    return penalty[0] if len(penalty) == 1 else penalty


def _exponent(buckets, bits):
    """b of 2^b buckets."""
    buckets = positive_int("buckets", buckets, least=2)
    exponent = buckets.bit_length() - 1
    if buckets != 2**exponent or exponent > bits:
        raise ValueError(
            f"buckets is {buckets}; expected a power of 2 up to 2^bits, here"
            f" 2^{bits}: 32, for instance, or 2 for a single bit."
        )
    return exponent


def _check(net, low, high, generator):
    if not callable(net):
        raise ValueError(
            f"net is a {type(net).__name__}; expected a module or a function."
        )
    for name, value in (("low", low), ("high", high)):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ValueError(f"{name} is {value!r}; expected a finite number.")
    if not (math.isfinite(low) and math.isfinite(high) and low != high):
        raise ValueError(
            f"low is {low} and high {high}; expected two different finite numbers: what"
            " the network is given for a bit."
        )
    if generator is not None and not isinstance(generator, torch.Generator):
        raise ValueError(
            f"generator is a {type(generator).__name__}; pass a torch.Generator, made"
            " once before the loop, or None."
        )


def _home(net):
    """A tensor on the device and in the dtype that a network's inputs should have."""
    parameters = net.parameters() if isinstance(net, nn.Module) else ()
    for parameter in parameters:
        if parameter.is_floating_point():
            return parameter
    return torch.empty(0)


def _outputs(values, points):
    shape = tuple(values.shape) if isinstance(values, Tensor) else None
    right = shape is not None and len(shape) in (1, 2) and shape[0] == points
    if not right or not values.is_floating_point():
        got = type(values).__name__ if shape is None else f"{values.dtype} {shape}"
        raise ValueError(
            f"net returns {got} for {points} points; expected real numbers"
            f" ({points},) or ({points}, outputs)."
        )
    return values


def _walsh_hadamard(values):
    """(draws, 2^b, outputs) along the middle, without a factor: the numbers of
    `fbkit.basis.fwht`, with gradients.
    """
    shape = values.shape
    half = 1
    while half < shape[1]:
        pairs = values.reshape(shape[0], -1, 2, half, shape[2])
        first, second = pairs[:, :, 0], pairs[:, :, 1]
        values = torch.stack([first + second, first - second], dim=2).reshape(shape)
        half *= 2
    return values
