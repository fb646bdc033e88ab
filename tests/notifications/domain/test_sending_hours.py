"""When a message may be sent: by its urgency, the clock of England, working days and school holidays."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_notifications.domain.kinds import Urgency
from hub_notifications.domain.sending_hours import Holidays, sendable_from
from hub_platform.bank_holidays import bank_holidays

LONDON = ZoneInfo("Europe/London")
INSTANT = timedelta.resolution
HOUR = timedelta(hours=1)
YEAR_2025 = (
    (date(2025, 9, 3), date(2025, 10, 24)),
    (date(2025, 11, 3), date(2025, 12, 19)),
    (date(2026, 1, 6), date(2026, 2, 13)),
    (date(2026, 2, 23), date(2026, 3, 27)),
    (date(2026, 4, 13), date(2026, 5, 22)),
    (date(2026, 6, 1), date(2026, 7, 22)),
)
NONE_KNOWN = Holidays(bank_holidays())  # no school holiday
HOLIDAYS = Holidays(bank_holidays(), {"2025/26": YEAR_2025})
ANSWER, DEADLINE, ORDINARY = Urgency.ANSWER, Urgency.DEADLINE, Urgency.ORDINARY
CANCELLATION, INVITATION = Urgency.CANCELLATION_OR_MOVE, Urgency.INVITATION


def at(text: str) -> datetime:
    """The instant at which clocks in England show a time."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


def sendable(
    urgency: Urgency, now: datetime, starts_at: datetime | None = None, holidays: Holidays = HOLIDAYS
) -> datetime:
    return sendable_from(urgency, now=now, starts_at=starts_at, holidays=holidays)


@pytest.mark.parametrize("urgency", [ORDINARY, DEADLINE, INVITATION, CANCELLATION])
@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2025-11-11T00:00", "2025-11-11T07:30"),  # a Tuesday in term
        ("2025-11-11T07:29:59", "2025-11-11T07:30"),
        ("2025-11-11T07:29:59.999999", "2025-11-11T07:30"),
        ("2025-11-11T07:30", "2025-11-11T07:30"),
        ("2025-11-11T12:00", "2025-11-11T12:00"),
        ("2025-11-11T17:59:59", "2025-11-11T17:59:59"),
        ("2025-11-11T17:59:59.999999", "2025-11-11T17:59:59.999999"),
        ("2025-11-11T18:00", "2025-11-12T07:30"),
        ("2025-11-14T18:00", "2025-11-17T07:30"),  # Friday to Monday
        ("2025-11-15T10:00", "2025-11-17T07:30"),
        ("2026-03-28T12:00", "2026-03-30T07:30"),  # clocks go forward on the Sunday between
        ("2025-10-24T17:59:59", "2025-10-24T17:59:59"),  # the last minute of a half term
    ],
)
def test_message_in_term_is_sent_in_working_hours(urgency: Urgency, now: str, expected: str) -> None:
    holidays = NONE_KNOWN if now.startswith("2026-03-28") else HOLIDAYS
    assert sendable(urgency, at(now), holidays=holidays) == at(expected)


@pytest.mark.parametrize(
    ("now", "ordinary", "deadline"),
    [
        # October half term; clocks go back on 26 October.
        ("2025-10-24T18:00", "2025-11-03T07:30", "2025-10-27T07:30"),
        ("2025-10-26T01:30", "2025-11-03T07:30", "2025-10-27T07:30"),
        ("2025-10-29T12:00", "2025-11-03T07:30", "2025-10-29T12:00"),
        # Christmas: 25 and 26 December and 1 January are bank holidays; school begins on Tuesday 6.
        ("2025-12-19T18:00", "2026-01-06T07:30", "2025-12-22T07:30"),
        ("2025-12-24T18:00", "2026-01-06T07:30", "2025-12-29T07:30"),
        ("2025-12-31T18:00", "2026-01-06T07:30", "2026-01-02T07:30"),
        ("2026-01-05T10:00", "2026-01-06T07:30", "2026-01-05T10:00"),
        # Easter: Good Friday is 3 April; clocks go forward on 29 March.
        ("2026-03-27T18:00", "2026-04-13T07:30", "2026-03-30T07:30"),
        ("2026-04-02T18:00", "2026-04-13T07:30", "2026-04-07T07:30"),
        # A bank holiday in term.
        ("2026-05-01T18:00", "2026-05-05T07:30", "2026-05-05T07:30"),
        ("2026-05-04T12:00", "2026-05-05T07:30", "2026-05-05T07:30"),
        # Summer, up to an academic year without a calendar.
        ("2026-07-22T18:00", "2026-09-01T07:30", "2026-07-23T07:30"),
        ("2026-08-31T12:00", "2026-09-01T07:30", "2026-09-01T07:30"),
        # The days before the first half term of a year with a calendar.
        ("2025-09-01T09:00", "2025-09-03T07:30", "2025-09-01T09:00"),
    ],
)
def test_deadline_is_sent_during_the_holidays(now: str, ordinary: str, deadline: str) -> None:
    assert sendable(ORDINARY, at(now)) == at(ordinary)
    assert sendable(DEADLINE, at(now)) == at(deadline)


