"""What enrolment says of attendance beside the register: apologies before it, corrections after it."""

from dataclasses import dataclass
from uuid import UUID

from hub_contracts.enrolment.sessions import SessionEvent, SessionEventSchema
from hub_contracts.fields import Id, OneOf, Whole
from hub_contracts.vocabulary import AttendanceMark, CorrectionReason


@dataclass(frozen=True, kw_only=True)
class ApologiesReceived(SessionEvent):
    """A participant has said that they cannot come to a session.

    Published when apologies are noted, at the latest before the session ends. The register decides who came.
    """

    enrolment_id: UUID
    notice_hours: int


class ApologiesReceivedSchema(SessionEventSchema):
    """ApologiesReceived."""

    makes = ApologiesReceived
    enrolment_id = Id("The participant's place", pseudonym=True)
    notice_hours = Whole("Whole hours from the apologies to the start; 0 when they came later", unit="hours")


@dataclass(frozen=True, kw_only=True)
class AttendanceCorrected(SessionEvent):
    """One mark of a locked register was put right.

    Published after the register's seven days; before, and when a mark is added later, SessionCompleted is
    published again instead. The mark counts from now on; the register's own totals are to be counted anew
    from its marks.
    """

    enrolment_id: UUID
    old: AttendanceMark
    new: AttendanceMark
    notice_hours: int | None = None
    reason: CorrectionReason


class AttendanceCorrectedSchema(SessionEventSchema):
    """AttendanceCorrected."""

    makes = AttendanceCorrected
    enrolment_id = Id("The participant's place", pseudonym=True)
    old = OneOf(AttendanceMark, "The mark until now")
    new = OneOf(AttendanceMark, "The mark from now on")
    notice_hours = Whole(
        "Of apologies: whole hours before the start; 0 when given later", optional=True, unit="hours"
    )
    reason = OneOf(CorrectionReason, "Why; the hub keeps the words for it")
