"""The edge that fills a new subscriber's queue with history and then binds it, without a gap.

1. A second queue collects live events. Then all relay gates are taken for a moment: no event
   is in transit, so a mark written now ends history. Later events are in the second queue.
2. The log (or the outboxes) up to the mark is written into the subscriber's queue, then the second queue.
3. The gates are taken again: the rest of the second queue is written, the subscriber's queue is bound, and
   the second queue is deleted.
"""

import contextlib
import math
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from hub_messaging import counting, gate
from hub_messaging.amqp_types import Connection
from hub_messaging.envelope import Posted
from hub_messaging.event_log import read_up_to, write_mark
from hub_messaging.gate import Held, Occupied
from hub_messaging.messages import Message
from hub_messaging.outbox_log import read_outboxes
from hub_messaging.provenance import Origins
from hub_messaging.subscribers.broker import Management
from hub_messaging.subscribers.event_selection import Bindings
from hub_messaging.subscribers.history_selection import Filled, History, Wanted
from hub_messaging.subscribers.limits import QUORUM
from hub_messaging.subscribers.new_subscriber import NewSubscriber
from hub_messaging.subscribers.queue_filling import LiveEvents, QueueFiller
from hub_messaging.topology import exchange_of, source_of
from hub_messaging.wire import connected, drain, tick

FEW: Final = 200  # remaining live events, few enough to write while relays are paused
HOLD_SECONDS: Final = 5.0  # the longest pause of the relays while the rest is written
TRIES: Final = 30  # to take the gates
AGAIN_SECONDS: Final = 0.5  # between two tries, in which relays publish

Tell = Callable[[int, int], None]  # reports progress: events of history written, events published


@dataclass(frozen=True, kw_only=True)
class Past:
    """The sources of history, and its first instant."""

    uri: str = field(repr=False)  # AMQP URI of the broker's administrator
    hub_id: str
    schemas: str  # absolute URI under which schemas are found
    engines: Mapping[str, sa.Engine] = field(repr=False)  # publisher → its database
    since: datetime | None = None  # aware; None: from the beginning
    from_outboxes: bool = False  # instead of the log


def fill(
    connection: Connection, _broker: Management, place: NewSubscriber, *, past: Past, tell: Tell
) -> Filled:
    """Fill the queue of a subscriber that is being added, and bind it; return the numbers of events.

    After an error the queue may hold events and may be bound: the caller deletes it.

    Args:
        connection: the administrator's.
        place: its queue exists, holds nothing and is not bound.
        past: history.
        tell: called with the progress.

    Raises:
        TooMuch: the queue's limits are too low.
        TooFast: events are published faster than they can be written.
        Occupied: a relay does not release its gate, as when the broker confirms nothing.
        wire.Missing: there is no log, or it is not bound.
        Unconfirmed, BROKER_ERRORS, SQLAlchemyError: the broker or a database is unavailable or refuses.
    """
    with connected(past.uri) as writing, contextlib.ExitStack() as stack:
        _collect(connection, place)
        live = LiveEvents(connection, place.live, idle=lambda: _keep(writing))
        stack.callback(live.close)
        filler = QueueFiller(writing, place)
        stack.callback(filler.remove)
        return Filling(connection, place, past, filler, live).fill(tell)


def _collect(connection: Connection, place: NewSubscriber) -> None:
    """Declare the queue of live events, and bind it."""
    with connection.channel() as channel:
        channel.queue_declare(place.live, durable=True, auto_delete=False, arguments=QUORUM)
    bind(connection, place.live, place.bindings)


def bind(connection: Connection, queue: str, bindings: Bindings) -> None:
    """Bind a queue to all routing keys, in one round trip.

    Raises:
        BROKER_ERRORS: the queue or an exchange does not exist.
    """
    with connection.channel() as channel:
        for publisher, keys in sorted(bindings.items()):
            for key in sorted(keys):
                channel.queue_bind(queue, exchange_of(publisher), key, nowait=True)
        channel.queue_declare(queue, passive=True)  # answered after all bindings


