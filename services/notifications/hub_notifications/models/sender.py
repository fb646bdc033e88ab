"""The trouble of the sender with the mail server."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub_notifications.models.base import Base


class SenderTrouble(Base):
    """Why the mail server takes nothing from this sender: one row while that is so. All times are real."""

    __tablename__ = "sender_trouble"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reason: Mapped[str]  # a key of `failures.SENDER_TROUBLES`
    since: Mapped[datetime]
    times: Mapped[int]  # attempts that met it
    noted_at: Mapped[datetime]  # the last of them
    retry_at: Mapped[datetime]
