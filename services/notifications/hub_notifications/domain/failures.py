"""Classes of delivery failure, their reason codes, and the retry policy of each."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from hub_notifications.domain.messages import next_attempt


class Failure(StrEnum):
    """A class of delivery failure; `next_step` has the consequence of each."""

    RECIPIENT = "recipient"  # permanent: the server refuses this message or this recipient
    TEMPORARY = "temporary"  # the server may accept this message later
    SENDER = "sender"  # the server refuses this hub: nothing is sent until an operator or the provider acts
    UNCERTAIN = "uncertain"  # no reply after the body: the server may have accepted the message
    UNREACHABLE = "unreachable"  # no connection to the mail server: every message waits


MAX_UNCERTAIN_REPEATS: Final = 1  # repeats of a message that the server may already have accepted
UNCERTAIN_REASON: Final = "not_known_whether_taken"  # the reason code of such a message
# How long all messages wait after the first, second, … consecutive failure of class SENDER.
SENDER_PAUSES: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 15))
# How long a message waits when its failure is not its own; other messages are sent meanwhile.
SUSPECT_DELAY: Final = timedelta(minutes=1)

# The reason codes of failures of class SENDER, each with the text for operators.
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
        "or is signed by an unknown authority. Neither the password nor any message was sent. "
        "For an authority of your own, fill in the secret smtp_ca.pem."
    ),
    "quota_exceeded": (
        "The provider's sending limit is reached. Sending resumes when the provider allows it, "
        "usually the next day. If this happens often, ask the provider for a higher limit."
    ),
    "relay_denied": (
        "The mail server refuses every recipient. Check HUB_SMTP_USER, "
        "and that the server accepts e-mail from this hub for other domains."
    ),
    "sender_put_off": (
        "The mail server asks this sender to wait. Contact the provider only if this lasts for hours."
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
class NextStep:
    """The counters of an undelivered message, and when it is retried."""

    attempts: int
    uncertain: int  # attempts after which the server may have accepted the message
    retry_at: datetime | None  # real time (aware UTC); None: the message has failed


def next_step(failure: Failure, *, attempts: int, uncertain: int, at: datetime) -> NextStep:
    """Decide whether and when an undelivered message is retried.

    Args:
        failure: the class of this attempt's failure.
        attempts: the number of earlier attempts.
        uncertain: the number of earlier attempts after which the server may have accepted the message.
        at: the end of this attempt, real time (aware UTC).
    """
    match failure:
        case Failure.SENDER | Failure.UNREACHABLE:
            return NextStep(attempts=attempts, uncertain=uncertain, retry_at=at + SUSPECT_DELAY)
        case Failure.RECIPIENT:
            return NextStep(attempts=attempts + 1, uncertain=uncertain, retry_at=None)
        case Failure.UNCERTAIN:
            counted = uncertain + 1
            retry_at = next_attempt(attempts + 1, at) if counted <= MAX_UNCERTAIN_REPEATS else None
            return NextStep(attempts=attempts + 1, uncertain=counted, retry_at=retry_at)
        case Failure.TEMPORARY:
            retry_at = next_attempt(attempts + 1, at)
            return NextStep(attempts=attempts + 1, uncertain=uncertain, retry_at=retry_at)


def sender_pause(times: int) -> timedelta:
    """Return how long all messages wait after `times` consecutive failures of class SENDER (at least 1)."""
    return SENDER_PAUSES[min(times, len(SENDER_PAUSES)) - 1]


def describe_sender_trouble(reason: str, since: datetime) -> str:
    """Return the text for operators: the cause, what to do, and since when e-mails wait (aware UTC)."""
    text = SENDER_TROUBLES.get(reason, reason)  # a later release may have more reasons
    started = since.isoformat(timespec="seconds").replace("+00:00", "Z")
    return f"{text} E-mails have been waiting since {started}; none is lost."
