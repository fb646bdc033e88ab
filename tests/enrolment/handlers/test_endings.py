"""Places and sessions after a Work Group is cancelled or closed."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.enrolment.factories import BY, events, fill, group, meeting
from tests.enrolment.steps import call_off, marks, register, running, withdraw

from hub_contracts.vocabulary import WorkGroupCancellationReason
from hub_enrolment.domain.endings import cancel
from hub_enrolment.models import Enrolment, GroupSession, WorkGroup
from hub_kernel.refusals import Refused
from hub_platform.database import Sessions


@given(
    known=st.sampled_from(WorkGroupCancellationReason), reason=st.sampled_from(WorkGroupCancellationReason)
)
def test_a_cancelled_group_keeps_its_reason(known: str, reason: str) -> None:
    if reason == known:
        assert cancel("cancelled", known, reason) is False
    else:
        with pytest.raises(Refused, match="not_cancellable"):
            cancel("cancelled", known, reason)


def test_what_hangs_on_a_cancelled_group_ends_with_it(session: Session) -> None:
    opened = group(session)
    gone, *places = fill(session, opened.id, teachers_n=3, schools_n=2)
    withdraw(session, gone)
    session_id = meeting(session, opened.id).id
    before = len(events(session))
    call_off(session, opened.id)
    told = events(session)[before:]
    assert [type_ for type_, _ in told] == [
        "WorkGroupCancelled",
        "SessionCancelled",
        *["ParticipantWithdrawn"] * 2,
    ]
    assert told[0][1] == {
        "work_group_id": str(opened.id),
        "reason": "too_few_teachers",
        "teachers_n": 2,
        "schools_n": 2,
    }
    assert (told[1][1]["session_id"], told[1][1]["reason"]) == (str(session_id), "work_group_cancelled")
    assert {(data["enrolment_id"], data["reason"], data["cause"]) for _, data in told[2:]} == {
        (str(place), "other", "group_cancelled") for place in places
    }
    assert (opened.status, opened.cancelled_reason, opened.cancelled_by) == (
        "cancelled",
        "too_few_teachers",
        BY,
    )
    assert session.get_one(GroupSession, session_id).status == "cancelled"
    saved = session.scalars(select(Enrolment).where(Enrolment.work_group_id == opened.id))
    assert {(one.status, one.withdrawn_reason) for one in saved} == {
        ("withdrawn", "workload"),
        ("withdrawn", "group_cancelled"),
    }
    call_off(session, opened.id)
    assert len(events(session)) == before + len(told)


def test_cancellation_of_a_draft_is_not_published(session: Session) -> None:
    drafted = group(session, draft=True)
    before = events(session)
    call_off(session, drafted.id)
    assert (drafted.status, events(session)) == ("cancelled", before)


def test_a_group_that_has_met_is_not_cancelled(database: Sessions) -> None:
    with database.begin() as session:
        opened, places, ids = running(session)
        register(session, ids[0], marks(places))
        before = events(session)
    with pytest.raises(Refused, match="not_cancellable"), database.begin() as session:
        call_off(session, opened.id)
    with pytest.raises(Refused, match="unknown_work_group"), database.begin() as session:
        call_off(session, uuid4())
    with database() as session:
        assert (session.get_one(WorkGroup, opened.id).status, events(session)) == ("running", before)
