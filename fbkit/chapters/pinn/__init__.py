"""What only the page `pinn` and its Further page use."""
