"""Values that could mean two things are refused where they would be stored or sent."""

from datetime import UTC, date, datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from hub_platform.clocks import WallClock
from hub_platform.database import UtcDateTime
from hub_platform.headers import read_now
from hub_platform.paging import _typed, where_given
from hub_platform.problems import Problem
from hub_platform.settings import _seconds

DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


def test_an_instant_without_a_zone_is_not_stored() -> None:
    column = UtcDateTime()
    with pytest.raises(ValueError, match="time zone"):
        column.process_bind_param(datetime(2026, 1, 1), DIALECT)  # noqa: DTZ001 - that is the matter
    assert column.process_bind_param(None, DIALECT) is None
    instant = datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=1)))
    assert column.process_bind_param(instant, DIALECT) == instant
    read = column.process_result_value(instant, DIALECT)
    assert read is not None
    assert (read, read.tzinfo) == (instant, UTC)


def test_a_cursor_of_an_instant_is_read_in_utc_as_its_column_keeps_it() -> None:
    key: Any = SimpleNamespace(type=UtcDateTime())
    instant = datetime(2025, 10, 8, 12, 30, 0, 1, tzinfo=UTC)
    read = _typed(str(instant.astimezone(timezone(timedelta(hours=1)))), key)
    assert isinstance(read, datetime)
    assert (read, read.tzinfo) == (instant, UTC)


@pytest.mark.parametrize("text", ["2025-10-08T12:30:00", "2025-10-08", "0001-01-01T00:00:00+14:00", "soon"])
def test_a_cursor_without_an_instant_is_no_cursor_of_a_list_by_time(text: str) -> None:
    key: Any = SimpleNamespace(type=UtcDateTime())
    with pytest.raises(Problem, match="bad_cursor"):
        _typed(text, key)


@pytest.mark.parametrize(
    ("python_type", "text", "value"),
    [(date, "2026-07-01", date(2026, 7, 1)), (int, "7", 7), (str, "x", "x")],
)
def test_a_cursor_is_read_as_the_type_of_its_column(python_type: type, text: str, value: Any) -> None:
    key: Any = SimpleNamespace(type=SimpleNamespace(python_type=python_type))
    assert _typed(text, key) == value


@pytest.mark.parametrize(("python_type", "text"), [(date, "yesterday"), (int, "x"), (date, 7)])
def test_a_cursor_of_another_type_is_no_cursor_of_this_list(python_type: type, text: Any) -> None:
    key: Any = SimpleNamespace(type=SimpleNamespace(python_type=python_type))
    with pytest.raises(Problem, match="bad_cursor"):
        _typed(text, key)


def test_a_list_is_filtered_by_the_values_that_are_given() -> None:
    name, size = sa.column("name", sa.Text), sa.column("size", sa.Integer)
    every = sa.select(name)
    assert str(where_given(every, (name, None), (size, None))) == str(every)
    found = where_given(every, (name, "Ada"), (size, None), (size, 0))
    assert str(found) == str(every.where(name == "Ada", size == 0))


def test_the_wait_before_a_retry_is_given_in_seconds() -> None:
    assert _seconds("1.5") == timedelta(seconds=1.5)


def test_where_the_clock_is_the_machines_no_request_says_what_time_it_is() -> None:
    plain, told = (
        Request(EnvironBuilder(headers=headers).get_environ())
        for headers in ([], [("Hub-Time", "2026-09-07T09:00:00Z")])
    )
    assert abs(read_now(plain, WallClock(), known=True) - datetime.now(UTC)) < timedelta(minutes=1)
    with pytest.raises(Problem, match="hub_time_refused"):
        read_now(told, WallClock(), known=True)


def test_the_machines_clock_cannot_be_set() -> None:
    assert not WallClock().was_just_set()
