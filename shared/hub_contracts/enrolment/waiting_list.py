"""What enrolment says of places that are offered to those who wait."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from hub_contracts.events import Event, RecordSchema
from hub_contracts.fields import Id, Instant, Urn


@dataclass(frozen=True, kw_only=True)
class WaitingEvent(Event):
    """Something about one teacher on the waiting list of one Work Group."""

    publisher: ClassVar[str] = "enrolment"
    about: ClassVar[str] = "waiting-list/{waiting_id}"

    waiting_id: UUID
    work_group_id: UUID
    teacher_id: UUID
    urn: str
    expires_at: datetime


class WaitingEventSchema(RecordSchema):
    """The teacher who waits."""

    waiting_id = Id("This teacher's entry on this group's waiting list", pseudonym=True)
    work_group_id = Id("The Work Group")
    teacher_id = Id("The teacher", pseudonym=True)
    urn = Urn("The school where the teacher worked when joining the list")
    expires_at = Instant("An answer at this instant is already late: the end of the fifth working day")


@dataclass(frozen=True, kw_only=True)
class PlaceOffered(WaitingEvent):
    """A place has come free and is kept for the first who waits.

    Published when the offer is made; the place is kept until it is accepted, declined or expires.
    """


class PlaceOfferedSchema(WaitingEventSchema):
    """PlaceOffered."""

    makes = PlaceOffered


@dataclass(frozen=True, kw_only=True)
class PlaceOfferExpired(WaitingEvent):
    """Nobody answered an offer in time.

    Published when the time is over; the place is offered to the next who waits.
    """


class PlaceOfferExpiredSchema(WaitingEventSchema):
    """PlaceOfferExpired."""

    makes = PlaceOfferExpired
