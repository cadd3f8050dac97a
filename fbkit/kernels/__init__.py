"""Infinite-width kernels: of a network, Gram matrices, angle profiles, and their rates
on circle, sphere and Boolean cube.
"""

from fbkit.kernels.closed import (
    ReluProfile,
    pnn_linear_factor_ntk,
    pnn_ntk,
    relu_profile,
)
from fbkit.kernels.finite import finite_two_layer_ntk
from fbkit.kernels.network import Dense, Kernel, ntk
from fbkit.kernels.spectra import (
    circle_spectrum,
    cube_spectrum,
    rates,
    sphere_spectrum,
)

__all__ = [
    "Dense",
    "Kernel",
    "ReluProfile",
    "circle_spectrum",
    "cube_spectrum",
    "finite_two_layer_ntk",
    "ntk",
    "pnn_linear_factor_ntk",
    "pnn_ntk",
    "rates",
    "relu_profile",
    "sphere_spectrum",
]
