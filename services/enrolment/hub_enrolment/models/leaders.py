"""Leadership roles in the hub."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from hub_contracts import vocabulary
from hub_enrolment.models.base import Base
from hub_platform.database import Tracked, one_of


class LeaderRole(Tracked, Base):
    """One role of one person; `ends_on` is its last day. School and trust are of the appointment."""

    __tablename__ = "leader_roles"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="ends_on"),
        one_of("role", vocabulary.LeaderRole),
        Index(
            "uq_leader_roles_current", "teacher_id", "role", unique=True, postgresql_where="ends_on IS NULL"
        ),
        Index("ix_leader_roles_teacher_id", "teacher_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    teacher_id: Mapped[UUID] = mapped_column(ForeignKey("teachers.id"))
    role: Mapped[str]
    core_leadership: Mapped[bool]  # of the main hub leadership team
    urn: Mapped[str] = mapped_column(ForeignKey("schools.urn"))
    trust_uid: Mapped[str | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    cohort: Mapped[str | None]  # the hub's name for a group of specialists in training
