"""What is known: sources, readers, schemas, catalogue, uploads, scenarios, commands."""
