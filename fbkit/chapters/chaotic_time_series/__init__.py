"""What only the page `chaotic_time_series` uses."""
