"""Runs the migrations of visits."""

from hub_platform.database import run_migrations
from hub_visits.models import Base

run_migrations(Base.metadata)
