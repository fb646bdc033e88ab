"""Rules about enrolling a teacher and undoing a withdrawal."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.enrolment.factories import CLOSES, INSTANT, NOW, OPENS, PLACES, TODAY

from hub_enrolment.domain.enrolments import Grant, Places, check_withdrawal, enrol, undo_withdrawal
from hub_enrolment.domain.schools import SchoolState
from hub_kernel.refusals import Conflict, Refused

SCHOOL = SchoolState(urn="110623", status="open", open_date=None, close_date=None, eligible=True)


def outcome(places: Places = PLACES, school: SchoolState = SCHOOL, at: datetime = NOW) -> str:
    """How a request for a place ends."""
    try:
        enrol(places, school, at=at, on=TODAY)
    except Refused as refusal:
        return refusal.code
    return "enrolled"


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (OPENS - INSTANT, "recruitment_not_open"),
        (OPENS, "enrolled"),
        (CLOSES - INSTANT, "enrolled"),
        (CLOSES, "recruitment_closed"),
        (CLOSES + INSTANT, "recruitment_closed"),
    ],
)
def test_places_are_given_from_the_opening_until_just_before_the_close(at: datetime, code: str) -> None:
    assert outcome(at=at) == code


@pytest.mark.parametrize(("taken", "code"), [(18, "enrolled"), (19, "enrolled"), (20, "work_group_full")])
def test_the_last_place_is_given_and_no_more(taken: int, code: str) -> None:
    assert outcome(replace(PLACES, taken=taken)) == code


@pytest.mark.parametrize(("taken", "code"), [(1, "enrolled"), (2, "school_cap_reached")])
def test_a_programmes_cap_for_one_school(taken: int, code: str) -> None:
    assert outcome(replace(PLACES, max_per_school=2, taken=taken, taken_by_school=taken)) == code


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("draft", "work_group_not_recruiting"),
        ("recruiting", "enrolled"),
        ("confirmed", "enrolled"),
        ("at_risk", "enrolled"),
        ("running", "enrolled"),
        ("evaluating", "work_group_not_recruiting"),
        ("closed", "work_group_not_recruiting"),
        ("cancelled", "work_group_not_recruiting"),
    ],
)
def test_the_states_in_which_a_group_takes_teachers(status: str, code: str) -> None:
    assert outcome(replace(PLACES, status=status)) == code


@pytest.mark.parametrize(
    ("school", "code"),
    [
        (replace(SCHOOL, eligible=False), "school_not_eligible"),
        (replace(SCHOOL, status="closed"), "school_not_open"),
        (replace(SCHOOL, status="proposed_to_open"), "school_not_open"),
        (replace(SCHOOL, status="proposed_to_close"), "enrolled"),
        (replace(SCHOOL, status="closed", close_date=TODAY + timedelta(days=1)), "enrolled"),
    ],
)
def test_only_eligible_open_schools_take_part(school: SchoolState, code: str) -> None:
    assert outcome(school=school) == code


def test_a_teacher_holds_one_place() -> None:
    assert outcome(replace(PLACES, held_by_teacher=True)) == "already_enrolled"


def test_the_schools_first_place_is_noticed() -> None:
    assert enrol(PLACES, SCHOOL, at=NOW, on=TODAY).school_joins is True
    assert enrol(replace(PLACES, school_seen=True), SCHOOL, at=NOW, on=TODAY).school_joins is False


@given(capacity=st.integers(1, 30), requests=st.integers(0, 60))
def test_first_come_first_served_up_to_capacity(capacity: int, requests: int) -> None:
    places, outcomes = replace(PLACES, capacity=capacity), []
    for _ in range(requests):
        outcomes.append(outcome(places))
        if outcomes[-1] == "enrolled":
            places = replace(places, taken=places.taken + 1)
    given_n = min(capacity, requests)
    assert outcomes == ["enrolled"] * given_n + ["work_group_full"] * (requests - given_n)


@pytest.mark.parametrize("status", ["withdrawn", "completed", "transferred", "pending"])
def test_only_an_active_place_is_taken_back(status: str) -> None:
    check_withdrawal("active")
    with pytest.raises(Conflict, match="not_active"):
        check_withdrawal(status)


HELD_BACK = replace(PLACES, school_seen=True)


@pytest.mark.parametrize(
    ("places", "status", "reason", "code"),
    [
        (HELD_BACK, "active", None, "not_withdrawn"),
        (HELD_BACK, "completed", None, "not_withdrawn"),
        (HELD_BACK, "transferred", "transferred", "not_withdrawn"),
        (HELD_BACK, "withdrawn", "group_cancelled", "not_withdrawn"),
        (replace(HELD_BACK, status="closed"), "withdrawn", "other", "work_group_over"),
        (replace(HELD_BACK, status="cancelled"), "withdrawn", "other", "work_group_over"),
        (replace(HELD_BACK, held_by_teacher=True), "withdrawn", "other", "already_enrolled"),
    ],
)
def test_what_is_no_withdrawal_to_undo_is_refused_with_an_override_too(
    places: Places, status: str, reason: str | None, code: str
) -> None:
    for override in (False, True):
        with pytest.raises(Conflict, match=code):
            undo_withdrawal(places, status, reason, override=override)


@pytest.mark.parametrize(
    ("places", "code"),
    [
        (replace(HELD_BACK, taken=20), "work_group_full"),
        (replace(HELD_BACK, taken=19, offered=1), "work_group_full"),
        (replace(HELD_BACK, taken=19, offered=1, waiting=2), "work_group_full"),
        (replace(HELD_BACK, max_per_school=2, taken_by_school=2), "school_cap_reached"),
    ],
)
def test_a_place_past_a_limit_is_given_back_by_an_override_only(places: Places, code: str) -> None:
    with pytest.raises(Conflict, match=code):
        undo_withdrawal(places, "withdrawn", "workload")
    assert undo_withdrawal(places, "withdrawn", "workload", override=True) == Grant(
        school_joins=False, over_cap=True
    )


def test_a_free_place_no_waiting_teacher_can_take_is_restored() -> None:
    places = replace(HELD_BACK, taken=18, offered=1, waiting=1)
    assert undo_withdrawal(places, "withdrawn", "workload") == Grant(school_joins=False, over_cap=False)


@pytest.mark.parametrize("status", ["recruiting", "confirmed", "at_risk", "running", "evaluating"])
def test_a_free_place_is_restored_until_the_group_closes(status: str) -> None:
    given_back = undo_withdrawal(replace(HELD_BACK, status=status), "withdrawn", "workload", override=True)
    assert given_back == Grant(school_joins=False, over_cap=False)
