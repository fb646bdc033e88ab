"""The published terms of a Work Group."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hub_contracts.enrolment import WorkGroupChanged
from hub_enrolment.models import Programme, WorkGroup
from hub_messaging import outbox


def record_change(
    session: Session,
    group: WorkGroup,
    before: dict[str, Any],
    after: dict[str, Any],
    *,
    now: datetime,
    by: str,
) -> None:
    """Publish the changed terms of a group; drafts are not published."""
    changed_fields = [name for name, value in after.items() if value != before[name]]
    if changed_fields and group.status != "draft":
        event = WorkGroupChanged(**after, changed_fields=changed_fields)
        outbox.record(session, event, occurred_at=now, by=by)


def published_facts(group: WorkGroup, programme: Programme, lead_ids: list[UUID]) -> dict[str, Any]:
    """Return the published terms of a group."""
    of_group = (
        "title",
        "capacity",
        "opens_at",
        "closes_at",
        "mode",
        "venue",
    )  # never the joining link, which gives access
    of_programme = (
        "ncp_code",
        "academic_year",
        "strand",
        "phases",
        "min_schools",
        "min_teachers",
        "max_teachers",
    )
    facts = {name: getattr(programme, name) for name in of_programme}
    facts |= {name: getattr(group, name) for name in of_group}
    return facts | {"work_group_id": group.id, "lead_ids": lead_ids}
