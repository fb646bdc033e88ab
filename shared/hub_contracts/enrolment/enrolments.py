"""What enrolment says of teachers' places on Work Groups."""

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
    """Something about one teacher's place on a Work Group."""

    publisher: ClassVar[str] = "enrolment"
    about: ClassVar[str] = "enrolments/{enrolment_id}"

    enrolment_id: UUID
    work_group_id: UUID
    teacher_id: UUID
    urn: str


class PlaceEventSchema(RecordSchema):
    """The place."""

    enrolment_id = Id("This teacher's place on this group", pseudonym=True)
    work_group_id = Id("The Work Group")
    teacher_id = Id("The teacher", pseudonym=True)
    urn = Urn("The teacher's school when the place was given; a later move does not change it")


@dataclass(frozen=True, kw_only=True)
class ParticipantEnrolled(PlaceEvent):
    """A teacher was given a place on a Work Group.

    Published when the place is given; the teacher may come from then on.
    """

    role: ParticipantRole
    enrolled_on: date
    transferred_from: UUID | None = None


class ParticipantEnrolledSchema(PlaceEventSchema):
    """ParticipantEnrolled."""

    makes = ParticipantEnrolled
    role = OneOf(ParticipantRole, "A lead participant carries the work into the school")
    enrolled_on = Day("The day on which the place was given")
    transferred_from = Id(
        "The teacher's place on another group that was given up for this one",
        optional=True,
        pseudonym=True,
    )


@dataclass(frozen=True, kw_only=True)
class ParticipantWithdrawn(PlaceEvent):
    """A teacher holds a place on a Work Group no longer.

    Published when somebody withdraws the enrolment, when it moves to another group (`cause` transferred; a
    ParticipantEnrolled on the other group follows) and for each place of a group that is cancelled.
    """

    reason: WithdrawalReason
    withdrawn_on: date
    cause: WithdrawalCause | None = None


class ParticipantWithdrawnSchema(PlaceEventSchema):
    """ParticipantWithdrawn."""

    makes = ParticipantWithdrawn
    reason = OneOf(WithdrawalReason, "Why, in one word")
    withdrawn_on = Day("The day on which it was given up")
    cause = OneOf(
        WithdrawalCause,
        "What the hub did, where nobody withdrew; reason is then other",
        optional=True,
    )


@dataclass(frozen=True, kw_only=True)
class ParticipantCompleted(PlaceEvent):
    """A teacher has done what the programme asks of those who complete it.

    Published when the group closes, for those who attended enough sessions and reported on their tasks.
    Nothing is published for the others: they held their places to the end, and gave nothing up.
    """

    completed_on: date


class ParticipantCompletedSchema(PlaceEventSchema):
    """ParticipantCompleted."""

    makes = ParticipantCompleted
    completed_on = Day("The day on which the group closed")


@dataclass(frozen=True, kw_only=True)
class WithdrawalUndone(PlaceEvent):
    """A withdrawal was a mistake: the teacher holds the place again, as if it had never been given up.

    Published when hub staff undo the withdrawal, before the group closes. The place counts from its first
    day on, and marks from before and after count together.
    """

    role: ParticipantRole
    enrolled_on: date
    withdrawn_on: date
    undone_on: date


class WithdrawalUndoneSchema(PlaceEventSchema):
    """WithdrawalUndone."""

    makes = WithdrawalUndone
    role = OneOf(ParticipantRole, "A lead participant carries the work into the school")
    enrolled_on = Day("The day on which the place was given")
    withdrawn_on = Day("The day of the withdrawal that is undone")
    undone_on = Day("The day on which it was undone")


@dataclass(frozen=True, kw_only=True)
class PlaceSchoolCorrected(PlaceEvent):
    """A place counts for another school, because the teacher's school had been noted wrongly.

    Published when hub staff correct a membership and name the place. It counts for the right school from its
    first day on, and so does every mark of it, also of registers that were published with the wrong school.
    """

    from_urn: str
    role: ParticipantRole
    enrolled_on: date


class PlaceSchoolCorrectedSchema(PlaceEventSchema):
    """PlaceSchoolCorrected."""

    makes = PlaceSchoolCorrected
    from_urn = Urn("The school for which the place counted until now")
    role = OneOf(ParticipantRole, "A lead participant carries the work into the school")
    enrolled_on = Day("The day on which the place was given")
