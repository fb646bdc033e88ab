"""PD days and conferences, their registrations and registers."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from hub_enrolment.domain.pd_days import Employment, Registrations
from hub_enrolment.models import PDDay, PDDayAttendance, PDDayRegistration, SchoolMembership
from hub_platform.paging import where_given


def find_pd_day(session: Session, pd_day_id: UUID, *, lock: bool = False) -> PDDay | None:
    """Return one PD day, optionally locked; None when it is unknown."""
    return session.get(
        PDDay,
        pd_day_id,
        populate_existing=True,
        with_for_update={"key_share": True} if lock else None,
    )


def list_pd_days(
    *,
    first_day: date | None = None,
    last_day: date | None = None,
    kind: str | None = None,
    status: str | None = None,
) -> Select[PDDay]:
    """Select PD days from `first_day` to `last_day`, both included."""
    statement = select(PDDay)
    if first_day is not None:
        statement = statement.where(PDDay.day >= first_day)
    if last_day is not None:
        statement = statement.where(PDDay.day <= last_day)
    return where_given(statement, (PDDay.kind, kind), (PDDay.status, status))


def list_registrations(pd_day_id: UUID) -> Select[PDDayRegistration]:
    """Select the registrations for one PD day."""
    return select(PDDayRegistration).where(PDDayRegistration.pd_day_id == pd_day_id)


def registrations(session: Session, day: PDDay, teacher_id: UUID) -> Registrations:
    """Return the facts for a decision about a registration; the caller has locked the day."""
    taken, own = session.execute(
        select(func.count(), func.count().filter(PDDayRegistration.teacher_id == teacher_id)).where(
            PDDayRegistration.pd_day_id == day.id
        )
    ).one()
    return Registrations(
        status=day.status,
        closes_at=day.closes_at,
        capacity=day.capacity,
        taken=taken,
        held_by_teacher=own > 0,
    )


def schools_asked(session: Session, pd_day_id: UUID) -> dict[UUID, str]:
    """Return the school that each registration names, by teacher id, without those that name none."""
    columns = (PDDayRegistration.teacher_id, PDDayRegistration.urn)
    rows = session.execute(select(*columns).where(PDDayRegistration.pd_day_id == pd_day_id))
    return {teacher_id: urn for teacher_id, urn in rows if urn is not None}


def registrations_n(session: Session, pd_day_id: UUID) -> int:
    """Return the number of registrations for a PD day."""
    return session.scalars(
        select(func.count()).select_from(PDDayRegistration).where(PDDayRegistration.pd_day_id == pd_day_id)
    ).one()


def employments(session: Session, teacher_ids: Collection[UUID]) -> dict[UUID, list[Employment]]:
    """Return the schools of each teacher over time; unknown teachers are left out."""
    columns = (
        SchoolMembership.teacher_id,
        SchoolMembership.urn,
        SchoolMembership.starts_on,
        SchoolMembership.ends_on,
    )
    rows = session.execute(select(*columns).where(SchoolMembership.teacher_id.in_(teacher_ids)))
    found: defaultdict[UUID, list[Employment]] = defaultdict(list)
    for teacher_id, urn, starts_on, ends_on in rows:
        found[teacher_id].append(Employment(urn=urn, starts_on=starts_on, ends_on=ends_on))
    return dict(found)


def attendances(session: Session, pd_day_id: UUID) -> dict[UUID, str]:
    """Return the school of each teacher who attended, by teacher id."""
    rows = session.execute(
        select(PDDayAttendance.teacher_id, PDDayAttendance.urn)
        .where(PDDayAttendance.pd_day_id == pd_day_id)
        .order_by(PDDayAttendance.teacher_id)
    )
    return dict(rows.all())


def replace_attendances(
    session: Session, pd_day_id: UUID, came: Mapping[UUID, str], *, now: datetime, by: str
) -> None:
    """Replace the register of a PD day."""
    session.execute(
        delete(PDDayAttendance)
        .where(PDDayAttendance.pd_day_id == pd_day_id)
        .execution_options(synchronize_session="fetch")
    )
    session.add_all(
        PDDayAttendance(pd_day_id=pd_day_id, teacher_id=teacher_id, urn=urn, marked_at=now, marked_by=by)
        for teacher_id, urn in came.items()
    )
    session.flush()
