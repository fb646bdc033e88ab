"""PD days and conferences: places and registers, saved with their events."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests.enrolment.factories import BY, NOW, events, schools, teacher

from hub_enrolment.commands.pd_days import CancelPDDay, HoldPDDay, OpenPDDay, RegisterForPDDay
from hub_enrolment.domain.pd_days import Registrations, cancel
from hub_enrolment.domain.pd_days import register as decide
from hub_enrolment.handlers import pd_days
from hub_enrolment.models import PDDay, PDDayAttendance, PDDayRegistration
from hub_kernel.refusals import Refused
from hub_platform.database import Sessions

ON = date(2025, 10, 8)


BEGINS = datetime(2025, 10, 7, 23, 0, tzinfo=UTC)  # midnight in England, in summer


INSTANT, DAY = timedelta(microseconds=1), timedelta(days=1)


def opened(session: Session, **changes: Any) -> PDDay:
    values: dict[str, Any] = {
        "kind": "conference",
        "theme": "mastery_for_all",
        "title": "With a speaker's name",
        "on": ON,
        "starts_at": None,
        "venue": None,
        "capacity": None,
        "registration_closes_at": None,
    }
    return pd_days.open_pd_day(session, OpenPDDay(**values | changes), now=NOW, by=BY)


def teachers(session: Session, count: int = 2) -> list[tuple[UUID, str]]:
    """Teachers of as many schools, in the order of their ids."""
    return sorted((teacher(session, urn), urn) for urn in schools(session, count))


def sign_up(session: Session, day_id: UUID, teacher_id: UUID, now: datetime = NOW) -> bool:
    command = RegisterForPDDay(pd_day_id=day_id, teacher_id=teacher_id)
    return pd_days.register_for_pd_day(session, command, now=now, by=BY)[1]


def hold(
    session: Session, day_id: UUID, came: list[UUID], *, expected: int | None = 1, now: datetime = BEGINS
) -> PDDay:
    command = HoldPDDay(pd_day_id=day_id, teacher_ids=came)
    return pd_days.hold_pd_day(session, command, expected=expected, now=now, by=BY)


def test_attendees_are_published_with_their_schools(session: Session) -> None:
    day, people = opened(session), teachers(session)
    held = hold(session, day.id, [one for one, _ in people[::-1]])
    assert (held.status, held.revision, held.changed_by) == ("held", 2, BY)
    ((_, told),) = events(session, "PDDayHeld")
    assert told == {
        "pd_day_id": str(day.id),
        "kind": "conference",
        "theme": "mastery_for_all",
        "held_on": "2025-10-08",
        "attendances": [{"teacher_id": str(one), "urn": urn} for one, urn in people],
    }


def test_a_register_is_corrected_by_another_until_it_is_locked(session: Session) -> None:
    day, people = opened(session), [one for one, _ in teachers(session)]
    hold(session, day.id, people)
    assert hold(session, day.id, people, expected=99).revision == 2
    assert hold(session, day.id, people[:1], expected=2).revision == 3
    assert [len(data["attendances"]) for _, data in events(session, "PDDayHeld")] == [2, 1]
    with pytest.raises(Refused, match="stale"):
        hold(session, day.id, people, expected=2)
    with pytest.raises(Refused, match="stale"):
        hold(session, day.id, people, expected=0)
    with pytest.raises(Refused, match="register_locked"):
        hold(session, day.id, people, expected=3, now=BEGINS + 7 * DAY)


def test_a_refused_register_writes_nothing(database: Sessions) -> None:
    with database.begin() as session:
        day_id, ((ada, _),) = opened(session).id, teachers(session, 1)
    for came, now, code in (
        ([ada, ada], BEGINS, "marked_twice"),
        ([ada, uuid4()], BEGINS, "unknown_teacher"),
        ([ada], BEGINS - INSTANT, "register_too_early"),
    ):
        with pytest.raises(Refused, match=code), database.begin() as session:
            hold(session, day_id, came, now=now)
    with database() as session:
        assert session.scalar(select(func.count()).select_from(PDDayAttendance)) == 0
        assert session.get_one(PDDay, day_id).status == "open"
        assert events(session, "PDDayHeld") == []


def test_day_without_attendees_was_held(session: Session) -> None:
    day = opened(session)
    assert hold(session, day.id, []).status == "held"
    assert len(events(session, "PDDayHeld")) == 1


def test_a_teacher_registers_once(session: Session) -> None:
    day, ((ada, _),) = opened(session, capacity=1), teachers(session, 1)
    assert sign_up(session, day.id, ada)
    assert not sign_up(session, day.id, ada, now=BEGINS + DAY)
    (kept,) = session.scalars(select(PDDayRegistration))
    assert (kept.registered_at, kept.registered_by) == (NOW, BY)
    with pytest.raises(Refused, match="unknown_teacher"):
        sign_up(session, day.id, uuid4())


def known(**changes: Any) -> Registrations:
    values: dict[str, Any] = {"status": "open", "capacity": 5, "taken": 0, "held_by_teacher": False}
    return Registrations(closes_at=BEGINS, **values | changes)


@pytest.mark.parametrize(
    ("changes", "at", "code"),
    [
        ({"taken": 4}, NOW, None),
        ({"taken": 5}, NOW, "pd_day_full"),
        ({"taken": 6}, NOW, "pd_day_full"),
        ({"taken": 999, "capacity": None}, NOW, None),
        ({}, BEGINS - INSTANT, None),
        ({}, BEGINS, "registration_closed"),
        ({"status": "cancelled"}, NOW, "pd_day_cancelled"),
    ],
)
def test_who_may_register(changes: dict[str, Any], at: datetime, code: str | None) -> None:
    if code is None:
        assert decide(known(**changes), at=at)
    else:
        with pytest.raises(Refused, match=code):
            decide(known(**changes), at=at)


def test_cancelled_day_accepts_no_register(session: Session) -> None:
    day, ((ada, _),) = opened(session), teachers(session, 1)
    for _ in range(2):
        row = pd_days.cancel_pd_day(session, CancelPDDay(pd_day_id=day.id, reason="weather"), now=NOW, by=BY)
    assert (row.status, row.cancelled_reason, row.revision) == ("cancelled", "weather", 2)
    with pytest.raises(Refused, match="pd_day_cancelled"):
        hold(session, day.id, [ada], expected=2)
    for status, code in (("held", "pd_day_held"), ("cancelled", "pd_day_cancelled")):
        with pytest.raises(Refused, match=code):
            cancel(status, "weather", "other")
