"""PD-lead assignments."""

from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from hub_platform.database import Tracked, one_of
from hub_visits.domain import assignments, hand_overs
from hub_visits.models.base import Base


class Assignment(Tracked, Base):
    """A PD lead's assignment to a school for one programme, until the end of an academic year or earlier.

    Assignments of one school, programme and year do not overlap: `domain.assignments.check_free` checks this
    under the lock of the school's rows. A unique index allows one assignment of a chain that is not ended.
    """

    __tablename__ = "assignments"
    __table_args__ = (
        Index(
            "uq_assignments_not_ended",
            "chain_id",
            unique=True,
            postgresql_where=text("end_reason IS NULL"),
        ),
        one_of("programme", assignments.PROGRAMMES),
        one_of("end_reason", hand_overs.REASONS_ENDED),
        CheckConstraint("starts_on <= ends_on + (end_reason IS NOT NULL)::int", name="starts_before_it_ends"),
        CheckConstraint("cardinality(kinds) > 0", name="kinds"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    urn: Mapped[str]
    pd_lead_id: Mapped[UUID] = mapped_column(index=True)
    programme: Mapped[str]
    academic_year: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    kinds: Mapped[list[str]] = mapped_column(ARRAY(Text))
    follows: Mapped[UUID | None] = mapped_column(ForeignKey("assignments.id"), unique=True)
    chain_id: Mapped[UUID] = mapped_column(index=True)  # the id of the chain's first assignment
    end_reason: Mapped[str | None]  # set when the assignment is handed over or ended early
