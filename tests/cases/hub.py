"""A hub of any checkout: its four services as processes, spoken to by HTTP, AMQP and SMTP only.

HUB_CASES_CHECKOUT names the folder of another checkout, such as that of an old commit. Its processes run with
its own code and migrations, and with its own `.local/venv` where it has one.
"""

import contextlib
import json
import os
import sys
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import amqp
from tests.cases.mail_server import MailServer
from tests.support.amqp import connected
from tests.support.broker import BrokerServer
from tests.support.postgres import PostgresServer
from tests.support.services import Client, Reply, free_port
from tests.support.waiting import wait_until

from hub_local.keys import Signer, signer
from hub_local.places import ROOT, SOURCE_ROOTS
from hub_local.processes import Child, Invocation, Programs
from hub_messaging.topology import MARK
from hub_messaging.wire import declare_all

CHECKOUT: Final = Path(os.environ.get("HUB_CASES_CHECKOUT", ROOT)).resolve()
SERVICES: Final = ("enrolment", "visits", "notifications", "reporting")
PUBLISHERS: Final = ("enrolment", "visits", "notifications")
# A Tuesday in term at 10:00 in England, a working hour for all recipients; later than this commit, because
# services of older commits use the machine's clock.
MORNING: Final = datetime(2027, 1, 12, 10, 0, tzinfo=UTC)
SOON: Final = timedelta(minutes=30)  # a message that is due so soon is waited for
DEFINITIONS: Final = Path("deploy", "rabbitmq", "definitions.json")
QUEUE: Final = "cases"  # every event of every service


@dataclass(frozen=True)
class Published:
    """One event as a subscriber elsewhere sees it."""

    exchange: str
    type: str
    body: str

    @property
    def data(self) -> dict[str, Any]:
        """Return the data of the event."""
        found: dict[str, Any] = json.loads(self.body)["data"]
        return found


