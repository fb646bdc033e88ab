"""The state of one person and subject is read from their own rows only."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session
from tests.notifications.fakes import NOW

from hub_notifications import models
from hub_notifications.domain import pd_days, visits
from hub_notifications.domain.participations import ApplicationState, Participation, PlaceState, WaitingState
from hub_notifications.domain.threads import group_thread, pd_day_thread, visit_thread
from hub_notifications.store import threads as threads_store
from hub_platform.database import Sessions

GROUP, OTHER_GROUP, ADA, GRACE = uuid4(), uuid4(), uuid4(), uuid4()
MINE = group_thread(GROUP, ADA)
HOUR = timedelta(hours=1)


@pytest.fixture(name="session")
def _session(sessions: Sessions) -> Iterator[Session]:
    with sessions() as session:
        for group_id, title in ((GROUP, "Fractions"), (OTHER_GROUP, "Ratio")):
            session.add(models.WorkGroup(work_group_id=group_id, title=title, revision=1))
        yield session


def place(session: Session, **changes: Any) -> Any:
    values = {
        "enrolment_id": uuid4(),
        "work_group_id": GROUP,
        "teacher_id": ADA,
        "state": "active",
        "given_at": NOW,
        "revision": 1,
    } | changes
    session.add(models.Place(**values))
    return values["enrolment_id"]


def entry(session: Session, **changes: Any) -> Any:
    values = {
        "waiting_id": uuid4(),
        "work_group_id": GROUP,
        "teacher_id": ADA,
        "state": "offered",
        "expires_at": NOW + HOUR,
        "changed_at": NOW,
        "revision": 1,
    } | changes
    session.add(models.WaitingEntry(**values))
    return values["waiting_id"]


def application(session: Session, **changes: Any) -> Any:
    values = {
        "application_id": uuid4(),
        "work_group_id": GROUP,
        "teacher_ids": [ADA, GRACE],
        "state": "declined",
        "changed_at": NOW,
        "revision": 1,
    } | changes
    session.add(models.Application(**values))
    return values["application_id"]


def meeting(session: Session, **changes: Any) -> Any:
    values = {
        "session_id": uuid4(),
        "work_group_id": GROUP,
        "seq": 1,
        "starts_at": NOW,
        "ends_at": NOW + HOUR,
        "mode": "online",
        "ics_sequence": 2,
        "revision": 1,
    } | changes
    session.add(models.GroupSession(**values))
    return values["session_id"]


def standing_of(session: Session) -> Participation:
    session.flush()
    found = threads_store.load(session, [MINE])[MINE]
    assert isinstance(found, Participation)
    return found


def test_the_latest_place_and_entry_of_a_person_on_a_group_count(session: Session) -> None:
    place(session, state="withdrawn", given_at=NOW - HOUR)
    latest = place(session)
    entry(session, state="expired", changed_at=NOW - HOUR)
    waits = entry(session)
    for other in (place, entry):
        other(session, teacher_id=GRACE)
        other(session, work_group_id=OTHER_GROUP)
    place(session, teacher_id=GRACE, given_at=NOW + HOUR)
    found = standing_of(session)
    assert found.place is not None
    assert found.waiting is not None
    assert (found.title, found.cancelled) == ("Fractions", None)
    assert (found.place.enrolment_id, found.place.state) == (latest, PlaceState.ACTIVE)
    assert (found.waiting.waiting_id, found.waiting.state) == (waits, WaitingState.OFFERED)


def test_only_applications_that_name_the_person_for_the_group_count(session: Session) -> None:
    mine = application(session)
    application(session, teacher_ids=[GRACE])
    application(session, work_group_id=OTHER_GROUP)
    [found] = standing_of(session).applications
    assert (found.application_id, found.state) == (mine, ApplicationState.DECLINED)
    assert not found.ended_by_cancellation


@pytest.mark.parametrize(
    ("state", "changed_at", "ended"),
    [
        ("declined", NOW, True),
        ("declined", NOW - timedelta.resolution, False),
        ("declined", NOW + timedelta.resolution, False),
        ("withdrawn", NOW, False),
    ],
)
def test_application_declined_by_a_cancellation_is_marked_so(
    session: Session, state: str, changed_at: Any, ended: bool
) -> None:
    session.flush()
    group = session.get_one(models.WorkGroup, GROUP)
    group.cancelled_reason, group.cancelled_at = "funding", NOW
    application(session, state=state, changed_at=changed_at)
    [found] = standing_of(session).applications
    assert found.ended_by_cancellation is ended


def test_only_sessions_of_the_group_are_read_with_all_their_facts(session: Session) -> None:
    mine = meeting(session, cancelled_reason="weather", cancelled_at=NOW, venue="Mill Lane Centre")
    meeting(session, work_group_id=OTHER_GROUP)
    [found] = standing_of(session).sessions.values()
    assert (found.session_id, found.sequence, found.cancelled, found.cancelled_at) == (
        mine,
        2,
        "weather",
        NOW,
    )
    assert (found.seq, found.mode, found.venue, found.host_urn) == (1, "online", "Mill Lane Centre", None)


def test_unknown_visits_and_pd_days_are_left_out(session: Session) -> None:
    visit_id, other_visit, day_id, other_day = (uuid4() for _ in range(4))
    for each, urn in ((visit_id, "110001"), (other_visit, "110002")):
        session.add(
            models.Visit(
                visit_id=each,
                urn=urn,
                pd_lead_id=ADA,
                planned_for=ADA,
                planned_at=NOW,
                kind="support",
                logged=False,
                revision=1,
            )
        )
    for each, theme in ((day_id, "mastery"), (other_day, "subject_knowledge")):
        session.add(
            models.PDDay(pd_day_id=each, kind="pd_day", theme=theme, on=date(2026, 11, 27), revision=1)
        )
    session.flush()
    visit, day = visit_thread(visit_id, ADA), pd_day_thread(day_id, GRACE)
    unknown = [group_thread(uuid4(), ADA), visit_thread(uuid4(), ADA), pd_day_thread(uuid4(), ADA)]
    found = threads_store.load(session, [visit, day, *unknown])
    assert found.keys() == {visit, day}
    a_visit, a_day = found[visit], found[day]
    assert isinstance(a_visit, visits.Visit)
    assert a_visit.urn == "110001"
    assert isinstance(a_day, pd_days.PDDay)
    assert a_day.theme == "mastery"
    assert threads_store.load(session, []) == {}
