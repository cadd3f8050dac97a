"""What only the page `fit_a_photograph` uses."""
