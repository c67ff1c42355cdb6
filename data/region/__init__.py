"""What is known of a region: tables, provenance, names, the state in use."""
