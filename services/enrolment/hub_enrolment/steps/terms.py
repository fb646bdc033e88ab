"""The published terms of a Work Group."""

from dataclasses import fields
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hub_contracts.enrolment import WorkGroupChanged, WorkGroupOpened
from hub_contracts.vocabulary import MeetingMode, Phase, Strand
from hub_enrolment.models import Programme, WorkGroup
from hub_messaging import outbox

DRAFT = "draft"  # the status of a group that is not published yet


def record_change(
    session: Session, status: str, before: WorkGroupOpened, after: WorkGroupOpened, *, now: datetime, by: str
) -> None:
    """Publish the changed terms of a group in a status; drafts are not published."""
    names = [field.name for field in fields(after)]
    changed_fields = [name for name in names if getattr(after, name) != getattr(before, name)]
    if changed_fields and status != DRAFT:
        event = WorkGroupChanged(**vars(after), changed_fields=changed_fields)
        outbox.record(session, event, occurred_at=now, by=by)


def published_terms(group: WorkGroup, programme: Programme, lead_ids: list[UUID]) -> WorkGroupOpened:
    """Return the terms of a group as its opening publishes them, without the joining link."""
    return WorkGroupOpened(
        work_group_id=group.id,
        ncp_code=programme.ncp_code,
        academic_year=programme.academic_year,
        strand=Strand(programme.strand),
        phases=[Phase(phase) for phase in programme.phases],
        min_schools=programme.min_schools,
        min_teachers=programme.min_teachers,
        max_teachers=programme.max_teachers,
        title=group.title,
        capacity=group.capacity,
        opens_at=group.opens_at,
        closes_at=group.closes_at,
        mode=None if group.mode is None else MeetingMode(group.mode),
        venue=group.venue,
        lead_ids=lead_ids,
    )
