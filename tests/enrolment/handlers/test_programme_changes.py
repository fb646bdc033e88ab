"""Corrections of programmes: saved with their trail and events, or nothing."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from tests.enrolment.factories import LATER, events, fill, group, programme, teacher
from tests.enrolment.steps import confirm, join, stands, withdraw

from hub_enrolment.commands.programmes import ChangeProgramme
from hub_enrolment.commands.work_groups import ChangeWorkGroup, OpenDraft
from hub_enrolment.handlers import programme_changes, terms
from hub_enrolment.models import Enrolment, Programme, ProgrammeChange, WorkGroup
from hub_kernel.refusals import Refused


def correct(session: Session, programme_id: Any, *, expected: int | None = 1, **changes: Any) -> Programme:
    command = ChangeProgramme(programme_id=programme_id, changes=changes)
    return programme_changes.change_programme(session, command, expected=expected, now=LATER, by="corrector")


def trail(session: Session) -> list[dict[str, Any]]:
    return [row.values for row in session.scalars(select(ProgrammeChange).order_by(ProgrammeChange.id))]


def changed_groups(session: Session) -> list[tuple[str, list[str]]]:
    return [
        (data["work_group_id"], data["changed_fields"]) for _, data in events(session, "WorkGroupChanged")
    ]


def test_a_correction_is_saved_with_what_was_there_before(database: sessionmaker[Session]) -> None:
    with database() as session:
        one, other = programme(session, ncp_code="NCP25-01"), programme(session)
        one = correct(session, one.id, title="Continuity", min_schools=5, ncp_code="NCP 25-02")
        assert (one.title, one.min_schools, one.ncp_code, one.revision) == ("Continuity", 5, "NCP25-02", 2)
        assert (one.changed_at, one.changed_by) == (LATER, "corrector")
        assert trail(session) == [
            {
                "title": ["Years 5 to 8 continuity", "Continuity"],
                "min_schools": [6, 5],
                "ncp_code": ["NCP25-01", "NCP25-02"],
            }
        ]
        bystander = session.get_one(Programme, other.id)
        assert (bystander.title, bystander.revision) == ("Years 5 to 8 continuity", 1)


def test_equal_values_change_nothing(database: sessionmaker[Session]) -> None:
    with database() as session:
        opened = group(session)
        same: dict[str, Any] = {
            "min_schools": 6,
            "phases": ["primary", "secondary", "primary"],
            "max_per_school": None,
        }
        assert correct(session, opened.programme_id, **same).revision == 1
        assert (trail(session), changed_groups(session)) == ([], [])


def test_each_group_that_was_published_has_its_new_terms_published(database: sessionmaker[Session]) -> None:
    with database() as session:
        first = group(session)
        bystander = group(session)
        draft = group(session, draft=True, programme_id=first.programme_id)
        correct(session, first.programme_id, min_schools=5, phases=["primary"], max_per_school=4)
        ((told, names),) = changed_groups(session)
        assert (told, sorted(names)) == (str(first.id), ["min_schools", "phases"])
        assert bystander.id != first.id
        assert draft.status == "draft"
        correct(session, first.programme_id, expected=2, title="Only the hub reads this")
        assert len(changed_groups(session)) == 1


def test_new_code_is_published_for_an_ended_group(database: sessionmaker[Session]) -> None:
    with database() as session:
        over = group(session)
        over.status, over.cancelled_at, over.cancelled_by = "cancelled", LATER, "x"
        over.cancelled_reason = "funding"
        correct(session, over.programme_id, ncp_code="NCP25-09")
        assert changed_groups(session) == [(str(over.id), ["ncp_code"])]


def test_a_group_at_risk_is_confirmed_again_by_lower_limits(database: sessionmaker[Session]) -> None:
    with database() as session:
        opened = group(session)
        places = fill(session, opened.id, teachers_n=10, schools_n=6)
        confirm(session, opened.id)
        withdraw(session, places[0])
        assert opened.status == "at_risk"
        correct(session, opened.programme_id, min_teachers=9, min_schools=5)
        assert opened.status == "confirmed"
        assert [type_ for type_, _ in events(session, "WorkGroupConfirmed")] == ["WorkGroupConfirmed"] * 2


def test_a_higher_number_for_one_school_lets_its_next_teacher_have_an_offer(
    database: sessionmaker[Session],
) -> None:
    with database() as session:
        opened = group(session, capacity=2, of={"max_per_school": 1})
        kept, given_up = fill(session, opened.id, teachers_n=2, schools_n=2)
        colleague = teacher(session, session.get_one(Enrolment, kept).urn)
        entry = join(session, opened.id, colleague).row
        withdraw(session, given_up)
        assert stands(session, entry) == ["waiting"]
        correct(session, opened.programme_id, max_per_school=2)
        assert stands(session, entry) == ["offered"]


def test_a_confirmed_group_that_contradicts_leaves_everything_as_it_was(
    database: sessionmaker[Session],
) -> None:
    with database.begin() as session:
        opened = group(session)
        fill(session, opened.id, teachers_n=10, schools_n=6)
        confirm(session, opened.id)
        programme_id = opened.programme_id
    for changes, pointer in (
        ({"min_teachers": 11, "title": "X"}, "/min_teachers"),
        ({"max_per_school": 1}, "/max_per_school"),
        ({"prerequisite_strand": "readiness"}, "/prerequisite_strand"),
        ({"required_roles": ["headteacher"]}, "/required_roles"),
        ({"max_teachers": 15}, "/max_teachers"),
    ):
        with pytest.raises(Refused) as refusal, database.begin() as session:
            correct(session, programme_id, **changes)
        assert refusal.value.code == "confirmed_group_contradicts"
        assert {found for found, _ in refusal.value.errors} == {pointer}
    with database() as session:
        assert session.get_one(Programme, programme_id).revision == 1
        assert (trail(session), changed_groups(session)) == ([], [])


@pytest.mark.parametrize(
    ("changes", "expected", "code"),
    [
        ({"title": "X"}, 2, "stale"),
        ({"title": "X"}, None, "stale"),
        ({"min_teachers": 21}, 1, "limits_contradict"),
        ({"prerequisite_strand": "continuity"}, 1, "own_prerequisite"),
        ({"ncp_code": "NCP24-01"}, 1, "ncp_code_of_other_year"),
        ({"ncp_code": "NCP25-07"}, 1, "ncp_code_taken"),
        ({"academic_year": "2025/27"}, 1, "bad_academic_year"),
        ({"academic_year": "2026/27"}, 1, "ncp_code_of_other_year"),  # its own code is of 2025
    ],
)
def test_a_correction_that_breaks_a_rule_is_refused(
    database: sessionmaker[Session], changes: dict[str, Any], expected: int | None, code: str
) -> None:
    with database.begin() as session:
        programme(session, ncp_code="NCP25-07")
        programme_id = programme(session, ncp_code="NCP25-08").id
    with pytest.raises(Refused) as refusal, database.begin() as session:
        correct(session, programme_id, expected=expected, **changes)
    assert refusal.value.code == code
    with database() as session:
        assert (session.get_one(Programme, programme_id).revision, trail(session)) == (1, [])


def test_year_and_code_of_a_programme_without_groups_are_corrected_together(
    database: sessionmaker[Session],
) -> None:
    with database() as session:
        one = programme(session, ncp_code="NCP25-08")
        one = correct(session, one.id, academic_year="2026/27", ncp_code="NCP26-08", strand="sktm")
        assert (one.academic_year, one.ncp_code, one.strand) == ("2026/27", "NCP26-08", "sktm")


def test_an_unknown_programme_is_not_corrected(database: sessionmaker[Session]) -> None:
    with pytest.raises(Refused) as refusal, database.begin() as session:
        correct(session, uuid4(), title="X")
    assert refusal.value.code == "unknown_programme"


def test_terms_that_are_published_later_are_the_corrected_ones(database: sessionmaker[Session]) -> None:
    with database() as session:
        draft = group(session, draft=True)
        correct(session, draft.programme_id, min_schools=5)
        terms.open_draft(session, OpenDraft(work_group_id=draft.id), now=LATER, by="x")
        change = ChangeWorkGroup(work_group_id=draft.id, changes={"title": "New"})
        terms.change_work_group(session, change, expected=2, now=LATER, by="x")
        told = events(session, "WorkGroupOpened", "WorkGroupChanged")
        assert [data["min_schools"] for _, data in told] == [5, 5]
        assert session.get_one(WorkGroup, draft.id).title == "New"
