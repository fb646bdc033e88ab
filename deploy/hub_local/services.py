"""The four services as processes on this machine: migrate, start, watch and stop them."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

import urllib3
from urllib3.exceptions import HTTPError

from hub_local import addresses, ports
from hub_local.deadlines import wait_for
from hub_local.definitions import ADMINISTRATOR
from hub_local.failures import CannotStart
from hub_local.keys import PRIVATE, PUBLIC
from hub_local.passwords import write_private
from hub_local.places import ROOT, Places, python_path
from hub_local.postgres import revision
from hub_local.processes import GRACE, Child, Invocation, Programs
from hub_messaging.topology import Subscriber

MIGRATED_WITHIN, READY_WITHIN = 120.0, 60.0  # seconds


@dataclass(frozen=True)
class Service:
    """A service's name, preferred port and traffic, from which its database, user and queue follow."""

    name: str
    port: int  # the preferred one
    reads: frozenset[str] = frozenset()  # publishers to whose events it subscribes
    answers: bool = False  # whether it serves RPC requests
    asks: frozenset[str] = frozenset()  # services to which it sends RPC requests

    @property
    def package(self) -> str:
        """Name of its import package."""
        return f"hub_{self.name}"

    @property
    def database(self) -> str:
        """Name of its database and of the role that owns it."""
        return f"hub_{self.name}"

    @property
    def migrations(self) -> Path:
        """Folder of its migrations."""
        return ROOT / "services" / self.name / self.package / "migrations" / "versions"

    @property
    def subscriber(self) -> Subscriber:
        """Its user in the broker; `deploy/rabbitmq/definitions.json` lists the event types of its queue."""
        publishers = {p: frozenset[str]() for p in sorted(self.reads)}
        return Subscriber(self.name, publishers, answers=self.answers, asks=self.asks)


SERVICES = (
    Service("reporting", 8000, reads=frozenset({"enrolment", "visits", "notifications"})),
    Service(
        "enrolment",
        8001,
        reads=frozenset({"notifications", "visits"}),
        answers=True,
        asks=frozenset({"visits"}),
    ),
    Service("visits", 8002, reads=frozenset({"enrolment"}), answers=True),
    Service("notifications", 8003, reads=frozenset({"enrolment", "visits"}), asks=frozenset({"enrolment"})),
)


@dataclass(frozen=True)
class Connections:
    """URLs and ports that services connect to and listen on."""

    database_urls: Mapping[str, str]  # service → URL
    amqp_uris: Mapping[str, str]  # service → URI
    ports: Mapping[str, int]  # service → port
    management_url: str | None = None  # of the broker's management API

    def write(self, places: Places) -> None:
        """Write the URLs of databases, broker and tokens for `hubctl`, with mode 0600."""
        at = f"http://{ports.LOOPBACK}"
        known = {
            "hub_id": addresses.hub_id(),
            "schemas_url": addresses.schemas_url(self.ports),
            "tokens": {
                "private_key_file": str(places.secrets / PRIVATE),
                "folder": str(places.tokens),
                "address": f"{at}:{self.ports.get('reporting', 0)}",
            },
            "addresses": {name: f"{at}:{port}" for name, port in self.ports.items()},
            "database_urls": dict(self.database_urls),
            "amqp_uris": {name: self.amqp_uris[name] for name in self.database_urls},
            "broker_admin_uri": self.amqp_uris.get(ADMINISTRATOR),
            "broker_management_url": self.management_url,
        }
        write_private(places.connections, json.dumps(known))


def choose_ports(services: Iterable[Service], first: int | None = None) -> dict[str, int]:
    """Return a free port for each service: the preferred one, or the next.

    `first` is the operator's HUB_HTTP_PORT, which the first service must get.

    Raises:
        CannotStart: that port is in use, or a hundred in a row are.
    """
    chosen: dict[str, int] = {}
    for number, service in enumerate(services):
        wanted = service.port if first is None else first + number
        port = ports.next_free(wanted, taken=frozenset(chosen.values()))
        if first is not None and number == 0 and port != first:
            raise CannotStart(f"Port {first} (HUB_HTTP_PORT) is in use: choose another one.")
        if port is None:
            raise CannotStart(f"No free port was found from {wanted} on.")
        chosen[service.name] = port
    return chosen


