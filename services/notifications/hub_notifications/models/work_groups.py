"""Work Groups and their sessions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from hub_notifications.models.base import Base


class WorkGroup(Base):
    """A Work Group's title and, if it was cancelled, the reason."""

    __tablename__ = "work_groups"

    work_group_id: Mapped[UUID] = mapped_column(primary_key=True)
    title: Mapped[str]
    cancelled_reason: Mapped[str | None]
    cancelled_at: Mapped[datetime | None]
    revision: Mapped[int]


class GroupSession(Base):
    """The time, venue and mode of one session of a Work Group."""

    __tablename__ = "group_sessions"

    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    work_group_id: Mapped[UUID] = mapped_column(index=True)
    seq: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    mode: Mapped[str]
    host_urn: Mapped[str | None]
    venue: Mapped[str | None]
    ics_sequence: Mapped[int]
    cancelled_reason: Mapped[str | None]
    cancelled_at: Mapped[datetime | None]
    revision: Mapped[int]
