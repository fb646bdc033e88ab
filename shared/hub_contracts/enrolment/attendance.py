"""Events about attendance other than the register: apologies before it, corrections after it."""

from dataclasses import dataclass
from uuid import UUID

from hub_contracts.enrolment.sessions import SessionEvent, SessionEventSchema
from hub_contracts.fields import Id, OneOf, Whole
from hub_contracts.vocabulary import AttendanceMark, CorrectionReason


@dataclass(frozen=True, kw_only=True)
class ApologiesReceived(SessionEvent):
    """A participant sends apologies for a session.

    Published when apologies are recorded, before the session ends. The register decides who attended.
    """

    enrolment_id: UUID
    notice_hours: int


class ApologiesReceivedSchema(SessionEventSchema):
    """Read and write ApologiesReceived."""

    makes = ApologiesReceived
    enrolment_id = Id("The participant's place", pseudonym=True)
    notice_hours = Whole("Whole hours from the apologies to the start; 0 after the start", unit="hours")


@dataclass(frozen=True, kw_only=True)
class AttendanceCorrected(SessionEvent):
    """One mark of a locked register was corrected.

    Published after the seven days in which a register can change. Before that, and when a mark is added
    later, SessionCompleted is published again instead. The new mark counts from now on: subscribers
    recalculate the totals of the register from its marks.
    """

    enrolment_id: UUID
    old: AttendanceMark
    new: AttendanceMark
    notice_hours: int | None = None
    reason: CorrectionReason


class AttendanceCorrectedSchema(SessionEventSchema):
    """Read and write AttendanceCorrected."""

    makes = AttendanceCorrected
    enrolment_id = Id("The participant's place", pseudonym=True)
    old = OneOf(AttendanceMark, "The mark before the correction")
    new = OneOf(AttendanceMark, "The mark after the correction")
    notice_hours = Whole(
        "Of apologies: whole hours before the start; 0 after the start", optional=True, unit="hours"
    )
    reason = OneOf(CorrectionReason, "The reason; the explanation stays with enrolment")
