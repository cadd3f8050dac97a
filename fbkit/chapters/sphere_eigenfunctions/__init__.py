"""What only the page `sphere_eigenfunctions` uses."""
