"""What only the page `frequency_pde` uses."""
