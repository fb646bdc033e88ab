"""Moves by an import when a closed school has a successor."""

from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.enrolment.factories import (
    BY,
    LATER,
    NOW,
    TODAY,
    apply,
    enrol,
    events,
    group,
    leader,
    read_file,
    schools,
    teacher,
)
from tests.enrolment.register_files import CLOSED, gias, links, row, urn
from tests.enrolment.steps import apply as ask
from tests.enrolment.successions import EARLIER, FIRST_DAY, LAST_DAY, SUMMER, Pair, pair, posts

from hub_enrolment.commands.imports import ImportGias
from hub_enrolment.commands.teachers import MoveTeacher
from hub_enrolment.handlers import imports, moves
from hub_enrolment.models import (
    Application,
    Enrolment,
    MembershipCorrection,
    SchoolLink,
    Teacher,
)
from hub_platform.database import Sessions


def told(session: Session, *types: str) -> list[dict[str, Any]]:
    return [data for _, data in events(session, *types)]


def test_people_of_a_closed_school_work_at_its_successor_from_the_day_after_its_last(
    session: Session,
) -> None:
    both = pair(session)
    ada = teacher(session, both.old, now=EARLIER, role="maths_lead")
    both.close(session)
    assert posts(session, ada) == [(both.old, SUMMER, LAST_DAY), (both.new, FIRST_DAY, None)]
    assert told(session, "TeacherMovedSchool") == [
        {
            "teacher_id": str(ada),
            "from_urn": both.old,
            "to_urn": both.new,
            "role": "maths_lead",
            "moved_on": "2025-09-01",
            "reason": "succession",
        }
    ]
    assert session.get_one(Teacher, ada).address_confirmed


def test_the_same_files_again_move_nothing(session: Session) -> None:
    both = pair(session)
    ada = teacher(session, both.old, now=EARLIER)
    both.close(session)
    before, revision = len(events(session)), session.get_one(Teacher, ada).revision
    both.close(session, now=LATER)
    apply(session, gias(row(URN=both.old, **CLOSED | {"NumberOfPupils": "1"})), now=LATER)
    assert [type_ for type_, _ in events(session)[before:]] == ["SchoolChanged"]
    assert session.get_one(Teacher, ada).revision == revision


def test_a_membership_noted_after_the_closing_was_at_the_successor_from_its_start(session: Session) -> None:
    both = pair(session)
    ada = teacher(session, both.old, now=NOW)
    both.close(session)
    assert posts(session, ada) == [(both.new, TODAY, None)]
    (event,) = told(session, "MembershipCorrected")
    assert (event["from_urn"], event["to_urn"], event["starts_on"]) == (both.old, both.new, str(TODAY))
    assert (event["present_urn"], told(session, "TeacherMovedSchool")) == (both.new, [])
    (trail,) = session.scalars(select(MembershipCorrection))
    assert (trail.old_urn, trail.new_urn, trail.corrected_by) == (both.old, both.new, BY)


def test_a_teacher_who_is_at_the_successor_already_has_one_membership_there(session: Session) -> None:
    both = pair(session)
    ada = teacher(session, both.old, now=EARLIER)
    joined = MoveTeacher(
        teacher_id=ada, from_urn=None, to_urn=both.new, role="other", moved_on=TODAY, email=None
    )
    moves.move_teacher(session, joined, now=NOW, by=BY)
    both.close(session)
    assert posts(session, ada) == [(both.old, SUMMER, LAST_DAY), (both.new, FIRST_DAY, None)]
    assert told(session, "TeacherMovedSchool")[-1]["role"] == "other"


