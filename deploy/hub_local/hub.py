"""The whole hub, started in order and stopped in the reverse one."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

import psutil

from hub_local import broker, keys, passwords, ports, postgres
from hub_local.alone import announce, interruptible, only_one, undisturbed
from hub_local.broker import Broker, Contents
from hub_local.declared import FILE
from hub_local.definitions import ADMINISTRATOR, of_hub
from hub_local.failures import CannotStart
from hub_local.keys import Signer
from hub_local.places import Places, python_path
from hub_local.postgres import Server
from hub_local.processes import Child, Programs
from hub_local.services import SERVICES, Connections, Fleet, choose_ports
from hub_local.terminal import Terminal

MEGABYTE = 1_000_000
MANAGEMENT = "rabbitmq_management"  # the plugin that `hubctl subscribers` uses
OPERATOR = "operator"  # the subject of the sign-in link's token
OPERATOR_ROLES = ("hub_admin", "hub_lead")
SIGN_IN_LIFETIME = timedelta(hours=12)


@dataclass(frozen=True)
class Hub:
    """A running hub whose services are ready."""

    fleet: Fleet
    signer: Signer
    broker: Broker
    server: Server

    @property
    def address(self) -> str:
        """Base URL of the pages."""
        return self.fleet.addresses["reporting"]

    @property
    def broker_address(self) -> str:
        """AMQP URI for subscribers, without a user."""
        return f"amqp://{self.broker.uris[ADMINISTRATOR].rpartition('@')[2]}"

    def token(self) -> str:
        """Return a bearer token for the operator of this machine."""
        return self.signer.issue(OPERATOR, OPERATOR_ROLES, SIGN_IN_LIFETIME)

    @property
    def sign_in_link(self) -> str:
        """URL that signs the operator in once.

        `hubctl` issues it, as in a deployment, and records it, so that it can be revoked.

        Raises:
            CannotStart: with the last line of `hubctl`.
        """
        roles = [word for role in OPERATOR_ROLES for word in ("--role", role)]
        places = self.fleet.places
        own = {
            "HUB_TOKENS_DIR": str(places.tokens),
            "HUB_TOKEN_PRIVATE_KEY_FILE": str(places.secrets / keys.PRIVATE),
            "HUB_PUBLIC_URL": self.address,
            "PYTHONPATH": python_path(),
        }
        made = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "hubctl", "sign-in", OPERATOR, *roles],
            env=os.environ | own,
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode != 0:
            raise CannotStart(
                f"hubctl could not issue a sign-in link: {made.stderr.strip().splitlines()[-1:]}"
            )
        return made.stdout.strip()

    @property
    def programs(self) -> tuple[Child, ...]:
        """All started programs, each of which must run for as long as the hub."""
        return (*self.server.programs, *self.broker.programs, *self.fleet.running.values())

    def require_alive(self) -> None:
        """Raise if a program has ended by itself.

        Raises:
            CannotStart: with the last lines of its log.
        """
        for child in self.programs:
            if child.has_ended:
                code = child.process.returncode
                raise CannotStart(f"{child.name} has ended by itself (exit code {code}).", log=child.log)

    def resident_bytes(self) -> int:
        """Return the memory of all programs; shared pages count once where the system reports them."""
        return sum(memory(child.process.pid) for child in self.programs)


def memory(pid: int) -> int:
    """Return the bytes of memory of a process and its children."""
    total = 0
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                full = one.memory_full_info()
                total += getattr(full, "pss", full.rss)
    return total


@contextlib.contextmanager
def running_hub(
    places: Places, terminal: Terminal, settings: Mapping[str, str] = os.environ
) -> Iterator[Hub]:
    """Start the hub for the duration of a `with` block; it is stopped after errors too.

    Raises:
        CannotStart: a part is missing or does not answer.
    """
    programs = Programs(places.logs, places.records)
    with only_one(places), interruptible():
        left = programs.stop_leftovers()
        if left:
            terminal.say(f"Stopped programs of an earlier run: {', '.join(left)}")
        stack = contextlib.ExitStack()
        try:
            yield start(stack, programs, places, terminal, settings)
        finally:
            with undisturbed():
                stack.close()
                programs.stop_leftovers()  # programs that were starting when the stop was requested


def start(
    stack: contextlib.ExitStack,
    programs: Programs,
    places: Places,
    terminal: Terminal,
    settings: Mapping[str, str],
) -> Hub:
    """Start everything in order. RabbitMQ takes longest, so it is launched first and awaited last.

    Raises:
        CannotStart: a part is missing or does not answer.
    """
    its_ports = ports_from(settings, terminal)
    signer = keys.signer(places.secrets)
    its_broker = launch_broker(programs, places, terminal, settings.get("HUB_AMQP_URI"))
    stack.callback(its_broker.stop)
    since = time.monotonic()
    with terminal.part("database"):
        given = settings.get("HUB_DATABASE_URL")
        server = postgres.start(programs, places.postgres, places.secrets, given=given)
        stack.callback(server.stop)
        names = {service.name: service.database for service in SERVICES}
        urls = postgres.prepare(server, names, places.secrets)

    connections = Connections(urls, its_broker.uris, its_ports, its_broker.management_url)
    fleet = Fleet(programs, places, connections)
    stack.callback(places.connections.unlink, missing_ok=True)
    connections.write(places)
    with terminal.part("migrations"):
        fleet.migrate()
    its_broker.require_ready()
    terminal.took("broker", since, "(at the same time as the two above)")
    stack.callback(fleet.stop)
    with terminal.part("services"):
        fleet.start()
        fleet.require_ready()
    hub = Hub(fleet, signer, its_broker, server)
    announce(places, hub.address)
    return hub


def launch_broker(programs: Programs, places: Places, terminal: Terminal, given: str | None) -> Broker:
    """Start the broker with a user for each service."""
    users = (ADMINISTRATOR, *(service.name for service in SERVICES))
    secrets = {user: passwords.password(places.secrets, f"broker_{user}") for user in users}
    declared = json.loads(FILE.read_text())
    known = of_hub([service.subscriber for service in SERVICES], secrets, declared)
    private = broker.PrivateBroker(
        programs,
        places.broker,
        Contents(known, secrets),
        plugins=(MANAGEMENT,),
        port=ports.kept(places.broker / "amqp_port"),
    )
    return broker.start(private, say=terminal.say, given=given)


def ports_from(settings: Mapping[str, str], terminal: Terminal) -> dict[str, int]:
    """Choose the services' ports; print a line when the usual first port is in use.

    Raises:
        CannotStart: HUB_HTTP_PORT is not a port number, or the port is in use.
    """
    asked = settings.get("HUB_HTTP_PORT")
    if asked is not None and not (asked.isdigit() and 0 < int(asked) < 65_000):
        raise CannotStart(
            f"HUB_HTTP_PORT is {asked!r}, which is not a port number: choose one from 1 to 64999."
        )
    chosen = choose_ports(SERVICES, int(asked) if asked else None)
    usual = SERVICES[0]
    if asked is None and chosen[usual.name] != usual.port:
        terminal.say(f"Port {usual.port} is in use; this hub uses {chosen[usual.name]} instead.")
    return chosen
