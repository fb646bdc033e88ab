"""The trouble of the sender: noted, read, forgotten."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hub_notifications.models import SenderTrouble


def trouble(session: Session, *, lock: bool = False) -> SenderTrouble | None:
    """Read it; none while the mail server takes messages, as far as is known."""
    statement = select(SenderTrouble)
    return session.scalar(statement.with_for_update() if lock else statement)


def note(
    session: Session, reason: str, *, times: int, since: datetime, at: datetime, until: datetime
) -> None:
    """Replace what was noted; all times are real."""
    session.merge(SenderTrouble(id=1, reason=reason, since=since, times=times, noted_at=at, retry_at=until))


def forget(session: Session) -> bool:
    """The mail server takes messages; whether there had been trouble."""
    return session.scalar(delete(SenderTrouble).returning(SenderTrouble.id)) is not None
