"""What only the page `samples_as_time` uses."""
