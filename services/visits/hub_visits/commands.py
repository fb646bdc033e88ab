"""The commands of visits, each with its strict schema."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from marshmallow import fields, validate

from hub_contracts.fields import Urn
from hub_platform.schemas import CommandSchema, Instant, Lines, Text
from hub_visits.domain import assignments, hand_overs, obligations, visits
from hub_visits.domain.calendars import SCOPE_PATTERN

URN_PATTERN = r"^[0-9]{6}\Z"
HALF_TERM_PATTERN = r"^[0-9]{4}-[1-6]\Z"
YEAR_PATTERN = r"^[0-9]{4}/[0-9]{2}\Z"

# Visits are planned within these years; some date libraries fail far beyond them.
EARLIEST = datetime(2000, 9, 1, tzinfo=UTC)
LATEST = datetime(2099, 8, 31, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class GivenHalfTerm:
    """One half term of a calendar, not validated yet."""

    n: int
    starts_on: date
    ends_on: date
    non_school_days: list[date]


@dataclass(frozen=True, kw_only=True)
class SetCalendar:
    """Replace the half terms of a scope in one academic year."""

    scope: str
    academic_year: str
    half_terms: list[GivenHalfTerm]


@dataclass(frozen=True, kw_only=True)
class AssignPDLead:
    """Assign a PD lead to a school for the rest of an academic year."""

    urn: str
    pd_lead_id: UUID
    programme: str
    starts_on: date
    kinds: list[str]


@dataclass(frozen=True, kw_only=True)
class HandOver:
    """Hand an assignment over to another PD lead from a day on."""

    assignment_id: UUID
    pd_lead_id: UUID
    on: date  # first day of the assignment that follows
    reason: str


@dataclass(frozen=True, kw_only=True)
class EndAssignment:
    """End an assignment early, without a following PD lead."""

    assignment_id: UUID
    on: date  # last day
    reason: str


@dataclass(frozen=True, kw_only=True)
class PlanVisit:
    """Plan a visit of an assignment."""

    assignment_id: UUID
    planned_at: datetime
    kind: str


@dataclass(frozen=True, kw_only=True)
class AgreedAction:
    """An action that was agreed at a visit, with the role of its owner."""

    text: str
    owner_role: str
    due_on: date


@dataclass(frozen=True, kw_only=True)
class LogVisit:
    """Log a visit that took place."""

    visit_id: UUID
    happened_on: date
    half_days: int
    focus: list[str]
    people_met: list[str]
    note: str | None
    actions: list[AgreedAction]
    staff_present: int | None
    department_size: int | None


@dataclass(frozen=True, kw_only=True)
class CancelVisit:
    """Cancel a planned visit, with a reason."""

    visit_id: UUID
    reason: str


@dataclass(frozen=True, kw_only=True)
class ExcuseHalfTerm:
    """Excuse a school from one kind of support in one half term."""

    urn: str
    half_term: str
    kind: str
    reason: str


class GivenHalfTermSchema(CommandSchema):
    """The part of SetCalendar's request body for one half term."""

    command = GivenHalfTerm
    n = fields.Integer(required=True, strict=True, validate=validate.Range(1, 6))
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)
    non_school_days = fields.List(fields.Date(), load_default=list)


class SetCalendarSchema(CommandSchema):
    """The request body of SetCalendar; the scope is in the path."""

    command = SetCalendar
    scope = fields.String(
        required=True,
        validate=validate.Regexp(SCOPE_PATTERN, error="Use hub, la:<code>, trust:<uid> or school:<urn>."),
    )
    academic_year = fields.String(required=True)
    half_terms = fields.List(
        fields.Nested(GivenHalfTermSchema), required=True, validate=validate.Length(min=1, max=6)
    )


class AssignPDLeadSchema(CommandSchema):
    """The request body of AssignPDLead; `kinds` is ["visit"] unless given."""

    command = AssignPDLead
    urn = Urn("The school.")
    pd_lead_id = fields.UUID(required=True)
    programme = fields.String(required=True, validate=validate.OneOf(assignments.PROGRAMMES))
    starts_on = fields.Date(required=True)
    kinds = fields.List(
        fields.String(validate=validate.OneOf(assignments.KINDS_OWED)),
        load_default=lambda: ["visit"],
        validate=validate.Length(min=1),
    )


class HandOverSchema(CommandSchema):
    """The request body of HandOver; the assignment is in the path."""

    command = HandOver
    assignment_id = fields.UUID(required=True)
    pd_lead_id = fields.UUID(required=True)
    on = fields.Date(required=True)
    reason = fields.String(required=True, validate=validate.OneOf(hand_overs.REASONS_ENDED))


class EndAssignmentSchema(CommandSchema):
    """The request body of EndAssignment; the assignment is in the path."""

    command = EndAssignment
    assignment_id = fields.UUID(required=True)
    on = fields.Date(required=True)
    reason = fields.String(required=True, validate=validate.OneOf(hand_overs.REASONS_ENDED))


class PlanVisitSchema(CommandSchema):
    """The request body of PlanVisit; `planned_at` is an instant with a time zone."""

    command = PlanVisit
    assignment_id = fields.UUID(required=True)
    planned_at = Instant(required=True, validate=validate.Range(min=EARLIEST, max=LATEST))
    kind = fields.String(required=True, validate=validate.OneOf(visits.KINDS))


class AgreedActionSchema(CommandSchema):
    """The part of LogVisit's request body for one action."""

    command = AgreedAction
    text = Text(required=True, longest=500)
    owner_role = fields.String(required=True, validate=validate.OneOf(visits.ACTION_OWNERS))
    due_on = fields.Date(required=True)


class LogVisitSchema(CommandSchema):
    """The request body of LogVisit; a visit is 1 to 10 half days long."""

    command = LogVisit
    visit_id = fields.UUID(required=True)
    happened_on = fields.Date(required=True)
    half_days = fields.Integer(required=True, strict=True, validate=validate.Range(1, 10))
    focus = fields.List(
        fields.String(validate=validate.OneOf(visits.FOCUSES)),
        load_default=list,
        validate=validate.Length(max=len(visits.FOCUSES)),
    )
    people_met = fields.List(
        fields.String(validate=validate.OneOf(visits.ROLES_MET)),
        load_default=list,
        validate=validate.Length(max=50),
    )
    note = Lines(load_default=None, allow_none=True, shortest=0, longest=10_000)
    actions = fields.List(
        fields.Nested(AgreedActionSchema), load_default=list, validate=validate.Length(max=20)
    )
    staff_present = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(0, 200)
    )
    department_size = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(1, 200)
    )


class CancelVisitSchema(CommandSchema):
    """The request body of CancelVisit; the visit is in the path."""

    command = CancelVisit
    visit_id = fields.UUID(required=True)
    reason = fields.String(required=True, validate=validate.OneOf(visits.REASONS_CANCELLED))


class ExcuseHalfTermSchema(CommandSchema):
    """The request body of ExcuseHalfTerm; `half_term` is such as 2025-1."""

    command = ExcuseHalfTerm
    urn = Urn("The school.")
    half_term = fields.String(
        required=True,
        validate=validate.Regexp(HALF_TERM_PATTERN, error="Write it as 2025-1."),
    )
    kind = fields.String(required=True, validate=validate.OneOf(assignments.KINDS_OWED))
    reason = fields.String(required=True, validate=validate.OneOf(obligations.REASONS_EXCUSED))
