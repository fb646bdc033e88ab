"""Migrations of the fault suite's services."""

from tests.faults.systems.tables import metadata

from hub_platform.migrations import run_migrations

run_migrations(metadata)
