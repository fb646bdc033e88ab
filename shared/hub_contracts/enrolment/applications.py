"""Events about schools' applications for places on Work Groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from hub_contracts.events import Event, RecordSchema
from hub_contracts.fields import Code, Id, Several, Urn, Whole


@dataclass(frozen=True, kw_only=True)
class ApplicationEvent(Event):
    """Fields of every event about an application: school, Work Group and number of places."""

    publisher: ClassVar[str] = "enrolment"
    about: ClassVar[str] = "applications/{application_id}"

    application_id: UUID
    work_group_id: UUID
    urn: str
    teachers_n: int
    teacher_ids: Sequence[UUID] | None = None


class ApplicationEventSchema(RecordSchema):
    """Fields of every event about an application."""

    application_id = Id("The school's application for this group")
    work_group_id = Id("The Work Group")
    urn = Urn("The school")
    teachers_n = Whole("Places requested", at_least=1)
    teacher_ids = Several(
        Id("A teacher", pseudonym=True),
        "Teachers for whom places are requested, in the school's order of preference",
        optional=True,
    )


@dataclass(frozen=True, kw_only=True)
class ApplicationSubmitted(ApplicationEvent):
    """A school applies for places on a Work Group, with its head's agreement.

    Published when a draft is submitted. The hub decides next.
    """

    agreement_version: str


class ApplicationSubmittedSchema(ApplicationEventSchema):
    """Read and write ApplicationSubmitted."""

    makes = ApplicationSubmitted
    agreement_version = Code("Version of the agreement that the head gave")


@dataclass(frozen=True, kw_only=True)
class ApplicationAccepted(ApplicationEvent):
    """The hub accepts a school's application.

    Published together with a ParticipantEnrolled for each teacher.
    """


class ApplicationAcceptedSchema(ApplicationEventSchema):
    """Read and write ApplicationAccepted."""

    makes = ApplicationAccepted


@dataclass(frozen=True, kw_only=True)
class ApplicationWaitlisted(ApplicationEvent):
    """The hub defers the decision on a school's application.

    Published when it is waitlisted. ApplicationAccepted or ApplicationDeclined may follow.
    """


class ApplicationWaitlistedSchema(ApplicationEventSchema):
    """Read and write ApplicationWaitlisted."""

    makes = ApplicationWaitlisted


@dataclass(frozen=True, kw_only=True)
class ApplicationDeclined(ApplicationEvent):
    """The hub declines a school's application.

    Published when the hub declines, and for each undecided application to a group that is cancelled.
    """


class ApplicationDeclinedSchema(ApplicationEventSchema):
    """Read and write ApplicationDeclined."""

    makes = ApplicationDeclined


@dataclass(frozen=True, kw_only=True)
class ApplicationWithdrawn(ApplicationEvent):
    """A school withdraws its application.

    Published when a submitted or waitlisted application is withdrawn; not published for a draft.
    """


class ApplicationWithdrawnSchema(ApplicationEventSchema):
    """Read and write ApplicationWithdrawn."""

    makes = ApplicationWithdrawn
