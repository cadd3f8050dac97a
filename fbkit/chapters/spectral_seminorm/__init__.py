"""What only the page `spectral_seminorm` uses."""
