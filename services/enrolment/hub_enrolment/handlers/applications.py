"""Schools' applications for places: drafted, submitted, decided, withdrawn."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hub_contracts.enrolment import (
    ApplicationAccepted,
    ApplicationDeclined,
    ApplicationSubmitted,
    ApplicationWaitlisted,
    ApplicationWithdrawn,
)
from hub_contracts.vocabulary import ParticipantRole
from hub_enrolment.commands.applications import (
    Agreement,
    Apply,
    DecideApplication,
    SubmitApplication,
    WithdrawApplication,
)
from hub_enrolment.commands.enrolments import EnrolParticipant
from hub_enrolment.domain import applications, enrolments
from hub_enrolment.domain.applications import Recruitment
from hub_enrolment.domain.schools import check_eligible, check_open
from hub_enrolment.models import Application, ApplicationParticipant
from hub_enrolment.steps.applications import application_facts
from hub_enrolment.steps.enrolments import PlaceRequest, enrol
from hub_enrolment.steps.programmes import check_path
from hub_enrolment.steps.schools_on_groups import publish_schools
from hub_enrolment.store import applications as store
from hub_enrolment.store import enrolments as place_store
from hub_enrolment.store import successions as succession_store
from hub_enrolment.store import teachers as teacher_store
from hub_enrolment.store.applications import WithParticipants
from hub_enrolment.store.standing_schools import standing_school
from hub_enrolment.store.work_groups import Locked, lock_work_group
from hub_kernel.england import day_in_england
from hub_kernel.refusals import Conflict, Unknown
from hub_messaging import outbox
from hub_platform.database import made
from hub_platform.ids import new_id

DECIDED = {
    "accepted": ApplicationAccepted,
    "waitlisted": ApplicationWaitlisted,
    "declined": ApplicationDeclined,
}


# Long: an application and its participants are saved together.
def apply(session: Session, command: Apply, *, now: datetime, by: str) -> WithParticipants:
    """Draft a school's application; a school has one open application for a group.

    Raises:
        Unknown: `unknown_work_group`; Refused: `unknown_school`; Conflict: `application_open`;
            see also `check_eligible`, `check_open`, `enrolments.check_recruiting`,
            `applications.check_participants` and `applications.check_agreement`.
    """
    group, _ = lock_work_group(session, command.work_group_id)
    today = day_in_england(now)
    school = standing_school(session, command.urn, day=today, pointer="/urn")
    check_eligible(school)
    check_open(school, today, pointer="/urn")
    enrolments.check_recruiting(group.status)
    numbers = succession_store.stood_for(session, school.urn, today)
    first = store.open_one(session, group.id, numbers)
    if first is not None:
        detail = "The school has an open application for this group."
        raise Conflict("application_open", detail, "/urn", extensions={"application_id": str(first.id)})
    _check_participants(session, school.urn, [one.teacher_id for one in command.participants], today)
    row = Application(id=new_id(), work_group_id=group.id, urn=school.urn, status="draft", **made(now, by))
    _agree(row, command.agreement, now=now)
    session.add(row)
    session.flush()
    session.add_all(
        ApplicationParticipant(
            application_id=row.id, position=position, teacher_id=one.teacher_id, role=one.role
        )
        for position, one in enumerate(command.participants, start=1)
    )
    session.flush()
    return store.describe(session, [row])[0]


def submit_application(
    session: Session, command: SubmitApplication, *, now: datetime, by: str
) -> WithParticipants:
    """Submit a draft, in time and with the headteacher's agreement.

    Raises:
        Unknown: `unknown_application`; Refused, Conflict: see `applications.submit` and `check_agreement`;
            Refused, too: see `check_path`.
    """
    found, (group, programme) = _lock(session, command.application_id)
    row = found.row
    if row.status == "draft":
        _agree(row, command.agreement, now=now)
    recruitment = Recruitment(status=group.status, opens_at=group.opens_at, closes_at=group.closes_at)
    applications.submit(row.status, recruitment, agreed=row.head_agreed_at is not None, at=now)
    check_path(session, programme, row.urn, pointer="", day=day_in_england(now))
    row.status, row.submitted_at = "submitted", now
    row.touch(now=now, by=by)
    session.flush()
    facts = application_facts(found)
    event = ApplicationSubmitted(**facts, agreement_version=str(row.agreement_version))
    outbox.record(session, event, occurred_at=now, by=by)
    return found


def decide_application(
    session: Session, command: DecideApplication, *, now: datetime, by: str
) -> WithParticipants:
    """Accept, waitlist or decline. Accepting enrols every participant by the usual rules, or none.

    Raises:
        Unknown: `unknown_application`; Conflict: see `applications.decide`; Refused: see
            `applications.check_participants`; both: see `enrol_participant`.
    """
    found, locked = _lock(session, command.application_id)
    row = found.row
    applications.decide(row.status, command.decision)
    row.status, row.decision_reason = command.decision, command.reason
    row.decided_at, row.decided_by = now, by
    row.touch(now=now, by=by)
    session.flush()
    event = DECIDED[command.decision](**application_facts(found))
    outbox.record(session, event, occurred_at=now, by=by)
    if command.decision == "accepted":
        _enrol_all(session, found, locked, now=now, by=by)
    return found


def withdraw_application(
    session: Session, command: WithdrawApplication, *, now: datetime, by: str
) -> WithParticipants:
    """Withdraw an open application; publish it if it was submitted.

    Raises:
        Unknown: `unknown_application`; Conflict: see `applications.withdraw`.
    """
    found, _ = _lock(session, command.application_id)
    row = found.row
    applications.withdraw(row.status)
    row.status = "withdrawn"
    row.touch(now=now, by=by)
    session.flush()
    if row.submitted_at is not None:
        outbox.record(session, ApplicationWithdrawn(**application_facts(found)), occurred_at=now, by=by)
    return found


def find_application(session: Session, application_id: UUID) -> WithParticipants:
    """Return an application with its participants.

    Raises:
        Unknown: `unknown_application`.
    """
    found = store.find_application(session, application_id)
    if found is None:
        raise Unknown("unknown_application", "There is no such application.")
    return found


def _lock(session: Session, application_id: UUID) -> tuple[WithParticipants, Locked]:
    """Lock the group of an application, then read the application."""
    locked = lock_work_group(session, find_application(session, application_id).row.work_group_id)
    return find_application(session, application_id), locked


def _agree(row: Application, agreement: Agreement | None, *, now: datetime) -> None:
    if agreement is None:
        return
    applications.check_agreement(agreement.head_agreed_at, now=now)
    row.head_agreed_by, row.head_agreed_at = agreement.head_agreed_by, agreement.head_agreed_at
    row.agreement_version = agreement.agreement_version


def _check_participants(session: Session, urn: str, teacher_ids: list[UUID], day: date) -> None:
    numbers = sorted(succession_store.stood_for(session, urn, day))
    schools = [_school_of(session, teacher_id, numbers) for teacher_id in teacher_ids]
    applications.check_participants(urn, teacher_ids, [urn if one in numbers else one for one in schools])


def _school_of(session: Session, teacher_id: UUID, numbers: list[str]) -> str | None:
    """Return the school of a teacher, preferring one with these URNs."""
    here = (teacher_store.present_school(session, teacher_id, urn) for urn in numbers)
    school = next(filter(None, here), None) or teacher_store.school_of(session, teacher_id)
    return None if school is None else school.urn


def _enrol_all(session: Session, found: WithParticipants, locked: Locked, *, now: datetime, by: str) -> None:
    """Enrol every participant; publish the new agreement of a school that is already on the group."""
    row, today = found.row, day_in_england(now)
    known = place_store.is_on_group(session, row.work_group_id, row.urn, today)
    _check_participants(session, row.urn, [one.teacher_id for one in found.participants], today)
    for one in sorted(found.participants, key=lambda one: one.role != ParticipantRole.LEAD_PARTICIPANT):
        asked = EnrolParticipant(
            work_group_id=row.work_group_id, teacher_id=one.teacher_id, role=one.role, urn=row.urn
        )
        enrol(session, asked, PlaceRequest(row.submitted_at or now), now=now, by=by)
    numbers = succession_store.stood_for(session, row.urn, today)
    before = store.agreement_version(session, row.work_group_id, numbers, without=row.id)
    published = not known or any(one.role == ParticipantRole.LEAD_PARTICIPANT for one in found.participants)
    if not published and row.agreement_version != before:
        publish_schools(session, locked, [row.urn], now=now, by=by)
