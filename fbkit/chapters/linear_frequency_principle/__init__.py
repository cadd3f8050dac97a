"""What only the page `linear_frequency_principle` uses."""
