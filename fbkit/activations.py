"""One table of activations: what a hidden unit computes, and its derivative."""

from dataclasses import dataclass

import numpy as np

from fbkit._errors import one_of


@dataclass(frozen=True)
class Activation:
    """A pointwise function sigma, its derivative, and the name of the same function in torch (`torch.<torch_name>`)."""

    name: str
    value: object
    slope: object
    torch_name: str


def _gauss(z):
    return np.exp(-np.square(z) / 2)


ACTIVATIONS = {
    a.name: a
    for a in (
        Activation("relu", lambda z: np.maximum(z, 0), lambda z: (z > 0) * 1.0, "relu"),
        Activation("tanh", np.tanh, lambda z: 1 - np.tanh(z) ** 2, "tanh"),
        Activation("sine", np.sin, np.cos, "sin"),
        Activation("cosine", np.cos, lambda z: -np.sin(z), "cos"),
        Activation("gaussian", _gauss, lambda z: -z * _gauss(z), ""),
        Activation("linear", lambda z: z, np.ones_like, ""),
    )
}


def activation(name):
    """Look an activation up by name; a wrong name raises a ValueError that lists the right ones.

    >>> float(activation("tanh").slope(0.0))
    1.0
    """
    return ACTIVATIONS[one_of("activation", name, ACTIVATIONS)]


def torch_function(name):
    """The same activation on torch tensors.

    >>> import torch
    >>> torch_function("relu")(torch.tensor([-1.0, 2.0])).tolist()
    [0.0, 2.0]
    """
    import torch

    special = {"gaussian": lambda z: torch.exp(-z * z / 2), "linear": lambda z: z}
    known = activation(name)
    return special.get(name) or getattr(torch, known.torch_name)
