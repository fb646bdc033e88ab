"""The recorded trouble of this hub as a sender of e-mail."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub_notifications.models.base import Base


class SenderTrouble(Base):
    """The reason why the mail server refuses this hub: one row while it does. All times are real time."""

    __tablename__ = "sender_trouble"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reason: Mapped[str]  # a key of `failures.SENDER_TROUBLES`
    since: Mapped[datetime]
    times: Mapped[int]  # consecutive refused attempts
    noted_at: Mapped[datetime]  # the last of these attempts
    retry_at: Mapped[datetime]
