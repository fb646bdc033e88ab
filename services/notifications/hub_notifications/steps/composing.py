"""Write the e-mail of a prepared message: text and HTML, calendar part and attachment."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from email.message import EmailMessage
from typing import Final
from uuid import UUID

from hub_kernel.england import ENGLAND
from hub_notifications.domain.calendar_entries import EntryChange
from hub_notifications.domain.calendar_uids import earlier_uid, own_uid
from hub_notifications.domain.hand_overs import LedSchools
from hub_notifications.domain.kinds import Kind
from hub_notifications.domain.notified import NotifiedSession
from hub_notifications.domain.participations import Participation
from hub_notifications.domain.pd_days import PDDay
from hub_notifications.domain.sender import Sender
from hub_notifications.domain.visits import Visit
from hub_notifications.gateways import Contact
from hub_notifications.steps.preparing import Prepared
from hub_notifications.steps.wording import Known, content_of, place_of
from hub_notifications.templates import calendar_entries, content, e_mail
from hub_notifications.templates.calendar_entries import CalendarPart, Entry
from hub_notifications.templates.e_mail import Attachment, Body, Header
from hub_notifications.templates.header_fields import Mailbox
from hub_notifications.templates.phrases import MODES, VISIT_KINDS
from hub_notifications.templates.rendering import render

PDF: Final = "application/pdf"


@dataclass(frozen=True, kw_only=True)
class SharedFacts:
    """The facts that all e-mails of a batch share."""

    sender: Sender
    known: Known
    written_at: datetime  # hub time at which the content was decided; the Date of the e-mails

    def with_links(self, links: Mapping[str, str]) -> "SharedFacts":
        """Return a copy with joining links, given by session id."""
        return replace(self, known=self.known.with_links(links))


def compose(
    prepared: Prepared, contact: Contact, shared: SharedFacts, *, certificate: bytes | None = None
) -> EmailMessage:
    """Return the e-mail of a prepared message.

    Raises:
        e_mail.BadAddress: the recipient's name or address cannot be written in a header.
        KeyError: the event with a school's name has not arrived yet.
    """
    known, sender = shared.known, shared.sender
    entry = None if prepared.entry is None else entry_of(prepared, prepared.entry, known, sender.hub_id)
    if entry is not None and prepared.found.kind is Kind.CALENDAR_ENTRY:
        words: content.Content = _calendar_content(entry, prepared, contact.given, known)
    else:
        words = content_of(prepared.found, prepared.state.subject, contact.given, known)
        words = replace(words, entries=len(prepared.changes) + _separate_entries(prepared))
    header = _header(prepared, contact, shared)
    calendar = None if entry is None else _part(entry, prepared, header)
    attachments = []
    if certificate:
        attachments.append(Attachment(file_name="certificate.pdf", media_type=PDF, content=certificate))
    return e_mail.compose(header, Body(rendered=render(words), calendar=calendar, attachments=attachments))


def _header(prepared: Prepared, contact: Contact, shared: SharedFacts) -> Header:
    follows = prepared.message.about.get("follows")
    return Header(
        message_id=prepared.message.id,
        to=Mailbox(f"{contact.given} {contact.family}".strip(), contact.email),
        sender=Mailbox(shared.known.hub.name, shared.sender.mail_from),
        reply_to=shared.known.hub.contact_email,
        written_at=shared.written_at,
        follows=UUID(follows) if follows else None,
    )


def _separate_entries(prepared: Prepared) -> int:
    """Return the number of handed-over visits: the calendar entry of each is sent in a separate e-mail."""
    hand_over = prepared.found.hand_over
    return 0 if hand_over is None else len(hand_over.notified_visits())


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The content of a calendar entry."""

    uid: str
    summary: str
    starts_at: datetime | None
    ends_at: datetime | None = None
    all_day: date | None = None
    location: str | None = None
    description: str | None = None


def uid_of(prepared: Prepared, change: EntryChange, hub_id: str) -> str:
    """Return the UID of an entry: the one that was sent before, if any, otherwise a new one per person."""
    if change.uid is not None:
        return change.uid
    thread = prepared.state.thread
    subject_id = thread.subject_id
    if change.item.startswith("session:"):
        subject_id = UUID(change.item.removeprefix("session:"))
        if not change.is_new:
            return earlier_uid(subject_id, hub_id)
    return own_uid(subject_id, thread.teacher_id, hub_id)


def entry_of(prepared: Prepared, change: EntryChange, known: Known, hub_id: str) -> Shown:
    """Return the content of an entry, as the person was notified of it."""
    uid = uid_of(prepared, change, hub_id)
    match prepared.state.subject:
        case Participation(title=title):
            session = NotifiedSession.from_json(change.facts)
            return Shown(
                uid=uid,
                summary=f"{title}, session {session.seq}",
                starts_at=session.starts_at,
                ends_at=session.ends_at,
                location=place_of(session, known) or MODES[session.mode].capitalize(),
                description=known.links.get(session.session_id),
            )
        case PDDay() as day:
            return Shown(
                uid=uid,
                summary=day.title or day.theme.replace("_", " ").capitalize(),
                starts_at=day.starts_at,
                all_day=None if day.starts_at else day.on,
                location=day.venue,
            )
        case Visit() as visit:
            return Shown(
                uid=uid,
                summary=f"{VISIT_KINDS[visit.kind].capitalize()}: {known.schools[visit.urn]}",
                starts_at=visit.planned_at,
                location=known.schools[visit.urn],
            )
        case LedSchools():
            raise AssertionError("calendar entries belong to the threads of the visits")


def _part(shown: Shown, prepared: Prepared, header: Header) -> CalendarPart:
    change = prepared.entry
    assert change is not None, "the caller has checked it"  # noqa: S101 - for the type checker
    entry = Entry(
        uid=shown.uid,
        sequence=change.sequence,
        summary=shown.summary,
        starts_at=shown.starts_at,
        ends_at=shown.ends_at,
        all_day=shown.all_day,
        location=shown.location,
        description=None if change.removed else shown.description,
        organizer=header.sender,
        attendee=header.to,
        stamp=header.written_at,
    )
    return calendar_entries.cancel(entry) if change.removed else calendar_entries.request(entry)


def _calendar_content(shown: Shown, prepared: Prepared, given: str, known: Known) -> content.CalendarEntry:
    change = prepared.entry
    assert change is not None, "the caller has checked it"  # noqa: S101 - for the type checker
    starts_at = shown.starts_at or datetime.fromisoformat(change.facts["starts_at"])
    return content.CalendarEntry(
        summary=shown.summary,
        starts_at=starts_at.astimezone(ENGLAND),
        removed=change.removed,
        hub=known.hub,
        given=given,
    )
