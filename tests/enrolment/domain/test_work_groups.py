"""Work groups: 10 to 20 teachers from at least six schools, who leads them, what state they are in."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.enrolment.factories import CLOSES, OPENS

from hub_enrolment.domain.confirmations import Candidate, Terms, confirm
from hub_enrolment.domain.programmes import Limits
from hub_enrolment.domain.teachers import Appointment
from hub_enrolment.domain.work_groups import (
    Composition,
    Shortfall,
    check_leads,
    check_recruitment,
    composition,
    shortfall,
    status_after_change,
    status_after_scheduling,
    status_after_session,
)
from hub_kernel.academic_years import AcademicYear
from hub_kernel.refusals import Conflict, Refused
from hub_kernel.successions import Succession, Successions

TYPICAL = Limits()
YEAR = AcademicYear(2025)
LEAD = uuid4()
FIRST_DAY = date(2025, 9, 1)


def asked(
    teachers_n: int,
    schools_n: int,
    limits: Limits = TYPICAL,
    *,
    reason: str | None = None,
    status: str = "recruiting",
) -> bool:
    """Ask for the confirmation of a group with these teachers and schools."""
    group = Candidate(status=status, counted=Composition(teachers_n, schools_n))
    return confirm(group, Terms(limits=limits), override_reason=reason)


def outcome(teachers_n: int, schools_n: int, limits: Limits = TYPICAL) -> str:
    """How asking for a confirmation ends."""
    try:
        asked(teachers_n, schools_n, limits)
    except Refused as refusal:
        return refusal.code
    return "confirmed"


@pytest.mark.parametrize(
    ("teachers_n", "schools_n", "code"),
    [
        (9, 6, "too_few_teachers"),
        (10, 6, "confirmed"),
        (11, 6, "confirmed"),
        (19, 6, "confirmed"),
        (20, 6, "confirmed"),
        (21, 6, "too_many_teachers"),
        (10, 5, "too_few_schools"),
        (20, 5, "too_few_schools"),
        (10, 7, "confirmed"),
        (0, 0, "too_few_teachers"),
    ],
)
def test_the_composition_rule_at_its_boundaries(teachers_n: int, schools_n: int, code: str) -> None:
    assert outcome(teachers_n, schools_n) == code


limits = st.builds(
    Limits, min_schools=st.integers(1, 12), min_teachers=st.integers(1, 15), max_teachers=st.integers(15, 30)
)


@given(teachers_n=st.integers(0, 40), schools_n=st.integers(0, 20), of=limits)
def test_a_group_is_confirmed_exactly_within_its_programmes_limits(
    teachers_n: int, schools_n: int, of: Limits
) -> None:
    within = of.min_teachers <= teachers_n <= of.max_teachers and schools_n >= of.min_schools
    assert (outcome(teachers_n, schools_n, of) == "confirmed") is within


def test_all_that_is_wrong_is_listed() -> None:
    with pytest.raises(Refused) as caught:
        asked(9, 5)
    assert len(caught.value.errors) == 2


def test_an_override_is_noted_only_where_it_was_needed() -> None:
    assert asked(9, 5, reason="small schools") is True
    assert asked(10, 6, reason="small schools") is False


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("confirmed", "already_confirmed"),
        ("running", "already_confirmed"),
        ("cancelled", "not_recruiting"),
        ("closed", "not_recruiting"),
        ("evaluating", "not_recruiting"),
    ],
)
def test_a_group_is_confirmed_once(status: str, code: str) -> None:
    with pytest.raises(Conflict, match=code):
        asked(12, 6, reason="please", status=status)


def successions(successors: dict[str, str]) -> Successions:
    """Let each of these schools be carried on from one day on."""
    links = [Succession(urn=old, successor_urn=new, first_day=FIRST_DAY) for old, new in successors.items()]
    return Successions(links)


def test_a_school_and_its_successor_are_one_school() -> None:
    urns, known = ["1", "2", "3", "3"], successions({"1": "9", "9": "2"})
    assert composition(urns, known, FIRST_DAY) == Composition(teachers_n=4, schools_n=2)
    assert composition(urns, known, FIRST_DAY - timedelta(days=1)) == Composition(teachers_n=4, schools_n=3)


@given(st.lists(st.integers(1, 30).map(str)), st.dictionaries(st.integers(1, 30).map(str), st.just("99")))
def test_never_more_schools_than_teachers(urns: list[str], successors: dict[str, str]) -> None:
    counted = composition(urns, successions(successors), FIRST_DAY)
    assert counted.teachers_n == len(urns)
    assert counted.schools_n <= counted.teachers_n


@pytest.mark.parametrize(
    ("teachers_n", "schools_n", "missing"),
    [
        (10, 6, None),
        (21, 6, None),
        (9, 6, Shortfall(1, 0)),
        (10, 5, Shortfall(0, 1)),
        (7, 3, Shortfall(3, 3)),
    ],
)
def test_what_is_missing_to_the_minimum(teachers_n: int, schools_n: int, missing: Shortfall | None) -> None:
    assert shortfall(Composition(teachers_n, schools_n), TYPICAL) == missing


@pytest.mark.parametrize(
    ("status", "missing", "then"),
    [
        ("confirmed", Shortfall(1, 0), "at_risk"),
        ("confirmed", None, "confirmed"),
        ("at_risk", None, "confirmed"),
        ("at_risk", Shortfall(1, 0), "at_risk"),
        ("running", Shortfall(1, 0), "running"),
        ("recruiting", Shortfall(1, 0), "recruiting"),
    ],
)
def test_only_a_confirmed_group_comes_to_be_at_risk(
    status: str, missing: Shortfall | None, then: str
) -> None:
    assert status_after_change(status, missing) == then


@pytest.mark.parametrize(
    ("status", "to_come", "then"),
    [
        ("confirmed", 1, "running"),
        ("at_risk", 2, "running"),
        ("running", 1, "running"),
        ("running", 0, "evaluating"),
        ("confirmed", 0, "evaluating"),
        ("recruiting", 1, "running"),
        ("draft", 0, "draft"),
        ("closed", 0, "closed"),
    ],
)
def test_a_group_runs_from_its_first_session_and_is_evaluated_after_its_last(
    status: str, to_come: int, then: str
) -> None:
    assert status_after_session(status, to_come=to_come) == then


@pytest.mark.parametrize(
    ("status", "then"), [("evaluating", "running"), ("running", "running"), ("recruiting", "recruiting")]
)
def test_another_session_makes_a_group_run_on(status: str, then: str) -> None:
    assert status_after_scheduling(status) == then


def lead_in(role: str, starts_on: date, ends_on: date | None = None) -> dict[UUID, list[Appointment]]:
    return {LEAD: [Appointment(role=role, starts_on=starts_on, ends_on=ends_on)]}


@pytest.mark.parametrize(
    "role",
    ["hub_lead", "deputy", "amhl", "tfm_lead", "mastery_specialist", "work_group_lead", "cohort_lead"],
)
def test_these_roles_lead_work_groups(role: str) -> None:
    check_leads(lead_in(role, YEAR.starts_on), [LEAD], YEAR)


@pytest.mark.parametrize(
    "held",
    [
        {},
        lead_in("administrator", YEAR.starts_on),
        lead_in("pd_lead", YEAR.starts_on),
        lead_in("work_group_lead", date(2024, 9, 1), date(2025, 8, 31)),
        lead_in("work_group_lead", date(2026, 9, 1)),
    ],
)
def test_other_roles_and_other_years_do_not_qualify_a_lead(held: dict[UUID, list[Appointment]]) -> None:
    with pytest.raises(Refused) as caught:
        check_leads(held, [LEAD], YEAR)
    assert (caught.value.code, caught.value.pointer) == ("not_a_leader", "/lead_ids/0")


@pytest.mark.parametrize(
    "held",
    [
        lead_in("work_group_lead", date(2024, 9, 1), date(2025, 9, 1)),
        lead_in("work_group_lead", date(2026, 8, 31)),
    ],
)
def test_one_day_of_the_year_is_enough(held: dict[UUID, list[Appointment]]) -> None:
    check_leads(held, [LEAD], YEAR)


def test_a_lead_is_named_once() -> None:
    with pytest.raises(Refused, match="lead_named_twice"):
        check_leads(lead_in("hub_lead", YEAR.starts_on), [LEAD, LEAD], YEAR)


def test_recruitment_closes_after_it_opens() -> None:
    check_recruitment(OPENS, CLOSES)
    with pytest.raises(Refused, match="closes_before_opens"):
        check_recruitment(OPENS, OPENS)
