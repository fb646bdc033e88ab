"""PD days and conferences: opened, registered for, held, cancelled."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hub_contracts.enrolment import (
    PDDayCancelled,
    PDDayRegistered,
    PDDayScheduled,
)
from hub_contracts.vocabulary import PDDayCancellationReason, PDDayKind
from hub_enrolment.commands.pd_days import CancelPDDay, HoldPDDay, OpenPDDay, RegisterForPDDay
from hub_enrolment.domain import pd_days
from hub_enrolment.models import PDDay, PDDayRegistration
from hub_enrolment.steps.pd_days import held_event
from hub_enrolment.store import pd_days as store
from hub_enrolment.store import successions as succession_store
from hub_enrolment.store import teachers as teacher_store
from hub_enrolment.store.standing_schools import school_of
from hub_kernel.england import day_in_england
from hub_kernel.refusals import Stale, Unknown
from hub_messaging import outbox
from hub_platform.database import made
from hub_platform.ids import new_id


# Long: it lists the values of a row and an event.
def open_pd_day(session: Session, command: OpenPDDay, *, now: datetime, by: str) -> PDDay:
    """Open a PD day or conference for registration. A past date is accepted, for loading last year's.

    Raises:
        Refused: `closes_after_day`.
    """
    day = PDDay(
        id=new_id(),
        kind=command.kind,
        theme=command.theme,
        title=command.title,
        day=command.on,
        starts_at=command.starts_at,
        venue=command.venue,
        capacity=command.capacity,
        closes_at=pd_days.closes_at(command.on, command.registration_closes_at),
        status="open",
        cancelled_reason=None,
        **made(now, by),
    )
    session.add(day)
    session.flush()
    event = PDDayScheduled(
        pd_day_id=day.id,
        kind=PDDayKind(day.kind),
        theme=day.theme,
        title=day.title,
        on=day.day,
        starts_at=day.starts_at,
        venue=day.venue,
        capacity=day.capacity,
        closes_at=day.closes_at,
    )
    outbox.record(session, event, occurred_at=now, by=by)
    return day


def find_pd_day(session: Session, pd_day_id: UUID, *, lock: bool = False) -> PDDay:
    """Return a PD day or conference, locked on request.

    Raises:
        Unknown: `unknown_pd_day`.
    """
    day = store.find_pd_day(session, pd_day_id, lock=lock)
    if day is None:
        raise Unknown("unknown_pd_day", "There is no such PD day or conference.")
    return day


def register_for_pd_day(
    session: Session, command: RegisterForPDDay, *, now: datetime, by: str
) -> tuple[PDDayRegistration, bool]:
    """Register a teacher; for a repeated request the second value is False and nothing is published.

    Raises:
        Unknown: `unknown_pd_day`; Refused: `unknown_teacher`, `not_at_school`; it, and Conflict: see
            `pd_days.register`.
    """
    day = find_pd_day(session, command.pd_day_id, lock=True)  # so that the last place is given only once
    school = school_of(session, command.teacher_id, command.urn, day=day_in_england(now))
    if not pd_days.register(store.registrations(session, day, command.teacher_id), at=now):
        known = session.get_one(PDDayRegistration, (day.id, command.teacher_id))
        return known, False
    registration = PDDayRegistration(
        pd_day_id=day.id,
        teacher_id=command.teacher_id,
        urn=None if command.urn is None else school.urn,
        registered_at=now,
        registered_by=by,
    )
    session.add(registration)
    session.flush()
    event = PDDayRegistered(
        pd_day_id=day.id,
        teacher_id=command.teacher_id,
        urn=school.urn,
        registered_on=day_in_england(now),
    )
    outbox.record(session, event, occurred_at=now, by=by)
    return registration, True


# Long: the order of checks before the first write matters.
def hold_pd_day(
    session: Session, command: HoldPDDay, *, expected: int | None, now: datetime, by: str
) -> PDDay:
    """Take the register; until it is locked a different one replaces it.

    `expected` is the day's revision that the sender has seen; 0 says "no register yet". The same register
    again changes nothing, whatever revision it names, as its sender may have missed the answer.

    Raises:
        Unknown: `unknown_pd_day`; Stale: `stale`; Refused, Conflict: see `pd_days.check_time` and
            `pd_days.check_present`.
    """
    day = find_pd_day(session, command.pd_day_id, lock=True)
    people = teacher_store.hold(session, command.teacher_ids)  # people who were erased since are included
    known = store.attendances(session, day.id)
    if day.status == "held" and known.keys() == set(command.teacher_ids):
        return day
    fits = day.status != "held" if expected == 0 else day.revision == expected
    if not fits:
        raise Stale("stale", f"The day has been changed since; it is at revision {day.revision}.")
    pd_days.check_time(day.status, on=day.day, now=now)
    taught = store.employments(session, list(people))
    pd_days.check_present(command.teacher_ids, taught.keys())
    asked = store.schools_asked(session, day.id)
    successions = succession_store.around(session, asked.values())
    # A teacher who was marked before keeps the published school.
    came = {
        teacher_id: known.get(teacher_id)
        or pd_days.school_on(taught[teacher_id], day.day, asked.get(teacher_id), successions)
        for teacher_id in sorted(command.teacher_ids)
    }
    store.replace_attendances(session, day.id, came, now=now, by=by)
    day.status = "held"
    day.touch(now=now, by=by)
    session.flush()
    outbox.record(session, held_event(day, came), occurred_at=now, by=by)
    return day


def cancel_pd_day(session: Session, command: CancelPDDay, *, now: datetime, by: str) -> PDDay:
    """Cancel a PD day or conference; a repeated command changes nothing.

    Raises:
        Unknown: `unknown_pd_day`; Conflict: see `pd_days.cancel`.
    """
    day = find_pd_day(session, command.pd_day_id, lock=True)
    if pd_days.cancel(day.status, day.cancelled_reason, command.reason):
        day.status, day.cancelled_reason = "cancelled", command.reason
        day.touch(now=now, by=by)
        session.flush()
        event = PDDayCancelled(
            pd_day_id=day.id,
            reason=PDDayCancellationReason(command.reason),
            teachers_n=store.registrations_n(session, day.id),
        )
        outbox.record(session, event, occurred_at=now, by=by)
    return day
