"""Calendar entries to test with, and two readers of them that are not the library that wrote them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import ics
import vobject

from hub_kernel.england import ENGLAND
from hub_notifications.domain.calendar_uids import own_uid
from hub_notifications.templates.calendar_entries import CalendarPart, Entry
from hub_notifications.templates.header_fields import Mailbox

SESSION = UUID("01920000-0000-7000-8000-000000000001")
TEACHER = UUID("01920000-0000-7000-8000-0000000000a1")
HUB = Mailbox("Wessex Maths Hub, SendingContext", "hub@example.org")
ADA = Mailbox("Ada Lovelace", "office@school.example")
NOW = datetime(2026, 9, 7, 9, 0, tzinfo=UTC)


def an_entry(**changed: Any) -> Entry:
    """An entry for a session on 6 October 2026, 16:00 to 18:00, with something else where it is given."""
    usual: dict[str, Any] = {
        "uid": own_uid(SESSION, TEACHER, "wessex"),
        "sequence": 0,
        "summary": "Fractions, Year 5, session 1",
        "starts_at": datetime(2026, 10, 6, 16, 0, tzinfo=ENGLAND),
        "ends_at": datetime(2026, 10, 6, 18, 0, tzinfo=ENGLAND),
        "location": "Fenbrook Village College",
        "description": "Join online: https://meet.example/abc?pwd=1,2;3",
        "organizer": HUB,
        "attendee": ADA,
        "stamp": NOW,
    }
    return Entry(**usual | changed)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A calendar part as a reader parses it; `starts` and `ends` are in UTC, or dates of a whole day."""

    method: str
    uid: str
    summary: str
    starts: datetime | date
    ends: datetime | date | None
    location: str | None
    description: str | None
    status: str
    organizer: Mailbox
    attendee: Mailbox


def seen_by_vobject(part: CalendarPart) -> Seen:
    """Read with vobject; exactly one event and one attendee are expected."""
    calendar = vobject.readOne(part.content.decode())
    [event] = calendar.vevent_list
    [attendee] = event.attendee_list
    return Seen(
        method=calendar.method.value,
        uid=event.uid.value,
        summary=event.summary.value,
        starts=_in_utc(event.dtstart.value),
        ends=_in_utc(event.dtend.value) if "dtend" in event.contents else None,
        location=event.location.value if "location" in event.contents else None,
        description=event.description.value if "description" in event.contents else None,
        status=event.status.value,
        organizer=Mailbox(event.organizer.params["CN"][0], event.organizer.value.removeprefix("mailto:")),
        attendee=Mailbox(attendee.params["CN"][0], attendee.value.removeprefix("mailto:")),
    )


def seen_by_ics(part: CalendarPart) -> Seen:
    """Read with ics; exactly one event and one attendee are expected."""
    calendar = ics.Calendar(part.content.decode())
    [event] = calendar.events
    [attendee] = event.attendees
    begin, end = event.begin.datetime, event.end.datetime
    return Seen(
        method=calendar.method,
        uid=event.uid,
        summary=event.name,
        starts=begin.date() if event.all_day else _in_utc(begin),
        ends=end.date() if event.all_day else (_in_utc(end) if end > begin else None),
        location=event.location,
        description=event.description,
        status=event.status,
        organizer=Mailbox(event.organizer.common_name, event.organizer.email),
        attendee=Mailbox(attendee.common_name, attendee.email),
    )


def lines_of(part: CalendarPart) -> list[str]:
    """The content lines, unfolded (RFC 5545, 3.1)."""
    return part.content.decode().replace("\r\n ", "").split("\r\n")


def _in_utc(value: datetime | date) -> datetime | date:
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def the_day_after(day: date) -> date:
    """The first day after a whole day, as DTEND names it."""
    return day + timedelta(days=1)


def entries_in(mails: Iterable[EmailMessage]) -> list[tuple[str, str, int]]:
    """Method, UID and SEQUENCE of each calendar part, in the order of the e-mails; each has one event."""
    found = []
    for mail in mails:
        for part in mail.walk():
            if part.get_content_type() == "text/calendar":
                calendar = vobject.readOne(str(part.get_content()))
                [event] = calendar.vevent_list
                found.append((calendar.method.value, event.uid.value, int(event.sequence.value)))
    return found
