"""What only the page `boolean_cube` uses."""
