"""Documents to print: gathering what they say."""

from uuid import UUID

from sqlalchemy.orm import Session

from hub_enrolment.domain import documents
from hub_enrolment.domain.names import full_name, listed_name
from hub_enrolment.domain.sessions import started_at
from hub_enrolment.handlers.schools import find_school
from hub_enrolment.handlers.venues import location, location_of
from hub_enrolment.models import Enrolment, GroupSession, Programme, WorkGroup
from hub_enrolment.store import documents as store
from hub_enrolment.store import hub as hub_store
from hub_enrolment.store import sessions as session_store
from hub_enrolment.store import teachers as teacher_store
from hub_enrolment.store import work_groups as group_store
from hub_enrolment.templates.facts import AttendanceSheet, Attendee, Certificate
from hub_kernel.england import day_in_england, spoken_date, spoken_day, spoken_time
from hub_platform import audit


def attendance_sheet(session: Session, meeting: GroupSession) -> AttendanceSheet:
    """The sheet of one session: every participant who holds a place when it starts, by school.

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
    sorry = session_store.apologies(session, meeting.id)
    names = {
        place_id: name
        for place_id, name in store.names_of_places(session, group.id).items()
        if places[place_id].is_active(began_at)
    }
    audit.concerns(session, "enrolment_id", names)
    return AttendanceSheet(
        group=group.title,
        session=f"Session {meeting.seq}",
        day=spoken_day(on),
        time=f"{spoken_time(meeting.starts_at)} to {spoken_time(meeting.ends_at)}",
        place=_place(session, meeting, group),
        leads=tuple(full_name(*leads[lead_id]) for lead_id in lead_ids),
        attendees=tuple(
            Attendee(name=listed_name(given, family), school=school, apologies=place_id in sorry)
            for place_id, (school, family, given) in names.items()
        ),
    )


def certificate(session: Session, enrolment: Enrolment) -> Certificate:
    """The certificate of one enrolment, with the school of its day; all places of its teacher count.

    Raises:
        Conflict: `not_completed`.
    """
    documents.check_completed(enrolment.status)
    group = session.get_one(WorkGroup, enrolment.work_group_id)
    programme = session.get_one(Programme, group.programme_id)
    hub = hub_store.find_hub(session)
    ids = store.places_of_holder(session, enrolment)
    known = session_store.places(session, enrolment.work_group_id)
    own = [known[place_id] for place_id in ids]
    held = [
        one
        for one in store.sessions_held(session, enrolment.work_group_id, ids)
        if one.mark is not None or any(place.is_active(one.began_at) for place in own)
    ]
    counted = documents.attended(held)
    audit.concerns(session, "teacher_id", [enrolment.teacher_id])
    return Certificate(
        hub=None if hub is None else hub.name,
        lead_school=None if hub is None else find_school(session, hub.lead_school_urn).name,
        name=full_name(*teacher_store.names(session, [enrolment.teacher_id])[enrolment.teacher_id]),
        school=find_school(session, enrolment.urn).name,
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


def _dates(counted: documents.Attended) -> str | None:
    if counted.first_on is None or counted.last_on is None:
        return None
    if counted.first_on == counted.last_on:
        return spoken_date(counted.first_on)
    return f"{spoken_date(counted.first_on)} to {spoken_date(counted.last_on)}"


def _place(session: Session, meeting: GroupSession, group: WorkGroup) -> str:
    venue = location(meeting, location_of(group)).venue
    if meeting.host_urn is not None:
        host = f"At {find_school(session, meeting.host_urn).name}"
        return host if venue is None else f"{host}, {venue}"
    if meeting.mode == "online":
        return "Online"
    return venue or "Venue to be announced"
