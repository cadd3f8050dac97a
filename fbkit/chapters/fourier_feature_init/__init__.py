"""What only the page `fourier_feature_init` uses."""
