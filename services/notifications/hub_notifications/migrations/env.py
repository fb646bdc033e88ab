"""Runs the migrations of notifications."""

from hub_notifications.models import Base
from hub_platform.migrations import run_migrations

run_migrations(Base.metadata)
