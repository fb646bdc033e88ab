"""Work groups, places on them, sessions and registers."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, Index, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from hub_reporting.models.base import Projected


class WorkGroup(Projected):
    """A group as it was opened."""

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
    """One announcement about a group: it will take place, or it fell below its minimum.

    All of them are stored, so that a report can take the last one before the end of its day.
    """

    __tablename__ = "group_states"

    work_group_id: Mapped[UUID] = mapped_column(primary_key=True)
    said_at: Mapped[datetime] = mapped_column(primary_key=True)
    state: Mapped[str]  # confirmed, below_minimum
    teachers_n: Mapped[int]
    schools_n: Mapped[int]
    overridden: Mapped[bool]


class GroupEnding(Projected):
    """How a group ended: it does not take place, or it has met and been evaluated."""

    __tablename__ = "group_endings"

    work_group_id: Mapped[UUID] = mapped_column(primary_key=True)
    ending: Mapped[str]  # cancelled, closed
    reason: Mapped[str | None]  # of a cancellation
    ended_at: Mapped[datetime]


class SchoolOnGroup(Projected):
    """A school takes part in a group."""

    __tablename__ = "schools_on_groups"

    work_group_id: Mapped[UUID] = mapped_column(primary_key=True)
    urn: Mapped[str] = mapped_column(primary_key=True)
    academic_year: Mapped[str]
    lead_participants_n: Mapped[int]


class Place(Projected):
    """A teacher's place on a group."""

    __tablename__ = "places"
    __table_args__ = (Index(None, "hub", "work_group_id"),)

    enrolment_id: Mapped[UUID] = mapped_column(primary_key=True)
    work_group_id: Mapped[UUID]
    teacher_id: Mapped[UUID]
    urn: Mapped[str]
    role: Mapped[str]
    enrolled_on: Mapped[date]


class Withdrawal(Projected):
    """A place given up; no day and no reason once the withdrawal was undone."""

    __tablename__ = "withdrawals"

    enrolment_id: Mapped[UUID] = mapped_column(primary_key=True)
    reason: Mapped[str | None]
    withdrawn_on: Mapped[date | None]
    withdrawn_at: Mapped[datetime | None]  # not known of places given up before this column existed


class Completion(Projected):
    """The hub's decision, when it closed the group, that who held a place has completed it."""

    __tablename__ = "completions"

    enrolment_id: Mapped[UUID] = mapped_column(primary_key=True)
    completed_on: Mapped[date]


class Session(Projected):
    """A session with its time."""

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
    cancelled_at: Mapped[datetime | None]  # not known of sessions cancelled before this column existed


class Register(Projected):
    """A session that was held, with its register as last corrected."""

    __tablename__ = "registers"
    __table_args__ = (Index(None, "hub", "held_on"), Index(None, "hub", "work_group_id"))

    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    work_group_id: Mapped[UUID]
    held_on: Mapped[date]
    present_n: Mapped[int]
    schools_present_n: Mapped[int]


class Mark(Projected):
    """One line of a register; counts while its revision is the register's, as a correction replaces all."""

    __tablename__ = "marks"

    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    enrolment_id: Mapped[UUID] = mapped_column(primary_key=True)
    urn: Mapped[str]
    mark: Mapped[str]
    notice_hours: Mapped[int | None]  # of apologies


class CorrectedMark(Projected):
    """One mark put right after its register was locked; counts while its revision is above the register's."""

    __tablename__ = "corrected_marks"

    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    enrolment_id: Mapped[UUID] = mapped_column(primary_key=True)
    mark: Mapped[str]
    notice_hours: Mapped[int | None]
