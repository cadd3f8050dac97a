"""Infinite-width kernels: Gram matrices, angle profiles, and their spectra on circle, sphere and Boolean cube."""

from fbkit.kernels.gram import ntk_gram, ntk_profile
from fbkit.kernels.two_layer import circle_rates, two_layer_profile

__all__ = ["circle_rates", "ntk_gram", "ntk_profile", "two_layer_profile"]
