"""Supported schools: PD-lead assignments, obligations and visits."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from hub_reporting.models.base import Projected


class Assignment(Projected):
    """The assignment of a PD lead to a supported school."""

    __tablename__ = "assignments"

    assignment_id: Mapped[UUID] = mapped_column(primary_key=True)
    urn: Mapped[str]
    pd_lead_id: Mapped[UUID]
    programme: Mapped[str]
    starts_on: Mapped[date]


class EndedAssignment(Projected):
    """The end of an assignment: handed over, or ended without a successor."""

    __tablename__ = "ended_assignments"

    assignment_id: Mapped[UUID] = mapped_column(primary_key=True)
    ended_on: Mapped[date]
    reason: Mapped[str]


class Obligation(Projected):
    """A visit or department meeting due in one half term.

    Counted only at the assignment's own revision: a new calendar replaces all obligations of the assignment.
    """

    __tablename__ = "obligations"
    __table_args__ = (Index(None, "hub", "starts_on", "ends_on"),)

    assignment_id: Mapped[UUID] = mapped_column(primary_key=True)
    half_term: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    urn: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]


class Exemption(Projected):
    """A school excused from one obligation."""

    __tablename__ = "exemptions"

    urn: Mapped[str] = mapped_column(primary_key=True)
    half_term: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    excused_at: Mapped[datetime | None]  # null in rows older than this column


class PlannedVisit(Projected):
    """A visit as it was planned; its log and its cancellation are rows of their own."""

    __tablename__ = "planned_visits"
    __table_args__ = (Index(None, "hub", "half_term"),)

    visit_id: Mapped[UUID] = mapped_column(primary_key=True)
    assignment_id: Mapped[UUID]
    urn: Mapped[str]
    pd_lead_id: Mapped[UUID]
    planned_at: Mapped[datetime]
    kind: Mapped[str]
    half_term: Mapped[str | None]
    announced_at: Mapped[datetime | None]  # null in rows older than this column


class CancelledVisit(Projected):
    """The cancellation of a visit."""

    __tablename__ = "cancelled_visits"

    visit_id: Mapped[UUID] = mapped_column(primary_key=True)
    reason: Mapped[str]
    cancelled_at: Mapped[datetime | None]  # null in rows older than this column


class LoggedVisit(Projected):
    """A visit that took place, as the PD lead logged it."""

    __tablename__ = "logged_visits"
    __table_args__ = (Index(None, "hub", "happened_on"), Index(None, "hub", "half_term"))

    visit_id: Mapped[UUID] = mapped_column(primary_key=True)
    assignment_id: Mapped[UUID]
    urn: Mapped[str]
    pd_lead_id: Mapped[UUID]
    happened_on: Mapped[date]
    half_term: Mapped[str | None]
    kind: Mapped[str]
    half_days: Mapped[int]
    focus: Mapped[list[str]] = mapped_column(ARRAY(Text))
    people_met_roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    actions_n: Mapped[int]
    late: Mapped[bool]
    out_of_term: Mapped[bool]


class RecalculatedVisit(Projected):
    """Recalculated half term and lateness of a visit, valid for rows of a lower revision."""

    __tablename__ = "recalculated_visits"

    visit_id: Mapped[UUID] = mapped_column(primary_key=True)
    half_term: Mapped[str | None]
    out_of_term: Mapped[bool]
    late: Mapped[bool]


class DepartmentPD(Projected):
    """A meeting of a whole mathematics department."""

    __tablename__ = "department_pds"
    __table_args__ = (Index(None, "hub", "held_on"),)

    visit_id: Mapped[UUID] = mapped_column(primary_key=True)
    urn: Mapped[str]
    half_term: Mapped[str | None]
    held_on: Mapped[date]
    staff_present: Mapped[int]
    department_size: Mapped[int]
