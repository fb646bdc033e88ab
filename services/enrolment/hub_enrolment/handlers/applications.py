"""Schools' applications for places."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hub_contracts.enrolment import (
    ApplicationAccepted,
    ApplicationDeclined,
    ApplicationSubmitted,
    ApplicationWaitlisted,
    ApplicationWithdrawn,
)
from hub_enrolment.commands.applications import (
    DecideApplication,
    DraftApplication,
    SubmitApplication,
    WithdrawApplication,
)
from hub_enrolment.domain import applications, enrolments, schools
from hub_enrolment.domain.applications import Applicant
from hub_enrolment.domain.refusals import Conflict, Unknown
from hub_enrolment.handlers import enrolments as enrolment_handlers
from hub_enrolment.handlers import programmes, work_groups
from hub_enrolment.handlers.schools import school_state
from hub_enrolment.handlers.work_groups import Locked
from hub_enrolment.models import Application, ApplicationParticipant
from hub_enrolment.store import applications as store
from hub_enrolment.store import teachers as teacher_store
from hub_enrolment.store.applications import WithParticipants
from hub_messaging import outbox
from hub_platform.database import made
from hub_platform.ids import new_id

DECIDED = {
    "accepted": ApplicationAccepted,
    "waitlisted": ApplicationWaitlisted,
    "declined": ApplicationDeclined,
}


def draft_application(
    session: Session, command: DraftApplication, *, now: datetime, by: str
) -> WithParticipants:
    """Put down for whom a school asks for places; nobody is told before it is submitted.

    Raises:
        Unknown: `unknown_work_group`; Conflict: `work_group_not_recruiting`, `application_open`.
        Refused: `unknown_school`, `school_not_eligible`; see also `applications.agreement` and
            `applications.check_participants`.
    """
    school = school_state(session, command.urn, pointer="/urn")
    named = [one.teacher_id for one in command.participants]
    known = {id_: teacher_store.school_of(session, id_) for id_ in dict.fromkeys(named)}
    group, _ = work_groups.lock_work_group(session, command.work_group_id)
    enrolments.check_recruiting(group.status)
    schools.check_eligible(school)
    taught = (known[id_] for id_ in named)
    applications.check_participants(command.urn, named, [None if one is None else one.urn for one in taught])
    agreement = applications.agreement(
        command.head_agreed_by, command.head_agreed_at, command.agreement_version, now=now
    )
    if store.open_one(session, group.id, command.urn) is not None:
        raise Conflict("application_open", "The school has an open application for this group.", "/urn")
    row = Application(id=new_id(), work_group_id=group.id, urn=command.urn, status="draft", **made(now, by))
    for name, value in vars(agreement).items() if agreement else ():
        setattr(row, name, value)
    session.add(row)
    session.flush()
    participants = [
        ApplicationParticipant(application_id=row.id, position=position, **vars(one))
        for position, one in enumerate(command.participants, start=1)
    ]
    session.add_all(participants)
    session.flush()
    return WithParticipants(row, participants)


def submit_application(
    session: Session, command: SubmitApplication, *, now: datetime, by: str
) -> WithParticipants:
    """Ask for the places in time, with the head's agreement.

    Raises:
        Unknown: `unknown_application`; Refused, Conflict: see `applications.agreement`,
            `applications.submit` and `programmes.check_path`.
    """
    (group, programme), found = _lock_application(session, command.application_id)
    row = found.row
    agreement = applications.agreement(
        command.head_agreed_by, command.head_agreed_at, command.agreement_version, now=now
    )
    applications.submit(
        row.status,
        agreed=agreement is not None or row.head_agreed_at is not None,
        group_status=group.status,
        opens_at=group.opens_at,
        closes_at=group.closes_at,
        at=now,
    )
    programmes.check_path(session, programme, row.urn, pointer="")
    for name, value in vars(agreement).items() if agreement else ():
        setattr(row, name, value)
    row.status, row.submitted_at = "submitted", now
    row.touch(now=now, by=by)
    session.flush()
    event = ApplicationSubmitted(**_facts(found), agreement_version=row.agreement_version or "")
    outbox.record(session, event, occurred_at=now, by=by)
    return found


def decide_application(
    session: Session, command: DecideApplication, *, now: datetime, by: str
) -> WithParticipants:
    """Give all the places asked for, or none; or put the decision off.

    Raises:
        Unknown: `unknown_application`; Refused, Conflict: see `applications.decide` and `enrolments.admit`.
    """
    locked, found = _lock_application(session, command.application_id)
    row = found.row
    applications.decide(row.status, command.decision)
    if command.decision == "accepted":
        _enrol_all(session, locked, found, now=now, by=by)
    row.status, row.decision_reason = command.decision, command.reason
    row.decided_at, row.decided_by = now, by
    row.touch(now=now, by=by)
    session.flush()
    outbox.record(session, DECIDED[command.decision](**_facts(found)), occurred_at=now, by=by)
    return found


def withdraw_application(
    session: Session, command: WithdrawApplication, *, now: datetime, by: str
) -> WithParticipants:
    """Ask for the places no longer; of a draft nobody has been told.

    Raises:
        Unknown: `unknown_application`; Conflict: see `applications.withdraw`.
    """
    _, found = _lock_application(session, command.application_id)
    applications.withdraw(found.row.status)
    was_told = found.row.status != "draft"
    found.row.status = "withdrawn"
    found.row.touch(now=now, by=by)
    session.flush()
    if was_told:
        outbox.record(session, ApplicationWithdrawn(**_facts(found)), occurred_at=now, by=by)
    return found


def end_applications(session: Session, work_group_id: UUID, *, now: datetime, by: str) -> None:
    """Decline what was asked for, and drop drafts; the group is over, and locked by the caller."""
    for found in store.open_ones(session, work_group_id):
        row = found.row
        was_told = row.status != "draft"
        row.status = "declined" if was_told else "withdrawn"
        if was_told:
            row.decided_at, row.decided_by = now, by
            outbox.record(session, ApplicationDeclined(**_facts(found)), occurred_at=now, by=by)
        row.touch(now=now, by=by)
    session.flush()


def find_application(session: Session, application_id: UUID) -> WithParticipants:
    """One application.

    Raises:
        Unknown: `unknown_application`.
    """
    found = store.find_application(session, application_id)
    if found is None:
        raise Unknown("unknown_application", "There is no such application.")
    return found


def _enrol_all(session: Session, locked: Locked, found: WithParticipants, *, now: datetime, by: str) -> None:
    for one in found.participants:
        enrolment_handlers.admit(
            session,
            locked,
            Applicant(teacher_id=one.teacher_id, role=one.role),
            agreement_version=found.row.agreement_version,
            now=now,
            by=by,
        )


def _lock_application(session: Session, application_id: UUID) -> tuple[Locked, WithParticipants]:
    """An application to decide about, its group first.

    Raises:
        Unknown: `unknown_application`.
    """
    locked = work_groups.lock_work_group(session, find_application(session, application_id).row.work_group_id)
    return locked, find_application(session, application_id)  # as it is now that the group is held


def _facts(found: WithParticipants) -> dict[str, Any]:
    row = found.row
    facts = {"application_id": row.id, "work_group_id": row.work_group_id, "urn": row.urn}
    return facts | {"teachers_n": len(found.participants)}
