"""How a group ends: who may cancel or close it when, and what hangs on a cancelled one."""

from datetime import date
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.enrolment.factories import BY, DAY, HELD_ON, events, fill, group, meeting
from tests.enrolment.steps import call_off, marks, register, running, withdraw

from hub_enrolment.domain.endings import CANCELLED_FOR, cancel, close
from hub_enrolment.domain.refusals import Refused
from hub_enrolment.domain.work_groups import STATUSES
from hub_enrolment.models import Enrolment, GroupSession, WorkGroup
from hub_platform.database import Sessions


@pytest.mark.parametrize("status", STATUSES)
def test_a_group_is_cancelled_before_it_has_met(status: str) -> None:
    if status in {"draft", "recruiting", "confirmed", "at_risk"}:
        assert cancel(status, None, "funding") is True
    else:
        with pytest.raises(Refused, match="not_cancellable"):
            cancel(status, None, "funding")


@given(known=st.sampled_from(CANCELLED_FOR), reason=st.sampled_from(CANCELLED_FOR))
def test_a_cancelled_group_keeps_its_reason(known: str, reason: str) -> None:
    if reason == known:
        assert cancel("cancelled", known, reason) is False
    else:
        with pytest.raises(Refused, match="not_cancellable"):
            cancel("cancelled", known, reason)


def closing(status: str = "evaluating", on: date = HELD_ON, today: date = HELD_ON + 7 * DAY) -> str:
    try:
        close(status, evaluation_submitted_on=on, last_held_on=HELD_ON, today=today)
    except Refused as refusal:
        return refusal.code
    return "closes"


@pytest.mark.parametrize("status", [one for one in STATUSES if one != "evaluating"])
def test_only_a_group_that_is_evaluated_closes(status: str) -> None:
    assert closing(status) == "not_evaluating"


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (-1, "evaluation_before_last_session"),
        (0, "closes"),
        (7, "closes"),
        (8, "evaluation_in_future"),
    ],
)
def test_an_evaluation_is_submitted_from_the_last_session_until_today(days: int, said: str) -> None:
    assert closing(on=HELD_ON + days * DAY) == said


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


def test_of_a_cancelled_draft_nobody_is_told(session: Session) -> None:
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
