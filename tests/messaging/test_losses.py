"""What is lost between a publisher and a subscriber is noticed and healed, on a real broker.

At commit 6a1328b each of these lost events without a word: a purged queue 181, a binding that was taken away
185, a log that was deleted 79 of those that a new type would have read, a type that was dropped and taken up
again 79. The service was ready, nothing was parked, and `hubctl doctor` said "All is well."
"""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import amqp
import pytest
import sqlalchemy as sa
from parcels.events import ParcelSorted
from sqlalchemy.orm import Session
from tests.messaging.conftest import MIGRATIONS
from tests.messaging.posting import rows
from tests.support.amqp import connected
from tests.support.postgres import PostgresServer
from tests.support.services import RunningService, running_service
from tests.support.waiting import wait_until

from hub_messaging import losses, outbox
from hub_messaging.outbox_log import read_outboxes
from hub_messaging.parking import Operator
from hub_messaging.topology import LOG_ARGUMENTS, LOG_QUEUE, refill_exchange_of
from hub_messaging.wire import declare_publishers

MISSING = 'hub_inbox_missing{publisher="sorting",type="ParcelSorted"}'
QUEUE = "counting.in"


@pytest.fixture(name="sorting")
def _sorting(postgres: PostgresServer, amqp_uri: str, tmp_path: Path) -> Iterator[RunningService]:
    """A publisher that tells its counts twice a second."""
    with running_service(
        tmp_path / "sorting",
        "sorting",
        ("parcels", "sorting"),
        database_url=postgres.migrated_database(MIGRATIONS),
        amqp_uri=amqp_uri,
        EXAMPLE_MARK_SECONDS="0.5",
    ) as service:
        yield service


@pytest.fixture(name="both")
def _both(sorting: RunningService, counting: RunningService) -> "Both":
    environment = counting.environment
    both = Both(sorting, counting, environment["HUB_DATABASE_URL"], environment["HUB_AMQP_URI"])
    both.sort(5)
    both.wait(5)
    return both


class Both:
    """The example's two services, and what reaches the second."""

    def __init__(self, sorting: RunningService, counting: RunningService, url: str, uri: str) -> None:
        self.sorting, self.counting, self.url, self.uri = sorting, counting, url, uri
        self.sorted = 0

    def sort(self, number: int) -> None:
        sorter = self.sorting.client("sorter")
        for _ in range(number):
            self.sorted += 1
            command = {"number": self.sorted, "weight": 1}
            assert sorter("POST", "/sorting/v1/parcels", command).status == 201
        wait_until(lambda: self.sorting.metric("hub_outbox_pending") == 0)

    def effects(self) -> int:
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


def test_a_queue_that_was_purged(both: Both) -> None:
    both.counting.stop()
    both.sort(20)
    with connected(both.uri) as connection:
        assert connection.channel().queue_purge(QUEUE) >= 20
    both.counting.start()
    both.wait(25)
    assert both.counting.lines("events_missing")


def test_a_binding_that_is_taken_away_while_events_flow(both: Both) -> None:
    with connected(both.uri) as connection:
        connection.channel().queue_unbind(QUEUE, "sorting.events", "ParcelSorted")
    both.sort(20)
    both.wait(25)
    assert both.counting.lines("events_missing")
    assert both.counting.ready()


def test_a_log_that_was_deleted_heals_nothing_until_it_is_filled_again(both: Both) -> None:
    with connected(both.uri) as connection:
        channel = connection.channel()
        channel.queue_delete(LOG_QUEUE)
        channel.queue_declare(LOG_QUEUE, durable=True, auto_delete=False, arguments=LOG_ARGUMENTS)
        channel.queue_unbind(QUEUE, "sorting.events", "ParcelSorted")
    sort_for_nobody(both, 4)
    wait_until(lambda: both.counting.metric(MISSING) == 4, deadline=30)
    wait_until(lambda: both.counting.lines("healing"), deadline=30)
    assert both.effects() == 5
    assert both.counting.ready()
    refill(both)
    with Session(sa.create_engine(both.url)) as session, session.begin():
        losses.ask(session, QUEUE, ["ParcelSorted"], Operator("ada", "the log is whole again"))
    both.wait(9)


def test_without_a_log_a_loss_is_noticed_all_the_same_and_the_queue_is_read_on(both: Both) -> None:
    with connected(both.uri) as connection:
        connection.channel().queue_delete(LOG_QUEUE)
    sort_for_nobody(both, 4)
    wait_until(lambda: both.counting.metric(MISSING) == 4, deadline=30)
    wait_until(lambda: both.counting.lines("log_away"), deadline=30)
    both.sort(3)
    wait_until(lambda: both.effects() == 8, deadline=10)
    refill(both)
    both.wait(12)


def test_one_loss_after_another_is_healed_without_waiting(both: Both) -> None:
    for lost in (3, 4):
        with connected(both.uri) as connection:
            connection.channel().queue_unbind(QUEUE, "sorting.events", "ParcelSorted")
        both.sort(lost)
        both.wait(both.sorted)


def sort_for_nobody(both: Both, number: int) -> None:
    """Record events that count as published and that neither the queue nor the log has."""
    numbers = range(both.sorted + 1, both.sorted + number + 1)
    both.sorted += number
    with sa.create_engine(both.sorting.environment["HUB_DATABASE_URL"]).begin() as database:
        outbox.record_each(database, [(ParcelSorted(number=n, weight=1), datetime.now(UTC)) for n in numbers])
        positions = database.scalars(sa.text("SELECT position FROM outbox WHERE published_at IS NULL"))
        outbox.mark_published(database, list(positions))


def refill(both: Both) -> None:
    """What an administrator does to the log: make it whole from the publisher's outbox."""
    publishers = {"/hubs/test/sorting": sa.create_engine(both.sorting.environment["HUB_DATABASE_URL"])}
    with connected(both.uri) as connection:
        declare_publishers(connection, "sorting", "counting")
        channel = connection.channel()
        for message in itertools.chain.from_iterable(read_outboxes(publishers, None)):
            channel.basic_publish(
                amqp.Message(message.body), refill_exchange_of("sorting"), str(message.routing_key)
            )


def test_a_type_that_is_dropped_and_taken_up_again(both: Both) -> None:
    both.counting.stop()
    both.sort(3)  # in the queue when the release that does not hear them starts: acknowledged, not heard
    both.restart("parcels.releases:WeighingService")
    both.sort(20)
    wait_until(lambda: not queue_depth(both.uri))
    assert both.effects() == 5
    both.restart()
    both.wait(28)


def queue_depth(uri: str) -> int:
    with connected(uri) as connection:
        return int(connection.channel().queue_declare(QUEUE, passive=True).message_count)
