"""Teacher reference numbers and leadership roles."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_enrolment.domain.teachers import (
    Appointment,
    address_answered,
    check_appointment,
    mask_trn,
    trn_to_keep,
    unconfirmed_since,
)
from hub_kernel.refusals import Conflict, Refused

STARTS = date(2025, 9, 1)
DAY = timedelta(days=1)
MOVED, LATER = datetime(2026, 1, 8, 11, tzinfo=UTC), datetime(2026, 2, 1, 9, tzinfo=UTC)


def test_a_trnless_teacher_has_no_trn() -> None:
    assert trn_to_keep(None, trnless=True) is None
    with pytest.raises(Refused, match="trn_and_trnless"):
        trn_to_keep("1234567", trnless=True)


def test_only_the_last_three_digits_are_shown() -> None:
    assert (mask_trn("1234567"), mask_trn(None)) == ("****567", None)


@pytest.mark.parametrize(
    ("email", "keep", "answered"),
    [(None, False, False), ("ada@new.example", False, True), (None, True, True)],
)
def test_an_address_is_answered_by_a_new_one_or_by_keeping_it(
    email: str | None, keep: bool, answered: bool
) -> None:
    assert address_answered(email, keep_email=keep) is answered


def test_an_address_is_not_given_and_kept() -> None:
    with pytest.raises(Refused) as refused:
        address_answered("ada@new.example", keep_email=True)
    assert (refused.value.code, refused.value.pointer) == ("email_and_keep_email", "/keep_email")


@pytest.mark.parametrize(
    ("before", "answered", "questioned", "since"),
    [
        (None, False, False, None),
        (None, False, True, LATER),
        (None, True, True, None),
        (None, True, False, None),
        (MOVED, False, False, MOVED),
        (MOVED, False, True, MOVED),
        (MOVED, True, True, None),
        (MOVED, True, False, None),
    ],
)
def test_an_address_is_unconfirmed_from_the_first_question_to_an_answer(
    before: datetime | None, answered: bool, questioned: bool, since: datetime | None
) -> None:
    assert unconfirmed_since(before, answered=answered, questioned=questioned, now=LATER) == since


@given(steps=st.lists(st.tuples(st.booleans(), st.booleans()), max_size=8))
def test_an_address_is_unconfirmed_when_a_question_has_no_answer_yet(steps: list[tuple[bool, bool]]) -> None:
    since: datetime | None = None
    for n, (answered, questioned) in enumerate(steps):
        since = unconfirmed_since(since, answered=answered, questioned=questioned, now=MOVED + n * DAY)
    answers = [n for n, (answered, _) in enumerate(steps) if answered]
    after = steps[answers[-1] + 1 :] if answers else steps
    asked = [n for n, (_, questioned) in enumerate(after, start=len(steps) - len(after)) if questioned]
    assert since == (MOVED + asked[0] * DAY if asked else None)


def appointment(starts_on: date = STARTS, ends_on: date | None = None, role: str = "deputy") -> Appointment:
    return Appointment(role=role, starts_on=starts_on, ends_on=ends_on)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "overlaps"),
    [
        (STARTS - 9 * DAY, STARTS - DAY, False),
        (STARTS - 9 * DAY, STARTS, True),
        (STARTS + 30 * DAY, None, True),
        (STARTS + 31 * DAY, None, False),
        (STARTS - 9 * DAY, None, True),
    ],
)
def test_periods_overlap_when_they_share_a_day(starts_on: date, ends_on: date | None, overlaps: bool) -> None:
    held = appointment(STARTS, STARTS + 30 * DAY)
    assert held.overlaps(starts_on, ends_on) is overlaps


def test_a_role_is_held_once_at_a_time() -> None:
    held = [appointment(STARTS, STARTS + 30 * DAY)]
    check_appointment(appointment(STARTS + 31 * DAY), held)
    check_appointment(appointment(role="pd_lead"), held)
    with pytest.raises(Conflict, match="already_appointed"):
        check_appointment(appointment(STARTS + 30 * DAY), held)


def test_a_role_does_not_end_before_it_starts() -> None:
    check_appointment(appointment(STARTS, STARTS), [])
    with pytest.raises(Refused, match="ends_before_start"):
        check_appointment(appointment(STARTS, STARTS - DAY), [])
