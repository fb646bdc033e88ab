"""Matching of list rows with stored teachers: known, new or unclear, and details that a list adds."""

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from tests.enrolment.factories import BY, NOW, events, group, schools, teacher
from tests.enrolment.lists import as_csv, line

from hub_enrolment.commands.mergers import AnonymiseTeacher, MergeTeachers
from hub_enrolment.commands.teachers import ChangeTeacher
from hub_enrolment.commands.uploads import UploadParticipants
from hub_enrolment.files.lists import read_list
from hub_enrolment.handlers.erasures import anonymise_teacher
from hub_enrolment.handlers.mergers import merge_teachers
from hub_enrolment.handlers.teachers import change_teacher
from hub_enrolment.handlers.uploads import Uploaded, upload_participants
from hub_enrolment.models import Teacher
from hub_enrolment.queries import duplicates
from hub_enrolment.queries.contacts import contacts
from hub_enrolment.store.teachers import list_teachers
from hub_kernel.refusals import Conflict, Refused

OFFICE = "office@s.example"

# Given and family name, the same in another spelling, and words of a search.
SCRIPTS = (
    ("Zoë", "Łukaszewska", "ZOE", "Lukaszewska", "luka zoë"),
    ("Анна", "Иванова", "анна", "ИВАНОВА", "иванова"),
    ("Ελένη", "Παπαδοπούλου", "ΕΛΕΝΗ", "Παπαδοπουλου", "ΠΑΠΑΔ"),
    ("فاطمة", "الزهراء", "فاطمة", "الزهراء", "فاطمة"),
    ("שרה", "בן־דוד", "שרה", "בן דוד", "דוד"),
    ("प्रिया", "शर्मा", "प्रिया", "शर्मा", "शर्मा"),
    ("小明", "王", "小明", "王", "王"),
    ("민지", "김", "민지", "김", "김민"),
    ("สมชาย", "ใจดี", "สมชาย", "ใจดี", "ใจ"),
    ("Անահիտ", "Պետրոսյան", "ԱՆԱՀԻՏ", "Պետրոսյան", "պետրոս"),
    ("ნინო", "ბერიძე", "ნინო", "ბერიძე", "ბერი"),
    ("-", "王", "-", "王", "王"),
    ("", "Sukarno", "Sukarno", "", "SUKARNO"),
    ("Siân", "O’Brien-Smith", "Sian", "O Brien Smith", "o'brien"),
    ("Søren", "Đorđević", "SOREN", "Dordevic", "soren dord"),
)


def upload(session: Session, on: UUID, *rows: list[Any], apply: bool = True) -> Uploaded:
    command = UploadParticipants(work_group_id=on, apply=apply, skip_refused=True)
    return upload_participants(session, command, read_list(as_csv(*rows)), now=NOW, by=BY)


def codes(uploaded: Uploaded) -> list[str]:
    return [one.code for one in uploaded.problems]


@pytest.mark.parametrize(("given", "family", "given_again", "family_again", "q"), SCRIPTS)
def test_a_name_in_any_script_is_found_by_list_search_and_duplicates(
    session: Session, given: str, family: str, given_again: str, family_again: str, q: str
) -> None:
    (school,) = schools(session)
    on = group(session).id
    row = line(school, given=given, family=family, email=OFFICE)
    (first,) = upload(session, on, row).taken
    again = line(school, given=given_again, family=family_again, email=OFFICE)
    seen = upload(session, on, again, apply=False)
    assert [(one.person, one.teacher_id) for one in seen.people] == [("known", first.teacher_id)]
    assert codes(seen) == ["already_enrolled"]
    assert list(session.scalars(list_teachers(q=q))) == [session.get_one(Teacher, first.teacher_id)]
    other = teacher(session, school, given=given_again, family=family_again, email="b@s.example")
    (pair,) = session.scalars(duplicates.list_duplicates())
    assert {pair.first_id, pair.second_id} == {first.teacher_id, other}


def test_two_people_share_an_office_address(session: Session) -> None:
    (school,) = schools(session)
    anita = teacher(session, school, given="Anita", family="Patel", email=OFFICE)
    on = group(session).id
    rows = [line(school, given=given, family="Patel", email=OFFICE) for given in ("Raj", "Anita")]
    done = upload(session, on, *rows)
    assert [(one.name, one.person) for one in done.people] == [("Raj Patel", "new"), ("Anita Patel", "known")]
    assert [one.teacher_id == anita for one in done.taken] == [False, True]
    assert list(session.scalars(duplicates.list_duplicates())) == []


def test_a_preview_names_the_candidates_of_an_unclear_row(session: Session) -> None:
    (school,) = schools(session)
    anita = teacher(session, school, given="Anita", family="Patel", trn="1234567")
    on = group(session).id
    seen = upload(session, on, line(school, given="Raj", family="Patel", trn="1234567"), apply=False)
    (raj,) = seen.people
    assert (raj.person, raj.name, [one.id for one in raj.candidates]) == ("unclear", "Raj Patel", [anita])
    assert codes(seen) == ["name_differs"]
    assert "Anita Patel" in seen.problems[0].detail