@pytest.mark.parametrize("old_is_first", [True, False])
def test_a_chain_that_takes_effect_at_once_is_followed_to_its_end(
    session: Session, *, old_is_first: bool
) -> None:
    first = pair(session)
    second = Pair(first.new, schools(session)[0])
    ada = teacher(session, first.old, now=EARLIER)
    again = row(URN=second.old, **CLOSED | {"CloseDate": "10-09-2025"})
    closed = [row(URN=first.old, **CLOSED), again]
    apply(session, links((first.old, first.new, "Successor", ""), (second.old, second.new, "Successor", "")))
    apply(session, gias(*(closed if old_is_first else closed[::-1])))
    assert posts(session, ada) == [
        (first.old, SUMMER, LAST_DAY),
        (first.new, FIRST_DAY, date(2025, 9, 10)),
        (second.new, date(2025, 9, 11), None),
    ]
    assert [one["to_urn"] for one in told(session, "TeacherMovedSchool")] == [first.new, second.new]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_of_the_files_does_not_matter(session: Session, order: tuple[int, ...]) -> None:
    old, new = urn(), urn()
    apply(session, gias(row(URN=old)))
    ada = teacher(session, old, now=EARLIER)
    files = [
        gias(row(URN=old, **CLOSED)),
        links((old, new, "Successor", "01-09-2025")),
        gias(row(URN=new)),
    ]
    for number in order:
        apply(session, files[number])
    assert posts(session, ada) == [(old, SUMMER, LAST_DAY), (new, FIRST_DAY, None)]
    assert len(told(session, "TeacherMovedSchool")) == 1


def test_teachers_move_with_the_first_import_from_the_first_day_on(session: Session) -> None:
    both = pair(session)
    ada = teacher(session, both.old, now=EARLIER)
    last_day = datetime(2025, 8, 31, 12, tzinfo=UTC)
    both.close(session, now=last_day)
    assert posts(session, ada) == [(both.old, SUMMER, None)]
    apply(session, gias(row()), now=last_day + timedelta(days=1))
    assert posts(session, ada) == [(both.old, SUMMER, LAST_DAY), (both.new, FIRST_DAY, None)]


def test_people_stay_where_a_successor_is_not_in_the_hubs_files_until_it_is(session: Session) -> None:
    (old,) = schools(session)
    ada = teacher(session, old, now=EARLIER)
    Pair(old, "149999").close(session)
    assert posts(session, ada) == [(old, SUMMER, None)]
    apply(session, gias(row(URN="149999")))
    assert posts(session, ada)[-1] == ("149999", FIRST_DAY, None)


def test_people_of_a_school_without_a_successor_stay(session: Session) -> None:
    (old,) = schools(session)
    ada = teacher(session, old, now=EARLIER)
    apply(session, gias(row(URN=old, **CLOSED)))
    assert posts(session, ada) == [(old, SUMMER, None)]


def test_failed_import_moves_no_teacher(database: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    with database.begin() as session:
        both = pair(session)
        ada = teacher(session, both.old, now=EARLIER)
    monkeypatch.setattr(imports, "_keep", _fail)
    with pytest.raises(RuntimeError), database.begin() as session:
        apply(session, links((both.old, both.new, "Successor", "")))
        apply(session, gias(row(URN=both.old, **CLOSED)))
    with database() as session:
        assert posts(session, ada) == [(both.old, SUMMER, None)]
        assert events(session, "TeacherMovedSchool") == []


def _fail(*_args: object) -> None:
    raise RuntimeError


def test_preview_moves_no_teacher(session: Session) -> None:
    both = pair(session)
    ada = teacher(session, both.old, now=EARLIER)
    apply(session, links((both.old, both.new, "Successor", "")))
    before = len(events(session))
    raw = gias(row(URN=both.old, **CLOSED))
    done = imports.import_gias(session, ImportGias(apply=False), read_file(raw), now=NOW, by=BY)
    assert [(one.school.urn, one.held.people_n, one.in_effect) for one in done.moves] == [(both.old, 1, True)]
    assert posts(session, ada) == [(both.old, SUMMER, None)]
    assert len(events(session)) == before


def test_roles_places_and_requests_keep_the_school_of_their_day(session: Session) -> None:
    both = pair(session)
    ada, emmy = teacher(session, both.old), teacher(session, both.old, given="Emmy")
    role = leader(session, ada)
    opened = group(session)
    place = enrol(session, opened.id, ada)
    application = ask(session, opened.id, both.old, [emmy]).row.id
    both.close(session)
    session.expire_all()
    assert (role.urn, session.get_one(Enrolment, place).urn) == (both.old, both.old)
    assert session.get_one(Application, application).urn == both.old


def test_a_succession_is_noted_as_followed(session: Session) -> None:
    both = pair(session)
    both.close(session)
    (link,) = session.scalars(select(SchoolLink))
    assert (link.announced_on, link.followed) == (TODAY, True)
