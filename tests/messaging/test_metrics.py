"""Metrics: each exists, changes with the things that it counts, and is listed in docs/metrics.md."""

# Long: each figure of the page moves in one journey.

import contextlib
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from parcels.events import ParcelSorted
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.exc import OperationalError
from tests.messaging.received import QUEUE, SOURCE, delivery, fail, receive
from tests.support.amqp import connected
from tests.support.broker import USER, BrokerServer
from tests.support.services import RunningService, install
from tests.support.waiting import wait_until
from uuid_utils.compat import uuid7

from hub_local.places import ROOT
from hub_messaging import counting, outbox, tables
from hub_messaging.marks import Mark
from hub_messaging.metrics import (
    ForgettingTable,
    InboxTable,
    OutboxTable,
    PublishingMetrics,
    ReadingMetrics,
    recorded_at,
)
from hub_notifications.api.mail_sender import TroubleCollector
from hub_platform import telemetry

PAGE = ROOT / "docs" / "metrics.md"
STATES = ("waiting", "held", "parked")
KINDS = ("ParcelSorted", "several")


def families() -> list[tuple[str, str, str, str]]:
    """Name as it is scraped, kind, labels and meaning of everything that a service may tell."""
    registry = CollectorRegistry()
    no_database: Any = None
    PublishingMetrics(registry, no_database)
    ReadingMetrics(registry)
    registry.register(InboxTable(no_database))
    registry.register(ForgettingTable(no_database, tables.outbox_forgotten))
    registry.register(ForgettingTable(no_database, tables.inbox_forgotten))
    registry.register(TroubleCollector(no_database))
    listed = []
    for collector in [
        *registry._collector_to_names,
        telemetry.http_connections,
        telemetry.http_seconds,
        telemetry.process_failures,
    ]:
        mark = (
            "¹" if isinstance(collector, (OutboxTable, InboxTable, ForgettingTable, TroubleCollector)) else ""
        )
        for family in collector.describe():  # type: ignore[attr-defined]
            name = family.name + ("_total" if family.type == "counter" else "")
            labels = ", ".join(getattr(collector, "_labelnames", ()) or getattr(family, "_labelnames", ()))
            listed.append((name, family.type, labels, family.documentation + mark))
    return sorted(listed)


def test_the_page_names_every_metric_with_its_kind_labels_and_meaning() -> None:
    rows = [f"| `{name}` | {kind} | {labels} | {what} |" for name, kind, labels, what in families()]
    table = "\n".join(["| metric | kind | labels | what |", "|---|---|---|---|", *rows])
    assert table + "\n\n" in PAGE.read_text(), f"the table should be:\n{table}"


def test_names_follow_prometheus() -> None:
    for name, kind, _, _ in families():
        assert re.fullmatch(r"hub_(http|outbox|inbox|handler|event|mail|process)_[a-z_]+", name)
        assert (kind == "counter") == name.endswith("_total")
        if kind == "histogram":
            assert name.endswith("_seconds")


def test_the_tables_figures_are_those_of_the_tables(database: Any) -> None:
    registry = CollectorRegistry()
    PublishingMetrics(registry, database)
    registry.register(InboxTable(database))
    assert registry.get_sample_value("hub_outbox_oldest_seconds") == 0
    events = [ParcelSorted(number=number, weight=1) for number in (1, 2, 3)]
    with database.begin() as session:
        outbox.record_all(session, events, occurred_at=datetime.now(UTC))
        first = session.execute(sa.text("SELECT position FROM outbox ORDER BY position LIMIT 1")).scalar_one()
        outbox.mark_published(session, [first])
        session.execute(sa.text("UPDATE outbox SET recorded_at = now() - interval '90 seconds'"))
    receive(database, delivery(1), delivery(2, 2, after=1))
    fail(database, delivery(3), RuntimeError("no"))
    expected = {
        "hub_outbox_recorded_total": 3,
        "hub_outbox_pending": 2,
        "hub_inbox_received_total": 1,
    }
    assert {name: registry.get_sample_value(name) for name in expected} == expected
    states = {state: registry.get_sample_value("hub_inbox_deliveries", {"state": state}) for state in STATES}
    assert states == {"waiting": 1, "held": 1, "parked": 0}
    assert registry.get_sample_value("hub_inbox_gaps") == 0
    with database.begin() as session:
        told = {"ParcelSorted": 5, "ParcelWeighed": 0}
        counting.compare(session, QUEUE, Mark(uuid4(), SOURCE, frozenset(told), told, datetime.now(UTC)))
    missing = {
        type_: registry.get_sample_value("hub_inbox_missing", {"publisher": "sorting", "type": type_})
        for type_ in told
    }
    assert missing == {"ParcelSorted": 2, "ParcelWeighed": 0}
    assert 90 <= (registry.get_sample_value("hub_outbox_oldest_seconds") or 0) < 150


