"""Why an e-mail was not delivered, and what follows from it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from hub_notifications.domain.messages import next_attempt


class Failure(StrEnum):
    """The classes of failure; each has its own consequence."""

    RECIPIENT = "recipient"  # this message to this recipient is refused for good
    LATER = "later"  # this message may be accepted later
    SENDER = (
        "sender"  # the sender's own trouble: no message can be sent until an operator or the provider acts
    )
    UNKNOWN = "unknown"  # not known whether the mail server took the message
    AWAY = "away"  # the mail server cannot be reached: every message waits


REPEATS_AT_MOST: Final = 1  # of a message of which it is not known whether it was taken
NOT_KNOWN: Final = "not_known_whether_taken"  # the reason code of such a message
# How long everything waits after the first, second, … attempt that met the sender's own trouble.
SENDER_PAUSES: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 15))
# How long a message waits that may not be at fault, while others are tried.
SUSPECT_WAITS: Final = timedelta(minutes=1)

# The reason code of each trouble of the sender, with what an operator is told.
SENDER_TROUBLES: Final = {
    "authentication_refused": (
        "The mail server refuses the user name or the password. "
        "Check HUB_SMTP_USER and the secret smtp_password."
    ),
    "authentication_not_offered": (
        "The mail server offers no sign-in by password. Check HUB_SMTP_HOST, HUB_SMTP_PORT and HUB_SMTP_TLS."
    ),
    "certificate_not_valid": (
        "The mail server's certificate is not valid: it has expired, is for another name than HUB_SMTP_HOST, "
        "or is signed by an unknown authority. No password and no message was sent to it. "
        "For an authority of your own, fill in the secret smtp_ca.pem."
    ),
    "quota_exceeded": (
        "The provider's limit for sending is used up. Nothing needs to be done if it allows more tomorrow; "
        "if this comes back, ask the provider for a higher limit."
    ),
    "relay_denied": (
        "The mail server refuses every recipient. Check HUB_SMTP_USER, "
        "and that the server accepts e-mail from this hub for other domains."
    ),
    "sender_put_off": (
        "The mail server asks this sender to wait. Nothing needs to be done unless it goes on for hours."
    ),
    "sender_refused": (
        "The mail server refuses this sender. Check HUB_MAIL_FROM and the sender's account with the provider."
    ),
    "service_refused": (
        "The mail server refuses connections from this hub. Ask the provider whether it blocks this address."
    ),
    "tls_failed": (
        "No encrypted connection to the mail server can be made. Check HUB_SMTP_PORT and HUB_SMTP_TLS."
    ),
    "tls_not_offered": (
        "The mail server offers no encryption (STARTTLS). "
        "Check HUB_SMTP_HOST, HUB_SMTP_PORT and HUB_SMTP_TLS."
    ),
}


@dataclass(frozen=True, kw_only=True)
class Next:
    """What becomes of a message that was not delivered."""

    attempts: int
    uncertain: int  # attempts of which it is not known whether the mail server took the message
    retry_at: datetime | None  # real time; none: it has failed


def after(failure: Failure, *, attempts: int, uncertain: int, at: datetime) -> Next:
    """Decide what becomes of a message after one more attempt that ended at a real time.

    Args:
        failure: the class of this attempt's failure.
        attempts: those before this one.
        uncertain: those before this one of which it is not known whether the message was taken.
        at: real time, aware UTC.
    """
    match failure:
        case Failure.SENDER | Failure.AWAY:
            return Next(attempts=attempts, uncertain=uncertain, retry_at=at + SUSPECT_WAITS)
        case Failure.RECIPIENT:
            return Next(attempts=attempts + 1, uncertain=uncertain, retry_at=None)
        case Failure.UNKNOWN:
            counted = uncertain + 1
            again = next_attempt(attempts + 1, at) if counted <= REPEATS_AT_MOST else None
            return Next(attempts=attempts + 1, uncertain=counted, retry_at=again)
        case Failure.LATER:
            return Next(attempts=attempts + 1, uncertain=uncertain, retry_at=next_attempt(attempts + 1, at))


def pause(times: int) -> timedelta:
    """How long everything waits once the sender's own trouble was met `times` times in a row (at least 1)."""
    return SENDER_PAUSES[min(times, len(SENDER_PAUSES)) - 1]
