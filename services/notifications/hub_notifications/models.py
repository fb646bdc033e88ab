"""The tables of notifications: messages, the little that their words need, and the trouble of their sender.

Neither an address nor a person's name is in any of them.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, MetaData, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from hub_platform.database import kept_as, naming_convention


class Base(DeclarativeBase):
    """Every table of this service."""

    metadata = MetaData(naming_convention=naming_convention)
    type_annotation_map = kept_as | {dict[str, Any]: JSONB}


class School(Base):
    """A school's name, as enrolment has announced it."""

    __tablename__ = "schools"

    urn: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    revision: Mapped[int]


class WorkGroup(Base):
    """A Work Group's title."""

    __tablename__ = "work_groups"

    work_group_id: Mapped[UUID] = mapped_column(primary_key=True)
    title: Mapped[str]
    revision: Mapped[int]


class GroupSession(Base):
    """When and how a session of a Work Group is held."""

    __tablename__ = "group_sessions"

    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    work_group_id: Mapped[UUID] = mapped_column(index=True)
    seq: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    mode: Mapped[str]
    host_urn: Mapped[str | None]
    ics_sequence: Mapped[int]
    cancelled: Mapped[bool]
    revision: Mapped[int]


class Place(Base):
    """A teacher's place on a Work Group."""

    __tablename__ = "places"
    __table_args__ = (Index(None, "work_group_id", postgresql_where=text("active")),)

    enrolment_id: Mapped[UUID] = mapped_column(primary_key=True)
    work_group_id: Mapped[UUID]
    teacher_id: Mapped[UUID]
    active: Mapped[bool]
    changed_at: Mapped[datetime | None]  # when it was given or given up
    revision: Mapped[int]


class Message(Base):
    """One message to one person. The address is asked for when it is sent, and not kept."""

    __tablename__ = "messages"
    __table_args__ = (
        CheckConstraint("status IN ('due', 'sending', 'sent', 'failed', 'suppressed')", name="status"),
        CheckConstraint(
            "(status = 'sending') = (claim IS NOT NULL AND claimed_until IS NOT NULL)", name="claimed"
        ),
        CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", name="sent_says_when"),
        CheckConstraint("status NOT IN ('failed', 'suppressed') OR reason IS NOT NULL", name="says_why"),
        CheckConstraint("NOT handed_over OR status = 'sending'", name="handed_over_while_sending"),
        CheckConstraint("(resend_of IS NULL) = (resend_by IS NULL)", name="resend_says_by_whom"),
        Index("ix_messages_due", "due_at", postgresql_where=text("status = 'due'")),
        Index("ix_messages_claimed", "claimed_until", postgresql_where=text("status = 'sending'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    template: Mapped[str]
    recipient_ref: Mapped[str]  # a teacher's id
    dedupe_key: Mapped[str] = mapped_column(unique=True)
    concerns: Mapped[str] = mapped_column(index=True)
    about: Mapped[dict[str, Any]]
    status: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    uncertain: Mapped[int] = mapped_column(
        default=0
    )  # attempts of which it is not known whether it was taken
    handed_over: Mapped[bool] = mapped_column(
        default=False
    )  # to the mail server; what became of it is not recorded
    due_at: Mapped[datetime]  # hub time before which it is not sent
    retry_at: Mapped[datetime | None]  # real time before which it is not tried again; none while not put off
    claim: Mapped[UUID | None]
    claimed_until: Mapped[datetime | None]  # real time
    reason: Mapped[str | None]  # a code, never what a mail server said: that may quote the address
    sent_at: Mapped[datetime | None]
    resend_of: Mapped[UUID | None] = mapped_column(ForeignKey("messages.id"), index=True)
    resend_by: Mapped[str | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    @property
    def next_attempt_at(self) -> datetime:
        """The earliest instant of the next attempt; the two clocks agree but in a demonstration."""
        return self.due_at if self.retry_at is None else max(self.due_at, self.retry_at)


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
