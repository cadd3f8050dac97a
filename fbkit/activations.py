"""One table of activations.

What a hidden unit computes, its derivative, its spectrum and its spline kernel.
"""

from __future__ import annotations

import copyreg
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

from fbkit._bounds import number
from fbkit._errors import one_of, positive_int

if TYPE_CHECKING:
    import torch

MOST_POWER = 98  # (k!)^2 of larger degrees is beyond the largest float
Function = Callable[[np.ndarray], np.ndarray]


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
    in_torch : the same function in torch: its name there, as in `torch.<name>`, or a
        function (torch, z) where torch has none.
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
    value: Function
    slope: Function
    in_torch: str | Callable | None = None
    spectrum: Function | None = None
    null_degree: int | None = None
    kernel: Function | None = None


def relu_power(degree: int) -> Activation:
    r"""The activation max(z, 0)^k: step, ReLU, squared ReLU and so on.

    `|sigma^|^2` = (k!)^2 / w^(2k+2), null-space degree k, kernel (-1)^(k+1) (k!)^2
    `|z|^(2k+1)` / (2 (2k+1)!): splines of degree 2k+1 (Sahs et al., arXiv 2503.10587;
    kernel derived here, checked numerically).

    Parameters
    ----------
    degree : k, from 0 to 98.

    >>> square = relu_power(2)
    >>> square.value(np.array([-1.0, 3.0])).tolist()
    [0.0, 9.0]
    >>> float(square.spectrum(1.0)), square.null_degree
    (4.0, 2)
    """
    k = positive_int("degree", degree, least=0, most=MOST_POWER)
    if k == 0:
        return ACTIVATIONS["step"]
    if k == 1:
        return ACTIVATIONS["relu"]
    size = math.factorial(k) ** 2
    kernel_size = (-1) ** (k + 1) * size / (2 * math.factorial(2 * k + 1))
    return Activation(
        name=f"relu^{k}",
        value=lambda z: np.maximum(z, 0) ** k,
        slope=lambda z: k * np.maximum(z, 0) ** (k - 1),
        in_torch=lambda torch, z: torch.relu(z) ** k,
        spectrum=lambda w: size * w ** (-2.0 * k - 2),
        null_degree=k,
        kernel=lambda z: kernel_size * np.abs(z) ** (2 * k + 1),
    )


def leaky_relu(slope: float = 0.01) -> Activation:
    """The activation that is z above 0 and slope times z below.

    It is (1 - slope) ReLU plus a linear function. The table holds the one with
    PyTorch's 0.01.

    Parameters
    ----------
    slope : any number but 1; -1 makes the absolute value.

    >>> leaky_relu(0.5).value(np.array([-2.0, 2.0])).tolist()
    [-1.0, 2.0]
    """
    s = number("slope", slope)
    if s == 1:
        raise ValueError(
            "slope is 1, which makes a linear function;"
            " pass another slope, or use 'linear'."
        )
    relu = ACTIVATIONS["relu"]
    return replace(
        relu,
        name="leaky_relu",
        value=lambda z: np.where(z > 0, z, s * z),
        slope=lambda z: np.where(z > 0, 1.0, s),
        in_torch=lambda torch, z: torch.nn.functional.leaky_relu(z, s),
        spectrum=lambda w: (1 - s) ** 2 * relu.spectrum(w),
        kernel=lambda z: (1 - s) ** 2 * relu.kernel(z),
    )


def activation(name: str | Activation) -> Activation:
    """Look an activation up by name.

    An `Activation` (from `relu_power`, `leaky_relu` or your own) is returned as it is.
    A wrong name raises a ValueError with the nearest ones.

    >>> float(activation("tanh").slope(0.0))
    1.0
    """
    if isinstance(name, Activation):
        return name
    names = "list(fbkit.activations.ACTIVATIONS)"
    return ACTIVATIONS[one_of("activation", name, ACTIVATIONS, listed=names)]


def torch_function(
    name: str | Activation,
) -> Callable[[torch.Tensor], torch.Tensor]:
    """The same activation on torch tensors.

    >>> import torch
    >>> torch_function("relu")(torch.tensor([-1.0, 2.0])).tolist()
    [0.0, 2.0]
    """
    import torch

    known = activation(name).in_torch
    if known is None:
        raise ValueError(
            f"{activation(name).name} has no function in torch; give its Activation one"
            " as in_torch."
        )
    if callable(known):
        return partial(known, torch)
    return attrgetter(known)(torch)


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
    small = np.abs(z) < 1e-3
    series = -z / 3 + z**3 / 30
    safe = np.where(small, 1.0, z)
    formula = (np.cos(safe) - np.sinc(safe / np.pi)) / safe
    return np.where(small, series, formula)


def _csch2(x):
    """1/sinh^2, without overflow."""
    decay = -2 * np.abs(x)
    return 4 * np.exp(decay) / np.expm1(decay) ** 2


def _x_coth(x):
    safe = np.where(x == 0, 1.0, x)
    return np.where(x == 0, 1.0, safe / np.tanh(safe))


def _normal_abs(z):
    """The mean of `|z - X|`, of a normal X with variance 2."""
    return z * _erf(z / 2) + 2 / np.sqrt(np.pi) * np.exp(-(z**2) / 4)


def _normal_cube(z):
    """The mean of `|z - X|^3`, of a normal X with variance 2."""
    far = (z**3 + 6 * z) * _erf(z / 2)
    return far + 2 / np.sqrt(np.pi) * (z**2 + 4) * np.exp(-(z**2) / 4)


