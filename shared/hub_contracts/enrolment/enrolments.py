"""Events about teachers' places on Work Groups."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from hub_contracts.events import Event, RecordSchema
from hub_contracts.fields import Day, Id, OneOf, Urn
from hub_contracts.vocabulary import ParticipantRole, WithdrawalCause, WithdrawalReason

# Older readers refuse a reason that they do not know, so these stand in a field of their own.


@dataclass(frozen=True, kw_only=True)
class PlaceEvent(Event):
    """Fields of every event about a place: teacher, Work Group and school."""

    publisher: ClassVar[str] = "enrolment"
    about: ClassVar[str] = "enrolments/{enrolment_id}"

    enrolment_id: UUID
    work_group_id: UUID
    teacher_id: UUID
    urn: str


class PlaceEventSchema(RecordSchema):
    """Fields of every event about a place."""

    enrolment_id = Id("The teacher's place on this group", pseudonym=True)
    work_group_id = Id("The Work Group")
    teacher_id = Id("The teacher", pseudonym=True)
    urn = Urn("The teacher's school when the place was given; a move does not change it")


@dataclass(frozen=True, kw_only=True)
class ParticipantEnrolled(PlaceEvent):
    """A teacher has a place on a Work Group.

    Published when the place is given; the teacher may attend from then on.
    """

    role: ParticipantRole
    enrolled_on: date
    transferred_from: UUID | None = None


class ParticipantEnrolledSchema(PlaceEventSchema):
    """Read and write ParticipantEnrolled."""

    makes = ParticipantEnrolled
    role = OneOf(ParticipantRole, "A lead participant introduces the work in the school")
    enrolled_on = Day("The day on which the place was given")
    transferred_from = Id(
        "The place on another group that this one replaces, after a transfer",
        optional=True,
        pseudonym=True,
    )


@dataclass(frozen=True, kw_only=True)
class ParticipantWithdrawn(PlaceEvent):
    """A participant is withdrawn from a Work Group.

    Published when the enrolment is withdrawn, when it moves to another group (`cause` transferred; a
    ParticipantEnrolled on the other group follows) and for each place of a group that is cancelled.
    """

    reason: WithdrawalReason
    withdrawn_on: date
    cause: WithdrawalCause | None = None


class ParticipantWithdrawnSchema(PlaceEventSchema):
    """Read and write ParticipantWithdrawn."""

    makes = ParticipantWithdrawn
    reason = OneOf(WithdrawalReason, "The reason for the withdrawal")
    withdrawn_on = Day("The day of the withdrawal")
    cause = OneOf(
        WithdrawalCause,
        "The hub's act, where the participant did not withdraw; reason is then other",
        optional=True,
    )


@dataclass(frozen=True, kw_only=True)
class ParticipantCompleted(PlaceEvent):
    """A participant completed the Work Group by the rule of its programme.

    Published when the group closes, for participants who attended enough sessions and reported on their
    tasks. Nothing is published for the others: they held their places to the end and did not withdraw.
    """

    completed_on: date


class ParticipantCompletedSchema(PlaceEventSchema):
    """Read and write ParticipantCompleted."""

    makes = ParticipantCompleted
    completed_on = Day("The day on which the group closed")


@dataclass(frozen=True, kw_only=True)
class WithdrawalUndone(PlaceEvent):
    """A withdrawal was undone: the teacher holds the place without interruption.

    Published when hub staff undo a mistaken withdrawal, before the group closes. The place counts from its
    first day on; marks from before and after the withdrawal count together.
    """

    role: ParticipantRole
    enrolled_on: date
    withdrawn_on: date
    undone_on: date


class WithdrawalUndoneSchema(PlaceEventSchema):
    """Read and write WithdrawalUndone."""

    makes = WithdrawalUndone
    role = OneOf(ParticipantRole, "A lead participant introduces the work in the school")
    enrolled_on = Day("The day on which the place was given")
    withdrawn_on = Day("The day of the withdrawal that is undone")
    undone_on = Day("The day on which it was undone")


@dataclass(frozen=True, kw_only=True)
class PlaceSchoolCorrected(PlaceEvent):
    """The school of a place was corrected.

    Published when hub staff correct a membership and name the place. The place counts for the right school
    from its first day on, as do all its marks, including those of registers published with the wrong school.
    """

    from_urn: str
    role: ParticipantRole
    enrolled_on: date


class PlaceSchoolCorrectedSchema(PlaceEventSchema):
    """Read and write PlaceSchoolCorrected."""

    makes = PlaceSchoolCorrected
    from_urn = Urn("The school for which the place counted before the correction")
    role = OneOf(ParticipantRole, "A lead participant introduces the work in the school")
    enrolled_on = Day("The day on which the place was given")
