"""No two sessions of a group at one time, whichever command asks: one session, a series, a move."""

from datetime import date, time, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests.enrolment.factories import BY, DAY, INSTANT, MEETS, NOW, events, group, meeting
from tests.enrolment.steps import running

from hub_enrolment.commands.series import ScheduleSeries
from hub_enrolment.commands.sessions import CancelSession, RescheduleSession
from hub_enrolment.domain.series import Weekly
from hub_enrolment.handlers import series, sessions
from hub_enrolment.models import GroupSession
from hub_kernel.refusals import Refused
from hub_platform.database import Sessions

HOURS = timedelta(hours=3)


def move(session: Session, moved: GroupSession, starts_at: object, ends_at: object, **location: str) -> None:
    command = RescheduleSession(
        session_id=moved.id,
        starts_at=starts_at,  # type: ignore[arg-type]
        ends_at=ends_at,  # type: ignore[arg-type]
        mode=None,
        host_urn=None,
        location=location,
    )
    sessions.reschedule_session(session, command, now=NOW, by=BY)


def put(session: Session, way: str, group_id: object, other: GroupSession) -> None:
    """Bring a session to the time of MEETS by one of the commands."""
    if way == "single":
        meeting(session, group_id)  # type: ignore[arg-type]
    elif way == "move":
        move(session, other, MEETS + HOURS - INSTANT, MEETS + 2 * HOURS)
    else:
        command = ScheduleSeries(
            work_group_id=group_id,  # type: ignore[arg-type]
            pattern=Weekly(every=1, weekday="wednesday"),
            first_on=date(2025, 10, 8),
            count=2,
            until=None,
            starts=time(15, 0),
            ends=time(17, 0),
            mode="online",
            host_urn=None,
            skip=[],
            dry_run=False,
        )
        series.schedule_series(session, command, now=NOW, by=BY)


@pytest.mark.parametrize("way", ["single", "series", "move"])
def test_a_session_onto_another_one_is_refused_and_writes_nothing(database: Sessions, way: str) -> None:
    with database.begin() as session:
        opened = group(session)
        meeting(session, opened.id)
        other = meeting(session, opened.id, starts_at=MEETS + 2 * DAY)
        before = events(session)
    with pytest.raises(Refused, match="session_overlaps"), database.begin() as session:
        put(session, way, opened.id, other)
    with database() as session:
        assert session.scalar(select(func.count(GroupSession.id))) == 2
        assert session.get_one(GroupSession, other.id).starts_at == MEETS + 2 * DAY
        assert events(session) == before


@pytest.mark.parametrize("way", ["single", "series", "move"])
def test_another_groups_session_and_a_cancelled_one_are_in_nobodys_way(session: Session, way: str) -> None:
    opened = group(session)
    meeting(session, group(session).id)
    off = meeting(session, opened.id)
    command = CancelSession(session_id=off.id, reason="weather")
    sessions.cancel_session(session, command, now=NOW, by=BY)
    other = meeting(session, opened.id, starts_at=MEETS + 2 * DAY)
    put(session, way, opened.id, other)


def test_a_session_is_not_in_its_own_way(session: Session) -> None:
    known = meeting(session, group(session).id)
    move(session, known, MEETS + HOURS / 2, MEETS + 2 * HOURS)
    move(session, known, MEETS + HOURS / 2, MEETS + 2 * HOURS, venue="Ely Library")
    assert (known.starts_at, known.venue) == (MEETS + HOURS / 2, "Ely Library")


@pytest.mark.parametrize("way", ["single", "move"])
def test_a_session_that_session_too_long_is_refused(session: Session, way: str) -> None:
    opened = group(session)
    known = meeting(session, opened.id)
    with pytest.raises(Refused, match="session_too_long"):
        if way == "single":
            meeting(session, opened.id, starts_at=MEETS + DAY, ends_at=MEETS + 2 * DAY + INSTANT)
        else:
            move(session, known, MEETS, MEETS + 365 * DAY)


def test_a_held_session_is_in_the_way_too(session: Session) -> None:
    opened, places, ids = running(session, sessions_n=1)
    held = session.get_one(GroupSession, ids[0])
    held.status, held.held_on = "completed", MEETS.date()
    session.flush()
    assert places
    with pytest.raises(Refused, match="session_overlaps"):
        meeting(session, opened.id, starts_at=MEETS + HOURS / 2)
