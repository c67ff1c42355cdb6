"""Migrations of the database of scenarios, run by alembic from `data.scenarios.database`."""
