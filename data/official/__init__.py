"""Official files: recognised, read, imported, refreshed."""
