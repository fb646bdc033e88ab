"""Migrations of the example service."""

from parcels.tables import Base

from hub_platform.migrations import run_migrations

run_migrations(Base.metadata)
