"""What is known of one group, session, place or school is not taken for another's."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session
from tests.notifications.fakes import NOW
from tests.support.changes import Row, changes_of

from hub_notifications.models import Base, GroupSession, Place, School, WorkGroup
from hub_notifications.store import facts
from hub_platform.database import Sessions

GROUP, OTHER_GROUP = uuid4(), uuid4()
ADA, GRACE = uuid4(), uuid4()
INSTANT = timedelta(microseconds=1)


@pytest.fixture(name="session")
def _session(sessions: Sessions) -> Iterator[Session]:
    with sessions() as session:
        yield session


def meeting(session: Session, *, ends_at: datetime = NOW + INSTANT, **changes: Any) -> UUID:
    """Note a session of the group that has not ended."""
    values = {
        "session_id": uuid4(),
        "work_group_id": GROUP,
        "seq": 1,
        "starts_at": ends_at - timedelta(hours=2),
        "ends_at": ends_at,
        "mode": "online",
        "host_urn": None,
        "ics_sequence": 0,
        "cancelled": False,
        "revision": 1,
    } | changes
    facts.keep(session, GroupSession, "session_id", values)
    return UUID(str(values["session_id"]))


def place(session: Session, **changes: Any) -> UUID:
    """Note a place that Ada holds on the group since now."""
    values = {
        "enrolment_id": uuid4(),
        "work_group_id": GROUP,
        "teacher_id": ADA,
        "active": True,
        "changed_at": NOW,
        "revision": 1,
    } | changes
    facts.keep(session, Place, "enrolment_id", values)
    return UUID(str(values["enrolment_id"]))


@pytest.mark.parametrize(
    ("revision", "changed"),
    [(1, set()), (2, set()), (3, {("schools", ("110001",))})],
    ids=["earlier", "the same", "later"],
)
def test_only_a_later_revision_replaces_a_row_and_no_other_row(
    session: Session, revision: int, changed: set[Row]
) -> None:
    for urn in ("110001", "110002"):
        facts.keep(session, School, "urn", {"urn": urn, "name": "Before", "revision": 2})
    kept: list[bool] = []

    def tell() -> None:
        told = {"urn": "110001", "name": "After", "revision": revision}
        kept.append(facts.keep(session, School, "urn", told))

    assert changes_of(session, Base.metadata.sorted_tables, tell).changed == changed
    assert kept == [bool(changed)]


def test_only_sessions_of_the_group_that_stand_and_have_not_ended_are_ahead(session: Session) -> None:
    later = meeting(session, ends_at=NOW + timedelta(days=30))
    first = meeting(session)
    meeting(session, ends_at=NOW)
    meeting(session, work_group_id=OTHER_GROUP)
    meeting(session, cancelled=True)
    assert facts.sessions_ahead(session, GROUP, NOW) == [first, later]


def test_only_who_holds_a_place_on_the_group_is_told(session: Session) -> None:
    held = [place(session), place(session, teacher_id=GRACE)]
    place(session, active=False)
    place(session, work_group_id=OTHER_GROUP)
    assert [row.enrolment_id for row in facts.active_places(session, GROUP)] == sorted(held)


@pytest.mark.parametrize(
    ("changes", "holds"),
    [
        ({}, True),
        ({"changed_at": NOW - INSTANT}, False),
        ({"teacher_id": GRACE}, False),
        ({"work_group_id": OTHER_GROUP}, False),
        ({"active": False}, False),
    ],
    ids=["their own", "given before", "another teacher's", "on another group", "given up"],
)
def test_a_place_counts_for_the_one_who_was_given_it_since(
    session: Session, changes: dict[str, Any], holds: bool
) -> None:
    place(session, **changes)
    assert facts.holds_place(session, GROUP, ADA, since=NOW) is holds


def test_only_the_facts_that_were_asked_for_are_loaded(session: Session) -> None:
    for group_id, title in ((GROUP, "Fractions"), (OTHER_GROUP, "Ratio")):
        values = {"work_group_id": group_id, "title": title, "revision": 1}
        facts.keep(session, WorkGroup, "work_group_id", values)
    for urn in ("110001", "110002", "110003"):
        facts.keep(session, School, "urn", {"urn": urn, "name": f"School {urn}", "revision": 1})
    hosted = meeting(session, host_urn="110002", mode="school_hosted")
    meeting(session, host_urn="110003", mode="school_hosted")

    loaded = facts.load(session, [GROUP], [hosted], ["110001"])

    assert loaded.titles == {GROUP: "Fractions"}
    assert loaded.sessions.keys() == {hosted}
    assert loaded.schools == {"110001": "School 110001", "110002": "School 110002"}
