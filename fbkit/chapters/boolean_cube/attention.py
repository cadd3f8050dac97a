"""Parities for a dense network and for one layer of attention, both on ten bits.

    python -m fbkit.chapters.boolean_cube.attention

trains what the page on parities and attention shows and writes attention.npz (about ten
minutes on one core).

The dense network has two hidden layers of 88 ReLU units, 8,889 parameters. The other
is a single block of a transformer, 8,961 parameters: each bit is a token, the sum of an
embedding of its value and one of its place, 32 numbers; one layer of PyTorch's
`MultiheadAttention` with 4 heads, a dense layer of 64 units, both with a shortcut and a
layer norm; the mean over tokens and a linear output. Adam, mean square error, batches
of 128 corners that are drawn anew in every step.
"""

from __future__ import annotations

import hashlib
import io
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import fbkit as fb
from fbkit._errors import one_of

if TYPE_CHECKING:
    from torch import nn

FILE = Path(__file__).with_suffix(".npz")
# Of the file; the script writes it here.
CHECKSUM = "e2c705dee49ba5984e20bc7fa93a46984bb0d8eb3a76362e9132d6e0d1ba8c88"
AGAIN = (
    "make it again with: python -m fbkit.chapters.boolean_cube.attention (10 minutes)"
)

BITS, BATCH, WIDE = 10, 128, 32
KINDS = ("dense", "attention")
DEGREES = (1, 2, 4)
LEARNED = 0.1  # mean square error, of a parity's variance 1
MOST = 3000  # steps
LEARNING_RATES = (0.001, 0.003, 0.01)
TRIED = range(200, 203)  # seeds on which the learning rate is chosen
MOST_TRIED = 1500  # steps on those
SEEDS = range(8)  # seeds that are shown


def network(kind: str, seed: int) -> nn.Module:
    """From (N, 10) inputs of -1 and 1 to (N,).

    "dense", "attention", or "own tokens": attention, with two embeddings of its own for
    each place in place of a sum.
    """
    import torch
    from torch import nn

    one_of("kind", kind, (*KINDS, "own tokens"))
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    if kind == "dense":
        hidden = [nn.Linear(BITS, 88), nn.ReLU(), nn.Linear(88, 88), nn.ReLU()]
        return nn.Sequential(*hidden, nn.Linear(88, 1), nn.Flatten(0))

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            places = BITS if kind == "own tokens" else 1
            self.value = nn.Parameter(torch.randn(places, 2, WIDE) / WIDE**0.5)
            self.place = nn.Parameter(torch.randn(BITS, 1, WIDE) / WIDE**0.5)
            self.attention = nn.MultiheadAttention(WIDE, 4, batch_first=True)
            dense = [nn.Linear(WIDE, 64), nn.ReLU(), nn.Linear(64, WIDE)]
            self.dense = nn.Sequential(*dense)
            self.norms = nn.ModuleList([nn.LayerNorm(WIDE), nn.LayerNorm(WIDE)])
            self.out = nn.Linear(WIDE, 1)

        def forward(self, x):
            zero, one = (self.value + self.place).unbind(1)  # (10, WIDE) each
            tokens = torch.where(x[:, :, None] > 0, zero, one)
            seen, _ = self.attention(tokens, tokens, tokens, need_weights=False)
            tokens = self.norms[0](tokens + seen)
            tokens = self.norms[1](tokens + self.dense(tokens))
            return self.out(tokens.mean(dim=1))[:, 0]

    return Block()


def steps_to_learn(net: nn.Module, degree: int, lr: float, most: int = MOST) -> int:
    """Steps on fresh random points until the error is below LEARNED, or else `most`.

    The target is the parity of the first bits; the points go on where torch's random
    state is, which `network` sets. The error is the mean over the last ten batches,
    which no step had seen before.
    """
    import torch

    adam = torch.optim.Adam(net.parameters(), lr)
    errors = []
    for step in range(most):
        x = 1.0 - 2 * torch.randint(0, 2, (BATCH, BITS))
        loss = (net(x) - x[:, :degree].prod(dim=1)).square().mean()
        errors.append(loss.item())
        if step > 9 and np.mean(errors[-10:]) < LEARNED:
            return step
        adam.zero_grad()
        loss.backward()
        adam.step()
    return most


def start_rates(net: nn.Module, highest: int = 4) -> np.ndarray:
    """Rates of the parities of the first 1 to `highest` bits, of the weights as they
    are.

    The rate of a parity under gradient descent on all corners is what the kernel of
    this very network, a sum of products of gradients, gives for it: the squared length
    of the gradient of the parity's coefficient.
    """
    import torch

    x = torch.as_tensor(fb.cube(BITS).inputs, dtype=torch.float32)
    f, found = net(x), []
    for k in range(1, highest + 1):
        coefficient = (f * x[:, :k].prod(dim=1)).mean()
        slopes = torch.autograd.grad(
            coefficient, list(net.parameters()), retain_graph=True
        )
        found.append(sum(one.square().sum().item() for one in slopes))
    return np.array(found)


def strengthened(net: nn.Module, factor: float) -> nn.Module:
    """The block, with `factor` times as much added to each token by attention."""
    import torch

    with torch.no_grad():
        net.attention.out_proj.weight.mul_(factor)
    return net


# ---- the stored runs ----


def load() -> dict[str, np.ndarray]:
    """The stored runs: `tried` (2, 3, 3, 3) steps by kind, degree, learning rate and
    seed, `rates` (2, 3) the learning rate with the least median, the lowest of equal
    ones, `steps` (2, 3, 8) with that one on other seeds. Where the parity was not
    learned, MOST, and MOST_TRIED in `tried`.

    An error of one sentence where the file is missing or damaged.
    """
    if not FILE.exists():
        raise FileNotFoundError(f"{FILE.name}, the stored runs, is missing; {AGAIN}")
    content = FILE.read_bytes()
    if hashlib.sha256(content).hexdigest() != CHECKSUM:
        raise ValueError(f"{FILE.name}, the stored runs, is damaged; {AGAIN}")
    with np.load(io.BytesIO(content)) as stored:
        return dict(stored)


def main() -> None:
    """Choose the learning rates, train, and store."""
    begun = time.process_time()
    tried = np.zeros((2, 3, len(LEARNING_RATES), len(TRIED)), int)
    rates, steps = np.zeros((2, 3)), np.zeros((2, 3, len(SEEDS)), int)
    for i, kind in enumerate(KINDS):
        for j, k in enumerate(DEGREES):
            for at, lr in enumerate(LEARNING_RATES):
                tried[i, j, at] = [
                    steps_to_learn(network(kind, s), k, lr, MOST_TRIED) for s in TRIED
                ]
            medians = np.median(tried[i, j], axis=1)
            rates[i, j] = LEARNING_RATES[medians.argmin()]
            lr = rates[i, j]
            # A network is made right before its training: it sets the random state.
            steps[i, j] = [steps_to_learn(network(kind, s), k, lr) for s in SEEDS]
            print(kind, k, medians, lr, sorted(steps[i, j].tolist()), flush=True)
    np.savez_compressed(FILE, tried=tried, rates=rates, steps=steps)
    digest = hashlib.sha256(FILE.read_bytes()).hexdigest()
    module = Path(__file__)
    text = module.read_text(encoding="utf-8")
    text = text.replace(f'CHECKSUM = "{CHECKSUM}"', f'CHECKSUM = "{digest}"')
    module.write_text(text, encoding="utf-8")
    print(f"{time.process_time() - begun:.0f} s")


if __name__ == "__main__":
    main()
