"""When a leadership role may end."""

from contextlib import nullcontext
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_enrolment.domain.leaders import end
from hub_enrolment.domain.refusals import Refused
from hub_enrolment.domain.teachers import LEADER_ROLES, Appointment

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
    assert "3 work groups" in caught.value.detail


@given(st.sampled_from(LEADER_ROLES), st.integers(0, 400), st.integers(0, 3))
def test_only_a_role_that_leads_groups_is_kept_by_them(role: str, days: int, groups_n: int) -> None:
    kept = role not in {"pd_lead", "administrator"} and groups_n > 0
    with pytest.raises(Refused, match="still_leads_groups") if kept else nullcontext():
        end(held(role), STARTS + days * DAY, others=[], groups_n=groups_n)
