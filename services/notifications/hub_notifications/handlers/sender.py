"""The sender's own trouble with the mail server: everything waits, and operators are told."""

from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from hub_notifications.domain import failures
from hub_notifications.domain.messages import WAIT_WHEN_AWAY
from hub_notifications.gateways import MailAway, Mailer
from hub_notifications.gateways import SenderTrouble as Refused
from hub_notifications.models import SenderTrouble
from hub_notifications.store import sender as store
from hub_platform.database import Sessions

log = structlog.get_logger(__name__)


def is_paused(session: Session, *, real_now: datetime, started_at: datetime | None) -> bool:
    """Whether nothing is to be sent now.

    `started_at`: real time at which this process began. What was noted before is tried at once, because a
    restart is how an operator brings new settings into effect.
    """
    return _holds(store.trouble(session), real_now, started_at)


def _holds(noted: SenderTrouble | None, real_now: datetime, started_at: datetime | None) -> bool:
    if noted is None or not noted.noted_at <= real_now < noted.retry_at:  # or the clock was put back
        return False
    return started_at is None or noted.noted_at >= started_at


def stop(session: Session, reason: str, *, real_now: datetime) -> datetime:
    """Note trouble; gives the real time at which sending is tried again, later each time."""
    before = store.trouble(session, lock=True)
    times = 1 if before is None else before.times + 1
    since = real_now if before is None or before.reason != reason else before.since
    until = real_now + failures.pause(times)
    store.note(session, reason, times=times, since=since, at=real_now, until=until)
    log.error("mail_sender_trouble", reason=reason, times=times)
    return until


def resume(session: Session) -> None:
    """Forget the trouble: the mail server has taken a message."""
    if store.forget(session):
        log.info("mail_sender_trouble_over")


def look(
    sessions: Sessions, mailer: Mailer, *, real_now: Callable[[], datetime], started_at: datetime | None
) -> None:
    """See whether trouble is over, when its pause is and no message waits that would show it.

    A mail server that lets this sender in ends it. What it refuses in messages only, the next one shows.
    """
    with sessions() as session:
        noted = store.trouble(session)
    if noted is None or _holds(noted, real_now(), started_at):
        return
    try:
        with mailer.open():
            pass
    except MailAway:
        with sessions.begin() as session:
            _wait(session, noted, real_now=real_now())
    except Refused as exc:
        with sessions.begin() as session:
            stop(session, exc.reason, real_now=real_now())
    else:
        with sessions.begin() as session:
            resume(session)


def _wait(session: Session, noted: SenderTrouble, *, real_now: datetime) -> None:
    """Leave the trouble as it is for a while: a server that is away says nothing about it."""
    until = real_now + WAIT_WHEN_AWAY
    store.note(session, noted.reason, times=noted.times, since=noted.since, at=real_now, until=until)


def trouble(session: Session) -> SenderTrouble | None:
    """Read the trouble, if there is any."""
    return store.trouble(session)


def describe(noted: SenderTrouble) -> str:
    """Tell an operator what is wrong, since when, and what to do."""
    since = noted.since.isoformat(timespec="seconds").replace("+00:00", "Z")
    says = failures.SENDER_TROUBLES.get(noted.reason, noted.reason)  # another release may know more reasons
    return f"{says} E-mails wait since {since}, and none is lost."
