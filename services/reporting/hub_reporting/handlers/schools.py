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
from hub_reporting.handlers.projected import Rows, not_counted, taken
from hub_reporting.models import Closure, Connection, LeaderPost, Merger, School, Succession, Teacher

_FACTS: Final = (
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
    "easting",
    "northing",
    "pupils",
    "fsm_percent",
)


def facts(event: SchoolImported | SchoolChanged, _time: datetime) -> Rows:
    """A school as the register describes it now."""
    yield School, [taken(event, *_FACTS, opened_on=event.open_date, closed_on=event.close_date)]


def closed(event: SchoolClosed, _time: datetime) -> Rows:
    """A school that closed."""
    yield Closure, [taken(event, "urn", "successor_urn", closed_on=event.close_date)]


def succeeded(event: SchoolSucceeded, _time: datetime) -> Rows:
    """A school that another carries on."""
    yield Succession, [taken(event, "urn", "successor_urn", "link_type", "established_on")]


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
    HubDescribed: not_counted,
}
