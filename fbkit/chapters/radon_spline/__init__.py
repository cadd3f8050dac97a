"""What only the page `radon_spline` uses."""
