"""Reads and writes browser sessions."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hub_reporting.models import BrowserSession


def add(session: Session, begun: BrowserSession) -> bool:
    """Insert a session; return False when its sign-in link has begun one before."""
    table = BrowserSession.__table__
    values = {column.name: getattr(begun, column.name) for column in table.columns}
    added = session.execute(
        insert(BrowserSession)
        .values(values)
        .on_conflict_do_nothing(index_elements=["link_id"])
        .returning(BrowserSession.cookie_digest)
    )
    return added.scalar() is not None


def find(session: Session, cookie_digest: str, now: datetime) -> BrowserSession | None:
    """Return the session of a cookie, or None when it has ended."""
    found = session.get(BrowserSession, cookie_digest)
    return found if found is not None and found.ends_at > now else None


def end(session: Session, cookie_digest: str, now: datetime) -> None:
    """End a session but keep its link, which works once; a session that has ended stays unchanged."""
    of_cookie = BrowserSession.cookie_digest == cookie_digest
    session.execute(
        sa.update(BrowserSession).where(of_cookie, BrowserSession.ends_at > now).values(ends_at=now)
    )


def delete_ended(session: Session, ended_before: datetime) -> None:
    """Delete sessions that ended before an instant, with their links."""
    session.execute(sa.delete(BrowserSession).where(BrowserSession.ends_at < ended_before))
