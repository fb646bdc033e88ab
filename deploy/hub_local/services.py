"""The four services as processes on this machine: migrated, started, watched, stopped."""

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hub_local import addresses, ports
from hub_local.deadlines import wait_for
from hub_local.definitions import ADMINISTRATOR
from hub_local.failures import CannotStart
from hub_local.keys import PRIVATE, PUBLIC
from hub_local.passwords import write_private
from hub_local.places import ROOT, Places, python_path
from hub_local.postgres import revision
from hub_local.processes import GRACE, Child, Programs
from hub_messaging.topology import Subscriber

MIGRATED_WITHIN, READY_WITHIN = 120.0, 60.0  # seconds


@dataclass(frozen=True)
class Service:
    """What the supervisor knows of one service."""

    name: str
    port: int  # the one it prefers
    hears: frozenset[str] = frozenset()  # the publishers whose events it may read
    answers: bool = False  # questions of other services, by RPC
    asks: frozenset[str] = frozenset()  # the services to which it may put questions

    @property
    def package(self) -> str:
        """Its import package."""
        return f"hub_{self.name}"

    @property
    def database(self) -> str:
        """Its database, and the role that owns it."""
        return f"hub_{self.name}"

    @property
    def migrations(self) -> Path:
        """Where its migrations are."""
        return ROOT / "services" / self.name / self.package / "migrations" / "versions"

    @property
    def subscriber(self) -> Subscriber:
        """Its place in the broker; which types it hears is written in `deploy/rabbitmq/definitions.json`."""
        heard = {p: frozenset[str]() for p in sorted(self.hears)}
        return Subscriber(self.name, heard, answers=self.answers, asks=self.asks)


SERVICES = (
    Service("reporting", 8000, hears=frozenset({"enrolment", "visits", "notifications"})),
    Service(
        "enrolment",
        8001,
        hears=frozenset({"notifications", "visits"}),
        answers=True,
        asks=frozenset({"visits"}),
    ),
    Service("visits", 8002, hears=frozenset({"enrolment"}), answers=True),
    Service("notifications", 8003, hears=frozenset({"enrolment", "visits"}), asks=frozenset({"enrolment"})),
)


@dataclass(frozen=True)
class Connections:
    """What a service is told about the world."""

    database_urls: Mapping[str, str]  # service → URL
    amqp_uris: Mapping[str, str]  # service → URI
    ports: Mapping[str, int]  # service → port
    management_url: str | None = None  # of the broker's management API

    def write(self, places: Places) -> None:
        """Let `hubctl` find databases, broker and tokens; readable by the owner only."""
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
    """A free port for each service: the preferred one, or the next.

    With `first`, that port is asked for by the operator: the first service gets it or nothing starts.

    Raises:
        CannotStart: the port asked for is in use, or a hundred in a row are.
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
    """Starts and stops services, all or one."""

    programs: Programs
    places: Places
    connections: Connections
    services: tuple[Service, ...] = SERVICES
    running: dict[str, Child] = field(default_factory=dict)

    @property
    def addresses(self) -> dict[str, str]:
        """Service → base URL."""
        return {s.name: f"http://{ports.LOOPBACK}:{self.connections.ports[s.name]}" for s in self.services}

    @property
    def deployment(self) -> str:
        """Tells this hub's cookies from those of others on this machine: browsers send them to every port."""
        return f"run-{self.connections.ports[self.services[0].name]}"

    def environment(self, service: Service) -> dict[str, str]:
        """The operator's environment, and what this run has decided."""
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
            "HUB_ALLOW_HUB_TIME": "1",  # the demonstration year plays in its own time
            "HUB_REQUESTS_PER_MINUTE": "0",  # one operator loads the whole year
            "HUB_MAIL_DIR": str(self.places.mail),
            "HUB_SETTLE_SECONDS": "0.2",  # a demonstration day must not wait for each e-mail
            "PYTHONPATH": python_path(),
            "PYTHONUNBUFFERED": "1",
        }

    def launch(self, service: Service, command: str, log: str) -> Child:
        """Start `python -m hub_<name> <command>`."""
        return self.programs.start(
            log,
            [sys.executable, "-m", service.package, command],
            environment=self.environment(service),
            folder=ROOT,
        )

    def is_migrated(self, service: Service) -> bool:
        """Whether the database stands at the newest migration, which is named as its file is."""
        newest = max(service.migrations.glob("[0-9]*.py"), default=None)
        return newest is not None and newest.stem == revision(self.connections.database_urls[service.name])

    def migrate(self) -> None:
        """Bring all databases that are behind to the newest migration, side by side.

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
        """Start services (all, when none is named); they may not answer yet."""
        for service in self.services:
            if not names or service.name in names:
                self.running[service.name] = self.launch(service, "run", service.name)

    def require_ready(self, *names: str) -> None:
        """Wait until services (all, when none is named) say that they are ready.

        Raises:
            CannotStart: one ended or was not ready in time, with its last lines.
        """
        end = time.monotonic() + READY_WITHIN
        for name in names or tuple(self.running):
            child, port = self.running[name], self.connections.ports[name]
            path = f"/{name}/health/ready"
            wait_for(
                lambda: child.has_ended or answer(port, path)[0] == http.client.OK,  # noqa: B023
                seconds=max(0.0, end - time.monotonic()),
            )
            self.require_alive()
            status, text = answer(port, path)
            if status != http.client.OK:
                raise CannotStart(f"{name} is not ready: {text}", log=child.log)

    def require_alive(self) -> None:
        """Notice a service that has ended by itself.

        Raises:
            CannotStart: with its last lines.
        """
        for name, child in self.running.items():
            if child.has_ended:
                raise CannotStart(f"{name} has ended (exit code {child.process.returncode}).", log=child.log)

    def stop(self, *names: str) -> None:
        """Stop services (all, when none is named): ask all of them first, then wait."""
        children, end = [self.running.pop(n) for n in names or tuple(self.running)], time.monotonic() + GRACE
        for child in children:
            child.ask_to_stop()
        for child in children:
            child.stop(max(0.0, end - time.monotonic()))


def answer(port: int, path: str) -> tuple[int, str]:
    """Status and text of a GET on this machine; status 0 when nobody answers."""
    connection = http.client.HTTPConnection(ports.LOOPBACK, port, timeout=5)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode(errors="replace")
    except (OSError, http.client.HTTPException) as failure:
        return 0, str(failure)
    finally:
        connection.close()
