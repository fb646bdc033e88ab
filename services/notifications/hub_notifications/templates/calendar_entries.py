"""Calendar parts of e-mails: one entry for one person (RFC 5545, 5546 and 6047; ADR 19)."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final, Literal
from urllib.parse import quote

from icalendar import Calendar, Component, Event, Parameters, vCalAddress, vDatetime, vInt, vText
from icalendar.parser import Contentline

from hub_kernel.england import ENGLAND
from hub_notifications.templates.header_fields import Mailbox, one_line, without_controls

PRODUCT: Final = "-//Maths Hub//notifications//EN"

# British Summer Time since 1996: from the last Sunday of March to the last Sunday of October, changing at
# 01:00 UTC (Summer Time Order 2002, SI 2002/262). Sessions lie after that.
LONDON: Final = """BEGIN:VTIMEZONE
TZID:Europe/London
BEGIN:DAYLIGHT
DTSTART:19960331T010000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:BST
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T020000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:GMT
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
END:STANDARD
END:VTIMEZONE
"""
BEGIN: Final = b"\r\nBEGIN:VEVENT\r\n"
# RFC 5545 allows no double quote in a parameter; a reader without RFC 6868 would show that RFC's escapes.
IN_A_PARAMETER: Final = str.maketrans({'"': "'", "^": " "})

Method = Literal["REQUEST", "CANCEL"]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry in one person's calendar: from `starts_at`, or on the whole of `all_day`."""

    uid: str  # the same in every message about this entry
    sequence: int  # 0, and at least one more in each later message about this entry
    summary: str
    starts_at: datetime | None = None  # aware
    ends_at: datetime | None = None  # None: the end is unknown
    all_day: date | None = None
    location: str | None = None
    description: str | None = field(default=None, repr=False)  # such as the joining link
    organizer: Mailbox  # the sender of the e-mail
    attendee: Mailbox  # its recipient
    stamp: datetime  # aware: when this message about the entry is made

    def __post_init__(self) -> None:
        if (self.starts_at is None) == (self.all_day is None):
            raise ValueError("an entry needs either a start or a whole day")
        if self.all_day is not None and self.ends_at is not None:
            raise ValueError("an entry for a whole day has no end time")
        if any(
            each is not None and each.tzinfo is None for each in (self.starts_at, self.ends_at, self.stamp)
        ):
            raise ValueError("an entry's times need a time zone")


@dataclass(frozen=True, kw_only=True)
class _Event:
    """The facts of an entry that all attendees share; it contains nothing secret or personal."""

    method: Method
    summary: str
    starts_at: datetime | None
    ends_at: datetime | None
    all_day: date | None
    location: str | None
    organizer: Mailbox


@dataclass(frozen=True, kw_only=True)
class CalendarPart:
    """A calendar object, with the method that the MIME part must repeat (RFC 6047, 2.4)."""

    method: Method
    content: bytes = field(repr=False)  # UTF-8, lines end with CR LF


def request(entry: Entry) -> CalendarPart:
    """Return a part that invites the attendee, or updates an entry that they have (RFC 5546, 3.2.2)."""
    return _part("REQUEST", entry)


def cancel(entry: Entry) -> CalendarPart:
    """Return a part that removes the entry from the attendee's calendar (RFC 5546, 3.2.5)."""
    return _part("CANCEL", entry)


def _part(method: Method, entry: Entry) -> CalendarPart:
    event = _Event(
        method=method,
        summary=entry.summary,
        starts_at=entry.starts_at,
        ends_at=entry.ends_at,
        all_day=entry.all_day,
        location=entry.location,
        organizer=entry.organizer,
    )
    before, after = _shared_lines(event)
    none = Parameters()
    lines = [
        _content_line("UID", none, vText(entry.uid)),
        _content_line("SEQUENCE", none, vInt(entry.sequence)),
        _content_line("DTSTAMP", none, vDatetime(entry.stamp.astimezone(UTC))),
        _content_line("ATTENDEE", _attendance(method) | _named(entry.attendee), _mailto(entry.attendee)),
    ]
    if entry.description:
        lines.append(_content_line("DESCRIPTION", none, vText(_several_lines(entry.description))))
    return CalendarPart(method=method, content=before + b"".join(lines) + after)


# Long: one line for each property.
@lru_cache(maxsize=1024)
def _shared_lines(event: _Event) -> tuple[bytes, bytes]:
    """Return the lines that all attendees share, before and after the lines of one attendee.

    Cached, because it takes longer than the rest of the e-mail.
    """
    component = Event()
    for name, instant in (("dtstart", event.starts_at), ("dtend", event.ends_at)):
        if instant is not None:
            component.add(name, _in_england(instant))
    if event.all_day is not None:
        component.add("dtstart", event.all_day)
        component.add("dtend", event.all_day + timedelta(days=1))  # the first day after it (RFC 5545, 3.6.1)
    component.add("summary", one_line(event.summary))
    if event.location:
        component.add("location", one_line(event.location))
    component.add("status", "CONFIRMED" if event.method == "REQUEST" else "CANCELLED")
    address = _mailto(event.organizer)
    address.params.update(_named(event.organizer))
    component.add("organizer", address, encode=False)
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", event.method)
    if event.starts_at is not None:
        calendar.add_component(Component.from_ical(LONDON))
    calendar.add_component(component)
    before, _, after = calendar.to_ical().partition(BEGIN)
    return before + BEGIN, after


def _in_england(instant: datetime) -> datetime:
    """Convert to England's time, or to UTC in the repeated hour of October.

    A local time in that hour would mean its first occurrence (RFC 5545, 3.3.5).
    """
    local = instant.astimezone(ENGLAND)
    return instant.astimezone(UTC) if local.fold else local


def _attendance(method: Method) -> Parameters:
    asked = {"PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"} if method == "REQUEST" else {}
    return Parameters(CUTYPE="INDIVIDUAL", ROLE="REQ-PARTICIPANT", **asked)


def _named(mailbox: Mailbox) -> Parameters:
    name = one_line(mailbox.name.translate(IN_A_PARAMETER))
    return Parameters(CN=name) if name else Parameters()


def _mailto(mailbox: Mailbox) -> vCalAddress:
    return vCalAddress("mailto:" + quote(mailbox.address, safe="@!$'*+-./=_`{|}~"))  # RFC 6068, 2


def _content_line(name: str, parameters: Parameters, value: vText | vInt | vDatetime | vCalAddress) -> bytes:
    """Return a property as bytes, folded as RFC 5545, 3.1 requires."""
    line: bytes = Contentline.from_parts(name, parameters, value).to_ical()
    return line + b"\r\n"


def _several_lines(text: str) -> str:
    return "\n".join(without_controls(line) for line in text.splitlines())
