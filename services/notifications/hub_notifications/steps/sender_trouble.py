"""Pausing all messages while the mail server refuses this hub as a sender."""

from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from hub_notifications.domain import failures
from hub_notifications.domain.messages import WAIT_WHEN_UNREACHABLE
from hub_notifications.gateways import Mailer, MailServerUnreachable
from hub_notifications.gateways import SenderTrouble as SenderRefused
from hub_notifications.models import SenderTrouble
from hub_notifications.store import sender as store
from hub_platform.database import Sessions

log = structlog.get_logger(__name__)


def is_paused(session: Session, *, real_now: datetime, started_at: datetime | None) -> bool:
    """Return whether sending is paused.

    A pause that was recorded before `started_at`, the real time at which this process started, does not
    count: operators restart the service to apply new settings.
    """
    return _is_in_effect(store.trouble(session), real_now, started_at)


def _is_in_effect(recorded: SenderTrouble | None, real_now: datetime, started_at: datetime | None) -> bool:
    # The first comparison also ends a pause if the machine's clock was set back.
    if recorded is None or not recorded.noted_at <= real_now < recorded.retry_at:
        return False
    return started_at is None or recorded.noted_at >= started_at


def pause(session: Session, reason: str, *, real_now: datetime) -> datetime:
    """Record that the mail server refuses this hub; return the real time of the next attempt."""
    before = store.trouble(session, lock=True)
    times = 1 if before is None else before.times + 1
    since = real_now if before is None or before.reason != reason else before.since
    until = real_now + failures.sender_pause(times)
    store.record(
        session,
        SenderTrouble(id=1, reason=reason, since=since, times=times, noted_at=real_now, retry_at=until),
    )
    log.error("mail_sender_trouble", reason=reason, times=times)
    return until


def resume(session: Session) -> None:
    """Delete the recorded trouble, after the mail server has accepted a message."""
    if store.delete_trouble(session):
        log.info("mail_sender_trouble_over")


def probe(
    sessions: Sessions, mailer: Mailer, *, real_now: Callable[[], datetime], started_at: datetime | None
) -> None:
    """Connect to the mail server if a pause has expired and no message is due that would test it.

    A successful connection ends the trouble. A server that refuses messages only is detected by the next one.
    """
    with sessions() as session:
        recorded = store.trouble(session)
    if recorded is None or _is_in_effect(recorded, real_now(), started_at):
        return
    try:
        with mailer.open():
            pass
    except MailServerUnreachable:
        with sessions.begin() as session:
            _extend(session, recorded, real_now=real_now())
    except SenderRefused as exc:
        with sessions.begin() as session:
            pause(session, exc.reason, real_now=real_now())
    else:
        with sessions.begin() as session:
            resume(session)


def _extend(session: Session, recorded: SenderTrouble, *, real_now: datetime) -> None:
    """Extend the pause: an unreachable server gives no information about the trouble."""
    extended = SenderTrouble(
        id=1,
        reason=recorded.reason,
        since=recorded.since,
        times=recorded.times,
        noted_at=real_now,
        retry_at=real_now + WAIT_WHEN_UNREACHABLE,
    )
    store.record(session, extended)
