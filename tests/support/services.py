"""One service as a real process, as an operator would run it, with a client that holds a token."""

import contextlib
import http.client
import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from amqp.exceptions import AMQPError
from tests.support.amqp import connected
from tests.support.broker import USER
from tests.support.waiting import wait_until

from hub_local import ports
from hub_local.keys import Signer, signer
from hub_local.places import ROOT, python_path
from hub_local.processes import GRACE, Child, Invocation, Programs
from hub_messaging.topology import Subscriber, definitions
from hub_messaging.wire import declare_all


@dataclass(frozen=True)
class Reply:
    """A response of a service."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass
class Client:
    """Speaks HTTP to one service, with one token."""

    port: int
    token: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        """Send one request; underscores in a header's name become hyphens."""
        sent = dict(self.headers) | {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token is not None:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body, default=str).encode()
            sent.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection(ports.LOOPBACK, self.port, timeout=30)
        with contextlib.closing(connection):
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            return Reply(response.status, dict(response.getheaders()), response.read())


@dataclass
class RunningService:
    """A service process that can be stopped, killed and started again."""

    name: str
    module: tuple[str, ...]
    environment: Mapping[str, str]
    port: int
    keys: Signer
    programs: Programs
    child: Child | None = None

    def start(self) -> "RunningService":
        """Start it and wait until it answers."""
        self.child = self.programs.start(
            Invocation(
                self.name,
                [sys.executable, "-W", "ignore", "-m", *self.module, "run"],
                environment=self.environment,
                folder=ROOT,
            )
        )
        wait_until(self.answers, deadline=30)
        return self

    def answers(self) -> bool:
        """Whether the process is up."""
        assert self.child is not None
        assert not self.child.has_ended, self.child.log.read_text()[-3000:]
        with contextlib.suppress(OSError):
            return Client(self.port)("GET", f"/{self.name}/health/live").status == 200
        return False

    def ready(self) -> bool:
        """Whether it says that it can do its work."""
        return Client(self.port)("GET", f"/{self.name}/health/ready").status == 200

    def stop(self, grace: float = 15.0) -> None:
        """End it politely."""
        assert self.child is not None
        self.child.stop(grace)

    def client(self, *roles: str) -> Client:
        """A client whose token holds these roles."""
        return Client(self.port, self.keys.issue("tester", roles, timedelta(hours=1)))

    def metric(self, name: str) -> float:
        """One Prometheus figure by its name, labels included."""
        text = self.client("any")("GET", f"/{self.name}/metrics").body.decode()
        values = [line.rpartition(" ")[2] for line in text.splitlines() if line.startswith(f"{name} ")]
        return float(values[0])

    @property
    def log(self) -> str:
        """Everything it has written."""
        assert self.child is not None
        return self.child.log.read_text()

    def lines(self, event: str) -> list[dict[str, Any]]:
        """The log lines about one kind of thing."""
        listed = [json.loads(line) for line in self.log.splitlines() if line.startswith("{")]
        return [line for line in listed if line["event"] == event]


def free_port() -> int:
    """A port that no other worker chooses in the same moment: the second service would not start."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    while (port := ports.any_free()) // 2 % workers != worker:  # Linux gives odd ones only
        pass
    return port


def install(name: str, amqp_uri: str) -> None:
    """Make in a broker what an installation makes for a service before its first start.

    Only an administrator can. A broker that is away stays as it is.
    """
    if urlsplit(amqp_uri).username == USER:
        with contextlib.suppress(OSError, AMQPError), connected(amqp_uri) as connection:
            declare_all(connection, definitions([Subscriber(name, {}, asks=frozenset({name}))], ""))


@contextlib.contextmanager
def running_service(  # the parts of one process; each test states only what differs
    folder: Path,
    name: str,
    module: tuple[str, ...],
    *,
    database_url: str,
    amqp_uri: str,
    installed: bool = True,
    **environment: str,
) -> Iterator[RunningService]:
    """Start, give, end. The database has its tables already, and the broker what an installation makes.

    A test that cares how the process ends stops it itself. Afterwards it is killed: its database and its
    virtual host are thrown away. Where coverage is measured it leaves politely, to tell what it reached.
    """
    if installed:
        install(name, amqp_uri)
    port = free_port()
    keys = signer(folder)
    own = {
        "HUB_ID": "test",
        "HUB_DATABASE_URL": database_url,
        "HUB_AMQP_URI": amqp_uri,
        "HUB_HTTP_PORT": str(port),
        "HUB_REQUESTS_PER_MINUTE": "0",  # a quick machine's suite asks more than one person may
        "HUB_FORMS_PER_MINUTE": "0",
        "HUB_TOKEN_PUBLIC_KEY_FILE": str(keys.public_file),
        "PYTHONPATH": os.pathsep.join([python_path(), str(ROOT / "tests" / "example")]),
    }
    service = RunningService(
        name, module, os.environ | own | environment, port, keys, Programs(folder / "log", folder / "run")
    )
    try:
        yield service.start()
    finally:
        if service.child is not None:
            service.child.stop(GRACE if "COVERAGE_RUN" in os.environ else 0)
