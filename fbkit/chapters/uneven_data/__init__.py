"""What only the page `uneven_data` uses."""
