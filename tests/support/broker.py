"""One RabbitMQ for a whole test run; each test gets an empty virtual host of its own on it."""

import base64
import contextlib
import itertools
import json
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.support.waiting import wait_until

from hub_local import broker as local_broker
from hub_local import definitions
from hub_local.broker_container import IMAGE
from hub_local.containers import can_run
from hub_local.processes import Programs

USER = definitions.ADMINISTRATOR
PASSWORD = "test"  # pragma: allowlist secret


@dataclass(frozen=True)
class BrokerServer:
    """A running broker with its management API, as its administrator."""

    host: str
    port: int
    management_port: int
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def uri(self, vhost: str, *, user: str = USER, password: str = PASSWORD) -> str:
        """The AMQP URI of a virtual host."""
        return f"amqp://{user}:{password}@{self.host}:{self.port}/{quote(vhost, safe='')}"

    @property
    def counts_truly(self) -> bool:
        """Whether what its management says of a queue's messages is never out of date for long."""
        return True

    def nearest(self, uri: str) -> str:
        """A URI of this broker with the one address at which it can be reached just now."""
        return uri

    def new_vhost(self) -> str:
        """The AMQP URI of a fresh, empty virtual host."""
        name = f"test-{next(self.numbers)}"
        self.manage("PUT", f"vhosts/{name}")
        self.manage("PUT", f"permissions/{name}/{USER}", dict.fromkeys(("configure", "write", "read"), ".*"))
        return self.uri(name)

    def drop_vhost(self, uri: str) -> None:
        """Remove a virtual host with its queues; connections to it are closed."""
        self.manage("DELETE", f"vhosts/{uri.rpartition('/')[2]}")

    def manage(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Ask RabbitMQ's management API; the answer's JSON, if any. `path` follows `/api/`."""
        request = urllib.request.Request(
            f"http://{self.host}:{self.management_port}/api/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Basic {base64.b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}",
                "Content-Type": "application/json",
            },
        )
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
            text = response.read()
        return json.loads(text) if text else None

    def answers(self) -> bool:
        """Whether the management API answers now."""
        try:
            self.manage("GET", "whoami")
        except OSError:
            return False
        return True


@contextlib.contextmanager
def running_broker(folder: Path) -> Iterator[BrokerServer]:
    """A broker for a test run: a container where an engine answers, a private process elsewhere."""
    with container_broker() if can_run(IMAGE, print) else private_broker(folder) as server:
        wait_until(server.answers, deadline=60)
        yield server


@contextlib.contextmanager
def private_broker(folder: Path) -> Iterator[BrokerServer]:
    """The machine's own program, in a folder of the test run."""
    contents = local_broker.Contents(definitions.administrator(PASSWORD), {USER: PASSWORD})
    programs = Programs(folder / "log", folder / "run")
    plugins = ("rabbitmq_management",)
    wanted = local_broker.PrivateBroker(programs, folder / "broker", contents, plugins)
    private = local_broker.start(wanted, say=print)
    try:
        private.require_ready()
        port = int(private.uris[USER].rpartition(":")[2].partition("/")[0])
        assert private.management_port is not None
        yield BrokerServer("127.0.0.1", port, private.management_port)
    finally:
        for child in private.programs:
            child.stop(grace=0)  # its data is thrown away


@contextlib.contextmanager
def container_broker() -> Iterator[BrokerServer]:
    """Start RabbitMQ in a container from the image of the deployment."""
    from testcontainers.core.config import testcontainers_config
    from testcontainers.core.container import DockerContainer

    testcontainers_config.ryuk_disabled = True  # we stop what we start; one image less to fetch
    container = DockerContainer(IMAGE).with_exposed_ports(5672, 15672)
    with container.with_env("RABBITMQ_DEFAULT_USER", USER).with_env("RABBITMQ_DEFAULT_PASS", PASSWORD):
        yield BrokerServer(
            container.get_container_host_ip(),
            int(container.get_exposed_port(5672)),
            int(container.get_exposed_port(15672)),
        )