def _gelu_kernel(z):
    # Spectrum (1/w^4 + 2/w^2 + 1) exp(-w^2): |z|^3/12, -|z| and a spike, all smoothed
    # by a normal of variance 2.
    spike = np.exp(-(z**2) / 4) / (2 * np.sqrt(np.pi))
    return _normal_cube(z) / 12 - _normal_abs(z) + spike


_TABLE = [
    Activation(
        name="relu",
        value=lambda z: np.maximum(z, 0),
        slope=lambda z: (z > 0) * 1.0,
        in_torch="relu",
        spectrum=lambda w: w**-4.0,
        null_degree=1,
        kernel=lambda z: np.abs(z) ** 3 / 12,
    ),
    Activation(
        name="step",
        value=lambda z: (z > 0) * 1.0,
        slope=lambda z: 0.0 * z,
        in_torch=lambda torch, z: (z > 0).to(z.dtype),
        spectrum=lambda w: w**-2.0,
        null_degree=0,
        kernel=lambda z: -np.abs(z) / 2,
    ),
    Activation(
        name="tanh",
        value=np.tanh,
        slope=lambda z: 1 - np.tanh(z) ** 2,
        in_torch="tanh",
        spectrum=lambda w: np.pi**2 * _csch2(np.pi * w / 2),
        null_degree=0,
        kernel=lambda z: -2 * _x_coth(z),
    ),
    Activation(
        name="sigmoid",
        value=_sigmoid,
        slope=lambda z: _sigmoid(z) * _sigmoid(-z),
        in_torch="sigmoid",
        spectrum=lambda w: np.pi**2 * _csch2(np.pi * w),
        null_degree=0,
        kernel=lambda z: -_x_coth(z / 2),
    ),
    Activation(
        name="erf",
        value=_erf,
        slope=lambda z: 2 / np.sqrt(np.pi) * np.exp(-np.square(z)),
        in_torch="erf",
        spectrum=lambda w: 4 * np.exp(-(w**2) / 2) / w**2,
        null_degree=0,
        kernel=lambda z: -np.sqrt(2) * _normal_abs(np.sqrt(2) * z),
    ),
    Activation(
        name="arctan",
        value=np.arctan,
        slope=lambda z: 1 / (1 + np.square(z)),
        in_torch="arctan",
        spectrum=lambda w: np.pi**2 * np.exp(-2 * np.abs(w)) / w**2,
        null_degree=0,
        kernel=lambda z: np.pi * (np.log1p(z**2 / 4) - z * np.arctan(z / 2)),
    ),
    Activation(
        name="softplus",
        value=lambda z: np.logaddexp(0, z),
        slope=_sigmoid,
        # Torch's softplus is z above a threshold; at 40 the difference is below
        # rounding.
        in_torch=lambda torch, z: torch.nn.functional.softplus(z, threshold=40),
        spectrum=lambda w: np.pi**2 * _csch2(np.pi * w) / w**2,
        null_degree=1,
    ),
    Activation(
        name="gelu",
        value=lambda z: z * _normal_cdf(z),
        slope=lambda z: _normal_cdf(z) + z * _gauss(z) / np.sqrt(2 * np.pi),
        in_torch="nn.functional.gelu",
        spectrum=lambda w: np.exp(-(w**2)) * (1 + w**-2.0) ** 2,
        null_degree=1,
        kernel=_gelu_kernel,
    ),
    Activation(
        name="silu",
        value=lambda z: z * _sigmoid(z),
        slope=lambda z: _sigmoid(z) * (1 + z * _sigmoid(-z)),
        in_torch="nn.functional.silu",
        spectrum=lambda w: np.pi**4 * _csch2(np.pi * w) / np.tanh(np.pi * w) ** 2,
        null_degree=1,
    ),
    Activation(
        name="gaussian",
        value=_gauss,
        slope=lambda z: -z * _gauss(z),
        in_torch=lambda torch, z: torch.exp(-z * z / 2),
        spectrum=lambda w: 2 * np.pi * np.exp(-(w**2)),
        null_degree=-1,
        kernel=lambda z: np.sqrt(np.pi) * np.exp(-(z**2) / 4),
    ),
    Activation(
        name="sinc",
        value=lambda z: np.sinc(z / np.pi),
        slope=_sinc_slope,
        in_torch=lambda torch, z: torch.sinc(z / math.pi),
        spectrum=lambda w: np.pi**2 * (np.abs(w) < 1),
        null_degree=-1,
        kernel=lambda z: np.pi * np.sinc(z / np.pi),
    ),
    Activation(name="sine", value=np.sin, slope=np.cos, in_torch="sin"),
    Activation(name="cosine", value=np.cos, slope=lambda z: -np.sin(z), in_torch="cos"),
    Activation(
        name="linear",
        value=lambda z: z,
        slope=np.ones_like,
        in_torch=lambda torch, z: z,
    ),
]

ACTIVATIONS = {one.name: one for one in _TABLE}
ACTIVATIONS["leaky_relu"] = leaky_relu()


def _by_name(one: Activation) -> tuple:
    """How pickle keeps an activation: one of the table by its name, since its functions
    have none.
    """
    if ACTIVATIONS.get(one.name) is one:
        return activation, (one.name,)
    return one.__reduce_ex__(4)


copyreg.pickle(Activation, _by_name)
