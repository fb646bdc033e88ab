"""The diary: one rule for a single session, for a series and for a move."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.enrolment.factories import INSTANT, MEETS

from hub_enrolment.domain.diary import MEETABLE, check_meetings, check_not_over
from hub_enrolment.domain.series import Slot
from hub_enrolment.domain.sessions import Meeting
from hub_enrolment.domain.work_groups import OVER, WorkGroupStatus
from hub_kernel.refusals import Conflict, Refused

HOURS = timedelta(hours=3)
MEETING = Meeting(starts_at=MEETS, ends_at=MEETS + HOURS, mode="online", host_urn=None)
TAKEN = Slot(MEETS, MEETS + HOURS)


def at(starts_at: datetime, lasts: timedelta = HOURS) -> Meeting:
    return replace(MEETING, starts_at=starts_at, ends_at=starts_at + lasts)


@pytest.mark.parametrize(
    ("after", "overlaps"),
    [
        (-HOURS, False),
        (-HOURS + INSTANT, True),
        (timedelta(0), True),
        (HOURS - INSTANT, True),
        (HOURS, False),
    ],
)
def test_a_group_meets_once_at_a_time(after: timedelta, overlaps: bool) -> None:
    asked = at(MEETS + after)
    if not overlaps:
        check_meetings("confirmed", [asked], [TAKEN])
        return
    with pytest.raises(Conflict, match="session_overlaps") as caught:
        check_meetings("confirmed", [asked], [TAKEN])
    assert caught.value.pointer == "/starts_at"
    assert caught.value.detail.startswith(
        "The Work Group already meets on Wednesday 8 October 2025 from 13:30 to 16:30;"
    )


def test_two_sessions_asked_for_together_do_not_overlap_either() -> None:
    with pytest.raises(Conflict, match="session_overlaps") as caught:
        check_meetings("confirmed", [at(MEETS), at(MEETS + HOURS / 2)], [], pointer="/first_on")
    assert caught.value.pointer == "/first_on"


@pytest.mark.parametrize(
    ("starts_at", "lasts", "code"),
    [
        (MEETS, timedelta(0), "ends_before_start"),
        (MEETS, -INSTANT, "ends_before_start"),
        (MEETS, INSTANT, None),
        (MEETS, timedelta(hours=24), None),
        (MEETS, timedelta(hours=24) + INSTANT, "session_too_long"),
        (MEETS, timedelta(days=365), "session_too_long"),
    ],
)
def test_a_session_lasts_a_day_at_most(starts_at: datetime, lasts: timedelta, code: str | None) -> None:
    if code is None:
        check_meetings("confirmed", [at(starts_at, lasts)], [])
        return
    with pytest.raises(Refused, match=code) as caught:
        check_meetings("confirmed", [at(starts_at, lasts)], [])
    assert caught.value.pointer == "/ends_at"


@pytest.mark.parametrize("status", WorkGroupStatus)
def test_a_draft_and_a_closed_or_cancelled_group_get_no_sessions(status: str) -> None:
    if status in MEETABLE:
        check_meetings(status, [MEETING], [])
    else:
        with pytest.raises(Conflict, match="work_group_over"):
            check_meetings(status, [MEETING], [])


@pytest.mark.parametrize("status", WorkGroupStatus)
def test_a_closed_or_cancelled_group_gets_corrections_only(status: str) -> None:
    if status not in OVER:
        check_not_over(status)
    else:
        with pytest.raises(Conflict, match="work_group_over"):
            check_not_over(status)


def test_a_hosted_session_names_its_host() -> None:
    hosted = replace(MEETING, mode="school_hosted")
    with pytest.raises(Refused, match="host_missing"):
        check_meetings("confirmed", [hosted], [])
    check_meetings("confirmed", [replace(hosted, host_urn="110623")], [])


def test_a_session_that_stood_over_another_before_the_rule_can_get_another_place() -> None:
    two_days = at(MEETS, timedelta(days=2))
    check_meetings("confirmed", [replace(two_days, venue="Ely")], [TAKEN], known=two_days)
    with pytest.raises(Refused, match="session_too_long"):
        check_meetings("confirmed", [at(MEETS + INSTANT, timedelta(days=2))], [TAKEN], known=two_days)


@given(
    starts=st.lists(st.integers(0, 23), min_size=1, max_size=6),
    taken=st.lists(st.integers(0, 23), max_size=4),
    lasts=st.integers(1, 180),
)
def test_sessions_pass_together_exactly_when_they_pass_one_by_one(
    starts: list[int], taken: list[int], lasts: int
) -> None:
    midnight = datetime(2026, 1, 6, tzinfo=UTC)
    asked = [at(midnight + timedelta(days=n // 6, hours=n % 6), timedelta(minutes=lasts)) for n in starts]
    known = [
        Slot(
            midnight + timedelta(days=n // 6, hours=n % 6), midnight + timedelta(days=n // 6, hours=n % 6 + 1)
        )
        for n in taken
    ]

    def passes(meetings: list[Meeting], held: list[Slot]) -> bool:
        try:
            check_meetings("running", meetings, held)
        except Conflict:
            return False
        return True

    one_by_one, diary = True, list(known)
    for meeting in asked:
        one_by_one = one_by_one and passes([meeting], diary)
        diary.append(Slot(meeting.starts_at, meeting.ends_at))
    assert passes(asked, known) is one_by_one
