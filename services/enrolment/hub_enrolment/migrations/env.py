"""Runs the migrations of enrolment."""

from hub_enrolment.models import Base
from hub_platform.migrations import run_migrations

run_migrations(Base.metadata)
