"""What only the page `watch_a_network_learn` uses."""
