"""SchoolEnrolled's numbers follow every place of a lead participant, whatever changes it."""

from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from tests.enrolment.factories import (
    BY,
    LATER,
    NOW,
    TODAY,
    enrol,
    events,
    group,
    schools,
    teacher,
)
from tests.enrolment.steps import (
    AGREED,
    apply,
    call_off,
    confirm,
    move,
    school_with,
    shut,
    submit,
    withdraw,
)

from hub_enrolment.commands.applications import Agreement, DecideApplication
from hub_enrolment.commands.enrolments import UndoWithdrawal
from hub_enrolment.commands.memberships import CorrectMembership
from hub_enrolment.commands.mergers import AnonymiseTeacher, MergeTeachers
from hub_enrolment.handlers import applications, erasures, memberships, mergers, withdrawals
from hub_enrolment.store import teachers as teacher_store
from hub_kernel.refusals import Refused
from hub_platform.database import Sessions


def told(session: Session, group_id: UUID) -> list[tuple[str, int]]:
    """School and number of each event about a group."""
    facts = [data for _, data in events(session, "SchoolEnrolled") if data["work_group_id"] == str(group_id)]
    return [(data["urn"], data["lead_participants_n"]) for data in facts]


def lead(session: Session, group_id: UUID, urn: str) -> tuple[UUID, UUID]:
    """Enrol a new teacher as lead participant; teacher and place."""
    ada = teacher(session, urn)
    return ada, enrol(session, group_id, ada, role="lead_participant")


def test_six_lead_participants_one_by_one_are_six(session: Session) -> None:
    opened, (urn,) = group(session), schools(session)
    for _ in range(6):
        lead(session, opened.id, urn)
    assert told(session, opened.id) == [(urn, n) for n in range(1, 7)]


def test_a_participant_who_leads_nothing_changes_no_number(session: Session) -> None:
    opened, (urn,) = group(session), schools(session)
    enrol(session, opened.id, teacher(session, urn))
    assert told(session, opened.id) == [(urn, 0)]
    place = enrol(session, opened.id, teacher(session, urn))
    withdraw(session, place)
    assert told(session, opened.id) == [(urn, 0)]


def test_a_withdrawal_and_its_undoing_change_it(session: Session) -> None:
    opened, (urn,) = group(session), schools(session)
    _, place = lead(session, opened.id, urn)
    lead(session, opened.id, urn)
    withdraw(session, place)
    command = UndoWithdrawal(enrolment_id=place, reason="The wrong Ada.")
    withdrawals.undo_withdrawal(session, command, now=LATER, by=BY)
    assert told(session, opened.id) == [(urn, 1), (urn, 2), (urn, 1), (urn, 2)]


def test_a_transfer_changes_both_groups(session: Session) -> None:
    left, (urn,) = group(session), schools(session)
    joined = group(session, programme_id=left.programme_id)
    lead(session, left.id, urn)
    _, place = lead(session, left.id, urn)
    move(session, place, joined.id)
    assert told(session, left.id) == [(urn, 1), (urn, 2), (urn, 1)]
    assert told(session, joined.id) == [(urn, 1)]


def test_a_corrected_school_changes_both_schools(session: Session) -> None:
    opened, (wrong, right) = group(session), schools(session, 2)
    ada, place = lead(session, opened.id, wrong)
    lead(session, opened.id, wrong)
    lead(session, opened.id, right)
    (row,) = teacher_store.memberships(session, ada)
    command = CorrectMembership(
        teacher_id=ada,
        membership_id=row.id,
        reason="Typed wrongly.",
        changes={"urn": right},
        also_places=[place],
    )
    memberships.correct_membership(session, command, expected=1, now=LATER, by=BY)
    assert told(session, opened.id)[-2:] == [(wrong, 1), (right, 2)]


def test_two_records_that_both_held_a_place_are_counted_once(session: Session) -> None:
    opened, (urn,) = group(session), schools(session)
    first, _ = lead(session, opened.id, urn)
    second, _ = lead(session, opened.id, urn)
    command = MergeTeachers(from_id=second, into_id=first, dry_run=False, keep_email=True)
    mergers.merge_teachers(session, command, now=LATER, by=BY)
    assert told(session, opened.id) == [(urn, 1), (urn, 2), (urn, 1)]


def test_a_cancelled_group_has_no_lead_participants(session: Session) -> None:
    opened, urns = group(session), sorted(schools(session, 3))
    for urn in urns[:2] * 2:
        lead(session, opened.id, urn)
    enrol(session, opened.id, teacher(session, urns[2]))
    call_off(session, opened.id)
    assert told(session, opened.id)[-3:] == [(urns[2], 0), (urns[0], 0), (urns[1], 0)]
    assert len(told(session, opened.id)) == 7


def test_who_has_completed_or_was_erased_since_stays_counted(session: Session) -> None:
    opened, (urn,) = group(session), schools(session)
    ada, _ = lead(session, opened.id, urn)
    lead(session, opened.id, urn)
    confirm(session, opened.id, "a small group for a test")
    opened.status = "evaluating"
    shut(session, opened.id, submitted_on=TODAY)
    later = LATER.replace(year=2027)
    erasures.anonymise_teacher(
        session, AnonymiseTeacher(teacher_id=ada, reason="asked_for"), now=later, by=BY
    )
    lead_now = [data["lead_participants_n"] for _, data in events(session, "SchoolEnrolled")]
    assert lead_now == [1, 2]


def accept(session: Session, application_id: UUID) -> None:
    submit(session, application_id)
    command = DecideApplication(application_id=application_id, decision="accepted", reason=None)
    applications.decide_application(session, command, now=NOW, by=BY)


def test_the_newest_agreement_of_a_head_stays_in_each_later_event(session: Session) -> None:
    opened = group(session)
    urn, (ada, eve, emmy) = school_with(session, 3)
    enrol(session, opened.id, emmy)
    newer = Agreement(head_agreed_by="Grace Head", head_agreed_at=NOW, agreement_version="2025.2")
    accept(session, apply(session, opened.id, urn, [ada], AGREED).row.id)
    accept(session, apply(session, opened.id, urn, [eve], AGREED).row.id)
    lead(session, opened.id, urn)
    third = teacher(session, urn, given="Third")
    accept(session, apply(session, opened.id, urn, [third], newer).row.id)
    facts = [data for _, data in events(session, "SchoolEnrolled")]
    assert [(one["lead_participants_n"], one.get("agreement_version")) for one in facts] == [
        (0, None),
        (0, "2025.1"),
        (1, "2025.1"),
        (1, "2025.2"),
    ]


def test_a_refused_place_tells_no_number(database: Sessions) -> None:
    with database.begin() as session:
        opened, (urn,) = group(session, capacity=1), schools(session)
        lead(session, opened.id, urn)
    with pytest.raises(Refused, match="work_group_full"), database.begin() as session:
        lead(session, opened.id, urn)
    with database() as session:
        assert told(session, opened.id) == [(urn, 1)]
