"""Events about teachers and leaders: ids, never names. Names stay in enrolment."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from hub_contracts.events import Event, RecordSchema
from hub_contracts.fields import GIAS, Code, Day, Flag, Id, OneOf, Urn
from hub_contracts.vocabulary import LeaderRole, MoveReason, TeacherRole


@dataclass(frozen=True, kw_only=True)
class TeacherEvent(Event):
    """Identity of the teacher that an event is about, and the school."""

    publisher: ClassVar[str] = "enrolment"
    about: ClassVar[str] = "teachers/{teacher_id}"

    teacher_id: UUID
    urn: str


class TeacherEventSchema(RecordSchema):
    """Identity of the teacher, and the school."""

    teacher_id = Id("The teacher, in every event of the hub", pseudonym=True)
    urn = Urn("The school where the teacher works at the time")


@dataclass(frozen=True, kw_only=True)
class TeacherRegistered(TeacherEvent):
    """A teacher was registered with the hub.

    Published once for each teacher.
    """

    role: TeacherRole


class TeacherRegisteredSchema(TeacherEventSchema):
    """Read and write TeacherRegistered."""

    makes = TeacherRegistered
    role = OneOf(TeacherRole, "Role of the teacher at the school")


@dataclass(frozen=True, kw_only=True)
class TeacherMovedSchool(Event):
    """A teacher works at another school.

    Published when hub staff record the move, on its day or later, and when the teacher's school closes with a
    successor in the register: `reason` is then `succession`. Places on Work Groups keep their school.
    """

    publisher: ClassVar[str] = "enrolment"
    about: ClassVar[str] = "teachers/{teacher_id}"

    teacher_id: UUID
    from_urn: str | None = None
    to_urn: str
    role: TeacherRole
    moved_on: date
    reason: MoveReason | None = None


class TeacherMovedSchoolSchema(RecordSchema):
    """Read and write TeacherMovedSchool."""

    makes = TeacherMovedSchool
    teacher_id = Id("The teacher, in every event of the hub", pseudonym=True)
    from_urn = Urn("The school that is left; absent when one more school is joined", optional=True)
    to_urn = Urn("The school that is joined")
    role = OneOf(TeacherRole, "Role of the teacher at the new school")
    moved_on = Day("First day at the new school; the day before was the last at the old one")
    reason = OneOf(
        MoveReason,
        "Whether the teacher moved, or the new school succeeded the old one; absent: move",
        optional=True,
    )


@dataclass(frozen=True, kw_only=True)
class MembershipCorrected(Event):
    """A teacher's membership of a school was corrected.

    Published when hub staff correct its school, role or dates. A PlaceSchoolCorrected follows for each place
    that counts for the right school from then on; every other place keeps its school.
    """

    publisher: ClassVar[str] = "enrolment"
    about: ClassVar[str] = "teachers/{teacher_id}"

    teacher_id: UUID
    membership_id: UUID
    from_urn: str
    to_urn: str
    role: TeacherRole
    starts_on: date
    ends_on: date | None = None
    present_urn: str
    present_role: TeacherRole


class MembershipCorrectedSchema(RecordSchema):
    """Read and write MembershipCorrected."""

    makes = MembershipCorrected
    teacher_id = Id("The teacher, in every event of the hub", pseudonym=True)
    membership_id = Id("This membership of a school", pseudonym=True)
    from_urn = Urn("The school before the correction; equal to `to_urn` where only other facts were wrong")
    to_urn = Urn("The right school")
    role = OneOf(TeacherRole, "Role of the teacher at the school")
    starts_on = Day("First day at the school")
    ends_on = Day("Last day at the school; absent while the teacher works there", optional=True)
    present_urn = Urn(
        "The teacher's school now, after the correction; of several schools the one joined last"
    )
    present_role = OneOf(TeacherRole, "Role of the teacher at that school")


@dataclass(frozen=True, kw_only=True)
class TeacherMerged(Event):
    """Two records of one person were merged.

    Published when hub staff merge them; no later event names `from_id`. Published again for `from_id` when
    `into_id` is merged itself: the last event about a record names the record that remains.
    """

    publisher: ClassVar[str] = "enrolment"
    about: ClassVar[str] = "teachers/{from_id}"

    from_id: UUID
    into_id: UUID


class TeacherMergedSchema(RecordSchema):
    """Read and write TeacherMerged."""

    makes = TeacherMerged
    from_id = Id("The record that was merged; earlier events name it", pseudonym=True)
    into_id = Id("The record that remains, with the places and roles of both", pseudonym=True)


@dataclass(frozen=True, kw_only=True)
class TeacherAnonymised(Event):
    """A teacher's personal data was erased.

    Published once for each teacher whose name, addresses and numbers were erased. Places, marks and roles
    stay, so that counts stay correct.
    """

    publisher: ClassVar[str] = "enrolment"
    about: ClassVar[str] = "teachers/{teacher_id}"

    teacher_id: UUID
    anonymised_on: date


class TeacherAnonymisedSchema(RecordSchema):
    """Read and write TeacherAnonymised."""

    makes = TeacherAnonymised
    teacher_id = Id("The teacher, to whom no message can be sent any more", pseudonym=True)
    anonymised_on = Day("The day of the erasure")


@dataclass(frozen=True, kw_only=True)
class LeaderAppointed(TeacherEvent):
    """A teacher was given a role in the hub.

    Published once for each role; one teacher may hold several. Published again when a wrong school of the
    role is corrected.
    """

    leader_role_id: UUID
    role: LeaderRole
    trust_uid: str | None = None
    core_leadership: bool
    starts_on: date
    ends_on: date | None = None


class LeaderAppointedSchema(TeacherEventSchema):
    """Read and write LeaderAppointed."""

    makes = LeaderAppointed
    leader_role_id = Id("The appointment to the role", pseudonym=True)
    role = OneOf(LeaderRole, "The role; amhl is an assistant maths hub lead, tfm Teaching for Mastery")
    trust_uid = Code(
        "The academy trust of that school at the time; absent when maintained", optional=True, origin=GIAS
    )
    core_leadership = Flag("Whether the role belongs to the main hub leadership team")
    starts_on = Day("First day in the role")
    ends_on = Day("Last day in the role; absent while it is open-ended", optional=True)


@dataclass(frozen=True, kw_only=True)
class LeaderEnded(TeacherEvent):
    """A role in the hub has a last day.

    Published when hub staff set the last day of a role, which may lie ahead. Published again when the last
    day is brought forward and when a wrong school of the role is corrected.
    """

    leader_role_id: UUID
    role: LeaderRole
    trust_uid: str | None = None
    core_leadership: bool
    starts_on: date
    ended_on: date


class LeaderEndedSchema(RecordSchema):
    """Read and write LeaderEnded."""

    makes = LeaderEnded
    teacher_id = Id("The teacher, in every event of the hub", pseudonym=True)
    urn = Urn("The school where the teacher worked when the role was given")
    leader_role_id = Id("The appointment to the role", pseudonym=True)
    role = OneOf(LeaderRole, "The role; amhl is an assistant maths hub lead, tfm Teaching for Mastery")
    trust_uid = Code(
        "The academy trust of that school at that time; absent when maintained", optional=True, origin=GIAS
    )
    core_leadership = Flag("Whether the role belongs to the main hub leadership team")
    starts_on = Day("First day in the role")
    ended_on = Day("Last day in the role, which may lie ahead")
