"""Visits' tables for the database of each test, and a school that is known there."""

from pathlib import Path
from uuid import UUID

import pytest
from tests.visits import factories

from hub_platform.database import Sessions
from hub_platform.runner import migrations_of
from hub_visits.handlers import calendars, schools


@pytest.fixture(name="migrations", scope="session")
def _migrations() -> Path:
    return migrations_of("hub_visits")


@pytest.fixture(name="sessions")
def _sessions(database: Sessions) -> Sessions:
    return database


@pytest.fixture(name="pd_lead_id")
def _pd_lead_id(sessions: Sessions) -> UUID:
    """Set the Linton calendar for the hub, announce a school and a PD lead who teaches elsewhere."""
    with sessions.begin() as session:
        calendars.set_calendar(
            session, factories.set_calendar(), expected=0, now=factories.SEPTEMBER, by="admin"
        )
        schools.on_school_changed(
            session, factories.delivered(factories.school_imported(), 1), factories.CONTEXT
        )
        leader = factories.leader_appointed()
        schools.on_leader_changed(session, factories.delivered(leader, 1))
    return leader.teacher_id


@pytest.fixture(name="other_id")
def _other_id(sessions: Sessions, pd_lead_id: UUID) -> UUID:
    """Announce a second PD lead."""
    return factories.another_lead(sessions)
