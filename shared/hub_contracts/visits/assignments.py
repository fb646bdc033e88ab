"""Events about PD leads of schools: who supports which school, and what it is owed or excused from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from hub_contracts.events import Event, RecordSchema
from hub_contracts.fields import Code, Day, HalfTerm, Id, OneOf, Record, Several, Urn
from hub_contracts.vocabulary import ExemptionReason, ObligationKind, SupportProgramme


@dataclass(frozen=True, kw_only=True)
class Obligation:
    """What a school is owed in one half term."""

    half_term: str
    kind: ObligationKind
    starts_on: date
    ends_on: date


class ObligationSchema(RecordSchema):
    """What a school is owed in one half term."""

    makes = Obligation
    half_term = HalfTerm("The half term")
    kind = OneOf(
        ObligationKind, "What is owed once in it; department_pd is for the whole mathematics department"
    )
    starts_on = Day("The half term's first day in this school")
    ends_on = Day("The half term's last day in this school")


@dataclass(frozen=True, kw_only=True)
class PDLeadAssigned(Event):
    """A school has a PD lead.

    Published when the assignment is made, and again, with all its obligations, when a calendar, the school's
    trust or authority, a successor of the school or a hand-over changes them. The school owes each half term
    once: what an assignment owes ends where the one that follows it begins. An assignment that
    PDLeadUnassigned has ended stays ended.
    """

    publisher: ClassVar[str] = "visits"
    about: ClassVar[str] = "assignments/{assignment_id}"

    assignment_id: UUID
    urn: str
    pd_lead_id: UUID
    programme: SupportProgramme
    starts_on: date
    obligations: Sequence[Obligation]
    follows: UUID | None = None


class PDLeadAssignedSchema(RecordSchema):
    """PDLeadAssigned."""

    makes = PDLeadAssigned
    assignment_id = Id("The assignment")
    urn = Urn("The supported school")
    pd_lead_id = Id("Teacher id of the PD lead (professional development)", pseudonym=True)
    programme = OneOf(SupportProgramme, "What the support is part of; tfm is Teaching for Mastery")
    starts_on = Day("First day of the assignment")
    obligations = Several(Record(ObligationSchema, "An obligation"), "What the school is owed, by half term")
    follows = Id("The assignment that it was handed over from; absent if it follows none", optional=True)


@dataclass(frozen=True, kw_only=True)
class PDLeadUnassigned(Event):
    """A PD lead's assignment to a school ends before the end of its academic year.

    Published when it is handed over, together with PDLeadAssigned of the assignment that follows it, and when
    it is ended without a successor. The day may lie ahead or in the past; the day before `starts_on` says
    that it never took effect.
    """

    publisher: ClassVar[str] = "visits"
    about: ClassVar[str] = "assignments/{assignment_id}"

    assignment_id: UUID
    urn: str
    pd_lead_id: UUID
    programme: SupportProgramme
    ended_on: date
    reason: str  # an AssignmentEndReason, published as a plain code


class PDLeadUnassignedSchema(RecordSchema):
    """PDLeadUnassigned."""

    makes = PDLeadUnassigned
    assignment_id = Id("The assignment that ends")
    urn = Urn("The supported school")
    pd_lead_id = Id("Teacher id of the PD lead whose assignment ends", pseudonym=True)
    programme = OneOf(SupportProgramme, "What the support is part of; tfm is Teaching for Mastery")
    ended_on = Day("Last day of the assignment")
    reason = Code("Why, in one word, such as workload")


@dataclass(frozen=True, kw_only=True)
class VisitObligationExcused(Event):
    """A school is excused from what it was owed in one half term.

    Published when a hub lead excuses it; the obligation leaves the count instead of being missed.
    """

    publisher: ClassVar[str] = "visits"
    about: ClassVar[str] = "obligations/{urn}/{half_term}"

    urn: str
    half_term: str
    kind: ObligationKind
    reason: ExemptionReason


class VisitObligationExcusedSchema(RecordSchema):
    """VisitObligationExcused."""

    makes = VisitObligationExcused
    urn = Urn("The school")
    half_term = HalfTerm("The half term")
    kind = OneOf(ObligationKind, "What was owed")
    reason = OneOf(ExemptionReason, "Why, in one word")
