"""Visits and agreed actions."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub_platform.database import Tracked, one_of
from hub_visits.domain import assignments, visits
from hub_visits.models.base import Base


class Visit(Tracked, Base):
    """A visit of a PD lead to a school; planned, logged or cancelled."""

    __tablename__ = "visits"
    __table_args__ = (
        one_of("status", visits.STATUSES),
        one_of("kind", visits.KINDS),
        one_of("meets", assignments.KINDS_OWED),
        CheckConstraint(
            "(status = 'logged') = (happened_on IS NOT NULL AND half_days IS NOT NULL"
            " AND logged_at IS NOT NULL AND logged_by IS NOT NULL)",
            name="logged_says_when_and_by_whom",
        ),
        CheckConstraint("(status = 'cancelled') = (cancel_reason IS NOT NULL)", name="cancelled_says_why"),
        CheckConstraint("half_days > 0", name="half_days"),
        CheckConstraint("(department_size IS NULL) = (staff_present IS NULL)", name="department_whole"),
        CheckConstraint("staff_present BETWEEN 0 AND department_size", name="staff_present"),
        CheckConstraint("NOT (out_of_term AND half_term IS NOT NULL)", name="out_of_term"),
        Index(None, "assignment_id", "half_term"),
        Index(None, "half_term", "meets"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    assignment_id: Mapped[UUID] = mapped_column(ForeignKey("assignments.id"))
    urn: Mapped[str]
    pd_lead_id: Mapped[UUID]
    kind: Mapped[str]
    meets: Mapped[str]  # the kind of obligation that it counts for
    status: Mapped[str]
    planned_at: Mapped[datetime]
    half_term: Mapped[str | None]  # derived from the school's calendar, never entered
    out_of_term: Mapped[bool]
    happened_on: Mapped[date | None]
    half_days: Mapped[int | None]
    focus: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    people_met: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    note: Mapped[str | None]  # confidential: see access.may_read_note
    staff_present: Mapped[int | None]
    department_size: Mapped[int | None]
    late: Mapped[bool] = mapped_column(default=False)
    logged_at: Mapped[datetime | None]
    logged_by: Mapped[str | None]
    cancel_reason: Mapped[str | None]
    actions: Mapped[list["Action"]] = relationship(order_by="Action.due_on", lazy="selectin")

    def set_placement(self, placement: visits.TermPlacement) -> None:
        """Set the columns that are derived from the school's calendar."""
        self.half_term, self.out_of_term = placement.half_term, placement.out_of_term
        self.late = placement.late


class Action(Base):
    """An action that was agreed at a visit."""

    __tablename__ = "actions"
    __table_args__ = (one_of("owner_role", visits.ACTION_OWNERS),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visits.id"), index=True)
    text: Mapped[str]
    owner_role: Mapped[str]
    due_on: Mapped[date]
    done_at: Mapped[datetime | None]
