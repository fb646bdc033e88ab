"""A session is moved: what stays of it, and to which start."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.enrolment.factories import DAY, INSTANT, MEETS, NOW

from hub_enrolment.domain.sessions import Meeting, Rescheduling, moved, reschedule
from hub_kernel.refusals import Refused

HOURS = timedelta(hours=3)
LINK, OTHER_LINK = "https://meet.example/1", "https://meet.example/2"
KNOWN = Meeting(
    starts_at=MEETS,
    ends_at=MEETS + HOURS,
    mode="school_hosted",
    host_urn="110623",
    venue="The main hall",
    joining_link=LINK,
)


def to(**changes: Any) -> Meeting:
    """The known session after a move that gives these."""
    return moved(KNOWN, Rescheduling(**{"starts_at": MEETS, "ends_at": MEETS + HOURS} | changes))


@pytest.mark.parametrize(
    ("given_changes", "expected"),
    [
        ({}, {}),
        ({"starts_at": MEETS + DAY}, {"starts_at": MEETS + DAY}),
        ({"mode": "school_hosted", "host_urn": "110623"}, {}),
        ({"host_urn": "136217"}, {"host_urn": "136217", "venue": None}),
        ({"mode": "online"}, {"mode": "online", "host_urn": None, "venue": None}),
        ({"mode": "in_person"}, {"mode": "in_person", "host_urn": None, "venue": None, "joining_link": None}),
        ({"location": {"venue": None}}, {"venue": None}),
        ({"location": {"joining_link": OTHER_LINK}}, {"joining_link": OTHER_LINK}),
        (
            {"mode": "in_person", "location": {"venue": "Ely", "joining_link": LINK}},
            {"mode": "in_person", "host_urn": None, "venue": "Ely"},
        ),
    ],
)
def test_what_is_not_given_stays_as_far_as_it_fits(
    given_changes: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert to(**given_changes) == replace(KNOWN, **expected)


@pytest.mark.parametrize(
    ("starts_at", "in_past"),
    [
        (NOW - 365 * DAY, True),
        (NOW - INSTANT, True),
        (NOW, True),
        (NOW + INSTANT, False),
        (MEETS + 365 * DAY, False),
    ],
)
def test_a_session_is_moved_to_a_start_to_come(starts_at: datetime, in_past: bool) -> None:
    asked = replace(KNOWN, starts_at=starts_at, ends_at=starts_at + HOURS)
    if in_past:
        with pytest.raises(Refused, match="session_in_past") as refusal:
            reschedule("scheduled", KNOWN, asked, now=NOW)
        assert refusal.value.pointer == "/starts_at"
    else:
        assert reschedule("scheduled", KNOWN, asked, now=NOW)


def test_the_refusal_names_the_day_as_people_say_it() -> None:
    known = replace(KNOWN, starts_at=MEETS.replace(year=2027, month=3, day=17))
    asked = replace(known, starts_at=known.starts_at.replace(year=2026))
    with pytest.raises(Refused) as refusal:
        reschedule("scheduled", known, asked, now=MEETS.replace(year=2026, month=11))
    assert (
        refusal.value.detail == "The new start, 17 March 2026 at 12:30, is in the past; choose a later one."
    )


def test_a_session_that_has_begun_keeps_its_start() -> None:
    """Its end, venue or mode can be put right; sent again, a move that was made is no new one."""
    now = MEETS + DAY
    assert reschedule("scheduled", KNOWN, replace(KNOWN, venue="The library"), now=now)
    assert not reschedule("rescheduled", KNOWN, KNOWN, now=now)


@given(st.timedeltas(timedelta(days=-4000), timedelta(days=4000)))
def test_no_move_ends_in_the_past(distance: timedelta) -> None:
    asked = replace(KNOWN, starts_at=NOW + distance, ends_at=NOW + distance + HOURS)
    if distance > timedelta():
        assert reschedule("scheduled", KNOWN, asked, now=NOW) is (asked != KNOWN)
        return
    with pytest.raises(Refused, match="session_in_past"):
        reschedule("scheduled", KNOWN, asked, now=NOW)
