"""What enrolment says of schools. The facts come from Get Information About Schools (GIAS, DfE)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from hub_contracts.events import Event, RecordSchema
from hub_contracts.fields import GIAS, Code, Day, Flag, OneOf, Percent, Several, Text, Urn, Whole
from hub_contracts.vocabulary import ConnectionRoute, Phase, SchoolStatus


@dataclass(frozen=True, kw_only=True)
class SchoolEvent(Event):
    """Something about one school."""

    publisher: ClassVar[str] = "enrolment"
    about: ClassVar[str] = "schools/{urn}"

    urn: str


class SchoolEventSchema(RecordSchema):
    """The school."""

    urn = Urn("The school's Unique Reference Number in GIAS")


@dataclass(frozen=True, kw_only=True)
class SchoolFacts(SchoolEvent):
    """All that the hub publishes of one school."""

    name: str
    la_code: str
    la_name: str
    district_code: str | None = None
    district_name: str | None = None
    phase: Phase
    type_code: int
    type_group: int
    eligible: bool
    status: SchoolStatus
    trust_uid: str | None = None
    trust_name: str | None = None
    trust_since: date | None = None
    companies_house: str | None = None
    easting: int | None = None
    northing: int | None = None
    pupils: int | None = None
    fsm_percent: float | None = None
    open_date: date | None = None
    close_date: date | None = None
    source_file_date: date | None = None


class SchoolFactsSchema(SchoolEventSchema):
    """The facts of one school."""

    origin = GIAS
    name = Text("The school's name")
    la_code = Text(
        "Local authority, three digits: 873 is Cambridgeshire",
        pattern=r"^[0-9]{3}$",
        error="Not three digits.",
    )
    la_name = Text("The local authority's name")
    district_code = Text("Administrative district, such as E07000008", optional=True)
    district_name = Text("The district's name", optional=True)
    phase = OneOf(Phase, "What it teaches; from its pupils' ages where GIAS gives no phase")
    type_code = Whole("GIAS type of establishment, such as 1: community school", unit="code")
    type_group = Whole("GIAS group of types, such as 4: maintained schools", unit="code")
    eligible = Flag(
        "Whether schools of its type may take part in the hub's programmes",
        origin="enrolment works it out from type_code",
    )
    status = OneOf(SchoolStatus, "Where it stands in the register")
    trust_uid = Code("The academy trust's identity in GIAS; absent when it belongs to none", optional=True)
    trust_name = Text("The trust's name", optional=True)
    trust_since = Day(
        "First day of the present trust membership or, for a school that has left its trust, the first day "
        "without one: the day in the register, otherwise the date of the first file that said so; absent for "
        "a school that never belonged to a trust",
        optional=True,
    )
    companies_house = Code(
        "Companies House number of the trust, where the register has it; it is the trust's identity and "
        "remains when the trust gets a new trust_uid",
        optional=True,
    )
    easting = Whole("Metres east, OSGB36 national grid", optional=True, unit="metres")
    northing = Whole("Metres north, OSGB36 national grid", optional=True, unit="metres")
    pupils = Whole("Number of pupils", optional=True)
    fsm_percent = Percent("Share of pupils eligible for free school meals, 0 to 100", optional=True)
    open_date = Day("First day, where the register has it", optional=True)
    close_date = Day("Last day, past or planned, where the register has it", optional=True)
    source_file_date = Day("Date of the GIAS file that said so", optional=True)


@dataclass(frozen=True, kw_only=True)
class SchoolImported(SchoolFacts):
    """A school of the register became known to the hub.

    Published once for each school, when a GIAS file that holds it is applied for the first time.
    """


class SchoolImportedSchema(SchoolFactsSchema):
    """SchoolImported."""

    makes = SchoolImported


@dataclass(frozen=True, kw_only=True)
class SchoolChanged(SchoolFacts):
    """The register describes a known school differently.

    Published when a later GIAS file is applied; it carries all facts, as they are now. The groups file and
    the group links file bring `companies_house` and `trust_since`, often after the file that names the trust.
    """

    changed_fields: Sequence[str]


class SchoolChangedSchema(SchoolFactsSchema):
    """SchoolChanged."""

    makes = SchoolChanged
    changed_fields = Several(
        Code("A field of this event"),
        "Names of the fields that differ from before",
        origin="enrolment compares the files",
    )


@dataclass(frozen=True, kw_only=True)
class SchoolClosed(SchoolEvent):
    """A school that was not closed is closed in the register.

    Published when the GIAS file that says so is applied. An academy conversion closes one school and opens
    another with a new URN.
    """

    close_date: date | None = None
    successor_urn: str | None = None


class SchoolClosedSchema(SchoolEventSchema):
    """SchoolClosed."""

    makes = SchoolClosed
    origin = GIAS
    close_date = Day("Last day, where the register has it", optional=True)
    successor_urn = Urn("The school that carries on, where that is known already", optional=True)


@dataclass(frozen=True, kw_only=True)
class SchoolSucceeded(SchoolEvent):
    """Another school carries on a school's work.

    Published when a link of the GIAS links file takes effect, which is never before the old school has
    closed. From then on whoever counts schools counts the two as one.
    """

    successor_urn: str
    link_type: str
    established_on: date | None = None


class SchoolSucceededSchema(SchoolEventSchema):
    """SchoolSucceeded."""

    makes = SchoolSucceeded
    origin = GIAS
    urn = Urn("The old school")
    successor_urn = Urn("The school that carries on")
    link_type = Text("In the register's words, such as Successor - merged")
    established_on = Day("When the link was made, where the register has it", optional=True)


@dataclass(frozen=True, kw_only=True)
class SchoolsMerged(SchoolEvent):
    """A closed school and at least one other are carried on by the same open school.

    Published once for each of the old schools, beside its SchoolSucceeded, when a GIAS file that says so is
    applied. Each of them has exactly one open successor. A school may have been replaced on its own before
    another one joined it: then its SchoolSucceeded came earlier.
    """

    successor_urn: str
    link_type: str
    close_date: date | None = None


class SchoolsMergedSchema(SchoolEventSchema):
    """SchoolsMerged."""

    makes = SchoolsMerged
    origin = GIAS
    urn = Urn("One of the old schools")
    successor_urn = Urn("The open school that carries them on")
    link_type = Text("In the register's words, such as Successor - merged")
    close_date = Day("The old school's last day, where the register has it", optional=True)


@dataclass(frozen=True, kw_only=True)
class SchoolConnected(SchoolEvent):
    """A school had its first contact with the hub.

    Published once for each school, whatever the contact.
    """

    connected_on: date
    via: ConnectionRoute


class SchoolConnectedSchema(SchoolEventSchema):
    """SchoolConnected."""

    makes = SchoolConnected
    connected_on = Day("The day of the first contact")
    via = OneOf(ConnectionRoute, "Through what it came about")
