"""Visits."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hub_visits.models import Visit


def find_visit(session: Session, visit_id: UUID, *, lock: bool = False) -> Visit | None:
    """One visit with its agreed actions."""
    statement = select(Visit).where(Visit.id == visit_id)
    return session.scalar(statement.with_for_update() if lock else statement)


def lock_derived(session: Session, assignment_id: UUID) -> Sequence[Visit]:
    """The visits of an assignment of which something is derived, planned and logged ones, locked."""
    rows = select(Visit).where(Visit.assignment_id == assignment_id, Visit.status != "cancelled")
    return session.scalars(rows.order_by(Visit.id).with_for_update()).all()


def list_visits(
    *,
    begins: datetime | None = None,
    ends: datetime | None = None,
    status: str | None = None,
    kind: str | None = None,
    urns: Collection[str] | None = None,
    half_term: str | None = None,
    pd_lead_id: UUID | None = None,
) -> Select[Visit]:
    """Select visits that are planned from `begins` until just before `ends`; None asks for any.

    `urns` are all that one school has.
    """
    statement = select(Visit)
    if begins is not None:
        statement = statement.where(Visit.planned_at >= begins)
    if ends is not None:
        statement = statement.where(Visit.planned_at < ends)
    for column, value in (
        (Visit.status, status),
        (Visit.kind, kind),
        (Visit.half_term, half_term),
        (Visit.pd_lead_id, pd_lead_id),
    ):
        if value is not None:
            statement = statement.where(column == value)
    return statement if urns is None else statement.where(Visit.urn.in_(urns))
