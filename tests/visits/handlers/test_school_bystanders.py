"""An event about one school, leader or merger changes what is known of that one only."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from tests.support.changes import Changes, changes_of
from tests.visits import factories
from tests.visits.factories import SCHOOL

from hub_contracts.enrolment import SchoolClosed, SchoolSucceeded, TeacherMerged
from hub_platform.database import Sessions
from hub_visits.handlers import schools
from hub_visits.models import Base
from hub_visits.store import schools as school_store


@pytest.fixture(name="known")
def _known(sessions: Sessions, pd_lead_id: UUID) -> Sessions:
    """Let three schools be known."""
    with sessions.begin() as session:
        for urn in (SCHOOL, "110624", "120001"):
            schools.on_school_changed(
                session, factories.delivered(factories.school_imported(urn=urn), 2), factories.CONTEXT
            )
    return sessions


def done_by(sessions: Sessions, act: Callable[[Session], Any]) -> Changes:
    with sessions.begin() as session:
        return changes_of(session, Base.metadata.sorted_tables, lambda: act(session))


@pytest.mark.parametrize(
    "tell",
    [
        lambda session: schools.on_school_changed(
            session, factories.delivered(factories.school_imported(name="New"), 9), factories.CONTEXT
        ),
        lambda session: schools.on_school_closed(
            session,
            factories.delivered(SchoolClosed(urn=SCHOOL, close_date=date(2024, 8, 31)), 9),
            factories.CONTEXT,
        ),
        lambda session: schools.on_school_succeeded(
            session,
            factories.delivered(
                SchoolSucceeded(urn=SCHOOL, successor_urn="140001", link_type="Successor"), 9
            ),
            factories.CONTEXT,
        ),
    ],
    ids=["told", "closed", "succeeded"],
)
def test_an_event_about_one_school_changes_that_school_only(
    known: Sessions, tell: Callable[[Session], None]
) -> None:
    assert done_by(known, tell).changed == {("schools", (SCHOOL,))}


def test_an_event_about_one_leader_or_merger_changes_that_one_only(known: Sessions, pd_lead_id: UUID) -> None:
    others = [factories.leader_appointed() for _ in range(3)]
    with known.begin() as session:
        for one in others:
            schools.on_leader_changed(session, factories.delivered(one, 1))
        for into in others[:2]:
            merged = TeacherMerged(from_id=into.leader_role_id, into_id=into.teacher_id)
            schools.on_teacher_merged(session, factories.delivered(merged, 1))
    ended = factories.leader_ended(
        **{name: getattr(others[0], name) for name in ("leader_role_id", "teacher_id")}
    )
    done = done_by(known, lambda session: schools.on_leader_changed(session, factories.delivered(ended, 2)))
    assert done.changed == {("leader_posts", (others[0].leader_role_id,))}
    again = TeacherMerged(from_id=others[0].leader_role_id, into_id=pd_lead_id)
    done = done_by(known, lambda session: schools.on_teacher_merged(session, factories.delivered(again, 2)))
    assert done.changed == {("mergers", (others[0].leader_role_id,))}
    with known() as session:
        assert len(school_store.posts_of(session, others[2].teacher_id)) == 1
