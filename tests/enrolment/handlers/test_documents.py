"""The facts of attendance sheets and certificates."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session
from tests.enrolment import factories
from tests.enrolment.factories import BY, MEETS, NOW

from hub_contracts.vocabulary import AttendanceMark
from hub_enrolment.commands.attendance import ReceiveApologies
from hub_enrolment.commands.enrolments import WithdrawParticipant
from hub_enrolment.commands.hub import DescribeHub
from hub_enrolment.commands.sessions import TakeRegister
from hub_enrolment.domain.sessions import PRESENT, Mark
from hub_enrolment.handlers import attendance, hub, sessions
from hub_enrolment.handlers.enrolments import withdraw_participant
from hub_enrolment.models import Enrolment
from hub_enrolment.queries import documents
from hub_kernel.refusals import Conflict

WEEK = timedelta(days=7)


def test_a_sheet_names_who_holds_a_place_that_day_by_school(session: Session) -> None:
    group = factories.group(session)
    abbey, beech = (factories.schools(session, EstablishmentName=name)[0] for name in ("abbey", "Beech"))
    people = [
        ("Emmy", "Noether", beech),
        ("Grace", "de Morgan", beech),
        ("Ada", "Byron", beech),
        ("Mary", "Zeta", abbey),
        ("Left", "Before", abbey),
    ]
    places = [
        factories.enrol(session, group.id, factories.teacher(session, urn, given=given, family=family))
        for given, family, urn in people
    ]
    leaving = WithdrawParticipant(enrolment_id=places[4], reason="workload")
    withdraw_participant(session, leaving, now=NOW + timedelta(days=1), by=BY)
    meeting = factories.meeting(session, group.id)
    sorry = ReceiveApologies(session_id=meeting.id, enrolment_id=places[2], received_at=None)
    attendance.receive_apologies(session, sorry, now=NOW, by=BY)
    sheet = documents.attendance_sheet(session, meeting)
    assert [(one.name, one.school, one.apologies) for one in sheet.attendees] == [
        ("Zeta, Mary", "abbey", False),
        ("Byron, Ada", "Beech", True),
        ("de Morgan, Grace", "Beech", False),
        ("Noether, Emmy", "Beech", False),
    ]
    assert (sheet.session, sheet.day, sheet.time, sheet.place) == (
        "Session 1",
        "Wednesday 8 October 2025",
        "13:30 to 16:30",  # British Summer Time
        "Online",
    )
    assert sheet.leads == ("Ada Lovelace",)


def test_a_sheet_says_where(session: Session) -> None:
    group = factories.group(session, venue="Comberton Village College")
    meeting = factories.meeting(session, group.id)
    meeting.mode = "in_person"
    assert documents.attendance_sheet(session, meeting).place == "Comberton Village College"
    meeting.host_urn = factories.schools(session)[0]
    assert documents.attendance_sheet(session, meeting).place == f"At School {meeting.host_urn}"
    meeting.venue = "The main hall"
    assert (
        documents.attendance_sheet(session, meeting).place == f"At School {meeting.host_urn}, The main hall"
    )
    meeting.host_urn = None
    assert documents.attendance_sheet(session, meeting).place == "The main hall"
    meeting.venue, group.venue = None, None
    assert documents.attendance_sheet(session, meeting).place == "Venue to be announced"


def test_a_cancelled_session_has_no_sheet(session: Session) -> None:
    meeting = factories.meeting(session, factories.group(session).id)
    meeting.status = "cancelled"
    with pytest.raises(Conflict, match="session_cancelled"):
        documents.attendance_sheet(session, meeting)


def held(session: Session, group_id: UUID, marks: dict[UUID, str], *, week: int = 0) -> None:
    """Hold a session of three hours."""
    starts_at = MEETS + week * WEEK
    meeting = factories.meeting(session, group_id, starts_at=starts_at)
    given = [Mark(enrolment_id=place, mark=mark) for place, mark in marks.items()]
    command = TakeRegister(session_id=meeting.id, held_on=None, marks=given)
    sessions.take_register(
        session, command, expected=meeting.revision, now=starts_at + timedelta(hours=3), by=BY
    )


def complete(session: Session, place: UUID) -> Enrolment:
    enrolment = session.get_one(Enrolment, place)
    enrolment.status, enrolment.completion_decided_at = "completed", NOW
    session.flush()
    return enrolment


@pytest.mark.parametrize("mark", AttendanceMark)
def test_a_certificate_counts_the_sessions_attended(session: Session, mark: str) -> None:
    group = factories.group(session)
    urn = factories.schools(session)[0]
    own, other = (
        factories.enrol(session, group.id, factories.teacher(session, urn, given=name)) for name in ("A", "B")
    )
    held(session, group.id, {own: "present", other: "absent"})
    held(session, group.id, {own: mark, other: "present"}, week=1)
    factories.meeting(session, group.id, starts_at=MEETS + 2 * WEEK)  # has not been held
    told = documents.certificate(session, complete(session, own))
    assert (told.name, told.school) == ("A Lovelace", f"School {urn}")
    assert (told.programme, told.group) == ("Years 5 to 8 continuity", "Proportion and ratio")
    assert (told.academic_year, told.dates) == ("2025/26", "8 October 2025 to 15 October 2025")
    attended_n = 2 if mark in PRESENT else 1
    assert (told.sessions_n, told.held_n, told.duration) == (attended_n, 2, f"{3 * attended_n} hours")


def test_only_a_completed_enrolment_is_found_a_certificate(session: Session) -> None:
    group = factories.group(session)
    place = factories.enrol(session, group.id, factories.teacher(session, factories.schools(session)[0]))
    assert documents.find_certificate(session, place) is None
    assert documents.find_certificate(session, uuid4()) is None
    completed = complete(session, place)
    assert documents.find_certificate(session, place) == documents.certificate(session, completed)


def test_a_certificate_leaves_out_sessions_before_its_place(session: Session) -> None:
    group = factories.group(session, closes_at=MEETS + 10 * WEEK)
    urn = factories.schools(session)[0]
    first = factories.enrol(session, group.id, factories.teacher(session, urn))
    held(session, group.id, {first: "present"})
    teacher = factories.teacher(session, urn)
    late = factories.enrol(session, group.id, teacher, now=MEETS + timedelta(days=1))
    held(session, group.id, {first: "present", late: "present"}, week=1)
    told = documents.certificate(session, complete(session, late))
    assert (told.sessions_n, told.held_n, told.dates) == (1, 1, "15 October 2025")


def test_a_certificate_names_the_hub_once_it_is_described(session: Session) -> None:
    group = factories.group(session)
    urn = factories.schools(session, EstablishmentName="Comberton Village College")[0]
    enrolment = complete(session, factories.enrol(session, group.id, factories.teacher(session, urn)))
    told = documents.certificate(session, enrolment)
    assert (told.hub, told.lead_school, told.dates, told.held_n) == (None, None, None, 0)
    area = ("area_la_codes", "area_district_codes", "extra_urns", "excluded_urns")
    values: dict[str, Any] = {name: [] for name in area}
    named = DescribeHub(
        id="cambridge", name="Cambridge Maths Hub", lead_school_urn=urn, trust_uid=None, **values
    )
    hub.describe_hub(session, named, expected=0, now=NOW, by=BY)
    told = documents.certificate(session, enrolment)
    assert (told.hub, told.lead_school) == ("Cambridge Maths Hub", "Comberton Village College")


def test_only_who_has_completed_is_certified(session: Session) -> None:
    group = factories.group(session)
    place = factories.enrol(session, group.id, factories.teacher(session, factories.schools(session)[0]))
    with pytest.raises(Conflict, match="not_completed"):
        documents.certificate(session, session.get_one(Enrolment, place))
