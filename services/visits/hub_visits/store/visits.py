"""Visits."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hub_visits.models import Visit
from hub_visits.store.hand_overs import visit_without_lead


def find_visit(session: Session, visit_id: UUID, *, lock: bool = False) -> Visit | None:
    """One visit with its agreed actions."""
    statement = select(Visit).where(Visit.id == visit_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.scalar(statement)


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
    without_lead: bool | None = None,
    among: Select[UUID] | None = None,
    today: date,
) -> Select[Visit]:
    """Select visits that are planned from `begins` until just before `ends`; None asks for any.

    `urns` are all that one school has, `among` the assignments whose visits may be seen.
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
    if urns is not None:
        statement = statement.where(Visit.urn.in_(urns))
    if without_lead is not None:
        lacking = visit_without_lead(today)
        statement = statement.where(lacking if without_lead else ~lacking)
    return statement if among is None else statement.where(Visit.assignment_id.in_(among))
