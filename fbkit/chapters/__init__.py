"""What one chapter alone uses: claims, explorer, engine, stored runs, a folder each."""
