"""Release the messages of claims that ended without a recorded outcome."""

from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from hub_notifications.domain.messages import Clock
from hub_notifications.gateways.delivery import UNCERTAIN
from hub_notifications.steps.recording import Outcome, record
from hub_notifications.store import claims
from hub_notifications.store import messages as store
from hub_platform.database import Sessions

log = structlog.get_logger(__name__)


def release_expired(session: Session, clock: Clock) -> None:
    """Release expired claims; a message that had been handed over may have been accepted."""
    for message in store.expired_in_hand(session, real_now=clock.real_now):
        assert message.claim is not None, "guaranteed by a constraint"  # noqa: S101 - for the type checker
        record(session, message.claim, Outcome(message, UNCERTAIN), clock)
    for claim in store.expired_claims(session, real_now=clock.real_now):
        claims.suppress_duplicates(session, claim, now=clock.now)
        store.release(session, claim, reason=None, retry_at=None, now=clock.now)


def end_claim(sessions: Sessions, claim: UUID, *, real_now: datetime) -> None:
    """Let a claim expire now, after an error, so that the next turn releases its messages.

    If the database does not answer, the claim lasts as long as that of a process that died.
    """
    try:
        with sessions.begin() as session:
            store.expire(session, claim, at=real_now)
    except SQLAlchemyError as exc:
        log.warning("claim_not_ended", error=type(exc).__name__)
