"""Papers: gathering what they say."""

from sqlalchemy.orm import Session

from hub_enrolment.domain.calendar import day_in_england, spoken_day, spoken_time
from hub_enrolment.handlers.schools import find_school
from hub_enrolment.handlers.work_groups import find_work_group
from hub_enrolment.models import GroupSession
from hub_enrolment.store import documents as store
from hub_enrolment.store import sessions as session_store
from hub_enrolment.store import teachers as teacher_store
from hub_enrolment.templates.facts import AttendanceSheet, Attendee


def attendance_sheet(session: Session, meeting: GroupSession) -> AttendanceSheet:
    """The sheet of one session: everybody who holds a place on its day."""
    group = find_work_group(session, meeting.work_group_id)
    leads = teacher_store.names(session, group.lead_ids)
    on = meeting.held_on or day_in_england(meeting.starts_at)
    places = session_store.places(session, meeting.work_group_id)
    named = store.names_of_places(session, meeting.work_group_id)
    return AttendanceSheet(
        group=group.row.title,
        session=f"Session {meeting.seq}",
        day=spoken_day(on),
        time=f"{spoken_time(meeting.starts_at)} to {spoken_time(meeting.ends_at)}",
        place=_place(session, meeting, group.row.venue),
        leads=tuple(" ".join(leads[lead_id]) for lead_id in group.lead_ids),
        attendees=tuple(
            Attendee(name=f"{family}, {given}", school=school, note="")
            for place_id, (family, given, school) in named.items()
            if places[place_id].is_active(on)
        ),
    )


def _place(session: Session, meeting: GroupSession, venue: str | None) -> str:
    if meeting.host_urn is not None:
        return f"At {find_school(session, meeting.host_urn).name}"
    if meeting.mode == "online":
        return "Online"
    return venue or "Venue to be announced"
