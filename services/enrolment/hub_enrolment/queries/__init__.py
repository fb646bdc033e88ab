"""Read-only answers joined from several tables: one function for each answer, returning dataclasses."""
