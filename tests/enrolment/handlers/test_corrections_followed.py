"""Roles, waiting lists and PD days follow the correction of a membership."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.enrolment.factories import BY, DAY, LATER, NOW, TODAY, events, leader, schools, teacher
from tests.enrolment.steps import full, join

from hub_enrolment.commands.memberships import CorrectMembership
from hub_enrolment.commands.pd_days import HoldPDDay, OpenPDDay, RegisterForPDDay
from hub_enrolment.commands.teachers import EndLeader, MoveTeacher
from hub_enrolment.domain.memberships import Membership, follows
from hub_enrolment.handlers import leaders, memberships, moves, pd_days
from hub_enrolment.models import (
    LeaderRole,
    MembershipCorrection,
    PDDay,
    PDDayAttendance,
    PDDayRegistration,
    SchoolMembership,
    WaitingEntry,
)

WRONG, RIGHT = "100001", "100002"


def correct(session: Session, teacher_id: UUID, right: str, *, of: str | None = None) -> MembershipCorrection:
    """Correct the school of a membership an hour later; the trail."""
    wanted = select(SchoolMembership).where(SchoolMembership.teacher_id == teacher_id)
    if of is not None:
        wanted = wanted.where(SchoolMembership.urn == of)
    row = session.scalars(wanted).one()
    command = CorrectMembership(
        teacher_id=teacher_id,
        membership_id=row.id,
        changes={"urn": right},
        reason="Typed wrongly.",
        also_places=[],
    )
    memberships.correct_membership(session, command, expected=row.revision, now=LATER, by="corrector")
    return session.scalars(select(MembershipCorrection)).one()


def day(session: Session) -> PDDay:
    """A PD day of today."""
    command = OpenPDDay(
        kind="pd_day",
        theme="ratio",
        title=None,
        on=TODAY,
        starts_at=None,
        venue=None,
        capacity=None,
        registration_closes_at=NOW + timedelta(hours=2),
    )
    return pd_days.open_pd_day(session, command, now=NOW, by=BY)


def hold(session: Session, on: PDDay, *teacher_ids: UUID) -> None:
    command = HoldPDDay(pd_day_id=on.id, teacher_ids=list(teacher_ids))
    pd_days.hold_pd_day(session, command, expected=0, now=NOW, by=BY)


@pytest.mark.parametrize(
    ("recorded", "on", "held", "expected"),
    [
        (WRONG, TODAY, [(RIGHT, TODAY, None)], True),
        (WRONG, TODAY - DAY, [(RIGHT, TODAY, None)], True),  # of before the person was known
        (RIGHT, TODAY, [(RIGHT, TODAY, None)], False),
        (WRONG, TODAY, [(RIGHT, TODAY, None), (WRONG, TODAY, None)], False),  # at both schools
        (WRONG, TODAY, [(RIGHT, TODAY, None), (WRONG, TODAY - 9 * DAY, TODAY)], False),  # until that day
        (WRONG, TODAY, [(RIGHT, TODAY, None), (WRONG, TODAY - 9 * DAY, TODAY - DAY)], True),
        (WRONG, TODAY, [(RIGHT, TODAY, None), (WRONG, TODAY + DAY, None)], True),
    ],
)
def test_what_is_recorded_follows_unless_the_person_was_there_by_another_membership(
    recorded: str, on: Any, held: list[Any], expected: bool
) -> None:
    rows = [
        Membership(id=UUID(int=number), urn=urn, starts_on=starts_on, ends_on=ends_on)
        for number, (urn, starts_on, ends_on) in enumerate(held)
    ]
    assert follows(rows, recorded, on, wrong_urn=WRONG) is expected


def test_role_is_published_again_with_the_right_school(session: Session) -> None:
    wrong, right = schools(session, 2)
    ada = teacher(session, wrong)
    held, over = leader(session, ada, role="pd_lead"), leader(session, ada, role="deputy")
    leaders.end_leader(session, EndLeader(leader_role_id=over.id, ends_on=TODAY), now=NOW, by=BY)
    before = len(events(session, "LeaderAppointed", "LeaderEnded"))
    trail = correct(session, ada, right)
    assert {session.get_one(LeaderRole, one.id).urn for one in (held, over)} == {right}
    assert set(trail.leader_role_ids) == {held.id, over.id}
    told = events(session, "LeaderAppointed", "LeaderEnded")[before:]
    assert {(type_, facts["leader_role_id"], facts["urn"]) for type_, facts in told} == {
        ("LeaderAppointed", str(held.id), right),
        ("LeaderEnded", str(over.id), right),
    }


def test_an_open_entry_of_a_waiting_list_follows(session: Session) -> None:
    wrong, right = schools(session, 2)
    group, _ = full(session)[:2]
    ada = teacher(session, wrong)
    entry = join(session, group.id, ada).row
    trail = correct(session, ada, right)
    assert session.get_one(WaitingEntry, entry.id).urn == right
    assert trail.waiting_entry_ids == [entry.id]


def test_pd_day_register_is_published_again_with_the_right_school(session: Session) -> None:
    wrong, right = schools(session, 2)
    ada, emmy, on = teacher(session, wrong), teacher(session, wrong), day(session)
    asked = RegisterForPDDay(pd_day_id=on.id, teacher_id=ada, urn=wrong)
    pd_days.register_for_pd_day(session, asked, now=NOW, by=BY)
    hold(session, on, ada, emmy)
    trail = correct(session, ada, right)
    assert session.get_one(PDDayRegistration, (on.id, ada)).urn == right
    assert session.get_one(PDDayAttendance, (on.id, ada)).urn == right
    assert trail.pd_day_ids == [on.id]
    (_, first), (_, last) = events(session, "PDDayHeld")
    assert {one["teacher_id"]: one["urn"] for one in first["attendances"]} == {
        str(ada): wrong,
        str(emmy): wrong,
    }
    assert {one["teacher_id"]: one["urn"] for one in last["attendances"]} == {
        str(ada): right,
        str(emmy): wrong,
    }


def test_what_belongs_to_another_membership_stays(session: Session) -> None:
    """Ada was at the first school before she moved; only the move went to a wrong school."""
    first, wrong, right = schools(session, 3)
    ada = teacher(session, first, now=NOW - 9 * DAY)
    role, on = leader(session, ada, role="pd_lead"), day(session)
    role.created_at = NOW - 9 * DAY
    session.flush()
    moved = MoveTeacher(
        teacher_id=ada, from_urn=first, to_urn=wrong, role="ta", moved_on=TODAY, keep_email=True
    )
    moves.move_teacher(session, moved, now=NOW, by=BY)
    hold(session, on, ada)
    trail = correct(session, ada, right, of=wrong)
    assert session.get_one(LeaderRole, role.id).urn == first
    assert session.get_one(PDDayAttendance, (on.id, ada)).urn == right
    assert (trail.leader_role_ids, trail.pd_day_ids) == ([], [on.id])


def test_another_role_or_first_day_corrected_moves_nothing(session: Session) -> None:
    (school,) = schools(session)
    ada = teacher(session, school)
    held = leader(session, ada, role="pd_lead")
    row = session.scalars(select(SchoolMembership).where(SchoolMembership.teacher_id == ada)).one()
    command = CorrectMembership(
        teacher_id=ada,
        membership_id=row.id,
        changes={"role": "ta", "starts_on": TODAY - DAY},
        reason="Typed wrongly.",
        also_places=[],
    )
    memberships.correct_membership(session, command, expected=1, now=LATER, by="corrector")
    assert (held.revision, len(events(session, "LeaderAppointed"))) == (1, 1)
