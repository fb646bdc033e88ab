"""Commands about people, PD days, schools and the hub say who changed what, and change no more.

Two alike are there: only one of them may change.
"""

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from tests.enrolment.changes import CHANGER, Case, assert_tracked, given, two
from tests.enrolment.factories import (
    BY,
    DAY,
    LATER,
    MEETS,
    NOW,
    leader,
    schools,
    teacher,
)

from hub_enrolment.commands.hub import DescribeHub
from hub_enrolment.commands.mergers import AnonymiseTeacher, MergeTeachers
from hub_enrolment.commands.pd_days import CancelPDDay, HoldPDDay, OpenPDDay
from hub_enrolment.commands.schools import ConnectSchool
from hub_enrolment.commands.teachers import ChangeTeacher, EndLeader, MoveTeacher
from hub_enrolment.handlers import erasures, hub, leaders, mergers, moves, pd_days, teachers
from hub_enrolment.handlers import schools as school_handlers


def pd_day(session: Session) -> UUID:
    command = OpenPDDay(
        kind="conference",
        theme="fluency",
        title=None,
        on=MEETS.date(),
        starts_at=None,
        venue=None,
        capacity=None,
        registration_closes_at=None,
    )
    return pd_days.open_pd_day(session, command, now=NOW, by=BY).id


def hold_pd_day(session: Session) -> Case:
    """A second register of a day: who came to another day stays there."""
    people = [teacher(session, schools(session)[0]) for _ in range(2)]

    def make(session: Session) -> UUID:
        command = HoldPDDay(pd_day_id=pd_day(session), teacher_ids=people)
        return pd_days.hold_pd_day(session, command, expected=0, now=MEETS, by=BY).id

    command = HoldPDDay(pd_day_id=two(session, make), teacher_ids=people[:1])
    at = MEETS + DAY
    return Case(
        lambda: pd_days.hold_pd_day(session, command, expected=2, **given(at)),
        {"pd_days": 1, "pd_day_attendances": 2},  # one is deleted, the other is written again
        at,
        touched="pd_days",
    )


def cancel_pd_day(session: Session) -> Case:
    command = CancelPDDay(pd_day_id=two(session, pd_day), reason="weather")
    return Case(lambda: pd_days.cancel_pd_day(session, command, **given()), {"pd_days": 1})


def person(session: Session) -> UUID:
    return teacher(session, schools(session)[0])


def change_teacher(session: Session) -> Case:
    command = ChangeTeacher(teacher_id=two(session, person), changes={"trn": "5580001"})
    return Case(lambda: teachers.change_teacher(session, command, expected=1, **given()), {"teachers": 1})


def move_teacher(session: Session) -> Case:
    old, new = schools(session, 2)
    mover = teacher(session, old)
    teacher(session, old)
    at = NOW + 2 * DAY
    command = MoveTeacher(
        teacher_id=mover,
        from_urn=old,
        to_urn=new,
        role="class_teacher",
        moved_on=at.date(),
        keep_email=True,
    )
    return Case(
        lambda: moves.move_teacher(session, command, **given(at)),
        {"school_memberships": 1, "teachers": 1},
        at,
        touched="teachers",
    )


def anonymise(session: Session) -> Case:
    command = AnonymiseTeacher(teacher_id=two(session, person), reason="asked_for")
    return Case(lambda: erasures.anonymise_teacher(session, command, **given()), {"teachers": 1})


def merge_teachers(session: Session) -> Case:
    """Both worked at one school, the origin for longer: the target's time there begins earlier."""
    (urn,) = schools(session)
    origin = teacher(session, urn)
    target = teacher(session, urn, now=NOW + DAY, given="Augusta")
    person(session)
    leader(session, origin)
    at = NOW + 2 * DAY
    command = MergeTeachers(from_id=origin, into_id=target, dry_run=False)
    return Case(
        lambda: mergers.merge_teachers(session, command, **given(at)),
        {"teachers": 2, "school_memberships": 2, "leader_roles": 1},
        at,
    )


def end_leader(session: Session) -> Case:
    role = two(session, lambda session: leader(session, person(session)))
    command = EndLeader(leader_role_id=role.id, ends_on=date(2025, 12, 31))
    return Case(lambda: leaders.end_leader(session, command, **given()), {"leader_roles": 1})


def connect_school(session: Session) -> Case:
    urn, _ = schools(session, 2)
    command = ConnectSchool(urn=urn, connected_on=NOW.date(), via="enquiry")
    return Case(lambda: school_handlers.connect_school(session, command, **given()), {"schools": 1})


def describe_hub(session: Session) -> Case:
    (urn,) = schools(session)

    def describe(name: str, expected: int, now: datetime, by: str) -> None:
        command = DescribeHub(
            id="camb",
            name=name,
            lead_school_urn=urn,
            trust_uid=None,
            area_la_codes=["873"],
            area_district_codes=[],
            extra_urns=[],
            excluded_urns=[],
        )
        hub.describe_hub(session, command, expected=expected, now=now, by=by)

    describe("A hub", 0, NOW, BY)
    return Case(lambda: describe("Another name", 1, LATER, CHANGER), {"hub": 1})


CASES = (
    hold_pd_day,
    cancel_pd_day,
    change_teacher,
    move_teacher,
    anonymise,
    merge_teachers,
    end_leader,
    connect_school,
    describe_hub,
)


@pytest.mark.parametrize("prepare", CASES, ids=lambda prepare: str(prepare.__name__).replace("_", " "))
def test_a_command_says_who_changed_what_and_when_and_changes_no_more(
    session: Session, prepare: Callable[[Session], Case]
) -> None:
    assert_tracked(session, prepare(session))
