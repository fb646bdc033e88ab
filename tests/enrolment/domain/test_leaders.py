"""When a leadership role may end."""

from contextlib import nullcontext
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_contracts.vocabulary import LeaderRole
from hub_enrolment.domain.leaders import assignments_unknown, end, last_day_of, still_assigned
from hub_enrolment.domain.teachers import Appointment
from hub_kernel.refusals import Refused

STARTS = date(2025, 9, 1)


LAST = date(2025, 12, 31)


DAY = timedelta(days=1)


def held(role: str = "work_group_lead", starts_on: date = STARTS, ends_on: date | None = None) -> Appointment:
    return Appointment(role=role, starts_on=starts_on, ends_on=ends_on)


@pytest.mark.parametrize(
    ("one", "ends_on", "code"),
    [
        (held(), STARTS - DAY, "ends_before_start"),
        (held(), STARTS, None),
        (held(ends_on=LAST), LAST - DAY, None),
        (held(ends_on=LAST), LAST, "already_ended"),
        (held(ends_on=LAST), LAST + DAY, "already_ended"),
    ],
)
def test_the_last_day_of_a_role(one: Appointment, ends_on: date, code: str | None) -> None:
    if code is None:
        end(one, ends_on, others=[], groups_n=0)
        return
    with pytest.raises(Refused, match=code):
        end(one, ends_on, others=[], groups_n=0)


@pytest.mark.parametrize(
    ("other", "goes_on"),
    [
        (held("deputy"), True),
        (held("deputy", LAST), True),
        (held("deputy", LAST + DAY), False),
        (held("deputy", ends_on=LAST), False),
        (held("deputy", ends_on=LAST + DAY), True),
        (held("pd_lead"), False),
    ],
)
def test_groups_keep_a_lead_who_goes_on_in_another_role(other: Appointment, goes_on: bool) -> None:
    if goes_on:
        end(held(), LAST, others=[other], groups_n=1)
        return
    with pytest.raises(Refused, match="still_leads_groups") as caught:
        end(held(), LAST, others=[other], groups_n=3)
    assert "3 Work Groups" in caught.value.detail


@given(st.sampled_from(LeaderRole), st.integers(0, 400), st.integers(0, 3))
def test_only_a_role_that_leads_groups_is_kept_by_them(role: str, days: int, groups_n: int) -> None:
    kept = role not in {"pd_lead", "administrator"} and groups_n > 0
    with pytest.raises(Refused, match="still_leads_groups") if kept else nullcontext():
        end(held(role), STARTS + days * DAY, others=[], groups_n=groups_n)


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ([LAST], LAST),
        ([LAST, None], None),
        ([None], None),
        ([LAST, LAST + DAY], LAST + DAY),
        ([LAST + DAY, LAST - DAY], LAST + DAY),
    ],
)
def test_a_person_holds_roles_until_the_last_of_them_ends(
    ends: list[date | None], expected: date | None
) -> None:
    assert last_day_of(ends) == expected


@given(st.lists(st.none() | st.dates(), min_size=1))
def test_a_role_without_a_last_day_outlasts_all_others(ends: list[date | None]) -> None:
    last_day = last_day_of(ends)
    assert (last_day is None) == (None in ends)
    assert all(last_day is None or one is None or one <= last_day for one in ends)


@pytest.mark.parametrize(
    ("assignments_n", "visits_n", "words"),
    [
        (1, 0, "still has 1 assignment to schools, with 0 visits planned."),
        (2, 1, "still has 2 assignments to schools, with 1 visit planned."),
    ],
)
def test_the_warning_has_the_remaining_assignments_and_the_next_step(
    assignments_n: int, visits_n: int, words: str
) -> None:
    warned = still_assigned(assignments_n, visits_n, last_day=date(2026, 1, 5))
    assert warned is not None
    assert warned.detail.startswith(f"After 5 January 2026 this person {words} Hand each assignment over")


def test_no_assignments_give_no_warning_and_unknown_ones_name_the_route() -> None:
    assert still_assigned(0, 0, last_day=LAST) is None
    assert "could not be looked up" in assignments_unknown().detail
