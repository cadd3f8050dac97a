"""Networks that tests are made of."""

from torch import nn


class Net(nn.Module):
    """A network from layers by name and a function of (self, x)."""

    def __init__(self, forward, **layers):
        super().__init__()
        for name, layer in layers.items():
            setattr(self, name, layer)
        self.run = forward

    def forward(self, x):
        return self.run(self, x)
