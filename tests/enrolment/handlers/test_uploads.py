"""A list of participants: who is recognised, who is registered, whose row is refused; all rows or none."""

import threading
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from tests.enrolment.factories import BY, CLOSES, NOW, enrol, events, group, programme, schools, teacher
from tests.enrolment.lists import HEADER, as_csv, as_xlsx, line

from hub_enrolment.commands.mergers import MergeTeachers
from hub_enrolment.commands.uploads import UploadParticipants
from hub_enrolment.domain.uploads import RowProblem
from hub_enrolment.files.lists import read_list
from hub_enrolment.handlers import uploads
from hub_enrolment.handlers.mergers import merge_teachers
from hub_enrolment.handlers.uploads import Uploaded, upload_participants
from hub_enrolment.models import Enrolment, Teacher
from hub_kernel.refusals import Refused, Unknown
from hub_platform.database import Sessions


def upload(
    session: Session, on: UUID, raw: bytes, *, apply: bool = True, skip_refused: bool = False
) -> Uploaded:
    command = UploadParticipants(work_group_id=on, apply=apply, skip_refused=skip_refused)
    return upload_participants(session, command, read_list(raw), now=NOW, by=BY)


def refusals(uploaded: Uploaded) -> list[tuple[int, str, str]]:
    return [(one.row, one.column, one.code) for one in uploaded.problems]


def places_on(session: Session, on: UUID) -> Sequence[Enrolment]:
    return session.scalars(sa.select(Enrolment).filter_by(work_group_id=on)).all()


def test_known_teachers_are_used_and_new_ones_registered(session: Session) -> None:
    (school,) = schools(session)
    ada = teacher(session, school, trn="1234567")
    bea = teacher(session, school, family="Woolf", email="bea@s.example")
    on = group(session).id
    known_n = len(session.scalars(sa.select(Teacher)).all())
    by_trn = line(school, given="ADA", family="LOVELACE", email="new@s.example", trn="RP12/34567", lead="yes")
    by_email = line(school, given="Ada", family="Woolf", email="Bea@S.example")
    before = events(session)

    done = upload(session, on, as_xlsx(by_trn, by_email, line(school, trn="7654321")))

    assert refusals(done) == []
    assert [(one.row, one.new) for one in done.taken] == [(2, False), (3, False), (4, True)]
    assert [one.teacher_id for one in done.taken][:2] == [ada, bea]
    grace = session.get_one(Teacher, done.taken[2].teacher_id)
    assert (grace.given, grace.family, grace.trn) == ("Grace", "Hopper", "7654321")
    assert (grace.email, grace.created_by) == ("grace@s.example", BY)
    roles = {one.teacher_id: one.role for one in places_on(session, on)}
    assert roles == {ada: "lead_participant", bea: "participant", grace.id: "participant"}
    assert len(session.scalars(sa.select(Teacher)).all()) == known_n + 1
    assert session.get_one(Teacher, ada).email == "ada@school.example"
    told = [type_ for type_, _ in events(session)[len(before) :]]
    assert sorted(told) == ["ParticipantEnrolled"] * 3 + ["SchoolEnrolled", "TeacherRegistered"]


def test_a_preview_says_the_same_and_leaves_nothing(session: Session) -> None:
    (school,) = schools(session)
    on, before = group(session).id, events(session)
    people_n = len(session.scalars(sa.select(Teacher)).all())
    raw = as_csv(line(school), line("999999", email="x@s.example"))
    seen = upload(session, on, raw, apply=False)
    assert (seen.mode, len(seen.taken)) == ("preview", 1)
    assert refusals(seen) == [(3, "urn", "unknown_school")]
    assert (events(session), places_on(session, on)) == (before, [])
    assert len(session.scalars(sa.select(Teacher)).all()) == people_n
    done = upload(session, on, raw, skip_refused=True)
    assert (done.problems, [one.row for one in done.taken]) == (seen.problems, [2])


def test_all_rows_or_none(database: Sessions) -> None:
    with database.begin() as session:
        (school,) = schools(session)
        on, before = group(session).id, events(session)
    with pytest.raises(Refused, match="rows_refused") as refused, database.begin() as session:
        upload(session, on, as_csv(line(school), line(school, trn="1"), line(school, email="x")))
    assert [pointer for pointer, _ in refused.value.errors] == ["/rows/3/trn", "/rows/4/email"]
    with database() as session:
        assert (events(session), places_on(session, on)) == (before, [])


def test_an_upload_that_fails_leaves_nothing(database: Sessions) -> None:
    with database.begin() as session:
        (school,) = schools(session)
        on, before = group(session).id, events(session)
    with pytest.raises(RuntimeError), database.begin() as session:
        upload(session, on, as_csv(line(school)))
        raise RuntimeError
    with database() as session:
        assert (events(session), places_on(session, on)) == (before, [])


