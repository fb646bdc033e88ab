"""Which programmes a school may follow, by what it has followed before."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests.enrolment.factories import (
    BY,
    NOW,
    apply,
    enrol,
    events,
    group,
    leader,
    programme,
    schools,
    teacher,
)
from tests.enrolment.register_files import gias, links, row

from hub_contracts.vocabulary import Strand
from hub_enrolment.commands.enrolments import WithdrawParticipant
from hub_enrolment.domain.programmes import Path, TakenPart, check_path
from hub_enrolment.handlers.enrolments import withdraw_participant
from hub_enrolment.models import Enrolment, Programme
from hub_kernel.academic_years import AcademicYear
from hub_kernel.refusals import Refused
from hub_platform.database import Sessions

YEAR = AcademicYear(2025)
DEVELOPMENT = {"strand": "development", "academic_year": "2025/26"}
EMBEDDING = {"strand": "embedding", "prerequisite_strand": "development"}


def outcome(strand: str, prerequisite: str | None, *taken: tuple[str, int]) -> str:
    parts = [TakenPart(name, AcademicYear(first)) for name, first in taken]
    try:
        check_path(Path(strand=strand, year=YEAR, prerequisite_strand=prerequisite), parts)
    except Refused as refusal:
        return refusal.code
    return "may"


@pytest.mark.parametrize(("year", "said"), [(2024, "development_once"), (2025, "may"), (2026, "may")])
def test_development_is_of_one_year(year: int, said: str) -> None:
    assert outcome("development", None, ("development", year)) == said


@pytest.mark.parametrize(("year", "said"), [(2024, "may"), (2025, "may"), (2026, "prerequisite_missing")])
def test_a_prerequisite_is_met_in_an_earlier_year_or_the_same(year: int, said: str) -> None:
    assert outcome("embedding", "development", ("development", year)) == said


def test_another_strand_is_no_prerequisite() -> None:
    assert outcome("embedding", "development", ("readiness", 2024)) == "prerequisite_missing"
    assert outcome("embedding", None) == "may"


PARTS = st.lists(st.tuples(st.sampled_from(Strand), st.integers(2020, 2030)))


@given(strand=st.sampled_from(Strand), needed=st.none() | st.sampled_from(Strand), taken=PARTS)
def test_later_years_say_nothing_of_a_school(
    strand: str, needed: str | None, taken: list[tuple[str, int]]
) -> None:
    known = [part for part in taken if part[1] <= YEAR.first]
    assert outcome(strand, needed, *taken) == outcome(strand, needed, *known)


@given(strand=st.sampled_from(Strand), needed=st.none() | st.sampled_from(Strand), taken=PARTS)
def test_what_came_before_matters_only_where_a_path_says_so(
    strand: str, needed: str | None, taken: list[tuple[str, int]]
) -> None:
    path = Path(strand=strand, year=YEAR, prerequisite_strand=needed)
    assert path.depends_on_history or outcome(strand, needed, *taken) == "may"


def follows(session: Session, school: str, **of: str) -> Enrolment:
    """Enrol a participant of the school on a group of such a programme."""
    lead = teacher(session, school)
    leader(session, lead, starts_on=date(2024, 9, 1))
    joined = group(session, of=of, lead_ids=[lead])
    return session.get_one(Enrolment, enrol(session, joined.id, teacher(session, school)))


def test_second_development_year_of_a_school_is_refused(database: Sessions) -> None:
    with database.begin() as session:
        (school,) = schools(session)
        follows(session, school, strand="development", academic_year="2024/25")
        opened, ada = group(session, of=DEVELOPMENT), teacher(session, school)
        before = len(events(session))
    with pytest.raises(Refused, match="development_once"), database.begin() as session:
        enrol(session, opened.id, ada)
    with database() as session:
        assert (session.scalar(select(func.count(Enrolment.id))), len(events(session))) == (1, before)


@pytest.mark.parametrize(("status", "may"), [("completed", False), ("not_completed", True)])
def test_a_development_year_counts_once_it_is_completed(session: Session, status: str, may: bool) -> None:
    (school,) = schools(session)
    place = follows(session, school, strand="development", academic_year="2024/25")
    place.status, place.completion_decided_at = status, NOW
    session.flush()
    if may:
        follows(session, school, **DEVELOPMENT)
    else:
        with pytest.raises(Refused, match="development_once"):
            follows(session, school, **DEVELOPMENT)


def test_a_place_that_was_given_up_counts_for_nothing(session: Session) -> None:
    (school,) = schools(session)
    place = follows(session, school, **DEVELOPMENT)
    command = WithdrawParticipant(enrolment_id=place.id, reason="workload")
    withdraw_participant(session, command, now=NOW, by=BY)
    with pytest.raises(Refused, match="prerequisite_missing"):
        follows(session, school, **EMBEDDING)


def test_a_successor_goes_on_where_the_school_before_it_was(session: Session) -> None:
    old, middle, new = (row() for _ in range(3))
    apply(session, gias(old, middle, new))
    follows(session, old["URN"], strand="development", academic_year="2024/25")
    with pytest.raises(Refused, match="prerequisite_missing"):
        follows(session, new["URN"], **EMBEDDING)
    for before, after in ((old, middle), (middle, new)):
        closed = {"EstablishmentStatus (code)": "2", "CloseDate": "19-09-2025"}
        apply(session, gias(before | closed))
        apply(session, links((before["URN"], after["URN"], "Successor", "20-09-2025")))
    follows(session, new["URN"], **EMBEDDING)
    with pytest.raises(Refused, match="development_once"):
        follows(session, new["URN"], **DEVELOPMENT)


def test_a_strand_is_not_its_own_prerequisite(session: Session) -> None:
    with pytest.raises(Refused, match="own_prerequisite"):
        programme(session, strand="embedding", prerequisite_strand="embedding")
    assert session.scalar(select(func.count(Programme.id))) == 0
