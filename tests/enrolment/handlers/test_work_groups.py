"""Work groups and places: saved with their events, or nothing."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests.enrolment.factories import (
    BY,
    CLOSES,
    NOW,
    OPENS,
    apply,
    enrol,
    events,
    fill,
    group,
    programme,
    schools,
    teacher,
)
from tests.enrolment.register_files import gias, links, row
from tests.enrolment.steps import confirm, withdraw

from hub_enrolment.models import Enrolment, WorkGroup
from hub_kernel.refusals import Refused
from hub_platform.database import Sessions


def test_an_opened_group_tells_its_programmes_terms(session: Session) -> None:
    opened = group(session, of={"ncp_code": "NCP 25-06a", "max_teachers": 24})
    (told,) = events(session, "WorkGroupOpened")
    assert told[1] | {"lead_ids": []} == {
        "work_group_id": str(opened.id),
        "ncp_code": "NCP25-06a",
        "title": "Proportion and ratio",
        "academic_year": "2025/26",
        "strand": "continuity",
        "phases": ["primary", "secondary"],
        "lead_ids": [],
        "capacity": 24,
        "min_schools": 6,
        "min_teachers": 10,
        "max_teachers": 24,
        "opens_at": "2025-06-01T00:00:00Z",
        "closes_at": "2025-10-01T00:00:00Z",
    }


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"programme_id": uuid4()}, "unknown_programme"),
        ({"closes_at": OPENS}, "closes_before_opens"),
        ({"lead_ids": [uuid4()]}, "not_a_leader"),
    ],
)
def test_a_refused_group_is_not_opened(database: Sessions, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused, match=code), database.begin() as session:
        group(session, **changes)
    with database() as session:
        assert session.scalar(select(func.count(WorkGroup.id))) == 0
        assert events(session, "WorkGroupOpened") == []


def test_an_ncp_code_names_one_programme(session: Session) -> None:
    programme(session, ncp_code="NCP25-06")
    programme(session, ncp_code=None)
    programme(session, ncp_code=None)
    with pytest.raises(Refused, match="ncp_code_taken"):
        programme(session, ncp_code="NCP2506")


def test_a_place_is_saved_with_its_events(session: Session) -> None:
    opened, (school,) = group(session), schools(session)
    ada = teacher(session, school)
    enrolment_id = enrol(session, opened.id, ada, role="lead_participant")
    place = {
        "enrolment_id": str(enrolment_id),
        "work_group_id": str(opened.id),
        "teacher_id": str(ada),
        "urn": school,
        "role": "lead_participant",
        "enrolled_on": "2025-09-20",
    }
    joined = {
        "work_group_id": str(opened.id),
        "urn": school,
        "academic_year": "2025/26",
        "lead_participants_n": 1,
    }
    assert events(session, "ParticipantEnrolled", "SchoolEnrolled") == [
        ("ParticipantEnrolled", place),
        ("SchoolEnrolled", joined),
    ]
    saved = session.get_one(Enrolment, enrolment_id)
    assert (saved.status, saved.created_by, saved.enrolled_at) == ("active", BY, NOW)


def test_a_school_joins_a_group_once(session: Session) -> None:
    opened, (school,) = group(session), schools(session)
    first = enrol(session, opened.id, teacher(session, school))
    enrol(session, opened.id, teacher(session, school))
    withdraw(session, first)
    enrol(session, opened.id, teacher(session, school))
    assert len(events(session, "SchoolEnrolled")) == 1


def test_a_refused_place_writes_nothing(database: Sessions) -> None:
    with database.begin() as session:
        opened = group(session, capacity=1)
        ada, emmy = (teacher(session, schools(session)[0]) for _ in range(2))
        enrol(session, opened.id, ada)
        before = len(events(session))
    for teacher_id, now, code in (
        (ada, NOW, "already_enrolled"),
        (emmy, NOW, "work_group_full"),
        (emmy, CLOSES, "recruitment_closed"),
        (uuid4(), NOW, "unknown_teacher"),
    ):
        with pytest.raises(Refused, match=code), database.begin() as session:
            enrol(session, opened.id, teacher_id, now=now)
    with pytest.raises(Refused, match="unknown_work_group"), database.begin() as session:
        enrol(session, uuid4(), emmy)
    with database() as session:
        assert session.scalar(select(func.count(Enrolment.id))) == 1
        assert len(events(session)) == before


def test_a_place_given_back_can_be_given_again(session: Session) -> None:
    opened = group(session, capacity=1)
    ada = teacher(session, schools(session)[0])
    first = enrol(session, opened.id, ada)
    withdraw(session, first)
    again = enrol(session, opened.id, ada, now=NOW + timedelta(hours=2))
    assert again != first
    (told,) = events(session, "ParticipantWithdrawn")
    assert (told[1]["enrolment_id"], told[1]["reason"], told[1]["withdrawn_on"]) == (
        str(first),
        "workload",
        "2025-09-20",
    )
    with pytest.raises(Refused, match="not_active"):
        withdraw(session, first)


@pytest.mark.parametrize(
    ("teachers_n", "schools_n", "code"),
    [
        (9, 6, "too_few_teachers"),
        (10, 6, None),
        (20, 6, None),
        (21, 6, "too_many_teachers"),
        (10, 5, "too_few_schools"),
    ],
)
def test_a_group_is_confirmed_within_its_limits(
    session: Session, teachers_n: int, schools_n: int, code: str | None
) -> None:
    opened = group(session, capacity=30)
    fill(session, opened.id, teachers_n=teachers_n, schools_n=schools_n)
    if code is None:
        confirm(session, opened.id)
        expected = {"teachers_n": teachers_n, "schools_n": schools_n, "overridden": False}
        assert events(session, "WorkGroupConfirmed")[0][1] == {"work_group_id": str(opened.id)} | expected
        assert (opened.status, opened.confirmed_by, opened.override_reason) == ("confirmed", BY, None)
    else:
        with pytest.raises(Refused, match=code):
            confirm(session, opened.id)
        assert (opened.status, events(session, "WorkGroupConfirmed")) == ("recruiting", [])


def test_an_override_is_recorded_with_its_reason(session: Session) -> None:
    opened = group(session)
    fill(session, opened.id, teachers_n=8, schools_n=4)
    confirm(session, opened.id, "three small schools share a teacher")
    assert opened.override_reason == "three small schools share a teacher"
    assert events(session, "WorkGroupConfirmed")[0][1]["overridden"] is True


def test_a_school_and_its_successor_count_as_one(session: Session) -> None:
    opened = group(session)
    fill(session, opened.id, teachers_n=9, schools_n=5)
    old, new = row(), row()
    apply(session, gias(old, new))
    for known in (old, new):
        enrol(session, opened.id, teacher(session, known["URN"]))
    closed = {"EstablishmentStatus (code)": "2", "CloseDate": "19-09-2025"}
    apply(session, gias(old | closed))
    apply(session, links((old["URN"], new["URN"], "Successor", "20-09-2025")))
    confirm(session, opened.id)
    counted = events(session, "WorkGroupConfirmed")[0][1]
    assert (counted["teachers_n"], counted["schools_n"]) == (11, 6)


def test_a_confirmed_group_falls_below_its_minimum_and_recovers(session: Session) -> None:
    opened = group(session)
    places = fill(session, opened.id, teachers_n=11, schools_n=6)
    confirm(session, opened.id)
    withdraw(session, places[0])
    assert opened.status == "confirmed"
    withdraw(session, places[6])
    assert opened.status == "at_risk"
    assert events(session, "WorkGroupFellBelowMinimum")[0][1] == {
        "work_group_id": str(opened.id),
        "teachers_n": 9,
        "schools_n": 5,
        "teachers_short": 1,
        "schools_short": 1,
    }
    withdraw(session, places[1])
    assert len(events(session, "WorkGroupFellBelowMinimum")) == 1
    fill(session, opened.id, teachers_n=2, schools_n=1)
    assert opened.status == "confirmed"
    assert events(session, "WorkGroupConfirmed")[-1][1]["teachers_n"] == 10


def test_a_group_that_still_recruits_is_never_at_risk(session: Session) -> None:
    opened = group(session)
    (place, *_) = fill(session, opened.id, teachers_n=3, schools_n=3)
    withdraw(session, place)
    assert (opened.status, events(session, "WorkGroupFellBelowMinimum")) == ("recruiting", [])
