"""A database of visits, and a school that is known there."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.support.postgres import PostgresServer
from tests.visits import factories

from hub_messaging import tables as messaging
from hub_platform import idempotency
from hub_platform.database import Sessions, make_sessions
from hub_visits.handlers import calendars, schools
from hub_visits.models import Base


@pytest.fixture(name="visits_database", scope="package")
def _visits_database(postgres: PostgresServer) -> Iterator[Sessions]:
    """Make the tables once for all tests of visits."""
    url = postgres.new_database()
    sessions = make_sessions(url)
    for metadata in (Base.metadata, messaging.metadata, idempotency.metadata):
        metadata.create_all(sessions.kw["bind"])
    yield sessions
    sessions.kw["bind"].dispose()
    postgres.drop_database(url)


@pytest.fixture(name="sessions")
def _sessions(visits_database: Sessions) -> Sessions:
    """Empty every table before a test."""
    tables = [*Base.metadata.tables, *messaging.metadata.tables, *idempotency.metadata.tables]
    with visits_database.begin() as session:
        session.execute(text(f"TRUNCATE {', '.join(tables)} CASCADE"))
    return visits_database


@pytest.fixture(name="pd_lead_id")
def _pd_lead_id(sessions: Sessions) -> UUID:
    """Set the Linton calendar for the hub, announce a school and a PD lead who teaches elsewhere."""
    with sessions.begin() as session:
        calendars.set_calendar(
            session, factories.set_calendar(), expected=0, now=factories.SEPTEMBER, by="admin"
        )
        schools.on_school_told(session, factories.school_imported(), revision=1)
        leader = factories.leader_appointed()
        schools.on_leader_told(session, leader, revision=1)
    return leader.teacher_id
