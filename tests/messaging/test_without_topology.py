"""A service on a broker that lacks what an installation makes: it stays up, says what is missing, goes on."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from inquiries.service import ClerkService
from tests.messaging.conftest import MIGRATIONS, running_scales
from tests.support.amqp import connected
from tests.support.announcing import own_user, set_up_publishers
from tests.support.broker import BrokerServer
from tests.support.postgres import PostgresServer
from tests.support.services import Client, RunningService, running_service
from tests.support.waiting import wait_until

from hub_messaging.declaring import Mismatch
from hub_messaging.wire import declare_publishers


def missing(service: RunningService) -> dict[str, Any]:
    """Return the reasons of its readiness probe."""
    found: dict[str, Any] = Client(service.port)("GET", f"/{service.name}/health/ready").json.get(
        "missing", {}
    )
    return found


def lacking(
    folder: Path, postgres: PostgresServer, amqp_uri: str, name: str
) -> AbstractContextManager[RunningService]:
    """A service of the example for which nothing was made in the broker."""
    return running_service(
        folder,
        name,
        ("parcels", name),
        database_url=postgres.migrated_database(MIGRATIONS),
        amqp_uri=amqp_uri,
        installed=False,
    )


def test_a_publisher_says_that_its_exchange_is_missing_and_sends_when_it_is_made(
    postgres: PostgresServer, amqp_uri: str, tmp_path: Path
) -> None:
    with lacking(tmp_path, postgres, amqp_uri, "sorting") as service:
        assert (
            service.client("sorter")("POST", "/sorting/v1/parcels", {"number": 1, "weight": 1}).status == 201
        )
        said = "the broker has no exchange sorting.events"
        wait_until(lambda: missing(service).get("broker (relay)") == said)
        set_up_publishers(amqp_uri, "sorting")
        wait_until(service.ready)
        wait_until(lambda: service.metric("hub_outbox_pending") == 0)


def test_a_subscriber_says_what_is_missing_and_reads_when_it_is_made(
    postgres: PostgresServer, amqp_uri: str, tmp_path: Path
) -> None:
    with lacking(tmp_path, postgres, amqp_uri, "counting") as service:
        said = "the broker has no exchange sorting.events"
        wait_until(lambda: missing(service).get("broker (queue)") == said)
        set_up_publishers(amqp_uri, "sorting", "counting")
        wait_until(service.ready)


def test_a_subscriber_that_cannot_ask_the_log_reads_its_queue_meanwhile(
    postgres: PostgresServer, amqp_uri: str, tmp_path: Path
) -> None:
    """It would write the mark that ends a reading of the log through its own exchange."""
    set_up_publishers(amqp_uri, "sorting")
    with lacking(tmp_path, postgres, amqp_uri, "counting") as service:
        wait_until(service.ready)
        assert service.lines("event_log_unavailable")
        set_up_publishers(amqp_uri, "counting")
        wait_until(lambda: service.lines("log_repair_started"), deadline=30)


def test_a_service_that_asks_says_that_the_exchange_of_questions_is_missing(
    postgres: PostgresServer, broker: BrokerServer, amqp_uri: str, tmp_path: Path
) -> None:
    uri = own_user(broker, amqp_uri, ClerkService)
    vhost = amqp_uri.rpartition("/")[2]
    broker.manage("DELETE", f"exchanges/{vhost}/nameko-rpc")
    with running_service(
        tmp_path,
        "clerk",
        ("inquiries", "clerk"),
        database_url=postgres.migrated_database(MIGRATIONS),
        amqp_uri=uri,
    ) as service:
        said = Client(service.port)("GET", "/clerk/v1/ask/weigh/1").json
        assert said["unanswered"] == "BrokerUnavailable"
        own_user(broker, amqp_uri, ClerkService)
        wait_until(
            lambda: Client(service.port)("GET", "/clerk/v1/ask/weigh/1").json["unanswered"] == "NoSuchService"
        )


def test_a_queue_of_events_with_other_arguments_is_named_and_made_when_that_is_deleted(
    postgres: PostgresServer, amqp_uri: str, tmp_path: Path
) -> None:
    set_up_publishers(amqp_uri, "sorting", "counting")
    with connected(amqp_uri) as connection:
        connection.channel().queue_declare("counting.in", durable=True, auto_delete=False)
        with lacking(tmp_path, postgres, amqp_uri, "counting") as service:
            said = "the queue counting.in exists with other arguments than this release declares (x-"
            wait_until(lambda: str(missing(service).get("broker (queue)")).startswith(said))
            connection.channel().queue_delete("counting.in")
            wait_until(service.ready)


def test_a_queue_of_questions_with_other_arguments_is_named_and_made_when_that_is_deleted(
    postgres: PostgresServer, amqp_uri: str, tmp_path: Path
) -> None:
    set_up_publishers(amqp_uri, "sorting")
    with connected(amqp_uri) as connection:
        connection.channel().queue_declare("scales.rpc", durable=False, auto_delete=False)
        with running_scales(tmp_path, postgres.migrated_database(MIGRATIONS), amqp_uri) as service:
            said = "the queue scales.rpc exists with other arguments than this release declares (durable)"
            wait_until(lambda: missing(service).get("broker (rpc)") == said)
            connection.channel().queue_delete("scales.rpc")
            wait_until(service.ready)


def test_the_error_names_the_exchange_of_another_type(amqp_uri: str) -> None:
    with connected(amqp_uri) as connection:
        connection.channel().exchange_declare("sorting.events", "fanout", durable=True, auto_delete=False)
        with pytest.raises(Mismatch, match=r"the exchange sorting.events .* \(type\)"):
            declare_publishers(connection, "sorting")
