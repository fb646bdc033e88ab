"""Messages: when one is tried again, when it may be sent again.

due → sending → sent | due again (a later attempt) | failed; due → suppressed when there is nothing to tell.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from hub_kernel.refusals import Conflict

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
# How long a message waits whose recipient's address is to be confirmed, or whose facts have not come yet.
WAIT_FOR_ADDRESS: Final = timedelta(minutes=1)
ADDRESS_UNCONFIRMED: Final = "address_unconfirmed"  # the reason code of such a message
# A sender that has claimed messages and not been heard of for so long is taken for dead.
CLAIM_LASTS: Final = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Cause:
    """The event that changes a fact."""

    revision: int  # of the event's subject
    happened_at: datetime  # aware UTC
    now: datetime  # hub time, aware UTC
    settled_at: datetime | None = None  # real time until which more events of the same change may come


def resend_key(dedupe_key: str, n: int) -> str:
    """The n-th time that a message was asked for again."""
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
