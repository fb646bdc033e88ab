"""What visits can be asked to do: commands in the imperative, each with its strict schema."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from marshmallow import fields, validate

from hub_contracts.fields import Urn
from hub_platform.schemas import CommandSchema, Instant, Lines, Text
from hub_visits.domain import assignments, hand_overs, obligations, visits

SCOPE_PATTERN = r"^(hub|la:[0-9]{3}|trust:[A-Za-z0-9_]{1,100}|school:[1-9][0-9]{4,5})\Z"
URN_PATTERN = r"^[0-9]{6}\Z"
HALF_TERM_PATTERN = r"^[0-9]{4}-[1-6]\Z"
YEAR_PATTERN = r"^[0-9]{4}/[0-9]{2}\Z"

# Beyond these nobody plans, and some calendars of the computer end.
EARLIEST = datetime(2000, 9, 1, tzinfo=UTC)
LATEST = datetime(2099, 8, 31, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class GivenHalfTerm:
    """One half term as it was sent."""

    n: int
    starts_on: date
    ends_on: date
    non_school_days: list[date]


@dataclass(frozen=True, kw_only=True)
class SetCalendar:
    """Give a scope its half terms of one academic year, in place of those it had."""

    scope: str
    academic_year: str
    half_terms: list[GivenHalfTerm]


@dataclass(frozen=True, kw_only=True)
class AssignPDLead:
    """Give a school a PD lead for the rest of an academic year."""

    urn: str
    pd_lead_id: UUID
    programme: str
    starts_on: date
    kinds: list[str]


@dataclass(frozen=True, kw_only=True)
class HandOver:
    """Give a school another PD lead from a day on."""

    assignment_id: UUID
    pd_lead_id: UUID
    on: date  # first day of the assignment that follows
    reason: str


@dataclass(frozen=True, kw_only=True)
class EndAssignment:
    """Leave a school without a PD lead after a day."""

    assignment_id: UUID
    on: date  # last day
    reason: str


@dataclass(frozen=True, kw_only=True)
class PlanVisit:
    """Put a visit in the diary."""

    assignment_id: UUID
    planned_at: datetime
    kind: str


@dataclass(frozen=True, kw_only=True)
class AgreedAction:
    """Something that somebody agreed to do."""

    text: str
    owner_role: str
    due_on: date


@dataclass(frozen=True, kw_only=True)
class LogVisit:
    """Say what a visit that took place was."""

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
    """Take a planned visit out of the diary."""

    visit_id: UUID
    reason: str


@dataclass(frozen=True, kw_only=True)
class ExcuseHalfTerm:
    """Excuse a school from what it is owed in one half term."""

    urn: str
    half_term: str
    kind: str
    reason: str


class GivenHalfTermSchema(CommandSchema):
    """Reads one half term of a calendar."""

    command = GivenHalfTerm
    n = fields.Integer(required=True, strict=True, validate=validate.Range(1, 6))
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)
    non_school_days = fields.List(fields.Date(), load_default=list)


class SetCalendarSchema(CommandSchema):
    """Reads SetCalendar."""

    command = SetCalendar
    scope = fields.String(
        required=True,
        validate=validate.Regexp(SCOPE_PATTERN, error="hub, la:<code>, trust:<uid> or school:<urn>."),
    )
    academic_year = fields.String(required=True)
    half_terms = fields.List(
        fields.Nested(GivenHalfTermSchema), required=True, validate=validate.Length(min=1, max=6)
    )


class AssignPDLeadSchema(CommandSchema):
    """Reads AssignPDLead."""

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
    """Reads HandOver."""

    command = HandOver
    assignment_id = fields.UUID(required=True)
    pd_lead_id = fields.UUID(required=True)
    on = fields.Date(required=True)
    reason = fields.String(required=True, validate=validate.OneOf(hand_overs.REASONS_ENDED))


class EndAssignmentSchema(CommandSchema):
    """Reads EndAssignment."""

    command = EndAssignment
    assignment_id = fields.UUID(required=True)
    on = fields.Date(required=True)
    reason = fields.String(required=True, validate=validate.OneOf(hand_overs.REASONS_ENDED))


class PlanVisitSchema(CommandSchema):
    """Reads PlanVisit."""

    command = PlanVisit
    assignment_id = fields.UUID(required=True)
    planned_at = Instant(required=True, validate=validate.Range(min=EARLIEST, max=LATEST))
    kind = fields.String(required=True, validate=validate.OneOf(visits.KINDS))


class AgreedActionSchema(CommandSchema):
    """Reads one agreed action."""

    command = AgreedAction
    text = Text(required=True, longest=500)
    owner_role = fields.String(required=True, validate=validate.OneOf(visits.ACTION_OWNERS))
    due_on = fields.Date(required=True)


class LogVisitSchema(CommandSchema):
    """Reads LogVisit. A visit is 1 to 10 half days long."""

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
    """Reads CancelVisit."""

    command = CancelVisit
    visit_id = fields.UUID(required=True)
    reason = fields.String(required=True, validate=validate.OneOf(visits.REASONS_CANCELLED))


class ExcuseHalfTermSchema(CommandSchema):
    """Reads ExcuseHalfTerm."""

    command = ExcuseHalfTerm
    urn = Urn("The school.")
    half_term = fields.String(
        required=True, validate=validate.Regexp(HALF_TERM_PATTERN, error='A half term is written "2025-1".')
    )
    kind = fields.String(required=True, validate=validate.OneOf(assignments.KINDS_OWED))
    reason = fields.String(required=True, validate=validate.OneOf(obligations.REASONS_EXCUSED))