def test_a_list_adds_the_trn_of_a_known_teacher(session: Session) -> None:
    (school,) = schools(session)
    ada = teacher(session, school, trnless=True)
    on = group(session).id
    row = line(school, given="Ada", family="Lovelace", email="ada@school.example", trn="1234567")
    before = len(events(session))
    seen = upload(session, on, row, apply=False)
    assert [one.changes for one in seen.people] == [["The TRN 1234567 is added to the record."]]
    assert session.get_one(Teacher, ada, populate_existing=True).trn is None
    upload(session, on, row)
    record = session.get_one(Teacher, ada, populate_existing=True)
    assert (record.trn, record.trnless, record.revision) == ("1234567", False, 2)
    assert "TeacherRegistered" not in [type_ for type_, _ in events(session)[before:]]


def test_both_trns_and_addresses_of_merged_records_are_recognised(session: Session) -> None:
    (school,) = schools(session)
    old = teacher(session, school, trn="1234567", email="old@s.example")
    new = teacher(session, school, trn="7654321", email="new@s.example", family="King")
    asked = MergeTeachers(from_id=old, into_id=new, dry_run=False, keep_email=True)
    with pytest.raises(Conflict, match="both_have_trn"):
        merge_teachers(session, asked, now=NOW, by=BY)
    merged = MergeTeachers(from_id=old, into_id=new, dry_run=False, keep_email=True, keep_trn=True)
    merge_teachers(session, merged, now=NOW, by=BY)
    record = session.get_one(Teacher, new)
    assert (record.trn, record.former_trns, record.former_emails) == (
        "7654321",
        ["1234567"],
        ["old@s.example"],
    )
    for trn, email, family in (
        ("1234567", "any@s.example", "Lovelace"),
        ("7654321", "any@s.example", "King"),
        ("", "old@s.example", "King"),
        ("", "new@s.example", "Lovelace"),
    ):
        row = line(school, given="Ada", family=family, trn=trn, email=email)
        seen = upload(session, group(session).id, row, apply=False)
        assert [(one.person, one.teacher_id) for one in seen.people] == [("known", new)], (trn, email)


def test_a_corrected_trn_and_a_replaced_address_are_recognised_until_taken_back(session: Session) -> None:
    (school,) = schools(session)
    ada = teacher(session, school, trn="1234567")
    steps: list[dict[str, Any]] = [
        {"trn": "7654321", "email": "ada@new.example"}, {"trn": None}, {"trn": "1234567"},
    ]  # fmt: skip
    for revision, changes in enumerate(steps, start=1):
        command = ChangeTeacher(teacher_id=ada, changes=changes)
        change_teacher(session, command, expected=revision, now=NOW, by=BY)
    record = session.get_one(Teacher, ada)
    assert (record.former_trns, record.former_emails) == (["7654321"], ["ada@school.example"])


@pytest.mark.parametrize(("given", "family"), [("", "Sukarno"), ("Sukarno", "")])
def test_a_message_greets_a_person_by_the_only_name(session: Session, given: str, family: str) -> None:
    (school,) = schools(session)
    one = teacher(session, school, given=given, family=family)
    contact = contacts(session, [one])[one]
    assert (contact.given, contact.family) == ("Sukarno", "")


def test_an_erased_person_is_matched_by_nothing(session: Session) -> None:
    (school,) = schools(session)
    bea = teacher(session, school, given="Bea", family="Woolf", email="bea@s.example", trn="1234567")
    changes = {"trn": "7654321", "email": "new@s.example", "family": "King"}
    change_teacher(session, ChangeTeacher(teacher_id=bea, changes=changes), expected=1, now=NOW, by=BY)
    anonymise_teacher(session, AnonymiseTeacher(teacher_id=bea, reason="asked_for"), now=NOW, by=BY)
    record = session.get_one(Teacher, bea)
    assert (record.former_trns, record.former_emails, record.former_name_keys) == ([], [], [])
    row = line(school, given="Bea", family="Woolf", email="bea@s.example", trn="1234567")
    assert [one.person for one in upload(session, group(session).id, row, apply=False).people] == ["new"]


def test_a_name_is_not_taken_away(session: Session) -> None:
    (school,) = schools(session)
    ada = teacher(session, school, given="", family="Ada")
    with pytest.raises(Refused, match="name_missing"):
        change_teacher(
            session, ChangeTeacher(teacher_id=ada, changes={"family": ""}), expected=1, now=NOW, by=BY
        )


def test_a_list_is_matched_among_many_teachers(session: Session) -> None:
    (school,) = schools(session)
    on = group(session, of={"max_teachers": 50}).id
    known = teacher(session, school, given="Zoë", family="Łukaszewska", email="z@s.example")
    session.execute(sa.text(MANY), {"from": known, "many": 10_000})
    rows = [line(school, given=f"Given{n}", family="Many", email=f"new{n}@s.example") for n in range(39)]
    zoe = line(school, given="Zoe", family="Lukaszewska", email="z@s.example")
    seen = upload(session, on, *rows, zoe, apply=False)
    assert [one.teacher_id for one in seen.people] == [None] * 39 + [known]


MANY = """
INSERT INTO teachers
SELECT (t).* FROM (
  SELECT jsonb_populate_record(one, jsonb_build_object(
    'id', gen_random_uuid(), 'email', n || '@many.example', 'name_key', 'many' || n)) AS t
  FROM teachers one, generate_series(1, :many) n WHERE one.id = :from) many
"""
