"""Events about visits: planned, reassigned, cancelled, logged and recalculated.

Notes of a visit are confidential and never published.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from hub_contracts.events import Event, RecordSchema
from hub_contracts.fields import Code, Day, Flag, HalfTerm, Id, Instant, OneOf, Several, Urn, Whole
from hub_contracts.vocabulary import VisitFocus, VisitKind


@dataclass(frozen=True, kw_only=True)
class VisitEvent(Event):
    """Identity of the visit that an event is about, and the school."""

    publisher: ClassVar[str] = "visits"
    about: ClassVar[str] = "visits/{visit_id}"

    visit_id: UUID
    urn: str


class VisitEventSchema(RecordSchema):
    """Identity of the visit, and the school."""

    visit_id = Id("The visit")
    urn = Urn("The school visited")


@dataclass(frozen=True, kw_only=True)
class VisitPlanned(VisitEvent):
    """A visit was planned.

    Published once for each visit.
    """

    assignment_id: UUID
    pd_lead_id: UUID
    planned_at: datetime
    kind: VisitKind
    half_term: str | None = None


class VisitPlannedSchema(VisitEventSchema):
    """Read and write VisitPlanned."""

    makes = VisitPlanned
    assignment_id = Id("The assignment that it belongs to")
    pd_lead_id = Id("Teacher id of the PD lead", pseudonym=True)
    planned_at = Instant("Planned start")
    kind = OneOf(VisitKind, "Purpose of the visit")
    half_term = HalfTerm("The half term of the school on that day; absent out of term", optional=True)


@dataclass(frozen=True, kw_only=True)
class VisitReassigned(VisitEvent):
    """A planned visit will be made by another PD lead.

    Published for each visit planned for the day of a hand-over or later. Time and purpose stay as planned.
    """

    from_pd_lead_id: UUID
    to_pd_lead_id: UUID
    assignment_id: UUID
    planned_at: datetime
    kind: VisitKind


class VisitReassignedSchema(VisitEventSchema):
    """Read and write VisitReassigned."""

    makes = VisitReassigned
    from_pd_lead_id = Id("Teacher id of the PD lead before the hand-over", pseudonym=True)
    to_pd_lead_id = Id("Teacher id of the PD lead after the hand-over", pseudonym=True)
    assignment_id = Id("The assignment that it belongs to from now on")
    planned_at = Instant("Planned start")
    kind = OneOf(VisitKind, "Purpose of the visit")


@dataclass(frozen=True, kw_only=True)
class VisitCancelled(VisitEvent):
    """A planned visit was cancelled.

    Published once. The obligation to the school remains.
    """

    reason: str  # a VisitCancellationReason, published as a plain code


class VisitCancelledSchema(VisitEventSchema):
    """Read and write VisitCancelled."""

    makes = VisitCancelled
    reason = Code("The reason, such as snow")


@dataclass(frozen=True, kw_only=True)
class VisitLogged(VisitEvent):
    """A visit took place and was logged.

    Published once for each visit.
    """

    assignment_id: UUID
    pd_lead_id: UUID
    happened_on: date
    half_term: str | None = None
    kind: VisitKind
    half_days: int
    focus: Sequence[VisitFocus]
    people_met_roles: Sequence[str]  # TeacherRoles, published as plain codes
    actions_n: int
    late: bool
    out_of_term: bool


class VisitLoggedSchema(VisitEventSchema):
    """Read and write VisitLogged."""

    makes = VisitLogged
    assignment_id = Id("The assignment that it belongs to")
    pd_lead_id = Id("Teacher id of the PD lead", pseudonym=True)
    happened_on = Day("The day of the visit")
    half_term = HalfTerm("The half term of the school on that day; absent out of term", optional=True)
    kind = OneOf(VisitKind, "Purpose of the visit")
    half_days = Whole("Duration in half days", unit="half days")
    focus = Several(OneOf(VisitFocus, "A theme"), "Themes; tfm is Teaching for Mastery")
    people_met_roles = Several(Code("A role"), "Roles at the school of the people met, such as maths_lead")
    actions_n = Whole("Number of actions agreed")
    late = Flag("Whether it was logged more than ten working days after its half term")
    out_of_term = Flag("Whether it lies outside the school's terms, and so does not count")


@dataclass(frozen=True, kw_only=True)
class DepartmentPDHeld(VisitEvent):
    """A mathematics department had a PD session together.

    Published together with VisitLogged, for a visit of the kind department_pd.
    """

    half_term: str | None = None
    held_on: date
    staff_present: int
    department_size: int


class DepartmentPDHeldSchema(VisitEventSchema):
    """Read and write DepartmentPDHeld."""

    makes = DepartmentPDHeld
    half_term = HalfTerm("The half term of the school on that day; absent out of term", optional=True)
    held_on = Day("The day on which it was held")
    staff_present = Whole("Members of the department who took part")
    department_size = Whole("Members of the department")


@dataclass(frozen=True, kw_only=True)
class VisitRecalculated(VisitEvent):
    """The half term of a visit, or whether it counts or is late, changed.

    Published when a calendar is set, a school's trust or authority changes, or a closed school has a
    successor, for each planned or logged visit whose values changed. It replaces the values of VisitPlanned,
    VisitLogged, DepartmentPDHeld and earlier VisitRecalculated events of the visit.
    """

    half_term: str | None = None
    out_of_term: bool
    late: bool


class VisitRecalculatedSchema(VisitEventSchema):
    """Read and write VisitRecalculated."""

    makes = VisitRecalculated
    half_term = HalfTerm("The half term of the school on that day; absent out of term", optional=True)
    out_of_term = Flag("Whether it lies outside the school's terms, and so does not count")
    late = Flag(
        "Whether it was logged more than ten working days after its half term; false until it is logged"
    )
