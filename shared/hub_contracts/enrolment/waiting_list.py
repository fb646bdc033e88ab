"""What enrolment says of waiting lists: who joins and leaves them, and offers of places."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from hub_contracts.events import Event, RecordSchema
from hub_contracts.fields import Id, Instant, OneOf, Urn
from hub_contracts.vocabulary import WaitingListExitCause


@dataclass(frozen=True, kw_only=True)
class WaitingEvent(Event):
    """Something about one teacher on the waiting list of one Work Group."""

    publisher: ClassVar[str] = "enrolment"
    about: ClassVar[str] = "waiting-list/{waiting_id}"

    waiting_id: UUID
    work_group_id: UUID
    teacher_id: UUID
    urn: str


class WaitingEventSchema(RecordSchema):
    """The teacher who waits."""

    waiting_id = Id("This teacher's entry on this group's waiting list", pseudonym=True)
    work_group_id = Id("The Work Group")
    teacher_id = Id("The teacher", pseudonym=True)
    urn = Urn("The school where the teacher worked when joining the list")


@dataclass(frozen=True, kw_only=True)
class WaitingListJoined(WaitingEvent):
    """A teacher waits for a place on a full Work Group.

    Published when the teacher joins the waiting list. For teachers who had joined before this event existed
    it was published later; where such a teacher had an offer by then, a PlaceOfferExtended follows it.
    """


class WaitingListJoinedSchema(WaitingEventSchema):
    """WaitingListJoined."""

    makes = WaitingListJoined


@dataclass(frozen=True, kw_only=True)
class WaitingListLeft(WaitingEvent):
    """A teacher does not wait for a place any more, and has no open offer of one.

    Published when the entry ends in any way but by the expiry of an offer, for which PlaceOfferExpired is
    published. When the group ends, its WorkGroupCancelled or WorkGroupClosed is published first.
    """

    cause: WaitingListExitCause


class WaitingListLeftSchema(WaitingEventSchema):
    """WaitingListLeft."""

    makes = WaitingListLeft
    cause = OneOf(
        WaitingListExitCause,
        "Why: the offer was accepted or declined, the teacher left the list, or the group ended",
    )


@dataclass(frozen=True, kw_only=True)
class OfferEvent(WaitingEvent):
    """Something about one offer of a place."""

    expires_at: datetime


class OfferEventSchema(WaitingEventSchema):
    """The offer."""

    expires_at = Instant("An answer at this instant is already late: the end of the fifth working day")


@dataclass(frozen=True, kw_only=True)
class PlaceOffered(OfferEvent):
    """A place has come free and is kept for the first who waits.

    Published when the offer is made; the place is kept until it is accepted, declined or expires. An offer
    does not expire before the teacher has been told of it: see PlaceOfferExtended.
    """


class PlaceOfferedSchema(OfferEventSchema):
    """PlaceOffered."""

    makes = PlaceOffered


@dataclass(frozen=True, kw_only=True)
class PlaceOfferExtended(OfferEvent):
    """An open offer of a place ends later than was published before.

    Published when the e-mail about the offer was sent, or could not be sent, later than on the day of the
    offer: the five working days count from then. It was also published once, with the same end as before,
    for each offer that was open when WaitingListJoined came to exist: readers then learn of the offer last.
    """


class PlaceOfferExtendedSchema(OfferEventSchema):
    """PlaceOfferExtended."""

    makes = PlaceOfferExtended


@dataclass(frozen=True, kw_only=True)
class PlaceOfferExpired(OfferEvent):
    """Nobody answered an offer in time.

    Published when the time is over; the place is offered to the next who waits.
    """


class PlaceOfferExpiredSchema(OfferEventSchema):
    """PlaceOfferExpired."""

    makes = PlaceOfferExpired
