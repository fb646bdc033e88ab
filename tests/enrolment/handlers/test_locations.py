"""Venues and joining links of Work Groups and their sessions: published, or never published."""

import json
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.enrolment.factories import BY, DAY, LATER, MEETS, NOW, events, fill, group, meeting, schools
from tests.enrolment.steps import change, marks, register

from hub_enrolment.commands.series import ScheduleSeries
from hub_enrolment.commands.sessions import CancelSession, RescheduleSession
from hub_enrolment.domain.series import Weekly
from hub_enrolment.handlers import series, sessions
from hub_enrolment.models import GroupSession, WorkGroup
from hub_enrolment.queries import venues
from hub_enrolment.steps.sessions import cancel_sessions
from hub_kernel.refusals import Refused
from hub_messaging.tables import outbox
from hub_platform.database import Sessions

LINK, OTHER_LINK = "https://meet.example/first", "https://meet.example/second"
HOURS = timedelta(hours=3)


def move(session: Session, known: GroupSession, **changes: Any) -> GroupSession:
    values: dict[str, Any] = {"starts_at": known.starts_at, "mode": None, "host_urn": None} | changes
    values.setdefault("ends_at", values["starts_at"] + HOURS)
    command = RescheduleSession(session_id=known.id, **values)
    return sessions.reschedule_session(session, command, now=NOW, by=BY)


def held(session: Session, group_id: UUID) -> GroupSession:
    """A session in person that has a register."""
    places = fill(session, group_id, teachers_n=1, schools_n=1)
    known = meeting(session, group_id, starts_at=NOW, ends_at=LATER, mode="in_person")
    register(session, known.id, marks(places))
    return known


def in_many_modes(session: Session, opened: WorkGroup) -> dict[str, GroupSession]:
    """Sessions of a group of which some are to come, in each mode and with a location of their own."""
    (host,) = schools(session)
    cancelled = meeting(session, opened.id, starts_at=MEETS + 6 * DAY, mode="in_person")
    sessions.cancel_session(session, CancelSession(session_id=cancelled.id, reason="weather"), now=NOW, by=BY)
    return {
        "held": held(session, opened.id),
        "begun": meeting(session, opened.id, starts_at=LATER, mode="in_person"),
        "in person": meeting(session, opened.id, mode="in_person"),
        "online": meeting(session, opened.id, starts_at=MEETS + DAY),
        "hosted": meeting(session, opened.id, starts_at=MEETS + 2 * DAY, mode="school_hosted", host_urn=host),
        "elsewhere": meeting(
            session, opened.id, starts_at=MEETS + 3 * DAY, mode="in_person", venue="Wisbech"
        ),
        "own link": meeting(session, opened.id, starts_at=MEETS + 4 * DAY, joining_link=OTHER_LINK),
        "cancelled": cancelled,
    }


@pytest.mark.parametrize(
    ("changes", "told_of_group", "affected"),
    [
        ({"venue": "Linton"}, 1, {"in person": "Linton"}),
        ({"venue": None}, 1, {"in person": None}),
        ({"joining_link": OTHER_LINK}, 0, {"online": None}),
        ({"joining_link": None}, 0, {"online": None}),
        ({"venue": "Linton", "joining_link": OTHER_LINK}, 1, {"in person": "Linton", "online": None}),
        ({"mode": "online"}, 1, {}),
        ({"title": "Ratio"}, 1, {}),
        ({"venue": "Ely", "joining_link": LINK}, 0, {}),
    ],
)
def test_sessions_to_come_follow_their_group(
    session: Session, changes: dict[str, Any], told_of_group: int, affected: dict[str, str | None]
) -> None:
    opened = group(session, venue="Ely", joining_link=LINK)
    known = in_many_modes(session, opened)
    counted = {name: (one.ics_sequence, one.revision, one.status) for name, one in known.items()}
    before = len(events(session))
    change(session, opened, expected=opened.revision, **changes)
    told = events(session)[before:]
    assert [type_ for type_, _ in told] == [
        *["WorkGroupChanged"] * told_of_group,
        *["SessionRescheduled"] * len(affected),
    ]
    by_id = {data["session_id"]: data for _, data in told[told_of_group:]}
    assert {name: by_id[str(known[name].id)].get("venue") for name in affected} == affected
    for name, one in known.items():
        sequence, revision, status = counted[name]
        if name in affected:
            assert (one.ics_sequence, one.revision, one.status) == (sequence + 1, revision + 1, "rescheduled")
            assert by_id[str(one.id)]["ics_sequence"] == one.ics_sequence
            assert (one.changed_by, one.changed_at) == ("changer", LATER)
        else:
            assert (one.ics_sequence, one.revision, one.status) == (sequence, revision, status), name


