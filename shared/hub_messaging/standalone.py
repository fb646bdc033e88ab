"""The edge that runs a service with this library alone: no HTTP, settings as arguments.

`eventlet.monkey_patch()` must have been called before anything opens a socket.
"""

import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import eventlet
import sqlalchemy as sa
from nameko.containers import ServiceContainer
from prometheus_client import CollectorRegistry
from sqlalchemy.orm import sessionmaker

from hub_messaging.envelope import SCHEMAS
from hub_messaging.retries import RetryPolicy
from hub_messaging.subscribe import subscriber_of
from hub_messaging.topology import definitions
from hub_messaging.wire import connected, declare_all


@dataclass(frozen=True)
class Settings:
    """The settings that the library's extensions read from nameko's configuration."""

    hub_id: str  # names the installation in every event's source: /hubs/<hub>/<publisher>
    retry_after: Sequence[timedelta] = field(default_factory=lambda: RetryPolicy().waits)
    foreign_sources: Mapping[str, str] = field(default_factory=dict)  # source of another hub → its exchange
    schemas_url: str = SCHEMAS


def install(amqp_uri: str, service_classes: Sequence[type]) -> None:
    """Declare the event log, exchanges, queues and bindings of services, as the broker's administrator.

    What exists is left as it is, so a second run changes nothing.

    Raises:
        declaring.Mismatch: a queue or an exchange exists with other arguments.
        wire.BROKER_ERRORS: the broker is unavailable.
    """
    with connected(amqp_uri) as connection:
        declare_all(connection, definitions([subscriber_of(one) for one in service_classes], ""))


def run(service_class: type, database_url: str, amqp_uri: str, settings: Settings) -> None:
    """Run one service until SIGTERM or SIGINT; deliveries in progress are finished first."""
    container = ServiceContainer(service_class, configuration(database_url, amqp_uri, settings))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: eventlet.spawn(container.stop))
    container.start()
    container.wait()


def configuration(database_url: str, amqp_uri: str, settings: Settings) -> dict[str, object]:
    """Return nameko's configuration: the keys that the library's extensions read, and add to."""
    sessions = sessionmaker(sa.create_engine(database_url, pool_pre_ping=True), expire_on_commit=False)
    return {
        "AMQP_URI": amqp_uri,
        "settings": settings,
        "sessions": sessions,
        "metrics": CollectorRegistry(),
        "checks": {},  # name → a function that returns None, or the reason why the service is not ready
        "details": {},  # name → the same, of a fault with which the service is ready
    }
