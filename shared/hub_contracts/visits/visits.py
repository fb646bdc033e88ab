"""Events about visits: what was planned and what came of it.

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
    """Something about one visit."""

    publisher: ClassVar[str] = "visits"
    about: ClassVar[str] = "visits/{visit_id}"

    visit_id: UUID
    urn: str


class VisitEventSchema(RecordSchema):
    """The visit."""

    visit_id = Id("The visit")
    urn = Urn("The school visited")


@dataclass(frozen=True, kw_only=True)
class VisitPlanned(VisitEvent):
    """A visit was put in the diary.

    Published when it is planned.
    """

    assignment_id: UUID
    pd_lead_id: UUID
    planned_at: datetime
    kind: VisitKind
    half_term: str | None = None


class VisitPlannedSchema(VisitEventSchema):
    """VisitPlanned."""

    makes = VisitPlanned
    assignment_id = Id("The assignment that it belongs to")
    pd_lead_id = Id("Teacher id of the PD lead", pseudonym=True)
    planned_at = Instant("When it is to begin")
    kind = OneOf(VisitKind, "What it is for")
    half_term = HalfTerm("The half term of the school on that day; absent out of term", optional=True)


@dataclass(frozen=True, kw_only=True)
class VisitReassigned(VisitEvent):
    """A planned visit will be made by another PD lead.

    Published for each planned visit from the day of a hand-over on; when and what for stays as planned.
    """

    from_pd_lead_id: UUID
    to_pd_lead_id: UUID
    assignment_id: UUID
    planned_at: datetime
    kind: VisitKind


class VisitReassignedSchema(VisitEventSchema):
    """VisitReassigned."""

    makes = VisitReassigned
    from_pd_lead_id = Id("Teacher id of the PD lead who was to make it", pseudonym=True)
    to_pd_lead_id = Id("Teacher id of the PD lead who will make it", pseudonym=True)
    assignment_id = Id("The assignment that it belongs to from now on")
    planned_at = Instant("When it is to begin")
    kind = OneOf(VisitKind, "What it is for")


@dataclass(frozen=True, kw_only=True)
class VisitCancelled(VisitEvent):
    """A planned visit will not take place.

    Published when it is cancelled; what the school is owed stays owed.
    """

    reason: str  # a VisitCancellationReason, published as a plain code


class VisitCancelledSchema(VisitEventSchema):
    """VisitCancelled."""

    makes = VisitCancelled
    reason = Code("Why, in one word, such as snow")


@dataclass(frozen=True, kw_only=True)
class VisitLogged(VisitEvent):
    """A visit took place and was written up.

    Published once for each visit, when its log is written.
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
    """VisitLogged."""

    makes = VisitLogged
    assignment_id = Id("The assignment that it belongs to")
    pd_lead_id = Id("Teacher id of the PD lead", pseudonym=True)
    happened_on = Day("The day of the visit")
    half_term = HalfTerm("The half term of the school on that day; absent out of term", optional=True)
    kind = OneOf(VisitKind, "What it was for")
    half_days = Whole("How long it took, in half days", unit="half days")
    focus = Several(OneOf(VisitFocus, "A theme"), "What it was about; tfm is Teaching for Mastery")
    people_met_roles = Several(Code("A role"), "What the people met are at the school, such as maths_lead")
    actions_n = Whole("How many actions were agreed")
    late = Flag("Whether it was logged more than ten working days after its half term")
    out_of_term = Flag("Whether it lies outside the school's terms, and so does not count")


@dataclass(frozen=True, kw_only=True)
class DepartmentPDHeld(VisitEvent):
    """A mathematics department had professional development together.

    Published together with VisitLogged, for a visit of the kind department_pd.
    """

    half_term: str | None = None
    held_on: date
    staff_present: int
    department_size: int


class DepartmentPDHeldSchema(VisitEventSchema):
    """DepartmentPDHeld."""

    makes = DepartmentPDHeld
    half_term = HalfTerm("The half term of the school on that day; absent out of term", optional=True)
    held_on = Day("The day on which it was held")
    staff_present = Whole("Members of the department who took part")
    department_size = Whole("Members of the department")


@dataclass(frozen=True, kw_only=True)
class VisitRecalculated(VisitEvent):
    """What follows from the day of a visit has changed: its half term, or whether it counts or is late.

    Published when a calendar is set, a school's trust or authority changes, or a successor stands for a
    closed school, for each planned or logged visit whose values changed. It replaces what VisitPlanned,
    VisitLogged, DepartmentPDHeld or an earlier VisitRecalculated of the visit said of them.
    """

    half_term: str | None = None
    out_of_term: bool
    late: bool


class VisitRecalculatedSchema(VisitEventSchema):
    """VisitRecalculated."""

    makes = VisitRecalculated
    half_term = HalfTerm("The half term of the school on that day; absent out of term", optional=True)
    out_of_term = Flag("Whether it lies outside the school's terms, and so does not count")
    late = Flag(
        "Whether it was logged more than ten working days after its half term; false until it is logged"
    )