def test_refusals_of_a_place_come_back_by_row_and_take_their_teacher_with_them(session: Session) -> None:
    (school,) = schools(session)
    (independent,) = schools(session, 1, **{"TypeOfEstablishment (code)": "11"})
    on = group(session, of={"max_per_school": 2}).id
    rows = [
        line(school),
        line(school),  # the same person again
        line(independent, email="i@s.example"),
        line(school, email="two@s.example"),
        line(school, email="three@s.example"),
    ]
    done = upload(session, on, as_csv(*rows), skip_refused=True)
    assert [one.row for one in done.taken] == [2, 5]
    assert refusals(done) == [
        (3, "", "already_enrolled"),
        (4, "", "school_not_eligible"),
        (6, "", "school_cap_reached"),
    ]
    addresses = session.scalars(sa.select(Teacher.email).where(Teacher.family == "Hopper"))
    assert sorted(addresses) == ["grace@s.example", "two@s.example"]


def test_a_group_takes_no_more_than_it_has_places(session: Session) -> None:
    (school,) = schools(session)
    on = group(session, of={"max_teachers": 10}, capacity=10).id
    done = upload(
        session, on, as_csv(*[line(school, email=f"{n}@s.example") for n in range(11)]), skip_refused=True
    )
    assert (len(done.taken), refusals(done)) == (10, [(12, "", "work_group_full")])


def test_merged_record_is_never_a_match(session: Session) -> None:
    (school,) = schools(session)
    origin, target = (teacher(session, school, email=f"{name}@s.example") for name in ("old", "new"))
    merge_teachers(session, MergeTeachers(from_id=origin, into_id=target, dry_run=False), now=NOW, by=BY)
    on = group(session).id
    done = upload(session, on, as_csv(line(school, given="Ada", family="Lovelace", email="new@s.example")))
    assert [(one.teacher_id, one.new) for one in done.taken] == [(target, False)]


def test_whom_a_person_must_tell_apart_is_refused(session: Session) -> None:
    school, other = schools(session, 2)
    for _ in range(2):
        teacher(session, school, given="Grace", family="Hopper", email="office@s.example")
    teacher(session, other, given="Grace", family="Hopper-Murray", email="moved@s.example")
    on = group(session).id
    rows = [
        line(school, email="office@s.example"),
        line(school, family="Hopper Murray", email="moved@s.example"),
    ]
    seen = upload(session, on, as_csv(*rows), apply=False)
    assert refusals(seen) == [(2, "email", "several_with_email"), (3, "urn", "school_differs")]


def test_school_name_suggests_a_urn_without_enrolling(session: Session) -> None:
    (school,) = schools(session, EstablishmentName="Linton Heights")
    on = group(session).id
    header = [*HEADER, "school"]
    rows = [
        [*line(urn), name] for urn, name in (("", "linton"), ("", "Nowhere"), ("", ""), (school, "Linton"))
    ]
    done = upload(session, on, as_csv(*rows, header=header), skip_refused=True)
    assert [one.row for one in done.taken] == [5]
    assert refusals(done) == [(2, "urn", "urn_missing"), (3, "urn", "urn_missing"), (4, "urn", "missing")]
    assert f"{school} (Linton Heights)" in done.problems[0].detail
    assert "no school" in done.problems[1].detail


def test_a_list_for_no_group_is_refused(session: Session) -> None:
    with pytest.raises(Unknown, match="unknown_work_group"):
        upload(session, uuid4(), as_csv(line("110623")))


def test_first_problems_are_listed_and_the_rest_counted() -> None:
    problems = [RowProblem(n, "trn", "bad_trn", "no") for n in range(2, 2 + uploads.TOLD + 1)]
    refused = uploads.rows_refused(problems)
    assert (len(refused.errors), refused.code) == (uploads.TOLD, "rows_refused")
    assert str(uploads.TOLD + 1) in refused.detail


def test_list_sent_twice_at_once_registers_each_person_once(database: Sessions) -> None:
    with database.begin() as session:
        (school,) = schools(session)
        on = group(session, of={"max_teachers": 20}).id
    raw = as_csv(*[line(school, email=f"{n}@s.example") for n in range(5)])
    outcomes: list[Any] = []
    start = threading.Barrier(3)

    def send() -> None:
        start.wait()
        with database.begin() as session:
            outcomes.append(upload(session, on, raw, skip_refused=True))

    threads = [threading.Thread(target=send) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(len(one.taken) for one in outcomes) == [0, 0, 5]
    assert {one.code for outcome in outcomes for one in outcome.problems} == {"already_enrolled"}
    with database() as session:
        assert len(session.scalars(sa.select(Teacher).filter_by(family="Hopper")).all()) == 5


def test_what_is_full_or_closed_is_said_of_each_row(session: Session) -> None:
    (school,) = schools(session)
    on = group(session, programme_id=programme(session).id, closes_at=NOW).id
    assert CLOSES > NOW
    seen = upload(session, on, as_csv(line(school)), apply=False)
    assert refusals(seen) == [(2, "", "recruitment_closed")]


def test_withdrawn_participants_are_enrolled_again(session: Session) -> None:
    (school,) = schools(session)
    one = teacher(session, school, email="once@s.example")
    on = group(session).id
    place = session.get_one(Enrolment, enrol(session, on, one))
    place.status, place.withdrawn_at, place.withdrawn_reason = "withdrawn", NOW, "workload"
    session.flush()
    row = line(school, given="Ada", family="Lovelace", email="once@s.example")
    assert len(upload(session, on, as_csv(row)).taken) == 1
