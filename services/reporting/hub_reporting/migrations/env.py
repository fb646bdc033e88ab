"""Runs the migrations of reporting."""

from hub_platform.migrations import run_migrations
from hub_reporting.models import Base

run_migrations(Base.metadata)
