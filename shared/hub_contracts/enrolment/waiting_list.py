"""Events about waiting lists: entries, their ends, and offers of places."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from hub_contracts.events import Event, RecordSchema
from hub_contracts.fields import Id, Instant, OneOf, Urn
from hub_contracts.vocabulary import WaitingListExitCause


@dataclass(frozen=True, kw_only=True)
class WaitingEvent(Event):
    """Fields of every event about an entry of a waiting list: teacher, Work Group and school."""

    publisher: ClassVar[str] = "enrolment"
    about: ClassVar[str] = "waiting-list/{waiting_id}"

    waiting_id: UUID
    work_group_id: UUID
    teacher_id: UUID
    urn: str


class WaitingEventSchema(RecordSchema):
    """Fields of every event about an entry of a waiting list."""

    waiting_id = Id("The entry on the waiting list", pseudonym=True)
    work_group_id = Id("The Work Group")
    teacher_id = Id("The teacher", pseudonym=True)
    urn = Urn("The school where the teacher worked when joining the list")


@dataclass(frozen=True, kw_only=True)
class WaitingListJoined(WaitingEvent):
    """A teacher joined the waiting list of a full Work Group.

    Published when the teacher joins. For entries older than this event type it was published later; where
    such an entry had an open offer by then, a PlaceOfferExtended follows.
    """


class WaitingListJoinedSchema(WaitingEventSchema):
    """Read and write WaitingListJoined."""

    makes = WaitingListJoined


@dataclass(frozen=True, kw_only=True)
class WaitingListLeft(WaitingEvent):
    """A teacher left the waiting list and has no open offer.

    Published when the entry ends, except when an offer expires: PlaceOfferExpired is published then. When the
    group ends, its WorkGroupCancelled or WorkGroupClosed is published first.
    """

    cause: WaitingListExitCause


class WaitingListLeftSchema(WaitingEventSchema):
    """Read and write WaitingListLeft."""

    makes = WaitingListLeft
    cause = OneOf(
        WaitingListExitCause,
        "The cause: offer accepted or declined, list left, or group ended",
    )


@dataclass(frozen=True, kw_only=True)
class OfferEvent(WaitingEvent):
    """End of the offer, in addition to the entry."""

    expires_at: datetime


class OfferEventSchema(WaitingEventSchema):
    """End of the offer, in addition to the entry."""

    expires_at = Instant("End of the fifth working day; an answer at this instant is too late")


@dataclass(frozen=True, kw_only=True)
class PlaceOffered(OfferEvent):
    """A free place was offered to the first teacher on the waiting list.

    Published when the offer is made. The place is reserved until the offer is accepted, declined or expires.
    An offer expires only after its e-mail was sent or finally failed: see PlaceOfferExtended.
    """


class PlaceOfferedSchema(OfferEventSchema):
    """Read and write PlaceOffered."""

    makes = PlaceOffered


@dataclass(frozen=True, kw_only=True)
class PlaceOfferExtended(OfferEvent):
    """An open offer of a place ends later than published before.

    Published when the e-mail about the offer was sent, or finally failed, after the day of the offer: the
    five working days count from then. Also published once, with an unchanged end, for each offer that was
    open when the event type WaitingListJoined was introduced, so that subscribers receive the offer last.
    """


class PlaceOfferExtendedSchema(OfferEventSchema):
    """Read and write PlaceOfferExtended."""

    makes = PlaceOfferExtended


@dataclass(frozen=True, kw_only=True)
class PlaceOfferExpired(OfferEvent):
    """An offer expired without an answer.

    Published when its time has passed. The place is offered to the next teacher on the list.
    """


class PlaceOfferExpiredSchema(OfferEventSchema):
    """Read and write PlaceOfferExpired."""

    makes = PlaceOfferExpired
