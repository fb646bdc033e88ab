"""Teachers' details and moves: saved with their events, or nothing."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from tests.enrolment.conftest import MIGRATIONS
from tests.enrolment.factories import BY, NOW, TODAY, enrol, events, group, schools, teacher
from tests.enrolment.register_files import urn

from hub_enrolment.commands.teachers import ChangeTeacher, MoveTeacher
from hub_enrolment.handlers import moves, teachers
from hub_enrolment.models import Enrolment, SchoolMembership, Teacher
from hub_kernel.refusals import Refused
from hub_platform.database import Sessions
from hub_platform.migrations import alembic_config

LATER = NOW + timedelta(days=30)
MOVED_ON = LATER.date()


def moved(session: Session, teacher_id: UUID, old: str | None, new: str, **changes: Any) -> moves.Moved:
    values: dict[str, Any] = {"from_urn": old, "to_urn": new, "role": "maths_lead", "moved_on": MOVED_ON}
    asked = MoveTeacher(**{"teacher_id": teacher_id} | values | changes)
    return moves.move_teacher(session, asked, now=LATER, by="mover")


def move(session: Session, teacher_id: UUID, old: str | None, new: str, **changes: Any) -> SchoolMembership:
    return moved(session, teacher_id, old, new, **changes).membership


def change(
    session: Session, teacher_id: UUID, expected: int = 1, *, keep_email: bool = False, **changes: Any
) -> Teacher:
    asked = ChangeTeacher(teacher_id=teacher_id, changes=changes, keep_email=keep_email)
    return teachers.change_teacher(session, asked, expected=expected, now=LATER, by="changer").teacher


def periods(session: Session) -> list[tuple[str, date, date | None]]:
    columns = (SchoolMembership.urn, SchoolMembership.starts_on, SchoolMembership.ends_on)
    rows = session.execute(sa.select(*columns).order_by(SchoolMembership.starts_on))
    return [(school, starts_on, ends_on) for school, starts_on, ends_on in rows]


def test_a_move_ends_one_membership_and_begins_another_with_an_event(session: Session) -> None:
    old, new = schools(session, 2)
    teacher_id = teacher(session, old)
    joined = move(session, teacher_id, old, new)
    assert periods(session) == [
        (old, TODAY, MOVED_ON - timedelta(days=1)),
        (new, MOVED_ON, None),
    ]
    assert joined.created_by == "mover"
    employed = teachers.find_teacher(session, teacher_id)
    assert (employed.membership.urn, employed.teacher.revision, employed.teacher.changed_by) == (
        new,
        2,
        "mover",
    )
    (told,) = events(session, "TeacherMovedSchool")
    assert told[1] == {
        "teacher_id": str(teacher_id),
        "from_urn": old,
        "to_urn": new,
        "role": "maths_lead",
        "moved_on": MOVED_ON.isoformat(),
    }


def test_a_place_keeps_the_school_of_its_day(session: Session) -> None:
    old, new = schools(session, 2)
    teacher_id = teacher(session, old)
    place = enrol(session, group(session).id, teacher_id)
    move(session, teacher_id, old, new)
    assert session.get_one(Enrolment, place, populate_existing=True).urn == old


def test_a_refused_move_writes_nothing(database: Sessions) -> None:
    with database.begin() as session:
        old, new = schools(session, 2)
        (closed,) = schools(session, 1, **{"EstablishmentStatus (code)": "2", "CloseDate": "31-08-2025"})
        teacher_id = teacher(session, old)
    for changes, code in (
        ({"to_urn": urn()}, "unknown_school"),
        ({"to_urn": closed}, "school_not_open"),
        ({"from_urn": new, "to_urn": closed}, "not_at_school"),
        ({"email": "ada@new.example", "keep_email": True}, "email_and_keep_email"),
        ({"email": "ada@new.example", "to_urn": closed}, "school_not_open"),
        ({"teacher_id": UUID(int=1)}, "unknown_teacher"),
    ):
        with pytest.raises(Refused, match=code), database.begin() as session:
            move(session, **{"teacher_id": teacher_id, "old": old, "new": new} | changes)  # type: ignore[arg-type]
    with database() as session:
        assert periods(session) == [(old, TODAY, None)]
        assert events(session, "TeacherMovedSchool") == []
        kept = session.get_one(Teacher, teacher_id)
        assert (kept.email, kept.address_confirmed, kept.revision) == ("ada@school.example", True, 1)


def test_the_database_too_holds_one_membership_a_first_day(session: Session) -> None:
    (school,) = schools(session)
    teacher_id = teacher(session, school)
    held = session.scalars(sa.select(SchoolMembership)).one()
    held.ends_on = TODAY
    session.flush()
    again = {name: getattr(held, name) for name in ("teacher_id", "urn", "role", "starts_on", "revision")}
    track = {"created_at": NOW, "created_by": BY, "changed_at": NOW, "changed_by": BY}
    session.add(SchoolMembership(id=UUID(int=7), ends_on=None, **again, **track))
    with pytest.raises(IntegrityError, match="uq_school_memberships_starts_on"):
        session.flush()
    assert teacher_id == again["teacher_id"]


def test_a_correction_says_who_made_it_and_keeps_the_name_before(session: Session) -> None:
    teacher_id = teacher(session, schools(session)[0])
    changed = change(session, teacher_id, family="King", phone="01223 123456", contact_opt_out=True)
    assert (changed.family, changed.previous_names, changed.phone) == (
        "King",
        ["Ada Lovelace"],
        "01223 123456",
    )
    assert (changed.revision, changed.changed_by, changed.contact_opt_out) == (2, "changer", True)


def test_a_correction_of_nothing_changes_nothing(session: Session) -> None:
    teacher_id = teacher(session, schools(session)[0])
    unchanged = change(session, teacher_id, given="Ada")
    assert (unchanged.revision, unchanged.changed_by) == (1, BY)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"trn": "12"}, "bad_trn"),
        ({"trn": "77-70001"}, "trn_taken"),
        ({"trnless": True}, "trn_and_trnless"),
        ({"email": "eve@school.example", "keep_email": True}, "email_and_keep_email"),
        ({"trn": "7770003", "trnless": True}, "trn_and_trnless"),
        ({"expected": 2}, "stale"),
        ({"expected": 0}, "stale"),
    ],
)
def test_a_refused_correction_writes_nothing(database: Sessions, changes: dict[str, Any], code: str) -> None:
    with database.begin() as session:
        (school,) = schools(session)
        teacher(session, school, trn="7770001")
        teacher_id = teacher(session, school, trn="7770002")
    with pytest.raises(Refused, match=code), database.begin() as session:
        change(session, **dict[str, Any](teacher_id=teacher_id, given="Eve") | changes)
    with database() as session:
        kept = session.get_one(Teacher, teacher_id)
        assert (kept.given, kept.trn, kept.trnless, kept.revision) == ("Ada", "7770002", False, 1)


def test_a_number_is_given_taken_back_and_ruled_out(session: Session) -> None:
    teacher_id = teacher(session, schools(session)[0])
    assert change(session, teacher_id, trn="RP/77/70004").trn == "7770004"
    assert change(session, teacher_id, 2, trn=None, trnless=True).trnless is True
    with pytest.raises(Refused, match="trn_and_trnless"):
        change(session, teacher_id, 3, trn="7770004")
    assert change(session, teacher_id, 3, trn="7770004", trnless=False).trn == "7770004"


@pytest.fixture(name="url")
def _url(database: Sessions) -> str:
    return str(database.kw["bind"].url.render_as_string(hide_password=False))


def test_teachers_who_are_known_already_stay(database: Sessions, url: str) -> None:
    with database.begin() as session:
        teacher_id = teacher(session, schools(session)[0])
    command.downgrade(alembic_config(url, MIGRATIONS), "0003_sessions")
    command.upgrade(alembic_config(url, MIGRATIONS), "head")
    with database() as session:
        kept = session.get_one(Teacher, teacher_id)
        assert (kept.email, kept.phone, kept.previous_names, kept.contact_opt_out) == (
            "ada@school.example",
            None,
            [],
            False,
        )
