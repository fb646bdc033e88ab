"""Sessions and the state of groups when a school carries on the work of one that has closed."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.enrolment.factories import (
    LATER,
    MEETS,
    NOW,
    apply,
    enrol,
    events,
    fill,
    group,
    meeting,
    schools,
    teacher,
)
from tests.enrolment.register_files import links
from tests.enrolment.steps import confirm
from tests.enrolment.successions import Pair, pair

from hub_enrolment.models import (
    Enrolment,
    GroupSession,
)


def told(session: Session, *types: str) -> list[dict[str, Any]]:
    return [data for _, data in events(session, *types)]


def test_sessions_to_come_have_the_successor_as_host_and_one_new_entry_in_each_calendar(
    session: Session,
) -> None:
    both = pair(session)
    opened = group(session, venue="Main hall")
    hosted = {"mode": "school_hosted", "host_urn": both.old}
    held = meeting(session, opened.id, starts_at=NOW - timedelta(days=30), **hosted)
    to_come = meeting(session, opened.id, starts_at=MEETS, **hosted)
    online = meeting(session, opened.id, starts_at=MEETS + timedelta(days=7))
    both.close(session)
    both.close(session, now=LATER)
    session.expire_all()
    hosts = [session.get_one(GroupSession, one.id).host_urn for one in (held, to_come, online)]
    assert hosts == [both.old, both.new, None]
    (event,) = told(session, "SessionRescheduled")
    assert (event["session_id"], event["host_urn"], event["ics_sequence"]) == (str(to_come.id), both.new, 1)
    assert event["starts_at"] == "2025-10-08T12:30:00Z"


def six_schools(session: Session) -> tuple[UUID, list[Pair]]:
    """A confirmed group of ten teachers of exactly six schools, two of which will share a successor."""
    opened = group(session)
    fill(session, opened.id, teachers_n=8, schools_n=4)
    (new,) = schools(session)
    pairs = [pair(session, new=new), pair(session, new=new)]
    for one in pairs:
        enrol(session, opened.id, teacher(session, one.old))
    confirm(session, opened.id)
    return opened.id, pairs


def test_merger_of_two_of_six_schools_puts_a_group_at_risk_once(session: Session) -> None:
    group_id, pairs = six_schools(session)
    for one in pairs:
        one.close(session)
    for one in pairs:
        one.close(session, now=LATER)
    assert told(session, "WorkGroupFellBelowMinimum") == [
        {
            "work_group_id": str(group_id),
            "teachers_n": 10,
            "schools_n": 5,
            "teachers_short": 0,
            "schools_short": 1,
        }
    ]
    urns = set(session.scalars(select(Enrolment.urn).where(Enrolment.work_group_id == group_id)))
    assert {one.old for one in pairs} <= urns, "a place keeps the school of its day"


def test_a_school_that_merges_into_another_one_of_the_group_counts_no_more(session: Session) -> None:
    opened = group(session)
    fill(session, opened.id, teachers_n=8, schools_n=4)
    both = pair(session)
    for urn in (both.old, both.new):
        enrol(session, opened.id, teacher(session, urn))
    confirm(session, opened.id)
    both.close(session)
    assert opened.status == "at_risk"
    assert [data["schools_n"] for data in told(session, "WorkGroupFellBelowMinimum")] == [5]


def test_a_group_recovers_when_the_register_corrects_a_merger(session: Session) -> None:
    group_id, pairs = six_schools(session)
    for one in pairs:
        one.close(session)
    (right,) = schools(session)
    apply(session, links((pairs[0].old, right, "Successor", "02-09-2025")))
    assert [data["schools_n"] for data in told(session, "WorkGroupConfirmed")] == [6, 6]
    assert told(session, "WorkGroupConfirmed")[-1]["work_group_id"] == str(group_id)


def test_a_group_is_left_alone_when_its_schools_are_counted_as_before(session: Session) -> None:
    """It was confirmed with too few schools for a reason that is kept; a succession makes them no fewer."""
    both = pair(session)
    opened = group(session)
    enrol(session, opened.id, teacher(session, both.old))
    confirm(session, opened.id, "a small group for a test")
    both.close(session)
    assert opened.status == "confirmed"
    assert told(session, "WorkGroupFellBelowMinimum") == []


def test_a_school_that_closes_without_a_successor_counts_on(session: Session) -> None:
    group_id, pairs = six_schools(session)
    for one in pairs:
        one.close(session, link=False)
    assert told(session, "WorkGroupFellBelowMinimum") == []
    assert group_id is not None
