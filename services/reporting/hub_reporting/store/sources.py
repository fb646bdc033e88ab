"""Progress of the projection, years with recorded facts, and e-mails that were not sent."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub_kernel.academic_years import AcademicYear
from hub_reporting.models import (
    Assignment,
    Connection,
    DepartmentPD,
    LoggedVisit,
    Message,
    PDDay,
    Place,
    Register,
    Source,
    WorkGroup,
)


def sources(session: Session) -> Sequence[Source]:
    """Return every publisher with a projected event."""
    return session.scalars(sa.select(Source).order_by(Source.source)).all()


def last_day(session: Session, hub: str, today: date) -> date | None:
    """Return the day of the latest recorded fact up to today, or None without one.

    Facts are registers, visits, PD days, places, connections and first days of assignments.
    """
    days = (
        (Register, Register.held_on),
        (LoggedVisit, LoggedVisit.happened_on),
        (DepartmentPD, DepartmentPD.held_on),
        (PDDay, PDDay.held_on),
        (Place, Place.enrolled_on),
        (Connection, Connection.connected_on),
        (Assignment, Assignment.starts_on),
    )
    latest = [
        sa.select(sa.func.max(day)).where(model.hub == hub, day <= today).scalar_subquery()
        for model, day in days
    ]
    found: date | None = session.scalar(sa.select(sa.func.greatest(*latest)))
    return found


def years(session: Session, hub: str) -> list[AcademicYear]:
    """Return the academic years of Work Groups and of assignments, latest first."""
    groups = session.scalars(sa.select(WorkGroup.academic_year).where(WorkGroup.hub == hub).distinct())
    starts = session.scalars(sa.select(Assignment.starts_on).where(Assignment.hub == hub).distinct())
    found = {AcademicYear(int(text[:4])) for text in groups} | {AcademicYear.of(day) for day in starts}
    return sorted(found, reverse=True)


def messages_failed(session: Session, hub: str) -> list[tuple[str, str | None]]:
    """Return the template and the reason of each e-mail that could not be sent."""
    rows = session.execute(
        sa.select(Message.template, Message.reason)
        .where(Message.hub == hub, Message.status == "failed")
        .order_by(Message.template, Message.message_id)
    )
    return [(row.template, row.reason) for row in rows]
