"""What enrolment says of Work Groups: a group of teachers who work on something most of a year."""

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
    """Something about one Work Group."""

    publisher: ClassVar[str] = "enrolment"
    about: ClassVar[str] = "work-groups/{work_group_id}"

    work_group_id: UUID


class WorkGroupEventSchema(RecordSchema):
    """The Work Group."""

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
    """All that the hub publishes of one Work Group's terms."""

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
    """The terms of one Work Group."""

    ncp_code = NcpCode()
    title = Text("What the group is called")
    academic_year = AcademicYear("The year in which it meets")
    strand = OneOf(Strand, "Stage of Teaching for Mastery, or kind of programme; sktm is subject knowledge")
    phases = Several(OneOf(Phase, "A phase"), "For teachers of which phases")
    lead_ids = Several(Id("A teacher", pseudonym=True), "Teacher ids of those who lead it, one or two")
    capacity = Whole("Places", at_least=1)
    min_schools = Whole("Fewer distinct schools and it cannot be confirmed")
    min_teachers = Whole("Fewer teachers and it cannot be confirmed")
    max_teachers = Whole("More teachers and it cannot be confirmed", at_least=1)
    opens_at = Instant("First instant at which a place is given")
    closes_at = Instant("A request at this instant is already late")
    mode = OneOf(
        MeetingMode,
        "How the group usually meets; each session has a mode of its own, which decides",
        optional=True,
    )
    venue = Text(
        "Where its sessions in person are held, unless a session has a venue of its own", optional=True
    )


@dataclass(frozen=True, kw_only=True)
class WorkGroupOpened(WorkGroupFacts):
    """A Work Group takes teachers.

    Published when the group is set up, or when a draft of it is opened; places are given from `opens_at`
    until just before `closes_at`.
    """


class WorkGroupOpenedSchema(WorkGroupFactsSchema):
    """WorkGroupOpened."""

    makes = WorkGroupOpened


@dataclass(frozen=True, kw_only=True)
class WorkGroupChanged(WorkGroupFacts):
    """A Work Group that has been opened has other terms.

    Published when its title, leads, capacity, closing time, mode or venue change, or when its programme's
    code, phases or limits are corrected, then also of a group that is over; it carries all terms, as they are
    now. A SessionRescheduled follows for each session to come that another venue now holds.
    """

    changed_fields: Sequence[str]


class WorkGroupChangedSchema(WorkGroupFactsSchema):
    """WorkGroupChanged."""

    makes = WorkGroupChanged
    changed_fields = Several(Code("A field of this event"), "Names of the fields that differ from before")


@dataclass(frozen=True, kw_only=True)
class WorkGroupConfirmed(WorkGroupEvent):
    """A Work Group will take place.

    Published when a hub lead confirms it, in range or knowingly out of it, again when a group that had
    fallen below a minimum reaches it once more, and when a hub lead allows more teachers than its programme.
    """

    teachers_n: int
    schools_n: int
    overridden: bool


class WorkGroupConfirmedSchema(WorkGroupEventSchema):
    """WorkGroupConfirmed."""

    makes = WorkGroupConfirmed
    teachers_n = Whole("Teachers holding a place")
    schools_n = Whole("Distinct schools of those teachers")
    overridden = Flag("Whether a hub lead confirmed it although it was out of range")


@dataclass(frozen=True, kw_only=True)
class WorkGroupFellBelowMinimum(WorkGroupEvent):
    """A confirmed Work Group has too few teachers or schools left.

    Published when a withdrawal brings it below a minimum, not again while it stays there. The group goes on.
    """

    teachers_n: int
    schools_n: int
    teachers_short: int
    schools_short: int


class WorkGroupFellBelowMinimumSchema(WorkGroupEventSchema):
    """WorkGroupFellBelowMinimum."""

    makes = WorkGroupFellBelowMinimum
    teachers_n = Whole("Teachers holding a place")
    schools_n = Whole("Distinct schools of those teachers")
    teachers_short = Whole("Teachers lacking to the minimum")
    schools_short = Whole("Schools lacking to the minimum")


@dataclass(frozen=True, kw_only=True)
class WorkGroupCancelled(WorkGroupEvent):
    """A Work Group will not take place.

    Published when the hub cancels a group that has been opened and has not met; a ParticipantWithdrawn
    follows for each place.
    """

    reason: WorkGroupCancellationReason
    teachers_n: int
    schools_n: int


class WorkGroupCancelledSchema(WorkGroupEventSchema):
    """WorkGroupCancelled."""

    makes = WorkGroupCancelled
    reason = OneOf(WorkGroupCancellationReason, "Why, in one word")
    teachers_n = Whole("Teachers who held a place")
    schools_n = Whole("Distinct schools of those teachers")


@dataclass(frozen=True, kw_only=True)
class WorkGroupClosed(WorkGroupEvent):
    """A Work Group is over and has been evaluated.

    Published when the group closes; a ParticipantCompleted follows for each teacher who completed it.
    """

    teachers_n: int
    schools_n: int
    completed_n: int
    evaluation_submitted_on: date


class WorkGroupClosedSchema(WorkGroupEventSchema):
    """WorkGroupClosed."""

    makes = WorkGroupClosed
    teachers_n = Whole("Teachers who held a place to the end")
    schools_n = Whole("Distinct schools of those teachers")
    completed_n = Whole("How many of those teachers completed it")
    evaluation_submitted_on = Day("The day on which its evaluation was submitted")


@dataclass(frozen=True, kw_only=True)
class SchoolEnrolled(WorkGroupEvent):
    """A school takes part in a Work Group.

    Published with the first place of the school on the group, and again whenever the number of its lead
    participants or its head's agreement changes. The highest revision counts for each group and school. With
    0 lead participants the school may take part or no longer: places have their own events.
    """

    ncp_code: str | None = None
    urn: str
    academic_year: str
    lead_participants_n: int
    agreement_version: str | None = None


class SchoolEnrolledSchema(WorkGroupEventSchema):
    """SchoolEnrolled."""

    makes = SchoolEnrolled
    ncp_code = NcpCode()
    urn = Urn("The school")
    academic_year = AcademicYear("The year in which the group meets")
    lead_participants_n = Whole("The school's lead participants who hold a place on the group now")
    agreement_version = Code(
        "Version of the agreement that the head gave last; absent without an application", optional=True
    )
