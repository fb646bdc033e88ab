"""Commands about the waiting list of a group."""

from dataclasses import dataclass
from uuid import UUID

from marshmallow import fields

from hub_contracts.fields import Urn
from hub_contracts.vocabulary import ParticipantRole
from hub_enrolment.commands.codes import OneOf
from hub_platform.schemas import CommandSchema


@dataclass(frozen=True, kw_only=True)
class JoinWaitingList:
    """Add a teacher to the waiting list of a full group."""

    work_group_id: UUID
    teacher_id: UUID
    role: str
    urn: str | None = None  # the present school for which it counts; None: the latest


class JoinWaitingListSchema(CommandSchema):
    """Reads `JoinWaitingList` from the path and body of a request."""

    command = JoinWaitingList
    work_group_id = fields.UUID(required=True)
    teacher_id = fields.UUID(required=True)
    role = OneOf(ParticipantRole, required=True)
    urn = Urn("Which of the teacher's present schools the place counts for.", optional=True)


@dataclass(frozen=True, kw_only=True)
class OfferPlaces:
    """Offer the free places of a group to waiting teachers."""

    work_group_id: UUID


class OfferPlacesSchema(CommandSchema):
    """Reads `OfferPlaces` from the path and body of a request."""

    command = OfferPlaces
    work_group_id = fields.UUID(required=True)


@dataclass(frozen=True, kw_only=True)
class AcceptOffer:
    """Accept an offered place."""

    waiting_id: UUID


class AcceptOfferSchema(CommandSchema):
    """Reads `AcceptOffer` from the path and body of a request."""

    command = AcceptOffer
    waiting_id = fields.UUID(required=True)


@dataclass(frozen=True, kw_only=True)
class LeaveWaitingList:
    """Leave the waiting list, or decline an offered place."""

    waiting_id: UUID


class LeaveWaitingListSchema(CommandSchema):
    """Reads `LeaveWaitingList` from the path and body of a request."""

    command = LeaveWaitingList
    waiting_id = fields.UUID(required=True)
