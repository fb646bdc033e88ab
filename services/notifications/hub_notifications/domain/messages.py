"""Messages: what makes one unique, when it is tried again, when it may be sent again.

due → sending → sent | due again (a later attempt) | failed; due → suppressed when its reason has gone.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from hub_notifications.domain.refusals import Conflict

STATUSES: Final = ("due", "sending", "sent", "failed", "suppressed")

# How long after an attempt that the mail server put off the next one comes; after the last it has failed.
# Together more than a day: a provider may put everything off for as long.
RETRY_AFTER: Final = (
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
    *(timedelta(hours=6),) * 4,
)
# How long everything waits when the mail server, or enrolment with the addresses, does not answer.
# That is no message's fault, so it uses up no attempt.
WAIT_WHEN_AWAY: Final = timedelta(seconds=10)
# A sender that has claimed messages and not been heard of for so long is taken for dead.
CLAIM_LASTS: Final = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Cause:
    """The event that something is written down for."""

    revision: int  # of the event's subject
    happened_at: datetime  # aware UTC
    now: datetime  # hub time, aware UTC


@dataclass(frozen=True, kw_only=True)
class NewMessage:
    """A message to be sent: to whom and why; the words and the address come when it is sent."""

    template: str
    recipient_id: UUID
    dedupe_key: str
    concerns: str  # what it hangs on: without that it is not sent any more
    about: dict[str, object]  # ids and times that its words need


def place_key(enrolment_id: UUID) -> str:
    """One confirmation for each place."""
    return f"place:{enrolment_id}"


def completed_key(enrolment_id: UUID) -> str:
    """One letter for each place that is completed."""
    return f"completed:{enrolment_id}"


def application_key(application_id: UUID, teacher_id: UUID, outcome: str) -> str:
    """One letter for each teacher and each thing that becomes of a school's application."""
    return f"application:{application_id}:{teacher_id}:{outcome}"


def offer_key(waiting_id: UUID) -> str:
    """One letter for each offer; who waits again has another entry on the list."""
    return f"offer:{waiting_id}"


def offer_expired_key(waiting_id: UUID) -> str:
    """One letter for each offer that nobody answered."""
    return f"offer-expired:{waiting_id}"


def session_key(session_id: UUID, enrolment_id: UUID, ics_sequence: int) -> str:
    """One invitation for each participant and each time that a session is given."""
    return f"session:{session_id}:{enrolment_id}:{ics_sequence}"


def visit_key(visit_id: UUID) -> str:
    """One note for each planned visit."""
    return f"visit:{visit_id}"


def resend_key(dedupe_key: str, n: int) -> str:
    """The n-th time that somebody asked for a message again."""
    return f"{dedupe_key}:resend:{n}"


def next_attempt(attempts: int, at: datetime) -> datetime | None:
    """When a message that was tried `attempts` times is tried again; None when that was the last time."""
    return at + RETRY_AFTER[attempts - 1] if attempts <= len(RETRY_AFTER) else None


def check_resend(status: str) -> None:
    """Only what has been sent or has failed can be sent again.

    Raises:
        Conflict: `still_due` or `suppressed`.
    """
    if status in {"due", "sending"}:
        raise Conflict("still_due", "This message is on its way.")
    if status == "suppressed":
        raise Conflict("suppressed", "What this message was about no longer holds.")
