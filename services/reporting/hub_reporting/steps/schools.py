"""Projections of events about the hub, schools, teachers and leaders."""

from datetime import datetime
from typing import Final

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
from hub_reporting.steps.projected import Projections, Row, Rows, no_rows, projection, row

_FACT_COLUMNS: Final = frozenset(SchoolFacts.__table__.columns.keys())
_TRUST_COLUMNS: Final = frozenset(SchoolTrust.__table__.columns.keys())


def on_school_described(event: SchoolImported | SchoolChanged, time: datetime) -> Rows:
    """Record a school's latest facts, and those that changed, with the day from which they hold."""
    yield _latest(event)
    described_on = event.source_file_date or day_in_england(time)
    changed = frozenset[str]() if isinstance(event, SchoolImported) else frozenset(event.changed_fields)
    facts_changed = not changed.isdisjoint(_FACT_COLUMNS)
    if facts_changed or not changed:
        yield row(
            SchoolFacts,
            urn=event.urn,
            changed=facts_changed,
            holds_from=described_on,
            name=event.name,
            la_code=event.la_code,
            la_name=event.la_name,
            district_code=event.district_code,
            district_name=event.district_name,
            phase=event.phase,
            eligible=event.eligible,
        )
    if not changed or not changed.isdisjoint(_TRUST_COLUMNS):
        yield row(
            SchoolTrust,
            urn=event.urn,
            changed=not changed.isdisjoint({"trust_uid", "trust_name"}),
            said_on=described_on,
            trust_uid=event.trust_uid,
            trust_name=event.trust_name,
            companies_house=event.companies_house,
            trust_since=event.trust_since,
        )


def _latest(event: SchoolImported | SchoolChanged) -> Row:
    return row(
        School,
        urn=event.urn,
        name=event.name,
        la_code=event.la_code,
        la_name=event.la_name,
        district_code=event.district_code,
        district_name=event.district_name,
        phase=event.phase,
        type_code=event.type_code,
        eligible=event.eligible,
        status=event.status,
        trust_uid=event.trust_uid,
        trust_name=event.trust_name,
        companies_house=event.companies_house,
        easting=event.easting,
        northing=event.northing,
        pupils=event.pupils,
        fsm_percent=event.fsm_percent,
        opened_on=event.open_date,
        closed_on=event.close_date,
    )


def on_school_closed(event: SchoolClosed, time: datetime) -> Rows:
    """Record the closure of a school."""
    yield row(
        Closure,
        urn=event.urn,
        closed_on=event.close_date,
        successor_urn=event.successor_urn,
        announced_on=day_in_england(time),
    )


def on_school_succeeded(event: SchoolSucceeded, time: datetime) -> Rows:
    """Record the successor of a school."""
    yield row(
        Succession,
        urn=event.urn,
        successor_urn=event.successor_urn,
        link_type=event.link_type,
        established_on=event.established_on,
        announced_on=day_in_england(time),
    )


def on_hub_described(event: HubDescribed, _time: datetime) -> Rows:
    """Record the hub's name and area."""
    yield row(
        HubDescription,
        name=event.name,
        area_la_codes=list[str](event.area_la_codes),
        area_district_codes=list[str](event.area_district_codes),
        extra_urns=list[str](event.extra_urns),
        excluded_urns=list[str](event.excluded_urns),
    )


def on_school_connected(event: SchoolConnected, _time: datetime) -> Rows:
    """Record a school's first contact with the hub."""
    yield row(Connection, urn=event.urn, connected_on=event.connected_on, via=event.via)


def on_teacher_registered(event: TeacherRegistered, _time: datetime) -> Rows:
    """Record a teacher's school and role."""
    yield row(Teacher, teacher_id=event.teacher_id, urn=event.urn, role=event.role)


def on_teacher_moved(event: TeacherMovedSchool, _time: datetime) -> Rows:
    """Record a teacher's new school and role."""
    yield row(Teacher, teacher_id=event.teacher_id, urn=event.to_urn, role=event.role)


def on_membership_corrected(event: MembershipCorrected, _time: datetime) -> Rows:
    """Record a teacher's present school and role after a correction."""
    yield row(Teacher, teacher_id=event.teacher_id, urn=event.present_urn, role=event.present_role)


def on_teacher_merged(event: TeacherMerged, _time: datetime) -> Rows:
    """Record two records of one person, who is counted once."""
    yield row(Merger, from_id=event.from_id, into_id=event.into_id)


def on_leader_appointed(event: LeaderAppointed, _time: datetime) -> Rows:
    """Record a hub role."""
    yield row(
        LeaderPost,
        leader_role_id=event.leader_role_id,
        teacher_id=event.teacher_id,
        role=event.role,
        urn=event.urn,
        trust_uid=event.trust_uid,
        core_leadership=event.core_leadership,
        starts_on=event.starts_on,
        ends_on=event.ends_on,
    )


def on_leader_ended(event: LeaderEnded, _time: datetime) -> Rows:
    """Record the last day of a hub role."""
    yield row(
        LeaderPost,
        leader_role_id=event.leader_role_id,
        teacher_id=event.teacher_id,
        role=event.role,
        urn=event.urn,
        trust_uid=event.trust_uid,
        core_leadership=event.core_leadership,
        starts_on=event.starts_on,
        ends_on=event.ended_on,
    )


PROJECTIONS: Final[Projections] = dict(
    (
        projection(SchoolImported, on_school_described),
        projection(SchoolChanged, on_school_described),
        projection(SchoolClosed, on_school_closed),
        projection(SchoolSucceeded, on_school_succeeded),
        projection(SchoolsMerged, no_rows),  # SchoolSucceeded names the successor of each merged school
        projection(SchoolConnected, on_school_connected),
        projection(TeacherRegistered, on_teacher_registered),
        projection(TeacherMovedSchool, on_teacher_moved),
        projection(MembershipCorrected, on_membership_corrected),
        projection(TeacherMerged, on_teacher_merged),
        projection(TeacherAnonymised, no_rows),  # reporting stores no name
        projection(LeaderAppointed, on_leader_appointed),
        projection(LeaderEnded, on_leader_ended),
        projection(HubDescribed, on_hub_described),
    )
)
