"""One table of activations: what a hidden unit computes, its derivative, its spectrum
and its spline kernel.
"""

import math
from dataclasses import dataclass
from functools import partial
from operator import attrgetter

import numpy as np

from fbkit._errors import one_of, positive, positive_int


@dataclass(frozen=True)
class Activation:
    r"""A pointwise function sigma and what the theory needs of it.

    Frequencies are angular: sigma^(w) = int sigma(z) exp(-i w z) dz, as a tempered
    distribution away from w = 0 (Sahs et al., arXiv 2503.10587, for the seminorm it
    gives; entries derived here, checked numerically).

    Attributes
    ----------
    name : its name in the table.
    value, slope : sigma(z) and sigma'(z) on arrays of any shape.
    torch_name : the same function in torch, as `torch.<torch_name>`, or a function
        (torch, z) where torch has none.
    spectrum : `|sigma^(w)|^2` for w other than 0; None where sigma^ is made of single
        lines (sine, cosine) or lives at 0 alone (linear).
    null_degree : degree q of the polynomials that the singularity of sigma^ at 0 leaves
        free of penalty (`spectrum` is of order w^-2(q+1) there); -1 where there is
        none, None without a spectrum.
    kernel : closed form of k(z) = (1/2 pi) int `|sigma^(w)|^2` exp(i w z) dw up to an
        even polynomial of degree 2q: the covariance of units sigma(x - c) whose offsets
        c are spread evenly over the line; None where there is none.
    """

    name: str
    value: object
    slope: object
    torch_name: object = None
    spectrum: object = None
    null_degree: int | None = None
    kernel: object = None


def _gauss(z):
    return np.exp(-np.square(z) / 2)


def _sigmoid(z):
    return 0.5 + 0.5 * np.tanh(np.asarray(z) / 2)


def _erf(z):
    from scipy.special import erf

    return erf(z)


def _normal_cdf(z):
    return 0.5 + 0.5 * _erf(np.asarray(z) / np.sqrt(2))


def _sinc_slope(z):
    # (cos z - sinc z)/z cancels at small z, where the series -z/3 + z^3/30 is exact to
    # z^5/840.
    safe = np.where(np.abs(z) < 1e-3, 1.0, z)
    return np.where(
        np.abs(z) < 1e-3,
        -z / 3 + z**3 / 30,
        (np.cos(safe) - np.sinc(safe / np.pi)) / safe,
    )


def _csch2(x):
    return (
        4 * np.exp(-2 * np.abs(x)) / np.expm1(-2 * np.abs(x)) ** 2
    )  # 1/sinh^2 without overflow


def _x_coth(x):
    safe = np.where(x == 0, 1.0, x)
    return np.where(x == 0, 1.0, safe / np.tanh(safe))


def _normal_abs(z):
    """The mean of `|z - X|`, of a normal X with variance 2."""
    return z * _erf(z / 2) + 2 / np.sqrt(np.pi) * np.exp(-(z**2) / 4)


def _gelu_kernel(z):
    # Spectrum (1/w^4 + 2/w^2 + 1) exp(-w^2): |z|^3/12, -|z| and a spike, all smoothed
    # by a normal of variance 2.
    cube = (z**3 + 6 * z) * _erf(z / 2) + 2 / np.sqrt(np.pi) * (z**2 + 4) * np.exp(
        -(z**2) / 4
    )  # E |z - X|^3
    return cube / 12 - _normal_abs(z) + np.exp(-(z**2) / 4) / (2 * np.sqrt(np.pi))


# fmt: off
# name: (value, slope, in torch)
_UNITS = {
    "relu": (lambda z: np.maximum(z, 0), lambda z: (z > 0) * 1.0, "relu"),
    "step": (lambda z: (z > 0) * 1.0, lambda z: 0.0 * z, lambda torch, z: (z > 0).to(z.dtype)),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2, "tanh"),
    "sigmoid": (_sigmoid, lambda z: _sigmoid(z) * _sigmoid(-z), "sigmoid"),
    "erf": (_erf, lambda z: 2 / np.sqrt(np.pi) * np.exp(-np.square(z)), "erf"),
    "arctan": (np.arctan, lambda z: 1 / (1 + np.square(z)), "arctan"),
    # torch's softplus is z above a threshold; at 40 the difference is below rounding.
    "softplus": (lambda z: np.logaddexp(0, z), _sigmoid,
                 lambda torch, z: torch.nn.functional.softplus(z, threshold=40)),
    "gelu": (lambda z: z * _normal_cdf(z), lambda z: _normal_cdf(z) + z * _gauss(z) / np.sqrt(2 * np.pi),
             "nn.functional.gelu"),
    "silu": (lambda z: z * _sigmoid(z), lambda z: _sigmoid(z) * (1 + z * _sigmoid(-z)), "nn.functional.silu"),
    "gaussian": (_gauss, lambda z: -z * _gauss(z), lambda torch, z: torch.exp(-z * z / 2)),
    "sinc": (lambda z: np.sinc(z / np.pi), _sinc_slope, lambda torch, z: torch.sinc(z / math.pi)),
    "sine": (np.sin, np.cos, "sin"),
    "cosine": (np.cos, lambda z: -np.sin(z), "cos"),
    "linear": (lambda z: z, np.ones_like, lambda torch, z: z),
}

