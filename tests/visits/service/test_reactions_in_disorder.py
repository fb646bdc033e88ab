"""Reactions of visits to events that arrive shuffled and repeated, as its reaction table wires them."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select, text
from tests.visits import factories

from hub_contracts.enrolment import SchoolClosed, SchoolSucceeded
from hub_messaging.subscribe import rows_of
from hub_messaging.testing import Receiver, disordered, history
from hub_platform.database import Sessions
from hub_visits.models import LeaderPost, School
from hub_visits.service import VisitsService

ADA = UUID(int=1)
ROLE = UUID(int=2)
SUCCESSOR = "140001"
EVENTS = [
    factories.school_imported(la_code="926"),
    factories.school_imported(la_code="873", trust_uid="3180"),
    SchoolClosed(urn=factories.SCHOOL, close_date=date(2024, 8, 31)),
    SchoolSucceeded(urn=factories.SCHOOL, successor_urn=SUCCESSOR, link_type="Successor"),
    factories.leader_appointed(teacher_id=ADA, leader_role_id=ROLE, urn="110001"),
    factories.leader_ended(teacher_id=ADA, leader_role_id=ROLE, ended_on=date(2024, 3, 28)),
]


@pytest.mark.parametrize("seed", range(5))
def test_disordered_events_lead_to_the_same_schools_and_leaders(sessions: Sessions, seed: int) -> None:
    with sessions.begin() as session:
        session.execute(text("TRUNCATE schools, leader_posts"))
        receiver = Receiver(*rows_of(VisitsService), context=factories.CONTEXT, session=session)
        receiver.receive(*disordered(history(EVENTS, at=factories.SEPTEMBER), seed=seed))
    assert receiver.held == []
    with sessions() as session:
        school = session.scalars(select(School)).one()
        post = session.scalars(select(LeaderPost)).one()
    assert (school.la_code, school.closed_on, school.successor_urn) == ("873", date(2024, 8, 31), SUCCESSOR)
    assert (school.facts_revision, school.closed_revision, school.successor_revision) == (2, 3, 4)
    assert (post.ends_on, post.revision) == (date(2024, 3, 28), 2)
