"""The recorded trouble of this hub as a sender of e-mail; at most one row."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hub_notifications.models import SenderTrouble


def trouble(session: Session, *, lock: bool = False) -> SenderTrouble | None:
    """Return the recorded trouble; None: the mail server accepts messages, as far as is known."""
    statement = select(SenderTrouble)
    return session.scalar(statement.with_for_update() if lock else statement)


def record(session: Session, trouble: SenderTrouble) -> None:
    """Replace the recorded trouble."""
    session.merge(trouble)


def delete_trouble(session: Session) -> bool:
    """Delete the recorded trouble; return whether there was any."""
    return session.scalar(delete(SenderTrouble).returning(SenderTrouble.id)) is not None
