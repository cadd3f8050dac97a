"""A convolutional network with large kernels that tells regular from chaotic series.

Two convolutions without padding, each with ReLU and a pooling by two, then a hidden
layer. Large kernels are the idea of Boulle et al., arXiv 1908.06848, and of the network
called LKCNN by Corbetta and de Jong, arXiv 2306.02300; all sizes here are this
course's own.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import nn

from fbkit.chapters.chaotic_time_series.series import LENGTH, Series

LARGE, SMALL = 64, 3  # kernels of the first layer
LAYERS = ("convolution 1", "pooling 1", "convolution 2", "pooling 2")
STRIDES = (2, 2, 2, 2)


class LKCNN(nn.Module):
    """Two scores, regular and chaotic, for series (count, LENGTH)."""

    def __init__(self, kernel: int = LARGE, seed: int = 0):
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            second = max(3, kernel // 2)
            self.blocks = nn.ModuleList(
                [
                    nn.Conv1d(1, 8, kernel, stride=2),
                    nn.MaxPool1d(2),
                    nn.Conv1d(8, 16, second, stride=2),
                    nn.MaxPool1d(2),
                ]
            )
            with torch.no_grad():
                size = self.maps(torch.zeros(1, LENGTH))[-1].numel()
            self.head = nn.Sequential(
                nn.Flatten(),
                nn.Dropout(0.5),
                nn.Linear(size, 32),
                nn.ReLU(),
                nn.Linear(32, 2),
            )

    def maps(self, x: torch.Tensor) -> list[torch.Tensor]:
        """The activations of the four LAYERS, each (count, channels, length)."""
        x = x[:, None, :]
        found = []
        for block in self.blocks:
            x = block(x)
            if isinstance(block, nn.Conv1d):
                x = torch.relu(x)
            found.append(x)
        return found

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.maps(x)[-1])


def train(
    net: LKCNN,
    data: Series,
    seed: int,
    epochs: int = 10,
    watch: Callable[[int, LKCNN], None] | None = None,
) -> LKCNN:
    """Adam with learning rate 1e-3 on the cross-entropy, in batches of 32.

    The seed draws batches and dropout; `watch(step, net)` is called after each step.
    """
    x = torch.as_tensor(data.values, dtype=torch.float32)
    y = torch.as_tensor(data.chaotic)
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
    step = 0
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(2**40 + seed)  # none of those that networks start from
        for _ in range(epochs):
            for part in torch.randperm(len(x)).split(32):
                net.train()
                optimizer.zero_grad()
                loss = nn.functional.cross_entropy(net(x[part]), y[part])
                loss.backward()
                optimizer.step()
                step += 1
                if watch:
                    watch(step, net)
    return net.eval()


def calls_chaotic(net: LKCNN, values: np.ndarray) -> np.ndarray:
    """Which series (count,) the network calls chaotic."""
    net.eval()
    with torch.no_grad():
        scores = net(torch.as_tensor(values, dtype=torch.float32))
    return scores.argmax(dim=1).numpy()


def accuracy(net: LKCNN, data: Series) -> float:
    """Share of the series that get their label."""
    return float((calls_chaotic(net, data.values) == data.chaotic).mean())
