"""Engagement on three levels, by cases and as a property."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reporting.plain import register, school

from hub_reporting.domain.engagement import Activity, Engagement, FinishedPlace, SignUp, completes, engagement
from hub_reporting.domain.measures import Ratio

SEPTEMBER, OCTOBER, JULY = date(2025, 9, 10), date(2025, 10, 1), date(2026, 7, 1)
SCHOOLS = register(*(school(urn) for urn in "ABCD"), school("OLD", status="closed"), uOLD="D")


def engaged(
    *,
    signed: Sequence[SignUp] = (),
    activities: Sequence[Activity] = (),
    finished: Sequence[FinishedPlace] = (),
) -> Engagement:
    return engagement("ABCD", SCHOOLS, sign_ups=signed, activities=activities, finished_places=finished)


def test_each_level_is_counted() -> None:
    found = engaged(
        signed=[SignUp("A", SEPTEMBER), SignUp("B", SEPTEMBER), SignUp("C", SEPTEMBER)],
        activities=[Activity("A", "work_group", OCTOBER, 2), Activity("B", "visit", OCTOBER, 1)],
        finished=[FinishedPlace("A", 3, 4, JULY)],
    )
    assert [found.level(level) for level in ("signed_up", "attended", "completed")] == [
        Ratio(3, 4), Ratio(2, 4), Ratio(1, 4),
    ]  # fmt: skip
    assert found.by([SEPTEMBER, OCTOBER, JULY], "attended") == [0, 2, 2]
    assert found.by([SEPTEMBER, JULY], "completed") == [0, 1]
    assert (found.attended_by_kind("work_group"), found.attended_by_kind("visit")) == (1, 1)
    assert all(check.holds for check in found.checks())


def test_activity_of_a_closed_school_counts_once_for_its_successor() -> None:
    found = engaged(
        activities=[Activity("OLD", "work_group", SEPTEMBER, 1), Activity("D", "work_group", OCTOBER, 2)]
    )
    assert found.level("attended") == Ratio(1, 4)
    assert (found.schools["D"].attended, found.schools["D"].times) == (SEPTEMBER, {"work_group": 3})


def test_schools_outside_the_denominator_are_not_counted() -> None:
    found = engagement(
        "A", SCHOOLS, sign_ups=[], activities=[Activity("B", "visit", OCTOBER, 1)], finished_places=[]
    )
    assert found.level("attended") == Ratio(0, 1)


@pytest.mark.parametrize(
    ("attended", "held", "enough"),
    [(3, 4, True), (2, 3, False), (4, 6, False), (5, 6, True), (0, 0, False), (1, 1, True)],
)
def test_three_quarters_of_the_sessions_complete_a_programme(attended: int, held: int, enough: bool) -> None:
    assert completes(FinishedPlace("A", attended, held, JULY)) is enough


@pytest.mark.parametrize(("attended", "decided"), [(4, False), (1, True), (0, True)])
def test_decision_of_the_hub_overrides_the_number_of_sessions(attended: int, decided: bool) -> None:
    assert completes(FinishedPlace("A", attended, 4, JULY, decided)) is decided


def test_school_without_attendance_in_the_period_has_not_completed() -> None:
    assert engaged(finished=[FinishedPlace("A", 4, 4, JULY)]).level("completed") == Ratio(0, 4)


URNS = st.sampled_from(["A", "B", "C", "D", "OLD", "GONE"])
DAYS = st.dates(date(2025, 9, 1), date(2026, 8, 31))


@given(
    signed=st.lists(st.builds(SignUp, URNS, DAYS)),
    activities=st.lists(
        st.builds(Activity, URNS, st.sampled_from(["work_group", "visit"]), DAYS, st.integers(1, 9))
    ),
    finished=st.lists(
        st.builds(
            FinishedPlace,
            URNS,
            st.integers(0, 6),
            st.integers(0, 6),
            DAYS,
            st.sampled_from([None, True, False]),
        )
    ),
)
def test_levels_are_nested_for_any_facts(
    signed: list[SignUp], activities: list[Activity], finished: list[FinishedPlace]
) -> None:
    found = engaged(signed=signed, activities=activities, finished=finished)
    assert all(check.holds for check in found.checks())
    days = [date(2025, 9, 1) + timedelta(30 * n) for n in range(13)]
    for level in ("signed_up", "attended", "completed"):
        counted = found.by(days, level)
        assert counted == sorted(counted), "no school loses a level within a period"
        assert counted[-1] <= found.level(level).n
    again = engaged(signed=signed * 2, activities=activities[::-1], finished=finished[::-1])
    assert [again.level(x) for x in ("signed_up", "attended", "completed")] == [
        found.level(x) for x in ("signed_up", "attended", "completed")
    ]
