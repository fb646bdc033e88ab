"""Events about PD leads of schools: assignments, obligations and exemptions."""

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
    """One visit or department PD session that a PD lead owes a school in a half term."""

    half_term: str
    kind: ObligationKind
    starts_on: date
    ends_on: date


class ObligationSchema(RecordSchema):
    """Read and write one obligation."""

    makes = Obligation
    half_term = HalfTerm("The half term")
    kind = OneOf(
        ObligationKind, "The kind, owed once in it; department_pd is for the whole mathematics department"
    )
    starts_on = Day("The half term's first day in this school")
    ends_on = Day("The half term's last day in this school")


@dataclass(frozen=True, kw_only=True)
class PDLeadAssigned(Event):
    """A school has a PD lead.

    Published when the assignment is made. Published again, with all its obligations, when a calendar, the
    school's trust or authority, a successor of the school or a hand-over changes them. Each half term is owed
    once: the obligations of an assignment end where the next assignment begins. An assignment that
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
    """Read and write PDLeadAssigned."""

    makes = PDLeadAssigned
    assignment_id = Id("The assignment")
    urn = Urn("The supported school")
    pd_lead_id = Id("Teacher id of the PD lead (professional development)", pseudonym=True)
    programme = OneOf(SupportProgramme, "Programme of the support; tfm is Teaching for Mastery")
    starts_on = Day("First day of the assignment")
    obligations = Several(Record(ObligationSchema, "An obligation"), "Obligations by half term")
    follows = Id("The assignment before a hand-over; absent without one", optional=True)


@dataclass(frozen=True, kw_only=True)
class PDLeadUnassigned(Event):
    """A PD lead's assignment to a school ends before the end of its academic year.

    Published at a hand-over, together with PDLeadAssigned of the next assignment, and when the assignment
    ends without one. The day may be in the future or the past. The day before `starts_on` means that the
    assignment never took effect.
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
    """Read and write PDLeadUnassigned."""

    makes = PDLeadUnassigned
    assignment_id = Id("The assignment that ends")
    urn = Urn("The supported school")
    pd_lead_id = Id("Teacher id of the PD lead whose assignment ends", pseudonym=True)
    programme = OneOf(SupportProgramme, "Programme of the support; tfm is Teaching for Mastery")
    ended_on = Day("Last day of the assignment")
    reason = Code("The reason, such as workload")


@dataclass(frozen=True, kw_only=True)
class VisitObligationExcused(Event):
    """A school is excused from an obligation of one half term.

    Published when a hub lead excuses it. The obligation is no longer counted and cannot be missed.
    """

    publisher: ClassVar[str] = "visits"
    about: ClassVar[str] = "obligations/{urn}/{half_term}"

    urn: str
    half_term: str
    kind: ObligationKind
    reason: ExemptionReason


class VisitObligationExcusedSchema(RecordSchema):
    """Read and write VisitObligationExcused."""

    makes = VisitObligationExcused
    urn = Urn("The school")
    half_term = HalfTerm("The half term")
    kind = OneOf(ObligationKind, "Kind of obligation")
    reason = OneOf(ExemptionReason, "The reason")
