"""Received messages: e-mails in words, and calendar entries."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from typing import Any, cast

from icalendar import Calendar, Event


@dataclass(frozen=True)
class Received:
    """One message as the mail server was given it."""

    sender: str  # of the envelope
    recipients: tuple[str, ...]  # of the envelope
    raw: bytes

    @cached_property
    def message(self) -> EmailMessage:
        """The message itself."""
        return message_from_bytes(self.raw, policy=policy.default)

    @property
    def subject(self) -> str:
        """Return the decoded subject."""
        return str(self.message["Subject"])

    @cached_property
    def text(self) -> str:
        """Its plain text, line by line."""
        plain = self.message.get_body(("plain",))
        return "" if plain is None else str(plain.get_content())

    @property
    def words(self) -> str:
        """Subject and text with single spaces, in lower case: what is read."""
        return re.sub(r"\s+", " ", f"{self.subject}. {self.text}").lower()

    @cached_property
    def calendar_parts(self) -> list[EmailMessage]:
        """Its parts for calendar programs."""
        parts = cast("Iterator[EmailMessage]", self.message.walk())
        return [part for part in parts if part.get_content_type() == "text/calendar"]

    @cached_property
    def calendars(self) -> list[Calendar]:
        """The same, read."""
        return [Calendar.from_ical(cast("bytes", p.get_payload(decode=True))) for p in self.calendar_parts]

    def names_day(self, day: date) -> bool:
        """Whether a person reads a day in it, such as "17 March"."""
        return re.search(rf"\b0?{day.day} {day:%B}\b", self.words, re.IGNORECASE) is not None

    @property
    def is_in_words(self) -> bool:
        """Return whether it is an e-mail in words, not a calendar-only message."""
        one_line = len(self.text.strip().splitlines()) == 1
        return not (one_line and len(self.calendar_parts) == 1 and len(events_of(self.calendars[0])) == 1)


@dataclass(frozen=True)
class Entry:
    """One calendar entry as a message describes it."""

    uid: str
    sequence: int
    cancelled: bool
    starts_at: datetime
    event: Event

    @property
    def location(self) -> str:
        """Where it is."""
        return str(self.event.get("LOCATION", ""))

    @property
    def content(self) -> str:
        """Everything in it."""
        return str(self.event.to_ical().replace(b"\r\n ", b"").decode())


def events_of(calendar: Calendar) -> list[Event]:
    """The events of a calendar part."""
    return [cast("Event", one) for one in calendar.walk("VEVENT")]


def in_words(messages: Iterable[Received]) -> list[Received]:
    """Those that a person reads."""
    return [one for one in messages if one.is_in_words]


def entries(messages: Iterable[Received]) -> dict[str, Entry]:
    """A person's calendar after some messages, by UID; cancelled entries are listed as such."""
    known: dict[str, Entry] = {}
    for message in messages:
        for calendar in message.calendars:
            for event in events_of(calendar):
                entry = _entry(calendar, event)
                before = known.get(entry.uid)
                if before is None or before.sequence <= entry.sequence:
                    known[entry.uid] = entry
    return known


def assert_removed(before: Mapping[str, Entry], messages: Iterable[Received]) -> None:
    """Fail unless every entry that was in a calendar is cancelled by a message, with a higher SEQUENCE."""
    after = entries(messages)
    left = sorted(uid for uid in before if uid not in after or not after[uid].cancelled)
    assert left == [], f"{len(left)} of {len(before)} entries are still in the calendar"
    for uid, entry in before.items():
        assert after[uid].sequence > entry.sequence, f"SEQUENCE of {uid} did not rise"


def _entry(calendar: Calendar, event: Event) -> Entry:
    start: Any = event["DTSTART"]
    return Entry(
        uid=str(event["UID"]),
        sequence=int(event.get("SEQUENCE", 0)),
        cancelled=str(calendar.get("METHOD", "")).upper() == "CANCEL",
        starts_at=start.dt,
        event=event,
    )
