"""What only the page `adaptive_regime` uses."""
