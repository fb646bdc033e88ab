"""The consumer's queue as the broker and its administrator see it."""

import contextlib
import time
import urllib.error
from dataclasses import dataclass

import amqp
from tests.support.amqp import connected
from tests.support.broker import BrokerServer


@dataclass(frozen=True)
class ConsumerQueue:
    """The one queue that the consumer of a case reads."""

    server: BrokerServer
    vhost: str
    uri: str  # of the administrator
    name: str

    def facts(self) -> dict[str, object]:
        """Return the broker's facts about the queue; empty when there is no queue or no answer."""
        try:
            facts: dict[str, object] = self.server.manage("GET", f"queues/{self.vhost}/{self.name}")
        except (urllib.error.URLError, OSError):
            return {}
        return facts

    def is_empty(self) -> bool:
        """Whether it holds nothing, in hand or not; a queue that is not there holds nothing.

        On a cluster what the consumer has in hand is not asked for: it finishes that before it leaves.
        """
        ready, _ = self.declared()  # known at once, while the other count is a second old
        return ready == 0 and (not self.server.counts_truly or self.facts().get("messages", 0) == 0)

    def consumers(self) -> int:
        """How many consumers it has just now."""
        return self.declared()[1]

    def declared(self) -> tuple[int, int]:
        """How many messages it has ready, and how many consumers."""
        uri = self.server.nearest(self.uri)
        with contextlib.suppress(OSError, amqp.AMQPError), connected(uri) as connection:
            told = connection.channel().queue_declare(self.name, passive=True)
            return int(told.message_count), int(told.consumer_count)
        return 0, 0

    def redelivered(self) -> int:
        """How many messages the broker has handed out a second time, once its counts have settled."""
        seen = [-1, -2]
        end = time.monotonic() + 10
        while seen[-1] != seen[-2] and time.monotonic() < end:
            time.sleep(1.2)  # the interval of RabbitMQ's own counting: there is nothing to wait for instead
            stats = self.facts().get("message_stats", {})
            assert isinstance(stats, dict)
            seen.append(int(stats.get("redeliver", 0)))
        return seen[-1]

    def delete(self) -> None:
        """Delete it with all that it holds."""
        self.server.manage("DELETE", f"queues/{self.vhost}/{self.name}")

    def purge(self) -> int:
        """Delete all that it holds ready; how many messages those were."""
        with connected(self.server.nearest(self.uri)) as connection:
            return int(connection.channel().queue_purge(self.name))
