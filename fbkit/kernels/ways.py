"""Which map an activation has: closed form, series or mixture."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fbkit._errors import one_of
from fbkit.activations import ACTIVATIONS, Activation
from fbkit.kernels.duals import CLOSED, Dual, leaky, series
from fbkit.kernels.mixtures import MIXTURES


def ways_of(activation: str | Activation | Callable) -> list[Dual]:
    """The ways to calculate an activation's map, the one to try first in front.

    A closed form is alone. Any other activation has its Hermite series, and those of
    the table a mixture of closed forms besides, for variances at which the series does
    not converge.

    Parameters
    ----------
    activation : a name, an entry of the activation table, or a function of an array.
    """
    if isinstance(activation, str):
        activation = ACTIVATIONS[one_of("activation", activation, ACTIVATIONS)]
    if isinstance(activation, Activation):
        name, sigma = activation.name, activation.value
    elif callable(activation):
        name, sigma = getattr(activation, "__name__", "the activation"), activation
    else:
        raise ValueError(
            "activation is neither a name nor a function of an array; pass one of"
            " these."
        )
    # A user's own Activation may bear a name of the table: its function decides.
    if name in ACTIVATIONS and ACTIVATIONS[name].value is sigma:
        if name in CLOSED:
            return [CLOSED[name]]
        return [series(sigma, name), MIXTURES[name]]
    if isinstance(activation, Activation) and name == "leaky_relu":
        z = np.array([-3.0, -1.0, 2.0])
        slope = float(-sigma(z)[1])
        if np.allclose(sigma(z), np.where(z > 0, z, slope * z), rtol=1e-12):
            return [leaky(slope)]
    return [series(sigma, name)]
