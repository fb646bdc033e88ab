"""Notifications' tables for the database of each test, and fakes of everything that sending uses."""

from pathlib import Path

import pytest
from tests.notifications.fakes import OutgoingMail

from hub_platform.database import Sessions
from hub_platform.runner import migrations_of


@pytest.fixture(name="migrations", scope="session")
def _migrations() -> Path:
    return migrations_of("hub_notifications")


@pytest.fixture(name="sessions")
def _sessions(database: Sessions) -> Sessions:
    return database


@pytest.fixture(name="outgoing")
def _outgoing(sessions: Sessions) -> OutgoingMail:
    """A sender of the test's messages, with fakes of the mail server and enrolment."""
    return OutgoingMail(sessions)
