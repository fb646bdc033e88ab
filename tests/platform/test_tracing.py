"""One piece of work followed through two services, a broker and a collector; and nothing of it when off."""

import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.platform.conftest import MIGRATIONS
from tests.platform.sending import PARCELS
from tests.support.collector import Collector, SentSpan, running_collector
from tests.support.postgres import PostgresServer
from tests.support.services import RunningService, running_service
from tests.support.waiting import wait_until

SERVER, CONSUMER = 2, 5  # opentelemetry/proto/trace/v1/trace.proto, Span.SpanKind
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"  # pragma: allowlist secret
CALLER = "00f067aa0ba902b7"
TRACEPARENT = f"00-{TRACE}-{CALLER}-01"


@pytest.fixture(name="collector")
def _collector() -> Iterator[Collector]:
    with running_collector() as collector:
        yield collector


@pytest.fixture(name="pair")
def _pair(
    postgres: PostgresServer, amqp_uri: str, tmp_path: Path, collector: Collector
) -> Iterator[tuple[RunningService, RunningService]]:
    tracing = {"HUB_OTLP_ENDPOINT": collector.endpoint, "OTEL_BSP_SCHEDULE_DELAY": "200"}
    with (
        service(tmp_path, "sorting", postgres, amqp_uri, **tracing) as sorting,
        service(tmp_path, "counting", postgres, amqp_uri, **tracing) as counting,
    ):
        wait_until(counting.ready)
        yield sorting, counting


def service(folder: Path, name: str, postgres: PostgresServer, amqp_uri: str, **environment: str):  # type: ignore[no-untyped-def]
    return running_service(
        folder / name,
        name,
        ("parcels", name),
        database_url=postgres.migrated_database(MIGRATIONS),
        amqp_uri=amqp_uri,
        **environment,  # type: ignore[arg-type]  # mypy takes one of them for `installed`
    )


def sort(sorting: RunningService, number: int, weight: int = 5, **headers: str) -> None:
    body = {"number": number, "weight": weight}
    assert sorting.client("sorter")("POST", PARCELS, body, **headers).status == 201


def the_one(collector: Collector, name: str) -> SentSpan:
    (span,) = wait_until(lambda: collector.named(name))
    return span


def test_one_trace_leads_from_the_request_through_the_broker_to_the_handler(
    pair: tuple[RunningService, RunningService], collector: Collector
) -> None:
    sort(pair[0], 1, traceparent=TRACEPARENT)
    request, handler = the_one(collector, f"POST {PARCELS}"), the_one(collector, "process ParcelSorted")
    assert (request.kind, handler.kind) == (SERVER, CONSUMER)
    assert (request.service, handler.service) == ("hub.sorting", "hub.counting")
    assert request.trace_id == handler.trace_id == TRACE
    assert (request.parent_id, handler.parent_id) == (CALLER, request.span_id)
    assert request.resource["service.namespace"] == "test"
    assert request.attributes == {
        "http.request.method": "POST",
        "http.route": PARCELS,
        "url.scheme": "http",
        "http.response.status_code": 201,
    }
    assert handler.attributes["messaging.destination.name"] == "counting.in"
    assert handler.links == ()


def test_a_batch_has_a_trace_of_its_own_with_links_to_those_of_its_events(
    pair: tuple[RunningService, RunningService], collector: Collector
) -> None:
    sorting, counting = pair
    for number in (1, 2, 3):
        sort(sorting, number)
    wait_until(lambda: len(collector.named("process ParcelSorted")) == 3)
    counting.stop()
    for number in (1, 2, 3):
        path = f"{PARCELS}/{number}"
        assert sorting.client("sorter")("PUT", path, {"weight": 9}, If_Match='"1"').status == 200
    wait_until(lambda: sorting.metric("hub_outbox_pending") == 0)
    counting.start()
    batch = the_one(collector, "process counting.in")
    requests = wait_until(
        lambda: found if len(found := collector.named(f"PUT {PARCELS}/<int:number>")) == 3 else None
    )
    assert set(batch.links) == {(span.trace_id, span.span_id) for span in requests}
    assert batch.trace_id not in {span.trace_id for span in requests}
    assert (batch.parent_id, batch.attributes["messaging.batch.message_count"]) == ("", 3)


def test_a_failure_is_an_error_of_its_span_without_its_text(
    pair: tuple[RunningService, RunningService], collector: Collector
) -> None:
    sorting, _ = pair
    sort(sorting, 1, weight=666)
    assert sorting.client()("GET", "/sorting/v1/fault").status == 500
    handler, request = the_one(collector, "process ParcelSorted"), the_one(collector, "GET /sorting/v1/fault")
    assert handler.failed
    assert request.failed
    assert (handler.attributes["error.type"], request.attributes["error.type"]) == ("RuntimeError", "500")
    for word in ("poison", "secret"):
        assert word not in handler.raw + request.raw