@dataclass
class Fleet:
    """Starts and stops services, all together or by name."""

    programs: Programs
    places: Places
    connections: Connections
    services: tuple[Service, ...] = SERVICES
    running: dict[str, Child] = field(default_factory=dict)

    @property
    def addresses(self) -> dict[str, str]:
        """Base URLs: service → URL."""
        return {s.name: f"http://{ports.LOOPBACK}:{self.connections.ports[s.name]}" for s in self.services}

    @property
    def deployment(self) -> str:
        """Suffix of this hub's cookie names, as browsers send cookies to every port of a host."""
        return f"run-{self.connections.ports[self.services[0].name]}"

    def environment(self, service: Service) -> dict[str, str]:
        """Return the environment of a service: the operator's, and the settings of this run."""
        return os.environ | {
            "HUB_ID": addresses.hub_id(),
            "HUB_DEPLOYMENT": self.deployment,
            "HUB_PUBLIC_URL": addresses.public_url(self.connections.ports),
            "HUB_LOG_LEVEL": os.environ.get("HUB_LOG_LEVEL", "INFO"),
            "HUB_DATABASE_URL": self.connections.database_urls[service.name],
            "HUB_AMQP_URI": self.connections.amqp_uris[service.name],
            "HUB_HTTP_HOST": ports.LOOPBACK,
            "HUB_HTTP_PORT": str(self.connections.ports[service.name]),
            "HUB_TOKEN_PUBLIC_KEY_FILE": str(self.places.secrets / PUBLIC),
            "HUB_REVOKED_TOKENS_PATH": str(self.places.tokens / "revoked.json"),
            "HUB_ALLOW_HUB_TIME": "1",  # the demonstration sets the hub's clock
            "HUB_REQUESTS_PER_MINUTE": "0",  # no limit, as one account loads the whole year
            "HUB_MAIL_DIR": str(self.places.mail),
            "HUB_SETTLE_SECONDS": "0.2",  # a demonstration day waits for its e-mails
            "PYTHONPATH": python_path(),
            "PYTHONUNBUFFERED": "1",
        }

    def launch(self, service: Service, command: str, log: str) -> Child:
        """Start `python -m hub_<name> <command>`."""
        words = [sys.executable, "-m", service.package, command]
        return self.programs.start(Invocation(log, words, self.environment(service), ROOT))

    def is_migrated(self, service: Service) -> bool:
        """Return whether the database has the newest migration, whose name is that of its file."""
        newest = max(service.migrations.glob("[0-9]*.py"), default=None)
        return newest is not None and newest.stem == revision(self.connections.database_urls[service.name])

    def migrate(self) -> None:
        """Apply the outstanding migrations of all databases, at the same time.

        Raises:
            CannotStart: one failed or took too long.
        """
        end = time.monotonic() + MIGRATED_WITHIN
        due = [service for service in self.services if not self.is_migrated(service)]
        children = {s.name: self.launch(s, "migrate", f"{s.name}-migrate") for s in due}
        try:
            for name, child in children.items():
                if child.process.wait(max(0.0, end - time.monotonic())) != 0:
                    raise CannotStart(f"The migration of {name} failed.", log=child.log)
        except subprocess.TimeoutExpired:
            raise CannotStart(f"The migrations took longer than {MIGRATED_WITHIN:.0f} s.") from None
        finally:
            for child in children.values():
                child.stop(grace=0)

    def start(self, *names: str) -> None:
        """Start the named services, or all; they may not answer yet."""
        for service in self.services:
            if not names or service.name in names:
                self.running[service.name] = self.launch(service, "run", service.name)

    def require_ready(self, *names: str) -> None:
        """Wait until the named services, or all, report that they are ready.

        Raises:
            CannotStart: one ended or was not ready in time, with the last lines of its log.
        """
        end = time.monotonic() + READY_WITHIN
        for name in names or tuple(self.running):
            child, port = self.running[name], self.connections.ports[name]
            path = f"/{name}/health/ready"
            wait_for(
                lambda: child.has_ended or answer(port, path)[0] == HTTPStatus.OK,  # noqa: B023
                seconds=max(0.0, end - time.monotonic()),
            )
            self.require_alive()
            status, text = answer(port, path)
            if status != HTTPStatus.OK:
                raise CannotStart(f"{name} is not ready: {text}", log=child.log)

    def require_alive(self) -> None:
        """Raise if a service has ended by itself.

        Raises:
            CannotStart: with the last lines of its log.
        """
        for name, child in self.running.items():
            if child.has_ended:
                raise CannotStart(f"{name} has ended (exit code {child.process.returncode}).", log=child.log)

    def stop(self, *names: str) -> None:
        """Stop the named services, or all: signal all of them, then wait."""
        children, end = [self.running.pop(n) for n in names or tuple(self.running)], time.monotonic() + GRACE
        for child in children:
            child.ask_to_stop()
        for child in children:
            child.stop(max(0.0, end - time.monotonic()))


def answer(port: int, path: str) -> tuple[int, str]:
    """Return status and text of a GET on this machine; status 0 and the reason without an answer."""
    try:
        with urllib3.PoolManager(timeout=5, retries=False) as client:
            response = client.request("GET", f"http://{ports.LOOPBACK}:{port}{path}")
    except HTTPError as failure:
        return 0, str(failure)
    return response.status, response.data.decode(errors="replace")
