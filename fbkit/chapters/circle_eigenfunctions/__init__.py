"""What only the page `circle_eigenfunctions` uses."""
