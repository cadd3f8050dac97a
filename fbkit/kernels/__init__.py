"""Infinite-width kernels: Gram matrices, angle profiles, and their spectra on circle,
sphere and Boolean cube.
"""

from fbkit.kernels.closed import (
    circle_ntk_eigs,
    pnn_linear_factor_ntk,
    pnn_ntk,
    product_profile,
    relu_profile,
)
from fbkit.kernels.gram import ntk_gram, ntk_profile
from fbkit.kernels.spectra import circle_spectrum, cube_spectrum, sphere_spectrum
from fbkit.kernels.two_layer import (
    circle_rates,
    finite_two_layer_ntk,
    two_layer_profile,
)

__all__ = [
    "circle_ntk_eigs",
    "pnn_linear_factor_ntk",
    "pnn_ntk",
    "product_profile",
    "relu_profile",
]
__all__ += [
    "ntk_gram",
    "ntk_profile",
    "circle_spectrum",
    "cube_spectrum",
    "sphere_spectrum",
]
__all__ += ["circle_rates", "finite_two_layer_ntk", "two_layer_profile"]
