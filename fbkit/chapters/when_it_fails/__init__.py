"""What only the page `when_it_fails` uses."""
