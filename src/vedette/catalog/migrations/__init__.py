"""Migrations of the catalog, by Alembic: one file for each revision of the schema."""
