"""Checks of a PD lead, and the obligations of an assignment."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.visits.factories import LINTON

from hub_kernel.refusals import Refused
from hub_visits.domain.assignments import (
    SCHOOL_DAYS_TO_COUNT,
    OwnSchool,
    Post,
    Workplace,
    check_own_school,
    check_pd_lead,
    obligations,
    own_urns,
)

PD_LEAD = Post(role="pd_lead", urn="100001", trust_uid="3180", starts_on=date(2023, 9, 1))
SEPTEMBER = date(2023, 9, 4)


OWN = OwnSchool(urn="100001", trust_uid="3180")


@pytest.mark.parametrize(
    ("posts", "code"),
    [
        ([], "unknown_pd_lead"),
        ([replace(PD_LEAD, role="work_group_lead")], "unknown_pd_lead"),
        ([replace(PD_LEAD, ends_on=SEPTEMBER - timedelta(days=1))], "pd_lead_ended"),
        ([replace(PD_LEAD, ends_on=SEPTEMBER)], None),
        ([PD_LEAD, replace(PD_LEAD, ends_on=date(2020, 8, 31))], None),
    ],
)
def test_a_pd_lead_holds_that_role_on_the_first_day(posts: list[Post], code: str | None) -> None:
    if code is None:
        check_pd_lead(posts, on=SEPTEMBER)
        return
    with pytest.raises(Refused) as refusal:
        check_pd_lead(posts, on=SEPTEMBER)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("urn", "trust_uid", "warnings"),
    [
        ("100002", "999", []),
        ("100002", None, []),
        ("100002", "3180", ["own_trust"]),
        ("100001", "3180", None),
        ("100001", None, None),
    ],
)
def test_own_school_is_refused_and_own_trust_gives_a_warning(
    urn: str, trust_uid: str | None, warnings: list[str] | None
) -> None:
    if warnings is not None:
        assert check_own_school([OWN], urn=urn, trust_uid=trust_uid) == warnings
        return
    with pytest.raises(Refused) as refusal:
        check_own_school([OWN], urn=urn, trust_uid=trust_uid)
    assert refusal.value.code == "own_school"


@pytest.mark.parametrize(
    ("workplaces", "own"),
    [
        ([], {"100001"}),  # not announced yet: where the role was given
        ([Workplace(urn="100002")], {"100002"}),
        ([Workplace(urn="100002", ends_on=SEPTEMBER)], {"100002"}),  # the last day there
        (
            [Workplace(urn="100002", ends_on=SEPTEMBER - timedelta(days=1)), Workplace(urn="100003")],
            {"100003"},
        ),
        ([Workplace(urn="100002"), Workplace(urn="100003")], {"100002", "100003"}),
    ],
)
def test_the_own_schools_are_those_where_the_pd_lead_works(
    workplaces: list[Workplace], own: set[str]
) -> None:
    assert own_urns([PD_LEAD], workplaces, on=SEPTEMBER) == own


def test_ended_role_names_no_own_school() -> None:
    ended = replace(PD_LEAD, urn="100009", ends_on=SEPTEMBER - timedelta(days=1))
    assert own_urns([PD_LEAD, ended], [], on=SEPTEMBER) == {"100001"}


def test_a_school_is_owed_each_kind_in_each_half_term() -> None:
    owed = obligations(LINTON, ["visit", "department_pd", "visit"], starts_on=SEPTEMBER)
    assert [(each.half_term, each.kind) for each in owed] == [
        (f"2023-{n}", kind) for n in range(1, 7) for kind in ("department_pd", "visit")
    ]
    assert (owed[0].starts_on, owed[0].ends_on) == (date(2023, 9, 4), date(2023, 10, 20))


@pytest.mark.parametrize(
    ("starts_on", "first"),
    [
        (date(2023, 10, 8), "2023-1"),  # a Sunday: ten school days remain
        (date(2023, 10, 9), "2023-1"),  # ten
        (date(2023, 10, 10), "2023-2"),  # nine
        (date(2023, 10, 25), "2023-2"),  # in the holidays
    ],
)
def test_a_half_term_counts_while_ten_school_days_remain(starts_on: date, first: str) -> None:
    assert obligations(LINTON, ["visit"], starts_on=starts_on)[0].half_term == first


def test_a_day_without_pupils_is_no_school_day() -> None:
    """From 5 to 16 February there are ten weekdays, but the last is a training day."""
    assert obligations(LINTON, ["visit"], starts_on=date(2024, 2, 5))[0].half_term == "2023-4"
    assert obligations(LINTON, ["visit"], starts_on=date(2024, 2, 2))[0].half_term == "2023-3"


@given(starts_on=st.dates(date(2023, 9, 1), date(2024, 8, 31)))
def test_half_terms_with_enough_remaining_days_are_owed(starts_on: date) -> None:
    owed = {each.half_term for each in obligations(LINTON, ["visit"], starts_on=starts_on)}
    for half_term in LINTON:
        days = [
            half_term.starts_on + timedelta(n)
            for n in range((half_term.ends_on - half_term.starts_on).days + 1)
        ]
        left = [d for d in days if d >= starts_on and d.weekday() < 5 and d not in half_term.non_school_days]
        assert (half_term.id in owed) == (len(left) >= SCHOOL_DAYS_TO_COUNT)
