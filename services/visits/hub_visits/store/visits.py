"""Visits."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub_visits.models import Visit


def find_visit(session: Session, visit_id: UUID, *, lock: bool = False) -> Visit | None:
    """One visit with its agreed actions."""
    statement = select(Visit).where(Visit.id == visit_id)
    return session.scalar(statement.with_for_update() if lock else statement)
