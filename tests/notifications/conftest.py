"""Notifications' tables for the database of each test, and an office whose outside world is made of fakes."""

from pathlib import Path

import pytest
from tests.notifications.fakes import FakeOffice

from hub_platform.database import Sessions
from hub_platform.runner import migrations_of


@pytest.fixture(name="migrations", scope="session")
def _migrations() -> Path:
    return migrations_of("hub_notifications")


@pytest.fixture(name="sessions")
def _sessions(database: Sessions) -> Sessions:
    return database


@pytest.fixture(name="office")
def _office(sessions: Sessions) -> FakeOffice:
    """Everything that sending needs, with nobody outside."""
    return FakeOffice(sessions)
