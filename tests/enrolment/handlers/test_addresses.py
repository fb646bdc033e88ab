"""An e-mail address is questioned when its school is left, and confirmed by an answer."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from tests.enrolment.factories import BY, DAY, NOW, apply, enrol, events, group, schools, teacher
from tests.enrolment.register_files import gias, links, row

from hub_enrolment.commands.mergers import AnonymiseTeacher, MergeTeachers
from hub_enrolment.commands.teachers import ChangeTeacher, MoveTeacher
from hub_enrolment.handlers import erasures, mergers, moves, teachers
from hub_enrolment.models import Teacher
from hub_enrolment.queries import contacts
from hub_enrolment.store.teachers import list_teachers
from hub_platform.database import Sessions

MOVED = NOW + timedelta(days=30)
OLD, NEW = "ada@school.example", "ada@new.example"


def move(session: Session, teacher_id: UUID, old: str | None, new: str, **answer: Any) -> bool:
    asked = MoveTeacher(
        teacher_id=teacher_id,
        from_urn=old,
        to_urn=new,
        role="maths_lead",
        moved_on=MOVED.date(),
        **answer,
    )
    return moves.move_teacher(session, asked, now=MOVED, by="mover").address_confirmed


def address(session: Session, teacher_id: UUID) -> tuple[str, datetime | None]:
    held = session.get_one(Teacher, teacher_id, populate_existing=True)
    return held.email, held.email_unconfirmed_since


@pytest.mark.parametrize(
    ("answer", "left"),
    [
        ({}, (OLD, MOVED)),
        ({"email": NEW}, (NEW, None)),
        ({"keep_email": True}, (OLD, None)),
        ({"email": OLD}, (OLD, None)),
    ],
)
def test_a_move_questions_the_address_unless_it_answers(
    session: Session, answer: dict[str, Any], left: tuple[str, datetime | None]
) -> None:
    old, new = schools(session, 2)
    ada = teacher(session, old)
    assert move(session, ada, old, new, **answer) is (left[1] is None)
    assert address(session, ada) == left
    found = contacts.contacts(session, [ada])[ada]
    assert (found.email, found.confirmed) == (left[0], left[1] is None)


def test_the_event_of_a_move_has_no_address(session: Session) -> None:
    old, new = schools(session, 2)
    move(session, teacher(session, old), old, new, email=NEW)
    assert "example" not in str(events(session, "TeacherMovedSchool"))


def test_who_joins_one_more_school_keeps_the_address_of_the_first(session: Session) -> None:
    old, new, third = schools(session, 3)
    ada = teacher(session, old)
    assert move(session, ada, None, new)
    assert not move(session, ada, old, third)


def test_a_second_move_does_not_forget_the_first_question(session: Session) -> None:
    old, new, third = schools(session, 3)
    ada = teacher(session, old)
    move(session, ada, old, new)
    later = MoveTeacher(
        teacher_id=ada, from_urn=new, to_urn=third, role="other", moved_on=(MOVED + DAY).date()
    )
    assert not moves.move_teacher(session, later, now=MOVED + DAY, by="mover").address_confirmed
    assert address(session, ada) == (OLD, MOVED)


@pytest.mark.parametrize(
    ("changes", "keep_email", "left"),
    [
        ({"email": NEW}, False, (NEW, None)),
        ({"email": OLD}, False, (OLD, None)),
        ({}, True, (OLD, None)),
        ({"phone": "01223 123456"}, False, (OLD, MOVED)),
    ],
)
def test_a_correction_confirms_the_address_that_it_gives_or_keeps(
    session: Session, changes: dict[str, Any], keep_email: bool, left: tuple[str, datetime | None]
) -> None:
    old, new = schools(session, 2)
    ada = teacher(session, old)
    move(session, ada, old, new)
    command = ChangeTeacher(teacher_id=ada, changes=changes, keep_email=keep_email)
    changed = teachers.change_teacher(session, command, expected=2, now=MOVED + DAY, by="changer").teacher
    assert (changed.revision, changed.changed_by) == (3, "changer")
    assert address(session, ada) == left


def test_a_confirmed_address_is_not_changed_by_keeping_it(session: Session) -> None:
    ada = teacher(session, schools(session)[0])
    command = ChangeTeacher(teacher_id=ada, changes={}, keep_email=True)
    kept = teachers.change_teacher(session, command, expected=1, now=MOVED, by="changer").teacher
    assert (kept.revision, kept.changed_by) == (1, BY)


def test_unconfirmed_addresses_are_listed(session: Session) -> None:
    old, new = schools(session, 2)
    ada, emmy = teacher(session, old), teacher(session, old)
    move(session, ada, old, new)

    def listed(confirmed: bool | None) -> set[UUID]:
        return {one.id for one in session.scalars(list_teachers(address_confirmed=confirmed))}

    assert (listed(False), listed(True), listed(None)) == ({ada}, {emmy}, {ada, emmy})


def merge(session: Session, origin: UUID, target: UUID, **values: Any) -> bool:
    command = MergeTeachers(from_id=origin, into_id=target, **{"dry_run": False} | values)
    return mergers.merge_teachers(session, command, now=MOVED, by=BY).address_confirmed


@pytest.mark.parametrize(
    ("answer", "left"),
    [({}, (OLD, MOVED)), ({"email": NEW}, (NEW, None)), ({"keep_email": True}, (OLD, None))],
)
def test_a_merger_with_a_record_of_another_school_and_address_is_like_a_move(
    session: Session, answer: dict[str, Any], left: tuple[str, datetime | None]
) -> None:
    here, there = schools(session, 2)
    target, origin = teacher(session, here), teacher(session, there, email="a.lovelace@there.example")
    assert merge(session, origin, target, dry_run=True, **answer) is (left[1] is None)
    assert address(session, target) == (OLD, None)
    assert merge(session, origin, target, **answer) is (left[1] is None)
    assert address(session, target) == left


def test_a_merger_of_two_records_of_one_school_questions_nothing(session: Session) -> None:
    (here,) = schools(session)
    target, origin = teacher(session, here), teacher(session, here, email=NEW)
    assert merge(session, origin, target)
    assert address(session, target) == (OLD, None)


def test_of_a_merged_record_the_one_that_is_left_says_whether_its_address_is_confirmed(
    session: Session,
) -> None:
    old, new = schools(session, 2)
    target, origin = teacher(session, old), teacher(session, old)
    move(session, target, old, new)
    assert not merge(session, origin, target)
    assert contacts.contacts(session, [origin])[origin].confirmed is False


def test_a_place_given_by_an_upload_or_the_desk_questions_no_address(session: Session) -> None:
    ada = teacher(session, schools(session)[0])
    enrol(session, group(session).id, ada)
    assert address(session, ada) == (OLD, None)


def test_who_is_erased_has_no_address_to_confirm(database: Sessions) -> None:
    with database.begin() as session:
        old, new = schools(session, 2)
        ada = teacher(session, old)
        move(session, ada, old, new)
    with database.begin() as session:
        command = AnonymiseTeacher(teacher_id=ada, reason="asked_for")
        erasures.anonymise_teacher(session, command, now=MOVED + DAY, by=BY)
    with database() as session:
        assert address(session, ada) == ("", None)
        assert contacts.contacts(session, [ada]) == {}


def test_a_succession_questions_no_address(session: Session) -> None:
    """A succession keeps addresses: the same people work in the same building."""
    old, new = row(), row(OpenDate="01-10-2025")
    apply(session, gias(old))
    ada = teacher(session, old["URN"])
    closed = old | {"EstablishmentStatus (code)": "2", "CloseDate": "30-09-2025"}
    apply(session, gias(closed, new), now=MOVED)
    apply(session, links((old["URN"], new["URN"], "Successor", "01-10-2025")), now=MOVED)
    assert len(events(session, "SchoolSucceeded")) == 1
    assert address(session, ada) == (OLD, None)
