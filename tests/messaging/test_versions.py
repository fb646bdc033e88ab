"""ParcelSorted gets a version 2: three releases of its publisher, readers of either, over a real broker."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from parcels.service import CountingService
from parcels.versions import CountingBoth, CountingV2
from tests.messaging.conftest import MIGRATIONS
from tests.messaging.posting import effects, rows
from tests.support.broker import BrokerServer
from tests.support.postgres import PostgresServer
from tests.support.services import RunningService, running_service
from tests.support.waiting import wait_until

from hub_messaging.subscribe import subscriber_of
from hub_messaging.topology import MARK, definitions, permissions_of


@pytest.fixture(name="services")
def _services(
    postgres: PostgresServer, broker: BrokerServer, tmp_path: Path
) -> Iterator[tuple[RunningService, RunningService]]:
    """A publisher and a reader of the first release."""
    uri = broker.new_vhost()
    with ExitStack() as stack:
        s, c = (
            stack.enter_context(
                running_service(
                    tmp_path / name,
                    name,
                    ("parcels", name),
                    database_url=postgres.migrated_database(MIGRATIONS),
                    amqp_uri=uri,
                )
            )
            for name in ("sorting", "counting")
        )
        wait_until(lambda: s.ready() and c.ready(), deadline=20)
        yield s, c
    broker.drop_vhost(uri)


def release(service: RunningService, name: str) -> None:
    """Put another release in the place of a service."""
    service.stop()
    service.module = ("parcels", name)
    service.start()
    wait_until(service.ready, deadline=20)


def sort(sorting: RunningService, *numbers: int) -> None:
    """Sort parcels and weigh each again, and wait until the broker has all of it."""
    client = sorting.client("sorter")
    for number in numbers:
        assert client("POST", "/sorting/v1/parcels", {"number": number, "weight": 1}).status == 201
        path = f"/sorting/v1/parcels/{number}"
        assert client("PUT", path, {"weight": 2}, If_Match='"1"').status == 200
    wait_until(lambda: sorting.metric("hub_outbox_pending") == 0)


def url_of(service: RunningService) -> str:
    return service.environment["HUB_DATABASE_URL"]


def received(counting: RunningService) -> dict[str, int]:
    """How many events of each kind have come, in whatever state."""
    found = rows(url_of(counting), "SELECT type, count(*) AS n FROM inbox GROUP BY type")
    return {row.type: row.n for row in found}


def counted(counting: RunningService, numbers: range) -> list[int]:
    """How many changes of each parcel have taken effect."""
    return [len(effects(url_of(counting), f"parcels/{number}")) for number in numbers]


def unfinished(counting: RunningService) -> int:
    return len(rows(url_of(counting), "SELECT FROM inbox WHERE state <> 'done'"))


def test_readers_of_either_version_count_every_change_once(
    services: tuple[RunningService, RunningService],
) -> None:
    sorting, counting = services
    sort(sorting, 0, 1)
    release(sorting, "sorting.both")
    sort(sorting, 2, 3)
    wait_until(lambda: counted(counting, range(4)) == [2] * 4, deadline=20)
    assert received(counting) == {"ParcelSorted": 4, "ParcelWeighed": 4}  # version 2 is not sent here

    counting.stop()
    sort(sorting, 4, 5)  # waits in the queue as version 1, and in the log as both
    release(counting, "counting.v2")
    sort(sorting, 6)
    wait_until(lambda: counted(counting, range(7)) == [2] * 7, deadline=20)
    assert received(counting) == {"ParcelSorted": 4, "ParcelSorted.v2": 5, "ParcelWeighed": 7}

    release(counting, "counting.both")
    sort(sorting, 7)
    wait_until(lambda: counted(counting, range(8)) == [2] * 8, deadline=20)
    release(sorting, "sorting.v2")
    sort(sorting, 8)
    wait_until(lambda: counted(counting, range(9)) == [2] * 9, deadline=20)
    wait_until(lambda: unfinished(counting) == 0)


@pytest.mark.parametrize(
    ("service", "keys"),
    [
        (CountingService, {"ParcelSorted", "ParcelWeighed"}),
        (CountingV2, {"ParcelSorted.v2", "ParcelWeighed"}),
        (CountingBoth, {"ParcelSorted", "ParcelSorted.v2", "ParcelWeighed"}),
    ],
)
def test_a_reader_is_bound_to_type_and_version(service: type, keys: set[str]) -> None:
    subscriber = subscriber_of(service)
    assert subscriber.listens_to == {"sorting": keys}
    bindings = definitions([subscriber], "/hub")["bindings"]
    bound = {one["routing_key"] for one in bindings if one["destination"] == "counting.in"}
    assert bound == keys | {MARK}
    # A version changes nothing about what the service's user may do: it is a routing key, no name of its own.
    assert permissions_of(subscriber) == permissions_of(subscriber_of(CountingService))
