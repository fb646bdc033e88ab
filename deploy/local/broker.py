"""The message broker of a hub on one machine: one that is given, or a private RabbitMQ.

In this order: `HUB_AMQP_URI`, a container, the machine's own program, the system's package, a clear sentence.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

import amqp

from local import broker_container, broker_node, packages, passwords, ports
from local.deadlines import wait_for
from local.definitions import ADMINISTRATOR, VIRTUAL_HOST, Definitions
from local.failures import CannotStart
from local.processes import Child, Programs

READY_WITHIN = 60.0  # seconds; a first start on a busy machine takes about fifteen
PACKAGE = "rabbitmq-server"
NOTHING_FOUND = (
    "RabbitMQ is needed and was not found: set HUB_AMQP_URI to one that runs, start a Docker engine, or "
    "install the package rabbitmq-server (as root on Debian or Ubuntu it is installed for you)."
)

Say = Callable[[str], None]


@dataclass(frozen=True)
class Broker:
    """A broker that answers."""

    what: str  # in words, for the person at the terminal
    uris: Mapping[str, str]  # user name → AMQP URI
    stop: Callable[[], None]
    programs: tuple[Child, ...] = field(default=())  # what must stay alive
    management_port: int | None = None

    def uri(self, user: str) -> str:
        """Where this user connects, with the password."""
        return self.uris[user]


def start(
    programs: Programs,
    folder: Path,
    definitions: Definitions,
    secrets: Mapping[str, str],
    *,
    say: Say,
    given: str | None = None,
    plugins: Sequence[str] = (),
) -> Broker:
    """Give a broker that knows `definitions`; `secrets` are its users' passwords, administrator included.

    A given broker keeps its own users: all services connect with the one URI and declare what they need.

    Raises:
        CannotStart: there is none to be had, or it does not answer in time.
    """
    if given:
        require_answer(given, seconds=10, otherwise="HUB_AMQP_URI is set, but no broker answers there.")
        return Broker("the one of HUB_AMQP_URI", dict.fromkeys(secrets, given), stop=lambda: None)
    file = folder / "definitions.json"
    if broker_container.engine_answers():
        # The server in the container is another account: the file must be readable, its folder is not.
        passwords.private_folder(folder)
        file.write_text(json.dumps(definitions))
        return start_container(programs, folder, file, secrets, say=say)
    passwords.write_private(file, json.dumps(definitions))
    return start_node(programs, folder, file, secrets, say=say, plugins=plugins)


def start_container(
    programs: Programs, folder: Path, file: Path, secrets: Mapping[str, str], *, say: Say
) -> Broker:
    """Start RabbitMQ in a container."""
    say(f"RabbitMQ: a container of {broker_container.IMAGE}")
    container = broker_container.start(folder, definitions=file)
    uris = uris_of(secrets, container.host, container.port)
    try:
        require_answer(
            uris[ADMINISTRATOR], seconds=READY_WITHIN, otherwise="RabbitMQ's container does not answer."
        )
    except CannotStart as failure:
        log = container.last_words(programs.logs / "rabbitmq.log")
        container.stop()
        raise CannotStart(str(failure), log=log) from None
    except BaseException:
        container.stop()
        raise
    return Broker(f"container {container.name}", uris, stop=container.stop)


def start_node(
    programs: Programs,
    folder: Path,
    file: Path,
    secrets: Mapping[str, str],
    *,
    say: Say,
    plugins: Sequence[str] = (),
) -> Broker:
    """Start RabbitMQ's program, installing it first when that is possible and needed."""
    program = broker_node.find_program() or install(programs, say=say)
    node = broker_node.start(programs, program, folder, definitions=file, plugins=plugins)
    uris = uris_of(secrets, ports.LOOPBACK, node.port)
    try:
        require_answer(
            uris[ADMINISTRATOR],
            seconds=READY_WITHIN,
            otherwise="RabbitMQ was started but does not answer.",
            server=node.server,
        )
    except BaseException:
        node.stop()
        raise
    parts = (node.server,) if node.name_server is None else (node.server, node.name_server)
    return Broker(f"private node, port {node.port}", uris, node.stop, parts, node.management_port)


def install(programs: Programs, *, say: Say) -> Path:
    """Install RabbitMQ from the system's packages.

    Raises:
        CannotStart: this is not a machine where that can be done, or it failed.
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


def uris_of(secrets: Mapping[str, str], host: str, port: int) -> dict[str, str]:
    """The URI of each user; generated passwords hold no character that needs escaping."""
    return {user: f"amqp://{user}:{secret}@{host}:{port}/{VIRTUAL_HOST}" for user, secret in secrets.items()}


def require_answer(uri: str, *, seconds: float, otherwise: str, server: Child | None = None) -> None:
    """Wait until a connection over AMQP succeeds; give up at once when the server has ended.

    Raises:
        CannotStart: with the sentence `otherwise` and the server's last words.
    """

    def settled() -> bool:
        return answers(uri) or (server is not None and server.has_ended)

    wait_for(settled, seconds=seconds)
    if (server is not None and server.has_ended) or not answers(uri):
        raise CannotStart(otherwise, log=server.log if server else None)


def answers(uri: str) -> bool:
    """Whether a connection over AMQP succeeds now."""
    parts = urlsplit(uri)
    connection = amqp.Connection(
        host=f"{parts.hostname}:{parts.port or 5672}",
        userid=unquote(parts.username or "guest"),
        password=unquote(parts.password or "guest"),
        virtual_host=unquote(parts.path[1:]) or "/",
        ssl=parts.scheme == "amqps",
        connect_timeout=3,
    )
    try:
        connection.connect()
    except (OSError, amqp.AMQPError):
        return False
    connection.close()
    return True
