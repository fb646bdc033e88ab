"""Addresses of the broker for its administrator and for subscribers, from the environment or `make run`."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

from environs import EnvError, FileAwareEnv

from hub_messaging.addresses import uris_of
from hub_messaging.stored_deliveries import Refused
from hub_messaging.subscribers.broker import Management, ManagementAway, ManagementRefused, management_of
from hub_messaging.subscribers.event_selection import UnknownEvents
from hub_messaging.subscribers.naming import BadName
from hub_messaging.wire import BROKER_ERRORS
from hubctl.places import CONNECTIONS, WrongUse, find_broker_administrator

TLS_PORT: Final = 5671
AMQP_PORT: Final = 5672


@dataclass(frozen=True)
class Administrator:
    """The broker's administrator: AMQP URI and management API."""

    uri: str
    management: Management


@dataclass(frozen=True)
class Endpoint:
    """The address that subscribers connect to."""

    host: str
    port: int
    tls: bool
    vhost: str
    authority: str  # PEM of the authority that signed the certificate; empty for a public authority
    open: bool  # whether programs outside the deployment's network can reach it

    def uri(self, user: str, password: str) -> str:
        """Return the AMQP URI of a subscriber."""
        scheme, host = "amqps" if self.tls else "amqp", f"[{self.host}]" if ":" in self.host else self.host
        login = f"{quote(user, safe='')}:{quote(password, safe='')}"
        return f"{scheme}://{login}@{host}:{self.port}/{quote(self.vhost, safe='')}"


def find_administrator(connections: Path = CONNECTIONS) -> Administrator:
    """Return the administrator, with the management API of HUB_BROKER_MANAGEMENT_URL or the usual port.

    Raises:
        WrongUse: no setting names the administrator, or it cannot be read.
    """
    uri = find_broker_administrator(connections)
    given = FileAwareEnv(prefix="HUB_", strip_whitespace=True).str("BROKER_MANAGEMENT_URL", "")
    if not given and connections.exists():
        known = _known(connections)
        # The environment may name another broker than the one that runs here.
        given = str(known.get("broker_management_url") or "") if known.get("broker_admin_uri") == uri else ""
    try:
        return Administrator(uri, management_of(uri, given))
    except ValueError as exc:
        raise WrongUse(str(exc)) from None


def find_endpoint(administrator_uri: str) -> Endpoint:
    """Return HUB_SUBSCRIBERS_HOST over TLS; without it the broker of `make run` on loopback.

    Raises:
        WrongUse: a setting cannot be read.
    """
    env = FileAwareEnv(prefix="HUB_", strip_whitespace=True)
    broker = urlsplit(uris_of(administrator_uri)[0])
    vhost = broker.path[1:] or "/"
    try:
        host, port = env.str("SUBSCRIBERS_HOST", ""), env.int("SUBSCRIBERS_PORT", TLS_PORT)
        authority = env.str("SUBSCRIBERS_CA", "")
    except (EnvError, ValueError, OSError) as exc:
        raise WrongUse(f"A setting of subscribers cannot be read: {exc}") from exc
    if host:
        return Endpoint(host, port, True, vhost, authority, open=True)  # noqa: FBT003 - the fields are named above
    inside = broker.hostname or "localhost"
    tls = broker.scheme == "amqps"
    usual = TLS_PORT if tls else AMQP_PORT
    return Endpoint(inside, broker.port or usual, tls, vhost, "", open=_is_loopback(inside))


@contextmanager
def broker_answering() -> Iterator[None]:
    """Replace errors of the broker, and of wrong names, by sentences.

    Raises:
        WrongUse: the name of a subscriber or an event is not valid.
        Refused: the broker is unreachable, or refuses the request.
    """
    try:
        yield
    except (BadName, UnknownEvents) as exc:
        raise WrongUse(str(exc)) from None
    except ManagementAway as exc:
        raise Refused(
            f"RabbitMQ's management API does not answer ({exc}): set HUB_BROKER_MANAGEMENT_URL unless it is "
            "at port 15672 of the broker."
        ) from None
    except ManagementRefused as exc:
        raise Refused(f"RabbitMQ refuses this ({exc}).") from None
    except BROKER_ERRORS as exc:
        raise Refused(f"RabbitMQ does not answer ({type(exc).__name__}).") from None


def _known(connections: Path) -> dict[str, object]:
    try:
        return dict(json.loads(connections.read_text()))
    except (OSError, ValueError, TypeError) as exc:
        raise WrongUse(
            f"{connections.name} of the running hub cannot be read ({type(exc).__name__})."
        ) from exc


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
