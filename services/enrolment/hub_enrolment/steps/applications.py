"""End the applications for a Work Group."""

from datetime import datetime
from typing import TypedDict
from uuid import UUID

from sqlalchemy.orm import Session

from hub_contracts.enrolment import (
    ApplicationDeclined,
)
from hub_enrolment.store import applications as store
from hub_enrolment.store.applications import WithParticipants
from hub_messaging import outbox


class ApplicationFacts(TypedDict):
    """The fields that every event about an application has."""

    application_id: UUID
    work_group_id: UUID
    urn: str
    teachers_n: int
    teacher_ids: list[UUID]


def end_applications(session: Session, work_group_id: UUID, *, now: datetime, by: str) -> None:
    """Decline submitted applications and withdraw drafts of a group that has ended; the caller locked it."""
    for found in store.open_ones(session, work_group_id):
        row = found.row
        was_submitted = row.status != "draft"
        row.status = "declined" if was_submitted else "withdrawn"
        if was_submitted:
            row.decided_at, row.decided_by = now, by
            outbox.record(session, ApplicationDeclined(**application_facts(found)), occurred_at=now, by=by)
        row.touch(now=now, by=by)
    session.flush()


def application_facts(found: WithParticipants) -> ApplicationFacts:
    """Return the published facts of an application."""
    return {
        "application_id": found.row.id,
        "work_group_id": found.row.work_group_id,
        "urn": found.row.urn,
        "teachers_n": len(found.participants),
        "teacher_ids": [one.teacher_id for one in found.participants],
    }
