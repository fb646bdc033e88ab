"""A database of notifications, and an office whose outside world is made of fakes."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from tests.notifications.fakes import FakeOffice
from tests.support.postgres import PostgresServer

from hub_messaging import tables as messaging
from hub_notifications.models import Base
from hub_platform import idempotency
from hub_platform.database import Sessions, make_sessions


@pytest.fixture(name="notifications_database", scope="package")
def _notifications_database(postgres: PostgresServer) -> Iterator[Sessions]:
    """Make the tables once for all tests of notifications."""
    url = postgres.new_database()
    sessions = make_sessions(url)
    for metadata in (Base.metadata, messaging.metadata, idempotency.metadata):
        metadata.create_all(sessions.kw["bind"])
    yield sessions
    sessions.kw["bind"].dispose()
    postgres.drop_database(url)


@pytest.fixture(name="sessions")
def _sessions(notifications_database: Sessions) -> Sessions:
    """Empty every table before a test."""
    tables = [*Base.metadata.tables, *messaging.metadata.tables, *idempotency.metadata.tables]
    with notifications_database.begin() as session:
        session.execute(text(f"TRUNCATE {', '.join(tables)} CASCADE"))
    return notifications_database


@pytest.fixture(name="office")
def _office(sessions: Sessions) -> FakeOffice:
    """Everything that sending needs, with nobody outside."""
    return FakeOffice(sessions)
