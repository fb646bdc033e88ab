"""Outcomes of e-mails; neither their text nor their recipients are stored."""

from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from hub_reporting.models.base import Projected


class Message(Projected):
    """An e-mail with its outcome."""

    __tablename__ = "messages"
    __table_args__ = (Index(None, "hub", "status"),)

    message_id: Mapped[UUID] = mapped_column(primary_key=True)
    template: Mapped[str]
    status: Mapped[str]  # sent, failed
    reason: Mapped[str | None]
