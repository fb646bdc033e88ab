"""Who is signed in with a browser. Made by people, not by events, so no projection."""

from datetime import datetime

from sqlalchemy import ARRAY, Text
from sqlalchemy.orm import Mapped, mapped_column

from hub_reporting.models.base import Base


class BrowserSession(Base):
    """One session; its cookie is known by a digest only."""

    __tablename__ = "browser_sessions"

    cookie_digest: Mapped[str] = mapped_column(primary_key=True)  # SHA-256, in hexadecimal digits
    link_id: Mapped[str | None] = mapped_column(
        unique=True
    )  # of the sign-in link, which opens one session only
    token_id: Mapped[str | None]  # whose revocation ends the session
    subject: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    began_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
