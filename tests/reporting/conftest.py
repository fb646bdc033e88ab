"""Reporting's tables for the database of each test, and the running service with a small hub's events."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.reporting.factories import in_order
from tests.reporting.small_hub import small_hub
from tests.support.announcing import announce, own_user, set_up_publishers
from tests.support.broker import BrokerServer
from tests.support.postgres import PostgresServer
from tests.support.services import Client, RunningService, running_service
from tests.support.waiting import wait_until

from hub_contracts import Event
from hub_messaging.delivery import Delivery
from hub_platform.database import Sessions
from hub_platform.reaction_context import ReactionContext
from hub_platform.runner import migrations_of
from hub_reporting.config import Options
from hub_reporting.domain.scopes import Scope
from hub_reporting.handlers import projections
from hub_reporting.service import ReportingService

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
CONTEXT = ReactionContext(now=NOW, by="reporting")
AT = datetime(2026, 7, 20, 9, tzinfo=UTC)  # when the small hub's events happened

Receive = Callable[[Iterable[Event | Delivery[Any]]], None]


@pytest.fixture(name="options")
def _options() -> Options:
    return Options(
        hub_id="cambridge",
        hub_name="Cambridge Maths Hub",
        headline=Scope("la", "873"),
    )


@pytest.fixture(name="migrations", scope="session")
def _migrations() -> Path:
    return migrations_of("hub_reporting")


@pytest.fixture(name="sessions")
def _sessions(database: Sessions) -> Sessions:
    return database


@pytest.fixture(name="receive")
def _receive(sessions: Sessions) -> Receive:
    """Project events in one batch; those of a subject are numbered in their order."""

    def receive(events: Iterable[Event | Delivery[Any]]) -> None:
        listed = list(events)
        ready = [one for one in listed if isinstance(one, Delivery)]
        plain = in_order(one for one in listed if not isinstance(one, Delivery))
        with sessions.begin() as session:
            projections.project(session, [*plain, *ready], CONTEXT)

    return receive


@pytest.fixture(name="publishers", scope="package")
def _publishers(broker: BrokerServer) -> str:
    """Return the AMQP URI of a virtual host with the exchanges of all publishers."""
    amqp_uri = broker.new_vhost()
    set_up_publishers(amqp_uri, "enrolment", "visits", "notifications")
    return amqp_uri


@pytest.fixture(name="service", scope="package")
def _service(
    postgres: PostgresServer,
    broker: BrokerServer,
    publishers: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[RunningService]:
    """Run reporting as its own broker user, and publish the events of a small hub."""
    events = small_hub()
    with running_service(
        tmp_path_factory.mktemp("reporting"),
        "reporting",
        ("hub_reporting",),
        database_url=postgres.migrated_database(migrations_of("hub_reporting")),
        amqp_uri=own_user(broker, publishers, ReportingService),
    ) as service:
        wait_until(service.ready, deadline=30)
        announce(publishers, *events, at=AT)
        client = service.client("hub_lead")
        wait_until(
            lambda: client("GET", "/reporting/v1/freshness").json["events"] == len(events), deadline=30
        )
        yield service


@pytest.fixture(name="lead")
def _lead(service: RunningService) -> Client:
    return service.client("hub_lead")
