"""What only the page `momentum` uses."""