@pytest.mark.parametrize(
    ("now", "utc"),
    [
        ("2025-10-24T18:00", datetime(2025, 10, 27, 7, 30, tzinfo=UTC)),  # winter time again
        ("2026-03-27T18:00", datetime(2026, 3, 30, 6, 30, tzinfo=UTC)),  # summer time
    ],
)
def test_sending_hours_are_in_englands_time(now: str, utc: datetime) -> None:
    assert sendable(ORDINARY, at(now), holidays=NONE_KNOWN) == utc


def test_without_a_calendar_only_weekends_and_bank_holidays_count() -> None:
    expected = {"2025-10-29T12:00": "2025-10-29T12:00", "2025-12-24T18:00": "2025-12-29T07:30"}
    for now, sent in expected.items():
        assert sendable(ORDINARY, at(now), holidays=NONE_KNOWN) == at(sent)
        other_year = Holidays(bank_holidays(), {"2024/25": YEAR_2025, "2025/26": ()})
        assert sendable(ORDINARY, at(now), holidays=other_year) == at(sent)


def test_after_a_calendar_that_ends_early_only_weekends_and_bank_holidays_count() -> None:
    until_easter = Holidays(bank_holidays(), {"2025/26": YEAR_2025[:4]})
    assert sendable(ORDINARY, at("2026-02-17T12:00"), holidays=until_easter) == at("2026-02-23T07:30")
    assert sendable(ORDINARY, at("2026-03-27T18:00"), holidays=until_easter) == at("2026-03-30T07:30")
    assert sendable(ORDINARY, at("2026-06-16T12:00"), holidays=until_easter) == at("2026-06-16T12:00")


@pytest.mark.parametrize("now", ["2025-11-11T03:00", "2025-12-25T12:00", "2026-08-15T23:59"])
def test_answer_is_sent_at_once(now: str) -> None:
    assert sendable(ANSWER, at(now)) == at(now)


NIGHT = at("2025-11-11T20:00")
NEXT = at("2025-11-12T07:30")


@pytest.mark.parametrize(
    ("starts_at", "expected"),
    [
        (NIGHT - HOUR, NIGHT),
        (NIGHT + HOUR, NIGHT),
        (NEXT + 24 * HOUR - INSTANT, NIGHT),
        (NEXT + 24 * HOUR, NEXT),
        (NEXT + 24 * HOUR + INSTANT, NEXT),
        (None, NEXT),
    ],
)
def test_cancellation_of_a_near_start_is_sent_at_once(starts_at: datetime | None, expected: datetime) -> None:
    assert sendable(CANCELLATION, NIGHT, starts_at) == expected


def test_cancellation_of_a_start_in_the_holidays_is_sent_at_once() -> None:
    now = at("2025-12-27T23:00")
    assert sendable(CANCELLATION, now, at("2026-01-02T09:00")) == now
    assert sendable(CANCELLATION, now, at("2026-01-07T07:29:59")) == now
    assert sendable(CANCELLATION, now, at("2026-01-07T07:30")) == at("2026-01-06T07:30")


@pytest.mark.parametrize(
    ("starts_at", "expected"),
    [
        ("2026-01-05T16:00", "2025-12-29T07:30"),
        ("2026-01-06T07:29:59.999999", "2025-12-29T07:30"),
        ("2026-01-06T07:30", "2025-12-29T07:30"),  # at the start an invitation comes too late
        ("2026-01-06T07:30:00.000001", "2026-01-06T07:30"),
        ("2026-01-06T16:00", "2026-01-06T07:30"),
    ],
)
def test_invitation_is_sent_in_the_holidays_before_an_early_start(starts_at: str, expected: str) -> None:
    assert sendable(INVITATION, at("2025-12-24T18:00"), at(starts_at)) == at(expected)


INSTANTS = st.datetimes(datetime(2025, 8, 1), datetime(2027, 9, 30), timezones=st.just(UTC))  # noqa: DTZ001


@given(
    urgency=st.sampled_from(Urgency),
    now=INSTANTS,
    starts_at=st.none() | INSTANTS,
    holidays=st.sampled_from([HOLIDAYS, NONE_KNOWN, Holidays(bank_holidays(), {"2025/26": YEAR_2025[:3]})]),
)
def test_sendable_instant_is_not_earlier_and_is_stable(
    urgency: Urgency, now: datetime, starts_at: datetime | None, holidays: Holidays
) -> None:
    first = sendable(urgency, now, starts_at, holidays)
    assert first >= now
    assert sendable(urgency, first, starts_at, holidays) == first
    local = first.astimezone(LONDON)
    if first > now:
        assert local.time() == time(7, 30)
    if urgency in {ORDINARY, DEADLINE}:
        assert time(7, 30) <= local.time() < time(18)
        assert local.weekday() < 5
    if urgency is ORDINARY:
        assert not holidays.include(local.date())
        assert first >= sendable(DEADLINE, now, starts_at, holidays)
