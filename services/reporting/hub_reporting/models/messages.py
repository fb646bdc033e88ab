"""What became of messages; neither their words nor whom they went to."""

from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from hub_reporting.models.base import Projected


class Message(Projected):
    """A message and its end."""

    __tablename__ = "messages"
    __table_args__ = (Index(None, "hub", "status"),)

    message_id: Mapped[UUID] = mapped_column(primary_key=True)
    template: Mapped[str]
    status: Mapped[str]  # sent, failed
    reason: Mapped[str | None]