def test_the_callers_mistake_is_no_error_of_the_span(
    pair: tuple[RunningService, RunningService], collector: Collector
) -> None:
    assert pair[0].client("sorter")("GET", f"{PARCELS}?colour=ultramarine").status == 400
    span = the_one(collector, f"GET {PARCELS}")
    assert (span.failed, span.attributes["http.response.status_code"]) == (False, 400)
    assert "ultramarine" not in span.raw


def test_a_log_line_names_its_trace(
    pair: tuple[RunningService, RunningService], collector: Collector
) -> None:
    sort(pair[0], 1, traceparent=TRACEPARENT)
    the_one(collector, "process ParcelSorted")
    for running, event in ((pair[0], "sorting"), (pair[1], "noting")):
        (line,) = running.lines(event)
        assert line["trace_id"] == TRACE


def test_what_the_caller_does_not_record_is_recorded_nowhere(
    pair: tuple[RunningService, RunningService], collector: Collector
) -> None:
    sort(pair[0], 1, traceparent=TRACEPARENT.removesuffix("01") + "00")
    sort(pair[0], 2, traceparent=TRACEPARENT.replace("4bf9", "5bf9"))
    assert the_one(collector, "process ParcelSorted").trace_id.startswith("5bf9")


def test_a_ratio_of_nought_records_nothing_that_begins_here(
    postgres: PostgresServer, amqp_uri: str, tmp_path: Path, collector: Collector
) -> None:
    settings = {"HUB_OTLP_ENDPOINT": collector.endpoint, "HUB_TRACE_RATIO": "0"}
    with service(tmp_path, "sorting", postgres, amqp_uri, **settings) as sorting:
        sort(sorting, 1)
        sort(sorting, 2, traceparent=TRACEPARENT)
        sorting.stop()  # it sends what it has
    assert [span.trace_id for span in collector.spans] == [TRACE]


def test_spans_that_have_not_been_sent_are_sent_at_the_stop(
    postgres: PostgresServer, amqp_uri: str, tmp_path: Path, collector: Collector
) -> None:
    settings = {"HUB_OTLP_ENDPOINT": collector.endpoint, "OTEL_BSP_SCHEDULE_DELAY": "600000"}
    with service(tmp_path, "sorting", postgres, amqp_uri, **settings) as sorting:
        sort(sorting, 1)
        assert collector.named(f"POST {PARCELS}") == []
        sorting.stop()
    assert len(collector.named(f"POST {PARCELS}")) == 1


def test_a_collector_that_does_not_answer_holds_up_neither_work_nor_stop(
    postgres: PostgresServer, amqp_uri: str, tmp_path: Path, collector: Collector
) -> None:
    collector.answering.clear()
    settings = {"HUB_OTLP_ENDPOINT": collector.endpoint, "OTEL_BSP_SCHEDULE_DELAY": "100"}
    with service(tmp_path, "sorting", postgres, amqp_uri, **settings) as sorting:
        for number in range(20):
            sort(sorting, number)
        assert sorting.child is not None
        sorting.child.process.send_signal(signal.SIGTERM)
        assert sorting.child.process.wait(10) == 0


def test_a_collector_that_is_away_is_no_fault(
    postgres: PostgresServer, amqp_uri: str, tmp_path: Path
) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))  # taken, without a listener
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with service(tmp_path, "sorting", postgres, amqp_uri, HUB_OTLP_ENDPOINT=endpoint) as sorting:
            sort(sorting, 1)
            assert sorting.child is not None
            sorting.child.process.send_signal(signal.SIGTERM)
            assert sorting.child.process.wait(10) == 0


def test_when_off_no_sdk_is_imported_and_the_callers_trace_is_handed_on(
    postgres: PostgresServer, amqp_uri: str, tmp_path: Path
) -> None:
    url = postgres.migrated_database(MIGRATIONS)
    with running_service(
        tmp_path,
        "sorting",
        ("parcels", "sorting"),
        database_url=url,
        amqp_uri=amqp_uri,
        PYTHONPROFILEIMPORTTIME="1",
    ) as sorting:
        sort(sorting, 1, traceparent=TRACEPARENT)
        sort(sorting, 2)
        engine = sa.create_engine(url)
        with engine.connect() as connection:
            traces = list(connection.scalars(sa.text("SELECT traceparent FROM outbox ORDER BY position")))
        engine.dispose()
        assert traces == [TRACEPARENT, None]
        sorting.stop()
        imported = {line.rpartition("|")[2].strip() for line in sorting.log.splitlines() if "|" in line}
    assert "opentelemetry.trace" in imported
    assert [
        name for name in imported if name.startswith(("opentelemetry.sdk", "opentelemetry.exporter"))
    ] == []
