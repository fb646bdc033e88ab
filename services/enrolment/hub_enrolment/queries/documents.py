"""The facts of documents to print: attendance sheets and certificates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from hub_enrolment.domain import documents
from hub_enrolment.domain.documents import Held
from hub_enrolment.domain.names import full_name, listed_name, name_key
from hub_enrolment.domain.sessions import PRESENT, started_at
from hub_enrolment.models import Attendance, Enrolment, GroupSession, Programme, School, Teacher, WorkGroup
from hub_enrolment.store import hub as hub_store
from hub_enrolment.store import sessions as session_store
from hub_enrolment.store import teachers as teacher_store
from hub_enrolment.store import work_groups as group_store
from hub_enrolment.store.venues import location, location_of
from hub_enrolment.templates.facts import AttendanceSheet, Attendee, Certificate
from hub_kernel.england import day_in_england, spoken_date, spoken_day, spoken_time
from hub_platform import audit

MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class _Participant:
    enrolment_id: UUID
    school: str
    family: str
    given: str


def attendance_sheet(session: Session, meeting: GroupSession) -> AttendanceSheet:
    """Return the sheet of one session: every participant who holds a place when it starts, by school.

    Raises:
        Conflict: `session_cancelled`.
    """
    documents.check_sheet(meeting.status)
    group = session.get_one(WorkGroup, meeting.work_group_id)
    lead_ids = group_store.lead_ids(session, group.id)
    leads = teacher_store.names(session, lead_ids)
    on = meeting.held_on or day_in_england(meeting.starts_at)
    began_at = started_at(meeting.starts_at, held_on=on)
    places = session_store.places(session, group.id)
    absent = session_store.apologies(session, meeting.id)
    participants = [
        one for one in _participants(session, group.id) if places[one.enrolment_id].is_active(began_at)
    ]
    audit.concerns(session, "enrolment_id", [one.enrolment_id for one in participants])
    return AttendanceSheet(
        group=group.title,
        session=f"Session {meeting.seq}",
        day=spoken_day(on),
        time=f"{spoken_time(meeting.starts_at)} to {spoken_time(meeting.ends_at)}",
        place=_place(session, meeting, group),
        leads=tuple(full_name(*leads[lead_id]) for lead_id in lead_ids),
        attendees=tuple(
            Attendee(
                name=listed_name(one.given, one.family),
                school=one.school,
                apologies=one.enrolment_id in absent,
            )
            for one in participants
        ),
    )


def certificate(session: Session, enrolment: Enrolment) -> Certificate:
    """Return the certificate of an enrolment; it counts every place of the participant on the group.

    The school is the one that was recorded with the enrolment.

    Raises:
        Conflict: `not_completed`.
    """
    documents.check_completed(enrolment.status)
    group = session.get_one(WorkGroup, enrolment.work_group_id)
    programme = session.get_one(Programme, group.programme_id)
    hub = hub_store.find_hub(session)
    ids = _places_of_participant(session, enrolment)
    places = session_store.places(session, enrolment.work_group_id)
    own = [places[enrolment_id] for enrolment_id in ids]
    held = [
        one
        for one in _sessions_held(session, enrolment.work_group_id, ids)
        if one.mark is not None or any(place.is_active(one.began_at) for place in own)
    ]
    counted = documents.attended(held)
    audit.concerns(session, "teacher_id", [enrolment.teacher_id])
    return Certificate(
        hub=None if hub is None else hub.name,
        lead_school=None if hub is None else session.get_one(School, hub.lead_school_urn).name,
        name=full_name(*teacher_store.names(session, [enrolment.teacher_id])[enrolment.teacher_id]),
        school=session.get_one(School, enrolment.urn).name,
        programme=programme.title,
        group=group.title,
        academic_year=programme.academic_year,
        dates=_dates(counted),
        sessions_n=counted.sessions_n,
        held_n=counted.held_n,
        duration=documents.spoken_duration(counted.minutes),
    )


def find_certificate(session: Session, enrolment_id: UUID) -> Certificate | None:
    """Return the certificate of an enrolment; None when it is unknown or not completed."""
    enrolment = session.get(Enrolment, enrolment_id)
    if enrolment is None or not documents.is_completed(enrolment.status):
        return None
    return certificate(session, enrolment)


def _participants(session: Session, work_group_id: UUID) -> list[_Participant]:
    """Return everyone with a place, withdrawn ones included, by school, family name and given name."""
    rows = session.execute(
        select(Enrolment.id, School.name, Teacher.family, Teacher.given)
        .join(Teacher, Teacher.id == Enrolment.teacher_id)
        .join(School, School.urn == Enrolment.urn)
        .where(Enrolment.work_group_id == work_group_id)
    )
    found = [
        _Participant(enrolment_id=id_, school=school, family=family, given=given)
        for id_, school, family, given in rows
    ]

    def order(one: _Participant) -> tuple[list[str], UUID]:
        return [name_key(text) for text in (one.school, one.family, one.given)], one.enrolment_id

    return sorted(found, key=order)


def _places_of_participant(session: Session, enrolment: Enrolment) -> list[UUID]:
    """Return the ids of every place that the participant has or had on the group."""
    statement = select(Enrolment.id).where(
        Enrolment.work_group_id == enrolment.work_group_id, Enrolment.teacher_id == enrolment.teacher_id
    )
    return list(session.scalars(statement))


def _sessions_held(session: Session, work_group_id: UUID, enrolment_ids: Sequence[UUID]) -> list[Held]:
    """Return the group's sessions that were held, each with the mark of one of these places.

    Of two marks for one session the one that counts as present is taken.
    """
    own = and_(Attendance.session_id == GroupSession.id, Attendance.enrolment_id.in_(enrolment_ids))
    present = Attendance.mark.in_(PRESENT)
    mark = func.coalesce(func.min(Attendance.mark).filter(present), func.min(Attendance.mark))
    rows = session.execute(
        select(GroupSession.held_on, GroupSession.starts_at, GroupSession.ends_at, mark)
        .outerjoin(Attendance, own)
        .where(GroupSession.work_group_id == work_group_id, GroupSession.status == "completed")
        .group_by(GroupSession.id)
        .order_by(GroupSession.seq)
    )
    return [
        Held(
            began_at=started_at(starts_at, held_on=held_on),
            minutes=(ends_at - starts_at) // MINUTE,
            mark=mark,
        )
        for held_on, starts_at, ends_at, mark in rows
        if held_on is not None  # a constraint ensures it for completed sessions; this is for the type checker
    ]


def _dates(counted: documents.Attended) -> str | None:
    if counted.first_on is None or counted.last_on is None:
        return None
    if counted.first_on == counted.last_on:
        return spoken_date(counted.first_on)
    return f"{spoken_date(counted.first_on)} to {spoken_date(counted.last_on)}"


def _place(session: Session, meeting: GroupSession, group: WorkGroup) -> str:
    venue = location(meeting, location_of(group)).venue
    if meeting.host_urn is not None:
        host = f"At {session.get_one(School, meeting.host_urn).name}"
        return host if venue is None else f"{host}, {venue}"
    if meeting.mode == "online":
        return "Online"
    return venue or "Venue to be announced"
