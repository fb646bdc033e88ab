"""Work Groups, places on them, sessions and registers."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, Index, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from hub_reporting.models.base import Projected


class WorkGroup(Projected):
    """A Work Group with its latest terms."""

    __tablename__ = "work_groups"
    __table_args__ = (Index(None, "hub", "academic_year"),)

    work_group_id: Mapped[UUID] = mapped_column(primary_key=True)
    title: Mapped[str]
    ncp_code: Mapped[str | None]
    academic_year: Mapped[str]
    strand: Mapped[str]
    phases: Mapped[list[str]] = mapped_column(ARRAY(Text))
    lead_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    capacity: Mapped[int]
    min_schools: Mapped[int]
    min_teachers: Mapped[int]
    max_teachers: Mapped[int]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]


class GroupState(Projected):
    """One announcement about a Work Group: confirmed, or below its minimum.

    Every announcement is stored, so that a report takes the last one by the end of its day.
    """

    __tablename__ = "group_states"

    work_group_id: Mapped[UUID] = mapped_column(primary_key=True)
    said_at: Mapped[datetime] = mapped_column(primary_key=True)
    state: Mapped[str]  # confirmed, below_minimum
    teachers_n: Mapped[int]
    schools_n: Mapped[int]
    overridden: Mapped[bool]


class GroupEnding(Projected):
    """The end of a Work Group: cancelled, or closed after its evaluation."""

    __tablename__ = "group_endings"

    work_group_id: Mapped[UUID] = mapped_column(primary_key=True)
    ending: Mapped[str]  # cancelled, closed
    reason: Mapped[str | None]  # of a cancellation
    ended_at: Mapped[datetime]


class SchoolOnGroup(Projected):
    """A school with a participant on a Work Group."""

    __tablename__ = "schools_on_groups"

    work_group_id: Mapped[UUID] = mapped_column(primary_key=True)
    urn: Mapped[str] = mapped_column(primary_key=True)
    academic_year: Mapped[str]
    lead_participants_n: Mapped[int]


class Place(Projected):
    """A teacher's place on a Work Group."""

    __tablename__ = "places"
    __table_args__ = (Index(None, "hub", "work_group_id"),)

    enrolment_id: Mapped[UUID] = mapped_column(primary_key=True)
    work_group_id: Mapped[UUID]
    teacher_id: Mapped[UUID]
    urn: Mapped[str]
    role: Mapped[str]
    enrolled_on: Mapped[date]


class Withdrawal(Projected):
    """A withdrawal; date and reason are null once it was undone."""

    __tablename__ = "withdrawals"

    enrolment_id: Mapped[UUID] = mapped_column(primary_key=True)
    reason: Mapped[str | None]
    withdrawn_on: Mapped[date | None]
    withdrawn_at: Mapped[datetime | None]  # null in rows older than this column


class Completion(Projected):
    """A completed place, as decided when the hub closed the Work Group."""

    __tablename__ = "completions"

    enrolment_id: Mapped[UUID] = mapped_column(primary_key=True)
    completed_on: Mapped[date]


class Session(Projected):
    """A session with its latest time and place."""

    __tablename__ = "sessions"
    __table_args__ = (Index(None, "hub", "work_group_id"),)

    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    work_group_id: Mapped[UUID]
    seq: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    mode: Mapped[str]
    host_urn: Mapped[str | None]
    cancelled: Mapped[bool]
    cancelled_at: Mapped[datetime | None]  # null in rows older than this column


class Register(Projected):
    """A session that was held, as of its latest register."""

    __tablename__ = "registers"
    __table_args__ = (Index(None, "hub", "held_on"), Index(None, "hub", "work_group_id"))

    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    work_group_id: Mapped[UUID]
    held_on: Mapped[date]
    present_n: Mapped[int]
    schools_present_n: Mapped[int]


class Mark(Projected):
    """One mark; counted only at the register's own revision, as a resubmission replaces all marks."""

    __tablename__ = "marks"

    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    enrolment_id: Mapped[UUID] = mapped_column(primary_key=True)
    urn: Mapped[str]
    mark: Mapped[str]
    notice_hours: Mapped[int | None]  # of apologies


class CorrectedMark(Projected):
    """A mark corrected after its register was locked. Counted while its revision is above the register's."""

    __tablename__ = "corrected_marks"

    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    enrolment_id: Mapped[UUID] = mapped_column(primary_key=True)
    mark: Mapped[str]
    notice_hours: Mapped[int | None]
