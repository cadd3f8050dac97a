"""What only the page `network_to_kernel` uses."""
