"""Visits by id, and the visits of an assignment."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub_kernel.refusals import Unknown
from hub_visits.models import Visit


def get_visit(session: Session, visit_id: UUID, *, lock: bool = False) -> Visit:
    """Return one visit with its agreed actions.

    Raises:
        Unknown: `unknown_visit`.
    """
    statement = select(Visit).where(Visit.id == visit_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    visit = session.scalar(statement)
    if visit is None:
        raise Unknown("unknown_visit", "No visit with this id exists.")
    return visit


def lock_uncancelled(session: Session, assignment_id: UUID) -> Sequence[Visit]:
    """Lock and return the planned and logged visits of an assignment."""
    rows = select(Visit).where(Visit.assignment_id == assignment_id, Visit.status != "cancelled")
    return session.scalars(rows.order_by(Visit.id).with_for_update()).all()
