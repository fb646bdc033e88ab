"""The message broker of a hub on one machine: the first of these that is available.

1. the broker of `HUB_AMQP_URI`
2. a container, where a Docker engine answers
3. the `rabbitmq-server` of this machine
4. the system's package, installed as root on Debian or Ubuntu
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import amqp

from hub_local import broker_container, broker_node, containers, packages, passwords, ports
from hub_local.broker_node import NodeSetup
from hub_local.broker_probe import require_answer
from hub_local.definitions import ADMINISTRATOR, VIRTUAL_HOST, Definitions
from hub_local.failures import CannotStart
from hub_local.processes import Child, Programs
from hub_messaging.declaring import Mismatch
from hub_messaging.wire import connected, declare_all

READY_WITHIN = 60.0  # seconds; a first start on a busy machine takes about fifteen
PACKAGE = "rabbitmq-server"
NOTHING_FOUND = (
    "RabbitMQ is needed and was not found: set HUB_AMQP_URI to one that runs, start a Docker engine, or "
    "install the package rabbitmq-server (as root on Debian or Ubuntu it is installed for you)."
)

Say = Callable[[str], None]


@dataclass(frozen=True)
class Broker:
    """A broker that was started; `require_ready` waits until it answers."""

    what: str  # a description to print
    uris: Mapping[str, str]  # user name → AMQP URI, with the password
    require_ready: Callable[[], None]
    stop: Callable[[], None]
    programs: tuple[Child, ...] = field(default=())  # must run for as long as the hub
    management_port: int | None = None

    @property
    def management_url(self) -> str | None:
        """Base URL of its management API on this machine; None for a broker of HUB_AMQP_URI."""
        return f"http://{ports.LOOPBACK}:{self.management_port}" if self.management_port else None


@dataclass(frozen=True)
class Contents:
    """Definitions and passwords that a private broker starts with."""

    definitions: Definitions
    secrets: Mapping[str, str]  # user name → password, administrator included

    def uris(self, host: str, port: int) -> dict[str, str]:
        """Return the URI of each user; generated passwords need no escaping."""
        return {
            user: f"amqp://{user}:{secret}@{host}:{port}/{VIRTUAL_HOST}"
            for user, secret in self.secrets.items()
        }

    @property
    def queues(self) -> list[str]:
        """Names of the queues that exist before the first event."""
        return [queue["name"] for queue in self.definitions.get("queues", [])]


@dataclass(frozen=True)
class PrivateBroker:
    """A broker to start on this machine; it listens on loopback."""

    programs: Programs
    folder: Path  # of its definitions and its data
    contents: Contents
    plugins: Sequence[str] = ()  # of a node; a container has the management plugin
    port: int | None = None  # for AMQP; None for a free one

    def write_definitions(self) -> Path:
        """Write the file of definitions that RabbitMQ loads; return its path."""
        file = self.folder / "definitions.json"
        passwords.write_private(file, json.dumps(self.contents.definitions))
        return file


def start(private: PrivateBroker, *, say: Say, given: str | None = None) -> Broker:
    """Start a broker, or use the one of HUB_AMQP_URI, which is `given`.

    With HUB_AMQP_URI all services connect as the administrator whom it names.

    Raises:
        CannotStart: no broker is available.
    """
    if given:
        return use(given, private.contents)
    if containers.can_run(broker_container.IMAGE, say):
        return start_container(private, say=say)
    return start_node(private, say=say)


def use(given: str, contents: Contents) -> Broker:
    """Return the broker of HUB_AMQP_URI, after declaring the hub's exchanges, queues and bindings there."""

    def require_ready() -> None:
        require_answer(
            given, seconds=10, otherwise="HUB_AMQP_URI is set, but no broker accepts a connection there."
        )
        declare(given, contents.definitions)

    uris = dict.fromkeys(contents.secrets, given)
    return Broker("the one of HUB_AMQP_URI", uris, require_ready, stop=lambda: None)


def declare(uri: str, definitions: Definitions) -> None:
    """Declare exchanges, queues and bindings.

    Raises:
        CannotStart: the user has no permission, or an existing one has other arguments.
    """
    try:
        with connected(uri) as connection:
            declare_all(connection, definitions)
    except Mismatch as exc:
        raise CannotStart(
            f"HUB_AMQP_URI is set, but there {exc}. Delete it, or name an empty vhost."
        ) from None
    except amqp.AMQPError as refused:
        raise CannotStart(
            "HUB_AMQP_URI is set, but its user may not declare the hub's exchanges, queues and bindings: "
            f"{refused.reply_text}."
        ) from None


def start_container(private: PrivateBroker, *, say: Say) -> Broker:
    """Start RabbitMQ in a container."""
    contents = private.contents
    say(f"RabbitMQ: a container of {broker_container.IMAGE}")
    container = broker_container.start(
        private.folder, definitions=private.write_definitions(), port=private.port
    )
    uris = contents.uris(container.host, container.port)

    def require_ready() -> None:
        sentence = "RabbitMQ's container was started but does not answer."
        try:
            require_answer(
                uris[ADMINISTRATOR], seconds=READY_WITHIN, otherwise=sentence, queues=contents.queues
            )
        except CannotStart as failure:
            log = container.last_words(private.programs.logs / "rabbitmq.log")
            raise CannotStart(str(failure), log=log) from None

    what = f"container {container.name}"
    return Broker(what, uris, require_ready, container.stop, management_port=container.management_port)


def start_node(private: PrivateBroker, *, say: Say) -> Broker:
    """Start RabbitMQ's program, installing it first when that is possible and needed."""
    contents = private.contents
    setup = NodeSetup(
        program=broker_node.find_program() or install(private.programs, say=say),
        folder=private.folder,
        definitions=private.write_definitions(),
        plugins=private.plugins,
    )
    node = broker_node.start(private.programs, setup, port=private.port)
    uris = contents.uris(ports.LOOPBACK, node.port)

    def require_ready() -> None:
        require_answer(
            uris[ADMINISTRATOR],
            seconds=READY_WITHIN,
            otherwise="RabbitMQ was started but does not answer.",
            queues=contents.queues,
            server=node.server,
        )

    what = f"private node, port {node.port}"
    return Broker(what, uris, require_ready, node.stop, node.children, node.management_port)


def install(programs: Programs, *, say: Say) -> Path:
    """Install RabbitMQ from the system's packages.

    Raises:
        CannotStart: this account or system cannot install it, or apt-get failed.
    """
    if not packages.can_install():
        raise CannotStart(NOTHING_FOUND)
    say(
        "RabbitMQ: neither HUB_AMQP_URI, a Docker engine nor the program was found; installing the system's "
        f"package {PACKAGE} with apt-get (its service stays off)"
    )
    packages.install(PACKAGE, log=programs.logs / "install.log")
    program = broker_node.find_program()
    if program is None:
        raise CannotStart(f"{PACKAGE} was installed, but its program was not found.")
    return program
