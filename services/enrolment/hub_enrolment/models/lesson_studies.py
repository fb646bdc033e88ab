"""Lesson studies and their participants."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from hub_contracts.vocabulary import LessonStudyFocus
from hub_enrolment.domain import lesson_studies
from hub_enrolment.domain.lesson_studies import LessonStudyStatus
from hub_enrolment.models.base import Base
from hub_platform.database import Tracked, one_of


class LessonStudy(Tracked, Base):
    """One cycle: a lesson planned together, taught, observed and discussed."""

    __tablename__ = "lesson_studies"
    __table_args__ = (
        CheckConstraint("(status = 'reviewed') = (learning_note IS NOT NULL)", name="learning_note"),
        one_of("focus", LessonStudyFocus),
        one_of("status", LessonStudyStatus),
        Index("ix_lesson_studies_work_group_id", "work_group_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    work_group_id: Mapped[UUID] = mapped_column(ForeignKey("work_groups.id"))
    host_urn: Mapped[str] = mapped_column(ForeignKey("schools.urn"))
    focus: Mapped[str]
    lesson_at: Mapped[datetime]
    status: Mapped[str]
    learning_note: Mapped[str | None]  # free text, published nowhere


class LessonStudyPart(Base):
    """The part of one participant in a lesson study."""

    __tablename__ = "lesson_study_parts"
    __table_args__ = (
        one_of("part", lesson_studies.LessonStudyPart),
        Index("uq_lesson_study_parts_teacher", "cycle_id", unique=True, postgresql_where="part = 'teacher'"),
        Index("ix_lesson_study_parts_enrolment_id", "enrolment_id"),
    )

    cycle_id: Mapped[UUID] = mapped_column(ForeignKey("lesson_studies.id"), primary_key=True)
    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)