@dataclass
class RunningHub:
    """The services, the broker between them and the mail server they send by."""

    programs: Programs
    keys: Signer
    broker: BrokerServer
    amqp_uri: str
    database_urls: Mapping[str, str]
    mail: MailServer
    ports: Mapping[str, int] = field(default_factory=lambda: {name: free_port() for name in SERVICES})
    children: dict[str, Child] = field(default_factory=dict)
    events: list[Published] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)
    channel: Any = None
    subscribed: frozenset[tuple[str, str]] = frozenset()  # exchange and type, of notifications

    @property
    def now(self) -> datetime:
        """The hub's time: what is sent without another one bears it."""
        return MORNING + timedelta(seconds=time.monotonic() - self.started)

    def __call__(
        self, method: str, path: str, body: Any = None, *, at: datetime | None = None, **headers: str
    ) -> Reply:
        """Send one request to the service that the path names, as hub staff, at the hub's time or `at`.

        Pages at `/` are reporting's.
        """
        moment = (at or self.now).isoformat()
        token = self.keys.issue("cases", ("hub_admin", "hub_lead"), timedelta(hours=1))
        port = self.ports.get(path.split("/")[1], self.ports["reporting"])
        client = Client(port, token, {"Hub-Time": moment})
        return client(method, path, body, **headers)

    def make(self, path: str, body: Any, *, at: datetime | None = None) -> Any:
        """POST what must be accepted; gives the answer's JSON."""
        reply = self("POST", path, body, at=at)
        assert reply.status in {200, 201}, (path, reply.status, reply.body)
        return reply.json

    def metric(self, service: str, name: str) -> float:
        """One Prometheus figure, over all its labels."""
        lines = self("GET", f"/{service}/metrics").body.decode().splitlines()
        named = (line for line in lines if line.startswith((f"{name} ", f"{name}{{")))
        return sum(float(line.rpartition(" ")[2]) for line in named)

    def messages(self, status: str, people: Collection[str] = ()) -> list[dict[str, Any]]:
        """Notifications' messages in a status: all, or those to some people by id."""
        found: list[dict[str, Any]] = []
        cursor = ""
        while True:
            page = self("GET", f"/notifications/v1/messages?status={status}&limit=200{cursor}").json
            found += [one for one in page["items"] if not people or one["recipient_ref"] in people]
            if not page.get("next"):
                return found
            cursor = f"&after={page['next']}"

    def waiting(self, people: Collection[str]) -> list[dict[str, Any]]:
        """The messages to some people that are to be sent about now and have not been."""
        listed = [one for status in ("due", "sending", "due") for one in self.messages(status, people)]
        until = (self.now + SOON).isoformat()  # an old commit sends everything at once and has no `due_at`
        return [one for one in listed if datetime.fromisoformat(one.get("due_at", until)) <= self.now + SOON]

    def wait_for_notifications(self) -> None:
        """Wait until notifications has handled every published event."""
        wait_until(
            lambda: not any(self.metric(name, "hub_outbox_pending") for name in PUBLISHERS), deadline=30
        )
        expected = sum((one.exchange, one.type) in self.subscribed for one in self.published())
        wait_until(lambda: self.metric("notifications", "hub_inbox_received_total") >= expected, deadline=30)

    def settle(self, people: Collection[str], *, deadline: float = 150.0) -> None:
        """Wait until nothing is left to be sent to some people, by id."""
        self.wait_for_notifications()
        wait_until(lambda: not self.waiting(people), deadline=deadline, interval=0.1)

    def published(self, *types: str) -> list[Published]:
        """Every event so far, or those of some types."""
        while (message := self.channel.basic_get(QUEUE, no_ack=True)) is not None:
            info, body = message.delivery_info, message.body
            text = body if isinstance(body, str) else body.decode()
            if info["routing_key"] != MARK:  # a mark takes effect in no handler
                self.events.append(Published(info["exchange"], info["routing_key"], text))
        return [one for one in self.events if not types or one.type in types]

    def logs(self) -> str:
        """Everything that any service has written."""
        return "\n".join(path.read_text() for path in self.programs.logs.glob("*.log"))

    def restart(self, name: str, **settings: str) -> None:
        """Start one service again, with other settings."""
        self.children[name].stop()
        self.start(name, **settings)
        self.wait_ready(name)

    def start(self, name: str, **settings: str) -> None:
        """Start one service; it may not answer yet."""
        self.children[name] = self._launch(name, "run", **settings)

    def wait_ready(self, name: str) -> None:
        """Wait until a service says that it is ready."""
        child = self.children[name]

        def ready() -> bool:
            assert not child.has_ended, child.log.read_text()[-3000:]
            with contextlib.suppress(OSError):
                return Client(self.ports[name])("GET", f"/{name}/health/ready").status == 200
            return False

        wait_until(ready, deadline=60)

    def stop(self) -> None:
        """Kill all services; their databases are thrown away."""
        for child in self.children.values():
            child.stop(0)

    def migrate(self) -> None:
        """Make the tables of all services, side by side."""
        children = [self._launch(name, "migrate") for name in SERVICES]
        for child in children:
            assert child.process.wait(120) == 0, child.log.read_text()[-3000:]
            child.stop(0)

    def listen(self, connection: amqp.Connection) -> None:
        """Bind a queue of the cases to every exchange of events."""
        vhost = self.amqp_uri.rpartition("/")[2]
        self.channel = connection.channel()
        self.channel.queue_declare(QUEUE, exclusive=True)
        for exchange in self.broker.manage("GET", f"exchanges/{vhost}"):
            if exchange["name"].endswith(".events"):
                self.channel.queue_bind(QUEUE, exchange["name"], "#")
        bindings = self.broker.manage("GET", f"queues/{vhost}/notifications.in/bindings")
        self.subscribed = frozenset((one["source"], one["routing_key"]) for one in bindings)

    def _launch(self, name: str, command: str, **settings: str) -> Child:
        python = CHECKOUT / ".local" / "venv" / "bin" / "python"
        own = {
            "HUB_ID": "cases",
            "HUB_NAME": "Maths Hub of the Cases",
            "HUB_DATABASE_URL": self.database_urls[name],
            "HUB_AMQP_URI": self.amqp_uri,
            "HUB_HTTP_PORT": str(self.ports[name]),
            "HUB_TOKEN_PUBLIC_KEY_FILE": str(self.keys.public_file),
            "HUB_ALLOW_HUB_TIME": "1",
            "HUB_REQUESTS_PER_MINUTE": "0",
            "HUB_SMTP_HOST": "127.0.0.1",
            "HUB_SMTP_PORT": str(self.mail.port),
            "HUB_SMTP_STARTTLS": "0",
            "HUB_MAIL_FROM": "office@maths-hub.example",
            "PYTHONPATH": os.pathsep.join(str(CHECKOUT / folder) for folder in SOURCE_ROOTS),
        }
        outer = {key: value for key, value in os.environ.items() if not key.startswith("HUB_")}
        return self.programs.start(
            Invocation(
                name if command == "run" else f"{name}-{command}",
                [python if python.exists() else sys.executable, "-W", "ignore", "-m", f"hub_{name}", command],
                environment=outer | own | settings,
                folder=CHECKOUT,
            )
        )


@contextlib.contextmanager
def running_hub(
    folder: Path, postgres: PostgresServer, broker: BrokerServer, mail: MailServer
) -> Iterator[RunningHub]:
    """Start all four services on databases and a virtual host of their own, and stop them."""
    hub = RunningHub(
        programs=Programs(folder / "log", folder / "run"),
        keys=signer(folder),
        broker=broker,
        amqp_uri=broker.new_vhost(),
        database_urls={name: postgres.new_database() for name in SERVICES},
        mail=mail,
    )
    with contextlib.ExitStack() as stack:
        stack.callback(hub.stop)
        with connected(hub.amqp_uri) as connection:
            declare_all(connection, json.loads((CHECKOUT / DEFINITIONS).read_text()))
        hub.migrate()
        for name in SERVICES:
            hub.start(name)
        for name in SERVICES:
            hub.wait_ready(name)
        hub.listen(stack.enter_context(connected(hub.amqp_uri)))
        hub.started = time.monotonic()
        for name in SERVICES:
            hub("GET", f"/{name}/v1/clock")  # sets the clock where the commit has one
        yield hub