class Filling:
    """The steps that fill one subscriber's queue."""

    def __init__(
        self, connection: Connection, place: NewSubscriber, past: Past, filler: QueueFiller, live: LiveEvents
    ) -> None:
        self._connection, self._place, self._past = connection, place, past
        self._filler, self._live = filler, live
        self._written = 0  # live events
        self._engines = {publisher: past.engines[publisher] for publisher in place.bindings}

    def fill(self, tell: Tell) -> Filled:
        """Run all steps; see the module's `fill`."""
        mark, published = self._end_history()
        of = sum(published.values())
        history = self._write_history(mark, lambda written: tell(written, of))
        self._write_live(history)
        self._switch(history)
        return history.filled({} if self._past.since else published, live=self._written)

    @contextlib.contextmanager
    def _gates(self) -> Iterator[Held]:
        """Take the gates of all relays; retry while one of them is publishing a batch."""
        for left in reversed(range(TRIES)):
            with contextlib.ExitStack() as stack:
                try:
                    held = stack.enter_context(gate.held(self._engines))
                except Occupied:
                    if not left:
                        raise
                else:
                    yield held
                    return
            self._filler.keep()
            _keep(self._connection, AGAIN_SECONDS)

    def _end_history(self) -> tuple[str, dict[str, int]]:
        """Mark the end of history; return the mark's id and the number of earlier events of each kind."""
        bindings, published = self._place.bindings, Counter[str]()
        with self._gates() as held:
            for publisher, keys in bindings.items():
                counts = counting.published(held.connections[publisher])
                published.update({key: counts[key] for key in keys if key in counts})
            mark = "" if self._past.from_outboxes else write_mark(self._connection, min(bindings), {})
            held.require()
        return mark, published

    def _write_history(self, mark: str, tell: Callable[[int], None]) -> History:
        """Write all of history; if it is out of order, write it again in order."""
        wanted, late = Wanted(self._place.bindings, Origins(self._past.hub_id)), frozenset[str]()
        while True:
            history = History(wanted, late)
            for messages in self._read(mark):
                events = history.pass_on(messages)
                if events and not history.out_of_order:
                    self._filler.write(events, replayed=True)
                else:
                    self._filler.keep()
                tell(history.found.total())
            if not history.out_of_order:
                self._filler.write(history.the_late(), replayed=True)
                self._filler.wait()
                return history
            late |= history.out_of_order
            self._empty()

    def _read(self, mark: str) -> Iterator[list[Message]]:
        past = self._past
        if not past.from_outboxes:
            yield from read_up_to(self._connection, mark, past.since)
            return
        sources = {source_of(past.hub_id, publisher): engine for publisher, engine in self._engines.items()}
        for messages in read_outboxes(sources, past.since, past.schemas):
            yield messages
            _keep(self._connection)

    def _empty(self) -> None:
        """Purge the subscriber's queue, which has no reader yet."""
        self._filler.wait()
        with self._connection.channel() as channel:
            channel.queue_purge(self._place.queue)
        self._filler.begin_again()

    def _write_live(self, history: History) -> None:
        """Write the events collected meanwhile, until few are left or their number stops falling."""
        before = math.inf
        while FEW <= (found := self._live.empty(lambda events: self._pass_on(events, history))) < before:
            before = found

    def _switch(self, history: History) -> None:
        """Write the rest while the relays are paused, and bind the queue."""
        with self._gates() as held:
            until = time.monotonic() + HOLD_SECONDS
            self._live.empty(lambda events: self._pass_on(events, history), until=until)
            self._filler.wait()
            bind(self._connection, self._place.queue, self._place.bindings)
            # Messages since then came from commands, not from relays: better twice than never.
            self._live.empty(self._write)
            self._filler.wait()
            held.require()

    def _pass_on(self, events: Sequence[Posted], history: History) -> None:
        self._write([one for one in events if history.is_new(one.id)])

    def _write(self, events: Sequence[Posted]) -> None:
        self._filler.write(events, replayed=False)
        self._written += len(events)


def _keep(connection: Connection, seconds: float = 0.001) -> None:
    """Keep an idle connection alive."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        drain(connection, left)
    tick(connection)
