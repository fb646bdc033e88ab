"""Rules for a place, or for a mark, apply to every command that makes one."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from tests.enrolment.factories import (
    BY,
    DAY,
    INSTANT,
    LATER,
    MEETS,
    enrol,
    events,
    group,
    leader,
    meeting,
    schools,
    teacher,
)
from tests.enrolment.steps import apply, join, register, school_with, submit, withdraw

from hub_enrolment.commands.memberships import CorrectMembership
from hub_enrolment.domain.sessions import Mark
from hub_enrolment.handlers import memberships
from hub_enrolment.models import Enrolment
from hub_enrolment.store import teachers as teacher_store
from hub_kernel.refusals import Refused
from hub_platform.database import Sessions

AFTER_READINESS = {"strand": "development", "prerequisite_strand": "readiness"}
NOT_FUNDED = {"TypeOfEstablishment (code)": "11", "EstablishmentTypeGroup (code)": "3"}


@pytest.mark.parametrize("way", ["waiting list", "application"])
def test_a_school_without_the_prerequisite_does_not_wait_for_a_refusal(database: Sessions, way: str) -> None:
    with database.begin() as session:
        opened = group(session, of=AFTER_READINESS, capacity=1)
        urn, (ada,) = school_with(session, 1)
        asked = apply(session, opened.id, urn, [ada]).row.id
        before = events(session)
    with pytest.raises(Refused, match="prerequisite_missing"), database.begin() as session:
        if way == "waiting list":
            join(session, opened.id, ada)
        else:
            submit(session, asked)
    with database() as session:
        assert events(session) == before


def test_a_school_has_its_year_of_development_once_by_the_waiting_list_too(session: Session) -> None:
    (urn,) = schools(session)
    first = group(
        session, of={"strand": "development", "academic_year": "2024/25"}, lead_ids=lead(session, 2024)
    )
    enrol(session, first.id, teacher(session, urn))
    second = group(session, of={"strand": "development"}, capacity=1)
    enrol(session, second.id, teacher(session, schools(session)[0]))
    with pytest.raises(Refused, match="development_once"):
        join(session, second.id, teacher(session, urn))


def lead(session: Session, year: int) -> list[UUID]:
    """A leader who held the role in an academic year."""
    known = teacher(session, schools(session)[0])
    leader(session, known, starts_on=date(year, 9, 1))
    return [known]


def correct(session: Session, ada: UUID, place: UUID, right: str) -> None:
    """Correct a teacher's school, and the school for which a place counts."""
    (row,) = teacher_store.memberships(session, ada)
    command = CorrectMembership(
        teacher_id=ada,
        membership_id=row.id,
        changes={"urn": right},
        reason="Typed wrongly.",
        also_places=[place],
    )
    memberships.correct_membership(session, command, expected=1, now=LATER, by=BY)


@pytest.mark.parametrize(
    ("of", "right", "code"),
    [
        ({"max_per_school": 1}, {}, "school_cap_reached"),
        ({}, NOT_FUNDED, "school_not_eligible"),
        ({"strand": "embedding", "prerequisite_strand": "sustaining"}, {}, "prerequisite_missing"),
    ],
)
def test_a_place_counts_for_another_school_by_the_rules_for_a_place_there(
    database: Sessions, of: dict[str, Any], right: dict[str, Any], code: str
) -> None:
    with database.begin() as session:
        (wrong,), (other,) = schools(session), schools(session, **right)
        if code == "prerequisite_missing":
            enrol(session, group(session, of={"strand": "sustaining"}).id, teacher(session, wrong))
        opened, ada = group(session, of=of), teacher(session, wrong)
        place = enrol(session, opened.id, ada)
        if code == "school_cap_reached":
            enrol(session, opened.id, teacher(session, other))
        before = events(session)
    with pytest.raises(Refused, match=code), database.begin() as session:
        correct(session, ada, place, other)
    with database() as session:
        assert session.get_one(Enrolment, place).urn == wrong
        assert events(session) == before


@pytest.mark.parametrize("gives_up", [True, False])
def test_a_school_with_room_or_a_place_given_up_is_corrected(session: Session, gives_up: bool) -> None:
    wrong, right = schools(session, 2)
    opened, ada = group(session, of={"max_per_school": 1}), teacher(session, wrong)
    place = enrol(session, opened.id, ada)
    if gives_up:
        withdraw(session, place)
        enrol(session, opened.id, teacher(session, right))
    correct(session, ada, place, right)
    assert session.get_one(Enrolment, place).urn == right


@pytest.mark.parametrize(
    ("late", "code"), [(-INSTANT, None), (0 * DAY, None), (INSTANT, "received_in_future")]
)
def test_a_register_has_no_apologies_that_are_to_come(session: Session, late: Any, code: str | None) -> None:
    opened = group(session)
    place = enrol(session, opened.id, teacher(session, schools(session)[0]))
    met = meeting(session, opened.id)
    said = [
        Mark(enrolment_id=place, mark="apologies", notified_at=MEETS + DAY + late)
    ]  # taken at MEETS + DAY
    if code is None:
        register(session, met.id, said)
        return
    with pytest.raises(Refused, match=code) as caught:
        register(session, met.id, said)
    assert caught.value.pointer == "/marks/0/notified_at"
