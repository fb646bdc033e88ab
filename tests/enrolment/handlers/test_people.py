"""Teachers and leaders: saved with their events, or nothing."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests.enrolment.factories import BY, NOW, TODAY, apply, events, leader, schools, teacher
from tests.enrolment.register_files import gias, row, urn

from hub_enrolment.handlers import teachers
from hub_enrolment.models import LeaderRole, School, SchoolMembership, Teacher
from hub_enrolment.queries import contacts
from hub_enrolment.queries.contacts import Contact
from hub_kernel.refusals import Refused
from hub_platform.database import Sessions


def test_teacher_is_saved_with_a_school_and_an_event_without_a_name(session: Session) -> None:
    (school,) = schools(session)
    teacher_id = teacher(session, school, trn="RP/00/12345")
    employed = teachers.find_teacher(session, teacher_id)
    assert (employed.teacher.trn, employed.membership.urn, employed.membership.starts_on) == (
        "0012345",
        school,
        TODAY,
    )
    assert (employed.teacher.created_by, employed.teacher.created_at) == (BY, NOW)
    assert events(session, "TeacherRegistered") == [
        ("TeacherRegistered", {"teacher_id": str(teacher_id), "urn": school, "role": "class_teacher"})
    ]


def refused(database: Sessions, school: str, **changes: Any) -> str:
    """The code with which a registration is refused."""
    with pytest.raises(Refused) as caught, database.begin() as session:
        teacher(session, school, **changes)
    return caught.value.code


def test_a_refused_teacher_leaves_nothing_behind(database: Sessions) -> None:
    with database.begin() as session:
        (school,) = schools(session)
        teacher(session, school, trn="1234567")
    assert refused(database, school, trn="12-34567") == "trn_taken"
    assert refused(database, school, trn="12") == "bad_trn"
    assert refused(database, school, trn="7654321", trnless=True) == "trn_and_trnless"
    assert refused(database, urn()) == "unknown_school"
    with database() as session:
        assert session.scalar(select(func.count(Teacher.id))) == 1
        assert session.scalar(select(func.count(SchoolMembership.id))) == 1
        assert len(events(session, "TeacherRegistered")) == 1


def test_several_teachers_without_a_number_are_no_duplicates(session: Session) -> None:
    (school,) = schools(session)
    teacher(session, school)
    teacher(session, school, trnless=True)


def test_a_closed_school_has_no_new_teachers(database: Sessions) -> None:
    with database.begin() as session:
        (school,) = schools(session, 1, **{"EstablishmentStatus (code)": "2", "CloseDate": "31-08-2025"})
    assert refused(database, school) == "school_not_open"


def test_a_leader_keeps_school_and_trust_of_the_day(session: Session) -> None:
    known = row(**{"Trusts (code)": "2044", "Trusts (name)": "Cam"})
    apply(session, gias(known))
    teacher_id = teacher(session, known["URN"])
    appointed = leader(session, teacher_id, role="hub_lead", core_leadership=True)
    (told,) = events(session, "LeaderAppointed")
    assert told[1] == {
        "leader_role_id": str(appointed.id),
        "teacher_id": str(teacher_id),
        "role": "hub_lead",
        "urn": known["URN"],
        "trust_uid": "2044",
        "core_leadership": True,
        "starts_on": "2025-09-01",
    }
    apply(session, gias(known | {"Trusts (code)": "", "Trusts (name)": ""}))
    assert session.get_one(School, known["URN"], populate_existing=True).trust_uid is None
    session.refresh(appointed)
    assert appointed.trust_uid == "2044"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"teacher_id": uuid4()}, "unknown_teacher"),
        ({"ends_on": date(2025, 8, 31)}, "ends_before_start"),
        ({"starts_on": date(2026, 1, 1)}, "already_appointed"),
    ],
)
def test_a_refused_appointment_writes_nothing(
    database: Sessions, changes: dict[str, object], code: str
) -> None:
    with database.begin() as session:
        teacher_id = teacher(session, schools(session)[0])
        leader(session, teacher_id)
    with pytest.raises(Refused, match=code), database.begin() as session:
        leader(session, **{"teacher_id": teacher_id} | changes)  # type: ignore[arg-type]
    with database() as session:
        assert session.scalar(select(func.count(LeaderRole.id))) == 1
        assert len(events(session, "LeaderAppointed")) == 1


def test_contacts_are_given_of_those_who_are_known(session: Session) -> None:
    (school,) = schools(session)
    ada, stranger = teacher(session, school), UUID(int=1)
    assert contacts.contacts(session, [ada, stranger]) == {
        ada: Contact("Ada", "Lovelace", "ada@school.example", confirmed=True)
    }
