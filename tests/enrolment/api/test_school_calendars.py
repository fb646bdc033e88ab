"""Sessions and PD days in school holidays get a warning, over HTTP."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.enrolment.desk import Desk, day_body, session_body
from tests.enrolment.factories import NOW
from tests.support.announcing import announce
from tests.support.waiting import wait_until

from hub_contracts.visits import CalendarHalfTerm, CalendarSet

HALF_TERMS = [
    (date(2026, 9, 2), date(2026, 10, 23)),
    (date(2026, 11, 2), date(2026, 12, 18)),
    (date(2027, 1, 4), date(2027, 2, 12)),
    (date(2027, 2, 22), date(2027, 3, 25)),
    (date(2027, 4, 12), date(2027, 5, 28)),
    (date(2027, 6, 7), date(2027, 7, 21)),
]
SHUT = [{"on": "2026-12-23", "reason": "school_holidays"}]
HOLIDAY = datetime(2026, 12, 23, 10, 0, tzinfo=UTC)


@pytest.fixture(name="host", scope="module")
def _host() -> dict[str, str]:
    return {}


@pytest.fixture(name="urn")
def _urn(desk: Desk, publishers: str, host: dict[str, str]) -> str:
    """A school whose own calendar is known."""
    if "urn" not in host:
        (host["urn"],) = desk.schools()
        terms = [
            CalendarHalfTerm(n=n, starts_on=first, ends_on=last, non_school_days=())
            for n, (first, last) in enumerate(HALF_TERMS, start=1)
        ]
        event = CalendarSet(scope=f"school:{host['urn']}", academic_year="2026/27", half_terms=terms)
        announce(publishers, event, at=NOW)
        wait_until(lambda: preview(desk, desk.group(), host["urn"])["warnings"] != [])
    return host["urn"]


def preview(desk: Desk, group_id: str, urn: str, **changes: Any) -> Any:
    body = {
        "pattern": {"repeats": "weekly", "every": 1, "weekday": "wednesday"},
        "first_on": "2026-12-16",
        "count": 4,
        "starts": "13:30",
        "ends": "16:00",
        "mode": "school_hosted",
        "host_urn": urn,
        "dry_run": True,
    }
    return desk.made(f"work-groups/{group_id}/session-series", body | changes)


def test_a_series_warns_of_school_holidays_as_of_bank_holidays(desk: Desk, urn: str) -> None:
    told = preview(desk, desk.group(), urn)["warnings"]
    assert told == [*SHUT, {"on": "2026-12-30", "reason": "school_holidays"}]
    thursdays = {"repeats": "weekly", "every": 1, "weekday": "friday"}
    told = preview(desk, desk.group(), urn, pattern=thursdays, first_on="2026-12-18", count=2)["warnings"]
    assert told == [{"on": "2026-12-25", "reason": "bank_holiday"}]


def test_a_single_session_and_a_move_warn_too(desk: Desk, urn: str) -> None:
    group_id = desk.group()
    place = {"mode": "school_hosted", "host_urn": urn}
    made = desk.made(f"work-groups/{group_id}/sessions", session_body(HOLIDAY, **place))
    assert made["warnings"] == SHUT
    path = f"sessions/{made['session_id']}/reschedule"
    into_term = session_body(HOLIDAY - timedelta(days=7), **place)
    assert desk.made(path, into_term)["warnings"] == []
    assert desk.made(path, session_body(HOLIDAY, **place))["warnings"] == SHUT
    assert "warnings" not in desk.get(f"sessions/{made['session_id']}").json


def test_another_school_has_its_own_holidays(desk: Desk, urn: str) -> None:
    (other,) = desk.schools()
    assert urn != other
    made = desk.made(
        f"work-groups/{desk.group()}/sessions", session_body(HOLIDAY, mode="school_hosted", host_urn=other)
    )
    assert made["warnings"] == []


def test_a_pd_day_goes_by_the_hubs_calendar(desk: Desk, publishers: str) -> None:
    assert desk.made("pd-days", day_body(on="2029-12-25"))["warnings"] == [
        {"on": "2029-12-25", "reason": "bank_holiday"}
    ]
    terms = [
        CalendarHalfTerm(n=n, starts_on=first, ends_on=last, non_school_days=())
        for n, (first, last) in enumerate(
            [(one.replace(year=one.year + 3), two.replace(year=two.year + 3)) for one, two in HALF_TERMS],
            start=1,
        )
    ]
    announce(publishers, CalendarSet(scope="hub", academic_year="2029/30", half_terms=terms), at=NOW)
    shut = [{"on": "2029-12-27", "reason": "school_holidays"}]
    wait_until(lambda: desk.made("pd-days", day_body(on="2029-12-27"))["warnings"] == shut)
