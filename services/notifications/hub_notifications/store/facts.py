"""What events have told, kept by revision; and what the words of messages need of it."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hub_kernel.england import start_of_day
from hub_notifications.domain.threads import Thread, group_thread, pd_day_thread
from hub_notifications.models import (
    Application,
    Assignment,
    Base,
    Hub,
    PDDayRegistration,
    Place,
    School,
    SchoolYear,
    Visit,
    WaitingEntry,
    WorkGroup,
)


def keep(session: Session, model: type[Base], key: str, values: dict[str, Any]) -> bool:
    """Write a row unless a later revision of it is there; whether it was written."""
    statement = insert(model).values(**values)
    kept = session.execute(
        statement.on_conflict_do_update(
            index_elements=[key],
            set_={name: value for name, value in values.items() if name != key},
            where=model.__table__.c.revision < values["revision"],
        ).returning(model.__table__.c.revision)
    )
    return kept.first() is not None


def change(session: Session, model: type[Base], key: str, values: dict[str, Any]) -> bool:
    """Change some facts of a row unless a later revision of it is there; whether it was changed."""
    table = model.__table__
    changed = session.execute(
        update(model)
        .where(table.c[key] == values[key], table.c.revision < values["revision"])
        .values({name: value for name, value in values.items() if name != key})
        .returning(table.c.revision)
    )
    return changed.first() is not None


def register(session: Session, pd_day_id: UUID, teacher_id: UUID) -> None:
    """Note that a teacher has registered for a PD day."""
    values = {"pd_day_id": pd_day_id, "teacher_id": teacher_id}
    session.execute(insert(PDDayRegistration).values(**values).on_conflict_do_nothing())


def threads_of_group(session: Session, work_group_id: UUID) -> Sequence[Thread]:
    """Everybody who ever held a place on a Work Group, waited for one or was named in an application."""
    found: set[UUID] = set()
    for model in (Place, WaitingEntry):
        found |= set(session.scalars(select(model.teacher_id).where(model.work_group_id == work_group_id)))
    named = select(func.unnest(Application.teacher_ids)).where(Application.work_group_id == work_group_id)
    found |= set(session.scalars(named))
    return [group_thread(work_group_id, teacher_id) for teacher_id in sorted(found)]


def threads_of_participants(session: Session, work_group_id: UUID) -> Sequence[Thread]:
    """Everybody who ever held a place on a Work Group."""
    held = select(Place.teacher_id).where(Place.work_group_id == work_group_id).distinct()
    return [group_thread(work_group_id, teacher_id) for teacher_id in sorted(session.scalars(held))]


def threads_of_pd_day(session: Session, pd_day_id: UUID) -> Sequence[Thread]:
    """Everybody who has registered for a PD day."""
    registered = select(PDDayRegistration.teacher_id).where(PDDayRegistration.pd_day_id == pd_day_id)
    return [pd_day_thread(pd_day_id, teacher_id) for teacher_id in sorted(session.scalars(registered))]


def pd_leads_of(session: Session, assignment_id: UUID) -> Sequence[UUID]:
    """The PD lead of an assignment, if it is known."""
    return session.scalars(
        select(Assignment.pd_lead_id).where(Assignment.assignment_id == assignment_id)
    ).all()


def place_visits(session: Session, assignment_id: UUID, urn: str, pd_lead_id: UUID, starts_on: date) -> None:
    """Note to which assignment visits belong that were planned before this service kept it."""
    next_year = date(starts_on.year + (starts_on.month >= 9), 9, 1)  # academic years begin in September
    session.execute(
        update(Visit)
        .where(
            Visit.assignment_id.is_(None),
            Visit.urn == urn,
            Visit.pd_lead_id == pd_lead_id,
            Visit.planned_at >= start_of_day(starts_on),
            Visit.planned_at < start_of_day(next_year),
        )
        .values(assignment_id=assignment_id)
    )


def visits_under(session: Session, assignment_id: UUID) -> Sequence[UUID]:
    """The visits that belong to an assignment."""
    under = select(Visit.visit_id).where(Visit.assignment_id == assignment_id)
    return session.scalars(under.order_by(Visit.visit_id)).all()


def school_names(session: Session, urns: Iterable[str]) -> dict[str, str]:
    """Names by URN."""
    rows = session.execute(select(School.urn, School.name).where(School.urn.in_(set(urns))))
    return {row.urn: row.name for row in rows}


def titles_by_place(session: Session, enrolment_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The title of the Work Group of each place."""
    rows = session.execute(
        select(Place.enrolment_id, WorkGroup.title)
        .join(WorkGroup, WorkGroup.work_group_id == Place.work_group_id)
        .where(Place.enrolment_id.in_(set(enrolment_ids)))
    )
    return {row.enrolment_id: row.title for row in rows}


def hub(session: Session) -> Hub | None:
    """The hub as it was last described."""
    return session.scalar(select(Hub))


def half_terms(session: Session) -> dict[str, tuple[tuple[date, date], ...]]:
    """First and last day of each half term of the hub's own calendar, by academic year."""
    return {
        year.academic_year: tuple(
            (date.fromisoformat(first), date.fromisoformat(last)) for first, last in year.half_terms
        )
        for year in session.scalars(select(SchoolYear))
    }
