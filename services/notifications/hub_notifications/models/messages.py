"""Messages, the items of which people were notified, and the calendar entries that they were sent.

No table holds an address or a person's name.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from hub_notifications.domain.notified import Facts
from hub_notifications.models.base import Base


class Message(Base):
    """One message to one person; its text and the address are determined when it is sent."""

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
        Index(
            "uq_messages_one_due",
            "concerns",
            "recipient_ref",
            "item",
            unique=True,
            postgresql_where=text("status = 'due'"),
        ),
        Index("ix_messages_recipient", "concerns", "recipient_ref"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    template: Mapped[str]  # a Kind; decided when it is sent
    recipient_ref: Mapped[str]  # a teacher's id
    dedupe_key: Mapped[str] = mapped_column(unique=True)
    concerns: Mapped[str]  # the thread: work-groups/<id>, pd-days/<id>, visits/<id> or pd-leads/<id>
    item: Mapped[str]  # "" for the e-mail; otherwise entry:…, reminder:…, last-day:… or resend:…
    about: Mapped[Facts]  # ids and times that a reminder, an entry or a resend needs
    status: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    uncertain: Mapped[int] = mapped_column(default=0)  # attempts that the mail server may have accepted
    handed_over: Mapped[bool] = mapped_column(default=False)  # without a recorded outcome so far
    due_at: Mapped[datetime]  # hub time before which it is not sent
    retry_at: Mapped[datetime | None]  # real time before which it is not sent; None: not postponed
    claim: Mapped[UUID | None]
    claimed_until: Mapped[datetime | None]  # real time
    reason: Mapped[str | None]  # a code, because a mail server's reply may quote the address
    sent_at: Mapped[datetime | None]
    resend_of: Mapped[UUID | None] = mapped_column(ForeignKey("messages.id"), index=True)
    resend_by: Mapped[str | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    @property
    def next_attempt_at(self) -> datetime:
        """The earliest instant of the next attempt; hub time and real time differ only in a demonstration."""
        return self.due_at if self.retry_at is None else max(self.due_at, self.retry_at)


class ToldItem(Base):
    """One item of which one person was notified in a thread."""

    __tablename__ = "told_items"
    __table_args__ = (
        Index("ix_told_items_visits", "teacher_id", postgresql_where=text("item = 'visit'")),  # of PD leads
    )

    concerns: Mapped[str] = mapped_column(primary_key=True)
    teacher_id: Mapped[UUID] = mapped_column(primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)  # place, group, session:<id>, waiting, visit …
    facts: Mapped[Facts]
    told_at: Mapped[datetime]


class CalendarEntry(Base):
    """A calendar entry that one person was sent."""

    __tablename__ = "calendar_entries"

    concerns: Mapped[str] = mapped_column(primary_key=True)
    teacher_id: Mapped[UUID] = mapped_column(primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)  # session:<id>, visit or pd_day
    uid: Mapped[str | None]  # None: sent by a release before ADR 19; see `calendar_uids.earlier_uid`
    sequence: Mapped[int]
    removed: Mapped[bool]
    facts: Mapped[Facts]  # the item's state in the sent version
    sent_at: Mapped[datetime]
