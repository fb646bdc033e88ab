"""Log lines name the request or delivery that they belong to, and contain no data of senders."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
from tests.platform.conftest import MIGRATIONS
from tests.platform.sending import PARCELS
from tests.support.postgres import PostgresServer
from tests.support.services import RunningService, running_service
from tests.support.waiting import wait_until

from hub_platform import telemetry


@pytest.fixture(name="counting", scope="module")
def _counting(
    postgres: PostgresServer, sorting: RunningService, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningService]:
    with running_service(
        tmp_path_factory.mktemp("counting"),
        "counting",
        ("parcels", "counting"),
        database_url=postgres.migrated_database(MIGRATIONS),
        amqp_uri=sorting.environment["HUB_AMQP_URI"],
    ) as service:
        wait_until(service.ready)
        yield service


def about(service: RunningService, **wanted: str) -> list[dict[str, Any]]:
    """The lines that say this of themselves."""
    lines = [json.loads(line) for line in service.log.splitlines() if line.startswith("{")]
    return [line for line in lines if wanted.items() <= line.items()]


def test_every_line_of_a_request_names_the_request(sorting: RunningService) -> None:
    sender = sorting.client("sorter")
    body = {"number": 70_001, "weight": 5}
    assert sender("POST", PARCELS, body, X_Request_ID="order-70").status == 201
    lines = wait_until(lambda: about(sorting, correlation_id="order-70"))
    assert [line["event"] for line in lines] == ["sorting", "request"]


def test_a_request_does_not_lend_its_name_to_the_next_on_the_same_connection(sorting: RunningService) -> None:
    sender = sorting.client("sorter")
    for name in ("first-71", "second-71"):
        sender("GET", PARCELS, X_Request_ID=name)
    assert len(about(sorting, correlation_id="first-71")) == 1


def test_every_line_of_a_handler_names_the_event_and_the_request_that_it_goes_back_to(
    sorting: RunningService, counting: RunningService
) -> None:
    sender = sorting.client("sorter")
    body = {"number": 70_002, "weight": 5}
    assert sender("POST", PARCELS, body, X_Request_ID="order-72").status == 201
    (line,) = wait_until(lambda: about(counting, correlation_id="order-72"))
    assert (line["event"], len(line["event_id"])) == ("noting", 36)


def test_a_failure_of_a_handler_names_the_event_and_says_nothing_of_its_text(
    sorting: RunningService, counting: RunningService
) -> None:
    sender = sorting.client("sorter")
    body = {"number": 70_003, "weight": 666}
    assert sender("POST", PARCELS, body, X_Request_ID="order-73").status == 201
    lines = wait_until(
        lambda: found if len(found := about(counting, correlation_id="order-73")) >= 2 else None
    )
    assert [(line["event"], line.get("error")) for line in lines[:2]] == [
        ("noting", None),
        ("delivery_failed", "RuntimeError"),
    ]
    assert len({line["event_id"] for line in lines}) == 1
    assert "poison" not in counting.log
    assert "70003" not in counting.log


def test_a_failure_of_a_route_tells_where_it_was_raised_and_not_its_text(sorting: RunningService) -> None:
    assert sorting.client()("GET", "/sorting/v1/fault", X_Request_ID="order-74").status == 500
    failed, request = wait_until(
        lambda: found if len(found := about(sorting, correlation_id="order-74")) == 2 else None
    )
    assert (failed["event"], failed["error"], request["status"]) == ("request_failed", "RuntimeError", 500)
    assert "service.py" in failed["exception"]
    assert failed["exception"].endswith("RuntimeError\n")
    assert "secret of anonymous" not in sorting.log  # the line of code is logged, not its values


@pytest.fixture(name="written")
def _written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """The log of this process."""
    root, output = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers, root.level
    monkeypatch.setattr(sys, "stdout", output)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    telemetry.configure("tried", "INFO")
    yield output
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def raised() -> None:
    try:
        json.loads("Ada")
    except ValueError as exc:
        raise ValueError("Lovelace") from exc


@pytest.mark.parametrize("given", ["in hand", "itself", "triple"])
def test_no_library_can_write_an_exceptions_text(written: io.StringIO, given: str) -> None:
    try:
        raised()
    except ValueError as exc:
        exc_info: Any = {"in hand": True, "itself": exc, "triple": sys.exc_info()}[given]
        logging.getLogger("some.library").error("it broke", exc_info=exc_info)
        structlog.get_logger("ours").error("it_broke", exc_info=exc_info)
    for line in map(json.loads, written.getvalue().splitlines()):
        assert "Lovelace" not in line["exception"].replace('ValueError("Lovelace")', "")
        assert line["exception"].count("Error\n") == 2
        assert (line["service"], line["level"]) == ("tried", "error")


def test_a_line_without_an_exception_in_hand_tells_of_none(written: io.StringIO) -> None:
    structlog.get_logger("ours").error("odd", exc_info=True)
    (line,) = map(json.loads, written.getvalue().splitlines())
    assert line["exception"] == ""


def test_of_a_long_chain_of_exceptions_only_the_last_are_logged(written: io.StringIO) -> None:
    last: BaseException = ValueError("Ada")
    for _ in range(2 * telemetry.CHAIN):
        previous, last = last, RuntimeError("Ada")
        last.__cause__ = previous
    structlog.get_logger("ours").error("it_broke", exc_info=last)
    (line,) = map(json.loads, written.getvalue().splitlines())
    assert line["exception"].count("RuntimeError\n") == telemetry.CHAIN


def test_what_ends_a_process_is_logged_without_its_text(written: io.StringIO) -> None:
    """Before: Python wrote the text of a database's error, with values of rows, to the log."""
    exc = ValueError("Ada")
    sys.excepthook(ValueError, exc, None)
    (line,) = map(json.loads, written.getvalue().splitlines())
    assert (line["event"], line["level"]) == ("uncaught", "critical")
    assert line["exception"] == "ValueError\n"


def test_of_a_database_error_its_code_is_logged(written: io.StringIO, database_url: str) -> None:
    engine = sa.create_engine(database_url, poolclass=sa.NullPool)
    with pytest.raises(sa.exc.DataError) as failed, engine.connect() as connection:
        connection.execute(sa.text("SELECT 'Ada'::integer"))
    structlog.get_logger("ours").error("it_broke", exc_info=failed.value)
    (line,) = map(json.loads, written.getvalue().splitlines())
    assert "InvalidTextRepresentation [22P02]\n" in line["exception"]
    assert "Ada" not in line["exception"].replace("SELECT 'Ada'::integer", "")
