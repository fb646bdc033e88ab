"""Browser sessions: begun with a token, identified by a cookie, ended by the user or after twelve hours."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from hub_kernel.refusals import Refused
from hub_platform.access import SignIn
from hub_reporting.models import BrowserSession
from hub_reporting.store import browser_sessions as store

LONGEST: Final = timedelta(hours=12)  # a working day
COOKIE_BYTES: Final = 32
DELETED_AFTER: Final = timedelta(days=1)  # after its end; the link of a session has expired by then


class UsedBefore(Refused):
    """The sign-in link has begun a session before."""

    def __init__(self) -> None:
        super().__init__("sign_in_used", "This sign-in link was used before. Ask your hub for a new one.")


def begin(session: Session, sign_in: SignIn, now: datetime) -> str:
    """Begin a session and return its cookie, which is not stored.

    Raises:
        UsedBefore: the link has begun a session before.
    """
    store.delete_ended(session, now - DELETED_AFTER)
    cookie = secrets.token_urlsafe(COOKIE_BYTES)
    browser_session = BrowserSession(
        cookie_digest=digest(cookie),
        link_id=sign_in.token_id if sign_in.once else None,
        token_id=sign_in.token_id,
        subject=sign_in.actor.subject,
        roles=sorted(sign_in.actor.roles),
        began_at=now,
        ends_at=min(now + LONGEST, datetime.fromtimestamp(sign_in.ends, UTC)),
    )
    if not store.add(session, browser_session):
        raise UsedBefore
    return cookie


def end(session: Session, cookie: str, now: datetime) -> None:
    """End the session that a cookie names."""
    store.end(session, digest(cookie), now)


def digest(cookie: str) -> str:
    """Return the stored digest of a cookie: a copy of the database gives no access."""
    return hashlib.sha256(cookie.encode()).hexdigest()
