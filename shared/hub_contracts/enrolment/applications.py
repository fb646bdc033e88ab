"""What enrolment says of schools' applications for places on Work Groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from hub_contracts.events import Event, RecordSchema
from hub_contracts.fields import Code, Id, Several, Urn, Whole


@dataclass(frozen=True, kw_only=True)
class ApplicationEvent(Event):
    """Something about one school's application."""

    publisher: ClassVar[str] = "enrolment"
    about: ClassVar[str] = "applications/{application_id}"

    application_id: UUID
    work_group_id: UUID
    urn: str
    teachers_n: int
    teacher_ids: Sequence[UUID] | None = None


class ApplicationEventSchema(RecordSchema):
    """The application."""

    application_id = Id("This school's application for this group")
    work_group_id = Id("The Work Group")
    urn = Urn("The school")
    teachers_n = Whole("How many places are asked for", at_least=1)
    teacher_ids = Several(
        Id("A teacher", pseudonym=True),
        "Teachers for whom places are asked, in the school's order",
        optional=True,
    )


@dataclass(frozen=True, kw_only=True)
class ApplicationSubmitted(ApplicationEvent):
    """A school asks for places on a Work Group, with its head's agreement.

    Published when a draft is submitted; the hub decides next.
    """

    agreement_version: str


class ApplicationSubmittedSchema(ApplicationEventSchema):
    """ApplicationSubmitted."""

    makes = ApplicationSubmitted
    agreement_version = Code("Version of the agreement that the head gave")


@dataclass(frozen=True, kw_only=True)
class ApplicationAccepted(ApplicationEvent):
    """A school is given the places that it asked for.

    Published when the hub accepts; a ParticipantEnrolled is published for each teacher with it.
    """


class ApplicationAcceptedSchema(ApplicationEventSchema):
    """ApplicationAccepted."""

    makes = ApplicationAccepted


@dataclass(frozen=True, kw_only=True)
class ApplicationWaitlisted(ApplicationEvent):
    """A school's application is kept for later.

    Published when the hub puts the decision off; accepted or declined may follow.
    """


class ApplicationWaitlistedSchema(ApplicationEventSchema):
    """ApplicationWaitlisted."""

    makes = ApplicationWaitlisted


@dataclass(frozen=True, kw_only=True)
class ApplicationDeclined(ApplicationEvent):
    """A school is not given the places that it asked for.

    Published when the hub declines, and for each undecided application to a group that is cancelled.
    """


class ApplicationDeclinedSchema(ApplicationEventSchema):
    """ApplicationDeclined."""

    makes = ApplicationDeclined


@dataclass(frozen=True, kw_only=True)
class ApplicationWithdrawn(ApplicationEvent):
    """A school asks for its places no longer.

    Published when a submitted or waitlisted application is withdrawn; a draft goes without a word.
    """


class ApplicationWithdrawnSchema(ApplicationEventSchema):
    """ApplicationWithdrawn."""

    makes = ApplicationWithdrawn
