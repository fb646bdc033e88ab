"""Events about schools, with facts from Get Information About Schools (GIAS, DfE)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from hub_contracts.events import Event, RecordSchema
from hub_contracts.fields import GIAS, Code, Day, Flag, OneOf, Percent, Several, Text, Urn, Whole
from hub_contracts.vocabulary import ConnectionRoute, Phase, SchoolStatus


@dataclass(frozen=True, kw_only=True)
class SchoolEvent(Event):
    """Identity of the school that an event is about."""

    publisher: ClassVar[str] = "enrolment"
    about: ClassVar[str] = "schools/{urn}"

    urn: str


class SchoolEventSchema(RecordSchema):
    """Identity of the school."""

    urn = Urn("The school's Unique Reference Number in GIAS")


@dataclass(frozen=True, kw_only=True)
class SchoolFacts(SchoolEvent):
    """Facts of a school in the register."""

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
    phase = OneOf(Phase, "Phase of education; from its pupils' ages where GIAS gives none")
    type_code = Whole("GIAS type of establishment, such as 1: community school", unit="code")
    type_group = Whole("GIAS group of types, such as 4: maintained schools", unit="code")
    eligible = Flag(
        "Whether schools of its type may take part in the hub's programmes",
        origin="enrolment derives it from type_code",
    )
    status = OneOf(SchoolStatus, "Status in the register")
    trust_uid = Code("The academy trust's identity in GIAS; absent when it belongs to none", optional=True)
    trust_name = Text("The trust's name", optional=True)
    trust_since = Day(
        "First day of the present trust membership or, for a school that has left its trust, the first day "
        "without one: the day in the register, otherwise the date of the first file with it; absent for "
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
    source_file_date = Day("Date of the GIAS file with these facts", optional=True)


@dataclass(frozen=True, kw_only=True)
class SchoolImported(SchoolFacts):
    """A school was imported from the register.

    Published once for each school, when a GIAS file that contains it is first applied.
    """


class SchoolImportedSchema(SchoolFactsSchema):
    """Read and write SchoolImported."""

    makes = SchoolImported


@dataclass(frozen=True, kw_only=True)
class SchoolChanged(SchoolFacts):
    """Facts of a known school changed in the register.

    Published when a later GIAS file is applied, with all facts as they are now. The groups file and
    the group links file bring `companies_house` and `trust_since`, often after the file that names the trust.
    """

    changed_fields: Sequence[str]


class SchoolChangedSchema(SchoolFactsSchema):
    """Read and write SchoolChanged."""

    makes = SchoolChanged
    changed_fields = Several(
        Code("A field of this event"),
        "Names of the fields that differ from before",
        origin="enrolment compares the files",
    )


@dataclass(frozen=True, kw_only=True)
class SchoolClosed(SchoolEvent):
    """A school has become closed in the register.

    Published when the GIAS file with the new status is applied. An academy conversion
    closes one school and opens another with a new URN.
    """

    close_date: date | None = None
    successor_urn: str | None = None


class SchoolClosedSchema(SchoolEventSchema):
    """Read and write SchoolClosed."""

    makes = SchoolClosed
    origin = GIAS
    close_date = Day("Last day, where the register has it", optional=True)
    successor_urn = Urn("The successor, where it is already known", optional=True)


@dataclass(frozen=True, kw_only=True)
class SchoolSucceeded(SchoolEvent):
    """A closed school has a successor.

    Published when a link of the GIAS links file takes effect, at the earliest when the old school has closed.
    From then on subscribers count the two schools as one.
    """

    successor_urn: str
    link_type: str
    established_on: date | None = None


class SchoolSucceededSchema(SchoolEventSchema):
    """Read and write SchoolSucceeded."""

    makes = SchoolSucceeded
    origin = GIAS
    urn = Urn("The old school")
    successor_urn = Urn("The successor")
    link_type = Text("Type of link in GIAS, such as Successor - merged")
    established_on = Day("Date of the link, where the register has it", optional=True)


@dataclass(frozen=True, kw_only=True)
class SchoolsMerged(SchoolEvent):
    """A closed school and at least one other have the same open successor.

    Published once for each of the old schools, in addition to its SchoolSucceeded, when the GIAS file with
    the merger is applied. Each of them has exactly one open successor. Where a school was succeeded before
    another one joined the merger, its SchoolSucceeded was published earlier.
    """

    successor_urn: str
    link_type: str
    close_date: date | None = None


class SchoolsMergedSchema(SchoolEventSchema):
    """Read and write SchoolsMerged."""

    makes = SchoolsMerged
    origin = GIAS
    urn = Urn("One of the old schools")
    successor_urn = Urn("Their open successor")
    link_type = Text("Type of link in GIAS, such as Successor - merged")
    close_date = Day("The old school's last day, where the register has it", optional=True)


@dataclass(frozen=True, kw_only=True)
class SchoolConnected(SchoolEvent):
    """A school had its first contact with the hub.

    Published once for each school, for any kind of contact.
    """

    connected_on: date
    via: ConnectionRoute


class SchoolConnectedSchema(SchoolEventSchema):
    """Read and write SchoolConnected."""

    makes = SchoolConnected
    connected_on = Day("The day of the first contact")
    via = OneOf(ConnectionRoute, "The route of the first contact")
