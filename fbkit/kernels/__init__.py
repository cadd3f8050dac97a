"""Infinite-width kernels: Gram matrices, angle profiles, and their spectra on circle, sphere and Boolean cube."""

from fbkit.kernels.two_layer import circle_rates, two_layer_profile

__all__ = ["circle_rates", "two_layer_profile"]