def test_stopped_retention_is_reported(database: Any) -> None:
    registry = CollectorRegistry()
    registry.register(ForgettingTable(database, tables.outbox_forgotten))
    assert registry.get_sample_value("hub_outbox_forgetting_stopped") == 0
    with database.begin() as session:
        session.execute(sa.insert(tables.outbox_forgotten).values(stopped=True))
    assert registry.get_sample_value("hub_outbox_forgetting_stopped") == 1
    ahead = registry.get_sample_value("hub_outbox_clock_ahead_seconds")
    assert ahead is not None
    assert abs(ahead) < 2


def test_with_the_database_away_the_other_figures_are_still_told() -> None:
    def unavailable() -> Any:
        raise OperationalError("SELECT", {}, Exception("away"))

    sessions: Any = unavailable

    registry = CollectorRegistry()
    PublishingMetrics(registry, sessions).published.inc()
    registry.register(InboxTable(sessions))
    registry.register(ForgettingTable(sessions, tables.inbox_forgotten))
    told = {family.name for family in registry.collect()}
    assert "hub_outbox_published" in told
    assert not told & {"hub_outbox_pending", "hub_outbox_recorded", "hub_inbox_deliveries"}


def test_a_handlers_time_is_reported_by_type_and_its_events_by_age() -> None:
    registry = CollectorRegistry()
    metrics = ReadingMetrics(registry)
    one = delivery(1).envelope._replace(id=uuid7())
    other = one._replace(type="ParcelWeighed", id=uuid4())
    with metrics.handling([one]):
        pass
    with metrics.handling([one, other]):
        pass
    counted = {t: registry.get_sample_value("hub_handler_seconds_count", {"type": t}) for t in KINDS}
    assert counted == {"ParcelSorted": 1, "several": 1}
    assert registry.get_sample_value("hub_event_lag_seconds_count") == 2  # the random id tells no time
    assert (registry.get_sample_value("hub_event_lag_seconds_sum") or 0) < 60


def test_when_an_event_was_recorded_follows_from_its_id() -> None:
    made = recorded_at(UUID(str(uuid7())))
    assert made is not None
    assert abs(made - datetime.now(UTC)) < timedelta(minutes=1)
    assert recorded_at(uuid4()) is None


@pytest.mark.parametrize(
    ("id_", "year"),
    [
        ("ffffffff-ffff-7fff-bfff-ffffffffffff", None),
        ("e677d21fdc00-7000-8000-000000000000", None),
        ("e677d21fdbff-7000-8000-000000000000", 9999),
        ("000000000000-7000-8000-000000000000", 1970),
    ],
)
def test_no_id_is_too_far_in_time_to_be_measured(id_: str, year: int | None) -> None:
    recorded = recorded_at(UUID(id_.replace("-", "")))
    assert (recorded and recorded.year) == year


def scraped(service: RunningService) -> dict[str, float]:
    """Sample → value, labels summed up."""
    text = service.client("any")("GET", f"/{service.name}/metrics").body.decode()
    values: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            values[sample.name] = values.get(sample.name, 0) + sample.value
    return values


