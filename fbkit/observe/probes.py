"""Probes: what a training run records of its residual."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import ArrayLike

from fbkit._errors import same_shape
from fbkit.basis import Basis


class Probe(Protocol):
    """What `fbkit.train` records: a function of prediction and values with `modes`.

    Attributes
    ----------
    modes : (K,) or (K, d), names of what the probe returns.
    """

    modes: np.ndarray

    def __call__(self, prediction: ArrayLike, values: ArrayLike) -> np.ndarray:
        """(K,) numbers from prediction and values of one shape.

        The probes of the package take a network's (n, 1) for (n,), and tensors with
        their gradients; nothing is broadcast.
        """


@dataclass(frozen=True, eq=False)
class ModeError:
    """Signed coefficients of the residual in a basis; see `mode_error`."""

    basis: Basis

    @property
    def modes(self) -> np.ndarray:
        return self.basis.modes

    def __call__(self, prediction: ArrayLike, values: ArrayLike) -> np.ndarray:
        f, y = same_shape(prediction, values)
        return self.basis.analyse(f - y)


@dataclass(frozen=True)
class TotalError:
    """The size of the residual as one mode; see `total_error`."""

    modes: ClassVar[np.ndarray] = np.zeros(1)

    def __call__(self, prediction: ArrayLike, values: ArrayLike) -> np.ndarray:
        f, y = same_shape(prediction, values)
        mean_square = np.square(f - y).sum() / len(y)
        return np.array([np.sqrt(mean_square)])


def mode_error(basis: Basis) -> Probe:
    """A probe: e_k = sum_i w_i phi_k(x_i) (f(x_i) - y_i) for every mode of the basis.

    >>> from fbkit.basis import circle
    >>> basis = circle(4)
    >>> mode_error(basis)([2, 2, 2, 2], [1, 1, 1, 1]).round(12)[0]
    np.float64(1.0)
    """
    return ModeError(basis)


def total_error() -> Probe:
    """A probe with a single mode 0: the root mean square of the residual over points.

    The squares of several outputs are summed.

    >>> total_error()([[3.0, 4.0], [0.0, 0.0]], np.zeros((2, 2))).round(6).tolist()
    [3.535534]
    """
    return TotalError()
