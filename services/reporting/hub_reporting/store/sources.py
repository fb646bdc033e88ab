"""How far reading has come, and when anything happened."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub_reporting.domain.periods import AcademicYear
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
    """Return every publisher from which an event was counted in."""
    return session.scalars(sa.select(Source).order_by(Source.source)).all()


def last_day(session: Session, hub: str, today: date) -> date | None:
    """The last day up to today on which anything was held or began, a place was given, a school connected."""
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
    """The academic years of work groups and of PD leads, latest first."""
    groups = session.scalars(sa.select(WorkGroup.academic_year).where(WorkGroup.hub == hub).distinct())
    starts = session.scalars(sa.select(Assignment.starts_on).where(Assignment.hub == hub).distinct())
    found = {AcademicYear(int(text[:4])) for text in groups} | {AcademicYear.of(day) for day in starts}
    return sorted(found, reverse=True)


def messages_failed(session: Session, hub: str) -> list[tuple[str, str | None]]:
    """Return the template and the reason of each message that could not be sent."""
    rows = session.execute(
        sa.select(Message.template, Message.reason)
        .where(Message.hub == hub, Message.status == "failed")
        .order_by(Message.template, Message.message_id)
    )
    return [(row.template, row.reason) for row in rows]
