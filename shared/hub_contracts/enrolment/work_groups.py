"""Events about Work Groups: teachers who explore one area of teaching over several sessions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from hub_contracts.events import Event, RecordSchema
from hub_contracts.fields import AcademicYear, Code, Day, Flag, Id, Instant, OneOf, Several, Text, Urn, Whole
from hub_contracts.vocabulary import MeetingMode, Phase, Strand, WorkGroupCancellationReason

NCP_CODE = r"^NCP[0-9]{2}-[0-9]{2}[a-z]?$"


@dataclass(frozen=True, kw_only=True)
class WorkGroupEvent(Event):
    """Identity of the Work Group that an event is about."""

    publisher: ClassVar[str] = "enrolment"
    about: ClassVar[str] = "work-groups/{work_group_id}"

    work_group_id: UUID


class WorkGroupEventSchema(RecordSchema):
    """Identity of the Work Group."""

    work_group_id = Id("The Work Group")


class NcpCode(Text):
    """National Collaborative Project of the Maths Hubs programme, canonical: NCP25-06a."""

    def __init__(self) -> None:
        super().__init__(
            "National Collaborative Project that it belongs to, such as NCP25-06a; absent for a local one",
            pattern=NCP_CODE,
            error="An NCP code is written NCP25-06a.",
            optional=True,
            origin="The Maths Hubs programme (NCETM)",
        )


@dataclass(frozen=True, kw_only=True)
class WorkGroupFacts(WorkGroupEvent):
    """Terms of a Work Group: title, programme, leads, limits, dates and place."""

    ncp_code: str | None = None
    title: str
    academic_year: str
    strand: Strand
    phases: Sequence[Phase]
    lead_ids: Sequence[UUID]
    capacity: int
    min_schools: int
    min_teachers: int
    max_teachers: int
    opens_at: datetime
    closes_at: datetime
    mode: MeetingMode | None = None
    venue: str | None = None


class WorkGroupFactsSchema(WorkGroupEventSchema):
    """Terms of a Work Group."""

    ncp_code = NcpCode()
    title = Text("Title")
    academic_year = AcademicYear("The year in which it meets")
    strand = OneOf(Strand, "Stage of Teaching for Mastery, or kind of programme; sktm is subject knowledge")
    phases = Several(OneOf(Phase, "A phase"), "Phases whose teachers may take part")
    lead_ids = Several(Id("A teacher", pseudonym=True), "Teacher ids of the one or two leads")
    capacity = Whole("Number of places", at_least=1)
    min_schools = Whole("Minimum of distinct schools for confirmation")
    min_teachers = Whole("Minimum of teachers for confirmation")
    max_teachers = Whole("Maximum of teachers for confirmation", at_least=1)
    opens_at = Instant("First instant at which places are given")
    closes_at = Instant("First instant at which a request is too late")
    mode = OneOf(
        MeetingMode,
        "Usual mode of its sessions; the mode of a session takes precedence",
        optional=True,
    )
    venue = Text("Venue of its sessions in person that have none of their own", optional=True)


@dataclass(frozen=True, kw_only=True)
class WorkGroupOpened(WorkGroupFacts):
    """A Work Group is recruiting.

    Published when the group is created, or when its draft is opened. Places are given from `opens_at` until
    just before `closes_at`.
    """


class WorkGroupOpenedSchema(WorkGroupFactsSchema):
    """Read and write WorkGroupOpened."""

    makes = WorkGroupOpened


@dataclass(frozen=True, kw_only=True)
class WorkGroupChanged(WorkGroupFacts):
    """The terms of an opened Work Group changed.

    Published when its title, leads, capacity, closing time, mode or venue change. Published also when its
    programme's code, phases or limits are corrected, even after the group has closed. It contains all terms
    as they are now. A SessionRescheduled follows for each future session whose venue changes with it.
    """

    changed_fields: Sequence[str]


class WorkGroupChangedSchema(WorkGroupFactsSchema):
    """Read and write WorkGroupChanged."""

    makes = WorkGroupChanged
    changed_fields = Several(Code("A field of this event"), "Names of the fields that differ from before")


@dataclass(frozen=True, kw_only=True)
class WorkGroupConfirmed(WorkGroupEvent):
    """A Work Group was confirmed.

    Published when a hub lead confirms it, within the limits or by overriding them. Published again when a
    group that had fallen below a minimum reaches it again, and when a hub lead allows more teachers than its
    programme.
    """

    teachers_n: int
    schools_n: int
    overridden: bool


class WorkGroupConfirmedSchema(WorkGroupEventSchema):
    """Read and write WorkGroupConfirmed."""

    makes = WorkGroupConfirmed
    teachers_n = Whole("Teachers who hold a place")
    schools_n = Whole("Distinct schools of those teachers")
    overridden = Flag("Whether a hub lead overrode the limits")


@dataclass(frozen=True, kw_only=True)
class WorkGroupFellBelowMinimum(WorkGroupEvent):
    """A confirmed Work Group fell below its minimum of teachers or schools.

    Published when a withdrawal brings it below a minimum, once until it has recovered. The group continues.
    """

    teachers_n: int
    schools_n: int
    teachers_short: int
    schools_short: int


class WorkGroupFellBelowMinimumSchema(WorkGroupEventSchema):
    """Read and write WorkGroupFellBelowMinimum."""

    makes = WorkGroupFellBelowMinimum
    teachers_n = Whole("Teachers who hold a place")
    schools_n = Whole("Distinct schools of those teachers")
    teachers_short = Whole("Teachers lacking to the minimum")
    schools_short = Whole("Schools lacking to the minimum")


@dataclass(frozen=True, kw_only=True)
class WorkGroupCancelled(WorkGroupEvent):
    """A Work Group was cancelled.

    Published when the hub cancels an opened group before its first session. A ParticipantWithdrawn follows
    for each place.
    """

    reason: WorkGroupCancellationReason
    teachers_n: int
    schools_n: int


class WorkGroupCancelledSchema(WorkGroupEventSchema):
    """Read and write WorkGroupCancelled."""

    makes = WorkGroupCancelled
    reason = OneOf(WorkGroupCancellationReason, "The reason for the cancellation")
    teachers_n = Whole("Teachers who held a place")
    schools_n = Whole("Distinct schools of those teachers")


@dataclass(frozen=True, kw_only=True)
class WorkGroupClosed(WorkGroupEvent):
    """A Work Group closed after its evaluation.

    Published when the group closes. A ParticipantCompleted follows for each teacher who completed it.
    """

    teachers_n: int
    schools_n: int
    completed_n: int
    evaluation_submitted_on: date


class WorkGroupClosedSchema(WorkGroupEventSchema):
    """Read and write WorkGroupClosed."""

    makes = WorkGroupClosed
    teachers_n = Whole("Teachers who held a place to the end")
    schools_n = Whole("Distinct schools of those teachers")
    completed_n = Whole("Teachers among them who completed it")
    evaluation_submitted_on = Day("The day on which its evaluation was submitted")


@dataclass(frozen=True, kw_only=True)
class SchoolEnrolled(WorkGroupEvent):
    """A school takes part in a Work Group.

    Published with the first place of the school on the group, and again when the number of its lead
    participants or its head's agreement changes. The highest revision counts for each group and school. A
    school with 0 lead participants may or may not still hold places: events about places tell.
    """

    ncp_code: str | None = None
    urn: str
    academic_year: str
    lead_participants_n: int
    agreement_version: str | None = None


class SchoolEnrolledSchema(WorkGroupEventSchema):
    """Read and write SchoolEnrolled."""

    makes = SchoolEnrolled
    ncp_code = NcpCode()
    urn = Urn("The school")
    academic_year = AcademicYear("The year in which the group meets")
    lead_participants_n = Whole("The school's lead participants who hold a place on the group now")
    agreement_version = Code(
        "Version of the head's latest agreement; absent without an application", optional=True
    )