# name: (spectrum, null_degree, kernel)
_SPLINE = {
    "relu": (lambda w: w**-4.0, 1, lambda z: np.abs(z) ** 3 / 12),
    "step": (lambda w: w**-2.0, 0, lambda z: -np.abs(z) / 2),
    "tanh": (lambda w: np.pi**2 * _csch2(np.pi * w / 2), 0, lambda z: -2 * _x_coth(z)),
    "sigmoid": (lambda w: np.pi**2 * _csch2(np.pi * w), 0, lambda z: -_x_coth(z / 2)),
    "erf": (lambda w: 4 * np.exp(-(w**2) / 2) / w**2, 0, lambda z: -np.sqrt(2) * _normal_abs(np.sqrt(2) * z)),
    "arctan": (lambda w: np.pi**2 * np.exp(-2 * np.abs(w)) / w**2, 0,
               lambda z: np.pi * (np.log1p(z**2 / 4) - z * np.arctan(z / 2))),
    "softplus": (lambda w: np.pi**2 * _csch2(np.pi * w) / w**2, 1, None),
    "gelu": (lambda w: np.exp(-(w**2)) * (1 + w**-2.0) ** 2, 1, _gelu_kernel),
    "silu": (lambda w: np.pi**4 * _csch2(np.pi * w) / np.tanh(np.pi * w) ** 2, 1, None),
    "gaussian": (lambda w: 2 * np.pi * np.exp(-(w**2)), -1, lambda z: np.sqrt(np.pi) * np.exp(-(z**2) / 4)),
    "sinc": (lambda w: np.pi**2 * (np.abs(w) < 1), -1, lambda z: np.pi * np.sinc(z / np.pi)),
}

# fmt: on

ACTIVATIONS = {
    name: Activation(name, *unit, *_SPLINE.get(name, ()))
    for name, unit in _UNITS.items()
}


def relu_power(degree):
    r"""The activation max(z, 0)^k: step, ReLU, squared ReLU and so on.

    `|sigma^|^2` = (k!)^2 / w^(2k+2), null-space degree k, kernel (-1)^(k+1) (k!)^2
    `|z|^(2k+1)` / (2 (2k+1)!): splines of degree 2k+1 (Sahs et al., arXiv 2503.10587;
    kernel derived here, checked numerically).

    Parameters: `degree`, k >= 0. Returns an `Activation`.

    >>> square = relu_power(2)
    >>> square.value(np.array([-1.0, 3.0])).tolist(), float(square.spectrum(1.0)), square.null_degree
    ([0.0, 9.0], 4.0, 2)
    """
    k = positive_int("degree", degree, least=0)
    if k < 2:
        return ACTIVATIONS[["step", "relu"][k]]
    size = math.factorial(k) ** 2
    return Activation(
        f"relu^{k}", lambda z: np.maximum(z, 0) ** k, lambda z: k * np.maximum(z, 0) ** (k - 1),
        lambda torch, z: torch.relu(z) ** k, lambda w: size * w ** (-2.0 * k - 2), k,
        lambda z: (-1) ** (k + 1) * size / (2 * math.factorial(2 * k + 1)) * np.abs(z) ** (2 * k + 1),
    )  # fmt: skip


def leaky_relu(slope=0.01):
    """The activation that is z above 0 and slope times z below: (1 - slope) ReLU plus a
    linear function.

    Parameters: `slope`, at least 0 and not 1. Returns an `Activation`; the table holds
    the one with PyTorch's 0.01.

    >>> leaky_relu(0.5).value(np.array([-2.0, 2.0])).tolist()
    [-1.0, 2.0]
    """
    s = positive("slope", slope, zero=True)
    if s == 1:
        raise ValueError(
            "slope is 1, which makes a linear function; pass another slope, or use"
            " 'linear'."
        )
    spectrum, degree, kernel = _SPLINE["relu"]
    return Activation(
        "leaky_relu", lambda z: np.where(z > 0, z, s * z), lambda z: np.where(z > 0, 1.0, s),
        lambda torch, z: torch.nn.functional.leaky_relu(z, s),
        lambda w: (1 - s) ** 2 * spectrum(w), degree, lambda z: (1 - s) ** 2 * kernel(z),
    )  # fmt: skip


ACTIVATIONS["leaky_relu"] = leaky_relu()


def activation(name):
    """Look an activation up by name; a wrong name raises a ValueError that lists the
    right ones.

    An `Activation` (from `relu_power`, `leaky_relu` or your own) is returned as it is.

    >>> float(activation("tanh").slope(0.0))
    1.0
    """
    return (
        name
        if isinstance(name, Activation)
        else ACTIVATIONS[one_of("activation", name, ACTIVATIONS)]
    )


def torch_function(name):
    """The same activation on torch tensors.

    >>> import torch
    >>> torch_function("relu")(torch.tensor([-1.0, 2.0])).tolist()
    [0.0, 2.0]
    """
    import torch

    known = activation(name).torch_name
    return partial(known, torch) if callable(known) else attrgetter(known)(torch)
