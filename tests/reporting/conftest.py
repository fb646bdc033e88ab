"""A database of reporting."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from tests.reporting.factories import in_order
from tests.support.postgres import PostgresServer

from hub_contracts import Event
from hub_messaging import tables as messaging
from hub_messaging.inbox import Delivery
from hub_platform.database import Sessions, make_sessions
from hub_reporting.config import Options
from hub_reporting.domain.scopes import Scope
from hub_reporting.handlers import projections
from hub_reporting.models import Base

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)

Hear = Callable[[Iterable[Event | Delivery]], None]


@pytest.fixture(name="options")
def _options() -> Options:
    return Options(
        hub_id="cambridge",
        hub_name="Cambridge Maths Hub",
        la_codes=frozenset({"873", "874"}),
        headline=Scope("la", "873"),
    )


@pytest.fixture(name="reporting_database", scope="package")
def _reporting_database(postgres: PostgresServer) -> Iterator[Sessions]:
    """Make the tables once for all tests of reporting."""
    url = postgres.new_database()
    sessions = make_sessions(url)
    for metadata in (Base.metadata, messaging.metadata):
        metadata.create_all(sessions.kw["bind"])
    yield sessions
    sessions.kw["bind"].dispose()
    postgres.drop_database(url)


@pytest.fixture(name="sessions")
def _sessions(reporting_database: Sessions) -> Sessions:
    """Empty every table before a test."""
    empty(reporting_database)
    return reporting_database


@pytest.fixture(name="hear")
def _hear(sessions: Sessions) -> Hear:
    """Let reporting hear events, in one batch; those of a subject numbered as they come."""

    def hear(events: Iterable[Event | Delivery]) -> None:
        listed = list(events)
        ready = [one for one in listed if isinstance(one, Delivery)]
        plain = in_order(one for one in listed if not isinstance(one, Delivery))
        with sessions.begin() as session:
            projections.project(session, [*plain, *ready], now=NOW)

    return hear


def empty(sessions: Sessions) -> None:
    """Forget everything that was heard."""
    tables = [*Base.metadata.tables, *messaging.metadata.tables]
    with sessions.begin() as session:
        session.execute(text(f"TRUNCATE {', '.join(tables)}"))
