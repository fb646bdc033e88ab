"""Where a teacher works was noted wrongly: it is put right, with a trail and the places that follow it."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.enrolment.factories import (
    DAY,
    LATER,
    NOW,
    TODAY,
    enrol,
    events,
    fill,
    group,
    schools,
    teacher,
)
from tests.enrolment.steps import confirm

from hub_enrolment.commands.memberships import CorrectMembership
from hub_enrolment.commands.teachers import MoveTeacher
from hub_enrolment.handlers import memberships, moves
from hub_enrolment.models import Enrolment, MembershipCorrection, SchoolMembership
from hub_kernel.refusals import Refused, Stale
from hub_platform.database import Sessions


def membership_of(session: Session, teacher_id: UUID) -> SchoolMembership:
    """The only membership of a teacher."""
    return session.scalars(select(SchoolMembership).where(SchoolMembership.teacher_id == teacher_id)).one()


def correct(
    session: Session,
    teacher_id: UUID,
    *,
    membership_id: UUID | None = None,
    expected: int | None = 1,
    also_places: tuple[UUID, ...] = (),
    **changes: Any,
) -> SchoolMembership:
    """Correct a membership an hour later."""
    command = CorrectMembership(
        teacher_id=teacher_id,
        membership_id=membership_id or membership_of(session, teacher_id).id,
        changes=changes,
        reason="Typed wrongly.",
        also_places=list(also_places),
    )
    return memberships.correct_membership(session, command, expected=expected, now=LATER, by="corrector")


def test_a_correction_its_trail_and_its_event_are_saved_together(session: Session) -> None:
    wrong, right = schools(session, 2)
    ada = teacher(session, wrong)
    since = date(2024, 9, 1)
    row = correct(session, ada, urn=right, role="maths_lead", starts_on=since)
    assert (row.urn, row.role, row.starts_on, row.ends_on) == (right, "maths_lead", since, None)
    (trail,) = session.scalars(select(MembershipCorrection)).all()
    assert (trail.old_urn, trail.old_role, trail.old_starts_on) == (wrong, "class_teacher", TODAY)
    assert (trail.new_urn, trail.new_role, trail.new_starts_on) == (right, "maths_lead", since)
    assert (trail.corrected_by, trail.corrected_at, trail.note) == ("corrector", LATER, "Typed wrongly.")
    assert events(session, "MembershipCorrected") == [
        (
            "MembershipCorrected",
            {
                "teacher_id": str(ada),
                "membership_id": str(row.id),
                "from_urn": wrong,
                "to_urn": right,
                "role": "maths_lead",
                "starts_on": "2024-09-01",
                "present_urn": right,
                "present_role": "maths_lead",
            },
        )
    ]


def test_nothing_new_changes_nothing(session: Session) -> None:
    ada = teacher(session, schools(session)[0])
    assert correct(session, ada, role="class_teacher").revision == 1
    assert session.scalars(select(MembershipCorrection)).all() == []


def test_places_keep_their_school_but_for_those_that_are_named(session: Session) -> None:
    wrong, right = schools(session, 2)
    ada = teacher(session, wrong)
    kept, named = (enrol(session, group(session).id, ada) for _ in range(2))
    correct(session, ada, urn=right, also_places=(named,))
    assert [session.get_one(Enrolment, one).urn for one in (kept, named)] == [wrong, right]
    told = events(session, "MembershipCorrected", "PlaceSchoolCorrected", "SchoolEnrolled")[-3:]
    assert [type_ for type_, _ in told] == ["MembershipCorrected", "PlaceSchoolCorrected", "SchoolEnrolled"]
    facts = told[1][1]
    assert (facts["enrolment_id"], facts["from_urn"], facts["urn"]) == (str(named), wrong, right)
    assert told[2][1]["urn"] == right


@pytest.mark.parametrize("to_known_school", [True, False])
def test_a_group_follows_the_number_of_its_schools(session: Session, to_known_school: bool) -> None:
    opened = group(session)
    places = [*fill(session, opened.id, teachers_n=9, schools_n=5)]
    (sixth,) = schools(session)
    ada = teacher(session, sixth)
    places.append(enrol(session, opened.id, ada))
    confirm(session, opened.id)
    known = session.get_one(Enrolment, places[0]).urn
    target = known if to_known_school else schools(session)[0]
    correct(session, ada, urn=target, also_places=(places[-1],))
    assert opened.status == ("at_risk" if to_known_school else "confirmed")


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("stale", "stale"),
        ("unknown membership", "unknown_membership"),
        ("unknown school", "unknown_school"),
        ("place of another", "place_of_other_school"),
        ("place without a school", "place_of_other_school"),
        ("only school ends", "last_membership"),
    ],
)
def test_a_refused_correction_writes_nothing(database: Sessions, what: str, code: str) -> None:
    with database.begin() as session:
        wrong, right = schools(session, 2)
        ada, eve = teacher(session, wrong), teacher(session, wrong, given="Eve")
        opened = group(session).id
        own, other = enrol(session, opened, ada), enrol(session, opened, eve)
        before = events(session)
    asked: dict[str, dict[str, Any]] = {
        "stale": {"urn": right, "expected": 2},
        "unknown membership": {"urn": right, "membership_id": uuid4()},
        "unknown school": {"urn": "999999"},
        "place of another": {"urn": right, "also_places": (own, other)},
        "place without a school": {"role": "ta", "also_places": (own,)},
        "only school ends": {"ends_on": TODAY},
    }
    with pytest.raises((Refused, Stale), match=code), database.begin() as session:
        correct(session, ada, **asked[what])
    with database() as session:
        assert events(session) == before
        assert session.scalars(select(MembershipCorrection)).all() == []
        assert membership_of(session, ada).urn == wrong


def test_a_move_before_the_registration_is_noted_with_a_trail(session: Session) -> None:
    old, new = schools(session, 2)
    ada = teacher(session, old)
    moved = MoveTeacher(
        teacher_id=ada, from_urn=old, to_urn=new, role="ta", moved_on=TODAY - 9 * DAY, keep_email=True
    )
    moves.move_teacher(session, moved, now=NOW, by="mover")
    rows = session.scalars(select(SchoolMembership).order_by(SchoolMembership.starts_on)).all()
    last = TODAY - 10 * DAY
    assert [(row.urn, row.starts_on, row.ends_on) for row in rows if row.teacher_id == ada] == [
        (old, last, last),
        (new, TODAY - 9 * DAY, None),
    ]
    (trail,) = session.scalars(select(MembershipCorrection)).all()
    assert (trail.old_starts_on, trail.new_starts_on, trail.corrected_by) == (TODAY, last, "mover")
