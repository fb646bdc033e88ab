"""Reads and writes sessions of people at a browser."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hub_reporting.models import BrowserSession


def add(session: Session, begun: BrowserSession) -> bool:
    """Keep a session; False when its link has opened one before."""
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
    """The session of a cookie, unless it has ended."""
    found = session.get(BrowserSession, cookie_digest)
    return found if found is not None and found.ends_at > now else None


def end(session: Session, cookie_digest: str, now: datetime) -> None:
    """End a session, but remember its link; one that is over already is no mistake."""
    of_cookie = BrowserSession.cookie_digest == cookie_digest
    session.execute(
        sa.update(BrowserSession).where(of_cookie, BrowserSession.ends_at > now).values(ends_at=now)
    )


def forget(session: Session, ended_before: datetime) -> None:
    """Remove sessions that are over, and with them the memory of their links."""
    session.execute(sa.delete(BrowserSession).where(BrowserSession.ends_at < ended_before))
