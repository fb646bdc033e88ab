"""Commands about waiting for a place."""

from dataclasses import dataclass
from uuid import UUID

from marshmallow import fields

from hub_contracts.fields import Urn
from hub_contracts.vocabulary import ParticipantRole
from hub_enrolment.commands.codes import OneOf
from hub_platform.schemas import CommandSchema


@dataclass(frozen=True, kw_only=True)
class JoinWaitingList:
    """Let a teacher wait for a place on a full group."""

    work_group_id: UUID
    teacher_id: UUID
    role: str
    urn: str | None = None  # which of the teacher's present schools it counts for; None: the one joined last


class JoinWaitingListSchema(CommandSchema):
    """Reads it."""

    command = JoinWaitingList
    work_group_id = fields.UUID(required=True)
    teacher_id = fields.UUID(required=True)
    role = OneOf(ParticipantRole, required=True)
    urn = Urn("Which of the teacher's present schools the place counts for.", optional=True)


@dataclass(frozen=True, kw_only=True)
class OfferPlaces:
    """Offer what is free to those who wait."""

    work_group_id: UUID


class OfferPlacesSchema(CommandSchema):
    """Reads it."""

    command = OfferPlaces
    work_group_id = fields.UUID(required=True)


@dataclass(frozen=True, kw_only=True)
class AcceptOffer:
    """Take the place that was offered."""

    waiting_id: UUID


class AcceptOfferSchema(CommandSchema):
    """Reads it."""

    command = AcceptOffer
    waiting_id = fields.UUID(required=True)


@dataclass(frozen=True, kw_only=True)
class LeaveWaitingList:
    """Wait no longer, or decline the place that was offered."""

    waiting_id: UUID


class LeaveWaitingListSchema(CommandSchema):
    """Reads it."""

    command = LeaveWaitingList
    waiting_id = fields.UUID(required=True)
