"""From a message to its letter: the facts that its words need, the words, the calendar file."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from email.message import EmailMessage
from typing import Any, Final
from uuid import UUID

from jinja2 import TemplateError
from sqlalchemy.orm import Session

from hub_kernel.england import ENGLAND
from hub_notifications.domain import waiting_list
from hub_notifications.gateways import BadAddress, Contact, address_of, letter
from hub_notifications.models import GroupSession, Message
from hub_notifications.store import facts as store
from hub_notifications.store.facts import Facts
from hub_notifications.templates.facts import (
    ApplicationDeclined,
    ApplicationWaitlisted,
    Inviting,
    OfAGroup,
    ParticipantCompleted,
    PlaceConfirmed,
    PlaceOffered,
    PlaceOfferExpired,
    SessionCancelled,
    SessionFacts,
    SessionRescheduled,
    SessionScheduled,
    VisitPlanned,
    Words,
)
from hub_notifications.templates.invitations import Host, Invitation, invite
from hub_notifications.templates.rendering import render

OF_A_GROUP: Final[dict[str, type[OfAGroup]]] = {
    "application_declined": ApplicationDeclined,
    "application_waitlisted": ApplicationWaitlisted,
    "participant_completed": ParticipantCompleted,
}
OF_AN_OFFER: Final = {"place_offered": PlaceOffered, "place_offer_expired": PlaceOfferExpired}
OF_A_SESSION: Final = {
    "session_scheduled": SessionScheduled,
    "session_rescheduled": SessionRescheduled,
    "session_cancelled": SessionCancelled,
}


class CannotWrite(Exception):
    """A letter that cannot be written now. `reason` is a code."""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent


def load_facts(session: Session, messages: Sequence[Message]) -> Facts:
    """Read what the words of a batch need."""
    about = [message.about for message in messages]
    return store.load(
        session,
        group_ids=[UUID(each["work_group_id"]) for each in about if "work_group_id" in each],
        session_ids=[UUID(each_id) for each in about for each_id in each.get("session_ids", ())],
        urns=[each["urn"] for each in about if "urn" in each],
    )


def write(
    message: Message, contact: Contact | None, facts: Facts, host: Host, *, now: datetime
) -> EmailMessage:
    """Write one letter.

    Raises:
        CannotWrite: `no_address`, `facts_missing` (an event has not come yet), `bad_address`,
            `session_cancelled`, `offer_over` or `bad_template`.
    """
    if contact is None:
        raise CannotWrite("no_address", permanent=True)
    try:
        address_of(contact)  # before anything else is made with it
        words = words_of(message, contact.given, facts, host.hub_name, now=now)
        rendered, invitation = render(words), _invitation(words, contact, host, now)
    except BadAddress as exc:
        raise CannotWrite("bad_address", permanent=True) from exc
    except KeyError as exc:
        raise CannotWrite("facts_missing", permanent=False) from exc
    except TemplateError as exc:
        raise CannotWrite("bad_template", permanent=False) from exc
    return letter(message.id, rendered, to=contact, sender=host, invitation=invitation, now=now)


def words_of(message: Message, given: str, facts: Facts, hub_name: str, *, now: datetime) -> Words:
    """Gather what a message's template is given.

    Raises:
        KeyError: the event that tells it has not come yet.
        CannotWrite: `bad_template`, `session_cancelled` for an invitation to what was cancelled, or
            `offer_over` for an offer that nobody can take any more.
    """
    common: dict[str, Any] = {"hub_name": hub_name, "given": given}
    if message.template == "visit_planned":
        return _visit(message.about, facts, common)
    common["group_title"] = facts.titles[UUID(message.about["work_group_id"])]
    if message.template in OF_A_GROUP:
        return OF_A_GROUP[message.template](**common)
    if message.template in OF_AN_OFFER:
        return _offer(message, common, now)
    return _sessions(message, facts, common)


def _visit(about: Mapping[str, Any], facts: Facts, common: Mapping[str, Any]) -> VisitPlanned:
    return VisitPlanned(
        school_name=facts.schools[about["urn"]],
        urn=about["urn"],
        planned_at=datetime.fromisoformat(about["planned_at"]).astimezone(ENGLAND),
        kind=about["kind"],
        **common,
    )


def _offer(message: Message, common: Mapping[str, Any], now: datetime) -> PlaceOffered | PlaceOfferExpired:
    expires_at = datetime.fromisoformat(message.about["expires_at"])
    if message.template == "place_offered" and not waiting_list.stands(expires_at, now):
        raise CannotWrite("offer_over", permanent=True)  # it waited for too long, or is asked for again
    return OF_AN_OFFER[message.template](last_day=waiting_list.last_day(expires_at), **common)


def _sessions(message: Message, facts: Facts, common: Mapping[str, Any]) -> Inviting:
    rows = [facts.sessions[UUID(each)] for each in message.about["session_ids"]]
    if message.template == "place_confirmed":
        standing = tuple(_session(row, facts) for row in rows if not row.cancelled)
        return PlaceConfirmed(sessions=standing, **common)
    if message.template not in OF_A_SESSION:
        raise CannotWrite("bad_template", permanent=True)
    if rows[0].cancelled and message.template != "session_cancelled":
        raise CannotWrite("session_cancelled", permanent=True)  # since it was claimed or sent before
    return OF_A_SESSION[message.template](session=_session(rows[0], facts), **common)


def _session(row: GroupSession, facts: Facts) -> SessionFacts:
    return SessionFacts(
        session_id=row.session_id,
        seq=row.seq,
        starts_at=row.starts_at.astimezone(ENGLAND),
        ends_at=row.ends_at.astimezone(ENGLAND),
        mode=row.mode,
        host_name=facts.schools.get(row.host_urn) if row.host_urn else None,
        ics_sequence=row.ics_sequence,
    )


def _invitation(words: Words, contact: Contact, host: Host, now: datetime) -> Invitation | None:
    if not isinstance(words, Inviting) or not words.sessions:
        return None
    return invite(
        words.sessions,
        group_title=words.group_title,
        host=host,
        attendee=contact.email,
        now=now,
        cancelled=isinstance(words, SessionCancelled),
    )
