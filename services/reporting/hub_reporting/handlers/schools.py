"""What events about schools, teachers and leaders become."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from hub_contracts import Event
from hub_contracts.enrolment import (
    HubDescribed,
    LeaderAppointed,
    LeaderEnded,
    MembershipCorrected,
    SchoolChanged,
    SchoolClosed,
    SchoolConnected,
    SchoolImported,
    SchoolsMerged,
    SchoolSucceeded,
    TeacherAnonymised,
    TeacherMerged,
    TeacherMovedSchool,
    TeacherRegistered,
)
from hub_kernel.england import day_in_england
from hub_reporting.handlers.projected import Rows, taken
from hub_reporting.models import (
    Closure,
    Connection,
    HubDescription,
    LeaderPost,
    Merger,
    School,
    SchoolFacts,
    SchoolTrust,
    Succession,
    Teacher,
)

_LATEST: Final = (
    "urn",
    "name",
    "la_code",
    "la_name",
    "district_code",
    "district_name",
    "phase",
    "type_code",
    "eligible",
    "status",
    "trust_uid",
    "trust_name",
    "companies_house",
    "easting",
    "northing",
    "pupils",
    "fsm_percent",
)
_FACTS: Final = (
    "urn",
    "name",
    "la_code",
    "la_name",
    "district_code",
    "district_name",
    "phase",
    "eligible",
)
_TRUST: Final = ("urn", "trust_uid", "trust_name", "companies_house", "trust_since")


def facts(event: SchoolImported | SchoolChanged, time: datetime) -> Rows:
    """Write a school as the register describes it now, and what of it differs from before, with its day."""
    yield School, [taken(event, *_LATEST, opened_on=event.open_date, closed_on=event.close_date)]
    said_on = event.source_file_date or day_in_england(time)
    changed = set() if isinstance(event, SchoolImported) else set(event.changed_fields)
    facts_changed, trust_changed = not changed.isdisjoint(_FACTS), not changed.isdisjoint(_TRUST)
    if facts_changed or not changed:
        yield SchoolFacts, [taken(event, *_FACTS, holds_from=said_on, changed=facts_changed)]
    if trust_changed or not changed:
        differs = not changed.isdisjoint({"trust_uid", "trust_name"})
        yield SchoolTrust, [taken(event, *_TRUST, said_on=said_on, changed=differs)]


def closed(event: SchoolClosed, time: datetime) -> Rows:
    """A school that closed."""
    row = taken(event, "urn", "successor_urn", closed_on=event.close_date, announced_on=day_in_england(time))
    yield Closure, [row]


def succeeded(event: SchoolSucceeded, time: datetime) -> Rows:
    """A school that another carries on."""
    names = ("urn", "successor_urn", "link_type", "established_on")
    yield Succession, [taken(event, *names, announced_on=day_in_england(time))]


def described(event: HubDescribed, _time: datetime) -> Rows:
    """What the hub is called, and which area it serves."""
    names = ("area_la_codes", "area_district_codes", "extra_urns", "excluded_urns")
    yield HubDescription, [{"name": event.name} | {name: list(getattr(event, name)) for name in names}]


def merged(_event: SchoolsMerged, _time: datetime) -> Rows:
    """Nothing that is counted: of each of the old schools SchoolSucceeded has told who carries it on."""
    return ()


def connected(event: SchoolConnected, _time: datetime) -> Rows:
    """A school that the hub knows."""
    yield Connection, [taken(event, "urn", "connected_on", "via")]


def registered(event: TeacherRegistered, _time: datetime) -> Rows:
    """Somebody at a school."""
    yield Teacher, [taken(event, "teacher_id", "urn", "role")]


def moved(event: TeacherMovedSchool, _time: datetime) -> Rows:
    """Somebody at another school."""
    yield Teacher, [taken(event, "teacher_id", "role", urn=event.to_urn)]


def membership_corrected(event: MembershipCorrected, _time: datetime) -> Rows:
    """Where a teacher works now, after a correction."""
    yield Teacher, [taken(event, "teacher_id", urn=event.present_urn, role=event.present_role)]


def one_person(event: TeacherMerged, _time: datetime) -> Rows:
    """Two records of one person, who is counted once."""
    yield Merger, [taken(event, "from_id", "into_id")]


def anonymised(_event: TeacherAnonymised, _time: datetime) -> Rows:
    """Nothing that is counted: no name was here to be erased."""
    return ()


def appointed(event: LeaderAppointed, _time: datetime) -> Rows:
    """A role in the hub."""
    names = (
        "leader_role_id",
        "teacher_id",
        "role",
        "urn",
        "trust_uid",
        "core_leadership",
        "starts_on",
        "ends_on",
    )
    yield LeaderPost, [taken(event, *names)]


def ended(event: LeaderEnded, _time: datetime) -> Rows:
    """A role in the hub with its last day."""
    names = ("leader_role_id", "teacher_id", "role", "urn", "trust_uid", "core_leadership", "starts_on")
    yield LeaderPost, [taken(event, *names, ends_on=event.ended_on)]


PROJECTIONS: Final[Mapping[type[Event], Callable[[Any, datetime], Rows]]] = {
    SchoolImported: facts,
    SchoolChanged: facts,
    SchoolClosed: closed,
    SchoolSucceeded: succeeded,
    SchoolsMerged: merged,
    SchoolConnected: connected,
    TeacherRegistered: registered,
    TeacherMovedSchool: moved,
    MembershipCorrected: membership_corrected,
    TeacherMerged: one_person,
    TeacherAnonymised: anonymised,
    LeaderAppointed: appointed,
    LeaderEnded: ended,
    HubDescribed: described,
}