def repeat(amqp_uri: str, times: int) -> None:
    """Put an event of the log into the queue again."""
    import amqp

    with connected(amqp_uri) as connection:
        channel = connection.channel()
        read: list[Any] = []  # the subscriber's mark is among them
        channel.basic_qos(0, 10, False)
        channel.basic_consume("hub.log", callback=read.append, arguments={"x-stream-offset": "first"})

        def first_event() -> Any:
            connection.drain_events(timeout=5)
            return next((m.body for m in read if m.properties["type"] == "ParcelSorted"), None)

        body = wait_until(first_event)
        for _ in range(times):
            connection.channel().basic_publish(amqp.Message(body), "sorting.events", "ParcelSorted")


def cut(broker: BrokerServer, amqp_uri: str) -> None:
    """Let the broker close the connections of one virtual host that it knows of by now."""
    vhost = amqp_uri.rpartition("/")[2]
    for connection in broker.manage("GET", f"vhosts/{vhost}/connections"):
        with contextlib.suppress(HTTPError):  # it has gone by itself
            broker.manage("DELETE", f"connections/{quote(connection['name'])}")


def test_every_figure_of_a_service_moves_with_what_happens(
    sorting: RunningService, counting: RunningService, amqp_uri: str, broker: BrokerServer
) -> None:
    wait_until(counting.ready)
    before = scraped(sorting) | scraped(counting)
    sender = sorting.client("sorter")
    for number, weight in ((1, 5), (2, 666)):
        assert sender("POST", "/sorting/v1/parcels", {"number": number, "weight": weight}).status == 201
    assert sender("PUT", "/sorting/v1/parcels/2", {"weight": 5}, If_Match='"1"').status == 200
    wait_until(lambda: counting.metric('hub_inbox_deliveries{state="held"}') == 1)
    repeat(amqp_uri, 2)
    wait_until(lambda: scraped(counting)["hub_inbox_repeated_total"] == 2)  # a held delivery is not a repeat

    def reconnected() -> bool:
        cut(broker, amqp_uri)
        reader = scraped(counting)["hub_inbox_reconnects_total"]
        relay = scraped(sorting)["hub_outbox_reconnects_total"]
        return reader > before["hub_inbox_reconnects_total"] and relay > before["hub_outbox_reconnects_total"]

    wait_until(reconnected, deadline=40, interval=0.5)
    after = {name: scraped(sorting).get(name, 0) + scraped(counting).get(name, 0) for name in MOVING}
    assert {name for name, value in after.items() if value <= before.get(name, 0)} == set()
    assert counting.metric('hub_inbox_deliveries{state="waiting"}') == 1
    assert counting.metric('hub_inbox_kept_total{state="waiting"}') >= 1
    assert counting.metric('hub_handler_seconds_count{type="ParcelSorted"}') >= 2


MOVING = (
    "hub_http_request_seconds_count",
    "hub_outbox_recorded_total",
    "hub_outbox_published_total",
    "hub_outbox_publish_seconds_count",
    "hub_outbox_reconnects_total",
    "hub_handler_seconds_count",
    "hub_event_lag_seconds_count",
    "hub_inbox_received_total",
    "hub_inbox_repeated_total",
    "hub_inbox_kept_total",
    "hub_inbox_deliveries",
    "hub_inbox_reconnects_total",
)


def test_pending_events_are_reported_with_their_age(
    sorting: RunningService, broker: BrokerServer, amqp_uri: str
) -> None:
    vhost = amqp_uri.rpartition("/")[2]
    broker.drop_vhost(amqp_uri)
    assert sorting.client("sorter")("POST", "/sorting/v1/parcels", {"number": 1, "weight": 5}).status == 201
    assert sorting.metric("hub_outbox_pending") == 1
    wait_until(lambda: sorting.metric("hub_outbox_oldest_seconds") > 1)
    broker.manage("PUT", f"vhosts/{vhost}")
    all_of_it = dict.fromkeys(("configure", "write", "read"), ".*")
    broker.manage("PUT", f"permissions/{vhost}/{USER}", all_of_it)
    install("sorting", amqp_uri)
    wait_until(lambda: sorting.metric("hub_outbox_pending") == 0, deadline=20)
    assert sorting.metric("hub_outbox_oldest_seconds") == 0
