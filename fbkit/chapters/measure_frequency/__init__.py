"""What only the page `measure_frequency` uses."""
