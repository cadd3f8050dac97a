"""Parities for a dense network and for one layer of attention, both on ten bits.

The dense network has two hidden layers of 128 ReLU units. The other is a single block
of a transformer: each bit is a token, the sum of an embedding of its value and one of
its place, 32 numbers; one layer of PyTorch's `MultiheadAttention` with 4 heads, a dense
layer of 64 units, both with a shortcut and a layer norm; the mean over tokens and a
linear output. Adam, mean square error, batches of 128.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import fbkit as fb
from fbkit.basis import fwht

if TYPE_CHECKING:
    import torch
    from torch import nn

BITS, BATCH, WIDE = 10, 128, 32
KINDS = ("dense", "attention")
DEGREES = (1, 2, 4)
LEARNED = 0.1  # mean square error, of a parity's variance 1
MOST = 6000  # steps


def network(kind: str, seed: int) -> nn.Module:
    """From (N, 10) inputs of -1 and 1 to (N,)."""
    import torch
    from torch import nn

    torch.set_num_threads(1)
    torch.manual_seed(seed)
    if kind == "dense":
        hidden = [nn.Linear(BITS, 128), nn.ReLU(), nn.Linear(128, 128), nn.ReLU()]
        return nn.Sequential(*hidden, nn.Linear(128, 1), nn.Flatten(0))

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.value = nn.Parameter(torch.randn(2, WIDE) / WIDE**0.5)
            self.place = nn.Parameter(torch.randn(BITS, WIDE) / WIDE**0.5)
            self.attention = nn.MultiheadAttention(WIDE, 4, batch_first=True)
            dense = [nn.Linear(WIDE, 64), nn.ReLU(), nn.Linear(64, WIDE)]
            self.dense = nn.Sequential(*dense)
            self.norms = nn.ModuleList([nn.LayerNorm(WIDE), nn.LayerNorm(WIDE)])
            self.out = nn.Linear(WIDE, 1)

        def forward(self, x):
            tokens = self.value[((1 - x) / 2).long()] + self.place
            seen, _ = self.attention(tokens, tokens, tokens, need_weights=False)
            tokens = self.norms[0](tokens + seen)
            tokens = self.norms[1](tokens + self.dense(tokens))
            return self.out(tokens.mean(dim=1))[:, 0]

    return Block()


def steps_to_learn(kind: str, degree: int, seed: int, lr: float) -> int:
    """Steps on fresh random points until the error is below LEARNED.

    The error is the mean over the last ten batches, which no step has seen before.
    """
    import torch

    net = network(kind, seed)
    adam = torch.optim.Adam(net.parameters(), lr)
    errors = []
    for step in range(MOST):
        x = 1.0 - 2 * torch.randint(0, 2, (BATCH, BITS))
        loss = (net(x) - x[:, :degree].prod(dim=1)).square().mean()
        errors.append(loss.item())
        if step > 10 and np.mean(errors[-10:]) < LEARNED:
            break
        descend(adam, loss)
    return step


def fitted(
    kind: str, y: np.ndarray, seen: np.ndarray, seed: int, lr: float, steps: int
) -> np.ndarray:
    """Outputs (1024,) after some steps on the corners `seen` (1024,) with values y."""
    import torch

    net = network(kind, seed)
    adam = torch.optim.Adam(net.parameters(), lr)
    x = torch.as_tensor(fb.cube(BITS).inputs, dtype=torch.float32)
    y = torch.as_tensor(y, dtype=torch.float32)
    places = torch.as_tensor(np.flatnonzero(seen))
    for _ in range(steps):
        batch = places[torch.randint(len(places), (BATCH,))]
        descend(adam, (net(x[batch]) - y[batch]).square().mean())
    with torch.no_grad():
        return net.eval()(x).double().numpy()


def descend(adam: torch.optim.Adam, loss: torch.Tensor) -> None:
    adam.zero_grad()
    loss.backward()
    adam.step()


def mean_degree(f: np.ndarray) -> float:
    """Mean degree of a function (1024,), each parity with the square it holds."""
    square = np.square(fwht(f))
    degree = fb.cube(BITS).modes
    return square[1:] @ degree[1:] / square[1:].sum()
