"""Calendar files (iCalendar, RFC 5545; scheduling, RFC 5546) for the sessions of a message."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from icalendar import Calendar, Component, Event, Parameters, vCalAddress, vText
from icalendar.parser import Contentline

from hub_notifications.templates.facts import SessionFacts
from hub_notifications.templates.rendering import MODES

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


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """A calendar file and the method that its part of the letter must name too."""

    method: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Host:
    """The hub, as the one who writes and invites."""

    hub_id: str  # makes the UID of a session the same in every message about it
    hub_name: str
    mail_from: str  # an address; its domain also ends every Message-ID


def invite(
    sessions: Sequence[SessionFacts],
    *,
    group_title: str,
    host: Host,
    attendee: str,
    now: datetime,
    cancelled: bool = False,
) -> Invitation:
    """Make the calendar file of a message.

    `cancelled`: it takes the one session out again (RFC 5546, 3.2.5).

    One session is a REQUEST that a calendar can accept. RFC 5546, 3.2.2 allows one UID in a REQUEST only, so
    several sessions are a PUBLISH, which names no attendee.
    """
    one = "CANCEL" if cancelled else "REQUEST"
    method = one if len(sessions) == 1 else "PUBLISH"
    stamp = now.replace(minute=0, second=0, microsecond=0)  # so that the letters of a batch share the file
    content = _file(tuple(sessions), group_title, host, method, stamp)
    if method != "PUBLISH":
        end = b"END:VEVENT"
        line = _attendee(attendee, asked=method == "REQUEST")
        content = content.replace(end, line + b"\r\n" + end)
    return Invitation(method=method, content=content)


@lru_cache(maxsize=128)
def _file(
    sessions: tuple[SessionFacts, ...], group_title: str, host: Host, method: str, stamp: datetime
) -> bytes:
    """Everything that is the same for each recipient; making it costs more than the rest of the letter."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(Component.from_ical(LONDON))
    for session in sessions:
        event = _event(session, group_title, host, stamp)
        if method == "CANCEL":
            event.add("status", "CANCELLED")
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _event(session: SessionFacts, group_title: str, host: Host, stamp: datetime) -> Event:
    event = Event()
    event.add("uid", f"session-{session.session_id}@{host.hub_id}")
    event.add("sequence", session.ics_sequence)
    event.add("dtstamp", stamp)
    event.add("dtstart", session.starts_at)
    event.add("dtend", session.ends_at)
    event.add("summary", f"{group_title}, session {session.seq}")
    event.add("location", session.host_name or MODES[session.mode].capitalize())
    organiser = vCalAddress(f"mailto:{host.mail_from}")
    organiser.params["CN"] = vText(host.hub_name)
    event.add("organizer", organiser, encode=False)
    return event


def _attendee(address: str, *, asked: bool) -> bytes:
    """The line that names the recipient, folded as RFC 5545, 3.1 asks."""
    attendee = vCalAddress(f"mailto:{address}")
    parameters = Parameters(ROLE="REQ-PARTICIPANT")
    if asked:
        parameters |= Parameters(PARTSTAT="NEEDS-ACTION", RSVP="TRUE")
    line: bytes = Contentline.from_parts("ATTENDEE", parameters, attendee).to_ical()
    return line
