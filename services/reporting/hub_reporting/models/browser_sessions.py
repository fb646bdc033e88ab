"""Browser sessions. People begin them, so they are no projection of events."""

from datetime import datetime

from sqlalchemy import ARRAY, Text
from sqlalchemy.orm import Mapped, mapped_column

from hub_reporting.models.base import Base


class BrowserSession(Base):
    """One signed-in browser; only a digest of its cookie is stored."""

    __tablename__ = "browser_sessions"

    cookie_digest: Mapped[str] = mapped_column(primary_key=True)  # SHA-256, in hexadecimal digits
    link_id: Mapped[str | None] = mapped_column(unique=True)  # token id of a sign-in link, which works once
    token_id: Mapped[str | None]  # revoking this token ends the session
    subject: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    began_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