def test_a_change_of_the_group_and_its_sessions_are_saved_together_or_not_at_all(database: Sessions) -> None:
    with database.begin() as session:
        opened = group(session, venue="Ely")
        known = meeting(session, opened.id, mode="in_person")
        before = events(session)
    with pytest.raises(ZeroDivisionError), database.begin() as session:
        change(session, opened, venue="Linton")
        raise ZeroDivisionError
    with database() as session:
        row = session.get_one(GroupSession, known.id)
        assert (row.ics_sequence, session.get_one(WorkGroup, opened.id).venue) == (0, "Ely")
        assert events(session) == before
    with pytest.raises(Refused, match="bad_joining_link"), database.begin() as session:
        change(session, opened, venue="Linton", joining_link="https://ada:x@meet.example")
    with database.begin() as session:
        assert events(session) == before
        change(session, opened, venue="Linton")
    with database() as session:
        assert session.get_one(GroupSession, known.id).ics_sequence == 1
        assert [type_ for type_, _ in events(session)[len(before) :]] == [
            "WorkGroupChanged",
            "SessionRescheduled",
        ]


def test_the_events_of_a_session_name_the_venue_that_holds(session: Session) -> None:
    opened = group(session, venue="Ely", mode="in_person")
    known = meeting(session, opened.id, mode="in_person")
    move(session, known, location={"venue": "Wisbech"})
    move(session, known, location={"venue": None})
    move(session, known, mode="online")
    sessions.cancel_session(session, CancelSession(session_id=known.id, reason="weather"), now=NOW, by=BY)
    types = ("SessionScheduled", "SessionRescheduled", "SessionCancelled")
    assert [(type_, told.get("venue"), told["ics_sequence"]) for type_, told in events(session, *types)] == [
        ("SessionScheduled", "Ely", 0),
        ("SessionRescheduled", "Wisbech", 1),
        ("SessionRescheduled", "Ely", 2),
        ("SessionRescheduled", None, 3),
        ("SessionCancelled", None, 4),
    ]
    ((_, told),) = events(session, "WorkGroupOpened")
    assert (told["mode"], told["venue"]) == ("in_person", "Ely")


def test_a_new_link_of_a_session_is_a_change_that_its_calendar_entries_follow(session: Session) -> None:
    known = meeting(session, group(session).id)
    assert move(session, known, location={"joining_link": LINK}).ics_sequence == 1
    assert move(session, known, location={"joining_link": LINK}).ics_sequence == 1
    assert move(session, known, location={"joining_link": None}).ics_sequence == 2
    assert len(events(session, "SessionRescheduled")) == 2


@pytest.mark.parametrize("link", ["http://meet.example", "https://ada@meet.example"])
def test_a_bad_link_writes_nothing(database: Sessions, link: str) -> None:
    with database.begin() as session:
        opened = group(session)
        before = events(session)
    with pytest.raises(Refused, match="bad_joining_link"), database.begin() as session:
        meeting(session, opened.id, joining_link=link)
    with pytest.raises(Refused, match="bad_joining_link"), database.begin() as session:
        plan(session, opened.id, joining_link=link)
    with pytest.raises(Refused, match="bad_joining_link"), database.begin() as session:
        group(session, joining_link=link)
    with database() as session:
        assert [type_ for type_, _ in events(session)] == [type_ for type_, _ in before]
        assert list(session.scalars(select(GroupSession))) == []


def plan(session: Session, group_id: UUID, **changes: Any) -> series.Scheduled:
    values: dict[str, Any] = {
        "pattern": Weekly(every=2, weekday="wednesday"),
        "first_on": date(2025, 10, 8),
        "count": 3,
        "until": None,
        "starts": time(13, 30),
        "ends": time(16, 0),
        "mode": "in_person",
        "host_urn": None,
        "skip": [],
        "dry_run": False,
    }
    command = ScheduleSeries(work_group_id=group_id, **values | changes)
    return series.schedule_series(session, command, now=NOW, by=BY)


def test_each_session_of_a_series_has_what_the_series_gives(session: Session) -> None:
    plan(session, group(session, venue="Ely").id, venue="Wisbech", joining_link=LINK)
    rows = list(session.scalars(select(GroupSession)))
    assert [(one.venue, one.joining_link) for one in rows] == [("Wisbech", LINK)] * 3
    assert [told["venue"] for _, told in events(session, "SessionScheduled")] == ["Wisbech"] * 3


def test_links_are_given_of_the_sessions_that_have_one(session: Session) -> None:
    opened, other = group(session, venue="Ely", joining_link=LINK), group(session)
    known = in_many_modes(session, opened)
    without = meeting(session, other.id)
    ids = [one.id for one in (*known.values(), without)]
    assert venues.joining_links(session, [*ids, uuid4()]) == {
        known["online"].id: LINK,
        known["own link"].id: OTHER_LINK,
    }
    assert venues.joining_links(session, []) == {}


def test_a_joining_link_is_in_no_event(session: Session) -> None:
    opened = group(session, venue="Ely", mode="online", joining_link=LINK)
    known = in_many_modes(session, opened)
    plan(session, opened.id, joining_link=OTHER_LINK, first_on=date(2026, 1, 7))
    move(session, known["online"], location={"joining_link": OTHER_LINK})
    change(session, opened, expected=opened.revision, joining_link=OTHER_LINK, venue="Linton", title="Ratio")
    cancel_sessions(session, opened, "work_group_cancelled", now=NOW, by=BY)
    rows = [
        json.dumps({name: str(value) for name, value in row._mapping.items()})
        for row in session.execute(select(outbox))
    ]
    assert {type_ for type_, _ in events(session)} >= {"SessionScheduled", "SessionRescheduled"}
    assert [row for row in rows if "meet.example" in row or "joining" in row] == []
