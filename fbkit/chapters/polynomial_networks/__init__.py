"""What only the page `polynomial_networks` uses."""
