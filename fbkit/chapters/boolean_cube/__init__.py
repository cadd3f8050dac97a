"""What only the page `boolean_cube` and its Further page use."""
