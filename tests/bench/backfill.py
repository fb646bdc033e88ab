"""A subscriber added with history, as `hubctl subscribers add --from beginning` fills its queue.

A relay publishes meanwhile, at a steady rate, from an outbox of its own subjects.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import amqp
import sqlalchemy as sa
from tests.bench import filling, runs
from tests.bench.contenders import work
from tests.bench.rows import OURS
from tests.bench.runs import Contender
from tests.bench.servers import Servers
from tests.support.amqp import connected
from tests.support.waiting import wait_until

from hub_messaging import wire
from hub_messaging.envelope import CONTENT_TYPE
from hub_messaging.subscribers import history_fill
from hub_messaging.subscribers.broker import management_of
from hub_messaging.subscribers.history_fill import Past
from hub_messaging.subscribers.history_selection import Filled
from hub_messaging.subscribers.limits import QUORUM, Limits
from hub_messaging.subscribers.new_subscriber import NewSubscriber

EVENTS: Final = 1_000_000
LIVE_EACH: Final = 48  # events recorded together: whole subjects
LIVE_EVERY: Final = 0.25  # seconds
RELAY: Final = Contender(OURS, "ours", (work.PUBLISHER,))
WHAT: Final = f"""A subscriber of another organisation is added from the beginning of history: its queue is
filled from the event log, then with what came meanwhile, then bound, as `hubctl subscribers add --from
beginning` does it. A relay publishes {LIVE_EACH / LIVE_EVERY:.0f} events a second meanwhile; it is held back
twice for a moment. Each event is seen to be in the queue once.
"""
BINDINGS: Final = {work.PUBLISHER: frozenset({work.EVENT_TYPE})}
PUBLISHED: Final = """
SELECT count(*), coalesce(extract(epoch FROM max(published_at - recorded_at)), 0)
FROM outbox WHERE published_at IS NOT NULL
"""


@dataclass(frozen=True)
class BackfillRun:
    """One queue filled."""

    events: int  # of history
    seconds: float
    live: int  # published while the queue was filled
    waited: float  # seconds that an event recorded meanwhile waited to be published, at most

    @property
    def rate(self) -> float:
        """Events of history a second."""
        return self.events / self.seconds


def measure(servers: Servers, events: int) -> BackfillRun:
    """Fill a queue from a log of so many events, and see that each is there once.

    Raises:
        RuntimeError: the queue holds more or less than was published.
    """
    place = NewSubscriber("bench", BINDINGS, Limits(messages=10 * EVENTS, size=2**40))
    with servers.database() as engine, servers.broker("bench.in", late=True) as connection:
        filling.fill(connection, work.EXCHANGE, work.EVENT_TYPE, events, CONTENT_TYPE)
        with queue_of(servers, place), runs.running(servers, RELAY, 0) as child:
            wait_until(lambda: runs.alive(child) and runs.scalar(engine, runs.WAITS), deadline=60)
            with recording(engine, first=events):
                begun = time.monotonic()
                fill(servers, engine, place)
                seconds = time.monotonic() - begun
            wait_until(lambda: not runs.scalar(engine, runs.UNPUBLISHED), deadline=runs.DEADLINE)
            with engine.connect() as opened:
                live, waited = opened.execute(sa.text(PUBLISHED)).one()
            runs.require_arrived(connection, place.queue, events + live)
    return BackfillRun(events, seconds, live, float(waited))


def fill(servers: Servers, engine: sa.Engine, place: NewSubscriber) -> Filled:
    """Fill the queue as `hubctl` does once queue and limits exist."""
    past = Past(uri=servers.amqp_uri, hub_id="bench", schemas="", engines={work.PUBLISHER: engine})
    broker = management_of(servers.amqp_uri)  # is asked nothing
    with wire.connected(servers.amqp_uri) as connection:
        return history_fill.fill(connection, broker, place, past=past, tell=lambda _done, _of: None)


@contextmanager
def queue_of(servers: Servers, place: NewSubscriber) -> Iterator[None]:
    """An empty queue for the subscriber, deleted afterwards."""
    with channel_of(servers) as channel:
        channel.queue_declare(place.queue, durable=True, auto_delete=False, arguments=QUORUM)
    try:
        yield
    finally:
        with channel_of(servers) as channel:
            channel.queue_delete(place.queue)


@contextmanager
def channel_of(servers: Servers) -> Iterator[amqp.Channel]:
    """A channel of a connection of its own."""
    with connected(servers.amqp_uri) as connection:
        yield connection.channel()


@contextmanager
def recording(engine: sa.Engine, *, first: int) -> Iterator[None]:
    """Record events, at a steady rate, of subjects that history does not hold."""
    over = threading.Event()

    def record() -> None:
        number = first
        while not over.wait(LIVE_EVERY):
            with engine.begin() as connection:
                filling.fill_outbox(connection, LIVE_EACH, first=number)
            number += LIVE_EACH

    thread = threading.Thread(target=record)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
