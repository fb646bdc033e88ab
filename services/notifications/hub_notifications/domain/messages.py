"""Message statuses, retries, and the conditions for resending a message.

due → sending → sent | due (a later attempt) | failed; due → suppressed when nothing is left to notify.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from hub_kernel.refusals import Conflict

STATUSES: Final = ("due", "sending", "sent", "failed", "suppressed")

# The delays before each retry after a temporary failure; after the last retry the message has failed.
# Together more than a day: a provider may defer messages for as long.
RETRY_AFTER: Final = (
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
    *(timedelta(hours=6),) * 4,
)
# How long all messages wait when the mail server or enrolment (for addresses) cannot be reached.
# This does not count as an attempt.
WAIT_WHEN_UNREACHABLE: Final = timedelta(seconds=10)
# How long a message waits while its recipient's address is unconfirmed or its events have not arrived.
WAIT_FOR_ADDRESS: Final = timedelta(minutes=1)
ADDRESS_UNCONFIRMED: Final = "address_unconfirmed"  # the reason code of such a message
# A claim older than this is released: the process that made it is assumed to have died.
CLAIM_LASTS: Final = timedelta(minutes=5)


NOTHING_TO_NOTIFY: Final = "nothing_to_tell"  # the reason code of a message that was suppressed as needless


@dataclass(frozen=True, kw_only=True)
class Clock:
    """The two times that sending uses, both aware UTC; they differ only in a demonstration."""

    now: datetime  # hub time
    real_now: datetime


@dataclass(frozen=True, kw_only=True)
class Timing:
    """The times that scheduling uses, both aware UTC."""

    now: datetime  # hub time
    settled_at: datetime | None = None  # real time until which more events of the same change may arrive


def resend_key(dedupe_key: str, n: int) -> str:
    """Return the deduplication key of the n-th resend of a message."""
    return f"{dedupe_key}:resend:{n}"


def next_attempt(attempts: int, at: datetime) -> datetime | None:
    """Return when a message is retried after `attempts` attempts, the last at `at`; None: no more retries."""
    return at + RETRY_AFTER[attempts - 1] if attempts <= len(RETRY_AFTER) else None


def check_resend(status: str) -> None:
    """Raise unless a message has been sent or has failed.

    Raises:
        Conflict: `still_due` or `suppressed`.
    """
    if status in {"due", "sending"}:
        raise Conflict("still_due", "This message has not been sent yet, so it cannot be sent again.")
    if status == "suppressed":
        raise Conflict("suppressed", "This message was never sent, because it no longer applied.")
