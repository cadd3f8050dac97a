"""Networks whose units multiply: a product of several factors in place of one."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

from fbkit._errors import one_of, positive_int
from fbkit.nets import Antisymmetric

# What a factor makes of a number; the mean square of standard normal ones stays 1.
FACTORS = {"relu": lambda z: 2**0.5 * z.relu(), "linear": lambda z: z}


class Product(nn.Module):
    """f(u) = m^{-1/2} sum_j a_j prod_i s_i(w_ij . u + b_ij), all parameters trained.

    s is sqrt2 ReLU or the number itself, by the names in `factors`. With one ReLU this
    is the plain network with one hidden layer.

    Parameters
    ----------
    factors : F names, "relu" or "linear".
    inner : (F, m, d) weights w at the start.
    outer : (m,) weights a at the start.
    bias : whether there are biases b; they start at 0.
    """

    def __init__(
        self,
        factors: Sequence[str],
        inner: torch.Tensor,
        outer: torch.Tensor,
        bias: bool = False,
    ):
        super().__init__()
        self.factors = [one_of("a factor", name, FACTORS) for name in factors]
        self.inner = nn.Parameter(inner)
        self.outer = nn.Parameter(outer)
        self.biases = nn.Parameter(torch.zeros(inner.shape[:2])) if bias else None

    def forward(self, u: torch.Tensor) -> torch.Tensor:
        z = u @ self.inner.mT  # (F, n, m)
        if self.biases is not None:
            z = z + self.biases[:, None]
        unit = torch.ones_like(z[0])
        for name, each in zip(self.factors, z):
            unit = unit * FACTORS[name](each)
        return unit @ self.outer[:, None] / len(self.outer) ** 0.5


def product(
    factors: Sequence[str] = ("relu", "relu"),
    width: int = 256,
    *,
    inputs: int = 2,
    bias: bool = False,
    seed: int = 0,
) -> Antisymmetric:
    """A product network with standard normal weights; 0 everywhere at the start.

    The second half of the units repeats the first with a negated.

    Parameters
    ----------
    factors, bias : as for `Product`.
    width, inputs : m, which is even, and d.
    seed : of the weights.

    >>> net = product(["relu", "linear"], width=8)
    >>> net(torch.ones(3, 2)).abs().max().item(), net.plus.inner.shape
    (0.0, torch.Size([2, 4, 2]))
    """
    half = positive_int("width", width, least=2) // 2
    generator = torch.Generator().manual_seed(positive_int("seed", seed, least=0))
    size = (len(factors), half, positive_int("inputs", inputs))
    inner = torch.randn(size, generator=generator)
    outer = torch.randn(half, generator=generator)
    return Antisymmetric(Product(factors, inner, outer, bias))


def even_product(
    factors: Sequence[str], count: int, *, bias: bool = False
) -> Antisymmetric:
    """A product network on the circle without chance; 0 everywhere at the start.

    The directions of a unit's factors are one point of an even grid of angles, and each
    point is there once in both halves: at the start the kernel of infinitely many
    random units, up to what the grid is too coarse for.

    Parameters
    ----------
    factors, bias : as for `Product`.
    count : angles for each factor, so that the width is 2 count^F.

    >>> even_product(["relu", "relu"], 6).plus.inner.shape
    torch.Size([2, 36, 2])
    """
    angle = 2 * torch.pi * (torch.arange(count) + 0.5) / count
    grid = torch.cartesian_prod(*[angle] * len(factors)).reshape(-1, len(factors))
    # As for two standard normal weights the mean square length is 2.
    inner = 2**0.5 * torch.stack([grid.T.cos(), grid.T.sin()], dim=-1)
    return Antisymmetric(Product(factors, inner, torch.ones(len(grid)), bias))
