"""What only the page `activation_in_use` uses."""
