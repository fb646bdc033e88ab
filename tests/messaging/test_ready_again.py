"""Idle services are ready again within seconds of the end of a fault, without an event or a request."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

import pytest
import sqlalchemy as sa
from tests.messaging.conftest import MIGRATIONS
from tests.support.announcing import set_up_publishers
from tests.support.broker import BrokerServer
from tests.support.pipe import LOOPBACK, Pipe
from tests.support.postgres import PostgresServer
from tests.support.services import RunningService, running_service
from tests.support.waiting import wait_until

BACK_WITHIN: Final = 10.0  # seconds after the end of a fault
LASTS: Final = 6.0  # seconds of a fault: longer than the longest pause between two attempts
SERVICES: Final = {  # a relay alone, a reader alone, and both with RPC
    "sorting": ("parcels", "sorting"),
    "counting": ("parcels", "counting"),
    "scales": ("inquiries", "scales"),
}
PARTS: Final = ("database", "broker")


@dataclass
class Behind:
    """Services that reach their databases and their broker through two pipes."""

    targets: dict[str, tuple[str, int]]
    pipes: dict[str, Pipe]
    services: list[RunningService]

    def cut(self, part: str) -> None:
        """End every connection to one of them, and refuse new ones."""
        self.pipes[part].close()

    def mend(self, part: str) -> None:
        """Reset the patched names."""
        self.pipes[part] = Pipe(self.targets[part], self.pipes[part].port)

    def ready(self) -> set[str]:
        """Those that are."""
        return {service.name for service in self.services if service.ready()}


@pytest.fixture(name="behind", scope="module")
def _behind(
    postgres: PostgresServer, broker: BrokerServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Behind]:
    admin, uri = sa.make_url(postgres.admin_url), broker.new_vhost()
    set_up_publishers(uri, *SERVICES)
    targets = {"database": (admin.host or LOOPBACK, admin.port or 5432), "broker": (broker.host, broker.port)}
    behind = Behind(targets, {part: Pipe(target) for part, target in targets.items()}, [])
    through = uri.replace(f"@{broker.host}:{broker.port}/", f"@{LOOPBACK}:{behind.pipes['broker'].port}/")
    with ExitStack() as stack:
        for name, module in SERVICES.items():
            url = sa.make_url(postgres.migrated_database(MIGRATIONS))
            url = url.set(host=LOOPBACK, port=behind.pipes["database"].port)
            running = running_service(
                tmp_path_factory.mktemp(name),
                name,
                module,
                database_url=url.render_as_string(hide_password=False),
                amqp_uri=through,
            )
            behind.services.append(stack.enter_context(running))
        yield behind
    for pipe in behind.pipes.values():
        pipe.close()
    broker.drop_vhost(uri)


@pytest.mark.parametrize("parts", [("database",), ("broker",), PARTS], ids=" and ".join)
def test_idle_services_are_ready_again_by_themselves(behind: Behind, parts: tuple[str, ...]) -> None:
    wait_until(lambda: behind.ready() == set(SERVICES), deadline=30)
    for part in parts:
        behind.cut(part)
    ends = time.monotonic() + LASTS
    wait_until(lambda: not behind.ready() and time.monotonic() > ends, deadline=30, interval=0.2)
    for part in parts:
        behind.mend(part)
    wait_until(lambda: behind.ready() == set(SERVICES), deadline=BACK_WITHIN)
