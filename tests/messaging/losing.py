"""The example's two services, and ways in which what one sends does not reach the other."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import amqp
import sqlalchemy as sa
from parcels.events import ParcelSorted
from tests.messaging.conftest import MIGRATIONS
from tests.messaging.posting import rows
from tests.support.amqp import connected
from tests.support.postgres import PostgresServer
from tests.support.services import RunningService, running_service
from tests.support.waiting import wait_until

from hub_messaging import outbox
from hub_messaging.outbox_log import read_outboxes
from hub_messaging.topology import refill_exchange_of
from hub_messaging.wire import declare_publishers

MISSING = 'hub_inbox_missing{publisher="sorting",type="ParcelSorted"}'
QUEUE = "counting.in"


class Both:
    """The example's two services, and what reaches the second."""

    def __init__(self, sorting: RunningService, counting: RunningService, url: str, uri: str) -> None:
        self.sorting, self.counting, self.url, self.uri = sorting, counting, url, uri
        self.sorted = 0

    def sort(self, number: int) -> None:
        """Let the publisher tell of so many parcels, and wait until the broker has all of it."""
        sorter = self.sorting.client("sorter")
        for _ in range(number):
            self.sorted += 1
            command = {"number": self.sorted, "weight": 1}
            assert sorter("POST", "/sorting/v1/parcels", command).status == 201
        wait_until(lambda: self.sorting.metric("hub_outbox_pending") == 0)

    def effects(self) -> int:
        """How many have taken effect, each once."""
        (found,) = rows(self.url, "SELECT count(*) AS all, count(DISTINCT subject) AS once FROM effects")
        assert found.all == found.once
        return int(found.all)

    def wait(self, number: int) -> None:
        """Wait until all have taken effect and nothing is missing."""
        wait_until(lambda: self.effects() == number, deadline=30)
        wait_until(lambda: self.missing() == 0, deadline=30)

    def missing(self) -> int | None:
        """How many events the reader misses; None before a publisher has told its counts."""
        found = rows(
            self.url, "SELECT missing FROM inbox_counts WHERE routing_key = 'ParcelSorted' AND published > 0"
        )
        return found[0].missing if found else None

    def restart(self, release: str = "parcels.service:CountingService") -> None:
        """Go on with another release, once the old one has ended."""
        self.counting.stop()
        self.counting.environment = {**self.counting.environment, "EXAMPLE_COUNTING": release}
        self.counting.start()
        wait_until(self.counting.ready, deadline=20)

    def lose_binding(self) -> None:
        """Take the reader's binding away."""
        with connected(self.uri) as connection:
            connection.channel().queue_unbind(QUEUE, "sorting.events", "ParcelSorted")


@contextmanager
def losing_pair(postgres: PostgresServer, uri: str, folder: Path) -> Iterator[Both]:
    """Start both, the publisher so that it tells its counts twice a second, and sort five parcels."""
    urls = {name: postgres.migrated_database(MIGRATIONS) for name in ("sorting", "counting")}

    def started(name: str, **settings: Any) -> Any:
        return running_service(
            folder / name, name, ("parcels", name), database_url=urls[name], amqp_uri=uri, **settings
        )

    with started("sorting", EXAMPLE_MARK_SECONDS="0.5") as sorting, started("counting") as counting:
        both = Both(sorting, counting, urls["counting"], uri)
        both.sort(5)
        both.wait(5)
        yield both


def sort_without_subscriber(both: Both, number: int) -> None:
    """Record events that count as published and that neither the queue nor the log has."""
    numbers = range(both.sorted + 1, both.sorted + number + 1)
    both.sorted += number
    with sa.create_engine(both.sorting.environment["HUB_DATABASE_URL"]).begin() as database:
        outbox.record_each(database, [(ParcelSorted(number=n, weight=1), datetime.now(UTC)) for n in numbers])
        positions = database.scalars(sa.text("SELECT position FROM outbox WHERE published_at IS NULL"))
        outbox.mark_published(database, list(positions))


def refill(both: Both) -> None:
    """Restore the log from the publisher's outbox, as an administrator."""
    publishers = {"/hubs/test/sorting": sa.create_engine(both.sorting.environment["HUB_DATABASE_URL"])}
    with connected(both.uri) as connection:
        declare_publishers(connection, "sorting", "counting")
        channel = connection.channel()
        for message in itertools.chain.from_iterable(read_outboxes(publishers, None)):
            channel.basic_publish(
                amqp.Message(message.body), refill_exchange_of("sorting"), str(message.routing_key)
            )


def queue_depth(uri: str) -> int:
    """How many messages wait for the reader."""
    with connected(uri) as connection:
        return int(connection.channel().queue_declare(QUEUE, passive=True).message_count)
