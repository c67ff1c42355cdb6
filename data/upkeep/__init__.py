"""What administrators run: build, prepare, back up."""
