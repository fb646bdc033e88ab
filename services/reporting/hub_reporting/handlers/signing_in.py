"""Sessions of people at a browser: begun with a token, known by a cookie, ended by them or by time."""

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
FORGOTTEN_AFTER: Final = timedelta(days=1)  # by when no link of a session that is over can be good


class UsedBefore(Refused):
    """A sign-in link lets in once."""

    def __init__(self) -> None:
        super().__init__("sign_in_used", "This sign-in link was used before. Ask your hub for a new one.")


def begin(session: Session, sign_in: SignIn, now: datetime) -> str:
    """Begin a session; gives the cookie that stands for it, which is kept nowhere.

    Raises:
        UsedBefore: the link has let somebody in.
    """
    store.forget(session, now - FORGOTTEN_AFTER)
    cookie = secrets.token_urlsafe(COOKIE_BYTES)
    begun = BrowserSession(
        cookie_digest=digest(cookie),
        link_id=sign_in.token_id if sign_in.once else None,
        token_id=sign_in.token_id,
        subject=sign_in.actor.subject,
        roles=sorted(sign_in.actor.roles),
        began_at=now,
        ends_at=min(now + LONGEST, datetime.fromtimestamp(sign_in.ends, UTC)),
    )
    if not store.add(session, begun):
        raise UsedBefore
    return cookie


def end(session: Session, cookie: str, now: datetime) -> None:
    """End the session of a cookie."""
    store.end(session, digest(cookie), now)


def digest(cookie: str) -> str:
    """What is kept of a cookie, so that a copy of the database lets nobody in."""
    return hashlib.sha256(cookie.encode()).hexdigest()
