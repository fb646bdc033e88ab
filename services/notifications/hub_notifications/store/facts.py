"""Facts of other services that messages are about, as their events give them."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hub_kernel.academic_years import AcademicYear
from hub_kernel.england import end_of_day, start_of_day
from hub_notifications.domain.sending_hours import Holidays
from hub_notifications.domain.threads import Thread, group_thread, pd_day_thread
from hub_notifications.models import (
    Application,
    Assignment,
    Hub,
    PDDayRegistration,
    Place,
    School,
    SchoolYear,
    Visit,
    WaitingEntry,
    WorkGroup,
)
from hub_platform.bank_holidays import bank_holidays


def register(session: Session, pd_day_id: UUID, teacher_id: UUID) -> None:
    """Record a teacher's registration for a PD day; idempotent."""
    values = {"pd_day_id": pd_day_id, "teacher_id": teacher_id}
    session.execute(insert(PDDayRegistration).values(**values).on_conflict_do_nothing())


def threads_of_group(session: Session, work_group_id: UUID) -> Sequence[Thread]:
    """Return the threads of all teachers who ever had a place, waited or were named by an application."""
    found: set[UUID] = set()
    for model in (Place, WaitingEntry):
        found |= set(session.scalars(select(model.teacher_id).where(model.work_group_id == work_group_id)))
    named = select(func.unnest(Application.teacher_ids)).where(Application.work_group_id == work_group_id)
    found |= set(session.scalars(named))
    return [group_thread(work_group_id, teacher_id) for teacher_id in sorted(found)]


def threads_of_participants(session: Session, work_group_id: UUID) -> Sequence[Thread]:
    """Return the threads of all teachers who ever had a place on a Work Group."""
    held = select(Place.teacher_id).where(Place.work_group_id == work_group_id).distinct()
    return [group_thread(work_group_id, teacher_id) for teacher_id in sorted(session.scalars(held))]


def threads_of_pd_day(session: Session, pd_day_id: UUID) -> Sequence[Thread]:
    """Return the threads of all teachers who have registered for a PD day."""
    registered = select(PDDayRegistration.teacher_id).where(PDDayRegistration.pd_day_id == pd_day_id)
    return [pd_day_thread(pd_day_id, teacher_id) for teacher_id in sorted(session.scalars(registered))]


def pd_leads_of(session: Session, assignment_id: UUID) -> Sequence[UUID]:
    """Return the PD lead of an assignment; empty if its event has not arrived yet."""
    return session.scalars(
        select(Assignment.pd_lead_id).where(Assignment.assignment_id == assignment_id)
    ).all()


def assign_visits(session: Session, assignment_id: UUID, urn: str, pd_lead_id: UUID, starts_on: date) -> None:
    """Set the assignment of visits that were stored before this service recorded assignments."""
    year = AcademicYear.of(starts_on)
    session.execute(
        update(Visit)
        .where(
            Visit.assignment_id.is_(None),
            Visit.urn == urn,
            Visit.pd_lead_id == pd_lead_id,
            Visit.planned_at >= start_of_day(starts_on),
            Visit.planned_at < end_of_day(year.ends_on),
        )
        .values(assignment_id=assignment_id)
    )


def visits_under(session: Session, assignment_id: UUID) -> Sequence[UUID]:
    """Return the ids of an assignment's visits."""
    under = select(Visit.visit_id).where(Visit.assignment_id == assignment_id)
    return session.scalars(under.order_by(Visit.visit_id)).all()


def school_names(session: Session, urns: Iterable[str]) -> dict[str, str]:
    """Return the known names of schools by URN."""
    rows = session.execute(select(School.urn, School.name).where(School.urn.in_(set(urns))))
    return {row.urn: row.name for row in rows}


def titles_by_place(session: Session, enrolment_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the title of each place's Work Group, by enrolment id."""
    rows = session.execute(
        select(Place.enrolment_id, WorkGroup.title)
        .join(WorkGroup, WorkGroup.work_group_id == Place.work_group_id)
        .where(Place.enrolment_id.in_(set(enrolment_ids)))
    )
    return {row.enrolment_id: row.title for row in rows}


def hub(session: Session) -> Hub | None:
    """Return the hub's latest description; None until enrolment has published one."""
    return session.scalar(select(Hub))


def holidays(session: Session) -> Holidays:
    """Return the bank holidays, and the hub's school holidays as far as its calendar is known."""
    half_terms = {
        year.academic_year: tuple(
            (date.fromisoformat(first), date.fromisoformat(last)) for first, last in year.half_terms
        )
        for year in session.scalars(select(SchoolYear))
    }
    return Holidays(bank_holidays(), half_terms)
