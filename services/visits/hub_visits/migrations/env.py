"""Runs the migrations of visits."""

from hub_platform.migrations import run_migrations
from hub_visits.models import Base

run_migrations(Base.metadata)
